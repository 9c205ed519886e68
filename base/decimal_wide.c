#include "base/decimal_priv.h"

#include "base/num_priv.h"

struct wide wide_from(unsigned __int128 size)
{
	return (struct wide){ { (uint64_t)size, (uint64_t)(size >> 64) } };
}

/* The limbs of `a` times `factor`; what does not fit is returned. */
static uint64_t multiply(struct wide *a, uint64_t factor)
{
	uint64_t carry = 0;
	for (int i = 0; i < WIDE_LIMBS; i++) {
		unsigned __int128 product = (unsigned __int128)a->limb[i] * factor + carry;
		a->limb[i] = (uint64_t)product;
		carry = (uint64_t)(product >> 64);
	}
	return carry;
}

struct wide wide_product(unsigned __int128 a, unsigned __int128 b)
{
	struct wide low = wide_from(a), high = low;
	multiply(&low, (uint64_t)b);
	multiply(&high, (uint64_t)(b >> 64));
	struct wide moved = { { 0, high.limb[0], high.limb[1], high.limb[2] } };
	bool fits = wide_add(&low, &moved);
	assert(fits);
	return low;
}

bool wide_multiply_pow10(struct wide *size, int32_t power)
{
	assert(power >= 0);
	if (wide_is_zero(size))
		return true;
	for (; power > NUM_LEAD_DIGITS; power -= NUM_LEAD_DIGITS) {
		if (multiply(size, num_powers10[NUM_LEAD_DIGITS]) != 0)
			return false;
	}
	return multiply(size, num_powers10[power]) == 0;
}

struct wide wide_sub(const struct wide *a, const struct wide *b)
{
	struct wide result;
	bool borrow = false;
	for (int i = 0; i < WIDE_LIMBS; i++) {
		uint64_t less;
		bool first = __builtin_sub_overflow(a->limb[i], b->limb[i], &less);
		bool second = __builtin_sub_overflow(less, (uint64_t)borrow, &result.limb[i]);
		borrow = first || second;
	}
	assert(!borrow);
	return result;
}

bool wide_add(struct wide *a, const struct wide *b)
{
	bool carry = false;
	for (int i = 0; i < WIDE_LIMBS; i++) {
		uint64_t more;
		bool first = __builtin_add_overflow(a->limb[i], b->limb[i], &more);
		bool second = __builtin_add_overflow(more, (uint64_t)carry, &a->limb[i]);
		carry = first || second;
	}
	return !carry;
}

int wide_compare(const struct wide *a, const struct wide *b)
{
	for (int i = WIDE_LIMBS; i > 0; i--) {
		if (a->limb[i - 1] != b->limb[i - 1])
			return a->limb[i - 1] < b->limb[i - 1] ? -1 : 1;
	}
	return 0;
}

