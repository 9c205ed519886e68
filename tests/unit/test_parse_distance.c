/*
 * How far from the damage an error points. Statements that are right are damaged at random in one
 * place (a letter, a word, a sign or a bracket is dropped, put in, doubled or swapped); what is
 * then refused is to be pointed at near where it was damaged.
 */
#include "tests/lib/test.h"

#include "sql/parse.h"

#include <stdlib.h>

static const char *const statements[] = {
#include "tests/unit/test_parse_distance.def"
};

enum damage {
	DROP_LETTER,
	SWAP_LETTERS,
	DROP_WORD,
	DROP_BRACKET,
	DROP_COMMA,
	DOUBLE_SIGN,
	INSERT_SIGN,
	CUT_OFF,
	DAMAGE_COUNT,
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_bracket(char c)
{
	return strchr("()[]<>", c) != NULL && c != 0;
}

/* A random place for the damage in `text`; SIZE_MAX: there is none. */
static size_t place_for(struct rng *rng, enum damage damage, const char *text, size_t len)
{
	for (int tries = 0; tries < 200; tries++) {
		size_t at = (size_t)rng_below(rng, len);
		char c = text[at];
		bool start = is_letter(c) && (at == 0 || !is_letter(text[at - 1]));
		bool fits = damage == DROP_LETTER ? is_letter(c)
			    : damage == SWAP_LETTERS
				    ? is_letter(c) && is_letter(text[at + 1]) && c != text[at + 1]
			    : damage == DROP_WORD    ? start
			    : damage == DROP_BRACKET ? is_bracket(c)
			    : damage == DROP_COMMA   ? c == ','
			    : damage == DOUBLE_SIGN  ? strchr(",=()", c) != NULL
			    : damage == INSERT_SIGN  ? c == ' '
						     : c == ' ';
		if (fits)
			return at;
	}
	return SIZE_MAX;
}

/* Writes the damaged text; yields where, or SIZE_MAX. */
static size_t damage_text(struct rng *rng, enum damage damage, const char *text, struct buf *to)
{
	size_t len = strlen(text);
	size_t at = place_for(rng, damage, text, len);
	if (at == SIZE_MAX)
		return SIZE_MAX;
	size_t skip = damage == DOUBLE_SIGN || damage == INSERT_SIGN ? 0 : 1;
	if (damage == DROP_WORD) {
		while (is_letter(text[at + skip]))
			skip++;
	}
	if (damage == CUT_OFF)
		skip = len - at;
	buf_append(to, slice_of(text, at));
	if (damage == SWAP_LETTERS) {
		buf_append_u8(to, (uint8_t)text[at + 1]);
		buf_append_u8(to, (uint8_t)text[at]);
		skip = 2;
	} else if (damage == DOUBLE_SIGN) {
		buf_append_u8(to, (uint8_t)text[at]);
	} else if (damage == INSERT_SIGN) {
		buf_append_u8(to, (uint8_t) ",)(=;"[rng_below(rng, 4)]);
	}
	buf_append(to, slice_of(text + at + skip, len - at - skip));
	return at;
}

static size_t byte_of(struct slice text, int32_t line, int32_t column)
{
	size_t at = 0;
	for (int32_t i = 1; i < line; i++)
		at = slice_find_byte(text, '\n', at) + 1;
	return at + (size_t)(column - 1);
}

static int compare(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

#define ROUNDS 1500

struct distances {
	size_t items[ROUNDS], len;
};

static void add_distance(struct distances *distances, size_t distance)
{
	assert_true(distances->len < ROUNDS);
	distances->items[distances->len++] = distance;
}

static size_t percentile(struct distances *distances, size_t percent)
{
	qsort(distances->items, distances->len, sizeof(size_t), compare);
	return distances->items[distances->len * percent / 100];
}

static size_t share_within(const struct distances *distances, size_t limit)
{
	size_t n = 0;
	for (size_t i = 0; i < distances->len; i++)
		n += distances->items[i] <= limit;
	return n * 100 / distances->len;
}

static struct distances all, brackets;

static void one_round(struct rng *rng, struct arena *arena)
{
	enum damage damage = (enum damage)rng_below(rng, DAMAGE_COUNT);
	const char *text = statements[rng_below(rng, COUNT_OF(statements))];
	struct buf damaged = BUF_INIT(100000);
	struct ast_statements list;
	struct err err = ERR_INIT;
	size_t at = damage_text(rng, damage, text, &damaged);
	if (at != SIZE_MAX && sql_parse(arena, buf_slice(&damaged), NULL, &list, &err) != 0) {
		assert_true(err.line >= 1);
		assert_true(err.column >= 1);
		size_t told = byte_of(buf_slice(&damaged), err.line, err.column);
		size_t distance = told > at ? told - at : at - told;
		add_distance(&all, distance);
		if (damage == DROP_BRACKET)
			add_distance(&brackets, distance);
		if (getenv("WEIR_SHOW") != NULL && distance > 5)
			print_message("%zu (damage %d at %zu)\n%s\n%s\n\n", distance, (int)damage,
				      at, buf_str(&damaged), err.text);
	}
	buf_fini(&damaged);
}

static void errors_point_near_the_damage(void **state)
{
	(void)state;
	struct rng rng = { .state = rng_seed_from_env() };
	struct arena arena;
	arena_init(&arena);
	for (int i = 0; i < ROUNDS; i++) {
		one_round(&rng, &arena);
		arena_reset(&arena);
	}
	arena_fini(&arena);
	print_message("%zu errors: median %zu, %zu %% within 5, p90 %zu; brackets p90 %zu\n",
		      all.len, percentile(&all, 50), share_within(&all, 5), percentile(&all, 90),
		      percentile(&brackets, 90));
	assert_true(all.len > ROUNDS / 4);
	assert_true(percentile(&all, 50) <= 1);
	assert_true(share_within(&all, 5) >= 75);
	assert_true(percentile(&brackets, 90) <= 40);
}

static void the_undamaged_statements_are_right(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena);
	for (size_t i = 0; i < COUNT_OF(statements); i++) {
		struct ast_statements list;
		struct err err;
		assert_ok(sql_parse(&arena, slice_str(statements[i]), NULL, &list, &err), &err);
	}
	arena_fini(&arena);
}

int main(void)
{
	RUN_TESTS(TEST(the_undamaged_statements_are_right), TEST(errors_point_near_the_damage));
}
