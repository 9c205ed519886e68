/* Regular expressions: extracted, replaced, split at. A constant pattern is compiled once. */
#include "engine/func_priv.h"
#include "engine/regex.h"

/* A compiled pattern, or why it is none. Zeroed: nothing yet. */
struct pattern {
	struct regex regex;
	struct slice text; /* borrowed */
	bool set, bad;
};

static void pattern_fini(struct pattern *pattern)
{
	regex_fini(&pattern->regex);
	*pattern = (struct pattern){ .set = false };
}

static void pattern_init(struct pattern *pattern, struct slice text)
{
	struct err err = ERR_INIT;
	pattern->text = text;
	pattern->set = true;
	pattern->bad = regex_init(&pattern->regex, text, &err) != 0;
}

static void pattern_drop(void *arg)
{
	struct pattern *pattern = arg;
	pattern_fini(pattern);
}

static void *prepare_from(struct arena *arena, const struct value *constant)
{
	if (constant == NULL || constant->is_null)
		return NULL;
	struct pattern *pattern = arena_new(arena, struct pattern);
	pattern_init(pattern, arena_copy(arena, constant->bytes));
	arena_cleanup(arena, pattern_drop, pattern);
	return pattern;
}

static void *prepare_first(struct arena *arena, const struct value *const *constants,
			   uint32_t nargs)
{
	assert(nargs > 0);
	return prepare_from(arena, constants[0]);
}

static void *prepare_second(struct arena *arena, const struct value *const *constants,
			    uint32_t nargs)
{
	assert(nargs > 1);
	return prepare_from(arena, constants[1]);
}

/* The prepared pattern, else the row's in `own`, kept for the next. NULL: the row has failed. */
static struct regex *pattern_of(struct eval *eval, const struct func_call *call, uint32_t row,
				uint32_t arg, struct pattern *own)
{
	struct pattern *pattern = call->prepared != NULL ? call->prepared : own;
	struct slice text = call->args[arg]->bytes[row];
	if (call->prepared == NULL && !(own->set && slice_eq(own->text, text))) {
		pattern_fini(own);
		pattern_init(own, text);
	}
	if (!pattern->bad)
		return &pattern->regex;
	eval_fail(eval, row, "Invalid regular expression pattern: %.*s", SLICE_ARGS(text));
	return NULL;
}

/* False: there is no further match, or the row has failed. */
static bool find(struct eval *eval, uint32_t row, struct regex *regex, struct slice text,
		 size_t from)
{
	struct err err = ERR_INIT;
	bool found;
	if (from > text.len)
		return false;
	if (regex_find(regex, text, from, &found, &err) == 0)
		return found;
	eval_fail(eval, row, "%s", err.text);
	return false;
}

/* Whether the group asked for is one of the pattern's; if not the row is NULL or has failed. */
static bool has_group(struct eval *eval, const struct func_call *call, uint32_t row,
		      const struct regex *regex, uint32_t *ret_group)
{
	int32_t group = call->nargs > 2 ? call->args[2]->i32[row] : 0;
	if (group < 0)
		eval_fail(eval, row, "No group %d", group);
	else if ((uint32_t)group > regex->ngroups)
		column_set_null(call->out, row);
	*ret_group = (uint32_t)group;
	return group >= 0 && (uint32_t)group <= regex->ngroups;
}

static void regexp_extract(struct eval *eval, const struct func_call *call)
{
	CLEANUP(pattern_fini) struct pattern own = { .set = false };
	SEL_EACH(i, call->sel)
	{
		uint32_t group;
		struct slice text = call->args[1]->bytes[i];
		struct regex *regex = pattern_of(eval, call, i, 0, &own);
		if (regex == NULL || !has_group(eval, call, i, regex, &group))
			continue;
		if (!find(eval, i, regex, text, 0) ||
		    !regex_group(regex, text, group, &call->out->bytes[i]))
			column_set_null(call->out, i);
	}
}

