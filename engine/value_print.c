/* A value as text: as CAST prints it, as a SQL literal, as the JSON format writes it. */
#include "engine/value.h"

#include "base/base64.h"
#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/num.h"
#include "base/time.h"

typedef void part_print(const struct type *type, const struct value *value, struct buf *out);

/* Scalars as all three print them; false: the others decide. */
static bool print_number(const struct type *type, const struct value *value, struct buf *out)
{
	switch (type->kind) {
	case TYPE_BOOLEAN:
		buf_append_str(out, value->boolean ? "true" : "false");
		return true;
	case TYPE_INT:
	case TYPE_INTERVAL:
		num_append_i64(out, value->i32);
		return true;
	case TYPE_BIGINT:
		num_append_i64(out, value->i64);
		return true;
	case TYPE_DECIMAL:
		decimal_append_plain(out, (struct decimal){ value->decimal, type->scale });
		return true;
	default:
		return false;
	}
}

static void print_time(const struct type *type, const struct value *value, struct buf *out)
{
	if (type->kind == TYPE_DATE)
		time_print_date(out, value->i32);
	else if (type->kind == TYPE_TIME)
		time_print_time(out, value->i32);
	else
		time_print_timestamp(out, value->i64);
}

static void print_items(const struct type *type, const struct value *value, part_print *print,
			struct buf *out)
{
	for (uint32_t i = 0; i < value->nested.len; i++) {
		if (i > 0)
			buf_append_str(out, ", ");
		print(type->element, &value->nested.items[i], out);
	}
}

static void print_entries(const struct type *type, const struct value *value, const char *between,
			  part_print *print, struct buf *out)
{
	for (uint32_t i = 0; i < value->nested.len; i++) {
		if (i > 0)
			buf_append_str(out, ", ");
		print(type->key, &value->nested.items[2 * i], out);
		buf_append_str(out, between);
		print(type->element, &value->nested.items[2 * i + 1], out);
	}
}

static void print_struct(const struct type *type, const struct value *value, struct buf *out)
{
	buf_append_str(out, "Struct{");
	bool first = true;
	for (uint32_t i = 0; i < value->nested.len; i++) {
		if (value->nested.items[i].is_null)
			continue;
		if (!first)
			buf_append_u8(out, ',');
		first = false;
		buf_append(out, type->fields[i].name);
		buf_append_u8(out, '=');
		value_print(type->fields[i].type, &value->nested.items[i], out);
	}
	buf_append_u8(out, '}');
}

void value_print(const struct type *type, const struct value *value, struct buf *out)
{
	if (value->is_null) {
		buf_append_str(out, "null");
		return;
	}
	if (print_number(type, value, out))
		return;
	switch (type->kind) {
	case TYPE_DOUBLE:
		num_append_double(out, value->f64);
		return;
	case TYPE_STRING:
		buf_append(out, value->bytes);
		return;
	case TYPE_BYTES:
		base64_encode(value->bytes, out);
		return;
	case TYPE_ARRAY:
		buf_append_u8(out, '[');
		print_items(type, value, value_print, out);
		buf_append_u8(out, ']');
		return;
	case TYPE_MAP:
		buf_append_u8(out, '{');
		print_entries(type, value, "=", value_print, out);
		buf_append_u8(out, '}');
		return;
	case TYPE_STRUCT:
		print_struct(type, value, out);
		return;
	default:
		assert(type_is_time(type));
		print_time(type, value, out);
		return;
	}
}

/* A text in single quotes; those inside are doubled. */
static void print_quoted(struct slice text, struct buf *out)
{
	buf_append_u8(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\'')
			buf_append_u8(out, '\'');
		buf_append_u8(out, text.data[i]);
	}
	buf_append_u8(out, '\'');
}

static void print_sql_struct(const struct type *type, const struct value *value, struct buf *out)
{
	buf_append_str(out, "STRUCT(");
	for (uint32_t i = 0; i < value->nested.len; i++) {
		if (i > 0)
			buf_append_str(out, ", ");
		type_print_name(type->fields[i].name, out);
		buf_append_str(out, ":=");
		value_print_sql(type->fields[i].type, &value->nested.items[i], out);
	}
	buf_append_u8(out, ')');
}

static void print_sql_quoted(const struct type *type, const struct value *value, struct buf *out)
{
	buf_append_u8(out, '\'');
	value_print(type, value, out);
	buf_append_u8(out, '\'');
}

