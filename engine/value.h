/*
 * value.h - one boxed value: constants, the inside of nested values, results handed out.
 *
 * A value does not know its type; who holds one holds the type beside it. Nested values are runs of
 * values: an ARRAY's items, a STRUCT's fields in the type's order, a MAP's keys and values by turns
 * (`len` counts entries, items[2 * i] is a key). Everything a value points to lives in an arena.
 */
#ifndef WEIR_ENGINE_VALUE_H
#define WEIR_ENGINE_VALUE_H

#include "engine/type.h"

struct value;

struct values {
	const struct value *items;
	uint32_t len; /* array items, struct fields, map entries */
};

struct value {
	union {
		bool boolean;         /* BOOLEAN */
		int32_t i32;          /* INT, DATE, TIME */
		int64_t i64;          /* BIGINT, TIMESTAMP */
		double f64;           /* DOUBLE */
		__int128 decimal;     /* DECIMAL, unscaled; the scale is the type's */
		struct slice bytes;   /* STRING, BYTES */
		struct values nested; /* ARRAY, MAP, STRUCT */
	};
	bool is_null;
};

/* Items of one nested value at most. */
#define VALUE_PARTS_MAX (1u << 28)
/* 10^38 - 1: the largest unscaled DECIMAL. */
#define DECIMAL_UNSCALED_MAX                                                                       \
	((__int128)UINT64_C(9999999999999999999) * UINT64_C(10000000000000000000) +                \
	 UINT64_C(9999999999999999999))

#define VALUE_NULL ((struct value){ .is_null = true })

/* Deep copy into a longer life. */
struct value value_copy(struct arena *arena, const struct type *type, struct value value);

/* NULL equals NULL here. DOUBLE as Java's Double.equals would for keys: NaN equals NaN. */
bool value_eq(const struct type *type, const struct value *a, const struct value *b);
/*
 * Order within one type as Java has it; NULLs last. Not for MAP and STRUCT. Texts by UTF-16 units,
 * BYTES as signed, -0.0 before 0.0 and NaN last.
 */
int value_cmp(const struct type *type, const struct value *a, const struct value *b);
int value_cmp_text(struct slice a, struct slice b);
int value_cmp_bytes(struct slice a, struct slice b);
int value_cmp_f64(double a, double b);
/* Equal values (of value_eq) hash alike. */
uint64_t value_hash(const struct type *type, const struct value *value);

/* As CAST(x AS STRING) prints it: `[a, b]`, `{k=v}`, `Struct{A=1,B=x}`, Java's numbers. */
void value_print(const struct type *type, const struct value *value, struct buf *out);
/* As a SQL literal where there is one. */
void value_print_sql(const struct type *type, const struct value *value, struct buf *out);
/* As JSON, the way the JSON format writes it. */
void value_print_json(const struct type *type, const struct value *value, struct buf *out);

/* A compact, self-delimiting image for stores and changelogs, and back. */
void value_save(const struct type *type, const struct value *value, struct buf *out);
fallible value_load(const struct type *type, struct reader *in, struct arena *arena,
		    struct value *ret_value, struct err *err);

#endif
