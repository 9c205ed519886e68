#include "engine/func.h"
#include "tests/lib/test.h"

#define INT TYPE_OF(TYPE_INT)
#define STRING TYPE_OF(TYPE_STRING)
#define BOOLEAN TYPE_OF(TYPE_BOOLEAN)
#define ROWS 4

static struct arena arena;
static struct func_registry *registry;
static struct buf printed = BUF_INIT(BUF_TEXT_BYTES_MAX);
static struct buf told = BUF_INIT(BUF_TEXT_BYTES_MAX);

/* --- small trees --- */

#define NODE(kind, type, ...)                                                                      \
	expr_new(&arena, (kind), (type), (const struct expr *[]){ __VA_ARGS__ },                   \
		 sizeof((const struct expr *[]){ __VA_ARGS__ }) / sizeof(void *))

static const struct expr *i32(int32_t number)
{
	return expr_const(&arena, INT, (struct value){ .i32 = number });
}

static const struct expr *param(uint32_t index, const struct type *type)
{
	struct expr *e = expr_new(&arena, EXPR_PARAM, type, NULL, 0);
	e->column = index;
	return e;
}

static const struct expr *op(const struct expr *a, enum expr_operator operation,
			     const struct expr *b)
{
	bool number = operation <= OP_MODULO;
	struct expr *e =
		NODE(number ? EXPR_ARITHMETIC : EXPR_COMPARE, number ? INT : BOOLEAN, a, b);
	e->operation = operation;
	return e;
}

static const struct expr *lambda(uint32_t nparams, const struct expr *body)
{
	struct expr *e = NODE(EXPR_LAMBDA, type_lambda(&arena, nparams, body->type), body);
	e->column = nparams;
	return e;
}

static const struct expr *call_of(const char *name, const struct expr **args, uint32_t n)
{
	const struct type *types[4], *params[4], *type;
	struct err err = ERR_INIT;
	const struct func_variant *variant;
	for (uint32_t i = 0; i < n; i++)
		types[i] = args[i]->type;
	assert_ok(func_resolve(registry, &arena, slice_str(name), types, n, &variant, params, &type,
			       &err),
		  &err);
	struct expr *e = expr_new(&arena, EXPR_CALL, type, args, n);
	e->func = variant;
	return e;
}

#define CALL(name, ...)                                                                            \
	call_of((name), (const struct expr *[]){ __VA_ARGS__ },                                    \
		sizeof((const struct expr *[]){ __VA_ARGS__ }) / sizeof(void *))

/* --- columns --- */

static struct value int_value(int32_t number)
{
	return (struct value){ .i32 = number };
}

/* Arrays, the last row NULL: [3, 6], [], [5, NULL], NULL. */
static struct column int_arrays(void)
{
	static const struct value items[] = {
		{ .i32 = 3 }, { .i32 = 6 }, { .i32 = 5 }, { .is_null = true }
	};
	struct column column;
	column_init(&column, &arena, type_array(&arena, INT), ROWS);
	column_set(&column, 0, &(struct value){ .nested = { items, 2 } });
	column_set(&column, 1, &(struct value){ .nested = { NULL, 0 } });
	column_set(&column, 2, &(struct value){ .nested = { items + 2, 2 } });
	column_set_null(&column, 3);
	return column;
}

#define TEXT(literal)                                                                              \
	{                                                                                          \
		.bytes = {(const uint8_t *)(literal), sizeof(literal) - 1 }                        \
	}

/* Maps: {yes=2, no=3, maybe=4}, {}, {a=1, b=NULL}, NULL. */
static struct column maps(void)
{
	static const struct value items[] = {
		TEXT("yes"),  { .i32 = 2 }, TEXT("no"),   { .i32 = 3 }, TEXT("maybe"),
		{ .i32 = 4 }, TEXT("a"),    { .i32 = 1 }, TEXT("b"),    { .is_null = true },
	};
	struct column column;
	column_init(&column, &arena, type_map(&arena, STRING, INT), ROWS);
	column_set(&column, 0, &(struct value){ .nested = { items, 3 } });
	column_set(&column, 1, &(struct value){ .nested = { NULL, 0 } });
	column_set(&column, 2, &(struct value){ .nested = { items + 6, 2 } });
	column_set_null(&column, 3);
	return column;
}

static void tell(void *arg, uint32_t row, const char *expr_text, const char *message)
{
	(void)arg;
	(void)row;
	(void)expr_text;
	buf_reset(&told);
	buf_append_str(&told, message);
}

