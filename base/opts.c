#include "base/opts.h"

#include "base/num.h"
#include "base/suggest.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>

/* One parse: the table, and what has been read so far. */
struct parse {
	const struct opts_def *def;
	struct arena *arena;
	uint8_t *fields;
	bool *given; /* one for each option */
	VEC(const char *) operands;
	bool help;
	int argc, at; /* argv[at] is the next word */
	char *const *argv;
};

static const char *next_word(struct parse *p)
{
	return p->at < p->argc ? p->argv[p->at++] : NULL;
}

const char *opts_env_name(struct arena *arena, const struct opt *opt)
{
	char *name = arena_printf(arena, "WEIR_%s", opt->name);
	for (char *c = name; *c != '\0'; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
		else if (*c == '-' || *c == '.')
			*c = '_';
	}
	return name;
}

/* ---- one value into its field ---- */

static bool is_choice(const char *choices, struct slice value)
{
	struct slice all = slice_str(choices);
	for (size_t at = 0; at < all.len;) {
		size_t end = MIN(slice_find_byte(all, '|', at), all.len);
		if (slice_eq(slice_sub(all, at, end - at), value))
			return true;
		at = end + 1;
	}
	return false;
}

static int parse_flag(const char *text, bool *ret_flag)
{
	static const struct {
		const char *text;
		bool flag;
	} WORDS[] = { { "true", true },   { "1", true },  { "yes", true }, { "on", true },
		      { "false", false }, { "0", false }, { "no", false }, { "off", false } };
	for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
		if (slice_eq_nocase(slice_str(text), slice_str(WORDS[i].text))) {
			*ret_flag = WORDS[i].flag;
			return 0;
		}
	}
	return ERR_INVALID;
}

static void add_to_list(struct parse *p, struct opt_list *list, const char *text)
{
	const char **items = arena_array(p->arena, const char *, list->len + 1);
	if (list->len > 0)
		memcpy(items, list->items, list->len * sizeof(*items));
	items[list->len++] = text;
	list->items = items;
}

static int set_int(const struct opt *opt, const char *from, const char *text, void *field,
		   struct err *err)
{
	int64_t number;
	if (num_parse_i64(slice_str(text), &number, NULL) != 0)
		return err_set(err, ERR_USAGE, "%s%s: '%s' is not a whole number", from, opt->name,
			       text);
	if (number < opt->min || number > opt->max)
		return err_set(err, ERR_USAGE, "%s%s: %s is not between %lld and %lld", from,
			       opt->name, text, (long long)opt->min, (long long)opt->max);
	memcpy(field, &number, sizeof(number));
	return 0;
}

/* `from` is how messages begin: "--", or "WEIR_..., for --". */
static int set_value(struct parse *p, const struct opt *opt, const char *from, const char *text,
		     struct err *err)
{
	void *field = p->fields + opt->field;
	if (opt->choices != NULL && !is_choice(opt->choices, slice_str(text)))
		return err_set(err, ERR_USAGE, "%s%s: '%s' is none of %s", from, opt->name, text,
			       opt->choices);
	switch (opt->kind) {
	case OPT_FLAG:
		if (parse_flag(text, field) != 0)
			return err_set(err, ERR_USAGE, "%s%s: '%s' is neither true nor false", from,
				       opt->name, text);
		return 0;
	case OPT_TEXT:
		memcpy(field, &text, sizeof(text));
		return 0;
	case OPT_INT:
		return set_int(opt, from, text, field, err);
	case OPT_LIST:
		add_to_list(p, field, text);
		return 0;
	}
	UNREACHABLE("a kind of option");
}

/* ---- the words of the command line ---- */

static const struct opt *find_option(const struct opts_def *def, struct slice name, char letter)
{
	for (uint32_t i = 0; i < def->option_count; i++) {
		const struct opt *opt = &def->options[i];
		if (letter != 0 ? opt->letter == letter : slice_eq_str(name, opt->name))
			return opt;
	}
	return NULL;
}

static int unknown_option(const struct opts_def *def, struct slice name, struct err *err)
{
	struct suggest suggest = suggest_for(name);
	for (uint32_t i = 0; i < def->option_count; i++)
		suggest_offer(&suggest, def->options[i].name);
	suggest_offer(&suggest, "help");
	if (suggest.best == NULL)
		return err_set(err, ERR_USAGE, "unknown option '--%.*s'", SLICE_ARGS(name));
	return err_set(err, ERR_USAGE, "unknown option '--%.*s'; did you mean '--%s'?",
		       SLICE_ARGS(name), suggest.best);
}

static int take_option(struct parse *p, const struct opt *opt, const char *value, struct err *err)
{
	if (value == NULL && opt->kind == OPT_FLAG)
		value = "true";
	if (value == NULL)
		value = next_word(p);
	if (value == NULL)
		return err_set(err, ERR_USAGE, "--%s needs a value: %s", opt->name, opt->value);
	bool *given = &p->given[opt - p->def->options];
	if (*given && opt->kind != OPT_LIST && opt->kind != OPT_FLAG)
		return err_set(err, ERR_USAGE, "--%s is given twice", opt->name);
	*given = true;
	return set_value(p, opt, "--", value, err);
}

