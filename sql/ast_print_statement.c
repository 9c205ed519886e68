/* Queries and statements as text. */
#include "sql/ast_print.h"

#include "sql/parse.h"

/* clang-format off */
static const char *const unit_plurals[] = {
#define AST_UNIT(unit, text, plural, ms) [unit] = plural,
#include "sql/ast.def"
};

static const char *const join_texts[] = {
	[AST_JOIN_INNER] = "INNER",
	[AST_JOIN_LEFT] = "LEFT OUTER",
	[AST_JOIN_RIGHT] = "RIGHT OUTER",
	[AST_JOIN_FULL] = "FULL OUTER",
};

static const char *const role_texts[] = {
	[AST_COLUMN_VALUE] = "",
	[AST_COLUMN_KEY] = " KEY",
	[AST_COLUMN_PRIMARY_KEY] = " PRIMARY KEY",
	[AST_COLUMN_HEADERS] = " HEADERS",
	[AST_COLUMN_HEADER] = " HEADER",
};

static const char *const subject_texts[] = {
	[AST_SUBJECT_SOURCE] = "",
	[AST_SUBJECT_PROPERTIES] = " PROPERTIES",
	[AST_SUBJECT_TOPICS] = " TOPICS",
	[AST_SUBJECT_STREAMS] = " STREAMS",
	[AST_SUBJECT_TABLES] = " TABLES",
	[AST_SUBJECT_FUNCTIONS] = " FUNCTIONS",
	[AST_SUBJECT_FUNCTION] = " FUNCTION",
	[AST_SUBJECT_CONNECTORS] = " CONNECTORS",
	[AST_SUBJECT_SOURCE_CONNECTORS] = " SOURCE CONNECTORS",
	[AST_SUBJECT_SINK_CONNECTORS] = " SINK CONNECTORS",
	[AST_SUBJECT_CONNECTOR] = " CONNECTOR",
	[AST_SUBJECT_CONNECTOR_PLUGINS] = " CONNECTOR PLUGINS",
	[AST_SUBJECT_TYPES] = " TYPES",
	[AST_SUBJECT_VARIABLES] = " VARIABLES",
	[AST_SUBJECT_QUERIES] = " QUERIES",
};
/* clang-format on */

static void print_name(struct buf *buf, const struct ast_name *name)
{
	ast_name_print(buf, name->text, AST_QUOTE_NEEDED);
}

static void print_expr(struct buf *buf, const struct ast_expr *expr)
{
	ast_expr_print(buf, expr, AST_QUOTE_NEEDED);
}

static const char *kind_text(enum ast_source_kind kind)
{
	return kind == AST_STREAM ? "STREAM" : "TABLE";
}

/* Queries. */

static void print_item(struct buf *buf, const struct ast_item *item)
{
	switch (item->kind) {
	case AST_ITEM_STAR:
		buf_append_u8(buf, '*');
		return;
	case AST_ITEM_SOURCE_STAR:
		print_name(buf, &item->source);
		buf_append_str(buf, ".*");
		return;
	case AST_ITEM_STRUCT_STAR:
		buf_append_str(buf, item->expr->kind == AST_UNARY ? "(" : "");
		print_expr(buf, item->expr);
		buf_append_str(buf, item->expr->kind == AST_UNARY ? ")->*" : "->*");
		return;
	case AST_ITEM_EXPR:
		print_expr(buf, item->expr);
		if (item->has_alias) {
			buf_append_u8(buf, ' ');
			print_name(buf, &item->alias);
		}
		return;
	}
	UNREACHABLE("all kinds are above");
}

static void print_select(struct buf *buf, const struct ast_query *query)
{
	bool many = query->items.len > 1;
	buf_append_str(buf, "SELECT");
	vec_each (item, &query->items) {
		if (item != query->items.items)
			buf_append_u8(buf, ',');
		buf_append_str(buf, many ? "\n  " : " ");
		print_item(buf, item);
	}
}

