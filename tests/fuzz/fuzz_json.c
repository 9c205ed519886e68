/* Any bytes: events and tree agree on what is JSON, and what is JSON survives being written. */
#include "base/json_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool walks(struct slice text, unsigned options)
{
	struct json_reader r;
	struct buf scratch = BUF_INIT(1 << 20);
	int code = 0;
	json_init(&r, text, options);
	while (code == 0 && r.event != JSON_END) {
		code = json_next(&r, NULL);
		if (code == 0 && (r.event == JSON_KEY || r.event == JSON_STRING))
			assert(json_text_is(&r, json_text(&r, &scratch)));
		if (code == 0 && r.event == JSON_NUMBER)
			assert(json_is_number(r.raw));
	}
	buf_fini(&scratch);
	return code == 0;
}

static void write_and_read_back(struct arena *arena, const struct json_value *tree)
{
	struct buf once = BUF_INIT(1 << 24), twice = BUF_INIT(1 << 24);
	struct json_writer w;
	json_writer_init(&w, &once, JSON_COMPACT);
	json_write(&w, tree);
	const struct json_value *again = NULL;
	int code = json_parse(arena, buf_slice(&once), JSON_STRICT, &again, NULL);
	assert(code == 0);
	json_writer_init(&w, &twice, JSON_COMPACT);
	json_write(&w, again);
	assert(slice_eq(buf_slice(&once), buf_slice(&twice)));
	buf_fini(&once);
	buf_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct arena arena = { 0 };
	const struct json_value *tree = NULL;
	struct err err = ERR_INIT;
	bool parsed = json_parse(&arena, text, JSON_STRICT, &tree, &err) == 0;
	assert(IMPLIES(!parsed, err.code != ERR_OK && err.line > 0));
	assert(walks(text, JSON_STRICT) == parsed);
	assert(IMPLIES(parsed, walks(text, JSON_COMMENTS)));
	if (parsed)
		write_and_read_back(&arena, tree);
	arena_fini(&arena);
	return 0;
}
