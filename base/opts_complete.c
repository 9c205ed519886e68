#include "base/opts.h"

#include "base/suggest.h"

/*
 * Completion scripts, one writer a shell. All three work alike: the first word completes to a
 * command, and a word that begins with a dash to an option of the command given; values complete to
 * the row's choices, or to files.
 */

/* In single quotes, as the shells read them. */
static void append_quoted(struct buf *buf, const char *text)
{
	buf_append_u8(buf, '\'');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\'')
			buf_append_str(buf, "'\\''");
		else
			buf_append_u8(buf, (uint8_t)*c);
	}
	buf_append_u8(buf, '\'');
}

static void append_choices(struct buf *buf, const char *choices)
{
	for (const char *c = choices; *c != '\0'; c++)
		buf_append_u8(buf, *c == '|' ? ' ' : (uint8_t)*c);
}

/* ---- bash ---- */

static void bash_command(const struct opts_def *def, struct buf *buf)
{
	buf_printf(buf, "\t'%s')\n\t\tcase \"$previous\" in\n", def->name);
	for (uint32_t i = 0; i < def->option_count; i++) {
		const struct opt *opt = &def->options[i];
		if (opt->kind == OPT_FLAG)
			continue;
		buf_printf(buf, "\t\t--%s", opt->name);
		if (opt->letter != 0)
			buf_printf(buf, "|-%c", opt->letter);
		if (opt->choices != NULL) {
			buf_append_str(buf, ") COMPREPLY=($(compgen -W '");
			append_choices(buf, opt->choices);
			buf_append_str(buf, "' -- \"$word\")); return ;;\n");
		} else {
			buf_append_str(buf,
				       ") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
		}
	}
	buf_append_str(buf, "\t\tesac\n\t\toptions='--help");
	for (uint32_t i = 0; i < def->option_count; i++)
		buf_printf(buf, " --%s", def->options[i].name);
	buf_append_str(buf, "' ;;\n");
}

static void complete_bash(const struct opts_program *program, struct buf *buf)
{
	buf_printf(buf,
		   "# Completion of %s for bash: source this file, or put it where\n"
		   "# bash-completion looks.\n"
		   "_%s() {\n"
		   "\tlocal word=\"${COMP_WORDS[COMP_CWORD]}\"\n"
		   "\tlocal previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
		   "\tlocal options='--help'\n"
		   "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
		   "\t\tCOMPREPLY=($(compgen -W '",
		   program->name, program->name);
	for (uint32_t i = 0; i < program->command_count; i++)
		buf_printf(buf, "%s%s", i > 0 ? " " : "", program->commands[i]->name);
	buf_append_str(buf, "' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase \"${COMP_WORDS[1]}\" in\n");
	for (uint32_t i = 0; i < program->command_count; i++)
		bash_command(program->commands[i], buf);
	buf_printf(buf,
		   "\tesac\n"
		   "\tcase \"$word\" in\n"
		   "\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
		   "\t*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
		   "\tesac\n"
		   "}\n"
		   "complete -F _%s %s\n",
		   program->name, program->name);
}

/* ---- zsh ---- */

/* A description inside _arguments' [brackets]. */
static void append_zsh_help(struct buf *buf, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '[' || *c == ']' || *c == ':' || *c == '\\')
			buf_append_u8(buf, '\\');
		if (*c == '\'')
			buf_append_str(buf, "'\\'");
		buf_append_u8(buf, (uint8_t)*c);
	}
}

