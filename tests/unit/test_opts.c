#include "base/opts.h"

#include "tests/lib/test.h"

struct fields {
	bool verbose, quick;
	const char *dir, *mode;
	int64_t port;
	struct opt_list set;
};

static const struct opt OPTIONS[] = {
	{ .name = "verbose",
	  .letter = 'v',
	  .kind = OPT_FLAG,
	  .field = offsetof(struct fields, verbose),
	  .help = "Say more." },
	{ .name = "quick",
	  .letter = 'q',
	  .kind = OPT_FLAG,
	  .field = offsetof(struct fields, quick),
	  .help = "Don't wait: it's [fast]." },
	{ .name = "data-dir",
	  .letter = 'd',
	  .kind = OPT_TEXT,
	  .field = offsetof(struct fields, dir),
	  .value = "DIR",
	  .otherwise = "./data",
	  .help = "Where everything is kept, and this sentence is long enough to be wrapped." },
	{ .name = "mode",
	  .kind = OPT_TEXT,
	  .field = offsetof(struct fields, mode),
	  .value = "MODE",
	  .choices = "on|off",
	  .help = "Whether." },
	{ .name = "port",
	  .letter = 'p',
	  .kind = OPT_INT,
	  .field = offsetof(struct fields, port),
	  .value = "PORT",
	  .otherwise = "9092",
	  .min = 1,
	  .max = 65535,
	  .help = "Where it listens." },
	{ .name = "set",
	  .kind = OPT_LIST,
	  .field = offsetof(struct fields, set),
	  .value = "KEY=VALUE",
	  .help = "A setting." },
};

static const struct opts_def DEF = {
	.name = "serve",
	.summary = "Serve things",
	.about = "First paragraph, which is long enough that it does not fit on one line of "
		 "eighty.\n"
		 "\n"
		 "  weir serve --quick\n",
	.operands = "[FILE...]",
	.operands_max = 2,
	OPTS(OPTIONS),
	.fields_size = sizeof(struct fields),
	.env = true,
};

static const char *environment(const char *name)
{
	if (strcmp(name, "WEIR_DATA_DIR") == 0)
		return "/from/env";
	return strcmp(name, "WEIR_QUICK") == 0 ? "yes" : NULL;
}

struct run {
	struct arena arena;
	struct fields fields;
	struct opts_result result;
	struct err err;
};

/* Parses the words, which are separated by spaces. */
static int run(struct run *r, const char *line, opts_env *env)
{
	char *argv[20];
	int argc = 0;
	struct slice left = slice_str(line);
	*r = (struct run){ .err = ERR_INIT };
	argv[argc++] = arena_str(&r->arena, SLICE("serve"));
	while (left.len > 0) {
		size_t space = MIN(slice_find_byte(left, ' ', 0), left.len);
		argv[argc++] = arena_str(&r->arena, slice_sub(left, 0, space));
		left = slice_sub(left, space + 1, left.len);
	}
	argv[argc] = NULL;
	return opts_parse(&DEF, argc, argv, env, &r->arena, &r->fields, &r->result, &r->err);
}

static void every_form_of_an_option_is_read(void **state)
{
	(void)state;
	static const char *const LINES[] = {
		"--data-dir=x --port=80 --verbose a b",
		"--data-dir x --port 80 -v a b",
		"-d x -p 80 -v a b",
		"-vdx -p80 a b",
		"a -dx b -vp 80",
		"-v -d x -p80 -- a b",
		"--verbose=true --data-dir=x --port=+80 a b",
	};
	for (size_t i = 0; i < COUNT_OF(LINES); i++) {
		struct run r;
		assert_ok(run(&r, LINES[i], NULL), &r.err);
		assert_string_equal(r.fields.dir, "x");
		assert_int_equal(r.fields.port, 80);
		assert_true(r.fields.verbose);
		assert_false(r.fields.quick);
		assert_null(r.fields.mode);
		assert_int_equal(r.result.operand_count, 2);
		assert_string_equal(r.result.operands[0], "a");
		assert_string_equal(r.result.operands[1], "b");
		arena_fini(&r.arena);
	}
}

static void values_come_from_the_line_the_environment_or_the_table(void **state)
{
	(void)state;
	struct run r;
	assert_ok(run(&r, "", NULL), &r.err);
	assert_string_equal(r.fields.dir, "./data");
	assert_int_equal(r.fields.port, 9092);
	arena_fini(&r.arena);
	assert_ok(run(&r, "", environment), &r.err);
	assert_string_equal(r.fields.dir, "/from/env");
	assert_true(r.fields.quick);
	arena_fini(&r.arena);
	assert_ok(run(&r, "-d here --quick=off", environment), &r.err);
	assert_string_equal(r.fields.dir, "here");
	assert_false(r.fields.quick);
	arena_fini(&r.arena);
}

