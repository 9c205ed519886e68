#include "base/decimal.h"

#include "base/decimal_priv.h"
#include "base/num_priv.h"

/* No size below 10^38, nor a product of two, reaches half of this power. */
#define POWER_PAST_PRODUCTS 77

unsigned __int128 decimal_pow10(int32_t power)
{
	assert(power >= 0);
	assert(power <= DECIMAL_DIGITS_MAX);
	if (power <= NUM_LEAD_DIGITS)
		return num_powers10[power];
	return (unsigned __int128)num_powers10[NUM_LEAD_DIGITS] *
	       num_powers10[power - NUM_LEAD_DIGITS];
}

bool decimal_fits(__int128 unscaled, int32_t precision)
{
	return decimal_size(unscaled) < decimal_pow10(precision);
}

int32_t decimal_precision(__int128 unscaled)
{
	unsigned __int128 size = decimal_size(unscaled);
	uint64_t high = (uint64_t)(size / num_powers10[NUM_LEAD_DIGITS]);
	if (high == 0)
		return (int32_t)num_count_digits((uint64_t)size);
	return NUM_LEAD_DIGITS + (int32_t)num_count_digits(high);
}

static void assert_valid(struct decimal value)
{
	assert(decimal_fits(value.unscaled, DECIMAL_DIGITS_MAX));
	assert(value.scale >= -2 * DECIMAL_SCALE_MAX);
	assert(value.scale <= 2 * DECIMAL_SCALE_MAX);
}

fallible decimal_too_large(struct err *err)
{
	return err_set(err, ERR_RANGE, "a DECIMAL of more than %d digits", DECIMAL_DIGITS_MAX);
}

/* Whether the size's last digit goes up by one; `rest` is not zero. */
static bool rounds_up(enum decimal_rounding rounding, enum decimal_rest rest, bool negative,
		      bool odd)
{
	switch (rounding) {
	case ROUND_UP:
		return true;
	case ROUND_DOWN:
		return false;
	case ROUND_CEILING:
		return !negative;
	case ROUND_FLOOR:
		return negative;
	case ROUND_HALF_UP:
		return rest >= REST_HALF;
	case ROUND_HALF_DOWN:
		return rest > REST_HALF;
	case ROUND_HALF_EVEN:
		return rest > REST_HALF || (rest == REST_HALF && odd);
	case ROUND_UNNECESSARY:
		break;
	}
	UNREACHABLE("it was refused before");
}

fallible decimal_finish(const struct wide *size, enum decimal_rest rest, bool negative,
			int32_t scale, enum decimal_rounding rounding, struct decimal *ret_value,
			struct err *err)
{
	if (rest != REST_ZERO && rounding == ROUND_UNNECESSARY)
		return err_set(err, ERR_EVALUATION, "Rounding necessary");
	unsigned __int128 rounded = (unsigned __int128)size->limb[1] << 64 | size->limb[0];
	bool fits =
		(size->limb[2] | size->limb[3]) == 0 && rounded < decimal_pow10(DECIMAL_DIGITS_MAX);
	if (fits && rest != REST_ZERO)
		rounded += rounds_up(rounding, rest, negative, rounded & 1);
	if (!fits || rounded == decimal_pow10(DECIMAL_DIGITS_MAX))
		return decimal_too_large(err);
	*ret_value = (struct decimal){ negative ? -(__int128)rounded : (__int128)rounded, scale };
	return 0;
}

/* size * 10^power, which may be negative; what it is cut to, and the rest. False: over 256 bits. */
static bool scale_size(struct wide *size, int32_t power, enum decimal_rest *ret_rest)
{
	*ret_rest = REST_ZERO;
	if (power >= 0 || wide_is_zero(size))
		return wide_multiply_pow10(size, MAX(power, 0));
	if (-power >= POWER_PAST_PRODUCTS) {
		*size = (struct wide){ 0 };
		*ret_rest = REST_BELOW_HALF;
		return true;
	}
	struct wide divisor = wide_from(1), remainder;
	bool fits = wide_multiply_pow10(&divisor, -power);
	assert(fits);
	*size = wide_divide(size, &divisor, &remainder);
	*ret_rest = wide_rest(&remainder, &divisor);
	return true;
}

