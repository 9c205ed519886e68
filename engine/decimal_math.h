/*
 * decimal_math.h - arithmetic of DECIMAL: unscaled 128-bit numbers with their scales.
 *
 * A DECIMAL of precision p has an unscaled number below 10^p; what needs more than 38 digits cannot be
 * held, and the operations yield false. Results have the scale asked for, exactly: nothing is rounded
 * unless the name says so.
 */
#ifndef WEIR_ENGINE_DECIMAL_MATH_H
#define WEIR_ENGINE_DECIMAL_MATH_H

#include "engine/value.h"

/* 10^n for n up to 38. */
__int128 decimal_math_power(int32_t n);
/* The largest unscaled number of a precision. */
__int128 decimal_math_limit(int32_t precision);

bool decimal_math_add(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
		      __int128 *ret);
bool decimal_math_subtract(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			   __int128 *ret);
bool decimal_math_multiply(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			   __int128 *ret);
bool decimal_math_divide(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			 __int128 *ret);
bool decimal_math_modulo(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale, int32_t scale,
			 __int128 *ret);

/* The same number at another scale; false: digits would be lost, or there are too many. */
bool decimal_math_rescale(__int128 a, int32_t from, int32_t to, __int128 *ret);
/* The same, half rounded away from zero; false: too many digits. */
bool decimal_math_round(__int128 a, int32_t from, int32_t to, __int128 *ret);
/* Order of two numbers of any scales. */
int decimal_math_cmp(__int128 a, int32_t a_scale, __int128 b, int32_t b_scale);
/* The nearest double. */
double decimal_math_double(__int128 a, int32_t scale);
/* The digits that Double.toString shows, as an exact number at some scale; false: NaN, or too large. */
bool decimal_math_of_double(double number, int32_t scale_max, __int128 *ret, int32_t *ret_scale);

/* All digits, no exponent: "-0.050". */
void decimal_math_print(__int128 a, int32_t scale, struct buf *out);
/*
 * What new BigDecimal(text) takes ([sign] digits [. digits] [e [sign] digits]), rounded to `scale`,
 * half away from zero; ERR_INVALID: no number; ERR_RANGE: too many digits.
 */
fallible decimal_math_parse(struct slice text, int32_t scale, __int128 *ret, struct err *err);

#endif
