/*
 * bids.h - records as an auction site's stream of bids would have them, made from a seed.
 *
 * A pool holds the values (JSON, eight members, about 250 bytes); events borrow them, and get a key
 * and a time of their own with each pass, so that a small pool serves any number of keys.
 */
#ifndef WEIR_BENCH_BIDS_H
#define WEIR_BENCH_BIDS_H

#include "base/arena.h"
#include "base/vec.h"
#include "wire/event.h"

#define BID_FIELDS 8
/* Records in a pool and events in a pass: 16 MB of values, past the second-level cache. */
#define PASS_ROWS 65536u
/* simdjson reads this far past a record's end. */
#define BID_PADDING 64

enum bid_order {
	BIDS_IN_ORDER, /* the same fields in the same order, as one producer writes them */
	BIDS_SHUFFLED, /* each record in an order of its own */
};

struct bids {
	struct buf text;
	struct slice *records; /* PASS_ROWS of them, in `text` */
	size_t bytes;
};

void bids_make(struct bids *bids, enum bid_order order, uint64_t seed, struct arena *arena);
void bids_fini(struct bids *bids);

struct pass {
	struct event *events;
	uint8_t *keys; /* 8 bytes each, big-endian */
	uint64_t random;
	int64_t clock; /* rows made so far: ten thousand are a second */
};

void pass_init(struct pass *pass, const struct bids *bids, uint64_t seed, struct arena *arena);
/* Gives each event the next time, and a key below `nkeys`. */
void pass_refresh(struct pass *pass, uint64_t nkeys);

uint64_t bench_random(uint64_t *state);

#endif
