/*
 * What a start does with one partition's folder.
 *
 *  1. Leftovers go: .deleted, .cleaned, .tmp. A .swap is a compaction that had come to its point of
 * no return: it is finished (the segments it stands for go, then it takes its name).
 *  2. After an unclean stop, everything from the recovery point on is checked batch by batch; at
 * the first bad one the file is cut and later segments go. What is before is trusted.
 *  3. Producers: the newest snapshot that can be read, then the batches behind it.
 *
 * What is missing after that and was acknowledged is in the write-ahead log, which the store
 * replays.
 */
#include "broker/log_priv.h"

#include "base/mem.h"
#include "base/num.h"

static void segment_unref_pointer(struct segment **segment)
{
	segment_unref(*segment);
}

struct listing {
	struct log *log;
	VEC(int64_t) bases, swaps, snapshots, indexes;
	VEC(char *) leftovers;
};

static int note_name(void *arg, const char *name, bool is_dir)
{
	struct listing *listing = arg;
	int64_t base;
	const char *suffix;
	struct slice text = slice_str(name);
	if (is_dir)
		return 0;
	bool leftover = slice_ends_with(text, SLICE(SEGMENT_DELETED)) ||
			slice_ends_with(text, SLICE(SEGMENT_CLEANED)) ||
			slice_ends_with(text, SLICE(".tmp"));
	if (leftover) {
		vec_push(&listing->leftovers, mem_strdup(name));
		return 0;
	}
	if (!segment_name_parse(name, &base, &suffix))
		return 0;
	struct slice kind = slice_str(suffix);
	if (slice_eq_str(kind, SEGMENT_LOG))
		vec_push(&listing->bases, base);
	else if (slice_eq_str(kind, SEGMENT_SNAPSHOT))
		vec_push(&listing->snapshots, base);
	else if (slice_eq_str(kind, SEGMENT_LOG SEGMENT_SWAP))
		vec_push(&listing->swaps, base);
	else if (slice_eq_str(kind, SEGMENT_INDEX) || slice_eq_str(kind, SEGMENT_TIME_INDEX) ||
		 slice_eq_str(kind, SEGMENT_TXN_INDEX))
		vec_push(&listing->indexes, base);
	return 0;
}

static void listing_fini(struct listing *listing)
{
	vec_each (name, &listing->leftovers)
		mem_free(*name);
	vec_fini(&listing->leftovers);
	vec_fini(&listing->bases);
	vec_fini(&listing->swaps);
	vec_fini(&listing->snapshots);
	vec_fini(&listing->indexes);
}

static void sort_offsets(int64_t *items, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		int64_t item = items[i];
		uint32_t place = i;
		for (; place > 0 && items[place - 1] > item; place--)
			items[place] = items[place - 1];
		items[place] = item;
	}
}

static const char *in_dir(struct log *log, const char *name)
{
	struct buf *path = &log->store->path;
	buf_reset(path);
	buf_printf(path, "%s/%s", log->dir, name);
	return buf_str(path);
}

/* A name that need not be there. */
static fallible remove_name(struct log *log, int64_t base, const char *suffix, struct err *err)
{
	struct disk *disk = log->store->disk;
	const char *path = segment_path(&log->store->path, log->dir, base, suffix);
	int code = disk->ops->remove(disk, path, err);
	return code == ERR_NOT_FOUND ? 0 : code;
}

static const char *const SEGMENT_FILES[] = { SEGMENT_LOG, SEGMENT_INDEX, SEGMENT_TIME_INDEX,
					     SEGMENT_TXN_INDEX };

static fallible remove_segment(struct log *log, int64_t base, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(SEGMENT_FILES); i++)
		TRY(remove_name(log, base, SEGMENT_FILES[i], err));
	return 0;
}

/* Where the records of "<base>.log.swap" end. */
static fallible swap_end(struct log *log, int64_t base, int64_t *ret_end, struct err *err)
{
	struct record_batch batch;
	uint64_t at, bytes;
	bool more = true;
	CLEANUP(segment_unref_pointer)
	struct segment *segment = segment_new(log->store->disk, log->dir, base);
	struct disk *disk = log->store->disk;
	TRY(disk->ops->open(disk,
			    segment_path(&log->store->path, log->dir, base,
					 SEGMENT_LOG SEGMENT_SWAP),
			    DISK_READ, &segment->file, err));
	TRY(disk->ops->size(segment->file, &bytes, err));
	segment->bytes = segment->written = bytes;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	segment_scan_open(&scan, segment, 0, bytes, false);
	int64_t end = base;
	while (more) {
		TRY(segment_scan_next(&scan, &batch, &at, &more, err));
		if (more)
			end = record_batch_last_offset(&batch) + 1;
	}
	*ret_end = end;
	return 0;
}

