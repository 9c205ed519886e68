/* Random expressions over random columns: a program's batches give what the plain model gives. */
#include "engine/func.h"
#include "engine/program.h"
#include "tests/lib/expr_model.h"
#include "tests/lib/test.h"

#include <math.h>

#define NCOLUMNS 18
#define DEPTH 4

static struct arena arena;
static struct func_registry *registry;

struct gen {
	struct rng *rng;
	const struct type *array, *record, *map, *decimal;
	const struct type *columns[NCOLUMNS];
	bool in_lambda;
};

/* --- a function with a lambda, for the test alone --- */

static void map_items(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct values from = call->args[0]->nested[i];
		struct column params, result;
		uint16_t *row_of = arena_array(eval->arena, uint16_t, from.len);
		struct value *items = arena_array(eval->arena, struct value, from.len);
		column_init(&params, eval->arena, call->args[0]->type->element, from.len);
		for (uint32_t k = 0; k < from.len; k++) {
			column_set(&params, k, &from.items[k]);
			row_of[k] = (uint16_t)i;
		}
		lambda_run(call->lambdas[0], eval, &params, row_of, from.len, &result);
		for (uint32_t k = 0; k < from.len; k++)
			items[k] = column_value(&result, k);
		call->out->nested[i] = (struct values){ items, from.len };
	}
}

static const struct func_def map_items_def = {
	.name = "map_items",
	.variants = { { .signature = "(ARRAY<T> a, LAMBDA<T => U> f) ARRAY<U>",
			.kernel = map_items } },
};

/* --- random values --- */

static uint64_t pick(struct gen *g, uint64_t n)
{
	return rng_below(g->rng, n);
}

static struct value random_scalar(struct gen *g, const struct type *type)
{
	static const char *const texts[] = { "", "a", "ab", "ba", "abc", "b%", "12", "-3", "1.50" };
	static const int64_t edges[] = {
		0, 1, -1, 2, 10, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN
	};
	static const double reals[] = { 0.0, -0.0, 1.5, -2.25, 1e18, 3, 0.1 };
	struct value v = { .is_null = false };
	int64_t edge = pick(g, 4) == 0 ? edges[pick(g, COUNT_OF(edges))] : (int64_t)pick(g, 9) - 4;
	switch (type->kind) {
	case TYPE_BOOLEAN:
		v.boolean = pick(g, 2) == 0;
		break;
	case TYPE_INT:
	case TYPE_DATE:
		v.i32 = (int32_t)(uint32_t)(uint64_t)edge;
		break;
	case TYPE_BIGINT:
		v.i64 = edge;
		break;
	case TYPE_TIMESTAMP:
		v.i64 = (int64_t)pick(g, 3) * 86400000 + (int64_t)pick(g, 2);
		break;
	case TYPE_DOUBLE:
		v.f64 = pick(g, 30) == 0 ? (double)NAN : reals[pick(g, COUNT_OF(reals))];
		break;
	case TYPE_DECIMAL:
		v.decimal = (int64_t)pick(g, 2001) - 1000;
		break;
	default:
		v.bytes = slice_str(texts[pick(g, COUNT_OF(texts))]);
		break;
	}
	return v;
}

static struct value random_value(struct gen *g, const struct type *type, uint64_t null_in)
{
	if (pick(g, null_in) == 0)
		return VALUE_NULL;
	if (!type_is_nested(type))
		return random_scalar(g, type);
	uint32_t len = type->kind == TYPE_STRUCT ? type->nfields : (uint32_t)pick(g, 4);
	struct value *items = arena_array(&arena, struct value, len * 2);
	for (uint32_t i = 0; i < len; i++) {
		if (type->kind == TYPE_MAP) {
			items[2 * i].bytes = slice_str(arena_printf(&arena, "k%u", i));
			items[2 * i + 1] = random_value(g, type->element, 5);
		} else {
			items[i] = random_value(g,
						type->kind == TYPE_ARRAY ? type->element
									 : type->fields[i].type,
						5);
		}
	}
	return (struct value){ .nested = { items, len } };
}

