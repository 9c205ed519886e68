/*
 * Records of a topic to batches of rows.
 *
 * Row time is the record's, or a column's. A row whose time cannot be told is logged and skipped. A
 * table's row without a key says nothing and is skipped; without a value it is a removal. Where the
 * consumer needs the past, or the table is materialised, the rows are kept here by key.
 */
#include "engine/keycode.h"
#include "engine/op.h"
#include "engine/rows.h"
#include "engine/timestamp.h"
#include "engine/topic.h"

#include "base/bits.h"

struct op_source {
	struct op op;
	struct topic_reader *reader;
	struct timestamp_reader *timestamp; /* NULL: the record's */
	uint64_t *read;                     /* columns to read: wanted, and the timestamp's */
	bool keeps_rows;
	struct row_table rows;
	struct buf key;
};

#define KEY_BYTES_MAX ((size_t)64 * 1024 * 1024)

static fallible source_open(struct op *op, struct op_env *env, struct err *err)
{
	struct op_source *source = (struct op_source *)op;
	const struct node *node = op->node;
	const struct source_spec *spec = &node->source;
	size_t words = bits_words(node->schema->ncolumns);
	source->read = arena_array(env->arena, uint64_t, words);
	memcpy(source->read, op->wanted, words * sizeof(uint64_t));
	if (spec->timestamp_column >= 0) {
		uint32_t column = (uint32_t)spec->timestamp_column;
		bits_set(source->read, column);
		TRY(timestamp_reader_open(node->schema->columns[column].type,
					  spec->timestamp_pattern, env->arena, &source->timestamp,
					  err));
	}
	TRY(topic_reader_open(&spec->topic, node->schema, source->read, env->arena, &source->reader,
			      err));
	source->keeps_rows = spec->is_table && (op->before_wanted || spec->store.len > 0);
	row_table_init(&source->rows, node->schema, source->read);
	buf_init(&source->key, KEY_BYTES_MAX);
	return 0;
}

static void source_close(struct op *op)
{
	struct op_source *source = (struct op_source *)op;
	row_table_fini(&source->rows);
	buf_fini(&source->key);
}

/* Row time from a column; false when the row is to be skipped. */
static fallible set_rowtimes(struct op_source *source, struct batch *batch, struct step *step)
{
	if (source->timestamp == NULL)
		return 0;
	const struct source_spec *spec = &source->op.node->source;
	const struct column *column = &batch->columns[spec->timestamp_column];
	int64_t *rowtime = arena_array(step->arena, int64_t, batch->nrows);
	uint16_t *rows = arena_array_plain(step->arena, uint16_t, batch->nrows);
	uint32_t live = 0;
	SEL_EACH(i, batch->sel)
	{
		struct err why = ERR_INIT;
		/* A removal has no columns: its time is the record's. */
		int code = 0;
		if (row_value_null(batch, i))
			rowtime[i] = batch->rowtime_ms[i];
		else
			code = timestamp_read(source->timestamp, column, i, &rowtime[i], &why);
		if (code != 0 && spec->timestamp_must_be_valid)
			return err_set(step->err, ERR_EVALUATION,
				       "Fatal user code error in TimestampExtractor callback for "
				       "record: %s",
				       why.text);
		if (code != 0)
			step_row_error(step, &source->op, batch, i, NULL, "%s", why.text);
		rows[live] = (uint16_t)i;
		live += code == 0;
	}
	batch->rowtime_ms = rowtime;
	batch->sel = (struct sel){ .rows = rows, .len = live };
	for (uint32_t c = 0; c < batch->schema->ncolumns; c++) {
		if (batch->schema->columns[c].role == COLUMN_ROWTIME && op_wants(&source->op, c))
			memcpy(batch->columns[c].i64, rowtime, batch->nrows * sizeof(*rowtime));
	}
	return 0;
}

/* A negative time means that the record has none; Kafka Streams skips it. */
static void drop_timeless(struct op_source *source, struct batch *batch, struct step *step)
{
	uint16_t *rows = arena_array_plain(step->arena, uint16_t, batch->nrows);
	uint32_t live = 0;
	SEL_EACH(i, batch->sel)
	{
		rows[live] = (uint16_t)i;
		live += batch->rowtime_ms[i] >= 0;
	}
	if (live < batch->sel.len)
		batch->sel = (struct sel){ .rows = rows, .len = live };
	(void)source;
}

static void keep_row(struct op_source *source, struct batch *batch, uint32_t row, uint8_t *change,
		     struct step *step)
{
	const struct row_image *image = row_table_get(&source->rows, buf_slice(&source->key));
	if (image != NULL) {
		change[row] |= ROW_OLD;
		if (batch->before != NULL)
			row_image_load(batch->schema, source->read,
				       slice_of(image->bytes, image->len), batch->before, row,
				       step->arena);
	}
	if ((change[row] & ROW_NEW) != 0)
		row_table_put(&source->rows, buf_slice(&source->key), batch->columns, row,
			      batch->rowtime_ms[row]);
	else
		row_table_remove(&source->rows, buf_slice(&source->key));
}

/* A table's rows: keyless ones go, the others get their change, and their past where kept. */
static void to_changes(struct op_source *source, struct batch *batch, struct step *step)
{
	uint8_t *change = arena_array(step->arena, uint8_t, batch->nrows);
	uint16_t *rows = arena_array_plain(step->arena, uint16_t, batch->nrows);
	uint32_t live = 0;
	SEL_EACH(i, batch->sel)
	{
		buf_reset(&source->key);
		if (batch->key_null != NULL && batch->key_null[i])
			continue;
		(void)keycode_put(&source->key, batch->columns, batch->schema->nkeys, i);
		if (batch->window_start_ms != NULL) {
			buf_append_u64(&source->key, (uint64_t)batch->window_start_ms[i]);
			buf_append_u64(&source->key, (uint64_t)batch->window_end_ms[i]);
		}
		change[i] = row_value_null(batch, i) ? 0 : ROW_NEW;
		if (source->keeps_rows)
			keep_row(source, batch, i, change, step);
		rows[live++] = (uint16_t)i;
	}
	batch->change = change;
	batch->value_null = NULL;
	batch->sel = (struct sel){ .rows = rows, .len = live };
}

fallible op_source_feed(struct op *op, const struct event *events, uint32_t n, struct step *step)
{
	struct op_source *source = (struct op_source *)op;
	struct batch *batch = op_batch(op, step, n);
	for (uint32_t c = 0; c < batch->schema->ncolumns; c++) {
		if (bits_get(source->read, c) && !op_wants(op, c))
			column_init(&batch->columns[c], step->arena, batch->schema->columns[c].type,
				    n);
	}
	op->rows_in += n;
	topic_reader_read(source->reader, events, n, batch, op, step);
	TRY(set_rowtimes(source, batch, step));
	drop_timeless(source, batch, step);
	if (op->node->source.is_table)
		to_changes(source, batch, step);
	else
		batch->change = NULL;
	return op_forward(op, batch, step);
}

static fallible source_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	(void)op;
	(void)input;
	(void)batch;
	(void)step;
	UNREACHABLE("a source is fed, not pushed");
}

const struct op_ops OP_SOURCE = {
	.name = "Source",
	.bytes = sizeof(struct op_source),
	.open = source_open,
	.push = source_push,
	.close = source_close,
};
