#include "tests/e2e/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READY_MS_MAX 10000
#define STOP_MS_MAX 10000
#define OUTPUT_BYTES_MAX ((size_t)16 * 1024 * 1024)

static double now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static const char *weir_path(void)
{
	const char *path = getenv("WEIR");
	return path != NULL ? path : "build/asan/weir";
}

void broker_make(struct broker_process *broker)
{
	*broker = (struct broker_process){ 0 };
	static const char TEMPLATE[] = "/tmp/weir_e2e_XXXXXX";
	memcpy(broker->dir, TEMPLATE, sizeof(TEMPLATE));
	assert_non_null(mkdtemp(broker->dir));
}

void broker_remove(struct broker_process *broker)
{
	if (broker->pid != 0)
		broker_kill(broker);
	CLEANUP(buf_fini) struct buf line = BUF_INIT(256);
	CLEANUP(buf_fini) struct buf output = BUF_INIT(OUTPUT_BYTES_MAX);
	buf_printf(&line, "rm -rf %s", broker->dir);
	assert_int_equal(shell_run(buf_str(&line), &output), 0);
}

/* In the child: the arguments, then the program. */
static void exec_broker(const struct broker_process *broker, int out)
{
	const char *argv[BROKER_ARGS_MAX + 8] = { "weir",      "broker",   "--data-dir",
						  broker->dir, "--listen", "127.0.0.1:0" };
	size_t count = 6;
	for (size_t i = 0; i < BROKER_ARGS_MAX && broker->args[i] != NULL; i++)
		argv[count++] = broker->args[i];
	dup2(out, STDOUT_FILENO);
	char *plain[BROKER_ARGS_MAX + 8];
	memcpy(plain, argv, sizeof(plain));
	execv(weir_path(), plain);
	_exit(127);
}

/* Reads the child's output up to the end of its first line. */
static void read_line(int in, struct buf *line)
{
	double until = now_ms() + READY_MS_MAX;
	while (slice_find_byte(buf_slice(line), '\n', 0) == SIZE_MAX) {
		struct pollfd poll_fd = { .fd = in, .events = POLLIN };
		double left = until - now_ms();
		if (left <= 0 || poll(&poll_fd, 1, (int)left) <= 0)
			break;
		char bytes[256];
		ssize_t n = read(in, bytes, sizeof(bytes));
		if (n <= 0)
			break;
		buf_append(line, slice_of(bytes, (size_t)n));
	}
}

void broker_start(struct broker_process *broker)
{
	assert_int_equal(broker->pid, 0);
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	double before = now_ms();
	broker->pid = fork();
	assert_true(broker->pid >= 0);
	if (broker->pid == 0) {
		close(ends[0]);
		exec_broker(broker, ends[1]);
	}
	close(ends[1]);
	CLEANUP(buf_fini) struct buf line = BUF_INIT(65536);
	read_line(ends[0], &line);
	close(ends[0]);
	broker->ready_ms = now_ms() - before;
	struct slice text = buf_slice(&line);
	static const char READY[] = "weir broker ready on ";
	if (!slice_starts_with(text, SLICE(READY))) {
		print_error("the broker said: %s\n", buf_str(&line));
		fail();
	}
	struct slice rest = slice_sub(text, sizeof(READY) - 1, SIZE_MAX);
	struct slice address = slice_sub(rest, 0, slice_find_byte(rest, ',', 0));
	assert_in_range(address.len, 1, sizeof(broker->address) - 1);
	memcpy(broker->address, address.data, address.len);
	broker->address[address.len] = '\0';
}

static int wait_for(struct broker_process *broker)
{
	double until = now_ms() + STOP_MS_MAX;
	int status = 0;
	while (waitpid(broker->pid, &status, WNOHANG) == 0) {
		if (now_ms() > until) {
			kill(broker->pid, SIGKILL);
			waitpid(broker->pid, &status, 0);
			print_error("the broker did not stop\n");
			break;
		}
		usleep(2000);
	}
	broker->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int broker_stop(struct broker_process *broker)
{
	assert_true(broker->pid > 0);
	kill(broker->pid, SIGTERM);
	return wait_for(broker);
}

void broker_kill(struct broker_process *broker)
{
	assert_true(broker->pid > 0);
	kill(broker->pid, SIGKILL);
	wait_for(broker);
}

static int read_all_and_wait(pid_t pid, int in, struct buf *ret_output)
{
	char bytes[4096];
	for (ssize_t n; (n = read(in, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR);)
		if (n > 0)
			buf_append(ret_output, slice_of(bytes, (size_t)n));
	close(in);
	int status = 0;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run(const char *path, const char *const *args, struct buf *ret_output)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		char *plain[BROKER_ARGS_MAX + 2] = { 0 };
		for (size_t i = 0; i <= BROKER_ARGS_MAX && args[i] != NULL; i++)
			memcpy(&plain[i], &args[i], sizeof(plain[i]));
		execv(path, plain);
		_exit(127);
	}
	close(ends[1]);
	return read_all_and_wait(pid, ends[0], ret_output);
}

int weir_run(const char *const *args, struct buf *ret_output)
{
	return run(weir_path(), args, ret_output);
}

int shell_run(const char *line, struct buf *ret_output)
{
	const char *const args[] = { "sh", "-c", line, NULL };
	return run("/bin/sh", args, ret_output);
}
