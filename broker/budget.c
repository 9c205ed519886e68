#include "broker/budget.h"

void budget_init(struct budget *budget, size_t bytes_max)
{
	*budget = (struct budget){ .bytes_max = bytes_max };
	list_init(&budget->waiting);
}

static bool fits(const struct budget *budget, size_t bytes)
{
	if (budget->bytes_used == 0)
		return true;
	return budget->bytes_used <= budget->bytes_max &&
	       bytes <= budget->bytes_max - budget->bytes_used;
}

bool budget_take(struct budget *budget, size_t bytes)
{
	if (!list_empty(&budget->waiting) || !fits(budget, bytes))
		return false;
	budget->bytes_used += bytes;
	return true;
}

void budget_add(struct budget *budget, size_t bytes)
{
	assert(bytes <= SIZE_MAX - budget->bytes_used);
	budget->bytes_used += bytes;
}

void budget_wait(struct budget *budget, struct budget_waiter *waiter, size_t bytes)
{
	assert(waiter->granted != NULL);
	waiter->bytes = bytes;
	list_init(&waiter->link);
	list_push_back(&budget->waiting, &waiter->link);
}

void budget_give(struct budget *budget, size_t bytes)
{
	assert(bytes <= budget->bytes_used);
	budget->bytes_used -= bytes;
	while (!list_empty(&budget->waiting)) {
		struct budget_waiter *first =
			list_item(budget->waiting.next, struct budget_waiter, link);
		if (!fits(budget, first->bytes))
			break;
		list_remove(&first->link);
		budget->bytes_used += first->bytes;
		first->granted(first);
	}
}

void budget_leave(struct budget_waiter *waiter)
{
	if (waiter->link.next != NULL)
		list_remove(&waiter->link);
}
