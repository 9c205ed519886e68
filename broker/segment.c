#include "broker/segment.h"

#include "base/mem.h"
#include "base/num.h"

/* How much a scan reads at once. */
#define WINDOW_BYTES ((size_t)64 * 1024)
#define INDEX_FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define ABORTED_ENTRY_BYTES 34
#define NAME_DIGITS 20

struct segment *segment_new(struct disk *disk, const char *dir, int64_t base_offset)
{
	assert(base_offset >= 0);
	struct segment *segment = mem_new(struct segment);
	*segment = (struct segment){
		.refs = 1,
		.disk = disk,
		.dir = mem_strdup(dir),
		.base_offset = base_offset,
		.end_offset = base_offset,
		.first_timestamp_ms = RECORD_NO_TIMESTAMP,
		.max_timestamp_ms = RECORD_NO_TIMESTAMP,
		.max_timestamp_offset = base_offset,
	};
	return segment;
}

struct segment *segment_ref(struct segment *segment)
{
	assert(segment->refs > 0);
	segment->refs++;
	return segment;
}

void segment_unref(struct segment *segment)
{
	if (segment == NULL)
		return;
	assert(segment->refs > 0);
	if (--segment->refs > 0)
		return;
	if (segment->file != NULL)
		segment->file->ops->close(segment->file);
	index_fini(&segment->index);
	vec_fini(&segment->aborted);
	mem_free(segment->dir);
	mem_free(segment);
}

const char *segment_path(struct buf *path, const char *dir, int64_t base_offset, const char *suffix)
{
	buf_reset(path);
	buf_printf(path, "%s/%020lld%s", dir, (long long)base_offset, suffix);
	return buf_str(path);
}

bool segment_name_parse(const char *name, int64_t *ret_base, const char **ret_suffix)
{
	struct slice text = slice_str(name);
	int64_t base;
	if (text.len <= NAME_DIGITS || text.data[NAME_DIGITS] != '.')
		return false;
	if (num_parse_i64(slice_sub(text, 0, NAME_DIGITS), &base, NULL) != 0 || base < 0)
		return false;
	*ret_base = base;
	*ret_suffix = name + NAME_DIGITS;
	return true;
}

fallible segment_open(struct segment *segment, bool create, struct err *err)
{
	if (segment->file != NULL)
		return 0;
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	return segment->disk->ops->open(
		segment->disk, segment_path(&path, segment->dir, segment->base_offset, SEGMENT_LOG),
		DISK_READ | DISK_WRITE | (create ? (unsigned)DISK_CREATE : 0u), &segment->file,
		err);
}

void segment_note(struct segment *segment, const struct record_batch *batch, uint64_t position,
		  int64_t index_interval)
{
	int64_t last = record_batch_last_offset(batch);
	assert(last >= segment->base_offset);
	if (segment->first_timestamp_ms == RECORD_NO_TIMESTAMP)
		segment->first_timestamp_ms = batch->max_timestamp;
	if (batch->max_timestamp > segment->max_timestamp_ms) {
		segment->max_timestamp_ms = batch->max_timestamp;
		segment->max_timestamp_offset = last;
	}
	struct index_batch entry = {
		.last_offset = (uint32_t)(last - segment->base_offset),
		.position = (uint32_t)position,
		.bytes = (uint32_t)record_batch_bytes(batch->bytes),
		.max_timestamp_ms = segment->max_timestamp_ms,
		.max_timestamp_offset =
			(uint32_t)(segment->max_timestamp_offset - segment->base_offset),
	};
	index_add(&segment->index, &entry, index_interval);
	segment->end_offset = last + 1;
}

void segment_note_aborted(struct segment *segment, const struct log_aborted *aborted)
{
	vec_push(&segment->aborted, *aborted);
}

fallible segment_read_file(struct disk *disk, const char *path, struct buf *to, struct err *err)
{
	struct disk_file *file;
	uint64_t bytes;
	size_t len = 0;
	buf_reset(to);
	TRY(disk->ops->open(disk, path, DISK_READ, &file, err));
	int code = disk->ops->size(file, &bytes, err);
	if (code == 0 && bytes > to->bytes_max)
		code = err_set(err, ERR_LIMIT, "%s is too large", path);
	if (code == 0 && bytes > 0)
		code = disk->ops->read(file, 0, buf_reserve(to, (size_t)bytes), (size_t)bytes, &len,
				       err);
	if (code == 0 && len > 0)
		buf_advance(to, len);
	disk->ops->close(file);
	return code;
}

