#include "broker/park.h"

#include "broker/broker.h"
#include "broker/request.h"

enum wait_kind { WAIT_OFFSET, WAIT_BYTES };

/* One request at one partition; in the request's arena. */
struct park_wait {
	struct list of_spot, of_parked;
	struct parked *parked;
	enum wait_kind kind;
	int64_t offset; /* WAIT_OFFSET: what the high watermark must reach */
};

static int64_t deadline_of(const struct heap_node *node)
{
	return ((const struct parked *)(const void *)((const char *)node -
						      offsetof(struct parked, timer)))
		->deadline_ms;
}

static bool deadline_less(const struct heap_node *a, const struct heap_node *b)
{
	return deadline_of(a) < deadline_of(b);
}

void park_init(struct park *park)
{
	heap_init(&park->deadlines, deadline_less);
	list_init(&park->ready);
	park->len = 0;
}

void park_fini(struct park *park)
{
	assert(park->len == 0);
	assert(list_empty(&park->ready));
	heap_fini(&park->deadlines);
}

void park_spot_init(struct park_spot *spot)
{
	list_init(&spot->offset_waits);
	list_init(&spot->byte_waits);
}

struct parked *park_request(struct broker *broker, struct request *request, int64_t deadline_ms,
			    park_resume *resume)
{
	assert(request->state == REQUEST_RUNNING);
	assert(request->parked == NULL);
	struct parked *parked = arena_new(&request->arena, struct parked);
	parked->request = request;
	parked->resume = resume;
	parked->deadline_ms = deadline_ms;
	list_init(&parked->ready);
	list_init(&parked->waits);
	heap_push(&broker->park.deadlines, &parked->timer);
	broker->park.len++;
	request->parked = parked;
	return parked;
}

static void add_wait(struct parked *parked, struct list *place, enum wait_kind kind, int64_t offset)
{
	struct park_wait *wait = arena_new(&parked->request->arena, struct park_wait);
	wait->parked = parked;
	wait->kind = kind;
	wait->offset = offset;
	list_init(&wait->of_spot);
	list_init(&wait->of_parked);
	list_push_back(place, &wait->of_spot);
	list_push_back(&parked->waits, &wait->of_parked);
}

void park_for_offset(struct parked *parked, struct park_spot *spot, int64_t offset)
{
	add_wait(parked, &spot->offset_waits, WAIT_OFFSET, offset);
	parked->offsets_left++;
}

void park_for_bytes(struct parked *parked, struct park_spot *spot, int64_t bytes_min)
{
	assert(bytes_min > 0);
	add_wait(parked, &spot->byte_waits, WAIT_BYTES, 0);
	parked->bytes_left = bytes_min;
}

static void make_ready(struct broker *broker, struct parked *parked, enum park_end end)
{
	if (list_linked(&parked->ready))
		return;
	parked->end = end;
	list_push_back(&broker->park.ready, &parked->ready);
}

void park_wake(struct broker *broker, struct request *request)
{
	assert(request->parked != NULL);
	make_ready(broker, request->parked, PARK_HAPPENED);
}

static void drop_wait(struct park_wait *wait)
{
	list_remove(&wait->of_spot);
	list_remove(&wait->of_parked);
}

void park_moved(struct broker *broker, struct park_spot *spot, int64_t high_watermark,
		int64_t bytes)
{
	list_each (wait, &spot->offset_waits, struct park_wait, of_spot) {
		struct parked *parked = wait->parked;
		if (wait->offset > high_watermark)
			continue;
		drop_wait(wait);
		assert(parked->offsets_left > 0);
		if (--parked->offsets_left == 0)
			make_ready(broker, parked, PARK_HAPPENED);
	}
	list_each (wait, &spot->byte_waits, struct park_wait, of_spot) {
		wait->parked->bytes_left -= MIN(bytes, wait->parked->bytes_left);
		if (wait->parked->bytes_left == 0)
			make_ready(broker, wait->parked, PARK_HAPPENED);
	}
}

void park_wake_all(struct broker *broker, struct park_spot *spot)
{
	list_each (wait, &spot->offset_waits, struct park_wait, of_spot) {
		make_ready(broker, wait->parked, PARK_HAPPENED);
		drop_wait(wait);
	}
	list_each (wait, &spot->byte_waits, struct park_wait, of_spot) {
		make_ready(broker, wait->parked, PARK_HAPPENED);
		drop_wait(wait);
	}
}

static void unpark(struct broker *broker, struct parked *parked)
{
	list_each (wait, &parked->waits, struct park_wait, of_parked)
		drop_wait(wait);
	heap_remove(&broker->park.deadlines, &parked->timer);
	list_remove(&parked->ready);
	parked->request->parked = NULL;
	assert(broker->park.len > 0);
	broker->park.len--;
}

void park_drop(struct broker *broker, struct request *request)
{
	struct parked *parked = request->parked;
	assert(parked != NULL);
	unpark(broker, parked);
	if (parked->dropped != NULL)
		parked->dropped(broker, request);
}

static void expire(struct broker *broker, int64_t now_ms)
{
	struct heap *deadlines = &broker->park.deadlines;
	for (struct heap_node *node = heap_peek(deadlines); node != NULL;
	     node = heap_peek(deadlines)) {
		struct parked *parked = CONTAINER_OF(node, struct parked, timer);
		if (parked->deadline_ms > now_ms)
			return;
		parked->deadline_ms = INT64_MAX; /* once is enough: it is ready now */
		heap_update(deadlines, node);
		make_ready(broker, parked, PARK_EXPIRED);
	}
}

void park_run(struct broker *broker, int64_t now_ms)
{
	expire(broker, now_ms);
	/* What gets ready while these run waits for its turn too, so that this ends: a request
	 * resumes at most once for each thing that happens. */
	for (struct list *node = list_pop_front(&broker->park.ready); node != NULL;
	     node = list_pop_front(&broker->park.ready)) {
		struct parked *parked = list_item(node, struct parked, ready);
		enum park_end end = parked->end;
		unpark(broker, parked);
		parked->resume(broker, parked->request, end);
	}
}

int64_t park_next_ms(const struct park *park)
{
	if (!list_empty(&park->ready))
		return 0;
	struct heap_node *node = heap_peek(&park->deadlines);
	return node != NULL ? deadline_of(node) : INT64_MAX;
}
