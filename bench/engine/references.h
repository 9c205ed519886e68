/*
 * references.h - what the engine is held against, measured in the same run on the same records.
 */
#ifndef WEIR_BENCH_REFERENCES_H
#define WEIR_BENCH_REFERENCES_H

#include "bench/engine/bids.h"
#include "bench/engine/report.h"

struct measurement reference_memcpy(const struct bids *bids);
struct measurement reference_hash_table(uint64_t nkeys);
/* auction, price and datetime of each record. */
struct measurement reference_simdjson(const struct bids *bids, enum bid_order order);

#endif
