#include "host/disk.h"
#include "base/mem.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES_MAX ((size_t)64 * 1024)
#define FILE_MODE 0644
#define DIR_MODE 0755

struct real_file {
	struct disk_file file;
	int descriptor;
	char *path; /* owned; for messages */
};

static const struct disk_ops REAL_OPS;

static struct real_file *real_of(struct disk_file *file)
{
	assert(file->ops == &REAL_OPS);
	return CONTAINER_OF(file, struct real_file, file);
}

/* Fills `err` from `number`, an errno value: "cannot write /a/b: No space left on device". */
static fallible fail(struct err *err, int number, const char *verb, const char *path)
{
	CLEANUP(buf_fini) struct buf what = BUF_INIT(PATH_BYTES_MAX);
	buf_printf(&what, "%s %s", verb, path);
	return err_from_errno(err, number, buf_str(&what));
}

static int flags_of(unsigned flags)
{
	int result = O_CLOEXEC;
	if (flags & DISK_WRITE)
		result |= flags & DISK_READ ? O_RDWR : O_WRONLY;
	if (flags & DISK_CREATE)
		result |= O_CREAT;
	if (flags & DISK_EXCLUSIVE)
		result |= O_EXCL;
	if (flags & DISK_TRUNCATE)
		result |= O_TRUNC;
	return result;
}

static int open_again(const char *path, int flags)
{
	int descriptor;
	do
		descriptor = open(path, flags, FILE_MODE);
	while (descriptor < 0 && errno == EINTR);
	return descriptor;
}

static struct disk_file *file_new(int descriptor, const char *path)
{
	struct real_file *real = mem_new(struct real_file);
	real->file.ops = &REAL_OPS;
	real->descriptor = descriptor;
	real->path = mem_strdup(path);
	return &real->file;
}

static fallible real_open(struct disk *disk, const char *path, unsigned flags,
			  struct disk_file **ret_file, struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	assert(flags & (DISK_READ | DISK_WRITE));
	int descriptor = open_again(path, flags_of(flags));
	if (descriptor < 0)
		return fail(err, errno, "open", path);
	*ret_file = file_new(descriptor, path);
	return 0;
}

