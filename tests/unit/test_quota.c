#include "broker/quota.h"

#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

static struct alter_client_quotas_request *
change(struct fixture *f, const char *user, const char *client, const char *kind, double value)
{
	struct alter_client_quotas_request *request =
		message_new(&f->arena, alter_client_quotas_request);
	struct alter_client_quotas_request_entry *entry =
		message_array(&f->arena, alter_client_quotas_request_entry, 1);
	request->entries.items = entry;
	request->entries.len = 1;
	entry->entity.items = message_array(&f->arena, alter_client_quotas_request_entity, 2);
	const char *names[] = { user, client };
	for (int i = 0; i < 2; i++) {
		if (names[i] == NULL)
			continue;
		struct alter_client_quotas_request_entity *row =
			&entry->entity.items[entry->entity.len++];
		row->entity_type = i == 0 ? SLICE("user") : SLICE("client-id");
		if (strcmp(names[i], "<default>") != 0)
			row->entity_name = slice_str(names[i]);
	}
	entry->ops.items = message_array(&f->arena, alter_client_quotas_request_op, 1);
	entry->ops.len = 1;
	entry->ops.items[0].key = slice_str(kind);
	entry->ops.items[0].value = value;
	entry->ops.items[0].remove = value < 0;
	return request;
}

static int16_t set(struct fixture *f, const char *user, const char *client, const char *kind,
		   double value)
{
	return ask(f, alter_client_quotas, 1, change(f, user, client, kind, value))
		->entries.items[0]
		.error_code;
}

static void entities_come_back_from_their_texts(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT(1000);
	struct quota_entity entity = { .of = { { QUOTA_NAMED, SLICE("a,b=%<default>") },
					       { QUOTA_DEFAULT, { 0 } } } },
			    back;
	quota_entity_print(&entity, &text);
	assert_string_equal(buf_str(&text), "user=a%2Cb%3D%25%3Cdefault%3E,client-id=<default>");
	assert_ok(quota_entity_parse(buf_slice(&text), &f->arena, &back, &f->err), &f->err);
	assert_slice(back.of[QUOTA_USER].name, "a,b=%<default>");
	assert_int_equal(back.of[QUOTA_CLIENT].state, QUOTA_DEFAULT);
	assert_int_equal(back.of[QUOTA_IP].state, QUOTA_ABSENT);
	assert_fails(quota_entity_parse(SLICE("who=1"), &f->arena, &back, &f->err), &f->err,
		     ERR_CORRUPT, "no quota entity");
	buf_fini(&text);
}

static int32_t throttle_of_produce(struct fixture *f)
{
	struct produce_request *request = message_new(&f->arena, produce_request);
	request->acks = 1;
	request->topic_data.items = message_array(&f->arena, produce_request_topic, 1);
	request->topic_data.len = 1;
	request->topic_data.items[0].name = SLICE("t");
	request->topic_data.items[0].partition_data.items =
		message_array(&f->arena, produce_request_partition, 1);
	request->topic_data.items[0].partition_data.len = 1;
	request->topic_data.items[0].partition_data.items[0].records = fixture_batch(f, "k", "v");
	return ask(f, produce, 9, request)->throttle_time_ms;
}

static void who_goes_past_the_limit_is_told_to_wait(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	assert_int_equal(throttle_of_produce(f), 0);
	assert_int_equal(set(f, NULL, "test", "producer_byte_rate", 1e9), 0);
	assert_int_equal(throttle_of_produce(f), 0);
	assert_int_equal(set(f, NULL, "test", "producer_byte_rate", 10), 0);
	int32_t once = throttle_of_produce(f);
	int32_t twice = throttle_of_produce(f);
	assert_true(once > 0);
	assert_true(twice > once);
	fixture_advance(f, 60000); /* rested */
	assert_int_equal(set(f, NULL, "test", "producer_byte_rate", 100), 0);
	assert_int_equal(throttle_of_produce(f), 0);
}

static void the_most_particular_limit_counts(void **state)
{
	struct fixture *f = *state;
	fixture_create_topic(f, "t", 1);
	assert_int_equal(set(f, NULL, "<default>", "producer_byte_rate", 1), 0);
	assert_true(throttle_of_produce(f) > 0);
	assert_int_equal(set(f, NULL, "test", "producer_byte_rate", 1e9), 0);
	assert_int_equal(throttle_of_produce(f), 0);
	assert_int_equal(set(f, "ANONYMOUS", NULL, "producer_byte_rate", 1), 0);
	assert_true(throttle_of_produce(f) > 0);
	assert_int_equal(set(f, "ANONYMOUS", "test", "producer_byte_rate", 1e9), 0);
	assert_int_equal(throttle_of_produce(f), 0);
	assert_int_equal(set(f, "ANONYMOUS", "test", "producer_byte_rate", -1), 0); /* removed */
	assert_true(throttle_of_produce(f) > 0);
}

static uint32_t count(struct fixture *f, const char *type, int8_t match_type, const char *match,
		      bool strict)
{
	struct describe_client_quotas_request *request =
		message_new(&f->arena, describe_client_quotas_request);
	struct describe_client_quotas_request_component component = { .entity_type =
									      slice_str(type),
								      .match_type = match_type };
	if (match != NULL)
		component.match = slice_str(match);
	request->components.items = &component;
	request->components.len = 1;
	request->strict = strict;
	struct describe_client_quotas_response *response =
		ask(f, describe_client_quotas, 1, request);
	assert_int_equal(response->error_code, 0);
	return response->entries.len;
}

static void limits_are_listed_by_filter_and_survive(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(set(f, "a", NULL, "producer_byte_rate", 1.5), 0);
	assert_int_equal(set(f, "a", "c", "consumer_byte_rate", 2), 0);
	assert_int_equal(set(f, "<default>", NULL, "request_percentage", 3), 0);
	fixture_restart(f, false);
	assert_int_equal(count(f, "user", 0, "a", false), 2);
	assert_int_equal(count(f, "user", 0, "a", true), 1);
	assert_int_equal(count(f, "user", 1, NULL, false), 1);
	assert_int_equal(count(f, "user", 2, NULL, false), 3);
	assert_int_equal(count(f, "client-id", 0, "c", false), 1);
	assert_int_equal(count(f, "ip", 2, NULL, false), 0);
}

static void nonsense_is_refused(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(set(f, "a", NULL, "speed", 1), KAFKA_INVALID_REQUEST);
	assert_int_equal(set(f, "a", NULL, "producer_byte_rate", 0), KAFKA_INVALID_REQUEST);
	assert_int_equal(set(f, NULL, NULL, "producer_byte_rate", 1), KAFKA_INVALID_REQUEST);
	assert_int_equal(set(f, "", NULL, "producer_byte_rate", 1), KAFKA_INVALID_REQUEST);
	assert_int_equal(set(f, "a", NULL, "connection_creation_rate", 1), KAFKA_INVALID_REQUEST);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(entities_come_back_from_their_texts),
		  WITH_FIXTURE(who_goes_past_the_limit_is_told_to_wait),
		  WITH_FIXTURE(the_most_particular_limit_counts),
		  WITH_FIXTURE(limits_are_listed_by_filter_and_survive),
		  WITH_FIXTURE(nonsense_is_refused));
}