static void print_source(struct buf *buf, const struct ast_source *source)
{
	print_name(buf, &source->name);
	buf_append_u8(buf, ' ');
	print_name(buf, &source->alias);
}

static void print_duration(struct buf *buf, const char *before, const struct ast_duration *duration)
{
	assert(duration->unit < COUNT_OF(unit_plurals));
	buf_printf(buf, "%s%lld %s", before, (long long)duration->count,
		   unit_plurals[duration->unit]);
}

static void print_within(struct buf *buf, const struct ast_within *within)
{
	bool same = within->before.count == within->after.count &&
		    within->before.unit == within->after.unit;
	buf_append_str(buf, " WITHIN ");
	if (same) {
		print_duration(buf, "", &within->before);
	} else {
		print_duration(buf, "(", &within->before);
		print_duration(buf, ", ", &within->after);
		buf_append_u8(buf, ')');
	}
	if (within->has_grace)
		print_duration(buf, " GRACE PERIOD ", &within->grace);
}

static void print_join(struct buf *buf, const struct ast_join *join)
{
	buf_printf(buf, "\n%s JOIN ", join_texts[join->kind]);
	print_source(buf, &join->source);
	if (join->within != NULL)
		print_within(buf, join->within);
	buf_append_str(buf, " ON (");
	print_expr(buf, join->on);
	buf_append_u8(buf, ')');
}

static void print_window(struct buf *buf, const struct ast_window *window)
{
	static const char *const begins[] = {
		[AST_WINDOW_TUMBLING] = "\nWINDOW TUMBLING ( SIZE ",
		[AST_WINDOW_HOPPING] = "\nWINDOW HOPPING ( SIZE ",
		[AST_WINDOW_SESSION] = "\nWINDOW SESSION ( ",
	};
	print_duration(buf, begins[window->kind], &window->size);
	if (window->kind == AST_WINDOW_HOPPING)
		print_duration(buf, ", ADVANCE BY ", &window->advance);
	if (window->has_retention)
		print_duration(buf, ", RETENTION ", &window->retention);
	if (window->has_grace)
		print_duration(buf, ", GRACE PERIOD ", &window->grace);
	buf_append_str(buf, " )");
}

static void print_exprs(struct buf *buf, const struct ast_exprs *exprs)
{
	vec_each (expr, exprs) {
		if (expr != exprs->items)
			buf_append_str(buf, ", ");
		print_expr(buf, *expr);
	}
}

static void print_grouping(struct buf *buf, const char *words, const struct ast_exprs *exprs)
{
	buf_append_str(buf, words);
	if (exprs->len == 0)
		buf_append_str(buf, "()");
	print_exprs(buf, exprs);
}

void ast_query_print(struct buf *buf, const struct ast_query *query)
{
	static const char *const emits[] = {
		[AST_EMIT_NONE] = "",
		[AST_EMIT_CHANGES] = "\nEMIT CHANGES",
		[AST_EMIT_FINAL] = "\nEMIT FINAL",
	};
	print_select(buf, query);
	buf_append_str(buf, "\nFROM ");
	print_source(buf, &query->from);
	vec_each (join, &query->joins)
		print_join(buf, join);
	if (query->window != NULL)
		print_window(buf, query->window);
	if (query->where != NULL) {
		buf_append_str(buf, "\nWHERE ");
		print_expr(buf, query->where);
	}
	if (query->has_group_by)
		print_grouping(buf, "\nGROUP BY ", &query->group_by);
	if (query->has_partition_by)
		print_grouping(buf, "\nPARTITION BY ", &query->partition_by);
	if (query->having != NULL) {
		buf_append_str(buf, "\nHAVING ");
		print_expr(buf, query->having);
	}
	buf_append_str(buf, emits[query->emit]);
	if (query->has_limit)
		buf_printf(buf, "\nLIMIT %lld", (long long)query->limit);
}

