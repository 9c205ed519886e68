#include "broker/log_store.h"

#include "base/mem.h"
#include "base/num.h"
#include "broker/log_priv.h"

#define LOCK_FILE ".lock"
#define WAL_DIR ".wal"
#define DELETED_DIR_SUFFIX "-delete"
#define TOPIC_NAME_MAX 249

static const char *in_store(struct log_store *store, const char *name)
{
	buf_reset(&store->path);
	buf_printf(&store->path, "%s/%s", store->dir, name);
	return buf_str(&store->path);
}

static const char *in_log(struct log *log, const char *name)
{
	struct buf *path = &log->store->path;
	buf_reset(path);
	buf_printf(path, "%s/%s", log->dir, name);
	return buf_str(path);
}

static struct log_store *store_new(struct disk *disk, const struct log_store_options *options)
{
	struct log_store *store = mem_new(struct log_store);
	store->disk = disk;
	store->dir = mem_strdup(options->dir);
	store->listener = options->listener;
	store->cluster_id = options->cluster_id;
	store->node_id = options->node_id;
	store->fsync_off = options->fsync_off;
	store->tail_bytes_max =
		options->tail_bytes_max != 0 ? options->tail_bytes_max : LOG_TAIL_BYTES_DEFAULT;
	store->producer_expiry_ms = options->producer_expiry_ms != 0 ? options->producer_expiry_ms
								     : PRODUCER_EXPIRY_MS_DEFAULT;
	store->checkpoint_ms =
		options->checkpoint_ms != 0 ? options->checkpoint_ms : LOG_CHECKPOINT_MS;
	store->last_checkpoint_ms = options->now_ms;
	store->path = BUF_INIT(SEGMENT_PATH_MAX);
	map_init(&store->logs);
	list_init(&store->unsynced);
	list_init(&store->dirty);
	list_init(&store->chunks);
	size_t wal_bytes =
		options->wal_file_bytes != 0 ? options->wal_file_bytes : WAL_FILE_BYTES_DEFAULT;
	wal_init(&store->wal, disk, in_store(store, WAL_DIR), wal_bytes, !options->fsync_off);
	return store;
}

static void store_free(struct log_store *store)
{
	map_each (entry, &store->logs)
		log_unref(entry->value);
	map_fini(&store->logs);
	wal_fini(&store->wal);
	vec_each (doomed, &store->doomed)
		mem_free(doomed->path);
	vec_fini(&store->doomed);
	if (store->lock != NULL)
		store->disk->ops->close(store->lock);
	buf_fini(&store->path);
	mem_free(store->dir);
	mem_free(store);
}

void log_store_abandon(struct log_store *store)
{
	assert(store->sync_job == NULL);
	assert(store->checkpoint_job == NULL);
	assert(store->compact_job == NULL);
	store_free(store);
}

/* ---- names and small files ---- */

static bool topic_name_valid(struct slice name)
{
	if (name.len == 0 || name.len > TOPIC_NAME_MAX || slice_eq_str(name, ".") ||
	    slice_eq_str(name, ".."))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
		if (!fine)
			return false;
	}
	return true;
}

/* "topic-12": the number behind the last '-'. */
static bool parse_dir_name(struct slice name, struct slice *ret_topic, int32_t *ret_partition)
{
	size_t dash = SIZE_MAX;
	for (size_t at = slice_find_byte(name, '-', 0); at != SIZE_MAX;
	     at = slice_find_byte(name, '-', at + 1))
		dash = at;
	if (dash == SIZE_MAX)
		return false;
	*ret_topic = slice_sub(name, 0, dash);
	return topic_name_valid(*ret_topic) &&
	       num_parse_i32(slice_sub(name, dash + 1, SIZE_MAX), ret_partition, NULL) == 0 &&
	       *ret_partition >= 0;
}

