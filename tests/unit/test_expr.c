#include "engine/expr.h"
#include "engine/func.h"
#include "tests/lib/test.h"

static struct arena arena;

static const struct expr *column(uint32_t i)
{
	return expr_column(&arena, i, TYPE_OF(TYPE_INT));
}

static const struct expr *number(int32_t value)
{
	return expr_const(&arena, TYPE_OF(TYPE_INT), (struct value){ .i32 = value });
}

static struct expr *binary(enum expr_kind kind, const struct type *type, const struct expr *a,
			   const struct expr *b)
{
	return expr_new(&arena, kind, type, (const struct expr *[]){ a, b }, 2);
}

/* (#0 + #2) BETWEEN 1 AND #1 */
static const struct expr *sample(void)
{
	const struct expr *sum = binary(EXPR_ARITHMETIC, TYPE_OF(TYPE_INT), column(0), column(2));
	return expr_new(&arena, EXPR_BETWEEN, TYPE_OF(TYPE_BOOLEAN),
			(const struct expr *[]){ sum, number(1), column(1) }, 3);
}

static void an_expression_prints_with_columns_by_number(void **state)
{
	(void)state;
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	expr_print(sample(), &text);
	assert_slice(buf_slice(&text), "((#0 + #2) BETWEEN 1 AND #1)");
	buf_reset(&text);
	struct expr *in = binary(EXPR_IN, TYPE_OF(TYPE_BOOLEAN), column(0), number(3));
	in->negated = true;
	expr_print(in, &text);
	assert_slice(buf_slice(&text), "(#0 NOT IN (3))");
	buf_reset(&text);
	in->text = "X NOT IN (3)";
	expr_print(in, &text);
	assert_slice(buf_slice(&text), "X NOT IN (3)");
}

static void equality_looks_at_all_that_matters(void **state)
{
	(void)state;
	assert_true(expr_eq(sample(), sample()));
	assert_false(expr_eq(number(1), number(2)));
	struct expr *a = binary(EXPR_COMPARE, TYPE_OF(TYPE_BOOLEAN), column(0), number(1));
	struct expr *b = binary(EXPR_COMPARE, TYPE_OF(TYPE_BOOLEAN), column(0), number(1));
	a->operation = OP_LT;
	b->operation = OP_GT;
	assert_false(expr_eq(a, b));
	b->operation = OP_LT;
	b->catches = true;
	assert_false(expr_eq(a, b));
}

static void columns_that_are_read_are_marked(void **state)
{
	(void)state;
	uint64_t used = 0;
	expr_columns(sample(), &used);
	assert_int_equal(used, 7);
	used = 0;
	expr_columns(number(1), &used);
	assert_int_equal(used, 0);
}

static void remapping_replaces_columns_and_leaves_the_tree(void **state)
{
	(void)state;
	const struct expr *to[] = { number(10), number(20), column(5) };
	const struct expr *mapped = expr_remap(&arena, sample(), to, 3);
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	expr_print(mapped, &text);
	assert_slice(buf_slice(&text), "((10 + #5) BETWEEN 1 AND 20)");
	assert_true(expr_eq(sample(), sample()));
}

static void what_changes_from_call_to_call_is_not_pure(void **state)
{
	(void)state;
	struct func_registry *registry = func_registry_new(&arena);
	const struct func_variant *variant;
	const struct type *type;
	struct err err = ERR_INIT;
	assert_ok(func_resolve(registry, &arena, SLICE("RANDOM"), NULL, 0, &variant, NULL, &type,
			       &err),
		  &err);
	struct expr *call = expr_new(&arena, EXPR_CALL, type, NULL, 0);
	call->func = variant;
	assert_false(expr_is_pure(binary(EXPR_ARITHMETIC, type, call, call)));
	assert_true(expr_is_pure(sample()));
}

static int tear_down(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_expression_prints_with_columns_by_number),
		TEST(equality_looks_at_all_that_matters),
		TEST(columns_that_are_read_are_marked),
		TEST(remapping_replaces_columns_and_leaves_the_tree),
		TEST(what_changes_from_call_to_call_is_not_pure),
	};
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
