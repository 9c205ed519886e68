/*
 * Offsets committed, fetched and deleted. A commit is answered once its records are on disk; what
 * is committed is there for fetches at once: a consumer that goes on from it loses nothing when a
 * crash takes it back.
 */
#include "broker/api.h"
#include "broker/coordinator.h"
#include "broker/handle.h"

/* How long a commit waits for the disk. */
#define COMMIT_WAIT_MS 5000

struct commit_state {
	struct offset_commit_response *response;
	struct uuid topic_id; /* of __consumer_offsets */
	int32_t partition;
	int64_t last_offset;
};

static void answer_all(struct offset_commit_response *response, int16_t error)
{
	for (uint32_t i = 0; i < response->topics.len; i++) {
		struct offset_commit_response_topic *topic = &response->topics.items[i];
		for (uint32_t j = 0; j < topic->partitions.len; j++) {
			if (topic->partitions.items[j].error_code == KAFKA_NONE)
				topic->partitions.items[j].error_code = error;
		}
	}
}

static void mirror(struct request *request, struct offset_commit_response *response)
{
	const struct offset_commit_request *message = request->message;
	uint32_t n = message->topics.len;
	response->topics.items = message_array(&request->arena, offset_commit_response_topic, n);
	response->topics.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct offset_commit_request_topic *asked = &message->topics.items[i];
		struct offset_commit_response_topic *topic = &response->topics.items[i];
		topic->name = asked->name;
		topic->topic_id = asked->topic_id;
		topic->partitions.len = asked->partitions.len;
		topic->partitions.items =
			message_array(&request->arena, offset_commit_response_partition,
				      asked->partitions.len);
		for (uint32_t j = 0; j < asked->partitions.len; j++)
			topic->partitions.items[j].partition_index =
				asked->partitions.items[j].partition_index;
	}
}

static int16_t check_commit(struct broker *broker, const struct offset_commit_request_topic *topic,
			    const struct offset_commit_request_partition *asked,
			    struct partition **ret_partition)
{
	int16_t error = KAFKA_NONE;
	int64_t bytes_max = broker_config_i64(&broker->configs, BROKER_OFFSET_METADATA_MAX);
	struct partition *partition = handle_partition(broker, topic->name, topic->topic_id,
						       asked->partition_index, &error);
	if (partition == NULL)
		return error;
	if ((int64_t)asked->committed_metadata.len > bytes_max)
		return KAFKA_OFFSET_METADATA_TOO_LARGE;
	*ret_partition = partition;
	return KAFKA_NONE;
}

static struct committed committed_of(struct broker *broker,
				     const struct offset_commit_request *message,
				     const struct offset_commit_request_partition *asked)
{
	return (struct committed){ .partition = asked->partition_index,
				   .leader_epoch = asked->committed_leader_epoch,
				   .offset = asked->committed_offset,
				   .commit_ms = broker->time.wall_ms,
				   .expire_ms = message->retention_time_ms >= 0
							? broker->time.wall_ms +
								  message->retention_time_ms
							: -1 };
}

typedef void commit_visit(void *arg, struct slice topic, const struct committed *offset,
			  struct slice metadata);

/* Visits every offset that may be committed; the others have their error by then. */
static void each_commit(struct broker *broker, struct request *request,
			struct offset_commit_response *response, commit_visit *visit, void *arg)
{
	const struct offset_commit_request *message = request->message;
	for (uint32_t i = 0; i < message->topics.len; i++) {
		const struct offset_commit_request_topic *topic = &message->topics.items[i];
		for (uint32_t j = 0; j < topic->partitions.len; j++) {
			const struct offset_commit_request_partition *asked =
				&topic->partitions.items[j];
			struct partition *partition = NULL;
			int16_t error = check_commit(broker, topic, asked, &partition);
			response->topics.items[i].partitions.items[j].error_code = error;
			if (error != KAFKA_NONE)
				continue;
			struct committed offset = committed_of(broker, message, asked);
			visit(arg, slice_str(partition->topic->name), &offset,
			      asked->committed_metadata);
		}
	}
}

struct committing {
	struct coordinated *group;
	struct offsets_batch batch;
	int64_t now_ms;
};

