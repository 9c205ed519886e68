/*
 * A group as others see it: in its record, and as DescribeGroups shows it.
 */
#include "broker/group_priv.h"

struct group_metadata_value *group_describe(const struct group *group, struct arena *arena)
{
	struct group_metadata_value *value = message_new(arena, group_metadata_value);
	uint32_t i = 0;
	value->protocol_type = buf_slice(&group->protocol_type);
	value->generation = group->generation;
	if (group->has_protocol)
		value->protocol = buf_slice(&group->protocol);
	if (group->leader != NULL)
		value->leader = buf_slice(&group->leader->id);
	value->members.len = group->members.len;
	value->members.items =
		message_array(arena, group_metadata_value_member, group->members.len);
	map_each (entry, &group->members) {
		const struct group_member *member = entry->value;
		struct group_metadata_value_member *row = &value->members.items[i++];
		row->member_id = buf_slice(&member->id);
		if (member->is_static)
			row->group_instance_id = buf_slice(&member->instance_id);
		row->client_id = buf_slice(&member->client_id);
		row->client_host = buf_slice(&member->client_host);
		row->rebalance_timeout = member->rebalance_ms;
		row->session_timeout = member->session_ms;
		row->subscription = group_metadata_of(member, buf_slice(&group->protocol));
		row->assignment = buf_slice(&member->assignment);
	}
	return value;
}

static void restore_member(struct group *group, const struct group_metadata_value_member *row,
			   struct slice protocol, int64_t now_ms)
{
	struct group_member *member = group_member_new(row->member_id, row->group_instance_id);
	member->is_new = false;
	member->synced = true;
	member->session_ms = row->session_timeout;
	member->rebalance_ms =
		row->rebalance_timeout >= 0 ? row->rebalance_timeout : row->session_timeout;
	group_set(&member->client_id, row->client_id);
	group_set(&member->client_host, row->client_host);
	group_set(&member->assignment, row->assignment);
	struct group_protocol *known = vec_add(&member->protocols);
	known->name = known->metadata = BUF_INIT(INT32_MAX);
	group_set(&known->name, protocol);
	group_set(&known->metadata, row->subscription);
	struct group_member *before = map_put(&group->members, row->member_id, member);
	assert(before == NULL);
	if (member->is_static)
		map_put(&group->statics, row->group_instance_id, member);
	/* It may have been told of us a moment before we stopped. */
	group_add_timer(group, member, now_ms + member->session_ms);
}

void group_restore(struct group *group, const struct group_metadata_value *value, int64_t now_ms)
{
	assert(group_state(group) == GROUP_EMPTY && group->members.len == 0);
	group->generation = value->generation;
	group_set(&group->protocol_type, value->protocol_type);
	for (uint32_t i = 0; i < value->members.len; i++) {
		const struct group_metadata_value_member *row = &value->members.items[i];
		bool twice = group_member_of(group, row->member_id) != NULL ||
			     (row->group_instance_id.data != NULL &&
			      group_static_of(group, row->group_instance_id) != NULL);
		if (!twice) /* a damaged record */
			restore_member(group, row, value->protocol, now_ms);
	}
	if (group->members.len == 0)
		return;
	group->has_protocol = true;
	group_set(&group->protocol, value->protocol);
	group->leader = group_member_of(group, value->leader);
	if (group->leader == NULL)
		group->leader = map_next(&group->members, NULL)->value;
	sm_init(&group->sm, &GROUP_SM, GROUP_STABLE, group->sm.id, group->sm.trace);
}

void group_show_members(const struct group *group, struct arena *arena,
			struct describe_groups_response_group *answer)
{
	bool stable = group_state(group) == GROUP_STABLE;
	struct slice protocol = buf_slice(&group->protocol);
	uint32_t i = 0;
	if (stable)
		answer->protocol_data = protocol;
	answer->members.len = group->members.len;
	answer->members.items =
		message_array(arena, describe_groups_response_member, group->members.len);
	map_each (entry, &group->members) {
		const struct group_member *member = entry->value;
		struct describe_groups_response_member *row = &answer->members.items[i++];
		row->member_id = buf_slice(&member->id);
		if (member->is_static)
			row->group_instance_id = buf_slice(&member->instance_id);
		row->client_id = buf_slice(&member->client_id);
		row->client_host = buf_slice(&member->client_host);
		if (stable)
			row->member_metadata = group_metadata_of(member, protocol);
		row->member_assignment = buf_slice(&member->assignment);
	}
}

/* Consumers' subscriptions begin with a version that later ones only add to. */
static bool subscription_names(struct slice bytes, struct slice topic)
{
	const struct message_type *type = &consumer_protocol_subscription_message;
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct consumer_protocol_subscription *subscription;
	struct reader reader = reader_of(bytes);
	int16_t version = (int16_t)reader_u16(&reader);
	if (reader.failed || version < 0 ||
	    message_read(type, MIN(version, type->last), &reader, &arena, &subscription, NULL) != 0)
		return true; /* not to be read: better safe */
	for (uint32_t i = 0; i < subscription->topics.len; i++) {
		if (slice_eq(subscription->topics.items[i], topic))
			return true;
	}
	return false;
}

bool group_subscribes(const struct group *group, struct slice topic)
{
	if (!slice_eq_str(buf_slice(&group->protocol_type), "consumer") || !group->has_protocol)
		return group->members.len > 0;
	struct slice protocol = buf_slice(&group->protocol);
	map_each (entry, &group->members) {
		const struct group_member *member = entry->value;
		if (subscription_names(group_metadata_of(member, protocol), topic))
			return true;
	}
	return false;
}
