#include "tests/lib/test.h"

#include "sql/parse.h"

#include <stdio.h>

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

static const struct ast_expr *item_of(struct fixture *f, const char *text, uint32_t i)
{
	const struct ast_query *query = parse_one(f, text)->query;
	assert_true(i < query->items.len);
	return query->items.items[i].expr;
}

static void names_fold_to_upper_case_unless_quoted(void **state)
{
	struct ast_statement *s =
		parse_one(*state,
			  "create stream foo (bar int key, `baz` varchar, \"q\"\"x\" string, "
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

static void each_node_knows_its_place(void **state)
{
	const char *text = "SELECT a,\n  s.b + 'é' AS x\nFROM s;";
	const struct ast_query *query = parse_one(*state, text)->query;
	struct ast_pos a = query->items.items[0].expr->pos;
	assert_int_equal(a.line, 1);
	assert_int_equal(a.column, 8);
	assert_int_equal(a.begin, 7);
	assert_int_equal(a.end, 8);
	const struct ast_expr *sum = query->items.items[1].expr;
	assert_int_equal(sum->pos.line, 2);
	assert_int_equal(sum->pos.column, 3);
	assert_slice(slice_of(text + sum->pos.begin, sum->pos.end - sum->pos.begin), "s.b + 'é'");
	assert_int_equal(query->items.items[1].alias.pos.column, 16);
	assert_int_equal(query->from.name.pos.line, 3);
	assert_int_equal(query->from.name.pos.column, 6);
}

static void literals_keep_their_exact_value(void **state)
{
	const char *text = "SELECT 2147483647, 2147483648, -9223372036854775808, 1.50, .5, -0.05, "
			   "1e3, 00012.10 FROM s;";
	assert_false(item_of(*state, text, 0)->integer.big);
	assert_true(item_of(*state, text, 1)->integer.big);
	assert_true(item_of(*state, text, 2)->integer.value == INT64_MIN);
	const struct ast_expr *decimal = item_of(*state, text, 3);
	assert_slice(decimal->decimal.text, "1.50");
	assert_int_equal(decimal->decimal.precision, 3);
	assert_int_equal(decimal->decimal.scale, 2);
	assert_slice(item_of(*state, text, 4)->decimal.text, "0.5");
	decimal = item_of(*state, text, 5);
	assert_slice(decimal->decimal.text, "-0.05");
	assert_int_equal(decimal->decimal.precision, 2);
	assert_int_equal(decimal->decimal.scale, 2);
	assert_true(item_of(*state, text, 6)->number == 1000.0);
	decimal = item_of(*state, text, 7);
	assert_slice(decimal->decimal.text, "12.10");
	assert_int_equal(decimal->decimal.precision, 4);
}

static void operators_bind_in_their_order(void **state)
{
	const struct ast_expr *e =
		item_of(*state, "SELECT NOT a = 1 OR b AND c || d + e * -f = g FROM s;", 0);
	assert_int_equal(e->binary.op, AST_OR);
	assert_int_equal(e->binary.left->kind, AST_NOT);
	assert_int_equal(e->binary.left->operand->kind, AST_COMPARISON);
	const struct ast_expr *conjunction = e->binary.right;
	assert_int_equal(conjunction->binary.op, AST_AND);
	const struct ast_expr *concat = conjunction->binary.right->binary.left;
	assert_int_equal(concat->kind, AST_CALL);
	assert_slice(concat->call.name.text, "CONCAT");
	assert_int_equal(concat->call.args.items[1]->binary.op, AST_ADD);
	assert_int_equal(concat->call.args.items[1]->binary.right->binary.op, AST_MUL);
}

static void statements_of_a_script_keep_their_texts(void **state)
{
	struct fixture *f = *state;
	assert_ok(sql_parse(&f->arena,
			    SLICE("-- a ; b\nSHOW STREAMS; /* ; ' */ SET 'a;b' = ';' ;;\n"
				  "DESCRIBE `x;y`;\n --@directive\n"),
			    NULL, &f->statements, &f->err),
		  &f->err);
	assert_int_equal(f->statements.len, 3);
	assert_slice(f->statements.items[0]->text, "SHOW STREAMS;");
	assert_slice(f->statements.items[1]->text, "SET 'a;b' = ';' ;");
	assert_slice(f->statements.items[2]->show.name.text, "x;y");
	assert_int_equal(f->statements.items[2]->pos.line, 3);
}

static void an_empty_script_has_no_statements(void **state)
{
	struct fixture *f = *state;
	static const char *const texts[] = { "", "  \n", "-- only this", "/* and this */" };
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_ok(sql_parse(&f->arena, slice_str(texts[i]), NULL, &f->statements, &f->err),
			  &f->err);
		assert_int_equal(f->statements.len, 0);
	}
}

static void pieces_are_parsed_alone(void **state)
{
	struct fixture *f = *state;
	struct ast_type *type;
	assert_ok(sql_parse_type(&f->arena, SLICE("MAP<STRING, DECIMAL(4, 2)>"), &type, &f->err),
		  &f->err);
	assert_int_equal(type->value->precision, 4);
	struct ast_columns columns;
	assert_ok(sql_parse_columns(&f->arena, SLICE("`K` STRING KEY, `V` ARRAY<INTEGER>"),
				    &columns, &f->err),
		  &f->err);
	assert_int_equal(columns.len, 2);
	struct ast_expr *expr;
	assert_fails(sql_parse_expr(&f->arena, SLICE("a +"), &expr, &f->err), &f->err, ERR_SYNTAX,
		     "expected an expression");
	assert_fails(sql_parse_expr(&f->arena, SLICE(""), &expr, &f->err), &f->err, ERR_SYNTAX,
		     "expected an expression");
}

/* Errors. */

/* What is wrong, where to look, and words of the text. */
static const struct {
	const char *text;
	int32_t line, column;
	const char *words;
} errors[] = {
	/* what users of ksqlDB know */
	{ "CREATE STREAM I (K STRING (KEY));", 1, 28,
	  "line 1:28: Syntax Error\nExpecting {'STRING', INTEGER_VALUE}\n"
	  "Statement: CREATE STREAM I (K STRING (KEY));" },
	{ "CREATE STREAM I (K VARCHAR(STRING) (KEY));", 1, 36,
	  "line 1:36: Syntax Error\nExpecting {',', ')'}\nStatement: CREATE" },
	{ "CREATE TABLE O AS SELECT f1\nFROM T GROUP BY f3, (f2, f1);", 2, 24,
	  "line 2:24: Syntax Error\nmissing ')' at ','" },
	{ "RUN SCRIPT 'x';", 1, 1, "line 1:1: Syntax Error\nUnknown statement 'RUN'" },
	{ "ASSERT VALUES foo (id) VALUES (1);", 1, 8,
	  "Syntax error at or near 'VALUES' at line 1:8" },
	{ "SELECT * FROM S1 ORDER BY MYKEY DESC;", 1, 18,
	  "line 1:24: Syntax Error\n\nStatement: SELECT * FROM S1 ORDER BY MYKEY DESC;" },
	{ "SELECT * FROM r LIMIT heh;", 1, 23, "line 1:23: Syntax Error" },
	{ "SELECT * FROM s", 1, 16, "missing ';' at '<EOF>'" },
	{ "SELECT\n 9223372036854775808 FROM s;", 2, 2,
	  "Failed to prepare statement: line 2:3: Invalid numeric literal: 9223372036854775808" },
	{ "SELECT -9223372036854775809 FROM s;", 1, 8,
	  "Invalid numeric literal: -9223372036854775809" },
	{ "SELECT 1.7976931348623159E308 FROM s;", 1, 8,
	  "Number overflows DOUBLE: 1.7976931348623159E308" },
	{ "SELECT TIME '1' FROM s;", 1, 8, "Unknown type: TIME" },
	{ "SELECT * FROM s LIMIT 2.5;", 1, 23, "Value must be integer for command: LIMIT" },
	{ "CREATE TYPE t AS DECIMAL(.1, 1);", 1, 26,
	  "Value must be integer for command: DECIMAL(PRECISION)" },
	/* misspelt words */
	{ "SELCT * FROM s;", 1, 1,
	  "did you mean SELECT?\nline 1:1: Syntax Error\nUnknown statement "
	  "'SELCT'\nDid you mean 'SELECT'?" },
	{ "SELECT * FORM s;", 1, 10, "Unexpected 'FORM': did you mean FROM?" },
	{ "SELECT * FROM s WHER x = 1;", 1, 17, "did you mean WHERE?" },
	{ "SELECT * FROM s EMIT CHNGES;", 1, 22, "did you mean CHANGES?" },
	{ "CREATE STREEM s (a INT);", 1, 8, "did you mean STREAM?" },
	{ "INSERT INTO s VALUE (1, 2);", 1, 15, "did you mean VALUES?" },
	{ "SELECT * FROM s WHER x = = 1;", 1, 17, "did you mean WHERE?" },
	{ "SHOW STREAM;", 1, 6, "did you mean STREAMS?" },
	{ "DROP STREAM IF EXIST s;", 1, 16, "did you mean EXISTS?" },
	/* missing and superfluous signs and words */
	{ "SELECT a b c FROM s;", 1, 11, "Missing ',' before 'c'." },
	{ "SELECT a, FROM s;", 1, 9, "Unexpected ',' before 'FROM'." },
	{ "SELECT a FROM s WHERE x == 3;", 1, 26, "Unexpected '=' before '3'." },
	{ "SELECT COUNT*) FROM s;", 1, 13, "Missing '(' before '*'." },
	{ "CREATE STREAM s (a INT KEY b STRING);", 1, 27, "Missing ',' before 'b'." },
	{ "CREATE STREAM s WITH (kafka_topic 't');", 1, 34, "Missing '=' before ''t''." },
	{ "SELECT COUNT(*) FROM s GROUP a;", 1, 29, "Missing 'BY' before 'a'." },
	{ "SELECT * FROM a JOIN b WITHIN 1 HOUR a.x = b.x;", 1, 37, "Missing 'ON' before 'a'." },
	{ "SELECT * FROM s", 1, 16, "Missing ';' before the end." },
	/* what was opened */
	{ "SELECT COUNT(* FROM s;", 1, 15,
	  "Missing ')' before 'FROM'. The '(' at line 1:13 is never closed." },
	{ "CREATE STREAM s (a INT) WITH (kafka_topic='t, value_format='JSON');", 1, 43,
	  "The text is never closed: ' is missing. It opens at line 1:43." },
	{ "SELECT 'abc FROM s;", 1, 8, "The text is never closed" },
	{ "SELECT \"abc FROM s;", 1, 8, "The quoted name is never closed: \" is missing." },
	{ "SELECT `abc FROM s;", 1, 8, "The quoted name is never closed: ` is missing." },
	{ "SELECT a\nFROM s /* open;", 2, 8, "The comment is never closed: */ is missing." },
	{ "SELECT a FROM s WHERE ((a = 1;", 1, 24, "The '(' at line 1:24 is never closed." },
	/* names */
	{ "CREATE STREAM s (topic INT);", 1, 18,
	  "TOPIC is a reserved word. As a name it stands in quotes: `TOPIC`." },
	{ "SELECT list FROM s;", 1, 8, "LIST is a reserved word." },
	{ "SELECT ${v} FROM s;", 1, 8, "The variable '${v}' has no value." },
	{ "SELECT a ? b FROM s;", 1, 10, "'?' means nothing in SQL." },
	/* what was expected */
	{ "PRINT;", 1, 6, "Unexpected ';': expected a name or a text in single quotes." },
	{ "DESCRIBE;", 1, 9, "expected a name" },
	{ "ALTER STREAM s DROP COLUMN a;", 1, 16, "Unexpected 'DROP': expected ADD." },
	{ "SELECT CAST(a AS) FROM s;", 1, 17, "Unexpected ')': expected a name" },
	{ "SELECT * FROM s LIMIT;", 1, 22, "Unexpected ';': expected a number." },
	{ "SELECT * FROM s WHERE a = 1 AND;", 1, 32, "Unexpected ';': expected an expression." },
	{ "FOO;", 1, 1, "Unexpected 'FOO': expected SELECT, CREATE, INSERT, SHOW or DESCRIBE." },
	/* what others have */
	{ "SELECT DISTINCT a FROM s;", 1, 8, "GROUP BY the columns instead" },
	{ "SELECT * FROM (SELECT * FROM s);", 1, 15, "A query cannot stand in FROM" },
	{ "SELECT a FROM s UNION SELECT b FROM t;", 1, 17, "UNION is not supported" },
	{ "SELECT a AT TIME ZONE 'x' FROM s;", 1, 8, "AT TIME ZONE is not supported" },
	{ "CREATE OR REPLACE TYPE t AS INT;", 1, 1, "CREATE TYPE has no OR REPLACE" },
	{ "CREATE SOURCE STREAM s AS SELECT * FROM t;", 1, 1, "cannot be made from a query" },
	{ "CREATE FUNCTION f AS 'x' LANGUAGE java;", 1, 35,
	  "Functions are written in LANGUAGE C." },
};

static void errors_say_what_is_wrong_and_where(void **state)
{
	struct fixture *f = *state;
	bool failed = false;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		arena_reset(&f->arena);
		int code = sql_parse(&f->arena, slice_str(errors[i].text), NULL, &f->statements,
				     &f->err);
		if (code == 0) {
			print_error("%s\nis parsed\n", errors[i].text);
			failed = true;
		} else if (strstr(f->err.text, errors[i].words) == NULL ||
			   f->err.line != errors[i].line || f->err.column != errors[i].column) {
			print_error("%s\nat %d:%d: %s\n\n", errors[i].text, f->err.line,
				    f->err.column, f->err.text);
			failed = true;
		}
	}
	assert_false(failed);
}

