/*
 * TRANSFORM, FILTER and REDUCE.
 *
 * The items of many rows go through a lambda at once: they are laid out as columns, one tuple an
 * item, for a run of rows with some batches of items (struct tuples). A row with a tuple that fails
 * has failed as a whole, so what is written for it does not matter. REDUCE needs each state before
 * the next item, so it runs the first items of all rows, then their second ones, and so on; rows
 * leave as their arrays end.
 */
#include "engine/func_nested.h"

/* Rows are collected until they have so many items. */
#define TUPLES_WANTED 4096

/* A lambda's arguments for the items of a run of rows. */
struct tuples {
	struct column params[2]; /* the item; or a map's key and value */
	uint16_t *row_of;
	uint32_t n;
};

static bool is_map(const struct func_call *call)
{
	return call->args[0]->type->kind == TYPE_MAP;
}

static void tuples_init(struct tuples *tuples, struct eval *eval, const struct type *nested,
			uint32_t n)
{
	bool map = nested->kind == TYPE_MAP;
	column_init(&tuples->params[0], eval->arena, map ? nested->key : nested->element, n);
	if (map)
		column_init(&tuples->params[1], eval->arena, nested->element, n);
	tuples->row_of = arena_array_plain(eval->arena, uint16_t, n);
	tuples->n = 0;
}

/* One more tuple: item or entry `at` of a row's array or map. */
static void tuples_add(struct tuples *tuples, const struct func_call *call, uint32_t row,
		       uint32_t at)
{
	const struct value *items = call->args[0]->nested[row].items;
	if (is_map(call)) {
		column_set(&tuples->params[0], tuples->n, &items[2 * at]);
		column_set(&tuples->params[1], tuples->n, &items[2 * at + 1]);
	} else {
		column_set(&tuples->params[0], tuples->n, &items[at]);
	}
	tuples->row_of[tuples->n++] = (uint16_t)row;
}

static bool row_has_failed(const struct eval *eval, uint32_t row)
{
	return eval->row_failed != NULL && eval->row_failed[row] != 0;
}

/* What is done with the results of the lambdas: `from` is the row's first tuple. */
typedef void take_row(struct eval *eval, const struct func_call *call, uint32_t row,
		      const struct column *results, uint32_t from);

/* Runs the call's lambdas over some rows' items. */
static void run_rows(struct eval *eval, const struct func_call *call, const uint16_t *rows,
		     uint32_t nrows, uint32_t nitems, take_row *take)
{
	struct tuples tuples;
	struct column results[2];
	uint32_t nlambdas = call->nargs - 1;
	assert(nlambdas >= 1 && nlambdas <= COUNT_OF(results));
	tuples_init(&tuples, eval, call->args[0]->type, nitems);
	for (uint32_t r = 0; r < nrows; r++) {
		for (uint32_t at = 0; at < call->args[0]->nested[rows[r]].len; at++)
			tuples_add(&tuples, call, rows[r], at);
	}
	assert(tuples.n == nitems);
	for (uint32_t l = 0; l < nlambdas && nitems > 0; l++)
		lambda_run(call->lambdas[l], eval, tuples.params, tuples.row_of, nitems,
			   &results[l]);
	uint32_t from = 0;
	for (uint32_t r = 0; r < nrows; r++) {
		uint32_t len = call->args[0]->nested[rows[r]].len;
		if (len == 0)
			func_set_items(call, rows[r], NULL, 0);
		else if (!row_has_failed(eval, rows[r]))
			take(eval, call, rows[r], results, from);
		from += len;
	}
}

/* All rows, in runs of a batch or so of items. */
static void run_all(struct eval *eval, const struct func_call *call, take_row *take)
{
	uint16_t *rows = arena_array_plain(eval->arena, uint16_t, call->sel.len);
	uint32_t nrows = 0, nitems = 0;
	SEL_EACH(i, call->sel)
	{
		uint32_t len = call->args[0]->nested[i].len;
		if (len > COLUMN_ITEMS_MAX || !func_items_fit(eval, i, (uint64_t)len * 2)) {
			eval_fail(eval, i, "%u items are too many for a lambda", len);
			continue;
		}
		if (nitems + (uint64_t)len > TUPLES_WANTED && nrows > 0) {
			run_rows(eval, call, rows, nrows, nitems, take);
			nrows = nitems = 0;
		}
		rows[nrows++] = (uint16_t)i;
		nitems += len;
	}
	if (nrows > 0)
		run_rows(eval, call, rows, nrows, nitems, take);
}

