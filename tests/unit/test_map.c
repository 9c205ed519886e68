#include "base/map.h"

#include "tests/lib/test.h"

#define KEYS 400

/* The model: key i's value and the moment it came in; 0: absent. */
struct model {
	int values[KEYS][2]; /* a value's address is what the map holds */
	int *value[KEYS];
	uint64_t since[KEYS];
	uint32_t len;
};

static struct slice key_of(size_t i, uint8_t bytes[8])
{
	/* Keys of all lengths, the empty one included, with zero bytes inside. */
	memset(bytes, 0, 8);
	for (size_t n = i, at = 0; n > 0; n /= 7, at++)
		bytes[at] = (uint8_t)(n % 7);
	size_t len = 0;
	for (size_t n = i; n > 0; n /= 7)
		len++;
	return slice_of(bytes, len);
}

static void check(const struct map *map, const struct model *model)
{
	uint32_t seen = 0;
	uint64_t before = 0;
	assert_int_equal(map->len, model->len);
	map_each (it, map) {
		uint8_t bytes[8];
		size_t i = 0;
		while (i < KEYS && !slice_eq(key_of(i, bytes), map_key(it)))
			i++;
		assert_true(i < KEYS);
		assert_ptr_equal(it->value, model->value[i]);
		assert_true(model->since[i] > before); /* in order of insertion */
		before = model->since[i];
		seen++;
	}
	assert_int_equal(seen, model->len);
}

static void a_map_agrees_with_a_table(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	static struct model model;
	struct map map;
	map_init(&map);
	for (uint64_t step = 1; step <= 30000; step++) {
		uint8_t bytes[8];
		size_t i = (size_t)rng_below(&rng, step < 15000 ? KEYS : 20);
		struct slice key = key_of(i, bytes);
		assert_ptr_equal(map_get(&map, key), model.value[i]);
		uint64_t what = rng_below(&rng, 100);
		if (what < 50) {
			int *value = &model.values[i][rng_below(&rng, 2)];
			assert_ptr_equal(map_put(&map, key, value), model.value[i]);
			if (model.value[i] == NULL) {
				model.since[i] = step;
				model.len++;
			}
			model.value[i] = value;
		} else if (what < 99) {
			assert_ptr_equal(map_remove(&map, key), model.value[i]);
			model.len -= model.value[i] != NULL;
			model.value[i] = NULL;
		} else if (rng_below(&rng, 50) == 0) {
			map_clear(&map);
			memset(model.value, 0, sizeof(model.value));
			model.len = 0;
		}
		assert_ptr_equal(map_get(&map, key), model.value[i]);
		if (step % 64 == 0)
			check(&map, &model);
	}
	map_fini(&map);
	assert_null(map_get(&map, SLICE("a")));
}

static void a_walk_may_remove_where_it_stands(void **state)
{
	(void)state;
	int values[100];
	struct map map;
	map_init(&map);
	for (int i = 0; i < 100; i++) {
		uint8_t bytes[8];
		values[i] = i;
		map_put(&map, key_of((size_t)i, bytes), &values[i]);
	}
	int seen = 0;
	map_each (it, &map) {
		assert_int_equal(*(int *)it->value, seen);
		if (seen++ % 3 != 0)
			map_remove(&map, map_key(it));
	}
	assert_int_equal(seen, 100);
	assert_int_equal(map.len, 34);
	map_fini(&map);
}

static void the_map_keeps_its_own_copy_of_keys(void **state)
{
	(void)state;
	int value = 1;
	char key[] = "abc";
	struct map map;
	map_init(&map);
	map_put(&map, slice_str(key), &value);
	key[0] = 'x';
	assert_ptr_equal(map_get(&map, SLICE("abc")), &value);
	assert_null(map_get(&map, SLICE("xbc")));
	assert_null(map_remove(&map, SLICE("ab")));
	map_fini(&map);
}

int main(void)
{
	RUN_TESTS(TEST(a_map_agrees_with_a_table), TEST(a_walk_may_remove_where_it_stands),
		  TEST(the_map_keeps_its_own_copy_of_keys));
}
