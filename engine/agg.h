/*
 * agg.h - aggregate functions: a struct of state per group, updated in place.
 *
 * A state is `state_bytes` of plain memory that op_group keeps in its table; what it points to
 * outside is its own (heap, freed by `fini`). NULL in the table of operations means "cannot":
 * analysis refuses the function there (no `remove`: not over a table source; no `merge`: not in
 * session windows). `add` and `remove` are called with one state per live row; states of different
 * rows may be the same, rows are then applied in order. `save` and `load` give the state's image
 * for stores and changelogs: load(save(x)) behaves as x.
 */
#ifndef WEIR_ENGINE_AGG_H
#define WEIR_ENGINE_AGG_H

#include "engine/func.h"

#define AGG_ARGS_MAX 16

struct agg_variant_def;

/* An aggregate bound to its argument types and constant arguments. */
struct agg {
	const struct agg_variant_def *def;
	const struct agg_def *func;
	const struct type *args[AGG_ARGS_MAX]; /* of the column arguments */
	uint32_t nargs;
	const struct value *constants; /* of the literal arguments behind them, in order */
	const struct type *const *constant_types;
	uint32_t nconstants;
	const struct type *result;
	const struct type
		*intermediate; /* as ksqlDB would keep it; formats must be able to hold it */
	void *data;            /* what `bind` prepared */
};

struct agg_rows {
	const struct column *const *args;
	const int64_t *sequence; /* of each row: grows with arrival, for *_BY_OFFSET */
	struct sel sel;
};

struct agg_variant_def {
	const char *signature; /* "(BIGINT x, const INT k) ARRAY<BIGINT>": as func.h, `const` =
				  literal */
	uint32_t state_bytes;
	void (*init)(const struct agg *agg, void *state);
	void (*add)(const struct agg *agg, struct eval *eval, void *const *states,
		    const struct agg_rows *rows);
	void (*remove)(const struct agg *agg, struct eval *eval, void *const *states,
		       const struct agg_rows *rows);
	void (*merge)(const struct agg *agg, void *into, const void *from);
	void (*emit)(const struct agg *agg, const void *state, struct arena *arena,
		     struct column *out, uint32_t row);
	void (*save)(const struct agg *agg, const void *state, struct buf *out);
	fallible (*load)(const struct agg *agg, void *state, struct reader *in, struct err *err);
	void (*fini)(const struct agg *agg, void *state); /* NULL: nothing outside the state */
	/* Types that the signature cannot tell; checks the constants; may be NULL. */
	fallible (*bind)(struct agg *agg, struct arena *arena, struct err *err);
};

struct agg_def {
	const char *name, *help;
	struct agg_variant_def variants[16]; /* up to the first without a signature */
};

/* Functions of users, beside the built-in ones; NULL stands for none. */
#define AGG_EXTRA_MAX 256
struct agg_registry {
	const struct agg_def *extra[AGG_EXTRA_MAX]; /* borrowed */
	uint32_t n;
};

bool agg_exists(const struct agg_registry *registry, struct slice name);
const struct agg_def *agg_find(const struct agg_registry *registry, struct slice name);
const struct agg_def *agg_next(const struct agg_def *after); /* built-in ones, in order of names */

/*
 * Binds a call. constants[i] is not NULL where argument i is a literal. ret_params gets the types
 * that column arguments are to be cast to. Errors are ksqlDB's texts.
 */
fallible agg_resolve(const struct agg_registry *registry, struct slice name, struct arena *arena,
		     const struct type *const *args, const struct value *const *constants,
		     uint32_t nargs, const char *const *arg_texts, struct agg **ret_agg,
		     const struct type **ret_params, struct err *err);

#endif
