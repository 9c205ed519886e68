/*
 * Settings shown and changed. A resource is a topic, this broker (by its number), every broker (the
 * empty name) or a group; each is a `struct configs` of its table. A change is made on a copy,
 * which is checked, written down, and only then takes the place of what was.
 */
#include "broker/api.h"
#include "broker/handle.h"

#include "base/num.h"

enum resource_type { /* Kafka's numbers */
		     RESOURCE_TOPIC = 2,
		     RESOURCE_BROKER = 4,
		     RESOURCE_BROKER_LOGGER = 8,
		     RESOURCE_CLIENT_METRICS = 16,
		     RESOURCE_GROUP = 32,
};

enum alter_operation { ALTER_SET = 0, ALTER_DELETE = 1, ALTER_APPEND = 2, ALTER_SUBTRACT = 3 };

/* One resource. */
struct scope {
	struct broker *broker;
	int8_t type;
	struct slice name;
	const struct config_table *table;
	struct topic *topic;     /* RESOURCE_TOPIC */
	struct configs *configs; /* what is set; NULL: a group without settings */
	bool every_broker;
};

static int16_t open_broker_scope(struct scope *scope, struct err *err)
{
	int32_t id;
	scope->table = &BROKER_CONFIGS;
	scope->every_broker = scope->name.len == 0;
	scope->configs = scope->every_broker ? &scope->broker->configs.changed_default
					     : &scope->broker->configs.changed;
	if (scope->every_broker)
		return KAFKA_NONE;
	if (num_parse_i32(scope->name, &id, NULL) != 0 || id != scope->broker->node_id) {
		err_set_text(err, ERR_INVALID,
			     "Unexpected broker id, expected %d or empty string, but received %.*s",
			     scope->broker->node_id, SLICE_ARGS(scope->name));
		return KAFKA_INVALID_REQUEST;
	}
	return KAFKA_NONE;
}

static int16_t open_topic_scope(struct scope *scope, struct err *err)
{
	scope->table = &TOPIC_CONFIGS;
	if (topic_name_check(scope->name, err) != 0)
		return KAFKA_INVALID_TOPIC_EXCEPTION;
	scope->topic = topic_find(scope->broker, scope->name);
	if (scope->topic == NULL) {
		err_set_text(err, ERR_NOT_FOUND, "%s",
			     kafka_error_text(KAFKA_UNKNOWN_TOPIC_OR_PARTITION));
		return KAFKA_UNKNOWN_TOPIC_OR_PARTITION;
	}
	scope->configs = &scope->topic->configs;
	return KAFKA_NONE;
}

static int16_t scope_open(struct scope *scope, struct broker *broker, int8_t type,
			  struct slice name, struct err *err)
{
	*scope = (struct scope){ .broker = broker, .type = type, .name = name };
	switch (type) {
	case RESOURCE_TOPIC:
		return open_topic_scope(scope, err);
	case RESOURCE_BROKER:
		return open_broker_scope(scope, err);
	case RESOURCE_GROUP:
		scope->table = &GROUP_CONFIGS;
		scope->configs = settings_group(&broker->settings, name);
		if (name.len > 0)
			return KAFKA_NONE;
		err_set_text(err, ERR_INVALID, "the name of the group is empty");
		return KAFKA_INVALID_REQUEST;
	default:
		err_set_text(err, ERR_UNSUPPORTED, "Unsupported resource type %d", type);
		return KAFKA_INVALID_REQUEST;
	}
}

static void explain(const struct scope *scope, uint32_t index, config_origins *origins)
{
	const struct config_def *def = &scope->table->defs[index];
	if (scope->type == RESOURCE_TOPIC) {
		topic_config_explain(scope->configs, &scope->broker->configs,
				     (enum topic_config)index, origins);
	} else if (scope->type == RESOURCE_BROKER && !scope->every_broker) {
		broker_config_explain(&scope->broker->configs, (enum broker_config)index, origins);
	} else {
		enum config_source source =
			scope->every_broker ? CONFIG_SOURCE_BROKER_DEFAULT : CONFIG_SOURCE_GROUP;
		if (scope->configs != NULL && scope->configs->values[index] != NULL)
			vec_push(origins,
				 (struct config_origin){ def->name, scope->configs->values[index],
							 source });
		else if (!scope->every_broker)
			vec_push(origins, (struct config_origin){ def->name, def->fallback,
								  CONFIG_SOURCE_DEFAULT });
	}
}

static struct slice value_of(struct request *request, const struct scope *scope, uint32_t index,
			     const config_origins *origins)
{
	if (scope->type == RESOURCE_TOPIC) { /* its unit may differ from the origin's */
		struct buf buf CLEANUP(buf_fini) = BUF_INIT(64);
		return arena_copy(&request->arena,
				  topic_config_text(scope->configs, &scope->broker->configs,
						    (enum topic_config)index, &buf));
	}
	const char *text = origins->len > 0 ? origins->items[0].value : NULL;
	return text != NULL ? handle_text(request, text) : (struct slice){ 0 };
}

