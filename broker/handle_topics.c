/*
 * Topics made, grown and deleted. A request names many topics, and each has its own answer; a topic
 * that is named twice is refused both times. One broker holds every replica: a larger replication
 * factor than one is accepted, and remembered, unless weir.replication.factor.lenient is false.
 */
#include "broker/api.h"
#include "broker/coordinator.h"
#include "broker/handle.h"

/* What one topic of CreateTopics comes to. */
struct creation {
	struct topic_spec spec;
	struct configs configs;
	int16_t error;
	struct err why;
};

#define REFUSE(creation, code, ...)                                                                \
	((creation)->error = (code), err_set_text(&(creation)->why, ERR_INVALID, __VA_ARGS__))

static void check_name(struct broker *broker, struct creation *creation, struct slice name)
{
	if (topic_name_check(name, &creation->why) != 0) {
		creation->error = KAFKA_INVALID_TOPIC_EXCEPTION;
		return;
	}
	if (topic_find(broker, name) != NULL) {
		REFUSE(creation, KAFKA_TOPIC_ALREADY_EXISTS, "Topic '%.*s' already exists.",
		       SLICE_ARGS(name));
		return;
	}
	const struct topic *other = topic_colliding(broker, name);
	if (other != NULL)
		REFUSE(creation, KAFKA_INVALID_TOPIC_EXCEPTION,
		       "Topic '%.*s' differs from '%s' only in '.' and '_'.", SLICE_ARGS(name),
		       other->name);
}

/* Partitions 0 to n-1, each on this broker alone. */
static void check_assignments(struct broker *broker, struct creation *creation,
			      const struct create_topics_request_topic *asked)
{
	uint32_t n = asked->assignments.len;
	if (asked->num_partitions != -1 || asked->replication_factor != -1) {
		REFUSE(creation, KAFKA_INVALID_REQUEST,
		       "With an assignment of replicas, the number of partitions and the "
		       "replication "
		       "factor must be -1.");
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct create_topics_request_assignment *one = &asked->assignments.items[i];
		bool seen = false;
		for (uint32_t j = 0; j < i && n <= 10000; j++)
			seen |= asked->assignments.items[j].partition_index == one->partition_index;
		if (seen || one->partition_index < 0 || (uint32_t)one->partition_index >= n)
			REFUSE(creation, KAFKA_INVALID_REPLICA_ASSIGNMENT,
			       "The partitions of an assignment must be numbered from 0, each "
			       "once.");
		else if (one->broker_ids.len != 1 || one->broker_ids.items[0] != broker->node_id)
			REFUSE(creation, KAFKA_INVALID_REPLICA_ASSIGNMENT,
			       "A replica is assigned to a broker that does not exist.");
	}
	creation->spec.partitions = (int32_t)n;
	creation->spec.replication_factor = 1;
}

static void check_size(struct broker *broker, struct creation *creation,
		       const struct create_topics_request_topic *asked)
{
	int64_t partitions = asked->num_partitions, replicas = asked->replication_factor;
	if (partitions == -1)
		partitions = broker_config_i64(&broker->configs, BROKER_NUM_PARTITIONS);
	if (replicas == -1)
		replicas = broker_config_i64(&broker->configs, BROKER_REPLICATION_FACTOR);
	if (partitions < 1 || partitions > TOPIC_PARTITIONS_MAX)
		REFUSE(creation, KAFKA_INVALID_PARTITIONS,
		       "The number of partitions must be from 1 to %d.", TOPIC_PARTITIONS_MAX);
	else if (replicas < 1)
		REFUSE(creation, KAFKA_INVALID_REPLICATION_FACTOR,
		       "The replication factor must be larger than 0.");
	else if (replicas > 1 && !broker_config_bool(&broker->configs, BROKER_REPLICATION_LENIENT))
		REFUSE(creation, KAFKA_INVALID_REPLICATION_FACTOR,
		       "The replication factor %lld is larger than the number of brokers, 1.",
		       (long long)replicas);
	creation->spec.partitions = (int32_t)partitions;
	creation->spec.replication_factor = (int16_t)replicas;
}

static void check_config(struct creation *creation,
			 const struct create_topics_request_config *asked)
{
	int32_t index = config_find(&TOPIC_CONFIGS, asked->name);
	if (index < 0) {
		REFUSE(creation, KAFKA_INVALID_CONFIG, "Unknown topic config name: %.*s",
		       SLICE_ARGS(asked->name));
	} else if (asked->value.data == NULL) {
		REFUSE(creation, KAFKA_INVALID_CONFIG,
		       "Null value not supported for topic configs: %.*s", SLICE_ARGS(asked->name));
	} else if (config_check(&TOPIC_CONFIGS.defs[index], asked->value, &creation->why) != 0) {
		creation->error = KAFKA_INVALID_CONFIG;
	} else {
		configs_set(&creation->configs, (uint32_t)index, asked->value);
	}
}

