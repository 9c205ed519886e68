/*
 * GROUP BY in session windows.
 *
 * A key has its open sessions, ascending by start and never closer than the gap. A row merges every
 * session within a gap of its time with itself. When that changes a session's bounds, each session
 * that was absorbed is taken back (a removal at its own end), then the merged one is told; a row
 * inside a session's bounds only changes it. A row is late when its merged session would end before
 * the close time (stream time less grace and gap). With EMIT FINAL a session is told once, when it
 * is past.
 */
#include "engine/aggregates.h"
#include "engine/emitter.h"
#include "engine/group.h"

struct session {
	int64_t start_ms, end_ms;
	struct group_state *state; /* owned */
	bool final;
};

struct sessions {
	VEC(struct session) list;
};

struct op_session {
	struct op op;
	struct aggregates aggs;
	struct group_table groups; /* key to struct sessions */
	int64_t gap_ms, grace_ms, retention_ms;
	int64_t stream_time_ms;
	int64_t swept_ms; /* stream time of the last sweep */
	struct buf keys;
};

static fallible session_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_session *op_session = (struct op_session *)op;
	const struct aggregate_spec *spec = &op->node->aggregate;
	aggregates_open(&op_session->aggs, spec, env->arena);
	group_table_init(&op_session->groups, sizeof(struct sessions));
	op_session->gap_ms = spec->window.size_ms;
	op_session->grace_ms = window_grace_ms(spec);
	op_session->retention_ms =
		MAX(spec->window.retention_ms, op_session->gap_ms + op_session->grace_ms);
	op_session->stream_time_ms = op_session->swept_ms = INT64_MIN;
	buf_init(&op_session->keys, BATCH_KEYS_BYTES_MAX);
	return 0;
}

static struct sessions *sessions_of(struct group *group)
{
	return (struct sessions *)(void *)group->state;
}

static void free_session(struct op_session *op, struct session *session)
{
	aggregates_fini(&op->aggs, session->state);
	mem_free(session->state);
}

static void session_close(struct op *op)
{
	struct op_session *self = (struct op_session *)op;
	for (struct group *g = group_next(&self->groups, NULL); g != NULL;
	     g = group_next(&self->groups, g)) {
		vec_each (session, &sessions_of(g)->list)
			free_session(self, session);
		vec_fini(&sessions_of(g)->list);
	}
	group_table_fini(&self->groups);
	buf_fini(&self->keys);
}

static fallible put_row(struct op_session *self, struct emitter *emitter, struct slice key,
			const struct session *session, bool removal, struct step *step)
{
	struct op *op = &self->op;
	const struct schema *schema = op->node->schema;
	uint8_t change = removal ? ROW_OLD : ROW_NEW;
	uint32_t to;
	TRY(emitter_row(emitter, session->end_ms, change, &to));
	struct batch *out = emitter->batch;
	emitter->window_start_ms[to] = session->start_ms;
	emitter->window_end_ms[to] = session->end_ms;
	aggregates_put_key(op, key, out->columns, to, step->arena);
	aggregates_emit(&self->aggs, op, session->state, step->arena, out->columns, schema->nkeys,
			to);
	for (uint32_t c = schema->nkeys + self->aggs.spec->naggs; c < schema->ncolumns; c++) {
		if (!op_wants(op, c))
			continue;
		bool start = schema->columns[c].role == COLUMN_WINDOWSTART;
		struct value bound = { .i64 = start ? session->start_ms : session->end_ms };
		column_set(&out->columns[c], to, &bound);
	}
	if (removal && out->before != NULL) {
		for (uint32_t c = 0; c < schema->ncolumns; c++) {
			if (op_wants(op, c))
				column_copy_row(&out->before[c], to, &out->columns[c], to);
		}
	}
	return 0;
}

/* Sessions [*first, *end) lie within a gap of the time. */
static void find_near(const struct op_session *self, const struct sessions *sessions,
		      int64_t time_ms, uint32_t *first, uint32_t *end)
{
	uint32_t at = 0, len = sessions->list.len;
	while (at < len && sessions->list.items[at].end_ms < time_ms - self->gap_ms)
		at++;
	*first = at;
	while (at < len && sessions->list.items[at].start_ms <= time_ms + self->gap_ms)
		at++;
	*end = at;
}

static struct group_state *new_state(struct op_session *self)
{
	struct group_state *state =
		(struct group_state *)(void *)mem_zeroed(1, self->aggs.state_bytes, MEM_FOLDER);
	aggregates_init(&self->aggs, state);
	return state;
}

/* Takes sessions [first, end) out of the list and puts `merged` in their place. */
static void replace(struct op_session *self, struct sessions *sessions, uint32_t first,
		    uint32_t end, struct session merged)
{
	for (uint32_t i = first; i < end; i++)
		free_session(self, &sessions->list.items[i]);
	vec_reserve(&sessions->list, 1);
	struct session *items = sessions->list.items;
	memmove(items + first + 1, items + end, (sessions->list.len - end) * sizeof(*items));
	sessions->list.len = sessions->list.len - (end - first) + 1;
	items[first] = merged;
}

static int64_t close_time(const struct op_session *self)
{
	return self->stream_time_ms - self->grace_ms - self->gap_ms;
}

