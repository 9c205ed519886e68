/*
 * outbox.h - records on their way out, in order: what one shipment will append.
 *
 * The outbox copies keys and values into its own memory, and borrows topic names (a pipeline's). It
 * is filled by sinks, changelogs and the processing log, read once in order by whoever appends, and
 * reset.
 */
#ifndef WEIR_WIRE_OUTBOX_H
#define WEIR_WIRE_OUTBOX_H

#include "base/arena.h"
#include "base/vec.h"
#include "wire/event.h"

struct outbox_record {
	struct slice topic; /* borrowed */
	int32_t partition;  /* -1: by the key's hash */
	struct event event; /* in the outbox's memory */
};

struct outbox {
	struct arena arena;
	VEC(struct outbox_record) records;
	size_t bytes; /* of keys and values */
};

void outbox_init(struct outbox *outbox);
void outbox_fini(struct outbox *outbox);
void outbox_reset(struct outbox *outbox);
/* Copies the event; key and value may be null. */
void outbox_add(struct outbox *outbox, struct slice topic, int32_t partition,
		const struct event *event);

#endif