/* --- TRANSFORM --- */

static void take_items(struct eval *eval, const struct func_call *call, uint32_t row,
		       const struct column *results, uint32_t from)
{
	uint32_t len = call->args[0]->nested[row].len;
	struct value *items = func_items(eval, row, len);
	if (items == NULL)
		return;
	for (uint32_t i = 0; i < len; i++)
		items[i] = column_value(&results[0], from + i);
	func_set_items(call, row, items, len);
}

static void transform_array(struct eval *eval, const struct func_call *call)
{
	run_all(eval, call, take_items);
}

static void fail_duplicate(struct eval *eval, uint32_t row, const struct type *map,
			   const struct value *first, const struct value *second)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_append_str(&text, "Duplicate key ");
	value_print(map->key, &first[0], &text);
	buf_append_str(&text, " (attempted merging values ");
	value_print(map->element, &first[1], &text);
	buf_append_str(&text, " and ");
	value_print(map->element, &second[1], &text);
	buf_append_u8(&text, ')');
	eval_fail(eval, row, "%s", buf_str(&text));
}

/* A value that is NULL, or two keys that are equal, fail the row: so they do in the reference. */
static void take_entries(struct eval *eval, const struct func_call *call, uint32_t row,
			 const struct column *results, uint32_t from)
{
	const struct type *map = call->out->type;
	uint32_t len = call->args[0]->nested[row].len;
	struct func_set keys;
	struct value *items = func_items(eval, row, (uint64_t)len * 2);
	if (items == NULL || !func_set_init(&keys, eval, row, map->key, len))
		return;
	for (uint32_t i = 0; i < len; i++) {
		struct value *entry = &items[2 * i];
		entry[0] = column_value(&results[0], from + i);
		entry[1] = column_value(&results[1], from + i);
		const struct value *there = func_set_put(&keys, entry);
		if (entry[1].is_null) {
			eval_fail(eval, row, "A value of the transformed map is NULL");
			return;
		}
		if (there != NULL) {
			fail_duplicate(eval, row, map, there, entry);
			return;
		}
	}
	func_set_items(call, row, items, len);
}

static void transform_map(struct eval *eval, const struct func_call *call)
{
	run_all(eval, call, take_entries);
}

/* --- FILTER --- */

static void take_kept(struct eval *eval, const struct func_call *call, uint32_t row,
		      const struct column *results, uint32_t from)
{
	bool map = is_map(call);
	uint32_t width = map ? 2 : 1, kept = 0;
	const struct values *all = &call->args[0]->nested[row];
	struct value *items = func_items(eval, row, (uint64_t)all->len * width);
	if (items == NULL)
		return;
	for (uint32_t i = 0; i < all->len; i++) {
		if (column_is_null(&results[0], from + i)) {
			eval_fail(eval, row, "The condition of FILTER is NULL");
			return;
		}
		if (results[0].boolean[from + i] == 0)
			continue;
		for (uint32_t half = 0; half < width; half++)
			items[kept * width + half] = all->items[i * width + half];
		if (map && items[kept * width + 1].is_null) {
			eval_fail(eval, row, "A value of the filtered map is NULL");
			return;
		}
		kept++;
	}
	func_set_items(call, row, items, kept);
}

static void filter(struct eval *eval, const struct func_call *call)
{
	run_all(eval, call, take_kept);
}

/* --- REDUCE --- */

struct reduce {
	struct column states;   /* by row */
	const uint32_t **order; /* by row: the entries of a map in the order they are taken */
	uint16_t *rows;         /* those that have further items */
	uint32_t nrows;
};

/* Keeps the rows that have more than `step` items and have not failed. */
static void reduce_narrow(struct reduce *reduce, struct eval *eval, const struct func_call *call,
			  uint32_t step)
{
	uint32_t kept = 0;
	for (uint32_t r = 0; r < reduce->nrows; r++) {
		uint16_t row = reduce->rows[r];
		/* Each step takes memory of its own; where there is no more, the row fails. */
		if (call->args[0]->nested[row].len > step && !row_has_failed(eval, row) &&
		    func_items_fit(eval, row, call->nargs))
			reduce->rows[kept++] = row;
	}
	reduce->nrows = kept;
}

