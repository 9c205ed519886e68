/* GROUP BY, aggregates, windows, HAVING. */
#include "sql/query.h"

#include "sql/rewrite.h"

struct aggregate_calls {
	struct query *query;
	VEC(const struct ast_expr *) calls; /* distinct ones */
};

bool query_has_aggregates(const struct query *query)
{
	for (uint32_t i = 0; i < query->items.len; i++) {
		if (query_find_call(query, query->items.items[i].expr, query_is_aggregate) != NULL)
			return true;
	}
	return query_find_call(query, query->having, query_is_aggregate) != NULL;
}

/* COUNT(*) is printed as the call without arguments that it is. */
static const char *nested_text(struct query *query, const struct ast_expr *call)
{
	const char *text = typing_text(query->arena, &query->scope, call);
	const char *star = strstr(text, "(*)");
	if (star == NULL)
		return text;
	return arena_printf(query->arena, "%.*s()%s", (int)(star - text), text, star + 3);
}

static fallible refuse_nested(struct query *query, const struct ast_expr *call, struct err *err)
{
	for (uint32_t i = 0; i < call->call.args.len; i++) {
		if (query_find_call(query, call->call.args.items[i], query_is_aggregate) != NULL)
			return err_set(err, ERR_UNSUPPORTED,
				       "Aggregate functions can not be nested: %s",
				       nested_text(query, call));
	}
	return 0;
}

static fallible collect_calls(void *arg, const struct ast_expr *expr,
			      const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			      struct err *err)
{
	struct aggregate_calls *aggregates = arg;
	(void)lambdas;
	if (expr->kind != AST_CALL || !query_is_aggregate(aggregates->query, expr->call.name.text))
		return 0;
	TRY(refuse_nested(aggregates->query, expr, err));
	struct ast_expr *copy = arena_new(aggregates->query->arena, struct ast_expr);
	*copy = *expr;
	*ret_replaced = copy;
	for (uint32_t i = 0; i < aggregates->calls.len; i++) {
		if (ast_expr_equal(aggregates->calls.items[i], expr))
			return 0;
	}
	vec_push(&aggregates->calls, expr);
	return 0;
}

static fallible collect(struct query *query, struct aggregate_calls *calls, struct err *err)
{
	struct ast_expr *copy;
	for (uint32_t i = 0; i < query->items.len; i++)
		TRY(ast_rewrite(query->arena, query->items.items[i].expr, collect_calls, calls,
				&copy, err));
	if (query->having != NULL)
		TRY(ast_rewrite(query->arena, query->having, collect_calls, calls, &copy, err));
	return 0;
}

/* Columns that are neither grouped by nor inside an aggregate. */

struct strays {
	struct query *query;
	bool found;
	const struct ast_expr *column;
};

static bool is_group(const struct query *query, const struct ast_expr *expr)
{
	for (uint32_t g = 0; g < query->groups.len; g++) {
		if (ast_expr_equal(query->groups.items[g], expr))
			return true;
	}
	return false;
}

static fallible find_stray(void *arg, const struct ast_expr *expr,
			   const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			   struct err *err)
{
	struct strays *strays = arg;
	(void)err;
	bool aggregate =
		expr->kind == AST_CALL && query_is_aggregate(strays->query, expr->call.name.text);
	if (aggregate || is_group(strays->query, expr)) {
		struct ast_expr *copy = arena_new(strays->query->arena, struct ast_expr);
		*copy = *expr;
		*ret_replaced = copy; /* not walked into */
		return 0;
	}
	bool bound = expr->kind == AST_COLUMN && expr->column.source.text.len == 0 &&
		     expr->column.qualified;
	if (expr->kind == AST_COLUMN && !bound && !rewrite_is_param(lambdas, expr)) {
		strays->found = true;
		strays->column = expr;
	}
	return 0;
}

static bool strays(struct query *query, const struct ast_expr *expr,
		   const struct ast_expr **ret_column)
{
	struct strays state = { .query = query };
	struct ast_expr *copy;
	int code = ast_rewrite(query->arena, expr, find_stray, &state, &copy, NULL);
	assert(code == 0);
	*ret_column = state.column;
	return state.found;
}

