/*
 * regex.h - regular expressions as java.util.regex has them, matched by PCRE2.
 *
 * A pattern is translated where the two differ (regex_java.c: \uXXXX, nested classes and &&, POSIX
 * and Java properties, flags); what Java does not know (recursion, verbs, callouts) is refused.
 * Texts are UTF-8 and positions are bytes. A search gives up, as an error, after REGEX_MATCH_LIMIT
 * steps, for a pattern is a user's and may want exponential time. A struct regex holds its last
 * match, so it belongs to one thread.
 */
#ifndef WEIR_ENGINE_REGEX_H
#define WEIR_ENGINE_REGEX_H

#include "base/bytes.h"

/* Steps of one search: tens of milliseconds at most. */
#define REGEX_MATCH_LIMIT 1000000
/* What one search may take for its backtracking. */
#define REGEX_HEAP_KIB_MAX (16 * 1024)
#define REGEX_PATTERN_BYTES_MAX ((size_t)64 * 1024)
/* Classes within classes. */
#define REGEX_CLASS_DEPTH_MAX 32

struct regex {
	void *code, *match, *context; /* PCRE2's, owned */
	uint32_t ngroups;
	const size_t *spans; /* of the last match: from and to of each group; SIZE_MAX: not set */
};

fallible regex_init(struct regex *regex, struct slice pattern, struct err *err);
void regex_fini(struct regex *regex); /* zeroed ones too */

/* The first match at or after `from`. */
fallible regex_find(struct regex *regex, struct slice text, size_t from, bool *ret_found,
		    struct err *err);
/* Does the pattern match nothing at all? */
bool regex_matches_empty(struct regex *regex);

/* Of the last match: where it began and ended, and where Java's find() goes on; past the end: over.
 */
size_t regex_from(const struct regex *regex);
size_t regex_to(const struct regex *regex);
size_t regex_next(const struct regex *regex, struct slice text);
/* Group 0 is all of the match. False: the group took no part. */
bool regex_group(const struct regex *regex, struct slice text, uint32_t group,
		 struct slice *ret_text);
/* The number of a named group; 0: there is none. */
uint32_t regex_group_named(const struct regex *regex, struct slice name);

/* regex_java.c: a pattern of Java's as one of PCRE2's. */
fallible regex_translate(struct slice pattern, struct buf *to, struct err *err);

#endif
