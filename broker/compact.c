/*
 * Compaction: of each key the last record stays.
 *
 * The log is clean up to `cleaned_offset`; behind it are dirty segments, up to the first that may
 * not be touched (the active one, open transactions, what is not checkpointed, what is too young).
 *
 *  1. The offset of the last record of each key in the dirty part goes into a table, by a 128-bit
 * hash of the key. Aborted records do not count.
 *  2. All segments from the first on are copied, in groups that fit a segment, into ".cleaned"
 * files. A record stays unless the table knows a later one; offsets never change, so batches keep
 * theirs. Tombstones and markers get a horizon (delete.retention.ms from now) the first time and
 * leave when it has passed. A batch left empty stays as a header where it is the last of its
 * producer (sequences) or of its group (the end offset).
 *  3. For each group: sync, rename to ".swap" (from here on a restart finishes it), remove what it
 *     stands for, rename to ".log".
 *
 * Steps 1 and 2 run on a job's thread and read only closed segments and what was copied at the
 * start.
 */
#include "broker/log_priv.h"

#include "base/hash.h"
#include "base/mem.h"

/* Of keys in the table: 24 bytes each. What does not fit waits for the next round. */
#define KEYS_MAX ((size_t)4 * 1024 * 1024)
#define OUTPUT_BYTES ((size_t)1024 * 1024)
/* As Kafka's log.cleaner.backoff.ms. */
#define PUT_OFF_MS 15000
#define GROUP_OFFSETS_MAX INT32_MAX

struct key_slot {
	uint64_t hash[2];
	int64_t offset; /* -1: empty */
};

struct last_batch { /* a producer's last batch: its sequence must survive */
	int64_t producer_id, last_offset;
};

struct output {
	struct segment *segment; /* owned: what the group becomes */
	uint32_t first, n;       /* of the sources */
};

struct compaction {
	struct log *log; /* counted */
	struct disk *disk;
	int64_t now_ms, dirty_from, limit, mapped_to;
	int64_t horizon_ms; /* the first tombstone or marker may go then */
	int64_t delete_retention_ms, segment_bytes, index_interval;
	VEC(struct segment *) sources; /* counted, closed */
	VEC(struct log_aborted) aborted;
	VEC(struct last_batch) last_batches;
	VEC(int64_t) txn_with_data; /* producers whose present transaction has kept a record */
	VEC(struct output) outputs;
	struct key_slot *slots;
	size_t slot_mask, keys;
	struct buf pending, scratch,
		batch; /* output not yet written; unpacked records; a new batch */
};

/* ---- choosing ---- */

static int64_t first_uncleanable(struct log *log, int64_t now_ms)
{
	int64_t limit = MIN(MIN(log_last_stable_offset(log), log->recovery_point),
			    log_active(log)->base_offset);
	if (log->config.min_compaction_lag_ms <= 0)
		return limit;
	vec_each (segment, &log->segments) {
		if (segment_load(*segment, log->config.index_interval_bytes, NULL) != 0 ||
		    now_ms - (*segment)->max_timestamp_ms < log->config.min_compaction_lag_ms)
			return MIN(limit, (*segment)->base_offset);
	}
	return limit;
}

struct candidate {
	struct log *log;
	int64_t limit, dirty_from;
	double ratio;
	bool overdue;
};

static bool past(int64_t since, int64_t now_ms, int64_t span)
{
	return since != RECORD_NO_TIMESTAMP && since < now_ms && now_ms - since > span;
}

static struct candidate look_at(struct log *log, int64_t now_ms)
{
	struct candidate candidate = { .log = log,
				       .limit = first_uncleanable(log, now_ms),
				       .dirty_from = MAX(log->cleaned_offset, log->start_offset) };
	uint64_t clean = 0, dirty = 0;
	vec_each (segment, &log->segments) {
		/* An empty active segment ends where it begins. */
		if ((*segment)->end_offset > candidate.limit || !(*segment)->closed)
			break;
		if ((*segment)->end_offset <= candidate.dirty_from) {
			clean += (*segment)->bytes;
			continue;
		}
		if (dirty == 0 && log->config.max_compaction_lag_ms != INT64_MAX &&
		    segment_load(*segment, log->config.index_interval_bytes, NULL) == 0)
			candidate.overdue = past((*segment)->first_timestamp_ms, now_ms,
						 log->config.max_compaction_lag_ms);
		dirty += (*segment)->bytes;
	}
	if (dirty > 0)
		candidate.ratio = (double)dirty / (double)(clean + dirty);
	candidate.overdue |= clean > 0 && log->compact_horizon_ms <= now_ms;
	return candidate;
}

