#include "broker/log.h"

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

static void put(struct log_fixture *fixture, struct log *log, int64_t key, int32_t n)
{
	struct log_append append;
	assert_ok(log_fixture_append(fixture, log,
				     &(struct batch_spec){ .n = n, .key = key, .value = key },
				     &append),
		  &fixture->err);
	assert_int_equal(append.fault.kafka_error, 0);
}

static void sync_now(struct log_fixture *fixture)
{
	assert_ok(log_store_sync(fixture->store, fixture->now_ms, &fixture->err), &fixture->err);
}

static void what_is_appended_is_visible_when_it_is_durable(void **state)
{
	struct log_fixture *f = *state;
	struct log *log = log_fixture_create(f, "a", NULL);
	put(f, log, 1, 2);
	put(f, log, 5, 1);
	assert_int_equal(log_end_offset(log), 3);
	assert_int_equal(log_high_watermark(log), 0);
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), "");
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_ALL), "0:k1=v1 1:k2=v2 2:k5=v5");
	struct log_job *job = log_store_sync_begin(f->store, f->now_ms);
	put(f, log, 9, 1);
	log_job_run(job);
	assert_int_equal(log_high_watermark(log), 0);
	assert_int_equal(f->advanced, 0);
	assert_ok(log_store_job_end(f->store, job, f->now_ms, &f->err), &f->err);
	assert_int_equal(log_high_watermark(log), 3);
	assert_int_equal(f->advanced, 1);
	assert_string_equal(log_fixture_text(f, log, 1, LOG_READ_UNCOMMITTED), "1:k2=v2 2:k5=v5");
	sync_now(f);
	assert_string_equal(log_fixture_text(f, log, 3, LOG_READ_UNCOMMITTED), "3:k9=v9");
}

static void a_read_in_the_middle_of_a_batch_yields_all_of_it(void **state)
{
	struct log_fixture *f = *state;
	struct log *log = log_fixture_create(f, "a", NULL);
	put(f, log, 1, 5);
	sync_now(f);
	struct log_read read = { .offset = 3, .bytes_max = 1, .isolation = LOG_READ_UNCOMMITTED };
	assert_ok(log_read(log, &read, &f->err), &f->err);
	assert_int_equal(read.nspans, 1);
	assert_int_equal(load_be64(read.spans[0].bytes.data), 0);
	assert_int_equal(record_batch_bytes(read.spans[0].bytes), read.bytes);
	log_read_done(&read);
}

static void offsets_outside_the_log_are_told(void **state)
{
	struct log_fixture *f = *state;
	struct log *log = log_fixture_create(f, "a", NULL);
	put(f, log, 1, 5);
	struct log_read read = { .offset = 6, .bytes_max = 1 };
	assert_ok(log_read(log, &read, &f->err), &f->err);
	assert_int_equal(read.kafka_error, KAFKA_OFFSET_OUT_OF_RANGE);
	read.offset = -1;
	assert_ok(log_read(log, &read, &f->err), &f->err);
	assert_int_equal(read.kafka_error, KAFKA_OFFSET_OUT_OF_RANGE);
	read.offset = 5;
	assert_ok(log_read(log, &read, &f->err), &f->err);
	assert_int_equal(read.kafka_error, 0);
	assert_int_equal(read.nspans, 0);
}

static void a_clean_restart_finds_everything_and_reads_little(void **state)
{
	struct log_fixture *f = *state;
	struct log *log = log_fixture_create(f, "a", NULL);
	for (int i = 0; i < 50; i++)
		put(f, log, i, 3);
	log_fixture_close(f);
	assert_ok(log_fixture_open(f), &f->err);
	assert_true(log_store_recovery(f->store).clean);
	log = log_fixture_find(f, "a");
	assert_int_equal(log_end_offset(log), 150);
	assert_int_equal(log_high_watermark(log), 150);
	assert_int_equal(log_leader_epoch(log), 0);
	assert_string_equal(log_fixture_text(f, log, 148, LOG_READ_UNCOMMITTED),
			    "148:k50=v50 149:k51=v51");
	put(f, log, 7, 1);
	sync_now(f);
	assert_string_equal(log_fixture_text(f, log, 149, LOG_READ_UNCOMMITTED),
			    "149:k51=v51 150:k7=v7");
}

