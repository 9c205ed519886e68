#include "tests/ksql/cases.h"

static struct slice replaced(struct arena *arena, struct slice text, struct slice from,
			     struct slice to)
{
	struct buf out = BUF_INIT(BUF_TEXT_BYTES_MAX);
	size_t at = 0;
	for (;;) {
		size_t next = slice_find(text, from, at);
		buf_append(&out, slice_sub(text, at, next - at));
		if (next == SIZE_MAX)
			break;
		buf_append(&out, to);
		at = next + from.len;
	}
	struct slice copy = arena_copy(arena, buf_slice(&out));
	buf_fini(&out);
	return copy;
}

static void add_properties(struct test_case *test, struct buf *name)
{
	json_each(property, json_get(test->json, "properties"))
	{
		struct slice value = json_text_or(property, SLICE_EMPTY);
		if (property->kind == JSON_TRUE)
			value = SLICE("true");
		else if (property->kind == JSON_FALSE)
			value = SLICE("false");
		bool filled = slice_find(value, SLICE("{CONFIG}"), 0) != SIZE_MAX;
		value = replaced(test->arena, value, SLICE("{CONFIG}"), test->config);
		map_put(&test->properties, property->name, arena_str(test->arena, value));
		if (filled)
			buf_printf(name, " - %.*s=%.*s", SLICE_ARGS(property->name),
				   SLICE_ARGS(value));
	}
}

static void visit_one(const char *file, const struct json_value *json, struct slice format,
		      struct slice config, struct arena *arena, case_visit *visit, void *arg)
{
	struct test_case test = {
		.json = json, .format = format, .config = config, .arena = arena
	};
	struct buf name = BUF_INIT(BUF_TEXT_BYTES_MAX);
	map_init(&test.properties);
	buf_printf(&name, "%s - %.*s", file,
		   SLICE_ARGS(json_text_or(json_get(json, "name"), SLICE("?"))));
	if (format.len > 0)
		buf_printf(&name, " - %.*s", SLICE_ARGS(format));
	add_properties(&test, &name);
	json_each(statement, json_get(json, "statements"))
		vec_push(&test.statements, replaced(arena, json_text_or(statement, SLICE_EMPTY),
						    SLICE("{FORMAT}"), format));
	test.name = arena_str(arena, buf_slice(&name));
	visit(arg, &test);
	buf_fini(&name);
	vec_fini(&test.statements);
	map_fini(&test.properties);
}

fallible cases_each(const char *file, struct slice text, case_visit *visit, void *arg,
		    struct err *err)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	const struct json_value *root;
	TRY(json_parse(&arena, text, JSON_COMMENTS, &root, err));
	json_each(json, json_get(root, "tests"))
	{
		if (!json_bool_or(json_get(json, "enabled"), true))
			continue;
		const struct json_value *formats = json_get(json, "format");
		const struct json_value *configs = json_get(json, "config");
		const struct json_value *format = json_first(formats);
		do {
			const struct json_value *config = json_first(configs);
			do {
				visit_one(file, json, json_text_or(format, SLICE_EMPTY),
					  json_text_or(config, SLICE_EMPTY), &arena, visit, arg);
				config = config != NULL ? config->next : NULL;
			} while (config != NULL);
			format = format != NULL ? format->next : NULL;
		} while (format != NULL);
	}
	return 0;
}

/* A format's name as a value in a statement: 'AVRO', "avro". */
static bool mentions(struct slice statement, const char *format)
{
	size_t len = strlen(format);
	for (size_t i = 0; i + len + 2 <= statement.len; i++) {
		uint8_t open = statement.data[i], close = statement.data[i + len + 1];
		if (open == '\'' && close == '\'' &&
		    slice_eq_nocase(slice_sub(statement, i + 1, len), slice_str(format)))
			return true;
	}
	return false;
}

const char *case_skip_reason(const struct test_case *test)
{
	static const char *const FORMATS[] = { "AVRO", "PROTOBUF", "JSON_SR", "PROTOBUF_NOSR" };
	for (uint32_t s = 0; s < test->statements.len; s++) {
		for (size_t f = 0; f < COUNT_OF(FORMATS); f++) {
			if (mentions(test->statements.items[s], FORMATS[f]))
				return "its format needs the schema registry";
		}
	}
	map_each (property, &test->properties) {
		for (size_t f = 0; f < COUNT_OF(FORMATS); f++) {
			if (strcmp(property->value, FORMATS[f]) == 0)
				return "its format needs the schema registry";
		}
	}
	return NULL;
}
