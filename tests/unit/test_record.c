#include "wire/record.h"

#include "base/crc32c.h"

#include "tests/lib/test.h"

#define BUILD_MAX ((size_t)8 << 20)

/* One record (key "k", value "vv", header h=x) as Kafka's format describes it, but for the crc. */
static const char BY_HAND[] = "\0\0\0\0\0\0\0\x05" /* base offset 5 */
			      "\0\0\0\x3f"         /* length 63 */
			      "\0\0\0\x07"         /* leader epoch */
			      "\x02"
			      "CRC!"
			      "\0\0"
			      "\0\0\0\0" /* last offset delta */
			      "\0\0\0\0\0\0\x03\xe8"
			      "\0\0\0\0\0\0\x03\xe8"
			      "\xff\xff\xff\xff\xff\xff\xff\xff"
			      "\xff\xff"
			      "\xff\xff\xff\xff"
			      "\0\0\0\1"
			      "\x1a" /* 13 bytes */
			      "\0\0\0\x02k\x04vv\x02\x02h\x02x";
#define BY_HAND_BYTES (sizeof(BY_HAND) - 1)

static void by_hand(uint8_t *to)
{
	memcpy(to, BY_HAND, BY_HAND_BYTES);
	store_be32(to + 17, crc32c(0, slice_of(to + 21, BY_HAND_BYTES - 21)));
}

static void a_batch_written_by_hand_is_read(void **state)
{
	(void)state;
	uint8_t bytes[BY_HAND_BYTES];
	struct record_batch batch;
	struct record_fault fault;
	struct err err;
	by_hand(bytes);
	assert_int_equal(sizeof(bytes), 63 + 12);
	assert_true(record_batch_check(slice_of(bytes, sizeof(bytes)), &batch, &fault));
	assert_int_equal(batch.base_offset, 5);
	assert_int_equal(batch.leader_epoch, 7);
	assert_int_equal(batch.producer_id, -1);
	struct record_walk walk;
	struct event event;
	bool more;
	struct buf scratch = BUF_INIT(BUILD_MAX);
	assert_ok(record_walk_open(&walk, &batch, &scratch, &err), &err);
	assert_ok(record_walk_next(&walk, &event, &more, &err), &err);
	assert_true(more);
	assert_slice(event.key, "k");
	assert_slice(event.value, "vv");
	assert_int_equal(event.timestamp_ms, 1000);
	assert_int_equal(event.offset, 5);
	assert_int_equal(event.nheaders, 1);
	assert_slice(event.headers[0].key, "h");
	assert_slice(event.headers[0].value, "x");
	assert_ok(record_walk_next(&walk, &event, &more, &err), &err);
	assert_false(more);
	record_walk_close(&walk);
}

static void the_builder_writes_the_same_bytes(void **state)
{
	(void)state;
	uint8_t bytes[BY_HAND_BYTES];
	by_hand(bytes);
	struct err err;
	struct buf out = BUF_INIT(BUILD_MAX);
	struct record_options options = RECORD_OPTIONS_INIT;
	options.leader_epoch = 7;
	struct record_header header = { .key = SLICE("h"), .value = SLICE("x") };
	struct record_builder builder;
	record_builder_open(&builder, &options, 5, &out);
	record_builder_add(&builder, &(struct event){ .key = SLICE("k"),
						      .value = SLICE("vv"),
						      .timestamp_ms = 1000,
						      .headers = &header,
						      .nheaders = 1 });
	assert_ok(record_builder_close(&builder, &err), &err);
	assert_true(slice_eq(buf_slice(&out), slice_of(bytes, sizeof(bytes))));
	buf_fini(&out);
}

static void every_damaged_byte_is_found_but_where_the_crc_does_not_reach(void **state)
{
	(void)state;
	struct record_batch batch;
	struct record_fault fault;
	for (size_t i = 0; i < BY_HAND_BYTES; i++) {
		uint8_t bytes[BY_HAND_BYTES];
		by_hand(bytes);
		bytes[i] ^= 0x10;
		bool outside = (i > 0 && i < 8) || (i >= 12 && i < 16);
		bool fine = record_batch_check(slice_of(bytes, sizeof(bytes)), &batch, &fault);
		/* The first byte's flip makes the offset larger; only its top bit is impossible. */
		assert_int_equal(fine, outside || i == 0);
	}
	uint8_t bytes[BY_HAND_BYTES];
	by_hand(bytes);
	for (size_t len = 0; len < sizeof(bytes); len++)
		assert_false(record_batch_check(slice_of(bytes, len), &batch, &fault));
}

