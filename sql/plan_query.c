/* CREATE ... AS SELECT, INSERT INTO ... SELECT, and SELECT by itself. */
#include "sql/query.h"

static bool is_create(const struct planner *planner)
{
	return planner->statement->kind == AST_CREATE_AS;
}

static bool is_insert(const struct planner *planner)
{
	return planner->statement->kind == AST_INSERT_SELECT;
}

/* The statement as errors quote it: names resolved, aliases written out. */
static const char *statement_text(struct query *query)
{
	struct ast_statement statement = *query->planner->statement;
	struct ast_query resolved = *query->ast;
	struct arena *arena = query->arena;
	resolved.items.items = arena_array(arena, struct ast_item, query->items.len);
	resolved.items.len = resolved.items.capacity = query->items.len;
	for (uint32_t i = 0; i < query->items.len; i++) {
		resolved.items.items[i] = (struct ast_item){
			.kind = AST_ITEM_EXPR,
			.expr = query->items.items[i].expr,
			.has_alias = true,
			.alias = { .text = query->items.items[i].name },
		};
	}
	resolved.where = query->where;
	resolved.having = query->having;
	resolved.group_by.items = query->groups.items;
	resolved.group_by.len = query->groups.len;
	resolved.partition_by.items = query->partitions.items;
	resolved.partition_by.len = query->partitions.len;
	if (resolved.emit == AST_EMIT_NONE)
		resolved.emit = AST_EMIT_CHANGES;
	if (statement.kind == AST_CREATE_AS)
		statement.create_as.query = &resolved;
	else if (statement.kind == AST_INSERT_SELECT)
		statement.insert_select.query = &resolved;
	else
		statement.query = &resolved;
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	ast_print(&text, &statement);
	const char *copy = arena_str(arena, buf_slice(&text));
	buf_fini(&text);
	return copy;
}

static fallible check_result_kind(struct query *query, struct err *err)
{
	bool want_table = query->planner->statement->create_as.kind == AST_TABLE;
	if (query->node->is_table == want_table)
		return 0;
	const char *got = query->node->is_table ? "TABLE" : "STREAM";
	return err_set(
		err, ERR_INVALID,
		"Invalid result type. Your SELECT query produces a %s. Please use CREATE %s AS "
		"SELECT statement instead.",
		got, got);
}

/* A sink that a new source describes. */
static fallible create_sink(struct query *query, const struct schema *schema, struct source *source,
			    struct with *with, struct err *err)
{
	struct planner *planner = query->planner;
	const struct source *first = query->scope.sources[0]->source;
	TRY(check_result_kind(query, err));
	*source = (struct source){ .name = planner->statement->create_as.name.text,
				   .is_table = query->node->is_table,
				   .schema = schema,
				   .created_by = query->query_id,
				   .materialised = query->node->is_table,
				   .statement = planner->statement->text };
	if (query->partition_by_null && with->key_format.len > 0 &&
	    !slice_eq(with->key_format, SLICE("NONE")))
		return err_set(err, ERR_INVALID,
			       "Key format specified for stream without key columns.");
	TRY(plan_formats(planner, with, first, schema, &source->topic, err));
	TRY(plan_check_formats(planner, &source->topic, schema, with->has_wrap,
			       statement_text(query), err));
	TRY(plan_timestamp(planner, with, schema, source, err));
	source->topic.topic = with->topic;
	if (with->topic.len == 0)
		source->topic.topic =
			slice_str(arena_printf(query->arena, "%s%.*s",
					       plan_property(planner->options,
							     "ksql.output.topic.name.prefix", ""),
					       SLICE_ARGS(source->name)));
	source->topic.window = query->window;
	source->topic.window_size_ms = query->window == WINDOW_SESSION ? 0 : query->window_size_ms;
	struct plan *plan = planner->plan;
	plan->topic = source->topic.topic;
	const struct catalog_topic *topic = catalog_topic(planner->catalog, plan->topic);
	int32_t partitions = with->partitions != 0 ? with->partitions : query->partition_count;
	if (topic == NULL) {
		plan->partitions = partitions;
		plan->replicas = with->replicas != 0 ? with->replicas : 1;
		plan->retention_ms = with->retention_ms;
	} else if (with->partitions != 0 && topic->partitions != with->partitions) {
		return err_set(
			err, ERR_CONFLICT,
			"A Kafka topic with the name '%.*s' already exists, with different "
			"partition/replica configuration than required. KSQL expects %d "
			"partitions (topic has %d), and %d replication factor (topic has %d).",
			SLICE_ARGS(plan->topic), with->partitions, topic->partitions,
			topic->replicas, topic->replicas);
	}
	source->topic.partitions = topic != NULL ? topic->partitions : partitions;
	return 0;
}