static fallible refuse_strays(struct query *query, struct err *err)
{
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	const struct ast_expr *column;
	for (uint32_t i = 0; i < query->items.len; i++) {
		const struct ast_expr *expr = query->items.items[i].expr;
		if (strays(query, expr, &column))
			buf_printf(&text, "%s%s", text.len > 0 ? ", " : "",
				   typing_text(query->arena, &query->scope, expr));
	}
	int code = 0;
	if (text.len > 0)
		code = err_set(
			err, ERR_INVALID,
			"Non-aggregate SELECT expression(s) not part of GROUP BY: %s\nEither "
			"add the column(s) to the GROUP BY or remove them from the SELECT.",
			buf_str(&text));
	buf_fini(&text);
	TRY(code);
	if (query->having != NULL && strays(query, query->having, &column))
		return err_set(
			err, ERR_INVALID,
			"Non-aggregate HAVING expression not part of GROUP BY: %s\nEither add "
			"the column(s) to the GROUP BY or remove them from the HAVING.",
			typing_text(query->arena, &query->scope, column));
	return 0;
}

/* Window bounds. */

static fallible find_bound(void *arg, const struct ast_expr *expr,
			   const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			   struct err *err)
{
	const struct ast_expr **found = arg;
	(void)lambdas;
	(void)ret_replaced;
	(void)err;
	if (expr->kind == AST_COLUMN && expr->column.qualified && expr->column.source.text.len == 0)
		*found = expr;
	return 0;
}

static fallible refuse_bounds(struct query *query, const struct ast_expr *expr, struct err *err)
{
	const struct ast_expr *found = NULL;
	struct ast_expr *copy;
	int code = ast_rewrite(query->arena, expr, find_bound, &found, &copy, err);
	TRY(code);
	if (found == NULL)
		return 0;
	return err_set(
		err, ERR_UNSUPPORTED,
		"Window bounds column %.*s can only be used in the SELECT clause of windowed "
		"aggregations and can not be passed to aggregate functions.\nSee "
		"https://github.com/confluentinc/ksql/issues/4397",
		SLICE_ARGS(found->column.name.text));
}

/* Checks that need no types. */

static fallible check_groups(struct query *query, struct err *err)
{
	for (uint32_t g = 0; g < query->groups.len; g++) {
		const struct ast_expr *expr = query->groups.items[g];
		const struct ast_expr *aggregate = query_find_call(query, expr, query_is_aggregate);
		if (aggregate != NULL)
			return err_set(err, ERR_UNSUPPORTED,
				       "GROUP BY does not support aggregate functions: %.*s is an "
				       "aggregate function.",
				       SLICE_ARGS(aggregate->call.name.text));
		TRY(refuse_bounds(query, expr, err));
		for (uint32_t k = 0; k < g; k++) {
			if (ast_expr_equal(query->groups.items[k], expr))
				return err_set(err, ERR_INVALID,
					       "Duplicate GROUP BY expression: %s",
					       ast_expr_text(query->arena, expr));
		}
	}
	for (uint32_t s = 0; s < query->scope.nsources; s++) {
		const struct source *source = query->scope.sources[s]->source;
		if (source == NULL)
			continue;
		if (format_traits_find(source->topic.value_format.name)->no_grouping)
			return err_set(err, ERR_UNSUPPORTED,
				       "Source(s) %.*s are using the 'KAFKA' value format. This "
				       "format does not yet support GROUP BY.",
				       SLICE_ARGS(source->name));
	}
	return 0;
}

static fallible check_undo(struct query *query, const struct agg *const *aggs, uint32_t n,
			   struct err *err)
{
	const char *names[64];
	uint32_t found = 0;
	for (uint32_t a = 0; a < n; a++) {
		bool repeated = false;
		for (uint32_t i = 0; i < found; i++)
			repeated |= strcmp(names[i], aggs[a]->func->name) == 0;
		if (aggs[a]->def->remove == NULL && !repeated && found < COUNT_OF(names))
			names[found++] = aggs[a]->func->name;
	}
	if (found == 0)
		return 0;
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	for (uint32_t i = 0; i < found; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : i + 1 == found ? " and " : ", ", names[i]);
	int code =
		err_set(err, ERR_UNSUPPORTED,
			"The aggregation function%s %s cannot be applied to a table source, only "
			"to a stream source.",
			found > 1 ? "s" : "", buf_str(&text));
	buf_fini(&text);
	(void)query;
	return code;
}

/* The aggregates, typed over the rows before the repartition. */

struct grouped {
	const struct agg **aggs;
	const struct expr ***args; /* of each aggregate, over the rows before */
	uint32_t n;
};

