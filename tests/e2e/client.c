#include "tests/e2e/client.h"

#include <time.h>

static int64_t now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Every report of a delivery must be a success. */
static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *arg)
{
	(void)client;
	(void)arg;
	if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
		print_error("not delivered: %s\n", rd_kafka_err2str(message->err));
		fail();
	}
}

static void quiet(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	(void)client;
	(void)level;
	if (getenv("WEIR_E2E_LOG") != NULL)
		print_message("%s: %s\n", facility, text);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char text[512];
	if (rd_kafka_conf_set(conf, name, value, text, sizeof(text)) != RD_KAFKA_CONF_OK) {
		print_error("%s\n", text);
		fail();
	}
}

rd_kafka_t *client_open(rd_kafka_type_t type, const char *address, const char *const *settings)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	set(conf, "bootstrap.servers", address);
	rd_kafka_conf_set_log_cb(conf, quiet);
	if (type == RD_KAFKA_PRODUCER)
		rd_kafka_conf_set_dr_msg_cb(conf, delivered);
	if (type == RD_KAFKA_CONSUMER) {
		set(conf, "group.id", "e2e");
		set(conf, "enable.auto.commit", "false");
	}
	for (size_t i = 0; settings != NULL && settings[i] != NULL; i += 2)
		set(conf, settings[i], settings[i + 1]);
	char text[512];
	rd_kafka_t *client = rd_kafka_new(type, conf, text, sizeof(text));
	if (client == NULL)
		print_error("%s\n", text);
	assert_non_null(client);
	if (type == RD_KAFKA_CONSUMER)
		rd_kafka_poll_set_consumer(client);
	return client;
}

void client_close(rd_kafka_t *client)
{
	if (rd_kafka_type(client) == RD_KAFKA_CONSUMER)
		rd_kafka_consumer_close(client);
	else
		client_flush(client);
	rd_kafka_destroy(client);
}

void client_create_topic(rd_kafka_t *client, const char *topic, int partitions)
{
	char text[512];
	rd_kafka_NewTopic_t *spec = rd_kafka_NewTopic_new(topic, partitions, 1, text, sizeof(text));
	assert_non_null(spec);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_CreateTopics(client, &spec, 1, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, CLIENT_WAIT_MS);
	assert_non_null(event);
	assert_int_equal(rd_kafka_event_error(event), 0);
	size_t count = 0;
	const rd_kafka_topic_result_t **topics =
		rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event),
						    &count);
	assert_int_equal(count, 1);
	if (rd_kafka_topic_result_error(topics[0]) != 0)
		print_error("%s\n", rd_kafka_topic_result_error_string(topics[0]));
	assert_int_equal(rd_kafka_topic_result_error(topics[0]), 0);
	rd_kafka_event_destroy(event);
	rd_kafka_queue_destroy(queue);
	rd_kafka_NewTopic_destroy(spec);
}

static void produce_one(rd_kafka_t *client, const char *topic, int32_t partition,
			struct slice value)
{
	for (;;) {
		rd_kafka_resp_err_t code =
			rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic),
					  RD_KAFKA_V_PARTITION(partition),
					  RD_KAFKA_V_VALUE((void *)(uintptr_t)value.data,
							   value.len),
					  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
		if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
			return;
		assert_int_equal(code, RD_KAFKA_RESP_ERR__QUEUE_FULL);
		rd_kafka_poll(client, 10);
	}
}

void client_produce(rd_kafka_t *client, const char *topic, int32_t partition, const char *prefix,
		    int first, int count)
{
	CLEANUP(buf_fini) struct buf value = BUF_INIT(1 << 20);
	for (int i = first; i < first + count; i++) {
		buf_reset(&value);
		buf_printf(&value, "%s%d", prefix, i);
		produce_one(client, topic, partition, buf_slice(&value));
	}
	client_flush(client);
}

void client_flush(rd_kafka_t *client)
{
	assert_int_equal(rd_kafka_flush(client, CLIENT_WAIT_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

rd_kafka_message_t *client_poll(rd_kafka_t *client, int wait_ms)
{
	int64_t until = now_ms() + wait_ms;
	for (;;) {
		int64_t left = until - now_ms();
		rd_kafka_message_t *message =
			rd_kafka_consumer_poll(client, (int)(left > 0 ? left : 0));
		if (message != NULL && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
			rd_kafka_message_destroy(message);
			continue;
		}
		if (message != NULL && message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
			print_error("%s\n", rd_kafka_message_errstr(message));
			if (message->err != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN &&
			    message->err != RD_KAFKA_RESP_ERR__TRANSPORT)
				fail();
			rd_kafka_message_destroy(message);
			message = NULL;
		}
		if (message != NULL || left <= 0)
			return message;
	}
}

void client_read(rd_kafka_t *client, const char *topic, int32_t partition, int64_t offset,
		 int count, client_visit *visit, void *arg)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
	assert_int_equal(rd_kafka_assign(client, list), RD_KAFKA_RESP_ERR_NO_ERROR);
	for (int i = 0; i < count; i++) {
		rd_kafka_message_t *message = client_poll(client, CLIENT_WAIT_MS);
		if (message == NULL)
			print_error("%d of %d records came\n", i, count);
		assert_non_null(message);
		visit(arg, message);
		rd_kafka_message_destroy(message);
	}
	rd_kafka_assign(client, NULL);
	rd_kafka_topic_partition_list_destroy(list);
}

struct expected {
	const char *prefix;
	int next;
	int64_t offset;
};

static void expect_one(void *arg, const rd_kafka_message_t *message)
{
	struct expected *expected = arg;
	CLEANUP(buf_fini) struct buf value = BUF_INIT(1 << 20);
	buf_printf(&value, "%s%d", expected->prefix, expected->next++);
	assert_slice(slice_of(message->payload, message->len), buf_str(&value));
	if (expected->offset >= 0)
		assert_int_equal(message->offset, expected->offset++);
}

void client_expect(rd_kafka_t *client, const char *topic, int32_t partition, int64_t offset,
		   const char *prefix, int first, int count)
{
	struct expected expected = { .prefix = prefix, .next = first, .offset = offset };
	client_read(client, topic, partition, offset, count, expect_one, &expected);
}
