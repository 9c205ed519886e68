/* NULLs replaced and made, of any type. */
#include "engine/func_priv.h"

static void coalesce(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		uint32_t k = 0;
		while (k + 1 < call->nargs && column_is_null(call->args[k], i))
			k++;
		column_copy_row(call->out, i, call->args[k], i);
	}
}

static void null_if(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		struct value left = column_value(call->args[0], i);
		struct value right = column_value(call->args[1], i);
		if (value_eq(call->out->type, &left, &right))
			column_set_null(call->out, i);
		else
			column_copy_row(call->out, i, call->args[0], i);
	}
}

/* clang-format off */
const struct func_def func_misc[] = {
	{ .name = "COALESCE", .category = "CONDITIONAL",
	  .help = "The first of the values that is not NULL.",
	  .variants = {
		{ .signature = "(T first, T... others) T", .kernel = coalesce,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "ifnull", .category = "CONDITIONAL",
	  .help = "The value, or the other one when it is NULL.",
	  .variants = {
		{ .signature = "(T expression, T altValue) T", .kernel = coalesce,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "NULLIF", .category = "CONDITIONAL",
	  .help = "The first value, or NULL when both are equal.",
	  .variants = {
		{ .signature = "(T expr1, T expr2) T", .kernel = null_if,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "AS_VALUE", .category = "OTHER",
	  .help = "A key column's value, to be kept in the value too.",
	  .variants = {
		{ .signature = "(T keyColumn) T", .kernel = coalesce,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = NULL },
};
/* clang-format on */
