#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

static void texts_are_joined_without_their_nulls(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "concat('a', null:STRING, 'b')", "ab" },
		{ "concat(null:STRING)", "" },
		{ "concat('x')", "x" },
		{ "concat(x'01', null:BYTES, x'0203')", "AQID" },
		{ "concat('a', 1)",
		  "?Function 'concat' does not accept parameters (STRING, INTEGER)." },
		{ "concat_ws('-', 'a', null:STRING, 'b')", "a-b" },
		{ "concat_ws('-', null:STRING)", "" },
		{ "concat_ws(null:STRING, 'a', 'b')", "NULL" },
		{ "concat_ws('-')", "!Function Concat_WS expects at least two input arguments." },
		{ "concat_ws(x'00', x'01', x'02')", "AQAC" },
	};
	CASES_HOLD(cases);
}

static void lengths_count_as_java_does(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "len('')", "0" },
		{ "len('h\xC3\xA9!')", "3" },
		{ "len('\xF0\x9F\x98\x80')", "2" },
		{ "len(x'0102')", "2" },
		{ "len(null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void case_and_white_space_are_changed(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "lcase('AbC \xC3\x89')", "abc \xC3\xA9" },
		{ "ucase('stra\xC3\x9F"
		  "e')",
		  "STRASSE" },
		{ "trim(' \t\n a b \r ')", "a b" },
		{ "trim('   ')", "" },
		{ "initcap('  the   qUICK br0wn')", "The   Quick Br0wn" },
		{ "initcap('\xC3\xA9t\xC3\x89 x')", "\xC3\x89t\xC3\xA9 X" },
		{ "initcap('')", "" },
		{ "initcap(null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void a_piece_is_cut_out_by_position(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "substring('stream', 3)", "ream" },
		{ "substring('stream', 0)", "stream" },
		{ "substring('stream', -3)", "eam" },
		{ "substring('stream', -30)", "stream" },
		{ "substring('stream', 30)", "" },
		{ "substring('stream', 2, 3)", "tre" },
		{ "substring('stream', -3, 2)", "ea" },
		{ "substring('stream', 2, -1)", "" },
		{ "substring('stream', 2, 2147483647)", "tream" },
		{ "substring('stream', null)", "NULL" },
		{ "substring('stream', 2, null)", "NULL" },
		{ "substring('a\xF0\x9F\x98\x80"
		  "b', 4)",
		  "b" },
		{ "substring(x'010203', 2)", "AgM=" },
		{ "substring(x'010203', -1, 5)", "Aw==" },
	};
	CASES_HOLD(cases);
}

static void a_text_is_found_in_another(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "instr('banana', 'an')", "2" },
		{ "instr('banana', 'an', 3)", "4" },
		{ "instr('banana', 'an', 1, 2)", "4" },
		{ "instr('banana', 'an', 1, 3)", "0" },
		{ "instr('banana', 'an', -1)", "4" },
		{ "instr('banana', 'an', -3)", "2" },
		{ "instr('banana', 'a', -1, 2)", "4" },
		{ "instr('banana', 'a', -1)", "6" },
		{ "instr('banana', 'x')", "0" },
		{ "instr('banana', 'b', 7)", "0" },
		{ "instr('banana', 'a', 0)", "0" },
		{ "instr('\xC3\xA9\xC3\xA9x', 'x')", "3" },
		{ "instr(null:STRING, 'a')", "0" },
		{ "instr('a', null:STRING)", "0" },
		{ "instr('a', 'a', null:INTEGER)", "!NULL given for parameter 3 of instr" },
	};
	CASES_HOLD(cases);
}

static void pieces_are_replaced_literally(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "replace('a.b.c', '.', '--')", "a--b--c" },
		{ "replace('aaa', 'aa', 'b')", "ba" },
		{ "replace('abc', '', '-')", "-a-b-c-" },
		{ "replace('abc', 'x', 'y')", "abc" },
		{ "replace('abc', null:STRING, 'y')", "NULL" },
	};
	CASES_HOLD(cases);
}

static void texts_are_padded_to_a_length(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "lpad('ab', 5, 'xy')", "xyxab" },
		{ "rpad('ab', 5, 'xy')", "abxyx" },
		{ "lpad('abc', 2, 'x')", "ab" },
		{ "rpad('abc', 0, 'x')", "" },
		{ "lpad('abc', -1, 'x')", "NULL" },
		{ "lpad('abc', 5, '')", "NULL" },
		{ "lpad('abc', 5, null:STRING)", "NULL" },
		{ "lpad('', 3, 'ab')", "aba" },
		{ "lpad(x'01', 3, x'0203')", "AgMB" },
		{ "rpad(x'0102', 1, x'00')", "AQ==" },
		{ "lpad('a', 2147483647, 'x')", "!The result is longer than 16777216 bytes" },
	};
	CASES_HOLD(cases);
}

static void one_of_several_is_chosen(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "elt(2, 'a', 'b')", "b" },
		{ "elt(2, 'a', null:STRING)", "NULL" },
		{ "elt(0, 'a')", "NULL" },
		{ "elt(3, 'a', 'b')", "NULL" },
		{ "elt(null:INTEGER, 'a')", "!NULL given" },
		{ "field('b', 'a', 'b', 'b')", "2" },
		{ "field('x', 'a', null:STRING)", "0" },
		{ "field(null:STRING, 'a', null:STRING)", "0" },
	};
	CASES_HOLD(cases);
}

static void nulls_are_replaced_and_made(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "coalesce(null:INTEGER, 2, 3)", "2" },
		{ "coalesce(null:STRING, null:STRING)", "NULL" },
		{ "coalesce()", "?Function 'COALESCE' does not accept parameters ()." },
		{ "ifnull(null:STRING, 'x')", "x" },
		{ "ifnull('a', 'x')", "a" },
		{ "nullif(1, 1)", "NULL" },
		{ "nullif(1, 2)", "1" },
		{ "nullif(1, null:INTEGER)", "1" },
		{ "nullif(null:INTEGER, 1)", "NULL" },
		{ "nullif(ARRAY[1, 2], ARRAY[1, 2])", "NULL" },
		{ "as_value(5L)", "5" },
		{ "as_value(null:BIGINT)", "NULL" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(texts_are_joined_without_their_nulls), TEST(lengths_count_as_java_does),
		  TEST(case_and_white_space_are_changed), TEST(a_piece_is_cut_out_by_position),
		  TEST(a_text_is_found_in_another), TEST(pieces_are_replaced_literally),
		  TEST(texts_are_padded_to_a_length), TEST(one_of_several_is_chosen),
		  TEST(nulls_are_replaced_and_made));
}
