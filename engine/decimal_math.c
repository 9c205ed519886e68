#include "engine/decimal_math.h"

#include "base/num.h"

#include <math.h>

/* Powers that a double holds exactly. */
#define EXACT_POWERS 23
#define POWER_MAX 38

__int128 decimal_math_power(int32_t n)
{
	assert(n >= 0);
	assert(n <= POWER_MAX);
	__int128 power = 1;
	__int128 base = 10;
	for (; n > 0; n >>= 1) {
		if ((n & 1) != 0)
			power *= base;
		if (n > 1)
			base *= base;
	}
	return power;
}

__int128 decimal_math_limit(int32_t precision)
{
	return precision >= POWER_MAX ? DECIMAL_UNSCALED_MAX : decimal_math_power(precision) - 1;
}

static bool within(__int128 a)
{
	return a <= DECIMAL_UNSCALED_MAX && a >= -DECIMAL_UNSCALED_MAX;
}

static bool times_power(__int128 a, int32_t n, __int128 *ret)
{
	if (a == 0) {
		*ret = 0;
		return true;
	}
	return n <= POWER_MAX && !__builtin_mul_overflow(a, decimal_math_power(n), ret) && within(*ret);
}

bool decimal_math_rescale(__int128 a, int32_t from, int32_t to, __int128 *ret)
{
	if (to >= from)
		return times_power(a, to - from, ret);
	if (from - to > POWER_MAX) {
		*ret = 0;
		return a == 0;
	}
	__int128 power = decimal_math_power(from - to);
	*ret = a / power;
	return a % power == 0;
}

bool decimal_math_round(__int128 a, int32_t from, int32_t to, __int128 *ret)
{
	if (to >= from)
		return times_power(a, to - from, ret);
	if (from - to > POWER_MAX) {
		*ret = 0;
		return true;
	}
	__int128 power = decimal_math_power(from - to);
	__int128 quotient = a / power, rest = a % power;
	__int128 size = rest < 0 ? -rest : rest;
	if (size >= power - size)
		quotient += a < 0 ? -1 : 1;
	*ret = quotient;
	return true;
}

bool decimal_math_add(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
		      __int128 *ret)
{
	__int128 x, y;
	if (!decimal_math_rescale(a, a_scale, scale, &x) || !decimal_math_rescale(b, b_scale, scale, &y))
		return false;
	*ret = x + y; /* two numbers below 10^38 do not overflow */
	return within(*ret);
}

bool decimal_math_subtract(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			   __int128 *ret)
{
	return decimal_math_add(a, a_scale, -b, b_scale, scale, ret);
}

bool decimal_math_multiply(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			   __int128 *ret)
{
	__int128 product;
	if (__builtin_mul_overflow(a, b, &product) || !within(product))
		return false;
	return decimal_math_rescale(product, a_scale + b_scale, scale, ret);
}

