#include "tests/lib/test.h"
#include "base/mem.h"
#include "host/disk.h"
#include "host/tcp.h"

#include <errno.h>
#include <unistd.h>

#define BODY_BYTES ((size_t)3 * 1024 * 1024)
#define END_MAX 16

/* One end of a connection: sums what it reads, remembers what it was told. */
struct end {
	struct fixture *fixture;
	struct stream *stream; /* NULL: closed */
	uint8_t room[8192];
	struct buf got;
	bool opened, ended, broken, hold;
	int writes_whole, writes_lost;
	struct err err;
};

struct fixture {
	struct loop *loop;
	struct tcp_listener *listener;
	struct end ends[END_MAX]; /* accepted ones from the front, our own from the back */
	unsigned accepted;
	struct timer deadline, pause;
	bool (*until)(struct fixture *f);
	bool timed_out;
	struct err err;
};

static void check(struct fixture *f)
{
	if (f->until(f))
		loop_stop(f->loop);
}

static uint8_t *end_room(struct stream *stream, size_t *ret_len)
{
	struct end *end = stream->arg;
	if (end->hold)
		return NULL;
	*ret_len = sizeof(end->room);
	return end->room;
}

static void end_read(struct stream *stream, size_t len)
{
	struct end *end = stream->arg;
	assert_in_range(len, 1, sizeof(end->room));
	buf_append(&end->got, slice_of(end->room, len));
	check(end->fixture);
}

static void end_ended(struct stream *stream)
{
	struct end *end = stream->arg;
	end->ended = true;
	check(end->fixture);
}

static void end_broken(struct stream *stream, const struct err *err)
{
	struct end *end = stream->arg;
	assert_false(end->broken);
	end->broken = true;
	end->err = *err;
	check(end->fixture);
}

static void end_opened(struct stream *stream)
{
	struct end *end = stream->arg;
	end->opened = true;
	stream_read_start(stream);
	check(end->fixture);
}

static const struct stream_user END_USER = {
	.room = end_room,
	.read = end_read,
	.ended = end_ended,
	.broken = end_broken,
	.opened = end_opened,
};

static struct end *end_init(struct fixture *f, struct end *end, struct stream *stream)
{
	end->fixture = f;
	end->stream = stream;
	buf_init(&end->got, 64 * BODY_BYTES);
	stream->user = &END_USER;
	stream->arg = end;
	return end;
}

static void accepted(void *arg, struct stream *stream)
{
	struct fixture *f = arg;
	assert_true(f->accepted < END_MAX / 2);
	end_init(f, &f->ends[f->accepted++], stream);
	stream_read_start(stream);
	check(f);
}

static struct end *connect_to(struct fixture *f, unsigned index, uint16_t port)
{
	struct tcp_address address;
	assert_ok(tcp_address_parse(SLICE("127.0.0.1:0"), &address, &f->err), &f->err);
	address.port = port;
	struct stream *stream;
	struct end *end = &f->ends[END_MAX - 1 - index];
	assert_ok(tcp_connect(f->loop, &address, &END_USER, end, &stream, &f->err), &f->err);
	return end_init(f, end, stream);
}

static struct end *connect_here(struct fixture *f, unsigned index)
{
	return connect_to(f, index, tcp_listener_port(f->listener));
}

static void end_close(struct end *end)
{
	if (end->stream != NULL)
		stream_close(end->stream);
	end->stream = NULL;
}

static void too_late(struct timer *timer)
{
	struct fixture *f = CONTAINER_OF(timer, struct fixture, deadline);
	f->timed_out = true;
	loop_stop(f->loop);
}

static void run_until(struct fixture *f, bool (*until)(struct fixture *f))
{
	f->until = until;
	timer_arm(&f->deadline, 10000);
	if (!until(f))
		loop_run(f->loop);
	timer_cancel(&f->deadline);
	assert_false(f->timed_out);
}

static void pause_over(struct timer *timer)
{
	loop_stop(CONTAINER_OF(timer, struct fixture, pause)->loop);
}

static bool never(struct fixture *f)
{
	(void)f;
	return false;
}

static void run_for(struct fixture *f, int64_t ms)
{
	f->until = never;
	timer_arm(&f->pause, ms);
	loop_run(f->loop);
}

static void listen_with(struct fixture *f, struct tcp_limits limits)
{
	struct tcp_address address;
	assert_ok(tcp_address_parse(SLICE("localhost:0"), &address, &f->err), &f->err);
	assert_ok(tcp_listen(f->loop, &address, limits, accepted, f, &f->listener, &f->err),
		  &f->err);
}

