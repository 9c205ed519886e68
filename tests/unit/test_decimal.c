#include "base/decimal.h"

#include "tests/lib/test.h"

#include <math.h>

#define NINES_38 "99999999999999999999999999999999999999"

static struct decimal decimal_of(const char *text)
{
	struct err err;
	struct decimal value = { 0 };
	assert_ok(decimal_parse(slice_str(text), &value, &err), &err);
	return value;
}

/* The value prints as Java's toString. */
static void assert_decimal(struct decimal value, const char *text)
{
	struct buf buf = BUF_INIT(10000);
	decimal_append(&buf, value);
	assert_slice(buf_slice(&buf), text);
	buf_fini(&buf);
}

static void assert_plain(struct decimal value, const char *text)
{
	struct buf buf = BUF_INIT(10000);
	decimal_append_plain(&buf, value);
	assert_slice(buf_slice(&buf), text);
	buf_fini(&buf);
}

static void a_decimal_keeps_its_digits_and_its_scale(void **state)
{
	(void)state;
	static const struct {
		const char *text, *string, *plain;
		int32_t scale;
	} cases[] = {
		{ "0", "0", "0", 0 },
		{ "-0.00", "0.00", "0.00", 2 },
		{ "1.50", "1.50", "1.50", 2 },
		{ "-.5", "-0.5", "-0.5", 1 },
		{ "+5.", "5", "5", 0 },
		{ "1e3", "1E+3", "1000", -3 },
		{ "-1.23E5", "-1.23E+5", "-123000", -3 },
		{ "0e3", "0E+3", "0", -3 },
		{ "0.000001", "0.000001", "0.000001", 6 },
		{ "0.0000001", "1E-7", "0.0000001", 7 },
		{ "0.00000012", "1.2E-7", "0.00000012", 8 },
		{ "1e-40", "1E-40", "0.0000000000000000000000000000000000000001", 40 },
		{ NINES_38, NINES_38, NINES_38, 0 },
		{ "-" NINES_38 "E-38", "-0." NINES_38, "-0." NINES_38, 38 },
		{ "1000000000000000000.0000000000000000001",
		  "1000000000000000000.0000000000000000001",
		  "1000000000000000000.0000000000000000001", 19 },
		{ "00000000000000000000000000000000000000000001.5", "1.5", "1.5", 1 },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct decimal value = decimal_of(cases[i].text);
		assert_int_equal(value.scale, cases[i].scale);
		assert_decimal(value, cases[i].string);
		assert_plain(value, cases[i].plain);
	}
}

static void what_is_no_decimal_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = { "",     ".",   "-",  "e1",  "1e",  " 1",      "1 ",
					     "1.2.", "NaN", "1d", "0x1", "--1", "Infinity" };
	struct err err;
	struct decimal value = { 42, 7 };
	__int128 unscaled = 42;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_fails(decimal_parse(slice_str(cases[i]), &value, &err), &err, ERR_INVALID,
			     "not a decimal number");
		assert_fails(decimal_parse_as(slice_str(cases[i]), 5, 2, ROUND_HALF_UP, &unscaled,
					      &err),
			     &err, ERR_INVALID, "not a decimal number");
	}
	assert_fails(decimal_parse(SLICE("1" NINES_38), &value, &err), &err, ERR_RANGE,
		     "38 digits");
	assert_fails(decimal_parse(SLICE("1e5000"), &value, &err), &err, ERR_RANGE, "exponent");
	assert_fails(decimal_parse(SLICE("1e-99999999999999999999"), &value, &err), &err, ERR_RANGE,
		     "exponent");
	assert_int_equal(value.unscaled, 42);
	assert_int_equal(value.scale, 7);
	assert_int_equal(unscaled, 42);
}

