/*
 * producer.h - what one partition knows of those who write to it: epochs, sequences, transactions.
 *
 * A batch whose sequences are among a producer's last five is a retry and gets the offsets of the
 * first time; one that does not follow the last is refused. The first offset of each open
 * transaction is kept in order: the last stable offset is the least of them. State is rebuilt from
 * the log behind a snapshot, in Kafka's format, but with all five batches (Kafka keeps one, so that
 * a retry across a restart may be refused there; its tools read ours).
 */
#ifndef WEIR_BROKER_PRODUCER_H
#define WEIR_BROKER_PRODUCER_H

#include "base/map.h"
#include "broker/log.h"

#define PRODUCER_BATCHES 5
#define PRODUCER_EXPIRY_MS_DEFAULT (INT64_C(24) * 3600 * 1000)
/* A snapshot of as many producers as one partition may have at once. */
#define PRODUCER_SNAPSHOT_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct producer_batch {
	int64_t last_offset, timestamp_ms;
	int32_t last_sequence, offset_delta;
};

struct producer {
	int64_t id;
	int64_t last_timestamp_ms;
	int64_t txn_first_offset; /* -1: no open transaction here */
	struct list txn_node;     /* in producer_table.open_txns, while there is one */
	struct producer_batch batches[PRODUCER_BATCHES]; /* the oldest first */
	uint32_t nbatches;
	int32_t coordinator_epoch;
	int16_t epoch; /* -1: none yet */
};

/* A transaction that has ended, but whose marker is not durable yet. */
struct producer_ended {
	int64_t first_offset, last_offset;
};

struct producer_table {
	struct map producers;  /* id, eight bytes -> struct producer, owned */
	struct list open_txns; /* by first offset */
	VEC(struct producer_ended) ended;
};

void producer_table_init(struct producer_table *table);
void producer_table_fini(struct producer_table *table);
void producer_table_clear(struct producer_table *table);
struct producer *producer_find(const struct producer_table *table, int64_t id);

/* Whether the batch may be appended: fault, duplicate and its offsets are set in `append`. */
void producer_check(const struct producer_table *table, struct log_append *append);
/* It was appended at `base_offset`. True when it aborted a transaction, which is then told. */
bool producer_apply(struct producer_table *table, const struct record_batch *batch,
		    int64_t base_offset, int64_t now_ms, struct log_aborted *ret_aborted);

/* The least first offset of transactions that are open, or ended by a marker not below `durable`.
 */
int64_t producer_first_unstable(const struct producer_table *table, int64_t durable);
void producer_durable(struct producer_table *table, int64_t durable);
void producer_expire(struct producer_table *table, int64_t before_ms);

void producer_snapshot(const struct producer_table *table, struct buf *to);
fallible producer_restore(struct producer_table *table, struct slice snapshot, struct err *err);

#endif
