/*
 * Groups: who coordinates them (we do), their members' calls, and what there is of them. A join or
 * a sync parks until the group has its answer; the group knows the request as a waiter, and forgets
 * it when the connection goes.
 */
#include "broker/api.h"
#include "broker/coordinator.h"
#include "broker/handle.h"

enum coordinator_kind { COORDINATOR_GROUP, COORDINATOR_TXN, COORDINATOR_SHARE };

/* What a parked join or sync remembers; the group's name lies in the message. */
struct group_wait {
	struct slice group_id;
	bool answered;
};

static int16_t find_coordinator(struct broker *broker, struct request *request, int8_t kind,
				struct find_coordinator_response_coordinator *answer)
{
	struct topic *topic;
	answer->node_id = -1;
	answer->port = -1;
	if (kind != COORDINATOR_GROUP)
		return KAFKA_INVALID_REQUEST;
	if (coordinator_topic(broker, &topic) != KAFKA_NONE)
		return KAFKA_COORDINATOR_NOT_AVAILABLE;
	answer->node_id = broker->node_id;
	handle_address(broker, request, &answer->host, &answer->port);
	return KAFKA_NONE;
}

static void find_for_key(struct broker *broker, struct request *request, struct slice key,
			 int8_t kind, struct find_coordinator_response_coordinator *answer)
{
	answer->key = key;
	answer->error_code = find_coordinator(broker, request, kind, answer);
	if (answer->error_code != KAFKA_NONE)
		answer->error_message = handle_text(request, kafka_error_text(answer->error_code));
}

void handle_find_coordinator(struct broker *broker, struct request *request)
{
	const struct find_coordinator_request *message = request->message;
	struct find_coordinator_response *response = request_response(request);
	uint32_t n = request->version >= 4 ? message->coordinator_keys.len : 1;
	struct find_coordinator_response_coordinator *answers =
		message_array(&request->arena, find_coordinator_response_coordinator, n);
	bool many = request->version >= 4;
	for (uint32_t i = 0; i < n; i++)
		find_for_key(broker, request,
			     many ? message->coordinator_keys.items[i] : message->key,
			     message->key_type, &answers[i]);
	if (many) {
		response->coordinators.items = answers;
		response->coordinators.len = n;
	} else {
		response->error_code = answers[0].error_code;
		response->error_message = answers[0].error_message;
		response->node_id = answers[0].node_id;
		response->host = answers[0].host;
		response->port = answers[0].port;
	}
	request_finish(request);
}

static struct slice keep(struct request *request, struct slice text)
{
	return text.data != NULL ? arena_copy(&request->arena, text) : text;
}

static void answer_join(struct request *request, const struct group_answer *answer)
{
	struct join_group_response *response = request_response(request);
	response->error_code = answer->error;
	response->generation_id = answer->generation;
	response->member_id = keep(request, answer->member_id);
	response->leader = keep(request, answer->leader);
	response->protocol_type = keep(request, answer->protocol_type);
	response->protocol_name = keep(request, answer->protocol);
	response->skip_assignment = answer->skip_assignment;
	response->members.len = answer->nmembers;
	response->members.items =
		message_array(&request->arena, join_group_response_member, answer->nmembers);
	for (uint32_t i = 0; i < answer->nmembers; i++) {
		const struct join_group_response_member *member = &answer->members[i];
		response->members.items[i] = (struct join_group_response_member){
			.member_id = keep(request, member->member_id),
			.group_instance_id = keep(request, member->group_instance_id),
			.metadata = keep(request, member->metadata)
		};
	}
}

static void answer_sync(struct request *request, const struct group_answer *answer)
{
	struct sync_group_response *response = request_response(request);
	response->error_code = answer->error;
	response->protocol_type = keep(request, answer->protocol_type);
	response->protocol_name = keep(request, answer->protocol);
	response->assignment = keep(request, answer->assignment);
}

