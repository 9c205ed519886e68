/*
 * What is too old leaves: whole segments, the oldest first, never the active one (it is rolled
 * first where it qualifies). A segment is first taken from the log, then its files are renamed to
 * .deleted, and file.delete.delay.ms later they are removed: a reader that holds one reads on.
 */
#include "broker/log_priv.h"

#include "base/mem.h"

void log_store_doom(struct log_store *store, char *path, bool is_dir, int64_t due_ms)
{
	vec_push(&store->doomed, (struct log_doomed){ path, due_ms, is_dir });
}

struct sweep {
	struct log_store *store;
	const char *dir;
};

static int remove_inside(void *arg, const char *name, bool is_dir)
{
	const struct sweep *sweep = arg;
	struct disk *disk = sweep->store->disk;
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	buf_printf(&path, "%s/%s", sweep->dir, name);
	if (!is_dir)
		(void)!disk->ops->remove(disk, buf_str(&path), NULL);
	return 0;
}

void log_store_remove_doomed(struct log_store *store, int64_t now_ms)
{
	struct disk *disk = store->disk;
	for (uint32_t i = 0; i < store->doomed.len;) {
		struct log_doomed *doomed = &store->doomed.items[i];
		if (doomed->due_ms > now_ms) {
			i++;
			continue;
		}
		/* What cannot be removed is found by the next start. */
		if (doomed->is_dir) {
			struct sweep sweep = { store, doomed->path };
			(void)!disk->ops->list(disk, doomed->path, remove_inside, &sweep, NULL);
		}
		(void)!disk->ops->remove(disk, doomed->path, NULL);
		mem_free(doomed->path);
		vec_remove(&store->doomed, i);
	}
}

void log_doom_segment(struct log *log, int64_t base_offset, int64_t now_ms)
{
	static const char *const SUFFIXES[] = { SEGMENT_LOG, SEGMENT_INDEX, SEGMENT_TIME_INDEX,
						SEGMENT_TXN_INDEX };
	struct disk *disk = log->store->disk;
	CLEANUP(buf_fini) struct buf from = BUF_INIT(SEGMENT_PATH_MAX);
	CLEANUP(buf_fini) struct buf to = BUF_INIT(SEGMENT_PATH_MAX);
	for (size_t i = 0; i < COUNT_OF(SUFFIXES); i++) {
		segment_path(&from, log->dir, base_offset, SUFFIXES[i]);
		buf_reset(&to);
		buf_printf(&to, "%s" SEGMENT_DELETED, buf_str(&from));
		if (disk->ops->rename(disk, buf_str(&from), buf_str(&to), NULL) == 0)
			log_store_doom(log->store, mem_strdup(buf_str(&to)), false,
				       now_ms + log->config.file_delete_delay_ms);
	}
}

/* The first `n` segments go. */
static void drop_first(struct log *log, uint32_t n, int64_t now_ms)
{
	assert(n < log->segments.len);
	for (; n > 0; n--) {
		struct segment *segment = log->segments.items[0];
		log_doom_segment(log, segment->base_offset, now_ms);
		vec_remove(&log->segments, 0);
		log->start_offset = MAX(log->start_offset, log->segments.items[0]->base_offset);
		segment_unref(segment);
		log->store->starts_changed = true;
	}
	log->cleaned_offset = MAX(log->cleaned_offset, log->start_offset);
	while (log->epochs.len > 1 && log->epochs.items[1].start_offset <= log->start_offset)
		vec_remove(&log->epochs, 0);
	if (log->epochs.items[0].start_offset < log->start_offset)
		log->epochs.items[0].start_offset = log->start_offset;
	/* An older file says the same of what is left. */
	(void)!log_write_epochs(log, NULL);
}

static bool is_old(struct log *log, struct segment *segment, int64_t now_ms)
{
	if (log->config.retention_ms < 0 || segment->bytes == 0)
		return false;
	if (segment_load(segment, log->config.index_interval_bytes, NULL) != 0)
		return false;
	int64_t newest = segment->max_timestamp_ms;
	if (newest == RECORD_NO_TIMESTAMP)
		newest = segment->modified_ms;
	return newest < now_ms && now_ms - newest > log->config.retention_ms;
}

static uint32_t count_by_time(struct log *log, int64_t now_ms)
{
	uint32_t n = 0;
	while (n + 1 < log->segments.len && is_old(log, log->segments.items[n], now_ms))
		n++;
	return n;
}

static uint32_t count_by_bytes(const struct log *log, uint32_t n)
{
	if (log->config.retention_bytes < 0)
		return n;
	uint64_t left = log_bytes(log);
	for (uint32_t i = 0; i < n; i++)
		left -= log->segments.items[i]->bytes;
	while (n + 1 < log->segments.len &&
	       left - log->segments.items[n]->bytes >= (uint64_t)log->config.retention_bytes)
		left -= log->segments.items[n++]->bytes;
	return n;
}

static uint32_t count_by_start(const struct log *log, uint32_t n)
{
	while (n + 1 < log->segments.len &&
	       log->segments.items[n + 1]->base_offset <= log->start_offset)
		n++;
	return n;
}

/* Nothing leaves that consumers have not been able to see, or that a checkpoint still syncs. */
static uint32_t limit_to_durable(const struct log *log, uint32_t n)
{
	int64_t durable = MIN(log->high_watermark, log->recovery_point);
	while (n > 0 && log->segments.items[n]->base_offset > durable)
		n--;
	return n;
}

static void roll_if_due(struct log *log, int64_t now_ms)
{
	struct segment *active = log_active(log);
	int64_t begun = active->first_timestamp_ms;
	if (active->bytes == 0)
		return;
	bool due = begun != RECORD_NO_TIMESTAMP && begun < now_ms &&
		   now_ms - begun > log->config.segment_ms;
	bool old = log->config.cleanup_delete && is_old(log, active, now_ms);
	bool compact_due = log->config.cleanup_compact && begun != RECORD_NO_TIMESTAMP &&
			   begun < now_ms && now_ms - begun > log->config.max_compaction_lag_ms;
	if (due || old || compact_due || log->start_offset == log->end_offset)
		(void)!log_roll(log, NULL); /* tried again next time */
}

static int retain_log(void *arg, struct log *log)
{
	int64_t now_ms = *(const int64_t *)arg;
	roll_if_due(log, now_ms);
	producer_expire(&log->producers, now_ms - log->store->producer_expiry_ms);
	if (log->compacting)
		return 0;
	uint32_t n = log->config.cleanup_delete ? count_by_time(log, now_ms) : 0;
	if (log->config.cleanup_delete)
		n = count_by_bytes(log, n);
	n = limit_to_durable(log, count_by_start(log, n));
	if (n > 0)
		drop_first(log, n, now_ms);
	return 0;
}

void log_store_retain(struct log_store *store, int64_t now_ms)
{
	if (store->failure.code != ERR_OK && store->failed_for_ever)
		return;
	log_store_each(store, retain_log, &now_ms);
	log_store_remove_doomed(store, now_ms);
}
