/*
 * group.h - a consumer group of the classic protocol, as a state machine.
 *
 * Members join, the group waits until all have, one of them (the leader) is told who is there and
 * says with its sync who gets what, and everybody is told theirs. A join or sync that cannot be
 * answered yet leaves its `waiter` with the group; every call puts the answers that became due in
 * `out`, each waiter exactly once. Time comes in as a value; group_tick does what is due at
 * group_next_ms. Nothing here is a broker, a request or a disk: `unsaved` says that the group's
 * record (group_describe) is to be written.
 *
 *     EMPTY ------> PREPARING ------> COMPLETING ------> STABLE
 *       ^   join     |  ^   all joined  |       leader     |
 *       +------------+  +---------------+------ synced ----+
 *         nobody left          someone joins, leaves or dies
 *
 * A member that was told its generation either syncs within the rebalance timeout or is removed.
 */
#ifndef WEIR_BROKER_GROUP_H
#define WEIR_BROKER_GROUP_H

#include "base/heap.h"
#include "base/map.h"
#include "base/sm.h"
#include "wire/messages.h"

/* Members that were given an id and have not come back with it. */
#define GROUP_PENDING_MAX 10000
/* A new member cannot heartbeat until its first join is answered. */
#define GROUP_NEW_MEMBER_MS INT64_C(300000)

enum group_state {
	GROUP_EMPTY,
	GROUP_PREPARING,  /* members join */
	GROUP_COMPLETING, /* the leader's sync is awaited */
	GROUP_STABLE,
	GROUP_DEAD,
};

extern const struct sm_table GROUP_SM;
const char *group_state_name(enum group_state state); /* as Kafka's tools print it */

struct group_settings {
	int32_t min_session_ms, max_session_ms, initial_delay_ms, size_max;
};

struct group_member;

struct group {
	struct sm sm;
	struct group_settings settings;
	struct map members; /* struct group_member by id, owned */
	struct map pending; /* the same, those who only have an id yet; owned */
	struct map statics; /* members by instance id, borrowed */
	struct heap timers; /* of members and pending ones */
	struct buf protocol_type, protocol;
	struct group_member *leader; /* borrowed; NULL: none */
	int32_t generation;
	uint32_t njoining; /* members whose join waits */
	bool has_protocol;
	bool initial;      /* this rebalance began with an empty group */
	bool joined_since; /* a new member came since the initial delay began */
	bool unsaved;
	int64_t join_due_ms, initial_left_ms; /* of PREPARING */
	int64_t sync_due_ms; /* of COMPLETING and after; INT64_MAX: all have synced */
};

enum group_answer_kind { GROUP_ANSWER_JOIN, GROUP_ANSWER_SYNC };

/* Its bytes are in the arena of `out`. */
struct group_answer {
	enum group_answer_kind kind;
	void *waiter;
	int16_t error;
	int32_t generation;
	struct slice member_id, leader, protocol_type, protocol; /* data NULL: none */
	struct slice assignment;
	bool skip_assignment;
	struct join_group_response_member *members; /* the leader is told them */
	uint32_t nmembers;
};

struct group_out {
	struct arena arena;
	VEC(struct group_answer) answers;
};

void group_out_reset(struct group_out *out);
void group_out_fini(struct group_out *out);

/* All borrowed for the call. An instance id with data NULL is none; an empty member id is a new
 * member's. */
struct group_join {
	struct slice member_id, instance_id, client_id, client_host, protocol_type;
	const struct join_group_request_protocol *protocols;
	uint32_t nprotocols;
	int32_t session_ms, rebalance_ms;
	bool id_required;     /* the client joins twice to get its id, since version 4 */
	bool skip_assignment; /* the client knows that word, since version 9 */
	struct slice new_id;  /* for a member without */
	void *waiter;
};

struct group_sync {
	struct slice member_id, instance_id, protocol_type, protocol;
	int32_t generation;
	const struct sync_group_request_assignment *assignments;
	uint32_t nassignments;
	void *waiter;
};

struct group *group_new(const struct group_settings *settings, const struct trace *trace);
/* Whoever waits has been dropped. */
void group_free(struct group *group);

void group_join(struct group *group, const struct group_join *join, int64_t now_ms,
		struct group_out *out);
void group_sync(struct group *group, const struct group_sync *sync, int64_t now_ms,
		struct group_out *out);
/* These answer with a Kafka error code. */
int16_t group_heartbeat(struct group *group, struct slice member_id, struct slice instance_id,
			int32_t generation, int64_t now_ms);
int16_t group_leave(struct group *group, struct slice member_id, struct slice instance_id,
		    int64_t now_ms, struct group_out *out);
/* May this member commit offsets? Generation -1: someone who is no member. */
int16_t group_may_commit(struct group *group, struct slice member_id, struct slice instance_id,
			 int32_t generation, int64_t now_ms);
/* The same within a transaction, which may outlive a rebalance's beginning. */
int16_t group_may_commit_txn(const struct group *group, struct slice member_id,
			     struct slice instance_id, int32_t generation);

void group_tick(struct group *group, int64_t now_ms, struct group_out *out);
int64_t group_next_ms(const struct group *group); /* INT64_MAX: nothing is due */

/* The connection that waited is gone; the member stays until its time is over. */
void group_forget(struct group *group, const void *waiter);
/* Empty groups only: nobody can use it any more. */
void group_kill(struct group *group);

static inline enum group_state group_state(const struct group *group)
{
	return (enum group_state)group->sm.state;
}

/* As it stands in __consumer_offsets; borrows from the group. */
struct group_metadata_value *group_describe(const struct group *group, struct arena *arena);
void group_restore(struct group *group, const struct group_metadata_value *value, int64_t now_ms);
/* As DescribeGroups shows them; borrows from the group. */
void group_show_members(const struct group *group, struct arena *arena,
			struct describe_groups_response_group *answer);
/* Does a member's subscription name the topic? Consumers' groups only. */
bool group_subscribes(const struct group *group, struct slice topic);

#endif
