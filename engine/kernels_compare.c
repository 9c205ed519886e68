/*
 * Comparisons: two-valued, NULL gives false. Doubles as the reference's generated code has them:
 * equal is <= and >=, unequal is < or >, so that NaN is neither.
 */
#include "base/decimal.h"
#include "engine/program_priv.h"

#include <math.h>

#define KERNEL eq_i32
#define FIELD i32
#define EXPR (a == b)
#include "engine/kernels_compare_body.h"

#define KERNEL ne_i32
#define FIELD i32
#define EXPR (a != b)
#include "engine/kernels_compare_body.h"

#define KERNEL lt_i32
#define FIELD i32
#define EXPR (a < b)
#include "engine/kernels_compare_body.h"

#define KERNEL le_i32
#define FIELD i32
#define EXPR (a <= b)
#include "engine/kernels_compare_body.h"

#define KERNEL gt_i32
#define FIELD i32
#define EXPR (a > b)
#include "engine/kernels_compare_body.h"

#define KERNEL ge_i32
#define FIELD i32
#define EXPR (a >= b)
#include "engine/kernels_compare_body.h"

#define KERNEL eq_i64
#define FIELD i64
#define EXPR (a == b)
#include "engine/kernels_compare_body.h"

#define KERNEL ne_i64
#define FIELD i64
#define EXPR (a != b)
#include "engine/kernels_compare_body.h"

#define KERNEL lt_i64
#define FIELD i64
#define EXPR (a < b)
#include "engine/kernels_compare_body.h"

#define KERNEL le_i64
#define FIELD i64
#define EXPR (a <= b)
#include "engine/kernels_compare_body.h"

#define KERNEL gt_i64
#define FIELD i64
#define EXPR (a > b)
#include "engine/kernels_compare_body.h"

#define KERNEL ge_i64
#define FIELD i64
#define EXPR (a >= b)
#include "engine/kernels_compare_body.h"

#define KERNEL eq_f64
#define FIELD f64
#define EXPR (a == b)
#include "engine/kernels_compare_body.h"

#define KERNEL ne_f64
#define FIELD f64
#define EXPR ((a < b) | (a > b))
#include "engine/kernels_compare_body.h"

#define KERNEL lt_f64
#define FIELD f64
#define EXPR (a < b)
#include "engine/kernels_compare_body.h"

#define KERNEL le_f64
#define FIELD f64
#define EXPR (a <= b)
#include "engine/kernels_compare_body.h"

#define KERNEL gt_f64
#define FIELD f64
#define EXPR (a > b)
#include "engine/kernels_compare_body.h"

#define KERNEL ge_f64
#define FIELD f64
#define EXPR (a >= b)
#include "engine/kernels_compare_body.h"

#define KERNEL eq_boolean
#define FIELD boolean
#define EXPR (a == b)
#include "engine/kernels_compare_body.h"

#define KERNEL ne_boolean
#define FIELD boolean
#define EXPR (a != b)
#include "engine/kernels_compare_body.h"

/* Kernels over what is not plain: `order` of the rows i, where neither is NULL. */
#define COMPARE_ROWS(name_, order, test)                                                           \
	static void name_(struct kernel *k)                                                        \
	{                                                                                          \
		const struct column *left = k->in[0], *right = k->in[1];                           \
		SEL_EACH(i, k->sel)                                                                \
		{                                                                                  \
			k->out->boolean[i] = 0;                                                    \
			if (!column_is_null(left, i) && !column_is_null(right, i))                 \
				k->out->boolean[i] = (uint8_t)(order(left, right, i) test);        \
		}                                                                                  \
	}

