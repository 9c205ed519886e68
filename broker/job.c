/*
 * Jobs: what a store asks of the disk and will not wait for.
 *
 * A sync writes the waiting blocks of the write-ahead log and syncs them. A checkpoint syncs the
 * partitions' own files: first everything that waits in memory is written to them (at begin, on the
 * owner's thread), then the job adds to the indexes, syncs segments and folders, writes snapshots
 * of producers, and last the recovery points. Only when all that is done does the write-ahead log
 * let go of what came before. If the write-ahead log has no room, a checkpoint stands in for the
 * sync.
 */
#include "broker/log_priv.h"

#include "base/mem.h"

/* A log as it was when the job began. */
struct job_log {
	struct log *log;                     /* counted */
	int64_t end_offset, snapshot_offset; /* snapshot -1: none */
	uint64_t bytes_appended;
};

/* Bytes to put into a file. */
struct job_write {
	char *path; /* owned */
	struct buf bytes;
	uint64_t at;
	bool whole; /* a new file takes the old one's place */
};

struct job_segment {
	struct segment *segment;          /* counted */
	uint32_t offsets, times, aborted; /* entries that the job saves */
};

struct log_job {
	enum log_job_kind kind;
	struct log_store *store; /* borrowed; `run` reads only what does not change */
	int code;
	struct err err;
	struct wal_blocks blocks;      /* taken from the write-ahead log */
	uint64_t first_sequence, mark; /* what is before `mark` is in the segments afterwards */
	bool stands_in;                /* a checkpoint in place of a sync */
	bool sync_failed;              /* as against an open or a write, which may be tried again */
	VEC(struct job_log) logs;
	VEC(struct job_segment) segments;
	VEC(struct job_write) writes, last_writes; /* the last ones after all syncs */
	struct compaction *compaction;             /* owned */
};

static struct log_job *job_new(struct log_store *store, enum log_job_kind kind)
{
	struct log_job *job = mem_new(struct log_job);
	job->kind = kind;
	job->store = store;
	return job;
}

static void job_free(struct log_job *job)
{
	vec_each (log, &job->logs)
		log_unref(log->log);
	vec_each (segment, &job->segments)
		segment_unref(segment->segment);
	vec_each (write, &job->writes) {
		mem_free(write->path);
		buf_fini(&write->bytes);
	}
	vec_each (write, &job->last_writes) {
		mem_free(write->path);
		buf_fini(&write->bytes);
	}
	vec_fini(&job->logs);
	vec_fini(&job->segments);
	vec_fini(&job->writes);
	vec_fini(&job->last_writes);
	mem_free(job);
}

/* ---- begin ---- */

static void take_logs(struct log_job *job, struct list *from, bool checkpoint)
{
	for (;;) {
		struct list *node = list_pop_front(from);
		if (node == NULL)
			return;
		struct log *log = checkpoint ? list_item(node, struct log, checkpoint_node)
					     : list_item(node, struct log, sync_node);
		vec_push(&job->logs, (struct job_log){ .log = log_ref(log),
						       .end_offset = log->end_offset,
						       .snapshot_offset = -1,
						       .bytes_appended = log->bytes_appended });
	}
}

static struct job_write *add_write(struct log_job *job, const char *path, uint64_t at, bool whole)
{
	struct job_write *write = vec_add(&job->writes);
	write->path = mem_strdup(path);
	write->bytes = BUF_INIT(PRODUCER_SNAPSHOT_BYTES_MAX);
	write->at = at;
	write->whole = whole;
	return write;
}

/* What the index files of a segment do not have yet. */
static void add_segment(struct log_job *job, struct segment *segment)
{
	static const char *const SUFFIXES[] = { SEGMENT_INDEX, SEGMENT_TIME_INDEX,
						SEGMENT_TXN_INDEX };
	vec_push(&job->segments, (struct job_segment){ .segment = segment_ref(segment),
						       .offsets = segment->index.offsets.len,
						       .times = segment->index.times.len,
						       .aborted = segment->aborted.len });
	for (size_t i = 0; i < COUNT_OF(SUFFIXES); i++) {
		CLEANUP(buf_fini) struct buf bytes = BUF_INIT(PRODUCER_SNAPSHOT_BYTES_MAX);
		uint64_t at = segment_print_unsaved(segment, SUFFIXES[i], &bytes);
		bool wanted =
			bytes.len > 0 || segment->trim || (segment->closed && at == 0 && i < 2);
		if (!wanted)
			continue;
		const char *path = segment_path(&job->store->path, segment->dir,
						segment->base_offset, SUFFIXES[i]);
		buf_append(&add_write(job, path, at, false)->bytes, buf_slice(&bytes));
	}
	segment->unsynced = false;
}

