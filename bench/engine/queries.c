#include "bench/engine/queries.h"

#include "engine/driver.h"
#include "engine/format.h"
#include "sql/parse.h"
#include "sql/plan.h"

#include <stdio.h>
#include <stdlib.h>

static const struct format_column COLUMNS[BID_FIELDS] = {
	{ SLICE("AUCTION"), TYPE_OF(TYPE_BIGINT) },  { SLICE("BIDDER"), TYPE_OF(TYPE_BIGINT) },
	{ SLICE("PRICE"), TYPE_OF(TYPE_BIGINT) },    { SLICE("CHANNEL"), TYPE_OF(TYPE_STRING) },
	{ SLICE("URL"), TYPE_OF(TYPE_STRING) },      { SLICE("DATETIME"), TYPE_OF(TYPE_BIGINT) },
	{ SLICE("CURRENCY"), TYPE_OF(TYPE_STRING) }, { SLICE("EXTRA"), TYPE_OF(TYPE_STRING) },
};

/* Warm-up before, and at most so many passes after. */
#define PASSES_MAX 400u
/* Rows between shipments where there is a cache: what a commit every fifth of a second holds. */
#define SHIP_ROWS (16 * PASS_ROWS)

static void must(int code, const struct err *err)
{
	if (code == 0)
		return;
	fprintf(stderr, "bench: %s\n", err->text);
	exit(1);
}

static void never_fails(void *arg, uint32_t row, const char *message)
{
	(void)arg;
	fprintf(stderr, "bench: record %u: %s\n", row, message);
	exit(1);
}

static void decode_pass(struct format *format, const struct bids *bids, struct arena *arena)
{
	struct column columns[BID_FIELDS];
	struct column *out[BID_FIELDS] = { 0 };
	uint8_t ok[BATCH_ROWS_MAX];
	memset(ok, 1, sizeof(ok));
	for (uint32_t i = 0; i < PASS_ROWS; i += BATCH_ROWS_MAX) {
		static const uint32_t WANTED[] = { 0, 2, 5 };
		arena_reset(arena);
		for (uint32_t w = 0; w < COUNT_OF(WANTED); w++) {
			uint32_t c = WANTED[w];
			column_init(&columns[c], arena, COLUMNS[c].type, BATCH_ROWS_MAX);
			out[c] = &columns[c];
		}
		format->ops->decode(format, bids->records + i, BATCH_ROWS_MAX, arena, out, ok,
				    never_fails, NULL);
	}
}

struct measurement measure_decode(const char *name, const struct bids *bids)
{
	struct measurement m = { .name = name };
	struct arena arena = { 0 }, step = { 0 };
	struct err err = ERR_INIT;
	struct format *format;
	struct format_spec spec = { .name = SLICE("JSON") };
	must(FORMAT_JSON.open(&spec, false, COLUMNS, BID_FIELDS, &arena, &format, &err), &err);
	decode_pass(format, bids, &step);
	double begin = bench_seconds();
	do {
		decode_pass(format, bids, &step);
		m.rows += PASS_ROWS;
		m.bytes += (double)bids->bytes;
		m.seconds = bench_seconds() - begin;
	} while (m.seconds < BENCH_SECONDS_MIN);
	arena_fini(&step);
	arena_fini(&arena);
	return m;
}

static struct driver *start(const struct query *query, struct arena *arena)
{
	struct catalog catalog;
	struct err err = ERR_INIT;
	struct ast_statements statements;
	struct plan plan = { 0 };
	struct plan_options options = { .functions = func_registry_new(arena),
					.default_partitions = 1 };
	catalog_init(&catalog);
	must(sql_parse(arena, slice_str(query->statements), NULL, &statements, &err), &err);
	vec_each (statement, &statements) {
		must(plan_statement(&catalog, *statement, &options, arena, &plan, &err), &err);
		plan_apply(&catalog, &plan);
		options.query_number++;
	}
	struct driver *driver;
	struct driver_options driver_options = { .seed = 1,
						 .cache_bytes = query->cache_bytes,
						 .ship_rows =
							 query->cache_bytes > 0 ? SHIP_ROWS : 0 };
	must(driver_new(plan.pipeline, &driver_options, &driver, &err), &err);
	return driver;
}

static void feed(struct driver *driver, const char *topic, const struct event *events, uint32_t n)
{
	struct err err = ERR_INIT;
	uint32_t unused;
	must(driver_feed(driver, slice_str(topic), events, n, &err), &err);
	(void)driver_outputs(driver, &unused);
	const struct driver_error *errors = driver_errors(driver, &unused);
	if (unused > 0)
		never_fails(NULL, (uint32_t)errors[0].offset, errors[0].message);
}

static void feed_side(struct driver *driver, const struct query *query, int64_t time_ms)
{
	static const struct slice VALUE = SLICE("{\"name\":\"Kate Bartels\",\"city\":\"Boise\"}");
	struct event *events = mem_array(struct event, query->side_rows);
	uint8_t *keys = mem_bytes((size_t)query->side_rows * 8);
	for (uint32_t i = 0; i < query->side_rows; i++) {
		store_be64(keys + (size_t)i * 8, i);
		events[i].key = slice_of(keys + (size_t)i * 8, 8);
		events[i].value = VALUE;
		events[i].timestamp_ms = time_ms;
	}
	feed(driver, "side", events, query->side_rows);
	mem_free(keys);
	mem_free(events);
}

struct measurement measure_query(const struct query *query, const struct bids *bids)
{
	struct measurement m = { .name = query->name };
	struct arena arena = { 0 };
	struct pass pass;
	struct driver *driver = start(query, &arena);
	pass_init(&pass, bids, 11, &arena);
	/* Every key has been seen before the clock starts: what is measured is the steady state. */
	uint32_t warm_up = 1 + (uint32_t)(MIN(query->nkeys, UINT64_C(20000000)) * 2 / PASS_ROWS);
	for (uint32_t i = 0; i < PASSES_MAX + warm_up && m.seconds < BENCH_SECONDS_MIN; i++) {
		pass_refresh(&pass, query->nkeys);
		if (query->side_rows > 0 && (i == 0 || query->side_again))
			feed_side(driver, query, pass.events[0].timestamp_ms);
		double begin = bench_seconds();
		feed(driver, "bids", pass.events, PASS_ROWS);
		if (i < warm_up)
			continue;
		m.seconds += bench_seconds() - begin;
		m.rows += PASS_ROWS;
		m.bytes += (double)bids->bytes;
	}
	driver_free(driver);
	arena_fini(&arena);
	return m;
}
