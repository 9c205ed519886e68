/*
 * The driver that fuzz targets get in the tests: bounded, seeded, deterministic.
 *
 *     fuzz_x [--seconds N] [--runs N] FILE-or-FOLDER...
 *
 * It runs every corpus entry and each of its truncations first, then random mutations of them until
 * the time is up: flipped bits, bytes set, cut, doubled, spliced from another entry, numbers
 * changed. Input k of a seed is the same on every machine. On a crash it prints the seed and the
 * number of the input and writes the input to fuzz-crash-<target>.bin, which can be given as a
 * FILE. The same targets link with libFuzzer instead (`make fuzz`) for a search that sees coverage.
 */
#define WEIR_ALLOW_BANNED
#include "tests/lib/test.h"

#include "base/mem.h"
#include "base/vec.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_BYTES_MAX ((size_t)1 << 20)
#define MUTATED_BYTES_MAX ((size_t)64 * 1024)
#define TRUNCATIONS_MAX 4096 /* of one entry; a longer one is cut at this many random places */

struct fuzzer {
	VEC(struct buf) corpus;
	struct rng rng;
	uint64_t seed, runs, runs_max;
	double seconds;
	const char *target;
};

/* What the crash handler needs, which can be passed no argument. */
static struct {
	const uint8_t *data;
	size_t len;
	uint64_t seed, run;
	char path[256];
} crash;

