#include "tests/lib/test.h"

#include "base/time.h"
#include "base/zone.h"

#define NAME SLICE("Test/Zone")

/* A TZif file, written by hand from parts. */
struct file {
	char version;
	uint32_t isut, isstd, leap, times, types, chars;
	int64_t time[4];
	uint8_t type_of[4];
	struct {
		int32_t offset;
		uint8_t dst, name;
	} type[4];
	struct slice names;
	const char *footer; /* NULL: version 1's times, and no second block */
};

static void append_header(struct buf *out, const struct file *file, bool empty)
{
	buf_append_str(out, "TZif");
	buf_append_u8(out, (uint8_t)file->version);
	buf_append_zeroes(out, 15);
	uint32_t counts[] = { file->isut,  file->isstd, file->leap,
			      file->times, file->types, file->chars };
	for (size_t i = 0; i < COUNT_OF(counts); i++)
		buf_append_u32(out, empty ? 0 : counts[i]);
}

static void append_file(struct buf *out, const struct file *file)
{
	if (file->footer != NULL)
		append_header(out, file, true);
	append_header(out, file, false);
	for (uint32_t i = 0; i < file->times; i++) {
		if (file->footer != NULL)
			buf_append_u64(out, (uint64_t)file->time[i]);
		else
			buf_append_u32(out, (uint32_t)file->time[i]);
	}
	for (uint32_t i = 0; i < file->times; i++)
		buf_append_u8(out, file->type_of[i]);
	for (uint32_t i = 0; i < MIN(file->types, COUNT_OF(file->type)); i++) {
		buf_append_u32(out, (uint32_t)file->type[i].offset);
		buf_append_u8(out, file->type[i].dst);
		buf_append_u8(out, file->type[i].name);
	}
	buf_append(out, file->names);
	buf_append_zeroes(out, file->leap * 12 + file->isstd + file->isut);
	if (file->footer != NULL)
		buf_printf(out, "\n%s\n", file->footer);
}

/* An hour ahead from 1000 to 2000, then the footer's rule. */
static struct file two_changes(void)
{
	return (struct file){
		.version = '2',
		.times = 2,
		.types = 3,
		.chars = 12,
		.time = { 1000, 2000 },
		.type_of = { 1, 2 },
		.type = { { 0, 0, 0 }, { 3600, 1, 4 }, { 7200, 0, 8 } },
		.names = SLICE("AAA\0BBB\0CCC"),
		.footer = "CCC-2",
	};
}

static int parse(const struct file *file, struct zone **ret_zone, struct err *err)
{
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(65536);
	append_file(&bytes, file);
	if (file->names.len + 1 == file->chars) {
		/* The literal's own NUL is the last name's. */
		struct file whole = *file;
		whole.names.len++;
		buf_reset(&bytes);
		append_file(&bytes, &whole);
	}
	return zone_parse(NAME, buf_slice(&bytes), ret_zone, err);
}

static void a_file_by_hand_is_read(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct zone *zone;
	struct file file = two_changes();
	assert_ok(parse(&file, &zone, &err), &err);
	assert_slice(zone_name(zone), "Test/Zone");
	struct zone_span span = zone_span(zone, 999);
	assert_int_equal(span.offset, 0);
	assert_string_equal(span.abbreviation, "AAA");
	assert_true(span.until == 1000);
	span = zone_span(zone, 1000);
	assert_int_equal(span.offset, 3600);
	assert_true(span.daylight);
	span = zone_span(zone, 5000);
	assert_int_equal(span.offset, 7200);
	assert_false(span.daylight);
	assert_true(span.until == INT64_MAX);
	zone_free(zone);
}

static void version_one_has_32_bit_times_and_no_footer(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct zone *zone;
	struct file file = two_changes();
	file.version = 0;
	file.footer = NULL;
	file.time[0] = -5;
	assert_ok(parse(&file, &zone, &err), &err);
	assert_int_equal(zone_span(zone, -6).offset, 0);
	assert_int_equal(zone_span(zone, -5).offset, 3600);
	assert_int_equal(zone_span(zone, INT64_C(1) << 40).offset, 7200);
	zone_free(zone);
}

