#include "engine/column.h"
#include "tests/lib/test.h"

static void values_come_back_from_a_column_of_any_kind(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	const struct value item = { .i32 = 9 };
	const struct {
		const struct type *type;
		struct value value;
	} cases[] = {
		{ TYPE_OF(TYPE_BOOLEAN), { .boolean = true } },
		{ TYPE_OF(TYPE_INT), { .i32 = -7 } },
		{ TYPE_OF(TYPE_BIGINT), { .i64 = INT64_MIN } },
		{ TYPE_OF(TYPE_DOUBLE), { .f64 = 0.1 } },
		{ type_decimal(&arena, 38, 0), { .decimal = DECIMAL_UNSCALED_MAX } },
		{ TYPE_OF(TYPE_STRING), { .bytes = SLICE("text") } },
		{ TYPE_OF(TYPE_DATE), { .i32 = 1 } },
		{ TYPE_OF(TYPE_TIMESTAMP), { .i64 = 1 } },
		{ type_array(&arena, TYPE_OF(TYPE_INT)), { .nested = { &item, 1 } } },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct column column, other;
		column_init(&column, &arena, cases[i].type, 3);
		column_init(&other, &arena, cases[i].type, 3);
		column_set(&column, 1, &cases[i].value);
		column_copy_row(&other, 2, &column, 1);
		column_copy_row(&other, 1, &column, 0);
		struct value back = column_value(&other, 2);
		assert_true(value_eq(cases[i].type, &back, &cases[i].value));
		assert_true(column_is_null(&other, 1));
		assert_true(column_value(&other, 1).is_null);
	}
	arena_fini(&arena);
}

static void a_filled_column_has_one_value_in_each_row(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct column column;
	column_fill(&column, &arena, TYPE_OF(TYPE_INT), &(struct value){ .i32 = 3 }, 1000);
	assert_null(column.valid);
	assert_int_equal(column.i32[999], 3);
	column_fill(&column, &arena, TYPE_OF(TYPE_INT), &VALUE_NULL, 5);
	assert_true(column_is_null(&column, 4));
	arena_fini(&arena);
}

static void a_selection_is_walked_in_order(void **state)
{
	(void)state;
	const uint16_t rows[] = { 2, 3, 9 };
	uint32_t sum = 0, count = 0;
	SEL_EACH(i, ((struct sel){ rows, 3 }))
	sum = sum * 10 + i;
	assert_int_equal(sum, 239);
	SEL_EACH(i, sel_all(4))
	count += i + 1;
	assert_int_equal(count, 10);
	SEL_EACH(i, ((struct sel){ rows, 0 }))
	fail_msg("row %u of none", i);
}

int main(void)
{
	RUN_TESTS(TEST(values_come_back_from_a_column_of_any_kind),
		  TEST(a_filled_column_has_one_value_in_each_row),
		  TEST(a_selection_is_walked_in_order));
}