static void add_snapshot(struct log_job *job, struct job_log *entry, bool force)
{
	struct log *log = entry->log;
	bool due = log->bytes_appended - log->bytes_at_snapshot >= LOG_SNAPSHOT_BYTES;
	bool there = log->snapshots.len > 0 && *vec_last(&log->snapshots) == log->end_offset;
	if (there || !(due || force || log->snapshots.len == 0))
		return;
	const char *path =
		segment_path(&job->store->path, log->dir, log->end_offset, SEGMENT_SNAPSHOT);
	producer_snapshot(&log->producers, &add_write(job, path, 0, true)->bytes);
	entry->snapshot_offset = log->end_offset;
}

static int64_t recovery_point_of(const struct log *log)
{
	return log->recovery_point;
}

static int64_t start_offset_of(const struct log *log)
{
	/* As Kafka: only where it is not simply the first segment's. */
	return log->start_offset > log->segments.items[0]->base_offset ? log->start_offset : -1;
}

static int64_t cleaned_offset_of(const struct log *log)
{
	return log->cleaned_offset > 0 ? log->cleaned_offset : -1;
}

static int64_t high_watermark_of(const struct log *log)
{
	return log->high_watermark;
}

static void add_last_write(struct log_job *job, const char *name, checkpoint_value *value)
{
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	buf_printf(&path, "%s/%s", job->store->dir, name);
	struct job_write *write = vec_add(&job->last_writes);
	write->path = mem_strdup(buf_str(&path));
	write->bytes = BUF_INIT(CHECKPOINT_BYTES_MAX);
	write->whole = true;
	checkpoint_print_offsets(job->store, value, &write->bytes);
}

/* The texts say how things are once the job is done; on failure the old points come back. */
static void add_checkpoints(struct log_job *job)
{
	vec_each (entry, &job->logs) {
		int64_t before = entry->log->recovery_point;
		entry->log->recovery_point = entry->end_offset;
		entry->end_offset = before; /* swapped, for the printing below */
	}
	add_last_write(job, CHECKPOINT_RECOVERY, recovery_point_of);
	vec_each (entry, &job->logs) {
		int64_t after = entry->log->recovery_point;
		entry->log->recovery_point = entry->end_offset;
		entry->end_offset = after;
	}
	add_last_write(job, CHECKPOINT_START, start_offset_of);
	add_last_write(job, CHECKPOINT_CLEANER, cleaned_offset_of);
	add_last_write(job, CHECKPOINT_REPLICATION, high_watermark_of);
	job->store->starts_changed = false;
}

/* Gives back what the job was to do. */
static void put_back(struct log_job *job)
{
	struct log_store *store = job->store;
	bool checkpoint = job->kind == LOG_JOB_CHECKPOINT;
	vec_each (entry, &job->logs) {
		struct log *log = entry->log;
		if (log->deleted)
			continue;
		if (checkpoint && !list_linked(&log->checkpoint_node))
			list_push_back(&store->dirty, &log->checkpoint_node);
		if ((!checkpoint || job->stands_in) && !list_linked(&log->sync_node))
			list_push_back(&store->unsynced, &log->sync_node);
	}
	vec_each (segment, &job->segments)
		segment->segment->unsynced = true;
	if (checkpoint)
		store->starts_changed = true;
	wal_untake(&store->wal, &job->blocks);
}

static int prepare_checkpoint(struct log_job *job, bool force, struct err *err)
{
	struct log_store *store = job->store;
	take_logs(job, &store->dirty, true);
	job->mark = store->sync_job != NULL && store->sync_job->first_sequence != 0
			    ? store->sync_job->first_sequence
			    : store->wal.next_sequence;
	vec_each (entry, &job->logs) {
		struct log *log = entry->log;
		if (log->deleted)
			continue;
		TRY(log_write_out(log, err));
		vec_each (segment, &log->segments) {
			if ((*segment)->unsynced)
				add_segment(job, *segment);
		}
		add_snapshot(job, entry, force);
	}
	add_checkpoints(job);
	return 0;
}

static fallible checkpoint_job(struct log_store *store, bool force, bool stands_in, int64_t now_ms,
			       struct log_job **ret_job, struct err *err)
{
	struct log_job *job = job_new(store, LOG_JOB_CHECKPOINT);
	job->stands_in = stands_in;
	int code = prepare_checkpoint(job, force, err);
	if (stands_in) {
		wal_take(&store->wal, &job->blocks);
		/* All of them are dirty too, and so already in the job. */
		while (list_pop_front(&store->unsynced) != NULL)
			;
	}
	store->last_checkpoint_ms = now_ms;
	if (code != 0) {
		put_back(job);
		job_free(job);
		store->retry_ms = now_ms + LOG_RETRY_MS;
		if (stands_in || code == ERR_NO_SPACE)
			log_store_fail(store, code, err, false);
		return code;
	}
	store->checkpoint_job = job;
	*ret_job = job;
	return 0;
}

