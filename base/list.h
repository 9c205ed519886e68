/*
 * list.h - an intrusive, doubly linked list in a ring.
 *
 * The node lives inside the struct that is listed; the list owns nothing. A list is its head, which
 * is a node linked to itself when the list is empty. A node that is in no list is linked to itself
 * too, so list_remove may be called twice. Invariant: n->next->prev == n.
 */
#ifndef WEIR_BASE_LIST_H
#define WEIR_BASE_LIST_H

#include "base/base.h"

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *node)
{
	node->next = node->prev = node;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline bool list_linked(const struct list *node)
{
	return node->next != node;
}

static inline void list_insert_before(struct list *place, struct list *node)
{
	assert(!list_linked(node));
	node->next = place;
	node->prev = place->prev;
	place->prev->next = node;
	place->prev = node;
}

static inline void list_push_back(struct list *head, struct list *node)
{
	list_insert_before(head, node);
}

static inline void list_push_front(struct list *head, struct list *node)
{
	list_insert_before(head->next, node);
}

static inline void list_remove(struct list *node)
{
	assert(node->next->prev == node);
	assert(node->prev->next == node);
	node->next->prev = node->prev;
	node->prev->next = node->next;
	list_init(node);
}

/* The first node, unlinked; NULL when empty. */
static inline struct list *list_pop_front(struct list *head)
{
	if (list_empty(head))
		return NULL;
	struct list *node = head->next;
	list_remove(node);
	return node;
}

/* All of `from` behind all of `to`; `from` is empty afterwards. */
static inline void list_splice_back(struct list *to, struct list *from)
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#define list_item(node, type, member) CONTAINER_OF(node, type, member)

/* Walks `type` items; the body may remove `it`, and nothing else. */
#define list_each(it, head, type, member)                                                          \
	for (type *it = list_item((head)->next, type, member),                                     \
		  *it##_next = list_item(it->member.next, type, member);                           \
	     &it->member != (head);                                                                \
	     it = it##_next, it##_next = list_item(it->member.next, type, member))

#endif
