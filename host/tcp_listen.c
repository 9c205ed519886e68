#include "host/tcp.h"
#include "host/tcp_priv.h"
#include "base/map.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

/* Peers that wait in the kernel. */
#define BACKLOG 1024
/* Connections taken before the other sockets' turn. */
#define ACCEPTS_PER_TURN 64
/* Out of descriptors, accepting is tried again after this. */
#define ACCEPT_PAUSE_MS 100

struct tcp_listener {
	uv_poll_t poll;
	struct loop *loop; /* borrowed */
	struct timer pause;
	struct tcp_limits limits;
	tcp_accepted *accepted;
	void *arg;        /* borrowed */
	struct map by_ip; /* address bytes to struct ip_count, owned */
	uint32_t connections;
	uint64_t refused;
	uint32_t refs; /* the owner's, and one a connection */
	uint16_t port;
	int descriptor;
	bool polling, closing;
};

struct ip_count {
	uint32_t connections;
};

/* ---- addresses ---- */

static fallible bad_address(struct slice text, struct err *err)
{
	return err_set(err, ERR_INVALID, "\"%.*s\" is not an address: HOST:PORT is wanted",
		       SLICE_ARGS(text));
}

fallible tcp_address_parse(struct slice text, struct tcp_address *ret_address, struct err *err)
{
	size_t colon = text.len;
	while (colon > 0 && text.data[colon - 1] != ':')
		colon--;
	struct slice port = slice_sub(text, colon, SIZE_MAX);
	if (colon == 0 || port.len == 0 || port.len > 5)
		return bad_address(text, err);
	uint32_t number = 0;
	for (size_t i = 0; i < port.len; i++) {
		if (port.data[i] < '0' || port.data[i] > '9')
			return bad_address(text, err);
		number = number * 10 + (uint32_t)(port.data[i] - '0');
	}
	struct slice host = slice_sub(text, 0, colon - 1);
	if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
		host = slice_sub(host, 1, host.len - 2);
	else if (slice_find_byte(host, ':', 0) != SIZE_MAX)
		return bad_address(text, err);
	if (number > UINT16_MAX || host.len > TCP_HOST_BYTES_MAX)
		return bad_address(text, err);
	struct tcp_address address = { .port = (uint16_t)number };
	if (host.len > 0)
		memcpy(address.host, host.data, host.len);
	*ret_address = address;
	return 0;
}

fallible tcp_resolve(const struct tcp_address *address, int flags, struct addrinfo **ret_list,
		     struct err *err)
{
	CLEANUP(buf_fini) struct buf port = BUF_INIT(16);
	buf_printf(&port, "%u", (unsigned)address->port);
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV };
	int code = getaddrinfo(address->host[0] != '\0' ? address->host : NULL, buf_str(&port),
			       &hints, ret_list);
	if (code != 0)
		return err_set(err, ERR_NOT_FOUND, "cannot find the host \"%s\": %s", address->host,
			       gai_strerror(code));
	return 0;
}

void tcp_address_print(const struct sockaddr *address, struct buf *text)
{
	char ip[INET6_ADDRSTRLEN] = "?";
	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)address;
		inet_ntop(AF_INET6, &v6->sin6_addr, ip, sizeof(ip));
		buf_printf(text, "[%s]:%u", ip, (unsigned)ntohs(v6->sin6_port));
	} else {
		const struct sockaddr_in *v4 = (const void *)address;
		inet_ntop(AF_INET, &v4->sin_addr, ip, sizeof(ip));
		buf_printf(text, "%s:%u", ip, (unsigned)ntohs(v4->sin_port));
	}
}

static struct slice ip_bytes(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6)
		return slice_of(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
				sizeof(struct in6_addr));
	return slice_of(&((const struct sockaddr_in *)(const void *)address)->sin_addr,
			sizeof(struct in_addr));
}

/* ---- limits ---- */

static bool ip_enter(struct tcp_listener *listener, const struct sockaddr *peer)
{
	struct ip_count *count = map_get(&listener->by_ip, ip_bytes(peer));
	uint32_t max = listener->limits.connections_per_ip_max;
	if (count != NULL && max != 0 && count->connections >= max)
		return false;
	if (count == NULL) {
		count = mem_new(struct ip_count);
		map_put(&listener->by_ip, ip_bytes(peer), count);
	}
	count->connections++;
	listener->connections++;
	return true;
}

static void ip_leave(struct tcp_listener *listener, const struct sockaddr *peer)
{
	struct ip_count *count = map_get(&listener->by_ip, ip_bytes(peer));
	assert(count != NULL);
	assert(listener->connections > 0);
	listener->connections--;
	if (--count->connections == 0)
		mem_free(map_remove(&listener->by_ip, ip_bytes(peer)));
}

/* ---- accepting ---- */

static void polled(uv_poll_t *poll, int status, int events);

static bool full(const struct tcp_listener *listener)
{
	uint32_t max = listener->limits.connections_max;
	return max != 0 && listener->connections >= max;
}

static void poll_update(struct tcp_listener *listener)
{
	bool wanted = !listener->closing && !full(listener) && !timer_armed(&listener->pause);
	if (listener->closing || wanted == listener->polling)
		return;
	listener->polling = wanted;
	int code = wanted ? uv_poll_start(&listener->poll, UV_READABLE, polled)
			  : uv_poll_stop(&listener->poll);
	assert(code == 0);
}

