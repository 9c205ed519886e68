/*
 * Runs the cases of one golden file (README.md): each is turned into a case of tests/ksql and run.
 */
#define WEIR_ALLOW_BANNED
#include "base/json_writer.h"
#include "tests/ksql/cases.h"

#include <stdio.h>

#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct golden {
	struct buf sql, inputs, outputs, fails, name;
	struct buf tests; /* the JSON of all cases */
};

static void add_record(struct buf *list, struct slice line)
{
	size_t space = slice_find_byte(line, ' ', 0);
	struct slice topic = slice_sub(line, 0, space);
	struct slice record = slice_trim(slice_sub(line, topic.len, line.len));
	buf_append_str(list, list->len > 0 ? ",{\"topic\":" : "{\"topic\":");
	json_quote(list, topic);
	buf_append_u8(list, ',');
	buf_append(list, slice_sub(record, 1, record.len)); /* behind its opening brace */
}

static void end_case(struct golden *g)
{
	if (g->name.len == 0)
		return;
	buf_append_str(&g->tests, g->tests.len > 0 ? ",{\"name\":" : "{\"name\":");
	json_quote(&g->tests, buf_slice(&g->name));
	buf_append_str(&g->tests, ",\"statements\":[");
	json_quote(&g->tests, buf_slice(&g->sql));
	buf_printf(&g->tests, "],\"inputs\":[%s],\"outputs\":[%s]", buf_str(&g->inputs),
		   buf_str(&g->outputs));
	if (g->fails.len > 0) {
		buf_append_str(&g->tests, ",\"expectedException\":{\"message\":");
		json_quote(&g->tests, buf_slice(&g->fails));
		buf_append_u8(&g->tests, '}');
	}
	buf_append_u8(&g->tests, '}');
	buf_reset(&g->sql);
	buf_reset(&g->inputs);
	buf_reset(&g->outputs);
	buf_reset(&g->fails);
	buf_reset(&g->name);
}

static bool begins(struct slice line, const char *mark, struct slice *ret_rest)
{
	if (!slice_starts_with(line, slice_str(mark)))
		return false;
	*ret_rest = slice_trim(slice_sub(line, strlen(mark), line.len));
	return true;
}

static void read_line(struct golden *g, struct slice line)
{
	struct slice rest;
	if (begins(line, "-- case:", &rest)) {
		end_case(g);
		buf_append(&g->name, rest);
	} else if (begins(line, "-- in ", &rest)) {
		add_record(&g->inputs, rest);
	} else if (begins(line, "-- out ", &rest)) {
		add_record(&g->outputs, rest);
	} else if (begins(line, "-- fails ", &rest)) {
		buf_append(&g->fails, rest);
	} else {
		buf_append(&g->sql, line);
		buf_append_u8(&g->sql, '\n');
	}
}

static bool read_file(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return false;
	for (;;) {
		uint8_t *room = buf_reserve(text, 65536);
		size_t n = room != NULL ? fread(room, 1, 65536, file) : 0;
		if (n == 0)
			break;
		buf_advance(text, n);
	}
	fclose(file);
	return !text->overflowed;
}

struct counts {
	unsigned passed, failed;
};

static void run(void *arg, const struct test_case *test)
{
	struct counts *counts = arg;
	struct err err = ERR_INIT;
	if (case_run(test, &err) == 0) {
		counts->passed++;
		return;
	}
	printf("FAIL %s: %s\n", test->name, err.text);
	counts->failed++;
}

static void fini(struct golden *g)
{
	struct buf *bufs[] = { &g->sql, &g->inputs, &g->outputs, &g->fails, &g->name, &g->tests };
	for (size_t i = 0; i < COUNT_OF(bufs); i++)
		buf_fini(bufs[i]);
}

int main(int argc, char **argv)
{
	struct buf text = BUF_INIT(FILE_BYTES_MAX), json = BUF_INIT(FILE_BYTES_MAX * 2);
	struct golden g = { BUF_INIT(FILE_BYTES_MAX), BUF_INIT(FILE_BYTES_MAX),
			    BUF_INIT(FILE_BYTES_MAX), BUF_INIT(FILE_BYTES_MAX),
			    BUF_INIT(FILE_BYTES_MAX), BUF_INIT(FILE_BYTES_MAX) };
	if (argc != 2 || !read_file(argv[1], &text)) {
		fprintf(stderr, "usage: golden FILE\n");
		return 2;
	}
	struct slice all = buf_slice(&text);
	for (size_t at = 0; at < all.len;) {
		size_t end = MIN(slice_find_byte(all, '\n', at), all.len);
		read_line(&g, slice_sub(all, at, end - at));
		at = end + 1;
	}
	end_case(&g);
	buf_printf(&json, "{\"tests\":[%s]}", buf_str(&g.tests));
	struct counts counts = { 0 };
	struct err err;
	if (cases_each("golden", buf_slice(&json), run, &counts, &err) != 0) {
		printf("FAIL %s: %s\n", argv[1], err.text);
		counts.failed++;
	}
	printf("%u passed, %u failed\n", counts.passed, counts.failed);
	buf_fini(&text);
	buf_fini(&json);
	fini(&g);
	return counts.failed > 0 || counts.passed == 0 ? 1 : 0;
}
