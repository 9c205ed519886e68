#include "base/text.h"

#include "tests/lib/test.h"

#define CAT "\xF0\x9F\x90\xB1" /* U+1F431: two UTF-16 units */
#define EURO "\xE2\x82\xAC"
#define A_UMLAUT "\xC3\xA4"
#define REPLACED "\xEF\xBF\xBD"

static void valid_utf8_passes_and_the_first_bad_byte_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t valid;
	} cases[] = {
		{ "", 0 },
		{ "plain text that is longer than one word", 39 },
		{ "a" A_UMLAUT EURO CAT "z", 11 },
		{ "\xF4\x8F\xBF\xBF", 4 },
		{ "ab\xC0\x80", 2 },                  /* overlong */
		{ "\xE0\x9F\xBF", 0 },                /* overlong */
		{ "x\xED\xA0\x80", 1 },               /* a surrogate */
		{ "\xF4\x90\x80\x80", 0 },            /* past the last code point */
		{ "12345678\x80", 8 },                /* a continuation first */
		{ "1234567890" EURO "\xE2\x82", 13 }, /* cut */
		{ "\xFF", 0 },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(text_valid_len(slice_str(cases[i].text)), cases[i].valid);
	struct err err;
	assert_ok(text_check(SLICE("a" CAT), "the name", &err), &err);
	assert_fails(text_check(SLICE("ab\xFF"), "the name", &err), &err, ERR_INVALID,
		     "the name is not UTF-8: byte 0xff at 2");
}

static void what_is_no_utf8_is_replaced_as_java_does(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "a\xFFz", "a" REPLACED "z" },
		{ "\xE2\x82z", REPLACED "z" },
		{ "\xE2z", REPLACED "z" },
		{ "\xF0\x9F\x90", REPLACED },
		{ "\xC0\x80", REPLACED REPLACED },
		{ "\xED\xA0\x80z", REPLACED "z" },
		{ "\xF4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED },
		{ A_UMLAUT, A_UMLAUT },
	};
	struct buf buf = BUF_INIT(100);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		buf_reset(&buf);
		text_append_repaired(&buf, slice_str(cases[i][0]));
		assert_slice(buf_slice(&buf), cases[i][1]);
	}
	buf_fini(&buf);
}

static void every_code_point_comes_back_from_its_bytes(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		uint8_t bytes[TEXT_CHARACTER_BYTES_MAX];
		struct slice text = slice_of(bytes, text_put(bytes, c));
		assert_int_equal(text_valid_len(text), text.len);
		assert_int_equal(text_utf16_len(text), c > 0xFFFF ? 2 : 1);
		assert_int_equal(text_count(text), 1);
		assert_int_equal(text_take(&text), c);
		assert_int_equal(text.len, 0);
	}
}

static void lengths_and_cuts_count_utf16_units(void **state)
{
	(void)state;
	struct slice text = SLICE("a" A_UMLAUT CAT "z");
	assert_int_equal(text_utf16_len(text), 5);
	assert_int_equal(text_count(text), 4);
	assert_slice(text_utf16_sub(text, 0, 2), "a" A_UMLAUT);
	assert_slice(text_utf16_sub(text, 1, 3), A_UMLAUT CAT);
	assert_slice(text_utf16_sub(text, 4, 1), "z");
	assert_slice(text_utf16_sub(text, 4, 100), "z");
	assert_slice(text_utf16_sub(text, 5, 1), "");
	assert_slice(text_utf16_sub(text, 99, 1), "");
	assert_slice(text_utf16_sub(text, 1, 2), A_UMLAUT); /* half a cat is left out */
	assert_slice(text_utf16_sub(text, 3, 2), "z");
	assert_slice(text_utf16_sub(text, 3, 1), "");
	assert_slice(text_utf16_sub(text, 2, 1), "");
	assert_slice(text_utf16_sub(text, 0, SIZE_MAX), "a" A_UMLAUT CAT "z");
}