fallible segment_write_file(struct disk *disk, const char *path, struct slice bytes, bool sync,
			    struct err *err)
{
	CLEANUP(buf_fini) struct buf temporary = BUF_INIT(SEGMENT_PATH_MAX);
	struct disk_file *file;
	buf_printf(&temporary, "%s.tmp", path);
	const char *name = buf_str(&temporary);
	TRY(disk->ops->open(disk, name, DISK_WRITE | DISK_CREATE | DISK_TRUNCATE, &file, err));
	int code = disk->ops->write(file, 0, bytes, err);
	if (code == 0 && sync)
		code = disk->ops->sync(file, err);
	disk->ops->close(file);
	if (code == 0)
		code = disk->ops->rename(disk, name, path, err);
	return code;
}

/* Those that end before `before`; what cannot be ends the list. */
static void parse_aborted(struct segment *segment, struct slice bytes, int64_t before)
{
	vec_clear(&segment->aborted);
	struct reader r = reader_of(bytes);
	for (size_t i = 0; i < bytes.len / ABORTED_ENTRY_BYTES; i++) {
		reader_u16(&r);
		struct log_aborted aborted = { .producer_id = (int64_t)reader_u64(&r) };
		aborted.first_offset = (int64_t)reader_u64(&r);
		aborted.last_offset = (int64_t)reader_u64(&r);
		aborted.last_stable_offset = (int64_t)reader_u64(&r);
		if (aborted.first_offset > aborted.last_offset || aborted.first_offset < 0 ||
		    aborted.last_offset >= before)
			return;
		vec_push(&segment->aborted, aborted);
	}
}

/* A file that need not be there. */
static fallible read_optional(struct segment *segment, const char *suffix, struct buf *to,
			      struct err *err)
{
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	const char *name = segment_path(&path, segment->dir, segment->base_offset, suffix);
	int code = segment_read_file(segment->disk, name, to, err);
	return code == ERR_NOT_FOUND ? 0 : code;
}

static void forget_lookups(struct segment *segment)
{
	index_reset(&segment->index);
	segment->first_timestamp_ms = segment->max_timestamp_ms = RECORD_NO_TIMESTAMP;
	segment->max_timestamp_offset = segment->base_offset;
	segment->offsets_saved = segment->times_saved = 0;
}

/* Index entries as their files have them, without those at or behind `before`. */
static fallible read_entries(struct segment *segment, int64_t before, struct err *err)
{
	CLEANUP(buf_fini) struct buf offsets = BUF_INIT(INDEX_FILE_BYTES_MAX);
	CLEANUP(buf_fini) struct buf times = BUF_INIT(INDEX_FILE_BYTES_MAX);
	CLEANUP(buf_fini) struct buf aborted = BUF_INIT(INDEX_FILE_BYTES_MAX);
	forget_lookups(segment);
	TRY(read_optional(segment, SEGMENT_INDEX, &offsets, err));
	TRY(read_optional(segment, SEGMENT_TIME_INDEX, &times, err));
	TRY(read_optional(segment, SEGMENT_TXN_INDEX, &aborted, err));
	/* A file that was being written when the power went may end anywhere. */
	buf_truncate(&offsets, offsets.len - offsets.len % 8);
	buf_truncate(&times, times.len - times.len % 12);
	buf_truncate(&aborted, aborted.len - aborted.len % ABORTED_ENTRY_BYTES);
	struct index *index = &segment->index;
	uint32_t limit = (uint32_t)MIN(MAX(before - segment->base_offset, 0), (int64_t)UINT32_MAX);
	(void)!index_parse(index, buf_slice(&offsets), buf_slice(&times), segment->written, NULL);
	while (index->offsets.len > 0 && vec_last(&index->offsets)->offset >= limit)
		index->offsets.len--;
	uint32_t known = index->offsets.len > 0 ? vec_last(&index->offsets)->offset : 0;
	while (index->times.len > 0 && vec_last(&index->times)->offset > known)
		index->times.len--;
	parse_aborted(segment, buf_slice(&aborted), before);
	segment->offsets_saved = index->offsets.len;
	segment->times_saved = index->times.len;
	segment->aborted_saved = segment->aborted.len;
	if (index->times.len > 0) {
		segment->max_timestamp_ms = vec_last(&index->times)->timestamp_ms;
		segment->max_timestamp_offset =
			segment->base_offset + vec_last(&index->times)->offset;
	}
	return 0;
}

/*
 * From the last index entry to the end. The entry's own batch is not counted again. Where the entry
 * leads elsewhere, the index is thrown away and the whole segment walked. ERR_CORRUPT at the first
 * bad batch, which `scan` then stands at; offsets from `dense_from` on must follow each other.
 */
