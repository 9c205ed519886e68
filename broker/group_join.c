/*
 * Who may join, and what their join does to the group.
 */
#include "broker/group_priv.h"

static void refuse(const struct group_join *join, struct slice member_id, int16_t error,
		   struct group_out *out)
{
	group_answer_error(out, GROUP_ANSWER_JOIN, join->waiter, member_id, error);
}

/* A full group takes those it has, and as many new ones as went. */
static bool has_room(const struct group *group, const struct group_join *join)
{
	const struct group_member *member = group_member_of(group, join->member_id);
	uint32_t size_max = (uint32_t)group->settings.size_max;
	switch (group_state(group)) {
	case GROUP_PREPARING:
		return (member != NULL && member->joining) || group->njoining < size_max;
	case GROUP_COMPLETING:
	case GROUP_STABLE:
		return member != NULL || group->members.len < size_max ||
		       (join->instance_id.data != NULL &&
			group_static_of(group, join->instance_id) != NULL);
	case GROUP_EMPTY:
	case GROUP_DEAD:
		return true;
	}
	UNREACHABLE("no other state");
}

static bool protocols_fit(const struct group *group, const struct group_join *join)
{
	if (group_state(group) == GROUP_EMPTY)
		return join->protocol_type.len > 0 && join->nprotocols > 0;
	if (!slice_eq(join->protocol_type, buf_slice(&group->protocol_type)))
		return false;
	for (uint32_t i = 0; i < join->nprotocols; i++) {
		if (group_all_know(group, join->protocols[i].name))
			return true;
	}
	return false;
}

static int16_t check_join(const struct group *group, const struct group_join *join)
{
	if (group_state(group) == GROUP_DEAD)
		return KAFKA_COORDINATOR_NOT_AVAILABLE;
	if (join->session_ms < group->settings.min_session_ms ||
	    join->session_ms > group->settings.max_session_ms)
		return KAFKA_INVALID_SESSION_TIMEOUT;
	if (!has_room(group, join))
		return KAFKA_GROUP_MAX_SIZE_REACHED;
	return protocols_fit(group, join) ? KAFKA_NONE : KAFKA_INCONSISTENT_GROUP_PROTOCOL;
}

/* Are these the protocols it came with last, to the byte? */
static bool same_protocols(const struct group_member *member, const struct group_join *join)
{
	if (member->protocols.len != join->nprotocols)
		return false;
	for (uint32_t i = 0; i < join->nprotocols; i++) {
		const struct group_protocol *known = &member->protocols.items[i];
		if (!slice_eq(buf_slice(&known->name), join->protocols[i].name) ||
		    !slice_eq(buf_slice(&known->metadata), join->protocols[i].metadata))
			return false;
	}
	return true;
}

static void take_protocols(struct group_member *member, const struct group_join *join)
{
	vec_each (old, &member->protocols) {
		buf_fini(&old->name);
		buf_fini(&old->metadata);
	}
	vec_clear(&member->protocols);
	for (uint32_t i = 0; i < join->nprotocols; i++) {
		struct group_protocol *protocol = vec_add(&member->protocols);
		protocol->name = protocol->metadata = BUF_INIT(INT32_MAX);
		group_set(&protocol->name, join->protocols[i].name);
		group_set(&protocol->metadata, join->protocols[i].metadata);
	}
}

static void take_join(struct group *group, struct group_member *member,
		      const struct group_join *join, struct group_out *out)
{
	take_protocols(member, join);
	group_set(&member->client_id, join->client_id);
	group_set(&member->client_host, join->client_host);
	member->session_ms = join->session_ms;
	member->rebalance_ms = join->rebalance_ms;
	/* An impatient client that asks again gets its answer here. */
	group_answer_error(out, GROUP_ANSWER_JOIN, member->join_waiter, buf_slice(&member->id),
			   KAFKA_REBALANCE_IN_PROGRESS);
	member->join_waiter = join->waiter;
	if (!member->joining)
		group->njoining++;
	member->joining = true;
}

static void add_member(struct group *group, struct slice id, const struct group_join *join,
		       int64_t now_ms, struct group_out *out)
{
	struct group_member *member = group_member_new(id, join->instance_id);
	if (group->members.len == 0)
		group_set(&group->protocol_type, join->protocol_type);
	take_join(group, member, join, out);
	void *before = map_put(&group->members, id, member);
	assert(before == NULL);
	if (member->is_static)
		map_put(&group->statics, join->instance_id, member);
	if (group->leader == NULL)
		group->leader = member;
	group_add_timer(group, member, now_ms + GROUP_NEW_MEMBER_MS);
	if (group_state(group) == GROUP_PREPARING && group->initial)
		group->joined_since = true;
	group_changed(group, now_ms, out);
}

