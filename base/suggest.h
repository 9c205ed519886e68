/*
 * suggest.h - "did you mean": the known name nearest to a wrong one.
 *
 * Offer every candidate, then ask. Nearness is the number of letters to add, drop, change or swap
 * (case does not count), and a name is only suggested when that is at most a third of the word, or
 * when it begins with the word. Among equals the first offered wins. Nothing is allocated.
 */
#ifndef WEIR_BASE_SUGGEST_H
#define WEIR_BASE_SUGGEST_H

#include "base/bytes.h"

/* Longer words are not compared. */
#define SUGGEST_WORD_MAX 64

struct suggest {
	struct slice word; /* borrowed */
	const char *best;  /* borrowed; NULL: none is near */
	uint32_t distance; /* of `best` */
	char words[SUGGEST_WORD_MAX + 24];
};

struct suggest suggest_for(struct slice word);
void suggest_offer(struct suggest *suggest, const char *candidate);

/* "; did you mean 'x'?", or "" when no name is near. */
const char *suggest_words(struct suggest *suggest);

/* Letters to add, drop, change or swap with a neighbour, to make one of the other. */
uint32_t suggest_distance(struct slice a, struct slice b);

#endif
