#include "base/num.h"
#include "engine/func.h"
#include "engine/program.h"
#include "tests/lib/test.h"

#include <math.h>

static struct arena arena;
static struct func_registry *registry;
static struct buf printed = BUF_INIT(BUF_TEXT_BYTES_MAX);
static struct buf told = BUF_INIT(BUF_TEXT_BYTES_MAX);

#define INT TYPE_OF(TYPE_INT)
#define BIGINT TYPE_OF(TYPE_BIGINT)
#define DOUBLE TYPE_OF(TYPE_DOUBLE)
#define STRING TYPE_OF(TYPE_STRING)
#define BOOLEAN TYPE_OF(TYPE_BOOLEAN)
#define TIMESTAMP TYPE_OF(TYPE_TIMESTAMP)
#define DATE TYPE_OF(TYPE_DATE)

/* --- small trees --- */

static const struct expr *i32(int32_t number)
{
	return expr_const(&arena, INT, (struct value){ .i32 = number });
}

static const struct expr *i64(int64_t number)
{
	return expr_const(&arena, BIGINT, (struct value){ .i64 = number });
}

static const struct expr *f64(double number)
{
	return expr_const(&arena, DOUBLE, (struct value){ .f64 = number });
}

static const struct expr *text(const char *value)
{
	return expr_const(&arena, STRING, (struct value){ .bytes = slice_str(value) });
}

static const struct expr *truth(bool value)
{
	return expr_const(&arena, BOOLEAN, (struct value){ .boolean = value });
}

static const struct expr *dec(int32_t precision, int32_t scale, int64_t digits)
{
	return expr_const(&arena, type_decimal(&arena, precision, scale),
			  (struct value){ .decimal = digits });
}

static const struct expr *null(const struct type *type)
{
	return expr_null(&arena, type);
}

#define NODE(kind, type, ...)                                                                      \
	expr_new(&arena, (kind), (type), (const struct expr *[]){ __VA_ARGS__ },                   \
		 sizeof((const struct expr *[]){ __VA_ARGS__ }) / sizeof(void *))

static const struct expr *op(const struct type *type, const struct expr *a,
			     enum expr_operator operation, const struct expr *b)
{
	struct expr *e = NODE(operation <= OP_MODULO ? EXPR_ARITHMETIC : EXPR_COMPARE, type, a, b);
	e->operation = operation;
	return e;
}

static const struct expr *cmp(const struct expr *a, enum expr_operator operation,
			      const struct expr *b)
{
	return op(BOOLEAN, a, operation, b);
}

static const struct expr *cast(const struct expr *a, const struct type *to)
{
	return NODE(EXPR_CAST, to, a);
}

static const struct expr *catches(const struct expr *e)
{
	struct expr *copy = arena_new(&arena, struct expr);
	*copy = *e;
	copy->catches = true;
	return copy;
}

static const struct expr *call(const char *name, const struct expr *a, const struct expr *b)
{
	const struct expr *args[] = { a, b };
	const struct type *types[] = { a != NULL ? a->type : NULL, b != NULL ? b->type : NULL };
	const struct type *params[2], *type;
	uint32_t n = b != NULL ? 2 : a != NULL ? 1 : 0;
	struct err err = ERR_INIT;
	const struct func_variant *variant;
	assert_ok(func_resolve(registry, &arena, slice_str(name), types, n, &variant, params, &type,
			       &err),
		  &err);
	struct expr *e = expr_new(&arena, EXPR_CALL, type, args, n);
	e->func = variant;
	return e;
}

/* --- running one row --- */

static void tell(void *arg, uint32_t row, const char *expr_text, const char *message)
{
	(void)arg;
	(void)row;
	(void)expr_text;
	buf_printf(&told, "%s%s", told.len > 0 ? "; " : "", message);
}

static uint64_t random_state = 7;

