/*
 * bytes.h - runs of bytes: a `slice` borrows, a `buf` owns, a `reader` walks.
 *
 * A slice never frees and never outlives what it points into. A buf grows up to its ceiling, which
 * its maker names; what would pass the ceiling is dropped and `overflowed` stays set, so a writer
 * checks once, at the end, with buf_check. A reader never reads outside its slice: after the first
 * read that would, it is `failed`, yields zeroes, and is checked once, at the end, with
 * reader_check. Integers are big-endian unless the name says `le`.
 */
#ifndef WEIR_BASE_BYTES_H
#define WEIR_BASE_BYTES_H

#include "base/base.h"
#include "base/err.h"

struct slice {
	const uint8_t *data; /* borrowed; may be NULL when len is 0 */
	size_t len;
};

#define SLICE(literal)                                                                             \
	((struct slice){ .data = (const uint8_t *)(literal), .len = sizeof(literal) - 1 })
#define SLICE_EMPTY ((struct slice){ .data = (const uint8_t *)"", .len = 0 })
/* For printf's "%.*s". */
#define SLICE_ARGS(s)                                                                              \
	(int)MIN((s).len, (size_t)INT32_MAX),                                                      \
		(const char *)((s).data ? (s).data : (const uint8_t *)"")

static inline struct slice slice_of(const void *data, size_t len)
{
	return (struct slice){ .data = data, .len = len };
}

static inline struct slice slice_str(const char *text)
{
	return slice_of(text, strlen(text));
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool slice_eq_str(struct slice a, const char *text)
{
	return slice_eq(a, slice_str(text));
}

/* Byte order; a prefix comes first. */
int slice_cmp(struct slice a, struct slice b);
bool slice_eq_nocase(struct slice a, struct slice b); /* ASCII letters only */
bool slice_starts_with(struct slice s, struct slice prefix);
bool slice_ends_with(struct slice s, struct slice suffix);
/* From `from`, at most `len` bytes; both are clamped to what is there. */
struct slice slice_sub(struct slice s, size_t from, size_t len);
/* Where `needle` first begins at or after `from`; SIZE_MAX: nowhere. */
size_t slice_find(struct slice s, struct slice needle, size_t from);
size_t slice_find_byte(struct slice s, uint8_t byte, size_t from);
struct slice slice_trim(struct slice s); /* ASCII white space */

struct buf {
	uint8_t *data; /* owned */
	size_t len, capacity;
	size_t bytes_max; /* the ceiling */
	bool overflowed;
};

/* The ceiling for texts that people write and read (statements, messages, reports). */
#define BUF_TEXT_BYTES_MAX ((size_t)16 * 1024 * 1024)

#define BUF_INIT(ceiling) ((struct buf){ .bytes_max = (ceiling) })

void buf_init(struct buf *buf, size_t bytes_max);
void buf_fini(struct buf *buf);
void buf_reset(struct buf *buf); /* empty, not overflowed; keeps its memory */
fallible buf_check(const struct buf *buf, const char *what, struct err *err);

/* Room for `bytes` more; NULL past the ceiling. Call buf_advance with what was written. */
uint8_t *buf_reserve_slow(struct buf *buf, size_t bytes);

static inline uint8_t *buf_reserve(struct buf *buf, size_t bytes)
{
	if (LIKELY(bytes <= buf->capacity - buf->len && buf->data != NULL && !buf->overflowed))
		return buf->data + buf->len;
	return buf_reserve_slow(buf, bytes);
}

static inline void buf_advance(struct buf *buf, size_t bytes)
{
	assert(bytes <= buf->capacity - buf->len);
	buf->len += bytes;
}

void buf_append(struct buf *buf, struct slice bytes);
void buf_append_str(struct buf *buf, const char *text);
void buf_append_zeroes(struct buf *buf, size_t n);
void buf_append_u8(struct buf *buf, uint8_t value);
void buf_append_u16(struct buf *buf, uint16_t value);
void buf_append_u32(struct buf *buf, uint32_t value);
void buf_append_u64(struct buf *buf, uint64_t value);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_truncate(struct buf *buf, size_t len);
/* The text so far with a NUL behind it, which does not count; valid until the next append. */
const char *buf_str(struct buf *buf);

static inline struct slice buf_slice(const struct buf *buf)
{
	return slice_of(buf->data, buf->len);
}

struct reader {
	const uint8_t *next, *end; /* borrowed */
	bool failed;
};

static inline struct reader reader_of(struct slice s)
{
	const uint8_t *data = s.data != NULL ? s.data : (const uint8_t *)"";
	return (struct reader){ .next = data, .end = data + s.len };
}

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->next);
}

fallible reader_check(const struct reader *r, const char *what, struct err *err);
void reader_fail(struct reader *r);
struct slice reader_bytes(struct reader *r, size_t len); /* borrowed from what is read */
void reader_skip(struct reader *r, size_t len);
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);

/* Unaligned loads and stores, for code that has checked its bounds. */
static inline uint16_t load_be16(const uint8_t *p)
{
	uint16_t v;
	memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

static inline uint32_t load_be32(const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

static inline uint64_t load_be64(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

static inline uint32_t load_le32(const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t load_le64(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void store_be16(uint8_t *p, uint16_t v)
{
	v = __builtin_bswap16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void store_be32(uint8_t *p, uint32_t v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void store_be64(uint8_t *p, uint64_t v)
{
	v = __builtin_bswap64(v);
	memcpy(p, &v, sizeof(v));
}

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the loads above swap unconditionally");

#endif
