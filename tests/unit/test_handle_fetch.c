#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

struct ask_for {
	int64_t offset;
	int32_t min_bytes, max_wait_ms, max_bytes, partition_max_bytes;
	int8_t isolation;
};

#define PLAIN                                                                                      \
	((struct ask_for){ .min_bytes = 1, .max_bytes = 1 << 20, .partition_max_bytes = 1 << 20 })

static struct fetch_request *fetch_of(struct fixture *f, struct ask_for asked)
{
	struct fetch_request *request = message_new(&f->arena, fetch_request);
	request->min_bytes = asked.min_bytes;
	request->max_wait_ms = asked.max_wait_ms;
	request->max_bytes = asked.max_bytes;
	request->isolation_level = asked.isolation;
	request->topics.items = message_array(&f->arena, fetch_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].topic = SLICE("t");
	request->topics.items[0].partitions.items =
		message_array(&f->arena, fetch_request_partition, 1);
	request->topics.items[0].partitions.len = 1;
	request->topics.items[0].partitions.items[0].fetch_offset = asked.offset;
	request->topics.items[0].partitions.items[0].partition_max_bytes =
		asked.partition_max_bytes;
	return request;
}

static struct fetch_response_partition *fetch(struct fixture *f, struct ask_for asked)
{
	struct fetch_response *response = ask(f, fetch, 11, fetch_of(f, asked));
	assert_int_equal(response->error_code, 0);
	assert_int_equal(response->session_id, 0);
	return &response->responses.items[0].partitions.items[0];
}

static struct sent *send_fetch(struct fixture *f, struct ask_for asked)
{
	return fixture_send(f, &fetch_request_message, &fetch_response_message, 11,
			    fetch_of(f, asked));
}

static size_t fetched_bytes(struct fixture *f, struct sent *sent)
{
	bool close;
	struct fetch_response *response = fixture_take(f, sent, &close);
	struct fetch_response_partition *p = &response->responses.items[0].partitions.items[0];
	assert_int_equal(p->error_code, 0);
	return p->records.len;
}

static void produce(struct fixture *f, const char *value)
{
	int16_t error;
	fixture_produce(f, "t", 0, fixture_batch(f, "k", value), 1, &error);
	assert_int_equal(error, 0);
}

static void what_was_produced_is_fetched_with_its_offsets(void **state)
{
	struct fixture *f = *state;
	struct record_batch batch;
	struct record_fault fault;
	fixture_create_topic(f, "t", 1);
	produce(f, "one");
	produce(f, "two");
	struct fetch_response_partition *answer = fetch(f, PLAIN);
	assert_int_equal(answer->high_watermark, 2);
	assert_int_equal(answer->last_stable_offset, 2);
	assert_int_equal(answer->log_start_offset, 0);
	size_t first = record_batch_bytes(answer->records);
	assert_true(record_batch_check(answer->records, &batch, &fault));
	assert_int_equal(batch.base_offset, 0);
	assert_true(
		record_batch_check(slice_sub(answer->records, first, SIZE_MAX), &batch, &fault));
	assert_int_equal(batch.base_offset, 1);
	struct ask_for second = PLAIN;
	second.offset = 1;
	answer = fetch(f, second);
	assert_true(record_batch_check(answer->records, &batch, &fault));
	assert_int_equal(batch.base_offset, 1);
}

static void a_batch_larger_than_the_bounds_still_comes_when_it_is_first(void **state)
{
	struct fixture *f = *state;
	struct ask_for small = PLAIN;
	fixture_create_topic(f, "t", 1);
	produce(f, "one");
	produce(f, "two");
	small.partition_max_bytes = small.max_bytes = 1;
	struct fetch_response_partition *answer = fetch(f, small);
	assert_int_equal(answer->records.len, record_batch_bytes(answer->records));
	assert_true(answer->records.len > 61);
}

static void a_fetch_waits_for_bytes_and_wakes_when_they_are_there(void **state)
{
	struct fixture *f = *state;
	struct ask_for waiting = PLAIN;
	fixture_create_topic(f, "t", 1);
	waiting.max_wait_ms = 500;
	struct sent *sent = send_fetch(f, waiting);
	assert_false(sent->done);
	produce(f, "one");
	assert_true(sent->done);
	assert_true(fetched_bytes(f, sent) > 61);
}

static void a_fetch_waits_until_enough_bytes_are_there(void **state)
{
	struct fixture *f = *state;
	struct ask_for waiting = PLAIN;
	fixture_create_topic(f, "t", 1);
	waiting.max_wait_ms = 500;
	waiting.min_bytes = 200;
	struct sent *sent = send_fetch(f, waiting);
	for (int i = 0; i < 2; i++) {
		produce(f, "one");
		assert_false(sent->done);
	}
	produce(f, "one");
	assert_true(sent->done);
	assert_true(fetched_bytes(f, sent) >= 200);
}

static void a_fetch_answers_with_what_there_is_at_its_deadline(void **state)
{
	struct fixture *f = *state;
	struct ask_for waiting = PLAIN;
	fixture_create_topic(f, "t", 1);
	waiting.max_wait_ms = 500;
	waiting.min_bytes = 10000;
	struct sent *sent = send_fetch(f, waiting), *empty = send_fetch(f, waiting);
	fixture_advance(f, 499);
	assert_false(sent->done);
	fixture_advance(f, 1);
	assert_true(sent->done);
	assert_int_equal(fetched_bytes(f, sent), 0);
	assert_int_equal(fetched_bytes(f, empty), 0);
}

