/*
 * vectors.h - what every check_<part>.c uses: lines of "operation TAB field TAB field ..."
 * compared.
 *
 * A checker gives vectors_main a table of operations. Each is called with the fields of a line, the
 * last one being what is expected, and appends what weir makes of the others; the two must be
 * equal, byte for byte. "!" stands for "refused". Lines come from the files named on the command
 * line, or from standard input; the exit status is 1 when any line differs, or when there was none.
 */
#ifndef WEIR_TESTS_VECTORS_H
#define WEIR_TESTS_VECTORS_H

#include "base/bytes.h"

#define VECTOR_FIELDS_MAX 8

struct vector_op {
	const char *name;
	uint32_t field_count; /* without the name and what is expected */
	void (*run)(const struct slice *fields, struct buf *got);
};

int vectors_main(int argc, char **argv, const struct vector_op *ops, size_t op_count);

#endif
