/*
 * One case, run: the statements against a catalog, the records through a driver per query.
 *
 * As the reference's harness does it: all inputs stand in their topics from the start; each
 * persistent query, in the order of creation, is fed the case's inputs one by one, then whatever
 * earlier queries left in its other topics; what it writes is appended to the topics for later
 * queries to read.
 */
#include "engine/driver.h"
#include "sql/ast_print.h"
#include "sql/parse.h"
#include "sql/plan.h"
#include "tests/ksql/cases.h"
#include "tests/ksql/functions.h"
#include "tests/ksql/records.h"

#define IMPLICIT_PARTITIONS 4

/* What UNIX_TIMESTAMP() says in every case: 2023-11-14T22:13:20Z. */
#define CASE_WALL_MS INT64_C(1700000000000)

struct stub_topic {
	struct slice name;
	VEC(struct event) events; /* what queries and INSERTs wrote */
	bool has_inputs;          /* the case feeds it */
	bool inserted;            /* by INSERT VALUES */
};

struct running {
	struct slice id;
	const struct pipeline *pipeline;
	const struct slice *reads;
	uint32_t nreads;
	struct driver *driver;
};

struct harness {
	const struct test_case *test;
	struct arena *arena;
	struct catalog catalog;
	struct func_registry *functions;
	struct agg_registry aggregates;
	struct plan_options options;
	VEC(struct stub_topic *) topics;
	VEC(struct running) queries;
};

static struct stub_topic *topic_of(struct harness *h, struct slice name)
{
	vec_each (topic, &h->topics) {
		if (slice_eq((*topic)->name, name))
			return *topic;
	}
	struct stub_topic *topic = arena_new(h->arena, struct stub_topic);
	topic->name = name;
	vec_push(&h->topics, topic);
	return topic;
}

/* Formats of a topic: of the first source over it, or of a repartition. */

static void parts_of_source(const struct source *source, struct topic_parts *parts)
{
	uint32_t nkeys = 0, nvalues = 0;
	parts->key.format = source->topic.key_format;
	parts->value.format = source->topic.value_format;
	for (uint32_t c = 0; c < source->schema->ncolumns; c++) {
		const struct schema_column *column = &source->schema->columns[c];
		if (column->role == COLUMN_KEY && nkeys++ == 0)
			parts->key.type = column->type;
		if (column->role == COLUMN_VALUE && nvalues++ == 0)
			parts->value.type = column->type;
	}
	parts->window = source->topic.window;
	parts->window_size_ms = source->topic.window_size_ms;
}

static bool find_parts(struct harness *h, struct slice topic, struct topic_parts *parts)
{
	map_each (entry, &h->catalog.sources) {
		const struct source *source = entry->value;
		if (slice_eq(source->topic.topic, topic)) {
			parts_of_source(source, parts);
			return true;
		}
	}
	vec_each (query, &h->queries) {
		for (uint32_t n = 0; n < query->pipeline->nnodes; n++) {
			const struct node *node = query->pipeline->nodes[n];
			if (node->kind != NODE_REKEY || !slice_eq(node->rekey.topic.topic, topic))
				continue;
			parts->key.format = node->rekey.topic.key_format;
			parts->key.type = node->schema->columns[0].type;
			parts->value.format = node->rekey.topic.value_format;
			return true;
		}
	}
	return false;
}

/* Statements. */

static fallible insert(struct harness *h, const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->nrecords; i++) {
		struct stub_topic *topic = topic_of(h, plan->records[i].topic);
		struct event event = plan->records[i].event;
		event.offset = topic->events.len;
		topic->inserted = true;
		vec_push(&topic->events, event);
	}
	return 0;
}

static fallible run_statement(struct harness *h, const struct ast_statement *statement,
			      struct err *err)
{
	struct plan plan;
	TRY(plan_statement(&h->catalog, statement, &h->options, h->arena, &plan, err));
	plan_apply(&h->catalog, &plan);
	h->options.query_number++;
	if (plan.kind == PLAN_INSERT)
		return insert(h, &plan);
	if (plan.kind != PLAN_QUERY || plan.sink.len == 0)
		return 0;
	struct running query = { .id = plan.query_id,
				 .pipeline = plan.pipeline,
				 .reads = arena_array(h->arena, struct slice, plan.nreads),
				 .nreads = plan.nreads };
	struct slice *reads = arena_array(h->arena, struct slice, plan.nreads);
	for (uint32_t i = 0; i < plan.nreads; i++)
		reads[i] = arena_copy(h->arena,
				      catalog_source(&h->catalog, plan.reads[i])->topic.topic);
	query.reads = reads;
	struct driver_options options = { .wall_ms = CASE_WALL_MS, .batch_rows = 1, .seed = 1 };
	TRY(driver_new(plan.pipeline, &options, &query.driver, err));
	vec_push(&h->queries, query);
	return 0;
}

