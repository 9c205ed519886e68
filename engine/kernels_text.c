/* LIKE, and + of texts. */
#include "engine/program_priv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * A pattern taken apart. What is only text between `%` at its ends is searched for as bytes; the
 * rest is a list of tokens for the matcher.
 */
enum like_kind { LIKE_EXACT, LIKE_PREFIX, LIKE_SUFFIX, LIKE_CONTAINS, LIKE_TOKENS };

enum like_token_kind { LIKE_TEXT, LIKE_ANY_ONE, LIKE_ANY };

struct like_token {
	enum like_token_kind kind;
	struct slice text; /* TEXT */
};

struct like {
	enum like_kind kind;
	struct slice text; /* of all kinds but TOKENS */
	const struct like_token *tokens;
	uint32_t ntokens;
};

/* Bytes of the UTF-8 character that begins with `lead`. */
static size_t char_bytes(uint8_t lead)
{
	return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The escape character, when the pattern has it at `at`: its bytes, else 0. */
static size_t escape_at(struct slice pattern, size_t at, struct slice escape)
{
	return escape.len > 0 && slice_eq(slice_sub(pattern, at, escape.len), escape) ? escape.len
										      : 0;
}

static struct slice encode_char(struct arena *arena, uint32_t c)
{
	uint8_t *to = arena_array(arena, uint8_t, 4);
	if (c < 0x80) {
		to[0] = (uint8_t)c;
		return slice_of(to, c == 0 ? 0 : 1);
	}
	size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		to[i] = (uint8_t)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	to[0] = (uint8_t)(c | (len == 2 ? 0xC0 : len == 3 ? 0xE0 : 0xF0));
	return slice_of(to, len);
}

/* Cuts the pattern into tokens; neighbouring texts are one. */
static uint32_t cut(struct arena *arena, struct slice pattern, struct slice escape,
		    struct like_token *tokens)
{
	uint32_t n = 0;
	uint8_t *text = arena_array(arena, uint8_t, pattern.len);
	size_t written = 0;
	for (size_t at = 0; at < pattern.len;) {
		size_t escaped = escape_at(pattern, at, escape);
		uint8_t c = pattern.data[at];
		if (escaped == 0 && (c == '%' || c == '_')) {
			tokens[n++].kind = c == '%' ? LIKE_ANY : LIKE_ANY_ONE;
			at++;
			continue;
		}
		at += at + escaped < pattern.len ? escaped : 0;
		size_t len = MIN(char_bytes(pattern.data[at]), pattern.len - at);
		if (n == 0 || tokens[n - 1].kind != LIKE_TEXT)
			tokens[n++] = (struct like_token){ LIKE_TEXT, { text + written, 0 } };
		memcpy(text + written, pattern.data + at, len);
		tokens[n - 1].text.len += len;
		written += len;
		at += len;
	}
	return n;
}

static void choose_kind(struct like *like)
{
	const struct like_token *t = like->tokens;
	uint32_t n = like->ntokens;
	uint32_t from = n > 0 && t[0].kind == LIKE_ANY ? 1 : 0;
	uint32_t to = n > from && t[n - 1].kind == LIKE_ANY ? n - 1 : n;
	like->kind = LIKE_TOKENS;
	if (to - from > 1 || (to - from == 1 && t[from].kind != LIKE_TEXT))
		return;
	like->text = to > from ? t[from].text : SLICE_EMPTY;
	if (from == 0)
		like->kind = to == n ? LIKE_EXACT : LIKE_PREFIX;
	else
		like->kind = to == n && to > from ? LIKE_SUFFIX : LIKE_CONTAINS;
}

const void *like_prepare(struct arena *arena, const struct value *pattern, uint32_t escape)
{
	struct like *like = arena_new(arena, struct like);
	struct slice mark = escape != 0 ? encode_char(arena, escape) : SLICE_EMPTY;
	struct slice text = arena_copy(arena, pattern->bytes);
	struct like_token *tokens = arena_array(arena, struct like_token, text.len + 1);
	like->ntokens = cut(arena, text, mark, tokens);
	like->tokens = tokens;
	choose_kind(like);
	return like;
}

/* Matches one token at `at`; yields where it ends, SIZE_MAX when it does not match. */
static size_t match_token(const struct like_token *token, struct slice text, size_t at)
{
	if (token->kind == LIKE_ANY_ONE)
		return at < text.len ? MIN(at + char_bytes(text.data[at]), text.len) : SIZE_MAX;
	struct slice there = slice_sub(text, at, token->text.len);
	return slice_eq(there, token->text) ? at + token->text.len : SIZE_MAX;
}

/* Goes back to the last % only: what stands before it never needs to be matched otherwise. */
static bool match_tokens(const struct like *like, struct slice text)
{
	uint32_t token = 0, back_token = UINT32_MAX;
	size_t at = 0, back_at = 0;
	for (;;) {
		if (token < like->ntokens && like->tokens[token].kind == LIKE_ANY) {
			back_token = ++token;
			back_at = at;
			continue;
		}
		if (token == like->ntokens && at == text.len)
			return true;
		size_t end = token < like->ntokens ? match_token(&like->tokens[token], text, at)
						   : SIZE_MAX;
		if (end != SIZE_MAX) {
			token++;
			at = end;
			continue;
		}
		if (back_token == UINT32_MAX || back_at >= text.len)
			return false;
		back_at = MIN(back_at + char_bytes(text.data[back_at]), text.len);
		at = back_at;
		token = back_token;
	}
}

/*
 * Where first and last byte of the needle stand at their distance, the middle is compared. The
 * texts of rows are short: memmem's preparations cost more than this whole search.
 */
static bool contains(struct slice text, struct slice needle)
{
	size_t n = needle.len, at = 0;
	if (n == 0 || n > text.len)
		return n == 0;
	uint8_t first = needle.data[0], last = needle.data[n - 1];
#ifdef __SSE2__
	const __m128i firsts = _mm_set1_epi8((char)first), lasts = _mm_set1_epi8((char)last);
	for (; at + n - 1 + sizeof(__m128i) <= text.len; at += sizeof(__m128i)) {
		__m128i a, b;
		memcpy(&a, text.data + at, sizeof(a));
		memcpy(&b, text.data + at + n - 1, sizeof(b));
		unsigned hits = (unsigned)_mm_movemask_epi8(
			_mm_and_si128(_mm_cmpeq_epi8(a, firsts), _mm_cmpeq_epi8(b, lasts)));
		for (; hits != 0; hits &= hits - 1) {
			if (memcmp(text.data + at + __builtin_ctz(hits), needle.data, n) == 0)
				return true;
		}
	}
#endif
	for (; at + n <= text.len; at++) {
		if (text.data[at] == first && text.data[at + n - 1] == last &&
		    memcmp(text.data + at, needle.data, n) == 0)
			return true;
	}
	return false;
}

static bool match(const struct like *like, struct slice text)
{
	switch (like->kind) {
	case LIKE_EXACT:
		return slice_eq(text, like->text);
	case LIKE_PREFIX:
		return slice_starts_with(text, like->text);
	case LIKE_SUFFIX:
		return slice_ends_with(text, like->text);
	case LIKE_CONTAINS:
		return contains(text, like->text);
	case LIKE_TOKENS:
		return match_tokens(like, text);
	}
	UNREACHABLE("no such pattern");
}

void kernel_like(struct kernel *k)
{
	const struct like *constant = k->step->data;
	const struct column *text = k->in[0], *pattern = k->in[1];
	kernel_fail_nulls(k);
	SEL_EACH(i, k->sel)
	{
		k->out->boolean[i] = 0;
		if (column_is_null(text, i) || column_is_null(pattern, i))
			continue;
		const struct like *like = constant;
		if (like == NULL) {
			struct value value = { .bytes = pattern->bytes[i] };
			like = like_prepare(k->eval->arena, &value, k->step->expr->escape);
		}
		k->out->boolean[i] = match(like, text->bytes[i]);
	}
}

void kernel_concat_text(struct kernel *k)
{
	const struct column *left = k->in[0], *right = k->in[1];
	kernel_fail_nulls(k);
	SEL_EACH(i, k->sel)
	{
		k->out->bytes[i] = SLICE_EMPTY;
		if (column_is_null(left, i) || column_is_null(right, i))
			continue;
		struct slice a = left->bytes[i], b = right->bytes[i];
		uint8_t *to = arena_array_plain(k->eval->arena, uint8_t, a.len + b.len);
		if (a.len > 0)
			memcpy(to, a.data, a.len);
		if (b.len > 0)
			memcpy(to + a.len, b.data, b.len);
		k->out->bytes[i] = slice_of(to, a.len + b.len);
	}
}
