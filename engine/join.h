/*
 * join.h - what the joins share: where the sides' columns are in the output, and putting a row
 * together.
 *
 * The output's columns are its keys, then each left column, then each right column. A side's row is
 * in a batch, or kept as an image of the columns that somebody reads (`kept`), or absent (all
 * NULL).
 */
#ifndef WEIR_ENGINE_JOIN_H
#define WEIR_ENGINE_JOIN_H

#include "engine/emitter.h"
#include "engine/rows.h"

struct join_side {
	const struct schema *schema; /* of the input */
	uint32_t first;              /* of its columns in the output */
	uint64_t *kept;              /* bits by input column */
};

struct join_sides {
	struct join_side side[2];
};

#define JOIN_KEY_BYTES_MAX ((size_t)64 * 1024 * 1024)

void join_sides_open(struct join_sides *sides, const struct op *op, struct arena *arena);
/* The row's key bytes, its window included. False: a key column is NULL. */
bool join_key(const struct batch *batch, uint32_t row, struct buf *key);

/* A side of one output row. */
struct join_part {
	const struct column *columns; /* in a batch: its columns, and the row */
	uint32_t row;
	const struct slice *image; /* or kept: the image; both NULL: absent */
};

/*
 * Writes one output row's columns: the keys from whichever side is there (the left first), then
 * both sides.
 */
void join_put(const struct join_sides *sides, const struct op *op, const struct join_part parts[2],
	      struct column *columns, uint32_t row, struct arena *arena);

#endif
