/*
 * broker.h - a whole broker, stepped: topics, logs, and what waits.
 *
 * Nothing here reads a clock, opens a socket or starts a thread. A connection gives requests to
 * broker_handle and is told when each is done (broker/request.h). Whoever owns the broker (a loop,
 * a test) does three things more: after each turn it asks broker_sync_job, and now and then
 * broker_background_job, for work that blocks, runs log_job_run on any thread, and hands the job
 * back to broker_job_end; and it calls broker_tick when broker_next_ms is due. One sync job and one
 * background job may run at a time. All calls are of one thread.
 */
#ifndef WEIR_BROKER_BROKER_H
#define WEIR_BROKER_BROKER_H

#include "broker/config.h"
#include "broker/log_store.h"
#include "broker/park.h"
#include "broker/quota.h"
#include "broker/request.h"
#include "broker/settings.h"
#include "broker/topic.h"

struct api_versions_response;
struct coordinator;

/* Both clocks: deadlines go by the one that never jumps, records by the one people know. */
struct broker_time {
	int64_t now_ms;  /* monotonic */
	int64_t wall_ms; /* since 1970 */
};

struct broker_options {
	struct disk *disk;
	const char *dir;
	bool fsync_off;
	const struct configs *configs; /* of BROKER_CONFIGS, as started; NULL: none */
	const char *host;              /* what clients are told; the connection's port with it */
	int32_t port;
	uint64_t seed; /* random, for ids; a test says the same each time */
	struct broker_time time;
};

struct broker {
	struct disk *disk;      /* borrowed */
	char *dir, *topics_dir; /* owned */
	char *host;             /* owned */
	int32_t port;
	int32_t node_id;
	struct uuid cluster_id;
	char cluster_id_text[UUID_TEXT_LEN + 1];
	uint64_t random;
	struct broker_time time; /* of the call that is being made */
	struct broker_configs configs;
	struct settings settings;
	struct quotas quotas;
	struct log_store *store;
	struct topics topics;
	struct park park;
	struct coordinator *coordinator; /* owned: groups and their offsets */
	int64_t retention_due_ms, background_due_ms;
	/* Has this producer epoch this partition in an open transaction? Set by the coordinator of
	 * transactions; NULL: there is none, and transactional batches are refused. */
	int16_t (*verify_txn)(struct broker *broker, struct request *request,
			      struct partition *partition, const struct record_batch *batch);
};

fallible broker_open(const struct broker_options *options, struct broker **ret_broker,
		     struct err *err);
/* No request and no job is under way; `clean` writes down where it stopped. */
fallible broker_close(struct broker *broker, bool clean, struct err *err);

/* The port that listening gave, where it was left to the kernel. */
void broker_set_address(struct broker *broker, const char *host, int32_t port);

/* `request->body` is a frame without its length. Says `done` now or later. */
void broker_handle(struct broker *broker, struct request *request, struct broker_time time);

/* NULL: nothing to do, or one runs. */
struct log_job *broker_sync_job(struct broker *broker, struct broker_time time);
struct log_job *broker_background_job(struct broker *broker, struct broker_time time);
/* A failed sync is told to those who waited; the error is for a log. */
int broker_job_end(struct broker *broker, struct log_job *job, struct broker_time time,
		   struct err *err);

/* Deadlines, retention. Call it again at broker_next_ms. */
void broker_tick(struct broker *broker, struct broker_time time);
int64_t broker_next_ms(const struct broker *broker); /* monotonic */

/* For handlers: */
struct uuid broker_new_uuid(struct broker *broker);
uint64_t broker_random(struct broker *broker);
void broker_tell_features(struct broker *broker, struct request *request,
			  struct api_versions_response *response);
/* The level of a feature that is in force; -1: we do not know it. */
int16_t broker_feature_level(const struct broker *broker, struct slice name);
/* Which Kafka error says what the machine did wrong. */
int16_t broker_error_of(int code);

#endif
