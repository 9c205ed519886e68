#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

static struct create_topics_request *creation(struct fixture *f, const char *name,
					      int32_t partitions, int16_t replicas)
{
	struct create_topics_request *request = message_new(&f->arena, create_topics_request);
	request->topics.items = message_array(&f->arena, create_topics_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = slice_str(name);
	request->topics.items[0].num_partitions = partitions;
	request->topics.items[0].replication_factor = replicas;
	return request;
}

static int16_t create(struct fixture *f, struct create_topics_request *request)
{
	struct create_topics_response *response = ask(f, create_topics, 7, request);
	assert_int_equal(response->topics.len, 1);
	const struct create_topics_response_topic *topic = &response->topics.items[0];
	assert_int_equal(topic->error_message.data != NULL, topic->error_code != 0);
	return topic->error_code;
}

static const struct {
	const char *name;
	int32_t partitions;
	int16_t replicas, error;
} CREATIONS[] = {
	{ "a", 1, 1, KAFKA_NONE },
	{ "b", -1, -1, KAFKA_NONE },
	{ "c", 3, 3, KAFKA_NONE }, /* one replica will do */
	{ "a", 1, 1, KAFKA_TOPIC_ALREADY_EXISTS },
	{ "", 1, 1, KAFKA_INVALID_TOPIC_EXCEPTION },
	{ ".", 1, 1, KAFKA_INVALID_TOPIC_EXCEPTION },
	{ "..", 1, 1, KAFKA_INVALID_TOPIC_EXCEPTION },
	{ "a b", 1, 1, KAFKA_INVALID_TOPIC_EXCEPTION },
	{ "a/b", 1, 1, KAFKA_INVALID_TOPIC_EXCEPTION },
	{ "d", 0, 1, KAFKA_INVALID_PARTITIONS },
	{ "d", -2, 1, KAFKA_INVALID_PARTITIONS },
	{ "d", 1, 0, KAFKA_INVALID_REPLICATION_FACTOR },
	{ "d", 1, -2, KAFKA_INVALID_REPLICATION_FACTOR },
	{ "x.y", 1, 1, KAFKA_NONE },
	{ "x_y", 1, 1, KAFKA_INVALID_TOPIC_EXCEPTION },
};

static void topics_are_made_or_refused_as_kafka_does(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT_OF(CREATIONS); i++)
		assert_int_equal(create(f, creation(f, CREATIONS[i].name, CREATIONS[i].partitions,
						    CREATIONS[i].replicas)),
				 CREATIONS[i].error);
	assert_int_equal(topic_find(f->broker, SLICE("c"))->partitions.len, 3);
}

static void a_name_of_249_characters_is_the_longest(void **state)
{
	struct fixture *f = *state;
	char name[251];
	memset(name, 'n', sizeof(name));
	name[249] = '\0';
	assert_int_equal(create(f, creation(f, name, 1, 1)), 0);
	name[249] = 'n';
	name[250] = '\0';
	assert_int_equal(create(f, creation(f, name, 1, 1)), KAFKA_INVALID_TOPIC_EXCEPTION);
}

static void a_strict_broker_refuses_more_replicas_than_brokers(void **state)
{
	struct fixture *f = *state;
	fixture_set(f, BROKER_REPLICATION_LENIENT, "false");
	fixture_restart(f, true);
	assert_int_equal(create(f, creation(f, "a", 1, 3)), KAFKA_INVALID_REPLICATION_FACTOR);
}

static void a_topic_named_twice_is_refused_once_for_both(void **state)
{
	struct fixture *f = *state;
	struct create_topics_request *request = message_new(&f->arena, create_topics_request);
	request->topics.items = message_array(&f->arena, create_topics_request_topic, 2);
	request->topics.len = 2;
	request->topics.items[0].name = request->topics.items[1].name = SLICE("a");
	assert_int_equal(create(f, request), KAFKA_INVALID_REQUEST);
	assert_null(topic_find(f->broker, SLICE("a")));
}

static void to_validate_only_makes_nothing(void **state)
{
	struct fixture *f = *state;
	struct create_topics_request *request = creation(f, "a", 2, 1);
	request->validate_only = true;
	assert_int_equal(create(f, request), 0);
	assert_null(topic_find(f->broker, SLICE("a")));
}

static void settings_come_with_a_topic(void **state)
{
	struct fixture *f = *state;
	struct create_topics_request *request = creation(f, "a", 1, 1);
	struct create_topics_request_config *config =
		message_array(&f->arena, create_topics_request_config, 1);
	request->topics.items[0].configs.items = config;
	request->topics.items[0].configs.len = 1;
	config->name = SLICE("retention.ms");
	config->value = SLICE("soon");
	assert_int_equal(create(f, request), KAFKA_INVALID_CONFIG);
	config->name = SLICE("no.such.setting");
	assert_int_equal(create(f, request), KAFKA_INVALID_CONFIG);
	config->name = SLICE("retention.ms");
	config->value = (struct slice){ 0 };
	assert_int_equal(create(f, request), KAFKA_INVALID_CONFIG);
	config->value = SLICE("1234");
	assert_int_equal(create(f, request), 0);
	struct partition *p = topic_partition(topic_find(f->broker, SLICE("a")), 0);
	assert_int_equal(log_config(p->log)->retention_ms, 1234);
}

