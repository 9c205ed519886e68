/*
 * Rows under a new key, through an internal topic or (where the key is the same) straight on.
 *
 * The node is the last operator of one stage, which writes the topic, and the first of the next,
 * which reads it. A stream's row goes as it is. A table's change goes to where its key is now, and
 * takes itself away from where it was; when both are the same key it is one record. The value of a
 * table's record is one byte of row_change bits, the length of the new row (4 bytes, big-endian),
 * the new row's bytes, then the old row's.
 */
#include "engine/keycode.h"
#include "engine/op.h"
#include "engine/topic.h"

struct op_rekey {
	struct op op;
	struct program **programs;
	struct topic_writer *writer; /* NULL: local */
	struct topic_reader *reader;
	struct buf key, value, was;
};

#define RECORD_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define CHANGE_HEADER_BYTES 5

static fallible rekey_open(struct op *op, struct op_env *env, struct err *err)
{
	struct op_rekey *rekey = (struct op_rekey *)op;
	const struct node *node = op->node;
	uint32_t n = node->schema->ncolumns;
	rekey->programs = arena_array(env->arena, struct program *, n);
	for (uint32_t c = 0; c < n; c++)
		rekey->programs[c] = program_new(env->arena, node->rekey.columns[c]);
	buf_init(&rekey->key, RECORD_BYTES_MAX);
	buf_init(&rekey->value, RECORD_BYTES_MAX);
	buf_init(&rekey->was, RECORD_BYTES_MAX);
	if (node->rekey.local)
		return 0;
	TRY(topic_writer_open(&node->rekey.topic, node->schema, env->arena, &rekey->writer, err));
	return topic_reader_open(&node->rekey.topic, node->schema, op->wanted, env->arena,
				 &rekey->reader, err);
}

static void rekey_close(struct op *op)
{
	struct op_rekey *rekey = (struct op_rekey *)op;
	buf_fini(&rekey->key);
	buf_fini(&rekey->value);
	buf_fini(&rekey->was);
}

/* The new columns for the rows of `sel`; ret_keyless[i] is 1 where a key column failed or is NULL.
 */
static struct column *compute(struct op_rekey *rekey, const struct batch *batch,
			      const struct column *from, struct sel sel, struct step *step,
			      uint8_t *ret_keyless)
{
	const struct schema *schema = rekey->op.node->schema;
	struct column *columns = arena_array(step->arena, struct column, schema->ncolumns);
	uint8_t *failed = arena_array(step->arena, uint8_t, BATCH_ROWS_MAX);
	struct op_eval place;
	struct eval *eval = op_eval(&place, &rekey->op, batch, step);
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		program_run(rekey->programs[c], eval, from, sel, &columns[c], failed);
		if (c >= schema->nkeys)
			continue;
		SEL_EACH(i, sel)
		ret_keyless[i] |= failed[i] || column_is_null(&columns[c], i);
	}
	return columns;
}

static struct sel with_change(const struct batch *batch, uint8_t bit, struct arena *arena)
{
	uint16_t *rows = arena_array_plain(arena, uint16_t, batch->sel.len);
	uint32_t len = 0;
	SEL_EACH(i, batch->sel)
	{
		rows[len] = (uint16_t)i;
		len += (batch->change[i] & bit) != 0;
	}
	return (struct sel){ .rows = rows, .len = len };
}

static void add_record(struct op_rekey *rekey, const struct batch *batch, uint32_t row,
		       bool key_null, bool value_null, struct step *step)
{
	struct event event = {
		.key = key_null ? SLICE_NULL : slice_of(rekey->key.data, rekey->key.len),
		.value = value_null ? SLICE_NULL : slice_of(rekey->value.data, rekey->value.len),
		.timestamp_ms = batch->rowtime_ms[row],
	};
	if (!key_null && event.key.data == NULL)
		event.key = SLICE_EMPTY;
	if (!value_null && event.value.data == NULL)
		event.value = SLICE_EMPTY;
	outbox_add(step->outbox, rekey->op.node->rekey.topic.topic, -1, &event);
	rekey->op.rows_out++;
}

