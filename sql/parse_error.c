/*
 * A syntax error in words. The text has two halves: first what a person needs (what is wrong and,
 * if it can be told, what to do), then the words that users of ksqlDB and their tools know, down to
 * the list of expected tokens and the statement. The place in `err` is where the first half points;
 * the `line n:m` of the second is where the parser stopped.
 *
 * The second half follows a parser that enters a rule's optional parts one by one: it names what
 * could have come where it gave up, which is a loop's choice or, where exactly one token had to
 * come, all that could have come at the first optional part it passed over.
 */
#include "sql/parse_priv.h"

#include "base/suggest.h"

/* More expected words than this help nobody. */
#define EXPECTED_WORDS_MAX 5
/* The second half lists no more than this many, counted by their commas, as ksqlDB does. */
#define EXPECTED_COMMAS_MAX 3
#define STATEMENT_TEXT_MAX 2000

struct diagnosis {
	struct arena arena;
	const struct parse *parse;
	const struct sql_token *found; /* NULL: the end of the text */
	struct ast_pos stopped;        /* where the parser stopped */
	struct ast_pos place;          /* where to point */
	int all[SQL_EXPECTED_MAX];     /* every symbol that could have come */
	uint32_t all_len;
	struct buf text;
};

static struct slice found_text(const struct diagnosis *d)
{
	return d->found != NULL ? slice_sub(d->found->text, 0, 60) : SLICE("<EOF>");
}

static const char *shown(struct diagnosis *d, uint32_t at)
{
	if (at >= d->parse->len)
		return "the end";
	struct slice text = slice_sub(d->parse->tokens[at].text, 0, 60);
	return arena_printf(&d->arena, "'%.*s'", SLICE_ARGS(text));
}

/* What was expected. */

static bool has_class(const int *symbols, uint32_t len, enum sql_class class)
{
	for (uint32_t i = 0; i < len; i++) {
		if (parse_symbol_class(symbols[i]) == class)
			return true;
	}
	return false;
}

/* Where a name may come, each free word may: that says nothing. */
static uint32_t without_free_words(struct diagnosis *d, int *symbols, uint32_t len)
{
	uint32_t kept = 0;
	if (!has_class(symbols, len, SQL_CLASS_NAME))
		return len;
	for (uint32_t i = 0; i < len; i++) {
		struct sql_token token;
		bool known = parse_symbol_token(&d->arena, symbols[i], &token);
		if (!known || parse_token_word(&token) == SQL_WORD_NONE ||
		    !parse_token_is_name(&token))
			symbols[kept++] = symbols[i];
	}
	return kept;
}

/* All that could come at the place of the error: each is tried. */
static void collect_all(struct diagnosis *d)
{
	const struct parse *parse = d->parse;
	for (int symbol = 0; symbol < parse_symbol_count(); symbol++) {
		struct sql_token token;
		if (d->all_len == SQL_EXPECTED_MAX ||
		    !parse_symbol_token(&d->arena, symbol, &token))
			continue;
		if (parse_accepts(parse, parse->error_at, &token))
			d->all[d->all_len++] = symbol;
	}
	d->all_len = without_free_words(d, d->all, d->all_len);
}

static bool has_name(const int *symbols, uint32_t len, const char *name)
{
	for (uint32_t i = 0; i < len; i++) {
		if (strcmp(parse_symbol_name(symbols[i]), name) == 0)
			return true;
	}
	return false;
}

/* The symbols without those that only continue a value: they could always have come. */
static uint32_t without_operators(const int *symbols, uint32_t len, int *to)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < len; i++) {
		if (parse_symbol_class(symbols[i]) != SQL_CLASS_OPERATOR)
			to[n++] = symbols[i];
	}
	return n;
}

static void add_word(const char **words, uint32_t *n, const char *word)
{
	for (uint32_t i = 0; i < *n; i++) {
		if (strcmp(words[i], word) == 0)
			return;
	}
	if (*n < EXPECTED_WORDS_MAX)
		words[(*n)++] = word;
}

