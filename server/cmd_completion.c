#include "server/commands.h"

const struct opts_def command_completion = {
	.name = "completion",
	.summary = "Print what completes weir's commands in a shell",
	.about = "For bash:\n"
		 "\n"
		 "  source <(weir completion bash)\n"
		 "\n"
		 "For zsh, into a folder of $fpath; for fish:\n"
		 "\n"
		 "  weir completion zsh > ~/.zfunc/_weir\n"
		 "  weir completion fish > ~/.config/fish/completions/weir.fish\n",
	.operands = "bash|zsh|fish",
	.operands_min = 1,
	.operands_max = 1,
};

int cmd_completion(int argc, char **argv)
{
	CLEANUP(arena_fini) struct arena arena = { 0 };
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	struct opts_result result;
	struct err err = ERR_INIT;
	int code;
	if (!opts_begin(&command_completion, argc, argv, &arena, NULL, &result, &code))
		return code;
	if (opts_complete(command_program(), result.operands[0], &text, &err) != 0)
		return command_fail("completion", &err);
	return command_print(&text);
}