/* The result's text; "failed" when the whole expression did. `columns` may be NULL. */
static const char *run(const struct expr *expr, const struct column *columns)
{
	uint8_t failed[BATCH_ROWS_MAX];
	struct column result;
	struct eval eval = { .arena = &arena, .random = &random_state, .failed = tell };
	struct program *program = program_new(&arena, expr);
	buf_reset(&printed);
	buf_reset(&told);
	program_run(program, &eval, columns, sel_all(1), &result, failed);
	struct value value = column_value(&result, 0);
	if (failed[0] != 0) {
		assert_true(value.is_null);
		return "failed";
	}
	value_print(expr->type, &value, &printed);
	return buf_str(&printed);
}

/* Applies its lambda to each item. */
static void transform(struct eval *eval, const struct func_call *call)
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

static const struct func_def transform_def = {
	.name = "each",
	.variants = { { .signature = "(ARRAY<T> a, LAMBDA<T => U> f) ARRAY<U>",
			.kernel = transform } },
};

#define GIVES(expr, want) assert_string_equal(run((expr), NULL), (want))
#define TOLD(want) assert_string_equal(buf_str(&told), (want))

static void whole_numbers_wrap_as_in_java(void **state)
{
	(void)state;
	GIVES(op(INT, i32(INT32_MAX), OP_ADD, i32(1)), "-2147483648");
	GIVES(op(INT, i32(INT32_MIN), OP_DIVIDE, i32(-1)), "-2147483648");
	GIVES(op(INT, i32(INT32_MIN), OP_MODULO, i32(-1)), "0");
	GIVES(op(INT, i32(-7), OP_DIVIDE, i32(2)), "-3");
	GIVES(op(INT, i32(-7), OP_MODULO, i32(2)), "-1");
	GIVES(op(BIGINT, i64(INT64_MAX), OP_MULTIPLY, i32(2)), "-2");
	GIVES(NODE(EXPR_NEGATE, INT, i32(INT32_MIN)), "-2147483648");
}

static void division_by_zero_fails_whole_numbers_only(void **state)
{
	(void)state;
	GIVES(op(INT, i32(1), OP_DIVIDE, i32(0)), "failed");
	TOLD("/ by zero");
	GIVES(op(BIGINT, i64(1), OP_MODULO, i64(0)), "failed");
	GIVES(op(DOUBLE, f64(1), OP_DIVIDE, i32(0)), "Infinity");
	GIVES(op(DOUBLE, f64(1), OP_MODULO, f64(0)), "NaN");
}

static void null_in_arithmetic_fails_once(void **state)
{
	(void)state;
	const struct expr *sum = op(INT, i32(1), OP_ADD, null(INT));
	GIVES(op(INT, sum, OP_ADD, sum), "failed");
	TOLD("an operand is NULL");
	GIVES(NODE(EXPR_CONCAT_TEXT, STRING, text("a"), null(STRING)), "failed");
	GIVES(NODE(EXPR_CONCAT_TEXT, STRING, text("a"), text("b")), "ab");
}

static void decimals_are_exact_or_fail(void **state)
{
	(void)state;
	const struct type *sum = type_decimal(&arena, 4, 2), *quotient = type_decimal(&arena, 9, 6);
	GIVES(op(sum, dec(3, 2, 110), OP_ADD, dec(2, 1, 5)), "1.60");
	GIVES(op(quotient, dec(2, 1, 10), OP_DIVIDE, dec(2, 1, 40)), "0.250000");
	GIVES(op(quotient, dec(2, 1, 10), OP_DIVIDE, dec(2, 1, 30)), "failed");
	GIVES(op(quotient, dec(2, 1, 10), OP_DIVIDE, dec(2, 1, 0)), "failed");
	GIVES(op(sum, dec(3, 2, -510), OP_MODULO, dec(3, 2, 200)), "-1.10");
	GIVES(op(type_decimal(&arena, 12, 2), dec(3, 2, 150), OP_MULTIPLY, i32(3)), "4.50");
}

