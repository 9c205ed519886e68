#include "base/zone_names.h"

#include "base/zone.h"

enum zone_names_id {
#define ZONE_NAMES(id, zone, s, standard, d, daylight, e, either) NAMES_##id,
#include "base/zone_names.def"
#undef ZONE_NAMES
	NAMES_COUNT,
};

static const struct zone_names all_names[NAMES_COUNT] = {
#define ZONE_NAMES(id, zone, s, standard, d, daylight, e, either)                                  \
	{ zone, { { s, standard }, { d, daylight }, { e, either } } },
#include "base/zone_names.def"
#undef ZONE_NAMES
};

/* Sorted by name. */
static const struct {
	const char *name;
	enum zone_names_id names;
} regions[] = {
#define ZONE(name, id) { name, NAMES_##id },
#include "base/zone_names.def"
#undef ZONE
};

const struct zone_names *zone_names_of(struct slice zone)
{
	size_t low = 0, high = COUNT_OF(regions);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_cmp(slice_str(regions[middle].name), zone);
		if (order == 0)
			return &all_names[regions[middle].names];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool begins(struct slice text, const char *name, size_t len, bool ignore_case)
{
	if (text.len < len)
		return false;
	struct slice front = slice_of(text.data, len), whole = slice_of(name, len);
	return ignore_case ? slice_eq_nocase(front, whole) : slice_eq(front, whole);
}

const char *zone_names_match(struct slice text, bool full, bool ignore_case, size_t *ret_len)
{
	const char *zone = NULL;
	size_t longest = 0;
	for (size_t i = 0; i < NAMES_COUNT; i++) {
		for (int season = 0; season < ZONE_SEASONS; season++) {
			const char *name = all_names[i].name[season][full];
			size_t len = strlen(name);
			if (len > longest && begins(text, name, len, ignore_case)) {
				longest = len;
				zone = all_names[i].zone;
			}
		}
	}
	if (zone != NULL)
		*ret_len = longest;
	return zone;
}

const char *zone_region_match(struct slice text, bool ignore_case)
{
	const char *zone = NULL;
	size_t longest = 0;
	for (size_t i = 0; i < COUNT_OF(regions); i++) {
		size_t len = strlen(regions[i].name);
		if (len > longest && begins(text, regions[i].name, len, ignore_case)) {
			longest = len;
			zone = regions[i].name;
		}
	}
	return zone;
}
