/*
 * The ISO texts. ksqlDB completes a partial text to a whole one and parses that with Java's
 * formatters; what Java says of a text (where it failed, which value is out of which range) is
 * what the user sees, so the scanner here keeps Java's order of checks and its indices.
 */
#include "base/time.h"

#include "base/text.h"
#include "base/time_priv.h"

#define WHOLE_BYTES_MAX (2 * TIME_TEXT_BYTES_MAX)
#define OFFSET_SECONDS_MAX (18 * 3600)
/* Java cuts longer texts in its errors. */
#define QUOTED_CHARS_MAX 64

static const char whole_time[] = "00:00:00.000";

#define DIGITS_MAX 20

void time_append_digits(struct buf *out, uint64_t value, int width)
{
	assert(width >= 0 && width <= DIGITS_MAX);
	uint8_t text[DIGITS_MAX];
	int at = DIGITS_MAX;
	for (; value != 0 || DIGITS_MAX - at < width; value /= 10)
		text[--at] = (uint8_t)('0' + value % 10);
	buf_append(out, slice_of(text + at, (size_t)(DIGITS_MAX - at)));
}

static void print_digits(struct buf *out, int64_t value, int width)
{
	assert(value >= 0);
	time_append_digits(out, (uint64_t)value, width);
}

void time_print_date(struct buf *out, int64_t days)
{
	struct time_date date = time_date(days);
	int64_t year_of_era = date.year > 0 ? date.year : 1 - (int64_t)date.year;
	if (year_of_era > 9999)
		buf_append_u8(out, '+');
	print_digits(out, year_of_era, 4);
	buf_append_u8(out, '-');
	print_digits(out, date.month, 2);
	buf_append_u8(out, '-');
	print_digits(out, date.day, 2);
}

void time_print_time(struct buf *out, int64_t ms_of_day)
{
	assert(ms_of_day >= 0);
	assert(ms_of_day < TIME_DAY_MS);
	print_digits(out, ms_of_day / 3600000, 2);
	buf_append_u8(out, ':');
	print_digits(out, ms_of_day / 60000 % 60, 2);
	buf_append_u8(out, ':');
	print_digits(out, ms_of_day / 1000 % 60, 2);
}

static void print_millis(struct buf *out, int64_t ms_of_day)
{
	buf_append_u8(out, '.');
	print_digits(out, ms_of_day % 1000, 3);
}

void time_print_time_ms(struct buf *out, int64_t ms_of_day)
{
	time_print_time(out, ms_of_day);
	if (ms_of_day % 1000 != 0)
		print_millis(out, ms_of_day);
}

void time_print_timestamp(struct buf *out, int64_t ms)
{
	int64_t ms_of_day = time_floor_mod(ms, TIME_DAY_MS);
	time_print_date(out, time_floor_div(ms, TIME_DAY_MS));
	buf_append_u8(out, 'T');
	time_print_time(out, ms_of_day);
	print_millis(out, ms_of_day);
}

void time_print_offset(struct buf *out, int32_t seconds)
{
	int32_t size = seconds < 0 ? -seconds : seconds;
	if (size == 0) {
		buf_append_u8(out, 'Z');
		return;
	}
	buf_append_u8(out, seconds < 0 ? '-' : '+');
	print_digits(out, size / 3600, 2);
	buf_append_u8(out, ':');
	print_digits(out, size / 60 % 60, 2);
	if (size % 60 != 0) {
		buf_append_u8(out, ':');
		print_digits(out, size % 60, 2);
	}
}

/* A text being read; `at` is where it failed once a scan has yielded false. */
struct scan {
	struct slice text;
	size_t at;
};

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool scan_digits(struct scan *scan, int width, int64_t *ret_value)
{
	int64_t value = 0;
	for (int i = 0; i < width; i++) {
		if (scan->at + (size_t)i >= scan->text.len ||
		    !is_digit(scan->text.data[scan->at + (size_t)i]))
			return false;
		value = value * 10 + (scan->text.data[scan->at + (size_t)i] - '0');
	}
	scan->at += (size_t)width;
	*ret_value = value;
	return true;
}

