/* CREATE STREAM, CREATE TABLE, ALTER: a source declared over a topic. */
#include "sql/plan_priv.h"

#define DEFAULT_REPLICAS 1

/* Names. */

fallible plan_check_name(struct planner *planner, const struct ast_name *name, bool is_table,
			 bool or_replace, bool if_not_exists, bool *ret_done, struct err *err)
{
	*ret_done = false;
	for (size_t i = 0; i < name->text.len; i++) {
		uint8_t c = name->text.data[i];
		bool fine = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z') || c == '_' || c == '-';
		if (!fine)
			return err_set_at(err, ERR_INVALID, name->pos.line, name->pos.column,
					  "Illegal argument at Line: %d, Col: %d. Source names may "
					  "only contain alphanumeric values, '_' or '-'. Got: "
					  "'%.*s'",
					  name->pos.line, name->pos.column, SLICE_ARGS(name->text));
	}
	const struct source *known = catalog_source(planner->catalog, name->text);
	if (known == NULL)
		return 0;
	if (or_replace && known->read_only)
		return err_set(err, ERR_CONFLICT,
			       "Cannot add %s '%.*s': CREATE OR REPLACE is not supported on source "
			       "%ss.",
			       plan_kind_word(is_table), SLICE_ARGS(name->text),
			       plan_kind_word(known->is_table));
	if (or_replace)
		return 0;
	if (if_not_exists) {
		planner->plan->kind = PLAN_NOTHING;
		planner->plan->warning = true;
		planner->plan->message = arena_printf(
			planner->arena,
			"Cannot add %s `%.*s`: A %s with the same name already exists.",
			plan_kind_word(is_table), SLICE_ARGS(name->text),
			plan_kind_word(known->is_table));
		*ret_done = true;
		return 0;
	}
	return err_set(err, ERR_EXISTS,
		       "Cannot add %s '%.*s': A %s with the same name already exists",
		       plan_kind_word(is_table), SLICE_ARGS(name->text),
		       plan_kind_word(known->is_table));
}

/* Columns. */

static bool is_reserved(struct slice name)
{
	static const char *const NAMES[] = { "ROWTIME", "ROWPARTITION", "ROWOFFSET", "WINDOWSTART",
					     "WINDOWEND" };
	for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
		if (slice_eq(name, slice_str(NAMES[i])))
			return true;
	}
	return false;
}

static fallible check_headers(struct planner *planner, const struct ast_column *column,
			      const struct type *type, struct err *err)
{
	static const struct type_field FIELDS[] = {
		{ { (const uint8_t *)"KEY", 3 }, &TYPE_SCALARS[TYPE_STRING] },
		{ { (const uint8_t *)"VALUE", 5 }, &TYPE_SCALARS[TYPE_BYTES] },
	};
	const struct type *want =
		type_array(planner->arena, type_struct(planner->arena, FIELDS, 2));
	if (column->role == AST_COLUMN_HEADERS && !type_eq(type, want))
		return err_set(err, ERR_TYPE,
			       "Invalid type for HEADERS column: expected %s, got %s",
			       type_text(planner->arena, want), type_text(planner->arena, type));
	if (column->role == AST_COLUMN_HEADER && type->kind != TYPE_BYTES)
		return err_set(err, ERR_TYPE,
			       "Invalid type for HEADER('%.*s') column: expected BYTES, got %s",
			       SLICE_ARGS(column->header), type_text(planner->arena, type));
	return 0;
}

static fallible check_role(const struct ast_column *column, bool is_table, struct err *err)
{
	if (is_table && column->role == AST_COLUMN_KEY)
		return err_set_at(
			err, ERR_INVALID, column->pos.line, column->pos.column,
			"Line: %d, Col: %d: Column `%.*s` is a 'KEY' column: please use "
			"'PRIMARY KEY' for tables.\nTables have PRIMARY KEYs, which are "
			"unique and NON NULL.\nStreams have KEYs, which have no uniqueness "
			"or NON NULL constraints.",
			column->pos.line, column->pos.column, SLICE_ARGS(column->name.text));
	if (!is_table && column->role == AST_COLUMN_PRIMARY_KEY)
		return err_set_at(
			err, ERR_INVALID, column->pos.line, column->pos.column,
			"Line: %d, Col: %d: Column `%.*s` is a 'PRIMARY KEY' column: please "
			"use 'KEY' for streams.\nTables have PRIMARY KEYs, which are unique "
			"and NON NULL.\nStreams have KEYs, which have no uniqueness or NON "
			"NULL constraints.",
			column->pos.line, column->pos.column, SLICE_ARGS(column->name.text));
	return 0;
}