static void a_list_keeps_its_order(void **state)
{
	(void)state;
	struct run r;
	assert_ok(run(&r, "--set a=1 --set=b=2 --set c=", NULL), &r.err);
	assert_int_equal(r.fields.set.len, 3);
	assert_string_equal(r.fields.set.items[0], "a=1");
	assert_string_equal(r.fields.set.items[1], "b=2");
	assert_string_equal(r.fields.set.items[2], "c=");
	arena_fini(&r.arena);
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	static const struct {
		const char *line, *words;
	} WRONG[] = {
		{ "--dta-dir=x", "unknown option '--dta-dir'; did you mean '--data-dir'?" },
		{ "--data=x", "unknown option '--data'; did you mean '--data-dir'?" },
		{ "--zebra", "unknown option '--zebra'" },
		{ "-x", "unknown option '-x'" },
		{ "-vx", "unknown option '-x'" },
		{ "--data-dir", "--data-dir needs a value: DIR" },
		{ "-d", "--data-dir needs a value: DIR" },
		{ "--port=many", "--port: 'many' is not a whole number" },
		{ "--port=", "--port: '' is not a whole number" },
		{ "--port=0", "--port: 0 is not between 1 and 65535" },
		{ "--port=99999999999999999999", "is not a whole number" },
		{ "--mode=maybe", "--mode: 'maybe' is none of on|off" },
		{ "--mode=on|off", "is none of" },
		{ "--port=1 --port=2", "--port is given twice" },
		{ "--verbose=perhaps", "--verbose: 'perhaps' is neither true nor false" },
		{ "a b c", "unexpected argument 'c'" },
		{ "--hepl", "did you mean '--help'?" },
	};
	for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
		struct run r;
		assert_fails(run(&r, WRONG[i].line, NULL), &r.err, ERR_USAGE, WRONG[i].words);
		arena_fini(&r.arena);
	}
}

static const char *bad_environment(const char *name)
{
	return strcmp(name, "WEIR_PORT") == 0 ? "x" : NULL;
}

static void a_mistake_in_the_environment_names_its_variable(void **state)
{
	(void)state;
	struct run r;
	assert_fails(run(&r, "", bad_environment), &r.err, ERR_USAGE,
		     "WEIR_PORT, for --port: 'x' is not a whole number");
	arena_fini(&r.arena);
	assert_ok(run(&r, "--port 5", bad_environment), &r.err);
	arena_fini(&r.arena);
}

static void help_is_help_whatever_else_is_said(void **state)
{
	(void)state;
	static const char *const LINES[] = { "--help", "-h", "a b --help c d e", "-vh" };
	for (size_t i = 0; i < COUNT_OF(LINES); i++) {
		struct run r;
		assert_ok(run(&r, LINES[i], NULL), &r.err);
		assert_true(r.result.help);
		arena_fini(&r.arena);
	}
	struct run r;
	assert_ok(run(&r, "-- --help", NULL), &r.err);
	assert_false(r.result.help);
	assert_string_equal(r.result.operands[0], "--help");
	arena_fini(&r.arena);
}

static void required_and_missing_things_are_named(void **state)
{
	(void)state;
	static const struct opt NEEDED[] = {
		{ .name = "to", .kind = OPT_TEXT, .value = "PLACE", .required = true, .help = "W." }
	};
	static const struct opts_def DEF_NEEDED = { .name = "go",
						    .summary = "Go",
						    .operands = "THING",
						    .operands_min = 1,
						    .operands_max = 1,
						    OPTS(NEEDED),
						    .fields_size = sizeof(const char *) };
	struct arena arena = { 0 };
	struct err err = ERR_INIT;
	struct opts_result result;
	const char *to = NULL;
	char *argv[] = { NULL, NULL };
	assert_fails(opts_parse(&DEF_NEEDED, 1, argv, NULL, &arena, &to, &result, &err), &err,
		     ERR_USAGE, "too few arguments; expected THING");
	argv[1] = arena_str(&arena, SLICE("a"));
	assert_fails(opts_parse(&DEF_NEEDED, 2, argv, NULL, &arena, &to, &result, &err), &err,
		     ERR_USAGE, "--to=PLACE is required");
	arena_fini(&arena);
}