static void what_rfc_9636_forbids_is_refused(void **state)
{
	(void)state;
	struct file cases[12];
	const char *words[] = {
		"version byte",
		"leap seconds",
		"too many",
		"no types",
		"no names",
		"do not match",
		"not after the one before",
		"has no type",
		"out of range",
		"without an end",
		"the rule 'X1' is wrong",
		"not one line",
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		cases[i] = two_changes();
	cases[0].version = '5';
	cases[1].leap = 1;
	cases[2].chars = 5000;
	cases[3].types = 0;
	cases[4].chars = 0;
	cases[5].isstd = 2;
	cases[6].time[1] = 1000;
	cases[7].type_of[1] = 3;
	cases[8].type[0].offset = 93600;
	cases[9].type[2].name = 12;
	cases[10].footer = "X1";
	cases[11].names = SLICE("AAA\0BBB\0CCC\0...");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err err = ERR_INIT;
		struct zone *zone = NULL;
		int code = parse(&cases[i], &zone, &err);
		assert_fails(code, &err, err.code, words[i]);
		assert_null(zone);
	}
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	struct file file = two_changes();
	file.names.len++;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(65536);
	append_file(&bytes, &file);
	for (size_t len = 0; len < bytes.len; len++) {
		struct err err = ERR_INIT;
		struct zone *zone = NULL;
		/* A copy of its own size, so that a byte too far is seen. */
		uint8_t *copy = mem_bytes(MAX(len, 1));
		memcpy(copy, bytes.data, len);
		int code = zone_parse(NAME, slice_of(copy, len), &zone, &err);
		assert_true(code == ERR_TRUNCATED || code == ERR_CORRUPT);
		mem_free(copy);
	}
}

struct world {
	struct zone_cache cache;
	struct err err;
};

static char directory[] = ZONE_DIRECTORY;

static void set_up(struct world *world)
{
	zone_cache_init(&world->cache, zone_files, directory);
	world->err = ERR_INIT;
}

static const struct zone *get(struct world *world, const char *name)
{
	const struct zone *zone = NULL;
	assert_ok(zone_cache_get(&world->cache, slice_str(name), &zone, &world->err), &world->err);
	return zone;
}

static int64_t seconds_of(int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute)
{
	return time_days((struct time_date){ year, month, day }) * TIME_DAY_SECONDS + hour * 3600 +
	       minute * 60;
}

static void offsets_are_what_they_were(void **state)
{
	(void)state;
	static const struct {
		const char *zone;
		int32_t year, month, day, hour;
		int32_t offset;
		bool daylight;
		const char *abbreviation;
	} cases[] = {
		{ "America/New_York", 2021, 1, 1, 0, -18000, false, "EST" },
		{ "America/New_York", 2021, 3, 14, 6, -18000, false, "EST" },
		{ "America/New_York", 2021, 3, 14, 7, -14400, true, "EDT" },
		{ "America/New_York", 2021, 11, 7, 5, -14400, true, "EDT" },
		{ "America/New_York", 2021, 11, 7, 6, -18000, false, "EST" },
		{ "America/New_York", 1918, 7, 1, 0, -14400, true, "EDT" },
		{ "Europe/London", 1969, 1, 1, 0, 3600, false, "BST" },
		{ "Europe/Berlin", 1945, 6, 1, 0, 10800, true, "CEMT" },
		{ "Europe/Berlin", 2500, 7, 1, 0, 7200, true, "CEST" },
		{ "Europe/Berlin", 250000, 1, 1, 0, 3600, false, "CET" },
		{ "Asia/Kolkata", 2021, 1, 1, 0, 19800, false, "IST" },
		{ "Australia/Lord_Howe", 2021, 1, 1, 0, 39600, true, "+11" },
		{ "Australia/Lord_Howe", 2050, 7, 1, 0, 37800, false, "+1030" },
		{ "Europe/Dublin", 2021, 7, 1, 0, 3600, true, "IST" },
		{ "Europe/Dublin", 2021, 1, 1, 0, 0, false, "GMT" },
		{ "Europe/Dublin", 1995, 7, 1, 0, 3600, true, "IST" },
		{ "Europe/Dublin", 1995, 1, 1, 0, 0, false, "GMT" },
	};
	struct world world;
	set_up(&world);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct zone *zone = get(&world, cases[i].zone);
		struct zone_span span = zone_span(zone, seconds_of(cases[i].year, cases[i].month,
								   cases[i].day, cases[i].hour, 0));
		assert_string_equal(span.abbreviation, cases[i].abbreviation);
		assert_int_equal(span.offset, cases[i].offset);
		assert_int_equal(span.daylight, cases[i].daylight);
	}
	zone_cache_fini(&world.cache);
}

static void skipped_times_move_forward_and_doubled_ones_are_early(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	const struct zone *zone = get(&world, "America/New_York");
	int32_t offset;
	/* 02:30 was skipped: it is 03:30 daylight time. */
	int64_t gap = zone_instant(zone, seconds_of(2021, 3, 14, 2, 30), &offset);
	assert_true(gap == seconds_of(2021, 3, 14, 7, 30));
	assert_int_equal(offset, -14400);
	/* 01:30 came twice: the first is daylight time. */
	int64_t overlap = zone_instant(zone, seconds_of(2021, 11, 7, 1, 30), &offset);
	assert_true(overlap == seconds_of(2021, 11, 7, 5, 30));
	assert_int_equal(offset, -14400);
	assert_true(zone_offset_fits(zone, seconds_of(2021, 11, 7, 1, 30), -18000));
	assert_true(zone_offset_fits(zone, seconds_of(2021, 11, 7, 1, 30), -14400));
	assert_false(zone_offset_fits(zone, seconds_of(2021, 11, 7, 2, 30), -14400));
	/* Samoa left out a whole day. */
	zone = get(&world, "Pacific/Apia");
	assert_true(zone_instant(zone, seconds_of(2011, 12, 30, 12, 0), NULL) ==
		    seconds_of(2011, 12, 30, 22, 0));
	zone_cache_fini(&world.cache);
}

