#define WEIR_ALLOW_BANNED
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>

void assert_slice_at(struct slice slice, const char *text, const char *file, int line)
{
	if (slice_eq_str(slice, text))
		return;
	print_error("\"%.*s\" != \"%s\"\n", SLICE_ARGS(slice), text);
	_fail(file, line);
}

void assert_ok_at(int code, const struct err *err, const char *file, int line)
{
	if (code == 0)
		return;
	print_error("failed: %s: %s\n", err_code_name((enum err_code)code),
		    err != NULL ? err->text : "(no text)");
	_fail(file, line);
}

void assert_fails_at(int got, const struct err *err, enum err_code code, const char *words,
		     const char *file, int line)
{
	if (got == (int)code && strstr(err->text, words) != NULL)
		return;
	print_error("%s \"%s\" is not %s \"...%s...\"\n", err_code_name((enum err_code)got),
		    got != 0 ? err->text : "", err_code_name(code), words);
	_fail(file, line);
}

uint64_t rng_next(struct rng *rng)
{
	/* splitmix64: every 64-bit state is valid and the period is 2^64. */
	uint64_t z = (rng->state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

uint64_t rng_below(struct rng *rng, uint64_t n)
{
	return rng_next(rng) % n;
}

uint64_t rng_seed_from_env(void)
{
	const char *text = getenv("WEIR_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 20260101;
	print_message("seed %llu (set WEIR_SEED to repeat)\n", (unsigned long long)seed);
	return seed;
}
