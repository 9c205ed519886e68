#include "engine/type.h"

/* clang-format off */
const struct type TYPE_SCALARS[TYPE_KIND_COUNT] = {
	[TYPE_NULL] = { .kind = TYPE_NULL },
	[TYPE_BOOLEAN] = { .kind = TYPE_BOOLEAN },
	[TYPE_INT] = { .kind = TYPE_INT },
	[TYPE_BIGINT] = { .kind = TYPE_BIGINT },
	[TYPE_DOUBLE] = { .kind = TYPE_DOUBLE },
	[TYPE_DECIMAL] = { .kind = TYPE_DECIMAL, .precision = DECIMAL_PRECISION_MAX },
	[TYPE_STRING] = { .kind = TYPE_STRING },
	[TYPE_BYTES] = { .kind = TYPE_BYTES },
	[TYPE_DATE] = { .kind = TYPE_DATE },
	[TYPE_TIME] = { .kind = TYPE_TIME },
	[TYPE_TIMESTAMP] = { .kind = TYPE_TIMESTAMP },
	[TYPE_ARRAY] = { .kind = TYPE_ARRAY },
	[TYPE_MAP] = { .kind = TYPE_MAP },
	[TYPE_STRUCT] = { .kind = TYPE_STRUCT },
	[TYPE_INTERVAL] = { .kind = TYPE_INTERVAL },
	[TYPE_LAMBDA] = { .kind = TYPE_LAMBDA },
};

static const char *const kind_names[TYPE_KIND_COUNT] = {
	[TYPE_NULL] = "NULL",           [TYPE_BOOLEAN] = "BOOLEAN", [TYPE_INT] = "INTEGER",
	[TYPE_BIGINT] = "BIGINT",       [TYPE_DOUBLE] = "DOUBLE",   [TYPE_DECIMAL] = "DECIMAL",
	[TYPE_STRING] = "STRING",       [TYPE_BYTES] = "BYTES",     [TYPE_DATE] = "DATE",
	[TYPE_TIME] = "TIME",           [TYPE_TIMESTAMP] = "TIMESTAMP",
	[TYPE_ARRAY] = "ARRAY",         [TYPE_MAP] = "MAP",         [TYPE_STRUCT] = "STRUCT",
	[TYPE_INTERVAL] = "INTERVALUNIT", [TYPE_LAMBDA] = "LAMBDA",
};
/* clang-format on */

const char *type_kind_name(enum type_kind kind)
{
	assert(kind < TYPE_KIND_COUNT);
	return kind_names[kind];
}

const struct type *type_decimal(struct arena *arena, int32_t precision, int32_t scale)
{
	assert(precision >= 1);
	assert(scale >= 0);
	struct type *type = arena_new(arena, struct type);
	*type = (struct type){ .kind = TYPE_DECIMAL, .precision = precision, .scale = scale };
	return type;
}

const struct type *type_array(struct arena *arena, const struct type *element)
{
	assert(element != NULL);
	struct type *type = arena_new(arena, struct type);
	*type = (struct type){ .kind = TYPE_ARRAY, .element = element };
	return type;
}

const struct type *type_map(struct arena *arena, const struct type *key, const struct type *value)
{
	assert(key != NULL);
	assert(value != NULL);
	struct type *type = arena_new(arena, struct type);
	*type = (struct type){ .kind = TYPE_MAP, .key = key, .element = value };
	return type;
}

const struct type *type_struct(struct arena *arena, const struct type_field *fields, uint32_t n)
{
	assert(n == 0 || fields != NULL);
	struct type *type = arena_new(arena, struct type);
	*type = (struct type){ .kind = TYPE_STRUCT, .fields = fields, .nfields = n };
	return type;
}

const struct type *type_lambda(struct arena *arena, uint32_t nparams, const struct type *result)
{
	assert(nparams < TYPE_DEPTH_MAX);
	struct type *type = arena_new(arena, struct type);
	*type = (struct type){ .kind = TYPE_LAMBDA,
			       .precision = (int32_t)nparams,
			       .element = result };
	return type;
}

const struct type *type_copy(struct arena *arena, const struct type *type)
{
	if (type == &TYPE_SCALARS[type->kind])
		return type;
	struct type *copy = arena_new(arena, struct type);
	*copy = *type;
	if (type->key != NULL)
		copy->key = type_copy(arena, type->key);
	if (type->element != NULL)
		copy->element = type_copy(arena, type->element);
	if (type->nfields > 0) {
		struct type_field *fields = arena_array(arena, struct type_field, type->nfields);
		for (uint32_t i = 0; i < type->nfields; i++) {
			fields[i].name = arena_copy(arena, type->fields[i].name);
			fields[i].type = type_copy(arena, type->fields[i].type);
		}
		copy->fields = fields;
	}
	return copy;
}

static bool fields_eq(const struct type *a, const struct type *b)
{
	if (a->nfields != b->nfields)
		return false;
	for (uint32_t i = 0; i < a->nfields; i++) {
		if (!slice_eq(a->fields[i].name, b->fields[i].name) ||
		    !type_eq(a->fields[i].type, b->fields[i].type))
			return false;
	}
	return true;
}

