/* Builders of expressions, types and lists; those of queries and statements are in ast_statement.c.
 */
#include "sql/ast_build.h"

#include "sql/number.h"
#include "sql/parse_priv.h"

void *ast_list_grown(struct arena *arena, void *items, uint32_t len, uint32_t *capacity,
		     size_t size)
{
	assert(len <= *capacity);
	if (len < *capacity)
		return items;
	uint32_t doubled = MAX(*capacity * 2, 4);
	assert(doubled > *capacity);
	void *grown = arena_plain(arena, arena_size(doubled, size), _Alignof(max_align_t));
	if (len > 0)
		memcpy(grown, items, len * size);
	*capacity = doubled;
	return grown;
}

struct ast_pos ast_pos_span(struct ast_pos first, struct ast_pos last)
{
	first.end = MAX(first.end, last.end);
	return first;
}

/* The empty place behind; of what was read last. */
struct ast_pos ast_pos_end(struct ast_pos pos)
{
	pos.begin = pos.end;
	return pos;
}

/* Lists: each add returns the list with one more. */

struct ast_names ast_names_add(struct ast_builder *b, struct ast_names list, struct ast_name name)
{
	AST_LIST_ADD(b->arena, &list, name);
	return list;
}

struct ast_exprs ast_exprs_add(struct ast_builder *b, struct ast_exprs list, struct ast_expr *expr)
{
	AST_LIST_ADD(b->arena, &list, expr);
	return list;
}

struct ast_exprs ast_exprs_add_two(struct ast_builder *b, struct ast_expr *first,
				   struct ast_expr *second)
{
	return ast_exprs_add(b, ast_exprs_add(b, ast_no_exprs(), first), second);
}

struct ast_rows ast_rows_add(struct ast_builder *b, struct ast_rows list, struct ast_exprs row)
{
	AST_LIST_ADD(b->arena, &list, row);
	return list;
}

struct ast_whens ast_whens_add(struct ast_builder *b, struct ast_whens list,
			       struct ast_expr *condition, struct ast_expr *result)
{
	AST_LIST_ADD(b->arena, &list, (struct ast_when){ condition, result });
	return list;
}

struct ast_entries ast_entries_add(struct ast_builder *b, struct ast_entries list,
				   struct ast_expr *key, struct ast_expr *value)
{
	AST_LIST_ADD(b->arena, &list, (struct ast_entry){ key, value });
	return list;
}

struct ast_fields ast_fields_add(struct ast_builder *b, struct ast_fields list,
				 struct ast_field field)
{
	AST_LIST_ADD(b->arena, &list, field);
	return list;
}

struct ast_columns ast_columns_add(struct ast_builder *b, struct ast_columns list,
				   struct ast_column column)
{
	AST_LIST_ADD(b->arena, &list, column);
	return list;
}

struct ast_properties ast_properties_add(struct ast_builder *b, struct ast_properties list,
					 struct ast_property property)
{
	AST_LIST_ADD(b->arena, &list, property);
	return list;
}

struct ast_items ast_items_add(struct ast_builder *b, struct ast_items list, struct ast_item item)
{
	AST_LIST_ADD(b->arena, &list, item);
	return list;
}

struct ast_joins ast_joins_add(struct ast_builder *b, struct ast_joins list, struct ast_join join)
{
	AST_LIST_ADD(b->arena, &list, join);
	return list;
}

/* Names and texts. */

struct ast_name ast_name(struct ast_builder *b, const struct sql_token *token)
{
	(void)b;
	return (struct ast_name){
		.text = token->value,
		.pos = token->pos,
		.quoted = token->text.data[0] == '"' || token->text.data[0] == '`',
	};
}

struct ast_name ast_name_of(const char *text)
{
	return (struct ast_name){ .text = slice_str(text) };
}

struct ast_name ast_resource(struct ast_builder *b, const struct sql_token *token)
{
	struct ast_name name = ast_name(b, token);
	uint8_t first = token->text.data[0];
	if (first != '\'' && !name.quoted)
		name.text = token->text;
	name.quoted = true;
	return name;
}

struct slice ast_text(struct ast_builder *b, const struct sql_token *token)
{
	(void)b;
	return token->value;
}

/* Nodes. */

