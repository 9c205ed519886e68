#include "engine/aggregates.h"

#include "engine/keycode.h"

void aggregates_open(struct aggregates *aggs, const struct aggregate_spec *spec,
		     struct arena *arena)
{
	*aggs = (struct aggregates){ .spec = spec };
	aggs->offsets = arena_array(arena, uint32_t, spec->naggs);
	aggs->args = arena_array(arena, struct program **, spec->naggs);
	aggs->values = arena_array(arena, struct column *, spec->naggs);
	aggs->pointers = arena_array(arena, const struct column **, spec->naggs);
	uint32_t at = sizeof(struct group_state);
	for (uint32_t a = 0; a < spec->naggs; a++) {
		const struct agg *agg = spec->aggs[a];
		aggs->offsets[a] = at;
		at += (agg->def->state_bytes + 15) & ~UINT32_C(15);
		aggs->args[a] = arena_array(arena, struct program *, agg->nargs);
		aggs->values[a] = arena_array(arena, struct column, agg->nargs);
		aggs->pointers[a] = arena_array(arena, const struct column *, agg->nargs);
		for (uint32_t i = 0; i < agg->nargs; i++) {
			aggs->args[a][i] = program_new(arena, spec->agg_args[a][i]);
			aggs->pointers[a][i] = &aggs->values[a][i];
		}
	}
	aggs->state_bytes = at;
	aggs->row_sequence = arena_array(arena, int64_t, BATCH_ROWS_MAX);
	aggs->places = arena_array(arena, void *, BATCH_ROWS_MAX);
}

static void *state_at(const struct aggregates *aggs, struct group_state *state, uint32_t a)
{
	return (uint8_t *)state + aggs->offsets[a];
}

static const void *state_read(const struct aggregates *aggs, const struct group_state *state,
			      uint32_t a)
{
	return (const uint8_t *)state + aggs->offsets[a];
}

void aggregates_prepare(struct aggregates *aggs, struct op *op, const struct batch *batch,
			const struct column *columns, struct sel sel, struct step *step)
{
	struct op_eval place;
	struct eval *eval = op_eval(&place, op, batch, step);
	for (uint32_t a = 0; a < aggs->spec->naggs; a++) {
		for (uint32_t i = 0; i < aggs->spec->aggs[a]->nargs; i++) {
			const struct expr *arg = aggs->spec->agg_args[a][i];
			if (arg->kind == EXPR_COLUMN)
				aggs->values[a][i] = columns[arg->column];
			else
				program_run(aggs->args[a][i], eval, columns, sel,
					    &aggs->values[a][i], NULL);
		}
	}
}

void aggregates_init(const struct aggregates *aggs, struct group_state *state)
{
	state->rowtime_ms = INT64_MIN;
	for (uint32_t a = 0; a < aggs->spec->naggs; a++) {
		const struct agg *agg = aggs->spec->aggs[a];
		agg->def->init(agg, state_at(aggs, state, a));
	}
}

void aggregates_fini(const struct aggregates *aggs, struct group_state *state)
{
	for (uint32_t a = 0; a < aggs->spec->naggs; a++) {
		const struct agg *agg = aggs->spec->aggs[a];
		if (agg->def->fini != NULL)
			agg->def->fini(agg, state_at(aggs, state, a));
	}
}

static void apply(struct aggregates *aggs, struct eval *eval, struct group_state *const *states,
		  struct sel sel, bool remove)
{
	int64_t *sequence = aggs->row_sequence;
	void **places = aggs->places;
	SEL_EACH(s, sel)
	sequence[s] = aggs->sequence++;
	for (uint32_t a = 0; a < aggs->spec->naggs; a++) {
		const struct agg *agg = aggs->spec->aggs[a];
		SEL_EACH(i, sel)
		places[i] = state_at(aggs, states[i], a);
		struct agg_rows rows = { .args = aggs->pointers[a],
					 .sequence = sequence,
					 .sel = sel };
		if (remove)
			agg->def->remove(agg, eval, places, &rows);
		else
			agg->def->add(agg, eval, places, &rows);
	}
}

void aggregates_add(struct aggregates *aggs, struct eval *eval, struct group_state *const *states,
		    struct sel sel)
{
	apply(aggs, eval, states, sel, false);
}

void aggregates_remove(struct aggregates *aggs, struct eval *eval,
		       struct group_state *const *states, struct sel sel)
{
	apply(aggs, eval, states, sel, true);
}

