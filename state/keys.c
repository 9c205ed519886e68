#include "state/keys.h"

#define PART_NULL 0x00
#define PART_VALUE 0x01
#define SIGN_64 (UINT64_C(1) << 63)
#define SIGN_32 (UINT32_C(1) << 31)

void keys_put_null(struct buf *key)
{
	buf_append_u8(key, PART_NULL);
}

void keys_put_bool(struct buf *key, bool value)
{
	buf_append_u8(key, PART_VALUE);
	buf_append_u8(key, value ? 1 : 0);
}

void keys_put_i32(struct buf *key, int32_t value)
{
	buf_append_u8(key, PART_VALUE);
	buf_append_u32(key, (uint32_t)value ^ SIGN_32);
}

void keys_put_i64(struct buf *key, int64_t value)
{
	buf_append_u8(key, PART_VALUE);
	buf_append_u64(key, (uint64_t)value ^ SIGN_64);
}

void keys_put_i128(struct buf *key, __int128 value)
{
	unsigned __int128 bits = (unsigned __int128)value;
	buf_append_u8(key, PART_VALUE);
	buf_append_u64(key, (uint64_t)(bits >> 64) ^ SIGN_64);
	buf_append_u64(key, (uint64_t)bits);
}

void keys_put_f64(struct buf *key, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	bits = (bits & SIGN_64) != 0 ? ~bits : bits | SIGN_64;
	buf_append_u8(key, PART_VALUE);
	buf_append_u64(key, bits);
}

void keys_put_bytes(struct buf *key, struct slice value)
{
	buf_append_u8(key, PART_VALUE);
	for (size_t from = 0; from < value.len;) {
		size_t zero = slice_find_byte(value, 0, from);
		size_t upto = zero == SIZE_MAX ? value.len : zero;
		buf_append(key, slice_sub(value, from, upto - from));
		if (zero != SIZE_MAX)
			buf_append_u16(key, 0x00FF);
		from = upto + 1;
	}
	buf_append_u16(key, 0x0000);
}

static bool has_value(struct reader *key)
{
	uint8_t mark = reader_u8(key);
	if (mark != PART_VALUE && mark != PART_NULL)
		reader_fail(key);
	return mark == PART_VALUE && !key->failed;
}

bool keys_get_bool(struct reader *key, bool *ret_value)
{
	if (!has_value(key))
		return false;
	*ret_value = reader_u8(key) != 0;
	return !key->failed;
}

bool keys_get_i32(struct reader *key, int32_t *ret_value)
{
	if (!has_value(key))
		return false;
	*ret_value = (int32_t)(reader_u32(key) ^ SIGN_32);
	return !key->failed;
}

bool keys_get_i64(struct reader *key, int64_t *ret_value)
{
	if (!has_value(key))
		return false;
	*ret_value = (int64_t)(reader_u64(key) ^ SIGN_64);
	return !key->failed;
}

bool keys_get_i128(struct reader *key, __int128 *ret_value)
{
	if (!has_value(key))
		return false;
	unsigned __int128 bits = (unsigned __int128)(reader_u64(key) ^ SIGN_64) << 64;
	bits |= reader_u64(key);
	*ret_value = (__int128)bits;
	return !key->failed;
}

bool keys_get_f64(struct reader *key, double *ret_value)
{
	if (!has_value(key))
		return false;
	uint64_t bits = reader_u64(key);
	bits = (bits & SIGN_64) != 0 ? bits ^ SIGN_64 : ~bits;
	memcpy(ret_value, &bits, sizeof(bits));
	return !key->failed;
}

bool keys_get_bytes(struct reader *key, struct arena *arena, struct slice *ret_value)
{
	if (!has_value(key))
		return false;
	struct slice rest = slice_of(key->next, reader_left(key));
	uint8_t *to = arena_plain(arena, rest.len, 1);
	size_t len = 0;
	for (size_t from = 0;;) {
		size_t zero = slice_find_byte(rest, 0, from);
		if (zero == SIZE_MAX || zero + 1 >= rest.len) {
			reader_fail(key);
			return false;
		}
		memcpy(to + len, rest.data + from, zero - from);
		len += zero - from;
		from = zero + 2;
		if (rest.data[zero + 1] == 0x00) {
			reader_skip(key, from);
			*ret_value = slice_of(to, len);
			return true;
		}
		if (rest.data[zero + 1] != 0xFF) {
			reader_fail(key);
			return false;
		}
		to[len++] = 0;
	}
}
