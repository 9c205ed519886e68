#include "engine/value.h"

#include <xxhash.h>

/* Values inside a nested one: an ARRAY's items, a STRUCT's fields, both halves of a MAP's entries.
 */
static uint32_t part_count(const struct type *type, const struct values *nested)
{
	return type->kind == TYPE_MAP ? nested->len * 2 : nested->len;
}

static const struct type *part_type(const struct type *type, uint32_t i)
{
	switch (type->kind) {
	case TYPE_ARRAY:
		return type->element;
	case TYPE_MAP:
		return i % 2 == 0 ? type->key : type->element;
	case TYPE_STRUCT:
		assert(i < type->nfields);
		return type->fields[i].type;
	default:
		UNREACHABLE("a type without parts");
	}
}

struct value value_copy(struct arena *arena, const struct type *type, struct value value)
{
	if (value.is_null)
		return value;
	if (type->kind == TYPE_STRING || type->kind == TYPE_BYTES) {
		value.bytes = arena_copy(arena, value.bytes);
		return value;
	}
	if (!type_is_nested(type))
		return value;
	uint32_t n = part_count(type, &value.nested);
	struct value *items = arena_array(arena, struct value, n);
	for (uint32_t i = 0; i < n; i++)
		items[i] = value_copy(arena, part_type(type, i), value.nested.items[i]);
	value.nested.items = items;
	return value;
}

