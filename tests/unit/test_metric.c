#include "base/metric.h"

#include "tests/lib/test.h"

static void a_series_is_found_again(void **state)
{
	(void)state;
	struct metrics m;
	metrics_init(&m);
	struct metric_series *a = metric_series(&m, METRIC_MEMORY_BYTES, "a");
	struct metric_series *b = metric_series(&m, METRIC_MEMORY_BYTES, "b");
	assert_ptr_not_equal(a, b);
	metric_set(a, 5);
	assert_ptr_equal(metric_series(&m, METRIC_MEMORY_BYTES, "a"), a);
	assert_int_equal(a->value, 5);
	metrics_fini(&m);
}

static void the_text_is_what_prometheus_reads(void **state)
{
	(void)state;
	struct metrics m;
	struct buf text = BUF_INIT(10000);
	metrics_init(&m);
	metric_set(metric_series(&m, METRIC_MEMORY_BYTES, "a\"b\\c\nd"), -3);
	metric_add(metric_series(&m, METRIC_SERIES_DROPPED), 2);
	metric_set(metric_series(&m, METRIC_INFO, "1.0"), 1);
	metric_set(metric_series(&m, METRIC_MEMORY_BYTES, "z"), 7);
	metrics_render(&m, &text);
	assert_slice(buf_slice(&text),
		     "# HELP weir_info Always 1; its label says which weir this is.\n"
		     "# TYPE weir_info gauge\n"
		     "weir_info{version=\"1.0\"} 1\n"
		     "# HELP weir_memory_bytes Heap memory in use, by the part of the program that "
		     "asked "
		     "for it.\n"
		     "# TYPE weir_memory_bytes gauge\n"
		     "weir_memory_bytes{folder=\"a\\\"b\\\\c\\nd\"} -3\n"
		     "weir_memory_bytes{folder=\"z\"} 7\n"
		     "# HELP weir_metric_series_dropped_total Combinations of labels that were not "
		     "counted, "
		     "because there are too many of them.\n"
		     "# TYPE weir_metric_series_dropped_total counter\n"
		     "weir_metric_series_dropped_total 2\n");
	buf_fini(&text);
	metrics_fini(&m);
}

static void merging_adds(void **state)
{
	(void)state;
	struct metrics all, one;
	metrics_init(&all);
	metrics_init(&one);
	metric_add(metric_series(&one, METRIC_SERIES_DROPPED), 2);
	metric_set(metric_series(&one, METRIC_MEMORY_BYTES, "a"), 10);
	metrics_merge(&all, &one);
	metric_set(metric_series(&one, METRIC_MEMORY_BYTES, "b"), 1);
	metrics_merge(&all, &one);
	assert_int_equal(metric_series(&all, METRIC_SERIES_DROPPED)->value, 4);
	assert_int_equal(metric_series(&all, METRIC_MEMORY_BYTES, "a")->value, 20);
	assert_int_equal(metric_series(&all, METRIC_MEMORY_BYTES, "b")->value, 1);
	metrics_fini(&one);
	metrics_fini(&all);
}

static void too_many_series_share_one_and_are_told(void **state)
{
	(void)state;
	struct metrics m;
	struct buf text = BUF_INIT(1 << 24), name = BUF_INIT(100);
	metrics_init(&m);
	for (int i = 0; i < METRIC_SERIES_MAX + 3; i++) {
		buf_reset(&name);
		buf_printf(&name, "%d", i);
		metric_add(metric_series(&m, METRIC_MEMORY_BYTES, buf_str(&name)), 1);
	}
	assert_int_equal(m.series.len, METRIC_SERIES_MAX);
	metrics_render(&m, &text);
	assert_true(
		slice_ends_with(buf_slice(&text), SLICE("\nweir_metric_series_dropped_total 3\n")));
	buf_fini(&name);
	buf_fini(&text);
	metrics_fini(&m);
}

