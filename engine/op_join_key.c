/*
 * Table-table join by foreign key: each left row meets the right row whose primary key it names.
 *
 * Both sides are kept, and an index from right key to the left keys that name it: its keys are the
 * right key's length and bytes, then the left key's, so that one range holds all who name a right
 * row. A right change is told to each of them in order of the left key. What an inner join says of
 * a left row that meets nobody: nothing when it is new or keeps its foreign key, a removal when it
 * changed it.
 */
#include "engine/join.h"
#include "engine/keycode.h"
#include "state/store.h"

struct op_join_key {
	struct op op;
	struct join_sides sides;
	struct row_table tables[2];
	struct store *index;
	struct program *foreign_key;
	struct buf key, right_key, was_right_key, entry, bound;
};

static fallible join_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_join_key *join = (struct op_join_key *)op;
	join_sides_open(&join->sides, op, env->arena);
	for (unsigned s = 0; s < 2; s++)
		row_table_init(&join->tables[s], join->sides.side[s].schema,
			       join->sides.side[s].kept);
	join->index = store_mem_new();
	join->foreign_key = program_new(env->arena, op->node->join.foreign_key);
	struct buf *bufs[] = { &join->key, &join->right_key, &join->was_right_key, &join->entry,
			       &join->bound };
	for (size_t i = 0; i < COUNT_OF(bufs); i++)
		buf_init(bufs[i], JOIN_KEY_BYTES_MAX);
	return 0;
}

static void join_close(struct op *op)
{
	struct op_join_key *join = (struct op_join_key *)op;
	row_table_fini(&join->tables[0]);
	row_table_fini(&join->tables[1]);
	join->index->ops->close(join->index);
	struct buf *bufs[] = { &join->key, &join->right_key, &join->was_right_key, &join->entry,
			       &join->bound };
	for (size_t i = 0; i < COUNT_OF(bufs); i++)
		buf_fini(bufs[i]);
}

static void entry_key(struct buf *entry, struct slice right_key, struct slice left_key)
{
	buf_reset(entry);
	buf_append_u32(entry, (uint32_t)right_key.len);
	buf_append(entry, right_key);
	buf_append(entry, left_key);
}

static fallible put_index(struct op_join_key *join, struct slice right_key, bool present,
			  struct err *err)
{
	entry_key(&join->entry, right_key, buf_slice(&join->key));
	return join->index->ops->put(join->index, buf_slice(&join->entry),
				     present ? SLICE_EMPTY : (struct slice){ .data = NULL }, err);
}

/* The right key that a left row names. False: NULL, or it failed. */
static bool right_key(struct buf *key, const struct column *keys, uint32_t row)
{
	buf_reset(key);
	return keycode_put(key, keys, 1, row);
}

static fallible tell_left(struct op_join_key *join, struct batch *batch, uint32_t row, bool now,
			  bool was, bool same_key, bool named, struct emitter *emitter,
			  struct step *step)
{
	struct op *op = &join->op;
	bool inner = op->node->join.kind == JOIN_INNER;
	const struct row_image *found =
		now && named ? row_table_get(&join->tables[1], buf_slice(&join->right_key)) : NULL;
	bool is = now && (found != NULL || !inner);
	if (!is && !was)
		return 0;
	if (!is && now && same_key)
		return 0;
	struct slice image = found != NULL ? slice_of(found->bytes, found->len) : SLICE_NULL;
	struct join_part parts[2] = {
		{ .columns = batch->columns, .row = row },
		{ .image = found != NULL ? &image : NULL },
	};
	int64_t rowtime_ms = batch->rowtime_ms[row];
	if (found != NULL)
		rowtime_ms = MAX(rowtime_ms, found->rowtime_ms);
	const struct row_image *before_right = NULL;
	if (was && join->was_right_key.len > 0)
		before_right = row_table_get(&join->tables[1], buf_slice(&join->was_right_key));
	bool had = was && (before_right != NULL || !inner);
	uint32_t to;
	TRY(emitter_row(emitter, rowtime_ms, (uint8_t)((is ? ROW_NEW : 0) | (had ? ROW_OLD : 0)),
			&to));
	join_put(&join->sides, op, parts, emitter->batch->columns, to, step->arena);
	if (had && emitter->batch->before != NULL) {
		struct slice was_image = before_right != NULL
						 ? slice_of(before_right->bytes, before_right->len)
						 : SLICE_NULL;
		struct join_part past[2] = {
			{ .columns = batch->before, .row = row },
			{ .image = before_right != NULL ? &was_image : NULL },
		};
		join_put(&join->sides, op, past, emitter->batch->before, to, step->arena);
	}
	return 0;
}

static fallible change_left(struct op_join_key *join, struct batch *batch, uint32_t row,
			    const struct column *now_keys, const struct column *was_keys,
			    struct emitter *emitter, struct step *step)
{
	if (!join_key(batch, row, &join->key))
		return 0;
	bool now = row_is_new(batch, row), was = row_is_old(batch, row);
	bool named = now && right_key(&join->right_key, now_keys, row);
	bool was_named = was && right_key(&join->was_right_key, was_keys, row);
	if (!was_named)
		buf_reset(&join->was_right_key);
	bool same_key =
		named == was_named && was == now &&
		(!named || slice_eq(buf_slice(&join->right_key), buf_slice(&join->was_right_key)));
	if (was_named && !same_key)
		TRY(put_index(join, buf_slice(&join->was_right_key), false, step->err));
	if (named)
		TRY(put_index(join, buf_slice(&join->right_key), true, step->err));
	TRY(tell_left(join, batch, row, now, was, same_key, named, emitter, step));
	if (now)
		row_table_put(&join->tables[0], buf_slice(&join->key), batch->columns, row,
			      batch->rowtime_ms[row]);
	else
		row_table_remove(&join->tables[0], buf_slice(&join->key));
	return 0;
}

