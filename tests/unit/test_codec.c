#include "wire/codec.h"

#include "tests/lib/message_random.h"
#include "wire/messages.h"

#define ROUNDS 8

struct fixture {
	struct arena arena;
	struct buf bytes, text, again;
	struct err err;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){ .bytes = BUF_INIT(1 << 20),
				    .text = BUF_INIT(1 << 20),
				    .again = BUF_INIT(1 << 20) };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_fini(&f->arena);
	buf_fini(&f->bytes);
	buf_fini(&f->text);
	buf_fini(&f->again);
	return 0;
}

static void reset(struct fixture *f)
{
	arena_reset(&f->arena);
	buf_reset(&f->bytes);
	buf_reset(&f->text);
	buf_reset(&f->again);
}

static void print(struct fixture *f, const struct message_type *message, int16_t version,
		  struct slice bytes)
{
	struct reader reader = reader_of(bytes);
	void *read;
	assert_ok(message_read(message, version, &reader, &f->arena, &read, &f->err), &f->err);
	assert_int_equal(reader_left(&reader), 0);
	buf_reset(&f->text);
	message_print(message, version, read, &f->text);
}

static void a_plain_request_reads_as_its_bytes_say(void **state)
{
	struct fixture *f = *state;
	/* Metadata version 4: one topic "ab", auto-creation allowed. */
	print(f, &metadata_request_message, 4, SLICE("\0\0\0\1\0\2ab\1"));
	assert_string_equal(buf_str(&f->text), "{\"topics\": [{\"name\": \"ab\"}], "
					       "\"allow_auto_topic_creation\": true}");
	/* Version 1 may say null for all topics; version 0 may not. */
	print(f, &metadata_request_message, 1, SLICE("\xff\xff\xff\xff"));
	assert_string_equal(buf_str(&f->text), "{\"topics\": null}");
	struct reader reader = reader_of(SLICE("\xff\xff\xff\xff"));
	void *read;
	assert_fails(message_read(&metadata_request_message, 0, &reader, &f->arena, &read, &f->err),
		     &f->err, ERR_CORRUPT, "topics is null");
}

static void a_flexible_request_has_compact_lengths_and_tags(void **state)
{
	struct fixture *f = *state;
	/* ApiVersions version 3: "x", "1.0", and an unknown tag 9 of two bytes, which is skipped.
	 */
	print(f, &api_versions_request_message, 3, SLICE("\2x\0041.0\1\11\2zz"));
	assert_string_equal(buf_str(&f->text), "{\"client_software_name\": \"x\", "
					       "\"client_software_version\": \"1.0\"}");
}

#define FETCH_12                                                                                   \
	"\xff\xff\xff\xff"                                                                         \
	"\0\0\0\5\0\0\0\1\0\0\0\7"                                                                 \
	"\1\0\0\0\0\xff\xff\xff\xff\1\1\1"

static void a_tagged_field_must_fill_its_length(void **state)
{
	struct fixture *f = *state;
	struct reader reader = reader_of(SLICE(FETCH_12 "\1\0\4\4abc")); /* cluster_id is tag 0 */
	struct fetch_request *read;
	assert_ok(message_read(&fetch_request_message, 12, &reader, &f->arena, &read, &f->err),
		  &f->err);
	assert_slice(read->cluster_id, "abc");
	reader = reader_of(SLICE(FETCH_12 "\1\0\4\3ab "));
	assert_fails(message_read(&fetch_request_message, 12, &reader, &f->arena, &read, &f->err),
		     &f->err, ERR_CORRUPT, "cluster_id is shorter than its length");
	reader = reader_of(SLICE(FETCH_12 "\0"));
	assert_ok(message_read(&fetch_request_message, 12, &reader, &f->arena, &read, &f->err),
		  &f->err);
	assert_null(read->cluster_id.data);
}

static void fields_get_their_defaults_when_the_version_lacks_them(void **state)
{
	struct fixture *f = *state;
	struct join_group_response *response = message_new(&f->arena, join_group_response);
	assert_int_equal(response->generation_id, -1);
	struct reader reader =
		reader_of(SLICE("\xff\xff\xff\xff\0\0\0\5\0\0\0\1\0\0\0\7\1\0\0\0\0"));
	struct fetch_request *read;
	assert_ok(message_read(&fetch_request_message, 4, &reader, &f->arena, &read, &f->err),
		  &f->err);
	assert_int_equal(read->session_epoch, -1);
	assert_int_equal(read->max_wait_ms, 5);
	assert_int_equal(read->isolation_level, 1);
	assert_int_equal(read->rack_id.len, 0);
}

static void what_a_version_cannot_say_is_dropped_or_refused(void **state)
{
	struct fixture *f = *state;
	struct offset_fetch_response *response = message_new(&f->arena, offset_fetch_response);
	response->throttle_time_ms = 7; /* ignorable: version 1 drops it */
	assert_ok(message_write(&offset_fetch_response_message, 1, response, &f->bytes, NULL,
				&f->err),
		  &f->err);
	assert_int_equal(f->bytes.len, 4);
	struct offset_fetch_request *request = message_new(&f->arena, offset_fetch_request);
	request->require_stable = true; /* not ignorable before version 7 */
	assert_fails(message_write(&offset_fetch_request_message, 5, request, &f->bytes, NULL,
				   &f->err),
		     &f->err, ERR_INVALID, "require_stable cannot be said in this version");
	assert_int_equal(f->bytes.len, 4); /* as it was */
	assert_fails(message_write(&offset_fetch_request_message, 99, request, &f->bytes, NULL,
				   &f->err),
		     &f->err, ERR_UNSUPPORTED, "has no version 99");
}

