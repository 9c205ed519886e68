/*
 * CAST. Between plain numbers it is a loop of its own; everything else goes value by value, so that
 * what is nested is cast by the same rules as what is not. What cannot be cast fails its row.
 */
#include "base/base64.h"
#include "base/decimal.h"
#include "base/num.h"
#include "base/time.h"
#include "engine/program_priv.h"

#include <math.h>

/* As Java narrows a double: NaN is 0, the rest stops at the ends. */
static int64_t whole_of(double x, int64_t min, int64_t max)
{
	if (x != x)
		return 0;
	if (x >= (double)max)
		return max;
	if (x <= (double)min)
		return min;
	return (int64_t)x;
}

#define NUMBERS(name_, from, to, expr)                                                             \
	KERNEL_CLONES static void name_(struct kernel *k)                                          \
	{                                                                                          \
		const struct column *in = k->in[0];                                                \
		const __typeof__(*in->from) *restrict items = in->from;                            \
		__typeof__(*in->to) *restrict out = k->out->to;                                    \
		const uint16_t *restrict rows = k->sel.rows;                                       \
		uint32_t n = k->sel.len;                                                           \
		if (in->valid != NULL)                                                             \
			memcpy(kernel_valid(k), in->valid, k->span);                               \
		for (uint32_t i = 0; rows == NULL && i < n; i++) {                                 \
			__typeof__(*items) a = items[i];                                           \
			out[i] = (expr);                                                           \
		}                                                                                  \
		for (uint32_t at = 0; rows != NULL && at < n; at++) {                              \
			__typeof__(*items) a = items[rows[at]];                                    \
			out[rows[at]] = (expr);                                                    \
		}                                                                                  \
	}

NUMBERS(int_to_bigint, i32, i64, a)
NUMBERS(int_to_double, i32, f64, a)
NUMBERS(bigint_to_int, i64, i32, (int32_t)(uint32_t)(uint64_t)a)
NUMBERS(bigint_to_double, i64, f64, (double)a)
NUMBERS(double_to_int, f64, i32, (int32_t)whole_of(a, INT32_MIN, INT32_MAX))
NUMBERS(double_to_bigint, f64, i64, whole_of(a, INT64_MIN, INT64_MAX))

static kernel_run *plain_cast(enum type_kind from, enum type_kind to)
{
	static kernel_run *const kernels[TYPE_DOUBLE + 1][TYPE_DOUBLE + 1] = {
		[TYPE_INT] = { [TYPE_BIGINT] = int_to_bigint, [TYPE_DOUBLE] = int_to_double },
		[TYPE_BIGINT] = { [TYPE_INT] = bigint_to_int, [TYPE_DOUBLE] = bigint_to_double },
		[TYPE_DOUBLE] = { [TYPE_INT] = double_to_int, [TYPE_BIGINT] = double_to_bigint },
	};
	return from <= TYPE_DOUBLE && to <= TYPE_DOUBLE ? kernels[from][to] : NULL;
}

struct cast {
	struct arena *arena;
	struct err *err;
	struct buf *text; /* to print into; reused from value to value */
};

static fallible cast_value(struct cast *cast, const struct type *from, const struct type *to,
			   const struct value *in, struct value *ret);

/* --- to each kind of type --- */

static fallible unsupported(struct cast *cast, const struct type *from, const struct type *to)
{
	return err_set(cast->err, ERR_TYPE, "Cast of %s to %s is not supported",
		       type_text(cast->arena, from), type_text(cast->arena, to));
}

static fallible to_text(struct cast *cast, const struct type *from, const struct type *to,
			const struct value *in, struct value *ret)
{
	(void)to;
	buf_reset(cast->text);
	value_print(from, in, cast->text);
	TRY(buf_check(cast->text, "a value as STRING", cast->err));
	ret->bytes = arena_copy(cast->arena, buf_slice(cast->text));
	return 0;
}

