/*
 * call_text.h - calls of scalar functions written as text, and their results as text: for tables.
 *
 *	{ "lpad('ab', 5, 'xy')", "xyxab" }, { "len(null:STRING)", "NULL" }
 *
 * Literals: 'text', x'00ff', 12, 12L, 1.50 (DECIMAL), 1.5e0 (DOUBLE), true, null, null:TYPE (of a
 * scalar type), date:18000, time:1000, timestamp:1000, unit:DAY, ARRAY[a, b],
 * MAP(k, v, k, v) and STRUCT(NAME a, NAME b); calls nest. Each call is run twice: with its literals
 * as constants, and with them in columns, for three rows of which two are selected; results must
 * agree.
 */
#ifndef WEIR_TESTS_LIB_CALL_TEXT_H
#define WEIR_TESTS_LIB_CALL_TEXT_H

#include "base/bytes.h"

struct call_case {
	const char *call;
	/*
	 * As CAST prints it; "NULL"; "!" and how the message begins for a row that fails; "?" and
	 * how the message begins for a call that does not resolve.
	 */
	const char *want;
};

void call_cases_hold(const struct call_case *cases, size_t n, const char *file, int line);
#define CASES_HOLD(cases) call_cases_hold((cases), COUNT_OF(cases), __FILE__, __LINE__)

#endif
