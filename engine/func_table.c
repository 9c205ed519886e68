/*
 * Table functions: each gives the rows that one row becomes, as an array. The planner knows them by
 * their category; NULL and an empty array are no rows.
 */
#include "engine/func_nested.h"

/* 2^20 rows of one row is as far as it goes. */
#define CUBE_COLUMNS_MAX 20

static const struct type *same_type(struct arena *arena, const struct type *const *args,
				    uint32_t nargs)
{
	(void)arena;
	assert(nargs == 1);
	return args[0];
}

static void explode(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	call->out->nested[i] = call->args[0]->nested[i];
}

/* The row whose columns are there where `mask` has a 1; the last column is its lowest bit. */
static struct value *cube_row(struct value *cells, const struct values *columns, uint32_t mask)
{
	for (uint32_t c = 0; c < columns->len; c++) {
		bool there = (mask >> (columns->len - 1 - c) & 1) != 0;
		cells[c] = there ? columns->items[c] : VALUE_NULL;
	}
	return cells;
}

static void cube(struct eval *eval, const struct func_call *call, uint32_t row)
{
	struct values columns = func_arg_items(call, 0, row);
	uint32_t present = 0;
	for (uint32_t c = 0; c < columns.len; c++)
		present = present << 1 | !columns.items[c].is_null;
	uint64_t nrows = UINT64_C(1) << __builtin_popcount(present);
	struct value *rows = func_items(eval, row, nrows);
	struct value *cells = rows != NULL ? func_items(eval, row, nrows * columns.len) : NULL;
	if (cells == NULL)
		return;
	uint32_t n = 0, mask = 0;
	do {
		rows[n].nested.items = cube_row(cells + (size_t)n * columns.len, &columns, mask);
		rows[n++].nested.len = columns.len;
		/* The next larger set of bits within those of `present`. */
		mask = (mask - present) & present;
	} while (mask != 0);
	assert(n == nrows);
	func_set_items(call, row, rows, n);
}

static void cube_explode(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		uint32_t len = call->args[0]->nested[i].len;
		if (len <= CUBE_COLUMNS_MAX)
			cube(eval, call, i);
		else
			eval_fail(eval, i,
				  "CUBE_EXPLODE takes at most %d columns, for 2^%d rows; it was "
				  "given %u",
				  CUBE_COLUMNS_MAX, CUBE_COLUMNS_MAX, len);
	}
}

/* clang-format off */
const struct func_def func_table[] = {
	{ .name = "explode", .category = "TABLE",
	  .help = "A row for each item of an array.",
	  .variants = {
		{ .signature = "(ARRAY<DECIMAL> input) ARRAY<DECIMAL>", .kernel = explode,
		  .result = same_type },
		{ .signature = "(ARRAY<T> list) ARRAY<T>", .kernel = explode } } },
	{ .name = "cube_explode", .category = "TABLE",
	  .help = "A row for each way to keep some of the columns and make the others NULL.",
	  .variants = {
		{ .signature = "(ARRAY<T> columns) ARRAY<ARRAY<T>>", .kernel = cube_explode } } },
	{ .name = NULL },
};
/* clang-format on */
