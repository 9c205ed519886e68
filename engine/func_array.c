/* Arrays: asked, joined, compared as sets, sorted, cut, counted out. */
#include "base/decimal.h"
#include "engine/func_nested.h"

static void array_length(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	call->out->i32[i] = (int32_t)call->args[0]->nested[i].len;
}

static void array_contains(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	const struct column *array = call->args[0];
	SEL_EACH(i, call->sel)
	{
		struct value wanted = column_value(call->args[1], i);
		uint32_t len = column_is_null(array, i) ? 0 : array->nested[i].len;
		uint32_t at = 0;
		while (at < len &&
		       !value_eq(array->type->element, &array->nested[i].items[at], &wanted))
			at++;
		call->out->boolean[i] = at < len;
	}
}

/* --- joining --- */

static void concat_row(struct eval *eval, const struct func_call *call, uint32_t row)
{
	struct values left = func_arg_items(call, 0, row), right = func_arg_items(call, 1, row);
	struct value *items = func_items(eval, row, (uint64_t)left.len + right.len);
	if (items == NULL)
		return;
	for (uint32_t i = 0; i < left.len; i++)
		items[i] = left.items[i];
	for (uint32_t i = 0; i < right.len; i++)
		items[left.len + i] = right.items[i];
	func_set_items(call, row, items, left.len + right.len);
}

static void array_concat(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		bool no_left = column_is_null(call->args[0], i);
		bool no_right = column_is_null(call->args[1], i);
		if (no_left || no_right)
			column_copy_row(call->out, i, call->args[no_left ? 1 : 0], i);
		else
			concat_row(eval, call, i);
	}
}

/* What Java calls the items that ARRAY_JOIN refuses; NULL: it takes them. */
static const char *unjoinable_class(enum type_kind kind)
{
	static const char *const classes[TYPE_KIND_COUNT] = {
		[TYPE_BYTES] = "java.nio.HeapByteBuffer",
		[TYPE_DATE] = "java.sql.Date",
		[TYPE_TIME] = "java.sql.Time",
		[TYPE_TIMESTAMP] = "java.sql.Timestamp",
		[TYPE_ARRAY] = "java.util.ArrayList",
		[TYPE_MAP] = "java.util.HashMap",
		[TYPE_STRUCT] = "org.apache.kafka.connect.data.Struct",
	};
	return classes[kind];
}

/* False: an item cannot be joined. */
static bool join_items(const struct type *element, const struct values *array,
		       struct slice delimiter, struct buf *out)
{
	for (uint32_t i = 0; i < array->len; i++) {
		const struct value *item = &array->items[i];
		if (i > 0)
			buf_append(out, delimiter);
		if (item->is_null)
			buf_append_str(out, "null");
		else if (unjoinable_class(element->kind) != NULL)
			return false;
		else if (element->kind == TYPE_DECIMAL)
			decimal_append(out, (struct decimal){ item->decimal, element->scale });
		else
			value_print(element, item, out);
	}
	return true;
}

static void array_join(struct eval *eval, const struct func_call *call)
{
	const struct column *array = call->args[0];
	const struct column *delimiters = call->nargs > 1 ? call->args[1] : NULL;
	const struct type *element = array->type->element;
	CLEANUP(buf_fini) struct buf joined = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct slice delimiter = SLICE(",");
		if (column_is_null(array, i)) {
			column_set_null(call->out, i);
			continue;
		}
		if (delimiters != NULL)
			delimiter =
				column_is_null(delimiters, i) ? SLICE_EMPTY : delimiters->bytes[i];
		buf_reset(&joined);
		if (!join_items(element, &array->nested[i], delimiter, &joined))
			eval_fail(eval, i,
				  "error: hit element of type %s which is currently not supported",
				  unjoinable_class(element->kind));
		else
			func_put(eval, call, i, &joined);
	}
}

/* --- arrays as sets; all keep the order of first sight --- */

/* Those of `from` that `seen` lacks; they are in it afterwards. */
static uint32_t take_new(struct func_set *seen, const struct values *from, struct value *to)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < from->len; i++) {
		if (func_set_put(seen, &from->items[i]) == NULL)
			to[n++] = from->items[i];
	}
	return n;
}

