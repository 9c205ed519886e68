/*
 * JSON: an object with a member per column, or (a single column, unwrapped) a bare value.
 *
 * Reading: a member goes to the column of its name, else to the column whose name is the member's
 * in upper case; the last of several wins; others are skipped; what is missing is NULL. INTEGER and
 * BIGINT take fractions (cut off) and numbers in texts, DOUBLE and DECIMAL numbers in texts, STRING
 * takes anything, the rest take their own kind only. One bad member fails the whole record. Nothing
 * builds a tree: nested columns are made straight from the events.
 */
#include "engine/fmt_json_priv.h"

#include "base/base64.h"
#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/num.h"

#define JSON_SCRATCH_BYTES_MAX ((size_t)256 * 1024 * 1024)

static fallible check_maps(const struct type *type, struct err *err)
{
	if (type->kind == TYPE_MAP && type->key->kind != TYPE_STRING)
		return err_set(err, ERR_UNSUPPORTED,
			       "JSON only supports MAP types with STRING keys");
	if (type->kind == TYPE_MAP || type->kind == TYPE_ARRAY)
		return check_maps(type->element, err);
	for (uint32_t i = 0; type->kind == TYPE_STRUCT && i < type->nfields; i++)
		TRY(check_maps(type->fields[i].type, err));
	return 0;
}

static void free_scratch(void *arg)
{
	buf_fini(arg);
}

static fallible json_open(const struct format_spec *spec, bool is_key,
			  const struct format_column *columns, uint32_t ncolumns,
			  struct arena *arena, struct format **ret_format, struct err *err)
{
	for (uint32_t i = 0; i < ncolumns; i++)
		TRY(check_maps(columns[i].type, err));
	struct format_json *json = arena_new(arena, struct format_json);
	json->format = (struct format){ .ops = &FORMAT_JSON,
					.is_key = is_key,
					.columns = columns,
					.ncolumns = ncolumns,
					.spec = *spec };
	/* A single key column always stands bare, several never do. */
	bool single = ncolumns == 1;
	json->format.wrapped = is_key ? !single : !single || spec->wrap != FORMAT_UNWRAP;
	buf_init(&json->scratch, JSON_SCRATCH_BYTES_MAX);
	arena_cleanup(arena, free_scratch, &json->scratch);
	json_walk_open(json, arena);
	*ret_format = &json->format;
	return 0;
}

/* Values. The reader stands on the value's first event. */

static fallible unfit(const struct json_reader *r, const struct type *type, struct err *err)
{
	return err_set(err, ERR_TYPE, "Can't convert type. sourceType: %s, requiredType: %s",
		       json_event_name(r->event), type_kind_name(type->kind));
}

static struct slice text_of(const struct json_reader *r, struct arena *arena)
{
	if (!r->escaped)
		return r->raw;
	uint8_t *to = arena_plain(arena, r->raw.len + 1, 1);
	return slice_of(to, json_unescape(r->raw, to));
}

/* A whole number from a JSON number (a fraction is cut off) or a text. */
static fallible read_integer(struct json_reader *r, const struct type *type, struct arena *arena,
			     int64_t *ret_value, struct err *err)
{
	if (r->event == JSON_STRING) {
		struct slice text = slice_trim(text_of(r, arena));
		return num_parse_i64(text, ret_value, err);
	}
	if (r->event != JSON_NUMBER)
		return unfit(r, type, err);
	if (r->integer && num_parse_i64(r->raw, ret_value, NULL) == 0)
		return 0;
	double number;
	TRY(num_parse_double(r->raw, &number, err));
	if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0))
		return err_set(err, ERR_RANGE, "%.*s does not fit %s", SLICE_ARGS(r->raw),
			       type_kind_name(type->kind));
	*ret_value = (int64_t)number;
	return 0;
}

static fallible read_i32(struct json_reader *r, const struct type *type, struct arena *arena,
			 struct value *value, struct err *err)
{
	int64_t wide;
	TRY(read_integer(r, type, arena, &wide, err));
	if (wide < INT32_MIN || wide > INT32_MAX)
		return err_set(err, ERR_RANGE, "%lld does not fit %s", (long long)wide,
			       type_kind_name(type->kind));
	value->i32 = (int32_t)wide;
	return 0;
}

