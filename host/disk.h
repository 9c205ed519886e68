/*
 * disk.h - files, as the rest of weir sees them: the real ones (disk_real), or simulated ones that
 * fail under a seed (disk_sim).
 *
 * Calls are synchronous and happen on the caller's thread; whoever must not wait for a sync asks a
 * worker thread (host/thread.h) to call it. A write is durable only after `sync` on its file
 * returned 0; a new, renamed or removed name only after `sync_dir` on its folder. After a failed
 * sync nothing is known of what was written since the last good one: the caller never syncs the
 * same file again, it recovers from its last durable point. Short reads and writes and EINTR are
 * dealt with inside: a write is whole or failed, a read stops early only at the end of the file.
 */
#ifndef WEIR_HOST_DISK_H
#define WEIR_HOST_DISK_H

#include "base/bytes.h"

struct disk;
struct disk_file;

enum disk_open_flags {
	DISK_READ = 1 << 0,
	DISK_WRITE = 1 << 1,
	DISK_CREATE = 1 << 2,    /* made if absent */
	DISK_EXCLUSIVE = 1 << 3, /* with CREATE: it must be absent */
	DISK_TRUNCATE = 1 << 4,
};

struct disk_stat {
	uint64_t bytes;
	int64_t modified_ms;
	bool is_dir;
};

/* Called for each name in a folder, in byte order; anything but 0 stops the walk. */
typedef int disk_visit(void *arg, const char *name, bool is_dir);

struct disk_ops {
	const char *name;
	fallible (*open)(struct disk *disk, const char *path, unsigned flags,
			 struct disk_file **ret_file, struct err *err);
	fallible (*read)(struct disk_file *file, uint64_t at, uint8_t *to, size_t len,
			 size_t *ret_len, struct err *err);
	fallible (*write)(struct disk_file *file, uint64_t at, struct slice bytes, struct err *err);
	fallible (*sync)(struct disk_file *file, struct err *err); /* fdatasync */
	fallible (*truncate)(struct disk_file *file, uint64_t bytes, struct err *err);
	fallible (*allocate)(struct disk_file *file, uint64_t bytes, struct err *err);
	fallible (*size)(struct disk_file *file, uint64_t *ret_bytes, struct err *err);
	void (*close)(struct disk_file *file);
	int (*descriptor)(struct disk_file *file); /* for sendfile; -1: there is none */
	fallible (*stat)(struct disk *disk, const char *path, struct disk_stat *ret_stat,
			 struct err *err); /* ERR_NOT_FOUND */
	fallible (*rename)(struct disk *disk, const char *from, const char *to, struct err *err);
	fallible (*remove)(struct disk *disk, const char *path,
			   struct err *err); /* file, empty folder */
	fallible (*make_dir)(struct disk *disk, const char *path,
			     struct err *err); /* there: fine */
	fallible (*sync_dir)(struct disk *disk, const char *path, struct err *err);
	fallible (*list)(struct disk *disk, const char *path, disk_visit *visit, void *arg,
			 struct err *err);
	fallible (*lock)(struct disk *disk, const char *path, struct disk_file **ret_lock,
			 struct err *err); /* exclusive, freed by close or death; ERR_CONFLICT */
};

/* Embedded first in each kind of disk and of file. */
struct disk {
	const struct disk_ops *ops;
};

struct disk_file {
	const struct disk_ops *ops;
};

/* The machine's own files. */
struct disk *disk_real_new(void);
void disk_real_free(struct disk *disk);

#endif
