#include "broker/topic.h"

#include "base/num.h"
#include "broker/broker.h"
#include "broker/store_file.h"

static struct slice id_key(const struct uuid *id)
{
	return slice_of(id->bytes, sizeof(id->bytes));
}

struct topic *topic_find(const struct broker *broker, struct slice name)
{
	return name.len > 0 ? map_get(&broker->topics.by_name, name) : NULL;
}

struct topic *topic_find_id(const struct broker *broker, struct uuid id)
{
	return map_get(&broker->topics.by_id, id_key(&id));
}

struct partition *topic_partition(const struct topic *topic, int32_t index)
{
	if (index < 0 || (uint32_t)index >= topic->partitions.len)
		return NULL;
	return topic->partitions.items[index];
}

bool topic_name_internal(struct slice name)
{
	return slice_eq_str(name, "__consumer_offsets") ||
	       slice_eq_str(name, "__transaction_state");
}

fallible topic_name_check(struct slice name, struct err *err)
{
	if (name.len == 0)
		return err_set(err, ERR_INVALID, "the topic name is empty");
	if (slice_eq_str(name, ".") || slice_eq_str(name, ".."))
		return err_set(err, ERR_INVALID, "the topic name cannot be '.' or '..'");
	if (name.len > TOPIC_NAME_BYTES_MAX)
		return err_set(err, ERR_INVALID, "the topic name is longer than %d characters",
			       TOPIC_NAME_BYTES_MAX);
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '-'))
			return err_set(err, ERR_INVALID,
				       "the topic name '%.*s' has a character other than letters, "
				       "digits, '.', '_' and '-'",
				       SLICE_ARGS(name));
	}
	return 0;
}

static bool names_collide(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		uint8_t x = a.data[i] == '.' ? '_' : a.data[i];
		uint8_t y = b.data[i] == '.' ? '_' : b.data[i];
		if (x != y)
			return false;
	}
	return true;
}

struct topic *topic_colliding(const struct broker *broker, struct slice name)
{
	if (slice_find_byte(name, '.', 0) == SIZE_MAX && slice_find_byte(name, '_', 0) == SIZE_MAX)
		return NULL;
	map_each (entry, &broker->topics.by_name) {
		if (names_collide(map_key(entry), name) && !slice_eq(map_key(entry), name))
			return entry->value;
	}
	return NULL;
}

static bool has_policy(const struct topic *topic, const struct broker_configs *broker,
		       const char *policy)
{
	struct buf buf CLEANUP(buf_fini) = BUF_INIT(64);
	struct slice text = topic_config_text(&topic->configs, broker, TOPIC_CLEANUP_POLICY, &buf);
	return slice_find(text, slice_str(policy), 0) != SIZE_MAX;
}

static struct log_config log_config_of(const struct topic *topic, const struct broker_configs *b)
{
	const struct configs *t = &topic->configs;
	struct buf buf CLEANUP(buf_fini) = BUF_INIT(64);
	struct slice time = topic_config_text(t, b, TOPIC_TIMESTAMP_TYPE, &buf);
	struct log_config config = log_config_default();
	config.segment_bytes = topic_config_i64(t, b, TOPIC_SEGMENT_BYTES);
	config.segment_ms = topic_config_i64(t, b, TOPIC_SEGMENT_MS);
	config.retention_ms = topic_config_i64(t, b, TOPIC_RETENTION_MS);
	config.retention_bytes = topic_config_i64(t, b, TOPIC_RETENTION_BYTES);
	config.max_message_bytes = topic_config_i64(t, b, TOPIC_MAX_MESSAGE_BYTES);
	config.index_interval_bytes = topic_config_i64(t, b, TOPIC_INDEX_INTERVAL_BYTES);
	config.timestamp_before_max_ms = topic_config_i64(t, b, TOPIC_TIMESTAMP_BEFORE_MAX);
	config.timestamp_after_max_ms = topic_config_i64(t, b, TOPIC_TIMESTAMP_AFTER_MAX);
	config.flush_messages = topic_config_i64(t, b, TOPIC_FLUSH_MESSAGES);
	config.delete_retention_ms = topic_config_i64(t, b, TOPIC_DELETE_RETENTION_MS);
	config.min_compaction_lag_ms = topic_config_i64(t, b, TOPIC_MIN_COMPACTION_LAG_MS);
	config.max_compaction_lag_ms = topic_config_i64(t, b, TOPIC_MAX_COMPACTION_LAG_MS);
	config.file_delete_delay_ms = topic_config_i64(t, b, TOPIC_FILE_DELETE_DELAY_MS);
	config.min_cleanable_dirty_ratio = topic_config_double(t, b, TOPIC_MIN_CLEANABLE_RATIO);
	config.cleanup_delete = has_policy(topic, b, "delete");
	config.cleanup_compact = has_policy(topic, b, "compact");
	config.log_append_time = slice_eq_str(time, "LogAppendTime");
	return config;
}

