/* Whether two trees say the same: how the printer and the parser are held to each other. */
#include "sql/ast.h"

static bool name_equal(const struct ast_name *a, const struct ast_name *b)
{
	return slice_eq(a->text, b->text);
}

/* Two lists are equal when their items are, by `same`. */
#define LIST_EQUAL(a, b, same)                                                                     \
	for (uint32_t i = 0; i < (a)->len || i < (b)->len; i++) {                                  \
		if ((a)->len != (b)->len || !same((a)->items[i], (b)->items[i]))                   \
			return false;                                                              \
	}                                                                                          \
	return true

#define NAMES_SAME(x, y) slice_eq((x).text, (y).text)

static bool names_equal(const struct ast_names *a, const struct ast_names *b)
{
	LIST_EQUAL(a, b, NAMES_SAME);
}

static bool both_or_neither(const void *a, const void *b)
{
	return (a == NULL) == (b == NULL);
}

static bool optional_equal(const struct ast_expr *a, const struct ast_expr *b)
{
	return both_or_neither(a, b) && (a == NULL || ast_expr_equal(a, b));
}

static bool exprs_equal(const struct ast_exprs *a, const struct ast_exprs *b)
{
	LIST_EQUAL(a, b, ast_expr_equal);
}

#define WHENS_SAME(x, y)                                                                           \
	(ast_expr_equal((x).condition, (y).condition) && ast_expr_equal((x).result, (y).result))

static bool whens_equal(const struct ast_whens *a, const struct ast_whens *b)
{
	LIST_EQUAL(a, b, WHENS_SAME);
}

#define ENTRIES_SAME(x, y)                                                                         \
	(ast_expr_equal((x).key, (y).key) && ast_expr_equal((x).value, (y).value))

static bool entries_equal(const struct ast_entries *a, const struct ast_entries *b)
{
	LIST_EQUAL(a, b, ENTRIES_SAME);
}

#define FIELDS_SAME(x, y)                                                                          \
	(name_equal(&(x).name, &(y).name) && optional_equal((x).value, (y).value) &&               \
	 both_or_neither((x).type, (y).type) &&                                                    \
	 ((x).type == NULL || ast_type_equal((x).type, (y).type)))

static bool fields_equal(const struct ast_fields *a, const struct ast_fields *b)
{
	LIST_EQUAL(a, b, FIELDS_SAME);
}

bool ast_type_equal(const struct ast_type *a, const struct ast_type *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case AST_TYPE_DECIMAL:
		return a->precision == b->precision && a->scale == b->scale;
	case AST_TYPE_ARRAY:
		return ast_type_equal(a->value, b->value);
	case AST_TYPE_MAP:
		return ast_type_equal(a->key, b->key) && ast_type_equal(a->value, b->value);
	case AST_TYPE_STRUCT:
		return fields_equal(&a->fields, &b->fields);
	case AST_TYPE_NAMED:
		return name_equal(&a->name, &b->name);
	case AST_TYPE_BOOLEAN:
	case AST_TYPE_INTEGER:
	case AST_TYPE_BIGINT:
	case AST_TYPE_DOUBLE:
	case AST_TYPE_STRING:
	case AST_TYPE_BYTES:
	case AST_TYPE_TIME:
	case AST_TYPE_DATE:
	case AST_TYPE_TIMESTAMP:
		return true;
	}
	UNREACHABLE("all kinds are above");
}

static bool column_equal(const struct ast_expr *a, const struct ast_expr *b)
{
	return a->column.qualified == b->column.qualified &&
	       name_equal(&a->column.name, &b->column.name) &&
	       (!a->column.qualified || name_equal(&a->column.source, &b->column.source));
}

static bool like_equal(const struct ast_expr *a, const struct ast_expr *b)
{
	return a->like.has_escape == b->like.has_escape &&
	       (!a->like.has_escape || slice_eq(a->like.escape, b->like.escape)) &&
	       ast_expr_equal(a->like.value, b->like.value) &&
	       ast_expr_equal(a->like.pattern, b->like.pattern);
}

