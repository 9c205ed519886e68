/*
 * From text to tree, statement by statement:
 *
 *   text -> a statement's stretch -> variables replaced -> tokens -> settled -> grammar -> tree
 *
 * Places are counted in the text as given: a token inside of a variable's value stands where the
 * variable stood. `settled` means that a word whose meaning hangs on the next one has been given
 * the kind that says so, since the grammar looks only one token ahead.
 */
#include "sql/parse.h"

#include "sql/parse_priv.h"
#include "sql/sql_grammar.h"
#include "sql/variables.h"

#define YY_HEADER_EXPORT_START_CONDITIONS
#include "sql/sql_scan.h"

/* The scanner's memory, which its generated code asks for by these names. */
void *sql_scan_alloc(size_t bytes, void *scanner);
void *sql_scan_realloc(void *ptr, size_t bytes, void *scanner);
void sql_scan_free(void *ptr, void *scanner);

void *sql_scan_alloc(size_t bytes, void *scanner)
{
	(void)scanner;
	return mem_bytes(bytes);
}

void *sql_scan_realloc(void *ptr, size_t bytes, void *scanner)
{
	(void)scanner;
	return mem_resized(ptr, bytes, 1, MEM_FOLDER);
}

void sql_scan_free(void *ptr, void *scanner)
{
	(void)scanner;
	mem_free(ptr);
}

/* Words. */

static const struct keyword {
	const char *word;
	int token;
	enum sql_word class;
} keywords[] = {
/* clang-format off */
#define FREE SQL_WORD_FREE
#define RESERVED SQL_WORD_RESERVED
#define KEYWORD(name, class) { #name, TOK_##name, class },
#include "sql/keywords.def"
#undef KEYWORD
#undef FREE
#undef RESERVED
	/* clang-format on */
};

#define KEYWORD_LEN_MAX 16

static struct slice upper(struct arena *arena, struct slice word)
{
	uint8_t *folded = arena_plain(arena, MAX(word.len, 1), 1);
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.data[i];
		folded[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
	}
	return slice_of(folded, word.len);
}

