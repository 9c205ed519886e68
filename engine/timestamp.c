#include "engine/timestamp.h"

#include "base/pattern.h"

struct timestamp_reader {
	struct pattern *pattern; /* NULL: the column is a number */
	struct zone_cache zones;
	const struct zone *utc; /* owned by `zones` */
};

static char ZONE_FILES[] = ZONE_DIRECTORY;

static void free_pattern(void *arg)
{
	pattern_free(arg);
}

static void free_zones(void *arg)
{
	zone_cache_fini(arg);
}

fallible timestamp_reader_open(const struct type *type, struct slice pattern, struct arena *arena,
			       struct timestamp_reader **ret_reader, struct err *err)
{
	struct timestamp_reader *reader = arena_new(arena, struct timestamp_reader);
	if (type->kind == TYPE_STRING) {
		TRY(pattern_compile(pattern, PATTERN_JAVA, true, &reader->pattern, err));
		arena_cleanup(arena, free_pattern, reader->pattern);
		zone_cache_init(&reader->zones, zone_files, ZONE_FILES);
		arena_cleanup(arena, free_zones, &reader->zones);
		TRY(zone_cache_get(&reader->zones, SLICE("UTC"), &reader->utc, err));
	}
	*ret_reader = reader;
	return 0;
}

fallible timestamp_read(struct timestamp_reader *reader, const struct column *column, uint32_t row,
			int64_t *ret_ms, struct err *err)
{
	int64_t ms = 0;
	if (column_is_null(column, row))
		return err_set(err, ERR_EVALUATION,
			       "Failed to extract timestamp from row: it is NULL");
	if (reader->pattern == NULL)
		ms = column->i64[row];
	else
		TRY(pattern_parse_timestamp(reader->pattern, column->bytes[row], &reader->zones,
					    reader->utc, &ms, err));
	if (ms < 0)
		return err_set(err, ERR_EVALUATION,
			       "Failed to extract timestamp from row: %lld is before 1970",
			       (long long)ms);
	*ret_ms = ms;
	return 0;
}