static struct topic *topic_new(const struct topic_spec *spec)
{
	struct topic *topic = mem_new(struct topic);
	topic->name = (char *)mem_bytes(spec->name.len + 1);
	memcpy(topic->name, spec->name.data, spec->name.len);
	topic->name[spec->name.len] = '\0';
	topic->id = spec->id;
	topic->replication_factor = spec->replication_factor;
	topic->internal = topic_name_internal(spec->name);
	configs_init(&topic->configs, &TOPIC_CONFIGS);
	if (spec->configs != NULL)
		configs_copy(&topic->configs, spec->configs);
	return topic;
}

static void topic_free(struct topic *topic)
{
	vec_each (partition, &topic->partitions)
		mem_free(*partition);
	vec_fini(&topic->partitions);
	configs_fini(&topic->configs);
	mem_free(topic->name);
	mem_free(topic);
}

static fallible write_file(struct broker *broker, const struct topic *topic, int32_t partitions,
			   bool deleted, struct err *err)
{
	struct buf text CLEANUP(buf_fini) = BUF_INIT(STORE_FILE_BYTES_MAX);
	buf_append_str(&text, "version=1\nid=");
	uuid_print(topic->id, &text);
	buf_printf(&text, "\npartitions=%d\nreplication=%d\ndeleted=%d\n", partitions,
		   topic->replication_factor, deleted);
	for (uint32_t i = 0; i < TOPIC_CONFIGS_LEN; i++) {
		if (topic->configs.values[i] != NULL)
			store_file_put(&text, "config.", slice_str(TOPIC_CONFIGS.defs[i].name),
				       slice_str(topic->configs.values[i]));
	}
	return store_file_write(broker->disk, broker->topics_dir, topic->name, buf_slice(&text),
				err);
}

/* Finds or makes the logs of partitions that the topic does not have yet. */
static fallible open_logs(struct broker *broker, struct topic *topic, int32_t partitions,
			  struct err *err)
{
	struct log_config config = log_config_of(topic, &broker->configs);
	for (int32_t i = (int32_t)topic->partitions.len; i < partitions; i++) {
		struct log *log = log_store_find(broker->store, topic->name, i);
		if (log == NULL)
			TRY(log_store_create(broker->store, topic->name, i, topic->id, &config,
					     &log, err));
		else
			log_configure(log, &config);
		struct partition *partition = mem_new(struct partition);
		partition->topic = topic;
		partition->index = i;
		partition->log = log;
		partition->bytes_seen = log_bytes_appended(log);
		park_spot_init(&partition->spot);
		log_set_owner(log, partition);
		vec_push(&topic->partitions, partition);
		broker->topics.npartitions++;
	}
	return 0;
}

static void enlist(struct topics *topics, struct topic *topic)
{
	assert(map_get(&topics->by_name, slice_str(topic->name)) == NULL);
	map_put(&topics->by_name, slice_str(topic->name), topic);
	map_put(&topics->by_id, id_key(&topic->id), topic);
}

/* Wakes who waits, and forgets the topic; its logs are not touched. */
static void delist(struct broker *broker, struct topic *topic)
{
	vec_each (partition, &topic->partitions)
		park_wake_all(broker, &(*partition)->spot);
	broker->topics.npartitions -= topic->partitions.len;
	map_remove(&broker->topics.by_name, slice_str(topic->name));
	map_remove(&broker->topics.by_id, id_key(&topic->id));
}

static fallible delete_logs(struct broker *broker, struct topic *topic, struct err *err)
{
	vec_each (partition, &topic->partitions)
		TRY(log_store_delete(broker->store, (*partition)->log, broker->time.wall_ms, err));
	return store_file_remove(broker->disk, broker->topics_dir, topic->name, err);
}

