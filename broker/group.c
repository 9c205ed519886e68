#include "broker/group.h"

#include "broker/group_priv.h"

/* What one member may hold: its id, its subscription, its assignment. All come in requests, which
 * are bounded before. */
#define MEMBER_BYTES_MAX ((size_t)INT32_MAX)

static const struct sm_state GROUP_STATES[] = {
	[GROUP_EMPTY] = { "Empty", SM_TO(GROUP_PREPARING) | SM_TO(GROUP_DEAD) },
	[GROUP_PREPARING] = { "PreparingRebalance", SM_TO(GROUP_COMPLETING) | SM_TO(GROUP_EMPTY) },
	[GROUP_COMPLETING] = { "CompletingRebalance",
			       SM_TO(GROUP_STABLE) | SM_TO(GROUP_PREPARING) },
	[GROUP_STABLE] = { "Stable", SM_TO(GROUP_PREPARING) },
	[GROUP_DEAD] = { "Dead", 0 },
};
const struct sm_table GROUP_SM = SM_TABLE("group", GROUP_STATES);

const char *group_state_name(enum group_state state)
{
	return GROUP_STATES[state].name;
}

static bool timer_less(const struct heap_node *a, const struct heap_node *b)
{
	return CONTAINER_OF_CONST(a, struct group_member, timer)->deadline_ms <
	       CONTAINER_OF_CONST(b, struct group_member, timer)->deadline_ms;
}

void group_out_reset(struct group_out *out)
{
	vec_clear(&out->answers);
	arena_reset(&out->arena);
}

void group_out_fini(struct group_out *out)
{
	vec_fini(&out->answers);
	arena_fini(&out->arena);
}

void group_set(struct buf *to, struct slice bytes)
{
	buf_reset(to);
	buf_append(to, bytes);
	assert(!to->overflowed);
}

struct group *group_new(const struct group_settings *settings, const struct trace *trace)
{
	struct group *group = mem_new(struct group);
	sm_init(&group->sm, &GROUP_SM, GROUP_EMPTY, 0, trace);
	group->settings = *settings;
	map_init(&group->members);
	map_init(&group->pending);
	map_init(&group->statics);
	heap_init(&group->timers, timer_less);
	group->protocol_type = group->protocol = BUF_INIT(MEMBER_BYTES_MAX);
	group->join_due_ms = group->sync_due_ms = INT64_MAX;
	return group;
}

void group_free(struct group *group)
{
	if (group == NULL)
		return;
	heap_fini(&group->timers); /* it looks at its nodes */
	map_each (entry, &group->members)
		group_member_free(entry->value);
	map_each (entry, &group->pending)
		group_member_free(entry->value);
	map_fini(&group->members);
	map_fini(&group->pending);
	map_fini(&group->statics);
	buf_fini(&group->protocol_type);
	buf_fini(&group->protocol);
	mem_free(group);
}

struct group_member *group_member_of(const struct group *group, struct slice id)
{
	return map_get(&group->members, id);
}

struct group_member *group_pending_of(const struct group *group, struct slice id)
{
	return map_get(&group->pending, id);
}

struct group_member *group_static_of(const struct group *group, struct slice instance_id)
{
	return map_get(&group->statics, instance_id);
}

struct group_member *group_member_new(struct slice id, struct slice instance_id)
{
	struct group_member *member = mem_new(struct group_member);
	member->id = member->client_id = member->client_host = BUF_INIT(MEMBER_BYTES_MAX);
	member->assignment = member->instance_id = BUF_INIT(MEMBER_BYTES_MAX);
	group_set(&member->id, id);
	group_set(&member->instance_id, instance_id);
	member->is_static = instance_id.data != NULL;
	member->is_new = true;
	return member;
}

void group_member_free(struct group_member *member)
{
	vec_each (protocol, &member->protocols) {
		buf_fini(&protocol->name);
		buf_fini(&protocol->metadata);
	}
	vec_fini(&member->protocols);
	buf_fini(&member->id);
	buf_fini(&member->instance_id);
	buf_fini(&member->client_id);
	buf_fini(&member->client_host);
	buf_fini(&member->assignment);
	mem_free(member);
}