/* The model tries every offset of the days around, earliest instant first. */
static void local_times_agree_with_a_search(void **state)
{
	(void)state;
	static const char *const names[] = { "America/New_York",  "Europe/Dublin",
					     "Asia/Tehran",       "Australia/Lord_Howe",
					     "Africa/Casablanca", "America/Sao_Paulo",
					     "Pacific/Apia",      "Asia/Gaza" };
	struct world world;
	set_up(&world);
	struct rng rng = { rng_seed_from_env() };
	for (int i = 0; i < 20000; i++) {
		const struct zone *zone = get(&world, names[rng_below(&rng, COUNT_OF(names))]);
		int64_t local = (int64_t)rng_below(&rng, 6000000000) - 3000000000;
		int32_t offset;
		int64_t instant = zone_instant(zone, local, &offset);
		int64_t first = INT64_MAX;
		struct zone_span span = zone_span(zone, local - 93600);
		for (; span.from <= local + 93600; span = zone_span(zone, span.until)) {
			if (local - span.offset >= span.from && local - span.offset < span.until)
				first = MIN(first, local - span.offset);
			if (span.until == INT64_MAX)
				break;
		}
		if (first != INT64_MAX)
			assert_true(instant == first);
		else
			assert_false(zone_offset_fits(zone, local, offset));
		assert_int_equal(zone_span(zone, instant).offset, offset);
	}
	zone_cache_fini(&world.cache);
}

static void a_span_answers_like_a_search(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	const struct zone *zone = get(&world, "Europe/Paris");
	struct rng rng = { rng_seed_from_env() };
	struct zone_span memory = { 0 };
	int64_t ms = 0;
	for (int i = 0; i < 20000; i++) {
		ms += (int64_t)rng_below(&rng, 20000000000) - 9000000000;
		int32_t offset = zone_offset(zone, ms, &memory);
		assert_int_equal(offset, zone_span(zone, time_floor_div(ms, 1000)).offset);
	}
	assert_int_equal(zone_offset(zone, INT64_MAX, &memory),
			 zone_offset(zone, INT64_MAX, &memory));
	zone_cache_fini(&world.cache);
}

static void rules_of_the_footer_hold_for_ever(void **state)
{
	(void)state;
	static const struct {
		const char *footer;
		int64_t seconds;
		int32_t offset;
	} cases[] = {
		{ "EST5EDT,0/0,J365/25", INT64_C(4102444800), -14400 }, /* all the year */
		{ "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", INT64_C(4086000000), -7200 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", INT64_C(4102444800), 39600 },
		{ "AAA-1BBB,J60/0,J61/0", INT64_C(4107542400), 7200 }, /* 2100-03-01 */
		{ "AAA-1BBB,59/0,60/0", INT64_C(4107542400), 7200 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", INT64_C(4102444800), 0 },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err err = ERR_INIT;
		struct zone *zone;
		struct file file = two_changes();
		file.footer = cases[i].footer;
		assert_ok(parse(&file, &zone, &err), &err);
		assert_int_equal(zone_span(zone, cases[i].seconds).offset, cases[i].offset);
		zone_free(zone);
	}
}

static void bad_rules_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "E5",
					   "EST",
					   "EST25",
					   "EST5EDT",
					   "EST5EDT,M3.2.0",
					   "EST5EDT,M13.1.0,M11.1.0",
					   "EST5EDT,M3.6.0,M11.1.0",
					   "EST5EDT,M3.2.7,M11.1.0",
					   "EST5EDT,J0,J1",
					   "EST5EDT,366,1",
					   "EST5EDT,1/168,2",
					   "<EST5",
					   "EST5:60",
					   "EST5EDT,1,2x",
					   "ABCDEFGHIJKLMNOPQ5",
					   "EST99999999999999999999" };
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct err err = ERR_INIT;
		struct zone *zone = NULL;
		struct file file = two_changes();
		file.footer = bad[i];
		assert_fails(parse(&file, &zone, &err), &err, ERR_CORRUPT, "is wrong at byte");
	}
}