#define COMPARE_ALL(name, order)                                                                   \
	COMPARE_ROWS(eq_##name, order, == 0)                                                       \
	COMPARE_ROWS(ne_##name, order, != 0)                                                       \
	COMPARE_ROWS(lt_##name, order, < 0)                                                        \
	COMPARE_ROWS(le_##name, order, <= 0)                                                       \
	COMPARE_ROWS(gt_##name, order, > 0)                                                        \
	COMPARE_ROWS(ge_##name, order, >= 0)

static inline int order_text(const struct column *a, const struct column *b, uint32_t i)
{
	return value_cmp_text(a->bytes[i], b->bytes[i]);
}

static inline int order_bytes(const struct column *a, const struct column *b, uint32_t i)
{
	return value_cmp_bytes(a->bytes[i], b->bytes[i]);
}

/* 0: the same bytes. */
static inline int differ_bytes(const struct column *a, const struct column *b, uint32_t i)
{
	return !slice_eq(a->bytes[i], b->bytes[i]);
}

static inline int order_decimal(const struct column *a, const struct column *b, uint32_t i)
{
	__int128 x = a->decimal[i], y = b->decimal[i];
	if (a->type->scale == b->type->scale)
		return (x > y) - (x < y);
	return decimal_compare((struct decimal){ x, a->type->scale },
			       (struct decimal){ y, b->type->scale });
}

static inline int differ_nested(const struct column *a, const struct column *b, uint32_t i)
{
	struct value left = { .nested = a->nested[i] }, right = { .nested = b->nested[i] };
	return !value_eq(a->type, &left, &right);
}

COMPARE_ROWS(lt_text, order_text, < 0)
COMPARE_ROWS(le_text, order_text, <= 0)
COMPARE_ROWS(gt_text, order_text, > 0)
COMPARE_ROWS(ge_text, order_text, >= 0)
COMPARE_ROWS(lt_bytes, order_bytes, < 0)
COMPARE_ROWS(le_bytes, order_bytes, <= 0)
COMPARE_ROWS(gt_bytes, order_bytes, > 0)
COMPARE_ROWS(ge_bytes, order_bytes, >= 0)
COMPARE_ROWS(eq_bytes, differ_bytes, == 0)
COMPARE_ROWS(ne_bytes, differ_bytes, != 0)
COMPARE_ROWS(eq_nested, differ_nested, == 0)
COMPARE_ROWS(ne_nested, differ_nested, != 0)
COMPARE_ALL(decimal, order_decimal)

/* --- DECIMAL with DOUBLE: by the digits that the double shows --- */

/* False: the double is no number. */
static bool order_decimal_double(const struct column *decimals, const struct column *doubles,
				 uint32_t i, int *ret_order)
{
	struct decimal a = { decimals->decimal[i], decimals->type->scale }, b;
	double number = doubles->f64[i];
	if (!isfinite(number))
		return false;
	if (decimal_from_double(number, &b, NULL) == 0)
		*ret_order = decimal_compare(a, b);
	else /* past all DECIMALs, on either side */
		*ret_order = number > 0 ? -1 : 1;
	return true;
}

static uint8_t holds(enum expr_operator operation, int order)
{
	switch (operation) {
	case OP_EQ:
		return order == 0;
	case OP_NE:
		return order != 0;
	case OP_LT:
		return order < 0;
	case OP_LE:
		return order <= 0;
	case OP_GT:
		return order > 0;
	case OP_GE:
		return order >= 0;
	case OP_ADD:
	case OP_SUBTRACT:
	case OP_MULTIPLY:
	case OP_DIVIDE:
	case OP_MODULO:
		break;
	}
	UNREACHABLE("not a comparison");
}

static void compare_decimal_double(struct kernel *k)
{
	bool swapped = k->in[0]->type->kind == TYPE_DOUBLE;
	const struct column *decimals = k->in[swapped ? 1 : 0], *doubles = k->in[swapped ? 0 : 1];
	enum expr_operator operation = k->step->operation;
	SEL_EACH(i, k->sel)
	{
		k->out->boolean[i] = 0;
		if (column_is_null(decimals, i) || column_is_null(doubles, i))
			continue;
		int order = 0;
		if (order_decimal_double(decimals, doubles, i, &order))
			k->out->boolean[i] = holds(operation, swapped ? -order : order);
		else
			eval_fail(k->eval, i, "Infinite or NaN");
	}
}

/* NULL with anything. */
static void compare_never(struct kernel *k)
{
	SEL_EACH(i, k->sel)
	k->out->boolean[i] = 0;
}

#define COMPARISONS (OP_GE - OP_EQ + 1)

/* By operator, from OP_EQ on; NULL: the kind has no order. */
static kernel_run *const comparisons[TYPE_KIND_COUNT][COMPARISONS] = {
	[TYPE_BOOLEAN] = { eq_boolean, ne_boolean },
	[TYPE_INT] = { eq_i32, ne_i32, lt_i32, le_i32, gt_i32, ge_i32 },
	[TYPE_BIGINT] = { eq_i64, ne_i64, lt_i64, le_i64, gt_i64, ge_i64 },
	[TYPE_DOUBLE] = { eq_f64, ne_f64, lt_f64, le_f64, gt_f64, ge_f64 },
	[TYPE_DECIMAL] = { eq_decimal, ne_decimal, lt_decimal, le_decimal, gt_decimal, ge_decimal },
	[TYPE_DATE] = { eq_i32, ne_i32, lt_i32, le_i32, gt_i32, ge_i32 },
	[TYPE_TIME] = { eq_i32, ne_i32, lt_i32, le_i32, gt_i32, ge_i32 },
	[TYPE_TIMESTAMP] = { eq_i64, ne_i64, lt_i64, le_i64, gt_i64, ge_i64 },
	[TYPE_STRING] = { eq_bytes, ne_bytes, lt_text, le_text, gt_text, ge_text },
	[TYPE_BYTES] = { eq_bytes, ne_bytes, lt_bytes, le_bytes, gt_bytes, ge_bytes },
	[TYPE_ARRAY] = { eq_nested, ne_nested },
	[TYPE_MAP] = { eq_nested, ne_nested },
	[TYPE_STRUCT] = { eq_nested, ne_nested },
};

kernel_run *kernel_compare(enum expr_operator operation, enum type_kind left, enum type_kind right)
{
	assert(operation >= OP_EQ);
	if (left == TYPE_NULL || right == TYPE_NULL)
		return compare_never;
	if ((left == TYPE_DECIMAL && right == TYPE_DOUBLE) ||
	    (left == TYPE_DOUBLE && right == TYPE_DECIMAL))
		return compare_decimal_double;
	return left == right ? comparisons[left][operation - OP_EQ] : NULL;
}

/* IS DISTINCT FROM: as <>, but NULL is a value that equals itself. */
static void distinct_rows(struct kernel *k, bool negated)
{
	const struct column *left = k->in[0], *right = k->in[1];
	enum type_kind kind = left->type->kind;
	kernel_compare(OP_NE, kind, right->type->kind)(k);
	if (left->valid == NULL && right->valid == NULL && !negated)
		return;
	SEL_EACH(i, k->sel)
	{
		bool a = !column_is_null(left, i), b = !column_is_null(right, i);
		if (!a || !b)
			k->out->boolean[i] = a != b;
		k->out->boolean[i] ^= negated ? 1 : 0;
	}
}

static void is_distinct(struct kernel *k)
{
	distinct_rows(k, false);
}

static void is_not_distinct(struct kernel *k)
{
	distinct_rows(k, true);
}

kernel_run *kernel_distinct(bool negated)
{
	return negated ? is_not_distinct : is_distinct;
}
