#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

static void the_parts_of_a_url_are_found(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "url_extract_protocol('https://me@weir.io:8080/a/b?c=d#e')", "https" },
		{ "url_extract_host('https://me@weir.io:8080/a/b?c=d#e')", "weir.io" },
		{ "url_extract_port('https://me@weir.io:8080/a/b?c=d#e')", "8080" },
		{ "url_extract_path('https://me@weir.io:8080/a/b?c=d#e')", "/a/b" },
		{ "url_extract_query('https://me@weir.io:8080/a/b?c=d#e')", "c=d" },
		{ "url_extract_fragment('https://me@weir.io:8080/a/b?c=d#e')", "e" },
		{ "url_extract_host('http://[::1]:9000/')", "[::1]" },
		{ "url_extract_host('http://10.0.0.1')", "10.0.0.1" },
		{ "url_extract_host('http://a_b/')", "NULL" },
		{ "url_extract_host('http://1.2.3')", "NULL" },
		{ "url_extract_path('http://weir.io')", "" },
		{ "url_extract_path('mailto:me@weir.io')", "NULL" },
		{ "url_extract_protocol('mailto:me@weir.io')", "mailto" },
		{ "url_extract_protocol('weir.io')", "NULL" },
		{ "url_extract_path('weir.io/a')", "weir.io/a" },
		{ "url_extract_host('//weir.io/a')", "weir.io" },
		{ "url_extract_port('http://weir.io')", "NULL" },
		{ "url_extract_port('http://weir.io:')", "NULL" },
		{ "url_extract_query('http://weir.io/#a?b')", "NULL" },
		{ "url_extract_query('http://weir.io?')", "" },
		{ "url_extract_fragment('http://weir.io')", "NULL" },
		{ "url_extract_path('http://weir.io/%C3%A9%41')", "/\xC3\xA9"
								  "A" },
		{ "url_extract_path('file:///a')", "/a" },
		{ "url_extract_path(null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void what_is_no_url_fails_its_row(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "url_extract_path('http://a b')", "!URL input has invalid syntax: http://a b" },
		{ "url_extract_path('')", "!URL input has invalid syntax" },
		{ "url_extract_path('http://')", "!URL input" },
		{ "url_extract_path('1http://a')", "!URL input" },
		{ "url_extract_path('http:')", "!URL input" },
		{ "url_extract_path('/a%2')", "!URL input" },
		{ "url_extract_path('/a%zz')", "!URL input" },
		{ "url_extract_path('/a^b')", "!URL input" },
		{ "url_extract_path('/a\xE2\x80\xA8')", "!URL input" },
		{ "url_extract_host('http://[zz]')", "!URL input" },
	};
	CASES_HOLD(cases);
}

static void parameters_are_found_by_name(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "url_extract_parameter('http://w.io?a=1&b=2%203&c', 'b')", "2 3" },
		{ "url_extract_parameter('http://w.io?a=1&b=2&c', 'c')", "" },
		{ "url_extract_parameter('http://w.io?a=1=2', 'a')", "1=2" },
		{ "url_extract_parameter('http://w.io?a=', 'a')", "" },
		{ "url_extract_parameter('http://w.io?a=1', 'x')", "NULL" },
		{ "url_extract_parameter('http://w.io', 'x')", "NULL" },
		{ "url_extract_parameter('http://w.io?a=1', null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

static void parameters_are_encoded_and_decoded(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "url_encode_param('?a b&\xC3\xA9-_.*~')", "%3Fa+b%26%C3%A9-_.*%7E" },
		{ "url_decode_param('%3Fa+b%26%C3%A9')", "?a b&\xC3\xA9" },
		{ "url_decode_param(url_encode_param('a=b+c d'))", "a=b+c d" },
		{ "url_decode_param('%ff')", "\xEF\xBF\xBD" },
		{ "url_decode_param('%4')", "!URLDecoder: Illegal hex characters" },
		{ "url_decode_param(null:STRING)", "NULL" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(the_parts_of_a_url_are_found), TEST(what_is_no_url_fails_its_row),
		  TEST(parameters_are_found_by_name), TEST(parameters_are_encoded_and_decoded));
}
