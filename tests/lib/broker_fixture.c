#include "tests/lib/broker_fixture.h"

#include "base/mem.h"
#include "broker/api.h"
#include "host/disk_sim.h"

#define FIXTURE_SEED 42
#define FIXTURE_WALL_MS INT64_C(1700000000000)
#define FRAME_BYTES_MAX ((size_t)64 * 1024 * 1024)

static void open_broker(struct fixture *f)
{
	struct broker_options options = { .disk = f->disk,
					  .dir = "data",
					  .configs = &f->started,
					  .host = "localhost",
					  .port = 9092,
					  .seed = FIXTURE_SEED,
					  .time = f->time };
	assert_ok(broker_open(&options, &f->broker, &f->err), &f->err);
}

int fixture_set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	f->disk = disk_sim_new(FIXTURE_SEED);
	f->time = (struct broker_time){ .now_ms = 1000, .wall_ms = FIXTURE_WALL_MS };
	f->client = (struct client){ .host = SLICE("127.0.0.1"),
				     .principal = SLICE("User:ANONYMOUS"),
				     .listener = SLICE("PLAINTEXT") };
	configs_init(&f->started, &BROKER_CONFIGS);
	open_broker(f);
	*state = f;
	return 0;
}

int fixture_tear_down(void **state)
{
	struct fixture *f = *state;
	assert_ok(broker_close(f->broker, true, &f->err), &f->err);
	configs_fini(&f->started);
	arena_fini(&f->arena);
	disk_sim_free(f->disk);
	mem_free(f);
	return 0;
}

void fixture_restart(struct fixture *f, bool clean)
{
	assert_ok(broker_close(f->broker, clean, &f->err), &f->err);
	if (!clean)
		disk_sim_crash(f->disk);
	open_broker(f);
}

void fixture_set(struct fixture *f, enum broker_config id, const char *value)
{
	configs_set(&f->started, id, slice_str(value));
}

void fixture_advance(struct fixture *f, int64_t ms)
{
	f->time.now_ms += ms;
	f->time.wall_ms += ms;
	broker_tick(f->broker, f->time);
}

void fixture_sync(struct fixture *f)
{
	for (;;) {
		struct log_job *job = broker_sync_job(f->broker, f->time);
		if (job == NULL)
			return;
		log_job_run(job);
		broker_job_end(f->broker, job, f->time, NULL);
	}
}

static void note_done(struct request *request)
{
	struct sent *sent = request->owner;
	assert_false(sent->done);
	sent->done = true;
}

struct sent *fixture_send(struct fixture *f, const struct message_type *request,
			  const struct message_type *response, int16_t version, const void *message)
{
	struct sent *sent = arena_new(&f->arena, struct sent);
	struct slice body;
	uint32_t len;
	sent->response = response;
	sent->version = version;
	sent->request = request_new(sent, &f->client, note_done);
	assert_ok(frame_write_request(request, version, 7, SLICE("test"), message,
				      &sent->request->frame, &f->err),
		  &f->err);
	assert_int_equal(frame_cut(buf_slice(&sent->request->frame), INT32_MAX, &body, &len),
			 FRAME_WHOLE);
	sent->request->body = body;
	broker_handle(f->broker, sent->request, f->time);
	return sent;
}

struct sent *fixture_send_body(struct fixture *f, struct slice body)
{
	struct sent *sent = arena_new(&f->arena, struct sent);
	sent->request = request_new(sent, &f->client, note_done);
	sent->request->body = body;
	broker_handle(f->broker, sent->request, f->time);
	return sent;
}

void fixture_drop(struct fixture *f, struct sent *sent)
{
	assert_false(sent->done);
	request_abandon(f->broker, sent->request);
	request_free(sent->request);
}

/* The frame as it would stand on the connection, splices put in their places. */
static void join(const struct buf *written, const struct splices *splices, struct buf *to)
{
	size_t at = 0;
	for (uint32_t i = 0; i < splices->list.len; i++) {
		const struct splice *splice = &splices->list.items[i];
		buf_append(to, slice_sub(buf_slice(written), at, splice->at - at));
		buf_append(to, splice->bytes);
		at = splice->at;
	}
	buf_append(to, slice_sub(buf_slice(written), at, SIZE_MAX));
}

