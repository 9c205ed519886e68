/* Builders of queries and statements. */
#include "sql/ast_build.h"

#include "sql/parse_priv.h"

/* Parts of queries. */

struct ast_item ast_item(struct ast_pos pos, struct ast_expr *expr, const struct ast_name *alias)
{
	struct ast_item item = { .kind = AST_ITEM_EXPR, .pos = pos, .expr = expr };
	if (alias != NULL) {
		item.alias = *alias;
		item.has_alias = true;
	}
	return item;
}

struct ast_item ast_item_star(struct ast_pos pos, const struct ast_name *source)
{
	struct ast_item item = { .kind = AST_ITEM_STAR, .pos = pos };
	if (source != NULL) {
		item.kind = AST_ITEM_SOURCE_STAR;
		item.source = *source;
	}
	return item;
}

struct ast_item ast_item_struct_star(struct ast_pos pos, struct ast_expr *expr)
{
	return (struct ast_item){ .kind = AST_ITEM_STRUCT_STAR, .pos = pos, .expr = expr };
}

struct ast_source ast_source(struct ast_name name, const struct ast_name *alias)
{
	return (struct ast_source){ .name = name, .alias = alias != NULL ? *alias : name };
}

struct ast_join ast_join(struct ast_pos pos, int kind, struct ast_source source,
			 struct ast_within *within, struct ast_expr *on)
{
	return (struct ast_join){
		.kind = (enum ast_join_kind)kind,
		.source = source,
		.within = within,
		.on = on,
		.pos = pos,
	};
}

int64_t ast_integer_of(struct ast_builder *b, const struct ast_expr *number, const char *what)
{
	if (number->kind == AST_INTEGER)
		return number->integer.value;
	if (b->err.code == 0) {
		(void)err_set_at(
			&b->err, ERR_SYNTAX, number->pos.line, number->pos.column,
			"Failed to prepare statement: Value must be integer for command: %s", what);
	}
	return 1;
}

struct ast_optional_limit ast_limit(struct ast_builder *b, const struct ast_expr *number)
{
	int64_t count = ast_integer_of(b, number, "LIMIT");
	return (struct ast_optional_limit){ .present = true, .count = count };
}

struct ast_duration ast_duration(struct ast_builder *b, struct ast_pos pos,
				 const struct ast_expr *count, int unit)
{
	return (struct ast_duration){
		.count = ast_integer_of(b, count, "WINDOW"),
		.unit = (enum ast_unit)unit,
		.pos = pos,
	};
}

struct ast_optional_duration ast_some_duration(struct ast_duration duration)
{
	return (struct ast_optional_duration){ .present = true, .duration = duration };
}

struct ast_within *ast_within(struct ast_builder *b, struct ast_pos pos, struct ast_duration before,
			      struct ast_duration after, struct ast_optional_duration grace)
{
	struct ast_within *within = arena_new(b->arena, struct ast_within);
	within->before = before;
	within->after = after;
	within->grace = grace.duration;
	within->has_grace = grace.present;
	within->pos = pos;
	return within;
}

struct ast_window *ast_window_options(struct ast_builder *b, const struct ast_duration *retention,
				      const struct ast_duration *grace)
{
	struct ast_window *window = arena_new(b->arena, struct ast_window);
	if (retention != NULL) {
		window->retention = *retention;
		window->has_retention = true;
	}
	if (grace != NULL) {
		window->grace = *grace;
		window->has_grace = true;
	}
	return window;
}

struct ast_window *ast_window(struct ast_pos pos, struct ast_window *options,
			      enum ast_window_kind kind, struct ast_duration size,
			      const struct ast_duration *advance)
{
	assert((kind == AST_WINDOW_HOPPING) == (advance != NULL));
	options->kind = kind;
	options->size = size;
	options->pos = pos;
	if (advance != NULL)
		options->advance = *advance;
	return options;
}

struct ast_grouping ast_grouping(struct ast_pos pos, struct ast_exprs exprs)
{
	return (struct ast_grouping){ .present = true, .exprs = exprs, .pos = pos };
}

