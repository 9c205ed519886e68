#include "engine/program_priv.h"

#include <stdarg.h>

/* --- running --- */

const uint8_t KERNEL_ALL_VALID[BATCH_ROWS_MAX] = {
	[0 ... BATCH_ROWS_MAX - 1] = 1,
};

PRINTF_LIKE(3, 0)
static void tell_failed(struct eval *eval, uint32_t row, const char *format, va_list args)
{
	struct err err;
	err_set_textv(&err, ERR_EVALUATION, format, args);
	eval->failed(eval->failed_arg, row, eval->expr_text, err.text);
}

void eval_fail(struct eval *eval, uint32_t row, const char *format, ...)
{
	if (eval->row_failed != NULL) {
		if (eval->row_failed[row] != 0)
			return;
		eval->row_failed[row] = 1;
		(*eval->failures)++;
	}
	if (eval->failed == NULL)
		return;
	va_list args;
	va_start(args, format);
	tell_failed(eval, row, format, args);
	va_end(args);
}

/* Rows from 0 that hold all of a selection's. */
static uint32_t sel_span(struct sel sel)
{
	if (sel.rows == NULL || sel.len == 0)
		return sel.len;
	return (uint32_t)sel.rows[sel.len - 1] + 1;
}

uint8_t *kernel_valid(struct kernel *k)
{
	if (k->out->valid == NULL) {
		k->out->valid = arena_plain(k->eval->arena, k->span, 1);
		memset(k->out->valid, 1, k->span);
	}
	return k->out->valid;
}

uint16_t *kernel_rows(struct kernel *k)
{
	return arena_array_plain(k->eval->arena, uint16_t, k->sel.len);
}

static void fail_nulls_of(struct kernel *k, const struct column *in)
{
	if (in->valid == NULL)
		return;
	if (k->sel.rows == NULL && memchr(in->valid, 0, k->sel.len) == NULL)
		return;
	SEL_EACH(i, k->sel)
	{
		if (in->valid[i] == 0)
			eval_fail(k->eval, i, "an operand is NULL");
	}
}

void kernel_fail_nulls(struct kernel *k)
{
	for (uint32_t i = 0; i < k->nin; i++)
		fail_nulls_of(k, k->in[i]);
}

static void fill_constant(struct program *program, struct reg *reg)
{
	if (reg->is_filled)
		return;
	column_fill(&reg->filled, program->arena, reg->type, &reg->constant, BATCH_ROWS_MAX);
	reg->is_filled = true;
}

void run_init(struct run *run, struct program *program, struct eval *eval, struct sel sel,
	      uint8_t *failed)
{
	struct arena *arena = eval->arena;
	*run = (struct run){ .program = program, .eval = eval, .span = sel_span(sel) };
	assert(run->span <= BATCH_ROWS_MAX);
	run->regs = arena_array_plain(arena, const struct column *, program->nregs);
	run->outs = arena_array_plain(arena, struct column, program->nregs);
	run->sels = arena_array_plain(arena, struct sel, program->nsels);
	run->scopes = arena_array_plain(arena, struct scope, program->nscopes);
	run->sels[0] = sel;
	run->scopes[0] = (struct scope){ .failed = failed };
	for (uint32_t i = 0; i < program->nregs; i++) {
		struct reg *reg = &program->regs[i];
		if (reg->kind == REG_CONST)
			fill_constant(program, reg);
		run->regs[i] = reg->kind == REG_STEP ? &run->outs[i] : &reg->filled;
	}
}

/* The rows that failed in this scope are NULL in `out`, with nothing behind. */
static void null_failed(struct run *run, struct column *out, struct sel sel, const uint8_t *failed)
{
	if (out->valid == NULL) {
		out->valid = arena_plain(run->eval->arena, run->span, 1);
		memset(out->valid, 1, run->span);
	}
	SEL_EACH(i, sel)
	{
		if (failed[i] != 0)
			column_set_null(out, i);
	}
}

