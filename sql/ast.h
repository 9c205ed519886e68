/*
 * ast.h - what a SQL text says, as a tree: statements, queries, expressions, types.
 *
 * A tree lives in one arena, which also holds its names and texts; nothing in it is freed alone.
 * Each node knows its place in the text that a person wrote. Names are as they are looked up:
 * upper-cased where they were not quoted. Trees are made by the parser (parse.h) and by those who
 * rewrite them, both with the builders of ast_build.h; ast_print.h turns them into text again.
 * No tree is deeper than AST_DEPTH_MAX, so that walks may recurse.
 */
#ifndef WEIR_SQL_AST_H
#define WEIR_SQL_AST_H

#include "base/arena.h"

/* Expressions, types and EXPLAINs may nest this far. */
#define AST_DEPTH_MAX 400

/* Line and column count from 1, columns in characters; bytes [begin, end) of the text. */
struct ast_pos {
	int32_t line, column; /* 0: made by us, not written by anyone */
	uint32_t begin, end;
};

struct ast_name {
	struct slice text; /* as it is looked up */
	struct ast_pos pos;
	bool quoted; /* was written in quotes: a hint for error texts only */
};

/* A list in the arena: `vec_each` walks it; AST_LIST_ADD of ast_build.h makes it longer. */
#define AST_LIST(type)                                                                             \
	{                                                                                          \
		type *items;                                                                       \
		uint32_t len, capacity;                                                            \
	}

struct ast_names AST_LIST(struct ast_name);
struct ast_exprs AST_LIST(struct ast_expr *);
struct ast_rows AST_LIST(struct ast_exprs);
struct ast_whens AST_LIST(struct ast_when);
struct ast_entries AST_LIST(struct ast_entry);
struct ast_fields AST_LIST(struct ast_field);
struct ast_columns AST_LIST(struct ast_column);
struct ast_properties AST_LIST(struct ast_property);
struct ast_items AST_LIST(struct ast_item);
struct ast_joins AST_LIST(struct ast_join);
struct ast_statements AST_LIST(struct ast_statement *);

/* clang-format off */
enum ast_unit {
#define AST_UNIT(unit, text, plural, ms) unit,
#include "sql/ast.def"
};

enum ast_op {
#define AST_OP(op, text, name) op,
#include "sql/ast.def"
};

enum ast_type_kind {
#define AST_TYPE(kind, text) kind,
#include "sql/ast.def"
};

enum ast_expr_kind {
#define AST_EXPR(kind, member) kind,
#include "sql/ast.def"
};

enum ast_statement_kind {
#define AST_STATEMENT(kind, member, words) kind,
#include "sql/ast.def"
};
/* clang-format on */

struct ast_type {
	enum ast_type_kind kind;
	uint32_t depth;
	struct ast_pos pos;
	struct ast_name name;         /* NAMED: a CREATE TYPE's, or nothing we know */
	int32_t precision, scale;     /* DECIMAL */
	struct ast_type *key, *value; /* MAP; `value` also is ARRAY's element */
	struct ast_fields fields;     /* STRUCT */
};

/* A field of a STRUCT type (`type`) or of a STRUCT(...) expression (`value`). */
struct ast_field {
	struct ast_name name;
	struct ast_type *type;
	struct ast_expr *value;
};

struct ast_when {
	struct ast_expr *condition, *result;
};

struct ast_entry {
	struct ast_expr *key, *value;
};

