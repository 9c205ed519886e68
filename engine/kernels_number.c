/*
 * Arithmetic as Java has it: whole numbers wrap, dividing them by zero fails the row, doubles do
 * what IEEE 754 says, DECIMAL is exact or fails. NULL operands fail the row.
 */
#include "base/decimal.h"
#include "engine/program_priv.h"

#include <math.h>

#define KERNEL add_i32
#define FIELD i32
#define EXPR (int32_t)((uint32_t)a + (uint32_t)b)
#include "engine/kernels_arithmetic_body.h"

#define KERNEL subtract_i32
#define FIELD i32
#define EXPR (int32_t)((uint32_t)a - (uint32_t)b)
#include "engine/kernels_arithmetic_body.h"

#define KERNEL multiply_i32
#define FIELD i32
#define EXPR (int32_t)((uint32_t)a * (uint32_t)b)
#include "engine/kernels_arithmetic_body.h"

#define KERNEL add_i64
#define FIELD i64
#define EXPR (int64_t)((uint64_t)a + (uint64_t)b)
#include "engine/kernels_arithmetic_body.h"

#define KERNEL subtract_i64
#define FIELD i64
#define EXPR (int64_t)((uint64_t)a - (uint64_t)b)
#include "engine/kernels_arithmetic_body.h"

#define KERNEL multiply_i64
#define FIELD i64
#define EXPR (int64_t)((uint64_t)a * (uint64_t)b)
#include "engine/kernels_arithmetic_body.h"

#define KERNEL add_f64
#define FIELD f64
#define EXPR a + b
#include "engine/kernels_arithmetic_body.h"

#define KERNEL subtract_f64
#define FIELD f64
#define EXPR a - b
#include "engine/kernels_arithmetic_body.h"

#define KERNEL multiply_f64
#define FIELD f64
#define EXPR a *b
#include "engine/kernels_arithmetic_body.h"

#define KERNEL divide_f64
#define FIELD f64
#define EXPR a / b
#include "engine/kernels_arithmetic_body.h"

#define KERNEL modulo_f64
#define FIELD f64
#define EXPR fmod(a, b)
#include "engine/kernels_arithmetic_body.h"

/* Division by -1 is apart: the smallest number has no opposite, and wraps. */
#define WHOLE_DIVISION(name_, field, unsigned_type, by_minus_one, expr)                            \
	static void name_(struct kernel *k)                                                        \
	{                                                                                          \
		const __typeof__(*k->out->field) *left = k->in[0]->field;                          \
		const __typeof__(*k->out->field) *right = k->in[1]->field;                         \
		__typeof__(*k->out->field) *out = k->out->field;                                   \
		kernel_fail_nulls(k);                                                              \
		SEL_EACH(i, k->sel)                                                                \
		{                                                                                  \
			__typeof__(*out) a = left[i], b = right[i];                                \
			if (UNLIKELY(b == 0)) {                                                    \
				out[i] = 0;                                                        \
				eval_fail(k->eval, i, "/ by zero");                                \
			} else if (UNLIKELY(b == -1)) {                                            \
				out[i] = (__typeof__(*out))(by_minus_one);                         \
			} else {                                                                   \
				out[i] = (expr);                                                   \
			}                                                                          \
		}                                                                                  \
	}

WHOLE_DIVISION(divide_i32, i32, uint32_t, 0U - (uint32_t)a, a / b)
WHOLE_DIVISION(modulo_i32, i32, uint32_t, 0, a % b)
WHOLE_DIVISION(divide_i64, i64, uint64_t, 0U - (uint64_t)a, a / b)
WHOLE_DIVISION(modulo_i64, i64, uint64_t, 0, a % b)

/* --- DECIMAL --- */

enum decimal_operation {
	DECIMAL_ADD,
	DECIMAL_SUBTRACT,
	DECIMAL_MULTIPLY,
	DECIMAL_DIVIDE,
	DECIMAL_MODULO
};

