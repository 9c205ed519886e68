/*
 * DELIMITED: one line of RFC 4180 text, one field a column, in order.
 *
 * A field is plain, or in double quotes with a quote doubled inside. An empty field is NULL. The
 * count of fields must be the columns'. Numbers are read as Java's parse methods read them; times
 * are numbers; BYTES are base64. Writing quotes a field only where it must be.
 */
#include "base/base64.h"
#include "base/decimal.h"
#include "base/num.h"
#include "engine/format.h"

struct format_delimited {
	struct format format;
	uint8_t delimiter;
	struct buf scratch;
};

#define DELIMITED_SCRATCH_BYTES_MAX ((size_t)256 * 1024 * 1024)

static void free_scratch(void *arg)
{
	buf_fini(arg);
}

static fallible delimited_open(const struct format_spec *spec, bool is_key,
			       const struct format_column *columns, uint32_t ncolumns,
			       struct arena *arena, struct format **ret_format, struct err *err)
{
	for (uint32_t i = 0; i < ncolumns; i++) {
		if (type_is_nested(columns[i].type))
			return err_set(err, ERR_UNSUPPORTED,
				       "The 'DELIMITED' format does not support type '%s', column: "
				       "`%.*s`",
				       type_kind_name(columns[i].type->kind),
				       SLICE_ARGS(columns[i].name));
	}
	struct format_delimited *delimited = arena_new(arena, struct format_delimited);
	delimited->format = (struct format){ .ops = &FORMAT_DELIMITED,
					     .is_key = is_key,
					     .columns = columns,
					     .ncolumns = ncolumns,
					     .spec = *spec };
	buf_init(&delimited->scratch, DELIMITED_SCRATCH_BYTES_MAX);
	arena_cleanup(arena, free_scratch, &delimited->scratch);
	delimited->delimiter = spec->delimiter != 0 ? (uint8_t)spec->delimiter : ',';
	*ret_format = &delimited->format;
	return 0;
}

/* A quoted field, from behind its opening quote; NULL when the quote never ends. */
static const uint8_t *read_quoted(const uint8_t *at, const uint8_t *end, struct arena *arena,
				  struct slice *ret_field)
{
	uint8_t *text = arena_plain(arena, (size_t)(end - at) + 1, 1);
	size_t len = 0;
	for (; at < end; at++) {
		if (*at == '"') {
			if (at + 1 == end || at[1] != '"') {
				*ret_field = slice_of(text, len);
				return at + 1;
			}
			at++;
		}
		text[len++] = *at;
	}
	return NULL;
}

/* Splits the first line into fields; at most `max` + 1 are counted. False: it is malformed. */
static bool split(const struct format_delimited *format, struct slice line, struct arena *arena,
		  struct slice *fields, uint32_t max, uint32_t *ret_n)
{
	const uint8_t *at = line.data, *end = line.data + line.len;
	uint32_t n = 0;
	for (;;) {
		struct slice field;
		if (at < end && *at == '"') {
			at = read_quoted(at + 1, end, arena, &field);
			if (at == NULL)
				return false;
			if (at < end && *at != format->delimiter && *at != '\n' && *at != '\r')
				return false;
		} else {
			const uint8_t *begin = at;
			while (at < end && *at != format->delimiter && *at != '\n' && *at != '\r')
				at++;
			field = slice_of(begin, (size_t)(at - begin));
		}
		if (n < max)
			fields[n] = field;
		n++;
		if (at == end || *at != format->delimiter)
			break;
		at++;
	}
	*ret_n = n;
	return true;
}

static fallible parse_i32(struct slice text, struct value *value, struct err *err)
{
	return num_parse_i32(text, &value->i32, err);
}

static fallible parse_field(const struct type *type, struct slice text, struct arena *arena,
			    struct value *value, struct err *err)
{
	value->is_null = false;
	switch ((int)type->kind) {
	case TYPE_BOOLEAN:
		value->boolean = slice_eq_nocase(text, SLICE("true"));
		return 0;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
		return parse_i32(text, value, err);
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		return num_parse_i64(text, &value->i64, err);
	case TYPE_DOUBLE:
		return num_parse_double(text, &value->f64, err);
	case TYPE_DECIMAL:
		return decimal_parse_as(text, type->precision, type->scale, ROUND_HALF_UP,
					&value->decimal, err);
	case TYPE_BYTES: {
		struct buf bytes = BUF_INIT(text.len + 16);
		int code = base64_decode(text, &bytes, err);
		value->bytes = arena_copy(arena, buf_slice(&bytes));
		buf_fini(&bytes);
		return code;
	}
	default:
		value->bytes = text;
		return 0;
	}
}

