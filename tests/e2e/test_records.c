/* Records in and out of a `weir broker`, through librdkafka and kcat. */
#include "tests/e2e/client.h"
#include "tests/e2e/process.h"

#include <time.h>

struct fixture {
	struct broker_process broker;
};

static int set_up(void **state)
{
	static struct fixture f;
	broker_make(&f.broker);
	broker_start(&f.broker);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	if (f->broker.pid != 0)
		assert_int_equal(broker_stop(&f->broker), 0);
	broker_remove(&f->broker);
	return 0;
}

static rd_kafka_t *producer(struct fixture *f, const char *const *settings)
{
	return client_open(RD_KAFKA_PRODUCER, f->broker.address, settings);
}

static rd_kafka_t *consumer(struct fixture *f)
{
	return client_open(RD_KAFKA_CONSUMER, f->broker.address, NULL);
}

static void expect_all(struct fixture *f, const char *topic, const char *prefix, int count)
{
	rd_kafka_t *client = consumer(f);
	client_expect(client, topic, 0, 0, prefix, 0, count);
	client_close(client);
}

static void records_come_back_in_order_from_each_partition(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *client = producer(f, NULL);
	client_create_topic(client, "orders", 4);
	for (int32_t partition = 0; partition < 4; partition++)
		client_produce(client, "orders", partition, "order-", 1000 * partition, 1000);
	client_close(client);
	client = consumer(f);
	for (int32_t partition = 0; partition < 4; partition++)
		client_expect(client, "orders", partition, 0, "order-", 1000 * partition, 1000);
	/* The batch that contains an offset comes whole, the client drops what is before it. */
	client_expect(client, "orders", 2, 517, "order-", 2517, 483);
	client_close(client);
}

static void a_topic_is_made_when_it_is_written_to(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *client = producer(f, NULL);
	client_produce(client, "new", 0, "value", 0, 10);
	client_close(client);
	expect_all(f, "new", "value", 10);
}

static void every_codec_is_kept_as_it_came(void **state)
{
	struct fixture *f = *state;
	static const char *const CODECS[] = { "none", "gzip", "snappy", "lz4", "zstd" };
	for (size_t i = 0; i < COUNT_OF(CODECS); i++) {
		rd_kafka_t *client = producer(f, (const char *[]){ "compression.type", CODECS[i],
								   "linger.ms", "20", NULL });
		client_produce(client, CODECS[i], 0, "a value that repeats a value ", 0, 500);
		client_close(client);
		expect_all(f, CODECS[i], "a value that repeats a value ", 500);
	}
}

static void every_kind_of_acks_is_answered(void **state)
{
	struct fixture *f = *state;
	static const char *const ACKS[] = { "0", "1", "all" };
	for (size_t i = 0; i < COUNT_OF(ACKS); i++) {
		CLEANUP(buf_fini) struct buf topic = BUF_INIT(64);
		buf_printf(&topic, "acks-%s", ACKS[i]);
		rd_kafka_t *client = producer(f, (const char *[]){ "acks", ACKS[i], NULL });
		client_produce(client, buf_str(&topic), 0, "v", 0, 200);
		client_close(client);
		expect_all(f, buf_str(&topic), "v", 200);
	}
}

static void an_idempotent_producer_writes_each_record_once(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *client =
		producer(f, (const char *[]){ "enable.idempotence", "true", "batch.num.messages",
					      "10", "linger.ms", "0", NULL });
	client_produce(client, "once", 0, "v", 0, 2000);
	client_close(client);
	expect_all(f, "once", "v", 2000);
}

