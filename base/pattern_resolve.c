/*
 * From fields to a date and a time, as Java's style SMART does it: what is redundant must agree,
 * what is out of range fails, but the 31st of a shorter month is its last day, and 24:00 the end
 * of the day. Order: the date's fields, the time's; then what is left is asked whether it makes a
 * date (weeks) or a time (an hour alone), and whatever is left then must agree with both.
 */
#include "base/pattern_priv.h"

#include "base/time.h"

#define JULIAN_1970 INT64_C(40587)
#define HOUR_NANOS INT64_C(3600000000000)
#define MINUTE_NANOS INT64_C(60000000000)
#define SECOND_NANOS INT64_C(1000000000)

static int64_t take(struct pattern_parsed *parsed, enum pattern_field field)
{
	assert(pattern_has(parsed, field));
	pattern_drop(parsed, field);
	return parsed->value[field];
}

static fallible take_checked(struct pattern_parsed *parsed, enum pattern_field field,
			     int64_t *ret_value, struct err *err)
{
	int64_t value = take(parsed, field);
	TRY(pattern_check(field, value, err));
	*ret_value = value;
	return 0;
}

static fallible merge_year(struct pattern_parsed *parsed, int64_t year, struct err *err)
{
	if (pattern_has(parsed, FIELD_YEAR) && parsed->value[FIELD_YEAR] != year)
		return err_set(err, ERR_INVALID, "Conflict found: Year %lld differs from Year %lld",
			       (long long)parsed->value[FIELD_YEAR], (long long)year);
	pattern_put(parsed, FIELD_YEAR, year);
	return 0;
}

static fallible resolve_era(struct pattern_parsed *parsed, struct err *err)
{
	if (!pattern_has(parsed, FIELD_YEAR_OF_ERA)) {
		if (pattern_has(parsed, FIELD_ERA))
			return pattern_check(FIELD_ERA, parsed->value[FIELD_ERA], err);
		return 0;
	}
	int64_t year;
	TRY(take_checked(parsed, FIELD_YEAR_OF_ERA, &year, err));
	bool before = pattern_has(parsed, FIELD_YEAR) && parsed->value[FIELD_YEAR] <= 0;
	if (pattern_has(parsed, FIELD_ERA))
		before = take(parsed, FIELD_ERA) == 0;
	return merge_year(parsed, before ? 1 - year : year, err);
}

/* As Java's LocalDate and LocalTime print themselves. */
static void print_date(struct buf *out, int64_t days)
{
	struct time_date date = time_date(days);
	bool short_negative = date.year < 0 && date.year > -1000;
	buf_printf(out, "%s%0*d-%02d-%02d", date.year > 9999 ? "+" : "", short_negative ? 5 : 4,
		   date.year, date.month, date.day);
}

static void print_time(struct buf *out, int64_t nanos_of_day)
{
	struct time_clock clock = time_clock(nanos_of_day);
	buf_printf(out, "%02d:%02d", clock.hour, clock.minute);
	if (clock.second != 0 || clock.nanos != 0)
		buf_printf(out, ":%02d", clock.second);
	if (clock.nanos % 1000000 == 0 && clock.nanos != 0)
		buf_printf(out, ".%03d", clock.nanos / 1000000);
	else if (clock.nanos % 1000 == 0 && clock.nanos != 0)
		buf_printf(out, ".%06d", clock.nanos / 1000);
	else if (clock.nanos != 0)
		buf_printf(out, ".%09d", clock.nanos);
}

static fallible set_date(struct pattern_parsed *parsed, int64_t days, struct err *err)
{
	if (days < TIME_DAYS_MIN || days > TIME_DAYS_MAX)
		return err_set(err, ERR_RANGE, "the date is out of range");
	if (parsed->has_date && parsed->days != days) {
		CLEANUP(buf_fini) struct buf old = BUF_INIT(64), new = BUF_INIT(64);
		print_date(&old, parsed->days);
		print_date(&new, days);
		return err_set(err, ERR_INVALID,
			       "Conflict found: Fields resolved to two different dates: %s %s",
			       buf_str(&old), buf_str(&new));
	}
	parsed->has_date = true;
	parsed->days = days;
	return 0;
}

