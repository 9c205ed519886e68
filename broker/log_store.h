/*
 * log_store.h - all partitions of one data folder, synced together.
 *
 * Appends wait in memory; `log_store_sync_begin` yields a job with everything that waits,
 * `log_job_run` writes and syncs it on any thread, `log_store_job_end` makes it visible and tells
 * the listener. "Sync as soon as the last sync returned" is the group commit: while one job runs,
 * the next one gathers. Checkpoints are jobs too: they sync the partitions' own files, so that the
 * write-ahead log can be used again and a start after a crash reads little.
 *
 * After a sync failed the store takes no more writes (log_store_failure); a full disk refuses
 * appends until there is room again. docs/durability.md tells why and how.
 */
#ifndef WEIR_BROKER_LOG_STORE_H
#define WEIR_BROKER_LOG_STORE_H

#include "broker/log.h"
#include "host/disk.h"

struct log_store;
struct log_job;

/* Called by log_store_job_end, on the owner's thread. */
struct log_listener {
	void *arg;
	/* High watermark or last stable offset has moved. */
	void (*advanced)(void *arg, struct log *log);
	/* A sync failed: whoever waits for one gets an error. Until `log_store_failure` is 0 again.
	 */
	void (*failed)(void *arg, const struct err *err);
};

struct log_store_options {
	const char *dir;
	struct log_listener listener;
	struct uuid cluster_id, directory_id; /* for a new folder */
	int32_t node_id;
	bool fsync_off;        /* loses acknowledged records with the power */
	size_t wal_file_bytes; /* 0: the default */
	size_t tail_bytes_max; /* memory for what was appended last, all logs; 0: the default */
	int64_t producer_expiry_ms; /* 0: a day */
	int64_t checkpoint_ms;      /* 0: a minute */
	int64_t now_ms;
};

struct log_store_recovery { /* what the start had to do */
	bool clean;
	uint64_t bytes_read, wal_records_replayed, bytes_truncated;
	uint32_t logs, logs_recovered;
};

fallible log_store_open(struct disk *disk, const struct log_store_options *options,
			struct log_store **ret_store, struct err *err);
/* Clean: syncs, writes all checkpoints and the mark. No job may be running. */
fallible log_store_close(struct log_store *store, int64_t now_ms, struct err *err);
/* As a crash would: nothing is written. */
void log_store_abandon(struct log_store *store);

struct log_store_recovery log_store_recovery(const struct log_store *store);
struct uuid log_store_cluster_id(const struct log_store *store);
const char *log_store_dir(const struct log_store *store);

/* The name is a valid topic name. ERR_EXISTS. Durable when it returns. */
fallible log_store_create(struct log_store *store, const char *topic, int32_t partition,
			  struct uuid topic_id, const struct log_config *config,
			  struct log **ret_log, struct err *err);
/* Gone for everyone; the files go after file.delete.delay.ms. */
fallible log_store_delete(struct log_store *store, struct log *log, int64_t now_ms,
			  struct err *err);
struct log *log_store_find(const struct log_store *store, const char *topic, int32_t partition);
/* Anything but 0 stops. A topic's partitions in no particular order. */
typedef int log_visit(void *arg, struct log *log);
int log_store_each(const struct log_store *store, log_visit *visit, void *arg);

/* NULL: nothing to sync, a sync is running, or the store has failed. */
struct log_job *log_store_sync_begin(struct log_store *store, int64_t now_ms);
/* NULL: no need (no `force`), or one is running. Retention, checkpoints, deletion of files. */
struct log_job *log_store_checkpoint_begin(struct log_store *store, bool force, int64_t now_ms);
/* Deletes what is too old, from all logs; rolls what is due; forgets producers. Every few minutes.
 */
void log_store_retain(struct log_store *store, int64_t now_ms);
/* The dirtiest compacted log; NULL: none is dirty enough, or one is being cleaned. */
struct log_job *log_store_compact_begin(struct log_store *store, int64_t now_ms);

/* On any thread, once. Its failure is kept in the job. */
void log_job_run(struct log_job *job);
/* On the owner's thread; frees the job. Returns the job's failure, if any, which the store knows.
 */
int log_store_job_end(struct log_store *store, struct log_job *job, int64_t now_ms,
		      struct err *err);

/* A sync job run at once; for tests, tools and embedders without threads. */
fallible log_store_sync(struct log_store *store, int64_t now_ms, struct err *err);
fallible log_store_checkpoint(struct log_store *store, int64_t now_ms, struct err *err);

/* 0: fine. ERR_NO_SPACE: refuses appends until there is room. Else: for ever. */
int log_store_failure(const struct log_store *store, struct err *err);
bool log_store_has_unsynced(const struct log_store *store);

#endif
