#define WEIR_ALLOW_BANNED
#include "base/suggest.h"

#include <stdio.h>

struct suggest suggest_for(struct slice word)
{
	return (struct suggest){ .word = word, .distance = UINT32_MAX };
}

static uint8_t folded(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c + ('a' - 'A'));
	return c == '_' ? '-' : c;
}

/* The optimal string alignment distance, three rows at a time. */
uint32_t suggest_distance(struct slice a, struct slice b)
{
	uint32_t rows[3][SUGGEST_WORD_MAX + 1];
	if (a.len > SUGGEST_WORD_MAX || b.len > SUGGEST_WORD_MAX)
		return UINT32_MAX;
	for (uint32_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (uint32_t i = 1; i <= a.len; i++) {
		uint32_t *row = rows[i % 3], *above = rows[(i + 2) % 3],
			 *two_up = rows[(i + 1) % 3];
		uint8_t x = folded(a.data[i - 1]);
		row[0] = i;
		for (uint32_t j = 1; j <= b.len; j++) {
			uint8_t y = folded(b.data[j - 1]);
			uint32_t change = above[j - 1] + (x == y ? 0 : 1);
			row[j] = MIN(change, MIN(above[j], row[j - 1]) + 1);
			bool swapped = i > 1 && j > 1 && x == folded(b.data[j - 2]) &&
				       y == folded(a.data[i - 2]);
			if (swapped)
				row[j] = MIN(row[j], two_up[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

void suggest_offer(struct suggest *suggest, const char *candidate)
{
	struct slice name = slice_str(candidate);
	if (name.len == 0 || suggest->word.len == 0)
		return;
	uint32_t distance = suggest_distance(suggest->word, name);
	uint32_t allowed = (uint32_t)MAX(suggest->word.len / 3, (size_t)1);
	bool begins = suggest->word.len >= 3 &&
		      slice_eq_nocase(slice_sub(name, 0, suggest->word.len), suggest->word);
	if (distance == UINT32_MAX || (distance > allowed && !begins) ||
	    distance >= suggest->distance || distance >= name.len)
		return;
	suggest->best = candidate;
	suggest->distance = distance;
}

const char *suggest_words(struct suggest *suggest)
{
	if (suggest->best == NULL)
		return "";
	snprintf(suggest->words, sizeof(suggest->words), "; did you mean '%s'?", suggest->best);
	return suggest->words;
}
