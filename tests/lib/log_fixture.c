#include "tests/lib/log_fixture.h"

#define SCRATCH_MAX ((size_t)64 * 1024 * 1024)

static void count_advanced(void *arg, struct log *log)
{
	struct log_fixture *fixture = arg;
	(void)log;
	fixture->advanced++;
}

static void count_failed(void *arg, const struct err *err)
{
	struct log_fixture *fixture = arg;
	(void)err;
	fixture->failed++;
}

void log_fixture_init(struct log_fixture *fixture, uint64_t seed)
{
	*fixture = (struct log_fixture){
		.disk = disk_sim_new(seed),
		.batch = BUF_INIT(SCRATCH_MAX),
		.bytes = BUF_INIT(SCRATCH_MAX),
		.now_ms = LOG_FIXTURE_NOW,
	};
	fixture->options = (struct log_store_options){
		.dir = "data",
		.listener = { fixture, count_advanced, count_failed },
		.wal_file_bytes = (size_t)1024 * 1024,
		.node_id = 1,
	};
}

int log_fixture_open(struct log_fixture *fixture)
{
	assert(fixture->store == NULL);
	fixture->options.now_ms = fixture->now_ms;
	return log_store_open(fixture->disk, &fixture->options, &fixture->store, &fixture->err);
}

void log_fixture_close(struct log_fixture *fixture)
{
	assert_ok(log_store_close(fixture->store, fixture->now_ms, &fixture->err), &fixture->err);
	fixture->store = NULL;
}

void log_fixture_crash(struct log_fixture *fixture)
{
	disk_sim_crash(fixture->disk);
	if (fixture->store != NULL)
		log_store_abandon(fixture->store);
	fixture->store = NULL;
}

void log_fixture_fini(struct log_fixture *fixture)
{
	if (fixture->store != NULL)
		log_store_abandon(fixture->store);
	disk_sim_free(fixture->disk);
	buf_fini(&fixture->batch);
	buf_fini(&fixture->bytes);
}

struct log *log_fixture_create(struct log_fixture *fixture, const char *topic,
			       const struct log_config *config)
{
	struct log *log = NULL;
	struct log_config otherwise = log_config_default();
	struct uuid id = { { 1, 2, 3 } };
	memcpy(id.bytes + 4, topic, MIN(strlen(topic), 12));
	assert_ok(log_store_create(fixture->store, topic, 0, id,
				   config != NULL ? config : &otherwise, &log, &fixture->err),
		  &fixture->err);
	return log;
}

struct log *log_fixture_find(struct log_fixture *fixture, const char *topic)
{
	struct log *log = log_store_find(fixture->store, topic, 0);
	assert_non_null(log);
	return log;
}

struct record_batch log_fixture_batch(struct log_fixture *fixture, const struct batch_spec *spec)
{
	struct record_options options = RECORD_OPTIONS_INIT;
	struct record_builder builder;
	struct record_batch batch;
	struct record_fault fault;
	CLEANUP(buf_fini) struct buf text = BUF_INIT(SCRATCH_MAX);
	options.codec = spec->codec;
	if (spec->producer_id != 0) {
		options.producer_id = spec->producer_id;
		options.producer_epoch = spec->epoch;
		options.base_sequence = spec->sequence;
		options.transactional = spec->transactional;
	}
	buf_reset(&fixture->batch);
	record_builder_open(&builder, &options, 0, &fixture->batch);
	for (int32_t i = 0; i < spec->n; i++) {
		buf_reset(&text);
		buf_printf(&text, "k%lld", (long long)spec->key + i);
		size_t key_len = text.len;
		buf_printf(&text, "v%lld", (long long)spec->value + i);
		for (size_t pad = 0; pad < spec->pad; pad++)
			buf_append_u8(&text, '.');
		struct slice all = buf_slice(&text);
		struct event event = {
			.key = slice_sub(all, 0, key_len),
			.value = spec->value < 0 ? SLICE_NULL : slice_sub(all, key_len, SIZE_MAX),
			.timestamp_ms =
				spec->timestamp_ms != 0 ? spec->timestamp_ms : fixture->now_ms,
		};
		record_builder_add(&builder, &event);
	}
	assert_ok(record_builder_close(&builder, &fixture->err), &fixture->err);
	assert_true(record_batch_check(buf_slice(&fixture->batch), &batch, &fault));
	return batch;
}

