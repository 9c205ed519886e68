#include "engine/keycode.h"

#include "state/keys.h"

static void put_nested(struct buf *key, const struct type *type, const struct values *nested)
{
	keys_put_i32(key, (int32_t)nested->len);
	for (uint32_t i = 0; i < nested->len; i++) {
		switch (type->kind) {
		case TYPE_STRUCT:
			keycode_put_value(key, type->fields[i].type, &nested->items[i]);
			break;
		case TYPE_MAP:
			keycode_put_value(key, type->key, &nested->items[2 * i]);
			keycode_put_value(key, type->element, &nested->items[2 * i + 1]);
			break;
		default:
			keycode_put_value(key, type->element, &nested->items[i]);
		}
	}
}

void keycode_put_value(struct buf *key, const struct type *type, const struct value *value)
{
	if (value->is_null) {
		keys_put_null(key);
		return;
	}
	switch (type->kind) {
	case TYPE_BOOLEAN:
		keys_put_bool(key, value->boolean);
		break;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
		keys_put_i32(key, value->i32);
		break;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		keys_put_i64(key, value->i64);
		break;
	case TYPE_DOUBLE:
		keys_put_f64(key, value->f64);
		break;
	case TYPE_DECIMAL:
		keys_put_i128(key, value->decimal);
		break;
	case TYPE_STRING:
	case TYPE_BYTES:
		keys_put_bytes(key, value->bytes);
		break;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		put_nested(key, type, &value->nested);
		break;
	case TYPE_NULL:
	case TYPE_INTERVAL:
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		UNREACHABLE("no key has this type");
	}
}

bool keycode_put(struct buf *key, const struct column *columns, uint32_t n, uint32_t row)
{
	bool complete = true;
	/* Most keys are one number or text: no need to box it. */
	if (n == 1 && !column_is_null(columns, row)) {
		if (columns->type->kind == TYPE_BIGINT) {
			keys_put_i64(key, columns->i64[row]);
			return true;
		}
		if (columns->type->kind == TYPE_STRING) {
			keys_put_bytes(key, columns->bytes[row]);
			return true;
		}
	}
	for (uint32_t c = 0; c < n; c++) {
		struct value value = column_value(&columns[c], row);
		complete &= !value.is_null;
		keycode_put_value(key, columns[c].type, &value);
	}
	return complete;
}

static struct value get_value(struct reader *key, const struct type *type, struct arena *arena);

static struct value get_nested(struct reader *key, const struct type *type, struct arena *arena)
{
	int32_t len = 0;
	if (!keys_get_i32(key, &len))
		return VALUE_NULL;
	assert(len >= 0);
	uint32_t count = (uint32_t)len * (type->kind == TYPE_MAP ? 2 : 1);
	assert(count <= reader_left(key));
	struct value *items = arena_array(arena, struct value, count);
	for (uint32_t i = 0; i < count; i++) {
		const struct type *item = type->element;
		if (type->kind == TYPE_STRUCT)
			item = type->fields[i].type;
		else if (type->kind == TYPE_MAP && i % 2 == 0)
			item = type->key;
		items[i] = get_value(key, item, arena);
	}
	return (struct value){ .nested = { .items = items, .len = (uint32_t)len } };
}

static struct value get_value(struct reader *key, const struct type *type, struct arena *arena)
{
	struct value value = { .is_null = false };
	switch (type->kind) {
	case TYPE_BOOLEAN:
		value.is_null = !keys_get_bool(key, &value.boolean);
		break;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
		value.is_null = !keys_get_i32(key, &value.i32);
		break;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		value.is_null = !keys_get_i64(key, &value.i64);
		break;
	case TYPE_DOUBLE:
		value.is_null = !keys_get_f64(key, &value.f64);
		break;
	case TYPE_DECIMAL:
		value.is_null = !keys_get_i128(key, &value.decimal);
		break;
	case TYPE_STRING:
	case TYPE_BYTES:
		value.is_null = !keys_get_bytes(key, arena, &value.bytes);
		break;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_STRUCT:
		return get_nested(key, type, arena);
	case TYPE_NULL:
	case TYPE_INTERVAL:
	case TYPE_LAMBDA:
	case TYPE_KIND_COUNT:
		UNREACHABLE("no key has this type");
	}
	return value;
}

void keycode_get(struct reader *key, struct column *columns, uint32_t n, uint32_t row,
		 struct arena *arena)
{
	for (uint32_t c = 0; c < n; c++) {
		struct value value = get_value(key, columns[c].type, arena);
		column_set(&columns[c], row, &value);
	}
	assert(!key->failed);
}
