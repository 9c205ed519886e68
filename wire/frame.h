/*
 * frame.h - requests and responses as they stand on a connection: an int32 length, a header, a
 * message.
 *
 * The headers' versions follow from the message's: flexible messages have headers with tagged
 * fields, but the answer to ApiVersions never has, because a client that asks for versions knows
 * none yet. frame_cut finds the next whole frame in what has been received.
 */
#ifndef WEIR_WIRE_FRAME_H
#define WEIR_WIRE_FRAME_H

#include "wire/messages.h"

enum frame_state { FRAME_WHOLE, FRAME_PARTIAL, FRAME_TOO_LARGE };

/*
 * Looks for a frame at the beginning of `bytes`: when whole, `*ret_body` is what follows its
 * length, and the frame takes 4 bytes more. `*ret_len` is the length it announces, once four bytes
 * are there. A negative length, or one over `bytes_max`, is FRAME_TOO_LARGE.
 */
enum frame_state frame_cut(struct slice bytes, uint32_t bytes_max, struct slice *ret_body,
			   uint32_t *ret_len);

/* The versions of the headers of a message. */
int16_t frame_request_header_version(const struct message_type *request, int16_t version);
int16_t frame_response_header_version(const struct message_type *response, int16_t version);

/* The key, version and correlation id, which stand at the same place in every request. */
struct frame_start {
	int16_t key, version;
	int32_t correlation_id;
};
fallible frame_peek(struct slice body, struct frame_start *ret_start, struct err *err);

/* Appends a whole frame. Its length counts what `splices` hold; NULL: records are copied. */
fallible frame_write_request(const struct message_type *request, int16_t version,
			     int32_t correlation_id, struct slice client_id, const void *from,
			     struct buf *to, struct err *err);
fallible frame_write_response(const struct message_type *response, int16_t version,
			      int32_t correlation_id, const void *from, struct buf *to,
			      struct splices *splices, struct err *err);

/* Reads a response's header and message out of a frame's body. */
fallible frame_read_response(const struct message_type *response, int16_t version,
			     struct slice body, struct arena *arena, int32_t *ret_correlation_id,
			     void *ret, struct err *err);

#endif