/* keywords.def is in alphabetical order. */
static const struct keyword *keyword_find(struct slice folded)
{
	size_t low = 0, high = COUNT_OF(keywords);
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = slice_cmp(folded, slice_str(keywords[middle].word));
		if (order == 0)
			return &keywords[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

enum sql_word parse_token_word(const struct sql_token *token)
{
	if (token->value.len == 0 || token->text.data[0] == '"' || token->text.data[0] == '`' ||
	    token->text.data[0] == '\'')
		return SQL_WORD_NONE;
	const struct keyword *keyword = keyword_find(token->value);
	return keyword != NULL ? keyword->class : SQL_WORD_NONE;
}

bool parse_token_is_name(const struct sql_token *token)
{
	switch (token->kind) {
	case TOK_NAME:
	case TOK_DIGIT_NAME:
	case TOK_QUOTED_NAME:
		return true;
	default: /* not where it begins a clause */
		return parse_token_word(token) == SQL_WORD_FREE &&
		       keyword_find(token->value)->token == token->kind;
	}
}

bool parse_token_is_text(const struct sql_token *token)
{
	return token->kind == TOK_TEXT;
}

const char *parse_keyword(size_t i)
{
	return i < COUNT_OF(keywords) ? keywords[i].word : NULL;
}

int parse_symbol_count(void)
{
	return sql_symbol_token_count();
}

const char *parse_symbol_name(int symbol)
{
	return sql_symbol_name(symbol);
}

static const struct {
	int token;
	enum sql_class class;
} classes[] = {
	{ TOK_NAME, SQL_CLASS_NAME },
	{ TOK_DIGIT_NAME, SQL_CLASS_NAME },
	{ TOK_QUOTED_NAME, SQL_CLASS_NAME },
	{ TOK_INTEGER_VALUE, SQL_CLASS_NUMBER },
	{ TOK_DECIMAL_VALUE, SQL_CLASS_NUMBER },
	{ TOK_DOUBLE_VALUE, SQL_CLASS_NUMBER },
	{ TOK_MINUS_LA, SQL_CLASS_NUMBER },
	{ TOK_TEXT, SQL_CLASS_TEXT },
	{ ';', SQL_CLASS_PUNCTUATION },
	{ ',', SQL_CLASS_PUNCTUATION },
	{ '(', SQL_CLASS_PUNCTUATION },
	{ ')', SQL_CLASS_PUNCTUATION },
	{ ']', SQL_CLASS_PUNCTUATION },
	{ TOK_ASSIGN, SQL_CLASS_PUNCTUATION },
	{ TOK_LAMBDA, SQL_CLASS_PUNCTUATION },
	{ '.', SQL_CLASS_OPERATOR },
	{ '[', SQL_CLASS_OPERATOR },
	{ '=', SQL_CLASS_OPERATOR },
	{ '<', SQL_CLASS_OPERATOR },
	{ '>', SQL_CLASS_OPERATOR },
	{ '+', SQL_CLASS_OPERATOR },
	{ '-', SQL_CLASS_OPERATOR },
	{ '*', SQL_CLASS_OPERATOR },
	{ '/', SQL_CLASS_OPERATOR },
	{ '%', SQL_CLASS_OPERATOR },
	{ TOK_NE, SQL_CLASS_OPERATOR },
	{ TOK_LE, SQL_CLASS_OPERATOR },
	{ TOK_GE, SQL_CLASS_OPERATOR },
	{ TOK_CONCAT, SQL_CLASS_OPERATOR },
	{ TOK_ARROW, SQL_CLASS_OPERATOR },
	{ TOK_AND, SQL_CLASS_OPERATOR },
	{ TOK_OR, SQL_CLASS_OPERATOR },
	{ TOK_NOT, SQL_CLASS_OPERATOR },
	{ TOK_IN, SQL_CLASS_OPERATOR },
	{ TOK_IS, SQL_CLASS_OPERATOR },
	{ TOK_LIKE, SQL_CLASS_OPERATOR },
	{ TOK_BETWEEN, SQL_CLASS_OPERATOR },
	{ TOK_AT, SQL_CLASS_OPERATOR },
};

enum sql_class parse_symbol_class(int symbol)
{
	for (size_t i = 0; i < COUNT_OF(classes); i++) {
		if (sql_symbol_of(classes[i].token) == symbol)
			return classes[i].class;
	}
	return keyword_find(slice_str(sql_symbol_name(symbol))) != NULL ? SQL_CLASS_KEYWORD
									: SQL_CLASS_OTHER;
}

/* Words that begin a clause when the right one follows. */
static const int clause_words[] = { TOK_EMIT_LA, TOK_PARTITION_LA, TOK_IF_LA };

/* A token of this kind to try; false: it has none, or a look-ahead's, which another stands for. */
bool parse_symbol_token(struct arena *arena, int symbol, struct sql_token *ret_token)
{
	const char *name = sql_symbol_name(symbol);
	struct ast_pos nowhere = { 0 };
	switch (parse_symbol_class(symbol)) {
	case SQL_CLASS_NAME:
		if (symbol != sql_symbol_of(TOK_NAME))
			return false;
		*ret_token = parse_token_of(arena, "x", nowhere);
		return true;
	case SQL_CLASS_NUMBER:
		if (symbol == sql_symbol_of(TOK_MINUS_LA))
			return false;
		*ret_token = parse_token_of(arena, "1", nowhere);
		ret_token->kind = symbol == sql_symbol_of(TOK_INTEGER_VALUE)   ? TOK_INTEGER_VALUE
				  : symbol == sql_symbol_of(TOK_DECIMAL_VALUE) ? TOK_DECIMAL_VALUE
									       : TOK_DOUBLE_VALUE;
		return true;
	case SQL_CLASS_TEXT:
		*ret_token = parse_token_of(arena, "''", nowhere);
		ret_token->kind = TOK_TEXT;
		ret_token->value = SLICE_EMPTY;
		return true;
	case SQL_CLASS_PUNCTUATION:
	case SQL_CLASS_OPERATOR:
	case SQL_CLASS_KEYWORD:
		if (name[0] == '\'')
			name = arena_str(arena, slice_of(name + 1, strlen(name) - 2));
		*ret_token = parse_token_of(arena, name, nowhere);
		for (size_t i = 0; i < COUNT_OF(clause_words); i++) {
			if (sql_symbol_of(clause_words[i]) == symbol)
				ret_token->kind = clause_words[i];
		}
		return sql_symbol_of(ret_token->kind) == symbol;
	case SQL_CLASS_OTHER:
		return false;
	}
	UNREACHABLE("all classes are above");
}

bool sql_name_needs_quotes(struct slice name)
{
	if (name.len == 0)
		return true;
	bool digits = name.data[0] >= '0' && name.data[0] <= '9';
	bool others = false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		bool digit = c >= '0' && c <= '9';
		bool letter = (c >= 'A' && c <= 'Z') || c == '_' || (c == '@' && i > 0);
		if (!digit && !letter)
			return true;
		others |= letter;
	}
	if (digits) /* 1E5 reads as a number */
		return !others || name.data[1] == 'E' || slice_find_byte(name, 'E', 0) != SIZE_MAX;
	const struct keyword *keyword = keyword_find(name);
	return keyword != NULL && keyword->class == SQL_WORD_RESERVED;
}

/* Scanning. */

/* Walks a text and knows the line and column of where it stands. */
struct place {
	struct slice text;
	uint32_t at;
	int32_t line, column;
};

static void place_advance(struct place *place, uint32_t to)
{
	assert(to >= place->at);
	assert(to <= place->text.len);
	for (; place->at < to; place->at++) {
		uint8_t c = place->text.data[place->at];
		if (c == '\n') {
			place->line++;
			place->column = 1;
		} else if ((c & 0xc0) != 0x80) { /* not inside of a character */
			place->column++;
		}
	}
}

/* One stretch of the text given: where it begins there, and how places within map to it. */
struct stretch {
	struct slice text; /* variables replaced */
	uint32_t from;     /* its place in the text given */
	struct variables_edits edits;
	uint32_t next_edit; /* the first edit that ends behind what was asked last */
	int64_t shift;      /* what the edits before it have added */
};

/* The place, in the text given, of a byte of the stretch; for an end, that behind a variable. */
static uint32_t stretch_origin(struct stretch *stretch, uint32_t at, bool end)
{
	while (stretch->next_edit < stretch->edits.len) {
		const struct variables_edit *edit = &stretch->edits.items[stretch->next_edit];
		if (at < edit->to || (end && at == edit->to))
			break;
		if (at < edit->to_end || (end && at == edit->to_end))
			return stretch->from + (end ? edit->from_end : edit->from);
		stretch->shift +=
			(int64_t)(edit->from_end - edit->from) - (int64_t)(edit->to_end - edit->to);
		stretch->next_edit++;
	}
	return (uint32_t)((int64_t)stretch->from + (int64_t)at + stretch->shift);
}

static struct slice unquoted(struct arena *arena, struct slice text)
{
	assert(text.len >= 2);
	uint8_t quote = text.data[0];
	struct slice inner = slice_sub(text, 1, text.len - 2);
	if (slice_find_byte(inner, quote, 0) == SIZE_MAX)
		return inner;
	uint8_t *copy = arena_plain(arena, inner.len, 1);
	size_t len = 0;
	for (size_t i = 0; i < inner.len; i++) {
		copy[len++] = inner.data[i];
		if (inner.data[i] == quote)
			i++;
	}
	return slice_of(copy, len);
}

/* Fills kind and value from the scanner's kind and the text. */
static void token_complete(struct arena *arena, struct sql_token *token)
{
	const struct keyword *keyword;
	switch (token->kind) {
	case TOK_NAME:
		token->value = upper(arena, token->text);
		keyword = token->text.len <= KEYWORD_LEN_MAX ? keyword_find(token->value) : NULL;
		if (keyword != NULL)
			token->kind = keyword->token;
		break;
	case TOK_DIGIT_NAME:
		token->value = upper(arena, token->text);
		break;
	case TOK_TEXT:
	case TOK_QUOTED_NAME:
		token->value = unquoted(arena, token->text);
		break;
	default:
		break;
	}
}

struct sql_token parse_token_of(struct arena *arena, const char *text, struct ast_pos pos)
{
	static const struct {
		const char *text;
		int kind;
	} signs[] = {
		{ "<>", TOK_NE },     { "<=", TOK_LE },     { ">=", TOK_GE },
		{ "||", TOK_CONCAT }, { ":=", TOK_ASSIGN }, { "->", TOK_ARROW },
		{ "=>", TOK_LAMBDA },
	};
	struct sql_token token = { .kind = TOK_NAME, .text = slice_str(text), .pos = pos };
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		if (slice_eq_str(token.text, signs[i].text))
			token.kind = signs[i].kind;
	}
	if (token.text.len == 1 && slice_find(SLICE(";,().[]=<>+-*/%"), token.text, 0) != SIZE_MAX)
		token.kind = (uint8_t)text[0];
	if (token.kind == TOK_NAME)
		token_complete(arena, &token);
	return token;
}

