/* INSERT INTO ... VALUES: rows of constant expressions to records of the source's topic. */
#include "sql/plan_priv.h"

#include "engine/topic.h"
#include "engine/batch.h"

#define INSERT_BYTES_MAX ((size_t)64 * 1024 * 1024)

static fallible check_target(struct planner *planner, const struct source **ret_source,
			     struct err *err)
{
	struct slice name = planner->statement->insert_values.name.text;
	const struct source *source = catalog_source(planner->catalog, name);
	if (source == NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "Cannot insert values into an unknown stream/table: `%.*s`%s",
			       SLICE_ARGS(name),
			       catalog_hint(planner->catalog, name, planner->arena));
	if (source->read_only)
		return err_set(err, ERR_UNSUPPORTED, "Cannot insert values into read-only %s: %.*s",
			       plan_kind_word(source->is_table), SLICE_ARGS(name));
	if (source->topic.window != WINDOW_NONE)
		return err_set(err, ERR_UNSUPPORTED,
			       "Cannot insert values into windowed stream/table!");
	*ret_source = source;
	return 0;
}

/* Which column each value is for: an index in the schema, or -1 for ROWTIME. */
static fallible map_columns(struct planner *planner, const struct source *source,
			    int32_t **ret_columns, uint32_t *ret_n, struct err *err)
{
	const struct ast_names *names = &planner->statement->insert_values.columns;
	const struct schema *schema = source->schema;
	uint32_t n = names->len > 0 ? names->len : schema->ncolumns;
	int32_t *columns = arena_array(planner->arena, int32_t, n);
	for (uint32_t i = 0; i < n; i++) {
		columns[i] = (int32_t)i;
		if (names->len > 0) {
			struct slice name = names->items[i].text;
			columns[i] = schema_find(schema, name);
			if (columns[i] < 0 && !slice_eq(name, SLICE("ROWTIME")))
				return err_set(err, ERR_NOT_FOUND,
					       "Column name `%.*s` does not exist.",
					       SLICE_ARGS(name));
		}
		if (columns[i] >= 0 && schema->columns[columns[i]].role >= COLUMN_HEADERS)
			return err_set(err, ERR_UNSUPPORTED,
				       "Cannot insert into HEADER columns: %.*s",
				       SLICE_ARGS(schema->columns[columns[i]].name));
	}
	*ret_columns = columns;
	*ret_n = n;
	return 0;
}

static fallible evaluate(struct planner *planner, const struct ast_expr *ast,
			 const struct type *type, struct slice name, struct value *ret_value,
			 struct err *err)
{
	struct typing typing = { .arena = planner->arena,
				 .catalog = planner->catalog,
				 .functions = planner->options->functions };
	struct expr *expr;
	TRY(typing_expr(&typing, ast, &expr, err));
	if (!typing_widens(expr->type, type))
		return err_set(err, ERR_TYPE, "Expected type %s for field `%.*s` but got %s(%s)",
			       type_text(planner->arena, type), SLICE_ARGS(name),
			       type_text(planner->arena, expr->type),
			       ast_expr_text(planner->arena, ast));
	return program_fold(typing_cast(planner->arena, expr, type), planner->arena,
			    planner->options->wall_ms, ret_value, err);
}

static fallible encode(struct planner *planner, const struct source *source,
		       const struct value *values, struct plan_record *record, struct err *err)
{
	const struct schema *schema = source->schema;
	struct column *columns = arena_array(planner->arena, struct column, schema->ncolumns);
	for (uint32_t c = 0; c < schema->ncolumns; c++)
		column_fill(&columns[c], planner->arena, schema->columns[c].type, &values[c], 1);
	struct batch batch = { .schema = schema, .columns = columns };
	batch_set_all(&batch, 1);
	struct topic_writer *writer;
	TRY(topic_writer_open(&source->topic, schema, planner->arena, &writer, err));
	struct buf bytes = BUF_INIT(INSERT_BYTES_MAX);
	bool is_null = false;
	int code = topic_writer_key(writer, &batch, 0, &bytes, &is_null, err);
	if (code == 0 && !is_null)
		record->event.key = arena_copy(planner->arena, buf_slice(&bytes));
	buf_reset(&bytes);
	if (code == 0)
		code = topic_writer_value(writer, columns, 0, &bytes, &is_null, err);
	if (code == 0 && !is_null)
		record->event.value = arena_copy(planner->arena, buf_slice(&bytes));
	if (code == 0)
		code = buf_check(&bytes, "the row", err);
	buf_fini(&bytes);
	return code;
}

static fallible insert_row(struct planner *planner, const struct source *source,
			   const struct ast_exprs *row, const int32_t *columns, uint32_t n,
			   struct plan_record *record, struct err *err)
{
	const struct schema *schema = source->schema;
	if (row->len != n)
		return err_set(err, ERR_INVALID,
			       "Expected a value for each column. Expected Columns: %u. Got %u", n,
			       row->len);
	struct value *values = arena_array(planner->arena, struct value, schema->ncolumns);
	for (uint32_t c = 0; c < schema->ncolumns; c++)
		values[c] = VALUE_NULL;
	*record = (struct plan_record){ .topic = source->topic.topic };
	record->event.timestamp_ms = planner->options->wall_ms;
	for (uint32_t i = 0; i < n; i++) {
		struct value value;
		const struct type *type =
			columns[i] < 0 ? TYPE_OF(TYPE_BIGINT) : schema->columns[columns[i]].type;
		struct slice name =
			columns[i] < 0 ? SLICE("ROWTIME") : schema->columns[columns[i]].name;
		TRY(evaluate(planner, row->items[i], type, name, &value, err));
		if (columns[i] >= 0) {
			values[columns[i]] = value;
		} else if (!value.is_null) {
			record->event.timestamp_ms = value.i64;
			record->has_rowtime = true;
		}
	}
	for (uint32_t k = 0; source->is_table && k < schema->nkeys; k++) {
		if (values[k].is_null)
			return err_set(err, ERR_INVALID,
				       "Failed to insert values into '%.*s'. Value for primary key "
				       "column(s) `%.*s` is required for tables",
				       SLICE_ARGS(source->name),
				       SLICE_ARGS(schema->columns[k].name));
	}
	return encode(planner, source, values, record, err);
}

fallible plan_insert_values(struct planner *planner, struct err *err)
{
	const struct ast_rows *rows = &planner->statement->insert_values.rows;
	const struct source *source;
	int32_t *columns;
	uint32_t n;
	TRY(check_target(planner, &source, err));
	TRY(map_columns(planner, source, &columns, &n, err));
	struct plan_record *records = arena_array(planner->arena, struct plan_record, rows->len);
	for (uint32_t r = 0; r < rows->len; r++)
		TRY(insert_row(planner, source, &rows->items[r], columns, n, &records[r], err));
	planner->plan->kind = PLAN_INSERT;
	planner->plan->records = records;
	planner->plan->nrecords = rows->len;
	return 0;
}
