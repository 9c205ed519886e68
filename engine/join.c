#include "engine/join.h"

#include "base/bits.h"
#include "engine/keycode.h"

void join_sides_open(struct join_sides *sides, const struct op *op, struct arena *arena)
{
	const struct node *node = op->node;
	for (unsigned s = 0; s < 2; s++) {
		struct join_side *side = &sides->side[s];
		side->schema = node->inputs[s]->schema;
		side->first =
			node->schema->nkeys + (s == 1 ? node->inputs[0]->schema->ncolumns : 0);
		side->kept = arena_array(arena, uint64_t, bits_words(side->schema->ncolumns));
		op_reads(node, s, op->wanted, side->kept);
	}
}

bool join_key(const struct batch *batch, uint32_t row, struct buf *key)
{
	buf_reset(key);
	bool complete = keycode_put(key, batch->columns, batch->schema->nkeys, row);
	if (batch->window_start_ms != NULL) {
		buf_append_u64(key, (uint64_t)batch->window_start_ms[row]);
		buf_append_u64(key, (uint64_t)batch->window_end_ms[row]);
	}
	assert(!key->overflowed);
	return complete;
}

static void put_absent(const struct op *op, const struct join_side *side, struct column *columns,
		       uint32_t row)
{
	for (uint32_t c = 0; c < side->schema->ncolumns; c++) {
		if (op_wants(op, side->first + c))
			column_set_null(&columns[side->first + c], row);
	}
}

static void put_side(const struct op *op, const struct join_side *side,
		     const struct join_part *part, struct column *columns, uint32_t row,
		     struct arena *arena)
{
	if (part->image != NULL) {
		row_image_load(side->schema, side->kept, *part->image, &columns[side->first], row,
			       arena);
	} else if (part->columns != NULL) {
		for (uint32_t c = 0; c < side->schema->ncolumns; c++) {
			if (op_wants(op, side->first + c))
				column_copy_row(&columns[side->first + c], row, &part->columns[c],
						part->row);
		}
	} else {
		put_absent(op, side, columns, row);
	}
}

/* The key columns come first in every image and every batch. */
static void put_keys(const struct op *op, const struct join_side *side,
		     const struct join_part *part, struct column *columns, uint32_t row,
		     struct arena *arena)
{
	uint32_t nkeys = op->node->schema->nkeys;
	if (part->columns != NULL) {
		for (uint32_t k = 0; k < nkeys; k++)
			column_copy_row(&columns[k], row, &part->columns[k], part->row);
		return;
	}
	struct reader in = reader_of(arena_copy(arena, *part->image));
	for (uint32_t k = 0; k < nkeys; k++) {
		struct value value;
		int code = value_load(side->schema->columns[k].type, &in, arena, &value, NULL);
		assert(code == 0);
		column_set(&columns[k], row, &value);
	}
}

void join_put(const struct join_sides *sides, const struct op *op, const struct join_part parts[2],
	      struct column *columns, uint32_t row, struct arena *arena)
{
	unsigned keyed = parts[0].columns != NULL || parts[0].image != NULL ? 0 : 1;
	put_keys(op, &sides->side[keyed], &parts[keyed], columns, row, arena);
	for (unsigned s = 0; s < 2; s++)
		put_side(op, &sides->side[s], &parts[s], columns, row, arena);
}
