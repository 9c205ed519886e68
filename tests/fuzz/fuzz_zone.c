/* A time zone's file: whatever the bytes are, it is refused or answers for every instant. */
#include "base/time.h"
#include "base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone *zone;
	struct err err;
	if (zone_parse(SLICE("Fuzz/Zone"), slice_of(data, size), &zone, &err) != 0) {
		assert(err.text[0] != '\0');
		return 0;
	}
	static const int64_t instants[] = {
		INT64_MIN, -4000000000, -1, 0, 1612325106, 4000000000, INT64_C(8000000000000),
		INT64_MAX
	};
	for (size_t i = 0; i < COUNT_OF(instants); i++) {
		int64_t at = instants[i];
		struct zone_span span = zone_span(zone, at);
		assert(span.from <= at);
		assert(at < span.until || span.until == INT64_MAX);
		assert(span.offset > -26 * 3600 && span.offset < 26 * 3600);
		if (at > TIME_DAYS_MIN * TIME_DAY_SECONDS &&
		    at < TIME_DAYS_MAX * TIME_DAY_SECONDS) {
			int32_t offset;
			int64_t instant = zone_instant(zone, at, &offset);
			assert(instant >= at - 2 * 93600 && instant <= at + 2 * 93600);
		}
	}
	zone_free(zone);
	return 0;
}
