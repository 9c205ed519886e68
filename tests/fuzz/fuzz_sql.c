/* Any text parses or is refused with a place; what parses is printed, and parses to the same tree.
 */
#include "sql/ast_print.h"
#include "sql/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(struct arena *arena, const struct ast_statement *statement)
{
	const struct sql_options options = { .tests = true };
	struct ast_statements again;
	struct err err = ERR_INIT;
	struct buf buf = BUF_INIT(BUF_TEXT_BYTES_MAX);
	ast_print(&buf, statement);
	buf_append_u8(&buf, ';');
	int code = sql_parse(arena, buf_slice(&buf), &options, &again, &err);
	if (code != ERR_LIMIT) { /* in brackets it may be nested deeper than it was written */
		assert(code == 0);
		assert(again.len == 1);
		assert(ast_equal(statement, again.items[0]));
	}
	buf_fini(&buf);
}

static void check_error(struct slice text, const struct err *err)
{
	struct buf buf = BUF_INIT(BUF_TEXT_BYTES_MAX);
	assert(err->text[0] != 0);
	assert(err->code == ERR_LIMIT || err->line >= 1);
	sql_error_draw(&buf, text, err);
	assert(!buf.overflowed);
	buf_fini(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct map variables;
	char value[] = "some_value";
	map_init(&variables);
	(void)map_put(&variables, SLICE("v"), value);
	const struct sql_options options = { .variables = &variables, .tests = true };
	struct arena arena;
	struct err err = ERR_INIT;
	struct ast_statements statements = { 0 };
	struct slice text = slice_of(data, size);
	arena_init(&arena);
	if (sql_parse(&arena, text, &options, &statements, &err) != 0)
		check_error(text, &err);
	vec_each (statement, &statements)
		check_round_trip(&arena, *statement);
	arena_fini(&arena);
	map_fini(&variables);
	return 0;
}