void *fixture_take(struct fixture *f, struct sent *sent, bool *ret_close)
{
	struct buf written = BUF_INIT(FRAME_BYTES_MAX), joined = BUF_INIT(FRAME_BYTES_MAX);
	struct splices splices = { 0 };
	struct slice body;
	uint32_t len;
	int32_t id;
	void *answer = NULL;
	assert_true(sent->done);
	assert_ok(request_write(sent->request, &written, &splices, &f->err), &f->err);
	join(&written, &splices, &joined);
	if (joined.len > 0) {
		struct slice kept = arena_copy(&f->arena, buf_slice(&joined));
		assert_int_equal(frame_cut(kept, INT32_MAX, &body, &len), FRAME_WHOLE);
		assert_int_equal(body.len, kept.len - 4);
		assert_ok(frame_read_response(sent->response, sent->version, body, &f->arena, &id,
					      &answer, &f->err),
			  &f->err);
		assert_int_equal(id, 7);
	}
	*ret_close = sent->request->close;
	request_free(sent->request);
	vec_fini(&splices.list);
	buf_fini(&written);
	buf_fini(&joined);
	return answer;
}

void *fixture_ask(struct fixture *f, const struct message_type *request,
		  const struct message_type *response, int16_t version, const void *message)
{
	struct sent *sent = fixture_send(f, request, response, version, message);
	bool close;
	if (!f->no_sync)
		fixture_sync(f);
	for (int tries = 0; !sent->done && tries < 100; tries++)
		fixture_advance(f, 1000);
	void *answer = fixture_take(f, sent, &close);
	assert_false(close);
	return answer;
}

struct uuid fixture_create_topic(struct fixture *f, const char *name, int32_t partitions)
{
	struct create_topics_request *request = message_new(&f->arena, create_topics_request);
	request->topics.items = message_array(&f->arena, create_topics_request_topic, 1);
	request->topics.len = 1;
	request->topics.items[0].name = slice_str(name);
	request->topics.items[0].num_partitions = partitions;
	request->topics.items[0].replication_factor = -1;
	struct create_topics_response *response = ask(f, create_topics, 7, request);
	assert_int_equal(response->topics.len, 1);
	assert_int_equal(response->topics.items[0].error_code, 0);
	return response->topics.items[0].topic_id;
}

struct slice fixture_batch(struct fixture *f, const char *key, const char *value)
{
	struct buf bytes = BUF_INIT(1 << 20);
	struct record_options options = RECORD_OPTIONS_INIT;
	struct record_builder builder;
	struct event event = { .key = key != NULL ? slice_str(key) : SLICE_NULL,
			       .value = slice_str(value),
			       .timestamp_ms = f->time.wall_ms };
	record_builder_open(&builder, &options, 0, &bytes);
	record_builder_add(&builder, &event);
	assert_ok(record_builder_close(&builder, &f->err), &f->err);
	struct slice copy = arena_copy(&f->arena, buf_slice(&bytes));
	buf_fini(&bytes);
	return copy;
}

static struct produce_request *produce_request_of(struct fixture *f, const char *topic,
						  int32_t partition, struct slice records,
						  int16_t acks)
{
	struct produce_request *request = message_new(&f->arena, produce_request);
	request->acks = acks;
	request->timeout_ms = 30000;
	request->topic_data.items = message_array(&f->arena, produce_request_topic, 1);
	request->topic_data.len = 1;
	struct produce_request_topic *row = &request->topic_data.items[0];
	row->name = slice_str(topic);
	row->partition_data.items = message_array(&f->arena, produce_request_partition, 1);
	row->partition_data.len = 1;
	row->partition_data.items[0].index = partition;
	row->partition_data.items[0].records = records;
	return request;
}

int64_t fixture_produce(struct fixture *f, const char *topic, int32_t partition,
			struct slice records, int16_t acks, int16_t *ret_error)
{
	struct produce_request *request = produce_request_of(f, topic, partition, records, acks);
	struct produce_response *response = ask(f, produce, 9, request);
	struct produce_response_partition *answer =
		&response->responses.items[0].partition_responses.items[0];
	*ret_error = answer->error_code;
	return answer->base_offset;
}
