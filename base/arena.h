/*
 * arena.h - everything of one lifetime, freed at once.
 *
 * A parse, a plan, a request and a step each have an arena; what is in it is never freed alone.
 * Memory is zeroed unless the name says `plain`. arena_reset keeps the chunks for the next use (a
 * page fault costs two microseconds), arena_fini gives them back. What is not memory (a file, a
 * reference) leaves with arena_cleanup, last in, first out. A zeroed struct arena is a valid, empty
 * arena.
 */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include "base/base.h"
#include "base/bytes.h"

struct arena_chunk;
struct arena_cleanup;

struct arena {
	struct arena_chunk *first, *current; /* chunks after `current` are empty, kept for reuse */
	struct arena_cleanup *cleanups;
	uint8_t *next, *end; /* what is free in `current` */
	size_t used;         /* bytes handed out since the last reset */
};

void arena_init(struct arena *arena);
void arena_reset(struct arena *arena);
void arena_fini(struct arena *arena);

#define arena_new(arena, type) ((type *)arena_zeroed((arena), sizeof(type), _Alignof(type)))
#define arena_array(arena, type, n)                                                                \
	((type *)arena_zeroed((arena), arena_size((n), sizeof(type)), _Alignof(type)))
#define arena_array_plain(arena, type, n)                                                          \
	((type *)arena_plain((arena), arena_size((n), sizeof(type)), _Alignof(type)))

/* `align` is a power of two of at most 64. */
void *arena_plain_slow(struct arena *arena, size_t bytes, size_t align);
void *arena_zeroed(struct arena *arena, size_t bytes, size_t align);
size_t arena_size(size_t n, size_t size); /* the product; aborts when it overflows */

static inline void *arena_plain(struct arena *arena, size_t bytes, size_t align)
{
	uintptr_t at = ((uintptr_t)arena->next + align - 1) & ~(uintptr_t)(align - 1);
	if (LIKELY(arena->next != NULL && at <= (uintptr_t)arena->end &&
		   bytes <= (uintptr_t)arena->end - at)) {
		uint8_t *ptr = arena->next + (at - (uintptr_t)arena->next);
		arena->next = ptr + bytes;
		arena->used += bytes;
		return ptr;
	}
	return arena_plain_slow(arena, bytes, align);
}

struct slice arena_copy(struct arena *arena, struct slice bytes);
char *arena_str(struct arena *arena, struct slice text); /* with a NUL behind it */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
void arena_cleanup(struct arena *arena, void (*fn)(void *), void *arg);

#endif