/* The value behind "key" and a separator, on a line of its own. */
static struct slice property(struct slice text, const char *key, char separator)
{
	while (text.len > 0) {
		size_t end = MIN(slice_find_byte(text, '\n', 0), text.len);
		struct slice line = slice_trim(slice_sub(text, 0, end));
		size_t at = slice_find_byte(line, (uint8_t)separator, 0);
		if (at != SIZE_MAX && slice_eq_str(slice_trim(slice_sub(line, 0, at)), key))
			return slice_trim(slice_sub(line, at + 1, SIZE_MAX));
		text = slice_sub(text, end + 1, SIZE_MAX);
	}
	return SLICE_EMPTY;
}

static fallible read_meta(struct log_store *store, const struct log_store_options *options,
			  struct err *err)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(CHECKPOINT_BYTES_MAX);
	int code = segment_read_file(store->disk, in_store(store, META_PROPERTIES), &text, err);
	if (code == 0) {
		struct slice id = property(buf_slice(&text), "cluster.id", '=');
		if (id.len > 0)
			return uuid_parse(id, &store->cluster_id, err);
	} else if (code != ERR_NOT_FOUND) {
		return code;
	}
	buf_reset(&text);
	buf_printf(&text, "#\nnode.id=%d\nversion=1\ndirectory.id=", options->node_id);
	uuid_print(options->directory_id, &text);
	buf_append_str(&text, "\ncluster.id=");
	uuid_print(store->cluster_id, &text);
	buf_append_str(&text, "\n");
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	buf_printf(&path, "%s/" META_PROPERTIES, store->dir);
	return segment_write_file(store->disk, buf_str(&path), buf_slice(&text), !store->fsync_off,
				  err);
}

static fallible write_partition_metadata(struct log *log, struct err *err)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(CHECKPOINT_BYTES_MAX);
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	buf_append_str(&text, "version: 0\ntopic_id: ");
	uuid_print(log->topic_id, &text);
	buf_printf(&path, "%s/" PARTITION_METADATA, log->dir);
	return segment_write_file(log->store->disk, buf_str(&path), buf_slice(&text),
				  !log->store->fsync_off, err);
}

static fallible read_partition_metadata(struct log *log, struct err *err)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(CHECKPOINT_BYTES_MAX);
	TRY(segment_read_file(log->store->disk, in_log(log, PARTITION_METADATA), &text, err));
	return uuid_parse(property(buf_slice(&text), "topic_id", ':'), &log->topic_id, err);
}

/* ---- open ---- */

struct opening {
	struct log_store *store;
	struct map recovery_points, starts, cleaned;
	VEC(char *) names;
};

static void opening_fini(struct opening *opening)
{
	checkpoint_offsets_fini(&opening->recovery_points);
	checkpoint_offsets_fini(&opening->starts);
	checkpoint_offsets_fini(&opening->cleaned);
	vec_each (name, &opening->names)
		mem_free(*name);
	vec_fini(&opening->names);
}

static int note_dir(void *arg, const char *name, bool is_dir)
{
	struct opening *opening = arg;
	if (is_dir)
		vec_push(&opening->names, mem_strdup(name));
	return 0;
}

static struct slice log_key(const struct log *log)
{
	/* The folder's name is "topic-partition". */
	return slice_sub(slice_str(log->dir), strlen(log->store->dir) + 1, SIZE_MAX);
}

static fallible open_log(struct opening *opening, const char *name, struct err *err)
{
	struct log_store *store = opening->store;
	struct slice topic;
	int32_t partition;
	struct log_config config = log_config_default();
	if (slice_ends_with(slice_str(name), SLICE(DELETED_DIR_SUFFIX))) {
		log_store_doom(store, mem_strdup(in_store(store, name)), true, INT64_MIN);
		return 0;
	}
	if (!parse_dir_name(slice_str(name), &topic, &partition))
		return 0;
	CLEANUP(buf_fini) struct buf topic_text = BUF_INIT(SEGMENT_PATH_MAX);
	buf_append(&topic_text, topic);
	struct log *log =
		log_new(store, buf_str(&topic_text), partition, (struct uuid){ 0 }, &config);
	int code = read_partition_metadata(log, err);
	if (code == ERR_NOT_FOUND || code == ERR_INVALID) {
		/* A folder that was being made when the power went: nothing was ever in it. */
		log_store_doom(store, mem_strdup(log->dir), true, INT64_MIN);
		log_unref(log);
		return 0;
	}
	log->cleaned_offset = checkpoint_offset(&opening->cleaned, log, 0);
	if (code == 0)
		code = log_open(log, checkpoint_offset(&opening->recovery_points, log, 0),
				checkpoint_offset(&opening->starts, log, 0), store->recovery.clean,
				err);
	if (code != 0) {
		log_unref(log);
		return code;
	}
	map_put(&store->logs, log_key(log), log);
	store->recovery.logs++;
	return 0;
}

