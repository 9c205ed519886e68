#define WEIR_ALLOW_BANNED
#include "base/arena.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

struct arena_chunk {
	struct arena_chunk *next;
	size_t bytes;
	_Alignas(16) uint8_t data[];
};

struct arena_cleanup {
	struct arena_cleanup *next;
	void (*fn)(void *);
	void *arg;
};

/* Chunks double up to the largest: a small arena is small, and a large one has few chunks. */
#define CHUNK_BYTES_FIRST 4096
#define CHUNK_BYTES_LARGEST (1024 * 1024)

void arena_init(struct arena *arena)
{
	*arena = (struct arena){ 0 };
}

static void run_cleanups(struct arena *arena)
{
	while (arena->cleanups != NULL) {
		struct arena_cleanup *cleanup = arena->cleanups;
		arena->cleanups = cleanup->next;
		cleanup->fn(cleanup->arg);
	}
}

static void use_chunk(struct arena *arena, struct arena_chunk *chunk)
{
	arena->current = chunk;
	arena->next = chunk->data;
	arena->end = chunk->data + chunk->bytes;
}

void arena_reset(struct arena *arena)
{
	run_cleanups(arena);
	arena->used = 0;
	if (arena->first != NULL)
		use_chunk(arena, arena->first);
}

void arena_fini(struct arena *arena)
{
	run_cleanups(arena);
	for (struct arena_chunk *chunk = arena->first; chunk != NULL;) {
		struct arena_chunk *next = chunk->next;
		mem_free(chunk);
		chunk = next;
	}
	arena_init(arena);
}

size_t arena_size(size_t n, size_t size)
{
	size_t bytes;
	assert(!__builtin_mul_overflow(n, size, &bytes));
	return bytes;
}

/* The next kept chunk if it is large enough, else a new one, linked behind the current. */
static struct arena_chunk *chunk_for(struct arena *arena, size_t bytes)
{
	struct arena_chunk *current = arena->current;
	struct arena_chunk *kept = current != NULL ? current->next : arena->first;
	if (kept != NULL && kept->bytes >= bytes)
		return kept;

	size_t want = current != NULL ? current->bytes * 2 : CHUNK_BYTES_FIRST;
	want = MAX(MIN(want, CHUNK_BYTES_LARGEST), bytes);
	struct arena_chunk *chunk = mem_plain(sizeof(*chunk) + want, MEM_FOLDER);
	chunk->bytes = want;
	chunk->next = kept;
	if (current != NULL)
		current->next = chunk;
	else
		arena->first = chunk;
	return chunk;
}

void *arena_plain_slow(struct arena *arena, size_t bytes, size_t align)
{
	assert(align > 0 && align <= 64 && (align & (align - 1)) == 0);
	assert(bytes <= PTRDIFF_MAX - 128);
	use_chunk(arena, chunk_for(arena, bytes + align));
	return arena_plain(arena, bytes, align);
}

void *arena_zeroed(struct arena *arena, size_t bytes, size_t align)
{
	void *ptr = arena_plain(arena, bytes, align);
	memset(ptr, 0, bytes);
	return ptr;
}

struct slice arena_copy(struct arena *arena, struct slice bytes)
{
	uint8_t *copy = arena_plain(arena, bytes.len, 1);
	if (bytes.len > 0)
		memcpy(copy, bytes.data, bytes.len);
	return (struct slice){ .data = copy, .len = bytes.len };
}

char *arena_str(struct arena *arena, struct slice text)
{
	char *copy = arena_plain(arena, text.len + 1, 1);
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	char *text = arena_plain(arena, (size_t)len + 1, 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

void arena_cleanup(struct arena *arena, void (*fn)(void *), void *arg)
{
	struct arena_cleanup *cleanup = arena_new(arena, struct arena_cleanup);
	*cleanup = (struct arena_cleanup){ .next = arena->cleanups, .fn = fn, .arg = arg };
	arena->cleanups = cleanup;
}