/* Java's doubleToLongBits: one NaN, and zeroes that differ by sign. */
static uint64_t f64_bits(double number)
{
	if (number != number)
		return UINT64_C(0x7FF8000000000000);
	uint64_t bits;
	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

static const struct value *map_find(const struct type *type, const struct values *map,
				    const struct value *key)
{
	for (uint32_t i = 0; i < map->len; i++) {
		if (value_eq(type->key, &map->items[2 * i], key))
			return &map->items[2 * i + 1];
	}
	return NULL;
}

static bool map_eq(const struct type *type, const struct values *a, const struct values *b)
{
	if (a->len != b->len)
		return false;
	for (uint32_t i = 0; i < a->len; i++) {
		const struct value *other = map_find(type, b, &a->items[2 * i]);
		if (other == NULL || !value_eq(type->element, &a->items[2 * i + 1], other))
			return false;
	}
	return true;
}

static bool nested_eq(const struct type *type, const struct values *a, const struct values *b)
{
	if (type->kind == TYPE_MAP)
		return map_eq(type, a, b);
	if (a->len != b->len)
		return false;
	for (uint32_t i = 0; i < a->len; i++) {
		if (!value_eq(part_type(type, i), &a->items[i], &b->items[i]))
			return false;
	}
	return true;
}

bool value_eq(const struct type *type, const struct value *a, const struct value *b)
{
	if (a->is_null || b->is_null)
		return a->is_null == b->is_null;
	switch (type->kind) {
	case TYPE_NULL:
		return true;
	case TYPE_BOOLEAN:
		return a->boolean == b->boolean;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		return a->i32 == b->i32;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		return a->i64 == b->i64;
	case TYPE_DOUBLE:
		return f64_bits(a->f64) == f64_bits(b->f64);
	case TYPE_DECIMAL:
		return a->decimal == b->decimal;
	case TYPE_STRING:
	case TYPE_BYTES:
		return slice_eq(a->bytes, b->bytes);
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		return nested_eq(type, &a->nested, &b->nested);
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("a type without values");
}

int value_cmp_text(struct slice a, struct slice b)
{
	size_t n = MIN(a.len, b.len);
	size_t i = 0;
	while (i < n && a.data[i] == b.data[i])
		i++;
	if (i == n)
		return (a.len > b.len) - (a.len < b.len);
	uint8_t left = a.data[i], right = b.data[i];
	/* In UTF-16 what needs surrogates stands below U+E000 .. U+FFFF, whose lead is EE or EF. */
	bool left_pair = left >= 0xF0, right_pair = right >= 0xF0;
	if (left_pair != right_pair && MIN(left, right) >= 0xEE)
		return left_pair ? -1 : 1;
	return left < right ? -1 : 1;
}

int value_cmp_bytes(struct slice a, struct slice b)
{
	size_t n = MIN(a.len, b.len);
	for (size_t i = 0; i < n; i++) {
		int8_t left = (int8_t)a.data[i], right = (int8_t)b.data[i];
		if (left != right)
			return left < right ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

int value_cmp_f64(double a, double b)
{
	if (a < b)
		return -1;
	if (a > b)
		return 1;
	int64_t left = (int64_t)f64_bits(a), right = (int64_t)f64_bits(b);
	return (left > right) - (left < right);
}

static int array_cmp(const struct type *type, const struct values *a, const struct values *b)
{
	for (uint32_t i = 0; i < MIN(a->len, b->len); i++) {
		int order = value_cmp(type->element, &a->items[i], &b->items[i]);
		if (order != 0)
			return order;
	}
	return (a->len > b->len) - (a->len < b->len);
}

#define CMP(a, b) (((a) > (b)) - ((a) < (b)))

int value_cmp(const struct type *type, const struct value *a, const struct value *b)
{
	if (a->is_null || b->is_null)
		return CMP(a->is_null, b->is_null);
	switch (type->kind) {
	case TYPE_NULL:
		return 0;
	case TYPE_BOOLEAN:
		return CMP(a->boolean, b->boolean);
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		return CMP(a->i32, b->i32);
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		return CMP(a->i64, b->i64);
	case TYPE_DOUBLE:
		return value_cmp_f64(a->f64, b->f64);
	case TYPE_DECIMAL:
		return CMP(a->decimal, b->decimal);
	case TYPE_STRING:
		return value_cmp_text(a->bytes, b->bytes);
	case TYPE_BYTES:
		return value_cmp_bytes(a->bytes, b->bytes);
	case TYPE_ARRAY:
		return array_cmp(type, &a->nested, &b->nested);
	case TYPE_MAP:
	case TYPE_STRUCT:
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("a type without order");
}

/* Mixes 64 bits so that each decides about all (the end of murmur3). */
static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ (bits >> 33)) * UINT64_C(0xFF51AFD7ED558CCD);
	bits = (bits ^ (bits >> 33)) * UINT64_C(0xC4CEB9FE1A85EC53);
	return bits ^ (bits >> 33);
}

static uint64_t nested_hash(const struct type *type, const struct values *nested)
{
	uint64_t hash = mix(nested->len + 1);
	uint32_t n = part_count(type, nested);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t part = value_hash(part_type(type, i), &nested->items[i]);
		if (type->kind == TYPE_MAP) { /* entries in any order hash alike */
			i++;
			hash += mix(part * 3 + value_hash(type->element, &nested->items[i]));
		} else {
			hash = mix(hash * 31 + part);
		}
	}
	return hash;
}

uint64_t value_hash(const struct type *type, const struct value *value)
{
	if (value->is_null)
		return UINT64_C(0x9E3779B97F4A7C15);
	switch (type->kind) {
	case TYPE_NULL:
		return 0;
	case TYPE_BOOLEAN:
		return mix(value->boolean ? 2 : 1);
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		return mix((uint64_t)(int64_t)value->i32);
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		return mix((uint64_t)value->i64);
	case TYPE_DOUBLE:
		return mix(f64_bits(value->f64));
	case TYPE_DECIMAL:
		return mix((uint64_t)value->decimal ^
			   mix((uint64_t)((unsigned __int128)value->decimal >> 64)));
	case TYPE_STRING:
	case TYPE_BYTES:
		return XXH3_64bits(value->bytes.data, value->bytes.len);
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		return nested_hash(type, &value->nested);
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("a type without values");
}

/*
 * The image. A value is one byte, 0 for NULL and 1 otherwise, and then: BOOLEAN a byte; integers,
 * times and DECIMAL zigzag in groups of seven bits, least first; DOUBLE its eight bytes; STRING and
 * BYTES a length and the bytes; nested ones a count and that many values. A STRUCT that has gained
 * fields since reads the new ones as NULL.
 */
static void save_unsigned(unsigned __int128 number, struct buf *out)
{
	while (number >= 0x80) {
		buf_append_u8(out, (uint8_t)(number | 0x80));
		number >>= 7;
	}
	buf_append_u8(out, (uint8_t)number);
}

static void save_signed(__int128 number, struct buf *out)
{
	unsigned __int128 twice = (unsigned __int128)number << 1;
	save_unsigned(number < 0 ? ~twice : twice, out);
}

static void save_slice(struct slice bytes, struct buf *out)
{
	save_unsigned(bytes.len, out);
	buf_append(out, bytes);
}

static void save_nested(const struct type *type, const struct values *nested, struct buf *out)
{
	save_unsigned(nested->len, out);
	uint32_t n = part_count(type, nested);
	for (uint32_t i = 0; i < n; i++)
		value_save(part_type(type, i), &nested->items[i], out);
}

void value_save(const struct type *type, const struct value *value, struct buf *out)
{
	buf_append_u8(out, value->is_null ? 0 : 1);
	if (value->is_null)
		return;
	switch (type->kind) {
	case TYPE_NULL:
		return;
	case TYPE_BOOLEAN:
		buf_append_u8(out, value->boolean ? 1 : 0);
		return;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		save_signed(value->i32, out);
		return;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		save_signed(value->i64, out);
		return;
	case TYPE_DOUBLE:
		buf_append_u64(out, f64_bits(value->f64));
		return;
	case TYPE_DECIMAL:
		save_signed(value->decimal, out);
		return;
	case TYPE_STRING:
	case TYPE_BYTES:
		save_slice(value->bytes, out);
		return;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		save_nested(type, &value->nested, out);
		return;
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("a type without values");
}

static unsigned __int128 load_unsigned(struct reader *in)
{
	unsigned __int128 number = 0;
	for (unsigned shift = 0; shift < 128; shift += 7) {
		uint8_t byte = reader_u8(in);
		number |= (unsigned __int128)(byte & 0x7F) << shift;
		if ((byte & 0x80) == 0)
			return number;
	}
	reader_fail(in);
	return 0;
}

static __int128 load_signed(struct reader *in, __int128 min, __int128 max)
{
	unsigned __int128 twice = load_unsigned(in);
	unsigned __int128 half = twice >> 1;
	__int128 number = (__int128)((twice & 1) != 0 ? ~half : half);
	if (number < min || number > max)
		reader_fail(in);
	return number;
}

/* A count of things that take at least a byte each: what is left bounds it. */
static uint32_t load_count(struct reader *in)
{
	unsigned __int128 count = load_unsigned(in);
	if (count > reader_left(in) || count > VALUE_PARTS_MAX) {
		reader_fail(in);
		return 0;
	}
	return (uint32_t)count;
}

static struct value load(const struct type *type, struct reader *in, struct arena *arena);

static struct values load_nested(const struct type *type, struct reader *in, struct arena *arena)
{
	uint32_t len = load_count(in);
	uint32_t room = len;
	if (type->kind == TYPE_STRUCT) {
		if (len > type->nfields)
			reader_fail(in);
		room = type->nfields;
	} else if (type->kind == TYPE_MAP) {
		room = len * 2;
	}
	struct value *items = arena_array(arena, struct value, room);
	uint32_t saved = type->kind == TYPE_STRUCT ? len : room;
	for (uint32_t i = 0; i < room; i++)
		items[i] =
			i < saved && !in->failed ? load(part_type(type, i), in, arena) : VALUE_NULL;
	return (struct values){ items, type->kind == TYPE_STRUCT ? room : len };
}

static double load_f64(struct reader *in)
{
	uint64_t bits = reader_u64(in);
	double number;
	memcpy(&number, &bits, sizeof(number));
	return number;
}

static struct value load(const struct type *type, struct reader *in, struct arena *arena)
{
	if (reader_u8(in) == 0)
		return VALUE_NULL;
	struct value value = { .is_null = false };
	switch (type->kind) {
	case TYPE_NULL:
		return VALUE_NULL;
	case TYPE_BOOLEAN:
		value.boolean = reader_u8(in) != 0;
		return value;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		value.i32 = (int32_t)load_signed(in, INT32_MIN, INT32_MAX);
		return value;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		value.i64 = (int64_t)load_signed(in, INT64_MIN, INT64_MAX);
		return value;
	case TYPE_DOUBLE:
		value.f64 = load_f64(in);
		return value;
	case TYPE_DECIMAL:
		value.decimal = load_signed(in, -DECIMAL_UNSCALED_MAX, DECIMAL_UNSCALED_MAX);
		return value;
	case TYPE_STRING:
	case TYPE_BYTES:
		value.bytes = arena_copy(arena, reader_bytes(in, load_count(in)));
		return value;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		value.nested = load_nested(type, in, arena);
		return value;
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("a type without values");
}

fallible value_load(const struct type *type, struct reader *in, struct arena *arena,
		    struct value *ret_value, struct err *err)
{
	struct value value = load(type, in, arena);
	TRY(reader_check(in, "a saved value", err));
	*ret_value = value;
	return 0;
}