static void write_down(void *arg, struct slice topic, const struct committed *offset,
		       struct slice metadata)
{
	struct committing *committing = arg;
	offsets_batch_commit(&committing->batch, committing->now_ms,
			     buf_slice(&committing->group->id), topic, offset, metadata);
}

static void remember(void *arg, struct slice topic, const struct committed *offset,
		     struct slice metadata)
{
	struct committing *committing = arg;
	committed_put(committing->group, topic, offset, metadata);
}

static void commit_resume(struct broker *broker, struct request *request, enum park_end end)
{
	const struct commit_state *state = request->handler_state;
	struct topic *topic = topic_find_id(broker, state->topic_id);
	struct partition *partition =
		topic != NULL ? topic_partition(topic, state->partition) : NULL;
	(void)end;
	if (partition == NULL || log_high_watermark(partition->log) <= state->last_offset)
		answer_all(state->response, KAFKA_COORDINATOR_NOT_AVAILABLE);
	request_finish(request);
}

static void wait_for_disk(struct broker *broker, struct request *request,
			  struct offset_commit_response *response,
			  const struct offsets_place *place)
{
	struct commit_state *state = arena_new(&request->arena, struct commit_state);
	struct log *log = place->partition->log;
	if (!log_waits_for_disk(log, -1) || log_high_watermark(log) > place->last_offset) {
		request_finish(request);
		return;
	}
	*state = (struct commit_state){ response, place->partition->topic->id,
					place->partition->index, place->last_offset };
	request->handler_state = state;
	struct parked *parked =
		park_request(broker, request, broker->time.now_ms + COMMIT_WAIT_MS, commit_resume);
	park_for_offset(parked, &place->partition->spot, place->last_offset + 1);
}

static void commit(struct broker *broker, struct request *request, struct coordinated *group,
		   struct offset_commit_response *response)
{
	struct committing committing = { .group = group, .now_ms = broker->time.wall_ms };
	struct offsets_place place;
	int code = 0;
	offsets_batch_open(&committing.batch);
	each_commit(broker, request, response, write_down, &committing);
	bool any = committing.batch.len > 0 || committing.batch.code != 0;
	if (any)
		code = coordinator_append(broker, buf_slice(&group->id), &committing.batch, &place,
					  NULL);
	offsets_batch_close(&committing.batch);
	if (any && code == 0)
		each_commit(broker, request, response, remember, &committing);
	else if (any)
		answer_all(response, code == ERR_LIMIT ? KAFKA_INVALID_COMMIT_OFFSET_SIZE
						       : KAFKA_COORDINATOR_NOT_AVAILABLE);
	coordinator_settle(broker, group); /* may free it: nothing was committed */
	if (any && code == 0)
		wait_for_disk(broker, request, response, &place);
	else
		request_finish(request);
}

/* The group that may commit; NULL with an error. A first commit by no member makes the group. */
static struct coordinated *
committer(struct broker *broker, const struct offset_commit_request *message, int16_t *ret_error)
{
	int32_t generation = message->generation_id_or_member_epoch;
	struct coordinated *group = coordinator_find(broker, message->group_id);
	int16_t error = KAFKA_NONE;
	if (message->group_id.len == 0 && generation >= 0)
		error = KAFKA_INVALID_GROUP_ID;
	else if (group == NULL && generation >= 0)
		error = KAFKA_ILLEGAL_GENERATION;
	else if (group == NULL)
		group = coordinator_find_or_make(broker, message->group_id);
	else
		error = group_may_commit(group->group, message->member_id,
					 message->group_instance_id, generation,
					 broker->time.now_ms);
	*ret_error = error;
	return error == KAFKA_NONE ? group : NULL;
}

void handle_offset_commit(struct broker *broker, struct request *request)
{
	struct offset_commit_response *response = request_response(request);
	int16_t error;
	mirror(request, response);
	struct coordinated *group = committer(broker, request->message, &error);
	if (group == NULL) {
		answer_all(response, error);
		request_finish(request);
		return;
	}
	commit(broker, request, group, response);
}