/* --- random expressions --- */

static const struct expr *random_expr(struct gen *g, const struct type *type, unsigned depth);

static struct expr *with(enum expr_kind kind, const struct type *type, const struct expr *a,
			 const struct expr *b, const struct expr *c)
{
	const struct expr *args[] = { a, b, c };
	return expr_new(&arena, kind, type, args, c != NULL ? 3 : b != NULL ? 2 : 1);
}

static const struct expr *leaf(struct gen *g, const struct type *type)
{
	if (g->in_lambda && type->kind == TYPE_INT && pick(g, 2) == 0)
		return expr_new(&arena, EXPR_PARAM, type, NULL, 0);
	for (uint32_t tries = 0; tries < 40 && pick(g, 4) != 0; tries++) {
		uint32_t i = (uint32_t)pick(g, NCOLUMNS);
		if (type_eq(g->columns[i], type))
			return expr_column(&arena, i, type);
	}
	return expr_const(&arena, type, random_value(g, type, 12));
}

static const struct type *random_scalar_type(struct gen *g)
{
	static const enum type_kind kinds[] = { TYPE_BOOLEAN, TYPE_INT,  TYPE_BIGINT,   TYPE_DOUBLE,
						TYPE_STRING,  TYPE_DATE, TYPE_TIMESTAMP };
	uint64_t i = pick(g, COUNT_OF(kinds) + 1);
	return i == COUNT_OF(kinds) ? g->decimal : TYPE_OF(kinds[i]);
}

/* Two types that compare. */
static void comparable(struct gen *g, const struct type **a, const struct type **b)
{
	*a = *b = pick(g, 8) == 0 ? g->array : random_scalar_type(g);
	if ((*a)->kind == TYPE_INT && pick(g, 2) == 0) {
		const struct type *wider[] = { TYPE_OF(TYPE_BIGINT), TYPE_OF(TYPE_DOUBLE),
					       g->decimal };
		*b = wider[pick(g, 3)];
	}
	if ((*a)->kind == TYPE_DATE && pick(g, 2) == 0)
		*a = TYPE_OF(TYPE_TIMESTAMP), *b = TYPE_OF(TYPE_TIMESTAMP);
	if (pick(g, 2) == 0) {
		const struct type *swap = *a;
		*a = *b;
		*b = swap;
	}
}

static const struct expr *catching(struct gen *g, const struct type *type, unsigned depth)
{
	const struct expr *arg = random_expr(g, type, depth);
	if (arg->nargs == 0 || g->in_lambda)
		return arg;
	struct expr *copy = arena_new(&arena, struct expr);
	*copy = *arg;
	copy->catches = true;
	return copy;
}

static const struct expr *random_boolean(struct gen *g, unsigned depth)
{
	const struct type *type = TYPE_OF(TYPE_BOOLEAN), *a, *b;
	const struct expr *x, *y;
	struct expr *e;
	comparable(g, &a, &b);
	switch (pick(g, 9)) {
	case 0:
		x = random_expr(g, type, depth);
		return with(EXPR_NOT, type, x, NULL, NULL);
	case 1:
		x = random_expr(g, type, depth), y = random_expr(g, type, depth);
		return with(EXPR_AND, type, x, y, NULL);
	case 2:
		x = random_expr(g, type, depth), y = random_expr(g, type, depth);
		return with(EXPR_OR, type, x, y,
			    pick(g, 2) == 0 ? random_expr(g, type, depth) : NULL);
	case 3:
		e = with(EXPR_IS_NULL, type, random_expr(g, a, depth), NULL, NULL);
		break;
	case 4:
		e = with(EXPR_BETWEEN, type, random_expr(g, TYPE_OF(TYPE_BIGINT), depth),
			 random_expr(g, TYPE_OF(TYPE_INT), depth),
			 random_expr(g, TYPE_OF(TYPE_BIGINT), depth));
		break;
	case 5:
		x = random_expr(g, a, depth), y = leaf(g, a);
		e = with(EXPR_IN, type, x, y, leaf(g, a));
		break;
	case 6:
		e = with(EXPR_LIKE, type, random_expr(g, TYPE_OF(TYPE_STRING), depth),
			 pick(g, 3) == 0
				 ? leaf(g, TYPE_OF(TYPE_STRING))
				 : expr_const(&arena, TYPE_OF(TYPE_STRING),
					      (struct value){
						      .bytes = slice_str((const char *[]){
							      "a%", "%b", "%a%", "a_", "%_b%",
							      "b!%", "%", "ab" }[pick(g, 8)]) }),
			 NULL);
		e->escape = pick(g, 2) == 0 ? '!' : 0;
		break;
	case 7:
		e = with(EXPR_DISTINCT, type, random_expr(g, a, depth), random_expr(g, b, depth),
			 NULL);
		break;
	default:
		e = with(EXPR_COMPARE, type, random_expr(g, a, depth), random_expr(g, b, depth),
			 NULL);
		e->operation = type_is_nested(a) || a->kind == TYPE_BOOLEAN
				       ? OP_EQ + (enum expr_operator)pick(g, 2)
				       : OP_EQ + (enum expr_operator)pick(g, 6);
		return e;
	}
	e->negated = pick(g, 2) == 0;
	return e;
}

