#include "base/pattern.h"

#include "base/mem.h"
#include "base/pattern_priv.h"

#define NUMBER_WIDTH_MAX 19
#define FRACTION_WIDTH_MAX 9

/* How the count of a letter becomes an op. */
enum letter_kind {
	LETTER_YEAR,           /* 2: reduced; else a number, '+' from four digits on */
	LETTER_NAME,           /* a name: 1 to 3 short, 4 full, 5 narrow */
	LETTER_NUMBER_OR_NAME, /* 1, 2: a number; 3 to 5: a name */
	LETTER_WEEKDAY,        /* the same, and numbers are of the local week */
	LETTER_PAIR,           /* 1: a number; 2: two digits */
	LETTER_DAY_OF_YEAR,
	LETTER_WEEK, /* a number of at most two digits */
	LETTER_DIGIT,
	LETTER_LONG, /* a number of at least so many digits */
	LETTER_FRACTION,
	LETTER_PERIOD,
	LETTER_ZONE_ID,
	LETTER_ZONE_TEXT,
	LETTER_ZONE_GENERIC,
	LETTER_OFFSET_Z, /* X: zero is Z */
	LETTER_OFFSET_X, /* x: zero is +00 */
	LETTER_OFFSET_RFC,
	LETTER_OFFSET_GMT,
};

#define COUNT(n) (UINT32_C(1) << (n))
#define COUNTS_TO(n) (COUNT((n) + 1) - 2)

struct letter {
	char letter;
	enum letter_kind kind;
	enum pattern_field field;
	uint32_t counts;   /* a bit for each count allowed */
	const char *takes; /* the same in words */
	const char *fault; /* what Java says of another count */
	enum pattern_sign sign;
};

static const char too_many[] = "Too many pattern letters: ";
static const char wrong_number[] = "Wrong number of pattern letters: ";
static const char must_be_2[] = "Pattern letter count must be 2: ";
static const char must_be_1_or_4[] = "Pattern letter count must be 1 or 4: ";
static const char width_1_to_19[] = "The minimum width must be from 1 to 19 inclusive: ";
static const char width_0_to_9[] = "Minimum width must be from 0 to 9 inclusive: ";

