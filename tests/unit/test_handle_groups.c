/*
 * Groups and offsets, asked through bytes as clients ask, and over restarts.
 */
#include "broker/coordinator.h"
#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"
#include "wire/event.h"

static int set_up(void **state)
{
	fixture_set_up(state);
	struct fixture *f = *state;
	fixture_create_topic(f, "events", 3);
	return 0;
}

static struct join_group_request *join_request(struct fixture *f, struct slice member_id)
{
	struct join_group_request *request = message_new(&f->arena, join_group_request);
	request->group_id = SLICE("readers");
	request->session_timeout_ms = 10000;
	request->rebalance_timeout_ms = 20000;
	request->member_id = member_id;
	request->protocol_type = SLICE("consumer");
	request->protocols.items = message_array(&f->arena, join_group_request_protocol, 1);
	request->protocols.len = 1;
	request->protocols.items[0].name = SLICE("range");
	/* Version 0 of a subscription: to "events", without user data. */
	request->protocols.items[0].metadata = SLICE("\0\0\0\0\0\1\0\6events\xff\xff\xff\xff");
	return request;
}

static struct slice join_alone(struct fixture *f, int16_t version, int32_t *ret_generation)
{
	struct join_group_request *request = join_request(f, SLICE_EMPTY);
	struct join_group_response *response = ask(f, join_group, version, request);
	if (version >= 4) {
		assert_int_equal(response->error_code, KAFKA_MEMBER_ID_REQUIRED);
		request->member_id = response->member_id;
		response = ask(f, join_group, version, request);
	}
	assert_int_equal(response->error_code, KAFKA_NONE);
	assert_slice(response->protocol_name, "range");
	assert_true(slice_eq(response->leader, response->member_id));
	assert_int_equal(response->members.len, 1);
	*ret_generation = response->generation_id;
	return response->member_id;
}

static void sync_alone(struct fixture *f, int16_t version, struct slice member_id,
		       int32_t generation)
{
	struct sync_group_request *request = message_new(&f->arena, sync_group_request);
	request->group_id = SLICE("readers");
	request->generation_id = generation;
	request->member_id = member_id;
	request->protocol_type = SLICE("consumer");
	request->protocol_name = SLICE("range");
	request->assignments.items = message_array(&f->arena, sync_group_request_assignment, 1);
	request->assignments.len = 1;
	request->assignments.items[0].member_id = member_id;
	request->assignments.items[0].assignment = SLICE("all of it");
	struct sync_group_response *response = ask(f, sync_group, version, request);
	assert_int_equal(response->error_code, KAFKA_NONE);
	assert_slice(response->assignment, "all of it");
}

static int16_t beat(struct fixture *f, struct slice member_id, int32_t generation)
{
	struct heartbeat_request *request = message_new(&f->arena, heartbeat_request);
	request->group_id = SLICE("readers");
	request->generation_id = generation;
	request->member_id = member_id;
	return ((struct heartbeat_response *)ask(f, heartbeat, 4, request))->error_code;
}