static struct ast_expr *rowtime_of(struct query *query)
{
	struct scope_source *source = query->scope.sources[0];
	struct scope_column *column = scope_find(&query->scope, source->alias, SLICE("ROWTIME"));
	struct ast_expr *expr = arena_new(query->arena, struct ast_expr);
	column->used = true;
	expr->kind = AST_COLUMN;
	expr->column.qualified = true;
	expr->column.source.text = source->alias;
	expr->column.name.text = column->name;
	return expr;
}

static fallible bind_aggregate(struct query *query, const struct ast_expr *call,
			       struct grouped *grouped, struct err *err)
{
	struct arena *arena = query->arena;
	uint32_t n = call->call.args.len;
	struct ast_expr *rowtime[1] = { NULL };
	struct ast_expr *const *asts = call->call.args.items;
	if (n == 0 && slice_eq(call->call.name.text, SLICE("COUNT"))) {
		rowtime[0] = rowtime_of(query); /* COUNT(*) counts rows */
		asts = rowtime;
		n = 1;
	}
	const struct type **types = arena_array(arena, const struct type *, n);
	const struct value **constants = arena_array(arena, const struct value *, n);
	const char **texts = arena_array(arena, const char *, n);
	struct expr **typed = arena_array(arena, struct expr *, n);
	const struct expr **args = arena_array(arena, const struct expr *, n);
	for (uint32_t i = 0; i < n; i++) {
		struct expr *arg;
		TRY(refuse_bounds(query, asts[i], err));
		TRY(query_type(query, asts[i], &arg, err));
		args[i] = arg;
		typed[i] = arg;
		types[i] = args[i]->type;
		texts[i] = typing_text(arena, &query->scope, asts[i]);
		if (args[i]->kind == EXPR_CONST)
			constants[i] = &args[i]->constant;
	}
	const struct type **params = arena_array(arena, const struct type *, n);
	struct agg *agg;
	TRY(agg_resolve(query->planner->options->aggregates, call->call.name.text, arena, types,
			constants, n, texts, &agg, params, err));
	for (uint32_t i = 0; i < agg->nargs; i++)
		args[i] = typing_cast(arena, typed[i], params[i]);
	grouped->args[grouped->n] = args;
	grouped->aggs[grouped->n++] = agg;
	return 0;
}

/* GROUP BY's keys are those of the rows at hand already. */
static bool same_keys(const struct query *query)
{
	if (query->nkeys != query->groups.len || query->window != WINDOW_NONE)
		return false;
	for (uint32_t g = 0; g < query->groups.len; g++) {
		bool found = false;
		for (uint32_t v = 0; v < query->keys[g].nviable; v++)
			found |= ast_expr_equal(query->keys[g].viable[v], query->groups.items[g]);
		if (!found)
			return false;
	}
	return true;
}

/*
 * The rows under the grouping keys, with each aggregate's arguments as columns behind: what was
 * computed before the repartition need not be computed after it.
 */
static fallible regroup(struct query *query, struct grouped *grouped, bool same, struct err *err)
{
	struct arena *arena = query->arena;
	uint32_t nkeys = query->groups.len, nargs = 0;
	for (uint32_t a = 0; a < grouped->n; a++)
		nargs += grouped->aggs[a]->nargs;
	struct schema_column *columns = arena_array(arena, struct schema_column, nkeys + nargs);
	const struct expr **exprs = arena_array(arena, const struct expr *, nkeys + nargs);
	struct query_key *keys = arena_array(arena, struct query_key, nkeys);
	uint32_t n = 0;
	for (; n < nkeys; n++) {
		struct ast_expr *ast = query->groups.items[n];
		struct expr *key;
		TRY(query_type(query, ast, &key, err));
		exprs[n] = key;
		columns[n] = (struct schema_column){
			.name = ast->kind == AST_COLUMN ? ast->column.name.text
							: query_next_column(query),
			.type = key->type,
			.role = COLUMN_KEY,
		};
		keys[n].viable = arena_array(arena, const struct ast_expr *, 1);
		keys[n].viable[0] = ast;
		keys[n].nviable = 1;
		keys[n].type = key->type;
	}
	for (uint32_t a = 0; a < grouped->n; a++) {
		for (uint32_t i = 0; i < grouped->aggs[a]->nargs; i++) {
			exprs[n] = grouped->args[a][i];
			columns[n] = (struct schema_column){
				.name = slice_str(
					arena_printf(arena, "KSQL_INTERNAL_COL_%u", n - nkeys)),
				.type = exprs[n]->type,
				.role = COLUMN_VALUE,
			};
			struct expr *moved = expr_new(arena, EXPR_COLUMN, exprs[n]->type, NULL, 0);
			moved->column = n++;
			grouped->args[a][i] = moved;
		}
	}
	const struct schema *schema = schema_new(arena, columns, n);
	TRY(plan_map_key(schema, arena, err));
	struct node *node = pipeline_node(query->builder, NODE_REKEY, schema, query->node, NULL);
	node->rekey.columns = exprs;
	node->rekey.local = same;
	node->rekey.drops_null_keys = true;
	if (!same)
		node->rekey.topic = query_internal_topic(query, schema, "Aggregate-GroupBy");
	query->node = node;
	query->keys = keys;
	query->nkeys = nkeys;
	query->key_origin = KEY_OF_GROUP;
	return 0;
}