static void comparisons_are_two_valued(void **state)
{
	(void)state;
	GIVES(cmp(null(INT), OP_EQ, i32(1)), "false");
	GIVES(cmp(null(INT), OP_NE, i32(1)), "false");
	GIVES(NODE(EXPR_NOT, BOOLEAN, cmp(null(INT), OP_EQ, i32(1))), "true");
	GIVES(cmp(f64((double)NAN), OP_NE, f64(1)), "false");
	GIVES(cmp(f64((double)NAN), OP_EQ, f64((double)NAN)), "false");
	GIVES(cmp(f64(0.0), OP_EQ, f64(-0.0)), "true");
}

static void numbers_of_all_kinds_compare(void **state)
{
	(void)state;
	GIVES(cmp(i32(3), OP_LT, i64(INT64_C(1) << 40)), "true");
	GIVES(cmp(dec(2, 1, 15), OP_EQ, dec(4, 3, 1500)), "true");
	GIVES(cmp(dec(2, 1, 15), OP_GT, i32(1)), "true");
	GIVES(cmp(dec(2, 1, 1), OP_EQ, f64(0.1)), "true");
	GIVES(cmp(f64(0.30000000000000004), OP_GT, dec(2, 1, 3)), "true");
	GIVES(cmp(f64(1e300), OP_GT, dec(2, 1, 3)), "true");
	GIVES(cmp(f64(-1e-300), OP_LT, dec(2, 1, 0)), "true");
	GIVES(cmp(f64((double)INFINITY), OP_GT, dec(2, 1, 3)), "failed");
}

static void dates_compare_with_timestamps(void **state)
{
	(void)state;
	const struct expr *day = expr_const(&arena, DATE, (struct value){ .i32 = 1 });
	const struct expr *instant =
		expr_const(&arena, TIMESTAMP, (struct value){ .i64 = 86400000 });
	GIVES(cmp(day, OP_EQ, instant), "true");
	GIVES(cmp(instant, OP_GT, day), "false");
}

static void is_distinct_knows_null(void **state)
{
	(void)state;
	GIVES(NODE(EXPR_DISTINCT, BOOLEAN, null(INT), null(INT)), "false");
	GIVES(NODE(EXPR_DISTINCT, BOOLEAN, null(INT), i32(1)), "true");
	struct expr *same = NODE(EXPR_DISTINCT, BOOLEAN, i32(2), i64(2));
	same->negated = true;
	GIVES(same, "true");
}

static void a_null_condition_fails_where_it_is_needed(void **state)
{
	(void)state;
	GIVES(NODE(EXPR_AND, BOOLEAN, truth(false), null(BOOLEAN)), "false");
	GIVES(NODE(EXPR_AND, BOOLEAN, truth(true), null(BOOLEAN)), "failed");
	GIVES(NODE(EXPR_AND, BOOLEAN, null(BOOLEAN), truth(false)), "failed");
	GIVES(NODE(EXPR_OR, BOOLEAN, truth(true), null(BOOLEAN)), "true");
	GIVES(NODE(EXPR_NOT, BOOLEAN, null(BOOLEAN)), "failed");
	GIVES(NODE(EXPR_CASE, INT, null(BOOLEAN), i32(1), i32(2)), "failed");
}

static void only_the_chosen_branch_of_a_case_is_computed(void **state)
{
	(void)state;
	const struct expr *bad = op(INT, i32(1), OP_DIVIDE, i32(0));
	GIVES(NODE(EXPR_CASE, INT, truth(false), bad, truth(true), i32(5), bad), "5");
	TOLD("");
	GIVES(NODE(EXPR_CASE, INT, truth(false), i32(5)), "null");
	GIVES(NODE(EXPR_AND, BOOLEAN, truth(false), cmp(bad, OP_EQ, i32(1))), "false");
	TOLD("");
}

