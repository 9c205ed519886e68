#include "broker/request.h"

#include "base/mem.h"
#include "broker/api.h"
#include "broker/park.h"

/* The message, the response and small things; arrays of a large request make the arena grow. */
#define REQUEST_FRAME_BYTES_MAX INT32_MAX

struct request *request_new(void *owner, const struct client *client,
			    void (*done)(struct request *request))
{
	assert(client != NULL);
	assert(done != NULL);
	struct request *request = mem_new(struct request);
	list_init(&request->link);
	request->owner = owner;
	request->client = client;
	request->done = done;
	request->frame = BUF_INIT(REQUEST_FRAME_BYTES_MAX);
	request->ropes_end = &request->ropes;
	return request;
}

void request_free(struct request *request)
{
	if (request == NULL)
		return;
	assert(request->state != REQUEST_RUNNING);
	assert(request->parked == NULL);
	assert(!list_linked(&request->link));
	arena_fini(&request->arena);
	buf_fini(&request->frame);
	mem_free(request);
}

void request_abandon(struct broker *broker, struct request *request)
{
	if (request->parked != NULL)
		park_drop(broker, request);
	assert(request->parked == NULL);
	request->state = REQUEST_ABANDONED;
}

void *request_response(struct request *request)
{
	assert(request->state == REQUEST_RUNNING);
	if (request->response == NULL)
		request->response =
			message_filled(&request->arena, request->api->response->part(), 1);
	return request->response;
}

void request_forget_response(struct request *request)
{
	assert(request->state == REQUEST_RUNNING);
	request->response = NULL;
	request->ropes = NULL;
	request->ropes_end = &request->ropes;
}

struct slice request_rope(struct request *request, const struct stream_part *parts,
			  uint32_t part_count)
{
	assert(request->takes_ropes);
	struct request_rope *rope = arena_new(&request->arena, struct request_rope);
	rope->parts = parts;
	rope->part_count = part_count;
	*request->ropes_end = rope;
	request->ropes_end = &rope->next;
	size_t bytes = 0;
	for (uint32_t i = 0; i < part_count; i++)
		bytes += parts[i].bytes.len;
	return slice_of(rope, bytes);
}

void request_finish(struct request *request)
{
	assert(request->state == REQUEST_RUNNING);
	assert(request->parked == NULL);
	request->state = REQUEST_DONE;
	request->done(request);
}

fallible request_write(const struct request *request, struct buf *to, struct splices *splices,
		       struct err *err)
{
	assert(request->state == REQUEST_DONE);
	if (request->no_response || request->response == NULL)
		return 0;
	return frame_write_response(request->api->response, request->response_version,
				    request->correlation_id, request->response, to, splices, err);
}