/* The results of all rows, as "[9, 18] | [] | ! | NULL"; "!" is a row that failed. */
static const char *run(const struct expr *expr, const struct column *columns)
{
	uint8_t failed[BATCH_ROWS_MAX];
	struct column result;
	struct eval eval = { .arena = &arena, .failed = tell };
	buf_reset(&told);
	program_run(program_new(&arena, expr), &eval, columns, sel_all(ROWS), &result, failed);
	buf_reset(&printed);
	for (uint32_t row = 0; row < ROWS; row++) {
		struct value value = column_value(&result, row);
		buf_append_str(&printed, row > 0 ? " | " : "");
		if (failed[row])
			buf_append_u8(&printed, '!');
		else if (value.is_null)
			buf_append_str(&printed, "NULL");
		else
			value_print(expr->type, &value, &printed);
	}
	return buf_str(&printed);
}

static void transform_makes_an_item_of_each_item(void **state)
{
	(void)state;
	struct column column = int_arrays();
	const struct expr *array = expr_column(&arena, 0, column.type);
	const struct expr *item = param(0, INT);
	assert_string_equal(run(CALL("transform", array, lambda(1, op(item, OP_GT, i32(4)))),
				&column),
			    "[false, true] | [] | [true, false] | NULL");
	assert_string_equal(run(CALL("transform", array, lambda(1, op(item, OP_MULTIPLY, i32(3)))),
				&column),
			    "[9, 18] | [] | ! | NULL");
}

static void transform_of_a_map_takes_two_functions(void **state)
{
	(void)state;
	struct column column = maps();
	const struct expr *map = expr_column(&arena, 0, column.type);
	const struct expr *key = lambda(2, CALL("ucase", param(0, STRING)));
	const struct expr *value = lambda(2, op(param(1, INT), OP_ADD, i32(10)));
	assert_string_equal(run(CALL("transform", map, key, value), &column),
			    "{YES=12, NO=13, MAYBE=14} | {} | ! | NULL");
	const struct expr *length =
		lambda(2, CALL("len", CALL("substring", param(0, STRING), i32(1), i32(2))));
	const struct expr *same = lambda(2, param(1, INT));
	assert_string_equal(run(CALL("transform", map, length, same), &column),
			    "! | {} | ! | NULL");
	const struct expr *one = lambda(2, param(0, STRING));
	assert_string_equal(run(CALL("transform", map, one, same), &column),
			    "{yes=2, no=3, maybe=4} | {} | ! | NULL");
	assert_string_equal(buf_str(&told), "A value of the transformed map is NULL");
}

static void two_equal_keys_are_told(void **state)
{
	(void)state;
	static const struct value items[] = { TEXT("a"), { .i32 = 1 }, TEXT("A"), { .i32 = 2 } };
	struct column column = maps();
	const struct expr *map = expr_column(&arena, 0, column.type);
	column_set(&column, 2, &(struct value){ .nested = { items, 2 } });
	const struct expr *key = lambda(2, CALL("ucase", param(0, STRING)));
	assert_string_equal(run(CALL("transform", map, key, lambda(2, param(1, INT))), &column),
			    "{YES=2, NO=3, MAYBE=4} | {} | ! | NULL");
	assert_string_equal(buf_str(&told), "Duplicate key A (attempted merging values 1 and 2)");
}

static void filter_keeps_what_fits(void **state)
{
	(void)state;
	struct column column = int_arrays();
	const struct expr *array = expr_column(&arena, 0, column.type);
	const struct expr *above = lambda(1, op(param(0, INT), OP_GT, i32(4)));
	assert_string_equal(run(CALL("filter", array, above), &column), "[6] | [] | [5] | NULL");
	column = maps();
	const struct expr *map = expr_column(&arena, 0, column.type);
	const struct expr *small = lambda(2, op(param(1, INT), OP_LT, i32(4)));
	assert_string_equal(run(CALL("filter", map, small), &column),
			    "{yes=2, no=3} | {} | {a=1} | NULL");
	const struct expr *all = lambda(2, op(param(0, STRING), OP_EQ, param(0, STRING)));
	assert_string_equal(run(CALL("filter", map, all), &column),
			    "{yes=2, no=3, maybe=4} | {} | ! | NULL");
	assert_string_equal(buf_str(&told), "A value of the filtered map is NULL");
}

static void a_condition_that_is_null_fails_its_row(void **state)
{
	(void)state;
	struct column column = int_arrays();
	const struct expr *array = expr_column(&arena, 0, column.type);
	const struct expr *unknown = lambda(1, expr_null(&arena, BOOLEAN));
	assert_string_equal(run(CALL("filter", array, unknown), &column), "! | [] | ! | NULL");
	assert_string_equal(buf_str(&told), "The condition of FILTER is NULL");
}

