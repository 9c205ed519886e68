/*
 * func.h - scalar functions: names, signatures, kernels and help in one table entry each.
 *
 * A family file (func_text.c, func_math.c ...) is one `static const struct func_def` table; func.c
 * lists the families. A signature is text, read once at start: "(STRING s, INT pos, INT len) STRING",
 * with T, K, V as type variables, `...` behind the variadic parameter, DECIMAL matching any precision,
 * `LAMBDA<T => U>` for lambdas, and `!` behind a parameter that is a Java primitive there (NULL
 * fails the row).
 *
 * A kernel computes call->out for the rows of call->sel. Unless the variant says FUNC_SEES_NULLS,
 * rows with a NULL argument have been taken out of the selection (they are NULL in the result) and
 * out->valid is already 1 for the selected rows, so most kernels only write items; a kernel makes a
 * row NULL with column_set_null, or fails it with eval_fail.
 */
#ifndef WEIR_ENGINE_FUNC_H
#define WEIR_ENGINE_FUNC_H

#include "engine/program.h"

enum func_flags {
	FUNC_SEES_NULLS = 1 << 0,
	FUNC_IMPURE = 1 << 1, /* never folded to a constant */
};

struct func_call {
	const struct column *const *args;
	uint32_t nargs;
	struct column *out;
	struct sel sel;
	struct lambda *const *lambdas; /* in the order of the lambda arguments; those have no column */
	const struct func_variant *variant;
	/*
	 * What func_variant's prepare made of constant arguments (a compiled pattern), owned by the
	 * program's arena; NULL where there was nothing constant to prepare: compute per row.
	 */
	void *prepared;
};

typedef void func_kernel(struct eval *eval, const struct func_call *call);
/* The result's type where the signature cannot tell (DECIMAL arithmetic, STRUCT). */
typedef const struct type *func_result(struct arena *arena, const struct type *const *args,
				       uint32_t nargs);
/* constants[i] is NULL where the argument is not constant. May return NULL. */
typedef void *func_prepare(struct arena *arena, const struct value *const *constants,
			   uint32_t nargs);

struct func_variant_def {
	const char *signature;
	func_kernel *kernel;
	unsigned flags;
	const char *help; /* of this variant; may be NULL */
	func_result *result;
	func_prepare *prepare;
};

struct func_def {
	const char *name, *category, *help;
	struct func_variant_def variants[16]; /* up to the first without a signature */
};

/* A variant as bound to a registry. */
struct func_variant {
	const struct func_def *func;
	const struct func_variant_def *def;
	const struct func_param *params;
	uint32_t nparams;
	int32_t variadic; /* index of the variadic parameter; -1: none */
	const struct type *returns; /* with type variables inside; NULL: `result` tells */
};

struct func_registry;

/* All built-in functions; `arena` must outlive the registry. More may be added (user functions). */
struct func_registry *func_registry_new(struct arena *arena);
fallible func_registry_add(struct func_registry *registry, const struct func_def *func,
			   struct err *err);
bool func_exists(const struct func_registry *registry, struct slice name);

/*
 * The variant for these argument types (TYPE_NULL for the literal NULL; TYPE_LAMBDA for lambdas, whose
 * bodies are typed by the caller with func_lambda_params once the other arguments are known), and the
 * types that arguments are to be cast to (ret_params has nargs items). Errors are ksqlDB's texts.
 */
fallible func_resolve(const struct func_registry *registry, struct arena *arena, struct slice name,
		      const struct type *const *args, uint32_t nargs,
		      const struct func_variant **ret_variant, const struct type **ret_params,
		      const struct type **ret_type, struct err *err);

/* Walks names in order for SHOW FUNCTIONS; DESCRIBE FUNCTION reads the def. */
const struct func_def *func_next(const struct func_registry *registry, const struct func_def *after);
const struct func_def *func_find(const struct func_registry *registry, struct slice name);

#endif
