#include "sql/typing.h"

#include "sql/ast_print.h"
#include "sql/rewrite.h"
#include "sql/typing_priv.h"

/* Names. */

struct slice typing_joined_name(struct arena *arena, struct slice alias, struct slice name)
{
	return slice_str(arena_printf(arena, "%.*s_%.*s", SLICE_ARGS(alias), SLICE_ARGS(name)));
}

struct renamer {
	struct arena *arena;
	const struct scope *scope;
};

static fallible rename_column(void *arg, const struct ast_expr *expr,
			      const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			      struct err *err)
{
	struct renamer *renamer = arg;
	(void)lambdas;
	(void)err;
	if (expr->kind != AST_COLUMN || !expr->column.qualified)
		return 0;
	struct ast_expr *copy = arena_new(renamer->arena, struct ast_expr);
	*copy = *expr;
	copy->column.qualified = false;
	if (renamer->scope != NULL && renamer->scope->join && expr->column.source.text.len > 0)
		copy->column.name.text =
			typing_joined_name(renamer->arena, expr->column.source.text,
					   expr->column.name.text);
	*ret_replaced = copy;
	return 0;
}

const char *typing_text(struct arena *arena, const struct scope *scope, const struct ast_expr *expr)
{
	struct renamer renamer = { .arena = arena, .scope = scope };
	struct ast_expr *renamed = NULL;
	int code = ast_rewrite(arena, expr, rename_column, &renamer, &renamed, NULL);
	assert(code == 0);
	return ast_expr_text(arena, renamed);
}

const char *typing_name(struct typing *typing, const struct ast_expr *ast)
{
	return typing_text(typing->arena, typing->scope, ast);
}

const char *typing_type_name(struct typing *typing, const struct type *type)
{
	return type->kind == TYPE_NULL ? "null" : type_text(typing->arena, type);
}

/* Types. */

static fallible struct_type(struct arena *arena, const struct catalog *catalog,
			    const struct ast_type *ast, const struct type **ret_type,
			    struct err *err)
{
	struct type_field *fields = arena_array(arena, struct type_field, ast->fields.len);
	for (uint32_t i = 0; i < ast->fields.len; i++) {
		fields[i].name = ast->fields.items[i].name.text;
		TRY(typing_type(arena, catalog, ast->fields.items[i].type, &fields[i].type, err));
		for (uint32_t k = 0; k < i; k++) {
			if (slice_eq(fields[k].name, fields[i].name))
				return err_set(err, ERR_INVALID,
					       "Duplicate field names found in STRUCT: '`%.*s` %s'",
					       SLICE_ARGS(fields[i].name),
					       type_text(arena, fields[i].type));
		}
	}
	*ret_type = type_struct(arena, fields, ast->fields.len);
	return 0;
}

static fallible decimal_type(struct arena *arena, const struct ast_type *ast,
			     const struct type **ret_type, struct err *err)
{
	if (ast->precision < 1)
		return err_set(err, ERR_INVALID, "DECIMAL precision must be >= 1: DECIMAL(%d,%d)",
			       ast->precision, ast->scale);
	if (ast->scale > ast->precision)
		return err_set(err, ERR_INVALID,
			       "DECIMAL precision must be >= scale: DECIMAL(%d,%d)", ast->precision,
			       ast->scale);
	if (ast->scale < 0)
		return err_set(err, ERR_INVALID, "DECIMAL scale must be >= 0: DECIMAL(%d,%d)",
			       ast->precision, ast->scale);
	*ret_type = type_decimal(arena, ast->precision, ast->scale);
	return 0;
}

