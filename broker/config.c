#include "broker/config.h"

#include "base/num.h"

#define CHANGES true
#define FIXED false

static const struct config_def TOPIC_DEFS[] = {
#define CONFIG_TYPE(type) CONFIG_##type
#define TOPIC(id, name_, type_, fallback_, least_, most_, values_, broker_names_, words_)          \
	[TOPIC_##id] = { .name = (name_),                                                          \
			 .type = CONFIG_TYPE(type_),                                               \
			 .fallback = (fallback_),                                                  \
			 .least = (least_),                                                        \
			 .most = (most_),                                                          \
			 .values = (values_),                                                      \
			 .broker_names = (broker_names_),                                          \
			 .changes = true,                                                          \
			 .words = (words_) },
#include "broker/config.def"
#undef TOPIC
};

#define BROKER_DEF(name_, type_, fallback_, least_, most_, values_, changes_, words_)              \
	{                                                                                          \
		.name = (name_), .type = CONFIG_TYPE(type_), .fallback = (fallback_),              \
		.least = (least_), .most = (most_), .values = (values_), .broker_names = "",       \
		.changes = (changes_), .words = (words_)                                           \
	}

static const struct config_def BROKER_DEFS[] = {
#define BROKER(id, ...) [BROKER_##id] = BROKER_DEF(__VA_ARGS__),
#include "broker/config.def"
#undef BROKER
};

static const struct config_def GROUP_DEFS[] = {
#define GROUP(id, ...) [GROUP_##id] = BROKER_DEF(__VA_ARGS__),
#include "broker/config.def"
#undef GROUP
};

const struct config_table TOPIC_CONFIGS = { TOPIC_DEFS, COUNT_OF(TOPIC_DEFS) };
const struct config_table BROKER_CONFIGS = { BROKER_DEFS, COUNT_OF(BROKER_DEFS) };
const struct config_table GROUP_CONFIGS = { GROUP_DEFS, COUNT_OF(GROUP_DEFS) };

void configs_init(struct configs *configs, const struct config_table *table)
{
	configs->table = table;
	configs->values = mem_array(char *, table->len);
}

void configs_fini(struct configs *configs)
{
	for (uint32_t i = 0; configs->values != NULL && i < configs->table->len; i++)
		mem_free(configs->values[i]);
	mem_free(configs->values);
	configs->values = NULL;
}

void configs_copy(struct configs *to, const struct configs *from)
{
	assert(to->table == from->table);
	for (uint32_t i = 0; i < from->table->len; i++) {
		mem_free(to->values[i]);
		to->values[i] = from->values[i] != NULL ? mem_strdup(from->values[i]) : NULL;
	}
}

int32_t config_find(const struct config_table *table, struct slice name)
{
	for (uint32_t i = 0; i < table->len; i++) {
		if (slice_eq_str(name, table->defs[i].name))
			return (int32_t)i;
	}
	return -1;
}

/* The next element of a list with commas, trimmed; false at the end. */
static bool next_element(struct slice *list, struct slice *ret_element)
{
	if (list->data == NULL)
		return false;
	size_t comma = slice_find_byte(*list, ',', 0);
	*ret_element = slice_trim(slice_sub(*list, 0, comma));
	*list = comma == SIZE_MAX ? (struct slice){ 0 } : slice_sub(*list, comma + 1, SIZE_MAX);
	return true;
}

static bool list_has(struct slice list, struct slice wanted)
{
	for (struct slice element; next_element(&list, &element);) {
		if (slice_eq(element, wanted))
			return true;
	}
	return false;
}

static fallible check_number(const struct config_def *def, struct slice value, struct err *err)
{
	int64_t number;
	int code = num_parse_i64(slice_trim(value), &number, NULL);
	if (code != 0 || (def->type == CONFIG_INT && number != (int32_t)number))
		return err_set(err, ERR_INVALID,
			       "Invalid value %.*s for configuration %s: Not a number of type %s",
			       SLICE_ARGS(value), def->name,
			       def->type == CONFIG_INT ? "INT" : "LONG");
	if (number < def->least)
		return err_set(
			err, ERR_INVALID,
			"Invalid value %.*s for configuration %s: Value must be at least %lld",
			SLICE_ARGS(value), def->name, (long long)def->least);
	if (number > def->most)
		return err_set(
			err, ERR_INVALID,
			"Invalid value %.*s for configuration %s: Value must be no more than %lld",
			SLICE_ARGS(value), def->name, (long long)def->most);
	return 0;
}

static fallible check_double(const struct config_def *def, struct slice value, struct err *err)
{
	double number;
	if (num_parse_double(value, &number, NULL) != 0)
		return err_set(
			err, ERR_INVALID,
			"Invalid value %.*s for configuration %s: Not a number of type DOUBLE",
			SLICE_ARGS(value), def->name);
	if (!(number >= (double)def->least) || (def->most == 1 && number > 1))
		return err_set(err, ERR_INVALID,
			       "Invalid value %.*s for configuration %s: Value is out of range",
			       SLICE_ARGS(value), def->name);
	return 0;
}