bool wide_is_zero(const struct wide *a)
{
	return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

static int limbs_used(const struct wide *a)
{
	int used = WIDE_LIMBS;
	while (used > 0 && a->limb[used - 1] == 0)
		used--;
	return used;
}

static struct wide divide_by_limb(const struct wide *a, uint64_t divisor,
				  struct wide *ret_remainder)
{
	struct wide quotient;
	uint64_t rest = 0;
	for (int i = WIDE_LIMBS; i > 0; i--) {
		unsigned __int128 part = (unsigned __int128)rest << 64 | a->limb[i - 1];
		quotient.limb[i - 1] = (uint64_t)(part / divisor);
		rest = (uint64_t)(part % divisor);
	}
	*ret_remainder = wide_from(rest);
	return quotient;
}

/* The limbs of `a` moved up by less than a limb, with what goes over the top. */
static void shift_left(const struct wide *a, unsigned bits, uint64_t to[WIDE_LIMBS + 1])
{
	uint64_t carry = 0;
	for (int i = 0; i < WIDE_LIMBS; i++) {
		to[i] = a->limb[i] << bits | carry;
		carry = bits > 0 ? a->limb[i] >> (64 - bits) : 0;
	}
	to[WIDE_LIMBS] = carry;
}

/* rest[0..n] -= digit * divisor[0..n-1]; whether that went below zero. */
static bool subtract_product(uint64_t *rest, const uint64_t *divisor, int n, uint64_t digit)
{
	uint64_t carry = 0;
	bool borrow = false;
	for (int i = 0; i <= n; i++) {
		unsigned __int128 product = i < n ? (unsigned __int128)divisor[i] * digit : 0;
		product += carry;
		carry = (uint64_t)(product >> 64);
		uint64_t less;
		bool first = __builtin_sub_overflow(rest[i], (uint64_t)product, &less);
		bool second = __builtin_sub_overflow(less, (uint64_t)borrow, &rest[i]);
		borrow = first || second;
	}
	return borrow;
}

/* The opposite, once; whether that came back above zero. */
static bool add_back(uint64_t *rest, const uint64_t *divisor, int n)
{
	bool carry = false;
	for (int i = 0; i <= n; i++) {
		uint64_t more;
		uint64_t addend = i < n ? divisor[i] : 0;
		bool first = __builtin_add_overflow(rest[i], addend, &more);
		bool second = __builtin_add_overflow(more, (uint64_t)carry, &rest[i]);
		carry = first || second;
	}
	return carry;
}

static unsigned __int128 low_half(const struct wide *a)
{
	return (unsigned __int128)a->limb[1] << 64 | a->limb[0];
}

/*
 * Long division as on paper, a limb at a time. The divisor is moved up until its top bit is set;
 * then the quotient of the top two limbs by its top limb is the next digit, or up to two more than
 * it, and is corrected by adding the divisor back.
 */
struct wide wide_divide(const struct wide *a, const struct wide *divisor,
			struct wide *ret_remainder)
{
	int n = limbs_used(divisor);
	assert(n > 0);
	if (n <= 2 && (a->limb[2] | a->limb[3]) == 0) {
		unsigned __int128 dividend = low_half(a), by = low_half(divisor);
		*ret_remainder = wide_from(dividend % by);
		return wide_from(dividend / by);
	}
	if (n == 1)
		return divide_by_limb(a, divisor->limb[0], ret_remainder);
	unsigned up = (unsigned)__builtin_clzll(divisor->limb[n - 1]);
	uint64_t rest[WIDE_LIMBS + 1], by[WIDE_LIMBS + 1];
	shift_left(a, up, rest);
	shift_left(divisor, up, by);
	struct wide quotient = { 0 };
	for (int i = WIDE_LIMBS - n; i >= 0; i--) {
		unsigned __int128 top = (unsigned __int128)rest[i + n] << 64 | rest[i + n - 1];
		unsigned __int128 guess = top / by[n - 1];
		uint64_t digit = guess > UINT64_MAX ? UINT64_MAX : (uint64_t)guess;
		bool below = subtract_product(rest + i, by, n, digit);
		while (below) {
			digit--;
			below = !add_back(rest + i, by, n);
		}
		quotient.limb[i] = digit;
	}
	*ret_remainder = (struct wide){ 0 };
	for (int i = 0; i < n; i++) {
		uint64_t above = up > 0 ? rest[i + 1] << (64 - up) : 0;
		ret_remainder->limb[i] = rest[i] >> up | above;
	}
	return quotient;
}

struct wide wide_shift_right(const struct wide *a, uint32_t bits, enum decimal_rest *ret_rest)
{
	struct wide result = { 0 };
	assert(bits > 0);
	if (bits >= 64 * WIDE_LIMBS) {
		/* Callers' sizes have less than 255 bits: the half bit is not among them. */
		assert(a->limb[WIDE_LIMBS - 1] >> 62 == 0);
		*ret_rest = wide_is_zero(a) ? REST_ZERO : REST_BELOW_HALF;
		return result;
	}
	uint32_t whole = bits / 64, part = bits % 64;
	for (uint32_t i = whole; i < WIDE_LIMBS; i++) {
		uint64_t above = i + 1 < WIDE_LIMBS && part > 0 ? a->limb[i + 1] << (64 - part) : 0;
		result.limb[i - whole] = a->limb[i] >> part | above;
	}
	uint32_t half_bit = bits - 1;
	bool half = (a->limb[half_bit / 64] >> (half_bit % 64)) & 1;
	bool below = (a->limb[half_bit / 64] & ((UINT64_C(1) << (half_bit % 64)) - 1)) != 0;
	for (uint32_t i = 0; i < half_bit / 64; i++)
		below |= a->limb[i] != 0;
	*ret_rest = half    ? (below ? REST_ABOVE_HALF : REST_HALF)
		    : below ? REST_BELOW_HALF
			    : REST_ZERO;
	return result;
}

enum decimal_rest wide_rest(const struct wide *remainder, const struct wide *divisor)
{
	if (wide_is_zero(remainder))
		return REST_ZERO;
	struct wide other = wide_sub(divisor, remainder);
	int order = wide_compare(remainder, &other);
	return order < 0 ? REST_BELOW_HALF : order == 0 ? REST_HALF : REST_ABOVE_HALF;
}
