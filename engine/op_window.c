/*
 * GROUP BY in tumbling and hopping windows.
 *
 * Each window start has a table of its own, so that a window expires as a whole. A row belongs to
 * every window [start, start + size) that holds its time; a window takes rows while its end is
 * after the close time (stream time less the grace). With EMIT CHANGES each row is followed by the
 * result of each of its windows, in order of start; with EMIT FINAL a window is told once, when the
 * close time reaches its end, in order of start and then of key, whatever the time jumped over.
 */
#include "engine/aggregates.h"
#include "engine/emitter.h"
#include "engine/group.h"

struct window {
	int64_t start_ms;
	bool final; /* told; takes no more rows */
	struct group_table groups;
};

struct op_window {
	struct op op;
	struct aggregates aggs;
	VEC(struct window *) windows; /* ascending by start */
	int64_t size_ms, advance_ms, grace_ms, retention_ms;
	int64_t stream_time_ms;
	struct buf keys;
};

static struct group_state *state_of(struct group *group)
{
	return (struct group_state *)(void *)group->state;
}

static fallible window_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_window *win = (struct op_window *)op;
	const struct aggregate_spec *spec = &op->node->aggregate;
	aggregates_open(&win->aggs, spec, env->arena);
	win->size_ms = spec->window.size_ms;
	win->advance_ms =
		spec->window.kind == WINDOW_HOPPING ? spec->window.advance_ms : win->size_ms;
	win->grace_ms = window_grace_ms(spec);
	win->retention_ms = MAX(spec->window.retention_ms, win->size_ms + win->grace_ms);
	win->stream_time_ms = INT64_MIN;
	assert(win->size_ms > 0);
	assert(win->advance_ms > 0);
	buf_init(&win->keys, BATCH_KEYS_BYTES_MAX);
	return 0;
}

static void free_window(struct op_window *win, struct window *window)
{
	struct group_table *groups = &window->groups;
	for (struct group *g = group_next(groups, NULL); g != NULL; g = group_next(groups, g))
		aggregates_fini(&win->aggs, state_of(g));
	group_table_fini(groups);
	mem_free(window);
}

static void window_close(struct op *op)
{
	struct op_window *win = (struct op_window *)op;
	vec_each (window, &win->windows)
		free_window(win, *window);
	vec_fini(&win->windows);
	buf_fini(&win->keys);
}

/* The window that starts then; made if absent. Most rows belong to the latest ones. */
static struct window *window_at(struct op_window *win, int64_t start_ms)
{
	uint32_t at = win->windows.len;
	while (at > 0 && win->windows.items[at - 1]->start_ms > start_ms)
		at--;
	if (at > 0 && win->windows.items[at - 1]->start_ms == start_ms)
		return win->windows.items[at - 1];
	struct window *window = mem_new(struct window);
	window->start_ms = start_ms;
	group_table_init(&window->groups, win->aggs.state_bytes);
	vec_reserve(&win->windows, 1);
	memmove(win->windows.items + at + 1, win->windows.items + at,
		(win->windows.len - at) * sizeof(*win->windows.items));
	win->windows.items[at] = window;
	win->windows.len++;
	return window;
}

static int64_t close_time(const struct op_window *win)
{
	return win->stream_time_ms - win->grace_ms;
}

static fallible put_result(struct op_window *win, struct emitter *emitter, struct window *window,
			   struct group *group, const struct column *was, struct step *step)
{
	struct op *op = &win->op;
	const struct schema *schema = op->node->schema;
	struct group_state *state = state_of(group);
	uint32_t to;
	TRY(emitter_row(emitter, state->rowtime_ms,
			(uint8_t)(ROW_NEW | (was != NULL ? ROW_OLD : 0)), &to));
	struct batch *out = emitter->batch;
	emitter->window_start_ms[to] = window->start_ms;
	emitter->window_end_ms[to] = window->start_ms + win->size_ms;
	aggregates_put_key(op, group_key(group), out->columns, to, step->arena);
	aggregates_emit(&win->aggs, op, state, step->arena, out->columns, schema->nkeys, to);
	for (uint32_t c = schema->nkeys + win->aggs.spec->naggs; c < schema->ncolumns; c++) {
		if (!op_wants(op, c))
			continue;
		bool start = schema->columns[c].role == COLUMN_WINDOWSTART;
		struct value bound = { .i64 = start ? emitter->window_start_ms[to]
						    : emitter->window_end_ms[to] };
		column_set(&out->columns[c], to, &bound);
	}
	if (was != NULL)
		aggregates_put_before(op, was, out, to);
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct group *const *left = a, *const *right = b;
	return slice_cmp(group_key(*left), group_key(*right));
}

