#include "tests/lib/test.h"

#include "base/pattern.h"
#include "base/time.h"

/* 2021-02-03T04:05:06.789Z, a Wednesday. */
#define MOMENT INT64_C(1612325106789)

struct world {
	struct zone_cache zones;
	struct err err;
	struct pattern *pattern;
};

static char directory[] = ZONE_DIRECTORY;

static void set_up(struct world *world)
{
	*world = (struct world){ .err = ERR_INIT };
	zone_cache_init(&world->zones, zone_files, directory);
}

static void tear_down(struct world *world)
{
	pattern_free(world->pattern);
	zone_cache_fini(&world->zones);
}

static const struct pattern *compile(struct world *world, const char *text,
				     enum pattern_dialect dialect)
{
	pattern_free(world->pattern);
	world->pattern = NULL;
	assert_ok(pattern_compile(slice_str(text), dialect, true, &world->pattern, &world->err),
		  &world->err);
	assert_slice(pattern_text(world->pattern), text);
	return world->pattern;
}

static const struct zone *zone_of(struct world *world, const char *name)
{
	const struct zone *zone = NULL;
	assert_ok(zone_cache_get(&world->zones, slice_str(name), &zone, &world->err), &world->err);
	return zone;
}

static int parse(struct world *world, const char *pattern, const char *text, const char *zone,
		 int64_t *ret_ms)
{
	return pattern_parse_timestamp(compile(world, pattern, PATTERN_JAVA), slice_str(text),
				       &world->zones, zone_of(world, zone), ret_ms, &world->err);
}

static void moments_are_printed_by_letters(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *zone, *text;
	} cases[] = {
		{ "yyyy-MM-dd'T'HH:mm:ss.SSS", "UTC", "2021-02-03T04:05:06.789" },
		{ "yyyy-MM-dd HH:mm:ss zzz", "America/Los_Angeles", "2021-02-02 20:05:06 PST" },
		{ "yyyy-MM-dd HH:mm:ss zzz", "Europe/London", "2021-02-03 04:05:06 GMT" },
		{ "EEE, d MMM yy h:mm a", "Asia/Tokyo", "Wed, 3 Feb 21 1:05 PM" },
		{ "EEEE d MMMM uuuu G", "UTC", "Wednesday 3 February 2021 AD" },
		{ "zzzz|vvvv|v|VV", "Europe/Paris",
		  "Central European Standard Time|Central European Time|CET|Europe/Paris" },
		{ "z VV", "+02:00", "+02:00 +02:00" },
		{ "X XX XXX x xx xxx Z ZZZZ ZZZZZ O", "Asia/Kolkata",
		  "+0530 +0530 +05:30 +0530 +0530 +05:30 +0530 GMT+05:30 +05:30 GMT+5:30" },
		{ "X x Z O", "UTC", "Z +00 +0000 GMT" },
		{ "YYYY-'W'ww-e W D F", "UTC", "2021-W06-4 1 34 3" },
		{ "Q QQQ QQQQ QQQQQ", "UTC", "1 Q1 1st quarter 1" },
		{ "k K h A n N S SSSSSS B", "UTC",
		  "4 4 4 14706789 789000000 14706789000000 7 789000 at night" },
		{ "'o''clock' '' [HH[:mm]]", "UTC", "o'clock ' 04:05" },
		{ "pppd|ppppMMM", "UTC", "  3| Feb" },
	};
	struct world world;
	set_up(&world);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		CLEANUP(buf_fini) struct buf out = BUF_INIT(1000);
		struct zone_span span = { 0 };
		assert_ok(pattern_format_timestamp(compile(&world, cases[i].pattern, PATTERN_JAVA),
						   MOMENT, zone_of(&world, cases[i].zone), &span,
						   &out, &world.err),
			  &world.err);
		assert_slice(buf_slice(&out), cases[i].text);
	}
	tear_down(&world);
}

