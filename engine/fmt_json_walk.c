#include "engine/fmt_json_priv.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/*
 * The walk, record by record:
 *
 *     {"auction":1007,"price":100,"extra":"x"}
 *      ^literal   ^value
 *
 * Each member knows which followed it last time; its literal is compared in one go, the value is
 * read by the kind of its column, and so on to the closing brace. A name that was not expected is
 * looked up by its hash (and expected there next time), so records with other orders or fewer
 * members cost a look-up each, no more. Values that are not plain (escapes, what is not ASCII,
 * fractions, nested ones, null) go through base/json.h one by one. Whatever the walk does not
 * understand ends it.
 */

static inline bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline const uint8_t *after_space(const uint8_t *p, const uint8_t *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

/* Whether digits end here. If not, a fraction, an exponent, more digits or nonsense follow. */
static inline bool number_ends(const uint8_t *p, const uint8_t *end)
{
	return p < end && (*p == ',' || *p == '}' || is_space(*p));
}

/* A value of any kind, by the reader that knows all of them. NULL: it is not right, or not here. */
COLD static const uint8_t *other_value(struct json_walk *walk, const struct json_member *member,
				       const uint8_t *p, const uint8_t *end, uint32_t row)
{
	struct json_reader r;
	struct err err;
	if (p >= end || *p >= 0x80)
		return NULL; /* json_init would take a byte order mark */
	json_init(&r, slice_of(p, (size_t)(end - p)), JSON_STRICT);
	r.depth = 1; /* it stands in the record's object */
	r.objects[0] = 1;
	if (json_next(&r, &err) != 0)
		return NULL;
	if (member->column < 0)
		return json_skip(&r, &err) == 0 ? r.next : NULL;
	struct value value;
	const struct type *type = walk->format->columns[member->column].type;
	if (json_read_value(&r, type, walk->arena, &value, &err) != 0)
		return NULL;
	if (member->to != NULL)
		column_set(member->to, row, &value);
	return r.next;
}

/* Members. */

/* The first eight bytes of a name, or all of them. */
static inline uint64_t name_head(struct slice name, const uint8_t *end)
{
	uint64_t head = 0;
	if (LIKELY(end - name.data >= 8)) {
		head = load_le64(name.data);
		return name.len >= 8 ? head : head & ((UINT64_C(1) << name.len * 8) - 1);
	}
	memcpy(&head, name.data, MIN(name.len, sizeof(head)));
	return head;
}

static inline uint32_t name_slot(uint64_t head, size_t len)
{
	uint64_t hash = (head ^ len << 56) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(hash >> 55) & (JSON_SLOTS - 1);
}

static inline bool same_name(const struct json_member *member, struct slice name, uint64_t head)
{
	return member->head == head && member->name.len == name.len &&
	       (name.len <= 8 || memcmp(member->name.data + 8, name.data + 8, name.len - 8) == 0);
}

static void forget(struct json_walk *walk)
{
	memset(walk->slots, 0, sizeof(walk->slots));
	walk->members[0] = (struct json_member){ .len = UINT32_MAX, .column = -1 };
	walk->nmembers = 1;
	walk->first = 0;
}

static enum json_how how_to_read(const struct json_walk *walk, int32_t column)
{
	if (column < 0)
		return JSON_HOW_ANY;
	switch ((int)walk->format->columns[column].type->kind) {
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		return JSON_HOW_I64;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
		return JSON_HOW_I32;
	case TYPE_DOUBLE:
		return JSON_HOW_DOUBLE;
	case TYPE_STRING:
		return JSON_HOW_TEXT;
	default:
		return JSON_HOW_OTHER;
	}
}

static void aim(const struct json_walk *walk, struct json_member *member)
{
	member->to = member->column >= 0 ? walk->out[member->column] : NULL;
	member->bit = member->to != NULL ? UINT64_C(1) << member->column : 0;
	member->how = how_to_read(walk, member->column);
	/* Any value is a text, so one that nobody wants need only be well formed. */
	if (member->how == JSON_HOW_TEXT && member->to == NULL)
		member->how = JSON_HOW_ANY;
}

static void set_literal(struct json_member *member, struct slice literal, size_t name_at,
			size_t name_len)
{
	memset(member->literal, 0, sizeof(member->literal));
	memcpy(member->literal, literal.data, literal.len);
	member->len = (uint32_t)literal.len;
	member->name = slice_of(member->literal + name_at, name_len);
}

/* The member whose literal this is; made when there is none. */
static uint32_t member_of(struct json_walk *walk, struct slice literal, size_t name_at,
			  size_t name_len, const uint8_t *end)
{
	struct slice name = slice_of(literal.data + name_at, name_len);
	uint64_t head = name_head(name, end);
	if (walk->nmembers == JSON_MEMBERS_MAX)
		forget(walk);
	uint32_t slot = name_slot(head, name_len);
	for (; walk->slots[slot] != 0; slot = (slot + 1) & (JSON_SLOTS - 1)) {
		struct json_member *member = &walk->members[walk->slots[slot]];
		if (!same_name(member, name, head))
			continue;
		if (member->len != literal.len)
			set_literal(member, literal, name_at, name_len);
		return walk->slots[slot];
	}
	uint32_t index = walk->nmembers++;
	struct json_member *member = &walk->members[index];
	*member = (struct json_member){ .column = json_find_column(walk->format, name),
					.head = head };
	set_literal(member, literal, name_at, name_len);
	aim(walk, member);
	walk->slots[slot] = (uint8_t)index;
	return index;
}

/*
 * Reads the name at `p` (behind a brace or a comma), which is not the one expected. `string_end` is
 * the processor's way to find a plain string's end. 0: this is for the other reader.
 */
static uint32_t read_name(struct json_walk *walk, const uint8_t *p, const uint8_t *end,
			  const uint8_t *(*string_end)(const uint8_t *, const uint8_t *),
			  uint32_t *ret_len)
{
	const uint8_t *open = after_space(p, end);
	if (open >= end || *open != '"')
		return 0;
	const uint8_t *close = string_end(open + 1, end);
	if (close == NULL)
		return 0;
	const uint8_t *colon = after_space(close + 1, end);
	if (colon >= end || *colon != ':')
		return 0;
	const uint8_t *value = after_space(colon + 1, end);
	size_t len = (size_t)(value - p);
	if (len > JSON_LITERAL_BYTES_MAX)
		return 0;
	*ret_len = (uint32_t)len;
	return member_of(walk, slice_of(p, len), (size_t)(open + 1 - p), (size_t)(close - open - 1),
			 end);
}

/* Numbers. Each yields the end of the digits at `p`, 1 to 16 of them; NULL: there are others. */

/* The first bytes that are no digits, as a mark in the high bit of each. */
static inline uint64_t not_digits(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
	uint64_t low = word ^ (ones * '0');
	return (((low & ~highs) + ones * (0x80 - 10)) | low) & highs;
}

static inline uint64_t eight_digits(uint64_t word)
{
	word = (word & UINT64_C(0x0F0F0F0F0F0F0F0F)) * 2561 >> 8;
	word = (word & UINT64_C(0x00FF00FF00FF00FF)) * 6553601 >> 16;
	return (word & UINT64_C(0x0000FFFF0000FFFF)) * UINT64_C(42949672960001) >> 32;
}

static inline const uint8_t *digits_plain(const uint8_t *p, const uint8_t *end, uint64_t *ret_value)
{
	const uint8_t *begin = p;
	uint64_t value = 0;
	if (end - p >= 8) {
		uint64_t word = load_le64(p), marks = not_digits(word);
		uint32_t n = marks != 0 ? (uint32_t)__builtin_ctzll(marks) / 8 : 8;
		if (n == 0)
			return NULL;
		value = eight_digits(word << (8 - n) * 8);
		p += n;
		if (n < 8) {
			*ret_value = value;
			return p;
		}
	}
	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (p - begin == 16)
			return NULL;
		value = value * 10 + (uint64_t)(*p - '0');
	}
	if (p == begin)
		return NULL;
	*ret_value = value;
	return p;
}

