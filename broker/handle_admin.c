/*
 * What a cluster of many can be asked, answered by a cluster of one: elections that are not needed,
 * moves that have nowhere to go, a quorum of one voter.
 */
#include "broker/api.h"
#include "broker/handle.h"

static void elect_partition(struct broker *broker, struct request *request, struct slice topic,
			    int32_t index, struct elect_leaders_response_partition *answer)
{
	int16_t error = KAFKA_ELECTION_NOT_NEEDED;
	handle_partition(broker, topic, (struct uuid){ 0 }, index, &error);
	answer->partition_id = index;
	answer->error_code = error;
	answer->error_message = handle_text(request, kafka_error_text(error));
}

void handle_elect_leaders(struct broker *broker, struct request *request)
{
	const struct elect_leaders_request *message = request->message;
	struct elect_leaders_response *response = request_response(request);
	uint32_t n = message->topic_partitions.len;
	response->replica_election_results.items =
		message_array(&request->arena, elect_leaders_response_topic, n);
	response->replica_election_results.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct elect_leaders_request_topic *asked =
			&message->topic_partitions.items[i];
		struct elect_leaders_response_topic *topic =
			&response->replica_election_results.items[i];
		topic->topic = asked->topic;
		topic->partition_result.items =
			message_array(&request->arena, elect_leaders_response_partition,
				      asked->partitions.len);
		topic->partition_result.len = asked->partitions.len;
		for (uint32_t j = 0; j < asked->partitions.len; j++)
			elect_partition(broker, request, asked->topic, asked->partitions.items[j],
					&topic->partition_result.items[j]);
	}
	request_finish(request);
}

/* To where it is, it may move; to stop a move, there would have to be one. */
static int16_t reassign(struct broker *broker, struct slice topic,
			const struct alter_partition_reassignments_request_partition *asked)
{
	int16_t error = KAFKA_NONE;
	if (handle_partition(broker, topic, (struct uuid){ 0 }, asked->partition_index, &error) ==
	    NULL)
		return error;
	if (asked->replicas.items == NULL)
		return KAFKA_NO_REASSIGNMENT_IN_PROGRESS;
	if (asked->replicas.len == 1 && asked->replicas.items[0] == broker->node_id)
		return KAFKA_NONE;
	return KAFKA_INVALID_REPLICA_ASSIGNMENT;
}

void handle_alter_partition_reassignments(struct broker *broker, struct request *request)
{
	const struct alter_partition_reassignments_request *message = request->message;
	struct alter_partition_reassignments_response *response = request_response(request);
	uint32_t n = message->topics.len;
	response->allow_replication_factor_change = message->allow_replication_factor_change;
	response->responses.items =
		message_array(&request->arena, alter_partition_reassignments_response_topic, n);
	response->responses.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct alter_partition_reassignments_request_topic *asked =
			&message->topics.items[i];
		struct alter_partition_reassignments_response_topic *topic =
			&response->responses.items[i];
		uint32_t m = asked->partitions.len;
		topic->name = asked->name;
		topic->partitions.items =
			message_array(&request->arena,
				      alter_partition_reassignments_response_partition, m);
		topic->partitions.len = m;
		for (uint32_t j = 0; j < m; j++) {
			struct alter_partition_reassignments_response_partition *answer =
				&topic->partitions.items[j];
			answer->partition_index = asked->partitions.items[j].partition_index;
			answer->error_code =
				reassign(broker, asked->name, &asked->partitions.items[j]);
			if (answer->error_code != KAFKA_NONE)
				answer->error_message =
					handle_text(request, kafka_error_text(answer->error_code));
		}
	}
	request_finish(request);
}

void handle_list_partition_reassignments(struct broker *broker, struct request *request)
{
	(void)broker;
	request_response(request); /* none */
	request_finish(request);
}

static int16_t move_to_dir(struct broker *broker, struct slice path, struct slice topic,
			   int32_t index)
{
	int16_t error = KAFKA_NONE;
	if (!slice_eq_str(path, broker->dir))
		return KAFKA_LOG_DIR_NOT_FOUND;
	handle_partition(broker, topic, (struct uuid){ 0 }, index, &error);
	return error;
}

