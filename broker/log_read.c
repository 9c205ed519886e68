/*
 * Reading a log: from the chunks that hold what came last, else from the segments' files. A read
 * yields either, never both: the next one goes on where it ended.
 */
#include "broker/log_priv.h"

#include "base/mem.h"

static void add_span(struct log_read *read, const struct log_span *span)
{
	assert(read->nspans < LOG_SPANS_MAX);
	read->spans[read->nspans++] = *span;
	read->bytes += span->len;
	if (span->chunk != NULL)
		span->chunk->refs++;
	else
		segment_ref(span->segment);
}

/* The whole batches of a chunk from `read->offset` on (`first` chunk) that are below the limit and
 * fit; true when the next chunk may have more. */
static bool read_chunk(struct log_chunk *chunk, struct log_read *read)
{
	size_t at = 0, begin = 0, end = 0;
	bool started = read->nspans > 0, full = false;
	while (at < chunk->len) {
		struct slice rest = slice_of(chunk->data + at, chunk->len - at);
		size_t len = record_batch_bytes(rest);
		int64_t base = (int64_t)load_be64(rest.data);
		int64_t last = base + (int32_t)load_be32(rest.data + 23);
		assert(len <= rest.len);
		if (base >= read->limit) {
			full = true;
			break;
		}
		if (last >= read->offset) {
			size_t so_far = read->bytes + (started ? end - begin : 0);
			if (so_far > 0 && so_far + len > read->bytes_max) {
				full = true;
				break;
			}
			if (!started || end == 0)
				begin = at;
			started = true;
			end = at + len;
		}
		at += len;
	}
	if (end > begin)
		add_span(read,
			 &(struct log_span){ .bytes = slice_of(chunk->data + begin, end - begin),
					     .chunk = chunk,
					     .segment = chunk->segment,
					     .at = chunk->at + begin,
					     .len = end - begin });
	return !full && read->nspans < LOG_SPANS_MAX && read->bytes < read->bytes_max;
}

static void read_tail(struct log *log, struct log_read *read)
{
	struct list *place = log->chunks.prev;
	while (place->prev != &log->chunks &&
	       list_item(place, struct log_chunk, node)->base_offset > read->offset)
		place = place->prev;
	for (; place != &log->chunks; place = place->next) {
		if (!read_chunk(list_item(place, struct log_chunk, node), read))
			return;
	}
}

/* Where the readable part of a segment's file ends. */
static fallible file_limit(struct segment *segment, int64_t limit, uint64_t *ret_end,
			   struct err *err)
{
	*ret_end = segment->written;
	if (limit >= segment->end_offset)
		return 0;
	return segment_find(segment, limit, segment->written, ret_end, err);
}

static fallible read_segment(struct log *log, struct segment *segment, struct log_read *read,
			     struct err *err)
{
	struct record_batch batch;
	uint64_t at, end, batch_at;
	bool more = false;
	TRY(segment_load(segment, log->config.index_interval_bytes, err));
	TRY(segment_open(segment, false, err));
	TRY(segment_find(segment, MAX(read->offset, segment->base_offset), segment->written, &at,
			 err));
	TRY(file_limit(segment, read->limit, &end, err));
	if (at >= end)
		return 0;
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	segment_scan_open(&scan, segment, at, end, false);
	TRY(segment_scan_next(&scan, &batch, &batch_at, &more, err));
	assert(more);
	size_t len = (size_t)MIN(end - at, (uint64_t)read->bytes_max);
	add_span(read, &(struct log_span){ .segment = segment,
					   .at = at,
					   .len = MAX(len, record_batch_bytes(batch.bytes)) });
	return 0;
}

static fallible read_files(struct log *log, struct log_read *read, struct err *err)
{
	uint32_t i = log_segment_index(log, read->offset);
	for (; i < log->segments.len && read->nspans == 0; i++) {
		struct segment *segment = log->segments.items[i];
		if (segment->base_offset >= read->limit)
			break;
		int code = read_segment(log, segment, read, err);
		if (code == ERR_CORRUPT) {
			read->kafka_error = KAFKA_CORRUPT_MESSAGE;
			return 0;
		}
		TRY(code);
	}
	return 0;
}