static fallible send_stream(struct op_rekey *rekey, struct batch *batch, struct step *step)
{
	const struct node *node = rekey->op.node;
	uint8_t *keyless = arena_array(step->arena, uint8_t, BATCH_ROWS_MAX);
	struct batch out = *batch;
	out.schema = node->schema;
	out.key_null = NULL;
	out.columns = compute(rekey, batch, batch->columns, batch->sel, step, keyless);
	SEL_EACH(i, batch->sel)
	{
		bool value_null = row_value_null(batch, i), key_null = false;
		if (node->rekey.drops_null_keys && (keyless[i] || value_null))
			continue;
		buf_reset(&rekey->key);
		buf_reset(&rekey->value);
		TRY(topic_writer_key(rekey->writer, &out, i, &rekey->key, &key_null, step->err));
		if (!value_null)
			TRY(topic_writer_value(rekey->writer, out.columns, i, &rekey->value,
					       &value_null, step->err));
		add_record(rekey, batch, i, key_null, value_null, step);
	}
	return 0;
}

static fallible put_change(struct op_rekey *rekey, const struct column *now,
			   const struct column *was, uint32_t row, struct step *step)
{
	bool is_null = false;
	buf_reset(&rekey->value);
	buf_append_u8(&rekey->value,
		      (uint8_t)((now != NULL ? ROW_NEW : 0) | (was != NULL ? ROW_OLD : 0)));
	buf_append_u32(&rekey->value, 0);
	if (now != NULL)
		TRY(topic_writer_value(rekey->writer, now, row, &rekey->value, &is_null,
				       step->err));
	store_be32(rekey->value.data + 1, (uint32_t)(rekey->value.len - CHANGE_HEADER_BYTES));
	if (was != NULL)
		TRY(topic_writer_value(rekey->writer, was, row, &rekey->value, &is_null,
				       step->err));
	return buf_check(&rekey->value, "the row", step->err);
}

static fallible send_change(struct op_rekey *rekey, struct batch *now, struct batch *was,
			    uint32_t row, bool has_now, bool has_was, struct step *step)
{
	bool key_null = false;
	buf_reset(&rekey->key);
	buf_reset(&rekey->was);
	if (has_was)
		TRY(topic_writer_key(rekey->writer, was, row, &rekey->was, &key_null, step->err));
	if (has_now)
		TRY(topic_writer_key(rekey->writer, now, row, &rekey->key, &key_null, step->err));
	bool same = has_now && has_was && slice_eq(buf_slice(&rekey->key), buf_slice(&rekey->was));
	if (has_was && !same) {
		struct buf key = rekey->key;
		rekey->key = rekey->was;
		rekey->was = key;
		TRY(put_change(rekey, NULL, was->columns, row, step));
		add_record(rekey, now, row, false, false, step);
		rekey->was = rekey->key;
		rekey->key = key;
	}
	if (has_now) {
		TRY(put_change(rekey, now->columns, same ? was->columns : NULL, row, step));
		add_record(rekey, now, row, false, false, step);
	}
	return 0;
}

static fallible send_table(struct op_rekey *rekey, struct batch *batch, struct step *step)
{
	assert(batch->before != NULL);
	uint8_t *keyless_now = arena_array(step->arena, uint8_t, BATCH_ROWS_MAX);
	uint8_t *keyless_was = arena_array(step->arena, uint8_t, BATCH_ROWS_MAX);
	struct batch now = *batch, was = *batch;
	now.schema = was.schema = rekey->op.node->schema;
	now.key_null = was.key_null = NULL;
	now.columns = compute(rekey, batch, batch->columns,
			      with_change(batch, ROW_NEW, step->arena), step, keyless_now);
	was.columns = compute(rekey, batch, batch->before, with_change(batch, ROW_OLD, step->arena),
			      step, keyless_was);
	SEL_EACH(i, batch->sel)
	{
		bool has_now = row_is_new(batch, i) && !keyless_now[i];
		bool has_was = row_is_old(batch, i) && !keyless_was[i];
		TRY(send_change(rekey, &now, &was, i, has_now, has_was, step));
	}
	return 0;
}

