#include "wire/compress.h"

#include <lz4frame.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

/* What unpacking asks the output for at a time: grows with the input's real content. */
#define STEP_BYTES ((size_t)32 * 1024)

struct codec {
	const char *name;
	fallible (*pack)(int level, struct slice in, struct buf *out, struct err *err);
	fallible (*unpack)(struct slice in, struct buf *out, struct err *err);
};

static int too_large(const char *name, const struct buf *out, struct err *err)
{
	return err_set(err, ERR_LIMIT, "%s data unpacks to more than %zu bytes", name,
		       out->bytes_max);
}

static int broken(const char *name, const char *why, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "%s data is corrupt: %s", name, why);
}

/* The room for the next step of output; 0 at the ceiling. */
static size_t step_room(struct buf *out, uint8_t **ret_to)
{
	size_t room = MIN(STEP_BYTES, out->bytes_max - MIN(out->len, out->bytes_max));
	if (out->capacity > out->len)
		room = MAX(room, out->capacity - out->len);
	if (room == 0)
		return 0;
	*ret_to = buf_reserve(out, room);
	return *ret_to != NULL ? room : 0;
}

static fallible none(struct slice in, struct buf *out, struct err *err)
{
	buf_append(out, in);
	return buf_check(out, "uncompressed data", err);
}

static fallible none_pack(int level, struct slice in, struct buf *out, struct err *err)
{
	(void)level;
	return none(in, out, err);
}

/* zlib's window bits: 15, plus 16 for gzip's header and trailer. */
#define GZIP_WINDOW_BITS (15 + 16)

static void deflate_fini(z_stream *z)
{
	deflateEnd(z);
}

static void inflate_fini(z_stream *z)
{
	inflateEnd(z);
}

/* zlib takes its input through a pointer to what it promises not to change. */
static z_stream gzip_stream(struct slice in)
{
	z_stream z = { 0 };
	const Bytef *data = in.data != NULL ? in.data : (const Bytef *)"";
	memcpy(&z.next_in, &data, sizeof(data));
	z.avail_in = (uInt)in.len;
	return z;
}

static fallible gzip_pack(int level, struct slice in, struct buf *out, struct err *err)
{
	CLEANUP(deflate_fini) z_stream z = gzip_stream(in);
	if (level == COMPRESS_LEVEL_DEFAULT)
		level = Z_DEFAULT_COMPRESSION;
	if (deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW_BITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_INVALID, "gzip cannot start at level %d", level);
	size_t bound = deflateBound(&z, (uLong)in.len);
	uint8_t *to = buf_reserve(out, bound);
	TRY(buf_check(out, "gzip data", err));
	z.next_out = to;
	z.avail_out = (uInt)bound;
	int code = deflate(&z, Z_FINISH);
	assert(code == Z_STREAM_END);
	buf_advance(out, bound - z.avail_out);
	return 0;
}

static fallible gzip_unpack(struct slice in, struct buf *out, struct err *err)
{
	CLEANUP(inflate_fini) z_stream z = gzip_stream(in);
	if (inflateInit2(&z, GZIP_WINDOW_BITS) != Z_OK)
		return err_set(err, ERR_INVALID, "gzip cannot start");
	for (;;) {
		uint8_t *to;
		size_t room = step_room(out, &to);
		if (room == 0)
			return too_large("gzip", out, err);
		z.next_out = to;
		z.avail_out = (uInt)room;
		int code = inflate(&z, Z_NO_FLUSH);
		buf_advance(out, room - z.avail_out);
		if (code == Z_STREAM_END)
			return 0;
		if (code != Z_OK)
			return broken("gzip", z.msg != NULL ? z.msg : "it ends too early", err);
	}
}

/*
 * The xerial framing, which Kafka's clients write around snappy:
 *
 *     82 'SNAPPY' 00 | version (4) | lowest version that reads it (4) | { length (4) | block }*
 */
