#include "engine/task.h"

#include "base/bits.h"

struct task {
	struct arena arena, step_arena;
	struct op **ops; /* in this stage, inputs before outputs; a rekey may be here twice */
	uint32_t nops;
	VEC(struct task_feed) feeds;
	struct outbox outbox;
	struct error_log log;
	uint64_t random;
};

/* What the tree says of each node, by node id. */
struct layout {
	uint32_t *stage; /* a rekey's is where it is read */
	uint64_t **wanted;
	bool *before_wanted;
	uint32_t nstages;
};

static bool cuts(const struct node *node)
{
	return node->kind == NODE_REKEY && !node->rekey.local;
}

static void lay_out_inputs(struct layout *layout, const struct node *node, struct arena *arena)
{
	uint32_t stage = layout->stage[node->id];
	for (unsigned i = 0; i < node->ninputs; i++) {
		const struct node *input = node->inputs[i];
		layout->stage[input->id] = cuts(node) ? layout->nstages++ : stage;
		layout->wanted[input->id] =
			arena_array(arena, uint64_t, bits_words(input->schema->ncolumns));
		op_reads(node, i, layout->wanted[node->id], layout->wanted[input->id]);
		layout->before_wanted[input->id] =
			input->is_table && op_needs_before(node, layout->before_wanted[node->id]);
	}
}

/* From the sink up, every consumer before its inputs. The sink's stage is the last in the end. */
static struct layout lay_out(const struct pipeline *pipeline, struct arena *arena)
{
	struct layout layout = { .nstages = 1 };
	const struct node *sink = pipeline->sink;
	layout.stage = arena_array(arena, uint32_t, pipeline->nnodes);
	layout.wanted = arena_array(arena, uint64_t *, pipeline->nnodes);
	layout.before_wanted = arena_array(arena, bool, pipeline->nnodes);
	layout.wanted[sink->id] = arena_array(arena, uint64_t, bits_words(sink->schema->ncolumns));
	bits_fill(layout.wanted[sink->id], sink->schema->ncolumns, true);
	for (uint32_t i = pipeline->nnodes; i > 0; i--)
		lay_out_inputs(&layout, pipeline->nodes[i - 1], arena);
	for (uint32_t i = 0; i < pipeline->nnodes; i++)
		layout.stage[i] = layout.nstages - 1 - layout.stage[i];
	return layout;
}

uint32_t pipeline_stages(const struct pipeline *pipeline)
{
	uint32_t stages = 1;
	for (uint32_t i = 0; i < pipeline->nnodes; i++)
		stages += cuts(pipeline->nodes[i]);
	return stages;
}

static struct op *new_op(struct task *task, const struct node *node, const struct layout *layout)
{
	const struct op_ops *ops = op_for(node);
	struct op *op = arena_zeroed(&task->arena, ops->bytes, 16);
	*op = (struct op){ .ops = ops,
			   .node = node,
			   .before_wanted = layout->before_wanted[node->id],
			   .wanted = layout->wanted[node->id] };
	task->ops[task->nops++] = op;
	return op;
}

static void add_feed(struct task *task, struct op *op)
{
	const struct node *node = op->node;
	bool internal = node->kind == NODE_REKEY;
	vec_push(&task->feeds, (struct task_feed){ .topic = internal ? node->rekey.topic.topic
								     : node->source.topic.topic,
						   .internal = internal,
						   .op = op });
}