int16_t group_check_member(const struct group *group, struct slice member_id,
			   struct slice instance_id, struct group_member **ret_member)
{
	struct group_member *member;
	if (instance_id.data != NULL) {
		member = group_static_of(group, instance_id);
		if (member != NULL && !slice_eq(buf_slice(&member->id), member_id))
			return KAFKA_FENCED_INSTANCE_ID;
	} else {
		member = group_member_of(group, member_id);
	}
	if (member == NULL)
		return KAFKA_UNKNOWN_MEMBER_ID;
	*ret_member = member;
	return KAFKA_NONE;
}

void group_add_timer(struct group *group, struct group_member *member, int64_t deadline_ms)
{
	member->deadline_ms = deadline_ms;
	heap_push(&group->timers, &member->timer);
}

void group_set_timer(struct group *group, struct group_member *member, int64_t deadline_ms)
{
	assert(heap_queued(&member->timer));
	member->deadline_ms = deadline_ms;
	heap_update(&group->timers, &member->timer);
}

static struct group_answer *add_answer(struct group_out *out, enum group_answer_kind kind,
				       void *waiter, struct slice member_id)
{
	assert(waiter != NULL);
	struct group_answer *answer = vec_add(&out->answers);
	answer->kind = kind;
	answer->waiter = waiter;
	answer->generation = -1;
	answer->member_id = arena_copy(&out->arena, member_id);
	return answer;
}

void group_answer_error(struct group_out *out, enum group_answer_kind kind, void *waiter,
			struct slice member_id, int16_t error)
{
	if (waiter == NULL) /* its connection is gone */
		return;
	assert(error != KAFKA_NONE);
	add_answer(out, kind, waiter, member_id)->error = error;
}

static void tell_members(const struct group *group, struct group_out *out,
			 struct group_answer *answer)
{
	uint32_t i = 0;
	answer->nmembers = group->members.len;
	answer->members =
		message_array(&out->arena, join_group_response_member, group->members.len);
	map_each (entry, &group->members) {
		const struct group_member *member = entry->value;
		struct join_group_response_member *told = &answer->members[i++];
		told->member_id = arena_copy(&out->arena, buf_slice(&member->id));
		if (member->is_static)
			told->group_instance_id =
				arena_copy(&out->arena, buf_slice(&member->instance_id));
		told->metadata = arena_copy(&out->arena,
					    group_metadata_of(member, buf_slice(&group->protocol)));
	}
	assert(i == answer->nmembers);
}

void group_answer_join(const struct group *group, struct group_out *out, void *waiter,
		       const struct group_member *member, bool members)
{
	if (waiter == NULL)
		return;
	struct group_answer *answer =
		add_answer(out, GROUP_ANSWER_JOIN, waiter, buf_slice(&member->id));
	answer->generation = group->generation;
	answer->protocol_type = arena_copy(&out->arena, buf_slice(&group->protocol_type));
	answer->protocol = arena_copy(&out->arena, buf_slice(&group->protocol));
	if (group->leader != NULL)
		answer->leader = arena_copy(&out->arena, buf_slice(&group->leader->id));
	if (members)
		tell_members(group, out, answer);
}

void group_answer_sync(const struct group *group, struct group_out *out, void *waiter,
		       const struct group_member *member)
{
	if (waiter == NULL)
		return;
	struct group_answer *answer =
		add_answer(out, GROUP_ANSWER_SYNC, waiter, buf_slice(&member->id));
	answer->generation = group->generation;
	answer->protocol_type = arena_copy(&out->arena, buf_slice(&group->protocol_type));
	answer->protocol = arena_copy(&out->arena, buf_slice(&group->protocol));
	answer->assignment = arena_copy(&out->arena, buf_slice(&member->assignment));
}

void group_remove_pending(struct group *group, struct group_member *member)
{
	assert(member->is_pending);
	map_remove(&group->pending, buf_slice(&member->id));
	heap_remove(&group->timers, &member->timer);
	group_member_free(member);
}