/* True for a beginning of `true` or `yes`, in any case. */
static bool is_truth(struct slice text)
{
	struct slice word = slice_trim(text);
	return word.len > 0 && (slice_eq_nocase(word, slice_sub(SLICE("true"), 0, word.len)) ||
				slice_eq_nocase(word, slice_sub(SLICE("yes"), 0, word.len)));
}

static fallible to_boolean(struct cast *cast, const struct type *from, const struct type *to,
			   const struct value *in, struct value *ret)
{
	if (from->kind != TYPE_STRING)
		return unsupported(cast, from, to);
	ret->boolean = is_truth(in->bytes);
	return 0;
}

static struct decimal decimal_of(const struct type *type, const struct value *value)
{
	assert(type->kind == TYPE_DECIMAL);
	return (struct decimal){ value->decimal, type->scale };
}

static fallible to_int(struct cast *cast, const struct type *from, const struct type *to,
		       const struct value *in, struct value *ret)
{
	switch (from->kind) {
	case TYPE_STRING:
		return num_parse_i32(slice_trim(in->bytes), &ret->i32, cast->err);
	case TYPE_BIGINT:
		ret->i32 = (int32_t)(uint32_t)(uint64_t)in->i64;
		return 0;
	case TYPE_DOUBLE:
		ret->i32 = (int32_t)whole_of(in->f64, INT32_MIN, INT32_MAX);
		return 0;
	case TYPE_DECIMAL:
		ret->i32 =
			(int32_t)(uint32_t)(uint64_t)decimal_to_i64_wrapped(decimal_of(from, in));
		return 0;
	default:
		return unsupported(cast, from, to);
	}
}

static fallible to_bigint(struct cast *cast, const struct type *from, const struct type *to,
			  const struct value *in, struct value *ret)
{
	switch (from->kind) {
	case TYPE_STRING:
		return num_parse_i64(slice_trim(in->bytes), &ret->i64, cast->err);
	case TYPE_INT:
		ret->i64 = in->i32;
		return 0;
	case TYPE_DOUBLE:
		ret->i64 = whole_of(in->f64, INT64_MIN, INT64_MAX);
		return 0;
	case TYPE_DECIMAL:
		ret->i64 = decimal_to_i64_wrapped(decimal_of(from, in));
		return 0;
	default:
		return unsupported(cast, from, to);
	}
}

static fallible to_double(struct cast *cast, const struct type *from, const struct type *to,
			  const struct value *in, struct value *ret)
{
	double number;
	switch (from->kind) {
	case TYPE_STRING:
		TRY(num_parse_double(in->bytes, &number, cast->err));
		if (!isfinite(number))
			return err_set(cast->err, ERR_INVALID, "Infinite or NaN");
		ret->f64 = number;
		return 0;
	case TYPE_INT:
		ret->f64 = in->i32;
		return 0;
	case TYPE_BIGINT:
		ret->f64 = (double)in->i64;
		return 0;
	case TYPE_DECIMAL:
		ret->f64 = decimal_to_double(decimal_of(from, in));
		return 0;
	default:
		return unsupported(cast, from, to);
	}
}

static fallible to_decimal(struct cast *cast, const struct type *from, const struct type *to,
			   const struct value *in, struct value *ret)
{
	struct decimal number;
	int32_t precision = MIN(to->precision, DECIMAL_PRECISION_MAX);
	switch (from->kind) {
	case TYPE_STRING:
		return decimal_parse_as(in->bytes, precision, to->scale, ROUND_HALF_UP,
					&ret->decimal, cast->err);
	case TYPE_INT:
		number = decimal_from_i64(in->i32);
		break;
	case TYPE_BIGINT:
		number = decimal_from_i64(in->i64);
		break;
	case TYPE_DOUBLE:
		TRY(decimal_from_double(in->f64, &number, cast->err));
		break;
	case TYPE_DECIMAL:
		number = decimal_of(from, in);
		break;
	default:
		return unsupported(cast, from, to);
	}
	return decimal_fit(number, precision, to->scale, ROUND_HALF_UP, &ret->decimal, cast->err);
}

