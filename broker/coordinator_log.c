/*
 * Groups and offsets as records of __consumer_offsets: a key is its type as int16 and the key's
 * message, a value its version as int16 and the value's message, no value means gone.
 */
#include "base/text.h"
#include "broker/coordinator_priv.h"
#include "broker/handle.h"

/* What Kafka 4 writes, and what all its tools read. */
#define OFFSET_VALUE_VERSION 3
#define GROUP_VALUE_VERSION 3
#define LOAD_BYTES_MAX ((size_t)1024 * 1024)

static const struct slice OFFSETS_TOPIC = { (const uint8_t *)"__consumer_offsets", 18 };

int16_t coordinator_topic(struct broker *broker, struct topic **ret_topic)
{
	struct topic *topic = topic_find(broker, OFFSETS_TOPIC);
	if (topic == NULL) {
		int16_t error = handle_auto_create(broker, OFFSETS_TOPIC, &topic);
		if (error != KAFKA_NONE)
			return error;
	}
	*ret_topic = topic;
	return KAFKA_NONE;
}

/* Java's hash of a string: over its UTF-16 units. */
static uint32_t java_hash(struct slice text)
{
	uint32_t hash = 0;
	while (text.len > 0) {
		uint32_t c = text_take(&text);
		if (c > 0xFFFF) {
			hash = hash * 31 + (0xD800 + ((c - 0x10000) >> 10));
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		hash = hash * 31 + c;
	}
	return hash;
}

int32_t coordinator_partition_of(struct slice id, uint32_t partitions)
{
	assert(partitions > 0);
	uint32_t hash = java_hash(id);
	uint32_t positive = hash == 0x80000000 ? 0 : (hash & 0x80000000 ? 0 - hash : hash);
	return (int32_t)(positive % partitions);
}

void offsets_batch_open(struct offsets_batch *batch)
{
	struct record_options options = RECORD_OPTIONS_INIT;
	*batch = (struct offsets_batch){ .bytes = BUF_INIT(LOG_BATCH_BYTES_MAX),
					 .scratch = BUF_INIT(LOG_BATCH_BYTES_MAX) };
	record_builder_open(&batch->builder, &options, 0, &batch->bytes);
}

void offsets_batch_close(struct offsets_batch *batch)
{
	buf_fini(&batch->bytes);
	buf_fini(&batch->scratch);
}

static void add_record(struct offsets_batch *batch, int64_t now_ms,
		       const struct message_type *key_type, const void *key,
		       const struct message_type *value_type, int16_t value_version,
		       const void *value)
{
	struct buf *scratch = &batch->scratch;
	struct event event = { .timestamp_ms = now_ms };
	buf_reset(scratch);
	buf_append_u16(scratch, (uint16_t)key_type->key);
	int code = message_write(key_type, 0, key, scratch, NULL, NULL);
	size_t key_len = scratch->len;
	if (value != NULL) {
		buf_append_u16(scratch, (uint16_t)value_version);
		if (code == 0)
			code = message_write(value_type, value_version, value, scratch, NULL, NULL);
	}
	if (code == 0)
		code = buf_check(scratch, "a group's record", NULL);
	if (code != 0) {
		batch->code = code;
		return;
	}
	event.key = slice_sub(buf_slice(scratch), 0, key_len);
	if (value != NULL)
		event.value = slice_sub(buf_slice(scratch), key_len, SIZE_MAX);
	record_builder_add(&batch->builder, &event);
	batch->len++;
}

void offsets_batch_commit(struct offsets_batch *batch, int64_t now_ms, struct slice group,
			  struct slice topic, const struct committed *offset, struct slice metadata)
{
	struct offset_commit_key key = { .group = group,
					 .topic = topic,
					 .partition = offset->partition };
	struct offset_commit_value value = { .offset = offset->offset,
					     .leader_epoch = offset->leader_epoch,
					     .metadata = metadata,
					     .commit_timestamp = offset->commit_ms,
					     .expire_timestamp = offset->expire_ms };
	/* A time of expiry that an old client asked for stands in version 1 only. */
	add_record(batch, now_ms, &offset_commit_key_message, &key, &offset_commit_value_message,
		   offset->expire_ms >= 0 ? 1 : OFFSET_VALUE_VERSION, &value);
}

void offsets_batch_remove(struct offsets_batch *batch, int64_t now_ms, struct slice group,
			  struct slice topic, int32_t partition)
{
	struct offset_commit_key key = { .group = group, .topic = topic, .partition = partition };
	add_record(batch, now_ms, &offset_commit_key_message, &key, NULL, 0, NULL);
}

void offsets_batch_group(struct offsets_batch *batch, int64_t now_ms, struct slice group,
			 const struct group_metadata_value *value)
{
	struct group_metadata_key key = { .group = group };
	add_record(batch, now_ms, &group_metadata_key_message, &key, &group_metadata_value_message,
		   GROUP_VALUE_VERSION, value);
}

fallible coordinator_append(struct broker *broker, struct slice group, struct offsets_batch *batch,
			    struct offsets_place *ret_place, struct err *err)
{
	struct log_append append = { .now_ms = broker->time.wall_ms,
				     .internal = true,
				     .coordinator_epoch = -1 };
	struct topic *topic;
	assert(batch->len > 0 || batch->code != 0);
	if (batch->code != 0)
		return err_set(err, ERR_LIMIT, "the record of a group is too large");
	if (coordinator_topic(broker, &topic) != KAFKA_NONE)
		return err_set(err, ERR_IO, "there is no __consumer_offsets");
	struct partition *partition =
		topic_partition(topic, coordinator_partition_of(group, topic->partitions.len));
	TRY(record_builder_close(&batch->builder, err));
	if (!record_batch_check(buf_slice(&batch->bytes), &append.batch, &append.fault))
		return err_set(err, ERR_LIMIT, "%s", append.fault.why);
	TRY(log_append(partition->log, &append, err));
	if (append.fault.kafka_error != KAFKA_NONE)
		return err_set(err, ERR_LIMIT, "%s", append.fault.why);
	*ret_place = (struct offsets_place){ partition, append.last_offset };
	return 0;
}

static struct coordinated *group_of(struct coordinator *coordinator, struct slice id)
{
	struct coordinated *group = map_get(&coordinator->groups, id);
	return group != NULL ? group : coordinated_make(coordinator, id);
}

static fallible load_offset(struct coordinator *coordinator, struct reader *key, struct slice value,
			    struct arena *arena, struct err *err)
{
	struct offset_commit_key *name;
	struct offset_commit_value *told;
	TRY(message_read(&offset_commit_key_message, 0, key, arena, &name, err));
	struct coordinated *group = group_of(coordinator, name->group);
	if (value.data == NULL) {
		committed_remove(group, name->topic, name->partition);
		return 0;
	}
	struct reader reader = reader_of(value);
	int16_t version = (int16_t)reader_u16(&reader);
	if (!message_has_version(&offset_commit_value_message, version))
		return 0; /* of a newer Kafka */
	TRY(message_read(&offset_commit_value_message, version, &reader, arena, &told, err));
	struct committed offset = { .partition = name->partition,
				    .leader_epoch = told->leader_epoch,
				    .offset = told->offset,
				    .commit_ms = told->commit_timestamp,
				    .expire_ms = told->expire_timestamp };
	committed_put(group, name->topic, &offset, told->metadata);
	return 0;
}

/* Kept as bytes: only the last one of each group is made a group. */
static fallible load_group(struct coordinator *coordinator, struct reader *key, struct slice value,
			   struct arena *arena, struct err *err)
{
	struct group_metadata_key *name;
	TRY(message_read(&group_metadata_key_message, 0, key, arena, &name, err));
	struct coordinated *group = group_of(coordinator, name->group);
	buf_reset(&group->loaded);
	buf_append(&group->loaded, value);
	return 0;
}

static fallible load_record(struct coordinator *coordinator, const struct event *event,
			    struct arena *arena, struct err *err)
{
	struct reader key = reader_of(event->key);
	uint16_t type = reader_u16(&key);
	if (event->key.data == NULL || key.failed)
		return 0;
	if (type <= 1)
		return load_offset(coordinator, &key, event->value, arena, err);
	if (type == 2)
		return load_group(coordinator, &key, event->value, arena, err);
	return 0; /* the consumer protocol's, and those of newer Kafkas */
}

static fallible load_batch(struct coordinator *coordinator, const struct record_batch *batch,
			   struct buf *scratch, struct err *err)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct record_walk walk CLEANUP(record_walk_close) = { 0 };
	struct event event;
	bool more = true;
	if (batch->attributes & RECORD_CONTROL)
		return 0;
	TRY(record_walk_open(&walk, batch, scratch, err));
	for (;;) {
		TRY(record_walk_next(&walk, &event, &more, err));
		if (!more)
			return 0;
		TRY(load_record(coordinator, &event, &arena, err));
	}
}

