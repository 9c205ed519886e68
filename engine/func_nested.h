/*
 * func_nested.h - what the functions of arrays, maps and lambdas share.
 *
 * Items are borrowed from the arguments, whose nested values live as long as the step; results take
 * a new run of items from the step's arena, after func_items has checked with func_room that there
 * is room for it.
 */
#ifndef WEIR_ENGINE_FUNC_NESTED_H
#define WEIR_ENGINE_FUNC_NESTED_H

#include "engine/func_priv.h"

/* Whether the step may take room for `n` more values; when not, the row has failed. */
bool func_items_fit(struct eval *eval, uint32_t row, uint64_t n);
/* Room for `n` values; NULL: the row has failed. */
struct value *func_items(struct eval *eval, uint32_t row, uint64_t n);

static inline void func_set_items(const struct func_call *call, uint32_t row,
				  const struct value *items, uint32_t len)
{
	call->out->nested[row] = (struct values){ items, len };
}

/* The items of an argument that is not NULL. */
static inline struct values func_arg_items(const struct func_call *call, uint32_t arg, uint32_t row)
{
	return call->args[arg]->nested[row];
}

/* Values, each once: a table of pointers to borrowed values. */
struct func_set {
	const struct type *type;
	const struct value **slots; /* NULL: empty; in the step's arena */
	uint32_t mask;
};

/* For at most `n` values; false: the row has failed. */
bool func_set_init(struct func_set *set, struct eval *eval, uint32_t row, const struct type *type,
		   uint32_t n);
/* The equal value that is in the set, or NULL. */
const struct value *func_set_find(const struct func_set *set, const struct value *value);
/* The same; when there was none, the value is in the set now. */
const struct value *func_set_put(struct func_set *set, const struct value *value);

/*
 * The entries of a map in the order in which Java's HashMap, made for so many entries, walks them:
 * ret[i] is the index of the i-th. Users see this order in MAP_KEYS and in what REDUCE computes.
 * NULL: the row has failed.
 */
const uint32_t *func_map_order(struct eval *eval, uint32_t row, const struct type *map,
			       const struct values *entries);

#endif
