#include "base/json.h"

#include "tests/lib/test.h"

static int walk(struct slice text, unsigned options, struct err *err)
{
	struct json_reader r;
	json_init(&r, text, options);
	while (r.event != JSON_END)
		TRY(json_next(&r, err));
	return 0;
}

static const struct json_case {
	char kind; /* y: must be accepted; n: must be refused; i: either, and ours says which */
	bool accepted;
	struct slice text;
} CASES[] = {
#define Y(literal) { 'y', true, { (const uint8_t *)(literal), sizeof(literal) - 1 } },
#define N(literal) { 'n', false, { (const uint8_t *)(literal), sizeof(literal) - 1 } },
#define I(does, literal) { 'i', does, { (const uint8_t *)(literal), sizeof(literal) - 1 } },
#include "tests/unit/json_cases.def"
#undef Y
#undef N
#undef I
};

static_assert(COUNT_OF(CASES) > 500, "every class of input is there");

static void each_text_is_accepted_or_refused_as_the_rfc_says(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		bool accepted = walk(CASES[i].text, JSON_STRICT, &err) == 0;
		if (accepted == CASES[i].accepted)
			continue;
		print_error("%c case %zu, \"%.*s\": %s\n", CASES[i].kind, i,
			    SLICE_ARGS(CASES[i].text), accepted ? "accepted" : err.text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void skipping_accepts_and_refuses_the_same(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct json_reader r;
		json_init(&r, CASES[i].text, JSON_STRICT);
		bool accepted = json_skip(&r, &err) == 0 && json_next(&r, &err) == 0;
		assert_int_equal(accepted, CASES[i].accepted);
	}
}

/* What precedes the end of an accepted text is refused, but for a number's and white space's. */
static void every_truncation_of_a_container_is_truncated(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct slice text = slice_trim(CASES[i].text);
		if (CASES[i].kind != 'y' || (text.data[0] != '[' && text.data[0] != '{'))
			continue;
		for (size_t len = 0; len < text.len; len++) {
			int code = walk(slice_sub(text, 0, len), JSON_STRICT, &err);
			bool in_utf8 = strstr(err.text, "malformed UTF-8") != NULL;
			if (code != ERR_TRUNCATED && !in_utf8)
				fail_msg("\"%.*s\": %s", (int)len, (const char *)text.data,
					 err.text);
		}
	}
}

static void events_come_in_the_order_of_the_text(void **state)
{
	(void)state;
	static const enum json_event EXPECTED[] = {
		JSON_OBJECT_OPEN,  JSON_KEY,  JSON_ARRAY_OPEN,   JSON_NUMBER, JSON_NUMBER,
		JSON_ARRAY_CLOSE,  JSON_KEY,  JSON_STRING,       JSON_KEY,    JSON_OBJECT_OPEN,
		JSON_OBJECT_CLOSE, JSON_KEY,  JSON_TRUE,         JSON_KEY,    JSON_FALSE,
		JSON_KEY,          JSON_NULL, JSON_OBJECT_CLOSE, JSON_END,    JSON_END,
	};
	struct err err;
	struct json_reader r;
	json_init(&r,
		  SLICE("{\"a\":[1,-2.5e3],\"b\":\"x\\n\",\"c\":{},\"d\":true,\"e\":false,"
			"\"f\":null}"),
		  JSON_STRICT);
	for (size_t i = 0; i < COUNT_OF(EXPECTED); i++) {
		assert_ok(json_next(&r, &err), &err);
		assert_int_equal(r.event, EXPECTED[i]);
		if (i == 3 || i == 4) {
			assert_slice(r.raw, i == 3 ? "1" : "-2.5e3");
			assert_int_equal(r.integer, i == 3);
		}
	}
}

