/*
 * query.h - one SELECT on its way to a pipeline.
 *
 * The order of things: the sources are found and the conditions of joins read (query_from.c), every
 * expression is qualified, which tells the columns that are used (query_select.c), then nodes are
 * put one on the other: sources and joins, WHERE, table functions, PARTITION BY or GROUP BY with
 * its aggregates (query_group.c), and the projection (query_project.c). `node` is the top so far,
 * and `keys` says what its key columns are called in the query.
 */
#ifndef WEIR_SQL_QUERY_H
#define WEIR_SQL_QUERY_H

#include "sql/plan_priv.h"

/* One key column of the rows at hand. */
struct query_key {
	const struct ast_expr **viable; /* any of these expressions is it; the first is preferred */
	uint32_t nviable;
	const struct type *type;
	bool synthetic; /* ROWKEY: no column of a source */
};

enum query_key_origin {
	KEY_OF_SOURCE,
	KEY_OF_JOIN,
	KEY_OF_PARTITION,
	KEY_OF_GROUP,
	KEY_OF_FOREIGN
};

struct query_item {
	struct ast_expr *expr; /* qualified */
	struct slice name;
	bool aliased;
	struct ast_pos pos;
};

struct query_join {
	const struct ast_join *ast;
	struct scope_source *right;
	struct ast_expr *on;                     /* qualified, as written */
	struct ast_expr *left_expr, *right_expr; /* the side of what came before, and of `right` */
	struct slice left_alias;                 /* the source that left_expr names */
};

struct query {
	struct planner *planner;
	const struct ast_query *ast;
	struct arena *arena;
	struct scope scope;
	struct typing typing;
	struct pipeline_builder *builder;
	struct slice query_id;
	bool persistent;
	struct slice sink_name;

	struct query_join *joins;
	uint32_t njoins;
	VEC(struct query_item) items;
	struct ast_expr *where, *having;
	VEC(struct ast_expr *) groups, partitions;
	bool partition_by_null;

	const struct node *node;
	struct query_key *keys;
	uint32_t nkeys;
	enum query_key_origin key_origin;
	VEC(struct substitution) substitutions;
	enum window_kind window; /* of the key of the rows at hand */
	int64_t window_size_ms;
	int32_t partition_count;
	uint32_t first_source, nsources; /* of the scope: those in the rows at hand */
	uint32_t generated_columns;      /* KSQL_COL_n given out so far */
};

/* query_from.c */
fallible query_resolve_sources(struct query *query, struct err *err);
fallible query_build_from(struct query *query, struct err *err);

/* query_select.c */
fallible query_resolve_select(struct query *query, struct err *err);
fallible query_build_filter(struct query *query, const struct ast_expr *condition,
			    const char *clause, struct err *err);
fallible query_build_explode(struct query *query, struct err *err);
fallible query_build_partition(struct query *query, struct err *err);

/* query_project.c */
fallible query_build_projection(struct query *query, const struct schema **ret_schema,
				struct err *err);

/* query_group.c */
bool query_has_aggregates(const struct query *query);
fallible query_build_group(struct query *query, struct err *err);

/* WITH (TIMESTAMP = ...) of the sink names one of the items. */
fallible plan_check_sink_timestamp(struct query *query, struct err *err);

/* A typed expression over the rows at hand. */
fallible query_type(struct query *query, const struct ast_expr *ast, struct expr **ret_expr,
		    struct err *err);
/* A repartition (or, when `local`, only new keys): key expressions, then the columns still used. */
fallible query_rekey(struct query *query, const struct expr *const *keys, const struct slice *names,
		     uint32_t nkeys, bool local, bool drops_null_keys, const char *step,
		     struct err *err);
/* An internal topic for rows of this schema. */
struct topic_spec query_internal_topic(struct query *query, const struct schema *schema,
				       const char *step);
struct slice query_next_column(struct query *query);
/* Calls of this kind of function in a tree. */
typedef bool query_call_test(const struct query *query, struct slice name);
const struct ast_expr *query_find_call(const struct query *query, const struct ast_expr *expr,
				       query_call_test *test);
bool query_is_aggregate(const struct query *query, struct slice name);
bool query_is_table_function(const struct query *query, struct slice name);

#endif
