/*
 * group.h - the native hot state: from key bytes to a fixed-width state, in open addressing.
 *
 * Entries never move while the table lives, so a pointer to a state is good until the entry is
 * removed. Look-ups come by the batch: hashes first, slots prefetched, then compared. A new entry's
 * state is zeroed; what it means is the owner's matter, who also frees what states point to (walk
 * with group_next before group_table_fini). Removing keeps the other entries where they are.
 */
#ifndef WEIR_ENGINE_GROUP_H
#define WEIR_ENGINE_GROUP_H

#include "base/bytes.h"
#include "base/vec.h"

struct group {
	uint64_t hash;
	uint32_t key_len;
	bool live;
	uint8_t *key;            /* owned by the table; of a short key: `short_key` */
	uint8_t short_key[24];   /* so that comparing it costs no further cache line */
	_Alignas(16) uint8_t state[];
};

struct group_slot {
	uint32_t tag;   /* upper half of the hash */
	uint32_t index; /* of the group plus one; 0: empty, UINT32_MAX: removed */
};

struct group_table {
	struct group_slot *slots;
	uint32_t slot_mask;
	uint32_t used;  /* slots not empty, removed ones included */
	uint32_t len;   /* live groups */
	uint32_t count; /* groups ever made, holes included */
	uint32_t group_bytes;
	VEC(uint8_t *) slabs;
	VEC(uint32_t) holes; /* indices of removed groups, to be used again */
};

void group_table_init(struct group_table *table, uint32_t state_bytes);
void group_table_fini(struct group_table *table);

uint64_t group_hash(struct slice key);
/* NULL: absent. */
struct group *group_find(const struct group_table *table, struct slice key);
/* ret_new may be NULL. */
struct group *group_add(struct group_table *table, struct slice key, bool *ret_new);
/* For n keys at once; the same key twice gives the same group. */
void group_add_batch(struct group_table *table, const struct slice *keys, uint32_t n,
		     struct group **ret_groups, uint8_t *ret_new);
void group_remove(struct group_table *table, struct group *group);
/* Walks live groups in order of insertion (of their places); NULL starts and ends. */
struct group *group_next(const struct group_table *table, const struct group *after);

static inline struct slice group_key(const struct group *group)
{
	return slice_of(group->key, group->key_len);
}

#endif
