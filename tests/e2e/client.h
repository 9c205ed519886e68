/*
 * client.h - librdkafka for the tests: a producer and a consumer that fail the test when they fail.
 *
 * Settings are given as a list of names and values that ends in NULL: (const char *[]){ "acks",
 * "all", NULL }.
 */
#ifndef WEIR_TESTS_E2E_CLIENT_H
#define WEIR_TESTS_E2E_CLIENT_H

#include "tests/lib/test.h"

#include <librdkafka/rdkafka.h>

#define CLIENT_WAIT_MS 20000

rd_kafka_t *client_open(rd_kafka_type_t type, const char *address, const char *const *settings);
void client_close(rd_kafka_t *client); /* a consumer leaves its group */

void client_create_topic(rd_kafka_t *client, const char *topic, int partitions);

/* Produces and waits for all reports; each must be a success. Value n is "PREFIXn". */
void client_produce(rd_kafka_t *client, const char *topic, int32_t partition, const char *prefix,
		    int first, int count);
void client_flush(rd_kafka_t *client);

/* Reads a partition from an offset until `count` records came; `visit` sees each, in order. */
typedef void client_visit(void *arg, const rd_kafka_message_t *message);
void client_read(rd_kafka_t *client, const char *topic, int32_t partition, int64_t offset,
		 int count, client_visit *visit, void *arg);
/* As client_read, and values are "PREFIXn" from `first` on. */
void client_expect(rd_kafka_t *client, const char *topic, int32_t partition, int64_t offset,
		   const char *prefix, int first, int count);
/* Next record of a subscribed consumer; NULL after `wait_ms`. The caller destroys it. */
rd_kafka_message_t *client_poll(rd_kafka_t *client, int wait_ms);

#endif
