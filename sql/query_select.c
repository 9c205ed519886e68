/* SELECT, WHERE, PARTITION BY: names to columns, and the nodes that compute them. */
#include "sql/query.h"

#include "sql/rewrite.h"

struct slice query_next_column(struct query *query)
{
	for (;;) {
		struct slice name = slice_str(
			arena_printf(query->arena, "KSQL_COL_%u", query->generated_columns++));
		bool taken = false;
		for (uint32_t s = 0; s < query->scope.nsources; s++)
			taken |= scope_find(&query->scope, query->scope.sources[s]->alias, name) !=
				 NULL;
		if (!taken)
			return name;
	}
}

fallible query_type(struct query *query, const struct ast_expr *ast, struct expr **ret_expr,
		    struct err *err)
{
	query->typing.substitutions = query->substitutions.items;
	query->typing.nsubstitutions = query->substitutions.len;
	return typing_expr(&query->typing, ast, ret_expr, err);
}

/* Items. */

static struct ast_expr *qualified_column(struct query *query, const struct scope_source *source,
					 struct scope_column *column)
{
	struct ast_expr *expr = arena_new(query->arena, struct ast_expr);
	expr->kind = AST_COLUMN;
	expr->column.qualified = true;
	expr->column.source.text = source->alias;
	expr->column.name.text = column->name;
	column->used = true;
	return expr;
}

static void add_column(struct query *query, struct scope_source *source,
		       struct scope_column *column, struct ast_pos pos)
{
	struct query_item item = { .expr = qualified_column(query, source, column),
				   .name = column->name,
				   .pos = pos };
	for (uint32_t p = 0; p < query->partitions.len; p++) {
		if (ast_expr_equal(query->partitions.items[p], item.expr))
			return; /* stands in front already */
	}
	if (query->scope.join)
		item.name = typing_joined_name(query->arena, source->alias, column->name);
	vec_push(&query->items, item);
}

static void add_star_of(struct query *query, struct scope_source *source, struct ast_pos pos)
{
	/* After PARTITION BY, what was a key is a value behind the others; a join's rows then have
	 * their sources' pseudo columns too. */
	bool moved = query->ast->has_partition_by;
	for (uint32_t pass = 0; pass < 2; pass++) {
		for (uint32_t c = 0; c < source->ncolumns; c++) {
			struct scope_column *column = &source->columns[c];
			bool bound = column->role == COLUMN_WINDOWSTART ||
				     column->role == COLUMN_WINDOWEND;
			bool pseudo = scope_is_pseudo(column->role);
			if (pseudo && (bound ? query->persistent : !(moved && query->scope.join)))
				continue;
			if ((moved && column->role == COLUMN_KEY ? 1 : 0) == (int)pass)
				add_column(query, source, column, pos);
		}
	}
}

/* The keys that PARTITION BY makes stand before a star's columns. */
static void add_partitions(struct query *query, struct ast_pos pos)
{
	for (uint32_t p = 0; p < query->partitions.len; p++) {
		struct ast_expr *expr = query->partitions.items[p];
		struct query_item item = { .expr = expr, .pos = pos };
		if (expr->kind == AST_NULL)
			continue;
		if (expr->kind != AST_COLUMN)
			item.name = query_next_column(query);
		else if (query->scope.join && expr->column.qualified)
			item.name = typing_joined_name(query->arena, expr->column.source.text,
						       expr->column.name.text);
		else
			item.name = expr->column.name.text;
		vec_push(&query->items, item);
	}
}

static struct ast_expr *synthetic_column(struct query *query)
{
	struct ast_expr *expr = arena_new(query->arena, struct ast_expr);
	expr->kind = AST_COLUMN;
	expr->column.name.text = query->scope.synthetic_key;
	return expr;
}

