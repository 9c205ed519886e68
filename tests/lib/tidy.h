/*
 * tidy.h - the rules of the source tree that a program can check.
 *
 * tidy_check looks at the tracked files below a root (at all files, where there is no git) and
 * appends one line for each breach: "engine/x.c:12: what is wrong". The rules and their exceptions
 * are the tables at the head of tidy.c: folder edges, banned calls, who may use what, openings of
 * headers, own header first, lengths, a README line for each file.
 *
 * A draft is checked for all but the lengths of lines, which scripts/format mends.
 */
#ifndef WEIR_TESTS_LIB_TIDY_H
#define WEIR_TESTS_LIB_TIDY_H

#include "base/bytes.h"

/* Appends the breaches to `report` and returns how many there are; *ret_files: files looked at. */
uint32_t tidy_check(const char *root, bool draft, struct buf *report, uint32_t *ret_files);

#endif
