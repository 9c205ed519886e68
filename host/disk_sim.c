/*
 * What files hold is disk_sim_inode.c's matter. Names are kept the same way: the map `names` is
 * what calls see, `safe_names` what survives, and `name_changes` what a sync of the folder, or a
 * crash, replays onto it.
 */
#include "host/disk_sim.h"
#include "host/disk_sim_inode.h"
#include "base/list.h"
#include "base/map.h"

#include <errno.h>

#define PATH_BYTES_MAX ((size_t)4096)
#define OP_KINDS 8

enum name_change_kind { NAME_ADD, NAME_REMOVE, NAME_MOVE };

struct name_change {
	enum name_change_kind kind;
	char *path;              /* owned */
	char *to;                /* owned; MOVE only */
	struct sim_inode *inode; /* one reference */
};

struct sim_fault_at {
	unsigned ops;
	uint64_t left;
	enum disk_sim_fault fault;
};

struct sim {
	struct disk disk;
	uint64_t random;
	uint32_t life; /* counts crashes; a file of an earlier life is dead */
	bool power_lost, read_only;
	uint64_t quota_bytes;
	int64_t now_ms;
	struct map names, safe_names; /* path to inode, one reference each */
	VEC(struct name_change) name_changes;
	struct sim_fault_at once, often; /* often: `left` is the chance per million */
	uint64_t counts[OP_KINDS];
	uint32_t files_open;
	struct buf *lines; /* borrowed */
};

struct sim_file {
	struct disk_file file;
	struct sim *sim;
	struct sim_inode *inode; /* one reference */
	char *path;              /* owned */
	unsigned flags;
	uint32_t life;
	bool holds_lock;
};

static const struct disk_ops SIM_OPS;

static struct sim *sim_of(struct disk *disk)
{
	assert(disk->ops == &SIM_OPS);
	return CONTAINER_OF(disk, struct sim, disk);
}

static struct sim_file *file_of(struct disk_file *file)
{
	assert(file->ops == &SIM_OPS);
	return CONTAINER_OF(file, struct sim_file, file);
}

/* ---- names ---- */

/* The path without doubled, leading "./" and trailing slashes, in the caller's buf. */
static const char *path_clean(struct buf *buf, const char *path)
{
	buf_reset(buf);
	while (path[0] == '.' && (path[1] == '/' || path[1] == '\0'))
		path += path[1] == '/' ? 2 : 1;
	for (; *path != '\0'; path++)
		if (*path != '/' || buf->len == 0 || buf->data[buf->len - 1] != '/')
			buf_append_u8(buf, (uint8_t)*path);
	if (buf->len > 0 && buf->data[buf->len - 1] == '/')
		buf_truncate(buf, buf->len - 1);
	assert(!buf->overflowed);
	return buf_str(buf);
}

/* The folder of a clean path: all before its last slash; empty: the root, which is always there. */
static struct slice parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? SLICE_EMPTY : slice_of(path, (size_t)(slash - path));
}

static void name_set(struct map *map, const char *path, struct sim_inode *inode)
{
	sim_inode_ref(inode);
	sim_inode_unref(map_put(map, slice_str(path), inode));
}

static void name_unset(struct map *map, const char *path)
{
	sim_inode_unref(map_remove(map, slice_str(path)));
}

static void name_change_fini(struct name_change *change)
{
	mem_free(change->path);
	mem_free(change->to);
	sim_inode_unref(change->inode);
}

static void name_change_apply(struct map *map, const struct name_change *change)
{
	switch (change->kind) {
	case NAME_ADD:
		name_set(map, change->path, change->inode);
		break;
	case NAME_REMOVE:
		if (map_get(map, slice_str(change->path)) == change->inode)
			name_unset(map, change->path);
		break;
	case NAME_MOVE:
		name_set(map, change->to, change->inode);
		if (map_get(map, slice_str(change->path)) == change->inode)
			name_unset(map, change->path);
		break;
	}
}

static void name_change_add(struct sim *sim, enum name_change_kind kind, const char *path,
			    const char *to, struct sim_inode *inode)
{
	struct name_change change = { .kind = kind,
				      .path = mem_strdup(path),
				      .to = to != NULL ? mem_strdup(to) : NULL,
				      .inode = sim_inode_ref(inode) };
	vec_push(&sim->name_changes, change);
	name_change_apply(&sim->names, &change);
}

