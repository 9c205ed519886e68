/*
 * rows.h - whole rows kept by key: the materialised side of tables and joins.
 *
 * A row is kept as a compact image of some of its columns, its key columns first, with its time. It
 * is read back into the row of a batch's columns. What is not kept reads as NULL.
 */
#ifndef WEIR_ENGINE_ROWS_H
#define WEIR_ENGINE_ROWS_H

#include "engine/column.h"
#include "engine/group.h"
#include "engine/schema.h"

struct row_image {
	uint8_t *bytes; /* owned */
	uint32_t len;
	int64_t rowtime_ms;
};

struct row_table {
	const struct schema *schema; /* borrowed */
	const uint64_t *kept;        /* bits by column; borrowed */
	struct group_table groups;   /* key bytes to struct row_image */
	struct buf scratch;
};

void row_table_init(struct row_table *table, const struct schema *schema, const uint64_t *kept);
void row_table_fini(struct row_table *table);
/* NULL: absent. Good until the row is put or removed. */
const struct row_image *row_table_get(const struct row_table *table, struct slice key);
void row_table_put(struct row_table *table, struct slice key, const struct column *columns,
		   uint32_t row, int64_t rowtime_ms);
void row_table_remove(struct row_table *table, struct slice key);

void row_image_save(const struct schema *schema, const uint64_t *kept, const struct column *columns,
		    uint32_t row, struct buf *out);
/* Copies the image into the arena, and its columns into row `row`; columns without data are
 * skipped. */
void row_image_load(const struct schema *schema, const uint64_t *kept, struct slice image,
		    struct column *columns, uint32_t row, struct arena *arena);

#endif
