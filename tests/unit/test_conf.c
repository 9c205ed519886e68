#include "base/conf.h"

#include "tests/lib/test.h"

static fallible even(struct slice value, struct err *err)
{
	if ((value.data[value.len - 1] - '0') % 2 == 0)
		return 0;
	return err_set(err, ERR_INVALID, "%.*s is odd", SLICE_ARGS(value));
}

static const struct conf_key KEYS[] = {
	{ .name = "listeners", .kind = CONF_LIST, .otherwise = "a, b", .help = "Where." },
	{ .name = "num.partitions",
	  .kind = CONF_INT,
	  .otherwise = "1",
	  .min = 1,
	  .max = 100,
	  .help = "How many." },
	{ .name = "pairs", .kind = CONF_INT, .check = even, .help = "Even." },
	{ .name = "fsync", .kind = CONF_BOOL, .otherwise = "true", .help = "Whether." },
	{ .name = "compression",
	  .kind = CONF_CHOICE,
	  .otherwise = "none",
	  .choices = "none|lz4|zstd",
	  .help = "How." },
	{ .name = "password", .kind = CONF_TEXT, .secret = true, .help = "Hush." },
	{ .name = "streams.*", .kind = CONF_TEXT, .help = "Passed on." },
	{ .name = "streams.threads", .kind = CONF_INT, .otherwise = "4", .help = "Threads." },
};

static struct conf defaults(void)
{
	struct conf conf;
	conf_init(&conf, KEYS, COUNT_OF(KEYS));
	return conf;
}

static void a_table_has_its_defaults(void **state)
{
	(void)state;
	struct conf conf = defaults();
	assert_int_equal(conf_int(&conf, "num.partitions"), 1);
	assert_true(conf_bool(&conf, "fsync"));
	assert_string_equal(conf_text(&conf, "compression"), "none");
	assert_null(conf_get(&conf, "password"));
	assert_int_equal(conf_get(&conf, "fsync")->origin, CONF_DEFAULT);
	conf_fini(&conf);
}

static const char *environment(const char *name)
{
	return strcmp(name, "WEIR_NUM_PARTITIONS") == 0 ? "7" : NULL;
}

/* Files, environment and flags are read in each order; the same wins. */
static void the_nearer_origin_wins(void **state)
{
	(void)state;
	static const int ORDERS[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	for (size_t i = 0; i < COUNT_OF(ORDERS); i++) {
		struct err err = ERR_INIT;
		struct conf conf = defaults();
		for (int k = 0; k < 3; k++) {
			int code = 0;
			if (ORDERS[i][k] == 0)
				code = conf_read(&conf,
						 SLICE("num.partitions=3\nfsync=FALSE\n"
						       "fsync=false\ncompression=lz4"),
						 "x.properties", &err);
			else if (ORDERS[i][k] == 1)
				code = conf_read_env(&conf, environment, &err);
			else
				code = conf_set_pair(&conf, "compression=zstd", CONF_FLAG, &err);
			assert_ok(code, &err);
		}
		assert_int_equal(conf_int(&conf, "num.partitions"), 7);
		assert_int_equal(conf_get(&conf, "num.partitions")->origin, CONF_ENV);
		assert_false(conf_bool(&conf, "fsync"));
		assert_int_equal(conf_get(&conf, "fsync")->line, 3);
		assert_string_equal(conf_get(&conf, "fsync")->file, "x.properties");
		assert_string_equal(conf_text(&conf, "compression"), "zstd");
		conf_fini(&conf);
	}
}

static void a_mistake_in_a_file_has_its_place_and_a_guess(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
		enum err_code code;
	} WRONG[] = {
		{ "# x\nlistners=a",
		  "w.properties:2: unknown setting 'listners'; did you mean "
		  "'listeners'?",
		  ERR_NOT_FOUND },
		{ "zebra=1", "w.properties:1: unknown setting 'zebra'", ERR_NOT_FOUND },
		{ "num.partitions=\\\n  many",
		  "w.properties:1: num.partitions: 'many' is not a "
		  "whole number",
		  ERR_INVALID },
		{ "num.partitions=101", "num.partitions: 101 is not between 1 and 100", ERR_RANGE },
		{ "\n\nfsync=maybe", "w.properties:3: fsync: 'maybe' is neither", ERR_INVALID },
		{ "compression=gzip", "compression: 'gzip' is none of none|lz4|zstd", ERR_INVALID },
		{ "pairs=3", "pairs: 3 is odd", ERR_INVALID },
		{ "password=\\u0000", "password: the value has a NUL", ERR_INVALID },
		{ "a=\\u1", "w.properties:1: \\u needs four hexadecimal digits", ERR_SYNTAX },
		{ "streams.=1", "unknown setting 'streams.'", ERR_NOT_FOUND },
	};
	for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
		struct err err = ERR_INIT;
		struct conf conf = defaults();
		assert_fails(conf_read(&conf, slice_str(WRONG[i].text), "w.properties", &err), &err,
			     WRONG[i].code, WRONG[i].words);
		assert_true(err.line >= 1);
		conf_fini(&conf);
	}
}