static void numbers_keep_every_digit(void **state)
{
	(void)state;
	struct err err;
	struct json_reader r;
	json_init(&r, SLICE(" 12345678901234567890123456789012345678.90 "), JSON_STRICT);
	assert_ok(json_next(&r, &err), &err);
	assert_slice(r.raw, "12345678901234567890123456789012345678.90");
	assert_int_equal(json_offset(&r), 1);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum err_code whole;
		double number;
	} NUMBERS[] = {
		{ "-9223372036854775808", ERR_OK, -9223372036854775808.0 },
		{ "9223372036854775808", ERR_RANGE, 9223372036854775808.0 },
		{ "1.0", ERR_TYPE, 1 },
		{ "1e2", ERR_TYPE, 100 },
		{ "0.1", ERR_TYPE, 0.1 },
	};
	struct err err = ERR_INIT;
	struct json_reader r;
	int64_t whole = 0;
	double number = 0;
	for (size_t i = 0; i < COUNT_OF(NUMBERS); i++) {
		json_init(&r, slice_str(NUMBERS[i].text), JSON_STRICT);
		assert_ok(json_next(&r, &err), &err);
		assert_int_equal(json_to_i64(&r, &whole, &err), NUMBERS[i].whole);
		assert_ok(json_to_double(&r, &number, &err), &err);
		assert_true(number == NUMBERS[i].number);
	}
	assert_true(whole == INT64_MIN);
	json_init(&r, SLICE("\"1\""), JSON_STRICT);
	assert_ok(json_next(&r, &err), &err);
	assert_fails(json_to_i64(&r, &whole, &err), &err, ERR_TYPE, "found a string");
	assert_fails(json_to_double(&r, &number, &err), &err, ERR_TYPE, "found a string");
}

