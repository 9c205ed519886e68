/* From a tree to steps: see program_priv.h for what they are. */
#include "engine/program_priv.h"

/* Where in the program the steps being made stand. */
struct place {
	struct program *program;
	uint32_t sel, scope;
	const struct expr *expr; /* the node that the next steps come from */
};

static uint32_t reg_add(struct program *program, enum reg_kind kind, const struct type *type)
{
	if (program->nregs == program->regs_capacity) {
		uint32_t capacity = MAX(program->regs_capacity * 2, 8);
		struct reg *regs = arena_array(program->arena, struct reg, capacity);
		if (program->nregs > 0)
			memcpy(regs, program->regs, program->nregs * sizeof(*regs));
		program->regs = regs;
		program->regs_capacity = capacity;
	}
	program->regs[program->nregs] = (struct reg){ .kind = kind, .type = type };
	return program->nregs++;
}

static struct step *step_add(struct place *at, kernel_run *run, enum step_out out_kind,
			     uint32_t out, const uint32_t *in, uint32_t nin)
{
	struct program *program = at->program;
	assert(run != NULL);
	if (program->nsteps == program->steps_capacity) {
		uint32_t capacity = MAX(program->steps_capacity * 2, 8);
		struct step *steps = arena_array(program->arena, struct step, capacity);
		if (program->nsteps > 0)
			memcpy(steps, program->steps, program->nsteps * sizeof(*steps));
		program->steps = steps;
		program->steps_capacity = capacity;
	}
	uint32_t *inputs = arena_array(program->arena, uint32_t, nin);
	for (uint32_t i = 0; i < nin; i++)
		inputs[i] = in[i];
	struct step *step = &program->steps[program->nsteps++];
	*step = (struct step){
		.run = run,
		.out = out,
		.out_kind = out_kind,
		.in = inputs,
		.nin = nin,
		.sel = at->sel,
		.scope = at->scope,
		.expr = at->expr,
	};
	return step;
}

/* A step whose result is a new register of `type`; yields the register. */
static uint32_t emit(struct place *at, kernel_run *run, const struct type *type, const uint32_t *in,
		     uint32_t nin)
{
	uint32_t out = reg_add(at->program, REG_STEP, type);
	step_add(at, run, STEP_OUT_FRESH, out, in, nin);
	return out;
}

static struct step *last_step(struct place *at)
{
	return &at->program->steps[at->program->nsteps - 1];
}

static uint32_t new_sel(struct place *at)
{
	return at->program->nsels++;
}

static uint32_t constant(struct place *at, const struct type *type, struct value value)
{
	uint32_t out = reg_add(at->program, REG_CONST, type);
	at->program->regs[out].constant = value;
	return out;
}

/* The register of a column or a parameter: here, or seen through the enclosing programs. */
static uint32_t input(struct program *program, const struct expr *expr)
{
	enum reg_kind kind = REG_COLUMN;
	uint32_t index = expr->column;
	if (expr->kind == EXPR_PARAM && index >= program->first_param) {
		kind = REG_PARAM;
		index -= program->first_param;
	} else if (program->parent != NULL) {
		kind = REG_CAPTURE;
		index = input(program->parent, expr);
	}
	assert(IMPLIES(expr->kind == EXPR_PARAM, kind != REG_COLUMN));
	for (uint32_t i = 0; i < program->nregs; i++) {
		if (program->regs[i].kind == kind && program->regs[i].index == index)
			return i;
	}
	uint32_t reg = reg_add(program, kind, expr->type);
	program->regs[reg].index = index;
	return reg;
}

static uint32_t node(struct place *at, const struct expr *expr);

/* Arguments into `regs`, from the arena. */
static uint32_t *nodes(struct place *at, const struct expr *expr)
{
	uint32_t *regs = arena_array(at->program->arena, uint32_t, expr->nargs);
	for (uint32_t i = 0; i < expr->nargs; i++)
		regs[i] = node(at, expr->args[i]);
	at->expr = expr;
	return regs;
}

/* The register as a wider kind of number, or a DATE as a TIMESTAMP. */
static uint32_t widened(struct place *at, uint32_t reg, const struct type *to)
{
	const struct reg *from = &at->program->regs[reg];
	if (from->type->kind == to->kind)
		return reg;
	if (from->kind == REG_CONST)
		return constant(at, to, widen_value(from->type, to, from->constant));
	return emit(at, kernel_widen(from->type->kind, to->kind), to, &reg, 1);
}

