#include "broker/broker.h"

#include "broker/api.h"
#include "tests/lib/broker_fixture.h"
#include "tests/lib/message_random.h"

#define ROUNDS 6

/* What a request asks for is made small: a random number of partitions would fill the disk. */
static void tame(const struct api *api, void *message)
{
	if (api->request == &create_topics_request_message) {
		struct create_topics_request *request = message;
		for (uint32_t i = 0; i < request->topics.len; i++)
			request->topics.items[i].num_partitions %= 8;
	} else if (api->request == &create_partitions_request_message) {
		struct create_partitions_request *request = message;
		for (uint32_t i = 0; i < request->topics.len; i++)
			request->topics.items[i].count %= 8;
	}
}

static void every_api_in_every_version_answers_any_message(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { rng_seed_from_env() };
	for (uint32_t i = 0; i < APIS_LEN; i++) {
		const struct api *api = &APIS[i];
		for (int16_t version = api->first; version <= api->last; version++) {
			for (int round = 0; round < ROUNDS; round++) {
				arena_reset(&f->arena);
				void *message =
					message_random(api->request, version, &rng, &f->arena);
				tame(api, message);
				struct sent *sent = fixture_send(f, api->request, api->response,
								 version, message);
				fixture_sync(f);
				for (int tries = 0; !sent->done && tries < 3; tries++)
					fixture_advance(f, INT32_MAX);
				bool close;
				fixture_take(f, sent, &close);
			}
		}
	}
}

static void a_damaged_request_never_harms(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { rng_seed_from_env() };
	struct buf frame = BUF_INIT(1 << 20);
	for (int round = 0; round < 3000; round++) {
		const struct api *api = &APIS[rng_below(&rng, APIS_LEN)];
		int16_t version =
			(int16_t)(api->first +
				  (int64_t)rng_below(&rng, (uint64_t)(api->last - api->first) + 1));
		if (api->request == &create_topics_request_message ||
		    api->request == &create_partitions_request_message)
			continue;
		arena_reset(&f->arena);
		buf_reset(&frame);
		void *message = message_random(api->request, version, &rng, &f->arena);
		assert_ok(frame_write_request(api->request, version, 1, SLICE("c"), message, &frame,
					      &f->err),
			  &f->err);
		size_t flips = 1 + rng_below(&rng, 4);
		for (size_t i = 0; i < flips; i++)
			frame.data[8 + rng_below(&rng, frame.len - 8)] ^=
				(uint8_t)(1 << rng_below(&rng, 8));
		size_t len =
			rng_below(&rng, 4) == 0 ? rng_below(&rng, frame.len - 4) : frame.len - 4;
		struct sent *sent = fixture_send_body(f, slice_sub(buf_slice(&frame), 4, len));
		if (sent->done)
			request_free(sent->request);
		else
			fixture_drop(f, sent);
	}
	buf_fini(&frame);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	RUN_TESTS(WITH_FIXTURE(every_api_in_every_version_answers_any_message),
		  WITH_FIXTURE(a_damaged_request_never_harms));
}
