#include "base/json.h"

#include "base/num.h"
#include "base/text.h"

/*
 * The grammar is a state, `expect`, and a stack of one bit per depth (object or array). Each call
 * of json_next skips white space and commas, reads one token and sets what may follow it:
 *
 *     VALUE ----scalar----> AFTER_VALUE --','--> VALUE or KEY
 *       |  '[' -> VALUE_OR_CLOSE           '}' ']' -> AFTER_VALUE of the level above
 *       |  '{' -> KEY_OR_CLOSE --key ':'--> VALUE
 */
enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_CLOSE,
	EXPECT_KEY,
	EXPECT_KEY_OR_CLOSE,
	EXPECT_COMMA_OR_CLOSE,
	EXPECT_NOTHING, /* the value is complete */
};

static const char *const EVENT_NAMES[] = {
	[JSON_NONE] = "nothing",
	[JSON_OBJECT_OPEN] = "an object",
	[JSON_OBJECT_CLOSE] = "the end of an object",
	[JSON_ARRAY_OPEN] = "an array",
	[JSON_ARRAY_CLOSE] = "the end of an array",
	[JSON_KEY] = "a member's name",
	[JSON_STRING] = "a string",
	[JSON_NUMBER] = "a number",
	[JSON_TRUE] = "true",
	[JSON_FALSE] = "false",
	[JSON_NULL] = "null",
	[JSON_END] = "the end of the text",
};

const char *json_event_name(enum json_event event)
{
	assert((size_t)event < COUNT_OF(EVENT_NAMES));
	return EVENT_NAMES[event];
}

void json_init(struct json_reader *r, struct slice text, unsigned options)
{
	if (text.data == NULL)
		text = SLICE_EMPTY;
	r->text = text;
	r->next = r->began = text.data;
	r->end = text.data + text.len;
	r->event = JSON_NONE;
	r->expect = EXPECT_VALUE;
	r->options = (uint8_t)options;
	r->escaped = r->integer = false;
	r->depth = 0;
	r->raw = SLICE_EMPTY;
	if (slice_starts_with(text, SLICE("\xEF\xBB\xBF")))
		r->next += 3;
}

size_t json_offset(const struct json_reader *r)
{
	return (size_t)(r->began - r->text.data);
}

