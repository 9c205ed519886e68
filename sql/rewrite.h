/*
 * rewrite.h - a tree copied with some of its nodes replaced, and a tree walked.
 *
 * The visitor is asked before a node's children; what it puts in `ret_replaced` is taken as it is
 * and not walked. The tree given is not changed.
 */
#ifndef WEIR_SQL_REWRITE_H
#define WEIR_SQL_REWRITE_H

#include "sql/ast.h"

/* The parameters of the lambdas around a node, innermost first. */
struct rewrite_lambda {
	const struct ast_expr *lambda;
	const struct rewrite_lambda *outer;
};

typedef fallible rewrite_visit(void *arg, const struct ast_expr *expr,
			       const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			       struct err *err);

fallible ast_rewrite(struct arena *arena, const struct ast_expr *expr, rewrite_visit *visit,
		     void *arg, struct ast_expr **ret_expr, struct err *err);

/* Whether a column name is a parameter of a lambda around it. */
bool rewrite_is_param(const struct rewrite_lambda *lambdas, const struct ast_expr *column);

#endif
