/* MIN, MAX, TOPK, TOPKDISTINCT: what comes first in the order of a type. */
#include "engine/agg_families.h"
#include "engine/kept.h"

/* MIN and MAX of numbers and times: the value itself is the state. */

struct extreme {
	union {
		int64_t whole;
		double real;
		__int128 decimal;
	};
	int64_t present;
	int64_t unused;
};

AGG_PLAIN_STATE(extreme)

static void extreme_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct extreme));
}

static bool wants_less(const struct agg *agg)
{
	return agg->func->name[1] == 'I'; /* MIN */
}

static int compare_real(double a, double b)
{
	return (a > b) - (a < b);
}

static void extreme_take(const struct agg *agg, struct extreme *state, const struct extreme *other)
{
	int order;
	if (state->present == 0) {
		*state = *other;
		return;
	}
	switch ((int)agg->args[0]->kind) {
	case TYPE_DOUBLE:
		order = compare_real(other->real, state->real);
		break;
	case TYPE_DECIMAL:
		order = (other->decimal > state->decimal) - (other->decimal < state->decimal);
		break;
	default:
		order = (other->whole > state->whole) - (other->whole < state->whole);
		break;
	}
	if (wants_less(agg) ? order < 0 : order > 0)
		*state = *other;
}

static void extreme_add(const struct agg *agg, struct eval *eval, void *const *states,
			const struct agg_rows *rows)
{
	const struct column *arg = rows->args[0];
	(void)eval;
	SEL_EACH(i, rows->sel)
	{
		struct extreme value = { .present = 1 };
		if (column_is_null(arg, i))
			continue;
		switch ((int)agg->args[0]->kind) {
		case TYPE_INT:
		case TYPE_DATE:
		case TYPE_TIME:
			value.whole = arg->i32[i];
			break;
		case TYPE_DOUBLE:
			value.real = arg->f64[i];
			break;
		case TYPE_DECIMAL:
			value.decimal = arg->decimal[i];
			break;
		default:
			value.whole = arg->i64[i];
			break;
		}
		extreme_take(agg, states[i], &value);
	}
}

static void extreme_merge(const struct agg *agg, void *into, const void *from)
{
	const struct extreme *other = from;
	if (other->present != 0)
		extreme_take(agg, into, other);
}

static void extreme_emit(const struct agg *agg, const void *state, struct arena *arena,
			 struct column *out, uint32_t row)
{
	const struct extreme *extreme = state;
	(void)arena;
	if (extreme->present == 0) {
		column_set_null(out, row);
		return;
	}
	switch ((int)agg->args[0]->kind) {
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
		out->i32[row] = (int32_t)extreme->whole;
		break;
	case TYPE_DOUBLE:
		out->f64[row] = extreme->real;
		break;
	case TYPE_DECIMAL:
		out->decimal[row] = extreme->decimal;
		break;
	default:
		out->i64[row] = extreme->whole;
		break;
	}
}

static fallible extreme_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	(void)arena;
	(void)err;
	agg->result = agg->intermediate = agg->args[0];
	return 0;
}

/* MIN and MAX of texts and bytes; TOPK: the k greatest, in descending order, as a list. */

struct top_state {
	struct kept_list list;
};

struct top {
	uint32_t k;
	bool ascending, distinct;
	bool one;                   /* MIN, MAX: a scalar */
	const struct type *element; /* of the result's array */
};

static void top_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct top_state));
}

static void top_fini(const struct agg *agg, void *state)
{
	(void)agg;
	kept_list_fini(&((struct top_state *)state)->list);
}

static void top_save(const struct agg *agg, const void *state, struct buf *out)
{
	(void)agg;
	kept_list_save(&((const struct top_state *)state)->list, out);
}

static fallible top_load(const struct agg *agg, void *state, struct reader *in, struct err *err)
{
	(void)agg;
	return kept_list_load(&((struct top_state *)state)->list, in, err);
}

/* The value that orders an item: the item itself, or its first field. */
static struct value sort_value(const struct agg *agg, const struct top *top,
			       const struct value *item)
{
	(void)top;
	return agg->nargs > 1 ? item->nested.items[0] : *item;
}

/* Puts the item where it belongs, behind its equals; drops what is past k. */
static void top_put(const struct agg *agg, struct kept_list *list, const struct value *item,
		    struct arena *arena)
{
	const struct top *top = agg->data;
	struct value sort = sort_value(agg, top, item);
	uint32_t at = list->items.len;
	for (; at > 0; at--) {
		struct value other = kept_value(&list->items.items[at - 1], top->element, arena);
		struct value other_sort = sort_value(agg, top, &other);
		int order = value_cmp(agg->args[0], &sort, &other_sort);
		if (top->distinct && order == 0)
			return;
		if (top->ascending ? order >= 0 : order <= 0)
			break;
	}
	if (at >= top->k)
		return;
	if (top->distinct && at > 0) {
		struct value other = kept_value(&list->items.items[at - 1], top->element, arena);
		if (value_eq(agg->args[0], &other, &sort))
			return;
	}
	kept_list_insert(list, at, kept_new(top->element, item));
	if (list->items.len > top->k)
		kept_list_remove(list, list->items.len - 1);
}

