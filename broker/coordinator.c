#include "broker/coordinator.h"

#include "base/num.h"
#include "base/text.h"
#include "broker/coordinator_priv.h"
#include "broker/handle.h"
#include "broker/store_file.h"

#define METADATA_BYTES_MAX ((size_t)INT32_MAX)
#define MS_PER_MINUTE INT64_C(60000)
/* After a group's record was refused: a full disk is not asked with every heartbeat. */
#define SAVE_RETRY_MS 1000
/* Taken at once, so that the file is written once for so many producers. */
#define PRODUCER_ID_BLOCK 1000
static const char PRODUCER_ID_FILE[] = "weir.producer-ids";

static bool due_less(const struct heap_node *a, const struct heap_node *b)
{
	return CONTAINER_OF_CONST(a, struct coordinated, timer)->due_ms <
	       CONTAINER_OF_CONST(b, struct coordinated, timer)->due_ms;
}

struct coordinated *coordinated_make(struct coordinator *coordinator, struct slice id)
{
	struct coordinated *group = mem_new(struct coordinated);
	group->id = group->loaded = BUF_INIT(METADATA_BYTES_MAX);
	buf_append(&group->id, id);
	group->group = group_new(&coordinator->settings, NULL);
	map_init(&group->topics);
	group->due_ms = INT64_MAX;
	heap_push(&coordinator->timers, &group->timer);
	map_put(&coordinator->groups, id, group);
	return group;
}

static void topic_free(struct committed_topic *topic)
{
	vec_each (offset, &topic->offsets)
		buf_fini(&offset->metadata);
	vec_fini(&topic->offsets);
	mem_free(topic->name);
	mem_free(topic);
}

void coordinated_free(struct coordinator *coordinator, struct coordinated *group)
{
	map_remove(&coordinator->groups, buf_slice(&group->id));
	heap_remove(&coordinator->timers, &group->timer);
	map_each (entry, &group->topics)
		topic_free(entry->value);
	map_fini(&group->topics);
	group_free(group->group);
	buf_fini(&group->loaded);
	buf_fini(&group->id);
	mem_free(group);
}

void coordinator_free(struct coordinator *coordinator)
{
	if (coordinator == NULL)
		return;
	map_each (entry, &coordinator->groups)
		coordinated_free(coordinator, entry->value);
	map_fini(&coordinator->groups);
	heap_fini(&coordinator->timers);
	group_out_fini(&coordinator->out);
	mem_free(coordinator);
}

fallible coordinator_open(struct broker *broker, struct coordinator **ret_coordinator,
			  struct err *err)
{
	const struct broker_configs *configs = &broker->configs;
	struct coordinator *coordinator = mem_new(struct coordinator);
	map_init(&coordinator->groups);
	heap_init(&coordinator->timers, due_less);
	coordinator->settings = (struct group_settings){
		.min_session_ms = (int32_t)broker_config_i64(configs, BROKER_GROUP_MIN_SESSION_MS),
		.max_session_ms = (int32_t)broker_config_i64(configs, BROKER_GROUP_MAX_SESSION_MS),
		.initial_delay_ms =
			(int32_t)broker_config_i64(configs, BROKER_GROUP_INITIAL_DELAY_MS),
		.size_max = (int32_t)broker_config_i64(configs, BROKER_GROUP_MAX_SIZE),
	};
	coordinator->expire_due_ms =
		broker->time.now_ms + broker_config_i64(configs, BROKER_OFFSETS_CHECK_MS);
	int code = coordinator_load(broker, coordinator, err);
	if (code != 0) {
		coordinator_free(coordinator);
		return err_wrap(err, "reading __consumer_offsets");
	}
	*ret_coordinator = coordinator;
	return 0;
}

struct coordinated *coordinator_find(const struct broker *broker, struct slice id)
{
	return map_get(&broker->coordinator->groups, id);
}

