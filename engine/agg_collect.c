/* COLLECT_LIST, COLLECT_SET, EARLIEST_ and LATEST_BY_OFFSET, HISTOGRAM, ATTR: values that are kept.
 */
#include "engine/agg_families.h"
#include "engine/kept.h"

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

static void list_emit(const struct agg *agg, const void *state, struct arena *arena,
		      struct column *out, uint32_t row)
{
	const struct list_state *list = state;
	out->nested[row] = kept_list_values(&list->list, agg->args[0], arena);
}

/* COLLECT_LIST */

static void collect_list_add(const struct agg *agg, struct eval *eval, void *const *states,
			     const struct agg_rows *rows)
{
	(void)eval;
	SEL_EACH(i, rows->sel)
	{
		struct kept_list *list = &((struct list_state *)states[i])->list;
		struct value value = column_value(rows->args[0], i);
		kept_list_insert(list, list->items.len, kept_new(agg->args[0], &value));
	}
}

static void collect_list_remove(const struct agg *agg, struct eval *eval, void *const *states,
				const struct agg_rows *rows)
{
	(void)eval;
	SEL_EACH(i, rows->sel)
	{
		struct kept_list *list = &((struct list_state *)states[i])->list;
		struct value value = column_value(rows->args[0], i);
		struct kept gone = kept_new(agg->args[0], &value);
		for (uint32_t at = list->items.len; at > 0; at--) {
			if (slice_eq(kept_bytes(&list->items.items[at - 1]), kept_bytes(&gone))) {
				kept_list_remove(list, at - 1);
				break;
			}
		}
		kept_free(&gone);
	}
}

static void collect_list_merge(const struct agg *agg, void *into, const void *from)
{
	(void)agg;
	struct kept_list *a = &((struct list_state *)into)->list;
	const struct kept_list *b = &((const struct list_state *)from)->list;
	for (uint32_t i = 0; i < b->items.len; i++)
		kept_list_insert(a, a->items.len, kept_copy(&b->items.items[i]));
}

/* COLLECT_SET */

/* Maps have no order, so equal ones may have other images. */
static bool set_has(const struct agg *agg, const struct kept_list *list, const struct kept *kept,
		    const struct value *value, struct arena *arena)
{
	if (kept_list_find(list, kept_bytes(kept)) != UINT32_MAX)
		return true;
	if (!type_contains(agg->args[0], TYPE_MAP))
		return false;
	for (uint32_t i = 0; i < list->items.len; i++) {
		struct value other = kept_value(&list->items.items[i], agg->args[0], arena);
		if (value_eq(agg->args[0], value, &other))
			return true;
	}
	return false;
}

static void collect_set_add(const struct agg *agg, struct eval *eval, void *const *states,
			    const struct agg_rows *rows)
{
	SEL_EACH(i, rows->sel)
	{
		struct kept_list *list = &((struct list_state *)states[i])->list;
		struct value value = column_value(rows->args[0], i);
		struct kept kept = kept_new(agg->args[0], &value);
		if (!set_has(agg, list, &kept, &value, eval->arena))
			kept_list_insert(list, list->items.len, kept);
		else
			kept_free(&kept);
	}
}

static void collect_set_merge(const struct agg *agg, void *into, const void *from)
{
	(void)agg;
	struct kept_list *a = &((struct list_state *)into)->list;
	const struct kept_list *b = &((const struct list_state *)from)->list;
	for (uint32_t i = 0; i < b->items.len; i++) {
		if (kept_list_find(a, kept_bytes(&b->items.items[i])) == UINT32_MAX)
			kept_list_insert(a, a->items.len, kept_copy(&b->items.items[i]));
	}
}

/* EARLIEST_BY_OFFSET, LATEST_BY_OFFSET: the n rows that came first, or last, in order. */

struct by_offset {
	bool latest;
	bool one; /* a scalar, not an array */
	uint32_t n;
	bool ignore_nulls;
};

static void by_offset_put(const struct by_offset *by, struct kept_list *list, struct kept kept)
{
	uint32_t at = list->items.len;
	while (at > 0 && list->items.items[at - 1].number > kept.number)
		at--;
	kept_list_insert(list, at, kept);
	if (list->items.len > by->n)
		kept_list_remove(list, by->latest ? 0 : list->items.len - 1);
}