/* Whether a sync of the folder `dir` makes this change last. */
static bool name_change_in(const struct name_change *change, struct slice dir)
{
	return slice_eq(parent_of(change->path), dir) ||
	       (change->to != NULL && slice_eq(parent_of(change->to), dir));
}

static void names_sync(struct sim *sim, struct slice dir)
{
	for (uint32_t i = 0; i < sim->name_changes.len;) {
		struct name_change *change = &sim->name_changes.items[i];
		if (!name_change_in(change, dir)) {
			i++;
			continue;
		}
		name_change_apply(&sim->safe_names, change);
		name_change_fini(change);
		vec_remove(&sim->name_changes, i);
	}
}

static bool is_dir_in(const struct map *map, struct slice path)
{
	if (path.len == 0)
		return true;
	const struct sim_inode *inode = map_get(map, path);
	return inode != NULL && inode->is_dir;
}

/* Names whose folder did not survive are gone too. */
static void names_drop_orphans(struct map *map)
{
	for (bool again = true; again;) {
		again = false;
		map_each (it, map) {
			struct sim_inode *inode = it->value;
			CLEANUP(buf_fini) struct buf path = BUF_INIT(PATH_BYTES_MAX);
			buf_append(&path, map_key(it));
			if (is_dir_in(map, parent_of(buf_str(&path))))
				continue;
			map_remove(map, map_key(it));
			sim_inode_unref(inode);
			again = true;
		}
	}
}

static void names_crash(struct sim *sim)
{
	/* Either the journal kept its order, or each change has its own luck. */
	bool ordered = sim_random_below(&sim->random, 2) == 0;
	uint64_t kept = sim_random_below(&sim->random, (uint64_t)sim->name_changes.len + 1);
	uint64_t n = 0;
	vec_each (it, &sim->name_changes) {
		bool keep = ordered ? n < kept : sim_random_below(&sim->random, 2) == 0;
		n++;
		if (keep)
			name_change_apply(&sim->safe_names, it);
		name_change_fini(it);
	}
	vec_clear(&sim->name_changes);
	names_drop_orphans(&sim->safe_names);
}

static void names_free(struct map *map)
{
	map_each (it, map)
		sim_inode_unref(it->value);
	map_clear(map);
}

/* ---- faults ---- */

/* One line of what happened, for a test that asserts it. */
#define trace(sim, format, ...)                                                                    \
	do {                                                                                       \
		if ((sim)->lines != NULL)                                                          \
			buf_printf((sim)->lines, format "\n", __VA_ARGS__);                        \
	} while (0)

static const char *const OP_NAMES[OP_KINDS] = { "open",   "read", "write", "sync",
						"resize", "stat", "name",  "sync_dir" };

/* Counts the operation, and yields 0 or the errno value it shall fail with. */
static int fault_of(struct sim *sim, enum disk_sim_op op)
{
	sim->counts[__builtin_ctz(op)]++;
	if (sim->power_lost)
		return EIO;
	if (sim->read_only && (op & DISK_SIM_CHANGES) && op != DISK_SIM_OPEN)
		return EROFS;
	enum disk_sim_fault fault = DISK_SIM_IO;
	bool fails = false;
	if ((sim->once.ops & op) && sim->once.left > 0 && --sim->once.left == 0) {
		fails = true;
		fault = sim->once.fault;
	} else if ((sim->often.ops & op) &&
		   sim_random_below(&sim->random, 1000000) < sim->often.left) {
		fails = true;
		fault = sim->often.fault;
	}
	if (!fails)
		return 0;
	sim->power_lost = fault == DISK_SIM_POWER;
	return fault == DISK_SIM_NO_SPACE ? ENOSPC : EIO;
}

static fallible fail(struct sim *sim, struct err *err, int number, enum disk_sim_op op,
		     const char *path)
{
	const char *verb = OP_NAMES[__builtin_ctz(op)];
	trace(sim, "%s %s: %s", verb, path, strerrorname_np(number));
	CLEANUP(buf_fini) struct buf what = BUF_INIT(2 * PATH_BYTES_MAX);
	buf_printf(&what, "%s %s (simulated)", verb, path);
	return err_from_errno(err, number, buf_str(&what));
}

