/*
 * keycode.h - the key columns of a row as one run of ordered bytes (state/keys.h), and back.
 *
 * What groups rows, what stores are keyed by and what EMIT FINAL orders by is this encoding; it
 * never leaves a task. Nested keys are encoded field by field.
 */
#ifndef WEIR_ENGINE_KEYCODE_H
#define WEIR_ENGINE_KEYCODE_H

#include "engine/column.h"

/* Appends columns[0 .. n) of `row`. False: one of them is NULL (it is encoded all the same). */
bool keycode_put(struct buf *key, const struct column *columns, uint32_t n, uint32_t row);
void keycode_put_value(struct buf *key, const struct type *type, const struct value *value);
/* Reads them back into the row of columns that are initialised. */
void keycode_get(struct reader *key, struct column *columns, uint32_t n, uint32_t row,
		 struct arena *arena);

#endif
