/* Consumer groups of a `weir broker`, through librdkafka: members come and go, the broker too. */
#include "tests/e2e/client.h"
#include "tests/e2e/process.h"

#define PARTITIONS 4
#define TRIES_MAX 300
#define POLL_MS 50

struct fixture {
	struct broker_process broker;
};

static int set_up(void **state)
{
	static struct fixture f;
	broker_make(&f.broker);
	/* The first members need not wait for more. */
	f.broker.args[0] = "--set";
	f.broker.args[1] = "group.initial.rebalance.delay.ms=0";
	f.broker.args[2] = NULL;
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

static rd_kafka_t *member(struct fixture *f, const char *group, const char *strategy,
			  const char *instance)
{
	const char *settings[] = { "group.id",
				   group,
				   "partition.assignment.strategy",
				   strategy,
				   "auto.offset.reset",
				   "earliest",
				   "heartbeat.interval.ms",
				   "200",
				   "session.timeout.ms",
				   "6000",
				   instance != NULL ? "group.instance.id" : NULL,
				   instance,
				   NULL };
	rd_kafka_t *client = client_open(RD_KAFKA_CONSUMER, f->broker.address, settings);
	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(topics, "events", RD_KAFKA_PARTITION_UA);
	assert_int_equal(rd_kafka_subscribe(client, topics), RD_KAFKA_RESP_ERR_NO_ERROR);
	rd_kafka_topic_partition_list_destroy(topics);
	return client;
}

static void produce(struct fixture *f, int count, bool first)
{
	rd_kafka_t *client = client_open(RD_KAFKA_PRODUCER, f->broker.address, NULL);
	if (first)
		client_create_topic(client, "events", PARTITIONS);
	for (int32_t partition = 0; partition < PARTITIONS; partition++)
		client_produce(client, "events", partition, "event-", 0, count);
	client_close(client);
}

static int assigned(rd_kafka_t *client)
{
	rd_kafka_topic_partition_list_t *list = NULL;
	assert_int_equal(rd_kafka_assignment(client, &list), RD_KAFKA_RESP_ERR_NO_ERROR);
	int n = list->cnt;
	rd_kafka_topic_partition_list_destroy(list);
	return n;
}

/* Counts the records that come; an error of a partition's end is none. */
static int poll_some(rd_kafka_t *client)
{
	int n = 0;
	for (;;) {
		rd_kafka_message_t *message = client_poll(client, POLL_MS);
		if (message == NULL)
			return n;
		n += message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
		rd_kafka_message_destroy(message);
	}
}

/* Polls both (b may be NULL) until they have so many partitions; returns the records that came. */
static int poll_until(rd_kafka_t *a, int of_a, rd_kafka_t *b, int of_b)
{
	int n = 0;
	for (int i = 0; i < TRIES_MAX; i++) {
		n += poll_some(a);
		if (b != NULL)
			n += poll_some(b);
		if (assigned(a) == of_a && (b == NULL || assigned(b) == of_b))
			return n;
	}
	fail_msg("partitions were not spread %d and %d", of_a, of_b);
	return 0;
}

static void poll_for(rd_kafka_t *client, int count)
{
	int n = 0;
	for (int i = 0; i < TRIES_MAX && n < count; i++)
		n += poll_some(client);
	assert_int_equal(n, count);
	assert_int_equal(poll_some(client), 0);
}

static void commit_all(rd_kafka_t *client)
{
	assert_int_equal(rd_kafka_commit(client, NULL, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void members_share_partitions_as_they_come_and_go(void **state)
{
	struct fixture *f = *state;
	static const char *const STRATEGIES[] = { "range", "roundrobin", "cooperative-sticky" };
	produce(f, 100, true);
	for (size_t i = 0; i < COUNT_OF(STRATEGIES); i++) {
		rd_kafka_t *first = member(f, STRATEGIES[i], STRATEGIES[i], NULL);
		poll_for(first, 100 * PARTITIONS);
		rd_kafka_t *second = member(f, STRATEGIES[i], STRATEGIES[i], NULL);
		poll_until(first, 2, second, 2);
		/* librdkafka 2.0 says nothing when a cooperative member goes: its session ends. */
		client_close(second);
		poll_until(first, PARTITIONS, NULL, 0);
		client_close(first);
	}
}

static void a_group_goes_on_where_it_stopped(void **state)
{
	struct fixture *f = *state;
	produce(f, 50, true);
	rd_kafka_t *first = member(f, "readers", "range", NULL);
	poll_for(first, 50 * PARTITIONS);
	commit_all(first);
	client_close(first);
	assert_int_equal(broker_stop(&f->broker), 0);
	broker_start(&f->broker);
	produce(f, 7, false);
	rd_kafka_t *second = member(f, "readers", "range", NULL);
	poll_for(second, 7 * PARTITIONS);
	client_close(second);
}

static void committed_offsets_outlive_a_kill(void **state)
{
	struct fixture *f = *state;
	produce(f, 50, true);
	rd_kafka_t *first = member(f, "readers", "range", NULL);
	poll_for(first, 50 * PARTITIONS);
	commit_all(first);
	broker_kill(&f->broker);
	broker_start(&f->broker);
	rd_kafka_destroy(first);
	rd_kafka_t *second = client_open(RD_KAFKA_CONSUMER, f->broker.address,
					 (const char *[]){ "group.id", "readers", NULL });
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS);
	for (int32_t partition = 0; partition < PARTITIONS; partition++)
		rd_kafka_topic_partition_list_add(list, "events", partition);
	assert_int_equal(rd_kafka_committed(second, list, CLIENT_WAIT_MS),
			 RD_KAFKA_RESP_ERR_NO_ERROR);
	for (int i = 0; i < list->cnt; i++)
		assert_true(list->elems[i].offset == 50);
	rd_kafka_topic_partition_list_destroy(list);
	client_close(second);
}

static void a_static_member_comes_back_to_its_partitions(void **state)
{
	struct fixture *f = *state;
	produce(f, 10, true);
	rd_kafka_t *first = member(f, "readers", "range", "one");
	poll_for(first, 10 * PARTITIONS);
	rd_kafka_t *second = member(f, "readers", "range", "two");
	poll_until(first, 2, second, 2);
	/* A static member that closes does not leave, so nobody else gets its partitions. */
	client_close(second);
	for (int i = 0; i < 10; i++) {
		(void)poll_some(first);
		assert_int_equal(assigned(first), 2);
	}
	second = member(f, "readers", "range", "two");
	poll_until(first, 2, second, 2);
	client_close(second);
	client_close(first);
}

#define GROUP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(GROUP_TEST(members_share_partitions_as_they_come_and_go),
		  GROUP_TEST(a_group_goes_on_where_it_stopped),
		  GROUP_TEST(committed_offsets_outlive_a_kill),
		  GROUP_TEST(a_static_member_comes_back_to_its_partitions));
}