/* Cuts the stretch into tokens, appended to `tokens`. */
static fallible scan(struct arena *arena, struct stretch *stretch, struct place *place,
		     struct sql_tokens *tokens, struct err *err)
{
	uint8_t *copy = arena_plain(arena, stretch->text.len + 2, 1);
	if (stretch->text.len > 0)
		memcpy(copy, stretch->text.data, stretch->text.len);
	copy[stretch->text.len] = copy[stretch->text.len + 1] = 0; /* as flex wants it */
	stretch->text.data = copy;
	yyscan_t scanner;
	if (sql_scan_lex_init(&scanner) != 0)
		return err_set(err, ERR_LIMIT, "the scanner has no memory");
	sql_scan__scan_buffer((char *)copy, stretch->text.len + 2, scanner);
	uint32_t at = 0;
	int code = 0;
	for (int kind; code == 0 && (kind = sql_scan_lex(scanner)) != 0;) {
		uint32_t end = at + (uint32_t)sql_scan_get_leng(scanner);
		if (kind != SCAN_SPACE) {
			uint32_t from = stretch_origin(stretch, at, false);
			place_advance(place, MAX(from, place->at));
			struct sql_token token = {
				.kind = kind,
				.text = slice_of(copy + at, end - at),
				.pos = { place->line, place->column, from,
					 stretch_origin(stretch, end, true) },
			};
			token_complete(arena, &token);
			AST_LIST_ADD(arena, tokens, token);
			if (tokens->len > SQL_TOKENS_MAX)
				code = err_set(err, ERR_LIMIT, "a statement has more than %d words",
					       SQL_TOKENS_MAX);
		}
		at = end;
	}
	sql_scan_lex_destroy(scanner);
	place_advance(place,
		      MAX(stretch_origin(stretch, (uint32_t)stretch->text.len, true), place->at));
	return code;
}