static void open_out(struct run *run, const struct step *step, struct column *out)
{
	if (step->out_kind != STEP_OUT_FRESH && step->out_kind != STEP_OUT_NULLS)
		return;
	const struct type *type = run->program->regs[step->out].type;
	struct arena *arena = run->eval->arena;
	size_t bytes = arena_size(run->span, column_item_bytes(type->kind));
	*out = (struct column){ .type = type, .data = arena_plain(arena, bytes, COLUMN_ALIGN) };
	if (step->out_kind == STEP_OUT_NULLS)
		out->valid = arena_zeroed(arena, run->span, 1);
}

#define STEP_INPUTS_INLINE 8

static void run_step(struct run *run, const struct step *step)
{
	const struct column *few[STEP_INPUTS_INLINE];
	const struct column **in = few;
	struct scope *scope = &run->scopes[step->scope];
	struct column *out = step->out_kind != STEP_OUT_NONE ? &run->outs[step->out] : NULL;
	open_out(run, step, out);
	if (step->nin > STEP_INPUTS_INLINE)
		in = arena_array_plain(run->eval->arena, const struct column *, step->nin);
	for (uint32_t i = 0; i < step->nin; i++)
		in[i] = run->regs[step->in[i]];
	struct kernel k = {
		.eval = run->eval,
		.in = in,
		.nin = step->nin,
		.out = out,
		.sel = run->sels[step->sel],
		.span = run->span,
		.step = step,
		.run = run,
	};
	run->eval->row_failed = scope->failed;
	run->eval->failures = &scope->failures;
	step->run(&k);
	/* Also rows that had failed before: a kernel may have left them unwritten once more. */
	if (UNLIKELY(scope->failures > 0) && out != NULL)
		null_failed(run, out, k.sel, scope->failed);
}

void run_steps(struct run *run)
{
	struct program *program = run->program;
	for (uint32_t i = 0; i < program->nsteps; i++)
		run_step(run, &program->steps[i]);
	if (run->scopes[0].failures > 0)
		null_failed(run, &run->outs[program->result], run->sels[0], run->scopes[0].failed);
}

void program_run(struct program *program, struct eval *caller, const struct column *columns,
		 struct sel sel, struct column *ret, uint8_t *ret_failed)
{
	struct eval eval = *caller;
	struct run run;
	uint8_t *failed = ret_failed;
	if (failed != NULL)
		memset(failed, 0, BATCH_ROWS_MAX);
	else
		failed = arena_zeroed(eval.arena, sel_span(sel), 1);
	eval.expr_text = program->expr->text;
	run_init(&run, program, &eval, sel, failed);
	for (uint32_t i = 0; i < program->nregs; i++) {
		if (program->regs[i].kind == REG_COLUMN)
			run.regs[i] = &columns[program->regs[i].index];
	}
	run_steps(&run);
	*ret = *run.regs[program->result];
}

/* A condition that is NULL is an error too, which drops the row like any other. */
static void tell_null_condition(struct program *program, struct eval *eval, uint32_t row)
{
	if (eval->failed != NULL)
		eval->failed(eval->failed_arg, row, program->expr->text, "the condition is NULL");
}

struct sel program_filter(struct program *program, struct eval *eval, const struct column *columns,
			  struct sel sel, uint16_t *rows_out)
{
	assert(program_type(program)->kind == TYPE_BOOLEAN);
	uint8_t failed[BATCH_ROWS_MAX];
	struct column truth;
	uint32_t n = 0;
	program_run(program, eval, columns, sel, &truth, failed);
	for (uint32_t at = 0; at < sel.len; at++) {
		uint16_t row = sel.rows != NULL ? sel.rows[at] : (uint16_t)at;
		bool null = column_is_null(&truth, row);
		if (UNLIKELY(null && failed[row] == 0))
			tell_null_condition(program, eval, row);
		rows_out[n] = row;
		n += !null && truth.boolean[row] != 0;
	}
	return (struct sel){ .rows = rows_out, .len = n };
}

const struct type *program_type(const struct program *program)
{
	return program->expr->type;
}