static enum column_role role_of(enum ast_column_role role)
{
	switch (role) {
	case AST_COLUMN_VALUE:
		return COLUMN_VALUE;
	case AST_COLUMN_KEY:
	case AST_COLUMN_PRIMARY_KEY:
		return COLUMN_KEY;
	case AST_COLUMN_HEADERS:
		return COLUMN_HEADERS;
	case AST_COLUMN_HEADER:
		return COLUMN_HEADER;
	}
	UNREACHABLE("every role is listed");
}

static fallible add_column(struct planner *planner, const struct ast_column *ast, bool is_table,
			   struct schema_column *columns, uint32_t *n, struct err *err)
{
	struct schema_column column = { .name = ast->name.text,
					.role = role_of(ast->role),
					.header_key = ast->header };
	if (is_reserved(ast->name.text))
		return err_set_at(
			err, ERR_INVALID, ast->pos.line, ast->pos.column,
			"'%.*s' is a reserved column name. You cannot use it as a name for "
			"a column.",
			SLICE_ARGS(ast->name.text));
	TRY(check_role(ast, is_table, err));
	TRY(typing_type(planner->arena, planner->catalog, ast->type, &column.type, err));
	TRY(check_headers(planner, ast, column.type, err));
	for (uint32_t i = 0; i < *n; i++) {
		if (slice_eq(columns[i].name, column.name))
			return err_set_at(err, ERR_EXISTS, ast->pos.line, ast->pos.column,
					  "Duplicate column names: %.*s", SLICE_ARGS(column.name));
		bool clash = (columns[i].role == COLUMN_HEADERS && column.role >= COLUMN_HEADERS) ||
			     (columns[i].role >= COLUMN_HEADERS && column.role == COLUMN_HEADERS);
		if (clash)
			return err_set(err, ERR_INVALID,
				       "Schema already contains a HEADERS column.");
	}
	columns[(*n)++] = column;
	return 0;
}

/* Keys first, then values, then headers, each in the order declared. */
static const struct schema *ordered(struct arena *arena, const struct schema_column *columns,
				    uint32_t n)
{
	struct schema_column *sorted = arena_array(arena, struct schema_column, n);
	uint32_t at = 0;
	for (int group = 0; group < 3; group++) {
		for (uint32_t i = 0; i < n; i++) {
			int of = columns[i].role == COLUMN_KEY     ? 0
				 : columns[i].role == COLUMN_VALUE ? 1
								   : 2;
			if (of == group)
				sorted[at++] = columns[i];
		}
	}
	return schema_new(arena, sorted, n);
}

fallible plan_map_key(const struct schema *schema, struct arena *arena, struct err *err)
{
	for (uint32_t k = 0; k < schema->nkeys; k++) {
		if (type_contains(schema->columns[k].type, TYPE_MAP))
			return err_set(
				err, ERR_UNSUPPORTED,
				"Map keys, including types that contain maps, are not "
				"supported as they may lead to unexpected behavior due to "
				"inconsistent serialization. Key column name: `%.*s`. Column "
				"type: %s. See "
				"https://github.com/confluentinc/ksql/issues/6621 for more.",
				SLICE_ARGS(schema->columns[k].name),
				type_text(arena, schema->columns[k].type));
	}
	return 0;
}

static fallible declared_schema(struct planner *planner, const struct with *with,
				const struct schema **ret_schema, struct err *err)
{
	const struct ast_columns *asts = &planner->statement->create_source.columns;
	bool is_table = planner->statement->create_source.kind == AST_TABLE;
	struct schema_column *columns =
		arena_array(planner->arena, struct schema_column, asts->len);
	uint32_t n = 0;
	for (uint32_t i = 0; i < asts->len; i++)
		TRY(add_column(planner, &asts->items[i], is_table, columns, &n, err));
	const struct schema *schema = ordered(planner->arena, columns, n);
	if (is_table && schema->nkeys == 0)
		return err_set(err, ERR_INVALID,
			       "Tables require a PRIMARY KEY. Please define the PRIMARY KEY.");
	if (with->has_window && schema->nkeys == 0)
		return err_set(err, ERR_INVALID, "Windowed sources require a key column.");
	*ret_schema = schema;
	return 0;
}