int log_fixture_append(struct log_fixture *fixture, struct log *log, const struct batch_spec *spec,
		       struct log_append *append)
{
	*append = (struct log_append){ .batch = log_fixture_batch(fixture, spec),
				       .now_ms = fixture->now_ms,
				       .txn_verified = true };
	return log_append(log, append, &fixture->err);
}

int log_fixture_marker(struct log_fixture *fixture, struct log *log, enum record_control type,
		       int64_t producer_id, int16_t epoch, struct log_append *append)
{
	struct record_fault fault;
	buf_reset(&fixture->batch);
	assert_ok(record_control_build(type, producer_id, epoch, 0, fixture->now_ms,
				       &fixture->batch, &fixture->err),
		  &fixture->err);
	*append = (struct log_append){ .now_ms = fixture->now_ms, .internal = true };
	assert_true(record_batch_check(buf_slice(&fixture->batch), &append->batch, &fault));
	return log_append(log, append, &fixture->err);
}

static void visit_batch(struct log_fixture *fixture, const struct record_batch *batch, int64_t from,
			int64_t limit, log_fixture_visit *visit, void *arg)
{
	CLEANUP(buf_fini) struct buf scratch = BUF_INIT(SCRATCH_MAX);
	struct record_walk walk;
	struct event event;
	bool more = true;
	assert_true(batch->base_offset < limit);
	assert_ok(record_walk_open(&walk, batch, &scratch, &fixture->err), &fixture->err);
	while (more) {
		assert_ok(record_walk_next(&walk, &event, &more, &fixture->err), &fixture->err);
		if (more && event.offset >= from)
			visit(arg, batch, &event);
	}
	record_walk_close(&walk);
}

int16_t log_fixture_read(struct log_fixture *fixture, struct log *log, int64_t from,
			 enum log_isolation isolation, log_fixture_visit *visit, void *arg)
{
	for (;;) {
		struct log_read read = { .offset = from,
					 .bytes_max = 3000,
					 .isolation = isolation };
		int64_t next = from;
		assert_ok(log_read(log, &read, &fixture->err), &fixture->err);
		int16_t error = read.kafka_error;
		for (uint32_t i = 0; i < read.nspans && error == 0; i++) {
			struct slice left;
			struct record_batch batch;
			struct record_fault fault;
			int code = log_span_load(&read.spans[i], &fixture->bytes, &left,
						 &fixture->err);
			if (code == ERR_CORRUPT) {
				error = KAFKA_CORRUPT_MESSAGE;
				break;
			}
			assert_ok(code, &fixture->err);
			while (record_batch_check(left, &batch, &fault)) {
				visit_batch(fixture, &batch, from, read.limit, visit, arg);
				next = record_batch_last_offset(&batch) + 1;
				left = slice_sub(left, batch.bytes.len, SIZE_MAX);
			}
		}
		log_read_done(&read);
		if (error != 0)
			return error;
		if (next == from)
			return 0;
		from = next;
	}
}

static void print_record(void *arg, const struct record_batch *batch, const struct event *event)
{
	struct buf *text = arg;
	bool control = (batch->attributes & RECORD_CONTROL) != 0;
	buf_printf(text, "%s%lld:", text->len > 0 ? " " : "", (long long)event->offset);
	if (control)
		buf_append_str(text, event->key.data[3] == RECORD_COMMIT ? "commit" : "abort");
	else if (slice_is_null(event->value))
		buf_printf(text, "%.*s=-", SLICE_ARGS(event->key));
	else
		buf_printf(text, "%.*s=%.*s", SLICE_ARGS(event->key), SLICE_ARGS(event->value));
}

const char *log_fixture_text(struct log_fixture *fixture, struct log *log, int64_t from,
			     enum log_isolation isolation)
{
	buf_reset(&fixture->batch);
	int16_t error =
		log_fixture_read(fixture, log, from, isolation, print_record, &fixture->batch);
	if (error != 0)
		buf_printf(&fixture->batch, " error %d", error);
	return buf_str(&fixture->batch);
}
