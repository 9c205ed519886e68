/*
 * What clients ask of a partition's log, apart from its records: offsets by time, where an epoch
 * ends, to forget what is old, who writes.
 */
#include "broker/api.h"
#include "broker/handle.h"

/* Answers tell the epoch from this version on. */
#define LIST_EPOCH_SINCE 4

enum list_offsets_time { /* Kafka's numbers, in place of a timestamp */
			 LIST_LATEST = -1,
			 LIST_EARLIEST = -2,
			 LIST_MAX_TIMESTAMP = -3,
			 LIST_EARLIEST_LOCAL = -4,
			 LIST_LATEST_TIERED = -5,
};

/* The version that first knows each of them; a timestamp is known to all. */
static bool time_known(int64_t timestamp, int16_t version)
{
	if (timestamp >= LIST_EARLIEST)
		return true;
	if (timestamp == LIST_MAX_TIMESTAMP)
		return version >= 7;
	if (timestamp == LIST_EARLIEST_LOCAL)
		return version >= 8;
	return timestamp == LIST_LATEST_TIERED && version >= 9;
}

static void answer_offset(const struct partition *partition, int64_t offset,
			  struct list_offsets_response_partition *answer)
{
	int32_t epoch = log_epoch_at(partition->log, offset);
	answer->offset = offset;
	answer->leader_epoch = epoch >= 0 ? epoch : log_leader_epoch(partition->log);
}

static fallible find_offset(struct request *request, struct partition *partition, int64_t timestamp,
			    struct list_offsets_response_partition *answer, struct err *err)
{
	const struct list_offsets_request *message = request->message;
	enum log_isolation isolation =
		message->isolation_level == 1 ? LOG_READ_COMMITTED : LOG_READ_UNCOMMITTED;
	int64_t limit = log_limit(partition->log, isolation);
	struct log_time found;
	if (timestamp == LIST_LATEST) {
		answer_offset(partition, limit, answer);
		return 0;
	}
	if (timestamp == LIST_EARLIEST || timestamp == LIST_EARLIEST_LOCAL) {
		answer_offset(partition, log_start_offset(partition->log), answer);
		return 0;
	}
	if (timestamp == LIST_LATEST_TIERED)
		return 0; /* nothing is tiered */
	if (timestamp == LIST_MAX_TIMESTAMP)
		TRY(log_find_max_time(partition->log, &found, err));
	else
		TRY(log_find_time(partition->log, timestamp, limit, &found, err));
	answer->offset = found.offset;
	answer->timestamp = found.timestamp_ms;
	answer->leader_epoch = found.leader_epoch;
	return 0;
}

static void list_partition(struct broker *broker, struct request *request, struct slice name,
			   const struct list_offsets_request_partition *asked,
			   struct list_offsets_response_partition *answer)
{
	int16_t error = KAFKA_NONE;
	answer->partition_index = asked->partition_index;
	struct partition *partition =
		handle_partition(broker, name, (struct uuid){ 0 }, asked->partition_index, &error);
	if (partition != NULL)
		error = handle_leader_epoch(partition, asked->current_leader_epoch);
	if (error == KAFKA_NONE && !time_known(asked->timestamp, request->version))
		error = KAFKA_UNSUPPORTED_VERSION;
	if (error == KAFKA_NONE)
		error = broker_error_of(
			find_offset(request, partition, asked->timestamp, answer, NULL));
	answer->error_code = error;
	if (request->version < LIST_EPOCH_SINCE)
		answer->leader_epoch = -1;
}

void handle_list_offsets(struct broker *broker, struct request *request)
{
	const struct list_offsets_request *message = request->message;
	struct list_offsets_response *response = request_response(request);
	response->topics.items =
		message_array(&request->arena, list_offsets_response_topic, message->topics.len);
	response->topics.len = message->topics.len;
	for (uint32_t i = 0; i < message->topics.len; i++) {
		const struct list_offsets_request_topic *asked = &message->topics.items[i];
		struct list_offsets_response_topic *topic = &response->topics.items[i];
		uint32_t n = asked->partitions.len;
		topic->name = asked->name;
		topic->partitions.items =
			message_array(&request->arena, list_offsets_response_partition, n);
		topic->partitions.len = n;
		for (uint32_t j = 0; j < n; j++)
			list_partition(broker, request, asked->name, &asked->partitions.items[j],
				       &topic->partitions.items[j]);
	}
	request_finish(request);
}

static void epoch_partition(struct broker *broker, struct slice name,
			    const struct offset_for_leader_epoch_request_partition *asked,
			    struct offset_for_leader_epoch_response_partition *answer)
{
	int16_t error = KAFKA_NONE;
	answer->partition = asked->partition;
	struct partition *partition =
		handle_partition(broker, name, (struct uuid){ 0 }, asked->partition, &error);
	if (partition != NULL)
		error = handle_leader_epoch(partition, asked->current_leader_epoch);
	if (error == KAFKA_NONE)
		log_epoch_end(partition->log, asked->leader_epoch, &answer->leader_epoch,
			      &answer->end_offset);
	answer->error_code = error;
}

