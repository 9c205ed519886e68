/*
 * Computes new columns from old ones, row by row.
 *
 * A column that is only passed on shares its items with the input. A row without a value stays
 * without one: its key columns are computed, its value columns are NULL.
 */
#include "engine/op.h"

struct op_project {
	struct op op;
	struct program **programs; /* NULL: the column is passed on, or nobody reads it */
};

static fallible project_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_project *project = (struct op_project *)op;
	const struct schema *schema = op->node->schema;
	project->programs = arena_array(env->arena, struct program *, schema->ncolumns);
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		const struct expr *expr = op->node->project.columns[c];
		bool needed = c < schema->nkeys || op_wants(op, c);
		if (needed && expr->kind != EXPR_COLUMN)
			project->programs[c] = program_new(env->arena, expr);
	}
	return 0;
}

static struct sel with_values(const struct batch *batch, struct arena *arena)
{
	uint16_t *rows = arena_array_plain(arena, uint16_t, batch->sel.len);
	uint32_t len = 0;
	SEL_EACH(i, batch->sel)
	{
		rows[len] = (uint16_t)i;
		len += batch->value_null[i] == 0;
	}
	return (struct sel){ .rows = rows, .len = len };
}

/* Rows of a table that have the bit: only their columns may be read. */
static struct sel with_change(const struct batch *batch, uint8_t bit, struct arena *arena)
{
	uint16_t *rows = arena_array_plain(arena, uint16_t, batch->sel.len);
	uint32_t len = 0;
	SEL_EACH(i, batch->sel)
	{
		rows[len] = (uint16_t)i;
		len += (batch->change[i] & bit) != 0;
	}
	return (struct sel){ .rows = rows, .len = len };
}

static void compute(struct op_project *project, const struct batch *batch,
		    const struct column *from, struct sel sel, struct column *to, struct step *step)
{
	const struct schema *schema = project->op.node->schema;
	struct op_eval place;
	struct eval *eval = op_eval(&place, &project->op, batch, step);
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		const struct expr *expr = project->op.node->project.columns[c];
		/* A removal still has its key: keys are computed for every row. */
		struct sel rows = c < schema->nkeys ? batch->sel : sel;
		if (expr->kind == EXPR_COLUMN)
			to[c] = from[expr->column];
		else if (project->programs[c] != NULL)
			program_run(project->programs[c], eval, from, rows, &to[c], NULL);
	}
}

static fallible project_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	struct op_project *project = (struct op_project *)op;
	uint32_t ncolumns = op->node->schema->ncolumns;
	struct batch out = *batch;
	out.schema = op->node->schema;
	out.columns = arena_array(step->arena, struct column, ncolumns);
	out.before = NULL;

	struct sel sel = batch->sel;
	if (batch->change != NULL)
		sel = with_change(batch, ROW_NEW, step->arena);
	else if (batch->value_null != NULL)
		sel = with_values(batch, step->arena);
	compute(project, batch, batch->columns, sel, out.columns, step);
	if (batch->before != NULL && op->before_wanted) {
		out.before = arena_array(step->arena, struct column, ncolumns);
		sel = with_change(batch, ROW_OLD, step->arena);
		compute(project, batch, batch->before, sel, out.before, step);
	}
	return op_forward(op, &out, step);
}

const struct op_ops OP_PROJECT = {
	.name = "Project",
	.bytes = sizeof(struct op_project),
	.open = project_open,
	.push = project_push,
};
