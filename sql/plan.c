#include "sql/plan.h"

#include "sql/plan_priv.h"

#include <stdarg.h>

const char *plan_kind_word(bool is_table)
{
	return is_table ? "table" : "stream";
}

const char *plan_kind_Word(bool is_table)
{
	return is_table ? "Table" : "Stream";
}

struct slice plan_slice_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct err text;
	err_set_textv(&text, ERR_INVALID, format, args);
	va_end(args);
	return slice_str(arena_str(arena, slice_str(text.text)));
}

const char *plan_property(const struct plan_options *options, const char *name,
			  const char *otherwise)
{
	if (options->properties == NULL)
		return otherwise;
	const char *value = map_get(options->properties, slice_str(name));
	return value != NULL ? value : otherwise;
}

bool plan_property_true(const struct plan_options *options, const char *name, bool otherwise)
{
	const char *value = plan_property(options, name, otherwise ? "true" : "false");
	return slice_eq_nocase(slice_str(value), SLICE("true"));
}

fallible plan_statement(const struct catalog *catalog, const struct ast_statement *statement,
			const struct plan_options *options, struct arena *arena,
			struct plan *ret_plan, struct err *err)
{
	struct plan plan = { .kind = PLAN_OTHER, .retention_ms = -1 };
	struct planner planner = { .catalog = catalog,
				   .options = options,
				   .statement = statement,
				   .arena = arena,
				   .plan = &plan };
	switch ((int)statement->kind) {
	case AST_CREATE_SOURCE:
		TRY(plan_create_source(&planner, err));
		break;
	case AST_ALTER_SOURCE:
		TRY(plan_alter_source(&planner, err));
		break;
	case AST_CREATE_AS:
		TRY(plan_query(&planner, statement->create_as.query, err));
		break;
	case AST_INSERT_SELECT:
		TRY(plan_query(&planner, statement->insert_select.query, err));
		break;
	case AST_QUERY:
		TRY(plan_query(&planner, statement->query, err));
		break;
	case AST_INSERT_VALUES:
		TRY(plan_insert_values(&planner, err));
		break;
	case AST_DROP_SOURCE:
		TRY(plan_drop_source(&planner, err));
		break;
	case AST_CREATE_TYPE:
	case AST_DROP_TYPE:
		TRY(plan_types(&planner, err));
		break;
	default: /* the server's own statements change nothing here */
		break;
	}
	*ret_plan = plan;
	return 0;
}

static void apply_query(struct catalog *catalog, const struct plan *plan)
{
	if (plan->sink.len == 0)
		return; /* transient: the catalog does not know it */
	struct catalog_query *query = mem_new(struct catalog_query);
	query->id = arena_copy(&query->arena, plan->query_id);
	query->sink = arena_copy(&query->arena, plan->sink);
	query->pipeline = plan->pipeline; /* borrowed from whoever runs it */
	for (uint32_t i = 0; i < plan->nreads; i++)
		vec_push(&query->sources, arena_copy(&query->arena, plan->reads[i]));
	catalog_put_query(catalog, query);
}

static void apply_drop(struct catalog *catalog, const struct plan *plan)
{
	const struct source *source = catalog_source(catalog, plan->name);
	assert(source != NULL);
	if (source->created_by.len > 0 && catalog_query(catalog, source->created_by) != NULL)
		catalog_drop_query(catalog, source->created_by);
	catalog_drop_source(catalog, plan->name);
}

void plan_apply(struct catalog *catalog, const struct plan *plan)
{
	if (plan->partitions > 0 && catalog_topic(catalog, plan->topic) == NULL)
		catalog_put_topic(catalog, plan->topic, plan->partitions, plan->replicas);
	switch (plan->kind) {
	case PLAN_NOTHING:
	case PLAN_INSERT:
	case PLAN_OTHER:
		break;
	case PLAN_CREATE_SOURCE:
	case PLAN_ALTER_SOURCE:
		catalog_put_source(catalog, &plan->source);
		break;
	case PLAN_QUERY:
		if (plan->has_source)
			catalog_put_source(catalog, &plan->source);
		apply_query(catalog, plan);
		break;
	case PLAN_DROP_SOURCE:
		apply_drop(catalog, plan);
		break;
	case PLAN_CREATE_TYPE:
		catalog_put_type(catalog, plan->name, plan->type);
		break;
	case PLAN_DROP_TYPE:
		catalog_drop_type(catalog, plan->name);
		break;
	}
}
