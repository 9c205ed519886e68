#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

/* A map and an array that are NULL. */
#define NO_ARRAY "slice(ARRAY['a'], 5, 6)"
#define NO_MAP "as_map(" NO_ARRAY ", ARRAY[1])"

static void keys_and_values_become_a_map(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "as_map(ARRAY['a', 'b'], ARRAY[1, 2])", "{a=1, b=2}" },
		{ "as_map(ARRAY['a', 'b'], ARRAY[1])", "{a=1, b=null}" },
		{ "as_map(ARRAY['a'], ARRAY[1, 2])", "{a=1}" },
		{ "as_map(ARRAY['a', 'b', 'a'], ARRAY[1, 2, 3])", "{a=3, b=2}" },
		{ "as_map(" NO_ARRAY ", ARRAY[1])", "NULL" },
		{ "as_map(ARRAY['a'], " NO_ARRAY ")", "NULL" },
	};
	CASES_HOLD(cases);
}

static void the_second_map_wins_in_a_union(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "map_union(MAP('a', 1, 'b', 2), MAP('b', 3, 'c', 4))", "{a=1, b=3, c=4}" },
		{ "map_union(MAP('a', 1), " NO_MAP ")", "{a=1}" },
		{ "map_union(" NO_MAP ", MAP('a', 1))", "{a=1}" },
		{ "map_union(" NO_MAP ", " NO_MAP ")", "NULL" },
		{ "map_union(MAP('a', 1, 'b', 1), MAP('a', 2, 'b', 2))", "{a=2, b=2}" },
	};
	CASES_HOLD(cases);
}

/* By the lower bits of the keys' hashes; in one bucket, in order of insertion. */
static void entries_are_walked_in_java_order(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "map_keys(MAP('yes, thanks', 1, 'nope', 2, 'sure, yeah', 3))",
		  "[yes, thanks, sure, yeah, nope]" },
		{ "map_values(MAP('yes, thanks', 1, 'nope', 2, 'sure, yeah', 3))", "[1, 3, 2]" },
		{ "map_keys(MAP('foo', 1, 'baz', 1, 'bar', 1))", "[baz, bar, foo]" },
		{ "map_keys(MAP('d', 4, 'c', 3, 'b', 2, 'a', 1))", "[a, b, c, d]" },
		{ "map_keys(MAP('\xF0\x9F\x98\x80', 4, 'd', 3))", "[\xF0\x9F\x98\x80, d]" },
		{ "map_keys(" NO_MAP ")", "NULL" },
		{ "map_values(" NO_MAP ")", "NULL" },
		{ "map_values(MAP('a', null:INTEGER))", "[null]" },
	};
	CASES_HOLD(cases);
}

static void entries_are_structs(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "entries(MAP('foo', 1, 'bar', 2, 'baz', 3), true)",
		  "[Struct{K=bar,V=2}, Struct{K=baz,V=3}, Struct{K=foo,V=1}]" },
		{ "entries(MAP('foo', 'x', 'baz', 'y', 'bar', 'z'), false)",
		  "[Struct{K=baz,V=y}, Struct{K=bar,V=z}, Struct{K=foo,V=x}]" },
		{ "entries(" NO_MAP ", true)", "NULL" },
		{ "entries(MAP('a', 1), null:BOOLEAN)", "!NULL given for parameter 2" },
		{ "entries(MAP('a', ARRAY[1]), true)", "?Function 'ENTRIES' does not accept" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(keys_and_values_become_a_map), TEST(the_second_map_wins_in_a_union),
		  TEST(entries_are_walked_in_java_order), TEST(entries_are_structs));
}
