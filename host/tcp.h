/*
 * tcp.h - listening for, and making, TCP connections; each is a struct stream.
 *
 * An address is "HOST:PORT": a name, an IPv4 address, an IPv6 address in brackets, or nothing for
 * every address of the machine; port 0 lets the kernel choose. Past `connections_max` the listener
 * leaves new peers waiting in the kernel's queue; past `connections_per_ip_max` it closes them at
 * once. Connections outlive their listener.
 */
#ifndef WEIR_HOST_TCP_H
#define WEIR_HOST_TCP_H

#include "host/loop.h"
#include "host/stream.h"

#define TCP_HOST_BYTES_MAX 255
#define TCP_ADDRESS_TEXT_MAX 64 /* "[IPv6]:port" and its NUL */

struct tcp_address {
	char host[TCP_HOST_BYTES_MAX + 1]; /* without brackets; empty: every address */
	uint16_t port;
};

fallible tcp_address_parse(struct slice text, struct tcp_address *ret_address, struct err *err);

struct tcp_limits {
	uint32_t connections_max;        /* 0: none */
	uint32_t connections_per_ip_max; /* 0: none */
};

struct tcp_listener;

/* Takes a new connection: must set stream->user (and arg), then usually starts reading. */
typedef void tcp_accepted(void *arg, struct stream *stream);

fallible tcp_listen(struct loop *loop, const struct tcp_address *address, struct tcp_limits limits,
		    tcp_accepted *accepted, void *arg, struct tcp_listener **ret_listener,
		    struct err *err);
uint16_t tcp_listener_port(const struct tcp_listener *listener);
uint32_t tcp_listener_connections(const struct tcp_listener *listener); /* open now */
uint64_t tcp_listener_refused(const struct tcp_listener *listener);     /* by the limit per IP */
void tcp_listener_limits(struct tcp_listener *listener, struct tcp_limits limits);
void tcp_listener_close(struct tcp_listener *listener); /* takes NULL */

/* Finds the name (which may wait for DNS: on a server's loop give addresses), then connects without
 * waiting: `opened` or `broken` is told. */
fallible tcp_connect(struct loop *loop, const struct tcp_address *address,
		     const struct stream_user *user, void *arg, struct stream **ret_stream,
		     struct err *err);

/* Who the peer is, "127.0.0.1:34567"; for streams of tcp.h only. */
const char *tcp_peer(const struct stream *stream);
uint16_t tcp_local_port(const struct stream *stream);

#endif