static fallible add_star(struct query *query, const struct ast_item *ast, struct err *err)
{
	if (ast->kind == AST_ITEM_SOURCE_STAR) {
		struct scope_source *source = scope_find_source(&query->scope, ast->source.text);
		if (source == NULL)
			return err_set_at(err, ERR_NOT_FOUND, ast->pos.line, ast->pos.column,
					  "Failed to prepare statement: '%.*s' is not a valid "
					  "stream/table name or alias.",
					  SLICE_ARGS(ast->source.text));
		add_star_of(query, source, ast->pos);
		return 0;
	}
	if (query->ast->has_partition_by)
		add_partitions(query, ast->pos);
	else if (query->scope.synthetic_key.len > 0)
		vec_push(&query->items, (struct query_item){ .expr = synthetic_column(query),
							     .name = query->scope.synthetic_key,
							     .pos = ast->pos });
	for (uint32_t s = 0; s < query->scope.nsources; s++) {
		if (query->scope.sources[s]->source != NULL)
			add_star_of(query, query->scope.sources[s], ast->pos);
	}
	return 0;
}

static bool name_taken(const struct query *query, struct slice name)
{
	for (uint32_t i = 0; i < query->items.len; i++) {
		if (slice_eq(query->items.items[i].name, name))
			return true;
	}
	for (uint32_t s = 0; s < query->scope.nsources; s++) {
		if (scope_find(&query->scope, query->scope.sources[s]->alias, name) != NULL)
			return true;
	}
	return false;
}

/* F of s->F, or F_1, F_2 ... when that is taken. */
static struct slice field_name(struct query *query, struct slice field)
{
	struct slice name = field;
	for (unsigned n = 1; name_taken(query, name); n++)
		name = slice_str(arena_printf(query->arena, "%.*s_%u", SLICE_ARGS(field), n));
	return name;
}

static struct slice item_name(struct query *query, const struct ast_item *ast,
			      const struct ast_expr *expr)
{
	if (ast->has_alias)
		return ast->alias.text;
	if (expr->kind == AST_COLUMN) {
		struct slice name = expr->column.name.text;
		if (query->scope.join && expr->column.qualified &&
		    scope_clashes(&query->scope, name) && expr->column.source.text.len > 0)
			return typing_joined_name(query->arena, expr->column.source.text, name);
		return name;
	}
	if (expr->kind == AST_FIELD)
		return field_name(query, expr->field.name.text);
	return query_next_column(query);
}

static bool reserved(struct slice name)
{
	static const char *const NAMES[] = { "ROWTIME", "ROWPARTITION", "ROWOFFSET", "WINDOWSTART",
					     "WINDOWEND" };
	for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
		if (slice_eq(name, slice_str(NAMES[i])))
			return true;
	}
	return false;
}

static fallible add_struct_star(struct query *query, const struct ast_item *ast, struct err *err)
{
	struct ast_expr *base;
	struct expr *typed;
	TRY(scope_qualify(&query->scope, ast->expr, "SELECT", &base, err));
	TRY(query_type(query, base, &typed, err));
	if (typed->type->kind != TYPE_STRUCT)
		return err_set_at(err, ERR_TYPE, ast->pos.line, ast->pos.column,
				  "Cannot use ->* on %s: it is %s, not a STRUCT",
				  ast_expr_text(query->arena, ast->expr),
				  type_text(query->arena, typed->type));
	for (uint32_t f = 0; f < typed->type->nfields; f++) {
		struct ast_expr *field = arena_new(query->arena, struct ast_expr);
		field->kind = AST_FIELD;
		field->field.base = base;
		field->field.name.text = typed->type->fields[f].name;
		vec_push(&query->items,
			 (struct query_item){
				 .expr = field,
				 .name = field_name(query, typed->type->fields[f].name),
				 .pos = ast->pos });
	}
	return 0;
}

