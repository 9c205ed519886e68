#include "server/commands.h"

#include "base/suggest.h"

#include <errno.h>
#include <stdio.h>

static const struct command COMMANDS[] = {
#define COMMAND(id, group_) { .def = &command_##id, .run = cmd_##id, .group = (group_) },
#include "server/commands.def"
#undef COMMAND
};

static const struct opts_def *const DEFS[] = {
#define COMMAND(id, group_) &command_##id,
#include "server/commands.def"
#undef COMMAND
};

static const struct opts_program PROGRAM = {
	.name = "weir",
	.summary = "stream processing with continuous SQL, and the logs it reads and writes",
	.about = "weir is a stream-processing engine and a broker that speaks Kafka's protocol, in "
		 "one binary.\n"
		 "Every command explains itself: weir COMMAND --help.\n",
	.commands = DEFS,
	.command_count = COUNT_OF(DEFS),
};

static const char *const GROUP_TITLES[] = {
	[GROUP_RUN] = "Start something that runs",
	[GROUP_ASK] = "Ask something that runs",
	[GROUP_ABOUT] = "About weir itself",
};

static_assert(COUNT_OF(GROUP_TITLES) == GROUP_COUNT, "every group has a title");

const struct opts_program *command_program(void)
{
	return &PROGRAM;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
		if (strcmp(COMMANDS[i].def->name, name) == 0)
			return &COMMANDS[i];
	}
	return NULL;
}

static void append_group(enum command_group group, struct buf *buf)
{
	bool titled = false;
	for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
		if (COMMANDS[i].group != group)
			continue;
		if (!titled)
			buf_printf(buf, "\n%s:\n", GROUP_TITLES[group]);
		titled = true;
		buf_printf(buf, "  %-12s %s\n", COMMANDS[i].def->name, COMMANDS[i].def->summary);
	}
}

void command_overview(struct buf *buf)
{
	buf_printf(buf, "Usage: weir COMMAND [OPTION...]\n\n%s\n", PROGRAM.summary);
	for (int group = 0; group < GROUP_COUNT; group++)
		append_group((enum command_group)group, buf);
	buf_append_str(buf, "\n'weir COMMAND --help' explains a command.\n\nExit codes:\n");
	struct slice codes = slice_str(opts_exit_codes());
	for (size_t at = 0; at < codes.len;) {
		size_t end = slice_find_byte(codes, '\n', at);
		buf_printf(buf, "  %.*s\n", SLICE_ARGS(slice_sub(codes, at, end - at)));
		at = end + 1;
	}
}

int command_print(const struct buf *buf)
{
	if (buf->len == 0)
		return EXIT_OK;
	size_t written = fwrite(buf->data, 1, buf->len, stdout);
	return written == buf->len ? EXIT_OK : EXIT_FAILED;
}

int command_fail(const char *name, const struct err *err)
{
	assert(err->code != ERR_OK);
	fprintf(stderr, "weir %s: %s\n", name, err->text);
	return err->code == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

static int unknown_command(const char *name)
{
	struct suggest suggest = suggest_for(slice_str(name));
	for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
		suggest_offer(&suggest, COMMANDS[i].def->name);
	fprintf(stderr, "weir: '%s' is not a command%s\nSee 'weir help'.\n", name,
		suggest_words(&suggest));
	return EXIT_USAGE;
}

/* What was printed must have arrived. A reader that went away is no news: head(1) does it. */
static int flush(int code)
{
	errno = 0;
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return code;
	if (errno != EPIPE) {
		struct err err = ERR_INIT;
		(void)err_from_errno(&err, errno != 0 ? errno : EIO, "write to standard output");
		fprintf(stderr, "weir: %s\n", err.text);
	}
	return code != EXIT_OK ? code : EXIT_FAILED;
}

/* `weir`, `weir --help`, `weir --version`: what people try first. */
static const char *alias_of(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return "help";
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return "version";
	return word;
}

int command_main(int argc, char **argv)
{
	if (argc < 2) {
		struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
		command_overview(&text);
		fwrite(text.data, 1, text.len, stderr);
		buf_fini(&text);
		return EXIT_USAGE;
	}
	const struct command *command = command_find(alias_of(argv[1]));
	if (command == NULL)
		return unknown_command(argv[1]);
	return flush(command->run(argc - 1, argv + 1));
}