static bool scan_byte(struct scan *scan, uint8_t byte)
{
	if (scan->at >= scan->text.len || scan->text.data[scan->at] != byte)
		return false;
	scan->at++;
	return true;
}

/* Four digits or more; more than four only behind a '+', which needs them, or a '-'. */
static bool scan_year(struct scan *scan, int64_t *ret_year)
{
	size_t start = scan->at;
	bool positive = scan_byte(scan, '+');
	bool negative = !positive && scan_byte(scan, '-');
	size_t first = scan->at, digits = 0;
	int64_t year = 0;
	while (first + digits < scan->text.len && digits < 19 &&
	       is_digit(scan->text.data[first + digits])) {
		int64_t next;
		if (__builtin_mul_overflow(year, INT64_C(10), &next) ||
		    __builtin_add_overflow(next, scan->text.data[first + digits] - '0', &next))
			break;
		year = next;
		digits++;
	}
	scan->at = digits < 4 ? first : start;
	if (digits < 4 || (negative && year == 0) || (positive && digits == 4) ||
	    (!positive && !negative && digits > 4))
		return false;
	scan->at = first + digits;
	*ret_year = negative ? -year : year;
	return true;
}

struct scanned_date {
	int64_t year, month, day;
};

static bool scan_date(struct scan *scan, struct scanned_date *ret_date)
{
	return scan_year(scan, &ret_date->year) && scan_byte(scan, '-') &&
	       scan_digits(scan, 2, &ret_date->month) && scan_byte(scan, '-') &&
	       scan_digits(scan, 2, &ret_date->day);
}

/* Java counts in UTF-16. */
static size_t java_index(struct slice text, size_t at)
{
	return text_utf16_len(slice_sub(text, 0, at));
}

static struct slice quoted(struct slice text)
{
	return text_utf16_sub(text, 0, QUOTED_CHARS_MAX);
}

int time_bad_index(struct slice whole, size_t at, struct err *err)
{
	struct slice text = quoted(whole);
	return err_set(err, ERR_INVALID, "Text '%.*s%s' could not be parsed at index %zu",
		       SLICE_ARGS(text), text.len < whole.len ? "..." : "", java_index(whole, at));
}

int time_bad_rest(struct slice whole, size_t at, struct err *err)
{
	struct slice text = quoted(whole);
	return err_set(err, ERR_INVALID,
		       "Text '%.*s%s' could not be parsed, unparsed text found at index %zu",
		       SLICE_ARGS(text), text.len < whole.len ? "..." : "", java_index(whole, at));
}

int time_bad_text(struct slice whole, struct err *err)
{
	struct slice text = quoted(whole);
	return err_wrap(err, "Text '%.*s%s' could not be parsed", SLICE_ARGS(text),
			text.len < whole.len ? "..." : "");
}

struct field_range {
	const char *name, *range;
	int64_t min, max;
};

/* clang-format off */
static const struct field_range year_of_era_range = { "YearOfEra", "1 - 999999999/1000000000", 1, TIME_YEAR_MAX + 1 };
static const struct field_range year_range   = { "Year", "-999999999 - 999999999", TIME_YEAR_MIN, TIME_YEAR_MAX };
static const struct field_range month_range  = { "MonthOfYear", "1 - 12", 1, 12 };
static const struct field_range day_range    = { "DayOfMonth", "1 - 28/31", 1, 31 };
static const struct field_range hour_range   = { "HourOfDay", "0 - 23", 0, 23 };
static const struct field_range minute_range = { "MinuteOfHour", "0 - 59", 0, 59 };
static const struct field_range second_range = { "SecondOfMinute", "0 - 59", 0, 59 };
/* clang-format on */

static fallible check_range(const struct field_range *field, int64_t value, struct err *err)
{
	if (value >= field->min && value <= field->max)
		return 0;
	return err_set(err, ERR_INVALID, "Invalid value for %s (valid values %s): %lld",
		       field->name, field->range, (long long)value);
}

