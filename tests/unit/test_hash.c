#include "base/hash.h"

#include "tests/lib/test.h"

static void murmur2_is_the_one_of_kafkas_partitioner(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		int32_t hash;
	} cases[] = {
		{ "21", -973932308 },
		{ "foobar", -790332482 },
		{ "a-little-bit-long-string", -985981536 },
		{ "a-little-bit-longer-string", -1486304829 },
		{ "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971 },
		{ "abc", 479470107 },
		{ "", 275646681 },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(hash_murmur2(slice_str(cases[i].key)), cases[i].hash);
}

static void a_partition_is_never_negative(void **state)
{
	(void)state;
	assert_int_equal(hash_partition(SLICE("abc"), 1), 0);
	assert_int_equal(hash_partition(SLICE("abc"), 12), 479470107 % 12);
	assert_int_equal(hash_partition(SLICE("21"), 12), (-973932308 & INT32_MAX) % 12);
	assert_int_equal(hash_partition(slice_of(NULL, 0), 7), 275646681 % 7);
}

static void xxh64_is_the_published_one(void **state)
{
	(void)state;
	assert_true(hash_xxh64(SLICE_EMPTY, 0) == UINT64_C(0xEF46DB3751D8E999));
	assert_true(hash_xxh64(SLICE("a"), 0) == UINT64_C(0xD24EC4F1A98C6E5B));
	assert_true(hash_xxh64(SLICE("abc"), 0) == UINT64_C(0x44BC2CF5AD770999));
	assert_true(hash_xxh64(SLICE("abc"), 1) != hash_xxh64(SLICE("abc"), 0));
}

int main(void)
{
	RUN_TESTS(TEST(murmur2_is_the_one_of_kafkas_partitioner),
		  TEST(a_partition_is_never_negative), TEST(xxh64_is_the_published_one));
}