struct coordinated *coordinator_find_or_make(struct broker *broker, struct slice id)
{
	struct coordinated *group = coordinator_find(broker, id);
	if (group == NULL) {
		group = coordinated_make(broker->coordinator, id);
		group->state_ms = broker->time.wall_ms;
	}
	return group;
}

const struct map *coordinator_groups(const struct broker *broker)
{
	return &broker->coordinator->groups;
}

struct group_out *coordinator_out(struct broker *broker)
{
	assert(broker->coordinator->out.answers.len == 0);
	return &broker->coordinator->out;
}

static void save(struct broker *broker, struct coordinated *group)
{
	struct offsets_batch batch;
	struct offsets_place place;
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct group_metadata_value *value = group_describe(group->group, &arena);
	value->current_state_timestamp = group->state_ms;
	offsets_batch_open(&batch);
	offsets_batch_group(&batch, broker->time.wall_ms, buf_slice(&group->id), value);
	if (coordinator_append(broker, buf_slice(&group->id), &batch, &place, NULL) == 0)
		group->group->unsaved = false;
	else
		group->save_due_ms = broker->time.now_ms + SAVE_RETRY_MS;
	offsets_batch_close(&batch);
}

/* Made by a request that was refused then, say. */
static bool is_nothing(const struct coordinated *group)
{
	return group_state(group->group) == GROUP_EMPTY && group->group->generation == 0 &&
	       group->group->pending.len == 0 && group->topics.len == 0;
}

void coordinator_settle(struct broker *broker, struct coordinated *group)
{
	struct coordinator *coordinator = broker->coordinator;
	if (group->state != group_state(group->group)) {
		group->state = group_state(group->group);
		group->state_ms = broker->time.wall_ms;
	}
	if (group->group->unsaved && broker->time.now_ms >= group->save_due_ms)
		save(broker, group);
	vec_each (answer, &coordinator->out.answers)
		coordinator_answer(broker, answer);
	group_out_reset(&coordinator->out);
	group->due_ms = group_next_ms(group->group);
	if (group->group->unsaved)
		group->due_ms = MIN(group->due_ms, group->save_due_ms);
	heap_update(&coordinator->timers, &group->timer);
	if (is_nothing(group))
		coordinated_free(coordinator, group);
}