/* Makes the stage's operators and links each to its consumer. */
static void make_ops(struct task *task, const struct pipeline *pipeline, uint32_t stage,
		     const struct layout *layout)
{
	/* The operator whose output is the node's, and the one that takes its input. */
	struct op **reads = arena_array(&task->arena, struct op *, pipeline->nnodes);
	struct op **takes = arena_array(&task->arena, struct op *, pipeline->nnodes);
	for (uint32_t i = 0; i < pipeline->nnodes; i++) {
		const struct node *node = pipeline->nodes[i];
		bool here = layout->stage[i] == stage;
		if (cuts(node)) {
			if (here)
				add_feed(task, reads[i] = new_op(task, node, layout));
			if (layout->stage[node->inputs[0]->id] == stage)
				takes[i] = new_op(task, node, layout);
		} else if (here) {
			reads[i] = takes[i] = new_op(task, node, layout);
			if (node->kind == NODE_SOURCE)
				add_feed(task, reads[i]);
		}
		for (unsigned k = 0; takes[i] != NULL && k < node->ninputs; k++) {
			struct op *input = reads[node->inputs[k]->id];
			assert(input != NULL);
			input->consumer = takes[i];
			input->consumer_input = k;
		}
	}
}

fallible task_new(const struct pipeline *pipeline, uint32_t stage,
		  const struct task_options *options, struct task **ret_task, struct err *err)
{
	struct task *task = mem_new(struct task);
	outbox_init(&task->outbox);
	task->random = options->seed * 2 + 1;
	task->ops = arena_array(&task->arena, struct op *, 2 * pipeline->nnodes);
	struct layout layout = lay_out(pipeline, &task->arena);
	assert(stage < layout.nstages);
	make_ops(task, pipeline, stage, &layout);
	struct op_env env = { .arena = &task->arena, .cache_bytes = options->cache_bytes };
	uint32_t nops = task->nops;
	for (task->nops = 0; task->nops < nops; task->nops++) {
		struct op *op = task->ops[task->nops];
		int code = op->ops->open(op, &env, err);
		if (code != 0) {
			task->nops++; /* half open: close takes it */
			task_free(task);
			return code;
		}
	}
	*ret_task = task;
	return 0;
}

void task_free(struct task *task)
{
	if (task == NULL)
		return;
	for (uint32_t i = task->nops; i > 0; i--) {
		struct op *op = task->ops[i - 1];
		if (op->ops->close != NULL)
			op->ops->close(op);
	}
	vec_fini(&task->feeds);
	outbox_fini(&task->outbox);
	arena_fini(&task->log.arena);
	vec_fini(&task->log.errors);
	arena_fini(&task->step_arena);
	arena_fini(&task->arena);
	mem_free(task);
}

const struct task_feed *task_feeds(const struct task *task, uint32_t *ret_n)
{
	*ret_n = task->feeds.len;
	return task->feeds.items;
}

static struct step begin_step(struct task *task, int64_t wall_ms, struct err *err)
{
	arena_reset(&task->step_arena);
	return (struct step){
		.arena = &task->step_arena,
		.outbox = &task->outbox,
		.log = &task->log,
		.eval = { .arena = &task->step_arena, .wall_ms = wall_ms, .random = &task->random },
		.wall_ms = wall_ms,
		.err = err,
	};
}

fallible task_step(struct task *task, const struct task_feed *feed, const struct event *events,
		   uint32_t n, int64_t wall_ms, struct err *err)
{
	assert(n <= BATCH_ROWS_MAX);
	struct step step = begin_step(task, wall_ms, err);
	return op_feed(feed->op, events, n, &step);
}

fallible task_ship(struct task *task, int64_t wall_ms, const struct outbox **ret_outbox,
		   struct err *err)
{
	struct step step = begin_step(task, wall_ms, err);
	for (uint32_t i = 0; i < task->nops; i++) {
		struct op *op = task->ops[i];
		if (op->ops->flush != NULL)
			TRY(op->ops->flush(op, &step));
	}
	*ret_outbox = &task->outbox;
	return 0;
}

void task_settle(struct task *task)
{
	outbox_reset(&task->outbox);
}

const struct error_log *task_errors(const struct task *task)
{
	return &task->log;
}

void task_errors_reset(struct task *task)
{
	vec_clear(&task->log.errors);
	arena_reset(&task->log.arena);
	task->log.dropped = 0;
}