/* Settling. */

static int kind_at(const struct sql_token *tokens, uint32_t len, uint32_t at)
{
	return at < len ? tokens[at].kind : TOK_END_OF_TEXT;
}

/* Whether a value may end with this token, so that a `-` behind it subtracts. */
static bool ends_value(const struct sql_token *token)
{
	switch (token->kind) {
	case ')':
	case ']':
	case TOK_TEXT:
	case TOK_INTEGER_VALUE:
	case TOK_DECIMAL_VALUE:
	case TOK_DOUBLE_VALUE:
	case TOK_VARIABLE:
	case TOK_END:
	case TOK_NULL:
	case TOK_TRUE:
	case TOK_FALSE:
		return true;
	default:
		return parse_token_is_name(token);
	}
}

static bool is_number(int kind)
{
	return kind == TOK_INTEGER_VALUE || kind == TOK_DECIMAL_VALUE || kind == TOK_DOUBLE_VALUE;
}

/* `(a, b) =>` */
static bool opens_lambda(const struct sql_token *tokens, uint32_t len, uint32_t at)
{
	for (at++; at < len && parse_token_is_name(&tokens[at]); at += 2) {
		int next = kind_at(tokens, len, at + 1);
		if (next == ')')
			return kind_at(tokens, len, at + 2) == TOK_LAMBDA;
		if (next != ',')
			return false;
	}
	return false;
}

/* Whether the token stands where a stream's or table's name does, as in INSERT INTO map (a). */
static bool names_source(const struct sql_token *tokens, uint32_t at)
{
	int before = at > 0 ? tokens[at - 1].kind : TOK_END_OF_TEXT;
	return before == TOK_STREAM || before == TOK_TABLE || before == TOK_EXISTS ||
	       before == TOK_INTO || before == TOK_VALUES;
}

static const struct {
	int settled, plain;
} settled_kinds[] = {
	{ TOK_EMIT_LA, TOK_EMIT },     { TOK_PARTITION_LA, TOK_PARTITION },
	{ TOK_IF_LA, TOK_IF },         { TOK_ARRAY_LA, TOK_ARRAY },
	{ TOK_MAP_LA, TOK_MAP },       { TOK_STRUCT_LA, TOK_STRUCT },
	{ TOK_COLUMN_LA, TOK_COLUMN }, { TOK_LAMBDA_OPEN, '(' },
	{ TOK_MINUS_LA, '-' },
};