void handle_offset_for_leader_epoch(struct broker *broker, struct request *request)
{
	const struct offset_for_leader_epoch_request *message = request->message;
	struct offset_for_leader_epoch_response *response = request_response(request);
	response->topics.items =
		message_array(&request->arena, offset_for_leader_epoch_response_topic,
			      message->topics.len);
	response->topics.len = message->topics.len;
	for (uint32_t i = 0; i < message->topics.len; i++) {
		const struct offset_for_leader_epoch_request_topic *asked =
			&message->topics.items[i];
		struct offset_for_leader_epoch_response_topic *topic = &response->topics.items[i];
		uint32_t n = asked->partitions.len;
		topic->topic = asked->topic;
		topic->partitions.items =
			message_array(&request->arena, offset_for_leader_epoch_response_partition,
				      n);
		topic->partitions.len = n;
		for (uint32_t j = 0; j < n; j++)
			epoch_partition(broker, asked->topic, &asked->partitions.items[j],
					&topic->partitions.items[j]);
	}
	request_finish(request);
}

static void delete_partition(struct broker *broker, struct slice name,
			     const struct delete_records_request_partition *asked,
			     struct delete_records_response_partition *answer)
{
	int16_t error = KAFKA_NONE;
	answer->partition_index = asked->partition_index;
	answer->low_watermark = -1;
	struct partition *partition =
		handle_partition(broker, name, (struct uuid){ 0 }, asked->partition_index, &error);
	if (partition != NULL && !log_config(partition->log)->cleanup_delete)
		error = KAFKA_POLICY_VIOLATION;
	if (partition != NULL && (partition->topic->internal || asked->offset < -1))
		error = partition->topic->internal ? KAFKA_INVALID_TOPIC_EXCEPTION
						   : KAFKA_OFFSET_OUT_OF_RANGE;
	if (error == KAFKA_NONE)
		log_delete_records(partition->log, asked->offset, &error);
	if (error == KAFKA_NONE)
		answer->low_watermark = log_start_offset(partition->log);
	answer->error_code = error;
}

void handle_delete_records(struct broker *broker, struct request *request)
{
	const struct delete_records_request *message = request->message;
	struct delete_records_response *response = request_response(request);
	response->topics.items =
		message_array(&request->arena, delete_records_response_topic, message->topics.len);
	response->topics.len = message->topics.len;
	for (uint32_t i = 0; i < message->topics.len; i++) {
		const struct delete_records_request_topic *asked = &message->topics.items[i];
		struct delete_records_response_topic *topic = &response->topics.items[i];
		uint32_t n = asked->partitions.len;
		topic->name = asked->name;
		topic->partitions.items =
			message_array(&request->arena, delete_records_response_partition, n);
		topic->partitions.len = n;
		for (uint32_t j = 0; j < n; j++)
			delete_partition(broker, asked->name, &asked->partitions.items[j],
					 &topic->partitions.items[j]);
	}
	request_finish(request);
}

struct producer_list {
	struct request *request;
	VEC(struct describe_producers_response_producer) found;
};

static void take_producer(void *arg, const struct log_producer *producer)
{
	struct producer_list *list = arg;
	vec_push(&list->found, (struct describe_producers_response_producer){
				       .producer_id = producer->producer_id,
				       .producer_epoch = producer->epoch,
				       .last_sequence = producer->last_sequence,
				       .last_timestamp = producer->last_timestamp_ms,
				       .coordinator_epoch = producer->coordinator_epoch,
				       .current_txn_start_offset = producer->txn_start_offset });
}

static void describe_partition(struct broker *broker, struct request *request, struct slice name,
			       int32_t index, struct describe_producers_response_partition *answer)
{
	int16_t error = KAFKA_NONE;
	answer->partition_index = index;
	struct partition *partition =
		handle_partition(broker, name, (struct uuid){ 0 }, index, &error);
	answer->error_code = error;
	if (partition == NULL) {
		answer->error_message = handle_text(request, kafka_error_text(error));
		return;
	}
	struct producer_list list = { .request = request };
	log_producers(partition->log, take_producer, &list);
	answer->active_producers.items =
		message_array(&request->arena, describe_producers_response_producer,
			      list.found.len);
	answer->active_producers.len = list.found.len;
	if (list.found.len > 0)
		memcpy(answer->active_producers.items, list.found.items,
		       list.found.len * sizeof(*list.found.items));
	vec_fini(&list.found);
}

void handle_describe_producers(struct broker *broker, struct request *request)
{
	const struct describe_producers_request *message = request->message;
	struct describe_producers_response *response = request_response(request);
	response->topics.items = message_array(&request->arena, describe_producers_response_topic,
					       message->topics.len);
	response->topics.len = message->topics.len;
	for (uint32_t i = 0; i < message->topics.len; i++) {
		const struct describe_producers_request_topic *asked = &message->topics.items[i];
		struct describe_producers_response_topic *topic = &response->topics.items[i];
		uint32_t n = asked->partition_indexes.len;
		topic->name = asked->name;
		topic->partitions.items =
			message_array(&request->arena, describe_producers_response_partition, n);
		topic->partitions.len = n;
		for (uint32_t j = 0; j < n; j++)
			describe_partition(broker, request, asked->name,
					   asked->partition_indexes.items[j],
					   &topic->partitions.items[j]);
	}
	request_finish(request);
}