void aggregates_merge(const struct aggregates *aggs, struct group_state *into,
		      const struct group_state *from)
{
	into->rowtime_ms = MAX(into->rowtime_ms, from->rowtime_ms);
	for (uint32_t a = 0; a < aggs->spec->naggs; a++) {
		const struct agg *agg = aggs->spec->aggs[a];
		agg->def->merge(agg, state_at(aggs, into, a), state_read(aggs, from, a));
	}
}

void aggregates_emit(const struct aggregates *aggs, const struct op *op,
		     const struct group_state *state, struct arena *arena, struct column *columns,
		     uint32_t first, uint32_t row)
{
	for (uint32_t a = 0; a < aggs->spec->naggs; a++) {
		const struct agg *agg = aggs->spec->aggs[a];
		if (!op_wants(op, first + a))
			continue;
		struct column *out = &columns[first + a];
		if (out->valid != NULL)
			out->valid[row] = 1;
		agg->def->emit(agg, state_read(aggs, state, a), arena, out, row);
	}
}

void aggregates_emit_rows(const struct aggregates *aggs, const struct op *op,
			  struct group_state *const *states, uint32_t n, struct arena *arena,
			  struct column *columns, uint32_t first, uint32_t first_row)
{
	for (uint32_t a = 0; a < aggs->spec->naggs; a++) {
		const struct agg *agg = aggs->spec->aggs[a];
		if (!op_wants(op, first + a))
			continue;
		struct column *out = &columns[first + a];
		if (out->valid != NULL)
			memset(out->valid + first_row, 1, n);
		for (uint32_t i = 0; i < n; i++)
			agg->def->emit(agg, state_read(aggs, states[i], a), arena, out,
				       first_row + i);
	}
}

struct column *aggregates_snapshot(const struct aggregates *aggs, const struct op *op,
				   const struct group_state *state, struct arena *arena,
				   uint32_t first)
{
	const struct schema *schema = op->node->schema;
	struct column *columns = arena_array(arena, struct column, schema->ncolumns);
	for (uint32_t c = first; c < first + aggs->spec->naggs; c++) {
		if (op_wants(op, c))
			column_init(&columns[c], arena, schema->columns[c].type, 1);
	}
	aggregates_emit(aggs, op, state, arena, columns, first, 0);
	return columns;
}

void aggregates_put_before(const struct op *op, const struct column *snapshot, struct batch *batch,
			   uint32_t row)
{
	const struct schema *schema = op->node->schema;
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		if (!op_wants(op, c))
			continue;
		if (snapshot[c].data != NULL)
			column_copy_row(&batch->before[c], row, &snapshot[c], 0);
		else
			column_copy_row(&batch->before[c], row, &batch->columns[c], row);
	}
}

void aggregates_put_key(const struct op *op, struct slice key, struct column *columns, uint32_t row,
			struct arena *arena)
{
	struct reader in = reader_of(key);
	keycode_get(&in, columns, op->node->schema->nkeys, row, arena);
}

struct sel aggregates_keys(const struct op *op, const struct batch *batch, struct arena *arena,
			   struct buf *scratch, struct slice *keys)
{
	uint16_t *rows = arena_array_plain(arena, uint16_t, batch->sel.len);
	size_t *ends = arena_array_plain(arena, size_t, batch->sel.len);
	uint32_t len = 0;
	(void)op;
	buf_reset(scratch);
	SEL_EACH(i, batch->sel)
	{
		size_t begin = scratch->len;
		if (row_value_null(batch, i) ||
		    !keycode_put(scratch, batch->columns, batch->schema->nkeys, i)) {
			buf_truncate(scratch, begin);
			continue;
		}
		rows[len] = (uint16_t)i;
		ends[len++] = scratch->len;
	}
	assert(!scratch->overflowed);
	for (uint32_t k = 0; k < len; k++) {
		size_t begin = k > 0 ? ends[k - 1] : 0;
		keys[rows[k]] = slice_of(scratch->data + begin, ends[k] - begin);
	}
	return (struct sel){ .rows = rows, .len = len };
}

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

int64_t window_grace_ms(const struct aggregate_spec *spec)
{
	if (spec->window.grace_ms >= 0)
		return spec->window.grace_ms;
	return spec->emit_final ? 0 : MAX(DAY_MS - spec->window.size_ms, 0);
}