struct log_job *log_store_sync_begin(struct log_store *store, int64_t now_ms)
{
	if (store->sync_job != NULL || !log_store_has_unsynced(store))
		return NULL;
	if (store->failed_for_ever || (store->failure.code != ERR_OK && now_ms < store->retry_ms))
		return NULL;
	struct log_job *job = job_new(store, LOG_JOB_SYNC);
	job->first_sequence = store->wal.next_sequence;
	wal_take(&store->wal, &job->blocks);
	if (!wal_place(&store->wal, &job->blocks)) {
		wal_untake(&store->wal, &job->blocks);
		job_free(job);
		if (store->checkpoint_job != NULL)
			return NULL; /* it will make room */
		struct err err = ERR_INIT;
		return checkpoint_job(store, false, true, now_ms, &job, &err) == 0 ? job : NULL;
	}
	take_logs(job, &store->unsynced, false);
	store->sync_job = job;
	return job;
}

struct log_job *log_store_checkpoint_begin(struct log_store *store, bool force, int64_t now_ms)
{
	if (store->checkpoint_job != NULL || store->failed_for_ever ||
	    (!force && now_ms < store->retry_ms))
		return NULL;
	bool dirty = !list_empty(&store->dirty) || store->starts_changed;
	bool due = wal_live_bytes(&store->wal) >= LOG_CHECKPOINT_BYTES ||
		   wal_live_bytes(&store->wal) >= 2 * (uint64_t)store->wal.file_bytes ||
		   now_ms - store->last_checkpoint_ms >= store->checkpoint_ms;
	struct err err = ERR_INIT;
	struct log_job *job;
	if (!force && !(dirty && due))
		return NULL;
	return checkpoint_job(store, force, false, now_ms, &job, &err) == 0 ? job : NULL;
}

struct log_job *log_store_compact_begin(struct log_store *store, int64_t now_ms)
{
	if (store->compact_job != NULL || store->failure.code != ERR_OK)
		return NULL;
	struct compaction *compaction = compaction_choose(store, now_ms);
	if (compaction == NULL)
		return NULL;
	struct log_job *job = job_new(store, LOG_JOB_COMPACT);
	job->compaction = compaction;
	store->compact_job = job;
	return job;
}

/* ---- run, on any thread ---- */

/* A log that was deleted meanwhile has no files. */
static fallible unless_gone(int code)
{
	return code == ERR_NOT_FOUND ? 0 : code;
}

static fallible run_write(struct log_job *job, const struct job_write *write, struct err *err)
{
	struct disk *disk = job->store->disk;
	struct disk_file *file;
	bool sync = !job->store->fsync_off;
	TRY(buf_check(&write->bytes, write->path, err));
	if (write->whole)
		return segment_write_file(disk, write->path, buf_slice(&write->bytes), sync, err);
	TRY(disk->ops->open(disk, write->path, DISK_WRITE | DISK_CREATE, &file, err));
	/* What stands behind belongs to a life before a crash. */
	int code = disk->ops->truncate(file, write->at, err);
	if (code == 0)
		code = disk->ops->write(file, write->at, buf_slice(&write->bytes), err);
	if (code == 0 && sync) {
		code = disk->ops->sync(file, err);
		job->sync_failed = code != 0;
	}
	disk->ops->close(file);
	return code;
}

static fallible run_checkpoint(struct log_job *job, struct err *err)
{
	struct disk *disk = job->store->disk;
	bool sync = !job->store->fsync_off;
	vec_each (write, &job->writes)
		TRY(unless_gone(run_write(job, write, err)));
	vec_each (entry, &job->segments) {
		int code = sync ? disk->ops->sync(entry->segment->file, err) : 0;
		job->sync_failed = code != 0;
		TRY(code);
	}
	vec_each (entry, &job->logs) {
		if (sync)
			TRY(unless_gone(disk->ops->sync_dir(disk, entry->log->dir, err)));
	}
	vec_each (write, &job->last_writes)
		TRY(run_write(job, write, err));
	if (sync)
		TRY(disk->ops->sync_dir(disk, job->store->dir, err));
	return 0;
}

void log_job_run(struct log_job *job)
{
	switch (job->kind) {
	case LOG_JOB_SYNC:
		job->code = wal_write(&job->store->wal, &job->blocks, &job->sync_failed, &job->err);
		return;
	case LOG_JOB_CHECKPOINT:
		job->code = run_checkpoint(job, &job->err);
		return;
	case LOG_JOB_COMPACT:
		job->code = compaction_run(job->compaction, &job->err);
		return;
	}
	UNREACHABLE("a job that is none");
}

/* ---- end ---- */