struct ast_query *ast_query(struct ast_builder *b, struct ast_pos pos,
			    const struct ast_query_parts *parts)
{
	struct ast_query *query = arena_new(b->arena, struct ast_query);
	*query = (struct ast_query){
		.pos = pos,
		.items = parts->items,
		.from = parts->from,
		.joins = parts->joins,
		.window = parts->window,
		.where = parts->where,
		.group_by = parts->group_by.exprs,
		.has_group_by = parts->group_by.present,
		.group_by_pos = parts->group_by.pos,
		.partition_by = parts->partition_by.exprs,
		.has_partition_by = parts->partition_by.present,
		.partition_by_pos = parts->partition_by.pos,
		.having = parts->having,
		.emit = parts->emit,
		.has_limit = parts->limit.present,
		.limit = parts->limit.count,
		.limit_pos = parts->limit_pos,
	};
	return query;
}

/* Statements. */

static struct ast_statement *statement_new(struct ast_builder *b, enum ast_statement_kind kind,
					   struct ast_pos pos)
{
	struct ast_statement *statement = arena_new(b->arena, struct ast_statement);
	statement->kind = kind;
	statement->pos = pos;
	statement->depth = 1;
	return statement;
}

static void statement_refuse(struct ast_builder *b, struct ast_pos pos, const char *text)
{
	if (b->err.code == 0)
		(void)err_set_at(&b->err, ERR_SYNTAX, pos.line, pos.column, "%s", text);
}

struct ast_create ast_create(bool or_replace, struct ast_pos pos)
{
	return (struct ast_create){ .or_replace = or_replace, .pos = pos };
}

struct ast_create ast_create_kind(struct ast_create create, enum ast_source_kind kind,
				  bool read_only)
{
	create.kind = kind;
	create.read_only = read_only;
	return create;
}

struct ast_statement *ast_statement_query(struct ast_builder *b, struct ast_pos pos,
					  struct ast_query *query)
{
	struct ast_statement *statement = statement_new(b, AST_QUERY, pos);
	statement->query = query;
	return statement;
}

struct ast_statement *ast_create_source(struct ast_builder *b, struct ast_pos pos,
					struct ast_create create, bool if_not_exists,
					struct ast_name name, const struct ast_columns *columns,
					struct ast_properties with)
{
	struct ast_statement *statement = statement_new(b, AST_CREATE_SOURCE, pos);
	statement->create_source.kind = create.kind;
	statement->create_source.or_replace = create.or_replace;
	statement->create_source.read_only = create.read_only;
	statement->create_source.if_not_exists = if_not_exists;
	statement->create_source.name = name;
	statement->create_source.with = with;
	if (columns != NULL) {
		statement->create_source.columns = *columns;
		statement->create_source.has_columns = true;
	}
	return statement;
}

struct ast_statement *ast_create_as(struct ast_builder *b, struct ast_pos pos,
				    struct ast_create create, bool if_not_exists,
				    struct ast_name name, struct ast_properties with,
				    struct ast_query *query)
{
	if (create.read_only) {
		statement_refuse(b, create.pos,
				 "A SOURCE stream or table cannot be made from a query: "
				 "leave out SOURCE, or AS SELECT.");
	}
	struct ast_statement *statement = statement_new(b, AST_CREATE_AS, pos);
	statement->create_as.kind = create.kind;
	statement->create_as.or_replace = create.or_replace;
	statement->create_as.if_not_exists = if_not_exists;
	statement->create_as.name = name;
	statement->create_as.with = with;
	statement->create_as.query = query;
	return statement;
}

struct ast_statement *ast_create_type(struct ast_builder *b, struct ast_pos pos,
				      struct ast_create create, bool if_not_exists,
				      struct ast_name name, struct ast_type *type)
{
	if (create.or_replace)
		statement_refuse(b, create.pos,
				 "CREATE TYPE has no OR REPLACE: drop the type first.");
	struct ast_statement *statement = statement_new(b, AST_CREATE_TYPE, pos);
	statement->create_type.name = name;
	statement->create_type.if_not_exists = if_not_exists;
	statement->create_type.type = type;
	return statement;
}

struct ast_statement *ast_create_connector(struct ast_builder *b, struct ast_pos pos,
					   struct ast_create create, bool sink, bool if_not_exists,
					   struct ast_name name, struct ast_properties with)
{
	if (create.or_replace) {
		statement_refuse(b, create.pos,
				 "CREATE CONNECTOR has no OR REPLACE: drop the connector first.");
	}
	struct ast_statement *statement = statement_new(b, AST_CREATE_CONNECTOR, pos);
	statement->connector.name = name;
	statement->connector.sink = sink;
	statement->connector.if_not_exists = if_not_exists;
	statement->connector.with = with;
	return statement;
}

