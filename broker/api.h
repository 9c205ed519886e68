/*
 * api.h - what the broker can be asked: one row for each API.
 *
 * A row has the range of versions that ApiVersions tells and the range that is served. They differ
 * for Produce only: librdkafka takes "version 0 is offered" for "compression is understood", so 0
 * is told and versions before 3 are refused. A new API is a line of api.def and a handler.
 */
#ifndef WEIR_BROKER_API_H
#define WEIR_BROKER_API_H

#include "broker/request.h"

struct api {
	const char *name; /* "metadata" */
	int16_t key;
	int16_t told_first; /* what ApiVersions says */
	int16_t first, last;
	const struct message_type *request, *response;
	void (*handle)(struct broker *broker, struct request *request);
};

extern const struct api APIS[];
extern const uint32_t APIS_LEN;

const struct api *api_of_key(int16_t key); /* NULL: not served */

/*
 * Reads header and message of `request->body` and finds the row. A request that cannot be read or
 * is not served fails; ApiVersions of an unknown version does not, and is answered in version 0.
 */
fallible api_read(struct request *request, struct err *err);

#define API(name, told_first, first, last)                                                         \
	void handle_##name(struct broker *broker, struct request *request);
#include "broker/api.def"
#undef API

#endif
