#include "tests/lib/tidy.h"

#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A tree in a temporary folder: base/ with one good header and one good source, and a README. */
struct fixture {
	char root[64];
	struct buf report;
};

#define GOOD_HEADER                                                                                \
	"/*\n * a.h - the letter a.\n *\n * It is the first.\n */\n#ifndef A_H\n#define "          \
	"A_H\n#endif\n"
#define GOOD_SOURCE "#include \"base/a.h\"\n\nint a = 'a'; /* the letter */\n"
#define GOOD_README "| file | what |\n|---|---|\n| a.h .c | the letter |\n"

static void put_bytes(const struct fixture *f, const char *path, struct slice bytes)
{
	struct buf full = BUF_INIT(1000);
	buf_printf(&full, "%s/%s", f->root, path);
	for (size_t i = strlen(f->root) + 1; i < full.len; i++) {
		if (full.data[i] != '/')
			continue;
		full.data[i] = '\0';
		(void)mkdir((const char *)full.data, 0755);
		full.data[i] = '/';
	}
	FILE *out = fopen(buf_str(&full), "wbe");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes.data, 1, bytes.len, out), bytes.len);
	assert_int_equal(fclose(out), 0);
	buf_fini(&full);
}

static void put(const struct fixture *f, const char *path, const char *text)
{
	put_bytes(f, path, slice_str(text));
}

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ .root = "/tmp/weir-tidy-XXXXXX", .report = BUF_INIT(1 << 20) };
	if (mkdtemp(f.root) == NULL)
		return -1;
	put(&f, "base/a.h", GOOD_HEADER);
	put(&f, "base/a.c", GOOD_SOURCE);
	put(&f, "base/README.md", GOOD_README);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	static const char *const FILES[] = {
		"base/a.h",
		"base/a.c",
		"base/README.md",
		"base/b.c",
		"base/b.h",
		"wire/b.c",
		"wire/README.md",
		"tests/unit/b.c",
		"tests/unit/b.h",
		"state/b.c",
		"state/README.md",
		"notes.md",
		"tests/unit",
		"tests",
		"base",
		"wire",
		"state",
		"host/b.c",
		"host/README.md",
		"host",
	};
	for (size_t i = 0; i < COUNT_OF(FILES); i++) {
		struct buf path = BUF_INIT(1000);
		buf_printf(&path, "%s/%s", f->root, FILES[i]);
		(void)remove(buf_str(&path));
		buf_fini(&path);
	}
	buf_fini(&f->report);
	return rmdir(f->root);
}

static uint32_t check(struct fixture *f)
{
	uint32_t files;
	buf_reset(&f->report);
	return tidy_check(f->root, false, &f->report, &files);
}

static void a_tidy_tree_has_no_breaches(void **state)
{
	struct fixture *f = *state;
	uint32_t n = check(f);
	assert_slice(buf_slice(&f->report), "");
	assert_int_equal(n, 0);
}

/* One file of the tree made bad, and the one line that is said of it. */
static void each_breach_is_told_with_its_place(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *path, *text, *complaint;
	} BAD[] = {
		{ "base/a.c", "#include \"base/a.h\"\n#include \"wire/b.h\"\n",
		  "base/a.c:2: may include only from: base; not \"wire/b.h\"" },
		{ "base/a.c", "#include \"base/a.h\"\n #  include  \"tests/lib/test.h\"\n",
		  "base/a.c:2: may include only from: base" },
		{ "base/a.c", "#include <stdio.h>\n#include \"base/a.h\"\n",
		  "base/a.c:1: includes \"base/a.h\" first" },
		{ "base/a.h", "#ifndef A_H\n#define A_H\n#endif\n", "base/a.h:1: a header opens" },
		{ "base/a.h", "/* a.h - one line. */\n", "base/a.h:1: a header opens" },
		{ "base/a.h", "\n/*\n * a.h - two.\n * Lines.\n */\n",
		  "base/a.h:1: a header opens" },
		{ "tests/unit/b.h", "#define B\n", "tests/unit/b.h:1: a header opens" },
		{ "base/a.c", "#include \"base/a.h\"\n\nint f(void) { return rand (); }\n",
		  "base/a.c:3: no rand: use" },
		{ "base/a.c", "#include \"base/a.h\"\nvoid *p = malloc(1);\n",
		  "base/a.c:2: no malloc: use" },
		{ "base/a.c",
		  "#include \"base/a.h\"\n/* a */ char *s = \"\\\"\"; int i = atoi(s);\n",
		  "base/a.c:2: no atoi: use" },
		{ "base/a.c", "#include \"base/a.h\"\nlong now = time(NULL);\n",
		  "base/a.c:2: no time: use" },
		{ "base/a.c", "#include \"base/a.h\"\n#include <uv.h>\n",
		  "base/a.c:2: uv.h: only host/ knows libuv" },
		{ "base/a.c", "#include \"base/a.h\"\n#include <rocksdb/c.h>\n",
		  "base/a.c:2: rocksdb/c.h: RocksDB is behind one file" },
		{ "base/a.c", "#include \"base/a.h\"\nstatic _Thread_local int i;\n",
		  "base/a.c:2: _Thread_local" },
		{ "base/a.c",
		  "#define WEIR_ALLOW"
		  "_BANNED\n#include \"base/a.h\"\n",
		  "base/a.c:1: WEIR_ALLOW"
		  "_BANNED" },
		{ "base/a.c",
		  "#include \"base/a.h\"\n\n/* TO"
		  "DO: more */\n",
		  "base/a.c:3: \"TO"
		  "DO\": what is to be done is an issue" },
		{ "base/a.c",
		  "#include \"base/a.h\"\n/* FIX"
		  "ME */\n",
		  "base/a.c:2: \"FIX"
		  "ME\"" },
		{ "base/a.c",
		  "#include \"base/a.h\"\nchar *p = \"/ho"
		  "me/x\";\n",
		  "base/a.c:2: \"/ho"
		  "me/\": a path of one machine" },
		{ "base/a.c", "#include \"base/a.h\"\nint a; \n",
		  "base/a.c:2: white space at the end" },
		{ "base/a.c", "#include \"base/a.h\"\r\n", "base/a.c:1: white space at the end" },
		{ "base/a.c", "#include \"base/a.h\"", "base/a.c:1: no newline at the end" },
		{ "base/README.md", "a.h and a.cc\n", "base/a.c:1: has no line in base/README.md" },
		{ "base/b.c", "int b;\n", "base/b.c:1: has no line in base/README.md" },
		{ "wire/b.c", "int b;\n", "wire/README.md:1: is missing" },
		{ "notes.md",
		  "see /wo"
		  "rk/x\n",
		  "notes.md:1: \"/wo"
		  "rk/\"" },
	};
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		put(f, BAD[i].path, BAD[i].text);
		uint32_t n = check(f);
		if (n != 1 ||
		    !slice_starts_with(buf_slice(&f->report), slice_str(BAD[i].complaint)))
			fail_msg("%zu: wanted one \"%s\", got:\n%s", i, BAD[i].complaint,
				 buf_str(&f->report));
		assert_int_equal(tear_down(state), 0);
		assert_int_equal(set_up(state), 0);
	}
}

