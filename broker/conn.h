/*
 * conn.h - one connection: bytes in, requests out, answers back in the order of their requests.
 *
 * A connection is the user of a struct stream (a socket, or TLS over one), so it runs in a test
 * over a stream in memory. Every request is handed to `begin` as soon as its last byte is there,
 * also while earlier ones wait for the disk or for records; whoever handles it answers when it can,
 * and the connection holds the answer back until those of all earlier requests have been sent.
 *
 * Nothing here grows with what a peer sends: a request's bytes are reserved from the shared budget
 * before its body is read; past `in_flight_max` requests, or `answer_bytes_max` of answers that the
 * peer does not take, the connection stops reading.
 */
#ifndef WEIR_BROKER_CONN_H
#define WEIR_BROKER_CONN_H

#include "broker/budget.h"
#include "host/stream.h"
#include "broker/request.h"

/* What is read of small requests at once; shared by all connections of a loop. */
#define CONN_READ_BYTES ((size_t)64 * 1024)
/* What a request takes beside its frame: arena, answer. Counted in its reservation. */
#define CONN_REQUEST_BYTES ((size_t)8 * 1024)
/* The smallest frame: key, version, correlation id. */
#define CONN_FRAME_BYTES_MIN 8

struct conn;
struct conns;

struct conn_limits {
	uint32_t request_bytes_max; /* socket.request.max.bytes */
	uint32_t in_flight_max;
	size_t answer_bytes_max;
};

/* Whose connections they are. */
struct conns_owner {
	void (*begin)(struct conns *conns, struct request *request);
	void (*abandon)(struct conns *conns, struct request *request); /* nobody waits for it now */
	/* The connection is over and must not be touched again; `why` is for the log. */
	void (*closed)(struct conn *conn, const char *why);
	void (*muted)(struct conn *conn, int64_t ms); /* call conn_unmute after that time */
	void (*wake)(
		struct conns *conns); /* call conns_step, soon and from outside of any request */
	int64_t (*now_ms)(struct conns *conns);
};

/* What the connections of one loop share. */
struct conns {
	struct conn_limits limits;
	struct budget *memory; /* borrowed */
	struct list list;      /* of struct conn */
	uint32_t len;
	const struct conns_owner *owner;
	void *arg;           /* the owner's, borrowed */
	struct list granted; /* of struct conn: memory came, conns_step goes on with them */
	uint8_t *scratch;    /* CONN_READ_BYTES */
};

void conns_init(struct conns *conns, struct conn_limits limits, struct budget *memory,
		const struct conns_owner *owner, void *arg);
void conns_fini(struct conns *conns); /* closes all */
void conns_close(struct conns *conns);
void conns_step(struct conns *conns);
void conns_drain(struct conns *conns); /* conn_drain for each */

/* Takes the stream over, and reads. `peer` is its address, "127.0.0.1:34567", and copied. */
struct conn *conn_open(struct conns *conns, struct stream *stream, const char *peer, void *owner);
void conn_close(struct conn *conn, const char *why);
/* No further request is begun before conn_unmute; answers still go out (KIP-219). */
void conn_mute(struct conn *conn);
void conn_unmute(struct conn *conn);
/* Begins no more, and closes when the last answer is sent. */
void conn_drain(struct conn *conn);

struct conns *conn_conns(const struct conn *conn);
void *conn_owner(const struct conn *conn);
struct client *conn_client(struct conn *conn); /* who it is; authentication fills it in */
uint32_t conn_in_flight(const struct conn *conn);
/* When bytes last came or went; INT64_MAX while a request is in flight: not idle. */
int64_t conn_idle_since_ms(const struct conn *conn);

#endif