/* What had to come, and then the clauses that could have: at most EXPECTED_WORDS_MAX words. */
static uint32_t expected_words(struct diagnosis *d, const char **words)
{
	static const char *const clauses[] = {
		"';'",      "')'",       "','",     "FROM",    "AS",      "WHERE",  "GROUP",
		"EMIT",     "LIMIT",     "JOIN",    "SELECT",  "CREATE",  "INSERT", "SHOW",
		"DESCRIBE", "WITH",      "ON",      "STREAM",  "TABLE",   "THEN",   "END",
		"WHEN",     "VALUES",    "BY",      "KEY",     "HAVING",  "SIZE",   "INTO",
		"TOPIC",    "FINAL",     "CHANGES", "ADVANCE", "STREAMS", "TABLES", "TOPICS",
		"QUERIES",  "FUNCTIONS",
	};
	const struct parse *parse = d->parse;
	int needed[SQL_EXPECTED_MAX];
	uint32_t len = without_operators(parse->expected, parse->expected_len, needed), n = 0;
	len = without_free_words(d, needed, len);
	bool any = has_name(needed, len, "CAST"), name = has_class(needed, len, SQL_CLASS_NAME);
	if (any)
		add_word(words, &n, "an expression");
	else if (name)
		add_word(words, &n, "a name");
	else if (has_class(needed, len, SQL_CLASS_NUMBER))
		add_word(words, &n, "a number");
	if (has_class(needed, len, SQL_CLASS_TEXT) && !any)
		add_word(words, &n, "a text in single quotes");
	for (size_t i = 0; i < COUNT_OF(clauses) && !any; i++) {
		if (has_name(needed, len, clauses[i]))
			add_word(words, &n, clauses[i]);
	}
	for (size_t i = 0; i < COUNT_OF(clauses); i++) {
		if (has_name(d->all, d->all_len, clauses[i]))
			add_word(words, &n, clauses[i]);
	}
	for (uint32_t i = 0; i < len && !name; i++) {
		enum sql_class class = parse_symbol_class(needed[i]);
		if (class == SQL_CLASS_KEYWORD || class == SQL_CLASS_PUNCTUATION)
			add_word(words, &n, parse_symbol_name(needed[i]));
	}
	return n;
}

static void say_expected(struct diagnosis *d)
{
	const char *words[EXPECTED_WORDS_MAX];
	uint32_t n = expected_words(d, words);
	buf_printf(&d->text, "Unexpected %s", shown(d, d->parse->error_at));
	for (uint32_t i = 0; i < n; i++)
		buf_printf(&d->text, "%s%s",
			   i == 0       ? ": expected "
			   : i + 1 == n ? " or "
					: ", ",
			   words[i]);
	buf_append_str(&d->text, ".\n");
}

/* Strings and brackets left open. */

static bool adjacent(const struct sql_token *a, const struct sql_token *b)
{
	return a->pos.end == b->pos.begin;
}

/*
 * The string that was opened and never closed. Where quotes are odd, the scanner finds the last one
 * open, but a text with a word right behind it was closed by what should have opened the next one.
 */
static const struct sql_token *open_token(const struct parse *parse)
{
	const struct sql_token *last = parse->len > 0 ? &parse->tokens[parse->len - 1] : NULL;
	if (last == NULL || last->kind < SCAN_OPEN_COMMENT || last->kind > SCAN_OPEN_NAME)
		return NULL;
	for (uint32_t i = 0; i + 1 < parse->len && last->kind == SCAN_OPEN_TEXT; i++) {
		const struct sql_token *token = &parse->tokens[i];
		if (parse_token_is_text(token) && adjacent(token, token + 1) &&
		    parse_token_is_name(token + 1))
			return token;
	}
	return last;
}