static struct window_spec window_spec(const struct ast_query *ast)
{
	static const enum window_kind KINDS[] = {
		[AST_WINDOW_TUMBLING] = WINDOW_TUMBLING,
		[AST_WINDOW_HOPPING] = WINDOW_HOPPING,
		[AST_WINDOW_SESSION] = WINDOW_SESSION,
	};
	struct window_spec spec = { .kind = WINDOW_NONE, .grace_ms = -1, .retention_ms = -1 };
	if (ast->window == NULL)
		return spec;
	spec.kind = KINDS[ast->window->kind];
	spec.size_ms = ast_duration_ms(&ast->window->size);
	if (spec.kind == WINDOW_HOPPING)
		spec.advance_ms = ast_duration_ms(&ast->window->advance);
	if (ast->window->has_grace)
		spec.grace_ms = ast_duration_ms(&ast->window->grace);
	if (ast->window->has_retention)
		spec.retention_ms = ast_duration_ms(&ast->window->retention);
	return spec;
}

static fallible check_window(const struct window_spec *window, struct err *err)
{
	if (window->kind == WINDOW_NONE)
		return 0;
	if (window->size_ms <= 0)
		return err_set(err, ERR_INVALID, "a window's size must be longer than nothing");
	if (window->kind == WINDOW_HOPPING &&
	    (window->advance_ms <= 0 || window->advance_ms > window->size_ms))
		return err_set(err, ERR_INVALID,
			       "a hopping window must advance by more than nothing and at most by "
			       "its size");
	return 0;
}

/* What the rows are called once they are groups: substitutions for the rest of the query. */
static const struct schema *grouped_schema(struct query *query, const struct aggregate_calls *calls,
					   const struct grouped *grouped,
					   const struct window_spec *window)
{
	uint32_t nkeys = query->nkeys, at = nkeys;
	struct schema_column *columns =
		arena_array(query->arena, struct schema_column, nkeys + grouped->n + 2);
	memcpy(columns, query->node->schema->columns, nkeys * sizeof(*columns));
	vec_clear(&query->substitutions);
	for (uint32_t g = 0; g < nkeys; g++)
		vec_push(&query->substitutions,
			 (struct substitution){ .expr = query->groups.items[g],
						.column = g,
						.type = columns[g].type });
	for (uint32_t a = 0; a < grouped->n; a++) {
		columns[at] = (struct schema_column){
			.name = slice_str(arena_printf(query->arena, "KSQL_AGG_VARIABLE_%u", a)),
			.type = grouped->aggs[a]->result,
			.role = COLUMN_VALUE,
		};
		vec_push(&query->substitutions,
			 (struct substitution){ .expr = calls->calls.items[a],
						.column = at,
						.type = columns[at].type });
		at++;
	}
	struct scope_source *bounds = scope_find_source(&query->scope, SCOPE_WINDOW_ALIAS);
	for (uint32_t b = 0; window->kind != WINDOW_NONE && b < 2; b++) {
		columns[at] = (struct schema_column){ .name = bounds->columns[b].name,
						      .type = bounds->columns[b].type,
						      .role = bounds->columns[b].role };
		bounds->columns[b].index = (int32_t)at++;
	}
	for (uint32_t s = 0; s < query->scope.nsources; s++) {
		for (uint32_t c = 0; c < query->scope.sources[s]->ncolumns; c++) {
			if (query->scope.sources[s] != bounds)
				query->scope.sources[s]->columns[c].index = -1;
		}
	}
	return schema_new(query->arena, columns, at);
}

