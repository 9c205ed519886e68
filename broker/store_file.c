#include "broker/store_file.h"

static void put_escaped(struct buf *to, struct slice text, bool key)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == '\n')
			buf_append_str(to, "\\n");
		else if (c == '\r')
			buf_append_str(to, "\\r");
		else if (c == '\\')
			buf_append_str(to, "\\\\");
		else if (key && c == '=')
			buf_append_str(to, "\\e");
		else
			buf_append_u8(to, c);
	}
}

void store_file_put(struct buf *to, const char *prefix, struct slice key, struct slice value)
{
	buf_append_str(to, prefix);
	put_escaped(to, key, true);
	buf_append_u8(to, '=');
	put_escaped(to, value, false);
	buf_append_u8(to, '\n');
}

static struct slice unescape(struct arena *arena, struct slice text)
{
	uint8_t *to = arena_array(arena, uint8_t, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == '\\' && i + 1 < text.len) {
			c = text.data[++i];
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'e' ? '=' : c;
		}
		to[len++] = c;
	}
	return slice_of(to, len);
}

bool store_file_next(struct slice *content, struct arena *arena, struct slice *ret_key,
		     struct slice *ret_value)
{
	while (content->len > 0) {
		size_t end = MIN(slice_find_byte(*content, '\n', 0), content->len);
		struct slice line = slice_sub(*content, 0, end);
		*content = slice_sub(*content, end + 1, SIZE_MAX);
		size_t equals = slice_find_byte(line, '=', 0);
		if (equals == SIZE_MAX)
			continue;
		*ret_key = unescape(arena, slice_sub(line, 0, equals));
		*ret_value = unescape(arena, slice_sub(line, equals + 1, SIZE_MAX));
		return true;
	}
	return false;
}

static fallible write_synced(struct disk *disk, const char *path, struct slice content,
			     struct err *err)
{
	struct disk_file *file;
	TRY(disk->ops->open(disk, path, DISK_WRITE | DISK_CREATE | DISK_TRUNCATE, &file, err));
	int code = disk->ops->write(file, 0, content, err);
	if (code == 0)
		code = disk->ops->sync(file, err);
	disk->ops->close(file);
	return code;
}

fallible store_file_write(struct disk *disk, const char *dir, const char *name,
			  struct slice content, struct err *err)
{
	struct buf path CLEANUP(buf_fini) = BUF_INIT(8192), next CLEANUP(buf_fini) = BUF_INIT(8192);
	assert(content.len <= STORE_FILE_BYTES_MAX);
	buf_printf(&path, "%s/%s", dir, name);
	buf_printf(&next, "%s/%s~", dir, name);
	TRY(buf_check(&next, "the path", err));
	TRY(write_synced(disk, buf_str(&next), content, err));
	TRY(disk->ops->rename(disk, buf_str(&next), buf_str(&path), err));
	return disk->ops->sync_dir(disk, dir, err);
}

fallible store_file_read(struct disk *disk, const char *dir, const char *name, struct buf *to,
			 struct err *err)
{
	struct buf path CLEANUP(buf_fini) = BUF_INIT(8192);
	buf_printf(&path, "%s/%s", dir, name);
	struct disk_file *file;
	TRY(disk->ops->open(disk, buf_str(&path), DISK_READ, &file, err));
	uint64_t bytes = 0;
	int code = disk->ops->size(file, &bytes, err);
	if (code == 0 && bytes > STORE_FILE_BYTES_MAX)
		code = err_set(err, ERR_LIMIT, "%s is too large", buf_str(&path));
	uint8_t *room = code == 0 ? buf_reserve(to, (size_t)bytes) : NULL;
	size_t len = 0;
	if (code == 0 && room == NULL && bytes > 0)
		code = err_set(err, ERR_LIMIT, "%s is too large", buf_str(&path));
	if (code == 0 && bytes > 0)
		code = disk->ops->read(file, 0, room, (size_t)bytes, &len, err);
	if (code == 0)
		buf_advance(to, len);
	disk->ops->close(file);
	return code;
}

fallible store_file_remove(struct disk *disk, const char *dir, const char *name, struct err *err)
{
	struct buf path CLEANUP(buf_fini) = BUF_INIT(8192);
	buf_printf(&path, "%s/%s", dir, name);
	TRY(disk->ops->remove(disk, buf_str(&path), err));
	return disk->ops->sync_dir(disk, dir, err);
}
