/* LABEL: threads */
#include "tests/lib/test.h"
#include "base/mem.h"
#include "host/mailbox.h"
#include "host/signals.h"
#include "host/thread.h"
#include "host/work.h"

#include <signal.h>
#include <unistd.h>

#define POSTS 20000
#define SENDERS 3

struct fixture {
	struct loop *loop;
	struct timer timers[3];
	struct buf seen;
	struct loop_task task;
	int rounds;
};

static int set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	f->loop = loop_new();
	buf_init(&f->seen, 4096);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	loop_free(f->loop);
	buf_fini(&f->seen);
	mem_free(f);
	return 0;
}

static struct fixture *fixture_of_timer(struct timer *timer, size_t index)
{
	return CONTAINER_OF(timer - index, struct fixture, timers[0]);
}

static void fire_first(struct timer *timer)
{
	struct fixture *f = fixture_of_timer(timer, 0);
	buf_append_str(&f->seen, "first ");
	timer_cancel(&f->timers[2]);
}

static void fire_second(struct timer *timer)
{
	struct fixture *f = fixture_of_timer(timer, 1);
	buf_append_str(&f->seen, "second ");
	if (++f->rounds < 3)
		timer_arm(timer, 1);
	else
		loop_stop(f->loop);
}

static void fire_third(struct timer *timer)
{
	buf_append_str(&fixture_of_timer(timer, 2)->seen, "third ");
}

static void timers_fire_in_order_and_may_be_cancelled(void **state)
{
	struct fixture *f = *state;
	timer_init(&f->timers[0], f->loop, fire_first);
	timer_init(&f->timers[1], f->loop, fire_second);
	timer_init(&f->timers[2], f->loop, fire_third);
	int64_t before = clock_now_us();
	timer_arm(&f->timers[2], 10);
	timer_arm(&f->timers[1], 20);
	timer_arm(&f->timers[0], 2);
	loop_run(f->loop);
	/* The loop counts in milliseconds from when it last looked, which is a little before now.
	 */
	assert_true(clock_now_us() - before >= 15000);
	assert_string_equal(buf_str(&f->seen), "first second second second ");
}

static void run_task(struct loop_task *task)
{
	struct fixture *f = CONTAINER_OF(task, struct fixture, task);
	if (++f->rounds < 100)
		loop_soon(f->loop, task);
	else
		loop_stop(f->loop);
}

static void a_task_runs_once_for_many_requests(void **state)
{
	struct fixture *f = *state;
	loop_task_init(&f->task, run_task);
	loop_soon(f->loop, &f->task);
	loop_soon(f->loop, &f->task);
	loop_run(f->loop);
	assert_int_equal(f->rounds, 100);
	loop_soon(f->loop, &f->task);
	loop_task_cancel(&f->task);
}

struct letter {
	struct message message;
	int sender, number;
};

struct post {
	struct mailbox *mailbox;
	int sender, next[SENDERS], done, refused;
	struct loop *loop;
	struct letter *letters;
};

static void receive(void *arg, struct message *message)
{
	struct post *post = arg;
	struct letter *letter = CONTAINER_OF(message, struct letter, message);
	assert_int_equal(letter->number, post->next[letter->sender]);
	post->next[letter->sender]++;
	if (++post->done == SENDERS * POSTS)
		loop_stop(post->loop);
}

static void send_all(void *arg)
{
	struct post *post = arg;
	for (int i = 0; i < POSTS; i++) {
		post->letters[i] = (struct letter){ .sender = post->sender, .number = i };
		while (!mailbox_post(post->mailbox, &post->letters[i].message)) {
			post->refused++;
			usleep(10);
		}
	}
}