fallible typing_type(struct arena *arena, const struct catalog *catalog, const struct ast_type *ast,
		     const struct type **ret_type, struct err *err)
{
	static const enum type_kind SCALARS[] = {
		[AST_TYPE_BOOLEAN] = TYPE_BOOLEAN,     [AST_TYPE_INTEGER] = TYPE_INT,
		[AST_TYPE_BIGINT] = TYPE_BIGINT,       [AST_TYPE_DOUBLE] = TYPE_DOUBLE,
		[AST_TYPE_STRING] = TYPE_STRING,       [AST_TYPE_BYTES] = TYPE_BYTES,
		[AST_TYPE_TIME] = TYPE_TIME,           [AST_TYPE_DATE] = TYPE_DATE,
		[AST_TYPE_TIMESTAMP] = TYPE_TIMESTAMP,
	};
	const struct type *key, *element;
	switch (ast->kind) {
	case AST_TYPE_DECIMAL:
		return decimal_type(arena, ast, ret_type, err);
	case AST_TYPE_ARRAY:
		TRY(typing_type(arena, catalog, ast->value, &element, err));
		*ret_type = type_array(arena, element);
		return 0;
	case AST_TYPE_MAP:
		TRY(typing_type(arena, catalog, ast->key, &key, err));
		TRY(typing_type(arena, catalog, ast->value, &element, err));
		*ret_type = type_map(arena, key, element);
		return 0;
	case AST_TYPE_STRUCT:
		return struct_type(arena, catalog, ast, ret_type, err);
	case AST_TYPE_NAMED:
		*ret_type = catalog_type(catalog, ast->name.text);
		if (*ret_type == NULL)
			return err_set_at(err, ERR_NOT_FOUND, ast->pos.line, ast->pos.column,
					  "Cannot resolve unknown type: %.*s",
					  SLICE_ARGS(ast->name.text));
		return 0;
	case AST_TYPE_BOOLEAN:
	case AST_TYPE_INTEGER:
	case AST_TYPE_BIGINT:
	case AST_TYPE_DOUBLE:
	case AST_TYPE_STRING:
	case AST_TYPE_BYTES:
	case AST_TYPE_TIME:
	case AST_TYPE_DATE:
	case AST_TYPE_TIMESTAMP:
		*ret_type = TYPE_OF(SCALARS[ast->kind]);
		return 0;
	}
	UNREACHABLE("every kind of type is listed");
}

static int number_rank(const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_INT:
		return 1;
	case TYPE_BIGINT:
		return 2;
	case TYPE_DECIMAL:
		return 3;
	case TYPE_DOUBLE:
		return 4;
	default:
		return 0;
	}
}

bool typing_widens(const struct type *from, const struct type *to)
{
	if (from->kind == TYPE_NULL || type_eq(from, to))
		return true;
	if (type_is_number(from) && type_is_number(to)) {
		if (from->kind == TYPE_DECIMAL && to->kind == TYPE_DECIMAL)
			return to->scale >= from->scale &&
			       to->precision - to->scale >= from->precision - from->scale;
		return number_rank(from) < number_rank(to);
	}
	if (from->kind != to->kind)
		return from->kind == TYPE_STRING && (type_is_time(to) || to->kind == TYPE_BYTES);
	switch ((int)from->kind) {
	case TYPE_ARRAY:
		return typing_widens(from->element, to->element);
	case TYPE_MAP:
		return typing_widens(from->key, to->key) &&
		       typing_widens(from->element, to->element);
	case TYPE_STRUCT:
		for (uint32_t i = 0; i < from->nfields; i++) {
			const struct type_field *field = type_field_find(to, from->fields[i].name);
			if (field == NULL || !typing_widens(from->fields[i].type, field->type))
				return false;
		}
		return true;
	default:
		return false;
	}
}

struct expr *typing_cast(struct arena *arena, struct expr *expr, const struct type *type)
{
	if (type_eq(expr->type, type))
		return expr;
	if (expr->kind == EXPR_CONST && expr->constant.is_null) {
		struct expr *null = expr_new(arena, EXPR_CONST, type, NULL, 0);
		null->constant = VALUE_NULL;
		return null;
	}
	const struct expr *args[] = { expr };
	struct expr *cast = expr_new(arena, EXPR_CAST, type, args, 1);
	cast->text = expr->text;
	return cast;
}

/* Literals. */

static struct expr *constant(struct typing *typing, const struct type *type, struct value value)
{
	struct expr *expr = expr_new(typing->arena, EXPR_CONST, type, NULL, 0);
	expr->constant = value;
	return expr;
}

