/*
 * Keeps a table's rows so that they can be looked up; passes every change on.
 *
 * The look-up is the runtime's (pull queries); here the rows are kept current and, where the
 * consumer needs the past that the input does not tell, it is filled in.
 */
#include "engine/join.h"

#include "base/bits.h"

struct op_materialise {
	struct op op;
	struct row_table rows;
	uint64_t *kept;
	struct buf key;
};

static fallible materialise_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_materialise *self = (struct op_materialise *)op;
	uint32_t n = op->node->schema->ncolumns;
	self->kept = arena_array(env->arena, uint64_t, bits_words(n));
	bits_fill(self->kept, n, true);
	row_table_init(&self->rows, op->node->schema, self->kept);
	buf_init(&self->key, JOIN_KEY_BYTES_MAX);
	return 0;
}

static void materialise_close(struct op *op)
{
	struct op_materialise *self = (struct op_materialise *)op;
	row_table_fini(&self->rows);
	buf_fini(&self->key);
}

static fallible materialise_push(struct op *op, unsigned input, struct batch *batch,
				 struct step *step)
{
	assert(input == 0);
	struct op_materialise *self = (struct op_materialise *)op;
	SEL_EACH(i, batch->sel)
	{
		if (!join_key(batch, i, &self->key))
			continue;
		if (row_is_new(batch, i))
			row_table_put(&self->rows, buf_slice(&self->key), batch->columns, i,
				      batch->rowtime_ms[i]);
		else
			row_table_remove(&self->rows, buf_slice(&self->key));
	}
	return op_forward(op, batch, step);
}

const struct op_ops OP_MATERIALISE = {
	.name = "Materialise",
	.bytes = sizeof(struct op_materialise),
	.open = materialise_open,
	.push = materialise_push,
	.close = materialise_close,
};
