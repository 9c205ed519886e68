#include "tests/lib/expr_model.h"

#include "engine/func.h"
#include "engine/program.h"

#include <math.h>

static bool eval(struct expr_model *m, const struct expr *e, struct value *ret);

/* A number as the widest of each sort. */
struct number {
	enum type_kind kind;
	int64_t whole;
	double real;
	__int128 digits;
	int32_t scale;
};

static struct number number_of(const struct type *type, const struct value *v)
{
	struct number n = { .kind = type->kind };
	if (type->kind == TYPE_INT)
		n.whole = v->i32;
	else if (type->kind == TYPE_BIGINT)
		n.whole = v->i64;
	else if (type->kind == TYPE_DOUBLE)
		n.real = v->f64;
	else
		n.digits = v->decimal, n.scale = type->scale;
	if (type->kind == TYPE_INT || type->kind == TYPE_BIGINT) {
		n.real = (double)n.whole;
		n.digits = n.whole;
	} else if (type->kind == TYPE_DECIMAL) {
		n.real = (double)n.digits / pow(10, n.scale);
	}
	return n;
}

static __int128 shifted(__int128 digits, int32_t places)
{
	while (places-- > 0)
		digits *= 10;
	return digits;
}

/* Java's arithmetic on 64-bit numbers; the caller narrows. */
static bool whole_math(enum expr_operator op, int64_t a, int64_t b, int64_t *ret)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;
	if (op == OP_ADD)
		*ret = (int64_t)(x + y);
	else if (op == OP_SUBTRACT)
		*ret = (int64_t)(x - y);
	else if (op == OP_MULTIPLY)
		*ret = (int64_t)(x * y);
	else if (b == 0)
		return false;
	else if (op == OP_DIVIDE)
		*ret = b == -1 ? (int64_t)(0 - x) : a / b;
	else
		*ret = b == -1 ? 0 : a % b;
	return true;
}

static double real_math(enum expr_operator op, double a, double b)
{
	switch (op) {
	case OP_ADD:
		return a + b;
	case OP_SUBTRACT:
		return a - b;
	case OP_MULTIPLY:
		return a * b;
	case OP_DIVIDE:
		return a / b;
	default:
		return fmod(a, b);
	}
}

/* Small numbers only: the tests' DECIMALs leave room. */
static bool decimal_math(enum expr_operator op, struct number a, struct number b,
			 const struct type *type, __int128 *ret)
{
	int32_t scale = a.scale > b.scale ? a.scale : b.scale;
	__int128 x = shifted(a.digits, scale - a.scale), y = shifted(b.digits, scale - b.scale);
	__int128 result;
	int32_t result_scale = scale;
	if (op == OP_MULTIPLY) {
		result = a.digits * b.digits;
		result_scale = a.scale + b.scale;
	} else if (op == OP_ADD || op == OP_SUBTRACT) {
		result = op == OP_ADD ? x + y : x - y;
	} else if (y == 0) {
		return false;
	} else if (op == OP_MODULO) {
		result = x % y;
	} else {
		__int128 top = shifted(x, type->scale);
		if (top % y != 0)
			return false;
		result = top / y;
		result_scale = type->scale;
	}
	for (; result_scale > type->scale; result_scale--) {
		if (result % 10 != 0)
			return false;
		result /= 10;
	}
	*ret = shifted(result, type->scale - result_scale);
	__int128 limit = shifted(1, type->precision);
	return *ret<limit && * ret> - limit;
}

static bool both(struct expr_model *m, const struct expr *e, struct value *a, struct value *b)
{
	return eval(m, e->args[0], a) && eval(m, e->args[1], b);
}

static bool arithmetic(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value a, b;
	int64_t whole = 0;
	if (!both(m, e, &a, &b) || a.is_null || b.is_null)
		return false;
	struct number x = number_of(e->args[0]->type, &a), y = number_of(e->args[1]->type, &b);
	if (e->type->kind == TYPE_DOUBLE) {
		ret->f64 = real_math(e->operation, x.real, y.real);
		return true;
	}
	if (e->type->kind == TYPE_DECIMAL)
		return decimal_math(e->operation, x, y, e->type, &ret->decimal);
	if (!whole_math(e->operation, x.whole, y.whole, &whole))
		return false;
	if (e->type->kind == TYPE_INT)
		ret->i32 = (int32_t)(uint32_t)(uint64_t)whole;
	else
		ret->i64 = whole;
	return true;
}

