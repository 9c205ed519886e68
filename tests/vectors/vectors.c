#include "tests/vectors/vectors.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOWN_MAX 20
#define OPS_MAX 64
#define GOT_BYTES_MAX ((size_t)64 * 1024)

struct tally {
	uint64_t lines[OPS_MAX], wrong[OPS_MAX];
	uint64_t wrong_total;
};

static uint32_t split(struct slice line, struct slice fields[VECTOR_FIELDS_MAX])
{
	uint32_t count = 0;
	size_t from = 0;
	while (count < VECTOR_FIELDS_MAX) {
		size_t tab = slice_find_byte(line, '\t', from);
		size_t end = MIN(tab, line.len);
		fields[count++] = slice_sub(line, from, end - from);
		if (tab == SIZE_MAX)
			break;
		from = tab + 1;
	}
	return count;
}

static void check_line(struct slice line, const struct vector_op *ops, size_t op_count,
		       struct tally *tally, struct buf *got)
{
	struct slice fields[VECTOR_FIELDS_MAX];
	uint32_t count = split(line, fields);
	size_t op = 0;
	while (op < op_count && !slice_eq_str(fields[0], ops[op].name))
		op++;
	if (op == op_count || count != ops[op].field_count + 2) {
		fprintf(stderr, "no such vector: %.*s\n", SLICE_ARGS(line));
		tally->wrong_total++;
		return;
	}
	buf_reset(got);
	ops[op].run(fields + 1, got);
	tally->lines[op]++;
	if (!got->overflowed && slice_eq(buf_slice(got), fields[count - 1]))
		return;
	tally->wrong[op]++;
	if (tally->wrong_total++ < SHOWN_MAX)
		fprintf(stderr, "%.*s, got %s\n", SLICE_ARGS(line), buf_str(got));
}

static void check_stream(FILE *file, const struct vector_op *ops, size_t op_count,
			 struct tally *tally)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	struct buf got = BUF_INIT(GOT_BYTES_MAX);
	while ((len = getline(&line, &room, file)) >= 0) {
		if (len > 0 && line[len - 1] == '\n')
			len--;
		if (len > 0 && line[0] != '#')
			check_line(slice_of(line, (size_t)len), ops, op_count, tally, &got);
	}
	free(line);
	buf_fini(&got);
}

int vectors_main(int argc, char **argv, const struct vector_op *ops, size_t op_count)
{
	assert(op_count <= OPS_MAX);
	struct tally tally = { 0 };
	if (argc == 1)
		check_stream(stdin, ops, op_count, &tally);
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");
		if (file == NULL) {
			perror(argv[i]);
			return EXIT_FAILURE;
		}
		check_stream(file, ops, op_count, &tally);
		fclose(file);
	}
	uint64_t lines = 0;
	for (size_t op = 0; op < op_count; op++) {
		if (tally.lines[op] > 0)
			printf("  %-18s %8llu vectors, %llu differ\n", ops[op].name,
			       (unsigned long long)tally.lines[op],
			       (unsigned long long)tally.wrong[op]);
		lines += tally.lines[op];
	}
	return lines > 0 && tally.wrong_total == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