static void what_was_synced_survives_a_crash(void **state)
{
	struct log_fixture *f = *state;
	struct log *log = log_fixture_create(f, "a", NULL);
	put(f, log, 1, 2);
	sync_now(f);
	put(f, log, 3, 1);
	sync_now(f);
	put(f, log, 9, 1);
	log_fixture_crash(f);
	assert_ok(log_fixture_open(f), &f->err);
	assert_false(log_store_recovery(f->store).clean);
	assert_int_equal(log_store_recovery(f->store).wal_records_replayed, 3);
	log = log_fixture_find(f, "a");
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED),
			    "0:k1=v1 1:k2=v2 2:k3=v3");
	assert_int_equal(log_leader_epoch(log), 1);
	int32_t epoch;
	int64_t end;
	log_epoch_end(log, 0, &epoch, &end);
	assert_int_equal(epoch, 0);
	assert_int_equal(end, 3);
}

static void segments_roll_and_are_read_across(void **state)
{
	struct log_fixture *f = *state;
	struct log_config config = log_config_default();
	config.segment_bytes = 2000;
	f->options.tail_bytes_max = 1;
	log_fixture_close(f);
	assert_ok(log_fixture_open(f), &f->err);
	struct log *log = log_fixture_create(f, "a", &config);
	for (int i = 0; i < 100; i++)
		put(f, log, i, 1 + i % 3);
	sync_now(f);
	assert_ok(log_store_checkpoint(f->store, f->now_ms, &f->err), &f->err);
	struct disk_stat stat;
	assert_ok(f->disk->ops->stat(f->disk, "data/a-0/00000000000000000000.index", &stat,
				     &f->err),
		  &f->err);
	struct buf whole = BUF_INIT(1 << 20);
	buf_append_str(&whole, log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED));
	int64_t end = log_end_offset(log);
	log_fixture_close(f);
	assert_ok(log_fixture_open(f), &f->err);
	log = log_fixture_find(f, "a");
	assert_int_equal(log_end_offset(log), end);
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_UNCOMMITTED), buf_str(&whole));
	for (int64_t from = 0; from < end; from++) {
		const char *text = log_fixture_text(f, log, from, LOG_READ_UNCOMMITTED);
		assert_non_null(strstr(buf_str(&whole), text));
	}
	buf_fini(&whole);
}

static void a_batch_that_breaks_a_limit_is_refused(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log_config config = log_config_default();
	config.max_message_bytes = 200;
	config.segment_bytes = 150;
	struct log *log = log_fixture_create(f, "a", &config);
	assert_ok(log_fixture_append(f, log, &(struct batch_spec){ .n = 1, .pad = 200 }, &append),
		  &f->err);
	assert_int_equal(append.fault.kafka_error, KAFKA_MESSAGE_TOO_LARGE);
	assert_ok(log_fixture_append(f, log, &(struct batch_spec){ .n = 1, .pad = 100 }, &append),
		  &f->err);
	assert_int_equal(append.fault.kafka_error, KAFKA_RECORD_LIST_TOO_LARGE);
	assert_ok(log_fixture_append(f, log,
				     &(struct batch_spec){ .n = 1,
							   .timestamp_ms = f->now_ms + 3600001 },
				     &append),
		  &f->err);
	assert_int_equal(append.fault.kafka_error, KAFKA_INVALID_TIMESTAMP);
	assert_int_equal(log_end_offset(log), 0);
}

static void log_append_time_is_stamped_by_the_log(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log_config config = log_config_default();
	config.log_append_time = true;
	struct log *log = log_fixture_create(f, "a", &config);
	assert_ok(log_fixture_append(f, log, &(struct batch_spec){ .n = 1, .timestamp_ms = 5 },
				     &append),
		  &f->err);
	assert_int_equal(append.append_time_ms, f->now_ms);
	sync_now(f);
	struct log_time found;
	assert_ok(log_find_max_time(log, &found, &f->err), &f->err);
	assert_int_equal(found.timestamp_ms, f->now_ms);
	assert_int_equal(found.offset, 0);
}

