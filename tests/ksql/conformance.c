/*
 * Runs query-validation cases: statements, records in, records out, expected errors.
 *
 *     conformance PATH...     directories or files of cases
 *
 * Prints PASS, FAIL or SKIP and the case's name, a line each, and closes with the counts. Each case
 * runs in a process of its own, so that one that crashes or hangs is one that fails.
 */
#define WEIR_ALLOW_BANNED
#include "tests/ksql/cases.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE_SECONDS_MAX 20
#define FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

struct counts {
	unsigned passed, failed, skipped;
};

static bool read_file(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return false;
	buf_init(text, FILE_BYTES_MAX);
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

/* In the child: runs the case, writes why it failed (nothing: it passed), ends. */
NORETURN static void run_child(const struct test_case *test, int to)
{
	struct err err = ERR_INIT;
	alarm(CASE_SECONDS_MAX);
	int code = case_run(test, &err);
	if (code != 0 && write(to, err.text, strlen(err.text)) < 0)
		_exit(2);
	_exit(code != 0 ? 1 : 0);
}

static void run_case(void *arg, const struct test_case *test)
{
	struct counts *counts = arg;
	const char *skip = case_skip_reason(test);
	if (skip != NULL) {
		printf("SKIP %s: %s\n", test->name, skip);
		counts->skipped++;
		return;
	}
	int ends[2];
	if (pipe(ends) != 0) {
		perror("pipe");
		exit(2);
	}
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		run_child(test, ends[1]);
	}
	close(ends[1]);
	char why[ERR_TEXT_MAX];
	size_t len = 0;
	ssize_t n;
	while (len < sizeof(why) - 1 && (n = read(ends[0], why + len, sizeof(why) - 1 - len)) > 0)
		len += (size_t)n;
	why[len] = '\0';
	close(ends[0]);
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		printf("PASS %s\n", test->name);
		counts->passed++;
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (why[i] == '\n')
			why[i] = ' ';
	}
	if (WIFSIGNALED(status))
		printf("FAIL %s: ended by signal %d\n", test->name, WTERMSIG(status));
	else
		printf("FAIL %s: %s\n", test->name, why);
	counts->failed++;
}

static void run_file(const char *path, struct counts *counts)
{
	struct buf text = { 0 };
	struct err err;
	if (!read_file(path, &text)) {
		printf("FAIL %s: cannot be read\n", path);
		counts->failed++;
		return;
	}
	const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	char stem[256];
	snprintf(stem, sizeof(stem), "%.*s", (int)MIN(strcspn(base, "."), sizeof(stem) - 1), base);
	if (cases_each(stem, buf_slice(&text), run_case, counts, &err) != 0) {
		printf("FAIL %s: %s\n", path, err.text);
		counts->failed++;
	}
	buf_fini(&text);
}

static int is_json(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

static void run_path(const char *path, struct counts *counts)
{
	struct stat stat_of;
	if (stat(path, &stat_of) != 0 || !S_ISDIR(stat_of.st_mode)) {
		run_file(path, counts);
		return;
	}
	struct dirent **names;
	int n = scandir(path, &names, is_json, alphasort);
	for (int i = 0; i < n; i++) {
		char file[4096];
		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		run_file(file, counts);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int main(int argc, char **argv)
{
	struct counts counts = { 0 };
	if (argc < 2) {
		fprintf(stderr, "usage: conformance PATH...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		run_path(argv[i], &counts);
	printf("%u passed, %u failed, %u skipped\n", counts.passed, counts.failed, counts.skipped);
	return counts.failed > 0 ? 1 : 0;
}