static struct ast_expr *expr_new(struct ast_builder *b, enum ast_expr_kind kind, struct ast_pos pos)
{
	struct ast_expr *expr = arena_new(b->arena, struct ast_expr);
	expr->kind = kind;
	expr->pos = pos;
	expr->depth = 1;
	return expr;
}

/* Says that a child of this depth hangs below: keeps the first failure, and the depth in bounds. */
static void depth_grow(struct ast_builder *b, uint32_t *depth, uint32_t child, struct ast_pos pos)
{
	if (child < *depth)
		return;
	*depth = child + 1;
	if (*depth <= AST_DEPTH_MAX || b->err.code != 0)
		return;
	(void)err_set_at(&b->err, ERR_LIMIT, pos.line, pos.column,
			 "The statement is nested more than %d levels deep.\n"
			 "Split it into several statements.",
			 AST_DEPTH_MAX);
}

static void expr_adopt(struct ast_builder *b, struct ast_expr *expr, const struct ast_expr *child)
{
	if (child != NULL)
		depth_grow(b, &expr->depth, child->depth, expr->pos);
}

static void expr_adopt_type(struct ast_builder *b, struct ast_expr *expr,
			    const struct ast_type *child)
{
	depth_grow(b, &expr->depth, child->depth, expr->pos);
}

static void expr_adopt_list(struct ast_builder *b, struct ast_expr *expr,
			    const struct ast_exprs *children)
{
	vec_each (child, children)
		expr_adopt(b, expr, *child);
}

/* Literals. */

struct ast_expr *ast_null(struct ast_builder *b, struct ast_pos pos)
{
	return expr_new(b, AST_NULL, pos);
}

struct ast_expr *ast_boolean(struct ast_builder *b, struct ast_pos pos, bool value)
{
	struct ast_expr *expr = expr_new(b, AST_BOOLEAN, pos);
	expr->boolean = value;
	return expr;
}

struct ast_expr *ast_integer(struct ast_builder *b, struct ast_pos pos, int64_t value)
{
	struct ast_expr *expr = expr_new(b, AST_INTEGER, pos);
	expr->integer.value = value;
	expr->integer.big = value > INT32_MAX || value < INT32_MIN;
	return expr;
}

struct ast_expr *ast_string(struct ast_builder *b, struct ast_pos pos, struct slice text)
{
	struct ast_expr *expr = expr_new(b, AST_STRING, pos);
	expr->string = text;
	return expr;
}

static struct slice signed_text(struct ast_builder *b, bool negative, struct slice digits)
{
	if (!negative)
		return digits;
	char *text = arena_printf(b->arena, "-%.*s", SLICE_ARGS(digits));
	return slice_str(text);
}

/* The column in the text is one too far, as it is in the system whose texts these are. */
static void number_failed(struct ast_builder *b, struct ast_pos pos, const char *what,
			  struct slice text)
{
	if (b->err.code != 0)
		return;
	(void)err_set_at(&b->err, ERR_RANGE, pos.line, pos.column,
			 "Failed to prepare statement: line %d:%d: %s: %.*s", pos.line,
			 pos.column + 1, what, SLICE_ARGS(text));
}

struct ast_expr *ast_integer_text(struct ast_builder *b, struct ast_pos pos, bool negative,
				  const struct sql_token *digits)
{
	struct slice text = signed_text(b, negative, digits->text);
	int64_t value = 0;
	if (!number_integer(text, &value))
		number_failed(b, pos, "Invalid numeric literal", text);
	return ast_integer(b, pos, value);
}

static struct ast_expr *decimal_new(struct ast_builder *b, struct ast_pos pos, struct slice text)
{
	struct ast_expr *expr = expr_new(b, AST_DECIMAL, pos);
	if (!number_decimal(b->arena, text, &expr->decimal.text, &expr->decimal.precision,
			    &expr->decimal.scale)) {
		number_failed(b, pos, "Invalid numeric literal", text);
		expr->decimal.text = SLICE("0.0");
		expr->decimal.precision = expr->decimal.scale = 1;
	}
	return expr;
}

struct ast_expr *ast_decimal_digits(struct ast_builder *b, struct ast_pos pos, bool negative,
				    const struct sql_token *digits)
{
	return decimal_new(b, pos, signed_text(b, negative, digits->text));
}

