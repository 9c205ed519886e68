#include "base/pattern_priv.h"

#include "base/time.h"

/* Modified Julian day 0 is 1858-11-17. */
#define JULIAN_1970 INT64_C(40587)

const struct pattern_field_info pattern_field_info[FIELD_COUNT] = {
#define PATTERN_FIELD(id, name, min, max, range, kind) { name, min, max, range, kind },
#include "base/pattern_fields.def"
#undef PATTERN_FIELD
};

fallible pattern_check(enum pattern_field field, int64_t value, struct err *err)
{
	const struct pattern_field_info *info = &pattern_field_info[field];
	if (value >= info->min && value <= info->max)
		return 0;
	return err_set(err, ERR_INVALID, "Invalid value for %s (valid values %s): %lld", info->name,
		       info->range, (long long)value);
}

/* Days since the Sunday on or before a day. */
static int64_t since_sunday(int64_t days)
{
	return time_floor_mod(days + 4, 7);
}

static int64_t year_start(int64_t year)
{
	return time_days((struct time_date){ .year = (int32_t)year, .month = 1, .day = 1 });
}

/* The week of the next year's first day, counted in this year. */
static int64_t next_year_week(int64_t year)
{
	return ((time_is_leap(year) ? 366 : 365) + since_sunday(year_start(year))) / 7 + 1;
}

int64_t pattern_week_days(int64_t year, int64_t week, int64_t weekday)
{
	assert(weekday >= 1 && weekday <= 7);
	int64_t first = year_start(year);
	week = MIN(week, next_year_week(year) - 1);
	return first - since_sunday(first) + (week - 1) * 7 + weekday - 1;
}

static int64_t week_field(int64_t days, struct time_date date, enum pattern_field field)
{
	int64_t first = year_start(date.year);
	int64_t week = (days - first + since_sunday(first)) / 7 + 1;
	bool next = week >= next_year_week(date.year);
	if (field == FIELD_WEEK_YEAR)
		return (int64_t)date.year + next;
	return next ? 1 : week;
}

int64_t pattern_date_field(int64_t days, enum pattern_field field)
{
	struct time_date date = time_date(days);
	switch ((int)field) {
	case FIELD_DAY_OF_WEEK:
		return time_day_of_week(days);
	case FIELD_ALIGNED_DAY:
		return (date.day - 1) % 7 + 1;
	case FIELD_DAY_OF_MONTH:
		return date.day;
	case FIELD_DAY_OF_YEAR:
		return time_day_of_year(date);
	case FIELD_MONTH:
		return date.month;
	case FIELD_YEAR_OF_ERA:
		return date.year >= 1 ? date.year : 1 - (int64_t)date.year;
	case FIELD_YEAR:
		return date.year;
	case FIELD_ERA:
		return date.year >= 1;
	case FIELD_QUARTER:
		return (date.month - 1) / 3 + 1;
	case FIELD_JULIAN_DAY:
		return days + JULIAN_1970;
	case FIELD_WEEK_YEAR:
	case FIELD_WEEK_OF_YEAR:
		return week_field(days, date, field);
	case FIELD_WEEK_OF_MONTH:
		return (date.day - 1 + since_sunday(days - date.day + 1)) / 7 + 1;
	case FIELD_WEEKDAY:
		return since_sunday(days) + 1;
	}
	UNREACHABLE("a date has the fields above");
}

int64_t pattern_time_field(int64_t nanos_of_day, enum pattern_field field)
{
	struct time_clock clock = time_clock(nanos_of_day);
	switch ((int)field) {
	case FIELD_NANO_OF_SECOND:
		return clock.nanos;
	case FIELD_NANO_OF_DAY:
		return nanos_of_day;
	case FIELD_MILLI_OF_DAY:
		return nanos_of_day / 1000000;
	case FIELD_SECOND:
		return clock.second;
	case FIELD_MINUTE:
		return clock.minute;
	case FIELD_HOUR_OF_AMPM:
		return clock.hour % 12;
	case FIELD_CLOCK_HOUR_OF_AMPM:
		return clock.hour % 12 == 0 ? 12 : clock.hour % 12;
	case FIELD_HOUR:
		return clock.hour;
	case FIELD_CLOCK_HOUR:
		return clock.hour == 0 ? 24 : clock.hour;
	case FIELD_AMPM:
		return clock.hour / 12;
	}
	UNREACHABLE("a time has the fields above");
}
