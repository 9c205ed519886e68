/*
 * loop.h - one thread's event loop, its clock and its timers.
 *
 * A loop belongs to the thread that runs it; nothing here may be called from another
 * (host/mailbox.h is the way across). What lives on a loop (mailboxes, streams, listeners, workers,
 * signals) is closed before loop_free, which runs the loop until its memory is given back.
 */
#ifndef WEIR_HOST_LOOP_H
#define WEIR_HOST_LOOP_H

#include "base/err.h"
#include "base/list.h"
#include "host/wheel.h"

struct loop;

struct loop *loop_new(void);
void loop_free(struct loop *loop);
void loop_run(struct loop *loop); /* until loop_stop */
void loop_stop(struct loop *loop);

/* Monotonic, for timeouts: read once a turn, does not move within a callback. */
int64_t loop_now_ms(const struct loop *loop);
/* The machine's clocks, on any thread: monotonic, and since 1970 (which may jump). */
int64_t clock_now_us(void);
int64_t clock_wall_ms(void);

/* What runs once, at the end of this turn, before the loop waits: for work that gains by being
 * gathered. Embedded in the caller's struct. */
struct loop_task {
	struct list link;
	void (*run)(struct loop_task *task);
};

void loop_task_init(struct loop_task *task, void (*run)(struct loop_task *task));
void loop_soon(struct loop *loop, struct loop_task *task); /* asked twice, runs once */
void loop_task_cancel(struct loop_task *task);

/* Embedded in the caller's struct; fires once, may be armed again from its own `fire`. */
struct timer {
	struct wheel_node node;
	struct loop *loop; /* borrowed */
	void (*fire)(struct timer *timer);
};

void timer_init(struct timer *timer, struct loop *loop, void (*fire)(struct timer *timer));
void timer_arm(struct timer *timer, int64_t delay_ms); /* armed already: moves */
void timer_cancel(struct timer *timer);

static inline bool timer_armed(const struct timer *timer)
{
	return wheel_armed(&timer->node);
}

#endif