fallible decimal_rescale(struct decimal value, int32_t scale, enum decimal_rounding rounding,
			 struct decimal *ret_value, struct err *err)
{
	assert_valid(value);
	if (scale == value.scale) {
		*ret_value = value;
		return 0;
	}
	struct wide size = wide_from(decimal_size(value.unscaled));
	enum decimal_rest rest;
	if (!scale_size(&size, scale - value.scale, &rest))
		return decimal_too_large(err);
	return decimal_finish(&size, rest, value.unscaled < 0, scale, rounding, ret_value, err);
}

fallible decimal_does_not_fit(struct err *err, int32_t precision, int32_t scale, struct slice text)
{
	return err_set(
		err, ERR_RANGE,
		"Numeric field overflow: A field with precision %d and scale %d must round to an "
		"absolute value less than 10^%d. Got %.*s",
		precision, scale, precision - scale, SLICE_ARGS(text));
}

fallible decimal_fit(struct decimal value, int32_t precision, int32_t scale,
		     enum decimal_rounding rounding, __int128 *ret_unscaled, struct err *err)
{
	assert(precision > 0);
	assert(precision <= DECIMAL_DIGITS_MAX);
	struct decimal fitted;
	int code = decimal_rescale(value, scale, rounding, &fitted, err);
	if (code == 0 && decimal_fits(fitted.unscaled, precision)) {
		*ret_unscaled = fitted.unscaled;
		return 0;
	}
	if (code == ERR_EVALUATION)
		return code;
	if (err == NULL)
		return ERR_RANGE;
	struct buf text = BUF_INIT(DECIMAL_SCALE_MAX * 4);
	decimal_append_plain(&text, value);
	code = decimal_does_not_fit(err, precision, scale, buf_slice(&text));
	buf_fini(&text);
	return code;
}

/* Both sizes at the larger scale. False: one is over 256 bits. */
static bool align(struct decimal a, struct decimal b, struct wide *ret_a, struct wide *ret_b,
		  int32_t *ret_scale)
{
	int32_t scale = MAX(a.scale, b.scale);
	*ret_a = wide_from(decimal_size(a.unscaled));
	*ret_b = wide_from(decimal_size(b.unscaled));
	*ret_scale = scale;
	bool a_fits = wide_multiply_pow10(ret_a, scale - a.scale);
	bool b_fits = wide_multiply_pow10(ret_b, scale - b.scale);
	return a_fits && b_fits;
}

fallible decimal_add(struct decimal a, struct decimal b, struct decimal *ret_value, struct err *err)
{
	assert_valid(a);
	assert_valid(b);
	if (a.scale == b.scale) {
		__int128 sum; /* up to 2 * 10^38, which is more than 2^127 */
		if (__builtin_add_overflow(a.unscaled, b.unscaled, &sum) ||
		    !decimal_fits(sum, DECIMAL_DIGITS_MAX))
			return decimal_too_large(err);
		*ret_value = (struct decimal){ sum, a.scale };
		return 0;
	}
	struct wide size_a, size_b;
	int32_t scale;
	if (!align(a, b, &size_a, &size_b, &scale))
		return decimal_too_large(err);
	bool negative_a = a.unscaled < 0, negative_b = b.unscaled < 0;
	if (negative_a == negative_b) {
		if (!wide_add(&size_a, &size_b))
			return decimal_too_large(err);
		return decimal_finish(&size_a, REST_ZERO, negative_a, scale, ROUND_UNNECESSARY,
				      ret_value, err);
	}
	bool a_larger = wide_compare(&size_a, &size_b) >= 0;
	struct wide size = a_larger ? wide_sub(&size_a, &size_b) : wide_sub(&size_b, &size_a);
	return decimal_finish(&size, REST_ZERO, a_larger ? negative_a : negative_b, scale,
			      ROUND_UNNECESSARY, ret_value, err);
}

fallible decimal_sub(struct decimal a, struct decimal b, struct decimal *ret_value, struct err *err)
{
	return decimal_add(a, decimal_neg(b), ret_value, err);
}

