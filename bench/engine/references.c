#include "bench/engine/references.h"

#include "bench/engine/simdjson.h"

#define BATCH 1024u

struct measurement reference_memcpy(const struct bids *bids)
{
	struct measurement m = { .name = "memcpy" };
	uint8_t *to = mem_bytes(bids->bytes);
	memcpy(to, bids->text.data, bids->bytes); /* the page faults */
	double begin = bench_seconds();
	do {
		memcpy(to, bids->text.data, bids->bytes);
		__asm__ volatile("" : : "r"(to) : "memory");
		m.rows += PASS_ROWS;
		m.bytes += (double)bids->bytes;
		m.seconds = bench_seconds() - begin;
	} while (m.seconds < BENCH_SECONDS_MIN);
	mem_free(to);
	return m;
}

struct slot {
	uint64_t key; /* plus one; 0: empty */
	int64_t count;
};

static void count_key(struct slot *slots, uint64_t mask, uint64_t key)
{
	uint64_t at = (key * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & mask;
	while (slots[at].key != 0 && slots[at].key != key + 1)
		at = (at + 1) & mask;
	slots[at].key = key + 1;
	slots[at].count++;
}

struct measurement reference_hash_table(uint64_t nkeys)
{
	struct measurement m = { .name = "hash_table" };
	uint64_t size = 1024, random = 7;
	while (size < nkeys * 2)
		size *= 2;
	struct slot *slots = mem_array(struct slot, size);
	uint64_t *keys = mem_array(uint64_t, PASS_ROWS);
	do {
		for (uint32_t i = 0; i < PASS_ROWS; i++)
			keys[i] = bench_random(&random) % nkeys;
		double begin = bench_seconds();
		for (uint32_t i = 0; i < PASS_ROWS; i++)
			count_key(slots, size - 1, keys[i]);
		m.seconds += bench_seconds() - begin;
		m.rows += PASS_ROWS;
		m.bytes += PASS_ROWS * sizeof(uint64_t);
	} while (m.seconds < BENCH_SECONDS_MIN / 2);
	mem_free(keys);
	mem_free(slots);
	return m;
}

struct measurement reference_simdjson(const struct bids *bids, enum bid_order order)
{
	struct measurement m = {
		.name = order == BIDS_IN_ORDER ? "simdjson" : "simdjson_shuffled",
	};
	struct simdjson_parser *parser = simdjson_parser_new();
	const uint8_t **records = mem_array(const uint8_t *, PASS_ROWS);
	size_t *lens = mem_array(size_t, PASS_ROWS);
	int64_t *columns = mem_array(int64_t, 3 * BATCH);
	struct simdjson_columns out = { columns, columns + BATCH, columns + 2 * BATCH };
	for (uint32_t i = 0; i < PASS_ROWS; i++) {
		records[i] = bids->records[i].data;
		lens[i] = bids->records[i].len;
	}
	double begin = bench_seconds();
	do {
		for (uint32_t i = 0; i < PASS_ROWS; i += BATCH) {
			size_t n = order == BIDS_IN_ORDER
					   ? simdjson_in_order(parser, records + i, lens + i, BATCH, &out)
					   : simdjson_unordered(parser, records + i, lens + i, BATCH,
								&out);
			if (n != BATCH)
				UNREACHABLE("simdjson reads what the bench makes");
		}
		m.rows += PASS_ROWS;
		m.bytes += (double)bids->bytes;
		m.seconds = bench_seconds() - begin;
	} while (m.seconds < BENCH_SECONDS_MIN);
	mem_free(columns);
	mem_free(lens);
	mem_free(records);
	simdjson_parser_free(parser);
	return m;
}
