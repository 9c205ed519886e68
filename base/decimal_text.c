/* Decimals to and from text, and to and from doubles and whole numbers. */
#include "base/decimal.h"

#include <math.h>

#include "base/decimal_priv.h"
#include "base/num.h"
#include "base/num_priv.h"

static fallible not_a_decimal(struct slice text, struct err *err)
{
	return err_set(err, ERR_INVALID, "not a decimal number: \"%.*s\"",
		       SLICE_ARGS(num_shown(text)));
}

/* The next `count` digits as one number. */
static unsigned __int128 take_digits(const uint8_t **at, size_t count)
{
	unsigned __int128 size = 0;
	assert(count <= DECIMAL_DIGITS_MAX);
	for (size_t i = 0; i < count; i++)
		size = size * 10 + num_next_digit(at);
	return size;
}

fallible decimal_parse(struct slice text, struct decimal *ret_value, struct err *err)
{
	struct num_scan scan;
	if (!num_scan(text, &scan) || scan.bytes != text.len)
		return not_a_decimal(text, err);
	if (scan.digit_count > DECIMAL_DIGITS_MAX)
		return err_set(err, ERR_RANGE, "a DECIMAL of more than %d digits: %.*s",
			       DECIMAL_DIGITS_MAX, SLICE_ARGS(num_shown(text)));
	if (scan.exponent10 < -DECIMAL_SCALE_MAX || scan.exponent10 > DECIMAL_SCALE_MAX)
		return err_set(err, ERR_RANGE, "a DECIMAL with an exponent past %d: %.*s",
			       DECIMAL_SCALE_MAX, SLICE_ARGS(num_shown(text)));
	const uint8_t *at = scan.digits;
	__int128 size = (__int128)take_digits(&at, scan.digit_count);
	*ret_value = (struct decimal){ scan.negative ? -size : size, -(int32_t)scan.exponent10 };
	return 0;
}

/* What the digits from `at` on are, of which the first stands right behind the last one kept. */
static enum decimal_rest rest_of_digits(const uint8_t *at, size_t count)
{
	if (count == 0)
		return REST_ZERO;
	uint8_t first = num_next_digit(&at);
	bool more = false;
	for (size_t i = 1; i < count && !more; i++)
		more = num_next_digit(&at) != 0;
	if (first == 5)
		return more ? REST_ABOVE_HALF : REST_HALF;
	if (first == 0 && !more)
		return REST_ZERO;
	return first < 5 ? REST_BELOW_HALF : REST_ABOVE_HALF;
}

fallible decimal_parse_as(struct slice text, int32_t precision, int32_t scale,
			  enum decimal_rounding rounding, __int128 *ret_unscaled, struct err *err)
{
	struct num_scan scan;
	if (!num_scan(text, &scan) || scan.bytes != text.len)
		return not_a_decimal(text, err);
	/* So many digits stand before the place where the number is cut. */
	int64_t kept = (int64_t)scan.digit_count + scan.exponent10 + scale;
	struct wide size = { 0 };
	enum decimal_rest rest = scan.digit_count > 0 ? REST_BELOW_HALF : REST_ZERO;
	bool fits = kept <= DECIMAL_DIGITS_MAX || scan.digit_count == 0;
	if (fits && kept >= 0 && scan.digit_count > 0) {
		const uint8_t *at = scan.digits;
		size_t count = MIN((size_t)kept, scan.digit_count);
		size = wide_from(take_digits(&at, count));
		fits = wide_multiply_pow10(&size, (int32_t)((size_t)kept - count));
		rest = rest_of_digits(at, scan.digit_count - count);
	}
	struct decimal value;
	if (fits) {
		int code = decimal_finish(&size, rest, scan.negative, scale, rounding, &value, err);
		if (code == 0 && decimal_fits(value.unscaled, precision)) {
			*ret_unscaled = value.unscaled;
			return 0;
		}
		if (code == ERR_EVALUATION)
			return code;
	}
	return decimal_does_not_fit(err, precision, scale, num_shown(text));
}

/* The digits of a size below 10^38; at least one. */
static size_t put_digits(uint8_t *to, unsigned __int128 size)
{
	uint64_t high = (uint64_t)(size / num_powers10[NUM_LEAD_DIGITS]);
	uint64_t low = (uint64_t)(size % num_powers10[NUM_LEAD_DIGITS]);
	if (high == 0)
		return num_put_u64(to, low);
	size_t len = num_put_u64(to, high);
	/* The low half with its zeroes in front: three, eight and eight digits. */
	uint32_t top = (uint32_t)(low / num_powers10[16]);
	uint8_t three[8];
	num_put_eight_digits(three, top);
	memcpy(to + len, three + 5, 3);
	num_put_eight_digits(to + len + 3, (uint32_t)(low / num_powers10[8] % num_powers10[8]));
	num_put_eight_digits(to + len + 11, (uint32_t)(low % num_powers10[8]));
	return len + NUM_LEAD_DIGITS;
}

size_t decimal_put_plain(uint8_t *to, __int128 unscaled, int32_t scale)
{
	assert(scale >= 0);
	assert(scale <= DECIMAL_DIGITS_MAX);
	uint8_t digits[DECIMAL_DIGITS_MAX];
	uint8_t *at = to;
	assert(decimal_fits(unscaled, DECIMAL_DIGITS_MAX));
	size_t len = put_digits(digits, decimal_size(unscaled)), behind = (size_t)scale;
	if (unscaled < 0)
		*at++ = '-';
	size_t before = len > behind ? len - behind : 0;
	memcpy(at, digits, before);
	at += before;
	if (before == 0)
		*at++ = '0';
	if (behind == 0)
		return (size_t)(at - to);
	*at++ = '.';
	size_t zeroes = behind - (len - before);
	memset(at, '0', zeroes);
	memcpy(at + zeroes, digits + before, len - before);
	at += behind;
	assert(at - to <= DECIMAL_PLAIN_BYTES_MAX);
	return (size_t)(at - to);
}

