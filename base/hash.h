/*
 * hash.h - hashes whose values leave the process, so that they never change.
 *
 * hash_xxh64 is for speed (state files, sampling, sketches). hash_murmur2 is Kafka's: its default
 * partitioner sends a key to hash_partition of it, so data keyed elsewhere meets its equals here.
 * In-process tables use map.h's own hash.
 */
#ifndef WEIR_BASE_HASH_H
#define WEIR_BASE_HASH_H

#include "base/bytes.h"

uint64_t hash_xxh64(struct slice bytes, uint64_t seed);

/* Kafka's murmur2, with its fixed seed, as Java's signed int. */
int32_t hash_murmur2(struct slice bytes);

/* The partition of a key, as Kafka's default partitioner has it. */
int32_t hash_partition(struct slice key, int32_t partition_count);

#endif
