/* Lets the first rows through and drops the rest. */
#include "engine/op.h"

struct op_limit {
	struct op op;
	uint64_t left;
};

static fallible limit_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)env;
	(void)err;
	((struct op_limit *)op)->left = op->node->limit.rows;
	return 0;
}

static fallible limit_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	struct op_limit *limit = (struct op_limit *)op;
	struct batch out = *batch;
	if (out.sel.len > limit->left)
		out.sel.len = (uint32_t)limit->left;
	limit->left -= out.sel.len;
	return op_forward(op, &out, step);
}

const struct op_ops OP_LIMIT = {
	.name = "Limit",
	.bytes = sizeof(struct op_limit),
	.open = limit_open,
	.push = limit_push,
};
