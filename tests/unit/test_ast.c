#include "tests/lib/test.h"

#include "sql/ast_print.h"
#include "sql/parse.h"

static const struct sql_options with_tests = { .tests = true };

static struct ast_statement *parse_with_end(struct arena *arena, struct slice text, struct err *err)
{
	struct ast_statements statements;
	struct buf buf = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_append(&buf, text);
	buf_append_str(&buf, ";");
	struct slice copy = arena_copy(arena, buf_slice(&buf));
	buf_fini(&buf);
	if (sql_parse(arena, copy, &with_tests, &statements, err) != 0)
		return NULL;
	return statements.len == 1 ? statements.items[0] : NULL;
}

/* Prints, parses what was printed, and compares; then that printing again gives the same text. */
static void assert_round_trip(struct arena *arena, const struct ast_statement *statement)
{
	struct err err = ERR_INIT;
	struct buf first = BUF_INIT(BUF_TEXT_BYTES_MAX), second = BUF_INIT(BUF_TEXT_BYTES_MAX);
	ast_print(&first, statement);
	struct ast_statement *again = parse_with_end(arena, buf_slice(&first), &err);
	if (again == NULL || !ast_equal(statement, again))
		fail_msg("%.*s\nis printed as\n%s\n%s", SLICE_ARGS(statement->text),
			 buf_str(&first), again == NULL ? err.text : "which is another tree");
	ast_print(&second, again);
	if (!slice_eq(buf_slice(&first), buf_slice(&second)))
		fail_msg("%s\nis printed the second time as\n%s", buf_str(&first),
			 buf_str(&second));
	buf_fini(&first);
	buf_fini(&second);
}