#define XERIAL_MAGIC SLICE("\x82SNAPPY\0")
#define XERIAL_HEADER_BYTES 16
#define XERIAL_BLOCK_BYTES ((size_t)32 * 1024)
/* No element of snappy's format yields more than 64 bytes from 2. */
#define SNAPPY_RATIO_MAX 32

static fallible snappy_pack(int level, struct slice in, struct buf *out, struct err *err)
{
	(void)level;
	buf_append(out, XERIAL_MAGIC);
	buf_append_u32(out, 1);
	buf_append_u32(out, 1);
	for (size_t at = 0; at < in.len; at += XERIAL_BLOCK_BYTES) {
		struct slice block = slice_sub(in, at, XERIAL_BLOCK_BYTES);
		size_t len = snappy_max_compressed_length(block.len);
		uint8_t *to = buf_reserve(out, 4 + len);
		TRY(buf_check(out, "snappy data", err));
		snappy_status code =
			snappy_compress((const char *)block.data, block.len, (char *)to + 4, &len);
		assert(code == SNAPPY_OK);
		store_be32(to, (uint32_t)len);
		buf_advance(out, 4 + len);
	}
	return buf_check(out, "snappy data", err);
}

static fallible snappy_unpack_block(struct slice in, struct buf *out, struct err *err)
{
	size_t len;
	const char *data = (const char *)in.data;
	if (snappy_uncompressed_length(data, in.len, &len) != SNAPPY_OK)
		return broken("snappy", "its length cannot be read", err);
	if (len > in.len * SNAPPY_RATIO_MAX)
		return broken("snappy", "its length is impossible", err);
	uint8_t *to = buf_reserve(out, len);
	if (to == NULL)
		return too_large("snappy", out, err);
	if (snappy_uncompress(data, in.len, (char *)to, &len) != SNAPPY_OK)
		return broken("snappy", "a block cannot be unpacked", err);
	buf_advance(out, len);
	return 0;
}

static fallible snappy_unpack(struct slice in, struct buf *out, struct err *err)
{
	if (!slice_starts_with(in, XERIAL_MAGIC))
		return snappy_unpack_block(in, out, err);
	struct reader r = reader_of(in);
	reader_skip(&r, XERIAL_HEADER_BYTES);
	while (!r.failed && reader_left(&r) > 0) {
		uint32_t len = reader_u32(&r);
		struct slice block = reader_bytes(&r, len);
		if (r.failed)
			break;
		TRY(snappy_unpack_block(block, out, err));
	}
	return reader_check(&r, "snappy framing", err);
}

static fallible lz4_pack(int level, struct slice in, struct buf *out, struct err *err)
{
	/* Kafka's Java reader wants independent blocks. */
	LZ4F_preferences_t preferences = {
		.frameInfo = { .blockSizeID = LZ4F_max64KB, .blockMode = LZ4F_blockIndependent },
		.compressionLevel = level == COMPRESS_LEVEL_DEFAULT ? 0 : level,
	};
	size_t bound = LZ4F_compressFrameBound(in.len, &preferences);
	uint8_t *to = buf_reserve(out, bound);
	TRY(buf_check(out, "lz4 data", err));
	size_t len = LZ4F_compressFrame(to, bound, in.data, in.len, &preferences);
	assert(!LZ4F_isError(len));
	buf_advance(out, len);
	return 0;
}

static void lz4_fini(LZ4F_dctx **context)
{
	LZ4F_freeDecompressionContext(*context);
}

static fallible lz4_unpack(struct slice in, struct buf *out, struct err *err)
{
	CLEANUP(lz4_fini) LZ4F_dctx *context = NULL;
	if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
		return err_set(err, ERR_INVALID, "lz4 cannot start");
	size_t at = 0, hint = 1;
	while (hint != 0) {
		uint8_t *to;
		size_t made = step_room(out, &to), taken = in.len - at;
		if (made == 0)
			return too_large("lz4", out, err);
		hint = LZ4F_decompress(context, to, &made, in.data + at, &taken, NULL);
		if (LZ4F_isError(hint))
			return broken("lz4", LZ4F_getErrorName(hint), err);
		if (hint != 0 && made == 0 && taken == 0)
			return broken("lz4", "it ends too early", err);
		buf_advance(out, made);
		at += taken;
	}
	return 0;
}

