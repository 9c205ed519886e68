/*
 * Table-table join on the primary keys: what one side's change does to the joined row.
 *
 * Both sides are kept. A change of one side meets the other's row of its key; the joined row is
 * what both are now, and was what the changed side was beside the other. An inner join says nothing
 * while the other side is absent; a left join needs the left; an outer join needs either.
 */
#include "engine/join.h"

struct op_join_tables {
	struct op op;
	struct join_sides sides;
	struct row_table tables[2];
	struct buf key;
};

static fallible join_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_join_tables *join = (struct op_join_tables *)op;
	join_sides_open(&join->sides, op, env->arena);
	for (unsigned s = 0; s < 2; s++)
		row_table_init(&join->tables[s], join->sides.side[s].schema,
			       join->sides.side[s].kept);
	buf_init(&join->key, JOIN_KEY_BYTES_MAX);
	return 0;
}

static void join_close(struct op *op)
{
	struct op_join_tables *join = (struct op_join_tables *)op;
	row_table_fini(&join->tables[0]);
	row_table_fini(&join->tables[1]);
	buf_fini(&join->key);
}

/* Whether a joined row exists, given which of its sides do. */
static bool joined(enum join_kind kind, bool left, bool right)
{
	switch (kind) {
	case JOIN_INNER:
		return left && right;
	case JOIN_LEFT:
		return left;
	case JOIN_RIGHT:
		return right;
	case JOIN_OUTER:
		return left || right;
	}
	UNREACHABLE("every kind of join is listed");
}

static bool exists(enum join_kind kind, unsigned input, bool self, bool other)
{
	return joined(kind, input == 0 ? self : other, input == 0 ? other : self);
}

static void put(struct op_join_tables *join, unsigned input, const struct column *self,
		bool has_self, uint32_t row, const struct slice *other, struct column *columns,
		uint32_t to, struct arena *arena)
{
	struct join_part parts[2] = { { .image = other }, { .image = other } };
	parts[input] = (struct join_part){ .columns = has_self ? self : NULL, .row = row };
	join_put(&join->sides, &join->op, parts, columns, to, arena);
}

static fallible change_row(struct op_join_tables *join, unsigned input, struct batch *batch,
			   uint32_t row, struct emitter *emitter, struct step *step)
{
	enum join_kind kind = join->op.node->join.kind;
	struct slice key = buf_slice(&join->key);
	bool now = row_is_new(batch, row), was = row_is_old(batch, row);
	if (now)
		row_table_put(&join->tables[input], key, batch->columns, row,
			      batch->rowtime_ms[row]);
	else
		row_table_remove(&join->tables[input], key);

	const struct row_image *found = row_table_get(&join->tables[1 - input], key);
	struct slice image = found != NULL ? slice_of(found->bytes, found->len) : SLICE_NULL;
	const struct slice *other = found != NULL ? &image : NULL;
	bool is = exists(kind, input, now, found != NULL);
	bool had = exists(kind, input, was, found != NULL);
	if (!is && !had && !(kind == JOIN_INNER && found != NULL))
		return 0;
	int64_t rowtime_ms = batch->rowtime_ms[row];
	if (found != NULL)
		rowtime_ms = MAX(rowtime_ms, found->rowtime_ms);
	uint32_t to;
	TRY(emitter_row(emitter, rowtime_ms, (uint8_t)((is ? ROW_NEW : 0) | (had ? ROW_OLD : 0)),
			&to));
	struct batch *out = emitter->batch;
	/* A removal carries its key: from the changed row, whose key columns are always set. */
	put(join, input, batch->columns, is ? now : true, row, other, out->columns, to,
	    step->arena);
	if (had && out->before != NULL)
		put(join, input, batch->before, was, row, other, out->before, to, step->arena);
	if (emitter->windowed) {
		emitter->window_start_ms[to] = batch->window_start_ms[row];
		emitter->window_end_ms[to] = batch->window_end_ms[row];
	}
	return 0;
}

static fallible join_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	struct op_join_tables *join = (struct op_join_tables *)op;
	struct emitter emitter;
	emitter_begin(&emitter, op, step, batch->sel.len, batch->window_start_ms != NULL);
	SEL_EACH(i, batch->sel)
	{
		if (join_key(batch, i, &join->key))
			TRY(change_row(join, input, batch, i, &emitter, step));
	}
	return emitter_end(&emitter);
}

const struct op_ops OP_JOIN_TABLES = {
	.name = "TableTableJoin",
	.bytes = sizeof(struct op_join_tables),
	.open = join_open,
	.push = join_push,
	.close = join_close,
};
