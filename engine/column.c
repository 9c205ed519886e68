#include "engine/column.h"

/* kernel_case_take copies rows of any kind as 1, 4, 8 or 16 bytes. */
static_assert(sizeof(struct slice) == 16, "a text");
static_assert(sizeof(struct values) == 16, "a nested value");
static_assert(sizeof(__int128) == 16, "a DECIMAL");

size_t column_item_bytes(enum type_kind kind)
{
	switch (kind) {
	case TYPE_NULL:
	case TYPE_BOOLEAN:
		return sizeof(uint8_t);
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		return sizeof(int32_t);
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		return sizeof(int64_t);
	case TYPE_DOUBLE:
		return sizeof(double);
	case TYPE_DECIMAL:
		return sizeof(__int128);
	case TYPE_STRING:
	case TYPE_BYTES:
		return sizeof(struct slice);
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		return sizeof(struct values);
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("a type that no column has");
}

void column_init(struct column *column, struct arena *arena, const struct type *type, uint32_t n)
{
	assert(n <= COLUMN_ITEMS_MAX);
	size_t bytes = column_item_bytes(type->kind);
	*column = (struct column){
		.type = type,
		.valid = arena_array(arena, uint8_t, n),
		.data = arena_plain(arena, arena_size(n, bytes), COLUMN_ALIGN),
	};
}

void column_fill(struct column *column, struct arena *arena, const struct type *type,
		 const struct value *value, uint32_t n)
{
	column_init(column, arena, type, n);
	for (uint32_t i = 0; i < n; i++)
		column_set(column, i, value);
	if (!value->is_null)
		column->valid = NULL;
}

struct value column_value(const struct column *column, uint32_t row)
{
	if (column_is_null(column, row))
		return VALUE_NULL;
	struct value value = { .is_null = false };
	switch (column->type->kind) {
	case TYPE_NULL:
		return VALUE_NULL;
	case TYPE_BOOLEAN:
		value.boolean = column->boolean[row] != 0;
		break;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		value.i32 = column->i32[row];
		break;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		value.i64 = column->i64[row];
		break;
	case TYPE_DOUBLE:
		value.f64 = column->f64[row];
		break;
	case TYPE_DECIMAL:
		value.decimal = column->decimal[row];
		break;
	case TYPE_STRING:
	case TYPE_BYTES:
		value.bytes = column->bytes[row];
		break;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		value.nested = column->nested[row];
		break;
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		UNREACHABLE("a type that no column has");
	}
	return value;
}

void column_set(struct column *column, uint32_t row, const struct value *value)
{
	if (value->is_null) {
		column_set_null(column, row);
		return;
	}
	if (column->valid != NULL)
		column->valid[row] = 1;
	switch (column->type->kind) {
	case TYPE_NULL:
		UNREACHABLE("a NULL that is not null");
	case TYPE_BOOLEAN:
		column->boolean[row] = value->boolean;
		return;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL:
		column->i32[row] = value->i32;
		return;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		column->i64[row] = value->i64;
		return;
	case TYPE_DOUBLE:
		column->f64[row] = value->f64;
		return;
	case TYPE_DECIMAL:
		column->decimal[row] = value->decimal;
		return;
	case TYPE_STRING:
	case TYPE_BYTES:
		column->bytes[row] = value->bytes;
		return;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		column->nested[row] = value->nested;
		return;
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		UNREACHABLE("a type that no column has");
	}
}

void column_set_null(struct column *column, uint32_t row)
{
	assert(column->valid != NULL);
	column->valid[row] = 0;
	/* What is behind a NULL is never undefined: kernels may compute with it and drop the
	 * result. */
	size_t bytes = column_item_bytes(column->type->kind);
	memset((uint8_t *)column->data + row * bytes, 0, bytes);
}

void column_copy_row(struct column *to, uint32_t to_row, const struct column *from,
		     uint32_t from_row)
{
	assert(to->type->kind == from->type->kind);
	if (column_is_null(from, from_row)) {
		column_set_null(to, to_row);
		return;
	}
	if (to->valid != NULL)
		to->valid[to_row] = 1;
	size_t bytes = column_item_bytes(to->type->kind);
	memcpy((uint8_t *)to->data + to_row * bytes, (const uint8_t *)from->data + from_row * bytes,
	       bytes);
}
