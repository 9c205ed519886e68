#include "base/mem.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A block is a header, then what the caller sees:
 *
 *     | bytes (8) | folder (4) | magic (4) | the caller's bytes ...
 *
 * The header is 16 bytes, so the caller's memory keeps malloc's alignment. The counters are the
 * only shared words of base/: relaxed atomics, because any thread may allocate.
 */
struct block {
	size_t bytes;
	uint32_t folder;
	uint32_t magic;
};

#define BLOCK_MAGIC UINT32_C(0x77656972)
#define BLOCK_FREED UINT32_C(0x64656164)

static_assert(sizeof(struct block) == 16, "a block's header keeps malloc's alignment");

static const char *const FOLDER_NAMES[] = {
#define MEM_FOLDER_NAME(id, name) [id] = name,
#include "base/mem_folders.def"
#undef MEM_FOLDER_NAME
};

static atomic_size_t bytes_in_use[MEM_FOLDER_COUNT], blocks_in_use[MEM_FOLDER_COUNT];

static void count(uint32_t folder, size_t bytes, size_t blocks)
{
	atomic_fetch_add_explicit(&bytes_in_use[folder], bytes, memory_order_relaxed);
	atomic_fetch_add_explicit(&blocks_in_use[folder], blocks, memory_order_relaxed);
}

NORETURN COLD static void out_of_memory(size_t bytes)
{
	fprintf(stderr, "weir: out of memory: %zu bytes asked for\n", bytes);
	abort();
}

static size_t product(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX - sizeof(struct block))
		out_of_memory(SIZE_MAX);
	return bytes;
}

static void *finish(struct block *block, size_t bytes, uint32_t folder)
{
	if (UNLIKELY(block == NULL))
		out_of_memory(bytes);
	*block = (struct block){ .bytes = bytes, .folder = folder, .magic = BLOCK_MAGIC };
	count(folder, bytes, 1);
	return block + 1;
}

static struct block *block_of(void *ptr)
{
	struct block *block = (struct block *)ptr - 1;
	assert(block->magic == BLOCK_MAGIC);
	return block;
}

void *mem_plain(size_t bytes, enum mem_folder folder)
{
	assert(folder < MEM_FOLDER_COUNT);
	return finish(malloc(sizeof(struct block) + product(bytes, 1)), bytes, folder);
}

void *mem_zeroed(size_t n, size_t size, enum mem_folder folder)
{
	assert(folder < MEM_FOLDER_COUNT);
	size_t bytes = product(n, size);
	return finish(calloc(1, sizeof(struct block) + bytes), bytes, folder);
}

void *mem_resized(void *ptr, size_t n, size_t size, enum mem_folder folder)
{
	size_t bytes = product(n, size);
	if (ptr == NULL)
		return mem_plain(bytes, folder);
	struct block *block = block_of(ptr);
	uint32_t owner = block->folder;
	count(owner, -block->bytes, (size_t)-1);
	return finish(realloc(block, sizeof(struct block) + bytes), bytes, owner);
}

char *mem_strdup(const char *text)
{
	assert(text != NULL);
	size_t bytes = strlen(text) + 1;
	char *copy = mem_plain(bytes, MEM_FOLDER);
	memcpy(copy, text, bytes);
	return copy;
}

void mem_free(void *ptr)
{
	if (ptr == NULL)
		return;
	struct block *block = block_of(ptr);
	count(block->folder, -block->bytes, (size_t)-1);
	block->magic = BLOCK_FREED;
	free(block);
}

struct mem_stat mem_stats(enum mem_folder folder)
{
	assert(folder < MEM_FOLDER_COUNT);
	return (struct mem_stat){
		.folder = FOLDER_NAMES[folder],
		.bytes = atomic_load_explicit(&bytes_in_use[folder], memory_order_relaxed),
		.blocks = atomic_load_explicit(&blocks_in_use[folder], memory_order_relaxed),
	};
}