/* Written so that each kind of node and statement, and each way to write it, comes up. */
static const char *const statements[] = {
	"SELECT * FROM s;",
	"SELECT a, b AS c, d e, s.*, x->*, f(y)->*, (-z)->* FROM s AS t EMIT CHANGES LIMIT 3;",
	"SELECT 1, -1, - 1, -(1), - -1, 1.5, .5, 1., -0.05, 1e3, 1.5E-2, -2e300, 'it''s', '', "
	"null, "
	"true, FALSE FROM s;",
	"SELECT 2147483647, 2147483648, -9223372036854775808, 9223372036854775807 FROM s;",
	"SELECT a + b * c - d / e % f, (a + b) * c, -a, +a, -a->b, (-a)->b, a || b || c FROM s;",
	"SELECT -(-1), -(1.5), -(a), - - a, a - -1, a - - b, a -1, a-1 FROM s;",
	"SELECT * FROM s WHERE a = 1 AND b <> 2 OR NOT c < 3 AND d <= 4 OR e > 5 AND f >= 6;",
	"SELECT * FROM s WHERE a BETWEEN 1 AND 2 AND b NOT BETWEEN -1 AND +2 OR c IN (1, 2) "
	"AND d NOT IN ('x');",
	"SELECT * FROM s WHERE a LIKE 'x%' AND b NOT LIKE 'y' AND c LIKE 'z!%' ESCAPE '!' "
	"AND d NOT LIKE e || '%' ESCAPE '''';",
	"SELECT * FROM s WHERE a IS NULL AND b IS NOT NULL AND c IS DISTINCT FROM d "
	"AND e IS NOT DISTINCT FROM null;",
	"SELECT CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE x WHEN 1 THEN 'a' END z FROM s;",
	"SELECT CAST(a AS BIGINT), CAST(b AS DECIMAL(4, 2)), CAST(c AS ARRAY<MAP<STRING, STRUCT<f "
	"INT, "
	"`g h` DOUBLE ARRAY>>>), CAST(d AS my_type), CAST(e AS `MyType`), CAST(f AS STRUCT<>), "
	"CAST(g AS STRUCT< >) FROM s;",
	"SELECT ARRAY[1, 2], ARRAY[], MAP('k' := v, 'l' := w), MAP(), STRUCT(a := 1, `b` := 2), "
	"STRUCT() FROM s;",
	"SELECT a[1], a[-1], m['k'], a[1][2], s->f->g, s->a[3]->`x`, t.a->b, f(a)[1] FROM s;",
	"SELECT `ARRAY`[1], `MAP`(1), `STRUCT`(2), array, map, struct FROM s;",
	"SELECT COUNT(*), COUNT(), SUM(x), f(), DATEADD(DAYS, 1, d), DATEADD(MILLISECOND, 1, d) "
	"FROM s;",
	"SELECT TRANSFORM(a, x => x + 1), REDUCE(m, 0, (s, k, v) => s + v), FILTER(m, (k, v) => v "
	"> 1), "
	"TRANSFORM(a, (x) => FILTER(x, y => y = x)), TRANSFORM(m, (k, v) => k, (k, v) => v) FROM "
	"s;",
	"SELECT DECIMAL '1.25', DECIMAL ' -7 ' FROM s;",
	"SELECT * FROM a JOIN b ON a.x = b.x;",
	"SELECT * FROM a x INNER JOIN b AS y WITHIN 1 HOUR ON x.i = y.i LEFT JOIN c ON c.i = x.i "
	"RIGHT OUTER JOIN d WITHIN (1 DAY, 2 MINUTES) GRACE PERIOD 5 SECONDS ON d.i = x.i "
	"FULL OUTER JOIN e WITHIN 10 MILLISECONDS GRACE PERIOD 0 SECONDS ON (e.i = x.i AND true);",
	"SELECT * FROM s WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY a;",
	"SELECT * FROM s WINDOW w HOPPING (SIZE 2 HOURS, ADVANCE BY 1 MINUTE, RETENTION 7 DAYS, "
	"GRACE PERIOD 1 DAY) WHERE b GROUP BY a, (b + c), d HAVING COUNT(*) > 1 EMIT FINAL;",
	"SELECT * FROM s WINDOW SESSION (30 SECONDS, GRACE PERIOD 1 HOUR) GROUP BY (a, b);",
	"SELECT * FROM s GROUP BY (a + b) * c;",
	"SELECT * FROM s GROUP BY ();",
	"SELECT * FROM s PARTITION BY a EMIT CHANGES;",
	"SELECT * FROM s PARTITION BY (a), b;",
	"SELECT * FROM s PARTITION BY ();",
	"SELECT emit, partition, if, date, time, string, key, id, show, escape FROM emit EMIT EMIT "
	"CHANGES;",
	"SELECT * FROM partition PARTITION PARTITION BY partition;",
	"SELECT a ESCAPE, b LIKE c, (d LIKE e) ESCAPE FROM s;",
	"SELECT `lower`, \"Mixed\", `with space`, `tick``ed`, `SELECT`, 1st, `1E5`, `12` FROM "
	"`from`;",
	"CREATE STREAM s (a INT KEY, b ARRAY<STRUCT<key STRING, value BYTES>> HEADERS, "
	"c BYTES HEADER('it''s'), d VARCHAR(10), e TIMESTAMP, f DATE, g TIME, h BOOLEAN) "
	"WITH (kafka_topic='t', partitions=3, value_format = 'JSON', x = true, 'y.z' = null, w = "
	"-1.5);",
	"CREATE OR REPLACE TABLE IF NOT EXISTS t (a INT PRIMARY KEY) WITH (kafka_topic='t');",
	"CREATE SOURCE STREAM s WITH (kafka_topic='t');",
	"CREATE SOURCE TABLE IF NOT EXISTS `if` (if INT PRIMARY KEY);",
	"CREATE STREAM if;",
	"CREATE STREAM s AS SELECT * FROM t EMIT CHANGES;",
	"CREATE OR REPLACE TABLE IF NOT EXISTS s WITH (partitions=1) AS SELECT a, COUNT(*) FROM t "
	"GROUP BY a;",
	"CREATE TYPE address AS STRUCT<street STRING, no INT>;",
	"CREATE TYPE IF NOT EXISTS t AS other;",
	"CREATE SINK CONNECTOR c WITH ('connector.class'='x', 'tasks.max'='1');",
	"CREATE SOURCE CONNECTOR IF NOT EXISTS `C` WITH (a='b');",
	"CREATE FUNCTION f AS 'libf.so';",
	"CREATE OR REPLACE FUNCTION IF NOT EXISTS f AS 'libf.so', 'my_f' LANGUAGE C;",
	"DROP FUNCTION IF EXISTS f;",
	"INSERT INTO s SELECT * FROM t;",
	"INSERT INTO s WITH (query_id='q') SELECT * FROM t PARTITION BY a;",
	"INSERT INTO s VALUES (1, 'a', UNIX_TIMESTAMP());",
	"INSERT INTO s (a, `b`) VALUES (1, 2), (3, -4), ();",
	"DROP STREAM s;",
	"DROP TABLE IF EXISTS s DELETE TOPIC;",
	"DROP CONNECTOR IF EXISTS c;",
	"DROP TYPE IF EXISTS t;",
	"ALTER STREAM s ADD COLUMN a INT, ADD b DECIMAL(3, 1), ADD COLUMN c STRUCT<x INT>;",
	"ALTER TABLE t ADD COLUMN INT;",
	"ALTER SYSTEM 'a'='b';",
	"SHOW STREAMS;",
	"LIST STREAMS EXTENDED;",
	"SHOW TABLES EXTENDED;",
	"SHOW ALL TOPICS EXTENDED;",
	"LIST TOPICS;",
	"SHOW QUERIES;",
	"SHOW PROPERTIES;",
	"SHOW FUNCTIONS;",
	"SHOW TYPES;",
	"SHOW VARIABLES;",
	"SHOW CONNECTORS;",
	"SHOW SOURCE CONNECTORS;",
	"SHOW SINK CONNECTORS;",
	"SHOW CONNECTOR PLUGINS;",
	"DESCRIBE s;",
	"DESCRIBE `tables` EXTENDED;",
	"DESCRIBE `TABLES`;",
	"DESCRIBE TABLES EXTENDED;",
	"DESCRIBE STREAMS;",
	"DESCRIBE FUNCTION count;",
	"DESCRIBE FUNCTION;",
	"DESCRIBE CONNECTOR c;",
	"PRINT my_Topic;",
	"PRINT 'it''s' FROM BEGINNING INTERVAL 2 LIMIT 3;",
	"PRINT `a-b` SAMPLE 10;",
	"TERMINATE q_1;",
	"TERMINATE ALL;",
	"PAUSE `q`;",
	"PAUSE ALL;",
	"RESUME q;",
	"RESUME ALL;",
	"EXPLAIN q;",
	"EXPLAIN show;",
	"EXPLAIN SHOW STREAMS;",
	"EXPLAIN EXPLAIN SELECT * FROM s;",
	"EXPLAIN CREATE STREAM s AS SELECT * FROM t;",
	"SET 'auto.offset.reset' = 'earliest';",
	"UNSET 'auto.offset.reset';",
	"DEFINE format = 'JSON';",
	"DEFINE table = 'it''s';",
	"UNDEFINE Format;",
	"UNDEFINE table;",
	"ASSERT TOPIC t;",
	"ASSERT NOT EXISTS TOPIC 'T' WITH (partitions=1) TIMEOUT 3 SECONDS;",
	"ASSERT SCHEMA SUBJECT s ID 3 TIMEOUT 1 MINUTE;",
	"ASSERT NOT EXISTS SCHEMA ID 7;",
	"ASSERT SCHEMA SUBJECT 's-value';",
	"ASSERT VALUES s (a, rowtime) VALUES (1, 2);",
	"ASSERT NULL VALUES s (id) KEY (1);",
	"ASSERT STREAM s (a INT) WITH (kafka_topic='t');",
	"ASSERT TABLE s;",
	"RUN SCRIPT 'a.sql';",
};