static void help_is_made_of_the_table(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(10000);
	opts_help(&DEF, "weir", &text);
	assert_slice(
		buf_slice(&text),
		"Usage: weir serve [OPTION...] [FILE...]\n"
		"\n"
		"Serve things.\n"
		"\n"
		"First paragraph, which is long enough that it does not fit on one line of\n"
		"eighty.\n"
		"\n"
		"  weir serve --quick\n"
		"\n"
		"Options:\n"
		"  -v, --verbose               Say more. [environment: WEIR_VERBOSE]\n"
		"  -q, --quick                 Don't wait: it's [fast]. [environment: WEIR_QUICK]\n"
		"  -d, --data-dir=DIR          Where everything is kept, and this sentence is\n"
		"                              long enough to be wrapped. [default: ./data]\n"
		"                              [environment: WEIR_DATA_DIR]\n"
		"      --mode=MODE             Whether. One of on|off. [environment: WEIR_MODE]\n"
		"  -p, --port=PORT             Where it listens. [default: 9092] [environment:\n"
		"                              WEIR_PORT]\n"
		"      --set=KEY=VALUE         A setting. May be given more than once.\n"
		"                              [environment: WEIR_SET]\n"
		"  -h, --help                  Show this help.\n"
		"\n"
		"Exit codes:\n"
		"  0  it worked\n"
		"  1  it failed; the reason is on standard error\n"
		"  2  the command line is wrong\n");
	buf_fini(&text);
}

static void assert_has(struct buf *text, const char *words)
{
	if (slice_find(buf_slice(text), slice_str(words), 0) == SIZE_MAX)
		fail_msg("no %s in:\n%s", words, buf_str(text));
}

static void the_man_page_escapes_what_roff_would_take(void **state)
{
	(void)state;
	static const struct opts_def ODD = { .name = "odd",
					     .summary = "Do odd things",
					     .about = ".begins with a point, has a \\ and a-b\n" };
	const struct opts_def *commands[] = { &DEF, &ODD };
	struct opts_program program = { "weir", "flows", "About it.", commands, 2 };
	struct buf text = BUF_INIT(10000);
	opts_man(&ODD, &program, &text);
	assert_has(&text, ".TH WEIR-ODD 1\n");
	assert_has(&text, "\n\\&.begins with a point, has a \\e and a\\-b\n");
	buf_reset(&text);
	opts_man(&DEF, &program, &text);
	assert_has(&text, "\\fB\\-d\\fR, \\fB\\-\\-data\\-dir\\fR=\\fIDIR\\fR\n");
	assert_has(&text, "\n.nf\n  weir serve \\-\\-quick\n.fi\n");
	buf_reset(&text);
	opts_man_program(&program, &text);
	assert_has(&text, "\\fBserve\\fR\nServe things.\n");
	buf_fini(&text);
}

static void each_shell_has_its_completion(void **state)
{
	(void)state;
	const struct opts_def *commands[] = { &DEF };
	struct opts_program program = { "weir", "flows", "About it.", commands, 1 };
	struct buf text = BUF_INIT(10000);
	struct err err = ERR_INIT;
	assert_ok(opts_complete(&program, "bash", &text, &err), &err);
	assert_has(&text, "--mode) COMPREPLY=($(compgen -W 'on off' -- \"$word\")); return ;;");
	assert_has(&text, "options='--help --verbose --quick --data-dir --mode --port --set' ;;");
	buf_reset(&text);
	assert_ok(opts_complete(&program, "zsh", &text, &err), &err);
	assert_has(&text, "'--quick[Don'\\''t wait\\: it'\\''s \\[fast\\].]'");
	assert_has(&text, "'*--set=[A setting.]:KEY=VALUE:_files'");
	buf_reset(&text);
	assert_ok(opts_complete(&program, "fish", &text, &err), &err);
	assert_has(&text, "-l mode -r -f -a 'on off' -d 'Whether.'");
	assert_has(&text, "-l quick -s q -d 'Don'\\''t wait: it'\\''s [fast].'");
	assert_fails(opts_complete(&program, "fihs", &text, &err), &err, ERR_USAGE,
		     "did you mean 'fish'?");
	buf_fini(&text);
}

int main(void)
{
	RUN_TESTS(TEST(every_form_of_an_option_is_read),
		  TEST(values_come_from_the_line_the_environment_or_the_table),
		  TEST(a_list_keeps_its_order), TEST(what_is_wrong_is_said),
		  TEST(a_mistake_in_the_environment_names_its_variable),
		  TEST(help_is_help_whatever_else_is_said),
		  TEST(required_and_missing_things_are_named), TEST(help_is_made_of_the_table),
		  TEST(the_man_page_escapes_what_roff_would_take),
		  TEST(each_shell_has_its_completion));
}
