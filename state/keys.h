/*
 * keys.h - keys whose byte order is their order.
 *
 * Each part is appended so that memcmp of two keys orders as the parts do, one after the other, and
 * each part can be read back. NULL comes first. Worked bytes:
 *
 *     NULL            00
 *     INT 1           01 80 00 00 01           sign bit flipped, big-endian
 *     BIGINT -1       01 7f ff ff ff ff ff ff ff
 *     DOUBLE 1.0      01 bf f0 00 00 00 00 00 00   sign bit flipped; negatives: all bits
 *     STRING "a\0b"   01 61 00 ff 62 00 00     a zero byte is 00 ff, the end is 00 00
 */
#ifndef WEIR_STATE_KEYS_H
#define WEIR_STATE_KEYS_H

#include "base/arena.h"

void keys_put_null(struct buf *key);
void keys_put_bool(struct buf *key, bool value);
void keys_put_i32(struct buf *key, int32_t value);
void keys_put_i64(struct buf *key, int64_t value);
void keys_put_i128(struct buf *key, __int128 value);
void keys_put_f64(struct buf *key, double value);
void keys_put_bytes(struct buf *key, struct slice value);

/* Each reads one part; false: it was NULL (or the reader has failed). */
bool keys_get_bool(struct reader *key, bool *ret_value);
bool keys_get_i32(struct reader *key, int32_t *ret_value);
bool keys_get_i64(struct reader *key, int64_t *ret_value);
bool keys_get_i128(struct reader *key, __int128 *ret_value);
bool keys_get_f64(struct reader *key, double *ret_value);
bool keys_get_bytes(struct reader *key, struct arena *arena, struct slice *ret_value);

#endif