static void add_pending(struct group *group, const struct group_join *join, int64_t now_ms,
			struct group_out *out)
{
	if (group->pending.len >= GROUP_PENDING_MAX) {
		refuse(join, join->member_id, KAFKA_GROUP_MAX_SIZE_REACHED, out);
		return;
	}
	struct group_member *member = group_member_new(join->new_id, SLICE_NULL);
	member->is_pending = true;
	map_put(&group->pending, join->new_id, member);
	group_add_timer(group, member, now_ms + join->session_ms);
	refuse(join, join->new_id, KAFKA_MEMBER_ID_REQUIRED, out);
}

/* The same place under a new id: whoever speaks with the old one is fenced. */
static void replace_static(struct group *group, struct group_member *member,
			   const struct group_join *join, struct group_out *out)
{
	group_answer_error(out, GROUP_ANSWER_JOIN, member->join_waiter, buf_slice(&member->id),
			   KAFKA_FENCED_INSTANCE_ID);
	group_answer_error(out, GROUP_ANSWER_SYNC, member->sync_waiter, buf_slice(&member->id),
			   KAFKA_FENCED_INSTANCE_ID);
	member->join_waiter = member->sync_waiter = NULL;
	map_remove(&group->members, buf_slice(&member->id));
	group_set(&member->id, join->new_id);
	map_put(&group->members, join->new_id, member);
}

/* A restarted static member of a settled group takes its old place without a rebalance. */
static void answer_in_place(struct group *group, struct group_member *member,
			    const struct group_join *join, struct slice old_id,
			    struct group_out *out)
{
	bool leads = member == group->leader;
	assert(member->joining);
	member->joining = false;
	member->join_waiter = NULL;
	group->njoining--;
	group->unsaved = true;
	group_answer_join(group, out, join->waiter, member, leads && join->skip_assignment);
	struct group_answer *answer = vec_last(&out->answers);
	/* A client that does not know how to lead without assigning must not find out it leads. */
	if (leads && join->skip_assignment)
		answer->skip_assignment = true;
	else if (leads)
		answer->leader = old_id;
}

static void rejoin_static(struct group *group, struct group_member *member,
			  const struct group_join *join, int64_t now_ms, struct group_out *out)
{
	struct slice old_id = arena_copy(&out->arena, buf_slice(&member->id));
	replace_static(group, member, join, out);
	take_join(group, member, join, out);
	group_set_timer(group, member,
			now_ms + (member->is_new ? GROUP_NEW_MEMBER_MS : member->session_ms));
	if (group_state(group) == GROUP_STABLE &&
	    slice_eq(group_choose_protocol(group), buf_slice(&group->protocol)))
		answer_in_place(group, member, join, old_id, out);
	else
		group_changed(group, now_ms, out);
}

static void join_as_new(struct group *group, const struct group_join *join, int64_t now_ms,
			struct group_out *out)
{
	assert(join->new_id.len > 0);
	struct group_member *existing =
		join->instance_id.data != NULL ? group_static_of(group, join->instance_id) : NULL;
	if (existing != NULL)
		rejoin_static(group, existing, join, now_ms, out);
	else if (join->instance_id.data == NULL && join->id_required)
		add_pending(group, join, now_ms, out);
	else
		add_member(group, join->new_id, join, now_ms, out);
}

static void join_again(struct group *group, struct group_member *member,
		       const struct group_join *join, int64_t now_ms, struct group_out *out)
{
	bool same = same_protocols(member, join);
	bool leads = member == group->leader;
	enum group_state state = group_state(group);
	if ((state == GROUP_COMPLETING && same) || (state == GROUP_STABLE && same && !leads)) {
		/* Its answer got lost, or it saw nothing new. A leader that joins a settled group
		 * asks for a rebalance: the topics have changed. */
		group_answer_join(group, out, join->waiter, member, leads);
		group_set_timer(group, member, now_ms + member->session_ms);
		return;
	}
	take_join(group, member, join, out);
	group_set_timer(group, member,
			now_ms + (member->is_new ? GROUP_NEW_MEMBER_MS : member->session_ms));
	group_changed(group, now_ms, out);
}

void group_join(struct group *group, const struct group_join *join, int64_t now_ms,
		struct group_out *out)
{
	struct group_member *member = NULL;
	struct group_member *pending = group_pending_of(group, join->member_id);
	int16_t error = check_join(group, join);
	if (error != KAFKA_NONE) {
		if (error == KAFKA_GROUP_MAX_SIZE_REACHED && pending != NULL) {
			group_remove_pending(group, pending);
			group_try_complete(group, now_ms, out);
		}
		refuse(join, join->member_id, error, out);
		return;
	}
	if (join->member_id.len == 0) {
		join_as_new(group, join, now_ms, out);
		return;
	}
	if (pending != NULL && join->instance_id.data == NULL) {
		group_remove_pending(group, pending);
		add_member(group, join->member_id, join, now_ms, out);
		return;
	}
	error = group_check_member(group, join->member_id, join->instance_id, &member);
	if (error == KAFKA_NONE)
		join_again(group, member, join, now_ms, out);
	else
		refuse(join, join->member_id, error, out);
}