static const struct expr *random_number(struct gen *g, const struct type *type, unsigned depth)
{
	if (pick(g, 5) == 0)
		return with(EXPR_NEGATE, type, random_expr(g, type, depth), NULL, NULL);
	const struct type *a = type, *b = type;
	if (type->kind == TYPE_BIGINT && pick(g, 2) == 0)
		b = TYPE_OF(TYPE_INT);
	if (type->kind == TYPE_DOUBLE && pick(g, 2) == 0)
		a = TYPE_OF(TYPE_BIGINT);
	struct expr *e = with(EXPR_ARITHMETIC, type, random_expr(g, a, depth),
			      random_expr(g, b, depth), NULL);
	e->operation = (enum expr_operator)pick(g, 5);
	return e;
}

static const struct expr *call_of(const char *name, const struct expr *const *args, uint32_t n)
{
	const struct type *types[4], *params[4], *result;
	const struct func_variant *variant;
	struct err err = ERR_INIT;
	for (uint32_t i = 0; i < n; i++)
		types[i] = args[i]->type;
	assert_ok(func_resolve(registry, &arena, slice_str(name), types, n, &variant, params,
			       &result, &err),
		  &err);
	struct expr *e = expr_new(&arena, EXPR_CALL, result, args, n);
	e->func = variant;
	return e;
}

static const struct expr *random_call(struct gen *g, unsigned depth)
{
	const struct expr *args[3];
	const struct type *type = TYPE_OF(TYPE_INT);
	for (int i = 0; i < 3; i++)
		args[i] = catching(g, type, depth);
	return pick(g, 2) == 0 ? call_of("abs", args, 1) : call_of("greatest", args, 3);
}

static const struct expr *random_map_items(struct gen *g, unsigned depth)
{
	if (g->in_lambda)
		return leaf(g, g->array);
	const struct expr *args[2] = { random_expr(g, g->array, depth), NULL };
	g->in_lambda = true;
	const struct expr *body = random_expr(g, TYPE_OF(TYPE_INT), depth);
	g->in_lambda = false;
	struct expr *lambda =
		expr_new(&arena, EXPR_LAMBDA, type_lambda(&arena, 1, body->type), &body, 1);
	lambda->column = 1;
	args[1] = lambda;
	return call_of("map_items", args, 2);
}

static const struct expr *random_cast(struct gen *g, const struct type *type, unsigned depth)
{
	for (;;) {
		const struct type *from = random_scalar_type(g);
		if (cast_exists(from, type))
			return with(EXPR_CAST, type, catching(g, from, depth), NULL, NULL);
	}
}

static const struct expr *random_case(struct gen *g, const struct type *type, unsigned depth)
{
	const struct expr *args[5];
	uint32_t n = 2 + (uint32_t)pick(g, 4);
	for (uint32_t i = 0; i < n; i++) {
		bool when = i % 2 == 0 && i + 1 < n;
		args[i] = random_expr(g, when ? TYPE_OF(TYPE_BOOLEAN) : type, depth);
	}
	return expr_new(&arena, EXPR_CASE, type, args, n);
}