/* INT and BIGINT as the DECIMAL that arithmetic takes them for. */
static const struct type *decimal_of(struct place *at, const struct type *type)
{
	if (type->kind == TYPE_INT)
		return type_decimal(at->program->arena, 10, 0);
	if (type->kind == TYPE_BIGINT)
		return type_decimal(at->program->arena, 19, 0);
	return type;
}

static uint32_t arithmetic(struct place *at, const struct expr *expr)
{
	uint32_t *in = nodes(at, expr);
	for (uint32_t i = 0; i < 2; i++) {
		const struct type *to = expr->type;
		if (to->kind == TYPE_DECIMAL)
			to = decimal_of(at, expr->args[i]->type);
		in[i] = widened(at, in[i], to);
	}
	return emit(at, kernel_arithmetic(expr->operation, expr->type->kind), expr->type, in, 2);
}

/* Two operands of a comparison as one kind, where they are not; DECIMAL with DOUBLE stays. */
static void meet(struct place *at, uint32_t *left, uint32_t *right)
{
	const struct type *a = at->program->regs[*left].type;
	const struct type *b = at->program->regs[*right].type;
	if (a->kind == b->kind)
		return;
	bool decimal = a->kind == TYPE_DECIMAL || b->kind == TYPE_DECIMAL;
	bool real = a->kind == TYPE_DOUBLE || b->kind == TYPE_DOUBLE;
	const struct type *to = NULL;
	if (decimal && real)
		return;
	if (decimal && type_is_number(a) && type_is_number(b)) {
		*left = widened(at, *left, decimal_of(at, a));
		*right = widened(at, *right, decimal_of(at, b));
		return;
	}
	if (type_is_number(a) && type_is_number(b))
		to = TYPE_OF(real ? TYPE_DOUBLE : TYPE_BIGINT);
	else if (type_is_time(a) && type_is_time(b))
		to = TYPE_OF(TYPE_TIMESTAMP);
	else
		return;
	*left = widened(at, *left, to);
	*right = widened(at, *right, to);
}

static uint32_t compare(struct place *at, enum expr_operator operation, uint32_t left,
			uint32_t right)
{
	uint32_t in[2] = { left, right };
	meet(at, &in[0], &in[1]);
	enum type_kind a = at->program->regs[in[0]].type->kind;
	enum type_kind b = at->program->regs[in[1]].type->kind;
	uint32_t out = emit(at, kernel_compare(operation, a, b), TYPE_OF(TYPE_BOOLEAN), in, 2);
	last_step(at)->operation = operation;
	return out;
}

static uint32_t inverted(struct place *at, uint32_t reg, bool negated)
{
	return negated ? emit(at, kernel_invert, TYPE_OF(TYPE_BOOLEAN), &reg, 1) : reg;
}

static uint32_t distinct(struct place *at, const struct expr *expr)
{
	uint32_t *in = nodes(at, expr);
	meet(at, &in[0], &in[1]);
	uint32_t out = emit(at, kernel_distinct(expr->negated), TYPE_OF(TYPE_BOOLEAN), in, 2);
	last_step(at)->operation = OP_NE;
	return out;
}

static uint32_t between(struct place *at, const struct expr *expr)
{
	uint32_t *in = nodes(at, expr);
	uint32_t both[2] = { compare(at, OP_GE, in[0], in[1]), compare(at, OP_LE, in[0], in[2]) };
	uint32_t out = emit(at, kernel_and_plain, TYPE_OF(TYPE_BOOLEAN), both, 2);
	return inverted(at, out, expr->negated);
}

/* Fewer constants are compared one by one. */
#define IN_SET_ITEMS_MIN 8

/* A table of the items, when they are many and constant; else NULL. */
static const void *in_set(struct place *at, const struct type *type, const uint32_t *in,
			  uint32_t nin)
{
	struct arena *arena = at->program->arena;
	if (nin <= IN_SET_ITEMS_MIN || !in_set_fits(type->kind))
		return NULL;
	struct value *items = arena_array(arena, struct value, nin - 1);
	for (uint32_t i = 1; i < nin; i++) {
		const struct reg *reg = &at->program->regs[in[i]];
		if (reg->kind != REG_CONST)
			return NULL;
		items[i - 1] = reg->type->kind == TYPE_NULL ? VALUE_NULL : reg->constant;
	}
	return in_set_prepare(arena, type, items, nin - 1);
}