static fallible read_checkpoints(struct opening *opening, struct err *err)
{
	struct log_store *store = opening->store;
	struct disk *disk = store->disk;
	TRY(checkpoint_read_offsets(disk, in_store(store, CHECKPOINT_RECOVERY),
				    &opening->recovery_points, err));
	TRY(checkpoint_read_offsets(disk, in_store(store, CHECKPOINT_START), &opening->starts,
				    err));
	return checkpoint_read_offsets(disk, in_store(store, CHECKPOINT_CLEANER), &opening->cleaned,
				       err);
}

static struct log *find_by_id(struct log_store *store, struct uuid topic_id, int32_t partition)
{
	map_each (entry, &store->logs) {
		struct log *log = entry->value;
		if (log->partition == partition && uuid_eq(log->topic_id, topic_id))
			return log;
	}
	return NULL;
}

/*
 * A batch that is there already is written again, byte for byte: after a sync that failed before
 * the stop, what reads show may not be what the disk has.
 */
static fallible write_again(struct log *log, const struct record_batch *batch, struct err *err)
{
	struct record_batch there;
	uint64_t at, there_at;
	bool more;
	uint32_t i = log_segment_index(log, batch->base_offset);
	struct segment *segment = log->segments.items[i];
	if (batch->base_offset < segment->base_offset)
		return 0;
	TRY(segment_load(segment, log->config.index_interval_bytes, err));
	TRY(segment_find(segment, batch->base_offset, segment->written, &at, err));
	CLEANUP(segment_scan_close) struct segment_scan scan = { 0 };
	segment_scan_open(&scan, segment, at, segment->written, false);
	TRY(segment_scan_next(&scan, &there, &there_at, &more, err));
	if (!more || there.base_offset != batch->base_offset ||
	    record_batch_bytes(there.bytes) != batch->bytes.len)
		return 0;
	segment->unsynced = true;
	return segment->disk->ops->write(segment->file, at, batch->bytes, err);
}

static int replay_entry(void *arg, struct uuid topic_id, int32_t partition, struct slice bytes,
			struct err *err)
{
	struct log_store *store = arg;
	struct record_batch batch;
	struct record_fault fault;
	struct log *log = find_by_id(store, topic_id, partition);
	if (log == NULL || !record_batch_check(bytes, &batch, &fault) ||
	    batch.base_offset < log->recovery_point || batch.base_offset > log->end_offset)
		return 0; /* deleted since, synced already, or behind something that is lost */
	if (!list_linked(&log->checkpoint_node))
		list_push_back(&store->dirty, &log->checkpoint_node);
	if (batch.base_offset < log->end_offset) {
		TRY(log_write_out(log, err));
		return write_again(log, &batch, err);
	}
	store->recovery.wal_records_replayed += (uint64_t)batch.count;
	return log_replay(log, &batch, err);
}

/* After an unclean stop a client that saw what is lost can tell by the epoch. */
static fallible begin_epochs(struct log_store *store, struct err *err)
{
	map_each (entry, &store->logs) {
		struct log *log = entry->value;
		bool changed = log->end_offset != log->recovery_point;
		if (changed && !list_linked(&log->checkpoint_node))
			list_push_back(&store->dirty, &log->checkpoint_node);
		if (!list_linked(&log->checkpoint_node))
			continue;
		log_epoch_begin(log, log_leader_epoch(log) + 1);
		TRY(log_write_epochs(log, err));
	}
	return 0;
}