static void escapes_are_undone(void **state)
{
	(void)state;
	static const struct {
		const char *json, *text;
	} UNESCAPED[] = {
		{ "\"plain\"", "plain" },
		{ "\"\"", "" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac" },
		{ "\"a\\uD83D\\uDE00b\"", "a\xf0\x9f\x98\x80"
					  "b" },
		{ "\"\\uDBFF\\uDFFF\"", "\xf4\x8f\xbf\xbf" },
		{ "\"\\uD800\"", "\xef\xbf\xbd" },
		{ "\"\\uDC00x\"", "\xef\xbf\xbd"
				  "x" },
		{ "\"\\uD800\\uD83D\\uDE00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
		{ "\"\\uD800\\u0041\"", "\xef\xbf\xbd"
					"A" },
		{ "\"\\uD800\\n\"", "\xef\xbf\xbd\n" },
		{ "\"\\uD800u1234\"", "\xef\xbf\xbdu1234" },
	};
	struct err err;
	struct buf scratch = BUF_INIT(1000);
	for (size_t i = 0; i < COUNT_OF(UNESCAPED); i++) {
		struct json_reader r;
		json_init(&r, slice_str(UNESCAPED[i].json), JSON_STRICT);
		assert_ok(json_next(&r, &err), &err);
		assert_slice(json_text(&r, &scratch), UNESCAPED[i].text);
		struct slice text = slice_str(UNESCAPED[i].text);
		assert_true(json_text_is(&r, text));
		assert_false(json_text_is(&r, SLICE("another text")));
		if (text.len > 0)
			assert_false(json_text_is(&r, slice_sub(text, 0, text.len - 1)));
	}
	buf_fini(&scratch);
}

static void an_escaped_nul_is_a_byte_like_others(void **state)
{
	(void)state;
	struct err err;
	struct json_reader r;
	struct buf scratch = BUF_INIT(100);
	json_init(&r, SLICE("\"a\\u0000b\""), JSON_STRICT);
	assert_ok(json_next(&r, &err), &err);
	assert_true(slice_eq(json_text(&r, &scratch), SLICE("a\0b")));
	buf_fini(&scratch);
}

static void a_mistake_has_line_column_and_byte(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_fails(walk(SLICE("{\n  \"\xc3\xa9\xc3\xa9\": tru?\n}"), JSON_STRICT, &err), &err,
		     ERR_SYNTAX, "line 2, column 12 (byte 15): expected true, found '?'");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 12);
	assert_fails(walk(SLICE("[1 2]"), JSON_STRICT, &err), &err, ERR_SYNTAX,
		     "line 1, column 4 (byte 3): expected ',' or ']', found '2'");
	assert_fails(walk(SLICE("{\"a\" \x01"), JSON_STRICT, &err), &err, ERR_SYNTAX,
		     "expected ':', found byte 0x01");
	assert_fails(walk(SLICE("[1,"), JSON_STRICT, &err), &err, ERR_TRUNCATED,
		     "the text ends where a value is expected");
	assert_fails(walk(SLICE("[\"\\q\"]"), JSON_STRICT, &err), &err, ERR_SYNTAX,
		     "expected one of \"\\/bfnrtu after '\\', found 'q'");
}

static void after_a_failure_every_call_fails(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct json_reader r;
	json_init(&r, SLICE("[1, \"\x01\", 2, 3]"), JSON_STRICT);
	while (json_next(&r, &err) == 0)
		assert_int_not_equal(r.event, JSON_END);
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(json_next(&r, &err), 0);
	json_init(&r, SLICE("1 2"), JSON_STRICT);
	assert_ok(json_next(&r, &err), &err);
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(json_next(&r, &err), 0);
}

static int walk_nested(size_t depth, char open, struct err *err)
{
	struct buf text = BUF_INIT(100000);
	for (size_t i = 0; i < depth; i++)
		buf_append_str(&text, open == '[' ? "[" : "{\"a\":");
	buf_append_str(&text, "1");
	for (size_t i = 0; i < depth; i++)
		buf_append_u8(&text, open == '[' ? ']' : '}');
	int code = walk(buf_slice(&text), JSON_STRICT, err);
	buf_fini(&text);
	return code;
}

static void depth_is_bounded(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_ok(walk_nested(JSON_DEPTH_MAX, '[', &err), &err);
	assert_ok(walk_nested(JSON_DEPTH_MAX, '{', &err), &err);
	assert_fails(walk_nested(JSON_DEPTH_MAX + 1, '[', &err), &err, ERR_LIMIT,
		     "nested too deep");
	assert_fails(walk_nested(JSON_DEPTH_MAX + 1, '{', &err), &err, ERR_LIMIT,
		     "nested too deep");
}

static void skip_passes_what_the_last_event_began(void **state)
{
	(void)state;
	struct err err;
	struct json_reader r;
	json_init(&r, SLICE("{\"a\":{\"x\":[1,{}]},\"b\":[1,2],\"c\":3,\"d\":4}"), JSON_STRICT);
	assert_ok(json_expect(&r, JSON_OBJECT_OPEN, "it", &err), &err);
	assert_ok(json_expect(&r, JSON_KEY, "it", &err), &err); /* a, its value skipped */
	assert_ok(json_skip(&r, &err), &err);
	assert_int_equal(r.event, JSON_OBJECT_CLOSE);
	assert_int_equal(r.depth, 1);
	assert_ok(json_expect(&r, JSON_KEY, "it", &err), &err);
	assert_true(json_text_is(&r, SLICE("b")));
	assert_ok(json_expect(&r, JSON_ARRAY_OPEN, "it", &err), &err);
	assert_ok(json_expect(&r, JSON_NUMBER, "it", &err), &err);
	assert_ok(json_skip(&r, &err), &err); /* a scalar is over already */
	assert_slice(r.raw, "1");
	assert_ok(json_next(&r, &err), &err);
	assert_ok(json_expect(&r, JSON_ARRAY_CLOSE, "it", &err), &err);
	assert_ok(json_expect(&r, JSON_KEY, "it", &err), &err);
	assert_ok(json_skip(&r, &err), &err);
	assert_slice(r.raw, "3");
	assert_fails(json_expect(&r, JSON_STRING, "the key", &err), &err, ERR_TYPE,
		     "the key must be a string, and is a member's name");
	assert_int_equal(err.column, 35);
}

static void comments_are_white_space_when_asked_for(void **state)
{
	(void)state;
	static const struct {
		struct slice text;
		bool accepted;
	} COMMENTED[] = {
		{ { (const uint8_t *)"// one\n1", 8 }, true },
		{ { (const uint8_t *)"1 // one", 8 }, true },
		{ { (const uint8_t *)"1//", 3 }, true },
		{ { (const uint8_t *)"[1,/* , */2/**/]", 16 }, true },
		{ { (const uint8_t *)"/***/1", 6 }, true },
		{ { (const uint8_t *)"/* * / */1", 10 }, true },
		{ { (const uint8_t *)"[1/*]", 5 }, false },
		{ { (const uint8_t *)"[1/", 3 }, false },
		{ { (const uint8_t *)"1/*/", 4 }, false },
		{ { (const uint8_t *)"1 / 2", 5 }, false },
		{ { (const uint8_t *)"1 # 2", 5 }, false },
	};
	struct err err = ERR_INIT;
	for (size_t i = 0; i < COUNT_OF(COMMENTED); i++) {
		int code = walk(COMMENTED[i].text, JSON_COMMENTS, &err);
		assert_int_equal(code == 0, COMMENTED[i].accepted);
		if (code == 0 && i < 6)
			assert_int_not_equal(walk(COMMENTED[i].text, JSON_STRICT, &err), 0);
	}
}

static void the_grammar_of_numbers_is_known_alone(void **state)
{
	(void)state;
	assert_true(json_is_number(SLICE("-0.5e+7")));
	assert_false(json_is_number(SLICE("")));
	assert_false(json_is_number(SLICE("1 ")));
	assert_false(json_is_number(SLICE("1e")));
	assert_false(json_is_number(slice_of(NULL, 0)));
}

/* The run of plain bytes is found by eights; a model goes byte by byte. */
static void the_end_of_a_string_is_found_wherever_it_is(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct err err = ERR_INIT;
	static const uint8_t PALETTE[] = {
		' ', '!', '#', 'a', '[', ']', '^', '~', 0x7f, '"', 0x1f
	};
	for (int round = 0; round < 20000; round++) {
		uint8_t text[40];
		size_t len = 2 + (size_t)rng_below(&rng, 38), stop = 1;
		text[0] = '"';
		for (size_t i = 1; i < len; i++)
			text[i] = PALETTE[rng_below(&rng, 100) < 95 ? rng_below(&rng, 9)
								    : rng_below(&rng, 11)];
		while (stop < len && text[stop] != '"' && text[stop] >= 0x20)
			stop++;
		struct json_reader r;
		json_init(&r, slice_of(text, len), JSON_STRICT);
		int code = json_next(&r, &err);
		assert_int_equal(code == 0, stop < len && text[stop] == '"');
		if (code == 0)
			assert_int_equal(r.raw.len, stop - 1);
	}
}

int main(void)
{
	RUN_TESTS(TEST(each_text_is_accepted_or_refused_as_the_rfc_says),
		  TEST(skipping_accepts_and_refuses_the_same),
		  TEST(every_truncation_of_a_container_is_truncated),
		  TEST(events_come_in_the_order_of_the_text), TEST(numbers_keep_every_digit),
		  TEST(numbers_are_read_whole_or_not_at_all), TEST(escapes_are_undone),
		  TEST(an_escaped_nul_is_a_byte_like_others),
		  TEST(a_mistake_has_line_column_and_byte), TEST(after_a_failure_every_call_fails),
		  TEST(depth_is_bounded), TEST(skip_passes_what_the_last_event_began),
		  TEST(comments_are_white_space_when_asked_for),
		  TEST(the_grammar_of_numbers_is_known_alone),
		  TEST(the_end_of_a_string_is_found_wherever_it_is));
}
