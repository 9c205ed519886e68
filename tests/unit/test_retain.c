/* Ageing: by time, by size, by start offset; files that go later; producers that are forgotten. */
#include "tests/lib/log_fixture.h"

static int set_up(void **state)
{
	static struct log_fixture fixture;
	log_fixture_init(&fixture, 1);
	assert_ok(log_fixture_open(&fixture), &fixture.err);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	log_fixture_fini(*state);
	return 0;
}

static struct log *filled(struct log_fixture *f, const struct log_config *config)
{
	struct log *log = log_fixture_create(f, "a", config);
	struct log_append append;
	for (int i = 0; i < 30; i++) {
		f->now_ms += 100;
		assert_ok(log_fixture_append(f, log,
					     &(struct batch_spec){ .n = 1, .key = i, .value = i },
					     &append),
			  &f->err);
	}
	assert_ok(log_store_sync(f->store, f->now_ms, &f->err), &f->err);
	assert_ok(log_store_checkpoint(f->store, f->now_ms, &f->err), &f->err);
	return log;
}

static struct log_config small_segments(void)
{
	struct log_config config = log_config_default();
	config.segment_bytes = 500;
	config.file_delete_delay_ms = 1000;
	return config;
}

static bool there(struct log_fixture *f, const char *path)
{
	struct disk_stat stat;
	return f->disk->ops->stat(f->disk, path, &stat, &f->err) == 0;
}

static void old_segments_leave_and_their_files_follow(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = small_segments();
	config.retention_ms = 1000;
	struct log *log = filled(f, &config);
	log_store_retain(f->store, f->now_ms);
	int64_t start = log_start_offset(log);
	assert_true(start >= 15);
	assert_true(start < 21);
	assert_false(there(f, "data/a-0/00000000000000000000.log"));
	assert_true(there(f, "data/a-0/00000000000000000000.log.deleted"));
	assert_true(there(f, "data/a-0/00000000000000000000.index.deleted"));
	log_store_retain(f->store, f->now_ms + 1001);
	assert_false(there(f, "data/a-0/00000000000000000000.log.deleted"));
	assert_ok(log_store_checkpoint(f->store, f->now_ms, &f->err), &f->err);
	log_fixture_crash(f);
	assert_ok(log_fixture_open(f), &f->err);
	assert_true(log_start_offset(log_fixture_find(f, "a")) >= start);
}

static void a_log_whose_records_are_all_old_is_left_empty(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = small_segments();
	config.retention_ms = 1000;
	struct log *log = filled(f, &config);
	f->now_ms += 5000;
	log_store_retain(f->store, f->now_ms);
	assert_int_equal(log_start_offset(log), 30);
	assert_int_equal(log_end_offset(log), 30);
	assert_int_equal(log_bytes(log), 0);
	log_fixture_close(f);
	assert_ok(log_fixture_open(f), &f->err);
	assert_int_equal(log_end_offset(log_fixture_find(f, "a")), 30);
	assert_int_equal(log_start_offset(log_fixture_find(f, "a")), 30);
}

static void the_oldest_leave_when_there_are_too_many_bytes(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = small_segments();
	config.retention_bytes = 1200;
	struct log *log = filled(f, &config);
	log_store_retain(f->store, f->now_ms);
	assert_true(log_bytes(log) >= 1200);
	assert_true(log_bytes(log) < 1200 + 500);
}

static void unlimited_retention_keeps_everything(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = small_segments();
	config.retention_ms = -1;
	struct log *log = filled(f, &config);
	log_store_retain(f->store, INT64_MAX / 2);
	assert_int_equal(log_start_offset(log), 0);
}

static void segments_below_the_start_offset_leave_compacted_logs_too(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = small_segments();
	int16_t error;
	config.cleanup_delete = false;
	config.cleanup_compact = true;
	struct log *log = filled(f, &config);
	log_delete_records(log, 20, &error);
	log_store_retain(f->store, f->now_ms);
	assert_int_equal(log_start_offset(log), 20);
	assert_false(there(f, "data/a-0/00000000000000000000.log"));
}

static void producers_are_forgotten_after_a_day(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = log_config_default();
	struct log *log = log_fixture_create(f, "a", &config);
	struct log_append append;
	struct batch_spec spec = { .n = 1, .producer_id = 5 };
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	log_store_retain(f->store, f->now_ms + 86400000);
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	assert_true(append.duplicate);
	log_store_retain(f->store, f->now_ms + 86400001);
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	assert_false(append.duplicate);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(CASE(old_segments_leave_and_their_files_follow),
		  CASE(a_log_whose_records_are_all_old_is_left_empty),
		  CASE(the_oldest_leave_when_there_are_too_many_bytes),
		  CASE(unlimited_retention_keeps_everything),
		  CASE(segments_below_the_start_offset_leave_compacted_logs_too),
		  CASE(producers_are_forgotten_after_a_day));
}
