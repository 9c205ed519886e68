#include "host/wheel.h"

#define SLOT_BITS 6

static_assert(WHEEL_SLOTS == 1 << SLOT_BITS, "a slot is SLOT_BITS bits of the time");
static_assert(WHEEL_SLOTS == 64, "`used` has one bit a slot");

void wheel_init(struct wheel *wheel, int64_t now_ms)
{
	assert(now_ms >= 0);
	assert(now_ms <= WHEEL_TIME_MAX);
	*wheel = (struct wheel){ .now_ms = now_ms };
	for (unsigned level = 0; level < WHEEL_LEVELS; level++)
		for (unsigned slot = 0; slot < WHEEL_SLOTS; slot++)
			list_init(&wheel->slots[level][slot]);
	list_init(&wheel->due);
}

void wheel_node_init(struct wheel_node *node)
{
	list_init(&node->link);
	node->due_ms = 0;
	node->level = node->slot = 0;
}

static unsigned slot_of(int64_t time_ms, unsigned level)
{
	return (unsigned)((uint64_t)time_ms >> (SLOT_BITS * level)) & (WHEEL_SLOTS - 1);
}

static void place(struct wheel *wheel, struct wheel_node *node)
{
	if (node->due_ms <= wheel->now_ms) {
		node->level = WHEEL_LEVELS;
		list_push_back(&wheel->due, &node->link);
		return;
	}
	uint64_t differs = (uint64_t)(node->due_ms ^ wheel->now_ms);
	unsigned level = (63u - (unsigned)__builtin_clzll(differs)) / SLOT_BITS;
	unsigned slot = slot_of(node->due_ms, level);
	assert(level < WHEEL_LEVELS);
	assert(slot > slot_of(wheel->now_ms, level));
	node->level = (uint8_t)level;
	node->slot = (uint8_t)slot;
	list_push_back(&wheel->slots[level][slot], &node->link);
	wheel->used[level] |= UINT64_C(1) << slot;
}

void wheel_arm(struct wheel *wheel, struct wheel_node *node, int64_t due_ms)
{
	wheel_cancel(wheel, node);
	node->due_ms = MIN(due_ms, WHEEL_TIME_MAX);
	place(wheel, node);
}

void wheel_cancel(struct wheel *wheel, struct wheel_node *node)
{
	if (!wheel_armed(node))
		return;
	list_remove(&node->link);
	if (node->level < WHEEL_LEVELS && list_empty(&wheel->slots[node->level][node->slot]))
		wheel->used[node->level] &= ~(UINT64_C(1) << node->slot);
}

/* The first level that holds anything: its first slot begins before any of a higher level. */
static unsigned first_level(const struct wheel *wheel)
{
	unsigned level = 0;
	while (level < WHEEL_LEVELS && wheel->used[level] == 0)
		level++;
	return level;
}

/* When the first used slot of the level begins. */
static int64_t slot_begins(const struct wheel *wheel, unsigned level, unsigned slot)
{
	uint64_t above = ~UINT64_C(0) << (SLOT_BITS * (level + 1));
	return (int64_t)(((uint64_t)wheel->now_ms & above) | (uint64_t)slot << (SLOT_BITS * level));
}

int64_t wheel_next(const struct wheel *wheel)
{
	if (!list_empty(&wheel->due))
		return wheel->now_ms;
	unsigned level = first_level(wheel);
	if (level == WHEEL_LEVELS)
		return INT64_MAX;
	return slot_begins(wheel, level, (unsigned)__builtin_ctzll(wheel->used[level]));
}

void wheel_advance(struct wheel *wheel, int64_t now_ms)
{
	assert(now_ms >= wheel->now_ms);
	now_ms = MIN(now_ms, WHEEL_TIME_MAX);
	for (;;) {
		unsigned level = first_level(wheel);
		if (level == WHEEL_LEVELS)
			break;
		unsigned slot = (unsigned)__builtin_ctzll(wheel->used[level]);
		int64_t begins = slot_begins(wheel, level, slot);
		assert(begins > wheel->now_ms);
		if (begins > now_ms)
			break;
		wheel->now_ms = begins;
		wheel->used[level] &= ~(UINT64_C(1) << slot);
		struct list moving;
		list_init(&moving);
		list_splice_back(&moving, &wheel->slots[level][slot]);
		for (struct list *link; (link = list_pop_front(&moving)) != NULL;)
			place(wheel, list_item(link, struct wheel_node, link));
	}
	wheel->now_ms = now_ms;
}

struct wheel_node *wheel_pop(struct wheel *wheel)
{
	struct list *link = list_pop_front(&wheel->due);
	return link == NULL ? NULL : list_item(link, struct wheel_node, link);
}