static void keys_may_be_known_by_their_beginning(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct conf conf = defaults();
	assert_ok(conf_set_pair(&conf, "streams.anything=x", CONF_FLAG, &err), &err);
	assert_string_equal(conf_text(&conf, "streams.anything"), "x");
	assert_fails(conf_set_pair(&conf, "streams.threads=x", CONF_FLAG, &err), &err, ERR_INVALID,
		     "whole number"); /* the row in full comes first */
	assert_fails(conf_set_pair(&conf, "streams.threads", CONF_FLAG, &err), &err, ERR_USAGE,
		     "is not KEY=VALUE");
	assert_int_equal(conf_int(&conf, "streams.threads"), 4);
	conf_fini(&conf);
}

static void lists_are_walked(void **state)
{
	(void)state;
	struct slice list = SLICE(" a,, b c ,d,"), item;
	assert_true(conf_next_item(&list, &item));
	assert_slice(item, "a");
	assert_true(conf_next_item(&list, &item));
	assert_slice(item, "b c");
	assert_true(conf_next_item(&list, &item));
	assert_slice(item, "d");
	assert_false(conf_next_item(&list, &item));
}

static void what_is_printed_is_read_back(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct conf conf = defaults(), again = defaults();
	struct buf text = BUF_INIT(10000);
	static const char ODD[] = " lead\\ing\t=:#! \n\r\fend ";
	assert_ok(conf_set(&conf, SLICE("streams.a b=c:#"), slice_str(ODD), CONF_FLAG, &err), &err);
	assert_ok(conf_set_pair(&conf, "password=hunter2", CONF_FLAG, &err), &err);
	conf_print(&conf, &text);
	assert_true(slice_find(buf_slice(&text), SLICE("hunter2"), 0) == SIZE_MAX);
	assert_true(slice_find(buf_slice(&text), SLICE("# default\nfsync=true\n"), 0) != SIZE_MAX);
	assert_ok(conf_read(&again, buf_slice(&text), "printed", &err), &err);
	assert_string_equal(conf_text(&again, "streams.a b=c:#"), ODD);
	buf_fini(&text);
	conf_fini(&conf);
	conf_fini(&again);
}

static void the_table_documents_itself(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(10000);
	conf_document(KEYS, COUNT_OF(KEYS), &text);
	static const char *const ROWS[] = {
		"| `num.partitions` | 1 to 100 | 1 | How many. |\n",
		"| `compression` | none, lz4, zstd | none | How. |\n",
		"| `pairs` | whole number |  | Even. |\n",
	};
	for (size_t i = 0; i < COUNT_OF(ROWS); i++)
		assert_true(slice_find(buf_slice(&text), slice_str(ROWS[i]), 0) != SIZE_MAX);
	buf_fini(&text);
}

int main(void)
{
	RUN_TESTS(TEST(a_table_has_its_defaults), TEST(the_nearer_origin_wins),
		  TEST(a_mistake_in_a_file_has_its_place_and_a_guess),
		  TEST(keys_may_be_known_by_their_beginning), TEST(lists_are_walked),
		  TEST(what_is_printed_is_read_back), TEST(the_table_documents_itself));
}
