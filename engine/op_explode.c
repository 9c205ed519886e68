/*
 * Table functions: each row becomes as many rows as the longest of its arrays has items.
 *
 * Shorter arrays are padded with NULL; a row whose arrays are all NULL or empty vanishes, and so
 * does one whose function fails (logged). A row without a value has no arrays and vanishes too.
 */
#include "engine/emitter.h"

struct op_explode {
	struct op op;
	struct program **tables;
};

static fallible explode_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_explode *explode = (struct op_explode *)op;
	uint32_t n = op->node->explode.ntables;
	explode->tables = arena_array(env->arena, struct program *, n);
	for (uint32_t t = 0; t < n; t++)
		explode->tables[t] = program_new(env->arena, op->node->explode.tables[t]);
	return 0;
}

static uint32_t longest(const struct column *arrays, uint32_t n, uint32_t row)
{
	uint32_t len = 0;
	for (uint32_t t = 0; t < n; t++) {
		if (!column_is_null(&arrays[t], row))
			len = MAX(len, arrays[t].nested[row].len);
	}
	return len;
}

static void set_row(struct op_explode *explode, const struct batch *batch, uint32_t row,
		    const struct column *arrays, uint32_t item, struct batch *out, uint32_t to)
{
	uint32_t first = batch->schema->ncolumns;
	for (uint32_t c = 0; c < first; c++) {
		if (op_wants(&explode->op, c))
			column_copy_row(&out->columns[c], to, &batch->columns[c], row);
	}
	for (uint32_t t = 0; t < explode->op.node->explode.ntables; t++) {
		if (!op_wants(&explode->op, first + t))
			continue;
		struct value value = VALUE_NULL;
		if (!column_is_null(&arrays[t], row) && item < arrays[t].nested[row].len)
			value = arrays[t].nested[row].items[item];
		column_set(&out->columns[first + t], to, &value);
	}
}

static fallible explode_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	struct op_explode *explode = (struct op_explode *)op;
	uint32_t n = op->node->explode.ntables;
	struct column *arrays = arena_array(step->arena, struct column, n);
	uint8_t *failed = arena_array(step->arena, uint8_t, BATCH_ROWS_MAX);
	uint8_t *row_failed = arena_array(step->arena, uint8_t, BATCH_ROWS_MAX);
	struct op_eval place;
	struct eval *eval = op_eval(&place, op, batch, step);
	for (uint32_t t = 0; t < n; t++) {
		program_run(explode->tables[t], eval, batch->columns, batch->sel, &arrays[t],
			    failed);
		SEL_EACH(i, batch->sel)
		row_failed[i] |= failed[i];
	}
	struct emitter emitter;
	bool windowed = batch->window_start_ms != NULL;
	emitter_begin(&emitter, op, step, BATCH_ROWS_MAX, windowed);
	SEL_EACH(row, batch->sel)
	{
		if (row_failed[row] || row_value_null(batch, row))
			continue;
		uint32_t len = longest(arrays, n, row);
		for (uint32_t item = 0; item < len; item++) {
			uint32_t to;
			TRY(emitter_row(&emitter, batch->rowtime_ms[row], ROW_NEW, &to));
			set_row(explode, batch, row, arrays, item, emitter.batch, to);
			if (windowed) {
				emitter.window_start_ms[to] = batch->window_start_ms[row];
				emitter.window_end_ms[to] = batch->window_end_ms[row];
			}
		}
	}
	return emitter_end(&emitter);
}

const struct op_ops OP_EXPLODE = {
	.name = "FlatMap",
	.bytes = sizeof(struct op_explode),
	.open = explode_open,
	.push = explode_push,
};
