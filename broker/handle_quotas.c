/*
 * Limits of clients, shown and changed (broker/quota.h says what they mean).
 */
#include "broker/api.h"
#include "broker/handle.h"

#include <math.h>

enum match_type { MATCH_EXACT = 0, MATCH_DEFAULT = 1, MATCH_SPECIFIED = 2 };

static bool name_matches(const struct quota_name *name,
			 const struct describe_client_quotas_request_component *asked)
{
	switch (asked->match_type) {
	case MATCH_EXACT:
		return name->state == QUOTA_NAMED && slice_eq(name->name, asked->match);
	case MATCH_DEFAULT:
		return name->state == QUOTA_DEFAULT;
	default:
		return name->state != QUOTA_ABSENT;
	}
}

static bool entity_matches(const struct quota_entity *entity,
			   const struct describe_client_quotas_request *message)
{
	bool named[QUOTA_TYPES_LEN] = { false };
	for (uint32_t i = 0; i < message->components.len; i++) {
		int type = quota_type_of(message->components.items[i].entity_type);
		named[type] = true;
		if (!name_matches(&entity->of[type], &message->components.items[i]))
			return false;
	}
	for (unsigned type = 0; message->strict && type < QUOTA_TYPES_LEN; type++) {
		if (!named[type] && entity->of[type].state != QUOTA_ABSENT)
			return false;
	}
	return true;
}

static void answer_entry(struct request *request, const struct quota_entity *entity,
			 const struct quota_limits *limits,
			 struct describe_client_quotas_response_entry *entry)
{
	entry->entity.items = message_array(&request->arena, describe_client_quotas_response_entity,
					    QUOTA_TYPES_LEN);
	entry->values.items = message_array(&request->arena, describe_client_quotas_response_value,
					    QUOTA_KINDS_LEN);
	for (unsigned type = 0; type < QUOTA_TYPES_LEN; type++) {
		if (entity->of[type].state == QUOTA_ABSENT)
			continue;
		struct describe_client_quotas_response_entity *row =
			&entry->entity.items[entry->entity.len++];
		row->entity_type = slice_str(quota_type_name((enum quota_type)type));
		if (entity->of[type].state == QUOTA_NAMED)
			row->entity_name = entity->of[type].name;
	}
	for (unsigned kind = 0; kind < QUOTA_KINDS_LEN; kind++) {
		if (!limits->set[kind])
			continue;
		struct describe_client_quotas_response_value *row =
			&entry->values.items[entry->values.len++];
		row->key = slice_str(quota_kind_name((enum quota_kind)kind));
		row->value = limits->value[kind];
	}
}

static int16_t check_filter(const struct describe_client_quotas_request *message)
{
	bool named[QUOTA_TYPES_LEN] = { false };
	for (uint32_t i = 0; i < message->components.len; i++) {
		const struct describe_client_quotas_request_component *one =
			&message->components.items[i];
		int type = quota_type_of(one->entity_type);
		if (type < 0)
			return KAFKA_UNSUPPORTED_VERSION;
		if (named[type] || one->match_type < MATCH_EXACT ||
		    one->match_type > MATCH_SPECIFIED)
			return KAFKA_INVALID_REQUEST;
		if ((one->match_type == MATCH_EXACT) != (one->match.data != NULL))
			return KAFKA_INVALID_REQUEST;
		named[type] = true;
	}
	return KAFKA_NONE;
}

void handle_describe_client_quotas(struct broker *broker, struct request *request)
{
	const struct describe_client_quotas_request *message = request->message;
	struct describe_client_quotas_response *response = request_response(request);
	response->error_code = check_filter(message);
	if (response->error_code != KAFKA_NONE) {
		response->error_message =
			handle_text(request, kafka_error_text(response->error_code));
		request_finish(request);
		return;
	}
	response->entries.items =
		message_array(&request->arena, describe_client_quotas_response_entry,
			      broker->quotas.limits.len);
	map_each (entry, &broker->quotas.limits) {
		struct quota_entity entity;
		int code = quota_entity_parse(map_key(entry), &request->arena, &entity, NULL);
		assert(code == 0);
		if (entity_matches(&entity, message))
			answer_entry(request, &entity, entry->value,
				     &response->entries.items[response->entries.len++]);
	}
	request_finish(request);
}

