/*
 * topic.h - between the bytes of a topic and the columns of a schema.
 *
 * A reader fills a batch from events: key and value through their formats, then headers, row time,
 * partition, offset and window bounds where the schema has such columns. A row whose key or value
 * cannot be read is told and left out of the selection. A writer appends a row's key and value to
 * two buffers. Windowed keys are the key's bytes, then for time windows the start (8 bytes,
 * big-endian), for sessions the end and the start, as Kafka Streams has them.
 */
#ifndef WEIR_ENGINE_TOPIC_H
#define WEIR_ENGINE_TOPIC_H

#include "engine/op.h"

struct topic_reader;
struct topic_writer;

/* `wanted` has a bit per column of the schema; key columns are always read. */
fallible topic_reader_open(const struct topic_spec *spec, const struct schema *schema,
			   const uint64_t *wanted, struct arena *arena,
			   struct topic_reader **ret_reader, struct err *err);
/* Fills the columns, row times, window bounds, value_null, origin and selection of `batch`. */
void topic_reader_read(struct topic_reader *reader, const struct event *events, uint32_t n,
		       struct batch *batch, struct op *op, struct step *step);

fallible topic_writer_open(const struct topic_spec *spec, const struct schema *schema,
			   struct arena *arena, struct topic_writer **ret_writer, struct err *err);
/* ret_null: the key, or the value, is a null payload. Buffers are appended to. */
fallible topic_writer_key(struct topic_writer *writer, const struct batch *batch, uint32_t row,
			  struct buf *out, bool *ret_null, struct err *err);
fallible topic_writer_value(struct topic_writer *writer, const struct column *columns, uint32_t row,
			    struct buf *out, bool *ret_null, struct err *err);

#endif
