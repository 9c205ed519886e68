/*
 * num_priv.h - what the files of num, and decimal.c, share: a decimal number as it stands in a
 * text.
 *
 * num_scan finds its parts once. All later steps (a double, a DECIMAL) look at the digits through
 * it, so that there is one grammar, and no digit is lost however many there are.
 */
#ifndef WEIR_BASE_NUM_PRIV_H
#define WEIR_BASE_NUM_PRIV_H

#include "base/bytes.h"

/* As much of a bad text as an error shows. */
static inline struct slice num_shown(struct slice text)
{
	return slice_sub(text, 0, 64);
}

/* So many digits always fit in 64 bits. */
#define NUM_LEAD_DIGITS 19
/* Exponents are cut to this, far past anything that is not zero or infinite. */
#define NUM_EXPONENT_MAX (INT64_C(1) << 48)

struct num_scan {
	const uint8_t
		*digits; /* borrowed: the first digit that is not 0; one '.' may stand among them */
	size_t digit_count; /* from there to the last one */
	int64_t exponent10; /* value = digits * 10^exponent10 */
	uint64_t lead;      /* the first digits, NUM_LEAD_DIGITS at most */
	size_t bytes;       /* of text that belong to the number */
	bool negative;
};

/* False when the text does not begin with a number. */
bool num_scan(struct slice text, struct num_scan *ret_scan);

/* The next digit at `*at`, which steps over it and over the point. */
static inline uint8_t num_next_digit(const uint8_t **at)
{
	if (**at == '.')
		++*at;
	uint8_t digit = (uint8_t)(*(*at)++ - '0');
	assert(digit <= 9);
	return digit;
}

/* The double nearest to the number, ties to even; the sign is applied. */
double num_scan_double(const struct num_scan *scan);

/* How the scanned number (without its sign) compares with the middle of `below` and the double
 * above. */
int num_big_compare_middle(const struct num_scan *scan, double below);

/* 10^0 to 10^19: all that fit in 64 bits. */
extern const uint64_t num_powers10[20];

/* How many decimal digits a value has; 1 for 0. */
static inline unsigned num_count_digits(uint64_t value)
{
	unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
	unsigned guess = (bits * 1233) >> 12;
	return guess + (value >= num_powers10[guess]) + (value == 0);
}

/* Exactly eight digits, with zeroes in front. */
void num_put_eight_digits(uint8_t *to, uint32_t value);

/*
 * The powers of ten as 128-bit significands, { high, low }, top bit set: cut off for q >= 0 (exact
 * up to NUM_POW10_EXACT_LAST), cut off and raised by one unit for q < 0.
 */
#define NUM_POW10_FIRST (-342)
#define NUM_POW10_LAST 324
#define NUM_POW10_EXACT_LAST 55
extern const uint64_t num_pow10[NUM_POW10_LAST - NUM_POW10_FIRST + 1][2];

/* floor(log2(10^q)) for the q of the table. */
static inline int num_floor_log2_pow10(int q)
{
	assert(q >= NUM_POW10_FIRST);
	assert(q <= NUM_POW10_LAST);
	return (q * 1741647) >> 19;
}

/* The parts of a double. */
#define DOUBLE_FRACTION_BITS 52
#define DOUBLE_FRACTION_MASK ((UINT64_C(1) << DOUBLE_FRACTION_BITS) - 1)
#define DOUBLE_EXPONENT_MASK 0x7FF
#define DOUBLE_EXPONENT_LEAST (-1074) /* of the last bit of the smallest numbers */

static inline uint64_t double_bits(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline double double_from_bits(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* A finite double's size as significand * 2^exponent2. */
static inline uint64_t double_significand(uint64_t bits, int *ret_exponent2)
{
	int biased = (int)((bits >> DOUBLE_FRACTION_BITS) & DOUBLE_EXPONENT_MASK);
	uint64_t fraction = bits & DOUBLE_FRACTION_MASK;
	assert(biased != DOUBLE_EXPONENT_MASK);
	if (biased == 0) {
		*ret_exponent2 = DOUBLE_EXPONENT_LEAST;
		return fraction;
	}
	*ret_exponent2 = biased - 1 + DOUBLE_EXPONENT_LEAST;
	return fraction | (UINT64_C(1) << DOUBLE_FRACTION_BITS);
}

#endif