static int set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	f->loop = loop_new();
	timer_init(&f->deadline, f->loop, too_late);
	timer_init(&f->pause, f->loop, pause_over);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	for (unsigned i = 0; i < END_MAX; i++) {
		end_close(&f->ends[i]);
		buf_fini(&f->ends[i].got);
	}
	tcp_listener_close(f->listener);
	loop_free(f->loop);
	mem_free(f);
	return 0;
}

struct sent {
	struct stream_write write;
	struct end *end;
};

static void sent_done(struct stream_write *write, bool whole)
{
	struct sent *sent = CONTAINER_OF(write, struct sent, write);
	*(whole ? &sent->end->writes_whole : &sent->end->writes_lost) += 1;
	check(sent->end->fixture);
}

static void send_parts(struct end *end, struct sent *sent, const struct stream_part *parts,
		       uint32_t count)
{
	*sent = (struct sent){ .end = end };
	sent->write =
		(struct stream_write){ .parts = parts, .part_count = count, .done = sent_done };
	stream_write(end->stream, &sent->write);
}

static bool request_here(struct fixture *f)
{
	return f->ends[0].got.len == 5;
}

static bool answer_here(struct fixture *f)
{
	return f->ends[END_MAX - 1].got.len == 11;
}

static void a_request_and_its_answer(void **state)
{
	struct fixture *f = *state;
	listen_with(f, (struct tcp_limits){ 0 });
	struct end *client = connect_here(f, 0), *server = &f->ends[0];
	struct stream_part parts[] = { STREAM_MEMORY(SLICE("he")), STREAM_MEMORY(SLICE_EMPTY),
				       STREAM_MEMORY(SLICE("llo")) };
	struct sent sent[4];
	send_parts(client, &sent[0], parts, 3); /* before it is connected: waits */
	assert_int_equal(client->stream->bytes_queued, 5);
	run_until(f, request_here);
	assert_slice(buf_slice(&server->got), "hello");
	assert_int_equal(client->writes_whole, 1);
	assert_int_equal(client->stream->bytes_queued, 0);
	assert_int_equal(client->stream->bytes_written, 5);
	assert_int_equal(tcp_local_port(server->stream), tcp_listener_port(f->listener));
	assert_non_null(strstr(tcp_peer(server->stream), "127.0.0.1:"));

	struct stream_part more[] = { STREAM_MEMORY(SLICE("hello ")) };
	struct stream_part last[] = { STREAM_MEMORY(SLICE("world")) };
	send_parts(server, &sent[1], more, 1);
	send_parts(server, &sent[2], NULL, 0); /* an empty write completes in its turn */
	send_parts(server, &sent[3], last, 1);
	run_until(f, answer_here);
	assert_slice(buf_slice(&client->got), "hello world");
	assert_int_equal(server->writes_whole, 3);
	assert_int_equal(server->stream->bytes_read, 5);
}

static bool body_here(struct fixture *f)
{
	return f->ends[END_MAX - 1].ended;
}

static void a_file_is_sent_between_memory_while_the_peer_is_slow(void **state)
{
	struct fixture *f = *state;
	char path[] = "/tmp/weir_tcp_XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	uint8_t *body = mem_bytes(BODY_BYTES);
	for (size_t i = 0; i < BODY_BYTES; i++)
		body[i] = (uint8_t)(i * 31 >> 3);
	assert_int_equal(write(descriptor, body, BODY_BYTES), BODY_BYTES);
	listen_with(f, (struct tcp_limits){ 0 });
	struct end *client = connect_here(f, 0), *server = &f->ends[0];
	client->hold = true; /* reads nothing: the kernel's buffers fill */
	run_for(f, 20);
	struct stream_part parts[] = {
		STREAM_MEMORY(SLICE("<")),
		{ .bytes = { .len = BODY_BYTES - 7 }, .descriptor = descriptor, .at = 7 },
		STREAM_MEMORY(SLICE(">")),
		STREAM_MEMORY(slice_of(body, BODY_BYTES)),
	};
	struct sent sent;
	send_parts(server, &sent, parts, COUNT_OF(parts));
	stream_finish(server->stream);
	run_for(f, 50);
	assert_int_equal(client->got.len, 0);
	assert_true(server->stream->bytes_queued > 0);
	client->hold = false;
	stream_read_start(client->stream);
	run_until(f, body_here);
	assert_int_equal(server->stream->bytes_queued, 0);
	assert_int_equal(client->got.len, 2 * BODY_BYTES - 7 + 2);
	assert_memory_equal(client->got.data + 1, body + 7, BODY_BYTES - 7);
	assert_memory_equal(client->got.data + BODY_BYTES - 7 + 2, body, BODY_BYTES);
	assert_int_equal(server->writes_whole, 1);
	close(descriptor);
	unlink(path);
	mem_free(body);
}

