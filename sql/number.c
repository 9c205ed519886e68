#define WEIR_ALLOW_BANNED
#include "sql/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool number_integer(struct slice text, int64_t *ret_value)
{
	bool negative = text.len > 0 && text.data[0] == '-';
	size_t i = negative ? 1 : 0;
	int64_t value = 0;
	if (i == text.len)
		return false;
	for (; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		int64_t digit = text.data[i] - '0';
		if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
		    __builtin_sub_overflow(value, digit, &value)) /* downwards, for INT64_MIN */
			return false;
	}
	if (!negative && value == INT64_MIN)
		return false;
	*ret_value = negative ? value : -value;
	return true;
}

bool number_double(struct arena *arena, struct slice text, double *ret_value)
{
	char *copy = arena_str(arena, text);
	char *end;
	double value = strtod(copy, &end);
	if (end != copy + text.len || text.len == 0 || !isfinite(value))
		return false;
	*ret_value = value;
	return true;
}

static bool all_digits(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	}
	return true;
}

bool number_decimal(struct arena *arena, struct slice text, struct slice *ret_text,
		    int32_t *ret_precision, int32_t *ret_scale)
{
	bool negative = text.len > 0 && text.data[0] == '-';
	struct slice digits = slice_sub(text, negative ? 1 : 0, text.len);
	size_t point = MIN(slice_find_byte(digits, '.', 0), digits.len);
	struct slice whole = slice_sub(digits, 0, point);
	struct slice part = slice_sub(digits, point + 1, digits.len);
	if (whole.len + part.len == 0 || whole.len + part.len > NUMBER_DIGITS_MAX)
		return false;
	if (!all_digits(whole) || !all_digits(part))
		return false;
	while (whole.len > 0 && whole.data[0] == '0')
		whole = slice_sub(whole, 1, whole.len);
	size_t leading = 0; /* zeroes behind the point count only behind another digit */
	while (whole.len == 0 && leading < part.len && part.data[leading] == '0')
		leading++;
	size_t precision = MAX(whole.len + part.len - leading, 1);
	*ret_text = slice_str(arena_printf(arena, "%s%s%.*s.%.*s", negative ? "-" : "",
					   whole.len == 0 ? "0" : "", SLICE_ARGS(whole),
					   SLICE_ARGS(part)));
	*ret_precision = (int32_t)MAX(precision, part.len);
	*ret_scale = (int32_t)part.len;
	return true;
}

#define DOUBLE_DIGITS_MAX 17

void number_print_double(struct buf *buf, double value)
{
	assert(isfinite(value));
	char text[40];
	int len = 0;
	for (int digits = 0; digits < DOUBLE_DIGITS_MAX; digits++) {
		len = snprintf(text, sizeof(text), "%.*e", digits, value);
		assert(len > 0 && len < (int)sizeof(text));
		if (strtod(text, NULL) == value)
			break;
	}
	struct slice all = slice_of(text, (size_t)len);
	size_t e = slice_find_byte(all, 'e', 0);
	struct slice exponent = slice_sub(all, e + 1, all.len);
	buf_append(buf, slice_sub(all, 0, e));
	buf_append_str(buf, exponent.data[0] == '-' ? "E-" : "E");
	exponent = slice_sub(exponent, 1, exponent.len);
	while (exponent.len > 1 && exponent.data[0] == '0')
		exponent = slice_sub(exponent, 1, exponent.len);
	buf_append(buf, exponent);
}