static void array_distinct(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct values array = func_arg_items(call, 0, i);
		struct func_set seen;
		struct value *items = func_items(eval, i, array.len);
		if (items != NULL &&
		    func_set_init(&seen, eval, i, call->out->type->element, array.len))
			func_set_items(call, i, items, take_new(&seen, &array, items));
	}
}

static void array_union(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct values left = func_arg_items(call, 0, i), right = func_arg_items(call, 1, i);
		uint64_t most = (uint64_t)left.len + right.len;
		struct func_set seen;
		struct value *items = func_items(eval, i, most);
		if (items == NULL ||
		    !func_set_init(&seen, eval, i, call->out->type->element, (uint32_t)most))
			continue;
		uint32_t n = take_new(&seen, &left, items);
		n += take_new(&seen, &right, items + n);
		func_set_items(call, i, items, n);
	}
}

/* The distinct items of the first array that are, or are not, in the second. */
static void keep_where(struct eval *eval, const struct func_call *call, bool in_second)
{
	const struct type *element = call->out->type->element;
	SEL_EACH(i, call->sel)
	{
		struct values left = func_arg_items(call, 0, i), right = func_arg_items(call, 1, i);
		struct func_set seen, second;
		struct value *items = func_items(eval, i, left.len);
		if (items == NULL || !func_set_init(&seen, eval, i, element, left.len) ||
		    !func_set_init(&second, eval, i, element, right.len))
			continue;
		for (uint32_t at = 0; at < right.len; at++)
			(void)func_set_put(&second, &right.items[at]);
		uint32_t n = 0;
		for (uint32_t at = 0; at < left.len; at++) {
			const struct value *item = &left.items[at];
			if ((func_set_find(&second, item) != NULL) == in_second &&
			    func_set_put(&seen, item) == NULL)
				items[n++] = *item;
		}
		func_set_items(call, i, items, n);
	}
}

static void array_except(struct eval *eval, const struct func_call *call)
{
	keep_where(eval, call, false);
}

static void array_intersect(struct eval *eval, const struct func_call *call)
{
	keep_where(eval, call, true);
}

static void array_remove(struct eval *eval, const struct func_call *call)
{
	const struct type *element = call->out->type->element;
	SEL_EACH(i, call->sel)
	{
		if (column_is_null(call->args[0], i)) {
			column_set_null(call->out, i);
			continue;
		}
		struct values array = func_arg_items(call, 0, i);
		struct value victim = column_value(call->args[1], i);
		struct value *items = func_items(eval, i, array.len);
		if (items == NULL)
			continue;
		uint32_t n = 0;
		for (uint32_t at = 0; at < array.len; at++) {
			if (!value_eq(element, &array.items[at], &victim))
				items[n++] = array.items[at];
		}
		func_set_items(call, i, items, n);
	}
}

/* --- order --- */

/* Whether the items can be compared; when not, the row has failed. */
static bool has_order(struct eval *eval, uint32_t row, const struct type *element)
{
	if (!type_is_nested(element))
		return true;
	eval_fail(eval, row, "Items of type %s have no order", type_kind_name(element->kind));
	return false;
}

/* The item of which no other has more of the sign, 1 or -1; NULL: there are no items. */
static const struct value *extreme(const struct type *element, const struct values *array, int sign)
{
	const struct value *best = NULL;
	for (uint32_t i = 0; i < array->len; i++) {
		const struct value *item = &array->items[i];
		if (!item->is_null && (best == NULL || value_cmp(element, item, best) * sign > 0))
			best = item;
	}
	return best;
}

static void set_extreme(struct eval *eval, const struct func_call *call, int sign)
{
	const struct type *element = call->args[0]->type->element;
	SEL_EACH(i, call->sel)
	{
		struct values array = func_arg_items(call, 0, i);
		if (array.len > 1 && !has_order(eval, i, element))
			continue;
		const struct value *best = extreme(element, &array, sign);
		if (best == NULL)
			column_set_null(call->out, i);
		else
			column_set(call->out, i, best);
	}
}

static void array_max(struct eval *eval, const struct func_call *call)
{
	set_extreme(eval, call, 1);
}

