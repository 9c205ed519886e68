/* COUNT, SUM, AVG, SUM_LIST: sums that can be taken back. */
#include "engine/agg_families.h"

#include "base/decimal.h"

/* COUNT */

struct count {
	int64_t n;
};

AGG_PLAIN_STATE(count)

static void count_init(const struct agg *agg, void *state)
{
	(void)agg;
	((struct count *)state)->n = 0;
}

static void count_by(void *const *states, const struct agg_rows *rows, int64_t by)
{
	if (rows->args[0]->valid == NULL) {
		SEL_EACH(i, rows->sel)
		((struct count *)states[i])->n += by;
		return;
	}
	SEL_EACH(j, rows->sel)
	((struct count *)states[j])->n += column_is_null(rows->args[0], j) ? 0 : by;
}

static void count_add(const struct agg *agg, struct eval *eval, void *const *states,
		      const struct agg_rows *rows)
{
	(void)agg;
	(void)eval;
	count_by(states, rows, 1);
}

static void count_remove(const struct agg *agg, struct eval *eval, void *const *states,
			 const struct agg_rows *rows)
{
	(void)agg;
	(void)eval;
	count_by(states, rows, -1);
}

static void count_merge(const struct agg *agg, void *into, const void *from)
{
	(void)agg;
	((struct count *)into)->n += ((const struct count *)from)->n;
}

static void count_emit(const struct agg *agg, const void *state, struct arena *arena,
		       struct column *out, uint32_t row)
{
	(void)agg;
	(void)arena;
	out->i64[row] = ((const struct count *)state)->n;
}

/* SUM: numbers wrap as Java's do; a DECIMAL that does not fit fails the row. */

struct sum {
	union {
		int64_t whole;
		double real;
		__int128 decimal;
	};
};

AGG_PLAIN_STATE(sum)

static void sum_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct sum));
}

static void sum_apply(const struct agg *agg, struct eval *eval, void *const *states,
		      const struct agg_rows *rows, int sign)
{
	const struct column *arg = rows->args[0];
	const struct type *type = agg->args[0];
	SEL_EACH(i, rows->sel)
	{
		struct sum *sum = states[i];
		if (column_is_null(arg, i))
			continue;
		switch ((int)type->kind) {
		case TYPE_INT:
			sum->whole = (int32_t)((uint32_t)sum->whole +
					       (uint32_t)(sign * (int64_t)arg->i32[i]));
			break;
		case TYPE_BIGINT:
			sum->whole = (int64_t)((uint64_t)sum->whole +
					       (sign > 0 ? (uint64_t)arg->i64[i]
							 : -(uint64_t)arg->i64[i]));
			break;
		case TYPE_DOUBLE:
			sum->real += sign * arg->f64[i];
			break;
		default: {
			__int128 next = sum->decimal + sign * arg->decimal[i];
			if (!decimal_fits(next, type->precision))
				eval_fail(eval, i,
					  "Numeric field overflow: the sum does not fit %s",
					  type_kind_name(type->kind));
			else
				sum->decimal = next;
		}
		}
	}
}

static void sum_add(const struct agg *agg, struct eval *eval, void *const *states,
		    const struct agg_rows *rows)
{
	sum_apply(agg, eval, states, rows, 1);
}

static void sum_remove(const struct agg *agg, struct eval *eval, void *const *states,
		       const struct agg_rows *rows)
{
	sum_apply(agg, eval, states, rows, -1);
}

static void sum_merge(const struct agg *agg, void *into, const void *from)
{
	struct sum *a = into;
	const struct sum *b = from;
	switch ((int)agg->args[0]->kind) {
	case TYPE_INT:
		a->whole = (int32_t)((uint32_t)a->whole + (uint32_t)b->whole);
		break;
	case TYPE_BIGINT:
		a->whole = (int64_t)((uint64_t)a->whole + (uint64_t)b->whole);
		break;
	case TYPE_DOUBLE:
		a->real += b->real;
		break;
	default:
		a->decimal += b->decimal;
		break;
	}
}

static void sum_emit(const struct agg *agg, const void *state, struct arena *arena,
		     struct column *out, uint32_t row)
{
	const struct sum *sum = state;
	(void)arena;
	switch ((int)agg->result->kind) {
	case TYPE_INT:
		out->i32[row] = (int32_t)sum->whole;
		break;
	case TYPE_BIGINT:
		out->i64[row] = sum->whole;
		break;
	case TYPE_DOUBLE:
		out->f64[row] = sum->real;
		break;
	default:
		out->decimal[row] = sum->decimal;
		break;
	}
}

static fallible sum_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	(void)arena;
	(void)err;
	agg->result = agg->intermediate = agg->args[0];
	return 0;
}

/* AVG: an INTEGER's sum wraps at 32 bits; no rows give 0. */

struct average {
	struct sum sum;
	int64_t n;
};

AGG_PLAIN_STATE(average)

static void average_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct average));
}

static void average_apply(const struct agg *agg, struct eval *eval, void *const *states,
			  const struct agg_rows *rows, int sign)
{
	sum_apply(agg, eval, states, rows, sign); /* the sum comes first in the state */
	SEL_EACH(i, rows->sel)
	((struct average *)states[i])->n += column_is_null(rows->args[0], i) ? 0 : sign;
}

