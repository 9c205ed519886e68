#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

#define TOPIC_RESOURCE 2
#define BROKER_RESOURCE 4
#define GROUP_RESOURCE 32

static struct describe_configs_response_result *describe(struct fixture *f, int8_t type,
							 const char *name)
{
	struct describe_configs_request *request = message_new(&f->arena, describe_configs_request);
	request->resources.items = message_array(&f->arena, describe_configs_request_resource, 1);
	request->resources.len = 1;
	request->resources.items[0].resource_type = type;
	request->resources.items[0].resource_name = slice_str(name);
	request->include_synonyms = request->include_documentation = true;
	return &ask(f, describe_configs, 4, request)->results.items[0];
}

static struct describe_configs_response_config *config_of(struct fixture *f, int8_t type,
							  const char *name, const char *config)
{
	struct describe_configs_response_result *result = describe(f, type, name);
	assert_int_equal(result->error_code, 0);
	for (uint32_t i = 0; i < result->configs.len; i++) {
		if (slice_eq_str(result->configs.items[i].name, config))
			return &result->configs.items[i];
	}
	return NULL;
}

static int16_t alter(struct fixture *f, int8_t type, const char *name, int8_t operation,
		     const char *config, const char *value)
{
	struct incremental_alter_configs_request *request =
		message_new(&f->arena, incremental_alter_configs_request);
	struct incremental_alter_configs_request_resource *resource =
		message_array(&f->arena, incremental_alter_configs_request_resource, 1);
	request->resources.items = resource;
	request->resources.len = 1;
	resource->resource_type = type;
	resource->resource_name = slice_str(name);
	resource->configs.items =
		message_array(&f->arena, incremental_alter_configs_request_config, 1);
	resource->configs.len = 1;
	resource->configs.items[0].name = slice_str(config);
	resource->configs.items[0].config_operation = operation;
	resource->configs.items[0].value = value != NULL ? slice_str(value) : (struct slice){ 0 };
	return ask(f, incremental_alter_configs, 1, request)->responses.items[0].error_code;
}

enum { SET, DELETE, APPEND, SUBTRACT };

static void a_topics_settings_are_all_described(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	struct describe_configs_response_result *result = describe(f, TOPIC_RESOURCE, "t");
	assert_int_equal(result->configs.len, TOPIC_CONFIGS_LEN);
	struct describe_configs_response_config *row =
		config_of(f, TOPIC_RESOURCE, "t", "segment.bytes");
	assert_slice(row->value, "1073741824");
	assert_int_equal(row->config_source, CONFIG_SOURCE_DEFAULT);
	assert_int_equal(row->config_type, CONFIG_INT);
	assert_false(row->read_only);
	assert_true(row->documentation.len > 0);
	assert_int_equal(row->synonyms.len, 1);
	assert_slice(row->synonyms.items[0].name, "log.segment.bytes");
	assert_int_equal(describe(f, TOPIC_RESOURCE, "u")->error_code,
			 KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
	assert_int_equal(describe(f, 77, "t")->error_code, KAFKA_INVALID_REQUEST);
}

static void a_setting_is_set_deleted_appended_and_subtracted(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	struct topic *topic = topic_find(f->broker, SLICE("t"));
	const struct log_config *config = log_config(topic->partitions.items[0]->log);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SET, "retention.ms", "5"), 0);
	assert_int_equal(config->retention_ms, 5);
	assert_int_equal(config_of(f, TOPIC_RESOURCE, "t", "retention.ms")->config_source,
			 CONFIG_SOURCE_TOPIC);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", DELETE, "retention.ms", NULL), 0);
	assert_int_equal(config->retention_ms, 604800000);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", APPEND, "cleanup.policy", "compact"), 0);
	assert_slice(config_of(f, TOPIC_RESOURCE, "t", "cleanup.policy")->value, "delete,compact");
	assert_true(config->cleanup_compact);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SUBTRACT, "cleanup.policy", "delete"), 0);
	assert_false(config->cleanup_delete);
}

static void what_may_not_be_changed_is_refused(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SET, "retention.ms", "x"),
			 KAFKA_INVALID_CONFIG);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SET, "nonsense", "x"), KAFKA_INVALID_CONFIG);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", APPEND, "retention.ms", "5"),
			 KAFKA_INVALID_CONFIG);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SET, "retention.ms", NULL),
			 KAFKA_INVALID_REQUEST);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", 9, "retention.ms", "5"),
			 KAFKA_INVALID_REQUEST);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SET, "min.compaction.lag.ms",
			       "9223372036854775807"),
			 0);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SET, "max.compaction.lag.ms", "5"),
			 KAFKA_INVALID_CONFIG);
	assert_int_equal(alter(f, BROKER_RESOURCE, "1", SET, "node.id", "5"),
			 KAFKA_INVALID_REQUEST);
	assert_int_equal(alter(f, BROKER_RESOURCE, "2", SET, "log.retention.ms", "5"),
			 KAFKA_INVALID_REQUEST);
}