/* Portable: eight bytes at a time. */

#define TARGET
#define WALK(name) name##_plain

static inline uint64_t special_bytes(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
	uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
	return (word | (word - ones * 0x20) | (quote - ones) | (backslash - ones)) & highs;
}

static inline const uint8_t *special_plain(const uint8_t *p, const uint8_t *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t marks = special_bytes(load_le64(p));
		if (marks != 0)
			return p + __builtin_ctzll(marks) / 8;
	}
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

static inline bool literal_plain(const uint8_t *p, const uint8_t *end,
				 const struct json_member *member)
{
	return (size_t)(end - p) >= member->len && memcmp(p, member->literal, member->len) == 0;
}

#include "engine/fmt_json_walk_body.h"
#undef TARGET
#undef WALK

#if defined(__x86_64__)

/* Sixteen digits at once: those that are there move to the right, and are added up in pairs. */
#define DIGITS(name, target)                                                                       \
	target static inline const uint8_t *name(const uint8_t *p, const uint8_t *end,             \
						 uint64_t *ret_value)                              \
	{                                                                                          \
		static const uint8_t MOVES[32] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, \
						   0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, \
						   0,    1,    2,    3,    4,    5,    6,    7,    \
						   8,    9,    10,   11,   12,   13,   14,   15 }; \
		if (UNLIKELY(end - p < 16))                                                        \
			return digits_plain(p, end, ret_value);                                    \
		__m128i bytes =                                                                    \
			_mm_sub_epi8(_mm_loadu_si128((const void *)p), _mm_set1_epi8('0'));        \
		__m128i small = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(9)), bytes);      \
		uint32_t n = (uint32_t)__builtin_ctz(~(uint32_t)_mm_movemask_epi8(small));         \
		if (UNLIKELY(n == 0))                                                              \
			return NULL;                                                               \
		__m128i moves = _mm_loadu_si128((const void *)(MOVES + n));                        \
		__m128i d = _mm_shuffle_epi8(bytes, moves);                                        \
		d = _mm_maddubs_epi16(d, _mm_set1_epi16(0x010A));                                  \
		d = _mm_madd_epi16(d, _mm_set1_epi32(0x00010064));                                 \
		d = _mm_packus_epi32(d, d);                                                        \
		d = _mm_madd_epi16(d, _mm_set1_epi32(0x00012710));                                 \
		uint64_t halves = (uint64_t)_mm_cvtsi128_si64(d);                                  \
		*ret_value = (halves & UINT32_MAX) * 100000000 + (halves >> 32);                   \
		return p + n;                                                                      \
	}

