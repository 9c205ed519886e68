/*
 * GROUP BY without a window: one state per key, changed in place; every row is followed by what its
 * group is now. Over a table, what the row was is taken out of its group first.
 *
 * Rows are applied by the batch in three ways. With a cache (over streams, when nobody asks what a
 * group was) whole batches are added, and each group that has changed is told once, at flush or
 * when the cache is full. Without, a batch is cut into runs in which each group occurs once; a run
 * is added and told as a whole. Where the past is needed, rows go one by one.
 */
#include "engine/aggregates.h"
#include "engine/emitter.h"
#include "engine/group.h"

struct op_aggregate {
	struct op op;
	struct aggregates aggs;
	struct group_table groups;
	struct buf keys; /* of the batch's rows, one behind the other */
	bool caches;
	uint32_t dirty_max;        /* groups that the cache holds */
	VEC(struct group *) dirty; /* changed since they were last told, in order */
	uint64_t run;              /* number of the last run */
};

/* Where a group's own flags live: behind the aggregates. */
struct group_tail {
	uint64_t run; /* the last one it was in; with a cache: 1: it is dirty */
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
	agg->caches = env->cache_bytes > 0 && !op->before_wanted && !op->node->inputs[0]->is_table;
	size_t fit = env->cache_bytes / agg->groups.group_bytes;
	agg->dirty_max = (uint32_t)MIN(MAX(fit, (size_t)1), (size_t)UINT32_MAX / 4);
	return 0;
}