static void faults_have_kafkas_codes(void **state)
{
	(void)state;
	uint8_t bytes[BY_HAND_BYTES];
	struct record_batch batch;
	struct record_fault fault;
	struct slice all = slice_of(bytes, sizeof(bytes));
	by_hand(bytes);
	bytes[16] = 1;
	assert_false(record_batch_check(all, &batch, &fault));
	assert_int_equal(fault.kafka_error, RECORD_ERROR_FORMAT);
	by_hand(bytes);
	bytes[22] = 7;
	assert_false(record_batch_check(all, &batch, &fault));
	assert_int_equal(fault.kafka_error, RECORD_ERROR_COMPRESSION);
	by_hand(bytes);
	bytes[30] ^= 1;
	assert_false(record_batch_check(all, &batch, &fault));
	assert_int_equal(fault.kafka_error, RECORD_ERROR_CORRUPT);
}

struct shape {
	uint16_t attributes;
	int32_t last_offset_delta, count, base_sequence;
	int64_t producer_id;
	const char *why;
};

static void what_producers_may_not_send_is_refused(void **state)
{
	(void)state;
	static const struct shape SHAPES[] = {
		{ 0, 0, 1, -1, -1, NULL },
		{ 0, 0, 0, -1, -1, "no records" },
		{ 0, 2, 1, -1, -1, "last offset delta" },
		{ RECORD_CONTROL, 0, 1, -1, -1, "control" },
		{ RECORD_DELETE_HORIZON, 0, 1, -1, -1, "horizon" },
		{ 0, 0, 1, -1, 9, "sequence" },
		{ RECORD_TRANSACTIONAL, 0, 1, -1, -1, "transactional" },
		{ RECORD_TRANSACTIONAL, 0, 1, 0, 9, NULL },
	};
	for (size_t i = 0; i < COUNT_OF(SHAPES); i++) {
		const struct shape *shape = &SHAPES[i];
		uint8_t bytes[RECORD_BATCH_HEADER_BYTES] = { [11] = 49 };
		struct record_batch batch = { .bytes = slice_of(bytes, sizeof(bytes)),
					      .attributes = shape->attributes,
					      .last_offset_delta = shape->last_offset_delta,
					      .count = shape->count,
					      .base_sequence = shape->base_sequence,
					      .producer_id = shape->producer_id };
		struct record_fault fault = { 0 };
		bool fine = record_batch_check_produced(batch.bytes, &batch, &fault);
		assert_int_equal(fine, shape->why == NULL);
		if (!fine) {
			assert_non_null(strstr(fault.why, shape->why));
			assert_int_equal(fault.kafka_error, RECORD_ERROR_INVALID);
		}
	}
	uint8_t two[2 * BY_HAND_BYTES];
	by_hand(two);
	by_hand(two + BY_HAND_BYTES);
	struct record_batch batch;
	struct record_fault fault;
	assert_true(record_batch_check(slice_of(two, sizeof(two)), &batch, &fault));
	assert_false(record_batch_check_produced(slice_of(two, sizeof(two)), &batch, &fault));
	assert_non_null(strstr(fault.why, "more than one"));
}

static struct slice random_bytes(struct rng *rng, uint8_t *pool, size_t max)
{
	if (rng_below(rng, 5) == 0)
		return SLICE_NULL;
	return slice_of(pool + rng_below(rng, 100), rng_below(rng, max));
}