static void what_is_printed_parses_to_the_same_tree(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena);
	for (size_t i = 0; i < COUNT_OF(statements); i++) {
		struct err err;
		struct ast_statements list;
		assert_ok(sql_parse(&arena, slice_str(statements[i]), &with_tests, &list, &err),
			  &err);
		assert_int_equal(list.len, 1);
		assert_round_trip(&arena, list.items[0]);
		arena_reset(&arena);
	}
	arena_fini(&arena);
}

static void every_kind_of_statement_comes_up(void **state)
{
	(void)state;
	bool seen[AST_RUN_SCRIPT + 1] = { false };
	struct arena arena;
	arena_init(&arena);
	for (size_t i = 0; i < COUNT_OF(statements); i++) {
		struct err err;
		struct ast_statements list;
		assert_ok(sql_parse(&arena, slice_str(statements[i]), &with_tests, &list, &err),
			  &err);
		seen[list.items[0]->kind] = true;
	}
	for (size_t kind = 0; kind < COUNT_OF(seen); kind++) {
		if (!seen[kind])
			fail_msg("%s", ast_statement_words((enum ast_statement_kind)kind));
	}
	arena_fini(&arena);
}

/* Two different statements of the table are different trees. */
static void different_statements_are_different_trees(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena);
	struct ast_statement *trees[COUNT_OF(statements)];
	for (size_t i = 0; i < COUNT_OF(statements); i++) {
		struct err err;
		struct ast_statements list;
		assert_ok(sql_parse(&arena, slice_str(statements[i]), &with_tests, &list, &err),
			  &err);
		trees[i] = list.items[0];
		for (size_t j = 0; j < i; j++) {
			if (ast_equal(trees[i], trees[j]))
				fail_msg("%s\n%s", statements[i], statements[j]);
		}
	}
	arena_fini(&arena);
}

