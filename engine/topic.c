#include "engine/topic.h"

#include "base/bits.h"

/* One part (key or value): its format, and where its columns are in the schema. */
struct topic_part {
	struct format *format;
	uint32_t *columns; /* index in the schema of each of the format's columns */
	uint32_t ncolumns;
};

struct topic_reader {
	const struct schema *schema;
	const uint64_t *wanted; /* borrowed */
	struct topic_part key, value;
	enum window_kind window;
	int64_t window_size_ms;
};

struct topic_writer {
	const struct schema *schema;
	struct topic_part key, value;
	struct column *columns; /* those of one part, gathered in its order */
	enum window_kind window;
};

static bool in_part(const struct schema_column *column, bool is_key)
{
	return column->role == (is_key ? COLUMN_KEY : COLUMN_VALUE);
}

static fallible open_part(struct topic_part *part, const struct schema *schema, bool is_key,
			  const struct format_spec *spec, struct arena *arena, struct err *err)
{
	struct format_column *columns = arena_array(arena, struct format_column, schema->ncolumns);
	part->columns = arena_array(arena, uint32_t, schema->ncolumns);
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		if (!in_part(&schema->columns[c], is_key))
			continue;
		columns[part->ncolumns] = (struct format_column){
			.name = schema->columns[c].name,
			.type = schema->columns[c].type,
		};
		part->columns[part->ncolumns++] = c;
	}
	if (part->ncolumns == 0)
		return 0;
	const struct format_ops *ops = format_find(spec->name);
	if (ops == NULL)
		return err_set(err, ERR_UNSUPPORTED, "Unknown format: %.*s",
			       SLICE_ARGS(spec->name));
	return ops->open(spec, is_key, columns, part->ncolumns, arena, &part->format, err);
}

fallible topic_reader_open(const struct topic_spec *spec, const struct schema *schema,
			   const uint64_t *wanted, struct arena *arena,
			   struct topic_reader **ret_reader, struct err *err)
{
	struct topic_reader *reader = arena_new(arena, struct topic_reader);
	reader->schema = schema;
	reader->wanted = wanted;
	reader->window = spec->window;
	reader->window_size_ms = spec->window_size_ms;
	TRY(open_part(&reader->key, schema, true, &spec->key_format, arena, err));
	TRY(open_part(&reader->value, schema, false, &spec->value_format, arena, err));
	*ret_reader = reader;
	return 0;
}

struct part_failure {
	struct op *op;
	struct step *step;
	const struct batch *batch;
	const struct slice *records;
};

static void part_failed(void *arg, uint32_t row, const char *message)
{
	struct part_failure *failure = arg;
	step_row_error(failure->step, failure->op, failure->batch, row, NULL, "%s", message);
	struct error_log *log = failure->step->log;
	if (log->errors.len > 0 && log->dropped == 0)
		vec_last(&log->errors)->record = arena_copy(&log->arena, failure->records[row]);
}

static void read_part(struct topic_reader *reader, struct topic_part *part, bool is_key,
		      const struct slice *records, uint32_t n, struct batch *batch, uint8_t *ok,
		      struct op *op, struct step *step)
{
	if (part->format == NULL)
		return;
	struct column **out = arena_array(step->arena, struct column *, part->ncolumns);
	bool any = false;
	for (uint32_t i = 0; i < part->ncolumns; i++) {
		uint32_t c = part->columns[i];
		if (is_key || bits_get(reader->wanted, c))
			out[i] = &batch->columns[c];
		any |= out[i] != NULL;
	}
	(void)any; /* a value none of whose columns is wanted is still checked to be readable */
	struct part_failure failure = {
		.op = op, .step = step, .batch = batch, .records = records
	};
	part->format->ops->decode(part->format, records, n, step->arena, out, ok, part_failed,
				  &failure);
}

/* Splits the window off the end of the key's bytes. False: too short. */
static bool split_window(const struct topic_reader *reader, struct slice *key, int64_t *start,
			 int64_t *end)
{
	size_t suffix = reader->window == WINDOW_SESSION ? 16 : 8;
	if (key->len < suffix)
		return false;
	const uint8_t *at = key->data + key->len - suffix;
	if (reader->window == WINDOW_SESSION) {
		*end = (int64_t)load_be64(at);
		*start = (int64_t)load_be64(at + 8);
	} else {
		*start = (int64_t)load_be64(at);
		*end = *start + reader->window_size_ms;
	}
	key->len -= suffix;
	return true;
}