bool ast_expr_equal(const struct ast_expr *a, const struct ast_expr *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case AST_NULL:
		return true;
	case AST_BOOLEAN:
		return a->boolean == b->boolean;
	case AST_INTEGER:
		return a->integer.value == b->integer.value;
	case AST_DECIMAL:
		return slice_eq(a->decimal.text, b->decimal.text);
	case AST_DOUBLE:
		return memcmp(&a->number, &b->number, sizeof(a->number)) == 0;
	case AST_STRING:
		return slice_eq(a->string, b->string);
	case AST_COLUMN:
		return column_equal(a, b);
	case AST_UNIT_NAME:
		return a->unit == b->unit;
	case AST_UNARY:
		return a->unary.op == b->unary.op &&
		       ast_expr_equal(a->unary.operand, b->unary.operand);
	case AST_ARITHMETIC:
	case AST_COMPARISON:
	case AST_LOGIC:
		return a->binary.op == b->binary.op &&
		       ast_expr_equal(a->binary.left, b->binary.left) &&
		       ast_expr_equal(a->binary.right, b->binary.right);
	case AST_NOT:
	case AST_IS_NULL:
	case AST_IS_NOT_NULL:
		return ast_expr_equal(a->operand, b->operand);
	case AST_BETWEEN:
		return ast_expr_equal(a->between.value, b->between.value) &&
		       ast_expr_equal(a->between.low, b->between.low) &&
		       ast_expr_equal(a->between.high, b->between.high);
	case AST_LIKE:
		return like_equal(a, b);
	case AST_IN:
		return ast_expr_equal(a->in.value, b->in.value) &&
		       exprs_equal(&a->in.items, &b->in.items);
	case AST_CAST:
		return ast_expr_equal(a->cast.value, b->cast.value) &&
		       ast_type_equal(a->cast.type, b->cast.type);
	case AST_CASE:
		return optional_equal(a->cases.operand, b->cases.operand) &&
		       whens_equal(&a->cases.whens, &b->cases.whens) &&
		       optional_equal(a->cases.otherwise, b->cases.otherwise);
	case AST_ARRAY:
		return exprs_equal(&a->items, &b->items);
	case AST_MAP:
		return entries_equal(&a->map, &b->map);
	case AST_STRUCT:
		return fields_equal(&a->structure, &b->structure);
	case AST_SUBSCRIPT:
		return ast_expr_equal(a->subscript.base, b->subscript.base) &&
		       ast_expr_equal(a->subscript.index, b->subscript.index);
	case AST_FIELD:
		return name_equal(&a->field.name, &b->field.name) &&
		       ast_expr_equal(a->field.base, b->field.base);
	case AST_CALL:
		return name_equal(&a->call.name, &b->call.name) &&
		       exprs_equal(&a->call.args, &b->call.args);
	case AST_LAMBDA:
		return names_equal(&a->lambda.params, &b->lambda.params) &&
		       ast_expr_equal(a->lambda.body, b->lambda.body);
	}
	UNREACHABLE("all kinds are above");
}

/* Queries. */

static bool duration_equal(const struct ast_duration *a, const struct ast_duration *b)
{
	return a->count == b->count && a->unit == b->unit;
}

static bool within_equal(const struct ast_within *a, const struct ast_within *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return duration_equal(&a->before, &b->before) && duration_equal(&a->after, &b->after) &&
	       a->has_grace == b->has_grace &&
	       (!a->has_grace || duration_equal(&a->grace, &b->grace));
}

static bool window_equal(const struct ast_window *a, const struct ast_window *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->kind == b->kind && duration_equal(&a->size, &b->size) &&
	       (a->kind != AST_WINDOW_HOPPING || duration_equal(&a->advance, &b->advance)) &&
	       a->has_retention == b->has_retention && a->has_grace == b->has_grace &&
	       (!a->has_retention || duration_equal(&a->retention, &b->retention)) &&
	       (!a->has_grace || duration_equal(&a->grace, &b->grace));
}

static bool item_equal(const struct ast_item *a, const struct ast_item *b)
{
	return a->kind == b->kind && optional_equal(a->expr, b->expr) &&
	       (a->kind != AST_ITEM_SOURCE_STAR || name_equal(&a->source, &b->source)) &&
	       a->has_alias == b->has_alias && (!a->has_alias || name_equal(&a->alias, &b->alias));
}

#define ITEMS_SAME(x, y) item_equal(&(x), &(y))