static void answer_synonyms(struct request *request, const config_origins *origins,
			    struct describe_configs_response_config *row)
{
	row->synonyms.items =
		message_array(&request->arena, describe_configs_response_synonym, origins->len);
	row->synonyms.len = origins->len;
	for (uint32_t i = 0; i < origins->len; i++) {
		row->synonyms.items[i].name = slice_str(origins->items[i].name);
		row->synonyms.items[i].value = handle_text(request, origins->items[i].value);
		row->synonyms.items[i].source = (int8_t)origins->items[i].source;
	}
}

static void describe_config(struct request *request, const struct scope *scope, uint32_t index,
			    config_origins *origins, struct describe_configs_response_config *row)
{
	const struct describe_configs_request *message = request->message;
	const struct config_def *def = &scope->table->defs[index];
	row->name = slice_str(def->name);
	row->value = value_of(request, scope, index, origins);
	row->read_only = !def->changes;
	row->config_type = (int8_t)def->type;
	row->config_source =
		(int8_t)(origins->len > 0 ? origins->items[0].source : CONFIG_SOURCE_DEFAULT);
	if (message->include_synonyms)
		answer_synonyms(request, origins, row);
	if (message->include_documentation)
		row->documentation = slice_str(def->words);
}

static bool is_asked(const struct describe_configs_request_resource *asked, const char *name)
{
	if (asked->configuration_keys.items == NULL)
		return true;
	for (uint32_t i = 0; i < asked->configuration_keys.len; i++) {
		if (slice_eq_str(asked->configuration_keys.items[i], name))
			return true;
	}
	return false;
}

static void describe_scope(struct request *request, const struct scope *scope,
			   const struct describe_configs_request_resource *asked,
			   struct describe_configs_response_result *result)
{
	config_origins origins = { 0 };
	result->configs.items =
		message_array(&request->arena, describe_configs_response_config, scope->table->len);
	for (uint32_t i = 0; i < scope->table->len; i++) {
		if (!is_asked(asked, scope->table->defs[i].name))
			continue;
		vec_clear(&origins);
		explain(scope, i, &origins);
		if (scope->every_broker && origins.len == 0)
			continue; /* of every broker, only what was set is known */
		describe_config(request, scope, i, &origins,
				&result->configs.items[result->configs.len++]);
	}
	vec_fini(&origins);
}

void handle_describe_configs(struct broker *broker, struct request *request)
{
	const struct describe_configs_request *message = request->message;
	struct describe_configs_response *response = request_response(request);
	uint32_t n = message->resources.len;
	response->results.items =
		message_array(&request->arena, describe_configs_response_result, n);
	response->results.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct describe_configs_request_resource *asked =
			&message->resources.items[i];
		struct describe_configs_response_result *result = &response->results.items[i];
		struct err err = ERR_INIT;
		struct scope scope;
		result->resource_type = asked->resource_type;
		result->resource_name = asked->resource_name;
		result->error_code = scope_open(&scope, broker, asked->resource_type,
						asked->resource_name, &err);
		if (result->error_code == KAFKA_NONE)
			describe_scope(request, &scope, asked, result);
		else
			result->error_message = handle_text(request, err.text);
	}
	request_finish(request);
}

/* One setting of one resource, as either request says it. */
struct alteration {
	struct slice name, value;
	int8_t operation;
};

struct alter {
	struct scope scope;
	struct configs next; /* what is set afterwards */
	struct err why;
};

static int16_t refuse(struct alter *alter, int16_t error, const char *why, struct slice name)
{
	err_set_text(&alter->why, ERR_INVALID, "%s: %.*s", why, SLICE_ARGS(name));
	return error;
}

/* The list that an element is added to or taken from: what is set, or else what holds. */
static struct slice list_now(const struct alter *alter, uint32_t index, struct buf *buf)
{
	const struct scope *scope = &alter->scope;
	if (alter->next.values[index] != NULL)
		return slice_str(alter->next.values[index]);
	if (scope->type == RESOURCE_TOPIC)
		return topic_config_text(scope->configs, &scope->broker->configs,
					 (enum topic_config)index, buf);
	const char *text =
		scope->type == RESOURCE_BROKER
			? broker_config_text(&scope->broker->configs, (enum broker_config)index)
			: scope->table->defs[index].fallback;
	return text != NULL ? slice_str(text) : SLICE_EMPTY;
}

