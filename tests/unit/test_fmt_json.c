/* The two readers of JSON records: what the quick one accepts, the other reads the same. */
#include "base/json_writer.h"
#include "engine/fmt_json_priv.h"
#include "tests/lib/test.h"

#define NCOLUMNS 7
#define ROWS 64

static const struct format_column COLUMNS[NCOLUMNS] = {
	{ SLICE("ID"), TYPE_OF(TYPE_BIGINT) },       { SLICE("SMALL"), TYPE_OF(TYPE_INT) },
	{ SLICE("NAME"), TYPE_OF(TYPE_STRING) },     { SLICE("REAL"), TYPE_OF(TYPE_DOUBLE) },
	{ SLICE("FLAG"), TYPE_OF(TYPE_BOOLEAN) },    { SLICE("WHEN"), TYPE_OF(TYPE_TIMESTAMP) },
	{ SLICE("unwanted"), TYPE_OF(TYPE_BIGINT) },
};

static const char *const NAMES[] = { "id",   "small", "name",     "real", "flag",
				     "when", "ID",    "unwanted", "more", "na\\u006de" };
static const char *const VALUES[] = {
	"1",
	"0",
	"-0",
	"-17",
	"007",
	"12345678901234567",
	"9223372036854775807",
	"9223372036854775808",
	"2147483647",
	"-2147483648",
	"2147483648",
	"1.5",
	"-0.0",
	"0.1",
	"123456789.123456",
	"1234567890.1234567",
	"1e3",
	"1.",
	".5",
	"-",
	"\"x\"",
	"\"\"",
	"\"plain text that is longer than one vector of bytes, and then some more of it, so that "
	"the loop turns\"",
	"\"esc\\naped\"",
	"\"\\u00e9\"",
	"\"caf\xc3\xa9\"",
	"\"bad\xff\"",
	"\"ctl\x01\"",
	"null",
	"true",
	"false",
	"tru",
	"{}",
	"{\"a\":[1,2]}",
	"[]",
	"[1,",
	"\"12\"",
	"\"1.5\"",
	"",
	"\xEF\xBB\xBF"
	"5",
	"1 2",
	"99999999999999999999",
};

struct outcome {
	bool ok;
	struct value values[NCOLUMNS];
};

struct fixture {
	struct arena arena, step;
	struct format *whole, *quick;
	uint32_t failures;
	struct column columns[NCOLUMNS];
	struct column *out[NCOLUMNS];
};

static struct format *open_format(struct arena *arena)
{
	struct err err = ERR_INIT;
	struct format_spec spec = { .name = SLICE("JSON") };
	struct format *format;
	assert_ok(FORMAT_JSON.open(&spec, false, COLUMNS, NCOLUMNS, arena, &format, &err), &err);
	return format;
}

static int set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	f->whole = open_format(&f->arena);
	f->quick = open_format(&f->arena);
	((struct format_json *)f->whole)->walk_record = NULL;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_fini(&f->step);
	arena_fini(&f->arena);
	mem_free(f);
	return 0;
}

static void count_failure(void *arg, uint32_t row, const char *message)
{
	(void)row;
	(void)message;
	((struct fixture *)arg)->failures++;
}

static void decode(struct fixture *f, struct format *format, const struct slice *records,
		   uint32_t n, struct outcome *ret)
{
	struct column *columns = f->columns;
	uint8_t ok[ROWS];
	for (uint32_t c = 0; c + 1 < NCOLUMNS; c++) {
		column_init(&columns[c], &f->step, COLUMNS[c].type, n);
		f->out[c] = &columns[c];
	}
	memset(ok, 1, sizeof(ok));
	format->ops->decode(format, records, n, &f->step, f->out, ok, count_failure, f);
	for (uint32_t i = 0; i < n; i++) {
		ret[i].ok = ok[i] != 0;
		for (uint32_t c = 0; c + 1 < NCOLUMNS; c++)
			ret[i].values[c] = column_value(&columns[c], i);
	}
}

