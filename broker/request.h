/*
 * request.h - one request, from its frame to its answer.
 *
 * A connection makes a request, puts the frame's body in it and gives it to broker_handle. The
 * broker reads header and message (which borrow from the body), finds the handler, and says `done`
 * exactly once: before broker_handle returns, or later, when what the request waits for has
 * happened. From then on the connection may write the answer with request_write, in the order in
 * which requests came, and frees the request. A connection that dies first calls request_abandon
 * for those that are not done: the broker forgets them, `done` is not called, and they may be
 * freed.
 *
 * A handler is `void handle_x(struct broker *, struct request *)`. It fills the response that
 * request_response makes, and calls request_finish now, or parks the request (broker/park.h).
 */
#ifndef WEIR_BROKER_REQUEST_H
#define WEIR_BROKER_REQUEST_H

#include "base/arena.h"
#include "base/list.h"
#include "host/stream.h"
#include "wire/frame.h"

struct api;
struct broker;
struct parked;
struct request;

enum request_state {
	REQUEST_NEW,
	REQUEST_RUNNING, /* with its handler, or parked */
	REQUEST_DONE,
	REQUEST_ABANDONED,
};

/* Who is at the other end; the connection's, and it outlives its requests. */
struct client {
	struct slice host;      /* "127.0.0.1" */
	struct slice principal; /* "User:ANONYMOUS" */
	struct slice listener;  /* the name of the listener it came by, "PLAINTEXT" */
	struct slice software_name, software_version; /* as ApiVersions told; empty before */
};

/*
 * Records of an answer that are sent from where they lie, memory and files, without being copied.
 * In the response stands request_rope's slice: as long as all parts, but not theirs to read.
 */
struct request_rope {
	struct request_rope *next;
	const struct stream_part *parts;
	uint32_t part_count;
};

struct request {
	enum request_state state;
	struct list link; /* the connection's, in the order of arrival */
	void *owner;      /* the connection */
	void (*done)(struct request *request);
	const struct client *client; /* borrowed from the connection */

	struct buf frame;  /* owned: keeps the bytes that `body` borrows; may stay empty */
	struct slice body; /* the frame without its length */
	int64_t received_ms;

	struct arena arena; /* the message, the response, and what the handler needs */
	const struct api *api;
	int16_t version;
	int32_t correlation_id;
	struct slice client_id; /* NULL data: none was given */
	const void *message;    /* as api->request describes it */
	void *response;         /* as api->response does */
	int16_t response_version;

	bool no_response;    /* produce with acks=0: nothing is written */
	bool close;          /* after this (and its answer, if any) the connection ends */
	int32_t throttle_ms; /* do not read from the client for so long after answering */

	bool takes_ropes;                        /* the connection knows what to do with them */
	struct request_rope *ropes, **ropes_end; /* in the order of the response's fields */

	struct parked *parked; /* what it waits for; NULL: nothing */
	void *handler_state;   /* what the handler remembers meanwhile; in the arena */
};

struct request *request_new(void *owner, const struct client *client,
			    void (*done)(struct request *request));
/* After `done` or request_abandon only, or before broker_handle. */
void request_free(struct request *request);

/* The connection is gone: the request waits for nothing any more. */
void request_abandon(struct broker *broker, struct request *request);

/* The answer as a frame, behind what `to` holds; nothing when there is none. What `splices` notes
 * lives as long as the request. */
fallible request_write(const struct request *request, struct buf *to, struct splices *splices,
		       struct err *err);

/* For handlers: the response, made with its defaults; and the end of the request's work. */
void *request_response(struct request *request);
void request_finish(struct request *request);
/* `parts` are in the request's arena. Only where `takes_ropes`. */
struct slice request_rope(struct request *request, const struct stream_part *parts,
			  uint32_t part_count);
/* The response that was begun will be made anew. */
void request_forget_response(struct request *request);

#endif