static fallible load_bytes(struct coordinator *coordinator, struct slice bytes, struct buf *scratch,
			   int64_t *offset, struct err *err)
{
	struct record_batch batch;
	struct record_fault fault;
	while (bytes.len > 0 && record_batch_read(bytes, &batch, &fault)) {
		TRY(load_batch(coordinator, &batch, scratch, err));
		*offset = MAX(*offset, record_batch_last_offset(&batch) + 1);
		bytes = slice_sub(bytes, batch.bytes.len, SIZE_MAX);
	}
	return 0;
}

static fallible load_spans(struct coordinator *coordinator, const struct log_read *read,
			   struct buf *bytes, struct buf *scratch, int64_t *offset, struct err *err)
{
	for (uint32_t i = 0; i < read->nspans; i++) {
		struct slice loaded;
		buf_reset(bytes);
		TRY(log_span_load(&read->spans[i], bytes, &loaded, err));
		TRY(load_bytes(coordinator, loaded, scratch, offset, err));
	}
	return 0;
}

static fallible load_partition(struct coordinator *coordinator, struct log *log, struct err *err)
{
	struct buf bytes CLEANUP(buf_fini) = BUF_INIT(2 * LOG_BATCH_BYTES_MAX);
	struct buf scratch CLEANUP(buf_fini) = BUF_INIT(RECORD_UNPACKED_BYTES_MAX);
	int64_t offset = log_start_offset(log);
	while (offset < log_end_offset(log)) {
		struct log_read read = { .offset = offset,
					 .bytes_max = LOAD_BYTES_MAX,
					 .isolation = LOG_READ_ALL };
		int64_t before = offset;
		TRY(log_read(log, &read, err));
		int code = load_spans(coordinator, &read, &bytes, &scratch, &offset, err);
		log_read_done(&read);
		TRY(code);
		if (offset == before)
			return err_set(err, ERR_CORRUPT, "nothing can be read at offset %lld",
				       (long long)offset);
	}
	return 0;
}