void group_remove(struct group *group, struct group_member *member, int16_t error,
		  struct group_out *out)
{
	assert(!member->is_pending);
	group_answer_error(out, GROUP_ANSWER_JOIN, member->join_waiter, buf_slice(&member->id),
			   error);
	group_answer_error(out, GROUP_ANSWER_SYNC, member->sync_waiter, buf_slice(&member->id),
			   error);
	map_remove(&group->members, buf_slice(&member->id));
	if (member->is_static)
		map_remove(&group->statics, buf_slice(&member->instance_id));
	heap_remove(&group->timers, &member->timer);
	if (member->joining) {
		assert(group->njoining > 0);
		group->njoining--;
	}
	if (group->leader == member) {
		const struct map_entry *first = map_next(&group->members, NULL);
		group->leader = first != NULL ? first->value : NULL;
	}
	group_member_free(member);
}

struct slice group_metadata_of(const struct group_member *member, struct slice protocol)
{
	vec_each (known, &member->protocols) {
		if (slice_eq(buf_slice(&known->name), protocol))
			return buf_slice(&known->metadata);
	}
	return SLICE_EMPTY;
}

static bool member_knows(const struct group_member *member, struct slice protocol)
{
	vec_each (known, &member->protocols) {
		if (slice_eq(buf_slice(&known->name), protocol))
			return true;
	}
	return false;
}

bool group_all_know(const struct group *group, struct slice protocol)
{
	map_each (entry, &group->members) {
		if (!member_knows(entry->value, protocol))
			return false;
	}
	return true;
}

/* A member's vote: the first of its protocols that everyone knows. */
static struct slice vote_of(const struct group *group, const struct group_member *member)
{
	vec_each (known, &member->protocols) {
		if (group_all_know(group, buf_slice(&known->name)))
			return buf_slice(&known->name);
	}
	return SLICE_NULL;
}

struct slice group_choose_protocol(const struct group *group)
{
	struct map votes; /* counts as pointers into `counts` */
	uint32_t *counts = mem_array(uint32_t, group->members.len);
	uint32_t i = 0, most = 0;
	struct slice chosen = SLICE_NULL;
	map_init(&votes);
	map_each (entry, &group->members) {
		struct slice vote = vote_of(group, entry->value);
		uint32_t *count = map_get(&votes, vote);
		if (vote.data == NULL)
			continue;
		if (count == NULL) {
			count = &counts[i++];
			map_put(&votes, vote, count);
		}
		if (++*count > most) {
			most = *count;
			chosen = vote;
		}
	}
	map_fini(&votes);
	mem_free(counts);
	return chosen;
}

static int64_t rebalance_ms(const struct group *group)
{
	int64_t longest = 0;
	map_each (entry, &group->members) {
		const struct group_member *member = entry->value;
		longest = MAX(longest, member->rebalance_ms);
	}
	return longest;
}

/* Whoever waits to sync is sent back to join; what was assigned is no longer. */
static void cancel_syncs(struct group *group, struct group_out *out)
{
	map_each (entry, &group->members) {
		struct group_member *member = entry->value;
		group_answer_error(out, GROUP_ANSWER_SYNC, member->sync_waiter,
				   buf_slice(&member->id), KAFKA_REBALANCE_IN_PROGRESS);
		member->sync_waiter = NULL;
		buf_reset(&member->assignment);
	}
}

static bool all_joined(const struct group *group)
{
	return group->njoining == group->members.len && group->pending.len == 0;
}

/* The leader, if it has joined, else the first that has; false: nobody has. */
static bool elect_joined_leader(struct group *group)
{
	if (group->leader != NULL && group->leader->joining)
		return true;
	map_each (entry, &group->members) {
		struct group_member *member = entry->value;
		if (!member->joining)
			continue;
		group->leader = member;
		return true;
	}
	return false;
}

/* Those who did not join again are gone, but for static members, who may only be restarting. */
static void remove_absent(struct group *group, struct group_out *out)
{
	map_each (entry, &group->members) {
		struct group_member *member = entry->value;
		if (!member->joining && !member->is_static)
			group_remove(group, member, KAFKA_UNKNOWN_MEMBER_ID, out);
	}
}

static void become_empty(struct group *group)
{
	assert(group->members.len == 0);
	group->has_protocol = false;
	buf_reset(&group->protocol);
	group->leader = NULL;
	group->sync_due_ms = INT64_MAX;
	group->unsaved = true;
	sm_move(&group->sm, GROUP_EMPTY);
}

