/*
 * report.h - a stopwatch of the process's own time, and measurements as lines or JSON objects.
 */
#ifndef WEIR_BENCH_REPORT_H
#define WEIR_BENCH_REPORT_H

#include "base/base.h"

struct measurement {
	const char *name;
	double rows, bytes, seconds;
};

double bench_seconds(void); /* CPU time used so far */
/* A rate must be measured over at least so long. */
#define BENCH_SECONDS_MIN 0.5

/* `reference` may be NULL: this is one. `bar`: the least ratio wanted; 0: none. */
void report(const struct measurement *m, const struct measurement *reference, double bar, bool json);

#endif
