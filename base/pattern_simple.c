/*
 * The older dialect, SimpleDateFormat's letters as commons-lang's FastDateFormat parses them, for
 * dates. It is lenient: the 32nd of January is February 1st, blanks before a number are skipped,
 * names are long or short in any case, and what follows the text is ignored. Of fields that make a
 * date in several ways, the ones that came last count, as in Java's Calendar.
 *
 * Two differences: dates before 1582 are Gregorian too, as everywhere else in SQL; and two digits
 * of a year mean one from 1946 to 2045, whatever the clock says, so that a replay gives the same
 * dates.
 */
#include "base/pattern_priv.h"

#include "base/time.h"
#include "base/time_priv.h"
#include "base/zone_names.h"

#define CENTURY_START 1946

enum simple_field {
	SIMPLE_ERA,
	SIMPLE_YEAR,
	SIMPLE_MONTH,
	SIMPLE_WEEK_OF_YEAR,
	SIMPLE_WEEK_OF_MONTH,
	SIMPLE_DAY_OF_MONTH,
	SIMPLE_DAY_OF_YEAR,
	SIMPLE_DAY_OF_WEEK, /* 1 is Sunday */
	SIMPLE_DAY_OF_WEEK_IN_MONTH,
	SIMPLE_AMPM,
	SIMPLE_HOUR,
	SIMPLE_HOUR_OF_DAY,
	SIMPLE_MINUTE,
	SIMPLE_SECOND,
	SIMPLE_MILLI,
	SIMPLE_COUNT,
};

/* What becomes of a number that was read. */
enum simple_change {
	AS_IT_IS,
	LESS_ONE,   /* months count from 0 */
	ZERO_OF_12, /* hours 1 to 12 */
	ZERO_OF_24,
	MONDAY_ONE, /* days of the week from Monday to days from Sunday */
};

struct simple_letter {
	char letter;
	enum pattern_op_kind kind;
	enum simple_field field;
	enum simple_change change;
	enum pattern_field names; /* OP_SIMPLE_TEXT, and months of three letters and more */
};

/* clang-format off */
static const struct simple_letter letters[] = {
	{ 'G', OP_SIMPLE_TEXT, SIMPLE_ERA, AS_IT_IS, FIELD_ERA },
	{ 'y', OP_SIMPLE_YEAR, SIMPLE_YEAR, AS_IT_IS, 0 },
	{ 'Y', OP_SIMPLE_YEAR, SIMPLE_YEAR, AS_IT_IS, 0 },
	{ 'M', OP_SIMPLE_NUMBER, SIMPLE_MONTH, LESS_ONE, FIELD_MONTH },
	{ 'L', OP_SIMPLE_NUMBER, SIMPLE_MONTH, LESS_ONE, FIELD_MONTH },
	{ 'w', OP_SIMPLE_NUMBER, SIMPLE_WEEK_OF_YEAR, AS_IT_IS, 0 },
	{ 'W', OP_SIMPLE_NUMBER, SIMPLE_WEEK_OF_MONTH, AS_IT_IS, 0 },
	{ 'd', OP_SIMPLE_NUMBER, SIMPLE_DAY_OF_MONTH, AS_IT_IS, 0 },
	{ 'D', OP_SIMPLE_NUMBER, SIMPLE_DAY_OF_YEAR, AS_IT_IS, 0 },
	{ 'E', OP_SIMPLE_TEXT, SIMPLE_DAY_OF_WEEK, MONDAY_ONE, FIELD_DAY_OF_WEEK },
	{ 'u', OP_SIMPLE_NUMBER, SIMPLE_DAY_OF_WEEK, MONDAY_ONE, 0 },
	{ 'F', OP_SIMPLE_NUMBER, SIMPLE_DAY_OF_WEEK_IN_MONTH, AS_IT_IS, 0 },
	{ 'a', OP_SIMPLE_TEXT, SIMPLE_AMPM, AS_IT_IS, FIELD_AMPM },
	{ 'h', OP_SIMPLE_NUMBER, SIMPLE_HOUR, ZERO_OF_12, 0 },
	{ 'K', OP_SIMPLE_NUMBER, SIMPLE_HOUR, AS_IT_IS, 0 },
	{ 'H', OP_SIMPLE_NUMBER, SIMPLE_HOUR_OF_DAY, AS_IT_IS, 0 },
	{ 'k', OP_SIMPLE_NUMBER, SIMPLE_HOUR_OF_DAY, ZERO_OF_24, 0 },
	{ 'm', OP_SIMPLE_NUMBER, SIMPLE_MINUTE, AS_IT_IS, 0 },
	{ 's', OP_SIMPLE_NUMBER, SIMPLE_SECOND, AS_IT_IS, 0 },
	{ 'S', OP_SIMPLE_NUMBER, SIMPLE_MILLI, AS_IT_IS, 0 },
	{ 'X', OP_SIMPLE_ZONE, 0, AS_IT_IS, 0 },
	{ 'Z', OP_SIMPLE_ZONE, 0, AS_IT_IS, 0 },
	{ 'z', OP_SIMPLE_ZONE, 0, AS_IT_IS, 0 },
};

