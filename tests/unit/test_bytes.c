#include "tests/lib/test.h"

static void a_slice_is_found_inside_another(void **state)
{
	(void)state;
	struct slice s = SLICE("one two one");
	assert_int_equal(slice_find(s, SLICE("one"), 0), 0);
	assert_int_equal(slice_find(s, SLICE("one"), 1), 8);
	assert_true(slice_find(s, SLICE("three"), 0) == SIZE_MAX);
	assert_true(slice_find(s, SLICE("one two one."), 0) == SIZE_MAX);
	assert_int_equal(slice_find(s, SLICE_EMPTY, 4), 4);
	assert_slice(slice_sub(s, 4, 3), "two");
	assert_slice(slice_sub(s, 9, 100), "ne");
	assert_slice(slice_sub(s, 100, 1), "");
	assert_slice(slice_trim(SLICE(" \t a b\r\n")), "a b");
}

static void slices_order_as_their_bytes_do(void **state)
{
	(void)state;
	assert_true(slice_cmp(SLICE("a"), SLICE("b")) < 0);
	assert_true(slice_cmp(SLICE("a"), SLICE("aa")) < 0);
	assert_true(slice_cmp(SLICE("\xff"), SLICE("a")) > 0);
	assert_int_equal(slice_cmp(SLICE_EMPTY, SLICE_EMPTY), 0);
	assert_true(slice_eq_nocase(SLICE("KEY"), SLICE("kEy")));
	assert_false(slice_eq_nocase(SLICE("KEY"), SLICE("kEz")));
}

static void a_buf_grows_up_to_its_ceiling_and_says_so(void **state)
{
	(void)state;
	struct err err;
	struct buf buf = BUF_INIT(10);
	buf_append_str(&buf, "12345");
	buf_append_u32(&buf, 0x01020304);
	assert_ok(buf_check(&buf, "the text", &err), &err);
	assert_int_equal(buf.len, 9);
	buf_append_u16(&buf, 7);
	assert_fails(buf_check(&buf, "the text", &err), &err, ERR_LIMIT,
		     "the text is larger than 10 bytes");
	buf_append_u8(&buf, 1); /* dropped too: what follows a gap would lie */
	assert_int_equal(buf.len, 9);
	buf_reset(&buf);
	buf_append_u8(&buf, 1);
	assert_ok(buf_check(&buf, "the text", &err), &err);
	buf_fini(&buf);
}

static void a_buf_prints_and_ends_in_nul_when_asked(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(1000);
	for (int i = 0; i < 100; i++)
		buf_printf(&buf, "%d,", i % 10);
	assert_int_equal(buf.len, 200);
	assert_int_equal(strlen(buf_str(&buf)), 200);
	buf_truncate(&buf, 4);
	assert_string_equal(buf_str(&buf), "0,1,");
	buf_fini(&buf);
}

static void a_reader_refuses_every_truncation(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(100);
	buf_append_u8(&buf, 0xAB);
	buf_append_u16(&buf, 0x0102);
	buf_append_u32(&buf, 0x03040506);
	buf_append_u64(&buf, UINT64_C(0x0708090A0B0C0D0E));
	buf_append_str(&buf, "xyz");
	for (size_t len = 0; len <= buf.len; len++) {
		struct reader r = reader_of(slice_sub(buf_slice(&buf), 0, len));
		bool first = reader_u8(&r) == 0xAB;
		bool second = reader_u16(&r) == 0x0102;
		bool third = reader_u32(&r) == 0x03040506;
		bool fourth = reader_u64(&r) == UINT64_C(0x0708090A0B0C0D0E);
		bool fifth = slice_eq(reader_bytes(&r, 3), SLICE("xyz"));
		assert_int_equal(first, len >= 1);
		assert_int_equal(second, len >= 3);
		assert_int_equal(third, len >= 7);
		assert_int_equal(fourth, len >= 15);
		assert_int_equal(fifth, len >= 18);
		assert_int_equal(r.failed, len < 18);
	}
	buf_fini(&buf);
}

static void a_failed_reader_stays_failed(void **state)
{
	(void)state;
	struct err err;
	struct reader r = reader_of(SLICE("ab"));
	reader_skip(&r, 3);
	assert_int_equal(reader_u8(&r), 0);
	assert_fails(reader_check(&r, "the frame", &err), &err, ERR_TRUNCATED,
		     "the frame ends too early");
}

int main(void)
{
	RUN_TESTS(TEST(a_slice_is_found_inside_another), TEST(slices_order_as_their_bytes_do),
		  TEST(a_buf_grows_up_to_its_ceiling_and_says_so),
		  TEST(a_buf_prints_and_ends_in_nul_when_asked),
		  TEST(a_reader_refuses_every_truncation), TEST(a_failed_reader_stays_failed));
}
