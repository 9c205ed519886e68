#include "broker/log.h"

#include "base/mem.h"
#include "broker/log_priv.h"

struct log_config log_config_default(void)
{
	return (struct log_config){
		.segment_bytes = INT64_C(1) << 30,
		.segment_ms = INT64_C(7) * 24 * 3600 * 1000,
		.retention_ms = INT64_C(7) * 24 * 3600 * 1000,
		.retention_bytes = -1,
		.max_message_bytes = 1048588,
		.index_interval_bytes = 4096,
		.timestamp_before_max_ms = INT64_MAX,
		.timestamp_after_max_ms = 3600000,
		.flush_messages = INT64_MAX,
		.delete_retention_ms = INT64_C(24) * 3600 * 1000,
		.min_compaction_lag_ms = 0,
		.max_compaction_lag_ms = INT64_MAX,
		.file_delete_delay_ms = 60000,
		.min_cleanable_dirty_ratio = 0.5,
		.cleanup_delete = true,
	};
}

struct log *log_new(struct log_store *store, const char *topic, int32_t partition,
		    struct uuid topic_id, const struct log_config *config)
{
	CLEANUP(buf_fini) struct buf dir = BUF_INIT(SEGMENT_PATH_MAX);
	struct log *log = mem_new(struct log);
	buf_printf(&dir, "%s/%s-%d", store->dir, topic, partition);
	log->store = store;
	log->topic = mem_strdup(topic);
	log->dir = mem_strdup(buf_str(&dir));
	log->partition = partition;
	log->topic_id = topic_id;
	log->config = *config;
	log->refs = 1;
	log->compact_horizon_ms = INT64_MAX;
	list_init(&log->chunks);
	list_init(&log->sync_node);
	list_init(&log->checkpoint_node);
	producer_table_init(&log->producers);
	return log;
}

struct log *log_ref(struct log *log)
{
	log->refs++;
	return log;
}

void log_unref(struct log *log)
{
	assert(log->refs > 0);
	if (--log->refs > 0)
		return;
	log_drop_chunks(log);
	list_remove(&log->sync_node);
	list_remove(&log->checkpoint_node);
	vec_each (segment, &log->segments)
		segment_unref(*segment);
	vec_fini(&log->segments);
	vec_fini(&log->epochs);
	vec_fini(&log->snapshots);
	producer_table_fini(&log->producers);
	mem_free(log->topic);
	mem_free(log->dir);
	mem_free(log);
}

struct segment *log_active(const struct log *log)
{
	assert(log->segments.len > 0);
	return log->segments.items[log->segments.len - 1];
}

/* ---- chunks ---- */

static struct log_chunk *last_chunk(const struct log *log)
{
	return list_empty(&log->chunks) ? NULL
					: list_item(log->chunks.prev, struct log_chunk, node);
}

void log_chunk_unref(struct log_chunk *chunk)
{
	assert(chunk->refs > 0);
	if (--chunk->refs > 0)
		return;
	segment_unref(chunk->segment);
	mem_free(chunk);
}

/* The log lets go; readers may still hold it. */
static void forget_chunk(struct log_chunk *chunk)
{
	chunk->store->chunk_bytes -= chunk->capacity;
	list_remove(&chunk->node);
	list_remove(&chunk->store_node);
	chunk->log = NULL;
	log_chunk_unref(chunk);
}

void log_drop_chunks(struct log *log)
{
	while (!list_empty(&log->chunks))
		forget_chunk(list_item(log->chunks.next, struct log_chunk, node));
}

/* The oldest chunks go while there is too much, unless their log still has to write them. */
void log_store_trim(struct log_store *store)
{
	list_each (chunk, &store->chunks, struct log_chunk, store_node) {
		if (store->chunk_bytes <= store->tail_bytes_max)
			return;
		bool first = chunk->log->chunks.next == &chunk->node;
		if (first && chunk->written == chunk->len)
			forget_chunk(chunk);
	}
}

static struct log_chunk *chunk_for(struct log *log, size_t bytes)
{
	struct log_chunk *last = last_chunk(log);
	struct segment *segment = log_active(log);
	if (last != NULL && last->segment == segment && last->capacity - last->len >= bytes)
		return last;
	size_t capacity = last != NULL ? last->capacity * 2 : LOG_CHUNK_BYTES_MIN;
	capacity = MAX(MIN(capacity, LOG_CHUNK_BYTES_MAX), bytes);
	struct log_chunk *chunk = (void *)mem_bytes(sizeof(*chunk) + capacity);
	*chunk = (struct log_chunk){ .log = log,
				     .store = log->store,
				     .segment = segment_ref(segment),
				     .refs = 1,
				     .base_offset = log->end_offset,
				     .end_offset = log->end_offset,
				     .at = segment->bytes,
				     .capacity = capacity };
	list_init(&chunk->node);
	list_init(&chunk->store_node);
	list_push_back(&log->chunks, &chunk->node);
	list_push_back(&log->store->chunks, &chunk->store_node);
	log->store->chunk_bytes += capacity;
	return chunk;
}

