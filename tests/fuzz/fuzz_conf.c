/* Any bytes as a properties file: refused with a place, or printed and read back to the same. */
#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct conf_key KEYS[] = {
	{ .name = "*", .kind = CONF_TEXT, .help = "Anything." },
	{ .name = "number", .kind = CONF_INT, .min = -5, .max = 5, .help = "A number." },
	{ .name = "choice", .kind = CONF_CHOICE, .choices = "a|b", .help = "A choice." },
	{ .name = "list", .kind = CONF_LIST, .help = "A list." },
	{ .name = "flag", .kind = CONF_BOOL, .help = "A flag." },
};

static void check_same(const struct conf *a, const struct conf *b)
{
	assert(a->values.len == b->values.len);
	map_each (it, &a->values) {
		const struct conf_value *mine = it->value;
		const struct conf_value *theirs = map_get(&b->values, map_key(it));
		assert(theirs != NULL);
		assert(slice_eq(mine->text, theirs->text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf conf, again;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	conf_init(&conf, KEYS, COUNT_OF(KEYS));
	conf_init(&again, KEYS, COUNT_OF(KEYS));
	int code = conf_read(&conf, slice_of(data, size), "fuzz.properties", &err);
	assert(IMPLIES(code != 0, err.line > 0));
	if (code == 0) {
		conf_print(&conf, &text);
		code = conf_read(&again, buf_slice(&text), "printed.properties", &err);
		assert(code == 0);
		check_same(&conf, &again);
	}
	conf_fini(&conf);
	conf_fini(&again);
	buf_fini(&text);
	return 0;
}
