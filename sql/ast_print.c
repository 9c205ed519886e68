/* Expressions, types and names as text; queries and statements are in ast_print_statement.c. */
#include "sql/ast_print.h"

#include "sql/number.h"
#include "sql/parse.h"

/* clang-format off */
static const char *const type_texts[] = {
#define AST_TYPE(kind, text) [kind] = text,
#include "sql/ast.def"
};

static const char *const unit_plurals[] = {
#define AST_UNIT(unit, text, plural, ms) [unit] = plural,
#include "sql/ast.def"
};
/* clang-format on */

static void print_quoted(struct buf *buf, struct slice text, uint8_t quote)
{
	buf_append_u8(buf, quote);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == quote)
			buf_append_u8(buf, quote);
		buf_append_u8(buf, text.data[i]);
	}
	buf_append_u8(buf, quote);
}

void ast_name_print(struct buf *buf, struct slice name, enum ast_quoting quoting)
{
	if (quoting == AST_QUOTE_NEEDED && sql_name_needs_quotes(name))
		print_quoted(buf, name, '`');
	else
		buf_append(buf, name);
}

void ast_text_print(struct buf *buf, struct slice text)
{
	print_quoted(buf, text, '\'');
}

/* Types. */

static void print_fields(struct buf *buf, const struct ast_type *type, enum ast_quoting quoting)
{
	if (type->fields.len == 0)
		buf_append_u8(buf, ' ');
	vec_each (field, &type->fields) {
		if (field != type->fields.items)
			buf_append_str(buf, ", ");
		ast_name_print(buf, field->name.text, quoting);
		buf_append_u8(buf, ' ');
		ast_type_print(buf, field->type, quoting);
	}
}

void ast_type_print(struct buf *buf, const struct ast_type *type, enum ast_quoting quoting)
{
	assert(type->kind < COUNT_OF(type_texts));
	buf_append_str(buf, type_texts[type->kind]);
	switch (type->kind) {
	case AST_TYPE_DECIMAL:
		buf_printf(buf, "(%d, %d)", type->precision, type->scale);
		break;
	case AST_TYPE_ARRAY:
		buf_append_u8(buf, '<');
		ast_type_print(buf, type->value, quoting);
		buf_append_u8(buf, '>');
		break;
	case AST_TYPE_MAP:
		buf_append_u8(buf, '<');
		ast_type_print(buf, type->key, quoting);
		buf_append_str(buf, ", ");
		ast_type_print(buf, type->value, quoting);
		buf_append_u8(buf, '>');
		break;
	case AST_TYPE_STRUCT:
		buf_append_u8(buf, '<');
		print_fields(buf, type, quoting);
		buf_append_u8(buf, '>');
		break;
	case AST_TYPE_NAMED:
		ast_name_print(buf, type->name.text, quoting);
		break;
	case AST_TYPE_BOOLEAN:
	case AST_TYPE_INTEGER:
	case AST_TYPE_BIGINT:
	case AST_TYPE_DOUBLE:
	case AST_TYPE_STRING:
	case AST_TYPE_BYTES:
	case AST_TYPE_TIME:
	case AST_TYPE_DATE:
	case AST_TYPE_TIMESTAMP:
		break;
	}
}

/* Expressions. */

static void print_list(struct buf *buf, const struct ast_exprs *exprs, enum ast_quoting quoting)
{
	vec_each (expr, exprs) {
		if (expr != exprs->items)
			buf_append_str(buf, ", ");
		ast_expr_print(buf, *expr, quoting);
	}
}

/* ARRAY, MAP and STRUCT are names that read as constructors where a bracket follows. */
static void print_referred(struct buf *buf, struct slice name, enum ast_quoting quoting)
{
	bool constructor = slice_eq_str(name, "ARRAY") || slice_eq_str(name, "MAP") ||
			   slice_eq_str(name, "STRUCT");
	if (quoting == AST_QUOTE_NEEDED && constructor)
		print_quoted(buf, name, '`');
	else
		ast_name_print(buf, name, quoting);
}