static const struct expr *random_nested(struct gen *g, const struct type *type, unsigned depth)
{
	const struct expr *args[4];
	if (type->kind == TYPE_ARRAY && pick(g, 2) == 0)
		return random_map_items(g, depth);
	uint32_t n = type->kind == TYPE_ARRAY ? 3 : type->kind == TYPE_MAP ? 4 : 2;
	for (uint32_t i = 0; i < n; i++) {
		const struct type *part = type->kind == TYPE_STRUCT ? type->fields[i].type
					  : type->kind == TYPE_MAP && i % 2 == 0 ? type->key
										 : type->element;
		args[i] = catching(g, part, depth);
	}
	enum expr_kind kind = type->kind == TYPE_ARRAY ? EXPR_ARRAY
			      : type->kind == TYPE_MAP ? EXPR_MAP
						       : EXPR_STRUCT;
	return expr_new(&arena, kind, type, args, n);
}

static const struct expr *random_expr(struct gen *g, const struct type *type, unsigned depth)
{
	if (depth == 0 || pick(g, 6) == 0)
		return leaf(g, type);
	depth--;
	if (pick(g, 6) == 0)
		return random_case(g, type, depth);
	if (type_is_nested(type))
		return random_nested(g, type, depth);
	if (pick(g, 6) == 0)
		return random_cast(g, type, depth);
	if (type->kind == TYPE_BOOLEAN)
		return random_boolean(g, depth);
	if (type->kind == TYPE_INT && pick(g, 2) == 0) {
		struct expr *field;
		switch (pick(g, 4)) {
		case 0:
			return with(EXPR_SUBSCRIPT, type, random_expr(g, g->array, depth),
				    random_expr(g, type, depth), NULL);
		case 1:
			return with(EXPR_SUBSCRIPT, type, random_expr(g, g->map, depth),
				    random_expr(g, TYPE_OF(TYPE_STRING), depth), NULL);
		case 2:
			field = with(EXPR_FIELD, type, random_expr(g, g->record, depth), NULL,
				     NULL);
			field->column = 0;
			return field;
		default:
			return random_call(g, depth);
		}
	}
	if (type->kind == TYPE_STRING)
		return with(EXPR_CONCAT_TEXT, type, random_expr(g, type, depth),
			    random_expr(g, type, depth), NULL);
	if (!type_is_number(type))
		return leaf(g, type);
	return random_number(g, type, depth);
}

/* --- the comparison --- */

struct told {
	uint32_t failures[BATCH_ROWS_MAX];
};

static void tell(void *arg, uint32_t row, const char *text, const char *message)
{
	(void)text;
	struct told *told = arg;
	assert_non_null(message);
	told->failures[row]++;
}

static void show(const struct expr *expr, uint32_t row, const struct value *want,
		 const struct value *is)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	expr_print(expr, &text);
	buf_printf(&text, "\nrow %u: the model has ", row);
	value_print(expr->type, want, &text);
	buf_append_str(&text, ", the program ");
	value_print(expr->type, is, &text);
	print_error("%s\n", buf_str(&text));
}

static void compare(struct gen *g, const struct expr *expr, const struct value *rows,
		    const struct column *columns, struct sel sel, const uint16_t *where)
{
	struct arena plan = { 0 }, step = { 0 };
	struct told told = { { 0 } };
	uint8_t failed[BATCH_ROWS_MAX];
	uint64_t random = 1;
	struct eval eval = {
		.arena = &step, .random = &random, .failed = tell, .failed_arg = &told
	};
	struct column result;
	struct program *program = program_new(&plan, expr);
	(void)g;
	(void)where;
	for (int again = 0; again < 2; again++) { /* a program runs more than once */
		memset(&told, 0, sizeof(told));
		program_run(program, &eval, columns, sel, &result, failed);
	}
	SEL_EACH(i, sel)
	{
		struct expr_model model = { .arena = &step, .row = &rows[i * NCOLUMNS] };
		struct value want, is = column_value(&result, i);
		bool fine = expr_model_run(&model, expr, &want);
		if (!value_eq(expr->type, &want, &is) || fine == (failed[i] != 0) ||
		    model.failures != told.failures[i]) {
			show(expr, i, &want, &is);
			print_error("failed %d (model %d), failures told %u (model %u)\n",
				    failed[i], !fine, told.failures[i], model.failures);
			fail();
		}
	}
	arena_fini(&plan);
	arena_fini(&step);
}

