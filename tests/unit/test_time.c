#include "tests/lib/test.h"

#include "base/time.h"

static void assert_date(int64_t days, int32_t year, int32_t month, int32_t day)
{
	struct time_date date = time_date(days);
	assert_int_equal(date.year, year);
	assert_int_equal(date.month, month);
	assert_int_equal(date.day, day);
	assert_true(time_days(date) == days);
}

static void days_count_from_1970(void **state)
{
	(void)state;
	assert_date(0, 1970, 1, 1);
	assert_date(-1, 1969, 12, 31);
	assert_date(11016, 2000, 2, 29);
	assert_date(11017, 2000, 3, 1);
	assert_date(-719468, 0, 3, 1);
	assert_date(-719528, 0, 1, 1);
	assert_date(18661, 2021, 2, 3);
	assert_date(TIME_DAYS_MIN, -999999999, 1, 1);
	assert_date(TIME_DAYS_MAX, 999999999, 12, 31);
}

/* The model counts day by day. */
static void dates_follow_one_another_for_a_thousand_years(void **state)
{
	(void)state;
	struct time_date date = { .year = -200, .month = 1, .day = 1 };
	int32_t day_of_year = 1;
	for (int64_t days = time_days(date); date.year < 800; days++) {
		struct time_date got = time_date(days);
		assert_memory_equal(&got, &date, sizeof(date));
		assert_int_equal(time_day_of_year(got), day_of_year);
		day_of_year++;
		if (++date.day > time_month_days(date.year, date.month)) {
			date.day = 1;
			date.month = date.month % 12 + 1;
			date.year += date.month == 1;
			day_of_year = date.month == 1 ? 1 : day_of_year;
		}
	}
}

static void leap_years_are_every_fourth_but_three_in_four_hundred(void **state)
{
	(void)state;
	assert_true(time_is_leap(2000));
	assert_true(time_is_leap(2020));
	assert_true(time_is_leap(0));
	assert_true(time_is_leap(-4));
	assert_false(time_is_leap(1900));
	assert_false(time_is_leap(2021));
	assert_int_equal(time_month_days(2021, 2), 28);
	assert_int_equal(time_month_days(2024, 2), 29);
}

static void only_days_that_exist_are_valid(void **state)
{
	(void)state;
	assert_true(time_date_valid(2024, 2, 29));
	assert_false(time_date_valid(2023, 2, 29));
	assert_false(time_date_valid(2023, 0, 1));
	assert_false(time_date_valid(2023, 13, 1));
	assert_false(time_date_valid(2023, 4, 31));
	assert_false(time_date_valid(1000000000, 1, 1));
}

static void weeks_belong_to_the_year_of_their_thursday(void **state)
{
	(void)state;
	static const struct {
		struct time_date date;
		struct time_week week;
	} cases[] = {
		{ { 2021, 1, 3 }, { 2020, 53, 7 } },  { { 2021, 1, 4 }, { 2021, 1, 1 } },
		{ { 2018, 12, 31 }, { 2019, 1, 1 } }, { { 2016, 1, 1 }, { 2015, 53, 5 } },
		{ { 1970, 1, 1 }, { 1970, 1, 4 } },   { { 2012, 12, 31 }, { 2013, 1, 1 } },
		{ { 2000, 2, 29 }, { 2000, 9, 2 } },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct time_week week = time_week(time_days(cases[i].date));
		assert_memory_equal(&week, &cases[i].week, sizeof(week));
		assert_true(time_week_days(week) == time_days(cases[i].date));
	}
	assert_int_equal(time_weeks_in_year(2020), 53);
	assert_int_equal(time_weeks_in_year(2021), 52);
	assert_int_equal(time_week(TIME_DAYS_MIN).year, -999999999);
	assert_int_equal(time_week(TIME_DAYS_MAX).day, time_day_of_week(TIME_DAYS_MAX));
}