/* Statements. */

static void print_with(struct buf *buf, const struct ast_properties *with)
{
	if (with->len == 0)
		return;
	buf_append_str(buf, " WITH (");
	vec_each (property, with) {
		if (property != with->items)
			buf_append_str(buf, ", ");
		if (sql_name_needs_quotes(property->key.text))
			ast_text_print(buf, property->key.text);
		else
			buf_append(buf, property->key.text);
		buf_append_u8(buf, '=');
		print_expr(buf, property->value);
	}
	buf_append_u8(buf, ')');
}

static void print_column_def(struct buf *buf, const struct ast_column *column)
{
	print_name(buf, &column->name);
	buf_append_u8(buf, ' ');
	ast_type_print(buf, column->type, AST_QUOTE_NEEDED);
	buf_append_str(buf, role_texts[column->role]);
	if (column->role == AST_COLUMN_HEADER) {
		buf_append_u8(buf, '(');
		ast_text_print(buf, column->header);
		buf_append_u8(buf, ')');
	}
}

static void print_columns(struct buf *buf, const struct ast_columns *columns)
{
	buf_append_str(buf, " (");
	vec_each (column, columns) {
		if (column != columns->items)
			buf_append_str(buf, ", ");
		print_column_def(buf, column);
	}
	buf_append_u8(buf, ')');
}

static void print_create_head(struct buf *buf, bool or_replace, const char *what,
			      bool if_not_exists, const struct ast_name *name)
{
	buf_printf(buf, "CREATE %s%s %s", or_replace ? "OR REPLACE " : "", what,
		   if_not_exists ? "IF NOT EXISTS " : "");
	print_name(buf, name);
}

static void print_create_source(struct buf *buf, const struct ast_statement *s)
{
	bool stream = s->create_source.kind == AST_STREAM;
	const char *what = stream ? "STREAM" : "TABLE";
	if (s->create_source.read_only)
		what = stream ? "SOURCE STREAM" : "SOURCE TABLE";
	if (s->kind == AST_ASSERT_SOURCE) {
		buf_printf(buf, "ASSERT %s ", what);
		print_name(buf, &s->create_source.name);
	} else {
		print_create_head(buf, s->create_source.or_replace, what,
				  s->create_source.if_not_exists, &s->create_source.name);
	}
	if (s->create_source.has_columns)
		print_columns(buf, &s->create_source.columns);
	print_with(buf, &s->create_source.with);
}

static void print_create_as(struct buf *buf, const struct ast_statement *s)
{
	print_create_head(buf, s->create_as.or_replace, kind_text(s->create_as.kind),
			  s->create_as.if_not_exists, &s->create_as.name);
	print_with(buf, &s->create_as.with);
	buf_append_str(buf, " AS ");
	ast_query_print(buf, s->create_as.query);
}

static void print_insert_select(struct buf *buf, const struct ast_statement *s)
{
	buf_append_str(buf, "INSERT INTO ");
	print_name(buf, &s->insert_select.name);
	print_with(buf, &s->insert_select.with);
	buf_append_u8(buf, ' ');
	ast_query_print(buf, s->insert_select.query);
}

static void print_insert_values(struct buf *buf, const struct ast_statement *s, const char *begin,
				const char *values)
{
	buf_append_str(buf, begin);
	print_name(buf, &s->insert_values.name);
	vec_each (column, &s->insert_values.columns) {
		buf_append_str(buf, column == s->insert_values.columns.items ? " (" : ", ");
		print_name(buf, column);
	}
	buf_append_str(buf, s->insert_values.columns.len > 0 ? ")" : "");
	buf_append_str(buf, values);
	vec_each (row, &s->insert_values.rows) {
		buf_append_str(buf, row == s->insert_values.rows.items ? "(" : ", (");
		print_exprs(buf, row);
		buf_append_u8(buf, ')');
	}
}