/* A day that the month does not have, in Java's words. */
static int bad_day(const struct scanned_date *date, struct err *err)
{
	static const char *const months[] = { "JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
					      "MAY",       "JUNE",     "JULY",     "AUGUST",
					      "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER" };
	if (date->day == 29)
		return err_set(err, ERR_INVALID,
			       "Invalid date 'February 29' as '%lld' is not a leap year",
			       (long long)date->year);
	return err_set(err, ERR_INVALID, "Invalid date '%s %lld'", months[date->month - 1],
		       (long long)date->day);
}

static fallible check_length(struct slice text, struct err *err)
{
	if (text.len > TIME_TEXT_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes are too long for a date or a time",
			       text.len);
	return 0;
}

/* "2021" becomes "2021-01-01" and "2021-02" "2021-02-01"; trailing dashes do not count. */
static void append_whole_date(struct buf *out, struct slice date)
{
	size_t len = date.len, parts = 1;
	while (len > 0 && date.data[len - 1] == '-')
		len--;
	for (size_t i = 0; i < len; i++)
		parts += date.data[i] == '-';
	buf_append(out, date);
	if (parts <= 2)
		buf_append_str(out, parts == 1 ? "-01-01" : "-01");
}

static fallible check_date(const struct scanned_date *date, struct err *err)
{
	TRY(check_range(&year_range, date->year, err));
	TRY(check_range(&month_range, date->month, err));
	return check_range(&day_range, date->day, err);
}

static fallible parse_date(struct slice text, int64_t *ret_days, struct err *err)
{
	struct scan scan = { .text = text };
	struct scanned_date date;
	if (!scan_date(&scan, &date))
		return time_bad_index(text, scan.at, err);
	if (scan.at != text.len)
		return time_bad_rest(text, scan.at, err);
	if (check_date(&date, err) != 0)
		return time_bad_text(text, err);
	if (date.day > time_month_days(date.year, (int32_t)date.month)) {
		(void)bad_day(&date, err);
		return time_bad_text(text, err);
	}
	*ret_days = time_days(
		(struct time_date){ (int32_t)date.year, (int32_t)date.month, (int32_t)date.day });
	return 0;
}

fallible time_parse_date(struct slice text, int64_t *ret_days, struct err *err)
{
	TRY(check_length(text, err));
	CLEANUP(buf_fini) struct buf whole = BUF_INIT(WHOLE_BYTES_MAX);
	append_whole_date(&whole, text);
	if (parse_date(buf_slice(&whole), ret_days, err) == 0)
		return 0;
	return err_wrap(err, "Failed to parse date '%.*s'", SLICE_ARGS(text));
}

/* Hours and minutes, then perhaps seconds, then perhaps a dot and up to nine digits. */
static bool scan_time(struct scan *scan, int64_t part[3], int64_t *ret_nanos)
{
	if (!scan_digits(scan, 2, &part[0]) || !scan_byte(scan, ':') ||
	    !scan_digits(scan, 2, &part[1]))
		return false;
	struct scan more = *scan;
	if (!scan_byte(&more, ':') || !scan_digits(&more, 2, &part[2]))
		return true;
	*scan = more;
	if (!scan_byte(scan, '.'))
		return true;
	int64_t unit = 100000000;
	for (; unit > 0 && scan->at < scan->text.len && is_digit(scan->text.data[scan->at]);
	     unit /= 10)
		*ret_nanos += (scan->text.data[scan->at++] - '0') * unit;
	return true;
}

static fallible check_time(const int64_t part[3], struct err *err)
{
	TRY(check_range(&minute_range, part[1], err));
	TRY(check_range(&hour_range, part[0], err));
	return check_range(&second_range, part[2], err);
}

static fallible parse_time(struct slice text, int64_t *ret_ms, struct err *err)
{
	struct scan scan = { .text = text };
	int64_t part[3] = { 0 }, nanos = 0;
	if (!scan_time(&scan, part, &nanos))
		return time_bad_index(text, scan.at, err);
	if (scan.at != text.len)
		return time_bad_rest(text, scan.at, err);
	if (check_time(part, err) != 0)
		return time_bad_text(text, err);
	*ret_ms = ((part[0] * 60 + part[1]) * 60 + part[2]) * 1000 + nanos / 1000000;
	return 0;
}