static void any_day_has_a_week_and_any_week_its_day(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	for (int i = 0; i < 20000; i++) {
		int64_t days = (int64_t)rng_below(&rng, 8000000) - 4000000;
		struct time_week week = time_week(days);
		assert_true(time_week_days(week) == days);
		assert_true(week.week <= time_weeks_in_year(week.year));
		assert_int_equal(week.day, time_day_of_week(days));
	}
}

static void months_later_stay_within_the_month(void **state)
{
	(void)state;
	struct time_date date;
	struct err err = ERR_INIT;
	struct time_date from = { 2024, 1, 31 };
	assert_ok(time_add_months(from, 1, &date, &err), &err);
	assert_true(time_days(date) == time_days((struct time_date){ 2024, 2, 29 }));
	assert_ok(time_add_months(from, -11, &date, &err), &err);
	assert_true(time_days(date) == time_days((struct time_date){ 2023, 2, 28 }));
	assert_fails(time_add_months(from, INT64_MAX, &date, &err), &err, ERR_RANGE, "range");
	assert_fails(time_add_months(from, INT64_C(12000000000), &date, &err), &err, ERR_RANGE,
		     "range");
}

static void instants_end_where_64_bits_do(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	int64_t ms;
	assert_ok(time_ms(time_floor_div(INT64_MAX, TIME_DAY_MS),
			  time_floor_mod(INT64_MAX, TIME_DAY_MS), &ms, &err),
		  &err);
	assert_true(ms == INT64_MAX);
	assert_ok(time_ms(time_floor_div(INT64_MIN, TIME_DAY_MS),
			  time_floor_mod(INT64_MIN, TIME_DAY_MS), &ms, &err),
		  &err);
	assert_true(ms == INT64_MIN);
	assert_fails(time_ms(TIME_DAYS_MAX, 0, &ms, &err), &err, ERR_RANGE, "64 bits");
	assert_fails(time_ms(TIME_DAYS_MIN, 0, &ms, &err), &err, ERR_RANGE, "64 bits");
}

static void a_clock_is_nanoseconds_and_back(void **state)
{
	(void)state;
	struct time_clock clock = time_clock(INT64_C(86399999999999));
	assert_int_equal(clock.hour, 23);
	assert_int_equal(clock.nanos, 999999999);
	assert_true(time_clock_nanos(clock) == INT64_C(86399999999999));
	assert_true(time_clock_nanos((struct time_clock){ 0 }) == 0);
}

static void instants_print_as_iso_text(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000" },
		{ -1, "1969-12-31T23:59:59.999" },
		{ 1612325106789, "2021-02-03T04:05:06.789" },
		{ 253402300800000, "+10000-01-01T00:00:00.000" },
		{ -62135596800001, "0001-12-31T23:59:59.999" }, /* 1 BC: the year of the era */
		{ INT64_MAX, "+292278994-08-17T07:12:55.807" },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		CLEANUP(buf_fini) struct buf out = BUF_INIT(100);
		time_print_timestamp(&out, cases[i].ms);
		assert_slice(buf_slice(&out), cases[i].text);
	}
}

static void days_times_and_offsets_print(void **state)
{
	(void)state;
	CLEANUP(buf_fini) struct buf out = BUF_INIT(200);
	time_print_date(&out, 18661);
	buf_append_u8(&out, ' ');
	time_print_time(&out, 14706789);
	buf_append_u8(&out, ' ');
	time_print_time_ms(&out, 14706789);
	buf_append_u8(&out, ' ');
	time_print_time_ms(&out, 14706000);
	assert_slice(buf_slice(&out), "2021-02-03 04:05:06 04:05:06.789 04:05:06");
	buf_reset(&out);
	time_print_offset(&out, 0);
	time_print_offset(&out, 3600);
	time_print_offset(&out, -12600);
	time_print_offset(&out, 7230);
	assert_slice(buf_slice(&out), "Z+01:00-03:30+02:00:30");
}

