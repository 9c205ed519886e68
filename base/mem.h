/*
 * mem.h - heap memory that is never NULL and always counted.
 *
 * Out of memory ends the process, so every size that comes from outside is checked against a named
 * limit before it gets here. Each block is counted for the folder that asked (MEM_FOLDER, set by
 * the build for each folder's library); mem_stats tells. mem_free takes NULL.
 */
#ifndef WEIR_BASE_MEM_H
#define WEIR_BASE_MEM_H

#include "base/base.h"

enum mem_folder {
#define MEM_FOLDER_NAME(id, name) id,
#include "base/mem_folders.def"
#undef MEM_FOLDER_NAME
	MEM_FOLDER_COUNT,
};

#ifndef MEM_FOLDER
#define MEM_FOLDER MEM_OTHER
#endif

struct mem_stat {
	const char *folder;
	size_t bytes, blocks; /* now in use */
};

/* Zeroed memory for one, or for n, of a type. */
#define mem_new(type) ((type *)mem_zeroed(1, sizeof(type), MEM_FOLDER))
#define mem_array(type, n) ((type *)mem_zeroed((n), sizeof(type), MEM_FOLDER))
/* Grows or shrinks an array; new items are not zeroed. */
#define mem_resize(ptr, n) mem_resized((ptr), (n), sizeof(*(ptr)), MEM_FOLDER)
#define mem_bytes(n) ((uint8_t *)mem_plain((n), MEM_FOLDER))

void *mem_plain(size_t bytes, enum mem_folder folder);
void *mem_zeroed(size_t n, size_t size, enum mem_folder folder);
void *mem_resized(void *ptr, size_t n, size_t size, enum mem_folder folder);
char *mem_strdup(const char *text);
void mem_free(void *ptr);

struct mem_stat mem_stats(enum mem_folder folder);

/* For CLEANUP: frees what a local pointer owns. */
static inline void mem_freep(void *ptr_to_ptr)
{
	void *ptr;
	memcpy(&ptr, ptr_to_ptr, sizeof(ptr));
	mem_free(ptr);
}

#endif
