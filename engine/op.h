/*
 * op.h - the operator's contract.
 *
 * An operator is one node of a pipeline at work in one task. It is opened once, pushed batches,
 * asked to tick when time has moved and to flush before a shipment, and closed. All memory it needs
 * across steps is its own or the task arena's; all it makes for a batch lives in the step's arena.
 *
 * push: a batch belongs to the pusher; the operator may read it until it returns, and gives what it
 * makes to its one consumer with op_forward. Rows outside `sel` do not exist. Errors in rows are
 * data (they go to the step's error log, the row goes on as the node's rule says); a failed push is
 * a failure of the task: the step is dropped as if it had never been.
 *
 * Time: an operator that has windows keeps its own stream time, the greatest row time it has seen.
 *
 * What is wanted: before the first push each operator knows which of its output columns somebody
 * reads
 * (`wanted`) and whether its consumer needs the past of table rows (`before_wanted`). Columns that
 * are not wanted may be left uninitialised.
 */
#ifndef WEIR_ENGINE_OP_H
#define WEIR_ENGINE_OP_H

#include "engine/batch.h"
#include "engine/pipeline.h"
#include "engine/program.h"
#include "wire/outbox.h"

struct op;

/* One bad record or row, on its way to the processing log. */
struct row_error {
	const char *logger; /* the node's; borrowed from the pipeline */
	const char *message;
	const char *expr_text; /* NULL: not an expression */
	struct slice topic;    /* of the source; empty inside */
	int32_t partition;
	int64_t offset;
	struct slice record; /* the bytes, when a record could not be read */
};

struct error_log {
	struct arena arena;
	VEC(struct row_error) errors;
	uint64_t dropped; /* past ROW_ERRORS_MAX a step counts only */
};

#define ROW_ERRORS_MAX 100000

/* What one step lends to the operators it runs. */
struct step {
	struct arena *arena;
	struct outbox *outbox;
	struct error_log *log;
	struct eval eval; /* arena, wall clock, random; batch is set by who runs programs */
	int64_t wall_ms;
	struct err *err;
};

/* What opening lends: lives as long as the task. */
struct op_env {
	struct arena *arena;
	size_t cache_bytes; /* 0: emit every change at once */
	uint64_t *emitted;  /* rows handed over so far, for LIMIT */
};

struct op_ops {
	const char *name;
	size_t bytes; /* of this operator's struct, which begins with struct op */
	fallible (*open)(struct op *op, struct op_env *env, struct err *err);
	fallible (*push)(struct op *op, unsigned input, struct batch *batch, struct step *step);
	fallible (*flush)(struct op *op, struct step *step); /* emit what is cached; may be NULL */
	void (*close)(struct op *op);                        /* may be NULL */
};

struct op {
	const struct op_ops *ops;
	const struct node *node;
	struct op *consumer; /* borrowed; NULL: the last of its stage */
	unsigned consumer_input;
	bool before_wanted;
	uint64_t *wanted; /* bits by output column */
	uint64_t rows_in, rows_out;
};

extern const struct op_ops OP_SOURCE, OP_FILTER, OP_PROJECT, OP_EXPLODE, OP_REKEY, OP_AGGREGATE,
	OP_WINDOW, OP_SESSION, OP_JOIN_STREAMS, OP_JOIN_STREAM_TABLE, OP_JOIN_TABLES, OP_JOIN_KEY,
	OP_MATERIALISE, OP_LIMIT, OP_SINK;

/* The operator that runs a node. */
const struct op_ops *op_for(const struct node *node);

/* Marks in `used` what the node reads of input `input`, when `wanted` of its output is wanted. */
void op_reads(const struct node *node, unsigned input, const uint64_t *wanted, uint64_t *used);
/* Whether the node needs the past of its (table) input. */
bool op_needs_before(const struct node *node, bool before_wanted);

/* Gives a batch to the consumer, unless no row is alive. */
fallible op_forward(struct op *op, struct batch *batch, struct step *step);

/* A source, or the reading end of a repartition topic, is fed records instead of batches. */
fallible op_feed(struct op *op, const struct event *events, uint32_t n, struct step *step);
fallible op_source_feed(struct op *op, const struct event *events, uint32_t n, struct step *step);

/* Adds to the step's log; `batch` may be NULL, else tells where the row came from. */
void step_row_error(struct step *step, const struct op *op, const struct batch *batch, uint32_t row,
		    const char *expr_text, const char *format, ...) PRINTF_LIKE(6, 7);
/* An eval whose failures are logged for this operator and batch; valid while the batch is. */
struct op_eval {
	struct eval eval;
	struct step *step;
	const struct op *op;
	const struct batch *batch;
};
struct eval *op_eval(struct op_eval *place, struct op *op, const struct batch *batch,
		     struct step *step);

/* A batch of the node's schema with room for n rows and none alive; wanted columns initialised. */
struct batch *op_batch(struct op *op, struct step *step, uint32_t n);
void batch_set_all(struct batch *batch, uint32_t nrows);

static inline int64_t batch_rowtime(const struct batch *batch, uint32_t row)
{
	return batch->rowtime_ms[row];
}

static inline bool row_is_new(const struct batch *batch, uint32_t row)
{
	return batch->change == NULL || (batch->change[row] & ROW_NEW) != 0;
}

static inline bool row_is_old(const struct batch *batch, uint32_t row)
{
	return batch->change != NULL && (batch->change[row] & ROW_OLD) != 0;
}

static inline bool row_value_null(const struct batch *batch, uint32_t row)
{
	return batch->value_null != NULL && batch->value_null[row] != 0;
}

static inline bool op_wants(const struct op *op, uint32_t column)
{
	return (op->wanted[column / 64] >> (column % 64) & 1) != 0;
}

#endif