/* An object or array as a text: its JSON without white space. */
static fallible compact(struct slice json, struct arena *arena, struct slice *ret_text,
			struct err *err)
{
	const struct json_value *tree;
	TRY(json_parse(arena, json, JSON_STRICT, &tree, err));
	struct buf text = BUF_INIT(json.len + 16);
	struct json_writer writer;
	json_writer_init(&writer, &text, JSON_COMPACT);
	json_write(&writer, tree);
	*ret_text = arena_copy(arena, buf_slice(&text));
	buf_fini(&text);
	return 0;
}

static fallible read_text(struct json_reader *r, struct arena *arena, struct value *value,
			  struct err *err)
{
	const uint8_t *begin = r->began;
	switch ((int)r->event) {
	case JSON_STRING:
		value->bytes = text_of(r, arena);
		return 0;
	case JSON_NUMBER:
		value->bytes = r->raw;
		return 0;
	case JSON_TRUE:
		value->bytes = SLICE("true");
		return 0;
	case JSON_FALSE:
		value->bytes = SLICE("false");
		return 0;
	default:
		TRY(json_skip(r, err));
		return compact(slice_of(begin, (size_t)(r->next - begin)), arena, &value->bytes,
			       err);
	}
}

struct items {
	struct value *items; /* in the arena */
	uint32_t len, capacity;
};

static struct value *add_item(struct items *list, struct arena *arena)
{
	if (list->len == list->capacity) {
		uint32_t capacity = MAX(list->capacity * 2, 4);
		struct value *grown = arena_array(arena, struct value, capacity);
		if (list->len > 0)
			memcpy(grown, list->items, list->len * sizeof(*grown));
		list->items = grown;
		list->capacity = capacity;
	}
	return &list->items[list->len++];
}

static fallible read_array(struct json_reader *r, const struct type *type, struct arena *arena,
			   struct value *value, struct err *err)
{
	struct items list = { 0 };
	if (r->event != JSON_ARRAY_OPEN)
		return unfit(r, type, err);
	for (;;) {
		TRY(json_next(r, err));
		if (r->event == JSON_ARRAY_CLOSE)
			break;
		struct value item;
		TRY(json_read_value(r, type->element, arena, &item, err));
		*add_item(&list, arena) = item;
	}
	value->nested = (struct values){ .items = list.items, .len = list.len };
	return 0;
}

static fallible read_map(struct json_reader *r, const struct type *type, struct arena *arena,
			 struct value *value, struct err *err)
{
	struct items list = { 0 };
	if (r->event != JSON_OBJECT_OPEN)
		return unfit(r, type, err);
	for (;;) {
		TRY(json_next(r, err));
		if (r->event == JSON_OBJECT_CLOSE)
			break;
		struct value key = { .bytes = text_of(r, arena) }, item;
		TRY(json_next(r, err));
		TRY(json_read_value(r, type->element, arena, &item, err));
		uint32_t at = 0;
		while (at < list.len && !slice_eq(list.items[at].bytes, key.bytes))
			at += 2;
		if (at < list.len) {
			list.items[at + 1] = item;
			continue;
		}
		*add_item(&list, arena) = key;
		*add_item(&list, arena) = item;
	}
	value->nested = (struct values){ .items = list.items, .len = list.len / 2 };
	return 0;
}

static bool upper_eq(struct slice name, struct slice member)
{
	if (name.len != member.len)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = member.data[i];
		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - ('a' - 'A'));
		if (c != name.data[i])
			return false;
	}
	return true;
}

static int32_t find_field(const struct type *type, struct slice member)
{
	for (uint32_t i = 0; i < type->nfields; i++) {
		if (slice_eq(type->fields[i].name, member))
			return (int32_t)i;
	}
	for (uint32_t i = 0; i < type->nfields; i++) {
		if (upper_eq(type->fields[i].name, member))
			return (int32_t)i;
	}
	return -1;
}

