/*
 * budget.h - memory that is reserved before it is taken, and those who wait for it.
 *
 * One budget bounds what all requests of a broker hold together. Who gets no room enqueues a waiter
 * and is called, in order, when room is given back; nobody overtakes, so a large request is not
 * starved by small ones. Invariant: while anyone waits, budget_take fails.
 */
#ifndef WEIR_BROKER_BUDGET_H
#define WEIR_BROKER_BUDGET_H

#include "base/list.h"

struct budget {
	size_t bytes_max, bytes_used;
	struct list waiting; /* of struct budget_waiter */
};

/* Embedded in who waits. */
struct budget_waiter {
	struct list link;
	size_t bytes;
	void (*granted)(struct budget_waiter *waiter); /* `bytes` are reserved for it */
};

void budget_init(struct budget *budget, size_t bytes_max);
/* More than the whole budget is granted when nothing else is held: it must be possible at all. */
MUST_USE bool budget_take(struct budget *budget, size_t bytes);
/* What is held already and was not known before: may pass the budget, and holds up the next. */
void budget_add(struct budget *budget, size_t bytes);
void budget_wait(struct budget *budget, struct budget_waiter *waiter, size_t bytes);
void budget_give(struct budget *budget, size_t bytes); /* may call `granted` of some */
void budget_leave(struct budget_waiter *waiter);       /* waits no longer; may be called twice */

#endif