static fallible open_logs(struct log_store *store, int64_t now_ms, struct err *err)
{
	CLEANUP(opening_fini) struct opening opening = { .store = store };
	struct disk *disk = store->disk;
	uint64_t wal_bytes = 0;
	map_init(&opening.recovery_points);
	map_init(&opening.starts);
	map_init(&opening.cleaned);
	TRY(read_checkpoints(&opening, err));
	TRY(disk->ops->list(disk, store->dir, note_dir, &opening, err));
	vec_each (name, &opening.names) {
		if ((*name)[0] != '.' && open_log(&opening, *name, err) != 0)
			return err_wrap(err, "opening partition %s", *name);
	}
	TRY(wal_recover(&store->wal, replay_entry, store, &wal_bytes, err));
	store->recovery.bytes_read += wal_bytes;
	if (!store->recovery.clean)
		TRY(begin_epochs(store, err));
	map_each (entry, &store->logs) {
		struct log *log = entry->value;
		producer_expire(&log->producers, now_ms - store->producer_expiry_ms);
	}
	if (!store->recovery.clean && store->logs.len > 0)
		TRY(log_store_checkpoint(store, now_ms, err));
	map_each (entry, &store->logs) {
		struct log *log = entry->value;
		list_remove(&log->sync_node);
		log_set_high_watermark(log, log->end_offset);
		log->recovery_point = log->end_offset;
	}
	return 0;
}

/* The mark is gone before anything can be written, so that it never lies. */
static fallible take_clean_mark(struct log_store *store, struct err *err)
{
	int code = store->disk->ops->remove(store->disk, in_store(store, CLEAN_SHUTDOWN), err);
	store->recovery.clean = code == 0;
	if (code == ERR_NOT_FOUND)
		return 0;
	TRY(code);
	return store->disk->ops->sync_dir(store->disk, store->dir, err);
}

/* The data folder's own name is durable too. */
static fallible sync_parent(struct log_store *store, struct err *err)
{
	CLEANUP(buf_fini) struct buf parent = BUF_INIT(SEGMENT_PATH_MAX);
	struct slice dir = slice_str(store->dir);
	size_t end = dir.len;
	while (end > 1 && dir.data[end - 1] == '/')
		end--;
	while (end > 0 && dir.data[end - 1] != '/')
		end--;
	while (end > 1 && dir.data[end - 1] == '/')
		end--;
	buf_append(&parent, end > 0 ? slice_sub(dir, 0, end) : SLICE("."));
	return store->disk->ops->sync_dir(store->disk, buf_str(&parent), err);
}

static fallible open_store(struct log_store *store, const struct log_store_options *options,
			   struct err *err)
{
	struct disk *disk = store->disk;
	TRY(disk->ops->make_dir(disk, store->dir, err));
	TRY(sync_parent(store, err));
	TRY(disk->ops->lock(disk, in_store(store, LOCK_FILE), &store->lock, err));
	TRY(read_meta(store, options, err));
	TRY(take_clean_mark(store, err));
	TRY(open_logs(store, options->now_ms, err));
	TRY(disk->ops->sync_dir(disk, store->dir, err));
	log_store_remove_doomed(store, options->now_ms);
	return 0;
}

fallible log_store_open(struct disk *disk, const struct log_store_options *options,
			struct log_store **ret_store, struct err *err)
{
	struct log_store *store = store_new(disk, options);
	struct log_listener listener = store->listener;
	store->listener = (struct log_listener){ 0 }; /* nobody knows the logs yet */
	int code = open_store(store, options, err);
	store->listener = listener;
	if (code != 0) {
		store_free(store);
		return code;
	}
	*ret_store = store;
	return 0;
}

fallible log_store_close(struct log_store *store, int64_t now_ms, struct err *err)
{
	assert(store->sync_job == NULL);
	assert(store->checkpoint_job == NULL);
	assert(store->compact_job == NULL);
	struct disk *disk = store->disk;
	static const char MARK[] = "{\"version\":0,\"brokerEpoch\":-1}";
	map_each (entry, &store->logs) {
		struct log *log = entry->value;
		if (!list_linked(&log->checkpoint_node))
			list_push_back(&store->dirty, &log->checkpoint_node);
	}
	int code = log_store_sync(store, now_ms, err);
	if (code == 0)
		code = log_store_checkpoint(store, now_ms, err);
	if (code == 0) {
		CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
		buf_printf(&path, "%s/" CLEAN_SHUTDOWN, store->dir);
		code = segment_write_file(disk, buf_str(&path), slice_str(MARK), !store->fsync_off,
					  err);
	}
	if (code == 0)
		code = disk->ops->sync_dir(disk, store->dir, err);
	store_free(store);
	return code;
}