/* A DOUBLE literal has an exponent: without, the digits would be a DECIMAL. */
static void print_sql_double(double number, struct buf *out)
{
	uint8_t text[NUM_DOUBLE_BYTES_MAX];
	struct slice digits = slice_of(text, num_put_double(text, number));
	buf_append(out, digits);
	bool word = number != number || number - number != 0;
	if (!word && slice_find_byte(digits, 'E', 0) == SIZE_MAX)
		buf_append_str(out, "E0");
}

void value_print_sql(const struct type *type, const struct value *value, struct buf *out)
{
	if (value->is_null) {
		buf_append_str(out, "null");
		return;
	}
	if (print_number(type, value, out))
		return;
	switch (type->kind) {
	case TYPE_DOUBLE:
		print_sql_double(value->f64, out);
		return;
	case TYPE_STRING:
		print_quoted(value->bytes, out);
		return;
	case TYPE_ARRAY:
		buf_append_str(out, "ARRAY[");
		print_items(type, value, value_print_sql, out);
		buf_append_u8(out, ']');
		return;
	case TYPE_MAP:
		buf_append_str(out, "MAP(");
		print_entries(type, value, ":=", value_print_sql, out);
		buf_append_u8(out, ')');
		return;
	case TYPE_STRUCT:
		print_sql_struct(type, value, out);
		return;
	default:
		print_sql_quoted(type, value, out);
		return;
	}
}

static void print_json_map(const struct type *type, const struct value *value, struct buf *out)
{
	/* Keys that are not texts make a list of pairs, as Connect's converter does. */
	bool object = type->key->kind == TYPE_STRING;
	buf_append_u8(out, object ? '{' : '[');
	for (uint32_t i = 0; i < value->nested.len; i++) {
		const struct value *key = &value->nested.items[2 * i];
		if (i > 0)
			buf_append_u8(out, ',');
		if (!object)
			buf_append_u8(out, '[');
		if (object && key->is_null)
			buf_append_str(out, "\"null\"");
		else
			value_print_json(type->key, key, out);
		buf_append_u8(out, object ? ':' : ',');
		value_print_json(type->element, key + 1, out);
		if (!object)
			buf_append_u8(out, ']');
	}
	buf_append_u8(out, object ? '}' : ']');
}

static void print_json_struct(const struct type *type, const struct value *value, struct buf *out)
{
	buf_append_u8(out, '{');
	for (uint32_t i = 0; i < value->nested.len; i++) {
		if (i > 0)
			buf_append_u8(out, ',');
		json_quote(out, type->fields[i].name);
		buf_append_u8(out, ':');
		value_print_json(type->fields[i].type, &value->nested.items[i], out);
	}
	buf_append_u8(out, '}');
}

static void print_json_array(const struct type *type, const struct value *value, struct buf *out)
{
	buf_append_u8(out, '[');
	for (uint32_t i = 0; i < value->nested.len; i++) {
		if (i > 0)
			buf_append_u8(out, ',');
		value_print_json(type->element, &value->nested.items[i], out);
	}
	buf_append_u8(out, ']');
}

/* JSON has no word for what is no number: Jackson quotes Java's. */
static void print_json_double(double number, struct buf *out)
{
	bool word = number != number || number - number != 0;
	if (word)
		buf_append_u8(out, '"');
	num_append_double(out, number);
	if (word)
		buf_append_u8(out, '"');
}

void value_print_json(const struct type *type, const struct value *value, struct buf *out)
{
	if (value->is_null) {
		buf_append_str(out, "null");
		return;
	}
	if (print_number(type, value, out))
		return;
	switch (type->kind) {
	case TYPE_DOUBLE:
		print_json_double(value->f64, out);
		return;
	case TYPE_STRING:
		json_quote(out, value->bytes);
		return;
	case TYPE_BYTES:
		buf_append_u8(out, '"');
		base64_encode(value->bytes, out);
		buf_append_u8(out, '"');
		return;
	case TYPE_ARRAY:
		print_json_array(type, value, out);
		return;
	case TYPE_MAP:
		print_json_map(type, value, out);
		return;
	case TYPE_STRUCT:
		print_json_struct(type, value, out);
		return;
	case TYPE_TIMESTAMP:
		num_append_i64(out, value->i64);
		return;
	default:
		assert(type_is_time(type));
		num_append_i64(out, value->i32);
		return;
	}
}
