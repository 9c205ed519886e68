/*
 * IN. A NULL value is in no list and NULL items are passed over. Long lists of constants become a
 * table that is looked up once a row; others are compared item by item.
 */
#include "base/decimal.h"
#include "engine/program_priv.h"

#define IN_LIST(name_, field, same)                                                                \
	static void name_(struct kernel *k)                                                        \
	{                                                                                          \
		const struct column *value = k->in[0];                                             \
		memset(k->out->boolean, 0, k->span);                                               \
		for (uint32_t item = 1; item < k->nin; item++) {                                   \
			const struct column *other = k->in[item];                                  \
			if (other->type->kind == TYPE_NULL)                                        \
				continue;                                                          \
			SEL_EACH(i, k->sel)                                                        \
			{                                                                          \
				if (column_is_null(value, i) || column_is_null(other, i))          \
					continue;                                                  \
				k->out->boolean[i] |= (uint8_t)(same);                             \
			}                                                                          \
		}                                                                                  \
	}

static bool same_nested(const struct column *a, const struct column *b, uint32_t i)
{
	struct value left = { .nested = a->nested[i] }, right = { .nested = b->nested[i] };
	return value_eq(a->type, &left, &right);
}

IN_LIST(in_boolean, boolean, value->boolean[i] == other->boolean[i])
IN_LIST(in_i32, i32, value->i32[i] == other->i32[i])
IN_LIST(in_i64, i64, value->i64[i] == other->i64[i])
IN_LIST(in_f64, f64, value->f64[i] == other->f64[i])
IN_LIST(in_decimal, decimal,
	decimal_compare((struct decimal){ value->decimal[i], value->type->scale },
			(struct decimal){ other->decimal[i], other->type->scale }) == 0)
IN_LIST(in_bytes, bytes, slice_eq(value->bytes[i], other->bytes[i]))
IN_LIST(in_nested, nested, same_nested(value, other, i))

static void in_nothing(struct kernel *k)
{
	memset(k->out->boolean, 0, k->span);
}

kernel_run *kernel_in(enum type_kind kind)
{
	static kernel_run *const kernels[TYPE_KIND_COUNT] = {
		[TYPE_NULL] = in_nothing, [TYPE_BOOLEAN] = in_boolean, [TYPE_INT] = in_i32,
		[TYPE_BIGINT] = in_i64,   [TYPE_DOUBLE] = in_f64,      [TYPE_DECIMAL] = in_decimal,
		[TYPE_STRING] = in_bytes, [TYPE_BYTES] = in_bytes,     [TYPE_DATE] = in_i32,
		[TYPE_TIME] = in_i32,     [TYPE_TIMESTAMP] = in_i64,   [TYPE_ARRAY] = in_nested,
		[TYPE_MAP] = in_nested,   [TYPE_STRUCT] = in_nested,
	};
	assert(kernels[kind] != NULL);
	return kernels[kind];
}

/* --- long lists of constants --- */

/* Open addressing, at most half full. Kinds whose equality is that of their bits. */
struct in_set {
	const struct type *type;
	struct value *slots; /* NULL: empty */
	uint64_t mask;
};

bool in_set_fits(enum type_kind kind)
{
	switch (kind) {
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_STRING:
	case TYPE_BYTES:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
		return true;
	default:
		return false;
	}
}

static bool set_has(const struct in_set *set, const struct value *value, uint64_t *ret_slot)
{
	uint64_t slot = value_hash(set->type, value) & set->mask;
	while (!set->slots[slot].is_null && !value_eq(set->type, &set->slots[slot], value))
		slot = (slot + 1) & set->mask;
	*ret_slot = slot;
	return !set->slots[slot].is_null;
}

const void *in_set_prepare(struct arena *arena, const struct type *type, const struct value *items,
			   uint32_t n)
{
	struct in_set *set = arena_new(arena, struct in_set);
	uint64_t size = 16;
	while (size < (uint64_t)n * 2)
		size *= 2;
	set->type = type;
	set->mask = size - 1;
	set->slots = arena_array(arena, struct value, size);
	for (uint64_t i = 0; i < size; i++)
		set->slots[i] = VALUE_NULL;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t slot;
		if (!items[i].is_null && !set_has(set, &items[i], &slot))
			set->slots[slot] = items[i];
	}
	return set;
}

void kernel_in_set(struct kernel *k)
{
	const struct in_set *set = k->step->data;
	SEL_EACH(i, k->sel)
	{
		struct value value = column_value(k->in[0], i);
		uint64_t slot;
		k->out->boolean[i] = !value.is_null && set_has(set, &value, &slot);
	}
}
