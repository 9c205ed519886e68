#include "tests/lib/test.h"
#include "base/mem.h"
#include "broker/api.h"
#include "broker/conn.h"

#define REQUESTS_MAX 256

/* A stream whose other end is the test: it gives bytes, and takes what was written when it likes.
 */
struct pipe {
	struct stream stream;
	struct list writes;
	struct buf taken; /* by the peer */
	bool reading, closed;
};

struct fixture {
	struct conns conns;
	struct budget memory;
	struct pipe pipes[2];
	struct conn *conn; /* over pipes[0] */
	struct request *begun[REQUESTS_MAX];
	unsigned begun_len, abandoned;
	bool answer_at_once;
	bool woken;
	int64_t now_ms, muted_ms;
	unsigned closed;
	char why[256];
	struct err err;
};

static struct pipe *pipe_of(struct stream *stream)
{
	return CONTAINER_OF(stream, struct pipe, stream);
}

static void pipe_read_start(struct stream *stream)
{
	pipe_of(stream)->reading = true;
}

static void pipe_read_stop(struct stream *stream)
{
	pipe_of(stream)->reading = false;
}

static void pipe_write(struct stream *stream, struct stream_write *write)
{
	assert_false(pipe_of(stream)->closed);
	list_init(&write->link);
	list_push_back(&pipe_of(stream)->writes, &write->link);
	for (uint32_t i = 0; i < write->part_count; i++)
		stream->bytes_queued += write->parts[i].bytes.len;
}

static void pipe_finish(struct stream *stream)
{
	(void)stream;
}

static struct stream_write *pipe_pop(struct pipe *pipe)
{
	struct list *link = list_pop_front(&pipe->writes);
	if (link == NULL)
		return NULL;
	struct stream_write *write = list_item(link, struct stream_write, link);
	for (uint32_t i = 0; i < write->part_count; i++)
		pipe->stream.bytes_queued -= write->parts[i].bytes.len;
	return write;
}

static void pipe_close(struct stream *stream)
{
	struct pipe *pipe = pipe_of(stream);
	pipe->closed = true;
	for (struct stream_write *write; (write = pipe_pop(pipe)) != NULL;)
		write->done(write, false);
}

static const struct stream_ops PIPE_OPS = {
	.read_start = pipe_read_start,
	.read_stop = pipe_read_stop,
	.write = pipe_write,
	.finish = pipe_finish,
	.close = pipe_close,
};

/* The peer takes one write; whether there was one. */
static bool take_one(struct pipe *pipe)
{
	struct stream_write *write = pipe_pop(pipe);
	if (write == NULL)
		return false;
	for (uint32_t i = 0; i < write->part_count; i++)
		buf_append(&pipe->taken, write->parts[i].bytes);
	write->done(write, true);
	return true;
}

static void take_all(struct pipe *pipe)
{
	while (!pipe->closed && take_one(pipe))
		;
}

/* The peer sends; what the connection will not take now stays unsent. Yields how much went. */
static size_t give(struct pipe *pipe, struct slice bytes)
{
	size_t given = 0;
	while (given < bytes.len && pipe->reading && !pipe->closed) {
		size_t len = 0;
		uint8_t *room = pipe->stream.user->room(&pipe->stream, &len);
		if (room == NULL) {
			pipe->reading = false;
			break;
		}
		size_t n = MIN(len, bytes.len - given);
		memcpy(room, bytes.data + given, n);
		given += n;
		pipe->stream.user->read(&pipe->stream, n);
	}
	return given;
}

/* Reads the request as the broker would. */
static void receive(struct request *request)
{
	struct err err;
	struct frame_start start = { 0 };
	static const struct api API_VERSIONS = { .response = &api_versions_response_message };
	assert_ok(frame_peek(request->body, &start, &err), &err);
	assert_int_equal(start.key, 18);
	request->state = REQUEST_RUNNING;
	request->api = &API_VERSIONS;
	request->version = request->response_version = start.version;
	request->correlation_id = start.correlation_id;
}

/* An answer to ApiVersions that says which request it answers by its throttle time. */
static void answer(struct request *request)
{
	struct api_versions_response *response = request_response(request);
	response->throttle_time_ms = request->correlation_id;
	request_finish(request);
}

static void begin(struct conns *conns, struct request *request)
{
	struct fixture *f = conns->arg;
	receive(request);
	assert_true(f->begun_len < REQUESTS_MAX || f->answer_at_once);
	if (!f->answer_at_once)
		f->begun[f->begun_len] = request;
	f->begun_len++;
	if (f->answer_at_once)
		answer(request);
}

static void abandon(struct conns *conns, struct request *request)
{
	struct fixture *f = conns->arg;
	f->abandoned++;
	request_abandon(NULL, request);
}

