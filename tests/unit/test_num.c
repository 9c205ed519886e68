#include "base/num.h"

#include "tests/lib/test.h"

#include <math.h>

/* Compares bits, so that -0.0 is not 0.0 and NaN is NaN. */
static void assert_double(double got, double expected)
{
	assert_memory_equal(&got, &expected, sizeof(got));
}

static void whole_numbers_are_read_exactly_to_the_last_one(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value;
	} cases[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "+7", 7 },
		{ "007", 7 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "0000000000000000000000000000012", 12 },
	};
	struct err err;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t value = -1;
		assert_ok(num_parse_i64(slice_str(cases[i].text), &value, &err), &err);
		assert_true(value == cases[i].value);
	}
}

static void what_is_no_whole_number_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = { "",    "-",   "+",   "+-1", " 1", "1 ",
					     "1.0", "0x1", "1e3", "--1", "a",  "1a" };
	struct err err;
	int64_t value = 42;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_fails(num_parse_i64(slice_str(cases[i]), &value, &err), &err, ERR_INVALID,
			     "not a whole number");
	assert_int_equal(value, 42);
}

static void a_whole_number_that_does_not_fit_is_an_error_of_range(void **state)
{
	(void)state;
	struct err err;
	int64_t value = 42;
	int32_t small = 43;
	assert_fails(num_parse_i64(SLICE("9223372036854775808"), &value, &err), &err, ERR_RANGE,
		     "64 bits");
	assert_fails(num_parse_i64(SLICE("-9223372036854775809"), &value, &err), &err, ERR_RANGE,
		     "64 bits");
	assert_fails(num_parse_i64(SLICE("99999999999999999999999"), &value, &err), &err, ERR_RANGE,
		     "64 bits");
	assert_fails(num_parse_i32(SLICE("2147483648"), &small, &err), &err, ERR_RANGE, "32 bits");
	assert_fails(num_parse_i32(SLICE("99999999999999999999999"), &small, &err), &err, ERR_RANGE,
		     "32 bits");
	assert_fails(num_parse_i32(SLICE("x"), &small, &err), &err, ERR_INVALID, "\"x\"");
	assert_int_equal(value, 42);
	assert_int_equal(small, 43);
	assert_ok(num_parse_i32(SLICE("-2147483648"), &small, &err), &err);
	assert_int_equal(small, INT32_MIN);
}

static void whole_numbers_of_every_length_come_back_from_their_text(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct err err;
	for (int i = 0; i < 20000; i++) {
		int64_t value = (int64_t)(rng_next(&rng) >> (i % 64)) * (i % 2 == 0 ? 1 : -1);
		uint8_t text[NUM_I64_BYTES_MAX];
		char expected[32];
		size_t len = num_put_i64(text, value);
		struct buf printed = BUF_INIT(32);
		buf_printf(&printed, "%lld", (long long)value);
		memcpy(expected, buf_str(&printed), printed.len + 1);
		buf_fini(&printed);
		assert_slice(slice_of(text, len), expected);
		int64_t back;
		assert_ok(num_parse_i64(slice_of(text, len), &back, &err), &err);
		assert_true(back == value);
	}
	uint8_t text[NUM_I64_BYTES_MAX];
	assert_slice(slice_of(text, num_put_u64(text, UINT64_MAX)), "18446744073709551615");
	assert_slice(slice_of(text, num_put_i64(text, INT64_MIN)), "-9223372036854775808");
}

static void a_double_prints_as_java_prints_it(void **state)
{
	(void)state;
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0.0, "0.0" },
		{ -0.0, "-0.0" },
		{ 100, "100.0" },
		{ 9999999, "9999999.0" },
		{ 1e7, "1.0E7" },
		{ 12345678, "1.2345678E7" },
		{ 1e10, "1.0E10" },
		{ 0.001, "0.001" },
		{ 0.00999, "0.00999" },
		{ 0.000999, "9.99E-4" },
		{ 1e-5, "1.0E-5" },
		{ -1.5, "-1.5" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 123456.789, "123456.789" },
		{ 2e23, "2.0E23" },
		{ 1e23, "1.0E23" },
		{ 5e-324, "4.9E-324" },
		{ 1e-323, "9.9E-324" },
		{ 1.5e-323, "1.5E-323" },
		{ 2.2250738585072014E-308, "2.2250738585072014E-308" },
		{ 1.7976931348623157e308, "1.7976931348623157E308" },
		{ 9007199254740993.0, "9.007199254740992E15" },
		{ (double)NAN, "NaN" },
		{ (double)-INFINITY, "-Infinity" },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint8_t text[NUM_DOUBLE_BYTES_MAX];
		assert_slice(slice_of(text, num_put_double(text, cases[i].value)), cases[i].text);
	}
}