fallible log_write_out(struct log *log, struct err *err)
{
	struct segment *segment = log_active(log);
	if (segment->written == segment->bytes)
		return 0;
	TRY(segment_open(segment, true, err));
	list_each (chunk, &log->chunks, struct log_chunk, node) {
		if (chunk->written == chunk->len)
			continue;
		assert(chunk->segment == segment);
		assert(chunk->at + chunk->written == segment->written);
		struct slice bytes =
			slice_of(chunk->data + chunk->written, chunk->len - chunk->written);
		segment->unsynced = true;
		TRY(segment->disk->ops->write(segment->file, segment->written, bytes, err));
		segment->written += bytes.len;
		chunk->written = chunk->len;
	}
	assert(segment->written == segment->bytes);
	log_store_trim(log->store);
	return 0;
}

/* ---- append ---- */

fallible log_roll(struct log *log, struct err *err)
{
	struct segment *old = log_active(log);
	if (old->bytes == 0)
		return 0;
	TRY(log_write_out(log, err));
	struct segment *segment = segment_new(log->store->disk, log->dir, log->end_offset);
	int code = segment_open(segment, true, err);
	if (code != 0) {
		segment_unref(segment);
		return code;
	}
	segment->loaded = segment->unsynced = true;
	segment_finish(old);
	vec_push(&log->segments, segment);
	return 0;
}

static bool must_roll(const struct log *log, const struct log_append *append, size_t bytes)
{
	const struct segment *segment = log_active(log);
	int64_t last = log->end_offset + append->batch.last_offset_delta - segment->base_offset;
	if (segment->bytes == 0)
		return false;
	if (segment->bytes + bytes > (uint64_t)log->config.segment_bytes || last > INT32_MAX)
		return true;
	int64_t begun = segment->first_timestamp_ms, now = append->batch.max_timestamp;
	if (begun == RECORD_NO_TIMESTAMP)
		return false;
	return begun < now && now - begun > log->config.segment_ms;
}

static fallible make_room(struct log *log, const struct log_append *append, struct err *err)
{
	size_t bytes = append->batch.bytes.len;
	if (log->store->wal.waiting_bytes + bytes > LOG_UNSYNCED_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the disk is behind: %zu bytes wait to be synced",
			       log->store->wal.waiting_bytes);
	if (must_roll(log, append, bytes))
		TRY(log_roll(log, err));
	struct segment *segment = log_active(log);
	if (segment->bytes - segment->written >= LOG_WRITE_BEHIND_BYTES)
		TRY(log_write_out(log, err));
	return 0;
}

static void note_epoch(struct log *log)
{
	assert(log->epochs.len > 0);
	struct log_epoch *last = vec_last(&log->epochs);
	if (last->start_offset > log->end_offset)
		last->start_offset = log->end_offset;
}

static void mark_changed(struct log *log)
{
	if (!list_linked(&log->sync_node))
		list_push_back(&log->store->unsynced, &log->sync_node);
	if (!list_linked(&log->checkpoint_node))
		list_push_back(&log->store->dirty, &log->checkpoint_node);
}

/* Nothing fails from here on. `batch` has its final bytes in the chunk. */
static void count_batch(struct log *log, struct log_chunk *chunk, const struct record_batch *batch,
			int64_t now_ms)
{
	struct segment *segment = chunk->segment;
	struct log_aborted aborted;
	chunk->len += batch->bytes.len;
	chunk->end_offset = record_batch_last_offset(batch) + 1;
	segment_note(segment, batch, segment->bytes, log->config.index_interval_bytes);
	segment->bytes += batch->bytes.len;
	segment->modified_ms = now_ms;
	log->end_offset = chunk->end_offset;
	log->bytes_appended += batch->bytes.len;
	if (producer_apply(&log->producers, batch, batch->base_offset, now_ms, &aborted))
		segment_note_aborted(segment, &aborted);
	mark_changed(log);
}

static struct record_batch copy_batch(struct log *log, struct log_chunk *chunk,
				      const struct log_append *append)
{
	struct record_batch batch;
	struct record_fault fault;
	struct slice bytes = append->batch.bytes;
	uint8_t *to = chunk->data + chunk->len;
	memcpy(to, bytes.data, bytes.len);
	record_batch_set_base(to, log->end_offset, log_leader_epoch(log));
	if (log->config.log_append_time && (append->batch.attributes & RECORD_CONTROL) == 0)
		record_batch_set_append_time(to, append->now_ms);
	bool fine = record_batch_read(slice_of(to, bytes.len), &batch, &fault);
	assert(fine);
	return batch;
}

