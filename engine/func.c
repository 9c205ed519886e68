#include "engine/func.h"

#include "base/map.h"

#define FUNC_FAMILY(name) extern const struct func_def func_##name[];
#include "engine/func_families.def"
#undef FUNC_FAMILY

static const struct func_def *const families[] = {
#define FUNC_FAMILY(name) func_##name,
#include "engine/func_families.def"
#undef FUNC_FAMILY
};

/* A function with its signatures read. */
struct func_entry {
	const struct func_def *def;
	struct func_variant *variants;
	const struct signature **signatures; /* of the variants, in order */
	uint32_t n;
};

struct func_registry {
	struct arena *arena; /* borrowed */
	struct map names;    /* upper case -> struct func_entry */
	VEC(struct func_entry *) sorted;
};

#define FUNC_NAME_BYTES_MAX ((size_t)256)

/* The key of a name: in upper case. False when it is longer than any name. */
static bool name_key(struct slice name, uint8_t key[FUNC_NAME_BYTES_MAX], struct slice *ret)
{
	if (name.len > FUNC_NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		key[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
	}
	*ret = slice_of(key, name.len);
	return true;
}

static struct func_entry *find(const struct func_registry *registry, struct slice name)
{
	uint8_t key[FUNC_NAME_BYTES_MAX];
	struct slice upper;
	if (!name_key(name, key, &upper))
		return NULL;
	return map_get(&registry->names, upper);
}

static void registry_fini(void *arg)
{
	struct func_registry *registry = arg;
	map_fini(&registry->names);
	vec_fini(&registry->sorted);
}

static uint32_t variant_count(const struct func_def *def)
{
	uint32_t n = 0;
	while (n < COUNT_OF(def->variants) && def->variants[n].signature != NULL)
		n++;
	return n;
}

static int compare_names(const char *a, const char *b)
{
	uint8_t left[FUNC_NAME_BYTES_MAX], right[FUNC_NAME_BYTES_MAX];
	struct slice x = SLICE_EMPTY, y = SLICE_EMPTY;
	bool fit = name_key(slice_str(a), left, &x) && name_key(slice_str(b), right, &y);
	assert(fit);
	return slice_cmp(x, y);
}

/* Keeps `sorted` in order of names. */
static void insert_sorted(struct func_registry *registry, struct func_entry *entry)
{
	vec_push(&registry->sorted, entry);
	uint32_t i = registry->sorted.len - 1;
	for (; i > 0; i--) {
		struct func_entry *before = registry->sorted.items[i - 1];
		if (compare_names(before->def->name, entry->def->name) <= 0)
			break;
		registry->sorted.items[i] = before;
	}
	registry->sorted.items[i] = entry;
}

fallible func_registry_add(struct func_registry *registry, const struct func_def *def,
			   struct err *err)
{
	uint8_t key[FUNC_NAME_BYTES_MAX];
	struct slice upper;
	if (!name_key(slice_str(def->name), key, &upper) || upper.len == 0)
		return err_set(err, ERR_LIMIT, "a function's name has 1 to %zu bytes",
			       FUNC_NAME_BYTES_MAX);
	if (map_get(&registry->names, upper) != NULL)
		return err_set(err, ERR_EXISTS, "function %s is there already", def->name);
	struct func_entry *entry = arena_new(registry->arena, struct func_entry);
	entry->def = def;
	entry->n = variant_count(def);
	if (entry->n == 0)
		return err_set(err, ERR_INVALID, "function %s has no signature", def->name);
	entry->variants = arena_array(registry->arena, struct func_variant, entry->n);
	entry->signatures = arena_array(registry->arena, const struct signature *, entry->n);
	for (uint32_t i = 0; i < entry->n; i++) {
		TRY(signature_parse(registry->arena, def->variants[i].signature,
				    &entry->signatures[i], err));
		entry->variants[i] =
			(struct func_variant){ def, &def->variants[i], entry->signatures[i] };
	}
	map_put(&registry->names, upper, entry);
	insert_sorted(registry, entry);
	return 0;
}

struct func_registry *func_registry_new(struct arena *arena)
{
	struct func_registry *registry = arena_new(arena, struct func_registry);
	struct err err = ERR_INIT;
	registry->arena = arena;
	map_init(&registry->names);
	arena_cleanup(arena, registry_fini, registry);
	for (size_t i = 0; i < COUNT_OF(families); i++) {
		for (const struct func_def *def = families[i]; def->name != NULL; def++) {
			if (func_registry_add(registry, def, &err) != 0)
				assert_failed(err.text, __FILE__, __LINE__);
		}
	}
	return registry;
}

bool func_exists(const struct func_registry *registry, struct slice name)
{
	return find(registry, name) != NULL;
}

/* What a call of the variant gives; NULL when nothing says so. */
static const struct type *result_type(const struct func_variant *variant, struct arena *arena,
				      const struct type *const *params, uint32_t nargs,
				      const struct signature_binding *binding)
{
	if (variant->def->result != NULL)
		return variant->def->result(arena, params, nargs);
	const struct signature_type *returns = variant->signature->returns;
	const struct type *type = signature_fill(arena, returns, binding);
	if (type != NULL || returns->kind != TYPE_DECIMAL)
		return type != NULL ? type : TYPE_OF(TYPE_NULL);
	for (uint32_t i = 0; i < nargs; i++) {
		if (params[i]->kind == TYPE_DECIMAL)
			return params[i];
	}
	return TYPE_OF(TYPE_NULL);
}

fallible func_resolve(const struct func_registry *registry, struct arena *arena, struct slice name,
		      const struct type *const *args, uint32_t nargs,
		      const struct func_variant **ret_variant, const struct type **ret_params,
		      const struct type **ret_type, struct err *err)
{
	const struct func_entry *entry = find(registry, name);
	if (entry == NULL)
		return err_set(err, ERR_NOT_FOUND, "Can't find any functions with the name '%.*s'",
			       SLICE_ARGS(name));
	uint32_t index;
	struct signature_binding binding;
	TRY(signature_resolve(entry->def->name, entry->signatures, entry->n, arena, args, nargs,
			      &index, ret_params, &binding, err));
	const struct func_variant *variant = &entry->variants[index];
	if (ret_type != NULL)
		*ret_type = result_type(variant, arena, ret_params, nargs, &binding);
	*ret_variant = variant;
	return 0;
}

uint32_t func_lambda_params(const struct func_variant *variant, struct arena *arena,
			    const struct type *const *args, uint32_t nargs, uint32_t arg,
			    const struct type *ret_params[SIGNATURE_PARAMS_MAX])
{
	const struct signature *signature = variant->signature;
	struct signature_binding binding;
	bool fits = signature_accepts(signature, arena, args, nargs, true, &binding);
	assert(fits);
	const struct signature_type *lambda =
		signature->params[signature_param_of(signature, arg, nargs)].type;
	assert(lambda->kind == TYPE_LAMBDA);
	for (uint32_t i = 0; i + 1 < lambda->nparts; i++) {
		const struct type *type = signature_fill(arena, lambda->parts[i], &binding);
		ret_params[i] = type != NULL ? type : TYPE_OF(TYPE_NULL);
	}
	return lambda->nparts - 1;
}

const struct func_def *func_next(const struct func_registry *registry, const struct func_def *after)
{
	if (after == NULL)
		return registry->sorted.len > 0 ? registry->sorted.items[0]->def : NULL;
	for (uint32_t i = 0; i + 1 < registry->sorted.len; i++) {
		if (registry->sorted.items[i]->def == after)
			return registry->sorted.items[i + 1]->def;
	}
	return NULL;
}

const struct func_def *func_find(const struct func_registry *registry, struct slice name)
{
	const struct func_entry *entry = find(registry, name);
	return entry != NULL ? entry->def : NULL;
}