static void regexp_extract_all(struct eval *eval, const struct func_call *call)
{
	CLEANUP(pattern_fini) struct pattern own = { .set = false };
	CLEANUP(func_texts_fini) struct func_texts matches = { .list = { 0 } };
	SEL_EACH(i, call->sel)
	{
		uint32_t group;
		struct slice text = call->args[1]->bytes[i];
		struct regex *regex = pattern_of(eval, call, i, 0, &own);
		if (regex == NULL || !has_group(eval, call, i, regex, &group))
			continue;
		vec_clear(&matches.list);
		for (size_t from = 0; find(eval, i, regex, text, from);
		     from = regex_next(regex, text)) {
			struct slice match = FUNC_TEXT_NULL;
			(void)regex_group(regex, text, group, &match);
			vec_push(&matches.list, match);
		}
		func_put_texts(eval, call, i, &matches);
	}
}

/* --- replaced --- */

/* A $ at the front of `*with`: $1, as many digits as name a group, or ${name}. */
static fallible append_reference(struct buf *to, const struct regex *regex, struct slice text,
				 struct slice *with, struct err *err)
{
	uint32_t group = 0;
	size_t at = 1;
	uint8_t c = with->len > 1 ? with->data[1] : 0;
	if (c == '{') {
		size_t end = slice_find_byte(*with, '}', 0);
		struct slice name = slice_sub(*with, 2, end == SIZE_MAX ? 0 : end - 2);
		group = regex_group_named(regex, name);
		if (group == 0)
			return err_set(err, ERR_INVALID, "No group with name {%.*s}",
				       SLICE_ARGS(name));
		at = end + 1;
	} else if (c < '0' || c > '9') {
		return err_set(err, ERR_INVALID, "Illegal group reference");
	}
	for (; c != '{' && at < with->len && with->data[at] >= '0' && with->data[at] <= '9'; at++) {
		uint32_t longer = group * 10 + (uint32_t)(with->data[at] - '0');
		if (longer > regex->ngroups && at > 1)
			break;
		group = longer;
	}
	if (group > regex->ngroups)
		return err_set(err, ERR_INVALID, "No group %u", group);
	struct slice match;
	if (regex_group(regex, text, group, &match))
		buf_append(to, match);
	*with = slice_sub(*with, at, with->len);
	return 0;
}

static fallible append_replacement(struct buf *to, const struct regex *regex, struct slice text,
				   struct slice with, struct err *err)
{
	while (with.len > 0) {
		if (with.data[0] == '$') {
			TRY(append_reference(to, regex, text, &with, err));
			continue;
		}
		if (with.data[0] == '\\') {
			with = slice_sub(with, 1, with.len);
			if (with.len == 0)
				return err_set(err, ERR_INVALID,
					       "character to be escaped is missing");
		}
		buf_append_u8(to, with.data[0]);
		with = slice_sub(with, 1, with.len);
	}
	return 0;
}

static void regexp_replace(struct eval *eval, const struct func_call *call)
{
	CLEANUP(pattern_fini) struct pattern own = { .set = false };
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct err err = ERR_INIT;
		struct slice text = call->args[0]->bytes[i], with = call->args[2]->bytes[i];
		struct regex *regex = pattern_of(eval, call, i, 1, &own);
		if (regex == NULL)
			continue;
		buf_reset(&built);
		size_t copied = 0;
		for (size_t from = 0;
		     err.code == ERR_OK && !built.overflowed && find(eval, i, regex, text, from);
		     from = regex_next(regex, text)) {
			buf_append(&built, slice_sub(text, copied, regex_from(regex) - copied));
			if (append_replacement(&built, regex, text, with, &err) != 0)
				eval_fail(eval, i, "%s", err.text);
			copied = regex_to(regex);
		}
		buf_append(&built, slice_sub(text, copied, text.len));
		func_put(eval, call, i, &built);
	}
}

