#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

static void offsets_count_up_within_a_partition(void **state)
{
	struct fixture *f = *state;
	int16_t error;
	fixture_create_topic(f, "t", 2);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(fixture_produce(f, "t", 1, fixture_batch(f, "k", "value"), -1,
						 &error),
				 i);
		assert_int_equal(error, 0);
	}
	struct partition *p = topic_partition(topic_find(f->broker, SLICE("t")), 1);
	assert_int_equal(log_high_watermark(p->log), 5);
	assert_int_equal(log_end_offset(topic_partition(p->topic, 0)->log), 0);
}

static struct sent *send_one(struct fixture *f, int16_t acks)
{
	struct produce_request *request = message_new(&f->arena, produce_request);
	request->acks = acks;
	request->timeout_ms = 500;
	request->topic_data.items = message_array(&f->arena, produce_request_topic, 1);
	request->topic_data.len = 1;
	request->topic_data.items[0].name = SLICE("t");
	request->topic_data.items[0].partition_data.items =
		message_array(&f->arena, produce_request_partition, 1);
	request->topic_data.items[0].partition_data.len = 1;
	request->topic_data.items[0].partition_data.items[0].records = fixture_batch(f, "k", "v");
	return fixture_send(f, &produce_request_message, &produce_response_message, 9, request);
}

static int16_t error_of(struct fixture *f, struct sent *sent)
{
	bool close;
	struct produce_response *response = fixture_take(f, sent, &close);
	return response->responses.items[0].partition_responses.items[0].error_code;
}

static void acks_all_waits_for_the_disk_and_acks_1_does_not(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	struct sent *all = send_one(f, -1), *one = send_one(f, 1);
	assert_false(all->done);
	assert_true(one->done);
	fixture_sync(f);
	assert_true(all->done);
	assert_int_equal(error_of(f, all), 0);
	assert_int_equal(error_of(f, one), 0);
}

static void a_client_that_waits_no_longer_is_told_so(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	struct sent *sent = send_one(f, -1);
	fixture_advance(f, 499);
	assert_false(sent->done);
	fixture_advance(f, 1);
	assert_true(sent->done);
	assert_int_equal(error_of(f, sent), KAFKA_REQUEST_TIMED_OUT);
}

static void an_abandoned_request_is_forgotten(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	struct sent *sent = send_one(f, -1);
	request_abandon(f->broker, sent->request);
	fixture_sync(f);
	assert_false(sent->done);
	request_free(sent->request);
}

static void who_waits_for_a_topic_that_is_deleted_hears_of_it(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	struct sent *sent = send_one(f, -1);
	struct topic *topic = topic_find(f->broker, SLICE("t"));
	assert_ok(topic_delete(f->broker, topic, &f->err), &f->err);
	fixture_advance(f, 0);
	assert_true(sent->done);
	assert_int_equal(error_of(f, sent), KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
}

static void acks_0_has_no_answer_and_an_error_closes_the_connection(void **state)
{
	struct fixture *f = *state;
	bool close;
	fixture_create_topic(f, "t", 1);
	struct sent *good = send_one(f, 0);
	assert_null(fixture_take(f, good, &close));
	assert_false(close);
	assert_ok(topic_delete(f->broker, topic_find(f->broker, SLICE("t")), &f->err), &f->err);
	struct sent *bad = send_one(f, 0);
	assert_null(fixture_take(f, bad, &close));
	assert_true(close);
}

static struct slice damaged(struct fixture *f, size_t at, uint8_t value)
{
	struct slice batch = fixture_batch(f, "key", "value");
	uint8_t *bytes = arena_array(&f->arena, uint8_t, batch.len);
	memcpy(bytes, batch.data, batch.len);
	bytes[at] = value;
	return slice_of(bytes, batch.len);
}

static void what_may_not_be_appended_is_refused_with_kafkas_code(void **state)
{
	struct fixture *f = *state;
	int16_t error;
	struct slice good = fixture_batch(f, "k", "v");
	fixture_create_topic(f, "t", 1);
	fixture_produce(f, "nowhere", 0, good, 1, &error);
	assert_int_equal(error, KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
	fixture_produce(f, "t", 1, good, 1, &error);
	assert_int_equal(error, KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
	fixture_produce(f, "t", 0, good, 2, &error);
	assert_int_equal(error, KAFKA_INVALID_REQUIRED_ACKS);
	fixture_produce(f, "t", 0, damaged(f, 70, 'x'), 1, &error);
	assert_int_equal(error, KAFKA_CORRUPT_MESSAGE);
	fixture_produce(f, "t", 0, damaged(f, 16, 1), 1, &error);
	assert_true(error == KAFKA_UNSUPPORTED_FOR_MESSAGE_FORMAT || error == KAFKA_INVALID_RECORD);
	fixture_produce(f, "t", 0, SLICE_EMPTY, 1, &error);
	assert_true(error == KAFKA_INVALID_RECORD || error == KAFKA_CORRUPT_MESSAGE);
	struct partition *p = topic_partition(topic_find(f->broker, SLICE("t")), 0);
	assert_int_equal(log_end_offset(p->log), 0);
}

static void a_compacted_topic_wants_keys(void **state)
{
	struct fixture *f = *state;
	int16_t error;
	fixture_create_topic(f, "t", 1);
	struct topic *topic = topic_find(f->broker, SLICE("t"));
	struct configs configs;
	configs_init(&configs, &TOPIC_CONFIGS);
	configs_set(&configs, TOPIC_CLEANUP_POLICY, SLICE("compact"));
	assert_ok(topic_set_configs(f->broker, topic, &configs, &f->err), &f->err);
	configs_fini(&configs);
	fixture_produce(f, "t", 0, fixture_batch(f, NULL, "v"), 1, &error);
	assert_int_equal(error, KAFKA_INVALID_RECORD);
	assert_int_equal(fixture_produce(f, "t", 0, fixture_batch(f, "k", "v"), 1, &error), 0);
	assert_int_equal(error, 0);
}

static void nobody_writes_into_the_brokers_own_topics(void **state)
{
	struct fixture *f = *state;
	int16_t error;
	fixture_create_topic(f, "__consumer_offsets", 1);
	fixture_produce(f, "__consumer_offsets", 0, fixture_batch(f, "k", "v"), 1, &error);
	assert_int_equal(error, KAFKA_INVALID_TOPIC_EXCEPTION);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(offsets_count_up_within_a_partition),
		  WITH_FIXTURE(acks_all_waits_for_the_disk_and_acks_1_does_not),
		  WITH_FIXTURE(a_client_that_waits_no_longer_is_told_so),
		  WITH_FIXTURE(an_abandoned_request_is_forgotten),
		  WITH_FIXTURE(who_waits_for_a_topic_that_is_deleted_hears_of_it),
		  WITH_FIXTURE(acks_0_has_no_answer_and_an_error_closes_the_connection),
		  WITH_FIXTURE(what_may_not_be_appended_is_refused_with_kafkas_code),
		  WITH_FIXTURE(a_compacted_topic_wants_keys),
		  WITH_FIXTURE(nobody_writes_into_the_brokers_own_topics));
}