static void names_are_those_of_java(void **state)
{
	(void)state;
	static const struct {
		const char *name, *whole;
		int32_t offset; /* on 2021-01-01 */
	} good[] = {
		{ "Z", "Z", 0 },
		{ "UTC", "UTC", 0 },
		{ "GMT", "GMT", 0 },
		{ "UT", "UT", 0 },
		{ "UTC+2", "UTC+02:00", 7200 },
		{ "GMT-02:30", "GMT-02:30", -9000 },
		{ "UT+0130", "UT+01:30", 5400 },
		{ "UTC+0", "UTC", 0 },
		{ "GMT0", "GMT0", 0 },
		{ "+02", "+02:00", 7200 },
		{ "+0200", "+02:00", 7200 },
		{ "-02:00:30", "-02:00:30", -7230 },
		{ "+00", "Z", 0 },
		{ "EST", "-05:00", -18000 },
		{ "PST", "America/Los_Angeles", -28800 },
		{ "JST", "Asia/Tokyo", 32400 },
		{ "Europe/London", "Europe/London", 0 },
		{ "Etc/GMT+5", "Etc/GMT+5", -18000 },
		{ "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires", -10800 },
	};
	static const struct {
		const char *name, *words;
	} bad[] = {
		{ "", "Invalid ID for ZoneOffset, invalid format: " },
		{ "A", "Invalid ID for ZoneOffset, invalid format: A" },
		{ "UTC+19", "Invalid ID for offset-based ZoneId: UTC+19" },
		{ "UTC+", "Invalid ID for offset-based ZoneId: UTC+" },
		{ "UTC1", "Unknown time-zone ID: UTC1" },
		{ "Foo/Bar", "Unknown time-zone ID: Foo/Bar" },
		{ "Europe", "Unknown time-zone ID: Europe" },
		{ "utc", "Unknown time-zone ID: utc" },
		{ "tzdata.zi", "Unknown time-zone ID: tzdata.zi" },
		{ "right/UTC", "Unknown time-zone ID: right/UTC" },
		{ "Europe/../UTC", "Unknown time-zone ID: Europe/../UTC" },
		{ "foo bar", "Invalid ID for region-based ZoneId, invalid format: foo bar" },
		{ "../UTC", "Invalid ID for region-based ZoneId, invalid format: ../UTC" },
		{ "/etc/passwd", "invalid format: /etc/passwd" },
		{ "+18:01", "Zone offset not in valid range" },
	};
	struct world world;
	set_up(&world);
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		const struct zone *zone = get(&world, good[i].name);
		assert_slice(zone_name(zone), good[i].whole);
		assert_int_equal(zone_span(zone, 1609459200).offset, good[i].offset);
		assert_ptr_equal(zone, get(&world, good[i].name));
	}
	assert_true(zone_is_offset(get(&world, "+02")));
	assert_false(zone_is_offset(get(&world, "UTC")));
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct zone *zone = NULL;
		int code = zone_cache_get(&world.cache, slice_str(bad[i].name), &zone, &world.err);
		assert_fails(code, &world.err, world.err.code, bad[i].words);
	}
	zone_cache_fini(&world.cache);
}

static void a_cache_keeps_a_bounded_number_of_zones(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	const struct zone *zone;
	int code = 0;
	for (int i = 0; i < 10000 && code == 0; i++) {
		CLEANUP(buf_fini) struct buf name = BUF_INIT(40);
		buf_printf(&name, "+%02d:%02d:%02d", i / 3600, i / 60 % 60, i % 60);
		code = zone_cache_get(&world.cache, buf_slice(&name), &zone, &world.err);
	}
	assert_fails(code, &world.err, ERR_LIMIT, "4096 different time zones");
	zone_cache_fini(&world.cache);
}

static void the_loader_stays_in_its_directory(void **state)
{
	(void)state;
	static const char *const names[] = { "../passwd", "/etc/passwd", "a/../../b",
					     "",          ".",           "Europe/./Paris" };
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct err err = ERR_INIT;
		CLEANUP(buf_fini) struct buf bytes = BUF_INIT(ZONE_FILE_BYTES_MAX);
		assert_fails(zone_files(directory, slice_str(names[i]), &bytes, &err), &err,
			     ERR_NOT_FOUND, "is not the name of a time zone");
	}
}

int main(void)
{
	RUN_TESTS(TEST(a_file_by_hand_is_read), TEST(version_one_has_32_bit_times_and_no_footer),
		  TEST(what_rfc_9636_forbids_is_refused), TEST(every_truncation_is_refused),
		  TEST(offsets_are_what_they_were),
		  TEST(skipped_times_move_forward_and_doubled_ones_are_early),
		  TEST(local_times_agree_with_a_search), TEST(a_span_answers_like_a_search),
		  TEST(rules_of_the_footer_hold_for_ever), TEST(bad_rules_are_refused),
		  TEST(names_are_those_of_java), TEST(a_cache_keeps_a_bounded_number_of_zones),
		  TEST(the_loader_stays_in_its_directory));
}
