/*
 * The parser over cases from elsewhere: folders of JSON files in the form of ksqlDB's query tests,
 * named in WEIR_KSQL_CASES (with `:` between them). Statements that should work are parsed, printed
 * and parsed again; those that should be refused for their syntax are to be, with the text
 * expected. Without the variable there is nothing to do.
 */
#include "tests/lib/test.h"

#include "base/json_tree.h"
#include "base/mem.h"
#include "sql/ast_print.h"
#include "sql/parse.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

struct count {
	size_t files, statements, refused, wrong;
};

static bool read_file(const char *path, struct buf *buf)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return false;
	for (size_t n = 1; n > 0;) {
		uint8_t *to = buf_reserve(buf, 65536);
		assert_non_null(to);
		n = fread(to, 1, 65536, file);
		buf_advance(buf, n);
	}
	fclose(file);
	return true;
}

/* Statements name their format by a mark. */
static void append_statement(struct buf *buf, struct slice text)
{
	static const struct {
		struct slice mark, value;
	} marks[] = {
		{ { (const uint8_t *)"{FORMAT}", 8 }, { (const uint8_t *)"JSON", 4 } },
		{ { (const uint8_t *)"{CONFIG}", 8 }, { (const uint8_t *)"true", 4 } },
	};
	for (size_t at = 0; at < text.len;) {
		bool marked = false;
		for (size_t i = 0; i < COUNT_OF(marks) && !marked; i++) {
			marked = slice_starts_with(slice_sub(text, at, text.len), marks[i].mark);
			if (marked) {
				buf_append(buf, marks[i].value);
				at += marks[i].mark.len;
			}
		}
		if (!marked)
			buf_append_u8(buf, text.data[at++]);
	}
	buf_append_u8(buf, '\n');
}

static void check_round_trip(struct arena *arena, const struct ast_statement *statement,
			     struct count *count)
{
	struct buf buf = BUF_INIT(BUF_TEXT_BYTES_MAX);
	struct ast_statements again;
	struct err err;
	ast_print(&buf, statement);
	buf_append_u8(&buf, ';');
	bool same = sql_parse(arena, buf_slice(&buf), NULL, &again, &err) == 0 && again.len == 1 &&
		    ast_equal(statement, again.items[0]);
	if (!same) {
		count->wrong++;
		print_error("%.*s\nis printed as another\n%s\n", SLICE_ARGS(statement->text),
			    buf_str(&buf));
	}
	count->statements++;
	buf_fini(&buf);
}

static bool about_syntax(struct slice message)
{
	return slice_find(message, SLICE("Syntax "), 0) != SIZE_MAX ||
	       slice_find(message, SLICE("Invalid numeric literal"), 0) != SIZE_MAX ||
	       slice_find(message, SLICE("Number overflows"), 0) != SIZE_MAX ||
	       slice_find(message, SLICE("must be integer"), 0) != SIZE_MAX;
}

/* The last statement alone too: some cases send each by itself, and count its lines from there. */
static bool refused_rightly(struct arena *arena, struct slice script, struct slice last,
			    struct slice message, struct err *err)
{
	struct ast_statements list;
	struct slice texts[] = { script, last };
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if (sql_parse(arena, texts[i], NULL, &list, err) != 0 &&
		    slice_find(slice_str(err->text), message, 0) != SIZE_MAX)
			return true;
	}
	return false;
}

static void check_case(struct arena *arena, const struct json_value *json, struct count *count)
{
	const struct json_value *expected = json_get(json, "expectedException");
	if (expected == NULL)
		expected = json_get(json, "expectedError");
	struct slice message = json_text_or(json_get(expected, "message"), SLICE_EMPTY);
	struct buf script = BUF_INIT(BUF_TEXT_BYTES_MAX);
	size_t last = 0;
	json_each(statement, json_get(json, "statements"))
	{
		last = script.len;
		append_statement(&script, json_text_or(statement, SLICE_EMPTY));
	}
	struct ast_statements list;
	struct err err = ERR_INIT;
	struct slice all = buf_slice(&script);
	if (about_syntax(message)) {
		count->refused++;
		if (!refused_rightly(arena, all, slice_sub(all, last, all.len), message, &err)) {
			count->wrong++;
			print_error("%s\nshould be refused with\n%.*s\nnot with\n%s\n",
				    buf_str(&script), SLICE_ARGS(message), err.text);
		}
	} else if (sql_parse(arena, all, NULL, &list, &err) != 0) {
		count->wrong++;
		print_error("%s\n%s\n", buf_str(&script), err.text);
	} else {
		vec_each (statement, &list)
			check_round_trip(arena, *statement, count);
	}
	buf_fini(&script);
}

static void check_file(const char *path, struct count *count)
{
	struct buf buf = BUF_INIT(FILE_BYTES_MAX);
	struct arena arena, scratch;
	const struct json_value *json = NULL;
	struct err err;
	arena_init(&arena);
	arena_init(&scratch);
	assert_true(read_file(path, &buf));
	assert_ok(json_parse(&arena, buf_slice(&buf), JSON_COMMENTS, &json, &err), &err);
	json_each(test, json_get(json, "tests"))
	{
		check_case(&scratch, test, count);
		arena_reset(&scratch);
	}
	count->files++;
	arena_fini(&scratch);
	arena_fini(&arena);
	buf_fini(&buf);
}

static void check_folder(struct arena *arena, const char *path, struct count *count)
{
	DIR *folder = opendir(path);
	if (folder == NULL)
		fail_msg("no folder %s", path);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char *inside = arena_printf(arena, "%s/%s", path, entry->d_name);
		if (slice_ends_with(slice_str(entry->d_name), SLICE(".json")))
			check_file(inside, count);
		else if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			check_folder(arena, inside, count);
	}
	closedir(folder);
}

static void cases_from_elsewhere_are_parsed_or_refused_as_they_say(void **state)
{
	(void)state;
	const char *paths = getenv("WEIR_KSQL_CASES");
	if (paths == NULL)
		skip();
	struct count count = { 0 };
	struct arena arena;
	arena_init(&arena);
	struct slice left = slice_str(paths);
	while (left.len > 0) {
		size_t end = MIN(slice_find_byte(left, ':', 0), left.len);
		check_folder(&arena, arena_str(&arena, slice_sub(left, 0, end)), &count);
		left = slice_sub(left, end + 1, left.len);
	}
	arena_fini(&arena);
	print_message("%zu files, %zu statements, %zu refused for their syntax, %zu wrong\n",
		      count.files, count.statements, count.refused, count.wrong);
	assert_int_equal(count.wrong, 0);
}

int main(void)
{
	RUN_TESTS(TEST(cases_from_elsewhere_are_parsed_or_refused_as_they_say));
}