static void the_brokers_settings_reach_topics_and_survive(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	assert_int_equal(alter(f, BROKER_RESOURCE, "", SET, "log.retention.ms", "6"), 0);
	assert_int_equal(alter(f, BROKER_RESOURCE, "1", SET, "message.max.bytes", "5000"), 0);
	assert_int_equal(alter(f, GROUP_RESOURCE, "g=1\n", SET, "consumer.session.timeout.ms",
			       "50000"),
			 0);
	fixture_restart(f, false);
	struct topic *topic = topic_find(f->broker, SLICE("t"));
	const struct log_config *config = log_config(topic->partitions.items[0]->log);
	assert_int_equal(config->retention_ms, 6);
	assert_int_equal(config->max_message_bytes, 5000);
	struct describe_configs_response_config *row =
		config_of(f, TOPIC_RESOURCE, "t", "retention.ms");
	assert_int_equal(row->config_source, CONFIG_SOURCE_BROKER_DEFAULT);
	assert_slice(config_of(f, BROKER_RESOURCE, "1", "message.max.bytes")->value, "5000");
	assert_slice(config_of(f, GROUP_RESOURCE, "g=1\n", "consumer.session.timeout.ms")->value,
		     "50000");
	assert_int_equal(describe(f, BROKER_RESOURCE, "")->configs.len, 1);
	assert_true(config_of(f, BROKER_RESOURCE, "1", "node.id")->read_only);
}

static void the_older_request_replaces_all_that_was_set(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	assert_int_equal(alter(f, TOPIC_RESOURCE, "t", SET, "retention.ms", "5"), 0);
	struct alter_configs_request *request = message_new(&f->arena, alter_configs_request);
	struct alter_configs_request_resource *resource =
		message_array(&f->arena, alter_configs_request_resource, 1);
	request->resources.items = resource;
	request->resources.len = 1;
	resource->resource_type = TOPIC_RESOURCE;
	resource->resource_name = SLICE("t");
	resource->configs.items = message_array(&f->arena, alter_configs_request_config, 1);
	resource->configs.len = 1;
	resource->configs.items[0].name = SLICE("segment.ms");
	resource->configs.items[0].value = SLICE("7");
	request->validate_only = true;
	assert_int_equal(ask(f, alter_configs, 2, request)->responses.items[0].error_code, 0);
	assert_slice(config_of(f, TOPIC_RESOURCE, "t", "retention.ms")->value, "5");
	request->validate_only = false;
	assert_int_equal(ask(f, alter_configs, 2, request)->responses.items[0].error_code, 0);
	assert_slice(config_of(f, TOPIC_RESOURCE, "t", "retention.ms")->value, "604800000");
	assert_slice(config_of(f, TOPIC_RESOURCE, "t", "segment.ms")->value, "7");
}

static void resources_are_listed_by_type(void **state)
{
	struct fixture *f = *state;
	struct list_config_resources_request *request =
		message_new(&f->arena, list_config_resources_request);
	fixture_create_topic(f, "t", 1);
	alter(f, GROUP_RESOURCE, "g", SET, "consumer.session.timeout.ms", "50000");
	struct list_config_resources_response *response = ask(f, list_config_resources, 1, request);
	assert_int_equal(response->config_resources.len, 4);
	int8_t group = GROUP_RESOURCE;
	request->resource_types.items = &group;
	request->resource_types.len = 1;
	response = ask(f, list_config_resources, 1, request);
	assert_int_equal(response->config_resources.len, 1);
	assert_slice(response->config_resources.items[0].resource_name, "g");
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(a_topics_settings_are_all_described),
		  WITH_FIXTURE(a_setting_is_set_deleted_appended_and_subtracted),
		  WITH_FIXTURE(what_may_not_be_changed_is_refused),
		  WITH_FIXTURE(the_brokers_settings_reach_topics_and_survive),
		  WITH_FIXTURE(the_older_request_replaces_all_that_was_set),
		  WITH_FIXTURE(resources_are_listed_by_type));
}