/* clang-format off */
static const struct letter letters[] = {
	{ 'G', LETTER_NAME, FIELD_ERA, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'u', LETTER_YEAR, FIELD_YEAR, COUNTS_TO(19), "1 to 19", width_1_to_19, 0 },
	{ 'y', LETTER_YEAR, FIELD_YEAR_OF_ERA, COUNTS_TO(19), "1 to 19", width_1_to_19, 0 },
	{ 'Y', LETTER_YEAR, FIELD_WEEK_YEAR, COUNTS_TO(19), "1 to 19", width_1_to_19, 0 },
	{ 'D', LETTER_DAY_OF_YEAR, FIELD_DAY_OF_YEAR, COUNTS_TO(3), "1 to 3", too_many, 0 },
	{ 'M', LETTER_NUMBER_OR_NAME, FIELD_MONTH, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'L', LETTER_NUMBER_OR_NAME, FIELD_MONTH, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'Q', LETTER_NUMBER_OR_NAME, FIELD_QUARTER, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'q', LETTER_NUMBER_OR_NAME, FIELD_QUARTER, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'd', LETTER_PAIR, FIELD_DAY_OF_MONTH, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 'g', LETTER_LONG, FIELD_JULIAN_DAY, COUNTS_TO(19), "1 to 19", width_1_to_19, SIGN_NORMAL },
	{ 'w', LETTER_WEEK, FIELD_WEEK_OF_YEAR, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 'W', LETTER_DIGIT, FIELD_WEEK_OF_MONTH, COUNT(1), "1", too_many, 0 },
	{ 'E', LETTER_NAME, FIELD_DAY_OF_WEEK, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'e', LETTER_WEEKDAY, FIELD_DAY_OF_WEEK, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'c', LETTER_WEEKDAY, FIELD_DAY_OF_WEEK, COUNTS_TO(5) & ~COUNT(2), "1, 3, 4 or 5", too_many, 0 },
	{ 'F', LETTER_PAIR, FIELD_ALIGNED_DAY, COUNT(1), "1", too_many, 0 },
	{ 'a', LETTER_NAME, FIELD_AMPM, COUNT(1), "1", too_many, 0 },
	{ 'B', LETTER_PERIOD, 0, COUNT(1) | COUNT(4) | COUNT(5), "1, 4 or 5", wrong_number, 0 },
	{ 'h', LETTER_PAIR, FIELD_CLOCK_HOUR_OF_AMPM, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 'K', LETTER_PAIR, FIELD_HOUR_OF_AMPM, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 'k', LETTER_PAIR, FIELD_CLOCK_HOUR, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 'H', LETTER_PAIR, FIELD_HOUR, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 'm', LETTER_PAIR, FIELD_MINUTE, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 's', LETTER_PAIR, FIELD_SECOND, COUNTS_TO(2), "1 or 2", too_many, 0 },
	{ 'S', LETTER_FRACTION, FIELD_NANO_OF_SECOND, COUNTS_TO(9), "1 to 9", width_0_to_9, 0 },
	{ 'A', LETTER_LONG, FIELD_MILLI_OF_DAY, COUNTS_TO(19), "1 to 19", width_1_to_19, SIGN_NOT_NEGATIVE },
	{ 'n', LETTER_LONG, FIELD_NANO_OF_SECOND, COUNTS_TO(19), "1 to 19", width_1_to_19, SIGN_NOT_NEGATIVE },
	{ 'N', LETTER_LONG, FIELD_NANO_OF_DAY, COUNTS_TO(19), "1 to 19", width_1_to_19, SIGN_NOT_NEGATIVE },
	{ 'V', LETTER_ZONE_ID, 0, COUNT(2), "2", must_be_2, 0 },
	{ 'v', LETTER_ZONE_GENERIC, 0, COUNT(1) | COUNT(4), "1 or 4", wrong_number, 0 },
	{ 'z', LETTER_ZONE_TEXT, 0, COUNTS_TO(4), "1 to 4", too_many, 0 },
	{ 'O', LETTER_OFFSET_GMT, FIELD_OFFSET, COUNT(1) | COUNT(4), "1 or 4", must_be_1_or_4, 0 },
	{ 'X', LETTER_OFFSET_Z, FIELD_OFFSET, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'x', LETTER_OFFSET_X, FIELD_OFFSET, COUNTS_TO(5), "1 to 5", too_many, 0 },
	{ 'Z', LETTER_OFFSET_RFC, FIELD_OFFSET, COUNTS_TO(5), "1 to 5", too_many, 0 },
};

/* By count less one. */
static const struct pattern_offset_form forms_z[] = {
	{ false, false, false, "Z" }, { false, true, false, "Z" }, { true, true, false, "Z" },
	{ false, true, true, "Z" }, { true, true, true, "Z" },
};
static const struct pattern_offset_form forms_x[] = {
	{ false, false, false, "+00" }, { false, true, false, "+0000" }, { true, true, false, "+00:00" },
	{ false, true, true, "+0000" }, { true, true, true, "+00:00" },
};
/* clang-format on */

/* A pattern being read. */
struct compiler {
	struct pattern *pattern;
	struct slice text;
	size_t at;
	int active; /* the op of a number that digits right behind it belong to; -1: none */
	uint16_t pad;
	uint16_t sections[PATTERN_NESTING_MAX];
	int depth;
};

static uint16_t add(struct compiler *in, struct pattern_op op)
{
	op.pad = in->pad;
	in->pad = 0;
	in->active = -1;
	vec_push(&in->pattern->ops, op);
	return (uint16_t)(in->pattern->ops.len - 1);
}

