/*
 * thread.h - a thread with a name.
 *
 * Threads share nothing but what host/mailbox.h and host/work.h carry across. Every thread that is
 * started is joined.
 */
#ifndef WEIR_HOST_THREAD_H
#define WEIR_HOST_THREAD_H

#include "base/err.h"

/* As Linux shows it: longer names are cut. */
#define THREAD_NAME_MAX 15

struct thread;

fallible thread_start(const char *name, void (*run)(void *arg), void *arg,
		      struct thread **ret_thread, struct err *err);
void thread_join(struct thread *thread); /* waits for its end, and frees; takes NULL */

#endif
