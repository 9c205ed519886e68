#include "base/properties.h"

#include "base/text.h"

void properties_init(struct properties *p, struct slice text)
{
	*p = (struct properties){ .reader = reader_of(text), .line = 1 };
	buf_init(&p->key, PROPERTIES_LINE_MAX);
	buf_init(&p->value, PROPERTIES_LINE_MAX);
	buf_init(&p->logical, PROPERTIES_LINE_MAX);
}

void properties_fini(struct properties *p)
{
	buf_fini(&p->key);
	buf_fini(&p->value);
	buf_fini(&p->logical);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static bool is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

/* ---- natural and logical lines ---- */

/* The next natural line without its end (\n, \r or both), and past it. */
static struct slice natural_line(struct properties *p)
{
	struct reader *r = &p->reader;
	const uint8_t *start = r->next;
	while (r->next < r->end && !is_line_end(*r->next))
		r->next++;
	struct slice line = slice_of(start, (size_t)(r->next - start));
	if (r->next < r->end && *r->next++ == '\r' && r->next < r->end && *r->next == '\n')
		r->next++;
	p->line++;
	return line;
}

static struct slice skip_blanks(struct slice s)
{
	while (s.len > 0 && is_blank(s.data[0]))
		s = slice_sub(s, 1, s.len);
	return s;
}

/* An odd number of backslashes at its end continues a line. */
static bool is_continued(struct slice line)
{
	size_t backslashes = 0;
	while (backslashes < line.len && line.data[line.len - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

/* Gathers the next logical line that is neither blank nor a comment; false: there is none. */
static bool logical_line(struct properties *p)
{
	buf_reset(&p->logical);
	while (reader_left(&p->reader) > 0) {
		int32_t line = p->line;
		struct slice part = skip_blanks(natural_line(p));
		bool first = p->logical.len == 0;
		if (first && (part.len == 0 || part.data[0] == '#' || part.data[0] == '!'))
			continue;
		if (first)
			p->key_line = line;
		bool continued = is_continued(part);
		buf_append(&p->logical, slice_sub(part, 0, part.len - (continued ? 1 : 0)));
		if (!continued && p->logical.len > 0)
			return true;
	}
	return p->logical.len > 0;
}

/* ---- escapes ---- */

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of a \u escape; false: they are not there. */
static bool read_hex4(struct slice s, uint32_t *ret_unit)
{
	uint32_t unit = 0;
	if (s.len < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(s.data[i]);
		if (digit < 0)
			return false;
		unit = unit << 4 | (uint32_t)digit;
	}
	*ret_unit = unit;
	return true;
}

/* A \u escape whose digits begin `s`; how many bytes it takes, those of a second one of a surrogate
 * pair included. 0: malformed. */
static size_t unescape_unicode(struct slice s, struct buf *to)
{
	uint32_t unit, low;
	if (!read_hex4(s, &unit))
		return 0;
	struct slice second = slice_sub(s, 4, 2);
	bool pair = unit >= 0xD800 && unit <= 0xDBFF && slice_eq(second, SLICE("\\u")) &&
		    read_hex4(slice_sub(s, 6, s.len), &low) && low >= 0xDC00 && low <= 0xDFFF;
	if (pair) {
		text_append(to, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
		return 10;
	}
	text_append(to, unit >= 0xD800 && unit <= 0xDFFF ? TEXT_REPLACEMENT : unit);
	return 4;
}

static uint8_t escape_of(uint8_t c)
{
	switch (c) {
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 'f':
		return '\f';
	default:
		return c;
	}
}

static int unescape(const struct properties *p, struct slice raw, struct buf *to, struct err *err)
{
	buf_reset(to);
	for (size_t i = 0; i < raw.len;) {
		uint8_t c = raw.data[i++];
		if (c != '\\') {
			buf_append_u8(to, c);
		} else if (i < raw.len && raw.data[i] == 'u') {
			size_t len = unescape_unicode(slice_sub(raw, i + 1, raw.len), to);
			if (len == 0)
				return err_set_at(err, ERR_SYNTAX, p->key_line, 0,
						  "\\u needs four hexadecimal digits");
			i += 1 + len;
		} else if (i < raw.len) {
			buf_append_u8(to, escape_of(raw.data[i++]));
		}
	}
	return 0;
}

/* ---- pairs ---- */

/* Where the key ends: at the first separator without a backslash before it. */
static size_t key_length(struct slice line)
{
	size_t i = 0;
	while (i < line.len && !is_blank(line.data[i]) && line.data[i] != '=' &&
	       line.data[i] != ':')
		i += line.data[i] == '\\' ? 2 : 1;
	return MIN(i, line.len);
}

fallible properties_next(struct properties *p, bool *ret_more, struct err *err)
{
	if (!logical_line(p)) {
		*ret_more = false;
		return 0;
	}
	if (p->logical.overflowed)
		return err_set_at(err, ERR_LIMIT, p->key_line, 0, "a line is longer than %zu bytes",
				  PROPERTIES_LINE_MAX);
	struct slice line = buf_slice(&p->logical);
	if (text_valid_len(line) != line.len)
		return err_set_at(err, ERR_SYNTAX, p->key_line, 0, "malformed UTF-8");
	size_t key_len = key_length(line);
	struct slice value = skip_blanks(slice_sub(line, key_len, line.len));
	if (value.len > 0 && (value.data[0] == '=' || value.data[0] == ':'))
		value = skip_blanks(slice_sub(value, 1, value.len));
	TRY(unescape(p, slice_sub(line, 0, key_len), &p->key, err));
	TRY(unescape(p, value, &p->value, err));
	*ret_more = true;
	return 0;
}
