/*
 * How a double becomes its shortest text.
 *
 * All reals that round to v = c * 2^q form an interval around it. With k = floor(log10(its width)),
 * some multiple of 10^k lies in the interval, and at most one multiple of 10^(k+1) does: if there
 * is one, no shorter decimal exists that is not the same number with zeroes cut off; if there is
 * none, the multiple of 10^k nearest to v is the answer. So v and the two ends of its interval are
 * scaled by 10^-k with a 128-bit power of ten, keeping two bits behind the point and "something was
 * lost" in the last one, which is known to be enough to compare as if with exact numbers. This is
 * the method of R. Giulietti's "The Schubfach way to render doubles".
 */
#include "base/num.h"

#include "base/num_priv.h"

/* A positive decimal: digits * 10^exponent10. */
struct shortest {
	uint64_t digits;
	int exponent10;
};

/* floor(log10(2^e)), and floor(log10(3/4 * 2^e)) for the narrower interval over a power of two. */
static int floor_log10_pow2(int e)
{
	return (e * 1262611) >> 22;
}

static int floor_log10_three_quarters_pow2(int e)
{
	return (e * 1262611 - 524031) >> 22;
}

/* The product of a 128-bit power and `factor`, over 2^128; the last bit is set when bits were lost.
 */
static uint64_t scale(const uint64_t power[2], uint64_t factor)
{
	unsigned __int128 low = (unsigned __int128)power[1] * factor;
	unsigned __int128 high = (unsigned __int128)power[0] * factor + (uint64_t)(low >> 64);
	return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

static struct shortest shortest_of(uint64_t c, int q)
{
	assert(c > 0);
	/* Only over a power of two is the next double below nearer than the next above. */
	bool narrow_below = c == UINT64_C(1) << DOUBLE_FRACTION_BITS && q > DOUBLE_EXPONENT_LEAST;
	int k = narrow_below ? floor_log10_three_quarters_pow2(q) : floor_log10_pow2(q);
	int h = q + num_floor_log2_pow10(-k) + 1;
	assert(h >= 1);
	assert(h <= 4);
	uint64_t power[2];
	memcpy(power, num_pow10[-k - NUM_POW10_FIRST], sizeof(power));
	power[1] += -k > NUM_POW10_EXACT_LAST;

	/* All in quarters: v, and the ends of its interval, which belong to it when c is even. */
	uint64_t open = c & 1;
	uint64_t middle = scale(power, (4 * c) << h);
	uint64_t least = scale(power, (4 * c - (narrow_below ? 1 : 2)) << h) + open;
	uint64_t most = scale(power, (4 * c + 2) << h) - open;

	uint64_t s = middle / 4;
	if (s >= 100) {
		uint64_t tens = s / 10 * 10;
		bool below_fits = least <= 4 * tens;
		bool above_fits = 4 * (tens + 10) <= most;
		if (below_fits != above_fits)
			return (struct shortest){ below_fits ? tens : tens + 10, k };
	}
	bool below_fits = least <= 4 * s;
	bool above_fits = 4 * (s + 1) <= most;
	if (below_fits != above_fits)
		return (struct shortest){ below_fits ? s : s + 1, k };
	uint64_t half = 4 * s + 2;
	bool round_up = middle > half || (middle == half && (s & 1) != 0);
	return (struct shortest){ s + round_up, k };
}

#define DIGITS_MAX 17

/* The significant digits, at least one, without zeroes at the end; how many there are. */
static int put_significant(uint8_t to[DIGITS_MAX], uint64_t digits, unsigned count)
{
	digits *= num_powers10[DIGITS_MAX - count];
	uint64_t high = digits / 100000000;
	uint32_t low = (uint32_t)(digits % 100000000);
	to[0] = (uint8_t)('0' + high / 100000000);
	num_put_eight_digits(to + 1, (uint32_t)(high % 100000000));
	int length = 9;
	if (low != 0) {
		num_put_eight_digits(to + 9, low);
		length = DIGITS_MAX;
	}
	while (length > 1 && to[length - 1] == '0')
		length--;
	return length;
}

/* d.ddd between 10^-3 and 10^7, as Java has it; returns the end of the text. */
static uint8_t *put_plain(uint8_t *to, const uint8_t *digits, int length, int exponent10)
{
	if (exponent10 < 0) {
		memcpy(to, "0.000", 5);
		to += 1 - exponent10;
		memcpy(to, digits, (size_t)length);
		return to + length;
	}
	int whole = exponent10 + 1;
	for (int i = 0; i < whole; i++)
		*to++ = i < length ? digits[i] : '0';
	*to++ = '.';
	if (length <= whole) {
		*to++ = '0';
		return to;
	}
	memcpy(to, digits + whole, (size_t)(length - whole));
	return to + (length - whole);
}

static uint8_t *put_scientific(uint8_t *to, const uint8_t *digits, int length, int exponent10)
{
	*to++ = digits[0];
	*to++ = '.';
	if (length == 1)
		*to++ = '0';
	memcpy(to, digits + 1, (size_t)(length - 1));
	to += length - 1;
	*to++ = 'E';
	return to + num_put_i64(to, exponent10);
}

size_t num_put_double(uint8_t *to, double value)
{
	uint64_t bits = double_bits(value);
	uint8_t *at = to;
	bool special =
		((bits >> DOUBLE_FRACTION_BITS) & DOUBLE_EXPONENT_MASK) == DOUBLE_EXPONENT_MASK;
	if (special && (bits & DOUBLE_FRACTION_MASK) != 0) {
		memcpy(at, "NaN", 3);
		return 3;
	}
	if (bits >> 63)
		*at++ = '-';
	if (special) {
		memcpy(at, "Infinity", 8);
		return (size_t)(at - to) + 8;
	}
	if (bits << 1 == 0) {
		memcpy(at, "0.0", 3);
		return (size_t)(at - to) + 3;
	}
	int q;
	uint64_t c = double_significand(bits, &q);
	/* The two smallest doubles would come out with one digit; Java takes the nearest two. */
	bool tiny = c < 3;
	struct shortest shortest = shortest_of(tiny ? 10 * c : c, q);
	unsigned count = num_count_digits(shortest.digits);
	assert(count <= DIGITS_MAX);
	uint8_t digits[DIGITS_MAX];
	int length = put_significant(digits, shortest.digits, count);
	int exponent10 = shortest.exponent10 + (int)count - 1 - tiny;
	at = exponent10 >= -3 && exponent10 < 7 ? put_plain(at, digits, length, exponent10)
						: put_scientific(at, digits, length, exponent10);
	assert(at - to <= NUM_DOUBLE_BYTES_MAX);
	return (size_t)(at - to);
}
