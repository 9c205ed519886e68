#include "engine/regex.h"
#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

static void the_first_match_or_a_group_of_it_is_extracted(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "regexp_extract('b.', 'abcbd')", "bc" },
		{ "regexp_extract('(\\w+) (\\w+)', 'ab cd', 2)", "cd" },
		{ "regexp_extract('(\\w+)', 'ab', 2)", "NULL" },
		{ "regexp_extract('x', 'ab')", "NULL" },
		{ "regexp_extract('(x)|b', 'ab', 1)", "NULL" },
		{ "regexp_extract('b', 'ab', -1)", "!No group -1" },
		{ "regexp_extract('(', 'ab')", "!Invalid regular expression pattern: (" },
		{ "regexp_extract('a', null:STRING)", "NULL" },
		{ "regexp_extract(null:STRING, 'a')", "NULL" },
		{ "regexp_extract('a', 'a', null)", "NULL" },
		{ "regexp_extract('', '')", "" },
	};
	CASES_HOLD(cases);
}

static void all_matches_are_extracted(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "regexp_extract_all('b.', 'abcbd')", "[bc, bd]" },
		{ "regexp_extract_all('(.)\\d', 'a1b2', 1)", "[a, b]" },
		{ "regexp_extract_all('x', 'ab')", "[]" },
		{ "regexp_extract_all('x*', 'axb')", "[, x, , ]" },
		{ "regexp_extract_all('(x)|b', 'xb', 1)", "[x, null]" },
		{ "regexp_extract_all('x', 'ab', 1)", "NULL" },
		{ "regexp_extract_all('', 'a\xC3\xA9')", "[, , ]" },
		{ "regexp_extract_all('[', 'ab')", "!Invalid regular expression pattern: [" },
	};
	CASES_HOLD(cases);
}

static void matches_are_replaced(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "regexp_replace('a1b22', '\\d+', '#')", "a#b#" },
		{ "regexp_replace('ab', '(a)(b)', '$2$1')", "ba" },
		{ "regexp_replace('ab', '(a)(b)', '$23')", "b3" },
		{ "regexp_replace('ab', '(?<x>a)', '<${x}>')", "<a>b" },
		{ "regexp_replace('a', 'a', '\\$1')", "$1" },
		{ "regexp_replace('axb', 'x*', '-')", "-a--b-" },
		{ "regexp_replace('ab', '(x)?a', '[$1]')", "[]b" },
		{ "regexp_replace('ab', 'a', '$1')", "!No group 1" },
		{ "regexp_replace('ab', 'a', '$')", "!Illegal group reference" },
		{ "regexp_replace('ab', 'a', '${y}')", "!No group with name {y}" },
		{ "regexp_replace('ab', 'x', '$')", "ab" },
		{ "regexp_replace('ab', 'a', '\\')", "!character to be escaped is missing" },
		{ "regexp_replace('ab', '*', 'x')", "!Invalid regular expression pattern: *" },
		{ "regexp_replace('ab', null:STRING, 'x')", "NULL" },
	};
	CASES_HOLD(cases);
}

static void texts_are_split_at_matches(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "regexp_split_to_array('a1b22c', '\\d+')", "[a, b, c]" },
		{ "regexp_split_to_array('1a1', '\\d')", "[, a, ]" },
		{ "regexp_split_to_array('abc', '')", "[a, b, c]" },
		{ "regexp_split_to_array('a-b', '-*')", "[a, , b]" },
		{ "regexp_split_to_array('abcb', '(?=b)')", "[a, bc, b]" },
		{ "regexp_split_to_array('', 'x')", "[]" },
		{ "regexp_split_to_array('abc', 'x')", "[abc]" },
		{ "regexp_split_to_array('abc', '(')", "!Invalid regular expression pattern: (" },
	};
	CASES_HOLD(cases);
}

static void what_only_java_writes_is_understood(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "regexp_extract('\\u0062+', 'abbc')", "bb" },
		{ "regexp_extract('\\ud83d\\ude00', 'x\xF0\x9F\x98\x80')", "\xF0\x9F\x98\x80" },
		{ "regexp_extract('\\0101', 'xA')", "A" },
		{ "regexp_extract('\\p{Lower}+', 'ABcd')", "cd" },
		{ "regexp_extract('[\\p{Upper}_]+', 'a_B')", "_B" },
		{ "regexp_extract('\\P{Alpha}', 'a-')", "-" },
		{ "regexp_extract('\\p{IsLatin}+', '12ab')", "ab" },
		{ "regexp_extract('\\p{javaUpperCase}', 'a\xC3\x89')", "\xC3\x89" },
		{ "regexp_extract('\\pL+', '1a2')", "a" },
		{ "regexp_extract('[a-z&&[^aeiou]]+', 'aebcd')", "bcd" },
		{ "regexp_extract('[a-c[x-z]]+', 'wxaby')", "xaby" },
		{ "regexp_extract('[^a-c[x-z]]+', 'xa12b')", "12" },
		{ "regexp_extract('[a-z&&b-d&&[cd]]+', 'abcde')", "cd" },
		{ "regexp_extract('[]a]+', 'x]a')", "]a" },
		{ "regexp_extract('[\\]\\[]+', 'x][y')", "][" },
		{ "regexp_extract('\\Qa.b[\\E', 'aXb[a.b[')", "a.b[" },
		{ "regexp_extract('(?iu)AB', 'xab')", "ab" },
		{ "regexp_extract('(?i:A)B', 'aB')", "aB" },
		{ "regexp_extract('a(?=b)(?<=a)b++', 'xabb')", "abb" },
		{ "regexp_extract('\\d+', '\xD9\xA1\x31')", "1" },
		{ "regexp_extract('a.b', 'a\nb')", "NULL" },
		{ "regexp_extract('(?s)a.b', 'a\nb')", "a\nb" },
	};
	CASES_HOLD(cases);
}

static void what_java_does_not_know_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "(*LIMIT_MATCH=1)a",
					   "(?R)",
					   "a(?1)",
					   "(?P<x>a)",
					   "(?C1)a",
					   "(?|a)",
					   "\\y",
					   "\\ux",
					   "\\08",
					   "\\p{Nix}",
					   "[a",
					   "[",
					   "[a[b]",
					   "\\",
					   "(?q)a",
					   "\\p{Lower" };
	struct regex regex;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct err err = ERR_INIT;
		assert_int_equal(regex_init(&regex, slice_str(bad[i]), &err), ERR_SYNTAX);
	}
}

static void classes_nest_only_so_deep(void **state)
{
	(void)state;
	struct regex regex;
	struct err err = ERR_INIT;
	uint8_t text[200];
	memset(text, '[', sizeof(text));
	assert_fails(regex_init(&regex, slice_of(text, sizeof(text)), &err), &err, ERR_SYNTAX,
		     "Classes nest too deep");
}

static void a_pattern_that_would_take_for_ever_fails_its_row(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "regexp_extract('(x+x+)+y', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxzy')",
		  "!The pattern takes too long to match" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(the_first_match_or_a_group_of_it_is_extracted),
		  TEST(all_matches_are_extracted), TEST(matches_are_replaced),
		  TEST(texts_are_split_at_matches), TEST(what_only_java_writes_is_understood),
		  TEST(what_java_does_not_know_is_refused), TEST(classes_nest_only_so_deep),
		  TEST(a_pattern_that_would_take_for_ever_fails_its_row));
}
