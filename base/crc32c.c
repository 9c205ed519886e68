#include "base/crc32c.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#endif

/*
 * The portable way: TABLE[k][b] is the remainder of byte b followed by k zero bytes. A remainder is
 * linear in the bits of b, so eight values a table say all of it; the macros spell out the rest.
 */
/* clang-format off */
#define B0 0xF26B8303, 0xE13B70F7, 0xC79A971F, 0x8AD958CF, 0x105EC76F, 0x20BD8EDE, 0x417B1DBC, 0x82F63B78
#define B1 0x13A29877, 0x274530EE, 0x4E8A61DC, 0x9D14C3B8, 0x3FC5F181, 0x7F8BE302, 0xFF17C604, 0xFBC3FAF9
#define B2 0xA541927E, 0x4F6F520D, 0x9EDEA41A, 0x38513EC5, 0x70A27D8A, 0xE144FB14, 0xC76580D9, 0x8B277743
#define B3 0xDD45AAB8, 0xBF672381, 0x7B2231F3, 0xF64463E6, 0xE964B13D, 0xD725148B, 0xABA65FE7, 0x52A0C93F
#define B4 0x38116FAC, 0x7022DF58, 0xE045BEB0, 0xC5670B91, 0x8F2261D3, 0x1BA8B557, 0x37516AAE, 0x6EA2D55C
#define B5 0xEF306B19, 0xDB8CA0C3, 0xB2F53777, 0x6006181F, 0xC00C303E, 0x85F4168D, 0x0E045BEB, 0x1C08B7D6
#define B6 0x68032CC8, 0xD0065990, 0xA5E0C5D1, 0x4E2DFD53, 0x9C5BFAA6, 0x3D5B83BD, 0x7AB7077A, 0xF56E0EF4
#define B7 0x493C7D27, 0x9278FA4E, 0x211D826D, 0x423B04DA, 0x847609B4, 0x0D006599, 0x1A00CB32, 0x34019664
/* clang-format on */

#define BIT(b, i, value) (((b) >> (i)&1) != 0 ? UINT32_C(value) : 0u)
#define ENTRY_(b, v0, v1, v2, v3, v4, v5, v6, v7)                                                  \
	(BIT(b, 0, v0) ^ BIT(b, 1, v1) ^ BIT(b, 2, v2) ^ BIT(b, 3, v3) ^ BIT(b, 4, v4) ^           \
	 BIT(b, 5, v5) ^ BIT(b, 6, v6) ^ BIT(b, 7, v7))
#define ENTRY(b, ...) ENTRY_(b, __VA_ARGS__)
#define ROW4(b, ...)                                                                               \
	ENTRY(b, __VA_ARGS__), ENTRY((b) + 1, __VA_ARGS__), ENTRY((b) + 2, __VA_ARGS__),           \
		ENTRY((b) + 3, __VA_ARGS__)
#define ROW16(b, ...)                                                                              \
	ROW4(b, __VA_ARGS__), ROW4((b) + 4, __VA_ARGS__), ROW4((b) + 8, __VA_ARGS__),              \
		ROW4((b) + 12, __VA_ARGS__)
#define ROW64(b, ...)                                                                              \
	ROW16(b, __VA_ARGS__), ROW16((b) + 16, __VA_ARGS__), ROW16((b) + 32, __VA_ARGS__),         \
		ROW16((b) + 48, __VA_ARGS__)
#define ROW256(...)                                                                                \
	{                                                                                          \
		ROW64(0, __VA_ARGS__), ROW64(64, __VA_ARGS__), ROW64(128, __VA_ARGS__),            \
			ROW64(192, __VA_ARGS__)                                                    \
	}

static const uint32_t TABLE[8][256] = {
	ROW256(B0), ROW256(B1), ROW256(B2), ROW256(B3),
	ROW256(B4), ROW256(B5), ROW256(B6), ROW256(B7),
};