static fallible copy_state(struct compaction *compaction, struct err *err)
{
	struct log *log = compaction->log;
	vec_each (entry, &log->segments) {
		struct segment *segment = *entry;
		if (segment->end_offset > compaction->limit || !segment->closed)
			break;
		TRY(segment_load(segment, compaction->index_interval, err));
		TRY(segment_open(segment, false, err));
		vec_push(&compaction->sources, segment_ref(segment));
		vec_each (aborted, &segment->aborted)
			vec_push(&compaction->aborted, *aborted);
	}
	map_each (entry, &log->producers.producers) {
		const struct producer *producer = entry->value;
		if (producer->nbatches > 0)
			vec_push(&compaction->last_batches,
				 (struct last_batch){
					 producer->id,
					 producer->batches[producer->nbatches - 1].last_offset });
	}
	return 0;
}

struct compaction *compaction_choose(struct log_store *store, int64_t now_ms)
{
	struct candidate best = { .log = NULL };
	map_each (entry, &store->logs) {
		struct log *log = entry->value;
		if (!log->config.cleanup_compact || log->compacting ||
		    now_ms < log->compact_not_before_ms)
			continue;
		struct candidate candidate = look_at(log, now_ms);
		if (!candidate.overdue && (candidate.ratio <= 0 ||
					   candidate.ratio < log->config.min_cleanable_dirty_ratio))
			continue;
		if (best.log == NULL || candidate.ratio > best.ratio)
			best = candidate;
	}
	if (best.log == NULL)
		return NULL;
	struct compaction *compaction = mem_new(struct compaction);
	*compaction = (struct compaction){
		.log = log_ref(best.log),
		.disk = store->disk,
		.now_ms = now_ms,
		.dirty_from = best.dirty_from,
		.limit = best.limit,
		.mapped_to = best.limit,
		.horizon_ms = INT64_MAX,
		.delete_retention_ms = best.log->config.delete_retention_ms,
		.segment_bytes = best.log->config.segment_bytes,
		.index_interval = best.log->config.index_interval_bytes,
		.pending = BUF_INIT(OUTPUT_BYTES + 2 * LOG_BATCH_BYTES_MAX),
		.scratch = BUF_INIT(RECORD_UNPACKED_BYTES_MAX),
		.batch = BUF_INIT(2 * RECORD_UNPACKED_BYTES_MAX),
	};
	best.log->compacting = true;
	if (copy_state(compaction, NULL) != 0 || compaction->sources.len == 0) {
		compaction_free(compaction);
		return NULL;
	}
	return compaction;
}

void compaction_put_off(struct compaction *compaction, int64_t now_ms)
{
	compaction->log->compact_not_before_ms = now_ms + PUT_OFF_MS;
}

void compaction_free(struct compaction *compaction)
{
	compaction->log->compacting = false;
	log_unref(compaction->log);
	vec_each (segment, &compaction->sources)
		segment_unref(*segment);
	vec_each (output, &compaction->outputs)
		segment_unref(output->segment);
	vec_fini(&compaction->sources);
	vec_fini(&compaction->outputs);
	vec_fini(&compaction->aborted);
	vec_fini(&compaction->last_batches);
	vec_fini(&compaction->txn_with_data);
	buf_fini(&compaction->pending);
	buf_fini(&compaction->scratch);
	buf_fini(&compaction->batch);
	mem_free(compaction->slots);
	mem_free(compaction);
}

/* ---- the table of keys ---- */