static void records_are_not_seen_before_they_are_on_disk(void **state)
{
	struct fixture *f = *state;
	struct ask_for waiting = PLAIN;
	int16_t error;
	fixture_create_topic(f, "t", 1);
	waiting.max_wait_ms = 10000;
	f->no_sync = true;
	fixture_produce(f, "t", 0, fixture_batch(f, "k", "A"), 1, &error);
	struct log_job *job = broker_sync_job(f->broker, f->time);
	fixture_produce(f, "t", 0, fixture_batch(f, "k", "B"), 1, &error);
	struct sent *first = send_fetch(f, waiting);
	assert_false(first->done);
	log_job_run(job);
	assert_int_equal(broker_job_end(f->broker, job, f->time, NULL), 0);
	assert_true(first->done);
	size_t bytes = fetched_bytes(f, first);
	/* B came while A was synced: a reader behind A wakes when B is on disk. */
	waiting.offset = 1;
	struct sent *second = send_fetch(f, waiting);
	assert_false(second->done);
	fixture_sync(f);
	assert_true(second->done);
	assert_int_equal(fetched_bytes(f, second), bytes);
}

static void an_error_is_answered_at_once(void **state)
{
	struct fixture *f = *state;
	struct ask_for beyond = PLAIN;
	fixture_create_topic(f, "t", 1);
	beyond.offset = 1;
	beyond.max_wait_ms = 500;
	struct sent *sent = send_fetch(f, beyond);
	assert_true(sent->done);
	bool close;
	struct fetch_response *response = fixture_take(f, sent, &close);
	assert_int_equal(response->responses.items[0].partitions.items[0].error_code,
			 KAFKA_OFFSET_OUT_OF_RANGE);
}

static void leader_epochs_are_compared(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	struct fetch_request *request = fetch_of(f, PLAIN);
	request->topics.items[0].partitions.items[0].current_leader_epoch = 99;
	struct fetch_response *response = ask(f, fetch, 11, request);
	assert_int_equal(response->responses.items[0].partitions.items[0].error_code,
			 KAFKA_UNKNOWN_LEADER_EPOCH);
}

static void topics_are_found_by_id_from_version_13_on(void **state)
{
	struct fixture *f = *state;
	struct uuid id = fixture_create_topic(f, "t", 1);
	produce(f, "one");
	struct fetch_request *request = fetch_of(f, PLAIN);
	request->topics.items[0].topic_id = id;
	struct fetch_response *response = ask(f, fetch, 18, request);
	assert_true(uuid_eq(response->responses.items[0].topic_id, id));
	assert_true(response->responses.items[0].partitions.items[0].records.len > 0);
	request->topics.items[0].topic_id.bytes[0] ^= 1;
	request->topics.items[0].topic = SLICE_EMPTY;
	response = ask(f, fetch, 18, request);
	assert_int_equal(response->responses.items[0].partitions.items[0].error_code,
			 KAFKA_UNKNOWN_TOPIC_ID);
}

static void a_session_that_was_never_given_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct fetch_request *request = fetch_of(f, PLAIN);
	request->session_id = 5;
	struct fetch_response *response = ask(f, fetch, 11, request);
	assert_int_equal(response->error_code, KAFKA_FETCH_SESSION_ID_NOT_FOUND);
}

static void a_deleted_topic_wakes_its_readers(void **state)
{
	struct fixture *f = *state;
	struct ask_for waiting = PLAIN;
	fixture_create_topic(f, "t", 1);
	waiting.max_wait_ms = 500;
	struct sent *sent = send_fetch(f, waiting);
	assert_ok(topic_delete(f->broker, topic_find(f->broker, SLICE("t")), &f->err), &f->err);
	fixture_advance(f, 0);
	assert_true(sent->done);
	bool close;
	struct fetch_response *response = fixture_take(f, sent, &close);
	assert_int_equal(response->responses.items[0].partitions.items[0].error_code,
			 KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
}

static void committed_readers_are_told_that_nothing_was_aborted(void **state)
{
	struct fixture *f = *state;
	struct ask_for committed = PLAIN;
	fixture_create_topic(f, "t", 1);
	produce(f, "one");
	committed.isolation = 1;
	struct fetch_response_partition *answer = fetch(f, committed);
	assert_non_null(answer->aborted_transactions.items);
	assert_int_equal(answer->aborted_transactions.len, 0);
	assert_null(fetch(f, PLAIN)->aborted_transactions.items);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(what_was_produced_is_fetched_with_its_offsets),
		  WITH_FIXTURE(a_batch_larger_than_the_bounds_still_comes_when_it_is_first),
		  WITH_FIXTURE(a_fetch_waits_for_bytes_and_wakes_when_they_are_there),
		  WITH_FIXTURE(a_fetch_waits_until_enough_bytes_are_there),
		  WITH_FIXTURE(a_fetch_answers_with_what_there_is_at_its_deadline),
		  WITH_FIXTURE(records_are_not_seen_before_they_are_on_disk),
		  WITH_FIXTURE(an_error_is_answered_at_once),
		  WITH_FIXTURE(leader_epochs_are_compared),
		  WITH_FIXTURE(topics_are_found_by_id_from_version_13_on),
		  WITH_FIXTURE(a_session_that_was_never_given_is_not_found),
		  WITH_FIXTURE(a_deleted_topic_wakes_its_readers),
		  WITH_FIXTURE(committed_readers_are_told_that_nothing_was_aborted));
}
