/*
 * stream.h - bytes both ways, in order: a TCP connection, or a filter (TLS) over another stream.
 *
 * Whoever has a stream is its user and hears of it by `struct stream_user`. Reading starts stopped;
 * a stream reads only into memory that its user gives, so a user that has no room holds its peer
 * back. Writes are queued without copying: a stream_write and the bytes it names are the stream's
 * until `done`. What is queued during a turn of the loop leaves together at the turn's end.
 * stream_close may be called from any callback; it calls `done` for what was not written, and after
 * it the user hears nothing and must not touch the stream.
 */
#ifndef WEIR_HOST_STREAM_H
#define WEIR_HOST_STREAM_H

#include "base/bytes.h"
#include "base/list.h"

struct stream;

/* A run of bytes to write: memory, or a range of an open file. */
struct stream_part {
	struct slice bytes; /* borrowed; of a file only the length counts */
	int descriptor;     /* -1: memory */
	uint64_t at;        /* where in the file */
};

#define STREAM_MEMORY(slice) ((struct stream_part){ .bytes = (slice), .descriptor = -1 })

struct stream_write {
	const struct stream_part *parts; /* borrowed until done */
	uint32_t part_count;
	/* `whole`: all bytes went to the kernel; false: the stream broke or was closed. */
	void (*done)(struct stream_write *write, bool whole);
	/* The stream's own: */
	struct list link;
	uint32_t part;    /* the first that is not written */
	size_t part_done; /* bytes of it that are */
};

struct stream_user {
	/* Where to put what arrives. NULL: nowhere now; reading stops until stream_read_start. */
	uint8_t *(*room)(struct stream *stream, size_t *ret_len);
	void (*read)(struct stream *stream, size_t len); /* so much came into the room, > 0 */
	void (*ended)(struct stream *stream);            /* the peer will send no more */
	void (*broken)(struct stream *stream, const struct err *err); /* close it */
	void (*opened)(struct stream *stream); /* connected; NULL where it came from a listener */
};

struct stream_ops {
	void (*read_start)(struct stream *stream);
	void (*read_stop)(struct stream *stream);
	void (*write)(struct stream *stream, struct stream_write *write);
	void (*finish)(struct stream *stream);
	void (*close)(struct stream *stream);
};

struct stream {
	const struct stream_ops *ops;
	const struct stream_user *user;
	void *arg; /* the user's, borrowed */
	uint64_t bytes_read, bytes_written;
	size_t bytes_queued; /* given to stream_write and not written yet */
};

static inline void stream_read_start(struct stream *stream)
{
	stream->ops->read_start(stream);
}

static inline void stream_read_stop(struct stream *stream)
{
	stream->ops->read_stop(stream);
}

static inline void stream_write(struct stream *stream, struct stream_write *write)
{
	stream->ops->write(stream, write);
}

/* No more will be written: the peer sees the end after all that is queued. Reading goes on. */
static inline void stream_finish(struct stream *stream)
{
	stream->ops->finish(stream);
}

static inline void stream_close(struct stream *stream)
{
	stream->ops->close(stream);
}

#endif
