/* Text against Java's String. Texts are hexadecimal, because any byte may be in them. */
#include "base/base64.h"
#include "base/num.h"
#include "base/text.h"
#include "tests/vectors/vectors.h"

#define TEXT_BYTES_MAX 4096

static struct slice text_of(struct slice hex, struct buf *bytes)
{
	int code = hex_decode(hex, bytes, NULL);
	assert(code == 0);
	return buf_slice(bytes);
}

/* Runs a function from text to text. */
static void append_result(struct slice hex, struct buf *got, void (*fn)(struct buf *, struct slice))
{
	struct buf bytes = BUF_INIT(TEXT_BYTES_MAX), result = BUF_INIT(TEXT_BYTES_MAX);
	fn(&result, text_of(hex, &bytes));
	hex_encode(buf_slice(&result), got);
	buf_fini(&bytes);
	buf_fini(&result);
}

static void run_upper(const struct slice *fields, struct buf *got)
{
	append_result(fields[0], got, text_append_upper);
}

static void run_lower(const struct slice *fields, struct buf *got)
{
	append_result(fields[0], got, text_append_lower);
}

static void run_repaired(const struct slice *fields, struct buf *got)
{
	append_result(fields[0], got, text_append_repaired);
}

static void run_length(const struct slice *fields, struct buf *got)
{
	struct buf bytes = BUF_INIT(TEXT_BYTES_MAX);
	num_append_u64(got, text_utf16_len(text_of(fields[0], &bytes)));
	buf_fini(&bytes);
}

/* text, from, length */
static void run_sub(const struct slice *fields, struct buf *got)
{
	struct buf bytes = BUF_INIT(TEXT_BYTES_MAX);
	int64_t from, len;
	int code = num_parse_i64(fields[1], &from, NULL);
	assert(code == 0);
	code = num_parse_i64(fields[2], &len, NULL);
	assert(code == 0);
	struct slice text = text_of(fields[0], &bytes);
	hex_encode(text_utf16_sub(text, (size_t)from, (size_t)len), got);
	buf_fini(&bytes);
}

int main(int argc, char **argv)
{
	static const struct vector_op ops[] = {
		{ "upper", 1, run_upper },       { "lower", 1, run_lower },
		{ "repaired", 1, run_repaired }, { "length", 1, run_length },
		{ "sub", 3, run_sub },
	};
	return vectors_main(argc, argv, ops, COUNT_OF(ops));
}
