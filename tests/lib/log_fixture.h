/*
 * log_fixture.h - a store on a simulated disk, and batches to put into it.
 *
 * Time stands still unless the test moves `now_ms`; nothing is synced unless it asks. The rule:
 * after a close or a crash, logs are found again by name.
 */
#ifndef WEIR_TESTS_LIB_LOG_FIXTURE_H
#define WEIR_TESTS_LIB_LOG_FIXTURE_H

#include "broker/log_store.h"
#include "host/disk_sim.h"
#include "tests/lib/test.h"

struct log_fixture {
	struct disk *disk;
	struct log_store *store; /* NULL while it is closed */
	struct log_store_options options;
	struct buf batch, bytes; /* scratch */
	int64_t now_ms;
	uint32_t advanced, failed; /* calls of the listener */
	struct err err;
};

#define LOG_FIXTURE_NOW INT64_C(1700000000000)

void log_fixture_init(struct log_fixture *fixture, uint64_t seed);
void log_fixture_fini(struct log_fixture *fixture);
int log_fixture_open(struct log_fixture *fixture);
void log_fixture_close(struct log_fixture *fixture); /* clean */
void log_fixture_crash(struct log_fixture *fixture); /* the power goes */
struct log *log_fixture_create(struct log_fixture *fixture, const char *topic,
			       const struct log_config *config);
struct log *log_fixture_find(struct log_fixture *fixture, const char *topic);

/* What a batch of `n` records holds: keys "k<key>", values "v<value>" counting up; value -1: null.
 */
struct batch_spec {
	int32_t n;
	int64_t key, value;
	int64_t producer_id; /* 0: none */
	int16_t epoch;
	int32_t sequence;
	bool transactional;
	enum compress_codec codec;
	int64_t timestamp_ms; /* 0: now */
	size_t pad;           /* more bytes in each value */
};

/* The batch is in fixture->batch until the next call. */
struct record_batch log_fixture_batch(struct log_fixture *fixture, const struct batch_spec *spec);
int log_fixture_append(struct log_fixture *fixture, struct log *log, const struct batch_spec *spec,
		       struct log_append *append);
int log_fixture_marker(struct log_fixture *fixture, struct log *log, enum record_control type,
		       int64_t producer_id, int16_t epoch, struct log_append *append);

/* Calls `visit` for each record from `from` on; stops at a Kafka error, which it returns. */
typedef void log_fixture_visit(void *arg, const struct record_batch *batch,
			       const struct event *event);
int16_t log_fixture_read(struct log_fixture *fixture, struct log *log, int64_t from,
			 enum log_isolation isolation, log_fixture_visit *visit, void *arg);
/* "5:k1=v7 6:k2=- ..." */
const char *log_fixture_text(struct log_fixture *fixture, struct log *log, int64_t from,
			     enum log_isolation isolation);

#endif