static struct sel random_sel(struct gen *g, uint32_t nrows, uint16_t *rows)
{
	if (pick(g, 2) == 0)
		return sel_all(nrows);
	uint32_t n = 0;
	uint64_t one_in = 1 + pick(g, 4);
	for (uint32_t i = 0; i < nrows; i++) {
		if (pick(g, one_in) == 0)
			rows[n++] = (uint16_t)i;
	}
	return (struct sel){ .rows = rows, .len = n };
}

static void set_up_types(struct gen *g)
{
	struct type_field *fields = arena_array(&arena, struct type_field, 2);
	fields[0] = (struct type_field){ SLICE("A"), TYPE_OF(TYPE_INT) };
	fields[1] = (struct type_field){ SLICE("B"), TYPE_OF(TYPE_STRING) };
	g->array = type_array(&arena, TYPE_OF(TYPE_INT));
	g->map = type_map(&arena, TYPE_OF(TYPE_STRING), TYPE_OF(TYPE_INT));
	g->record = type_struct(&arena, fields, 2);
	g->decimal = type_decimal(&arena, 12, 2);
	const struct type *types[] = {
		TYPE_OF(TYPE_BOOLEAN), TYPE_OF(TYPE_INT), TYPE_OF(TYPE_BIGINT),
		TYPE_OF(TYPE_DOUBLE),  g->decimal,        TYPE_OF(TYPE_STRING),
		TYPE_OF(TYPE_DATE),    g->array,          g->record
	};
	for (uint32_t i = 0; i < NCOLUMNS; i++)
		g->columns[i] = types[i % COUNT_OF(types)];
	g->columns[NCOLUMNS - 1] = g->map;
}

static void run_rounds(struct rng *rng, uint32_t nrows, int rounds)
{
	struct gen g = { .rng = rng };
	struct column columns[NCOLUMNS];
	struct arena kept = { 0 };
	uint16_t where[BATCH_ROWS_MAX];
	arena_fini(&arena);
	registry = func_registry_new(&arena);
	assert_ok(func_registry_add(registry, &map_items_def, NULL), NULL);
	set_up_types(&g);
	struct value *rows = arena_array(&kept, struct value, nrows * NCOLUMNS);
	for (uint32_t c = 0; c < NCOLUMNS; c++) {
		bool nulls = c < NCOLUMNS / 2;
		column_init(&columns[c], &kept, g.columns[c], nrows);
		for (uint32_t i = 0; i < nrows; i++) {
			rows[i * NCOLUMNS + c] =
				random_value(&g, g.columns[c], nulls ? 6 : UINT64_MAX);
			column_set(&columns[c], i, &rows[i * NCOLUMNS + c]);
		}
		if (!nulls)
			columns[c].valid = NULL;
	}
	for (int round = 0; round < rounds; round++) {
		const struct type *type =
			pick(&g, 4) == 0 ? g.columns[pick(&g, NCOLUMNS)] : random_scalar_type(&g);
		const struct expr *expr = random_expr(&g, type, DEPTH);
		compare(&g, expr, rows, columns, random_sel(&g, nrows, where), where);
	}
	arena_fini(&kept);
}

static void programs_give_what_the_model_gives(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	for (int i = 0; i < 20; i++) {
		run_rounds(&rng, 1, 60);
		run_rounds(&rng, 7, 60);
	}
	run_rounds(&rng, BATCH_ROWS_MAX, 150);
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(programs_give_what_the_model_gives));
}