/*
 * Numbers side by side: those of fixed width take their digits from the end of what the first one
 * found ("yMMdd" reads 20210203), so the first must know how many they need.
 */
static void add_number(struct compiler *in, struct pattern_op op)
{
	bool fixed = op.min_width == op.max_width && op.sign == SIGN_NOT_NEGATIVE;
	if (in->pad > 0) {
		add(in, op);
	} else if (in->active >= 0 && fixed) {
		int active = in->active;
		in->pattern->ops.items[active].after =
			(int16_t)(in->pattern->ops.items[active].after + op.max_width);
		op.after = -1;
		add(in, op);
		in->active = active;
	} else {
		if (in->active >= 0)
			in->pattern->ops.items[in->active].after = -1;
		in->active = add(in, op);
	}
}

static void add_digits(struct compiler *in, enum pattern_field field, size_t min, size_t max,
		       enum pattern_sign sign)
{
	add_number(in, (struct pattern_op){ .kind = OP_NUMBER,
					    .field = (uint8_t)field,
					    .min_width = (uint8_t)min,
					    .max_width = (uint8_t)max,
					    .sign = sign });
}

static void add_name(struct compiler *in, enum pattern_field field, size_t count)
{
	enum pattern_style style = count == 4   ? STYLE_FULL
				   : count == 5 ? STYLE_NARROW
						: STYLE_SHORT;
	add(in, (struct pattern_op){ .kind = OP_TEXT, .field = (uint8_t)field, .style = style });
}

static void add_year(struct compiler *in, enum pattern_field field, size_t count)
{
	if (count == 2)
		add_number(in, (struct pattern_op){ .kind = OP_REDUCED,
						    .field = (uint8_t)field,
						    .min_width = 2,
						    .max_width = 2,
						    .sign = SIGN_NOT_NEGATIVE });
	else
		add_digits(in, field, count, NUMBER_WIDTH_MAX,
			   count < 4 ? SIGN_NORMAL : SIGN_EXCEEDS_PAD);
}

static void add_one_or_two(struct compiler *in, enum pattern_field field, size_t count)
{
	if (count == 1)
		add_digits(in, field, 1, NUMBER_WIDTH_MAX, SIGN_NORMAL);
	else
		add_digits(in, field, 2, 2, SIGN_NOT_NEGATIVE);
}

static void add_zone(struct compiler *in, enum pattern_op_kind kind, bool generic, size_t count)
{
	add(in, (struct pattern_op){ .kind = kind,
				     .generic = generic,
				     .style = count == 4 ? STYLE_FULL : STYLE_SHORT });
}

static void add_offset(struct compiler *in, const struct pattern_offset_form *form)
{
	add(in, (struct pattern_op){ .kind = OP_OFFSET, .field = FIELD_OFFSET, .form = form });
}

