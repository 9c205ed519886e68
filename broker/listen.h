/*
 * listen.h - a broker's connections in host/'s terms: who may connect, who idles, who is muted.
 *
 * One listener on one loop. It accepts, puts a struct conn over each stream, closes those that idle
 * past `idle_ms_max`, and wakes those that a quota muted. Requests go to `user`.
 */
#ifndef WEIR_BROKER_LISTEN_H
#define WEIR_BROKER_LISTEN_H

#include "broker/conn.h"
#include "host/tcp.h"

struct listen_settings {
	struct tcp_address address;
	struct tcp_limits connections; /* max.connections, max.connections.per.ip */
	struct conn_limits requests;
	size_t memory_bytes_max; /* queued.max.request.bytes: of all requests together */
	int64_t idle_ms_max;     /* connections.max.idle.ms */
};

extern const struct listen_settings LISTEN_DEFAULTS;

/* Who handles the requests (broker/request.h). */
struct listen_user {
	void (*begin)(void *arg, struct request *request);
	void (*abandon)(void *arg, struct request *request);
	void (*drained)(void *arg); /* after listen_drain: the last connection is gone */
};

struct listen;

fallible listen_open(struct loop *loop, const struct listen_settings *settings,
		     const struct listen_user *user, void *arg, struct listen **ret_listen,
		     struct err *err);
uint16_t listen_port(const struct listen *listen);
uint32_t listen_connections(const struct listen *listen);
/* Accepts no more and lets what is in flight be answered, for `patience_ms`. */
void listen_drain(struct listen *listen, int64_t patience_ms);
void listen_close(struct listen *listen); /* now; takes NULL */

#endif
