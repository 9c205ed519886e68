#include "state/store.h"
#include "tests/lib/test.h"

/* A plain model: 256 keys of one or two bytes, present or not. */
#define KEYS 256

static struct slice key_of(uint32_t k, uint8_t bytes[2])
{
	bytes[0] = (uint8_t)(k / 16);
	bytes[1] = (uint8_t)(k % 16);
	return slice_of(bytes, 2);
}

struct walk {
	const uint32_t *model; /* value plus one; 0: absent */
	uint32_t next;
	bool backwards;
	uint32_t seen, stop_after;
};

static int check_next(void *arg, struct slice key, struct slice value)
{
	struct walk *walk = arg;
	uint32_t k = (uint32_t)key.data[0] * 16 + key.data[1];
	while (walk->next < KEYS && walk->model[walk->next] == 0)
		walk->next += walk->backwards ? (uint32_t)-1 : 1;
	assert_int_equal(k, walk->next);
	assert_int_equal(load_be32(value.data) + 1, walk->model[k]);
	walk->next += walk->backwards ? (uint32_t)-1 : 1;
	return ++walk->seen == walk->stop_after;
}

static void it_agrees_with_a_plain_array(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	uint32_t model[KEYS] = { 0 };
	struct store *store = store_mem_new();
	struct err err = ERR_INIT;
	for (int round = 0; round < 20000; round++) {
		uint8_t bytes[2], value[4];
		uint32_t k = (uint32_t)rng_below(&rng, KEYS);
		struct slice key = key_of(k, bytes);
		switch (rng_below(&rng, 4)) {
		case 0:
			assert_ok(store->ops->put(store, key, (struct slice){ .data = NULL }, &err),
				  &err);
			model[k] = 0;
			break;
		case 1: {
			uint8_t to_bytes[2];
			uint32_t to = k + (uint32_t)rng_below(&rng, 4);
			if (to >= KEYS)
				break;
			struct range range = { .from = key, .to = key_of(to, to_bytes) };
			assert_ok(store->ops->remove_range(store, range, &err), &err);
			for (uint32_t i = k; i < to; i++)
				model[i] = 0;
			break;
		}
		default:
			store_be32(value, (uint32_t)round);
			assert_ok(store->ops->put(store, key, slice_of(value, 4), &err), &err);
			model[k] = (uint32_t)round + 1;
		}
		struct slice got;
		assert_ok(store->ops->get(store, key, &got, &err), &err);
		assert_int_equal(got.data != NULL, model[k] != 0);
	}
	for (uint32_t from = 0; from < KEYS; from += 7) {
		uint8_t bytes[2];
		struct range range = { .from = key_of(from, bytes), .to = SLICE_EMPTY };
		struct walk walk = { .model = model, .next = from, .stop_after = 5 };
		assert_ok(store->ops->scan(store, range, false, check_next, &walk, &err), &err);
		range = (struct range){ .from = SLICE_EMPTY, .to = key_of(from, bytes) };
		walk = (struct walk){ .model = model, .next = from - 1, .backwards = true };
		assert_ok(store->ops->scan(store, range, true, check_next, &walk, &err), &err);
		uint32_t expected = 0;
		for (uint32_t i = 0; i < from; i++)
			expected += model[i] != 0;
		assert_int_equal(walk.seen, expected);
	}
	store->ops->close(store);
}

int main(void)
{
	RUN_TESTS(TEST(it_agrees_with_a_plain_array));
}
