/*
 * Stream-stream join within a window.
 *
 * Each side keeps its rows by key, ascending by time, for as long as a row of the other side may
 * still meet them (before + after + grace). A row meets the kept rows r of the other side with
 * left.time - before <= right.time <= left.time + after, in order of time.
 *
 * Rows that meet nobody, where the join asks for them:
 *   without GRACE PERIOD  at once, with NULLs beside them, though a partner may still come;
 *   with it               once, when stream time has passed their window and the grace, in order of
 *                         time, the left side first, then by key. A row that comes when its window
 * is already past is told at once.
 */
#include "engine/group.h"
#include "engine/join.h"

struct kept_row {
	int64_t time_ms;
	uint8_t *image; /* owned */
	uint32_t image_len;
	bool waiting; /* has met nobody yet, and is to be told when its window is past */
};

struct kept_rows {
	VEC(struct kept_row) rows; /* ascending by time; of one time in order of arrival */
};

struct join_stream_side {
	struct group_table groups;   /* key to struct kept_rows */
	int64_t before_ms, after_ms; /* which times of the other side a row of this side meets */
	bool tells_alone;            /* rows that meet nobody are told */
	int64_t stream_time_ms;      /* of this side alone: what it still keeps goes by it */
};

struct op_join_stream {
	struct op op;
	struct join_sides sides;
	struct join_stream_side side[2];
	int64_t grace_ms, retention_ms;
	bool eager;
	int64_t stream_time_ms, swept_ms;
	int64_t waiting_from_ms; /* no waiting row is older; INT64_MAX: none waits */
	struct buf key, image;
};

static struct kept_rows *rows_of(struct group *group)
{
	return (struct kept_rows *)(void *)group->state;
}

static fallible join_open(struct op *op, struct op_env *env, struct err *err)
{
	(void)err;
	struct op_join_stream *join = (struct op_join_stream *)op;
	const struct join_spec *spec = &op->node->join;
	join_sides_open(&join->sides, op, env->arena);
	for (unsigned s = 0; s < 2; s++) {
		group_table_init(&join->side[s].groups, sizeof(struct kept_rows));
		join->side[s].stream_time_ms = 0;
	}
	join->side[0].before_ms = join->side[1].after_ms = spec->before_ms;
	join->side[0].after_ms = join->side[1].before_ms = spec->after_ms;
	join->side[0].tells_alone = spec->kind == JOIN_LEFT || spec->kind == JOIN_OUTER;
	join->side[1].tells_alone = spec->kind == JOIN_RIGHT || spec->kind == JOIN_OUTER;
	join->eager = spec->grace_ms < 0;
	join->grace_ms = join->eager ? INT64_C(24) * 60 * 60 * 1000 : spec->grace_ms;
	join->retention_ms = spec->before_ms + spec->after_ms + join->grace_ms;
	join->stream_time_ms = join->swept_ms = INT64_MIN;
	join->waiting_from_ms = INT64_MAX;
	buf_init(&join->key, JOIN_KEY_BYTES_MAX);
	buf_init(&join->image, (size_t)256 * 1024 * 1024);
	return 0;
}

static void free_rows(struct kept_rows *kept)
{
	vec_each (row, &kept->rows)
		mem_free(row->image);
	vec_fini(&kept->rows);
}

static void join_close(struct op *op)
{
	struct op_join_stream *join = (struct op_join_stream *)op;
	for (unsigned s = 0; s < 2; s++) {
		struct group_table *groups = &join->side[s].groups;
		for (struct group *g = group_next(groups, NULL); g != NULL;
		     g = group_next(groups, g))
			free_rows(rows_of(g));
		group_table_fini(groups);
	}
	buf_fini(&join->key);
	buf_fini(&join->image);
}

static int64_t oldest_kept(const struct op_join_stream *join, unsigned side)
{
	return join->side[side].stream_time_ms - join->retention_ms;
}

