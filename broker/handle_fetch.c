/*
 * Fetch: reads from partitions until the client's bounds are reached. When there is less than
 * min_bytes, the request parks, counts bytes down as they become readable, and reads again; an
 * error of any partition is answered at once. Records are not copied where they lie in memory: the
 * answer borrows them from the log, which keeps them until the request is freed.
 *
 * Sessions (KIP-227) are answered with id 0, which tells clients to name all partitions each time.
 */
#include "broker/api.h"
#include "broker/handle.h"

#define FIRST_VERSION_WITH_SESSIONS 7
/* Spans of which the first is at least this long are answered without the others, and uncopied. */
#define BORROW_BYTES_MIN ((size_t)64 * 1024)

struct fetch_budget {
	size_t bytes_left;
	bool any; /* something is answered: the next batch must fit */
};

static void unpin(void *arg)
{
	log_read_done(arg);
}

/* One run of bytes out of several, or out of a file. */
static fallible load_spans(struct request *request, const struct log_read *read,
			   struct slice *ret_records, struct err *err)
{
	struct buf loaded CLEANUP(buf_fini) = BUF_INIT(INT32_MAX);
	uint8_t *all = arena_array_plain(&request->arena, uint8_t, read->bytes + 1);
	size_t len = 0;
	for (uint32_t i = 0; i < read->nspans; i++) {
		struct slice bytes;
		buf_reset(&loaded);
		TRY(log_span_load(&read->spans[i], &loaded, &bytes, err));
		assert(bytes.len <= read->bytes - len);
		memcpy(all + len, bytes.data, bytes.len);
		len += bytes.len;
	}
	*ret_records = slice_of(all, len);
	return 0;
}

static void free_loaded(void *arg)
{
	buf_fini(arg);
}

/* The first span alone: as it lies in memory, or read from its file once. */
static fallible take_first(struct request *request, struct log_read *read,
			   struct slice *ret_records, struct err *err)
{
	const struct log_span *first = &read->spans[0];
	if (first->bytes.data != NULL) {
		struct log_read *kept = arena_new(&request->arena, struct log_read);
		*kept = *read;
		arena_cleanup(&request->arena, unpin, kept);
		*ret_records = first->bytes;
		return 0;
	}
	struct buf *loaded = arena_new(&request->arena, struct buf);
	buf_init(loaded, INT32_MAX);
	arena_cleanup(&request->arena, free_loaded, loaded);
	int code = log_span_load(first, loaded, ret_records, err);
	log_read_done(read);
	return code;
}

/* From where the spans lie, uncopied; false where one lies in a file that has no descriptor. */
static bool take_rope(struct request *request, struct log_read *read, struct slice *ret_records)
{
	struct stream_part *parts = arena_array(&request->arena, struct stream_part, read->nspans);
	for (uint32_t i = 0; i < read->nspans; i++) {
		const struct log_span *span = &read->spans[i];
		bool in_file = span->bytes.data == NULL;
		parts[i] = STREAM_MEMORY(span->bytes);
		if (!in_file)
			continue;
		parts[i].descriptor = log_span_descriptor(span);
		parts[i].bytes = slice_of(NULL, span->len);
		parts[i].at = span->at;
		if (parts[i].descriptor < 0)
			return false;
	}
	struct log_read *kept = arena_new(&request->arena, struct log_read);
	*kept = *read;
	arena_cleanup(&request->arena, unpin, kept);
	*ret_records = request_rope(request, parts, read->nspans);
	return true;
}

static fallible take_records(struct request *request, struct log_read *read,
			     struct slice *ret_records, struct err *err)
{
	if (request->takes_ropes && take_rope(request, read, ret_records))
		return 0;
	if (read->nspans == 1 || read->spans[0].len >= BORROW_BYTES_MIN)
		return take_first(request, read, ret_records, err);
	int code = load_spans(request, read, ret_records, err);
	log_read_done(read);
	return code;
}

struct aborted_list {
	struct request *request;
	VEC(struct fetch_response_aborted_transaction) found;
};

