/*
 * number.h - literals of numbers: text to value, exactly, or not at all.
 * A literal that does not fit its type is an error at its place, never a nearby value.
 */
#ifndef WEIR_SQL_NUMBER_H
#define WEIR_SQL_NUMBER_H

#include "base/arena.h"

/* Digits, perhaps behind a minus; false: it doesn't fit 64 bits. */
bool number_integer(struct slice text, int64_t *ret_value);

/* False: not finite, or no number. */
bool number_double(struct slice text, double *ret_value);

/*
 * "-.50" is "-0.50", precision 2, scale 2: leading zeroes don't count, but there is one digit at
 * least. False: no such number, or more than NUMBER_DIGITS_MAX digits.
 */
#define NUMBER_DIGITS_MAX 1000
bool number_decimal(struct arena *arena, struct slice text, struct slice *ret_text,
		    int32_t *ret_precision, int32_t *ret_scale);

/* Scientific, with the fewest digits that read back the same: 1.5E2, so that it is no DECIMAL. */
void number_print_double(struct buf *buf, double value);

#endif
