#include "tests/ksql/functions.h"

#include "engine/kept.h"

/* Scalar functions. */

static void put_text(const struct func_call *call, const char *text)
{
	SEL_EACH(i, call->sel)
	{
		struct value value = { .bytes = slice_str(text) };
		column_set(call->out, i, &value);
	}
}

static void do_int_string(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	put_text(call, "doStuffIntString");
}

static void do_long_string(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	put_text(call, "doStuffLongString");
}

static void do_long_long_string(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	put_text(call, "doStuffLongLongString");
}

static void do_varargs(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	put_text(call, "doStuffLongVarargs");
}

static void do_struct(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		struct value value = call->args[0]->nested[i].items[0];
		column_set(call->out, i, &value);
	}
}

static void make_struct(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct value *field = arena_new(eval->arena, struct value);
		*field = call->nargs > 0 ? column_value(call->args[0], i)
					 : (struct value){ .bytes = SLICE("foo") };
		struct value value = { .nested = { .items = field, .len = 1 } };
		column_set(call->out, i, &value);
	}
}

static void bad_int(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	eval_fail(eval, i, "boom!");
}

static void bad_bool(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct value zero = { .i32 = 0 };
		if (call->args[0]->boolean[i])
			eval_fail(eval, i, "You asked me to throw...");
		else
			column_set(call->out, i, &zero);
	}
}

/* NULL and the argument by turns. */
static void bad_text(struct eval *eval, const struct func_call *call)
{
	static unsigned calls;
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		struct value value = column_value(call->args[0], i);
		if (calls++ % 2 == 0)
			column_set_null(call->out, i);
		else
			column_set(call->out, i, &value);
	}
}

/* WHENCONDITION, WHENRESULT: may only be asked where they should be. */
static void when(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct value value = column_value(call->args[0], i);
		if (!call->args[1]->boolean[i])
			eval_fail(eval, i, "When condition in case is not running lazily!");
		else
			column_set(call->out, i, &value);
	}
}

/* Table functions: lists. */

static void one_item(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct value *item = arena_new(eval->arena, struct value);
		*item = column_value(call->args[0], i);
		struct value list = { .nested = { .items = item, .len = 1 } };
		column_set(call->out, i, &list);
	}
}

static void all_texts(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct value *items = arena_array(eval->arena, struct value, call->nargs);
		for (uint32_t a = 0; a < call->nargs; a++) {
			struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
			struct value value = column_value(call->args[a], i);
			const struct type *type = call->args[a]->type;
			if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
				uint32_t at = type->kind == TYPE_MAP ? 1 : 0;
				value = value.nested.items[at];
				type = type->element;
			}
			value_print(type, &value, &text);
			items[a].bytes = arena_copy(eval->arena, buf_slice(&text));
			buf_fini(&text);
		}
		struct value list = { .nested = { .items = items, .len = call->nargs } };
		column_set(call->out, i, &list);
	}
}

