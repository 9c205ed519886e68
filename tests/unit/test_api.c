#include "broker/api.h"

#include "tests/lib/broker_fixture.h"
#include "wire/errors.h"

static void the_table_is_in_order_and_fits_the_messages(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < APIS_LEN; i++) {
		const struct api *api = &APIS[i];
		assert_true(i == 0 || APIS[i - 1].request->key < api->request->key);
		assert_int_equal(api->request->key, api->response->key);
		assert_true(api->told_first <= api->first);
		assert_true(message_has_version(api->request, api->first));
		assert_true(message_has_version(api->request, api->last));
		assert_true(message_has_version(api->response, api->first));
		assert_true(message_has_version(api->response, api->last));
		assert_ptr_equal(api_of_key(api->request->key), api);
	}
	assert_null(api_of_key(4));
}

static const struct api_versions_response_api *row_of(const struct api_versions_response *response,
						      int16_t key)
{
	for (uint32_t i = 0; i < response->api_keys.len; i++) {
		if (response->api_keys.items[i].api_key == key)
			return &response->api_keys.items[i];
	}
	return NULL;
}

static void produce_is_told_from_0_and_served_from_3(void **state)
{
	struct fixture *f = *state;
	struct api_versions_request *request = message_new(&f->arena, api_versions_request);
	request->client_software_name = SLICE("librdkafka");
	request->client_software_version = SLICE("2.0.2");
	for (int16_t version = 0; version <= 4; version++) {
		struct api_versions_response *response = ask(f, api_versions, version, request);
		assert_int_equal(response->error_code, 0);
		assert_int_equal(response->api_keys.len, APIS_LEN);
		assert_int_equal(row_of(response, 0)->min_version, 0);
		assert_int_equal(row_of(response, 0)->max_version, 13);
		assert_int_equal(row_of(response, 1)->min_version, 4);
		assert_int_equal(response->supported_features.len > 0, version >= 3);
	}
}

static struct request *request_of_bytes(struct fixture *f, struct sent *sent, struct slice body);

static void note_done(struct request *request)
{
	struct sent *sent = request->owner;
	sent->done = true;
}

static struct request *request_of_bytes(struct fixture *f, struct sent *sent, struct slice body)
{
	struct request *request = request_new(sent, &f->client, note_done);
	request->body = body;
	broker_handle(f->broker, request, f->time);
	assert_true(sent->done);
	return request;
}

static void an_unknown_version_of_api_versions_is_answered_in_version_0(void **state)
{
	struct fixture *f = *state;
	struct sent sent = { 0 };
	struct buf to = BUF_INIT(1000);
	struct request *request =
		request_of_bytes(f, &sent, SLICE("\0\22\0\143\0\0\0\11\0\2me\0garbage"));
	assert_false(request->close);
	assert_ok(request_write(request, &to, NULL, &f->err), &f->err);
	/* length, correlation id, error 35, one row: key 18, versions 0 to 4 */
	assert_true(
		slice_eq(buf_slice(&to), SLICE("\0\0\0\20\0\0\0\11\0\43\0\0\0\1\0\22\0\0\0\4")));
	request_free(request);
	buf_fini(&to);
}

static const struct {
	const char *bytes;
	size_t len;
} REFUSED[] = {
	{ "", 0 },
	{ "\0\0\0", 3 },
	{ "\0\4\0\0\0\0\0\1\0\0", 10 },         /* LeaderAndIsr: not served */
	{ "\0\0\0\2\0\0\0\1\0\0\0\0", 12 },     /* Produce 2 */
	{ "\0\3\0\77\0\0\0\1\0\0", 10 },        /* Metadata 63 */
	{ "\0\3\0\1\0\0\0\1\0\0\0\0\0\7", 14 }, /* Metadata 1, cut off */
	{ "\177\377\0\0\0\0\0\1\0\0", 10 },
};

static void what_cannot_be_read_or_is_not_served_closes_the_connection(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
		struct sent sent = { 0 };
		struct buf to = BUF_INIT(1000);
		struct request *request =
			request_of_bytes(f, &sent, slice_of(REFUSED[i].bytes, REFUSED[i].len));
		assert_true(request->close);
		assert_ok(request_write(request, &to, NULL, &f->err), &f->err);
		assert_int_equal(to.len, 0);
		request_free(request);
	}
}

static void a_software_name_with_strange_characters_is_refused(void **state)
{
	struct fixture *f = *state;
	struct api_versions_request *request = message_new(&f->arena, api_versions_request);
	request->client_software_name = SLICE("a b");
	request->client_software_version = SLICE("1");
	assert_int_equal(ask(f, api_versions, 3, request)->error_code, KAFKA_INVALID_REQUEST);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(TEST(the_table_is_in_order_and_fits_the_messages),
		  WITH_FIXTURE(produce_is_told_from_0_and_served_from_3),
		  WITH_FIXTURE(an_unknown_version_of_api_versions_is_answered_in_version_0),
		  WITH_FIXTURE(what_cannot_be_read_or_is_not_served_closes_the_connection),
		  WITH_FIXTURE(a_software_name_with_strange_characters_is_refused));
}