static void tell_offset(struct request *request, const struct coordinated *group,
			struct slice topic, int32_t partition,
			struct offset_fetch_response_group_partition *answer)
{
	const struct committed *offset =
		group != NULL ? committed_find(group, topic, partition) : NULL;
	answer->partition_index = partition;
	answer->committed_offset = -1;
	answer->committed_leader_epoch = -1;
	answer->metadata = SLICE_EMPTY;
	if (offset == NULL)
		return;
	answer->committed_offset = offset->offset;
	answer->committed_leader_epoch = offset->leader_epoch;
	if (offset->metadata.len > 0)
		answer->metadata = arena_copy(&request->arena, buf_slice(&offset->metadata));
}

static void fetch_topic(struct broker *broker, struct request *request,
			const struct coordinated *group,
			const struct offset_fetch_request_group_topic *asked,
			struct offset_fetch_response_group_topic *answer)
{
	uint32_t n = asked->partition_indexes.len;
	struct slice name = asked->name;
	int16_t error = KAFKA_NONE;
	if (request->version >= 10) {
		struct topic *topic = handle_topic(broker, SLICE_EMPTY, asked->topic_id, &error);
		name = topic != NULL ? slice_str(topic->name) : SLICE_EMPTY;
	}
	answer->name = asked->name;
	answer->topic_id = asked->topic_id;
	answer->partitions.items =
		message_array(&request->arena, offset_fetch_response_group_partition, n);
	answer->partitions.len = n;
	for (uint32_t i = 0; i < n; i++) {
		tell_offset(request, error == KAFKA_NONE ? group : NULL, name,
			    asked->partition_indexes.items[i], &answer->partitions.items[i]);
		answer->partitions.items[i].error_code = error;
	}
}

static void fetch_all_topics(struct broker *broker, struct request *request,
			     const struct coordinated *group,
			     struct offset_fetch_response_group *answer)
{
	answer->topics.items = message_array(&request->arena, offset_fetch_response_group_topic,
					     group->topics.len);
	map_each (entry, &group->topics) {
		const struct committed_topic *topic = entry->value;
		const struct topic *known = topic_find(broker, slice_str(topic->name));
		if (known == NULL && request->version >= 10)
			continue; /* it has no id to be told by */
		struct offset_fetch_response_group_topic *row =
			&answer->topics.items[answer->topics.len++];
		row->name = handle_text(request, topic->name);
		if (known != NULL)
			row->topic_id = known->id;
		row->partitions.len = topic->offsets.len;
		row->partitions.items =
			message_array(&request->arena, offset_fetch_response_group_partition,
				      topic->offsets.len);
		for (uint32_t i = 0; i < topic->offsets.len; i++)
			tell_offset(request, group, slice_str(topic->name),
				    topic->offsets.items[i].partition, &row->partitions.items[i]);
	}
}

static void fetch_group(struct broker *broker, struct request *request,
			const struct offset_fetch_request_group *asked,
			struct offset_fetch_response_group *answer)
{
	const struct coordinated *group = coordinator_find(broker, asked->group_id);
	uint32_t n = asked->topics.len;
	answer->group_id = asked->group_id;
	if (asked->topics.items == NULL) {
		if (group != NULL)
			fetch_all_topics(broker, request, group, answer);
		return;
	}
	answer->topics.items = message_array(&request->arena, offset_fetch_response_group_topic, n);
	answer->topics.len = n;
	for (uint32_t i = 0; i < n; i++)
		fetch_topic(broker, request, group, &asked->topics.items[i],
			    &answer->topics.items[i]);
}

/* Before version 8 a request was of one group; the same in the older words. */
static void take_one_group(struct request *request, struct offset_fetch_request_group *asked)
{
	const struct offset_fetch_request *message = request->message;
	uint32_t n = message->topics.len;
	asked->group_id = message->group_id;
	if (message->topics.items == NULL)
		return;
	asked->topics.items = message_array(&request->arena, offset_fetch_request_group_topic, n);
	asked->topics.len = n;
	for (uint32_t i = 0; i < n; i++) {
		asked->topics.items[i].name = message->topics.items[i].name;
		asked->topics.items[i].partition_indexes.items =
			message->topics.items[i].partition_indexes.items;
		asked->topics.items[i].partition_indexes.len =
			message->topics.items[i].partition_indexes.len;
	}
}

