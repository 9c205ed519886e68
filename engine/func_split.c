/* Texts and bytes taken apart at a delimiter. */
#include "engine/func_priv.h"

#include "base/text.h"

/* Each item by itself: characters of a text (bytes: false), or bytes. Nothing is one empty item. */
static void push_single(struct func_texts *parts, struct slice rest, bool bytes)
{
	if (rest.len == 0)
		vec_push(&parts->list, rest);
	while (rest.len > 0) {
		struct slice before = rest;
		if (bytes)
			rest = slice_sub(rest, 1, rest.len);
		else
			(void)text_take(&rest);
		vec_push(&parts->list, slice_of(before.data, before.len - rest.len));
	}
}

static void push_parts(struct func_texts *parts, struct slice text, struct slice delimiter)
{
	assert(delimiter.len > 0);
	size_t from = 0;
	for (size_t at; (at = slice_find(text, delimiter, from)) != SIZE_MAX;
	     from = at + delimiter.len)
		vec_push(&parts->list, slice_sub(text, from, at - from));
	vec_push(&parts->list, slice_sub(text, from, text.len));
}

static void split_at(struct eval *eval, const struct func_call *call, bool bytes)
{
	CLEANUP(func_texts_fini) struct func_texts parts = { .list = { 0 } };
	SEL_EACH(i, call->sel)
	{
		struct slice text = call->args[0]->bytes[i], delimiter = call->args[1]->bytes[i];
		vec_clear(&parts.list);
		if (delimiter.len == 0)
			push_single(&parts, text, bytes);
		else
			push_parts(&parts, text, delimiter);
		func_put_texts(eval, call, i, &parts);
	}
}

static void split_text(struct eval *eval, const struct func_call *call)
{
	split_at(eval, call, false);
}

static void split_bytes(struct eval *eval, const struct func_call *call)
{
	split_at(eval, call, true);
}

/* An entry's key and value; what has no delimiter is no entry. */
static void push_entry(struct func_texts *pairs, struct slice entry, struct slice delimiter)
{
	size_t at = slice_find(entry, delimiter, 0);
	if (at == SIZE_MAX)
		return;
	struct slice value = slice_sub(entry, at + delimiter.len, entry.len);
	size_t end = slice_find(value, delimiter, 0);
	vec_push(&pairs->list, slice_sub(entry, 0, at));
	vec_push(&pairs->list, slice_sub(value, 0, end));
}

static void split_to_map(struct eval *eval, const struct func_call *call)
{
	CLEANUP(func_texts_fini) struct func_texts entries = { .list = { 0 } };
	CLEANUP(func_texts_fini) struct func_texts pairs = { .list = { 0 } };
	SEL_EACH(i, call->sel)
	{
		struct slice between = call->args[1]->bytes[i], within = call->args[2]->bytes[i];
		if (between.len == 0 || within.len == 0 || slice_eq(between, within)) {
			column_set_null(call->out, i);
			continue;
		}
		vec_clear(&entries.list);
		vec_clear(&pairs.list);
		push_parts(&entries, call->args[0]->bytes[i], between);
		vec_each (entry, &entries.list)
			push_entry(&pairs, *entry, within);
		func_put_pairs(eval, call, i, &pairs);
	}
}

/* clang-format off */
const struct func_def func_split[] = {
	{ .name = "split", .category = "STRING",
	  .help = "What stands between the delimiters; without a delimiter, each character or byte.",
	  .variants = {
		{ .signature = "(STRING string, STRING delimiter) ARRAY<STRING>",
		  .kernel = split_text },
		{ .signature = "(BYTES bytes, BYTES delimiter) ARRAY<BYTES>",
		  .kernel = split_bytes } } },
	{ .name = "split_to_map", .category = "MAP",
	  .help = "A text of entries, each a key and a value; the last of equal keys counts.",
	  .variants = {
		{ .signature = "(STRING input, STRING entryDelimiter, STRING kvDelimiter) "
			       "MAP<STRING, STRING>",
		  .kernel = split_to_map } } },
	{ .name = NULL },
};
/* clang-format on */