static void begin_generation(struct group *group, int64_t now_ms, struct group_out *out)
{
	group_set(&group->protocol, group_choose_protocol(group));
	group->has_protocol = true;
	group->sync_due_ms = now_ms + rebalance_ms(group);
	sm_move(&group->sm, GROUP_COMPLETING);
	map_each (entry, &group->members) {
		struct group_member *member = entry->value;
		group_answer_join(group, out, member->join_waiter, member, member == group->leader);
		member->join_waiter = NULL;
		member->joining = member->is_new = member->synced = false;
		group_set_timer(group, member, now_ms + member->session_ms);
	}
	group->njoining = 0;
}

static void complete_join(struct group *group, int64_t now_ms, struct group_out *out)
{
	assert(group_state(group) == GROUP_PREPARING);
	remove_absent(group, out);
	if (group->members.len > 0 && !elect_joined_leader(group)) {
		/* Static members only, and none is back: until their sessions end. */
		group->join_due_ms = now_ms + MAX(rebalance_ms(group), 1);
		return;
	}
	group->join_due_ms = INT64_MAX;
	group->initial = false;
	group->generation = group->generation == INT32_MAX ? 1 : group->generation + 1;
	if (group->members.len == 0)
		become_empty(group);
	else
		begin_generation(group, now_ms, out);
}

void group_try_complete(struct group *group, int64_t now_ms, struct group_out *out)
{
	if (group_state(group) != GROUP_PREPARING || !all_joined(group))
		return;
	/* An empty group's first members wait for company, unless all have gone again. */
	if (group->initial && group->members.len > 0)
		return;
	complete_join(group, now_ms, out);
}

void group_rebalance(struct group *group, int64_t now_ms, struct group_out *out)
{
	enum group_state before = group_state(group);
	assert(before == GROUP_EMPTY || before == GROUP_COMPLETING || before == GROUP_STABLE);
	if (before == GROUP_COMPLETING)
		cancel_syncs(group, out);
	group->sync_due_ms = INT64_MAX;
	group->initial = before == GROUP_EMPTY;
	group->joined_since = false;
	int64_t wait_ms = rebalance_ms(group);
	if (group->initial) {
		group->initial_left_ms = MAX(wait_ms - group->settings.initial_delay_ms, 0);
		wait_ms = group->settings.initial_delay_ms;
	}
	group->join_due_ms = now_ms + wait_ms;
	sm_move(&group->sm, GROUP_PREPARING);
	if (group->initial && wait_ms == 0 && all_joined(group))
		complete_join(group, now_ms, out);
	else
		group_try_complete(group, now_ms, out);
}

void group_changed(struct group *group, int64_t now_ms, struct group_out *out)
{
	switch (group_state(group)) {
	case GROUP_EMPTY:
		if (group->members.len > 0)
			group_rebalance(group, now_ms, out);
		break;
	case GROUP_COMPLETING:
	case GROUP_STABLE:
		group_rebalance(group, now_ms, out);
		break;
	case GROUP_PREPARING:
		group_try_complete(group, now_ms, out);
		break;
	case GROUP_DEAD:
		break;
	}
}

static int16_t check_sync(const struct group *group, const struct group_sync *sync,
			  struct group_member **ret_member)
{
	if (group_state(group) == GROUP_DEAD)
		return KAFKA_COORDINATOR_NOT_AVAILABLE;
	int16_t error = group_check_member(group, sync->member_id, sync->instance_id, ret_member);
	if (error != KAFKA_NONE)
		return error;
	if (sync->generation != group->generation)
		return KAFKA_ILLEGAL_GENERATION;
	if (sync->protocol_type.data != NULL &&
	    !slice_eq(sync->protocol_type, buf_slice(&group->protocol_type)))
		return KAFKA_INCONSISTENT_GROUP_PROTOCOL;
	if (group_state(group) == GROUP_PREPARING)
		return KAFKA_REBALANCE_IN_PROGRESS;
	if (sync->protocol.data != NULL && !slice_eq(sync->protocol, buf_slice(&group->protocol)))
		return KAFKA_INCONSISTENT_GROUP_PROTOCOL;
	return group_state(group) == GROUP_EMPTY ? KAFKA_UNKNOWN_MEMBER_ID : KAFKA_NONE;
}