static void every_rounding_rounds_as_javas_table_shows(void **state)
{
	(void)state;
	/* UP, DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN, HALF_EVEN; then UNNECESSARY fails. */
	static const struct {
		const char *text;
		int8_t expected[7];
	} cases[] = {
		{ "5.5", { 6, 5, 6, 5, 6, 5, 6 } },
		{ "2.5", { 3, 2, 3, 2, 3, 2, 2 } },
		{ "1.6", { 2, 1, 2, 1, 2, 2, 2 } },
		{ "1.1", { 2, 1, 2, 1, 1, 1, 1 } },
		{ "-1.1", { -2, -1, -1, -2, -1, -1, -1 } },
		{ "-1.6", { -2, -1, -1, -2, -2, -2, -2 } },
		{ "-2.5", { -3, -2, -2, -3, -3, -2, -2 } },
		{ "-5.5", { -6, -5, -5, -6, -6, -5, -6 } },
		{ "0.00000000000000000000000000000000001", { 1, 0, 1, 0, 0, 0, 0 } },
		{ "2.50000000000000000000000000000000001", { 3, 2, 3, 2, 3, 3, 3 } },
		{ "-1e-99", { -1, 0, 0, -1, 0, 0, 0 } },
	};
	struct err err;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct decimal value = decimal_of(cases[i].text), rounded = { 0 };
		for (int mode = ROUND_UP; mode < ROUND_UNNECESSARY; mode++) {
			__int128 parsed;
			enum decimal_rounding rounding = (enum decimal_rounding)mode;
			assert_ok(decimal_rescale(value, 0, rounding, &rounded, &err), &err);
			assert_true(rounded.unscaled == cases[i].expected[mode]);
			assert_ok(decimal_parse_as(slice_str(cases[i].text), 38, 0, rounding,
						   &parsed, &err),
				  &err);
			assert_true(parsed == cases[i].expected[mode]);
		}
		assert_fails(decimal_rescale(value, 0, ROUND_UNNECESSARY, &rounded, &err), &err,
			     ERR_EVALUATION, "Rounding necessary");
	}
	struct decimal rounded;
	assert_ok(decimal_rescale(decimal_of("2.00"), 0, ROUND_UNNECESSARY, &rounded, &err), &err);
	assert_decimal(rounded, "2");
	assert_ok(decimal_rescale(decimal_of("2"), 5, ROUND_UNNECESSARY, &rounded, &err), &err);
	assert_decimal(rounded, "2.00000");
	assert_ok(decimal_rescale(decimal_of("1249"), -2, ROUND_HALF_UP, &rounded, &err), &err);
	assert_decimal(rounded, "1.2E+3");
}

static void a_number_that_its_type_has_no_room_for_is_told_as_ksqldb_does(void **state)
{
	(void)state;
	struct err err;
	__int128 unscaled = 42;
	assert_fails(
		decimal_fit(decimal_of("1000"), 3, 1, ROUND_HALF_UP, &unscaled, &err), &err,
		ERR_RANGE,
		"Numeric field overflow: A field with precision 3 and scale 1 must round to an "
		"absolute value less than 10^2. Got 1000");
	assert_fails(decimal_fit(decimal_of("99.95"), 3, 1, ROUND_HALF_UP, &unscaled, &err), &err,
		     ERR_RANGE, "Got 99.95");
	assert_fails(decimal_parse_as(SLICE("99.95"), 3, 1, ROUND_HALF_UP, &unscaled, &err), &err,
		     ERR_RANGE, "Got 99.95");
	assert_fails(decimal_parse_as(SLICE("1e99"), 3, 1, ROUND_HALF_UP, &unscaled, &err), &err,
		     ERR_RANGE, "less than 10^2");
	assert_fails(decimal_fit(decimal_of("1e99"), 38, 0, ROUND_HALF_UP, &unscaled, &err), &err,
		     ERR_RANGE, "less than 10^38");
	assert_int_equal(unscaled, 42);
	assert_ok(decimal_fit(decimal_of("99.949"), 3, 1, ROUND_HALF_UP, &unscaled, &err), &err);
	assert_int_equal(unscaled, 999);
	assert_ok(decimal_parse_as(SLICE("0.12345678901234567890123456789012345678901234567890"),
				   10, 5, ROUND_HALF_UP, &unscaled, &err),
		  &err);
	assert_int_equal(unscaled, 12346);
	assert_true(decimal_fits(-999, 3));
	assert_false(decimal_fits(1000, 3));
	assert_int_equal(decimal_precision(0), 1);
	assert_int_equal(decimal_precision(-1000), 4);
	assert_int_equal(decimal_precision(decimal_of(NINES_38).unscaled), 38);
}

static void sums_are_exact_or_an_error(void **state)
{
	(void)state;
	struct err err;
	struct decimal r = { 42, 0 };
	assert_ok(decimal_add(decimal_of("1.50"), decimal_of("-.5"), &r, &err), &err);
	assert_decimal(r, "1.00");
	assert_ok(decimal_sub(decimal_of("1e3"), decimal_of("0.001"), &r, &err), &err);
	assert_decimal(r, "999.999");
	assert_ok(decimal_sub(decimal_of("1e38"), decimal_of(NINES_38), &r, &err), &err);
	assert_decimal(r, "1");
	assert_fails(decimal_add(decimal_of(NINES_38), decimal_of(NINES_38), &r, &err), &err,
		     ERR_RANGE, "38 digits");
	assert_fails(decimal_add(decimal_of(NINES_38), decimal_of("1"), &r, &err), &err, ERR_RANGE,
		     "38 digits");
	assert_fails(decimal_add(decimal_of(NINES_38), decimal_of("0.1"), &r, &err), &err,
		     ERR_RANGE, "38 digits");
	assert_decimal(r, "1");
}

