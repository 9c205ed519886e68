/* Maps: made of arrays, united, taken apart. */
#include "engine/func_nested.h"

/* Entries on their way into a map: the first place and the last value of each key. */
struct entries {
	struct func_set keys;
	struct value *items;
	uint32_t len;
};

/* Room for `n` entries; false: the row has failed. */
static bool entries_init(struct entries *entries, struct eval *eval, uint32_t row,
			 const struct type *map, uint64_t n)
{
	entries->items = func_items(eval, row, n * 2);
	entries->len = 0;
	return entries->items != NULL &&
	       func_set_init(&entries->keys, eval, row, map->key, (uint32_t)n);
}

static void entries_put(struct entries *entries, const struct value *key, const struct value *value)
{
	struct value *place = &entries->items[2 * entries->len];
	*place = *key;
	const struct value *there = func_set_put(&entries->keys, place);
	if (there == NULL)
		entries->len++;
	else
		place = &entries->items[there - entries->items];
	place[1] = *value;
}

static void entries_put_all(struct entries *entries, const struct values *map)
{
	for (uint32_t i = 0; i < map->len; i++)
		entries_put(entries, &map->items[2 * i], &map->items[2 * i + 1]);
}

static void as_map(struct eval *eval, const struct func_call *call)
{
	static const struct value missing = { .is_null = true };
	SEL_EACH(i, call->sel)
	{
		struct values keys = func_arg_items(call, 0, i),
			      values = func_arg_items(call, 1, i);
		struct entries entries;
		/* One place more than there are keys: a repeated key is looked up in it. */
		if (!entries_init(&entries, eval, i, call->out->type, (uint64_t)keys.len + 1))
			continue;
		for (uint32_t at = 0; at < keys.len; at++)
			entries_put(&entries, &keys.items[at],
				    at < values.len ? &values.items[at] : &missing);
		func_set_items(call, i, entries.items, entries.len);
	}
}

static void map_union(struct eval *eval, const struct func_call *call)
{
	const struct column *first = call->args[0], *second = call->args[1];
	SEL_EACH(i, call->sel)
	{
		bool no_first = column_is_null(first, i), no_second = column_is_null(second, i);
		if (no_first || no_second) {
			column_copy_row(call->out, i, no_first ? second : first, i);
			continue;
		}
		struct entries entries;
		uint64_t most = (uint64_t)first->nested[i].len + second->nested[i].len;
		if (!entries_init(&entries, eval, i, call->out->type, most + 1))
			continue;
		entries_put_all(&entries, &first->nested[i]);
		entries_put_all(&entries, &second->nested[i]);
		func_set_items(call, i, entries.items, entries.len);
	}
}

/* The keys (half 0) or the values (half 1) of maps. */
static void set_halves(struct eval *eval, const struct func_call *call, uint32_t half)
{
	SEL_EACH(i, call->sel)
	{
		struct values map = func_arg_items(call, 0, i);
		const uint32_t *order = func_map_order(eval, i, call->args[0]->type, &map);
		struct value *items = order != NULL ? func_items(eval, i, map.len) : NULL;
		if (items == NULL)
			continue;
		for (uint32_t at = 0; at < map.len; at++)
			items[at] = map.items[2 * order[at] + half];
		func_set_items(call, i, items, map.len);
	}
}

static void map_keys(struct eval *eval, const struct func_call *call)
{
	set_halves(eval, call, 0);
}

static void map_values(struct eval *eval, const struct func_call *call)
{
	set_halves(eval, call, 1);
}

/* Compares structs by their first field, a text. */
static int compare_keys(const void *a, const void *b)
{
	const struct value *left = a, *right = b;
	return value_cmp(TYPE_OF(TYPE_STRING), &left->nested.items[0], &right->nested.items[0]);
}

static void entries(struct eval *eval, const struct func_call *call)
{
	const struct column *maps = call->args[0];
	SEL_EACH(i, call->sel)
	{
		if (column_is_null(maps, i)) {
			column_set_null(call->out, i);
			continue;
		}
		const struct values *map = &maps->nested[i];
		const uint32_t *order = func_map_order(eval, i, maps->type, map);
		struct value *items = order != NULL ? func_items(eval, i, map->len) : NULL;
		if (items == NULL)
			continue;
		/* A struct of key and value is what an entry of the map is already. */
		for (uint32_t at = 0; at < map->len; at++)
			items[at].nested = (struct values){ &map->items[2 * order[at]], 2 };
		if (call->args[1]->boolean[i] != 0)
			qsort(items, map->len, sizeof(struct value), compare_keys);
		func_set_items(call, i, items, map->len);
	}
}

/* clang-format off */
#define ENTRIES(type)                                                                              \
	{ .signature = "(MAP<STRING, " type "> map, BOOLEAN sorted!) "                             \
		       "ARRAY<STRUCT<K STRING, V " type ">>",                                      \
	  .kernel = entries, .flags = FUNC_SEES_NULLS }

const struct func_def func_map[] = {
	{ .name = "AS_MAP", .category = "MAP",
	  .help = "A map of the keys in one array to the values in another.",
	  .variants = {
		{ .signature = "(ARRAY<STRING> keys, ARRAY<T> values) MAP<STRING, T>",
		  .kernel = as_map } } },
	{ .name = "map_keys", .category = "MAP", .help = "The keys of a map, in no set order.",
	  .variants = {
		{ .signature = "(MAP<STRING, T> input) ARRAY<STRING>", .kernel = map_keys } } },
	{ .name = "map_values", .category = "MAP", .help = "The values of a map, in no set order.",
	  .variants = {
		{ .signature = "(MAP<STRING, T> input) ARRAY<T>", .kernel = map_values } } },
	{ .name = "map_union", .category = "MAP",
	  .help = "The entries of both maps; the second's value where both have a key.",
	  .variants = {
		{ .signature = "(MAP<STRING, T> map1, MAP<STRING, T> map2) MAP<STRING, T>",
		  .kernel = map_union, .flags = FUNC_SEES_NULLS } } },
	{ .name = "ENTRIES", .category = "MAP",
	  .help = "The entries of a map as structs of K and V, sorted by key if wanted.",
	  .variants = {
		ENTRIES("INT"), ENTRIES("BIGINT"), ENTRIES("DOUBLE"), ENTRIES("BOOLEAN"),
		ENTRIES("STRING") } },
	{ .name = NULL },
};
/* clang-format on */
