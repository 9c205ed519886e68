#include "engine/schema.h"

static bool role_is_key(enum column_role role)
{
	return role == COLUMN_KEY;
}

const struct schema *schema_new(struct arena *arena, const struct schema_column *columns,
				uint32_t n)
{
	assert(n <= SCHEMA_COLUMNS_MAX);
	struct schema_column *copy = arena_array(arena, struct schema_column, n);
	struct schema *schema = arena_new(arena, struct schema);
	for (uint32_t i = 0; i < n; i++) {
		copy[i] = columns[i];
		if (!role_is_key(columns[i].role))
			continue;
		assert(schema->nkeys == i); /* key columns come first */
		schema->nkeys++;
	}
	schema->columns = copy;
	schema->ncolumns = n;
	return schema;
}

const struct schema *schema_copy(struct arena *arena, const struct schema *from)
{
	struct schema_column *columns = arena_array(arena, struct schema_column, from->ncolumns);
	for (uint32_t i = 0; i < from->ncolumns; i++) {
		columns[i] = from->columns[i];
		columns[i].name = arena_copy(arena, from->columns[i].name);
		columns[i].type = type_copy(arena, from->columns[i].type);
		columns[i].header_key = arena_copy(arena, from->columns[i].header_key);
	}
	struct schema *schema = arena_new(arena, struct schema);
	*schema = (struct schema){ columns, from->ncolumns, from->nkeys };
	return schema;
}

bool schema_eq(const struct schema *a, const struct schema *b)
{
	if (a->ncolumns != b->ncolumns || a->nkeys != b->nkeys)
		return false;
	for (uint32_t i = 0; i < a->ncolumns; i++) {
		const struct schema_column *left = &a->columns[i];
		const struct schema_column *right = &b->columns[i];
		if (left->role != right->role || !slice_eq(left->name, right->name) ||
		    !slice_eq(left->header_key, right->header_key) ||
		    !type_eq(left->type, right->type))
			return false;
	}
	return true;
}

int32_t schema_find(const struct schema *schema, struct slice name)
{
	for (uint32_t i = 0; i < schema->ncolumns; i++) {
		if (slice_eq(schema->columns[i].name, name))
			return (int32_t)i;
	}
	return -1;
}

void schema_print(const struct schema *schema, struct buf *out)
{
	for (uint32_t i = 0; i < schema->ncolumns; i++) {
		const struct schema_column *column = &schema->columns[i];
		if (i > 0)
			buf_append_str(out, ", ");
		type_print_name(column->name, out);
		buf_append_u8(out, ' ');
		type_print(column->type, out);
		if (column->role == COLUMN_KEY)
			buf_append_str(out, " KEY");
		if (column->role == COLUMN_HEADERS)
			buf_append_str(out, " HEADERS");
		if (column->role == COLUMN_HEADER)
			buf_printf(out, " HEADER('%.*s')", SLICE_ARGS(column->header_key));
	}
}