static void partial_timestamps_are_completed(void **state)
{
	(void)state;
	static const struct {
		const char *text, *whole;
	} cases[] = {
		{ "2021", "2021-01-01T00:00:00.000" },
		{ "2021-02", "2021-02-01T00:00:00.000" },
		{ "2021-02-03", "2021-02-03T00:00:00.000" },
		{ "2021-02-03T", "2021-02-03T00:00:00.000" },
		{ "2021-02-03TZ", "2021-02-03T00:00:00.000" },
		{ "2021-02-03T04", "2021-02-03T04:00:00.000" },
		{ "2021-02-03T04:05", "2021-02-03T04:05:00.000" },
		{ "2021-02-03T04:05:06", "2021-02-03T04:05:06.000" },
		{ "2021-02-03T04:05:06.7", "2021-02-03T04:05:06.700" },
		{ "2021-02-03T04:05:06.789", "2021-02-03T04:05:06.789" },
		{ "2021-02-03T04:05:06.789Z", "2021-02-03T04:05:06.789" },
		{ "2021-02-03T04:05+0100", "2021-02-03T03:05:00.000" },
		{ "2021-02-03T04:05-01:30", "2021-02-03T05:35:00.000" },
		{ "2021-02-03T04+1", "2021-02-03T03:00:00.000" },
		{ "2021-02-30", "2021-02-28T00:00:00.000" }, /* clamped, as Java's smart style */
		{ "2021-02-03T24", "2021-02-04T00:00:00.000" },
		{ "+12021-02-03", "+12021-02-03T00:00:00.000" },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err err = ERR_INIT;
		int64_t ms;
		CLEANUP(buf_fini) struct buf out = BUF_INIT(100);
		assert_ok(time_parse_timestamp(slice_str(cases[i].text), &ms, &err), &err);
		time_print_timestamp(&out, ms);
		assert_slice(buf_slice(&out), cases[i].whole);
	}
}

static void bad_timestamps_fail_in_javas_words(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "Text '-01-01T00:00:00.000' could not be parsed at index 1" },
		{ "x", "Failed to parse timestamp 'x': Text 'x-01-01T00:00:00.000' could not be "
		       "parsed at index 0\nRequired format is: \"yyyy-MM-dd'T'HH:mm:ss.SSS\"" },
		{ "2021-13", "Invalid value for MonthOfYear (valid values 1 - 12): 13" },
		{ "2021-02-32", "Invalid value for DayOfMonth (valid values 1 - 28/31): 32" },
		{ "0000",
		  "Invalid value for YearOfEra (valid values 1 - 999999999/1000000000): 0" },
		{ "2021-02-03T25", "Invalid value for HourOfDay (valid values 0 - 23): 25" },
		{ "2021-02-03T24:01", "Invalid value for HourOfDay (valid values 0 - 23): 24" },
		{ "2021-02-03T23:60", "Invalid value for MinuteOfHour (valid values 0 - 59): 60" },
		{ "2021-02-03T04:05:06.7891", "unparsed text found at index 23" },
		{ "2021-2-3", "could not be parsed at index 5" },
		{ "2021-02-03T04:05+99", "Failed to parse timezone '+99': Zone offset hours not" },
		{ "+2021-02-03", "could not be parsed at index 0" },
		{ "+300000000-01-01", "64 bits" },
		{ "2021-02-03t04", "could not be parsed at index 13" },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err err = ERR_INIT;
		int64_t ms = 77;
		int code = time_parse_timestamp(slice_str(cases[i].text), &ms, &err);
		assert_fails(code, &err, err.code, cases[i].words);
		assert_true(ms == 77);
	}
}

static void dates_are_strict_and_may_be_partial(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	int64_t days;
	assert_ok(time_parse_date(SLICE("2021-02-03"), &days, &err), &err);
	assert_true(days == 18661);
	assert_ok(time_parse_date(SLICE("2021-02"), &days, &err), &err);
	assert_true(days == 18659);
	assert_ok(time_parse_date(SLICE("0000-03-01"), &days, &err), &err);
	assert_true(days == -719468);
	assert_fails(time_parse_date(SLICE("2021-02-30"), &days, &err), &err, ERR_INVALID,
		     "Failed to parse date '2021-02-30': Text '2021-02-30' could not be parsed: "
		     "Invalid date 'FEBRUARY 30'");
	assert_fails(time_parse_date(SLICE("2021-02-29"), &days, &err), &err, ERR_INVALID,
		     "Invalid date 'February 29' as '2021' is not a leap year");
	assert_fails(time_parse_date(SLICE("2021-02-03x"), &days, &err), &err, ERR_INVALID,
		     "could not be parsed, unparsed text found at index 10");
	/* Java counts UTF-16 units: this is one of them, in two bytes. */
	assert_fails(time_parse_date(SLICE("2021-\xC3\xA9-03"), &days, &err), &err, ERR_INVALID,
		     "at index 5");
}