static bool holds(enum expr_operator op, bool less, bool equal, bool greater)
{
	switch (op) {
	case OP_EQ:
		return equal;
	case OP_NE:
		return less || greater;
	case OP_LT:
		return less;
	case OP_LE:
		return less || equal;
	case OP_GT:
		return greater;
	default:
		return greater || equal;
	}
}

/* Of two that are not NULL. */
static bool compare(enum expr_operator op, const struct type *at, const struct value *a,
		    const struct type *bt, const struct value *b)
{
	if (type_is_number(at) && at->kind != bt->kind && at->kind != TYPE_DECIMAL &&
	    bt->kind != TYPE_DECIMAL) {
		struct number x = number_of(at, a), y = number_of(bt, b);
		if (at->kind == TYPE_DOUBLE || bt->kind == TYPE_DOUBLE)
			return holds(op, x.real<y.real, x.real == y.real, x.real> y.real);
		return holds(op, x.whole<y.whole, x.whole == y.whole, x.whole> y.whole);
	}
	if (at->kind == TYPE_DOUBLE && bt->kind == TYPE_DOUBLE)
		return holds(op, a->f64<b->f64, a->f64 == b->f64, a->f64> b->f64);
	if (type_is_number(at) && (at->kind == TYPE_DECIMAL || bt->kind == TYPE_DECIMAL)) {
		struct number x = number_of(at, a), y = number_of(bt, b);
		if (at->kind == TYPE_DOUBLE || bt->kind == TYPE_DOUBLE)
			return holds(op, x.real<y.real, x.real == y.real, x.real> y.real);
		int32_t scale = x.scale > y.scale ? x.scale : y.scale;
		__int128 p = shifted(x.digits, scale - x.scale);
		__int128 q = shifted(y.digits, scale - y.scale);
		return holds(op, p<q, p == q, p> q);
	}
	if (type_is_nested(at)) {
		bool equal = value_eq(at, a, b);
		return holds(op, !equal, equal, false);
	}
	int order = value_cmp(at, a, b);
	return holds(op, order<0, order == 0, order> 0);
}

static bool comparison(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value a, b;
	if (!both(m, e, &a, &b))
		return false;
	ret->boolean = !a.is_null && !b.is_null &&
		       compare(e->operation, e->args[0]->type, &a, e->args[1]->type, &b);
	return true;
}

static bool distinct(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value a, b;
	if (!both(m, e, &a, &b))
		return false;
	bool differ = a.is_null || b.is_null
			      ? a.is_null != b.is_null
			      : compare(OP_NE, e->args[0]->type, &a, e->args[1]->type, &b);
	ret->boolean = differ != e->negated;
	return true;
}

static bool logic(struct expr_model *m, const struct expr *e, struct value *ret)
{
	bool stop = e->kind == EXPR_OR;
	for (uint32_t i = 0; i < e->nargs; i++) {
		struct value v;
		if (!eval(m, e->args[i], &v) || v.is_null)
			return false;
		ret->boolean = v.boolean;
		if (v.boolean == stop)
			return true;
	}
	return true;
}

static bool between(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value v, low, high;
	if (!eval(m, e->args[0], &v) || !eval(m, e->args[1], &low) || !eval(m, e->args[2], &high))
		return false;
	const struct type *type = e->args[0]->type;
	bool inside = !v.is_null && !low.is_null && !high.is_null &&
		      compare(OP_GE, type, &v, e->args[1]->type, &low) &&
		      compare(OP_LE, type, &v, e->args[2]->type, &high);
	ret->boolean = inside != e->negated;
	return true;
}

static bool in_list(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value v, item;
	bool found = false;
	if (!eval(m, e->args[0], &v))
		return false;
	for (uint32_t i = 1; i < e->nargs; i++) {
		if (!eval(m, e->args[i], &item))
			return false;
		if (!v.is_null && !item.is_null)
			found |= compare(OP_EQ, e->args[0]->type, &v, e->args[i]->type, &item);
	}
	ret->boolean = found != e->negated;
	return true;
}