/* All items have the value's kind, or meet it. */
static uint32_t in_list(struct place *at, const struct expr *expr)
{
	uint32_t *in = nodes(at, expr);
	const struct type *wide = at->program->regs[in[0]].type;
	for (uint32_t i = 1; i < expr->nargs; i++) {
		const struct type *type = at->program->regs[in[i]].type;
		const struct type *both = type_widest_number(at->program->arena, wide, type);
		wide = both != NULL ? both : wide->kind == TYPE_NULL ? type : wide;
	}
	for (uint32_t i = 0; i < expr->nargs; i++) {
		if (at->program->regs[in[i]].type->kind != TYPE_NULL)
			in[i] = widened(at, in[i], wide);
	}
	const void *set = in_set(at, wide, in, expr->nargs);
	uint32_t out = set != NULL ? emit(at, kernel_in_set, TYPE_OF(TYPE_BOOLEAN), in, 1)
				   : emit(at, kernel_in(wide->kind), TYPE_OF(TYPE_BOOLEAN), in,
					  expr->nargs);
	last_step(at)->data = set;
	return inverted(at, out, expr->negated);
}

static uint32_t like(struct place *at, const struct expr *expr)
{
	uint32_t *in = nodes(at, expr);
	const struct reg *pattern = &at->program->regs[in[1]];
	const void *data = NULL;
	if (pattern->kind == REG_CONST && !pattern->constant.is_null)
		data = like_prepare(at->program->arena, &pattern->constant, expr->escape);
	uint32_t out = emit(at, kernel_like, TYPE_OF(TYPE_BOOLEAN), in, 2);
	last_step(at)->data = data;
	return inverted(at, out, expr->negated);
}

/* The right side is computed only where the left one does not decide. */
static uint32_t logic(struct place *at, const struct expr *expr)
{
	assert(expr->nargs >= 2);
	uint32_t sel = at->sel;
	uint32_t left = node(at, expr->args[0]);
	at->expr = expr;
	uint32_t out = emit(at, expr->kind == EXPR_AND ? kernel_and_left : kernel_or_left,
			    TYPE_OF(TYPE_BOOLEAN), &left, 1);
	for (uint32_t i = 1; i < expr->nargs; i++) {
		uint32_t narrowed = new_sel(at);
		last_step(at)->sel_out = narrowed;
		at->sel = narrowed;
		uint32_t right = node(at, expr->args[i]);
		at->expr = expr;
		bool more = i + 1 < expr->nargs;
		kernel_run *run = !more                    ? kernel_logic_right
				  : expr->kind == EXPR_AND ? kernel_and_left
							   : kernel_or_left;
		step_add(at, run, STEP_OUT_TARGET, out, &right, 1);
	}
	at->sel = sel;
	return out;
}

static uint32_t cases(struct place *at, const struct expr *expr)
{
	uint32_t sel = at->sel;
	uint32_t out = reg_add(at->program, REG_STEP, expr->type);
	step_add(at, kernel_case_take, STEP_OUT_NULLS, out, NULL, 0);
	uint32_t i = 0;
	for (; i + 1 < expr->nargs; i += 2) {
		uint32_t when = node(at, expr->args[i]);
		at->expr = expr;
		uint32_t chosen = new_sel(at), rest = new_sel(at);
		struct step *step = step_add(at, kernel_case_when, STEP_OUT_NONE, 0, &when, 1);
		step->sel_out = chosen;
		step->sel_rest = rest;
		at->sel = chosen;
		uint32_t then = node(at, expr->args[i + 1]);
		at->expr = expr;
		step_add(at, kernel_case_take, STEP_OUT_TARGET, out, &then, 1);
		at->sel = rest;
	}
	if (i < expr->nargs) {
		uint32_t otherwise = node(at, expr->args[i]);
		at->expr = expr;
		step_add(at, kernel_case_take, STEP_OUT_TARGET, out, &otherwise, 1);
	}
	at->sel = sel;
	return out;
}

static uint32_t subscript(struct place *at, const struct expr *expr)
{
	uint32_t *in = nodes(at, expr);
	bool map = expr->args[0]->type->kind == TYPE_MAP;
	if (!map)
		in[1] = widened(at, in[1], TYPE_OF(TYPE_BIGINT));
	return emit(at, map ? kernel_subscript_map : kernel_subscript_array, expr->type, in, 2);
}

