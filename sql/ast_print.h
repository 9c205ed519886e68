/*
 * ast_print.h - trees as text.
 *
 * What ast_print writes parses to an equal tree. It has no `;` at its end, so that it may stand in
 * an error text; put one behind it to run it. The layout is the one people know from the texts of
 * errors: each operation in brackets, one item of a SELECT a line.
 */
#ifndef WEIR_SQL_AST_PRINT_H
#define WEIR_SQL_AST_PRINT_H

#include "sql/ast.h"

/* How names are written: bare, as error texts name expressions, or so that they can be read back.
 */
enum ast_quoting { AST_QUOTE_NEVER, AST_QUOTE_NEEDED };

void ast_print(struct buf *buf, const struct ast_statement *statement);
void ast_query_print(struct buf *buf, const struct ast_query *query);
void ast_expr_print(struct buf *buf, const struct ast_expr *expr, enum ast_quoting quoting);
void ast_type_print(struct buf *buf, const struct ast_type *type, enum ast_quoting quoting);
void ast_name_print(struct buf *buf, struct slice name, enum ast_quoting quoting);
void ast_text_print(struct buf *buf, struct slice text); /* in single quotes */

/* The same into an arena, for error texts: "(F1 + F2)". */
const char *ast_expr_text(struct arena *arena, const struct ast_expr *expr);

#endif
