/*
 * parse_priv.h - what the scanner, the grammar, parse.c and parse_error.c share.
 *
 * A text is first cut into a list of tokens; a statement is a run of them up to its `;`. The
 * grammar reads from such a run, so that it can be run again over a changed one: that is how an
 * error is turned into advice (parse_error.c).
 */
#ifndef WEIR_SQL_PARSE_PRIV_H
#define WEIR_SQL_PARSE_PRIV_H

#include "sql/ast_build.h"
#include "sql/parse.h"

/* The grammar's stack: above any statement whose tree is within AST_DEPTH_MAX. */
#define SQL_STACK_MAX 10000

/* What the scanner returns beside the grammar's tokens. */
enum scan_kind {
	SCAN_SPACE = 1,
	SCAN_OPEN_COMMENT,
	SCAN_OPEN_TEXT,
	SCAN_OPEN_NAME,
	SCAN_UNKNOWN,
};

struct sql_token {
	int kind;           /* of the grammar, or a scan_kind that fits nowhere */
	struct slice text;  /* as written, in the text with its variables replaced */
	struct slice value; /* a name folded, a text or quoted name without its quotes */
	struct ast_pos pos; /* in the text as a person wrote it */
};

struct sql_tokens AST_LIST(struct sql_token);

/* The most tokens that are remembered as expected: more are not worth telling. */
#define SQL_EXPECTED_MAX 256

/* One run of the grammar. */
struct parse {
	struct ast_builder builder;
	const struct sql_token *tokens; /* the run, borrowed; its `;` is the last */
	uint32_t len;
	uint32_t next;      /* the token to be read next; 0 is the start token */
	int start;          /* START_STATEMENT, ... */
	struct ast_pos end; /* behind the last token */

	bool failed;   /* a syntax error, at tokens[error_at] (len: at the end) */
	bool too_deep; /* the stack was full there */
	uint32_t error_at;
	int expected[SQL_EXPECTED_MAX]; /* the symbols acceptable there */
	uint32_t expected_len;

	struct ast_statement *statement; /* the result, by `start` */
	struct ast_expr *expr;
	struct ast_type *type;
	struct ast_columns columns;
};

/* What the others ask of parse.c, which knows the grammar's tokens. */
enum sql_word { SQL_WORD_NONE, SQL_WORD_FREE, SQL_WORD_RESERVED };

/* What a token that was expected is to a person. */
enum sql_class {
	SQL_CLASS_KEYWORD,
	SQL_CLASS_PUNCTUATION,
	SQL_CLASS_OPERATOR, /* between two values */
	SQL_CLASS_NAME,
	SQL_CLASS_NUMBER,
	SQL_CLASS_TEXT,
	SQL_CLASS_OTHER,
};

bool parse_run(struct parse *parse); /* false: see `failed` and builder.err */
/* Gives tokens the kinds that their neighbours decide; may be called again after a change. */
void parse_settle(struct sql_token *tokens, uint32_t len);
int parse_plain_kind(int kind); /* the kind before it was settled */
enum sql_word parse_token_word(const struct sql_token *token);
bool parse_token_is_name(const struct sql_token *token);
bool parse_token_is_text(const struct sql_token *token);
/* The token that a text is: one word, or one sign. */
struct sql_token parse_token_of(struct arena *arena, const char *text, struct ast_pos pos);
const char *parse_keyword(size_t i); /* NULL: there are no more */

/* Expected tokens are symbols of the grammar, which are numbered from 0. */
int parse_symbol_count(void);
const char *parse_symbol_name(int symbol); /* "SELECT", "';'", "STRING" */
enum sql_class parse_symbol_class(int symbol);
bool parse_symbol_token(struct arena *arena, int symbol, struct sql_token *ret_token);
/* The grammar's internals, behind the functions above. */
const char *sql_symbol_name(int symbol);
int sql_symbol_of(int token);
int sql_symbol_token_count(void);

/* parse_repair.c: the one change that makes a broken statement whole. */
enum repair_kind { REPAIR_NONE, REPAIR_KEYWORD, REPAIR_QUOTE, REPAIR_INSERT, REPAIR_DELETE };

struct repair {
	enum repair_kind kind;
	uint32_t at;      /* the token changed, or that the new one comes before */
	const char *text; /* KEYWORD, INSERT: what to write */
	uint32_t cost;
};

struct repair parse_repair(const struct parse *parse);
/* With `token` put before token `at`: whether the parser takes it; whether it takes the next too.
 */
bool parse_accepts(const struct parse *parse, uint32_t at, const struct sql_token *token);
bool parse_goes_on(const struct parse *parse, uint32_t at, const struct sql_token *token);

/* parse_error.c: fills `err` for the run that has failed. `statement` is its text. */
int parse_explain(const struct parse *parse, struct slice statement, struct err *err);

#endif