static fallible decimal_literal(struct typing *typing, const struct ast_expr *ast,
				struct expr **ret_expr, struct err *err)
{
	struct value text = { .bytes = ast->decimal.text };
	const struct type *type =
		type_decimal(typing->arena, ast->decimal.precision, ast->decimal.scale);
	if (ast->decimal.precision > DECIMAL_PRECISION_MAX)
		return err_set_at(err, ERR_LIMIT, ast->pos.line, ast->pos.column,
				  "a DECIMAL has at most %d digits, %.*s has %d",
				  DECIMAL_PRECISION_MAX, SLICE_ARGS(ast->decimal.text),
				  ast->decimal.precision);
	struct expr *cast =
		typing_cast(typing->arena, constant(typing, TYPE_OF(TYPE_STRING), text), type);
	struct value value;
	TRY(program_fold(cast, typing->arena, 0, &value, err));
	*ret_expr = constant(typing, type, value);
	return 0;
}

/* Operators. */

static fallible arithmetic_error(struct typing *typing, const struct ast_expr *ast,
				 const struct type *left, const struct type *right, struct err *err)
{
	return err_set(err, ERR_TYPE,
		       "Error processing expression: %s. Unsupported arithmetic types. %s %s",
		       typing_name(typing, ast), type_kind_name(left->kind),
		       type_kind_name(right->kind));
}

static const struct type *as_decimal(struct arena *arena, const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_INT:
		return type_decimal(arena, 10, 0);
	case TYPE_BIGINT:
		return type_decimal(arena, 19, 0);
	default:
		return type;
	}
}

static const struct type *decimal_result(struct arena *arena, enum ast_op op,
					 const struct type *left, const struct type *right)
{
	int32_t p1 = left->precision, s1 = left->scale;
	int32_t p2 = right->precision, s2 = right->scale;
	int32_t precision, scale;
	switch ((int)op) {
	case AST_ADD:
	case AST_SUB:
		scale = MAX(s1, s2);
		precision = MAX(s1, s2) + MAX(p1 - s1, p2 - s2) + 1;
		break;
	case AST_MUL:
		scale = s1 + s2;
		precision = p1 + p2 + 1;
		break;
	case AST_DIV:
		scale = MAX(6, s1 + p2 + 1);
		precision = p1 - s1 + s2 + scale;
		break;
	default:
		scale = MAX(s1, s2);
		precision = MIN(p1 - s1, p2 - s2) + MAX(s1, s2);
		break;
	}
	return type_decimal(arena, precision, scale);
}

static fallible arithmetic(struct typing *typing, const struct ast_expr *ast,
			   struct expr **ret_expr, struct err *err)
{
	static const enum expr_operator OPERATORS[] = {
		[AST_ADD] = OP_ADD,    [AST_SUB] = OP_SUBTRACT, [AST_MUL] = OP_MULTIPLY,
		[AST_DIV] = OP_DIVIDE, [AST_MOD] = OP_MODULO,
	};
	struct expr *left, *right;
	TRY(typing_expr(typing, ast->binary.left, &left, err));
	TRY(typing_expr(typing, ast->binary.right, &right, err));
	struct arena *arena = typing->arena;
	const struct expr *args[] = { left, right };
	if (ast->binary.op == AST_ADD && left->type->kind == TYPE_STRING &&
	    right->type->kind == TYPE_STRING) {
		*ret_expr = expr_new(arena, EXPR_CONCAT_TEXT, left->type, args, 2);
		return 0;
	}
	if (!type_is_number(left->type) || !type_is_number(right->type))
		return arithmetic_error(typing, ast, left->type, right->type, err);
	const struct type *type = type_widest_number(arena, left->type, right->type);
	if (left->type->kind == TYPE_DOUBLE || right->type->kind == TYPE_DOUBLE) {
		type = TYPE_OF(TYPE_DOUBLE);
		args[0] = typing_cast(arena, left, type);
		args[1] = typing_cast(arena, right, type);
	} else if (left->type->kind == TYPE_DECIMAL || right->type->kind == TYPE_DECIMAL) {
		struct expr *l = typing_cast(arena, left, as_decimal(arena, left->type));
		struct expr *r = typing_cast(arena, right, as_decimal(arena, right->type));
		type = decimal_result(arena, ast->binary.op, l->type, r->type);
		args[0] = l;
		args[1] = r;
	} else {
		args[0] = typing_cast(arena, left, type);
		args[1] = typing_cast(arena, right, type);
	}
	*ret_expr = expr_new(arena, EXPR_ARITHMETIC, type, args, 2);
	(*ret_expr)->operation = OPERATORS[ast->binary.op];
	return 0;
}