static void an_error_in_a_script_counts_lines_through_it(void **state)
{
	struct fixture *f = *state;
	assert_fails(sql_parse(&f->arena, SLICE("SHOW STREAMS;\n\nSHOW\n  TABLE;"), NULL,
			       &f->statements, &f->err),
		     &f->err, ERR_SYNTAX, "line 4:3: Syntax Error");
	assert_int_equal(f->err.line, 4);
	assert_int_equal(f->err.column, 3);
	assert_null(strstr(f->err.text, "SHOW STREAMS"));
}

static void assert_drawn(const char *text, int32_t line, int32_t column, const char *drawn)
{
	struct err err = { .code = ERR_SYNTAX, .line = line, .column = column };
	struct buf buf = BUF_INIT(1000);
	sql_error_draw(&buf, slice_str(text), &err);
	assert_string_equal(buf_str(&buf), drawn);
	buf_fini(&buf);
}

static void the_place_of_an_error_is_drawn(void **state)
{
	(void)state;
	assert_drawn("SELECT a\nFROM s WHER x;\n", 2, 8,
		     "LINE 2: FROM s WHER x;\n"
		     "               ^\n");
	assert_drawn("\tSELECT é b;", 1, 11,
		     "LINE 1:  SELECT é b;\n"
		     "                  ^\n");
	assert_drawn("SELECT", 1, 7,
		     "LINE 1: SELECT\n"
		     "              ^\n");
	assert_drawn("SELECT", 0, 0, "");
	assert_drawn("1234567890123456789012345678901234567890123456789012345678901234567890"
		     "1234567890123456789012345678901234567890 x",
		     1, 112,
		     "LINE 1: ...789012345678901234567890123456789012345678901234567890"
		     "12345678901234567890 x\n"
		     "                                                                 "
		     "                     ^\n");
}

