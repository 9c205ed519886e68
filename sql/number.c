#include "sql/number.h"

#include "base/num.h"

#include <math.h>

bool number_integer(struct slice text, int64_t *ret_value)
{
	return num_parse_i64(text, ret_value, NULL) == 0;
}

bool number_double(struct slice text, double *ret_value)
{
	double value;
	if (num_parse_double(text, &value, NULL) != 0 || !isfinite(value))
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

/* Takes the digits and the power of ten out of "-0.0125", "125.0" or "1.25E-7". */
struct scientific {
	uint8_t digits[NUM_DOUBLE_BYTES_MAX];
	size_t len;
	int64_t exponent; /* of the first digit */
};

static struct scientific scientific_of(struct slice text)
{
	struct scientific s = { 0 };
	size_t e = MIN(slice_find_byte(text, 'E', 0), text.len);
	size_t point = MIN(slice_find_byte(text, '.', 0), e);
	if (e < text.len)
		(void)number_integer(slice_sub(text, e + 1, text.len), &s.exponent);
	s.exponent += (int64_t)point - 1;
	for (size_t i = 0; i < e; i++) {
		if (i == point)
			continue;
		if (s.len == 0 && text.data[i] == '0')
			s.exponent--; /* it leads */
		else
			s.digits[s.len++] = text.data[i];
	}
	while (s.len > 1 && s.digits[s.len - 1] == '0')
		s.len--;
	return s;
}

void number_print_double(struct buf *buf, double value)
{
	assert(isfinite(value));
	uint8_t text[NUM_DOUBLE_BYTES_MAX];
	struct slice printed = slice_of(text, num_put_double(text, fabs(value)));
	struct scientific s = scientific_of(printed);
	buf_append_str(buf, signbit(value) ? "-" : "");
	if (s.len == 0) {
		buf_append_str(buf, "0E0");
		return;
	}
	buf_append_u8(buf, s.digits[0]);
	if (s.len > 1) {
		buf_append_u8(buf, '.');
		buf_append(buf, slice_of(s.digits + 1, s.len - 1));
	}
	buf_append_u8(buf, 'E');
	num_append_i64(buf, s.exponent);
}
