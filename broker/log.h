/*
 * log.h - one partition's records: append, read, watermarks, lookups, deletion.
 *
 * A log belongs to a log_store (log_store.h), which syncs all its logs together. What is appended
 * has an offset at once and is visible once it is durable: below the high watermark. The rule: one
 * thread owns a store and all its logs; only the jobs of log_store.h run elsewhere.
 *
 * Failures are two kinds. What a client did wrong is a Kafka error code in the request's `fault`,
 * and the call returns 0. What the machine did wrong (no space, a broken disk) is a failure,
 * nothing was appended, and the call may be made again.
 */
#ifndef WEIR_BROKER_LOG_H
#define WEIR_BROKER_LOG_H

#include "base/list.h"
#include "wire/errors.h"
#include "wire/record.h"
#include "wire/uuid.h"

struct log;
struct log_chunk;
struct segment;

#define LOG_UNLIMITED INT64_MAX
/* A batch must fit one block of the write-ahead log. */
#define LOG_BATCH_BYTES_MAX ((size_t)48 * 1024 * 1024)

/* A topic's settings, by Kafka's names and with its defaults. */
struct log_config {
	int64_t segment_bytes, segment_ms;
	int64_t retention_ms, retention_bytes; /* -1: unlimited */
	int64_t max_message_bytes, index_interval_bytes;
	int64_t timestamp_before_max_ms, timestamp_after_max_ms;
	int64_t flush_messages; /* 1: every answer waits for the disk, whatever its acks */
	int64_t delete_retention_ms, min_compaction_lag_ms, max_compaction_lag_ms;
	int64_t file_delete_delay_ms;
	double min_cleanable_dirty_ratio;
	bool cleanup_delete, cleanup_compact;
	bool log_append_time;
};

struct log_config log_config_default(void);

/* What a client did wrong is in `fault`. */
struct log_append {
	/* Asked: a batch that passed record_batch_check, and where it comes from. Its bytes are
	 * copied. */
	struct record_batch batch;
	int64_t now_ms;
	bool internal;     /* a coordinator's own: markers, offsets; no check of sequences */
	bool txn_verified; /* the coordinator says this producer epoch has this partition */
	int32_t coordinator_epoch; /* of a marker */
	/* Answered. */
	struct record_fault fault; /* kafka_error 0: appended, or a duplicate */
	int64_t base_offset, last_offset;
	int64_t append_time_ms; /* -1 where the producer's own times stand */
	bool duplicate;         /* was there already, at these offsets */
};

fallible log_append(struct log *log, struct log_append *append, struct err *err);

/* A transactional batch of a producer with no open transaction here: ask the coordinator first. */
bool log_append_needs_verification(const struct log *log, const struct record_batch *batch);
/* The answer with these acks waits until high watermark > last offset. */
bool log_waits_for_disk(const struct log *log, int16_t acks);

enum log_isolation {
	LOG_READ_ALL,         /* to the end; for our own recovery and tests */
	LOG_READ_UNCOMMITTED, /* below the high watermark */
	LOG_READ_COMMITTED,   /* below the last stable offset */
};

/* Whole batches one behind the other, in memory or in a file. */
struct log_span {
	struct slice bytes;      /* borrowed from `chunk`; data NULL: in a file */
	struct log_chunk *chunk; /* pinned */
	struct segment *segment; /* pinned; where `bytes` is not in memory */
	uint64_t at;             /* place in the segment's file */
	size_t len;
};

#define LOG_SPANS_MAX 16

struct log_read {
	/* Asked. */
	int64_t offset;
	size_t bytes_max; /* the first batch comes even if it is larger */
	enum log_isolation isolation;
	/* Answered: the first batch is the one that contains `offset`, so it may begin before it.
	 */
	struct log_span spans[LOG_SPANS_MAX];
	uint32_t nspans;
	size_t bytes;
	int64_t limit;       /* records below this offset were readable */
	int16_t kafka_error; /* OFFSET_OUT_OF_RANGE, CORRUPT_MESSAGE */
};

/* No spans and no error: nothing there yet. Ends with log_read_done. */
fallible log_read(struct log *log, struct log_read *read, struct err *err);
/* Unpins. */
void log_read_done(struct log_read *read);
/* The bytes of a span, read into `to` if they are in a file; every batch's crc is checked then, and
 * what begins with a damaged batch is ERR_CORRUPT. */
fallible log_span_load(const struct log_span *span, struct buf *to, struct slice *ret_bytes,
		       struct err *err);
/* For sendfile; -1: there is no descriptor. */
int log_span_descriptor(const struct log_span *span);

/* Aborted transactions that overlap [from, to), for read_committed fetches. */
struct log_aborted {
	int64_t producer_id, first_offset, last_offset, last_stable_offset;
};
typedef void log_aborted_visit(void *arg, const struct log_aborted *aborted);
fallible log_aborted_between(struct log *log, int64_t from, int64_t to, log_aborted_visit *visit,
			     void *arg, struct err *err);

const char *log_topic(const struct log *log);
int32_t log_partition(const struct log *log);
struct uuid log_topic_id(const struct log *log);
const struct log_config *log_config(const struct log *log);
void log_configure(struct log *log, const struct log_config *config);
int64_t log_start_offset(const struct log *log);
int64_t log_end_offset(const struct log *log);
int64_t log_high_watermark(const struct log *log);
int64_t log_last_stable_offset(const struct log *log);
int64_t log_limit(const struct log *log, enum log_isolation isolation);
uint64_t log_bytes(const struct log *log); /* of all its segments */
/* Grows by the size of each batch as it is appended; tells waiters how much came. */
uint64_t log_bytes_appended(const struct log *log);
void *log_owner(const struct log *log); /* whatever the broker keeps for it */
void log_set_owner(struct log *log, void *owner);

/* Leader epochs: one broker, so a new one only after an unclean stop. */
int32_t log_leader_epoch(const struct log *log);
/* Where the largest epoch that is not above `epoch` ends; -1, -1 if there is none. */
void log_epoch_end(const struct log *log, int32_t epoch, int32_t *ret_epoch, int64_t *ret_end);
int32_t log_epoch_at(const struct log *log, int64_t offset); /* -1: none */

/* The first record at or after a time (below `limit`): -1 where there is none. */
struct log_time {
	int64_t offset, timestamp_ms;
	int32_t leader_epoch;
};
fallible log_find_time(struct log *log, int64_t timestamp_ms, int64_t limit,
		       struct log_time *ret_found, struct err *err);
fallible log_find_max_time(struct log *log, struct log_time *ret_found, struct err *err);

/* Everything below is gone for readers now, and its segments when retention next runs. -1: all that
 * is visible. OFFSET_OUT_OF_RANGE in `ret_error` past the high watermark. */
void log_delete_records(struct log *log, int64_t before, int16_t *ret_error);

/* What DescribeProducers shows. */
struct log_producer {
	int64_t producer_id, last_timestamp_ms, txn_start_offset; /* -1: no transaction */
	int32_t last_sequence, coordinator_epoch;
	int16_t epoch;
};
typedef void log_producer_visit(void *arg, const struct log_producer *producer);
void log_producers(const struct log *log, log_producer_visit *visit, void *arg);
/* The first offset of this producer's open transaction; -1: none. */
int64_t log_txn_start(const struct log *log, int64_t producer_id);

#endif