static void daylight_time_has_its_own_names(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *text;
	} cases[] = {
		{ "America/New_York", "EDT Eastern Daylight Time ET" },
		{ "Europe/Dublin", "IST Irish Standard Time IT" },
		{ "America/Sao_Paulo", "BRT Brasilia Standard Time BRT" },
		{ "UTC", "UTC Coordinated Universal Time UTC" },
	};
	struct world world;
	set_up(&world);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		CLEANUP(buf_fini) struct buf out = BUF_INIT(1000);
		struct zone_span span = { 0 };
		assert_ok(pattern_format_timestamp(compile(&world, "z zzzz v", PATTERN_JAVA),
						   INT64_C(1625097600000),
						   zone_of(&world, cases[i].zone), &span, &out,
						   &world.err),
			  &world.err);
		assert_slice(buf_slice(&out), cases[i].text);
	}
	tear_down(&world);
}

static void dates_and_times_lack_each_others_letters(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	CLEANUP(buf_fini) struct buf out = BUF_INIT(1000);
	assert_ok(pattern_format_date(compile(&world, "dd.MM.yyyy[ HH:mm]", PATTERN_JAVA), 18661,
				      &out, &world.err),
		  &world.err);
	assert_ok(pattern_format_time(compile(&world, "[yyyy]' 'HHmmss", PATTERN_JAVA), 14706789,
				      &out, &world.err),
		  &world.err);
	assert_slice(buf_slice(&out), "03.02.2021 040506");
	assert_fails(pattern_format_date(compile(&world, "yyyy HH", PATTERN_JAVA), 1, &out,
					 &world.err),
		     &world.err, ERR_INVALID, "Unsupported field: HourOfDay");
	assert_fails(pattern_format_time(compile(&world, "HH yyyy", PATTERN_JAVA), 1, &out,
					 &world.err),
		     &world.err, ERR_INVALID, "Unsupported field: YearOfEra");
	assert_fails(pattern_format_date(compile(&world, "VV", PATTERN_JAVA), 1, &out, &world.err),
		     &world.err, ERR_INVALID, "Unable to extract ZoneId");
	assert_slice(buf_slice(&out), "03.02.2021 040506");
	tear_down(&world);
}

static void texts_are_read_and_completed_from_1970(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *text, *zone, *whole; /* at UTC */
	} cases[] = {
		{ "yyyy-MM-dd'T'HH:mm:ssX", "2021-02-03T04:05:06+01", "UTC",
		  "2021-02-03T03:05:06.000" },
		{ "yyyy-MM-dd'T'HH:mm:ss.SX", "2021-02-03T04:05:06.7Z", "Asia/Tokyo",
		  "2021-02-03T04:05:06.700" },
		{ "yy-MM-dd HH:mm:ss", "21-02-03 04:05:06", "America/New_York",
		  "2021-02-03T09:05:06.000" },
		{ "yyyy-MM-dd HH:mm zzz", "2021-07-01 12:00 PST", "UTC",
		  "2021-07-01T19:00:00.000" },
		{ "yyyy-MM-dd HH:mm zzz", "2021-07-01 12:00 pdt", "UTC",
		  "2021-07-01T19:00:00.000" },
		{ "yyyy-MM-dd HH:mm zzz", "2021-07-01 12:00 IST", "UTC",
		  "2021-07-01T06:30:00.000" },
		{ "yyyy-MM-dd HH:mm zzzz", "2021-07-01 12:00 Pacific Time", "UTC",
		  "2021-07-01T19:00:00.000" },
		{ "yyyy-MM-dd HH:mm VV", "2021-07-01 12:00 Europe/Paris", "UTC",
		  "2021-07-01T10:00:00.000" },
		{ "yyyy-MM-dd HH:mm VV", "2021-07-01 12:00 UTC+03:00", "UTC",
		  "2021-07-01T09:00:00.000" },
		{ "yyyyMMddHHmmssSSS", "20210203040506789", "UTC", "2021-02-03T04:05:06.789" },
		{ "d MMMM yyyy", "3 FEBRUARY 2021", "UTC", "2021-02-03T00:00:00.000" },
		{ "yyyy", "2021", "UTC", "2021-01-01T00:00:00.000" },
		{ "MMM-yyyy", "Feb-2021", "UTC", "2021-02-01T00:00:00.000" },
		{ "HH:mm", "10:30", "UTC", "1970-01-01T10:30:00.000" },
		{ "dd", "17", "UTC", "1970-01-17T00:00:00.000" },
		{ "MM dd", "02 31", "UTC", "1970-02-28T00:00:00.000" },
		{ "yyyy-MM-dd", "2021-02-30", "UTC", "2021-02-28T00:00:00.000" },
		{ "yyyy-MM-dd HH", "2021-02-03 24", "UTC", "2021-02-04T00:00:00.000" },
		{ "a", "PM", "UTC", "1970-01-01T18:00:00.000" },
		{ "yyyy-DDD", "2020-366", "UTC", "2020-12-31T00:00:00.000" },
		{ "yyyy-MM-dd[ HH[:mm]]", "2021-02-03 10", "UTC", "2021-02-03T10:00:00.000" },
		/* Skipped, and doubled: Java's rules. */
		{ "yyyy-MM-dd HH:mm", "2021-03-14 02:30", "America/New_York",
		  "2021-03-14T07:30:00.000" },
		{ "yyyy-MM-dd HH:mm", "2021-11-07 01:30", "America/New_York",
		  "2021-11-07T05:30:00.000" },
		{ "yyyy-MM-dd HH:mm X VV", "2021-11-07 01:30 -05 America/New_York", "UTC",
		  "2021-11-07T06:30:00.000" },
	};
	struct world world;
	set_up(&world);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t ms = 0;
		assert_ok(parse(&world, cases[i].pattern, cases[i].text, cases[i].zone, &ms),
			  &world.err);
		CLEANUP(buf_fini) struct buf out = BUF_INIT(100);
		time_print_timestamp(&out, ms);
		assert_slice(buf_slice(&out), cases[i].whole);
	}
	tear_down(&world);
}

