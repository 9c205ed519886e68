#include "base/hash.h"

#include <xxhash.h>

uint64_t hash_xxh64(struct slice bytes, uint64_t seed)
{
	return XXH64(bytes.data, bytes.len, seed);
}

#define MURMUR2_SEED 0x9747B28CU
#define MURMUR2_MULTIPLIER 0x5BD1E995U

static uint32_t murmur2_mix(uint32_t word)
{
	word *= MURMUR2_MULTIPLIER;
	word ^= word >> 24;
	return word * MURMUR2_MULTIPLIER;
}

int32_t hash_murmur2(struct slice bytes)
{
	assert(bytes.len <= INT32_MAX);
	uint32_t hash = MURMUR2_SEED ^ (uint32_t)bytes.len;
	size_t i = 0;
	for (; bytes.len - i >= 4; i += 4)
		hash = hash * MURMUR2_MULTIPLIER ^ murmur2_mix(load_le32(bytes.data + i));
	if (i < bytes.len) {
		uint32_t last = 0;
		for (size_t j = bytes.len; j > i; j--)
			last = last << 8 | bytes.data[j - 1];
		hash = (hash ^ last) * MURMUR2_MULTIPLIER;
	}
	hash ^= hash >> 13;
	hash *= MURMUR2_MULTIPLIER;
	hash ^= hash >> 15;
	return (int32_t)hash;
}

int32_t hash_partition(struct slice key, int32_t partition_count)
{
	assert(partition_count > 0);
	/* The sign bit is cut off, not negated: so Kafka does it. */
	return (hash_murmur2(key) & INT32_MAX) % partition_count;
}
