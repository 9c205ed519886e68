#include "host/disk_sim_inode.h"

#define SECTOR_BYTES ((size_t)512)

uint64_t sim_random_below(uint64_t *state, uint64_t n)
{
	uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return (z ^ (z >> 31)) % n;
}

static void change_fini(struct sim_change *change)
{
	mem_free(change->data);
}

static void pending_clear(struct sim_inode *inode)
{
	vec_each (it, &inode->pending)
		change_fini(it);
	vec_clear(&inode->pending);
}

struct sim_inode *sim_inode_ref(struct sim_inode *inode)
{
	inode->refs++;
	return inode;
}

void sim_inode_unref(struct sim_inode *inode)
{
	if (inode == NULL)
		return;
	assert(inode->refs > 0);
	if (--inode->refs > 0)
		return;
	pending_clear(inode);
	vec_fini(&inode->pending);
	disk_image_fini(&inode->now);
	disk_image_fini(&inode->safe);
	mem_free(inode);
}

static void change_apply(struct disk_image *image, const struct sim_change *change)
{
	if (change->kind == CHANGE_RESIZE)
		disk_image_resize(image, change->at);
	else
		disk_image_write(image, change->at, change->data, change->len);
}

static void inode_change(struct sim_inode *inode, struct sim_change change)
{
	change_apply(&inode->now, &change);
	vec_push(&inode->pending, change);
}

void sim_inode_write(struct sim_inode *inode, uint64_t at, struct slice bytes)
{
	if (bytes.len == 0)
		return;
	struct sim_change change = { .kind = CHANGE_WRITE, .at = at, .len = bytes.len };
	bool zero = bytes.data[0] == 0 && memcmp(bytes.data, bytes.data + 1, bytes.len - 1) == 0;
	if (!zero) {
		change.data = mem_bytes(bytes.len);
		memcpy(change.data, bytes.data, bytes.len);
	}
	inode_change(inode, change);
}

/* Some of a write's sectors reach the disk, each by its own luck. */
static void apply_torn(uint64_t *random, struct disk_image *image, const struct sim_change *change)
{
	for (uint64_t at = change->at; at < change->at + change->len;) {
		uint64_t next =
			MIN((at / SECTOR_BYTES + 1) * SECTOR_BYTES, change->at + change->len);
		if (sim_random_below(random, 2) == 0) {
			const uint8_t *data = change->data;
			disk_image_write(image, at, data ? data + (at - change->at) : NULL,
					 (size_t)(next - at));
		}
		at = next;
	}
}

void sim_inode_resize(struct sim_inode *inode, uint64_t bytes)
{
	inode_change(inode, (struct sim_change){ .kind = CHANGE_RESIZE, .at = bytes });
}

/* How much of what was not synced a crash leaves: by file, one of these is drawn. */
enum luck { LUCK_NOTHING, LUCK_ALL, LUCK_PREFIX, LUCK_SUBSET, LUCK_KINDS };

void sim_inode_crash(uint64_t *random, struct sim_inode *inode)
{
	enum luck luck = (enum luck)sim_random_below(random, LUCK_KINDS);
	uint64_t kept = luck == LUCK_NOTHING ? 0 : inode->pending.len;
	if (luck == LUCK_PREFIX)
		kept = sim_random_below(random, (uint64_t)inode->pending.len + 1);
	uint64_t n = 0;
	vec_each (it, &inode->pending) {
		bool last_of_prefix = luck == LUCK_PREFIX && n == kept;
		bool torn =
			last_of_prefix || (luck == LUCK_SUBSET && sim_random_below(random, 3) == 0);
		bool whole =
			n++ < kept && (luck != LUCK_SUBSET || sim_random_below(random, 2) == 0);
		if (torn && it->kind == CHANGE_WRITE)
			apply_torn(random, &inode->safe, it);
		else if (whole)
			change_apply(&inode->safe, it);
		if (last_of_prefix)
			break;
	}
	pending_clear(inode);
	disk_image_copy(&inode->now, &inode->safe);
	inode->locked = false;
}

void sim_inode_sync(struct sim_inode *inode)
{
	vec_each (it, &inode->pending)
		change_apply(&inode->safe, it);
	pending_clear(inode);
}

/* Each pending change is on disk or lost for good; either way no later sync will write it. */
void sim_inode_sync_failed(uint64_t *random, struct sim_inode *inode)
{
	vec_each (it, &inode->pending)
		if (sim_random_below(random, 2) == 0)
			change_apply(&inode->safe, it);
	pending_clear(inode);
}
