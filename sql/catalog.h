/*
 * catalog.h - the streams, tables, types, topics and queries that statements can name.
 *
 * A catalog owns its entries, each in an arena of its own, so that a dropped one is gone at once.
 * It is changed only by catalog_* calls below, which check nothing: plan.c has said no before.
 * Names are as they are looked up. A sandbox is a copy (catalog_copy) that a multi-statement
 * request is tried on.
 */
#ifndef WEIR_SQL_CATALOG_H
#define WEIR_SQL_CATALOG_H

#include "base/map.h"
#include "engine/pipeline.h"

struct source {
	struct arena arena; /* of everything below */
	struct slice name;
	bool is_table;
	bool read_only;              /* CREATE SOURCE ... */
	const struct schema *schema; /* keys, values, headers: what a statement declares */
	struct topic_spec topic;
	struct slice timestamp_column; /* empty: the record's time */
	struct slice timestamp_pattern;
	struct slice created_by; /* id of the query that writes it; empty: CREATE with columns */
	struct slice statement;
	bool materialised; /* a pull query can read it */
};

struct catalog_query {
	struct arena arena;
	struct slice id;
	struct slice sink; /* name of the source it writes; empty: a transient query */
	VEC(struct slice) sources;
	const struct pipeline *pipeline;
	struct slice statement;
};

struct catalog_type {
	struct arena arena;
	const struct type *type;
};

struct catalog_topic {
	int32_t partitions, replicas;
};

struct catalog {
	struct map sources; /* name to struct source */
	struct map types;   /* name to struct catalog_type */
	struct map queries; /* id to struct catalog_query */
	struct map topics;  /* name to struct catalog_topic */
};

void catalog_init(struct catalog *catalog);
void catalog_fini(struct catalog *catalog);
void catalog_copy(struct catalog *to, const struct catalog *from);

struct source *catalog_source(const struct catalog *catalog, struct slice name);
const struct type *catalog_type(const struct catalog *catalog, struct slice name);
struct catalog_query *catalog_query(const struct catalog *catalog, struct slice id);
const struct catalog_topic *catalog_topic(const struct catalog *catalog, struct slice name);

/* A copy of `source` (its arena is not used) goes into the catalog, in place of its namesake. */
void catalog_put_source(struct catalog *catalog, const struct source *source);
void catalog_drop_source(struct catalog *catalog, struct slice name);
void catalog_put_type(struct catalog *catalog, struct slice name, const struct type *type);
void catalog_drop_type(struct catalog *catalog, struct slice name);
void catalog_put_topic(struct catalog *catalog, struct slice name, int32_t partitions,
		       int32_t replicas);
/* Takes over `query`, made with mem_new. */
void catalog_put_query(struct catalog *catalog, struct catalog_query *query);
void catalog_drop_query(struct catalog *catalog, struct slice id);

/*
 * "Did you mean ..." for a name that does not exist but for its case or its quotes; empty where
 * there is none. Begins with a line break.
 */
const char *catalog_hint(const struct catalog *catalog, struct slice name, struct arena *arena);

#endif
