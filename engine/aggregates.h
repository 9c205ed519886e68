/*
 * aggregates.h - all aggregates of one GROUP BY as one run of state per group.
 *
 * The state of a group is: the greatest row time, a sequence number, then each aggregate's own
 * state, aligned. op_aggregate, op_window and op_session share this; they differ in what a group
 * is.
 */
#ifndef WEIR_ENGINE_AGGREGATES_H
#define WEIR_ENGINE_AGGREGATES_H

#include "engine/agg.h"
#include "engine/op.h"

struct group_state {
	int64_t rowtime_ms; /* the greatest so far; INT64_MIN: no row yet */
	int64_t unused;     /* keeps the aggregates behind it aligned */
};

struct aggregates {
	const struct aggregate_spec *spec; /* borrowed */
	uint32_t *offsets;                 /* of each aggregate's state, from the group_state */
	uint32_t state_bytes;              /* all of it */
	struct program ***args;            /* args[a][i] */
	struct column **values;            /* values[a][i], of the batch being added */
	const struct column ***pointers;   /* the same, as agg_rows wants them */
	int64_t sequence;                  /* of rows, for *_BY_OFFSET */
	int64_t *row_sequence;             /* by row, while rows are applied */
	void **places;                     /* the same: where one aggregate's state is */
};

void aggregates_open(struct aggregates *aggs, const struct aggregate_spec *spec,
		     struct arena *arena);
/* Computes the arguments for the rows of `sel` from `columns`, to be added or removed after. */
void aggregates_prepare(struct aggregates *aggs, struct op *op, const struct batch *batch,
			const struct column *columns, struct sel sel, struct step *step);
void aggregates_init(const struct aggregates *aggs, struct group_state *state);
void aggregates_fini(const struct aggregates *aggs, struct group_state *state);
/* states[row] is the group of each row of `sel`; rows of one group are applied in order. */
void aggregates_add(struct aggregates *aggs, struct eval *eval, struct group_state *const *states,
		    struct sel sel);
void aggregates_remove(struct aggregates *aggs, struct eval *eval,
		       struct group_state *const *states, struct sel sel);
void aggregates_merge(const struct aggregates *aggs, struct group_state *into,
		      const struct group_state *from);
/* Writes each wanted aggregate's result into columns[first + a] of `row`. */
void aggregates_emit(const struct aggregates *aggs, const struct op *op,
		     const struct group_state *state, struct arena *arena, struct column *columns,
		     uint32_t first, uint32_t row);

/* The same for n groups, into rows `first_row` and on. */
void aggregates_emit_rows(const struct aggregates *aggs, const struct op *op,
			  struct group_state *const *states, uint32_t n, struct arena *arena,
			  struct column *columns, uint32_t first, uint32_t first_row);

/* The results as they are now, in row 0 of fresh columns: what a changed row was. */
struct column *aggregates_snapshot(const struct aggregates *aggs, const struct op *op,
				   const struct group_state *state, struct arena *arena,
				   uint32_t first);
/* Puts a snapshot into batch->before of `row`, beside the row's own keys. */
void aggregates_put_before(const struct op *op, const struct column *snapshot, struct batch *batch,
			   uint32_t row);
/* The group's key, read back into the key columns of `row`. */
void aggregates_put_key(const struct op *op, struct slice key, struct column *columns, uint32_t row,
			struct arena *arena);
/* The rows of the batch that can be grouped (a whole key, a value), with their keys by row. */
struct sel aggregates_keys(const struct op *op, const struct batch *batch, struct arena *arena,
			   struct buf *scratch, struct slice *keys);
int64_t window_grace_ms(const struct aggregate_spec *spec);

/* The keys of one batch; a record's key is much smaller. */
#define BATCH_KEYS_BYTES_MAX ((size_t)256 * 1024 * 1024)

#endif
