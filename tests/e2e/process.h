/*
 * process.h - a `weir broker` of a test's own: started on a free port over a folder of its own,
 * stopped, killed, started again over the same folder.
 */
#ifndef WEIR_TESTS_E2E_PROCESS_H
#define WEIR_TESTS_E2E_PROCESS_H

#include "tests/lib/test.h"

#include <sys/types.h>

#define BROKER_ARGS_MAX 16

struct broker_process {
	char dir[64];                      /* made by broker_make, removed by broker_remove */
	char address[64];                  /* "127.0.0.1:PORT" once it is ready */
	pid_t pid;                         /* 0: not running */
	const char *args[BROKER_ARGS_MAX]; /* further arguments, ended by NULL; borrowed */
	double ready_ms;                   /* from fork to the ready line */
};

void broker_make(struct broker_process *broker);
void broker_remove(struct broker_process *broker); /* kills it, if it runs */
/* Waits for the line that says it is ready, ten seconds at most. */
void broker_start(struct broker_process *broker);
int broker_stop(struct broker_process *broker);  /* SIGTERM; the exit code, -1 after a signal */
void broker_kill(struct broker_process *broker); /* SIGKILL */
/* Runs `weir ARGS...`, waits; the exit code, and what it wrote to both outputs. */
int weir_run(const char *const *args, struct buf *ret_output);
/* Runs a shell command line; the exit code, and its output. */
int shell_run(const char *line, struct buf *ret_output);

#endif
