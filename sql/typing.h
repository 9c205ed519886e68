/*
 * typing.h - from a qualified tree to a typed expression over columns of one schema.
 *
 * Columns are found through the scope (their `index`), or through substitutions, which are tried at
 * every node first: a grouping expression, an aggregate, a table function that is already a column
 * of the rows at hand. Errors are ksqlDB's texts; expressions in them are named as the rows at hand
 * are named (a join's columns with their source in front).
 */
#ifndef WEIR_SQL_TYPING_H
#define WEIR_SQL_TYPING_H

#include "engine/func.h"
#include "sql/scope.h"

struct substitution {
	const struct ast_expr *expr; /* qualified */
	uint32_t column;
	const struct type *type;
};

struct typing_lambda;

struct typing {
	struct arena *arena;
	const struct scope *scope; /* NULL: there are no columns */
	const struct catalog *catalog;
	const struct func_registry *functions;
	const struct substitution *substitutions;
	uint32_t nsubstitutions;
	const struct typing_lambda *lambdas; /* around the expression; NULL at the top */
};

fallible typing_expr(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		     struct err *err);

/* A type as it is written; `catalog` knows the names that CREATE TYPE made. */
fallible typing_type(struct arena *arena, const struct catalog *catalog, const struct ast_type *ast,
		     const struct type **ret_type, struct err *err);

/* The expression as errors name it: columns without their source, or joined names. */
const char *typing_text(struct arena *arena, const struct scope *scope,
			const struct ast_expr *expr);
/* `a`.`B` as the column of a join is named: A_B. */
struct slice typing_joined_name(struct arena *arena, struct slice alias, struct slice name);

/* The expression cast to `type`, unless it has it already; constants at once. */
struct expr *typing_cast(struct arena *arena, struct expr *expr, const struct type *type);
/* Whether a value of one type may stand where the other is wanted, without a CAST. */
bool typing_widens(const struct type *from, const struct type *to);

/* Used by the parts of typing (typing_*.c). */
fallible typing_comparison(struct typing *typing, const struct ast_expr *ast,
			   struct expr **ret_expr, struct err *err);
fallible typing_between(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
			struct err *err);
fallible typing_in(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		   struct err *err);
fallible typing_call(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		     struct err *err);
/* Brings expressions of a list (ARRAY, IN, a MAP's values) to their common type. */
fallible typing_common(struct typing *typing, struct expr **items,
		       const struct ast_expr *const *asts, uint32_t n, const struct type **ret_type,
		       struct err *err);

#endif
