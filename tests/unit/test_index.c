#include "broker/index.h"

#include "tests/lib/test.h"

static void entries_come_by_bytes_and_are_found_by_floor(void **state)
{
	(void)state;
	struct index index = { 0 };
	for (uint32_t i = 0; i < 100; i++)
		index_add(&index,
			  &(struct index_batch){ .last_offset = i * 3 + 2,
						 .position = i * 1000,
						 .bytes = 1000,
						 .max_timestamp_ms = 5000 + i,
						 .max_timestamp_offset = i * 3 + 2 },
			  4096);
	assert_int_equal(index.offsets.len, 19); /* every fifth, the first not */
	assert_int_equal(index.offsets.items[0].position, 5000);
	assert_null(index_find(&index, 16));
	assert_int_equal(index_find(&index, 17)->position, 5000);
	assert_int_equal(index_find(&index, 31)->position, 5000);
	assert_int_equal(index_find(&index, 32)->position, 10000);
	assert_int_equal(index_find(&index, 9999)->position, 95000);
	assert_null(index_find_time(&index, 5005));
	assert_int_equal(index_find_time(&index, 5006)->offset, 17);
	index_fini(&index);
}

static void bytes_are_kafkas(void **state)
{
	(void)state;
	struct index index = { 0 }, again = { 0 };
	struct err err;
	struct buf offsets = BUF_INIT(1000), times = BUF_INIT(1000);
	vec_push(&index.offsets, (struct index_offset){ 0x102, 0x3040 });
	vec_push(&index.times, (struct index_time){ 0x0102030405, 7 });
	index_print_offsets(&index, 0, &offsets);
	index_print_times(&index, 0, &times);
	assert_true(slice_eq(buf_slice(&offsets), SLICE("\0\0\1\2\0\0\x30\x40")));
	assert_true(slice_eq(buf_slice(&times), SLICE("\0\0\0\1\2\3\4\5\0\0\0\7")));
	assert_ok(index_parse(&again, buf_slice(&offsets), buf_slice(&times), 0x3041, &err), &err);
	assert_int_equal(again.offsets.items[0].offset, 0x102);
	assert_int_equal(again.times.items[0].timestamp_ms, 0x0102030405);
	assert_fails(index_parse(&again, buf_slice(&offsets), buf_slice(&times), 0x3040, &err),
		     &err, ERR_CORRUPT, "index");
	assert_int_equal(again.offsets.len, 0);
	index_fini(&index);
	index_fini(&again);
	buf_fini(&offsets);
	buf_fini(&times);
}

int main(void)
{
	RUN_TESTS(TEST(entries_come_by_bytes_and_are_found_by_floor), TEST(bytes_are_kafkas));
}