static fallible unary(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		      struct err *err)
{
	struct expr *operand;
	TRY(typing_expr(typing, ast->unary.operand, &operand, err));
	if (!type_is_number(operand->type))
		return err_set(err, ERR_TYPE,
			       "Error processing expression: %s. Unsupported arithmetic types. %s",
			       typing_name(typing, ast), type_kind_name(operand->type->kind));
	if (ast->unary.op == AST_ADD) {
		*ret_expr = operand;
		return 0;
	}
	const struct expr *args[] = { operand };
	*ret_expr = expr_new(typing->arena, EXPR_NEGATE, operand->type, args, 1);
	return 0;
}

static fallible need_boolean(struct typing *typing, const struct ast_expr *whole,
			     const struct ast_expr *ast, const struct expr *expr, struct err *err)
{
	(void)whole;
	if (expr->type->kind == TYPE_BOOLEAN)
		return 0;
	return err_set(err, ERR_TYPE, "Should evaluate to boolean but is %s (%s) instead.",
		       typing_name(typing, ast), typing_type_name(typing, expr->type));
}

static fallible logic(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		      struct err *err)
{
	struct expr *left, *right;
	TRY(typing_expr(typing, ast->binary.left, &left, err));
	TRY(need_boolean(typing, ast, ast->binary.left, left, err));
	TRY(typing_expr(typing, ast->binary.right, &right, err));
	TRY(need_boolean(typing, ast, ast->binary.right, right, err));
	const struct expr *args[] = { left, right };
	enum expr_kind kind = ast->binary.op == AST_AND ? EXPR_AND : EXPR_OR;
	*ret_expr = expr_new(typing->arena, kind, TYPE_OF(TYPE_BOOLEAN), args, 2);
	return 0;
}

static fallible one_operand(struct typing *typing, const struct ast_expr *ast, enum expr_kind kind,
			    bool negated, struct expr **ret_expr, struct err *err)
{
	struct expr *operand;
	TRY(typing_expr(typing, ast->operand, &operand, err));
	if (kind == EXPR_NOT)
		TRY(need_boolean(typing, ast, ast->operand, operand, err));
	const struct expr *args[] = { operand };
	*ret_expr = expr_new(typing->arena, kind, TYPE_OF(TYPE_BOOLEAN), args, 1);
	(*ret_expr)->negated = negated;
	return 0;
}

static fallible like(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		     struct err *err)
{
	struct expr *value, *pattern;
	TRY(typing_expr(typing, ast->like.value, &value, err));
	TRY(typing_expr(typing, ast->like.pattern, &pattern, err));
	if (value->type->kind != TYPE_STRING || pattern->type->kind != TYPE_STRING)
		return err_set(err, ERR_TYPE,
			       "Like condition must be between strings. %s is %s, "
			       "%s is %s",
			       typing_name(typing, ast->like.value),
			       typing_type_name(typing, value->type),
			       typing_name(typing, ast->like.pattern),
			       typing_type_name(typing, pattern->type));
	const struct expr *args[] = { value, pattern };
	*ret_expr = expr_new(typing->arena, EXPR_LIKE, TYPE_OF(TYPE_BOOLEAN), args, 2);
	if (ast->like.has_escape && ast->like.escape.len > 0)
		(*ret_expr)->escape = typing_first_char(ast->like.escape);
	return 0;
}

/* Casts. */

