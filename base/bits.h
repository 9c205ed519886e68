/*
 * bits.h - sets of small numbers, 64 to a word: validity, selections, masks.
 *
 * A set is the caller's array of uint64_t, of bits_words(n) words. Invariant: bits past `n` in the
 * last word are zero; bits_fill keeps it so.
 */
#ifndef WEIR_BASE_BITS_H
#define WEIR_BASE_BITS_H

#include "base/base.h"

static inline size_t bits_words(size_t n)
{
	return (n + 63) / 64;
}

static inline bool bits_get(const uint64_t *bits, size_t i)
{
	return (bits[i / 64] >> (i % 64)) & 1;
}

static inline void bits_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline void bits_clear(uint64_t *bits, size_t i)
{
	bits[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

static inline void bits_put(uint64_t *bits, size_t i, bool value)
{
	uint64_t mask = UINT64_C(1) << (i % 64);
	bits[i / 64] = (bits[i / 64] & ~mask) | (value ? mask : 0);
}

/* All `n` bits to `value`. */
static inline void bits_fill(uint64_t *bits, size_t n, bool value)
{
	memset(bits, value ? 0xFF : 0, bits_words(n) * sizeof(*bits));
	if (value && n % 64 != 0)
		bits[n / 64] = (UINT64_C(1) << (n % 64)) - 1;
}

static inline size_t bits_count(const uint64_t *bits, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < bits_words(n); i++)
		count += (size_t)__builtin_popcountll(bits[i]);
	return count;
}

/* The first set bit at or after `from`; `n` when there is none. */
static inline size_t bits_next(const uint64_t *bits, size_t n, size_t from)
{
	if (from >= n)
		return n;
	size_t word = from / 64;
	uint64_t left = bits[word] & (UINT64_MAX << (from % 64));
	while (left == 0) {
		if (++word == bits_words(n))
			return n;
		left = bits[word];
	}
	return word * 64 + (size_t)__builtin_ctzll(left);
}

#endif