bool type_eq(const struct type *a, const struct type *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case TYPE_DECIMAL:
		return a->precision == b->precision && a->scale == b->scale;
	case TYPE_ARRAY:
		return type_eq(a->element, b->element);
	case TYPE_MAP:
		return type_eq(a->key, b->key) && type_eq(a->element, b->element);
	case TYPE_STRUCT:
		return fields_eq(a, b);
	case TYPE_NULL:
	case TYPE_BOOLEAN:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_DOUBLE:
	case TYPE_STRING:
	case TYPE_BYTES:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_INTERVAL:
	case TYPE_LAMBDA:
		return true;
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("no such type");
}

bool type_is_number(const struct type *type)
{
	return type->kind >= TYPE_INT && type->kind <= TYPE_DECIMAL;
}

bool type_is_nested(const struct type *type)
{
	return type->kind >= TYPE_ARRAY && type->kind <= TYPE_STRUCT;
}

bool type_is_time(const struct type *type)
{
	return type->kind >= TYPE_DATE && type->kind <= TYPE_TIMESTAMP;
}

bool type_contains(const struct type *type, enum type_kind kind)
{
	if (type->kind == kind)
		return true;
	if (type->key != NULL && type_contains(type->key, kind))
		return true;
	if (type->element != NULL && type_contains(type->element, kind))
		return true;
	for (uint32_t i = 0; i < type->nfields; i++) {
		if (type_contains(type->fields[i].type, kind))
			return true;
	}
	return false;
}

const struct type_field *type_field_find(const struct type *type, struct slice name)
{
	assert(type->kind == TYPE_STRUCT);
	for (uint32_t i = 0; i < type->nfields; i++) {
		if (slice_eq(type->fields[i].name, name))
			return &type->fields[i];
	}
	return NULL;
}

void type_print_name(struct slice name, struct buf *out)
{
	buf_append_u8(out, '`');
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '`')
			buf_append_u8(out, '`');
		buf_append_u8(out, name.data[i]);
	}
	buf_append_u8(out, '`');
}

static void print_struct(const struct type *type, struct buf *out)
{
	buf_append_str(out, "STRUCT<");
	for (uint32_t i = 0; i < type->nfields; i++) {
		if (i > 0)
			buf_append_str(out, ", ");
		type_print_name(type->fields[i].name, out);
		buf_append_u8(out, ' ');
		type_print(type->fields[i].type, out);
	}
	buf_append_str(out, type->nfields == 0 ? " >" : ">");
}

void type_print(const struct type *type, struct buf *out)
{
	switch (type->kind) {
	case TYPE_DECIMAL:
		buf_printf(out, "DECIMAL(%d, %d)", type->precision, type->scale);
		return;
	case TYPE_ARRAY:
		buf_append_str(out, "ARRAY<");
		type_print(type->element, out);
		buf_append_u8(out, '>');
		return;
	case TYPE_MAP:
		buf_append_str(out, "MAP<");
		type_print(type->key, out);
		buf_append_str(out, ", ");
		type_print(type->element, out);
		buf_append_u8(out, '>');
		return;
	case TYPE_STRUCT:
		print_struct(type, out);
		return;
	case TYPE_NULL:
	case TYPE_BOOLEAN:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_DOUBLE:
	case TYPE_STRING:
	case TYPE_BYTES:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_INTERVAL:
	case TYPE_LAMBDA:
		buf_append_str(out, type_kind_name(type->kind));
		return;
	case TYPE_KIND_COUNT:
		break;
	}
	UNREACHABLE("no such type");
}

const char *type_text(struct arena *arena, const struct type *type)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	type_print(type, &text);
	return arena_str(arena, buf_slice(&text));
}

/* INT and BIGINT as the DECIMAL that holds them all. */
static struct type as_decimal(const struct type *type)
{
	if (type->kind == TYPE_INT)
		return (struct type){ .kind = TYPE_DECIMAL, .precision = 10 };
	if (type->kind == TYPE_BIGINT)
		return (struct type){ .kind = TYPE_DECIMAL, .precision = 19 };
	assert(type->kind == TYPE_DECIMAL);
	return *type;
}

const struct type *type_widest_number(struct arena *arena, const struct type *a,
				      const struct type *b)
{
	if (!type_is_number(a) || !type_is_number(b))
		return NULL;
	if (a->kind == TYPE_DOUBLE || b->kind == TYPE_DOUBLE)
		return TYPE_OF(TYPE_DOUBLE);
	if (a->kind != TYPE_DECIMAL && b->kind != TYPE_DECIMAL)
		return a->kind == TYPE_BIGINT ? a : b;
	struct type left = as_decimal(a);
	struct type right = as_decimal(b);
	int32_t scale = MAX(left.scale, right.scale);
	int32_t whole = MAX(left.precision - left.scale, right.precision - right.scale);
	if (type_eq(a, b))
		return a;
	return type_decimal(arena, whole + scale, scale);
}
