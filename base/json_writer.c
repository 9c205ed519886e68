#include "base/json_writer.h"

#include "base/num.h"

#include <math.h>

void json_writer_init(struct json_writer *w, struct buf *buf, enum json_style style)
{
	assert(buf != NULL);
	w->buf = buf;
	w->style = style;
	w->has_items = w->after_key = false;
	w->depth = 0;
}

static bool in_object(const struct json_writer *w)
{
	uint32_t level = w->depth - 1;
	return w->depth > 0 && (w->objects[level / 64] >> (level % 64) & 1) != 0;
}

static void new_line(struct json_writer *w)
{
	if (w->style != JSON_PRETTY)
		return;
	buf_append_u8(w->buf, '\n');
	for (uint32_t i = 0; i < w->depth; i++)
		buf_append(w->buf, SLICE("  "));
}

/* What stands in front of a key, or of an item of an array. */
static void separate(struct json_writer *w)
{
	if (w->has_items)
		buf_append_u8(w->buf, ',');
	if (w->depth > 0)
		new_line(w);
	w->has_items = true;
}

/* Before every value: the place for it is right, and separated from what was before. */
static void begin_value(struct json_writer *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	assert(!in_object(w));
	assert(IMPLIES(w->depth == 0, !w->has_items));
	separate(w);
}

static void open_container(struct json_writer *w, bool object)
{
	begin_value(w);
	assert(w->depth < JSON_DEPTH_MAX);
	uint64_t bit = UINT64_C(1) << (w->depth % 64), *word = &w->objects[w->depth / 64];
	*word = object ? *word | bit : *word & ~bit;
	w->depth++;
	w->has_items = false;
	buf_append_u8(w->buf, object ? '{' : '[');
}

void json_open_object(struct json_writer *w)
{
	open_container(w, true);
}

void json_open_array(struct json_writer *w)
{
	open_container(w, false);
}

void json_close(struct json_writer *w)
{
	assert(w->depth > 0);
	assert(!w->after_key);
	bool object = in_object(w);
	w->depth--;
	if (w->has_items)
		new_line(w);
	buf_append_u8(w->buf, object ? '}' : ']');
	w->has_items = true;
}

/* The letter after the backslash; 'u': there is no short form; 0: it needs no escape. */
static uint8_t escape_for(uint8_t c)
{
	static const uint8_t ESCAPES[32] = {
		'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
		'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
	};
	if (c < COUNT_OF(ESCAPES))
		return ESCAPES[c];
	return c == '"' || c == '\\' ? c : 0;
}

/* Past the bytes that need no escape. Eight at a time: the high bit of each byte of `marks` that
 * stands for one that does; a borrow can only mark bytes above the first, which is the one used. */
static size_t plain_run(struct slice text, size_t from)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
	size_t i = from;
	for (; text.len - i >= 8; i += 8) {
		uint64_t word = load_le64(text.data + i);
		uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
		uint64_t marks = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) |
				 ((backslash - ones) & ~backslash);
		marks &= highs;
		if (marks != 0)
			return i + (size_t)__builtin_ctzll(marks) / 8;
	}
	while (i < text.len && escape_for(text.data[i]) == 0)
		i++;
	return i;
}

void json_quote(struct buf *buf, struct slice text)
{
	static const char HEX[] = "0123456789ABCDEF";
	buf_append_u8(buf, '"');
	for (size_t i = 0;; i++) {
		size_t end = plain_run(text, i);
		buf_append(buf, slice_sub(text, i, end - i));
		if (end == text.len)
			break;
		i = end;
		uint8_t c = text.data[i], escape = escape_for(c);
		uint8_t letters[6] = {
			'\\', escape, '0', '0', (uint8_t)HEX[c >> 4], (uint8_t)HEX[c & 15]
		};
		buf_append(buf, slice_of(letters, escape == 'u' ? 6 : 2));
	}
	buf_append_u8(buf, '"');
}

void json_key(struct json_writer *w, struct slice name)
{
	assert(in_object(w));
	assert(!w->after_key);
	separate(w);
	json_quote(w->buf, name);
	if (w->style == JSON_PRETTY)
		buf_append(w->buf, SLICE(": "));
	else
		buf_append_u8(w->buf, ':');
	w->after_key = true;
}

void json_string(struct json_writer *w, struct slice text)
{
	begin_value(w);
	json_quote(w->buf, text);
}

void json_number(struct json_writer *w, struct slice text)
{
	assert(json_is_number(text));
	json_raw(w, text);
}

void json_int64(struct json_writer *w, int64_t value)
{
	begin_value(w);
	num_append_i64(w->buf, value);
}

void json_double(struct json_writer *w, double value)
{
	bool quoted =
		!isfinite(value); /* JSON has no such numbers; Jackson writes them as strings */
	begin_value(w);
	if (quoted)
		buf_append_u8(w->buf, '"');
	num_append_double(w->buf, value);
	if (quoted)
		buf_append_u8(w->buf, '"');
}

void json_bool(struct json_writer *w, bool value)
{
	json_raw(w, value ? SLICE("true") : SLICE("false"));
}

void json_null(struct json_writer *w)
{
	json_raw(w, SLICE("null"));
}

void json_raw(struct json_writer *w, struct slice json)
{
	assert(json.len > 0);
	begin_value(w);
	buf_append(w->buf, json);
}

/* Depth is bounded by what the reader and the writer accept. */
void json_write(struct json_writer *w, const struct json_value *value)
{
	switch (value->kind) {
	case JSON_OBJECT_OPEN:
	case JSON_ARRAY_OPEN:
		open_container(w, value->kind == JSON_OBJECT_OPEN);
		json_each(child, value)
		{
			if (value->kind == JSON_OBJECT_OPEN)
				json_key(w, child->name);
			json_write(w, child);
		}
		json_close(w);
		return;
	case JSON_STRING:
		json_string(w, value->text);
		return;
	case JSON_NUMBER:
		json_number(w, value->text);
		return;
	case JSON_TRUE:
	case JSON_FALSE:
		json_bool(w, value->kind == JSON_TRUE);
		return;
	case JSON_NULL:
		json_null(w);
		return;
	case JSON_NONE:
	case JSON_OBJECT_CLOSE:
	case JSON_ARRAY_CLOSE:
	case JSON_KEY:
	case JSON_END:
		break;
	}
	UNREACHABLE("an event that begins no value");
}

void json_member(struct json_writer *w, const char *name, struct slice text)
{
	json_key(w, slice_str(name));
	json_string(w, text);
}

void json_member_str(struct json_writer *w, const char *name, const char *text)
{
	json_member(w, name, slice_str(text));
}

void json_member_int64(struct json_writer *w, const char *name, int64_t value)
{
	json_key(w, slice_str(name));
	json_int64(w, value);
}

void json_member_bool(struct json_writer *w, const char *name, bool value)
{
	json_key(w, slice_str(name));
	json_bool(w, value);
}
