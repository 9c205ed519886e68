/*
 * disk_sim.h - files in memory that fail, and lose power, as a seed and a test say.
 *
 * What a real disk may do, this one does: a write that was not synced survives a crash whole, in
 * part (512-byte sectors, any of them, in any order) or not at all; a new, renamed or removed name
 * whose folder was not synced is there or is not; a sync that failed leaves what it was to write
 * lost for good although reads still show it, so a second sync that succeeds proves nothing.
 * The same seed and the same calls give the same run. One thread at a time.
 */
#ifndef WEIR_HOST_DISK_SIM_H
#define WEIR_HOST_DISK_SIM_H

#include "host/disk.h"

enum disk_sim_op {
	DISK_SIM_OPEN = 1 << 0, /* and lock */
	DISK_SIM_READ = 1 << 1,
	DISK_SIM_WRITE = 1 << 2,
	DISK_SIM_SYNC = 1 << 3,
	DISK_SIM_RESIZE = 1 << 4, /* truncate, allocate */
	DISK_SIM_STAT = 1 << 5,   /* stat, size, list */
	DISK_SIM_NAME = 1 << 6,   /* rename, remove, make_dir */
	DISK_SIM_SYNC_DIR = 1 << 7,
	DISK_SIM_CHANGES = DISK_SIM_OPEN | DISK_SIM_WRITE | DISK_SIM_SYNC | DISK_SIM_RESIZE |
			   DISK_SIM_NAME | DISK_SIM_SYNC_DIR,
	DISK_SIM_ANY = DISK_SIM_CHANGES | DISK_SIM_READ | DISK_SIM_STAT,
};

enum disk_sim_fault {
	DISK_SIM_IO,       /* EIO; a write may be done in part, a sync loses what it was to write */
	DISK_SIM_NO_SPACE, /* ENOSPC; a write may be done in part */
	DISK_SIM_POWER,    /* the operation is done in part, and nothing works until the crash */
};

struct disk *disk_sim_new(uint64_t seed);
void disk_sim_free(struct disk *disk); /* every file must be closed */

/*
 * The power is gone and back. Files opened before are dead: every call on them fails, and close
 * only frees. Locks are free. Faults that were asked for are forgotten, quota and read-only stay.
 */
void disk_sim_crash(struct disk *disk);

/* The n-th (from 1) operation of these kinds from now on fails; 0 takes the order back. */
void disk_sim_fail_at(struct disk *disk, unsigned ops, uint64_t nth, enum disk_sim_fault fault);
/* From now on each operation of these kinds fails with this chance; 0: none. */
void disk_sim_fail_often(struct disk *disk, unsigned ops, uint32_t per_million,
			 enum disk_sim_fault fault);
void disk_sim_quota(struct disk *disk, uint64_t bytes); /* all files together; UINT64_MAX: none */
void disk_sim_read_only(struct disk *disk, bool on);
/* Flips one bit of a file, on disk and as read: what rots unseen. */
void disk_sim_rot(struct disk *disk, const char *path, uint64_t at, unsigned bit);

/* For disk_stat.modified_ms. */
void disk_sim_set_time(struct disk *disk, int64_t now_ms);
/* How many operations of these kinds were tried since disk_sim_new. */
uint64_t disk_sim_count(const struct disk *disk, unsigned ops);
/* A line per operation from now on, such as "write d/a 0+512" or "sync d/a: EIO". */
void disk_sim_trace(struct disk *disk, struct buf *lines); /* borrowed; NULL: stop */

#endif