static void replicas_may_be_assigned_to_this_broker_only(void **state)
{
	struct fixture *f = *state;
	struct create_topics_request *request = creation(f, "a", -1, -1);
	int32_t nodes[] = { 1, 2 };
	struct create_topics_request_assignment *rows =
		message_array(&f->arena, create_topics_request_assignment, 2);
	request->topics.items[0].assignments.items = rows;
	request->topics.items[0].assignments.len = 2;
	rows[0].broker_ids.items = rows[1].broker_ids.items = nodes;
	rows[0].broker_ids.len = rows[1].broker_ids.len = 1;
	assert_int_equal(create(f, request), KAFKA_INVALID_REPLICA_ASSIGNMENT); /* 0 twice */
	rows[1].partition_index = 1;
	rows[1].broker_ids.items = &nodes[1];
	assert_int_equal(create(f, request), KAFKA_INVALID_REPLICA_ASSIGNMENT); /* no broker 2 */
	rows[1].broker_ids.items = nodes;
	assert_int_equal(create(f, request), 0);
	assert_int_equal(topic_find(f->broker, SLICE("a"))->partitions.len, 2);
}

static int16_t delete_by_name(struct fixture *f, const char *name)
{
	struct delete_topics_request *request = message_new(&f->arena, delete_topics_request);
	struct slice names[] = { slice_str(name) };
	request->topic_names.items = names;
	request->topic_names.len = 1;
	return ask(f, delete_topics, 5, request)->responses.items[0].error_code;
}

static void a_deleted_topic_is_gone_and_its_name_is_free(void **state)
{
	struct fixture *f = *state;
	int16_t error;
	fixture_create_topic(f, "a", 2);
	fixture_produce(f, "a", 0, fixture_batch(f, "k", "v"), -1, &error);
	assert_int_equal(delete_by_name(f, "a"), 0);
	assert_int_equal(delete_by_name(f, "a"), KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
	fixture_restart(f, false);
	assert_null(topic_find(f->broker, SLICE("a")));
	fixture_create_topic(f, "a", 1);
	assert_int_equal(fixture_produce(f, "a", 0, fixture_batch(f, "k", "v"), -1, &error), 0);
}

static void a_topic_may_be_deleted_by_its_id(void **state)
{
	struct fixture *f = *state;
	struct delete_topics_request *request = message_new(&f->arena, delete_topics_request);
	request->topics.items = message_array(&f->arena, delete_topics_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].topic_id = fixture_create_topic(f, "a", 1);
	struct delete_topics_response *response = ask(f, delete_topics, 6, request);
	assert_int_equal(response->responses.items[0].error_code, 0);
	assert_slice(response->responses.items[0].name, "a");
	response = ask(f, delete_topics, 6, request);
	assert_int_equal(response->responses.items[0].error_code, KAFKA_UNKNOWN_TOPIC_ID);
}

static int16_t grow(struct fixture *f, const char *name, int32_t count)
{
	struct create_partitions_request *request =
		message_new(&f->arena, create_partitions_request);
	request->topics.items = message_array(&f->arena, create_partitions_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = slice_str(name);
	request->topics.items[0].count = count;
	return ask(f, create_partitions, 3, request)->results.items[0].error_code;
}

static void a_topic_grows_and_never_shrinks(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "a", 2);
	assert_int_equal(grow(f, "b", 2), KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
	assert_int_equal(grow(f, "a", 2), KAFKA_INVALID_PARTITIONS);
	assert_int_equal(grow(f, "a", 1), KAFKA_INVALID_PARTITIONS);
	assert_int_equal(grow(f, "a", 4), 0);
	fixture_restart(f, false);
	assert_int_equal(topic_find(f->broker, SLICE("a"))->partitions.len, 4);
}

static void topics_survive_a_crash_with_their_ids_settings_and_records(void **state)
{
	struct fixture *f = *state;
	int16_t error;
	struct uuid id = fixture_create_topic(f, "a", 3);
	struct configs configs;
	configs_init(&configs, &TOPIC_CONFIGS);
	configs_set(&configs, TOPIC_RETENTION_MS, SLICE("777"));
	assert_ok(topic_set_configs(f->broker, topic_find(f->broker, SLICE("a")), &configs,
				    &f->err),
		  &f->err);
	configs_fini(&configs);
	fixture_produce(f, "a", 2, fixture_batch(f, "k", "v"), -1, &error);
	fixture_restart(f, false);
	struct topic *topic = topic_find(f->broker, SLICE("a"));
	assert_non_null(topic);
	assert_true(uuid_eq(topic->id, id));
	assert_ptr_equal(topic_find_id(f->broker, id), topic);
	assert_int_equal(topic->partitions.len, 3);
	assert_int_equal(log_config(topic->partitions.items[0]->log)->retention_ms, 777);
	assert_int_equal(log_end_offset(topic->partitions.items[2]->log), 1);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(topics_are_made_or_refused_as_kafka_does),
		  WITH_FIXTURE(a_name_of_249_characters_is_the_longest),
		  WITH_FIXTURE(a_strict_broker_refuses_more_replicas_than_brokers),
		  WITH_FIXTURE(a_topic_named_twice_is_refused_once_for_both),
		  WITH_FIXTURE(to_validate_only_makes_nothing),
		  WITH_FIXTURE(settings_come_with_a_topic),
		  WITH_FIXTURE(replicas_may_be_assigned_to_this_broker_only),
		  WITH_FIXTURE(a_deleted_topic_is_gone_and_its_name_is_free),
		  WITH_FIXTURE(a_topic_may_be_deleted_by_its_id),
		  WITH_FIXTURE(a_topic_grows_and_never_shrinks),
		  WITH_FIXTURE(topics_survive_a_crash_with_their_ids_settings_and_records));
}