static int file_fault_of(struct sim_file *file, enum disk_sim_op op)
{
	int number = fault_of(file->sim, op);
	return file->life != file->sim->life ? EIO : number;
}

static uint64_t bytes_used(const struct sim *sim)
{
	uint64_t bytes = 0;
	map_each (it, &sim->names)
		bytes += ((const struct sim_inode *)it->value)->now.bytes;
	return bytes;
}

/* How much of a growth from `now` to `then` bytes still has room. */
static uint64_t room_for(const struct sim *sim, uint64_t now, uint64_t then)
{
	if (sim->quota_bytes == UINT64_MAX || then <= now)
		return UINT64_MAX;
	uint64_t used = bytes_used(sim);
	return used >= sim->quota_bytes ? 0 : sim->quota_bytes - used;
}

/* ---- the vtable: files ---- */

static struct disk_file *file_new(struct sim *sim, struct sim_inode *inode, const char *path,
				  unsigned flags)
{
	struct sim_file *file = mem_new(struct sim_file);
	file->file.ops = &SIM_OPS;
	file->sim = sim;
	file->inode = sim_inode_ref(inode);
	file->path = mem_strdup(path);
	file->flags = flags;
	file->life = sim->life;
	sim->files_open++;
	return &file->file;
}

static struct sim_inode *inode_add(struct sim *sim, const char *path, bool is_dir)
{
	struct sim_inode *inode = mem_new(struct sim_inode);
	inode->refs = 1;
	inode->is_dir = is_dir;
	inode->modified_ms = sim->now_ms;
	name_change_add(sim, NAME_ADD, path, NULL, inode);
	sim_inode_unref(inode);
	return inode;
}

/* What open(2) would say: 0 or an errno value. */
static int open_check(const struct sim *sim, const char *path, unsigned flags)
{
	const struct sim_inode *inode = map_get(&sim->names, slice_str(path));
	bool changes = (flags & (DISK_WRITE | DISK_TRUNCATE)) != 0 || inode == NULL;
	if (inode == NULL && !(flags & DISK_CREATE))
		return ENOENT;
	if (inode == NULL && !is_dir_in(&sim->names, parent_of(path)))
		return ENOENT;
	if (inode != NULL && (flags & DISK_EXCLUSIVE))
		return EEXIST;
	if (inode != NULL && inode->is_dir && changes)
		return EISDIR;
	return sim->read_only && changes ? EROFS : 0;
}

static fallible sim_open(struct disk *disk, const char *path, unsigned flags,
			 struct disk_file **ret_file, struct err *err)
{
	struct sim *sim = sim_of(disk);
	assert(flags & (DISK_READ | DISK_WRITE));
	CLEANUP(buf_fini) struct buf clean = BUF_INIT(PATH_BYTES_MAX);
	path = path_clean(&clean, path);
	int number = fault_of(sim, DISK_SIM_OPEN);
	if (number == 0)
		number = open_check(sim, path, flags);
	if (number != 0)
		return fail(sim, err, number, DISK_SIM_OPEN, path);
	struct sim_inode *inode = map_get(&sim->names, slice_str(path));
	trace(sim, "%s %s", inode == NULL ? "create" : "open", path);
	if (inode == NULL)
		inode = inode_add(sim, path, false);
	else if ((flags & DISK_TRUNCATE) && inode->now.bytes > 0)
		sim_inode_resize(inode, 0);
	*ret_file = file_new(sim, inode, path, flags);
	return 0;
}

static fallible sim_read(struct disk_file *file, uint64_t at, uint8_t *to, size_t len,
			 size_t *ret_len, struct err *err)
{
	struct sim_file *f = file_of(file);
	assert(f->flags & DISK_READ);
	int number = file_fault_of(f, DISK_SIM_READ);
	if (number != 0)
		return fail(f->sim, err, number, DISK_SIM_READ, f->path);
	*ret_len = disk_image_read(&f->inode->now, at, to, len);
	return 0;
}

/* How many bytes of a write that cannot be whole are done, for the reason `number`. */
static size_t write_in_part(struct sim *sim, int number, size_t len)
{
	return number == EROFS ? 0 : (size_t)sim_random_below(&sim->random, (uint64_t)len + 1);
}

