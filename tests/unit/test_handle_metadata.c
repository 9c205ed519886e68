#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

static struct metadata_request *metadata_of(struct fixture *f, const char *topic)
{
	struct metadata_request *request = message_new(&f->arena, metadata_request);
	request->topics.items = message_array(&f->arena, metadata_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = slice_str(topic);
	return request;
}

static void every_version_tells_brokers_and_topics(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 2);
	for (int16_t version = 0; version <= 13; version++) {
		struct metadata_response *response = ask(f, metadata, version, metadata_of(f, "t"));
		assert_int_equal(response->brokers.len, 1);
		assert_slice(response->brokers.items[0].host, "localhost");
		assert_int_equal(response->brokers.items[0].port, 9092);
		assert_int_equal(response->topics.len, 1);
		struct metadata_response_topic *topic = &response->topics.items[0];
		assert_int_equal(topic->error_code, 0);
		assert_slice(topic->name, "t");
		assert_int_equal(topic->partitions.len, 2);
		assert_int_equal(topic->partitions.items[1].partition_index, 1);
		assert_int_equal(topic->partitions.items[1].leader_id, 1);
		assert_int_equal(topic->partitions.items[1].isr_nodes.len, 1);
		assert_int_equal(uuid_is_zero(topic->topic_id), version < 10);
		if (version >= 2)
			assert_int_equal(response->cluster_id.len, UUID_TEXT_LEN);
	}
}

static void all_topics_are_the_empty_list_at_first_and_null_later(void **state)
{
	struct fixture *f = *state;
	struct metadata_request *request = message_new(&f->arena, metadata_request);
	fixture_create_topic(f, "a", 1);
	fixture_create_topic(f, "b", 1);
	assert_int_equal(ask(f, metadata, 0, request)->topics.len, 2);
	assert_int_equal(ask(f, metadata, 1, request)->topics.len, 2); /* null */
	request->topics.items = message_array(&f->arena, metadata_request_topic, 0);
	assert_int_equal(ask(f, metadata, 1, request)->topics.len, 0);
}