static bool say_open_token(struct diagnosis *d)
{
	static const char *const words[] = {
		[SCAN_OPEN_COMMENT] = "comment is never closed: */",
		[SCAN_OPEN_TEXT] = "text is never closed: '",
		[SCAN_OPEN_NAME] = "quoted name is never closed: ",
	};
	const struct sql_token *open = open_token(d->parse);
	if (open == NULL || open->pos.begin > d->stopped.begin)
		return false;
	int kind = open->kind < SCAN_OPEN_COMMENT || open->kind > SCAN_OPEN_NAME ? SCAN_OPEN_TEXT
										 : open->kind;
	d->place = open->pos;
	buf_printf(&d->text, "The %s", words[kind]);
	if (kind == SCAN_OPEN_NAME)
		buf_append_u8(&d->text, open->text.data[0]);
	buf_printf(&d->text, " is missing. It opens at line %d:%d.\n", open->pos.line,
		   open->pos.column);
	return true;
}

/* The innermost bracket still open before token `to`; NULL: none. */
static const struct sql_token *open_bracket(const struct parse *parse, uint32_t to)
{
	uint32_t closed = 0;
	for (uint32_t i = MIN(to, parse->len); i-- > 0;) {
		uint8_t first = parse->tokens[i].text.data[0];
		bool single = parse->tokens[i].text.len == 1;
		if (single && (first == ')' || first == ']'))
			closed++;
		else if (single && (first == '(' || first == '[') && closed-- == 0)
			return &parse->tokens[i];
	}
	return NULL;
}

static void say_bracket_of(struct diagnosis *d, const struct sql_token *open)
{
	buf_printf(&d->text, " The '%.*s' at line %d:%d is never closed.", SLICE_ARGS(open->text),
		   open->pos.line, open->pos.column);
}

/* The first half. */

static struct ast_pos behind(struct diagnosis *d, uint32_t at)
{
	if (at == 0)
		return at < d->parse->len ? d->parse->tokens[at].pos : d->parse->end;
	struct ast_pos pos = d->parse->tokens[at - 1].pos;
	struct slice text = d->parse->tokens[at - 1].text;
	for (size_t i = 0; i < text.len; i++) {
		pos.column =
			text.data[i] == '\n' ? 1 : pos.column + ((text.data[i] & 0xc0) != 0x80);
		pos.line += text.data[i] == '\n';
	}
	pos.begin = pos.end;
	return pos;
}

static void say_insert(struct diagnosis *d, const struct repair *repair)
{
	d->place = behind(d, repair->at);
	buf_printf(&d->text, "Missing '%s' before %s.", repair->text, shown(d, repair->at));
	if (strcmp(repair->text, ")") == 0 || strcmp(repair->text, "]") == 0) {
		const struct sql_token *open = open_bracket(d->parse, repair->at);
		if (open != NULL)
			say_bracket_of(d, open);
	}
	buf_append_u8(&d->text, '\n');
}

static bool say_repair(struct diagnosis *d)
{
	struct repair repair = parse_repair(d->parse);
	const struct sql_token *token =
		repair.at < d->parse->len ? &d->parse->tokens[repair.at] : NULL;
	switch (repair.kind) {
	case REPAIR_NONE:
		return false;
	case REPAIR_KEYWORD:
		assert(token != NULL);
		d->place = token->pos;
		buf_printf(&d->text, "Unexpected %s: did you mean %s?\n", shown(d, repair.at),
			   repair.text);
		return true;
	case REPAIR_QUOTE:
		assert(token != NULL);
		d->place = token->pos;
		buf_printf(&d->text,
			   "%.*s is a reserved word. As a name it stands in quotes: `%.*s`.\n",
			   SLICE_ARGS(token->value), SLICE_ARGS(token->value));
		return true;
	case REPAIR_INSERT:
		say_insert(d, &repair);
		return true;
	case REPAIR_DELETE:
		assert(token != NULL);
		d->place = token->pos;
		buf_printf(&d->text, "Unexpected %s before %s.\n", shown(d, repair.at),
			   shown(d, repair.at + 1));
		return true;
	}
	UNREACHABLE("all kinds are above");
}

/* At the end of the statement with a bracket open, that one is to be told. */
static bool say_open_bracket(struct diagnosis *d)
{
	const struct sql_token *open = open_bracket(d->parse, d->parse->error_at);
	bool at_end = d->found == NULL || slice_eq_str(d->found->text, ";");
	if (open == NULL || !at_end)
		return false;
	d->place = open->pos;
	buf_printf(&d->text, "The '%.*s' at line %d:%d is never closed.\n", SLICE_ARGS(open->text),
		   open->pos.line, open->pos.column);
	return true;
}