static void upper_and_lower_case_are_those_of_java(void **state)
{
	(void)state;
	static const char *const uppers[][2] = {
		{ "abcXYZ09@[`{", "ABCXYZ09@[`{" },
		{ "stra\xC3\x9F"
		  "e",
		  "STRASSE" },
		{ "\xEF\xAC\x81x", "FIX" }, /* the ligature fi */
		{ "\xC3\xBF", "\xC5\xB8" }, /* y with diaeresis */
		{ "\xCE\xB1\xCF\x82", "\xCE\x91\xCE\xA3" },
		{ CAT, CAT },
	};
	static const char *const lowers[][2] = {
		{ "ABCxyz09@[`{", "abcxyz09@[`{" },
		{ "\xC4\xB0", "i\xCC\x87" },                /* capital I with dot */
		{ "\xCE\x91\xCE\xA3", "\xCE\xB1\xCF\x82" }, /* sigma ends the word */
		{ "\xCE\x91\xCE\xA3 x", "\xCE\xB1\xCF\x82 x" },
		{ "\xCE\x91\xCE\xA3x", "\xCE\xB1\xCF\x83x" },
		{ "\xCE\xA3", "\xCF\x83" },
		{ "\xE1\xBA\x9E", "\xC3\x9F" },
	};
	struct buf buf = BUF_INIT(100);
	for (size_t i = 0; i < COUNT_OF(uppers); i++) {
		buf_reset(&buf);
		text_append_upper(&buf, slice_str(uppers[i][0]));
		assert_slice(buf_slice(&buf), uppers[i][1]);
	}
	for (size_t i = 0; i < COUNT_OF(lowers); i++) {
		buf_reset(&buf);
		text_append_lower(&buf, slice_str(lowers[i][0]));
		assert_slice(buf_slice(&buf), lowers[i][1]);
	}
	buf_fini(&buf);
}

static void a_wide_character_takes_two_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width(SLICE("abc")), 3);
	assert_int_equal(text_width(SLICE("a" CAT)), 3);
	assert_int_equal(text_width(SLICE("a\xCC\x87")), 1); /* a combining dot */
	assert_int_equal(text_width(SLICE("\t")), 0);
	assert_int_equal(text_width(SLICE("")), 0);
}

static void random_bytes_are_repaired_into_valid_text(void **state)
{
	(void)state;
	static const uint8_t firsts[] = {
		'a', 0x80, 0xBF, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFF
	};
	struct rng rng = { rng_seed_from_env() };
	struct buf repaired = BUF_INIT(1000), cased = BUF_INIT(1000);
	for (int i = 0; i < 20000; i++) {
		uint8_t bytes[20];
		size_t len = rng_below(&rng, sizeof(bytes) + 1);
		for (size_t j = 0; j < len; j++)
			bytes[j] = rng_below(&rng, 2) == 0
					   ? firsts[rng_below(&rng, COUNT_OF(firsts))]
					   : (uint8_t)rng_next(&rng);
		struct slice text = slice_of(bytes, len);
		buf_reset(&repaired);
		text_append_repaired(&repaired, text);
		assert_int_equal(text_valid_len(buf_slice(&repaired)), repaired.len);
		if (text_valid_len(text) == len)
			assert_true(slice_eq(text, buf_slice(&repaired)));
		buf_reset(&cased);
		text_append_upper(&cased, text);
		text_append_lower(&cased, text);
		assert_int_equal(text_valid_len(buf_slice(&cased)), cased.len);
		size_t units = text_utf16_len(buf_slice(&repaired));
		size_t cut = rng_below(&rng, units + 1);
		struct slice front = text_utf16_sub(buf_slice(&repaired), 0, cut);
		assert_int_equal(text_valid_len(front), front.len);
		assert_in_range(text_utf16_len(front), cut > 0 ? cut - 1 : 0, cut);
		text_utf16_sub(text, cut, 3);
		text_width(text);
	}
	buf_fini(&repaired);
	buf_fini(&cased);
}

static void characters_are_of_a_class(void **state)
{
	(void)state;
	assert_int_equal(text_class('Q'), TEXT_UPPER);
	assert_int_equal(text_class(0xE4), TEXT_LOWER);
	assert_int_equal(text_class(0x661), TEXT_DIGIT);
	assert_int_equal(text_class('-'), TEXT_OTHER);
	assert_int_equal(text_class(0x1C5), TEXT_OTHER); /* a title case letter */
}

int main(void)
{
	RUN_TESTS(TEST(characters_are_of_a_class),
		  TEST(valid_utf8_passes_and_the_first_bad_byte_is_named),
		  TEST(what_is_no_utf8_is_replaced_as_java_does),
		  TEST(every_code_point_comes_back_from_its_bytes),
		  TEST(lengths_and_cuts_count_utf16_units),
		  TEST(upper_and_lower_case_are_those_of_java),
		  TEST(a_wide_character_takes_two_columns),
		  TEST(random_bytes_are_repaired_into_valid_text));
}
