/*
 * batch.h - up to BATCH_ROWS_MAX rows by column, on their way through a pipeline.
 *
 * A stream's batch has one row per event. A table's batch has one row per change: what the row is
 * now (`columns`, when change[i] has ROW_NEW) and, where an operator further on asked for it, what
 * it was (`before`, when change[i] has ROW_OLD). NEW alone is an insert (or an update nobody asks
 * the past of), both an update, OLD alone a removal, neither a removal of what was never there.
 * Columns follow `schema`; in a removal the key columns are still set. Everything lives in the
 * step's arena.
 */
#ifndef WEIR_ENGINE_BATCH_H
#define WEIR_ENGINE_BATCH_H

#include "engine/column.h"
#include "engine/schema.h"

enum row_change {
	ROW_NEW = 1,
	ROW_OLD = 2,
};

struct record_header;

/* Where each row came from; shared by the batches derived from one source batch. */
struct batch_origin {
	const int32_t *source; /* index of the pipeline's source */
	const int32_t *partition;
	const int64_t *offset;
	const struct record_header *const *headers;
	const uint32_t *nheaders;
};

struct batch {
	const struct schema *schema;
	uint32_t nrows;
	struct sel sel; /* rows still alive */
	struct column *columns;
	struct column *before;     /* NULL: streams, and tables whose past nobody needs */
	const uint8_t *change;     /* row_change bits; NULL: a stream */
	const int64_t *rowtime_ms; /* of each row */
	const uint8_t *key_null;   /* 1: the record had no key at all; NULL: none such */
	const uint8_t *value_null; /* 1: the record had no value at all; NULL: none such */
	const int64_t *window_start_ms, *window_end_ms; /* of windowed keys; else NULL */
	struct batch_origin origin;
};

#endif