/* What other SQLs have, and what to do here instead. */
static const struct {
	const char *before, *found; /* NULL: anything; "" before: the statement's beginning */
	const char *text;
} foreign[] = {
	{ "ORDER", "BY", "ORDER BY is not supported: a stream has no end to sort by." },
	{ "SELECT", "DISTINCT", "SELECT DISTINCT is not supported: GROUP BY the columns instead." },
	{ "UNION", NULL,
	  "UNION is not supported: INSERT INTO one stream from each query instead." },
	{ "OVER", "(", "OVER is not supported: use WINDOW with GROUP BY instead." },
	{ "FROM", "(", "A query cannot stand in FROM: create a stream or table from it first." },
	{ "", "WITH", "WITH is not supported: create a stream or table from the query first." },
	{ "", "UPDATE", "UPDATE is not supported: INSERT INTO a table replaces the row of a key." },
	{ "", "DELETE", "DELETE is not supported: a record whose value is null deletes a key." },
	{ NULL, "OFFSET", "OFFSET is not supported: only LIMIT is." },
	{ "SELECT", "FROM", "The SELECT list is empty: name the columns, or write *." },
};

static bool say_foreign(struct diagnosis *d)
{
	uint32_t at = d->parse->error_at;
	struct slice before = at > 0 ? d->parse->tokens[at - 1].text : SLICE_EMPTY;
	for (size_t i = 0; i < COUNT_OF(foreign) && d->found != NULL; i++) {
		bool fits = (foreign[i].before == NULL ||
			     slice_eq_nocase(before, slice_str(foreign[i].before))) &&
			    (foreign[i].found == NULL ||
			     slice_eq_nocase(d->found->text, slice_str(foreign[i].found)));
		if (!fits)
			continue;
		bool behind_it =
			foreign[i].found == NULL || slice_eq_nocase(before, SLICE("ORDER"));
		if (behind_it && at > 0)
			d->place = d->parse->tokens[at - 1].pos;
		buf_printf(&d->text, "%s\n", foreign[i].text);
		return true;
	}
	return false;
}

static bool say_odd_token(struct diagnosis *d)
{
	if (d->found == NULL)
		return false;
	uint8_t first = d->found->text.data[0];
	if (first == '$') {
		buf_printf(&d->text, "The variable %s has no value. Give it one with DEFINE.\n",
			   shown(d, d->parse->error_at));
		return true;
	}
	if (d->found->kind != SCAN_UNKNOWN)
		return false;
	buf_printf(&d->text, "%s means nothing in SQL.\n", shown(d, d->parse->error_at));
	return true;
}

static void say_first_half(struct diagnosis *d)
{
	if (d->parse->too_deep) {
		buf_append_str(&d->text, "The statement is nested too deep.\n");
		return;
	}
	if (say_open_token(d) || say_odd_token(d) || say_foreign(d) || say_repair(d) ||
	    say_open_bracket(d))
		return;
	say_expected(d);
}

/* The second half. */

static void append_symbol(struct buf *buf, int symbol)
{
	const char *name = parse_symbol_name(symbol);
	bool quoted = name[0] == '\'' || parse_symbol_class(symbol) != SQL_CLASS_KEYWORD;
	buf_printf(buf, quoted ? "%s" : "'%s'", name);
}

/* "{',', ')'}", or without braces when it is one; false: too many to show. */
static bool append_expecting(struct buf *buf, const int *symbols, uint32_t len)
{
	size_t begin = buf->len, commas = 0;
	buf_append_str(buf, len == 1 ? "Expecting " : "Expecting {");
	for (uint32_t i = 0; i < len; i++) {
		buf_append_str(buf, i > 0 ? ", " : "");
		append_symbol(buf, symbols[i]);
	}
	buf_append_str(buf, len == 1 ? "" : "}");
	for (size_t i = begin; i < buf->len; i++)
		commas += buf->data[i] == ',';
	if (len > 0 && commas + 1 <= EXPECTED_COMMAS_MAX)
		return true;
	buf_truncate(buf, begin);
	return false;
}