static void between_and_in_take_null_for_no(void **state)
{
	(void)state;
	struct expr *outside = NODE(EXPR_BETWEEN, BOOLEAN, null(INT), i32(1), i32(3));
	GIVES(NODE(EXPR_BETWEEN, BOOLEAN, i32(3), i32(1), i32(3)), "true");
	GIVES(outside, "false");
	outside->negated = true;
	GIVES(outside, "true");
	GIVES(NODE(EXPR_IN, BOOLEAN, i32(3), null(INT), i32(3)), "true");
	GIVES(NODE(EXPR_IN, BOOLEAN, null(INT), null(INT), i32(3)), "false");
	GIVES(NODE(EXPR_IN, BOOLEAN, dec(2, 1, 15), dec(3, 2, 150)), "true");
	GIVES(NODE(EXPR_IN, BOOLEAN, text("b"), text("a"), text("b")), "true");
}

static void like_matches_patterns(void **state)
{
	(void)state;
	static const struct {
		const char *text, *pattern;
		uint32_t escape;
		bool matches;
	} cases[] = {
		{ "abc", "a%", 0, true },
		{ "abc", "%c", 0, true },
		{ "abc", "%b%", 0, true },
		{ "abc", "abc", 0, true },
		{ "abc", "ab", 0, false },
		{ "abc", "a_c", 0, true },
		{ "abc", "a_", 0, false },
		{ "", "%", 0, true },
		{ "", "", 0, true },
		{ "", "_", 0, false },
		{ "a%c", "a!%c", '!', true },
		{ "abc", "a!%c", '!', false },
		{ "a\\b", "a\\b", 0, true },
		{ "a.c", "a.c", 0, true },
		{ "abc", "a.c", 0, false },
		{ "mississippi", "%iss%ip%", 0, true },
		{ "mississippi", "%iss%ipx%", 0, false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaa", "%a%a%a%a%a%a%b", 0, false },
		{ "x\xE2\x98\xBAy", "x_y", 0, true },
		{ "line\nbreak", "%e_b%", 0, true },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct expr *e =
			NODE(EXPR_LIKE, BOOLEAN, text(cases[i].text), text(cases[i].pattern));
		e->escape = cases[i].escape;
		GIVES(e, cases[i].matches ? "true" : "false");
		e->negated = true;
		GIVES(e, cases[i].matches ? "false" : "true");
	}
	GIVES(NODE(EXPR_LIKE, BOOLEAN, null(STRING), text("%")), "failed");
}

/* Fails every row and writes nothing. */
static void refuse(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	eval_fail(eval, i, "refused");
}

static const struct func_def refuse_def = {
	.name = "refuse",
	.variants = { { .signature = "(STRING a) STRING", .kernel = refuse } },
};

static void registry_open(void)
{
	registry = func_registry_new(&arena);
	assert_ok(func_registry_add(registry, &transform_def, NULL), NULL);
	assert_ok(func_registry_add(registry, &refuse_def, NULL), NULL);
}

static void a_text_is_found_wherever_it_stands(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	for (int round = 0; round < 3000; round++) {
		char haystack[101] = { 0 }, pattern[12] = "%";
		uint64_t len = rng_below(&rng, 100), n = 1 + rng_below(&rng, 8);
		for (uint64_t i = 0; i < len; i++)
			haystack[i] = (char)('a' + rng_below(&rng, 2));
		for (uint64_t i = 0; i < n; i++)
			pattern[1 + i] = (char)('a' + rng_below(&rng, 2));
		bool found = strstr(haystack, pattern + 1) != NULL;
		pattern[1 + n] = '%';
		GIVES(NODE(EXPR_LIKE, BOOLEAN, text(haystack), text(pattern)),
		      found ? "true" : "false");
		if (round % 100 == 99) {
			arena_fini(&arena);
			registry_open();
		}
	}
}

static void a_long_list_of_constants_is_looked_up(void **state)
{
	(void)state;
	const struct expr *args[22], *texts[22];
	for (int32_t i = 0; i < 22; i++) {
		args[i] = i == 3 ? null(INT) : i32(i * 3);
		texts[i] = text(arena_printf(&arena, "t%d", i));
	}
	static const struct {
		int32_t value;
		const char *found;
	} cases[] = { { 9, "false" }, { 12, "true" }, { 63, "true" }, { 64, "false" } };
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		args[0] = i32(cases[i].value);
		GIVES(expr_new(&arena, EXPR_IN, BOOLEAN, args, 22), cases[i].found);
	}
	args[0] = null(INT);
	GIVES(expr_new(&arena, EXPR_IN, BOOLEAN, args, 22), "false");
	args[0] = i64(12);
	GIVES(expr_new(&arena, EXPR_IN, BOOLEAN, args, 22), "true");
	texts[0] = text("t21");
	GIVES(expr_new(&arena, EXPR_IN, BOOLEAN, texts, 22), "true");
	texts[0] = text("t22");
	GIVES(expr_new(&arena, EXPR_IN, BOOLEAN, texts, 22), "false");
}

