/*
 * zone.h - time zones: from an instant to the offset from UTC, and from local time to an instant.
 *
 * A zone is an offset that never changes, or what a TZif file (RFC 9636, versions 1 to 4) says:
 * every transition, then the rule in its footer for ever after. It is immutable, so it may be
 * shared; a `struct zone_span` is a stretch of time with one offset, kept by the caller, in which
 * further look-ups are two comparisons. base/ reads no files by itself: a zone_cache asks a loader
 * for a name's bytes, and keeps its zones until it is closed. zone_files is the loader for a
 * directory such as /usr/share/zoneinfo. Names and their errors are those of Java's ZoneId.
 */
#ifndef WEIR_BASE_ZONE_H
#define WEIR_BASE_ZONE_H

#include "base/bytes.h"
#include "base/map.h"

#define ZONE_NAME_BYTES_MAX ((size_t)64)
#define ZONE_FILE_BYTES_MAX ((size_t)256 * 1024)
#define ZONE_TRANSITIONS_MAX ((size_t)8192)
/* Zones that one cache keeps: all of the database's names, and room for odd offsets. */
#define ZONE_CACHE_ZONES_MAX ((uint32_t)4096)
#define ZONE_ABBREVIATION_BYTES_MAX ((size_t)16)
#define ZONE_DIRECTORY "/usr/share/zoneinfo"

struct zone;
struct zone_names;

/* A stretch of time, [from, until) in seconds since 1970, with one offset. Zeroed: empty. */
struct zone_span {
	int64_t from, until;
	int32_t offset; /* seconds east of UTC */
	bool daylight;  /* the offset is ahead of the zone's standard time */
	char abbreviation[ZONE_ABBREVIATION_BYTES_MAX];
};

/* Reads a TZif file's bytes; refuses what RFC 9636 forbids, and files that count leap seconds. */
fallible zone_parse(struct slice name, struct slice bytes, struct zone **ret_zone, struct err *err);
struct zone *zone_fixed(struct slice name, int32_t offset_seconds);
void zone_free(struct zone *zone);

struct slice zone_name(const struct zone *zone);
/* The zone is one offset for ever, without a region's name: Z, +02:00. */
bool zone_is_offset(const struct zone *zone);
/* What people call it (zone_names.h); NULL: nothing. */
const struct zone_names *zone_names(const struct zone *zone);
/* The span that holds an instant. */
struct zone_span zone_span(const struct zone *zone, int64_t seconds);

/* Seconds east of UTC at an instant. `span` is the caller's memory of the last answer. */
static inline int32_t zone_offset(const struct zone *zone, int64_t ms, struct zone_span *span)
{
	int64_t seconds = ms / 1000 - (ms % 1000 < 0);
	if (UNLIKELY(seconds < span->from || seconds >= span->until))
		*span = zone_span(zone, seconds);
	return span->offset;
}

/*
 * The instant, in seconds, of a local date and time given as seconds since 1970-01-01T00:00 on the
 * local calendar. As in Java: a time that the clock skipped moves forward by what was skipped; of
 * two offsets that fit, the earlier counts (the clock before it was set back).
 */
int64_t zone_instant(const struct zone *zone, int64_t local_seconds, int32_t *ret_offset);
/* The offset is one of those that the local time may have. */
bool zone_offset_fits(const struct zone *zone, int64_t local_seconds, int32_t offset);

/* Yields the TZif bytes of a zone name, ERR_NOT_FOUND when there is no such zone. */
typedef fallible zone_load(void *arg, struct slice name, struct buf *bytes, struct err *err);

struct zone_cache {
	struct map zones; /* name -> struct zone, owned */
	zone_load *load;
	void *arg; /* borrowed: the loader's */
};

void zone_cache_init(struct zone_cache *cache, zone_load *load, void *arg);
void zone_cache_fini(struct zone_cache *cache);
/*
 * The zone of a name: Z, +2, +02:00, +02:00:30, UTC, GMT+2, Europe/London, and the old three-letter
 * names (PST). Lives as long as the cache.
 */
fallible zone_cache_get(struct zone_cache *cache, struct slice name, const struct zone **ret_zone,
			struct err *err);

/* A loader: `arg` is the directory's path, a C string. */
fallible zone_files(void *arg, struct slice name, struct buf *bytes, struct err *err);

#endif