/* A sink that is there: INSERT INTO. */
static fallible incompatible(struct query *query, const struct schema *result,
			     const struct schema *sink, struct err *err)
{
	struct buf texts[2] = { BUF_INIT(BUF_TEXT_BYTES_MAX), BUF_INIT(BUF_TEXT_BYTES_MAX) };
	(void)query;
	schema_print(result, &texts[0]);
	schema_print(sink, &texts[1]);
	int code =
		err_set(err, ERR_TYPE,
			"Incompatible schema between results and sink.\nResult schema is %s\nSink "
			"schema is %s",
			buf_str(&texts[0]), buf_str(&texts[1]));
	buf_fini(&texts[0]);
	buf_fini(&texts[1]);
	return code;
}

static fallible fit_sink(struct query *query, const struct schema *result,
			 const struct source *sink, struct err *err)
{
	const struct schema *want = sink->schema;
	bool same = result->ncolumns == want->ncolumns && result->nkeys == want->nkeys;
	bool casts = false;
	for (uint32_t c = 0; same && c < want->ncolumns; c++) {
		same = slice_eq(result->columns[c].name, want->columns[c].name) &&
		       typing_widens(result->columns[c].type, want->columns[c].type);
		casts |= !type_eq(result->columns[c].type, want->columns[c].type);
	}
	if (!same)
		return incompatible(query, result, want, err);
	if (!casts)
		return 0;
	const struct expr **exprs = arena_array(query->arena, const struct expr *, want->ncolumns);
	for (uint32_t c = 0; c < want->ncolumns; c++) {
		struct expr *column =
			expr_new(query->arena, EXPR_COLUMN, result->columns[c].type, NULL, 0);
		column->column = c;
		exprs[c] = typing_cast(query->arena, column, want->columns[c].type);
	}
	struct node *node = pipeline_node(query->builder, NODE_PROJECT, want, query->node, NULL);
	node->project.columns = exprs;
	query->node = node;
	return 0;
}

fallible plan_check_sink_timestamp(struct query *query, struct err *err)
{
	struct with with;
	if (!is_create(query->planner))
		return 0;
	TRY(with_read(&query->planner->statement->create_as.with, WITH_AS, &with, err));
	struct schema_column *columns =
		arena_array(query->arena, struct schema_column, query->items.len);
	for (uint32_t i = 0; i < query->items.len; i++)
		columns[i] = (struct schema_column){ .name = query->items.items[i].name,
						     .type = TYPE_OF(TYPE_STRING) };
	struct slice name = plan_column_name(query->arena, with.timestamp);
	const struct schema *schema = schema_new(query->arena, columns, query->items.len);
	if (name.len > 0 && schema_find(schema, name) < 0)
		return err_set(err, ERR_NOT_FOUND,
			       "The TIMESTAMP column set in the WITH clause does not exist in the "
			       "schema: '%.*s'",
			       SLICE_ARGS(name));
	return 0;
}

static fallible check_insert_target(struct planner *planner, const struct source **ret_sink,
				    struct err *err)
{
	const struct ast_name *name = &planner->statement->insert_select.name;
	const struct source *sink = catalog_source(planner->catalog, name->text);
	if (sink == NULL)
		return err_set_at(err, ERR_NOT_FOUND, name->pos.line, name->pos.column,
				  "Line: %d, Col: %d: Source `%.*s` does not exist.%s",
				  name->pos.line, name->pos.column, SLICE_ARGS(name->text),
				  catalog_hint(planner->catalog, name->text, planner->arena));
	if (sink->is_table)
		return err_set(err, ERR_UNSUPPORTED,
			       "INSERT INTO can only be used to insert into a stream. %.*s is a "
			       "table.",
			       SLICE_ARGS(name->text));
	if (sink->read_only)
		return err_set(err, ERR_UNSUPPORTED, "Cannot insert into read-only stream: %.*s",
			       SLICE_ARGS(name->text));
	for (uint32_t c = 0; c < sink->schema->ncolumns; c++) {
		if (sink->schema->columns[c].role >= COLUMN_HEADERS)
			return err_set(err, ERR_UNSUPPORTED,
				       "Cannot insert into %.*s because it has header columns",
				       SLICE_ARGS(name->text));
	}
	*ret_sink = sink;
	return 0;
}

static void add_sink(struct query *query, const struct source *source)
{
	struct node *node =
		pipeline_node(query->builder, NODE_SINK, query->node->schema, query->node, NULL);
	node->sink.is_table = query->node->is_table;
	node->sink.timestamp_column = -1;
	if (source != NULL) {
		node->sink.topic = source->topic;
		if (source->timestamp_column.len > 0)
			node->sink.timestamp_column =
				schema_find(query->node->schema, source->timestamp_column);
		node->sink.timestamp_pattern = source->timestamp_pattern;
	}
	node->sink.to_client = source == NULL;
	query->node = node;
}

