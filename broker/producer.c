#include "broker/producer.h"

#include "base/crc32c.h"
#include "base/mem.h"

void producer_table_init(struct producer_table *table)
{
	*table = (struct producer_table){ 0 };
	map_init(&table->producers);
	list_init(&table->open_txns);
}

void producer_table_clear(struct producer_table *table)
{
	map_each (entry, &table->producers)
		mem_free(entry->value);
	map_clear(&table->producers);
	list_init(&table->open_txns);
	vec_clear(&table->ended);
}

void producer_table_fini(struct producer_table *table)
{
	producer_table_clear(table);
	map_fini(&table->producers);
	vec_fini(&table->ended);
}

static struct slice key_of(const int64_t *id)
{
	return slice_of(id, sizeof(*id));
}

struct producer *producer_find(const struct producer_table *table, int64_t id)
{
	return map_get(&table->producers, key_of(&id));
}

static struct producer *find_or_add(struct producer_table *table, int64_t id)
{
	struct producer *producer = producer_find(table, id);
	if (producer != NULL)
		return producer;
	producer = mem_new(struct producer);
	producer->id = id;
	producer->epoch = -1;
	producer->coordinator_epoch = -1;
	producer->txn_first_offset = -1;
	list_init(&producer->txn_node);
	map_put(&table->producers, key_of(&id), producer);
	return producer;
}

/* Sequences count up to INT32_MAX and go on with 0. */
static int32_t sequence_add(int32_t sequence, int32_t n)
{
	return (int32_t)(((int64_t)sequence + n) % ((int64_t)INT32_MAX + 1));
}

static const struct producer_batch *find_duplicate(const struct producer *producer,
						   const struct record_batch *batch)
{
	int32_t last = sequence_add(batch->base_sequence, batch->last_offset_delta);
	for (uint32_t i = 0; i < producer->nbatches; i++) {
		const struct producer_batch *kept = &producer->batches[i];
		if (kept->last_sequence == last && kept->offset_delta == batch->last_offset_delta)
			return kept;
	}
	return NULL;
}

static void refuse(struct log_append *append, enum kafka_error error, const char *why)
{
	append->fault = (struct record_fault){ .kafka_error = (int16_t)error, .why = why };
}

static void check_marker(const struct producer *producer, struct log_append *append)
{
	if (producer == NULL)
		return;
	if (append->batch.producer_epoch < producer->epoch)
		refuse(append, KAFKA_INVALID_PRODUCER_EPOCH,
		       "the marker's epoch is older than the producer's");
	else if (append->coordinator_epoch < producer->coordinator_epoch)
		refuse(append, KAFKA_TRANSACTION_COORDINATOR_FENCED,
		       "the marker comes from an older coordinator");
}

static void check_sequence(const struct producer *producer, struct log_append *append)
{
	const struct record_batch *batch = &append->batch;
	if (producer == NULL || producer->epoch == -1)
		return; /* its state may be gone with retention: any sequence may begin */
	if (batch->producer_epoch < producer->epoch) {
		refuse(append, KAFKA_INVALID_PRODUCER_EPOCH,
		       "a newer epoch of this producer has written here");
		return;
	}
	if (batch->producer_epoch > producer->epoch) {
		if (batch->base_sequence != 0)
			refuse(append, KAFKA_OUT_OF_ORDER_SEQUENCE_NUMBER,
			       "a new epoch begins with sequence 0");
		return;
	}
	if (producer->nbatches == 0)
		return; /* only markers so far */
	int32_t expected = sequence_add(producer->batches[producer->nbatches - 1].last_sequence, 1);
	if (batch->base_sequence != expected)
		refuse(append, KAFKA_OUT_OF_ORDER_SEQUENCE_NUMBER,
		       "the sequence is not the next one");
}

void producer_check(const struct producer_table *table, struct log_append *append)
{
	const struct record_batch *batch = &append->batch;
	if (batch->producer_id < 0)
		return;
	const struct producer *producer = producer_find(table, batch->producer_id);
	if ((batch->attributes & RECORD_CONTROL) != 0) {
		check_marker(producer, append);
		return;
	}
	if (producer != NULL && producer->epoch == batch->producer_epoch &&
	    batch->base_sequence >= 0) {
		const struct producer_batch *first_time = find_duplicate(producer, batch);
		if (first_time != NULL) {
			append->duplicate = true;
			append->last_offset = first_time->last_offset;
			append->base_offset = first_time->last_offset - first_time->offset_delta;
			return;
		}
	}
	if (!append->internal || batch->base_sequence >= 0)
		check_sequence(producer, append);
	bool transactional = (batch->attributes & RECORD_TRANSACTIONAL) != 0;
	bool open = producer != NULL && producer->txn_first_offset >= 0;
	if (append->fault.kafka_error != KAFKA_NONE || append->internal)
		return;
	if (transactional && !append->txn_verified &&
	    !(open && producer->epoch == batch->producer_epoch))
		refuse(append, KAFKA_INVALID_TXN_STATE,
		       "the partition is not part of an open transaction of this producer");
	else if (!transactional && open)
		refuse(append, KAFKA_INVALID_TXN_STATE,
		       "the producer has an open transaction, and the batch is not part of it");
}