static struct program *compile(struct arena *arena, const struct expr *expr, struct program *parent,
			       uint32_t nparams);

static struct lambda *lambda_new(struct place *at, const struct expr *expr)
{
	struct lambda *lambda = arena_new(at->program->arena, struct lambda);
	lambda->nparams = expr->column;
	lambda->body = compile(at->program->arena, expr->args[0], at->program, expr->column);
	return lambda;
}

/* Literal arguments, for the function to prepare from. */
static void *prepared(struct place *at, const struct expr *expr, const uint32_t *regs)
{
	const struct func_variant_def *def = expr->func->def;
	if (def->prepare == NULL)
		return NULL;
	struct arena *arena = at->program->arena;
	const struct value **values = arena_array(arena, const struct value *, expr->nargs);
	for (uint32_t i = 0; i < expr->nargs; i++) {
		bool lambda = expr->args[i]->kind == EXPR_LAMBDA;
		if (!lambda && at->program->regs[regs[i]].kind == REG_CONST)
			values[i] = &at->program->regs[regs[i]].constant;
	}
	return def->prepare(arena, values, expr->nargs);
}

static uint32_t call(struct place *at, const struct expr *expr)
{
	struct arena *arena = at->program->arena;
	struct call_data *data = arena_new(arena, struct call_data);
	uint32_t *regs = arena_array(arena, uint32_t, expr->nargs);
	uint32_t *in = arena_array(arena, uint32_t, expr->nargs);
	uint32_t nin = 0, nlambdas = 0;
	data->variant = expr->func;
	data->nargs = expr->nargs;
	data->sees_nulls = (expr->func->def->flags & FUNC_SEES_NULLS) != 0;
	data->arg_of = arena_array(arena, uint32_t, expr->nargs);
	data->lambdas = arena_array(arena, struct lambda *, expr->nargs);
	for (uint32_t i = 0; i < expr->nargs; i++) {
		if (expr->args[i]->kind == EXPR_LAMBDA) {
			data->arg_of[i] = UINT32_MAX;
			data->lambdas[nlambdas++] = lambda_new(at, expr->args[i]);
			continue;
		}
		regs[i] = node(at, expr->args[i]);
		data->arg_of[i] = nin;
		in[nin++] = regs[i];
	}
	at->expr = expr;
	data->prepared = prepared(at, expr, regs);
	uint32_t out = emit(at, kernel_call, expr->type, in, nin);
	last_step(at)->data = data;
	return out;
}

static uint32_t with(struct place *at, const struct expr *expr, kernel_run *run)
{
	uint32_t *in = nodes(at, expr);
	return emit(at, run, expr->type, in, expr->nargs);
}

static uint32_t plain(struct place *at, const struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_COLUMN:
	case EXPR_PARAM:
		return input(at->program, expr);
	case EXPR_CONST:
		return constant(at, expr->type, expr->constant);
	case EXPR_LAMBDA:
		break;
	case EXPR_CALL:
		return call(at, expr);
	case EXPR_ARITHMETIC:
		return arithmetic(at, expr);
	case EXPR_NEGATE:
		return with(at, expr, kernel_negate(expr->type->kind));
	case EXPR_CONCAT_TEXT:
		return with(at, expr, kernel_concat_text);
	case EXPR_COMPARE: {
		uint32_t *in = nodes(at, expr);
		return compare(at, expr->operation, in[0], in[1]);
	}
	case EXPR_DISTINCT:
		return distinct(at, expr);
	case EXPR_AND:
	case EXPR_OR:
		return logic(at, expr);
	case EXPR_NOT:
		return with(at, expr, kernel_not);
	case EXPR_IS_NULL:
		return with(at, expr, expr->negated ? kernel_is_not_null : kernel_is_null);
	case EXPR_BETWEEN:
		return between(at, expr);
	case EXPR_IN:
		return in_list(at, expr);
	case EXPR_LIKE:
		return like(at, expr);
	case EXPR_CASE:
		return cases(at, expr);
	case EXPR_CAST:
		return with(at, expr, kernel_cast);
	case EXPR_FIELD:
		return with(at, expr, kernel_field);
	case EXPR_SUBSCRIPT:
		return subscript(at, expr);
	case EXPR_ARRAY:
		return with(at, expr, kernel_make_array);
	case EXPR_MAP:
		return with(at, expr, kernel_make_map);
	case EXPR_STRUCT:
		return with(at, expr, kernel_make_struct);
	}
	UNREACHABLE("an expression that stands alone");
}