static fallible division_by_zero(struct err *err)
{
	return err_set(err, ERR_EVALUATION, "Division by zero");
}

fallible decimal_mod(struct decimal a, struct decimal b, struct decimal *ret_value, struct err *err)
{
	assert_valid(a);
	assert_valid(b);
	if (b.unscaled == 0)
		return division_by_zero(err);
	struct wide remainder = wide_from(decimal_size(a.unscaled));
	struct wide divisor = wide_from(decimal_size(b.unscaled));
	/* A divisor past 256 bits is larger than any `a`, which then is the remainder. */
	if (wide_multiply_pow10(&divisor, MAX(a.scale - b.scale, 0))) {
		wide_divide(&remainder, &divisor, &remainder);
		for (int32_t left = b.scale - a.scale; left > 0; left -= NUM_LEAD_DIGITS) {
			/* Less than 10^38 * 10^19. */
			bool fits = wide_multiply_pow10(&remainder, MIN(left, NUM_LEAD_DIGITS));
			assert(fits);
			wide_divide(&remainder, &divisor, &remainder);
		}
	}
	return decimal_finish(&remainder, REST_ZERO, a.unscaled < 0, MAX(a.scale, b.scale),
			      ROUND_UNNECESSARY, ret_value, err);
}

fallible decimal_mul(struct decimal a, struct decimal b, int32_t scale,
		     enum decimal_rounding rounding, struct decimal *ret_value, struct err *err)
{
	assert_valid(a);
	assert_valid(b);
	__int128 product; /* of most numbers there are */
	if (scale == a.scale + b.scale &&
	    !__builtin_mul_overflow(a.unscaled, b.unscaled, &product) &&
	    decimal_fits(product, DECIMAL_DIGITS_MAX)) {
		*ret_value = (struct decimal){ product, scale };
		return 0;
	}
	struct wide size = wide_product(decimal_size(a.unscaled), decimal_size(b.unscaled));
	enum decimal_rest rest;
	if (!scale_size(&size, scale - a.scale - b.scale, &rest))
		return decimal_too_large(err);
	bool negative = (a.unscaled < 0) != (b.unscaled < 0);
	return decimal_finish(&size, rest, negative, scale, rounding, ret_value, err);
}

fallible decimal_div(struct decimal a, struct decimal b, int32_t scale,
		     enum decimal_rounding rounding, struct decimal *ret_value, struct err *err)
{
	assert_valid(a);
	assert_valid(b);
	if (b.unscaled == 0)
		return division_by_zero(err);
	bool negative = (a.unscaled < 0) != (b.unscaled < 0);
	struct wide dividend = wide_from(decimal_size(a.unscaled));
	struct wide divisor = wide_from(decimal_size(b.unscaled));
	int32_t power = scale - a.scale + b.scale;
	if (!wide_multiply_pow10(&dividend, MAX(power, 0)))
		return decimal_too_large(err); /* at least 2^256 / 10^38 */
	struct wide quotient = { 0 }, remainder;
	enum decimal_rest rest = wide_is_zero(&dividend) ? REST_ZERO : REST_BELOW_HALF;
	if (wide_multiply_pow10(&divisor, MAX(-power, 0))) {
		quotient = wide_divide(&dividend, &divisor, &remainder);
		rest = wide_rest(&remainder, &divisor);
	}
	return decimal_finish(&quotient, rest, negative, scale, rounding, ret_value, err);
}

int decimal_compare(struct decimal a, struct decimal b)
{
	int sign_a = (a.unscaled > 0) - (a.unscaled < 0);
	int sign_b = (b.unscaled > 0) - (b.unscaled < 0);
	if (sign_a != sign_b || sign_a == 0)
		return (sign_a > sign_b) - (sign_a < sign_b);
	if (a.scale == b.scale)
		return (a.unscaled > b.unscaled) - (a.unscaled < b.unscaled);
	struct wide size_a, size_b;
	int32_t scale;
	if (align(a, b, &size_a, &size_b, &scale))
		return sign_a * wide_compare(&size_a, &size_b);
	/* Only the one with the smaller scale was multiplied, and past anything the other can be.
	 */
	return a.scale < b.scale ? sign_a : -sign_a;
}
