/*
 * simdjson.h - simdjson on-demand behind C functions: three fields of each record into columns.
 */
#ifndef WEIR_BENCH_SIMDJSON_H
#define WEIR_BENCH_SIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct simdjson_columns {
	int64_t *auction, *price, *datetime;
};

struct simdjson_parser;

struct simdjson_parser *simdjson_parser_new(void);
void simdjson_parser_free(struct simdjson_parser *parser);
/* Yields how many of the n records were read. Each has 64 readable bytes behind it. */
size_t simdjson_in_order(struct simdjson_parser *parser, const uint8_t *const *records,
			 const size_t *lens, size_t n, const struct simdjson_columns *columns);
/* The same where the fields may stand in any order. */
size_t simdjson_unordered(struct simdjson_parser *parser, const uint8_t *const *records,
			  const size_t *lens, size_t n, const struct simdjson_columns *columns);

#ifdef __cplusplus
}
#endif

#endif
