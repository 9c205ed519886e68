/*
 * Measures a broker through librdkafka: the same program against weir and against Kafka gives the
 * ratio. Prints one line of JSON per measurement. The client's own CPU time is told apart, so that
 * what the broker costs can be seen beside it (/proc/PID/stat of the broker, when a pid is given).
 *
 *   bench_broker ADDRESS [BROKER_PID]
 */
#include "base/bytes.h"
#include "base/mem.h"

#include <librdkafka/rdkafka.h>

#include <unistd.h>

#define LATENCY_RECORDS 20000
#define LATENCY_PER_SECOND 2000

static const char *address;
static long broker_pid;

static int64_t now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_broker: %s failed\n", what);
	exit(1);
}

/* User and system time of the broker so far, in seconds; 0 without a pid. */
static double broker_cpu_s(void)
{
	if (broker_pid == 0)
		return 0;
	struct buf path = BUF_INIT(64);
	buf_printf(&path, "/proc/%ld/stat", broker_pid);
	FILE *file = fopen(buf_str(&path), "r");
	buf_fini(&path);
	must(file != NULL, "reading the broker's time");
	unsigned long user = 0, system = 0;
	int n = fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		       &user, &system);
	fclose(file);
	must(n == 2, "reading the broker's time");
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char text[256];
	if (rd_kafka_conf_set(conf, name, value, text, sizeof(text)) != RD_KAFKA_CONF_OK)
		fprintf(stderr, "bench_broker: %s\n", text);
}

static uint64_t reports, failures;

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *arg)
{
	(void)client;
	(void)arg;
	reports++;
	failures += message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
	if (message->_private != NULL)
		*(int64_t *)message->_private = now_us() - *(int64_t *)message->_private;
}

static rd_kafka_t *open_client(rd_kafka_type_t type, const char *acks, const char *linger_ms)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	set(conf, "bootstrap.servers", address);
	if (type == RD_KAFKA_PRODUCER) {
		set(conf, "acks", acks);
		set(conf, "linger.ms", linger_ms);
		set(conf, "batch.num.messages", "10000");
		set(conf, "queue.buffering.max.messages", "1000000");
		rd_kafka_conf_set_dr_msg_cb(conf, delivered);
	} else {
		set(conf, "group.id", "bench");
		set(conf, "queued.min.messages", "1000000");
		set(conf, "fetch.message.max.bytes", "10485760");
	}
	char text[256];
	rd_kafka_t *client = rd_kafka_new(type, conf, text, sizeof(text));
	must(client != NULL, text);
	return client;
}