/* By the definition: % is any number of characters. ASCII. */
static bool like(struct slice p, struct slice s, uint32_t escape)
{
	if (p.len == 0)
		return s.len == 0;
	struct slice rest = slice_sub(p, 1, p.len);
	if (escape != 0 && p.data[0] == escape && p.len > 1)
		return s.len > 0 && s.data[0] == p.data[1] &&
		       like(slice_sub(p, 2, p.len), slice_sub(s, 1, s.len), escape);
	if (p.data[0] == '%') {
		for (size_t i = 0; i <= s.len; i++) {
			if (like(rest, slice_sub(s, i, s.len), escape))
				return true;
		}
		return false;
	}
	return s.len > 0 && (p.data[0] == '_' || p.data[0] == s.data[0]) &&
	       like(rest, slice_sub(s, 1, s.len), escape);
}

static bool like_node(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value text, pattern;
	if (!both(m, e, &text, &pattern) || text.is_null || pattern.is_null)
		return false;
	ret->boolean = like(pattern.bytes, text.bytes, e->escape) != e->negated;
	return true;
}

static bool cases(struct expr_model *m, const struct expr *e, struct value *ret)
{
	uint32_t i = 0;
	for (; i + 1 < e->nargs; i += 2) {
		struct value when;
		if (!eval(m, e->args[i], &when) || when.is_null)
			return false;
		if (when.boolean)
			return eval(m, e->args[i + 1], ret);
	}
	if (i < e->nargs)
		return eval(m, e->args[i], ret);
	*ret = VALUE_NULL;
	return true;
}

static bool cast(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value v;
	return eval(m, e->args[0], &v) &&
	       value_cast(m->arena, e->args[0]->type, e->type, &v, ret, NULL) == 0;
}

static bool subscript(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value from, key;
	const struct type *type = e->args[0]->type;
	if (!both(m, e, &from, &key))
		return false;
	if (type->kind == TYPE_ARRAY && key.is_null)
		return false;
	*ret = VALUE_NULL;
	if (from.is_null)
		return true;
	if (type->kind == TYPE_MAP) {
		for (uint32_t i = 0; i < from.nested.len; i++) {
			if (value_eq(type->key, &from.nested.items[2 * i], &key))
				*ret = from.nested.items[2 * i + 1];
		}
		return true;
	}
	int64_t place = number_of(e->args[1]->type, &key).whole, len = from.nested.len;
	if (place < 0 && place >= -len)
		*ret = from.nested.items[len + place];
	else if (place > 0 && place <= len)
		*ret = from.nested.items[place - 1];
	return true;
}

static bool field(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value from;
	if (!eval(m, e->args[0], &from))
		return false;
	*ret = from.is_null ? VALUE_NULL : from.nested.items[e->column];
	return true;
}

static bool constructor(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value *items = arena_array(m->arena, struct value, e->nargs);
	for (uint32_t i = 0; i < e->nargs; i++) {
		if (!eval(m, e->args[i], &items[i]))
			return false;
	}
	uint32_t len = e->kind == EXPR_MAP ? e->nargs / 2 : e->nargs;
	if (e->kind == EXPR_MAP) {
		uint32_t kept = 0;
		for (uint32_t i = 0; i < len; i++) {
			uint32_t at = 0;
			while (at < kept && !value_eq(e->type->key, &items[2 * at], &items[2 * i]))
				at++;
			items[2 * at] = items[2 * i];
			items[2 * at + 1] = items[2 * i + 1];
			kept = at == kept ? kept + 1 : kept;
		}
		len = kept;
	}
	ret->nested = (struct values){ items, len };
	return true;
}

static bool negate(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value v;
	if (!eval(m, e->args[0], &v) || v.is_null)
		return false;
	if (e->type->kind == TYPE_INT)
		ret->i32 = (int32_t)(0U - (uint32_t)v.i32);
	else if (e->type->kind == TYPE_BIGINT)
		ret->i64 = (int64_t)(0U - (uint64_t)v.i64);
	else if (e->type->kind == TYPE_DOUBLE)
		ret->f64 = -v.f64;
	else
		ret->decimal = -v.decimal;
	return true;
}

static bool concat(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value a, b;
	if (!both(m, e, &a, &b) || a.is_null || b.is_null)
		return false;
	const char *text =
		arena_printf(m->arena, "%.*s%.*s", SLICE_ARGS(a.bytes), SLICE_ARGS(b.bytes));
	ret->bytes = slice_str(text);
	return true;
}