/* Formats. */

static struct slice chosen(struct slice given, struct slice inherited, const char *setting)
{
	if (given.len > 0)
		return given;
	if (inherited.len > 0)
		return inherited;
	return setting != NULL ? slice_str(setting) : SLICE_EMPTY;
}

static fallible check_delimiter(const struct format_spec *format, char given, struct err *err)
{
	const struct format_traits *traits = format_traits_find(format->name);
	if (traits == NULL)
		return err_set(err, ERR_NOT_FOUND, "Unknown format: %.*s",
			       SLICE_ARGS(format->name));
	if (given != 0 && !traits->delimiter)
		return err_set(err, ERR_INVALID,
			       "%s does not support the following configs: "
			       "[delimiter]",
			       traits->name);
	return 0;
}

static fallible check_full_name(struct planner *planner, const struct format_spec *format,
				bool given, struct slice full_name, struct err *err)
{
	const struct format_traits *traits = format_traits_find(format->name);
	(void)planner;
	if (!given)
		return 0;
	if (!traits->infers_schema)
		return err_set(err, ERR_INVALID,
			       "%s does not support the following configs: "
			       "[fullSchemaName]",
			       traits->name);
	if (slice_trim(full_name).len == 0)
		return err_set(err, ERR_INVALID,
			       "fullSchemaName cannot be empty. Format configuration: "
			       "{fullSchemaName=}");
	return 0;
}

fallible plan_formats(struct planner *planner, const struct with *with,
		      const struct source *inherit, const struct schema *schema,
		      struct topic_spec *topic, struct err *err)
{
	bool keyless = schema->nkeys == 0;
	const char *key_default =
		plan_property(planner->options, "ksql.persistence.default.format.key", "KAFKA");
	const char *value_default =
		plan_property(planner->options, "ksql.persistence.default.format.value", NULL);
	struct slice none = SLICE("NONE");
	struct slice inherited_key = inherit != NULL ? inherit->topic.key_format.name : SLICE_EMPTY;
	struct slice inherited_value =
		inherit != NULL ? inherit->topic.value_format.name : SLICE_EMPTY;
	if (inherited_key.len > 0 && slice_eq(inherited_key, none))
		inherited_key = SLICE_EMPTY;
	topic->key_format.name = keyless && with->key_format.len == 0
					 ? none
					 : chosen(with->key_format, inherited_key, key_default);
	topic->value_format.name = chosen(with->value_format, inherited_value, value_default);
	if (topic->value_format.name.len == 0)
		return err_set(err, ERR_INVALID,
			       "Statement is missing the 'VALUE_FORMAT' property from the WITH "
			       "clause. Either provide one or set a default via the "
			       "'ksql.persistence.default.format.value' config.");
	TRY(check_delimiter(&topic->key_format, with->key_delimiter, err));
	TRY(check_delimiter(&topic->value_format, with->value_delimiter, err));
	topic->key_format.delimiter = with->key_delimiter;
	topic->value_format.delimiter = with->value_delimiter;
	if (inherit != NULL && with->key_delimiter == 0 &&
	    slice_eq(topic->key_format.name, inherit->topic.key_format.name))
		topic->key_format.delimiter = inherit->topic.key_format.delimiter;
	if (inherit != NULL && with->value_delimiter == 0 &&
	    slice_eq(topic->value_format.name, inherit->topic.value_format.name))
		topic->value_format.delimiter = inherit->topic.value_format.delimiter;
	TRY(check_full_name(planner, &topic->key_format, with->has_key_full_name,
			    with->key_full_name, err));
	TRY(check_full_name(planner, &topic->value_format, with->has_value_full_name,
			    with->value_full_name, err));
	topic->value_format.wrap = with->wrap;
	const char *wrap =
		plan_property(planner->options, "ksql.persistence.wrap.single.values", NULL);
	if (!with->has_wrap && wrap != NULL) {
		uint32_t nvalues = 0;
		for (uint32_t i = 0; i < schema->ncolumns; i++)
			nvalues += schema->columns[i].role == COLUMN_VALUE;
		const struct format_traits *traits = format_traits_find(topic->value_format.name);
		bool yes = slice_eq_nocase(slice_str(wrap), SLICE("true"));
		if (nvalues == 1 && (yes ? traits->can_wrap : traits->can_unwrap))
			topic->value_format.wrap = yes ? FORMAT_WRAP : FORMAT_UNWRAP;
	}
	return 0;
}