static void zsh_command(const struct opts_def *def, struct buf *buf)
{
	buf_printf(buf, "\t'%s')\n\t\t_arguments '--help[show help]'", def->name);
	for (uint32_t i = 0; i < def->option_count; i++) {
		const struct opt *opt = &def->options[i];
		buf_printf(buf, " \\\n\t\t\t'%s--%s%s[", opt->kind == OPT_LIST ? "*" : "",
			   opt->name, opt->kind == OPT_FLAG ? "" : "=");
		append_zsh_help(buf, opt->help);
		buf_append_u8(buf, ']');
		if (opt->choices != NULL) {
			buf_printf(buf, ":%s:(", opt->value);
			append_choices(buf, opt->choices);
			buf_append_u8(buf, ')');
		} else if (opt->kind != OPT_FLAG) {
			buf_printf(buf, ":%s:_files", opt->value);
		}
		buf_append_u8(buf, '\'');
	}
	if (def->operands != NULL)
		buf_append_str(buf, " \\\n\t\t\t'*:argument:_files'");
	buf_append_str(buf, " ;;\n");
}

static void complete_zsh(const struct opts_program *program, struct buf *buf)
{
	buf_printf(buf,
		   "#compdef %s\n"
		   "_%s() {\n"
		   "\tif (( CURRENT == 2 )); then\n"
		   "\t\tlocal -a commands=(\n",
		   program->name, program->name);
	for (uint32_t i = 0; i < program->command_count; i++) {
		buf_printf(buf, "\t\t\t'%s:", program->commands[i]->name);
		append_zsh_help(buf, program->commands[i]->summary);
		buf_append_str(buf, "'\n");
	}
	buf_append_str(buf, "\t\t)\n\t\t_describe command commands\n\t\treturn\n\tfi\n"
			    "\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n"
			    "\tcase $command in\n");
	for (uint32_t i = 0; i < program->command_count; i++)
		zsh_command(program->commands[i], buf);
	buf_printf(buf, "\tesac\n}\n_%s \"$@\"\n", program->name);
}

/* ---- fish ---- */

static void fish_command(const struct opts_program *program, const struct opts_def *def,
			 struct buf *buf)
{
	buf_printf(buf, "complete -c %s -n __fish_use_subcommand -f -a '%s' -d ", program->name,
		   def->name);
	append_quoted(buf, def->summary);
	buf_append_u8(buf, '\n');
	for (uint32_t i = 0; i < def->option_count; i++) {
		const struct opt *opt = &def->options[i];
		buf_printf(buf, "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s",
			   program->name, def->name, opt->name);
		if (opt->letter != 0)
			buf_printf(buf, " -s %c", opt->letter);
		if (opt->kind != OPT_FLAG)
			buf_append_str(buf, " -r");
		if (opt->choices != NULL) {
			buf_append_str(buf, " -f -a '");
			append_choices(buf, opt->choices);
			buf_append_u8(buf, '\'');
		}
		buf_append_str(buf, " -d ");
		append_quoted(buf, opt->help);
		buf_append_u8(buf, '\n');
	}
}

static void complete_fish(const struct opts_program *program, struct buf *buf)
{
	buf_printf(buf, "# Completion of %s for fish: put it into ~/.config/fish/completions.\n",
		   program->name);
	for (uint32_t i = 0; i < program->command_count; i++)
		fish_command(program, program->commands[i], buf);
	buf_printf(buf, "complete -c %s -l help -s h -d 'Show help'\n", program->name);
}

fallible opts_complete(const struct opts_program *program, const char *shell, struct buf *buf,
		       struct err *err)
{
	static const struct {
		const char *name;
		void (*write)(const struct opts_program *program, struct buf *buf);
	} SHELLS[] = { { "bash", complete_bash },
		       { "zsh", complete_zsh },
		       { "fish", complete_fish } };
	struct suggest suggest = suggest_for(slice_str(shell));
	for (size_t i = 0; i < COUNT_OF(SHELLS); i++) {
		suggest_offer(&suggest, SHELLS[i].name);
		if (strcmp(shell, SHELLS[i].name) == 0) {
			SHELLS[i].write(program, buf);
			return 0;
		}
	}
	return err_set(err, ERR_USAGE, "there is no completion for '%s', only bash, zsh, fish%s",
		       shell, suggest_words(&suggest));
}
