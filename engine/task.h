/*
 * task.h - one partition of one stage of a pipeline at work.
 *
 * A stage is a part of the pipeline between topics: it is fed records of its source topics and of
 * the internal topics that end before it, and it writes to the internal topics that end in it, or
 * to the sink. task_step runs records through the operators; any number of steps make one shipment;
 * task_ship yields everything to append, in order; task_settle says that it has been appended.
 */
#ifndef WEIR_ENGINE_TASK_H
#define WEIR_ENGINE_TASK_H

#include "engine/op.h"

struct task;

struct task_options {
	uint64_t seed;      /* of RANDOM() and UUID() */
	size_t cache_bytes; /* 0: every change is emitted */
};

/* A way in: a topic, and the operator that reads it. */
struct task_feed {
	struct slice topic;
	bool internal; /* a repartition topic of this pipeline */
	struct op *op;
};

/* How many stages there are; stage 0 feeds the others. */
uint32_t pipeline_stages(const struct pipeline *pipeline);

fallible task_new(const struct pipeline *pipeline, uint32_t stage,
		  const struct task_options *options, struct task **ret_task, struct err *err);
void task_free(struct task *task);

const struct task_feed *task_feeds(const struct task *task, uint32_t *ret_n);
/* Runs records of one feed, at most BATCH_ROWS_MAX, through the operators. */
fallible task_step(struct task *task, const struct task_feed *feed, const struct event *events,
		   uint32_t n, int64_t wall_ms, struct err *err);
/* Flushes what is cached; what is in the outbox is to be appended, in order. Borrowed. */
fallible task_ship(struct task *task, int64_t wall_ms, const struct outbox **ret_outbox,
		   struct err *err);
/* It is appended: the outbox is empty again. */
void task_settle(struct task *task);
/* Errors in rows since the last call of task_errors_reset. */
const struct error_log *task_errors(const struct task *task);
void task_errors_reset(struct task *task);

#endif
