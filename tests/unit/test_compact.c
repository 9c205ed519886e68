/* Compaction: which records stay, when tombstones and markers go, and what a restart finds. */
#include "tests/lib/log_fixture.h"

static int set_up(void **state)
{
	static struct log_fixture fixture;
	log_fixture_init(&fixture, 1);
	fixture.options.tail_bytes_max = 1;
	assert_ok(log_fixture_open(&fixture), &fixture.err);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	log_fixture_fini(*state);
	return 0;
}

static struct log_config compacted(void)
{
	struct log_config config = log_config_default();
	config.cleanup_compact = true;
	config.cleanup_delete = false;
	config.segment_bytes = 1000;
	config.segment_ms = 1000;
	config.delete_retention_ms = 5000;
	config.min_cleanable_dirty_ratio = 0.01;
	return config;
}

static void put(struct log_fixture *f, struct log *log, int64_t key, int64_t value)
{
	struct log_append append;
	assert_ok(log_fixture_append(f, log,
				     &(struct batch_spec){ .n = 1, .key = key, .value = value },
				     &append),
		  &f->err);
}

/* Rolls, checkpoints and cleans; false when there was nothing to clean. */
static bool clean(struct log_fixture *f)
{
	f->now_ms += 2000;
	log_store_retain(f->store, f->now_ms); /* rolls what is due */
	assert_ok(log_store_sync(f->store, f->now_ms, &f->err), &f->err);
	assert_ok(log_store_checkpoint(f->store, f->now_ms, &f->err), &f->err);
	struct log_job *job = log_store_compact_begin(f->store, f->now_ms);
	if (job == NULL)
		return false;
	log_job_run(job);
	assert_ok(log_store_job_end(f->store, job, f->now_ms, &f->err), &f->err);
	return true;
}

static void of_each_key_the_last_record_stays(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = compacted();
	struct log *log = log_fixture_create(f, "a", &config);
	for (int i = 0; i < 60; i++)
		put(f, log, i % 3, i);
	assert_true(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED),
			    "57:k0=v57 58:k1=v58 59:k2=v59");
	assert_int_equal(log_end_offset(log), 60);
	assert_false(clean(f));
	put(f, log, 1, 77);
	assert_true(clean(f));
	for (int restart = 0; restart < 2; restart++) {
		log_fixture_crash(f);
		assert_ok(log_fixture_open(f), &f->err);
		log = log_fixture_find(f, "a");
		assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED),
				    "57:k0=v57 59:k2=v59 60:k1=v77");
		/* An offset whose record is gone leads to the next one. */
		assert_string_equal(log_fixture_text(f, log, 58, LOG_READ_UNCOMMITTED),
				    "59:k2=v59 60:k1=v77");
	}
}

static void a_batch_keeps_what_of_it_stays(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log_config config = compacted();
	struct log *log = log_fixture_create(f, "a", &config);
	assert_ok(log_fixture_append(f, log,
				     &(struct batch_spec){
					     .n = 4, .key = 1, .value = 1, .codec = COMPRESS_GZIP },
				     &append),
		  &f->err);
	put(f, log, 2, 90);
	assert_true(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED),
			    "0:k1=v1 2:k3=v3 3:k4=v4 4:k2=v90");
}

static void a_tombstone_stays_until_its_time_has_passed(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = compacted();
	struct log *log = log_fixture_create(f, "a", &config);
	put(f, log, 1, 10);
	put(f, log, 2, 20);
	put(f, log, 1, -1);
	assert_true(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), "1:k2=v20 2:k1=-");
	assert_false(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), "1:k2=v20 2:k1=-");
	f->now_ms += 6000;
	assert_true(clean(f)); /* nothing is dirty, but the tombstone's time has come */
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), "1:k2=v20");
	assert_int_equal(log_end_offset(log), 3);
}