static void top_add(const struct agg *agg, struct eval *eval, void *const *states,
		    const struct agg_rows *rows)
{
	SEL_EACH(i, rows->sel)
	{
		struct value item = column_value(rows->args[0], i);
		if (item.is_null)
			continue;
		if (agg->nargs > 1) {
			struct value *fields = arena_array(eval->arena, struct value, agg->nargs);
			for (uint32_t c = 0; c < agg->nargs; c++)
				fields[c] = column_value(rows->args[c], i);
			item = (struct value){ .nested = { .items = fields, .len = agg->nargs } };
		}
		top_put(agg, &((struct top_state *)states[i])->list, &item, eval->arena);
	}
}

static void top_merge(const struct agg *agg, void *into, const void *from)
{
	const struct top *top = agg->data;
	const struct kept_list *b = &((const struct top_state *)from)->list;
	struct arena arena CLEANUP(arena_fini) = { 0 };
	for (uint32_t i = 0; i < b->items.len; i++) {
		struct value item = kept_value(&b->items.items[i], top->element, &arena);
		top_put(agg, &((struct top_state *)into)->list, &item, &arena);
	}
}

static void top_emit(const struct agg *agg, const void *state, struct arena *arena,
		     struct column *out, uint32_t row)
{
	const struct top *top = agg->data;
	const struct kept_list *list = &((const struct top_state *)state)->list;
	if (!top->one) {
		out->nested[row] = kept_list_values(list, top->element, arena);
		return;
	}
	struct value value = VALUE_NULL;
	if (list->items.len > 0)
		value = kept_value(&list->items.items[0], top->element, arena);
	column_set(out, row, &value);
}

static fallible one_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	(void)err;
	struct top *top = arena_new(arena, struct top);
	*top = (struct top){
		.k = 1, .ascending = wants_less(agg), .one = true, .element = agg->args[0]
	};
	agg->data = top;
	agg->result = agg->intermediate = agg->args[0];
	return 0;
}

static fallible top_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	struct top *top = arena_new(arena, struct top);
	int32_t k = agg->constants[agg->nconstants - 1].i32;
	if (k < 1)
		return err_set(err, ERR_INVALID, "%s: k must be greater than 0", agg->func->name);
	top->k = (uint32_t)k;
	top->distinct = strcmp(agg->func->name, "TOPKDISTINCT") == 0;
	top->element = agg->args[0];
	if (agg->nargs > 1) {
		struct type_field *fields = arena_array(arena, struct type_field, agg->nargs);
		for (uint32_t c = 0; c < agg->nargs; c++) {
			fields[c].name = c == 0 ? SLICE("sort_col")
						: slice_str(arena_printf(arena, "col%u", c - 1));
			fields[c].type = agg->args[c];
		}
		top->element = type_struct(arena, fields, agg->nargs);
	}
	agg->data = top;
	agg->result = agg->intermediate = type_array(arena, top->element);
	return 0;
}

/* clang-format off */
#define EXTREME_OPS .state_bytes = sizeof(struct extreme), .init = extreme_init, .add = extreme_add, \
	.merge = extreme_merge, .emit = extreme_emit, .save = extreme_save, .load = extreme_load, .bind = extreme_bind
#define TOP_OPS .state_bytes = sizeof(struct top_state), .init = top_init, .fini = top_fini, .add = top_add, \
	.merge = top_merge, .emit = top_emit, .save = top_save, .load = top_load
#define EXTREME_VARIANTS { \
	{ .signature = "(INT val) INT", EXTREME_OPS }, { .signature = "(BIGINT val) BIGINT", EXTREME_OPS }, \
	{ .signature = "(DOUBLE val) DOUBLE", EXTREME_OPS }, { .signature = "(DECIMAL val) DECIMAL", EXTREME_OPS }, \
	{ .signature = "(DATE val) DATE", EXTREME_OPS }, { .signature = "(TIME val) TIME", EXTREME_OPS }, \
	{ .signature = "(TIMESTAMP val) TIMESTAMP", EXTREME_OPS }, \
	{ .signature = "(STRING val) STRING", TOP_OPS, .bind = one_bind }, \
	{ .signature = "(BYTES val) BYTES", TOP_OPS, .bind = one_bind } }

const struct agg_def AGG_ORDER[] = {
	{ "MIN", "The least value of a column.", EXTREME_VARIANTS },
	{ "MAX", "The greatest value of a column.", EXTREME_VARIANTS },
	{ "TOPK", "The k greatest values, in descending order; with more columns, whole rows.", {
		{ .signature = "(T val, const INT k) ARRAY<T>", TOP_OPS, .bind = top_bind },
		{ .signature = "(T sort_col, A col0, const INT k) ARRAY<T>", TOP_OPS, .bind = top_bind },
		{ .signature = "(T sort_col, A col0, B col1, const INT k) ARRAY<T>", TOP_OPS, .bind = top_bind },
		{ .signature = "(T sort_col, A col0, B col1, C col2, const INT k) ARRAY<T>", TOP_OPS, .bind = top_bind },
		{ .signature = "(T sort_col, A col0, B col1, C col2, D col3, const INT k) ARRAY<T>", TOP_OPS, .bind = top_bind },
		{ .signature = "(T sort_col, A col0, B col1, C col2, D col3, E col4, const INT k) ARRAY<T>", TOP_OPS, .bind = top_bind } } },
	{ "TOPKDISTINCT", "The k greatest distinct values, in descending order.", {
		{ .signature = "(T val, const INT k) ARRAY<T>", TOP_OPS, .bind = top_bind } } },
	{ .name = NULL },
};
/* clang-format on */
