#include "engine/func.h"
#include "tests/lib/test.h"

#include <math.h>

static struct arena arena;
static struct func_registry *registry;

static struct expr *constant(const struct type *type, struct value value)
{
	const struct expr *made = expr_const(&arena, type, value);
	struct expr *copy = arena_new(&arena, struct expr);
	*copy = *made;
	return copy;
}

static const struct expr *i32(int32_t number)
{
	return constant(TYPE_OF(TYPE_INT), (struct value){ .i32 = number });
}

static const struct expr *i64(int64_t number)
{
	return constant(TYPE_OF(TYPE_BIGINT), (struct value){ .i64 = number });
}

static const struct expr *f64(double number)
{
	return constant(TYPE_OF(TYPE_DOUBLE), (struct value){ .f64 = number });
}

static const struct expr *text(const char *value)
{
	return constant(TYPE_OF(TYPE_STRING), (struct value){ .bytes = slice_str(value) });
}

static const struct expr *bytes(const char *value, size_t len)
{
	return constant(TYPE_OF(TYPE_BYTES), (struct value){ .bytes = slice_of(value, len) });
}

static const struct expr *dec(int32_t precision, int32_t scale, int64_t digits)
{
	return constant(type_decimal(&arena, precision, scale),
			(struct value){ .decimal = digits });
}

static const struct expr *null(void)
{
	return constant(TYPE_OF(TYPE_NULL), VALUE_NULL);
}

/* The call's type and value as text, or "failed". Arguments are cast as resolution says. */
static const char *call_of(const char *name, const struct expr **args, uint32_t n)
{
	const struct type *types[8] = { NULL }, *params[8], *type;
	const struct func_variant *variant;
	struct err err = ERR_INIT;
	struct value value;
	for (uint32_t i = 0; i < n; i++)
		types[i] = args[i]->type;
	assert_ok(func_resolve(registry, &arena, slice_str(name), types, n, &variant, params, &type,
			       &err),
		  &err);
	for (uint32_t i = 0; i < n; i++) {
		if (!type_eq(types[i], params[i]))
			args[i] = expr_new(&arena, EXPR_CAST, params[i], &args[i], 1);
	}
	struct expr *e = expr_new(&arena, EXPR_CALL, type, args, n);
	e->func = variant;
	if (program_fold(e, &arena, 0, &value, &err) != 0)
		return arena_printf(&arena, "failed: %s", err.text);
	CLEANUP(buf_fini) struct buf out = BUF_INIT(BUF_TEXT_BYTES_MAX);
	type_print(type, &out);
	buf_append_u8(&out, ' ');
	value_print(type, &value, &out);
	return arena_str(&arena, buf_slice(&out));
}

#define GIVES(want, name, ...)                                                                     \
	assert_string_equal(call_of((name), (const struct expr *[]){ __VA_ARGS__ },                \
				    sizeof((const struct expr *[]){ __VA_ARGS__ }) /               \
					    sizeof(void *)),                                       \
			    (want))

static void rounding_takes_half_up(void **state)
{
	(void)state;
	GIVES("BIGINT 2", "round", f64(1.5));
	GIVES("BIGINT -1", "round", f64(-1.5));
	GIVES("BIGINT -2", "round", f64(-1.6));
	GIVES("BIGINT 0", "round", f64(0.49999999999999994));
	GIVES("BIGINT 9223372036854775807", "round", f64(1e300));
	GIVES("BIGINT 0", "round", f64((double)NAN));
	GIVES("BIGINT 7", "round", i32(7));
	GIVES("DOUBLE 1.3", "round", f64(1.25), i32(1));
	GIVES("DOUBLE -1.2", "round", f64(-1.25), i32(1));
	GIVES("DOUBLE 1.01", "round", f64(1.005), i32(2)); /* by its digits, not its bits */
	GIVES("DOUBLE 1200.0", "round", f64(1234), i32(-2));
	GIVES("DOUBLE 1.0E300", "round", f64(1e300), i32(2));
	GIVES("DECIMAL(2, 0) 13", "round", dec(4, 2, 1250));
	GIVES("DECIMAL(2, 0) -12", "round", dec(4, 2, -1250));
	GIVES("DECIMAL(4, 2) 12.60", "round", dec(4, 2, 1255), i32(1));
	GIVES("DECIMAL(4, 2) 10.00", "round", dec(4, 2, 1255), i32(-1));
	GIVES("DECIMAL(4, 2) 12.55", "round", dec(4, 2, 1255), i32(5));
}

static void truncation_goes_towards_zero(void **state)
{
	(void)state;
	GIVES("BIGINT -1", "trunc", f64(-1.9));
	GIVES("DOUBLE -1.99", "trunc", f64(-1.999), i32(2));
	GIVES("DECIMAL(2, 0) -12", "trunc", dec(4, 2, -1299));
	GIVES("DECIMAL(4, 2) 12.50", "trunc", dec(4, 2, 1259), i32(1));
}

