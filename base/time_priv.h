/*
 * time_priv.h - Java's words for a text that is no date or time; for time_text.c and pattern*.c.
 *
 * Java counts places in UTF-16 and cuts long texts; `at` is in bytes. And the digits of dates,
 * which are printed for every row: without the price of a format string.
 */
#ifndef WEIR_BASE_TIME_PRIV_H
#define WEIR_BASE_TIME_PRIV_H

#include "base/bytes.h"

/* A number of at least so many digits, zeroes in front. */
void time_append_digits(struct buf *out, uint64_t value, int width);

int time_bad_index(struct slice text, size_t at, struct err *err);
/* The text goes on behind what was expected. */
int time_bad_rest(struct slice text, size_t at, struct err *err);
/* Puts "Text '...' could not be parsed: " in front of an error. */
int time_bad_text(struct slice text, struct err *err);

#endif
