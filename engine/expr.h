/*
 * expr.h - typed expressions by column index: what analysis makes of SQL text.
 *
 * Immutable, in the plan's arena. Every node has its result type. Names are gone: a column is an
 * index into the input schema, a lambda parameter an index into the enclosing lambdas' parameters
 * (outermost first). Depth is bounded by EXPR_DEPTH_MAX. expr.c has the constructors, which check
 * types by assertion only: analysis has said what people need to hear.
 */
#ifndef WEIR_ENGINE_EXPR_H
#define WEIR_ENGINE_EXPR_H

#include "engine/value.h"

#define EXPR_DEPTH_MAX 200

enum expr_kind {
	EXPR_COLUMN,
	EXPR_CONST,
	EXPR_PARAM,      /* a lambda's parameter */
	EXPR_LAMBDA,     /* args[0] is the body */
	EXPR_CALL,       /* a scalar function */
	EXPR_ARITHMETIC, /* operator: + - * / % */
	EXPR_NEGATE,
	EXPR_CONCAT_TEXT, /* STRING + STRING, fails on NULL as arithmetic does */
	EXPR_COMPARE,     /* operator: = <> < <= > >=; NULL gives false */
	EXPR_DISTINCT,    /* IS DISTINCT FROM; `negated` for IS NOT DISTINCT FROM */
	EXPR_AND,
	EXPR_OR,
	EXPR_NOT,
	EXPR_IS_NULL,   /* `negated` for IS NOT NULL */
	EXPR_BETWEEN,   /* args: value, low, high; `negated` */
	EXPR_IN,        /* args: value, items...; `negated` */
	EXPR_LIKE,      /* args: value, pattern; `escape`; `negated` */
	EXPR_CASE,      /* args: when, then, when, then ..., [else] */
	EXPR_CAST,      /* to `type` */
	EXPR_FIELD,     /* struct -> field `column` */
	EXPR_SUBSCRIPT, /* array[i] or map[k] */
	EXPR_ARRAY,
	EXPR_MAP,    /* args: key, value, key, value ... */
	EXPR_STRUCT, /* args in the type's order */
};

enum expr_operator {
	OP_ADD,
	OP_SUBTRACT,
	OP_MULTIPLY,
	OP_DIVIDE,
	OP_MODULO,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
};

struct func_variant;

struct expr {
	enum expr_kind kind;
	const struct type *type;
	const struct expr *const *args;
	uint32_t nargs;
	enum expr_operator operation;
	bool negated;
	bool catches; /* an error inside gives NULL here and is logged, and it goes on (§errors) */
	uint32_t column;       /* COLUMN, PARAM, FIELD: index; LAMBDA: count of parameters */
	struct value constant; /* CONST */
	uint32_t escape;       /* LIKE: code point; 0: none */
	const struct func_variant *func; /* CALL */
	const char *text; /* as SQL, for EXPLAIN and the processing log; may be NULL */
};

const struct expr *expr_column(struct arena *arena, uint32_t column, const struct type *type);
const struct expr *expr_const(struct arena *arena, const struct type *type, struct value value);
const struct expr *expr_null(struct arena *arena, const struct type *type);
/* Any kind; `args` is copied. The caller then sets what the kind needs on the returned node. */
struct expr *expr_new(struct arena *arena, enum expr_kind kind, const struct type *type,
		      const struct expr *const *args, uint32_t nargs);
bool expr_is_const(const struct expr *expr);
/* True when `expr` gives the same value for the same row: no RANDOM(), UNIX_TIMESTAMP(), UUID(). */
bool expr_is_pure(const struct expr *expr);
bool expr_eq(const struct expr *a, const struct expr *b);
/* The same tree with column i replaced by columns[i]. */
const struct expr *expr_remap(struct arena *arena, const struct expr *expr,
			      const struct expr *const *columns, uint32_t ncolumns);
/* Marks in `used` (a bit set) each column that is read. */
void expr_columns(const struct expr *expr, uint64_t *used);
void expr_print(const struct expr *expr, struct buf *out);

#endif
