#include "broker/handle.h"

#include "base/num.h"

struct topic *handle_topic(const struct broker *broker, struct slice name, struct uuid id,
			   int16_t *ret_error)
{
	struct topic *topic = name.len > 0 ? topic_find(broker, name) : topic_find_id(broker, id);
	if (topic == NULL)
		*ret_error = name.len > 0 || uuid_is_zero(id) ? KAFKA_UNKNOWN_TOPIC_OR_PARTITION
							      : KAFKA_UNKNOWN_TOPIC_ID;
	return topic;
}

struct partition *handle_partition(const struct broker *broker, struct slice name, struct uuid id,
				   int32_t index, int16_t *ret_error)
{
	struct topic *topic = handle_topic(broker, name, id, ret_error);
	if (topic == NULL)
		return NULL;
	struct partition *partition = topic_partition(topic, index);
	if (partition == NULL)
		*ret_error = KAFKA_UNKNOWN_TOPIC_OR_PARTITION;
	return partition;
}

int16_t handle_leader_epoch(const struct partition *partition, int32_t epoch)
{
	int32_t ours = log_leader_epoch(partition->log);
	if (epoch < 0 || epoch == ours)
		return KAFKA_NONE;
	return epoch < ours ? KAFKA_FENCED_LEADER_EPOCH : KAFKA_UNKNOWN_LEADER_EPOCH;
}

struct slice handle_text(struct request *request, const char *text)
{
	return arena_copy(&request->arena, slice_str(text));
}

int16_t handle_auto_create(struct broker *broker, struct slice name, struct topic **ret_topic)
{
	enum broker_config partitions = BROKER_NUM_PARTITIONS;
	struct configs configs;
	if (topic_name_check(name, NULL) != 0 || topic_colliding(broker, name) != NULL)
		return KAFKA_INVALID_TOPIC_EXCEPTION;
	configs_init(&configs, &TOPIC_CONFIGS);
	if (topic_name_internal(name)) {
		bool offsets = slice_eq_str(name, "__consumer_offsets");
		partitions = offsets ? BROKER_OFFSETS_PARTITIONS : BROKER_TXN_PARTITIONS;
		configs_set(&configs, TOPIC_CLEANUP_POLICY, SLICE("compact"));
		configs_set(&configs, TOPIC_SEGMENT_BYTES, SLICE("104857600"));
	}
	struct topic_spec spec = {
		.name = name,
		.partitions = (int32_t)broker_config_i64(&broker->configs, partitions),
		.replication_factor =
			(int16_t)broker_config_i64(&broker->configs, BROKER_REPLICATION_FACTOR),
		.configs = &configs,
	};
	int code = topic_create(broker, &spec, ret_topic, NULL);
	configs_fini(&configs);
	return broker_error_of(code);
}

/* Looks for "NAME://HOST:PORT" in advertised.listeners; an empty host is the one we listen on. */
static bool advertised(struct slice listeners, struct slice name, struct slice *ret_host,
		       int32_t *ret_port)
{
	while (listeners.len > 0) {
		size_t comma = MIN(slice_find_byte(listeners, ',', 0), listeners.len);
		struct slice one = slice_trim(slice_sub(listeners, 0, comma));
		listeners = slice_sub(listeners, comma + 1, SIZE_MAX);
		size_t colon = slice_find(one, SLICE("://"), 0);
		if (colon == SIZE_MAX || !slice_eq(slice_sub(one, 0, colon), name))
			continue;
		struct slice address = slice_sub(one, colon + 3, SIZE_MAX);
		size_t port = address.len;
		while (port > 0 && address.data[port - 1] != ':')
			port--;
		if (port == 0 ||
		    num_parse_i32(slice_sub(address, port, SIZE_MAX), ret_port, NULL) != 0)
			continue;
		if (port > 1)
			*ret_host = slice_sub(address, 0, port - 1);
		return true;
	}
	return false;
}

void handle_address(const struct broker *broker, struct request *request, struct slice *ret_host,
		    int32_t *ret_port)
{
	const char *listeners = broker_config_text(&broker->configs, BROKER_ADVERTISED_LISTENERS);
	*ret_host = slice_str(broker->host);
	*ret_port = broker->port;
	if (listeners != NULL)
		advertised(slice_str(listeners), request->client->listener, ret_host, ret_port);
}
