/* Comparisons: what may be compared with what, and what is converted for it. */
#include "base/time.h"
#include "sql/ast_print.h"
#include "sql/typing_priv.h"

static bool comparable(const struct type *a, const struct type *b, enum ast_op op)
{
	bool equality = op == AST_EQ || op == AST_NE || op == AST_DISTINCT;
	if (type_is_number(a) && type_is_number(b))
		return true;
	if (type_is_time(a) && type_is_time(b))
		return a->kind == b->kind || (a->kind != TYPE_TIME && b->kind != TYPE_TIME);
	if ((a->kind == TYPE_STRING && type_is_time(b)) ||
	    (b->kind == TYPE_STRING && type_is_time(a)))
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == TYPE_STRING || a->kind == TYPE_BYTES)
		return true;
	if (a->kind == TYPE_BOOLEAN)
		return equality;
	return type_is_nested(a) && equality && type_eq(a, b);
}

/* Which of the two types both sides are brought to; NULL: they stay as they are. */
static const struct type *meeting_type(const struct type *a, const struct type *b)
{
	if (a->kind == TYPE_STRING && type_is_time(b))
		return b;
	if (b->kind == TYPE_STRING && type_is_time(a))
		return a;
	if (type_is_time(a) && type_is_time(b) && a->kind != b->kind)
		return TYPE_OF(TYPE_TIMESTAMP);
	return NULL;
}

/* ROWTIME, WINDOWSTART and WINDOWEND meet text as milliseconds. */
static bool is_time_column(const struct ast_expr *ast)
{
	if (ast->kind != AST_COLUMN)
		return false;
	struct slice name = ast->column.name.text;
	return slice_eq(name, SLICE("ROWTIME")) || slice_eq(name, SLICE("WINDOWSTART")) ||
	       slice_eq(name, SLICE("WINDOWEND"));
}

static fallible text_to_ms(struct typing *typing, const struct ast_expr *ast,
			   struct expr **ret_expr, struct err *err)
{
	struct value value = { .is_null = false };
	if (time_parse_timestamp(ast->string, &value.i64, err) != 0)
		return err_set_at(err, ERR_INVALID, ast->pos.line, ast->pos.column,
				  "Failed to parse timestamp '%.*s': %s", SLICE_ARGS(ast->string),
				  err != NULL ? arena_str(typing->arena, slice_str(err->text))
					      : "");
	struct expr *expr = expr_new(typing->arena, EXPR_CONST, TYPE_OF(TYPE_BIGINT), NULL, 0);
	expr->constant = value;
	expr->text = ast_expr_text(typing->arena, ast);
	*ret_expr = expr;
	return 0;
}

/* Types `ast`, which is compared with `other`. */
static fallible side(struct typing *typing, const struct ast_expr *ast,
		     const struct ast_expr *other, struct expr **ret_expr, struct err *err)
{
	if (ast->kind == AST_STRING && is_time_column(other))
		return text_to_ms(typing, ast, ret_expr, err);
	return typing_expr(typing, ast, ret_expr, err);
}

static const char *operand_text(struct typing *typing, const struct ast_expr *ast)
{
	return ast->kind == AST_NULL ? "NULL" : typing_name(typing, ast);
}

static fallible refuse_null(struct typing *typing, const struct ast_expr *left, enum ast_op op,
			    const struct ast_expr *right, struct err *err)
{
	return err_set(
		err, ERR_TYPE,
		"Comparison with NULL not supported: %s %s %s\nUse 'IS NULL' or 'IS NOT NULL' "
		"instead.",
		operand_text(typing, left), ast_op_text(op), operand_text(typing, right));
}

static fallible compare(struct typing *typing, enum ast_op op, const struct ast_expr *left_ast,
			const struct ast_expr *right_ast, struct expr *left, struct expr *right,
			const struct expr *ret_args[2], struct err *err)
{
	if (!comparable(left->type, right->type, op))
		return err_set(err, ERR_TYPE, "Cannot compare %s (%s) to %s (%s) with %s.",
			       typing_name(typing, left_ast), typing_type_name(typing, left->type),
			       typing_name(typing, right_ast),
			       typing_type_name(typing, right->type), ast_op_name(op));
	const struct type *meeting = meeting_type(left->type, right->type);
	ret_args[0] = meeting != NULL ? typing_cast(typing->arena, left, meeting) : left;
	ret_args[1] = meeting != NULL ? typing_cast(typing->arena, right, meeting) : right;
	return 0;
}

