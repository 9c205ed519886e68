#include "engine/pipeline.h"

#include "base/vec.h"

struct pipeline_builder {
	struct arena *arena; /* borrowed */
	struct slice query_id;
	const struct node *nodes[PIPELINE_NODES_MAX];
	uint32_t nnodes;
};

static const struct {
	const char *name;
	unsigned ninputs;
} KINDS[] = {
	[NODE_SOURCE] = { "Source", 0 },
	[NODE_FILTER] = { "Filter", 1 },
	[NODE_PROJECT] = { "Project", 1 },
	[NODE_EXPLODE] = { "FlatMap", 1 },
	[NODE_REKEY] = { "Repartition", 1 },
	[NODE_AGGREGATE] = { "Aggregate", 1 },
	[NODE_JOIN_STREAMS] = { "StreamStreamJoin", 2 },
	[NODE_JOIN_STREAM_TABLE] = { "StreamTableJoin", 2 },
	[NODE_JOIN_TABLES] = { "TableTableJoin", 2 },
	[NODE_JOIN_FOREIGN_KEY] = { "ForeignKeyJoin", 2 },
	[NODE_MATERIALISE] = { "Materialise", 1 },
	[NODE_LIMIT] = { "Limit", 1 },
	[NODE_SINK] = { "Sink", 1 },
};

struct pipeline_builder *pipeline_builder_new(struct arena *arena, struct slice query_id)
{
	struct pipeline_builder *builder = arena_new(arena, struct pipeline_builder);
	builder->arena = arena;
	builder->query_id = arena_copy(arena, query_id);
	return builder;
}

struct node *pipeline_node(struct pipeline_builder *builder, enum node_kind kind,
			   const struct schema *schema, const struct node *left,
			   const struct node *right)
{
	assert((size_t)kind < COUNT_OF(KINDS));
	struct node *node = arena_new(builder->arena, struct node);
	node->kind = kind;
	node->schema = schema;
	node->name = node->logger = KINDS[kind].name;
	node->inputs[0] = left;
	node->inputs[1] = right;
	node->ninputs = (left != NULL ? 1U : 0U) + (right != NULL ? 1U : 0U);
	assert(node->ninputs == KINDS[kind].ninputs);
	node->is_table = left != NULL && left->is_table;
	node->id = builder->nnodes;
	if (builder->nnodes < PIPELINE_NODES_MAX)
		builder->nodes[builder->nnodes] = node;
	builder->nnodes++; /* pipeline_finish refuses too many */
	return node;
}

static fallible check_node(const struct node *node, struct err *err)
{
	if (node->schema == NULL || node->schema->ncolumns > SCHEMA_COLUMNS_MAX)
		return err_set(err, ERR_LIMIT, "%s: a row has at most %d columns", node->name,
			       SCHEMA_COLUMNS_MAX);
	for (uint32_t i = 0; i < node->ninputs; i++)
		assert(node->inputs[i]->id < node->id);
	return 0;
}

fallible pipeline_finish(struct pipeline_builder *builder, const struct node *sink,
			 const struct pipeline **ret_pipeline, struct err *err)
{
	if (builder->nnodes > PIPELINE_NODES_MAX)
		return err_set(err, ERR_LIMIT, "a query has at most %d operators, this one has %u",
			       PIPELINE_NODES_MAX, builder->nnodes);
	assert(sink->id + 1 == builder->nnodes);
	for (uint32_t i = 0; i < builder->nnodes; i++)
		TRY(check_node(builder->nodes[i], err));
	struct pipeline *pipeline = arena_new(builder->arena, struct pipeline);
	const struct node **nodes =
		arena_array(builder->arena, const struct node *, builder->nnodes);
	memcpy(nodes, builder->nodes, builder->nnodes * sizeof(*nodes));
	*pipeline = (struct pipeline){ .query_id = builder->query_id,
				       .nodes = nodes,
				       .nnodes = builder->nnodes,
				       .sink = sink };
	*ret_pipeline = pipeline;
	return 0;
}