struct ast_expr {
	enum ast_expr_kind kind;
	uint32_t depth; /* one more than the deepest child's */
	struct ast_pos pos;
	union {
		bool boolean;
		struct {
			int64_t value;
			bool big; /* BIGINT, because it doesn't fit INTEGER */
		} integer;
		struct {
			struct slice text; /* digits, one point, perhaps a sign */
			int32_t precision, scale;
		} decimal;
		double number;
		struct slice string;
		struct {
			struct ast_name source; /* valid when qualified */
			struct ast_name name;
			bool qualified;
		} column;           /* also a lambda's parameter: the analyser tells them apart */
		enum ast_unit unit; /* as in DATEADD(DAYS, ...) */
		struct {
			enum ast_op op; /* AST_ADD or AST_SUB */
			struct ast_expr *operand;
		} unary;
		struct {
			enum ast_op op;
			struct ast_expr *left, *right;
		} binary;
		struct ast_expr *operand;
		struct {
			struct ast_expr *value, *low, *high;
		} between;
		struct {
			struct ast_expr *value, *pattern;
			struct slice escape; /* valid when has_escape */
			bool has_escape;
		} like;
		struct {
			struct ast_expr *value;
			struct ast_exprs items;
		} in;
		struct {
			struct ast_expr *value;
			struct ast_type *type;
		} cast;
		struct {
			struct ast_expr *operand; /* NULL: searched CASE */
			struct ast_whens whens;
			struct ast_expr *otherwise; /* NULL: no ELSE */
		} cases;
		struct ast_exprs items;
		struct ast_entries map;
		struct ast_fields structure;
		struct {
			struct ast_expr *base, *index;
		} subscript;
		struct {
			struct ast_expr *base;
			struct ast_name name;
		} field;
		struct {
			struct ast_name name;  /* `a || b` is CONCAT(a, b) */
			struct ast_exprs args; /* none for COUNT(*) */
		} call;
		struct {
			struct ast_names params;
			struct ast_expr *body;
		} lambda;
	};
};

/* One item of a SELECT list: `expr [AS alias]`, `*`, `source.*`, `expr->*`. */
enum ast_item_kind { AST_ITEM_EXPR, AST_ITEM_STAR, AST_ITEM_SOURCE_STAR, AST_ITEM_STRUCT_STAR };

struct ast_item {
	enum ast_item_kind kind;
	struct ast_pos pos;
	struct ast_expr *expr;  /* EXPR, STRUCT_STAR */
	struct ast_name source; /* SOURCE_STAR */
	struct ast_name alias;  /* EXPR, when has_alias */
	bool has_alias;
};

struct ast_source {
	struct ast_name name;
	struct ast_name alias; /* the name itself where none is given */
};

struct ast_duration {
	int64_t count;
	enum ast_unit unit;
	struct ast_pos pos;
};

struct ast_within {
	struct ast_duration before, after, grace; /* grace: when has_grace */
	bool has_grace;
	struct ast_pos pos;
};

enum ast_join_kind { AST_JOIN_INNER, AST_JOIN_LEFT, AST_JOIN_RIGHT, AST_JOIN_FULL };

struct ast_join {
	enum ast_join_kind kind;
	struct ast_source source;
	struct ast_within *within; /* NULL: none */
	struct ast_expr *on;
	struct ast_pos pos;
};

enum ast_window_kind { AST_WINDOW_TUMBLING, AST_WINDOW_HOPPING, AST_WINDOW_SESSION };

struct ast_window {
	enum ast_window_kind kind;
	struct ast_duration size;             /* SESSION: the gap */
	struct ast_duration advance;          /* HOPPING */
	struct ast_duration retention, grace; /* when has_... */
	bool has_retention, has_grace;
	struct ast_pos pos;
};

enum ast_emit { AST_EMIT_NONE, AST_EMIT_CHANGES, AST_EMIT_FINAL };

/* What is absent is NULL, or an empty list with its has_... false. */
struct ast_query {
	struct ast_pos pos;
	struct ast_items items;
	struct ast_source from;
	struct ast_joins joins; /* left-deep, in the order written */
	struct ast_window *window;
	struct ast_expr *where;
	struct ast_exprs group_by, partition_by; /* may be empty though there: GROUP BY () */
	bool has_group_by, has_partition_by;
	struct ast_pos group_by_pos, partition_by_pos;
	struct ast_expr *having;
	enum ast_emit emit;
	bool has_limit;
	int64_t limit;
	struct ast_pos limit_pos;
};

/* WITH (key = literal): unquoted keys are upper-cased, as names are. */
struct ast_property {
	struct ast_name key;
	struct ast_expr *value;
};

enum ast_column_role {
	AST_COLUMN_VALUE,
	AST_COLUMN_KEY,
	AST_COLUMN_PRIMARY_KEY,
	AST_COLUMN_HEADERS,
	AST_COLUMN_HEADER, /* HEADER('name') */
};

struct ast_column {
	struct ast_name name;
	struct ast_type *type;
	enum ast_column_role role;
	struct slice header; /* HEADER: the name */
	struct ast_pos pos;
};

enum ast_source_kind { AST_STREAM, AST_TABLE };

