#include "sql/with.h"

#include "base/num.h"
#include "sql/ast_print.h"

struct setting {
	const char *name;
	unsigned places;
	fallible (*read)(struct with *with, const char *name, const struct ast_expr *value,
			 struct err *err);
};

static struct slice literal_text(const struct ast_expr *value, char digits[32])
{
	if (value->kind == AST_STRING)
		return value->string;
	if (value->kind == AST_BOOLEAN)
		return value->boolean ? SLICE("true") : SLICE("false");
	if (value->kind == AST_DECIMAL)
		return value->decimal.text;
	if (value->kind == AST_INTEGER)
		return slice_of(digits, num_put_i64((uint8_t *)digits, value->integer.value));
	return SLICE_EMPTY;
}

static fallible bad_value(const char *name, struct slice text, const char *want, struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "Failed to prepare statement: Invalid value %.*s for configuration %s: %s",
		       SLICE_ARGS(text), name, want);
}

static fallible read_int(const char *name, const struct ast_expr *value, int64_t *ret_value,
			 struct err *err)
{
	char digits[32];
	if (value->kind == AST_INTEGER) {
		*ret_value = value->integer.value;
		return 0;
	}
	struct slice text = literal_text(value, digits);
	if (num_parse_i64(text, ret_value, NULL) != 0)
		return bad_value(name, text, "Not a number of type INT", err);
	return 0;
}

static fallible read_topic(struct with *with, const char *name, const struct ast_expr *value,
			   struct err *err)
{
	if (value->kind != AST_STRING || value->string.len == 0)
		return bad_value(name, SLICE("''"), "the topic's name is wanted", err);
	with->topic = value->string;
	return 0;
}

static fallible read_partitions(struct with *with, const char *name, const struct ast_expr *value,
				struct err *err)
{
	int64_t count;
	TRY(read_int(name, value, &count, err));
	if (count < 1 || count > INT32_MAX)
		return bad_value(name, SLICE(""), "a whole number from 1 is wanted", err);
	if (name[0] == 'P')
		with->partitions = (int32_t)count;
	else
		with->replicas = (int32_t)count;
	return 0;
}

static fallible read_retention(struct with *with, const char *name, const struct ast_expr *value,
			       struct err *err)
{
	return read_int(name, value, &with->retention_ms, err);
}

static fallible read_cleanup(struct with *with, const char *name, const struct ast_expr *value,
			     struct err *err)
{
	(void)with;
	(void)name;
	(void)value;
	return err_set(err, ERR_INVALID,
		       "Invalid config variable in the WITH clause: CLEANUP_POLICY.\nThe "
		       "CLEANUP_POLICY config is automatically inferred based on the type of "
		       "source (STREAM or TABLE).\nUsers can't set the CLEANUP_POLICY config "
		       "manually.");
}

/* A format's upper-case name, as the table of formats has it; unknown ones keep their letters. */
static struct slice format_name(struct slice text)
{
	static const char *const NAMES[] = { "JSON", "DELIMITED", "KAFKA",         "NONE",
					     "AVRO", "PROTOBUF",  "PROTOBUF_NOSR", "JSON_SR" };
	for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
		if (slice_eq_nocase(text, slice_str(NAMES[i])))
			return slice_str(NAMES[i]);
	}
	return text;
}

static fallible read_format(struct with *with, const char *name, const struct ast_expr *value,
			    struct err *err)
{
	if (value->kind != AST_STRING)
		return bad_value(name, SLICE(""), "a format's name is wanted", err);
	struct slice format = format_name(value->string);
	if (format_traits_find(format) == NULL)
		return err_set(err, ERR_NOT_FOUND, "Unknown format: %.*s", SLICE_ARGS(format));
	if (name[0] != 'V')
		with->key_format = format;
	if (name[0] != 'K')
		with->value_format = format;
	with->has_format |= name[0] == 'F';
	return 0;
}

static fallible read_delimiter(struct with *with, const char *name, const struct ast_expr *value,
			       struct err *err)
{
	char digits[32];
	struct slice text = literal_text(value, digits);
	char *place = name[0] == 'K' ? &with->key_delimiter : &with->value_delimiter;
	if (slice_trim(text).len == 0)
		return err_set(
			err, ERR_INVALID,
			"Failed to prepare statement: Configuration %s is invalid: Delimiter "
			"cannot be empty, if you meant to have a tab or space for delimiter, "
			"please use the special values 'TAB' or 'SPACE'\nExample valid "
			"value: ';'",
			name);
	if (text.len == 1)
		*place = (char)text.data[0];
	else if (slice_eq(text, SLICE("TAB")))
		*place = '\t';
	else if (slice_eq(text, SLICE("SPACE")))
		*place = ' ';
	else
		return err_set(err, ERR_INVALID,
			       "Failed to prepare statement: Configuration %s is invalid: Invalid "
			       "delimiter value: '%.*s'. Delimiter must be a single character or "
			       "TAB,SPACE\nExample valid value: ';'",
			       name, SLICE_ARGS(text));
	return 0;
}

