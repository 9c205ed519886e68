/*
 * heap.h - an intrusive binary heap: the least node first (timers, merging by time).
 *
 * The node lives inside the struct that is queued and knows its place, so any node can be removed
 * or moved in O(log n). The heap owns only its array of pointers. Equal nodes leave in any order; a
 * `less` that must be fair compares a sequence number last. Invariant: no node is less than its
 * parent, and nodes[i]->index == i + 1.
 */
#ifndef WEIR_BASE_HEAP_H
#define WEIR_BASE_HEAP_H

#include "base/vec.h"

struct heap_node {
	uint32_t index; /* place in the heap plus one; 0: in no heap */
};

typedef bool heap_less(const struct heap_node *a, const struct heap_node *b);

struct heap {
	VEC(struct heap_node *) nodes; /* nodes are borrowed */
	heap_less *less;
};

void heap_init(struct heap *heap, heap_less *less);
void heap_fini(struct heap *heap);
void heap_push(struct heap *heap, struct heap_node *node);
struct heap_node *heap_peek(const struct heap *heap); /* NULL when empty */
struct heap_node *heap_pop(struct heap *heap);        /* NULL when empty */
void heap_remove(struct heap *heap, struct heap_node *node);
/* The node's order has changed: puts it where it belongs. */
void heap_update(struct heap *heap, struct heap_node *node);

static inline bool heap_queued(const struct heap_node *node)
{
	return node->index != 0;
}

#endif