static fallible resolve_month_day(struct pattern_parsed *parsed, struct err *err)
{
	int64_t year, month, day;
	TRY(take_checked(parsed, FIELD_YEAR, &year, err));
	TRY(take_checked(parsed, FIELD_MONTH, &month, err));
	TRY(take_checked(parsed, FIELD_DAY_OF_MONTH, &day, err));
	day = MIN(day, time_month_days(year, (int32_t)month));
	struct time_date date = { (int32_t)year, (int32_t)month, (int32_t)day };
	return set_date(parsed, time_days(date), err);
}

static fallible resolve_year_day(struct pattern_parsed *parsed, struct err *err)
{
	int64_t year, day;
	TRY(take_checked(parsed, FIELD_YEAR, &year, err));
	TRY(take_checked(parsed, FIELD_DAY_OF_YEAR, &day, err));
	if (day == 366 && !time_is_leap(year))
		return err_set(err, ERR_INVALID,
			       "Invalid date 'DayOfYear 366' as '%lld' is not a leap year",
			       (long long)year);
	struct time_date first = { .year = (int32_t)year, .month = 1, .day = 1 };
	return set_date(parsed, time_days(first) + day - 1, err);
}

static fallible resolve_date(struct pattern_parsed *parsed, struct err *err)
{
	TRY(resolve_era(parsed, err));
	if (!pattern_has(parsed, FIELD_YEAR))
		return 0;
	if (pattern_has(parsed, FIELD_MONTH) && pattern_has(parsed, FIELD_DAY_OF_MONTH))
		return resolve_month_day(parsed, err);
	if (pattern_has(parsed, FIELD_DAY_OF_YEAR))
		return resolve_year_day(parsed, err);
	return 0;
}

/* A field follows from another; where the text had it too, both must agree. */
static fallible derive(struct pattern_parsed *parsed, enum pattern_field field, int64_t value,
		       const char *from, struct err *err)
{
	if (pattern_has(parsed, field) && parsed->value[field] != value) {
		const char *name = pattern_field_info[field].name;
		return err_set(err, ERR_INVALID,
			       "Conflict found: %s %lld differs from %s %lld while resolving  %s",
			       name, (long long)parsed->value[field], name, (long long)value, from);
	}
	pattern_put(parsed, field, value);
	return 0;
}

/* Hours that count from 1: smart allows 0 too. */
static fallible resolve_clock(struct pattern_parsed *parsed, enum pattern_field clock,
			      enum pattern_field hour, struct err *err)
{
	if (!pattern_has(parsed, clock))
		return 0;
	int64_t value = take(parsed, clock);
	const struct pattern_field_info *info = &pattern_field_info[clock];
	if (value != 0)
		TRY(pattern_check(clock, value, err));
	return derive(parsed, hour, value == info->max ? 0 : value, info->name, err);
}

static fallible resolve_half_day(struct pattern_parsed *parsed, struct err *err)
{
	if (!pattern_has(parsed, FIELD_AMPM) || !pattern_has(parsed, FIELD_HOUR_OF_AMPM))
		return 0;
	int64_t half, hour;
	TRY(take_checked(parsed, FIELD_AMPM, &half, err));
	TRY(take_checked(parsed, FIELD_HOUR_OF_AMPM, &hour, err));
	return derive(parsed, FIELD_HOUR, half * 12 + hour, "AmPmOfDay", err);
}

static fallible resolve_nano_of_day(struct pattern_parsed *parsed, struct err *err)
{
	int64_t nanos;
	if (!pattern_has(parsed, FIELD_NANO_OF_DAY))
		return 0;
	TRY(take_checked(parsed, FIELD_NANO_OF_DAY, &nanos, err));
	static const char from[] = "NanoOfDay";
	TRY(derive(parsed, FIELD_HOUR, nanos / HOUR_NANOS, from, err));
	TRY(derive(parsed, FIELD_MINUTE, nanos / MINUTE_NANOS % 60, from, err));
	TRY(derive(parsed, FIELD_SECOND, nanos / SECOND_NANOS % 60, from, err));
	return derive(parsed, FIELD_NANO_OF_SECOND, nanos % SECOND_NANOS, from, err);
}