static void array_min(struct eval *eval, const struct func_call *call)
{
	set_extreme(eval, call, -1);
}

struct sort_order {
	const struct type *type;
	int sign;
};

/* NULLs come last, whatever the direction. */
static int compare_items(const void *a, const void *b, void *arg)
{
	const struct value *left = a, *right = b;
	const struct sort_order *order = arg;
	if (left->is_null || right->is_null)
		return left->is_null - right->is_null;
	return value_cmp(order->type, left, right) * order->sign;
}

/* 1 or -1; 0: the word is no direction. */
static int direction_of(struct slice word)
{
	if (slice_eq_nocase(word, SLICE("ASC")) || slice_eq_nocase(word, SLICE("ASCENDING")))
		return 1;
	if (slice_eq_nocase(word, SLICE("DESC")) || slice_eq_nocase(word, SLICE("DESCENDING")))
		return -1;
	return 0;
}

static void array_sort(struct eval *eval, const struct func_call *call)
{
	struct sort_order order = { call->out->type->element, 1 };
	SEL_EACH(i, call->sel)
	{
		struct values array = func_arg_items(call, 0, i);
		if (call->nargs > 1)
			order.sign = direction_of(call->args[1]->bytes[i]);
		if (order.sign == 0) {
			column_set_null(call->out, i);
			continue;
		}
		if (array.len > 1 && !has_order(eval, i, order.type))
			continue;
		struct value *items = func_items(eval, i, array.len);
		if (items == NULL)
			continue;
		for (uint32_t at = 0; at < array.len; at++)
			items[at] = array.items[at];
		qsort_r(items, array.len, sizeof(struct value), compare_items, &order);
		func_set_items(call, i, items, array.len);
	}
}

/* --- cut, and counted out --- */

static void slice_row(struct eval *eval, const struct func_call *call, uint32_t row)
{
	const struct column *array = call->args[0], *from = call->args[1], *to = call->args[2];
	struct values whole = array->nested[row];
	int64_t begin = column_is_null(from, row) ? 0 : (int64_t)from->i32[row] - 1;
	int64_t end = column_is_null(to, row) ? (int64_t)whole.len : to->i32[row];
	if (begin < 0 || end > whole.len)
		column_set_null(call->out, row);
	else if (begin > end)
		eval_fail(eval, row, "fromIndex(%lld) > toIndex(%lld)", (long long)begin,
			  (long long)end);
	else
		func_set_items(call, row, begin == end ? NULL : whole.items + begin,
			       (uint32_t)(end - begin));
}

static void slice(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		if (column_is_null(call->args[0], i))
			column_set_null(call->out, i);
		else
			slice_row(eval, call, i);
	}
}

/* The items of a series; UINT64_MAX: there is none, and the row has failed. */
static uint64_t series_len(struct eval *eval, uint32_t row, int64_t start, int64_t end,
			   int64_t step)
{
	const uint64_t most = VALUE_PARTS_MAX;
	if (step == 0)
		eval_fail(eval, row, "GENERATE_SERIES step cannot be zero");
	else if ((end > start && step < 0) || (end < start && step > 0))
		eval_fail(eval, row, "GENERATE_SERIES step has wrong sign");
	else if (step > 0)
		return MIN(((uint64_t)end - (uint64_t)start) / (uint64_t)step, most) + 1;
	else
		return MIN(((uint64_t)start - (uint64_t)end) / (0 - (uint64_t)step), most) + 1;
	return UINT64_MAX;
}

static int64_t number_at(const struct column *column, uint32_t row)
{
	return column->type->kind == TYPE_INT ? column->i32[row] : column->i64[row];
}

static void generate_series(struct eval *eval, const struct func_call *call)
{
	bool small = call->out->type->element->kind == TYPE_INT;
	SEL_EACH(i, call->sel)
	{
		int64_t start = number_at(call->args[0], i), end = number_at(call->args[1], i);
		int64_t step = end > start ? 1 : -1;
		if (call->nargs > 2)
			step = call->args[2]->i32[i];
		uint64_t n = series_len(eval, i, start, end, step);
		struct value *items = n != UINT64_MAX ? func_items(eval, i, n) : NULL;
		if (items == NULL)
			continue;
		for (uint64_t at = 0; at < n; at++) {
			uint64_t number = (uint64_t)start + at * (uint64_t)step;
			if (small)
				items[at].i32 = (int32_t)number;
			else
				items[at].i64 = (int64_t)number;
		}
		func_set_items(call, i, items, (uint32_t)n);
	}
}

