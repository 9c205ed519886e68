/*
 * coordinator.h - the groups of a broker and what they committed, kept in __consumer_offsets.
 *
 * A group exists while it has members, offsets or a generation. What changes is appended to the
 * partition of the group's name as the records that Kafka writes there, and read back at the start.
 * Offsets are acknowledged once they are on disk. A group's own record is not waited for: members
 * whose group a crash forgot join again, which costs a rebalance and nothing else; so where
 * the disk refuses the record, the group goes on, and the record is tried again a little later.
 */
#ifndef WEIR_BROKER_COORDINATOR_H
#define WEIR_BROKER_COORDINATOR_H

#include "broker/broker.h"
#include "broker/group.h"

struct coordinator;

/* One committed offset. */
struct committed {
	int32_t partition, leader_epoch;
	int64_t offset, commit_ms;
	int64_t expire_ms; /* -1: as the broker's settings say */
	struct buf metadata;
};

struct committed_topic {
	char *name;                    /* owned */
	VEC(struct committed) offsets; /* by partition */
};

struct coordinated {
	struct buf id;
	struct group *group;    /* owned */
	struct map topics;      /* struct committed_topic, owned */
	enum group_state state; /* when last looked at */
	int64_t state_ms;       /* since when, by the wall's clock */
	int64_t save_due_ms;    /* after the record was refused; 0: at once */
	struct buf loaded;      /* the group's record, while loading */
	struct heap_node timer;
	int64_t due_ms;
};

/* Where an append to __consumer_offsets went. */
struct offsets_place {
	struct partition *partition;
	int64_t last_offset;
};

fallible coordinator_open(struct broker *broker, struct coordinator **ret_coordinator,
			  struct err *err);
void coordinator_free(struct coordinator *coordinator);

void coordinator_tick(struct broker *broker);
int64_t coordinator_next_ms(const struct broker *broker);

struct coordinated *coordinator_find(const struct broker *broker, struct slice id); /* or NULL */
struct coordinated *coordinator_find_or_make(struct broker *broker, struct slice id);
const struct map *coordinator_groups(const struct broker *broker); /* struct coordinated by id */

/* What the next step of a group puts its answers in; then coordinator_settle. */
struct group_out *coordinator_out(struct broker *broker);
/* After each step: answers go to those who wait, the record is written, timers are set. A group
 * that is nothing any more is freed. */
void coordinator_settle(struct broker *broker, struct coordinated *group);
/* handle_groups.c: gives the request that waits its response. */
void coordinator_answer(struct broker *broker, const struct group_answer *answer);

/* The topic is made when it is first needed. */
int16_t coordinator_topic(struct broker *broker, struct topic **ret_topic);
int32_t coordinator_partition_of(struct slice id, uint32_t partitions);

/* Records on their way to the partition of one group. */
struct offsets_batch {
	struct buf bytes, scratch;
	struct record_builder builder;
	int code; /* of the first failure */
	uint32_t len;
};

void offsets_batch_open(struct offsets_batch *batch);
void offsets_batch_close(struct offsets_batch *batch);
void offsets_batch_commit(struct offsets_batch *batch, int64_t now_ms, struct slice group,
			  struct slice topic, const struct committed *offset,
			  struct slice metadata);
void offsets_batch_remove(struct offsets_batch *batch, int64_t now_ms, struct slice group,
			  struct slice topic, int32_t partition);
void offsets_batch_group(struct offsets_batch *batch, int64_t now_ms, struct slice group,
			 const struct group_metadata_value *value); /* NULL: it is gone */
fallible coordinator_append(struct broker *broker, struct slice group, struct offsets_batch *batch,
			    struct offsets_place *ret_place, struct err *err);

/* In memory only: */
const struct committed *committed_find(const struct coordinated *group, struct slice topic,
				       int32_t partition);
void committed_put(struct coordinated *group, struct slice topic, const struct committed *offset,
		   struct slice metadata);
void committed_remove(struct coordinated *group, struct slice topic, int32_t partition);

/* The group and all its offsets, in the log and in memory. */
fallible coordinator_delete(struct broker *broker, struct coordinated *group, struct err *err);
/* A topic is gone: so are the offsets in it. */
void coordinator_forget_topic(struct broker *broker, struct slice topic);

/* Producer ids, each given out once, over restarts too. */
fallible coordinator_new_producer_id(struct broker *broker, int64_t *ret_id, struct err *err);

#endif