void coordinator_answer(struct broker *broker, const struct group_answer *answer)
{
	struct request *request = answer->waiter;
	struct group_wait *wait = request->handler_state;
	assert(!wait->answered);
	wait->answered = true;
	if (answer->kind == GROUP_ANSWER_JOIN)
		answer_join(request, answer);
	else
		answer_sync(request, answer);
	if (request->parked != NULL)
		park_wake(broker, request);
}

static void resume(struct broker *broker, struct request *request, enum park_end end)
{
	(void)broker, (void)end;
	request_finish(request);
}

static void dropped(struct broker *broker, struct request *request)
{
	const struct group_wait *wait = request->handler_state;
	struct coordinated *group = coordinator_find(broker, wait->group_id);
	if (group != NULL)
		group_forget(group->group, request);
}

static struct group_wait *begin_wait(struct request *request, struct slice group_id)
{
	struct group_wait *wait = arena_new(&request->arena, struct group_wait);
	wait->group_id = group_id;
	request->handler_state = wait;
	return wait;
}

static void finish_or_park(struct broker *broker, struct request *request)
{
	const struct group_wait *wait = request->handler_state;
	if (wait->answered)
		request_finish(request);
	else
		park_request(broker, request, INT64_MAX, resume)->dropped = dropped;
}

/* "client-uuid", or with the instance's name for static members, as Kafka makes them. */
static struct slice new_member_id(struct broker *broker, struct request *request,
				  struct slice instance_id)
{
	struct buf text CLEANUP(buf_fini) = BUF_INIT(INT32_MAX);
	buf_append(&text, instance_id.data != NULL ? instance_id : request->client_id);
	buf_append_str(&text, "-");
	uuid_print(broker_new_uuid(broker), &text);
	return arena_copy(&request->arena, buf_slice(&text));
}

static void refuse_join(struct request *request, int16_t error)
{
	const struct join_group_request *message = request->message;
	struct join_group_response *response = request_response(request);
	response->error_code = error;
	response->member_id = message->member_id;
	request_finish(request);
}

void handle_join_group(struct broker *broker, struct request *request)
{
	const struct join_group_request *message = request->message;
	struct topic *topic;
	if (message->group_id.len == 0) {
		refuse_join(request, KAFKA_INVALID_GROUP_ID);
		return;
	}
	if (message->member_id.len > 0 && coordinator_find(broker, message->group_id) == NULL) {
		refuse_join(request, KAFKA_UNKNOWN_MEMBER_ID);
		return;
	}
	if (coordinator_topic(broker, &topic) != KAFKA_NONE) {
		refuse_join(request, KAFKA_COORDINATOR_NOT_AVAILABLE);
		return;
	}
	struct coordinated *group = coordinator_find_or_make(broker, message->group_id);
	struct group_join join = {
		.member_id = message->member_id,
		.instance_id = message->group_instance_id,
		.client_id = request->client_id,
		.client_host = slice_str(
			arena_printf(&request->arena, "/%.*s", SLICE_ARGS(request->client->host))),
		.protocol_type = message->protocol_type,
		.protocols = message->protocols.items,
		.nprotocols = message->protocols.len,
		.session_ms = message->session_timeout_ms,
		.rebalance_ms = message->rebalance_timeout_ms >= 0 ? message->rebalance_timeout_ms
								   : message->session_timeout_ms,
		.id_required = request->version >= 4,
		.skip_assignment = request->version >= 9,
		.new_id = new_member_id(broker, request, message->group_instance_id),
		.waiter = request,
	};
	begin_wait(request, message->group_id);
	group_join(group->group, &join, broker->time.now_ms, coordinator_out(broker));
	coordinator_settle(broker, group);
	finish_or_park(broker, request);
}

