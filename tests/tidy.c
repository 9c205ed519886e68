/*
 * usage: tidy [--draft] ROOT
 * Prints every breach of the tree's rules (tests/lib/tidy.h); fails if there is one.
 */
#include "tests/lib/tidy.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct buf report = BUF_INIT(BUF_TEXT_BYTES_MAX);
	uint32_t files = 0;
	bool draft = argc == 3 && strcmp(argv[1], "--draft") == 0;
	if (argc != 2 && !draft) {
		fprintf(stderr, "usage: tidy [--draft] ROOT\n");
		return 2;
	}
	uint32_t breaches = tidy_check(argv[argc - 1], draft, &report, &files);
	if (report.len > 0)
		fwrite(report.data, 1, report.len, stdout);
	printf("tidy: %u files, %u breaches\n", files, breaches);
	buf_fini(&report);
	return breaches == 0 && files > 0 ? 0 : 1;
}
