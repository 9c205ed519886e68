/*
 * format.h - rows as bytes, and back: one struct format_ops a format.
 *
 * A format is opened for one part (the key, or the value) of one schema. Decoding is directed by
 * the schema: only wanted columns are made, others are skipped. A record that cannot be read fails
 * as a whole: the row is marked and told, never thrown. Encoding never fails for rows of the
 * checked schema, but for numbers the format cannot hold. What a format can do is checked once, at
 * open, with ksqlDB's texts.
 */
#ifndef WEIR_ENGINE_FORMAT_H
#define WEIR_ENGINE_FORMAT_H

#include "engine/batch.h"
#include "wire/event.h"

enum format_wrap {
	FORMAT_WRAP_DEFAULT, /* nothing asked: as the format does by itself */
	FORMAT_WRAP,
	FORMAT_UNWRAP,
};

/* What a statement says of a format; plain data. */
struct format_spec {
	struct slice name; /* upper case: JSON, DELIMITED ... */
	char delimiter;    /* DELIMITED; 0: the default, ',' */
	enum format_wrap wrap;
	const struct format_property *properties; /* others: FULL_SCHEMA_NAME, SCHEMA_ID ... */
	uint32_t nproperties;
};

struct format_property {
	struct slice name, value;
};

struct format_column {
	struct slice name;
	const struct type *type;
};

struct format {
	const struct format_ops *ops;
	bool is_key;
	bool wrapped; /* several columns, or one inside an object */
	const struct format_column *columns;
	uint32_t ncolumns;
	struct format_spec spec;
};

/* Told of a record that could not be read. */
typedef void format_failed(void *arg, uint32_t row, const char *message);

struct format_ops {
	const char *name;
	/* Fills a struct format of this format's own size, in the arena. */
	fallible (*open)(const struct format_spec *spec, bool is_key,
			 const struct format_column *columns, uint32_t ncolumns,
			 struct arena *arena, struct format **ret_format, struct err *err);
	/*
	 * Decodes records[i] for i < n into row i of out[c], for each column c that is not NULL
	 * (each column_init'ed by the caller with room for n rows and validity). ok[i] becomes 0
	 * where the record cannot be read. A null record gives NULL in every column. Views may
	 * point into the records and into `arena`.
	 */
	void (*decode)(struct format *format, const struct slice *records, uint32_t n,
		       struct arena *arena, struct column *const *out, uint8_t *ok,
		       format_failed *failed, void *failed_arg);
	/*
	 * Appends row `row` of columns[0 .. ncolumns) to `out`. ret_null: the row is a null payload
	 * (an unwrapped NULL).
	 */
	fallible (*encode)(struct format *format, const struct column *columns, uint32_t row,
			   struct buf *out, bool *ret_null, struct err *err);
};

/* By upper-case name; NULL: unknown. */
const struct format_ops *format_find(struct slice name);

/* Properties of formats that statements ask about before there is a schema. */
struct format_traits {
	const char *name;
	bool key_only, value_only;
	bool schema_registry; /* wants the registry */
	bool infers_schema;
	bool can_wrap, can_unwrap; /* a single value column */
	bool single_column_only;   /* KAFKA */
	bool delimiter;            /* takes KEY_DELIMITER, VALUE_DELIMITER */
	bool no_grouping;          /* KAFKA as a value format: no GROUP BY, no JOIN */
};
const struct format_traits *format_traits_find(struct slice name); /* NULL: unknown */
/* Fails with ksqlDB's "The 'X' format does not support type 'Y', column: `Z`" and its like. */
fallible format_check(const struct format_spec *spec, bool is_key,
		      const struct format_column *columns, uint32_t ncolumns, struct err *err);

/* "`A` INTEGER KEY, `B` STRING KEY", for errors. */
void format_print_columns(const struct format_column *columns, uint32_t n, bool is_key,
			  struct buf *out);

extern const struct format_ops FORMAT_JSON, FORMAT_DELIMITED, FORMAT_KAFKA, FORMAT_NONE;

#endif