static void publish(struct log_job *job)
{
	vec_each (entry, &job->logs) {
		struct log *log = entry->log;
		if (entry->end_offset > log->high_watermark)
			log_set_high_watermark(log, entry->end_offset);
		else
			log_set_high_watermark(log, log->high_watermark);
	}
}

#define SNAPSHOTS_KEPT 2

static void keep_snapshot(struct log *log, int64_t offset, uint64_t bytes_appended)
{
	struct disk *disk = log->store->disk;
	vec_push(&log->snapshots, offset);
	log->bytes_at_snapshot = bytes_appended;
	while (log->snapshots.len > SNAPSHOTS_KEPT) {
		const char *path = segment_path(&log->store->path, log->dir,
						log->snapshots.items[0], SEGMENT_SNAPSHOT);
		/* One that stays is removed at a later start. */
		(void)!disk->ops->remove(disk, path, NULL);
		vec_remove(&log->snapshots, 0);
	}
}

static void end_checkpoint(struct log_job *job)
{
	struct log_store *store = job->store;
	vec_each (entry, &job->segments) {
		struct segment *segment = entry->segment;
		segment->offsets_saved = entry->offsets;
		segment->times_saved = entry->times;
		segment->aborted_saved = entry->aborted;
		segment->trim = false;
	}
	vec_each (entry, &job->logs) {
		struct log *log = entry->log;
		if (log->deleted)
			continue;
		log->recovery_point = MAX(log->recovery_point, entry->end_offset);
		if (entry->snapshot_offset >= 0)
			keep_snapshot(log, entry->snapshot_offset, entry->bytes_appended);
	}
	wal_free_before(&store->wal, job->mark);
	publish(job);
}

/*
 * Of a failed sync nothing may be believed: that is for ever. Whatever else fails (no space, too
 * many files open) is tried again, and appends are refused meanwhile if they cannot become durable.
 */
static void end_failed(struct log_job *job, int64_t now_ms)
{
	struct log_store *store = job->store;
	put_back(job);
	store->retry_ms = now_ms + LOG_RETRY_MS;
	if (job->sync_failed)
		log_store_fail(store, job->code, &job->err, true);
	else if (job->kind == LOG_JOB_SYNC || job->stands_in || job->code == ERR_NO_SPACE)
		log_store_fail(store, job->code, &job->err, false);
}

int log_store_job_end(struct log_store *store, struct log_job *job, int64_t now_ms, struct err *err)
{
	int code = job->code;
	if (job == store->sync_job)
		store->sync_job = NULL;
	if (job == store->checkpoint_job)
		store->checkpoint_job = NULL;
	if (job->kind == LOG_JOB_COMPACT) {
		store->compact_job = NULL;
		if (code == 0)
			code = compaction_finish(job->compaction, now_ms, &job->err);
		if (code != 0)
			compaction_put_off(job->compaction, now_ms);
		compaction_free(job->compaction);
	} else if (code != 0) {
		end_failed(job, now_ms);
	} else {
		if (!store->failed_for_ever)
			err_clear(&store->failure);
		if (job->kind == LOG_JOB_SYNC)
			publish(job);
		else
			end_checkpoint(job);
		wal_done(&store->wal, &job->blocks);
	}
	if (code != 0 && err != NULL)
		*err = job->err;
	job_free(job);
	return code;
}

fallible log_store_sync(struct log_store *store, int64_t now_ms, struct err *err)
{
	struct log_job *job = log_store_sync_begin(store, now_ms);
	if (job == NULL)
		return log_store_failure(store, err);
	log_job_run(job);
	return log_store_job_end(store, job, now_ms, err);
}

fallible log_store_checkpoint(struct log_store *store, int64_t now_ms, struct err *err)
{
	struct log_job *job;
	assert(store->checkpoint_job == NULL);
	if (store->failed_for_ever)
		return log_store_failure(store, err);
	TRY(checkpoint_job(store, true, false, now_ms, &job, err));
	log_job_run(job);
	return log_store_job_end(store, job, now_ms, err);
}

bool log_store_has_unsynced(const struct log_store *store)
{
	return !list_empty(&store->unsynced);
}

int log_store_failure(const struct log_store *store, struct err *err)
{
	if (store->failure.code == ERR_OK)
		return 0;
	if (err != NULL)
		*err = store->failure;
	return (int)store->failure.code;
}

/* One that is for ever stays. */
void log_store_fail(struct log_store *store, int code, const struct err *err, bool for_ever)
{
	assert(code != 0);
	if (!store->failed_for_ever) {
		store->failure = *err;
		store->failure.code = (enum err_code)code;
		store->failed_for_ever = for_ever;
	}
	if (store->listener.failed != NULL)
		store->listener.failed(store->listener.arg, &store->failure);
}