/* Forgets rows that nobody can meet any more; a quarter of the retention at a time. */
static void sweep(struct op_join_stream *join)
{
	if (join->swept_ms != INT64_MIN &&
	    join->stream_time_ms - join->swept_ms <= join->retention_ms / 4)
		return;
	join->swept_ms = join->stream_time_ms;
	for (unsigned s = 0; s < 2; s++) {
		struct group_table *groups = &join->side[s].groups;
		struct group *next;
		for (struct group *g = group_next(groups, NULL); g != NULL; g = next) {
			next = group_next(groups, g);
			struct kept_rows *kept = rows_of(g);
			uint32_t gone = 0;
			while (gone < kept->rows.len && !kept->rows.items[gone].waiting &&
			       kept->rows.items[gone].time_ms < oldest_kept(join, s))
				mem_free(kept->rows.items[gone++].image);
			if (gone == 0)
				continue;
			kept->rows.len -= gone;
			memmove(kept->rows.items, kept->rows.items + gone,
				kept->rows.len * sizeof(*kept->rows.items));
			if (kept->rows.len == 0) {
				vec_fini(&kept->rows);
				group_remove(groups, g);
			}
		}
	}
}

static fallible tell(struct op_join_stream *join, struct emitter *emitter, int64_t time_ms,
		     const struct join_part parts[2], const struct batch *batch, uint32_t row,
		     struct step *step)
{
	uint32_t to;
	TRY(emitter_row(emitter, time_ms, ROW_NEW, &to));
	join_put(&join->sides, &join->op, parts, emitter->batch->columns, to, step->arena);
	if (emitter->windowed && batch != NULL) {
		emitter->window_start_ms[to] = batch->window_start_ms[row];
		emitter->window_end_ms[to] = batch->window_end_ms[row];
	}
	return 0;
}

struct lonely {
	struct kept_row *row;
	struct group *group;
	unsigned side;
};

static int by_time_side_key(const void *a, const void *b)
{
	const struct lonely *left = a, *right = b;
	if (left->row->time_ms != right->row->time_ms)
		return left->row->time_ms < right->row->time_ms ? -1 : 1;
	if (left->side != right->side)
		return left->side < right->side ? -1 : 1;
	return slice_cmp(group_key(left->group), group_key(right->group));
}

static bool window_past(const struct op_join_stream *join, unsigned side, int64_t time_ms)
{
	return time_ms + join->side[side].after_ms + join->grace_ms < join->stream_time_ms;
}

/* Tells the waiting rows whose window and grace are past. */
static fallible tell_lonely(struct op_join_stream *join, struct emitter *emitter, struct step *step)
{
	int64_t reach = MIN(join->side[0].after_ms, join->side[1].after_ms) + join->grace_ms;
	if (join->waiting_from_ms == INT64_MAX ||
	    join->waiting_from_ms + reach >= join->stream_time_ms)
		return 0;
	VEC(struct lonely) lonely = { 0 };
	int64_t waiting_from_ms = INT64_MAX;
	for (unsigned s = 0; s < 2; s++) {
		struct group_table *groups = &join->side[s].groups;
		for (struct group *g = group_next(groups, NULL); g != NULL;
		     g = group_next(groups, g)) {
			vec_each (row, &rows_of(g)->rows) {
				if (!row->waiting)
					continue;
				if (window_past(join, s, row->time_ms))
					vec_push(&lonely, (struct lonely){ row, g, s });
				else
					waiting_from_ms = MIN(waiting_from_ms, row->time_ms);
			}
		}
	}
	join->waiting_from_ms = waiting_from_ms;
	if (lonely.len > 0)
		qsort(lonely.items, lonely.len, sizeof(struct lonely), by_time_side_key);
	int code = 0;
	for (uint32_t i = 0; i < lonely.len && code == 0; i++) {
		struct kept_row *row = lonely.items[i].row;
		struct slice image = slice_of(row->image, row->image_len);
		struct join_part parts[2] = { { .image = NULL }, { .image = NULL } };
		parts[lonely.items[i].side].image = &image;
		row->waiting = false;
		code = tell(join, emitter, row->time_ms, parts, NULL, 0, step);
	}
	vec_fini(&lonely);
	return code;
}