/* ---- partitions ---- */

struct log *log_store_find(const struct log_store *store, const char *topic, int32_t partition)
{
	CLEANUP(buf_fini) struct buf key = BUF_INIT(SEGMENT_PATH_MAX);
	buf_printf(&key, "%s-%d", topic, partition);
	return map_get(&store->logs, buf_slice(&key));
}

int log_store_each(const struct log_store *store, log_visit *visit, void *arg)
{
	map_each (entry, &store->logs) {
		int code = visit(arg, entry->value);
		if (code != 0)
			return code;
	}
	return 0;
}

static fallible make_log(struct log *log, struct err *err)
{
	struct disk *disk = log->store->disk;
	TRY(disk->ops->make_dir(disk, log->dir, err));
	TRY(write_partition_metadata(log, err));
	TRY(log_open(log, 0, 0, false, err));
	TRY(log_write_epochs(log, err));
	if (log->store->fsync_off)
		return 0;
	TRY(disk->ops->sync_dir(disk, log->dir, err));
	return disk->ops->sync_dir(disk, log->store->dir, err);
}

fallible log_store_create(struct log_store *store, const char *topic, int32_t partition,
			  struct uuid topic_id, const struct log_config *config,
			  struct log **ret_log, struct err *err)
{
	TRY(log_store_failure(store, err));
	if (!topic_name_valid(slice_str(topic)) || partition < 0)
		return err_set(err, ERR_INVALID, "no topic can be called '%s'", topic);
	if (log_store_find(store, topic, partition) != NULL)
		return err_set(err, ERR_EXISTS, "partition %d of '%s' is there already", partition,
			       topic);
	struct log_store_recovery recovery = store->recovery;
	struct log *log = log_new(store, topic, partition, topic_id, config);
	int code = make_log(log, err);
	store->recovery = recovery;
	if (code != 0) {
		/* Without its metadata a folder is nothing; the next start sweeps it. */
		(void)!store->disk->ops->remove(store->disk, in_log(log, PARTITION_METADATA), NULL);
		log_unref(log);
		return code;
	}
	map_put(&store->logs, log_key(log), log);
	if (ret_log != NULL)
		*ret_log = log;
	return 0;
}

/* As Kafka calls what is going: "topic-partition.<32 hexadecimal digits>-delete". */
static void print_deleted_dir(const struct log *log, struct buf *path)
{
	uint64_t unique = load_be64(log->topic_id.bytes), more = load_be64(log->topic_id.bytes + 8);
	buf_printf(path, "%s.%016llx%016llx" DELETED_DIR_SUFFIX, log->dir,
		   (unsigned long long)unique, (unsigned long long)more);
}

fallible log_store_delete(struct log_store *store, struct log *log, int64_t now_ms, struct err *err)
{
	CLEANUP(buf_fini) struct buf path = BUF_INIT(SEGMENT_PATH_MAX);
	struct disk *disk = store->disk;
	print_deleted_dir(log, &path);
	TRY(disk->ops->rename(disk, log->dir, buf_str(&path), err));
	TRY(disk->ops->sync_dir(disk, store->dir, err));
	log_store_doom(store, mem_strdup(buf_str(&path)), true,
		       now_ms + log->config.file_delete_delay_ms);
	map_remove(&store->logs, log_key(log));
	log->deleted = true;
	log->owner = NULL;
	list_remove(&log->sync_node);
	list_remove(&log->checkpoint_node);
	log_drop_chunks(log);
	log_unref(log);
	return 0;
}

struct log_store_recovery log_store_recovery(const struct log_store *store)
{
	return store->recovery;
}

struct uuid log_store_cluster_id(const struct log_store *store)
{
	return store->cluster_id;
}

const char *log_store_dir(const struct log_store *store)
{
	return store->dir;
}
