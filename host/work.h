/*
 * work.h - a thread that does what would block a loop (a sync, a compression, a name lookup).
 *
 * Jobs of one worker run one after another, in the order they were given. `run` is called on the
 * worker's thread and may touch only what the job holds; then `done` is called on the loop. A job
 * is embedded in its owner's struct and is the worker's from work_give until `done`.
 */
#ifndef WEIR_HOST_WORK_H
#define WEIR_HOST_WORK_H

#include "host/mailbox.h"

struct worker;

struct work {
	struct message message; /* the worker's */
	void (*run)(struct work *work);
	void (*done)(struct work *work);
};

fallible worker_start(struct loop *loop, const char *name, struct worker **ret_worker,
		      struct err *err);
/* Runs what was given, calls each `done`, joins the thread. On the loop; takes NULL. */
void worker_stop(struct worker *worker);
void worker_give(struct worker *worker, struct work *work); /* on the loop */

#endif
