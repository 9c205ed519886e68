/*
 * topic.h - topics and their partitions, found by name or by id, and kept over restarts.
 *
 * A topic is a small file under DIR/weir.topics (its id, its number of partitions, its settings)
 * and a log for each partition. The file counts: it is written first, so a start after a crash
 * makes the logs that are missing; a deletion marks the file, then deletes the logs, then the file.
 * A log without a file (another broker's folder) becomes a topic with default settings.
 */
#ifndef WEIR_BROKER_TOPIC_H
#define WEIR_BROKER_TOPIC_H

#include "base/map.h"
#include "broker/config.h"
#include "broker/log.h"
#include "broker/park.h"

#define TOPIC_NAME_BYTES_MAX 249
#define TOPIC_PARTITIONS_MAX 100000

struct broker;
struct topic;

struct partition {
	struct topic *topic; /* borrowed */
	int32_t index;
	struct log *log; /* the store's */
	struct park_spot spot;
	uint64_t bytes_seen; /* log_bytes_appended when waiters were told last */
};

struct topic {
	char *name; /* owned */
	struct uuid id;
	VEC(struct partition *) partitions; /* owned */
	struct configs configs;
	int16_t replication_factor; /* as it was asked for; there is one replica */
	bool internal;
};

struct topics {
	struct map by_name, by_id; /* struct topic, owned by by_name */
	uint32_t npartitions;
};

struct topic_spec {
	struct slice name;
	struct uuid id; /* zero: a new one */
	int32_t partitions;
	int16_t replication_factor;
	const struct configs *configs; /* NULL: nothing set */
};

fallible topics_open(struct broker *broker, struct err *err);
void topics_fini(struct topics *topics);

struct topic *topic_find(const struct broker *broker, struct slice name);
struct topic *topic_find_id(const struct broker *broker, struct uuid id);
/* NULL: the topic has no such partition. */
struct partition *topic_partition(const struct topic *topic, int32_t index);

/* Letters, digits, '.', '_' and '-', 249 at most, not "." or "..". ERR_INVALID says what is wrong.
 */
fallible topic_name_check(struct slice name, struct err *err);
/* A topic whose name differs only in '.' and '_' (Kafka's metric names would collide); NULL: none.
 */
struct topic *topic_colliding(const struct broker *broker, struct slice name);
bool topic_name_internal(struct slice name);

fallible topic_create(struct broker *broker, const struct topic_spec *spec,
		      struct topic **ret_topic, struct err *err);
fallible topic_grow(struct broker *broker, struct topic *topic, int32_t partitions,
		    struct err *err);
fallible topic_delete(struct broker *broker, struct topic *topic, struct err *err);
/* Replaces the topic's settings, and tells its logs. */
fallible topic_set_configs(struct broker *broker, struct topic *topic,
			   const struct configs *configs, struct err *err);
/* The broker's settings have changed: tells all logs. */
void topics_configure(struct broker *broker);

#endif
