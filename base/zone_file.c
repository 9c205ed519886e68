/*
 * The one place in base/ that opens a file: time zones are the system's data, read once per name,
 * and every program that has dates needs them.
 */
#include "base/zone.h"

#include <stdio.h>

static void close_file(FILE **file)
{
	if (*file != NULL)
		(void)fclose(*file);
}

/* A name that stays inside the directory: relative, and no part of it is "." or "..". */
static bool stays_inside(struct slice name)
{
	if (name.len == 0 || name.len > ZONE_NAME_BYTES_MAX || name.data[0] == '/')
		return false;
	return slice_find_byte(name, 0, 0) == SIZE_MAX && name.data[0] != '.' &&
	       slice_find(name, SLICE("/."), 0) == SIZE_MAX;
}

fallible zone_files(void *arg, struct slice name, struct buf *bytes, struct err *err)
{
	assert(arg != NULL);
	if (!stays_inside(name))
		return err_set(err, ERR_NOT_FOUND, "'%.*s' is not the name of a time zone",
			       SLICE_ARGS(slice_sub(name, 0, ZONE_NAME_BYTES_MAX)));
	CLEANUP(buf_fini) struct buf path = BUF_INIT(4096);
	buf_printf(&path, "%s/%.*s", (const char *)arg, SLICE_ARGS(name));
	TRY(buf_check(&path, "the path of a time zone", err));
	CLEANUP(close_file) FILE *file = fopen(buf_str(&path), "rb");
	if (file == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", buf_str(&path));
	uint8_t chunk[4096];
	size_t n;
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0 && bytes->len <= ZONE_FILE_BYTES_MAX)
		buf_append(bytes, slice_of(chunk, n));
	/* A directory opens, and cannot be read. */
	if (ferror(file))
		return err_set(err, ERR_NOT_FOUND, "%s is not a file", buf_str(&path));
	return buf_check(bytes, "a time zone", err);
}
