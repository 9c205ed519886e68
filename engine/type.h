/*
 * type.h - SQL types, as immutable values.
 *
 * Types are compared by structure with type_eq, never by address. Scalars without parameters are
 * constants (TYPE_OF); the others live in the arena of whoever made them (a statement, a catalog, a
 * plan) and are copied with type_copy into a longer life. type_print writes what ksqlDB prints:
 * `DECIMAL(4, 2)`, ``STRUCT<`A` INTEGER>``.
 */
#ifndef WEIR_ENGINE_TYPE_H
#define WEIR_ENGINE_TYPE_H

#include "base/arena.h"

enum type_kind {
	TYPE_NULL, /* of the literal NULL, before its context gives it a type */
	TYPE_BOOLEAN,
	TYPE_INT,
	TYPE_BIGINT,
	TYPE_DOUBLE,
	TYPE_DECIMAL,
	TYPE_STRING,
	TYPE_BYTES,
	TYPE_DATE,      /* days since 1970-01-01, 32 bits */
	TYPE_TIME,      /* milliseconds of the day, 32 bits */
	TYPE_TIMESTAMP, /* milliseconds since 1970-01-01T00:00, 64 bits */
	TYPE_ARRAY,
	TYPE_MAP,
	TYPE_STRUCT,
	TYPE_INTERVAL, /* the unit words of DATEADD and friends; only as a constant argument */
	TYPE_LAMBDA,   /* only as an argument */
	TYPE_KIND_COUNT,
};

struct type_field {
	struct slice name;
	const struct type *type;
};

struct type {
	enum type_kind kind;
	int32_t precision, scale;         /* DECIMAL; LAMBDA: precision counts parameters */
	const struct type *key, *element; /* MAP: key; MAP and ARRAY: element; LAMBDA: result */
	const struct type_field *fields;  /* STRUCT */
	uint32_t nfields;
};

/* Types nest no deeper than this; the parser and the formats refuse more. */
#define TYPE_DEPTH_MAX 64
#define DECIMAL_PRECISION_MAX 38

extern const struct type TYPE_SCALARS[TYPE_KIND_COUNT];
/* The one value of a kind that has no parameters. */
#define TYPE_OF(kind) (&TYPE_SCALARS[kind])

const struct type *type_decimal(struct arena *arena, int32_t precision, int32_t scale);
const struct type *type_array(struct arena *arena, const struct type *element);
const struct type *type_map(struct arena *arena, const struct type *key, const struct type *value);
/* `fields` must outlive the type. */
const struct type *type_struct(struct arena *arena, const struct type_field *fields, uint32_t n);
/* `result` may be NULL: not yet known. */
const struct type *type_lambda(struct arena *arena, uint32_t nparams, const struct type *result);
const struct type *type_copy(struct arena *arena, const struct type *type);

bool type_eq(const struct type *a, const struct type *b);
static inline bool type_is(const struct type *type, enum type_kind kind)
{
	return type->kind == kind;
}
bool type_is_number(const struct type *type); /* INT, BIGINT, DOUBLE, DECIMAL */
bool type_is_nested(const struct type *type); /* ARRAY, MAP, STRUCT */
bool type_is_time(const struct type *type);   /* DATE, TIME, TIMESTAMP */
bool type_contains(const struct type *type, enum type_kind kind);
const struct type_field *type_field_find(const struct type *type, struct slice name);

void type_print(const struct type *type, struct buf *out);
/* A name in back quotes; those inside are doubled. */
void type_print_name(struct slice name, struct buf *out);
const char *type_text(struct arena *arena, const struct type *type);
const char *type_kind_name(enum type_kind kind);

/* The common type of numbers; NULL where there is none. */
const struct type *type_widest_number(struct arena *arena, const struct type *a,
				      const struct type *b);

#endif
