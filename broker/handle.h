/*
 * handle.h - what handlers share: finding what a request names, and saying what went wrong.
 * What is wrong goes into the response as one of Kafka's codes; a handler itself does not fail.
 */
#ifndef WEIR_BROKER_HANDLE_H
#define WEIR_BROKER_HANDLE_H

#include "broker/broker.h"
#include "wire/errors.h"

/* What may be done with topics and with the cluster when nobody is refused anything, as bits. */
#define TOPIC_OPERATIONS_ALL 3576
#define CLUSTER_OPERATIONS_ALL 8096
#define GROUP_OPERATIONS_ALL 328

/* By id where the name is empty; NULL: UNKNOWN_TOPIC_OR_PARTITION or UNKNOWN_TOPIC_ID. */
struct topic *handle_topic(const struct broker *broker, struct slice name, struct uuid id,
			   int16_t *ret_error);
/* Its partition, too. */
struct partition *handle_partition(const struct broker *broker, struct slice name, struct uuid id,
				   int32_t index, int16_t *ret_error);
/* FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH unless the client's epoch (-1: it has none) is ours.
 */
int16_t handle_leader_epoch(const struct partition *partition, int32_t epoch);

/* A text that lives as long as the request. */
struct slice handle_text(struct request *request, const char *text);

/* Makes a topic as the broker's settings say, for a client that asked for one that is not there. */
int16_t handle_auto_create(struct broker *broker, struct slice name, struct topic **ret_topic);

/* The address that this client is told. */
void handle_address(const struct broker *broker, struct request *request, struct slice *ret_host,
		    int32_t *ret_port);

#endif
