#include "wire/frame.h"

#include "tests/lib/test.h"

static void a_frame_is_cut_when_it_is_whole(void **state)
{
	(void)state;
	struct slice body;
	uint32_t len = 0;
	struct slice bytes = SLICE("\0\0\0\3abcd");
	assert_int_equal(frame_cut(slice_sub(bytes, 0, 3), 100, &body, &len), FRAME_PARTIAL);
	assert_int_equal(len, 0);
	assert_int_equal(frame_cut(slice_sub(bytes, 0, 6), 100, &body, &len), FRAME_PARTIAL);
	assert_int_equal(len, 3);
	assert_int_equal(frame_cut(bytes, 100, &body, &len), FRAME_WHOLE);
	assert_slice(body, "abc");
	assert_int_equal(frame_cut(bytes, 2, &body, &len), FRAME_TOO_LARGE);
	assert_int_equal(frame_cut(SLICE("\xff\xff\xff\xff"), 100, &body, &len), FRAME_TOO_LARGE);
}

static void a_flexible_request_keeps_a_plain_client_id(void **state)
{
	(void)state;
	struct err err;
	struct arena arena = { 0 };
	struct buf bytes = BUF_INIT(1000);
	struct api_versions_request *request = message_new(&arena, api_versions_request);
	request->client_software_name = SLICE("x");
	assert_ok(frame_write_request(&api_versions_request_message, 3, 5, SLICE("me"), request,
				      &bytes, &err),
		  &err);
	assert_true(
		slice_eq(buf_slice(&bytes), SLICE("\0\0\0\21\0\22\0\3\0\0\0\5\0\2me\0\2x\1\0")));
	buf_fini(&bytes);
	arena_fini(&arena);
}

static void only_the_answer_to_api_versions_never_has_a_flexible_header(void **state)
{
	(void)state;
	assert_int_equal(frame_response_header_version(&api_versions_response_message, 3), 0);
	assert_int_equal(frame_response_header_version(&metadata_response_message, 9), 1);
	assert_int_equal(frame_response_header_version(&metadata_response_message, 8), 0);
	assert_int_equal(frame_request_header_version(&sasl_handshake_request_message, 1), 1);
}

static void a_response_is_read_to_its_last_byte(void **state)
{
	(void)state;
	struct err err;
	struct arena arena = { 0 };
	struct buf bytes = BUF_INIT(1000);
	struct heartbeat_response *response = message_new(&arena, heartbeat_response);
	response->error_code = 27;
	assert_ok(frame_write_response(&heartbeat_response_message, 4, 77, response, &bytes, NULL,
				       &err),
		  &err);
	struct slice body;
	uint32_t len;
	assert_int_equal(frame_cut(buf_slice(&bytes), 1000, &body, &len), FRAME_WHOLE);
	int32_t id;
	struct heartbeat_response *read;
	assert_ok(frame_read_response(&heartbeat_response_message, 4, body, &arena, &id, &read,
				      &err),
		  &err);
	assert_int_equal(id, 77);
	assert_int_equal(read->error_code, 27);
	buf_append_u8(&bytes, 0);
	body = slice_sub(buf_slice(&bytes), 4, bytes.len);
	assert_fails(frame_read_response(&heartbeat_response_message, 4, body, &arena, &id, &read,
					 &err),
		     &err, ERR_CORRUPT, "1 bytes follow");
	buf_fini(&bytes);
	arena_fini(&arena);
}

static void what_does_not_fit_leaves_no_bytes_behind(void **state)
{
	(void)state;
	struct err err;
	struct arena arena = { 0 };
	struct buf bytes = BUF_INIT(12);
	struct metadata_response *response = message_new(&arena, metadata_response);
	assert_fails(frame_write_response(&metadata_response_message, 9, 1, response, &bytes, NULL,
					  &err),
		     &err, ERR_LIMIT, "larger than 12 bytes");
	assert_int_equal(bytes.len, 0);
	buf_fini(&bytes);
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(a_frame_is_cut_when_it_is_whole),
		  TEST(a_flexible_request_keeps_a_plain_client_id),
		  TEST(only_the_answer_to_api_versions_never_has_a_flexible_header),
		  TEST(a_response_is_read_to_its_last_byte),
		  TEST(what_does_not_fit_leaves_no_bytes_behind));
}