static void split_windows(struct topic_reader *reader, struct slice *keys, uint32_t n,
			  struct batch *batch, uint8_t *ok, struct op *op, struct step *step)
{
	int64_t *start = arena_array(step->arena, int64_t, n);
	int64_t *end = arena_array(step->arena, int64_t, n);
	for (uint32_t i = 0; i < n; i++) {
		if (slice_is_null(keys[i]))
			continue;
		if (!split_window(reader, &keys[i], &start[i], &end[i])) {
			ok[i] = 0;
			step_row_error(step, op, batch, i, NULL,
				       "the key is too short to hold its window");
		}
	}
	batch->window_start_ms = start;
	batch->window_end_ms = end;
}

static struct slice last_header(const struct event *event, struct slice key)
{
	for (uint32_t h = event->nheaders; h > 0; h--) {
		if (slice_eq(event->headers[h - 1].key, key))
			return event->headers[h - 1].value;
	}
	return SLICE_NULL;
}

static void fill_headers(struct column *column, uint32_t row, const struct event *event,
			 struct arena *arena)
{
	struct value *headers = arena_array(arena, struct value, event->nheaders);
	for (uint32_t h = 0; h < event->nheaders; h++) {
		struct value *fields = arena_array(arena, struct value, 2);
		fields[0].bytes = event->headers[h].key;
		fields[1].bytes = event->headers[h].value;
		fields[1].is_null = slice_is_null(event->headers[h].value);
		headers[h].nested = (struct values){ .items = fields, .len = 2 };
	}
	struct value all = { .nested = { .items = headers, .len = event->nheaders } };
	column_set(column, row, &all);
}

/* The columns that do not come out of a format, for one row; a record without a value has none. */
static void fill_other(const struct schema_column *def, struct column *column, uint32_t row,
		       const struct event *event, const struct batch *batch, struct arena *arena)
{
	struct value value = { .is_null = false };
	switch (def->role) {
	case COLUMN_KEY:
	case COLUMN_VALUE:
		return;
	case COLUMN_HEADERS:
		fill_headers(column, row, event, arena);
		return;
	case COLUMN_HEADER:
		value.bytes = last_header(event, def->header_key);
		value.is_null = slice_is_null(value.bytes);
		break;
	case COLUMN_ROWTIME:
		value.i64 = batch->rowtime_ms[row];
		value.is_null = slice_is_null(event->value);
		break;
	case COLUMN_PARTITION:
		value.i32 = event->partition;
		value.is_null = slice_is_null(event->value);
		break;
	case COLUMN_OFFSET:
		value.i64 = event->offset;
		value.is_null = slice_is_null(event->value);
		break;
	case COLUMN_WINDOWSTART:
		value.is_null = batch->window_start_ms == NULL;
		value.i64 = value.is_null ? 0 : batch->window_start_ms[row];
		break;
	case COLUMN_WINDOWEND:
		value.is_null = batch->window_end_ms == NULL;
		value.i64 = value.is_null ? 0 : batch->window_end_ms[row];
		break;
	}
	column_set(column, row, &value);
}

static void fill_others(const struct topic_reader *reader, const struct event *events, uint32_t n,
			struct batch *batch, struct arena *arena)
{
	for (uint32_t c = 0; c < reader->schema->ncolumns; c++) {
		enum column_role role = reader->schema->columns[c].role;
		if (!bits_get(reader->wanted, c) || role == COLUMN_KEY || role == COLUMN_VALUE)
			continue;
		for (uint32_t i = 0; i < n; i++)
			fill_other(&reader->schema->columns[c], &batch->columns[c], i, &events[i],
				   batch, arena);
	}
}

static void set_origin(const struct event *events, uint32_t n, struct batch *batch,
		       struct arena *arena)
{
	int32_t *partition = arena_array_plain(arena, int32_t, n);
	int64_t *offset = arena_array_plain(arena, int64_t, n);
	int64_t *rowtime = arena_array_plain(arena, int64_t, n);
	for (uint32_t i = 0; i < n; i++) {
		partition[i] = events[i].partition;
		offset[i] = events[i].offset;
		rowtime[i] = events[i].timestamp_ms;
	}
	batch->origin.partition = partition;
	batch->origin.offset = offset;
	batch->rowtime_ms = rowtime;
}