static void append_zeroes(struct buf *to, size_t count)
{
	uint8_t *at = buf_reserve(to, count);
	if (at == NULL)
		return;
	memset(at, '0', count);
	buf_advance(to, count);
}

void decimal_append_plain(struct buf *to, struct decimal value)
{
	uint8_t text[DECIMAL_PLAIN_BYTES_MAX];
	if (value.scale >= 0 && value.scale <= DECIMAL_DIGITS_MAX) {
		buf_append(to,
			   slice_of(text, decimal_put_plain(text, value.unscaled, value.scale)));
		return;
	}
	size_t len = put_digits(text, decimal_size(value.unscaled));
	if (value.unscaled < 0)
		buf_append_u8(to, '-');
	if (value.scale > 0) {
		buf_append_str(to, "0.");
		append_zeroes(to, (size_t)value.scale - len);
		buf_append(to, slice_of(text, len));
		return;
	}
	buf_append(to, slice_of(text, len));
	if (value.unscaled != 0)
		append_zeroes(to, (size_t)-value.scale);
}

void decimal_append(struct buf *to, struct decimal value)
{
	uint8_t digits[DECIMAL_DIGITS_MAX];
	size_t len = put_digits(digits, decimal_size(value.unscaled));
	/* The power of ten of the first digit. */
	int64_t exponent10 = (int64_t)len - 1 - value.scale;
	if (value.scale >= 0 && exponent10 >= -6) {
		decimal_append_plain(to, value);
		return;
	}
	if (value.unscaled < 0)
		buf_append_u8(to, '-');
	buf_append_u8(to, digits[0]);
	if (len > 1) {
		buf_append_u8(to, '.');
		buf_append(to, slice_of(digits + 1, len - 1));
	}
	assert(exponent10 != 0);
	buf_append_str(to, exponent10 > 0 ? "E+" : "E");
	num_append_i64(to, exponent10);
}

fallible decimal_to_i64(struct decimal value, int64_t *ret_value, struct err *err)
{
	struct decimal whole;
	int code = decimal_rescale(value, 0, ROUND_DOWN, &whole, NULL);
	if (code == 0 && whole.unscaled >= INT64_MIN && whole.unscaled <= INT64_MAX) {
		*ret_value = (int64_t)whole.unscaled;
		return 0;
	}
	return err_set(err, ERR_RANGE, "a DECIMAL does not fit in 64 bits");
}

int64_t decimal_to_i64_wrapped(struct decimal value)
{
	struct decimal whole = value;
	if (value.scale > 0) {
		bool fits = decimal_rescale(value, 0, ROUND_DOWN, &whole, NULL) == 0;
		assert(fits);
	}
	uint64_t bits = (uint64_t)whole.unscaled;
	for (int32_t scale = whole.scale; scale < 0 && bits != 0; scale++)
		bits *= 10;
	return (int64_t)bits;
}

static fallible check_finite(double value, struct err *err)
{
	if (isfinite(value))
		return 0;
	return err_set(err, ERR_INVALID, "Infinite or NaN");
}

fallible decimal_from_double(double value, struct decimal *ret_value, struct err *err)
{
	TRY(check_finite(value, err));
	uint8_t text[NUM_DOUBLE_BYTES_MAX];
	return decimal_parse(slice_of(text, num_put_double(text, value)), ret_value, err);
}

fallible decimal_from_double_exact(double value, int32_t scale, enum decimal_rounding rounding,
				   struct decimal *ret_value, struct err *err)
{
	assert(scale >= 0);
	assert(scale <= DECIMAL_DIGITS_MAX);
	TRY(check_finite(value, err));
	uint64_t bits = double_bits(value);
	int exponent2;
	struct wide size = wide_from(double_significand(bits, &exponent2));
	enum decimal_rest rest = REST_ZERO;
	/* 53 bits times 10^38 are 180 bits; past 2^127 no 38 digits are enough. */
	bool fits = exponent2 <= 127 - (DOUBLE_FRACTION_BITS + 1) || wide_is_zero(&size);
	if (fits && exponent2 > 0)
		size = wide_from((unsigned __int128)size.limb[0] << exponent2);
	fits = fits && wide_multiply_pow10(&size, scale);
	if (!fits)
		return decimal_too_large(err);
	if (exponent2 < 0)
		size = wide_shift_right(&size, (uint32_t)-exponent2, &rest);
	return decimal_finish(&size, rest, bits >> 63 != 0, scale, rounding, ret_value, err);
}

double decimal_to_double(struct decimal value)
{
	uint8_t digits[DECIMAL_DIGITS_MAX];
	unsigned __int128 size = decimal_size(value.unscaled);
	size_t len = put_digits(digits, size);
	size_t lead_len = MIN(len, (size_t)NUM_LEAD_DIGITS);
	uint64_t lead = (uint64_t)(size / decimal_pow10((int32_t)(len - lead_len)));
	struct num_scan scan = { .digits = digits,
				 .digit_count = size == 0 ? 0 : len,
				 .exponent10 = -value.scale,
				 .lead = lead,
				 .bytes = len,
				 .negative = value.unscaled < 0 };
	return num_scan_double(&scan);
}
