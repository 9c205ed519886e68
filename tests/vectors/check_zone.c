/* Time zones against Python's zoneinfo: offsets of instants, and instants of local times. */
#include "base/num.h"
#include "base/zone.h"
#include "tests/vectors/vectors.h"

static char directory[] = ZONE_DIRECTORY;
static struct zone_cache cache;

static const struct zone *zone_of(struct slice name)
{
	const struct zone *zone;
	struct err err;
	return zone_cache_get(&cache, name, &zone, &err) == 0 ? zone : NULL;
}

/* zone, seconds -> offset and abbreviation */
static void run_offset(const struct slice *fields, struct buf *got)
{
	const struct zone *zone = zone_of(fields[0]);
	int64_t seconds;
	if (zone == NULL || num_parse_i64(fields[1], &seconds, NULL) != 0) {
		buf_append_u8(got, '!');
		return;
	}
	struct zone_span span = zone_span(zone, seconds);
	buf_printf(got, "%d %s", span.offset, span.abbreviation);
}

/* zone, local seconds -> seconds */
static void run_instant(const struct slice *fields, struct buf *got)
{
	const struct zone *zone = zone_of(fields[0]);
	int64_t local;
	if (zone == NULL || num_parse_i64(fields[1], &local, NULL) != 0) {
		buf_append_u8(got, '!');
		return;
	}
	num_append_i64(got, zone_instant(zone, local, NULL));
}

int main(int argc, char **argv)
{
	static const struct vector_op ops[] = {
		{ "offset", 2, run_offset },
		{ "instant", 2, run_instant },
	};
	zone_cache_init(&cache, zone_files, directory);
	int status = vectors_main(argc, argv, ops, COUNT_OF(ops));
	zone_cache_fini(&cache);
	return status;
}