static void refuse(struct log_append *append, enum kafka_error error, const char *why)
{
	append->fault = (struct record_fault){ .kafka_error = (int16_t)error, .why = why };
}

static void check_limits(const struct log *log, struct log_append *append)
{
	const struct log_config *config = &log->config;
	const struct record_batch *batch = &append->batch;
	int64_t bytes = (int64_t)batch->bytes.len;
	if (bytes > config->max_message_bytes || batch->bytes.len > LOG_BATCH_BYTES_MAX) {
		refuse(append, KAFKA_MESSAGE_TOO_LARGE,
		       "the batch is larger than max.message.bytes");
	} else if (bytes > config->segment_bytes) {
		refuse(append, KAFKA_RECORD_LIST_TOO_LARGE, "the batch is larger than a segment");
	} else if (!config->log_append_time && batch->max_timestamp != RECORD_NO_TIMESTAMP) {
		int64_t now = append->now_ms;
		int64_t behind, ahead;
		if (__builtin_sub_overflow(now, batch->base_timestamp, &behind))
			behind = INT64_MAX;
		if (__builtin_sub_overflow(batch->max_timestamp, now, &ahead))
			ahead = INT64_MAX;
		if (behind > config->timestamp_before_max_ms ||
		    ahead > config->timestamp_after_max_ms)
			refuse(append, KAFKA_INVALID_TIMESTAMP,
			       "the timestamp is outside message.timestamp.before/after.max.ms");
	}
}

fallible log_append(struct log *log, struct log_append *append, struct err *err)
{
	assert(append->batch.bytes.len >= RECORD_BATCH_HEADER_BYTES);
	append->fault = (struct record_fault){ 0 };
	append->duplicate = false;
	append->append_time_ms = log->config.log_append_time ? append->now_ms : -1;
	TRY(log_store_failure(log->store, err));
	if (log->deleted)
		return err_set(err, ERR_NOT_FOUND, "the partition is deleted");
	if (!append->internal)
		check_limits(log, append);
	if (append->fault.kafka_error == KAFKA_NONE)
		producer_check(&log->producers, append);
	if (append->fault.kafka_error != KAFKA_NONE || append->duplicate)
		return 0;
	TRY(make_room(log, append, err));
	note_epoch(log);
	struct log_chunk *chunk = chunk_for(log, append->batch.bytes.len);
	struct record_batch batch = copy_batch(log, chunk, append);
	append->base_offset = batch.base_offset;
	append->last_offset = record_batch_last_offset(&batch);
	wal_add(&log->store->wal, log->topic_id, log->partition, batch.bytes);
	count_batch(log, chunk, &batch, append->now_ms);
	return 0;
}

fallible log_replay(struct log *log, const struct record_batch *batch, struct err *err)
{
	assert(batch->base_offset == log->end_offset);
	struct log_append append = { .batch = *batch };
	if (must_roll(log, &append, batch->bytes.len))
		TRY(log_roll(log, err));
	if (log_active(log)->bytes - log_active(log)->written >= LOG_WRITE_BEHIND_BYTES)
		TRY(log_write_out(log, err));
	struct log_chunk *chunk = chunk_for(log, batch->bytes.len);
	struct record_batch copy = *batch;
	copy.bytes.data = memcpy(chunk->data + chunk->len, batch->bytes.data, batch->bytes.len);
	copy.records = slice_sub(copy.bytes, RECORD_BATCH_HEADER_BYTES, SIZE_MAX);
	count_batch(log, chunk, &copy, batch->max_timestamp);
	return 0;
}

bool log_append_needs_verification(const struct log *log, const struct record_batch *batch)
{
	if ((batch->attributes & RECORD_TRANSACTIONAL) == 0)
		return false;
	const struct producer *producer = producer_find(&log->producers, batch->producer_id);
	return producer == NULL || producer->txn_first_offset < 0 ||
	       producer->epoch != batch->producer_epoch;
}

bool log_waits_for_disk(const struct log *log, int16_t acks)
{
	return acks == -1 || log->config.flush_messages == 1;
}

/* ---- what others ask ---- */

const char *log_topic(const struct log *log)
{
	return log->topic;
}

int32_t log_partition(const struct log *log)
{
	return log->partition;
}

struct uuid log_topic_id(const struct log *log)
{
	return log->topic_id;
}

const struct log_config *log_config(const struct log *log)
{
	return &log->config;
}

void log_configure(struct log *log, const struct log_config *config)
{
	log->config = *config;
}

int64_t log_start_offset(const struct log *log)
{
	return log->start_offset;
}