static fallible read_wrap(struct with *with, const char *name, const struct ast_expr *value,
			  struct err *err)
{
	char digits[32];
	struct slice text = literal_text(value, digits);
	bool yes = slice_eq_nocase(text, SLICE("true"));
	if (!yes && !slice_eq_nocase(text, SLICE("false")))
		return bad_value(name, text, "Expected value to be either true or false", err);
	with->has_wrap = true;
	with->wrap = yes ? FORMAT_WRAP : FORMAT_UNWRAP;
	return 0;
}

static fallible read_text(struct with *with, const char *name, const struct ast_expr *value,
			  struct err *err)
{
	if (value->kind != AST_STRING)
		return bad_value(name, SLICE(""), "a text is wanted", err);
	if (strcmp(name, "TIMESTAMP_FORMAT") == 0)
		with->timestamp_format = value->string;
	else if (strcmp(name, "QUERY_ID") == 0)
		with->query_id = value->string;
	return 0;
}

/* A column's name: upper-cased unless it stands in quotes of its own. */
static fallible read_timestamp(struct with *with, const char *name, const struct ast_expr *value,
			       struct err *err)
{
	if (value->kind != AST_STRING)
		return bad_value(name, SLICE(""), "a column's name is wanted", err);
	with->timestamp = value->string;
	return 0;
}

static fallible read_full_name(struct with *with, const char *name, const struct ast_expr *value,
			       struct err *err)
{
	if (value->kind != AST_STRING)
		return bad_value(name, SLICE(""), "a schema's name is wanted", err);
	if (name[0] == 'K') {
		with->key_full_name = value->string;
		with->has_key_full_name = true;
	} else {
		with->value_full_name = value->string;
		with->has_value_full_name = true;
	}
	return 0;
}

static fallible read_schema_id(struct with *with, const char *name, const struct ast_expr *value,
			       struct err *err)
{
	return read_int(name, value, name[0] == 'K' ? &with->key_schema_id : &with->value_schema_id,
			err);
}

static fallible read_window_type(struct with *with, const char *name, const struct ast_expr *value,
				 struct err *err)
{
	static const struct {
		const char *name;
		enum window_kind kind;
	} KINDS[] = { { "SESSION", WINDOW_SESSION },
		      { "HOPPING", WINDOW_HOPPING },
		      { "TUMBLING", WINDOW_TUMBLING } };
	char digits[32];
	struct slice text = literal_text(value, digits);
	for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
		if (!slice_eq_nocase(text, slice_str(KINDS[i].name)))
			continue;
		with->window = KINDS[i].kind;
		with->has_window = true;
		return 0;
	}
	return bad_value(name, text, "String must be one of: SESSION, HOPPING, TUMBLING, null",
			 err);
}

static fallible read_window_size(struct with *with, const char *name, const struct ast_expr *value,
				 struct err *err)
{
	static const struct {
		const char *name;
		int64_t ms;
	} UNITS[] = { { "DAY", 86400000 },  { "DAYS", 86400000 }, { "HOUR", 3600000 },
		      { "HOURS", 3600000 }, { "MINUTE", 60000 },  { "MINUTES", 60000 },
		      { "SECOND", 1000 },   { "SECONDS", 1000 },  { "MILLISECOND", 1 },
		      { "MILLISECONDS", 1 } };
	char digits[32];
	struct slice text = literal_text(value, digits);
	size_t space = slice_find_byte(text, ' ', 0);
	struct slice number = slice_sub(text, 0, space);
	struct slice unit =
		slice_trim(slice_sub(text, space == SIZE_MAX ? text.len : space, text.len));
	int64_t count;
	if (num_parse_i64(number, &count, NULL) != 0)
		return err_set(err, ERR_INVALID,
			       "Configuration %s is invalid: Invalid duration: '%.*s'. Expected a "
			       "number and a unit, such as '10 SECONDS'",
			       name, SLICE_ARGS(text));
	for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
		if (!slice_eq_nocase(unit, slice_str(UNITS[i].name)))
			continue;
		if (count <= 0 || count > INT64_MAX / UNITS[i].ms)
			break;
		with->window_size_ms = count * UNITS[i].ms;
		return 0;
	}
	char upper[32] = { 0 };
	for (size_t i = 0; i < unit.len && i < sizeof(upper) - 1; i++)
		upper[i] = (char)(unit.data[i] >= 'a' && unit.data[i] <= 'z' ? unit.data[i] - 32
									     : unit.data[i]);
	return err_set(err, ERR_INVALID,
		       "Configuration %s is invalid: Invalid duration: '%.*s'. Unknown time unit: "
		       "'%s'",
		       name, SLICE_ARGS(text), upper);
}

static fallible read_ignored(struct with *with, const char *name, const struct ast_expr *value,
			     struct err *err)
{
	(void)with;
	(void)name;
	(void)value;
	(void)err;
	return 0; /* says something about the topic's origin only */
}

