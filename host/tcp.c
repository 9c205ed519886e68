/*
 * A connection is a nonblocking socket under a uv_poll handle: we read and write it ourselves, so
 * that bytes are read where the user wants them, a turn's writes leave in one sendmsg, and ranges
 * of files go by sendfile without passing through the process.
 *
 * `events` is what the poll handle waits for: readable while `reading`, writable while the kernel
 * would not take more (`blocked`) or a connect is under way. Writes start in `flush`, at the end of
 * the turn. A stream that broke keeps its state until its user closes it.
 */
#include "host/tcp.h"
#include "host/tcp_priv.h"
#include "base/mem.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

/* Reads of one connection before the next one's turn. */
#define READS_PER_TURN 4
/* Runs of memory in one sendmsg. */
#define PARTS_PER_SEND 64
/* Bytes a connection may send before the next one's turn. */
#define SEND_BYTES_PER_TURN ((size_t)4 * 1024 * 1024)

struct tcp {
	struct stream stream;
	uv_poll_t poll;
	struct loop *loop;         /* borrowed */
	struct tcp_listener *from; /* one reference; NULL: we connected */
	struct loop_task flush;
	struct list writes; /* of struct stream_write, in order */
	struct sockaddr_storage peer;
	char peer_text[TCP_ADDRESS_TEXT_MAX];
	int descriptor;
	int events;
	bool reading, blocked, connecting, finishing, finished, ended, broken, closing;
};

static const struct stream_ops TCP_OPS;

static struct tcp *tcp_of(struct stream *stream)
{
	assert(stream->ops == &TCP_OPS);
	return CONTAINER_OF(stream, struct tcp, stream);
}

static void polled(uv_poll_t *poll, int status, int events);

/* Lets the poll handle wait for what the state asks for. */
static void poll_update(struct tcp *tcp)
{
	if (tcp->closing)
		return;
	int events = 0;
	if (tcp->reading && !tcp->ended && !tcp->broken && !tcp->connecting)
		events |= UV_READABLE;
	if ((tcp->blocked || tcp->connecting) && !tcp->broken)
		events |= UV_WRITABLE;
	if (events == tcp->events)
		return;
	tcp->events = events;
	int code =
		events != 0 ? uv_poll_start(&tcp->poll, events, polled) : uv_poll_stop(&tcp->poll);
	assert(code == 0);
}

static void tell_broken(struct tcp *tcp, int number, const char *verb)
{
	if (tcp->broken || tcp->closing)
		return;
	tcp->broken = true;
	poll_update(tcp);
	CLEANUP(buf_fini) struct buf what = BUF_INIT(1024);
	buf_printf(&what, "%s %s", verb, tcp->peer_text);
	struct err err;
	int code = err_from_errno(&err, number, buf_str(&what));
	assert(code != 0);
	tcp->stream.user->broken(&tcp->stream, &err);
}

/* ---- reading ---- */

/* One read into the user's room; whether it is worth reading again. */
static bool read_once(struct tcp *tcp)
{
	size_t len = 0;
	uint8_t *room = tcp->stream.user->room(&tcp->stream, &len);
	if (tcp->closing || !tcp->reading)
		return false;
	if (room == NULL || len == 0) {
		tcp->reading = false;
		return false;
	}
	ssize_t n = recv(tcp->descriptor, room, len, 0);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			tell_broken(tcp, errno, "read from");
		return false;
	}
	if (n == 0) {
		tcp->ended = true;
		tcp->stream.user->ended(&tcp->stream);
		return false;
	}
	tcp->stream.bytes_read += (uint64_t)n;
	tcp->stream.user->read(&tcp->stream, (size_t)n);
	return (size_t)n == len;
}

static void read_some(struct tcp *tcp)
{
	for (unsigned i = 0; i < READS_PER_TURN; i++)
		if (!read_once(tcp) || tcp->closing || !tcp->reading || tcp->broken)
			break;
	poll_update(tcp);
}

/* ---- writing ---- */

static struct stream_write *first_write(const struct tcp *tcp)
{
	if (list_empty(&tcp->writes))
		return NULL;
	return list_item(tcp->writes.next, struct stream_write, link);
}

/* Gathers memory from the front of the queue; `ret_more`: a file follows it, or further memory. */
static size_t gather(const struct tcp *tcp, struct iovec *iov, bool *ret_more)
{
	size_t count = 0;
	list_each (write, &tcp->writes, struct stream_write, link) {
		size_t skip = write->part_done;
		for (uint32_t i = write->part; i < write->part_count; i++, skip = 0) {
			const struct stream_part *part = &write->parts[i];
			if (part->descriptor >= 0 || count == PARTS_PER_SEND) {
				*ret_more = true;
				return count;
			}
			struct slice bytes = slice_sub(part->bytes, skip, SIZE_MAX);
			memcpy(&iov[count].iov_base, &bytes.data, sizeof(void *));
			iov[count++].iov_len = bytes.len;
		}
	}
	*ret_more = false;
	return count;
}

