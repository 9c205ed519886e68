/*
 * How a text becomes the nearest double.
 *
 * Three steps, each for what the one before cannot settle. (1) At most 15 or so digits and a small
 * power of ten: both are doubles, and one multiplication or division rounds once. (2) At most 19
 * digits: the product with a 128-bit power of ten, whose top 64 bits are enough to round correctly,
 * ties apart, which only small powers can make (D. Lemire, "Number parsing at a gigabyte per
 * second"; N. Mushtak and D. Lemire, "Fast number parsing without fallback"). (3) More digits than
 * 19: the number lies between two neighbours that (2) finds; num_big.c compares it with their
 * middle.
 */
#include "base/num.h"

#include <math.h>

#include "base/num_priv.h"

static inline bool is_digit(uint8_t c)
{
	return (uint8_t)(c - '0') <= 9;
}

/* The digits from `at` on, added to `*value`, which wraps when there are too many. */
static const uint8_t *scan_digits(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
	for (; at < end && is_digit(*at); at++)
		*value = *value * 10 + (uint64_t)(*at - '0');
	return at;
}

/* "e-12" at `at`: adds it to `*exponent` and yields its end; `at` when there is none. */
static const uint8_t *scan_exponent(const uint8_t *at, const uint8_t *end, uint8_t mark,
				    int64_t *exponent)
{
	if (at == end || (*at | 0x20) != mark)
		return at;
	const uint8_t *digit = at + 1;
	bool negative = digit < end && *digit == '-';
	if (digit < end && (*digit == '-' || *digit == '+'))
		digit++;
	if (digit == end || !is_digit(*digit))
		return at;
	int64_t size = 0;
	for (; digit < end && is_digit(*digit); digit++) {
		if (size < NUM_EXPONENT_MAX)
			size = size * 10 + (*digit - '0');
	}
	*exponent += negative ? -size : size;
	return digit;
}

bool num_scan(struct slice text, struct num_scan *ret_scan)
{
	const uint8_t *at = text.data;
	const uint8_t *end = text.len > 0 ? text.data + text.len : at;
	bool negative = at < end && *at == '-';
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	const uint8_t *first = at;
	uint64_t lead = 0;
	at = scan_digits(at, end, &lead);
	size_t count = (size_t)(at - first);
	int64_t exponent10 = 0;
	if (at < end && *at == '.') {
		const uint8_t *fraction = at + 1;
		at = scan_digits(fraction, end, &lead);
		exponent10 = fraction - at;
		count += (size_t)(at - fraction);
	}
	if (count == 0)
		return false;
	at = scan_exponent(at, end, 'e', &exponent10);
	exponent10 = MAX(MIN(exponent10, NUM_EXPONENT_MAX), -NUM_EXPONENT_MAX);

	while (count > 0 && (*first == '0' || *first == '.'))
		count -= *first++ == '0';
	if (count > NUM_LEAD_DIGITS) {
		const uint8_t *digit = first;
		lead = 0;
		for (int i = 0; i < NUM_LEAD_DIGITS; i++)
			lead = lead * 10 + num_next_digit(&digit);
	}
	*ret_scan = (struct num_scan){ .digits = first,
				       .digit_count = count,
				       .exponent10 = exponent10,
				       .lead = lead,
				       .bytes = (size_t)(at - text.data),
				       .negative = negative };
	return true;
}

/* Rounds the three-and-more bits below the fraction away; `significand` has one guard bit. */
static double assemble(uint64_t significand, int biased)
{
	significand = (significand + (significand & 1)) >> 1;
	if (significand >> (DOUBLE_FRACTION_BITS + 1) != 0) {
		significand >>= 1;
		biased++;
	}
	if (biased >= DOUBLE_EXPONENT_MASK)
		return double_from_bits((uint64_t)DOUBLE_EXPONENT_MASK << DOUBLE_FRACTION_BITS);
	/* A number that rounds up to the smallest normal one brings its own exponent bit. */
	if (biased == 0)
		return double_from_bits(significand);
	return double_from_bits(((uint64_t)biased << DOUBLE_FRACTION_BITS) |
				(significand & DOUBLE_FRACTION_MASK));
}

