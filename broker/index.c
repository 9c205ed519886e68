#include "broker/index.h"

#define OFFSET_ENTRY_BYTES 8
#define TIME_ENTRY_BYTES 12

void index_fini(struct index *index)
{
	vec_fini(&index->offsets);
	vec_fini(&index->times);
}

void index_reset(struct index *index)
{
	vec_clear(&index->offsets);
	vec_clear(&index->times);
	index->bytes_since = 0;
}

void index_finish(struct index *index, int64_t max_timestamp_ms, uint32_t max_timestamp_offset)
{
	if (index->times.len > 0 && vec_last(&index->times)->timestamp_ms >= max_timestamp_ms)
		return;
	vec_push(&index->times, (struct index_time){ max_timestamp_ms, max_timestamp_offset });
}

void index_add(struct index *index, const struct index_batch *batch, int64_t interval)
{
	if (index->bytes_since > (uint64_t)MAX(interval, 0)) {
		assert(index->offsets.len == 0 ||
		       vec_last(&index->offsets)->offset < batch->last_offset);
		vec_push(&index->offsets,
			 (struct index_offset){ batch->last_offset, batch->position });
		index_finish(index, batch->max_timestamp_ms, batch->max_timestamp_offset);
		index->bytes_since = 0;
	}
	index->bytes_since += batch->bytes;
}

const struct index_offset *index_find(const struct index *index, uint32_t offset)
{
	uint32_t low = 0, high = index->offsets.len; /* entries below `low` are <= offset */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (index->offsets.items[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : &index->offsets.items[low - 1];
}

const struct index_time *index_find_time(const struct index *index, int64_t timestamp_ms)
{
	uint32_t low = 0, high = index->times.len;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (index->times.items[middle].timestamp_ms < timestamp_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : &index->times.items[low - 1];
}

void index_print_offsets(const struct index *index, uint32_t from, struct buf *to)
{
	for (uint32_t i = from; i < index->offsets.len; i++) {
		const struct index_offset *entry = &index->offsets.items[i];
		buf_append_u32(to, entry->offset);
		buf_append_u32(to, entry->position);
	}
}

void index_print_times(const struct index *index, uint32_t from, struct buf *to)
{
	for (uint32_t i = from; i < index->times.len; i++) {
		const struct index_time *entry = &index->times.items[i];
		buf_append_u64(to, (uint64_t)entry->timestamp_ms);
		buf_append_u32(to, entry->offset);
	}
}

static bool parse_offsets(struct index *index, struct slice bytes, uint64_t log_bytes)
{
	struct reader r = reader_of(bytes);
	for (size_t i = 0; i < bytes.len / OFFSET_ENTRY_BYTES; i++) {
		struct index_offset entry = { .offset = reader_u32(&r) };
		entry.position = reader_u32(&r);
		if (entry.position >= log_bytes)
			return false;
		if (i > 0 && (entry.offset <= vec_last(&index->offsets)->offset ||
			      entry.position <= vec_last(&index->offsets)->position))
			return false;
		vec_push(&index->offsets, entry);
	}
	return true;
}

static bool parse_times(struct index *index, struct slice bytes)
{
	struct reader r = reader_of(bytes);
	for (size_t i = 0; i < bytes.len / TIME_ENTRY_BYTES; i++) {
		struct index_time entry = { .timestamp_ms = (int64_t)reader_u64(&r) };
		entry.offset = reader_u32(&r);
		if (i > 0 && (entry.timestamp_ms <= vec_last(&index->times)->timestamp_ms ||
			      entry.offset < vec_last(&index->times)->offset))
			return false;
		vec_push(&index->times, entry);
	}
	return true;
}

fallible index_parse(struct index *index, struct slice offsets, struct slice times,
		     uint64_t log_bytes, struct err *err)
{
	index_reset(index);
	if (offsets.len % OFFSET_ENTRY_BYTES == 0 && times.len % TIME_ENTRY_BYTES == 0 &&
	    parse_offsets(index, offsets, log_bytes) && parse_times(index, times))
		return 0;
	index_reset(index);
	return err_set(err, ERR_CORRUPT, "an index whose entries do not grow");
}
