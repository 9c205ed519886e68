#include "wire/errors.h"

#include "tests/lib/test.h"

static void a_code_has_its_name_text_and_advice(void **state)
{
	(void)state;
	assert_string_equal(kafka_error_name(-1), "UNKNOWN_SERVER_ERROR");
	assert_string_equal(kafka_error_name(0), "NONE");
	assert_string_equal(kafka_error_name(133), "SHARE_SESSION_LIMIT_REACHED");
	assert_string_equal(kafka_error_name(26), "INVALID_SESSION_TIMEOUT");
	assert_int_equal(KAFKA_TOPIC_ALREADY_EXISTS, 36);
	assert_true(kafka_error_retriable(KAFKA_UNKNOWN_TOPIC_OR_PARTITION));
	assert_false(kafka_error_retriable(KAFKA_MESSAGE_TOO_LARGE));
}

static void every_code_up_to_the_last_is_known_and_others_are_not(void **state)
{
	(void)state;
	for (int16_t code = -1; code <= 133; code++) {
		assert_string_not_equal(kafka_error_name(code), "UNKNOWN");
		assert_true(strlen(kafka_error_text(code)) > 5);
	}
	assert_string_equal(kafka_error_name(134), "UNKNOWN");
	assert_string_equal(kafka_error_name(-2), "UNKNOWN");
	assert_string_equal(kafka_error_name(INT16_MIN), "UNKNOWN");
}

int main(void)
{
	RUN_TESTS(TEST(a_code_has_its_name_text_and_advice),
		  TEST(every_code_up_to_the_last_is_known_and_others_are_not));
}
