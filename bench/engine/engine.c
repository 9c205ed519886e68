/*
 * The engine's rates, without broker or network: decoding, filters, counts, windows, joins.
 *
 *     build/bench/engine [--json] [--large] [--only NAME]
 */
#include "base/opts.h"
#include "bench/engine/queries.h"
#include "bench/engine/references.h"

struct engine_options {
	bool json, large;
	const char *only;
};

/* clang-format off */
static const struct opt OPTIONS[] = {
	{ .name = "json", .kind = OPT_FLAG, .field = offsetof(struct engine_options, json),
	  .help = "One JSON object per measurement." },
	{ .name = "large", .kind = OPT_FLAG, .field = offsetof(struct engine_options, large),
	  .help = "Also what takes gigabytes: ten million keys." },
	{ .name = "only", .kind = OPT_TEXT, .field = offsetof(struct engine_options, only), .value = "NAME",
	  .help = "Only queries whose name contains this." },
};

static const struct opts_def ENGINE = {
	.name = "engine", .summary = "measures the engine without a broker",
	OPTS(OPTIONS), .fields_size = sizeof(struct engine_options),
};

#define BIDS "CREATE STREAM bids (k BIGINT KEY, auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, " \
	"url VARCHAR, datetime BIGINT, currency VARCHAR, extra VARCHAR) WITH (kafka_topic='bids', " \
	"key_format='KAFKA', value_format='JSON', partitions=1);"
#define SIDE(what) "CREATE " what " name VARCHAR, city VARCHAR) WITH (kafka_topic='side', key_format='KAFKA', " \
	"value_format='JSON', partitions=1);"
#define COUNT "CREATE TABLE t AS SELECT k, COUNT(*) AS n FROM bids WHERE price > 150 GROUP BY k;"
#define IN_WINDOW(w) "CREATE TABLE t AS SELECT k, COUNT(*) AS n FROM bids WINDOW " w " GROUP BY k;"
#define CACHE ((size_t)64 * 1024 * 1024)

/* What `against` names has run before. */
static const struct { struct query query; const char *against; double bar; bool large; } QUERIES[] = {
	{ { .name = "scan", .nkeys = 1000,
	    .statements = BIDS "CREATE STREAM t AS SELECT k, auction, datetime FROM bids WHERE price < 0;" },
	  "decode_3_of_8", 0, false },
	{ { .name = "scan_filter", .nkeys = 1000,
	    .statements = BIDS "CREATE STREAM t AS SELECT k, auction, datetime FROM bids "
			       "WHERE price < 0 AND auction > 5;" }, "scan", 0, false },
	{ { .name = "scan_filter_filter", .nkeys = 1000,
	    .statements = BIDS "CREATE STREAM t AS SELECT k, auction, datetime FROM bids "
			       "WHERE price > 0 AND auction < 0 AND datetime > 5;" }, "scan", 0, false },
	{ { .name = "filter_passing_2_percent", .nkeys = 1000,
	    .statements = BIDS "CREATE STREAM t AS SELECT k, auction, price FROM bids "
			       "WHERE auction % 50 = 0;" }, "scan", 0, false },
	{ { .name = "projection", .nkeys = 1000,
	    .statements = BIDS "CREATE STREAM t AS SELECT k, auction, price * 2 AS p FROM bids;" },
	  "scan", 0, false },
	{ { .name = "count_1k", .nkeys = 1000, .cache_bytes = CACHE, .statements = BIDS COUNT },
	  "hash_table", 0, false },
	{ { .name = "count_100k", .nkeys = 100000, .cache_bytes = CACHE, .statements = BIDS COUNT },
	  "hash_table", 0, false },
	{ { .name = "count_100k_every_change", .nkeys = 100000, .statements = BIDS COUNT },
	  "hash_table", 0, false },
	{ { .name = "count_10m", .nkeys = 10000000, .cache_bytes = CACHE, .statements = BIDS COUNT },
	  "hash_table", 0, true },
	{ { .name = "tumbling", .nkeys = 1000,
	    .statements = BIDS IN_WINDOW("TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS)") },
	  "scan", 0, false },
	{ { .name = "hopping", .nkeys = 1000,
	    .statements = BIDS IN_WINDOW("HOPPING (SIZE 10 SECONDS, ADVANCE BY 2 SECONDS, "
					 "GRACE PERIOD 0 SECONDS)") }, "scan", 0, false },
	{ { .name = "stream_table_join", .nkeys = 10000, .side_rows = 10000,
	    .statements = BIDS SIDE("TABLE people (id BIGINT PRIMARY KEY,")
		"CREATE STREAM t AS SELECT b.k, b.price, p.city FROM bids b JOIN people p ON b.k = p.id;" },
	  "scan", 0, false },
	{ { .name = "stream_stream_join", .nkeys = 100000, .side_rows = 4096, .side_again = true,
	    .statements = BIDS SIDE("STREAM people (id BIGINT KEY,")
		"CREATE STREAM t AS SELECT b.k, b.price, p.city FROM bids b JOIN people p "
		"WITHIN 10 SECONDS GRACE PERIOD 0 SECONDS ON b.k = p.id;" }, "scan", 0, false },
};
/* clang-format on */

struct run {
	struct engine_options options;
	struct measurement done[COUNT_OF(QUERIES) + 8];
	uint32_t ndone;
};

static const struct measurement *find_done(const struct run *run, const char *name)
{
	for (uint32_t i = run->ndone; i > 0; i--) {
		if (strcmp(run->done[i - 1].name, name) == 0)
			return &run->done[i - 1];
	}
	return NULL;
}

static void add(struct run *run, struct measurement m, const char *against, double bar)
{
	const struct measurement *reference = against != NULL ? find_done(run, against) : NULL;
	report(&m, reference, bar, run->options.json);
	assert(run->ndone < COUNT_OF(run->done));
	run->done[run->ndone++] = m;
}

static void measure_references(struct run *run, const struct bids *ordered,
			       const struct bids *shuffled)
{
	add(run, reference_memcpy(ordered), NULL, 0);
	add(run, reference_hash_table(100000), NULL, 0);
	add(run, reference_simdjson(ordered, BIDS_IN_ORDER), "memcpy", 0);
	add(run, measure_decode("decode_3_of_8", ordered), "simdjson", 2.5);
	add(run, reference_simdjson(shuffled, BIDS_SHUFFLED), "memcpy", 0);
	add(run, measure_decode("decode_3_of_8_shuffled", shuffled), "simdjson_shuffled", 0.8);
}

static bool wanted(const struct run *run, size_t i)
{
	if (QUERIES[i].large && !run->options.large)
		return false;
	return run->options.only == NULL ||
	       strstr(QUERIES[i].query.name, run->options.only) != NULL;
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };
	struct run run = { .ndone = 0 };
	struct opts_result result;
	int code;
	if (!opts_begin(&ENGINE, argc, argv, &arena, &run.options, &result, &code))
		return code;
	struct bids ordered, shuffled;
	bids_make(&ordered, BIDS_IN_ORDER, 1, &arena);
	bids_make(&shuffled, BIDS_SHUFFLED, 2, &arena);
	measure_references(&run, &ordered, &shuffled);
	for (size_t i = 0; i < COUNT_OF(QUERIES); i++) {
		if (wanted(&run, i))
			add(&run, measure_query(&QUERIES[i].query, &ordered), QUERIES[i].against,
			    QUERIES[i].bar);
	}
	bids_fini(&shuffled);
	bids_fini(&ordered);
	arena_fini(&arena);
	return 0;
}
