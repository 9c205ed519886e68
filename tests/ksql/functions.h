/*
 * functions.h - the functions that the reference's harness adds for its tests, written with ours'
 * ABI.
 */
#ifndef WEIR_TESTS_KSQL_FUNCTIONS_H
#define WEIR_TESTS_KSQL_FUNCTIONS_H

#include "engine/agg.h"

extern const struct func_def TEST_FUNCTIONS[]; /* up to the first without a name */
extern const struct agg_def TEST_AGGREGATES[]; /* likewise */

#endif