static int16_t alter_list(struct alter *alter, uint32_t index, const struct alteration *one)
{
	const struct config_def *def = &alter->scope.table->defs[index];
	struct buf now CLEANUP(buf_fini) = BUF_INIT(CONFIG_VALUE_BYTES_MAX);
	struct buf next CLEANUP(buf_fini) = BUF_INIT(2 * CONFIG_VALUE_BYTES_MAX);
	if (def->type != CONFIG_LIST)
		return refuse(alter, KAFKA_INVALID_CONFIG,
			      "Only a list can be appended to or subtracted from", one->name);
	struct slice list = list_now(alter, index, &now);
	if (one->operation == ALTER_APPEND)
		config_list_add(list, one->value, &next);
	else
		config_list_remove(list, one->value, &next);
	struct slice text = next.len > 0 ? buf_slice(&next) : SLICE_EMPTY;
	if (config_check(def, text, &alter->why) != 0)
		return KAFKA_INVALID_CONFIG;
	configs_set(&alter->next, index, text);
	return KAFKA_NONE;
}

static int16_t alter_one(struct alter *alter, const struct alteration *one)
{
	int32_t index = config_find(alter->scope.table, one->name);
	if (index < 0)
		return refuse(alter, KAFKA_INVALID_CONFIG, "Unknown config name", one->name);
	const struct config_def *def = &alter->scope.table->defs[index];
	if (!def->changes)
		return refuse(alter, KAFKA_INVALID_REQUEST,
			      "Cannot be changed while the broker runs", one->name);
	if (one->operation == ALTER_DELETE) {
		configs_set(&alter->next, (uint32_t)index, (struct slice){ 0 });
		return KAFKA_NONE;
	}
	if (one->value.data == NULL)
		return refuse(alter, KAFKA_INVALID_REQUEST, "Null value not supported", one->name);
	if (one->operation == ALTER_APPEND || one->operation == ALTER_SUBTRACT)
		return alter_list(alter, (uint32_t)index, one);
	if (one->operation != ALTER_SET)
		return refuse(alter, KAFKA_INVALID_REQUEST, "Unknown operation", one->name);
	if (config_check(def, one->value, &alter->why) != 0)
		return KAFKA_INVALID_CONFIG;
	configs_set(&alter->next, (uint32_t)index, one->value);
	return KAFKA_NONE;
}

static bool altered_twice(const struct alteration *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (slice_eq(list[i].name, list[j].name))
				return true;
		}
	}
	return false;
}

/* Writes a changed scope of the broker's settings down; on failure it is as it was. */
static fallible commit_settings(struct alter *alter, struct configs *into, struct err *err)
{
	struct broker *broker = alter->scope.broker;
	struct configs before;
	configs_init(&before, alter->scope.table);
	configs_copy(&before, into);
	configs_copy(into, &alter->next);
	int code = settings_save(broker, err);
	if (code != 0)
		configs_copy(into, &before);
	else if (alter->scope.type == RESOURCE_BROKER)
		topics_configure(broker);
	configs_fini(&before);
	return code;
}

static fallible commit(struct alter *alter, struct err *err)
{
	struct scope *scope = &alter->scope;
	if (scope->type == RESOURCE_TOPIC)
		return topic_set_configs(scope->broker, scope->topic, &alter->next, err);
	struct configs *into = scope->configs;
	if (into == NULL)
		into = settings_group_add(&scope->broker->settings, scope->name);
	return commit_settings(alter, into, err);
}

static int16_t alter_scope(struct alter *alter, const struct alteration *list, uint32_t n,
			   bool validate_only)
{
	if (altered_twice(list, n)) {
		err_set_text(&alter->why, ERR_INVALID, "The request names a setting twice.");
		return KAFKA_INVALID_REQUEST;
	}
	for (uint32_t i = 0; i < n; i++) {
		int16_t error = alter_one(alter, &list[i]);
		if (error != KAFKA_NONE)
			return error;
	}
	if (alter->scope.type == RESOURCE_TOPIC &&
	    topic_configs_check(&alter->next, &alter->scope.broker->configs, &alter->why) != 0)
		return KAFKA_INVALID_CONFIG;
	return validate_only ? KAFKA_NONE : broker_error_of(commit(alter, &alter->why));
}

/* `keep`: what is set already stays, unless the list says otherwise. */
static int16_t alter_resource(struct broker *broker, struct request *request, int8_t type,
			      struct slice name, const struct alteration *list, uint32_t n,
			      bool keep, bool validate_only, struct slice *ret_message)
{
	struct alter alter = { .why = ERR_INIT };
	int16_t error = scope_open(&alter.scope, broker, type, name, &alter.why);
	if (error == KAFKA_NONE) {
		configs_init(&alter.next, alter.scope.table);
		if (keep && alter.scope.configs != NULL)
			configs_copy(&alter.next, alter.scope.configs);
		error = alter_scope(&alter, list, n, validate_only);
		configs_fini(&alter.next);
	}
	if (error != KAFKA_NONE)
		*ret_message = handle_text(request, alter.why.text);
	return error;
}

