/* Texts: joined, cut, padded, searched, cased. Positions and lengths are Java's, in UTF-16 units.
 */
#include "engine/func_priv.h"

#include "base/text.h"

/* --- joined --- */

static void concat(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		buf_reset(&built);
		for (uint32_t k = 0; k < call->nargs; k++) {
			if (!column_is_null(call->args[k], i))
				buf_append(&built, call->args[k]->bytes[i]);
		}
		func_put(eval, call, i, &built);
	}
}

static void concat_ws(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		if (call->nargs < 2) {
			eval_fail(eval, i,
				  "Function Concat_WS expects at least two input arguments.");
			continue;
		}
		if (column_is_null(call->args[0], i)) {
			column_set_null(call->out, i);
			continue;
		}
		bool first = true;
		buf_reset(&built);
		for (uint32_t k = 1; k < call->nargs; k++) {
			if (column_is_null(call->args[k], i))
				continue;
			if (!first)
				buf_append(&built, call->args[0]->bytes[i]);
			buf_append(&built, call->args[k]->bytes[i]);
			first = false;
		}
		func_put(eval, call, i, &built);
	}
}

/* --- measured and cased --- */

static void len_text(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		call->out->i32[i] = (int32_t)text_utf16_len(call->args[0]->bytes[i]);
	}
}

static void len_bytes(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		call->out->i32[i] = (int32_t)call->args[0]->bytes[i].len;
	}
}

static void rewrite(struct eval *eval, const struct func_call *call,
		    void (*append)(struct buf *to, struct slice text))
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		buf_reset(&built);
		append(&built, call->args[0]->bytes[i]);
		func_put(eval, call, i, &built);
	}
}

static void lcase(struct eval *eval, const struct func_call *call)
{
	rewrite(eval, call, text_append_lower);
}

static void ucase(struct eval *eval, const struct func_call *call)
{
	rewrite(eval, call, text_append_upper);
}

/* What regular expressions of Java call white space. */
static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* All in lower case but the first character of each word; white space in front is dropped. */
static void append_initcap(struct buf *to, struct slice text)
{
	CLEANUP(buf_fini) struct buf lower = func_buf();
	text_append_lower(&lower, text);
	to->overflowed |= lower.overflowed;
	struct slice rest = buf_slice(&lower);
	while (rest.len > 0 && is_space(rest.data[0]))
		rest = slice_sub(rest, 1, rest.len);
	while (rest.len > 0) {
		struct slice word = rest;
		(void)text_take(&rest);
		struct slice first = slice_of(word.data, (size_t)(rest.data - word.data));
		if (first.len < TEXT_CHARACTER_BYTES_MAX)
			text_append_upper(to, first);
		else
			buf_append(to, first);
		size_t len = 0;
		while (len < rest.len && !is_space(rest.data[len]))
			len++;
		while (len < rest.len && is_space(rest.data[len]))
			len++;
		buf_append(to, slice_sub(rest, 0, len));
		rest = slice_sub(rest, len, rest.len);
	}
}

static void initcap(struct eval *eval, const struct func_call *call)
{
	rewrite(eval, call, append_initcap);
}

/* String.trim: all up to the space counts as white. */
static void trim(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		struct slice text = call->args[0]->bytes[i];
		while (text.len > 0 && text.data[text.len - 1] <= ' ')
			text.len--;
		while (text.len > 0 && text.data[0] <= ' ')
			text = slice_sub(text, 1, text.len);
		call->out->bytes[i] = text;
	}
}

/* --- cut --- */

/* Where a position that counts from 1, or from the end when it is negative, is in `len` units. */
static size_t start_of(size_t len, int32_t position)
{
	int64_t end = (int64_t)len;
	int64_t from = position < 0 ? end + position : (int64_t)position - 1;
	return (size_t)MAX(MIN(from, end), 0);
}

static size_t len_of(const struct func_call *call, uint32_t row)
{
	if (call->nargs < 3)
		return SIZE_MAX;
	int32_t len = call->args[2]->i32[row];
	return len < 0 ? 0 : (size_t)len;
}

static void substring_text(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		struct slice text = call->args[0]->bytes[i];
		int32_t position = call->args[1]->i32[i];
		size_t len = position < 0 ? text_utf16_len(text) : text.len;
		call->out->bytes[i] =
			text_utf16_sub(text, start_of(len, position), len_of(call, i));
	}
}

static void substring_bytes(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		struct slice bytes = call->args[0]->bytes[i];
		size_t from = start_of(bytes.len, call->args[1]->i32[i]);
		call->out->bytes[i] = slice_sub(bytes, from, len_of(call, i));
	}
}

/* --- searched --- */

/* The byte at which the n-th `needle` begins, at or after `from`; SIZE_MAX: nowhere. */
static size_t find_forward(struct slice text, struct slice needle, size_t from, int32_t n)
{
	size_t at = slice_find(text, needle, from);
	for (int32_t k = 1; k < n && at != SIZE_MAX; k++)
		at = at < text.len ? slice_find(text, needle, at + 1) : SIZE_MAX;
	return at;
}

