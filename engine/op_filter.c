/*
 * Keeps the rows for which a condition is true.
 *
 * A stream's row without a value has nothing to ask and goes. A table's row that passed before and
 * does not now becomes a removal; one that never passed leaves no trace. A condition that fails is
 * not true, and logged.
 */
#include "engine/op.h"

struct op_filter {
	struct op op;
	struct program *condition;
};

static fallible filter_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_filter *filter = (struct op_filter *)op;
	filter->condition = program_new(env->arena, op->node->filter.condition);
	return 0;
}

static struct sel without_null_values(const struct batch *batch, struct arena *arena)
{
	if (batch->value_null == NULL)
		return batch->sel;
	uint16_t *rows = arena_array_plain(arena, uint16_t, batch->sel.len);
	uint32_t len = 0;
	SEL_EACH(i, batch->sel)
	{
		rows[len] = (uint16_t)i;
		len += batch->value_null[i] == 0;
	}
	return (struct sel){ .rows = rows, .len = len };
}

static fallible push_stream(struct op_filter *filter, struct batch *batch, struct step *step)
{
	struct op_eval place;
	struct eval *eval = op_eval(&place, &filter->op, batch, step);
	struct batch out = *batch;
	struct sel asked = without_null_values(batch, step->arena);
	uint16_t *rows = arena_array_plain(step->arena, uint16_t, BATCH_ROWS_MAX);
	out.sel = program_filter(filter->condition, eval, batch->columns, asked, rows);
	return op_forward(&filter->op, &out, step);
}

/* Which rows, among those with `bit` in their change, fulfil the condition: 1 in `ret`. */
static void passing(struct op_filter *filter, const struct batch *batch,
		    const struct column *columns, uint8_t bit, struct step *step, uint8_t *ret)
{
	memset(ret, 0, batch->nrows);
	uint16_t *asked = arena_array_plain(step->arena, uint16_t, BATCH_ROWS_MAX);
	uint32_t len = 0;
	SEL_EACH(i, batch->sel)
	{
		asked[len] = (uint16_t)i;
		len += (batch->change[i] & bit) != 0;
	}
	struct op_eval place;
	struct eval *eval = op_eval(&place, &filter->op, batch, step);
	uint16_t *rows = arena_array_plain(step->arena, uint16_t, BATCH_ROWS_MAX);
	struct sel sel = program_filter(filter->condition, eval, columns,
					(struct sel){ .rows = asked, .len = len }, rows);
	SEL_EACH(j, sel)
	ret[j] = 1;
}

static fallible push_table(struct op_filter *filter, struct batch *batch, struct step *step)
{
	assert(batch->before != NULL);
	uint8_t *now = arena_array(step->arena, uint8_t, batch->nrows);
	uint8_t *then = arena_array(step->arena, uint8_t, batch->nrows);
	passing(filter, batch, batch->columns, ROW_NEW, step, now);
	passing(filter, batch, batch->before, ROW_OLD, step, then);

	uint8_t *change = arena_array(step->arena, uint8_t, batch->nrows);
	uint16_t *rows = arena_array_plain(step->arena, uint16_t, batch->nrows);
	uint32_t len = 0;
	SEL_EACH(i, batch->sel)
	{
		change[i] = (uint8_t)((now[i] ? ROW_NEW : 0) | (then[i] ? ROW_OLD : 0));
		rows[len] = (uint16_t)i;
		len += change[i] != 0;
	}
	struct batch out = *batch;
	out.change = change;
	out.sel = (struct sel){ .rows = rows, .len = len };
	return op_forward(&filter->op, &out, step);
}

static fallible filter_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	struct op_filter *filter = (struct op_filter *)op;
	return batch->change != NULL ? push_table(filter, batch, step)
				     : push_stream(filter, batch, step);
}

const struct op_ops OP_FILTER = {
	.name = "Filter",
	.bytes = sizeof(struct op_filter),
	.open = filter_open,
	.push = filter_push,
};
