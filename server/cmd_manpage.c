#include "base/suggest.h"
#include "server/commands.h"

const struct opts_def command_manpage = {
	.name = "manpage",
	.summary = "Print the man page of weir, or of one of its commands",
	.about = "To read it: weir manpage version | man -l -\n"
		 "To install it: weir manpage > /usr/local/share/man/man1/weir.1\n",
	.operands = "[COMMAND]",
	.operands_max = 1,
};

static int man_for(const char *name, struct buf *text, struct err *err)
{
	const struct opts_program *program = command_program();
	const struct command *command = command_find(name);
	struct suggest suggest = suggest_for(slice_str(name));
	if (command != NULL) {
		opts_man(command->def, program, text);
		return 0;
	}
	for (uint32_t i = 0; i < program->command_count; i++)
		suggest_offer(&suggest, program->commands[i]->name);
	return err_set(err, ERR_USAGE, "'%s' is not a command%s", name, suggest_words(&suggest));
}

int cmd_manpage(int argc, char **argv)
{
	CLEANUP(arena_fini) struct arena arena = { 0 };
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	struct opts_result result;
	struct err err = ERR_INIT;
	int code;
	if (!opts_begin(&command_manpage, argc, argv, &arena, NULL, &result, &code))
		return code;
	if (result.operand_count == 0)
		opts_man_program(command_program(), &text);
	else if (man_for(result.operands[0], &text, &err) != 0)
		return command_fail("manpage", &err);
	return command_print(&text);
}