fallible typing_comparison(struct typing *typing, const struct ast_expr *ast,
			   struct expr **ret_expr, struct err *err)
{
	static const enum expr_operator OPERATORS[] = {
		[AST_EQ] = OP_EQ, [AST_NE] = OP_NE, [AST_LT] = OP_LT,
		[AST_LE] = OP_LE, [AST_GT] = OP_GT, [AST_GE] = OP_GE,
	};
	const struct ast_expr *left_ast = ast->binary.left, *right_ast = ast->binary.right;
	enum ast_op op = ast->binary.op;
	struct expr *left, *right;
	TRY(side(typing, left_ast, right_ast, &left, err));
	TRY(side(typing, right_ast, left_ast, &right, err));
	if (left->type->kind == TYPE_NULL || right->type->kind == TYPE_NULL) {
		if (op != AST_DISTINCT)
			return refuse_null(typing, left_ast, op, right_ast, err);
		if (left->type->kind == TYPE_NULL)
			left = typing_cast(typing->arena, left, right->type);
		else
			right = typing_cast(typing->arena, right, left->type);
	}
	const struct expr *args[2] = { left, right };
	if (left->type->kind != TYPE_NULL)
		TRY(compare(typing, op, left_ast, right_ast, left, right, args, err));
	bool distinct = op == AST_DISTINCT;
	*ret_expr = expr_new(typing->arena, distinct ? EXPR_DISTINCT : EXPR_COMPARE,
			     TYPE_OF(TYPE_BOOLEAN), args, 2);
	if (!distinct)
		(*ret_expr)->operation = OPERATORS[op];
	return 0;
}

fallible typing_between(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
			struct err *err)
{
	const struct ast_expr *asts[] = { ast->between.value, ast->between.low, ast->between.high };
	struct expr *parts[3];
	TRY(side(typing, asts[0], asts[1], &parts[0], err));
	for (unsigned i = 1; i < 3; i++) {
		TRY(side(typing, asts[i], asts[0], &parts[i], err));
		if (parts[i]->type->kind == TYPE_NULL)
			return refuse_null(typing, asts[0], i == 1 ? AST_GE : AST_LE, asts[i], err);
	}
	const struct expr *args[3] = { parts[0], parts[1], parts[2] };
	for (unsigned i = 1; i < 3; i++) {
		const struct expr *pair[2];
		TRY(compare(typing, i == 1 ? AST_GE : AST_LE, asts[0], asts[i], parts[0], parts[i],
			    pair, err));
		args[0] = pair[0];
		args[i] = pair[1];
	}
	*ret_expr = expr_new(typing->arena, EXPR_BETWEEN, TYPE_OF(TYPE_BOOLEAN), args, 3);
	return 0;
}

/*
 * Lists: the common type of their items.
 *
 * A text literal has no type of its own here: it becomes what the others are, also inside
 * constructors. A literal of another kind becomes a text where the others are texts.
 */

static bool text_prefix(struct slice text, const char *word)
{
	return text.len > 0 && slice_eq_nocase(text, slice_sub(slice_str(word), 0, text.len));
}

static bool is_literal(const struct ast_expr *ast)
{
	return ast->kind == AST_BOOLEAN || ast->kind == AST_INTEGER || ast->kind == AST_DECIMAL ||
	       ast->kind == AST_DOUBLE;
}

/* The type an item brings: TYPE_NULL where a text literal waits for one. */
static const struct type *soft_type(struct arena *arena, const struct ast_expr *ast,
				    const struct type *type)
{
	if (ast->kind == AST_STRING)
		return TYPE_OF(TYPE_NULL);
	if (ast->kind == AST_ARRAY && ast->items.len > 0)
		return type_array(arena, soft_type(arena, ast->items.items[0], type->element));
	if (ast->kind == AST_MAP && ast->map.len > 0)
		return type_map(arena, soft_type(arena, ast->map.items[0].key, type->key),
				soft_type(arena, ast->map.items[0].value, type->element));
	if (ast->kind != AST_STRUCT)
		return type;
	struct type_field *fields = arena_array(arena, struct type_field, type->nfields);
	for (uint32_t i = 0; i < type->nfields; i++) {
		fields[i] = type->fields[i];
		fields[i].type = soft_type(arena, ast->structure.items[i].value, fields[i].type);
	}
	return type_struct(arena, fields, type->nfields);
}

static fallible no_operator(struct typing *typing, const struct type *want, const struct type *type,
			    const struct ast_expr *ast, struct err *err)
{
	return err_set(err, ERR_TYPE,
		       "operator does not exist: %s = %s (%s)\nHint: You might need to add "
		       "explicit type casts.",
		       typing_type_name(typing, want), typing_type_name(typing, type),
		       typing_name(typing, ast));
}