static fallible sim_write(struct disk_file *file, uint64_t at, struct slice bytes, struct err *err)
{
	struct sim_file *f = file_of(file);
	assert(f->flags & DISK_WRITE);
	bool alive = f->life == f->sim->life && !f->sim->power_lost;
	int number = file_fault_of(f, DISK_SIM_WRITE);
	size_t done = number == 0 ? bytes.len : write_in_part(f->sim, number, bytes.len);
	uint64_t now = f->inode->now.bytes;
	uint64_t room = room_for(f->sim, now, at + bytes.len);
	if (number == 0 && at + bytes.len > now && room < at + bytes.len - now) {
		number = ENOSPC;
		done = now + room > at ? (size_t)(now + room - at) : 0;
	}
	if (alive) {
		sim_inode_write(f->inode, at, slice_sub(bytes, 0, done));
		f->inode->modified_ms = f->sim->now_ms;
	}
	if (number != 0)
		return fail(f->sim, err, number, DISK_SIM_WRITE, f->path);
	trace(f->sim, "write %s %llu+%zu", f->path, (unsigned long long)at, bytes.len);
	return 0;
}

static fallible sim_sync(struct disk_file *file, struct err *err)
{
	struct sim_file *f = file_of(file);
	int number = file_fault_of(f, DISK_SIM_SYNC);
	if (number != 0) {
		/* With the power, what waits has the luck that the crash draws. */
		if (f->life == f->sim->life && !f->sim->power_lost && number != EROFS)
			sim_inode_sync_failed(&f->sim->random, f->inode);
		return fail(f->sim, err, number, DISK_SIM_SYNC, f->path);
	}
	trace(f->sim, "sync %s", f->path);
	sim_inode_sync(f->inode);
	return 0;
}

static fallible resize(struct sim_file *f, uint64_t bytes, bool takes_room, struct err *err)
{
	assert(f->flags & DISK_WRITE);
	int number = file_fault_of(f, DISK_SIM_RESIZE);
	uint64_t now = f->inode->now.bytes;
	if (number == 0 && takes_room && bytes > now && room_for(f->sim, now, bytes) < bytes - now)
		number = ENOSPC;
	if (number != 0)
		return fail(f->sim, err, number, DISK_SIM_RESIZE, f->path);
	trace(f->sim, "resize %s %llu", f->path, (unsigned long long)bytes);
	sim_inode_resize(f->inode, bytes);
	f->inode->modified_ms = f->sim->now_ms;
	return 0;
}

static fallible sim_truncate(struct disk_file *file, uint64_t bytes, struct err *err)
{
	return resize(file_of(file), bytes, false, err);
}

static fallible sim_allocate(struct disk_file *file, uint64_t bytes, struct err *err)
{
	struct sim_file *f = file_of(file);
	return resize(f, MAX(bytes, f->inode->now.bytes), true, err);
}

static fallible sim_size(struct disk_file *file, uint64_t *ret_bytes, struct err *err)
{
	struct sim_file *f = file_of(file);
	int number = file_fault_of(f, DISK_SIM_STAT);
	if (number != 0)
		return fail(f->sim, err, number, DISK_SIM_STAT, f->path);
	*ret_bytes = f->inode->now.bytes;
	return 0;
}

static void sim_close(struct disk_file *file)
{
	if (file == NULL)
		return;
	struct sim_file *f = file_of(file);
	if (f->holds_lock && f->life == f->sim->life)
		f->inode->locked = false;
	assert(f->sim->files_open > 0);
	f->sim->files_open--;
	sim_inode_unref(f->inode);
	mem_free(f->path);
	mem_free(f);
}

static int sim_descriptor(struct disk_file *file)
{
	assert(file->ops == &SIM_OPS);
	return -1;
}

/* ---- the vtable: names ---- */

