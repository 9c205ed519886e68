#include "tests/lib/test.h"
#include "broker/budget.h"

struct waiter {
	struct budget_waiter waiter;
	int order;
};

static int granted_count;

static void granted(struct budget_waiter *waiter)
{
	CONTAINER_OF(waiter, struct waiter, waiter)->order = ++granted_count;
}

static void room_is_given_in_order_and_nobody_overtakes(void **state)
{
	(void)state;
	struct budget budget;
	struct waiter large = { .waiter.granted = granted }, small = { .waiter.granted = granted };
	granted_count = 0;
	budget_init(&budget, 100);
	assert_true(budget_take(&budget, 60));
	assert_true(budget_take(&budget, 40));
	assert_false(budget_take(&budget, 1));
	budget_wait(&budget, &large.waiter, 90);
	budget_wait(&budget, &small.waiter, 10);
	budget_give(&budget, 60);
	assert_int_equal(granted_count, 0); /* there is room for the small one, but not its turn */
	assert_false(budget_take(&budget, 1));
	budget_give(&budget, 40);
	assert_int_equal(large.order, 1);
	assert_int_equal(small.order, 2);
	assert_int_equal(budget.bytes_used, 100);
	budget_give(&budget, 100);
}

static void what_is_larger_than_all_is_granted_alone(void **state)
{
	(void)state;
	struct budget budget;
	struct waiter waiter = { .waiter.granted = granted };
	granted_count = 0;
	budget_init(&budget, 100);
	assert_true(budget_take(&budget, 1));
	assert_false(budget_take(&budget, 500));
	budget_wait(&budget, &waiter.waiter, 500);
	budget_give(&budget, 1);
	assert_int_equal(waiter.order, 1);
	assert_false(budget_take(&budget, 1));
	budget_give(&budget, 500);
	assert_true(budget_take(&budget, 1));
	budget_give(&budget, 1);
}

static void who_leaves_is_not_granted(void **state)
{
	(void)state;
	struct budget budget;
	struct waiter first = { .waiter.granted = granted }, second = { .waiter.granted = granted };
	granted_count = 0;
	budget_init(&budget, 10);
	budget_leave(&first.waiter); /* never waited: fine */
	assert_true(budget_take(&budget, 10));
	budget_wait(&budget, &first.waiter, 5);
	budget_wait(&budget, &second.waiter, 5);
	budget_leave(&first.waiter);
	budget_leave(&first.waiter);
	budget_give(&budget, 10);
	assert_int_equal(first.order, 0);
	assert_int_equal(second.order, 1);
	budget_give(&budget, 5);
}

static void what_is_held_already_keeps_others_out(void **state)
{
	(void)state;
	struct budget budget;
	budget_init(&budget, 10);
	assert_true(budget_take(&budget, 5));
	budget_add(&budget, 50);
	assert_false(budget_take(&budget, 1));
	budget_give(&budget, 50);
	assert_true(budget_take(&budget, 1));
	budget_give(&budget, 6);
}

int main(void)
{
	RUN_TESTS(TEST(room_is_given_in_order_and_nobody_overtakes),
		  TEST(what_is_larger_than_all_is_granted_alone), TEST(who_leaves_is_not_granted),
		  TEST(what_is_held_already_keeps_others_out));
}