void topic_reader_read(struct topic_reader *reader, const struct event *events, uint32_t n,
		       struct batch *batch, struct op *op, struct step *step)
{
	assert(n <= BATCH_ROWS_MAX);
	struct arena *arena = step->arena;
	struct slice *keys = arena_array_plain(arena, struct slice, n);
	struct slice *values = arena_array_plain(arena, struct slice, n);
	uint8_t *ok = arena_array_plain(arena, uint8_t, n);
	uint8_t *value_null = arena_array_plain(arena, uint8_t, n);
	uint8_t *key_null = arena_array_plain(arena, uint8_t, n);
	set_origin(events, n, batch, arena);
	bool any_null = false, any_keyless = false;
	for (uint32_t i = 0; i < n; i++) {
		keys[i] = events[i].key;
		values[i] = events[i].value;
		ok[i] = 1;
		value_null[i] = slice_is_null(values[i]);
		any_null |= value_null[i] != 0;
		key_null[i] = slice_is_null(keys[i]);
		any_keyless |= key_null[i] != 0;
	}
	if (reader->window != WINDOW_NONE)
		split_windows(reader, keys, n, batch, ok, op, step);
	read_part(reader, &reader->key, true, keys, n, batch, ok, op, step);
	read_part(reader, &reader->value, false, values, n, batch, ok, op, step);
	batch->value_null = any_null ? value_null : NULL;
	batch->key_null = any_keyless ? key_null : NULL;
	fill_others(reader, events, n, batch, arena);

	batch_set_all(batch, n);
	uint16_t *rows = arena_array_plain(arena, uint16_t, n);
	uint32_t live = 0;
	for (uint32_t i = 0; i < n; i++) {
		rows[live] = (uint16_t)i;
		live += ok[i];
	}
	if (live < n)
		batch->sel = (struct sel){ .rows = rows, .len = live };
}

fallible topic_writer_open(const struct topic_spec *spec, const struct schema *schema,
			   struct arena *arena, struct topic_writer **ret_writer, struct err *err)
{
	struct topic_writer *writer = arena_new(arena, struct topic_writer);
	writer->schema = schema;
	writer->window = spec->window;
	TRY(open_part(&writer->key, schema, true, &spec->key_format, arena, err));
	TRY(open_part(&writer->value, schema, false, &spec->value_format, arena, err));
	writer->columns = arena_array(arena, struct column, schema->ncolumns);
	*ret_writer = writer;
	return 0;
}

static fallible write_part(struct topic_writer *writer, struct topic_part *part,
			   const struct column *columns, uint32_t row, struct buf *out,
			   bool *ret_null, struct err *err)
{
	if (part->format == NULL) {
		*ret_null = true;
		return 0;
	}
	for (uint32_t i = 0; i < part->ncolumns; i++)
		writer->columns[i] = columns[part->columns[i]];
	return part->format->ops->encode(part->format, writer->columns, row, out, ret_null, err);
}

fallible topic_writer_key(struct topic_writer *writer, const struct batch *batch, uint32_t row,
			  struct buf *out, bool *ret_null, struct err *err)
{
	if (batch->key_null != NULL && batch->key_null[row]) {
		*ret_null = true;
		return 0;
	}
	bool is_null = false;
	TRY(write_part(writer, &writer->key, batch->columns, row, out, &is_null, err));
	if (writer->window != WINDOW_NONE && batch->window_start_ms != NULL) {
		if (writer->window == WINDOW_SESSION)
			buf_append_u64(out, (uint64_t)batch->window_end_ms[row]);
		buf_append_u64(out, (uint64_t)batch->window_start_ms[row]);
		is_null = false;
	}
	*ret_null = is_null;
	return 0;
}

fallible topic_writer_value(struct topic_writer *writer, const struct column *columns, uint32_t row,
			    struct buf *out, bool *ret_null, struct err *err)
{
	return write_part(writer, &writer->value, columns, row, out, ret_null, err);
}
