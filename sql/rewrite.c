#include "sql/rewrite.h"

struct rewriter {
	struct arena *arena;
	rewrite_visit *visit;
	void *arg;
};

static fallible rewrite(const struct rewriter *r, const struct ast_expr *expr,
			const struct rewrite_lambda *lambdas, struct ast_expr **ret_expr,
			struct err *err);

static fallible child(const struct rewriter *r, struct ast_expr **place,
		      const struct rewrite_lambda *lambdas, struct err *err)
{
	return *place != NULL ? rewrite(r, *place, lambdas, place, err) : 0;
}

static fallible list(const struct rewriter *r, struct ast_exprs *exprs,
		     const struct rewrite_lambda *lambdas, struct err *err)
{
	struct ast_expr **items = arena_array(r->arena, struct ast_expr *, exprs->len);
	for (uint32_t i = 0; i < exprs->len; i++)
		TRY(rewrite(r, exprs->items[i], lambdas, &items[i], err));
	exprs->items = items;
	exprs->capacity = exprs->len;
	return 0;
}

static fallible cases(const struct rewriter *r, struct ast_expr *copy,
		      const struct rewrite_lambda *lambdas, struct err *err)
{
	struct ast_whens *whens = &copy->cases.whens;
	struct ast_when *items = arena_array(r->arena, struct ast_when, whens->len);
	for (uint32_t i = 0; i < whens->len; i++) {
		items[i] = whens->items[i];
		TRY(child(r, &items[i].condition, lambdas, err));
		TRY(child(r, &items[i].result, lambdas, err));
	}
	whens->items = items;
	whens->capacity = whens->len;
	TRY(child(r, &copy->cases.operand, lambdas, err));
	return child(r, &copy->cases.otherwise, lambdas, err);
}

static fallible map(const struct rewriter *r, struct ast_entries *entries,
		    const struct rewrite_lambda *lambdas, struct err *err)
{
	struct ast_entry *items = arena_array(r->arena, struct ast_entry, entries->len);
	for (uint32_t i = 0; i < entries->len; i++) {
		items[i] = entries->items[i];
		TRY(child(r, &items[i].key, lambdas, err));
		TRY(child(r, &items[i].value, lambdas, err));
	}
	entries->items = items;
	entries->capacity = entries->len;
	return 0;
}

static fallible structure(const struct rewriter *r, struct ast_fields *fields,
			  const struct rewrite_lambda *lambdas, struct err *err)
{
	struct ast_field *items = arena_array(r->arena, struct ast_field, fields->len);
	for (uint32_t i = 0; i < fields->len; i++) {
		items[i] = fields->items[i];
		TRY(child(r, &items[i].value, lambdas, err));
	}
	fields->items = items;
	fields->capacity = fields->len;
	return 0;
}

static fallible children(const struct rewriter *r, struct ast_expr *copy,
			 const struct rewrite_lambda *lambdas, struct err *err)
{
	switch (copy->kind) {
	case AST_NULL:
	case AST_BOOLEAN:
	case AST_INTEGER:
	case AST_DECIMAL:
	case AST_DOUBLE:
	case AST_STRING:
	case AST_COLUMN:
	case AST_UNIT_NAME:
		return 0;
	case AST_UNARY:
		return child(r, &copy->unary.operand, lambdas, err);
	case AST_ARITHMETIC:
	case AST_COMPARISON:
	case AST_LOGIC:
		TRY(child(r, &copy->binary.left, lambdas, err));
		return child(r, &copy->binary.right, lambdas, err);
	case AST_NOT:
	case AST_IS_NULL:
	case AST_IS_NOT_NULL:
		return child(r, &copy->operand, lambdas, err);
	case AST_BETWEEN:
		TRY(child(r, &copy->between.value, lambdas, err));
		TRY(child(r, &copy->between.low, lambdas, err));
		return child(r, &copy->between.high, lambdas, err);
	case AST_LIKE:
		TRY(child(r, &copy->like.value, lambdas, err));
		return child(r, &copy->like.pattern, lambdas, err);
	case AST_IN:
		TRY(child(r, &copy->in.value, lambdas, err));
		return list(r, &copy->in.items, lambdas, err);
	case AST_CAST:
		return child(r, &copy->cast.value, lambdas, err);
	case AST_CASE:
		return cases(r, copy, lambdas, err);
	case AST_ARRAY:
		return list(r, &copy->items, lambdas, err);
	case AST_MAP:
		return map(r, &copy->map, lambdas, err);
	case AST_STRUCT:
		return structure(r, &copy->structure, lambdas, err);
	case AST_SUBSCRIPT:
		TRY(child(r, &copy->subscript.base, lambdas, err));
		return child(r, &copy->subscript.index, lambdas, err);
	case AST_FIELD:
		return child(r, &copy->field.base, lambdas, err);
	case AST_CALL:
		return list(r, &copy->call.args, lambdas, err);
	case AST_LAMBDA: {
		struct rewrite_lambda inner = { .lambda = copy, .outer = lambdas };
		return child(r, &copy->lambda.body, &inner, err);
	}
	}
	UNREACHABLE("every kind of expression is listed");
}

static fallible rewrite(const struct rewriter *r, const struct ast_expr *expr,
			const struct rewrite_lambda *lambdas, struct ast_expr **ret_expr,
			struct err *err)
{
	struct ast_expr *replaced = NULL;
	TRY(r->visit(r->arg, expr, lambdas, &replaced, err));
	if (replaced == NULL) {
		replaced = arena_new(r->arena, struct ast_expr);
		*replaced = *expr;
		TRY(children(r, replaced, lambdas, err));
	}
	*ret_expr = replaced;
	return 0;
}

fallible ast_rewrite(struct arena *arena, const struct ast_expr *expr, rewrite_visit *visit,
		     void *arg, struct ast_expr **ret_expr, struct err *err)
{
	const struct rewriter r = { .arena = arena, .visit = visit, .arg = arg };
	return rewrite(&r, expr, NULL, ret_expr, err);
}

bool rewrite_is_param(const struct rewrite_lambda *lambdas, const struct ast_expr *column)
{
	if (column->kind != AST_COLUMN || column->column.qualified)
		return false;
	for (; lambdas != NULL; lambdas = lambdas->outer) {
		const struct ast_names *params = &lambdas->lambda->lambda.params;
		for (uint32_t i = 0; i < params->len; i++) {
			if (slice_eq(params->items[i].text, column->column.name.text))
				return true;
		}
	}
	return false;
}