static void average_add(const struct agg *agg, struct eval *eval, void *const *states,
			const struct agg_rows *rows)
{
	average_apply(agg, eval, states, rows, 1);
}

static void average_remove(const struct agg *agg, struct eval *eval, void *const *states,
			   const struct agg_rows *rows)
{
	average_apply(agg, eval, states, rows, -1);
}

static void average_merge(const struct agg *agg, void *into, const void *from)
{
	sum_merge(agg, into, from);
	((struct average *)into)->n += ((const struct average *)from)->n;
}

static void average_emit(const struct agg *agg, const void *state, struct arena *arena,
			 struct column *out, uint32_t row)
{
	const struct average *average = state;
	(void)arena;
	double sum =
		agg->args[0]->kind == TYPE_DOUBLE ? average->sum.real : (double)average->sum.whole;
	out->f64[row] = average->n == 0 ? 0.0 : sum / (double)average->n;
}

static fallible average_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	(void)err;
	struct type_field *fields = arena_array(arena, struct type_field, 2);
	fields[0] = (struct type_field){ SLICE("SUM"), agg->args[0] };
	fields[1] = (struct type_field){ SLICE("COUNT"), TYPE_OF(TYPE_BIGINT) };
	agg->intermediate = type_struct(arena, fields, 2);
	return 0;
}

/* SUM_LIST: the sum over an array's items. */

static void sum_list_apply(const struct agg *agg, void *const *states, const struct agg_rows *rows,
			   int sign)
{
	enum type_kind kind = agg->args[0]->element->kind;
	SEL_EACH(i, rows->sel)
	{
		struct sum *sum = states[i];
		if (column_is_null(rows->args[0], i))
			continue;
		struct values list = rows->args[0]->nested[i];
		for (uint32_t k = 0; k < list.len; k++) {
			const struct value *item = &list.items[k];
			if (item->is_null)
				continue;
			if (kind == TYPE_DOUBLE)
				sum->real += sign * item->f64;
			else if (kind == TYPE_INT)
				sum->whole = (int32_t)((uint32_t)sum->whole +
						       (uint32_t)(sign * (int64_t)item->i32));
			else
				sum->whole = (int64_t)((uint64_t)sum->whole +
						       (sign > 0 ? (uint64_t)item->i64
								 : -(uint64_t)item->i64));
		}
	}
}

static void sum_list_add(const struct agg *agg, struct eval *eval, void *const *states,
			 const struct agg_rows *rows)
{
	(void)eval;
	sum_list_apply(agg, states, rows, 1);
}

static void sum_list_remove(const struct agg *agg, struct eval *eval, void *const *states,
			    const struct agg_rows *rows)
{
	(void)eval;
	sum_list_apply(agg, states, rows, -1);
}

static void sum_list_merge(const struct agg *agg, void *into, const void *from)
{
	struct sum *a = into;
	const struct sum *b = from;
	if (agg->result->kind == TYPE_DOUBLE)
		a->real += b->real;
	else
		a->whole += b->whole;
}

/* clang-format off */
#define COUNT_OPS  .state_bytes = sizeof(struct count), .init = count_init, .add = count_add, \
	.remove = count_remove, .merge = count_merge, .emit = count_emit, .save = count_save, .load = count_load
#define SUM_OPS    .state_bytes = sizeof(struct sum), .init = sum_init, .add = sum_add, \
	.remove = sum_remove, .merge = sum_merge, .emit = sum_emit, .save = sum_save, .load = sum_load, .bind = sum_bind
#define AVERAGE_OPS .state_bytes = sizeof(struct average), .init = average_init, .add = average_add, \
	.remove = average_remove, .merge = average_merge, .emit = average_emit, .save = average_save, \
	.load = average_load, .bind = average_bind
#define SUM_LIST_OPS .state_bytes = sizeof(struct sum), .init = sum_init, .add = sum_list_add, \
	.remove = sum_list_remove, .merge = sum_list_merge, .emit = sum_emit, .save = sum_save, .load = sum_load

const struct agg_def AGG_NUMBERS[] = {
	{ "COUNT", "Counts rows; with an argument, those where it is not NULL.", {
		{ .signature = "(T val) BIGINT", COUNT_OPS } } },
	{ "SUM", "The sum of a column; NULLs are passed over.", {
		{ .signature = "(INT val) INT", SUM_OPS },
		{ .signature = "(BIGINT val) BIGINT", SUM_OPS },
		{ .signature = "(DOUBLE val) DOUBLE", SUM_OPS },
		{ .signature = "(DECIMAL val) DECIMAL", SUM_OPS } } },
	{ "AVG", "The mean of a column; NULLs are passed over.", {
		{ .signature = "(INT val) DOUBLE", AVERAGE_OPS },
		{ .signature = "(BIGINT val) DOUBLE", AVERAGE_OPS },
		{ .signature = "(DOUBLE val) DOUBLE", AVERAGE_OPS } } },
	{ "SUM_LIST", "The sum over all items of arrays.", {
		{ .signature = "(ARRAY<INT> val) INT", SUM_LIST_OPS },
		{ .signature = "(ARRAY<BIGINT> val) BIGINT", SUM_LIST_OPS },
		{ .signature = "(ARRAY<DOUBLE> val) DOUBLE", SUM_LIST_OPS } } },
	{ .name = NULL },
};
/* clang-format on */