static fallible read_struct(struct json_reader *r, const struct type *type, struct arena *arena,
			    struct value *value, struct err *err)
{
	if (r->event != JSON_OBJECT_OPEN)
		return unfit(r, type, err);
	struct value *fields = arena_array(arena, struct value, type->nfields);
	for (uint32_t i = 0; i < type->nfields; i++)
		fields[i] = VALUE_NULL;
	for (;;) {
		TRY(json_next(r, err));
		if (r->event == JSON_OBJECT_CLOSE)
			break;
		int32_t field = find_field(type, text_of(r, arena));
		if (field < 0) {
			TRY(json_skip(r, err));
			continue;
		}
		TRY(json_next(r, err));
		TRY(json_read_value(r, type->fields[field].type, arena, &fields[field], err));
	}
	value->nested = (struct values){ .items = fields, .len = type->nfields };
	return 0;
}

static fallible read_bytes(struct json_reader *r, const struct type *type, struct arena *arena,
			   struct value *value, struct err *err)
{
	if (r->event != JSON_STRING)
		return unfit(r, type, err);
	struct slice text = text_of(r, arena);
	struct buf bytes = BUF_INIT(text.len + 16);
	int code = base64_decode(text, &bytes, err);
	value->bytes = arena_copy(arena, buf_slice(&bytes));
	buf_fini(&bytes);
	return code;
}

static fallible read_number_text(struct json_reader *r, const struct type *type,
				 struct arena *arena, struct slice *ret_text, struct err *err)
{
	if (r->event != JSON_NUMBER && r->event != JSON_STRING)
		return unfit(r, type, err);
	*ret_text = r->event == JSON_NUMBER ? r->raw : text_of(r, arena);
	return 0;
}

fallible json_read_value(struct json_reader *r, const struct type *type, struct arena *arena,
			 struct value *ret_value, struct err *err)
{
	struct slice text;
	*ret_value = (struct value){ .is_null = r->event == JSON_NULL };
	if (ret_value->is_null)
		return 0;
	switch ((int)type->kind) {
	case TYPE_BOOLEAN:
		if (r->event != JSON_TRUE && r->event != JSON_FALSE)
			return unfit(r, type, err);
		ret_value->boolean = r->event == JSON_TRUE;
		return 0;
	case TYPE_INT:
		return read_i32(r, type, arena, ret_value, err);
	case TYPE_BIGINT:
		return read_integer(r, type, arena, &ret_value->i64, err);
	case TYPE_DATE:
	case TYPE_TIME:
		if (r->event != JSON_NUMBER)
			return unfit(r, type, err);
		return read_i32(r, type, arena, ret_value, err);
	case TYPE_TIMESTAMP:
		if (r->event != JSON_NUMBER)
			return unfit(r, type, err);
		return read_integer(r, type, arena, &ret_value->i64, err);
	case TYPE_DOUBLE:
		TRY(read_number_text(r, type, arena, &text, err));
		return num_parse_double(text, &ret_value->f64, err);
	case TYPE_DECIMAL:
		TRY(read_number_text(r, type, arena, &text, err));
		return decimal_parse_as(text, type->precision, type->scale, ROUND_HALF_UP,
					&ret_value->decimal, err);
	case TYPE_STRING:
		return read_text(r, arena, ret_value, err);
	case TYPE_BYTES:
		return read_bytes(r, type, arena, ret_value, err);
	case TYPE_ARRAY:
		return read_array(r, type, arena, ret_value, err);
	case TYPE_MAP:
		return read_map(r, type, arena, ret_value, err);
	case TYPE_STRUCT:
		return read_struct(r, type, arena, ret_value, err);
	default:
		UNREACHABLE("no column has this type");
	}
}

/* Records. */

int32_t json_find_column(const struct format *format, struct slice member)
{
	for (uint32_t c = 0; c < format->ncolumns; c++) {
		if (slice_eq(format->columns[c].name, member))
			return (int32_t)c;
	}
	for (uint32_t c = 0; c < format->ncolumns; c++) {
		if (upper_eq(format->columns[c].name, member))
			return (int32_t)c;
	}
	return -1;
}

