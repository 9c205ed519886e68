#include "engine/func.h"
#include "tests/lib/test.h"

#include <ctype.h>

static struct arena arena;
static struct func_registry *registry;

static const struct type *T(enum type_kind kind)
{
	return TYPE_OF(kind);
}

#define RESOLVE(name, err, ...)                                                                    \
	resolve((name), (err), (const struct type *[]){ __VA_ARGS__ },                             \
		sizeof((const struct type *[]){ __VA_ARGS__ }) / sizeof(void *))

static struct {
	const struct func_variant *variant;
	const struct type *params[SIGNATURE_PARAMS_MAX];
	const struct type *type;
} got;

static int resolve(const char *name, struct err *err, const struct type *const *args, size_t n)
{
	return func_resolve(registry, &arena, slice_str(name), args, (uint32_t)n, &got.variant,
			    got.params, &got.type, err);
}

static void the_exact_overload_comes_first(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_ok(RESOLVE("abs", &err, T(TYPE_BIGINT)), &err);
	assert_int_equal(got.type->kind, TYPE_BIGINT);
	assert_ok(RESOLVE("LOG", &err, T(TYPE_INT), T(TYPE_INT)), &err);
	assert_string_equal(got.variant->def->signature, "(INT base, INT value) DOUBLE");
}

static void arguments_are_cast_where_nothing_fits_exactly(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_ok(RESOLVE("sqrt", &err, type_decimal(&arena, 4, 2)), &err);
	assert_int_equal(got.params[0]->kind, TYPE_DOUBLE);
	assert_ok(RESOLVE("greatest", &err, T(TYPE_INT), T(TYPE_DOUBLE), T(TYPE_NULL)), &err);
	assert_int_equal(got.type->kind, TYPE_DOUBLE);
	assert_int_equal(got.params[0]->kind, TYPE_DOUBLE);
	assert_int_equal(got.params[2]->kind, TYPE_DOUBLE);
	assert_ok(RESOLVE("greatest", &err, T(TYPE_STRING), T(TYPE_DATE)), &err);
	assert_int_equal(got.params[0]->kind, TYPE_DATE);
}

static void a_call_that_nothing_fits_lists_what_would(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_fails(RESOLVE("pi", &err, T(TYPE_INT), T(TYPE_STRING), T(TYPE_NULL)), &err, ERR_TYPE,
		     "Function 'pi' does not accept parameters (INTEGER, STRING, null).\n"
		     "Valid alternatives are:\npi()\n"
		     "For detailed information on a function run: "
		     "DESCRIBE FUNCTION <Function-Name>;");
	assert_fails(RESOLVE("LEAST", &err, T(TYPE_STRING), T(TYPE_INT)), &err, ERR_TYPE,
		     "Function 'least' does not accept parameters (STRING, INTEGER).\n"
		     "Valid alternatives are:\nleast(INT col1, INT... cols)\n");
	assert_fails(resolve("least", &err, NULL, 0), &err, ERR_TYPE,
		     "Function 'least' does not accept parameters ().");
}

static void two_casts_that_are_as_good_are_ambiguous(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_fails(RESOLVE("greatest", &err, T(TYPE_INT), T(TYPE_BIGINT)), &err, ERR_TYPE,
		     "Function 'greatest' cannot be resolved due to ambiguous method parameters "
		     "(INTEGER, BIGINT).");
}

static void an_unknown_name_is_told(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_fails(RESOLVE("nix", &err, T(TYPE_INT)), &err, ERR_NOT_FOUND,
		     "Can't find any functions with the name 'nix'");
	assert_false(func_exists(registry, SLICE("nix")));
	assert_true(func_exists(registry, SLICE("gReAtEsT")));
}

/* In upper case, where an underscore comes behind the letters. */
static int compare_names(const char *a, const char *b)
{
	while (*a != '\0' && toupper((unsigned char)*a) == toupper((unsigned char)*b)) {
		a++;
		b++;
	}
	return toupper((unsigned char)*a) - toupper((unsigned char)*b);
}

static void functions_are_walked_in_order_of_names(void **state)
{
	(void)state;
	const struct func_def *last = NULL;
	unsigned n = 0;
	for (const struct func_def *def = func_next(registry, NULL); def != NULL;
	     def = func_next(registry, def)) {
		assert_true(last == NULL || compare_names(last->name, def->name) < 0);
		assert_ptr_equal(func_find(registry, slice_str(def->name)), def);
		last = def;
		n++;
	}
	assert_true(n > 20);
}

/* Signatures by themselves. */
static uint32_t pick(const char *const *texts, uint32_t n, const struct type *const *args,
		     uint32_t nargs, struct signature_binding *binding)
{
	const struct signature *signatures[8];
	const struct type *params[SIGNATURE_PARAMS_MAX];
	struct err err = ERR_INIT;
	uint32_t index;
	for (uint32_t i = 0; i < n; i++)
		assert_ok(signature_parse(&arena, texts[i], &signatures[i], &err), &err);
	if (signature_resolve("f", signatures, n, &arena, args, nargs, &index, params, binding,
			      &err) != 0)
		return n;
	return index;
}

