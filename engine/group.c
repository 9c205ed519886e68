#include "engine/group.h"

#include <xxhash.h>

#define SLOTS_FIRST 16
#define SLOT_REMOVED UINT32_MAX
/* Groups per slab: a slab is one allocation whose groups never move. */
#define SLAB_GROUPS 256
/* Look-ups whose slots are prefetched before the first is compared. */
#define PREFETCH_BATCH 64

struct group_place { /* in front of each group, so that a group knows its index */
	uint32_t index;
	uint32_t unused[3];
};

static_assert(sizeof(struct group_place) == 16, "groups stay aligned behind their place");

void group_table_init(struct group_table *table, uint32_t state_bytes)
{
	*table = (struct group_table){ 0 };
	uint32_t state = (state_bytes + 15) & ~UINT32_C(15);
	table->group_bytes = (uint32_t)(sizeof(struct group_place) + sizeof(struct group)) + state;
}

static struct group *group_at(const struct group_table *table, uint32_t index)
{
	uint8_t *slab = table->slabs.items[index / SLAB_GROUPS];
	uint8_t *place = slab + (size_t)(index % SLAB_GROUPS) * table->group_bytes;
	return (struct group *)(void *)(place + sizeof(struct group_place));
}

static uint32_t index_of(const struct group *group)
{
	const struct group_place *place = (const struct group_place *)(const void *)group - 1;
	return place->index;
}

static void free_key(struct group *group)
{
	if (group->key != group->short_key)
		mem_free(group->key);
}

void group_table_fini(struct group_table *table)
{
	for (struct group *g = group_next(table, NULL); g != NULL; g = group_next(table, g))
		free_key(g);
	vec_each (slab, &table->slabs)
		mem_free(*slab);
	vec_fini(&table->slabs);
	vec_fini(&table->holes);
	mem_free(table->slots);
	uint32_t group_bytes = table->group_bytes;
	*table = (struct group_table){ .group_bytes = group_bytes };
}

