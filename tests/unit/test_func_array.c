#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

/* An array that is NULL: there is no such slice. */
#define NO_ARRAY "slice(ARRAY[1], 5, 6)"

static void arrays_are_asked(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "array_length(ARRAY[1, 2, null:INTEGER])", "3" },
		{ "array_length(slice(ARRAY[1], 1, 0))", "0" },
		{ "array_length(" NO_ARRAY ")", "NULL" },
		{ "array_contains(ARRAY['a', 'b'], 'b')", "true" },
		{ "array_contains(ARRAY['a', 'b'], 'c')", "false" },
		{ "array_contains(ARRAY['a', null:STRING], null:STRING)", "true" },
		{ "array_contains(ARRAY['a'], null:STRING)", "false" },
		{ "array_contains(" NO_ARRAY ", 1)", "false" },
		{ "array_contains(ARRAY[1L], 1)", "true" },
		{ "array_contains(ARRAY[ARRAY[1], ARRAY[2, 3]], ARRAY[2, 3])", "true" },
		{ "array_contains(ARRAY[1], 'a')", "?Function 'ARRAY_CONTAINS' does not accept" },
	};
	CASES_HOLD(cases);
}

static void arrays_are_joined(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "array_concat(ARRAY[1, 1], ARRAY[2, 1])", "[1, 1, 2, 1]" },
		{ "array_concat(" NO_ARRAY ", ARRAY[2])", "[2]" },
		{ "array_concat(ARRAY[2], " NO_ARRAY ")", "[2]" },
		{ "array_concat(" NO_ARRAY ", " NO_ARRAY ")", "NULL" },
		{ "array_join(ARRAY[1, null:INTEGER, 3])", "1,null,3" },
		{ "array_join(ARRAY[true, false], ' or ')", "true or false" },
		{ "array_join(ARRAY[1.50, 2.00], '')", "1.502.00" },
		{ "array_join(ARRAY[0.0000001, 0.0000000])", "1E-7,0E-7" },
		{ "array_join(ARRAY['a', 'b'], null:STRING)", "ab" },
		{ "array_join(" NO_ARRAY ", '-')", "NULL" },
		{ "array_join(slice(ARRAY[1], 1, 0))", "" },
		{ "array_join(ARRAY[date:1])",
		  "!error: hit element of type java.sql.Date which is currently not supported" },
		{ "array_join(ARRAY[ARRAY[1]])",
		  "!error: hit element of type java.util.ArrayList" },
	};
	CASES_HOLD(cases);
}

