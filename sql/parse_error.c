#include "sql/parse_priv.h"

int parse_explain(struct parse *parse, struct slice statement, struct err *err)
{
	const struct sql_token *token = parse->error_at < parse->len ? &parse->tokens[parse->error_at] : NULL;
	struct ast_pos pos = token != NULL ? token->pos : parse->end;
	return err_set_at(err, ERR_SYNTAX, pos.line, pos.column,
			  "line %d:%d: Syntax Error\n\nStatement: %.*s", pos.line, pos.column,
			  SLICE_ARGS(statement));
}