static fallible add_item(struct query *query, const struct ast_item *ast, struct err *err)
{
	struct query_item item = { .aliased = ast->has_alias, .pos = ast->pos };
	const struct ast_expr *expr = ast->expr;
	bool itself = expr->kind == AST_COLUMN && reserved(expr->column.name.text) &&
		      (ast->has_alias ? slice_eq(ast->alias.text, expr->column.name.text)
				      : !query->scope.join);
	if (query->persistent && itself)
		return err_set_at(
			err, ERR_INVALID, ast->pos.line, ast->pos.column,
			"Reserved column name in select: `%.*s`. Please remove or alias the "
			"column.",
			SLICE_ARGS(expr->column.name.text));
	TRY(scope_qualify(&query->scope, expr, "SELECT", &item.expr, err));
	item.name = item_name(query, ast, item.expr);
	if (ast->has_alias && reserved(item.name))
		return err_set_at(err, ERR_INVALID, ast->alias.pos.line, ast->alias.pos.column,
				  "`%.*s` is a reserved column name. You cannot use it as an alias "
				  "for a column.",
				  SLICE_ARGS(item.name));
	if (query->persistent && reserved(item.name))
		return err_set_at(
			err, ERR_INVALID, ast->pos.line, ast->pos.column,
			"Reserved column name in select: `%.*s`. Please remove or alias the "
			"column.",
			SLICE_ARGS(item.name));
	vec_push(&query->items, item);
	return 0;
}

fallible query_resolve_select(struct query *query, struct err *err)
{
	const struct ast_query *ast = query->ast;
	if (ast->window != NULL)
		scope_add_window(&query->scope);
	if (ast->has_group_by) /* COUNT(*) counts by it */
		scope_find(&query->scope, query->scope.sources[0]->alias, SLICE("ROWTIME"))->used =
			true;
	for (uint32_t i = 0; i < ast->partition_by.len; i++) {
		struct ast_expr *expr;
		int code = scope_qualify(&query->scope, ast->partition_by.items[i], "PARTITION BY",
					 &expr, err);
		if (code != 0) {
			struct slice name = ast->partition_by.items[i]->kind == AST_COLUMN
						    ? ast->partition_by.items[i]->column.name.text
						    : SLICE_EMPTY;
			if (name.len == 0 || strstr(err->text, "cannot be resolved") == NULL)
				return code;
			return err_set(
				err, ERR_NOT_FOUND,
				"PARTITION BY column '%.*s' cannot be resolved. '%.*s' must be "
				"a column in the source schema since PARTITION BY is applied "
				"on the input.",
				SLICE_ARGS(name), SLICE_ARGS(name));
		}
		vec_push(&query->partitions, expr);
	}
	for (uint32_t i = 0; i < ast->items.len; i++) {
		const struct ast_item *item = &ast->items.items[i];
		switch (item->kind) {
		case AST_ITEM_EXPR:
			TRY(add_item(query, item, err));
			break;
		case AST_ITEM_STAR:
		case AST_ITEM_SOURCE_STAR:
			TRY(add_star(query, item, err));
			break;
		case AST_ITEM_STRUCT_STAR:
			TRY(add_struct_star(query, item, err));
			break;
		}
	}
	if (ast->where != NULL)
		TRY(scope_qualify(&query->scope, ast->where, "WHERE", &query->where, err));
	for (uint32_t i = 0; i < ast->group_by.len; i++) {
		struct ast_expr *expr;
		TRY(scope_qualify(&query->scope, ast->group_by.items[i], "GROUP BY", &expr, err));
		vec_push(&query->groups, expr);
	}
	if (ast->having != NULL)
		TRY(scope_qualify(&query->scope, ast->having, "HAVING", &query->having, err));
	return 0;
}

/* WHERE and HAVING. */

fallible query_build_filter(struct query *query, const struct ast_expr *condition,
			    const char *clause, struct err *err)
{
	if (condition == NULL)
		return 0;
	struct expr *typed;
	int code = query_type(query, condition, &typed, err);
	if (code != 0) {
		if (strncmp(err->text, "Should evaluate", 15) == 0)
			(void)err_wrap(err, "Type error in %s expression", clause);
		else
			(void)err_wrap(err, "Error in %s expression", clause);
		return code;
	}
	if (typed->type->kind != TYPE_BOOLEAN)
		return err_set(err, ERR_TYPE,
			       "Type error in %s expression: Should evaluate to boolean but is %s "
			       "(%s) instead.",
			       clause, typing_text(query->arena, &query->scope, condition),
			       typed->type->kind == TYPE_NULL
				       ? "null"
				       : type_text(query->arena, typed->type));
	struct node *node =
		pipeline_node(query->builder, NODE_FILTER, query->node->schema, query->node, NULL);
	node->filter.condition = typed;
	query->node = node;
	return 0;
}

