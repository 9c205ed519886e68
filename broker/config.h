/*
 * config.h - settings of topics, of the broker and of groups: described by config.def, checked when
 * set, and read as what they are.
 *
 * `struct configs` holds what was set explicitly, as text, in one scope. What holds for a topic is
 * its own setting, else the broker's (what was changed while running before what it was started
 * with), else the default; config_explain lists that chain as DescribeConfigs shows it. A `struct
 * configs` owns its texts.
 */
#ifndef WEIR_BROKER_CONFIG_H
#define WEIR_BROKER_CONFIG_H

#include "base/bytes.h"
#include "base/vec.h"

/* A value is no longer than this; listeners and lists are the longest. */
#define CONFIG_VALUE_BYTES_MAX 8192

enum config_type { /* Kafka's numbers */
		   CONFIG_BOOL = 1,
		   CONFIG_STRING = 2,
		   CONFIG_INT = 3,
		   CONFIG_LONG = 5,
		   CONFIG_DOUBLE = 6,
		   CONFIG_LIST = 7,
};

enum config_source { /* Kafka's numbers */
		     CONFIG_SOURCE_TOPIC = 1,
		     CONFIG_SOURCE_BROKER = 2,         /* changed while running, this broker */
		     CONFIG_SOURCE_BROKER_DEFAULT = 3, /* changed while running, every broker */
		     CONFIG_SOURCE_STATIC = 4,
		     CONFIG_SOURCE_DEFAULT = 5,
		     CONFIG_SOURCE_GROUP = 8,
};

struct config_def {
	const char *name;
	enum config_type type;
	const char *fallback; /* NULL: null */
	int64_t least, most;
	const char *values;       /* what is allowed, with commas; "": anything */
	const char *broker_names; /* of a topic's setting */
	bool changes;             /* may be set while the broker runs */
	const char *words;
};

struct config_table {
	const struct config_def *defs;
	uint32_t len;
};

enum topic_config {
#define TOPIC(id, ...) TOPIC_##id,
#include "broker/config.def"
#undef TOPIC
	TOPIC_CONFIGS_LEN,
};

enum broker_config {
#define BROKER(id, ...) BROKER_##id,
#include "broker/config.def"
#undef BROKER
	BROKER_CONFIGS_LEN,
};

enum group_config {
#define GROUP(id, ...) GROUP_##id,
#include "broker/config.def"
#undef GROUP
	GROUP_CONFIGS_LEN,
};

extern const struct config_table TOPIC_CONFIGS, BROKER_CONFIGS, GROUP_CONFIGS;

struct configs {
	const struct config_table *table;
	char **values; /* owned, by the table's index; NULL: not set */
};

/* The broker's own, in the order in which they count. */
struct broker_configs {
	struct configs changed;         /* this broker's */
	struct configs changed_default; /* every broker's */
	struct configs started;         /* as the command line or the file said */
};

void configs_init(struct configs *configs, const struct config_table *table);
void configs_fini(struct configs *configs);
void configs_copy(struct configs *to, const struct configs *from); /* `to` is set up already */

/* Where a name stands in a table; -1: nowhere. */
int32_t config_find(const struct config_table *table, struct slice name);
/* May the setting have this value? ERR_INVALID says why not. */
fallible config_check(const struct config_def *def, struct slice value, struct err *err);
/* The value was checked; NULL data takes it back. */
void configs_set(struct configs *configs, uint32_t index, struct slice value);
/* What the elements of a list become with one appended or taken out. */
void config_list_add(struct slice list, struct slice element, struct buf *to);
void config_list_remove(struct slice list, struct slice element, struct buf *to);

/* What holds; NULL: null. A topic's text is in `buf` where a unit had to be applied. */
const char *broker_config_text(const struct broker_configs *broker, enum broker_config id);
int64_t broker_config_i64(const struct broker_configs *broker, enum broker_config id);
bool broker_config_bool(const struct broker_configs *broker, enum broker_config id);
struct slice topic_config_text(const struct configs *topic, const struct broker_configs *broker,
			       enum topic_config id, struct buf *buf);
int64_t topic_config_i64(const struct configs *topic, const struct broker_configs *broker,
			 enum topic_config id);
bool topic_config_bool(const struct configs *topic, const struct broker_configs *broker,
		       enum topic_config id);
double topic_config_double(const struct configs *topic, const struct broker_configs *broker,
			   enum topic_config id);

/* Do a topic's settings fit each other? */
fallible topic_configs_check(const struct configs *topic, const struct broker_configs *broker,
			     struct err *err);

/* Where a value comes from: the first of the chain is what holds. */
struct config_origin {
	const char *name;  /* static */
	const char *value; /* borrowed from the configs, or static */
	enum config_source source;
};
typedef VEC(struct config_origin) config_origins;

void topic_config_explain(const struct configs *topic, const struct broker_configs *broker,
			  enum topic_config id, config_origins *to);
void broker_config_explain(const struct broker_configs *broker, enum broker_config id,
			   config_origins *to);

#endif
