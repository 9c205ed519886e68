#include "base/heap.h"

#include "tests/lib/test.h"

#define NODES 300

struct timer {
	uint64_t due;
	struct heap_node node;
};

static bool earlier(const struct heap_node *a, const struct heap_node *b)
{
	return CONTAINER_OF_CONST(a, struct timer, node)->due <
	       CONTAINER_OF_CONST(b, struct timer, node)->due;
}

static void check(const struct heap *heap, size_t len)
{
	assert_int_equal(heap->nodes.len, len);
	for (uint32_t i = 0; i < heap->nodes.len; i++) {
		assert_int_equal(heap->nodes.items[i]->index, i + 1);
		assert_false(i > 0 &&
			     earlier(heap->nodes.items[i], heap->nodes.items[(i - 1) / 2]));
	}
}

static uint64_t least(const struct timer *timers)
{
	uint64_t due = UINT64_MAX;
	for (int i = 0; i < NODES; i++) {
		if (heap_queued(&timers[i].node))
			due = MIN(due, timers[i].due);
	}
	return due;
}

static void the_least_comes_first_whatever_happens(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct timer timers[NODES] = { 0 };
	struct heap heap;
	size_t len = 0;
	heap_init(&heap, earlier);
	assert_null(heap_peek(&heap));
	assert_null(heap_pop(&heap));
	for (int step = 0; step < 20000; step++) {
		struct timer *t = &timers[rng_below(&rng, NODES)];
		uint64_t what = rng_below(&rng, 4);
		if (!heap_queued(&t->node)) {
			t->due = rng_below(&rng, 1000); /* many are equal */
			heap_push(&heap, &t->node);
			len++;
		} else if (what == 0) {
			heap_remove(&heap, &t->node);
			assert_false(heap_queued(&t->node));
			len--;
		} else if (what == 1) {
			t->due = rng_below(&rng, 1000);
			heap_update(&heap, &t->node);
		} else if (what == 2) {
			uint64_t due = least(timers);
			struct heap_node *first = heap_pop(&heap);
			assert_int_equal(CONTAINER_OF(first, struct timer, node)->due, due);
			assert_false(heap_queued(first));
			len--;
		}
		check(&heap, len);
		if (len > 0)
			assert_int_equal(CONTAINER_OF(heap_peek(&heap), struct timer, node)->due,
					 least(timers));
	}
	heap_fini(&heap);
}

static void popping_sorts(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct timer timers[NODES] = { 0 };
	struct heap heap;
	heap_init(&heap, earlier);
	for (int i = 0; i < NODES; i++) {
		timers[i].due = rng_next(&rng);
		heap_push(&heap, &timers[i].node);
	}
	uint64_t before = 0;
	for (int i = 0; i < NODES; i++) {
		uint64_t due = CONTAINER_OF(heap_pop(&heap), struct timer, node)->due;
		assert_true(due >= before);
		before = due;
	}
	assert_null(heap_pop(&heap));
	heap_fini(&heap);
}

int main(void)
{
	RUN_TESTS(TEST(the_least_comes_first_whatever_happens), TEST(popping_sorts));
}