static void take_aborted(void *arg, const struct log_aborted *aborted)
{
	struct aborted_list *list = arg;
	vec_push(&list->found, (struct fetch_response_aborted_transaction){
				       .producer_id = aborted->producer_id,
				       .first_offset = aborted->first_offset });
}

/* Never null for read_committed: an empty list says that nothing was aborted. */
static fallible answer_aborted(struct request *request, struct partition *partition, int64_t from,
			       int64_t to, struct fetch_response_partition *answer, struct err *err)
{
	struct aborted_list list = { .request = request };
	int code = log_aborted_between(partition->log, from, to, take_aborted, &list, err);
	uint32_t n = list.found.len;
	answer->aborted_transactions.items =
		message_array(&request->arena, fetch_response_aborted_transaction, n);
	answer->aborted_transactions.len = n;
	if (n > 0)
		memcpy(answer->aborted_transactions.items, list.found.items,
		       n * sizeof(*list.found.items));
	vec_fini(&list.found);
	return code;
}

static void answer_watermarks(const struct partition *partition,
			      struct fetch_response_partition *answer)
{
	answer->high_watermark = log_high_watermark(partition->log);
	answer->last_stable_offset = log_last_stable_offset(partition->log);
	answer->log_start_offset = log_start_offset(partition->log);
}

/* A reader whose log parted from ours is told where, instead of records. */
static bool answer_divergence(struct request *request, const struct partition *partition,
			      const struct fetch_request_partition *asked,
			      struct fetch_response_partition *answer)
{
	int32_t epoch;
	int64_t end;
	if (asked->last_fetched_epoch < 0)
		return false;
	log_epoch_end(partition->log, asked->last_fetched_epoch, &epoch, &end);
	if (epoch == asked->last_fetched_epoch && end >= asked->fetch_offset)
		return false;
	answer->diverging_epoch = message_new(&request->arena, fetch_response_diverging_epoch);
	answer->diverging_epoch->epoch = epoch;
	answer->diverging_epoch->end_offset = end;
	return true;
}

static enum log_isolation isolation_of(const struct fetch_request *message)
{
	return message->isolation_level == 1 ? LOG_READ_COMMITTED : LOG_READ_UNCOMMITTED;
}

static fallible read_partition(struct request *request, struct partition *partition,
			       const struct fetch_request_partition *asked,
			       struct fetch_budget *budget, struct fetch_response_partition *answer,
			       struct err *err)
{
	size_t most = (size_t)MAX(asked->partition_max_bytes, 0);
	struct log_read read = { .offset = asked->fetch_offset,
				 .bytes_max = MIN(most, budget->bytes_left),
				 .isolation = isolation_of(request->message) };
	TRY(log_read(partition->log, &read, err));
	answer->error_code = read.kafka_error;
	answer_watermarks(partition, answer);
	if (read.nspans == 0 || (budget->any && read.bytes > budget->bytes_left)) {
		log_read_done(&read);
		return 0;
	}
	int64_t limit = read.limit;
	TRY(take_records(request, &read, &answer->records, err));
	budget->any = true;
	budget->bytes_left -= MIN(budget->bytes_left, answer->records.len);
	if (read.isolation == LOG_READ_COMMITTED)
		TRY(answer_aborted(request, partition, asked->fetch_offset, limit, answer, err));
	return 0;
}

static void fetch_partition(struct broker *broker, struct request *request,
			    const struct fetch_request_topic *topic,
			    const struct fetch_request_partition *asked,
			    struct fetch_budget *budget, struct fetch_response_partition *answer)
{
	const struct fetch_request *message = request->message;
	int16_t error = KAFKA_NONE;
	answer->partition_index = asked->partition;
	answer->high_watermark = -1;
	answer->records = SLICE_EMPTY;
	if (message->isolation_level == 1)
		answer->aborted_transactions.items =
			message_array(&request->arena, fetch_response_aborted_transaction, 0);
	struct partition *partition =
		handle_partition(broker, topic->topic, topic->topic_id, asked->partition, &error);
	if (partition != NULL)
		error = handle_leader_epoch(partition, asked->current_leader_epoch);
	if (error != KAFKA_NONE) {
		answer->error_code = error;
		return;
	}
	if (answer_divergence(request, partition, asked, answer)) {
		answer_watermarks(partition, answer);
		return;
	}
	int code = read_partition(request, partition, asked, budget, answer, NULL);
	if (code != 0) {
		answer->error_code =
			code == ERR_CORRUPT ? KAFKA_CORRUPT_MESSAGE : broker_error_of(code);
		answer->records = SLICE_EMPTY;
	}
}