/* AVX2: 32 bytes at a time. */

#define TARGET __attribute__((target("avx2,bmi,bmi2")))
#define WALK(name) name##_avx2

DIGITS(digits_avx2, TARGET)

TARGET static inline const uint8_t *special_avx2(const uint8_t *p, const uint8_t *end)
{
	for (; end - p >= 32; p += 32) {
		__m256i v = _mm256_loadu_si256((const void *)p);
		/* Signed: less than a blank are the controls, and all that is not ASCII. */
		__m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v);
		__m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
		__m256i backslash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
		__m256i any = _mm256_or_si256(low, _mm256_or_si256(quote, backslash));
		uint32_t mask = (uint32_t)_mm256_movemask_epi8(any);
		if (mask != 0)
			return p + __builtin_ctz(mask);
	}
	return special_plain(p, end);
}

TARGET static inline bool literal_avx2(const uint8_t *p, const uint8_t *end,
				       const struct json_member *member)
{
	if (UNLIKELY(end - p < 32 || member->len > 32))
		return literal_plain(p, end, member);
	__m256i v = _mm256_loadu_si256((const void *)p);
	__m256i wanted = _mm256_load_si256((const void *)member->literal);
	uint32_t differs = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, wanted));
	return (uint32_t)((uint64_t)differs << (32 - member->len)) == 0;
}

