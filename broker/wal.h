/*
 * wal.h - the write-ahead log that all partitions of a store share: what makes an append durable.
 *
 * A few files of fixed size under <data>/.wal, written from front to back, one after the other, and
 * then again: overwriting blocks that the file system has already given out makes a sync several
 * times cheaper than letting a file grow. Each group commit is one or more blocks:
 *
 *     magic (4) | crc (4) of the rest | sequence (8) | needed from (8) | bytes (4) | entries (4) |
 *     { topic id (16) | partition (4) | length (4) | record batch }* | zeroes up to 4,096
 *
 * Sequences grow by one. A block begins on a page of its own, so that writing it cannot damage the
 * one before. "needed from" is the first sequence that recovery still needs: what is before it
 * stands in the partitions' own files, synced.
 *
 * Who calls: wal_write on the job's thread, for blocks that have places; all else on the owner's.
 * One set of blocks is out at a time.
 */
#ifndef WEIR_BROKER_WAL_H
#define WEIR_BROKER_WAL_H

#include "base/vec.h"
#include "host/disk.h"
#include "wire/record.h"
#include "wire/uuid.h"

#define WAL_FILE_BYTES_DEFAULT ((size_t)64 * 1024 * 1024)
/* More than this many files are never made: a checkpoint takes the place of a commit then. */
#define WAL_FILES_MAX 6
#define WAL_BLOCK_BYTES ((size_t)8 * 1024 * 1024) /* a block is closed when it has that much */
#define WAL_PAGE_BYTES ((size_t)4096)

struct wal_file {
	struct disk_file *file; /* owned; NULL: to be made by the next write */
	uint32_t number;
	uint64_t first_sequence, last_sequence; /* first 0: holds nothing that is needed */
	uint64_t used, filled; /* filled: so far the file system has given out blocks */
};

struct wal_block {
	struct buf bytes; /* owned */
	uint32_t entries;
	uint64_t sequence;
	struct wal_file *file; /* where it goes */
	uint64_t at;
};

struct wal_blocks {
	struct wal_block *items;
	uint32_t len, capacity;
};

struct wal {
	struct disk *disk; /* borrowed */
	char *dir;         /* owned */
	size_t file_bytes;
	bool sync;
	struct wal_file *files[WAL_FILES_MAX]; /* owned; the one written now is `current` */
	uint32_t nfiles, current;
	uint64_t next_sequence, needed_from;
	struct wal_blocks waiting; /* not yet taken */
	struct wal_blocks spare;   /* empty, for reuse */
	size_t waiting_bytes;
};

void wal_init(struct wal *wal, struct disk *disk, const char *dir, size_t file_bytes, bool sync);
void wal_fini(struct wal *wal);

/* One batch for the next commit. */
void wal_add(struct wal *wal, struct uuid topic_id, int32_t partition, struct slice batch);
/* All that waits leaves with the caller, who gives it back with wal_done or wal_untake. */
void wal_take(struct wal *wal, struct wal_blocks *ret_blocks);
/* Gives taken blocks their places. False: the files are full, a checkpoint must do instead. */
bool wal_place(struct wal *wal, struct wal_blocks *blocks);
/* On any thread. Where it was a sync that failed, nothing may be written any more. */
fallible wal_write(struct wal *wal, struct wal_blocks *blocks, bool *ret_sync_failed,
		   struct err *err);
void wal_done(struct wal *wal, struct wal_blocks *blocks);
/* It was not written: it waits again, before what has come since. */
void wal_untake(struct wal *wal, struct wal_blocks *blocks);
/* The partitions' files have everything before this sequence. */
void wal_free_before(struct wal *wal, uint64_t sequence);
uint64_t wal_live_bytes(const struct wal *wal);

/* At the start: each entry that is still needed, in order. Afterwards the files are free. */
typedef int wal_visit(void *arg, struct uuid topic_id, int32_t partition, struct slice batch,
		      struct err *err);
fallible wal_recover(struct wal *wal, wal_visit *visit, void *arg, uint64_t *ret_bytes_read,
		     struct err *err);

#endif