/* Variables. */

static int parse_with(struct fixture *f, const char *text, const char *name, const char *value)
{
	struct map variables;
	map_init(&variables);
	char *owned = mem_strdup(value);
	(void)map_put(&variables, slice_str(name), owned);
	struct sql_options options = { .variables = &variables };
	int code = sql_parse(&f->arena, slice_str(text), &options, &f->statements, &f->err);
	map_fini(&variables);
	mem_free(owned);
	return code;
}

static void variables_are_replaced_and_places_kept(void **state)
{
	struct fixture *f = *state;
	assert_ok(parse_with(f, "SELECT ${v} AS x,\n '${v}: ${w} $${v}' FROM s;", "v", "some_name"),
		  &f->err);
	const struct ast_query *query = f->statements.items[0]->query;
	assert_slice(query->items.items[0].expr->column.name.text, "SOME_NAME");
	assert_int_equal(query->items.items[0].expr->pos.column, 8);
	assert_int_equal(query->items.items[0].alias.pos.column, 16);
	assert_slice(query->items.items[1].expr->string, "some_name: ${w} ${v}");
	assert_int_equal(query->from.name.pos.line, 2);
	assert_int_equal(query->from.name.pos.column, 26);
	assert_slice(f->statements.items[0]->text,
		     "SELECT some_name AS x,\n 'some_name: ${w} ${v}' FROM s;");
}

