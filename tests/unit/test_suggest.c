#include "base/suggest.h"

#include "tests/lib/test.h"

static const char *nearest(const char *word)
{
	static const char *const NAMES[] = { "help",   "version", "server",   "broker",
					     "topics", "topic",   "data.dir", "listeners" };
	struct suggest s = suggest_for(slice_str(word));
	for (size_t i = 0; i < COUNT_OF(NAMES); i++)
		suggest_offer(&s, NAMES[i]);
	return s.best != NULL ? s.best : "";
}

static void the_nearest_name_is_found(void **state)
{
	(void)state;
	assert_string_equal(nearest("sevrer"), "server");
	assert_string_equal(nearest("SERVER"), "server");
	assert_string_equal(nearest("hlep"), "help");
	assert_string_equal(nearest("vers"), "version");
	assert_string_equal(nearest("topisc"), "topics");
	assert_string_equal(nearest("topi"), "topic");
	assert_string_equal(nearest("data_dir"), "data.dir");
	assert_string_equal(nearest("listener"), "listeners");
}

static void nothing_is_suggested_when_nothing_is_near(void **state)
{
	(void)state;
	assert_string_equal(nearest("zebra"), "");
	assert_string_equal(nearest(""), "");
	assert_string_equal(nearest("x"), "");
	assert_string_equal(nearest("ab"), "");
	char long_word[200];
	memset(long_word, 'a', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_string_equal(nearest(long_word), "");
}

static void distance_counts_letters(void **state)
{
	(void)state;
	assert_int_equal(suggest_distance(SLICE(""), SLICE("abc")), 3);
	assert_int_equal(suggest_distance(SLICE("abc"), SLICE("")), 3);
	assert_int_equal(suggest_distance(SLICE("abc"), SLICE("abc")), 0);
	assert_int_equal(suggest_distance(SLICE("abc"), SLICE("acb")), 1);
	assert_int_equal(suggest_distance(SLICE("kitten"), SLICE("sitting")), 3);
	assert_int_equal(suggest_distance(SLICE("ca"), SLICE("abc")), 3);
}

/* Distance is symmetric, zero only for equals, and one edit changes it by one at most. */
static void distance_is_a_distance(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	for (int round = 0; round < 5000; round++) {
		uint8_t a[12], b[12];
		size_t na = (size_t)rng_below(&rng, 12), nb = (size_t)rng_below(&rng, 12);
		for (size_t i = 0; i < sizeof(a); i++) {
			a[i] = (uint8_t)('a' + rng_below(&rng, 3));
			b[i] = (uint8_t)('a' + rng_below(&rng, 3));
		}
		struct slice x = slice_of(a, na), y = slice_of(b, nb);
		uint32_t d = suggest_distance(x, y);
		assert_int_equal(d, suggest_distance(y, x));
		assert_int_equal(d == 0, slice_eq(x, y));
		assert_true(d <= MAX(na, nb));
		if (na > 0) {
			uint32_t shorter = suggest_distance(slice_sub(x, 0, na - 1), y);
			assert_true(shorter + 1 >= d && d + 1 >= shorter);
		}
	}
}

static void the_words_are_ready_to_append(void **state)
{
	(void)state;
	struct suggest s = suggest_for(SLICE("sever"));
	assert_string_equal(suggest_words(&s), "");
	suggest_offer(&s, "server");
	assert_string_equal(suggest_words(&s), "; did you mean 'server'?");
}

int main(void)
{
	RUN_TESTS(TEST(the_nearest_name_is_found), TEST(nothing_is_suggested_when_nothing_is_near),
		  TEST(distance_counts_letters), TEST(distance_is_a_distance),
		  TEST(the_words_are_ready_to_append));
}