static void products_and_quotients_pass_through_256_bits(void **state)
{
	(void)state;
	struct err err;
	struct decimal r = { 42, 0 };
	assert_ok(decimal_mul(decimal_of("1.5"), decimal_of("-1.5"), 2, ROUND_UNNECESSARY, &r,
			      &err),
		  &err);
	assert_decimal(r, "-2.25");
	assert_ok(decimal_mul(decimal_of("0." NINES_38), decimal_of("0." NINES_38), 38,
			      ROUND_HALF_UP, &r, &err),
		  &err);
	assert_decimal(r, "0.99999999999999999999999999999999999998");
	assert_fails(decimal_mul(decimal_of(NINES_38), decimal_of("2"), 0, ROUND_DOWN, &r, &err),
		     &err, ERR_RANGE, "38 digits");
	assert_ok(decimal_div(decimal_of("1.0"), decimal_of("8"), 6, ROUND_UNNECESSARY, &r, &err),
		  &err);
	assert_decimal(r, "0.125000");
	assert_fails(decimal_div(decimal_of("1.0"), decimal_of("3.0"), 6, ROUND_UNNECESSARY, &r,
				 &err),
		     &err, ERR_EVALUATION, "Rounding necessary");
	assert_ok(decimal_div(decimal_of("2"), decimal_of("-3"), 37, ROUND_HALF_UP, &r, &err),
		  &err);
	assert_decimal(r, "-0.6666666666666666666666666666666666667");
	assert_ok(decimal_div(decimal_of(NINES_38), decimal_of("3e-20"), -20, ROUND_HALF_UP, &r,
			      &err),
		  &err);
	assert_decimal(r, "3.3333333333333333333333333333333333333E+57");
	assert_fails(decimal_div(decimal_of("1"), decimal_of("0.00"), 2, ROUND_DOWN, &r, &err),
		     &err, ERR_EVALUATION, "Division by zero");
	assert_ok(decimal_mod(decimal_of("-7.5"), decimal_of("2"), &r, &err), &err);
	assert_decimal(r, "-1.5");
	assert_ok(decimal_mod(decimal_of("1e1000"), decimal_of("7"), &r, &err), &err);
	assert_decimal(r, "4"); /* 10^6 is 1 modulo 7, and 10^4 is 4 */
	assert_fails(decimal_mod(decimal_of("1"), decimal_of("0"), &r, &err), &err, ERR_EVALUATION,
		     "Division by zero");
}

static void comparing_goes_by_value_at_any_scale(void **state)
{
	(void)state;
	static const char *const rising[] = { "-1e99",  ("-" NINES_38), "-1.5", "-1", "-1e-99",
					      "0",      "1e-99",        "0.99", "1",  "2",
					      NINES_38, "1e99" };
	for (size_t i = 0; i < COUNT_OF(rising); i++) {
		for (size_t j = 0; j < COUNT_OF(rising); j++)
			assert_int_equal(decimal_compare(decimal_of(rising[i]),
							 decimal_of(rising[j])),
					 (i > j) - (i < j));
	}
	assert_int_equal(decimal_compare(decimal_of("1.0"), decimal_of("1.000")), 0);
	assert_int_equal(decimal_compare(decimal_of("0"), decimal_of("0e9")), 0);
}

static void whole_numbers_lose_their_fraction(void **state)
{
	(void)state;
	struct err err;
	int64_t value = 42;
	assert_ok(decimal_to_i64(decimal_of("-1.999"), &value, &err), &err);
	assert_int_equal(value, -1);
	assert_ok(decimal_to_i64(decimal_of("9223372036854775807.9"), &value, &err), &err);
	assert_true(value == INT64_MAX);
	assert_fails(decimal_to_i64(decimal_of("9223372036854775808"), &value, &err), &err,
		     ERR_RANGE, "64 bits");
	assert_fails(decimal_to_i64(decimal_of("1e99"), &value, &err), &err, ERR_RANGE, "64 bits");
	assert_true(decimal_to_i64_wrapped(decimal_of("9223372036854775808")) == INT64_MIN);
	assert_true(decimal_to_i64_wrapped(decimal_of("1e99")) == 0);
	assert_true(decimal_to_i64_wrapped(decimal_of("-12.9")) == -12);
	assert_decimal(decimal_from_i64(INT64_MIN), "-9223372036854775808");
	assert_decimal(decimal_abs(decimal_of("-1.5")), "1.5");
}

