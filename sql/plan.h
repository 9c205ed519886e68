/*
 * plan.h - a statement, analysed: what it means for the catalog, and what is to run.
 *
 * plan_statement checks one statement against the catalog and changes nothing; plan_apply then does
 * to the catalog what the plan says. Between the two lies everything that can fail in the world (a
 * topic is made, a pipeline started). A plan lives in the arena it was made in. Errors are in
 * ksqlDB's words.
 */
#ifndef WEIR_SQL_PLAN_H
#define WEIR_SQL_PLAN_H

#include "engine/agg.h"
#include "engine/func.h"
#include "sql/ast.h"
#include "sql/catalog.h"

enum plan_kind {
	PLAN_NOTHING, /* the message says all: it exists already, or it does not */
	PLAN_CREATE_SOURCE,
	PLAN_QUERY,  /* CREATE ... AS, INSERT INTO ... SELECT, or a transient SELECT */
	PLAN_INSERT, /* INSERT INTO ... VALUES: records to append */
	PLAN_DROP_SOURCE,
	PLAN_ALTER_SOURCE,
	PLAN_CREATE_TYPE,
	PLAN_DROP_TYPE,
	PLAN_OTHER, /* the server's own: SHOW, SET, TERMINATE ... */
};

struct plan_record {
	struct slice topic;
	struct event event;
	bool has_rowtime; /* else the time of writing */
};

struct plan {
	enum plan_kind kind;
	const char *message;  /* "Stream created", "Created query with ID CSAS_S_0" */
	bool warning;         /* IF NOT EXISTS found it, IF EXISTS did not */
	struct source source; /* CREATE_SOURCE, ALTER, QUERY with a new sink; its arena is unused */
	bool has_source;
	const struct pipeline *pipeline; /* QUERY */
	struct slice query_id;
	struct slice sink;         /* QUERY: the source that is written; empty: to the client */
	const struct slice *reads; /* QUERY: names of the sources */
	uint32_t nreads;
	const struct schema *result;       /* QUERY to the client: what rows have */
	const struct plan_record *records; /* INSERT */
	uint32_t nrecords;
	struct slice name; /* DROP_*, CREATE_TYPE */
	bool delete_topic;
	const struct type *type;      /* CREATE_TYPE */
	struct slice topic;           /* to be made when it is not there, */
	int32_t partitions, replicas; /* with so many; 0: it is there */
	int64_t retention_ms;         /* of that topic; -1: the default */
};

struct plan_options {
	const struct func_registry *functions;
	const struct agg_registry *aggregates; /* of users; NULL: none */
	const struct map *properties; /* name to `const char *`: ksql.* settings; NULL: none */
	uint64_t query_number;        /* what the next query id ends in */
	int64_t wall_ms;
	int32_t default_partitions; /* of topics that nobody has made; 0: refuse them */
};

fallible plan_statement(const struct catalog *catalog, const struct ast_statement *statement,
			const struct plan_options *options, struct arena *arena,
			struct plan *ret_plan, struct err *err);
void plan_apply(struct catalog *catalog, const struct plan *plan);

/* A setting by its name, with or without "ksql.streams."; the default where it is not set. */
const char *plan_property(const struct plan_options *options, const char *name,
			  const char *otherwise);
bool plan_property_true(const struct plan_options *options, const char *name, bool otherwise);

#endif
