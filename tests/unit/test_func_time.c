#include "engine/func.h"
#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

/* 2018-05-11T21:58:33Z, a Friday; day 17662. */
#define MOMENT "timestamp:1526075913000"

static void times_become_text(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "format_date(date:17662, 'dd-MMM-yyyy')", "11-May-2018" },
		{ "format_date(date:-1, 'yyyy-MM-dd''x''')", "1969-12-31x" },
		{ "format_date(null:DATE, 'yyyy')", "NULL" },
		{ "format_date(date:0, null:STRING)", "NULL" },
		{ "format_date(date:0, 'yyyy-MM-dd HH')",
		  "!Failed to format date 1970-01-01 with formatter 'yyyy-MM-dd HH': " },
		{ "format_time(time:3723004, 'HH:mm:ss.SSS')", "01:02:03.004" },
		{ "format_time(time:0, 'yyyy')",
		  "!Failed to format time 00:00 with formatter 'yyyy': " },
		{ "format_timestamp(" MOMENT ", 'yyyy-MM-dd HH:mm:ss zzz', 'America/Los_Angeles')",
		  "2018-05-11 14:58:33 PDT" },
		{ "format_timestamp(" MOMENT ", 'yyyy-MM-dd HH:mm:ss')", "2018-05-11 21:58:33" },
		{ "format_timestamp(" MOMENT ", 'HH:mm', 'Nowhere')",
		  "!Failed to format timestamp 2018-05-11 21:58:33.0 at timeZone 'Nowhere' with "
		  "formatter 'HH:mm': " },
		{ "format_timestamp(timestamp:120, 'nope')",
		  "!Failed to format timestamp 1970-01-01 00:00:00.12 with formatter 'nope': " },
		{ "format_timestamp(null:TIMESTAMP, 'HH')", "NULL" },
		{ "format_timestamp(" MOMENT ", 'HH', null:STRING)", "NULL" },
		{ "datetostring(17662, 'yyyy-MM-dd')", "2018-05-11" },
		{ "datetostring(null:INTEGER, 'yyyy-MM-dd')", "!NULL given for parameter 1" },
		{ "datetostring(1, 'nope')", "!Failed to format date 1 with formatter 'nope': " },
		{ "timestamptostring(1526075913000L, 'yyyy-MM-dd HH:mm:ss zzz', 'Europe/London')",
		  "2018-05-11 22:58:33 BST" },
		{ "timestamptostring(0, 'yyyy HH')", "1970 00" },
		{ "timestamptostring(0, 'HH', null:STRING)", "!NULL given for parameter 3" },
	};
	CASES_HOLD(cases);
}

static void text_becomes_dates_and_times(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "unix_date(parse_date('11/05/2019', 'dd/MM/yyyy'))", "18027" },
		{ "unix_date(parse_date('01-JAN-2022', 'dd-MMM-yyyy'))", "18993" },
		{ "unix_date(parse_date('Jan-2022', 'MMM-yyyy'))", "18993" },
		{ "parse_date('2018-05-11 01', 'yyyy-MM-dd HH')",
		  "!Failed to parse date '2018-05-11 01' with formatter 'yyyy-MM-dd HH': " },
		{ "parse_date(null:STRING, 'yyyy')", "NULL" },
		{ "stringtodate('2018-05-11Lit', 'yyyy-MM-dd''Lit''')", "17662" },
		{ "stringtodate('x', 'yyyyMMdd')",
		  "!Failed to parse date 'x' with formatter 'yyyyMMdd': Text 'x' could not be "
		  "parsed at index 0" },
		{ "stringtodate(null:STRING, 'yyyy')", "!NULL given for parameter 1" },
		{ "parse_time('01:02 pm', 'hh:mm a')", "13:02:00" },
		{ "parse_time('x', 'HH')", "!Failed to parse time 'x' with formatter 'HH': " },
		{ "parse_time('1970-01-01 01', 'yyyy-MM-dd HH')",
		  "!Failed to parse time '1970-01-01 01' with formatter 'yyyy-MM-dd HH': " },
		{ "parse_time(null:STRING, 'HH')", "NULL" },
	};
	CASES_HOLD(cases);
}

