/*
 * park.h - requests that wait: for what, and until when.
 *
 * A handler that cannot answer yet parks its request with a deadline and a `resume`, and says what
 * it waits for: that partitions' high watermarks reach offsets (an acknowledgement), or that so
 * many bytes become readable (a fetch), counted down as they arrive, so nobody polls. Others (a
 * group waiting for its members) keep the request and call park_wake. When all has happened, or at
 * the deadline, the request is unparked and `resume` called, once, from park_run: never from inside
 * the handler that caused it. `resume` finishes the request or parks it again. A request whose
 * connection died is dropped without a word; `dropped` tells whoever keeps a pointer to it.
 */
#ifndef WEIR_BROKER_PARK_H
#define WEIR_BROKER_PARK_H

#include "base/heap.h"
#include "base/list.h"

struct broker;
struct request;
struct park_spot;

enum park_end {
	PARK_HAPPENED, /* what it waited for */
	PARK_EXPIRED,  /* the deadline */
};

typedef void park_resume(struct broker *broker, struct request *request, enum park_end end);

/* Where waits of one partition stand; embedded in it. */
struct park_spot {
	struct list offset_waits, byte_waits;
};

/* All parked requests of a broker. */
struct park {
	struct heap deadlines;
	struct list ready;
	uint32_t len;
};

struct parked {
	struct request *request; /* borrowed */
	park_resume *resume;
	void (*dropped)(struct broker *broker, struct request *request); /* may be NULL */
	int64_t deadline_ms;
	int64_t bytes_left;    /* of a fetch's min_bytes */
	uint32_t offsets_left; /* partitions whose watermark is still behind */
	enum park_end end;
	struct heap_node timer;
	struct list ready; /* in park->ready, or alone */
	struct list waits; /* struct park_wait by `of_parked` */
};

void park_init(struct park *park);
void park_fini(struct park *park); /* every request has been dropped */

void park_spot_init(struct park_spot *spot);

/* Parks; the struct lies in the request's arena. */
struct parked *park_request(struct broker *broker, struct request *request, int64_t deadline_ms,
			    park_resume *resume);
void park_for_offset(struct parked *parked, struct park_spot *spot, int64_t offset);
void park_for_bytes(struct parked *parked, struct park_spot *spot, int64_t bytes_min);

/* What it waited for has happened, says whoever knows. */
void park_wake(struct broker *broker, struct request *request);
/* A partition's high watermark moved to `high_watermark`, and `bytes` became readable. */
void park_moved(struct broker *broker, struct park_spot *spot, int64_t high_watermark,
		int64_t bytes);
/* Everyone who waits here looks again: the partition failed, or is gone. */
void park_wake_all(struct broker *broker, struct park_spot *spot);
void park_drop(struct broker *broker, struct request *request);

/* Resumes all that is ready or due at `now_ms`. */
void park_run(struct broker *broker, int64_t now_ms);
int64_t park_next_ms(const struct park *park); /* INT64_MAX: no deadline */

#endif
