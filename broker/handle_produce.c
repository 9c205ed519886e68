/*
 * Produce: each partition's batch is checked, appended, and answered once it is as safe as the
 * client asked. Acknowledged means on disk for acks=all, and for every acks where the topic says
 * flush.messages=1; so the request parks at the high watermarks of its partitions. A partition may
 * be deleted while it waits: what waits is remembered by topic id, and looked up again.
 */
#include "broker/api.h"
#include "broker/handle.h"

#define ZSTD_FIRST_VERSION 7

/* A partition whose answer waits for the disk. */
struct produce_wait {
	struct produce_response_partition *answer;
	struct uuid topic_id;
	int32_t index;
	int64_t last_offset;
};

struct produce_state {
	struct produce_wait *waits;
	uint32_t nwaits;
	bool failed; /* at least one partition */
};

static void answer_fault(struct request *request, struct produce_response_partition *answer,
			 int16_t error, const char *why)
{
	answer->error_code = error;
	answer->base_offset = -1;
	if (why != NULL)
		answer->error_message = handle_text(request, why);
}

/* What can be said before anything is looked at. */
static int16_t check_partition(struct broker *broker, const struct partition *partition,
			       int16_t acks)
{
	const struct topic *topic = partition->topic;
	if (acks < -1 || acks > 1)
		return KAFKA_INVALID_REQUIRED_ACKS;
	if (topic->internal)
		return KAFKA_INVALID_TOPIC_EXCEPTION;
	if (acks == -1 && !broker_config_bool(&broker->configs, BROKER_REPLICATION_LENIENT) &&
	    topic_config_i64(&topic->configs, &broker->configs, TOPIC_MIN_INSYNC_REPLICAS) > 1)
		return KAFKA_NOT_ENOUGH_REPLICAS;
	return KAFKA_NONE;
}

static bool check_batch(const struct request *request, const struct partition *partition,
			struct slice records, struct record_batch *ret_batch,
			struct record_fault *ret_fault)
{
	if (!record_batch_check(records, ret_batch, ret_fault) ||
	    !record_batch_check_produced(records, ret_batch, ret_fault))
		return false;
	if (record_batch_codec(ret_batch) == COMPRESS_ZSTD &&
	    request->version < ZSTD_FIRST_VERSION) {
		*ret_fault = (struct record_fault){ KAFKA_UNSUPPORTED_COMPRESSION_TYPE,
						    "zstd needs version 7 of Produce" };
		return false;
	}
	if (!log_config(partition->log)->cleanup_compact)
		return true;
	struct buf scratch CLEANUP(buf_fini) = BUF_INIT(RECORD_UNPACKED_BYTES_MAX);
	return record_batch_check_records(ret_batch, &scratch, true, ret_fault);
}

static void append(struct broker *broker, struct request *request, struct partition *partition,
		   struct slice records, struct produce_response_partition *answer,
		   struct produce_state *state)
{
	const struct produce_request *message = request->message;
	struct log_append append = { .now_ms = broker->time.wall_ms, .coordinator_epoch = -1 };
	if (!check_batch(request, partition, records, &append.batch, &append.fault)) {
		answer_fault(request, answer, append.fault.kafka_error, append.fault.why);
		return;
	}
	if (log_append_needs_verification(partition->log, &append.batch)) {
		int16_t error =
			broker->verify_txn != NULL
				? broker->verify_txn(broker, request, partition, &append.batch)
				: KAFKA_INVALID_TXN_STATE;
		if (error != KAFKA_NONE) {
			answer_fault(request, answer, error, kafka_error_text(error));
			return;
		}
		append.txn_verified = true;
	}
	struct err err = ERR_INIT;
	int code = log_append(partition->log, &append, &err);
	if (code != 0) {
		answer_fault(request, answer, broker_error_of(code), err.text);
		return;
	}
	if (append.fault.kafka_error != 0) {
		answer_fault(request, answer, append.fault.kafka_error, append.fault.why);
		return;
	}
	answer->base_offset = append.base_offset;
	answer->log_append_time_ms = append.append_time_ms;
	answer->log_start_offset = log_start_offset(partition->log);
	if (log_waits_for_disk(partition->log, message->acks) &&
	    log_high_watermark(partition->log) <= append.last_offset)
		state->waits[state->nwaits++] =
			(struct produce_wait){ answer, partition->topic->id, partition->index,
					       append.last_offset };
}

