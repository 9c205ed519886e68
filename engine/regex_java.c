/*
 * Patterns of java.util.regex as PCRE2 reads them.
 *
 * Most of a pattern is copied. What is written anew: \uXXXX and \0oo as \x{...}; \p{Lower} and its
 * kin as POSIX classes, \p{IsLatin} and \p{javaLowerCase} as PCRE2's properties; flags that only
 * Java has are dropped. A class with classes inside, [a-f[x]&&[^c]], becomes alternatives and
 * lookaheads for one character: (?:(?=(?:[a-f]|[x]))[^c]).
 */
#include "engine/regex.h"

struct translation {
	struct slice in;
	size_t at;
	uint32_t depth;
	struct err *err;
};

static bool at_end(const struct translation *t)
{
	return t->at >= t->in.len;
}

/* The byte `ahead` bytes further; 0 behind the end. */
static uint8_t peek(const struct translation *t, size_t ahead)
{
	return ahead < t->in.len - t->at ? t->in.data[t->at + ahead] : 0;
}

static int refuse(const struct translation *t, const char *what)
{
	return err_set(t->err, ERR_SYNTAX, "%s near index %zu", what, t->at);
}

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* --- escapes --- */

/* The four digits of a \u at the place; UINT32_MAX: there are none. */
static uint32_t unit_at(const struct translation *t, size_t ahead)
{
	uint32_t unit = 0;
	if (peek(t, ahead) != '\\' || peek(t, ahead + 1) != 'u')
		return UINT32_MAX;
	for (size_t k = 2; k < 6; k++) {
		int digit = hex_value(peek(t, ahead + k));
		if (digit < 0)
			return UINT32_MAX;
		unit = unit << 4 | (uint32_t)digit;
	}
	return unit;
}

static fallible translate_unicode(struct translation *t, struct buf *to)
{
	uint32_t unit = unit_at(t, 0), low = unit_at(t, 6);
	if (unit == UINT32_MAX)
		return refuse(t, "Illegal Unicode escape sequence");
	t->at += 6;
	if (unit >= 0xD800 && unit < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
		unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
		t->at += 6;
	}
	buf_printf(to, "\\x{%x}", unit);
	return 0;
}

static fallible translate_octal(struct translation *t, struct buf *to)
{
	uint32_t value = 0;
	size_t n = 0, most = peek(t, 2) <= '3' ? 3 : 2;
	t->at += 2;
	for (; n < most && peek(t, 0) >= '0' && peek(t, 0) <= '7'; n++, t->at++)
		value = value * 8 + (uint32_t)(peek(t, 0) - '0');
	if (n == 0)
		return refuse(t, "Illegal octal escape sequence");
	buf_printf(to, "\\x{%x}", value);
	return 0;
}

/* Up to and with \E, as it is: both quote alike. */
static void copy_quoted(struct translation *t, struct buf *to)
{
	size_t end = slice_find(t->in, SLICE("\\E"), t->at + 2);
	size_t stop = end == SIZE_MAX ? t->in.len : end + 2;
	buf_append(to, slice_sub(t->in, t->at, stop - t->at));
	if (end == SIZE_MAX)
		buf_append_str(to, "\\E");
	t->at = stop;
}

static const char *const posix_names[] = { "Lower", "Upper",  "ASCII", "Alpha", "Digit",
					   "Alnum", "Punct",  "Graph", "Print", "Blank",
					   "Cntrl", "XDigit", "Space" };

static const struct {
	const char *java, *pcre;
} properties[] = {
	{ "javaLowerCase", "Ll" }, { "javaUpperCase", "Lu" },
	{ "javaLetter", "L" },     { "javaAlphabetic", "Alphabetic" },
	{ "javaDigit", "Nd" },     { "javaWhitespace", "White_Space" },
	{ "IsLetter", "L" },       { "IsDigit", "Nd" },
	{ "IsPunctuation", "P" },  { "IsControl", "Cc" },
};

static struct slice without(struct slice name, const char *prefix)
{
	return slice_starts_with(name, slice_str(prefix))
		       ? slice_sub(name, strlen(prefix), name.len)
		       : name;
}