struct ast_expr *ast_double_text(struct ast_builder *b, struct ast_pos pos, bool negative,
				 const struct sql_token *digits)
{
	struct ast_expr *expr = expr_new(b, AST_DOUBLE, pos);
	struct slice text = signed_text(b, negative, digits->text);
	if (!number_double(text, &expr->number))
		number_failed(b, pos, "Number overflows DOUBLE", text);
	return expr;
}

struct ast_expr *ast_decimal_text(struct ast_builder *b, struct ast_pos pos,
				  const struct sql_token *text)
{
	return decimal_new(b, pos, slice_trim(text->value));
}

struct ast_expr *ast_typed_text(struct ast_builder *b, struct ast_pos pos,
				const struct sql_token *type, const struct sql_token *text)
{
	if (b->err.code == 0) {
		(void)err_set_at(&b->err, ERR_TYPE, pos.line, pos.column,
				 "Failed to prepare statement: line %d:%d: Unknown type: %.*s",
				 pos.line, pos.column + 1, SLICE_ARGS(type->value));
	}
	return ast_string(b, pos, text->value);
}

/* Other expressions. */

struct ast_expr *ast_unit_name(struct ast_builder *b, struct ast_pos pos, int unit)
{
	struct ast_expr *expr = expr_new(b, AST_UNIT_NAME, pos);
	expr->unit = (enum ast_unit)unit;
	return expr;
}

struct ast_expr *ast_column_ref(struct ast_builder *b, struct ast_pos pos,
				const struct ast_name *source, struct ast_name name)
{
	struct ast_expr *expr = expr_new(b, AST_COLUMN, pos);
	expr->column.name = name;
	if (source != NULL) {
		expr->column.source = *source;
		expr->column.qualified = true;
	}
	return expr;
}

struct ast_expr *ast_unary(struct ast_builder *b, struct ast_pos pos, enum ast_op op,
			   struct ast_expr *operand)
{
	assert(op == AST_ADD || op == AST_SUB);
	struct ast_expr *expr = expr_new(b, AST_UNARY, pos);
	expr->unary.op = op;
	expr->unary.operand = operand;
	expr_adopt(b, expr, operand);
	return expr;
}

static enum ast_expr_kind op_kind(enum ast_op op)
{
	if (op <= AST_MOD)
		return AST_ARITHMETIC;
	return op <= AST_DISTINCT ? AST_COMPARISON : AST_LOGIC;
}

struct ast_expr *ast_binary(struct ast_builder *b, struct ast_pos pos, enum ast_op op,
			    struct ast_expr *left, struct ast_expr *right)
{
	struct ast_expr *expr = expr_new(b, op_kind(op), pos);
	expr->binary.op = op;
	expr->binary.left = left;
	expr->binary.right = right;
	expr_adopt(b, expr, left);
	expr_adopt(b, expr, right);
	return expr;
}

struct ast_expr *ast_concat(struct ast_builder *b, struct ast_pos pos, struct ast_expr *left,
			    struct ast_expr *right)
{
	return ast_call(b, pos, ast_name_of("CONCAT"), ast_exprs_add_two(b, left, right));
}

struct ast_expr *ast_not(struct ast_builder *b, struct ast_pos pos, struct ast_expr *operand)
{
	struct ast_expr *expr = expr_new(b, AST_NOT, pos);
	expr->operand = operand;
	expr_adopt(b, expr, operand);
	return expr;
}

struct ast_expr *ast_is_null(struct ast_builder *b, struct ast_pos pos, struct ast_expr *operand,
			     bool null)
{
	struct ast_expr *expr = expr_new(b, null ? AST_IS_NULL : AST_IS_NOT_NULL, pos);
	expr->operand = operand;
	expr_adopt(b, expr, operand);
	return expr;
}

struct ast_expr *ast_between(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			     struct ast_expr *low, struct ast_expr *high)
{
	struct ast_expr *expr = expr_new(b, AST_BETWEEN, pos);
	expr->between.value = value;
	expr->between.low = low;
	expr->between.high = high;
	expr_adopt(b, expr, value);
	expr_adopt(b, expr, low);
	expr_adopt(b, expr, high);
	return expr;
}

struct ast_expr *ast_in(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			struct ast_exprs items)
{
	struct ast_expr *expr = expr_new(b, AST_IN, pos);
	expr->in.value = value;
	expr->in.items = items;
	expr_adopt(b, expr, value);
	expr_adopt_list(b, expr, &items);
	return expr;
}