static void produce_one(rd_kafka_t *client, const char *topic, const uint8_t *value, size_t len,
			void *opaque)
{
	while (rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
				 RD_KAFKA_V_VALUE((void *)(uintptr_t)value, len),
				 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
				 RD_KAFKA_V_OPAQUE(opaque),
				 RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		rd_kafka_poll(client, 1);
}

static void print_rate(const char *what, const char *acks, size_t len, uint64_t records, int64_t us,
		       double cpu_s)
{
	double seconds = (double)us / 1e6;
	printf("{\"what\":\"%s\",\"acks\":\"%s\",\"record_bytes\":%zu,\"records\":%llu,"
	       "\"seconds\":%.3f,\"records_per_s\":%.0f,\"mb_per_s\":%.1f,\"broker_cpu_s\":%.2f}\n",
	       what, acks, len, (unsigned long long)records, seconds, (double)records / seconds,
	       (double)(records * len) / seconds / 1e6, cpu_s);
	fflush(stdout);
}

static void measure_produce(const char *topic, const char *acks, size_t len, uint64_t records)
{
	uint8_t *value = mem_bytes(len);
	for (size_t i = 0; i < len; i++)
		value[i] = (uint8_t)(i * 131 + len);
	rd_kafka_t *client = open_client(RD_KAFKA_PRODUCER, acks, "5");
	produce_one(client, topic, value, len, NULL); /* finds the topic before the clock starts */
	rd_kafka_flush(client, 10000);
	reports = failures = 0;
	double cpu = broker_cpu_s();
	int64_t began = now_us();
	for (uint64_t i = 0; i < records; i++) {
		produce_one(client, topic, value, len, NULL);
		if (i % 256 == 0)
			rd_kafka_poll(client, 0);
	}
	rd_kafka_flush(client, 60000);
	int64_t us = now_us() - began;
	must(reports == records && failures == 0, "producing");
	print_rate("produce", acks, len, records, us, broker_cpu_s() - cpu);
	rd_kafka_destroy(client);
	mem_free(value);
}

static void measure_consume(const char *topic, size_t len, uint64_t records)
{
	rd_kafka_t *client = open_client(RD_KAFKA_CONSUMER, "", "");
	rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_message_t **batch = mem_array(rd_kafka_message_t *, 10000);
	double cpu = broker_cpu_s();
	int64_t began = now_us();
	rd_kafka_consume_start_queue(handle, 0, 0, queue);
	uint64_t count = 0;
	while (count < records) {
		ssize_t n = rd_kafka_consume_batch_queue(queue, 10000, batch, 10000);
		must(n > 0, "consuming");
		for (ssize_t i = 0; i < n; i++) {
			count += batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR;
			rd_kafka_message_destroy(batch[i]);
		}
	}
	print_rate("consume", "", len, count, now_us() - began, broker_cpu_s() - cpu);
	rd_kafka_consume_stop(handle, 0);
	rd_kafka_queue_destroy(queue);
	rd_kafka_topic_destroy(handle);
	rd_kafka_destroy(client);
	mem_free(batch);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* From producing to the acknowledgement, at a fixed rate, each record on its own. */
static void measure_latency(const char *topic, const char *acks)
{
	uint8_t value[100] = { 1 };
	int64_t *times = mem_array(int64_t, LATENCY_RECORDS);
	rd_kafka_t *client = open_client(RD_KAFKA_PRODUCER, acks, "0");
	produce_one(client, topic, value, sizeof(value), NULL);
	rd_kafka_flush(client, 10000);
	reports = failures = 0;
	int64_t began = now_us();
	for (int64_t i = 0; i < LATENCY_RECORDS; i++) {
		int64_t due = began + i * 1000000 / LATENCY_PER_SECOND;
		for (int64_t left; (left = due - now_us()) > 0;)
			rd_kafka_poll(client, left > 1000 ? 1 : 0);
		times[i] = now_us();
		produce_one(client, topic, value, sizeof(value), &times[i]);
	}
	rd_kafka_flush(client, 30000);
	must(reports == LATENCY_RECORDS && failures == 0, "producing");
	qsort(times, LATENCY_RECORDS, sizeof(*times), compare);
	printf("{\"what\":\"latency\",\"acks\":\"%s\",\"per_s\":%d,\"p50_us\":%lld,"
	       "\"p99_us\":%lld,\"max_us\":%lld}\n",
	       acks, LATENCY_PER_SECOND, (long long)times[LATENCY_RECORDS / 2],
	       (long long)times[LATENCY_RECORDS * 99 / 100], (long long)times[LATENCY_RECORDS - 1]);
	rd_kafka_destroy(client);
	mem_free(times);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: bench_broker ADDRESS [BROKER_PID]\n");
		return 2;
	}
	address = argv[1];
	for (const char *p = argc > 2 ? argv[2] : ""; *p >= '0' && *p <= '9'; p++)
		broker_pid = broker_pid * 10 + (*p - '0');
	measure_produce("bench-100", "all", 100, 2000000);
	measure_consume("bench-100", 100, 2000000);
	measure_produce("bench-1000", "all", 1024, 500000);
	measure_consume("bench-1000", 1024, 500000);
	measure_produce("bench-acks1", "1", 100, 2000000);
	measure_latency("bench-latency", "all");
	measure_latency("bench-latency", "1");
	return 0;
}
