/*
 * What there is: Metadata, which every client asks first and which makes topics where it may, and
 * the newer questions that split it up.
 */
#include "broker/api.h"
#include "broker/handle.h"

/* Null means all topics from this version on; before, the empty list does. */
#define NULL_MEANS_ALL_VERSION 1

enum endpoint_type { ENDPOINT_BROKER = 1, ENDPOINT_CONTROLLER = 2 };

static void answer_partitions(struct broker *broker, struct request *request,
			      const struct topic *topic, struct metadata_response_topic *answer)
{
	uint32_t n = topic->partitions.len;
	answer->partitions.items = message_array(&request->arena, metadata_response_partition, n);
	answer->partitions.len = n;
	for (uint32_t i = 0; i < n; i++) {
		struct metadata_response_partition *partition = &answer->partitions.items[i];
		partition->partition_index = (int32_t)i;
		partition->leader_id = broker->node_id;
		partition->leader_epoch = log_leader_epoch(topic->partitions.items[i]->log);
		partition->replica_nodes.items = partition->isr_nodes.items = &broker->node_id;
		partition->replica_nodes.len = partition->isr_nodes.len = 1;
	}
}

static void answer_topic(struct broker *broker, struct request *request, const struct topic *topic,
			 struct metadata_response_topic *answer)
{
	const struct metadata_request *message = request->message;
	/* The topic may be gone by the time the answer is written. */
	answer->name = handle_text(request, topic->name);
	answer->topic_id = topic->id;
	answer->is_internal = topic->internal;
	if (message->include_topic_authorized_operations)
		answer->topic_authorized_operations = TOPIC_OPERATIONS_ALL;
	answer_partitions(broker, request, topic, answer);
}

static bool may_create(struct broker *broker, const struct request *request)
{
	const struct metadata_request *message = request->message;
	return message->allow_auto_topic_creation &&
	       broker_config_bool(&broker->configs, BROKER_AUTO_CREATE_TOPICS);
}

static void answer_asked(struct broker *broker, struct request *request,
			 const struct metadata_request_topic *asked,
			 struct metadata_response_topic *answer)
{
	int16_t error = KAFKA_NONE;
	struct topic *topic = handle_topic(broker, asked->name, asked->topic_id, &error);
	if (topic == NULL && asked->name.len > 0 && may_create(broker, request))
		error = handle_auto_create(broker, asked->name, &topic);
	else if (topic == NULL && asked->name.len > 0 && topic_name_check(asked->name, NULL) != 0)
		error = KAFKA_INVALID_TOPIC_EXCEPTION;
	if (topic != NULL) {
		answer_topic(broker, request, topic, answer);
		return;
	}
	answer->error_code = error;
	answer->name = asked->name;
	answer->topic_id = asked->topic_id;
}

static bool named_before(const struct metadata_request *message, uint32_t i)
{
	const struct metadata_request_topic *topics = message->topics.items;
	for (uint32_t j = 0; j < i; j++) {
		if (slice_eq(topics[j].name, topics[i].name) &&
		    uuid_eq(topics[j].topic_id, topics[i].topic_id))
			return true;
	}
	return false;
}

static void answer_topics(struct broker *broker, struct request *request,
			  struct metadata_response *response)
{
	const struct metadata_request *message = request->message;
	bool all = request->version >= NULL_MEANS_ALL_VERSION ? message->topics.items == NULL
							      : message->topics.len == 0;
	uint32_t n = all ? broker->topics.by_name.len : message->topics.len;
	response->topics.items = message_array(&request->arena, metadata_response_topic, n);
	if (all) {
		map_each (entry, &broker->topics.by_name)
			answer_topic(broker, request, entry->value,
				     &response->topics.items[response->topics.len++]);
		return;
	}
	/* Few topics are named at a time; a long list is worth its duplicates. */
	bool dedup = n <= 1000;
	for (uint32_t i = 0; i < n; i++) {
		if (dedup && named_before(message, i))
			continue;
		answer_asked(broker, request, &message->topics.items[i],
			     &response->topics.items[response->topics.len++]);
	}
}

void handle_metadata(struct broker *broker, struct request *request)
{
	const struct metadata_request *message = request->message;
	struct metadata_response *response = request_response(request);
	response->brokers.items = message_array(&request->arena, metadata_response_broker, 1);
	response->brokers.len = 1;
	response->brokers.items[0].node_id = broker->node_id;
	handle_address(broker, request, &response->brokers.items[0].host,
		       &response->brokers.items[0].port);
	response->cluster_id = slice_of(broker->cluster_id_text, UUID_TEXT_LEN);
	response->controller_id = broker->node_id;
	if (message->include_cluster_authorized_operations)
		response->cluster_authorized_operations = CLUSTER_OPERATIONS_ALL;
	answer_topics(broker, request, response);
	request_finish(request);
}