static fallible add_row(struct op_session *self, const struct batch *batch, uint32_t row,
			struct slice key, struct eval *eval, struct emitter *emitter,
			struct group_state **states, struct step *step)
{
	int64_t time_ms = batch->rowtime_ms[row];
	bool tell = !self->aggs.spec->emit_final;
	struct sessions *sessions = sessions_of(group_add(&self->groups, key, NULL));
	uint32_t first, end;
	find_near(self, sessions, time_ms, &first, &end);
	struct session merged = { .start_ms = time_ms, .end_ms = time_ms };
	for (uint32_t i = first; i < end; i++) {
		merged.start_ms = MIN(merged.start_ms, sessions->list.items[i].start_ms);
		merged.end_ms = MAX(merged.end_ms, sessions->list.items[i].end_ms);
	}
	if (merged.end_ms < close_time(self))
		return 0; /* late */
	merged.state = new_state(self);
	for (uint32_t i = first; i < end; i++) {
		const struct session *old = &sessions->list.items[i];
		aggregates_merge(&self->aggs, merged.state, old->state);
		bool same = end - first == 1 && old->start_ms == merged.start_ms &&
			    old->end_ms == merged.end_ms;
		if (tell && !same)
			TRY(put_row(self, emitter, key, old, true, step));
	}
	replace(self, sessions, first, end, merged);
	states[row] = merged.state;
	uint16_t one = (uint16_t)row;
	aggregates_add(&self->aggs, eval, states, (struct sel){ .rows = &one, .len = 1 });
	merged.state->rowtime_ms = MAX(merged.state->rowtime_ms, time_ms);
	return tell ? put_row(self, emitter, key, &sessions->list.items[first], false, step) : 0;
}

struct ended {
	struct session *session;
	struct group *group;
};

static int by_start_and_key(const void *a, const void *b)
{
	const struct ended *left = a, *right = b;
	if (left->session->start_ms != right->session->start_ms)
		return left->session->start_ms < right->session->start_ms ? -1 : 1;
	return slice_cmp(group_key(left->group), group_key(right->group));
}

/* EMIT FINAL: tells what the close time has passed, in order of start and key. */
static fallible tell_ended(struct op_session *self, struct emitter *emitter, struct step *step)
{
	VEC(struct ended) ended = { 0 };
	for (struct group *g = group_next(&self->groups, NULL); g != NULL;
	     g = group_next(&self->groups, g)) {
		vec_each (session, &sessions_of(g)->list) {
			if (!session->final && session->end_ms < close_time(self))
				vec_push(&ended, (struct ended){ .session = session, .group = g });
		}
	}
	if (ended.len > 0)
		qsort(ended.items, ended.len, sizeof(struct ended), by_start_and_key);
	int code = 0;
	for (uint32_t i = 0; i < ended.len && code == 0; i++) {
		ended.items[i].session->final = true;
		code = put_row(self, emitter, group_key(ended.items[i].group),
			       ended.items[i].session, false, step);
	}
	vec_fini(&ended);
	return code;
}

/* Forgets sessions past their retention, a quarter of it at a time, so that the walk is rare. */
static void sweep(struct op_session *self)
{
	if (self->swept_ms != INT64_MIN &&
	    self->stream_time_ms - self->swept_ms < self->retention_ms / 4)
		return;
	self->swept_ms = self->stream_time_ms;
	struct group *next;
	for (struct group *g = group_next(&self->groups, NULL); g != NULL; g = next) {
		next = group_next(&self->groups, g);
		struct sessions *sessions = sessions_of(g);
		uint32_t gone = 0;
		while (gone < sessions->list.len &&
		       sessions->list.items[gone].end_ms <
			       self->stream_time_ms - self->retention_ms)
			free_session(self, &sessions->list.items[gone++]);
		if (gone == 0)
			continue;
		sessions->list.len -= gone;
		memmove(sessions->list.items, sessions->list.items + gone,
			sessions->list.len * sizeof(*sessions->list.items));
		if (sessions->list.len == 0) {
			vec_fini(&sessions->list);
			group_remove(&self->groups, g);
		}
	}
}

static fallible session_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	assert(input == 0);
	struct op_session *self = (struct op_session *)op;
	struct slice *keys = arena_array_plain(step->arena, struct slice, BATCH_ROWS_MAX);
	struct sel sel = aggregates_keys(op, batch, step->arena, &self->keys, keys);
	struct group_state **states =
		arena_array_plain(step->arena, struct group_state *, BATCH_ROWS_MAX);
	struct op_eval place;
	struct eval *eval = op_eval(&place, op, batch, step);
	aggregates_prepare(&self->aggs, op, batch, batch->columns, sel, step);
	struct emitter emitter;
	emitter_begin(&emitter, op, step, sel.len, true);
	SEL_EACH(row, sel)
	{
		self->stream_time_ms = MAX(self->stream_time_ms, batch->rowtime_ms[row]);
		TRY(add_row(self, batch, row, keys[row], eval, &emitter, states, step));
		if (self->aggs.spec->emit_final)
			TRY(tell_ended(self, &emitter, step));
	}
	sweep(self);
	return emitter_end(&emitter);
}

const struct op_ops OP_SESSION = {
	.name = "SessionAggregate",
	.bytes = sizeof(struct op_session),
	.open = session_open,
	.push = session_push,
	.close = session_close,
};