static fallible push_left(struct op_join_key *join, struct batch *batch, struct step *step)
{
	struct op_eval place;
	struct eval *eval = op_eval(&place, &join->op, batch, step);
	uint16_t *new_rows = arena_array_plain(step->arena, uint16_t, batch->sel.len);
	uint16_t *old_rows = arena_array_plain(step->arena, uint16_t, batch->sel.len);
	uint32_t nnew = 0, nold = 0;
	SEL_EACH(i, batch->sel)
	{
		new_rows[nnew] = old_rows[nold] = (uint16_t)i;
		nnew += row_is_new(batch, i);
		nold += row_is_old(batch, i);
	}
	struct column now_key, was_key;
	program_run(join->foreign_key, eval, batch->columns,
		    (struct sel){ .rows = new_rows, .len = nnew }, &now_key, NULL);
	program_run(join->foreign_key, eval, batch->before,
		    (struct sel){ .rows = old_rows, .len = nold }, &was_key, NULL);
	struct emitter emitter;
	emitter_begin(&emitter, &join->op, step, batch->sel.len, false);
	SEL_EACH(row, batch->sel)
	TRY(change_left(join, batch, row, &now_key, &was_key, &emitter, step));
	return emitter_end(&emitter);
}

/* The walk over the left rows that name a changed right row. */
struct told {
	struct op_join_key *join;
	struct batch *batch;
	uint32_t row;
	struct emitter *emitter;
	struct step *step;
	size_t prefix; /* of each entry: all but the left key */
	int code;
};

static int tell_one(void *arg, struct slice entry, struct slice value)
{
	struct told *told = arg;
	struct op_join_key *join = told->join;
	struct batch *batch = told->batch;
	(void)value;
	bool inner = join->op.node->join.kind == JOIN_INNER;
	bool now = row_is_new(batch, told->row), was = row_is_old(batch, told->row);
	struct slice left_key = slice_sub(entry, told->prefix, entry.len);
	const struct row_image *left = row_table_get(&join->tables[0], left_key);
	assert(left != NULL);
	struct slice image = slice_of(left->bytes, left->len);
	struct join_part parts[2] = {
		{ .image = &image },
		{ .columns = now ? batch->columns : NULL, .row = told->row },
	};
	bool is = now || !inner, had = was || !inner;
	uint32_t to;
	told->code = emitter_row(told->emitter, MAX(left->rowtime_ms, batch->rowtime_ms[told->row]),
				 (uint8_t)((is ? ROW_NEW : 0) | (had ? ROW_OLD : 0)), &to);
	if (told->code != 0)
		return told->code;
	struct batch *out = told->emitter->batch;
	join_put(&join->sides, &join->op, parts, out->columns, to, told->step->arena);
	if (had && out->before != NULL) {
		parts[1].columns = was ? batch->before : NULL;
		join_put(&join->sides, &join->op, parts, out->before, to, told->step->arena);
	}
	return 0;
}

static fallible change_right(struct op_join_key *join, struct batch *batch, uint32_t row,
			     struct emitter *emitter, struct step *step)
{
	if (!join_key(batch, row, &join->right_key))
		return 0;
	struct slice key = buf_slice(&join->right_key);
	if (row_is_new(batch, row))
		row_table_put(&join->tables[1], key, batch->columns, row, batch->rowtime_ms[row]);
	else
		row_table_remove(&join->tables[1], key);
	entry_key(&join->entry, key, SLICE_EMPTY);
	entry_key(&join->bound, key, SLICE("\xff"));
	struct told told = { .join = join,
			     .batch = batch,
			     .row = row,
			     .emitter = emitter,
			     .step = step,
			     .prefix = join->entry.len };
	/* A left key begins with 00 or 01 (state/keys.h), so ff bounds them all. */
	struct range range = { .from = buf_slice(&join->entry), .to = buf_slice(&join->bound) };
	TRY(join->index->ops->scan(join->index, range, false, tell_one, &told, step->err));
	return told.code;
}

static fallible push_right(struct op_join_key *join, struct batch *batch, struct step *step)
{
	struct emitter emitter;
	emitter_begin(&emitter, &join->op, step, batch->sel.len, false);
	SEL_EACH(row, batch->sel)
	TRY(change_right(join, batch, row, &emitter, step));
	return emitter_end(&emitter);
}

static fallible join_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	struct op_join_key *join = (struct op_join_key *)op;
	return input == 0 ? push_left(join, batch, step) : push_right(join, batch, step);
}

const struct op_ops OP_JOIN_KEY = {
	.name = "ForeignKeyJoin",
	.bytes = sizeof(struct op_join_key),
	.open = join_open,
	.push = join_push,
	.close = join_close,
};
