#include "tests/lib/test.h"
#include "base/mem.h"
#include "host/disk_sim.h"

#define SEEDS 300
#define CREATE (DISK_READ | DISK_WRITE | DISK_CREATE)

static struct disk_file *open_file(struct disk *disk, const char *path, unsigned flags)
{
	struct err err;
	struct disk_file *file = NULL;
	assert_ok(disk->ops->open(disk, path, flags, &file, &err), &err);
	return file;
}

static void put(struct disk_file *file, uint64_t at, const char *text)
{
	struct err err;
	assert_ok(file->ops->write(file, at, slice_str(text), &err), &err);
}

static void sync_file(struct disk_file *file)
{
	struct err err;
	assert_ok(file->ops->sync(file, &err), &err);
}

static void sync_dir(struct disk *disk, const char *path)
{
	struct err err;
	assert_ok(disk->ops->sync_dir(disk, path, &err), &err);
}

/* The whole file as text; "-" when there is none. */
static const char *content(struct disk *disk, const char *path, struct buf *buf)
{
	buf_reset(buf);
	struct disk_file *file;
	if (disk->ops->open(disk, path, DISK_READ, &file, NULL) != 0)
		return "-";
	uint8_t bytes[4096];
	size_t len = 0;
	struct err err;
	assert_ok(file->ops->read(file, 0, bytes, sizeof(bytes), &len, &err), &err);
	buf_append(buf, slice_of(bytes, len));
	file->ops->close(file);
	return buf_str(buf);
}

static void what_was_synced_survives_every_crash(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		CLEANUP(buf_fini) struct buf buf = BUF_INIT(4096);
		struct disk *disk = disk_sim_new(seed);
		struct disk_file *file = open_file(disk, "./a", CREATE);
		put(file, 0, "kept");
		sync_file(file);
		sync_dir(disk, ".");
		disk_sim_crash(disk);
		assert_string_equal(content(disk, "a", &buf), "kept");
		file->ops->close(file);
		disk_sim_free(disk);
	}
}

/* Counts, over all seeds, how often a crash left which content. */
static unsigned outcomes(const char *text, bool sync_the_file, bool sync_the_name)
{
	unsigned count = 0;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		CLEANUP(buf_fini) struct buf buf = BUF_INIT(4096);
		struct disk *disk = disk_sim_new(seed);
		struct disk_file *file = open_file(disk, "a", CREATE);
		put(file, 0, "x");
		if (sync_the_file)
			sync_file(file);
		if (sync_the_name)
			sync_dir(disk, "");
		disk_sim_crash(disk);
		count += strcmp(content(disk, "a", &buf), text) == 0;
		file->ops->close(file);
		disk_sim_free(disk);
	}
	return count;
}

static void what_was_not_synced_may_survive_or_not(void **state)
{
	(void)state;
	assert_in_range(outcomes("-", true, false), SEEDS / 4, SEEDS * 3 / 4);
	assert_in_range(outcomes("", false, true), SEEDS / 4, SEEDS * 3 / 4);
	assert_in_range(outcomes("x", false, true), SEEDS / 4, SEEDS * 3 / 4);
	assert_int_equal(outcomes("x", true, true), SEEDS);
}

static void a_large_write_may_be_torn_by_sectors(void **state)
{
	(void)state;
	unsigned torn = 0, order_broken = 0;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct disk *disk = disk_sim_new(seed);
		struct disk_file *file = open_file(disk, "a", CREATE);
		uint8_t ones[8 * 512];
		memset(ones, 1, sizeof(ones));
		struct err err;
		assert_ok(file->ops->truncate(file, sizeof(ones), &err), &err);
		sync_file(file);
		sync_dir(disk, ".");
		assert_ok(file->ops->write(file, 0, slice_of(ones, sizeof(ones)), &err), &err);
		disk_sim_crash(disk);
		file->ops->close(file);
		file = open_file(disk, "a", DISK_READ);
		size_t len = 0;
		assert_ok(file->ops->read(file, 0, ones, sizeof(ones), &len, &err), &err);
		assert_int_equal(len, sizeof(ones));
		unsigned kept = 0, holes = 0;
		for (size_t at = 0; at < len; at += 512) {
			for (size_t i = 1; i < 512; i++)
				assert_int_equal(ones[at + i], ones[at]); /* sectors are whole */
			holes += at > 0 && ones[at] == 1 && ones[at - 1] == 0;
			kept += ones[at];
		}
		torn += kept > 0 && kept < 8;
		order_broken += holes > 0;
		file->ops->close(file);
		disk_sim_free(disk);
	}
	assert_in_range(torn, SEEDS / 10, SEEDS);
	assert_in_range(order_broken, SEEDS / 10, SEEDS);
}

