/*
 * disk_sim_inode.h - one simulated file: what reads see, and what of it survives a crash.
 *
 * `now` is what reads see, `safe` what is on disk. Writes and resizes since the last sync wait in
 * `pending`: a sync replays them onto `safe`, a crash replays some of their sectors. Reference
 * counted, since a file lives as long as a name, a change of names or an open file holds it.
 */
#ifndef WEIR_HOST_DISK_SIM_INODE_H
#define WEIR_HOST_DISK_SIM_INODE_H

#include "host/disk_image.h"

enum change_kind { CHANGE_WRITE, CHANGE_RESIZE };

struct sim_change {
	enum change_kind kind;
	uint64_t at;   /* RESIZE: the new size */
	uint8_t *data; /* owned; NULL: zeroes */
	size_t len;
};

struct sim_inode {
	uint32_t refs;
	bool is_dir, locked;
	int64_t modified_ms;
	struct disk_image now, safe;
	VEC(struct sim_change) pending;
};

/* splitmix64 below `n`: the same seed gives the same faults. */
uint64_t sim_random_below(uint64_t *state, uint64_t n);

struct sim_inode *sim_inode_ref(struct sim_inode *inode);
void sim_inode_unref(struct sim_inode *inode); /* takes NULL */
void sim_inode_write(struct sim_inode *inode, uint64_t at, struct slice bytes);
void sim_inode_resize(struct sim_inode *inode, uint64_t bytes);
void sim_inode_sync(struct sim_inode *inode);
/* Each pending change is on disk or lost for good; either way no later sync will write it. */
void sim_inode_sync_failed(uint64_t *random, struct sim_inode *inode);
void sim_inode_crash(uint64_t *random, struct sim_inode *inode);

#endif