static void check_creation(struct broker *broker, struct creation *creation,
			   const struct create_topics_request_topic *asked)
{
	creation->spec.name = asked->name;
	creation->spec.configs = &creation->configs;
	check_name(broker, creation, asked->name);
	if (creation->error != KAFKA_NONE)
		return;
	if (asked->assignments.len > 0)
		check_assignments(broker, creation, asked);
	else
		check_size(broker, creation, asked);
	for (uint32_t i = 0; i < asked->configs.len && creation->error == KAFKA_NONE; i++)
		check_config(creation, &asked->configs.items[i]);
	if (creation->error == KAFKA_NONE &&
	    topic_configs_check(&creation->configs, &broker->configs, &creation->why) != 0)
		creation->error = KAFKA_INVALID_CONFIG;
}

static void answer_configs(struct broker *broker, struct request *request,
			   const struct configs *configs,
			   struct create_topics_response_topic *answer)
{
	struct buf buf CLEANUP(buf_fini) = BUF_INIT(64);
	config_origins origins = { 0 };
	answer->configs.items =
		message_array(&request->arena, create_topics_response_config, TOPIC_CONFIGS_LEN);
	answer->configs.len = TOPIC_CONFIGS_LEN;
	for (uint32_t i = 0; i < TOPIC_CONFIGS_LEN; i++) {
		struct create_topics_response_config *row = &answer->configs.items[i];
		vec_clear(&origins);
		topic_config_explain(configs, &broker->configs, (enum topic_config)i, &origins);
		row->name = slice_str(TOPIC_CONFIGS.defs[i].name);
		row->value =
			arena_copy(&request->arena, topic_config_text(configs, &broker->configs,
								      (enum topic_config)i, &buf));
		row->config_source =
			(int8_t)(origins.len > 0 ? origins.items[0].source : CONFIG_SOURCE_DEFAULT);
	}
	vec_fini(&origins);
}

static void create_topic(struct broker *broker, struct request *request, bool named_twice,
			 const struct create_topics_request_topic *asked,
			 struct create_topics_response_topic *answer)
{
	const struct create_topics_request *message = request->message;
	struct creation creation = { .error = KAFKA_NONE };
	struct topic *topic = NULL;
	configs_init(&creation.configs, &TOPIC_CONFIGS);
	if (named_twice)
		REFUSE(&creation, KAFKA_INVALID_REQUEST, "The request names the topic twice.");
	else
		check_creation(broker, &creation, asked);
	if (creation.error == KAFKA_NONE && !message->validate_only)
		creation.error = broker_error_of(
			topic_create(broker, &creation.spec, &topic, &creation.why));
	answer->name = asked->name;
	answer->error_code = creation.error;
	if (creation.error != KAFKA_NONE) {
		answer->error_message = handle_text(request, creation.why.text);
	} else {
		answer->topic_id = topic != NULL ? topic->id : (struct uuid){ 0 };
		answer->num_partitions = creation.spec.partitions;
		answer->replication_factor = creation.spec.replication_factor;
		if (request->version >= 5)
			answer_configs(broker, request, &creation.configs, answer);
	}
	configs_fini(&creation.configs);
}

void handle_create_topics(struct broker *broker, struct request *request)
{
	const struct create_topics_request *message = request->message;
	struct create_topics_response *response = request_response(request);
	struct map names;
	uint32_t n = message->topics.len;
	map_init(&names);
	response->topics.items = message_array(&request->arena, create_topics_response_topic, n);
	for (uint32_t i = 0; i < n; i++) {
		struct slice name = message->topics.items[i].name;
		uint8_t *times = map_get(&names, name);
		if (times == NULL)
			map_put(&names, name, times = arena_new(&request->arena, uint8_t));
		*times = (uint8_t)MIN(*times + 1, 2);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *times = map_get(&names, message->topics.items[i].name);
		if (*times == 0) /* named twice, and answered */
			continue;
		create_topic(broker, request, *times > 1, &message->topics.items[i],
			     &response->topics.items[response->topics.len++]);
		*times = *times > 1 ? 0 : *times;
	}
	map_fini(&names);
	request_finish(request);
}

