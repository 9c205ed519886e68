/*
 * zone_names.h - what people call a zone: "PST", "Pacific Standard Time", "Pacific Time".
 *
 * English, as Java prints and reads it. The table (zone_names.def) is in code, so that a text means
 * the same everywhere, whatever the system's zone files call their types.
 */
#ifndef WEIR_BASE_ZONE_NAMES_H
#define WEIR_BASE_ZONE_NAMES_H

#include "base/bytes.h"

enum zone_season {
	ZONE_STANDARD,
	ZONE_DAYLIGHT,
	ZONE_EITHER,
	ZONE_SEASONS,
};

struct zone_names {
	const char *zone;                  /* the one that a text means */
	const char *name[ZONE_SEASONS][2]; /* short, long */
};

const struct zone_names *zone_names_of(struct slice zone); /* NULL: it has none */
/* The longest name, short or long, that a text begins with: the zone's; NULL: none. */
const char *zone_names_match(struct slice text, bool full, bool ignore_case, size_t *ret_len);
/* The longest region that a text begins with ("Europe/Paris"); NULL: none. */
const char *zone_region_match(struct slice text, bool ignore_case);

#endif
