/*
 * expr_model.h - expressions computed the plain way: one row at a time, by recursion, with boxed
 * values. Slow and short; what programs of batches are compared with.
 *
 * Calls know only the functions of expr_model.c's list: what a test calls, it adds there. A row
 * that fails stops where it fails, as a Java exception would, up to the next node that catches.
 */
#ifndef WEIR_TESTS_LIB_EXPR_MODEL_H
#define WEIR_TESTS_LIB_EXPR_MODEL_H

#include "engine/expr.h"

struct expr_model {
	struct arena *arena;
	const struct value *row;    /* the columns of the row */
	const struct value *params; /* of all enclosing lambdas */
	uint32_t nparams;
	uint32_t failures; /* told: caught ones, and the last */
};

/* False: the row as a whole has failed. */
bool expr_model_run(struct expr_model *model, const struct expr *expr, struct value *ret);

#endif