static void write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	while (len > 0) {
		ssize_t n = write(fd, p, len);
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

static void write_number(int fd, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	write_all(fd, digits + at, sizeof(digits) - at);
}

static void tell_crash(void)
{
	static const char SEED[] = "\nfuzz: crashed; WEIR_SEED=", RUN[] = ", input ",
			  SAVED[] = ", saved as ";
	write_all(STDERR_FILENO, SEED, sizeof(SEED) - 1);
	write_number(STDERR_FILENO, crash.seed);
	write_all(STDERR_FILENO, RUN, sizeof(RUN) - 1);
	write_number(STDERR_FILENO, crash.run);
	write_all(STDERR_FILENO, SAVED, sizeof(SAVED) - 1);
	write_all(STDERR_FILENO, crash.path, strlen(crash.path));
	write_all(STDERR_FILENO, "\n", 1);
	int fd = open(crash.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd >= 0)
		write_all(fd, crash.data, crash.len);
}

static void on_abort(int number)
{
	(void)number;
	tell_crash();
	_exit(1);
}

/* The sanitizers call this hook before they end the process, and raise no signal. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static double now_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Runs one input from a block of exactly its size, so that one byte too far is seen. */
static void run_one(struct fuzzer *f, struct slice input)
{
	uint8_t *copy = malloc(input.len > 0 ? input.len : 1);
	if (copy == NULL)
		abort();
	if (input.len > 0)
		memcpy(copy, input.data, input.len);
	crash.data = copy;
	crash.len = input.len;
	crash.run = f->runs++;
	LLVMFuzzerTestOneInput(copy, input.len);
	free(copy);
}

/* ---- the corpus ---- */

static void load_file(struct fuzzer *f, const char *path)
{
	FILE *file = fopen(path, "rbe");
	if (file == NULL) {
		fprintf(stderr, "fuzz: cannot open %s\n", path);
		exit(2);
	}
	struct buf *entry = vec_add(&f->corpus);
	buf_init(entry, INPUT_BYTES_MAX);
	uint8_t chunk[4096];
	size_t n;
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_append(entry, slice_of(chunk, n));
	fclose(file);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void load(struct fuzzer *f, const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return; /* a target without a corpus starts from nothing */
	if (!S_ISDIR(st.st_mode)) {
		load_file(f, path);
		return;
	}
	struct dirent **names = NULL;
	int n = scandir(path, &names, not_hidden, alphasort);
	for (int i = 0; i < n; i++) {
		struct buf name = BUF_INIT(4096);
		buf_printf(&name, "%s/%s", path, names[i]->d_name);
		load_file(f, buf_str(&name));
		buf_fini(&name);
		free(names[i]);
	}
	free(names);
}

/* ---- mutations ---- */

static size_t pick(struct fuzzer *f, size_t n)
{
	return (size_t)rng_below(&f->rng, n);
}

static struct slice any_entry(struct fuzzer *f)
{
	return buf_slice(&f->corpus.items[pick(f, f->corpus.len)]);
}

/* Replaces `cut` bytes at `at` by `with`. */
static void replace_part(struct buf *buf, size_t at, size_t cut, struct slice with)
{
	struct buf result = BUF_INIT(INPUT_BYTES_MAX);
	buf_append(&result, slice_sub(buf_slice(buf), 0, at));
	buf_append(&result, with);
	buf_append(&result, slice_sub(buf_slice(buf), at + cut, buf->len));
	buf_reset(buf);
	buf_append(buf, slice_sub(buf_slice(&result), 0, MUTATED_BYTES_MAX));
	buf_fini(&result);
}

static void flip_bit(struct fuzzer *f, struct buf *buf)
{
	if (buf->len > 0)
		buf->data[pick(f, buf->len)] ^= (uint8_t)(1u << pick(f, 8));
}

static void set_byte(struct fuzzer *f, struct buf *buf)
{
	static const uint8_t BYTES[] = { 0,   1,   0x7f, 0x80, 0xff, 0xc0, 0xed, 0xf4, '"', '\\',
					 '{', '}', '[',  ']',  ',',  ':',  '\n', '\'', '-', ' ' };
	if (buf->len > 0)
		buf->data[pick(f, buf->len)] =
			pick(f, 2) == 0 ? BYTES[pick(f, sizeof(BYTES))] : (uint8_t)pick(f, 256);
}

static void truncate_it(struct fuzzer *f, struct buf *buf)
{
	buf_truncate(buf, pick(f, buf->len + 1));
}

static void cut_out(struct fuzzer *f, struct buf *buf)
{
	size_t at = pick(f, buf->len + 1);
	replace_part(buf, at, pick(f, MIN(buf->len - at, (size_t)32) + 1), SLICE_EMPTY);
}

static void repeat_part(struct fuzzer *f, struct buf *buf)
{
	struct buf part = BUF_INIT(INPUT_BYTES_MAX);
	size_t at = pick(f, buf->len + 1), len = pick(f, 33), times = 1 + pick(f, 8);
	for (; times > 0; times--)
		buf_append(&part, slice_sub(buf_slice(buf), at, len));
	replace_part(buf, at, 0, buf_slice(&part));
	buf_fini(&part);
}

static void splice_other(struct fuzzer *f, struct buf *buf)
{
	struct slice other = any_entry(f);
	struct slice part = slice_sub(other, pick(f, other.len + 1), pick(f, other.len + 1));
	size_t at = pick(f, buf->len + 1);
	replace_part(buf, at, pick(f, 2) * pick(f, buf->len - at + 1), part);
}

static void insert_bytes(struct fuzzer *f, struct buf *buf)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)pick(f, 256);
	replace_part(buf, pick(f, buf->len + 1), 0, slice_of(bytes, 1 + pick(f, sizeof(bytes))));
}

/* Puts a number where one stood, or a binary one anywhere: lengths and counts live on borders. */
static void change_number(struct fuzzer *f, struct buf *buf)
{
	static const char *const NUMBERS[] = { "0",
					       "-1",
					       "255",
					       "256",
					       "65536",
					       "2147483647",
					       "2147483648",
					       "4294967296",
					       "1e309",
					       "9223372036854775807",
					       "9223372036854775808",
					       "-9223372036854775809",
					       "0.1",
					       "99999999999999999999999999999999999999999",
					       "1e-400",
					       "00",
					       "1e99999999999" };
	size_t from = pick(f, buf->len + 1);
	for (size_t at = from; at < buf->len; at++) {
		size_t end = at;
		while (end < buf->len && buf->data[end] >= '0' && buf->data[end] <= '9')
			end++;
		if (end == at)
			continue;
		replace_part(buf, at, end - at, slice_str(NUMBERS[pick(f, COUNT_OF(NUMBERS))]));
		return;
	}
	uint64_t edges[] = { 0, UINT64_MAX, INT64_MAX, INT32_MAX, UINT32_MAX, 0x80, 0x8000 };
	uint64_t value = edges[pick(f, COUNT_OF(edges))];
	size_t width = (size_t)1 << pick(f, 4);
	if (buf->len >= width)
		memcpy(buf->data + pick(f, buf->len - width + 1), &value, width);
}