static fallible decode_row(struct format_delimited *format, struct slice record, uint32_t row,
			   struct arena *arena, struct column *const *out, struct err *err)
{
	uint32_t ncolumns = format->format.ncolumns, n;
	struct slice *fields = arena_array(arena, struct slice, ncolumns);
	if (!split(format, record, arena, fields, ncolumns, &n))
		return err_set(err, ERR_SYNTAX, "a quoted field does not end, or text follows it");
	if (n != ncolumns)
		return err_set(err, ERR_INVALID,
			       "Unexpected field count, csvFields:%u schemaFields:%u", n, ncolumns);
	struct value *values = arena_array(arena, struct value, ncolumns);
	for (uint32_t c = 0; c < ncolumns; c++) {
		values[c] = VALUE_NULL;
		if (fields[c].len > 0 && parse_field(format->format.columns[c].type, fields[c],
						     arena, &values[c], err) != 0)
			return err_wrap(err, "column `%.*s`",
					SLICE_ARGS(format->format.columns[c].name));
	}
	for (uint32_t c = 0; c < ncolumns; c++) {
		if (out[c] != NULL)
			column_set(out[c], row, &values[c]);
	}
	return 0;
}

static void delimited_decode(struct format *format, const struct slice *records, uint32_t n,
			     struct arena *arena, struct column *const *out, uint8_t *ok,
			     format_failed *failed, void *failed_arg)
{
	for (uint32_t i = 0; i < n; i++) {
		struct err err;
		if (!ok[i])
			continue;
		if (slice_is_null(records[i])) {
			for (uint32_t c = 0; c < format->ncolumns; c++) {
				if (out[c] != NULL)
					column_set_null(out[c], i);
			}
			continue;
		}
		if (decode_row((struct format_delimited *)format, records[i], i, arena, out,
			       &err) != 0) {
			ok[i] = 0;
			failed(failed_arg, i, err.text);
		}
	}
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* As the reference's writer decides: the first field of a line also when it begins oddly. */
static bool needs_quotes(struct slice text, uint8_t delimiter, bool first)
{
	if (text.len == 0)
		return first;
	uint8_t begin = text.data[0], end = text.data[text.len - 1];
	if (first && !is_alphanumeric(begin))
		return true;
	if (begin <= '#' || end <= ' ')
		return true;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == delimiter || c == '"' || c == '\n' || c == '\r')
			return true;
	}
	return false;
}

/* Puts the field that begins at `begin` of the output, and ends it, in quotes if it must be. */
static void quote_field(struct buf *out, size_t begin, uint8_t delimiter, bool first,
			struct buf *scratch)
{
	if (out->overflowed)
		return;
	struct slice text = slice_sub(buf_slice(out), begin, out->len);
	if (!needs_quotes(text, delimiter, first))
		return;
	buf_reset(scratch);
	buf_append(scratch, text);
	buf_truncate(out, begin);
	buf_append_u8(out, '"');
	for (size_t i = 0; i < scratch->len; i++) {
		if (scratch->data[i] == '"')
			buf_append_u8(out, '"');
		buf_append_u8(out, scratch->data[i]);
	}
	buf_append_u8(out, '"');
}

static void put_value(struct buf *out, const struct type *type, const struct value *value)
{
	switch ((int)type->kind) {
	case TYPE_STRING:
		buf_append(out, value->bytes);
		break;
	case TYPE_BYTES:
		base64_encode(value->bytes, out);
		break;
	case TYPE_DATE:
	case TYPE_TIME:
		num_append_i64(out, value->i32);
		break;
	case TYPE_TIMESTAMP:
		num_append_i64(out, value->i64);
		break;
	default:
		value_print(type, value, out);
		break;
	}
}

static fallible delimited_encode(struct format *format, const struct column *columns, uint32_t row,
				 struct buf *out, bool *ret_null, struct err *err)
{
	(void)err;
	struct format_delimited *delimited = (struct format_delimited *)format;
	uint8_t delimiter = delimited->delimiter;
	*ret_null = format->ncolumns == 1 && column_is_null(&columns[0], row);
	for (uint32_t c = 0; c < format->ncolumns && !*ret_null; c++) {
		if (c > 0)
			buf_append_u8(out, delimiter);
		struct value value = column_value(&columns[c], row);
		size_t begin = out->len;
		if (value.is_null)
			continue;
		put_value(out, columns[c].type, &value);
		quote_field(out, begin, delimiter, c == 0, &delimited->scratch);
	}
	return 0;
}

const struct format_ops FORMAT_DELIMITED = {
	.name = "DELIMITED",
	.open = delimited_open,
	.decode = delimited_decode,
	.encode = delimited_encode,
};