static void the_value_of_a_variable_stays_one_word(void **state)
{
	struct fixture *f = *state;
	assert_ok(parse_with(f, "SELECT ${v} FROM s;", "v", "'it''s'"), &f->err);
	assert_slice(f->statements.items[0]->query->items.items[0].expr->string, "it's");
	assert_ok(parse_with(f, "SELECT '${v}' FROM s;", "v", "it's"), &f->err);
	assert_slice(f->statements.items[0]->query->items.items[0].expr->string, "it's");
	assert_ok(parse_with(f, "SELECT ${v} FROM s;", "v", "-1.5"), &f->err);
	assert_ok(parse_with(f, "SELECT * FROM ${v};", "v", "`a b`"), &f->err);
	assert_ok(parse_with(f, "SELECT * FROM s -- ${v}\n;", "v", "a;b"), &f->err);
	assert_fails(parse_with(f, "SHOW TABLES; SELECT\n ${v} FROM s;", "v", "a FROM t; DROP"),
		     &f->err, ERR_INVALID, "Got: 'a FROM t; DROP'");
	assert_int_equal(f->err.line, 2);
	assert_int_equal(f->err.column, 2);
	assert_fails(parse_with(f, "SELECT ${v} FROM s;", "v", "'a' + 'b'"), &f->err, ERR_INVALID,
		     "Illegal argument");
}