static fallible resolve_milli_of_day(struct pattern_parsed *parsed, struct err *err)
{
	int64_t ms;
	if (!pattern_has(parsed, FIELD_MILLI_OF_DAY))
		return 0;
	TRY(take_checked(parsed, FIELD_MILLI_OF_DAY, &ms, err));
	static const char from[] = "SecondOfDay";
	TRY(derive(parsed, FIELD_HOUR, ms / 3600000, from, err));
	TRY(derive(parsed, FIELD_MINUTE, ms / 60000 % 60, from, err));
	TRY(derive(parsed, FIELD_SECOND, ms / 1000 % 60, from, err));
	/* Beside digits finer than milliseconds, these stand behind. */
	int64_t nanos = ms % 1000 * 1000000;
	if (pattern_has(parsed, FIELD_NANO_OF_SECOND)) {
		TRY(pattern_check(FIELD_NANO_OF_SECOND, parsed->value[FIELD_NANO_OF_SECOND], err));
		nanos += parsed->value[FIELD_NANO_OF_SECOND] % 1000000;
	}
	return derive(parsed, FIELD_NANO_OF_SECOND, nanos, "MilliOfSecond", err);
}

/* "3 at night": the half of the day in which the hour lies within the period. */
static fallible resolve_period(struct pattern_parsed *parsed, struct err *err)
{
	if (parsed->period == NULL || !pattern_has(parsed, FIELD_HOUR_OF_AMPM))
		return 0;
	int64_t hour;
	TRY(take_checked(parsed, FIELD_HOUR_OF_AMPM, &hour, err));
	int64_t minute = pattern_has(parsed, FIELD_MINUTE)
				 ? time_floor_mod(parsed->value[FIELD_MINUTE], 60)
				 : 0;
	if (pattern_period_has(parsed->period, (hour + 12) * 60 + minute))
		hour += 12;
	parsed->period = NULL;
	return derive(parsed, FIELD_HOUR, hour, "HourOfAmPm", err);
}

static fallible set_time(struct pattern_parsed *parsed, int64_t hour, int64_t minute,
			 int64_t second, int64_t nano, struct err *err)
{
	int64_t excess = 0;
	if (hour == 24 && minute == 0 && second == 0 && nano == 0) {
		hour = 0;
		excess = 1;
	}
	TRY(pattern_check(FIELD_MINUTE, minute, err));
	TRY(pattern_check(FIELD_NANO_OF_SECOND, nano, err));
	TRY(pattern_check(FIELD_HOUR, hour, err));
	TRY(pattern_check(FIELD_SECOND, second, err));
	parsed->has_time = true;
	parsed->excess_days = excess;
	parsed->nanos_of_day =
		hour * HOUR_NANOS + minute * MINUTE_NANOS + second * SECOND_NANOS + nano;
	return 0;
}

static fallible resolve_time_fields(struct pattern_parsed *parsed, struct err *err)
{
	TRY(resolve_clock(parsed, FIELD_CLOCK_HOUR, FIELD_HOUR, err));
	TRY(resolve_clock(parsed, FIELD_CLOCK_HOUR_OF_AMPM, FIELD_HOUR_OF_AMPM, err));
	TRY(resolve_half_day(parsed, err));
	TRY(resolve_nano_of_day(parsed, err));
	TRY(resolve_milli_of_day(parsed, err));
	if (pattern_has(parsed, FIELD_NANO_OF_SECOND))
		TRY(pattern_check(FIELD_NANO_OF_SECOND, parsed->value[FIELD_NANO_OF_SECOND], err));
	return resolve_period(parsed, err);
}

static int64_t take_or_zero(struct pattern_parsed *parsed, enum pattern_field field)
{
	return pattern_has(parsed, field) ? take(parsed, field) : 0;
}

