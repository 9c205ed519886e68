/*
 * The power goes at every single change of the disk, one after another: what a client was told is
 * done is there afterwards, and the broker serves.
 */
#include "broker/api.h"
#include "host/disk_sim.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

/* What clients were told before the power went. */
struct told {
	bool created[3];
	int32_t partitions[3];
	int64_t acknowledged[3]; /* records of partition 0 */
	bool deleted;            /* topic 0 */
	bool configured;         /* topic 1 */
};

static const char *const NAMES[] = { "gone", "kept", "grown" };

static bool create(struct fixture *f, struct told *told, int i)
{
	struct create_topics_request *request = message_new(&f->arena, create_topics_request);
	request->topics.items = message_array(&f->arena, create_topics_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = slice_str(NAMES[i]);
	request->topics.items[0].num_partitions = 2;
	request->topics.items[0].replication_factor = 1;
	struct create_topics_response *response = ask(f, create_topics, 5, request);
	told->created[i] = response->topics.items[0].error_code == 0;
	told->partitions[i] = 2;
	return told->created[i];
}

static bool produce(struct fixture *f, struct told *told, int i)
{
	int16_t error;
	fixture_produce(f, NAMES[i], 0, fixture_batch(f, "k", "v"), -1, &error);
	if (error == 0)
		told->acknowledged[i]++;
	return error == 0;
}

static bool grow(struct fixture *f, struct told *told, int i)
{
	struct create_partitions_request *request =
		message_new(&f->arena, create_partitions_request);
	request->topics.items = message_array(&f->arena, create_partitions_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = slice_str(NAMES[i]);
	request->topics.items[0].count = 4;
	struct create_partitions_response *response = ask(f, create_partitions, 3, request);
	if (response->results.items[0].error_code == 0)
		told->partitions[i] = 4;
	return response->results.items[0].error_code == 0;
}

static bool configure(struct fixture *f, struct told *told)
{
	struct alter_configs_request *request = message_new(&f->arena, alter_configs_request);
	struct alter_configs_request_config config = { .name = SLICE("retention.ms"),
						       .value = SLICE("1234567") };
	request->resources.items = message_array(&f->arena, alter_configs_request_resource, 1);
	request->resources.len = 1;
	request->resources.items[0].resource_type = 2;
	request->resources.items[0].resource_name = slice_str(NAMES[1]);
	request->resources.items[0].configs.items = &config;
	request->resources.items[0].configs.len = 1;
	told->configured = ask(f, alter_configs, 2, request)->responses.items[0].error_code == 0;
	return told->configured;
}

static bool delete (struct fixture *f, struct told *told)
{
	struct delete_topics_request *request = message_new(&f->arena, delete_topics_request);
	struct slice names[] = { slice_str(NAMES[0]) };
	request->topic_names.items = names;
	request->topic_names.len = 1;
	told->deleted = ask(f, delete_topics, 5, request)->responses.items[0].error_code == 0;
	return told->deleted;
}

/* Stops at the first thing that fails, as its client would. */
static void live(struct fixture *f, struct told *told)
{
	for (int i = 0; i < 3; i++) {
		if (!create(f, told, i) || !produce(f, told, i))
			return;
	}
	if (!configure(f, told) || !grow(f, told, 2) || !produce(f, told, 1) || !delete (f, told))
		return;
	for (int i = 0; i < 5; i++) {
		if (!produce(f, told, 1) || !produce(f, told, 2))
			return;
	}
}

static void check_topic(struct fixture *f, const struct told *told, int i)
{
	struct topic *topic = topic_find(f->broker, slice_str(NAMES[i]));
	if (i == 0 && told->deleted)
		assert_null(topic);
	if (!told->created[i] || (i == 0 && topic == NULL))
		return; /* a deletion that was not acknowledged may have happened */
	assert_non_null(topic);
	assert_true((int32_t)topic->partitions.len >= told->partitions[i]);
	struct log *log = topic->partitions.items[0]->log;
	assert_true(log_end_offset(log) >= told->acknowledged[i]);
	if (i == 1 && told->configured)
		assert_int_equal(log_config(log)->retention_ms, 1234567);
}

static void check(struct fixture *f, const struct told *told)
{
	struct told after = { 0 };
	for (int i = 0; i < 3; i++)
		check_topic(f, told, i);
	if (topic_find(f->broker, slice_str(NAMES[1])) == NULL)
		assert_true(create(f, &after, 1));
	assert_true(produce(f, &after, 1));
}

static void a_crash_at_any_change_of_the_disk_loses_nothing_that_was_told(void **state)
{
	(void)state;
	bool went = true;
	uint64_t n;
	for (n = 1; went; n++) {
		void *made;
		struct told told = { 0 };
		fixture_set_up(&made);
		struct fixture *f = made;
		uint64_t before = disk_sim_count(f->disk, DISK_SIM_CHANGES);
		disk_sim_fail_at(f->disk, DISK_SIM_CHANGES, n, DISK_SIM_POWER);
		live(f, &told);
		went = disk_sim_count(f->disk, DISK_SIM_CHANGES) - before >= n;
		disk_sim_fail_at(f->disk, DISK_SIM_CHANGES, 0, DISK_SIM_POWER);
		fixture_restart(f, false);
		check(f, &told);
		fixture_tear_down(&made);
	}
	assert_true(n > 100);
	print_message("%llu places\n", (unsigned long long)n);
}

static void a_full_disk_refuses_and_serves_again_once_there_is_room(void **state)
{
	struct fixture *f = *state;
	int16_t error = 0;
	fixture_create_topic(f, "t", 1);
	disk_sim_fail_often(f->disk, DISK_SIM_CHANGES, 1000000, DISK_SIM_NO_SPACE);
	fixture_produce(f, "t", 0, fixture_batch(f, "k", "v"), -1, &error);
	assert_true(error == KAFKA_KAFKA_STORAGE_ERROR || error == KAFKA_REQUEST_TIMED_OUT);
	struct create_topics_request *request = message_new(&f->arena, create_topics_request);
	request->topics.items = message_array(&f->arena, create_topics_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = SLICE("u");
	request->topics.items[0].num_partitions = request->topics.items[0].replication_factor = 1;
	struct create_topics_response *response = ask(f, create_topics, 5, request);
	assert_int_equal(response->topics.items[0].error_code, KAFKA_KAFKA_STORAGE_ERROR);
	disk_sim_fail_often(f->disk, DISK_SIM_CHANGES, 0, DISK_SIM_NO_SPACE);
	fixture_advance(f, 60000);
	fixture_sync(f);
	fixture_produce(f, "t", 0, fixture_batch(f, "k", "v"), -1, &error);
	assert_int_equal(error, 0);
	assert_int_equal(ask(f, create_topics, 5, request)->topics.items[0].error_code, 0);
}

int main(void)
{
	RUN_TESTS(TEST(a_crash_at_any_change_of_the_disk_loses_nothing_that_was_told),
		  cmocka_unit_test_setup_teardown(
			  a_full_disk_refuses_and_serves_again_once_there_is_room, fixture_set_up,
			  fixture_tear_down));
}
