/*
 * Texts with their characters masked, all of them or those at one end. Capitals, small letters,
 * digits and the others have a mask each; a NULL for a mask leaves its characters as they are.
 * Characters past U+FFFF are two units, and so masked twice: the second unit is of no kind.
 */
#include "engine/func_priv.h"

#include "base/text.h"

#define MASK_NONE UINT32_MAX

struct masks {
	uint32_t of[TEXT_CLASS_COUNT];
};

static const struct masks default_masks = {
	{ [TEXT_UPPER] = 'X', [TEXT_LOWER] = 'x', [TEXT_DIGIT] = 'n', [TEXT_OTHER] = '-' }
};

static void append_masked(struct buf *to, struct slice text, const struct masks *masks)
{
	while (text.len > 0 && !to->overflowed) {
		uint32_t c = text_take(&text);
		uint32_t mask = masks->of[text_class(c)];
		text_append(to, mask == MASK_NONE ? c : mask);
		if (c > 0xFFFF && masks->of[TEXT_OTHER] != MASK_NONE)
			text_append(to, masks->of[TEXT_OTHER]);
	}
}

/* The masks that the arguments from `first` on give; false: the row has failed. */
static bool masks_of(struct eval *eval, const struct func_call *call, uint32_t row, uint32_t first,
		     struct masks *ret_masks)
{
	static const enum text_class order[] = { TEXT_UPPER, TEXT_LOWER, TEXT_DIGIT, TEXT_OTHER };
	struct masks masks = default_masks;
	for (uint32_t k = 0; k < COUNT_OF(order) && first + k < call->nargs; k++) {
		const struct column *arg = call->args[first + k];
		if (column_is_null(arg, row)) {
			masks.of[order[k]] = MASK_NONE;
			continue;
		}
		struct slice mask = arg->bytes[row];
		if (text_utf16_len(mask) != 1) {
			eval_fail(eval, row,
				  "Invalid mask character. "
				  "Must be only single character, but was '%.*s'",
				  SLICE_ARGS(mask));
			return false;
		}
		masks.of[order[k]] = text_take(&mask);
	}
	*ret_masks = masks;
	return true;
}

static void mask(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct masks masks;
		if (!masks_of(eval, call, i, 1, &masks))
			continue;
		if (column_is_null(call->args[0], i)) {
			column_set_null(call->out, i);
			continue;
		}
		buf_reset(&built);
		append_masked(&built, call->args[0]->bytes[i], &masks);
		func_put(eval, call, i, &built);
	}
}

/* Which part is masked: the one at the left or at the right, or all but that. */
struct mask_part {
	bool left, keep;
};

static void append_part_masked(struct buf *to, struct slice text, size_t n, struct mask_part part,
			       const struct masks *masks)
{
	size_t units = text_utf16_len(text);
	size_t cut = part.left ? MIN(n, units) : units - MIN(n, units);
	struct slice left = text_utf16_sub(text, 0, cut);
	struct slice right = text_utf16_sub(text, cut, units);
	if (part.left != part.keep)
		append_masked(to, left, masks);
	else
		buf_append(to, left);
	if (part.left == part.keep)
		append_masked(to, right, masks);
	else
		buf_append(to, right);
}

static void mask_part(struct eval *eval, const struct func_call *call, struct mask_part part)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct masks masks;
		int32_t n = call->args[1]->i32[i];
		if (!masks_of(eval, call, i, 2, &masks))
			continue;
		if (n < 0) {
			eval_fail(eval, i,
				  "function %s requires a non-negative number of characters "
				  "to mask or skip",
				  call->variant->func->name);
			continue;
		}
		if (column_is_null(call->args[0], i)) {
			column_set_null(call->out, i);
			continue;
		}
		buf_reset(&built);
		append_part_masked(&built, call->args[0]->bytes[i], (size_t)n, part, &masks);
		func_put(eval, call, i, &built);
	}
}

static void mask_left(struct eval *eval, const struct func_call *call)
{
	mask_part(eval, call, (struct mask_part){ .left = true });
}

static void mask_right(struct eval *eval, const struct func_call *call)
{
	mask_part(eval, call, (struct mask_part){ .left = false });
}

static void mask_keep_left(struct eval *eval, const struct func_call *call)
{
	mask_part(eval, call, (struct mask_part){ .left = true, .keep = true });
}

static void mask_keep_right(struct eval *eval, const struct func_call *call)
{
	mask_part(eval, call, (struct mask_part){ .keep = true });
}

/* clang-format off */
#define MASK_PART(id, help_)                                                                       \
	{ .name = #id, .category = "STRING", .help = help_, .variants = {                         \
		{ .signature = "(STRING input, INT numChars!) STRING", .kernel = id,              \
		  .flags = FUNC_SEES_NULLS },                                                     \
		{ .signature = "(STRING input, INT numChars!, STRING upper, STRING lower, "       \
			       "STRING digit, STRING other) STRING",                              \
		  .kernel = id, .flags = FUNC_SEES_NULLS } } }

const struct func_def func_mask[] = {
	{ .name = "mask", .category = "STRING",
	  .help = "Each character masked: capitals X, small letters x, digits n, others -.",
	  .variants = {
		{ .signature = "(STRING input) STRING", .kernel = mask, .flags = FUNC_SEES_NULLS },
		{ .signature = "(STRING input, STRING upper, STRING lower, STRING digit, "
			       "STRING other) STRING",
		  .kernel = mask, .flags = FUNC_SEES_NULLS } } },
	MASK_PART(mask_left, "The first characters masked."),
	MASK_PART(mask_right, "The last characters masked."),
	MASK_PART(mask_keep_left, "All but the first characters masked."),
	MASK_PART(mask_keep_right, "All but the last characters masked."),
	{ .name = NULL },
};
/* clang-format on */
