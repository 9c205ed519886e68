#include "host/thread.h"
#include "base/mem.h"

#include <pthread.h>
#include <signal.h>

struct thread {
	pthread_t id;
	char name[THREAD_NAME_MAX + 1];
	void (*run)(void *arg);
	void *arg; /* borrowed */
};

static void *thread_main(void *arg)
{
	struct thread *thread = arg;
	pthread_setname_np(pthread_self(), thread->name);
	thread->run(thread->arg);
	return NULL;
}

/* Signals are the first thread's matter: the new one starts with all of them blocked. */
static int create_unsignalled(struct thread *thread)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int number = pthread_create(&thread->id, NULL, thread_main, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return number;
}

fallible thread_start(const char *name, void (*run)(void *arg), void *arg,
		      struct thread **ret_thread, struct err *err)
{
	struct thread *thread = mem_new(struct thread);
	memcpy(thread->name, name, MIN(strlen(name), (size_t)THREAD_NAME_MAX));
	thread->run = run;
	thread->arg = arg;
	int number = create_unsignalled(thread);
	if (number != 0) {
		mem_free(thread);
		return err_from_errno(err, number, "start a thread");
	}
	*ret_thread = thread;
	return 0;
}

void thread_join(struct thread *thread)
{
	if (thread == NULL)
		return;
	int number = pthread_join(thread->id, NULL);
	assert(number == 0);
	mem_free(thread);
}
