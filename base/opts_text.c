#include "base/opts.h"

/* Help is made for 80 columns, wherever it is read. */
#define HELP_COLUMNS 80
#define HELP_INDENT 30

const char *opts_exit_codes(void)
{
	return "0  it worked\n"
	       "1  it failed; the reason is on standard error\n"
	       "2  the command line is wrong\n";
}

/* Words of `text`, wrapped; every line but the first is indented. `column` is where it starts. */
static void append_wrapped(struct buf *buf, const char *text, size_t column, size_t indent)
{
	struct slice left = slice_str(text);
	bool first = true;
	while (left.len > 0) {
		size_t space = MIN(slice_find_byte(left, ' ', 0), left.len);
		if (!first && column + 1 + space > HELP_COLUMNS) {
			buf_printf(buf, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buf_append_u8(buf, ' ');
			column++;
		}
		buf_append(buf, slice_sub(left, 0, space));
		column += space;
		left = slice_sub(left, space + 1, left.len);
		first = false;
	}
	buf_append_u8(buf, '\n');
}

/* Paragraphs are separated by an empty line; a line that begins with a space stays as it is. */
static void append_paragraphs(struct buf *buf, const char *text)
{
	struct slice left = slice_str(text);
	while (left.len > 0) {
		size_t end = MIN(slice_find_byte(left, '\n', 0), left.len);
		struct arena arena = { 0 };
		struct slice line = slice_sub(left, 0, end);
		if (line.len > 0 && line.data[0] == ' ')
			buf_printf(buf, "%.*s\n", SLICE_ARGS(line));
		else
			append_wrapped(buf, arena_str(&arena, line), 0, 0);
		arena_fini(&arena);
		left = slice_sub(left, end + 1, left.len);
	}
}

static void append_usage(const struct opts_def *def, const char *program, struct buf *buf)
{
	buf_printf(buf, "%s %s", program, def->name);
	for (uint32_t i = 0; i < def->option_count; i++) {
		if (def->options[i].required)
			buf_printf(buf, " --%s=%s", def->options[i].name, def->options[i].value);
	}
	if (def->option_count > 0)
		buf_append_str(buf, " [OPTION...]");
	if (def->operands != NULL)
		buf_printf(buf, " %s", def->operands);
}

/* The help sentence, then what a table knows besides: values, default, name in the environment. */
static void append_notes(const struct opts_def *def, const struct opt *opt, struct buf *buf)
{
	struct arena arena = { 0 };
	buf_append_str(buf, opt->help);
	if (opt->choices != NULL)
		buf_printf(buf, " One of %s.", opt->choices);
	if (opt->kind == OPT_LIST)
		buf_append_str(buf, " May be given more than once.");
	if (opt->otherwise != NULL)
		buf_printf(buf, " [default: %s]", opt->otherwise);
	if (def->env)
		buf_printf(buf, " [environment: %s]", opts_env_name(&arena, opt));
	arena_fini(&arena);
}

static void append_option_help(const struct opts_def *def, const struct opt *opt, struct buf *buf)
{
	struct buf notes = BUF_INIT(BUF_TEXT_BYTES_MAX);
	size_t start = buf->len;
	if (opt->letter != 0)
		buf_printf(buf, "  -%c, --%s", opt->letter, opt->name);
	else
		buf_printf(buf, "      --%s", opt->name);
	if (opt->kind != OPT_FLAG)
		buf_printf(buf, "=%s", opt->value);
	size_t width = buf->len - start;
	if (width + 2 > HELP_INDENT) {
		buf_append_u8(buf, '\n');
		width = 0;
	}
	buf_printf(buf, "%*s", (int)(HELP_INDENT - width), "");
	append_notes(def, opt, &notes);
	append_wrapped(buf, buf_str(&notes), HELP_INDENT, HELP_INDENT);
	buf_fini(&notes);
}

static const struct opt HELP_OPTION = { .name = "help", .letter = 'h', .help = "Show this help." };

void opts_help(const struct opts_def *def, const char *program, struct buf *buf)
{
	buf_append_str(buf, "Usage: ");
	append_usage(def, program, buf);
	buf_printf(buf, "\n\n%s.\n", def->summary);
	if (def->about != NULL) {
		buf_append_u8(buf, '\n');
		append_paragraphs(buf, def->about);
	}
	buf_append_str(buf, "\nOptions:\n");
	for (uint32_t i = 0; i < def->option_count; i++)
		append_option_help(def, &def->options[i], buf);
	struct opts_def no_env = { .env = false };
	append_option_help(&no_env, &HELP_OPTION, buf);
	buf_append_str(buf, "\nExit codes:\n");
	struct slice codes = slice_str(opts_exit_codes());
	while (codes.len > 0) {
		size_t end = slice_find_byte(codes, '\n', 0);
		buf_printf(buf, "  %.*s\n", SLICE_ARGS(slice_sub(codes, 0, end)));
		codes = slice_sub(codes, end + 1, codes.len);
	}
}

/* ---- man pages ---- */

/* Text for roff: no character of it is taken for a command or for a hyphen. */
static void append_roff(struct buf *buf, const char *text)
{
	bool at_start = true;
	for (const char *c = text; *c != '\0'; c++) {
		if (at_start && (*c == '.' || *c == '\''))
			buf_append_str(buf, "\\&");
		if (*c == '\\')
			buf_append_str(buf, "\\e");
		else if (*c == '-')
			buf_append_str(buf, "\\-");
		else
			buf_append_u8(buf, (uint8_t)*c);
		at_start = *c == '\n';
	}
}

static void append_roff_paragraphs(struct buf *buf, const char *text)
{
	struct slice left = slice_str(text);
	while (left.len > 0) {
		size_t end = MIN(slice_find_byte(left, '\n', 0), left.len);
		struct arena arena = { 0 };
		const char *line = arena_str(&arena, slice_sub(left, 0, end));
		if (line[0] == '\0') {
			buf_append_str(buf, ".PP\n");
		} else if (line[0] == ' ') {
			buf_append_str(buf, ".nf\n");
			append_roff(buf, line);
			buf_append_str(buf, "\n.fi\n");
		} else {
			append_roff(buf, line);
			buf_append_u8(buf, '\n');
		}
		arena_fini(&arena);
		left = slice_sub(left, end + 1, left.len);
	}
}

static void append_upper(struct buf *buf, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		bool lower = *c >= 'a' && *c <= 'z';
		buf_append_u8(buf, (uint8_t)(lower ? *c - 'a' + 'A' : *c == ' ' ? '-' : *c));
	}
}