static void close_txn(struct producer_table *table, struct producer *producer,
		      int64_t marker_offset)
{
	vec_push(&table->ended,
		 (struct producer_ended){ producer->txn_first_offset, marker_offset });
	list_remove(&producer->txn_node);
	producer->txn_first_offset = -1;
}

static bool apply_marker(struct producer_table *table, struct producer *producer,
			 const struct record_batch *batch, int64_t offset,
			 struct log_aborted *ret_aborted)
{
	enum record_control type;
	int32_t coordinator_epoch;
	if (record_control_read(batch, &type, &coordinator_epoch, NULL) != 0)
		return false; /* of a kind that Kafka has and we have not */
	if (batch->producer_epoch > producer->epoch)
		producer->nbatches = 0;
	producer->epoch = batch->producer_epoch;
	producer->coordinator_epoch = coordinator_epoch;
	if (producer->txn_first_offset < 0)
		return false;
	int64_t first = producer->txn_first_offset;
	close_txn(table, producer, offset);
	if (type == RECORD_COMMIT)
		return false;
	int64_t stable = list_empty(&table->open_txns)
				 ? offset + 1
				 : list_item(table->open_txns.next, struct producer, txn_node)
					   ->txn_first_offset;
	*ret_aborted = (struct log_aborted){ .producer_id = producer->id,
					     .first_offset = first,
					     .last_offset = offset,
					     .last_stable_offset = stable };
	return true;
}

static void remember_batch(struct producer *producer, const struct producer_batch *batch)
{
	if (producer->nbatches == PRODUCER_BATCHES) {
		memmove(producer->batches, producer->batches + 1,
			sizeof(producer->batches[0]) * (PRODUCER_BATCHES - 1));
		producer->nbatches--;
	}
	producer->batches[producer->nbatches++] = *batch;
}

bool producer_apply(struct producer_table *table, const struct record_batch *batch,
		    int64_t base_offset, int64_t now_ms, struct log_aborted *ret_aborted)
{
	if (batch->producer_id < 0)
		return false;
	struct producer *producer = find_or_add(table, batch->producer_id);
	producer->last_timestamp_ms = now_ms;
	if ((batch->attributes & RECORD_CONTROL) != 0)
		return apply_marker(table, producer, batch, base_offset, ret_aborted);
	if (batch->producer_epoch != producer->epoch)
		producer->nbatches = 0;
	producer->epoch = batch->producer_epoch;
	if (batch->base_sequence >= 0)
		remember_batch(producer,
			       &(struct producer_batch){
				       .last_offset = base_offset + batch->last_offset_delta,
				       .timestamp_ms = batch->max_timestamp,
				       .last_sequence = sequence_add(batch->base_sequence,
								     batch->last_offset_delta),
				       .offset_delta = batch->last_offset_delta,
			       });
	if ((batch->attributes & RECORD_TRANSACTIONAL) != 0 && producer->txn_first_offset < 0) {
		producer->txn_first_offset = base_offset;
		list_push_back(&table->open_txns, &producer->txn_node);
	}
	return false;
}

int64_t producer_first_unstable(const struct producer_table *table, int64_t durable)
{
	int64_t first = INT64_MAX;
	if (!list_empty(&table->open_txns))
		first = list_item(table->open_txns.next, struct producer, txn_node)
				->txn_first_offset;
	vec_each (ended, &table->ended) {
		if (ended->last_offset >= durable)
			first = MIN(first, ended->first_offset);
	}
	return first;
}

void producer_durable(struct producer_table *table, int64_t durable)
{
	uint32_t kept = 0;
	vec_each (ended, &table->ended) {
		if (ended->last_offset >= durable)
			table->ended.items[kept++] = *ended;
	}
	table->ended.len = kept;
}

void producer_expire(struct producer_table *table, int64_t before_ms)
{
	map_each (entry, &table->producers) {
		struct producer *producer = entry->value;
		if (producer->last_timestamp_ms >= before_ms || producer->txn_first_offset >= 0)
			continue;
		int64_t id = producer->id;
		mem_free(producer);
		map_remove(&table->producers, key_of(&id));
	}
}

