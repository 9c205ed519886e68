#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

static void a_value_is_taken_out_by_its_path(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "extractjsonfield('{\"a\": {\"b\": \"x\\n\\u00e9\"}}', '$.a.b')", "x\n\xC3\xA9" },
		{ "extractjsonfield('{\"a\": [1, 2.50, {\"c\" : [ ]}]}', '$.a')",
		  "[1,2.50,{\"c\":[]}]" },
		{ "extractjsonfield('{\"a\": [1, 2.50]}', '$.a[1]')", "2.50" },
		{ "extractjsonfield('{\"a\": [1, 2]}', '$.a[2]')", "NULL" },
		{ "extractjsonfield('{\"a\": [1, 2]}', '$.a[-1]')", "NULL" },
		{ "extractjsonfield('{\"a\": [1, 2]}', '$.a.x')", "NULL" },
		{ "extractjsonfield('{\"a b\": 1}', '$[\"a b\"]')", "1" },
		{ "extractjsonfield('{\"a.b\": {\"c\": 1}}', '$[''a.b''].c')", "1" },
		{ "extractjsonfield('{\"a-b\": true}', '$.a-b')", "true" },
		{ "extractjsonfield('{\"a\": null}', '$.a')", "null" },
		{ "extractjsonfield('{\"a\": 1}', '$.b')", "NULL" },
		{ "extractjsonfield('{\"a\": 1}', '$.a.b')", "NULL" },
		{ "extractjsonfield('{\"a\": 1, \"a\": 2}', '$.a')", "2" },
		{ "extractjsonfield('{\"a\": 1}', '$')", "{\"a\":1}" },
		{ "extractjsonfield('[{\"a\": 1e3}]', '$[0].a')", "1E+3" },
		{ "extractjsonfield('{\"a\": 12345678901234567890123}', '$.a')",
		  "12345678901234567890123" },
		{ "extractjsonfield('{\"a\": 1} x', '$.a')", "1" },
		{ "extractjsonfield('', '$.a')", "NULL" },
		{ "extractjsonfield('{\"a\"', '$.a')", "!Invalid JSON format:{\"a\"" },
		{ "extractjsonfield('{}', 'a')", "!Invalid JSON path: 'a'" },
		{ "extractjsonfield('{}', '$.')", "!Invalid JSON path: '$.'" },
		{ "extractjsonfield('{}', '$[')", "!Invalid JSON path" },
		{ "extractjsonfield('{}', '$[\"a]')", "!Invalid JSON path" },
		{ "extractjsonfield('{}', '$a')", "!Invalid JSON path" },
		{ "extractjsonfield(null:STRING, '$.a')", "NULL" },
		{ "extractjsonfield('{}', null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void json_is_told_from_what_is_none(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "is_json_string('[1, 2]')", "true" },
		{ "is_json_string('\"a\"')", "true" },
		{ "is_json_string('null')", "true" },
		{ "is_json_string('abc')", "false" },
		{ "is_json_string('{\"a\":}')", "false" },
		{ "is_json_string('')", "false" },
		{ "is_json_string(' ')", "false" },
		{ "is_json_string(null:STRING)", "false" },
	};
	CASES_HOLD(cases);
}

