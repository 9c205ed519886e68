/* Numbers: rounding, logarithms, trigonometry, the greatest of several, distances. */
#include "base/decimal.h"
#include "engine/func.h"

#include <math.h>

/* One kernel that writes `expr` of x, the item of the first argument. */
#define UNARY(kernel, in, out_field, expr)                                                         \
	static void kernel(struct eval *eval, const struct func_call *call)                        \
	{                                                                                          \
		(void)eval;                                                                        \
		SEL_EACH(i, call->sel)                                                             \
		{                                                                                  \
			__typeof__(call->args[0]->in[0]) x = call->args[0]->in[i];                 \
			call->out->out_field[i] = (expr);                                          \
		}                                                                                  \
	}

/* The three kernels of a function of one number that computes with doubles. */
#define REAL(name, expr)                                                                           \
	static double name##_of(double x)                                                          \
	{                                                                                          \
		return (expr);                                                                     \
	}                                                                                          \
	UNARY(name##_int, i32, f64, name##_of((double)x))                                          \
	UNARY(name##_bigint, i64, f64, name##_of((double)x))                                       \
	UNARY(name##_double, f64, f64, name##_of(x))

/* The same for two arguments, x and y. */
#define REAL_TWO(name, expr)                                                                       \
	static double name##_of(double x, double y)                                                \
	{                                                                                          \
		return (expr);                                                                     \
	}                                                                                          \
	REAL_TWO_KERNEL(name##_int, name##_of, i32)                                                \
	REAL_TWO_KERNEL(name##_bigint, name##_of, i64)                                             \
	REAL_TWO_KERNEL(name##_double, name##_of, f64)

#define REAL_TWO_KERNEL(kernel, fn, in)                                                            \
	static void kernel(struct eval *eval, const struct func_call *call)                        \
	{                                                                                          \
		(void)eval;                                                                        \
		SEL_EACH(i, call->sel)                                                             \
		call->out->f64[i] =                                                                \
			fn((double)call->args[0]->in[i], (double)call->args[1]->in[i]);            \
	}

#define PI 3.14159265358979323846

/* In the order of Java's older Math, whose last digits the reference's distances have. */
static double to_radians(double degrees)
{
	return degrees / 180.0 * PI;
}

REAL(sqrt, sqrt(x))
/* cbrt of the C library is off by a digit where Java is exact: 27. */
REAL(cbrt, (double)cbrtl((long double)x))
REAL(exp, exp(x))
REAL(ln, log(x))
REAL(sin, sin(x))
REAL(cos, cos(x))
REAL(tan, tan(x))
REAL(cot, 1.0 / tan(x))
REAL(asin, asin(x))
REAL(acos, acos(x))
REAL(atan, atan(x))
REAL(sinh, sinh(x))
REAL(cosh, cosh(x))
REAL(tanh, tanh(x))
REAL(degrees, x * 180.0 / PI)
REAL(radians, to_radians(x))
REAL_TWO(log_base, x <= 0 || x == 1 ? (double)NAN : log(y) / log(x))
REAL_TWO(power, pow(x, y))
REAL_TWO(atan2, atan2(x, y))

/* Math.abs of the smallest integer is itself. */
UNARY(abs_int, i32, i32, (int32_t)(x < 0 ? 0U - (uint32_t)x : (uint32_t)x))
UNARY(abs_bigint, i64, i64, (int64_t)(x < 0 ? 0U - (uint64_t)x : (uint64_t)x))
UNARY(abs_double, f64, f64, fabs(x))
UNARY(same_int, i32, i32, x)
UNARY(same_bigint, i64, i64, x)
UNARY(ceil_double, f64, f64, ceil(x))
UNARY(floor_double, f64, f64, floor(x))
UNARY(sign_int, i32, i32, (x > 0) - (x < 0))
UNARY(sign_bigint, i64, i32, (x > 0) - (x < 0))
UNARY(sign_double, f64, i32, (x > 0) - (x < 0))

/* As Java narrows: NaN is 0, the rest stops at the ends. */
static int64_t to_int64(double x)
{
	if (x != x)
		return 0;
	if (x >= 9223372036854775808.0)
		return INT64_MAX;
	if (x <= -9223372036854775808.0)
		return INT64_MIN;
	return (int64_t)x;
}

/* Half goes up, -1.5 to -1; what is taken off a double to its floor is exact. */
static int64_t round_half_up(double x)
{
	double below = floor(x);
	return to_int64(x - below >= 0.5 ? below + 1 : below);
}

UNARY(widen_int, i32, i64, x)
UNARY(round_double, f64, i64, round_half_up(x))
UNARY(trunc_double, f64, i64, to_int64(x))

static void pi(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	call->out->f64[i] = PI;
}

/* splitmix64, whose upper 53 bits make a double in [0, 1). */
static double next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	z ^= z >> 31;
	return (double)(z >> 11) * 0x1.0p-53;
}

static void random_number(struct eval *eval, const struct func_call *call)
{
	assert(eval->random != NULL);
	SEL_EACH(i, call->sel)
	call->out->f64[i] = next_random(eval->random);
}

/* GREATEST and LEAST keep the first of equals; `cmp` compares the items a and b. */
#define EXTREME(kernel, field, sign, cmp)                                                          \
	static void kernel(struct eval *eval, const struct func_call *call)                        \
	{                                                                                          \
		(void)eval;                                                                        \
		SEL_EACH(i, call->sel)                                                             \
		{                                                                                  \
			uint32_t best = call->nargs;                                               \
			for (uint32_t k = 0; k < call->nargs; k++) {                               \
				if (column_is_null(call->args[k], i))                              \
					continue;                                                  \
				if (best == call->nargs) {                                         \
					best = k;                                                  \
					continue;                                                  \
				}                                                                  \
				__typeof__(call->out->field[0]) a = call->args[k]->field[i];       \
				__typeof__(a) b = call->args[best]->field[i];                      \
				if (sign * (cmp) > 0)                                              \
					best = k;                                                  \
			}                                                                          \
			if (best == call->nargs)                                                   \
				column_set_null(call->out, i);                                     \
			else                                                                       \
				call->out->field[i] = call->args[best]->field[i];                  \
		}                                                                                  \
	}

#define EXTREMES(type, field, cmp)                                                                 \
	EXTREME(greatest_##type, field, 1, cmp)                                                    \
	EXTREME(least_##type, field, -1, cmp)

EXTREMES(i32, i32, (a > b) - (a < b))
EXTREMES(i64, i64, (a > b) - (a < b))
EXTREMES(f64, f64, value_cmp_f64(a, b))
EXTREMES(text, bytes, value_cmp_text(a, b))
EXTREMES(bytes, bytes, value_cmp_bytes(a, b))

/* --- DECIMAL --- */

static struct decimal decimal_item(const struct column *column, uint32_t i)
{
	return (struct decimal){ column->decimal[i], column->type->scale };
}

static void abs_decimal(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	call->out->decimal[i] = decimal_abs(decimal_item(call->args[0], i)).unscaled;
}

/* Rounds at `places` digits behind the point, and brings the result to the column's scale. */
static void put_rounded(struct eval *eval, struct column *out, uint32_t row, struct decimal number,
			int32_t places, enum decimal_rounding rounding)
{
	struct decimal result = number;
	struct err err;
	if ((places < number.scale &&
	     decimal_rescale(number, places, rounding, &result, &err) != 0) ||
	    decimal_rescale(result, out->type->scale, rounding, &result, &err) != 0)
		eval_fail(eval, row, "%s", err.text);
	else
		out->decimal[row] = result.unscaled;
}

/* Half goes up: away from zero above it, towards zero below. */
static enum decimal_rounding half_up(struct decimal number)
{
	return number.unscaled > 0 ? ROUND_HALF_UP : ROUND_HALF_DOWN;
}

#define ROUNDING(kernel, places, rounding)                                                         \
	static void kernel(struct eval *eval, const struct func_call *call)                        \
	{                                                                                          \
		SEL_EACH(i, call->sel)                                                             \
		{                                                                                  \
			struct decimal number = decimal_item(call->args[0], i);                    \
			put_rounded(eval, call->out, i, number, (places), (rounding));             \
		}                                                                                  \
	}

/* More places than a DECIMAL has, either way, change nothing more. */
static int32_t places_of(const struct func_call *call, uint32_t row)
{
	int32_t places = call->args[1]->i32[row];
	return MAX(MIN(places, DECIMAL_SCALE_MAX), -DECIMAL_SCALE_MAX);
}

ROUNDING(ceil_decimal, 0, ROUND_CEILING)
ROUNDING(floor_decimal, 0, ROUND_FLOOR)
ROUNDING(round_decimal, 0, half_up(number))
ROUNDING(trunc_decimal, 0, ROUND_DOWN)
ROUNDING(round_decimal_places, places_of(call, i), half_up(number))
ROUNDING(trunc_decimal_places, places_of(call, i), ROUND_DOWN)

/* A double is rounded by the digits that it shows. */
static void round_digits(struct eval *eval, const struct func_call *call, bool cut)
{
	SEL_EACH(i, call->sel)
	{
		double x = call->args[0]->f64[i];
		int32_t places = places_of(call, i);
		struct decimal number;
		struct err err;
		call->out->f64[i] = x;
		if (!isfinite(x)) {
			eval_fail(eval, i, "Infinite or NaN");
			continue;
		}
		if (decimal_from_double(x, &number, &err) != 0 || places >= number.scale)
			continue; /* too large to have digits there, or has none */
		enum decimal_rounding rounding = cut ? ROUND_DOWN : half_up(number);
		if (decimal_rescale(number, places, rounding, &number, &err) != 0)
			eval_fail(eval, i, "%s", err.text);
		else
			call->out->f64[i] = decimal_to_double(number);
	}
}

static void round_double_places(struct eval *eval, const struct func_call *call)
{
	round_digits(eval, call, false);
}

static void trunc_double_places(struct eval *eval, const struct func_call *call)
{
	round_digits(eval, call, true);
}

static const struct type *whole_decimal(struct arena *arena, const struct type *const *args,
					uint32_t nargs)
{
	assert(nargs >= 1);
	return type_decimal(arena, MAX(args[0]->precision - args[0]->scale, 1), 0);
}

static const struct type *widest_decimal(struct arena *arena, const struct type *const *args,
					 uint32_t nargs)
{
	const struct type *widest = TYPE_OF(TYPE_NULL);
	for (uint32_t i = 0; i < nargs; i++) {
		if (args[i]->kind != TYPE_DECIMAL)
			continue; /* the literal NULL */
		widest = widest->kind == TYPE_NULL ? args[i]
						   : type_widest_number(arena, widest, args[i]);
	}
	return widest;
}

static void extreme_decimal(struct eval *eval, const struct func_call *call, int sign)
{
	SEL_EACH(i, call->sel)
	{
		struct decimal best = { 0, 0 };
		bool any = false;
		for (uint32_t k = 0; k < call->nargs; k++) {
			if (column_is_null(call->args[k], i))
				continue;
			struct decimal number = decimal_item(call->args[k], i);
			if (!any || sign * decimal_compare(number, best) > 0)
				best = number;
			any = true;
		}
		if (any)
			put_rounded(eval, call->out, i, best, best.scale, ROUND_UNNECESSARY);
		else
			column_set_null(call->out, i);
	}
}

static void greatest_decimal(struct eval *eval, const struct func_call *call)
{
	extreme_decimal(eval, call, 1);
}

static void least_decimal(struct eval *eval, const struct func_call *call)
{
	extreme_decimal(eval, call, -1);
}

/* The distance along a great circle, by haversines. */
static double haversine(double lat1, double lon1, double lat2, double lon2, double radius)
{
	double dlat = sin(to_radians(lat2 - lat1) / 2);
	double dlon = sin(to_radians(lon2 - lon1) / 2);
	double a = dlat * dlat + dlon * dlon * cos(to_radians(lat1)) * cos(to_radians(lat2));
	return radius * 2 * asin(sqrt(a));
}

#define EARTH_RADIUS_KM 6371.0
#define EARTH_RADIUS_MILES 3959.0

/* The earth's radius in the unit that a word begins with; 0: neither kilometres nor miles. */
static double radius_of(struct slice unit)
{
	struct slice first = slice_sub(unit, 0, 2);
	if (slice_eq_nocase(first, SLICE("KM")))
		return EARTH_RADIUS_KM;
	if (slice_eq_nocase(first, SLICE("MI")))
		return EARTH_RADIUS_MILES;
	return 0;
}

static void geo_distance(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		double lat1 = call->args[0]->f64[i], lon1 = call->args[1]->f64[i];
		double lat2 = call->args[2]->f64[i], lon2 = call->args[3]->f64[i];
		bool unit = call->nargs > 4 && !column_is_null(call->args[4], i);
		double radius = unit ? radius_of(call->args[4]->bytes[i]) : EARTH_RADIUS_KM;
		if (!(fabs(lat1) <= 90 && fabs(lat2) <= 90))
			eval_fail(eval, i,
				  "valid latitude values for GeoDistance function are in the range "
				  "of -90 to 90 decimal degrees");
		else if (!(fabs(lon1) <= 180 && fabs(lon2) <= 180))
			eval_fail(eval, i,
				  "valid longitude values for GeoDistance function are in the "
				  "range of -180 to +180 decimal degrees");
		else if (radius == 0)
			eval_fail(eval, i,
				  "GeoDistance function units parameter must be one of MI or KM");
		else
			call->out->f64[i] = haversine(lat1, lon1, lat2, lon2, radius);
	}
}

/* Whether the row's bytes are `len` of them in an order that there is; else it fails. */
static bool bytes_fit(struct eval *eval, const struct func_call *call, uint32_t row, size_t len,
		      bool *ret_little)
{
	struct slice order = call->nargs > 1 ? call->args[1]->bytes[row] : SLICE("BIG_ENDIAN");
	bool little = slice_eq_nocase(order, SLICE("LITTLE_ENDIAN"));
	if (!little && !slice_eq_nocase(order, SLICE("BIG_ENDIAN"))) {
		eval_fail(eval, row, "Byte order must be BIG_ENDIAN or LITTLE_ENDIAN");
		return false;
	}
	size_t got = call->args[0]->bytes[row].len;
	if (got != len) {
		eval_fail(eval, row, "Number of bytes must be equal to %zu, but found %zu bytes",
			  len, got);
		return false;
	}
	*ret_little = little;
	return true;
}

static void int_from_bytes(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		bool little;
		if (!bytes_fit(eval, call, i, 4, &little))
			continue;
		const uint8_t *from = call->args[0]->bytes[i].data;
		call->out->i32[i] = (int32_t)(little ? load_le32(from) : load_be32(from));
	}
}

static void bigint_from_bytes(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		bool little;
		if (!bytes_fit(eval, call, i, 8, &little))
			continue;
		const uint8_t *from = call->args[0]->bytes[i].data;
		call->out->i64[i] = (int64_t)(little ? load_le64(from) : load_be64(from));
	}
}

static void double_from_bytes(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		bool little;
		if (!bytes_fit(eval, call, i, 8, &little))
			continue;
		const uint8_t *from = call->args[0]->bytes[i].data;
		uint64_t bits = little ? load_le64(from) : load_be64(from);
		memcpy(&call->out->f64[i], &bits, sizeof(bits));
	}
}

/* clang-format off */
#define REALS(name_, help_, id)                                                                    \
	{ .name = name_, .category = "MATHEMATICAL", .help = help_, .variants = {                 \
		{ .signature = "(INT value) DOUBLE", .kernel = id##_int },                        \
		{ .signature = "(BIGINT value) DOUBLE", .kernel = id##_bigint },                  \
		{ .signature = "(DOUBLE value) DOUBLE", .kernel = id##_double } } }
#define EXTREME_VARIANT(type, id)                                                                  \
	{ .signature = "(" type " col1, " type "... cols) " type, .kernel = id,                    \
	  .flags = FUNC_SEES_NULLS }
#define EXTREME_DEF(id, help_)                                                                     \
	{ .name = #id, .category = "MATHEMATICAL", .help = help_, .variants = {                   \
		EXTREME_VARIANT("INT", id##_i32), EXTREME_VARIANT("BIGINT", id##_i64),            \
		EXTREME_VARIANT("DOUBLE", id##_f64), EXTREME_VARIANT("STRING", id##_text),        \
		{ .signature = "(DECIMAL col1, DECIMAL... cols) DECIMAL", .kernel = id##_decimal, \
		  .flags = FUNC_SEES_NULLS, .result = widest_decimal },                           \
		EXTREME_VARIANT("BYTES", id##_bytes), EXTREME_VARIANT("DATE", id##_i32),          \
		EXTREME_VARIANT("TIME", id##_i32), EXTREME_VARIANT("TIMESTAMP", id##_i64) } }
#define FROM_BYTES(id, type, what)                                                                 \
	{ .name = #id, .category = "CONVERSIONS", .help = "Reads " what " from its bytes.",       \
	  .variants = { { .signature = "(BYTES value) " type, .kernel = id },                     \
			{ .signature = "(BYTES value, STRING byteOrder) " type, .kernel = id } } }

const struct func_def func_math[] = {
	{ .name = "Abs", .category = "MATHEMATICAL", .help = "The distance of a number from zero.",
	  .variants = {
		{ .signature = "(INT val) INT", .kernel = abs_int },
		{ .signature = "(BIGINT val) BIGINT", .kernel = abs_bigint },
		{ .signature = "(DOUBLE val) DOUBLE", .kernel = abs_double },
		{ .signature = "(DECIMAL val) DECIMAL", .kernel = abs_decimal } } },
	{ .name = "Ceil", .category = "MATHEMATICAL", .help = "The next whole number at or above.",
	  .variants = {
		{ .signature = "(INT val) INT", .kernel = same_int },
		{ .signature = "(BIGINT val) BIGINT", .kernel = same_bigint },
		{ .signature = "(DOUBLE val) DOUBLE", .kernel = ceil_double },
		{ .signature = "(DECIMAL val) DECIMAL", .kernel = ceil_decimal } } },
	{ .name = "Floor", .category = "MATHEMATICAL", .help = "The next whole number at or below.",
	  .variants = {
		{ .signature = "(INT val) INT", .kernel = same_int },
		{ .signature = "(BIGINT val) BIGINT", .kernel = same_bigint },
		{ .signature = "(DOUBLE val) DOUBLE", .kernel = floor_double },
		{ .signature = "(DECIMAL val) DECIMAL", .kernel = floor_decimal } } },
	{ .name = "Round", .category = "MATHEMATICAL",
	  .help = "The nearest number with so many decimal places (none unless said); "
		  "half goes up.",
	  .variants = {
		{ .signature = "(INT val!) BIGINT", .kernel = widen_int },
		{ .signature = "(BIGINT val!) BIGINT", .kernel = same_bigint },
		{ .signature = "(DOUBLE val) BIGINT", .kernel = round_double },
		{ .signature = "(DOUBLE val, INT decimalPlaces) DOUBLE",
		  .kernel = round_double_places },
		{ .signature = "(DECIMAL val) DECIMAL",
		  .kernel = round_decimal, .result = whole_decimal },
		{ .signature = "(DECIMAL val, INT decimalPlaces) DECIMAL",
		  .kernel = round_decimal_places } } },
	{ .name = "Trunc", .category = "MATHEMATICAL",
	  .help = "The number with so many decimal places (none unless said), cut towards zero.",
	  .variants = {
		{ .signature = "(INT val!) BIGINT", .kernel = widen_int },
		{ .signature = "(BIGINT val!) BIGINT", .kernel = same_bigint },
		{ .signature = "(DOUBLE val) BIGINT", .kernel = trunc_double },
		{ .signature = "(DOUBLE val, INT decimalPlaces) DOUBLE",
		  .kernel = trunc_double_places },
		{ .signature = "(DECIMAL val) DECIMAL",
		  .kernel = trunc_decimal, .result = whole_decimal },
		{ .signature = "(DECIMAL val, INT decimalPlaces) DECIMAL",
		  .kernel = trunc_decimal_places } } },
	{ .name = "Sign", .category = "MATHEMATICAL", .help = "-1, 0 or 1: the sign of a number.",
	  .variants = {
		{ .signature = "(INT value) INT", .kernel = sign_int },
		{ .signature = "(BIGINT value) INT", .kernel = sign_bigint },
		{ .signature = "(DOUBLE value) INT", .kernel = sign_double } } },
	REALS("Sqrt", "The square root.", sqrt),
	REALS("cbrt", "The cube root.", cbrt),
	REALS("Exp", "Euler's number to the power of the value.", exp),
	REALS("Ln", "The natural logarithm.", ln),
	{ .name = "log", .category = "MATHEMATICAL",
	  .help = "The logarithm to a base; without one, the natural logarithm.",
	  .variants = {
		{ .signature = "(INT value) DOUBLE", .kernel = ln_int },
		{ .signature = "(BIGINT value) DOUBLE", .kernel = ln_bigint },
		{ .signature = "(DOUBLE value) DOUBLE", .kernel = ln_double },
		{ .signature = "(INT base, INT value) DOUBLE", .kernel = log_base_int },
		{ .signature = "(BIGINT base, BIGINT value) DOUBLE", .kernel = log_base_bigint },
		{ .signature = "(DOUBLE base, DOUBLE value) DOUBLE",
		  .kernel = log_base_double } } },
	{ .name = "power", .category = "MATHEMATICAL",
	  .help = "The base to the power of the exponent.",
	  .variants = {
		{ .signature = "(INT base, INT exponent) DOUBLE", .kernel = power_int },
		{ .signature = "(BIGINT base, BIGINT exponent) DOUBLE", .kernel = power_bigint },
		{ .signature = "(DOUBLE base, DOUBLE exponent) DOUBLE",
		  .kernel = power_double } } },
	{ .name = "atan2", .category = "MATHEMATICAL",
	  .help = "The angle in radians of the point (x, y); y comes first.",
	  .variants = {
		{ .signature = "(INT y, INT x) DOUBLE", .kernel = atan2_int },
		{ .signature = "(BIGINT y, BIGINT x) DOUBLE", .kernel = atan2_bigint },
		{ .signature = "(DOUBLE y, DOUBLE x) DOUBLE", .kernel = atan2_double } } },
	REALS("sin", "The sine of an angle in radians.", sin),
	REALS("cos", "The cosine of an angle in radians.", cos),
	REALS("tan", "The tangent of an angle in radians.", tan),
	REALS("cot", "The cotangent of an angle in radians.", cot),
	REALS("asin", "The angle in radians with this sine.", asin),
	REALS("acos", "The angle in radians with this cosine.", acos),
	REALS("atan", "The angle in radians with this tangent.", atan),
	REALS("sinh", "The hyperbolic sine.", sinh),
	REALS("cosh", "The hyperbolic cosine.", cosh),
	REALS("tanh", "The hyperbolic tangent.", tanh),
	REALS("degrees", "Radians as degrees.", degrees),
	REALS("radians", "Degrees as radians.", radians),
	{ .name = "pi", .category = "MATHEMATICAL", .help = "The number pi.",
	  .variants = { { .signature = "() DOUBLE", .kernel = pi } } },
	{ .name = "Random", .category = "MATHEMATICAL",
	  .help = "A random number from 0 to below 1.",
	  .variants = { { .signature = "() DOUBLE", .kernel = random_number,
			  .flags = FUNC_IMPURE } } },
	EXTREME_DEF(greatest, "The greatest of the values that are not NULL."),
	EXTREME_DEF(least, "The least of the values that are not NULL."),
	{ .name = "geo_distance", .category = "MATHEMATICAL",
	  .help = "The distance between two places on earth along a great circle, in "
		  "kilometres or miles.",
	  .variants = {
		{ .signature = "(DOUBLE lat1!, DOUBLE lon1!, DOUBLE lat2!, DOUBLE lon2!) DOUBLE",
		  .kernel = geo_distance },
		{ .signature = "(DOUBLE lat1!, DOUBLE lon1!, DOUBLE lat2!, DOUBLE lon2!, "
			       "STRING units) DOUBLE",
		  .kernel = geo_distance, .flags = FUNC_SEES_NULLS } } },
	FROM_BYTES(int_from_bytes, "INT", "an INT"),
	FROM_BYTES(bigint_from_bytes, "BIGINT", "a BIGINT"),
	FROM_BYTES(double_from_bytes, "DOUBLE", "a DOUBLE"),
	{ .name = NULL },
};
/* clang-format on */
