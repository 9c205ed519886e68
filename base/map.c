#include "base/map.h"

#include <xxhash.h>

#define SLOTS_FIRST 16

void map_init(struct map *map)
{
	*map = (struct map){ 0 };
}

void map_clear(struct map *map)
{
	vec_each (entry, &map->entries)
		mem_free(entry->key);
	vec_clear(&map->entries);
	if (map->slots != NULL)
		memset(map->slots, 0, ((size_t)map->slot_mask + 1) * sizeof(*map->slots));
	map->len = 0;
}

void map_fini(struct map *map)
{
	map_clear(map);
	vec_fini(&map->entries);
	mem_free(map->slots);
	map_init(map);
}

static uint32_t hash_of(struct slice key)
{
	return (uint32_t)XXH3_64bits(key.data != NULL ? key.data : (const uint8_t *)"", key.len);
}

/* The slot that holds `key`, or the empty slot where it would go. */
static uint32_t find_slot(const struct map *map, struct slice key, uint32_t hash)
{
	uint32_t at = hash & map->slot_mask;
	for (;; at = (at + 1) & map->slot_mask) {
		uint32_t index = map->slots[at];
		if (index == 0)
			return at;
		const struct map_entry *entry = &map->entries.items[index - 1];
		if (entry->key != NULL && entry->hash == hash && slice_eq(map_key(entry), key))
			return at;
	}
}

/* Drops the holes and spreads the live entries over enough slots to stay half empty. */
static void rebuild(struct map *map)
{
	uint32_t live = 0;
	vec_each (entry, &map->entries) {
		if (entry->key != NULL)
			map->entries.items[live++] = *entry;
	}
	assert(live == map->len);
	map->entries.len = live;

	uint32_t slots = SLOTS_FIRST;
	while (slots < (live + 1) * 4)
		slots *= 2;
	mem_free(map->slots);
	map->slots = mem_array(uint32_t, slots);
	map->slot_mask = slots - 1;
	for (uint32_t i = 0; i < live; i++) {
		uint32_t at = map->entries.items[i].hash & map->slot_mask;
		while (map->slots[at] != 0)
			at = (at + 1) & map->slot_mask;
		map->slots[at] = i + 1;
	}
}

void *map_get(const struct map *map, struct slice key)
{
	if (map->slots == NULL)
		return NULL;
	uint32_t index = map->slots[find_slot(map, key, hash_of(key))];
	return index != 0 ? map->entries.items[index - 1].value : NULL;
}

void *map_put(struct map *map, struct slice key, void *value)
{
	assert(value != NULL);
	assert(key.len <= UINT32_MAX);
	if (map->slots == NULL || (map->entries.len + 1) * 2 > map->slot_mask)
		rebuild(map);
	uint32_t hash = hash_of(key);
	uint32_t at = find_slot(map, key, hash);
	if (map->slots[at] != 0) {
		struct map_entry *entry = &map->entries.items[map->slots[at] - 1];
		void *before = entry->value;
		entry->value = value;
		return before;
	}
	uint8_t *copy = mem_bytes(key.len + 1);
	if (key.len > 0)
		memcpy(copy, key.data, key.len);
	copy[key.len] = '\0';
	vec_push(&map->entries,
		 (struct map_entry){
			 .key = copy, .key_len = (uint32_t)key.len, .hash = hash, .value = value });
	map->slots[at] = map->entries.len;
	map->len++;
	return NULL;
}

void *map_remove(struct map *map, struct slice key)
{
	if (map->slots == NULL)
		return NULL;
	uint32_t index = map->slots[find_slot(map, key, hash_of(key))];
	if (index == 0)
		return NULL;
	struct map_entry *entry = &map->entries.items[index - 1];
	mem_free(entry->key);
	entry->key = NULL;
	map->len--;
	return entry->value;
}

const struct map_entry *map_next(const struct map *map, const struct map_entry *after)
{
	uint32_t i = after != NULL ? (uint32_t)(after - map->entries.items) + 1 : 0;
	for (; i < map->entries.len; i++) {
		if (map->entries.items[i].key != NULL)
			return &map->entries.items[i];
	}
	return NULL;
}
