/*
 * num.h - whole numbers and doubles to and from text, exactly and without a locale.
 *
 * Texts are what Java reads and prints, because that is what users of ksqlDB compare with:
 * num_parse_i64 takes what Long.parseLong takes (ASCII digits, one sign, nothing around them),
 * num_parse_double what Double.parseDouble takes (white space around it, NaN, Infinity,
 * hexadecimal, a trailing d or f) and rounds correctly; num_put_double prints what Double.toString
 * prints since JDK 19: the shortest digits that read back as the same double (2.0E23, 4.9E-324),
 * the nearest of those, at least one behind the point. Older JDKs print about one random double in
 * ten with a digit too many (2.0E23 as 1.9999999999999998E23) or not the nearest (9.9E-324
 * as 1.0E-323).
 *
 * num_put_* write into room that the caller has made: NUM_I64_BYTES_MAX, NUM_DOUBLE_BYTES_MAX.
 */
#ifndef WEIR_BASE_NUM_H
#define WEIR_BASE_NUM_H

#include "base/bytes.h"
#include "base/err.h"

#define NUM_I64_BYTES_MAX 20    /* -9223372036854775808 */
#define NUM_DOUBLE_BYTES_MAX 24 /* -2.2250738585072014E-308 */

/* ERR_INVALID when it is no number, ERR_RANGE when it does not fit. */
fallible num_parse_i64(struct slice text, int64_t *ret_value, struct err *err);
fallible num_parse_i32(struct slice text, int32_t *ret_value, struct err *err);
/* Too large becomes Infinity and too small zero, as in Java; only ERR_INVALID can happen. */
fallible num_parse_double(struct slice text, double *ret_value, struct err *err);

/*
 * The decimal number that the text begins with ([sign] digits [. digits] [e [sign] digits], one
 * digit at least): how many bytes it has; 0 when there is none, and then ret_value is untouched.
 */
size_t num_prefix_double(struct slice text, double *ret_value);

/* Write the text, without NUL, and return its length. */
size_t num_put_i64(uint8_t *to, int64_t value);
size_t num_put_u64(uint8_t *to, uint64_t value);
size_t num_put_double(uint8_t *to, double value);

void num_append_i64(struct buf *buf, int64_t value);
void num_append_u64(struct buf *buf, uint64_t value);
void num_append_double(struct buf *buf, double value);

#endif