static fallible check_intermediate(struct query *query, const struct grouped *grouped,
				   struct err *err)
{
	const struct source *first = query->scope.sources[0]->source;
	const struct format_spec *format = &first->topic.value_format;
	for (uint32_t a = 0; a < grouped->n; a++) {
		struct format_column column = { .name = SLICE("X"),
						.type = grouped->aggs[a]->intermediate };
		if (column.type == NULL || format_check(format, false, &column, 1, NULL) == 0)
			continue;
		return err_set(
			err, ERR_UNSUPPORTED,
			"One of the functions used in the statement has an intermediate type "
			"that the value format can not handle. Please remove the function or "
			"change the format.");
	}
	return 0;
}

static fallible build(struct query *query, const struct aggregate_calls *calls, struct err *err)
{
	struct window_spec window = window_spec(query->ast);
	TRY(check_window(&window, err));
	uint32_t n = calls->calls.len;
	struct grouped grouped = { .aggs = arena_array(query->arena, const struct agg *, n),
				   .args = arena_array(query->arena, const struct expr **, n) };
	for (uint32_t a = 0; a < n; a++) {
		int code = bind_aggregate(query, calls->calls.items[a], &grouped, err);
		TRY(code);
	}
	if (query->node->is_table)
		TRY(check_undo(query, grouped.aggs, n, err));
	TRY(check_intermediate(query, &grouped, err));
	bool from_table = query->node->is_table;
	TRY(regroup(query, &grouped, same_keys(query), err));
	const struct schema *schema = grouped_schema(query, calls, &grouped, &window);
	struct node *node =
		pipeline_node(query->builder, NODE_AGGREGATE, schema, query->node, NULL);
	(void)from_table;
	node->is_table = true;
	node->aggregate.window = window;
	node->aggregate.aggs = grouped.aggs;
	node->aggregate.agg_args = (const struct expr *const *const *)grouped.args;
	node->aggregate.naggs = n;
	node->aggregate.emit_final = query->ast->emit == AST_EMIT_FINAL;
	query->node = node;
	query->window = window.kind;
	query->window_size_ms = window.size_ms;
	return 0;
}

static fallible check_clauses(struct query *query, bool aggregates, struct err *err)
{
	const struct ast_query *ast = query->ast;
	if (ast->window != NULL && !ast->has_group_by)
		return err_set(err, ERR_INVALID, "WINDOW clause requires a GROUP BY clause.");
	if (aggregates && !ast->has_group_by) {
		const struct ast_expr *call = NULL;
		for (uint32_t i = 0; i < query->items.len && call == NULL; i++)
			call = query_find_call(query, query->items.items[i].expr,
					       query_is_aggregate);
		if (call == NULL)
			call = query_find_call(query, query->having, query_is_aggregate);
		TRY(refuse_strays(query, err));
		const char *what =
			query->persistent
				? (query->planner->statement->kind == AST_INSERT_SELECT
					   ? "INSERT INTO"
				   : query->planner->statement->create_as.kind == AST_TABLE
					   ? "CREATE TABLE AS SELECT"
					   : "CREATE STREAM AS SELECT")
				: "SELECT";
		const char *text = call->call.args.len == 0
					   ? arena_printf(query->arena, "%.*s(ROWTIME)",
							  SLICE_ARGS(call->call.name.text))
					   : typing_text(query->arena, &query->scope, call);
		return err_set(
			err, ERR_INVALID,
			"%s statement does not support aggregate function [%s] without a GROUP "
			"BY clause.",
			what, text);
	}
	if (ast->has_group_by && !aggregates)
		return err_set(
			err, ERR_INVALID,
			"GROUP BY requires aggregate functions in either the SELECT or HAVING "
			"clause.");
	return 0;
}

fallible query_build_group(struct query *query, struct err *err)
{
	const struct ast_query *ast = query->ast;
	struct aggregate_calls calls = { .query = query };
	int code = collect(query, &calls, err);
	if (code == 0)
		code = check_clauses(query, calls.calls.len > 0, err);
	if (code == 0 && ast->has_group_by)
		code = check_groups(query, err);
	if (code == 0 && ast->emit == AST_EMIT_FINAL && (ast->window == NULL || !ast->has_group_by))
		code = err_set(err, ERR_UNSUPPORTED,
			       "EMIT FINAL is only supported for windowed aggregations.");
	if (code == 0 && ast->has_group_by)
		code = refuse_strays(query, err);
	if (code == 0 && ast->has_group_by)
		code = build(query, &calls, err);
	vec_fini(&calls.calls);
	TRY(code);
	return query_build_filter(query, query->having, "HAVING", err);
}