static bool castable(const struct type *from, const struct type *to)
{
	if (from->kind == TYPE_NULL || type_eq(from, to))
		return true;
	if (to->kind == TYPE_STRING)
		return from->kind != TYPE_BYTES;
	if (type_is_number(from) && type_is_number(to))
		return true;
	switch ((int)from->kind) {
	case TYPE_STRING:
		return !type_is_nested(to);
	case TYPE_TIMESTAMP:
		return to->kind == TYPE_DATE || to->kind == TYPE_TIME;
	case TYPE_DATE:
		return to->kind == TYPE_TIMESTAMP;
	case TYPE_ARRAY:
		return to->kind == TYPE_ARRAY && castable(from->element, to->element);
	case TYPE_MAP:
		return to->kind == TYPE_MAP && castable(from->key, to->key) &&
		       castable(from->element, to->element);
	case TYPE_STRUCT:
		if (to->kind != TYPE_STRUCT)
			return false;
		for (uint32_t i = 0; i < to->nfields; i++) {
			const struct type_field *field = type_field_find(from, to->fields[i].name);
			if (field != NULL && !castable(field->type, to->fields[i].type))
				return false;
		}
		return true;
	default:
		return false;
	}
}

static fallible cast(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		     struct err *err)
{
	struct expr *value;
	const struct type *type;
	TRY(typing_expr(typing, ast->cast.value, &value, err));
	TRY(typing_type(typing->arena, typing->catalog, ast->cast.type, &type, err));
	if (!castable(value->type, type))
		return err_set(err, ERR_TYPE, "Cast of %s to %s is not supported",
			       typing_type_name(typing, value->type),
			       typing_type_name(typing, type));
	value->catches = true;
	if (value->type->kind == TYPE_NULL) {
		*ret_expr = constant(typing, type, VALUE_NULL);
		return 0;
	}
	const struct expr *args[] = { value };
	*ret_expr = expr_new(typing->arena, EXPR_CAST, type, args, 1);
	return 0;
}

/* CASE. */

struct case_parts {
	struct expr **args; /* when, then, when, then ..., else */
	uint32_t n;
	const struct type *type;      /* NULL: all branches are NULL so far */
	const struct ast_expr *first; /* the branch that gave the type */
};

static fallible case_branch(struct typing *typing, struct case_parts *parts,
			    const struct ast_expr *ast, bool otherwise, struct err *err)
{
	struct expr *branch;
	TRY(typing_expr(typing, ast, &branch, err));
	parts->args[parts->n++] = branch;
	if (branch->type->kind == TYPE_NULL)
		return 0;
	if (parts->type == NULL) {
		parts->type = branch->type;
		parts->first = ast;
		return 0;
	}
	if (type_eq(parts->type, branch->type))
		return 0;
	if (otherwise)
		return err_set(err, ERR_TYPE,
			       "Invalid Case expression. Type for the default clause should be "
			       "the same as for 'THEN' clauses.\nTHEN type: %s.\nDEFAULT type: %s.",
			       typing_type_name(typing, parts->type),
			       typing_type_name(typing, branch->type));
	return err_set(err, ERR_TYPE,
		       "Invalid Case expression. Type for all 'THEN' clauses should be the same."
		       "\nTHEN expression type: %s.\nTHEN expression type: %s.",
		       typing_type_name(typing, parts->type),
		       typing_type_name(typing, branch->type));
}

static fallible case_when(struct typing *typing, const struct ast_expr *ast,
			  const struct ast_expr *condition, struct expr **ret_expr, struct err *err)
{
	if (ast->cases.operand != NULL) {
		/* CASE x WHEN y: x is compared with each y. */
		struct ast_expr *equal = arena_new(typing->arena, struct ast_expr);
		equal->kind = AST_COMPARISON;
		equal->pos = condition->pos;
		equal->binary.op = AST_EQ;
		equal->binary.left = ast->cases.operand;
		equal->binary.right = arena_new(typing->arena, struct ast_expr);
		*equal->binary.right = *condition;
		return typing_comparison(typing, equal, ret_expr, err);
	}
	TRY(typing_expr(typing, condition, ret_expr, err));
	if ((*ret_expr)->type->kind != TYPE_BOOLEAN)
		return err_set(err, ERR_TYPE,
			       "WHEN operand type should be boolean.\nType for '%s' is %s",
			       typing_name(typing, condition),
			       typing_type_name(typing, (*ret_expr)->type));
	return 0;
}