static struct key_slot *find_slot(const struct compaction *compaction, struct slice key)
{
	uint64_t hash[2] = { hash_xxh64(key, 0), hash_xxh64(key, UINT64_C(0x9E3779B97F4A7C15)) };
	for (size_t i = hash[0] & compaction->slot_mask;; i = (i + 1) & compaction->slot_mask) {
		struct key_slot *slot = &compaction->slots[i];
		if (slot->offset == -1) {
			slot->hash[0] = hash[0]; /* of no meaning while the slot is empty */
			slot->hash[1] = hash[1];
			return slot;
		}
		if (slot->hash[0] == hash[0] && slot->hash[1] == hash[1])
			return slot;
	}
}

static void grow_slots(struct compaction *compaction)
{
	size_t old_count = compaction->slots != NULL ? compaction->slot_mask + 1 : 0;
	size_t count = MAX(old_count * 2, 1024);
	struct key_slot *old = compaction->slots;
	compaction->slots = mem_array(struct key_slot, count);
	compaction->slot_mask = count - 1;
	for (size_t i = 0; i < count; i++)
		compaction->slots[i].offset = -1;
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].offset == -1)
			continue;
		size_t at = old[i].hash[0] & compaction->slot_mask;
		while (compaction->slots[at].offset != -1)
			at = (at + 1) & compaction->slot_mask;
		compaction->slots[at] = old[i];
	}
	mem_free(old);
}

static void note_key(struct compaction *compaction, struct slice key, int64_t offset)
{
	if (compaction->slots == NULL || compaction->keys * 10 >= (compaction->slot_mask + 1) * 7)
		grow_slots(compaction);
	struct key_slot *slot = find_slot(compaction, key);
	compaction->keys += slot->offset == -1;
	slot->offset = MAX(slot->offset, offset);
}

static bool is_aborted(const struct compaction *compaction, const struct record_batch *batch)
{
	if ((batch->attributes & RECORD_TRANSACTIONAL) == 0)
		return false;
	vec_each (aborted, &compaction->aborted) {
		if (aborted->producer_id == batch->producer_id &&
		    aborted->first_offset <= batch->base_offset &&
		    aborted->last_offset >= batch->base_offset)
			return true;
	}
	return false;
}

static fallible map_batch(struct compaction *compaction, const struct record_batch *batch,
			  struct err *err)
{
	CLEANUP(record_walk_close) struct record_walk walk = { 0 };
	struct event event;
	bool more;
	TRY(record_walk_open(&walk, batch, &compaction->scratch, err));
	for (;;) {
		TRY(record_walk_next(&walk, &event, &more, err));
		if (!more)
			return 0;
		if (!slice_is_null(event.key))
			note_key(compaction, event.key, event.offset);
	}
}

static fallible map_keys(struct compaction *compaction, struct err *err)
{
	struct record_batch batch;
	uint64_t at;
	bool more = true;
	for (uint32_t i = 0; i < compaction->sources.len; i++, more = true) {
		struct segment *segment = compaction->sources.items[i];
		if (segment->end_offset <= compaction->dirty_from)
			continue;
		CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
		segment_scan_open(&scan, segment, 0, segment->written, true);
		while (more) {
			TRY(segment_scan_next(&scan, &batch, &at, &more, err));
			if (!more || (batch.attributes & RECORD_CONTROL) != 0 ||
			    batch.base_offset < compaction->dirty_from ||
			    is_aborted(compaction, &batch))
				continue;
			if (compaction->keys >= KEYS_MAX) {
				compaction->mapped_to = batch.base_offset;
				return 0;
			}
			TRY(map_batch(compaction, &batch, err));
		}
	}
	return 0;
}

/* ---- copying ---- */

static bool keeps_sequence(const struct compaction *compaction, const struct record_batch *batch)
{
	vec_each (last, &compaction->last_batches) {
		if (last->producer_id == batch->producer_id &&
		    last->last_offset == record_batch_last_offset(batch))
			return true;
	}
	return false;
}

static fallible flush_output(struct compaction *compaction, struct segment *to, struct err *err)
{
	struct slice bytes = buf_slice(&compaction->pending);
	TRY(buf_check(&compaction->pending, "compacted batches", err));
	TRY(compaction->disk->ops->write(to->file, to->written, bytes, err));
	to->written += bytes.len;
	buf_reset(&compaction->pending);
	return 0;
}

