#include "base/properties.h"

#include "tests/lib/test.h"

/* All pairs of a text as "line:key=value;", which is easy to compare. */
static int pairs(struct slice text, struct buf *out, struct err *err)
{
	struct properties p;
	bool more = true;
	int code = 0;
	properties_init(&p, text);
	while (code == 0 && more) {
		code = properties_next(&p, &more, err);
		if (code == 0 && more)
			buf_printf(out, "%d:%.*s=%.*s;", p.key_line, SLICE_ARGS(buf_slice(&p.key)),
				   SLICE_ARGS(buf_slice(&p.value)));
	}
	properties_fini(&p);
	return code;
}

static void texts_are_read_as_java_reads_them(void **state)
{
	(void)state;
	static const struct {
		const char *text, *pairs;
	} TEXTS[] = {
		{ "", "" },
		{ "\n\n  \t\f\n", "" },
		{ "# one\n! two\n  # three", "" },
		{ "a=b", "1:a=b;" },
		{ "a = b ", "1:a=b ;" },
		{ "a:b\nc d\ne", "1:a=b;2:c=d;3:e=;" },
		{ "a\t:\t b", "1:a=b;" },
		{ "a==b", "1:a==b;" },
		{ "a = = b", "1:a== b;" },
		{ "a b=c", "1:a=b=c;" },
		{ "=v", "1:=v;" },
		{ ":", "1:=;" },
		{ "a=b\rc=d\r\ne=f\n\rg=h", "1:a=b;2:c=d;3:e=f;5:g=h;" },
		{ "a=b\\\n   c\\\r\n\td", "1:a=bcd;" },
		{ "a=b\\\\\nc", "1:a=b\\;2:c=;" },
		{ "a=b\\\\\\\nc", "1:a=b\\c;" },
		{ "a=1\\\n# no comment", "1:a=1# no comment;" },
		{ "# comment \\\na=1", "2:a=1;" },
		{ "a=1\\\n\nb=2", "1:a=1;3:b=2;" },
		{ "\\\n\nb=2", "3:b=2;" },
		{ "\\\n  a=1", "2:a=1;" },
		{ "a=b\\", "1:a=b;" },
		{ "\\", "" },
		{ "a\\ b=c", "1:a b=c;" },
		{ "a\\=b\\:c=d", "1:a=b:c=d;" },
		{ "a\\\\=b", "1:a\\=b;" },
		{ "\\#a=b", "1:#a=b;" },
		{ "a=\\ b", "1:a= b;" },
		{ "a=\\t\\n\\r\\f\\z\\\"\\b", "1:a=\t\n\r\fz\"b;" },
		{ "a=\\u0041\\u00e9\\u20AC", "1:a=A\xc3\xa9\xe2\x82\xac;" },
		{ "\\u0061\\u003d=x", "1:a==x;" },
		{ "a=\\ud83d\\ude00!", "1:a=\xf0\x9f\x98\x80!;" },
		{ "a=\\ud83dx", "1:a=\xef\xbf\xbdx;" },
		{ "a=\\ude00\\ud83d", "1:a=\xef\xbf\xbd\xef\xbf\xbd;" },
		{ "a=\\\\u0041", "1:a=\\u0041;" },
		{ "\xc3\xa9=\xe2\x82\xac", "1:\xc3\xa9=\xe2\x82\xac;" },
		{ "a=#x", "1:a=#x;" },
		{ "a #x", "1:a=#x;" },
		{ "truth = Beauty\n", "1:truth=Beauty;" },
		{ "fruits  apple, banana, \\\n        pear", "1:fruits=apple, banana, pear;" },
	};
	for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
		struct err err = ERR_INIT;
		struct buf out = BUF_INIT(10000);
		assert_ok(pairs(slice_str(TEXTS[i].text), &out, &err), &err);
		assert_slice(buf_slice(&out), TEXTS[i].pairs);
		buf_fini(&out);
	}
}

static void what_is_malformed_has_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
		int line;
	} WRONG[] = {
		{ "a=\\u00", "four hexadecimal digits", 1 },
		{ "ok=1\n\na=\\u00g0", "four hexadecimal digits", 3 },
		{ "\\u=1", "four hexadecimal digits", 1 },
		{ "a=1\nb=\xff", "malformed UTF-8", 2 },
		{ "\xc3=1", "malformed UTF-8", 1 },
	};
	for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
		struct err err = ERR_INIT;
		struct buf out = BUF_INIT(1000);
		assert_fails(pairs(slice_str(WRONG[i].text), &out, &err), &err, ERR_SYNTAX,
			     WRONG[i].words);
		assert_int_equal(err.line, WRONG[i].line);
		buf_fini(&out);
	}
}

static void an_endless_line_is_refused(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT(PROPERTIES_LINE_MAX * 2), out = BUF_INIT(1000);
	for (size_t i = 0; i < PROPERTIES_LINE_MAX / 10 + 100; i++)
		buf_append_str(&text, "0123456789\\\n");
	assert_fails(pairs(buf_slice(&text), &out, &err), &err, ERR_LIMIT, "longer than");
	buf_fini(&text);
	buf_fini(&out);
}

int main(void)
{
	RUN_TESTS(TEST(texts_are_read_as_java_reads_them), TEST(what_is_malformed_has_its_line),
		  TEST(an_endless_line_is_refused));
}
