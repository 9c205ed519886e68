/*
 * The last resort of reading a double: whole numbers of up to BIG_LIMBS words, compared exactly.
 *
 * The number is digits * 10^a, the middle of two neighbours is an odd number * 2^b. Negative powers
 * go to the other side of the comparison, and both sides are whole. The middle of two doubles has
 * at most 767 significant digits, so of more than DIGITS_MAX only "not all zero" is kept, as a
 * last 1. Then no side is longer than 769 digits * 2^1075, which is 3,630 bits.
 */
#include "base/num_priv.h"

#define DIGITS_MAX 768
#define BIG_LIMBS 60

struct big {
	uint32_t len; /* limbs in use; the last one is not 0 */
	uint64_t limbs[BIG_LIMBS];
};

static void big_push(struct big *big, uint64_t limb)
{
	if (limb == 0)
		return;
	assert(big->len < BIG_LIMBS);
	big->limbs[big->len++] = limb;
}

static void big_multiply_add(struct big *big, uint64_t factor, uint64_t addend)
{
	uint64_t carry = addend;
	for (uint32_t i = 0; i < big->len; i++) {
		unsigned __int128 product = (unsigned __int128)big->limbs[i] * factor + carry;
		big->limbs[i] = (uint64_t)product;
		carry = (uint64_t)(product >> 64);
	}
	big_push(big, carry);
}

static void big_multiply_pow10(struct big *big, int64_t power)
{
	assert(power >= 0);
	for (; power > NUM_LEAD_DIGITS; power -= NUM_LEAD_DIGITS)
		big_multiply_add(big, num_powers10[NUM_LEAD_DIGITS], 0);
	big_multiply_add(big, num_powers10[power], 0);
}

static void big_shift_left(struct big *big, uint32_t bits)
{
	uint32_t whole = bits / 64;
	assert(big->len + whole <= BIG_LIMBS);
	memmove(big->limbs + whole, big->limbs, big->len * sizeof(*big->limbs));
	memset(big->limbs, 0, whole * sizeof(*big->limbs));
	big->len += whole;
	big_multiply_add(big, UINT64_C(1) << (bits % 64), 0);
}

static int big_compare(const struct big *a, const struct big *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	for (uint32_t i = a->len; i > 0; i--) {
		if (a->limbs[i - 1] != b->limbs[i - 1])
			return a->limbs[i - 1] < b->limbs[i - 1] ? -1 : 1;
	}
	return 0;
}

/* The scanned digits; `*exponent10` becomes the power of ten of the last one kept. */
static void big_from_digits(struct big *big, const struct num_scan *scan, int64_t *exponent10)
{
	size_t kept = MIN(scan->digit_count, (size_t)DIGITS_MAX);
	const uint8_t *at = scan->digits;
	*exponent10 = scan->exponent10 + (int64_t)(scan->digit_count - kept);
	for (size_t i = 0; i < kept; i++)
		big_multiply_add(big, 10, num_next_digit(&at));
	bool more = false;
	for (size_t i = kept; i < scan->digit_count && !more; i++)
		more = num_next_digit(&at) != 0;
	if (more) {
		big_multiply_add(big, 10, 1);
		*exponent10 -= 1;
	}
}

int num_big_compare_middle(const struct num_scan *scan, double below)
{
	assert(scan->digit_count > 0);
	assert(below >= 0);
	struct big number = { 0 }, middle = { 0 };
	int64_t exponent10;
	big_from_digits(&number, scan, &exponent10);
	int exponent2;
	uint64_t significand = double_significand(double_bits(below), &exponent2);
	big_push(&middle, 2 * significand + 1);
	exponent2--;

	if (exponent10 >= 0)
		big_multiply_pow10(&number, exponent10);
	else
		big_multiply_pow10(&middle, -exponent10);
	if (exponent2 >= 0)
		big_shift_left(&middle, (uint32_t)exponent2);
	else
		big_shift_left(&number, (uint32_t)-exponent2);
	return big_compare(&number, &middle);
}