static void add_letter(struct compiler *in, const struct letter *letter, size_t count)
{
	enum pattern_field field = letter->field;
	switch (letter->kind) {
	case LETTER_YEAR:
		add_year(in, field, count);
		return;
	case LETTER_NAME:
		add_name(in, field, count);
		return;
	case LETTER_NUMBER_OR_NAME:
		if (count <= 2)
			add_one_or_two(in, field, count);
		else
			add_name(in, field, count);
		return;
	case LETTER_WEEKDAY:
		if (count <= 2)
			add_digits(in, FIELD_WEEKDAY, count, count, SIGN_NOT_NEGATIVE);
		else
			add_name(in, field, count);
		return;
	case LETTER_PAIR:
		add_one_or_two(in, field, count);
		return;
	case LETTER_DAY_OF_YEAR:
		if (count == 1)
			add_one_or_two(in, field, 1);
		else
			add_digits(in, field, count, 3, SIGN_NOT_NEGATIVE);
		return;
	case LETTER_WEEK:
		add_digits(in, field, count, 2, SIGN_NOT_NEGATIVE);
		return;
	case LETTER_DIGIT:
		add_digits(in, field, 1, 1, SIGN_NOT_NEGATIVE);
		return;
	case LETTER_LONG:
		add_digits(in, field, count, NUMBER_WIDTH_MAX, letter->sign);
		return;
	case LETTER_FRACTION:
		add_number(in, (struct pattern_op){ .kind = OP_FRACTION,
						    .field = (uint8_t)field,
						    .min_width = (uint8_t)count,
						    .max_width = (uint8_t)count,
						    .sign = SIGN_NOT_NEGATIVE });
		return;
	case LETTER_PERIOD:
		add(in, (struct pattern_op){ .kind = OP_DAY_PERIOD,
					     .style = count == 4   ? STYLE_FULL
						      : count == 5 ? STYLE_NARROW
								   : STYLE_SHORT });
		return;
	case LETTER_ZONE_ID:
		add_zone(in, OP_ZONE_ID, false, count);
		return;
	case LETTER_ZONE_TEXT:
		add_zone(in, OP_ZONE_TEXT, false, count);
		return;
	case LETTER_ZONE_GENERIC:
		add_zone(in, OP_ZONE_TEXT, true, count);
		return;
	case LETTER_OFFSET_Z:
		add_offset(in, &forms_z[count - 1]);
		return;
	case LETTER_OFFSET_X:
		add_offset(in, &forms_x[count - 1]);
		return;
	case LETTER_OFFSET_RFC:
		if (count == 4)
			add_zone(in, OP_LOCALIZED_OFFSET, false, count);
		else
			add_offset(in, count == 5 ? &forms_z[4] : &forms_x[1]);
		return;
	case LETTER_OFFSET_GMT:
		add_zone(in, OP_LOCALIZED_OFFSET, false, count);
		return;
	}
	UNREACHABLE("every kind of letter is above");
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* How often the letter at `at` stands there. */
static size_t run_length(struct slice text, size_t at)
{
	size_t end = at;
	while (end < text.len && text.data[end] == text.data[at])
		end++;
	return end - at;
}

static fallible compile_letters(struct compiler *in, struct err *err)
{
	uint8_t byte = in->text.data[in->at];
	size_t count = run_length(in->text, in->at), at = in->at;
	if (byte == 'p') {
		size_t next = at + count;
		if (next == in->text.len || !is_letter(in->text.data[next]))
			return err_set(err, ERR_INVALID,
				       "Pad letter 'p' must be followed by valid pad pattern: %.*s "
				       "(position %zu: another letter follows the p's)",
				       SLICE_ARGS(in->text), at);
		in->pad = (uint16_t)count;
		in->at += count;
		in->active = -1;
		return 0;
	}
	const struct letter *letter = NULL;
	for (size_t i = 0; i < COUNT_OF(letters); i++)
		if (letters[i].letter == (char)byte)
			letter = &letters[i];
	if (letter == NULL)
		return err_set(
			err, ERR_INVALID,
			"Unknown pattern letter: %c (position %zu: letters are "
			"GuyYDMLQqdgwWEecFaBhKkHmsSAnNVvzOXxZp; other text stands in quotes)",
			byte, at);
	if (count > NUMBER_WIDTH_MAX || (letter->counts & COUNT(count)) == 0)
		return err_set(err, ERR_INVALID, "%s%c (position %zu: %c stands %s times, not %zu)",
			       letter->fault, byte, at, byte, letter->takes, count);
	add_letter(in, letter, count);
	in->at += count;
	return 0;
}

static void add_literal(struct compiler *in, size_t offset)
{
	size_t len = in->pattern->chars.len - offset;
	add(in, (struct pattern_op){
			.kind = OP_LITERAL, .offset = (uint16_t)offset, .len = (uint16_t)len });
}

/* 'text', in which '' is a quote; outside of quotes, '' is one too. */
static fallible compile_quoted(struct compiler *in, struct err *err)
{
	size_t offset = in->pattern->chars.len, start = in->at++;
	for (;; in->at++) {
		if (in->at >= in->text.len)
			return err_set(err, ERR_INVALID,
				       "Pattern ends with an incomplete string literal: %.*s "
				       "(position %zu: the quote is not closed)",
				       SLICE_ARGS(in->text), start);
		if (in->text.data[in->at] == '\'') {
			bool two = in->at + 1 < in->text.len && in->text.data[in->at + 1] == '\'';
			if (!two)
				break;
			in->at++;
		}
		buf_append_u8(&in->pattern->chars, in->text.data[in->at]);
	}
	if (in->at++ == start + 1)
		buf_append_u8(&in->pattern->chars, '\'');
	add_literal(in, offset);
	return 0;
}

static fallible open_section(struct compiler *in, struct err *err)
{
	if (in->depth == PATTERN_NESTING_MAX)
		return err_set(err, ERR_LIMIT, "position %zu: more than %d sections in each other",
			       in->at, PATTERN_NESTING_MAX);
	in->sections[in->depth++] = add(in, (struct pattern_op){ .kind = OP_SECTION });
	in->at++;
	return 0;
}

static void close_section(struct compiler *in)
{
	struct pattern_op *op = &in->pattern->ops.items[in->sections[--in->depth]];
	op->end = (uint16_t)in->pattern->ops.len;
	in->active = -1;
}

static fallible compile_other(struct compiler *in, struct err *err)
{
	uint8_t byte = in->text.data[in->at];
	if (byte == '\'')
		return compile_quoted(in, err);
	if (byte == '[')
		return open_section(in, err);
	if (byte == ']') {
		if (in->depth == 0)
			return err_set(err, ERR_INVALID,
				       "Pattern invalid as it contains ] without previous [ "
				       "(position %zu)",
				       in->at);
		close_section(in);
		in->at++;
		return 0;
	}
	if (byte == '{' || byte == '}' || byte == '#')
		return err_set(err, ERR_INVALID,
			       "Pattern includes reserved character: '%c' (position %zu: it may "
			       "stand in quotes)",
			       byte, in->at);
	size_t offset = in->pattern->chars.len;
	do {
		buf_append_u8(&in->pattern->chars, in->text.data[in->at++]);
	} while (in->at < in->text.len && (in->text.data[in->at] & 0xC0) == 0x80);
	add_literal(in, offset);
	return 0;
}

static fallible compile_java(struct pattern *pattern, struct err *err)
{
	struct compiler in = { .pattern = pattern,
			       .text = buf_slice(&pattern->text),
			       .active = -1 };
	while (in.at < in.text.len) {
		if (is_letter(in.text.data[in.at]))
			TRY(compile_letters(&in, err));
		else
			TRY(compile_other(&in, err));
	}
	while (in.depth > 0)
		close_section(&in);
	return 0;
}

fallible pattern_compile(struct slice text, enum pattern_dialect dialect, bool ignore_case,
			 struct pattern **ret_pattern, struct err *err)
{
	if (text.len > PATTERN_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a pattern has at most %zu bytes, not %zu",
			       PATTERN_BYTES_MAX, text.len);
	struct pattern *pattern = mem_new(struct pattern);
	pattern->dialect = dialect;
	pattern->ignore_case = ignore_case;
	buf_init(&pattern->text, PATTERN_BYTES_MAX);
	buf_init(&pattern->chars, PATTERN_BYTES_MAX);
	buf_append(&pattern->text, text);
	int code = dialect == PATTERN_JAVA ? compile_java(pattern, err)
					   : pattern_simple_compile(pattern, err);
	if (code != 0) {
		pattern_free(pattern);
		return code;
	}
	assert(!pattern->chars.overflowed);
	*ret_pattern = pattern;
	return 0;
}

void pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	vec_fini(&pattern->ops);
	buf_fini(&pattern->text);
	buf_fini(&pattern->chars);
	mem_free(pattern);
}

struct slice pattern_text(const struct pattern *pattern)
{
	return buf_slice(&pattern->text);
}