struct ast_statement *ast_create_function(struct ast_builder *b, struct ast_pos pos,
					  struct ast_create create, bool if_not_exists,
					  struct ast_name name, const struct sql_token *library,
					  struct slice symbol, const struct sql_token *language)
{
	if (language != NULL && !slice_eq_str(language->value, "C"))
		statement_refuse(b, language->pos, "Functions are written in LANGUAGE C.");
	struct ast_statement *statement = statement_new(b, AST_CREATE_FUNCTION, pos);
	statement->function.name = name;
	statement->function.or_replace = create.or_replace;
	statement->function.if_not_exists = if_not_exists;
	statement->function.library = library->value;
	statement->function.symbol = symbol;
	return statement;
}

struct ast_statement *ast_insert_select(struct ast_builder *b, struct ast_pos pos,
					struct ast_name name, const struct ast_properties *with,
					struct ast_query *query)
{
	struct ast_statement *statement = statement_new(b, AST_INSERT_SELECT, pos);
	statement->insert_select.name = name;
	statement->insert_select.query = query;
	if (with != NULL)
		statement->insert_select.with = *with;
	return statement;
}

struct ast_statement *ast_insert_values(struct ast_builder *b, struct ast_pos pos,
					enum ast_statement_kind kind, struct ast_name name,
					const struct ast_names *columns, struct ast_rows rows)
{
	assert(rows.len > 0);
	struct ast_statement *statement = statement_new(b, kind, pos);
	statement->insert_values.name = name;
	statement->insert_values.rows = rows;
	if (columns != NULL)
		statement->insert_values.columns = *columns;
	return statement;
}

struct ast_statement *ast_assert_values(struct ast_builder *b, struct ast_pos pos,
					enum ast_statement_kind kind, struct ast_name name,
					const struct ast_names *columns, struct ast_exprs row)
{
	return ast_insert_values(b, pos, kind, name, columns, ast_rows_add(b, ast_no_rows(), row));
}

struct ast_statement *ast_drop(struct ast_builder *b, struct ast_pos pos,
			       enum ast_statement_kind kind, bool if_exists, struct ast_name name)
{
	struct ast_statement *statement = statement_new(b, kind, pos);
	statement->drop.name = name;
	statement->drop.if_exists = if_exists;
	return statement;
}

struct ast_statement *ast_drop_source(struct ast_builder *b, struct ast_pos pos, int kind,
				      bool if_exists, struct ast_name name, bool delete_topic)
{
	struct ast_statement *statement = ast_drop(b, pos, AST_DROP_SOURCE, if_exists, name);
	statement->drop.kind = (enum ast_source_kind)kind;
	statement->drop.delete_topic = delete_topic;
	return statement;
}

struct ast_statement *ast_alter_source(struct ast_builder *b, struct ast_pos pos, int kind,
				       struct ast_name name, struct ast_columns columns)
{
	assert(columns.len > 0);
	struct ast_statement *statement = statement_new(b, AST_ALTER_SOURCE, pos);
	statement->alter_source.kind = (enum ast_source_kind)kind;
	statement->alter_source.name = name;
	statement->alter_source.columns = columns;
	return statement;
}

struct ast_statement *ast_show(struct ast_builder *b, struct ast_pos pos, int subject, bool all,
			       bool extended)
{
	struct ast_statement *statement = statement_new(b, AST_SHOW, pos);
	statement->show.subject = (enum ast_subject)subject;
	statement->show.all = all;
	statement->show.extended = extended;
	return statement;
}

/* TABLES may be a name, so the grammar takes DESCRIBE TABLES for one. */
struct ast_statement *ast_describe(struct ast_builder *b, struct ast_pos pos,
				   enum ast_subject subject, struct ast_name name, bool extended)
{
	bool tables =
		subject == AST_SUBJECT_SOURCE && !name.quoted && slice_eq_str(name.text, "TABLES");
	struct ast_statement *statement = statement_new(b, AST_DESCRIBE, pos);
	statement->show.subject = tables ? AST_SUBJECT_TABLES : subject;
	statement->show.extended = extended;
	if (!tables)
		statement->show.name = name;
	return statement;
}

