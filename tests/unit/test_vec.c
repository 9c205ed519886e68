#include "base/vec.h"

#include "tests/lib/test.h"

#define MODEL_MAX 5000

static void an_empty_vector_needs_no_call(void **state)
{
	(void)state;
	VEC(int) v = { 0 };
	vec_each (it, &v)
		fail_msg("an item in an empty vector: %d", *it);
	vec_clear(&v);
	vec_fini(&v);
	assert_null(v.items);
}

static void an_added_item_is_zeroed(void **state)
{
	(void)state;
	VEC(struct {
		int64_t a;
		char b[24];
	})
	v = { 0 };
	for (int i = 0; i < 100; i++) {
		static const char ZEROES[24];
		vec_add(&v)->a += i;
		assert_int_equal(vec_last(&v)->a, i);
		assert_memory_equal(vec_last(&v)->b, ZEROES, sizeof(ZEROES));
		memset(vec_last(&v), 0xFF, sizeof(*v.items));
		if (i % 3 == 0)
			(void)vec_pop(&v);
	}
	vec_fini(&v);
}

/* Random operations on a vector and on a plain array agree at every step. */
static void a_vector_is_an_array_that_grows(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	static uint64_t model[MODEL_MAX];
	uint32_t len = 0;
	VEC(uint64_t) v = { 0 };
	for (int step = 0; step < 50000; step++) {
		uint64_t what = rng_below(&rng, 100), value = rng_next(&rng);
		if (what < 55 && len < MODEL_MAX) {
			vec_push(&v, value);
			model[len++] = value;
		} else if (what < 80 && len > 0) {
			assert_true(vec_pop(&v) == model[--len]);
		} else if (what < 98 && len > 0) {
			uint32_t at = (uint32_t)rng_below(&rng, len);
			vec_remove(&v, at);
			memmove(model + at, model + at + 1, (--len - at) * sizeof(*model));
		} else if (what == 98) {
			vec_reserve(&v, (uint32_t)rng_below(&rng, 100));
		} else if (rng_below(&rng, 20) == 0) {
			vec_clear(&v);
			len = 0;
		}
		assert_int_equal(v.len, len);
		assert_true(v.len <= v.capacity);
		assert_true(len == 0 || memcmp(v.items, model, len * sizeof(*model)) == 0);
	}
	vec_fini(&v);
	assert_int_equal(v.len + v.capacity, 0);
}

int main(void)
{
	RUN_TESTS(TEST(an_empty_vector_needs_no_call), TEST(an_added_item_is_zeroed),
		  TEST(a_vector_is_an_array_that_grows));
}
