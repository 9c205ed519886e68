#include "engine/schema.h"
#include "tests/lib/test.h"

static const struct schema *orders(struct arena *arena)
{
	const struct schema_column columns[] = {
		{ SLICE("K"), TYPE_OF(TYPE_STRING), COLUMN_KEY, { 0 } },
		{ SLICE("V"), TYPE_OF(TYPE_INT), COLUMN_VALUE, { 0 } },
		{ SLICE("H"), TYPE_OF(TYPE_BYTES), COLUMN_HEADER, SLICE("trace") },
	};
	return schema_new(arena, columns, COUNT_OF(columns));
}

static void a_schema_prints_its_columns_in_order(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	schema_print(orders(&arena), &text);
	assert_slice(buf_slice(&text), "`K` STRING KEY, `V` INTEGER, `H` BYTES HEADER('trace')");
	arena_fini(&arena);
}

static void columns_are_found_by_exact_name(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	const struct schema *schema = orders(&arena);
	assert_int_equal(schema->nkeys, 1);
	assert_int_equal(schema_find(schema, SLICE("V")), 1);
	assert_int_equal(schema_find(schema, SLICE("v")), -1);
	arena_fini(&arena);
}

static void a_copy_is_equal_and_outlives_its_origin(void **state)
{
	(void)state;
	struct arena first = { 0 }, second = { 0 }, third = { 0 };
	const struct schema *copy = schema_copy(&second, orders(&first));
	arena_fini(&first);
	assert_true(schema_eq(copy, orders(&third)));
	assert_int_equal(schema_find(copy, SLICE("H")), 2);
	arena_fini(&second);
	arena_fini(&third);
}

int main(void)
{
	RUN_TESTS(TEST(a_schema_prints_its_columns_in_order), TEST(columns_are_found_by_exact_name),
		  TEST(a_copy_is_equal_and_outlives_its_origin));
}
