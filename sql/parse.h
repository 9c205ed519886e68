/*
 * parse.h - from a text to its tree.
 *
 * sql_parse reads a script of statements, each ended by `;`. Nothing of the script is returned when
 * any of it is wrong: the error says where (line and column of the text given), what was found and
 * what was expected, and what was probably meant; sql_error_draw shows the place. Where variables
 * are given, each `${v}` is replaced first, and a DEFINE counts for the statements behind it; all
 * places are those of the text as it was before.
 */
#ifndef WEIR_SQL_PARSE_H
#define WEIR_SQL_PARSE_H

#include "base/map.h"
#include "sql/ast.h"

/* A script may be this long, and hold this many tokens. */
#define SQL_TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define SQL_TOKENS_MAX 1000000

struct sql_options {
	/* Name to `const char *`. NULL: nothing is replaced, as is right for a text that sql_parse
	 * has given back, like a statement's own. */
	const struct map *variables;
	bool tests; /* ASSERT VALUES, RUN SCRIPT, ... are statements too */
};

/* `options` may be NULL. The tree and all its texts are in `arena`. */
fallible sql_parse(struct arena *arena, struct slice text, const struct sql_options *options,
		   struct ast_statements *ret_statements, struct err *err);
fallible sql_parse_expr(struct arena *arena, struct slice text, struct ast_expr **ret_expr,
			struct err *err);
fallible sql_parse_type(struct arena *arena, struct slice text, struct ast_type **ret_type,
			struct err *err);
/* "`K` STRING KEY, `V` INTEGER" */
fallible sql_parse_columns(struct arena *arena, struct slice text, struct ast_columns *ret_columns,
			   struct err *err);

/* The line of `text` that the error is on, and a caret under the place; nothing without a place. */
void sql_error_draw(struct buf *buf, struct slice text, const struct err *err);

/* Whether a word must be quoted to be a name that looks up as itself. */
bool sql_name_needs_quotes(struct slice name);

#endif
