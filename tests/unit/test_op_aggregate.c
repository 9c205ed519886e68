/* Counts and sums per key through a driver, against a plain array, with and without a cache. */
#include "engine/group.h"
#include "engine/driver.h"
#include "sql/parse.h"
#include "sql/plan.h"
#include "tests/lib/test.h"

#define KEYS 37
#define ROWS 5000

static const char STATEMENTS[] =
	"CREATE STREAM s (k BIGINT KEY, v BIGINT) WITH (kafka_topic='s', key_format='KAFKA', "
	"value_format='DELIMITED', partitions=1);"
	"CREATE TABLE t WITH (value_format='DELIMITED') AS SELECT k, COUNT(*) AS n, SUM(v) AS "
	"total "
	"FROM s GROUP BY k;";

struct fixture {
	struct arena arena;
	struct catalog catalog;
	struct driver *driver;
	int64_t count[KEYS], sum[KEYS]; /* the model */
};

static void start(struct fixture *f, const struct driver_options *options)
{
	struct err err = ERR_INIT;
	struct ast_statements statements;
	struct plan plan = { 0 };
	struct plan_options plan_options = { .functions = func_registry_new(&f->arena),
					     .default_partitions = 1 };
	catalog_init(&f->catalog);
	assert_ok(sql_parse(&f->arena, slice_str(STATEMENTS), NULL, &statements, &err), &err);
	vec_each (statement, &statements) {
		assert_ok(plan_statement(&f->catalog, *statement, &plan_options, &f->arena, &plan,
					 &err),
			  &err);
		plan_apply(&f->catalog, &plan);
	}
	assert_ok(driver_new(plan.pipeline, options, &f->driver, &err), &err);
}

static void stop(struct fixture *f)
{
	driver_free(f->driver);
	catalog_fini(&f->catalog);
	arena_fini(&f->arena);
}

static uint64_t key_of(const struct driver_output *output)
{
	assert_int_equal(output->event.key.len, 8);
	return load_be64(output->event.key.data);
}

static void assert_result(const struct fixture *f, const struct driver_output *output)
{
	uint64_t key = key_of(output);
	struct buf expected = BUF_INIT(100);
	assert_true(key < KEYS);
	buf_printf(&expected, "%lld,%lld", (long long)f->count[key], (long long)f->sum[key]);
	assert_slice(output->event.value, buf_str(&expected));
	buf_fini(&expected);
}

/* Feeds n rows; where `each`, checks that each is followed by its group's result. */
static void feed(struct fixture *f, struct rng *rng, uint32_t n, bool each)
{
	struct event *events = mem_array(struct event, n);
	uint8_t *bytes = mem_bytes((size_t)n * 16);
	struct err err = ERR_INIT;
	int64_t *values = mem_array(int64_t, n);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *key = bytes + (size_t)i * 16;
		values[i] = (int64_t)rng_below(rng, 10);
		key[8] = (uint8_t)('0' + values[i]);
		store_be64(key, rng_below(rng, 2) == 0 ? 1 : rng_below(rng, KEYS));
		events[i] = (struct event){ .key = slice_of(key, 8),
					    .value = slice_of(key + 8, 1),
					    .offset = i };
	}
	assert_ok(driver_feed(f->driver, SLICE("s"), events, n, &err), &err);
	uint32_t noutputs = 0;
	const struct driver_output *outputs = NULL;
	if (each) {
		outputs = driver_outputs(f->driver, &noutputs);
		assert_int_equal(noutputs, n);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint64_t key = load_be64(events[i].key.data);
		f->count[key]++;
		f->sum[key] += values[i];
		if (each)
			assert_result(f, &outputs[i]);
	}
	mem_free(values);
	mem_free(bytes);
	mem_free(events);
}

static void without_a_cache_each_row_is_followed_by_its_result(void **state)
{
	(void)state;
	static const uint32_t BATCHES[] = { 1, 7, BATCH_ROWS_MAX };
	for (size_t b = 0; b < COUNT_OF(BATCHES); b++) {
		struct fixture f = { .driver = NULL };
		struct rng rng = { .state = rng_seed_from_env() };
		start(&f, &(struct driver_options){ .batch_rows = BATCHES[b] });
		feed(&f, &rng, ROWS, true);
		stop(&f);
	}
}

static void with_a_cache_each_group_is_told_once_a_shipment(void **state)
{
	(void)state;
	struct fixture f = { .driver = NULL };
	struct rng rng = { .state = rng_seed_from_env() };
	uint32_t n;
	start(&f, &(struct driver_options){ .cache_bytes = 1 << 20, .ship_rows = ROWS });
	for (uint32_t shipment = 0; shipment < 5; shipment++) {
		bool told[KEYS] = { false };
		feed(&f, &rng, ROWS, false);
		const struct driver_output *outputs = driver_outputs(f.driver, &n);
		assert_int_equal(n, KEYS);
		for (uint32_t i = 0; i < n; i++) {
			assert_result(&f, &outputs[i]);
			assert_false(told[key_of(&outputs[i])]);
			told[key_of(&outputs[i])] = true;
		}
	}
	stop(&f);
}

static void a_cache_that_is_full_is_told_at_once(void **state)
{
	(void)state;
	struct fixture f = { .driver = NULL };
	struct rng rng = { .state = rng_seed_from_env() };
	uint32_t n;
	start(&f, &(struct driver_options){ .cache_bytes = 1, .ship_rows = 100 * ROWS });
	feed(&f, &rng, ROWS, false);
	(void)driver_outputs(f.driver, &n);
	/* Nothing has been shipped, so nothing is out; a shipment then has the last word on all. */
	assert_int_equal(n, 0);
	feed(&f, &rng, 99 * ROWS, false);
	const struct driver_output *outputs = driver_outputs(f.driver, &n);
	assert_true(n > 100u * KEYS);
	bool told[KEYS] = { false };
	for (uint32_t i = n; i > 0; i--) {
		if (!told[key_of(&outputs[i - 1])])
			assert_result(&f, &outputs[i - 1]);
		told[key_of(&outputs[i - 1])] = true;
	}
	stop(&f);
}

/* Keys around the length that is stored in the group itself, removed and not. */
static void keys_of_every_length_are_found_and_freed(void **state)
{
	(void)state;
	enum { LENGTHS = 60 };
	uint8_t key[LENGTHS];
	struct group_table table;
	struct group *groups[LENGTHS];
	memset(key, 'k', sizeof(key));
	group_table_init(&table, 8);
	for (uint32_t n = 0; n < LENGTHS; n++)
		groups[n] = group_add(&table, slice_of(key, n), NULL);
	for (uint32_t n = 0; n < LENGTHS; n += 3)
		group_remove(&table, groups[n]);
	for (uint32_t n = 0; n < LENGTHS; n++)
		assert_ptr_equal(group_find(&table, slice_of(key, n)),
				 n % 3 == 0 ? NULL : groups[n]);
	group_table_fini(&table);
}

int main(void)
{
	RUN_TESTS(TEST(without_a_cache_each_row_is_followed_by_its_result),
		  TEST(with_a_cache_each_group_is_told_once_a_shipment),
		  TEST(a_cache_that_is_full_is_told_at_once),
		  TEST(keys_of_every_length_are_found_and_freed));
}