static fallible real_read(struct disk_file *file, uint64_t at, uint8_t *to, size_t len,
			  size_t *ret_len, struct err *err)
{
	struct real_file *real = real_of(file);
	size_t done = 0;
	while (done < len) {
		ssize_t n = pread(real->descriptor, to + done, len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(err, errno, "read", real->path);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_len = done;
	return 0;
}

static fallible real_write(struct disk_file *file, uint64_t at, struct slice bytes, struct err *err)
{
	struct real_file *real = real_of(file);
	size_t done = 0;
	while (done < bytes.len) {
		ssize_t n = pwrite(real->descriptor, bytes.data + done, bytes.len - done,
				   (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(err, errno, "write", real->path);
		done += (size_t)n;
	}
	return 0;
}

static fallible real_sync(struct disk_file *file, struct err *err)
{
	struct real_file *real = real_of(file);
	/* Not asked again after EINTR: a second sync may answer for less than the first. */
	if (fdatasync(real->descriptor) != 0)
		return fail(err, errno, "sync", real->path);
	return 0;
}

static fallible real_truncate(struct disk_file *file, uint64_t bytes, struct err *err)
{
	struct real_file *real = real_of(file);
	int result;
	do
		result = ftruncate(real->descriptor, (off_t)bytes);
	while (result != 0 && errno == EINTR);
	return result != 0 ? fail(err, errno, "truncate", real->path) : 0;
}

static fallible real_allocate(struct disk_file *file, uint64_t bytes, struct err *err)
{
	struct real_file *real = real_of(file);
	if (bytes == 0)
		return 0;
	int number;
	do
		number = posix_fallocate(real->descriptor, 0, (off_t)bytes);
	while (number == EINTR);
	return number != 0 ? fail(err, number, "allocate", real->path) : 0;
}

static fallible real_size(struct disk_file *file, uint64_t *ret_bytes, struct err *err)
{
	struct real_file *real = real_of(file);
	struct stat st;
	if (fstat(real->descriptor, &st) != 0)
		return fail(err, errno, "stat", real->path);
	*ret_bytes = (uint64_t)st.st_size;
	return 0;
}

static void real_close(struct disk_file *file)
{
	if (file == NULL)
		return;
	struct real_file *real = real_of(file);
	close(real->descriptor);
	mem_free(real->path);
	mem_free(real);
}

static int real_descriptor(struct disk_file *file)
{
	return real_of(file)->descriptor;
}

static fallible real_stat(struct disk *disk, const char *path, struct disk_stat *ret_stat,
			  struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	struct stat st;
	if (stat(path, &st) != 0)
		return fail(err, errno, "stat", path);
	*ret_stat = (struct disk_stat){
		.bytes = (uint64_t)st.st_size,
		.modified_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000,
		.is_dir = S_ISDIR(st.st_mode),
	};
	return 0;
}

static fallible real_rename(struct disk *disk, const char *from, const char *to, struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	return rename(from, to) != 0 ? fail(err, errno, "rename", from) : 0;
}

static fallible real_remove(struct disk *disk, const char *path, struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	return remove(path) != 0 ? fail(err, errno, "remove", path) : 0;
}

static fallible real_make_dir(struct disk *disk, const char *path, struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	if (mkdir(path, DIR_MODE) == 0)
		return 0;
	int number = errno;
	struct stat st;
	if (number == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return fail(err, number, "make folder", path);
}

static fallible real_sync_dir(struct disk *disk, const char *path, struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	int descriptor = open_again(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return fail(err, errno, "open folder", path);
	int number = fsync(descriptor) != 0 ? errno : 0;
	close(descriptor);
	return number != 0 ? fail(err, number, "sync folder", path) : 0;
}

struct name {
	char *text; /* owned */
	bool is_dir;
};

struct names {
	VEC(struct name) list;
};

static void names_fini(struct names *names)
{
	vec_each (it, &names->list)
		mem_free(it->text);
	vec_fini(&names->list);
}

static int name_cmp(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static bool entry_is_dir(DIR *dir, const struct dirent *entry)
{
	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	struct stat st;
	return fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* Yields 0, or the errno value of what failed. */
static int names_read(struct names *names, const char *path)
{
	DIR *dir = opendir(path);
	if (dir == NULL)
		return errno;
	const struct dirent *entry;
	while (errno = 0, (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		vec_push(&names->list, (struct name){ .text = mem_strdup(entry->d_name),
						      .is_dir = entry_is_dir(dir, entry) });
	}
	int number = errno;
	closedir(dir);
	return number;
}

/* The names are gathered first, so that `visit` may rename and remove. */
static fallible real_list(struct disk *disk, const char *path, disk_visit *visit, void *arg,
			  struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	CLEANUP(names_fini) struct names names = { 0 };
	int number = names_read(&names, path);
	if (number != 0)
		return fail(err, number, "list", path);
	if (names.list.len > 1)
		qsort(names.list.items, names.list.len, sizeof(*names.list.items), name_cmp);
	vec_each (it, &names.list)
		if (visit(arg, it->text, it->is_dir) != 0)
			break;
	return 0;
}

static fallible real_lock(struct disk *disk, const char *path, struct disk_file **ret_lock,
			  struct err *err)
{
	assert(disk->ops == &REAL_OPS);
	int descriptor = open_again(path, O_RDWR | O_CREAT | O_CLOEXEC);
	if (descriptor < 0)
		return fail(err, errno, "open", path);
	if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
		int number = errno;
		close(descriptor);
		if (number == EWOULDBLOCK)
			return err_set(err, ERR_CONFLICT,
				       "cannot lock %s: another process holds it", path);
		return fail(err, number, "lock", path);
	}
	*ret_lock = file_new(descriptor, path);
	return 0;
}

static const struct disk_ops REAL_OPS = {
	.name = "real",
	.open = real_open,
	.read = real_read,
	.write = real_write,
	.sync = real_sync,
	.truncate = real_truncate,
	.allocate = real_allocate,
	.size = real_size,
	.close = real_close,
	.descriptor = real_descriptor,
	.stat = real_stat,
	.rename = real_rename,
	.remove = real_remove,
	.make_dir = real_make_dir,
	.sync_dir = real_sync_dir,
	.list = real_list,
	.lock = real_lock,
};

struct disk *disk_real_new(void)
{
	struct disk *disk = mem_new(struct disk);
	disk->ops = &REAL_OPS;
	return disk;
}

void disk_real_free(struct disk *disk)
{
	assert(disk == NULL || disk->ops == &REAL_OPS);
	mem_free(disk);
}