static void records_are_found_by_time(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log_config config = log_config_default();
	config.segment_bytes = 3000;
	config.index_interval_bytes = 300;
	struct log *log = log_fixture_create(f, "a", &config);
	for (int i = 0; i < 100; i++)
		assert_ok(log_fixture_append(f, log,
					     &(struct batch_spec){ .n = 2,
								   .codec = COMPRESS_ZSTD,
								   .timestamp_ms = 1000 + i * 10 },
					     &append),
			  &f->err);
	sync_now(f);
	struct log_time found;
	for (int i = 0; i < 100; i++) {
		assert_ok(log_find_time(log, 1000 + i * 10 - 5, log_high_watermark(log), &found,
					&f->err),
			  &f->err);
		assert_int_equal(found.offset, i * 2);
		assert_int_equal(found.timestamp_ms, 1000 + i * 10);
	}
	assert_ok(log_find_time(log, 1991, log_high_watermark(log), &found, &f->err), &f->err);
	assert_int_equal(found.offset, -1);
	assert_ok(log_find_max_time(log, &found, &f->err), &f->err);
	assert_int_equal(found.offset, 198);
}

static void retries_are_recognised_across_a_crash(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log *log = log_fixture_create(f, "a", NULL);
	struct batch_spec spec = { .n = 2, .producer_id = 7 };
	for (int i = 0; i < 7; i++, spec.sequence += 2) {
		assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
		assert_false(append.duplicate);
		if (i == 3)
			assert_ok(log_store_checkpoint(f->store, f->now_ms, &f->err), &f->err);
	}
	sync_now(f);
	for (int restarts = 0; restarts < 2; restarts++) {
		for (int back = 1; back <= 5; back++) {
			spec.sequence = 14 - back * 2;
			assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
			assert_int_equal(append.fault.kafka_error, 0);
			assert_true(append.duplicate);
			assert_int_equal(append.base_offset, spec.sequence);
		}
		spec.sequence = 2;
		assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
		assert_int_equal(append.fault.kafka_error, KAFKA_OUT_OF_ORDER_SEQUENCE_NUMBER);
		log_fixture_crash(f);
		assert_ok(log_fixture_open(f), &f->err);
		log = log_fixture_find(f, "a");
	}
}

static void a_transaction_holds_the_last_stable_offset(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log *log = log_fixture_create(f, "a", NULL);
	struct batch_spec spec = { .n = 1, .producer_id = 7, .transactional = true };
	put(f, log, 1, 1);
	assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
	put(f, log, 2, 1);
	sync_now(f);
	assert_int_equal(log_high_watermark(log), 3);
	assert_int_equal(log_last_stable_offset(log), 1);
	assert_int_equal(log_txn_start(log, 7), 1);
	assert_ok(log_fixture_marker(f, log, RECORD_ABORT, 7, 0, &append), &f->err);
	assert_int_equal(log_last_stable_offset(log), 1); /* the marker is not durable yet */
	sync_now(f);
	assert_int_equal(log_last_stable_offset(log), 4);
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_COMMITTED),
			    "0:k1=v1 1:k0=v0 2:k2=v2 3:abort");
}

static void collect(void *arg, const struct log_aborted *aborted)
{
	buf_printf(arg, "%lld[%lld,%lld] ", (long long)aborted->producer_id,
		   (long long)aborted->first_offset, (long long)aborted->last_offset);
}

static void aborted_transactions_are_listed_after_a_restart_too(void **state)
{
	struct log_fixture *f = *state;
	struct log_append append;
	struct log *log = log_fixture_create(f, "a", NULL);
	for (int64_t pid = 1; pid <= 3; pid++) {
		struct batch_spec spec = { .n = 2, .producer_id = pid, .transactional = true };
		assert_ok(log_fixture_append(f, log, &spec, &append), &f->err);
		assert_ok(log_fixture_marker(f, log, pid == 2 ? RECORD_COMMIT : RECORD_ABORT, pid,
					     0, &append),
			  &f->err);
		if (pid == 1)
			assert_ok(log_store_checkpoint(f->store, f->now_ms, &f->err), &f->err);
	}
	sync_now(f);
	for (int restart = 0; restart < 3; restart++) {
		CLEANUP(buf_fini) struct buf text = BUF_INIT(1000);
		assert_ok(log_aborted_between(log, 0, 9, collect, &text, &f->err), &f->err);
		assert_string_equal(buf_str(&text), "1[0,2] 3[6,8] ");
		buf_reset(&text);
		assert_ok(log_aborted_between(log, 3, 7, collect, &text, &f->err), &f->err);
		assert_string_equal(buf_str(&text), "3[6,8] ");
		if (restart == 0)
			log_fixture_crash(f);
		else
			log_fixture_close(f);
		assert_ok(log_fixture_open(f), &f->err);
		log = log_fixture_find(f, "a");
	}
}

