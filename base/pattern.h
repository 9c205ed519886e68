/*
 * pattern.h - dates and times to and from text by Java's patterns, compiled once.
 *
 * PATTERN_JAVA is DateTimeFormatter (Java 17, English, resolver style SMART): all of its letters
 * with its counts, optional sections, padding, adjacent numbers. PATTERN_SIMPLE is what ksqlDB
 * reads dates with, SimpleDateFormat's letters as FastDateFormat parses them; it only parses.
 * A pattern is immutable and may be shared. A text that does not fit fails in Java's words, which
 * users see ("Text '2021-13' could not be parsed at index 5"); a wrong pattern fails with Java's
 * words, the place, and what would be right. The work is linear in pattern and text.
 */
#ifndef WEIR_BASE_PATTERN_H
#define WEIR_BASE_PATTERN_H

#include "base/bytes.h"
#include "base/zone.h"

#define PATTERN_BYTES_MAX ((size_t)1024)
/* Sections within sections; each is a level of recursion. */
#define PATTERN_NESTING_MAX 16
#define PATTERN_TEXT_BYTES_MAX ((size_t)4096)

enum pattern_dialect {
	PATTERN_JAVA,
	PATTERN_SIMPLE,
};

struct pattern;

/* `ignore_case` is for letters in texts to parse, as ksqlDB's parsers have it. */
fallible pattern_compile(struct slice text, enum pattern_dialect dialect, bool ignore_case,
			 struct pattern **ret_pattern, struct err *err);
void pattern_free(struct pattern *pattern);
struct slice pattern_text(const struct pattern *pattern);

/* What is printed. A letter for what is not there fails; in an optional section, it is left out. */
struct pattern_value {
	bool has_date, has_time;
	int64_t days, nanos_of_day;
	const struct zone *zone; /* borrowed; NULL: none */
	struct zone_span span;   /* with a zone: the one that holds the instant */
};

fallible pattern_format(const struct pattern *pattern, const struct pattern_value *value,
			struct buf *out, struct err *err);
fallible pattern_format_date(const struct pattern *pattern, int64_t days, struct buf *out,
			     struct err *err);
fallible pattern_format_time(const struct pattern *pattern, int64_t ms_of_day, struct buf *out,
			     struct err *err);
/* `span` is the caller's memory for zone_offset. */
fallible pattern_format_timestamp(const struct pattern *pattern, int64_t ms,
				  const struct zone *zone, struct zone_span *span, struct buf *out,
				  struct err *err);

/*
 * Parsers. `zones` finds the zones that a text names; `zone` is the one of a text that names none.
 * A timestamp takes what the text lacks from 1970-01-01T00:00; a date must be whole and a time have
 * an hour, and neither may have fields of the other (but PATTERN_JAVA dates, whose time is
 * ignored).
 */
fallible pattern_parse_timestamp(const struct pattern *pattern, struct slice text,
				 struct zone_cache *zones, const struct zone *zone, int64_t *ret_ms,
				 struct err *err);
fallible pattern_parse_date(const struct pattern *pattern, struct slice text,
			    struct zone_cache *zones, int64_t *ret_days, struct err *err);
fallible pattern_parse_time(const struct pattern *pattern, struct slice text,
			    struct zone_cache *zones, int64_t *ret_ms_of_day, struct err *err);

#endif