static bool all_synced(const struct group *group)
{
	map_each (entry, &group->members) {
		const struct group_member *member = entry->value;
		if (!member->synced)
			return false;
	}
	return true;
}

/* The leader has spoken: who is not in its list gets nothing. */
static void assign(struct group *group, const struct group_sync *sync, int64_t now_ms,
		   struct group_out *out)
{
	for (uint32_t i = 0; i < sync->nassignments; i++) {
		struct group_member *member =
			group_member_of(group, sync->assignments[i].member_id);
		if (member != NULL)
			group_set(&member->assignment, sync->assignments[i].assignment);
	}
	sm_move(&group->sm, GROUP_STABLE);
	group->unsaved = true;
	map_each (entry, &group->members) {
		struct group_member *member = entry->value;
		group_answer_sync(group, out, member->sync_waiter, member);
		member->sync_waiter = NULL;
		group_set_timer(group, member, now_ms + member->session_ms);
	}
}

void group_sync(struct group *group, const struct group_sync *sync, int64_t now_ms,
		struct group_out *out)
{
	struct group_member *member = NULL;
	int16_t error = check_sync(group, sync, &member);
	if (error != KAFKA_NONE) {
		group_answer_error(out, GROUP_ANSWER_SYNC, sync->waiter, sync->member_id, error);
		return;
	}
	group_set_timer(group, member, now_ms + member->session_ms);
	member->synced = true;
	if (group_state(group) == GROUP_STABLE) {
		group_answer_sync(group, out, sync->waiter, member);
	} else {
		group_answer_error(out, GROUP_ANSWER_SYNC, member->sync_waiter, sync->member_id,
				   KAFKA_REBALANCE_IN_PROGRESS);
		member->sync_waiter = sync->waiter;
		if (member == group->leader)
			assign(group, sync, now_ms, out);
	}
	if (group_state(group) == GROUP_STABLE && group->sync_due_ms != INT64_MAX &&
	    all_synced(group))
		group->sync_due_ms = INT64_MAX;
}

int16_t group_heartbeat(struct group *group, struct slice member_id, struct slice instance_id,
			int32_t generation, int64_t now_ms)
{
	struct group_member *member;
	if (group_state(group) == GROUP_DEAD)
		return KAFKA_COORDINATOR_NOT_AVAILABLE;
	int16_t error = group_check_member(group, member_id, instance_id, &member);
	if (error != KAFKA_NONE)
		return error;
	if (generation != group->generation)
		return KAFKA_ILLEGAL_GENERATION;
	/* A member that waits for its first join has other times than its session. */
	if (!member->is_new)
		group_set_timer(group, member, now_ms + member->session_ms);
	return group_state(group) == GROUP_PREPARING ? KAFKA_REBALANCE_IN_PROGRESS : KAFKA_NONE;
}

int16_t group_leave(struct group *group, struct slice member_id, struct slice instance_id,
		    int64_t now_ms, struct group_out *out)
{
	struct group_member *member;
	if (group_state(group) == GROUP_DEAD)
		return KAFKA_COORDINATOR_NOT_AVAILABLE;
	struct group_member *pending = group_pending_of(group, member_id);
	if (instance_id.data == NULL && pending != NULL) {
		group_remove_pending(group, pending);
		group_try_complete(group, now_ms, out);
		return KAFKA_NONE;
	}
	/* An operator knows the instance only. */
	if (instance_id.data != NULL && member_id.len == 0) {
		member = group_static_of(group, instance_id);
		if (member == NULL)
			return KAFKA_UNKNOWN_MEMBER_ID;
	} else {
		int16_t error = group_check_member(group, member_id, instance_id, &member);
		if (error != KAFKA_NONE)
			return error;
	}
	group_remove(group, member, KAFKA_UNKNOWN_MEMBER_ID, out);
	group_changed(group, now_ms, out);
	return KAFKA_NONE;
}