static uint32_t count_moved_topics(const struct alter_replica_log_dirs_request *message)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < message->dirs.len; i++)
		n += message->dirs.items[i].topics.len;
	return n;
}

static void move_topic(struct broker *broker, struct request *request, struct slice path,
		       const struct alter_replica_log_dirs_request_topic *asked,
		       struct alter_replica_log_dirs_response_topic *answer)
{
	uint32_t n = asked->partitions.len;
	answer->topic_name = asked->name;
	answer->partitions.items =
		message_array(&request->arena, alter_replica_log_dirs_response_partition, n);
	answer->partitions.len = n;
	for (uint32_t i = 0; i < n; i++) {
		answer->partitions.items[i].partition_index = asked->partitions.items[i];
		answer->partitions.items[i].error_code =
			move_to_dir(broker, path, asked->name, asked->partitions.items[i]);
	}
}

void handle_alter_replica_log_dirs(struct broker *broker, struct request *request)
{
	const struct alter_replica_log_dirs_request *message = request->message;
	struct alter_replica_log_dirs_response *response = request_response(request);
	response->results.items =
		message_array(&request->arena, alter_replica_log_dirs_response_topic,
			      count_moved_topics(message));
	for (uint32_t i = 0; i < message->dirs.len; i++) {
		const struct alter_replica_log_dirs_request_dir *dir = &message->dirs.items[i];
		for (uint32_t j = 0; j < dir->topics.len; j++)
			move_topic(broker, request, dir->path, &dir->topics.items[j],
				   &response->results.items[response->results.len++]);
	}
	request_finish(request);
}

static void describe_voter(struct broker *broker, struct request *request,
			   struct describe_quorum_response_partition *answer)
{
	answer->leader_id = broker->node_id;
	answer->leader_epoch = 1;
	answer->current_voters.items =
		message_array(&request->arena, describe_quorum_response_replica_state, 1);
	answer->current_voters.len = 1;
	answer->current_voters.items[0].replica_id = broker->node_id;
	answer->current_voters.items[0].last_fetch_timestamp = broker->time.wall_ms;
	answer->current_voters.items[0].last_caught_up_timestamp = broker->time.wall_ms;
}

void handle_describe_quorum(struct broker *broker, struct request *request)
{
	const struct describe_quorum_request *message = request->message;
	struct describe_quorum_response *response = request_response(request);
	uint32_t n = message->topics.len;
	response->topics.items = message_array(&request->arena, describe_quorum_response_topic, n);
	response->topics.len = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct describe_quorum_request_topic *asked = &message->topics.items[i];
		struct describe_quorum_response_topic *topic = &response->topics.items[i];
		uint32_t m = asked->partitions.len;
		topic->topic_name = asked->topic_name;
		topic->partitions.items =
			message_array(&request->arena, describe_quorum_response_partition, m);
		topic->partitions.len = m;
		for (uint32_t j = 0; j < m; j++) {
			struct describe_quorum_response_partition *answer =
				&topic->partitions.items[j];
			answer->partition_index = asked->partitions.items[j].partition_index;
			if (slice_eq_str(asked->topic_name, "__cluster_metadata") &&
			    answer->partition_index == 0)
				describe_voter(broker, request, answer);
			else
				answer->error_code = KAFKA_UNKNOWN_TOPIC_OR_PARTITION;
		}
	}
	request_finish(request);
}

void handle_update_features(struct broker *broker, struct request *request)
{
	const struct update_features_request *message = request->message;
	struct update_features_response *response = request_response(request);
	uint32_t n = message->feature_updates.len;
	response->results.items =
		message_array(&request->arena, update_features_response_result, n);
	for (uint32_t i = 0; i < n; i++) {
		const struct update_features_request_update *asked =
			&message->feature_updates.items[i];
		int16_t level = broker_feature_level(broker, asked->feature);
		if (level >= 0 && level == asked->max_version_level)
			continue;
		response->error_code = KAFKA_INVALID_UPDATE_VERSION;
		response->error_message =
			handle_text(request, "The levels of this broker's features are fixed.");
	}
	if (response->error_code == KAFKA_NONE && request->version < 2) {
		for (uint32_t i = 0; i < n; i++)
			response->results.items[i].feature =
				message->feature_updates.items[i].feature;
		response->results.len = n;
	}
	request_finish(request);
}
