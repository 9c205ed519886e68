/*
 * record.h - Kafka's record batch, version 2: look at it, check it, walk it, build it, patch it.
 *
 *      0  base offset (8)       12  leader epoch (4)      16  magic = 2 (1)    17  crc (4)
 *      8  length of the rest    21  attributes (2)        23  last offset delta (4)
 *     27  base timestamp (8)    35  max timestamp (8)     43  producer id (8)
 *     51  producer epoch (2)    53  base sequence (4)     57  count (4)        61  records
 *
 * The crc (CRC-32C) covers everything from the attributes on, so a broker sets base offset and
 * leader epoch without touching the rest. This is the one record format: on the wire, on disk, in
 * the process. The rule: header fields of a batch that was not checked mean nothing.
 */
#ifndef WEIR_WIRE_RECORD_H
#define WEIR_WIRE_RECORD_H

#include "base/vec.h"
#include "wire/compress.h"
#include "wire/event.h"

#define RECORD_BATCH_HEADER_BYTES 61
/* Base offset and length, which `length` does not count. */
#define RECORD_BATCH_PREFIX_BYTES 12
#define RECORD_BATCH_MAGIC 2
/* What one batch may unpack to; a ceiling against compression bombs. */
#define RECORD_UNPACKED_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define RECORD_HEADERS_MAX 10000
#define RECORD_NO_TIMESTAMP (-1)

enum record_attributes {
	RECORD_CODEC_MASK = 7,
	RECORD_LOG_APPEND_TIME = 1 << 3,
	RECORD_TRANSACTIONAL = 1 << 4,
	RECORD_CONTROL = 1 << 5,
	RECORD_DELETE_HORIZON = 1 << 6, /* base timestamp is when tombstones may go */
};

/* A batch's header, decoded. */
struct record_batch {
	struct slice bytes;   /* borrowed: all of it, header included */
	struct slice records; /* borrowed: what is behind the header, still packed */
	int64_t base_offset, base_timestamp, max_timestamp, producer_id;
	uint32_t crc;
	int32_t leader_epoch, last_offset_delta, base_sequence, count;
	int16_t producer_epoch;
	uint16_t attributes;
};

/* What is wrong with a batch that someone sent: Kafka's error code, and words. 0: nothing. */
struct record_fault {
	int16_t kafka_error;
	const char *why; /* static */
};

enum record_error { /* Kafka's numbers */
		    RECORD_ERROR_CORRUPT = 2,
		    RECORD_ERROR_TOO_LARGE = 10,
		    RECORD_ERROR_FORMAT = 43,
		    RECORD_ERROR_COMPRESSION = 76,
		    RECORD_ERROR_INVALID = 87,
};

/* The bytes of the batch that begins `bytes`, by its length field; 0: fewer than that field.
 * SIZE_MAX: the field is impossible. The batch itself may be cut off. */
size_t record_batch_bytes(struct slice bytes);

/* The first batch of `bytes`: sizes, magic, codec, counts; the crc too in `check`. */
bool record_batch_read(struct slice bytes, struct record_batch *ret,
		       struct record_fault *ret_fault);
/* The same where only the header must be there: `bytes` and `records` may be cut off. */
bool record_batch_read_header(struct slice bytes, struct record_batch *ret,
			      struct record_fault *ret_fault);
bool record_batch_check(struct slice bytes, struct record_batch *ret,
			struct record_fault *ret_fault);
/* What else holds for what a producer sends: one batch and nothing behind it, with records, none of
 * them missing, no control batch, sequences that make sense. */
bool record_batch_check_produced(struct slice bytes, const struct record_batch *batch,
				 struct record_fault *ret_fault);
/* Walks all records (unpacked into `scratch`): each well-formed, offsets dense, as many as
 * promised. */
bool record_batch_check_records(const struct record_batch *batch, struct buf *scratch,
				bool keys_needed, struct record_fault *ret_fault);

static inline int64_t record_batch_last_offset(const struct record_batch *batch)
{
	return batch->base_offset + batch->last_offset_delta;
}

static inline enum compress_codec record_batch_codec(const struct record_batch *batch)
{
	return (enum compress_codec)(batch->attributes & RECORD_CODEC_MASK);
}

/* In place; neither is under the crc. */
void record_batch_set_base(uint8_t *batch, int64_t base_offset, int32_t leader_epoch);
/* In place, with a new crc: the broker's time is the time of all records. */
void record_batch_set_append_time(uint8_t *batch, int64_t now_ms);

/* Walks the records of a checked batch, in order. */
struct record_walk {
	const struct record_batch *batch; /* borrowed */
	struct reader reader;
	int32_t left;                      /* records not yet walked */
	VEC(struct record_header) headers; /* of the record last walked */
};

/* `scratch` holds what is unpacked: reset here, borrowed while the walk and its events live. */
fallible record_walk_open(struct record_walk *walk, const struct record_batch *batch,
			  struct buf *scratch, struct err *err);
/* `*ret_more` is false after the last. The event borrows from the batch or `scratch`, its headers
 * from the walk, until the next call. */
fallible record_walk_next(struct record_walk *walk, struct event *ret_event, bool *ret_more,
			  struct err *err);
void record_walk_close(struct record_walk *walk);

/* How a builder makes its batch; begin with RECORD_OPTIONS_INIT, a plain one. */
struct record_options {
	enum compress_codec codec;
	int level;
	int64_t producer_id;
	int32_t base_sequence, leader_epoch;
	int16_t producer_epoch;
	bool transactional, control, log_append_time;
	int64_t delete_horizon_ms; /* 0: none; else it takes the base timestamp's place */
	int32_t last_offset_delta; /* -1: the last record's; compaction keeps the batch's own */
	int64_t max_timestamp;     /* with log_append_time: everyone's time */
};

#define RECORD_OPTIONS_INIT                                                                        \
	((struct record_options){ .level = COMPRESS_LEVEL_DEFAULT,                                 \
				  .producer_id = -1,                                               \
				  .producer_epoch = -1,                                            \
				  .base_sequence = -1,                                             \
				  .last_offset_delta = -1 })

struct record_builder {
	struct record_options options;
	struct buf *out; /* borrowed; the batch goes behind what it holds */
	size_t at;       /* where in `out` the batch begins */
	int64_t base_offset, first_timestamp, max_timestamp;
	int32_t last_offset_delta, count;
};

/* `base_offset` matters where a batch is rewritten; producers say 0. */
void record_builder_open(struct record_builder *builder, const struct record_options *options,
			 int64_t base_offset, struct buf *out);
/* Offsets count up from the base; `add_at` says the delta, which grows. */
void record_builder_add(struct record_builder *builder, const struct event *event);
void record_builder_add_at(struct record_builder *builder, int32_t offset_delta,
			   const struct event *event);
size_t record_builder_bytes(const struct record_builder *builder); /* so far, unpacked */
fallible record_builder_close(struct record_builder *builder, struct err *err);

/* Control batches: the end of a transaction. */
enum record_control {
	RECORD_ABORT = 0,
	RECORD_COMMIT = 1,
};

fallible record_control_build(enum record_control type, int64_t producer_id, int16_t producer_epoch,
			      int32_t coordinator_epoch, int64_t now_ms, struct buf *out,
			      struct err *err);
fallible record_control_read(const struct record_batch *batch, enum record_control *ret_type,
			     int32_t *ret_coordinator_epoch, struct err *err);

#endif