static struct slice new_query_id(struct planner *planner, const struct ast_query *ast)
{
	unsigned long long number = planner->options->query_number;
	struct arena *arena = planner->arena;
	if (is_create(planner))
		return slice_str(
			arena_printf(arena, "C%cAS_%.*s_%llu",
				     planner->statement->create_as.kind == AST_TABLE ? 'T' : 'S',
				     SLICE_ARGS(planner->statement->create_as.name.text), number));
	if (is_insert(planner))
		return slice_str(arena_printf(arena, "INSERTQUERY_%llu", number));
	return slice_str(arena_printf(arena, "transient_%.*s_%llu", SLICE_ARGS(ast->from.name.text),
				      number));
}

static fallible build(struct query *query, const struct schema **ret_schema, struct err *err)
{
	TRY(query_resolve_sources(query, err));
	TRY(query_resolve_select(query, err));
	TRY(query_build_from(query, err));
	TRY(query_build_filter(query, query->where, "WHERE", err));
	TRY(query_build_partition(query, err));
	TRY(query_build_explode(query, err));
	TRY(query_build_group(query, err));
	return query_build_projection(query, ret_schema, err);
}

static fallible finish(struct query *query, const struct schema *schema, struct err *err)
{
	struct planner *planner = query->planner;
	struct plan *plan = planner->plan;
	if (is_create(planner)) {
		struct with with;
		TRY(with_read(&planner->statement->create_as.with, WITH_AS, &with, err));
		TRY(create_sink(query, schema, &plan->source, &with, err));
		plan->has_source = true;
		plan->sink = plan->source.name;
		add_sink(query, &plan->source);
	} else if (is_insert(planner)) {
		const struct source *sink;
		TRY(check_insert_target(planner, &sink, err));
		TRY(fit_sink(query, schema, sink, err));
		plan->sink = sink->name;
		add_sink(query, sink);
	} else {
		if (query->ast->has_limit) {
			struct node *limit = pipeline_node(query->builder, NODE_LIMIT,
							   query->node->schema, query->node, NULL);
			limit->limit.rows = (uint64_t)query->ast->limit;
			query->node = limit;
		}
		plan->result = schema;
		add_sink(query, NULL);
	}
	struct slice *reads = arena_array(query->arena, struct slice, query->nsources);
	for (uint32_t s = 0; s < query->nsources; s++)
		reads[s] = query->scope.sources[s]->source->name;
	plan->kind = PLAN_QUERY;
	plan->query_id = query->query_id;
	plan->reads = reads;
	plan->nreads = query->nsources;
	plan->message = arena_printf(query->arena, "Created query with ID %.*s",
				     SLICE_ARGS(query->query_id));
	return pipeline_finish(query->builder, query->node, &plan->pipeline, err);
}

static void query_fini(struct query *query)
{
	vec_fini(&query->items);
	vec_fini(&query->groups);
	vec_fini(&query->partitions);
	vec_fini(&query->substitutions);
}

fallible plan_query(struct planner *planner, const struct ast_query *ast, struct err *err)
{
	struct query query CLEANUP(query_fini) = {
		.planner = planner,
		.ast = ast,
		.arena = planner->arena,
		.persistent = is_create(planner) || is_insert(planner),
	};
	if (is_create(planner)) {
		bool done;
		bool is_table = planner->statement->create_as.kind == AST_TABLE;
		query.sink_name = planner->statement->create_as.name.text;
		TRY(plan_check_name(planner, &planner->statement->create_as.name, is_table,
				    planner->statement->create_as.or_replace,
				    planner->statement->create_as.if_not_exists, &done, err));
		if (done)
			return 0;
		if (ast->has_limit)
			return err_set_at(
				err, ERR_UNSUPPORTED, ast->limit_pos.line, ast->limit_pos.column,
				"CREATE %s AS SELECT statements don't support LIMIT clause.",
				is_table ? "TABLE" : "STREAM");
	} else if (is_insert(planner)) {
		const struct source *sink;
		TRY(check_insert_target(planner, &sink, err));
		query.sink_name = sink->name;
	}
	query.scope.arena = planner->arena;
	query.query_id = new_query_id(planner, ast);
	query.builder = pipeline_builder_new(planner->arena, query.query_id);
	query.typing = (struct typing){ .arena = planner->arena,
					.scope = &query.scope,
					.catalog = planner->catalog,
					.functions = planner->options->functions };
	const struct schema *schema;
	TRY(build(&query, &schema, err));
	return finish(&query, schema, err);
}