/* What one pass over all partitions found. */
struct fetch_found {
	size_t bytes;
	bool must_answer; /* an error, or a divergence */
};

static struct fetch_found fetch_all(struct broker *broker, struct request *request)
{
	const struct fetch_request *message = request->message;
	struct fetch_response *response = message_new(&request->arena, fetch_response);
	struct fetch_budget budget = {
		.bytes_left =
			(size_t)MIN(MAX(message->max_bytes, 0),
				    broker_config_i64(&broker->configs, BROKER_FETCH_MAX_BYTES))
	};
	struct fetch_found found = { 0 };
	uint32_t ntopics = message->topics.len;
	request->response = response;
	response->responses.items = message_array(&request->arena, fetch_response_topic, ntopics);
	response->responses.len = ntopics;
	for (uint32_t i = 0; i < ntopics; i++) {
		const struct fetch_request_topic *asked = &message->topics.items[i];
		struct fetch_response_topic *topic = &response->responses.items[i];
		uint32_t n = asked->partitions.len;
		topic->topic = asked->topic;
		topic->topic_id = asked->topic_id;
		topic->partitions.items =
			message_array(&request->arena, fetch_response_partition, n);
		topic->partitions.len = n;
		for (uint32_t j = 0; j < n; j++) {
			struct fetch_response_partition *answer = &topic->partitions.items[j];
			fetch_partition(broker, request, asked, &asked->partitions.items[j],
					&budget, answer);
			found.bytes += answer->records.len;
			found.must_answer |=
				answer->error_code != KAFKA_NONE || answer->diverging_epoch != NULL;
		}
	}
	return found;
}

static void fetch_resume(struct broker *broker, struct request *request, enum park_end end);

static void park_until_bytes(struct broker *broker, struct request *request, int64_t bytes)
{
	const struct fetch_request *message = request->message;
	struct parked *parked =
		park_request(broker, request, request->received_ms + message->max_wait_ms,
			     fetch_resume);
	for (uint32_t i = 0; i < message->topics.len; i++) {
		const struct fetch_request_topic *topic = &message->topics.items[i];
		for (uint32_t j = 0; j < topic->partitions.len; j++) {
			int16_t error;
			struct partition *partition =
				handle_partition(broker, topic->topic, topic->topic_id,
						 topic->partitions.items[j].partition, &error);
			if (partition != NULL)
				park_for_bytes(parked, &partition->spot, bytes);
		}
	}
}

static void fetch_or_park(struct broker *broker, struct request *request)
{
	const struct fetch_request *message = request->message;
	struct fetch_found found = fetch_all(broker, request);
	bool due = broker->time.now_ms >= request->received_ms + message->max_wait_ms;
	if (found.must_answer || due || (int64_t)found.bytes >= message->min_bytes ||
	    message->topics.len == 0) {
		struct fetch_response *response = request->response;
		request->throttle_ms =
			quota_charge(broker, request, QUOTA_CONSUMER_BYTES, (double)found.bytes);
		response->throttle_time_ms = request->throttle_ms;
		request_finish(request);
		return;
	}
	request_forget_response(request);
	park_until_bytes(broker, request, message->min_bytes - (int64_t)found.bytes);
}

static void fetch_resume(struct broker *broker, struct request *request, enum park_end end)
{
	(void)end;
	fetch_or_park(broker, request);
}

void handle_fetch(struct broker *broker, struct request *request)
{
	const struct fetch_request *message = request->message;
	if (request->version >= FIRST_VERSION_WITH_SESSIONS && message->session_id != 0) {
		struct fetch_response *response = request_response(request);
		response->error_code = KAFKA_FETCH_SESSION_ID_NOT_FOUND;
		request_finish(request);
		return;
	}
	fetch_or_park(broker, request);
}
