#include "engine/rows.h"

#include "base/bits.h"

/* A row of a table is at most as large as a record can be, with room for its frame. */
#define ROW_BYTES_MAX ((size_t)256 * 1024 * 1024)

void row_table_init(struct row_table *table, const struct schema *schema, const uint64_t *kept)
{
	*table = (struct row_table){ .schema = schema, .kept = kept };
	group_table_init(&table->groups, sizeof(struct row_image));
	buf_init(&table->scratch, ROW_BYTES_MAX);
}

static struct row_image *image_of(struct group *group)
{
	return (struct row_image *)(void *)group->state;
}

void row_table_fini(struct row_table *table)
{
	for (struct group *g = group_next(&table->groups, NULL); g != NULL;
	     g = group_next(&table->groups, g))
		mem_free(image_of(g)->bytes);
	group_table_fini(&table->groups);
	buf_fini(&table->scratch);
}

const struct row_image *row_table_get(const struct row_table *table, struct slice key)
{
	struct group *group = group_find(&table->groups, key);
	return group != NULL ? image_of(group) : NULL;
}

void row_table_put(struct row_table *table, struct slice key, const struct column *columns,
		   uint32_t row, int64_t rowtime_ms)
{
	struct row_image *image = image_of(group_add(&table->groups, key, NULL));
	buf_reset(&table->scratch);
	row_image_save(table->schema, table->kept, columns, row, &table->scratch);
	assert(!table->scratch.overflowed);
	assert(table->scratch.len <= UINT32_MAX);
	image->bytes = mem_resize(image->bytes, table->scratch.len + 1);
	if (table->scratch.len > 0)
		memcpy(image->bytes, table->scratch.data, table->scratch.len);
	image->len = (uint32_t)table->scratch.len;
	image->rowtime_ms = rowtime_ms;
}

void row_table_remove(struct row_table *table, struct slice key)
{
	struct group *group = group_find(&table->groups, key);
	if (group == NULL)
		return;
	mem_free(image_of(group)->bytes);
	group_remove(&table->groups, group);
}

void row_image_save(const struct schema *schema, const uint64_t *kept, const struct column *columns,
		    uint32_t row, struct buf *out)
{
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		if (!bits_get(kept, c))
			continue;
		struct value value = column_value(&columns[c], row);
		value_save(schema->columns[c].type, &value, out);
	}
}

void row_image_load(const struct schema *schema, const uint64_t *kept, struct slice image,
		    struct column *columns, uint32_t row, struct arena *arena)
{
	/* A copy: the row may be put anew while the step still reads what it was. */
	struct reader in = reader_of(arena_copy(arena, image));
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		if (!bits_get(kept, c)) {
			if (columns[c].data != NULL)
				column_set_null(&columns[c], row);
			continue;
		}
		struct value value;
		int code = value_load(schema->columns[c].type, &in, arena, &value, NULL);
		assert(code == 0);
		if (columns[c].data != NULL)
			column_set(&columns[c], row, &value);
	}
}
