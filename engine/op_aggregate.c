/*
 * GROUP BY without a window: one state per key, changed in place; every row is followed by what its
 * group is now. Over a table, what the row was is taken out of its group first.
 */
#include "engine/aggregates.h"
#include "engine/emitter.h"
#include "engine/group.h"

struct op_aggregate {
	struct op op;
	struct aggregates aggs;
	struct group_table groups;
	struct buf keys; /* of the batch's rows, one behind the other */
};

/* Where a group's own flags live: behind the aggregates. */
struct group_tail {
	bool emitted; /* somebody downstream has seen it */
};

static struct group_state *state_of(struct group *group)
{
	return (struct group_state *)(void *)group->state;
}

static struct group_tail *tail_of(const struct op_aggregate *agg, struct group *group)
{
	return (struct group_tail *)(void *)(group->state + agg->aggs.state_bytes);
}

static fallible aggregate_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_aggregate *agg = (struct op_aggregate *)op;
	aggregates_open(&agg->aggs, &op->node->aggregate, env->arena);
	group_table_init(&agg->groups, agg->aggs.state_bytes + (uint32_t)sizeof(struct group_tail));
	buf_init(&agg->keys, BATCH_KEYS_BYTES_MAX);
	return 0;
}

static void aggregate_close(struct op *op)
{
	struct op_aggregate *agg = (struct op_aggregate *)op;
	for (struct group *g = group_next(&agg->groups, NULL); g != NULL;
	     g = group_next(&agg->groups, g))
		aggregates_fini(&agg->aggs, state_of(g));
	group_table_fini(&agg->groups);
	buf_fini(&agg->keys);
}

/* The group of each row that can be grouped, by row. */
static struct sel find_groups(struct op_aggregate *agg, const struct batch *batch,
			      struct step *step, struct group **groups)
{
	struct arena *arena = step->arena;
	struct slice *by_row = arena_array_plain(arena, struct slice, BATCH_ROWS_MAX);
	struct sel sel = aggregates_keys(&agg->op, batch, arena, &agg->keys, by_row);
	struct slice *keys = arena_array_plain(arena, struct slice, sel.len);
	struct group **found = arena_array_plain(arena, struct group *, sel.len);
	uint8_t *is_new = arena_array_plain(arena, uint8_t, sel.len);
	for (uint32_t k = 0; k < sel.len; k++)
		keys[k] = by_row[sel.rows[k]];
	group_add_batch(&agg->groups, keys, sel.len, found, is_new);
	for (uint32_t k = 0; k < sel.len; k++) {
		groups[sel.rows[k]] = found[k];
		if (is_new[k])
			aggregates_init(&agg->aggs, state_of(found[k]));
	}
	return sel;
}

/* Arguments of the rows as they were, beside those of the rows as they are. */
static struct aggregates prepare_past(const struct op_aggregate *agg, struct op *op,
				      const struct batch *batch, struct sel sel, struct step *step)
{
	struct aggregates past = agg->aggs;
	uint32_t naggs = past.spec->naggs;
	past.values = arena_array(step->arena, struct column *, naggs);
	past.pointers = arena_array(step->arena, const struct column **, naggs);
	for (uint32_t a = 0; a < naggs; a++) {
		uint32_t nargs = past.spec->aggs[a]->nargs;
		past.values[a] = arena_array(step->arena, struct column, nargs);
		past.pointers[a] = arena_array(step->arena, const struct column *, nargs);
		for (uint32_t k = 0; k < nargs; k++)
			past.pointers[a][k] = &past.values[a][k];
	}
	aggregates_prepare(&past, op, batch, batch->before, sel, step);
	return past;
}

/* Row by row: undo, add, emit what the group is now and, where wanted, what it was. */
static fallible change_each(struct op_aggregate *agg, struct batch *batch, struct sel sel,
			    struct group **groups, struct step *step)
{
	struct op *op = &agg->op;
	uint32_t nkeys = op->node->schema->nkeys;
	struct op_eval place;
	struct eval *eval = op_eval(&place, op, batch, step);
	struct group_state **states =
		arena_array(step->arena, struct group_state *, BATCH_ROWS_MAX);
	SEL_EACH(s, sel)
	states[s] = state_of(groups[s]);
	struct aggregates past = { 0 };
	if (batch->before != NULL)
		past = prepare_past(agg, op, batch, sel, step);
	aggregates_prepare(&agg->aggs, op, batch, batch->columns, sel, step);

	struct emitter emitter;
	emitter_begin(&emitter, op, step, sel.len, false);
	SEL_EACH(row, sel)
	{
		struct group_state *state = states[row];
		struct group_tail *tail = tail_of(agg, groups[row]);
		uint16_t one = (uint16_t)row;
		struct sel alone = { .rows = &one, .len = 1 };
		struct column *was = NULL;
		if (op->before_wanted && tail->emitted)
			was = aggregates_snapshot(&agg->aggs, op, state, step->arena, nkeys);
		if (row_is_old(batch, row))
			aggregates_remove(&past, eval, states, alone);
		if (row_is_new(batch, row))
			aggregates_add(&agg->aggs, eval, states, alone);
		state->rowtime_ms = MAX(state->rowtime_ms, batch->rowtime_ms[row]);
		uint32_t to;
		TRY(emitter_row(&emitter, state->rowtime_ms,
				(uint8_t)(ROW_NEW | (was != NULL ? ROW_OLD : 0)), &to));
		struct batch *out = emitter.batch;
		aggregates_put_key(op, group_key(groups[row]), out->columns, to, step->arena);
		aggregates_emit(&agg->aggs, op, state, step->arena, out->columns, nkeys, to);
		if (was != NULL)
			aggregates_put_before(op, was, out, to);
		tail->emitted = true;
	}
	return emitter_end(&emitter);
}

static fallible aggregate_push(struct op *op, unsigned input, struct batch *batch,
			       struct step *step)
{
	assert(input == 0);
	struct op_aggregate *agg = (struct op_aggregate *)op;
	struct group **groups = arena_array(step->arena, struct group *, BATCH_ROWS_MAX);
	struct sel sel = find_groups(agg, batch, step, groups);
	return change_each(agg, batch, sel, groups, step);
}

const struct op_ops OP_AGGREGATE = {
	.name = "Aggregate",
	.bytes = sizeof(struct op_aggregate),
	.open = aggregate_open,
	.push = aggregate_push,
	.close = aggregate_close,
};