/* Calls. */

struct finder {
	const struct query *query;
	query_call_test *test;
	const struct ast_expr *found;
};

static fallible find_call(void *arg, const struct ast_expr *expr,
			  const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			  struct err *err)
{
	struct finder *finder = arg;
	(void)lambdas;
	(void)ret_replaced;
	(void)err;
	if (finder->found == NULL && expr->kind == AST_CALL &&
	    finder->test(finder->query, expr->call.name.text))
		finder->found = expr;
	return 0;
}

const struct ast_expr *query_find_call(const struct query *query, const struct ast_expr *expr,
				       query_call_test *test)
{
	struct finder finder = { .query = query, .test = test };
	struct ast_expr *copy;
	if (expr == NULL)
		return NULL;
	int code = ast_rewrite(query->arena, expr, find_call, &finder, &copy, NULL);
	assert(code == 0);
	return finder.found;
}

bool query_is_aggregate(const struct query *query, struct slice name)
{
	return agg_exists(query->planner->options->aggregates, name);
}

bool query_is_table_function(const struct query *query, struct slice name)
{
	const struct func_def *func = func_find(query->planner->options->functions, name);
	return func != NULL && strcmp(func->category, "TABLE") == 0;
}

/* Table functions become columns behind the others; what stands around them is computed later. */

struct table_calls {
	struct query *query;
	VEC(const struct ast_expr *) calls;
	const struct ast_expr *inside; /* the call whose arguments are walked */
	bool nested;
};

static fallible collect_tables(void *arg, const struct ast_expr *expr,
			       const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			       struct err *err)
{
	struct table_calls *tables = arg;
	(void)lambdas;
	if (expr->kind != AST_CALL || !query_is_table_function(tables->query, expr->call.name.text))
		return 0;
	for (uint32_t i = 0; i < expr->call.args.len; i++) {
		if (query_find_call(tables->query, expr->call.args.items[i],
				    query_is_table_function) != NULL)
			return err_set(err, ERR_UNSUPPORTED, "Table functions cannot be nested: %s",
				       ast_expr_text(tables->query->arena, expr));
	}
	for (uint32_t i = 0; i < tables->calls.len; i++) {
		if (tables->calls.items[i] == expr)
			return 0;
	}
	vec_push(&tables->calls, expr);
	struct ast_expr *copy = arena_new(tables->query->arena, struct ast_expr);
	*copy = *expr;
	*ret_replaced = copy;
	return 0;
}

static fallible explode(struct query *query, const struct table_calls *tables, struct err *err)
{
	const struct schema *in = query->node->schema;
	uint32_t n = tables->calls.len;
	const struct expr **calls = arena_array(query->arena, const struct expr *, n);
	struct schema_column *columns =
		arena_array(query->arena, struct schema_column, in->ncolumns + n);
	memcpy(columns, in->columns, in->ncolumns * sizeof(*columns));
	for (uint32_t t = 0; t < n; t++) {
		struct expr *call;
		TRY(query_type(query, tables->calls.items[t], &call, err));
		calls[t] = call;
		columns[in->ncolumns + t] = (struct schema_column){
			.name = slice_str(arena_printf(query->arena, "KSQL_SYNTH_%u", t)),
			.type = call->type->element,
			.role = COLUMN_VALUE,
		};
	}
	for (uint32_t t = 0; t < n; t++) {
		struct substitution substitution = {
			.expr = tables->calls.items[t],
			.column = in->ncolumns + t,
			.type = columns[in->ncolumns + t].type,
		};
		vec_push(&query->substitutions, substitution);
	}
	const struct schema *schema = schema_new(query->arena, columns, in->ncolumns + n);
	struct node *node = pipeline_node(query->builder, NODE_EXPLODE, schema, query->node, NULL);
	node->explode.tables = calls;
	node->explode.ntables = n;
	query->node = node;
	return 0;
}

