/*
 * event.h - one record, apart from its batch: what the engine reads and writes.
 *
 * Key and value are absent (NULL) or present (perhaps empty): `data` is NULL for absent. Everything
 * is borrowed: from the log's segment, an arena or the caller, for as long as the call's contract
 * says.
 */
#ifndef WEIR_WIRE_EVENT_H
#define WEIR_WIRE_EVENT_H

#include "base/bytes.h"

struct record_header {
	struct slice key;
	struct slice value; /* data NULL: a null value */
};

struct event {
	struct slice key, value; /* data NULL: null */
	int64_t timestamp_ms;
	int64_t offset;
	int32_t partition;
	const struct record_header *headers;
	uint32_t nheaders;
};

static inline bool slice_is_null(struct slice s)
{
	return s.data == NULL;
}

#define SLICE_NULL ((struct slice){ .data = NULL, .len = 0 })

#endif