static void produce_partition(struct broker *broker, struct request *request,
			      const struct produce_request_topic *topic,
			      const struct produce_request_partition *asked,
			      struct produce_response_partition *answer,
			      struct produce_state *state)
{
	const struct produce_request *message = request->message;
	int16_t error = KAFKA_NONE;
	answer->index = asked->index;
	struct partition *partition =
		handle_partition(broker, topic->name, topic->topic_id, asked->index, &error);
	if (partition != NULL)
		error = check_partition(broker, partition, message->acks);
	if (error != KAFKA_NONE)
		answer_fault(request, answer, error, kafka_error_text(error));
	else
		append(broker, request, partition, asked->records, answer, state);
	state->failed |= answer->error_code != KAFKA_NONE;
}

static uint32_t count_partitions(const struct produce_request *message)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < message->topic_data.len; i++)
		n += message->topic_data.items[i].partition_data.len;
	return n;
}

static void produce_all(struct broker *broker, struct request *request, struct produce_state *state)
{
	const struct produce_request *message = request->message;
	struct produce_response *response = request_response(request);
	uint32_t ntopics = message->topic_data.len;
	response->responses.items = message_array(&request->arena, produce_response_topic, ntopics);
	response->responses.len = ntopics;
	for (uint32_t i = 0; i < ntopics; i++) {
		const struct produce_request_topic *asked = &message->topic_data.items[i];
		struct produce_response_topic *topic = &response->responses.items[i];
		uint32_t n = asked->partition_data.len;
		topic->name = asked->name;
		topic->topic_id = asked->topic_id;
		topic->partition_responses.items =
			message_array(&request->arena, produce_response_partition, n);
		topic->partition_responses.len = n;
		for (uint32_t j = 0; j < n; j++)
			produce_partition(broker, request, asked, &asked->partition_data.items[j],
					  &topic->partition_responses.items[j], state);
	}
}

/* The disk has it, or never will, or the client waits no longer. */
static void answer_waits(struct broker *broker, struct produce_state *state)
{
	for (uint32_t i = 0; i < state->nwaits; i++) {
		struct produce_wait *wait = &state->waits[i];
		struct topic *topic = topic_find_id(broker, wait->topic_id);
		struct partition *partition =
			topic != NULL ? topic_partition(topic, wait->index) : NULL;
		int16_t error = KAFKA_NONE;
		if (partition == NULL)
			error = KAFKA_UNKNOWN_TOPIC_OR_PARTITION;
		else if (log_high_watermark(partition->log) <= wait->last_offset)
			error = log_store_failure(broker->store, NULL) != 0
					? KAFKA_KAFKA_STORAGE_ERROR
					: KAFKA_REQUEST_TIMED_OUT;
		if (error == KAFKA_NONE)
			continue;
		wait->answer->error_code = error;
		wait->answer->base_offset = -1;
	}
}

static struct produce_state *state_of(struct request *request)
{
	return request->handler_state;
}

static void produce_resume(struct broker *broker, struct request *request, enum park_end end)
{
	(void)end;
	answer_waits(broker, state_of(request));
	request_finish(request);
}

static void park_until_synced(struct broker *broker, struct request *request,
			      struct produce_state *state)
{
	const struct produce_request *message = request->message;
	struct parked *parked =
		park_request(broker, request, request->received_ms + MAX(message->timeout_ms, 0),
			     produce_resume);
	for (uint32_t i = 0; i < state->nwaits; i++) {
		struct topic *topic = topic_find_id(broker, state->waits[i].topic_id);
		struct partition *partition = topic_partition(topic, state->waits[i].index);
		park_for_offset(parked, &partition->spot, state->waits[i].last_offset + 1);
	}
}

static void charge(struct broker *broker, struct request *request)
{
	struct produce_response *response = request_response(request);
	request->throttle_ms =
		quota_charge(broker, request, QUOTA_PRODUCER_BYTES, (double)request->body.len);
	response->throttle_time_ms = request->throttle_ms;
}

void handle_produce(struct broker *broker, struct request *request)
{
	const struct produce_request *message = request->message;
	struct produce_state *state = arena_new(&request->arena, struct produce_state);
	state->waits = arena_array(&request->arena, struct produce_wait, count_partitions(message));
	request->handler_state = state;
	produce_all(broker, request, state);
	charge(broker, request);
	if (message->acks == 0) {
		/* Nobody reads an answer; a closed connection is the only way to say "no". */
		request->no_response = true;
		request->close = state->failed;
	} else if (state->nwaits > 0) {
		park_until_synced(broker, request, state);
		return;
	}
	request_finish(request);
}