static void texts_that_do_not_fit_fail_in_javas_words(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *text, *words;
	} cases[] = {
		{ "yyyy-MM-dd", "2021-13", "Text '2021-13' could not be parsed at index 7" },
		{ "yyyy-MM-dd", "2021-13-01",
		  "Text '2021-13-01' could not be parsed: Invalid value for "
		  "MonthOfYear (valid values 1 - 12): 13" },
		{ "yyyy", "2021x", "could not be parsed, unparsed text found at index 4" },
		{ "yyyy", "20211", "could not be parsed at index 0" },
		{ "EEE yyyy-MM-dd", "Mon 2021-02-03",
		  "Conflict found: Field DayOfWeek 3 differs from DayOfWeek 1 derived from "
		  "2021-02-03" },
		{ "h a H", "3 PM 14",
		  "Conflict found: HourOfDay 14 differs from HourOfDay 15 while "
		  "resolving  AmPmOfDay" },
		{ "H B", "3 in the morning",
		  "Conflict found: Resolved time 03:00 conflicts with "
		  "DayPeriod(06:00-12:00)" },
		{ "DDD", "366", "Leap day cannot be parsed without supplying the year field" },
		{ "X", "+19", "Zone offset not in valid range: -18:00 to +18:00" },
		{ "VV", "Nowhere/Here", "could not be parsed at index 0" },
		{ "y", "-5",
		  "Invalid value for YearOfEra (valid values 1 - 999999999/1000000000): -5" },
		{ "u g", "2021 0",
		  "Conflict found: Field Year 1858 differs from Year 2021 derived from "
		  "1858-11-17" },
	};
	struct world world;
	set_up(&world);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t ms = 77;
		int code = parse(&world, cases[i].pattern, cases[i].text, "UTC", &ms);
		assert_fails(code, &world.err, ERR_INVALID, cases[i].words);
		assert_true(ms == 77);
	}
	tear_down(&world);
}