/* A part of a day alone is its middle. */
static fallible resolve_middle(struct pattern_parsed *parsed, struct err *err)
{
	if (parsed->period != NULL) {
		int64_t from = parsed->period->from, until = parsed->period->until;
		int64_t middle = (from + until + (from > until ? 1440 : 0)) / 2 % 1440;
		parsed->period = NULL;
		return set_time(parsed, middle / 60, middle % 60, 0, 0, err);
	}
	if (!pattern_has(parsed, FIELD_AMPM))
		return 0;
	int64_t half;
	TRY(take_checked(parsed, FIELD_AMPM, &half, err));
	return set_time(parsed, half * 12 + 6, 0, 0, 0, err);
}

static fallible check_period(const struct pattern_parsed *parsed, struct err *err)
{
	const struct pattern_period *period = parsed->period;
	if (period == NULL || pattern_period_has(period, parsed->nanos_of_day / MINUTE_NANOS))
		return 0;
	CLEANUP(buf_fini) struct buf time = BUF_INIT(64);
	print_time(&time, parsed->nanos_of_day);
	return err_set(err, ERR_INVALID,
		       "Conflict found: Resolved time %s conflicts with "
		       "DayPeriod(%02d:%02d-%02d:%02d)",
		       buf_str(&time), period->from / 60, period->from % 60, period->until / 60,
		       period->until % 60);
}

static fallible check_left_over_times(const struct pattern_parsed *parsed, struct err *err)
{
	for (uint32_t f = 0; f < FIELD_COUNT; f++)
		if (pattern_has(parsed, f) && pattern_field_info[f].kind == 't')
			TRY(pattern_check(f, parsed->value[f], err));
	return 0;
}

/* An hour makes a time, if what lies between it and the finest field is there. */
static fallible resolve_hour(struct pattern_parsed *parsed, struct err *err)
{
	bool hour = pattern_has(parsed, FIELD_HOUR), minute = pattern_has(parsed, FIELD_MINUTE);
	bool second = pattern_has(parsed, FIELD_SECOND);
	bool nano = pattern_has(parsed, FIELD_NANO_OF_SECOND);
	if (!hour && !minute && !second && !nano)
		TRY(resolve_middle(parsed, err));
	if (hour) {
		/* With a hole between them, they are left as they are, even unchecked. */
		if ((!minute && (second || nano)) || (!second && nano))
			return 0;
		int64_t hours = take(parsed, FIELD_HOUR);
		int64_t minutes = take_or_zero(parsed, FIELD_MINUTE);
		int64_t seconds = take_or_zero(parsed, FIELD_SECOND);
		int64_t nanos = take_or_zero(parsed, FIELD_NANO_OF_SECOND);
		TRY(set_time(parsed, hours, minutes, seconds, nanos, err));
		/* Java asks this only of times that are not complete. */
		if (!nano)
			TRY(check_period(parsed, err));
	}
	return check_left_over_times(parsed, err);
}

static fallible resolve_week_of_month(struct pattern_parsed *parsed, int64_t weekday,
				      struct err *err)
{
	int64_t year, month, week;
	TRY(take_checked(parsed, FIELD_YEAR, &year, err));
	TRY(take_checked(parsed, FIELD_MONTH, &month, err));
	TRY(take_checked(parsed, FIELD_WEEK_OF_MONTH, &week, err));
	int64_t first = time_days((struct time_date){ (int32_t)year, (int32_t)month, 1 });
	int64_t sunday = first - (pattern_date_field(first, FIELD_WEEKDAY) - 1);
	pattern_drop(parsed, FIELD_DAY_OF_WEEK);
	return set_date(parsed, sunday + (week - 1) * 7 + weekday - 1, err);
}

static fallible resolve_week_of_year(struct pattern_parsed *parsed, int64_t weekday,
				     struct err *err)
{
	int64_t year, week;
	TRY(take_checked(parsed, FIELD_WEEK_YEAR, &year, err));
	TRY(take_checked(parsed, FIELD_WEEK_OF_YEAR, &week, err));
	pattern_drop(parsed, FIELD_DAY_OF_WEEK);
	return set_date(parsed, pattern_week_days(year, week, weekday), err);
}

