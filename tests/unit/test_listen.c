#include "tests/lib/test.h"
#include "base/mem.h"
#include "broker/api.h"
#include "broker/listen.h"

struct fixture {
	struct loop *loop;
	struct listen *listen;
	struct stream *client; /* NULL: closed */
	uint8_t room[4096];
	struct buf got;
	struct buf sent;
	struct stream_part part;
	struct stream_write write;
	struct request *held;
	bool hold, opened, ended, drained, abandoned;
	int32_t throttle_ms;
	struct timer deadline;
	struct err err;
};

static void answer(struct request *request)
{
	struct api_versions_response *response = request_response(request);
	response->throttle_time_ms = request->correlation_id;
	request_finish(request);
}

static void begin(void *arg, struct request *request)
{
	static const struct api API_VERSIONS = { .response = &api_versions_response_message };
	struct fixture *f = arg;
	struct frame_start start = { 0 };
	assert_ok(frame_peek(request->body, &start, &f->err), &f->err);
	request->state = REQUEST_RUNNING;
	request->api = &API_VERSIONS;
	request->version = request->response_version = start.version;
	request->correlation_id = start.correlation_id;
	request->throttle_ms = f->throttle_ms;
	assert_slice(request->client->host, "127.0.0.1");
	if (f->hold)
		f->held = request;
	else
		answer(request);
}

static void abandon(void *arg, struct request *request)
{
	struct fixture *f = arg;
	request_abandon(NULL, request);
	f->abandoned = true;
	f->held = NULL;
}

static void drained(void *arg)
{
	struct fixture *f = arg;
	f->drained = true;
	loop_stop(f->loop);
}

static const struct listen_user USER = { .begin = begin, .abandon = abandon, .drained = drained };

static uint8_t *client_room(struct stream *stream, size_t *ret_len)
{
	struct fixture *f = stream->arg;
	*ret_len = sizeof(f->room);
	return f->room;
}

static void client_read(struct stream *stream, size_t len)
{
	struct fixture *f = stream->arg;
	buf_append(&f->got, slice_of(f->room, len));
	loop_stop(f->loop);
}

static void client_ended(struct stream *stream)
{
	struct fixture *f = stream->arg;
	f->ended = true;
	loop_stop(f->loop);
}

static void client_broken(struct stream *stream, const struct err *err)
{
	(void)err;
	client_ended(stream);
}

static void client_opened(struct stream *stream)
{
	struct fixture *f = stream->arg;
	f->opened = true;
	stream_read_start(stream);
	loop_stop(f->loop);
}

static const struct stream_user CLIENT_USER = {
	.room = client_room,
	.read = client_read,
	.ended = client_ended,
	.broken = client_broken,
	.opened = client_opened,
};

static void time_up(struct timer *timer)
{
	loop_stop(CONTAINER_OF(timer, struct fixture, deadline)->loop);
}

static void run_for(struct fixture *f, int64_t ms)
{
	timer_arm(&f->deadline, ms);
	while (timer_armed(&f->deadline))
		loop_run(f->loop);
}

/* Runs until something is told that the test waits for, ten seconds at most. */
static void run_until(struct fixture *f, const bool *happened)
{
	timer_arm(&f->deadline, 10000);
	while (!*happened && timer_armed(&f->deadline))
		loop_run(f->loop);
	timer_cancel(&f->deadline);
	assert_true(*happened);
}

static void run_until_got(struct fixture *f, size_t bytes)
{
	timer_arm(&f->deadline, 10000);
	while (f->got.len < bytes && timer_armed(&f->deadline))
		loop_run(f->loop);
	timer_cancel(&f->deadline);
	assert_true(f->got.len >= bytes);
}

static void open_with(struct fixture *f, int64_t idle_ms_max)
{
	struct listen_settings settings = LISTEN_DEFAULTS;
	settings.address.port = 0;
	settings.idle_ms_max = idle_ms_max;
	assert_ok(listen_open(f->loop, &settings, &USER, f, &f->listen, &f->err), &f->err);
	struct tcp_address address = { .host = "127.0.0.1", .port = listen_port(f->listen) };
	assert_ok(tcp_connect(f->loop, &address, &CLIENT_USER, f, &f->client, &f->err), &f->err);
	run_until(f, &f->opened);
}