static fallible put_batch(struct compaction *compaction, struct segment *to, struct slice bytes,
			  struct err *err)
{
	struct record_batch batch;
	struct record_fault fault;
	bool fine = record_batch_read(bytes, &batch, &fault);
	assert(fine);
	if (compaction->pending.len + bytes.len > OUTPUT_BYTES)
		TRY(flush_output(compaction, to, err));
	segment_note(to, &batch, to->bytes, compaction->index_interval);
	buf_append(&compaction->pending, bytes);
	to->bytes += bytes.len;
	return 0;
}

static struct record_options options_of(const struct record_batch *batch)
{
	struct record_options options = RECORD_OPTIONS_INIT;
	options.codec = record_batch_codec(batch);
	options.producer_id = batch->producer_id;
	options.producer_epoch = batch->producer_epoch;
	options.base_sequence = batch->base_sequence;
	options.leader_epoch = batch->leader_epoch;
	options.transactional = (batch->attributes & RECORD_TRANSACTIONAL) != 0;
	options.control = (batch->attributes & RECORD_CONTROL) != 0;
	options.log_append_time = (batch->attributes & RECORD_LOG_APPEND_TIME) != 0;
	options.max_timestamp = batch->max_timestamp;
	options.last_offset_delta = batch->last_offset_delta;
	if ((batch->attributes & RECORD_DELETE_HORIZON) != 0)
		options.delete_horizon_ms = batch->base_timestamp;
	return options;
}

/* What a batch becomes. */
struct verdict {
	int32_t kept, tombstones; /* records that stay, and those of them without a value */
	int64_t horizon_ms;       /* 0: none */
};

static bool record_stays(const struct compaction *compaction, const struct verdict *verdict,
			 const struct event *event)
{
	if (slice_is_null(event->key))
		return false;
	const struct key_slot *slot =
		compaction->slots != NULL ? find_slot(compaction, event->key) : NULL;
	if (slot != NULL && slot->offset > event->offset)
		return false;
	bool tombstone = slice_is_null(event->value);
	return !(tombstone && verdict->horizon_ms != 0 &&
		 verdict->horizon_ms <= compaction->now_ms);
}

static fallible judge(struct compaction *compaction, const struct record_batch *batch,
		      struct verdict *verdict, struct err *err)
{
	CLEANUP(record_walk_close) struct record_walk walk = { 0 };
	struct event event;
	bool more;
	TRY(record_walk_open(&walk, batch, &compaction->scratch, err));
	for (;;) {
		TRY(record_walk_next(&walk, &event, &more, err));
		if (!more)
			return 0;
		if (!record_stays(compaction, verdict, &event))
			continue;
		verdict->kept++;
		verdict->tombstones += slice_is_null(event.value);
	}
}

/* The records that stay, in a batch with the same offsets. `control` ones all stay. */
static fallible rewrite(struct compaction *compaction, const struct record_batch *batch,
			const struct verdict *verdict, const struct record_options *options,
			struct segment *to, struct err *err)
{
	CLEANUP(record_walk_close) struct record_walk walk = { 0 };
	struct record_builder builder;
	struct event event;
	bool more = verdict->kept > 0;
	buf_reset(&compaction->batch);
	record_builder_open(&builder, options, batch->base_offset, &compaction->batch);
	if (more)
		TRY(record_walk_open(&walk, batch, &compaction->scratch, err));
	while (more) {
		TRY(record_walk_next(&walk, &event, &more, err));
		if (more && (options->control || record_stays(compaction, verdict, &event)))
			record_builder_add_at(&builder,
					      (int32_t)(event.offset - batch->base_offset), &event);
	}
	TRY(record_builder_close(&builder, err));
	return put_batch(compaction, to, buf_slice(&compaction->batch), err);
}

static void note_horizon(struct compaction *compaction, int64_t horizon_ms)
{
	compaction->horizon_ms = MIN(compaction->horizon_ms, horizon_ms);
}