static fallible finish_swap(struct log *log, struct listing *listing, int64_t base, struct err *err)
{
	struct disk *disk = log->store->disk;
	int64_t end;
	CLEANUP(buf_fini) struct buf from = BUF_INIT(SEGMENT_PATH_MAX);
	TRY(swap_end(log, base, &end, err));
	for (uint32_t i = 0; i < listing->bases.len;) {
		int64_t old = listing->bases.items[i];
		if (old < base || old >= MAX(end, base + 1)) {
			i++;
			continue;
		}
		TRY(remove_segment(log, old, err));
		vec_remove(&listing->bases, i);
	}
	/* Indexes are made again: the old ones, of the same name, are gone. */
	segment_path(&from, log->dir, base, SEGMENT_LOG SEGMENT_SWAP);
	TRY(disk->ops->rename(disk, buf_str(&from),
			      segment_path(&log->store->path, log->dir, base, SEGMENT_LOG), err));
	vec_push(&listing->bases, base);
	return 0;
}

static bool has_segment(const struct listing *listing, int64_t base)
{
	vec_each (item, &listing->bases) {
		if (*item == base)
			return true;
	}
	return false;
}

static fallible clean_up(struct log *log, struct listing *listing, struct err *err)
{
	struct disk *disk = log->store->disk;
	vec_each (name, &listing->leftovers) {
		int code = disk->ops->remove(disk, in_dir(log, *name), err);
		if (code != ERR_NOT_FOUND)
			TRY(code);
	}
	vec_each (base, &listing->swaps)
		TRY(finish_swap(log, listing, *base, err));
	vec_each (base, &listing->indexes) {
		if (!has_segment(listing, *base)) /* of a segment that a crash took away */
			TRY(remove_segment(log, *base, err));
	}
	if (listing->swaps.len > 0)
		TRY(disk->ops->sync_dir(disk, log->dir, err));
	return 0;
}

static fallible add_segment(struct log *log, int64_t base, struct err *err)
{
	struct disk_stat stat;
	struct disk *disk = log->store->disk;
	TRY(disk->ops->stat(disk, segment_path(&log->store->path, log->dir, base, SEGMENT_LOG),
			    &stat, err));
	struct segment *segment = segment_new(disk, log->dir, base);
	segment->bytes = segment->written = stat.bytes;
	segment->modified_ms = stat.modified_ms;
	segment->closed = true;
	if (log->segments.len > 0)
		log_active(log)->end_offset = base;
	vec_push(&log->segments, segment);
	return 0;
}

static fallible create_first(struct log *log, int64_t base, struct err *err)
{
	struct segment *segment = segment_new(log->store->disk, log->dir, base);
	segment->loaded = segment->unsynced = true;
	vec_push(&log->segments, segment);
	return segment_open(segment, true, err);
}

/* Lets go of segment `i` and all behind it, with their files. */
static fallible drop_from(struct log *log, uint32_t i, struct err *err)
{
	while (log->segments.len > i) {
		struct segment *segment = vec_pop(&log->segments);
		int64_t base = segment->base_offset;
		log->store->recovery.bytes_truncated += segment->written;
		segment_unref(segment);
		TRY(remove_segment(log, base, err));
	}
	return 0;
}

/* Checks from the recovery point on. */
static fallible check_segments(struct log *log, struct err *err)
{
	struct log_store_recovery *stats = &log->store->recovery;
	uint32_t first = log_segment_index(log, log->recovery_point);
	for (uint32_t i = first; i < log->segments.len; i++) {
		struct segment *segment = log->segments.items[i];
		uint64_t read = 0, cut = 0;
		if (i > first && segment->base_offset != log->segments.items[i - 1]->end_offset)
			return drop_from(log, i, err);
		TRY(segment_recover(segment, log->recovery_point, log->config.index_interval_bytes,
				    &read, &cut, err));
		stats->bytes_read += read;
		stats->bytes_truncated += cut;
		if (cut > 0)
			TRY(drop_from(log, i + 1, err));
		else if (i + 1 < log->segments.len)
			segment_finish(segment);
	}
	stats->logs_recovered++;
	return 0;
}

/* What the segment's file of aborted transactions does not have: it is behind the last checkpoint.
 */
static void replay_batch(struct log *log, struct segment *segment, const struct record_batch *batch)
{
	struct log_aborted aborted;
	if (!producer_apply(&log->producers, batch, batch->base_offset, batch->max_timestamp,
			    &aborted) ||
	    !segment->loaded)
		return;
	int64_t known = segment->aborted.len > 0 ? vec_last(&segment->aborted)->last_offset : -1;
	if (aborted.last_offset > known)
		segment_note_aborted(segment, &aborted);
}

static fallible replay_producers(struct log *log, int64_t from, struct err *err)
{
	struct record_batch batch;
	for (uint32_t i = log_segment_index(log, from); i < log->segments.len; i++) {
		struct segment *segment = log->segments.items[i];
		uint64_t at = 0;
		bool more = true;
		if (segment->end_offset <= from || segment->written == 0)
			continue;
		if (segment->base_offset < from) {
			TRY(segment_load(segment, log->config.index_interval_bytes, err));
			int found = segment_find(segment, from, segment->written, &at, err);
			if (found == ERR_CORRUPT)
				at = 0;
			else
				TRY(found);
		}
		CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
		segment_scan_open(&scan, segment, at, segment->written, true);
		while (more) {
			int code = segment_scan_next(&scan, &batch, &at, &more, err);
			if (code == ERR_CORRUPT)
				code = segment_scan_resume(&scan, err);
			else if (code == 0 && more && batch.base_offset >= from)
				replay_batch(log, segment, &batch);
			TRY(code);
		}
		log->store->recovery.bytes_read += segment->written - MIN(at, segment->written);
	}
	return 0;
}