static void on_closed(struct conn *conn, const char *why)
{
	struct fixture *f = conn_conns(conn)->arg;
	f->closed++;
	size_t len = MIN(strlen(why), sizeof(f->why) - 1);
	memcpy(f->why, why, len);
	f->why[len] = '\0';
}

static void on_muted(struct conn *conn, int64_t ms)
{
	struct fixture *f = conn_conns(conn)->arg;
	f->muted_ms = ms;
}

static void on_wake(struct conns *conns)
{
	struct fixture *f = conns->arg;
	f->woken = true;
}

static int64_t now_ms(struct conns *conns)
{
	const struct fixture *f = conns->arg;
	return f->now_ms;
}

static const struct conns_owner OWNER = {
	.begin = begin,
	.abandon = abandon,
	.closed = on_closed,
	.muted = on_muted,
	.wake = on_wake,
	.now_ms = now_ms,
};

static struct conn *open_over(struct fixture *f, unsigned index)
{
	struct pipe *pipe = &f->pipes[index];
	pipe->stream.ops = &PIPE_OPS;
	list_init(&pipe->writes);
	buf_init(&pipe->taken, 1 << 24);
	return conn_open(&f->conns, &pipe->stream, "a peer", f);
}

static int set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	budget_init(&f->memory, 1 << 20);
	struct conn_limits limits = { .request_bytes_max = 100000,
				      .in_flight_max = 4,
				      .answer_bytes_max = 1 << 20 };
	conns_init(&f->conns, limits, &f->memory, &OWNER, f);
	f->conn = open_over(f, 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	conns_fini(&f->conns);
	assert_int_equal(f->memory.bytes_used, 0); /* every reservation came back */
	buf_fini(&f->pipes[0].taken);
	buf_fini(&f->pipes[1].taken);
	mem_free(f);
	return 0;
}

/* Requests numbered from `first`, each with a body of about `bytes` bytes. */
static void build(struct buf *to, int32_t first, int32_t count, size_t bytes)
{
	struct err err;
	uint8_t *name = mem_array(uint8_t, bytes + 1);
	memset(name, 'x', bytes);
	struct api_versions_request request = {
		.client_software_name = slice_of(name, bytes),
		.client_software_version = SLICE("1"),
	};
	for (int32_t i = 0; i < count; i++)
		assert_ok(frame_write_request(&api_versions_request_message, 3, first + i,
					      SLICE("me"), &request, to, &err),
			  &err);
	mem_free(name);
}

/* The correlation ids of the answers taken, each checked against what it says inside. */
static void assert_answers(struct pipe *pipe, int32_t first, int32_t count)
{
	struct err err;
	struct arena arena = { 0 };
	struct slice left = buf_slice(&pipe->taken);
	for (int32_t i = 0; i < count; i++) {
		struct slice body;
		uint32_t len;
		assert_int_equal(frame_cut(left, 1 << 20, &body, &len), FRAME_WHOLE);
		int32_t id = -1;
		const struct api_versions_response *response;
		assert_ok(frame_read_response(&api_versions_response_message, 3, body, &arena, &id,
					      &response, &err),
			  &err);
		assert_int_equal(id, first + i);
		assert_int_equal(response->throttle_time_ms, first + i);
		left = slice_sub(left, 4 + (size_t)len, SIZE_MAX);
	}
	assert_int_equal(left.len, 0);
	arena_fini(&arena);
}

static void frames_are_found_however_the_bytes_come(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { .state = rng_seed_from_env() };
	f->answer_at_once = true;
	int32_t sent = 0;
	for (int round = 0; round < 200; round++) {
		CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 22);
		static const size_t SIZES[] = { 0, 10, 5000, 90000 };
		int32_t count = 1 + (int32_t)rng_below(&rng, 6);
		for (int32_t i = 0; i < count; i++)
			build(&bytes, sent + i, 1, SIZES[rng_below(&rng, COUNT_OF(SIZES))]);
		sent += count;
		for (size_t at = 0; at < bytes.len;) {
			size_t most = UINT64_C(1) << rng_below(&rng, 18);
			size_t n = 1 + (size_t)rng_below(&rng, most);
			at += give(&f->pipes[0], slice_sub(buf_slice(&bytes), at, n));
			if (rng_below(&rng, 3) == 0 || !f->pipes[0].reading)
				take_all(&f->pipes[0]);
		}
	}
	take_all(&f->pipes[0]);
	assert_int_equal(f->begun_len, sent);
	assert_int_equal(f->closed, 0);
	assert_answers(&f->pipes[0], 0, sent);
}

