/*
 * tcp_priv.h - what tcp.c (connections) and tcp_listen.c (listeners, addresses) share.
 * Nobody else includes it: what it shows may change with either file.
 */
#ifndef WEIR_HOST_TCP_PRIV_H
#define WEIR_HOST_TCP_PRIV_H

#include "host/loop_priv.h"
#include "host/tcp.h"

#include <netdb.h>
#include <sys/socket.h>

/* A connection on `descriptor`, which it owns from now on. `from` is NULL when we connected. */
struct stream *tcp_stream_new(struct loop *loop, int descriptor, const struct sockaddr *peer,
			      struct tcp_listener *from);
/* A connection of the listener's was closed. */
void tcp_listener_left(struct tcp_listener *listener, const struct sockaddr *peer);

/* All addresses for the name; free with freeaddrinfo. */
fallible tcp_resolve(const struct tcp_address *address, int flags, struct addrinfo **ret_list,
		     struct err *err);
void tcp_address_print(const struct sockaddr *address, struct buf *text);

#endif
