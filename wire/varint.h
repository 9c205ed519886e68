/*
 * varint.h - Kafka's variable-length integers: seven bits a byte, the least first.
 *
 * `zigzag` ones are signed (0, -1, 1, -2 ...). A reader that meets one which is too long or cut off
 * is failed, as with every other read.
 */
#ifndef WEIR_WIRE_VARINT_H
#define WEIR_WIRE_VARINT_H

#include "base/bytes.h"

#define VARINT_BYTES_MAX 10

static inline uint64_t reader_varint64(struct reader *r)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = reader_u8(r);
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80) {
			if (shift == 63 && byte > 1)
				reader_fail(r);
			return r->failed ? 0 : value;
		}
	}
	reader_fail(r);
	return 0;
}

static inline uint32_t reader_varint(struct reader *r)
{
	if (LIKELY(r->next != r->end && *r->next < 0x80))
		return *r->next++;
	uint64_t value = reader_varint64(r);
	if (value > UINT32_MAX)
		reader_fail(r);
	return r->failed ? 0 : (uint32_t)value;
}

static inline int64_t reader_zigzag64(struct reader *r)
{
	uint64_t value = reader_varint64(r);
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static inline int32_t reader_zigzag(struct reader *r)
{
	uint32_t value = reader_varint(r);
	return (int32_t)(value >> 1) ^ -(int32_t)(value & 1);
}

/* Writes at `to`, which has room for VARINT_BYTES_MAX, and yields what is behind. */
static inline uint8_t *varint_store(uint8_t *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*to++ = (uint8_t)(value | 0x80);
	*to++ = (uint8_t)value;
	return to;
}

static inline uint64_t zigzag_of(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline size_t varint_bytes(uint64_t value)
{
	return ((size_t)(63 - __builtin_clzll(value | 1)) + 7) / 7;
}

#endif
