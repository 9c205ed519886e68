#include "server/commands.h"

const struct opts_def command_help = {
	.name = "help",
	.summary = "Show the commands, or explain one of them",
	.operands = "[COMMAND]",
	.operands_max = 1,
};

/* `weir help x` is `weir x --help`. */
static int help_for(const char *name)
{
	const struct command *command = command_find(name);
	if (command == NULL) {
		char program[] = "weir", *argv[] = { program, NULL, NULL };
		memcpy(&argv[1], &name, sizeof(name)); /* says that there is none */
		return command_main(2, argv);
	}
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	opts_help(command->def, "weir", &text);
	int code = command_print(&text);
	buf_fini(&text);
	return code;
}

int cmd_help(int argc, char **argv)
{
	CLEANUP(arena_fini) struct arena arena = { 0 };
	struct opts_result result;
	int code;
	if (!opts_begin(&command_help, argc, argv, &arena, NULL, &result, &code))
		return code;
	if (result.operand_count == 1)
		return help_for(result.operands[0]);
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	command_overview(&text);
	code = command_print(&text);
	buf_fini(&text);
	return code;
}