static uint32_t part_columns(struct arena *arena, const struct schema *schema, bool is_key,
			     struct format_column **ret_columns)
{
	struct format_column *columns = arena_array(arena, struct format_column, schema->ncolumns);
	uint32_t n = 0;
	for (uint32_t i = 0; i < schema->ncolumns; i++) {
		if (schema->columns[i].role == (is_key ? COLUMN_KEY : COLUMN_VALUE))
			columns[n++] = (struct format_column){ .name = schema->columns[i].name,
							       .type = schema->columns[i].type };
	}
	*ret_columns = columns;
	return n;
}

static void print_columns(struct buf *out, const struct format_column *columns, uint32_t n,
			  bool is_key)
{
	for (uint32_t i = 0; i < n; i++) {
		buf_printf(out, "%s`%.*s` ", i > 0 ? ", " : "", SLICE_ARGS(columns[i].name));
		type_print(columns[i].type, out);
		buf_append_str(out, is_key ? " KEY" : "");
	}
}

static fallible check_wrap(const struct format_spec *format, uint32_t nvalues, bool has_wrap,
			   struct err *err)
{
	if (!has_wrap)
		return 0;
	const struct format_traits *traits = format_traits_find(format->name);
	bool yes = format->wrap == FORMAT_WRAP;
	if (nvalues != 1)
		return err_set(err, ERR_INVALID,
			       "'WRAP_SINGLE_VALUE' is only valid for single-field value schemas");
	if (yes ? !traits->can_wrap : !traits->can_unwrap)
		return err_set(err, ERR_INVALID,
			       "Format '%s' does not support 'WRAP_SINGLE_VALUE' set to '%s'.",
			       traits->name, yes ? "true" : "false");
	return 0;
}

static fallible check_part(struct planner *planner, const struct format_spec *format, bool is_key,
			   const struct schema *schema, const char *text, struct err *err)
{
	struct format_column *columns;
	uint32_t n = part_columns(planner->arena, schema, is_key, &columns);
	struct err why = ERR_INIT;
	if (n == 0 || format_check(format, is_key, columns, n, &why) == 0)
		return 0;
	struct buf names = BUF_INIT(BUF_TEXT_BYTES_MAX);
	print_columns(&names, columns, n, is_key);
	int code = err_set(err, ERR_UNSUPPORTED,
			   "%s format does not support schema.\nformat: %.*s\nschema: "
			   "Persistence{columns=[%s], features=[]}\nreason: %s%s%s",
			   is_key ? "Key" : "Value", SLICE_ARGS(format->name), buf_str(&names),
			   why.text, text != NULL ? "\nStatement: " : "", text != NULL ? text : "");
	buf_fini(&names);
	return code;
}

fallible plan_check_formats(struct planner *planner, const struct topic_spec *topic,
			    const struct schema *schema, bool has_wrap, const char *text,
			    struct err *err)
{
	struct format_column *values;
	uint32_t nvalues = part_columns(planner->arena, schema, false, &values);
	TRY(plan_map_key(schema, planner->arena, err));
	TRY(check_part(planner, &topic->key_format, true, schema, text, err));
	TRY(check_wrap(&topic->value_format, nvalues, has_wrap, err));
	return check_part(planner, &topic->value_format, false, schema, text, err);
}

/* TIMESTAMP. */

struct slice plan_column_name(struct arena *arena, struct slice text)
{
	if (text.len >= 2 && (text.data[0] == '`' || text.data[0] == '"'))
		return slice_sub(text, 1, text.len - 2);
	uint8_t *upper = arena_plain(arena, text.len + 1, 1);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		upper[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - ('a' - 'A')) : c;
	}
	return slice_of(upper, text.len);
}