static void answers_leave_in_the_order_of_their_requests(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 7, 3, 3);
	assert_int_equal(give(&f->pipes[0], buf_slice(&bytes)), bytes.len);
	assert_int_equal(f->begun_len, 3); /* later ones are begun though none is answered */
	answer(f->begun[2]);
	answer(f->begun[1]);
	assert_false(take_one(&f->pipes[0]));
	answer(f->begun[0]);
	take_all(&f->pipes[0]);
	assert_answers(&f->pipes[0], 7, 3);
}

static void an_answer_of_nothing_keeps_the_order(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 0, 3, 3);
	give(&f->pipes[0], buf_slice(&bytes));
	f->begun[0]->no_response = true;
	request_finish(f->begun[0]);
	answer(f->begun[2]);
	answer(f->begun[1]);
	take_all(&f->pipes[0]);
	assert_answers(&f->pipes[0], 1, 2);
	assert_int_equal(conn_in_flight(f->conn), 0);
}

static void records_are_sent_from_where_they_lie(void **state)
{
	struct fixture *f = *state;
	static const struct api FETCH = { .response = &fetch_response_message };
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 0, 1, 3);
	give(&f->pipes[0], buf_slice(&bytes));
	struct request *request = f->begun[0];
	request->api = &FETCH;
	request->version = request->response_version = 4;

	struct stream_part parts[] = { STREAM_MEMORY(SLICE("ab")), STREAM_MEMORY(SLICE("c")) };
	struct fetch_response *response = request_response(request);
	request_rope(request, parts, 1);
	request_forget_response(request); /* as a fetch does that parks and looks again */
	response = request_response(request);
	response->responses.len = 1;
	response->responses.items = message_array(&request->arena, fetch_response_topic, 1);
	struct fetch_response_topic *topic = &response->responses.items[0];
	topic->topic = SLICE("t");
	topic->partitions.len = 3;
	topic->partitions.items = message_array(&request->arena, fetch_response_partition, 3);
	topic->partitions.items[0].records = request_rope(request, parts, 2);
	topic->partitions.items[1].records = SLICE("xyz");
	topic->partitions.items[2].records = request_rope(request, parts, 1);
	request_finish(request);
	take_all(&f->pipes[0]);

	struct err err;
	struct arena arena = { 0 };
	const struct fetch_response *got;
	int32_t id;
	struct slice body = slice_sub(buf_slice(&f->pipes[0].taken), 4, SIZE_MAX);
	assert_ok(frame_read_response(&fetch_response_message, 4, body, &arena, &id, &got, &err),
		  &err);
	const struct fetch_response_partition *items = got->responses.items[0].partitions.items;
	assert_slice(items[0].records, "abc");
	assert_slice(items[1].records, "xyz");
	assert_slice(items[2].records, "ab");
	arena_fini(&arena);
}

static void a_length_that_cannot_be_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	static const uint32_t LENGTHS[] = { 100001, 0x80000000, 0xFFFFFFFF, 7, 0 };
	for (size_t i = 0; i < COUNT_OF(LENGTHS); i++) {
		if (i > 0)
			f->conn = open_over(f, 0);
		f->pipes[0].closed = false;
		uint8_t head[4];
		store_be32(head, LENGTHS[i]);
		give(&f->pipes[0], slice_of(head, 4));
		assert_int_equal(f->closed, i + 1);
		assert_non_null(strstr(f->why, "it announces a request of"));
		assert_true(f->pipes[0].closed);
	}
}

static void too_many_in_flight_stop_the_reading(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 0, 10, 3);
	assert_int_equal(give(&f->pipes[0], buf_slice(&bytes)), bytes.len); /* one read, held */
	assert_int_equal(f->begun_len, 4);
	assert_false(f->pipes[0].reading);
	for (unsigned i = 0; i < 10; i++) {
		assert_true(f->begun_len > i);
		assert_true(f->begun_len <= i + 4);
		answer(f->begun[i]);
		take_all(&f->pipes[0]);
	}
	assert_true(f->pipes[0].reading);
	assert_answers(&f->pipes[0], 0, 10);
}

static void a_body_is_read_only_when_there_is_memory_for_it(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 20);
	f->memory.bytes_max = 100000;
	open_over(f, 1);
	build(&bytes, 0, 1, 90000);
	give(&f->pipes[0], buf_slice(&bytes));
	assert_int_equal(f->begun_len, 1);
	size_t given = give(&f->pipes[1], buf_slice(&bytes));
	assert_true(given < bytes.len);
	assert_false(f->pipes[1].reading);
	size_t used = f->memory.bytes_used;
	answer(f->begun[0]);
	assert_true(f->memory.bytes_used >= used); /* not before the peer took the answer */
	take_all(&f->pipes[0]);
	assert_true(f->woken);
	conns_step(&f->conns);
	assert_true(f->pipes[1].reading);
	given += give(&f->pipes[1], slice_sub(buf_slice(&bytes), given, SIZE_MAX));
	assert_int_equal(given, bytes.len);
	assert_int_equal(f->begun_len, 2);
	answer(f->begun[1]);
	take_all(&f->pipes[1]);
	assert_answers(&f->pipes[1], 0, 1);
}

