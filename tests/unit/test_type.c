#include "engine/type.h"
#include "tests/lib/test.h"

static struct arena arena;

static const struct type *person(void)
{
	static const struct type_field fields[] = {
		{ { (const uint8_t *)"A", 1 }, TYPE_OF(TYPE_INT) },
		{ { (const uint8_t *)"b`c", 3 }, TYPE_OF(TYPE_STRING) },
	};
	return type_struct(&arena, fields, COUNT_OF(fields));
}

static void types_print_as_the_reference_does(void **state)
{
	(void)state;
	const struct type *string = TYPE_OF(TYPE_STRING);
	assert_string_equal(type_text(&arena, TYPE_OF(TYPE_INT)), "INTEGER");
	assert_string_equal(type_text(&arena, TYPE_OF(TYPE_TIMESTAMP)), "TIMESTAMP");
	assert_string_equal(type_text(&arena, type_decimal(&arena, 4, 2)), "DECIMAL(4, 2)");
	assert_string_equal(type_text(&arena, type_array(&arena, TYPE_OF(TYPE_INT))),
			    "ARRAY<INTEGER>");
	assert_string_equal(type_text(&arena, type_map(&arena, string, TYPE_OF(TYPE_BIGINT))),
			    "MAP<STRING, BIGINT>");
	assert_string_equal(type_text(&arena, person()), "STRUCT<`A` INTEGER, `b``c` STRING>");
	assert_string_equal(type_text(&arena, type_struct(&arena, NULL, 0)), "STRUCT< >");
}

static void types_are_equal_by_structure(void **state)
{
	(void)state;
	const struct type *a = type_array(&arena, person());
	assert_true(type_eq(a, type_copy(&arena, a)));
	assert_false(type_eq(a, person()));
	assert_false(type_eq(type_decimal(&arena, 4, 2), type_decimal(&arena, 4, 1)));
	assert_true(type_contains(a, TYPE_STRING));
	assert_false(type_contains(a, TYPE_MAP));
}

static void a_copy_shares_nothing_with_its_origin(void **state)
{
	(void)state;
	struct arena other = { 0 };
	const struct type *copy = type_copy(&other, person());
	assert_ptr_not_equal(copy->fields[1].name.data, person()->fields[1].name.data);
	assert_ptr_equal(copy->fields[0].type, TYPE_OF(TYPE_INT));
	assert_non_null(type_field_find(copy, SLICE("b`c")));
	assert_null(type_field_find(copy, SLICE("B`C")));
	arena_fini(&other);
}

static void the_widest_number_holds_both(void **state)
{
	(void)state;
	const struct type *decimal = type_decimal(&arena, 4, 2);
	const struct type *integer = TYPE_OF(TYPE_INT), *bigint = TYPE_OF(TYPE_BIGINT);
	assert_ptr_equal(type_widest_number(&arena, integer, bigint), bigint);
	assert_ptr_equal(type_widest_number(&arena, integer, integer), integer);
	assert_int_equal(type_widest_number(&arena, decimal, TYPE_OF(TYPE_DOUBLE))->kind,
			 TYPE_DOUBLE);
	const struct type *both = type_widest_number(&arena, decimal, integer);
	assert_int_equal(both->precision, 12);
	assert_int_equal(both->scale, 2);
	assert_null(type_widest_number(&arena, integer, TYPE_OF(TYPE_STRING)));
}

static int tear_down(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(types_print_as_the_reference_does),
		TEST(types_are_equal_by_structure),
		TEST(a_copy_shares_nothing_with_its_origin),
		TEST(the_widest_number_holds_both),
	};
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