static void what_has_been_replaced_is_parsed_again_as_it_is(void **state)
{
	struct fixture *f = *state;
	assert_ok(parse_with(f, "SELECT '$$${v}' FROM s;", "v", "x"), &f->err);
	struct slice text = f->statements.items[0]->text;
	assert_slice(text, "SELECT '$${v}' FROM s;");
	assert_ok(sql_parse(&f->arena, text, NULL, &f->statements, &f->err), &f->err);
	assert_slice(f->statements.items[0]->query->items.items[0].expr->string, "$${v}");
}

static void a_script_defines_variables_for_what_follows(void **state)
{
	struct fixture *f = *state;
	assert_ok(parse_with(f,
			     "DEFINE format = 'JSON'; DEFINE f2 = '${format}_SR';\n"
			     "CREATE STREAM s WITH (value_format='${f2}');\n"
			     "UNDEFINE format; SELECT '${format}' FROM s;",
			     "v", "x"),
		  &f->err);
	assert_slice(f->statements.items[2]->create_source.with.items[0].value->string, "JSON_SR");
	assert_slice(f->statements.items[4]->query->items.items[0].expr->string, "${format}");
}

/* Keywords. */

struct keyword {
	const char *word;
	bool reserved;
};

static const struct keyword keywords[] = {
#define FREE false
#define RESERVED true
#define KEYWORD(word, class) { #word, class },
#include "sql/keywords.def"
};

static void free_words_are_names_and_reserved_words_need_quotes(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		const char *word = keywords[i].word;
		const char *bare = arena_printf(&f->arena, "CREATE STREAM %s (%s INT) WITH (%s=1);",
						word, word, word);
		const char *quoted =
			arena_printf(&f->arena, "CREATE STREAM `%s` (`%s` INT) WITH ('%s'=1);",
				     word, word, word);
		int code = sql_parse(&f->arena, slice_str(bare), NULL, &f->statements, &f->err);
		if ((code != 0) != keywords[i].reserved)
			fail_msg("%s: %s", bare, code != 0 ? f->err.text : "is parsed");
		assert_ok(sql_parse(&f->arena, slice_str(quoted), NULL, &f->statements, &f->err),
			  &f->err);
		assert_int_equal(sql_name_needs_quotes(slice_str(word)), keywords[i].reserved);
	}
}