static void times_may_leave_out_seconds(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	int64_t ms;
	assert_ok(time_parse_time(SLICE("04:05"), &ms, &err), &err);
	assert_true(ms == 14700000);
	assert_ok(time_parse_time(SLICE("04:05:06.789999999"), &ms, &err), &err);
	assert_true(ms == 14706789);
	assert_fails(time_parse_time(SLICE("04"), &ms, &err), &err, ERR_INVALID, "at index 2");
	assert_fails(time_parse_time(SLICE("24:00"), &ms, &err), &err, ERR_INVALID,
		     "Invalid value for HourOfDay (valid values 0 - 23): 24");
	assert_fails(time_parse_time(SLICE("04:05:0"), &ms, &err), &err, ERR_INVALID,
		     "unparsed text found at index 5");
}

static void long_texts_are_refused_and_cut_in_errors(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	int64_t days;
	char text[1000];
	memset(text, '1', sizeof(text));
	assert_fails(time_parse_date(slice_of(text, sizeof(text)), &days, &err), &err, ERR_LIMIT,
		     "too long");
	assert_fails(time_parse_date(slice_of(text, 100), &days, &err), &err, ERR_INVALID,
		     "1111...' could not be parsed at index 0");
}

static void offsets_are_read_in_seven_forms(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t seconds;
	} good[] = { { "Z", 0 },           { "+1", 3600 },      { "-01", -3600 },
		     { "+01:30", 5400 },   { "+0130", 5400 },   { "+01:30:15", 5415 },
		     { "-013015", -5415 }, { "-18:00", -64800 } };
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "", "invalid format: " },
		{ "+010", "invalid format: +010" },
		{ "+0100:00", "invalid format: +0100:00" },
		{ "+1:00", "non numeric characters found: +1:00" },
		{ "01", "plus/minus not found when expected: 01" },
		{ "+19",
		  "Zone offset hours not in valid range: value 19 is not in the range -18 to 18" },
		{ "-0160", "Zone offset minutes not in valid range: value -60" },
		{ "+18:01", "Zone offset not in valid range: -18:00 to +18:00" },
	};
	struct err err = ERR_INIT;
	int32_t seconds;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		assert_ok(time_parse_offset(slice_str(good[i].text), &seconds, &err), &err);
		assert_int_equal(seconds, good[i].seconds);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_fails(time_parse_offset(slice_str(bad[i].text), &seconds, &err), &err,
			     ERR_INVALID, bad[i].words);
}

int main(void)
{
	RUN_TESTS(TEST(days_count_from_1970), TEST(dates_follow_one_another_for_a_thousand_years),
		  TEST(leap_years_are_every_fourth_but_three_in_four_hundred),
		  TEST(only_days_that_exist_are_valid),
		  TEST(weeks_belong_to_the_year_of_their_thursday),
		  TEST(any_day_has_a_week_and_any_week_its_day),
		  TEST(months_later_stay_within_the_month), TEST(instants_end_where_64_bits_do),
		  TEST(a_clock_is_nanoseconds_and_back), TEST(instants_print_as_iso_text),
		  TEST(days_times_and_offsets_print), TEST(partial_timestamps_are_completed),
		  TEST(bad_timestamps_fail_in_javas_words),
		  TEST(dates_are_strict_and_may_be_partial), TEST(times_may_leave_out_seconds),
		  TEST(long_texts_are_refused_and_cut_in_errors),
		  TEST(offsets_are_read_in_seven_forms));
}