/* Where a partition's offset stands in the topic, or belongs. */
static uint32_t place_of(const struct committed_topic *topic, int32_t partition)
{
	uint32_t low = 0, high = topic->offsets.len;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (topic->offsets.items[middle].partition < partition)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool stands_at(const struct committed_topic *topic, uint32_t at, int32_t partition)
{
	return at < topic->offsets.len && topic->offsets.items[at].partition == partition;
}

const struct committed *committed_find(const struct coordinated *group, struct slice name,
				       int32_t partition)
{
	const struct committed_topic *topic = map_get(&group->topics, name);
	if (topic == NULL)
		return NULL;
	uint32_t at = place_of(topic, partition);
	return stands_at(topic, at, partition) ? &topic->offsets.items[at] : NULL;
}

static struct committed_topic *topic_of(struct coordinated *group, struct slice name)
{
	struct committed_topic *topic = map_get(&group->topics, name);
	if (topic != NULL)
		return topic;
	topic = mem_new(struct committed_topic);
	topic->name = (char *)mem_bytes(name.len + 1);
	memcpy(topic->name, name.data, name.len);
	topic->name[name.len] = '\0';
	map_put(&group->topics, name, topic);
	return topic;
}

void committed_put(struct coordinated *group, struct slice name, const struct committed *offset,
		   struct slice metadata)
{
	struct committed_topic *topic = topic_of(group, name);
	uint32_t at = place_of(topic, offset->partition);
	if (!stands_at(topic, at, offset->partition)) {
		vec_reserve(&topic->offsets, 1);
		memmove(&topic->offsets.items[at + 1], &topic->offsets.items[at],
			(topic->offsets.len - at) * sizeof(*topic->offsets.items));
		topic->offsets.len++;
		topic->offsets.items[at].metadata = BUF_INIT(METADATA_BYTES_MAX);
	}
	struct committed *here = &topic->offsets.items[at];
	struct buf kept = here->metadata;
	*here = *offset;
	here->metadata = kept;
	buf_reset(&here->metadata);
	buf_append(&here->metadata, metadata);
}

void committed_remove(struct coordinated *group, struct slice name, int32_t partition)
{
	struct committed_topic *topic = map_get(&group->topics, name);
	if (topic == NULL)
		return;
	uint32_t at = place_of(topic, partition);
	if (!stands_at(topic, at, partition))
		return;
	buf_fini(&topic->offsets.items[at].metadata);
	vec_remove(&topic->offsets, at);
	if (topic->offsets.len == 0) {
		map_remove(&group->topics, name);
		topic_free(topic);
	}
}

fallible coordinator_delete(struct broker *broker, struct coordinated *group, struct err *err)
{
	struct offsets_batch batch CLEANUP(offsets_batch_close);
	struct offsets_place place;
	struct slice id = buf_slice(&group->id);
	assert(group_state(group->group) == GROUP_EMPTY);
	offsets_batch_open(&batch);
	map_each (entry, &group->topics) {
		struct committed_topic *topic = entry->value;
		vec_each (offset, &topic->offsets)
			offsets_batch_remove(&batch, broker->time.wall_ms, id,
					     slice_str(topic->name), offset->partition);
	}
	offsets_batch_group(&batch, broker->time.wall_ms, id, NULL);
	TRY(coordinator_append(broker, id, &batch, &place, err));
	group_kill(group->group);
	coordinated_free(broker->coordinator, group);
	return 0;
}

/* Offsets of a group in one topic that `is_old` picks go, in the log first. */
static void remove_offsets(struct broker *broker, struct coordinated *group,
			   const struct committed_topic *topic,
			   bool (*is_old)(struct broker *broker, const struct coordinated *group,
					  const struct committed *offset))
{
	struct offsets_batch batch CLEANUP(offsets_batch_close);
	struct offsets_place place;
	struct slice name = slice_str(topic->name);
	VEC(int32_t) old = { 0 };
	offsets_batch_open(&batch);
	vec_each (offset, &topic->offsets) {
		if (!is_old(broker, group, offset))
			continue;
		vec_push(&old, offset->partition);
		offsets_batch_remove(&batch, broker->time.wall_ms, buf_slice(&group->id), name,
				     offset->partition);
	}
	if (old.len > 0 &&
	    coordinator_append(broker, buf_slice(&group->id), &batch, &place, NULL) == 0) {
		/* The last removal frees the topic, and its name with it. */
		struct buf copy CLEANUP(buf_fini) = BUF_INIT(TOPIC_NAME_BYTES_MAX + 1);
		buf_append(&copy, name);
		vec_each (partition, &old)
			committed_remove(group, buf_slice(&copy), *partition);
	}
	vec_fini(&old);
}

static bool always_old(struct broker *broker, const struct coordinated *group,
		       const struct committed *offset)
{
	(void)broker, (void)group, (void)offset;
	return true;
}

void coordinator_forget_topic(struct broker *broker, struct slice topic)
{
	map_each (entry, &broker->coordinator->groups) {
		struct coordinated *group = entry->value;
		const struct committed_topic *committed = map_get(&group->topics, topic);
		if (committed != NULL)
			remove_offsets(broker, group, committed, always_old);
	}
}

/* Offsets of a group are kept while it lives; those that nobody joined for, since they came. */
static bool offset_is_old(struct broker *broker, const struct coordinated *group,
			  const struct committed *offset)
{
	int64_t now_ms = broker->time.wall_ms;
	int64_t keep_ms = broker_config_i64(&broker->configs, BROKER_OFFSETS_RETENTION_MINUTES) *
			  MS_PER_MINUTE;
	if (offset->expire_ms >= 0)
		return now_ms >= offset->expire_ms;
	int64_t since = offset->commit_ms;
	if (group_state(group->group) == GROUP_EMPTY && group->group->protocol_type.len > 0)
		since = MAX(since, group->state_ms);
	return now_ms - since >= keep_ms;
}

static void expire_offsets(struct broker *broker, struct coordinated *group)
{
	bool empty = group_state(group->group) == GROUP_EMPTY;
	map_each (entry, &group->topics) {
		const struct committed_topic *topic = entry->value;
		if (empty || !group_subscribes(group->group, slice_str(topic->name)))
			remove_offsets(broker, group, topic, offset_is_old);
	}
	if (empty && group->topics.len == 0 && group->group->pending.len == 0) {
		int code = coordinator_delete(broker, group, NULL);
		(void)code; /* tried again next time */
	}
}

static void run_timers(struct broker *broker)
{
	struct coordinator *coordinator = broker->coordinator;
	for (struct heap_node *node = heap_peek(&coordinator->timers); node != NULL;
	     node = heap_peek(&coordinator->timers)) {
		struct coordinated *group = CONTAINER_OF(node, struct coordinated, timer);
		if (group->due_ms > broker->time.now_ms)
			return;
		group_tick(group->group, broker->time.now_ms, coordinator_out(broker));
		coordinator_settle(broker, group);
	}
}

void coordinator_tick(struct broker *broker)
{
	struct coordinator *coordinator = broker->coordinator;
	run_timers(broker);
	if (broker->time.now_ms < coordinator->expire_due_ms)
		return;
	coordinator->expire_due_ms =
		broker->time.now_ms + broker_config_i64(&broker->configs, BROKER_OFFSETS_CHECK_MS);
	map_each (entry, &coordinator->groups)
		expire_offsets(broker, entry->value);
}

int64_t coordinator_next_ms(const struct broker *broker)
{
	const struct coordinator *coordinator = broker->coordinator;
	struct heap_node *node = heap_peek(&coordinator->timers);
	if (node == NULL)
		return coordinator->expire_due_ms;
	return MIN(coordinator->expire_due_ms,
		   CONTAINER_OF_CONST(node, struct coordinated, timer)->due_ms);
}

static fallible read_producer_ids(struct broker *broker, int64_t *ret_next, struct err *err)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct buf text CLEANUP(buf_fini) = BUF_INIT(STORE_FILE_BYTES_MAX);
	struct slice key, value;
	int64_t next = 0;
	int code = store_file_read(broker->disk, broker->dir, PRODUCER_ID_FILE, &text, err);
	if (code != 0 && code != ERR_NOT_FOUND)
		return code;
	struct slice content = buf_slice(&text);
	while (code == 0 && store_file_next(&content, &arena, &key, &value)) {
		if (slice_eq_str(key, "next"))
			TRY(num_parse_i64(value, &next, err));
	}
	*ret_next = next;
	return 0;
}

/* The file says where the next block begins before an id of this one is given out. */
static fallible take_block(struct broker *broker, struct err *err)
{
	struct coordinator *coordinator = broker->coordinator;
	struct buf text CLEANUP(buf_fini) = BUF_INIT(4096);
	int64_t next = coordinator->producer_ids_end;
	if (next == 0)
		TRY(read_producer_ids(broker, &next, err));
	buf_printf(&text, "next=%lld\n", (long long)(next + PRODUCER_ID_BLOCK));
	TRY(store_file_write(broker->disk, broker->dir, PRODUCER_ID_FILE, buf_slice(&text), err));
	coordinator->producer_id_next = next;
	coordinator->producer_ids_end = next + PRODUCER_ID_BLOCK;
	return 0;
}

fallible coordinator_new_producer_id(struct broker *broker, int64_t *ret_id, struct err *err)
{
	struct coordinator *coordinator = broker->coordinator;
	if (coordinator->producer_id_next == coordinator->producer_ids_end)
		TRY(take_block(broker, err));
	*ret_id = coordinator->producer_id_next++;
	return 0;
}
