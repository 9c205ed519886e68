#include "host/work.h"
#include "host/loop_priv.h"
#include "host/thread.h"
#include "base/mem.h"

struct worker {
	struct thread *thread;
	struct mailbox *finished; /* jobs on their way back */
	uv_mutex_t mutex;         /* guards what follows */
	uv_cond_t given;
	struct message *first, **last;
	bool stopping;
};

static struct work *work_of(struct message *message)
{
	return CONTAINER_OF(message, struct work, message);
}

/* The next job, waiting for one; NULL: there are no more and there will be none. */
static struct work *take(struct worker *worker)
{
	uv_mutex_lock(&worker->mutex);
	while (worker->first == NULL && !worker->stopping)
		uv_cond_wait(&worker->given, &worker->mutex);
	struct message *message = worker->first;
	if (message != NULL) {
		worker->first = message->next;
		if (worker->first == NULL)
			worker->last = &worker->first;
	}
	uv_mutex_unlock(&worker->mutex);
	return message != NULL ? work_of(message) : NULL;
}

static void worker_main(void *arg)
{
	struct worker *worker = arg;
	for (struct work *work; (work = take(worker)) != NULL;) {
		work->run(work);
		/* The jobs are bounded by their owners, so the way back has no bound of its own. */
		bool posted = mailbox_post(worker->finished, &work->message);
		assert(posted);
	}
}

static void receive(void *arg, struct message *message)
{
	(void)arg;
	struct work *work = work_of(message);
	work->done(work);
}

static void worker_free(struct worker *worker)
{
	mailbox_free(worker->finished);
	uv_cond_destroy(&worker->given);
	uv_mutex_destroy(&worker->mutex);
	mem_free(worker);
}

fallible worker_start(struct loop *loop, const char *name, struct worker **ret_worker,
		      struct err *err)
{
	struct worker *worker = mem_new(struct worker);
	worker->last = &worker->first;
	int code = uv_mutex_init(&worker->mutex);
	assert(code == 0);
	code = uv_cond_init(&worker->given);
	assert(code == 0);
	worker->finished = mailbox_new(loop, UINT32_MAX, receive, worker);
	code = thread_start(name, worker_main, worker, &worker->thread, err);
	if (code != 0) {
		worker_free(worker);
		return code;
	}
	*ret_worker = worker;
	return 0;
}

void worker_stop(struct worker *worker)
{
	if (worker == NULL)
		return;
	uv_mutex_lock(&worker->mutex);
	worker->stopping = true;
	uv_cond_signal(&worker->given);
	uv_mutex_unlock(&worker->mutex);
	thread_join(worker->thread);
	worker_free(worker);
}

void worker_give(struct worker *worker, struct work *work)
{
	uv_mutex_lock(&worker->mutex);
	assert(!worker->stopping);
	work->message.next = NULL;
	*worker->last = &work->message;
	worker->last = &work->message.next;
	uv_mutex_unlock(&worker->mutex);
	/* Not while it is locked: the woken thread would run into the lock and sleep again. */
	uv_cond_signal(&worker->given);
}