static fallible sim_stat(struct disk *disk, const char *path, struct disk_stat *ret_stat,
			 struct err *err)
{
	struct sim *sim = sim_of(disk);
	CLEANUP(buf_fini) struct buf clean = BUF_INIT(PATH_BYTES_MAX);
	path = path_clean(&clean, path);
	int number = fault_of(sim, DISK_SIM_STAT);
	const struct sim_inode *inode = map_get(&sim->names, slice_str(path));
	if (number == 0 && inode == NULL && path[0] != '\0')
		number = ENOENT;
	if (number != 0)
		return fail(sim, err, number, DISK_SIM_STAT, path);
	*ret_stat = (struct disk_stat){ .is_dir = inode == NULL || inode->is_dir };
	if (inode != NULL) {
		ret_stat->bytes = inode->now.bytes;
		ret_stat->modified_ms = inode->modified_ms;
	}
	return 0;
}

/* Whether any name lies in the folder. */
static bool dir_has_names(const struct sim *sim, const char *path)
{
	struct slice dir = slice_str(path);
	map_each (it, &sim->names) {
		struct slice key = map_key(it);
		if (key.len > dir.len && key.data[dir.len] == '/' && slice_starts_with(key, dir))
			return true;
	}
	return false;
}

/* Moves what lies in a renamed folder along with it. */
static void rename_inside(struct sim *sim, const char *from, const char *to)
{
	VEC(char *) inside = { 0 };
	struct slice dir = slice_str(from);
	map_each (it, &sim->names) {
		struct slice key = map_key(it);
		if (key.len <= dir.len || key.data[dir.len] != '/' || !slice_starts_with(key, dir))
			continue;
		char *path = (char *)mem_bytes(key.len + 1);
		memcpy(path, key.data, key.len);
		path[key.len] = '\0';
		vec_push(&inside, path);
	}
	vec_each (path, &inside) {
		CLEANUP(buf_fini) struct buf moved = BUF_INIT(2 * PATH_BYTES_MAX);
		buf_printf(&moved, "%s%s", to, *path + dir.len);
		struct sim_inode *inode = sim_inode_ref(map_get(&sim->names, slice_str(*path)));
		/* Below a folder there is no change of names of its own: both images move. */
		name_set(&sim->names, buf_str(&moved), inode);
		name_set(&sim->safe_names, buf_str(&moved), inode);
		name_unset(&sim->names, *path);
		sim_inode_unref(inode);
		mem_free(*path);
	}
	vec_fini(&inside);
}

static int rename_check(const struct sim *sim, const char *from, const char *to)
{
	const struct sim_inode *inode = map_get(&sim->names, slice_str(from));
	const struct sim_inode *target = map_get(&sim->names, slice_str(to));
	if (inode == NULL || !is_dir_in(&sim->names, parent_of(to)))
		return ENOENT;
	if (target != NULL && target->is_dir && !inode->is_dir)
		return EISDIR;
	if (target != NULL && !target->is_dir && inode->is_dir)
		return ENOTDIR;
	return target != NULL && target->is_dir && dir_has_names(sim, to) ? ENOTEMPTY : 0;
}

static fallible sim_rename(struct disk *disk, const char *from, const char *to, struct err *err)
{
	struct sim *sim = sim_of(disk);
	CLEANUP(buf_fini) struct buf clean_from = BUF_INIT(PATH_BYTES_MAX);
	CLEANUP(buf_fini) struct buf clean_to = BUF_INIT(PATH_BYTES_MAX);
	from = path_clean(&clean_from, from);
	to = path_clean(&clean_to, to);
	int number = fault_of(sim, DISK_SIM_NAME);
	if (number == 0)
		number = rename_check(sim, from, to);
	if (number != 0)
		return fail(sim, err, number, DISK_SIM_NAME, from);
	trace(sim, "rename %s %s", from, to);
	if (strcmp(from, to) == 0)
		return 0;
	struct sim_inode *inode = sim_inode_ref(map_get(&sim->names, slice_str(from)));
	name_change_add(sim, NAME_MOVE, from, to, inode);
	if (inode->is_dir)
		rename_inside(sim, from, to);
	sim_inode_unref(inode);
	return 0;
}

