/*
 * variables.h - puts the values of `${v}` into a text, and remembers where.
 *
 * A value goes in only where it stays what it was: outside of strings it is a name, a number, a
 * boolean or a quoted text; inside of a string its quotes are doubled. Comments and quoted names
 * are left alone, as is a variable that has no value; `$${v}` is the text `${v}`.
 */
#ifndef WEIR_SQL_VARIABLES_H
#define WEIR_SQL_VARIABLES_H

#include "base/map.h"
#include "sql/ast.h"

/* One change: bytes [from, from_end) of the text given became [to, to_end) of the result. */
struct variables_edit {
	uint32_t from, from_end, to, to_end;
};

struct variables_edits AST_LIST(struct variables_edit);

/* Where the statement that begins at `from` ends: behind its `;`, or at the end of the text. */
size_t variables_statement_end(struct slice text, size_t from);

/* `ret_edits` is in order of place. Line and column of errors count within `text`. */
fallible variables_replace(struct arena *arena, struct slice text, const struct map *variables,
			   struct slice *ret_text, struct variables_edits *ret_edits,
			   struct err *err);

#endif
