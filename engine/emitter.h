/*
 * emitter.h - rows one by one into batches of at most BATCH_ROWS_MAX, forwarded when full.
 *
 * For operators that make other rows than they were given (windows, joins, table functions). Begin,
 * ask for a row at a time and set its columns, end. The batch handed out is op_batch's.
 */
#ifndef WEIR_ENGINE_EMITTER_H
#define WEIR_ENGINE_EMITTER_H

#include "engine/op.h"

struct emitter {
	struct op *op;
	struct step *step;
	struct batch *batch; /* being filled; NULL: none yet */
	uint32_t room;       /* rows of the next batch */
	int64_t *rowtime_ms, *window_start_ms, *window_end_ms;
	uint8_t *change;
	bool windowed;
};

/* `rows` is a guess of how many will come, to size the first batch. */
void emitter_begin(struct emitter *emitter, struct op *op, struct step *step, uint32_t rows,
		   bool windowed);
/* The next row's place in emitter->batch; forwards a full batch first. `change`: row_change. */
fallible emitter_row(struct emitter *emitter, int64_t rowtime_ms, uint8_t change,
		     uint32_t *ret_row);
fallible emitter_end(struct emitter *emitter);

#endif