static bool items_equal(const struct ast_items *a, const struct ast_items *b)
{
	LIST_EQUAL(a, b, ITEMS_SAME);
}

static bool source_equal(const struct ast_source *a, const struct ast_source *b)
{
	return name_equal(&a->name, &b->name) && name_equal(&a->alias, &b->alias);
}

#define JOINS_SAME(x, y)                                                                           \
	((x).kind == (y).kind && source_equal(&(x).source, &(y).source) &&                         \
	 within_equal((x).within, (y).within) && ast_expr_equal((x).on, (y).on))

static bool joins_equal(const struct ast_joins *a, const struct ast_joins *b)
{
	LIST_EQUAL(a, b, JOINS_SAME);
}

static bool query_equal(const struct ast_query *a, const struct ast_query *b)
{
	return items_equal(&a->items, &b->items) && source_equal(&a->from, &b->from) &&
	       joins_equal(&a->joins, &b->joins) && window_equal(a->window, b->window) &&
	       optional_equal(a->where, b->where) && a->has_group_by == b->has_group_by &&
	       exprs_equal(&a->group_by, &b->group_by) &&
	       a->has_partition_by == b->has_partition_by &&
	       exprs_equal(&a->partition_by, &b->partition_by) &&
	       optional_equal(a->having, b->having) && a->emit == b->emit &&
	       a->has_limit == b->has_limit && (!a->has_limit || a->limit == b->limit);
}

/* Statements. */

#define COLUMNS_SAME(x, y)                                                                         \
	(name_equal(&(x).name, &(y).name) && ast_type_equal((x).type, (y).type) &&                 \
	 (x).role == (y).role && slice_eq((x).header, (y).header))

static bool columns_equal(const struct ast_columns *a, const struct ast_columns *b)
{
	LIST_EQUAL(a, b, COLUMNS_SAME);
}

#define PROPERTIES_SAME(x, y)                                                                      \
	(name_equal(&(x).key, &(y).key) && ast_expr_equal((x).value, (y).value))

static bool properties_equal(const struct ast_properties *a, const struct ast_properties *b)
{
	LIST_EQUAL(a, b, PROPERTIES_SAME);
}

#define ROWS_SAME(x, y) exprs_equal(&(x), &(y))

static bool rows_equal(const struct ast_rows *a, const struct ast_rows *b)
{
	LIST_EQUAL(a, b, ROWS_SAME);
}

static bool create_source_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	return a->create_source.kind == b->create_source.kind &&
	       a->create_source.or_replace == b->create_source.or_replace &&
	       a->create_source.if_not_exists == b->create_source.if_not_exists &&
	       a->create_source.read_only == b->create_source.read_only &&
	       name_equal(&a->create_source.name, &b->create_source.name) &&
	       a->create_source.has_columns == b->create_source.has_columns &&
	       columns_equal(&a->create_source.columns, &b->create_source.columns) &&
	       properties_equal(&a->create_source.with, &b->create_source.with);
}

static bool create_as_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	return a->create_as.kind == b->create_as.kind &&
	       a->create_as.or_replace == b->create_as.or_replace &&
	       a->create_as.if_not_exists == b->create_as.if_not_exists &&
	       name_equal(&a->create_as.name, &b->create_as.name) &&
	       properties_equal(&a->create_as.with, &b->create_as.with) &&
	       query_equal(a->create_as.query, b->create_as.query);
}

static bool function_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	return name_equal(&a->function.name, &b->function.name) &&
	       a->function.or_replace == b->function.or_replace &&
	       a->function.if_not_exists == b->function.if_not_exists &&
	       slice_eq(a->function.library, b->function.library) &&
	       slice_eq(a->function.symbol, b->function.symbol);
}

static bool print_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	return name_equal(&a->print.topic, &b->print.topic) &&
	       a->print.from_beginning == b->print.from_beginning &&
	       a->print.interval == b->print.interval && a->print.has_limit == b->print.has_limit &&
	       (!a->print.has_limit || a->print.limit == b->print.limit);
}

static bool explain_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	if (a->explain.statement == NULL || b->explain.statement == NULL)
		return a->explain.statement == b->explain.statement &&
		       name_equal(&a->explain.name, &b->explain.name);
	return ast_equal(a->explain.statement, b->explain.statement);
}