/* The type that two items of a list share; NULL: none. */
static const struct type *common_type(struct arena *arena, const struct type *a,
				      const struct type *b)
{
	if (a->kind == TYPE_NULL)
		return b;
	if (b->kind == TYPE_NULL || type_eq(a, b))
		return a;
	if (type_is_number(a) && type_is_number(b))
		return type_widest_number(arena, a, b);
	if (a->kind != b->kind)
		return NULL;
	if (a->kind == TYPE_ARRAY) {
		const struct type *element = common_type(arena, a->element, b->element);
		return element != NULL ? type_array(arena, element) : NULL;
	}
	if (a->kind == TYPE_MAP) {
		const struct type *key = common_type(arena, a->key, b->key);
		const struct type *value = common_type(arena, a->element, b->element);
		return key != NULL && value != NULL ? type_map(arena, key, value) : NULL;
	}
	if (a->kind != TYPE_STRUCT)
		return NULL;
	/* The fields of both: those of the first, then what the second has more. */
	struct type_field *fields = arena_array(arena, struct type_field, a->nfields + b->nfields);
	uint32_t n = 0;
	for (uint32_t i = 0; i < a->nfields; i++) {
		const struct type_field *other = type_field_find(b, a->fields[i].name);
		fields[n] = a->fields[i];
		if (other != NULL)
			fields[n].type = common_type(arena, a->fields[i].type, other->type);
		if (fields[n++].type == NULL)
			return NULL;
	}
	for (uint32_t i = 0; i < b->nfields; i++) {
		if (type_field_find(a, b->fields[i].name) == NULL)
			fields[n++] = b->fields[i];
	}
	return type_struct(arena, fields, n);
}

/* What is still without a type is a text. */
static const struct type *settle(struct arena *arena, const struct type *type, bool text)
{
	if (type->kind == TYPE_NULL)
		return text ? TYPE_OF(TYPE_STRING) : type;
	if (type->kind == TYPE_ARRAY)
		return type_array(arena, settle(arena, type->element, true));
	if (type->kind == TYPE_MAP)
		return type_map(arena, settle(arena, type->key, true),
				settle(arena, type->element, true));
	if (type->kind != TYPE_STRUCT)
		return type;
	struct type_field *fields = arena_array(arena, struct type_field, type->nfields);
	for (uint32_t i = 0; i < type->nfields; i++) {
		fields[i] = type->fields[i];
		fields[i].type = settle(arena, fields[i].type, true);
	}
	return type_struct(arena, fields, type->nfields);
}

static bool folds(struct typing *typing, struct slice text, const struct type *type)
{
	struct expr *expr = expr_new(typing->arena, EXPR_CONST, TYPE_OF(TYPE_STRING), NULL, 0);
	struct value value;
	expr->constant = (struct value){ .bytes = text };
	return program_fold(typing_cast(typing->arena, expr, type), typing->arena, 0, &value,
			    NULL) == 0 &&
	       !value.is_null;
}

/* A text literal among numbers makes them as wide as it needs. */
static const struct type *widen_for_text(struct typing *typing, const struct type *type,
					 const struct ast_expr *ast)
{
	if (ast->kind != AST_STRING || (type->kind != TYPE_INT && type->kind != TYPE_BIGINT) ||
	    folds(typing, ast->string, type))
		return type;
	if (folds(typing, ast->string, TYPE_OF(TYPE_BIGINT)))
		return TYPE_OF(TYPE_BIGINT);
	const struct type *decimal =
		type_decimal(typing->arena, type->kind == TYPE_INT ? 10 : 19, 0);
	return folds(typing, ast->string, decimal) ? decimal : type;
}

static fallible coerce_text(struct typing *typing, const struct ast_expr *ast,
			    const struct type *type, struct expr **item, struct err *err)
{
	struct slice text = ast->string;
	bool fits = type->kind == TYPE_STRING;
	if (type->kind == TYPE_BOOLEAN)
		fits = text_prefix(text, "true") || text_prefix(text, "false") ||
		       text_prefix(text, "yes") || text_prefix(text, "no");
	else if (type_is_number(type))
		fits = folds(typing, text, type);
	else if (type->kind != TYPE_STRING)
		return no_operator(typing, type, TYPE_OF(TYPE_STRING), ast, err);
	if (!fits) {
		const char *name =
			type->kind == TYPE_DECIMAL ? "DECIMAL" : typing_type_name(typing, type);
		return err_set(err, ERR_TYPE, "invalid input syntax for type %s: \"%.*s\".", name,
			       SLICE_ARGS(text));
	}
	*item = typing_cast(typing->arena, *item, type);
	return 0;
}

static fallible coerce(struct typing *typing, const struct ast_expr *ast, const struct type *type,
		       struct expr **item, struct err *err);