static bool take_txn_data(struct compaction *compaction, int64_t producer_id)
{
	for (uint32_t i = 0; i < compaction->txn_with_data.len; i++) {
		if (compaction->txn_with_data.items[i] == producer_id) {
			vec_remove(&compaction->txn_with_data, i);
			return true;
		}
	}
	return false;
}

static void note_txn_data(struct compaction *compaction, int64_t producer_id)
{
	vec_each (id, &compaction->txn_with_data) {
		if (*id == producer_id)
			return;
	}
	vec_push(&compaction->txn_with_data, producer_id);
}

/* A marker goes when its transaction has no record left, and its horizon has passed. */
static fallible copy_marker(struct compaction *compaction, const struct record_batch *batch,
			    struct segment *to, bool last, struct err *err)
{
	struct record_options options = options_of(batch);
	struct verdict verdict = { .kept = 1 };
	bool has_data = take_txn_data(compaction, batch->producer_id);
	bool stamped = options.delete_horizon_ms != 0;
	if (has_data || batch->count == 0)
		return put_batch(compaction, to, batch->bytes, err);
	if (stamped && options.delete_horizon_ms <= compaction->now_ms) {
		verdict.kept = 0;
		return last ? rewrite(compaction, batch, &verdict, &options, to, err) : 0;
	}
	if (!stamped)
		options.delete_horizon_ms = compaction->now_ms + compaction->delete_retention_ms;
	note_horizon(compaction, options.delete_horizon_ms);
	return stamped ? put_batch(compaction, to, batch->bytes, err)
		       : rewrite(compaction, batch, &verdict, &options, to, err);
}

static fallible copy_batch(struct compaction *compaction, const struct record_batch *batch,
			   struct segment *to, bool last, struct err *err)
{
	if ((batch->attributes & RECORD_CONTROL) != 0)
		return copy_marker(compaction, batch, to, last, err);
	struct record_options options = options_of(batch);
	struct verdict verdict = { .horizon_ms = options.delete_horizon_ms };
	if (!is_aborted(compaction, batch))
		TRY(judge(compaction, batch, &verdict, err));
	if (verdict.kept == 0 && !last && !keeps_sequence(compaction, batch))
		return 0;
	if (verdict.kept > 0 && options.transactional)
		note_txn_data(compaction, batch->producer_id);
	bool stamp = verdict.tombstones > 0 && verdict.horizon_ms == 0;
	if (stamp)
		options.delete_horizon_ms = compaction->now_ms + compaction->delete_retention_ms;
	if (verdict.tombstones > 0)
		note_horizon(compaction, options.delete_horizon_ms);
	if (verdict.kept == batch->count && !stamp)
		return put_batch(compaction, to, batch->bytes, err);
	return rewrite(compaction, batch, &verdict, &options, to, err);
}

static fallible copy_segment(struct compaction *compaction, struct segment *from, bool last_source,
			     struct segment *to, struct err *err)
{
	struct record_batch batch;
	uint64_t at;
	bool more = true;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	segment_scan_open(&scan, from, 0, from->written, true);
	while (more) {
		TRY(segment_scan_next(&scan, &batch, &at, &more, err));
		if (more)
			TRY(copy_batch(compaction, &batch, to, last_source && scan.at == scan.end,
				       err));
	}
	return 0;
}

/* How many sources from `first` on fit one segment. */
static uint32_t group_size(const struct compaction *compaction, uint32_t first)
{
	uint64_t bytes = 0;
	uint32_t n = 0;
	int64_t base = compaction->sources.items[first]->base_offset;
	for (uint32_t i = first; i < compaction->sources.len; i++, n++) {
		const struct segment *segment = compaction->sources.items[i];
		bytes += segment->bytes;
		if (n > 0 && (bytes > (uint64_t)compaction->segment_bytes ||
			      segment->end_offset - base > GROUP_OFFSETS_MAX))
			break;
	}
	return n;
}

