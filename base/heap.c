#include "base/heap.h"

void heap_init(struct heap *heap, heap_less *less)
{
	assert(less != NULL);
	*heap = (struct heap){ .less = less };
}

void heap_fini(struct heap *heap)
{
	vec_each (node, &heap->nodes)
		(*node)->index = 0;
	vec_fini(&heap->nodes);
}

static void place(struct heap *heap, uint32_t at, struct heap_node *node)
{
	heap->nodes.items[at] = node;
	node->index = at + 1;
}

static void sift_up(struct heap *heap, uint32_t at)
{
	struct heap_node *node = heap->nodes.items[at];
	while (at > 0) {
		uint32_t parent = (at - 1) / 2;
		if (!heap->less(node, heap->nodes.items[parent]))
			break;
		place(heap, at, heap->nodes.items[parent]);
		at = parent;
	}
	place(heap, at, node);
}

static void sift_down(struct heap *heap, uint32_t at)
{
	struct heap_node *node = heap->nodes.items[at];
	uint32_t len = heap->nodes.len;
	for (;;) {
		uint32_t child = 2 * at + 1;
		if (child >= len)
			break;
		struct heap_node **nodes = heap->nodes.items;
		if (child + 1 < len && heap->less(nodes[child + 1], nodes[child]))
			child++;
		if (!heap->less(nodes[child], node))
			break;
		place(heap, at, nodes[child]);
		at = child;
	}
	place(heap, at, node);
}

void heap_push(struct heap *heap, struct heap_node *node)
{
	assert(!heap_queued(node));
	vec_push(&heap->nodes, node);
	sift_up(heap, heap->nodes.len - 1);
}

struct heap_node *heap_peek(const struct heap *heap)
{
	return heap->nodes.len > 0 ? heap->nodes.items[0] : NULL;
}

struct heap_node *heap_pop(struct heap *heap)
{
	struct heap_node *first = heap_peek(heap);
	if (first != NULL)
		heap_remove(heap, first);
	return first;
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
	assert(heap_queued(node));
	uint32_t at = node->index - 1;
	assert(at < heap->nodes.len && heap->nodes.items[at] == node);
	struct heap_node *last = vec_pop(&heap->nodes);
	node->index = 0;
	if (last == node)
		return;
	place(heap, at, last);
	heap_update(heap, last);
}

void heap_update(struct heap *heap, struct heap_node *node)
{
	assert(heap_queued(node));
	sift_up(heap, node->index - 1);
	sift_down(heap, node->index - 1);
}
