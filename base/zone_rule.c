/*
 * The footer of a TZif file: POSIX's TZ string with RFC 9636's extension (hours to 167). Example:
 * "EST5EDT,M3.2.0,M11.1.0": standard time EST, 5 hours *west*; daylight time EDT, an hour ahead
 * when nothing else is said, from the second Sunday of March at 02:00 to the first of November.
 */
#include "base/zone_priv.h"

#include "base/time.h"

#define CHANGE_SECONDS_DEFAULT 7200
#define RULE_HOURS_MAX 167
#define OFFSET_HOURS_MAX 24

static uint8_t peek(const struct reader *in)
{
	return in->next < in->end ? *in->next : 0;
}

static bool take(struct reader *in, uint8_t byte)
{
	if (peek(in) != byte)
		return false;
	in->next++;
	return true;
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* Letters, or within < > letters, digits and signs. */
static bool take_name(struct reader *in, char name[ZONE_ABBREVIATION_BYTES_MAX])
{
	bool quoted = take(in, '<');
	size_t len = 0;
	for (;; in->next++) {
		uint8_t byte = peek(in);
		bool sign_or_digit = is_digit(byte) || byte == '+' || byte == '-';
		if (!is_letter(byte) && !(quoted && sign_or_digit))
			break;
		if (len == ZONE_ABBREVIATION_BYTES_MAX - 1)
			return false;
		name[len++] = (char)byte;
	}
	name[len] = '\0';
	return len >= 3 && (!quoted || take(in, '>'));
}

static bool take_number(struct reader *in, int32_t max, int32_t *ret_number)
{
	int32_t number = 0;
	if (!is_digit(peek(in)))
		return false;
	while (is_digit(peek(in))) {
		number = number * 10 + (*in->next++ - '0');
		if (number > max)
			return false;
	}
	*ret_number = number;
	return true;
}

/* [+-]h[:mm[:ss]] */
static bool take_seconds(struct reader *in, int32_t hours_max, int32_t *ret_seconds)
{
	bool negative = take(in, '-');
	if (!negative)
		(void)take(in, '+');
	int32_t hours, minutes = 0, seconds = 0;
	if (!take_number(in, hours_max, &hours))
		return false;
	if (take(in, ':')) {
		if (!take_number(in, 59, &minutes))
			return false;
		if (take(in, ':') && !take_number(in, 59, &seconds))
			return false;
	}
	int32_t total = (hours * 60 + minutes) * 60 + seconds;
	*ret_seconds = negative ? -total : total;
	return true;
}

static bool take_day(struct reader *in, struct zone_day *day)
{
	*day = (struct zone_day){ .seconds = CHANGE_SECONDS_DEFAULT };
	bool ok;
	if (take(in, 'M')) {
		day->kind = ZONE_DAY_MONTH;
		ok = take_number(in, 12, &day->month) && day->month >= 1 && take(in, '.') &&
		     take_number(in, 5, &day->week) && day->week >= 1 && take(in, '.') &&
		     take_number(in, 6, &day->day);
	} else if (take(in, 'J')) {
		day->kind = ZONE_DAY_JULIAN;
		ok = take_number(in, 365, &day->day) && day->day >= 1;
	} else {
		day->kind = ZONE_DAY_ZERO;
		ok = take_number(in, 365, &day->day);
	}
	if (ok && take(in, '/'))
		ok = take_seconds(in, RULE_HOURS_MAX, &day->seconds);
	return ok;
}

static bool take_rule(struct reader *in, struct zone_rule *rule)
{
	int32_t west;
	if (!take_name(in, rule->standard.abbreviation) ||
	    !take_seconds(in, OFFSET_HOURS_MAX, &west))
		return false;
	rule->standard.offset = -west;
	if (reader_left(in) == 0)
		return true;
	rule->changes = true;
	rule->daylight.dst = true;
	if (!take_name(in, rule->daylight.abbreviation))
		return false;
	rule->daylight.offset = rule->standard.offset + 3600;
	if (peek(in) != ',') {
		if (!take_seconds(in, OFFSET_HOURS_MAX, &west))
			return false;
		rule->daylight.offset = -west;
	}
	return take(in, ',') && take_day(in, &rule->start) && take(in, ',') &&
	       take_day(in, &rule->end) && reader_left(in) == 0;
}

fallible zone_rule_parse(struct slice text, struct zone_rule *ret_rule, struct err *err)
{
	struct reader in = reader_of(text);
	struct zone_rule rule = { 0 };
	if (!take_rule(&in, &rule))
		return err_set(err, ERR_CORRUPT, "the rule '%.*s' is wrong at byte %zu",
			       SLICE_ARGS(slice_sub(text, 0, 64)), text.len - reader_left(&in));
	*ret_rule = rule;
	return 0;
}

/* The day of a year on which the clock changes, as days since 1970. */
static int64_t change_day(const struct zone_day *day, int64_t year)
{
	struct time_date date = { .year = (int32_t)year, .month = 1, .day = 1 };
	if (day->kind == ZONE_DAY_ZERO)
		return time_days(date) + day->day;
	if (day->kind == ZONE_DAY_JULIAN)
		return time_days(date) + day->day - 1 + (time_is_leap(year) && day->day >= 60);
	date.month = day->month;
	int64_t first = time_days(date);
	int32_t weekday = time_day_of_week(first) % 7;
	int64_t found = first + (day->day - weekday + 7) % 7 + (int64_t)(day->week - 1) * 7;
	/* Week 5 is the last there is. */
	return found - (found - first >= time_month_days(year, day->month) ? 7 : 0);
}

/* The two changes of a year in order of the calendar; true: to daylight time. */
struct change {
	int64_t at;
	bool to_daylight;
};

static void year_changes(const struct zone_rule *rule, int64_t year, struct change changes[2])
{
	struct change start = { .at = change_day(&rule->start, year) * TIME_DAY_SECONDS +
				      rule->start.seconds - rule->standard.offset,
				.to_daylight = true };
	struct change end = { .at = change_day(&rule->end, year) * TIME_DAY_SECONDS +
				    rule->end.seconds - rule->daylight.offset };
	changes[start.at > end.at] = start;
	changes[start.at <= end.at] = end;
}

struct zone_span zone_rule_span(const struct zone_rule *rule, int64_t first, int64_t seconds)
{
	assert(seconds >= first);
	struct zone_span span = { .from = first, .until = INT64_MAX };
	bool on_daylight = false;
	if (rule->changes) {
		int64_t days = time_floor_div(seconds, TIME_DAY_SECONDS);
		days = MIN(MAX(days, TIME_DAYS_MIN + 800), TIME_DAYS_MAX - 800);
		int64_t year = time_date(days).year;
		/* A rule's seconds reach a week out of its year, so look a year to either side. */
		for (int64_t y = year - 2; y <= year + 2 && span.until == INT64_MAX; y++) {
			struct change changes[2];
			year_changes(rule, y, changes);
			for (int i = 0; i < 2 && span.until == INT64_MAX; i++) {
				if (changes[i].at > seconds) {
					span.until = changes[i].at;
				} else {
					span.from = MAX(first, changes[i].at);
					on_daylight = changes[i].to_daylight;
				}
			}
		}
	}
	const struct zone_type *type = on_daylight ? &rule->daylight : &rule->standard;
	span.offset = type->offset;
	/* Where the file's "daylight" side is behind, the other side is what people call daylight.
	 */
	span.daylight =
		rule->changes &&
		(rule->daylight.offset > rule->standard.offset ? on_daylight : !on_daylight);
	memcpy(span.abbreviation, type->abbreviation, sizeof(span.abbreviation));
	return span;
}