static fallible walk_rest(struct segment *segment, struct segment_scan *scan, int64_t dense_from,
			  int64_t index_interval, struct err *err)
{
	struct record_batch batch;
	uint64_t at;
	bool more;
	struct index *index = &segment->index;
	const struct index_offset *entry =
		index->offsets.len > 0 ? vec_last(&index->offsets) : NULL;
	uint64_t from = entry != NULL ? entry->position : 0;
	segment_scan_open(scan, segment, from, segment->written, true);
	segment->end_offset = segment->base_offset;
	if (entry != NULL) {
		int code = segment_scan_next(scan, &batch, &at, &more, err);
		bool fits =
			code == 0 && more &&
			record_batch_last_offset(&batch) == segment->base_offset + entry->offset &&
			batch.max_timestamp <= segment->max_timestamp_ms;
		if (!fits) {
			segment_scan_close(scan);
			forget_lookups(segment);
			return walk_rest(segment, scan, dense_from, index_interval, err);
		}
		index->bytes_since = batch.bytes.len;
		segment->end_offset = record_batch_last_offset(&batch) + 1;
	}
	for (;;) {
		TRY(segment_scan_next(scan, &batch, &at, &more, err));
		if (!more)
			return 0;
		if (batch.base_offset >= dense_from && batch.base_offset != segment->end_offset) {
			scan->at = at;
			return err_set(err, ERR_CORRUPT, "offsets are missing before %lld",
				       (long long)batch.base_offset);
		}
		segment_note(segment, &batch, at, index_interval);
	}
}

static fallible read_first_time(struct segment *segment, struct err *err)
{
	struct record_batch batch;
	uint64_t at;
	bool more;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	segment_scan_open(&scan, segment, 0, segment->written, false);
	int code = segment_scan_next(&scan, &batch, &at, &more, err);
	if (code == 0 && more)
		segment->first_timestamp_ms = batch.max_timestamp;
	return code == ERR_CORRUPT ? 0 : code;
}

/* All over again, stepping over what is damaged. */
static fallible rebuild(struct segment *segment, int64_t index_interval, struct err *err)
{
	struct record_batch batch;
	uint64_t at;
	bool more = true;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	forget_lookups(segment);
	segment_scan_open(&scan, segment, 0, segment->written, true);
	while (more) {
		int code = segment_scan_next(&scan, &batch, &at, &more, err);
		if (code == ERR_CORRUPT) {
			TRY(segment_scan_resume(&scan, err));
			continue;
		}
		TRY(code);
		if (more)
			segment_note(segment, &batch, at, index_interval);
	}
	return 0;
}

void segment_finish(struct segment *segment)
{
	segment->closed = true;
	if (segment->max_timestamp_ms != RECORD_NO_TIMESTAMP)
		index_finish(&segment->index, segment->max_timestamp_ms,
			     (uint32_t)(segment->max_timestamp_offset - segment->base_offset));
}

fallible segment_load(struct segment *segment, int64_t index_interval, struct err *err)
{
	if (segment->loaded)
		return 0;
	int64_t end_offset = segment->end_offset;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	TRY(segment_open(segment, false, err));
	TRY(read_entries(segment, INT64_MAX, err));
	int code = walk_rest(segment, &scan, INT64_MAX, index_interval, err);
	if (code == ERR_CORRUPT)
		code = rebuild(segment, index_interval, err);
	TRY(code);
	TRY(read_first_time(segment, err));
	if (segment->closed) {
		segment->end_offset =
			end_offset; /* where the next one begins, whatever a batch says */
		segment_finish(segment);
	}
	segment->loaded = true;
	return 0;
}

fallible segment_recover(struct segment *segment, int64_t trusted, int64_t index_interval,
			 uint64_t *ret_read, uint64_t *ret_cut, struct err *err)
{
	uint64_t cut = 0;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	TRY(segment_open(segment, true, err));
	TRY(read_entries(segment, trusted, err));
	int code = walk_rest(segment, &scan, trusted, index_interval, err);
	if (code == ERR_CORRUPT) {
		cut = segment->written - scan.at;
		code = segment->disk->ops->truncate(segment->file, scan.at, err);
		segment->bytes = segment->written = scan.at;
	}
	TRY(code);
	TRY(read_first_time(segment, err));
	segment->unsynced = segment->loaded = segment->trim = true;
	*ret_read = segment->written -
		    (segment->offsets_saved > 0
			     ? segment->index.offsets.items[segment->offsets_saved - 1].position
			     : 0);
	*ret_cut = cut;
	return 0;
}

