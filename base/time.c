#include "base/time.h"

/*
 * The calendar repeats every 400 years (146,097 days). Counting years from March puts the leap day
 * last, so that the days before a month follow one straight line: (153 * month + 2) / 5.
 */
#define ERA_YEARS INT64_C(400)
#define ERA_DAYS INT64_C(146097)
#define MARCH_0000_DAYS INT64_C(719468) /* days from 0000-03-01 to 1970-01-01 */

bool time_is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int32_t time_month_days(int64_t year, int32_t month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && time_is_leap(year));
}

bool time_date_valid(int64_t year, int64_t month, int64_t day)
{
	return year >= TIME_YEAR_MIN && year <= TIME_YEAR_MAX && month >= 1 && month <= 12 &&
	       day >= 1 && day <= time_month_days(year, (int32_t)month);
}

int64_t time_days(struct time_date date)
{
	assert(time_date_valid(date.year, date.month, date.day));
	int64_t year = date.month > 2 ? date.year : (int64_t)date.year - 1;
	int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
	int64_t era = time_floor_div(year, ERA_YEARS);
	int64_t year_of_era = year - era * ERA_YEARS;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * ERA_DAYS + day_of_era - MARCH_0000_DAYS;
}

struct time_date time_date(int64_t days)
{
	assert(days >= TIME_DAYS_MIN);
	assert(days <= TIME_DAYS_MAX);
	int64_t era = time_floor_div(days + MARCH_0000_DAYS, ERA_DAYS);
	int64_t day = days + MARCH_0000_DAYS - era * ERA_DAYS;
	/* Take out the leap days so far, and the days divide evenly into years of 365. */
	int64_t year = (day - day / 1460 + day / 36524 - day / (ERA_DAYS - 1)) / 365;
	int64_t day_of_year = day - (year * 365 + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	return (struct time_date){
		.year = (int32_t)(era * ERA_YEARS + year + (month >= 10)),
		.month = (int32_t)(month < 10 ? month + 3 : month - 9),
		.day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

int32_t time_day_of_week(int64_t days)
{
	/* The first day of 1970 was a Thursday. */
	return (int32_t)time_floor_mod(days + 3, 7) + 1;
}

int32_t time_day_of_year(struct time_date date)
{
	struct time_date first = { .year = date.year, .month = 1, .day = 1 };
	return (int32_t)(time_days(date) - time_days(first)) + 1;
}

/* The Monday that begins week 1 of a year: that of the week of January 4th. */
static int64_t week_one(int64_t year)
{
	/* Years past the calendar's ends appear when a week straddles them: shift by whole eras. */
	int64_t shift = year > TIME_YEAR_MAX ? -1 : year < TIME_YEAR_MIN ? 1 : 0;
	struct time_date fourth = { .year = (int32_t)(year + shift * ERA_YEARS),
				    .month = 1,
				    .day = 4 };
	int64_t days = time_days(fourth) - shift * ERA_DAYS;
	return days - (time_day_of_week(days) - 1);
}

struct time_week time_week(int64_t days)
{
	int32_t year = time_date(days).year;
	if (days < week_one(year))
		year--;
	else if (days >= week_one((int64_t)year + 1))
		year++;
	return (struct time_week){
		.year = year,
		.week = (int32_t)((days - week_one(year)) / 7) + 1,
		.day = time_day_of_week(days),
	};
}

int32_t time_weeks_in_year(int64_t year)
{
	return (int32_t)((week_one(year + 1) - week_one(year)) / 7);
}

int64_t time_week_days(struct time_week week)
{
	assert(week.week >= 1 && week.week <= 53);
	assert(week.day >= 1 && week.day <= 7);
	return week_one(week.year) + (int64_t)(week.week - 1) * 7 + week.day - 1;
}

fallible time_add_months(struct time_date date, int64_t months, struct time_date *ret_date,
			 struct err *err)
{
	assert(time_date_valid(date.year, date.month, date.day));
	int64_t sum;
	if (__builtin_add_overflow((int64_t)date.year * 12 + (date.month - 1), months, &sum))
		return err_set(err, ERR_RANGE, "the date is out of range");
	int64_t year = time_floor_div(sum, 12);
	if (year < TIME_YEAR_MIN || year > TIME_YEAR_MAX)
		return err_set(err, ERR_RANGE, "the date is out of range");
	int32_t month = (int32_t)time_floor_mod(sum, 12) + 1;
	*ret_date = (struct time_date){ .year = (int32_t)year,
					.month = month,
					.day = MIN(date.day, time_month_days(year, month)) };
	return 0;
}

struct time_clock time_clock(int64_t nanos_of_day)
{
	assert(nanos_of_day >= 0);
	assert(nanos_of_day < TIME_DAY_NANOS);
	int64_t seconds = nanos_of_day / 1000000000;
	return (struct time_clock){
		.hour = (int32_t)(seconds / 3600),
		.minute = (int32_t)(seconds / 60 % 60),
		.second = (int32_t)(seconds % 60),
		.nanos = (int32_t)(nanos_of_day % 1000000000),
	};
}

int64_t time_clock_nanos(struct time_clock clock)
{
	assert(clock.hour >= 0 && clock.hour < 24);
	assert(clock.nanos >= 0 && clock.nanos < 1000000000);
	int64_t seconds = ((int64_t)clock.hour * 60 + clock.minute) * 60 + clock.second;
	return seconds * 1000000000 + clock.nanos;
}

fallible time_ms(int64_t days, int64_t ms_of_day, int64_t *ret_ms, struct err *err)
{
	assert(ms_of_day >= 0 && ms_of_day <= TIME_DAY_MS);
	/* The first instants lie in a day whose start is out of range already. */
	int64_t ms;
	bool negative = days < 0;
	if (__builtin_mul_overflow(days + negative, TIME_DAY_MS, &ms) ||
	    __builtin_add_overflow(ms, ms_of_day - (negative ? TIME_DAY_MS : 0), &ms))
		return err_set(err, ERR_RANGE, "the instant does not fit 64 bits of milliseconds");
	*ret_ms = ms;
	return 0;
}
