#include "base/num.h"

#include "base/num_priv.h"

/* The size of the number behind an optional sign; false when there is a byte that is no digit. */
static bool parse_digits(struct slice digits, uint64_t *ret_size, bool *ret_overflow)
{
	uint64_t size = 0;
	bool overflow = false;
	for (size_t i = 0; i < digits.len; i++) {
		uint64_t digit = (uint8_t)(digits.data[i] - '0');
		if (digit > 9)
			return false;
		/* The first digits need no check. */
		if (LIKELY(i < NUM_LEAD_DIGITS)) {
			size = size * 10 + digit;
			continue;
		}
		overflow |= __builtin_mul_overflow(size, UINT64_C(10), &size);
		overflow |= __builtin_add_overflow(size, digit, &size);
	}
	*ret_size = size;
	*ret_overflow = overflow;
	return digits.len > 0;
}

fallible num_parse_i64(struct slice text, int64_t *ret_value, struct err *err)
{
	assert(ret_value != NULL);
	bool negative = text.len > 0 && text.data[0] == '-';
	bool sign = negative || (text.len > 0 && text.data[0] == '+');
	uint64_t size;
	bool overflow;
	if (!parse_digits(slice_sub(text, sign, text.len), &size, &overflow))
		return err_set(err, ERR_INVALID, "not a whole number: \"%.*s\"",
			       SLICE_ARGS(num_shown(text)));
	if (overflow || size > (uint64_t)INT64_MAX + negative)
		return err_set(err, ERR_RANGE, "does not fit in 64 bits: %.*s",
			       SLICE_ARGS(num_shown(text)));
	*ret_value = (int64_t)(negative ? 0 - size : size);
	return 0;
}

fallible num_parse_i32(struct slice text, int32_t *ret_value, struct err *err)
{
	assert(ret_value != NULL);
	int64_t value = 0;
	int code = num_parse_i64(text, &value, err);
	if (code == 0 && value == (int32_t)value) {
		*ret_value = (int32_t)value;
		return 0;
	}
	if (code == ERR_INVALID)
		return code;
	return err_set(err, ERR_RANGE, "does not fit in 32 bits: %.*s",
		       SLICE_ARGS(num_shown(text)));
}

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
				  "25262728293031323334353637383940414243444546474849"
				  "50515253545556575859606162636465666768697071727374"
				  "75767778798081828384858687888990919293949596979899";

const uint64_t num_powers10[20] = {
	1,
	10,
	100,
	1000,
	10000,
	100000,
	1000000,
	10000000,
	100000000,
	1000000000,
	10000000000,
	100000000000,
	1000000000000,
	10000000000000,
	100000000000000,
	1000000000000000,
	10000000000000000,
	100000000000000000,
	1000000000000000000,
	UINT64_C(10000000000000000000),
};

void num_put_eight_digits(uint8_t *to, uint32_t value)
{
	uint32_t high = value / 10000;
	uint32_t low = value % 10000;
	assert(high < 10000);
	memcpy(to, digit_pairs + (ptrdiff_t)(2 * (high / 100)), 2);
	memcpy(to + 2, digit_pairs + (ptrdiff_t)(2 * (high % 100)), 2);
	memcpy(to + 4, digit_pairs + (ptrdiff_t)(2 * (low / 100)), 2);
	memcpy(to + 6, digit_pairs + (ptrdiff_t)(2 * (low % 100)), 2);
}

size_t num_put_u64(uint8_t *to, uint64_t value)
{
	unsigned count = num_count_digits(value);
	unsigned left = count;
	assert(count <= NUM_I64_BYTES_MAX);
	for (; value >= 10; value /= 100) {
		left -= 2;
		memcpy(to + left, digit_pairs + 2 * (value % 100), 2);
	}
	if (left > 0)
		to[0] = (uint8_t)('0' + value);
	return count;
}

size_t num_put_i64(uint8_t *to, int64_t value)
{
	if (value >= 0)
		return num_put_u64(to, (uint64_t)value);
	*to = '-';
	return 1 + num_put_u64(to + 1, 0 - (uint64_t)value);
}

void num_append_i64(struct buf *buf, int64_t value)
{
	uint8_t text[NUM_I64_BYTES_MAX];
	buf_append(buf, slice_of(text, num_put_i64(text, value)));
}

void num_append_u64(struct buf *buf, uint64_t value)
{
	uint8_t text[NUM_I64_BYTES_MAX];
	buf_append(buf, slice_of(text, num_put_u64(text, value)));
}

void num_append_double(struct buf *buf, double value)
{
	uint8_t text[NUM_DOUBLE_BYTES_MAX];
	buf_append(buf, slice_of(text, num_put_double(text, value)));
}