/* The top of `normal` * 10^q over 2^64, exact enough to round a double from. */
static unsigned __int128 product_with_pow10(uint64_t normal, int q)
{
	const uint64_t *power = num_pow10[q - NUM_POW10_FIRST];
	unsigned __int128 product = (unsigned __int128)normal * power[0];
	/* The low half matters only when the bits below the rounding bits are all ones. */
	const uint64_t below = UINT64_MAX >> (DOUBLE_FRACTION_BITS + 3);
	if (((uint64_t)(product >> 64) & below) == below)
		product += ((unsigned __int128)normal * power[1]) >> 64;
	return product;
}

#define POW10_ZERO_BELOW (-342) /* 2^64 * 10^-343 is nearer to 0 than to the least double */
#define POW10_INFINITE_ABOVE 308

/* The double nearest to digits * 10^q. */
static double nearest(uint64_t digits, int64_t q64)
{
	if (digits == 0 || q64 < POW10_ZERO_BELOW)
		return 0;
	if (q64 > POW10_INFINITE_ABOVE)
		return (double)INFINITY;
	int q = (int)q64;
	int zeroes = __builtin_clzll(digits);
	unsigned __int128 product = product_with_pow10(digits << zeroes, q);
	uint64_t high = (uint64_t)(product >> 64);
	uint64_t low = (uint64_t)product;
	int top = (int)(high >> 63);
	int shift = top + 64 - DOUBLE_FRACTION_BITS - 3;
	uint64_t significand = high >> shift; /* 54 bits: 53 and a guard bit */
	int biased = num_floor_log2_pow10(q) + 63 + top - zeroes + 1023;
	if (biased <= 0) {
		if (biased <= -62)
			return 0;
		/* Ties cannot be: the power of ten is negative and large. */
		significand >>= 1 - biased;
		return assemble(significand, 0);
	}
	/* Half way between two doubles, exactly, and the lower one is even: down. */
	bool tie_down = low <= 1 && q >= -4 && q <= 23 && (significand & 3) == 1 &&
			significand << shift == high;
	return assemble(significand & ~(uint64_t)tie_down, biased);
}

