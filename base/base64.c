#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct slice bytes, struct buf *to)
{
	/* What is too large for the ceiling is so before it is multiplied. */
	size_t groups = bytes.len / 3 + (bytes.len % 3 != 0);
	size_t text_len = groups <= to->bytes_max / 4 ? groups * 4 : SIZE_MAX;
	uint8_t *out = buf_reserve(to, text_len);
	if (out == NULL)
		return;
	for (size_t i = 0; i < bytes.len; i += 3, out += 4) {
		size_t left = bytes.len - i;
		uint32_t group = (uint32_t)bytes.data[i] << 16;
		group |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
		group |= left > 2 ? bytes.data[i + 2] : 0;
		out[0] = (uint8_t)alphabet[group >> 18];
		out[1] = (uint8_t)alphabet[(group >> 12) & 63];
		out[2] = left > 1 ? (uint8_t)alphabet[(group >> 6) & 63] : '=';
		out[3] = left > 2 ? (uint8_t)alphabet[group & 63] : '=';
	}
	buf_advance(to, text_len);
}

/* The six bits of a character; -1 outside the alphabet. */
static int six_bits(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Cuts the padding off; it is there in full or not at all. */
static fallible cut_padding(struct slice *text, struct err *err)
{
	size_t len = text->len;
	size_t padding =
		slice_ends_with(*text, SLICE("==")) ? 2 : slice_ends_with(*text, SLICE("="));
	if (padding > 0 && len % 4 != 0)
		return err_set(err, ERR_INVALID, "base64 of %zu characters has wrong padding", len);
	if ((len - padding) % 4 == 1)
		return err_set(err, ERR_INVALID, "base64 ends inside a byte");
	text->len -= padding;
	return 0;
}

fallible base64_decode(struct slice text, struct buf *to, struct err *err)
{
	TRY(cut_padding(&text, err));
	size_t bytes_len = text.len / 4 * 3 + (text.len % 4 > 0 ? text.len % 4 - 1 : 0);
	uint8_t *out = buf_reserve(to, bytes_len);
	if (out == NULL)
		return buf_check(to, "a base64 value", err);
	uint32_t group = 0;
	size_t made = 0;
	for (size_t i = 0; i < text.len; i++) {
		int bits = six_bits(text.data[i]);
		if (bits < 0)
			return err_set(err, ERR_INVALID, "base64 has the byte 0x%02x at %zu",
				       text.data[i], i);
		group = group << 6 | (uint32_t)bits;
		/* After the 2nd, 3rd and 4th character of a group, 4, 2 and 0 bits wait. */
		if (i % 4 > 0)
			out[made++] = (uint8_t)(group >> (6 - 2 * (i % 4)));
	}
	assert(made == bytes_len);
	buf_advance(to, bytes_len);
	return 0;
}

void hex_encode(struct slice bytes, struct buf *to)
{
	size_t text_len = bytes.len <= to->bytes_max / 2 ? bytes.len * 2 : SIZE_MAX;
	uint8_t *out = buf_reserve(to, text_len);
	if (out == NULL)
		return;
	for (size_t i = 0; i < bytes.len; i++) {
		*out++ = (uint8_t) "0123456789ABCDEF"[bytes.data[i] >> 4];
		*out++ = (uint8_t) "0123456789ABCDEF"[bytes.data[i] & 15];
	}
	buf_advance(to, text_len);
}

static int four_bits(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

fallible hex_decode(struct slice text, struct buf *to, struct err *err)
{
	if (text.len % 2 != 0)
		return err_set(err, ERR_INVALID, "an odd number of hexadecimal digits: %zu",
			       text.len);
	uint8_t *out = buf_reserve(to, text.len / 2);
	if (out == NULL)
		return buf_check(to, "a hexadecimal value", err);
	for (size_t i = 0; i < text.len; i += 2) {
		int high = four_bits(text.data[i]), low = four_bits(text.data[i + 1]);
		if (high < 0 || low < 0)
			return err_set(err, ERR_INVALID, "not a hexadecimal digit at %zu",
				       i + (high >= 0));
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	buf_advance(to, text.len / 2);
	return 0;
}
