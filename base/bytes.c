#define WEIR_ALLOW_BANNED
#include "base/bytes.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

int slice_cmp(struct slice a, struct slice b)
{
	size_t common = MIN(a.len, b.len);
	int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

static uint8_t ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
			return false;
	}
	return true;
}

bool slice_starts_with(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len && slice_eq(slice_sub(s, 0, prefix.len), prefix);
}

bool slice_ends_with(struct slice s, struct slice suffix)
{
	return s.len >= suffix.len &&
	       slice_eq(slice_sub(s, s.len - suffix.len, suffix.len), suffix);
}

struct slice slice_sub(struct slice s, size_t from, size_t len)
{
	from = MIN(from, s.len);
	return slice_of(s.len > 0 ? s.data + from : s.data, MIN(len, s.len - from));
}

size_t slice_find(struct slice s, struct slice needle, size_t from)
{
	if (from > s.len || needle.len > s.len - from)
		return SIZE_MAX;
	if (needle.len == 0)
		return from;
	const uint8_t *at = memmem(s.data + from, s.len - from, needle.data, needle.len);
	return at != NULL ? (size_t)(at - s.data) : SIZE_MAX;
}

size_t slice_find_byte(struct slice s, uint8_t byte, size_t from)
{
	if (from >= s.len)
		return SIZE_MAX;
	const uint8_t *at = memchr(s.data + from, byte, s.len - from);
	return at != NULL ? (size_t)(at - s.data) : SIZE_MAX;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
	while (s.len > 0 && is_space(s.data[0]))
		s = slice_sub(s, 1, s.len);
	while (s.len > 0 && is_space(s.data[s.len - 1]))
		s.len--;
	return s;
}

void buf_init(struct buf *buf, size_t bytes_max)
{
	assert(bytes_max > 0);
	*buf = BUF_INIT(bytes_max);
}

void buf_fini(struct buf *buf)
{
	mem_free(buf->data);
	buf->data = NULL;
	buf->len = buf->capacity = 0;
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->overflowed = false;
}

fallible buf_check(const struct buf *buf, const char *what, struct err *err)
{
	if (!buf->overflowed)
		return 0;
	return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", what, buf->bytes_max);
}

uint8_t *buf_reserve_slow(struct buf *buf, size_t bytes)
{
	assert(buf->bytes_max > 0);
	if (buf->overflowed || bytes > buf->bytes_max || buf->len > buf->bytes_max - bytes) {
		buf->overflowed = true;
		return NULL;
	}
	size_t needed = buf->len + bytes;
	if (needed > buf->capacity || buf->data == NULL) {
		size_t capacity = MAX(MAX(needed, buf->capacity * 2), 64);
		buf->capacity = MAX(MIN(capacity, buf->bytes_max), needed);
		buf->data = mem_resize(buf->data, buf->capacity);
	}
	return buf->data + buf->len;
}

void buf_append(struct buf *buf, struct slice bytes)
{
	uint8_t *to = buf_reserve(buf, bytes.len);
	if (to == NULL || bytes.len == 0)
		return;
	memcpy(to, bytes.data, bytes.len);
	buf->len += bytes.len;
}

void buf_append_str(struct buf *buf, const char *text)
{
	buf_append(buf, slice_str(text));
}

void buf_append_zeroes(struct buf *buf, size_t n)
{
	uint8_t *to = buf_reserve(buf, n);
	if (to == NULL)
		return;
	memset(to, 0, n);
	buf->len += n;
}

void buf_append_u8(struct buf *buf, uint8_t value)
{
	uint8_t *to = buf_reserve(buf, 1);
	if (to == NULL)
		return;
	*to = value;
	buf->len += 1;
}

void buf_append_u16(struct buf *buf, uint16_t value)
{
	uint8_t *to = buf_reserve(buf, sizeof(value));
	if (to == NULL)
		return;
	store_be16(to, value);
	buf->len += sizeof(value);
}

void buf_append_u32(struct buf *buf, uint32_t value)
{
	uint8_t *to = buf_reserve(buf, sizeof(value));
	if (to == NULL)
		return;
	store_be32(to, value);
	buf->len += sizeof(value);
}

void buf_append_u64(struct buf *buf, uint64_t value)
{
	uint8_t *to = buf_reserve(buf, sizeof(value));
	if (to == NULL)
		return;
	store_be64(to, value);
	buf->len += sizeof(value);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	char *to = (char *)buf_reserve(buf, (size_t)len + 1);
	if (to != NULL) {
		vsnprintf(to, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void buf_truncate(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	buf->len = len;
}

const char *buf_str(struct buf *buf)
{
	if (buf->len == buf->capacity) {
		buf->capacity += 1;
		buf->data = mem_resize(buf->data, buf->capacity);
	}
	buf->data[buf->len] = '\0';
	return (const char *)buf->data;
}

fallible reader_check(const struct reader *r, const char *what, struct err *err)
{
	if (!r->failed)
		return 0;
	return err_set(err, ERR_TRUNCATED, "%s ends too early", what);
}

void reader_fail(struct reader *r)
{
	r->failed = true;
	r->next = r->end;
}

struct slice reader_bytes(struct reader *r, size_t len)
{
	if (r->failed || len > reader_left(r)) {
		reader_fail(r);
		return SLICE_EMPTY;
	}
	struct slice bytes = slice_of(r->next, len);
	r->next += len;
	return bytes;
}

void reader_skip(struct reader *r, size_t len)
{
	(void)reader_bytes(r, len);
}

uint8_t reader_u8(struct reader *r)
{
	struct slice s = reader_bytes(r, 1);
	return s.len == 1 ? s.data[0] : 0;
}

uint16_t reader_u16(struct reader *r)
{
	struct slice s = reader_bytes(r, 2);
	return s.len == 2 ? load_be16(s.data) : 0;
}

uint32_t reader_u32(struct reader *r)
{
	struct slice s = reader_bytes(r, 4);
	return s.len == 4 ? load_be32(s.data) : 0;
}

uint64_t reader_u64(struct reader *r)
{
	struct slice s = reader_bytes(r, 8);
	return s.len == 8 ? load_be64(s.data) : 0;
}
