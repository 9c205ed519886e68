#include "broker/config.h"

#include "tests/lib/test.h"

struct fixture {
	struct configs topic;
	struct broker_configs broker;
	struct buf buf;
	struct err err;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ .buf = BUF_INIT(4096) };
	configs_init(&f.topic, &TOPIC_CONFIGS);
	configs_init(&f.broker.changed, &BROKER_CONFIGS);
	configs_init(&f.broker.changed_default, &BROKER_CONFIGS);
	configs_init(&f.broker.started, &BROKER_CONFIGS);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	configs_fini(&f->topic);
	configs_fini(&f->broker.changed);
	configs_fini(&f->broker.changed_default);
	configs_fini(&f->broker.started);
	buf_fini(&f->buf);
	return 0;
}

static void check_table(const struct config_table *table)
{
	struct err err;
	for (uint32_t i = 0; i < table->len; i++) {
		const struct config_def *def = &table->defs[i];
		assert_int_equal(config_find(table, slice_str(def->name)), (int32_t)i);
		assert_true(strlen(def->words) > 5);
		if (def->fallback != NULL)
			assert_ok(config_check(def, slice_str(def->fallback), &err), &err);
	}
}

static void every_default_is_a_value_that_may_be_set(void **state)
{
	(void)state;
	check_table(&TOPIC_CONFIGS);
	check_table(&BROKER_CONFIGS);
	check_table(&GROUP_CONFIGS);
}

/* Walks every broker name, which asserts that it exists, and compares the defaults. */
static void what_holds_when_nothing_is_set_is_the_default(void **state)
{
	struct fixture *f = *state;
	config_origins origins = { 0 };
	for (uint32_t i = 0; i < TOPIC_CONFIGS_LEN; i++) {
		vec_clear(&origins);
		topic_config_explain(&f->topic, &f->broker, (enum topic_config)i, &origins);
		struct slice text =
			topic_config_text(&f->topic, &f->broker, (enum topic_config)i, &f->buf);
		assert_slice(text, TOPIC_CONFIGS.defs[i].fallback);
	}
	vec_fini(&origins);
}

static void the_nearest_setting_counts(void **state)
{
	struct fixture *f = *state;
	enum topic_config id = TOPIC_RETENTION_MS;
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, id), 604800000);
	configs_set(&f->broker.started, BROKER_LOG_RETENTION_HOURS, SLICE("1"));
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, id), 3600000);
	configs_set(&f->broker.started, BROKER_LOG_RETENTION_MINUTES, SLICE("3"));
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, id), 180000);
	configs_set(&f->broker.changed_default, BROKER_LOG_RETENTION_MS, SLICE("77"));
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, id), 77);
	configs_set(&f->broker.changed, BROKER_LOG_RETENTION_MS, SLICE("78"));
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, id), 78);
	configs_set(&f->topic, id, SLICE(" 5 "));
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, id), 5);
	config_origins origins = { 0 };
	topic_config_explain(&f->topic, &f->broker, id, &origins);
	for (uint32_t i = 0; i < origins.len; i++)
		buf_printf(&f->buf, "%s=%s from %d\n", origins.items[i].name,
			   origins.items[i].value, origins.items[i].source);
	assert_string_equal(buf_str(&f->buf), "retention.ms=5 from 1\n"
					      "log.retention.ms=78 from 2\n"
					      "log.retention.ms=77 from 3\n"
					      "log.retention.minutes=3 from 4\n"
					      "log.retention.hours=1 from 4\n"
					      "log.retention.hours=168 from 5\n");
	vec_fini(&origins);
	configs_set(&f->topic, id, (struct slice){ 0 });
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, id), 78);
}

static void for_ever_stays_for_ever_in_any_unit(void **state)
{
	struct fixture *f = *state;
	configs_set(&f->broker.started, BROKER_LOG_RETENTION_HOURS, SLICE("-1"));
	assert_int_equal(topic_config_i64(&f->topic, &f->broker, TOPIC_RETENTION_MS), -1);
}

static const struct {
	enum topic_config id;
	const char *value, *why; /* NULL: it may be set */
} CASES[] = {
	{ TOPIC_RETENTION_MS, "-1", NULL },
	{ TOPIC_RETENTION_MS, "-2", "Value must be at least -1" },
	{ TOPIC_RETENTION_MS, "1 day", "Not a number of type LONG" },
	{ TOPIC_MAX_MESSAGE_BYTES, "2147483648", "Not a number of type INT" },
	{ TOPIC_CLEANUP_POLICY, "compact,delete", NULL },
	{ TOPIC_CLEANUP_POLICY, "compact, delete", NULL },
	{ TOPIC_CLEANUP_POLICY, "shred", "String must be one of: compact,delete" },
	{ TOPIC_COMPRESSION_TYPE, "lz4", NULL },
	{ TOPIC_COMPRESSION_TYPE, "rar", "String must be one of" },
	{ TOPIC_PREALLOCATE, "TRUE", NULL },
	{ TOPIC_PREALLOCATE, "yes", "either true or false" },
	{ TOPIC_MIN_CLEANABLE_RATIO, "0.25", NULL },
	{ TOPIC_MIN_CLEANABLE_RATIO, "1.5", "out of range" },
	{ TOPIC_MIN_CLEANABLE_RATIO, "NaN", "out of range" },
	{ TOPIC_COMPRESSION_GZIP, "10", "Value must be no more than 9" },
};

static void values_are_checked_before_they_are_set(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		const struct config_def *def = &TOPIC_CONFIGS.defs[CASES[i].id];
		struct slice value = slice_str(CASES[i].value);
		if (CASES[i].why == NULL)
			assert_ok(config_check(def, value, &f->err), &f->err);
		else
			assert_fails(config_check(def, value, &f->err), &f->err, ERR_INVALID,
				     CASES[i].why);
	}
}

static void lists_grow_and_shrink_by_elements(void **state)
{
	struct fixture *f = *state;
	config_list_add(SLICE("a,b"), SLICE("b, c"), &f->buf);
	assert_string_equal(buf_str(&f->buf), "a,b,c");
	buf_reset(&f->buf);
	config_list_remove(SLICE("a,b,c"), SLICE("c,a"), &f->buf);
	assert_string_equal(buf_str(&f->buf), "b");
	buf_reset(&f->buf);
	config_list_add(SLICE_EMPTY, SLICE("x"), &f->buf);
	assert_string_equal(buf_str(&f->buf), "x");
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(TEST(every_default_is_a_value_that_may_be_set),
		  WITH_FIXTURE(what_holds_when_nothing_is_set_is_the_default),
		  WITH_FIXTURE(the_nearest_setting_counts),
		  WITH_FIXTURE(for_ever_stays_for_ever_in_any_unit),
		  WITH_FIXTURE(values_are_checked_before_they_are_set),
		  WITH_FIXTURE(lists_grow_and_shrink_by_elements));
}
