/* Into ARRAY, MAP and STRUCT, and out of them again. */
#include "engine/program_priv.h"

/* Writes a boxed item, NULL with nothing behind it. */
static inline void put(struct kernel *k, uint32_t row, const struct value *item)
{
	if (item == NULL)
		column_set_null(k->out, row);
	else
		column_set(k->out, row, item);
}

void kernel_field(struct kernel *k)
{
	const struct column *from = k->in[0];
	uint32_t field = k->step->expr->column;
	(void)kernel_valid(k);
	SEL_EACH(i, k->sel)
	{
		bool there = !column_is_null(from, i) && field < from->nested[i].len;
		put(k, i, there ? &from->nested[i].items[field] : NULL);
	}
}

/* The item at a place from 1, or from the end; NULL: there is none. */
static const struct value *item_at(const struct values *array, int64_t place)
{
	if (place < 0)
		place = place < -(int64_t)array->len ? 0 : place + array->len + 1;
	if (place < 1 || place > array->len)
		return NULL;
	return &array->items[place - 1];
}

void kernel_subscript_array(struct kernel *k)
{
	const struct column *from = k->in[0], *place = k->in[1];
	(void)kernel_valid(k);
	SEL_EACH(i, k->sel)
	{
		const struct value *item = NULL;
		if (column_is_null(place, i))
			eval_fail(k->eval, i, "the index of an ARRAY is NULL");
		else if (!column_is_null(from, i))
			item = item_at(&from->nested[i], place->i64[i]);
		put(k, i, item);
	}
}

void kernel_subscript_map(struct kernel *k)
{
	const struct column *from = k->in[0], *keys = k->in[1];
	const struct type *type = from->type->key;
	(void)kernel_valid(k);
	SEL_EACH(i, k->sel)
	{
		const struct value *found = NULL;
		struct value key = column_value(keys, i);
		uint32_t len = column_is_null(from, i) ? 0 : from->nested[i].len;
		for (uint32_t entry = 0; entry < len; entry++) {
			if (value_eq(type, &from->nested[i].items[2 * entry], &key))
				found = &from->nested[i].items[2 * entry + 1];
		}
		put(k, i, found);
	}
}

/* Each row's inputs as a run of boxed values; `len` of it is the caller's to set. */
static struct value *boxed_inputs(struct kernel *k, uint32_t row)
{
	struct value *items = arena_array_plain(k->eval->arena, struct value, k->nin);
	for (uint32_t i = 0; i < k->nin; i++)
		items[i] = column_value(k->in[i], row);
	return items;
}

void kernel_make_array(struct kernel *k)
{
	SEL_EACH(i, k->sel)
	k->out->nested[i] = (struct values){ boxed_inputs(k, i), k->nin };
}

void kernel_make_struct(struct kernel *k)
{
	kernel_make_array(k);
}

/* Keeps the first place and the last value of a key that comes again. */
static uint32_t without_repeats(const struct type *key, struct value *items, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = 0;
		while (at < kept && !value_eq(key, &items[2 * at], &items[2 * i]))
			at++;
		items[2 * at] = items[2 * i];
		items[2 * at + 1] = items[2 * i + 1];
		kept += at == kept;
	}
	return kept;
}

void kernel_make_map(struct kernel *k)
{
	const struct type *key = k->out->type->key;
	SEL_EACH(i, k->sel)
	{
		struct value *items = boxed_inputs(k, i);
		k->out->nested[i] =
			(struct values){ items, without_repeats(key, items, k->nin / 2) };
	}
}
