/*
 * scope.h - which columns the names in a query mean.
 *
 * A scope has the sources of FROM, in order, each with the columns that can be named (its own and
 * the pseudo columns), and says for each where it is in the rows at hand (`index`), which changes
 * as the query is built: after a join, after a repartition. scope_qualify rewrites a tree so that
 * every column is named with its source; after that a column is found by its two names, exactly.
 */
#ifndef WEIR_SQL_SCOPE_H
#define WEIR_SQL_SCOPE_H

#include "sql/ast.h"
#include "sql/catalog.h"

struct scope_column {
	struct slice name;
	const struct type *type;
	enum column_role role;
	int32_t index; /* in the rows at hand; -1: not there */
	bool used;     /* named somewhere in the query */
};

struct scope_source {
	struct slice alias;
	struct ast_pos pos;
	const struct source *source; /* borrowed from the catalog */
	struct scope_column *columns;
	uint32_t ncolumns;
};

#define SCOPE_SOURCES_MAX 64

struct scope {
	struct arena *arena;
	struct scope_source *sources[SCOPE_SOURCES_MAX];
	uint32_t nsources;
	bool join;                  /* columns are named with their source in front */
	struct slice synthetic_key; /* ROWKEY, when a join made one; empty: none */
};

/* The alias of what no source has: the bounds of the query's own window. */
#define SCOPE_WINDOW_ALIAS SLICE_EMPTY

/* Adds a source with its pseudo columns; index counts up in the order of `columns`. */
struct scope_source *scope_add(struct scope *scope, const struct source *source, struct slice alias,
			       struct ast_pos pos);
struct scope_source *scope_find_source(const struct scope *scope, struct slice alias);
/* NULL: no such column. */
struct scope_column *scope_find(const struct scope *scope, struct slice alias, struct slice name);

/*
 * A copy of the tree with every column qualified and marked as used. `clause` begins the errors
 * ("SELECT", "WHERE" ...). Parameters of lambdas are left as they are.
 */
fallible scope_qualify(struct scope *scope, const struct ast_expr *expr, const char *clause,
		       struct ast_expr **ret_expr, struct err *err);

/* Whether more than one source has a column of this name. */
bool scope_clashes(const struct scope *scope, struct slice name);
bool scope_is_pseudo(enum column_role role);
/* Lets WINDOWSTART and WINDOWEND be named though no source has them. */
void scope_add_window(struct scope *scope);

#endif