static void wrong_patterns_say_where_and_what_is_right(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *words;
	} cases[] = {
		{ "yyyy GGGGGG",
		  "Too many pattern letters: G (position 5: G stands 1 to 5 times, not 6)" },
		{ "HHH", "Too many pattern letters: H (position 0: H stands 1 or 2 times, not 3)" },
		{ "VVV", "Pattern letter count must be 2: V" },
		{ "j", "Unknown pattern letter: j (position 0" },
		{ "'abc", "Pattern ends with an incomplete string literal: 'abc" },
		{ "a]", "Pattern invalid as it contains ] without previous [ (position 1)" },
		{ "yyyy{", "Pattern includes reserved character: '{' (position 4" },
		{ "pp", "Pad letter 'p' must be followed by valid pad pattern: pp" },
		{ "SSSSSSSSSS", "Minimum width must be from 0 to 9" },
		{ "[[[[[[[[[[[[[[[[[", "more than 16 sections" },
	};
	struct world world;
	set_up(&world);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct pattern *pattern = NULL;
		int code = pattern_compile(slice_str(cases[i].pattern), PATTERN_JAVA, false,
					   &pattern, &world.err);
		assert_fails(code, &world.err, world.err.code, cases[i].words);
		assert_null(pattern);
	}
	char text[PATTERN_BYTES_MAX + 1];
	memset(text, 'y', sizeof(text));
	struct pattern *pattern;
	assert_fails(pattern_compile(slice_of(text, sizeof(text)), PATTERN_JAVA, false, &pattern,
				     &world.err),
		     &world.err, ERR_LIMIT, "at most 1024 bytes");
	tear_down(&world);
}

static void letters_case_counts_unless_it_is_ignored(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	int64_t days;
	assert_ok(pattern_compile(SLICE("dd-MMM-yyyy"), PATTERN_JAVA, false, &world.pattern,
				  &world.err),
		  &world.err);
	assert_ok(pattern_parse_date(world.pattern, SLICE("03-Feb-2021"), NULL, &days, &world.err),
		  &world.err);
	assert_true(days == 18661);
	assert_fails(pattern_parse_date(world.pattern, SLICE("03-FEB-2021"), NULL, &days,
					&world.err),
		     &world.err, ERR_INVALID, "could not be parsed at index 3");
	tear_down(&world);
}

static void a_date_must_be_whole_and_a_time_have_no_date(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	int64_t value;
	assert_fails(pattern_parse_date(compile(&world, "yyyy-MM", PATTERN_JAVA), SLICE("2021-02"),
					NULL, &value, &world.err),
		     &world.err, ERR_INVALID,
		     "Text '2021-02' could not be parsed: Unable to obtain LocalDate");
	assert_ok(pattern_parse_time(compile(&world, "HH:mm", PATTERN_JAVA), SLICE("04:05"), NULL,
				     &value, &world.err),
		  &world.err);
	assert_true(value == 14700000);
	assert_fails(pattern_parse_time(compile(&world, "yyyy HH", PATTERN_JAVA), SLICE("2021 04"),
					NULL, &value, &world.err),
		     &world.err, ERR_INVALID, "Unsupported field: Year");
	assert_fails(pattern_parse_time(compile(&world, "mm", PATTERN_JAVA), SLICE("04"), NULL,
					&value, &world.err),
		     &world.err, ERR_INVALID, "Unable to obtain LocalTime");
	tear_down(&world);
}