static struct offset_commit_request *commit_request(struct fixture *f, const char *group,
						    int32_t partition, int64_t offset)
{
	struct offset_commit_request *request = message_new(&f->arena, offset_commit_request);
	request->group_id = slice_str(group);
	request->topics.items = message_array(&f->arena, offset_commit_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = SLICE("events");
	request->topics.items[0].partitions.items =
		message_array(&f->arena, offset_commit_request_partition, 1);
	request->topics.items[0].partitions.len = 1;
	struct offset_commit_request_partition *row = &request->topics.items[0].partitions.items[0];
	row->partition_index = partition;
	row->committed_offset = offset;
	row->committed_leader_epoch = 7;
	row->committed_metadata = SLICE("here");
	return request;
}

static int16_t commit(struct fixture *f, int16_t version, struct offset_commit_request *request)
{
	struct offset_commit_response *response = ask(f, offset_commit, version, request);
	assert_int_equal(response->topics.len, 1);
	assert_int_equal(response->topics.items[0].partitions.len, 1);
	return response->topics.items[0].partitions.items[0].error_code;
}

static int64_t fetch_offset(struct fixture *f, int16_t version, const char *group,
			    int32_t partition)
{
	struct offset_fetch_request *request = message_new(&f->arena, offset_fetch_request);
	int32_t *partitions = arena_array(&f->arena, int32_t, 1);
	partitions[0] = partition;
	request->group_id = slice_str(group);
	request->topics.items = message_array(&f->arena, offset_fetch_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = SLICE("events");
	request->topics.items[0].partition_indexes.items = partitions;
	request->topics.items[0].partition_indexes.len = 1;
	struct offset_fetch_response *response = ask(f, offset_fetch, version, request);
	assert_int_equal(response->error_code, KAFKA_NONE);
	assert_int_equal(response->topics.len, 1);
	return response->topics.items[0].partitions.items[0].committed_offset;
}

static struct describe_groups_response_group *describe(struct fixture *f, const char *group)
{
	struct describe_groups_request *request = message_new(&f->arena, describe_groups_request);
	request->groups.items = arena_array(&f->arena, struct slice, 1);
	request->groups.items[0] = slice_str(group);
	request->groups.len = 1;
	struct describe_groups_response *response = ask(f, describe_groups, 6, request);
	assert_int_equal(response->groups.len, 1);
	return &response->groups.items[0];
}

static int16_t delete_group(struct fixture *f, const char *group)
{
	struct delete_groups_request *request = message_new(&f->arena, delete_groups_request);
	request->groups_names.items = arena_array(&f->arena, struct slice, 1);
	request->groups_names.items[0] = slice_str(group);
	request->groups_names.len = 1;
	struct delete_groups_response *response = ask(f, delete_groups, 2, request);
	return response->results.items[0].error_code;
}

static uint32_t count_groups(struct fixture *f, const char *in_state)
{
	struct list_groups_request *request = message_new(&f->arena, list_groups_request);
	if (in_state != NULL) {
		request->states_filter.items = arena_array(&f->arena, struct slice, 1);
		request->states_filter.items[0] = slice_str(in_state);
		request->states_filter.len = 1;
	}
	struct list_groups_response *response = ask(f, list_groups, 5, request);
	assert_int_equal(response->error_code, KAFKA_NONE);
	return response->groups.len;
}

static void each_version_finds_the_coordinator_here(void **state)
{
	struct fixture *f = *state;
	for (int16_t version = 0; version <= 6; version++) {
		struct find_coordinator_request *request =
			message_new(&f->arena, find_coordinator_request);
		if (version < 4)
			request->key = SLICE("readers");
		request->coordinator_keys.items = arena_array(&f->arena, struct slice, 2);
		request->coordinator_keys.items[0] = SLICE("readers");
		request->coordinator_keys.items[1] = SLICE("writers");
		request->coordinator_keys.len = version >= 4 ? 2 : 0;
		struct find_coordinator_response *response =
			ask(f, find_coordinator, version, request);
		if (version < 4) {
			assert_int_equal(response->port, 9092);
			continue;
		}
		assert_int_equal(response->coordinators.len, 2);
		assert_slice(response->coordinators.items[1].key, "writers");
		assert_slice(response->coordinators.items[1].host, "localhost");
	}
}

static void a_member_joins_syncs_beats_and_leaves_in_each_version(void **state)
{
	struct fixture *f = *state;
	for (int16_t version = 0; version <= 9; version++) {
		int32_t generation;
		struct slice id = join_alone(f, version, &generation);
		sync_alone(f, MIN(version, 5), id, generation);
		assert_int_equal(beat(f, id, generation), KAFKA_NONE);
		assert_int_equal(beat(f, id, generation + 1), KAFKA_ILLEGAL_GENERATION);
		struct leave_group_request *request = message_new(&f->arena, leave_group_request);
		request->group_id = SLICE("readers");
		if (version < 3)
			request->member_id = id;
		request->members.items = message_array(&f->arena, leave_group_request_member, 2);
		request->members.len = version >= 3 ? 2 : 0;
		request->members.items[0].member_id = id;
		request->members.items[1].member_id = SLICE("nobody");
		struct leave_group_response *response =
			ask(f, leave_group, MIN(version, 5), request);
		assert_int_equal(response->error_code, KAFKA_NONE);
		if (version >= 3) {
			assert_int_equal(response->members.items[0].error_code, KAFKA_NONE);
			assert_int_equal(response->members.items[1].error_code,
					 KAFKA_UNKNOWN_MEMBER_ID);
		}
		assert_int_equal(beat(f, id, generation), KAFKA_UNKNOWN_MEMBER_ID);
	}
}

static void a_join_waits_for_the_others_and_a_lost_one_is_forgotten(void **state)
{
	struct fixture *f = *state;
	struct join_group_request *request = join_request(f, SLICE_EMPTY);
	struct sent *first = fixture_send(f, &join_group_request_message,
					  &join_group_response_message, 3, request);
	struct sent *second = fixture_send(f, &join_group_request_message,
					   &join_group_response_message, 3, request);
	bool close;
	assert_false(first->done);
	request_abandon(f->broker, second->request);
	request_free(second->request);
	for (int i = 0; i < 6; i++)
		fixture_advance(f, 1000);
	assert_true(first->done);
	struct join_group_response *response = fixture_take(f, first, &close);
	assert_int_equal(response->error_code, KAFKA_NONE);
	assert_int_equal(response->members.len, 2); /* until its session ends */
	for (int i = 0; i < 11; i++)
		fixture_advance(f, 1000);
	assert_slice(describe(f, "readers")->group_state, "Empty");
}

static void offsets_and_groups_outlive_a_crash(void **state)
{
	struct fixture *f = *state;
	int32_t generation;
	struct slice id = join_alone(f, 5, &generation);
	sync_alone(f, 3, id, generation);
	for (int16_t version = 2; version <= 9; version++) {
		struct offset_commit_request *request =
			commit_request(f, "readers", version % 3, 100 + version);
		request->member_id = id;
		request->generation_id_or_member_epoch = generation;
		assert_int_equal(commit(f, version, request), KAFKA_NONE);
	}
	assert_int_equal(commit(f, 9, commit_request(f, "by hand", 0, 5)), KAFKA_NONE);
	fixture_restart(f, false);
	assert_int_equal(beat(f, id, generation), KAFKA_NONE);
	struct describe_groups_response_group *group = describe(f, "readers");
	assert_slice(group->group_state, "Stable");
	assert_slice(group->protocol_data, "range");
	assert_slice(group->members.items[0].member_assignment, "all of it");
	assert_slice(group->members.items[0].client_host, "/127.0.0.1");
	for (int16_t version = 1; version <= 7; version++) {
		assert_int_equal(fetch_offset(f, version, "readers", 0), 109);
		assert_int_equal(fetch_offset(f, version, "readers", 1), 107);
		assert_int_equal(fetch_offset(f, version, "readers", 2), 108);
		assert_int_equal(fetch_offset(f, version, "readers", 3), -1);
		assert_int_equal(fetch_offset(f, version, "by hand", 0), 5);
	}
	assert_int_equal(count_groups(f, NULL), 2);
	assert_int_equal(count_groups(f, "stable"), 1);
}

static void all_offsets_of_several_groups_are_fetched_at_once(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(commit(f, 9, commit_request(f, "one", 2, 12)), KAFKA_NONE);
	assert_int_equal(commit(f, 9, commit_request(f, "one", 0, 10)), KAFKA_NONE);
	for (int16_t version = 8; version <= 10; version++) {
		struct offset_fetch_request *request = message_new(&f->arena, offset_fetch_request);
		request->groups.items = message_array(&f->arena, offset_fetch_request_group, 2);
		request->groups.len = 2;
		request->groups.items[0].group_id = SLICE("one");
		request->groups.items[1].group_id = SLICE("none");
		struct offset_fetch_response *response = ask(f, offset_fetch, version, request);
		assert_int_equal(response->groups.len, 2);
		assert_int_equal(response->groups.items[1].topics.len, 0);
		const struct offset_fetch_response_group *one = &response->groups.items[0];
		assert_int_equal(one->topics.len, 1);
		assert_int_equal(one->topics.items[0].partitions.len, 2);
		const struct offset_fetch_response_group_partition *rows =
			one->topics.items[0].partitions.items;
		assert_int_equal(rows[0].committed_offset, 10);
		assert_int_equal(rows[1].committed_offset, 12);
		assert_int_equal(rows[1].committed_leader_epoch, 7);
		assert_slice(rows[1].metadata, "here");
	}
}

static void a_commit_that_may_not_be_is_refused(void **state)
{
	struct fixture *f = *state;
	int32_t generation;
	struct slice id = join_alone(f, 5, &generation);
	sync_alone(f, 3, id, generation);
	struct offset_commit_request *request = commit_request(f, "readers", 0, 1);
	assert_int_equal(commit(f, 7, request), KAFKA_UNKNOWN_MEMBER_ID);
	request->member_id = id;
	request->generation_id_or_member_epoch = generation + 1;
	assert_int_equal(commit(f, 7, request), KAFKA_ILLEGAL_GENERATION);
	request->generation_id_or_member_epoch = generation;
	request->topics.items[0].partitions.items[0].partition_index = 3;
	assert_int_equal(commit(f, 7, request), KAFKA_UNKNOWN_TOPIC_OR_PARTITION);
	request->topics.items[0].partitions.items[0].partition_index = 0;
	request->topics.items[0].partitions.items[0].committed_metadata =
		slice_of(arena_zeroed(&f->arena, 5000, 1), 5000);
	assert_int_equal(commit(f, 7, request), KAFKA_OFFSET_METADATA_TOO_LARGE);
	assert_int_equal(fetch_offset(f, 7, "readers", 0), -1);
}

static void a_deleted_group_and_deleted_offsets_are_gone_for_good(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(commit(f, 9, commit_request(f, "one", 0, 10)), KAFKA_NONE);
	assert_int_equal(commit(f, 9, commit_request(f, "two", 1, 11)), KAFKA_NONE);
	assert_int_equal(delete_group(f, "nobody's"), KAFKA_GROUP_ID_NOT_FOUND);
	assert_int_equal(delete_group(f, "one"), KAFKA_NONE);
	struct offset_delete_request *request = message_new(&f->arena, offset_delete_request);
	request->group_id = SLICE("two");
	request->topics.items = message_array(&f->arena, offset_delete_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = SLICE("events");
	request->topics.items[0].partitions.items =
		message_array(&f->arena, offset_delete_request_partition, 1);
	request->topics.items[0].partitions.items[0].partition_index = 1;
	request->topics.items[0].partitions.len = 1;
	struct offset_delete_response *response = ask(f, offset_delete, 0, request);
	assert_int_equal(response->error_code, KAFKA_NONE);
	assert_int_equal(response->topics.items[0].partitions.items[0].error_code, KAFKA_NONE);
	fixture_restart(f, true);
	assert_int_equal(fetch_offset(f, 7, "one", 0), -1);
	assert_int_equal(fetch_offset(f, 7, "two", 1), -1);
	assert_int_equal(count_groups(f, NULL), 0);
}

static void offsets_of_a_consumer_that_subscribes_are_not_deleted(void **state)
{
	struct fixture *f = *state;
	int32_t generation;
	struct slice id = join_alone(f, 5, &generation);
	sync_alone(f, 3, id, generation);
	assert_int_equal(delete_group(f, "readers"), KAFKA_NON_EMPTY_GROUP);
	struct coordinated *group = coordinator_find(f->broker, SLICE("readers"));
	assert_true(group_subscribes(group->group, SLICE("events")));
	assert_false(group_subscribes(group->group, SLICE("others")));
}

static void offsets_nobody_uses_expire(void **state)
{
	struct fixture *f = *state;
	int64_t week_ms = INT64_C(7) * 24 * 3600 * 1000;
	assert_int_equal(commit(f, 9, commit_request(f, "one", 0, 10)), KAFKA_NONE);
	fixture_advance(f, week_ms - 1000);
	assert_int_equal(fetch_offset(f, 7, "one", 0), 10);
	fixture_advance(f, week_ms);
	assert_int_equal(fetch_offset(f, 7, "one", 0), -1);
	assert_int_equal(count_groups(f, NULL), 0);
}

static void partitions_of_groups_are_those_of_kafka(void **state)
{
	(void)state;
	/* abs("...".hashCode()) % 50, as Java computes it. */
	assert_int_equal(coordinator_partition_of(SLICE("a"), 50), 97 % 50);
	assert_int_equal(coordinator_partition_of(SLICE("ab"), 50), (97 * 31 + 98) % 50);
	assert_int_equal(coordinator_partition_of(SLICE(""), 50), 0);
	/* Its hash is the least int, of which Java has no abs. */
	assert_int_equal(coordinator_partition_of(SLICE("polygenelubricants"), 50), 0);
}

static int64_t new_producer(struct fixture *f, int16_t version)
{
	struct init_producer_id_request *request = message_new(&f->arena, init_producer_id_request);
	request->transaction_timeout_ms = 60000;
	struct init_producer_id_response *response = ask(f, init_producer_id, version, request);
	assert_int_equal(response->error_code, KAFKA_NONE);
	assert_int_equal(response->producer_epoch, 0);
	return response->producer_id;
}

static void producer_ids_are_never_given_twice(void **state)
{
	struct fixture *f = *state;
	int64_t last = -1;
	for (int16_t version = 0; version <= 5; version++) {
		int64_t id = new_producer(f, version);
		assert_true(id > last);
		last = id;
	}
	fixture_restart(f, false);
	assert_true(new_producer(f, 4) > last);
}

#define GROUP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(GROUP_TEST(each_version_finds_the_coordinator_here),
		  GROUP_TEST(a_member_joins_syncs_beats_and_leaves_in_each_version),
		  GROUP_TEST(a_join_waits_for_the_others_and_a_lost_one_is_forgotten),
		  GROUP_TEST(offsets_and_groups_outlive_a_crash),
		  GROUP_TEST(all_offsets_of_several_groups_are_fetched_at_once),
		  GROUP_TEST(a_commit_that_may_not_be_is_refused),
		  GROUP_TEST(a_deleted_group_and_deleted_offsets_are_gone_for_good),
		  GROUP_TEST(offsets_of_a_consumer_that_subscribes_are_not_deleted),
		  GROUP_TEST(offsets_nobody_uses_expire),
		  GROUP_TEST(partitions_of_groups_are_those_of_kafka),
		  GROUP_TEST(producer_ids_are_never_given_twice));
}