static void text_becomes_timestamps(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "unix_timestamp(parse_timestamp('2018-05-11T21:58:33', "
		  "'yyyy-MM-dd''T''HH:mm:ss'))",
		  "1526075913000" },
		{ "unix_timestamp(parse_timestamp('2018-05-11T21:58:33 PST', "
		  "'yyyy-MM-dd''T''HH:mm:ss zzz', 'Asia/Tokyo'))",
		  "1526101113000" },
		{ "unix_timestamp(parse_timestamp('2018-05-11 22:58:33', 'yyyy-MM-dd HH:mm:ss', "
		  "'Europe/London'))",
		  "1526075913000" },
		{ "parse_timestamp('05', 'MM')", "1970-05-01T00:00:00.000" },
		{ "parse_timestamp('x', 'yyyy')",
		  "!Failed to parse timestamp 'x' at timezone 'GMT' with formatter 'yyyy': " },
		{ "parse_timestamp('2018', 'yyyy', 'Nowhere')",
		  "!Failed to parse timestamp '2018' at timezone 'Nowhere' with formatter "
		  "'yyyy': " },
		{ "parse_timestamp(null:STRING, 'yyyy')", "NULL" },
		{ "stringtotimestamp('2019-08-27T13:31:09.2+0000', 'yyyy-MM-dd''T''HH:mm:ss.SX')",
		  "1566912669200" },
		{ "stringtotimestamp('2018', 'yyyy', '+01:00')", "1514761200000" },
		{ "stringtotimestamp('x', 'yyyy')",
		  "!Failed to parse timestamp 'x' with formatter 'yyyy': " },
		{ "stringtotimestamp('x', null:STRING)", "!NULL given for parameter 2" },
	};
	CASES_HOLD(cases);
}

static void clocks_are_moved_between_zones(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "unix_timestamp(convert_tz(timestamp:1589234313000, 'America/Los_Angeles', "
		  "'America/New_York'))",
		  "1589245113000" },
		{ "convert_tz(timestamp:0, '+01:00', 'UTC')", "1969-12-31T23:00:00.000" },
		{ "convert_tz(timestamp:0, 'UTC', 'Nowhere')", "!Invalid time zone: " },
		{ "convert_tz(timestamp:0, null:STRING, 'UTC')", "NULL" },
	};
	CASES_HOLD(cases);
}

static void times_are_shifted_by_units(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "unix_date(dateadd(unit:DAY, -5, date:2))", "-3" },
		{ "unix_date(dateadd(unit:HOUR, 25, date:2))", "3" },
		{ "unix_date(dateadd(unit:MILLISECOND, -1, date:0))", "0" }, /* towards 1970 */
		{ "unix_date(datesub(unit:MILLISECOND, 1, date:2))", "1" },
		{ "dateadd(unit:DAY, 2147483647, date:2147483647)", "!The date is out of range" },
		{ "dateadd(unit:MONTH, 1, date:0)", "!Months and years differ in length" },
		{ "dateadd(unit:DAY, null:INTEGER, date:0)", "NULL" },
		{ "dateadd(unit:DAY, 1, null:DATE)", "NULL" },
		{ "dateadd(date:0, 5, date:0)",
		  "?Function 'dateadd' does not accept parameters (DATE, INTEGER, DATE)." },
		{ "format_time(timeadd(unit:MILLISECOND, 10, time:86399995), 'HH:mm:ss.SSS')",
		  "00:00:00.005" },
		{ "timesub(unit:SECOND, 1, time:0)", "23:59:59" },
		{ "timeadd(unit:DAY, 2147483647, time:1000)", "00:00:01" },
		{ "timeadd(unit:SECOND, 1, time:86400000)",
		  "!86400000 milliseconds are not a time of day" },
		{ "timestampadd(unit:DAY, 2, timestamp:5)", "1970-01-03T00:00:00.005" },
		{ "timestampsub(unit:MINUTE, -1, timestamp:0)", "1970-01-01T00:01:00.000" },
		{ "timestampadd(unit:DAY, 1, null:TIMESTAMP)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void times_are_numbers_too(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "unix_date(date:10)", "10" },
		{ "unix_timestamp(timestamp:-10)", "-10" },
		{ "unix_timestamp(null:TIMESTAMP)", "NULL" },
		{ "from_days(1)", "1970-01-02" },
		{ "from_days(null:INTEGER)", "!NULL given for parameter 1" },
		{ "from_unixtime(1000L)", "1970-01-01T00:00:01.000" },
		{ "from_unixtime(null:BIGINT)", "NULL" },
	};
	CASES_HOLD(cases);
}