static void assert_same(const struct slice *records, uint32_t n, const struct outcome *a,
			const struct outcome *b)
{
	for (uint32_t i = 0; i < n; i++) {
		bool same = a[i].ok == b[i].ok;
		for (uint32_t c = 0; same && a[i].ok && c + 1 < NCOLUMNS; c++) {
			const struct value *x = &a[i].values[c], *y = &b[i].values[c];
			same = x->is_null == y->is_null;
			if (same && !x->is_null && COLUMNS[c].type->kind == TYPE_STRING)
				same = slice_eq(x->bytes, y->bytes);
			else if (same && !x->is_null)
				same = memcmp(&x->i64, &y->i64, c == 1 ? 4 : c == 4 ? 1 : 8) == 0;
		}
		if (!same)
			fail_msg("the readers differ on %.*s", SLICE_ARGS(records[i]));
	}
}

static void put_space(struct buf *text, struct rng *rng)
{
	if (rng_below(rng, 12) == 0)
		buf_append_str(text, rng_below(rng, 2) == 0 ? " " : "\t\n");
}

static void put_record(struct buf *text, struct rng *rng, const uint32_t *usual)
{
	uint32_t n = (uint32_t)rng_below(rng, 9);
	bool strange = rng_below(rng, 2) == 0;
	buf_append_u8(text, '{');
	for (uint32_t i = 0; i < n; i++) {
		uint32_t name = strange ? (uint32_t)rng_below(rng, COUNT_OF(NAMES)) : i;
		uint32_t value = usual[name];
		if (strange && rng_below(rng, 4) == 0)
			value = (uint32_t)rng_below(rng, COUNT_OF(VALUES));
		buf_append_str(text, i > 0 ? "," : "");
		put_space(text, rng);
		buf_printf(text, "\"%s\"", NAMES[name]);
		put_space(text, rng);
		buf_append_u8(text, ':');
		put_space(text, rng);
		buf_append_str(text, VALUES[value]);
		put_space(text, rng);
	}
	buf_append_u8(text, '}');
	if (text->len > 2 && rng_below(rng, 20) == 0)
		buf_truncate(text, rng_below(rng, text->len));
	if (text->len > 2 && rng_below(rng, 20) == 0)
		text->data[rng_below(rng, text->len)] = (uint8_t)rng_next(rng);
	if (rng_below(rng, 30) == 0)
		buf_append_str(text, rng_below(rng, 2) == 0 ? "\n" : "x");
}

static void both_readers_agree_on_any_record(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { .state = rng_seed_from_env() };
	static const uint32_t USUAL[COUNT_OF(NAMES)] = { 3, 3, 22, 14, 29, 5, 0, 1, 20, 20 };
	struct outcome whole[ROWS], quick[ROWS];
	uint32_t walked = 0, total = 0;
	for (uint32_t round = 0; round < 400; round++) {
		struct slice records[ROWS];
		arena_reset(&f->step);
		for (uint32_t i = 0; i < ROWS; i++) {
			struct buf text = BUF_INIT(65536);
			put_record(&text, &rng, USUAL);
			/* A block of its own, so that a read past the end is seen. */
			uint8_t *copy = mem_bytes(MAX(text.len, (size_t)1));
			memcpy(copy, text.data, text.len);
			records[i] = slice_of(copy, text.len);
			buf_fini(&text);
			total++;
		}
		decode(f, f->whole, records, ROWS, whole);
		decode(f, f->quick, records, ROWS, quick);
		assert_same(records, ROWS, whole, quick);
		const struct format_json *json = (const struct format_json *)f->quick;
		for (uint32_t i = 0; i < ROWS; i++)
			walked += json->walk_record(&((struct format_json *)f->quick)->walk,
						    records[i], i);
		for (uint32_t i = 0; i < ROWS; i++) {
			uint8_t *copy;
			memcpy(&copy, &records[i].data, sizeof(copy));
			mem_free(copy);
		}
	}
	assert_true(walked > total / 3); /* else the comparison says nothing */
}

static void names_without_end_are_forgotten_not_kept(void **state)
{
	struct fixture *f = *state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct buf text = BUF_INIT(65536);
		struct outcome outcome[1];
		buf_printf(&text, "{\"n%u\":1,\"id\":%u,\"m%u\":\"x\"}", i, i, i * 7);
		struct slice record = buf_slice(&text);
		arena_reset(&f->step);
		decode(f, f->quick, &record, 1, outcome);
		assert_true(outcome[0].ok);
		assert_int_equal(outcome[0].values[0].i64, i);
		buf_fini(&text);
	}
	assert_int_equal(f->failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_readers_agree_on_any_record, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(names_without_end_are_forgotten_not_kept, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
