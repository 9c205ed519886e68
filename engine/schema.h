/*
 * schema.h - the columns of a stream or table, in order.
 *
 * Key columns come first, then value columns, then (only inside a query) header columns and pseudo
 * columns. Names matter to formats and to people; operators know columns by index. Immutable once
 * built. schema_print writes ``K` STRING KEY, `V` INTEGER`.
 */
#ifndef WEIR_ENGINE_SCHEMA_H
#define WEIR_ENGINE_SCHEMA_H

#include "base/vec.h"
#include "engine/type.h"

enum column_role {
	COLUMN_KEY,
	COLUMN_VALUE,
	COLUMN_HEADERS,     /* ARRAY<STRUCT<KEY STRING, VALUE BYTES>> */
	COLUMN_HEADER,      /* BYTES of the last header with `header_key` */
	COLUMN_ROWTIME,     /* BIGINT */
	COLUMN_PARTITION,   /* INT */
	COLUMN_OFFSET,      /* BIGINT */
	COLUMN_WINDOWSTART, /* BIGINT; part of the key of windowed sources */
	COLUMN_WINDOWEND,   /* BIGINT */
};

struct schema_column {
	struct slice name;
	const struct type *type;
	enum column_role role;
	struct slice header_key; /* HEADER */
};

struct schema {
	const struct schema_column *columns;
	uint32_t ncolumns;
	uint32_t nkeys; /* the first ones */
};

#define SCHEMA_COLUMNS_MAX 4096

const struct schema *schema_new(struct arena *arena, const struct schema_column *columns,
				uint32_t n);
const struct schema *schema_copy(struct arena *arena, const struct schema *schema);
bool schema_eq(const struct schema *a, const struct schema *b);
/* Index by exact name; -1: absent. */
int32_t schema_find(const struct schema *schema, struct slice name);
void schema_print(const struct schema *schema, struct buf *out);

#endif
