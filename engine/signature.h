/*
 * signature.h - what a function takes and gives, as text, and which of several fits a call.
 *
 *	(STRING s, INT pos, INT len) STRING
 *	(ARRAY<T> a, LAMBDA<T => U> f) ARRAY<U>
 *	(DECIMAL x, INT n!, BIGINT... more) DECIMAL
 *	(T x, const INT n) ARRAY<T>
 *
 * Single capitals are type variables; DECIMAL without digits takes any; `...` (behind the type or
 *the name) is a parameter that takes none or many arguments; `!` behind a name is a Java primitive
 * there, so that NULL fails the row; `const` wants a literal. Scalar, aggregate and table functions
 * share this: each has a list of signatures, and signature_resolve picks one by ksqlDB's rules:
 * exact types first, then with implicit casts; among those that fit, the one that is not variadic,
 * has more parameters and fewer type variables.
 */
#ifndef WEIR_ENGINE_SIGNATURE_H
#define WEIR_ENGINE_SIGNATURE_H

#include "engine/type.h"

#define SIGNATURE_PARAMS_MAX 16
/* Type variables are A .. Z. */
#define SIGNATURE_VARS 26

/* A type with holes. The kind is of the outside; TYPE_KIND_COUNT for a variable. */
struct signature_type {
	enum type_kind kind;
	const struct type *exact; /* no holes inside: the type itself, else NULL */
	uint32_t variable;        /* 0: A; when kind is TYPE_KIND_COUNT */
	/* ARRAY: element; MAP: key, value; STRUCT: fields; LAMBDA: parameters, then the result. */
	const struct signature_type *const *parts;
	const struct slice *names; /* STRUCT */
	uint32_t nparts;
};

struct signature_param {
	struct slice name;
	const struct signature_type *type;
	bool primitive, constant, variadic;
};

struct signature {
	const struct signature_param *params;
	uint32_t nparams;
	int32_t variadic; /* index of the variadic parameter; -1: none */
	uint32_t nvariables;
	const struct signature_type *returns;
};

/* What the type variables of a call stand for; NULL: nothing yet. */
struct signature_binding {
	const struct type *types[SIGNATURE_VARS];
};

fallible signature_parse(struct arena *arena, const char *text, const struct signature **ret,
			 struct err *err);

/* The parameter that argument `arg` of `nargs` goes to. */
uint32_t signature_param_of(const struct signature *signature, uint32_t arg, uint32_t nargs);

/*
 * Does this one signature take these argument types (TYPE_NULL fits all)? Says what its variables
 * stand for.
 */
bool signature_accepts(const struct signature *signature, struct arena *arena,
		       const struct type *const *args, uint32_t nargs, bool casts,
		       struct signature_binding *ret_binding);

/*
 * The index of the signature that fits; ret_params (room for nargs) gets the types that arguments
 * are to be cast to. `name` is as the function is declared, for the texts.
 */
fallible signature_resolve(const char *name, const struct signature *const *signatures, uint32_t n,
			   struct arena *arena, const struct type *const *args, uint32_t nargs,
			   uint32_t *ret_index, const struct type **ret_params,
			   struct signature_binding *ret_binding, struct err *err);

/* The type with its variables filled in; DECIMAL without digits and unbound variables give NULL. */
const struct type *signature_fill(struct arena *arena, const struct signature_type *type,
				  const struct signature_binding *binding);

/* As DESCRIBE FUNCTION and the error texts print it: "f(INT n, VARCHAR... s)". */
void signature_print(const char *name, const struct signature *signature, struct buf *out);
void signature_type_print(const struct signature_type *type, struct buf *out);

#endif