static void memory_is_told_by_folder(void **state)
{
	(void)state;
	struct metrics m;
	metrics_init(&m);
	char *block = mem_plain(12345, MEM_SQL);
	metrics_collect_memory(&m);
	assert_int_equal(metric_series(&m, METRIC_MEMORY_BYTES, "sql")->value, 12345);
	assert_int_equal(metric_series(&m, METRIC_MEMORY_BLOCKS, "sql")->value, 1);
	mem_free(block);
	metrics_fini(&m);
}

static void a_histogram_counts_up_to_each_bound(void **state)
{
	(void)state;
	struct metrics m, copy;
	struct buf text = BUF_INIT(100000);
	metrics_init(&m);
	metrics_init(&copy);
	struct metric_series *sync = metric_series(&m, METRIC_DISK_SYNC);
	struct metric_series *bytes = metric_series(&m, METRIC_BATCH_BYTES, "t");
	metric_observe(sync, 50000); /* a bound belongs to its bucket */
	metric_observe(sync, 50001);
	metric_observe(sync, 1500000000);
	metric_observe(sync, INT64_C(3600000000000)); /* past them all */
	metric_observe(bytes, 65);
	metrics_merge(&copy, &m);
	metrics_merge(&copy, &m);
	metrics_render(&copy, &text);
	static const char *const LINES[] = {
		"# TYPE weir_disk_sync_seconds histogram\n",
		"weir_disk_sync_seconds_bucket{le=\"0.00005\"} 2\n",
		"weir_disk_sync_seconds_bucket{le=\"0.0001\"} 4\n",
		"weir_disk_sync_seconds_bucket{le=\"1\"} 4\n",
		"weir_disk_sync_seconds_bucket{le=\"2.5\"} 6\n",
		"weir_disk_sync_seconds_bucket{le=\"10\"} 6\n",
		"weir_disk_sync_seconds_bucket{le=\"+Inf\"} 8\n",
		"weir_disk_sync_seconds_sum 7203.000200002\n",
		"weir_disk_sync_seconds_count 8\n",
		"weir_batch_bytes_bucket{topic=\"t\",le=\"64\"} 0\n",
		"weir_batch_bytes_bucket{topic=\"t\",le=\"256\"} 2\n",
		"weir_batch_bytes_sum{topic=\"t\"} 130\n",
		"weir_batch_bytes_count{topic=\"t\"} 2\n",
	};
	for (size_t i = 0; i < COUNT_OF(LINES); i++) {
		if (slice_find(buf_slice(&text), slice_str(LINES[i]), 0) == SIZE_MAX)
			fail_msg("no %s in\n%s", LINES[i], buf_str(&text));
	}
	buf_fini(&text);
	metrics_fini(&copy);
	metrics_fini(&m);
}

/* Prometheus' conventions, for every row there is. */
static void names_follow_their_kind(void **state)
{
	(void)state;
	for (int i = 0; i < METRIC_COUNT; i++) {
		struct slice name = slice_str(metric_name((enum metric_id)i));
		enum metric_kind kind = metric_kind((enum metric_id)i);
		assert_true(slice_starts_with(name, SLICE("weir_")));
		assert_int_equal(slice_ends_with(name, SLICE("_total")), kind == METRIC_COUNTER);
		if (kind == METRIC_BYTES)
			assert_true(slice_ends_with(name, SLICE("_bytes")));
		if (kind == METRIC_SECONDS)
			assert_true(slice_ends_with(name, SLICE("_seconds")));
		for (size_t k = 0; k < name.len; k++)
			assert_true((name.data[k] >= 'a' && name.data[k] <= 'z') ||
				    name.data[k] == '_');
	}
}

int main(void)
{
	RUN_TESTS(TEST(a_series_is_found_again), TEST(the_text_is_what_prometheus_reads),
		  TEST(merging_adds), TEST(too_many_series_share_one_and_are_told),
		  TEST(memory_is_told_by_folder), TEST(a_histogram_counts_up_to_each_bound),
		  TEST(names_follow_their_kind));
}