/* These are doubles themselves. */
static const double exact_powers10[] = {
	1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

double num_scan_double(const struct num_scan *scan)
{
	double size;
	int64_t q = scan->exponent10;
	if (scan->digit_count <= NUM_LEAD_DIGITS) {
		int64_t exact = COUNT_OF(exact_powers10) - 1;
		if (scan->lead >> (DOUBLE_FRACTION_BITS + 1) == 0 && q >= -exact && q <= exact) {
			size = (double)scan->lead;
			size = q < 0 ? size / exact_powers10[-q] : size * exact_powers10[q];
		} else {
			size = nearest(scan->lead, q);
		}
	} else {
		q += (int64_t)(scan->digit_count - NUM_LEAD_DIGITS);
		size = nearest(scan->lead, q);
		/* The lead never ends in 19 nines and one more: 10^19 fits in 64 bits. */
		double above = nearest(scan->lead + 1, q);
		if (size < above) {
			int order = num_big_compare_middle(scan, size);
			bool odd = (double_bits(size) & 1) != 0;
			size = order > 0 || (order == 0 && odd) ? above : size;
		}
	}
	return scan->negative ? -size : size;
}

size_t num_prefix_double(struct slice text, double *ret_value)
{
	struct num_scan scan;
	assert(ret_value != NULL);
	if (!num_scan(text, &scan))
		return 0;
	assert(scan.bytes <= text.len);
	*ret_value = num_scan_double(&scan);
	return scan.bytes;
}

static int hex_digit(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The double nearest to digits * 2^exponent2; the last bit of `digits` may stand for lost ones. */
static double nearest_binary(uint64_t digits, int64_t exponent2)
{
	if (digits == 0)
		return 0;
	int zeroes = __builtin_clzll(digits);
	digits <<= zeroes;
	int64_t biased = exponent2 - zeroes + 63 + 1023;
	if (biased >= DOUBLE_EXPONENT_MASK)
		return (double)INFINITY;
	int64_t drop = 64 - (DOUBLE_FRACTION_BITS + 1) + (biased <= 0 ? 1 - biased : 0);
	if (drop > 64)
		return 0;
	/* Keep a guard bit; clear it when the tie goes down, for assemble rounds it up. */
	uint64_t kept = digits >> (drop - 1);
	bool sticky = (digits & ((UINT64_C(1) << (drop - 1)) - 1)) != 0;
	if (!sticky && (kept & 3) == 1)
		kept &= ~UINT64_C(1);
	return assemble(kept, biased <= 0 ? 0 : (int)biased);
}

/* What follows "0x": hexadecimal digits with a point among them, and "p" with a power of two. */
static bool parse_hex(struct slice text, double *ret_value)
{
	const uint8_t *at = text.data;
	const uint8_t *end = at + text.len;
	uint64_t digits = 0;
	int64_t exponent2 = 0;
	bool any = false, point = false;
	for (; at < end && (*at == '.' || hex_digit(*at) >= 0); at++) {
		if (*at == '.') {
			if (point)
				return false;
			point = true;
			continue;
		}
		any = true;
		exponent2 -= point ? 4 : 0;
		uint64_t digit = (uint64_t)hex_digit(*at);
		if (digits >> 60 == 0) {
			digits = digits << 4 | digit;
		} else {
			digits |= digit != 0;
			exponent2 += 4;
		}
	}
	const uint8_t *mark = at;
	at = scan_exponent(at, end, 'p', &exponent2);
	if (!any || at == mark || at != end)
		return false;
	*ret_value = nearest_binary(digits, exponent2);
	return true;
}

/* Java's mark of a double or a float, which changes nothing. */
static bool is_suffix(uint8_t c)
{
	return (c | 0x20) == 'd' || (c | 0x20) == 'f';
}

/* What stands between the white space and the end, sign and suffix apart. */
static bool parse_words(struct slice text, double *ret_value)
{
	bool negative = text.len > 0 && text.data[0] == '-';
	bool sign = negative || (text.len > 0 && text.data[0] == '+');
	struct slice rest = slice_sub(text, sign, text.len);
	double size;
	if (slice_eq(rest, SLICE("NaN"))) {
		size = (double)NAN;
	} else if (slice_eq(rest, SLICE("Infinity"))) {
		size = (double)INFINITY;
	} else if (rest.len > 2 && rest.data[0] == '0' && (rest.data[1] | 0x20) == 'x') {
		rest = slice_sub(rest, 2, rest.len);
		rest.len -= is_suffix(rest.data[rest.len - 1]);
		if (!parse_hex(rest, &size))
			return false;
	} else {
		return false;
	}
	*ret_value = negative ? -size : size;
	return true;
}

/* Java's String.trim: everything up to the space. */
static struct slice trim(struct slice text)
{
	while (text.len > 0 && text.data[0] <= ' ')
		text = slice_sub(text, 1, text.len);
	while (text.len > 0 && text.data[text.len - 1] <= ' ')
		text.len--;
	return text;
}

fallible num_parse_double(struct slice text, double *ret_value, struct err *err)
{
	struct num_scan scan;
	assert(ret_value != NULL);
	struct slice trimmed = trim(text);
	if (num_scan(trimmed, &scan)) {
		struct slice rest = slice_sub(trimmed, scan.bytes, trimmed.len);
		if (rest.len == 0 || (rest.len == 1 && is_suffix(rest.data[0]))) {
			*ret_value = num_scan_double(&scan);
			return 0;
		}
	}
	if (parse_words(trimmed, ret_value))
		return 0;
	return err_set(err, ERR_INVALID, "not a number: \"%.*s\"", SLICE_ARGS(num_shown(text)));
}