/* clang-format off */
#define SETS(id, help_)                                                                            \
	{ .name = #id, .category = "ARRAY", .help = help_, .variants = {                          \
		{ .signature = "(ARRAY<T> left, ARRAY<T> right) ARRAY<T>", .kernel = id } } }
#define SERIES(params, type)                                                                       \
	{ .signature = params " ARRAY<" type ">", .kernel = generate_series }

const struct func_def func_array[] = {
	{ .name = "ARRAY_LENGTH", .category = "ARRAY", .help = "How many items an array has.",
	  .variants = {
		{ .signature = "(ARRAY<T> array) INT", .kernel = array_length } } },
	{ .name = "ARRAY_CONTAINS", .category = "ARRAY",
	  .help = "Whether the array is not NULL and has the value; NULL is found too.",
	  .variants = {
		{ .signature = "(ARRAY<T> array, T val) BOOLEAN", .kernel = array_contains,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "array_concat", .category = "ARRAY",
	  .help = "The items of both arrays, repeated ones too; of the other one when one is NULL.",
	  .variants = {
		{ .signature = "(ARRAY<T> left, ARRAY<T> right) ARRAY<T>", .kernel = array_concat,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "array_distinct", .category = "ARRAY",
	  .help = "Each item once, in the order in which they first appear.",
	  .variants = {
		{ .signature = "(ARRAY<T> input) ARRAY<T>", .kernel = array_distinct } } },
	SETS(array_except, "The distinct items of the first array that the second lacks."),
	SETS(array_intersect, "The distinct items of the first array that the second has too."),
	SETS(array_union, "The distinct items of both arrays."),
	{ .name = "ARRAY_JOIN", .category = "ARRAY",
	  .help = "The items as one text, with a delimiter (a comma unless said) between them.",
	  .variants = {
		{ .signature = "(ARRAY<T> array) STRING", .kernel = array_join,
		  .flags = FUNC_SEES_NULLS },
		{ .signature = "(ARRAY<T> array, STRING delimiter) STRING", .kernel = array_join,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "array_max", .category = "ARRAY",
	  .help = "The greatest item that is not NULL.",
	  .variants = { { .signature = "(ARRAY<T> input) T", .kernel = array_max } } },
	{ .name = "array_min", .category = "ARRAY",
	  .help = "The least item that is not NULL.",
	  .variants = { { .signature = "(ARRAY<T> input) T", .kernel = array_min } } },
	{ .name = "array_remove", .category = "ARRAY",
	  .help = "The array without the items that equal a value.",
	  .variants = {
		{ .signature = "(ARRAY<T> array, T victim) ARRAY<T>", .kernel = array_remove,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "array_sort", .category = "ARRAY",
	  .help = "The items in order, 'ASC' unless 'DESC' is said; NULLs last.",
	  .variants = {
		{ .signature = "(ARRAY<T> input) ARRAY<T>", .kernel = array_sort },
		{ .signature = "(ARRAY<T> input, STRING direction) ARRAY<T>",
		  .kernel = array_sort } } },
	{ .name = "slice", .category = "ARRAY",
	  .help = "The items from one place to another, both included, counted from 1; NULL "
		  "stands for the array's own begin or end.",
	  .variants = {
		{ .signature = "(ARRAY<T> in, INT from, INT to) ARRAY<T>", .kernel = slice,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "GENERATE_SERIES", .category = "ARRAY",
	  .help = "The numbers from a first to a last one, in steps of 1 or -1 unless said.",
	  .variants = {
		SERIES("(INT start!, INT end!)", "INT"),
		SERIES("(INT start!, INT end!, INT step!)", "INT"),
		SERIES("(BIGINT start!, BIGINT end!)", "BIGINT"),
		SERIES("(BIGINT start!, BIGINT end!, INT step!)", "BIGINT") } },
	{ .name = NULL },
};
/* clang-format on */