static fallible restore_producers(struct log *log, const struct listing *listing, struct err *err)
{
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(PRODUCER_SNAPSHOT_BYTES_MAX);
	struct disk *disk = log->store->disk;
	int64_t from = log->segments.items[0]->base_offset;
	/* One from a checkpoint that was not finished knows more than the files do. */
	int64_t newest = MIN(log->end_offset, log->recovery_point);
	for (uint32_t i = listing->snapshots.len; i > 0; i--) {
		int64_t offset = listing->snapshots.items[i - 1];
		if (offset > newest) {
			TRY(remove_name(log, offset, SEGMENT_SNAPSHOT, err));
			continue;
		}
		int code = segment_read_file(disk,
					     segment_path(&log->store->path, log->dir, offset,
							  SEGMENT_SNAPSHOT),
					     &bytes, err);
		if (code == 0 && producer_restore(&log->producers, buf_slice(&bytes), NULL) == 0) {
			from = MAX(from, offset);
			break;
		}
	}
	vec_each (offset, &listing->snapshots) {
		if (*offset <= newest)
			vec_push(&log->snapshots, *offset);
	}
	TRY(replay_producers(log, from, err));
	return 0;
}

/* leader-epoch-checkpoint: "0", count, then "epoch start" on each line. */
static fallible read_epochs(struct log *log, struct err *err)
{
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(CHECKPOINT_BYTES_MAX);
	int code = segment_read_file(log->store->disk, in_dir(log, CHECKPOINT_EPOCHS), &bytes, err);
	if (code != ERR_NOT_FOUND)
		TRY(code);
	struct slice text = buf_slice(&bytes);
	for (uint32_t line = 0; text.len > 0; line++) {
		size_t end = MIN(slice_find_byte(text, '\n', 0), text.len);
		struct slice part = slice_sub(text, 0, end);
		size_t space = slice_find_byte(part, ' ', 0);
		text = slice_sub(text, end + 1, SIZE_MAX);
		struct log_epoch epoch;
		if (line < 2 || space == SIZE_MAX)
			continue;
		if (num_parse_i32(slice_sub(part, 0, space), &epoch.epoch, NULL) == 0 &&
		    num_parse_i64(slice_sub(part, space + 1, SIZE_MAX), &epoch.start_offset,
				  NULL) == 0 &&
		    (log->epochs.len == 0 || epoch.epoch > log_leader_epoch(log)))
			vec_push(&log->epochs, epoch);
	}
	return 0;
}

fallible log_write_epochs(struct log *log, struct err *err)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(CHECKPOINT_BYTES_MAX);
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	buf_printf(&text, "0\n%u\n", log->epochs.len);
	vec_each (epoch, &log->epochs)
		buf_printf(&text, "%d %lld\n", epoch->epoch, (long long)epoch->start_offset);
	buf_printf(&path, "%s/" CHECKPOINT_EPOCHS, log->dir);
	return segment_write_file(log->store->disk, buf_str(&path), buf_slice(&text),
				  !log->store->fsync_off, err);
}

static fallible open_segments(struct log *log, struct listing *listing, bool clean, struct err *err)
{
	sort_offsets(listing->bases.items, listing->bases.len);
	sort_offsets(listing->snapshots.items, listing->snapshots.len);
	vec_each (base, &listing->bases)
		TRY(add_segment(log, *base, err));
	if (log->segments.len == 0)
		return create_first(log, log->start_offset, err);
	struct segment *last = log_active(log);
	last->closed = false;
	if (clean)
		return segment_load(last, log->config.index_interval_bytes, err);
	return check_segments(log, err);
}

fallible log_open(struct log *log, int64_t recovery_point, int64_t start_offset, bool clean,
		  struct err *err)
{
	struct disk *disk = log->store->disk;
	CLEANUP(listing_fini) struct listing listing = { .log = log };
	log->start_offset = MAX(start_offset, 0);
	log->recovery_point = recovery_point;
	TRY(disk->ops->list(disk, log->dir, note_name, &listing, err));
	TRY(clean_up(log, &listing, err));
	TRY(open_segments(log, &listing, clean, err));
	log_active(log)->closed = false;
	log->end_offset = log_active(log)->end_offset;
	log->start_offset =
		MIN(MAX(log->start_offset, log->segments.items[0]->base_offset), log->end_offset);
	TRY(read_epochs(log, err));
	if (log->epochs.len == 0)
		vec_push(&log->epochs, (struct log_epoch){ 0, log->start_offset });
	TRY(restore_producers(log, &listing, err));
	log->bytes_at_snapshot = 0;
	return 0;
}