static fallible clean_group(struct compaction *compaction, uint32_t first, uint32_t n,
			    struct err *err)
{
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	struct disk *disk = compaction->disk;
	struct segment *source = compaction->sources.items[first];
	struct segment *to = segment_new(disk, source->dir, source->base_offset);
	vec_push(&compaction->outputs, (struct output){ .segment = to, .first = first, .n = n });
	TRY(disk->ops->open(disk,
			    segment_path(&path, to->dir, to->base_offset,
					 SEGMENT_LOG SEGMENT_CLEANED),
			    DISK_READ | DISK_WRITE | DISK_CREATE | DISK_TRUNCATE, &to->file, err));
	for (uint32_t i = first; i < first + n; i++)
		TRY(copy_segment(compaction, compaction->sources.items[i], i + 1 == first + n, to,
				 err));
	TRY(flush_output(compaction, to, err));
	to->end_offset = compaction->sources.items[first + n - 1]->end_offset;
	to->modified_ms = compaction->now_ms;
	to->loaded = true;
	segment_finish(to);
	return disk->ops->sync(to->file, err);
}

fallible compaction_run(struct compaction *compaction, struct err *err)
{
	TRY(map_keys(compaction, err));
	for (uint32_t first = 0; first < compaction->sources.len;) {
		uint32_t n = group_size(compaction, first);
		TRY(clean_group(compaction, first, n, err));
		first += n;
	}
	return 0;
}

/* ---- taking its place ---- */

static fallible rename_output(struct compaction *compaction, const struct output *output,
			      const char *from, const char *to, struct err *err)
{
	CLEANUP(buf_fini) struct buf old_path = BUF_INIT(SEGMENT_PATH_MAX);
	CLEANUP(buf_fini) struct buf new_path = BUF_INIT(SEGMENT_PATH_MAX);
	int64_t base = output->segment->base_offset;
	const char *dir = output->segment->dir;
	struct disk *disk = compaction->disk;
	return disk->ops->rename(disk, segment_path(&old_path, dir, base, from),
				 segment_path(&new_path, dir, base, to), err);
}

/* In the list of segments, the sources' places are taken by the output. */
static void replace_in_log(struct compaction *compaction, const struct output *output)
{
	struct log *log = compaction->log;
	struct segment *first = compaction->sources.items[output->first];
	uint32_t i = log_segment_index(log, first->base_offset);
	assert(log->segments.items[i] == first);
	segment_unref(first);
	log->segments.items[i] = segment_ref(output->segment);
	for (uint32_t n = 1; n < output->n; n++) {
		assert(log->segments.items[i + 1] == compaction->sources.items[output->first + n]);
		segment_unref(log->segments.items[i + 1]);
		vec_remove(&log->segments, i + 1);
	}
	output->segment->unsynced = true; /* so that a checkpoint writes its indexes */
	if (!list_linked(&log->checkpoint_node))
		list_push_back(&log->store->dirty, &log->checkpoint_node);
}

static fallible swap_in(struct compaction *compaction, const struct output *output, int64_t now_ms,
			struct err *err)
{
	struct disk *disk = compaction->disk;
	struct log *log = compaction->log;
	const char *log_swap = SEGMENT_LOG SEGMENT_SWAP;
	TRY(rename_output(compaction, output, SEGMENT_LOG SEGMENT_CLEANED, log_swap, err));
	TRY(disk->ops->sync_dir(disk, log->dir, err));
	for (uint32_t i = 0; i < output->n; i++)
		log_doom_segment(log, compaction->sources.items[output->first + i]->base_offset,
				 now_ms);
	TRY(disk->ops->sync_dir(disk, log->dir, err));
	TRY(rename_output(compaction, output, log_swap, SEGMENT_LOG, err));
	TRY(disk->ops->sync_dir(disk, log->dir, err));
	replace_in_log(compaction, output);
	return 0;
}

fallible compaction_finish(struct compaction *compaction, int64_t now_ms, struct err *err)
{
	struct log *log = compaction->log;
	if (log->deleted)
		return 0;
	vec_each (output, &compaction->outputs) {
		int code = swap_in(compaction, output, now_ms, err);
		if (code != 0) {
			/* The folder is between two states, which only a start can tell apart. */
			log_store_fail(log->store, code, err, true);
			return code;
		}
	}
	log->cleaned_offset = compaction->mapped_to;
	log->compact_horizon_ms = compaction->horizon_ms;
	log->store->starts_changed = true;
	return 0;
}
