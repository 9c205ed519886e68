/*
 * group_priv.h - a group's members, for group.c (its life) and group_join.c (who may join).
 *
 * The rule: every member is in `members` or in `pending`, never in both, and in `timers`;
 * `njoining` counts those that are `joining`.
 */
#ifndef WEIR_BROKER_GROUP_PRIV_H
#define WEIR_BROKER_GROUP_PRIV_H

#include "broker/group.h"
#include "wire/errors.h"
#include "wire/event.h"

struct group_protocol {
	struct buf name, metadata;
};

struct group_member {
	struct buf id, client_id, client_host, assignment;
	struct buf instance_id;
	bool is_static, is_pending;
	bool is_new;                     /* its first join was not answered yet */
	bool joining;                    /* waits for the others; its waiter may be gone */
	bool synced;                     /* in this generation, or waits to be */
	void *join_waiter, *sync_waiter; /* NULL: none */
	int32_t session_ms, rebalance_ms;
	VEC(struct group_protocol) protocols; /* best liked first */
	int64_t deadline_ms;
	struct heap_node timer;
};

struct group_member *group_member_of(const struct group *group, struct slice id);
struct group_member *group_pending_of(const struct group *group, struct slice id);
struct group_member *group_static_of(const struct group *group, struct slice instance_id);

struct group_member *group_member_new(struct slice id, struct slice instance_id);
void group_member_free(struct group_member *member);
void group_set(struct buf *to, struct slice bytes);
/* Is it who it says it is? */
int16_t group_check_member(const struct group *group, struct slice member_id,
			   struct slice instance_id, struct group_member **ret_member);

/* Removes and frees; who waits in its name is told `error`. */
void group_remove(struct group *group, struct group_member *member, int16_t error,
		  struct group_out *out);
void group_remove_pending(struct group *group, struct group_member *member);
void group_add_timer(struct group *group, struct group_member *member, int64_t deadline_ms);
void group_set_timer(struct group *group, struct group_member *member, int64_t deadline_ms);

/* Answers: */
void group_answer_error(struct group_out *out, enum group_answer_kind kind, void *waiter,
			struct slice member_id, int16_t error);
/* The present generation; the leader is told the members. */
void group_answer_join(const struct group *group, struct group_out *out, void *waiter,
		       const struct group_member *member, bool tell_members);
void group_answer_sync(const struct group *group, struct group_out *out, void *waiter,
		       const struct group_member *member);

/* Moves: */
void group_rebalance(struct group *group, int64_t now_ms, struct group_out *out);
/* Whoever joined or went may have been the last that was waited for. */
void group_try_complete(struct group *group, int64_t now_ms, struct group_out *out);
/* After a change of members in any state. */
void group_changed(struct group *group, int64_t now_ms, struct group_out *out);

/* Protocols that all members know. */
bool group_all_know(const struct group *group, struct slice protocol);
/* Most members' first choice among them; NULL data: there is none. */
struct slice group_choose_protocol(const struct group *group);
struct slice group_metadata_of(const struct group_member *member, struct slice protocol);

#endif
