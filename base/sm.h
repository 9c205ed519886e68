/*
 * sm.h - a state machine: its states and the moves it may make, as a table.
 *
 * The owner embeds a `struct sm`, moves it with sm_move and does its work in one tick function that
 * switches over the state. A move that the table does not allow is a bug and asserts, naming both
 * states; every move is traced as "task 7: RUNNING -> CLOSED", which a test may compare as text.
 * Invariant: `state` is an index of the table. A state without moves is final.
 *
 *     static const struct sm_state TASK_STATES[] = {
 *             [TASK_RESTORING] = { "RESTORING", SM_TO(TASK_RUNNING) | SM_TO(TASK_CLOSED) },
 *             [TASK_RUNNING]   = { "RUNNING",   SM_TO(TASK_CLOSED) },
 *             [TASK_CLOSED]    = { "CLOSED",    0 },
 *     };
 *     static const struct sm_table TASK_SM = SM_TABLE("task", TASK_STATES);
 */
#ifndef WEIR_BASE_SM_H
#define WEIR_BASE_SM_H

#include "base/trace.h"

#define SM_STATES_MAX 64

struct sm_state {
	const char *name;
	uint64_t moves; /* SM_TO(state) | ... */
};

struct sm_table {
	const char *name; /* of what it is the life: "task", "group" */
	const struct sm_state *states;
	uint32_t count;
};

#define SM_TO(state) (UINT64_C(1) << (state))
#define SM_TABLE(name_, states_)                                                                   \
	{                                                                                          \
		.name = (name_), .states = (states_), .count = COUNT_OF(states_)                   \
	}

struct sm {
	const struct sm_table *table;
	uint32_t state;
	uint64_t id;               /* told in traces: which task, which group */
	const struct trace *trace; /* borrowed; NULL: off */
};

void sm_init(struct sm *sm, const struct sm_table *table, uint32_t state, uint64_t id,
	     const struct trace *trace);
void sm_move(struct sm *sm, uint32_t state);

bool sm_may(const struct sm *sm, uint32_t state);
bool sm_final(const struct sm *sm);
const char *sm_name(const struct sm *sm); /* of the state it is in */

/* A test of each table: named states, moves within it, all reached from `first`, an end reached
 * from each (unless it has no final state). ERR_INVALID says what is wrong. */
fallible sm_check(const struct sm_table *table, uint32_t first, struct err *err);

/* The table as text, a line a state: "RUNNING -> CLOSED"; for tests and documents. */
void sm_print(const struct sm_table *table, struct buf *buf);

#endif