static void aborted_records_neither_stay_nor_count(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log_config config = compacted();
	struct log *log = log_fixture_create(f, "a", &config);
	struct batch_spec spec = {
		.n = 1, .key = 1, .value = 99, .producer_id = 5, .transactional = true
	};
	put(f, log, 1, 10);
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	assert_ok(log_fixture_marker(f, log, RECORD_ABORT, 5, 0, &append), &f->err);
	spec.producer_id = 6;
	spec.key = 2;
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	assert_ok(log_fixture_marker(f, log, RECORD_COMMIT, 6, 0, &append), &f->err);
	put(f, log, 3, 30);
	assert_true(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_COMMITTED),
			    "0:k1=v10 2:abort 3:k2=v99 4:commit 5:k3=v30");
	f->now_ms += 6000;
	assert_true(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_COMMITTED),
			    "0:k1=v10 3:k2=v99 4:commit 5:k3=v30");
}

static void an_open_transaction_is_not_touched(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log_config config = compacted();
	struct log *log = log_fixture_create(f, "a", &config);
	struct batch_spec spec = {
		.n = 1, .key = 1, .value = 99, .producer_id = 5, .transactional = true
	};
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	put(f, log, 1, 10);
	assert_false(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), "0:k1=v99 1:k1=v10");
}

static void young_records_wait_for_the_minimal_lag(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = compacted();
	config.min_compaction_lag_ms = 10000;
	struct log *log = log_fixture_create(f, "a", &config);
	put(f, log, 1, 1);
	put(f, log, 1, 2);
	assert_false(clean(f));
	f->now_ms += 10000;
	assert_true(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), "1:k1=v2");
}

static void a_producers_last_sequence_outlives_its_records(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log_config config = compacted();
	struct log *log = log_fixture_create(f, "a", &config);
	struct batch_spec spec = { .n = 2, .key = 1, .value = 1, .producer_id = 5 };
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	put(f, log, 1, 10);
	put(f, log, 2, 20);
	assert_true(clean(f));
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), "2:k1=v10 3:k2=v20");
	log_fixture_crash(f);
	assert_ok(log_fixture_open(f), &f->err);
	log = log_fixture_find(f, "a");
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	assert_true(append.duplicate);
	assert_int_equal(append.base_offset, 0);
}

/* Power goes at each operation of a cleaning: the keys fold to the same, always. */
static void a_crash_at_any_operation_of_a_cleaning_loses_nothing(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 200; n++) {
		struct log_fixture f;
		struct log_config config = compacted();
		log_fixture_init(&f, n);
		assert_ok(log_fixture_open(&f), &f.err);
		struct log *log = log_fixture_create(&f, "a", &config);
		for (int i = 0; i < 40; i++)
			put(&f, log, i % 2, i);
		f.now_ms += 2000;
		log_store_retain(f.store, f.now_ms);
		assert_ok(log_store_checkpoint(f.store, f.now_ms, &f.err), &f.err);
		struct log_job *job = log_store_compact_begin(f.store, f.now_ms);
		assert_non_null(job);
		uint64_t before = disk_sim_count(f.disk, DISK_SIM_CHANGES);
		disk_sim_fail_at(f.disk, DISK_SIM_CHANGES, n, DISK_SIM_POWER);
		log_job_run(job);
		(void)!log_store_job_end(f.store, job, f.now_ms, &f.err);
		bool over = disk_sim_count(f.disk, DISK_SIM_CHANGES) - before < n;
		log_fixture_crash(&f);
		assert_ok(log_fixture_open(&f), &f.err);
		log = log_fixture_find(&f, "a");
		assert_int_equal(log_end_offset(log), 40);
		const char *text = log_fixture_text(&f, log, 0, LOG_READ_ALL);
		assert_non_null(strstr(text, "38:k0=v38 39:k1=v39"));
		log_fixture_fini(&f);
		if (over) {
			assert_true(n > 10);
			return;
		}
	}
	fail();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(CASE(of_each_key_the_last_record_stays), CASE(a_batch_keeps_what_of_it_stays),
		  CASE(a_tombstone_stays_until_its_time_has_passed),
		  CASE(aborted_records_neither_stay_nor_count),
		  CASE(an_open_transaction_is_not_touched),
		  CASE(young_records_wait_for_the_minimal_lag),
		  CASE(a_producers_last_sequence_outlives_its_records),
		  TEST(a_crash_at_any_operation_of_a_cleaning_loses_nothing));
}
