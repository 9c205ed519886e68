/* The number of typing errors between two words, by the table of all their prefixes. */
#include "base/text.h"

/* Nobody wants a hint about longer words, and the table stays on the stack. */
#define WORD_BYTES_MAX 64

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Three rows of the table are enough: a swap looks two rows back. */
static size_t distance(struct slice a, struct slice b)
{
	size_t rows[3][WORD_BYTES_MAX + 1];
	assert(a.len <= WORD_BYTES_MAX);
	assert(b.len <= WORD_BYTES_MAX);
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *two_above = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = lower(a.data[i - 1]) == lower(b.data[j - 1]);
			size_t best = above[j - 1] + !same;
			best = MIN(best, MIN(above[j], row[j - 1]) + 1);
			bool swapped = i > 1 && j > 1 &&
				       lower(a.data[i - 1]) == lower(b.data[j - 2]) &&
				       lower(a.data[i - 2]) == lower(b.data[j - 1]);
			if (swapped)
				best = MIN(best, two_above[j - 2] + 1);
			row[j] = best;
		}
	}
	return rows[a.len % 3][b.len];
}

struct text_nearest text_nearest_to(struct slice word)
{
	/* One error in a short word, one more for each four letters. */
	size_t errors_max = word.len < 2 ? 0 : 1 + word.len / 4;
	return (struct text_nearest){ .word = word, .distance = errors_max + 1 };
}

void text_nearest_offer(struct text_nearest *nearest, struct slice candidate)
{
	if (nearest->word.len > WORD_BYTES_MAX || candidate.len > WORD_BYTES_MAX)
		return;
	if (candidate.len == 0)
		return;
	size_t errors = distance(nearest->word, candidate);
	/* A word that must be changed wholly is no suggestion. */
	if (errors >= nearest->distance || errors >= candidate.len)
		return;
	nearest->distance = errors;
	nearest->best = candidate;
}