int16_t group_may_commit_txn(const struct group *group, struct slice member_id,
			     struct slice instance_id, int32_t generation)
{
	struct group_member *member;
	if (group_state(group) == GROUP_DEAD)
		return KAFKA_COORDINATOR_NOT_AVAILABLE;
	if (generation < 0 && member_id.len == 0 && instance_id.data == NULL)
		return KAFKA_NONE; /* older clients do not tell */
	int16_t error = group_check_member(group, member_id, instance_id, &member);
	if (error != KAFKA_NONE)
		return error;
	return generation == group->generation ? KAFKA_NONE : KAFKA_ILLEGAL_GENERATION;
}

int16_t group_may_commit(struct group *group, struct slice member_id, struct slice instance_id,
			 int32_t generation, int64_t now_ms)
{
	struct group_member *member;
	if (group_state(group) == GROUP_DEAD)
		return KAFKA_COORDINATOR_NOT_AVAILABLE;
	if (generation < 0 && group_state(group) == GROUP_EMPTY)
		return KAFKA_NONE;
	int16_t error = group_check_member(group, member_id, instance_id, &member);
	if (error != KAFKA_NONE)
		return error;
	if (generation != group->generation)
		return KAFKA_ILLEGAL_GENERATION;
	if (group_state(group) == GROUP_COMPLETING)
		return KAFKA_REBALANCE_IN_PROGRESS;
	if (!member->is_new)
		group_set_timer(group, member, now_ms + member->session_ms);
	return KAFKA_NONE;
}

static void expire_join(struct group *group, int64_t now_ms, struct group_out *out)
{
	if (group->initial && group->joined_since && group->initial_left_ms > 0) {
		/* Someone came just now, so others may be on their way. */
		int64_t more = MIN(group->initial_left_ms, group->settings.initial_delay_ms);
		group->joined_since = false;
		group->initial_left_ms -= more;
		group->join_due_ms = now_ms + more;
		return;
	}
	complete_join(group, now_ms, out);
}

/* Those who were told of the generation and do not ask what they got. */
static void expire_sync(struct group *group, int64_t now_ms, struct group_out *out)
{
	bool removed = false;
	group->sync_due_ms = INT64_MAX;
	map_each (entry, &group->members) {
		struct group_member *member = entry->value;
		if (member->synced)
			continue;
		group_remove(group, member, KAFKA_UNKNOWN_MEMBER_ID, out);
		removed = true;
	}
	if (removed)
		group_changed(group, now_ms, out);
}

static void expire_member(struct group *group, struct group_member *member, int64_t now_ms,
			  struct group_out *out)
{
	if (member->is_pending) {
		group_remove_pending(group, member);
		group_try_complete(group, now_ms, out);
	} else if (!member->is_new && (member->joining || member->sync_waiter != NULL)) {
		/* It waits for us, not we for it. */
		group_set_timer(group, member, now_ms + member->session_ms);
	} else {
		group_remove(group, member, KAFKA_UNKNOWN_MEMBER_ID, out);
		group_changed(group, now_ms, out);
	}
}

void group_tick(struct group *group, int64_t now_ms, struct group_out *out)
{
	for (struct heap_node *node = heap_peek(&group->timers); node != NULL;
	     node = heap_peek(&group->timers)) {
		struct group_member *member = CONTAINER_OF(node, struct group_member, timer);
		if (member->deadline_ms > now_ms)
			break;
		expire_member(group, member, now_ms, out);
	}
	if (group_state(group) == GROUP_PREPARING && group->join_due_ms <= now_ms)
		expire_join(group, now_ms, out);
	if (group->sync_due_ms <= now_ms)
		expire_sync(group, now_ms, out);
}

int64_t group_next_ms(const struct group *group)
{
	int64_t next = MIN(group->join_due_ms, group->sync_due_ms);
	struct heap_node *node = heap_peek(&group->timers);
	if (node == NULL)
		return next;
	return MIN(next, CONTAINER_OF_CONST(node, struct group_member, timer)->deadline_ms);
}

void group_forget(struct group *group, const void *waiter)
{
	map_each (entry, &group->members) {
		struct group_member *member = entry->value;
		if (member->join_waiter == waiter)
			member->join_waiter = NULL;
		if (member->sync_waiter == waiter)
			member->sync_waiter = NULL;
	}
}

void group_kill(struct group *group)
{
	assert(group_state(group) == GROUP_EMPTY);
	sm_move(&group->sm, GROUP_DEAD);
}