static fallible tell_window(struct op_window *win, struct emitter *emitter, struct window *window,
			    struct step *step)
{
	struct group_table *groups = &window->groups;
	struct group **sorted = arena_array(step->arena, struct group *, groups->len);
	uint32_t n = 0;
	for (struct group *g = group_next(groups, NULL); g != NULL; g = group_next(groups, g))
		sorted[n++] = g;
	qsort(sorted, n, sizeof(struct group *), by_key);
	for (uint32_t i = 0; i < n; i++)
		TRY(put_result(win, emitter, window, sorted[i], NULL, step));
	window->final = true;
	return 0;
}

/* Tells the windows that have closed, and forgets those past their retention. */
static fallible close_windows(struct op_window *win, struct emitter *emitter, struct step *step)
{
	uint32_t gone = 0;
	vec_each (place, &win->windows) {
		struct window *window = *place;
		if (window->start_ms + win->size_ms > close_time(win))
			break;
		if (win->aggs.spec->emit_final && !window->final)
			TRY(tell_window(win, emitter, window, step));
		if (window->start_ms < win->stream_time_ms - win->retention_ms)
			gone++;
	}
	/* Windows are ascending, so those that are gone are the first. */
	for (uint32_t i = 0; i < gone; i++)
		free_window(win, win->windows.items[i]);
	if (gone > 0) {
		win->windows.len -= gone;
		memmove(win->windows.items, win->windows.items + gone,
			win->windows.len * sizeof(*win->windows.items));
	}
	return 0;
}

static fallible add_row(struct op_window *win, const struct batch *batch, uint32_t row,
			struct slice key, struct eval *eval, struct emitter *emitter,
			struct group_state **states, struct step *step)
{
	int64_t time_ms = batch->rowtime_ms[row];
	bool final = win->aggs.spec->emit_final;
	int64_t first = MAX(time_ms - win->size_ms + win->advance_ms, 0) / win->advance_ms *
			win->advance_ms;
	for (int64_t start = first; start <= time_ms; start += win->advance_ms) {
		if (start + win->size_ms <= close_time(win))
			continue; /* late: the window is closed */
		struct window *window = window_at(win, start);
		bool is_new;
		struct group *group = group_add(&window->groups, key, &is_new);
		if (is_new)
			aggregates_init(&win->aggs, state_of(group));
		states[row] = state_of(group);
		struct column *was = NULL;
		if (win->op.before_wanted && !is_new && !final)
			was = aggregates_snapshot(&win->aggs, &win->op, states[row], step->arena,
						  win->op.node->schema->nkeys);
		uint16_t one = (uint16_t)row;
		aggregates_add(&win->aggs, eval, states, (struct sel){ .rows = &one, .len = 1 });
		states[row]->rowtime_ms = MAX(states[row]->rowtime_ms, time_ms);
		if (!final)
			TRY(put_result(win, emitter, window, group, was, step));
	}
	return 0;
}

static fallible window_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	struct op_window *win = (struct op_window *)op;
	struct slice *keys = arena_array_plain(step->arena, struct slice, BATCH_ROWS_MAX);
	struct sel sel = aggregates_keys(op, batch, step->arena, &win->keys, keys);
	struct group_state **states =
		arena_array_plain(step->arena, struct group_state *, BATCH_ROWS_MAX);
	struct op_eval place;
	struct eval *eval = op_eval(&place, op, batch, step);
	aggregates_prepare(&win->aggs, op, batch, batch->columns, sel, step);
	struct emitter emitter;
	emitter_begin(&emitter, op, step, sel.len, true);
	SEL_EACH(row, sel)
	{
		win->stream_time_ms = MAX(win->stream_time_ms, batch->rowtime_ms[row]);
		TRY(add_row(win, batch, row, keys[row], eval, &emitter, states, step));
		TRY(close_windows(win, &emitter, step));
	}
	return emitter_end(&emitter);
}

const struct op_ops OP_WINDOW = {
	.name = "WindowAggregate",
	.bytes = sizeof(struct op_window),
	.open = window_open,
	.push = window_push,
	.close = window_close,
};