/* --- split --- */

/* Pattern.split: no empty text in front of a match of nothing, none at the end. */
static void split_as_pattern(struct eval *eval, uint32_t row, struct regex *regex,
			     struct slice text, struct func_texts *parts)
{
	size_t begun = 0;
	bool any = false;
	for (size_t from = 0; find(eval, row, regex, text, from); from = regex_next(regex, text)) {
		if (regex_to(regex) == 0)
			continue;
		vec_push(&parts->list, slice_sub(text, begun, regex_from(regex) - begun));
		begun = regex_to(regex);
		any = true;
	}
	vec_push(&parts->list, slice_sub(text, begun, text.len));
	while (any && parts->list.len > 0 && vec_last(&parts->list)->len == 0)
		(void)vec_pop(&parts->list);
}

/* Guava's Splitter: all between matches, empty or not; matches of nothing split too. */
static void split_as_splitter(struct eval *eval, uint32_t row, struct regex *regex,
			      struct slice text, struct func_texts *parts)
{
	size_t begun = 0;
	for (size_t from = 0; find(eval, row, regex, text, from); from = regex_next(regex, text)) {
		if (regex_to(regex) == begun && regex_from(regex) == begun)
			continue;
		vec_push(&parts->list, slice_sub(text, begun, regex_from(regex) - begun));
		begun = regex_to(regex);
	}
	vec_push(&parts->list, slice_sub(text, begun, text.len));
}

static void regexp_split(struct eval *eval, const struct func_call *call)
{
	CLEANUP(pattern_fini) struct pattern own = { .set = false };
	CLEANUP(func_texts_fini) struct func_texts parts = { .list = { 0 } };
	SEL_EACH(i, call->sel)
	{
		struct slice text = call->args[0]->bytes[i];
		struct regex *regex = pattern_of(eval, call, i, 1, &own);
		if (regex == NULL)
			continue;
		vec_clear(&parts.list);
		if (regex_matches_empty(regex))
			split_as_pattern(eval, i, regex, text, &parts);
		else
			split_as_splitter(eval, i, regex, text, &parts);
		func_put_texts(eval, call, i, &parts);
	}
}

/* clang-format off */
const struct func_def func_regex[] = {
	{ .name = "regexp_extract", .category = "REGULAR EXPRESSION",
	  .help = "What a pattern first matches in a text, or one group of it.",
	  .variants = {
		{ .signature = "(STRING pattern, STRING input) STRING",
		  .kernel = regexp_extract, .prepare = prepare_first },
		{ .signature = "(STRING pattern, STRING input, INT group) STRING",
		  .kernel = regexp_extract, .prepare = prepare_first } } },
	{ .name = "regexp_extract_all", .category = "REGULAR EXPRESSION",
	  .help = "All that a pattern matches in a text, or one group of each match.",
	  .variants = {
		{ .signature = "(STRING pattern, STRING input) ARRAY<STRING>",
		  .kernel = regexp_extract_all, .prepare = prepare_first },
		{ .signature = "(STRING pattern, STRING input, INT group) ARRAY<STRING>",
		  .kernel = regexp_extract_all, .prepare = prepare_first } } },
	{ .name = "regexp_replace", .category = "REGULAR EXPRESSION",
	  .help = "The text with another in place of each match; $1 is the match's first group.",
	  .variants = {
		{ .signature = "(STRING str, STRING regexp, STRING newStr) STRING",
		  .kernel = regexp_replace, .prepare = prepare_second } } },
	{ .name = "regexp_split_to_array", .category = "REGULAR EXPRESSION",
	  .help = "What stands between the matches of a pattern.",
	  .variants = {
		{ .signature = "(STRING string, STRING regexp) ARRAY<STRING>",
		  .kernel = regexp_split, .prepare = prepare_second } } },
	{ .name = NULL },
};
/* clang-format on */
