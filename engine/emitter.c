#include "engine/emitter.h"

void emitter_begin(struct emitter *emitter, struct op *op, struct step *step, uint32_t rows,
		   bool windowed)
{
	*emitter = (struct emitter){ .op = op, .step = step, .windowed = windowed };
	emitter->room = MIN(MAX(rows, 1), (uint32_t)BATCH_ROWS_MAX);
}

static void open_batch(struct emitter *emitter)
{
	struct arena *arena = emitter->step->arena;
	struct batch *batch = op_batch(emitter->op, emitter->step, emitter->room);
	emitter->batch = batch;
	emitter->rowtime_ms = arena_array(arena, int64_t, emitter->room);
	emitter->change = arena_array(arena, uint8_t, emitter->room);
	batch->rowtime_ms = emitter->rowtime_ms;
	if (emitter->op->node->is_table)
		batch->change = emitter->change;
	if (emitter->windowed) {
		emitter->window_start_ms = arena_array(arena, int64_t, emitter->room);
		emitter->window_end_ms = arena_array(arena, int64_t, emitter->room);
		batch->window_start_ms = emitter->window_start_ms;
		batch->window_end_ms = emitter->window_end_ms;
	}
	batch->nrows = 0;
}

static fallible forward(struct emitter *emitter)
{
	struct batch *batch = emitter->batch;
	emitter->batch = NULL;
	batch_set_all(batch, batch->nrows);
	return op_forward(emitter->op, batch, emitter->step);
}

fallible emitter_row(struct emitter *emitter, int64_t rowtime_ms, uint8_t change, uint32_t *ret_row)
{
	if (emitter->batch != NULL && emitter->batch->nrows == emitter->room) {
		TRY(forward(emitter));
		emitter->room = BATCH_ROWS_MAX;
	}
	if (emitter->batch == NULL)
		open_batch(emitter);
	uint32_t row = emitter->batch->nrows++;
	emitter->rowtime_ms[row] = rowtime_ms;
	emitter->change[row] = change;
	*ret_row = row;
	return 0;
}

fallible emitter_end(struct emitter *emitter)
{
	return emitter->batch != NULL ? forward(emitter) : 0;
}