uint64_t group_hash(struct slice key)
{
	return XXH3_64bits(key.len > 0 ? key.data : (const uint8_t *)"", key.len);
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

/* The slot that holds the key, or SIZE_MAX; ret_free gets where it would go. */
static size_t probe(const struct group_table *table, struct slice key, uint64_t hash,
		    size_t *ret_free)
{
	size_t free_slot = SIZE_MAX;
	for (uint32_t at = (uint32_t)hash & table->slot_mask;; at = (at + 1) & table->slot_mask) {
		const struct group_slot *slot = &table->slots[at];
		if (slot->index == 0) {
			*ret_free = free_slot != SIZE_MAX ? free_slot : at;
			return SIZE_MAX;
		}
		if (slot->index == SLOT_REMOVED) {
			if (free_slot == SIZE_MAX)
				free_slot = at;
			continue;
		}
		if (slot->tag != tag_of(hash))
			continue;
		const struct group *group = group_at(table, slot->index - 1);
		if (group->hash == hash && slice_eq(group_key(group), key))
			return at;
	}
}

/* New slots for the live groups and `more` to come. */
static void rebuild(struct group_table *table, uint32_t more)
{
	uint32_t slots = SLOTS_FIRST;
	while (slots < (table->len + more) * 3)
		slots *= 2;
	mem_free(table->slots);
	table->slots = mem_array(struct group_slot, slots);
	table->slot_mask = slots - 1;
	table->used = table->len;
	for (struct group *g = group_next(table, NULL); g != NULL; g = group_next(table, g)) {
		uint32_t at = (uint32_t)g->hash & table->slot_mask;
		while (table->slots[at].index != 0)
			at = (at + 1) & table->slot_mask;
		table->slots[at] =
			(struct group_slot){ .tag = tag_of(g->hash), .index = index_of(g) + 1 };
	}
}

static void make_room(struct group_table *table, uint32_t n)
{
	if (table->slots == NULL || ((uint64_t)table->used + n) * 2 > table->slot_mask)
		rebuild(table, n);
}

static uint32_t new_index(struct group_table *table)
{
	if (table->holes.len > 0)
		return vec_pop(&table->holes);
	if (table->count == table->slabs.len * SLAB_GROUPS)
		vec_push(&table->slabs,
			 (uint8_t *)mem_zeroed(SLAB_GROUPS, table->group_bytes, MEM_FOLDER));
	return table->count++;
}

static struct group *insert(struct group_table *table, struct slice key, uint64_t hash, size_t at)
{
	uint32_t index = new_index(table);
	struct group *group = group_at(table, index);
	((struct group_place *)(void *)group - 1)->index = index;
	memset(group, 0, table->group_bytes - sizeof(struct group_place));
	group->hash = hash;
	group->live = true;
	group->key_len = (uint32_t)key.len;
	group->key = key.len <= sizeof(group->short_key) ? group->short_key : mem_bytes(key.len);
	if (key.len > 0)
		memcpy(group->key, key.data, key.len);
	if (table->slots[at].index == 0)
		table->used++;
	table->slots[at] = (struct group_slot){ .tag = tag_of(hash), .index = index + 1 };
	table->len++;
	return group;
}

struct group *group_find(const struct group_table *table, struct slice key)
{
	if (table->slots == NULL)
		return NULL;
	size_t unused;
	size_t at = probe(table, key, group_hash(key), &unused);
	return at == SIZE_MAX ? NULL : group_at(table, table->slots[at].index - 1);
}

static struct group *add_hashed(struct group_table *table, struct slice key, uint64_t hash,
				bool *ret_new)
{
	size_t free_slot = SIZE_MAX;
	size_t at = probe(table, key, hash, &free_slot);
	*ret_new = at == SIZE_MAX;
	if (at != SIZE_MAX)
		return group_at(table, table->slots[at].index - 1);
	return insert(table, key, hash, free_slot);
}

struct group *group_add(struct group_table *table, struct slice key, bool *ret_new)
{
	bool is_new;
	make_room(table, 1);
	struct group *group = add_hashed(table, key, group_hash(key), &is_new);
	if (ret_new != NULL)
		*ret_new = is_new;
	return group;
}

void group_add_batch(struct group_table *table, const struct slice *keys, uint32_t n,
		     struct group **ret_groups, uint8_t *ret_new)
{
	uint64_t hashes[PREFETCH_BATCH];
	make_room(table, n);
	for (uint32_t from = 0; from < n; from += PREFETCH_BATCH) {
		uint32_t len = MIN(n - from, (uint32_t)PREFETCH_BATCH);
		for (uint32_t i = 0; i < len; i++) {
			hashes[i] = group_hash(keys[from + i]);
			__builtin_prefetch(&table->slots[(uint32_t)hashes[i] & table->slot_mask]);
		}
		for (uint32_t i = 0; i < len; i++) {
			uint32_t index = table->slots[(uint32_t)hashes[i] & table->slot_mask].index;
			if (index == 0 || index == SLOT_REMOVED)
				continue;
			const uint8_t *group = (const uint8_t *)group_at(table, index - 1);
			__builtin_prefetch(group);
			__builtin_prefetch(group + 64);
		}
		for (uint32_t i = 0; i < len; i++) {
			bool is_new;
			ret_groups[from + i] =
				add_hashed(table, keys[from + i], hashes[i], &is_new);
			ret_new[from + i] = is_new;
		}
	}
}

void group_remove(struct group_table *table, struct group *group)
{
	assert(group->live);
	size_t unused;
	size_t at = probe(table, group_key(group), group->hash, &unused);
	assert(at != SIZE_MAX);
	table->slots[at].index = SLOT_REMOVED;
	free_key(group);
	group->live = false;
	table->len--;
	vec_push(&table->holes, index_of(group));
}

struct group *group_next(const struct group_table *table, const struct group *after)
{
	for (uint32_t i = after != NULL ? index_of(after) + 1 : 0; i < table->count; i++) {
		struct group *group = group_at(table, i);
		if (group->live)
			return group;
	}
	return NULL;
}