static void print_column(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	if (expr->column.qualified) {
		ast_name_print(buf, expr->column.source.text, quoting);
		buf_append_u8(buf, '.');
	}
	print_referred(buf, expr->column.name.text, quoting);
}

static bool is_number(const struct ast_expr *expr)
{
	return expr->kind == AST_INTEGER || expr->kind == AST_DECIMAL || expr->kind == AST_DOUBLE;
}

/* Keeps `- -5` from being a comment, and -(5) from being the literal -5. */
static void print_unary(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	const struct ast_expr *operand = expr->unary.operand;
	buf_append_str(buf, ast_op_text(expr->unary.op));
	size_t at = buf->len;
	ast_expr_print(buf, operand, quoting);
	if (expr->unary.op != AST_SUB || buf->overflowed)
		return;
	bool minus = buf->len > at && buf->data[at] == '-';
	if (!minus && !is_number(operand))
		return;
	buf_truncate(buf, at);
	buf_append_u8(buf, minus ? ' ' : '(');
	ast_expr_print(buf, operand, quoting);
	if (!minus)
		buf_append_u8(buf, ')');
}

static void print_binary(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	buf_append_u8(buf, '(');
	ast_expr_print(buf, expr->binary.left, quoting);
	buf_printf(buf, " %s ", ast_op_text(expr->binary.op));
	ast_expr_print(buf, expr->binary.right, quoting);
	buf_append_u8(buf, ')');
}

static void print_around(struct buf *buf, const char *before, const struct ast_expr *expr,
			 const char *after, enum ast_quoting quoting)
{
	buf_append_str(buf, before);
	ast_expr_print(buf, expr, quoting);
	buf_append_str(buf, after);
}

static void print_between(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	print_around(buf, "(", expr->between.value, " BETWEEN ", quoting);
	print_around(buf, "", expr->between.low, " AND ", quoting);
	print_around(buf, "", expr->between.high, ")", quoting);
}

static void print_like(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	print_around(buf, "(", expr->like.value, " LIKE ", quoting);
	ast_expr_print(buf, expr->like.pattern, quoting);
	if (expr->like.has_escape) {
		buf_append_str(buf, " ESCAPE ");
		ast_text_print(buf, expr->like.escape);
	}
	buf_append_u8(buf, ')');
}

static void print_in(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	print_around(buf, "(", expr->in.value, " IN (", quoting);
	print_list(buf, &expr->in.items, quoting);
	buf_append_str(buf, "))");
}

static void print_cast(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	print_around(buf, "CAST(", expr->cast.value, " AS ", quoting);
	ast_type_print(buf, expr->cast.type, quoting);
	buf_append_u8(buf, ')');
}

static void print_case(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	buf_append_str(buf, "(CASE");
	if (expr->cases.operand != NULL)
		print_around(buf, " ", expr->cases.operand, "", quoting);
	vec_each (when, &expr->cases.whens) {
		print_around(buf, " WHEN ", when->condition, " THEN ", quoting);
		ast_expr_print(buf, when->result, quoting);
	}
	if (expr->cases.otherwise != NULL)
		print_around(buf, " ELSE ", expr->cases.otherwise, "", quoting);
	buf_append_str(buf, " END)");
}

static void print_map(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	buf_append_str(buf, "MAP(");
	vec_each (entry, &expr->map) {
		print_around(buf, entry != expr->map.items ? ", " : "", entry->key, ":=", quoting);
		ast_expr_print(buf, entry->value, quoting);
	}
	buf_append_u8(buf, ')');
}

static void print_struct(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	buf_append_str(buf, "STRUCT(");
	vec_each (field, &expr->structure) {
		if (field != expr->structure.items)
			buf_append_str(buf, ", ");
		ast_name_print(buf, field->name.text, quoting);
		print_around(buf, ":=", field->value, "", quoting);
	}
	buf_append_u8(buf, ')');
}

/* What stands before `->` and `[`: a sign would apply to all of it. */
static void print_base(struct buf *buf, const struct ast_expr *base, enum ast_quoting quoting)
{
	if (base->kind == AST_UNARY)
		print_around(buf, "(", base, ")", quoting);
	else
		ast_expr_print(buf, base, quoting);
}

