#include "base/json_writer.h"

#include "tests/lib/test.h"

#include <math.h>

static void commas_and_colons_come_by_themselves(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(1000);
	struct json_writer w;
	json_writer_init(&w, &buf, JSON_COMPACT);
	json_open_object(&w);
	json_member_str(&w, "a", "x");
	json_member_int64(&w, "b", INT64_MIN);
	json_member_bool(&w, "c", true);
	json_key(&w, SLICE("d"));
	json_open_array(&w);
	json_null(&w);
	json_open_array(&w);
	json_close(&w);
	json_open_object(&w);
	json_close(&w);
	json_number(&w, SLICE("1.50"));
	json_raw(&w, SLICE("[1]"));
	json_close(&w);
	json_close(&w);
	assert_slice(buf_slice(&buf), "{\"a\":\"x\",\"b\":-9223372036854775808,\"c\":true,"
				      "\"d\":[null,[],{},1.50,[1]]}");
	buf_fini(&buf);
}

static void pretty_puts_one_item_on_a_line(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(1000);
	struct json_writer w;
	json_writer_init(&w, &buf, JSON_PRETTY);
	json_open_object(&w);
	json_member_str(&w, "a", "x");
	json_key(&w, SLICE("b"));
	json_open_array(&w);
	json_int64(&w, 1);
	json_int64(&w, 2);
	json_close(&w);
	json_key(&w, SLICE("c"));
	json_open_object(&w);
	json_close(&w);
	json_close(&w);
	assert_slice(buf_slice(&buf), "{\n  \"a\": \"x\",\n  \"b\": [\n    1,\n    2\n  ],\n"
				      "  \"c\": {}\n}");
	buf_fini(&buf);
}

static void escapes_are_those_of_jackson(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(10000);
	json_quote(&buf, SLICE("a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\xe2\x80\xa8"));
	assert_slice(buf_slice(&buf), "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\xc3\xa9"
				      "\xe2\x80\xa8\"");
	buf_reset(&buf);
	json_quote(&buf, SLICE("\0"));
	assert_slice(buf_slice(&buf), "\"\\u0000\"");
	buf_reset(&buf);
	json_quote(&buf, slice_of(NULL, 0));
	assert_slice(buf_slice(&buf), "\"\"");
	buf_fini(&buf);
}

/* Escapes are looked for by eights; a model goes byte by byte. */
static void what_needs_an_escape_is_found_wherever_it_is(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct buf fast = BUF_INIT(1000), plain = BUF_INIT(1000);
	for (int round = 0; round < 20000; round++) {
		static const uint8_t ODD[] = {
			'"', '\\', '\n', 0x01, 0x1f, 0x20, 0x7f, 0x80, 0xff
		};
		uint8_t text[40];
		size_t len = (size_t)rng_below(&rng, sizeof(text) + 1);
		for (size_t i = 0; i < len; i++)
			text[i] = rng_below(&rng, 8) == 0
					  ? ODD[rng_below(&rng, sizeof(ODD))]
					  : (uint8_t)('!' + 14 * rng_below(&rng, 4));
		buf_reset(&fast);
		buf_reset(&plain);
		json_quote(&fast, slice_of(text, len));
		buf_append_u8(&plain, '"');
		for (size_t i = 0; i < len; i++) {
			if (text[i] == '\n')
				buf_append_str(&plain, "\\n");
			else if (text[i] == '"' || text[i] == '\\')
				buf_printf(&plain, "\\%c", text[i]);
			else if (text[i] < 0x20)
				buf_printf(&plain, "\\u%04X", text[i]);
			else
				buf_append_u8(&plain, text[i]);
		}
		buf_append_u8(&plain, '"');
		assert_true(slice_eq(buf_slice(&fast), buf_slice(&plain)));
	}
	buf_fini(&fast);
	buf_fini(&plain);
}

static void doubles_are_printed_as_java_does(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(1000);
	struct json_writer w;
	json_writer_init(&w, &buf, JSON_COMPACT);
	json_open_array(&w);
	json_double(&w, 1);
	json_double(&w, 1e22);
	json_double(&w, -0.001);
	json_double(&w, (double)NAN);
	json_double(&w, -(double)INFINITY);
	json_close(&w);
	assert_slice(buf_slice(&buf), "[1.0,1.0E22,-0.001,\"NaN\",\"-Infinity\"]");
	buf_fini(&buf);
}

static void past_the_ceiling_output_is_dropped_and_told(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct buf buf = BUF_INIT(8);
	struct json_writer w;
	json_writer_init(&w, &buf, JSON_COMPACT);
	json_string(&w, SLICE("far too long"));
	assert_fails(buf_check(&buf, "the answer", &err), &err, ERR_LIMIT, "the answer");
	assert_true(buf.len <= 8);
	buf_fini(&buf);
}

static void random_text(struct rng *rng, struct buf *buf)
{
	static const char *const PARTS[] = { "a",          "\\",   "\"",       "\n",
					     "\x01",       "/",    "\xc3\xa9", "\xf0\x9f\x98\x80",
					     "plain text", "\x1f", "u0041" };
	for (uint64_t n = rng_below(rng, 6); n > 0; n--)
		buf_append_str(buf, PARTS[rng_below(rng, COUNT_OF(PARTS))]);
}

static void random_value(struct rng *rng, struct json_writer *w, int depth)
{
	struct buf text = BUF_INIT(1000);
	uint64_t kind = rng_below(rng, depth > 4 ? 5 : 7), n = rng_below(rng, 5);
	random_text(rng, &text);
	switch (kind) {
	case 0:
		json_null(w);
		break;
	case 1:
		json_bool(w, n > 2);
		break;
	case 2:
		json_int64(w, (int64_t)rng_next(rng));
		break;
	case 3:
		json_number(w, SLICE("-0.10E-400"));
		break;
	case 4:
		json_string(w, buf_slice(&text));
		break;
	default:
		if (kind == 5)
			json_open_array(w);
		else
			json_open_object(w);
		for (; n > 0; n--) {
			if (kind == 6)
				json_key(w, buf_slice(&text));
			random_value(rng, w, depth + 1);
		}
		json_close(w);
	}
	buf_fini(&text);
}

/* What is written is read back, and writing what was read gives the same bytes, in both styles. */
static void what_is_written_is_what_is_read(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct err err = ERR_INIT;
	struct buf first = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
	struct arena arena = { 0 };
	for (int round = 0; round < 2000; round++) {
		enum json_style style = round % 2 == 0 ? JSON_COMPACT : JSON_PRETTY;
		struct json_writer w;
		buf_reset(&first);
		buf_reset(&again);
		json_writer_init(&w, &first, style);
		random_value(&rng, &w, 0);
		const struct json_value *tree = NULL;
		assert_ok(json_parse(&arena, buf_slice(&first), JSON_STRICT, &tree, &err), &err);
		json_writer_init(&w, &again, style);
		json_write(&w, tree);
		assert_true(slice_eq(buf_slice(&first), buf_slice(&again)));
		assert_true(json_equal(tree, tree));
		arena_reset(&arena);
	}
	arena_fini(&arena);
	buf_fini(&first);
	buf_fini(&again);
}

int main(void)
{
	RUN_TESTS(TEST(commas_and_colons_come_by_themselves), TEST(pretty_puts_one_item_on_a_line),
		  TEST(escapes_are_those_of_jackson),
		  TEST(what_needs_an_escape_is_found_wherever_it_is),
		  TEST(doubles_are_printed_as_java_does),
		  TEST(past_the_ceiling_output_is_dropped_and_told),
		  TEST(what_is_written_is_what_is_read));
}
