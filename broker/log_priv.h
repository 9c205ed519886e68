/*
 * log_priv.h - what the files of the log share: one partition, its chunks of memory, the store,
 * jobs.
 */
#ifndef WEIR_BROKER_LOG_PRIV_H
#define WEIR_BROKER_LOG_PRIV_H

#include "broker/log_store.h"
#include "broker/producer.h"
#include "broker/segment.h"
#include "broker/wal.h"

/* What was appended last, in memory: whole batches, one behind the other, as in the segment's file.
 * A chunk's memory never moves; readers pin it. */
struct log_chunk {
	struct list node;       /* in its log */
	struct list store_node; /* in the store, the oldest first */
	struct log *log;        /* NULL once the log has let go of it */
	struct log_store *store;
	struct segment *segment; /* counted */
	uint32_t refs;
	int64_t base_offset, end_offset;
	uint64_t at; /* place in the segment's file */
	size_t len, written, capacity;
	uint8_t data[];
};

#define LOG_CHUNK_BYTES_MIN ((size_t)16 * 1024)
#define LOG_CHUNK_BYTES_MAX ((size_t)256 * 1024)
/* A log writes to its file when so much waits; less costs a call of the kernel too often. */
#define LOG_WRITE_BEHIND_BYTES ((size_t)256 * 1024)
#define LOG_TAIL_BYTES_DEFAULT ((size_t)64 * 1024 * 1024)
/* Appends that were not synced yet; beyond, appends are refused until the disk has caught up. */
#define LOG_UNSYNCED_BYTES_MAX ((size_t)96 * 1024 * 1024)
#define LOG_CHECKPOINT_BYTES ((uint64_t)96 * 1024 * 1024)
#define LOG_CHECKPOINT_MS (INT64_C(60) * 1000)
#define LOG_SNAPSHOT_BYTES ((uint64_t)8 * 1024 * 1024)
/* After a full disk stopped a sync, the next try. */
#define LOG_RETRY_MS 200

struct log_epoch {
	int32_t epoch;
	int64_t start_offset;
};

struct log {
	struct log_store *store; /* borrowed */
	char *topic, *dir;       /* owned */
	void *owner;
	struct uuid topic_id;
	struct log_config config;
	int32_t partition;
	uint32_t refs;
	bool deleted, compacting;
	VEC(struct segment *) segments; /* counted; at least one, the last grows */
	struct list chunks;
	int64_t start_offset, end_offset, high_watermark;
	int64_t recovery_point; /* what is before is synced in the segments */
	int64_t cleaned_offset; /* compaction has seen what is before */
	int64_t stable_told;    /* the last stable offset that the listener knows */
	VEC(struct log_epoch) epochs;
	VEC(int64_t) snapshots; /* offsets of the snapshot files, growing */
	struct producer_table producers;
	uint64_t bytes_appended, bytes_at_snapshot;
	int64_t compact_not_before_ms; /* after a failure */
	int64_t compact_horizon_ms;    /* when a cleaned tombstone may go; INT64_MAX: none waits */
	struct list sync_node; /* in store->unsynced: appended to since the last sync began */
	struct list
		checkpoint_node; /* in store->dirty: appended to since the last checkpoint began */
};

/* Something that leaves the disk later. */
struct log_doomed {
	char *path; /* owned */
	int64_t due_ms;
	bool is_dir;
};

struct log_store {
	struct disk *disk; /* borrowed */
	struct disk_file *lock;
	char *dir; /* owned */
	struct log_listener listener;
	struct uuid cluster_id;
	struct map logs; /* "topic-partition" -> struct log, owned */
	struct wal wal;
	struct list unsynced, dirty, chunks;
	VEC(struct log_doomed) doomed;
	size_t chunk_bytes, tail_bytes_max;
	int64_t producer_expiry_ms, checkpoint_ms, last_checkpoint_ms, retry_ms;
	struct log_job *sync_job, *checkpoint_job, *compact_job; /* running; borrowed */
	struct err failure;                                      /* code 0: fine */
	bool fsync_off, starts_changed, failed_for_ever;
	int32_t node_id;
	struct log_store_recovery recovery;
	struct buf path; /* scratch */
};

/* log.c */
struct log *log_new(struct log_store *store, const char *topic, int32_t partition,
		    struct uuid topic_id, const struct log_config *config);
struct log *log_ref(struct log *log);
void log_unref(struct log *log);
struct segment *log_active(const struct log *log);
/* Writes what waits in memory to the segment's file. */
fallible log_write_out(struct log *log, struct err *err);
fallible log_roll(struct log *log, struct err *err);
/* A batch of the write-ahead log that the segments do not have. */
fallible log_replay(struct log *log, const struct record_batch *batch, struct err *err);
void log_set_high_watermark(struct log *log, int64_t offset);
/* Index of the segment that has `offset` or would; the first if it is before all. */
uint32_t log_segment_index(const struct log *log, int64_t offset);
void log_drop_chunks(struct log *log);
void log_chunk_unref(struct log_chunk *chunk);
void log_store_trim(struct log_store *store);
void log_epoch_begin(struct log *log, int32_t epoch);

/* recover.c */
fallible log_open(struct log *log, int64_t recovery_point, int64_t start_offset, bool clean,
		  struct err *err);
fallible log_write_epochs(struct log *log, struct err *err);

/* checkpoint.c: Kafka's small files of a data folder */
fallible checkpoint_read_offsets(struct disk *disk, const char *path, struct map *offsets,
				 struct err *err);
void checkpoint_offsets_fini(struct map *offsets);
int64_t checkpoint_offset(const struct map *offsets, const struct log *log, int64_t otherwise);
typedef int64_t checkpoint_value(const struct log *log);
/* The text of such a file, for all logs of the store. */
void checkpoint_print_offsets(const struct log_store *store, checkpoint_value *value,
			      struct buf *to);

/* job.c */
enum log_job_kind { LOG_JOB_SYNC, LOG_JOB_CHECKPOINT, LOG_JOB_COMPACT };
void log_store_fail(struct log_store *store, int code, const struct err *err, bool for_ever);

/* retain.c */
/* `path` (owned from here on) is removed when it is due: a file, or a folder with its files. */
void log_store_doom(struct log_store *store, char *path, bool is_dir, int64_t due_ms);
void log_store_remove_doomed(struct log_store *store, int64_t now_ms);
/* The files of a segment get ".deleted" behind their names and go later. */
void log_doom_segment(struct log *log, int64_t base_offset, int64_t now_ms);

/* compact.c */
struct compaction;
/* The dirtiest log that may be cleaned, taken; NULL: none. */
struct compaction *compaction_choose(struct log_store *store, int64_t now_ms);
fallible compaction_run(struct compaction *compaction, struct err *err);
fallible compaction_finish(struct compaction *compaction, int64_t now_ms, struct err *err);
/* It failed: its log is left alone for a while. */
void compaction_put_off(struct compaction *compaction, int64_t now_ms);
void compaction_free(struct compaction *compaction);

#define CHECKPOINT_RECOVERY "recovery-point-offset-checkpoint"
#define CHECKPOINT_START "log-start-offset-checkpoint"
#define CHECKPOINT_REPLICATION "replication-offset-checkpoint"
#define CHECKPOINT_CLEANER "cleaner-offset-checkpoint"
#define CHECKPOINT_EPOCHS "leader-epoch-checkpoint"
#define PARTITION_METADATA "partition.metadata"
#define META_PROPERTIES "meta.properties"
#define CLEAN_SHUTDOWN ".kafka_cleanshutdown"
#define CHECKPOINT_BYTES_MAX ((size_t)64 * 1024 * 1024)

#endif