static void a_failure_is_caught_where_the_node_catches(void **state)
{
	(void)state;
	const struct expr *bad = op(INT, i32(1), OP_DIVIDE, i32(0));
	GIVES(call("greatest", catches(bad), i32(4)), "4");
	TOLD("/ by zero");
	GIVES(call("greatest", bad, i32(4)), "failed");
	GIVES(NODE(EXPR_ARRAY, type_array(&arena, INT), catches(bad), i32(2), catches(bad)),
	      "[null, 2, null]");
	TOLD("/ by zero; / by zero");
	GIVES(cast(catches(bad), STRING), "null");
}

static void what_failed_already_is_not_entered_again(void **state)
{
	(void)state;
	const struct expr *bad = op(INT, i32(1), OP_DIVIDE, i32(0));
	/* Java would have thrown before it comes to the call. */
	GIVES(op(INT, bad, OP_ADD, call("greatest", catches(bad), i32(4))), "failed");
	TOLD("/ by zero");
}

static void a_row_that_fails_twice_is_as_null_as_one_that_fails_once(void **state)
{
	(void)state;
	struct column column, result;
	struct arena dirty = { 0 };
	memset(arena_plain(&dirty, 1 << 16, 1), 0xAA, 1 << 16);
	arena_reset(&dirty);
	column_fill(&column, &arena, STRING, &(struct value){ .bytes = SLICE("a") }, 1);
	const struct expr *text_of = call("refuse", expr_column(&arena, 0, STRING), NULL);
	const struct expr *twice = NODE(EXPR_CONCAT_TEXT, STRING, text_of,
					NODE(EXPR_CONCAT_TEXT, STRING, text_of, text_of));
	struct eval eval = { .arena = &dirty };
	struct program *program = program_new(&arena, twice);
	program_run(program, &eval, &column, sel_all(1), &result, NULL);
	assert_true(column_is_null(&result, 0));
	arena_fini(&dirty);
}

static void a_null_for_a_primitive_parameter_fails(void **state)
{
	(void)state;
	GIVES(call("round", null(INT), NULL), "failed");
	TOLD("NULL given for parameter 1 of Round");
	GIVES(call("abs", null(INT), NULL), "null");
	TOLD("");
}

static void casts_follow_the_matrix(void **state)
{
	(void)state;
	const struct type *d41 = type_decimal(&arena, 3, 1);
	GIVES(cast(text(" 12 "), INT), "12");
	GIVES(cast(text("12x"), INT), "failed");
	GIVES(cast(text("TR"), BOOLEAN), "true");
	GIVES(cast(text("yes"), BOOLEAN), "true");
	GIVES(cast(text("truely"), BOOLEAN), "false");
	GIVES(cast(text(""), BOOLEAN), "false");
	GIVES(cast(text("NaN"), DOUBLE), "failed");
	GIVES(cast(text("1.25"), d41), "1.3");
	GIVES(cast(text("-1.25"), d41), "-1.3");
	GIVES(cast(f64(1e10), STRING), "1.0E10");
	GIVES(cast(f64(-1.9), INT), "-1");
	GIVES(cast(f64(1e30), INT), "2147483647");
	GIVES(cast(f64((double)NAN), BIGINT), "0");
	GIVES(cast(i64((INT64_C(1) << 32) + 5), INT), "5");
	GIVES(cast(f64(0.25), d41), "0.3");
	GIVES(cast(i32(1000), d41), "failed");
	TOLD("Numeric field overflow: A field with precision 3 and scale 1 must round to an "
	     "absolute value less than 10^2. Got 1000");
	GIVES(cast(f64(99.96), d41), "failed");
	GIVES(cast(dec(4, 2, 1999), INT), "19");
	GIVES(cast(dec(4, 2, -1999), DOUBLE), "-19.99");
	GIVES(cast(dec(4, 2, -5), STRING), "-0.05");
	GIVES(cast(text("2021-02-03"), DATE), "2021-02-03");
	GIVES(cast(text("2021-02-03T04:05"), TIMESTAMP), "2021-02-03T04:05:00.000");
	GIVES(cast(cast(text("1969-12-31T23:00:00"), TIMESTAMP), DATE), "1969-12-31");
	GIVES(cast(cast(text("1969-12-31T23:00:01"), TIMESTAMP), TYPE_OF(TYPE_TIME)), "23:00:01");
	GIVES(cast(cast(text("2021-02"), DATE), TIMESTAMP), "2021-02-01T00:00:00.000");
	GIVES(cast(text("AQI="), TYPE_OF(TYPE_BYTES)), "AQI=");
	GIVES(cast(null(INT), STRING), "null");
}

