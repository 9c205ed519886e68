#include "engine/func.h"
#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

static void explode_gives_the_items(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "explode(ARRAY[1, null:INTEGER])", "[1, null]" },
		{ "explode(ARRAY[1.50, 2.25])", "[1.50, 2.25]" },
		{ "explode(slice(ARRAY[1], 5, 6))", "NULL" },
		{ "explode(MAP('a', 1))",
		  "?Function 'explode' does not accept parameters (MAP<STRING, INTEGER>).\n"
		  "Valid alternatives are:\nexplode(ARRAY<DECIMAL> input)\n"
		  "explode(ARRAY<T> list)\n" },
	};
	CASES_HOLD(cases);
}

static void a_cube_has_each_combination_once(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "cube_explode(ARRAY['a', 'b'])", "[[null, null], [null, b], [a, null], [a, b]]" },
		{ "cube_explode(ARRAY[1, null:INTEGER, 3])",
		  "[[null, null, null], [null, null, 3], [1, null, null], [1, null, 3]]" },
		{ "cube_explode(ARRAY[null:INTEGER])", "[[null]]" },
		{ "cube_explode(slice(ARRAY[1], 1, 0))", "[[]]" },
		{ "cube_explode(slice(ARRAY[1], 5, 6))", "NULL" },
		{ "array_length(cube_explode(generate_series(1, 10)))", "1024" },
		{ "cube_explode(generate_series(1, 21))",
		  "!CUBE_EXPLODE takes at most 20 columns" },
	};
	CASES_HOLD(cases);
}

static void the_planner_knows_table_functions_by_their_category(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	const struct func_registry *registry = func_registry_new(&arena);
	uint32_t n = 0;
	for (const struct func_def *def = func_next(registry, NULL); def != NULL;
	     def = func_next(registry, def))
		n += strcmp(def->category, "TABLE") == 0;
	assert_int_equal(n, 2);
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(explode_gives_the_items), TEST(a_cube_has_each_combination_once),
		  TEST(the_planner_knows_table_functions_by_their_category));
}