/* What SHOW and DESCRIBE are about. */
enum ast_subject {
	AST_SUBJECT_SOURCE, /* DESCRIBE name */
	AST_SUBJECT_PROPERTIES,
	AST_SUBJECT_TOPICS,
	AST_SUBJECT_STREAMS,
	AST_SUBJECT_TABLES,
	AST_SUBJECT_FUNCTIONS,
	AST_SUBJECT_FUNCTION,
	AST_SUBJECT_CONNECTORS,
	AST_SUBJECT_SOURCE_CONNECTORS,
	AST_SUBJECT_SINK_CONNECTORS,
	AST_SUBJECT_CONNECTOR,
	AST_SUBJECT_CONNECTOR_PLUGINS,
	AST_SUBJECT_TYPES,
	AST_SUBJECT_VARIABLES,
	AST_SUBJECT_QUERIES,
};

struct ast_statement {
	enum ast_statement_kind kind;
	uint32_t depth; /* EXPLAIN EXPLAIN ... */
	struct ast_pos pos;
	struct slice text; /* as written, variables replaced, with its `;` */
	union {
		struct ast_query *query;
		struct {
			enum ast_source_kind kind;
			bool or_replace, if_not_exists;
			bool read_only; /* CREATE SOURCE ... */
			struct ast_name name;
			struct ast_columns columns;
			bool has_columns; /* else they are inferred */
			struct ast_properties with;
		} create_source;
		struct {
			enum ast_source_kind kind;
			bool or_replace, if_not_exists;
			struct ast_name name;
			struct ast_properties with;
			struct ast_query *query;
		} create_as;
		struct {
			struct ast_name name;
			struct ast_properties with;
			struct ast_query *query;
		} insert_select;
		struct {
			struct ast_name name;
			struct ast_names columns; /* empty: all of them */
			struct ast_rows rows;     /* at least one */
		} insert_values;
		struct {
			enum ast_source_kind kind; /* DROP STREAM or TABLE */
			struct ast_name name;
			bool if_exists, delete_topic;
		} drop;
		struct {
			enum ast_source_kind kind;
			struct ast_name name;
			struct ast_columns columns;
		} alter_source;
		struct {
			struct ast_name name;
			bool if_not_exists;
			struct ast_type *type;
		} create_type;
		struct {
			struct ast_name name;
			bool sink, if_not_exists;
			struct ast_properties with;
		} connector;
		struct {
			struct ast_name name;
			bool or_replace, if_not_exists;
			struct slice library; /* the shared object's path */
			struct slice symbol;  /* empty: the function's name in lower case */
		} function;
		struct {
			enum ast_subject subject;
			struct ast_name name; /* DESCRIBE's */
			bool extended, all;
		} show;
		struct {
			struct ast_name topic; /* the case as written, also without quotes */
			bool from_beginning, has_limit;
			int64_t interval; /* 1: every record */
			int64_t limit;
		} print;
		struct {
			struct ast_name name; /* valid unless `all` */
			bool all;
		} control;
		struct {
			struct ast_statement *statement; /* NULL: a query's name */
			struct ast_name name;
		} explain;
		struct {
			struct ast_name key;
			struct slice value; /* SET, DEFINE, ALTER SYSTEM */
		} set;
		struct {
			struct ast_name topic;
			bool not_exists, has_timeout;
			struct ast_properties with;
			struct ast_duration timeout;
		} assert_topic;
		struct {
			struct ast_name subject;
			struct ast_expr *id; /* a literal */
			bool not_exists, has_subject, has_timeout;
			struct ast_duration timeout;
		} assert_schema;
		struct slice script; /* RUN SCRIPT: the file's name */
	};
};

/* Equal in everything but the places in the text and how names were quoted. */
bool ast_equal(const struct ast_statement *a, const struct ast_statement *b);
bool ast_expr_equal(const struct ast_expr *a, const struct ast_expr *b);
bool ast_type_equal(const struct ast_type *a, const struct ast_type *b);

const char *ast_op_text(enum ast_op op);
const char *ast_op_name(enum ast_op op); /* "GREATER_THAN" */
const char *ast_statement_words(enum ast_statement_kind kind);

/* Milliseconds, cut off at INT64_MAX; 0 for a unit whose length varies. */
int64_t ast_duration_ms(const struct ast_duration *duration);

#endif