static void keywords_are_in_alphabetical_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < COUNT_OF(keywords); i++)
		assert_true(strcmp(keywords[i - 1].word, keywords[i].word) < 0);
}

/* Limits. */

static const char *repeated(struct arena *arena, const char *head, const char *middle, int n,
			    const char *tail)
{
	struct buf buf = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_append_str(&buf, head);
	for (int i = 0; i < n; i++)
		buf_append_str(&buf, middle);
	buf_append_str(&buf, tail);
	char *text = arena_str(arena, buf_slice(&buf));
	buf_fini(&buf);
	return text;
}

static void what_is_nested_too_deep_is_refused_with_a_place(void **state)
{
	static const struct {
		const char *head, *middle, *tail;
		int deep;
	} cases[] = {
		{ "SELECT a", " + a", " FROM s;", AST_DEPTH_MAX + 10 },
		{ "SELECT ", "NOT ", "a FROM s;", AST_DEPTH_MAX + 10 },
		{ "SELECT a", "->b", " FROM s;", AST_DEPTH_MAX + 10 },
		{ "SELECT a", "[1]", " FROM s;", AST_DEPTH_MAX + 10 },
		{ "SELECT ", "f(", "1", 100000 },
		{ "SELECT ", "(", "1", 100000 },
		{ "SELECT ", "-", "a FROM s;",
		  3 }, /* a comment: refused too, but as a syntax error */
		{ "CREATE TYPE t AS INT", " ARRAY", ";", AST_DEPTH_MAX + 10 },
		{ "CREATE TYPE t AS ", "ARRAY<", "INT", 100000 },
		{ "", "EXPLAIN ", "SHOW STREAMS;", AST_DEPTH_MAX + 10 },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		arena_reset(&f->arena);
		const char *text = repeated(&f->arena, cases[i].head, cases[i].middle,
					    cases[i].deep, cases[i].tail);
		int code = sql_parse(&f->arena, slice_str(text), NULL, &f->statements, &f->err);
		assert_int_not_equal(code, 0);
		assert_int_equal(f->err.line, 1);
		assert_true(f->err.column >= 1);
	}
	const char *text = repeated(&f->arena, "SELECT a", " OR a", AST_DEPTH_MAX - 10, " FROM s;");
	assert_ok(sql_parse(&f->arena, slice_str(text), NULL, &f->statements, &f->err), &f->err);
}

static void a_text_beyond_the_limit_is_refused(void **state)
{
	struct fixture *f = *state;
	uint8_t byte = ' ';
	struct slice text = slice_of(&byte, SQL_TEXT_BYTES_MAX + 1);
	assert_fails(sql_parse(&f->arena, text, NULL, &f->statements, &f->err), &f->err, ERR_LIMIT,
		     "longer than");
}

int main(void)
{
#define WITH_ARENA(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	RUN_TESTS(WITH_ARENA(names_fold_to_upper_case_unless_quoted),
		  WITH_ARENA(each_node_knows_its_place),
		  WITH_ARENA(literals_keep_their_exact_value),
		  WITH_ARENA(operators_bind_in_their_order),
		  WITH_ARENA(statements_of_a_script_keep_their_texts),
		  WITH_ARENA(an_empty_script_has_no_statements),
		  WITH_ARENA(pieces_are_parsed_alone),
		  WITH_ARENA(errors_say_what_is_wrong_and_where),
		  WITH_ARENA(an_error_in_a_script_counts_lines_through_it),
		  WITH_ARENA(the_place_of_an_error_is_drawn),
		  WITH_ARENA(variables_are_replaced_and_places_kept),
		  WITH_ARENA(the_value_of_a_variable_stays_one_word),
		  WITH_ARENA(what_has_been_replaced_is_parsed_again_as_it_is),
		  WITH_ARENA(a_script_defines_variables_for_what_follows),
		  WITH_ARENA(free_words_are_names_and_reserved_words_need_quotes),
		  WITH_ARENA(keywords_are_in_alphabetical_order),
		  WITH_ARENA(what_is_nested_too_deep_is_refused_with_a_place),
		  WITH_ARENA(a_text_beyond_the_limit_is_refused));
}