/* What stands beside what: an address stands alone, and something must be named. */
static int16_t read_entity(const struct alter_client_quotas_request_entry *asked,
			   struct quota_entity *ret_entity, const char **ret_why)
{
	struct quota_entity entity = { 0 };
	for (uint32_t i = 0; i < asked->entity.len; i++) {
		const struct alter_client_quotas_request_entity *one = &asked->entity.items[i];
		int type = quota_type_of(one->entity_type);
		*ret_why = "Unhandled client quota entity type";
		if (type < 0 || entity.of[type].state != QUOTA_ABSENT)
			return KAFKA_INVALID_REQUEST;
		*ret_why = "Empty entity name";
		if (one->entity_name.data != NULL && one->entity_name.len == 0)
			return KAFKA_INVALID_REQUEST;
		entity.of[type].state = one->entity_name.data != NULL ? QUOTA_NAMED : QUOTA_DEFAULT;
		entity.of[type].name = one->entity_name;
	}
	*ret_why = "Invalid combination of entity types";
	bool client = entity.of[QUOTA_USER].state != QUOTA_ABSENT ||
		      entity.of[QUOTA_CLIENT].state != QUOTA_ABSENT;
	if (client == (entity.of[QUOTA_IP].state != QUOTA_ABSENT))
		return KAFKA_INVALID_REQUEST;
	*ret_entity = entity;
	return KAFKA_NONE;
}

static int16_t check_ops(const struct alter_client_quotas_request_entry *asked,
			 const struct quota_entity *entity, const char **ret_why)
{
	bool ip = entity->of[QUOTA_IP].state != QUOTA_ABSENT;
	for (uint32_t i = 0; i < asked->ops.len; i++) {
		const struct alter_client_quotas_request_op *op = &asked->ops.items[i];
		int kind = quota_kind_of(op->key);
		*ret_why = "Invalid configuration key";
		if (kind < 0 || ip != (kind == QUOTA_CONNECTIONS))
			return KAFKA_INVALID_REQUEST;
		*ret_why = "Quota must be greater than 0";
		if (!op->remove && !(op->value > 0 && isfinite(op->value)))
			return KAFKA_INVALID_REQUEST;
	}
	return KAFKA_NONE;
}

static int16_t alter_entry(struct broker *broker,
			   const struct alter_client_quotas_request_entry *asked,
			   bool validate_only, const char **ret_why)
{
	struct quota_entity entity;
	int16_t error = read_entity(asked, &entity, ret_why);
	if (error == KAFKA_NONE)
		error = check_ops(asked, &entity, ret_why);
	if (error != KAFKA_NONE || validate_only)
		return error;
	const struct quota_limits *found = quota_find(&broker->quotas, &entity);
	struct quota_limits before = found != NULL ? *found : (struct quota_limits){ 0 };
	for (uint32_t i = 0; i < asked->ops.len; i++)
		quota_set(&broker->quotas, &entity,
			  (enum quota_kind)quota_kind_of(asked->ops.items[i].key),
			  !asked->ops.items[i].remove, asked->ops.items[i].value);
	error = broker_error_of(settings_save(broker, NULL));
	for (unsigned kind = 0; error != KAFKA_NONE && kind < QUOTA_KINDS_LEN; kind++)
		quota_set(&broker->quotas, &entity, (enum quota_kind)kind, before.set[kind],
			  before.value[kind]);
	*ret_why = kafka_error_text(error);
	return error;
}

void handle_alter_client_quotas(struct broker *broker, struct request *request)
{
	const struct alter_client_quotas_request *message = request->message;
	struct alter_client_quotas_response *response = request_response(request);
	uint32_t n = message->entries.len;
	response->entries.items =
		message_array(&request->arena, alter_client_quotas_response_entry, n);
	response->entries.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct alter_client_quotas_request_entry *asked = &message->entries.items[i];
		struct alter_client_quotas_response_entry *answer = &response->entries.items[i];
		const char *why = "";
		answer->error_code = alter_entry(broker, asked, message->validate_only, &why);
		if (answer->error_code != KAFKA_NONE)
			answer->error_message = handle_text(request, why);
		answer->entity.items =
			message_array(&request->arena, alter_client_quotas_response_entity,
				      asked->entity.len);
		answer->entity.len = asked->entity.len;
		for (uint32_t j = 0; j < asked->entity.len; j++) {
			answer->entity.items[j].entity_type = asked->entity.items[j].entity_type;
			answer->entity.items[j].entity_name = asked->entity.items[j].entity_name;
		}
	}
	request_finish(request);
}