/* Topics in the order of their names, from a place on, until enough partitions are answered. */
struct topic_page {
	struct request *request;
	struct slice *names;
	uint32_t nnames;
	struct slice from_name;
	int32_t from_partition;
	int32_t partitions_left;
};

static int compare_names(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static struct topic_page page_of(struct broker *broker, struct request *request)
{
	const struct describe_topic_partitions_request *message = request->message;
	bool all = message->topics.len == 0;
	int64_t most = broker_config_i64(&broker->configs, BROKER_REQUEST_PARTITIONS);
	struct topic_page page = {
		.request = request,
		.partitions_left = (int32_t)MAX(MIN(message->response_partition_limit, most), 1)
	};
	uint32_t n = all ? broker->topics.by_name.len : message->topics.len;
	page.names = arena_array(&request->arena, struct slice, n);
	if (all) {
		map_each (entry, &broker->topics.by_name)
			page.names[page.nnames++] = map_key(entry);
	}
	for (uint32_t i = 0; i < message->topics.len; i++)
		page.names[page.nnames++] = message->topics.items[i].name;
	if (page.nnames > 0)
		qsort(page.names, page.nnames, sizeof(*page.names), compare_names);
	if (message->cursor != NULL) {
		page.from_name = message->cursor->topic_name;
		page.from_partition = message->cursor->partition_index;
	}
	return page;
}

static void describe_partitions(struct broker *broker, const struct topic *topic, uint32_t from,
				uint32_t n, struct request *request,
				struct describe_topic_partitions_response_topic *answer)
{
	answer->partitions.items =
		message_array(&request->arena, describe_topic_partitions_response_partition, n);
	answer->partitions.len = n;
	for (uint32_t i = 0; i < n; i++) {
		struct describe_topic_partitions_response_partition *partition =
			&answer->partitions.items[i];
		partition->partition_index = (int32_t)(from + i);
		partition->leader_id = broker->node_id;
		partition->leader_epoch = log_leader_epoch(topic->partitions.items[from + i]->log);
		partition->replica_nodes.items = partition->isr_nodes.items = &broker->node_id;
		partition->replica_nodes.len = partition->isr_nodes.len = 1;
		partition->eligible_leader_replicas.items = &broker->node_id; /* empty, not null */
		partition->last_known_elr.items = &broker->node_id;
	}
}

/* False: the page is full, and the next one begins with the cursor. */
static bool describe_topic(struct broker *broker, struct topic_page *page, struct slice name,
			   struct describe_topic_partitions_response *response)
{
	struct describe_topic_partitions_response_topic *answer =
		&response->topics.items[response->topics.len++];
	struct topic *topic = topic_find(broker, name);
	answer->name = arena_copy(&page->request->arena, name);
	answer->topic_authorized_operations = TOPIC_OPERATIONS_ALL;
	if (topic == NULL) {
		answer->error_code = topic_name_check(name, NULL) == 0
					     ? KAFKA_UNKNOWN_TOPIC_OR_PARTITION
					     : KAFKA_INVALID_TOPIC_EXCEPTION;
		return true;
	}
	answer->topic_id = topic->id;
	answer->is_internal = topic->internal;
	uint32_t from =
		slice_eq(name, page->from_name) ? (uint32_t)MAX(page->from_partition, 0) : 0;
	from = MIN(from, topic->partitions.len);
	uint32_t n = MIN(topic->partitions.len - from, (uint32_t)page->partitions_left);
	describe_partitions(broker, topic, from, n, page->request, answer);
	page->partitions_left -= (int32_t)n;
	if (from + n == topic->partitions.len)
		return true;
	response->next_cursor =
		message_new(&page->request->arena, describe_topic_partitions_response_cursor);
	response->next_cursor->topic_name = answer->name;
	response->next_cursor->partition_index = (int32_t)(from + n);
	return false;
}

void handle_describe_topic_partitions(struct broker *broker, struct request *request)
{
	const struct describe_topic_partitions_request *message = request->message;
	struct describe_topic_partitions_response *response = request_response(request);
	struct topic_page page = page_of(broker, request);
	response->topics.items =
		message_array(&request->arena, describe_topic_partitions_response_topic,
			      page.nnames);
	if (message->cursor != NULL && message->cursor->partition_index < 0)
		page.nnames = 0;
	for (uint32_t i = 0; i < page.nnames; i++) {
		struct slice name = page.names[i];
		if (slice_cmp(name, page.from_name) < 0 ||
		    (i > 0 && slice_eq(name, page.names[i - 1])))
			continue;
		if (page.partitions_left == 0) {
			response->next_cursor =
				message_new(&request->arena,
					    describe_topic_partitions_response_cursor);
			response->next_cursor->topic_name = arena_copy(&request->arena, name);
			break;
		}
		if (!describe_topic(broker, &page, name, response))
			break;
	}
	request_finish(request);
}

void handle_describe_cluster(struct broker *broker, struct request *request)
{
	const struct describe_cluster_request *message = request->message;
	struct describe_cluster_response *response = request_response(request);
	response->endpoint_type = message->endpoint_type;
	response->controller_id = broker->node_id;
	response->cluster_id = slice_of(broker->cluster_id_text, UUID_TEXT_LEN);
	if (message->endpoint_type != ENDPOINT_BROKER) {
		bool known = message->endpoint_type == ENDPOINT_CONTROLLER;
		response->error_code =
			known ? KAFKA_MISMATCHED_ENDPOINT_TYPE : KAFKA_UNSUPPORTED_ENDPOINT_TYPE;
		response->error_message =
			handle_text(request, kafka_error_text(response->error_code));
		request_finish(request);
		return;
	}
	if (message->include_cluster_authorized_operations)
		response->cluster_authorized_operations = CLUSTER_OPERATIONS_ALL;
	response->brokers.items =
		message_array(&request->arena, describe_cluster_response_broker, 1);
	response->brokers.len = 1;
	response->brokers.items[0].broker_id = broker->node_id;
	handle_address(broker, request, &response->brokers.items[0].host,
		       &response->brokers.items[0].port);
	request_finish(request);
}

static void describe_log(const struct partition *partition,
			 struct describe_log_dirs_response_topic *answer)
{
	struct describe_log_dirs_response_partition *row =
		&answer->partitions.items[answer->partitions.len++];
	row->partition_index = partition->index;
	row->partition_size = (int64_t)log_bytes(partition->log);
}

static void describe_all_logs(struct broker *broker, struct request *request,
			      struct describe_log_dirs_response_dir *dir)
{
	dir->topics.items = message_array(&request->arena, describe_log_dirs_response_topic,
					  broker->topics.by_name.len);
	map_each (entry, &broker->topics.by_name) {
		const struct topic *topic = entry->value;
		struct describe_log_dirs_response_topic *answer =
			&dir->topics.items[dir->topics.len++];
		answer->name = handle_text(request, topic->name);
		answer->partitions.items =
			message_array(&request->arena, describe_log_dirs_response_partition,
				      topic->partitions.len);
		for (uint32_t i = 0; i < topic->partitions.len; i++)
			describe_log(topic->partitions.items[i], answer);
	}
}

static void describe_asked_logs(struct broker *broker, struct request *request,
				struct describe_log_dirs_response_dir *dir)
{
	const struct describe_log_dirs_request *message = request->message;
	dir->topics.items = message_array(&request->arena, describe_log_dirs_response_topic,
					  message->topics.len);
	for (uint32_t i = 0; i < message->topics.len; i++) {
		const struct describe_log_dirs_request_topic *asked = &message->topics.items[i];
		const struct topic *topic = topic_find(broker, asked->topic);
		if (topic == NULL)
			continue;
		struct describe_log_dirs_response_topic *answer =
			&dir->topics.items[dir->topics.len++];
		answer->name = asked->topic;
		answer->partitions.items =
			message_array(&request->arena, describe_log_dirs_response_partition,
				      asked->partitions.len);
		for (uint32_t j = 0; j < asked->partitions.len; j++) {
			const struct partition *partition =
				topic_partition(topic, asked->partitions.items[j]);
			if (partition != NULL)
				describe_log(partition, answer);
		}
	}
}

void handle_describe_log_dirs(struct broker *broker, struct request *request)
{
	const struct describe_log_dirs_request *message = request->message;
	struct describe_log_dirs_response *response = request_response(request);
	response->results.items = message_array(&request->arena, describe_log_dirs_response_dir, 1);
	response->results.len = 1;
	response->results.items[0].log_dir = handle_text(request, broker->dir);
	if (message->topics.items == NULL)
		describe_all_logs(broker, request, &response->results.items[0]);
	else
		describe_asked_logs(broker, request, &response->results.items[0]);
	request_finish(request);
}
