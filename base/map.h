/*
 * map.h - from bytes to a pointer, walked in order of insertion.
 *
 * The map copies its keys and borrows its values. Walk it with map_each, which may remove the entry
 * it stands on. It is for names and settings, by the thousand; loops over rows use engine/'s native
 * tables. Invariant: every live entry is found from its hash's slot before an empty slot.
 */
#ifndef WEIR_BASE_MAP_H
#define WEIR_BASE_MAP_H

#include "base/bytes.h"
#include "base/vec.h"

struct map_entry {
	uint8_t *key; /* owned; NULL: removed */
	uint32_t key_len;
	uint32_t hash;
	void *value; /* borrowed */
};

struct map {
	VEC(struct map_entry) entries; /* in order of insertion, holes left by removal */
	uint32_t *slots;               /* index into entries plus one; 0: empty */
	uint32_t slot_mask;            /* number of slots minus one; 0: no slots yet */
	uint32_t len;                  /* live entries */
};

void map_init(struct map *map);
void map_fini(struct map *map);
void map_clear(struct map *map);

void *map_get(const struct map *map, struct slice key); /* NULL: absent */
/* Sets, and yields the value that was there before (NULL: none). `value` is not NULL. */
void *map_put(struct map *map, struct slice key, void *value);
void *map_remove(struct map *map, struct slice key); /* the value removed; NULL: absent */

static inline struct slice map_key(const struct map_entry *entry)
{
	return slice_of(entry->key, entry->key_len);
}

const struct map_entry *map_next(const struct map *map, const struct map_entry *after);

/* Walks `const struct map_entry *it` in order of insertion. */
#define map_each(it, map)                                                                          \
	for (const struct map_entry *it = map_next((map), NULL); it != NULL;                       \
	     it = map_next((map), it))

#endif