static void fewer_type_variables_and_fixed_parameters_are_preferred(void **state)
{
	(void)state;
	struct signature_binding binding;
	const struct type *array = type_array(&arena, type_decimal(&arena, 4, 2));
	const char *explode[] = { "(ARRAY<T> list) T", "(ARRAY<DECIMAL> input) DECIMAL" };
	assert_int_equal(pick(explode, 2, &array, 1, &binding), 1);
	const char *fixed[] = { "(INT... a) INT", "(INT a, INT b) INT", "(INT a, INT... b) INT" };
	const struct type *ints[] = { T(TYPE_INT), T(TYPE_INT), T(TYPE_INT) };
	assert_int_equal(pick(fixed, 3, ints, 2, &binding), 1);
	assert_int_equal(pick(fixed, 3, ints, 3, &binding), 2);
}

static void a_variadic_parameter_in_the_middle_takes_what_is_between(void **state)
{
	(void)state;
	struct signature_binding binding;
	const char *text[] = { "(BIGINT a, STRING... b, INT c, INT d) BIGINT" };
	const struct type *few[] = { T(TYPE_BIGINT), T(TYPE_INT), T(TYPE_INT) };
	const struct type *many[] = { T(TYPE_BIGINT), T(TYPE_STRING), T(TYPE_STRING), T(TYPE_INT),
				      T(TYPE_INT) };
	const struct type *wrong[] = { T(TYPE_BIGINT), T(TYPE_STRING), T(TYPE_STRING),
				       T(TYPE_INT) };
	assert_int_equal(pick(text, 1, few, 3, &binding), 0);
	assert_int_equal(pick(text, 1, many, 5, &binding), 0);
	assert_int_equal(pick(text, 1, wrong, 4, &binding), 1);
}

static void type_variables_are_bound_by_arguments_and_lambdas(void **state)
{
	(void)state;
	struct signature_binding binding;
	const char *text[] = {
		"(ARRAY<T> a, LAMBDA<T => U> f) ARRAY<U>",
		"(MAP<K, V> m, LAMBDA<K, V => A> f, LAMBDA<K, V => B> g) MAP<A, B>"
	};
	const struct type *args[] = { type_array(&arena, T(TYPE_INT)),
				      type_lambda(&arena, 1, T(TYPE_STRING)) };
	assert_int_equal(pick(text, 2, args, 2, &binding), 0);
	assert_int_equal(binding.types['T' - 'A']->kind, TYPE_INT);
	assert_int_equal(binding.types['U' - 'A']->kind, TYPE_STRING);
	args[1] = type_lambda(&arena, 2, NULL);
	assert_int_equal(pick(text, 2, args, 2, &binding), 2);
	const char *same[] = { "(T a, T... b) T" };
	const struct type *mixed[] = { T(TYPE_STRING), T(TYPE_INT) };
	assert_int_equal(pick(same, 1, mixed, 2, &binding), 1);
}

static void a_signature_that_makes_no_sense_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "",
					   "INT",
					   "(INT a INT",
					   "(INT a) ",
					   "(FLOAT a) INT",
					   "(ARRAY a) INT",
					   "(MAP<INT> a) INT",
					   "(INT... a, INT... b) INT",
					   "(DECIMAL(2,3) a) INT",
					   "(INT a) INT INT" };
	const struct signature *signature;
	struct err err = ERR_INIT;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_fails(signature_parse(&arena, bad[i], &signature, &err), &err, ERR_SYNTAX,
			     "expected at");
}

static void a_signature_prints_as_describe_shows_it(void **state)
{
	(void)state;
	const struct signature *signature;
	struct err err = ERR_INIT;
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	assert_ok(signature_parse(&arena,
				  "(STRING s, MAP<STRING, ARRAY<T>> m, INT n!, BIGINT... rest) T",
				  &signature, &err),
		  &err);
	signature_print("f", signature, &text);
	assert_slice(buf_slice(&text),
		     "f(VARCHAR s, MAP<VARCHAR, ARRAY<T>> m, INT n, BIGINT... rest)");
}

static int set_up(void **state)
{
	(void)state;
	registry = func_registry_new(&arena);
	return 0;
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
		TEST(the_exact_overload_comes_first),
		TEST(arguments_are_cast_where_nothing_fits_exactly),
		TEST(a_call_that_nothing_fits_lists_what_would),
		TEST(two_casts_that_are_as_good_are_ambiguous),
		TEST(an_unknown_name_is_told),
		TEST(functions_are_walked_in_order_of_names),
		TEST(fewer_type_variables_and_fixed_parameters_are_preferred),
		TEST(a_variadic_parameter_in_the_middle_takes_what_is_between),
		TEST(type_variables_are_bound_by_arguments_and_lambdas),
		TEST(a_signature_that_makes_no_sense_is_refused),
		TEST(a_signature_prints_as_describe_shows_it),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
