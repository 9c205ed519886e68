#include "host/random.h"
#include "base/base.h"

#include <errno.h>
#include <sys/random.h>

uint64_t random_u64(void)
{
	uint64_t value = 0;
	ssize_t n;
	/* So few bytes come whole, or not at all before the kernel is seeded: then it waits. */
	do
		n = getrandom(&value, sizeof(value), 0);
	while (n < 0 && errno == EINTR);
	assert(n == (ssize_t)sizeof(value));
	return value;
}