/* clang-format off */
static const struct setting SETTINGS[] = {
	{ "KAFKA_TOPIC",       WITH_CREATE | WITH_AS, read_topic },
	{ "PARTITIONS",        WITH_CREATE | WITH_AS, read_partitions },
	{ "REPLICAS",          WITH_CREATE | WITH_AS, read_partitions },
	{ "RETENTION_MS",      WITH_CREATE | WITH_AS, read_retention },
	{ "CLEANUP_POLICY",    WITH_CREATE | WITH_AS, read_cleanup },
	{ "FORMAT",            WITH_CREATE | WITH_AS, read_format },
	{ "KEY_FORMAT",        WITH_CREATE | WITH_AS, read_format },
	{ "VALUE_FORMAT",      WITH_CREATE | WITH_AS, read_format },
	{ "KEY_DELIMITER",     WITH_CREATE | WITH_AS, read_delimiter },
	{ "VALUE_DELIMITER",   WITH_CREATE | WITH_AS, read_delimiter },
	{ "WRAP_SINGLE_VALUE", WITH_CREATE | WITH_AS, read_wrap },
	{ "TIMESTAMP",         WITH_CREATE | WITH_AS, read_timestamp },
	{ "TIMESTAMP_FORMAT",  WITH_CREATE | WITH_AS, read_text },
	{ "KEY_SCHEMA_ID",     WITH_CREATE | WITH_AS, read_schema_id },
	{ "VALUE_SCHEMA_ID",   WITH_CREATE | WITH_AS, read_schema_id },
	{ "KEY_SCHEMA_FULL_NAME",        WITH_CREATE | WITH_AS, read_full_name },
	{ "VALUE_SCHEMA_FULL_NAME",      WITH_CREATE | WITH_AS, read_full_name },
	{ "VALUE_AVRO_SCHEMA_FULL_NAME", WITH_CREATE | WITH_AS, read_full_name },
	{ "KEY_PROTOBUF_NULLABLE_REPRESENTATION",   WITH_CREATE | WITH_AS, read_ignored },
	{ "VALUE_PROTOBUF_NULLABLE_REPRESENTATION", WITH_CREATE | WITH_AS, read_ignored },
	{ "WINDOW_TYPE",       WITH_CREATE, read_window_type },
	{ "WINDOW_SIZE",       WITH_CREATE, read_window_size },
	{ "SOURCED_BY_CONNECTOR", WITH_CREATE, read_ignored },
	{ "SOURCE_CONNECTOR",  WITH_CREATE | WITH_AS, read_ignored },
	{ "QUERY_ID",          WITH_INSERT, read_text },
};
/* clang-format on */

static fallible read_one(struct with *with, const struct ast_property *property,
			 enum with_place place, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) {
		if ((SETTINGS[i].places & place) == 0 ||
		    !slice_eq_nocase(property->key.text, slice_str(SETTINGS[i].name)))
			continue;
		return SETTINGS[i].read(with, SETTINGS[i].name, property->value, err);
	}
	return err_set_at(err, ERR_INVALID, property->key.pos.line, property->key.pos.column,
			  "Failed to prepare statement: Invalid config variable(s) in the WITH "
			  "clause: %.*s",
			  SLICE_ARGS(property->key.text));
}

static bool names(const struct ast_properties *properties, const char *name)
{
	for (uint32_t i = 0; i < properties->len; i++) {
		if (slice_eq_nocase(properties->items[i].key.text, slice_str(name)))
			return true;
	}
	return false;
}

static fallible check(const struct with *with, const struct ast_properties *properties,
		      struct err *err)
{
	static const char *const PARTS[] = { "KEY_FORMAT", "VALUE_FORMAT" };
	for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
		if (with->has_format && names(properties, PARTS[i]))
			return err_set(
				err, ERR_CONFLICT,
				"Cannot supply both '%s' and 'FORMAT' properties, as 'FORMAT' "
				"sets both key and value formats. Either use just 'FORMAT', "
				"or use 'KEY_FORMAT' and 'VALUE_FORMAT'.",
				PARTS[i]);
	}
	bool sized = with->window == WINDOW_TUMBLING || with->window == WINDOW_HOPPING;
	if (sized && with->window_size_ms == 0)
		return err_set(
			err, ERR_INVALID,
			"%s windows require 'WINDOW_SIZE' to be provided in the WITH clause. "
			"For example: 'WINDOW_SIZE'='10 SECONDS'",
			with->window == WINDOW_TUMBLING ? "TUMBLING" : "HOPPING");
	if (with->window == WINDOW_SESSION && with->window_size_ms != 0)
		return err_set(err, ERR_INVALID,
			       "'WINDOW_SIZE' should not be set for SESSION windows.");
	return 0;
}

fallible with_read(const struct ast_properties *properties, enum with_place place,
		   struct with *ret_with, struct err *err)
{
	struct with with = { .retention_ms = -1, .key_schema_id = -1, .value_schema_id = -1 };
	for (uint32_t i = 0; i < properties->len; i++)
		TRY(read_one(&with, &properties->items[i], place, err));
	TRY(check(&with, properties, err));
	*ret_with = with;
	return 0;
}
