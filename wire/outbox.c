#include "wire/outbox.h"

void outbox_init(struct outbox *outbox)
{
	*outbox = (struct outbox){ 0 };
}

void outbox_fini(struct outbox *outbox)
{
	arena_fini(&outbox->arena);
	vec_fini(&outbox->records);
}

void outbox_reset(struct outbox *outbox)
{
	arena_reset(&outbox->arena);
	vec_clear(&outbox->records);
	outbox->bytes = 0;
}

static struct slice keep(struct outbox *outbox, struct slice bytes)
{
	if (slice_is_null(bytes))
		return bytes;
	outbox->bytes += bytes.len;
	return arena_copy(&outbox->arena, bytes);
}

void outbox_add(struct outbox *outbox, struct slice topic, int32_t partition,
		const struct event *event)
{
	assert(topic.len > 0);
	assert(partition >= -1);
	struct event kept = *event;
	kept.key = keep(outbox, event->key);
	kept.value = keep(outbox, event->value);
	if (event->nheaders > 0) {
		struct record_header *headers =
			arena_array(&outbox->arena, struct record_header, event->nheaders);
		for (uint32_t i = 0; i < event->nheaders; i++) {
			headers[i].key = keep(outbox, event->headers[i].key);
			headers[i].value = keep(outbox, event->headers[i].value);
		}
		kept.headers = headers;
	}
	vec_push(&outbox->records,
		 (struct outbox_record){ .topic = topic, .partition = partition, .event = kept });
}
