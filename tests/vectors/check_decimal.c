/* Decimals against Python's decimal and Java's BigDecimal. Numbers are texts as toString has them.
 */
#include "base/decimal.h"
#include "base/num.h"
#include "tests/vectors/vectors.h"

static const char *const roundings[] = {
	"UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "UNNECESSARY",
};

static enum decimal_rounding rounding_of(struct slice name)
{
	for (size_t i = 0; i < COUNT_OF(roundings); i++) {
		if (slice_eq_str(name, roundings[i]))
			return (enum decimal_rounding)i;
	}
	UNREACHABLE("the vectors know the eight roundings");
}

static struct decimal decimal_of(struct slice text)
{
	struct decimal value;
	int code = decimal_parse(text, &value, NULL);
	assert(code == 0);
	return value;
}

static int32_t int_of(struct slice text)
{
	int32_t value;
	int code = num_parse_i32(text, &value, NULL);
	assert(code == 0);
	return value;
}

static double double_of(struct slice text)
{
	double value;
	int code = num_parse_double(text, &value, NULL);
	assert(code == 0);
	return value;
}

static void tell(struct buf *got, int code, struct decimal value)
{
	if (code == 0)
		decimal_append(got, value);
	else
		buf_append_u8(got, '!');
}

static void run_add(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_add(decimal_of(f[0]), decimal_of(f[1]), &r, NULL);
	tell(got, code, r);
}

static void run_sub(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_sub(decimal_of(f[0]), decimal_of(f[1]), &r, NULL);
	tell(got, code, r);
}

static void run_mod(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_mod(decimal_of(f[0]), decimal_of(f[1]), &r, NULL);
	tell(got, code, r);
}

static void run_mul(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_mul(decimal_of(f[0]), decimal_of(f[1]), int_of(f[2]), rounding_of(f[3]),
			       &r, NULL);
	tell(got, code, r);
}

static void run_div(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_div(decimal_of(f[0]), decimal_of(f[1]), int_of(f[2]), rounding_of(f[3]),
			       &r, NULL);
	tell(got, code, r);
}

static void run_compare(const struct slice *f, struct buf *got)
{
	num_append_i64(got, decimal_compare(decimal_of(f[0]), decimal_of(f[1])));
}

static void run_rescale(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_rescale(decimal_of(f[0]), int_of(f[1]), rounding_of(f[2]), &r, NULL);
	tell(got, code, r);
}

/* text, precision, scale, rounding */
static void run_parse_as(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0, int_of(f[2]) };
	int code = decimal_parse_as(f[0], int_of(f[1]), int_of(f[2]), rounding_of(f[3]),
				    &r.unscaled, NULL);
	tell(got, code, r);
}

static void run_parse(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_parse(f[0], &r, NULL);
	tell(got, code, r);
}

static void run_plain(const struct slice *f, struct buf *got)
{
	decimal_append_plain(got, decimal_of(f[0]));
}

static void run_from_double(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_from_double(double_of(f[0]), &r, NULL);
	tell(got, code, r);
}

static void run_from_double_exact(const struct slice *f, struct buf *got)
{
	struct decimal r = { 0 };
	int code = decimal_from_double_exact(double_of(f[0]), int_of(f[1]), rounding_of(f[2]), &r,
					     NULL);
	tell(got, code, r);
}

static void run_to_double(const struct slice *f, struct buf *got)
{
	num_append_double(got, decimal_to_double(decimal_of(f[0])));
}

static void run_to_long(const struct slice *f, struct buf *got)
{
	num_append_i64(got, decimal_to_i64_wrapped(decimal_of(f[0])));
}

int main(int argc, char **argv)
{
	static const struct vector_op ops[] = {
		{ "parse", 1, run_parse },
		{ "parse_as", 4, run_parse_as },
		{ "plain", 1, run_plain },
		{ "add", 2, run_add },
		{ "sub", 2, run_sub },
		{ "mul", 4, run_mul },
		{ "div", 4, run_div },
		{ "mod", 2, run_mod },
		{ "compare", 2, run_compare },
		{ "rescale", 3, run_rescale },
		{ "from_double", 1, run_from_double },
		{ "from_double_exact", 3, run_from_double_exact },
		{ "to_double", 1, run_to_double },
		{ "to_long", 1, run_to_long },
	};
	return vectors_main(argc, argv, ops, COUNT_OF(ops));
}
