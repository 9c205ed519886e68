#include "tests/lib/test.h"

#include "sql/parse.h"

struct fixture {
	struct arena arena;
	struct ast_statements statements;
	struct err err;
};

static int set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	arena_init(&f->arena);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_fini(&f->arena);
	mem_free(f);
	return 0;
}

static struct ast_statement *parse_one(struct fixture *f, const char *text)
{
	assert_ok(sql_parse(&f->arena, slice_str(text), NULL, &f->statements, &f->err), &f->err);
	assert_int_equal(f->statements.len, 1);
	return f->statements.items[0];
}

static void names_fold_to_upper_case_unless_quoted(void **state)
{
	struct ast_statement *s =
		parse_one(*state, "create stream foo (bar int key, `baz` varchar, \"q\"\"x\" string, "
				  "1st bigint) with (kafka_topic='t', 'Key' = 1);");
	assert_int_equal(s->kind, AST_CREATE_SOURCE);
	assert_int_equal(s->create_source.kind, AST_STREAM);
	assert_slice(s->create_source.name.text, "FOO");
	assert_int_equal(s->create_source.columns.len, 4);
	const struct ast_column *columns = s->create_source.columns.items;
	assert_slice(columns[0].name.text, "BAR");
	assert_int_equal(columns[0].role, AST_COLUMN_KEY);
	assert_int_equal(columns[0].type->kind, AST_TYPE_INTEGER);
	assert_slice(columns[1].name.text, "baz");
	assert_true(columns[1].name.quoted);
	assert_slice(columns[2].name.text, "q\"x");
	assert_slice(columns[3].name.text, "1ST");
	assert_slice(s->create_source.with.items[0].key.text, "KAFKA_TOPIC");
	assert_slice(s->create_source.with.items[1].key.text, "Key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_fold_to_upper_case_unless_quoted, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