/* The step-th item of each row makes its next state. */
static void reduce_step(struct reduce *reduce, struct eval *eval, const struct func_call *call,
			uint32_t step)
{
	struct tuples tuples;
	struct column params[3], result;
	column_init(&params[0], eval->arena, reduce->states.type, reduce->nrows);
	tuples_init(&tuples, eval, call->args[0]->type, reduce->nrows);
	for (uint32_t r = 0; r < reduce->nrows; r++) {
		uint32_t row = reduce->rows[r];
		column_copy_row(&params[0], r, &reduce->states, row);
		tuples_add(&tuples, call, row,
			   reduce->order != NULL ? reduce->order[row][step] : step);
	}
	params[1] = tuples.params[0];
	if (is_map(call))
		params[2] = tuples.params[1];
	lambda_run(call->lambdas[0], eval, params, tuples.row_of, reduce->nrows, &result);
	for (uint32_t r = 0; r < reduce->nrows; r++)
		column_copy_row(&reduce->states, reduce->rows[r], &result, r);
}

/* The rows that have a state and items; the others have their result. */
static void reduce_init(struct reduce *reduce, struct eval *eval, const struct func_call *call,
			uint32_t span)
{
	column_init(&reduce->states, eval->arena, call->out->type, span);
	reduce->rows = arena_array_plain(eval->arena, uint16_t, call->sel.len);
	reduce->nrows = 0;
	reduce->order = is_map(call) ? arena_array(eval->arena, const uint32_t *, span) : NULL;
	SEL_EACH(i, call->sel)
	{
		column_copy_row(&reduce->states, i, call->args[1], i);
		if (column_is_null(call->args[0], i) || column_is_null(call->args[1], i))
			continue;
		if (reduce->order != NULL)
			reduce->order[i] = func_map_order(eval, i, call->args[0]->type,
							  &call->args[0]->nested[i]);
		if (reduce->order == NULL || reduce->order[i] != NULL)
			reduce->rows[reduce->nrows++] = (uint16_t)i;
	}
}

static void reduce(struct eval *eval, const struct func_call *call)
{
	struct reduce reduce;
	uint32_t last =
		call->sel.rows != NULL ? call->sel.rows[call->sel.len - 1] : call->sel.len - 1;
	reduce_init(&reduce, eval, call, last + 1);
	reduce_narrow(&reduce, eval, call, 0);
	for (uint32_t step = 0; reduce.nrows > 0; step++) {
		reduce_step(&reduce, eval, call, step);
		reduce_narrow(&reduce, eval, call, step + 1);
	}
	SEL_EACH(i, call->sel)
	column_copy_row(call->out, i, &reduce.states, i);
}

/* clang-format off */
const struct func_def func_lambda[] = {
	{ .name = "transform", .category = "LAMBDA",
	  .help = "What a function makes of each item of an array, or of the keys and values of a "
		  "map.",
	  .variants = {
		{ .signature = "(ARRAY<T> array, LAMBDA<T => R> function) ARRAY<R>",
		  .kernel = transform_array,
		  .help = "The function takes an item." },
		{ .signature = "(MAP<K, V> map, LAMBDA<K, V => R> biFunction1, "
			       "LAMBDA<K, V => T> biFunction2) MAP<R, T>",
		  .kernel = transform_map,
		  .help = "Both functions take a key and its value; one makes the new key, the "
			  "other the new value." } } },
	{ .name = "filter", .category = "LAMBDA",
	  .help = "The items of an array or entries of a map for which a condition is true.",
	  .variants = {
		{ .signature = "(ARRAY<T> array, LAMBDA<T => BOOLEAN> function) ARRAY<T>",
		  .kernel = filter, .help = "The condition takes an item." },
		{ .signature = "(MAP<K, V> map, LAMBDA<K, V => BOOLEAN> biFunction) MAP<K, V>",
		  .kernel = filter, .help = "The condition takes a key and its value." } } },
	{ .name = "reduce", .category = "LAMBDA",
	  .help = "One value: an initial state that a function takes on with each item.",
	  .variants = {
		{ .signature = "(ARRAY<T> list, S initialState, LAMBDA<S, T => S> biFunction) S",
		  .kernel = reduce, .flags = FUNC_SEES_NULLS,
		  .help = "The function takes the state and an item." },
		{ .signature = "(MAP<K, V> map, S initialState, "
			       "LAMBDA<S, K, V => S> triFunction) S",
		  .kernel = reduce, .flags = FUNC_SEES_NULLS,
		  .help = "The function takes the state, a key and its value." } } },
	{ .name = NULL },
};
/* clang-format on */