static fallible run_statements(struct harness *h, struct err *err)
{
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	for (uint32_t i = 0; i < h->test->statements.len; i++) {
		buf_append(&text, h->test->statements.items[i]);
		buf_append_u8(&text, '\n');
	}
	struct slice all = arena_copy(h->arena, buf_slice(&text));
	buf_fini(&text);
	struct ast_statements statements;
	TRY(sql_parse(h->arena, all, NULL, &statements, err));
	vec_each (statement, &statements)
		TRY(run_statement(h, *statement, err));
	return 0;
}

/* Records. */

static fallible collect(struct harness *h, struct running *query)
{
	uint32_t n;
	const struct driver_output *outputs = driver_outputs(query->driver, &n);
	for (uint32_t i = 0; i < n; i++) {
		struct stub_topic *topic = topic_of(h, arena_copy(h->arena, outputs[i].topic));
		struct event event = outputs[i].event;
		event.key = event.key.data != NULL ? arena_copy(h->arena, event.key) : event.key;
		event.value =
			event.value.data != NULL ? arena_copy(h->arena, event.value) : event.value;
		event.offset = topic->events.len;
		vec_push(&topic->events, event);
	}
	return 0;
}

static bool reads_topic(const struct running *query, struct slice topic)
{
	for (uint32_t i = 0; i < query->nreads; i++) {
		if (slice_eq(query->reads[i], topic))
			return true;
	}
	return false;
}

static fallible feed(struct harness *h, struct running *query, struct slice topic,
		     const struct event *event, struct err *err)
{
	TRY(driver_feed(query->driver, topic, event, 1, err));
	return collect(h, query);
}

static fallible feed_inputs(struct harness *h, struct running *query, struct err *err)
{
	struct map offsets;
	map_init(&offsets);
	int code = 0;
	json_each(input, json_get(h->test->json, "inputs"))
	{
		struct slice topic = json_text_or(json_get(input, "topic"), SLICE_EMPTY);
		struct topic_parts parts = { 0 };
		struct event event;
		if (!reads_topic(query, topic) || !find_parts(h, topic, &parts))
			continue;
		code = record_read(&parts, input, h->arena, &event, err);
		if (code != 0)
			break;
		uintptr_t offset = (uintptr_t)map_get(&offsets, topic);
		event.offset = offset > 0 ? (int64_t)offset - 1 : 0;
		(void)map_put(&offsets, topic, (void *)((offset > 0 ? offset : 1) + 1));
		code = feed(h, query, topic, &event, err);
		if (code != 0)
			break;
	}
	map_fini(&offsets);
	return code;
}

static fallible feed_rest(struct harness *h, struct running *query, struct err *err)
{
	for (uint32_t i = 0; i < query->nreads; i++) {
		struct stub_topic *topic = topic_of(h, query->reads[i]);
		if (topic->has_inputs)
			continue;
		uint32_t n = topic->events.len; /* what it writes itself is not read again */
		for (uint32_t e = 0; e < n; e++)
			TRY(feed(h, query, topic->name, &topic->events.items[e], err));
	}
	return 0;
}

static fallible run_queries(struct harness *h, struct err *err)
{
	json_each(input, json_get(h->test->json, "inputs"))
		topic_of(h, json_text_or(json_get(input, "topic"), SLICE_EMPTY))
			->has_inputs = true;
	vec_each (query, &h->queries) {
		TRY(feed_inputs(h, query, err));
		TRY(feed_rest(h, query, err));
	}
	return 0;
}

static fallible check_topic(struct harness *h, struct slice name, struct err *err)
{
	struct stub_topic *topic = topic_of(h, name);
	struct topic_parts parts = { 0 };
	if (!find_parts(h, name, &parts))
		return err_set(err, ERR_NOT_FOUND, "no source or repartition writes topic %.*s",
			       SLICE_ARGS(name));
	uint32_t at = 0;
	json_each(output, json_get(h->test->json, "outputs"))
	{
		if (!slice_eq(json_text_or(json_get(output, "topic"), SLICE_EMPTY), name))
			continue;
		if (at == topic->events.len)
			return err_set(err, ERR_INVALID,
				       "topic %.*s: expected more than %u records",
				       SLICE_ARGS(name), at);
		if (record_compare(&parts, output, &topic->events.items[at], !topic->inserted,
				   h->arena, err) != 0)
			return err_wrap(err, "topic %.*s, record %u", SLICE_ARGS(name), at);
		at++;
	}
	if (at < topic->events.len)
		return err_set(err, ERR_INVALID, "topic %.*s: expected %u records, got %u",
			       SLICE_ARGS(name), at, topic->events.len);
	return 0;
}

static fallible check_outputs(struct harness *h, struct err *err)
{
	json_each(output, json_get(h->test->json, "outputs"))
		TRY(check_topic(h, json_text_or(json_get(output, "topic"), SLICE_EMPTY), err));
	return 0;
}

/* post.sources: what the catalog says afterwards. */