int parse_plain_kind(int kind)
{
	for (size_t i = 0; i < COUNT_OF(settled_kinds); i++) {
		if (settled_kinds[i].settled == kind)
			return settled_kinds[i].plain;
	}
	return kind;
}

static int settled_kind(const struct sql_token *tokens, uint32_t len, uint32_t at)
{
	int kind = tokens[at].kind;
	int next = kind_at(tokens, len, at + 1);
	int behind = kind_at(tokens, len, at + 2);
	switch (kind) {
	case TOK_EMIT:
		return next == TOK_CHANGES || next == TOK_FINAL ? TOK_EMIT_LA : kind;
	case TOK_PARTITION:
		return next == TOK_BY ? TOK_PARTITION_LA : kind;
	case TOK_IF:
		return next == TOK_NOT || next == TOK_EXISTS ? TOK_IF_LA : kind;
	case TOK_ARRAY:
		return next == '[' ? TOK_ARRAY_LA : kind;
	case TOK_MAP:
		return next == '(' && !names_source(tokens, at) ? TOK_MAP_LA : kind;
	case TOK_STRUCT:
		return next == '(' && !names_source(tokens, at) ? TOK_STRUCT_LA : kind;
	case TOK_COLUMN: /* ADD COLUMN c INT, but ADD column INT */
		return at > 0 && tokens[at - 1].kind == TOK_ADD && next != '(' && behind != ',' &&
				       behind != ';'
			       ? TOK_COLUMN_LA
			       : kind;
	case '(':
		return opens_lambda(tokens, len, at) ? TOK_LAMBDA_OPEN : kind;
	case '-':
		return is_number(next) && (at == 0 || !ends_value(&tokens[at - 1])) ? TOK_MINUS_LA
										    : kind;
	default:
		return kind;
	}
}

void parse_settle(struct sql_token *tokens, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		tokens[i].kind = parse_plain_kind(tokens[i].kind);
	for (uint32_t i = 0; i < len; i++) {
		tokens[i].kind = settled_kind(tokens, len, i);
		/* Any word may be a variable's name. */
		bool defines = tokens[i].kind == TOK_DEFINE || tokens[i].kind == TOK_UNDEFINE;
		if (defines && (i == 0 || tokens[i - 1].kind == TOK_EXPLAIN) && i + 1 < len &&
		    parse_token_word(&tokens[i + 1]) != SQL_WORD_NONE)
			tokens[i + 1].kind = TOK_NAME;
	}
}

/* Running. */

bool parse_run(struct parse *parse)
{
	parse->next = 0;
	parse->failed = parse->too_deep = false;
	parse->error_at = parse->len;
	int code = sql_yyparse(parse);
	if (code == 2) /* its stack would pass YYMAXDEPTH */
		parse->failed = parse->too_deep = true;
	return !parse->failed && parse->builder.err.code == 0;
}

/* Runs the grammar over one statement's tokens, and says what is wrong. */
static fallible run(struct arena *arena, int start, const struct sql_tokens *tokens,
		    struct slice text, struct place end, struct parse *parse, struct err *err)
{
	*parse = (struct parse){
		.builder = { .arena = arena },
		.tokens = tokens->items,
		.len = tokens->len,
		.start = start,
		.end = { end.line, end.column, end.at, end.at },
	};
	if (parse_run(parse))
		return 0;
	if (!parse->failed) {
		if (err != NULL)
			*err = parse->builder.err;
		return (int)parse->builder.err.code;
	}
	return parse_explain(parse, text, err);
}

/* The text of a statement, from its first token to its last. */
static struct slice tokens_text(const struct sql_tokens *tokens)
{
	if (tokens->len == 0)
		return SLICE_EMPTY;
	const struct sql_token *last = &tokens->items[tokens->len - 1];
	const uint8_t *begin = tokens->items[0].text.data;
	return slice_of(begin, (size_t)(last->text.data + last->text.len - begin));
}

static fallible check_size(struct slice text, struct err *err)
{
	if (text.len > SQL_TEXT_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the text is longer than %zu bytes",
			       SQL_TEXT_BYTES_MAX);
	return 0;
}

/* Scripts. */

/* The variables of a script, which may change from statement to statement. */
struct scope {
	struct map map;
	struct arena *arena;
};

static void scope_fini(struct scope *scope)
{
	map_fini(&scope->map);
}