static void a_double_is_read_as_java_reads_it(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value;
	} cases[] = {
		{ "1", 1 },
		{ "1.", 1 },
		{ ".5", 0.5 },
		{ "+1.5e3", 1500 },
		{ "1E-2", 0.01 },
		{ " \t1d\n", 1 },
		{ "2.5F", 2.5 },
		{ "-0", -0.0 },
		{ "1e400", (double)INFINITY },
		{ "-1e400", (double)-INFINITY },
		{ "1e99999999999999999999999", (double)INFINITY },
		{ "1e-99999999999999999999999", 0 },
		{ "0e99999999999999999999999", 0 },
		{ "Infinity", (double)INFINITY },
		{ "-Infinity", (double)-INFINITY },
		{ "0x1.8p1", 3 },
		{ "-0X.8P-1d", -0.25 },
		{ "0x1p-1074", 5e-324 },
		{ "0x1p-1075", 0 },
		{ "0x1.0000000000000000000001p-1075", 5e-324 },
		{ "0x1.fffffffffffff8p1023", (double)INFINITY },
		{ "9007199254740993", 9007199254740992.0 },
		{ "9007199254740993.0000000000000000000000000000001", 9007199254740994.0 },
		{ "2.4703282292062327e-324", 0 },
		{ "2.4703282292062328e-324", 5e-324 },
		{ "1.7976931348623158e308", 1.7976931348623157e308 },
		{ "1.7976931348623159e308", (double)INFINITY },
	};
	struct err err;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		double value = 42;
		assert_ok(num_parse_double(slice_str(cases[i].text), &value, &err), &err);
		assert_double(value, cases[i].value);
	}
	double value;
	assert_ok(num_parse_double(SLICE("NaN"), &value, &err), &err);
	assert_true(isnan(value));
}

static void what_is_no_double_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"",   " ",   ".",   "-",     "e5",   "1e",    "1e+", "1.2.3", "1 2", "nan",
		"in", "inf", "0x1", "0x.p1", "0x1p", "0x1pz", "1dd", "1_0",   "+-1", "d",
	};
	struct err err;
	double value = 42;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_fails(num_parse_double(slice_str(cases[i]), &value, &err), &err, ERR_INVALID,
			     "not a number");
	assert_double(value, 42);
}

static void every_double_comes_back_from_its_text(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct err err;
	for (int i = 0; i < 50000; i++) {
		uint64_t bits = rng_next(&rng);
		double value, back;
		memcpy(&value, &bits, sizeof(value));
		if (isnan(value))
			continue;
		uint8_t text[NUM_DOUBLE_BYTES_MAX];
		size_t len = num_put_double(text, value);
		assert_ok(num_parse_double(slice_of(text, len), &back, &err), &err);
		assert_double(back, value);
	}
}

/* The middle of 2^53 and the next double, with a digit added ever further behind. */
static void one_digit_far_behind_decides_between_two_doubles(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(4096);
	for (size_t zeroes = 0; zeroes < 2000; zeroes += 37) {
		buf_reset(&text);
		buf_append_str(&text, "9007199254740993.");
		for (size_t i = 0; i < zeroes; i++)
			buf_append_u8(&text, '0');
		double value;
		assert_ok(num_parse_double(buf_slice(&text), &value, NULL), NULL);
		assert_double(value, 9007199254740992.0);
		buf_append_u8(&text, '1');
		assert_ok(num_parse_double(buf_slice(&text), &value, NULL), NULL);
		assert_double(value, 9007199254740994.0);
	}
	buf_fini(&text);
}

static void a_number_is_taken_from_the_front_of_a_text(void **state)
{
	(void)state;
	double value = 42;
	assert_int_equal(num_prefix_double(SLICE("1.5,2"), &value), 3);
	assert_double(value, 1.5);
	assert_int_equal(num_prefix_double(SLICE("1e"), &value), 1);
	assert_double(value, 1);
	assert_int_equal(num_prefix_double(SLICE("1e+x"), &value), 1);
	assert_int_equal(num_prefix_double(SLICE("-12e-1}"), &value), 6);
	assert_double(value, -1.2);
	assert_int_equal(num_prefix_double(SLICE(""), &value), 0);
	assert_int_equal(num_prefix_double(SLICE("NaN"), &value), 0);
	assert_int_equal(num_prefix_double(SLICE(" 1"), &value), 0);
	assert_double(value, -1.2);
}

int main(void)
{
	RUN_TESTS(TEST(whole_numbers_are_read_exactly_to_the_last_one),
		  TEST(what_is_no_whole_number_is_refused),
		  TEST(a_whole_number_that_does_not_fit_is_an_error_of_range),
		  TEST(whole_numbers_of_every_length_come_back_from_their_text),
		  TEST(a_double_prints_as_java_prints_it), TEST(a_double_is_read_as_java_reads_it),
		  TEST(what_is_no_double_is_refused), TEST(every_double_comes_back_from_its_text),
		  TEST(one_digit_far_behind_decides_between_two_doubles),
		  TEST(a_number_is_taken_from_the_front_of_a_text));
}