/* A node that catches is a scope: rows that have failed around it do not enter. */
static uint32_t node(struct place *at, const struct expr *expr)
{
	bool leaf = expr->nargs == 0 && expr->kind != EXPR_CALL;
	if (!expr->catches || leaf)
		return plain(at, expr);
	struct place inside = *at;
	inside.sel = new_sel(at);
	inside.scope = at->program->nscopes++;
	at->expr = expr;
	struct step *begin = step_add(at, kernel_scope_begin, STEP_OUT_NONE, 0, NULL, 0);
	begin->sel_out = inside.sel;
	begin->inner_scope = inside.scope;
	uint32_t out = plain(&inside, expr);
	assert(at->program->regs[out].kind == REG_STEP);
	at->expr = expr;
	struct step *end = step_add(at, kernel_scope_end, STEP_OUT_TARGET, out, NULL, 0);
	end->inner_scope = inside.scope;
	return out;
}

static struct program *compile(struct arena *arena, const struct expr *expr, struct program *parent,
			       uint32_t nparams)
{
	struct program *program = arena_new(arena, struct program);
	uint32_t first_param = parent != NULL ? parent->params_end : 0;
	*program = (struct program){
		.arena = arena,
		.expr = expr,
		.parent = parent,
		.first_param = first_param,
		.params_end = first_param + nparams,
		.nsels = 1,
		.nscopes = 1,
	};
	struct place at = { .program = program, .expr = expr };
	program->result = node(&at, expr);
	return program;
}

struct program *program_new(struct arena *arena, const struct expr *expr)
{
	return compile(arena, expr_fold(arena, expr), NULL, 0);
}

/* --- constants --- */

static bool all_const(const struct expr *expr)
{
	for (uint32_t i = 0; i < expr->nargs; i++) {
		if (!expr_is_const(expr->args[i]))
			return false;
	}
	return true;
}

struct fold_failures {
	struct buf text; /* of the last one */
	uint32_t n;
};

static void keep_message(void *arg, uint32_t row, const char *expr_text, const char *message)
{
	(void)row;
	(void)expr_text;
	struct fold_failures *failures = arg;
	buf_reset(&failures->text);
	buf_append_str(&failures->text, message);
	failures->n++;
}

/* Computes a constant expression; `strict`: what fails and is caught counts as failed too. */
static fallible fold(const struct expr *expr, struct arena *arena, int64_t wall_ms, bool strict,
		     struct value *ret_value, struct err *err)
{
	struct arena scratch = { 0 };
	struct fold_failures failures = { .text = BUF_INIT(ERR_TEXT_MAX) };
	uint8_t failed[BATCH_ROWS_MAX];
	uint64_t random = (uint64_t)wall_ms;
	struct eval eval = {
		.arena = &scratch,
		.wall_ms = wall_ms,
		.random = &random,
		.failed = keep_message,
		.failed_arg = &failures,
	};
	struct program *program = compile(&scratch, expr, NULL, 0);
	struct column result;
	int code = 0;
	program_run(program, &eval, NULL, sel_all(1), &result, failed);
	if (failed[0] != 0 || (strict && failures.n > 0))
		code = err_set(err, ERR_EVALUATION, "%s", buf_str(&failures.text));
	else
		*ret_value = value_copy(arena, expr->type, column_value(&result, 0));
	buf_fini(&failures.text);
	arena_fini(&scratch);
	return code;
}

fallible program_fold(const struct expr *expr, struct arena *arena, int64_t wall_ms,
		      struct value *ret_value, struct err *err)
{
	return fold(expr, arena, wall_ms, false, ret_value, err);
}

const struct expr *expr_fold(struct arena *arena, const struct expr *expr)
{
	if (expr->nargs == 0)
		return expr;
	struct expr *copy = arena_new(arena, struct expr);
	const struct expr **args = arena_array(arena, const struct expr *, expr->nargs);
	*copy = *expr;
	copy->args = args;
	for (uint32_t i = 0; i < expr->nargs; i++)
		args[i] = expr_fold(arena, expr->args[i]);
	if (expr->kind == EXPR_LAMBDA || !all_const(copy) || !expr_is_pure(copy))
		return copy;
	struct value value;
	if (fold(copy, arena, 0, true, &value, NULL) != 0)
		return copy;
	const struct expr *constant = expr_const(arena, expr->type, value);
	return constant;
}