void json_place(const struct json_reader *r, int32_t *ret_line, int32_t *ret_column)
{
	int32_t line = 1, column = 1;
	for (const uint8_t *p = r->text.data; p < r->began; p++) {
		if (*p == '\n') {
			line++;
			column = 1;
		} else if ((*p & 0xC0) != 0x80 && column < INT32_MAX) {
			column++;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

void json_err_place(const struct json_reader *r, struct err *err)
{
	int32_t line, column;
	json_place(r, &line, &column);
	err_set_place(err, line, column);
}

/* A failure at `at`. The reader is left at its end, wanting a value: every later call fails. */
COLD static int fail_at(struct json_reader *r, const uint8_t *at, enum err_code code,
			const char *why, struct err *err)
{
	int32_t line, column;
	r->began = at;
	json_place(r, &line, &column);
	err_set_text(err, code, "invalid JSON at line %d, column %d (byte %zu): %s", line, column,
		     json_offset(r), why);
	err_set_place(err, line, column);
	r->next = r->end;
	r->depth = 0;
	r->expect = EXPECT_VALUE;
	return (int)code;
}

/* What stands at `at` is not `wanted`; the end of the text is a failure of its own kind. */
COLD static int fail_wanted(struct json_reader *r, const uint8_t *at, const char *wanted,
			    struct err *err)
{
	struct buf why = BUF_INIT(256);
	bool ended = at >= r->end;
	if (ended)
		buf_printf(&why, "the text ends where %s is expected", wanted);
	else if (*at > ' ' && *at < 0x7F)
		buf_printf(&why, "expected %s, found '%c'", wanted, *at);
	else
		buf_printf(&why, "expected %s, found byte 0x%02x", wanted, *at);
	int code = fail_at(r, at, ended ? ERR_TRUNCATED : ERR_SYNTAX, buf_str(&why), err);
	buf_fini(&why);
	return code;
}

/* ---- white space and comments ---- */

static inline bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* From "/" of a comment to what follows it; NULL: it is none, or has no end. */
static const uint8_t *after_comment(const uint8_t *p, const uint8_t *end)
{
	if (end - p < 2)
		return NULL;
	if (p[1] == '/') {
		const uint8_t *newline = memchr(p, '\n', (size_t)(end - p));
		return newline != NULL ? newline + 1 : end;
	}
	if (p[1] != '*')
		return NULL;
	const uint8_t *close = memmem(p + 2, (size_t)(end - p) - 2, "*/", 2);
	return close != NULL ? close + 2 : NULL;
}

static void skip_space(struct json_reader *r)
{
	const uint8_t *p = r->next;
	while (p < r->end) {
		if (is_space(*p)) {
			p++;
		} else if (*p == '/' && (r->options & JSON_COMMENTS) != 0) {
			const uint8_t *after = after_comment(p, r->end);
			if (after == NULL)
				break;
			p = after;
		} else {
			break;
		}
	}
	r->next = p;
}

/* ---- strings ---- */

/* Marks, in the high bit of each byte, the bytes that end a plain run: '"', '\\', controls, and all
 * that is not ASCII. Borrows between bytes only mark a byte after one that is marked rightly. */
static inline uint64_t special_bytes(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
	uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
	return (word | (word - ones * 0x20) | (quote - ones) | (backslash - ones)) & highs;
}

static inline const uint8_t *skip_plain(const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 8) {
		uint64_t marks = special_bytes(load_le64(p));
		if (marks != 0)
			return p + __builtin_ctzll(marks) / 8;
		p += 8;
	}
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

static inline bool is_continuation(uint8_t c)
{
	return (c & 0xC0) == 0x80;
}

/* The length of the well-formed UTF-8 sequence at `p`, which is not ASCII; 0: it is malformed. The
 * second byte's range rules out overlong forms, surrogates and what is past U+10FFFF. */
static size_t utf8_sequence(const uint8_t *p, const uint8_t *end)
{
	size_t left = (size_t)(end - p);
	uint8_t first = p[0];
	if (first >= 0xC2 && first <= 0xDF)
		return left >= 2 && is_continuation(p[1]) ? 2 : 0;
	if (first >= 0xE0 && first <= 0xEF) {
		uint8_t low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
		bool ok = left >= 3 && p[1] >= low && p[1] <= high && is_continuation(p[2]);
		return ok ? 3 : 0;
	}
	if (first >= 0xF0 && first <= 0xF4) {
		uint8_t low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
		bool ok = left >= 4 && p[1] >= low && p[1] <= high && is_continuation(p[2]) &&
			  is_continuation(p[3]);
		return ok ? 4 : 0;
	}
	return 0;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that the escape of letter `c` stands for; 0: there is no such escape. */
static uint8_t escape_of(uint8_t c)
{
	static const uint8_t ESCAPES[256] = {
		['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
		['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
	};
	return ESCAPES[c];
}

/* Checks the escape at `*at`, a backslash, and moves past it. */
static int check_escape(struct json_reader *r, const uint8_t **at, struct err *err)
{
	const uint8_t *p = *at + 1;
	if (p >= r->end)
		return fail_wanted(r, p, "an escape", err);
	if (*p != 'u') {
		if (escape_of(*p) == 0)
			return fail_wanted(r, p, "one of \"\\/bfnrtu after '\\'", err);
		*at = p + 1;
		return 0;
	}
	for (int i = 0; i < 4; i++) {
		p++;
		if (p >= r->end || hex_digit(*p) < 0)
			return fail_wanted(r, p, "a hexadecimal digit", err);
	}
	*at = p + 1;
	return 0;
}

/* Reads a string whose opening quote is at `next`. */
static int read_string(struct json_reader *r, struct err *err)
{
	const uint8_t *start = r->next + 1, *p = start;
	r->escaped = false;
	for (;;) {
		p = skip_plain(p, r->end);
		if (p >= r->end)
			return fail_wanted(r, p, "the closing '\"'", err);
		if (*p == '"')
			break;
		if (*p == '\\') {
			r->escaped = true;
			TRY(check_escape(r, &p, err));
		} else if (*p >= 0x80) {
			size_t len = utf8_sequence(p, r->end);
			if (len == 0)
				return fail_at(r, p, ERR_SYNTAX, "malformed UTF-8", err);
			p += len;
		} else {
			return fail_at(r, p, ERR_SYNTAX, "a control character in a string", err);
		}
	}
	r->raw = slice_of(start, (size_t)(p - start));
	r->next = p + 1;
	return 0;
}

static uint32_t hex4(const uint8_t *p)
{
	uint32_t value = 0;
	for (int i = 0; i < 4; i++)
		value = value << 4 | (uint32_t)hex_digit(p[i]);
	return value;
}

/* The character of the checked \u escape at `*at`, or of the pair of them; moves past it. */
static uint32_t unescape_unicode(const uint8_t **at, const uint8_t *end)
{
	const uint8_t *p = *at;
	uint32_t c = hex4(p + 2);
	p += 6;
	*at = p;
	if (c < 0xD800 || c > 0xDFFF)
		return c;
	if (c <= 0xDBFF && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		uint32_t low = hex4(p + 2);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			*at = p + 6;
			return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
		}
	}
	return TEXT_REPLACEMENT;
}

/* One step of unescaping: an escape, or the run up to the next. Yields what it stands for, in
 * `small` when it was an escape. */
static struct slice unescape_step(const uint8_t **at, const uint8_t *end, uint8_t small[4])
{
	const uint8_t *p = *at;
	if (*p != '\\') {
		const uint8_t *stop = memchr(p, '\\', (size_t)(end - p));
		*at = stop != NULL ? stop : end;
		return slice_of(p, (size_t)(*at - p));
	}
	assert(end - p >= 2);
	if (p[1] == 'u')
		return slice_of(small, text_put(small, unescape_unicode(at, end)));
	small[0] = escape_of(p[1]);
	*at = p + 2;
	return slice_of(small, 1);
}

size_t json_unescape(struct slice raw, uint8_t *to)
{
	const uint8_t *p = raw.data, *end = raw.data + raw.len;
	uint8_t small[4];
	size_t len = 0;
	while (p < end) {
		struct slice part = unescape_step(&p, end, small);
		memcpy(to + len, part.data, part.len);
		len += part.len;
	}
	assert(len <= raw.len);
	return len;
}

struct slice json_text(const struct json_reader *r, struct buf *scratch)
{
	assert(r->event == JSON_KEY || r->event == JSON_STRING);
	if (!r->escaped)
		return r->raw;
	buf_reset(scratch);
	uint8_t *to = buf_reserve(scratch, r->raw.len);
	if (to == NULL)
		return SLICE_EMPTY;
	buf_advance(scratch, json_unescape(r->raw, to));
	return buf_slice(scratch);
}

bool json_text_is(const struct json_reader *r, struct slice text)
{
	assert(r->event == JSON_KEY || r->event == JSON_STRING);
	if (!r->escaped)
		return slice_eq(r->raw, text);
	const uint8_t *p = r->raw.data, *end = p + r->raw.len;
	uint8_t small[4];
	size_t at = 0;
	while (p < end) {
		struct slice part = unescape_step(&p, end, small);
		if (!slice_eq(slice_sub(text, at, part.len), part))
			return false;
		at += part.len;
	}
	return at == text.len;
}

/* ---- numbers and words ---- */

static inline const uint8_t *skip_digits(const uint8_t *p, const uint8_t *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Past the number at `p`; where it breaks, `*ret_bad` is what was wanted there. */
static const uint8_t *scan_number(const uint8_t *p, const uint8_t *end, bool *ret_integer,
				  const char **ret_bad)
{
	*ret_bad = NULL;
	*ret_integer = true;
	if (p < end && *p == '-')
		p++;
	const uint8_t *digits = p;
	p = skip_digits(p, end);
	if (p == digits) {
		*ret_bad = "a digit";
		return p;
	}
	if (*digits == '0' && p - digits > 1) {
		*ret_bad = "no digit after a leading zero";
		return digits + 1;
	}
	for (int part = 0; part < 2; part++) {
		bool starts = part == 0 ? p < end && *p == '.' : p < end && (*p | 0x20) == 'e';
		if (!starts)
			continue;
		*ret_integer = false;
		p++;
		if (part == 1 && p < end && (*p == '+' || *p == '-'))
			p++;
		digits = p;
		p = skip_digits(p, end);
		if (p == digits) {
			*ret_bad = part == 0 ? "a digit after '.'" : "a digit of the exponent";
			return p;
		}
	}
	return p;
}

static int read_number(struct json_reader *r, struct err *err)
{
	const char *bad;
	bool integer;
	const uint8_t *start = r->next, *p = scan_number(start, r->end, &integer, &bad);
	if (bad != NULL)
		return fail_wanted(r, p, bad, err);
	r->integer = integer;
	r->raw = slice_of(start, (size_t)(p - start));
	r->next = p;
	r->event = JSON_NUMBER;
	return 0;
}

bool json_is_number(struct slice text)
{
	const char *bad;
	bool integer;
	const uint8_t *data = text.data != NULL ? text.data : (const uint8_t *)"";
	const uint8_t *end = data + text.len;
	return scan_number(data, end, &integer, &bad) == end && bad == NULL;
}

static int read_word(struct json_reader *r, struct slice word, enum json_event event,
		     struct err *err)
{
	for (size_t i = 0; i < word.len; i++) {
		const uint8_t *p = r->next + i;
		if (p >= r->end || *p != word.data[i])
			return fail_wanted(r, p, json_event_name(event), err);
	}
	r->next += word.len;
	r->event = event;
	return 0;
}

/* ---- structure ---- */

static inline bool in_object(const struct json_reader *r)
{
	assert(r->depth > 0);
	uint32_t level = r->depth - 1;
	return (r->objects[level / 64] >> (level % 64) & 1) != 0;
}

static void value_done(struct json_reader *r)
{
	r->expect = r->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA_OR_CLOSE;
}

static int open_container(struct json_reader *r, bool object, struct err *err)
{
	if (r->depth == JSON_DEPTH_MAX)
		return fail_at(r, r->next, ERR_LIMIT, "it is nested too deep", err);
	uint64_t bit = UINT64_C(1) << (r->depth % 64);
	uint64_t *word = &r->objects[r->depth / 64];
	*word = object ? *word | bit : *word & ~bit;
	r->depth++;
	r->next++;
	r->event = object ? JSON_OBJECT_OPEN : JSON_ARRAY_OPEN;
	r->expect = object ? EXPECT_KEY_OR_CLOSE : EXPECT_VALUE_OR_CLOSE;
	return 0;
}

static void close_container(struct json_reader *r)
{
	r->event = in_object(r) ? JSON_OBJECT_CLOSE : JSON_ARRAY_CLOSE;
	r->depth--;
	r->next++;
	value_done(r);
}

static int read_value(struct json_reader *r, const char *wanted, struct err *err)
{
	uint8_t c = r->next < r->end ? *r->next : 0;
	int code;
	if (c == '"') {
		code = read_string(r, err);
		r->event = JSON_STRING;
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		code = read_number(r, err);
	} else if (c == '{' || c == '[') {
		return open_container(r, c == '{', err);
	} else if (c == 't') {
		code = read_word(r, SLICE("true"), JSON_TRUE, err);
	} else if (c == 'f') {
		code = read_word(r, SLICE("false"), JSON_FALSE, err);
	} else if (c == 'n') {
		code = read_word(r, SLICE("null"), JSON_NULL, err);
	} else {
		code = fail_wanted(r, r->next, wanted, err);
	}
	TRY(code);
	value_done(r);
	return 0;
}

static int read_key(struct json_reader *r, const char *wanted, struct err *err)
{
	if (r->next >= r->end || *r->next != '"')
		return fail_wanted(r, r->next, wanted, err);
	TRY(read_string(r, err));
	skip_space(r);
	if (r->next >= r->end || *r->next != ':')
		return fail_wanted(r, r->next, "':'", err);
	r->next++;
	r->event = JSON_KEY;
	r->expect = EXPECT_VALUE;
	return 0;
}

static int read_end(struct json_reader *r, struct err *err)
{
	if (r->next < r->end)
		return fail_wanted(r, r->next, "the end of the text", err);
	r->event = JSON_END;
	return 0;
}

fallible json_next(struct json_reader *r, struct err *err)
{
	skip_space(r);
	r->began = r->next;
	uint8_t c = r->next < r->end ? *r->next : 0;
	if (r->expect == EXPECT_COMMA_OR_CLOSE) {
		bool object = in_object(r);
		if (c == (object ? '}' : ']')) {
			close_container(r);
			return 0;
		}
		if (c != ',')
			return fail_wanted(r, r->next, object ? "',' or '}'" : "',' or ']'", err);
		r->next++;
		r->expect = object ? EXPECT_KEY : EXPECT_VALUE;
		skip_space(r);
		r->began = r->next;
	}
	switch ((enum expect)r->expect) {
	case EXPECT_VALUE:
		return read_value(r, "a value", err);
	case EXPECT_KEY:
		return read_key(r, "a member's name", err);
	case EXPECT_VALUE_OR_CLOSE:
		if (c != ']')
			return read_value(r, "a value or ']'", err);
		close_container(r);
		return 0;
	case EXPECT_KEY_OR_CLOSE:
		if (c != '}')
			return read_key(r, "a member's name or '}'", err);
		close_container(r);
		return 0;
	case EXPECT_NOTHING:
		return read_end(r, err);
	case EXPECT_COMMA_OR_CLOSE:
		break;
	}
	UNREACHABLE("a comma was dealt with above");
}

fallible json_skip(struct json_reader *r, struct err *err)
{
	if (r->event == JSON_KEY || r->event == JSON_NONE)
		TRY(json_next(r, err));
	if (r->event != JSON_OBJECT_OPEN && r->event != JSON_ARRAY_OPEN)
		return 0;
	assert(r->depth > 0);
	for (uint32_t outside = r->depth - 1; r->depth > outside;)
		TRY(json_next(r, err));
	return 0;
}

fallible json_expect(struct json_reader *r, enum json_event event, const char *what,
		     struct err *err)
{
	TRY(json_next(r, err));
	if (r->event == event)
		return 0;
	return json_err(r, err, ERR_TYPE, "%s must be %s, and is %s", what, json_event_name(event),
			json_event_name(r->event));
}

fallible json_to_i64(const struct json_reader *r, int64_t *ret_value, struct err *err)
{
	struct slice what = slice_str(json_event_name(r->event));
	if (r->event != JSON_NUMBER || !r->integer)
		return json_err(r, err, ERR_TYPE, "expected a whole number, found %.*s",
				SLICE_ARGS(r->event == JSON_NUMBER ? r->raw : what));
	if (num_parse_i64(r->raw, ret_value, NULL) != 0)
		return json_err(r, err, ERR_RANGE, "%.*s does not fit into 64 bits",
				SLICE_ARGS(r->raw));
	return 0;
}

fallible json_to_double(const struct json_reader *r, double *ret_value, struct err *err)
{
	if (r->event != JSON_NUMBER)
		return json_err(r, err, ERR_TYPE, "expected a number, found %s",
				json_event_name(r->event));
	return num_parse_double(r->raw, ret_value, err);
}