static fallible cases(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		      struct err *err)
{
	const struct ast_whens *whens = &ast->cases.whens;
	struct case_parts parts = {
		.args = arena_array(typing->arena, struct expr *, 2 * whens->len + 1),
	};
	for (uint32_t i = 0; i < whens->len; i++) {
		TRY(case_when(typing, ast, whens->items[i].condition, &parts.args[parts.n], err));
		parts.n++;
		TRY(case_branch(typing, &parts, whens->items[i].result, false, err));
	}
	if (ast->cases.otherwise != NULL)
		TRY(case_branch(typing, &parts, ast->cases.otherwise, true, err));
	if (parts.type == NULL)
		return err_set(err, ERR_TYPE,
			       "Invalid Case expression. All case branches have NULL type");
	for (uint32_t i = 0; i < parts.n; i++) {
		bool is_when = i % 2 == 0 && i < 2 * whens->len;
		if (!is_when)
			parts.args[i] = typing_cast(typing->arena, parts.args[i], parts.type);
	}
	*ret_expr = expr_new(typing->arena, EXPR_CASE, parts.type,
			     (const struct expr *const *)parts.args, parts.n);
	return 0;
}

/* Nested values. */

static fallible array(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		      struct err *err)
{
	uint32_t n = ast->items.len;
	if (n == 0)
		return err_set(err, ERR_INVALID,
			       "Array constructor cannot be empty. Please supply at least one "
			       "element (see https://github.com/confluentinc/ksql/issues/4239).");
	struct expr **items = arena_array(typing->arena, struct expr *, n);
	for (uint32_t i = 0; i < n; i++)
		TRY(typing_expr(typing, ast->items.items[i], &items[i], err));
	const struct type *type;
	TRY(typing_common(typing, items, (const struct ast_expr *const *)ast->items.items, n, &type,
			  err));
	if (type->kind == TYPE_NULL)
		return err_set(
			err, ERR_TYPE,
			"Cannot construct an array with all NULL elements (see "
			"https://github.com/confluentinc/ksql/issues/4239). As a workaround, "
			"you may cast a NULL value to the desired type.");
	for (uint32_t i = 0; i < n; i++)
		items[i]->catches = true;
	*ret_expr = expr_new(typing->arena, EXPR_ARRAY, type_array(typing->arena, type),
			     (const struct expr *const *)items, n);
	return 0;
}

static fallible map_half(struct typing *typing, const struct ast_expr *ast, bool keys,
			 struct expr **both, const struct type **ret_type, struct err *err)
{
	uint32_t n = ast->map.len;
	struct expr **items = arena_array(typing->arena, struct expr *, n);
	const struct ast_expr **asts = arena_array(typing->arena, const struct ast_expr *, n);
	for (uint32_t i = 0; i < n; i++) {
		asts[i] = keys ? ast->map.items[i].key : ast->map.items[i].value;
		TRY(typing_expr(typing, asts[i], &items[i], err));
	}
	TRY(typing_common(typing, items, asts, n, ret_type, err));
	if ((*ret_type)->kind == TYPE_NULL)
		return err_set(
			err, ERR_TYPE,
			"Cannot construct a map with all NULL %s (see "
			"https://github.com/confluentinc/ksql/issues/4239). As a workaround, "
			"you may cast a NULL %s to the desired type.",
			keys ? "keys" : "values", keys ? "key" : "value");
	for (uint32_t i = 0; i < n; i++) {
		items[i]->catches = true;
		both[2 * i + (keys ? 0 : 1)] = items[i];
	}
	return 0;
}

static fallible map(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		    struct err *err)
{
	uint32_t n = ast->map.len;
	if (n == 0)
		return err_set(
			err, ERR_INVALID,
			"Map constructor cannot be empty. Please supply at least one key "
			"value pair (see https://github.com/confluentinc/ksql/issues/4239).");
	struct expr **both = arena_array(typing->arena, struct expr *, 2 * n);
	const struct type *key, *value;
	TRY(map_half(typing, ast, true, both, &key, err));
	TRY(map_half(typing, ast, false, both, &value, err));
	*ret_expr = expr_new(typing->arena, EXPR_MAP, type_map(typing->arena, key, value),
			     (const struct expr *const *)both, 2 * n);
	return 0;
}

