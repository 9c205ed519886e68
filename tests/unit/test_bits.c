#include "base/bits.h"

#include "tests/lib/test.h"

#define BITS_MAX 300

static void check(const uint64_t *bits, const bool *model, size_t n)
{
	size_t count = 0, next = n;
	for (size_t i = n; i-- > 0;) {
		assert_int_equal(bits_get(bits, i), model[i]);
		count += model[i];
		if (model[i])
			next = i;
		assert_int_equal(bits_next(bits, n, i), next);
	}
	assert_int_equal(bits_count(bits, n), count);
	assert_int_equal(bits_next(bits, n, n), n);
	for (size_t i = n; i < bits_words(n) * 64; i++)
		assert_false(bits_get(bits, i)); /* past the end all is zero */
}

static void a_set_agrees_with_an_array_of_bool(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	for (size_t n = 0; n < BITS_MAX; n++) {
		uint64_t bits[(BITS_MAX + 63) / 64] = { 0 };
		bool model[BITS_MAX] = { false };
		check(bits, model, n);
		for (int step = 0; step < 60 && n > 0; step++) {
			size_t i = (size_t)rng_below(&rng, n);
			uint64_t what = rng_below(&rng, 20);
			if (what < 9) {
				bits_set(bits, i);
				model[i] = true;
			} else if (what < 15) {
				bits_clear(bits, i);
				model[i] = false;
			} else if (what < 19) {
				bits_put(bits, i, what % 2 == 0);
				model[i] = what % 2 == 0;
			} else {
				bool value = rng_below(&rng, 2) == 0;
				bits_fill(bits, n, value);
				for (size_t k = 0; k < n; k++)
					model[k] = value;
			}
			check(bits, model, n);
		}
	}
}

int main(void)
{
	RUN_TESTS(TEST(a_set_agrees_with_an_array_of_bool));
}