fallible plan_timestamp(struct planner *planner, const struct with *with,
			const struct schema *schema, struct source *source, struct err *err)
{
	if (with->timestamp.len == 0) {
		if (with->timestamp_format.len > 0)
			return err_set(err, ERR_INVALID,
				       "'TIMESTAMP_FORMAT' needs 'TIMESTAMP' to name a column");
		return 0;
	}
	struct slice name = plan_column_name(planner->arena, with->timestamp);
	int32_t at = schema_find(schema, name);
	if (at < 0)
		return err_set(err, ERR_NOT_FOUND,
			       "The TIMESTAMP column set in the WITH clause does not exist in the "
			       "schema: '%.*s'",
			       SLICE_ARGS(name));
	const struct type *type = schema->columns[at].type;
	bool text = type->kind == TYPE_STRING && with->timestamp_format.len > 0;
	if (!text && with->timestamp_format.len > 0)
		return err_set(
			err, ERR_INVALID,
			"'TIMESTAMP_FORMAT' set in the WITH clause can only be used when the "
			"timestamp column is of type STRING.");
	if (!text && type->kind != TYPE_BIGINT && type->kind != TYPE_TIMESTAMP)
		return err_set(err, ERR_TYPE,
			       "Timestamp column, `%.*s`, should be LONG(INT64), TIMESTAMP, or a "
			       "String with a timestamp_format specified",
			       SLICE_ARGS(name));
	source->timestamp_column = name;
	source->timestamp_pattern = with->timestamp_format;
	return 0;
}

/* Topics. */

static fallible check_topic(struct planner *planner, const struct with *with, struct err *err)
{
	struct plan *plan = planner->plan;
	const struct catalog_topic *topic = catalog_topic(planner->catalog, with->topic);
	if (topic != NULL) {
		bool partitions = with->partitions != 0 && with->partitions != topic->partitions;
		bool replicas = with->replicas != 0 && with->replicas != topic->replicas;
		if (!partitions && !replicas)
			return 0;
		return err_set(
			err, ERR_CONFLICT,
			"A Kafka topic with the name '%.*s' already exists, with different "
			"partition/replica configuration than required. KSQL expects %d "
			"partitions (topic has %d), and %d replication factor (topic has %d).",
			SLICE_ARGS(with->topic),
			with->partitions != 0 ? with->partitions : topic->partitions,
			topic->partitions, with->replicas != 0 ? with->replicas : topic->replicas,
			topic->replicas);
	}
	if (with->partitions == 0 && planner->options->default_partitions == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "Topic '%.*s' does not exist. If you want to create a new topic for "
			       "the %s please re-run the statement providing the required "
			       "'PARTITIONS' configuration in the WITH clause (and optionally "
			       "'REPLICAS'). For example: CREATE %s ... WITH (KAFKA_TOPIC='%.*s', "
			       "PARTITIONS=1)",
			       SLICE_ARGS(with->topic),
			       planner->statement->create_source.kind == AST_TABLE ? "table"
										   : "stream",
			       planner->statement->create_source.kind == AST_TABLE ? "TABLE"
										   : "STREAM",
			       SLICE_ARGS(with->topic));
	plan->partitions =
		with->partitions != 0 ? with->partitions : planner->options->default_partitions;
	plan->replicas = with->replicas != 0 ? with->replicas : DEFAULT_REPLICAS;
	plan->retention_ms = with->retention_ms;
	return 0;
}

static fallible check_schema_ids(const struct with *with, bool has_columns, struct err *err)
{
	static const char *const PARTS[] = { "KEY", "VALUE" };
	const int64_t ids[] = { with->key_schema_id, with->value_schema_id };
	const struct slice formats[] = { with->key_format, with->value_format };
	for (unsigned i = 0; i < 2; i++) {
		const struct format_traits *traits = format_traits_find(formats[i]);
		if (ids[i] < 0)
			continue;
		if (traits == NULL || !traits->infers_schema)
			return err_set(
				err, ERR_INVALID,
				"%s_FORMAT should support schema inference when %s_SCHEMA_ID "
				"is provided. Current format is %s.",
				PARTS[i], PARTS[i], traits != NULL ? traits->name : "not given");
		if (has_columns)
			return err_set(
				err, ERR_CONFLICT,
				"Table elements and %s_SCHEMA_ID cannot both exist for create "
				"statement.",
				PARTS[i]);
	}
	return 0;
}

