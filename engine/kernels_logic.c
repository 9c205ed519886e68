/* AND, OR, NOT, IS NULL, CASE, IN and the scopes that catch: what decides which rows go on. */
#include "engine/program_priv.h"

/*
 * The items of a condition; where it is NULL the row fails, as a null Boolean does in Java. Yields
 * whether there may be NULLs.
 */
static const uint8_t *truth_of(struct kernel *k)
{
	kernel_fail_nulls(k);
	return k->in[0]->boolean;
}

static inline bool is_null_row(const struct column *column, uint32_t i)
{
	return column->valid != NULL && column->valid[i] == 0;
}

/* Takes the left side's truth over; rows for which it does not decide go on to the right side. */
static inline void left_side(struct kernel *k, uint8_t goes_on)
{
	const uint8_t *truth = truth_of(k);
	uint16_t *rows = kernel_rows(k);
	uint32_t n = 0;
	SEL_EACH(i, k->sel)
	{
		uint8_t decided = is_null_row(k->in[0], i) ? (uint8_t)!goes_on : truth[i];
		k->out->boolean[i] = decided;
		rows[n] = (uint16_t)i;
		n += decided == goes_on;
	}
	k->run->sels[k->step->sel_out] = (struct sel){ .rows = rows, .len = n };
}

void kernel_and_left(struct kernel *k)
{
	left_side(k, 1);
}

void kernel_or_left(struct kernel *k)
{
	left_side(k, 0);
}

void kernel_logic_right(struct kernel *k)
{
	const uint8_t *truth = truth_of(k);
	SEL_EACH(i, k->sel)
	k->out->boolean[i] = is_null_row(k->in[0], i) ? 0 : truth[i];
}

void kernel_not(struct kernel *k)
{
	const uint8_t *truth = truth_of(k);
	SEL_EACH(i, k->sel)
	k->out->boolean[i] = is_null_row(k->in[0], i) ? 0 : !truth[i];
}

/* Of what is never NULL. */
void kernel_invert(struct kernel *k)
{
	SEL_EACH(i, k->sel)
	k->out->boolean[i] = !k->in[0]->boolean[i];
}

void kernel_and_plain(struct kernel *k)
{
	SEL_EACH(i, k->sel)
	k->out->boolean[i] = k->in[0]->boolean[i] & k->in[1]->boolean[i];
}

void kernel_is_null(struct kernel *k)
{
	SEL_EACH(i, k->sel)
	k->out->boolean[i] = is_null_row(k->in[0], i);
}

void kernel_is_not_null(struct kernel *k)
{
	SEL_EACH(i, k->sel)
	k->out->boolean[i] = !is_null_row(k->in[0], i);
}

/* Rows for which the condition holds take the branch; the others go on to the next. */
void kernel_case_when(struct kernel *k)
{
	const uint8_t *truth = truth_of(k);
	uint16_t *chosen = kernel_rows(k), *rest = kernel_rows(k);
	uint32_t nchosen = 0, nrest = 0;
	SEL_EACH(i, k->sel)
	{
		bool null = is_null_row(k->in[0], i);
		chosen[nchosen] = (uint16_t)i;
		nchosen += !null && truth[i] != 0;
		rest[nrest] = (uint16_t)i;
		nrest += !null && truth[i] == 0;
	}
	k->run->sels[k->step->sel_out] = (struct sel){ .rows = chosen, .len = nchosen };
	k->run->sels[k->step->sel_rest] = (struct sel){ .rows = rest, .len = nrest };
}

/* A loop for each size, so that each item is one load and one store. */
#define TAKE(bytes)                                                                                \
	SEL_EACH(i, k->sel)                                                                        \
	{                                                                                          \
		memcpy(to + i * (bytes), from + i * (bytes), (bytes));                             \
		k->out->valid[i] = valid[i];                                                       \
	}

/* Copies a branch's rows into the result; without input, the result stays NULL. */
void kernel_case_take(struct kernel *k)
{
	const struct column *in = k->nin > 0 ? k->in[0] : NULL;
	if (in == NULL || in->type->kind == TYPE_NULL || k->sel.len == 0)
		return;
	const uint8_t *valid = kernel_validity(in), *from = in->data;
	uint8_t *to = k->out->data;
	switch (column_item_bytes(in->type->kind)) {
	case 1:
		TAKE(1);
		return;
	case 4:
		TAKE(4);
		return;
	case 8:
		TAKE(8);
		return;
	default:
		TAKE(16);
		return;
	}
}

/* A catching node begins: rows that have failed around it stay out. */
void kernel_scope_begin(struct kernel *k)
{
	struct scope *outer = &k->run->scopes[k->step->scope];
	struct scope *inner = &k->run->scopes[k->step->inner_scope];
	inner->failed = arena_zeroed(k->eval->arena, k->span, 1);
	inner->failures = 0;
	struct sel *sel = &k->run->sels[k->step->sel_out];
	*sel = k->sel;
	if (outer->failures == 0)
		return;
	uint16_t *rows = kernel_rows(k);
	uint32_t n = 0;
	SEL_EACH(i, k->sel)
	{
		rows[n] = (uint16_t)i;
		n += outer->failed[i] == 0;
	}
	*sel = (struct sel){ .rows = rows, .len = n };
}

/* It ends: what failed inside, and what never entered, is NULL. */
void kernel_scope_end(struct kernel *k)
{
	const struct scope *outer = &k->run->scopes[k->step->scope];
	const struct scope *inner = &k->run->scopes[k->step->inner_scope];
	if (outer->failures == 0 && inner->failures == 0)
		return;
	(void)kernel_valid(k);
	SEL_EACH(i, k->sel)
	{
		if (outer->failed[i] != 0 || inner->failed[i] != 0)
			column_set_null(k->out, i);
	}
}
