#include "engine/op.h"

#include "base/bits.h"

#include <stdarg.h>

const struct op_ops *op_for(const struct node *node)
{
	switch (node->kind) {
	case NODE_SOURCE:
		return &OP_SOURCE;
	case NODE_FILTER:
		return &OP_FILTER;
	case NODE_PROJECT:
		return &OP_PROJECT;
	case NODE_EXPLODE:
		return &OP_EXPLODE;
	case NODE_REKEY:
		return &OP_REKEY;
	case NODE_AGGREGATE:
		if (node->aggregate.window.kind == WINDOW_NONE)
			return &OP_AGGREGATE;
		return node->aggregate.window.kind == WINDOW_SESSION ? &OP_SESSION : &OP_WINDOW;
	case NODE_JOIN_STREAMS:
		return &OP_JOIN_STREAMS;
	case NODE_JOIN_STREAM_TABLE:
		return &OP_JOIN_STREAM_TABLE;
	case NODE_JOIN_TABLES:
		return &OP_JOIN_TABLES;
	case NODE_JOIN_FOREIGN_KEY:
		return &OP_JOIN_KEY;
	case NODE_MATERIALISE:
		return &OP_MATERIALISE;
	case NODE_LIMIT:
		return &OP_LIMIT;
	case NODE_SINK:
		return &OP_SINK;
	}
	UNREACHABLE("every kind of node has an operator");
}

static void reads_project(const struct node *node, const uint64_t *wanted, uint64_t *used)
{
	for (uint32_t c = 0; c < node->schema->ncolumns; c++) {
		if (c < node->schema->nkeys || bits_get(wanted, c))
			expr_columns(node->project.columns[c], used);
	}
}

static void reads_aggregate(const struct node *node, uint64_t *used)
{
	const struct aggregate_spec *spec = &node->aggregate;
	for (uint32_t a = 0; a < spec->naggs; a++) {
		for (uint32_t i = 0; i < spec->aggs[a]->nargs; i++)
			expr_columns(spec->agg_args[a][i], used);
	}
}

/* A join's output is its keys, then the left's columns, then the right's. */
static void reads_join(const struct node *node, unsigned input, const uint64_t *wanted,
		       uint64_t *used)
{
	uint32_t first = node->schema->nkeys;
	if (input == 1)
		first += node->inputs[0]->schema->ncolumns;
	for (uint32_t c = 0; c < node->inputs[input]->schema->ncolumns; c++) {
		if (bits_get(wanted, first + c))
			bits_set(used, c);
	}
	if (node->kind == NODE_JOIN_FOREIGN_KEY && input == 0)
		expr_columns(node->join.foreign_key, used);
}

void op_reads(const struct node *node, unsigned input, const uint64_t *wanted, uint64_t *used)
{
	const struct schema *in = node->inputs[input]->schema;
	for (uint32_t k = 0; k < in->nkeys; k++)
		bits_set(used, k);
	switch (node->kind) {
	case NODE_SOURCE:
		UNREACHABLE("a source has no input");
	case NODE_FILTER:
		expr_columns(node->filter.condition, used);
		for (size_t w = 0; w < bits_words(in->ncolumns); w++)
			used[w] |= wanted[w];
		break;
	case NODE_PROJECT:
		reads_project(node, wanted, used);
		break;
	case NODE_EXPLODE:
		for (uint32_t c = 0; c < in->ncolumns; c++)
			bits_put(used, c, bits_get(used, c) || bits_get(wanted, c));
		for (uint32_t t = 0; t < node->explode.ntables; t++)
			expr_columns(node->explode.tables[t], used);
		break;
	case NODE_REKEY:
		for (uint32_t c = 0; c < node->schema->ncolumns; c++)
			expr_columns(node->rekey.columns[c], used);
		break;
	case NODE_AGGREGATE:
		reads_aggregate(node, used);
		break;
	case NODE_JOIN_STREAMS:
	case NODE_JOIN_STREAM_TABLE:
	case NODE_JOIN_TABLES:
	case NODE_JOIN_FOREIGN_KEY:
		reads_join(node, input, wanted, used);
		break;
	case NODE_LIMIT:
		for (size_t w = 0; w < bits_words(in->ncolumns); w++)
			used[w] |= wanted[w];
		break;
	case NODE_MATERIALISE:
	case NODE_SINK:
		for (uint32_t c = 0; c < in->ncolumns; c++)
			bits_set(used, c);
		break;
	}
}

