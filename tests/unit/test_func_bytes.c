#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

static void texts_are_written_in_another_encoding(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "encode('Kafka!', 'ascii', 'hex')", "4b61666b6121" },
		{ "encode('4b61', 'hex', 'utf8')", "Ka" },
		{ "encode('0x4b61', 'hex', 'ascii')", "Ka" },
		{ "encode('0xa41', 'hex', 'ascii')", "\nA" },
		{ "encode('X''4B61''', 'hex', 'base64')", "S2E=" },
		{ "encode('\xC3\xA9', 'ascii', 'utf8')", "?" },
		{ "encode('\xC3\xA9', 'utf8', 'ascii')", "\xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "encode('S2E=', 'BASE64', 'Hex')", "4b61" },
		{ "encode('S 2\nE', 'base64', 'ascii')", "Ka" },
		{ "encode('-_8=', 'base64', 'hex')", "fbff" },
		{ "encode('ff', 'hex', 'utf8')", "\xEF\xBF\xBD" },
		{ "encode('4b6', 'hex', 'utf8')", "!" },
		{ "encode('a', 'utf8', 'utf8')", "!Supported input and output encodings are:" },
		{ "encode('a', 'utf8', 'latin1')", "!Supported input and output encodings are:" },
		{ "encode('a', null:STRING, 'hex')", "NULL" },
	};
	CASES_HOLD(cases);
}

static void texts_become_bytes_and_bytes_texts(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "to_bytes('1aB2', 'hex')", "GrI=" },
		{ "to_bytes('1aB', 'hex')", "!" },
		{ "to_bytes('\xC3\xA9', 'utf8')", "w6k=" },
		{ "to_bytes('\xC3\xA9', 'ascii')", "Pw==" },
		{ "to_bytes('S2E=', 'base64')", "S2E=" },
		{ "to_bytes('S2E*\n=', 'base64')", "S2E=" },
		{ "to_bytes('S2EkA', 'base64')", "!Last unit does not have enough valid bits" },
		{ "to_bytes('a', 'utf16')", "!Unknown encoding type 'utf16'." },
		{ "from_bytes(x'1ab2', 'hex')", "1AB2" },
		{ "from_bytes(x'4b61', 'utf8')", "Ka" },
		{ "from_bytes(x'80', 'ascii')", "\xEF\xBF\xBD" },
		{ "from_bytes(x'4b61', 'base64')", "S2E=" },
		{ "from_bytes(null:BYTES, 'base64')", "NULL" },
		{ "from_bytes(rpad(x'00', 58, x'00'), 'base64')",
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
		  "AA==" },
	};
	CASES_HOLD(cases);
}

static void digests_and_identifiers_are_in_small_digits(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "md5('')", "d41d8cd98f00b204e9800998ecf8427e" },
		{ "md5('abc')", "900150983cd24fb0d6963f7d28e17f72" },
		{ "md5(null:STRING)", "NULL" },
		{ "uuid(x'000102030405060708090a0b0c0d0eff')",
		  "00010203-0405-0607-0809-0a0b0c0d0eff" },
		{ "uuid(x'0001')", "NULL" },
		{ "uuid(null:BYTES)", "NULL" },
		{ "len(uuid())", "36" },
		{ "substring(uuid(), 15, 1)", "4" },
	};
	CASES_HOLD(cases);
}

static void characters_come_from_codes(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "chr(75)", "K" },
		{ "chr(128512)", "\xF0\x9F\x98\x80" },
		{ "chr(-1)", "NULL" },
		{ "chr(1114112)", "NULL" },
		{ "chr(55296)", "?" },
		{ "chr('\\u004b')", "K" },
		{ "chr('\\ud83d\\ude00')", "\xF0\x9F\x98\x80" },
		{ "chr('\\u004bx\\n\\101\\q')", "Kx\nAq" },
		{ "chr('75')", "NULL" },
		{ "chr('004b')", "NULL" },
		{ "chr('\\u00zz')", "!Unable to parse unicode value" },
	};
	CASES_HOLD(cases);
}

static void what_is_between_delimiters_becomes_an_array(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "split('a.b..c', '.')", "[a, b, , c]" },
		{ "split('.a.', '.')", "[, a, ]" },
		{ "split('', '.')", "[]" },
		{ "split('abc', '')", "[a, b, c]" },
		{ "split('a\xC3\xA9', '')", "[a, \xC3\xA9]" },
		{ "split(x'012E02', x'2E')", "[AQ==, Ag==]" },
		{ "split(x'0102', x'')", "[AQ==, Ag==]" },
		{ "split('a', null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void entries_become_a_map(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "split_to_map('a:1/b:2', '/', ':')", "{a=1, b=2}" },
		{ "split_to_map('a:1//b:2/a:3/', '/', ':')", "{a=3, b=2}" },
		{ "split_to_map('a:1:2/b', '/', ':')", "{a=1}" },
		{ "split_to_map(':1/b:', '/', ':')", "{=1, b=}" },
		{ "split_to_map('', '/', ':')", "{}" },
		{ "split_to_map('a', '', ':')", "NULL" },
		{ "split_to_map('a', '/', '/')", "NULL" },
		{ "split_to_map('a', null:STRING, ':')", "NULL" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(texts_are_written_in_another_encoding),
		  TEST(texts_become_bytes_and_bytes_texts),
		  TEST(digests_and_identifiers_are_in_small_digits),
		  TEST(characters_come_from_codes),
		  TEST(what_is_between_delimiters_becomes_an_array), TEST(entries_become_a_map));
}