static void messages_of_each_sender_arrive_in_order(void **state)
{
	struct fixture *f = *state;
	struct post receiver = { .loop = f->loop };
	struct post senders[SENDERS];
	struct thread *threads[SENDERS];
	struct err err;
	receiver.mailbox = mailbox_new(f->loop, 64, receive, &receiver);
	for (int i = 0; i < SENDERS; i++) {
		senders[i] = (struct post){ .mailbox = receiver.mailbox,
					    .sender = i,
					    .letters = mem_array(struct letter, POSTS) };
		assert_ok(thread_start("a sender with a long name", send_all, &senders[i],
				       &threads[i], &err),
			  &err);
	}
	loop_run(f->loop);
	for (int i = 0; i < SENDERS; i++) {
		thread_join(threads[i]);
		mem_free(senders[i].letters);
	}
	assert_int_equal(receiver.done, SENDERS * POSTS);
	mailbox_free(receiver.mailbox);
}

static void a_full_mailbox_refuses_and_close_delivers(void **state)
{
	struct fixture *f = *state;
	struct post receiver = { .loop = f->loop };
	struct letter letters[3] = { { .number = 0 }, { .number = 1 }, { .number = 2 } };
	receiver.mailbox = mailbox_new(f->loop, 2, receive, &receiver);
	assert_true(mailbox_post(receiver.mailbox, &letters[0].message));
	assert_true(mailbox_post(receiver.mailbox, &letters[1].message));
	assert_false(mailbox_post(receiver.mailbox, &letters[2].message));
	mailbox_free(receiver.mailbox);
	assert_int_equal(receiver.done, 2);
}

struct job {
	struct work work;
	int number, *ran, *finished;
	struct loop *loop;
};

static void job_run(struct work *work)
{
	struct job *job = CONTAINER_OF(work, struct job, work);
	assert_int_equal(*job->ran, job->number); /* only the worker touches it meanwhile */
	(*job->ran)++;
}

static void job_done(struct work *work)
{
	struct job *job = CONTAINER_OF(work, struct job, work);
	assert_int_equal(*job->finished, job->number);
	if (++*job->finished == 500)
		loop_stop(job->loop);
}

static void jobs_run_and_come_back_in_order(void **state)
{
	struct fixture *f = *state;
	struct err err;
	struct worker *worker;
	int ran = 0, finished = 0;
	struct job *jobs = mem_array(struct job, 1000);
	assert_ok(worker_start(f->loop, "worker", &worker, &err), &err);
	for (int i = 0; i < 1000; i++) {
		jobs[i] = (struct job){ .work = { .run = job_run, .done = job_done },
					.number = i,
					.ran = &ran,
					.finished = &finished,
					.loop = f->loop };
		worker_give(worker, &jobs[i].work);
	}
	loop_run(f->loop);
	worker_stop(worker); /* what is left is run and told */
	assert_int_equal(finished, 1000);
	mem_free(jobs);
}

static void told(void *arg, enum signal_kind kind)
{
	static const char *const NAMES[] = { "stop ", "now ", "reload ", "report " };
	struct fixture *f = arg;
	buf_append_str(&f->seen, NAMES[kind]);
	static const int NEXT[] = { SIGUSR1, SIGTERM, SIGINT };
	if (f->rounds < 3)
		raise(NEXT[f->rounds++]);
	else
		loop_stop(f->loop);
}

static void a_second_signal_to_stop_means_now(void **state)
{
	struct fixture *f = *state;
	struct signals *signals = signals_new(f->loop, told, f);
	raise(SIGHUP);
	loop_run(f->loop);
	signals_free(signals);
	assert_string_equal(buf_str(&f->seen), "reload report stop now ");
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(LOOP_TEST(timers_fire_in_order_and_may_be_cancelled),
		  LOOP_TEST(a_task_runs_once_for_many_requests),
		  LOOP_TEST(messages_of_each_sender_arrive_in_order),
		  LOOP_TEST(a_full_mailbox_refuses_and_close_delivers),
		  LOOP_TEST(jobs_run_and_come_back_in_order),
		  LOOP_TEST(a_second_signal_to_stop_means_now));
}
