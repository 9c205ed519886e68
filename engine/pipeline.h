/*
 * pipeline.h - what to run: sources, operators, stores and topics, as data.
 *
 * A pipeline is built once, in an arena, with the node functions below (SQL's physical plan and the
 * C API use the same), checked by pipeline_finish, and never written again. Nodes form a tree that
 * ends in one sink; a node's input comes first. Where rows change their key, a `rekey` node names
 * an internal topic; the topic cuts the pipeline into stages, and a task runs one partition of one
 * stage. Column indices in expressions are those of the node's input schema; the output schema is
 * the node's.
 */
#ifndef WEIR_ENGINE_PIPELINE_H
#define WEIR_ENGINE_PIPELINE_H

#include "engine/agg.h"
#include "engine/format.h"

enum node_kind {
	NODE_SOURCE,
	NODE_FILTER,
	NODE_PROJECT,
	NODE_EXPLODE,
	NODE_REKEY,
	NODE_AGGREGATE,
	NODE_JOIN_STREAMS,
	NODE_JOIN_STREAM_TABLE,
	NODE_JOIN_TABLES,
	NODE_JOIN_FOREIGN_KEY,
	NODE_MATERIALISE,
	NODE_LIMIT,
	NODE_SINK,
};

enum window_kind { WINDOW_NONE, WINDOW_TUMBLING, WINDOW_HOPPING, WINDOW_SESSION };

struct window_spec {
	enum window_kind kind;
	int64_t size_ms;      /* SESSION: the gap */
	int64_t advance_ms;   /* HOPPING */
	int64_t grace_ms;     /* -1: not given */
	int64_t retention_ms; /* -1: not given */
};

/* Bytes of a topic as rows. */
struct topic_spec {
	struct slice topic;
	struct format_spec key_format, value_format;
	enum window_kind window; /* of the key on the wire; NONE: plain keys */
	int64_t window_size_ms;
	int32_t partitions; /* for internal topics and sinks; 0: as the input has */
};

struct source_spec {
	struct slice name; /* of the SQL source, for EXPLAIN and errors */
	struct topic_spec topic;
	bool is_table;
	int32_t timestamp_column;       /* index in the schema; -1: the record's own */
	struct slice timestamp_pattern; /* for STRING columns */
	bool timestamp_must_be_valid;   /* ksql.timestamp.throw.on.invalid */
	bool from_earliest;             /* whatever auto.offset.reset says */
	struct slice store;             /* of a table's materialised rows */
};

enum join_kind { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_OUTER };

struct join_spec {
	enum join_kind kind;
	int64_t before_ms, after_ms; /* stream-stream: WITHIN */
	int64_t grace_ms;            /* stream-stream: -1: not given, the older, eager semantics */
	const struct expr *foreign_key; /* foreign key join: over the left input */
	struct slice left_store, right_store;
	/*
	 * The output's columns: keys first, then each left column, then each right column, as the
	 * inputs have them. Its keys are the join key's (foreign key join: the left's keys).
	 */
};

struct aggregate_spec {
	struct window_spec window;
	const struct agg *const *aggs;
	const struct expr *const *const *agg_args; /* agg_args[a][i], over the input's columns */
	uint32_t naggs;
	bool emit_final;
	struct slice store;
	struct format_spec key_format, value_format; /* of the changelog */
	/* Output: the input's key columns, then one column per aggregate, then window bounds if
	 * any. */
};

struct sink_spec {
	struct topic_spec topic;
	int32_t timestamp_column; /* index in the schema; -1: the row's time */
	struct slice timestamp_pattern;
	bool is_table;
	bool to_client; /* rows are handed over (push query), not encoded */
};

struct node {
	enum node_kind kind;
	uint32_t id;                 /* place in the pipeline, inputs before outputs */
	const struct schema *schema; /* of the output */
	bool is_table;
	const struct node *inputs[2];
	uint32_t ninputs;
	const char *name; /* as EXPLAIN prints it: "Project", "Aggregate" ... and in store names */
	const char *logger; /* of its errors in the processing log */
	union {
		struct source_spec source;
		struct {
			const struct expr *condition;
		} filter;
		struct {
			const struct expr *const *columns;
		} project; /* schema->ncolumns */
		struct {
			const struct expr *const
				*tables; /* ARRAY-valued calls; appended as columns */
			uint32_t ntables;
		} explode;
		struct {
			/* The new key's columns, then the value columns carried along. */
			const struct expr *const
				*columns; /* schema->ncolumns, schema->nkeys first */
			struct topic_spec topic;
			bool drops_null_keys; /* GROUP BY: a null or failed key drops the row */
			bool local;           /* the key is unchanged: no topic, same stage */
		} rekey;
		struct aggregate_spec aggregate;
		struct join_spec join;
		struct {
			struct slice store;
		} materialise;
		struct {
			uint64_t rows;
		} limit;
		struct sink_spec sink;
	};
};

struct pipeline {
	struct slice query_id;
	const struct node *const *nodes; /* inputs before outputs; the sink is last */
	uint32_t nnodes;
	const struct node *sink;
};

#define PIPELINE_NODES_MAX 1024

struct pipeline_builder;

struct pipeline_builder *pipeline_builder_new(struct arena *arena, struct slice query_id);
struct node *pipeline_node(struct pipeline_builder *builder, enum node_kind kind,
			   const struct schema *schema, const struct node *left,
			   const struct node *right);
fallible pipeline_finish(struct pipeline_builder *builder, const struct node *sink,
			 const struct pipeline **ret_pipeline, struct err *err);

/* The pipeline as text and as a drawing, for EXPLAIN. */
void pipeline_explain(const struct pipeline *pipeline, struct buf *out);

#endif
