/*
 * test.h - what every unit test includes: cmocka, and assertions that know our types.
 *
 * A test is `static void a_sentence_that_must_hold(void **state)`; TEST(name) lists it in main.
 */
#ifndef WEIR_TESTS_LIB_TEST_H
#define WEIR_TESTS_LIB_TEST_H

#include "base/bytes.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST(name) cmocka_unit_test(name)
#define RUN_TESTS(...)                                                                             \
	const struct CMUnitTest tests[] = { __VA_ARGS__ };                                         \
	return cmocka_run_group_tests(tests, NULL, NULL)

/* The bytes of a slice are those of a C string. */
#define assert_slice(slice, text) assert_slice_at((slice), (text), __FILE__, __LINE__)
void assert_slice_at(struct slice slice, const char *text, const char *file, int line);

/* The call succeeded; prints the error's text when not. */
#define assert_ok(call, err) assert_ok_at((call), (err), __FILE__, __LINE__)
void assert_ok_at(int code, const struct err *err, const char *file, int line);

/* The call failed with this code, and the text contains `words`. */
#define assert_fails(call, err, code, words)                                                       \
	assert_fails_at((call), (err), (code), (words), __FILE__, __LINE__)
void assert_fails_at(int got, const struct err *err, enum err_code code, const char *words,
		     const char *file, int line);

/* A small, fast, seeded generator for property tests: the same seed gives the same run. */
struct rng {
	uint64_t state;
};
uint64_t rng_next(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t n); /* 0 <= result < n */
uint64_t rng_seed_from_env(void);                /* WEIR_SEED, else a fixed number; printed */

#endif