static void aggregate_close(struct op *op)
{
	struct op_aggregate *agg = (struct op_aggregate *)op;
	for (struct group *g = group_next(&agg->groups, NULL); g != NULL;
	     g = group_next(&agg->groups, g))
		aggregates_fini(&agg->aggs, state_of(g));
	vec_fini(&agg->dirty);
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

/* A batch to tell n groups in, with their times; keys and results are still to be set. */
static struct batch *open_results(struct op *op, uint32_t n, int64_t **ret_rowtime,
				  struct step *step)
{
	struct batch *out = op_batch(op, step, n);
	int64_t *rowtime = arena_array_plain(step->arena, int64_t, n);
	uint8_t *change = arena_array_plain(step->arena, uint8_t, n);
	memset(change, ROW_NEW, n);
	out->rowtime_ms = rowtime;
	if (op->node->is_table)
		out->change = change;
	*ret_rowtime = rowtime;
	return out;
}

/* Tells what is dirty. */
static fallible emit_dirty(struct op_aggregate *agg, struct step *step)
{
	struct op *op = &agg->op;
	uint32_t nkeys = op->node->schema->nkeys;
	struct group_state **states =
		arena_array_plain(step->arena, struct group_state *, BATCH_ROWS_MAX);
	for (uint32_t from = 0; from < agg->dirty.len; from += BATCH_ROWS_MAX) {
		uint32_t n = MIN(agg->dirty.len - from, (uint32_t)BATCH_ROWS_MAX);
		int64_t *rowtime;
		struct batch *out = open_results(op, n, &rowtime, step);
		for (uint32_t i = 0; i < n; i++) {
			struct group *group = agg->dirty.items[from + i];
			states[i] = state_of(group);
			tail_of(agg, group)->run = 0;
			rowtime[i] = states[i]->rowtime_ms;
			aggregates_put_key(op, group_key(group), out->columns, i, step->arena);
		}
		aggregates_emit_rows(&agg->aggs, op, states, n, step->arena, out->columns, nkeys,
				     0);
		batch_set_all(out, n);
		TRY(op_forward(op, out, step));
	}
	vec_clear(&agg->dirty);
	return 0;
}

/* The states of the rows, by row, and their times brought up to date. */
static struct group_state **touch(const struct batch *batch, struct sel sel, struct group **groups,
				  struct arena *arena)
{
	struct group_state **states =
		arena_array_plain(arena, struct group_state *, BATCH_ROWS_MAX);
	SEL_EACH(row, sel)
	{
		states[row] = state_of(groups[row]);
		states[row]->rowtime_ms = MAX(states[row]->rowtime_ms, batch->rowtime_ms[row]);
	}
	return states;
}

static fallible change_cached(struct op_aggregate *agg, struct batch *batch, struct sel sel,
			      struct group **groups, struct step *step)
{
	struct op_eval place;
	struct eval *eval = op_eval(&place, &agg->op, batch, step);
	struct group_state **states = touch(batch, sel, groups, step->arena);
	aggregates_prepare(&agg->aggs, &agg->op, batch, batch->columns, sel, step);
	aggregates_add(&agg->aggs, eval, states, sel);
	SEL_EACH(row, sel)
	{
		struct group_tail *tail = tail_of(agg, groups[row]);
		if (tail->run != 0)
			continue;
		tail->run = 1;
		vec_push(&agg->dirty, groups[row]);
	}
	return agg->dirty.len >= agg->dirty_max ? emit_dirty(agg, step) : 0;
}

/* Key columns of the rows of `sel`, which stand side by side in what goes out. */
static void copy_keys(const struct op *op, const struct batch *batch, struct sel sel,
		      struct batch *out)
{
	for (uint32_t c = 0; c < op->node->schema->nkeys; c++) {
		uint32_t to = 0;
		SEL_EACH(row, sel)
		column_copy_row(&out->columns[c], to++, &batch->columns[c], row);
	}
}

/* From row `from` of the selection on: how many rows there are before a group comes again. */
static uint32_t run_length(struct op_aggregate *agg, struct sel sel, uint32_t from,
			   struct group **groups)
{
	uint64_t run = ++agg->run;
	uint32_t at = from;
	for (; at < sel.len; at++) {
		struct group_tail *tail = tail_of(agg, groups[sel.rows[at]]);
		if (tail->run == run)
			break;
		tail->run = run;
	}
	return at - from;
}

static fallible change_by_run(struct op_aggregate *agg, struct batch *batch, struct sel sel,
			      struct group **groups, struct step *step)
{
	struct op *op = &agg->op;
	uint32_t nkeys = op->node->schema->nkeys;
	struct op_eval place;
	struct eval *eval = op_eval(&place, op, batch, step);
	struct group_state **states =
		arena_array_plain(step->arena, struct group_state *, BATCH_ROWS_MAX);
	struct group_state **run_states =
		arena_array_plain(step->arena, struct group_state *, BATCH_ROWS_MAX);
	int64_t *rowtime;
	struct batch *out = open_results(op, sel.len, &rowtime, step);
	aggregates_prepare(&agg->aggs, op, batch, batch->columns, sel, step);
	copy_keys(op, batch, sel, out);
	for (uint32_t from = 0; from < sel.len;) {
		struct sel run = { .rows = sel.rows + from,
				   .len = run_length(agg, sel, from, groups) };
		for (uint32_t i = 0; i < run.len; i++) {
			struct group_state *state = state_of(groups[run.rows[i]]);
			states[run.rows[i]] = run_states[i] = state;
			state->rowtime_ms = MAX(state->rowtime_ms, batch->rowtime_ms[run.rows[i]]);
			rowtime[from + i] = state->rowtime_ms;
		}
		aggregates_add(&agg->aggs, eval, states, run);
		aggregates_emit_rows(&agg->aggs, op, run_states, run.len, step->arena, out->columns,
				     nkeys, from);
		from += run.len;
	}
	batch_set_all(out, sel.len);
	return op_forward(op, out, step);
}

static fallible aggregate_push(struct op *op, unsigned input, struct batch *batch,
			       struct step *step)
{
	assert(input == 0);
	struct op_aggregate *agg = (struct op_aggregate *)op;
	struct group **groups = arena_array_plain(step->arena, struct group *, BATCH_ROWS_MAX);
	struct sel sel = find_groups(agg, batch, step, groups);
	if (sel.len == 0)
		return 0;
	if (batch->change != NULL || op->before_wanted)
		return change_each(agg, batch, sel, groups, step);
	return agg->caches ? change_cached(agg, batch, sel, groups, step)
			   : change_by_run(agg, batch, sel, groups, step);
}

static fallible aggregate_flush(struct op *op, struct step *step)
{
	struct op_aggregate *agg = (struct op_aggregate *)op;
	return agg->dirty.len > 0 ? emit_dirty(agg, step) : 0;
}

const struct op_ops OP_AGGREGATE = {
	.name = "Aggregate",
	.bytes = sizeof(struct op_aggregate),
	.open = aggregate_open,
	.push = aggregate_push,
	.flush = aggregate_flush,
	.close = aggregate_close,
};
