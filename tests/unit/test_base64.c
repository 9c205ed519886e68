#include "base/base64.h"

#include "tests/lib/test.h"

static void base64_pads_as_the_standard_shows(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/" },
	};
	struct err err;
	struct buf buf = BUF_INIT(100);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		buf_reset(&buf);
		base64_encode(slice_str(cases[i][0]), &buf);
		assert_slice(buf_slice(&buf), cases[i][1]);
		buf_reset(&buf);
		assert_ok(base64_decode(slice_str(cases[i][1]), &buf, &err), &err);
		assert_slice(buf_slice(&buf), cases[i][0]);
	}
	buf_fini(&buf);
}

static void base64_without_padding_is_read_too(void **state)
{
	(void)state;
	struct err err;
	struct buf buf = BUF_INIT(100);
	assert_ok(base64_decode(SLICE("Zm8"), &buf, &err), &err);
	assert_ok(base64_decode(SLICE("Zg"), &buf, &err), &err);
	assert_slice(buf_slice(&buf), "fof");
	buf_fini(&buf);
}

static void bad_base64_is_refused_and_leaves_no_mark(void **state)
{
	(void)state;
	static const char *const cases[] = { "Z",    "Zm9vY",    "Zg=",    "Zm8==", "=",
					     "==",   "Zm 9v",    "Zm9v\n", "Zm-_",  "Z=9v",
					     "====", "Zg==Zg==", "Zm\x80v" };
	struct err err;
	struct buf buf = BUF_INIT(100);
	buf_append_str(&buf, "before");
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_fails(base64_decode(slice_str(cases[i]), &buf, &err), &err, ERR_INVALID,
			     "base64");
	assert_slice(buf_slice(&buf), "before");
	buf_fini(&buf);
}

static void hexadecimal_digits_come_in_pairs(void **state)
{
	(void)state;
	struct err err;
	struct buf buf = BUF_INIT(100);
	hex_encode(slice_of("\x00\x7f\xff", 3), &buf);
	assert_slice(buf_slice(&buf), "007FFF");
	buf_reset(&buf);
	assert_ok(hex_decode(SLICE("4a4B"), &buf, &err), &err);
	assert_slice(buf_slice(&buf), "JK");
	assert_fails(hex_decode(SLICE("4"), &buf, &err), &err, ERR_INVALID, "odd number");
	assert_fails(hex_decode(SLICE("4g"), &buf, &err), &err, ERR_INVALID, "digit at 1");
	assert_fails(hex_decode(SLICE("00 1"), &buf, &err), &err, ERR_INVALID, "digit at 2");
	assert_slice(buf_slice(&buf), "JK");
	buf_fini(&buf);
}

static void what_passes_the_ceiling_is_refused(void **state)
{
	(void)state;
	struct err err;
	struct buf buf = BUF_INIT(3);
	assert_ok(base64_decode(SLICE("Zm9v"), &buf, &err), &err);
	assert_fails(base64_decode(SLICE("Zm9v"), &buf, &err), &err, ERR_LIMIT, "base64");
	buf_reset(&buf);
	assert_fails(hex_decode(SLICE("0011223344"), &buf, &err), &err, ERR_LIMIT, "hexadecimal");
	buf_reset(&buf);
	base64_encode(SLICE("foo"), &buf);
	assert_true(buf.overflowed);
	buf_fini(&buf);
}

static void random_bytes_come_back(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct err err;
	struct buf text = BUF_INIT(1000), back = BUF_INIT(1000);
	for (int i = 0; i < 2000; i++) {
		uint8_t bytes[100];
		size_t len = rng_below(&rng, sizeof(bytes) + 1);
		for (size_t j = 0; j < len; j++)
			bytes[j] = (uint8_t)rng_next(&rng);
		buf_reset(&text);
		buf_reset(&back);
		base64_encode(slice_of(bytes, len), &text);
		assert_ok(base64_decode(buf_slice(&text), &back, &err), &err);
		assert_true(slice_eq(buf_slice(&back), slice_of(bytes, len)));
		buf_reset(&text);
		buf_reset(&back);
		hex_encode(slice_of(bytes, len), &text);
		assert_ok(hex_decode(buf_slice(&text), &back, &err), &err);
		assert_true(slice_eq(buf_slice(&back), slice_of(bytes, len)));
	}
	buf_fini(&text);
	buf_fini(&back);
}

int main(void)
{
	RUN_TESTS(TEST(base64_pads_as_the_standard_shows), TEST(base64_without_padding_is_read_too),
		  TEST(bad_base64_is_refused_and_leaves_no_mark),
		  TEST(hexadecimal_digits_come_in_pairs), TEST(what_passes_the_ceiling_is_refused),
		  TEST(random_bytes_come_back));
}
