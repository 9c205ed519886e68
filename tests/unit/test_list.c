#include "base/list.h"

#include "tests/lib/test.h"

#define NODES 40
#define LISTS 3

struct thing {
	int number;
	struct list link;
};

struct model {
	int order[NODES];
	size_t len;
};

static void check_ring(const struct list *head, const struct model *model)
{
	const struct list *node = head;
	for (size_t i = 0; i <= model->len; i++) {
		assert_ptr_equal(node->next->prev, node);
		node = node->next;
		if (i < model->len)
			assert_int_equal(CONTAINER_OF_CONST(node, struct thing, link)->number,
					 model->order[i]);
	}
	assert_ptr_equal(node, head);
	assert_int_equal(list_empty(head), model->len == 0);
}

static void model_remove(struct model *model, int number)
{
	size_t at = 0;
	while (at < model->len && model->order[at] != number)
		at++;
	assert_true(at < model->len);
	model->len--;
	memmove(model->order + at, model->order + at + 1, (model->len - at) * sizeof(int));
}

static void model_insert(struct model *model, size_t at, int number)
{
	memmove(model->order + at + 1, model->order + at, (model->len - at) * sizeof(int));
	model->order[at] = number;
	model->len++;
}

static void model_splice(struct model *to, struct model *from)
{
	memcpy(to->order + to->len, from->order, from->len * sizeof(int));
	to->len += from->len;
	from->len = 0;
}

static void lists_are_sequences(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct thing things[NODES];
	struct list heads[LISTS];
	struct model models[LISTS] = { 0 };
	int in[NODES];
	for (int i = 0; i < NODES; i++) {
		things[i].number = i;
		list_init(&things[i].link);
		in[i] = -1;
	}
	for (int i = 0; i < LISTS; i++)
		list_init(&heads[i]);
	for (int step = 0; step < 50000; step++) {
		int n = (int)rng_below(&rng, NODES), l = (int)rng_below(&rng, LISTS);
		struct list *node = &things[n].link;
		assert_int_equal(list_linked(node), in[n] >= 0);
		uint64_t what = rng_below(&rng, 10);
		if (what < 8 && in[n] < 0) {
			bool front = what < 4;
			if (front)
				list_push_front(&heads[l], node);
			else
				list_push_back(&heads[l], node);
			model_insert(&models[l], front ? 0 : models[l].len, n);
			in[n] = l;
		} else if (what < 6) {
			list_remove(node);
			list_remove(node); /* twice is allowed */
			model_remove(&models[in[n]], n);
			in[n] = -1;
		} else if (what == 8) {
			struct list *first = list_pop_front(&heads[l]);
			assert_int_equal(first == NULL, models[l].len == 0);
			if (first != NULL) {
				int popped = list_item(first, struct thing, link)->number;
				assert_int_equal(popped, models[l].order[0]);
				model_remove(&models[l], popped);
				in[popped] = -1;
			}
		} else if (rng_below(&rng, 20) == 0) {
			int from = (l + 1) % LISTS;
			for (size_t i = 0; i < models[from].len; i++)
				in[models[from].order[i]] = l;
			list_splice_back(&heads[l], &heads[from]);
			model_splice(&models[l], &models[from]);
		}
		for (int i = 0; i < LISTS; i++)
			check_ring(&heads[i], &models[i]);
	}
}

static void a_walk_may_remove_where_it_stands(void **state)
{
	(void)state;
	struct thing things[10];
	struct list head;
	list_init(&head);
	for (int i = 0; i < 10; i++) {
		things[i].number = i;
		list_init(&things[i].link);
		list_push_back(&head, &things[i].link);
	}
	int seen = 0;
	list_each (it, &head, struct thing, link) {
		assert_int_equal(it->number, seen++);
		if (it->number % 2 == 0)
			list_remove(&it->link);
	}
	assert_int_equal(seen, 10);
	struct model odd = { { 1, 3, 5, 7, 9 }, 5 };
	check_ring(&head, &odd);
}

int main(void)
{
	RUN_TESTS(TEST(lists_are_sequences), TEST(a_walk_may_remove_where_it_stands));
}
