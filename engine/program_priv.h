/*
 * program_priv.h - what a compiled program consists of, for program*.c and kernels_*.c.
 *
 * A program is a list of steps over registers. A register is an input (a column, or in a lambda's
 * body a parameter or a register of the enclosing program), a constant, or what a step makes. A
 * step runs its kernel over the rows of one of the program's selections: number 0 is the caller's,
 * the others are made by steps that narrow (CASE, AND, OR, the begin of a scope). Failures go to
 * the scope that the step is in: number 0 is the whole expression, the others are nodes that catch.
 *
 * A kernel reads k->in and writes k->out, whose data is there for `span` rows, undefined, and whose
 * `valid` is NULL unless the step says that it starts as NULL. Where it leaves a NULL it calls
 * kernel_valid first. What is behind a NULL is zero or was never read: number kernels may compute
 * with it, all others look at validity first. Rows that fail are made NULL by the loop.
 */
#ifndef WEIR_ENGINE_PROGRAM_PRIV_H
#define WEIR_ENGINE_PROGRAM_PRIV_H

#include "engine/func.h"
#include "engine/program.h"

struct run;
struct step;

struct kernel {
	struct eval *eval;
	const struct column *const *in;
	uint32_t nin;
	struct column *out; /* NULL: the step makes no column */
	struct sel sel;
	uint32_t span; /* rows that columns have at least */
	const struct step *step;
	struct run *run;
};

typedef void kernel_run(struct kernel *k);

enum step_out {
	STEP_OUT_NONE,
	STEP_OUT_FRESH,  /* a column without validity */
	STEP_OUT_NULLS,  /* a column of NULLs */
	STEP_OUT_TARGET, /* the register that an earlier step made */
};

struct step {
	kernel_run *run;
	uint32_t out; /* register */
	enum step_out out_kind;
	const uint32_t *in; /* registers */
	uint32_t nin;
	uint32_t sel, scope;
	uint32_t sel_out, sel_rest;   /* selections that it makes */
	uint32_t inner_scope;         /* of scope steps */
	enum expr_operator operation; /* of comparisons */
	const struct expr *expr;      /* the node it comes from */
	const void *data;             /* of the kernel */
};

enum reg_kind {
	REG_COLUMN,  /* input column `index` */
	REG_PARAM,   /* parameter `index` of this lambda body */
	REG_CAPTURE, /* register `index` of the enclosing program */
	REG_CONST,
	REG_STEP,
};

struct reg {
	enum reg_kind kind;
	uint32_t index;
	const struct type *type;
	struct value constant;
	struct column filled; /* CONST: with the value in each row, once it has been run */
	bool is_filled;
};

struct program {
	struct arena *arena; /* borrowed */
	const struct expr *expr;
	struct program *parent;           /* of a lambda's body */
	uint32_t first_param, params_end; /* of its own parameters among those of all lambdas */
	struct step *steps;
	struct reg *regs;
	uint32_t nsteps, nregs, nsels, nscopes;
	uint32_t steps_capacity, regs_capacity;
	uint32_t result; /* register */
};

struct lambda {
	struct program *body;
	uint32_t nparams;
	struct run *outer; /* while the call's kernel runs */
};

struct scope {
	uint8_t *failed;
	uint32_t failures;
};

struct run {
	struct program *program;
	struct eval *eval;
	const struct column **regs; /* by register */
	struct column *outs;        /* of REG_STEP registers, by register */
	struct sel *sels;
	struct scope *scopes;
	uint32_t span;
};

/* Runs all steps; run->regs of inputs are set. The result's register is then complete. */
void run_steps(struct run *run);
/* Prepares a run of `program` for the rows of `sel`; the caller sets the registers of inputs. */
void run_init(struct run *run, struct program *program, struct eval *eval, struct sel sel,
	      uint8_t *failed);

/* Gives the kernel's result validity, all 1, if it has none. */
uint8_t *kernel_valid(struct kernel *k);
/* Fails the selected rows in which an input is NULL. */
void kernel_fail_nulls(struct kernel *k);
/* A new selection of at most as many rows as there are in k->sel. */
uint16_t *kernel_rows(struct kernel *k);
/* 1 for every row of any batch. */
extern const uint8_t KERNEL_ALL_VALID[BATCH_ROWS_MAX];

static inline const uint8_t *kernel_validity(const struct column *column)
{
	return column->valid != NULL ? column->valid : KERNEL_ALL_VALID;
}

/* Loops over the plain kinds are also built for newer processors, chosen when the program starts.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KERNEL_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define KERNEL_CLONES
#endif

/* kernels_number.c */
kernel_run *kernel_arithmetic(enum expr_operator operation, enum type_kind kind);
kernel_run *kernel_negate(enum type_kind kind);
kernel_run *kernel_widen(enum type_kind from, enum type_kind to); /* NULL: there is none */
struct value widen_value(const struct type *from, const struct type *to, struct value value);
/* kernels_compare.c; NULL where types cannot be compared. */
kernel_run *kernel_compare(enum expr_operator operation, enum type_kind left, enum type_kind right);
kernel_run *kernel_distinct(bool negated);
/* kernels_logic.c */
kernel_run kernel_and_left, kernel_or_left, kernel_logic_right, kernel_not;
kernel_run kernel_is_null, kernel_is_not_null, kernel_and_plain, kernel_invert;
kernel_run kernel_case_when, kernel_case_take;
kernel_run kernel_scope_begin, kernel_scope_end;
/* kernels_in.c */
kernel_run *kernel_in(enum type_kind kind);
kernel_run kernel_in_set;
bool in_set_fits(enum type_kind kind);
const void *in_set_prepare(struct arena *arena, const struct type *type, const struct value *items,
			   uint32_t n);
/* kernels_text.c */
kernel_run kernel_like, kernel_concat_text;
const void *like_prepare(struct arena *arena, const struct value *pattern, uint32_t escape);
/* kernels_nested.c */
kernel_run kernel_field, kernel_subscript_array, kernel_subscript_map;
kernel_run kernel_make_array, kernel_make_map, kernel_make_struct;
/* kernels_cast.c */
kernel_run kernel_cast;
/* program_call.c */
kernel_run kernel_call;

struct call_data {
	const struct func_variant *variant;
	struct lambda **lambdas;
	uint32_t *arg_of; /* of each argument: index in step->in, or UINT32_MAX for a lambda */
	uint32_t nargs;
	void *prepared;
	bool sees_nulls;
};

#endif
