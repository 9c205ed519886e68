#include "tests/lib/test.h"
#include "base/heap.h"
#include "host/wheel.h"

struct item {
	struct wheel_node node;
	struct heap_node heap;
	int64_t due_ms;
};

static bool earlier(const struct heap_node *a, const struct heap_node *b)
{
	const struct item *x =
		(const struct item *)(const void *)((const char *)a - offsetof(struct item, heap));
	const struct item *y =
		(const struct item *)(const void *)((const char *)b - offsetof(struct item, heap));
	return x->due_ms < y->due_ms;
}

#define ITEMS 500

struct fixture {
	struct rng rng;
	struct wheel wheel;
	struct heap heap;
	struct item items[ITEMS];
};

static void fire_all(struct fixture *f)
{
	for (struct wheel_node *node; (node = wheel_pop(&f->wheel)) != NULL;) {
		struct item *item = CONTAINER_OF(node, struct item, node);
		struct heap_node *first = heap_peek(&f->heap);
		assert_non_null(first);
		assert_int_equal(CONTAINER_OF(first, struct item, heap)->due_ms, item->due_ms);
		heap_remove(&f->heap, &item->heap);
		assert_true(item->due_ms <= f->wheel.now_ms);
	}
	struct heap_node *next = heap_peek(&f->heap);
	int64_t due = next != NULL ? CONTAINER_OF(next, struct item, heap)->due_ms : INT64_MAX;
	assert_true(due > f->wheel.now_ms);
	assert_true(wheel_next(&f->wheel) <= due);
	assert_true(wheel_next(&f->wheel) > f->wheel.now_ms);
	assert_int_equal(wheel_next(&f->wheel) == INT64_MAX, due == INT64_MAX);
}

static void change_one(struct fixture *f)
{
	struct item *item = &f->items[rng_below(&f->rng, ITEMS)];
	if (heap_queued(&item->heap))
		heap_remove(&f->heap, &item->heap);
	if (rng_below(&f->rng, 3) == 0) {
		wheel_cancel(&f->wheel, &item->node);
		assert_false(wheel_armed(&item->node));
		return;
	}
	uint64_t far = UINT64_C(1) << rng_below(&f->rng, 30);
	item->due_ms = f->wheel.now_ms + 1 + (int64_t)rng_below(&f->rng, far);
	heap_push(&f->heap, &item->heap);
	wheel_arm(&f->wheel, &item->node, item->due_ms);
	assert_true(wheel_armed(&item->node));
}

static void nodes_fire_in_order_as_from_a_heap(void **state)
{
	(void)state;
	static struct fixture f;
	f.rng.state = rng_seed_from_env();
	heap_init(&f.heap, earlier);
	wheel_init(&f.wheel, 12345);
	for (size_t i = 0; i < ITEMS; i++)
		wheel_node_init(&f.items[i].node);
	for (int round = 0; round < 20000; round++) {
		for (uint64_t n = rng_below(&f.rng, 8); n > 0; n--)
			change_one(&f);
		int64_t next = wheel_next(&f.wheel);
		int64_t to = f.wheel.now_ms +
			     (int64_t)rng_below(&f.rng, UINT64_C(1) << rng_below(&f.rng, 24));
		if (next != INT64_MAX && rng_below(&f.rng, 2) == 0)
			to = next;
		wheel_advance(&f.wheel, to);
		assert_int_equal(f.wheel.now_ms, to);
		fire_all(&f);
	}
	heap_fini(&f.heap);
}

static void a_time_that_is_past_is_due_at_once(void **state)
{
	(void)state;
	struct wheel wheel;
	struct wheel_node node, far;
	wheel_init(&wheel, 1000);
	wheel_node_init(&node);
	wheel_node_init(&far);
	wheel_arm(&wheel, &far, INT64_MAX);
	wheel_arm(&wheel, &node, 5);
	assert_int_equal(wheel_next(&wheel), 1000);
	assert_ptr_equal(wheel_pop(&wheel), &node);
	assert_null(wheel_pop(&wheel));
	wheel_arm(&wheel, &node, 5);
	wheel_cancel(&wheel, &node); /* due, but not popped: may still be taken back */
	assert_null(wheel_pop(&wheel));
	wheel_advance(&wheel, INT64_C(1) << 40);
	assert_null(wheel_pop(&wheel));
	wheel_cancel(&wheel, &far);
	assert_true(wheel_next(&wheel) == INT64_MAX);
}

int main(void)
{
	RUN_TESTS(TEST(nodes_fire_in_order_as_from_a_heap),
		  TEST(a_time_that_is_past_is_due_at_once));
}