static fallible structure(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
			  struct err *err)
{
	uint32_t n = ast->structure.len;
	struct expr **items = arena_array(typing->arena, struct expr *, n);
	struct type_field *fields = arena_array(typing->arena, struct type_field, n);
	for (uint32_t i = 0; i < n; i++) {
		fields[i].name = ast->structure.items[i].name.text;
		for (uint32_t k = 0; k < i; k++) {
			if (slice_eq(fields[k].name, fields[i].name))
				return err_set(err, ERR_INVALID,
					       "Duplicate field names found in STRUCT: '%s'",
					       typing_name(typing, ast));
		}
		TRY(typing_expr(typing, ast->structure.items[i].value, &items[i], err));
		items[i]->catches = true;
		fields[i].type = items[i]->type;
	}
	*ret_expr = expr_new(typing->arena, EXPR_STRUCT, type_struct(typing->arena, fields, n),
			     (const struct expr *const *)items, n);
	return 0;
}

static fallible subscript(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
			  struct err *err)
{
	struct expr *base, *index;
	TRY(typing_expr(typing, ast->subscript.base, &base, err));
	TRY(typing_expr(typing, ast->subscript.index, &index, err));
	bool array_ok = base->type->kind == TYPE_ARRAY &&
			(index->type->kind == TYPE_INT || index->type->kind == TYPE_BIGINT);
	bool map_ok = base->type->kind == TYPE_MAP && typing_widens(index->type, base->type->key);
	if (!array_ok && !map_ok)
		return err_set(err, ERR_TYPE,
			       "Subscript expression (%s) do not apply to %s with an index of %s.",
			       typing_name(typing, ast), typing_type_name(typing, base->type),
			       typing_type_name(typing, index->type));
	if (map_ok)
		index = typing_cast(typing->arena, index, base->type->key);
	const struct expr *args[] = { base, index };
	*ret_expr = expr_new(typing->arena, EXPR_SUBSCRIPT, base->type->element, args, 2);
	return 0;
}

static fallible field(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		      struct err *err)
{
	struct expr *base;
	TRY(typing_expr(typing, ast->field.base, &base, err));
	if (base->type->kind != TYPE_STRUCT)
		return err_set(err, ERR_TYPE, "Expected STRUCT type, got %s for: %s",
			       typing_type_name(typing, base->type),
			       typing_name(typing, ast->field.base));
	const struct type_field *found = type_field_find(base->type, ast->field.name.text);
	if (found == NULL)
		return err_set_at(err, ERR_NOT_FOUND, ast->pos.line, ast->pos.column,
				  "Could not find field '%.*s' in '%s'.",
				  SLICE_ARGS(ast->field.name.text),
				  typing_name(typing, ast->field.base));
	const struct expr *args[] = { base };
	*ret_expr = expr_new(typing->arena, EXPR_FIELD, found->type, args, 1);
	(*ret_expr)->column = (uint32_t)(found - base->type->fields);
	return 0;
}

/* Columns and parameters. */

static fallible column(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		       struct err *err)
{
	struct arena *arena = typing->arena;
	if (typing_find_param(typing, ast, ret_expr))
		return 0;
	const struct scope_column *found = NULL;
	if (typing->scope != NULL && ast->column.qualified)
		found = scope_find(typing->scope, ast->column.source.text, ast->column.name.text);
	if (found == NULL || found->index < 0)
		return err_set_at(err, ERR_NOT_FOUND, ast->pos.line, ast->pos.column,
				  "Unknown column %s.", typing_name(typing, ast));
	*ret_expr = expr_new(arena, EXPR_COLUMN, found->type, NULL, 0);
	(*ret_expr)->column = (uint32_t)found->index;
	return 0;
}