static void a_topic_is_made_when_it_is_asked_for_if_that_is_allowed(void **state)
{
	struct fixture *f = *state;
	struct metadata_request *request = metadata_of(f, "new");
	request->allow_auto_topic_creation = false;
	assert_int_equal(ask(f, metadata, 4, request)->topics.items[0].error_code,
			 KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
	request->allow_auto_topic_creation = true;
	struct metadata_response *response = ask(f, metadata, 4, request);
	assert_int_equal(response->topics.items[0].error_code, 0);
	assert_int_equal(response->topics.items[0].partitions.len, 1);
	assert_int_equal(ask(f, metadata, 4, metadata_of(f, "a b"))->topics.items[0].error_code,
			 KAFKA_INVALID_TOPIC_EXCEPTION);
	fixture_set(f, BROKER_AUTO_CREATE_TOPICS, "false");
	fixture_restart(f, true);
	assert_int_equal(ask(f, metadata, 4, metadata_of(f, "more"))->topics.items[0].error_code,
			 KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
}

static void the_offsets_topic_has_its_own_shape(void **state)
{
	struct fixture *f = *state;
	struct metadata_response *response =
		ask(f, metadata, 4, metadata_of(f, "__consumer_offsets"));
	assert_int_equal(response->topics.items[0].partitions.len, 50);
	assert_true(response->topics.items[0].is_internal);
}

static void topics_are_found_by_their_ids(void **state)
{
	struct fixture *f = *state;
	struct metadata_request *request = metadata_of(f, "");
	request->topics.items[0].name = (struct slice){ 0 };
	request->topics.items[0].topic_id = fixture_create_topic(f, "t", 1);
	assert_slice(ask(f, metadata, 12, request)->topics.items[0].name, "t");
	request->topics.items[0].topic_id.bytes[3] ^= 1;
	struct metadata_response *response = ask(f, metadata, 12, request);
	assert_int_equal(response->topics.items[0].error_code, KAFKA_UNKNOWN_TOPIC_ID);
	assert_null(response->topics.items[0].name.data);
}

static void clients_are_told_the_advertised_address_of_their_listener(void **state)
{
	struct fixture *f = *state;
	fixture_set(f, BROKER_ADVERTISED_LISTENERS, "SSL://x:1, PLAINTEXT://broker.example:19092");
	fixture_restart(f, true);
	struct metadata_response *response = ask(f, metadata, 1, metadata_of(f, "t"));
	assert_slice(response->brokers.items[0].host, "broker.example");
	assert_int_equal(response->brokers.items[0].port, 19092);
}

static struct describe_topic_partitions_response *page(struct fixture *f, int32_t limit,
						       const char *topic, int32_t partition)
{
	struct describe_topic_partitions_request *request =
		message_new(&f->arena, describe_topic_partitions_request);
	request->response_partition_limit = limit;
	if (topic != NULL) {
		request->cursor = message_new(&f->arena, describe_topic_partitions_request_cursor);
		request->cursor->topic_name = slice_str(topic);
		request->cursor->partition_index = partition;
	}
	return ask(f, describe_topic_partitions, 0, request);
}

static void topics_are_described_page_by_page(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "b", 2);
	fixture_create_topic(f, "a", 3);
	struct describe_topic_partitions_response *response = page(f, 10, NULL, 0);
	assert_int_equal(response->topics.len, 2);
	assert_slice(response->topics.items[0].name, "a");
	assert_null(response->next_cursor);
	response = page(f, 2, NULL, 0);
	assert_int_equal(response->topics.items[0].partitions.len, 2);
	assert_slice(response->next_cursor->topic_name, "a");
	assert_int_equal(response->next_cursor->partition_index, 2);
	response = page(f, 2, "a", 2);
	assert_int_equal(response->topics.len, 2);
	assert_int_equal(response->topics.items[0].partitions.items[0].partition_index, 2);
	assert_int_equal(response->topics.items[1].partitions.len, 1);
	assert_slice(response->next_cursor->topic_name, "b");
	response = page(f, 2, "b", 1);
	assert_int_equal(response->topics.len, 1);
	assert_int_equal(response->topics.items[0].partitions.items[0].partition_index, 1);
	assert_null(response->next_cursor);
}

static void the_cluster_is_one_broker(void **state)
{
	struct fixture *f = *state;
	struct describe_cluster_request *request = message_new(&f->arena, describe_cluster_request);
	struct describe_cluster_response *response = ask(f, describe_cluster, 2, request);
	assert_int_equal(response->error_code, 0);
	assert_int_equal(response->brokers.len, 1);
	assert_int_equal(response->brokers.items[0].broker_id, 1);
	request->endpoint_type = 2;
	assert_int_equal(ask(f, describe_cluster, 2, request)->error_code,
			 KAFKA_MISMATCHED_ENDPOINT_TYPE);
}

static void log_dirs_tell_sizes(void **state)
{
	struct fixture *f = *state;
	int16_t error;
	struct describe_log_dirs_request *request =
		message_new(&f->arena, describe_log_dirs_request);
	fixture_create_topic(f, "t", 2);
	fixture_produce(f, "t", 1, fixture_batch(f, "k", "v"), -1, &error);
	struct describe_log_dirs_response *response = ask(f, describe_log_dirs, 4, request);
	assert_slice(response->results.items[0].log_dir, "data");
	struct describe_log_dirs_response_topic *topic =
		&response->results.items[0].topics.items[0];
	assert_int_equal(topic->partitions.len, 2);
	assert_int_equal(topic->partitions.items[0].partition_size, 0);
	assert_true(topic->partitions.items[1].partition_size > 60);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(every_version_tells_brokers_and_topics),
		  WITH_FIXTURE(all_topics_are_the_empty_list_at_first_and_null_later),
		  WITH_FIXTURE(a_topic_is_made_when_it_is_asked_for_if_that_is_allowed),
		  WITH_FIXTURE(the_offsets_topic_has_its_own_shape),
		  WITH_FIXTURE(topics_are_found_by_their_ids),
		  WITH_FIXTURE(clients_are_told_the_advertised_address_of_their_listener),
		  WITH_FIXTURE(topics_are_described_page_by_page),
		  WITH_FIXTURE(the_cluster_is_one_broker), WITH_FIXTURE(log_dirs_tell_sizes));
}
