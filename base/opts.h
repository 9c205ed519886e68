/*
 * opts.h - a command line as a table: the one place that knows an option.
 *
 * From the table come parsing, --help, the man page, the completions of three shells and the names
 * in the environment. Values land in a struct of the command's own, at the row's `field`. A value
 * is looked for on the command line, then in WEIR_<NAME> (where the command says `env`), then in
 * the row's `otherwise`. Accepted are --name=value, --name value, -n value, -nvalue, -ab for flags,
 * and
 * `--` before operands; a name is never abbreviated, so that scripts survive a new option. What is
 * wrong is ERR_USAGE, with a guess at what was meant.
 */
#ifndef WEIR_BASE_OPTS_H
#define WEIR_BASE_OPTS_H

#include "base/arena.h"
#include "base/err.h"

/* What every command leaves the process with. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

enum opt_kind {
	OPT_FLAG, /* bool */
	OPT_TEXT, /* const char *; NULL when neither given nor `otherwise` */
	OPT_INT,  /* int64_t, within min..max */
	OPT_LIST, /* struct opt_list: may be given again and again */
};

struct opt_list {
	const char **items; /* in the arena */
	uint32_t len;
};

struct opt {
	const char *name; /* without dashes */
	char letter;      /* of the short form; 0: none */
	enum opt_kind kind;
	size_t field;          /* offsetof(struct my_options, my_field) */
	const char *value;     /* what --help calls the value; NULL for a flag */
	const char *otherwise; /* the default, as text; NULL: none */
	const char *choices;   /* "on|off": the only values; NULL: any */
	int64_t min, max;      /* OPT_INT */
	bool required;
	const char *help; /* a sentence */
};

struct opts_def {
	const char *name;    /* "topic create": what follows "weir" */
	const char *summary; /* a line, without full stop */
	const char *about; /* paragraphs with an empty line between; NULL: the summary is enough */
	const char *operands; /* as usage shows them, "[COMMAND]"; NULL: takes none */
	uint32_t operands_min, operands_max;
	const struct opt *options;
	uint32_t option_count;
	size_t fields_size; /* of the struct that `field` is an offset into */
	bool env;           /* options are also read from WEIR_<NAME> */
};

#define OPTS(options_) .options = (options_), .option_count = COUNT_OF(options_)

/* All commands of one program, for what speaks of several: man page, completions. */
struct opts_program {
	const char *name, *summary, *about;
	const struct opts_def *const *commands;
	uint32_t command_count;
};

struct opts_result {
	bool help; /* --help was given: nothing else was checked */
	const char *const *operands;
	uint32_t operand_count;
};

typedef const char *opts_env(const char *name); /* getenv, or a test's */

/* argv[0] is skipped. `fields` is zeroed first and valid on success; texts live in argv, the
 * environment, the table or the arena. */
fallible opts_parse(const struct opts_def *def, int argc, char *const *argv, opts_env *env,
		    struct arena *arena, void *fields, struct opts_result *ret_result,
		    struct err *err);

/* What a command does first: parses; prints help or the mistake. False: leave with *ret_exit. */
bool opts_begin(const struct opts_def *def, int argc, char *const *argv, struct arena *arena,
		void *fields, struct opts_result *ret_result, int *ret_exit);

/* "WEIR_DATA_DIR" for data-dir. */
const char *opts_env_name(struct arena *arena, const struct opt *opt);

void opts_help(const struct opts_def *def, const char *program, struct buf *buf);
void opts_man(const struct opts_def *def, const struct opts_program *program, struct buf *buf);
void opts_man_program(const struct opts_program *program, struct buf *buf);

/* `shell` is bash, zsh or fish. */
fallible opts_complete(const struct opts_program *program, const char *shell, struct buf *buf,
		       struct err *err);

/* The codes of enum exit_code in words, one a line, for help and man page. */
const char *opts_exit_codes(void);

#endif
