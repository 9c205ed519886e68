/*
 * commands.h - the commands of weir as a table: `weir COMMAND [OPTION...]`.
 *
 * A new command is one row in commands.def and one file that defines its `struct opts_def` and its
 * function; help, man page, completions and "did you mean" follow. A command returns an enum
 * exit_code, begins with opts_begin, writes its results to standard output and what went wrong, in
 * one line, to standard error. Nothing is coloured, and nothing is written that a script would trip
 * over.
 */
#ifndef WEIR_SERVER_COMMANDS_H
#define WEIR_SERVER_COMMANDS_H

#include "base/opts.h"

enum command_group {
	GROUP_RUN,   /* starts something that runs */
	GROUP_ASK,   /* asks something that runs */
	GROUP_ABOUT, /* speaks of weir itself */
	GROUP_COUNT,
};

struct command {
	const struct opts_def *def;
	int (*run)(int argc, char **argv);
	enum command_group group;
};

#define COMMAND(id, group)                                                                         \
	extern const struct opts_def command_##id;                                                 \
	int cmd_##id(int argc, char **argv);
#include "server/commands.def"
#undef COMMAND

/* The command of this name; NULL: there is none. */
const struct command *command_find(const char *name);

/* The table, as opts.h wants it for man page and completions. */
const struct opts_program *command_program(void);

/* What `weir help` prints. */
void command_overview(struct buf *buf);

/* Runs `weir argv[1] ...`: everything that main does. */
int command_main(int argc, char **argv);

/* Writes a finished text to standard output. EXIT_OK, or EXIT_FAILED when that failed. */
int command_print(const struct buf *buf);

/* "weir NAME: text", to standard error. EXIT_FAILED, or EXIT_USAGE for ERR_USAGE. */
int command_fail(const char *name, const struct err *err);

#endif
