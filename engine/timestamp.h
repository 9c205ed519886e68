/*
 * timestamp.h - row time from a column, and into one: WITH (TIMESTAMP = ..., TIMESTAMP_FORMAT =
 * ...).
 *
 * BIGINT columns hold milliseconds, TIMESTAMP columns instants, STRING columns text in a pattern.
 */
#ifndef WEIR_ENGINE_TIMESTAMP_H
#define WEIR_ENGINE_TIMESTAMP_H

#include "engine/column.h"

struct timestamp_reader;

fallible timestamp_reader_open(const struct type *type, struct slice pattern, struct arena *arena,
			       struct timestamp_reader **ret_reader, struct err *err);
/* Fails for NULL, for text that does not fit the pattern, and for negative times. */
fallible timestamp_read(struct timestamp_reader *reader, const struct column *column, uint32_t row,
			int64_t *ret_ms, struct err *err);

#endif