static void doubles_become_decimals_by_their_text_or_by_their_bits(void **state)
{
	(void)state;
	struct err err;
	struct decimal r = { 42, 0 };
	assert_ok(decimal_from_double(0.1, &r, &err), &err);
	assert_decimal(r, "0.1");
	assert_ok(decimal_from_double(1e10, &r, &err), &err);
	assert_decimal(r, "1.0E+10");
	assert_ok(decimal_from_double_exact(0.1, 38, ROUND_HALF_UP, &r, &err), &err);
	assert_decimal(r, "0.10000000000000000555111512312578270212");
	assert_ok(decimal_from_double_exact(-2.5, 0, ROUND_HALF_EVEN, &r, &err), &err);
	assert_decimal(r, "-2");
	assert_ok(decimal_from_double_exact(5e-324, 2, ROUND_UP, &r, &err), &err);
	assert_decimal(r, "0.01");
	assert_ok(decimal_from_double_exact(0, 2, ROUND_UNNECESSARY, &r, &err), &err);
	assert_decimal(r, "0.00");
	assert_fails(decimal_from_double_exact(1.1e38, 0, ROUND_UP, &r, &err), &err, ERR_RANGE,
		     "38 digits");
	assert_fails(decimal_from_double_exact(1e300, 38, ROUND_UP, &r, &err), &err, ERR_RANGE,
		     "38 digits");
	assert_fails(decimal_from_double((double)NAN, &r, &err), &err, ERR_INVALID, "NaN");
	assert_fails(decimal_from_double_exact((double)INFINITY, 2, ROUND_UP, &r, &err), &err,
		     ERR_INVALID, "Infinite");
	assert_decimal(r, "0.00");
	assert_true(decimal_to_double(decimal_of("0.1")) == 0.1);
	assert_true(decimal_to_double(decimal_of("-123.456")) == -123.456);
	assert_true(decimal_to_double(decimal_of("0e99")) == 0);
	assert_true(decimal_to_double(decimal_of("90071992547409930000000000000000000001e-22")) ==
		    9007199254740994.0);
}

/* a = (a / b) * b + a % b, with everything chosen so that it fits. */
static void quotient_and_remainder_make_the_dividend_again(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct err err;
	for (int i = 0; i < 20000; i++) {
		__int128 bits = (__int128)rng_next(&rng) << 60 ^ (__int128)rng_next(&rng);
		struct decimal a = { bits >> rng_below(&rng, 120), (int32_t)rng_below(&rng, 5) };
		struct decimal b = { (__int128)(int64_t)rng_next(&rng) >> rng_below(&rng, 60),
				     a.scale };
		if (i % 2 == 0)
			b.unscaled *= 1 + (int64_t)rng_below(&rng, 1000000000);
		if (b.unscaled == 0 || !decimal_fits(a.unscaled, DECIMAL_DIGITS_MAX))
			continue;
		struct decimal quotient, remainder, product, sum;
		assert_ok(decimal_div(a, b, 0, ROUND_DOWN, &quotient, &err), &err);
		assert_ok(decimal_mod(a, b, &remainder, &err), &err);
		assert_true(quotient.unscaled == a.unscaled / b.unscaled);
		assert_true(remainder.unscaled == a.unscaled % b.unscaled);
		assert_ok(decimal_mul(quotient, b, a.scale, ROUND_UNNECESSARY, &product, &err),
			  &err);
		assert_ok(decimal_add(product, remainder, &sum, &err), &err);
		assert_int_equal(decimal_compare(sum, a), 0);
	}
}

int main(void)
{
	RUN_TESTS(TEST(a_decimal_keeps_its_digits_and_its_scale),
		  TEST(what_is_no_decimal_is_refused),
		  TEST(every_rounding_rounds_as_javas_table_shows),
		  TEST(a_number_that_its_type_has_no_room_for_is_told_as_ksqldb_does),
		  TEST(sums_are_exact_or_an_error),
		  TEST(products_and_quotients_pass_through_256_bits),
		  TEST(comparing_goes_by_value_at_any_scale),
		  TEST(whole_numbers_lose_their_fraction),
		  TEST(doubles_become_decimals_by_their_text_or_by_their_bits),
		  TEST(quotient_and_remainder_make_the_dividend_again));
}