static void by_offset_add(const struct agg *agg, struct eval *eval, void *const *states,
			  const struct agg_rows *rows)
{
	const struct by_offset *by = agg->data;
	(void)eval;
	SEL_EACH(i, rows->sel)
	{
		struct kept_list *list = &((struct list_state *)states[i])->list;
		struct value value = column_value(rows->args[0], i);
		if (value.is_null && by->ignore_nulls)
			continue;
		if (!by->latest && list->items.len == by->n)
			continue;
		struct kept kept = kept_new(agg->args[0], &value);
		kept.number = rows->sequence[i];
		by_offset_put(by, list, kept);
	}
}

static void by_offset_merge(const struct agg *agg, void *into, const void *from)
{
	const struct by_offset *by = agg->data;
	const struct kept_list *b = &((const struct list_state *)from)->list;
	for (uint32_t i = 0; i < b->items.len; i++)
		by_offset_put(by, &((struct list_state *)into)->list,
			      kept_copy(&b->items.items[i]));
}

static void by_offset_emit(const struct agg *agg, const void *state, struct arena *arena,
			   struct column *out, uint32_t row)
{
	const struct by_offset *by = agg->data;
	const struct kept_list *list = &((const struct list_state *)state)->list;
	if (!by->one) {
		list_emit(agg, state, arena, out, row);
		return;
	}
	struct value value = VALUE_NULL;
	if (list->items.len > 0)
		value = kept_value(&list->items.items[0], agg->args[0], arena);
	column_set(out, row, &value);
}

static fallible by_offset_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	struct by_offset *by = arena_new(arena, struct by_offset);
	*by = (struct by_offset){
		.latest = agg->func->name[0] == 'L', .one = true, .n = 1, .ignore_nulls = true
	};
	for (uint32_t i = 0; i < agg->nconstants; i++) {
		const struct value *value = &agg->constants[i];
		if (agg->constant_types[i]->kind == TYPE_BOOLEAN) {
			by->ignore_nulls = value->is_null || value->boolean;
			continue;
		}
		if (value->i32 <= 0)
			return err_set(err, ERR_INVALID, "%s: n must be greater than 0",
				       agg->func->name);
		by->one = false;
		by->n = (uint32_t)value->i32;
	}
	agg->data = by;
	agg->result = by->one ? agg->args[0] : type_array(arena, agg->args[0]);
	struct type_field *fields = arena_array(arena, struct type_field, 2);
	fields[0] = (struct type_field){ SLICE("SEQ"), TYPE_OF(TYPE_BIGINT) };
	fields[1] = (struct type_field){ SLICE("VAL"), agg->args[0] };
	agg->intermediate = type_struct(arena, fields, 2);
	if (!by->one)
		agg->intermediate = type_array(arena, agg->intermediate);
	return 0;
}

/* HISTOGRAM: how often each text came; at most HISTOGRAM_KEYS_MAX of them. */

#define HISTOGRAM_KEYS_MAX 1000

static void histogram_count(struct kept_list *list, struct kept kept, int64_t by)
{
	uint32_t at = kept_list_find(list, kept_bytes(&kept));
	if (at != UINT32_MAX) {
		list->items.items[at].number += by;
		if (list->items.items[at].number <= 0)
			kept_list_remove(list, at);
		kept_free(&kept);
	} else if (by > 0 && list->items.len < HISTOGRAM_KEYS_MAX) {
		kept.number = by;
		kept_list_insert(list, list->items.len, kept);
	} else {
		kept_free(&kept);
	}
}

static void histogram_apply(const struct agg *agg, void *const *states, const struct agg_rows *rows,
			    int64_t by)
{
	SEL_EACH(i, rows->sel)
	{
		struct value value = column_value(rows->args[0], i);
		histogram_count(&((struct list_state *)states[i])->list,
				kept_new(agg->args[0], &value), by);
	}
}

static void histogram_add(const struct agg *agg, struct eval *eval, void *const *states,
			  const struct agg_rows *rows)
{
	(void)eval;
	histogram_apply(agg, states, rows, 1);
}

static void histogram_remove(const struct agg *agg, struct eval *eval, void *const *states,
			     const struct agg_rows *rows)
{
	(void)eval;
	histogram_apply(agg, states, rows, -1);
}

static void histogram_merge(const struct agg *agg, void *into, const void *from)
{
	(void)agg;
	const struct kept_list *b = &((const struct list_state *)from)->list;
	for (uint32_t i = 0; i < b->items.len; i++)
		histogram_count(&((struct list_state *)into)->list, kept_copy(&b->items.items[i]),
				b->items.items[i].number);
}

