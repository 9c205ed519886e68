/* A pipeline as text: one line a node, inputs indented below what reads them. */
#include "engine/pipeline.h"

static void explain_expr(const struct expr *expr, struct buf *out)
{
	if (expr->text != NULL)
		buf_append_str(out, expr->text);
	else
		expr_print(expr, out);
}

static void explain_window(const struct window_spec *window, struct buf *out)
{
	static const char *const NAMES[] = { "", "TUMBLING", "HOPPING", "SESSION" };
	if (window->kind == WINDOW_NONE)
		return;
	buf_printf(out, " WINDOW %s %lld ms", NAMES[window->kind], (long long)window->size_ms);
	if (window->kind == WINDOW_HOPPING)
		buf_printf(out, " ADVANCE BY %lld ms", (long long)window->advance_ms);
	if (window->grace_ms >= 0)
		buf_printf(out, " GRACE %lld ms", (long long)window->grace_ms);
}

static void explain_topic(const struct topic_spec *topic, struct buf *out)
{
	buf_printf(out, " topic %.*s (key %.*s, value %.*s)", SLICE_ARGS(topic->topic),
		   SLICE_ARGS(topic->key_format.name), SLICE_ARGS(topic->value_format.name));
}

static void explain_details(const struct node *node, struct buf *out)
{
	switch (node->kind) {
	case NODE_SOURCE:
		buf_printf(out, " %.*s", SLICE_ARGS(node->source.name));
		explain_topic(&node->source.topic, out);
		break;
	case NODE_FILTER:
		buf_append_u8(out, ' ');
		explain_expr(node->filter.condition, out);
		break;
	case NODE_REKEY:
		buf_append_str(out, node->rekey.local ? " (same key)" : "");
		if (!node->rekey.local)
			explain_topic(&node->rekey.topic, out);
		break;
	case NODE_AGGREGATE:
		for (uint32_t a = 0; a < node->aggregate.naggs; a++)
			buf_printf(out, "%s%s", a > 0 ? ", " : " ",
				   node->aggregate.aggs[a]->func->name);
		explain_window(&node->aggregate.window, out);
		buf_append_str(out, node->aggregate.emit_final ? " EMIT FINAL" : "");
		break;
	case NODE_JOIN_STREAMS:
		buf_printf(out, " WITHIN %lld ms, %lld ms", (long long)node->join.before_ms,
			   (long long)node->join.after_ms);
		break;
	case NODE_LIMIT:
		buf_printf(out, " %llu", (unsigned long long)node->limit.rows);
		break;
	case NODE_SINK:
		if (!node->sink.to_client)
			explain_topic(&node->sink.topic, out);
		break;
	case NODE_PROJECT:
	case NODE_EXPLODE:
	case NODE_JOIN_STREAM_TABLE:
	case NODE_JOIN_TABLES:
	case NODE_JOIN_FOREIGN_KEY:
	case NODE_MATERIALISE:
		break;
	}
}

static void explain_node(const struct node *node, unsigned depth, struct buf *out)
{
	for (unsigned i = 0; i < depth; i++)
		buf_append_str(out, "   ");
	buf_printf(out, "> %s", node->name);
	explain_details(node, out);
	buf_append_str(out, " | ");
	schema_print(node->schema, out);
	buf_append_u8(out, '\n');
	for (uint32_t i = 0; i < node->ninputs; i++)
		explain_node(node->inputs[i], depth + 1, out);
}

void pipeline_explain(const struct pipeline *pipeline, struct buf *out)
{
	explain_node(pipeline->sink, 0, out);
}
