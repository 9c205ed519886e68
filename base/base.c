#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void assert_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "weir: assertion failed: %s (%s:%d)\n", what, file, line);
	fflush(stderr);
	abort();
}