static fallible check_one_of(const struct config_def *def, struct slice value, struct err *err)
{
	if (def->values[0] == '\0' || list_has(slice_str(def->values), value))
		return 0;
	return err_set(err, ERR_INVALID,
		       "Invalid value %.*s for configuration %s: String must be one of: %s",
		       SLICE_ARGS(value), def->name, def->values);
}

static fallible check_list(const struct config_def *def, struct slice value, struct err *err)
{
	struct slice element;
	if (slice_trim(value).len == 0)
		return 0;
	while (next_element(&value, &element))
		TRY(check_one_of(def, element, err));
	return 0;
}

fallible config_check(const struct config_def *def, struct slice value, struct err *err)
{
	assert(value.data != NULL);
	if (value.len > CONFIG_VALUE_BYTES_MAX || memchr(value.data, '\0', value.len) != NULL)
		return err_set(err, ERR_INVALID, "Invalid value for configuration %s: too long",
			       def->name);
	switch (def->type) {
	case CONFIG_BOOL:
		if (slice_eq_nocase(slice_trim(value), SLICE("true")) ||
		    slice_eq_nocase(slice_trim(value), SLICE("false")))
			return 0;
		return err_set(err, ERR_INVALID,
			       "Invalid value %.*s for configuration %s: "
			       "Expected value to be either true or false",
			       SLICE_ARGS(value), def->name);
	case CONFIG_INT:
	case CONFIG_LONG:
		return check_number(def, value, err);
	case CONFIG_DOUBLE:
		return check_double(def, slice_trim(value), err);
	case CONFIG_STRING:
		return check_one_of(def, value, err);
	case CONFIG_LIST:
		return check_list(def, value, err);
	}
	UNREACHABLE("every type is above");
}

void configs_set(struct configs *configs, uint32_t index, struct slice value)
{
	assert(index < configs->table->len);
	mem_free(configs->values[index]);
	configs->values[index] = NULL;
	if (value.data == NULL)
		return;
	if (configs->table->defs[index].type != CONFIG_STRING)
		value = slice_trim(value);
	char *text = (char *)mem_bytes(value.len + 1);
	memcpy(text, value.data, value.len);
	text[value.len] = '\0';
	configs->values[index] = text;
}

static void list_append(struct buf *to, size_t start, struct slice element)
{
	if (to->len > start)
		buf_append_u8(to, ',');
	buf_append(to, element);
}

void config_list_add(struct slice list, struct slice element, struct buf *to)
{
	size_t start = to->len;
	struct slice rest = list, one;
	while (next_element(&rest, &one)) {
		if (one.len > 0)
			list_append(to, start, one);
	}
	while (next_element(&element, &one)) {
		if (one.len > 0 && !list_has(list, one))
			list_append(to, start, one);
	}
}

void config_list_remove(struct slice list, struct slice element, struct buf *to)
{
	size_t start = to->len;
	for (struct slice one; next_element(&list, &one);) {
		if (one.len > 0 && !list_has(element, one))
			list_append(to, start, one);
	}
}

static const char *broker_set_text(const struct broker_configs *broker, uint32_t index)
{
	const struct configs *scopes[] = { &broker->changed, &broker->changed_default,
					   &broker->started };
	for (size_t i = 0; i < COUNT_OF(scopes); i++) {
		if (scopes[i]->values[index] != NULL)
			return scopes[i]->values[index];
	}
	return NULL;
}

const char *broker_config_text(const struct broker_configs *broker, enum broker_config id)
{
	const char *text = broker_set_text(broker, id);
	return text != NULL ? text : BROKER_DEFS[id].fallback;
}

/* A text that config_check has seen, or a default. */
static int64_t checked_i64(const char *text)
{
	int64_t value = 0;
	int code = num_parse_i64(slice_str(text), &value, NULL);
	assert(code == 0);
	return value;
}

int64_t broker_config_i64(const struct broker_configs *broker, enum broker_config id)
{
	const char *text = broker_config_text(broker, id);
	assert(BROKER_DEFS[id].type == CONFIG_INT || BROKER_DEFS[id].type == CONFIG_LONG);
	return text != NULL ? checked_i64(text) : 0;
}

bool broker_config_bool(const struct broker_configs *broker, enum broker_config id)
{
	assert(BROKER_DEFS[id].type == CONFIG_BOOL);
	return slice_eq_nocase(slice_str(broker_config_text(broker, id)), SLICE("true"));
}

/* One of the broker's names of a topic's setting, and its unit. */
struct broker_name {
	uint32_t index;
	int64_t unit;
};

static bool next_broker_name(struct slice *names, struct broker_name *ret_name)
{
	struct slice name;
	if (names->len == 0 || !next_element(names, &name))
		return false;
	struct broker_name found = { .unit = 1 };
	size_t star = slice_find_byte(name, '*', 0);
	if (star != SIZE_MAX) {
		int code = num_parse_i64(slice_sub(name, star + 1, SIZE_MAX), &found.unit, NULL);
		assert(code == 0);
		name = slice_sub(name, 0, star);
	}
	int32_t index = config_find(&BROKER_CONFIGS, name);
	assert(index >= 0); /* a test walks all names */
	found.index = (uint32_t)index;
	*ret_name = found;
	return true;
}