/* With the digits that the result's type has behind the point; what would be rounded fails. */
ALWAYS_INLINE fallible decimal_compute(enum decimal_operation operation, struct decimal a,
				       struct decimal b, const struct type *to, __int128 *ret,
				       struct err *err)
{
	struct decimal result = { 0, 0 };
	switch (operation) {
	case DECIMAL_ADD:
		TRY(decimal_add(a, b, &result, err));
		break;
	case DECIMAL_SUBTRACT:
		TRY(decimal_sub(a, b, &result, err));
		break;
	case DECIMAL_MULTIPLY:
		TRY(decimal_mul(a, b, to->scale, ROUND_UNNECESSARY, &result, err));
		break;
	case DECIMAL_DIVIDE:
		TRY(decimal_div(a, b, to->scale, ROUND_UNNECESSARY, &result, err));
		break;
	case DECIMAL_MODULO:
		TRY(decimal_mod(a, b, &result, err));
		break;
	}
	int32_t precision = MIN(to->precision, DECIMAL_PRECISION_MAX);
	return decimal_fit(result, precision, to->scale, ROUND_UNNECESSARY, ret, err);
}

/* The common case: same scales, and no digit too many. False: the long way. */
ALWAYS_INLINE bool decimal_short(enum decimal_operation operation, __int128 a, __int128 b,
				 __int128 limit, __int128 *ret)
{
	if (operation != DECIMAL_ADD && operation != DECIMAL_SUBTRACT)
		return false;
	*ret = operation == DECIMAL_ADD ? a + b : a - b; /* below 10^38 each: no overflow */
	return *ret<limit && * ret> - limit;
}

/* 10^precision. */
static __int128 limit_of(const struct type *type)
{
	__int128 limit = 1;
	for (int32_t i = 0; i < MIN(type->precision, DECIMAL_PRECISION_MAX); i++)
		limit *= 10;
	return limit;
}

ALWAYS_INLINE void decimal_rows(struct kernel *k, enum decimal_operation operation)
{
	const struct column *left = k->in[0], *right = k->in[1];
	const struct type *to = k->out->type;
	int32_t a_scale = left->type->scale, b_scale = right->type->scale;
	bool same = a_scale == b_scale && a_scale == to->scale;
	__int128 limit = limit_of(to);
	kernel_fail_nulls(k);
	SEL_EACH(i, k->sel)
	{
		struct err err;
		__int128 a = left->decimal[i], b = right->decimal[i], result = 0;
		k->out->decimal[i] = 0;
		if (column_is_null(left, i) || column_is_null(right, i))
			continue;
		if (same && decimal_short(operation, a, b, limit, &result))
			k->out->decimal[i] = result;
		else if (decimal_compute(operation, (struct decimal){ a, a_scale },
					 (struct decimal){ b, b_scale }, to, &result, &err) == 0)
			k->out->decimal[i] = result;
		else
			eval_fail(k->eval, i, "%s", err.text);
	}
}

#define DECIMAL_KERNEL(name_, operation)                                                           \
	static void name_(struct kernel *k)                                                        \
	{                                                                                          \
		decimal_rows(k, operation);                                                        \
	}

DECIMAL_KERNEL(add_decimal, DECIMAL_ADD)
DECIMAL_KERNEL(subtract_decimal, DECIMAL_SUBTRACT)
DECIMAL_KERNEL(multiply_decimal, DECIMAL_MULTIPLY)
DECIMAL_KERNEL(divide_decimal, DECIMAL_DIVIDE)
DECIMAL_KERNEL(modulo_decimal, DECIMAL_MODULO)

/* clang-format off */
static kernel_run *const arithmetic[][OP_MODULO + 1] = {
	[TYPE_INT] = { add_i32, subtract_i32, multiply_i32, divide_i32, modulo_i32 },
	[TYPE_BIGINT] = { add_i64, subtract_i64, multiply_i64, divide_i64, modulo_i64 },
	[TYPE_DOUBLE] = { add_f64, subtract_f64, multiply_f64, divide_f64, modulo_f64 },
	[TYPE_DECIMAL] = { add_decimal, subtract_decimal, multiply_decimal, divide_decimal,
			   modulo_decimal },
};
/* clang-format on */

kernel_run *kernel_arithmetic(enum expr_operator operation, enum type_kind kind)
{
	assert(operation <= OP_MODULO);
	assert(kind >= TYPE_INT && kind <= TYPE_DECIMAL);
	return arithmetic[kind][operation];
}

#define NEGATE(name_, field, expr)                                                                 \
	static void name_(struct kernel *k)                                                        \
	{                                                                                          \
		SEL_EACH(i, k->sel)                                                                \
		{                                                                                  \
			__typeof__(*k->out->field) a = k->in[0]->field[i];                         \
			k->out->field[i] = (__typeof__(a))(expr);                                  \
		}                                                                                  \
		kernel_fail_nulls(k);                                                              \
	}