/* clang-format off */
const struct func_def TEST_FUNCTIONS[] = {
	{ "test_udf", "TEST", "", {
		{ .signature = "(INT a, STRING b) STRING", .kernel = do_int_string, .flags = FUNC_SEES_NULLS },
		{ .signature = "(BIGINT a, STRING b) STRING", .kernel = do_long_string, .flags = FUNC_SEES_NULLS },
		{ .signature = "(BIGINT a, BIGINT b, STRING c) STRING", .kernel = do_long_long_string, .flags = FUNC_SEES_NULLS },
		{ .signature = "(BIGINT... a) STRING", .kernel = do_varargs, .flags = FUNC_SEES_NULLS },
		{ .signature = "(STRUCT<A STRING> s) STRING", .kernel = do_struct },
		{ .signature = "() STRUCT<A STRING>", .kernel = make_struct } } },
	{ "bad_udf", "TEST", "", {
		{ .signature = "(INT a) INT", .kernel = bad_int },
		{ .signature = "(BOOLEAN a) INT", .kernel = bad_bool },
		{ .signature = "(STRING a) STRING", .kernel = bad_text } } },
	{ "whencondition", "TEST", "", {
		{ .signature = "(BOOLEAN ret, BOOLEAN shouldBeEvaluated) BOOLEAN", .kernel = when } } },
	{ "whenresult", "TEST", "", {
		{ .signature = "(INT ret, BOOLEAN shouldBeEvaluated) INT", .kernel = when } } },
	{ "tostruct", "TEST", "", {
		{ .signature = "(STRING s) STRUCT<A STRING>", .kernel = make_struct } } },
	{ "test_udtf", "TABLE", "", {
		{ .signature = "(INT a) ARRAY<INT>", .kernel = one_item },
		{ .signature = "(BIGINT a) ARRAY<BIGINT>", .kernel = one_item },
		{ .signature = "(DOUBLE a) ARRAY<DOUBLE>", .kernel = one_item },
		{ .signature = "(BOOLEAN a) ARRAY<BOOLEAN>", .kernel = one_item },
		{ .signature = "(STRING a) ARRAY<STRING>", .kernel = one_item },
		{ .signature = "(T a) ARRAY<T>", .kernel = one_item },
		{ .signature = "(T a, A b, B c, C d, D e, E f, F g) ARRAY<STRING>", .kernel = all_texts } } },
	{ .name = NULL },
};
/* clang-format on */

/* Aggregates: sums of numbers and of the lengths of texts. */

struct sum {
	int64_t total;
};

static int64_t weight(const struct type *type, const struct value *value)
{
	if (value->is_null)
		return 0;
	switch ((int)type->kind) {
	case TYPE_INT:
		return value->i32;
	case TYPE_BIGINT:
		return value->i64;
	case TYPE_STRING:
		return (int64_t)value->bytes.len;
	default:
		return 0;
	}
}

static void sum_init(const struct agg *agg, void *state)
{
	struct sum *sum = state;
	sum->total = 0;
	for (uint32_t i = 0; i < agg->nconstants; i++)
		sum->total += weight(agg->constant_types[i], &agg->constants[i]);
}

static void sum_apply(const struct agg *agg, void *const *states, const struct agg_rows *rows,
		      int sign)
{
	SEL_EACH(i, rows->sel)
	{
		for (uint32_t a = 0; a < agg->nargs; a++) {
			struct value value = column_value(rows->args[a], i);
			((struct sum *)states[i])->total += sign * weight(agg->args[a], &value);
		}
	}
}

static void sum_add(const struct agg *agg, struct eval *eval, void *const *states,
		    const struct agg_rows *rows)
{
	(void)eval;
	sum_apply(agg, states, rows, 1);
}

static void sum_remove(const struct agg *agg, struct eval *eval, void *const *states,
		       const struct agg_rows *rows)
{
	(void)eval;
	sum_apply(agg, states, rows, -1);
}

static void sum_merge(const struct agg *agg, void *into, const void *from)
{
	(void)agg;
	((struct sum *)into)->total += ((const struct sum *)from)->total;
}

static void sum_emit(const struct agg *agg, const void *state, struct arena *arena,
		     struct column *out, uint32_t row)
{
	(void)agg;
	(void)arena;
	struct value value = { .i64 = ((const struct sum *)state)->total };
	column_set(out, row, &value);
}

static void sum_save(const struct agg *agg, const void *state, struct buf *out)
{
	(void)agg;
	buf_append_u64(out, (uint64_t)((const struct sum *)state)->total);
}

static fallible sum_load(const struct agg *agg, void *state, struct reader *in, struct err *err)
{
	(void)agg;
	((struct sum *)state)->total = (int64_t)reader_u64(in);
	return reader_check(in, "a sum", err);
}

/* The first argument of each row that has no NULL at all, as a list. */

struct list_state {
	struct kept_list list;
};

