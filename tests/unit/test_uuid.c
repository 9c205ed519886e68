#include "wire/uuid.h"

#include "tests/lib/test.h"

static void a_uuid_comes_back_from_its_text(void **state)
{
	(void)state;
	struct err err;
	struct rng rng = { 7 };
	for (int i = 0; i < 200; i++) {
		uint8_t random[16];
		for (int j = 0; j < 16; j++)
			random[j] = (uint8_t)rng_next(&rng);
		struct uuid uuid = uuid_from_random(random), back;
		struct buf text = BUF_INIT(100);
		uuid_print(uuid, &text);
		assert_int_equal(text.len, UUID_TEXT_LEN);
		assert_ok(uuid_parse(buf_slice(&text), &back, &err), &err);
		assert_true(uuid_eq(uuid, back));
		buf_fini(&text);
	}
}

static void the_text_is_url_safe_base64(void **state)
{
	(void)state;
	struct uuid uuid = { { 0xfb, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } };
	struct buf text = BUF_INIT(100);
	uuid_print(uuid, &text);
	assert_string_equal(buf_str(&text), "-__-AAAAAAAAAAAAAAAAAQ");
	buf_fini(&text);
}

static void a_bad_text_is_refused(void **state)
{
	(void)state;
	struct err err;
	struct uuid uuid;
	assert_fails(uuid_parse(SLICE("short"), &uuid, &err), &err, ERR_INVALID, "22 characters");
	assert_fails(uuid_parse(SLICE("-__-AAAAAAAAAAAAAAAA+Q"), &uuid, &err), &err, ERR_INVALID,
		     "is not a UUID");
	assert_fails(uuid_parse(SLICE("-__-AAAAAAAAAAAAAAAAAR"), &uuid, &err), &err, ERR_INVALID,
		     "is not a UUID");
}

int main(void)
{
	RUN_TESTS(TEST(a_uuid_comes_back_from_its_text), TEST(the_text_is_url_safe_base64),
		  TEST(a_bad_text_is_refused));
}