/* X, XX and XXX (which ZZ is too): an hour, and minutes without or with a colon. */
static const struct pattern_offset_form forms[] = {
	{ false, false, false, "Z" }, { false, true, false, "Z" }, { true, true, false, "Z" },
};
/* clang-format on */

static bool is_letter(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_number(const struct pattern_op *op)
{
	return op->kind == OP_SIMPLE_NUMBER || op->kind == OP_SIMPLE_YEAR;
}

static fallible compile_letter(struct pattern *pattern, size_t at, size_t count, struct err *err)
{
	uint8_t byte = pattern->text.data[at];
	const struct simple_letter *letter = NULL;
	for (size_t i = 0; i < COUNT_OF(letters); i++)
		if (letters[i].letter == (char)byte)
			letter = &letters[i];
	if (letter == NULL)
		return err_set(err, ERR_INVALID,
			       "Format '%c' not supported (position %zu: letters are "
			       "GyYMLwWdDEuFahKHkmsSXZz; other text stands in quotes)",
			       byte, at);
	if (byte == 'X' && count > COUNT_OF(forms))
		return err_set(err, ERR_INVALID,
			       "invalid number of X (position %zu: X stands 1 to 3 times)", at);
	struct pattern_op op = { .kind = letter->kind,
				 .field = (uint8_t)(letter - letters),
				 .min_width = (uint8_t)MIN(count, UINT8_MAX) };
	if (letter->field == SIMPLE_MONTH && count >= 3)
		op.kind = OP_SIMPLE_TEXT;
	if (byte == 'X')
		op.form = &forms[count - 1];
	else if (byte == 'Z' && count == 2)
		op.form = &forms[2];
	vec_push(&pattern->ops, op);
	return 0;
}

/* Everything up to the next letter that stands outside of quotes. */
static fallible compile_literal(struct pattern *pattern, size_t *at, struct err *err)
{
	struct slice text = buf_slice(&pattern->text);
	size_t offset = pattern->chars.len, start = *at;
	bool quoted = false;
	while (*at < text.len && (quoted || !is_letter(text.data[*at]))) {
		uint8_t byte = text.data[(*at)++];
		if (byte == '\'') {
			if (*at == text.len || text.data[*at] != '\'') {
				quoted = !quoted;
				continue;
			}
			(*at)++;
		}
		buf_append_u8(&pattern->chars, byte);
	}
	if (quoted)
		return err_set(err, ERR_INVALID, "Unterminated quote (from position %zu on)",
			       start);
	vec_push(&pattern->ops,
		 (struct pattern_op){ .kind = OP_LITERAL,
				      .offset = (uint16_t)offset,
				      .len = (uint16_t)(pattern->chars.len - offset) });
	return 0;
}

fallible pattern_simple_compile(struct pattern *pattern, struct err *err)
{
	struct slice text = buf_slice(&pattern->text);
	for (size_t at = 0; at < text.len;) {
		if (!is_letter(text.data[at])) {
			TRY(compile_literal(pattern, &at, err));
			continue;
		}
		size_t end = at;
		while (end < text.len && text.data[end] == text.data[at])
			end++;
		TRY(compile_letter(pattern, at, end - at, err));
		at = end;
	}
	/* Digits that follow each other are told apart by their widths. */
	for (uint32_t i = 0; i + 1 < pattern->ops.len; i++) {
		struct pattern_op *op = &pattern->ops.items[i];
		if (is_number(op) && is_number(op + 1))
			op->max_width = op->min_width;
	}
	return 0;
}

/* A calendar whose fields are being set; `stamp` is when, 0: not at all. */
struct calendar {
	int64_t value[SIMPLE_COUNT];
	int stamp[SIMPLE_COUNT];
	int now;
	int32_t offset;
	const struct zone *zone; /* borrowed; NULL: `offset` */
};

static void set(struct calendar *calendar, enum simple_field field, int64_t value)
{
	calendar->value[field] = value;
	calendar->stamp[field] = ++calendar->now;
}

static int64_t changed(enum simple_change change, int64_t value)
{
	switch (change) {
	case AS_IT_IS:
		return value;
	case LESS_ONE:
		return value - 1;
	case ZERO_OF_12:
		return value == 12 ? 0 : value;
	case ZERO_OF_24:
		return value == 24 ? 0 : value;
	case MONDAY_ONE:
		return value == 7 ? 1 : value + 1;
	}
	UNREACHABLE("every change is above");
}

/* Any white space that can be before a number. */
static bool is_space(uint8_t byte)
{
	return byte == ' ' || (byte >= 9 && byte <= 13) || (byte >= 28 && byte <= 31);
}

static bool read_number(const struct pattern_op *op, struct slice text, size_t *at,
			struct calendar *calendar)
{
	const struct simple_letter *letter = &letters[op->field];
	size_t end = text.len;
	if (op->max_width == 0)
		while (*at < text.len && is_space(text.data[*at]))
			(*at)++;
	else
		end = MIN(text.len, *at + op->max_width);
	size_t first = *at;
	int64_t value = 0;
	for (; *at < end && is_digit(text.data[*at]); (*at)++) {
		value = value * 10 + (text.data[*at] - '0');
		if (value > INT32_MAX)
			return false;
	}
	if (*at == first)
		return false;
	if (op->kind == OP_SIMPLE_YEAR && op->min_width <= 2 && value < 100)
		value += value >= CENTURY_START % 100 ? CENTURY_START / 100 * 100
						      : CENTURY_START / 100 * 100 + 100;
	set(calendar, letter->field, changed(letter->change, value));
	return true;
}

static bool read_text(const struct pattern_op *op, struct slice text, size_t *at,
		      struct calendar *calendar)
{
	const struct simple_letter *letter = &letters[op->field];
	struct slice rest = slice_sub(text, *at, SIZE_MAX);
	int64_t value = 0, short_value;
	size_t len = 0, short_len;
	(void)pattern_name_match(letter->names, STYLE_FULL, rest, true, &value, &len);
	if (pattern_name_match(letter->names, STYLE_SHORT, rest, true, &short_value, &short_len) &&
	    short_len > len) {
		value = short_value;
		len = short_len;
	}
	if (len == 0)
		return false;
	*at += len;
	set(calendar, letter->field, changed(letter->change, value));
	return true;
}

/* Digits at `at`: `n` of them, or -1. */
static int64_t digits(struct slice text, size_t at, size_t n)
{
	int64_t value = 0;
	for (size_t i = 0; i < n; i++) {
		if (at + i >= text.len || !is_digit(text.data[at + i]))
			return -1;
		value = value * 10 + (text.data[at + i] - '0');
	}
	return value;
}

/* [+-]hh, [+-]hhmm or [+-]hh:mm; behind GMT the hour may be one digit. */
static bool read_offset(struct slice text, size_t *at, bool minutes, bool colon, size_t hour_digits,
			struct calendar *calendar)
{
	size_t from = *at;
	if (from >= text.len || (text.data[from] != '+' && text.data[from] != '-'))
		return false;
	int64_t hour = digits(text, from + 1, hour_digits), minute = 0;
	size_t end = from + 1 + hour_digits;
	if (minutes) {
		if (colon && (end >= text.len || text.data[end] != ':'))
			return false;
		minute = digits(text, end + colon, 2);
		end += 2 + (size_t)colon;
	}
	if (hour < 0 || minute < 0)
		return false;
	int64_t seconds = hour * 3600 + minute * 60;
	calendar->offset = (int32_t)(text.data[from] == '-' ? -seconds : seconds);
	calendar->zone = NULL;
	*at = end;
	return true;
}

static bool read_zone(const struct pattern *pattern, const struct pattern_op *op, struct slice text,
		      struct zone_cache *zones, size_t *at, struct calendar *calendar)
{
	(void)pattern;
	struct slice rest = slice_sub(text, *at, SIZE_MAX);
	if (op->form != NULL) {
		if (!slice_starts_with(rest, SLICE("Z")))
			return read_offset(text, at, op->form->minutes_always, op->form->colon, 2,
					   calendar);
		calendar->offset = 0;
		(*at)++;
		return true;
	}
	if (read_offset(text, at, true, false, 2, calendar))
		return true;
	if (pattern_starts_with(rest, SLICE("GMT"), true)) {
		size_t behind = *at + 3;
		if (read_offset(text, &behind, true, true, 2, calendar) ||
		    read_offset(text, &behind, true, true, 1, calendar)) {
			*at = behind;
			return true;
		}
	}
	size_t len = 0, long_len = 0;
	const char *name = zone_names_match(rest, false, true, &len);
	const char *long_name = zone_names_match(rest, true, true, &long_len);
	if (long_name != NULL && long_len > len) {
		name = long_name;
		len = long_len;
	}
	if (name == NULL || zones == NULL ||
	    zone_cache_get(zones, slice_str(name), &calendar->zone, NULL) != 0)
		return false;
	*at += len;
	return true;
}

static bool read_text_into(const struct pattern *pattern, struct slice text,
			   struct zone_cache *zones, struct calendar *calendar)
{
	size_t at = 0;
	for (uint32_t i = 0; i < pattern->ops.len; i++) {
		const struct pattern_op *op = &pattern->ops.items[i];
		struct slice literal = slice_sub(buf_slice(&pattern->chars), op->offset, op->len);
		bool ok = false;
		switch ((int)op->kind) {
		case OP_LITERAL:
			ok = slice_starts_with(slice_sub(text, at, SIZE_MAX), literal);
			at += literal.len;
			break;
		case OP_SIMPLE_NUMBER:
		case OP_SIMPLE_YEAR:
			ok = read_number(op, text, &at, calendar);
			break;
		case OP_SIMPLE_TEXT:
			ok = read_text(op, text, &at, calendar);
			break;
		case OP_SIMPLE_ZONE:
			ok = read_zone(pattern, op, text, zones, &at, calendar);
			break;
		}
		if (!ok)
			return false;
	}
	return true;
}

/* The last day that is a certain day of the week (1: Sunday), on or before another. */
static int64_t weekday_before(int64_t days, int64_t weekday)
{
	return days - time_floor_mod(days + 4 - (weekday - 1), 7);
}

/* The day in week `week` of what begins at `first`; weeks begin on Sunday. */
static int64_t day_in_week(const struct calendar *calendar, int64_t first, int64_t week)
{
	int64_t sunday = weekday_before(first, 1);
	if (calendar->stamp[SIMPLE_DAY_OF_WEEK] != 0)
		sunday = weekday_before(sunday + 6, calendar->value[SIMPLE_DAY_OF_WEEK]);
	return sunday + (week - 1) * 7;
}

static int both(int a, int b)
{
	return a == 0 || b == 0 ? 0 : MAX(a, b);
}

/* Which fields make the date: the group that was completed last. */
enum simple_group {
	GROUP_DAY_OF_MONTH,
	GROUP_WEEK_OF_MONTH,
	GROUP_DAY_OF_WEEK_IN_MONTH,
	GROUP_DAY_OF_YEAR,
	GROUP_WEEK_OF_YEAR,
	GROUP_COUNT,
};

static enum simple_group choose_group(const struct calendar *calendar)
{
	const int *stamp = calendar->stamp;
	int weekday = stamp[SIMPLE_DAY_OF_WEEK];
	int whole[GROUP_COUNT] = {
		[GROUP_DAY_OF_MONTH] = stamp[SIMPLE_DAY_OF_MONTH],
		[GROUP_WEEK_OF_MONTH] = both(stamp[SIMPLE_WEEK_OF_MONTH], weekday),
		[GROUP_DAY_OF_WEEK_IN_MONTH] = both(stamp[SIMPLE_DAY_OF_WEEK_IN_MONTH], weekday),
		[GROUP_DAY_OF_YEAR] = stamp[SIMPLE_DAY_OF_YEAR],
		[GROUP_WEEK_OF_YEAR] = both(stamp[SIMPLE_WEEK_OF_YEAR], weekday),
	};
	int part[GROUP_COUNT] = {
		[GROUP_WEEK_OF_MONTH] = stamp[SIMPLE_WEEK_OF_MONTH],
		[GROUP_DAY_OF_WEEK_IN_MONTH] = MAX(stamp[SIMPLE_DAY_OF_WEEK_IN_MONTH], weekday),
		[GROUP_WEEK_OF_YEAR] = stamp[SIMPLE_WEEK_OF_YEAR],
	};
	/* A day of the week completes several groups at once: then the later week counts. */
	int own[GROUP_COUNT] = {
		[GROUP_WEEK_OF_MONTH] = stamp[SIMPLE_WEEK_OF_MONTH],
		[GROUP_DAY_OF_WEEK_IN_MONTH] = stamp[SIMPLE_DAY_OF_WEEK_IN_MONTH],
		[GROUP_WEEK_OF_YEAR] = stamp[SIMPLE_WEEK_OF_YEAR],
	};
	enum simple_group best = GROUP_DAY_OF_MONTH;
	for (int i = 1; i < GROUP_COUNT; i++)
		if (whole[i] > whole[best] || (whole[i] == whole[best] && own[i] > own[best]))
			best = (enum simple_group)i;
	if (whole[best] != 0)
		return best;
	for (int i = 1; i < GROUP_COUNT; i++)
		if (part[i] > part[best])
			best = (enum simple_group)i;
	return best;
}

static int64_t or_default(const struct calendar *calendar, enum simple_field field, int64_t value)
{
	return calendar->stamp[field] != 0 ? calendar->value[field] : value;
}

static int64_t date_of(const struct calendar *calendar)
{
	int64_t year = or_default(calendar, SIMPLE_YEAR, 1970), month = 0;
	enum simple_group group = choose_group(calendar);
	if (calendar->stamp[SIMPLE_ERA] != 0 && calendar->value[SIMPLE_ERA] == 0)
		year = 1 - year;
	if (group <= GROUP_DAY_OF_WEEK_IN_MONTH) {
		month = or_default(calendar, SIMPLE_MONTH, 0);
		year += time_floor_div(month, 12);
		month = time_floor_mod(month, 12);
	}
	/* Years past the calendar's ends are refused by the caller; here they are brought near. */
	year = MIN(MAX(year, TIME_YEAR_MIN), TIME_YEAR_MAX);
	struct time_date begin = { .year = (int32_t)year, .month = (int32_t)month + 1, .day = 1 };
	int64_t first = time_days(begin);
	switch (group) {
	case GROUP_DAY_OF_MONTH:
		return first + or_default(calendar, SIMPLE_DAY_OF_MONTH, 1) - 1;
	case GROUP_WEEK_OF_MONTH:
		return day_in_week(calendar, first, calendar->value[SIMPLE_WEEK_OF_MONTH]);
	case GROUP_DAY_OF_WEEK_IN_MONTH:
		return weekday_before(
			first + or_default(calendar, SIMPLE_DAY_OF_WEEK_IN_MONTH, 1) * 7 - 1,
			or_default(calendar, SIMPLE_DAY_OF_WEEK, 1));
	case GROUP_DAY_OF_YEAR:
		return first + calendar->value[SIMPLE_DAY_OF_YEAR] - 1;
	case GROUP_WEEK_OF_YEAR:
		return day_in_week(calendar, first, calendar->value[SIMPLE_WEEK_OF_YEAR]);
	case GROUP_COUNT:
		break;
	}
	UNREACHABLE("every group is above");
}

/* The hour: of the day, or of its half, whichever was completed last. */
static int64_t hour_of(const struct calendar *calendar)
{
	const int *stamp = calendar->stamp;
	int of_day = stamp[SIMPLE_HOUR_OF_DAY];
	int of_half = both(stamp[SIMPLE_HOUR], stamp[SIMPLE_AMPM]);
	if (of_day == 0 && of_half == 0)
		of_half = MAX(stamp[SIMPLE_HOUR], stamp[SIMPLE_AMPM]);
	if (of_day >= of_half)
		return calendar->value[SIMPLE_HOUR_OF_DAY];
	return calendar->value[SIMPLE_HOUR] + calendar->value[SIMPLE_AMPM] * 12;
}

fallible pattern_simple_parse_date(const struct pattern *pattern, struct slice text,
				   struct zone_cache *zones, int64_t *ret_days, struct err *err)
{
	if (text.len > PATTERN_TEXT_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes are too long for a date", text.len);
	struct calendar calendar = { 0 };
	if (!read_text_into(pattern, text, zones, &calendar))
		return err_set(err, ERR_INVALID, "Unparseable date: %.*s", SLICE_ARGS(text));
	int64_t days = date_of(&calendar);
	int64_t seconds = (hour_of(&calendar) * 60 + calendar.value[SIMPLE_MINUTE]) * 60 +
			  calendar.value[SIMPLE_SECOND];
	int64_t ms = seconds * 1000 + calendar.value[SIMPLE_MILLI];
	if (days < TIME_DAYS_MIN / 2 || days > TIME_DAYS_MAX / 2)
		return err_set(err, ERR_RANGE, "Unparseable date: %.*s", SLICE_ARGS(text));
	int64_t offset = calendar.offset;
	if (calendar.zone != NULL) {
		int64_t local = days * TIME_DAY_SECONDS + time_floor_div(ms, 1000);
		offset = local - zone_instant(calendar.zone, local, NULL);
	}
	ms -= offset * 1000;
	if (time_floor_mod(ms, TIME_DAY_MS) != 0)
		return err_set(err, ERR_INVALID, "Date format contains time field.");
	*ret_days = days + time_floor_div(ms, TIME_DAY_MS);
	return 0;
}