static void written(struct stream_write *write, bool whole)
{
	(void)write;
	assert_true(whole);
}

static void send_requests(struct fixture *f, int32_t count)
{
	struct api_versions_request request = { .client_software_name = SLICE("test"),
						.client_software_version = SLICE("1") };
	for (int32_t i = 0; i < count; i++)
		assert_ok(frame_write_request(&api_versions_request_message, 3, 1 + i, SLICE("me"),
					      &request, &f->sent, &f->err),
			  &f->err);
	f->part = STREAM_MEMORY(buf_slice(&f->sent));
	f->write = (struct stream_write){ .parts = &f->part, .part_count = 1, .done = written };
	stream_write(f->client, &f->write);
}

static int set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	f->loop = loop_new();
	buf_init(&f->got, 1 << 20);
	buf_init(&f->sent, 1 << 20);
	timer_init(&f->deadline, f->loop, time_up);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	if (f->client != NULL)
		stream_close(f->client);
	listen_close(f->listen);
	timer_cancel(&f->deadline);
	loop_free(f->loop);
	buf_fini(&f->got);
	buf_fini(&f->sent);
	mem_free(f);
	return 0;
}

#define ANSWER_BYTES                                                                               \
	16 /* an ApiVersions answer without APIs: length, id, error, array, time, tags */

static void requests_come_in_and_answers_go_out(void **state)
{
	struct fixture *f = *state;
	open_with(f, 60000);
	send_requests(f, 3);
	run_until_got(f, 3 * ANSWER_BYTES);
	assert_int_equal(f->got.len, 3 * ANSWER_BYTES);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(load_be32(f->got.data + i * ANSWER_BYTES + 4), i + 1);
	assert_int_equal(listen_connections(f->listen), 1);
}

static void who_idles_is_sent_away(void **state)
{
	struct fixture *f = *state;
	open_with(f, 60);
	f->hold = true;
	send_requests(f, 1);
	run_for(f, 150);
	assert_false(f->ended); /* it waits for an answer: that is not idle */
	answer(f->held);
	run_until_got(f, ANSWER_BYTES);
	assert_false(f->ended);
	run_until(f, &f->ended);
	run_for(f, 5);
	assert_int_equal(listen_connections(f->listen), 0);
}

static void who_is_over_quota_is_read_later(void **state)
{
	struct fixture *f = *state;
	open_with(f, 60000);
	f->throttle_ms = 300;
	int64_t before = clock_now_us();
	send_requests(f, 2);
	run_until_got(f, ANSWER_BYTES);
	assert_true(f->got.len < 2 * ANSWER_BYTES); /* the first at once, the second not */
	run_until_got(f, 2 * ANSWER_BYTES);
	assert_true(clock_now_us() - before >= 200000); /* timers go by the turn's start */
}

static void draining_waits_for_answers(void **state)
{
	struct fixture *f = *state;
	open_with(f, 60000);
	f->hold = true;
	send_requests(f, 1);
	run_for(f, 20);
	listen_drain(f->listen, 10000);
	run_for(f, 20);
	assert_false(f->drained);
	answer(f->held);
	run_until(f, &f->drained);
	run_until(f, &f->ended);
	assert_int_equal(f->got.len, ANSWER_BYTES);
}

static void draining_does_not_wait_for_ever(void **state)
{
	struct fixture *f = *state;
	open_with(f, 60000);
	f->hold = true;
	send_requests(f, 1);
	run_for(f, 20);
	listen_drain(f->listen, 30);
	run_until(f, &f->drained);
	assert_true(f->abandoned);
}

#define LISTEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(LISTEN_TEST(requests_come_in_and_answers_go_out),
		  LISTEN_TEST(who_idles_is_sent_away), LISTEN_TEST(who_is_over_quota_is_read_later),
		  LISTEN_TEST(draining_waits_for_answers),
		  LISTEN_TEST(draining_does_not_wait_for_ever));
}