static void a_rename_leaves_the_old_or_the_new(void **state)
{
	(void)state;
	unsigned old = 0, new = 0;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		CLEANUP(buf_fini) struct buf buf = BUF_INIT(4096);
		struct disk *disk = disk_sim_new(seed);
		struct err err;
		struct disk_file *a = open_file(disk, "a", CREATE);
		put(a, 0, "old");
		sync_file(a);
		a->ops->close(a);
		sync_dir(disk, ".");
		struct disk_file *b = open_file(disk, "a.tmp", CREATE);
		put(b, 0, "new");
		sync_file(b);
		b->ops->close(b);
		assert_ok(disk->ops->rename(disk, "a.tmp", "a", &err), &err);
		assert_string_equal(content(disk, "a.tmp", &buf), "-");
		disk_sim_crash(disk);
		const char *now = content(disk, "a", &buf);
		old += strcmp(now, "old") == 0;
		new += strcmp(now, "new") == 0;
		disk_sim_free(disk);
	}
	assert_int_equal(old + new, SEEDS);
	assert_in_range(old, SEEDS / 10, SEEDS);
	assert_in_range(new, SEEDS / 10, SEEDS);
}

static void after_a_failed_sync_a_good_one_proves_nothing(void **state)
{
	(void)state;
	unsigned lost = 0;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		CLEANUP(buf_fini) struct buf buf = BUF_INIT(4096);
		struct disk *disk = disk_sim_new(seed);
		struct err err;
		struct disk_file *file = open_file(disk, "a", CREATE);
		sync_dir(disk, ".");
		put(file, 0, "x");
		disk_sim_fail_at(disk, DISK_SIM_SYNC, 1, DISK_SIM_IO);
		assert_fails(file->ops->sync(file, &err), &err, ERR_IO, "cannot sync a");
		assert_string_equal(content(disk, "a", &buf), "x");
		sync_file(file);
		disk_sim_crash(disk);
		lost += strcmp(content(disk, "a", &buf), "x") != 0;
		file->ops->close(file);
		disk_sim_free(disk);
	}
	assert_in_range(lost, SEEDS / 10, SEEDS * 9 / 10);
}

static void the_nth_operation_fails_and_the_power_goes(void **state)
{
	(void)state;
	struct err err;
	CLEANUP(buf_fini) struct buf lines = BUF_INIT(4096);
	struct disk *disk = disk_sim_new(1);
	disk_sim_trace(disk, &lines);
	struct disk_file *file = open_file(disk, "a", CREATE);
	disk_sim_fail_at(disk, DISK_SIM_WRITE | DISK_SIM_SYNC, 3, DISK_SIM_POWER);
	put(file, 0, "1");
	sync_file(file);
	assert_fails(file->ops->write(file, 0, SLICE("2"), &err), &err, ERR_IO, "write a");
	assert_fails(file->ops->sync(file, &err), &err, ERR_IO, "sync a");
	disk_sim_crash(disk);
	assert_fails(file->ops->write(file, 0, SLICE("3"), &err), &err, ERR_IO, "write a");
	file->ops->close(file);
	file = open_file(disk, "b", CREATE);
	put(file, 0, "4");
	file->ops->close(file);
	assert_int_equal(disk_sim_count(disk, DISK_SIM_WRITE), 4);
	assert_int_equal(disk_sim_count(disk, DISK_SIM_SYNC), 2);
	assert_string_equal(buf_str(&lines),
			    "create a\nwrite a 0+1\nsync a\nwrite a: EIO\nsync a: EIO\ncrash\n"
			    "write a: EIO\ncreate b\nwrite b 0+1\n");
	disk_sim_free(disk);
}

static void a_full_disk_writes_what_fits_and_has_room_again(void **state)
{
	(void)state;
	struct err err;
	CLEANUP(buf_fini) struct buf buf = BUF_INIT(4096);
	struct disk *disk = disk_sim_new(1);
	disk_sim_quota(disk, 8);
	struct disk_file *a = open_file(disk, "a", CREATE);
	struct disk_file *b = open_file(disk, "b", CREATE);
	put(a, 0, "12345");
	assert_fails(b->ops->write(b, 0, SLICE("12345"), &err), &err, ERR_NO_SPACE, "No space");
	assert_string_equal(content(disk, "b", &buf), "123");
	put(a, 0, "abcde"); /* overwriting takes no room */
	assert_fails(a->ops->allocate(a, 6, &err), &err, ERR_NO_SPACE, "resize a");
	b->ops->close(b);
	assert_ok(disk->ops->remove(disk, "b", &err), &err);
	put(a, 5, "678");
	assert_string_equal(content(disk, "a", &buf), "abcde678");
	disk_sim_read_only(disk, true);
	assert_fails(a->ops->write(a, 0, SLICE("x"), &err), &err, ERR_READ_ONLY, "Read-only");
	assert_fails(disk->ops->open(disk, "c", CREATE, &b, &err), &err, ERR_READ_ONLY, "open c");
	a->ops->close(a);
	assert_string_equal(content(disk, "a", &buf), "abcde678");
	disk_sim_free(disk);
}

static int join_names(void *arg, const char *name, bool is_dir)
{
	buf_printf(arg, "%s%s ", name, is_dir ? "/" : "");
	return 0;
}