/* ABS, GREATEST and SQRT; ROUND has a primitive; MAP_ITEMS(array, x => y) is the tests' own. */
static bool call(struct expr_model *m, const struct expr *e, struct value *ret)
{
	const char *name = e->func->func->name;
	struct value args[4];
	for (uint32_t i = 0; i < e->nargs && e->args[i]->kind != EXPR_LAMBDA; i++) {
		if (!eval(m, e->args[i], &args[i]))
			return false;
	}
	*ret = VALUE_NULL;
	if (strcmp(name, "greatest") == 0) {
		for (uint32_t i = 0; i < e->nargs; i++) {
			if (!args[i].is_null &&
			    (ret->is_null || value_cmp(e->type, &args[i], ret) > 0))
				*ret = args[i];
		}
		return true;
	}
	if (strcmp(name, "Round") == 0) {
		ret->is_null = false;
		ret->i64 = args[0].is_null ? 0 : args[0].i32;
		return !args[0].is_null;
	}
	if (args[0].is_null)
		return true;
	ret->is_null = false;
	if (strcmp(name, "Abs") == 0 && args[0].i32 < 0)
		ret->i32 = (int32_t)(0U - (uint32_t)args[0].i32);
	else if (strcmp(name, "Abs") == 0)
		ret->i32 = args[0].i32;
	if (strcmp(name, "map_items") != 0)
		return true;
	struct value *items = arena_array(m->arena, struct value, args[0].nested.len);
	const struct expr *lambda = e->args[1];
	struct value params[4];
	uint32_t outer = m->nparams;
	assert(outer < COUNT_OF(params));
	for (uint32_t i = 0; i < outer; i++)
		params[i] = m->params[i];
	struct expr_model inner = *m;
	inner.params = params;
	inner.nparams = outer + 1;
	for (uint32_t i = 0; i < args[0].nested.len; i++) {
		params[outer] = args[0].nested.items[i];
		inner.failures = 0;
		bool fine = eval(&inner, lambda->args[0], &items[i]);
		m->failures += inner.failures;
		if (!fine)
			return false;
	}
	ret->nested = (struct values){ items, args[0].nested.len };
	return true;
}

static bool node(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value v;
	switch (e->kind) {
	case EXPR_COLUMN:
		*ret = m->row[e->column];
		return true;
	case EXPR_PARAM:
		*ret = m->params[e->column];
		return true;
	case EXPR_CONST:
		*ret = e->constant;
		return true;
	case EXPR_CALL:
		return call(m, e, ret);
	case EXPR_ARITHMETIC:
		return arithmetic(m, e, ret);
	case EXPR_NEGATE:
		return negate(m, e, ret);
	case EXPR_CONCAT_TEXT:
		return concat(m, e, ret);
	case EXPR_COMPARE:
		return comparison(m, e, ret);
	case EXPR_DISTINCT:
		return distinct(m, e, ret);
	case EXPR_AND:
	case EXPR_OR:
		return logic(m, e, ret);
	case EXPR_NOT:
		if (!eval(m, e->args[0], &v) || v.is_null)
			return false;
		ret->boolean = !v.boolean;
		return true;
	case EXPR_IS_NULL:
		if (!eval(m, e->args[0], &v))
			return false;
		ret->boolean = v.is_null != e->negated;
		return true;
	case EXPR_BETWEEN:
		return between(m, e, ret);
	case EXPR_IN:
		return in_list(m, e, ret);
	case EXPR_LIKE:
		return like_node(m, e, ret);
	case EXPR_CASE:
		return cases(m, e, ret);
	case EXPR_CAST:
		return cast(m, e, ret);
	case EXPR_FIELD:
		return field(m, e, ret);
	case EXPR_SUBSCRIPT:
		return subscript(m, e, ret);
	case EXPR_ARRAY:
	case EXPR_MAP:
	case EXPR_STRUCT:
		return constructor(m, e, ret);
	case EXPR_LAMBDA:
		break;
	}
	UNREACHABLE("an expression that stands alone");
}

static bool eval(struct expr_model *m, const struct expr *e, struct value *ret)
{
	struct value result = { .is_null = false };
	bool fine = node(m, e, &result);
	if (!fine && !e->catches)
		return false;
	if (!fine)
		m->failures++;
	*ret = fine ? result : VALUE_NULL;
	return true;
}

bool expr_model_run(struct expr_model *model, const struct expr *expr, struct value *ret)
{
	struct value result;
	bool fine = eval(model, expr, &result);
	if (!fine)
		model->failures++;
	*ret = fine ? result : VALUE_NULL;
	return fine;
}
