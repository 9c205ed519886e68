#include "base/mem.h"

#include "tests/lib/test.h"

#define BLOCKS 200

static void every_block_is_counted_for_its_folder(void **state)
{
	(void)state;
	static const enum mem_folder FOLDERS[] = { MEM_OTHER, MEM_BASE, MEM_SHELL };
	struct rng rng = { rng_seed_from_env() };
	uint8_t *blocks[BLOCKS] = { NULL };
	size_t lens[BLOCKS] = { 0 }, bytes[3], counts[3];
	int owners[BLOCKS] = { 0 };
	for (int i = 0; i < 3; i++) {
		bytes[i] = mem_stats(FOLDERS[i]).bytes;
		counts[i] = mem_stats(FOLDERS[i]).blocks;
	}
	for (int step = 0; step < 10000; step++) {
		size_t i = (size_t)rng_below(&rng, BLOCKS), len = (size_t)rng_below(&rng, 1000);
		int f = (int)rng_below(&rng, 3);
		if (blocks[i] == NULL) {
			blocks[i] = rng_below(&rng, 2) == 0 ? mem_plain(len, FOLDERS[f])
							    : mem_zeroed(len, 1, FOLDERS[f]);
			owners[i] = f;
			bytes[f] += len;
			counts[f]++;
		} else if (rng_below(&rng, 2) == 0) { /* a block stays with its first folder */
			blocks[i] = mem_resized(blocks[i], len, 1, FOLDERS[f]);
			bytes[owners[i]] += len - lens[i];
		} else {
			mem_free(blocks[i]);
			blocks[i] = NULL;
			bytes[owners[i]] -= lens[i];
			counts[owners[i]]--;
		}
		lens[i] = blocks[i] != NULL ? len : 0;
		for (int k = 0; k < 3; k++) {
			assert_int_equal(mem_stats(FOLDERS[k]).bytes, bytes[k]);
			assert_int_equal(mem_stats(FOLDERS[k]).blocks, counts[k]);
		}
	}
	for (int i = 0; i < BLOCKS; i++)
		mem_free(blocks[i]);
}

static void new_memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n++) {
		uint64_t *dirty = mem_resize((uint64_t *)NULL, n + 1);
		memset(dirty, 0xFF, (n + 1) * sizeof(*dirty));
		mem_free(dirty);
		uint64_t *array = mem_array(uint64_t, n);
		assert_int_equal((uintptr_t)array % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(array[i], 0);
		mem_free(array);
	}
}

static void resizing_keeps_what_was_there(void **state)
{
	(void)state;
	uint32_t *numbers = NULL;
	for (uint32_t n = 1; n <= 2000; n++) {
		numbers = mem_resize(numbers, n);
		numbers[n - 1] = n;
		for (uint32_t i = 0; i < n; i += 97)
			assert_int_equal(numbers[i], i + 1);
	}
	mem_free(numbers);
}

static void freeing_nothing_is_allowed(void **state)
{
	(void)state;
	mem_free(NULL);
	CLEANUP(mem_freep) char *owned = mem_strdup("text");
	assert_string_equal(owned, "text");
	CLEANUP(mem_freep) char *nothing = NULL;
	assert_null(nothing);
}

static void folders_have_names(void **state)
{
	(void)state;
	assert_string_equal(mem_stats(MEM_BASE).folder, "base");
	assert_string_equal(mem_stats((enum mem_folder)(MEM_FOLDER_COUNT - 1)).folder, "shell");
}

int main(void)
{
	RUN_TESTS(TEST(every_block_is_counted_for_its_folder),
		  TEST(new_memory_is_zeroed_and_aligned), TEST(resizing_keeps_what_was_there),
		  TEST(freeing_nothing_is_allowed), TEST(folders_have_names));
}