static void items_are_counted_found_and_listed(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "json_array_length('[1, [2, 3], {}]')", "3" },
		{ "json_array_length('[]')", "0" },
		{ "json_array_length('{}')", "NULL" },
		{ "json_array_length('')", "NULL" },
		{ "json_array_length('[1')", "!Invalid JSON format:[1" },
		{ "json_array_contains('[1, 2]', 2)", "true" },
		{ "json_array_contains('[1, 2]', 2L)", "true" },
		{ "json_array_contains('[1, 2.0]', 2)", "false" },
		{ "json_array_contains('[1, 2.0]', 2.0e0)", "true" },
		{ "json_array_contains('[1, 2]', 2.0e0)", "false" },
		{ "json_array_contains('[\"a\", \"\\u0062\"]', 'b')", "true" },
		{ "json_array_contains('[\"1\"]', 1)", "false" },
		{ "json_array_contains('[true]', true)", "true" },
		{ "json_array_contains('[true]', false)", "false" },
		{ "json_array_contains('[null]', null:STRING)", "true" },
		{ "json_array_contains('[1, null]', null)", "true" },
		{ "json_array_contains('[[2], {\"a\": 2}, 3]', 2)", "false" },
		{ "json_array_contains('{\"a\": 1}', 1)", "false" },
		{ "json_array_contains('[3, 1', 1)", "true" },
		{ "json_array_contains('[3, 1', 2)", "false" },
		{ "json_array_contains('', 2)", "false" },
		{ "json_array_contains(null:STRING, 2)", "!NULL given" },
		{ "json_items('[{\"a\": 1}, \"x\", [ 2 ]]')", "[{\"a\":1}, \"x\", [2]]" },
		{ "json_items('[]')", "[]" },
		{ "json_items('{}')", "!Invalid JSON format:{}" },
		{ "json_items(null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void members_are_listed(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "json_keys('{\"a\": 1, \"b\": {\"c\": 2}, \"a\": 3}')", "[a, b]" },
		{ "json_keys('{}')", "[]" },
		{ "json_keys('[]')", "NULL" },
		{ "json_keys('')", "NULL" },
		{ "json_keys('x')", "!Invalid JSON format:x" },
		{ "json_records('{\"a\": \"x\", \"b\": { \"c\": 2}, \"a\": null, \"\": 1.0}')",
		  "{a=null, b={\"c\":2}, =1.0}" },
		{ "json_records('{}')", "{}" },
		{ "json_records('1')", "NULL" },
	};
	CASES_HOLD(cases);
}

static void json_values_are_joined(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "json_concat('{\"a\": 1}', '{\"b\": 2, \"a\": {\"c\": 3}}')",
		  "{\"a\":{\"c\":3},\"b\":2}" },
		{ "json_concat('{}', '{}')", "{}" },
		{ "json_concat('[1]', '[2, [3]]')", "[1,2,[3]]" },
		{ "json_concat('[]', '[]')", "[]" },
		{ "json_concat('[1]', '{\"a\": 1}', 'null')", "[1,{\"a\":1},null]" },
		{ "json_concat('1e2', '2')", "[100,2]" },
		{ "json_concat(' 7')", "7" },
		{ "json_concat('1', '')", "NULL" },
		{ "json_concat('1', null:STRING)", "NULL" },
		{ "json_concat('1', 'x')", "!Invalid JSON format:x" },
		{ "json_concat()", "!JSON_CONCAT expects at least one" },
	};
	CASES_HOLD(cases);
}

static void any_value_is_written_as_json(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "to_json_string(null:INTEGER)", "null" },
		{ "to_json_string(true)", "true" },
		{ "to_json_string(12)", "12" },
		{ "to_json_string(12.50)", "12.50" },
		{ "to_json_string(1.0e10)", "1.0E10" },
		{ "to_json_string('a\"b')", "\"a\\\"b\"" },
		{ "to_json_string(x'0102')", "\"AQI=\"" },
		{ "to_json_string(date:18628)", "\"2021-01-01\"" },
		{ "to_json_string(time:45296000)", "\"12:34:56\"" },
		{ "to_json_string(timestamp:1609459200123)", "\"2021-01-01T00:00:00.123\"" },
		{ "to_json_string(ARRAY['a', null:STRING])", "[\"a\",null]" },
		{ "to_json_string(STRUCT(B 1, A ARRAY[2]))", "{\"A\":[2],\"B\":1}" },
		{ "to_json_string(MAP('z', 1, 'k', 2))", "{\"k\":2,\"z\":1}" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(a_value_is_taken_out_by_its_path), TEST(json_is_told_from_what_is_none),
		  TEST(items_are_counted_found_and_listed), TEST(members_are_listed),
		  TEST(json_values_are_joined), TEST(any_value_is_written_as_json));
}