static void reduce_carries_a_state(void **state)
{
	(void)state;
	struct column column = int_arrays();
	const struct expr *array = expr_column(&arena, 0, column.type);
	const struct expr *sum = lambda(2, op(param(0, INT), OP_ADD, param(1, INT)));
	assert_string_equal(run(CALL("reduce", array, i32(2), sum), &column), "11 | 2 | ! | 2");
	const struct expr *coalesced =
		lambda(2, op(param(0, INT), OP_ADD, CALL("coalesce", param(1, INT), i32(100))));
	assert_string_equal(run(CALL("reduce", array, i32(2), coalesced), &column),
			    "11 | 2 | 107 | 2");
	assert_string_equal(run(CALL("reduce", array, expr_null(&arena, INT), sum), &column),
			    "NULL | NULL | NULL | NULL");
}

static void reduce_takes_a_map_in_java_order(void **state)
{
	(void)state;
	struct column column = maps();
	const struct expr *map = expr_column(&arena, 0, column.type);
	const struct expr *empty = expr_const(&arena, STRING, (struct value)TEXT("<"));
	const struct expr *joined = lambda(3, CALL("concat", param(0, STRING), param(1, STRING)));
	assert_string_equal(run(CALL("reduce", map, empty, joined), &column),
			    "<nomaybeyes | < | <ab | <");
}

static void a_state_may_become_null_on_the_way(void **state)
{
	(void)state;
	struct column column = int_arrays();
	const struct expr *array = expr_column(&arena, 0, column.type);
	const struct expr *latest = lambda(2, param(1, INT));
	assert_string_equal(run(CALL("reduce", array, i32(7), latest), &column),
			    "6 | 7 | NULL | 7");
}

/* Sums, filters and triples by plain loops beside the engine's, for rows of random lengths. */
static void long_arrays_agree_with_plain_loops(void **state)
{
	(void)state;
	enum { LEN_MAX = 3000 };
	struct rng rng = { rng_seed_from_env() };
	struct column column;
	column_init(&column, &arena, type_array(&arena, INT), ROWS);
	int32_t sums[ROWS] = { 0 }, lens[ROWS];
	for (uint32_t row = 0; row < ROWS; row++) {
		uint32_t len = (uint32_t)rng_below(&rng, LEN_MAX);
		struct value *items = arena_array(&arena, struct value, len);
		lens[row] = 0;
		for (uint32_t i = 0; i < len; i++) {
			items[i] = int_value((int32_t)rng_below(&rng, 100));
			if (items[i].i32 >= 50) {
				sums[row] += items[i].i32 * 3;
				lens[row]++;
			}
		}
		column_set(&column, row, &(struct value){ .nested = { items, len } });
	}
	const struct expr *array = expr_column(&arena, 0, column.type);
	const struct expr *kept =
		CALL("filter", array, lambda(1, op(param(0, INT), OP_GE, i32(50))));
	const struct expr *tripled =
		CALL("transform", kept, lambda(1, op(param(0, INT), OP_MULTIPLY, i32(3))));
	const struct expr *sum = CALL("reduce", tripled, i32(0),
				      lambda(2, op(param(0, INT), OP_ADD, param(1, INT))));
	CLEANUP(buf_fini) struct buf want = BUF_INIT(BUF_TEXT_BYTES_MAX);
	for (uint32_t row = 0; row < ROWS; row++)
		buf_printf(&want, "%s%d", row > 0 ? " | " : "", sums[row]);
	assert_string_equal(run(sum, &column), buf_str(&want));
	buf_reset(&want);
	for (uint32_t row = 0; row < ROWS; row++)
		buf_printf(&want, "%s%d", row > 0 ? " | " : "", lens[row]);
	assert_string_equal(run(CALL("array_length", tripled), &column), buf_str(&want));
}

static int set_up(void **state)
{
	(void)state;
	registry = func_registry_new(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_fini(&arena);
	buf_fini(&printed);
	buf_fini(&told);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(transform_makes_an_item_of_each_item),
		TEST(transform_of_a_map_takes_two_functions),
		TEST(two_equal_keys_are_told),
		TEST(filter_keeps_what_fits),
		TEST(a_condition_that_is_null_fails_its_row),
		TEST(reduce_carries_a_state),
		TEST(reduce_takes_a_map_in_java_order),
		TEST(a_state_may_become_null_on_the_way),
		TEST(long_arrays_agree_with_plain_loops),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
