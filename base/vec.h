/*
 * vec.h - a typed array that grows.
 *
 * `VEC(struct topic) topics = { 0 };` is an empty vector; vec_fini frees its items. Items move when
 * it grows, so a pointer into a vector lives until the next push. Invariant: len <= capacity.
 */
#ifndef WEIR_BASE_VEC_H
#define WEIR_BASE_VEC_H

#include "base/mem.h"

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		uint32_t len, capacity;                                                            \
	}

/* Appends a copy of `item`. */
#define vec_push(vec, ...)                                                                         \
	do {                                                                                       \
		vec_reserve((vec), 1);                                                             \
		(vec)->items[(vec)->len++] = (__VA_ARGS__);                                        \
	} while (0)

/* Room for `n` more items. */
#define vec_reserve(vec, n)                                                                        \
	((vec)->items = vec_grown((vec)->items, (vec)->len, &(vec)->capacity, (n),                 \
				  sizeof(*(vec)->items), MEM_FOLDER))

/* Appends a zeroed item and yields its address. */
#define vec_add(vec)                                                                               \
	(vec_reserve((vec), 1), memset(&(vec)->items[(vec)->len], 0, sizeof(*(vec)->items)),       \
	 &(vec)->items[(vec)->len++])

#define vec_last(vec) (&(vec)->items[vec_last_index((vec)->len)])
#define vec_pop(vec) ((vec)->items[(vec)->len = vec_last_index((vec)->len)])

/* Takes item `i` out and keeps the order of the others. */
#define vec_remove(vec, i)                                                                         \
	((vec)->len = vec_removed((vec)->items, (vec)->len, (i), sizeof(*(vec)->items)))

#define vec_clear(vec) ((vec)->len = 0)
#define vec_fini(vec)                                                                              \
	(mem_free((vec)->items), (vec)->items = NULL, (vec)->len = (vec)->capacity = 0)

/* for (each item): `it` is a pointer. */
#define vec_each(it, vec)                                                                          \
	for (__typeof__(*(vec)->items) *it = (vec)->items; it != (vec)->items + (vec)->len; it++)

static inline void *vec_grown(void *items, uint32_t len, uint32_t *capacity, uint32_t more,
			      size_t size, enum mem_folder folder)
{
	assert(len <= *capacity);
	assert(more <= UINT32_MAX / 2 - len);
	if (LIKELY(*capacity - len >= more))
		return items;
	uint32_t needed = len + more;
	uint32_t doubled = *capacity > UINT32_MAX / 2 ? UINT32_MAX : *capacity * 2;
	*capacity = MAX(MAX(needed, doubled), 4);
	return mem_resized(items, *capacity, size, folder);
}

static inline uint32_t vec_last_index(uint32_t len)
{
	assert(len > 0);
	return len - 1;
}

static inline uint32_t vec_removed(void *items, uint32_t len, uint32_t i, size_t size)
{
	assert(i < len);
	char *at = (char *)items + i * size;
	memmove(at, at + size, (len - i - 1) * size);
	return len - 1;
}

#endif