fallible plan_create_source(struct planner *planner, struct err *err)
{
	const struct ast_statement *statement = planner->statement;
	bool is_table = statement->create_source.kind == AST_TABLE;
	struct with with;
	bool done;
	TRY(with_read(&statement->create_source.with, WITH_CREATE, &with, err));
	TRY(plan_check_name(planner, &statement->create_source.name, is_table,
			    statement->create_source.or_replace,
			    statement->create_source.if_not_exists, &done, err));
	if (done)
		return 0;
	if (statement->create_source.or_replace && statement->create_source.read_only)
		return err_set(err, ERR_UNSUPPORTED,
			       "Cannot add %s '%.*s': CREATE OR REPLACE is not supported on source "
			       "%ss.",
			       plan_kind_word(is_table),
			       SLICE_ARGS(statement->create_source.name.text),
			       plan_kind_word(is_table));
	TRY(check_schema_ids(&with, statement->create_source.columns.len > 0, err));
	struct source source = { .name = statement->create_source.name.text,
				 .is_table = is_table,
				 .read_only = statement->create_source.read_only,
				 .statement = statement->text };
	struct schema_column none[1];
	source.schema = schema_new(planner->arena, none, 0);
	if (statement->create_source.columns.len > 0)
		TRY(declared_schema(planner, &with, &source.schema, err));
	TRY(plan_formats(planner, &with, NULL, source.schema, &source.topic, err));
	if (statement->create_source.columns.len == 0)
		return err_set(err, ERR_INVALID,
			       "No columns supplied. The schema of %s '%.*s' cannot be inferred: "
			       "format %.*s has no schemas of its own.",
			       plan_kind_word(is_table), SLICE_ARGS(source.name),
			       SLICE_ARGS(source.topic.value_format.name));
	if (with.topic.len == 0)
		return err_set(err, ERR_INVALID,
			       "Missing required property \"KAFKA_TOPIC\" which has no default "
			       "value.");
	TRY(plan_check_formats(planner, &source.topic, source.schema, with.has_wrap, NULL, err));
	TRY(plan_timestamp(planner, &with, source.schema, &source, err));
	source.topic.topic = with.topic;
	source.topic.window = with.window;
	source.topic.window_size_ms = with.window_size_ms;
	TRY(check_topic(planner, &with, err));
	const struct catalog_topic *topic = catalog_topic(planner->catalog, with.topic);
	source.topic.partitions = topic != NULL ? topic->partitions : planner->plan->partitions;
	planner->plan->kind = PLAN_CREATE_SOURCE;
	planner->plan->source = source;
	planner->plan->has_source = true;
	planner->plan->topic = with.topic;
	planner->plan->message = is_table ? "Table created" : "Stream created";
	return 0;
}

fallible plan_alter_source(struct planner *planner, struct err *err)
{
	const struct ast_statement *statement = planner->statement;
	struct slice name = statement->alter_source.name.text;
	bool is_table = statement->alter_source.kind == AST_TABLE;
	const struct source *known = catalog_source(planner->catalog, name);
	if (known == NULL)
		return err_set(err, ERR_NOT_FOUND, "Source %.*s does not exist.%s",
			       SLICE_ARGS(name),
			       catalog_hint(planner->catalog, name, planner->arena));
	if (known->is_table != is_table)
		return err_set(err, ERR_CONFLICT,
			       "Incompatible data source type is %s, but statement was ALTER %s",
			       known->is_table ? "TABLE" : "STREAM", is_table ? "TABLE" : "STREAM");
	if (known->read_only)
		return err_set(
			err, ERR_UNSUPPORTED,
			"Cannot alter %s '%.*s': ALTER operations are not supported on source "
			"%ss.",
			plan_kind_word(is_table), SLICE_ARGS(name), plan_kind_word(is_table));
	if (known->created_by.len > 0)
		return err_set(err, ERR_UNSUPPORTED,
			       "ALTER command is not supported for CREATE ... AS statements.");
	const struct ast_columns *added = &statement->alter_source.columns;
	uint32_t n = known->schema->ncolumns;
	struct schema_column *columns =
		arena_array(planner->arena, struct schema_column, n + added->len);
	memcpy(columns, known->schema->columns, n * sizeof(*columns));
	for (uint32_t i = 0; i < added->len; i++) {
		if (schema_find(known->schema, added->items[i].name.text) >= 0)
			return err_set(err, ERR_EXISTS,
				       "Cannot add column %.*s to schema. A column with the same "
				       "name already exists.",
				       SLICE_ARGS(added->items[i].name.text));
		TRY(add_column(planner, &added->items[i], is_table, columns, &n, err));
	}
	struct plan *plan = planner->plan;
	plan->kind = PLAN_ALTER_SOURCE;
	plan->source = *known;
	plan->source.schema = ordered(planner->arena, columns, n);
	plan->has_source = true;
	plan->message = arena_printf(planner->arena, "%s %.*s altered.", plan_kind_Word(is_table),
				     SLICE_ARGS(name));
	return 0;
}