static fallible zstd_pack(int level, struct slice in, struct buf *out, struct err *err)
{
	size_t bound = ZSTD_compressBound(in.len);
	uint8_t *to = buf_reserve(out, bound);
	TRY(buf_check(out, "zstd data", err));
	size_t len = ZSTD_compress(to, bound, in.data, in.len,
				   level == COMPRESS_LEVEL_DEFAULT ? ZSTD_CLEVEL_DEFAULT : level);
	if (ZSTD_isError(len))
		return err_set(err, ERR_INVALID, "zstd: %s", ZSTD_getErrorName(len));
	buf_advance(out, len);
	return 0;
}

static void zstd_fini(ZSTD_DStream **stream)
{
	ZSTD_freeDStream(*stream);
}

/* The window a frame may ask for: 8 MiB is what encoders up to level 19 use. */
#define ZSTD_WINDOW_LOG_MAX 23

static fallible zstd_unpack(struct slice in, struct buf *out, struct err *err)
{
	CLEANUP(zstd_fini) ZSTD_DStream *stream = ZSTD_createDStream();
	if (stream == NULL ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX)))
		return err_set(err, ERR_INVALID, "zstd cannot start");
	ZSTD_inBuffer from = { .src = in.data, .size = in.len };
	size_t left = 1;
	while (left != 0) {
		ZSTD_outBuffer to = { 0 };
		uint8_t *room;
		to.size = step_room(out, &room);
		if (to.size == 0)
			return too_large("zstd", out, err);
		to.dst = room;
		size_t before = from.pos;
		left = ZSTD_decompressStream(stream, &to, &from);
		if (ZSTD_isError(left))
			return broken("zstd", ZSTD_getErrorName(left), err);
		if (left != 0 && to.pos == 0 && from.pos == before)
			return broken("zstd", "it ends too early", err);
		buf_advance(out, to.pos);
	}
	return 0;
}

static const struct codec CODECS[] = {
	[COMPRESS_NONE] = { "none", none_pack, none },
	[COMPRESS_GZIP] = { "gzip", gzip_pack, gzip_unpack },
	[COMPRESS_SNAPPY] = { "snappy", snappy_pack, snappy_unpack },
	[COMPRESS_LZ4] = { "lz4", lz4_pack, lz4_unpack },
	[COMPRESS_ZSTD] = { "zstd", zstd_pack, zstd_unpack },
};

static_assert(COUNT_OF(CODECS) == COMPRESS_CODEC_COUNT, "a codec each");

const char *compress_name(enum compress_codec codec)
{
	assert(codec < COMPRESS_CODEC_COUNT);
	return CODECS[codec].name;
}

fallible compress_codec_of(struct slice name, enum compress_codec *ret_codec, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(CODECS); i++) {
		if (slice_eq_str(name, CODECS[i].name)) {
			*ret_codec = (enum compress_codec)i;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "no such compression: '%.*s'", SLICE_ARGS(name));
}

/* The libraries count in 32 bits. */
#define INPUT_BYTES_MAX ((size_t)1 << 30)

fallible compress_pack(enum compress_codec codec, int level, struct slice in, struct buf *out,
		       struct err *err)
{
	assert(codec < COMPRESS_CODEC_COUNT);
	if (in.len > INPUT_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes are too many to compress", in.len);
	return CODECS[codec].pack(level, in, out, err);
}

fallible compress_unpack(enum compress_codec codec, struct slice in, struct buf *out,
			 struct err *err)
{
	assert(codec < COMPRESS_CODEC_COUNT);
	if (in.len > INPUT_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes are too many to unpack", in.len);
	return CODECS[codec].unpack(in, out, err);
}
