/*
 * A program of the core alone. That it links is the test: an undefined uv_ symbol anywhere in the
 * core stops it. It runs too, so that what is initialised at start is seen.
 */
#include "base/arena.h"

#include <stdio.h>

int main(void)
{
	struct arena arena = { 0 };
	puts(arena_printf(&arena, "the core is %s", "alone"));
	arena_fini(&arena);
	return 0;
}
