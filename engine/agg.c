#include "engine/agg_families.h"

#include "engine/signature.h"

static const struct agg_def *const FAMILIES[] = { AGG_NUMBERS, AGG_ORDER, AGG_COLLECT,
						  AGG_STATISTICS };

#define VARIANTS_MAX 16

static bool listed(const struct agg_def *def)
{
	return def->name != NULL;
}

const struct agg_def *agg_find(const struct agg_registry *registry, struct slice name)
{
	for (uint32_t i = 0; registry != NULL && i < registry->n; i++) {
		if (slice_eq_nocase(name, slice_str(registry->extra[i]->name)))
			return registry->extra[i];
	}
	for (size_t f = 0; f < COUNT_OF(FAMILIES); f++) {
		for (const struct agg_def *def = FAMILIES[f]; listed(def); def++) {
			if (slice_eq_nocase(name, slice_str(def->name)))
				return def;
		}
	}
	return NULL;
}

bool agg_exists(const struct agg_registry *registry, struct slice name)
{
	return agg_find(registry, name) != NULL;
}

const struct agg_def *agg_next(const struct agg_def *after)
{
	const struct agg_def *next = NULL;
	for (size_t f = 0; f < COUNT_OF(FAMILIES); f++) {
		for (const struct agg_def *def = FAMILIES[f]; listed(def); def++) {
			bool behind = after == NULL || strcmp(def->name, after->name) > 0;
			if (behind && (next == NULL || strcmp(def->name, next->name) < 0))
				next = def;
		}
	}
	return next;
}

static fallible parse_signatures(const struct agg_def *def, struct arena *arena,
				 const struct signature **ret_signatures, uint32_t *ret_n,
				 struct err *err)
{
	uint32_t n = 0;
	for (; n < VARIANTS_MAX && def->variants[n].signature != NULL; n++)
		TRY(signature_parse(arena, def->variants[n].signature, &ret_signatures[n], err));
	*ret_n = n;
	return 0;
}

static fallible check_constants(const struct agg_def *def, const struct signature *signature,
				const struct value *const *constants, uint32_t nargs,
				const char *const *arg_texts, struct err *err)
{
	for (uint32_t i = 0; i < nargs; i++) {
		const struct signature_param *param =
			&signature->params[signature_param_of(signature, i, nargs)];
		if (param->constant && constants[i] == NULL)
			return err_set(err, ERR_INVALID,
				       "Parameter %u passed to function %s must be a literal "
				       "constant, but was expression: '%s'",
				       i + 1, def->name, arg_texts[i]);
	}
	return 0;
}

fallible agg_resolve(const struct agg_registry *registry, struct slice name, struct arena *arena,
		     const struct type *const *args, const struct value *const *constants,
		     uint32_t nargs, const char *const *arg_texts, struct agg **ret_agg,
		     const struct type **ret_params, struct err *err)
{
	const struct agg_def *def = agg_find(registry, name);
	assert(def != NULL);
	const struct signature *signatures[VARIANTS_MAX];
	struct signature_binding binding = { 0 };
	uint32_t n, index;
	TRY(parse_signatures(def, arena, signatures, &n, err));
	TRY(signature_resolve(def->name, signatures, n, arena, args, nargs, &index, ret_params,
			      &binding, err));
	const struct signature *signature = signatures[index];
	TRY(check_constants(def, signature, constants, nargs, arg_texts, err));
	struct agg *agg = arena_new(arena, struct agg);
	*agg = (struct agg){ .def = &def->variants[index], .func = def };
	struct value *values = arena_array(arena, struct value, nargs);
	const struct type **types = arena_array(arena, const struct type *, nargs);
	for (uint32_t i = 0; i < nargs; i++) {
		bool constant = signature->params[signature_param_of(signature, i, nargs)].constant;
		if (constant) {
			types[agg->nconstants] = args[i];
			values[agg->nconstants++] = *constants[i];
		} else if (agg->nargs == AGG_ARGS_MAX) {
			return err_set(err, ERR_LIMIT, "%s takes at most %d arguments", def->name,
				       AGG_ARGS_MAX);
		} else {
			agg->args[agg->nargs++] = ret_params[i];
		}
	}
	agg->constants = values;
	agg->constant_types = types;
	agg->result = signature->returns != NULL
			      ? signature_fill(arena, signature->returns, &binding)
			      : NULL;
	agg->intermediate = agg->result;
	if (agg->def->bind != NULL)
		TRY(agg->def->bind(agg, arena, err));
	assert(agg->result != NULL);
	*ret_agg = agg;
	return 0;
}