int64_t log_end_offset(const struct log *log)
{
	return log->end_offset;
}

int64_t log_high_watermark(const struct log *log)
{
	return log->high_watermark;
}

int64_t log_last_stable_offset(const struct log *log)
{
	int64_t unstable = producer_first_unstable(&log->producers, log->high_watermark);
	return MAX(MIN(unstable, log->high_watermark), MIN(log->start_offset, log->high_watermark));
}

int64_t log_limit(const struct log *log, enum log_isolation isolation)
{
	switch (isolation) {
	case LOG_READ_ALL:
		return log->end_offset;
	case LOG_READ_UNCOMMITTED:
		return log->high_watermark;
	case LOG_READ_COMMITTED:
		return log_last_stable_offset(log);
	}
	UNREACHABLE("an isolation that is none");
}

uint64_t log_bytes(const struct log *log)
{
	uint64_t bytes = 0;
	vec_each (segment, &log->segments)
		bytes += (*segment)->bytes;
	return bytes;
}

uint64_t log_bytes_appended(const struct log *log)
{
	return log->bytes_appended;
}

void *log_owner(const struct log *log)
{
	return log->owner;
}

void log_set_owner(struct log *log, void *owner)
{
	log->owner = owner;
}

void log_set_high_watermark(struct log *log, int64_t offset)
{
	assert(offset <= log->end_offset);
	int64_t stable = log->stable_told;
	bool moved = offset > log->high_watermark;
	if (moved) {
		log->high_watermark = offset;
		producer_durable(&log->producers, offset);
	}
	log->stable_told = log_last_stable_offset(log);
	const struct log_listener *listener = &log->store->listener;
	if ((moved || log->stable_told != stable) && listener->advanced != NULL && !log->deleted)
		listener->advanced(listener->arg, log);
}

int32_t log_leader_epoch(const struct log *log)
{
	return log->epochs.len > 0 ? log->epochs.items[log->epochs.len - 1].epoch : 0;
}

void log_epoch_begin(struct log *log, int32_t epoch)
{
	assert(log->epochs.len == 0 || epoch > log_leader_epoch(log));
	vec_push(&log->epochs, (struct log_epoch){ epoch, log->end_offset });
}

void log_epoch_end(const struct log *log, int32_t epoch, int32_t *ret_epoch, int64_t *ret_end)
{
	*ret_epoch = -1;
	*ret_end = -1;
	for (uint32_t i = 0; i < log->epochs.len && log->epochs.items[i].epoch <= epoch; i++) {
		bool last = i + 1 == log->epochs.len;
		*ret_epoch = log->epochs.items[i].epoch;
		*ret_end = last ? log->end_offset : log->epochs.items[i + 1].start_offset;
	}
	if (epoch > log_leader_epoch(log))
		*ret_epoch = -1, *ret_end = -1;
}

int32_t log_epoch_at(const struct log *log, int64_t offset)
{
	int32_t epoch = -1;
	for (uint32_t i = 0; i < log->epochs.len && log->epochs.items[i].start_offset <= offset;
	     i++)
		epoch = log->epochs.items[i].epoch;
	return epoch;
}

uint32_t log_segment_index(const struct log *log, int64_t offset)
{
	uint32_t low = 0, high = log->segments.len; /* segments below `low` begin at or before it */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (log->segments.items[middle]->base_offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? 0 : low - 1;
}

void log_delete_records(struct log *log, int64_t before, int16_t *ret_error)
{
	if (before == -1)
		before = log->high_watermark;
	if (before < 0 || before > log->high_watermark) {
		*ret_error = KAFKA_OFFSET_OUT_OF_RANGE;
		return;
	}
	*ret_error = KAFKA_NONE;
	if (before <= log->start_offset)
		return;
	log->start_offset = before;
	log->store->starts_changed = true;
}

void log_producers(const struct log *log, log_producer_visit *visit, void *arg)
{
	map_each (entry, &log->producers.producers) {
		const struct producer *producer = entry->value;
		const struct producer_batch *last =
			producer->nbatches > 0 ? &producer->batches[producer->nbatches - 1] : NULL;
		visit(arg, &(struct log_producer){
				   .producer_id = producer->id,
				   .last_timestamp_ms = producer->last_timestamp_ms,
				   .txn_start_offset = producer->txn_first_offset,
				   .last_sequence = last != NULL ? last->last_sequence : -1,
				   .coordinator_epoch = producer->coordinator_epoch,
				   .epoch = producer->epoch,
			   });
	}
}

int64_t log_txn_start(const struct log *log, int64_t producer_id)
{
	const struct producer *producer = producer_find(&log->producers, producer_id);
	return producer != NULL ? producer->txn_first_offset : -1;
}
