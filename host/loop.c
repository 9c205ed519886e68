#include "host/loop.h"
#include "host/loop_priv.h"
#include "base/mem.h"

#include <signal.h>
#include <time.h>

int64_t clock_now_us(void)
{
	return (int64_t)(uv_hrtime() / 1000);
}

int64_t clock_wall_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int err_from_uv(struct err *err, int code, const char *what)
{
	assert(code < 0);
	/* On unix libuv's codes are errno values negated, but for its own from UV__EOF on. */
	if (code > -4000)
		return err_from_errno(err, -code, what);
	return err_set(err, ERR_IO, "cannot %s: %s", what, uv_strerror(code));
}

/* So many rounds of tasks that queue tasks are run before the sockets are looked at again. */
#define SOON_ROUNDS_MAX 8

static void do_nothing(uv_idle_t *idle)
{
	(void)idle;
}

/*
 * Tasks may queue others (a flush completes a write, whose owner writes again), and those should
 * not wait for the kernel. What is left after the last round keeps the loop from sleeping.
 */
static void run_soon(uv_prepare_t *prepare)
{
	struct loop *loop = prepare->data;
	for (unsigned round = 0; round < SOON_ROUNDS_MAX && !list_empty(&loop->soon); round++) {
		struct list now;
		list_init(&now);
		list_splice_back(&now, &loop->soon);
		for (struct list *link; (link = list_pop_front(&now)) != NULL;) {
			struct loop_task *task = list_item(link, struct loop_task, link);
			task->run(task);
		}
	}
	if (list_empty(&loop->soon))
		uv_idle_stop(&loop->idle);
	else
		uv_idle_start(&loop->idle, do_nothing);
}

void loop_task_init(struct loop_task *task, void (*run)(struct loop_task *task))
{
	list_init(&task->link);
	task->run = run;
}

void loop_soon(struct loop *loop, struct loop_task *task)
{
	if (!list_linked(&task->link))
		list_push_back(&loop->soon, &task->link);
}

void loop_task_cancel(struct loop_task *task)
{
	list_remove(&task->link);
}

struct loop *loop_new(void)
{
	struct loop *loop = mem_new(struct loop);
	/* A peer that is gone is an error of the write, not the end of the process. */
	signal(SIGPIPE, SIG_IGN);
	int code = uv_loop_init(&loop->uv);
	assert(code == 0);
	list_init(&loop->soon);
	uv_prepare_init(&loop->uv, &loop->prepare);
	loop->prepare.data = loop;
	uv_prepare_start(&loop->prepare, run_soon);
	uv_idle_init(&loop->uv, &loop->idle);
	timers_open(loop);
	return loop;
}

void loop_run(struct loop *loop)
{
	loop->stopping = false;
	while (!loop->stopping)
		uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
	uv_stop(&loop->uv);
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	run_soon(&loop->prepare);
	assert(list_empty(&loop->soon));
	uv_close((uv_handle_t *)&loop->prepare, NULL);
	uv_close((uv_handle_t *)&loop->idle, NULL);
	timers_close(loop);
	/* More than once: a stop that was asked for while nothing ran ends the first run early. */
	while (uv_loop_alive(&loop->uv))
		uv_run(&loop->uv, UV_RUN_DEFAULT);
	int code = uv_loop_close(&loop->uv);
	assert(code == 0); /* else something on the loop was not closed */
	mem_free(loop);
}

int64_t loop_now_ms(const struct loop *loop)
{
	return (int64_t)uv_now(&loop->uv);
}
