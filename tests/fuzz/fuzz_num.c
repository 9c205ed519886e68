/* Any bytes as a number: what is read is printed and read again, and must be the same. */
#include "base/base64.h"
#include "base/decimal.h"
#include "base/num.h"
#include "base/text.h"

#define TEXT_BYTES_MAX ((size_t)64 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_double(struct slice text)
{
	double value, back;
	uint8_t printed[NUM_DOUBLE_BYTES_MAX];
	size_t bytes = num_prefix_double(text, &value);
	assert(bytes <= text.len);
	if (num_parse_double(text, &value, NULL) != 0)
		return;
	size_t len = num_put_double(printed, value);
	int code = num_parse_double(slice_of(printed, len), &back, NULL);
	assert(code == 0);
	assert(value != value || memcmp(&value, &back, sizeof(value)) == 0);
}

static void check_whole(struct slice text)
{
	int64_t value, back;
	uint8_t printed[NUM_I64_BYTES_MAX];
	if (num_parse_i64(text, &value, NULL) != 0)
		return;
	int code = num_parse_i64(slice_of(printed, num_put_i64(printed, value)), &back, NULL);
	assert(code == 0);
	assert(value == back);
}

static void check_decimal(struct slice text, struct buf *buf)
{
	struct decimal value, back;
	__int128 unscaled;
	if (decimal_parse_as(text, 20, 5, ROUND_HALF_EVEN, &unscaled, NULL) == 0)
		assert(decimal_fits(unscaled, 20));
	if (decimal_parse(text, &value, NULL) != 0)
		return;
	decimal_append(buf, value);
	int code = decimal_parse(buf_slice(buf), &back, NULL);
	/* A scale near the limit may pass it by the digits behind the point. */
	assert(code == 0 || code == ERR_RANGE);
	if (code != 0)
		return;
	assert(value.unscaled == back.unscaled);
	assert(value.scale == back.scale);
	buf_reset(buf);
	decimal_append_plain(buf, value);
	decimal_to_double(value);
	decimal_to_i64_wrapped(value);
}

static void check_bytes(struct slice bytes, struct buf *buf)
{
	buf_reset(buf);
	if (base64_decode(bytes, buf, NULL) == 0)
		assert(buf->len <= bytes.len);
	buf_reset(buf);
	if (hex_decode(bytes, buf, NULL) == 0)
		assert(buf->len * 2 == bytes.len);
	buf_reset(buf);
	text_append_repaired(buf, bytes);
	assert(buf->overflowed || text_valid_len(buf_slice(buf)) == buf->len);
	buf_reset(buf);
	text_append_upper(buf, bytes);
	text_append_lower(buf, bytes);
	text_utf16_sub(bytes, bytes.len / 3, bytes.len / 3);
	text_width(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, MIN(size, TEXT_BYTES_MAX));
	struct buf buf = BUF_INIT(4 * TEXT_BYTES_MAX);
	check_double(text);
	check_whole(text);
	check_decimal(text, &buf);
	check_bytes(text, &buf);
	buf_fini(&buf);
	return 0;
}
