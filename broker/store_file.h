/*
 * store_file.h - small files of `key=value` lines that are replaced as a whole.
 *
 * A write goes to a second file, is synced, and takes the first one's name: after a crash there is
 * the old content or the new. Backslash, line feed and carriage return in keys and values are
 * written as escapes; in keys '=' too.
 */
#ifndef WEIR_BROKER_STORE_FILE_H
#define WEIR_BROKER_STORE_FILE_H

#include "base/arena.h"
#include "host/disk.h"

#define STORE_FILE_BYTES_MAX ((size_t)16 * 1024 * 1024)

void store_file_put(struct buf *to, const char *prefix, struct slice key, struct slice value);

fallible store_file_write(struct disk *disk, const char *dir, const char *name,
			  struct slice content, struct err *err);
fallible store_file_read(struct disk *disk, const char *dir, const char *name, struct buf *to,
			 struct err *err); /* ERR_NOT_FOUND */
fallible store_file_remove(struct disk *disk, const char *dir, const char *name, struct err *err);

/* The next line of a content; false at the end. Key and value lie in the arena, without escapes. */
bool store_file_next(struct slice *content, struct arena *arena, struct slice *ret_key,
		     struct slice *ret_value);

#endif