void handle_alter_configs(struct broker *broker, struct request *request)
{
	const struct alter_configs_request *message = request->message;
	struct alter_configs_response *response = request_response(request);
	uint32_t n = message->resources.len;
	response->responses.items =
		message_array(&request->arena, alter_configs_response_resource, n);
	response->responses.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct alter_configs_request_resource *asked = &message->resources.items[i];
		struct alter_configs_response_resource *answer = &response->responses.items[i];
		struct alteration *list =
			arena_array(&request->arena, struct alteration, asked->configs.len);
		for (uint32_t j = 0; j < asked->configs.len; j++) {
			list[j].name = asked->configs.items[j].name;
			list[j].value = asked->configs.items[j].value;
		}
		answer->resource_type = asked->resource_type;
		answer->resource_name = asked->resource_name;
		answer->error_code =
			alter_resource(broker, request, asked->resource_type, asked->resource_name,
				       list, asked->configs.len, false, message->validate_only,
				       &answer->error_message);
	}
	request_finish(request);
}

void handle_incremental_alter_configs(struct broker *broker, struct request *request)
{
	const struct incremental_alter_configs_request *message = request->message;
	struct incremental_alter_configs_response *response = request_response(request);
	uint32_t n = message->resources.len;
	response->responses.items =
		message_array(&request->arena, incremental_alter_configs_response_resource, n);
	response->responses.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct incremental_alter_configs_request_resource *asked =
			&message->resources.items[i];
		struct incremental_alter_configs_response_resource *answer =
			&response->responses.items[i];
		struct alteration *list =
			arena_array(&request->arena, struct alteration, asked->configs.len);
		for (uint32_t j = 0; j < asked->configs.len; j++) {
			list[j].name = asked->configs.items[j].name;
			list[j].value = asked->configs.items[j].value;
			list[j].operation = asked->configs.items[j].config_operation;
		}
		answer->resource_type = asked->resource_type;
		answer->resource_name = asked->resource_name;
		answer->error_code =
			alter_resource(broker, request, asked->resource_type, asked->resource_name,
				       list, asked->configs.len, true, message->validate_only,
				       &answer->error_message);
	}
	request_finish(request);
}

struct resource_list {
	struct request *request;
	struct list_config_resources_response *response;
};

static void list_resource(struct resource_list *list, int8_t type, struct slice name)
{
	struct list_config_resources_response_resource *row =
		&list->response->config_resources.items[list->response->config_resources.len++];
	row->resource_type = type;
	row->resource_name = arena_copy(&list->request->arena, name);
}

static bool type_wanted(const struct request *request, int8_t type)
{
	const struct list_config_resources_request *message = request->message;
	if (request->version == 0) /* which only knew of client metrics */
		return false;
	for (uint32_t i = 0; i < message->resource_types.len; i++) {
		if (message->resource_types.items[i] == type)
			return true;
	}
	return message->resource_types.len == 0;
}

static bool types_known(const struct list_config_resources_request *message)
{
	for (uint32_t i = 0; i < message->resource_types.len; i++) {
		int8_t type = message->resource_types.items[i];
		if (type != RESOURCE_TOPIC && type != RESOURCE_BROKER && type != RESOURCE_GROUP &&
		    type != RESOURCE_BROKER_LOGGER && type != RESOURCE_CLIENT_METRICS)
			return false;
	}
	return true;
}

void handle_list_config_resources(struct broker *broker, struct request *request)
{
	struct list_config_resources_response *response = request_response(request);
	struct resource_list list = { request, response };
	uint32_t most = broker->topics.by_name.len + broker->settings.groups.len + 2;
	char id[NUM_I64_BYTES_MAX];
	struct slice node = slice_of(id, num_put_i64((uint8_t *)id, broker->node_id));
	if (!types_known(request->message)) {
		response->error_code = KAFKA_UNSUPPORTED_VERSION;
		request_finish(request);
		return;
	}
	response->config_resources.items =
		message_array(&request->arena, list_config_resources_response_resource, most);
	if (type_wanted(request, RESOURCE_TOPIC)) {
		map_each (entry, &broker->topics.by_name)
			list_resource(&list, RESOURCE_TOPIC, map_key(entry));
	}
	if (type_wanted(request, RESOURCE_BROKER))
		list_resource(&list, RESOURCE_BROKER, node);
	if (type_wanted(request, RESOURCE_BROKER_LOGGER))
		list_resource(&list, RESOURCE_BROKER_LOGGER, node);
	if (type_wanted(request, RESOURCE_GROUP)) {
		map_each (entry, &broker->settings.groups)
			list_resource(&list, RESOURCE_GROUP, map_key(entry));
	}
	request_finish(request);
}