struct ast_statement *ast_describe_streams(struct ast_builder *b, struct ast_pos pos, bool extended)
{
	struct ast_statement *statement = statement_new(b, AST_DESCRIBE, pos);
	statement->show.subject = AST_SUBJECT_STREAMS;
	statement->show.extended = extended;
	return statement;
}

struct ast_print_options ast_print_options(bool from_beginning, int64_t interval,
					   struct ast_optional_limit limit)
{
	return (struct ast_print_options){
		.from_beginning = from_beginning,
		.interval = interval,
		.limit = limit,
	};
}

struct ast_statement *ast_print_topic(struct ast_builder *b, struct ast_pos pos,
				      struct ast_name topic, struct ast_print_options options)
{
	struct ast_statement *statement = statement_new(b, AST_PRINT, pos);
	statement->print.topic = topic;
	statement->print.from_beginning = options.from_beginning;
	statement->print.interval = options.interval;
	statement->print.has_limit = options.limit.present;
	statement->print.limit = options.limit.count;
	return statement;
}

struct ast_statement *ast_control(struct ast_builder *b, struct ast_pos pos,
				  enum ast_statement_kind kind, const struct ast_name *name)
{
	struct ast_statement *statement = statement_new(b, kind, pos);
	statement->control.all = name == NULL;
	if (name != NULL)
		statement->control.name = *name;
	return statement;
}

struct ast_statement *ast_explain(struct ast_builder *b, struct ast_pos pos,
				  struct ast_statement *explained)
{
	struct ast_statement *statement = statement_new(b, AST_EXPLAIN, pos);
	statement->explain.statement = explained;
	statement->depth = explained->depth + 1;
	if (statement->depth > AST_DEPTH_MAX)
		statement_refuse(b, pos, "EXPLAIN is nested too deep.");
	return statement;
}

struct ast_statement *ast_explain_query(struct ast_builder *b, struct ast_pos pos,
					struct ast_name name)
{
	struct ast_statement *statement = statement_new(b, AST_EXPLAIN, pos);
	statement->explain.name = name;
	return statement;
}

struct ast_statement *ast_set(struct ast_builder *b, struct ast_pos pos,
			      enum ast_statement_kind kind, const struct sql_token *key,
			      const struct sql_token *value)
{
	struct ast_statement *statement = statement_new(b, kind, pos);
	statement->set.key = ast_resource(b, key);
	statement->set.value = value != NULL ? value->value : SLICE_EMPTY;
	return statement;
}

struct ast_statement *ast_assert_topic(struct ast_builder *b, struct ast_pos pos, bool not_exists,
				       struct ast_name topic, struct ast_properties with,
				       struct ast_optional_duration timeout)
{
	struct ast_statement *statement = statement_new(b, AST_ASSERT_TOPIC, pos);
	statement->assert_topic.topic = topic;
	statement->assert_topic.not_exists = not_exists;
	statement->assert_topic.with = with;
	statement->assert_topic.has_timeout = timeout.present;
	statement->assert_topic.timeout = timeout.duration;
	return statement;
}

struct ast_statement *ast_assert_schema(struct ast_builder *b, struct ast_pos pos, bool not_exists,
					const struct ast_name *subject, struct ast_expr *id,
					struct ast_optional_duration timeout)
{
	struct ast_statement *statement = statement_new(b, AST_ASSERT_SCHEMA, pos);
	statement->assert_schema.not_exists = not_exists;
	statement->assert_schema.id = id;
	statement->assert_schema.has_timeout = timeout.present;
	statement->assert_schema.timeout = timeout.duration;
	if (subject != NULL) {
		statement->assert_schema.subject = *subject;
		statement->assert_schema.has_subject = true;
	}
	return statement;
}

struct ast_statement *ast_assert_source(struct ast_builder *b, struct ast_pos pos, int kind,
					struct ast_name name, const struct ast_columns *columns,
					struct ast_properties with)
{
	struct ast_create create = { .kind = (enum ast_source_kind)kind };
	struct ast_statement *statement =
		ast_create_source(b, pos, create, false, name, columns, with);
	statement->kind = AST_ASSERT_SOURCE;
	return statement;
}

struct ast_statement *ast_run_script(struct ast_builder *b, struct ast_pos pos,
				     const struct sql_token *file)
{
	struct ast_statement *statement = statement_new(b, AST_RUN_SCRIPT, pos);
	statement->script = file->value;
	return statement;
}