static fallible sim_remove(struct disk *disk, const char *path, struct err *err)
{
	struct sim *sim = sim_of(disk);
	CLEANUP(buf_fini) struct buf clean = BUF_INIT(PATH_BYTES_MAX);
	path = path_clean(&clean, path);
	int number = fault_of(sim, DISK_SIM_NAME);
	struct sim_inode *inode = map_get(&sim->names, slice_str(path));
	if (number == 0 && inode == NULL)
		number = ENOENT;
	if (number == 0 && inode->is_dir && dir_has_names(sim, path))
		number = ENOTEMPTY;
	if (number != 0)
		return fail(sim, err, number, DISK_SIM_NAME, path);
	trace(sim, "remove %s", path);
	name_change_add(sim, NAME_REMOVE, path, NULL, inode);
	return 0;
}

static fallible sim_make_dir(struct disk *disk, const char *path, struct err *err)
{
	struct sim *sim = sim_of(disk);
	CLEANUP(buf_fini) struct buf clean = BUF_INIT(PATH_BYTES_MAX);
	path = path_clean(&clean, path);
	int number = fault_of(sim, DISK_SIM_NAME);
	const struct sim_inode *inode = map_get(&sim->names, slice_str(path));
	if (number == 0 && inode != NULL && !inode->is_dir)
		number = EEXIST;
	if (number == 0 && !is_dir_in(&sim->names, parent_of(path)))
		number = ENOENT;
	if (number != 0)
		return fail(sim, err, number, DISK_SIM_NAME, path);
	if (inode != NULL || path[0] == '\0')
		return 0;
	trace(sim, "make_dir %s", path);
	inode_add(sim, path, true);
	return 0;
}

static fallible sim_sync_dir(struct disk *disk, const char *path, struct err *err)
{
	struct sim *sim = sim_of(disk);
	CLEANUP(buf_fini) struct buf clean = BUF_INIT(PATH_BYTES_MAX);
	path = path_clean(&clean, path);
	int number = fault_of(sim, DISK_SIM_SYNC_DIR);
	if (number == 0 && !is_dir_in(&sim->names, slice_str(path)))
		number = ENOENT;
	if (number != 0)
		return fail(sim, err, number, DISK_SIM_SYNC_DIR, path);
	trace(sim, "sync_dir %s", path);
	names_sync(sim, slice_str(path));
	return 0;
}

struct entry {
	char *name; /* owned */
	bool is_dir;
};