/* Joins with every kept row of the other side in reach; how many in ret_met. */
static fallible meet(struct op_join_stream *join, unsigned input, const struct batch *batch,
		     uint32_t row, struct emitter *emitter, struct step *step, uint32_t *ret_met)
{
	struct join_stream_side *self = &join->side[input];
	struct group *group = group_find(&join->side[1 - input].groups, buf_slice(&join->key));
	int64_t time_ms = batch->rowtime_ms[row];
	uint32_t met = 0;
	struct kept_rows none = { 0 };
	struct kept_rows *others = group != NULL ? rows_of(group) : &none;
	vec_each (other, &others->rows) {
		if (other->time_ms < time_ms - self->before_ms ||
		    other->time_ms < oldest_kept(join, 1 - input))
			continue;
		if (other->time_ms > time_ms + self->after_ms)
			break;
		met++;
		other->waiting = false;
		struct slice image = slice_of(other->image, other->image_len);
		struct join_part parts[2];
		parts[input] = (struct join_part){ .columns = batch->columns, .row = row };
		parts[1 - input] = (struct join_part){ .image = &image };
		TRY(tell(join, emitter, MAX(time_ms, other->time_ms), parts, batch, row, step));
	}
	*ret_met = met;
	return 0;
}

static void keep(struct op_join_stream *join, unsigned input, const struct batch *batch,
		 uint32_t row, bool waiting)
{
	int64_t time_ms = batch->rowtime_ms[row];
	if (time_ms < oldest_kept(join, input) && !waiting)
		return;
	buf_reset(&join->image);
	row_image_save(join->sides.side[input].schema, join->sides.side[input].kept, batch->columns,
		       row, &join->image);
	assert(!join->image.overflowed);
	struct kept_row kept = { .time_ms = time_ms,
				 .image = mem_bytes(join->image.len + 1),
				 .image_len = (uint32_t)join->image.len,
				 .waiting = waiting };
	memcpy(kept.image, join->image.data, join->image.len);
	struct kept_rows *rows =
		rows_of(group_add(&join->side[input].groups, buf_slice(&join->key), NULL));
	uint32_t at = rows->rows.len;
	vec_reserve(&rows->rows, 1);
	while (at > 0 && rows->rows.items[at - 1].time_ms > time_ms)
		at--;
	memmove(rows->rows.items + at + 1, rows->rows.items + at,
		(rows->rows.len - at) * sizeof(kept));
	rows->rows.items[at] = kept;
	rows->rows.len++;
	if (waiting)
		join->waiting_from_ms = MIN(join->waiting_from_ms, time_ms);
}

static fallible join_row(struct op_join_stream *join, unsigned input, const struct batch *batch,
			 uint32_t row, struct emitter *emitter, struct step *step)
{
	struct join_stream_side *self = &join->side[input];
	int64_t time_ms = batch->rowtime_ms[row];
	struct join_part alone[2] = { { .columns = NULL }, { .columns = NULL } };
	alone[input] = (struct join_part){ .columns = batch->columns, .row = row };
	if (!join_key(batch, row, &join->key)) /* it can meet nobody */
		return self->tells_alone ? tell(join, emitter, time_ms, alone, batch, row, step)
					 : 0;

	join->stream_time_ms = MAX(join->stream_time_ms, time_ms);
	self->stream_time_ms = MAX(self->stream_time_ms, time_ms);
	if (!join->eager)
		TRY(tell_lonely(join, emitter, step));
	uint32_t met;
	TRY(meet(join, input, batch, row, emitter, step, &met));
	bool waiting = false;
	if (met == 0 && self->tells_alone) {
		bool past = time_ms + self->after_ms < join->stream_time_ms;
		waiting = !join->eager && !past;
		if (!waiting)
			TRY(tell(join, emitter, time_ms, alone, batch, row, step));
	}
	keep(join, input, batch, row, waiting);
	return 0;
}

static fallible join_push(struct op *op, unsigned input, struct batch *batch, struct step *step)
{
	struct op_join_stream *join = (struct op_join_stream *)op;
	struct emitter emitter;
	emitter_begin(&emitter, op, step, batch->sel.len, batch->window_start_ms != NULL);
	SEL_EACH(i, batch->sel)
	{
		if (!row_value_null(batch, i))
			TRY(join_row(join, input, batch, i, &emitter, step));
	}
	sweep(join);
	return emitter_end(&emitter);
}

const struct op_ops OP_JOIN_STREAMS = {
	.name = "StreamStreamJoin",
	.bytes = sizeof(struct op_join_stream),
	.open = join_open,
	.push = join_push,
	.close = join_close,
};