static void who_waits_for_memory_may_leave(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 20);
	f->memory.bytes_max = 100000;
	struct conn *second = open_over(f, 1);
	build(&bytes, 0, 1, 60000);
	give(&f->pipes[0], buf_slice(&bytes));
	give(&f->pipes[1], buf_slice(&bytes));
	conn_close(second, "test");
	answer(f->begun[0]);
	take_all(&f->pipes[0]);
	assert_false(f->woken);
	assert_int_equal(f->memory.bytes_used, 0);
}

static void who_left_waits_for_nothing(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 0, 4, 3);
	give(&f->pipes[0], slice_sub(buf_slice(&bytes), 0, bytes.len - 1));
	answer(f->begun[0]); /* being written */
	answer(f->begun[2]); /* done, and held back by the one before */
	f->pipes[0].stream.user->ended(&f->pipes[0].stream);
	assert_int_equal(f->abandoned, 1);
	assert_string_equal(f->why, "the client left");
	assert_int_equal(f->memory.bytes_used, 0);
}

static void a_request_may_be_the_last(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 0, 3, 3);
	give(&f->pipes[0], buf_slice(&bytes));
	f->begun[1]->close = true;
	answer(f->begun[1]);
	answer(f->begun[0]);
	assert_int_equal(f->closed, 0);
	take_all(&f->pipes[0]);
	assert_int_equal(f->closed, 1);
	assert_int_equal(f->abandoned, 1);
	assert_answers(&f->pipes[0], 0, 2);
}

static void a_muted_connection_is_answered_and_not_read(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 0, 3, 3);
	size_t one = bytes.len / 3;
	give(&f->pipes[0], slice_sub(buf_slice(&bytes), 0, one + 5));
	f->begun[0]->throttle_ms = 250;
	answer(f->begun[0]);
	assert_int_equal(f->muted_ms, 250);
	assert_true(take_one(&f->pipes[0]));
	assert_int_equal(give(&f->pipes[0], slice_sub(buf_slice(&bytes), one + 5, SIZE_MAX)), 0);
	conn_unmute(f->conn);
	give(&f->pipes[0], slice_sub(buf_slice(&bytes), one + 5, SIZE_MAX));
	assert_int_equal(f->begun_len, 3);
}

static void a_draining_connection_answers_and_closes(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	build(&bytes, 0, 2, 3);
	give(&f->pipes[0], buf_slice(&bytes));
	conns_drain(&f->conns);
	assert_int_equal(f->closed, 0);
	answer(f->begun[0]);
	answer(f->begun[1]);
	take_all(&f->pipes[0]);
	assert_int_equal(f->closed, 1);
	assert_answers(&f->pipes[0], 0, 2);
}

static void idle_is_who_has_nothing_in_flight(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(1 << 16);
	assert_int_equal(conn_idle_since_ms(f->conn), 0);
	f->now_ms = 5;
	build(&bytes, 0, 1, 3);
	give(&f->pipes[0], buf_slice(&bytes));
	assert_true(conn_idle_since_ms(f->conn) == INT64_MAX);
	f->now_ms = 9;
	answer(f->begun[0]);
	take_all(&f->pipes[0]);
	assert_int_equal(conn_idle_since_ms(f->conn), 9);
}

#define CONN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(CONN_TEST(frames_are_found_however_the_bytes_come),
		  CONN_TEST(answers_leave_in_the_order_of_their_requests),
		  CONN_TEST(an_answer_of_nothing_keeps_the_order),
		  CONN_TEST(records_are_sent_from_where_they_lie),
		  CONN_TEST(a_length_that_cannot_be_ends_the_connection),
		  CONN_TEST(too_many_in_flight_stop_the_reading),
		  CONN_TEST(a_body_is_read_only_when_there_is_memory_for_it),
		  CONN_TEST(who_waits_for_memory_may_leave), CONN_TEST(who_left_waits_for_nothing),
		  CONN_TEST(a_request_may_be_the_last),
		  CONN_TEST(a_muted_connection_is_answered_and_not_read),
		  CONN_TEST(a_draining_connection_answers_and_closes),
		  CONN_TEST(idle_is_who_has_nothing_in_flight));
}