bool op_needs_before(const struct node *node, bool before_wanted)
{
	switch (node->kind) {
	case NODE_FILTER:    /* to know whether the row was there before */
	case NODE_REKEY:     /* to take the row away from its old key */
	case NODE_AGGREGATE: /* to undo */
	case NODE_JOIN_FOREIGN_KEY:
		return true;
	case NODE_JOIN_TABLES:
		return true;
	case NODE_SOURCE:
	case NODE_JOIN_STREAMS:
	case NODE_JOIN_STREAM_TABLE:
	case NODE_SINK:
	case NODE_EXPLODE:
		return false;
	case NODE_PROJECT:
	case NODE_MATERIALISE:
	case NODE_LIMIT:
		return before_wanted;
	}
	UNREACHABLE("every kind of node is listed");
}

fallible op_forward(struct op *op, struct batch *batch, struct step *step)
{
	if (batch->sel.len == 0 || op->consumer == NULL)
		return 0;
	op->rows_out += batch->sel.len;
	op->consumer->rows_in += batch->sel.len;
	return op->consumer->ops->push(op->consumer, op->consumer_input, batch, step);
}

void step_row_error(struct step *step, const struct op *op, const struct batch *batch, uint32_t row,
		    const char *expr_text, const char *format, ...)
{
	struct error_log *log = step->log;
	if (log->errors.len >= ROW_ERRORS_MAX) {
		log->dropped++;
		return;
	}
	struct row_error error = { .logger = op->node->logger, .expr_text = expr_text };
	if (batch != NULL && batch->origin.offset != NULL) {
		error.partition = batch->origin.partition[row];
		error.offset = batch->origin.offset[row];
	}
	struct err text;
	va_list args;
	va_start(args, format);
	err_set_textv(&text, ERR_EVALUATION, format, args);
	va_end(args);
	error.message = arena_str(&log->arena, slice_str(text.text));
	vec_push(&log->errors, error);
}

static void eval_failed(void *arg, uint32_t row, const char *expr_text, const char *message)
{
	struct op_eval *place = arg;
	step_row_error(place->step, place->op, place->batch, row, expr_text, "%s", message);
}

struct eval *op_eval(struct op_eval *place, struct op *op, const struct batch *batch,
		     struct step *step)
{
	*place = (struct op_eval){ .eval = step->eval, .step = step, .op = op, .batch = batch };
	place->eval.arena = step->arena;
	place->eval.batch = batch;
	place->eval.wall_ms = step->wall_ms;
	place->eval.failed = eval_failed;
	place->eval.failed_arg = place;
	return &place->eval;
}

struct batch *op_batch(struct op *op, struct step *step, uint32_t n)
{
	assert(n <= BATCH_ROWS_MAX);
	struct arena *arena = step->arena;
	const struct schema *schema = op->node->schema;
	struct batch *batch = arena_new(arena, struct batch);
	batch->schema = schema;
	batch->columns = arena_array(arena, struct column, schema->ncolumns);
	if (op->node->is_table && op->before_wanted)
		batch->before = arena_array(arena, struct column, schema->ncolumns);
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		batch->columns[c].type = schema->columns[c].type;
		if (!op_wants(op, c))
			continue;
		column_init(&batch->columns[c], arena, schema->columns[c].type, n);
		if (batch->before != NULL)
			column_init(&batch->before[c], arena, schema->columns[c].type, n);
	}
	batch->rowtime_ms = arena_array(arena, int64_t, n);
	if (op->node->is_table)
		batch->change = arena_array(arena, uint8_t, n);
	return batch;
}

void batch_set_all(struct batch *batch, uint32_t nrows)
{
	assert(nrows <= BATCH_ROWS_MAX);
	batch->nrows = nrows;
	batch->sel = sel_all(nrows);
}