static void folders_hold_names_and_move_with_them(void **state)
{
	(void)state;
	struct err err;
	CLEANUP(buf_fini) struct buf buf = BUF_INIT(4096);
	CLEANUP(buf_fini) struct buf names = BUF_INIT(4096);
	struct disk *disk = disk_sim_new(1);
	struct disk_file *file = NULL;
	assert_fails(disk->ops->open(disk, "d/a", CREATE, &file, &err), &err, ERR_NOT_FOUND, "d/a");
	assert_ok(disk->ops->make_dir(disk, "d", &err), &err);
	assert_ok(disk->ops->make_dir(disk, "d/", &err), &err);
	file = open_file(disk, "d//a", CREATE);
	put(file, 0, "x");
	file->ops->close(file);
	assert_fails(disk->ops->remove(disk, "d", &err), &err, ERR_IO, "not empty");
	assert_ok(disk->ops->rename(disk, "d", "e", &err), &err);
	assert_string_equal(content(disk, "e/a", &buf), "x");
	assert_ok(disk->ops->list(disk, ".", join_names, &names, &err), &err);
	assert_ok(disk->ops->list(disk, "e", join_names, &names, &err), &err);
	assert_string_equal(buf_str(&names), "e/ a ");
	assert_ok(disk->ops->remove(disk, "e/a", &err), &err);
	assert_ok(disk->ops->remove(disk, "e", &err), &err);
	disk_sim_free(disk);
}

static void a_lock_ends_with_its_file_and_with_the_power(void **state)
{
	(void)state;
	struct err err;
	struct disk *disk = disk_sim_new(1);
	struct disk_file *lock, *second;
	assert_ok(disk->ops->lock(disk, "l", &lock, &err), &err);
	assert_fails(disk->ops->lock(disk, "l", &second, &err), &err, ERR_CONFLICT, "held");
	lock->ops->close(lock);
	assert_ok(disk->ops->lock(disk, "l", &lock, &err), &err);
	disk_sim_crash(disk);
	assert_ok(disk->ops->lock(disk, "l", &second, &err), &err);
	lock->ops->close(lock);
	assert_fails(disk->ops->lock(disk, "l", &lock, &err), &err, ERR_CONFLICT, "held");
	second->ops->close(second);
	disk_sim_free(disk);
}

/* One file, random writes, resizes and reads, against a plain array. */
static void reads_agree_with_a_plain_array(void **state)
{
	(void)state;
	enum { BYTES = 20000 };
	struct rng rng = { .state = rng_seed_from_env() };
	struct disk *disk = disk_sim_new(7);
	struct disk_file *file = open_file(disk, "a", CREATE);
	uint8_t *model = mem_array(uint8_t, BYTES), *seen = mem_array(uint8_t, BYTES);
	uint64_t size = 0;
	struct err err;
	for (int i = 0; i < 3000; i++) {
		uint64_t at = rng_below(&rng, BYTES);
		size_t len = (size_t)rng_below(&rng, BYTES - at);
		uint64_t verb = rng_below(&rng, 10);
		if (verb < 4) {
			memset(seen, (int)rng_below(&rng, 3), len);
			assert_ok(file->ops->write(file, at, slice_of(seen, len), &err), &err);
			memcpy(model + at, seen, len);
			size = len > 0 ? MAX(size, at + len) : size;
		} else if (verb == 4) {
			assert_ok(file->ops->truncate(file, at, &err), &err);
			if (at < size)
				memset(model + at, 0, size - at);
			size = at;
		} else if (verb == 5) {
			sync_file(file);
		} else {
			size_t got = 0;
			assert_ok(file->ops->read(file, at, seen, len, &got, &err), &err);
			size_t want = at < size ? (size_t)MIN(size - at, (uint64_t)len) : 0;
			assert_int_equal(got, want);
			assert_memory_equal(seen, model + at, got);
		}
	}
	sync_file(file);
	sync_dir(disk, ".");
	disk_sim_crash(disk);
	file->ops->close(file);
	file = open_file(disk, "a", DISK_READ);
	size_t got = 0;
	assert_ok(file->ops->read(file, 0, seen, BYTES, &got, &err), &err);
	assert_int_equal(got, size);
	assert_memory_equal(seen, model, got);
	file->ops->close(file);
	disk_sim_rot(disk, "a", 3, 0);
	mem_free(model);
	mem_free(seen);
	disk_sim_free(disk);
}

int main(void)
{
	RUN_TESTS(TEST(what_was_synced_survives_every_crash),
		  TEST(what_was_not_synced_may_survive_or_not),
		  TEST(a_large_write_may_be_torn_by_sectors),
		  TEST(a_rename_leaves_the_old_or_the_new),
		  TEST(after_a_failed_sync_a_good_one_proves_nothing),
		  TEST(the_nth_operation_fails_and_the_power_goes),
		  TEST(a_full_disk_writes_what_fits_and_has_room_again),
		  TEST(folders_hold_names_and_move_with_them),
		  TEST(a_lock_ends_with_its_file_and_with_the_power),
		  TEST(reads_agree_with_a_plain_array));
}