fallible query_build_explode(struct query *query, struct err *err)
{
	struct table_calls tables = { .query = query };
	int code = 0;
	for (uint32_t i = 0; i < query->items.len && code == 0; i++) {
		struct ast_expr *copy;
		code = ast_rewrite(query->arena, query->items.items[i].expr, collect_tables,
				   &tables, &copy, err);
	}
	if (code == 0 && tables.calls.len > 0) {
		if (query_has_aggregates(query) || query->groups.len > 0)
			code = err_set(err, ERR_UNSUPPORTED,
				       "Table functions cannot be used with aggregations.");
		else if (query->node->is_table)
			code = err_set(err, ERR_UNSUPPORTED,
				       "Table source is not supported with table functions");
		else
			code = explode(query, &tables, err);
	}
	vec_fini(&tables.calls);
	return code;
}

/* New keys. */

/* Formats of an internal topic: as the first source has them where they can hold the columns. */
struct topic_spec query_internal_topic(struct query *query, const struct schema *schema,
				       const char *step)
{
	const struct source *first = query->scope.sources[0]->source;
	struct topic_spec topic = { .key_format = first->topic.key_format,
				    .value_format = first->topic.value_format };
	topic.topic = slice_str(
		arena_printf(query->arena, "_confluent-ksql-%squery_%.*s-%s-repartition",
			     plan_property(query->planner->options, "ksql.service.id", "default_"),
			     SLICE_ARGS(query->query_id), step));
	topic.value_format.wrap = FORMAT_WRAP_DEFAULT;
	struct format_column *columns =
		arena_array(query->arena, struct format_column, schema->ncolumns);
	for (unsigned part = 0; part < 2; part++) {
		uint32_t n = 0;
		for (uint32_t c = 0; c < schema->ncolumns; c++) {
			if ((c < schema->nkeys) == (part == 0))
				columns[n++] =
					(struct format_column){ .name = schema->columns[c].name,
								.type = schema->columns[c].type };
		}
		struct format_spec *format = part == 0 ? &topic.key_format : &topic.value_format;
		const struct format_traits *traits = format_traits_find(format->name);
		if (n > 0 && (traits->schema_registry ||
			      format_check(format, part == 0, columns, n, NULL) != 0))
			*format = (struct format_spec){ .name = SLICE("JSON") };
	}
	return topic;
}

/* The columns of the rows at hand that the query still uses, behind the keys in `columns`. */
static uint32_t carry_columns(struct query *query, uint32_t nkeys, struct schema_column *columns,
			      const struct expr **exprs)
{
	uint32_t n = nkeys;
	for (uint32_t s = query->first_source; s < query->first_source + query->nsources; s++) {
		struct scope_source *source = query->scope.sources[s];
		for (uint32_t c = 0; c < source->ncolumns; c++) {
			struct scope_column *column = &source->columns[c];
			if (column->index < 0)
				continue;
			if (!column->used) {
				column->index = -1;
				continue;
			}
			struct expr *expr =
				expr_new(query->arena, EXPR_COLUMN, column->type, NULL, 0);
			expr->column = (uint32_t)column->index;
			exprs[n] = expr;
			columns[n] = (struct schema_column){
				.name = typing_joined_name(query->arena, source->alias,
							   column->name),
				.type = column->type,
				.role = COLUMN_VALUE,
			};
			column->index = (int32_t)n++;
		}
	}
	return n;
}