static const struct type *record(const char *first, const struct type *type, const char *second,
				 const struct type *other)
{
	struct type_field *fields = arena_array(&arena, struct type_field, 2);
	fields[0] = (struct type_field){ slice_str(first), type };
	fields[1] = (struct type_field){ slice_str(second), other };
	return type_struct(&arena, fields, 2);
}

static void nested_values_are_cast_part_by_part(void **state)
{
	(void)state;
	const struct expr *array = NODE(EXPR_ARRAY, type_array(&arena, INT), i32(1), null(INT));
	GIVES(cast(array, type_array(&arena, STRING)), "[1, null]");
	GIVES(cast(array, STRING), "[1, null]");
	const struct expr *made =
		NODE(EXPR_STRUCT, record("A", INT, "B", STRING), i32(1), text("x"));
	GIVES(cast(made, STRING), "Struct{A=1,B=x}");
	GIVES(cast(made, record("B", STRING, "C", INT)), "Struct{B=x}");
	const struct expr *bad = NODE(EXPR_ARRAY, type_array(&arena, STRING), text("1"), text("x"));
	GIVES(cast(bad, type_array(&arena, INT)), "failed");
	assert_true(cast_exists(array->type, type_array(&arena, DOUBLE)));
	assert_false(cast_exists(DOUBLE, BOOLEAN));
	assert_false(cast_exists(TYPE_OF(TYPE_BYTES), STRING));
}

static void subscripts_count_from_one_or_from_the_end(void **state)
{
	(void)state;
	const struct expr *array =
		NODE(EXPR_ARRAY, type_array(&arena, INT), i32(10), i32(20), i32(30));
	static const struct {
		int32_t place;
		const char *item;
	} cases[] = { { 1, "10" },   { 3, "30" },   { -1, "30" },  { -3, "10" },
		      { 0, "null" }, { 4, "null" }, { -4, "null" } };
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		GIVES(NODE(EXPR_SUBSCRIPT, INT, array, i32(cases[i].place)), cases[i].item);
	const struct type *type = type_map(&arena, STRING, INT);
	const struct expr *map =
		NODE(EXPR_MAP, type, text("a"), i32(1), text("b"), i32(2), text("a"), i32(3));
	GIVES(map, "{a=3, b=2}");
	GIVES(NODE(EXPR_SUBSCRIPT, INT, map, text("a")), "3");
	GIVES(NODE(EXPR_SUBSCRIPT, INT, map, text("c")), "null");
	GIVES(NODE(EXPR_SUBSCRIPT, INT, null(type), text("c")), "null");
}

static void a_field_of_null_is_null(void **state)
{
	(void)state;
	const struct type *type = record("A", INT, "B", STRING);
	struct expr *field = NODE(EXPR_FIELD, STRING, null(type));
	field->column = 1;
	GIVES(field, "null");
	field = NODE(EXPR_FIELD, STRING, NODE(EXPR_STRUCT, type, i32(1), text("x")));
	field->column = 1;
	GIVES(field, "x");
}

