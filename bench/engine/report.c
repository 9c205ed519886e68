#include "bench/engine/report.h"

#include <stdio.h>
#include <time.h>

double bench_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void report(const struct measurement *m, const struct measurement *reference, double bar, bool json)
{
	double rows_per_s = m->rows / m->seconds;
	double ratio = 1;
	if (reference != NULL)
		ratio = rows_per_s / (reference->rows / reference->seconds);
	const char *against = reference != NULL ? reference->name : m->name;
	if (json) {
		printf("{\"name\":\"%s\",\"rows_per_s\":%.0f,\"bytes_per_s\":%.0f,"
		       "\"ns_per_row\":%.2f,\"ratio\":%.4f,\"reference\":\"%s\",\"bar\":%.2f}\n",
		       m->name, rows_per_s, m->bytes / m->seconds, 1e9 / rows_per_s, ratio, against,
		       bar);
	} else {
		printf("%-28s %8.2f M rows/s %8.2f GB/s %9.1f ns/row", m->name, rows_per_s / 1e6,
		       m->bytes / m->seconds / 1e9, 1e9 / rows_per_s);
		if (reference != NULL)
			printf("   %6.2f x %s", ratio, against);
		if (bar > 0)
			printf(" (bar %.2f)%s", bar, ratio < bar ? " BELOW" : "");
		printf("\n");
	}
	fflush(stdout);
}