fallible query_rekey(struct query *query, const struct expr *const *keys, const struct slice *names,
		     uint32_t nkeys, bool local, bool drops_null_keys, const char *step,
		     struct err *err)
{
	uint32_t max = nkeys + query->substitutions.len;
	for (uint32_t s = 0; s < query->scope.nsources; s++)
		max += query->scope.sources[s]->ncolumns;
	struct schema_column *columns = arena_array(query->arena, struct schema_column, max);
	const struct expr **exprs = arena_array(query->arena, const struct expr *, max);
	for (uint32_t k = 0; k < nkeys; k++) {
		columns[k] = (struct schema_column){ .name = names[k],
						     .type = keys[k]->type,
						     .role = COLUMN_KEY };
		exprs[k] = keys[k];
	}
	uint32_t n = carry_columns(query, nkeys, columns, exprs);
	for (uint32_t i = 0; i < query->substitutions.len; i++) {
		struct substitution *known = &query->substitutions.items[i];
		struct expr *expr = expr_new(query->arena, EXPR_COLUMN, known->type, NULL, 0);
		expr->column = known->column;
		exprs[n] = expr;
		columns[n] = (struct schema_column){
			.name = slice_str(arena_printf(query->arena, "KSQL_SYNTH_%u", i)),
			.type = known->type,
			.role = COLUMN_VALUE,
		};
		known->column = n++;
	}
	const struct schema *schema = schema_new(query->arena, columns, n);
	TRY(plan_map_key(schema, query->arena, err));
	struct node *node = pipeline_node(query->builder, NODE_REKEY, schema, query->node, NULL);
	node->rekey.columns = exprs;
	node->rekey.local = local;
	node->rekey.drops_null_keys = drops_null_keys;
	if (!local)
		node->rekey.topic = query_internal_topic(query, schema, step);
	query->node = node;
	return 0;
}

/* What the projection calls it, if it does. */
static struct slice partition_name(struct query *query, const struct ast_expr *ast)
{
	for (uint32_t i = 0; i < query->items.len; i++) {
		if (ast_expr_equal(query->items.items[i].expr, ast))
			return query->items.items[i].name;
	}
	return ast->kind == AST_COLUMN ? ast->column.name.text : query_next_column(query);
}

fallible query_build_partition(struct query *query, struct err *err)
{
	if (!query->ast->has_partition_by)
		return 0;
	uint32_t n = query->partitions.len;
	if (n == 0)
		return err_set(err, ERR_INVALID, "PARTITION BY requires at least one expression");
	if (query->node->is_table)
		return err_set(err, ERR_UNSUPPORTED,
			       "PARTITION BY clause not supported for a table source. Tables are "
			       "partitioned by their primary key.");
	bool has_null = false;
	for (uint32_t i = 0; i < n; i++)
		has_null |= query->partitions.items[i]->kind == AST_NULL;
	if (has_null && n > 1)
		return err_set(err, ERR_INVALID,
			       "Cannot PARTITION BY multiple columns including NULL");
	uint32_t nkeys = has_null ? 0 : n;
	const struct expr **keys = arena_array(query->arena, const struct expr *, nkeys);
	struct slice *names = arena_array(query->arena, struct slice, nkeys);
	struct query_key *infos = arena_array(query->arena, struct query_key, nkeys);
	bool same = nkeys == query->nkeys;
	for (uint32_t i = 0; i < nkeys; i++) {
		struct ast_expr *ast = query->partitions.items[i];
		struct expr *typed;
		const struct ast_expr *aggregate = query_find_call(query, ast, query_is_aggregate);
		if (aggregate != NULL)
			return err_set(
				err, ERR_UNSUPPORTED,
				"PARTITION BY does not support aggregate functions: %.*s is an "
				"aggregate function.",
				SLICE_ARGS(aggregate->call.name.text));
		TRY(query_type(query, ast, &typed, err));
		keys[i] = typed;
		names[i] = partition_name(query, ast);
		infos[i].viable = arena_array(query->arena, const struct ast_expr *, 1);
		infos[i].viable[0] = ast;
		infos[i].nviable = 1;
		infos[i].type = typed->type;
		same = same && ast_expr_equal(query->keys[i].viable[0], ast);
	}
	if (!same && query->window != WINDOW_NONE)
		return err_set(err, ERR_UNSUPPORTED,
			       "Implicit repartitioning of windowed sources is not supported. See "
			       "https://github.com/confluentinc/ksql/issues/4385.");
	query->keys = infos;
	query->nkeys = nkeys;
	query->key_origin = KEY_OF_PARTITION;
	query->partition_by_null = has_null;
	if (same && query->key_origin != KEY_OF_SOURCE && nkeys > 0)
		return 0;
	/* The sink's topic does the repartitioning. */
	return query_rekey(query, keys, names, nkeys, true, false, "Partition-by", err);
}