uint64_t segment_print_unsaved(const struct segment *segment, const char *suffix, struct buf *to)
{
	const struct index *index = &segment->index;
	if (slice_eq_str(slice_str(suffix), SEGMENT_INDEX)) {
		index_print_offsets(index, segment->offsets_saved, to);
		return (uint64_t)segment->offsets_saved * 8;
	}
	if (slice_eq_str(slice_str(suffix), SEGMENT_TIME_INDEX)) {
		index_print_times(index, segment->times_saved, to);
		return (uint64_t)segment->times_saved * 12;
	}
	for (uint32_t i = segment->aborted_saved; i < segment->aborted.len; i++) {
		const struct log_aborted *aborted = &segment->aborted.items[i];
		buf_append_u16(to, 0);
		buf_append_u64(to, (uint64_t)aborted->producer_id);
		buf_append_u64(to, (uint64_t)aborted->first_offset);
		buf_append_u64(to, (uint64_t)aborted->last_offset);
		buf_append_u64(to, (uint64_t)aborted->last_stable_offset);
	}
	return (uint64_t)segment->aborted_saved * ABORTED_ENTRY_BYTES;
}

void segment_scan_open(struct segment_scan *scan, struct segment *segment, uint64_t at,
		       uint64_t end, bool whole)
{
	*scan = (struct segment_scan){
		.segment = segment,
		.window = BUF_INIT(LOG_BATCH_BYTES_MAX + WINDOW_BYTES),
		.at = at,
		.end = MIN(end, segment->written),
		.window_at = at,
		.after = segment->base_offset - 1,
		.whole = whole,
	};
}

void segment_scan_close(struct segment_scan *scan)
{
	buf_fini(&scan->window);
}

/* Makes [at, at + len) be in the window; fewer bytes at the end. */
static fallible fill(struct segment_scan *scan, size_t len, struct slice *ret, struct err *err)
{
	assert(scan->at >= scan->window_at);
	uint64_t skip = scan->at - scan->window_at;
	if (skip <= scan->window.len && scan->window.len - skip >= len) {
		*ret = slice_sub(buf_slice(&scan->window), (size_t)skip, SIZE_MAX);
		return 0;
	}
	TRY(segment_open(scan->segment, false, err));
	struct disk_file *file = scan->segment->file;
	size_t wanted = (size_t)MIN(scan->end - scan->at, (uint64_t)MAX(len, WINDOW_BYTES)),
	       got = 0;
	buf_reset(&scan->window);
	scan->window_at = scan->at;
	uint8_t *to = buf_reserve(&scan->window, wanted);
	TRY(buf_check(&scan->window, "a batch", err));
	TRY(file->ops->read(file, scan->at, to, wanted, &got, err));
	buf_advance(&scan->window, got);
	*ret = buf_slice(&scan->window);
	return 0;
}

fallible segment_scan_next(struct segment_scan *scan, struct record_batch *ret_batch,
			   uint64_t *ret_at, bool *ret_more, struct err *err)
{
	struct slice bytes;
	struct record_fault fault;
	if (scan->at >= scan->end) {
		*ret_more = false;
		return 0;
	}
	TRY(fill(scan, RECORD_BATCH_HEADER_BYTES, &bytes, err));
	size_t len = record_batch_bytes(bytes);
	if (bytes.len < RECORD_BATCH_HEADER_BYTES || len == 0 || len > scan->end - scan->at ||
	    len > LOG_BATCH_BYTES_MAX)
		return err_set(err, ERR_CORRUPT, "no batch at byte %llu of segment %lld",
			       (unsigned long long)scan->at, (long long)scan->segment->base_offset);
	if (scan->whole)
		TRY(fill(scan, len, &bytes, err));
	struct record_batch batch;
	bool fine = scan->whole ? record_batch_check(bytes, &batch, &fault)
				: record_batch_read_header(bytes, &batch, &fault);
	if (!fine || batch.base_offset <= scan->after)
		return err_set(err, ERR_CORRUPT, "the batch at byte %llu of segment %lld: %s",
			       (unsigned long long)scan->at, (long long)scan->segment->base_offset,
			       fine ? "its offset is not the next one" : fault.why);
	*ret_batch = batch;
	*ret_at = scan->at;
	*ret_more = true;
	scan->after = record_batch_last_offset(&batch);
	scan->at += len;
	return 0;
}