fallible log_read(struct log *log, struct log_read *read, struct err *err)
{
	read->nspans = 0;
	read->bytes = 0;
	read->kafka_error = KAFKA_NONE;
	read->limit = log_limit(log, read->isolation);
	if (read->offset < log->start_offset || read->offset > log->end_offset) {
		read->kafka_error = KAFKA_OFFSET_OUT_OF_RANGE;
		return 0;
	}
	if (read->offset >= read->limit)
		return 0;
	if (!list_empty(&log->chunks) &&
	    read->offset >= list_item(log->chunks.next, struct log_chunk, node)->base_offset) {
		read_tail(log, read);
		return 0;
	}
	return read_files(log, read, err);
}

void log_read_done(struct log_read *read)
{
	for (uint32_t i = 0; i < read->nspans; i++) {
		if (read->spans[i].chunk != NULL)
			log_chunk_unref(read->spans[i].chunk);
		else
			segment_unref(read->spans[i].segment);
	}
	read->nspans = 0;
}

/*
 * How many bytes of whole, right batches `bytes` begins with. Offsets are not under the crc: the
 * first batch is the one that was looked for, one that follows it directly is right too, and one
 * behind a gap (compaction leaves them) is believed when the next, or the segment's end, bears it
 * out.
 */
static size_t sound_bytes(struct slice bytes, int64_t end_offset)
{
	struct record_batch batch;
	struct record_fault fault;
	size_t at = 0, before_gap = SIZE_MAX;
	int64_t last = -1;
	while (record_batch_check(slice_sub(bytes, at, SIZE_MAX), &batch, &fault)) {
		bool first = at == 0;
		if (!first && batch.base_offset <= last)
			return before_gap != SIZE_MAX ? before_gap : at;
		before_gap = first || batch.base_offset == last + 1 ? SIZE_MAX : at;
		last = record_batch_last_offset(&batch);
		at += batch.bytes.len;
	}
	return before_gap != SIZE_MAX && last + 1 != end_offset ? before_gap : at;
}

fallible log_span_load(const struct log_span *span, struct buf *to, struct slice *ret_bytes,
		       struct err *err)
{
	if (span->chunk != NULL) {
		*ret_bytes = span->bytes;
		return 0;
	}
	struct disk_file *file = span->segment->file;
	size_t got = 0;
	buf_reset(to);
	uint8_t *room = buf_reserve(to, span->len);
	TRY(buf_check(to, "what is read", err));
	TRY(file->ops->read(file, span->at, room, span->len, &got, err));
	buf_advance(to, got);
	size_t sound = sound_bytes(buf_slice(to), span->segment->end_offset);
	if (sound == 0)
		return err_set(err, ERR_CORRUPT,
			       "the batch at byte %llu of segment %lld is damaged",
			       (unsigned long long)span->at, (long long)span->segment->base_offset);
	*ret_bytes = slice_sub(buf_slice(to), 0, sound);
	return 0;
}

int log_span_descriptor(const struct log_span *span)
{
	struct disk_file *file = span->segment->file;
	return file != NULL ? file->ops->descriptor(file) : -1;
}

fallible log_aborted_between(struct log *log, int64_t from, int64_t to, log_aborted_visit *visit,
			     void *arg, struct err *err)
{
	for (uint32_t i = log_segment_index(log, from); i < log->segments.len; i++) {
		struct segment *segment = log->segments.items[i];
		TRY(segment_load(segment, log->config.index_interval_bytes, err));
		vec_each (aborted, &segment->aborted) {
			if (aborted->last_offset >= from && aborted->first_offset < to)
				visit(arg, aborted);
			/* Once an entry's stable offset reaches `to`, no later one can overlap. */
			if (aborted->last_stable_offset >= to)
				return 0;
		}
	}
	return 0;
}

