/* JSON against Python's json. Texts are hexadecimal, because any byte may be in them. */
#include "base/base64.h"
#include "base/json_writer.h"
#include "tests/vectors/vectors.h"

#define TEXT_BYTES_MAX ((size_t)1024 * 1024)

static void run_parse(const struct slice *fields, struct buf *got)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct buf bytes = BUF_INIT(TEXT_BYTES_MAX), text = BUF_INIT(TEXT_BYTES_MAX);
	const struct json_value *tree;
	int code = hex_decode(fields[0], &bytes, NULL);
	assert(code == 0);
	if (json_parse(&arena, buf_slice(&bytes), JSON_STRICT, &tree, NULL) != 0) {
		buf_append_u8(got, '!');
	} else {
		struct json_writer writer;
		json_writer_init(&writer, &text, JSON_COMPACT);
		json_write(&writer, tree);
		hex_encode(buf_slice(&text), got);
	}
	buf_fini(&bytes);
	buf_fini(&text);
}

int main(int argc, char **argv)
{
	static const struct vector_op OPS[] = { { "parse", 1, run_parse } };
	return vectors_main(argc, argv, OPS, COUNT_OF(OPS));
}