static fallible read_members(struct format *format, struct json_reader *r, struct arena *arena,
			     struct value *values, struct err *err)
{
	for (;;) {
		TRY(json_next(r, err));
		if (r->event == JSON_OBJECT_CLOSE)
			break;
		int32_t column = json_find_column(format, text_of(r, arena));
		if (column < 0) {
			TRY(json_skip(r, err));
			continue;
		}
		TRY(json_next(r, err));
		if (json_read_value(r, format->columns[column].type, arena, &values[column], err) !=
		    0)
			return err_wrap(err, "path: $.%.*s",
					SLICE_ARGS(format->columns[column].name));
	}
	return json_next(r, err);
}

static fallible read_record(struct format *format, struct slice record, struct arena *arena,
			    struct value *values, struct err *err)
{
	struct json_reader r;
	json_init(&r, record, JSON_STRICT);
	TRY(json_next(&r, err));
	if (!format->wrapped) {
		TRY(json_read_value(&r, format->columns[0].type, arena, &values[0], err));
		return json_next(&r, err);
	}
	if (r.event == JSON_NULL)
		return json_next(&r, err);
	if (r.event != JSON_OBJECT_OPEN)
		return err_set(err, ERR_TYPE,
			       "Can't convert type. sourceType: %s, requiredType: an object",
			       json_event_name(r.event));
	return read_members(format, &r, arena, values, err);
}

/* One record by the reader that knows them all. False: it cannot be read, as the error says. */
static bool decode_whole(struct format *format, struct slice record, uint32_t row,
			 struct arena *arena, struct value *values, struct column *const *out,
			 struct err *err)
{
	for (uint32_t c = 0; c < format->ncolumns; c++)
		values[c] = VALUE_NULL;
	if (!slice_is_null(record) && read_record(format, record, arena, values, err) != 0)
		return false;
	for (uint32_t c = 0; c < format->ncolumns; c++) {
		if (out[c] != NULL)
			column_set(out[c], row, &values[c]);
	}
	return true;
}

static void json_decode(struct format *format, const struct slice *records, uint32_t n,
			struct arena *arena, struct column *const *out, uint8_t *ok,
			format_failed *failed, void *failed_arg)
{
	struct format_json *json = (struct format_json *)format;
	struct value *values = arena_array(arena, struct value, format->ncolumns);
	json_walk_record *walk_record = json->walk_record;
	if (walk_record != NULL)
		json_walk_begin(&json->walk, out, arena);
	for (uint32_t i = 0; i < n; i++) {
		struct err err;
		if (!ok[i])
			continue;
		if (walk_record != NULL && !slice_is_null(records[i]) &&
		    walk_record(&json->walk, records[i], i))
			continue;
		if (!decode_whole(format, records[i], i, arena, values, out, &err)) {
			ok[i] = 0;
			failed(failed_arg, i, err.text);
		}
	}
}

static fallible json_encode(struct format *format, const struct column *columns, uint32_t row,
			    struct buf *out, bool *ret_null, struct err *err)
{
	(void)err;
	*ret_null = false;
	if (!format->wrapped) {
		struct value value = column_value(&columns[0], row);
		*ret_null = value.is_null;
		if (!value.is_null)
			value_print_json(columns[0].type, &value, out);
		return 0;
	}
	buf_append_u8(out, '{');
	for (uint32_t c = 0; c < format->ncolumns; c++) {
		if (c > 0)
			buf_append_u8(out, ',');
		json_quote(out, format->columns[c].name);
		buf_append_u8(out, ':');
		struct value value = column_value(&columns[c], row);
		value_print_json(columns[c].type, &value, out);
	}
	buf_append_u8(out, '}');
	return 0;
}

const struct format_ops FORMAT_JSON = {
	.name = "JSON",
	.open = json_open,
	.decode = json_decode,
	.encode = json_encode,
};
