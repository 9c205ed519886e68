/*
 * records.h - a case's records as bytes, and bytes compared with what a case expects.
 *
 * What a JSON node means depends on the format of its part: DELIMITED is text as it is, KAFKA a
 * typed scalar, JSON itself. Comparison is untyped for JSON and DELIMITED; numbers must have the
 * same value as doubles (cases may have lost digits on their way), a number expected as a text the
 * same digits.
 */
#ifndef WEIR_TESTS_KSQL_RECORDS_H
#define WEIR_TESTS_KSQL_RECORDS_H

#include "base/json_tree.h"
#include "engine/format.h"
#include "engine/pipeline.h"

/* How one part of a topic's records is written. */
struct part {
	struct format_spec format;
	const struct type *type; /* of the only column, where there is one; else NULL */
};

struct topic_parts {
	struct part key, value;
	enum window_kind window;
	int64_t window_size_ms;
};

fallible record_part_bytes(const struct part *part, const struct json_value *json,
			   struct arena *arena, struct slice *ret_bytes, struct err *err);
fallible record_read(const struct topic_parts *topic, const struct json_value *json,
		     struct arena *arena, struct event *ret_event, struct err *err);
/* 0 when the event is what the case expects; else err says what differs. */
fallible record_compare(const struct topic_parts *topic, const struct json_value *expected,
			const struct event *actual, bool check_time, struct arena *arena,
			struct err *err);

#endif
