/*
 * Stream-table join: each row of the stream meets the table's row of its key, as it is at that
 * moment.
 *
 * Only the stream makes output. Without a row in the table, an inner join drops the stream's row
 * and a left join puts NULLs beside it; so too when the key is NULL. A row without a value is
 * dropped.
 */
#include "engine/join.h"

struct op_join_table {
	struct op op;
	struct join_sides sides;
	struct row_table table;
	struct buf key;
};

static fallible join_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_join_table *join = (struct op_join_table *)op;
	join_sides_open(&join->sides, op, env->arena);
	row_table_init(&join->table, join->sides.side[1].schema, join->sides.side[1].kept);
	buf_init(&join->key, JOIN_KEY_BYTES_MAX);
	return 0;
}

static void join_close(struct op *op)
{
	struct op_join_table *join = (struct op_join_table *)op;
	row_table_fini(&join->table);
	buf_fini(&join->key);
}

static fallible push_table(struct op_join_table *join, const struct batch *batch)
{
	SEL_EACH(i, batch->sel)
	{
		if (!join_key(batch, i, &join->key))
			continue;
		if (row_is_new(batch, i))
			row_table_put(&join->table, buf_slice(&join->key), batch->columns, i,
				      batch->rowtime_ms[i]);
		else
			row_table_remove(&join->table, buf_slice(&join->key));
	}
	return 0;
}

static fallible push_stream(struct op_join_table *join, const struct batch *batch,
			    struct step *step)
{
	struct op *op = &join->op;
	bool windowed = batch->window_start_ms != NULL;
	struct emitter emitter;
	emitter_begin(&emitter, op, step, batch->sel.len, windowed);
	SEL_EACH(i, batch->sel)
	{
		const struct row_image *found = NULL;
		if (row_value_null(batch, i))
			continue;
		if (join_key(batch, i, &join->key))
			found = row_table_get(&join->table, buf_slice(&join->key));
		if (found == NULL && op->node->join.kind == JOIN_INNER)
			continue;
		struct slice image =
			found != NULL ? slice_of(found->bytes, found->len) : SLICE_NULL;
		struct join_part parts[2] = {
			{ .columns = batch->columns, .row = i },
			{ .image = found != NULL ? &image : NULL },
		};
		uint32_t to;
		TRY(emitter_row(&emitter, batch->rowtime_ms[i], ROW_NEW, &to));
		join_put(&join->sides, op, parts, emitter.batch->columns, to, step->arena);
		if (windowed) {
			emitter.window_start_ms[to] = batch->window_start_ms[i];
			emitter.window_end_ms[to] = batch->window_end_ms[i];
		}
	}
	return emitter_end(&emitter);
}

static fallible join_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	struct op_join_table *join = (struct op_join_table *)op;
	return input == 1 ? push_table(join, batch) : push_stream(join, batch, step);
}

const struct op_ops OP_JOIN_STREAM_TABLE = {
	.name = "StreamTableJoin",
	.bytes = sizeof(struct op_join_table),
	.open = join_open,
	.push = join_push,
	.close = join_close,
};
