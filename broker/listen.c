#include "broker/listen.h"
#include "base/mem.h"

struct listen {
	struct listen_settings settings;
	struct loop *loop; /* borrowed */
	struct tcp_listener *tcp;
	struct budget memory;
	struct conns conns;
	struct loop_task step;
	struct loop_task tell_drained;
	const struct listen_user *user;
	void *arg; /* the user's, borrowed */
	bool draining;
	struct timer patience;
};

/* What host/ knows of one connection. */
struct listen_conn {
	struct listen *listen; /* borrowed */
	struct conn *conn;
	struct timer idle, unmute;
};

const struct listen_settings LISTEN_DEFAULTS = {
	.address = { .host = "127.0.0.1", .port = 9092 },
	.connections = { .connections_max = 50000 },
	.requests = { .request_bytes_max = 100 * 1024 * 1024,
		      .in_flight_max = 64,
		      .answer_bytes_max = (size_t)64 * 1024 * 1024 },
	.memory_bytes_max = (size_t)256 * 1024 * 1024,
	.idle_ms_max = 600000,
};

static struct listen *listen_of(struct conns *conns)
{
	return conns->arg;
}

static int64_t now_ms(struct conns *conns)
{
	return loop_now_ms(listen_of(conns)->loop);
}

/* The timer is not moved with every byte: it looks, when it fires, at when the last one came. */
static void idle_passed(struct timer *timer)
{
	struct listen_conn *client = CONTAINER_OF(timer, struct listen_conn, idle);
	int64_t idle_ms_max = client->listen->settings.idle_ms_max;
	int64_t since = conn_idle_since_ms(client->conn);
	int64_t now = loop_now_ms(client->listen->loop);
	if (since != INT64_MAX && now - since >= idle_ms_max)
		conn_close(client->conn, "it was idle for too long");
	else
		timer_arm(timer, since == INT64_MAX ? idle_ms_max : since + idle_ms_max - now);
}

static void mute_passed(struct timer *timer)
{
	conn_unmute(CONTAINER_OF(timer, struct listen_conn, unmute)->conn);
}

static void muted(struct conn *conn, int64_t ms)
{
	struct listen_conn *client = conn_owner(conn);
	timer_arm(&client->unmute, ms);
}

static void closed(struct conn *conn, const char *why)
{
	(void)why;
	struct listen_conn *client = conn_owner(conn);
	struct listen *listen = client->listen;
	timer_cancel(&client->idle);
	timer_cancel(&client->unmute);
	mem_free(client);
	if (listen->draining && listen->conns.len == 0)
		loop_soon(listen->loop, &listen->tell_drained);
}

static void begin(struct conns *conns, struct request *request)
{
	listen_of(conns)->user->begin(listen_of(conns)->arg, request);
}

static void abandon(struct conns *conns, struct request *request)
{
	listen_of(conns)->user->abandon(listen_of(conns)->arg, request);
}

static void wake(struct conns *conns)
{
	struct listen *listen = listen_of(conns);
	loop_soon(listen->loop, &listen->step);
}

static void step(struct loop_task *task)
{
	conns_step(&CONTAINER_OF(task, struct listen, step)->conns);
}

static void tell_drained(struct loop_task *task)
{
	struct listen *listen = CONTAINER_OF(task, struct listen, tell_drained);
	listen->user->drained(listen->arg);
}

static const struct conns_owner OWNER = {
	.begin = begin,
	.abandon = abandon,
	.closed = closed,
	.muted = muted,
	.wake = wake,
	.now_ms = now_ms,
};

static void accepted(void *arg, struct stream *stream)
{
	struct listen *listen = arg;
	struct listen_conn *client = mem_new(struct listen_conn);
	client->listen = listen;
	timer_init(&client->idle, listen->loop, idle_passed);
	timer_init(&client->unmute, listen->loop, mute_passed);
	timer_arm(&client->idle, listen->settings.idle_ms_max);
	client->conn = conn_open(&listen->conns, stream, tcp_peer(stream), client);
}

static void patience_passed(struct timer *timer)
{
	conns_close(&CONTAINER_OF(timer, struct listen, patience)->conns);
}

fallible listen_open(struct loop *loop, const struct listen_settings *settings,
		     const struct listen_user *user, void *arg, struct listen **ret_listen,
		     struct err *err)
{
	struct listen *listen = mem_new(struct listen);
	listen->settings = *settings;
	listen->loop = loop;
	listen->user = user;
	listen->arg = arg;
	budget_init(&listen->memory, settings->memory_bytes_max);
	conns_init(&listen->conns, settings->requests, &listen->memory, &OWNER, listen);
	loop_task_init(&listen->step, step);
	loop_task_init(&listen->tell_drained, tell_drained);
	timer_init(&listen->patience, loop, patience_passed);
	int code = tcp_listen(loop, &settings->address, settings->connections, accepted, listen,
			      &listen->tcp, err);
	if (code != 0) {
		listen_close(listen);
		return code;
	}
	*ret_listen = listen;
	return 0;
}

uint16_t listen_port(const struct listen *listen)
{
	return tcp_listener_port(listen->tcp);
}

uint32_t listen_connections(const struct listen *listen)
{
	return listen->conns.len;
}

void listen_drain(struct listen *listen, int64_t patience_ms)
{
	assert(!listen->draining);
	tcp_listener_close(listen->tcp);
	listen->tcp = NULL;
	listen->draining = true;
	timer_arm(&listen->patience, patience_ms);
	conns_drain(&listen->conns);
	if (listen->conns.len == 0)
		loop_soon(listen->loop, &listen->tell_drained);
}

void listen_close(struct listen *listen)
{
	if (listen == NULL)
		return;
	tcp_listener_close(listen->tcp);
	conns_fini(&listen->conns);
	timer_cancel(&listen->patience);
	loop_task_cancel(&listen->step);
	loop_task_cancel(&listen->tell_drained);
	mem_free(listen);
}
