/*
 * typing_priv.h - what the parts of typing share among themselves.
 */
#ifndef WEIR_SQL_TYPING_PRIV_H
#define WEIR_SQL_TYPING_PRIV_H

#include "sql/typing.h"

/* A lambda whose body is being typed. */
struct typing_lambda {
	const struct ast_expr *ast;
	const struct type *const *types; /* of its parameters */
	uint32_t first; /* number of its first parameter, counted from the outermost */
	const struct typing_lambda *outer;
};

const char *typing_name(struct typing *typing, const struct ast_expr *ast);
const char *typing_type_name(struct typing *typing, const struct type *type);
/* True when the column is a parameter of a lambda around it. */
bool typing_find_param(struct typing *typing, const struct ast_expr *ast, struct expr **ret_expr);
uint32_t typing_first_char(struct slice text);

#endif