static void append_option_man(const struct opts_def *def, const struct opt *opt, struct buf *buf)
{
	struct buf notes = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_append_str(buf, ".TP\n");
	if (opt->letter != 0)
		buf_printf(buf, "\\fB\\-%c\\fR, ", opt->letter);
	buf_append_str(buf, "\\fB\\-\\-");
	append_roff(buf, opt->name);
	buf_append_str(buf, "\\fR");
	if (opt->kind != OPT_FLAG)
		buf_printf(buf, "=\\fI%s\\fR", opt->value);
	buf_append_u8(buf, '\n');
	append_notes(def, opt, &notes);
	append_roff(buf, buf_str(&notes));
	buf_append_u8(buf, '\n');
	buf_fini(&notes);
}

static void append_exit_man(struct buf *buf)
{
	buf_append_str(buf, ".SH EXIT STATUS\n.nf\n");
	append_roff(buf, opts_exit_codes());
	buf_append_str(buf, ".fi\n");
}

void opts_man(const struct opts_def *def, const struct opts_program *program, struct buf *buf)
{
	struct buf usage = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_append_str(buf, ".TH ");
	append_upper(buf, program->name);
	buf_append_u8(buf, '-');
	append_upper(buf, def->name);
	buf_printf(buf, " 1\n.SH NAME\n");
	append_roff(buf, program->name);
	buf_append_str(buf, "\\-");
	append_roff(buf, def->name);
	buf_append_str(buf, " \\- ");
	append_roff(buf, def->summary);
	buf_append_str(buf, "\n.SH SYNOPSIS\n");
	append_usage(def, program->name, &usage);
	append_roff(buf, buf_str(&usage));
	buf_fini(&usage);
	buf_append_str(buf, "\n.SH DESCRIPTION\n");
	append_roff(buf, def->summary);
	buf_append_str(buf, ".\n");
	if (def->about != NULL) {
		buf_append_str(buf, ".PP\n");
		append_roff_paragraphs(buf, def->about);
	}
	buf_append_str(buf, ".SH OPTIONS\n");
	for (uint32_t i = 0; i < def->option_count; i++)
		append_option_man(def, &def->options[i], buf);
	struct opts_def no_env = { .env = false };
	append_option_man(&no_env, &HELP_OPTION, buf);
	append_exit_man(buf);
	buf_append_str(buf, ".SH SEE ALSO\n");
	buf_printf(buf, "\\fB%s\\fR(1)\n", program->name);
}

void opts_man_program(const struct opts_program *program, struct buf *buf)
{
	buf_append_str(buf, ".TH ");
	append_upper(buf, program->name);
	buf_printf(buf, " 1\n.SH NAME\n%s \\- ", program->name);
	append_roff(buf, program->summary);
	buf_printf(buf, "\n.SH SYNOPSIS\n%s COMMAND [OPTION...]\n.SH DESCRIPTION\n", program->name);
	append_roff_paragraphs(buf, program->about);
	buf_append_str(buf, ".SH COMMANDS\n");
	for (uint32_t i = 0; i < program->command_count; i++) {
		buf_append_str(buf, ".TP\n\\fB");
		append_roff(buf, program->commands[i]->name);
		buf_append_str(buf, "\\fR\n");
		append_roff(buf, program->commands[i]->summary);
		buf_append_str(buf, ".\n");
	}
	append_exit_man(buf);
}
