/*
 * broker_fixture.h - a broker in one thread, asked through bytes as a client asks it.
 *
 * `ask` writes a request frame, hands it to the broker, and reads the response frame: what is
 * tested went over the wire both ways. `send` does not wait: the request is done when it is done.
 * The disk is a simulated one, and time stands still until the test moves it.
 */
#ifndef WEIR_TESTS_LIB_BROKER_FIXTURE_H
#define WEIR_TESTS_LIB_BROKER_FIXTURE_H

#include "broker/broker.h"
#include "tests/lib/test.h"

struct fixture {
	struct disk *disk;
	struct broker *broker;
	struct configs started;
	struct broker_time time;
	struct arena arena; /* of requests and responses; reset by the test when it likes */
	struct client client;
	bool no_sync; /* jobs are not run after each request */
	struct err err;
};

/* A request that is under way. */
struct sent {
	struct request *request;
	const struct message_type *response;
	int16_t version;
	bool done;
};

int fixture_set_up(void **state);
int fixture_tear_down(void **state);
/* Closes and opens again, on the same disk. */
void fixture_restart(struct fixture *f, bool clean);
void fixture_set(struct fixture *f, enum broker_config id,
		 const char *value); /* before a restart */
void fixture_advance(struct fixture *f, int64_t ms);
void fixture_sync(struct fixture *f); /* runs all sync jobs */

#define ask(f, name, version, request)                                                             \
	((struct name##_response *)fixture_ask((f), &name##_request_message,                       \
					       &name##_response_message, (version), (request)))
void *fixture_ask(struct fixture *f, const struct message_type *request,
		  const struct message_type *response, int16_t version, const void *message);
struct sent *fixture_send(struct fixture *f, const struct message_type *request,
			  const struct message_type *response, int16_t version,
			  const void *message);
/* Any bytes as a request's frame without its length. */
struct sent *fixture_send_body(struct fixture *f, struct slice body);
/* The client is gone before the answer. */
void fixture_drop(struct fixture *f, struct sent *sent);
/* NULL: there is no answer (acks=0), or the connection is to be closed. Frees the request. */
void *fixture_take(struct fixture *f, struct sent *sent, bool *ret_close);

/* What tests need often. */
struct uuid fixture_create_topic(struct fixture *f, const char *name, int32_t partitions);
/* One batch with one record for each value. */
struct slice fixture_batch(struct fixture *f, const char *key, const char *value);
int64_t fixture_produce(struct fixture *f, const char *topic, int32_t partition,
			struct slice records, int16_t acks, int16_t *ret_error);

#endif
