#include "base/crc32c.h"

#include "tests/lib/test.h"

/* The vectors of RFC 3720, B.4. */
static void it_yields_the_published_values(void **state)
{
	(void)state;
	uint8_t bytes[32];
	assert_int_equal(crc32c(0, SLICE("123456789")), 0xE3069283);
	assert_int_equal(crc32c(0, SLICE("")), 0);
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(crc32c(0, slice_of(bytes, 32)), 0x8A9136AA);
	memset(bytes, 0xFF, sizeof(bytes));
	assert_int_equal(crc32c(0, slice_of(bytes, 32)), 0x62A8AB43);
	for (uint8_t i = 0; i < 32; i++)
		bytes[i] = i;
	assert_int_equal(crc32c(0, slice_of(bytes, 32)), 0x46DD794E);
	assert_int_equal(crc32c_portable(0, slice_of(bytes, 32)), 0x46DD794E);
}

static void the_fast_way_agrees_with_tables_at_every_length(void **state)
{
	(void)state;
	if (!crc32c_has_fast())
		skip();
	struct rng rng = { .state = rng_seed_from_env() };
	static uint8_t bytes[16 * 1024];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)rng_next(&rng);
	for (size_t len = 0; len < 7000; len++) {
		struct slice some = slice_of(bytes + rng_below(&rng, 9), len);
		uint32_t seed = (uint32_t)rng_next(&rng);
		assert_int_equal(crc32c_fast(seed, some), crc32c_portable(seed, some));
	}
}

static void it_goes_on_where_it_stopped(void **state)
{
	(void)state;
	struct rng rng = { .state = rng_seed_from_env() };
	uint8_t bytes[5000];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)rng_next(&rng);
	uint32_t whole = crc32c(0, slice_of(bytes, sizeof(bytes)));
	for (int i = 0; i < 200; i++) {
		size_t cut = rng_below(&rng, sizeof(bytes) + 1);
		uint32_t crc = crc32c(0, slice_of(bytes, cut));
		assert_int_equal(crc32c(crc, slice_of(bytes + cut, sizeof(bytes) - cut)), whole);
	}
}

int main(void)
{
	RUN_TESTS(TEST(it_yields_the_published_values),
		  TEST(the_fast_way_agrees_with_tables_at_every_length),
		  TEST(it_goes_on_where_it_stopped));
}
