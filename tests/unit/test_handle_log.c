#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

static struct list_offsets_response_partition *list(struct fixture *f, int16_t version,
						    int64_t timestamp)
{
	struct list_offsets_request *request = message_new(&f->arena, list_offsets_request);
	request->topics.items = message_array(&f->arena, list_offsets_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = SLICE("t");
	request->topics.items[0].partitions.items =
		message_array(&f->arena, list_offsets_request_partition, 1);
	request->topics.items[0].partitions.len = 1;
	request->topics.items[0].partitions.items[0].timestamp = timestamp;
	return &ask(f, list_offsets, version, request)->topics.items[0].partitions.items[0];
}

static void produce_at(struct fixture *f, int64_t wall_ms)
{
	int16_t error;
	f->time.wall_ms = wall_ms;
	fixture_produce(f, "t", 0, fixture_batch(f, "k", "v"), -1, &error);
	assert_int_equal(error, 0);
}

static void offsets_are_found_by_their_place_and_by_time(void **state)
{
	struct fixture *f = *state;
	int64_t start = f->time.wall_ms;
	fixture_create_topic(f, "t", 1);
	assert_int_equal(list(f, 1, -1)->offset, 0);
	for (int i = 0; i < 4; i++)
		produce_at(f, start + 100 * i);
	assert_int_equal(list(f, 1, -1)->offset, 4);
	assert_int_equal(list(f, 1, -2)->offset, 0);
	assert_int_equal(list(f, 7, -3)->offset, 3);
	assert_int_equal(list(f, 7, -3)->timestamp, start + 300);
	assert_int_equal(list(f, 8, -4)->offset, 0);
	assert_int_equal(list(f, 9, -5)->offset, -1);
	assert_int_equal(list(f, 1, start + 100)->offset, 1);
	assert_int_equal(list(f, 1, start + 101)->offset, 2);
	assert_int_equal(list(f, 1, start + 301)->offset, -1);
	assert_int_equal(list(f, 6, -3)->error_code, KAFKA_UNSUPPORTED_VERSION);
	assert_int_equal(list(f, 10, -9)->error_code, KAFKA_UNSUPPORTED_VERSION);
}

static struct delete_records_response_partition *delete_before(struct fixture *f, int64_t offset)
{
	struct delete_records_request *request = message_new(&f->arena, delete_records_request);
	request->topics.items = message_array(&f->arena, delete_records_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = SLICE("t");
	request->topics.items[0].partitions.items =
		message_array(&f->arena, delete_records_request_partition, 1);
	request->topics.items[0].partitions.len = 1;
	request->topics.items[0].partitions.items[0].offset = offset;
	return &ask(f, delete_records, 2, request)->topics.items[0].partitions.items[0];
}

static void records_are_forgotten_up_to_an_offset(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	for (int i = 0; i < 4; i++)
		produce_at(f, f->time.wall_ms);
	assert_int_equal(delete_before(f, 5)->error_code, KAFKA_OFFSET_OUT_OF_RANGE);
	assert_int_equal(delete_before(f, -2)->error_code, KAFKA_OFFSET_OUT_OF_RANGE);
	assert_int_equal(delete_before(f, 2)->low_watermark, 2);
	assert_int_equal(list(f, 1, -2)->offset, 2);
	assert_int_equal(delete_before(f, 1)->low_watermark, 2);
	assert_int_equal(delete_before(f, -1)->low_watermark, 4);
}

static void an_epoch_ends_where_the_log_ends(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	produce_at(f, f->time.wall_ms);
	struct offset_for_leader_epoch_request *request =
		message_new(&f->arena, offset_for_leader_epoch_request);
	request->topics.items = message_array(&f->arena, offset_for_leader_epoch_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].topic = SLICE("t");
	request->topics.items[0].partitions.items =
		message_array(&f->arena, offset_for_leader_epoch_request_partition, 1);
	request->topics.items[0].partitions.len = 1;
	struct offset_for_leader_epoch_request_partition *asked =
		&request->topics.items[0].partitions.items[0];
	struct topic *topic = topic_find(f->broker, SLICE("t"));
	asked->leader_epoch = log_leader_epoch(topic->partitions.items[0]->log);
	struct offset_for_leader_epoch_response_partition *answer =
		&ask(f, offset_for_leader_epoch, 4, request)->topics.items[0].partitions.items[0];
	assert_int_equal(answer->error_code, 0);
	assert_int_equal(answer->end_offset, 1);
	assert_int_equal(answer->leader_epoch, asked->leader_epoch);
	asked->current_leader_epoch = asked->leader_epoch + 1;
	answer = &ask(f, offset_for_leader_epoch, 4, request)->topics.items[0].partitions.items[0];
	assert_int_equal(answer->error_code, KAFKA_UNKNOWN_LEADER_EPOCH);
}

static void an_idle_partition_has_no_producers(void **state)
{
	struct fixture *f = *state;
	int32_t partitions[] = { 0, 1 };
	fixture_create_topic(f, "t", 1);
	struct describe_producers_request *request =
		message_new(&f->arena, describe_producers_request);
	request->topics.items = message_array(&f->arena, describe_producers_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = SLICE("t");
	request->topics.items[0].partition_indexes.items = partitions;
	request->topics.items[0].partition_indexes.len = 2;
	struct describe_producers_response *response = ask(f, describe_producers, 0, request);
	assert_int_equal(response->topics.items[0].partitions.items[0].error_code, 0);
	assert_int_equal(response->topics.items[0].partitions.items[0].active_producers.len, 0);
	assert_int_equal(response->topics.items[0].partitions.items[1].error_code,
			 KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(offsets_are_found_by_their_place_and_by_time),
		  WITH_FIXTURE(records_are_forgotten_up_to_an_offset),
		  WITH_FIXTURE(an_epoch_ends_where_the_log_ends),
		  WITH_FIXTURE(an_idle_partition_has_no_producers));
}