static void a_filter_keeps_the_rows_that_are_true(void **state)
{
	(void)state;
	struct column column;
	uint16_t rows[8];
	struct eval eval = { .arena = &arena };
	column_init(&column, &arena, INT, 8);
	for (uint32_t i = 0; i < 8; i++)
		column_set(&column, i, &(struct value){ .i32 = (int32_t)i, .is_null = i == 6 });
	struct program *program =
		program_new(&arena, cmp(expr_column(&arena, 0, INT), OP_GE, i32(4)));
	struct sel sel = program_filter(program, &eval, &column, sel_all(8), rows);
	assert_int_equal(sel.len, 3);
	assert_int_equal(sel.rows[0], 4);
	assert_int_equal(sel.rows[2], 7);
	sel = program_filter(program, &eval, &column, sel, rows); /* onto itself */
	assert_int_equal(sel.len, 3);
	const struct expr *quotient = op(INT, i32(28), OP_DIVIDE,
					 op(INT, expr_column(&arena, 0, INT), OP_SUBTRACT, i32(7)));
	program = program_new(&arena, cmp(quotient, OP_LT, i32(-6)));
	sel = program_filter(program, &eval, &column, sel_all(8), rows);
	assert_int_equal(sel.len, 3); /* of 3, 4 and 5; 6 is NULL, 7 divides by zero */
	assert_int_equal(sel.rows[2], 5);
}

static void a_column_alone_is_passed_through(void **state)
{
	(void)state;
	struct column column, result;
	struct slice raw[2] = { SLICE("1"), SLICE("2") };
	struct eval eval = { .arena = &arena };
	column_init(&column, &arena, INT, 2);
	column.raw = raw;
	struct program *program = program_new(&arena, expr_column(&arena, 0, INT));
	program_run(program, &eval, &column, sel_all(2), &result, NULL);
	assert_ptr_equal(result.i32, column.i32);
	assert_ptr_equal(result.raw, raw);
}

static void constants_are_folded_unless_they_fail_or_change(void **state)
{
	(void)state;
	struct value value;
	struct err err = ERR_INIT;
	const struct expr *sum = op(INT, i32(1), OP_ADD, i32(2));
	assert_ok(program_fold(sum, &arena, 0, &value, &err), &err);
	assert_int_equal(value.i32, 3);
	assert_true(expr_is_const(expr_fold(&arena, sum)));
	const struct expr *bad = op(INT, i32(1), OP_DIVIDE, i32(0));
	assert_fails(program_fold(bad, &arena, 0, &value, &err), &err, ERR_EVALUATION, "/ by zero");
	assert_false(expr_is_const(expr_fold(&arena, bad)));
	assert_false(expr_is_const(expr_fold(&arena, cast(catches(bad), STRING))));
	assert_false(expr_is_const(expr_fold(&arena, call("random", NULL, NULL))));
	double number = 2;
	assert_true(num_prefix_double(slice_str(run(call("random", NULL, NULL), NULL)), &number) >
		    0);
	assert_true(number >= 0 && number < 1);
}

static const struct expr *param(uint32_t index, const struct type *type)
{
	struct expr *e = expr_new(&arena, EXPR_PARAM, type, NULL, 0);
	e->column = index;
	return e;
}

static const struct expr *lambda(const struct expr *body)
{
	struct expr *e = NODE(EXPR_LAMBDA, type_lambda(&arena, 1, body->type), body);
	e->column = 1;
	return e;
}