NEGATE(negate_i32, i32, 0U - (uint32_t)a)
NEGATE(negate_i64, i64, 0U - (uint64_t)a)
NEGATE(negate_f64, f64, -a)
NEGATE(negate_decimal, decimal, (__int128)(0U - (unsigned __int128)a))

kernel_run *kernel_negate(enum type_kind kind)
{
	static kernel_run *const kernels[] = {
		[TYPE_INT] = negate_i32,
		[TYPE_BIGINT] = negate_i64,
		[TYPE_DOUBLE] = negate_f64,
		[TYPE_DECIMAL] = negate_decimal,
	};
	assert(kind >= TYPE_INT && kind <= TYPE_DECIMAL);
	return kernels[kind];
}

/* --- wider --- */

static void copy_validity(struct kernel *k)
{
	if (k->in[0]->valid == NULL)
		return;
	k->out->valid = arena_plain(k->eval->arena, k->span, 1);
	memcpy(k->out->valid, k->in[0]->valid, k->span);
}

#define WIDEN(name_, from, to, expr)                                                               \
	KERNEL_CLONES static void name_(struct kernel *k)                                          \
	{                                                                                          \
		const struct column *in = k->in[0];                                                \
		const __typeof__(*in->from) *restrict items = in->from;                            \
		__typeof__(*in->to) *restrict out = k->out->to;                                    \
		const uint16_t *restrict rows = k->sel.rows;                                       \
		uint32_t n = k->sel.len;                                                           \
		copy_validity(k);                                                                  \
		for (uint32_t i = 0; rows == NULL && i < n; i++) {                                 \
			__typeof__(*items) a = items[i];                                           \
			out[i] = (expr);                                                           \
		}                                                                                  \
		for (uint32_t at = 0; rows != NULL && at < n; at++) {                              \
			__typeof__(*items) a = items[rows[at]];                                    \
			out[rows[at]] = (expr);                                                    \
		}                                                                                  \
	}

#define DAY_MS INT64_C(86400000)

WIDEN(widen_i32_i64, i32, i64, a)
WIDEN(widen_i32_f64, i32, f64, a)
WIDEN(widen_i32_decimal, i32, decimal, a)
WIDEN(widen_i64_f64, i64, f64, (double)a)
WIDEN(widen_i64_decimal, i64, decimal, a)
WIDEN(widen_date_timestamp, i32, i64, a *DAY_MS)

/* Not for what is behind a NULL: that may have more digits than a DECIMAL. */
static void widen_decimal_f64(struct kernel *k)
{
	const struct column *in = k->in[0];
	copy_validity(k);
	SEL_EACH(i, k->sel)
	{
		k->out->f64[i] = 0;
		if (!column_is_null(in, i))
			k->out->f64[i] = decimal_to_double(
				(struct decimal){ in->decimal[i], in->type->scale });
	}
}

kernel_run *kernel_widen(enum type_kind from, enum type_kind to)
{
	if (from == TYPE_INT)
		return to == TYPE_BIGINT   ? widen_i32_i64
		       : to == TYPE_DOUBLE ? widen_i32_f64
					   : widen_i32_decimal;
	if (from == TYPE_BIGINT)
		return to == TYPE_DOUBLE ? widen_i64_f64 : widen_i64_decimal;
	if (from == TYPE_DECIMAL && to == TYPE_DOUBLE)
		return widen_decimal_f64;
	if (from == TYPE_DATE && to == TYPE_TIMESTAMP)
		return widen_date_timestamp;
	return NULL;
}

struct value widen_value(const struct type *from, const struct type *to, struct value value)
{
	if (value.is_null)
		return value;
	struct value wide = { .is_null = false };
	int64_t whole = from->kind == TYPE_INT || from->kind == TYPE_DATE ? value.i32 : value.i64;
	if (from->kind == TYPE_DECIMAL)
		wide.f64 = decimal_to_double((struct decimal){ value.decimal, from->scale });
	else if (to->kind == TYPE_DOUBLE)
		wide.f64 = (double)whole;
	else if (to->kind == TYPE_DECIMAL)
		wide.decimal = whole;
	else if (to->kind == TYPE_TIMESTAMP)
		wide.i64 = whole * DAY_MS;
	else
		wide.i64 = whole;
	return wide;
}