static const struct substitution *substituted(const struct typing *typing,
					      const struct ast_expr *ast)
{
	for (uint32_t i = 0; i < typing->nsubstitutions; i++) {
		if (ast_expr_equal(typing->substitutions[i].expr, ast))
			return &typing->substitutions[i];
	}
	return NULL;
}

static fallible typing_node(struct typing *typing, const struct ast_expr *ast,
			    struct expr **ret_expr, struct err *err)
{
	struct value value = { .is_null = false };
	switch (ast->kind) {
	case AST_NULL:
		*ret_expr = constant(typing, TYPE_OF(TYPE_NULL), VALUE_NULL);
		return 0;
	case AST_BOOLEAN:
		value.boolean = ast->boolean;
		*ret_expr = constant(typing, TYPE_OF(TYPE_BOOLEAN), value);
		return 0;
	case AST_INTEGER:
		if (ast->integer.big)
			value.i64 = ast->integer.value;
		else
			value.i32 = (int32_t)ast->integer.value;
		*ret_expr =
			constant(typing, TYPE_OF(ast->integer.big ? TYPE_BIGINT : TYPE_INT), value);
		return 0;
	case AST_DECIMAL:
		return decimal_literal(typing, ast, ret_expr, err);
	case AST_DOUBLE:
		value.f64 = ast->number;
		*ret_expr = constant(typing, TYPE_OF(TYPE_DOUBLE), value);
		return 0;
	case AST_STRING:
		value.bytes = ast->string;
		*ret_expr = constant(typing, TYPE_OF(TYPE_STRING), value);
		return 0;
	case AST_UNIT_NAME:
		value.i32 = (int32_t)ast->unit;
		*ret_expr = constant(typing, TYPE_OF(TYPE_INTERVAL), value);
		return 0;
	case AST_COLUMN:
		return column(typing, ast, ret_expr, err);
	case AST_UNARY:
		return unary(typing, ast, ret_expr, err);
	case AST_ARITHMETIC:
		return arithmetic(typing, ast, ret_expr, err);
	case AST_COMPARISON:
		return typing_comparison(typing, ast, ret_expr, err);
	case AST_LOGIC:
		return logic(typing, ast, ret_expr, err);
	case AST_NOT:
		return one_operand(typing, ast, EXPR_NOT, false, ret_expr, err);
	case AST_IS_NULL:
		return one_operand(typing, ast, EXPR_IS_NULL, false, ret_expr, err);
	case AST_IS_NOT_NULL:
		return one_operand(typing, ast, EXPR_IS_NULL, true, ret_expr, err);
	case AST_BETWEEN:
		return typing_between(typing, ast, ret_expr, err);
	case AST_LIKE:
		return like(typing, ast, ret_expr, err);
	case AST_IN:
		return typing_in(typing, ast, ret_expr, err);
	case AST_CAST:
		return cast(typing, ast, ret_expr, err);
	case AST_CASE:
		return cases(typing, ast, ret_expr, err);
	case AST_ARRAY:
		return array(typing, ast, ret_expr, err);
	case AST_MAP:
		return map(typing, ast, ret_expr, err);
	case AST_STRUCT:
		return structure(typing, ast, ret_expr, err);
	case AST_SUBSCRIPT:
		return subscript(typing, ast, ret_expr, err);
	case AST_FIELD:
		return field(typing, ast, ret_expr, err);
	case AST_CALL:
		return typing_call(typing, ast, ret_expr, err);
	case AST_LAMBDA:
		return err_set_at(err, ERR_INVALID, ast->pos.line, ast->pos.column,
				  "a lambda can only be an argument of a function that takes one");
	}
	UNREACHABLE("every kind of expression is listed");
}

fallible typing_expr(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		     struct err *err)
{
	const struct substitution *known = substituted(typing, ast);
	if (known != NULL) {
		*ret_expr = expr_new(typing->arena, EXPR_COLUMN, known->type, NULL, 0);
		(*ret_expr)->column = known->column;
	} else {
		TRY(typing_node(typing, ast, ret_expr, err));
	}
	(*ret_expr)->text = typing_name(typing, ast);
	return 0;
}