static void print_subscript(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	print_base(buf, expr->subscript.base, quoting);
	print_around(buf, "[", expr->subscript.index, "]", quoting);
}

static void print_field(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	print_base(buf, expr->field.base, quoting);
	buf_append_str(buf, "->");
	ast_name_print(buf, expr->field.name.text, quoting);
}

static void print_call(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	print_referred(buf, expr->call.name.text, quoting);
	buf_append_u8(buf, '(');
	if (expr->call.args.len == 0 && slice_eq_str(expr->call.name.text, "COUNT"))
		buf_append_u8(buf, '*');
	print_list(buf, &expr->call.args, quoting);
	buf_append_u8(buf, ')');
}

static void print_lambda(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	buf_append_u8(buf, '(');
	vec_each (param, &expr->lambda.params) {
		if (param != expr->lambda.params.items)
			buf_append_str(buf, ", ");
		ast_name_print(buf, param->text, quoting);
	}
	print_around(buf, ") => ", expr->lambda.body, "", quoting);
}

void ast_expr_print(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting)
{
	switch (expr->kind) {
	case AST_NULL:
		buf_append_str(buf, "null");
		return;
	case AST_BOOLEAN:
		buf_append_str(buf, expr->boolean ? "true" : "false");
		return;
	case AST_INTEGER:
		buf_printf(buf, "%lld", (long long)expr->integer.value);
		return;
	case AST_DECIMAL:
		buf_append(buf, expr->decimal.text);
		return;
	case AST_DOUBLE:
		number_print_double(buf, expr->number);
		return;
	case AST_STRING:
		ast_text_print(buf, expr->string);
		return;
	case AST_COLUMN:
		print_column(buf, expr, quoting);
		return;
	case AST_UNIT_NAME:
		assert(expr->unit < COUNT_OF(unit_plurals));
		buf_append_str(buf, unit_plurals[expr->unit]);
		return;
	case AST_UNARY:
		print_unary(buf, expr, quoting);
		return;
	case AST_ARITHMETIC:
	case AST_COMPARISON:
	case AST_LOGIC:
		print_binary(buf, expr, quoting);
		return;
	case AST_NOT:
		print_around(buf, "(NOT ", expr->operand, ")", quoting);
		return;
	case AST_IS_NULL:
		print_around(buf, "(", expr->operand, " IS NULL)", quoting);
		return;
	case AST_IS_NOT_NULL:
		print_around(buf, "(", expr->operand, " IS NOT NULL)", quoting);
		return;
	case AST_BETWEEN:
		print_between(buf, expr, quoting);
		return;
	case AST_LIKE:
		print_like(buf, expr, quoting);
		return;
	case AST_IN:
		print_in(buf, expr, quoting);
		return;
	case AST_CAST:
		print_cast(buf, expr, quoting);
		return;
	case AST_CASE:
		print_case(buf, expr, quoting);
		return;
	case AST_ARRAY:
		buf_append_str(buf, "ARRAY[");
		print_list(buf, &expr->items, quoting);
		buf_append_u8(buf, ']');
		return;
	case AST_MAP:
		print_map(buf, expr, quoting);
		return;
	case AST_STRUCT:
		print_struct(buf, expr, quoting);
		return;
	case AST_SUBSCRIPT:
		print_subscript(buf, expr, quoting);
		return;
	case AST_FIELD:
		print_field(buf, expr, quoting);
		return;
	case AST_CALL:
		print_call(buf, expr, quoting);
		return;
	case AST_LAMBDA:
		print_lambda(buf, expr, quoting);
		return;
	}
	UNREACHABLE("all kinds are above");
}

const char *ast_expr_text(struct arena *arena, const struct ast_expr *expr)
{
	struct buf buf = BUF_INIT(BUF_TEXT_BYTES_MAX);
	ast_expr_print(&buf, expr, AST_QUOTE_NEVER);
	const char *text = arena_str(arena, buf_slice(&buf));
	buf_fini(&buf);
	return text;
}