static void translate_property(struct slice name, bool negated, bool in_class, struct buf *to)
{
	for (size_t i = 0; i < COUNT_OF(posix_names); i++) {
		if (!slice_eq_str(name, posix_names[i]))
			continue;
		buf_append_str(to, in_class ? "[:" : "[[:");
		buf_append_str(to, negated ? "^" : "");
		for (const char *c = posix_names[i]; *c != '\0'; c++)
			buf_append_u8(to, (uint8_t)(*c | 0x20));
		buf_append_str(to, in_class ? ":]" : ":]]");
		return;
	}
	struct slice other = without(without(without(name, "Is"), "gc="), "general_category=");
	for (size_t i = 0; i < COUNT_OF(properties); i++) {
		if (slice_eq_str(name, properties[i].java))
			other = slice_str(properties[i].pcre);
	}
	buf_printf(to, "\\%c{%.*s}", negated ? 'P' : 'p', SLICE_ARGS(other));
}

/* \p{Name} or \pL. */
static fallible take_property(struct translation *t, bool in_class, struct buf *to)
{
	bool negated = peek(t, 1) == 'P';
	if (peek(t, 2) != '{') {
		if (!is_letter(peek(t, 2)))
			return refuse(t, "Unknown character property");
		buf_append(to, slice_sub(t->in, t->at, 3));
		t->at += 3;
		return 0;
	}
	size_t end = slice_find_byte(t->in, '}', t->at);
	if (end == SIZE_MAX)
		return refuse(t, "Unclosed character family");
	struct slice name = slice_sub(t->in, t->at + 3, end - t->at - 3);
	translate_property(name, negated, in_class, to);
	t->at = end + 1;
	return 0;
}

/* The letters that mean the same to both, outside and inside of classes. */
#define ESCAPES_ALIKE "dDsSwWbBAGZzhHvVRXtnrfaexck"

static fallible translate_escape(struct translation *t, bool in_class, struct buf *to)
{
	uint8_t c = peek(t, 1);
	assert(peek(t, 0) == '\\');
	switch (c) {
	case 0:
		return refuse(t, "Unexpected internal error");
	case 'u':
		return translate_unicode(t, to);
	case '0':
		return translate_octal(t, to);
	case 'p':
	case 'P':
		return take_property(t, in_class, to);
	case 'Q':
		copy_quoted(t, to);
		return 0;
	default:
		break;
	}
	if (is_letter(c) && strchr(ESCAPES_ALIKE, c) == NULL)
		return refuse(t, "Illegal/unsupported escape sequence");
	/* A control character's letter is part of its escape: \c[ opens no class. */
	size_t len = c == 'c' && t->in.len - t->at > 2 ? 3 : 2;
	buf_append(to, slice_sub(t->in, t->at, len));
	t->at += len;
	return 0;
}

/* --- classes --- */

/* A union: single items as a class's inside, and the classes that stand inside of it. */
struct operand {
	struct buf items, nested;
};

#define CLASS_BYTES_MAX (4 * REGEX_PATTERN_BYTES_MAX)

static void operand_fini(struct operand *operand)
{
	buf_fini(&operand->items);
	buf_fini(&operand->nested);
}

static bool operand_is_empty(const struct operand *operand)
{
	return operand->items.len == 0 && operand->nested.len == 0;
}

/* Writes the union and empties it. */
static void put_operand(struct operand *operand, struct buf *to)
{
	bool both = operand->nested.len > 0;
	buf_append_str(to, both ? "(?:" : "");
	if (operand->items.len > 0) {
		buf_append_u8(to, '[');
		buf_append(to, buf_slice(&operand->items));
		buf_append_u8(to, ']');
		buf_append_str(to, both ? "|" : "");
	}
	buf_append(to, buf_slice(&operand->nested));
	buf_append_str(to, both ? ")" : "");
	buf_reset(&operand->items);
	buf_reset(&operand->nested);
}

static fallible translate_class(struct translation *t, struct buf *to);

static fallible take_class_item(struct translation *t, struct operand *operand)
{
	uint8_t c = peek(t, 0);
	if (c == '\\')
		return translate_escape(t, true, &operand->items);
	if (c == '[') {
		if (operand->nested.len > 0)
			buf_append_u8(&operand->nested, '|');
		return translate_class(t, &operand->nested);
	}
	if (c == ']' || c == '^')
		buf_append_u8(&operand->items, '\\');
	buf_append_u8(&operand->items, c);
	t->at++;
	return 0;
}

