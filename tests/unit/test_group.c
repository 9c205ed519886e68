#include "engine/group.h"
#include "tests/lib/test.h"

#define KEYS 3000

static struct slice key_of(uint32_t k, uint8_t bytes[4])
{
	store_be32(bytes, k);
	return slice_of(bytes, k % 5 == 0 ? 4 : 3 + k % 2);
}

static uint64_t *count_of(struct group *group)
{
	return (uint64_t *)(void *)group->state;
}

static void it_counts_as_a_plain_array_does(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct group_table table;
	group_table_init(&table, sizeof(uint64_t));
	static uint64_t model[KEYS];
	uint8_t bytes[256][4];
	struct slice keys[256];
	struct group *groups[256];
	uint8_t is_new[256];
	for (int round = 0; round < 500; round++) {
		uint32_t n = (uint32_t)rng_below(&rng, COUNT_OF(keys)) + 1;
		uint32_t numbers[256];
		for (uint32_t i = 0; i < n; i++) {
			/* keys that are one another's prefix are left to key_of's lengths */
			numbers[i] = (uint32_t)rng_below(&rng, KEYS / 5) * 5;
			keys[i] = key_of(numbers[i], bytes[i]);
		}
		group_add_batch(&table, keys, n, groups, is_new);
		for (uint32_t i = 0; i < n; i++) {
			assert_int_equal(is_new[i], *count_of(groups[i]) == 0);
			*count_of(groups[i]) += 1;
			model[numbers[i]]++;
		}
		uint32_t k = (uint32_t)rng_below(&rng, KEYS / 5) * 5;
		struct group *gone = group_find(&table, key_of(k, bytes[0]));
		assert_int_equal(gone != NULL, model[k] != 0);
		if (gone != NULL)
			group_remove(&table, gone);
		model[k] = 0;
	}
	uint32_t live = 0;
	for (uint32_t k = 0; k < KEYS; k += 5) {
		struct group *group = group_find(&table, key_of(k, bytes[0]));
		assert_int_equal(group != NULL ? *count_of(group) : 0, model[k]);
		live += model[k] != 0;
	}
	assert_int_equal(table.len, live);
	uint32_t walked = 0;
	for (struct group *g = group_next(&table, NULL); g != NULL; g = group_next(&table, g))
		walked++;
	assert_int_equal(walked, live);
	group_table_fini(&table);
}

static void a_state_stays_where_it_is_while_the_table_grows(void **state)
{
	(void)state;
	struct group_table table;
	group_table_init(&table, sizeof(uint64_t));
	struct group *first = group_add(&table, SLICE("first"), NULL);
	for (uint32_t k = 0; k < 10000; k++) {
		uint8_t bytes[4];
		store_be32(bytes, k);
		(void)group_add(&table, slice_of(bytes, 4), NULL);
	}
	assert_ptr_equal(group_find(&table, SLICE("first")), first);
	group_table_fini(&table);
}

int main(void)
{
	RUN_TESTS(TEST(it_counts_as_a_plain_array_does),
		  TEST(a_state_stays_where_it_is_while_the_table_grows));
}