/* The same backwards, for what ends at or before `end`. */
static size_t find_backward(struct slice text, struct slice needle, size_t end, int32_t n)
{
	if (needle.len > end)
		return SIZE_MAX;
	for (size_t at = end - needle.len + 1; at-- > 0;) {
		if (slice_eq(slice_sub(text, at, needle.len), needle) && --n <= 0)
			return at;
	}
	return SIZE_MAX;
}

/* INSTR: counted from 1; 0 when it is not there. A negative position searches backwards. */
static int32_t place_in(struct slice text, struct slice needle, int32_t position, int32_t n)
{
	size_t units = text_utf16_len(text);
	int64_t distance = position < 0 ? -(int64_t)position : position;
	if (position == 0 || distance > (int64_t)units || n < 1)
		return 0;
	/* The places themselves, counted from 1, when nothing is searched for. */
	if (needle.len == 0)
		return (int32_t)(position < 0 ? (int64_t)units - distance + 2 : distance);
	size_t units_before = position < 0 ? units + 1 - (size_t)distance : (size_t)distance - 1;
	size_t edge = text_utf16_sub(text, 0, units_before).len;
	size_t at = position < 0 ? find_backward(text, needle, edge, n)
				 : find_forward(text, needle, edge, n);
	return at == SIZE_MAX ? 0 : (int32_t)text_utf16_len(slice_sub(text, 0, at)) + 1;
}

static void instr(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		call->out->i32[i] = 0;
		if (column_is_null(call->args[0], i) || column_is_null(call->args[1], i))
			continue;
		int32_t position = call->nargs > 2 ? call->args[2]->i32[i] : 1;
		int32_t occurrence = call->nargs > 3 ? call->args[3]->i32[i] : 1;
		call->out->i32[i] = place_in(call->args[0]->bytes[i], call->args[1]->bytes[i],
					     position, occurrence);
	}
}

/* `with` between all characters and at both ends, which is what replacing nothing comes to. */
static void append_between(struct buf *to, struct slice text, struct slice with)
{
	buf_append(to, with);
	while (text.len > 0 && !to->overflowed) {
		const uint8_t *from = text.data;
		(void)text_take(&text);
		buf_append(to, slice_of(from, (size_t)(text.data - from)));
		buf_append(to, with);
	}
}

static void append_replaced(struct buf *to, struct slice text, struct slice old, struct slice with)
{
	if (old.len == 0) {
		append_between(to, text, with);
		return;
	}
	size_t from = 0;
	for (size_t at; (at = slice_find(text, old, from)) != SIZE_MAX; from = at + old.len) {
		buf_append(to, slice_sub(text, from, at - from));
		buf_append(to, with);
	}
	buf_append(to, slice_sub(text, from, text.len));
}

static void replace(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		buf_reset(&built);
		append_replaced(&built, call->args[0]->bytes[i], call->args[1]->bytes[i],
				call->args[2]->bytes[i]);
		func_put(eval, call, i, &built);
	}
}

/* --- padded --- */

/* How a kind of items is measured and cut: characters of texts, or bytes. */
struct measure {
	size_t (*len)(struct slice bytes);
	struct slice (*sub)(struct slice bytes, size_t from, size_t len);
};

static size_t bytes_len(struct slice bytes)
{
	return bytes.len;
}

static const struct measure of_text = { text_utf16_len, text_utf16_sub };
static const struct measure of_bytes = { bytes_len, slice_sub };

static void append_padding(struct buf *to, const struct measure *measure, struct slice padding,
			   size_t len)
{
	size_t unit = measure->len(padding);
	for (; len > unit && !to->overflowed; len -= unit)
		buf_append(to, padding);
	buf_append(to, measure->sub(padding, 0, len));
}

static void pad(struct eval *eval, const struct func_call *call, const struct measure *measure,
		bool left)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct slice input = call->args[0]->bytes[i], padding = call->args[2]->bytes[i];
		int32_t target = call->args[1]->i32[i];
		if (padding.len == 0 || target < 0) {
			column_set_null(call->out, i);
			continue;
		}
		size_t len = measure->len(input), wanted = (size_t)target;
		buf_reset(&built);
		if (left && len < wanted)
			append_padding(&built, measure, padding, wanted - len);
		buf_append(&built, len > wanted ? measure->sub(input, 0, wanted) : input);
		if (!left && len < wanted)
			append_padding(&built, measure, padding, wanted - len);
		func_put(eval, call, i, &built);
	}
}

static void lpad_text(struct eval *eval, const struct func_call *call)
{
	pad(eval, call, &of_text, true);
}

static void lpad_bytes(struct eval *eval, const struct func_call *call)
{
	pad(eval, call, &of_bytes, true);
}

static void rpad_text(struct eval *eval, const struct func_call *call)
{
	pad(eval, call, &of_text, false);
}

static void rpad_bytes(struct eval *eval, const struct func_call *call)
{
	pad(eval, call, &of_bytes, false);
}

/* --- chosen --- */