static void assert_expr(const char *text, const char *printed)
{
	struct arena arena;
	struct err err;
	struct ast_expr *expr;
	arena_init(&arena);
	assert_ok(sql_parse_expr(&arena, slice_str(text), &expr, &err), &err);
	assert_string_equal(ast_expr_text(&arena, expr), printed);
	arena_fini(&arena);
}

static void expressions_are_printed_as_error_texts_name_them(void **state)
{
	(void)state;
	assert_expr("f1 + f2", "(F1 + F2)");
	assert_expr("f1 + f2 * 3", "(F1 + (F2 * 3))");
	assert_expr("substring(region, 7, 1)", "SUBSTRING(REGION, 7, 1)");
	assert_expr("cast(left_table.foreign_key as varchar)",
		    "CAST(LEFT_TABLE.FOREIGN_KEY AS STRING)");
	assert_expr("random() + 1.5", "(RANDOM() + 1.5)");
	assert_expr("l.a = r.a and l.a = r.a", "((L.A = R.A) AND (L.A = R.A))");
	assert_expr("map('a':=val1)", "MAP('a':=VAL1)");
	assert_expr("struct(f0:=`val1`)", "STRUCT(F0:=val1)");
	assert_expr("array[1, null]", "ARRAY[1, null]");
	assert_expr("not a is null", "(NOT (A IS NULL))");
	assert_expr("a || 'b'", "CONCAT(A, 'b')");
	assert_expr("count(*)", "COUNT(*)");
	assert_expr("transform(a, x => x * 2)", "TRANSFORM(A, (X) => (X * 2))");
	assert_expr("case when a then 1 end", "(CASE WHEN A THEN 1 END)");
	assert_expr("1e3", "1E3");
	assert_expr("1.7976931348623157E308", "1.7976931348623157E308");
	assert_expr("123456e-10", "1.23456E-5");
	assert_expr("0e0", "0E0");
	assert_expr("100e0", "1E2");
	assert_expr("12345678901e0", "1.2345678901E10");
	assert_expr("-0.00125e0", "-1.25E-3");
	assert_expr("5e-324", "4.9E-324");
}

static void statements_are_laid_out_one_item_a_line(void **state)
{
	(void)state;
	struct arena arena;
	struct err err;
	struct ast_statements list;
	arena_init(&arena);
	assert_ok(
		sql_parse(&arena,
			  SLICE("create table output with (key_format='KAFKA') as select test.f1 "
				"k1, count(*) total from test group by test.f1, f2 emit changes;"),
			  NULL, &list, &err),
		&err);
	struct buf buf = BUF_INIT(BUF_TEXT_BYTES_MAX);
	ast_print(&buf, list.items[0]);
	assert_string_equal(buf_str(&buf),
			    "CREATE TABLE OUTPUT WITH (KEY_FORMAT='KAFKA') AS SELECT\n"
			    "  TEST.F1 K1,\n"
			    "  COUNT(*) TOTAL\n"
			    "FROM TEST TEST\n"
			    "GROUP BY TEST.F1, F2\n"
			    "EMIT CHANGES");
	buf_fini(&buf);
	arena_fini(&arena);
}

static void durations_become_milliseconds(void **state)
{
	(void)state;
	struct ast_duration days = { .count = 2, .unit = AST_DAY };
	struct ast_duration many = { .count = INT64_MAX, .unit = AST_SECOND };
	struct ast_duration one = { .count = 1, .unit = AST_MILLISECOND };
	assert_int_equal(ast_duration_ms(&days), 172800000);
	assert_int_equal(ast_duration_ms(&many), INT64_MAX);
	assert_int_equal(ast_duration_ms(&one), 1);
}

int main(void)
{
	RUN_TESTS(TEST(what_is_printed_parses_to_the_same_tree),
		  TEST(every_kind_of_statement_comes_up),
		  TEST(different_statements_are_different_trees),
		  TEST(expressions_are_printed_as_error_texts_name_them),
		  TEST(statements_are_laid_out_one_item_a_line),
		  TEST(durations_become_milliseconds));
}