/* Random events through builder and walk, for each codec, come out as they went in. */
static void what_is_built_is_walked(void **state)
{
	(void)state;
	struct rng rng = { .state = rng_seed_from_env() };
	uint8_t pool[5000];
	struct err err;
	struct buf out = BUF_INIT(BUILD_MAX), scratch = BUF_INIT(BUILD_MAX);
	for (size_t i = 0; i < sizeof(pool); i++)
		pool[i] = (uint8_t)rng_below(&rng, 20);
	for (int round = 0; round < 300; round++) {
		struct event in[40];
		struct record_header headers[40][3];
		uint32_t n = 1 + (uint32_t)rng_below(&rng, 40);
		struct record_options options = RECORD_OPTIONS_INIT;
		options.codec = (enum compress_codec)rng_below(&rng, COMPRESS_CODEC_COUNT);
		options.producer_id = (int64_t)rng_below(&rng, 1000);
		options.producer_epoch = (int16_t)rng_below(&rng, 1000);
		options.base_sequence = (int32_t)rng_below(&rng, 1000);
		options.delete_horizon_ms = rng_below(&rng, 2) == 0 ? 0 : 123456789;
		struct record_builder builder;
		buf_reset(&out);
		record_builder_open(&builder, &options, 77, &out);
		for (uint32_t i = 0; i < n; i++) {
			in[i] = (struct event){ .key = random_bytes(&rng, pool, 50),
						.value = random_bytes(&rng, pool, 4000),
						.timestamp_ms = (int64_t)rng_next(&rng) >> 20,
						.headers = headers[i],
						.nheaders = (uint32_t)rng_below(&rng, 4) };
			for (uint32_t h = 0; h < in[i].nheaders; h++)
				headers[i][h] =
					(struct record_header){ slice_of(pool, h),
								random_bytes(&rng, pool, 9) };
			record_builder_add(&builder, &in[i]);
		}
		assert_ok(record_builder_close(&builder, &err), &err);
		struct record_batch batch;
		struct record_fault fault;
		assert_true(record_batch_check(buf_slice(&out), &batch, &fault));
		assert_int_equal(batch.count, n);
		assert_int_equal(batch.producer_epoch, options.producer_epoch);
		assert_true(record_batch_check_records(&batch, &scratch, false, &fault));
		record_batch_set_base(out.data, 1234, 5);
		assert_true(record_batch_check(buf_slice(&out), &batch, &fault));
		struct record_walk walk;
		struct event event;
		bool more;
		assert_ok(record_walk_open(&walk, &batch, &scratch, &err), &err);
		for (uint32_t i = 0; i < n; i++) {
			assert_ok(record_walk_next(&walk, &event, &more, &err), &err);
			assert_true(more);
			assert_int_equal(event.offset, 1234 + i);
			assert_int_equal(event.timestamp_ms, in[i].timestamp_ms);
			assert_true(slice_eq(event.key, in[i].key));
			assert_int_equal(slice_is_null(event.value), slice_is_null(in[i].value));
			assert_true(slice_eq(event.value, in[i].value));
			assert_int_equal(event.nheaders, in[i].nheaders);
			for (uint32_t h = 0; h < event.nheaders; h++)
				assert_true(slice_eq(event.headers[h].value, headers[i][h].value));
		}
		record_walk_close(&walk);
	}
	buf_fini(&out);
	buf_fini(&scratch);
}

static void log_append_time_is_everyones_time(void **state)
{
	(void)state;
	uint8_t bytes[BY_HAND_BYTES];
	struct record_batch batch;
	struct record_fault fault;
	struct event event;
	struct err err;
	bool more;
	by_hand(bytes);
	record_batch_set_append_time(bytes, 5555);
	assert_true(record_batch_check(slice_of(bytes, sizeof(bytes)), &batch, &fault));
	struct record_walk walk;
	assert_ok(record_walk_open(&walk, &batch, NULL, &err), &err);
	assert_ok(record_walk_next(&walk, &event, &more, &err), &err);
	assert_int_equal(event.timestamp_ms, 5555);
	record_walk_close(&walk);
}

static void a_marker_says_how_its_transaction_ended(void **state)
{
	(void)state;
	struct err err;
	for (int type = RECORD_ABORT; type <= RECORD_COMMIT; type++) {
		struct buf out = BUF_INIT(1000);
		struct record_batch batch;
		struct record_fault fault;
		enum record_control got;
		int32_t epoch;
		assert_ok(record_control_build((enum record_control)type, 42, 3, 9, 1000, &out,
					       &err),
			  &err);
		assert_true(record_batch_check(buf_slice(&out), &batch, &fault));
		assert_int_equal(batch.attributes, RECORD_CONTROL | RECORD_TRANSACTIONAL);
		assert_int_equal(batch.producer_id, 42);
		assert_ok(record_control_read(&batch, &got, &epoch, &err), &err);
		assert_int_equal(got, type);
		assert_int_equal(epoch, 9);
		buf_fini(&out);
	}
}

static void compacted_topics_want_keys(void **state)
{
	(void)state;
	struct err err;
	struct buf out = BUF_INIT(1000), scratch = BUF_INIT(1000);
	struct record_options options = RECORD_OPTIONS_INIT;
	struct record_builder builder;
	struct record_batch batch;
	struct record_fault fault;
	record_builder_open(&builder, &options, 0, &out);
	record_builder_add(&builder, &(struct event){ .value = SLICE("v") });
	assert_ok(record_builder_close(&builder, &err), &err);
	assert_true(record_batch_check(buf_slice(&out), &batch, &fault));
	assert_true(record_batch_check_records(&batch, &scratch, false, &fault));
	assert_false(record_batch_check_records(&batch, &scratch, true, &fault));
	assert_int_equal(fault.kafka_error, RECORD_ERROR_INVALID);
	buf_fini(&out);
}

int main(void)
{
	RUN_TESTS(TEST(a_batch_written_by_hand_is_read), TEST(the_builder_writes_the_same_bytes),
		  TEST(every_damaged_byte_is_found_but_where_the_crc_does_not_reach),
		  TEST(faults_have_kafkas_codes), TEST(what_producers_may_not_send_is_refused),
		  TEST(what_is_built_is_walked), TEST(log_append_time_is_everyones_time),
		  TEST(a_marker_says_how_its_transaction_ended), TEST(compacted_topics_want_keys));
}
