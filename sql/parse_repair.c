/*
 * What was probably meant: the parser is run again over the statement with one token put in, left
 * out, or taken for another, near the place where it broke off. A change after which all of it is
 * right is most likely what is missing; of several, the smallest and nearest. Statements that are
 * very long are not tried.
 */
#include "sql/parse_priv.h"

#include "base/suggest.h"

/* A run costs in proportion to the tokens, and there are up to a few hundred runs. */
#define REPAIR_TOKENS_MAX 3000
#define REPAIR_WINDOW 4

#define COST_WORD 1 /* per letter that differs */
#define COST_SIGN 2
#define COST_QUOTE 2
#define COST_KEYWORD 3
#define COST_NAME 4

/* A misspelt word put right takes the parser at least so far past the error, if there is another.
 */
#define SECOND_MISTAKE_TOKENS 2
#define COST_SECOND_MISTAKE 1000

/* The statement with a change, run in an arena of its own. */
struct trial {
	const struct parse *parse;
	struct arena arena;
	struct repair best;
};

enum change { CHANGE_INSERT, CHANGE_REPLACE, CHANGE_DELETE };

/* How many tokens of the original the parser got past; UINT32_MAX: all is right. */
static uint32_t try_change(struct arena *arena, const struct parse *parse, enum change change,
			   uint32_t at, const struct sql_token *token, uint32_t cut)
{
	assert(at <= parse->len);
	uint32_t skip = change == CHANGE_INSERT ? 0 : 1;
	uint32_t add = change == CHANGE_DELETE ? 0 : 1;
	uint32_t rest = parse->len - MIN(at + skip, parse->len); /* behind the change */
	uint32_t kept = cut == UINT32_MAX ? rest : MIN(rest, cut - MIN(at + skip, cut));
	struct sql_token *tokens = arena_array(arena, struct sql_token, parse->len + 2);
	if (at > 0)
		memcpy(tokens, parse->tokens, at * sizeof(*tokens));
	if (add > 0)
		tokens[at] = *token;
	if (rest > 0)
		memcpy(tokens + at + add, parse->tokens + at + skip, rest * sizeof(*tokens));
	parse_settle(tokens, at + add + rest);
	if (add > 0 && parse_plain_kind(token->kind) != token->kind)
		tokens[at].kind = token->kind;
	struct parse trial = {
		.builder.arena = arena,
		.tokens = tokens,
		.len = at + add + kept,
		.start = parse->start,
		.end = parse->end,
	};
	(void)parse_run(&trial);
	return trial.failed ? trial.error_at : UINT32_MAX;
}

static uint32_t reach_with(const struct parse *parse, uint32_t at, const struct sql_token *token)
{
	if (parse->len > REPAIR_TOKENS_MAX)
		return 0;
	struct arena arena;
	arena_init(&arena);
	uint32_t reach = try_change(&arena, parse, CHANGE_INSERT, at, token, at + 1);
	arena_fini(&arena);
	return reach;
}

bool parse_accepts(const struct parse *parse, uint32_t at, const struct sql_token *token)
{
	return reach_with(parse, at, token) > at;
}

bool parse_goes_on(const struct parse *parse, uint32_t at, const struct sql_token *token)
{
	uint32_t reach = reach_with(parse, at, token);
	return at < parse->len ? reach > at + 1 : reach == UINT32_MAX;
}