struct ast_expr *ast_like(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			  struct ast_expr *pattern, const struct sql_token *escape)
{
	struct ast_expr *expr = expr_new(b, AST_LIKE, pos);
	expr->like.value = value;
	expr->like.pattern = pattern;
	if (escape != NULL) {
		expr->like.escape = escape->value;
		expr->like.has_escape = true;
	}
	expr_adopt(b, expr, value);
	expr_adopt(b, expr, pattern);
	return expr;
}

struct ast_expr *ast_at_time_zone(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value)
{
	if (b->err.code == 0) {
		(void)err_set_at(&b->err, ERR_UNSUPPORTED, pos.line, pos.column,
				 "Line: %d, Col: %d: AT TIME ZONE is not supported. "
				 "Use CONVERT_TZ(timestamp, from, to) instead.",
				 pos.line, pos.column);
	}
	return value;
}

struct ast_expr *ast_cast(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			  struct ast_type *type)
{
	struct ast_expr *expr = expr_new(b, AST_CAST, pos);
	expr->cast.value = value;
	expr->cast.type = type;
	expr_adopt(b, expr, value);
	expr_adopt_type(b, expr, type);
	return expr;
}

struct ast_expr *ast_case(struct ast_builder *b, struct ast_pos pos, struct ast_expr *operand,
			  struct ast_whens whens, struct ast_expr *otherwise)
{
	assert(whens.len > 0);
	struct ast_expr *expr = expr_new(b, AST_CASE, pos);
	expr->cases.operand = operand;
	expr->cases.whens = whens;
	expr->cases.otherwise = otherwise;
	expr_adopt(b, expr, operand);
	expr_adopt(b, expr, otherwise);
	vec_each (when, &whens) {
		expr_adopt(b, expr, when->condition);
		expr_adopt(b, expr, when->result);
	}
	return expr;
}

struct ast_expr *ast_array(struct ast_builder *b, struct ast_pos pos, struct ast_exprs items)
{
	struct ast_expr *expr = expr_new(b, AST_ARRAY, pos);
	expr->items = items;
	expr_adopt_list(b, expr, &items);
	return expr;
}

struct ast_expr *ast_map(struct ast_builder *b, struct ast_pos pos, struct ast_entries entries)
{
	struct ast_expr *expr = expr_new(b, AST_MAP, pos);
	expr->map = entries;
	vec_each (entry, &entries) {
		expr_adopt(b, expr, entry->key);
		expr_adopt(b, expr, entry->value);
	}
	return expr;
}

struct ast_expr *ast_struct(struct ast_builder *b, struct ast_pos pos, struct ast_fields fields)
{
	struct ast_expr *expr = expr_new(b, AST_STRUCT, pos);
	expr->structure = fields;
	vec_each (field, &fields)
		expr_adopt(b, expr, field->value);
	return expr;
}

struct ast_expr *ast_subscript(struct ast_builder *b, struct ast_pos pos, struct ast_expr *base,
			       struct ast_expr *index)
{
	struct ast_expr *expr = expr_new(b, AST_SUBSCRIPT, pos);
	expr->subscript.base = base;
	expr->subscript.index = index;
	expr_adopt(b, expr, base);
	expr_adopt(b, expr, index);
	return expr;
}

struct ast_expr *ast_field_of(struct ast_builder *b, struct ast_pos pos, struct ast_expr *base,
			      struct ast_name name)
{
	struct ast_expr *expr = expr_new(b, AST_FIELD, pos);
	expr->field.base = base;
	expr->field.name = name;
	expr_adopt(b, expr, base);
	return expr;
}

struct ast_expr *ast_call(struct ast_builder *b, struct ast_pos pos, struct ast_name name,
			  struct ast_exprs args)
{
	struct ast_expr *expr = expr_new(b, AST_CALL, pos);
	expr->call.name = name;
	expr->call.args = args;
	expr_adopt_list(b, expr, &args);
	return expr;
}

struct ast_expr *ast_lambda(struct ast_builder *b, struct ast_pos pos, struct ast_names params,
			    struct ast_expr *body)
{
	assert(params.len > 0);
	struct ast_expr *expr = expr_new(b, AST_LAMBDA, pos);
	expr->lambda.params = params;
	expr->lambda.body = body;
	expr_adopt(b, expr, body);
	return expr;
}

