#include "broker/broker.h"

#include "broker/api.h"
#include "broker/coordinator.h"
#include "wire/errors.h"

/* How often checkpoints and compaction are thought of. */
#define BACKGROUND_INTERVAL_MS 5000

static void log_advanced(void *arg, struct log *log)
{
	struct broker *broker = arg;
	struct partition *partition = log_owner(log);
	if (partition == NULL)
		return;
	uint64_t appended = log_bytes_appended(log);
	int64_t bytes = (int64_t)(appended - partition->bytes_seen);
	partition->bytes_seen = appended;
	/* What became visible may have been counted before, with what came while it was synced;
	 * then nobody knows how much it is, and the waiters look. */
	park_moved(broker, &partition->spot, log_high_watermark(log),
		   bytes > 0 ? bytes : INT64_MAX);
}

static void sync_failed(void *arg, const struct err *err)
{
	struct broker *broker = arg;
	(void)err;
	map_each (entry, &broker->topics.by_name) {
		struct topic *topic = entry->value;
		vec_each (partition, &topic->partitions)
			park_wake_all(broker, &(*partition)->spot);
	}
}

uint64_t broker_random(struct broker *broker)
{
	/* splitmix64 */
	uint64_t z = broker->random += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

struct uuid broker_new_uuid(struct broker *broker)
{
	uint64_t bits[2] = { broker_random(broker), broker_random(broker) };
	uint8_t bytes[16];
	memcpy(bytes, bits, sizeof(bytes));
	return uuid_from_random(bytes);
}

void broker_set_address(struct broker *broker, const char *host, int32_t port)
{
	char *copy = mem_strdup(host);
	mem_free(broker->host);
	broker->host = copy;
	broker->port = port;
}

static void init_configs(struct broker *broker, const struct configs *started)
{
	configs_init(&broker->configs.changed, &BROKER_CONFIGS);
	configs_init(&broker->configs.changed_default, &BROKER_CONFIGS);
	configs_init(&broker->configs.started, &BROKER_CONFIGS);
	if (started != NULL)
		configs_copy(&broker->configs.started, started);
	configs_set(&broker->configs.started, BROKER_LOG_DIRS, slice_str(broker->dir));
	int64_t node = broker_config_i64(&broker->configs, BROKER_NODE_ID);
	int64_t older = broker_config_i64(&broker->configs, BROKER_BROKER_ID);
	broker->node_id = (int32_t)(older >= 0 ? older : node);
}

static fallible open_store(struct broker *broker, const struct broker_options *options,
			   struct err *err)
{
	struct log_store_options store = {
		.dir = broker->dir,
		.listener = { broker, log_advanced, sync_failed },
		.cluster_id = broker_new_uuid(broker),
		.directory_id = broker_new_uuid(broker),
		.node_id = broker->node_id,
		.fsync_off = options->fsync_off,
		.producer_expiry_ms =
			broker_config_i64(&broker->configs, BROKER_PRODUCER_EXPIRATION_MS),
		.now_ms = options->time.wall_ms,
	};
	TRY(log_store_open(broker->disk, &store, &broker->store, err));
	broker->cluster_id = log_store_cluster_id(broker->store);
	struct buf text CLEANUP(buf_fini) = BUF_INIT(64);
	uuid_print(broker->cluster_id, &text);
	memcpy(broker->cluster_id_text, text.data, UUID_TEXT_LEN);
	return 0;
}

static void broker_free(struct broker *broker)
{
	coordinator_free(broker->coordinator);
	topics_fini(&broker->topics);
	settings_fini(&broker->settings);
	quotas_fini(&broker->quotas);
	configs_fini(&broker->configs.changed);
	configs_fini(&broker->configs.changed_default);
	configs_fini(&broker->configs.started);
	park_fini(&broker->park);
	mem_free(broker->dir);
	mem_free(broker->topics_dir);
	mem_free(broker->host);
	mem_free(broker);
}

static char *path_join(const char *dir, const char *name)
{
	struct buf path CLEANUP(buf_fini) = BUF_INIT(8192);
	buf_printf(&path, "%s/%s", dir, name);
	return mem_strdup(buf_str(&path));
}

fallible broker_open(const struct broker_options *options, struct broker **ret_broker,
		     struct err *err)
{
	struct broker *broker = mem_new(struct broker);
	broker->disk = options->disk;
	broker->dir = mem_strdup(options->dir);
	broker->topics_dir = path_join(options->dir, "weir.topics");
	broker->host = mem_strdup(options->host != NULL ? options->host : "localhost");
	broker->port = options->port;
	broker->random = options->seed;
	broker->time = options->time;
	park_init(&broker->park);
	quotas_init(&broker->quotas);
	init_configs(broker, options->configs);
	int code = open_store(broker, options, err);
	if (code == 0)
		code = settings_open(broker, err);
	if (code == 0)
		code = topics_open(broker, err);
	if (code == 0)
		code = coordinator_open(broker, &broker->coordinator, err);
	if (code != 0) {
		if (broker->store != NULL)
			log_store_abandon(broker->store);
		broker_free(broker);
		return code;
	}
	broker->background_due_ms = options->time.now_ms + BACKGROUND_INTERVAL_MS;
	broker->retention_due_ms = options->time.now_ms;
	*ret_broker = broker;
	return 0;
}

fallible broker_close(struct broker *broker, bool clean, struct err *err)
{
	if (broker == NULL)
		return 0;
	int code = 0;
	if (clean)
		code = log_store_close(broker->store, broker->time.wall_ms, err);
	else
		log_store_abandon(broker->store);
	broker_free(broker);
	return code;
}

void broker_handle(struct broker *broker, struct request *request, struct broker_time time)
{
	assert(request->state == REQUEST_NEW);
	broker->time = time;
	request->state = REQUEST_RUNNING;
	request->received_ms = time.now_ms;
	struct err err = ERR_INIT;
	if (api_read(request, &err) == 0) {
		request->api->handle(broker, request);
	} else {
		request->close = true;
		request->no_response = true;
		request_finish(request);
	}
	park_run(broker, time.now_ms);
}

struct log_job *broker_sync_job(struct broker *broker, struct broker_time time)
{
	broker->time = time;
	return log_store_sync_begin(broker->store, time.wall_ms);
}

struct log_job *broker_background_job(struct broker *broker, struct broker_time time)
{
	broker->time = time;
	struct log_job *job = log_store_checkpoint_begin(broker->store, false, time.wall_ms);
	if (job == NULL && broker_config_bool(&broker->configs, BROKER_CLEANER_ENABLE))
		job = log_store_compact_begin(broker->store, time.wall_ms);
	return job;
}

int broker_job_end(struct broker *broker, struct log_job *job, struct broker_time time,
		   struct err *err)
{
	broker->time = time;
	int code = log_store_job_end(broker->store, job, time.wall_ms, err);
	park_run(broker, time.now_ms);
	return code;
}

void broker_tick(struct broker *broker, struct broker_time time)
{
	broker->time = time;
	if (time.now_ms >= broker->retention_due_ms) {
		log_store_retain(broker->store, time.wall_ms);
		broker->retention_due_ms =
			time.now_ms +
			broker_config_i64(&broker->configs, BROKER_LOG_RETENTION_CHECK_MS);
	}
	if (time.now_ms >= broker->background_due_ms)
		broker->background_due_ms = time.now_ms + BACKGROUND_INTERVAL_MS;
	coordinator_tick(broker);
	park_run(broker, time.now_ms);
}

int64_t broker_next_ms(const struct broker *broker)
{
	int64_t next = MIN(broker->retention_due_ms, broker->background_due_ms);
	next = MIN(next, coordinator_next_ms(broker));
	return MIN(next, park_next_ms(&broker->park));
}

int16_t broker_error_of(int code)
{
	switch ((enum err_code)code) {
	case ERR_OK:
		return KAFKA_NONE;
	case ERR_IO:
	case ERR_NO_SPACE:
	case ERR_READ_ONLY:
	case ERR_CORRUPT:
	case ERR_TRUNCATED:
	case ERR_DENIED:
		return KAFKA_KAFKA_STORAGE_ERROR;
	default:
		return KAFKA_UNKNOWN_SERVER_ERROR;
	}
}

/* Kafka's switches for what a cluster has agreed on: the range we know, and the level in force. */
static const struct feature {
	const char *name;
	int16_t first, last, level;
} FEATURES[] = {
	{ "metadata.version", 7, 27, 27 },
};

int16_t broker_feature_level(const struct broker *broker, struct slice name)
{
	(void)broker;
	for (size_t i = 0; i < COUNT_OF(FEATURES); i++) {
		if (slice_eq_str(name, FEATURES[i].name))
			return FEATURES[i].level;
	}
	return -1;
}

void broker_tell_features(struct broker *broker, struct request *request,
			  struct api_versions_response *response)
{
	(void)broker;
	if (request->version < 3)
		return;
	uint32_t n = COUNT_OF(FEATURES);
	struct api_versions_response_supported_feature *supported =
		message_array(&request->arena, api_versions_response_supported_feature, n);
	struct api_versions_response_finalized_feature *finalized =
		message_array(&request->arena, api_versions_response_finalized_feature, n);
	for (uint32_t i = 0; i < n; i++) {
		supported[i].name = finalized[i].name = slice_str(FEATURES[i].name);
		supported[i].min_version = FEATURES[i].first;
		supported[i].max_version = FEATURES[i].last;
		finalized[i].min_version_level = finalized[i].max_version_level = FEATURES[i].level;
	}
	response->supported_features.items = supported;
	response->finalized_features.items = finalized;
	response->supported_features.len = response->finalized_features.len = n;
	response->finalized_features_epoch = 1;
}