static void elt(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		int32_t n = call->args[0]->i32[i];
		if (n < 1 || (uint32_t)n >= call->nargs)
			column_set_null(call->out, i);
		else
			column_copy_row(call->out, i, call->args[n], i);
	}
}

static void field(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		call->out->i32[i] = 0;
		if (column_is_null(call->args[0], i))
			continue;
		for (uint32_t k = call->nargs - 1; k > 0; k--) {
			if (!column_is_null(call->args[k], i) &&
			    slice_eq(call->args[k]->bytes[i], call->args[0]->bytes[i]))
				call->out->i32[i] = (int32_t)k;
		}
	}
}

/* clang-format off */
const struct func_def func_text[] = {
	{ .name = "concat", .category = "STRING",
	  .help = "All texts (or bytes) one behind the other; NULLs are left out.",
	  .variants = {
		{ .signature = "(STRING... inputs) STRING", .kernel = concat,
		  .flags = FUNC_SEES_NULLS },
		{ .signature = "(BYTES... inputs) BYTES", .kernel = concat,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "concat_ws", .category = "STRING",
	  .help = "All but the first, with the first between them; NULLs are left out.",
	  .variants = {
		{ .signature = "(STRING... inputs) STRING", .kernel = concat_ws,
		  .flags = FUNC_SEES_NULLS },
		{ .signature = "(BYTES... inputs) BYTES", .kernel = concat_ws,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "len", .category = "STRING",
	  .help = "How long it is: in UTF-16 units, or in bytes.",
	  .variants = {
		{ .signature = "(STRING input) INT", .kernel = len_text },
		{ .signature = "(BYTES input) INT", .kernel = len_bytes } } },
	{ .name = "lcase", .category = "STRING", .help = "The text in lower case.",
	  .variants = { { .signature = "(STRING input) STRING", .kernel = lcase } } },
	{ .name = "ucase", .category = "STRING", .help = "The text in upper case.",
	  .variants = { { .signature = "(STRING input) STRING", .kernel = ucase } } },
	{ .name = "initcap", .category = "STRING",
	  .help = "Each word's first letter in upper case, the others in lower case.",
	  .variants = { { .signature = "(STRING str) STRING", .kernel = initcap } } },
	{ .name = "trim", .category = "STRING",
	  .help = "The text without the white space at its ends.",
	  .variants = { { .signature = "(STRING input) STRING", .kernel = trim } } },
	{ .name = "substring", .category = "STRING",
	  .help = "From a position (1 is the first, -1 the last), to the end or so long.",
	  .variants = {
		{ .signature = "(STRING str, INT pos) STRING", .kernel = substring_text },
		{ .signature = "(STRING str, INT pos, INT length) STRING",
		  .kernel = substring_text },
		{ .signature = "(BYTES bytes, INT pos) BYTES", .kernel = substring_bytes },
		{ .signature = "(BYTES bytes, INT pos, INT length) BYTES",
		  .kernel = substring_bytes } } },
	{ .name = "instr", .category = "STRING",
	  .help = "Where a text first (or for the n-th time) begins, from 1; 0: nowhere.",
	  .variants = {
		{ .signature = "(STRING str, STRING substring) INT", .kernel = instr,
		  .flags = FUNC_SEES_NULLS },
		{ .signature = "(STRING str, STRING substring, INT position!) INT",
		  .kernel = instr, .flags = FUNC_SEES_NULLS,
		  .help = "A negative position searches backwards from there." },
		{ .signature = "(STRING str, STRING substring, INT position!, INT occurrence!) INT",
		  .kernel = instr, .flags = FUNC_SEES_NULLS } } },
	{ .name = "replace", .category = "STRING",
	  .help = "The text with another in each place where one stood.",
	  .variants = {
		{ .signature = "(STRING str, STRING oldStr, STRING newStr) STRING",
		  .kernel = replace } } },
	{ .name = "LPad", .category = "STRING",
	  .help = "Made so long by padding in front; what is longer is cut.",
	  .variants = {
		{ .signature = "(STRING input, INT targetLen, STRING padding) STRING",
		  .kernel = lpad_text },
		{ .signature = "(BYTES input, INT targetLen, BYTES padding) BYTES",
		  .kernel = lpad_bytes } } },
	{ .name = "RPad", .category = "STRING",
	  .help = "Made so long by padding behind; what is longer is cut.",
	  .variants = {
		{ .signature = "(STRING input, INT targetLen, STRING padding) STRING",
		  .kernel = rpad_text },
		{ .signature = "(BYTES input, INT targetLen, BYTES padding) BYTES",
		  .kernel = rpad_bytes } } },
	{ .name = "elt", .category = "STRING",
	  .help = "The n-th of the texts; NULL when there are fewer.",
	  .variants = {
		{ .signature = "(INT n!, STRING... args) STRING", .kernel = elt,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "field", .category = "STRING",
	  .help = "Which of the texts it is, from 1; 0: none of them.",
	  .variants = {
		{ .signature = "(STRING str, STRING... args) INT", .kernel = field,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = NULL },
};
/* clang-format on */