static void a_batch_of_no_open_transaction_is_refused(void **state)
{
	struct log_fixture *f = *state;
	struct batch_spec spec = { .n = 1, .producer_id = 7, .transactional = true };
	struct log *log = log_fixture_create(f, "a", NULL);
	struct log_append append = { .batch = log_fixture_batch(f, &spec), .now_ms = f->now_ms };
	assert_true(log_append_needs_verification(log, &append.batch));
	assert_ok(log_append(log, &append, &f->err), &f->err);
	assert_int_equal(append.fault.kafka_error, KAFKA_INVALID_TXN_STATE);
	append.txn_verified = true;
	assert_ok(log_append(log, &append, &f->err), &f->err);
	assert_int_equal(append.fault.kafka_error, 0);
	spec.sequence = 1;
	append = (struct log_append){ .batch = log_fixture_batch(f, &spec), .now_ms = f->now_ms };
	assert_false(log_append_needs_verification(log, &append.batch));
	assert_ok(log_append(log, &append, &f->err), &f->err);
	assert_int_equal(append.fault.kafka_error, 0);
}

static void deleted_records_are_gone_and_stay_gone(void **state)
{
	struct log_fixture *f = *state;
	int16_t error;
	struct log *log = log_fixture_create(f, "a", NULL);
	put(f, log, 1, 5);
	sync_now(f);
	log_delete_records(log, 6, &error);
	assert_int_equal(error, KAFKA_OFFSET_OUT_OF_RANGE);
	log_delete_records(log, 3, &error);
	assert_int_equal(error, 0);
	assert_int_equal(log_start_offset(log), 3);
	assert_ok(log_store_checkpoint(f->store, f->now_ms, &f->err), &f->err);
	log_fixture_crash(f);
	assert_ok(log_fixture_open(f), &f->err);
	log = log_fixture_find(f, "a");
	assert_int_equal(log_start_offset(log), 3);
	struct log_read read = { .offset = 2, .bytes_max = 1 };
	assert_ok(log_read(log, &read, &f->err), &f->err);
	assert_int_equal(read.kafka_error, KAFKA_OFFSET_OUT_OF_RANGE);
}

static void a_deleted_topic_does_not_come_back(void **state)
{
	struct log_fixture *f = *state;
	struct log *log = log_fixture_create(f, "a", NULL);
	put(f, log, 1, 5);
	sync_now(f);
	struct log_read read = { .offset = 0,
				 .bytes_max = 1000,
				 .isolation = LOG_READ_UNCOMMITTED };
	assert_ok(log_read(log, &read, &f->err), &f->err);
	assert_ok(log_store_delete(f->store, log, f->now_ms, &f->err), &f->err);
	assert_true(read.spans[0].len > 100); /* who reads may read on */
	log_read_done(&read);
	assert_null(log_store_find(f->store, "a", 0));
	struct uuid other = { { 9 } };
	struct log_config config = log_config_default();
	assert_ok(log_store_create(f->store, "a", 0, other, &config, &log, &f->err), &f->err);
	put(f, log, 70, 1);
	sync_now(f);
	log_fixture_crash(f);
	assert_ok(log_fixture_open(f), &f->err);
	log = log_fixture_find(f, "a");
	assert_string_equal(log_fixture_text(f, log, 0, LOG_READ_ALL), "0:k70=v70");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(CASE(what_is_appended_is_visible_when_it_is_durable),
		  CASE(a_read_in_the_middle_of_a_batch_yields_all_of_it),
		  CASE(offsets_outside_the_log_are_told),
		  CASE(a_clean_restart_finds_everything_and_reads_little),
		  CASE(what_was_synced_survives_a_crash), CASE(segments_roll_and_are_read_across),
		  CASE(a_batch_that_breaks_a_limit_is_refused),
		  CASE(log_append_time_is_stamped_by_the_log), CASE(records_are_found_by_time),
		  CASE(retries_are_recognised_across_a_crash),
		  CASE(a_transaction_holds_the_last_stable_offset),
		  CASE(aborted_transactions_are_listed_after_a_restart_too),
		  CASE(a_batch_of_no_open_transaction_is_refused),
		  CASE(deleted_records_are_gone_and_stay_gone),
		  CASE(a_deleted_topic_does_not_come_back));
}
