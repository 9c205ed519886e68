/*
 * properties.h - reads `.properties` text as Java's Properties.load(Reader) does.
 *
 * Call properties_next until it says there is no more. Comments (# and !), continued lines,
 * separators (=, : or white space) and escapes (\t \n \r \f \uXXXX, and a backslash that is simply
 * dropped) are Java's. The text is UTF-8, where Java's other load reads ISO-8859-1. Two \u escapes
 * that are a surrogate pair are one character; a lone one reads as U+FFFD. Lines count from 1 and
 * are lines of the file, so that a mistake is found where it stands.
 */
#ifndef WEIR_BASE_PROPERTIES_H
#define WEIR_BASE_PROPERTIES_H

#include "base/bytes.h"
#include "base/err.h"

/* A longer logical line is refused (ERR_LIMIT). */
#define PROPERTIES_LINE_MAX ((size_t)1024 * 1024)

struct properties {
	struct reader reader;
	int32_t line; /* the next natural line's number */

	/* What properties_next has read: */
	struct buf key, value;
	int32_t key_line; /* where its first natural line stands */

	struct buf logical; /* the line it was read from, continuations joined */
};

void properties_init(struct properties *p, struct slice text);
void properties_fini(struct properties *p);

/* Reads the next pair into `key` and `value`; *ret_more is false at the end of the text. */
fallible properties_next(struct properties *p, bool *ret_more, struct err *err);

#endif
