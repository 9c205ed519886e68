/*
 * Kafka's checkpoint files of a data folder: "0", the number of lines, then "topic partition
 * offset" on each.
 */
#include "broker/log_priv.h"

#include "base/mem.h"
#include "base/num.h"

static struct slice next_line(struct slice *text)
{
	size_t end = slice_find_byte(*text, '\n', 0);
	struct slice line = slice_sub(*text, 0, end == SIZE_MAX ? text->len : end);
	*text = end == SIZE_MAX ? slice_sub(*text, text->len, 0)
				: slice_sub(*text, end + 1, SIZE_MAX);
	return slice_trim(line);
}

/* "topic partition offset": the key is "topic-partition". */
static fallible parse_line(struct slice line, struct map *offsets, struct err *err)
{
	size_t topic_end = slice_find_byte(line, ' ', 0);
	size_t partition_end =
		topic_end == SIZE_MAX ? SIZE_MAX : slice_find_byte(line, ' ', topic_end + 1);
	int64_t offset;
	if (partition_end == SIZE_MAX)
		return err_set(err, ERR_CORRUPT, "a checkpoint's line \"%.*s\"", SLICE_ARGS(line));
	TRY(num_parse_i64(slice_sub(line, partition_end + 1, SIZE_MAX), &offset, err));
	CLEANUP(buf_fini) struct buf key = BUF_INIT(SEGMENT_PATH_MAX);
	buf_append(&key, slice_sub(line, 0, topic_end));
	buf_append_str(&key, "-");
	buf_append(&key, slice_sub(line, topic_end + 1, partition_end - topic_end - 1));
	int64_t *value = mem_new(int64_t);
	*value = offset;
	mem_free(map_put(offsets, buf_slice(&key), value));
	return 0;
}

fallible checkpoint_read_offsets(struct disk *disk, const char *path, struct map *offsets,
				 struct err *err)
{
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(CHECKPOINT_BYTES_MAX);
	int64_t version, count;
	int code = segment_read_file(disk, path, &bytes, err);
	if (code == ERR_NOT_FOUND)
		return 0;
	TRY(code);
	struct slice text = buf_slice(&bytes);
	/* A file that is not what it should be is as good as none: more is read again. */
	if (num_parse_i64(next_line(&text), &version, NULL) != 0 || version != 0 ||
	    num_parse_i64(next_line(&text), &count, NULL) != 0)
		return 0;
	for (int64_t i = 0; i < count && text.len > 0; i++) {
		if (parse_line(next_line(&text), offsets, NULL) != 0)
			return 0;
	}
	return 0;
}

void checkpoint_offsets_fini(struct map *offsets)
{
	map_each (entry, offsets)
		mem_free(entry->value);
	map_fini(offsets);
}

int64_t checkpoint_offset(const struct map *offsets, const struct log *log, int64_t otherwise)
{
	CLEANUP(buf_fini) struct buf key = BUF_INIT(SEGMENT_PATH_MAX);
	buf_printf(&key, "%s-%d", log->topic, log->partition);
	const int64_t *offset = map_get(offsets, buf_slice(&key));
	return offset != NULL ? *offset : otherwise;
}

void checkpoint_print_offsets(const struct log_store *store, checkpoint_value *value,
			      struct buf *to)
{
	uint32_t count = 0;
	map_each (entry, &store->logs)
		count += value(entry->value) >= 0;
	buf_printf(to, "0\n%u\n", count);
	map_each (entry, &store->logs) {
		const struct log *log = entry->value;
		int64_t offset = value(log);
		if (offset >= 0)
			buf_printf(to, "%s %d %lld\n", log->topic, log->partition,
				   (long long)offset);
	}
}