/* The same stage: the rows go on with their new columns. */
static fallible pass_on(struct op_rekey *rekey, struct batch *batch, struct step *step)
{
	uint8_t *keyless = arena_array(step->arena, uint8_t, BATCH_ROWS_MAX);
	struct batch out = *batch;
	out.schema = rekey->op.node->schema;
	out.key_null = NULL;
	struct sel now = batch->sel;
	if (batch->change != NULL)
		now = with_change(batch, ROW_NEW, step->arena);
	out.columns = compute(rekey, batch, batch->columns, now, step, keyless);
	if (batch->before != NULL)
		out.before = compute(rekey, batch, batch->before,
				     with_change(batch, ROW_OLD, step->arena), step, keyless);
	if (rekey->op.node->rekey.drops_null_keys) {
		uint16_t *rows = arena_array_plain(step->arena, uint16_t, batch->sel.len);
		uint32_t len = 0;
		SEL_EACH(i, batch->sel)
		{
			rows[len] = (uint16_t)i;
			len += !keyless[i] && !row_value_null(batch, i);
		}
		out.sel = (struct sel){ .rows = rows, .len = len };
	}
	return op_forward(&rekey->op, &out, step);
}

static fallible rekey_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	struct op_rekey *rekey = (struct op_rekey *)op;
	if (rekey->writer == NULL)
		return pass_on(rekey, batch, step);
	return batch->change != NULL ? send_table(rekey, batch, step)
				     : send_stream(rekey, batch, step);
}

const struct op_ops OP_REKEY = {
	.name = "Repartition",
	.bytes = sizeof(struct op_rekey),
	.open = rekey_open,
	.push = rekey_push,
	.close = rekey_close,
};

/* The other end of the topic. */

static struct event half(const struct event *event, bool now)
{
	struct event row = *event;
	struct reader in = reader_of(event->value);
	uint8_t bits = reader_u8(&in);
	struct slice new_bytes = reader_bytes(&in, reader_u32(&in));
	struct slice old_bytes = slice_of(in.next, reader_left(&in));
	bool present = (bits & (now ? ROW_NEW : ROW_OLD)) != 0 && !in.failed;
	row.value = present ? (now ? new_bytes : old_bytes) : SLICE_NULL;
	return row;
}

static fallible arrive_table(struct op_rekey *rekey, const struct event *events, uint32_t n,
			     struct step *step)
{
	struct event *halves = arena_array(step->arena, struct event, n);
	struct batch *batch = op_batch(&rekey->op, step, n);
	uint8_t *change = arena_array(step->arena, uint8_t, n);
	if (batch->before != NULL) {
		struct column *columns = batch->columns;
		for (uint32_t i = 0; i < n; i++)
			halves[i] = half(&events[i], false);
		batch->columns = batch->before;
		topic_reader_read(rekey->reader, halves, n, batch, &rekey->op, step);
		batch->columns = columns;
	}
	for (uint32_t i = 0; i < n; i++) {
		halves[i] = half(&events[i], true);
		change[i] = events[i].value.len > 0 ? events[i].value.data[0] : 0;
	}
	topic_reader_read(rekey->reader, halves, n, batch, &rekey->op, step);
	batch->change = change;
	batch->value_null = NULL;
	return op_forward(&rekey->op, batch, step);
}

static fallible arrive_feed(struct op *op, const struct event *events, uint32_t n,
			    struct step *step)
{
	struct op_rekey *rekey = (struct op_rekey *)op;
	op->rows_in += n;
	if (op->node->is_table)
		return arrive_table(rekey, events, n, step);
	struct batch *batch = op_batch(op, step, n);
	topic_reader_read(rekey->reader, events, n, batch, op, step);
	batch->change = NULL;
	return op_forward(op, batch, step);
}

fallible op_feed(struct op *op, const struct event *events, uint32_t n, struct step *step)
{
	assert(n <= BATCH_ROWS_MAX);
	if (op->node->kind == NODE_SOURCE)
		return op_source_feed(op, events, n, step);
	assert(op->node->kind == NODE_REKEY);
	return arrive_feed(op, events, n, step);
}
