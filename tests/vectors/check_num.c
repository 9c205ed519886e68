/* Doubles and whole numbers against Java's and Python's. A double's bits are 16 hex digits. */
#include "base/num.h"
#include "tests/vectors/vectors.h"

static double double_of_hex(struct slice hex)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < hex.len; i++) {
		uint8_t c = hex.data[i];
		bits = bits << 4 | (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void run_print(const struct slice *fields, struct buf *got)
{
	num_append_double(got, double_of_hex(fields[0]));
}

static void run_parse(const struct slice *fields, struct buf *got)
{
	double value;
	if (num_parse_double(fields[0], &value, NULL) != 0) {
		buf_append_u8(got, '!');
		return;
	}
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	buf_printf(got, "%016llx", (unsigned long long)bits);
}

static void run_i64(const struct slice *fields, struct buf *got)
{
	int64_t value;
	if (num_parse_i64(fields[0], &value, NULL) == 0)
		num_append_i64(got, value);
	else
		buf_append_u8(got, '!');
}

static void run_i32(const struct slice *fields, struct buf *got)
{
	int32_t value;
	if (num_parse_i32(fields[0], &value, NULL) == 0)
		num_append_i64(got, value);
	else
		buf_append_u8(got, '!');
}

int main(int argc, char **argv)
{
	static const struct vector_op ops[] = {
		{ "print", 1, run_print },
		{ "parse", 1, run_parse },
		{ "i64", 1, run_i64 },
		{ "i32", 1, run_i32 },
	};
	return vectors_main(argc, argv, ops, COUNT_OF(ops));
}
