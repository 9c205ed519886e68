/*
 * coordinator_priv.h - the coordinator's own state, for coordinator.c and coordinator_log.c.
 *
 * The rule: a group is in `groups` and in `timers` from coordinated_make to coordinated_free.
 */
#ifndef WEIR_BROKER_COORDINATOR_PRIV_H
#define WEIR_BROKER_COORDINATOR_PRIV_H

#include "broker/coordinator.h"

struct coordinator {
	struct map groups; /* struct coordinated, owned */
	struct heap timers;
	struct group_out out;
	struct group_settings settings;
	int64_t expire_due_ms;
	int64_t producer_id_next, producer_ids_end; /* what is left of the block */
};

struct coordinated *coordinated_make(struct coordinator *coordinator, struct slice id);
void coordinated_free(struct coordinator *coordinator, struct coordinated *group);

/* Reads __consumer_offsets, if it is there. */
fallible coordinator_load(struct broker *broker, struct coordinator *coordinator, struct err *err);

#endif