static int64_t at_wall_time(const char *name, int64_t wall_ms, bool wide)
{
	struct arena arena = { 0 };
	struct err err = ERR_INIT;
	const struct func_variant *variant;
	const struct type *type;
	struct value value;
	const struct func_registry *registry = func_registry_new(&arena);
	assert_ok(func_resolve(registry, &arena, slice_str(name), NULL, 0, &variant, NULL, &type,
			       &err),
		  &err);
	struct expr *call = expr_new(&arena, EXPR_CALL, type, NULL, 0);
	call->func = variant;
	assert_false(expr_is_pure(call));
	assert_ok(program_fold(call, &arena, wall_ms, &value, &err), &err);
	arena_fini(&arena);
	return wide ? value.i64 : value.i32;
}

static void now_is_the_wall_time_of_the_batch(void **state)
{
	(void)state;
	assert_int_equal(at_wall_time("unix_timestamp", 1526075913000, true), 1526075913000);
	assert_int_equal(at_wall_time("unix_date", 1526075913000, false), 17662);
	assert_int_equal(at_wall_time("unix_date", -1, false), -1);
}

/* Each row brings its pattern; more than are kept. */
static void patterns_may_differ_by_row(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct err err = ERR_INIT;
	const struct func_variant *variant;
	const struct type *types[] = { TYPE_OF(TYPE_DATE), TYPE_OF(TYPE_STRING) }, *params[2],
			  *type;
	const struct func_registry *registry = func_registry_new(&arena);
	assert_ok(func_resolve(registry, &arena, SLICE("format_date"), types, 2, &variant, params,
			       &type, &err),
		  &err);
	const struct expr *args[] = { expr_column(&arena, 0, types[0]),
				      expr_column(&arena, 1, types[1]) };
	struct expr *call = expr_new(&arena, EXPR_CALL, type, args, 2);
	call->func = variant;
	struct column columns[2], result;
	column_init(&columns[0], &arena, types[0], BATCH_ROWS_MAX);
	column_init(&columns[1], &arena, types[1], BATCH_ROWS_MAX);
	for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++) {
		const char *pattern = arena_printf(&arena, "d'-%u'", i);
		column_set(&columns[0], i, &(struct value){ .i32 = 4 });
		column_set(&columns[1], i, &(struct value){ .bytes = slice_str(pattern) });
	}
	struct eval eval = { .arena = &arena };
	struct program *program = program_new(&arena, call);
	for (int round = 0; round < 2; round++) {
		program_run(program, &eval, columns, sel_all(BATCH_ROWS_MAX), &result, NULL);
		for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++)
			assert_slice(result.bytes[i], arena_printf(&arena, "5-%u", i));
	}
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(times_become_text), TEST(text_becomes_dates_and_times),
		  TEST(text_becomes_timestamps), TEST(clocks_are_moved_between_zones),
		  TEST(times_are_shifted_by_units), TEST(times_are_numbers_too),
		  TEST(now_is_the_wall_time_of_the_batch), TEST(patterns_may_differ_by_row));
}
