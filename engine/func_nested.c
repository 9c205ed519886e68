#include "engine/func_nested.h"

#include "base/text.h"

bool func_items_fit(struct eval *eval, uint32_t row, uint64_t n)
{
	uint64_t most = FUNC_STEP_BYTES_MAX / sizeof(struct value);
	return func_room(eval, row, (size_t)MIN(n, most + 1) * sizeof(struct value));
}

struct value *func_items(struct eval *eval, uint32_t row, uint64_t n)
{
	if (!func_items_fit(eval, row, n))
		return NULL;
	return arena_array(eval->arena, struct value, (size_t)n);
}

/* --- sets --- */

bool func_set_init(struct func_set *set, struct eval *eval, uint32_t row, const struct type *type,
		   uint32_t n)
{
	assert(n <= VALUE_PARTS_MAX);
	uint32_t slots = 8;
	while (slots < n * 2)
		slots *= 2;
	if (!func_items_fit(eval, row, slots))
		return false;
	set->type = type;
	set->slots = arena_array(eval->arena, const struct value *, slots);
	set->mask = slots - 1;
	return true;
}

/* Where the value is, or the free slot where it would be. */
static const struct value **slot_of(const struct func_set *set, const struct value *value)
{
	uint32_t at = (uint32_t)value_hash(set->type, value) & set->mask;
	while (set->slots[at] != NULL && !value_eq(set->type, set->slots[at], value))
		at = (at + 1) & set->mask;
	return &set->slots[at];
}

const struct value *func_set_find(const struct func_set *set, const struct value *value)
{
	return *slot_of(set, value);
}

const struct value *func_set_put(struct func_set *set, const struct value *value)
{
	const struct value **slot = slot_of(set, value);
	const struct value *there = *slot;
	if (there == NULL)
		*slot = value;
	return there;
}

/* --- Java's order --- */

/* String.hashCode, over UTF-16 units. */
static uint32_t java_text_hash(struct slice text)
{
	uint32_t hash = 0;
	while (text.len > 0) {
		uint32_t c = text_take(&text);
		if (c >= 0x10000) {
			hash = 31 * hash + 0xD800 + ((c - 0x10000) >> 10);
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		hash = 31 * hash + c;
	}
	return hash;
}

/* hashCode of a key; 0 for kinds whose keys then stay in the order they have. */
static uint32_t java_hash(const struct type *type, const struct value *value)
{
	if (value->is_null)
		return 0;
	switch (type->kind) {
	case TYPE_STRING:
		return java_text_hash(value->bytes);
	case TYPE_INT:
		return (uint32_t)value->i32;
	case TYPE_BIGINT:
		return (uint32_t)value->i64 ^ (uint32_t)((uint64_t)value->i64 >> 32);
	case TYPE_BOOLEAN:
		return value->boolean ? 1231 : 1237;
	default:
		return 0;
	}
}

/* The buckets of a table made for `n` entries, once they are in. */
static uint32_t java_buckets(uint32_t n)
{
	uint32_t buckets = 1;
	while (buckets < n)
		buckets *= 2;
	return (uint64_t)n * 4 > (uint64_t)buckets * 3 ? buckets * 2 : buckets;
}

const uint32_t *func_map_order(struct eval *eval, uint32_t row, const struct type *map,
			       const struct values *entries)
{
	assert(map->kind == TYPE_MAP);
	uint32_t n = entries->len, buckets = java_buckets(n);
	if (!func_items_fit(eval, row, (uint64_t)n + buckets))
		return NULL;
	uint32_t *bucket_of = arena_array_plain(eval->arena, uint32_t, n);
	uint32_t *next = arena_array(eval->arena, uint32_t, (size_t)buckets + 1);
	uint32_t *order = arena_array_plain(eval->arena, uint32_t, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t hash = java_hash(map->key, &entries->items[2 * i]);
		bucket_of[i] = (hash ^ hash >> 16) & (buckets - 1);
		next[bucket_of[i] + 1]++;
	}
	for (uint32_t b = 0; b < buckets; b++)
		next[b + 1] += next[b];
	for (uint32_t i = 0; i < n; i++)
		order[next[bucket_of[i]]++] = i;
	return order;
}
