#include "base/trace.h"

#include "tests/lib/test.h"

#include <unistd.h>

static int evaluated;

static int costly(void)
{
	return ++evaluated;
}

static void only_areas_that_are_on_are_told(void **state)
{
	(void)state;
	struct buf lines = BUF_INIT(1000);
	struct trace t = trace_to_buf(&lines, 1u << TRACE_LOG);
	evaluated = 0;
	trace(&t, TRACE_LOG, "segment %d", costly());
	trace(&t, TRACE_SQL, "never %d", costly());
	trace(NULL, TRACE_LOG, "never %d", costly());
	assert_int_equal(evaluated, 1);
	assert_slice(buf_slice(&lines), "log: segment 1\n");
	buf_fini(&lines);
}

static void a_long_line_is_cut(void **state)
{
	(void)state;
	char text[3 * TRACE_LINE_MAX];
	struct buf lines = BUF_INIT(10000);
	struct trace t = trace_to_buf(&lines, UINT32_MAX);
	memset(text, 'x', sizeof(text));
	trace(&t, TRACE_SM, "%.*s", (int)sizeof(text), text);
	assert_int_equal(lines.len, strlen("sm: ") + TRACE_LINE_MAX - 1 + strlen("\n"));
	assert_true(slice_ends_with(buf_slice(&lines), SLICE("xx...\n")));
	buf_fini(&lines);
}

static void areas_are_read_from_names(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	uint32_t areas = 77;
	assert_fails(trace_parse_areas(SLICE("sm,lgo"), &areas, &err), &err, ERR_INVALID,
		     "nothing is traced as 'lgo'; did you mean 'log'?");
	assert_int_equal(areas, 77);
	assert_ok(trace_parse_areas(SLICE("sm, log"), &areas, &err), &err);
	assert_int_equal(areas, 1u << TRACE_SM | 1u << TRACE_LOG);
	assert_ok(trace_parse_areas(SLICE("all"), &areas, &err), &err);
	assert_int_equal(areas, (1u << TRACE_AREA_COUNT) - 1);
	assert_ok(trace_parse_areas(SLICE(""), &areas, &err), &err);
	assert_int_equal(areas, 0);
	for (int i = 0; i < TRACE_AREA_COUNT; i++) {
		const char *name = trace_area_name((enum trace_area)i);
		assert_ok(trace_parse_areas(slice_str(name), &areas, &err), &err);
		assert_int_equal(areas, 1u << i);
		assert_true(strlen(trace_area_help((enum trace_area)i)) > 0);
	}
}

static void a_descriptor_gets_whole_lines(void **state)
{
	(void)state;
	int ends[2];
	char text[100] = { 0 };
	assert_int_equal(pipe(ends), 0);
	struct trace t = trace_to_fd(&ends[1], UINT32_MAX);
	trace(&t, TRACE_HTTP, "GET %s", "/info");
	assert_int_equal(read(ends[0], text, sizeof(text) - 1), 16);
	assert_string_equal(text, "http: GET /info\n");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	RUN_TESTS(TEST(only_areas_that_are_on_are_told), TEST(a_long_line_is_cut),
		  TEST(areas_are_read_from_names), TEST(a_descriptor_gets_whole_lines));
}