static void records_stay_where_they_are_when_spliced(void **state)
{
	struct fixture *f = *state;
	struct produce_request *request = message_new(&f->arena, produce_request);
	request->topic_data.items = message_array(&f->arena, produce_request_topic, 1);
	request->topic_data.len = 1;
	struct produce_request_topic *topic = &request->topic_data.items[0];
	topic->name = SLICE("t");
	topic->partition_data.items = message_array(&f->arena, produce_request_partition, 2);
	topic->partition_data.len = 2;
	topic->partition_data.items[0].records = SLICE("first");
	topic->partition_data.items[1].records = SLICE("second");
	struct splices splices = { 0 };
	assert_ok(message_write(&produce_request_message, 9, request, &f->again, NULL, &f->err),
		  &f->err);
	assert_ok(message_write(&produce_request_message, 9, request, &f->bytes, &splices, &f->err),
		  &f->err);
	assert_int_equal(splices.list.len, 2);
	assert_int_equal(splices.bytes, 11);
	size_t at = 0;
	for (uint32_t i = 0; i < splices.list.len; i++) { /* joined by hand */
		struct splice *splice = &splices.list.items[i];
		buf_append(&f->text, slice_sub(buf_slice(&f->bytes), at, splice->at - at));
		buf_append(&f->text, splice->bytes);
		at = splice->at;
	}
	buf_append(&f->text, slice_sub(buf_slice(&f->bytes), at, f->bytes.len));
	assert_true(slice_eq(buf_slice(&f->text), buf_slice(&f->again)));
	vec_fini(&splices.list);
}

static void every_message_in_every_version_comes_back_as_it_went(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { rng_seed_from_env() };
	for (uint32_t i = 0; i < MESSAGES_LEN; i++) {
		const struct message_type *m = MESSAGES[i];
		for (int16_t v = m->first; v <= m->last; v++) {
			for (int round = 0; round < ROUNDS; round++) {
				reset(f);
				void *made = message_random(m, v, &rng, &f->arena);
				struct buf said = BUF_INIT(1 << 20);
				message_print(m, v, made, &said);
				assert_ok(message_write(m, v, made, &f->bytes, NULL, &f->err),
					  &f->err);
				print(f, m, v, buf_slice(&f->bytes));
				assert_string_equal(buf_str(&f->text), buf_str(&said));
				buf_fini(&said);
			}
		}
	}
}

static void every_truncation_of_every_message_is_refused(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { rng_seed_from_env() };
	for (uint32_t i = 0; i < MESSAGES_LEN; i++) {
		const struct message_type *m = MESSAGES[i];
		for (int16_t v = m->first; v <= m->last; v++) {
			reset(f);
			void *made = message_random(m, v, &rng, &f->arena);
			assert_ok(message_write(m, v, made, &f->bytes, NULL, &f->err), &f->err);
			for (size_t len = 0; len < f->bytes.len; len++) {
				struct reader r =
					reader_of(slice_sub(buf_slice(&f->bytes), 0, len));
				void *read = f;
				assert_int_not_equal(message_read(m, v, &r, &f->arena, &read, NULL),
						     0);
				assert_ptr_equal(read, f); /* untouched */
			}
		}
	}
}

static void an_array_longer_than_the_bytes_left_takes_no_memory(void **state)
{
	struct fixture *f = *state;
	struct reader reader = reader_of(SLICE("\x7f\xff\xff\xff\0\0"));
	void *read;
	assert_fails(message_read(&metadata_request_message, 0, &reader, &f->arena, &read, &f->err),
		     &f->err, ERR_TRUNCATED, "topics is longer than what is left");
	assert_true(f->arena.used < 4096);
}

static void items_that_grow_in_memory_have_a_limit(void **state)
{
	struct fixture *f = *state;
	/* Millions of topics of four bytes each: small on the wire, large as structs. */
	uint32_t n = 4 * 1024 * 1024;
	struct buf bytes = BUF_INIT((size_t)64 * 1024 * 1024);
	buf_append_u16(&bytes, (uint16_t)-1);
	buf_append_u16(&bytes, 1);
	buf_append_u32(&bytes, 0);
	buf_append_u32(&bytes, n);
	buf_append_zeroes(&bytes, (size_t)n * 6);
	struct reader reader = reader_of(buf_slice(&bytes));
	void *read;
	assert_fails(message_read(&produce_request_message, 3, &reader, &f->arena, &read, &f->err),
		     &f->err, ERR_LIMIT, "topic_data has too many items");
	buf_fini(&bytes);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(a_plain_request_reads_as_its_bytes_say),
		  WITH_FIXTURE(a_flexible_request_has_compact_lengths_and_tags),
		  WITH_FIXTURE(a_tagged_field_must_fill_its_length),
		  WITH_FIXTURE(fields_get_their_defaults_when_the_version_lacks_them),
		  WITH_FIXTURE(what_a_version_cannot_say_is_dropped_or_refused),
		  WITH_FIXTURE(records_stay_where_they_are_when_spliced),
		  WITH_FIXTURE(every_message_in_every_version_comes_back_as_it_went),
		  WITH_FIXTURE(every_truncation_of_every_message_is_refused),
		  WITH_FIXTURE(an_array_longer_than_the_bytes_left_takes_no_memory),
		  WITH_FIXTURE(items_that_grow_in_memory_have_a_limit));
}