static fallible to_bytes(struct cast *cast, const struct type *from, const struct type *to,
			 const struct value *in, struct value *ret)
{
	if (from->kind != TYPE_STRING)
		return unsupported(cast, from, to);
	buf_reset(cast->text);
	TRY(base64_decode(in->bytes, cast->text, cast->err));
	TRY(buf_check(cast->text, "a value as BYTES", cast->err));
	ret->bytes = arena_copy(cast->arena, buf_slice(cast->text));
	return 0;
}

static fallible to_date(struct cast *cast, const struct type *from, const struct type *to,
			const struct value *in, struct value *ret)
{
	int64_t days;
	if (from->kind == TYPE_TIMESTAMP)
		days = time_floor_div(in->i64, TIME_DAY_MS);
	else if (from->kind == TYPE_STRING)
		TRY(time_parse_date(in->bytes, &days, cast->err));
	else
		return unsupported(cast, from, to);
	if (days < INT32_MIN || days > INT32_MAX)
		return err_set(cast->err, ERR_RANGE, "a DATE out of range");
	ret->i32 = (int32_t)days;
	return 0;
}

static fallible to_time(struct cast *cast, const struct type *from, const struct type *to,
			const struct value *in, struct value *ret)
{
	int64_t ms;
	if (from->kind == TYPE_TIMESTAMP)
		ms = time_floor_mod(in->i64, TIME_DAY_MS);
	else if (from->kind == TYPE_STRING)
		TRY(time_parse_time(in->bytes, &ms, cast->err));
	else
		return unsupported(cast, from, to);
	ret->i32 = (int32_t)ms;
	return 0;
}

static fallible to_timestamp(struct cast *cast, const struct type *from, const struct type *to,
			     const struct value *in, struct value *ret)
{
	if (from->kind == TYPE_STRING)
		return time_parse_timestamp(in->bytes, &ret->i64, cast->err);
	if (from->kind != TYPE_DATE)
		return unsupported(cast, from, to);
	ret->i64 = in->i32 * TIME_DAY_MS;
	return 0;
}

static fallible to_array(struct cast *cast, const struct type *from, const struct type *to,
			 const struct value *in, struct value *ret)
{
	if (from->kind != TYPE_ARRAY)
		return unsupported(cast, from, to);
	uint32_t len = in->nested.len;
	struct value *items = arena_array(cast->arena, struct value, len);
	for (uint32_t i = 0; i < len; i++)
		TRY(cast_value(cast, from->element, to->element, &in->nested.items[i], &items[i]));
	ret->nested = (struct values){ items, len };
	return 0;
}

static fallible to_map(struct cast *cast, const struct type *from, const struct type *to,
		       const struct value *in, struct value *ret)
{
	if (from->kind != TYPE_MAP)
		return unsupported(cast, from, to);
	uint32_t len = in->nested.len;
	struct value *items = arena_array(cast->arena, struct value, len * 2);
	for (uint32_t i = 0; i < 2 * len; i += 2) {
		const struct value *entry = &in->nested.items[i];
		TRY(cast_value(cast, from->key, to->key, &entry[0], &items[i]));
		TRY(cast_value(cast, from->element, to->element, &entry[1], &items[i + 1]));
	}
	ret->nested = (struct values){ items, len };
	return 0;
}

/* Fields by name; those that are missing are NULL. */
static fallible to_struct(struct cast *cast, const struct type *from, const struct type *to,
			  const struct value *in, struct value *ret)
{
	if (from->kind != TYPE_STRUCT)
		return unsupported(cast, from, to);
	struct value *items = arena_array(cast->arena, struct value, to->nfields);
	for (uint32_t i = 0; i < to->nfields; i++) {
		const struct type_field *field = type_field_find(from, to->fields[i].name);
		items[i] = VALUE_NULL;
		if (field == NULL)
			continue;
		uint32_t at = (uint32_t)(field - from->fields);
		TRY(cast_value(cast, field->type, to->fields[i].type, &in->nested.items[at],
			       &items[i]));
	}
	ret->nested = (struct values){ items, to->nfields };
	return 0;
}