struct ast_expr *ast_lambda_one(struct ast_builder *b, struct ast_pos pos, struct ast_name param,
				struct ast_expr *body)
{
	return ast_lambda(b, pos, ast_names_add(b, ast_no_names(), param), body);
}

/* Types and columns. */

struct ast_field ast_field(struct ast_name name, struct ast_type *type, struct ast_expr *value)
{
	assert((type == NULL) != (value == NULL));
	return (struct ast_field){ .name = name, .type = type, .value = value };
}

static struct ast_type *type_new(struct ast_builder *b, enum ast_type_kind kind, struct ast_pos pos)
{
	struct ast_type *type = arena_new(b->arena, struct ast_type);
	type->kind = kind;
	type->pos = pos;
	type->depth = 1;
	return type;
}

/* The names of types; the first of a kind is the one that is printed. */
static const struct {
	const char *name;
	enum ast_type_kind kind;
} type_names[] = {
	{ "BOOLEAN", AST_TYPE_BOOLEAN },     { "INTEGER", AST_TYPE_INTEGER },
	{ "INT", AST_TYPE_INTEGER },         { "BIGINT", AST_TYPE_BIGINT },
	{ "DOUBLE", AST_TYPE_DOUBLE },       { "STRING", AST_TYPE_STRING },
	{ "VARCHAR", AST_TYPE_STRING },      { "BYTES", AST_TYPE_BYTES },
	{ "TIME", AST_TYPE_TIME },           { "DATE", AST_TYPE_DATE },
	{ "TIMESTAMP", AST_TYPE_TIMESTAMP },
};

struct ast_type *ast_type_named(struct ast_builder *b, struct ast_pos pos, struct ast_name name)
{
	for (size_t i = 0; i < COUNT_OF(type_names); i++) {
		if (slice_eq_str(name.text, type_names[i].name))
			return type_new(b, type_names[i].kind, pos);
	}
	struct ast_type *type = type_new(b, AST_TYPE_NAMED, pos);
	type->name = name;
	return type;
}

struct ast_type *ast_type_decimal(struct ast_builder *b, struct ast_pos pos,
				  struct ast_expr *precision, struct ast_expr *scale)
{
	struct ast_type *type = type_new(b, AST_TYPE_DECIMAL, pos);
	int64_t digits = ast_integer_of(b, precision, "DECIMAL(PRECISION)");
	int64_t behind = ast_integer_of(b, scale, "DECIMAL(SCALE)");
	type->precision = (int32_t)MIN(MAX(digits, INT32_MIN), INT32_MAX);
	type->scale = (int32_t)MIN(MAX(behind, INT32_MIN), INT32_MAX);
	return type;
}

struct ast_type *ast_type_array(struct ast_builder *b, struct ast_pos pos, struct ast_type *element)
{
	struct ast_type *type = type_new(b, AST_TYPE_ARRAY, pos);
	type->value = element;
	depth_grow(b, &type->depth, element->depth, pos);
	return type;
}

struct ast_type *ast_type_map(struct ast_builder *b, struct ast_pos pos, struct ast_type *key,
			      struct ast_type *value)
{
	struct ast_type *type = type_new(b, AST_TYPE_MAP, pos);
	type->key = key;
	type->value = value;
	depth_grow(b, &type->depth, key->depth, pos);
	depth_grow(b, &type->depth, value->depth, pos);
	return type;
}

struct ast_type *ast_type_struct(struct ast_builder *b, struct ast_pos pos,
				 struct ast_fields fields)
{
	struct ast_type *type = type_new(b, AST_TYPE_STRUCT, pos);
	type->fields = fields;
	vec_each (field, &fields)
		depth_grow(b, &type->depth, field->type->depth, pos);
	return type;
}

struct ast_column ast_column(struct ast_builder *b, struct ast_pos pos, struct ast_name name,
			     struct ast_type *type, int role, const struct sql_token *header)
{
	(void)b;
	return (struct ast_column){
		.name = name,
		.type = type,
		.role = (enum ast_column_role)role,
		.header = header != NULL ? header->value : SLICE_EMPTY,
		.pos = pos,
	};
}

struct ast_property ast_property(struct ast_builder *b, const struct sql_token *key,
				 struct ast_expr *value)
{
	struct ast_name name = ast_name(b, key);
	name.quoted = name.quoted || key->text.data[0] == '\'';
	return (struct ast_property){ .key = name, .value = value };
}
