#include "bench/engine/bids.h"

#define BIDS_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define START_MS INT64_C(1700000000000)
#define ROWS_PER_MS 10

uint64_t bench_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static void put_letters(struct buf *text, uint64_t *random, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buf_append_u8(text, (uint8_t)('a' + bench_random(random) % 26));
}

/* Prices are spread evenly over their number of digits. */
static uint64_t random_price(uint64_t *random)
{
	uint64_t price = 100;
	for (uint64_t i = bench_random(random) % 6; i > 0; i--)
		price *= 10;
	return price + bench_random(random) % (price * 9);
}

static void put_field(struct buf *text, uint32_t field, uint32_t row, uint64_t *random)
{
	static const char *const CHANNELS[] = { "Google", "Facebook", "Baidu", "Apple" };
	switch (field) {
	case 0:
		buf_printf(text, "\"auction\":%u", 1000 + (uint32_t)(bench_random(random) % 20000));
		break;
	case 1:
		buf_printf(text, "\"bidder\":%u", 1000 + (uint32_t)(bench_random(random) % 50000));
		break;
	case 2:
		buf_printf(text, "\"price\":%llu", (unsigned long long)random_price(random));
		break;
	case 3:
		buf_printf(text, "\"channel\":\"%s\"", CHANNELS[bench_random(random) % 4]);
		break;
	case 4:
		buf_append_str(text, "\"url\":\"https://www.nexmark.com/");
		put_letters(text, random, 12);
		buf_append_str(text, "/item.htm?query=1\"");
		break;
	case 5:
		buf_printf(text, "\"datetime\":%lld", (long long)(START_MS + row / ROWS_PER_MS));
		break;
	case 6:
		buf_append_str(text, "\"currency\":\"EUR\"");
		break;
	default:
		buf_append_str(text, "\"extra\":\"");
		put_letters(text, random, 46 + (uint32_t)(bench_random(random) % 29));
		buf_append_str(text, "\"");
	}
}

static void shuffle(uint32_t *order, uint64_t *random)
{
	for (uint32_t i = BID_FIELDS - 1; i > 0; i--) {
		uint32_t k = (uint32_t)(bench_random(random) % (i + 1)), kept = order[i];
		order[i] = order[k];
		order[k] = kept;
	}
}

void bids_make(struct bids *bids, enum bid_order order, uint64_t seed, struct arena *arena)
{
	size_t *ends = arena_array(arena, size_t, PASS_ROWS);
	uint32_t fields[BID_FIELDS] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	buf_init(&bids->text, BIDS_BYTES_MAX);
	for (uint32_t row = 0; row < PASS_ROWS; row++) {
		if (order == BIDS_SHUFFLED)
			shuffle(fields, &seed);
		for (uint32_t f = 0; f < BID_FIELDS; f++) {
			buf_append_u8(&bids->text, f == 0 ? '{' : ',');
			put_field(&bids->text, fields[f], row, &seed);
		}
		buf_append_u8(&bids->text, '}');
		ends[row] = bids->text.len;
	}
	bids->bytes = bids->text.len;
	buf_append_zeroes(&bids->text, BID_PADDING);
	bids->records = arena_array(arena, struct slice, PASS_ROWS);
	for (uint32_t row = 0; row < PASS_ROWS; row++) {
		size_t begin = row > 0 ? ends[row - 1] : 0;
		bids->records[row] = slice_of(bids->text.data + begin, ends[row] - begin);
	}
}

void bids_fini(struct bids *bids)
{
	buf_fini(&bids->text);
}

void pass_init(struct pass *pass, const struct bids *bids, uint64_t seed, struct arena *arena)
{
	*pass = (struct pass){ .random = seed };
	pass->events = arena_array(arena, struct event, PASS_ROWS);
	pass->keys = arena_array(arena, uint8_t, PASS_ROWS * 8);
	for (uint32_t row = 0; row < PASS_ROWS; row++) {
		pass->events[row].value = bids->records[row];
		pass->events[row].key = slice_of(pass->keys + row * 8, 8);
	}
}

void pass_refresh(struct pass *pass, uint64_t nkeys)
{
	for (uint32_t row = 0; row < PASS_ROWS; row++) {
		store_be64(pass->keys + row * 8, bench_random(&pass->random) % nkeys);
		pass->events[row].timestamp_ms = START_MS + pass->clock / ROWS_PER_MS;
		pass->events[row].offset = pass->clock++;
	}
}
