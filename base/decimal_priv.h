/*
 * decimal_priv.h - what the files of decimal share: sizes of up to 256 bits, and rounding.
 *
 * A `wide` is a size without a sign, the least limb first. What would not fit is told, never cut:
 * wide_multiply_pow10 returns false, and the caller knows what that means for its result.
 */
#ifndef WEIR_BASE_DECIMAL_PRIV_H
#define WEIR_BASE_DECIMAL_PRIV_H

#include "base/decimal.h"

#define WIDE_LIMBS 4

struct wide {
	uint64_t limb[WIDE_LIMBS];
};

/* What was cut off behind the last digit kept. */
enum decimal_rest {
	REST_ZERO,
	REST_BELOW_HALF,
	REST_HALF,
	REST_ABOVE_HALF,
};

struct wide wide_from(unsigned __int128 size);
struct wide wide_product(unsigned __int128 a, unsigned __int128 b);
bool wide_multiply_pow10(struct wide *size, int32_t power);
struct wide wide_sub(const struct wide *a, const struct wide *b); /* a >= b */
bool wide_add(struct wide *a, const struct wide *b);              /* false: more than 256 bits */
int wide_compare(const struct wide *a, const struct wide *b);
bool wide_is_zero(const struct wide *a);
/* a = quotient * divisor + *ret_remainder. */
struct wide wide_divide(const struct wide *a, const struct wide *divisor,
			struct wide *ret_remainder);
struct wide wide_shift_right(const struct wide *a, uint32_t bits, enum decimal_rest *ret_rest);

static inline unsigned __int128 decimal_size(__int128 value)
{
	return value < 0 ? 0 - (unsigned __int128)value : (unsigned __int128)value;
}

unsigned __int128 decimal_pow10(int32_t power); /* 0 to 38 */
enum decimal_rest wide_rest(const struct wide *remainder, const struct wide *divisor);

fallible decimal_too_large(struct err *err);
/* What ksqlDB says of a number that its type has no room for. */
fallible decimal_does_not_fit(struct err *err, int32_t precision, int32_t scale, struct slice text);

/* Rounds, checks the digits and puts the sign back. */
fallible decimal_finish(const struct wide *size, enum decimal_rest rest, bool negative,
			int32_t scale, enum decimal_rounding rounding, struct decimal *ret_value,
			struct err *err);

#endif
