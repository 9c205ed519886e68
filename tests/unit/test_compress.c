#include "wire/compress.h"

#include "tests/lib/test.h"

static void what_is_packed_unpacks_to_itself(void **state)
{
	(void)state;
	struct rng rng = { .state = rng_seed_from_env() };
	struct err err;
	for (int round = 0; round < 60; round++) {
		struct buf in = BUF_INIT(1 << 20);
		size_t len = round == 0 ? 0 : rng_below(&rng, 200000);
		uint64_t variety = 1 + rng_below(&rng, 256);
		for (size_t i = 0; i < len; i++)
			buf_append_u8(&in, (uint8_t)rng_below(&rng, variety));
		for (unsigned codec = 0; codec < COMPRESS_CODEC_COUNT; codec++) {
			struct buf packed = BUF_INIT(1 << 21), out = BUF_INIT(1 << 20);
			assert_ok(compress_pack(codec, COMPRESS_LEVEL_DEFAULT, buf_slice(&in),
						&packed, &err),
				  &err);
			if (packed.len > 0 || codec == COMPRESS_NONE)
				assert_ok(compress_unpack(codec, buf_slice(&packed), &out, &err),
					  &err);
			assert_true(slice_eq(buf_slice(&in), buf_slice(&out)));
			buf_fini(&packed);
			buf_fini(&out);
		}
		buf_fini(&in);
	}
}

static void a_compression_bomb_is_refused_and_takes_no_memory(void **state)
{
	(void)state;
	struct err err;
	struct buf in = BUF_INIT(64 << 20);
	buf_append_zeroes(&in, 32 << 20);
	for (unsigned codec = COMPRESS_NONE; codec < COMPRESS_CODEC_COUNT; codec++) {
		struct buf packed = BUF_INIT(64 << 20), out = BUF_INIT(1 << 20);
		assert_ok(compress_pack(codec, COMPRESS_LEVEL_DEFAULT, buf_slice(&in), &packed,
					&err),
			  &err);
		assert_fails(compress_unpack(codec, buf_slice(&packed), &out, &err), &err,
			     ERR_LIMIT, "1048576 bytes");
		assert_true(out.capacity <= 1 << 20);
		buf_fini(&packed);
		buf_fini(&out);
	}
	buf_fini(&in);
}

static void cut_and_damaged_input_fails_cleanly(void **state)
{
	(void)state;
	struct rng rng = { .state = rng_seed_from_env() };
	struct err err;
	struct buf in = BUF_INIT(1 << 20);
	for (int i = 0; i < 20000; i++)
		buf_append_u8(&in, (uint8_t)rng_below(&rng, 7));
	for (unsigned codec = COMPRESS_GZIP; codec < COMPRESS_CODEC_COUNT; codec++) {
		struct buf packed = BUF_INIT(1 << 20);
		assert_ok(compress_pack(codec, 1, buf_slice(&in), &packed, &err), &err);
		for (int i = 0; i < 300; i++) {
			struct buf out = BUF_INIT(1 << 20);
			size_t at = rng_below(&rng, packed.len - 1);
			struct slice cut = slice_sub(buf_slice(&packed), 0, at);
			assert_int_not_equal(compress_unpack(codec, cut, &out, &err) == 0 &&
						     out.len == in.len,
					     1);
			buf_reset(&out);
			packed.data[at] ^= (uint8_t)(1u << rng_below(&rng, 8));
			if (compress_unpack(codec, buf_slice(&packed), &out, &err) != 0)
				assert_true(err.code == ERR_CORRUPT || err.code == ERR_LIMIT ||
					    err.code == ERR_TRUNCATED);
			buf_fini(&out);
		}
		buf_fini(&packed);
	}
	buf_fini(&in);
}

/* By hand: a literal of three bytes, without and with the xerial framing. */
static void snappy_is_read_raw_and_framed(void **state)
{
	(void)state;
	struct err err;
	struct buf out = BUF_INIT(100);
	assert_ok(compress_unpack(COMPRESS_SNAPPY,
				  SLICE("\x03\x08"
					"abc"),
				  &out, &err),
		  &err);
	assert_slice(buf_slice(&out), "abc");
	buf_reset(&out);
	assert_ok(compress_unpack(COMPRESS_SNAPPY,
				  SLICE("\x82SNAPPY\0\0\0\0\1\0\0\0\1\0\0\0\5\x03\x08"
					"abc"
					"\0\0\0\4\x02\x04"
					"de"),
				  &out, &err),
		  &err);
	assert_slice(buf_slice(&out), "abcde");
	buf_reset(&out);
	assert_fails(compress_unpack(COMPRESS_SNAPPY,
				     SLICE("\xff\xff\xff\x0f"
					   "abc"),
				     &out, &err),
		     &err, ERR_CORRUPT, "impossible");
	buf_fini(&out);
}

static void codecs_have_names(void **state)
{
	(void)state;
	struct err err;
	enum compress_codec codec;
	for (unsigned i = 0; i < COMPRESS_CODEC_COUNT; i++) {
		assert_ok(compress_codec_of(slice_str(compress_name(i)), &codec, &err), &err);
		assert_int_equal(codec, i);
	}
	assert_fails(compress_codec_of(SLICE("brotli"), &codec, &err), &err, ERR_INVALID, "brotli");
}

int main(void)
{
	RUN_TESTS(TEST(what_is_packed_unpacks_to_itself),
		  TEST(a_compression_bomb_is_refused_and_takes_no_memory),
		  TEST(cut_and_damaged_input_fails_cleanly), TEST(snappy_is_read_raw_and_framed),
		  TEST(codecs_have_names));
}
