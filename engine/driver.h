/*
 * driver.h - a whole pipeline in one thread: for tests, examples, conformance and bench.
 *
 * The driver owns one task per stage (one partition), stands in for the log between the stages, and
 * collects what the sinks append. Records go in one by one or by the batch; after each call
 * everything that follows from them has come out, as Kafka Streams' TopologyTestDriver does it.
 */
#ifndef WEIR_ENGINE_DRIVER_H
#define WEIR_ENGINE_DRIVER_H

#include "engine/pipeline.h"

struct driver;

/* What came out: one record appended to one topic. Borrowed until the next call on the driver. */
struct driver_output {
	struct slice topic;
	struct event event;
};

struct driver_options {
	int64_t wall_ms;
	uint64_t seed;
	size_t cache_bytes;  /* 0: every change is emitted */
	uint32_t batch_rows; /* rows per batch at most; 0: BATCH_ROWS_MAX */
	uint32_t ship_rows;  /* of one feed, between shipments; 0: each batch is shipped */
};

/* The processing log: what happened to one bad record or row. */
struct driver_error {
	const char *logger;
	const char *message;
	int32_t partition;
	int64_t offset;
};

fallible driver_new(const struct pipeline *pipeline, const struct driver_options *options,
		    struct driver **ret_driver, struct err *err);
void driver_free(struct driver *driver);

/* Feeds records of one source topic, in order, and runs until nothing is left to do. */
fallible driver_feed(struct driver *driver, struct slice topic, const struct event *events,
		     uint32_t n, struct err *err);
/* What came out since the last call of this function. */
const struct driver_output *driver_outputs(struct driver *driver, uint32_t *ret_n);
const struct driver_error *driver_errors(struct driver *driver, uint32_t *ret_n);
/* Moves the wall clock. */
void driver_set_clock(struct driver *driver, int64_t wall_ms);

#endif
