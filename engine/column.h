/*
 * column.h - a vector of one type with validity: what kernels loop over.
 *
 * Item i is data[i] in the C type of its kind (see the union), and is NULL when valid[i] is 0. One
 * byte a row for validity: it is written per row by decoders and combined by plain loops that the
 * compiler turns into vector code. `valid` may be NULL: no row is NULL. Strings are views into the
 * input, the arena or a constant; nested items are runs of boxed values in the arena. A column
 * lives as long as the arena of the step that made it.
 *
 * A selection lists the rows that are still alive, in order; a filter narrows it and moves nothing.
 * `rows` NULL means the first `len` rows, all of them.
 */
#ifndef WEIR_ENGINE_COLUMN_H
#define WEIR_ENGINE_COLUMN_H

#include "engine/value.h"

/* Rows in a batch at most: column vectors of the hot kinds stay in the L1/L2 cache. */
#define BATCH_ROWS_MAX 1024
/* Items of a column that is not a batch's: the tuples of a lambda, an array taken apart. */
#define COLUMN_ITEMS_MAX (64u << 20)
/* So that any kind's items may be read as any other's, and as vectors. */
#define COLUMN_ALIGN 32

struct column {
	const struct type *type;
	uint8_t *valid; /* 1: not NULL; NULL: no row is */
	union {
		void *data;
		uint8_t *boolean;      /* BOOLEAN: 0 or 1 */
		int32_t *i32;          /* INT, DATE, TIME */
		int64_t *i64;          /* BIGINT, TIMESTAMP */
		double *f64;           /* DOUBLE */
		__int128 *decimal;     /* DECIMAL */
		struct slice *bytes;   /* STRING, BYTES */
		struct values *nested; /* ARRAY, MAP, STRUCT */
	};
	/*
	 * Where the text of each row stood in the input record (a JSON value, quotes and all), when
	 * the decoder kept it so that a sink of the same format may copy it through. Else NULL.
	 */
	struct slice *raw;
};

struct sel {
	const uint16_t *rows; /* ascending; NULL: 0 .. len - 1 */
	uint32_t len;
};

/* Runs the block that follows for each live row, as uint32_t `i`. */
#define SEL_EACH(i, sel)                                                                           \
	for (uint32_t i##_at = 0, i = (sel).rows != NULL && (sel).len > 0 ? (sel).rows[0] : 0;     \
	     i##_at < (sel).len;                                                                   \
	     i##_at++, i = (sel).rows != NULL && i##_at < (sel).len ? (sel).rows[i##_at] : i##_at)

static inline struct sel sel_all(uint32_t n)
{
	return (struct sel){ .rows = NULL, .len = n };
}

/* Bytes of one item of a kind: 1, 4, 8 or 16. */
size_t column_item_bytes(enum type_kind kind);

/* Room for `n` rows, data not zeroed; validity all 0. */
void column_init(struct column *column, struct arena *arena, const struct type *type, uint32_t n);
/* The same value in each of `n` rows; `valid` is NULL unless the value is. */
void column_fill(struct column *column, struct arena *arena, const struct type *type,
		 const struct value *value, uint32_t n);

static inline bool column_is_null(const struct column *column, uint32_t row)
{
	return column->valid != NULL && column->valid[row] == 0;
}

/* Boxes and unboxes one row; nested parts are shared, not copied. */
struct value column_value(const struct column *column, uint32_t row);
void column_set(struct column *column, uint32_t row, const struct value *value);
/* The column has validity. Its item becomes zero. */
void column_set_null(struct column *column, uint32_t row);
/* to[to_row] = from[from_row]; of the same type. */
void column_copy_row(struct column *to, uint32_t to_row, const struct column *from,
		     uint32_t from_row);

#endif