/* ---- by time ---- */

struct time_search {
	int64_t timestamp_ms, from, limit;
	struct log_time found;
	struct buf scratch;
};

/* The first record of a batch that is late enough. */
static fallible search_batch(struct time_search *search, const struct record_batch *batch,
			     struct err *err)
{
	CLEANUP(record_walk_close) struct record_walk walk = { 0 };
	struct event event;
	bool more;
	TRY(record_walk_open(&walk, batch, &search->scratch, err));
	for (;;) {
		TRY(record_walk_next(&walk, &event, &more, err));
		if (!more)
			return 0;
		if (event.timestamp_ms < search->timestamp_ms || event.offset < search->from)
			continue;
		if (event.offset < search->limit)
			search->found = (struct log_time){ event.offset, event.timestamp_ms,
							   batch->leader_epoch };
		return 0;
	}
}

static fallible search_segment(struct log *log, struct segment *segment, struct time_search *search,
			       struct err *err)
{
	const struct index_time *hint = index_find_time(&segment->index, search->timestamp_ms);
	int64_t offset = segment->base_offset + (hint != NULL ? (int64_t)hint->offset : 0);
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(LOG_BATCH_BYTES_MAX);
	offset = MAX(offset, MAX(search->from, segment->base_offset));
	while (offset < MIN(segment->end_offset, search->limit) && search->found.offset < 0) {
		struct log_read read = { .offset = offset,
					 .bytes_max = LOG_CHUNK_BYTES_MAX,
					 .isolation = LOG_READ_ALL };
		struct record_batch batch;
		struct record_fault fault;
		int64_t next = offset + 1;
		int code = log_read(log, &read, err);
		for (uint32_t i = 0; i < read.nspans && code == 0; i++) {
			struct slice left;
			code = log_span_load(&read.spans[i], &bytes, &left, err);
			while (code == 0 && search->found.offset < 0 &&
			       record_batch_read(left, &batch, &fault)) {
				if (batch.max_timestamp >= search->timestamp_ms)
					code = search_batch(search, &batch, err);
				next = MAX(next, record_batch_last_offset(&batch) + 1);
				left = slice_sub(left, batch.bytes.len, SIZE_MAX);
			}
		}
		log_read_done(&read);
		if (code != ERR_CORRUPT) /* a damaged batch has no time to be found by */
			TRY(code);
		offset = next;
	}
	return 0;
}

fallible log_find_time(struct log *log, int64_t timestamp_ms, int64_t limit,
		       struct log_time *ret_found, struct err *err)
{
	struct time_search search = { .timestamp_ms = timestamp_ms,
				      .from = log->start_offset,
				      .limit = limit,
				      .found = { -1, -1, -1 },
				      .scratch = BUF_INIT(RECORD_UNPACKED_BYTES_MAX) };
	int code = 0;
	for (uint32_t i = 0; i < log->segments.len && search.found.offset < 0 && code == 0; i++) {
		struct segment *segment = log->segments.items[i];
		code = segment_load(segment, log->config.index_interval_bytes, err);
		if (code == 0 && segment->end_offset > log->start_offset &&
		    segment->max_timestamp_ms >= timestamp_ms)
			code = search_segment(log, segment, &search, err);
	}
	buf_fini(&search.scratch);
	if (code == 0)
		*ret_found = search.found;
	return code;
}

fallible log_find_max_time(struct log *log, struct log_time *ret_found, struct err *err)
{
	int64_t max = RECORD_NO_TIMESTAMP;
	for (uint32_t i = log_segment_index(log, log->start_offset); i < log->segments.len; i++) {
		struct segment *segment = log->segments.items[i];
		TRY(segment_load(segment, log->config.index_interval_bytes, err));
		max = MAX(max, segment->max_timestamp_ms);
	}
	*ret_found = (struct log_time){ -1, -1, -1 };
	if (max == RECORD_NO_TIMESTAMP)
		return 0;
	return log_find_time(log, max, log->high_watermark, ret_found, err);
}
