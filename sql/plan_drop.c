/* DROP, and the names that CREATE TYPE makes. */
#include "sql/plan_priv.h"

/* "[A, B]" of the query ids, or the sources, that `test` accepts; how many in ret_n. */
static const char *readers_of(struct planner *planner, struct slice name, struct slice but,
			      bool writers, uint32_t *ret_n)
{
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	*ret_n = 0;
	map_each (entry, &planner->catalog->queries) {
		const struct catalog_query *query = entry->value;
		bool found = writers && slice_eq(query->sink, name);
		for (uint32_t i = 0; i < query->sources.len && !writers; i++)
			found |= slice_eq(query->sources.items[i], name);
		if (!found || slice_eq(query->id, but))
			continue;
		buf_printf(&text, "%s%.*s", *ret_n > 0 ? ", " : "", SLICE_ARGS(query->id));
		(*ret_n)++;
	}
	const char *copy = arena_str(planner->arena, buf_slice(&text));
	buf_fini(&text);
	return copy;
}

fallible plan_drop_source(struct planner *planner, struct err *err)
{
	const struct ast_statement *statement = planner->statement;
	struct plan *plan = planner->plan;
	struct slice name = statement->drop.name.text;
	bool is_table = statement->drop.kind == AST_TABLE;
	const struct source *source = catalog_source(planner->catalog, name);
	if (source == NULL && statement->drop.if_exists) {
		plan->kind = PLAN_NOTHING;
		plan->warning = true;
		plan->message = arena_printf(planner->arena, "Source `%.*s` does not exist.",
					     SLICE_ARGS(name));
		return 0;
	}
	if (source == NULL)
		return err_set(err, ERR_NOT_FOUND, "%s %.*s does not exist.%s",
			       plan_kind_Word(is_table), SLICE_ARGS(name),
			       catalog_hint(planner->catalog, name, planner->arena));
	if (source->is_table != is_table)
		return err_set(err, ERR_CONFLICT,
			       "Incompatible data source type is %s, but statement was DROP %s",
			       source->is_table ? "TABLE" : "STREAM",
			       is_table ? "TABLE" : "STREAM");
	if (source->read_only && statement->drop.delete_topic)
		return err_set(err, ERR_UNSUPPORTED,
			       "Cannot delete topic for read-only source: %.*s", SLICE_ARGS(name));
	uint32_t nreaders, nwriters;
	const char *readers = readers_of(planner, name, SLICE_EMPTY, false, &nreaders);
	const char *writers = readers_of(planner, name, source->created_by, true, &nwriters);
	if (nreaders + nwriters > 0)
		return err_set(
			err, ERR_CONFLICT,
			"Cannot drop %.*s.\nThe following queries read from this source: "
			"[%s].\nThe following queries write into this source: [%s].\nYou need "
			"to terminate them before dropping %.*s.",
			SLICE_ARGS(name), readers, writers, SLICE_ARGS(name));
	plan->kind = PLAN_DROP_SOURCE;
	plan->name = name;
	plan->delete_topic = statement->drop.delete_topic;
	plan->message = arena_printf(planner->arena, "Source `%.*s` (topic: %.*s) was dropped.",
				     SLICE_ARGS(name), SLICE_ARGS(source->topic.topic));
	return 0;
}

static fallible create_type(struct planner *planner, struct err *err)
{
	const struct ast_statement *statement = planner->statement;
	struct plan *plan = planner->plan;
	struct slice name = statement->create_type.name.text;
	const struct type *known = catalog_type(planner->catalog, name);
	if (known != NULL) {
		const char *text = arena_printf(planner->arena,
						"%.*s is already registered with "
						"type %s",
						SLICE_ARGS(name), type_text(planner->arena, known));
		if (!statement->create_type.if_not_exists)
			return err_set(err, ERR_EXISTS,
				       "Cannot register custom type '%.*s' since it is already "
				       "registered with type: %s",
				       SLICE_ARGS(name), type_text(planner->arena, known));
		plan->kind = PLAN_NOTHING;
		plan->warning = true;
		plan->message = text;
		return 0;
	}
	TRY(typing_type(planner->arena, planner->catalog, statement->create_type.type, &plan->type,
			err));
	plan->kind = PLAN_CREATE_TYPE;
	plan->name = name;
	plan->message = arena_printf(planner->arena,
				     "Registered custom type with name '%.*s' and SQL type %s",
				     SLICE_ARGS(name), type_text(planner->arena, plan->type));
	return 0;
}

fallible plan_types(struct planner *planner, struct err *err)
{
	const struct ast_statement *statement = planner->statement;
	struct plan *plan = planner->plan;
	if (statement->kind == AST_CREATE_TYPE)
		return create_type(planner, err);
	struct slice name = statement->drop.name.text;
	if (catalog_type(planner->catalog, name) != NULL) {
		plan->kind = PLAN_DROP_TYPE;
		plan->name = name;
		plan->message =
			arena_printf(planner->arena, "Dropped type '%.*s'", SLICE_ARGS(name));
		return 0;
	}
	const char *text =
		arena_printf(planner->arena, "Type '%.*s' does not exist", SLICE_ARGS(name));
	if (!statement->drop.if_exists)
		return err_set(err, ERR_NOT_FOUND, "%s", text);
	plan->kind = PLAN_NOTHING;
	plan->warning = true;
	plan->message = text;
	return 0;
}
