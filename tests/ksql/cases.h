/*
 * cases.h - one case of the reference's functional tests, read from its JSON.
 *
 * A definition stands for one case per format and per config value; {FORMAT} and {CONFIG} are
 * filled in.
 */
#ifndef WEIR_TESTS_KSQL_CASES_H
#define WEIR_TESTS_KSQL_CASES_H

#include "base/json_tree.h"
#include "base/map.h"
#include "base/vec.h"

struct test_case {
	const char *name; /* "file - name - FORMAT - property=value" */
	const struct json_value *json;
	struct slice format; /* empty: the definition has none */
	struct slice config;
	struct arena *arena;
	VEC(struct slice) statements; /* filled in */
	struct map properties;        /* name to `const char *` */
};

typedef void case_visit(void *arg, const struct test_case *test);

fallible cases_each(const char *file, struct slice text, case_visit *visit, void *arg,
		    struct err *err);
/* NULL: it is to be run. */
const char *case_skip_reason(const struct test_case *test);
/* 0: it passed; else err says why not. */
fallible case_run(const struct test_case *test, struct err *err);

#endif