/* Up to and with the closing bracket: lookaheads into `ands`, and the last operand. */
static fallible take_class_items(struct translation *t, struct operand *operand, struct buf *ands)
{
	bool first = true;
	while (first || peek(t, 0) != ']') {
		if (at_end(t))
			return refuse(t, "Unclosed character class");
		if (peek(t, 0) == '&' && peek(t, 1) == '&') {
			t->at += 2;
			if (!operand_is_empty(operand)) {
				buf_append_str(ands, "(?=");
				put_operand(operand, ands);
				buf_append_u8(ands, ')');
			}
		} else {
			TRY(take_class_item(t, operand));
		}
		first = false;
	}
	t->at++;
	return 0;
}

static fallible translate_class(struct translation *t, struct buf *to)
{
	CLEANUP(buf_fini) struct buf ands = BUF_INIT(CLASS_BYTES_MAX);
	CLEANUP(operand_fini)
	struct operand operand = { BUF_INIT(CLASS_BYTES_MAX), BUF_INIT(CLASS_BYTES_MAX) };
	if (++t->depth > REGEX_CLASS_DEPTH_MAX)
		return refuse(t, "Classes nest too deep");
	bool negated = peek(t, 1) == '^';
	t->at += negated ? 2 : 1;
	TRY(take_class_items(t, &operand, &ands));
	t->depth--;
	if (ands.len == 0 && operand.nested.len == 0) {
		buf_append_str(to, negated ? "[^" : "[");
		buf_append(to, buf_slice(&operand.items));
		buf_append_u8(to, ']');
		return buf_check(&operand.items, "a class", t->err);
	}
	buf_append_str(to, negated ? "(?:(?!" : "(?:");
	buf_append(to, buf_slice(&ands));
	if (operand_is_empty(&operand))
		buf_append_str(to, "(?s:.)");
	else
		put_operand(&operand, to);
	buf_append_str(to, negated ? ")(?s:.))" : ")");
	return buf_check(&ands, "a class", t->err);
}

/* --- groups --- */

/* (?i-x) and (?i:: the flags that both have; the others are dropped. */
static fallible translate_flags(struct translation *t, struct buf *to)
{
	buf_append_str(to, "(?");
	t->at += 2;
	bool off = false;
	for (; peek(t, 0) != ')' && peek(t, 0) != ':'; t->at++) {
		uint8_t c = peek(t, 0);
		if (c == '\0' || strchr("imsxduU-", c) == NULL || (c == '-' && off))
			return refuse(t, "Unknown inline modifier");
		off |= c == '-';
		if (strchr("imsx-", c) != NULL)
			buf_append_u8(to, c);
	}
	buf_append_u8(to, peek(t, 0));
	t->at++;
	return 0;
}

static fallible translate_group(struct translation *t, struct buf *to)
{
	if (peek(t, 1) == '*')
		return refuse(t, "Dangling meta character '*'");
	if (peek(t, 1) != '?') {
		buf_append_u8(to, '(');
		t->at++;
		return 0;
	}
	uint8_t c = peek(t, 2), behind = peek(t, 3);
	bool look = c == '=' || c == '!' || c == '>' || c == ':';
	bool named = c == '<' && (behind == '=' || behind == '!' || is_letter(behind));
	if (!look && !named)
		return translate_flags(t, to);
	buf_append(to, slice_sub(t->in, t->at, 3));
	t->at += 3;
	return 0;
}

fallible regex_translate(struct slice pattern, struct buf *to, struct err *err)
{
	struct translation t = { .in = pattern, .err = err };
	while (!at_end(&t)) {
		uint8_t c = peek(&t, 0);
		if (c == '\\') {
			TRY(translate_escape(&t, false, to));
		} else if (c == '[') {
			TRY(translate_class(&t, to));
		} else if (c == '(') {
			TRY(translate_group(&t, to));
		} else {
			buf_append_u8(to, c);
			t.at++;
		}
	}
	return 0;
}
