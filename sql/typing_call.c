/* Calls of scalar functions, with their lambdas. */
#include "sql/ast_print.h"
#include "sql/typing_priv.h"

#include <utf8proc.h>

uint32_t typing_first_char(struct slice text)
{
	utf8proc_int32_t point = 0;
	if (text.len == 0 || utf8proc_iterate(text.data, (utf8proc_ssize_t)text.len, &point) <= 0)
		return 0;
	return (uint32_t)point;
}

bool typing_find_param(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr)
{
	if (ast->column.qualified)
		return false;
	for (const struct typing_lambda *l = typing->lambdas; l != NULL; l = l->outer) {
		const struct ast_names *params = &l->ast->lambda.params;
		for (uint32_t i = 0; i < params->len; i++) {
			if (!slice_eq(params->items[i].text, ast->column.name.text))
				continue;
			*ret_expr = expr_new(typing->arena, EXPR_PARAM, l->types[i], NULL, 0);
			(*ret_expr)->column = l->first + i;
			return true;
		}
	}
	return false;
}

static fallible check_lambda(struct typing *typing, const struct ast_expr *lambda, struct err *err)
{
	const struct ast_names *params = &lambda->lambda.params;
	for (uint32_t i = 0; i < params->len; i++) {
		struct slice name = params->items[i].text;
		for (uint32_t k = 0; k < i; k++) {
			if (slice_eq(params->items[k].text, name))
				return err_set(err, ERR_INVALID,
					       "Lambda arguments have duplicates: [%.*s]",
					       SLICE_ARGS(name));
		}
		for (const struct typing_lambda *l = typing->lambdas; l != NULL; l = l->outer) {
			for (uint32_t k = 0; k < l->ast->lambda.params.len; k++) {
				if (slice_eq(l->ast->lambda.params.items[k].text, name))
					return err_set(err, ERR_INVALID,
						       "Reusing lambda arguments in nested lambda "
						       "is not allowed");
			}
		}
		for (uint32_t s = 0; typing->scope != NULL && s < typing->scope->nsources; s++) {
			if (scope_find(typing->scope, typing->scope->sources[s]->alias, name) !=
			    NULL)
				return err_set(err, ERR_INVALID,
					       "Lambda function argument can't be a column name: "
					       "%.*s",
					       SLICE_ARGS(name));
		}
	}
	return 0;
}

struct call {
	const struct ast_expr *ast;
	uint32_t n;
	struct expr **args;
	const struct type **types;
	const struct func_variant *variant;
	const struct type **params;
	const struct type *result;
	bool has_lambdas;
};

static fallible type_args(struct typing *typing, struct call *call, struct err *err)
{
	for (uint32_t i = 0; i < call->n; i++) {
		const struct ast_expr *arg = call->ast->call.args.items[i];
		if (arg->kind == AST_LAMBDA) {
			TRY(check_lambda(typing, arg, err));
			call->types[i] = type_lambda(typing->arena, arg->lambda.params.len, NULL);
			call->has_lambdas = true;
			continue;
		}
		TRY(typing_expr(typing, arg, &call->args[i], err));
		if (arg->kind == AST_CALL || arg->kind == AST_FIELD)
			call->args[i]->catches = true;
		call->types[i] = call->args[i]->type;
	}
	return 0;
}

static uint32_t params_around(const struct typing *typing)
{
	return typing->lambdas != NULL
		       ? typing->lambdas->first + typing->lambdas->ast->lambda.params.len
		       : 0;
}

/* Types the bodies, now that the other arguments have told what their parameters are. */
static fallible type_lambdas(struct typing *typing, struct call *call, struct err *err)
{
	for (uint32_t i = 0; i < call->n; i++) {
		const struct ast_expr *arg = call->ast->call.args.items[i];
		if (arg->kind != AST_LAMBDA)
			continue;
		const struct type *types[SIGNATURE_PARAMS_MAX];
		uint32_t n = func_lambda_params(call->variant, typing->arena, call->types, call->n,
						i, types);
		assert(n == arg->lambda.params.len);
		struct typing_lambda lambda = { .ast = arg,
						.types = types,
						.first = params_around(typing),
						.outer = typing->lambdas };
		struct typing inner = *typing;
		inner.lambdas = &lambda;
		struct expr *body;
		TRY(typing_expr(&inner, arg->lambda.body, &body, err));
		call->types[i] = type_lambda(typing->arena, n, body->type);
		const struct expr *args[] = { body };
		call->args[i] = expr_new(typing->arena, EXPR_LAMBDA, call->types[i], args, 1);
		call->args[i]->column = n;
		call->args[i]->text = typing_name(typing, arg);
	}
	return 0;
}

fallible typing_call(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr,
		     struct err *err)
{
	struct arena *arena = typing->arena;
	uint32_t n = ast->call.args.len;
	struct call call = {
		.ast = ast,
		.n = n,
		.args = arena_array(arena, struct expr *, n),
		.types = arena_array(arena, const struct type *, n),
		.params = arena_array(arena, const struct type *, n),
	};
	TRY(type_args(typing, &call, err));
	if (!func_exists(typing->functions, ast->call.name.text))
		return err_set_at(err, ERR_NOT_FOUND, ast->pos.line, ast->pos.column,
				  "Can't find any functions with the name '%.*s'",
				  SLICE_ARGS(ast->call.name.text));
	TRY(func_resolve(typing->functions, arena, ast->call.name.text, call.types, n,
			 &call.variant, call.params, call.has_lambdas ? NULL : &call.result, err));
	if (call.has_lambdas) {
		TRY(type_lambdas(typing, &call, err));
		TRY(func_resolve(typing->functions, arena, ast->call.name.text, call.types, n,
				 &call.variant, call.params, &call.result, err));
	}
	for (uint32_t i = 0; i < n; i++) {
		if (call.args[i]->kind == EXPR_LAMBDA)
			continue;
		bool catches = call.args[i]->catches;
		call.args[i] = typing_cast(arena, call.args[i], call.params[i]);
		call.args[i]->catches |= catches;
	}
	*ret_expr =
		expr_new(arena, EXPR_CALL, call.result, (const struct expr *const *)call.args, n);
	(*ret_expr)->func = call.variant;
	return 0;
}
