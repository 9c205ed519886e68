#include "base/json_tree.h"

#include "tests/lib/test.h"

static const struct json_value *parsed(struct arena *arena, const char *text)
{
	struct err err = ERR_INIT;
	const struct json_value *value = NULL;
	assert_ok(json_parse(arena, slice_str(text), JSON_STRICT, &value, &err), &err);
	return value;
}

static void a_tree_has_the_order_of_the_text(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	const struct json_value *v =
		parsed(&arena, "{\"b\": 1, \"a\": [true, {\"x\": null}, \"\\u00e9\"], \"\": 1e9}");
	assert_int_equal(v->len, 3);
	assert_slice(v->first->name, "b");
	assert_slice(v->first->text, "1");
	const struct json_value *a = json_get(v, "a");
	assert_int_equal(a->len, 3);
	assert_true(json_is(json_at(a, 0), JSON_TRUE));
	assert_true(json_is(json_get(json_at(a, 1), "x"), JSON_NULL));
	assert_slice(json_at(a, 2)->text, "\xc3\xa9");
	assert_null(json_at(a, 3));
	assert_slice(json_get(v, "")->text, "1e9");
	assert_null(json_get(v, "c"));
	arena_fini(&arena);
}

static void the_last_of_a_name_counts(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	const struct json_value *v = parsed(&arena, "{\"a\":1,\"a\":2,\"\\u0061\":3}");
	assert_int_equal(v->len, 3);
	assert_slice(json_get(v, "a")->text, "3");
	arena_fini(&arena);
}

static void accessors_accept_what_is_absent(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	const struct json_value *v = parsed(&arena, "[true, 5]");
	assert_null(json_get(v, "a"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_at(NULL, 0));
	assert_true(json_bool_or(json_at(v, 0), false));
	assert_true(json_bool_or(json_at(v, 1), true));
	assert_slice(json_text_or(json_at(v, 1), SLICE("-")), "5");
	assert_slice(json_text_or(json_at(v, 0), SLICE("-")), "-");
	json_each(it, json_at(v, 0)) fail_msg("a scalar has no items: %d", (int)it->kind);
	arena_fini(&arena);
}

static void what_is_needed_and_absent_is_named_with_its_place(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct err err = ERR_INIT;
	const struct json_value *found = NULL, *v = parsed(&arena, "\n {\"a\":\n  \"x\"}");
	assert_ok(json_need(v, "a", JSON_STRING, "the request", &found, &err), &err);
	assert_slice(found->text, "x");
	assert_fails(json_need(v, "b", JSON_STRING, "the request", &found, &err), &err,
		     ERR_NOT_FOUND, "the request has no \"b\"");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 2);
	assert_fails(json_need(v, "a", JSON_NUMBER, "the request", &found, &err), &err, ERR_TYPE,
		     "\"a\" of the request must be a number, and is a string");
	assert_int_equal(err.line, 3);
	assert_int_equal(err.column, 3);
	assert_slice(found->text, "x");
	arena_fini(&arena);
}

static void a_failed_parse_leaves_the_result_alone(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct err err = ERR_INIT;
	const struct json_value *value = NULL;
	assert_fails(json_parse(&arena, SLICE("[1, 2"), JSON_STRICT, &value, &err), &err,
		     ERR_TRUNCATED, "',' or ']'");
	assert_null(value);
	assert_ok(json_parse(&arena, SLICE("[1, /* two */ 2]"), JSON_COMMENTS, &value, &err), &err);
	assert_int_equal(value->len, 2);
	arena_fini(&arena);
}

static void equality_does_not_see_the_order_of_members(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool equal;
	} PAIRS[] = {
		{ "{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", true },
		{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
		{ "{\"a\":1,\"b\":2}", "{\"a\":1}", false },
		{ "{\"a\":1,\"a\":2}", "{\"a\":2}", true },
		{ "{\"a\":1,\"a\":2}", "{\"a\":1}", false },
		{ "[1,2]", "[2,1]", false },
		{ "[1,2]", "[1,2,3]", false },
		{ "1", "1.0", false },
		{ "\"1\"", "1", false },
		{ "\"\\u0061\"", "\"a\"", true },
		{ "null", "null", true },
		{ "true", "false", false },
		{ "{}", "[]", false },
	};
	struct arena arena = { 0 };
	for (size_t i = 0; i < COUNT_OF(PAIRS); i++) {
		const struct json_value *a = parsed(&arena, PAIRS[i].a);
		const struct json_value *b = parsed(&arena, PAIRS[i].b);
		assert_int_equal(json_equal(a, b), PAIRS[i].equal);
		assert_int_equal(json_equal(b, a), PAIRS[i].equal);
	}
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(a_tree_has_the_order_of_the_text), TEST(the_last_of_a_name_counts),
		  TEST(accessors_accept_what_is_absent),
		  TEST(what_is_needed_and_absent_is_named_with_its_place),
		  TEST(a_failed_parse_leaves_the_result_alone),
		  TEST(equality_does_not_see_the_order_of_members));
}