static void the_older_dialect_is_lenient(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *text;
		int64_t days;
	} good[] = {
		{ "yyyy-MM-dd'Lit'", "2018-05-11Lit", 17662 },
		{ "dd/MM/yyyy", "11/05/2019", 18027 },
		{ "dd-MMM-yyyy", "01-JAN-2022", 18993 },
		{ "MMM-yyyy", "JAN-2022", 18993 },
		{ "dd MMM yyyy", "01 January 2022", 18993 },
		{ "yyyy-MM-dd", "2021-02-30", 18688 }, /* March 2nd */
		{ "yyyy-MM-dd", "2021-13-01", 18993 },
		{ "yyyy-MM-dd", "2021-02-03 and more", 18661 },
		{ "yyyyMMdd", "20210203", 18661 },
		{ "yy-M-d", "21-2-3", 18661 },
		{ "yyyy DDD", "2021 34", 18661 },
		{ "EEE w yyyy", "Wed 6 2021", 18661 },
		{ "yyyy-MM-dd HH:mm", "2021-02-03 24:00", 18662 },
		{ "yyyy-MM-dd HH:mm Z", "2021-02-03 02:00 +0200", 18661 },
		{ "yyyy-MM-dd HH:mm z", "2021-02-02 16:00 PST", 18661 },
		{ "G yyyy", "BC 1", -719528 },
	};
	static const struct {
		const char *pattern, *text, *words;
	} bad[] = {
		{ "yyyy-MM-dd", "2021/02/03", "Unparseable date: 2021/02/03" },
		{ "yyyy-MM-dd", "", "Unparseable date: " },
		{ "yyyy", "99999999999", "Unparseable date" },
		{ "yyyy-MM-dd HH:mm", "2021-02-03 04:05", "Date format contains time field." },
	};
	struct world world;
	set_up(&world);
	int64_t days;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		assert_ok(pattern_parse_date(compile(&world, good[i].pattern, PATTERN_SIMPLE),
					     slice_str(good[i].text), &world.zones, &days,
					     &world.err),
			  &world.err);
		assert_int_equal(days, good[i].days);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_fails(pattern_parse_date(compile(&world, bad[i].pattern, PATTERN_SIMPLE),
						slice_str(bad[i].text), &world.zones, &days,
						&world.err),
			     &world.err, ERR_INVALID, bad[i].words);
	struct pattern *pattern;
	assert_fails(pattern_compile(SLICE("yyyy 'x"), PATTERN_SIMPLE, true, &pattern, &world.err),
		     &world.err, ERR_INVALID, "Unterminated quote (from position 4 on)");
	assert_fails(pattern_compile(SLICE("yyyy B"), PATTERN_SIMPLE, true, &pattern, &world.err),
		     &world.err, ERR_INVALID, "Format 'B' not supported (position 5");
	tear_down(&world);
}

/* Patterns with every field needed read back what they print. */
static void what_is_printed_is_read_back(void **state)
{
	(void)state;
	static const char *const patterns[] = {
		"uuuu-MM-dd HH:mm:ss.SSS XXXXX",   "yyyyMMddHHmmssSSS VV",      "G y D A X",
		"EEEE, d MMMM uuuu h:mm:ss a n z", "YYYY ww e HH mm ss SSS VV", "g N xxxxx",
		"ppppppu M/d k:m:s SSSSSS OOOO",
	};
	static const char *const zones[] = { "UTC", "+02:00", "Asia/Kolkata", "Asia/Tokyo" };
	struct world world;
	set_up(&world);
	struct rng rng = { rng_seed_from_env() };
	for (int i = 0; i < 5000; i++) {
		const char *text = patterns[rng_below(&rng, COUNT_OF(patterns))];
		const struct pattern *pattern = compile(&world, text, PATTERN_JAVA);
		const struct zone *zone = zone_of(&world, zones[rng_below(&rng, COUNT_OF(zones))]);
		int64_t ms = (int64_t)rng_below(&rng, 5000000000000);
		CLEANUP(buf_fini) struct buf out = BUF_INIT(1000);
		struct zone_span span = { 0 };
		assert_ok(pattern_format_timestamp(pattern, ms, zone, &span, &out, &world.err),
			  &world.err);
		int64_t got = 0;
		assert_ok(pattern_parse_timestamp(pattern, buf_slice(&out), &world.zones,
						  zone_of(&world, "UTC"), &got, &world.err),
			  &world.err);
		assert_true(got == ms);
	}
	tear_down(&world);
}

int main(void)
{
	RUN_TESTS(TEST(moments_are_printed_by_letters), TEST(daylight_time_has_its_own_names),
		  TEST(dates_and_times_lack_each_others_letters),
		  TEST(texts_are_read_and_completed_from_1970),
		  TEST(texts_that_do_not_fit_fail_in_javas_words),
		  TEST(wrong_patterns_say_where_and_what_is_right),
		  TEST(letters_case_counts_unless_it_is_ignored),
		  TEST(a_date_must_be_whole_and_a_time_have_no_date),
		  TEST(the_older_dialect_is_lenient), TEST(what_is_printed_is_read_back));
}