static uint32_t distance(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

/* Keeps the change if it is the best so far. */
static void propose(struct trial *trial, enum repair_kind kind, enum change change, uint32_t at,
		    const struct sql_token *token, const char *text, uint32_t cost)
{
	cost = cost * 4 + distance(at, trial->parse->error_at);
	if (trial->best.kind != REPAIR_NONE && cost >= trial->best.cost)
		return;
	arena_reset(&trial->arena);
	uint32_t reach = try_change(&trial->arena, trial->parse, change, at, token, UINT32_MAX);
	if (reach != UINT32_MAX) { /* a second mistake does not speak against a misspelt word */
		cost += COST_SECOND_MISTAKE;
		bool better = trial->best.kind == REPAIR_NONE || cost < trial->best.cost;
		if (kind != REPAIR_KEYWORD || !better ||
		    reach < trial->parse->error_at + SECOND_MISTAKE_TOKENS)
			return;
	}
	trial->best = (struct repair){ .kind = kind, .at = at, .text = text, .cost = cost };
}

static void propose_insert(struct trial *trial, uint32_t at, const char *text, uint32_t cost)
{
	struct arena scratch;
	arena_init(&scratch);
	struct sql_token token = parse_token_of(&scratch, text, (struct ast_pos){ 0 });
	propose(trial, REPAIR_INSERT, CHANGE_INSERT, at, &token, text, cost);
	arena_fini(&scratch);
}

/* One letter in a short word, three in a long one. */
static uint32_t tolerance(size_t len)
{
	return len <= 4 ? 1 : len <= 8 ? 2 : 3;
}

static void propose_keywords(struct trial *trial, uint32_t at)
{
	const struct sql_token *written = &trial->parse->tokens[at];
	enum sql_word class = parse_token_word(written);
	bool word = parse_token_is_name(written) && class == SQL_WORD_NONE &&
		    written->text.data[0] != '`' && written->text.data[0] != '"';
	if (!word && (class == SQL_WORD_NONE || at != trial->parse->error_at))
		return;
	const char *keyword;
	for (size_t i = 0; (keyword = parse_keyword(i)) != NULL; i++) {
		uint32_t off = suggest_distance(written->text, slice_str(keyword));
		if (off > tolerance(written->text.len) || off == 0 || off >= strlen(keyword))
			continue;
		struct arena scratch;
		arena_init(&scratch);
		struct sql_token token = parse_token_of(&scratch, keyword, written->pos);
		propose(trial, REPAIR_KEYWORD, CHANGE_REPLACE, at, &token, keyword,
			off * COST_WORD);
		arena_fini(&scratch);
	}
}

/* A reserved word that would do as a name. */
static void propose_quotes(struct trial *trial, uint32_t at)
{
	const struct sql_token *written = &trial->parse->tokens[at];
	bool literal = slice_eq_str(written->value, "NULL") ||
		       slice_eq_str(written->value, "TRUE") ||
		       slice_eq_str(written->value, "FALSE");
	if (parse_token_word(written) != SQL_WORD_RESERVED || literal)
		return;
	struct arena scratch;
	arena_init(&scratch);
	struct sql_token token = parse_token_of(&scratch, "x", written->pos);
	propose(trial, REPAIR_QUOTE, CHANGE_REPLACE, at, &token, NULL, COST_QUOTE);
	arena_fini(&scratch);
}

struct repair parse_repair(const struct parse *parse)
{
	static const char *const signs[] = { ")", "(", ",", ";",  "]",  "[", "=",
					     ">", "<", ".", "->", ":=", "=>" };
	static const char *const words[] = { "AS",     "BY",    "FROM",   "ON",     "AND",  "THEN",
					     "END",    "WHEN",  "VALUES", "INTO",   "WITH", "SIZE",
					     "SELECT", "JOIN",  "TABLE",  "STREAM", "IN",   "IS",
					     "NOT",    "GROUP", "WHERE" };
	struct trial trial = { .parse = parse };
	if (parse->len > REPAIR_TOKENS_MAX || parse->too_deep)
		return trial.best;
	arena_init(&trial.arena);
	uint32_t error_at = parse->error_at;
	uint32_t from = error_at > REPAIR_WINDOW ? error_at - REPAIR_WINDOW : 0;
	uint32_t to = MIN(error_at + 1, parse->len);
	for (uint32_t at = from; at < to; at++) {
		propose_keywords(&trial, at);
		if (at == error_at)
			propose_quotes(&trial, at);
	}
	for (uint32_t at = from; at <= error_at; at++) {
		for (size_t i = 0; i < COUNT_OF(signs); i++)
			propose_insert(&trial, at, signs[i], COST_SIGN);
	}
	for (uint32_t at = error_at > 0 ? error_at - 1 : 0; at <= error_at; at++) {
		for (size_t i = 0; i < COUNT_OF(words); i++)
			propose_insert(&trial, at, words[i], COST_KEYWORD);
	}
	if (error_at > 0 && slice_eq_str(parse->tokens[error_at - 1].text, ","))
		propose(&trial, REPAIR_DELETE, CHANGE_DELETE, error_at - 1, NULL, NULL, COST_SIGN);
	if (error_at < parse->len) {
		bool word = parse_token_is_name(&parse->tokens[error_at]) ||
			    parse_token_word(&parse->tokens[error_at]) != SQL_WORD_NONE;
		propose(&trial, REPAIR_DELETE, CHANGE_DELETE, error_at, NULL, NULL,
			word ? COST_NAME : COST_SIGN);
	}
	arena_fini(&trial.arena);
	return trial.best;
}