static void arrays_are_sets_in_the_order_of_first_sight(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "array_distinct(ARRAY[3, 1, 3, null:INTEGER, 1, null:INTEGER])", "[3, 1, null]" },
		{ "array_distinct(ARRAY[MAP('a', 1, 'b', 2), MAP('b', 2, 'a', 1)])",
		  "[{a=1, b=2}]" },
		{ "array_distinct(" NO_ARRAY ")", "NULL" },
		{ "array_union(ARRAY['b', 'a', 'b'], ARRAY['c', 'a'])", "[b, a, c]" },
		{ "array_union(ARRAY[1], " NO_ARRAY ")", "NULL" },
		{ "array_union(slice(ARRAY[1], 1, 0), ARRAY[2, 2])", "[2]" },
		{ "array_except(ARRAY[0, 0, 1, 0, -1], ARRAY[1, -2])", "[0, -1]" },
		{ "array_except(ARRAY[1, null:INTEGER], ARRAY[null:INTEGER])", "[1]" },
		{ "array_except(" NO_ARRAY ", ARRAY[1])", "NULL" },
		{ "array_intersect(ARRAY[0, 2, 1, 0, -1], ARRAY[1, -2, 0])", "[0, 1]" },
		{ "array_intersect(ARRAY[1], ARRAY[2])", "[]" },
		{ "array_intersect(ARRAY[1], " NO_ARRAY ")", "NULL" },
		{ "array_remove(ARRAY['a', 'b', 'a'], 'a')", "[b]" },
		{ "array_remove(ARRAY['a', null:STRING], null:STRING)", "[a]" },
		{ "array_remove(" NO_ARRAY ", 1)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void items_have_an_order(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "array_max(ARRAY[1, null:INTEGER, 5, 2])", "5" },
		{ "array_min(ARRAY['foo', 'Food', null:STRING])", "Food" },
		{ "array_max(ARRAY[false, true])", "true" },
		{ "array_min(ARRAY[1.5, -0.5])", "-0.5" },
		{ "array_max(ARRAY[null:INTEGER])", "NULL" },
		{ "array_max(slice(ARRAY[1], 1, 0))", "NULL" },
		{ "array_max(" NO_ARRAY ")", "NULL" },
		{ "array_max(ARRAY[MAP('a', 1), MAP('b', 1)])",
		  "!Items of type MAP have no order" },
		{ "array_sort(ARRAY[3, null:INTEGER, 1, 2])", "[1, 2, 3, null]" },
		{ "array_sort(ARRAY[3, null:INTEGER, 1, 2], 'desc')", "[3, 2, 1, null]" },
		{ "array_sort(ARRAY['b', 'B', 'a'], 'Ascending')", "[B, a, b]" },
		{ "array_sort(ARRAY[1, 2], 'DESCENDING')", "[2, 1]" },
		{ "array_sort(ARRAY[1, 2], 'up')", "NULL" },
		{ "array_sort(" NO_ARRAY ")", "NULL" },
		{ "array_sort(ARRAY[STRUCT(A 1), STRUCT(A 2)])", "!Items of type STRUCT" },
	};
	CASES_HOLD(cases);
}

static void slices_count_from_one_and_include_their_end(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "slice(ARRAY['a', 'b', 'c', 'd'], 2, 3)", "[b, c]" },
		{ "slice(ARRAY['a', 'b', 'c'], null:INTEGER, 2)", "[a, b]" },
		{ "slice(ARRAY['a', 'b', 'c'], 2, null:INTEGER)", "[b, c]" },
		{ "slice(ARRAY['a', 'b'], 3, 2)", "[]" },
		{ "slice(ARRAY['a', 'b'], 1, 3)", "NULL" },
		{ "slice(ARRAY['a', 'b'], 0, 1)", "NULL" },
		{ "slice(ARRAY['a', 'b'], 2, 0)", "!fromIndex(1) > toIndex(0)" },
		{ "slice(ARRAY['a'], -2147483647, 2147483647)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void series_step_towards_their_end(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "generate_series(0, 3)", "[0, 1, 2, 3]" },
		{ "generate_series(3, 1)", "[3, 2, 1]" },
		{ "generate_series(2, 2)", "[2]" },
		{ "generate_series(-2, 1, 2)", "[-2, 0]" },
		{ "generate_series(9, 0, -3)", "[9, 6, 3, 0]" },
		{ "generate_series(5L, 7)", "[5, 6, 7]" },
		{ "generate_series(9223372036854775806L, 9223372036854775807L)",
		  "[9223372036854775806, 9223372036854775807]" },
		{ "generate_series(1, 3, 0)", "!GENERATE_SERIES step cannot be zero" },
		{ "generate_series(1, 3, -1)", "!GENERATE_SERIES step has wrong sign" },
		{ "generate_series(3, 1, 1)", "!GENERATE_SERIES step has wrong sign" },
		{ "generate_series(null:INTEGER, 3)", "!NULL given for parameter 1" },
		{ "generate_series(-9223372036854775808L, 9223372036854775807L, 1)",
		  "!The results of a function take more than" },
		{ "generate_series(-2147483648, 2147483647, 2147483647)",
		  "[-2147483648, -1, 2147483646]" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(arrays_are_asked), TEST(arrays_are_joined),
		  TEST(arrays_are_sets_in_the_order_of_first_sight), TEST(items_have_an_order),
		  TEST(slices_count_from_one_and_include_their_end),
		  TEST(series_step_towards_their_end));
}
