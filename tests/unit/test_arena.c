#include "base/arena.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tests/lib/test.h"

struct block {
	uint8_t *data;
	size_t len;
	uint8_t fill;
};

static bool holds(const uint8_t *data, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] != value)
			return false;
	}
	return true;
}

/* Blocks never overlap: each is filled with a byte of its own, and all are read back. */
static void blocks_are_apart_aligned_and_zeroed(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct arena arena;
	arena_init(&arena);
	for (int round = 0; round < 20; round++) {
		VEC(struct block) blocks = { 0 };
		size_t asked = 0;
		for (int i = 0; i < 500; i++) {
			size_t align = (size_t)1 << rng_below(&rng, 7);
			size_t len =
				(size_t)rng_below(&rng, rng_below(&rng, 50) == 0 ? 200000 : 200);
			uint8_t *data = arena_zeroed(&arena, len, align);
			assert_int_equal((uintptr_t)data % align, 0);
			assert_true(holds(data, len, 0));
			memset(data, i & 0xFF, len);
			vec_push(&blocks, (struct block){ data, len, (uint8_t)i });
			asked += len;
			assert_true(arena.used >= asked);
			assert_true(arena.next <= arena.end);
		}
		vec_each (it, &blocks)
			assert_true(holds(it->data, it->len, it->fill));
		vec_fini(&blocks);
		arena_reset(&arena);
		assert_int_equal(arena.used, 0);
	}
	arena_fini(&arena);
}

static void a_reset_arena_takes_no_new_memory(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	size_t after_first = 0;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 1000; i++)
			(void)arena_array(&arena, uint64_t, 50);
		size_t now = 0;
		for (int i = 0; i < MEM_FOLDER_COUNT; i++)
			now += mem_stats((enum mem_folder)i).bytes;
		if (round == 0)
			after_first = now;
		assert_int_equal(now, after_first);
		arena_reset(&arena);
	}
	arena_fini(&arena);
}

static void note(void *arg)
{
	int **next = arg;
	*(*next)++ = 1;
}

struct noted {
	struct buf *out;
	char letter;
};

static void write_letter(void *arg)
{
	struct noted *n = arg;
	buf_append_u8(n->out, (uint8_t)n->letter);
}

static void cleanups_run_last_in_first_out_once(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(100);
	struct noted notes[3] = { { &out, 'a' }, { &out, 'b' }, { &out, 'c' } };
	struct arena arena = { 0 };
	for (int i = 0; i < 3; i++)
		arena_cleanup(&arena, write_letter, &notes[i]);
	arena_reset(&arena);
	assert_slice(buf_slice(&out), "cba");
	arena_cleanup(&arena, write_letter, &notes[1]);
	arena_fini(&arena);
	assert_slice(buf_slice(&out), "cbab");
	arena_fini(&arena); /* empty: nothing happens */
	assert_slice(buf_slice(&out), "cbab");
	buf_fini(&out);

	int marks[1000] = { 0 }, *next = marks;
	for (int i = 0; i < 1000; i++)
		arena_cleanup(&arena, note, &next);
	arena_fini(&arena);
	assert_ptr_equal(next, marks + 1000);
}

static void texts_are_copied_and_ended(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	char text[] = "abc";
	struct slice copy = arena_copy(&arena, slice_str(text));
	char *str = arena_str(&arena, slice_of(text, 2));
	text[0] = 'x';
	assert_slice(copy, "abc");
	assert_string_equal(str, "ab");
	assert_string_equal(arena_printf(&arena, "%s-%d", "n", 42), "n-42");
	assert_string_equal(arena_str(&arena, slice_of(NULL, 0)), "");
	assert_int_equal(arena_copy(&arena, slice_of(NULL, 0)).len, 0);
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(blocks_are_apart_aligned_and_zeroed),
		  TEST(a_reset_arena_takes_no_new_memory),
		  TEST(cleanups_run_last_in_first_out_once), TEST(texts_are_copied_and_ended));
}