fallible time_parse_time(struct slice text, int64_t *ret_ms, struct err *err)
{
	TRY(check_length(text, err));
	if (parse_time(text, ret_ms, err) == 0)
		return 0;
	return err_wrap(err, "Failed to parse time '%.*s'", SLICE_ARGS(text));
}

/* A whole timestamp without zone: days and milliseconds, checked as Java's smart style does. */
static fallible smart_timestamp(const struct scanned_date *date, int64_t part[3], int64_t ms,
				int64_t *ret_ms, struct err *err)
{
	TRY(check_range(&year_of_era_range, date->year, err));
	TRY(check_date(date, err));
	/* 24:00 is the end of the day; a day that the month lacks is its last. */
	int64_t end_of_day[3] = { 0 };
	bool at_end = part[0] == 24 && part[1] == 0 && part[2] == 0 && ms == 0;
	TRY(check_time(at_end ? end_of_day : part, err));
	struct time_date day = { .year = (int32_t)date->year, .month = (int32_t)date->month };
	day.day = (int32_t)MIN(date->day, time_month_days(date->year, day.month));
	return time_ms(time_days(day), ((part[0] * 60 + part[1]) * 60 + part[2]) * 1000 + ms,
		       ret_ms, err);
}

static fallible parse_timestamp(struct slice text, int64_t *ret_ms, struct err *err)
{
	struct scan scan = { .text = text };
	struct scanned_date date;
	int64_t part[3], ms;
	if (!scan_date(&scan, &date) || !(scan_byte(&scan, 'T') || scan_byte(&scan, 't')) ||
	    !scan_digits(&scan, 2, &part[0]) || !scan_byte(&scan, ':') ||
	    !scan_digits(&scan, 2, &part[1]) || !scan_byte(&scan, ':') ||
	    !scan_digits(&scan, 2, &part[2]) || !scan_byte(&scan, '.') ||
	    !scan_digits(&scan, 3, &ms))
		return time_bad_index(text, scan.at, err);
	if (scan.at != text.len)
		return time_bad_rest(text, scan.at, err);
	if (smart_timestamp(&date, part, ms, ret_ms, err) != 0)
		return time_bad_text(text, err);
	return 0;
}

/* Parts a text at its 'T' and its sign, completes both halves, and parses them. */
static fallible parse_partial(struct slice text, int64_t *ret_ms, struct err *err)
{
	CLEANUP(buf_fini) struct buf whole = BUF_INIT(WHOLE_BYTES_MAX);
	struct slice time = SLICE_EMPTY;
	int32_t offset = 0;
	size_t t = slice_find_byte(text, 'T', 0);
	if (t == SIZE_MAX) {
		append_whole_date(&whole, text);
	} else {
		time = slice_sub(text, t + 1, SIZE_MAX);
		size_t sign = MIN(slice_find_byte(time, '+', 0), time.len);
		if (sign == time.len)
			sign = MIN(slice_find_byte(time, '-', 0), time.len);
		struct slice zone = slice_sub(time, sign, SIZE_MAX);
		if (zone.len > 0 && time_parse_offset(zone, &offset, err) != 0)
			return err_wrap(err, "Failed to parse timezone '%.*s'", SLICE_ARGS(zone));
		time = slice_sub(time, 0, sign);
		if (time.len > 0 && time.data[time.len - 1] == 'Z')
			time.len--;
		buf_append(&whole, slice_sub(text, 0, t));
	}
	buf_append_u8(&whole, 'T');
	buf_append(&whole, time);
	if (time.len < sizeof(whole_time) - 1)
		buf_append_str(&whole, whole_time + time.len);
	int64_t ms;
	TRY(parse_timestamp(buf_slice(&whole), &ms, err));
	if (__builtin_sub_overflow(ms, (int64_t)offset * 1000, &ms))
		return err_set(err, ERR_RANGE, "the instant does not fit 64 bits of milliseconds");
	*ret_ms = ms;
	return 0;
}

