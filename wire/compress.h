/*
 * compress.h - the codecs of Kafka's record batches, as a table: none, gzip, snappy, lz4, zstd.
 *
 * Numbers and framings are Kafka's: snappy is written in the xerial framing and read in that or
 * raw, lz4 is the LZ4 frame. Output goes behind what `out` holds and never past its ceiling: what
 * would (a compression bomb) fails with ERR_LIMIT, and memory grows only with what was really
 * unpacked.
 */
#ifndef WEIR_WIRE_COMPRESS_H
#define WEIR_WIRE_COMPRESS_H

#include "base/bytes.h"

enum compress_codec {
	COMPRESS_NONE = 0,
	COMPRESS_GZIP = 1,
	COMPRESS_SNAPPY = 2,
	COMPRESS_LZ4 = 3,
	COMPRESS_ZSTD = 4,
	COMPRESS_CODEC_COUNT,
};

/* For `level`: whatever the codec's library finds best. */
#define COMPRESS_LEVEL_DEFAULT INT32_MIN

const char *compress_name(enum compress_codec codec);
fallible compress_codec_of(struct slice name, enum compress_codec *ret_codec, struct err *err);

fallible compress_pack(enum compress_codec codec, int level, struct slice in, struct buf *out,
		       struct err *err);
fallible compress_unpack(enum compress_codec codec, struct slice in, struct buf *out,
			 struct err *err);

#endif