fallible topic_create(struct broker *broker, const struct topic_spec *spec,
		      struct topic **ret_topic, struct err *err)
{
	assert(spec->partitions > 0);
	TRY(topic_name_check(spec->name, err));
	if (topic_find(broker, spec->name) != NULL)
		return err_set(err, ERR_EXISTS, "topic '%.*s' exists", SLICE_ARGS(spec->name));
	if (spec->partitions > TOPIC_PARTITIONS_MAX)
		return err_set(err, ERR_LIMIT, "a topic has at most %d partitions",
			       TOPIC_PARTITIONS_MAX);
	struct topic *topic = topic_new(spec);
	if (uuid_is_zero(topic->id))
		topic->id = broker_new_uuid(broker);
	int code = write_file(broker, topic, spec->partitions, false, err);
	if (code == 0)
		code = open_logs(broker, topic, spec->partitions, err);
	if (code != 0) {
		/* What was made goes again, as far as the disk lets us; the first error counts. */
		broker->topics.npartitions -= topic->partitions.len;
		int ignored = delete_logs(broker, topic, NULL);
		(void)ignored;
		topic_free(topic);
		return code;
	}
	enlist(&broker->topics, topic);
	*ret_topic = topic;
	return 0;
}

fallible topic_grow(struct broker *broker, struct topic *topic, int32_t partitions, struct err *err)
{
	assert((uint32_t)partitions > topic->partitions.len);
	if (partitions > TOPIC_PARTITIONS_MAX)
		return err_set(err, ERR_LIMIT, "a topic has at most %d partitions",
			       TOPIC_PARTITIONS_MAX);
	TRY(write_file(broker, topic, partitions, false, err));
	return open_logs(broker, topic, partitions, err);
}

fallible topic_delete(struct broker *broker, struct topic *topic, struct err *err)
{
	TRY(write_file(broker, topic, (int32_t)topic->partitions.len, true, err));
	delist(broker, topic);
	int code = delete_logs(broker, topic, err);
	topic_free(topic);
	return code;
}

static void configure_logs(struct broker *broker, struct topic *topic)
{
	struct log_config config = log_config_of(topic, &broker->configs);
	vec_each (partition, &topic->partitions)
		log_configure((*partition)->log, &config);
}

fallible topic_set_configs(struct broker *broker, struct topic *topic,
			   const struct configs *configs, struct err *err)
{
	struct configs before;
	configs_init(&before, &TOPIC_CONFIGS);
	configs_copy(&before, &topic->configs);
	configs_copy(&topic->configs, configs);
	int code = write_file(broker, topic, (int32_t)topic->partitions.len, false, err);
	if (code != 0)
		configs_copy(&topic->configs, &before);
	else
		configure_logs(broker, topic);
	configs_fini(&before);
	return code;
}

void topics_configure(struct broker *broker)
{
	map_each (entry, &broker->topics.by_name)
		configure_logs(broker, entry->value);
}

/* What a topic's file says. */
struct topic_file {
	struct topic_spec spec;
	bool deleted;
};

static void take_config(struct configs *configs, struct slice name, struct slice value)
{
	int32_t index = config_find(&TOPIC_CONFIGS, name);
	/* A setting of a newer weir, or one that is no longer valid, is left to its default. */
	if (index >= 0 && config_check(&TOPIC_CONFIGS.defs[index], value, NULL) == 0)
		configs_set(configs, (uint32_t)index, value);
}

static fallible parse_file(struct slice content, struct arena *arena, struct configs *configs,
			   struct topic_file *file, struct err *err)
{
	struct slice key, value;
	int32_t number = 0;
	while (store_file_next(&content, arena, &key, &value)) {
		if (slice_eq_str(key, "id")) {
			TRY(uuid_parse(value, &file->spec.id, err));
		} else if (slice_eq_str(key, "partitions")) {
			TRY(num_parse_i32(value, &file->spec.partitions, err));
		} else if (slice_eq_str(key, "replication")) {
			TRY(num_parse_i32(value, &number, err));
			file->spec.replication_factor = (int16_t)number;
		} else if (slice_eq_str(key, "deleted")) {
			file->deleted = slice_eq_str(value, "1");
		} else if (slice_starts_with(key, SLICE("config."))) {
			take_config(configs, slice_sub(key, 7, SIZE_MAX), value);
		}
	}
	if (file->spec.partitions < 1 || file->spec.partitions > TOPIC_PARTITIONS_MAX)
		return err_set(err, ERR_CORRUPT, "%d partitions", file->spec.partitions);
	return 0;
}