uint32_t crc32c_portable(uint32_t crc, struct slice bytes)
{
	const uint8_t *p = bytes.data;
	size_t left = bytes.len;
	crc = ~crc;
	for (; left >= 8; left -= 8, p += 8) {
		uint32_t low = load_le32(p) ^ crc, high = load_le32(p + 4);
		crc = TABLE[7][low & 255] ^ TABLE[6][(low >> 8) & 255] ^
		      TABLE[5][(low >> 16) & 255] ^ TABLE[4][low >> 24] ^ TABLE[3][high & 255] ^
		      TABLE[2][(high >> 8) & 255] ^ TABLE[1][(high >> 16) & 255] ^
		      TABLE[0][high >> 24];
	}
	for (; left > 0; left--, p++)
		crc = (crc >> 8) ^ TABLE[0][(crc ^ *p) & 255];
	return ~crc;
}

#if defined(__x86_64__)

#define FAST __attribute__((target("sse4.2,pclmul")))

/*
 * The instruction takes a word each cycle but answers after three, so three neighbouring streams of
 * `stream` bytes run at once. To join them, the first two remainders are moved over what follows
 * them: a carry-less product with x^(bits to move by - 33) mod P, whose reduction the last
 * instruction of the third stream does on its way.
 */
FAST static uint32_t crc_of_three(uint32_t crc, const uint8_t *p, size_t stream, uint32_t over_two,
				  uint32_t over_one)
{
	uint64_t a = crc, b = 0, c = 0;
	const uint8_t *q = p + stream, *r = q + stream;
	for (size_t i = 0; i < stream - 8; i += 8) {
		a = _mm_crc32_u64(a, load_le64(p + i));
		b = _mm_crc32_u64(b, load_le64(q + i));
		c = _mm_crc32_u64(c, load_le64(r + i));
	}
	a = _mm_crc32_u64(a, load_le64(p + stream - 8));
	b = _mm_crc32_u64(b, load_le64(q + stream - 8));
	__m128i moved_a = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)a),
					       _mm_cvtsi64_si128((int64_t)over_two), 0);
	__m128i moved_b = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)b),
					       _mm_cvtsi64_si128((int64_t)over_one), 0);
	uint64_t moved = (uint64_t)_mm_cvtsi128_si64(_mm_xor_si128(moved_a, moved_b));
	return (uint32_t)_mm_crc32_u64(c, load_le64(r + stream - 8) ^ moved);
}

#define STREAM_LONG 1024
#define STREAM_SHORT 64

FAST uint32_t crc32c_fast(uint32_t crc, struct slice bytes)
{
	const uint8_t *p = bytes.data;
	size_t left = bytes.len;
	crc = ~crc;
	for (; left >= 3 * STREAM_LONG; left -= 3 * STREAM_LONG, p += 3 * STREAM_LONG)
		crc = crc_of_three(crc, p, STREAM_LONG, 0xA51B6135, 0x170076FA);
	for (; left >= 3 * STREAM_SHORT; left -= 3 * STREAM_SHORT, p += 3 * STREAM_SHORT)
		crc = crc_of_three(crc, p, STREAM_SHORT, 0x0D3B6092, 0x9E4ADDF8);
	uint64_t tail = crc;
	for (; left >= 8; left -= 8, p += 8)
		tail = _mm_crc32_u64(tail, load_le64(p));
	crc = (uint32_t)tail;
	for (; left > 0; left--, p++)
		crc = _mm_crc32_u8(crc, *p);
	return ~crc;
}

bool crc32c_has_fast(void)
{
	return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

#else

bool crc32c_has_fast(void)
{
	return false;
}

uint32_t crc32c_fast(uint32_t crc, struct slice bytes)
{
	return crc32c_portable(crc, bytes);
}

#endif

uint32_t crc32c(uint32_t crc, struct slice bytes)
{
	return crc32c_has_fast() ? crc32c_fast(crc, bytes) : crc32c_portable(crc, bytes);
}
