/*
 * wheel.h - a timer wheel: which of many nodes are due, as a pure function of the times it is told.
 *
 * Arming and cancelling are O(1). Seven levels of 64 slots: a slot of level 0 is one millisecond, a
 * slot of level n is all of level n-1. A node waits at the level of the highest bit in which its
 * time differs from now, and moves down when its slot begins. Nodes are the caller's; the wheel
 * owns nothing. Invariant: a node at level n agrees with `now_ms` in all bits above that level, and
 * its slot there lies after the one of `now_ms`.
 */
#ifndef WEIR_HOST_WHEEL_H
#define WEIR_HOST_WHEEL_H

#include "base/list.h"

#define WHEEL_LEVELS 7
#define WHEEL_SLOTS 64
/* Later than this is this: 139 years. */
#define WHEEL_TIME_MAX ((INT64_C(1) << (6 * WHEEL_LEVELS)) - 1)

struct wheel_node {
	struct list link;
	int64_t due_ms;
	uint8_t level, slot; /* where it waits; level WHEEL_LEVELS: among the due */
};

struct wheel {
	int64_t now_ms;
	uint64_t used[WHEEL_LEVELS]; /* a bit for each slot that is not empty */
	struct list slots[WHEEL_LEVELS][WHEEL_SLOTS];
	struct list due; /* what has come due and was not popped, oldest first */
};

void wheel_init(struct wheel *wheel, int64_t now_ms);
void wheel_node_init(struct wheel_node *node);
/* Arms, or moves, the node. A time that is past is due at once. */
void wheel_arm(struct wheel *wheel, struct wheel_node *node, int64_t due_ms);
void wheel_cancel(struct wheel *wheel, struct wheel_node *node);
/* Time moves on; it never moves back. */
void wheel_advance(struct wheel *wheel, int64_t now_ms);
/* The next node that is due, unlinked, in order of time; NULL: none. */
struct wheel_node *wheel_pop(struct wheel *wheel);
/* When to call wheel_advance next, at the latest: never after the first node is due. INT64_MAX:
 * nothing waits. */
int64_t wheel_next(const struct wheel *wheel);

static inline bool wheel_armed(const struct wheel_node *node)
{
	return list_linked(&node->link);
}

#endif