static void print_drop(struct buf *buf, const struct ast_statement *s, const char *what)
{
	buf_printf(buf, "DROP %s %s", what, s->drop.if_exists ? "IF EXISTS " : "");
	print_name(buf, &s->drop.name);
	buf_append_str(buf, s->drop.delete_topic ? " DELETE TOPIC" : "");
}

static void print_alter_source(struct buf *buf, const struct ast_statement *s)
{
	buf_printf(buf, "ALTER %s ", kind_text(s->alter_source.kind));
	print_name(buf, &s->alter_source.name);
	vec_each (column, &s->alter_source.columns) {
		bool first = column == s->alter_source.columns.items;
		buf_append_str(buf, first ? "\nADD COLUMN " : ",\nADD COLUMN ");
		print_column_def(buf, column);
	}
}

static void print_create_type(struct buf *buf, const struct ast_statement *s)
{
	print_create_head(buf, false, "TYPE", s->create_type.if_not_exists, &s->create_type.name);
	buf_append_str(buf, " AS ");
	ast_type_print(buf, s->create_type.type, AST_QUOTE_NEEDED);
}

static void print_create_function(struct buf *buf, const struct ast_statement *s)
{
	print_create_head(buf, s->function.or_replace, "FUNCTION", s->function.if_not_exists,
			  &s->function.name);
	buf_append_str(buf, " AS ");
	ast_text_print(buf, s->function.library);
	if (s->function.symbol.len > 0) {
		buf_append_str(buf, ", ");
		ast_text_print(buf, s->function.symbol);
	}
}

static void print_show(struct buf *buf, const struct ast_statement *s, const char *verb)
{
	buf_printf(buf, "%s%s%s", verb, s->show.all ? " ALL" : "", subject_texts[s->show.subject]);
	if (s->show.name.text.len > 0) {
		buf_append_u8(buf, ' ');
		/* Bare, it would be DESCRIBE TABLES. */
		if (slice_eq_str(s->show.name.text, "TABLES"))
			buf_append_str(buf, "`TABLES`");
		else
			print_name(buf, &s->show.name);
	}
	buf_append_str(buf, s->show.extended ? " EXTENDED" : "");
}

static void print_print(struct buf *buf, const struct ast_statement *s)
{
	buf_append_str(buf, "PRINT ");
	ast_text_print(buf, s->print.topic.text);
	buf_append_str(buf, s->print.from_beginning ? " FROM BEGINNING" : "");
	if (s->print.interval != 1)
		buf_printf(buf, " SAMPLE %lld", (long long)s->print.interval);
	if (s->print.has_limit)
		buf_printf(buf, " LIMIT %lld", (long long)s->print.limit);
}

static void print_control(struct buf *buf, const struct ast_statement *s)
{
	buf_printf(buf, "%s ", ast_statement_words(s->kind));
	if (s->control.all)
		buf_append_str(buf, "ALL");
	else
		print_name(buf, &s->control.name);
}

static void print_explain(struct buf *buf, const struct ast_statement *s)
{
	buf_append_str(buf, "EXPLAIN ");
	if (s->explain.statement != NULL)
		ast_print(buf, s->explain.statement);
	else
		print_name(buf, &s->explain.name);
}

/* The names of variables are bare words, those of properties are texts. */
static void print_set(struct buf *buf, const struct ast_statement *s)
{
	bool variable = s->kind == AST_DEFINE || s->kind == AST_UNDEFINE;
	bool valued = s->kind != AST_UNSET && s->kind != AST_UNDEFINE;
	buf_printf(buf, "%s ", ast_statement_words(s->kind));
	if (variable)
		buf_append(buf, s->set.key.text);
	else
		ast_text_print(buf, s->set.key.text);
	if (valued) {
		buf_append_u8(buf, '=');
		ast_text_print(buf, s->set.value);
	}
}