typedef fallible cast_to(struct cast *cast, const struct type *from, const struct type *to,
			 const struct value *in, struct value *ret);

static cast_to *const casts[TYPE_KIND_COUNT] = {
	[TYPE_BOOLEAN] = to_boolean,     [TYPE_INT] = to_int,         [TYPE_BIGINT] = to_bigint,
	[TYPE_DOUBLE] = to_double,       [TYPE_DECIMAL] = to_decimal, [TYPE_STRING] = to_text,
	[TYPE_BYTES] = to_bytes,         [TYPE_DATE] = to_date,       [TYPE_TIME] = to_time,
	[TYPE_TIMESTAMP] = to_timestamp, [TYPE_ARRAY] = to_array,     [TYPE_MAP] = to_map,
	[TYPE_STRUCT] = to_struct,
};

static fallible cast_value(struct cast *cast, const struct type *from, const struct type *to,
			   const struct value *in, struct value *ret)
{
	if (in->is_null || from->kind == TYPE_NULL) {
		*ret = VALUE_NULL;
		return 0;
	}
	if (type_eq(from, to)) {
		*ret = *in;
		return 0;
	}
	struct value result = { .is_null = false };
	TRY(casts[to->kind](cast, from, to, in, &result));
	*ret = result;
	return 0;
}

bool cast_exists(const struct type *from, const struct type *to)
{
	if (type_eq(from, to) || from->kind == TYPE_NULL)
		return true;
	switch (to->kind) {
	case TYPE_STRING:
		return from->kind != TYPE_BYTES;
	case TYPE_BOOLEAN:
	case TYPE_BYTES:
		return from->kind == TYPE_STRING;
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_DOUBLE:
	case TYPE_DECIMAL:
		return type_is_number(from) || from->kind == TYPE_STRING;
	case TYPE_DATE:
	case TYPE_TIME:
		return from->kind == TYPE_STRING || from->kind == TYPE_TIMESTAMP;
	case TYPE_TIMESTAMP:
		return from->kind == TYPE_STRING || from->kind == TYPE_DATE;
	case TYPE_ARRAY:
		return from->kind == TYPE_ARRAY && cast_exists(from->element, to->element);
	case TYPE_MAP:
		return from->kind == TYPE_MAP && cast_exists(from->key, to->key) &&
		       cast_exists(from->element, to->element);
	case TYPE_STRUCT:
		for (uint32_t i = 0; from->kind == TYPE_STRUCT && i < to->nfields; i++) {
			const struct type_field *field = type_field_find(from, to->fields[i].name);
			if (field != NULL && !cast_exists(field->type, to->fields[i].type))
				return false;
		}
		return from->kind == TYPE_STRUCT;
	default:
		return false;
	}
}

fallible value_cast(struct arena *arena, const struct type *from, const struct type *to,
		    const struct value *in, struct value *ret_value, struct err *err)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	struct cast cast = { arena, err, &text };
	return cast_value(&cast, from, to, in, ret_value);
}

void kernel_cast(struct kernel *k)
{
	const struct column *in = k->in[0];
	const struct type *from = in->type, *to = k->out->type;
	kernel_run *plain = plain_cast(from->kind, to->kind);
	if (plain != NULL) {
		plain(k);
		return;
	}
	struct err err;
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	struct cast cast = { k->eval->arena, &err, &text };
	(void)kernel_valid(k);
	SEL_EACH(i, k->sel)
	{
		struct value value = column_value(in, i), result = VALUE_NULL;
		if (cast_value(&cast, from, to, &value, &result) != 0)
			eval_fail(k->eval, i, "%s", err.text);
		column_set(k->out, i, &result);
	}
}