fallible segment_scan_resume(struct segment_scan *scan, struct err *err)
{
	struct record_batch batch;
	struct record_fault fault;
	struct slice bytes;
	for (scan->at++; scan->at < scan->end; scan->at++) {
		TRY(fill(scan, RECORD_BATCH_HEADER_BYTES, &bytes, err));
		size_t len = record_batch_bytes(bytes);
		if (bytes.len < RECORD_BATCH_HEADER_BYTES)
			break;
		if (bytes.data[16] != RECORD_BATCH_MAGIC || len > scan->end - scan->at ||
		    len > LOG_BATCH_BYTES_MAX || (int64_t)load_be64(bytes.data) <= scan->after)
			continue;
		TRY(fill(scan, len, &bytes, err));
		if (record_batch_check(bytes, &batch, &fault))
			return 0;
	}
	scan->at = scan->end;
	return 0;
}

/*
 * Past a damaged batch that may be the one wanted: it is, if the next good one begins behind what
 * is wanted. `scan->at` is the damage, `scan->after` the last offset before it.
 */
static fallible find_past_damage(struct segment_scan *scan, int64_t offset, uint64_t *ret_at,
				 struct err *err)
{
	struct record_batch batch;
	uint64_t damaged_at = scan->at, at = scan->end;
	bool more = true;
	TRY(segment_scan_resume(scan, err));
	for (bool first = true; more; first = false) {
		TRY(segment_scan_next(scan, &batch, &at, &more, err));
		int64_t next = more ? batch.base_offset : scan->segment->end_offset;
		if (first && offset < next)
			return err_set(err, ERR_CORRUPT,
				       "the batch at byte %llu of segment %lld is damaged",
				       (unsigned long long)damaged_at,
				       (long long)scan->segment->base_offset);
		if (more && record_batch_last_offset(&batch) >= offset)
			break;
	}
	*ret_at = more ? at : scan->end;
	return 0;
}

/*
 * The base offset is not under the crc. One that is too small is behind its neighbour in front; one
 * that is too large overlaps its neighbour behind, which is what is asked here. Gaps are what
 * compaction leaves.
 */
static bool overlaps_next(const struct segment_scan *scan, const struct record_batch *batch)
{
	struct record_batch next;
	uint64_t at;
	bool more;
	struct segment_scan ahead;
	segment_scan_open(&ahead, scan->segment, scan->at, scan->end, false);
	int code = segment_scan_next(&ahead, &next, &at, &more, NULL);
	segment_scan_close(&ahead);
	if (code != 0)
		return false;
	int64_t limit = more ? next.base_offset : scan->segment->end_offset;
	return record_batch_last_offset(batch) >= limit;
}

/* From a place where a batch begins. `*ret_trusted` false: the index led to another batch. */
static fallible find_from(struct segment *segment, const struct index_offset *entry, int64_t offset,
			  uint64_t end, uint64_t *ret_at, bool *ret_trusted, struct err *err)
{
	struct record_batch batch;
	uint64_t at;
	bool more;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	segment_scan_open(&scan, segment, entry != NULL ? entry->position : 0, end, true);
	*ret_trusted = true;
	for (bool first = true;; first = false) {
		int64_t after = scan.after;
		int code = segment_scan_next(&scan, &batch, &at, &more, err);
		if (code != 0 && code != ERR_CORRUPT)
			return code;
		if (first && entry != NULL &&
		    (code != 0 || !more ||
		     record_batch_last_offset(&batch) != segment->base_offset + entry->offset)) {
			*ret_trusted = false;
			return 0;
		}
		bool known = first && entry != NULL; /* the index says the same of it */
		if (code == 0 && more && !known && batch.base_offset != after + 1 &&
		    overlaps_next(&scan, &batch)) {
			scan.at = at;
			scan.after = after;
			code = ERR_CORRUPT;
		}
		if (code == ERR_CORRUPT)
			return find_past_damage(&scan, offset, ret_at, err);
		if (!more || record_batch_last_offset(&batch) >= offset)
			break;
	}
	*ret_at = more ? at : scan.end;
	return 0;
}

fallible segment_find(struct segment *segment, int64_t offset, uint64_t end, uint64_t *ret_at,
		      struct err *err)
{
	assert(offset >= segment->base_offset);
	assert(segment->loaded);
	bool trusted;
	uint32_t relative = (uint32_t)MIN(offset - segment->base_offset, (int64_t)UINT32_MAX);
	const struct index_offset *entry = index_find(&segment->index, relative);
	TRY(find_from(segment, entry, offset, end, ret_at, &trusted, err));
	if (!trusted) /* a damaged index, or a damaged batch just there: the long way is right */
		TRY(find_from(segment, NULL, offset, end, ret_at, &trusted, err));
	return 0;
}
