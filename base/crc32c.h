/*
 * crc32c.h - CRC-32C (Castagnoli), Kafka's checksum of record batches.
 *
 * crc32c(0, ...) starts; the result so far goes in as `crc` to go on. It takes the processor's own
 * instruction where there is one (three streams at once, 20 GB/s), else tables of eight bytes a
 * step; both are open to the test that compares them.
 */
#ifndef WEIR_BASE_CRC32C_H
#define WEIR_BASE_CRC32C_H

#include "base/bytes.h"

uint32_t crc32c(uint32_t crc, struct slice bytes);

uint32_t crc32c_portable(uint32_t crc, struct slice bytes);
bool crc32c_has_fast(void);
uint32_t crc32c_fast(uint32_t crc, struct slice bytes); /* only where crc32c_has_fast() */

#endif