static const char *const commands[] = {
	"SELECT", "CREATE", "INSERT",    "DESCRIBE", "PRINT",  "EXPLAIN",
	"SHOW",   "LIST",   "TERMINATE", "PAUSE",    "RESUME", "DROP",
	"SET",    "DEFINE", "UNDEFINE",  "UNSET",    "ASSERT", "ALTER",
};

static void say_unknown_statement(struct diagnosis *d)
{
	const char *nearest = commands[0];
	uint32_t least = UINT32_MAX;
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		uint32_t off = suggest_distance(found_text(d), slice_str(commands[i]));
		if (off < least) {
			least = off;
			nearest = commands[i];
		}
	}
	buf_printf(&d->text, "Unknown statement '%.*s'\nDid you mean '%s'?",
		   SLICE_ARGS(found_text(d)), nearest);
}

/* Exactly one token had to come here. */
static void say_single(struct diagnosis *d, int symbol)
{
	struct sql_token missing;
	const struct parse *parse = d->parse;
	uint32_t at = parse->error_at;
	bool known = parse_symbol_token(&d->arena, symbol, &missing);
	bool extra = known && at + 1 < parse->len && parse->tokens[at + 1].kind == missing.kind;
	if (extra && parse_token_word(d->found) == SQL_WORD_RESERVED) {
		buf_printf(&d->text,
			   "\"%.*s\" is a reserved keyword and it can't be used as an identifier. "
			   "You can use it as an identifier by escaping it as '%.*s' ",
			   SLICE_ARGS(found_text(d)), SLICE_ARGS(found_text(d)));
		return;
	}
	if (known && !extra && parse_goes_on(parse, at, &missing)) {
		buf_append_str(&d->text, "missing ");
		append_symbol(&d->text, symbol);
		buf_printf(&d->text, " at '%.*s'", SLICE_ARGS(found_text(d)));
		return;
	}
	(void)append_expecting(&d->text, extra ? &symbol : d->all, extra ? 1 : d->all_len);
}

static void say_second_half(struct diagnosis *d, struct slice statement)
{
	const struct parse *parse = d->parse;
	int needed[SQL_EXPECTED_MAX];
	uint32_t n = without_operators(parse->expected, parse->expected_len, needed);
	bool choice = has_name(d->all, d->all_len, "CAST"); /* one of many rules could begin */
	buf_printf(&d->text, "line %d:%d: Syntax Error\n", d->stopped.line, d->stopped.column);
	if (parse->error_at == 0 && d->found != NULL)
		say_unknown_statement(d);
	else if (choice || (parse->error_at <= 2 && n != 1))
		buf_printf(&d->text, "Syntax error at or near '%.*s' at line %d:%d",
			   SLICE_ARGS(found_text(d)), d->stopped.line, d->stopped.column);
	else if (n == 1)
		say_single(d, needed[0]);
	else
		(void)append_expecting(&d->text, needed, n);
	buf_printf(&d->text, "\nStatement: %.*s",
		   SLICE_ARGS(slice_sub(statement, 0, STATEMENT_TEXT_MAX)));
}

int parse_explain(const struct parse *parse, struct slice statement, struct err *err)
{
	struct diagnosis d = { .parse = parse, .text = BUF_INIT(BUF_TEXT_BYTES_MAX) };
	assert(parse->failed);
	arena_init(&d.arena);
	if (parse->error_at < parse->len)
		d.found = &parse->tokens[parse->error_at];
	d.stopped = d.found != NULL ? d.found->pos : parse->end;
	d.place = d.stopped;
	collect_all(&d);
	say_first_half(&d);
	say_second_half(&d, statement);
	enum err_code code = parse->too_deep ? ERR_LIMIT : ERR_SYNTAX;
	err_set_text(err, code, "%s", buf_str(&d.text));
	err_set_place(err, d.place.line, d.place.column);
	buf_fini(&d.text);
	arena_fini(&d.arena);
	return (int)code;
}
