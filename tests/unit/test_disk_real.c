#include "tests/lib/test.h"
#include "base/mem.h"
#include "host/disk.h"

#include <unistd.h>

struct fixture {
	struct disk *disk;
	char dir[64];
	struct err err;
};

static int set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	memcpy(f->dir, "/tmp/weir_disk_XXXXXX", sizeof("/tmp/weir_disk_XXXXXX"));
	assert_non_null(mkdtemp(f->dir));
	f->disk = disk_real_new();
	*state = f;
	return 0;
}

static int remove_name(void *arg, const char *name, bool is_dir)
{
	(void)is_dir;
	struct fixture *f = arg;
	CLEANUP(buf_fini) struct buf path = BUF_INIT(4096);
	buf_printf(&path, "%s/%s", f->dir, name);
	assert_ok(f->disk->ops->remove(f->disk, buf_str(&path), &f->err), &f->err);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	assert_ok(f->disk->ops->list(f->disk, f->dir, remove_name, f, &f->err), &f->err);
	assert_ok(f->disk->ops->remove(f->disk, f->dir, &f->err), &f->err);
	disk_real_free(f->disk);
	mem_free(f);
	return 0;
}

static const char *path_in(struct fixture *f, struct buf *buf, const char *name)
{
	buf_reset(buf);
	buf_printf(buf, "%s/%s", f->dir, name);
	return buf_str(buf);
}

static void what_is_written_is_read(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf path = BUF_INIT(4096);
	const struct disk_ops *ops = f->disk->ops;
	struct disk_file *file;
	assert_ok(ops->open(f->disk, path_in(f, &path, "a"), DISK_READ | DISK_WRITE | DISK_CREATE,
			    &file, &f->err),
		  &f->err);
	assert_ok(ops->write(file, 5, SLICE("world"), &f->err), &f->err);
	assert_ok(ops->write(file, 0, SLICE("hello"), &f->err), &f->err);
	uint8_t bytes[32];
	size_t len = 0;
	assert_ok(ops->read(file, 2, bytes, sizeof(bytes), &len, &f->err), &f->err);
	assert_slice(slice_of(bytes, len), "lloworld");
	assert_ok(ops->read(file, 10, bytes, sizeof(bytes), &len, &f->err), &f->err);
	assert_int_equal(len, 0);
	uint64_t size = 0;
	assert_ok(ops->allocate(file, 10000, &f->err), &f->err);
	assert_ok(ops->size(file, &size, &f->err), &f->err);
	assert_int_equal(size, 10000);
	assert_ok(ops->allocate(file, 10, &f->err), &f->err); /* never shrinks */
	assert_ok(ops->size(file, &size, &f->err), &f->err);
	assert_int_equal(size, 10000);
	assert_ok(ops->truncate(file, 3, &f->err), &f->err);
	assert_ok(ops->read(file, 0, bytes, sizeof(bytes), &len, &f->err), &f->err);
	assert_slice(slice_of(bytes, len), "hel");
	assert_ok(ops->sync(file, &f->err), &f->err);
	assert_ok(ops->sync_dir(f->disk, f->dir, &f->err), &f->err);
	assert_true(ops->descriptor(file) >= 0);
	ops->close(file);
}

static void a_failure_says_what_and_where(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf path = BUF_INIT(4096);
	const struct disk_ops *ops = f->disk->ops;
	struct disk_file *file = NULL;
	assert_fails(ops->open(f->disk, path_in(f, &path, "none"), DISK_READ, &file, &f->err),
		     &f->err, ERR_NOT_FOUND, "/none: No such file");
	assert_null(file);
	assert_ok(ops->open(f->disk, path_in(f, &path, "a"),
			    DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE, &file, &f->err),
		  &f->err);
	struct disk_file *again = NULL;
	assert_fails(ops->open(f->disk, buf_str(&path), DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE,
			       &again, &f->err),
		     &f->err, ERR_EXISTS, "cannot open");
	uint8_t byte;
	size_t len = 7;
	assert_fails(ops->read(file, 0, &byte, 1, &len, &f->err), &f->err, ERR_IO, "cannot read");
	assert_int_equal(len, 7);
	struct disk_stat st = { .bytes = 9 };
	assert_fails(ops->stat(f->disk, path_in(f, &path, "none"), &st, &f->err), &f->err,
		     ERR_NOT_FOUND, "stat");
	assert_int_equal(st.bytes, 9);
	ops->close(file);
	ops->close(NULL);
}

static int join_names(void *arg, const char *name, bool is_dir)
{
	buf_printf(arg, "%s%s ", name, is_dir ? "/" : "");
	return 0;
}

static void names_are_listed_in_order(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf path = BUF_INIT(4096);
	CLEANUP(buf_fini) struct buf other = BUF_INIT(4096);
	CLEANUP(buf_fini) struct buf names = BUF_INIT(4096);
	const struct disk_ops *ops = f->disk->ops;
	static const char *const NAMES[] = { "b", "a", "ab" };
	for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
		struct disk_file *file;
		assert_ok(ops->open(f->disk, path_in(f, &path, NAMES[i]), DISK_WRITE | DISK_CREATE,
				    &file, &f->err),
			  &f->err);
		ops->close(file);
	}
	assert_ok(ops->make_dir(f->disk, path_in(f, &path, "aa"), &f->err), &f->err);
	assert_ok(ops->make_dir(f->disk, path_in(f, &path, "aa"), &f->err), &f->err);
	assert_fails(ops->make_dir(f->disk, path_in(f, &path, "a"), &f->err), &f->err, ERR_EXISTS,
		     "make folder");
	assert_ok(ops->rename(f->disk, path_in(f, &path, "b"), path_in(f, &other, "c"), &f->err),
		  &f->err);
	assert_ok(ops->list(f->disk, f->dir, join_names, &names, &f->err), &f->err);
	assert_string_equal(buf_str(&names), "a aa/ ab c ");
}

static void a_lock_is_held_once(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf path = BUF_INIT(4096);
	const struct disk_ops *ops = f->disk->ops;
	struct disk_file *lock, *second;
	assert_ok(ops->lock(f->disk, path_in(f, &path, ".lock"), &lock, &f->err), &f->err);
	assert_fails(ops->lock(f->disk, buf_str(&path), &second, &f->err), &f->err, ERR_CONFLICT,
		     "another process holds it");
	ops->close(lock);
	assert_ok(ops->lock(f->disk, buf_str(&path), &second, &f->err), &f->err);
	ops->close(second);
}

#define DISK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(DISK_TEST(what_is_written_is_read), DISK_TEST(a_failure_says_what_and_where),
		  DISK_TEST(names_are_listed_in_order), DISK_TEST(a_lock_is_held_once));
}