static void scope_apply(struct scope *scope, const struct ast_statement *statement)
{
	struct slice name = statement->set.key.text;
	if (statement->kind == AST_DEFINE)
		(void)map_put(&scope->map, name, arena_str(scope->arena, statement->set.value));
	else if (statement->kind == AST_UNDEFINE)
		(void)map_remove(&scope->map, name);
}

struct script {
	struct arena *arena;
	struct slice text;
	struct place place;
	struct scope scope;
	bool replaces; /* variables */
	bool tests;
};

/* Parses the statement that begins at `from`; `ret_statement` is NULL where only space is left. */
static fallible script_statement(struct script *script, uint32_t from, uint32_t to,
				 struct ast_statement **ret_statement, struct err *err)
{
	struct stretch stretch = { .from = from };
	place_advance(&script->place, from);
	int32_t line = script->place.line, column = script->place.column;
	int code = variables_replace(script->arena, slice_sub(script->text, from, to - from),
				     script->replaces ? &script->scope.map : NULL, &stretch.text,
				     &stretch.edits, err);
	if (code != 0) {
		if (err != NULL && err->line > 0)
			err_set_place(err, err->line + line - 1,
				      err->line == 1 ? err->column + column - 1 : err->column);
		return code;
	}
	struct sql_tokens tokens = { 0 };
	TRY(scan(script->arena, &stretch, &script->place, &tokens, err));
	bool empty = tokens.len == 0 || (tokens.len == 1 && tokens.items[0].kind == ';');
	if (empty) {
		*ret_statement = NULL;
		return 0;
	}
	parse_settle(tokens.items, tokens.len);
	struct parse parse;
	struct slice text = tokens_text(&tokens);
	TRY(run(script->arena, script->tests ? TOK_START_TEST_STATEMENT : TOK_START_STATEMENT,
		&tokens, text, script->place, &parse, err));
	parse.statement->text = text;
	scope_apply(&script->scope, parse.statement);
	*ret_statement = parse.statement;
	return 0;
}

fallible sql_parse(struct arena *arena, struct slice text, const struct sql_options *options,
		   struct ast_statements *ret_statements, struct err *err)
{
	TRY(check_size(text, err));
	struct script script = {
		.arena = arena,
		.text = text,
		.place = { .text = text, .line = 1, .column = 1 },
		.scope.arena = arena,
		.tests = options != NULL && options->tests,
	};
	map_init(&script.scope.map);
	if (options != NULL && options->variables != NULL) {
		script.replaces = true;
		map_each (it, options->variables)
			(void)map_put(&script.scope.map, map_key(it), it->value);
	}
	struct ast_statements statements = { 0 };
	int code = 0;
	for (size_t from = 0; code == 0 && from < text.len;) {
		struct ast_statement *statement = NULL;
		size_t to = variables_statement_end(text, from);
		code = script_statement(&script, (uint32_t)from, (uint32_t)to, &statement, err);
		if (code == 0 && statement != NULL)
			AST_LIST_ADD(arena, &statements, statement);
		from = to;
	}
	scope_fini(&script.scope);
	if (code == 0)
		*ret_statements = statements;
	return code;
}

/* Pieces: an expression, a type, columns. */

static fallible parse_piece(struct arena *arena, int start, struct slice text,
			    struct parse *ret_parse, struct err *err)
{
	TRY(check_size(text, err));
	struct stretch stretch = { .text = text };
	struct place place = { .text = text, .line = 1, .column = 1 };
	struct sql_tokens tokens = { 0 };
	TRY(scan(arena, &stretch, &place, &tokens, err));
	parse_settle(tokens.items, tokens.len);
	return run(arena, start, &tokens, text, place, ret_parse, err);
}

fallible sql_parse_expr(struct arena *arena, struct slice text, struct ast_expr **ret_expr,
			struct err *err)
{
	struct parse parse;
	TRY(parse_piece(arena, TOK_START_EXPR, text, &parse, err));
	*ret_expr = parse.expr;
	return 0;
}

fallible sql_parse_type(struct arena *arena, struct slice text, struct ast_type **ret_type,
			struct err *err)
{
	struct parse parse;
	TRY(parse_piece(arena, TOK_START_TYPE, text, &parse, err));
	*ret_type = parse.type;
	return 0;
}

fallible sql_parse_columns(struct arena *arena, struct slice text, struct ast_columns *ret_columns,
			   struct err *err)
{
	struct parse parse;
	TRY(parse_piece(arena, TOK_START_COLUMNS, text, &parse, err));
	*ret_columns = parse.columns;
	return 0;
}
