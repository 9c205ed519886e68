/*
 * plan_priv.h - what the parts of planning share: one statement being planned.
 */
#ifndef WEIR_SQL_PLAN_PRIV_H
#define WEIR_SQL_PLAN_PRIV_H

#include "sql/ast_print.h"
#include "sql/plan.h"
#include "sql/typing.h"
#include "sql/with.h"

struct planner {
	const struct catalog *catalog;
	const struct plan_options *options;
	const struct ast_statement *statement;
	struct arena *arena;
	struct plan *plan;
};

const char *plan_kind_word(bool is_table); /* "table", "stream" */
const char *plan_kind_Word(bool is_table); /* "Table", "Stream" */
struct slice plan_slice_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* plan_create.c */
fallible plan_create_source(struct planner *planner, struct err *err);
fallible plan_alter_source(struct planner *planner, struct err *err);
/* Formats of a source or sink from WITH, from `inherit` (may be NULL), from the settings. */
fallible plan_formats(struct planner *planner, const struct with *with,
		      const struct source *inherit, const struct schema *schema,
		      struct topic_spec *topic, struct err *err);
/* "Key format does not support schema ..." and its like; `text` is the statement, for the end. */
fallible plan_check_formats(struct planner *planner, const struct topic_spec *topic,
			    const struct schema *schema, bool has_wrap, const char *text,
			    struct err *err);
/* The column that WITH (TIMESTAMP = ...) names, checked. */
fallible plan_timestamp(struct planner *planner, const struct with *with,
			const struct schema *schema, struct source *source, struct err *err);
/* A column named in a text: upper-cased unless it stands in quotes of its own. */
struct slice plan_column_name(struct arena *arena, struct slice text);
fallible plan_check_name(struct planner *planner, const struct ast_name *name, bool is_table,
			 bool or_replace, bool if_not_exists, bool *ret_done, struct err *err);
fallible plan_sink_topic(struct planner *planner, const struct with *with,
			 const struct source *inherit, bool is_table, bool windowed,
			 struct slice name, struct topic_spec *topic, struct err *err);
fallible plan_map_key(const struct schema *schema, struct arena *arena, struct err *err);

/* plan_query.c */
fallible plan_query(struct planner *planner, const struct ast_query *query, struct err *err);

/* plan_insert.c */
fallible plan_insert_values(struct planner *planner, struct err *err);

/* plan_drop.c */
fallible plan_drop_source(struct planner *planner, struct err *err);
fallible plan_types(struct planner *planner, struct err *err);

#endif