static bool server_broken(struct fixture *f)
{
	return f->ends[0].broken;
}

static bool both_there(struct fixture *f)
{
	return f->accepted == 1 && f->ends[END_MAX - 1].opened;
}

static void a_file_that_is_too_short_breaks_the_stream(void **state)
{
	struct fixture *f = *state;
	char path[] = "/tmp/weir_tcp_XXXXXX";
	int descriptor = mkstemp(path);
	assert_int_equal(write(descriptor, "abc", 3), 3);
	listen_with(f, (struct tcp_limits){ 0 });
	connect_here(f, 0);
	run_until(f, both_there);
	struct stream_part parts[] = { { .bytes = { .len = 4 }, .descriptor = descriptor } };
	struct sent sent;
	send_parts(&f->ends[0], &sent, parts, 1);
	run_until(f, server_broken);
	assert_non_null(strstr(f->ends[0].err.text, "cannot write to 127.0.0.1:"));
	end_close(&f->ends[0]);
	assert_int_equal(f->ends[0].writes_lost, 1);
	close(descriptor);
	unlink(path);
}

static bool client_told(struct fixture *f)
{
	return f->ends[END_MAX - 1].ended || f->ends[END_MAX - 1].broken;
}

#define WRITES 400

struct script {
	struct sent sent;
	struct stream_part parts[3];
};

static bool all_here(struct fixture *f)
{
	return f->ends[0].ended;
}

/* Writes of random parts, memory and file, against the bytes they stand for. */
static void what_is_read_is_what_was_written(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { .state = rng_seed_from_env() };
	char path[] = "/tmp/weir_tcp_XXXXXX";
	int descriptor = mkstemp(path);
	uint8_t *body = mem_bytes(BODY_BYTES);
	for (size_t i = 0; i < BODY_BYTES; i++)
		body[i] = (uint8_t)rng_next(&rng);
	assert_int_equal(write(descriptor, body, BODY_BYTES), BODY_BYTES);
	listen_with(f, (struct tcp_limits){ 0 });
	struct end *client = connect_here(f, 0), *server = &f->ends[0];
	struct script *scripts = mem_array(struct script, WRITES);
	CLEANUP(buf_fini) struct buf expected = BUF_INIT(SIZE_MAX / 2);
	for (size_t i = 0; i < WRITES; i++) {
		uint32_t count = (uint32_t)rng_below(&rng, 4);
		for (uint32_t j = 0; j < count; j++) {
			size_t len = (size_t)rng_below(&rng, UINT64_C(1) << rng_below(&rng, 17));
			size_t at = (size_t)rng_below(&rng, BODY_BYTES - len);
			struct stream_part *part = &scripts[i].parts[j];
			*part = STREAM_MEMORY(slice_of(body + at, len));
			if (rng_below(&rng, 3) == 0)
				*part = (struct stream_part){ .bytes = { .len = len },
							      .descriptor = descriptor,
							      .at = at };
			buf_append(&expected, slice_of(body + at, len));
		}
		send_parts(client, &scripts[i].sent, scripts[i].parts, count);
		if (rng_below(&rng, 20) == 0) {
			server->hold = !server->hold;
			if (!server->hold && server->stream != NULL)
				stream_read_start(server->stream);
			run_for(f, 1);
		}
	}
	stream_finish(client->stream);
	server->hold = false;
	if (server->stream != NULL)
		stream_read_start(server->stream);
	run_until(f, all_here);
	assert_int_equal(server->got.len, expected.len);
	assert_memory_equal(server->got.data, expected.data, expected.len);
	assert_int_equal(client->writes_whole, WRITES);
	assert_int_equal(client->stream->bytes_queued, 0);
	close(descriptor);
	unlink(path);
	mem_free(scripts);
	mem_free(body);
}

