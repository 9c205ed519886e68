#include "wire/uuid.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct uuid uuid_from_random(const uint8_t random[16])
{
	struct uuid uuid;
	memcpy(uuid.bytes, random, sizeof(uuid.bytes));
	uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0F) | 0x40);
	uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3F) | 0x80);
	return uuid;
}

void uuid_print(struct uuid uuid, struct buf *to)
{
	/* 128 bits in groups of six; the last group has two bits, and four zeroes behind them. */
	for (unsigned bit = 0; bit < 128; bit += 6) {
		unsigned at = bit / 8;
		unsigned pair =
			(unsigned)uuid.bytes[at] << 8 | (at + 1 < 16 ? uuid.bytes[at + 1] : 0u);
		buf_append_u8(to, (uint8_t)ALPHABET[pair >> (10 - bit % 8) & 0x3F]);
	}
}

fallible uuid_parse(struct slice text, struct uuid *ret_uuid, struct err *err)
{
	if (text.len != UUID_TEXT_LEN)
		return err_set(err, ERR_INVALID, "a UUID has %d characters, not %zu", UUID_TEXT_LEN,
			       text.len);
	uint8_t bytes[17] = { 0 };
	for (unsigned i = 0; i < UUID_TEXT_LEN; i++) {
		const char *found = text.data[i] != 0 ? strchr(ALPHABET, text.data[i]) : NULL;
		if (found == NULL)
			return err_set(err, ERR_INVALID, "'%.*s' is not a UUID", SLICE_ARGS(text));
		unsigned bit = i * 6;
		unsigned value = (unsigned)(found - ALPHABET) << (10 - bit % 8);
		bytes[bit / 8] = (uint8_t)(bytes[bit / 8] | value >> 8);
		bytes[bit / 8 + 1] = (uint8_t)(bytes[bit / 8 + 1] | (value & 0xFF));
	}
	if (bytes[16] != 0)
		return err_set(err, ERR_INVALID, "'%.*s' is not a UUID", SLICE_ARGS(text));
	memcpy(ret_uuid->bytes, bytes, sizeof(ret_uuid->bytes));
	return 0;
}
