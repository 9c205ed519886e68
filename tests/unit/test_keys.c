#include "state/keys.h"
#include "tests/lib/test.h"

#include <math.h>

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void integers_order_as_their_bytes(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	for (int round = 0; round < 20000; round++) {
		int64_t a = (int64_t)rng_next(&rng) >> rng_below(&rng, 64);
		int64_t b = (int64_t)rng_next(&rng) >> rng_below(&rng, 64);
		struct buf left = BUF_INIT(100), right = BUF_INIT(100);
		keys_put_i64(&left, a);
		keys_put_i64(&right, b);
		assert_int_equal(slice_cmp(buf_slice(&left), buf_slice(&right)), (a > b) - (a < b));
		struct reader in = reader_of(buf_slice(&left));
		int64_t back = 0;
		assert_true(keys_get_i64(&in, &back));
		assert_true(back == a);
		buf_fini(&left);
		buf_fini(&right);
	}
}

static void doubles_order_as_their_bytes(void **state)
{
	(void)state;
	static const double ORDERED[] = {
		-(double)INFINITY, -1e300, -2.5, -1e-300, -0.0, 1e-300, 1.0, 2.5, 1e300,
		(double)INFINITY
	};
	for (size_t i = 0; i < COUNT_OF(ORDERED); i++) {
		for (size_t j = 0; j < COUNT_OF(ORDERED); j++) {
			struct buf a = BUF_INIT(100), b = BUF_INIT(100);
			keys_put_f64(&a, ORDERED[i]);
			keys_put_f64(&b, ORDERED[j]);
			assert_int_equal(slice_cmp(buf_slice(&a), buf_slice(&b)),
					 (i > j) - (i < j));
			buf_fini(&a);
			buf_fini(&b);
		}
	}
}

static struct slice random_text(struct rng *rng, uint8_t bytes[8])
{
	size_t len = rng_below(rng, 8);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(rng_below(rng, 3) == 0 ? 0 : rng_below(rng, 256));
	return slice_of(bytes, len);
}

static void texts_with_zeroes_order_as_their_bytes_and_come_back(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct arena arena = { 0 };
	for (int round = 0; round < 20000; round++) {
		uint8_t first[8], second[8];
		struct slice a = random_text(&rng, first), b = random_text(&rng, second);
		struct buf left = BUF_INIT(100), right = BUF_INIT(100);
		keys_put_bytes(&left, a);
		keys_put_i32(&left, 1);
		keys_put_bytes(&right, b);
		keys_put_i32(&right, 1);
		assert_int_equal(sign(slice_cmp(buf_slice(&left), buf_slice(&right))),
				 sign(slice_cmp(a, b)));
		struct reader in = reader_of(buf_slice(&left));
		struct slice back;
		int32_t one = 0;
		assert_true(keys_get_bytes(&in, &arena, &back));
		assert_true(slice_eq(back, a));
		assert_true(keys_get_i32(&in, &one));
		assert_int_equal(one, 1);
		buf_fini(&left);
		buf_fini(&right);
	}
	arena_fini(&arena);
}

static void null_comes_first_and_a_cut_key_fails(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct buf null = BUF_INIT(100), least = BUF_INIT(100);
	keys_put_null(&null);
	keys_put_i64(&least, INT64_MIN);
	assert_true(slice_cmp(buf_slice(&null), buf_slice(&least)) < 0);
	for (size_t len = 0; len < least.len; len++) {
		struct reader in = reader_of(slice_sub(buf_slice(&least), 0, len));
		int64_t value;
		assert_false(keys_get_i64(&in, &value));
		assert_true(in.failed);
	}
	struct reader in = reader_of(SLICE("\x01"
					   "ab\x00"));
	struct slice text;
	assert_false(keys_get_bytes(&in, &arena, &text));
	assert_true(in.failed);
	buf_fini(&null);
	buf_fini(&least);
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(integers_order_as_their_bytes), TEST(doubles_order_as_their_bytes),
		  TEST(texts_with_zeroes_order_as_their_bytes_and_come_back),
		  TEST(null_comes_first_and_a_cut_key_fails));
}