static fallible coerce_parts(struct typing *typing, const struct ast_expr *ast,
			     const struct type *type, struct expr **item, struct err *err)
{
	uint32_t n = (*item)->nargs;
	struct expr **args = arena_array(typing->arena, struct expr *, n);
	for (uint32_t i = 0; i < n; i++) {
		const struct ast_expr *part;
		const struct type *want = type->element;
		if (ast->kind == AST_ARRAY) {
			part = ast->items.items[i];
		} else if (ast->kind == AST_MAP) {
			part = i % 2 == 0 ? ast->map.items[i / 2].key : ast->map.items[i / 2].value;
			want = i % 2 == 0 ? type->key : type->element;
		} else {
			part = ast->structure.items[i].value;
			want = type_field_find(type, ast->structure.items[i].name.text)->type;
		}
		args[i] = expr_new(typing->arena, (*item)->args[i]->kind, (*item)->args[i]->type,
				   NULL, 0);
		*args[i] = *(*item)->args[i];
		TRY(coerce(typing, part, want, &args[i], err));
		args[i]->catches = true;
	}
	const struct type *made = type;
	if (ast->kind == AST_STRUCT) {
		struct type_field *fields = arena_array(typing->arena, struct type_field, n);
		for (uint32_t i = 0; i < n; i++)
			fields[i] =
				(struct type_field){ (*item)->type->fields[i].name, args[i]->type };
		made = type_struct(typing->arena, fields, n);
	}
	struct expr *expr =
		expr_new(typing->arena, (*item)->kind, made, (const struct expr *const *)args, n);
	expr->text = (*item)->text;
	*item = typing_cast(typing->arena, expr, type);
	return 0;
}

/* Brings an item to the list's type; common_type has said that it can be, texts apart. */
static fallible coerce(struct typing *typing, const struct ast_expr *ast, const struct type *type,
		       struct expr **item, struct err *err)
{
	if (ast->kind == AST_STRING)
		return coerce_text(typing, ast, type, item, err);
	if (((*item)->kind == EXPR_ARRAY || (*item)->kind == EXPR_MAP ||
	     (*item)->kind == EXPR_STRUCT) &&
	    !type_eq((*item)->type, type))
		return coerce_parts(typing, ast, type, item, err);
	*item = typing_cast(typing->arena, *item, type);
	return 0;
}

fallible typing_common(struct typing *typing, struct expr **items,
		       const struct ast_expr *const *asts, uint32_t n, const struct type **ret_type,
		       struct err *err)
{
	const struct type *type = TYPE_OF(TYPE_NULL);
	bool texts = false;
	for (uint32_t i = 0; i < n; i++) {
		const struct type *soft = soft_type(typing->arena, asts[i], items[i]->type);
		texts |= asts[i]->kind == AST_STRING;
		if (type->kind == TYPE_STRING && is_literal(asts[i]))
			continue; /* becomes a text */
		const struct type *both = common_type(typing->arena, type, soft);
		if (both == NULL)
			return no_operator(typing, type, items[i]->type, asts[i], err);
		type = both;
	}
	for (uint32_t i = 0; i < n; i++)
		type = widen_for_text(typing, type, asts[i]);
	type = settle(typing->arena, type, texts);
	for (uint32_t i = 0; i < n; i++)
		TRY(coerce(typing, asts[i], type, &items[i], err));
	*ret_type = type;
	return 0;
}

fallible typing_in(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		   struct err *err)
{
	uint32_t n = ast->in.items.len + 1;
	struct expr **items = arena_array(typing->arena, struct expr *, n);
	const struct ast_expr **asts = arena_array(typing->arena, const struct ast_expr *, n);
	asts[0] = ast->in.value;
	TRY(typing_expr(typing, asts[0], &items[0], err));
	for (uint32_t i = 1; i < n; i++) {
		asts[i] = ast->in.items.items[i - 1];
		TRY(side(typing, asts[i], asts[0], &items[i], err));
	}
	const struct type *type = items[0]->type;
	int code = 0;
	if (type_is_time(type)) {
		for (uint32_t i = 1; i < n && code == 0; i++) {
			const struct expr *pair[2];
			code = compare(typing, AST_EQ, asts[0], asts[i], items[0], items[i], pair,
				       err);
			if (code == 0)
				items[i] = typing_cast(typing->arena, items[i], type);
		}
	} else {
		code = typing_common(typing, items, asts, n, &type, err);
	}
	if (code != 0) {
		(void)err_wrap(err, "Invalid Predicate");
		return code;
	}
	*ret_expr = expr_new(typing->arena, EXPR_IN, TYPE_OF(TYPE_BOOLEAN),
			     (const struct expr *const *)items, n);
	return 0;
}
