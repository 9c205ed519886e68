/*
 * kept.h - values that an aggregate's state keeps: a growing list of images on the heap.
 *
 * Each value is kept as its image (value_save), so equal values of a type have equal bytes and a
 * list is saved as it stands. kept_value reads one back into an arena.
 */
#ifndef WEIR_ENGINE_KEPT_H
#define WEIR_ENGINE_KEPT_H

#include "base/vec.h"
#include "engine/value.h"

struct kept {
	uint8_t *bytes; /* owned */
	uint32_t len;
	int64_t number; /* the owner's: a sequence number, a count */
};

struct kept_list {
	VEC(struct kept) items;
};

struct kept kept_new(const struct type *type, const struct value *value);
void kept_free(struct kept *kept);
struct kept kept_copy(const struct kept *kept);
struct value kept_value(const struct kept *kept, const struct type *type, struct arena *arena);
static inline struct slice kept_bytes(const struct kept *kept)
{
	return slice_of(kept->bytes, kept->len);
}

void kept_list_fini(struct kept_list *list);
void kept_list_insert(struct kept_list *list, uint32_t at, struct kept kept);
void kept_list_remove(struct kept_list *list, uint32_t at);
/* Index of the value with these bytes; UINT32_MAX: absent. */
uint32_t kept_list_find(const struct kept_list *list, struct slice bytes);
struct values kept_list_values(const struct kept_list *list, const struct type *type,
			       struct arena *arena);
void kept_list_save(const struct kept_list *list, struct buf *out);
fallible kept_list_load(struct kept_list *list, struct reader *in, struct err *err);

#endif