static fallible restore(struct broker *broker, struct coordinated *group, struct err *err)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct group_metadata_value *value;
	struct reader reader = reader_of(buf_slice(&group->loaded));
	group->state_ms = broker->time.wall_ms;
	if (group->loaded.len == 0)
		return 0;
	int16_t version = (int16_t)reader_u16(&reader);
	if (!message_has_version(&group_metadata_value_message, version))
		return 0;
	TRY(message_read(&group_metadata_value_message, version, &reader, &arena, &value, err));
	group_restore(group->group, value, broker->time.now_ms);
	group->state = group_state(group->group);
	if (value->current_state_timestamp >= 0)
		group->state_ms = value->current_state_timestamp;
	buf_fini(&group->loaded);
	group->due_ms = group_next_ms(group->group);
	return 0;
}

fallible coordinator_load(struct broker *broker, struct coordinator *coordinator, struct err *err)
{
	const struct topic *topic = topic_find(broker, OFFSETS_TOPIC);
	if (topic == NULL)
		return 0;
	vec_each (partition, &topic->partitions)
		TRY(load_partition(coordinator, (*partition)->log, err));
	map_each (entry, &coordinator->groups) {
		struct coordinated *group = entry->value;
		bool gone = group->loaded.len == 0 && group->topics.len == 0;
		if (gone) {
			coordinated_free(coordinator, group);
			continue;
		}
		TRY(restore(broker, group, err));
		heap_update(&coordinator->timers, &group->timer);
	}
	return 0;
}