#include "engine/fmt_json_walk_body.h"
#undef TARGET
#undef WALK

/* AVX-512: 64 bytes at a time, less near the end. */

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx2,bmi,bmi2")))
#define WALK(name) name##_avx512

DIGITS(digits_avx512, TARGET)

TARGET static inline __mmask64 first_bytes(size_t n)
{
	return _bzhi_u64(~UINT64_C(0), (uint32_t)MIN(n, (size_t)64));
}

TARGET static inline uint64_t specials_avx512(__m512i v)
{
	return _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8(0x20)) |
	       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')) |
	       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
}

TARGET static inline const uint8_t *special_avx512(const uint8_t *p, const uint8_t *end)
{
	/* Short texts, far from the end, are most: half a vector is the shortest way. */
	if (LIKELY(end - p >= 96)) {
		__m256i v = _mm256_loadu_si256((const void *)p);
		__m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v);
		__m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
		__m256i backslash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
		__m256i any = _mm256_or_si256(low, _mm256_or_si256(quote, backslash));
		uint32_t mask = (uint32_t)_mm256_movemask_epi8(any);
		if (mask != 0)
			return p + __builtin_ctz(mask);
		p += 32;
	}
	for (;;) {
		/* What is past the end reads as zero, a control. Two vectors without a branch
		 * between: lengths about that of one cannot be guessed. */
		size_t left = (size_t)(end - p), more = left > 64 ? left - 64 : 0;
		uint64_t first = specials_avx512(_mm512_maskz_loadu_epi8(first_bytes(left), p));
		uint64_t second =
			specials_avx512(_mm512_maskz_loadu_epi8(first_bytes(more), p + 64));
		uint64_t both = first != 0 ? first : second;
		size_t at =
			(size_t)__builtin_ctzll(both | UINT64_C(1) << 63) + (first != 0 ? 0 : 64);
		if (LIKELY(both != 0))
			return p + at;
		p += 128;
	}
}

TARGET static inline bool literal_avx512(const uint8_t *p, const uint8_t *end,
					 const struct json_member *member)
{
	if (UNLIKELY(end - p < 32 || member->len > 32))
		return literal_plain(p, end, member);
	__m256i v = _mm256_loadu_si256((const void *)p);
	__m256i wanted = _mm256_load_si256((const void *)member->literal);
	uint32_t differs = _mm256_cmpneq_epi8_mask(v, wanted);
	return (uint32_t)((uint64_t)differs << (32 - member->len)) == 0;
}

#include "engine/fmt_json_walk_body.h"
#undef TARGET
#undef WALK

#endif

static json_walk_record *best_walk(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("bmi2"))
		return walk_record_avx512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return walk_record_avx2;
#endif
	return walk_record_plain;
}

void json_walk_open(struct format_json *json, struct arena *arena)
{
	if (!json->format.wrapped || json->format.ncolumns > JSON_WALK_COLUMNS_MAX)
		return;
	json->walk.format = &json->format;
	json->walk.members = arena_array(arena, struct json_member, JSON_MEMBERS_MAX);
	forget(&json->walk);
	json->walk_record = best_walk();
}

void json_walk_begin(struct json_walk *walk, struct column *const *out, struct arena *arena)
{
	walk->out = out;
	walk->arena = arena;
	walk->wanted = 0;
	for (uint32_t c = 0; c < walk->format->ncolumns; c++)
		walk->wanted |= out[c] != NULL ? UINT64_C(1) << c : 0;
	for (uint32_t m = 1; m < walk->nmembers; m++)
		aim(walk, &walk->members[m]);
}
