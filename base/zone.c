#include "base/zone.h"

#include "base/mem.h"
#include "base/time.h"
#include "base/zone_names.h"
#include "base/zone_priv.h"

/* No offset in a file is larger: RFC 9636 allows -24:59:59 to +25:59:59. */
#define OFFSET_ABOVE INT64_C(93600)
/* A day more than the calendar has on either side. */
#define LOCAL_SECONDS_MAX ((TIME_DAYS_MAX + 1) * TIME_DAY_SECONDS)

struct zone *zone_empty(struct slice name)
{
	assert(name.len <= ZONE_NAME_BYTES_MAX);
	struct zone *zone = mem_new(struct zone);
	memcpy(zone->name, name.data, name.len);
	zone->names = zone_names_of(name);
	return zone;
}

struct zone *zone_fixed(struct slice name, int32_t offset_seconds)
{
	struct zone *zone = zone_empty(name);
	uint8_t first = name.len > 0 ? name.data[0] : 'Z';
	zone->is_offset = first == '+' || first == '-' || slice_eq_str(name, "Z");
	zone->type_count = 1;
	zone->type = mem_array(struct zone_type, 1);
	zone->type[0].offset = offset_seconds;
	memcpy(zone->type[0].abbreviation, name.data,
	       MIN(name.len, ZONE_ABBREVIATION_BYTES_MAX - 1));
	return zone;
}

void zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	mem_free(zone->times);
	mem_free(zone->types);
	mem_free(zone->daylight);
	mem_free(zone->type);
	mem_free(zone);
}

struct slice zone_name(const struct zone *zone)
{
	return slice_str(zone->name);
}

const struct zone_names *zone_names(const struct zone *zone)
{
	return zone->names;
}

bool zone_is_offset(const struct zone *zone)
{
	return zone->is_offset;
}

/* How many transitions are at or before an instant. */
static uint32_t count_until(const struct zone *zone, int64_t seconds)
{
	uint32_t low = 0, high = zone->transitions;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (zone->times[middle] <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct zone_span zone_span(const struct zone *zone, int64_t seconds)
{
	uint32_t n = count_until(zone, seconds);
	if (n == zone->transitions && zone->has_rule)
		return zone_rule_span(&zone->rule, n > 0 ? zone->times[n - 1] : INT64_MIN, seconds);
	const struct zone_type *type = &zone->type[n > 0 ? zone->types[n - 1] : 0];
	struct zone_span span = {
		.from = n > 0 ? zone->times[n - 1] : INT64_MIN,
		.until = n < zone->transitions ? zone->times[n] : INT64_MAX,
		.offset = type->offset,
		.daylight = n > 0 && zone->daylight[n - 1],
	};
	memcpy(span.abbreviation, type->abbreviation, sizeof(span.abbreviation));
	assert(seconds >= span.from);
	return span;
}

/* The local time at which a span ends is at or before this one. */
static bool ended(const struct zone_span *span, int64_t local_seconds)
{
	return span->until != INT64_MAX && local_seconds - span->offset >= span->until;
}

int64_t zone_instant(const struct zone *zone, int64_t local_seconds, int32_t *ret_offset)
{
	assert(local_seconds <= LOCAL_SECONDS_MAX);
	assert(local_seconds >= -LOCAL_SECONDS_MAX);
	/* From a span that begins safely before, to the first that has not ended by then. */
	struct zone_span span = zone_span(zone, local_seconds - OFFSET_ABOVE);
	int32_t before = span.offset;
	while (ended(&span, local_seconds)) {
		before = span.offset;
		span = zone_span(zone, span.until);
	}
	/* Behind the end of one span and not yet in the next: the clock skipped this time. */
	bool skipped = local_seconds - span.offset < span.from;
	int64_t instant = local_seconds - (skipped ? before : span.offset);
	if (ret_offset != NULL)
		*ret_offset = span.offset;
	return instant;
}

bool zone_offset_fits(const struct zone *zone, int64_t local_seconds, int32_t offset)
{
	return zone_span(zone, local_seconds - offset).offset == offset;
}