static void delete_topic(struct broker *broker, struct request *request, struct slice name,
			 struct uuid id, struct delete_topics_response_topic *answer)
{
	struct err err = ERR_INIT;
	int16_t error = KAFKA_NONE;
	struct topic *topic = NULL;
	answer->name = name;
	answer->topic_id = id;
	if (name.data != NULL && !uuid_is_zero(id))
		error = KAFKA_INVALID_REQUEST;
	else if (!broker_config_bool(&broker->configs, BROKER_DELETE_TOPIC))
		error = request->version >= 3 ? KAFKA_TOPIC_DELETION_DISABLED
					      : KAFKA_INVALID_REQUEST;
	else
		topic = handle_topic(broker, name, id, &error);
	if (topic != NULL && topic->internal)
		error = KAFKA_INVALID_TOPIC_EXCEPTION;
	if (topic != NULL && error == KAFKA_NONE) {
		answer->name = handle_text(request, topic->name);
		answer->topic_id = topic->id;
		error = broker_error_of(topic_delete(broker, topic, &err));
		if (error == KAFKA_NONE)
			coordinator_forget_topic(broker, answer->name);
	}
	answer->error_code = error;
	if (error != KAFKA_NONE)
		answer->error_message =
			handle_text(request,
				    err.code != ERR_OK ? err.text : kafka_error_text(error));
}

void handle_delete_topics(struct broker *broker, struct request *request)
{
	const struct delete_topics_request *message = request->message;
	struct delete_topics_response *response = request_response(request);
	bool by_name = request->version < 6;
	uint32_t n = by_name ? message->topic_names.len : message->topics.len;
	response->responses.items = message_array(&request->arena, delete_topics_response_topic, n);
	response->responses.len = n;
	for (uint32_t i = 0; i < n; i++) {
		struct slice name =
			by_name ? message->topic_names.items[i] : message->topics.items[i].name;
		struct uuid id = by_name ? (struct uuid){ 0 } : message->topics.items[i].topic_id;
		delete_topic(broker, request, name, id, &response->responses.items[i]);
	}
	request_finish(request);
}

static int16_t check_growth(struct broker *broker, const struct topic *topic,
			    const struct create_partitions_request_topic *asked, struct err *err)
{
	int32_t now = (int32_t)topic->partitions.len;
	if (asked->count <= now || asked->count > TOPIC_PARTITIONS_MAX) {
		err_set_text(err, ERR_INVALID,
			     asked->count == now ? "Topic already has %d partitions."
			     : asked->count < now
				     ? "The topic has %d partitions, and cannot have fewer."
				     : "The topic has %d partitions, and cannot have so many.",
			     now);
		return KAFKA_INVALID_PARTITIONS;
	}
	if (asked->assignments.items == NULL)
		return KAFKA_NONE;
	if (asked->assignments.len != (uint32_t)(asked->count - now)) {
		err_set_text(err, ERR_INVALID, "%d partitions are added, and %u are assigned.",
			     asked->count - now, asked->assignments.len);
		return KAFKA_INVALID_REPLICA_ASSIGNMENT;
	}
	for (uint32_t i = 0; i < asked->assignments.len; i++) {
		const struct create_partitions_request_assignment *one =
			&asked->assignments.items[i];
		if (one->broker_ids.len != 1 || one->broker_ids.items[0] != broker->node_id) {
			err_set_text(err, ERR_INVALID,
				     "A replica is assigned to a broker that does not exist.");
			return KAFKA_INVALID_REPLICA_ASSIGNMENT;
		}
	}
	return KAFKA_NONE;
}

static void grow_topic(struct broker *broker, struct request *request,
		       const struct create_partitions_request_topic *asked,
		       struct create_partitions_response_topic *answer)
{
	const struct create_partitions_request *message = request->message;
	struct err err = ERR_INIT;
	int16_t error = KAFKA_NONE;
	struct topic *topic = handle_topic(broker, asked->name, (struct uuid){ 0 }, &error);
	if (topic != NULL)
		error = check_growth(broker, topic, asked, &err);
	if (error == KAFKA_NONE && !message->validate_only)
		error = broker_error_of(topic_grow(broker, topic, asked->count, &err));
	answer->name = asked->name;
	answer->error_code = error;
	if (error != KAFKA_NONE)
		answer->error_message =
			handle_text(request,
				    err.code != ERR_OK ? err.text : kafka_error_text(error));
}

void handle_create_partitions(struct broker *broker, struct request *request)
{
	const struct create_partitions_request *message = request->message;
	struct create_partitions_response *response = request_response(request);
	uint32_t n = message->topics.len;
	response->results.items =
		message_array(&request->arena, create_partitions_response_topic, n);
	response->results.len = n;
	for (uint32_t i = 0; i < n; i++)
		grow_topic(broker, request, &message->topics.items[i], &response->results.items[i]);
	request_finish(request);
}