static fallible check_schema(struct harness *h, const struct source *source, struct slice text,
			     struct err *err)
{
	struct ast_columns columns;
	struct buf got = BUF_INIT(BUF_TEXT_BYTES_MAX);
	TRY(sql_parse_columns(h->arena, text, &columns, err));
	uint32_t at = 0;
	bool same = columns.len == source->schema->ncolumns;
	for (; same && at < columns.len; at++) {
		const struct ast_column *column = &columns.items[at];
		const struct schema_column *have = &source->schema->columns[at];
		struct buf type = BUF_INIT(BUF_TEXT_BYTES_MAX);
		ast_type_print(&type, column->type, AST_QUOTE_NEEDED);
		same = slice_eq(column->name.text, have->name) &&
		       (column->role != AST_COLUMN_VALUE) == (have->role != COLUMN_VALUE);
		buf_fini(&type);
	}
	schema_print(source->schema, &got);
	int code = same ? 0
			: err_set(err, ERR_INVALID, "%.*s: expected schema %.*s, got %s",
				  SLICE_ARGS(source->name), SLICE_ARGS(text), buf_str(&got));
	buf_fini(&got);
	return code;
}

static fallible check_sources(struct harness *h, struct err *err)
{
	json_each(expected, json_get(json_get(h->test->json, "post"), "sources"))
	{
		struct slice name = json_text_or(json_get(expected, "name"), SLICE_EMPTY);
		struct slice kind = json_text_or(json_get(expected, "type"), SLICE_EMPTY);
		struct slice schema = json_text_or(json_get(expected, "schema"), SLICE_EMPTY);
		const struct source *source = catalog_source(&h->catalog, name);
		if (source == NULL)
			return err_set(err, ERR_NOT_FOUND, "source %.*s is not there",
				       SLICE_ARGS(name));
		if (kind.len > 0 && slice_eq(kind, SLICE("table")) != source->is_table)
			return err_set(err, ERR_INVALID, "%.*s is not a %.*s", SLICE_ARGS(name),
				       SLICE_ARGS(kind));
		if (schema.len > 0)
			TRY(check_schema(h, source, schema, err));
	}
	return 0;
}

/* The whole. */

static void add_topics(struct harness *h)
{
	json_each(topic, json_get(h->test->json, "topics"))
	{
		struct slice name = json_text_or(json_get(topic, "name"), SLICE_EMPTY);
		struct slice count = json_text_or(json_get(topic, "partitions"), SLICE("1"));
		int32_t partitions = 0;
		for (size_t i = 0; i < count.len; i++)
			partitions = partitions * 10 + (count.data[i] - '0');
		if (name.len > 0)
			catalog_put_topic(&h->catalog, name, MAX(partitions, 1), 1);
	}
}

static void add_functions(struct harness *h)
{
	for (const struct func_def *func = TEST_FUNCTIONS; func->name != NULL; func++) {
		int code = func_registry_add(h->functions, func, NULL);
		assert(code == 0);
	}
	for (const struct agg_def *agg = TEST_AGGREGATES; agg->name != NULL; agg++)
		h->aggregates.extra[h->aggregates.n++] = agg;
}

static fallible run_all(struct harness *h, struct err *err)
{
	add_topics(h);
	TRY(run_statements(h, err));
	return run_queries(h, err);
}

static fallible check_error(const struct json_value *expected, int code, const struct err *got,
			    struct err *err)
{
	struct slice message = json_text_or(json_get(expected, "message"), SLICE_EMPTY);
	if (code == 0)
		return err_set(err, ERR_INVALID, "expected the error: %.*s", SLICE_ARGS(message));
	if (slice_find(slice_str(got->text), message, 0) == SIZE_MAX)
		return err_set(err, ERR_INVALID, "expected the error: %.*s -- got: %s",
			       SLICE_ARGS(message), got->text);
	return 0;
}

static void harness_fini(struct harness *h)
{
	vec_each (query, &h->queries)
		driver_free(query->driver);
	vec_fini(&h->queries);
	vec_each (topic, &h->topics)
		vec_fini(&(*topic)->events);
	vec_fini(&h->topics);
	catalog_fini(&h->catalog);
}

fallible case_run(const struct test_case *test, struct err *err)
{
	struct harness h CLEANUP(harness_fini) = { .test = test, .arena = test->arena };
	struct err got = ERR_INIT;
	catalog_init(&h.catalog);
	h.functions = func_registry_new(test->arena);
	add_functions(&h);
	h.options = (struct plan_options){ .functions = h.functions,
					   .aggregates = &h.aggregates,
					   .properties = &test->properties,
					   .default_partitions = IMPLICIT_PARTITIONS };
	int code = run_all(&h, &got);
	const struct json_value *expected = json_get(test->json, "expectedException");
	if (expected != NULL)
		return check_error(expected, code, &got, err);
	if (code != 0)
		return err_set(err, got.code, "%s", got.text);
	TRY(check_outputs(&h, err));
	return check_sources(&h, err);
}
