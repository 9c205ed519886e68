/* Calls of functions, and the lambdas that functions call back. */
#include "engine/program_priv.h"

#define CALL_ARGS_INLINE 16

/* Rows in which no argument is NULL; rows with a NULL for a Java primitive fail. */
static struct sel without_nulls(struct kernel *k, const struct call_data *data)
{
	const struct signature *signature = data->variant->signature;
	struct sel sel = k->sel;
	for (uint32_t a = 0; a < data->nargs; a++) {
		if (data->arg_of[a] == UINT32_MAX)
			continue;
		const uint8_t *valid = k->in[data->arg_of[a]]->valid;
		if (valid == NULL)
			continue;
		bool primitive =
			signature->params[signature_param_of(signature, a, data->nargs)].primitive;
		if (data->sees_nulls && !primitive)
			continue;
		uint16_t *rows = arena_array_plain(k->eval->arena, uint16_t, sel.len);
		uint32_t n = 0;
		SEL_EACH(i, sel)
		{
			if (valid[i] == 0 && primitive)
				eval_fail(k->eval, i, "NULL given for parameter %u of %s", a + 1,
					  data->variant->func->name);
			rows[n] = (uint16_t)i;
			n += valid[i];
		}
		sel = (struct sel){ .rows = rows, .len = n };
	}
	return sel;
}

/* Result validity: 1 for the rows of the call. */
static void open_validity(struct kernel *k, struct sel sel)
{
	if (sel.rows == k->sel.rows && sel.len == k->sel.len) {
		(void)kernel_valid(k);
		return;
	}
	k->out->valid = arena_zeroed(k->eval->arena, k->span, 1);
	SEL_EACH(i, sel)
	k->out->valid[i] = 1;
}

void kernel_call(struct kernel *k)
{
	const struct call_data *data = k->step->data;
	const struct column *few[CALL_ARGS_INLINE];
	const struct column **args = few;
	if (data->nargs > CALL_ARGS_INLINE)
		args = arena_array_plain(k->eval->arena, const struct column *, data->nargs);
	for (uint32_t a = 0; a < data->nargs; a++)
		args[a] = data->arg_of[a] == UINT32_MAX ? NULL : k->in[data->arg_of[a]];
	for (uint32_t l = 0; l < data->nargs && data->lambdas[l] != NULL; l++)
		data->lambdas[l]->outer = k->run;
	struct func_call call = {
		.args = args,
		.nargs = data->nargs,
		.out = k->out,
		.sel = without_nulls(k, data),
		.lambdas = data->lambdas,
		.variant = data->variant,
		.prepared = data->prepared,
	};
	open_validity(k, call.sel);
	if (call.sel.len > 0)
		data->variant->def->kernel(k->eval, &call);
}

const struct type *lambda_type(const struct lambda *lambda)
{
	return program_type(lambda->body);
}

/* What a failure inside a lambda's body needs to reach the row that called. */
struct lambda_frame {
	struct eval *outer;
	const uint16_t *row_of;
	const struct eval *inner;
	const uint8_t *failed; /* of the body's outermost scope */
};

static void lambda_failed(void *arg, uint32_t row, const char *text, const char *message)
{
	struct lambda_frame *frame = arg;
	uint32_t outer_row = frame->row_of[row];
	if (frame->inner->row_failed == frame->failed)
		eval_fail(frame->outer, outer_row, "%s", message);
	else if (frame->outer->failed != NULL)
		frame->outer->failed(frame->outer->failed_arg, outer_row, text, message);
}

/* The rows of an enclosing column that the tuples belong to, one by one. */
static const struct column *gathered(struct arena *arena, const struct column *from,
				     const uint16_t *row_of, uint32_t n)
{
	struct column *to = arena_new(arena, struct column);
	column_init(to, arena, from->type, n);
	for (uint32_t i = 0; i < n; i++)
		column_copy_row(to, i, from, row_of[i]);
	return to;
}

/* A column's items from `from` on. */
static struct column tail(const struct column *column, uint32_t from)
{
	struct column rest = *column;
	rest.data = (uint8_t *)rest.data + from * column_item_bytes(column->type->kind);
	if (rest.valid != NULL)
		rest.valid += from;
	return rest;
}

static struct column run_tuples(struct lambda *lambda, struct eval *outer,
				const struct column *params, const uint16_t *row_of, uint32_t n)
{
	struct program *body = lambda->body;
	struct eval eval = *outer;
	struct run run;
	uint8_t *failed = arena_zeroed(eval.arena, n, 1);
	struct lambda_frame frame = { outer, row_of, &eval, failed };
	eval.failed = lambda_failed;
	eval.failed_arg = &frame;
	run_init(&run, body, &eval, sel_all(n), failed);
	for (uint32_t i = 0; i < body->nregs; i++) {
		const struct reg *reg = &body->regs[i];
		if (reg->kind == REG_PARAM)
			run.regs[i] = &params[reg->index];
		else if (reg->kind == REG_CAPTURE)
			run.regs[i] =
				gathered(eval.arena, lambda->outer->regs[reg->index], row_of, n);
	}
	run_steps(&run);
	return *run.regs[body->result];
}

void lambda_run(struct lambda *lambda, struct eval *eval, const struct column *params,
		const uint16_t *row_of, uint32_t n, struct column *ret)
{
	assert(lambda->outer != NULL);
	if (n <= BATCH_ROWS_MAX) {
		*ret = run_tuples(lambda, eval, params, row_of, n);
		return;
	}
	column_init(ret, eval->arena, lambda_type(lambda), n);
	struct column *part = arena_array(eval->arena, struct column, lambda->nparams);
	for (uint32_t from = 0; from < n; from += BATCH_ROWS_MAX) {
		uint32_t len = MIN(n - from, (uint32_t)BATCH_ROWS_MAX);
		for (uint32_t p = 0; p < lambda->nparams; p++)
			part[p] = tail(&params[p], from);
		struct column piece = run_tuples(lambda, eval, part, row_of + from, len);
		for (uint32_t i = 0; i < len; i++)
			column_copy_row(ret, from + i, &piece, i);
	}
}