static int entry_cmp(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static fallible sim_list(struct disk *disk, const char *path, disk_visit *visit, void *arg,
			 struct err *err)
{
	struct sim *sim = sim_of(disk);
	CLEANUP(buf_fini) struct buf clean = BUF_INIT(PATH_BYTES_MAX);
	path = path_clean(&clean, path);
	struct slice dir = slice_str(path);
	int number = fault_of(sim, DISK_SIM_STAT);
	if (number == 0 && !is_dir_in(&sim->names, dir))
		number = map_get(&sim->names, dir) != NULL ? ENOTDIR : ENOENT;
	if (number != 0)
		return fail(sim, err, number, DISK_SIM_STAT, path);
	VEC(struct entry) found = { 0 };
	map_each (it, &sim->names) {
		CLEANUP(buf_fini) struct buf name = BUF_INIT(PATH_BYTES_MAX);
		buf_append(&name, map_key(it));
		const char *text = buf_str(&name);
		if (!slice_eq(parent_of(text), dir))
			continue;
		const char *slash = strrchr(text, '/');
		vec_push(&found,
			 (struct entry){ .name = mem_strdup(slash != NULL ? slash + 1 : text),
					 .is_dir = ((const struct sim_inode *)it->value)->is_dir });
	}
	if (found.len > 1)
		qsort(found.items, found.len, sizeof(*found.items), entry_cmp);
	bool stopped = false;
	vec_each (it, &found) {
		stopped = stopped || visit(arg, it->name, it->is_dir) != 0;
		mem_free(it->name);
	}
	vec_fini(&found);
	return 0;
}

static fallible sim_lock(struct disk *disk, const char *path, struct disk_file **ret_lock,
			 struct err *err)
{
	struct disk_file *file;
	TRY(sim_open(disk, path, DISK_READ | DISK_WRITE | DISK_CREATE, &file, err));
	struct sim_file *f = file_of(file);
	if (f->inode->locked) {
		sim_close(file);
		return err_set(err, ERR_CONFLICT, "cannot lock %s: it is held already", path);
	}
	f->inode->locked = f->holds_lock = true;
	*ret_lock = file;
	return 0;
}

static const struct disk_ops SIM_OPS = {
	.name = "sim",
	.open = sim_open,
	.read = sim_read,
	.write = sim_write,
	.sync = sim_sync,
	.truncate = sim_truncate,
	.allocate = sim_allocate,
	.size = sim_size,
	.close = sim_close,
	.descriptor = sim_descriptor,
	.stat = sim_stat,
	.rename = sim_rename,
	.remove = sim_remove,
	.make_dir = sim_make_dir,
	.sync_dir = sim_sync_dir,
	.list = sim_list,
	.lock = sim_lock,
};

/* ---- the test's side ---- */

struct disk *disk_sim_new(uint64_t seed)
{
	struct sim *sim = mem_new(struct sim);
	sim->disk.ops = &SIM_OPS;
	sim->random = seed;
	sim->quota_bytes = UINT64_MAX;
	map_init(&sim->names);
	map_init(&sim->safe_names);
	return &sim->disk;
}

void disk_sim_free(struct disk *disk)
{
	if (disk == NULL)
		return;
	struct sim *sim = sim_of(disk);
	assert(sim->files_open == 0);
	vec_each (it, &sim->name_changes)
		name_change_fini(it);
	vec_fini(&sim->name_changes);
	names_free(&sim->names);
	names_free(&sim->safe_names);
	map_fini(&sim->names);
	map_fini(&sim->safe_names);
	mem_free(sim);
}

void disk_sim_crash(struct disk *disk)
{
	struct sim *sim = sim_of(disk);
	trace(sim, "%s", "crash");
	names_crash(sim);
	names_free(&sim->names);
	map_each (it, &sim->safe_names) {
		struct sim_inode *inode = sim_inode_ref(it->value);
		sim_inode_crash(&sim->random, inode);
		map_put(&sim->names, map_key(it), inode);
	}
	sim->life++;
	sim->power_lost = false;
	sim->once = sim->often = (struct sim_fault_at){ 0 };
}

void disk_sim_fail_at(struct disk *disk, unsigned ops, uint64_t nth, enum disk_sim_fault fault)
{
	sim_of(disk)->once = (struct sim_fault_at){ .ops = ops, .left = nth, .fault = fault };
}

void disk_sim_fail_often(struct disk *disk, unsigned ops, uint32_t per_million,
			 enum disk_sim_fault fault)
{
	sim_of(disk)->often =
		(struct sim_fault_at){ .ops = ops, .left = per_million, .fault = fault };
}

void disk_sim_quota(struct disk *disk, uint64_t bytes)
{
	sim_of(disk)->quota_bytes = bytes;
}

void disk_sim_read_only(struct disk *disk, bool on)
{
	sim_of(disk)->read_only = on;
}

static void image_flip(struct disk_image *image, uint64_t at, unsigned bit)
{
	uint8_t byte;
	if (disk_image_read(image, at, &byte, 1) == 0)
		return;
	byte = (uint8_t)(byte ^ (1u << bit));
	disk_image_write(image, at, &byte, 1);
}

void disk_sim_rot(struct disk *disk, const char *path, uint64_t at, unsigned bit)
{
	struct sim *sim = sim_of(disk);
	assert(bit < 8);
	CLEANUP(buf_fini) struct buf clean = BUF_INIT(PATH_BYTES_MAX);
	struct sim_inode *inode = map_get(&sim->names, slice_str(path_clean(&clean, path)));
	assert(inode != NULL);
	assert(at < inode->now.bytes);
	image_flip(&inode->now, at, bit);
	image_flip(&inode->safe, at, bit);
}

void disk_sim_set_time(struct disk *disk, int64_t now_ms)
{
	sim_of(disk)->now_ms = now_ms;
}

uint64_t disk_sim_count(const struct disk *disk, unsigned ops)
{
	assert(disk->ops == &SIM_OPS);
	const struct sim *sim = (const struct sim *)(const void *)disk;
	uint64_t count = 0;
	for (unsigned i = 0; i < OP_KINDS; i++)
		if (ops & (1u << i))
			count += sim->counts[i];
	return count;
}

void disk_sim_trace(struct disk *disk, struct buf *lines)
{
	sim_of(disk)->lines = lines;
}