/* Fields that are not of the calendar: the Julian day, and local weeks. */
static fallible resolve_others(struct pattern_parsed *parsed, struct err *err)
{
	int64_t value;
	if (pattern_has(parsed, FIELD_JULIAN_DAY)) {
		TRY(take_checked(parsed, FIELD_JULIAN_DAY, &value, err));
		TRY(set_date(parsed, value - JULIAN_1970, err));
	}
	if (pattern_has(parsed, FIELD_WEEKDAY)) {
		TRY(take_checked(parsed, FIELD_WEEKDAY, &value, err));
		/* Java's day of the week, from Monday; the later one counts if there were two. */
		pattern_put(parsed, FIELD_DAY_OF_WEEK, (value + 5) % 7 + 1);
	}
	bool weeks = pattern_has(parsed, FIELD_WEEK_YEAR) ||
		     pattern_has(parsed, FIELD_WEEK_OF_YEAR) ||
		     pattern_has(parsed, FIELD_WEEK_OF_MONTH);
	if (!weeks || !pattern_has(parsed, FIELD_DAY_OF_WEEK))
		return 0;
	TRY(pattern_check(FIELD_DAY_OF_WEEK, parsed->value[FIELD_DAY_OF_WEEK], err));
	if (pattern_has(parsed, FIELD_YEAR))
		TRY(pattern_check(FIELD_YEAR, parsed->value[FIELD_YEAR], err));
	bool of_month = pattern_has(parsed, FIELD_YEAR) && pattern_has(parsed, FIELD_MONTH) &&
			pattern_has(parsed, FIELD_WEEK_OF_MONTH);
	bool of_year = !pattern_has(parsed, FIELD_YEAR) && pattern_has(parsed, FIELD_WEEK_YEAR) &&
		       pattern_has(parsed, FIELD_WEEK_OF_YEAR);
	if (!of_month && !of_year)
		return 0;
	int64_t weekday = parsed->value[FIELD_DAY_OF_WEEK] % 7 + 1;
	if (of_month)
		return resolve_week_of_month(parsed, weekday, err);
	return resolve_week_of_year(parsed, weekday, err);
}

/* What is left must be true of the date and the time. */
static fallible cross_check(struct pattern_parsed *parsed, char kind, struct err *err)
{
	for (uint32_t f = 0; f < FIELD_COUNT; f++) {
		if (!pattern_has(parsed, f) || pattern_field_info[f].kind != kind)
			continue;
		int64_t value = kind == 'd' ? pattern_date_field(parsed->days, f)
					    : pattern_time_field(parsed->nanos_of_day, f);
		if (value != parsed->value[f]) {
			CLEANUP(buf_fini) struct buf whole = BUF_INIT(64);
			if (kind == 'd')
				print_date(&whole, parsed->days);
			else
				print_time(&whole, parsed->nanos_of_day);
			const char *name = pattern_field_info[f].name;
			return err_set(err, ERR_INVALID,
				       "Conflict found: Field %s %lld differs from %s %lld derived "
				       "from %s",
				       name, (long long)value, name, (long long)parsed->value[f],
				       buf_str(&whole));
		}
		pattern_drop(parsed, f);
	}
	return 0;
}

fallible pattern_resolve(struct pattern_parsed *parsed, struct err *err)
{
	TRY(resolve_date(parsed, err));
	TRY(resolve_time_fields(parsed, err));
	TRY(resolve_others(parsed, err));
	TRY(resolve_hour(parsed, err));
	if (parsed->has_date)
		TRY(cross_check(parsed, 'd', err));
	if (parsed->has_time)
		TRY(cross_check(parsed, 't', err));
	if (!parsed->has_date || !parsed->has_time || parsed->excess_days == 0)
		return 0;
	parsed->has_date = false;
	return set_date(parsed, parsed->days + parsed->excess_days, err);
}