static void decimals_keep_their_type_in_abs_ceil_and_floor(void **state)
{
	(void)state;
	GIVES("DECIMAL(4, 2) 12.55", "abs", dec(4, 2, -1255));
	GIVES("DECIMAL(4, 2) 13.00", "ceil", dec(4, 2, 1255));
	GIVES("DECIMAL(4, 2) -13.00", "floor", dec(4, 2, -1255));
	GIVES("INTEGER -2147483648", "abs", i32(INT32_MIN));
	GIVES("DOUBLE -0.0", "ceil", f64(-0.5));
}

static void the_greatest_ignores_null(void **state)
{
	(void)state;
	GIVES("INTEGER 5", "greatest", i32(2), null(), i32(5));
	GIVES("INTEGER 2", "least", i32(2), null(), i32(5));
	GIVES("DOUBLE 5.5", "greatest", i32(2), f64(5.5));
	GIVES("STRING b", "greatest", text("a"), text("b"));
	GIVES("DECIMAL(5, 3) 1.500", "greatest", dec(3, 1, 15), dec(4, 3, 1499));
	GIVES("DECIMAL(5, 3) 1.499", "least", dec(3, 1, 15), dec(4, 3, 1499), null());
	GIVES("DOUBLE NaN", "greatest", f64((double)NAN), f64(1));
}

static void logarithms_know_their_base(void **state)
{
	(void)state;
	GIVES("DOUBLE 0.0", "log", i32(1));
	GIVES("DOUBLE 3.0", "log", i32(2), i32(8));
	GIVES("DOUBLE 0.9471572411831843", "log", i32(15), i32(13));
	GIVES("DOUBLE NaN", "log", i32(1), i32(8));
	GIVES("DOUBLE NaN", "log", f64(-2), f64(8));
	GIVES("DOUBLE NaN", "ln", f64(-1));
	GIVES("DOUBLE -Infinity", "ln", i64(0));
}

static void angles_and_roots(void **state)
{
	(void)state;
	GIVES("DOUBLE 180.0", "degrees", f64(M_PI));
	GIVES("DOUBLE 3.141592653589793", "radians", i32(180));
	GIVES("DOUBLE 3.0", "cbrt", i32(27));
	GIVES("DOUBLE -1.4422495703074083", "cbrt", i32(-3));
	GIVES("DOUBLE 0.36787944117144233", "exp", i32(-1));
	GIVES("DOUBLE 0.06666666666666667", "power", i32(15), i32(-1));
	GIVES("DOUBLE 1.0", "cosh", i32(0));
	GIVES("DOUBLE Infinity", "cot", i32(0));
	GIVES("DOUBLE 1024.0", "power", i32(2), i32(10));
	GIVES("INTEGER -1", "sign", f64(-3.5));
	GIVES("DOUBLE NaN", "sqrt", i32(-1));
	GIVES("DOUBLE null", "sqrt", null());
}

static void distances_are_along_great_circles(void **state)
{
	(void)state;
	GIVES("DOUBLE 0.0", "geo_distance", i32(1), i32(2), i32(1), i32(2));
	GIVES("DOUBLE 8634.659796579544", "geo_distance", f64(37.4439), f64(-122.1663),
	      f64(51.5257), f64(-0.1122));
	GIVES("DOUBLE 5365.659729188262", "geo_distance", f64(37.4439), f64(-122.1663),
	      f64(51.5257), f64(-0.1122), text("mi"));
	GIVES("DOUBLE 9673.40421197142", "geo_distance", f64(51.5257), f64(-0.1122), f64(-33.9323),
	      f64(18.4197), null());
	GIVES("failed: valid latitude values for GeoDistance function are in the range of -90 to "
	      "90 "
	      "decimal degrees",
	      "geo_distance", i32(91), i32(2), i32(1), i32(2));
	GIVES("failed: GeoDistance function units parameter must be one of MI or KM",
	      "geo_distance", i32(1), i32(2), i32(1), i32(2), text("FT"));
	GIVES("DOUBLE 0.0", "geo_distance", i32(1), i32(2), i32(1), i32(2), text("miles"));
}

static void numbers_are_read_from_their_bytes(void **state)
{
	(void)state;
	GIVES("INTEGER 258", "int_from_bytes", bytes("\0\0\1\2", 4));
	GIVES("INTEGER 258", "int_from_bytes", bytes("\2\1\0\0", 4), text("LITTLE_ENDIAN"));
	GIVES("BIGINT -2", "bigint_from_bytes", bytes("\xff\xff\xff\xff\xff\xff\xff\xfe", 8));
	GIVES("DOUBLE 1.0", "double_from_bytes", bytes("\x3f\xf0\0\0\0\0\0\0", 8));
	GIVES("failed: Number of bytes must be equal to 4, but found 3 bytes", "int_from_bytes",
	      bytes("\0\0\1", 3));
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
		TEST(rounding_takes_half_up),
		TEST(truncation_goes_towards_zero),
		TEST(decimals_keep_their_type_in_abs_ceil_and_floor),
		TEST(the_greatest_ignores_null),
		TEST(logarithms_know_their_base),
		TEST(angles_and_roots),
		TEST(distances_are_along_great_circles),
		TEST(numbers_are_read_from_their_bytes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