static void print_scaled(const char *text, int64_t unit, struct buf *buf)
{
	int64_t value = checked_i64(text);
	int64_t scaled;
	if (value < 0)
		scaled = -1;
	else if (__builtin_mul_overflow(value, unit, &scaled))
		scaled = INT64_MAX;
	buf_reset(buf);
	num_append_i64(buf, scaled);
}

struct slice topic_config_text(const struct configs *topic, const struct broker_configs *broker,
			       enum topic_config id, struct buf *buf)
{
	if (topic != NULL && topic->values[id] != NULL)
		return slice_str(topic->values[id]);
	struct slice names = slice_str(TOPIC_DEFS[id].broker_names);
	for (struct broker_name name; next_broker_name(&names, &name);) {
		const char *text = broker_set_text(broker, name.index);
		if (text == NULL)
			continue;
		if (name.unit == 1)
			return slice_str(text);
		print_scaled(text, name.unit, buf);
		return buf_slice(buf);
	}
	return slice_str(TOPIC_DEFS[id].fallback);
}

int64_t topic_config_i64(const struct configs *topic, const struct broker_configs *broker,
			 enum topic_config id)
{
	struct buf buf CLEANUP(buf_fini) = BUF_INIT(64);
	assert(TOPIC_DEFS[id].type == CONFIG_INT || TOPIC_DEFS[id].type == CONFIG_LONG);
	int64_t value = 0;
	int code = num_parse_i64(topic_config_text(topic, broker, id, &buf), &value, NULL);
	assert(code == 0);
	return value;
}

bool topic_config_bool(const struct configs *topic, const struct broker_configs *broker,
		       enum topic_config id)
{
	struct buf buf CLEANUP(buf_fini) = BUF_INIT(64);
	assert(TOPIC_DEFS[id].type == CONFIG_BOOL);
	return slice_eq_nocase(topic_config_text(topic, broker, id, &buf), SLICE("true"));
}

double topic_config_double(const struct configs *topic, const struct broker_configs *broker,
			   enum topic_config id)
{
	struct buf buf CLEANUP(buf_fini) = BUF_INIT(64);
	assert(TOPIC_DEFS[id].type == CONFIG_DOUBLE);
	double value = 0;
	int code = num_parse_double(topic_config_text(topic, broker, id, &buf), &value, NULL);
	assert(code == 0);
	return value;
}

fallible topic_configs_check(const struct configs *topic, const struct broker_configs *broker,
			     struct err *err)
{
	int64_t least = topic_config_i64(topic, broker, TOPIC_MIN_COMPACTION_LAG_MS);
	int64_t most = topic_config_i64(topic, broker, TOPIC_MAX_COMPACTION_LAG_MS);
	if (least > most)
		return err_set(err, ERR_INVALID,
			       "conflict topic config setting min.compaction.lag.ms (%lld) > "
			       "max.compaction.lag.ms (%lld)",
			       (long long)least, (long long)most);
	if (topic_config_bool(topic, broker, TOPIC_REMOTE_STORAGE))
		return err_set(err, ERR_INVALID, "tiered storage is not enabled on this broker");
	return 0;
}

static void add_origin(config_origins *to, const char *name, const char *value,
		       enum config_source source)
{
	if (value != NULL)
		vec_push(to, (struct config_origin){ name, value, source });
}

static void explain_broker(const struct broker_configs *broker, uint32_t index, bool with_default,
			   config_origins *to)
{
	const struct config_def *def = &BROKER_DEFS[index];
	add_origin(to, def->name, broker->changed.values[index], CONFIG_SOURCE_BROKER);
	add_origin(to, def->name, broker->changed_default.values[index],
		   CONFIG_SOURCE_BROKER_DEFAULT);
	add_origin(to, def->name, broker->started.values[index], CONFIG_SOURCE_STATIC);
	if (with_default)
		add_origin(to, def->name, def->fallback, CONFIG_SOURCE_DEFAULT);
}

void broker_config_explain(const struct broker_configs *broker, enum broker_config id,
			   config_origins *to)
{
	explain_broker(broker, id, true, to);
}

void topic_config_explain(const struct configs *topic, const struct broker_configs *broker,
			  enum topic_config id, config_origins *to)
{
	const struct config_def *def = &TOPIC_DEFS[id];
	add_origin(to, def->name, topic->values[id], CONFIG_SOURCE_TOPIC);
	struct slice names = slice_str(def->broker_names), defaults = names;
	for (struct broker_name name; next_broker_name(&names, &name);)
		explain_broker(broker, name.index, false, to);
	for (struct broker_name name; next_broker_name(&defaults, &name);) {
		const struct config_def *of = &BROKER_DEFS[name.index];
		add_origin(to, of->name, of->fallback, CONFIG_SOURCE_DEFAULT);
	}
}
