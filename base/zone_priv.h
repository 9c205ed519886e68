/*
 * zone_priv.h - what a zone is made of; for zone*.c alone.
 *
 * zone.c answers questions, zone_tzif.c reads files, zone_rule.c reads and applies the footer's
 * rule ("CET-1CEST,M3.5.0,M10.5.0/3"), zone_cache.c knows names.
 */
#ifndef WEIR_BASE_ZONE_PRIV_H
#define WEIR_BASE_ZONE_PRIV_H

#include "base/zone.h"

struct zone_type {
	int32_t offset;
	bool dst; /* as the file says: Ireland's winter is "daylight saving" of -1 hour there */
	char abbreviation[ZONE_ABBREVIATION_BYTES_MAX];
};

enum zone_day_kind {
	ZONE_DAY_JULIAN, /* Jn: 1 to 365, February 29th never counts */
	ZONE_DAY_ZERO,   /* n: 0 to 365, it counts */
	ZONE_DAY_MONTH,  /* Mm.w.d: week 5 is the last; day 0 is Sunday */
};

/* When, each year, the clock changes: local time of the side that ends. */
struct zone_day {
	enum zone_day_kind kind;
	int32_t day, week, month;
	int32_t seconds; /* after midnight; within a week either way */
};

struct zone_rule {
	struct zone_type standard, daylight;
	bool changes;               /* there is a daylight side */
	struct zone_day start, end; /* of the daylight side */
};

struct zone {
	char name[ZONE_NAME_BYTES_MAX + 1];
	const struct zone_names *names; /* NULL: people have none for it */
	bool is_offset;
	uint32_t transitions; /* how many; 0 where a zone never changed */
	int64_t *times;       /* owned; ascending */
	uint8_t *types;       /* owned; the type from times[i] on */
	bool *daylight;       /* owned; of the range from times[i] on */
	uint32_t type_count;
	struct zone_type *type; /* owned; type[0] is before the first transition */
	bool has_rule;          /* for instants from the last transition on */
	struct zone_rule rule;
};

fallible zone_rule_parse(struct slice text, struct zone_rule *ret_rule, struct err *err);
/* The rule's span around an instant, from `first` on. */
struct zone_span zone_rule_span(const struct zone_rule *rule, int64_t first, int64_t seconds);
struct zone *zone_empty(struct slice name);

#endif