fallible time_parse_timestamp(struct slice text, int64_t *ret_ms, struct err *err)
{
	TRY(check_length(text, err));
	if (parse_partial(text, ret_ms, err) == 0)
		return 0;
	int code = err_wrap(err, "Failed to parse timestamp '%.*s'", SLICE_ARGS(text));
	if (err != NULL) {
		CLEANUP(buf_fini) struct buf words = BUF_INIT(ERR_TEXT_MAX * 2);
		buf_append_str(&words, err->text);
		err_set_text(err, (enum err_code)code,
			     "%s\nRequired format is: \"yyyy-MM-dd'T'HH:mm:ss.SSS\", with an "
			     "optional numeric 4-digit timezone, for example: "
			     "'2020-05-26T23:59:58.000' or with tz: "
			     "'2020-05-26T23:59:58.000+0200'. A trailing 'Z' instead of tz "
			     "indicates the zero UTC offset. Partials are also supported, for "
			     "example \"2020-05-26\"",
			     buf_str(&words));
	}
	return code;
}

/* The forms of an offset: where the digits of minutes and seconds are, and the colons. */
struct offset_form {
	size_t len;
	int8_t hour_width, minute_at, second_at; /* 0: none */
	int8_t colon_at[2];
};

/* clang-format off */
static const struct offset_form offset_forms[] = {
	{ 2, 1, 0, 0, { 0, 0 } }, { 3, 2, 0, 0, { 0, 0 } }, { 5, 2, 3, 0, { 0, 0 } },
	{ 6, 2, 4, 0, { 3, 0 } }, { 7, 2, 3, 5, { 0, 0 } }, { 9, 2, 4, 7, { 3, 6 } },
};
/* clang-format on */

static fallible offset_part(struct slice text, size_t at, int width, int64_t *ret_value,
			    struct err *err)
{
	struct scan scan = { .text = text, .at = at };
	if (!scan_digits(&scan, width, ret_value))
		return err_set(err, ERR_INVALID,
			       "Invalid ID for ZoneOffset, non numeric characters found: %.*s",
			       SLICE_ARGS(text));
	return 0;
}

static fallible offset_check(const char *part, int64_t value, int64_t max, bool negative,
			     struct err *err)
{
	if (value <= max)
		return 0;
	return err_set(err, ERR_INVALID,
		       "Zone offset %s not in valid range: value %lld is not in the range "
		       "-%lld to %lld",
		       part, (long long)(negative ? -value : value), (long long)max,
		       (long long)max);
}

fallible time_parse_offset(struct slice text, int32_t *ret_seconds, struct err *err)
{
	if (slice_eq_str(text, "Z")) {
		*ret_seconds = 0;
		return 0;
	}
	const struct offset_form *form = NULL;
	for (size_t i = 0; i < COUNT_OF(offset_forms); i++)
		if (offset_forms[i].len == text.len)
			form = &offset_forms[i];
	for (size_t i = 0; form != NULL && i < COUNT_OF(form->colon_at); i++)
		if (form->colon_at[i] != 0 && text.data[form->colon_at[i]] != ':')
			form = NULL;
	if (form == NULL)
		return err_set(err, ERR_INVALID, "Invalid ID for ZoneOffset, invalid format: %.*s",
			       SLICE_ARGS(slice_sub(text, 0, QUOTED_CHARS_MAX)));
	int64_t hours, minutes = 0, seconds = 0;
	TRY(offset_part(text, 1, form->hour_width, &hours, err));
	if (form->minute_at != 0)
		TRY(offset_part(text, (size_t)form->minute_at, 2, &minutes, err));
	if (form->second_at != 0)
		TRY(offset_part(text, (size_t)form->second_at, 2, &seconds, err));
	if (text.data[0] != '+' && text.data[0] != '-')
		return err_set(err, ERR_INVALID,
			       "Invalid ID for ZoneOffset, plus/minus not found when expected: "
			       "%.*s",
			       SLICE_ARGS(text));
	bool negative = text.data[0] == '-';
	TRY(offset_check("hours", hours, 18, negative, err));
	TRY(offset_check("minutes", minutes, 59, negative, err));
	TRY(offset_check("seconds", seconds, 59, negative, err));
	int64_t total = (hours * 60 + minutes) * 60 + seconds;
	if (total > OFFSET_SECONDS_MAX)
		return err_set(err, ERR_INVALID,
			       "Zone offset not in valid range: -18:00 to +18:00");
	*ret_seconds = (int32_t)(negative ? -total : total);
	return 0;
}