static unsigned __int128 common_divisor(unsigned __int128 a, unsigned __int128 b)
{
	while (b != 0) {
		unsigned __int128 rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/*
 * The quotient is a * 10^shift / b. Without what they have in common, b must be made of twos and
 * fives, each of which takes a ten; the tens that are left multiply the result.
 */
bool decimal_math_divide(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			 __int128 *ret)
{
	int32_t shift = scale - a_scale + b_scale;
	if (b == 0)
		return false;
	bool negative = (a < 0) != (b < 0);
	unsigned __int128 top = (unsigned __int128)(a < 0 ? -a : a);
	unsigned __int128 bottom = (unsigned __int128)(b < 0 ? -b : b);
	unsigned __int128 common = common_divisor(top, bottom);
	top /= common;
	bottom /= common;
	for (; bottom > 1; shift--) {
		unsigned factor = bottom % 10 == 0 ? 10 : bottom % 2 == 0 ? 2 : 5;
		if (bottom % factor != 0 || __builtin_mul_overflow(top, 10 / factor, &top))
			return false;
		bottom /= factor;
	}
	if (top > (unsigned __int128)DECIMAL_UNSCALED_MAX)
		return false;
	__int128 quotient = (__int128)top;
	return decimal_math_rescale(negative ? -quotient : quotient, 0, shift, ret);
}

bool decimal_math_modulo(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			 __int128 *ret)
{
	int32_t both = MAX(a_scale, b_scale);
	__int128 x, y;
	if (b == 0 || !decimal_math_rescale(a, a_scale, both, &x) || !decimal_math_rescale(b, b_scale, both, &y))
		return false;
	return decimal_math_rescale(x % y, both, scale, ret);
}

int decimal_math_cmp(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale)
{
	if (a_scale > b_scale)
		return -decimal_math_cmp(b, b_scale, a, a_scale);
	__int128 scaled;
	if (times_power(a, b_scale - a_scale, &scaled))
		return (scaled > b) - (scaled < b);
	return a < 0 ? -1 : 1; /* more digits than any b has */
}

double decimal_math_double(__int128 a, int32_t scale)
{
	static const double powers[EXACT_POWERS] = { 1e0,  1e1,	 1e2,  1e3,  1e4,  1e5,	 1e6,  1e7,
						     1e8,  1e9,	 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
						     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	__int128 exact = (__int128)1 << 53;
	if (scale < EXACT_POWERS && a <= exact && a >= -exact)
		return (double)a / powers[scale];
	/* More than 53 bits: by way of the text, which is read to the nearest. */
	CLEANUP(buf_fini) struct buf text = BUF_INIT(128);
	double number = 0;
	decimal_math_print(a, scale, &text);
	size_t used = num_prefix_double(buf_slice(&text), &number);
	assert(used == text.len);
	return number;
}

bool decimal_math_of_double(double number, int32_t scale_max, __int128 *ret, int32_t *ret_scale)
{
	uint8_t text[NUM_DOUBLE_BYTES_MAX];
	if (!isfinite(number))
		return false;
	size_t len = num_put_double(text, number);
	__int128 digits = 0;
	int32_t scale = 0, exponent = 0;
	bool behind = false;
	size_t i = text[0] == '-' ? 1 : 0;
	for (; i < len && text[i] != 'E'; i++) {
		if (text[i] == '.') {
			behind = true;
			continue;
		}
		digits = digits * 10 + (text[i] - '0');
		scale += behind ? 1 : 0;
	}
	if (i < len) {
		bool minus = text[++i] == '-';
		for (i += minus ? 1 : 0; i < len; i++)
			exponent = exponent * 10 + (text[i] - '0');
		exponent = minus ? -exponent : exponent;
	}
	scale -= exponent;
	__int128 result = text[0] == '-' ? -digits : digits;
	int32_t to = scale < 0 ? 0 : MIN(scale, scale_max);
	if (!(scale > to ? decimal_math_round(result, scale, to, ret)
			 : times_power(result, to - scale, ret)))
		return false;
	*ret_scale = to;
	return true;
}

void decimal_math_print(__int128 a, int32_t scale, struct buf *out)
{
	uint8_t digits[128];
	size_t at = sizeof(digits);
	unsigned __int128 left = (unsigned __int128)(a < 0 ? -a : a);
	assert(scale < (int32_t)sizeof(digits) / 2);
	for (int32_t place = 0; left != 0 || place <= scale; place++) {
		if (place == scale && scale > 0)
			digits[--at] = '.';
		digits[--at] = (uint8_t)('0' + (int)(left % 10));
		left /= 10;
	}
	if (a < 0)
		digits[--at] = '-';
	buf_append(out, slice_of(digits + at, sizeof(digits) - at));
}

/* A text's digits as they come: the number is `digits` * 10^-scale. */
struct scan {
	__int128 digits;
	int64_t scale;
	bool any, full; /* a digit seen; no more fit, the rest is dropped */
};

static void scan_digit(struct scan *scan, uint8_t digit, bool behind)
{
	scan->any = true;
	if (scan->digits > (DECIMAL_UNSCALED_MAX - digit) / 10)
		scan->full = true;
	if (scan->full) {
		scan->scale -= behind ? 0 : 1;
		return;
	}
	scan->digits = scan->digits * 10 + digit;
	scan->scale += behind ? 1 : 0;
}

static bool scan_exponent(struct slice text, size_t at, struct scan *scan)
{
	bool minus = at < text.len && text.data[at] == '-';
	int64_t exponent = 0;
	if (at < text.len && (text.data[at] == '-' || text.data[at] == '+'))
		at++;
	if (at == text.len || text.len - at > 9)
		return false;
	for (; at < text.len; at++) {
		if (text.data[at] < '0' || text.data[at] > '9')
			return false;
		exponent = exponent * 10 + (text.data[at] - '0');
	}
	scan->scale += minus ? exponent : -exponent;
	return true;
}

static bool scan_text(struct slice text, struct scan *scan)
{
	bool behind = false;
	size_t at = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+') ? 1 : 0;
	for (; at < text.len; at++) {
		uint8_t c = text.data[at];
		if (c >= '0' && c <= '9')
			scan_digit(scan, (uint8_t)(c - '0'), behind);
		else if (c == '.' && !behind)
			behind = true;
		else
			break;
	}
	if (!scan->any)
		return false;
	if (at == text.len)
		return true;
	return (text.data[at] == 'e' || text.data[at] == 'E') && scan_exponent(text, at + 1, scan);
}

fallible decimal_math_parse(struct slice text, int32_t scale, __int128 *ret, struct err *err)
{
	struct scan scan = { .digits = 0 };
	__int128 result;
	if (!scan_text(text, &scan))
		return err_set(err, ERR_INVALID, "\"%.*s\" is not a DECIMAL",
			       SLICE_ARGS(slice_sub(text, 0, 64)));
	if (text.data[0] == '-')
		scan.digits = -scan.digits;
	if (scan.scale > INT32_MAX / 2 || scan.digits == 0) {
		*ret = 0;
		return 0;
	}
	if (scan.scale < -DECIMAL_PRECISION_MAX ||
	    !decimal_math_round(scan.digits, (int32_t)scan.scale, scale, &result) || !within(result))
		return err_set(err, ERR_RANGE, "\"%.*s\" has too many digits for a DECIMAL",
			       SLICE_ARGS(slice_sub(text, 0, 64)));
	*ret = result;
	return 0;
}
