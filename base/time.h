/*
 * time.h - days, times of day and instants as numbers, and their ISO text.
 *
 * A date is the number of days since 1970-01-01 in the proleptic Gregorian calendar, from year
 * -999,999,999 to 999,999,999; a time of day and an instant are milliseconds (an instant since
 * 1970-01-01T00:00 UTC, any int64). Nothing here knows a clock, a locale or a zone but fixed
 * offsets: zone.h has zones, pattern.h other texts. The parsers take the partial texts that
 * ksqlDB takes, and fail with its words.
 */
#ifndef WEIR_BASE_TIME_H
#define WEIR_BASE_TIME_H

#include "base/bytes.h"

#define TIME_YEAR_MIN INT64_C(-999999999)
#define TIME_YEAR_MAX INT64_C(999999999)
#define TIME_DAYS_MIN INT64_C(-365243219162)
#define TIME_DAYS_MAX INT64_C(365241780471)
#define TIME_DAY_MS INT64_C(86400000)
#define TIME_DAY_SECONDS INT64_C(86400)
#define TIME_DAY_NANOS INT64_C(86400000000000)
/* The longest text that the parsers look at. */
#define TIME_TEXT_BYTES_MAX ((size_t)256)

struct time_date {
	int32_t year;       /* 0 is 1 BC */
	int32_t month, day; /* from 1 */
};

struct time_clock {
	int32_t hour, minute, second, nanos;
};

/* A week belongs to the year that has its Thursday. */
struct time_week {
	int32_t year, week, day; /* week from 1; day 1 is Monday */
};

/* Division that rounds down, and what it leaves; `by` is positive. */
static inline int64_t time_floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static inline int64_t time_floor_mod(int64_t value, int64_t by)
{
	int64_t rest = value % by;
	return rest < 0 ? rest + by : rest;
}

bool time_is_leap(int64_t year);
int32_t time_month_days(int64_t year, int32_t month);
bool time_date_valid(int64_t year, int64_t month, int64_t day);
int64_t time_days(struct time_date date); /* of a valid date */
struct time_date time_date(int64_t days); /* of days within TIME_DAYS_MIN and _MAX */
int32_t time_day_of_week(int64_t days);   /* 1: Monday ... 7: Sunday */
int32_t time_day_of_year(struct time_date date);
struct time_week time_week(int64_t days);
int32_t time_weeks_in_year(int64_t year); /* 52 or 53 */
int64_t time_week_days(struct time_week week);
/* Months later (or earlier), on the last day of the month when there is no such day. */
fallible time_add_months(struct time_date date, int64_t months, struct time_date *ret_date,
			 struct err *err);

struct time_clock time_clock(int64_t nanos_of_day);
int64_t time_clock_nanos(struct time_clock clock);

/* The instant of a day and the milliseconds in it, at UTC; refused outside int64. */
fallible time_ms(int64_t days, int64_t ms_of_day, int64_t *ret_ms, struct err *err);

/* 2021-02-03T04:05:06.789, at UTC; years past 9999 have a '+', years before 1 their year BC. */
void time_print_timestamp(struct buf *out, int64_t ms);
void time_print_date(struct buf *out, int64_t days);         /* 2021-02-03 */
void time_print_time(struct buf *out, int64_t ms_of_day);    /* 04:05:06 */
void time_print_time_ms(struct buf *out, int64_t ms_of_day); /* 04:05:06.789, or 04:05:06 */
/* +01:00, -03:30, Z; with seconds only when there are some. */
void time_print_offset(struct buf *out, int32_t seconds);

/*
 * 2021, 2021-02, 2021-02-03, 2021-02-03T04 and so on to milliseconds, at UTC or at the offset that
 * a text with a 'T' may end in: Z, +0100, +01:00 and the other forms of time_parse_offset.
 */
fallible time_parse_timestamp(struct slice text, int64_t *ret_ms, struct err *err);
fallible time_parse_date(struct slice text, int64_t *ret_days, struct err *err); /* 2021-02 too */
fallible time_parse_time(struct slice text, int64_t *ret_ms, struct err *err);   /* 04:05 too */
/* Z, +h, +hh, +hh:mm, +hhmm, +hh:mm:ss, +hhmmss, within 18 hours. */
fallible time_parse_offset(struct slice text, int32_t *ret_seconds, struct err *err);

#endif
