/* JSON records through base/: events, skipping, trees, writing; beside one pass of memchr. */
#include "base/json_writer.h"

#include <stdio.h>
#include <time.h>

#define RECORDS 20000
#define SECONDS 0.7

struct bench {
	struct slice records[RECORDS];
	struct buf text;
	size_t bytes;
	uint64_t checksum; /* of what was read, so that nothing is left out by the compiler */
};

static double now_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Records like those of an auction site: nested, of numbers and texts, with an escape at times. */
static void make_records(struct bench *b)
{
	static const char *const CITIES[] = { "Phoenix", "Los Angeles", "Z\xc3\xbcrich", "Boise" };
	size_t starts[RECORDS + 1];
	buf_init(&b->text, (size_t)64 << 20);
	for (int i = 0; i < RECORDS; i++) {
		starts[i] = b->text.len;
		buf_printf(&b->text,
			   "{\"auction\":%d,\"bidder\":%d,\"price\":%d.%02d,\"channel\":\"Google\","
			   "\"url\":\"https://www.example.com/item.htm?query=1&id=%d\","
			   "\"dateTime\":%lld,\"open\":%s,\"person\":{\"name\":\"Peter %d\","
			   "\"city\":\"%s\",\"tags\":[\"a\",\"b%s\",null]},\"extra\":\"%030d\"}",
			   1000 + i, i % 977, i % 9000, i % 100, i, 1700000000000LL + i,
			   i % 3 == 0 ? "true" : "false", i % 500, CITIES[i % 4],
			   i % 8 == 0 ? "\\n\\u00e9" : "", i);
	}
	starts[RECORDS] = b->text.len;
	for (int i = 0; i < RECORDS; i++)
		b->records[i] = slice_of(b->text.data + starts[i], starts[i + 1] - starts[i]);
	b->bytes = b->text.len;
}

static void find_bytes(struct bench *b)
{
	for (int i = 0; i < RECORDS; i++)
		b->checksum += slice_find_byte(b->records[i], 0x01, 0) == SIZE_MAX;
}

static void read_events(struct bench *b)
{
	for (int i = 0; i < RECORDS; i++) {
		struct json_reader r;
		json_init(&r, b->records[i], JSON_STRICT);
		while (r.event != JSON_END) {
			int code = json_next(&r, NULL);
			assert(code == 0);
			b->checksum += r.raw.len;
		}
	}
}

/* What a query does that wants two columns. */
static void pick_two(struct bench *b)
{
	for (int i = 0; i < RECORDS; i++) {
		struct json_reader r;
		json_init(&r, b->records[i], JSON_STRICT);
		int code = json_next(&r, NULL);
		while (code == 0 && (code = json_next(&r, NULL)) == 0 && r.event == JSON_KEY) {
			bool wanted = json_text_is(&r, SLICE("price")) ||
				      json_text_is(&r, SLICE("channel"));
			code = json_skip(&r, NULL);
			b->checksum += wanted ? r.raw.len : 0;
		}
		assert(code == 0);
	}
}

static void build_trees(struct bench *b)
{
	struct arena arena = { 0 };
	for (int i = 0; i < RECORDS; i++) {
		const struct json_value *tree = NULL;
		int code = json_parse(&arena, b->records[i], JSON_STRICT, &tree, NULL);
		assert(code == 0);
		b->checksum += tree->len;
		arena_reset(&arena);
	}
	arena_fini(&arena);
}

static void write_trees(struct bench *b)
{
	struct arena arena = { 0 };
	struct buf out = BUF_INIT((size_t)1 << 20);
	const struct json_value *tree = NULL;
	int code = json_parse(&arena, b->records[0], JSON_STRICT, &tree, NULL);
	assert(code == 0);
	for (size_t written = 0; written < b->bytes; written += out.len) {
		struct json_writer w;
		buf_reset(&out);
		json_writer_init(&w, &out, JSON_COMPACT);
		json_write(&w, tree);
		b->checksum += out.len;
	}
	buf_fini(&out);
	arena_fini(&arena);
}

static double megabytes_per_second(struct bench *b, void (*run)(struct bench *))
{
	run(b); /* warms what there is to warm */
	double start = now_seconds(), seconds;
	size_t rounds = 0;
	do {
		run(b);
		rounds++;
		seconds = now_seconds() - start;
	} while (seconds < SECONDS);
	return (double)(rounds * b->bytes) / 1e6 / seconds;
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(struct bench *);
	} RUNS[] = {
		{ "memchr over each record", find_bytes },
		{ "events, all of them", read_events },
		{ "events, two fields wanted", pick_two },
		{ "trees", build_trees },
		{ "writing", write_trees },
	};
	static struct bench b;
	double base = 0;
	make_records(&b);
	printf("JSON, %d records of %zu bytes\n", RECORDS, b.bytes / RECORDS);
	for (size_t i = 0; i < COUNT_OF(RUNS); i++) {
		double speed = megabytes_per_second(&b, RUNS[i].run);
		base = i == 0 ? speed : base;
		printf("  %-28s %8.0f MB/s   1/%.1f of memchr\n", RUNS[i].name, speed,
		       base / speed);
	}
	printf("  (checksum %llu)\n", (unsigned long long)b.checksum);
	buf_fini(&b.text);
	return 0;
}