static bool assert_topic_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	return name_equal(&a->assert_topic.topic, &b->assert_topic.topic) &&
	       a->assert_topic.not_exists == b->assert_topic.not_exists &&
	       properties_equal(&a->assert_topic.with, &b->assert_topic.with) &&
	       a->assert_topic.has_timeout == b->assert_topic.has_timeout &&
	       duration_equal(&a->assert_topic.timeout, &b->assert_topic.timeout);
}

static bool assert_schema_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	return a->assert_schema.not_exists == b->assert_schema.not_exists &&
	       a->assert_schema.has_subject == b->assert_schema.has_subject &&
	       name_equal(&a->assert_schema.subject, &b->assert_schema.subject) &&
	       optional_equal(a->assert_schema.id, b->assert_schema.id) &&
	       a->assert_schema.has_timeout == b->assert_schema.has_timeout &&
	       duration_equal(&a->assert_schema.timeout, &b->assert_schema.timeout);
}

bool ast_equal(const struct ast_statement *a, const struct ast_statement *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case AST_QUERY:
		return query_equal(a->query, b->query);
	case AST_CREATE_SOURCE:
	case AST_ASSERT_SOURCE:
		return create_source_equal(a, b);
	case AST_CREATE_AS:
		return create_as_equal(a, b);
	case AST_INSERT_SELECT:
		return name_equal(&a->insert_select.name, &b->insert_select.name) &&
		       properties_equal(&a->insert_select.with, &b->insert_select.with) &&
		       query_equal(a->insert_select.query, b->insert_select.query);
	case AST_INSERT_VALUES:
	case AST_ASSERT_VALUES:
	case AST_ASSERT_TOMBSTONE:
		return name_equal(&a->insert_values.name, &b->insert_values.name) &&
		       names_equal(&a->insert_values.columns, &b->insert_values.columns) &&
		       rows_equal(&a->insert_values.rows, &b->insert_values.rows);
	case AST_DROP_SOURCE:
	case AST_DROP_TYPE:
	case AST_DROP_CONNECTOR:
	case AST_DROP_FUNCTION:
		return a->drop.kind == b->drop.kind && name_equal(&a->drop.name, &b->drop.name) &&
		       a->drop.if_exists == b->drop.if_exists &&
		       a->drop.delete_topic == b->drop.delete_topic;
	case AST_ALTER_SOURCE:
		return a->alter_source.kind == b->alter_source.kind &&
		       name_equal(&a->alter_source.name, &b->alter_source.name) &&
		       columns_equal(&a->alter_source.columns, &b->alter_source.columns);
	case AST_CREATE_TYPE:
		return name_equal(&a->create_type.name, &b->create_type.name) &&
		       a->create_type.if_not_exists == b->create_type.if_not_exists &&
		       ast_type_equal(a->create_type.type, b->create_type.type);
	case AST_CREATE_CONNECTOR:
		return name_equal(&a->connector.name, &b->connector.name) &&
		       a->connector.sink == b->connector.sink &&
		       a->connector.if_not_exists == b->connector.if_not_exists &&
		       properties_equal(&a->connector.with, &b->connector.with);
	case AST_CREATE_FUNCTION:
		return function_equal(a, b);
	case AST_SHOW:
	case AST_DESCRIBE:
		return a->show.subject == b->show.subject && a->show.all == b->show.all &&
		       a->show.extended == b->show.extended &&
		       name_equal(&a->show.name, &b->show.name);
	case AST_PRINT:
		return print_equal(a, b);
	case AST_TERMINATE:
	case AST_PAUSE:
	case AST_RESUME:
		return a->control.all == b->control.all &&
		       name_equal(&a->control.name, &b->control.name);
	case AST_EXPLAIN:
		return explain_equal(a, b);
	case AST_SET:
	case AST_UNSET:
	case AST_DEFINE:
	case AST_UNDEFINE:
	case AST_ALTER_SYSTEM:
		return name_equal(&a->set.key, &b->set.key) && slice_eq(a->set.value, b->set.value);
	case AST_ASSERT_TOPIC:
		return assert_topic_equal(a, b);
	case AST_ASSERT_SCHEMA:
		return assert_schema_equal(a, b);
	case AST_RUN_SCRIPT:
		return slice_eq(a->script, b->script);
	}
	UNREACHABLE("all kinds are above");
}