static void print_assert_topic(struct buf *buf, const struct ast_statement *s)
{
	buf_printf(buf, "ASSERT %sTOPIC ", s->assert_topic.not_exists ? "NOT EXISTS " : "");
	ast_text_print(buf, s->assert_topic.topic.text);
	print_with(buf, &s->assert_topic.with);
	if (s->assert_topic.has_timeout)
		print_duration(buf, " TIMEOUT ", &s->assert_topic.timeout);
}

static void print_assert_schema(struct buf *buf, const struct ast_statement *s)
{
	buf_printf(buf, "ASSERT %sSCHEMA", s->assert_schema.not_exists ? "NOT EXISTS " : "");
	if (s->assert_schema.has_subject) {
		buf_append_str(buf, " SUBJECT ");
		ast_text_print(buf, s->assert_schema.subject.text);
	}
	if (s->assert_schema.id != NULL) {
		buf_append_str(buf, " ID ");
		print_expr(buf, s->assert_schema.id);
	}
	if (s->assert_schema.has_timeout)
		print_duration(buf, " TIMEOUT ", &s->assert_schema.timeout);
}

void ast_print(struct buf *buf, const struct ast_statement *s)
{
	switch (s->kind) {
	case AST_QUERY:
		ast_query_print(buf, s->query);
		return;
	case AST_CREATE_SOURCE:
	case AST_ASSERT_SOURCE:
		print_create_source(buf, s);
		return;
	case AST_CREATE_AS:
		print_create_as(buf, s);
		return;
	case AST_INSERT_SELECT:
		print_insert_select(buf, s);
		return;
	case AST_INSERT_VALUES:
		print_insert_values(buf, s, "INSERT INTO ", " VALUES ");
		return;
	case AST_ASSERT_VALUES:
		print_insert_values(buf, s, "ASSERT VALUES ", " VALUES ");
		return;
	case AST_ASSERT_TOMBSTONE:
		print_insert_values(buf, s, "ASSERT NULL VALUES ", " KEY ");
		return;
	case AST_DROP_SOURCE:
		print_drop(buf, s, kind_text(s->drop.kind));
		return;
	case AST_DROP_TYPE:
		print_drop(buf, s, "TYPE");
		return;
	case AST_DROP_CONNECTOR:
		print_drop(buf, s, "CONNECTOR");
		return;
	case AST_DROP_FUNCTION:
		print_drop(buf, s, "FUNCTION");
		return;
	case AST_ALTER_SOURCE:
		print_alter_source(buf, s);
		return;
	case AST_CREATE_TYPE:
		print_create_type(buf, s);
		return;
	case AST_CREATE_CONNECTOR:
		print_create_head(buf, false,
				  s->connector.sink ? "SINK CONNECTOR" : "SOURCE CONNECTOR",
				  s->connector.if_not_exists, &s->connector.name);
		print_with(buf, &s->connector.with);
		return;
	case AST_CREATE_FUNCTION:
		print_create_function(buf, s);
		return;
	case AST_SHOW:
	case AST_DESCRIBE:
		print_show(buf, s, ast_statement_words(s->kind));
		return;
	case AST_PRINT:
		print_print(buf, s);
		return;
	case AST_TERMINATE:
	case AST_PAUSE:
	case AST_RESUME:
		print_control(buf, s);
		return;
	case AST_EXPLAIN:
		print_explain(buf, s);
		return;
	case AST_SET:
	case AST_UNSET:
	case AST_DEFINE:
	case AST_UNDEFINE:
	case AST_ALTER_SYSTEM:
		print_set(buf, s);
		return;
	case AST_ASSERT_TOPIC:
		print_assert_topic(buf, s);
		return;
	case AST_ASSERT_SCHEMA:
		print_assert_schema(buf, s);
		return;
	case AST_RUN_SCRIPT:
		buf_append_str(buf, "RUN SCRIPT ");
		ast_text_print(buf, s->script);
		return;
	}
	UNREACHABLE("all kinds are above");
}
