/*
 * decimal.h - fixed-point numbers of up to 38 digits, as exact as Java's BigDecimal.
 *
 * A number is `unscaled` * 10^-scale with |unscaled| < 10^38. A column of DECIMAL(p, s) keeps only
 * the unscaled numbers, the scale being its type's; a struct decimal carries its own, which may be
 * negative (1e3 is 1 with scale -3). Nothing is rounded unless a rounding is given: what would need
 * to be under ROUND_UNNECESSARY is ERR_EVALUATION, as is a division by zero; what does not fit in
 * its digits is ERR_RANGE. Products and quotients pass through 256 bits.
 */
#ifndef WEIR_BASE_DECIMAL_H
#define WEIR_BASE_DECIMAL_H

#include "base/bytes.h"
#include "base/err.h"

#define DECIMAL_DIGITS_MAX 38
/* Scales of numbers that are read lie between minus and plus this. */
#define DECIMAL_SCALE_MAX 4096
/* "-0." and 38 digits. */
#define DECIMAL_PLAIN_BYTES_MAX 41

struct decimal {
	__int128 unscaled;
	int32_t scale;
};

/* Java's RoundingMode. */
enum decimal_rounding {
	ROUND_UP,      /* away from zero */
	ROUND_DOWN,    /* towards zero */
	ROUND_CEILING, /* towards plus infinity */
	ROUND_FLOOR,   /* towards minus infinity */
	ROUND_HALF_UP, /* to the nearest; a tie goes away from zero, towards zero, to the even one
			*/
	ROUND_HALF_DOWN,
	ROUND_HALF_EVEN,
	ROUND_UNNECESSARY, /* an error if it is */
};

/* All digits and the scale as they are written: 1.50, -.5, 1e3. */
fallible decimal_parse(struct slice text, struct decimal *ret_value, struct err *err);
/* Any number of digits, rounded once to `scale`, as decimal_fit does. */
fallible decimal_parse_as(struct slice text, int32_t precision, int32_t scale,
			  enum decimal_rounding rounding, __int128 *ret_unscaled, struct err *err);

/* toPlainString and toString: 1000 and 1E+3. */
void decimal_append_plain(struct buf *to, struct decimal value);
void decimal_append(struct buf *to, struct decimal value);
/* toPlainString for a scale of 0 to 38, into DECIMAL_PLAIN_BYTES_MAX; returns the length. */
size_t decimal_put_plain(uint8_t *to, __int128 unscaled, int32_t scale);

fallible decimal_rescale(struct decimal value, int32_t scale, enum decimal_rounding rounding,
			 struct decimal *ret_value, struct err *err);
/* The unscaled number in DECIMAL(precision, scale). */
fallible decimal_fit(struct decimal value, int32_t precision, int32_t scale,
		     enum decimal_rounding rounding, __int128 *ret_unscaled, struct err *err);
/* Whether an unscaled number has at most so many digits. */
bool decimal_fits(__int128 unscaled, int32_t precision);
/* The digits of the unscaled number; 1 for zero. */
int32_t decimal_precision(__int128 unscaled);

/* Exact; the scale is the larger of the two. decimal_mod has the sign of `a`. */
fallible decimal_add(struct decimal a, struct decimal b, struct decimal *ret_value,
		     struct err *err);
fallible decimal_sub(struct decimal a, struct decimal b, struct decimal *ret_value,
		     struct err *err);
fallible decimal_mod(struct decimal a, struct decimal b, struct decimal *ret_value,
		     struct err *err);
/* With `scale` digits behind the point. ksqlDB's operators round nothing: ROUND_UNNECESSARY. */
fallible decimal_mul(struct decimal a, struct decimal b, int32_t scale,
		     enum decimal_rounding rounding, struct decimal *ret_value, struct err *err);
fallible decimal_div(struct decimal a, struct decimal b, int32_t scale,
		     enum decimal_rounding rounding, struct decimal *ret_value, struct err *err);
/* -1, 0 or 1 by value: 1.0 is 1.00. */
int decimal_compare(struct decimal a, struct decimal b);

static inline struct decimal decimal_neg(struct decimal a)
{
	return (struct decimal){ -a.unscaled, a.scale };
}

static inline struct decimal decimal_abs(struct decimal a)
{
	return a.unscaled < 0 ? decimal_neg(a) : a;
}

static inline struct decimal decimal_from_i64(int64_t value)
{
	return (struct decimal){ value, 0 };
}

/* Cuts the fraction off. The first fails when 64 bits are not enough, the second is longValue. */
fallible decimal_to_i64(struct decimal value, int64_t *ret_value, struct err *err);
int64_t decimal_to_i64_wrapped(struct decimal value);

/* BigDecimal.valueOf: the number that the double prints as. NaN and infinities are ERR_INVALID. */
fallible decimal_from_double(double value, struct decimal *ret_value, struct err *err);
/* new BigDecimal(double).setScale: the double's exact value, rounded once; scale 0 to 38. */
fallible decimal_from_double_exact(double value, int32_t scale, enum decimal_rounding rounding,
				   struct decimal *ret_value, struct err *err);
/* The nearest double. */
double decimal_to_double(struct decimal value);

#endif