/*
 * ProducerSnapshot.json, version 1: version (2), crc (4) of all that follows, count (4), and for
 * each: id (8), epoch (2), last sequence (4), last offset (8), offset delta (4), timestamp (8),
 * coordinator epoch (4), first offset of the open transaction or -1 (8). We write an entry for each
 * remembered batch, the oldest first: the last one of an id is the one that Kafka keeps.
 */
#define SNAPSHOT_VERSION 1
#define SNAPSHOT_CRC_AT 2
#define SNAPSHOT_HEADER_BYTES 6
#define SNAPSHOT_ENTRY_BYTES 46

static void print_entry(const struct producer *producer, const struct producer_batch *batch,
			struct buf *to)
{
	static const struct producer_batch NONE = { .last_offset = -1, .last_sequence = -1 };
	const struct producer_batch *shown = batch != NULL ? batch : &NONE;
	buf_append_u64(to, (uint64_t)producer->id);
	buf_append_u16(to, (uint16_t)producer->epoch);
	buf_append_u32(to, (uint32_t)shown->last_sequence);
	buf_append_u64(to, (uint64_t)shown->last_offset);
	buf_append_u32(to, (uint32_t)shown->offset_delta);
	buf_append_u64(to, (uint64_t)producer->last_timestamp_ms);
	buf_append_u32(to, (uint32_t)producer->coordinator_epoch);
	buf_append_u64(to, (uint64_t)producer->txn_first_offset);
}

void producer_snapshot(const struct producer_table *table, struct buf *to)
{
	size_t at = to->len;
	uint32_t count = 0;
	buf_append_u16(to, SNAPSHOT_VERSION);
	buf_append_u32(to, 0);
	buf_append_u32(to, 0);
	map_each (entry, &table->producers) {
		const struct producer *producer = entry->value;
		for (uint32_t i = 0; i < producer->nbatches; i++)
			print_entry(producer, &producer->batches[i], to);
		if (producer->nbatches == 0)
			print_entry(producer, NULL, to);
		count += MAX(producer->nbatches, 1);
	}
	if (to->overflowed)
		return;
	store_be32(to->data + at + SNAPSHOT_HEADER_BYTES, count);
	struct slice rest = slice_sub(buf_slice(to), at + SNAPSHOT_HEADER_BYTES, SIZE_MAX);
	store_be32(to->data + at + SNAPSHOT_CRC_AT, crc32c(0, rest));
}

/* Keeps open_txns in the order of first offsets: snapshots have them in any order. */
static void open_txn_in_order(struct producer_table *table, struct producer *producer)
{
	struct list *place = table->open_txns.next;
	while (place != &table->open_txns &&
	       list_item(place, struct producer, txn_node)->txn_first_offset <
		       producer->txn_first_offset)
		place = place->next;
	list_insert_before(place, &producer->txn_node);
}

static void restore_entry(struct producer_table *table, struct reader *r)
{
	struct producer *producer = find_or_add(table, (int64_t)reader_u64(r));
	producer->epoch = (int16_t)reader_u16(r);
	struct producer_batch batch = { .last_sequence = (int32_t)reader_u32(r) };
	batch.last_offset = (int64_t)reader_u64(r);
	batch.offset_delta = (int32_t)reader_u32(r);
	batch.timestamp_ms = (int64_t)reader_u64(r);
	producer->last_timestamp_ms = batch.timestamp_ms;
	producer->coordinator_epoch = (int32_t)reader_u32(r);
	int64_t txn_first_offset = (int64_t)reader_u64(r);
	if (batch.last_sequence >= 0)
		remember_batch(producer, &batch);
	if (txn_first_offset >= 0 && producer->txn_first_offset < 0) {
		producer->txn_first_offset = txn_first_offset;
		open_txn_in_order(table, producer);
	}
}

fallible producer_restore(struct producer_table *table, struct slice snapshot, struct err *err)
{
	struct reader r = reader_of(snapshot);
	uint16_t version = reader_u16(&r);
	uint32_t crc = reader_u32(&r);
	bool fine = crc32c(0, slice_sub(snapshot, SNAPSHOT_HEADER_BYTES, SIZE_MAX)) == crc;
	uint32_t count = reader_u32(&r);
	if (r.failed || !fine || version != SNAPSHOT_VERSION ||
	    reader_left(&r) != (size_t)count * SNAPSHOT_ENTRY_BYTES)
		return err_set(err, ERR_CORRUPT, "a snapshot of producers is damaged");
	producer_table_clear(table);
	for (uint32_t i = 0; i < count; i++)
		restore_entry(table, &r);
	return reader_check(&r, "a snapshot of producers", err);
}