static void check_parts(void *arg, const rd_kafka_message_t *message)
{
	(void)arg;
	assert_slice(slice_of(message->key, message->key_len), "the key");
	assert_slice(slice_of(message->payload, message->len), "the value");
	rd_kafka_timestamp_type_t type;
	assert_true(rd_kafka_message_timestamp(message, &type) == INT64_C(1500000000123));
	assert_int_equal(type, RD_KAFKA_TIMESTAMP_CREATE_TIME);
	rd_kafka_headers_t *headers = NULL;
	assert_int_equal(rd_kafka_message_headers(message, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
	const void *value;
	size_t len;
	assert_int_equal(rd_kafka_header_get_last(headers, "trace", &value, &len), 0);
	assert_slice(slice_of(value, len), "abc");
}

static void key_headers_and_time_come_back(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *client = producer(f, NULL);
	char key[] = "the key", value[] = "the value";
	assert_int_equal(rd_kafka_producev(client, RD_KAFKA_V_TOPIC("parts"),
					   RD_KAFKA_V_PARTITION(0),
					   RD_KAFKA_V_KEY(key, strlen(key)),
					   RD_KAFKA_V_VALUE(value, strlen(value)),
					   RD_KAFKA_V_TIMESTAMP(INT64_C(1500000000123)),
					   RD_KAFKA_V_HEADER("trace", "abc", 3), RD_KAFKA_V_END),
			 RD_KAFKA_RESP_ERR_NO_ERROR);
	client_close(client);
	client = consumer(f);
	client_read(client, "parts", 0, 0, 1, check_parts, NULL);
	client_close(client);
}

static void check_length(void *arg, const rd_kafka_message_t *message)
{
	const size_t *len = arg;
	assert_int_equal(message->len, *len);
	const uint8_t *bytes = message->payload;
	for (size_t i = 0; i < message->len; i += 997)
		assert_int_equal(bytes[i], (uint8_t)(i * 7));
}

static void a_large_record_comes_back_whole(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *client = producer(f, (const char *[]){ "message.max.bytes", "5000000", "acks",
							   "all", NULL });
	size_t len = 1000000;
	uint8_t *bytes = malloc(3 * len);
	assert_non_null(bytes);
	for (size_t i = 0; i < 3 * len; i++)
		bytes[i] = (uint8_t)(i * 7);
	assert_int_equal(rd_kafka_producev(client, RD_KAFKA_V_TOPIC("large"),
					   RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_VALUE(bytes, len),
					   RD_KAFKA_V_END),
			 RD_KAFKA_RESP_ERR_NO_ERROR);
	client_close(client);
	rd_kafka_t *reader = consumer(f);
	client_read(reader, "large", 0, 0, 1, check_length, &len);
	client_close(reader);
	free(bytes);
}

static void what_was_acknowledged_is_there_after_kill_9(void **state)
{
	struct fixture *f = *state;
	for (int round = 0; round < 3; round++) {
		rd_kafka_t *client = producer(f, (const char *[]){ "acks", "all", NULL });
		client_produce(client, "kept", 0, "v", 300 * round, 300);
		broker_kill(&f->broker);
		rd_kafka_destroy(client);
		broker_start(&f->broker);
		expect_all(f, "kept", "v", 300 * (round + 1));
	}
}

static void a_clean_stop_keeps_everything(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *client = producer(f, (const char *[]){ "acks", "1", NULL });
	client_create_topic(client, "kept", 3);
	client_produce(client, "kept", 0, "v", 0, 300);
	client_close(client);
	assert_int_equal(broker_stop(&f->broker), 0);
	broker_start(&f->broker);
	expect_all(f, "kept", "v", 300);
}

static void a_waiting_consumer_is_told_at_once(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *writer = producer(f, (const char *[]){ "linger.ms", "0", NULL });
	client_create_topic(writer, "tail", 1);
	rd_kafka_t *reader = client_open(RD_KAFKA_CONSUMER, f->broker.address,
					 (const char *[]){ "fetch.wait.max.ms", "5000", NULL });
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, "tail", 0)->offset = 0;
	assert_int_equal(rd_kafka_assign(reader, list), RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_null(client_poll(reader, 1000)); /* its fetch is parked now */
	for (int i = 0; i < 5; i++) {
		struct timespec before, after;
		clock_gettime(CLOCK_MONOTONIC, &before);
		client_produce(writer, "tail", 0, "v", i, 1);
		rd_kafka_message_t *message = client_poll(reader, CLIENT_WAIT_MS);
		clock_gettime(CLOCK_MONOTONIC, &after);
		assert_non_null(message);
		rd_kafka_message_destroy(message);
		int64_t ms = (after.tv_sec - before.tv_sec) * 1000 +
			     (after.tv_nsec - before.tv_nsec) / 1000000;
		assert_in_range(ms, 0, 1500);
	}
	rd_kafka_topic_partition_list_destroy(list);
	client_close(reader);
	client_close(writer);
}

static void offsets_are_found_by_time_and_at_the_ends(void **state)
{
	struct fixture *f = *state;
	rd_kafka_t *client = producer(f, NULL);
	char value[] = "v";
	for (int64_t i = 0; i < 10; i++) {
		assert_int_equal(rd_kafka_producev(client, RD_KAFKA_V_TOPIC("times"),
						   RD_KAFKA_V_PARTITION(0),
						   RD_KAFKA_V_VALUE(value, 1),
						   RD_KAFKA_V_TIMESTAMP(1000000 + i * 1000),
						   RD_KAFKA_V_END),
				 RD_KAFKA_RESP_ERR_NO_ERROR);
		client_flush(client);
	}
	int64_t low = -1, high = -1;
	assert_int_equal(rd_kafka_query_watermark_offsets(client, "times", 0, &low, &high,
							  CLIENT_WAIT_MS),
			 RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_int_equal(low, 0);
	assert_int_equal(high, 10);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, "times", 0)->offset = 1004500;
	assert_int_equal(rd_kafka_offsets_for_times(client, list, CLIENT_WAIT_MS),
			 RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_int_equal(list->elems[0].offset, 5);
	rd_kafka_topic_partition_list_destroy(list);
	client_close(client);
}

static void kcat_lists_writes_and_reads(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf line = BUF_INIT(4096);
	CLEANUP(buf_fini) struct buf output = BUF_INIT(1 << 20);
	buf_printf(&line,
		   "set -e; printf 'a:1\\nb:2\\nc:3\\n' | kcat -q -b %s -P -t people -K: ; "
		   "kcat -b %s -L -t people; kcat -q -b %s -C -t people -e -f '%%k=%%s@%%o '",
		   f->broker.address, f->broker.address, f->broker.address);
	int code = shell_run(buf_str(&line), &output);
	if (code != 0)
		print_error("%s\n", buf_str(&output));
	assert_int_equal(code, 0);
	assert_non_null(strstr(buf_str(&output), "topic \"people\" with 1 partitions:"));
	assert_non_null(strstr(buf_str(&output), "a=1@0 b=2@1 c=3@2 "));
}

#define E2E_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(E2E_TEST(kcat_lists_writes_and_reads),
		  E2E_TEST(records_come_back_in_order_from_each_partition),
		  E2E_TEST(a_topic_is_made_when_it_is_written_to),
		  E2E_TEST(every_codec_is_kept_as_it_came),
		  E2E_TEST(every_kind_of_acks_is_answered),
		  E2E_TEST(an_idempotent_producer_writes_each_record_once),
		  E2E_TEST(key_headers_and_time_come_back),
		  E2E_TEST(a_large_record_comes_back_whole),
		  E2E_TEST(what_was_acknowledged_is_there_after_kill_9),
		  E2E_TEST(a_clean_stop_keeps_everything),
		  E2E_TEST(a_waiting_consumer_is_told_at_once),
		  E2E_TEST(offsets_are_found_by_time_and_at_the_ends));
}