static void write_done(struct tcp *tcp, struct stream_write *write, bool whole)
{
	for (uint32_t i = write->part; i < write->part_count; i++) {
		tcp->stream.bytes_queued -= write->parts[i].bytes.len - write->part_done;
		write->part_done = 0;
	}
	list_remove(&write->link);
	write->done(write, whole);
}

/* `n` more bytes of the queue were written: completes what is whole. */
static void advance(struct tcp *tcp, size_t n)
{
	tcp->stream.bytes_written += n;
	for (struct stream_write *write; !tcp->closing && (write = first_write(tcp)) != NULL;) {
		while (write->part < write->part_count) {
			size_t left = write->parts[write->part].bytes.len - write->part_done;
			size_t step = MIN(left, n);
			n -= step;
			write->part_done += step;
			tcp->stream.bytes_queued -= step;
			if (step < left)
				return;
			write->part++;
			write->part_done = 0;
		}
		write_done(tcp, write, true);
	}
}

/* One system call for the front of the queue: bytes written, 0 when blocked, or -errno. */
static ssize_t send_once(struct tcp *tcp)
{
	struct iovec iov[PARTS_PER_SEND];
	bool more = false;
	size_t count = gather(tcp, iov, &more);
	ssize_t n;
	if (count > 0) {
		struct msghdr message = { .msg_iov = iov, .msg_iovlen = count };
		n = sendmsg(tcp->descriptor, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	} else {
		const struct stream_write *write = first_write(tcp);
		assert(write != NULL);
		const struct stream_part *part = &write->parts[write->part];
		off_t at = (off_t)(part->at + write->part_done);
		size_t left = part->bytes.len - write->part_done;
		n = left == 0 ? 0 : sendfile(tcp->descriptor, part->descriptor, &at, left);
		if (n == 0 && left > 0)
			return -EIO; /* the file is shorter than was promised to the peer */
	}
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return n;
}

/* Whether the front of the queue holds bytes; empty writes are completed on the way. */
static bool anything_to_send(struct tcp *tcp)
{
	advance(tcp, 0);
	return !tcp->closing && !list_empty(&tcp->writes);
}

static void send_end(struct tcp *tcp)
{
	if (!tcp->finishing || tcp->finished || tcp->closing || !list_empty(&tcp->writes))
		return;
	tcp->finished = true;
	shutdown(tcp->descriptor, SHUT_WR);
}

static void send_all(struct tcp *tcp)
{
	tcp->blocked = false;
	for (size_t sent = 0; anything_to_send(tcp);) {
		if (sent >= SEND_BYTES_PER_TURN) {
			tcp->blocked = true; /* goes on when polled, after the others */
			break;
		}
		ssize_t n = send_once(tcp);
		if (n < 0) {
			tell_broken(tcp, (int)-n, "write to");
			return;
		}
		if (n == 0) {
			tcp->blocked = true;
			break;
		}
		sent += (size_t)n;
		advance(tcp, (size_t)n);
	}
	if (tcp->closing)
		return;
	send_end(tcp);
	poll_update(tcp);
}

static void flush(struct loop_task *task)
{
	struct tcp *tcp = CONTAINER_OF(task, struct tcp, flush);
	if (!tcp->blocked && !tcp->connecting && !tcp->broken && !tcp->closing)
		send_all(tcp);
}

/* ---- the handle ---- */

static int socket_error(const struct tcp *tcp)
{
	int number = 0;
	socklen_t len = sizeof(number);
	if (getsockopt(tcp->descriptor, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
		return errno;
	return number;
}

static void connected(struct tcp *tcp)
{
	int number = socket_error(tcp);
	if (number != 0) {
		tell_broken(tcp, number, "connect to");
		return;
	}
	tcp->connecting = false;
	poll_update(tcp);
	if (tcp->stream.user->opened != NULL)
		tcp->stream.user->opened(&tcp->stream);
	if (!tcp->closing)
		loop_soon(tcp->loop, &tcp->flush);
}

static void polled(uv_poll_t *poll, int status, int events)
{
	struct tcp *tcp = poll->data;
	assert(!tcp->closing);
	if (status < 0) {
		/* libuv has stopped the handle; what the socket says tells more than `status`. */
		tcp->events = 0;
		int number = socket_error(tcp);
		tell_broken(tcp, number != 0 ? number : EIO,
			    tcp->connecting ? "connect to" : "talk to");
		return;
	}
	if (tcp->connecting) {
		connected(tcp);
		return;
	}
	if ((events & UV_WRITABLE) && tcp->blocked)
		send_all(tcp);
	if ((events & UV_READABLE) && tcp->reading && !tcp->closing && !tcp->broken)
		read_some(tcp);
}

static void tcp_read_start(struct stream *stream)
{
	struct tcp *tcp = tcp_of(stream);
	tcp->reading = true;
	poll_update(tcp);
}

static void tcp_read_stop(struct stream *stream)
{
	struct tcp *tcp = tcp_of(stream);
	tcp->reading = false;
	poll_update(tcp);
}

static void tcp_write(struct stream *stream, struct stream_write *write)
{
	struct tcp *tcp = tcp_of(stream);
	assert(!tcp->closing);
	assert(!tcp->finishing);
	write->part = 0;
	write->part_done = 0;
	for (uint32_t i = 0; i < write->part_count; i++)
		stream->bytes_queued += write->parts[i].bytes.len;
	list_init(&write->link);
	list_push_back(&tcp->writes, &write->link);
	loop_soon(tcp->loop, &tcp->flush);
}

static void tcp_finish(struct stream *stream)
{
	struct tcp *tcp = tcp_of(stream);
	tcp->finishing = true;
	loop_soon(tcp->loop, &tcp->flush);
}

static void closed(uv_handle_t *handle)
{
	struct tcp *tcp = handle->data;
	close(tcp->descriptor);
	if (tcp->from != NULL)
		tcp_listener_left(tcp->from, (const struct sockaddr *)&tcp->peer);
	mem_free(tcp);
}

static void tcp_close(struct stream *stream)
{
	struct tcp *tcp = tcp_of(stream);
	if (tcp->closing)
		return;
	tcp->closing = true;
	loop_task_cancel(&tcp->flush);
	for (struct stream_write *write; (write = first_write(tcp)) != NULL;)
		write_done(tcp, write, false);
	assert(stream->bytes_queued == 0);
	uv_close((uv_handle_t *)&tcp->poll, closed);
}

static const struct stream_ops TCP_OPS = {
	.read_start = tcp_read_start,
	.read_stop = tcp_read_stop,
	.write = tcp_write,
	.finish = tcp_finish,
	.close = tcp_close,
};

static socklen_t address_bytes(const struct sockaddr *address)
{
	return address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in);
}

struct stream *tcp_stream_new(struct loop *loop, int descriptor, const struct sockaddr *peer,
			      struct tcp_listener *from)
{
	struct tcp *tcp = mem_new(struct tcp);
	tcp->stream.ops = &TCP_OPS;
	tcp->loop = loop;
	tcp->from = from;
	tcp->descriptor = descriptor;
	list_init(&tcp->writes);
	loop_task_init(&tcp->flush, flush);
	memcpy(&tcp->peer, peer, address_bytes(peer));
	CLEANUP(buf_fini) struct buf text = BUF_INIT(TCP_ADDRESS_TEXT_MAX);
	tcp_address_print(peer, &text);
	memcpy(tcp->peer_text, buf_slice(&text).data, MIN(text.len, sizeof(tcp->peer_text) - 1));
	int one = 1;
	setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one,
		   sizeof(one)); /* finds the vanished */
	int code = uv_poll_init(&loop->uv, &tcp->poll, descriptor);
	assert(code == 0);
	tcp->poll.data = tcp;
	return &tcp->stream;
}

/* Begins a connection to one address: the descriptor, or -errno. */
static int connect_begin(const struct addrinfo *to)
{
	int descriptor = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return -errno;
	if (connect(descriptor, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS)
		return descriptor;
	int number = errno;
	close(descriptor);
	return -number;
}

fallible tcp_connect(struct loop *loop, const struct tcp_address *address,
		     const struct stream_user *user, void *arg, struct stream **ret_stream,
		     struct err *err)
{
	struct addrinfo *list = NULL;
	TRY(tcp_resolve(address, 0, &list, err));
	int descriptor = -EINVAL;
	const struct addrinfo *to = list;
	for (; to != NULL && (descriptor = connect_begin(to)) < 0;)
		to = to->ai_next;
	if (descriptor < 0) {
		freeaddrinfo(list);
		return err_from_errno(err, -descriptor, "connect");
	}
	struct stream *stream = tcp_stream_new(loop, descriptor, to->ai_addr, NULL);
	freeaddrinfo(list);
	stream->user = user;
	stream->arg = arg;
	struct tcp *tcp = tcp_of(stream);
	tcp->connecting = true;
	poll_update(tcp);
	*ret_stream = stream;
	return 0;
}

const char *tcp_peer(const struct stream *stream)
{
	assert(stream->ops == &TCP_OPS);
	return ((const struct tcp *)(const void *)stream)->peer_text;
}

uint16_t tcp_local_port(const struct stream *stream)
{
	assert(stream->ops == &TCP_OPS);
	const struct tcp *tcp = (const struct tcp *)(const void *)stream;
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);
	if (getsockname(tcp->descriptor, (struct sockaddr *)&local, &len) != 0)
		return 0;
	return ntohs(local.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&local)->sin6_port
						 : ((struct sockaddr_in *)&local)->sin_port);
}
