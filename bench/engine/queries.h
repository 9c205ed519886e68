/*
 * queries.h - SQL to a driver, and the engine's own measurements.
 */
#ifndef WEIR_BENCH_QUERIES_H
#define WEIR_BENCH_QUERIES_H

#include "bench/engine/bids.h"
#include "bench/engine/report.h"

/* auction, price and datetime of each record, by the JSON format alone. */
struct measurement measure_decode(const char *name, const struct bids *bids);

struct query {
	const char *name;
	const char *statements; /* the last one is what runs */
	uint64_t nkeys;
	size_t cache_bytes;
	uint32_t side_rows;   /* first into topic `side`: so many rows, one per key */
	bool side_again;      /* and again, with the time of each pass */
};

/* Rates are those of the bids. */
struct measurement measure_query(const struct query *query, const struct bids *bids);

#endif