static void tell_one_group(struct request *request,
			   const struct offset_fetch_response_group *answer,
			   struct offset_fetch_response *response)
{
	uint32_t n = answer->topics.len;
	response->error_code = answer->error_code;
	response->topics.items = message_array(&request->arena, offset_fetch_response_topic, n);
	response->topics.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct offset_fetch_response_group_topic *from = &answer->topics.items[i];
		struct offset_fetch_response_topic *to = &response->topics.items[i];
		to->name = from->name;
		to->partitions.len = from->partitions.len;
		to->partitions.items =
			message_array(&request->arena, offset_fetch_response_partition,
				      to->partitions.len);
		for (uint32_t j = 0; j < to->partitions.len; j++)
			to->partitions.items[j] = (struct offset_fetch_response_partition){
				.partition_index = from->partitions.items[j].partition_index,
				.committed_offset = from->partitions.items[j].committed_offset,
				.committed_leader_epoch =
					from->partitions.items[j].committed_leader_epoch,
				.metadata = from->partitions.items[j].metadata,
				.error_code = from->partitions.items[j].error_code
			};
	}
}

void handle_offset_fetch(struct broker *broker, struct request *request)
{
	const struct offset_fetch_request *message = request->message;
	struct offset_fetch_response *response = request_response(request);
	if (request->version < 8) {
		struct offset_fetch_request_group asked = { .member_epoch = -1 };
		struct offset_fetch_response_group answer = { .error_code = KAFKA_NONE };
		take_one_group(request, &asked);
		fetch_group(broker, request, &asked, &answer);
		tell_one_group(request, &answer, response);
		request_finish(request);
		return;
	}
	uint32_t n = message->groups.len;
	response->groups.items = message_array(&request->arena, offset_fetch_response_group, n);
	response->groups.len = n;
	for (uint32_t i = 0; i < n; i++)
		fetch_group(broker, request, &message->groups.items[i], &response->groups.items[i]);
	request_finish(request);
}

static int16_t delete_offset(struct broker *broker, struct coordinated *group, struct slice topic,
			     int32_t partition)
{
	struct offsets_batch batch CLEANUP(offsets_batch_close);
	struct offsets_place place;
	if (group_subscribes(group->group, topic))
		return KAFKA_GROUP_SUBSCRIBED_TO_TOPIC;
	if (committed_find(group, topic, partition) == NULL)
		return topic_find(broker, topic) != NULL ? KAFKA_NONE
							 : KAFKA_UNKNOWN_TOPIC_OR_PARTITION;
	offsets_batch_open(&batch);
	offsets_batch_remove(&batch, broker->time.wall_ms, buf_slice(&group->id), topic, partition);
	int code = coordinator_append(broker, buf_slice(&group->id), &batch, &place, NULL);
	if (code != 0)
		return broker_error_of(code);
	committed_remove(group, topic, partition);
	return KAFKA_NONE;
}

void handle_offset_delete(struct broker *broker, struct request *request)
{
	const struct offset_delete_request *message = request->message;
	struct offset_delete_response *response = request_response(request);
	struct coordinated *group = coordinator_find(broker, message->group_id);
	if (group == NULL) {
		response->error_code = message->group_id.len == 0 ? KAFKA_INVALID_GROUP_ID
								  : KAFKA_GROUP_ID_NOT_FOUND;
	} else if (group_state(group->group) != GROUP_EMPTY &&
		   !slice_eq_str(buf_slice(&group->group->protocol_type), "consumer")) {
		response->error_code = KAFKA_NON_EMPTY_GROUP;
	}
	if (response->error_code != KAFKA_NONE) {
		request_finish(request);
		return;
	}
	uint32_t n = message->topics.len;
	response->topics.items = message_array(&request->arena, offset_delete_response_topic, n);
	response->topics.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct offset_delete_request_topic *asked = &message->topics.items[i];
		struct offset_delete_response_topic *topic = &response->topics.items[i];
		topic->name = asked->name;
		topic->partitions.len = asked->partitions.len;
		topic->partitions.items =
			message_array(&request->arena, offset_delete_response_partition,
				      asked->partitions.len);
		for (uint32_t j = 0; j < asked->partitions.len; j++) {
			int32_t index = asked->partitions.items[j].partition_index;
			topic->partitions.items[j].partition_index = index;
			topic->partitions.items[j].error_code =
				delete_offset(broker, group, asked->name, index);
		}
	}
	coordinator_settle(broker, group);
	request_finish(request);
}
