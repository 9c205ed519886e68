/*
 * program.h - an expression compiled once to flat, typed steps, and the loop that runs them.
 *
 * program_new turns a tree into a list of operations over registers (columns); constants become
 * filled registers once; CASE, AND and OR narrow selections instead of jumping. program_run
 * computes one column for the live rows of a batch.
 *
 * Errors. A row may fail inside an expression (NULL in arithmetic, a division by zero, a function
 * that throws). Where a node `catches`, the row is NULL there and evaluation goes on; otherwise the
 * row's whole result is NULL. Each failed row is told to the eval's error sink once per failure
 * caught. `ret_failed` marks rows whose whole result failed, for callers that drop such rows.
 *
 * The analyser sets `catches` on: an argument of a function call (not of an operator) that is
 * itself a function call or a `->`; the operand of a CAST; each item of an ARRAY, both halves of
 * each entry of a MAP and each field of a STRUCT constructor. Nowhere else; and `||` is a call of
 * CONCAT.
 */
#ifndef WEIR_ENGINE_PROGRAM_H
#define WEIR_ENGINE_PROGRAM_H

#include "engine/batch.h"
#include "engine/expr.h"

struct program;

/* What evaluating one batch lends to kernels. */
struct eval {
	struct arena *arena;       /* results live here */
	const struct batch *batch; /* rows by column; NULL when there are no columns */
	int64_t wall_ms;           /* for UNIX_TIMESTAMP() and the like */
	uint64_t *random;          /* state of the task's generator, for RANDOM() and UUID() */
	/* Told of each failed row; NULL: nobody cares. `row` is the batch's. */
	void (*failed)(void *arg, uint32_t row, const char *expr_text, const char *message);
	void *failed_arg;
	/* Set by program_run: */
	const char *expr_text; /* of the expression being run */
	uint8_t *row_failed;   /* of the innermost catching scope: 1 for rows that failed */
	uint32_t *failures;    /* how many of them are 1 */
};

/*
 * In a kernel: row `row` fails. Its item becomes NULL, whatever the kernel writes there; only the
 * first failure of a row counts. Outside of programs (aggregates) it is told, no more.
 */
void eval_fail(struct eval *eval, uint32_t row, const char *format, ...) PRINTF_LIKE(3, 4);

/* `arena` must live as long as the program; `expr` too. A program runs in one thread at a time. */
struct program *program_new(struct arena *arena, const struct expr *expr);
const struct type *program_type(const struct program *program);

/*
 * Computes `ret` for the rows of `sel`. `columns` are the batch's now, or its before. ret_failed
 * may be NULL, else it has BATCH_ROWS_MAX bytes and gets 1 for each row that failed as a whole,
 * else 0.
 */
void program_run(struct program *program, struct eval *eval, const struct column *columns,
		 struct sel sel, struct column *ret, uint8_t *ret_failed);

/* A condition: the rows of `sel` for which it is true, in `rows_out` (room for sel.len). */
struct sel program_filter(struct program *program, struct eval *eval, const struct column *columns,
			  struct sel sel, uint16_t *rows_out);

/* A constant expression, at once. */
fallible program_fold(const struct expr *expr, struct arena *arena, int64_t wall_ms,
		      struct value *ret_value, struct err *err);

/* Is there a CAST from one type to another? */
bool cast_exists(const struct type *from, const struct type *to);
/* One value, as CAST does it. */
fallible value_cast(struct arena *arena, const struct type *from, const struct type *to,
		    const struct value *in, struct value *ret_value, struct err *err);

/* The same tree with what is constant and does not fail computed. */
const struct expr *expr_fold(struct arena *arena, const struct expr *expr);

/*
 * For functions with lambdas. Runs a lambda's body for `n` tuples of parameters: params[k] is the
 * column of the k-th parameter, row_of[i] the row (of the kernel's columns) that tuple i belongs
 * to. `ret` is made by the call, in the eval's arena. A row with a tuple that fails has failed.
 */
struct lambda;
void lambda_run(struct lambda *lambda, struct eval *eval, const struct column *params,
		const uint16_t *row_of, uint32_t n, struct column *ret);
/* The type of the body. */
const struct type *lambda_type(const struct lambda *lambda);

#endif
