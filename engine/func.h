/*
 * func.h - scalar functions: names, signatures, kernels and help in one table entry each.
 *
 * A family file (func_text.c, func_math.c ...) is one `const struct func_def func_text[]` table
 * that ends in an empty entry; func_families.def lists the families. A signature is text, read once
 * at start: "(STRING s, INT pos, INT len) STRING", see signature.h; `!` behind a parameter makes
 * NULL fail the row. `name` is spelled as the reference declares it ("greatest", "COALESCE"): error
 * texts print it so; calls find it in any case. A DECIMAL that is returned has, unless `result`
 * tells, the type of the first DECIMAL argument. INT and BIGINT arguments of DECIMAL parameters
 * come as DECIMAL(10, 0) and DECIMAL(19, 0); scales may differ between arguments.
 *
 * A kernel computes call->out for the rows of call->sel. Unless the variant says FUNC_SEES_NULLS,
 * rows with a NULL argument have been taken out of the selection (they are NULL in the result) and
 * out->valid is already 1 for the selected rows, so most kernels only write items; a kernel makes a
 * row NULL with column_set_null, or fails it with eval_fail.
 */
#ifndef WEIR_ENGINE_FUNC_H
#define WEIR_ENGINE_FUNC_H

#include "engine/program.h"
#include "engine/signature.h"

enum func_flags {
	FUNC_SEES_NULLS = 1 << 0,
	FUNC_IMPURE = 1 << 1, /* never folded to a constant */
};

struct func_call {
	const struct column *const *args; /* NULL where the argument is a lambda */
	uint32_t nargs;
	struct column *out;
	struct sel sel;
	struct lambda *const *lambdas; /* in the order of the lambda arguments */
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
	const struct signature *signature;
};

struct func_registry;

/* All built-in functions; `arena` must outlive the registry. More may be added (user functions). */
struct func_registry *func_registry_new(struct arena *arena);
fallible func_registry_add(struct func_registry *registry, const struct func_def *func,
			   struct err *err);
bool func_exists(const struct func_registry *registry, struct slice name);

/*
 * The variant for these argument types, and the types that arguments are to be cast to (ret_params
 * has nargs items; NULL literals come as TYPE_NULL and are to be made constants of that type).
 * Errors are ksqlDB's texts. With lambdas it takes two calls: first each lambda is
 * type_lambda(arena, number of parameters, NULL) and ret_type may be NULL; func_lambda_params then
 * tells the types of the parameters, so that the caller can type the bodies; then once more with
 * the bodies' types.
 */
fallible func_resolve(const struct func_registry *registry, struct arena *arena, struct slice name,
		      const struct type *const *args, uint32_t nargs,
		      const struct func_variant **ret_variant, const struct type **ret_params,
		      const struct type **ret_type, struct err *err);

/* The types of the parameters of the lambda that is argument `arg`; their count. */
uint32_t func_lambda_params(const struct func_variant *variant, struct arena *arena,
			    const struct type *const *args, uint32_t nargs, uint32_t arg,
			    const struct type *ret_params[SIGNATURE_PARAMS_MAX]);

/* Walks names in order for SHOW FUNCTIONS; DESCRIBE FUNCTION reads the def. */
const struct func_def *func_next(const struct func_registry *registry,
				 const struct func_def *after);
const struct func_def *func_find(const struct func_registry *registry, struct slice name);

#endif
