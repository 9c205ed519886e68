/*
 * index.h - where in a segment an offset, or a time, is to be looked for.
 *
 * Sparse, in memory, and written as Kafka's .index (relative last offset, position: 4 + 4 bytes)
 * and .timeindex (largest time so far, relative offset of the batch that has it: 8 + 4) once the
 * segment is closed. Both only grow. They are hints that can be made again from the segment: a
 * lookup yields a place at or before what is wanted.
 */
#ifndef WEIR_BROKER_INDEX_H
#define WEIR_BROKER_INDEX_H

#include "base/bytes.h"
#include "base/vec.h"

struct index_offset {
	uint32_t offset, position; /* the last offset of the batch that begins at `position` */
};

struct index_time {
	int64_t timestamp_ms;
	uint32_t offset;
};

struct index {
	VEC(struct index_offset) offsets;
	VEC(struct index_time) times;
	uint64_t bytes_since; /* of log, since the last entry */
};

struct index_batch {
	uint32_t last_offset, position, bytes;
	int64_t max_timestamp_ms; /* of the segment so far, this batch included */
	uint32_t max_timestamp_offset;
};

void index_fini(struct index *index);
void index_reset(struct index *index);
/* One more batch; an entry only when `interval` bytes have passed since the last. */
void index_add(struct index *index, const struct index_batch *batch, int64_t interval);
/* The time entry that Kafka writes at a roll. */
void index_finish(struct index *index, int64_t max_timestamp_ms, uint32_t max_timestamp_offset);

/* The entry with the largest offset <= `offset`; NULL: begin at the segment's start. */
const struct index_offset *index_find(const struct index *index, uint32_t offset);
/* The entry with the largest time < `timestamp_ms`: no record before it is at or after that time.
 */
const struct index_time *index_find_time(const struct index *index, int64_t timestamp_ms);

/* The entries from number `from` on. */
void index_print_offsets(const struct index *index, uint32_t from, struct buf *to);
void index_print_times(const struct index *index, uint32_t from, struct buf *to);
/* ERR_CORRUPT where entries do not grow or lie outside a segment of `log_bytes`. */
fallible index_parse(struct index *index, struct slice offsets, struct slice times,
		     uint64_t log_bytes, struct err *err);

#endif