static void histogram_emit(const struct agg *agg, const void *state, struct arena *arena,
			   struct column *out, uint32_t row)
{
	const struct kept_list *list = &((const struct list_state *)state)->list;
	struct value *items = arena_array(arena, struct value, 2 * list->items.len);
	for (uint32_t i = 0; i < list->items.len; i++) {
		items[2 * i] = kept_value(&list->items.items[i], agg->args[0], arena);
		items[2 * i + 1].i64 = list->items.items[i].number;
	}
	out->nested[row] = (struct values){ .items = items, .len = list->items.len };
}

/* ATTR: the only value there is; NULL once there are two. Kept as a histogram without a bound. */

static void attr_apply(const struct agg *agg, void *const *states, const struct agg_rows *rows,
		       int64_t by)
{
	SEL_EACH(i, rows->sel)
	{
		struct kept_list *list = &((struct list_state *)states[i])->list;
		struct value value = column_value(rows->args[0], i);
		histogram_count(list, kept_new(agg->args[0], &value), by);
	}
}

static void attr_add(const struct agg *agg, struct eval *eval, void *const *states,
		     const struct agg_rows *rows)
{
	(void)eval;
	attr_apply(agg, states, rows, 1);
}

static void attr_remove(const struct agg *agg, struct eval *eval, void *const *states,
			const struct agg_rows *rows)
{
	(void)eval;
	attr_apply(agg, states, rows, -1);
}

static void attr_emit(const struct agg *agg, const void *state, struct arena *arena,
		      struct column *out, uint32_t row)
{
	const struct kept_list *list = &((const struct list_state *)state)->list;
	struct value value = VALUE_NULL;
	if (list->items.len == 1)
		value = kept_value(&list->items.items[0], agg->args[0], arena);
	column_set(out, row, &value);
}

static fallible attr_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	(void)err;
	struct type_field *fields = arena_array(arena, struct type_field, 2);
	fields[0] = (struct type_field){ SLICE("VALUE"), agg->args[0] };
	fields[1] = (struct type_field){ SLICE("COUNT"), TYPE_OF(TYPE_INT) };
	agg->intermediate = type_array(arena, type_struct(arena, fields, 2));
	return 0;
}

/* clang-format off */
#define LIST_STATE .state_bytes = sizeof(struct list_state), .init = list_init, .fini = list_fini, \
	.save = list_save, .load = list_load
#define BY_OFFSET_OPS LIST_STATE, .add = by_offset_add, .merge = by_offset_merge, \
	.emit = by_offset_emit, .bind = by_offset_bind

const struct agg_def AGG_COLLECT[] = {
	{ "COLLECT_LIST", "All values of a column, NULLs too, as an array.", {
		{ .signature = "(T val) ARRAY<T>", LIST_STATE, .add = collect_list_add,
		  .remove = collect_list_remove, .merge = collect_list_merge, .emit = list_emit } } },
	{ "COLLECT_SET", "The distinct values of a column, as an array.", {
		{ .signature = "(T val) ARRAY<T>", LIST_STATE, .add = collect_set_add,
		  .merge = collect_set_merge, .emit = list_emit } } },
	{ "EARLIEST_BY_OFFSET", "The value, or the n values, that came first.", {
		{ .signature = "(T val) T", BY_OFFSET_OPS },
		{ .signature = "(T val, const BOOLEAN ignoreNulls) T", BY_OFFSET_OPS },
		{ .signature = "(T val, const INT earliestN) ARRAY<T>", BY_OFFSET_OPS },
		{ .signature = "(T val, const INT earliestN, const BOOLEAN ignoreNulls) ARRAY<T>", BY_OFFSET_OPS } } },
	{ "LATEST_BY_OFFSET", "The value, or the n values, that came last.", {
		{ .signature = "(T val) T", BY_OFFSET_OPS },
		{ .signature = "(T val, const BOOLEAN ignoreNulls) T", BY_OFFSET_OPS },
		{ .signature = "(T val, const INT latestN) ARRAY<T>", BY_OFFSET_OPS },
		{ .signature = "(T val, const INT latestN, const BOOLEAN ignoreNulls) ARRAY<T>", BY_OFFSET_OPS } } },
	{ "HISTOGRAM", "How often each value came, for up to 1000 of them.", {
		{ .signature = "(STRING val) MAP<STRING, BIGINT>", LIST_STATE, .add = histogram_add,
		  .remove = histogram_remove, .merge = histogram_merge, .emit = histogram_emit } } },
	{ "ATTR", "The value of the column if there is only one, else NULL.", {
		{ .signature = "(T val) T", LIST_STATE, .add = attr_add, .remove = attr_remove,
		  .merge = histogram_merge, .emit = attr_emit, .bind = attr_bind } } },
	{ .name = NULL },
};
/* clang-format on */