static void mutate(struct fuzzer *f, struct buf *buf)
{
	static void (*const MUTATIONS[])(struct fuzzer *, struct buf *) = {
		flip_bit, flip_bit,    set_byte,     set_byte,     truncate_it,
		cut_out,  repeat_part, splice_other, insert_bytes, change_number,
	};
	for (size_t n = 1 + pick(f, 4); n > 0; n--)
		MUTATIONS[pick(f, COUNT_OF(MUTATIONS))](f, buf);
}

/* ---- the run ---- */

static void run_corpus(struct fuzzer *f)
{
	vec_each (entry, &f->corpus) {
		struct slice whole = buf_slice(entry);
		run_one(f, whole);
		for (size_t i = 0; i < MIN(whole.len, (size_t)TRUNCATIONS_MAX); i++) {
			size_t len = whole.len <= TRUNCATIONS_MAX ? i : pick(f, whole.len);
			run_one(f, slice_sub(whole, 0, len));
		}
	}
}

static void run_mutations(struct fuzzer *f)
{
	struct buf input = BUF_INIT(INPUT_BYTES_MAX);
	double until = now_seconds() + f->seconds;
	for (uint64_t i = 0; f->runs_max == 0 || i < f->runs_max; i++) {
		if (i % 64 == 0 && f->runs_max == 0 && now_seconds() >= until)
			break;
		/* Each input has a seed of its own, so that none depends on those before it. */
		f->rng.state = f->seed + i * UINT64_C(0x2545F4914F6CDD1D);
		buf_reset(&input);
		buf_append(&input, slice_sub(any_entry(f), 0, MUTATED_BYTES_MAX));
		mutate(f, &input);
		run_one(f, buf_slice(&input));
	}
	buf_fini(&input);
}

static void parse_args(struct fuzzer *f, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		bool has_value = i + 1 < argc;
		if (strcmp(argv[i], "--seconds") == 0 && has_value)
			f->seconds = strtod(argv[++i], NULL);
		else if (strcmp(argv[i], "--runs") == 0 && has_value)
			f->runs_max = strtoull(argv[++i], NULL, 10);
		else
			load(f, argv[i]);
	}
	if (f->corpus.len == 0) {
		struct buf *empty = vec_add(&f->corpus);
		buf_init(empty, INPUT_BYTES_MAX);
	}
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	struct fuzzer f = { .seconds = 3, .target = slash != NULL ? slash + 1 : argv[0] };
	const char *seed = getenv("WEIR_SEED");
	f.seed = crash.seed = seed != NULL ? strtoull(seed, NULL, 10) : 20260101;
	f.rng.state = f.seed;
	snprintf(crash.path, sizeof(crash.path), "fuzz-crash-%s.bin", f.target);
	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(tell_crash);
	signal(SIGABRT, on_abort);
	if (__sanitizer_set_death_callback == NULL)
		signal(SIGSEGV, on_abort);

	parse_args(&f, argc, argv);
	run_corpus(&f);
	uint64_t fixed = f.runs;
	run_mutations(&f);
	printf("%s: %u corpus entries and their truncations (%llu inputs), %llu mutations, seed "
	       "%llu\n",
	       f.target, (unsigned)f.corpus.len, (unsigned long long)fixed,
	       (unsigned long long)(f.runs - fixed), (unsigned long long)f.seed);
	vec_each (entry, &f.corpus)
		buf_fini(entry);
	vec_fini(&f.corpus);
	return 0;
}
