/*
 * Rows to records of a topic, in the outbox.
 *
 * A table's row that is gone, and a stream's row without a value, become a null value. The record's
 * time is the row's, or a column's; a row whose time cannot be told is logged and dropped.
 */
#include "engine/op.h"
#include "engine/timestamp.h"
#include "engine/topic.h"

struct op_sink {
	struct op op;
	struct topic_writer *writer;
	struct timestamp_reader *timestamp; /* NULL: the row's time */
	struct buf key, value;
};

/* No record that a broker takes is larger. */
#define RECORD_BYTES_MAX ((size_t)256 * 1024 * 1024)

static fallible sink_open(struct op *op, struct op_env *env, struct err *err)
{
	struct op_sink *sink = (struct op_sink *)op;
	const struct sink_spec *spec = &op->node->sink;
	const struct schema *schema = op->node->inputs[0]->schema;
	buf_init(&sink->key, RECORD_BYTES_MAX);
	buf_init(&sink->value, RECORD_BYTES_MAX);
	if (spec->timestamp_column >= 0)
		TRY(timestamp_reader_open(schema->columns[spec->timestamp_column].type,
					  spec->timestamp_pattern, env->arena, &sink->timestamp,
					  err));
	return topic_writer_open(&spec->topic, schema, env->arena, &sink->writer, err);
}

static void sink_close(struct op *op)
{
	struct op_sink *sink = (struct op_sink *)op;
	buf_fini(&sink->key);
	buf_fini(&sink->value);
}

/* False: the row's column does not tell a time. */
static bool record_time(struct op_sink *sink, const struct batch *batch, uint32_t row, bool removal,
			struct step *step, int64_t *ret_ms)
{
	*ret_ms = batch->rowtime_ms[row];
	if (sink->timestamp == NULL || removal)
		return true;
	struct err why = ERR_INIT;
	const struct column *column = &batch->columns[sink->op.node->sink.timestamp_column];
	if (timestamp_read(sink->timestamp, column, row, ret_ms, &why) == 0)
		return true;
	step_row_error(step, &sink->op, batch, row, NULL, "%s", why.text);
	return false;
}

static fallible write_row(struct op_sink *sink, const struct batch *batch, uint32_t row,
			  struct step *step)
{
	bool removal = row_value_null(batch, row) || !row_is_new(batch, row);
	bool key_null = false, value_null = removal;
	buf_reset(&sink->key);
	buf_reset(&sink->value);
	struct err why = ERR_INIT;
	int code = topic_writer_key(sink->writer, batch, row, &sink->key, &key_null, &why);
	if (code == 0 && !removal)
		code = topic_writer_value(sink->writer, batch->columns, row, &sink->value,
					  &value_null, &why);
	if (code != 0) {
		step_row_error(step, &sink->op, batch, row, NULL, "%s", why.text);
		return 0;
	}
	TRY(buf_check(&sink->key, "the key", step->err));
	TRY(buf_check(&sink->value, "the value", step->err));
	int64_t time_ms;
	if (!record_time(sink, batch, row, removal, step, &time_ms))
		return 0;
	struct event event = {
		.key = key_null ? SLICE_NULL : slice_of(sink->key.data, sink->key.len),
		.value = value_null ? SLICE_NULL : slice_of(sink->value.data, sink->value.len),
		.timestamp_ms = time_ms,
	};
	if (!key_null && event.key.data == NULL)
		event.key = SLICE_EMPTY;
	if (!value_null && event.value.data == NULL)
		event.value = SLICE_EMPTY;
	outbox_add(step->outbox, sink->op.node->sink.topic.topic, -1, &event);
	sink->op.rows_out++;
	return 0;
}

static fallible sink_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	SEL_EACH(i, batch->sel)
	TRY(write_row((struct op_sink *)op, batch, i, step));
	return 0;
}

const struct op_ops OP_SINK = {
	.name = "Sink",
	.bytes = sizeof(struct op_sink),
	.open = sink_open,
	.push = sink_push,
	.close = sink_close,
};