static void lengths_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT(1 << 16);
	buf_append_str(&text, "#include \"base/a.h\"\n\t/*");
	for (int i = 0; i < 88; i++)
		buf_append_str(&text, "\xc3\xa9"); /* counts as one column */
	buf_append_str(&text, "*/\n");
	put_bytes(f, "base/a.c", buf_slice(&text));
	assert_int_equal(check(f), 0);

	buf_truncate(&text, text.len - 1);
	buf_append_str(&text, " \t;\n");
	put_bytes(f, "base/a.c", buf_slice(&text));
	assert_int_equal(check(f), 1);
	assert_slice(buf_slice(&f->report),
		     "base/a.c:2: 105 columns; at most 100 (scripts/format --long)\n");

	buf_reset(&text);
	buf_append_str(&text, "#include \"base/a.h\"\n");
	for (int i = 0; i < 800; i++)
		buf_append_str(&text, "int i;\n");
	put_bytes(f, "base/a.c", buf_slice(&text));
	assert_int_equal(check(f), 1);
	assert_slice(buf_slice(&f->report), "base/a.c:801: 801 lines; at most 800\n");
	buf_fini(&text);
}

static void what_only_looks_like_a_breach_is_none(void **state)
{
	struct fixture *f = *state;
	static const char *const GOOD[] = {
		"#include \"base/a.h\"\n/* malloc(3) and // free(p) */\nchar *s = \"rand()\";\n",
		"#include \"base/a.h\"\n// strcpy(a, b)\nchar c = '\"'; char *s = \"atoi(x)\";\n",
		"#include \"base/a.h\"\nvoid f(struct x *x) { x->free(x); x->ops.system(x); }\n",
		"#include \"base/a.h\"\nint my_time(int); int timer(int); int row_time;\n",
		"#include \"base/a.h\"\nint TO"
		"DOS; /* mas"
		"TO"
		"DON */\n",
		"#include \"base/a.h\"\n#include <stdio.h>\n#include \"utf8proc.h\"\n",
		"#include \"base/a.h\"\n/* clang-format off */\nint x;"
		"                                                                                  "
		" "
		"                      int y;\n/* clang-format on */\n",
	};
	for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
		put(f, "base/a.c", GOOD[i]);
		if (check(f) != 0)
			fail_msg("%zu: %s", i, buf_str(&f->report));
	}
}

static void a_draft_is_spared_the_lengths_of_lines(void **state)
{
	struct fixture *f = *state;
	uint32_t files;
	put(f, "base/a.c",
	    "#include \"base/a.h\"\nint this_is_a_rather_long_name_and_there_are_four_of_them, "
	    "so_that_the_line_is_too_long, and_one_more;\n");
	assert_int_equal(check(f), 1);
	assert_int_equal(tidy_check(f->root, true, &f->report, &files), 0);
	put(f, "base/a.c", "#include \"base/a.h\"\n#include \"wire/b.h\"\n");
	assert_int_equal(tidy_check(f->root, true, &f->report, &files), 1);
}

static void exceptions_are_where_the_tables_say(void **state)
{
	struct fixture *f = *state;
	put(f, "tests/unit/b.c", "#include \"wire/b.h\"\nvoid *p = malloc(1);\n");
	put(f, "tests/unit/b.h", "/* One line is enough here. */\n");
	put(f, "host/b.c", "#include <uv.h>\n");
	put(f, "host/README.md", "b.*\n");
	if (check(f) != 0)
		fail_msg("%s", buf_str(&f->report));
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(TREE_TEST(a_tidy_tree_has_no_breaches),
		  TREE_TEST(each_breach_is_told_with_its_place), TREE_TEST(lengths_are_bounded),
		  TREE_TEST(what_only_looks_like_a_breach_is_none),
		  TREE_TEST(a_draft_is_spared_the_lengths_of_lines),
		  TREE_TEST(exceptions_are_where_the_tables_say));
}