static void closing_loses_what_was_not_written(void **state)
{
	struct fixture *f = *state;
	listen_with(f, (struct tcp_limits){ 0 });
	connect_here(f, 0);
	run_until(f, both_there);
	struct stream_part parts[] = { STREAM_MEMORY(SLICE("x")) };
	struct sent sent[2];
	send_parts(&f->ends[0], &sent[0], parts, 1);
	send_parts(&f->ends[0], &sent[1], parts, 1);
	end_close(&f->ends[0]);
	assert_int_equal(f->ends[0].writes_lost, 2);
	run_until(f, client_told);
	assert_int_equal(f->ends[END_MAX - 1].got.len, 0);
}

static void nobody_listens_there(void **state)
{
	struct fixture *f = *state;
	listen_with(f, (struct tcp_limits){ 0 });
	uint16_t port = tcp_listener_port(f->listener);
	struct tcp_address address = { .host = "127.0.0.1", .port = port };
	struct tcp_listener *second = NULL;
	assert_fails(tcp_listen(f->loop, &address, (struct tcp_limits){ 0 }, accepted, f, &second,
				&f->err),
		     &f->err, ERR_IO, "cannot listen on 127.0.0.1:");
	tcp_listener_close(f->listener);
	f->listener = NULL;
	run_for(f, 1);
	struct end *client = connect_to(f, 0, port);
	run_until(f, client_told);
	assert_non_null(strstr(client->err.text, "cannot connect to 127.0.0.1:"));
}

static bool three_ended(struct fixture *f)
{
	return f->ends[END_MAX - 3].ended || f->ends[END_MAX - 3].broken;
}

static void one_address_has_only_so_many_connections(void **state)
{
	struct fixture *f = *state;
	listen_with(f, (struct tcp_limits){ .connections_per_ip_max = 2 });
	connect_here(f, 0);
	connect_here(f, 1);
	connect_here(f, 2);
	run_until(f, three_ended);
	assert_int_equal(tcp_listener_connections(f->listener), 2);
	assert_int_equal(tcp_listener_refused(f->listener), 1);
	end_close(&f->ends[0]);
	run_for(f, 5);
	connect_here(f, 3);
	run_for(f, 20);
	assert_int_equal(f->accepted, 3);
	assert_int_equal(tcp_listener_connections(f->listener), 2);
}

static void past_the_limit_peers_wait_in_the_kernel(void **state)
{
	struct fixture *f = *state;
	listen_with(f, (struct tcp_limits){ .connections_max = 1 });
	connect_here(f, 0);
	connect_here(f, 1);
	run_for(f, 30);
	assert_int_equal(f->accepted, 1);
	assert_false(f->ends[END_MAX - 2].ended);
	end_close(&f->ends[0]);
	run_for(f, 30);
	assert_int_equal(f->accepted, 2);
	tcp_listener_limits(f->listener, (struct tcp_limits){ .connections_max = 5 });
	connect_here(f, 2);
	run_for(f, 30);
	assert_int_equal(f->accepted, 3);
}

static void addresses_are_read_as_people_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *text, *host;
		int port; /* -1: refused */
	} CASES[] = {
		{ "127.0.0.1:9092", "127.0.0.1", 9092 },
		{ ":0", "", 0 },
		{ "[::1]:65535", "::1", 65535 },
		{ "a.b:1", "a.b", 1 },
		{ "::1:5", "", -1 },
		{ "host", "", -1 },
		{ "host:", "", -1 },
		{ "host:65536", "", -1 },
		{ "host:1x", "", -1 },
		{ "", "", -1 },
	};
	struct err err;
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct tcp_address address = { .port = 7 };
		int code = tcp_address_parse(slice_str(CASES[i].text), &address, &err);
		assert_int_equal(code == 0, CASES[i].port >= 0);
		assert_int_equal(address.port, CASES[i].port >= 0 ? CASES[i].port : 7);
		assert_string_equal(address.host, CASES[i].host);
	}
}

#define TCP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(TCP_TEST(a_request_and_its_answer),
		  TCP_TEST(a_file_is_sent_between_memory_while_the_peer_is_slow),
		  TCP_TEST(a_file_that_is_too_short_breaks_the_stream),
		  TCP_TEST(what_is_read_is_what_was_written),
		  TCP_TEST(closing_loses_what_was_not_written), TCP_TEST(nobody_listens_there),
		  TCP_TEST(one_address_has_only_so_many_connections),
		  TCP_TEST(past_the_limit_peers_wait_in_the_kernel),
		  TEST(addresses_are_read_as_people_write_them));
}
