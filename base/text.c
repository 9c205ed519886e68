#include "base/text.h"

#include <utf8proc.h>

static bool is_continuation(uint8_t c)
{
	return (c & 0xC0) == 0x80;
}

/* What may follow a first byte: how many bytes, and the range of the second one. */
struct sequence {
	uint8_t len, second_least, second_most;
};

static struct sequence sequence_of(uint8_t first)
{
	if (first < 0x80)
		return (struct sequence){ 1, 0, 0 };
	if (first < 0xC2 || first > 0xF4)
		return (struct sequence){ 0, 0, 0 };
	if (first < 0xE0)
		return (struct sequence){ 2, 0x80, 0xBF };
	if (first < 0xF0)
		return (struct sequence){ 3, first == 0xE0 ? 0xA0 : 0x80,
					  first == 0xED ? 0x9F : 0xBF };
	return (struct sequence){ 4, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF };
}

/* The bytes of the first character; 0 when it is none. */
static size_t character_len(struct slice text)
{
	assert(text.len > 0);
	struct sequence sequence = sequence_of(text.data[0]);
	if (sequence.len <= 1)
		return sequence.len;
	if (text.len < sequence.len)
		return 0;
	if (text.data[1] < sequence.second_least || text.data[1] > sequence.second_most)
		return 0;
	for (size_t i = 2; i < sequence.len; i++) {
		if (!is_continuation(text.data[i]))
			return 0;
	}
	return sequence.len;
}

/*
 * How many bytes one U+FFFD stands for: as many as could have begun a character, and all three of
 * an encoded surrogate, as in Java.
 */
static size_t malformed_len(struct slice text)
{
	struct sequence sequence = sequence_of(text.data[0]);
	if (sequence.len < 2 || text.len < 2)
		return 1;
	bool surrogate = text.data[0] == 0xED && text.data[1] >= 0xA0 && text.data[1] <= 0xBF;
	if (surrogate)
		return text.len > 2 && !is_continuation(text.data[2]) ? 2
								      : MIN(text.len, (size_t)3);
	if (text.data[1] < sequence.second_least || text.data[1] > sequence.second_most)
		return 1;
	size_t len = 2;
	while (len < sequence.len && len < text.len && is_continuation(text.data[len]))
		len++;
	return len;
}

static size_t ascii_len(struct slice text)
{
	size_t i = 0;
	for (; text.len - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		if ((load_le64(text.data + i) & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (i < text.len && text.data[i] < 0x80)
		i++;
	return i;
}

size_t text_valid_len(struct slice text)
{
	size_t at = ascii_len(text);
	while (at < text.len) {
		struct slice rest = slice_sub(text, at, text.len);
		size_t len = rest.data[0] < 0x80 ? ascii_len(rest) : character_len(rest);
		if (len == 0)
			break;
		at += len;
	}
	assert(at <= text.len);
	return at;
}

fallible text_check(struct slice text, const char *what, struct err *err)
{
	size_t valid = text_valid_len(text);
	if (valid == text.len)
		return 0;
	return err_set(err, ERR_INVALID, "%s is not UTF-8: byte 0x%02x at %zu", what,
		       text.data[valid], valid);
}

void text_append_repaired(struct buf *to, struct slice bytes)
{
	while (bytes.len > 0) {
		size_t valid = text_valid_len(bytes);
		buf_append(to, slice_sub(bytes, 0, valid));
		bytes = slice_sub(bytes, valid, bytes.len);
		if (bytes.len == 0)
			return;
		text_append(to, TEXT_REPLACEMENT);
		bytes = slice_sub(bytes, malformed_len(bytes), bytes.len);
	}
}

uint32_t text_take(struct slice *text)
{
	assert(text->len > 0);
	const uint8_t *c = text->data;
	size_t len = character_len(*text);
	size_t taken = len > 0 ? len : malformed_len(*text);
	text->data += taken;
	text->len -= taken;
	switch (len) {
	case 1:
		return c[0];
	case 2:
		return (c[0] & 0x1FU) << 6 | (c[1] & 0x3FU);
	case 3:
		return (c[0] & 0x0FU) << 12 | (c[1] & 0x3FU) << 6 | (c[2] & 0x3FU);
	case 4:
		return (c[0] & 0x07U) << 18 | (c[1] & 0x3FU) << 12 | (c[2] & 0x3FU) << 6 |
		       (c[3] & 0x3FU);
	default:
		return TEXT_REPLACEMENT;
	}
}

size_t text_put(uint8_t to[TEXT_CHARACTER_BYTES_MAX], uint32_t code_point)
{
	assert(code_point <= 0x10FFFF);
	assert(code_point < 0xD800 || code_point > 0xDFFF);
	if (code_point < 0x80) {
		to[0] = (uint8_t)code_point;
		return 1;
	}
	static const uint8_t marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--, code_point >>= 6)
		to[i] = (uint8_t)(0x80 | (code_point & 0x3F));
	to[0] = (uint8_t)(marks[len] | code_point);
	return len;
}

void text_append(struct buf *to, uint32_t code_point)
{
	uint8_t bytes[TEXT_CHARACTER_BYTES_MAX];
	buf_append(to, slice_of(bytes, text_put(bytes, code_point)));
}

size_t text_count(struct slice text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += !is_continuation(text.data[i]);
	return count;
}

/* Units that begin with this byte: none inside a character, two where four bytes begin. */
static size_t utf16_units(uint8_t byte)
{
	return (size_t)!is_continuation(byte) + (byte >= 0xF0);
}

size_t text_utf16_len(struct slice text)
{
	size_t units = 0;
	for (size_t i = 0; i < text.len; i++)
		units += utf16_units(text.data[i]);
	return units;
}

/* The byte where unit `units` begins, or the character that it is the second half of. */
static size_t utf16_offset(struct slice text, size_t units, bool *ret_inside)
{
	*ret_inside = false;
	size_t at = MIN(ascii_len(slice_sub(text, 0, units)), units);
	for (units -= at; at < text.len; at++) {
		size_t here = utf16_units(text.data[at]);
		if (here > units) {
			*ret_inside = units > 0;
			break;
		}
		units -= here;
	}
	return at;
}

struct slice text_utf16_sub(struct slice text, size_t from, size_t len)
{
	bool inside;
	size_t start = utf16_offset(text, from, &inside);
	text = slice_sub(text, start, text.len);
	if (inside && len > 0) {
		text = slice_sub(text, TEXT_CHARACTER_BYTES_MAX, text.len);
		len--;
	}
	return slice_sub(text, 0, utf16_offset(text, len, &inside));
}

size_t text_width(struct slice text)
{
	size_t width = 0;
	while (text.len > 0) {
		size_t ascii = ascii_len(text);
		for (size_t i = 0; i < ascii; i++)
			width += text.data[i] >= ' ' && text.data[i] != 0x7F;
		text = slice_sub(text, ascii, text.len);
		if (text.len > 0)
			width += (size_t)utf8proc_charwidth((utf8proc_int32_t)text_take(&text));
	}
	return width;
}
