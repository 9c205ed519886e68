/*
 * with.h - what WITH (...) says, checked.
 *
 * One table (with.def's rows are in with.c) knows every property, where it may stand and what its
 * value is. What a statement leaves out keeps the "not given" value named at the field.
 */
#ifndef WEIR_SQL_WITH_H
#define WEIR_SQL_WITH_H

#include "engine/pipeline.h"
#include "sql/ast.h"

struct with {
	struct slice topic;                    /* empty: not given */
	int32_t partitions, replicas;          /* 0: not given */
	int64_t retention_ms;                  /* -1 */
	struct slice key_format, value_format; /* upper case; empty */
	bool has_format;                       /* by FORMAT */
	char key_delimiter, value_delimiter;   /* 0 */
	enum format_wrap wrap;
	bool has_wrap;
	struct slice timestamp, timestamp_format; /* empty */
	enum window_kind window;
	bool has_window;
	int64_t window_size_ms;                      /* 0 */
	int64_t key_schema_id, value_schema_id;      /* -1 */
	struct slice key_full_name, value_full_name; /* empty; `has_` tells an empty text */
	bool has_key_full_name, has_value_full_name;
	struct slice query_id; /* empty */
};

/* Where the clause stands: each property is for some of them. */
enum with_place {
	WITH_CREATE = 1 << 0, /* CREATE STREAM s (...) */
	WITH_AS = 1 << 1,     /* CREATE ... AS, the sink */
	WITH_INSERT = 1 << 2, /* INSERT INTO ... WITH */
};

fallible with_read(const struct ast_properties *properties, enum with_place place,
		   struct with *ret_with, struct err *err);

#endif