static void list_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct list_state));
}

static void list_fini(const struct agg *agg, void *state)
{
	(void)agg;
	kept_list_fini(&((struct list_state *)state)->list);
}

static void list_add(const struct agg *agg, struct eval *eval, void *const *states,
		     const struct agg_rows *rows)
{
	(void)eval;
	SEL_EACH(i, rows->sel)
	{
		struct kept_list *list = &((struct list_state *)states[i])->list;
		bool whole = true;
		for (uint32_t a = 0; a < agg->nargs; a++)
			whole &= !column_is_null(rows->args[a], i);
		struct value value = column_value(rows->args[0], i);
		if (whole)
			kept_list_insert(list, list->items.len, kept_new(agg->args[0], &value));
	}
}

static void list_merge(const struct agg *agg, void *into, const void *from)
{
	(void)agg;
	struct kept_list *a = &((struct list_state *)into)->list;
	const struct kept_list *b = &((const struct list_state *)from)->list;
	for (uint32_t i = 0; i < b->items.len; i++)
		kept_list_insert(a, a->items.len, kept_copy(&b->items.items[i]));
}

static void list_emit(const struct agg *agg, const void *state, struct arena *arena,
		      struct column *out, uint32_t row)
{
	struct value value = { .nested = kept_list_values(&((const struct list_state *)state)->list,
							  agg->args[0], arena) };
	column_set(out, row, &value);
}

static void list_save(const struct agg *agg, const void *state, struct buf *out)
{
	(void)agg;
	kept_list_save(&((const struct list_state *)state)->list, out);
}

static fallible list_load(const struct agg *agg, void *state, struct reader *in, struct err *err)
{
	(void)agg;
	return kept_list_load(&((struct list_state *)state)->list, in, err);
}

/* clang-format off */
#define LIST_OPS .state_bytes = sizeof(struct list_state), .init = list_init, .fini = list_fini, .add = list_add, \
	.merge = list_merge, .emit = list_emit, .save = list_save, .load = list_load
#define SUM_OPS .state_bytes = sizeof(struct sum), .init = sum_init, .add = sum_add, .remove = sum_remove, \
	.merge = sum_merge, .emit = sum_emit, .save = sum_save, .load = sum_load

const struct agg_def TEST_AGGREGATES[] = {
	{ "TEST_UDAF", "", {
		{ .signature = "(BIGINT a) BIGINT", SUM_OPS },
		{ .signature = "(INT a) BIGINT", SUM_OPS },
		{ .signature = "(STRING a, const STRING init) BIGINT", SUM_OPS } } },
	{ "VAR_ARG", "", { { .signature = "(BIGINT a, STRING... b) BIGINT", SUM_OPS } } },
	{ "MULTI_ARG", "", { { .signature = "(BIGINT a, STRING b, const INT c, const STRING... d) BIGINT", SUM_OPS } } },
	{ "MID_VAR_ARG", "", { { .signature = "(BIGINT a, STRING... b, const INT c, const INT d) BIGINT", SUM_OPS } } },
	{ "GENERIC_VAR_ARG", "", {
		{ .signature = "(A a, B b, C... c) ARRAY<A>", LIST_OPS } } },
	{ "OBJ_COL_ARG", "", {
		{ .signature = "(INT a, T... b) ARRAY<INT>", LIST_OPS },
		{ .signature = "(INT a, B b, C c, D d, E e, F f) ARRAY<INT>", LIST_OPS } } },
	{ "FOUR_ARG", "", { { .signature = "(BIGINT a, STRING b, STRING c, STRING d, const INT e, const STRING... f) BIGINT", SUM_OPS } } },
	{ "FIVE_ARG", "", { { .signature = "(BIGINT a, STRING b, STRING c, STRING d, INT e, const INT f, const STRING... g) BIGINT", SUM_OPS } } },
	{ .name = NULL },
};
/* clang-format on */