static fallible open_topic(struct broker *broker, const struct topic_file *file, struct err *err)
{
	struct topic *topic = topic_new(&file->spec);
	int code = open_logs(broker, topic, file->spec.partitions, err);
	if (code == 0 && file->deleted) { /* the deletion that was interrupted */
		broker->topics.npartitions -= topic->partitions.len;
		code = delete_logs(broker, topic, err);
		topic_free(topic);
		return code;
	}
	if (code != 0) {
		broker->topics.npartitions -= topic->partitions.len;
		topic_free(topic);
		return code;
	}
	enlist(&broker->topics, topic);
	return 0;
}

static fallible load_topic(struct broker *broker, const char *name, struct err *err)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct buf content CLEANUP(buf_fini) = BUF_INIT(STORE_FILE_BYTES_MAX);
	struct topic_file file = { .spec = { .name = slice_str(name), .replication_factor = 1 } };
	struct configs configs;
	TRY(store_file_read(broker->disk, broker->topics_dir, name, &content, err));
	configs_init(&configs, &TOPIC_CONFIGS);
	file.spec.configs = &configs;
	int code = parse_file(buf_slice(&content), &arena, &configs, &file, err);
	if (code == 0)
		code = open_topic(broker, &file, err);
	configs_fini(&configs);
	return code == 0 ? 0 : err_wrap(err, "reading topic '%s'", name);
}

struct topic_names {
	struct arena arena;
	VEC(char *) names;
};

static int take_name(void *arg, const char *name, bool is_dir)
{
	struct topic_names *all = arg;
	struct slice text = slice_str(name);
	if (!is_dir && topic_name_check(text, NULL) == 0) /* "~" ends those not finished */
		vec_push(&all->names, arena_str(&all->arena, text));
	return 0;
}

struct orphans {
	VEC(struct log *) logs;
};

static int take_orphan(void *arg, struct log *log)
{
	struct orphans *orphans = arg;
	if (log_owner(log) == NULL)
		vec_push(&orphans->logs, log);
	return 0;
}

/* A log that no file speaks of: its topic is as it was, with default settings. */
static fallible adopt(struct broker *broker, struct log *log, struct err *err)
{
	struct topic *topic = topic_find(broker, slice_str(log_topic(log)));
	int32_t partitions = log_partition(log) + 1;
	if (topic != NULL && partitions > (int32_t)topic->partitions.len)
		return topic_grow(broker, topic, partitions, err);
	if (topic != NULL)
		return 0;
	struct topic_spec spec = { .name = slice_str(log_topic(log)),
				   .id = log_topic_id(log),
				   .partitions = partitions,
				   .replication_factor = 1 };
	return topic_create(broker, &spec, &topic, err);
}

static fallible adopt_orphans(struct broker *broker, struct err *err)
{
	struct orphans orphans = { 0 };
	int code = log_store_each(broker->store, take_orphan, &orphans);
	for (uint32_t i = 0; code == 0 && i < orphans.logs.len; i++)
		code = adopt(broker, orphans.logs.items[i], err);
	vec_fini(&orphans.logs);
	return code;
}

static fallible load_topics(struct broker *broker, struct err *err)
{
	struct topic_names all = { 0 };
	int code = broker->disk->ops->list(broker->disk, broker->topics_dir, take_name, &all, err);
	for (uint32_t i = 0; code == 0 && i < all.names.len; i++)
		code = load_topic(broker, all.names.items[i], err);
	vec_fini(&all.names);
	arena_fini(&all.arena);
	return code;
}

fallible topics_open(struct broker *broker, struct err *err)
{
	map_init(&broker->topics.by_name);
	map_init(&broker->topics.by_id);
	TRY(broker->disk->ops->make_dir(broker->disk, broker->topics_dir, err));
	TRY(load_topics(broker, err));
	return adopt_orphans(broker, err);
}

void topics_fini(struct topics *topics)
{
	map_each (entry, &topics->by_name)
		topic_free(entry->value);
	map_fini(&topics->by_name);
	map_fini(&topics->by_id);
}