static void pause_over(struct timer *timer)
{
	poll_update(CONTAINER_OF(timer, struct tcp_listener, pause));
}

/* Takes one connection; whether to try for another. */
static bool accept_one(struct tcp_listener *listener)
{
	struct sockaddr_storage storage;
	struct sockaddr *peer = (struct sockaddr *)&storage;
	socklen_t len = sizeof(storage);
	int descriptor = accept4(listener->descriptor, peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (descriptor < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			timer_arm(&listener->pause, ACCEPT_PAUSE_MS);
		return errno == ECONNABORTED || errno == EINTR;
	}
	if (!ip_enter(listener, peer)) {
		listener->refused++;
		close(descriptor);
		return true;
	}
	listener->refs++;
	struct stream *stream = tcp_stream_new(listener->loop, descriptor, peer, listener);
	listener->accepted(listener->arg, stream);
	assert(stream->user != NULL);
	return true;
}

static void polled(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	struct tcp_listener *listener = poll->data;
	for (unsigned i = 0; i < ACCEPTS_PER_TURN; i++)
		if (listener->closing || full(listener) || !accept_one(listener))
			break;
	poll_update(listener);
}

static void listener_unref(struct tcp_listener *listener)
{
	assert(listener->refs > 0);
	if (--listener->refs > 0)
		return;
	assert(listener->connections == 0);
	map_fini(&listener->by_ip);
	mem_free(listener);
}

void tcp_listener_left(struct tcp_listener *listener, const struct sockaddr *peer)
{
	ip_leave(listener, peer);
	poll_update(listener);
	listener_unref(listener);
}

/* A socket that listens on one address: the descriptor, or -errno. */
static int listen_begin(const struct addrinfo *at)
{
	int descriptor = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return -errno;
	int one = 1;
	setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(descriptor, at->ai_addr, at->ai_addrlen) == 0 && listen(descriptor, BACKLOG) == 0)
		return descriptor;
	int number = errno;
	close(descriptor);
	return -number;
}

static uint16_t bound_port(int descriptor)
{
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);
	int code = getsockname(descriptor, (struct sockaddr *)&local, &len);
	assert(code == 0);
	return ntohs(local.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&local)->sin6_port
						 : ((struct sockaddr_in *)&local)->sin_port);
}

/* The first of the name's addresses that can be had, IPv4 before IPv6: "localhost" is 127.0.0.1. */
static fallible listen_any(const struct tcp_address *address, int *ret_descriptor, struct err *err)
{
	struct addrinfo *list = NULL;
	TRY(tcp_resolve(address, AI_PASSIVE, &list, err));
	static const int FAMILIES[] = { AF_INET, AF_INET6 };
	int descriptor = -EADDRNOTAVAIL;
	for (size_t f = 0; f < COUNT_OF(FAMILIES) && descriptor < 0; f++)
		for (const struct addrinfo *at = list; at != NULL && descriptor < 0;
		     at = at->ai_next)
			if (at->ai_family == FAMILIES[f])
				descriptor = listen_begin(at);
	freeaddrinfo(list);
	if (descriptor < 0) {
		CLEANUP(buf_fini) struct buf what = BUF_INIT(1024);
		buf_printf(&what, "listen on %s:%u", address->host, (unsigned)address->port);
		return err_from_errno(err, -descriptor, buf_str(&what));
	}
	*ret_descriptor = descriptor;
	return 0;
}

fallible tcp_listen(struct loop *loop, const struct tcp_address *address, struct tcp_limits limits,
		    tcp_accepted *accepted, void *arg, struct tcp_listener **ret_listener,
		    struct err *err)
{
	int descriptor = -1;
	TRY(listen_any(address, &descriptor, err));
	struct tcp_listener *listener = mem_new(struct tcp_listener);
	listener->loop = loop;
	listener->limits = limits;
	listener->accepted = accepted;
	listener->arg = arg;
	listener->refs = 1;
	listener->descriptor = descriptor;
	listener->port = bound_port(descriptor);
	map_init(&listener->by_ip);
	timer_init(&listener->pause, loop, pause_over);
	int code = uv_poll_init(&loop->uv, &listener->poll, descriptor);
	assert(code == 0);
	listener->poll.data = listener;
	poll_update(listener);
	*ret_listener = listener;
	return 0;
}

uint16_t tcp_listener_port(const struct tcp_listener *listener)
{
	return listener->port;
}

uint32_t tcp_listener_connections(const struct tcp_listener *listener)
{
	return listener->connections;
}

uint64_t tcp_listener_refused(const struct tcp_listener *listener)
{
	return listener->refused;
}

void tcp_listener_limits(struct tcp_listener *listener, struct tcp_limits limits)
{
	listener->limits = limits;
	poll_update(listener);
}

static void closed(uv_handle_t *handle)
{
	struct tcp_listener *listener = handle->data;
	close(listener->descriptor);
	listener_unref(listener);
}

void tcp_listener_close(struct tcp_listener *listener)
{
	if (listener == NULL || listener->closing)
		return;
	listener->closing = true;
	timer_cancel(&listener->pause);
	uv_close((uv_handle_t *)&listener->poll, closed);
}
