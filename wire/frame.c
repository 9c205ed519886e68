#include "wire/frame.h"

#define API_VERSIONS_KEY 18

enum frame_state frame_cut(struct slice bytes, uint32_t bytes_max, struct slice *ret_body,
			   uint32_t *ret_len)
{
	assert(bytes_max <= INT32_MAX);
	if (bytes.len < 4)
		return FRAME_PARTIAL;
	uint32_t len = load_be32(bytes.data);
	if (len > bytes_max)
		return FRAME_TOO_LARGE;
	*ret_len = len;
	if (bytes.len - 4 < len)
		return FRAME_PARTIAL;
	*ret_body = slice_sub(bytes, 4, len);
	return FRAME_WHOLE;
}

int16_t frame_request_header_version(const struct message_type *request, int16_t version)
{
	assert(request->kind == MESSAGE_REQUEST);
	return message_is_flexible(request, version) ? 2 : 1;
}

int16_t frame_response_header_version(const struct message_type *response, int16_t version)
{
	assert(response->kind == MESSAGE_RESPONSE);
	if (response->key == API_VERSIONS_KEY)
		return 0;
	return message_is_flexible(response, version) ? 1 : 0;
}

fallible frame_peek(struct slice body, struct frame_start *ret_start, struct err *err)
{
	struct reader reader = reader_of(body);
	struct frame_start start;
	start.key = (int16_t)reader_u16(&reader);
	start.version = (int16_t)reader_u16(&reader);
	start.correlation_id = (int32_t)reader_u32(&reader);
	TRY(reader_check(&reader, "the request", err));
	*ret_start = start;
	return 0;
}

/* Sets the length in front of what was written since `start`. */
static fallible finish_frame(struct buf *to, size_t start, size_t spliced, struct err *err)
{
	size_t len = to->len - start - 4 + spliced;
	if (len > INT32_MAX)
		return err_set(err, ERR_LIMIT, "a frame of %zu bytes is too long", len);
	store_be32(to->data + start, (uint32_t)len);
	return 0;
}

struct frame_part {
	const struct message_type *message;
	int16_t version;
	const void *from;
};

/* A frame is whole or not there: on failure `to` and `splices` are as they were. */
static fallible write_frame(struct frame_part header, struct frame_part body, struct buf *to,
			    struct splices *splices, struct err *err)
{
	size_t start = to->len, spliced = splices != NULL ? splices->bytes : 0;
	uint32_t nsplices = splices != NULL ? splices->list.len : 0;
	buf_append_u32(to, 0);
	int code = message_write(header.message, header.version, header.from, to, NULL, err);
	if (code == 0)
		code = message_write(body.message, body.version, body.from, to, splices, err);
	if (code == 0)
		code = finish_frame(to, start, splices != NULL ? splices->bytes - spliced : 0, err);
	if (code != 0) {
		buf_truncate(to, start);
		if (splices != NULL) {
			splices->list.len = nsplices;
			splices->bytes = spliced;
		}
	}
	return code;
}

fallible frame_write_request(const struct message_type *request, int16_t version,
			     int32_t correlation_id, struct slice client_id, const void *from,
			     struct buf *to, struct err *err)
{
	struct request_header header = { .request_api_key = request->key,
					 .request_api_version = version,
					 .correlation_id = correlation_id,
					 .client_id = client_id };
	int16_t header_version = frame_request_header_version(request, version);
	return write_frame((struct frame_part){ &request_header_message, header_version, &header },
			   (struct frame_part){ request, version, from }, to, NULL, err);
}

fallible frame_write_response(const struct message_type *response, int16_t version,
			      int32_t correlation_id, const void *from, struct buf *to,
			      struct splices *splices, struct err *err)
{
	struct response_header header = { .correlation_id = correlation_id };
	int16_t header_version = frame_response_header_version(response, version);
	return write_frame((struct frame_part){ &response_header_message, header_version, &header },
			   (struct frame_part){ response, version, from }, to, splices, err);
}

fallible frame_read_response(const struct message_type *response, int16_t version,
			     struct slice body, struct arena *arena, int32_t *ret_correlation_id,
			     void *ret, struct err *err)
{
	struct reader reader = reader_of(body);
	struct response_header *header;
	TRY(message_read(&response_header_message, frame_response_header_version(response, version),
			 &reader, arena, &header, err));
	TRY(message_read(response, version, &reader, arena, ret, err));
	if (reader_left(&reader) > 0)
		return err_set(err, ERR_CORRUPT, "%zu bytes follow a %s", reader_left(&reader),
			       response->name);
	*ret_correlation_id = header->correlation_id;
	return 0;
}