void handle_sync_group(struct broker *broker, struct request *request)
{
	const struct sync_group_request *message = request->message;
	struct coordinated *group = coordinator_find(broker, message->group_id);
	bool unsaid = request->version >= 5 &&
		      (message->protocol_type.data == NULL || message->protocol_name.data == NULL);
	if (message->group_id.len == 0 || group == NULL || unsaid) {
		struct sync_group_response *response = request_response(request);
		response->error_code = KAFKA_UNKNOWN_MEMBER_ID;
		if (message->group_id.len == 0)
			response->error_code = KAFKA_INVALID_GROUP_ID;
		else if (unsaid)
			response->error_code = KAFKA_INCONSISTENT_GROUP_PROTOCOL;
		request_finish(request);
		return;
	}
	struct group_sync sync = { .member_id = message->member_id,
				   .instance_id = message->group_instance_id,
				   .protocol_type = message->protocol_type,
				   .protocol = message->protocol_name,
				   .generation = message->generation_id,
				   .assignments = message->assignments.items,
				   .nassignments = message->assignments.len,
				   .waiter = request };
	begin_wait(request, message->group_id);
	group_sync(group->group, &sync, broker->time.now_ms, coordinator_out(broker));
	coordinator_settle(broker, group);
	finish_or_park(broker, request);
}

void handle_heartbeat(struct broker *broker, struct request *request)
{
	const struct heartbeat_request *message = request->message;
	struct heartbeat_response *response = request_response(request);
	struct coordinated *group = coordinator_find(broker, message->group_id);
	if (message->group_id.len == 0) {
		response->error_code = KAFKA_INVALID_GROUP_ID;
	} else if (group == NULL) {
		response->error_code = KAFKA_UNKNOWN_MEMBER_ID;
	} else {
		response->error_code = group_heartbeat(group->group, message->member_id,
						       message->group_instance_id,
						       message->generation_id, broker->time.now_ms);
		coordinator_settle(broker, group);
	}
	request_finish(request);
}

static int16_t leave(struct broker *broker, struct slice group_id, struct slice member_id,
		     struct slice instance_id)
{
	struct coordinated *group = coordinator_find(broker, group_id);
	if (group_id.len == 0)
		return KAFKA_INVALID_GROUP_ID;
	if (group == NULL)
		return KAFKA_UNKNOWN_MEMBER_ID;
	int16_t error = group_leave(group->group, member_id, instance_id, broker->time.now_ms,
				    coordinator_out(broker));
	coordinator_settle(broker, group);
	return error;
}

void handle_leave_group(struct broker *broker, struct request *request)
{
	const struct leave_group_request *message = request->message;
	struct leave_group_response *response = request_response(request);
	if (request->version < 3) {
		response->error_code =
			leave(broker, message->group_id, message->member_id, SLICE_NULL);
		request_finish(request);
		return;
	}
	uint32_t n = message->members.len;
	response->members.items = message_array(&request->arena, leave_group_response_member, n);
	response->members.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct leave_group_request_member *asked = &message->members.items[i];
		struct leave_group_response_member *answer = &response->members.items[i];
		answer->member_id = asked->member_id;
		answer->group_instance_id = asked->group_instance_id;
		answer->error_code = leave(broker, message->group_id, asked->member_id,
					   asked->group_instance_id);
	}
	if (message->group_id.len == 0)
		response->error_code = KAFKA_INVALID_GROUP_ID;
	request_finish(request);
}

static void copy_members(struct request *request, struct describe_groups_response_group *answer)
{
	answer->protocol_type = keep(request, answer->protocol_type);
	answer->protocol_data = keep(request, answer->protocol_data);
	for (uint32_t i = 0; i < answer->members.len; i++) {
		struct describe_groups_response_member *row = &answer->members.items[i];
		row->member_id = keep(request, row->member_id);
		row->group_instance_id = keep(request, row->group_instance_id);
		row->client_id = keep(request, row->client_id);
		row->client_host = keep(request, row->client_host);
		row->member_metadata = keep(request, row->member_metadata);
		row->member_assignment = keep(request, row->member_assignment);
	}
}