/* --name, --name=value */
static int take_long(struct parse *p, const char *word, struct err *err)
{
	struct slice name = slice_str(word + 2);
	size_t equals = slice_find_byte(name, '=', 0);
	const char *value = equals != SIZE_MAX ? word + 2 + equals + 1 : NULL;
	name = slice_sub(name, 0, equals);
	const struct opt *opt = find_option(p->def, name, 0);
	if (opt == NULL && slice_eq_str(name, "help") && value == NULL) {
		p->help = true;
		return 0;
	}
	if (opt == NULL)
		return unknown_option(p->def, name, err);
	return take_option(p, opt, value, err);
}

/* -a, -abc, -nvalue, -n value */
static int take_short(struct parse *p, const char *word, struct err *err)
{
	for (const char *c = word + 1; *c != '\0'; c++) {
		const struct opt *opt = find_option(p->def, SLICE_EMPTY, *c);
		if (opt == NULL && *c == 'h') {
			p->help = true;
			continue;
		}
		if (opt == NULL)
			return err_set(err, ERR_USAGE, "unknown option '-%c'", *c);
		if (opt->kind != OPT_FLAG)
			return take_option(p, opt, c[1] != '\0' ? c + 1 : NULL, err);
		TRY(take_option(p, opt, NULL, err));
	}
	return 0;
}

static int take_words(struct parse *p, struct err *err)
{
	bool only_operands = false;
	for (const char *word; !p->help && (word = next_word(p)) != NULL;) {
		if (only_operands || word[0] != '-' || word[1] == '\0')
			vec_push(&p->operands, word);
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else if (word[1] == '-')
			TRY(take_long(p, word, err));
		else
			TRY(take_short(p, word, err));
	}
	return 0;
}

/* ---- what was not given ---- */

static int fill_in(struct parse *p, opts_env *env, struct err *err)
{
	for (uint32_t i = 0; i < p->def->option_count; i++) {
		const struct opt *opt = &p->def->options[i];
		if (p->given[i])
			continue;
		const char *name = opts_env_name(p->arena, opt);
		const char *text = p->def->env && env != NULL ? env(name) : NULL;
		if (text != NULL) {
			TRY(set_value(p, opt, arena_printf(p->arena, "%s, for --", name), text,
				      err));
		} else if (opt->otherwise != NULL) {
			TRY(set_value(p, opt, "--", opt->otherwise, err));
		} else if (opt->required) {
			return err_set(err, ERR_USAGE, "--%s=%s is required", opt->name,
				       opt->value);
		}
	}
	return 0;
}

static int check_operands(const struct parse *p, struct err *err)
{
	const struct opts_def *def = p->def;
	if (p->operands.len < def->operands_min)
		return err_set(err, ERR_USAGE, "too few arguments; expected %s", def->operands);
	if (p->operands.len > def->operands_max)
		return err_set(err, ERR_USAGE, "unexpected argument '%s'",
			       p->operands.items[def->operands_max]);
	return 0;
}

static int parse_all(struct parse *p, opts_env *env, struct err *err)
{
	TRY(take_words(p, err));
	if (p->help)
		return 0;
	TRY(check_operands(p, err));
	return fill_in(p, env, err);
}

fallible opts_parse(const struct opts_def *def, int argc, char *const *argv, opts_env *env,
		    struct arena *arena, void *fields, struct opts_result *ret_result,
		    struct err *err)
{
	struct parse p = {
		.def = def, .arena = arena, .fields = fields, .argc = argc, .argv = argv, .at = 1
	};
	p.given = arena_array(arena, bool, def->option_count + 1);
	if (def->fields_size > 0)
		memset(fields, 0, def->fields_size);
	int code = parse_all(&p, env, err);
	if (code == 0) {
		const char **operands = arena_array(arena, const char *, p.operands.len + 1);
		if (p.operands.len > 0)
			memcpy(operands, p.operands.items, p.operands.len * sizeof(*operands));
		*ret_result = (struct opts_result){ .help = p.help,
						    .operands = operands,
						    .operand_count = p.operands.len };
	}
	vec_fini(&p.operands);
	return code;
}

static const char *process_env(const char *name)
{
	return getenv(name);
}

bool opts_begin(const struct opts_def *def, int argc, char *const *argv, struct arena *arena,
		void *fields, struct opts_result *ret_result, int *ret_exit)
{
	struct err err = ERR_INIT;
	if (opts_parse(def, argc, argv, process_env, arena, fields, ret_result, &err) != 0) {
		fprintf(stderr, "weir %s: %s\nSee 'weir %s --help'.\n", def->name, err.text,
			def->name);
		*ret_exit = EXIT_USAGE;
		return false;
	}
	if (!ret_result->help)
		return true;
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	opts_help(def, "weir", &text);
	fwrite(text.data, 1, text.len, stdout);
	buf_fini(&text);
	*ret_exit = EXIT_OK;
	return false;
}