static void lambdas_see_columns_and_outer_parameters(void **state)
{
	(void)state;
	struct column columns[2];
	const struct type *ints = type_array(&arena, INT);
	const struct value items[] = { { .i32 = 1 }, { .i32 = 2 }, { .i32 = 3 } };
	column_fill(&columns[0], &arena, ints, &(struct value){ .nested = { items, 3 } }, 1);
	column_fill(&columns[1], &arena, INT, &(struct value){ .i32 = 100 }, 1);
	const struct expr *array = expr_column(&arena, 0, ints);
	const struct expr *both =
		op(INT, op(INT, param(0, INT), OP_MULTIPLY, i32(10)), OP_ADD, param(1, INT));
	const struct expr *inner = lambda(op(INT, both, OP_ADD, expr_column(&arena, 1, INT)));
	const struct expr *outer = lambda(call("each", array, inner));
	assert_string_equal(run(call("each", array, outer), columns),
			    "[[111, 112, 113], [121, 122, 123], [131, 132, 133]]");
}

static void a_failure_inside_a_lambda_fails_its_row_once(void **state)
{
	(void)state;
	const struct type *ints = type_array(&arena, INT);
	const struct expr *array = NODE(EXPR_ARRAY, ints, i32(0), i32(1), i32(0));
	const struct expr *quotient = op(INT, i32(1), OP_DIVIDE, param(0, INT));
	GIVES(call("each", array, lambda(quotient)), "failed");
	TOLD("/ by zero");
	const struct expr *caught = call("greatest", catches(quotient), i32(7));
	GIVES(call("each", array, lambda(caught)), "[7, 7, 7]");
	TOLD("/ by zero; / by zero");
	GIVES(NODE(EXPR_IS_NULL, BOOLEAN, catches(call("each", array, lambda(quotient)))), "true");
}

static void an_array_larger_than_a_batch_goes_through_a_lambda(void **state)
{
	(void)state;
	enum { N = 2500 };
	struct column column;
	const struct type *ints = type_array(&arena, INT);
	struct value *items = arena_array(&arena, struct value, N);
	for (int i = 0; i < N; i++)
		items[i].i32 = i;
	column_fill(&column, &arena, ints, &(struct value){ .nested = { items, N } }, 1);
	const struct expr *each = call("each", expr_column(&arena, 0, ints),
				       lambda(op(INT, param(0, INT), OP_ADD, i32(1))));
	struct expr *last = NODE(EXPR_SUBSCRIPT, INT, each, i32(-1));
	assert_string_equal(run(last, &column), "2500");
	last = NODE(EXPR_SUBSCRIPT, INT, each, i32(1025));
	assert_string_equal(run(last, &column), "1025");
}

static int set_up(void **state)
{
	(void)state;
	registry_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_fini(&printed);
	buf_fini(&told);
	arena_fini(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_numbers_wrap_as_in_java),
		TEST(division_by_zero_fails_whole_numbers_only),
		TEST(null_in_arithmetic_fails_once),
		TEST(decimals_are_exact_or_fail),
		TEST(comparisons_are_two_valued),
		TEST(numbers_of_all_kinds_compare),
		TEST(dates_compare_with_timestamps),
		TEST(is_distinct_knows_null),
		TEST(a_null_condition_fails_where_it_is_needed),
		TEST(only_the_chosen_branch_of_a_case_is_computed),
		TEST(between_and_in_take_null_for_no),
		TEST(like_matches_patterns),
		TEST(a_text_is_found_wherever_it_stands),
		TEST(a_long_list_of_constants_is_looked_up),
		TEST(a_failure_is_caught_where_the_node_catches),
		TEST(what_failed_already_is_not_entered_again),
		TEST(a_row_that_fails_twice_is_as_null_as_one_that_fails_once),
		TEST(a_null_for_a_primitive_parameter_fails),
		TEST(casts_follow_the_matrix),
		TEST(nested_values_are_cast_part_by_part),
		TEST(subscripts_count_from_one_or_from_the_end),
		TEST(a_field_of_null_is_null),
		TEST(a_filter_keeps_the_rows_that_are_true),
		TEST(a_column_alone_is_passed_through),
		TEST(constants_are_folded_unless_they_fail_or_change),
		TEST(lambdas_see_columns_and_outer_parameters),
		TEST(a_failure_inside_a_lambda_fails_its_row_once),
		TEST(an_array_larger_than_a_batch_goes_through_a_lambda),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