static void describe(struct broker *broker, struct request *request, struct slice id,
		     struct describe_groups_response_group *answer)
{
	const struct coordinated *group = coordinator_find(broker, id);
	const struct describe_groups_request *message = request->message;
	answer->group_id = id;
	if (group == NULL) {
		answer->group_state = slice_str(group_state_name(GROUP_DEAD));
		if (request->version >= 6) {
			answer->error_code = KAFKA_GROUP_ID_NOT_FOUND;
			answer->error_message =
				slice_str(arena_printf(&request->arena, "Group %.*s not found.",
						       SLICE_ARGS(id)));
		}
		return;
	}
	answer->group_state = slice_str(group_state_name(group_state(group->group)));
	answer->protocol_type = buf_slice(&group->group->protocol_type);
	group_show_members(group->group, &request->arena, answer);
	/* The answer may be written after the group has changed. */
	copy_members(request, answer);
	if (message->include_authorized_operations)
		answer->authorized_operations = GROUP_OPERATIONS_ALL;
}

void handle_describe_groups(struct broker *broker, struct request *request)
{
	const struct describe_groups_request *message = request->message;
	struct describe_groups_response *response = request_response(request);
	uint32_t n = message->groups.len;
	response->groups.items = message_array(&request->arena, describe_groups_response_group, n);
	response->groups.len = n;
	for (uint32_t i = 0; i < n; i++)
		describe(broker, request, message->groups.items[i], &response->groups.items[i]);
	request_finish(request);
}

/* Empty: everything passes. Tools write "stable" and "Stable". */
static bool passes(const struct slice *wanted, uint32_t n, const char *is)
{
	for (uint32_t i = 0; i < n; i++) {
		if (slice_eq_nocase(wanted[i], slice_str(is)))
			return true;
	}
	return n == 0;
}

void handle_list_groups(struct broker *broker, struct request *request)
{
	const struct list_groups_request *message = request->message;
	struct list_groups_response *response = request_response(request);
	const struct map *groups = coordinator_groups(broker);
	response->groups.items =
		message_array(&request->arena, list_groups_response_group, groups->len);
	map_each (entry, groups) {
		const struct coordinated *group = entry->value;
		const char *state = group_state_name(group_state(group->group));
		if (!passes(message->states_filter.items, message->states_filter.len, state) ||
		    !passes(message->types_filter.items, message->types_filter.len, "classic"))
			continue;
		struct list_groups_response_group *row =
			&response->groups.items[response->groups.len++];
		row->group_id = keep(request, buf_slice(&group->id));
		row->protocol_type = keep(request, buf_slice(&group->group->protocol_type));
		row->group_state = slice_str(state);
		row->group_type = SLICE("classic");
	}
	request_finish(request);
}

static int16_t delete_group(struct broker *broker, struct slice id)
{
	struct coordinated *group = coordinator_find(broker, id);
	if (id.len == 0)
		return KAFKA_INVALID_GROUP_ID;
	if (group == NULL)
		return KAFKA_GROUP_ID_NOT_FOUND;
	if (group_state(group->group) != GROUP_EMPTY)
		return KAFKA_NON_EMPTY_GROUP;
	return broker_error_of(coordinator_delete(broker, group, NULL));
}

void handle_delete_groups(struct broker *broker, struct request *request)
{
	const struct delete_groups_request *message = request->message;
	struct delete_groups_response *response = request_response(request);
	uint32_t n = message->groups_names.len;
	response->results.items = message_array(&request->arena, delete_groups_response_group, n);
	response->results.len = n;
	for (uint32_t i = 0; i < n; i++) {
		response->results.items[i].group_id = message->groups_names.items[i];
		response->results.items[i].error_code =
			delete_group(broker, message->groups_names.items[i]);
	}
	request_finish(request);
}

void handle_init_producer_id(struct broker *broker, struct request *request)
{
	const struct init_producer_id_request *message = request->message;
	struct init_producer_id_response *response = request_response(request);
	if (message->transactional_id.data != NULL) {
		response->error_code = KAFKA_INVALID_REQUEST; /* there is no coordinator for them */
	} else {
		int64_t id = -1;
		int code = coordinator_new_producer_id(broker, &id, NULL);
		response->error_code = broker_error_of(code);
		response->producer_id = id;
	}
	if (response->error_code != KAFKA_NONE)
		response->producer_epoch = -1;
	request_finish(request);
}
