/*
 * The projection: which items are the keys, and the columns of the sink.
 *
 * A persistent query must have each key column once, under any name; what is missing or repeated is
 * told in words that depend on where the key came from.
 */
#include "sql/query.h"

static bool matches(const struct query_item *item, const struct ast_expr *expr)
{
	return ast_expr_equal(item->expr, expr);
}

static const char *key_text(struct query *query, const struct ast_expr *expr)
{
	switch (query->key_origin) {
	case KEY_OF_SOURCE:
	case KEY_OF_FOREIGN:
	case KEY_OF_GROUP:
		return typing_text(query->arena, &query->scope, expr);
	case KEY_OF_JOIN:
	case KEY_OF_PARTITION:
		return ast_expr_text(query->arena, expr);
	}
	UNREACHABLE("every origin is listed");
}

static void list_texts(struct buf *out, const char *const *texts, uint32_t n, const char *last)
{
	for (uint32_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : i + 1 == n ? last : ", ", texts[i]);
}

static fallible missing_foreign(struct query *query, const char *const *names, uint32_t n,
				struct err *err)
{
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	for (uint32_t i = 0; i < n; i++)
		buf_printf(&text, "%s`%s`", i > 0 ? ", " : "", names[i]);
	int code =
		err_set(err, ERR_INVALID,
			"Primary key column%s missing in projection. For foreign-key table-table "
			"joins, the projection must include all primary key columns from the left "
			"input table (`%.*s`). Missing column%s: %s.",
			n > 1 ? "s" : "", SLICE_ARGS(query->scope.sources[0]->alias),
			n > 1 ? "s" : "", buf_str(&text));
	buf_fini(&text);
	return code;
}

static fallible missing_keys(struct query *query, const uint8_t *missing, struct err *err)
{
	static const char *const NOUNS[] = {
		[KEY_OF_SOURCE] = "key column",
		[KEY_OF_JOIN] = "join expression",
		[KEY_OF_PARTITION] = "partitioning expression",
		[KEY_OF_GROUP] = "grouping expression",
		[KEY_OF_FOREIGN] = "key column",
	};
	const char *texts[SCHEMA_COLUMNS_MAX];
	uint32_t n = 0;
	bool join = query->key_origin == KEY_OF_JOIN;
	bool only_missing =
		query->key_origin == KEY_OF_GROUP || query->key_origin == KEY_OF_FOREIGN;
	for (uint32_t k = 0; k < query->nkeys; k++) {
		const struct query_key *key = &query->keys[k];
		if (only_missing && !missing[k])
			continue;
		for (uint32_t v = 0; v < (join ? key->nviable : 1); v++) {
			if (!join || key->viable[v]->kind == AST_COLUMN)
				texts[n++] = key_text(query, key->viable[v]);
		}
	}
	if (query->key_origin == KEY_OF_FOREIGN) {
		for (uint32_t i = 0, k = 0; k < query->nkeys; k++) {
			if (missing[k])
				texts[i++] = arena_str(query->arena,
						       query->keys[k].viable[0]->column.name.text);
		}
		return missing_foreign(query, texts, n, err);
	}
	struct buf all = BUF_INIT(BUF_TEXT_BYTES_MAX), example = BUF_INIT(BUF_TEXT_BYTES_MAX);
	list_texts(&all, texts, n, join ? " or " : " and ");
	list_texts(&example, texts, join ? 1 : n, ", ");
	int code = err_set(
		err, ERR_INVALID,
		"Key missing from projection (ie, SELECT). See https://cnfl.io/2LV7ouS.\nThe query "
		"used to build `%.*s` must include the %s%s %s in its projection (eg, SELECT "
		"%s...)."
		"%s",
		SLICE_ARGS(query->sink_name), NOUNS[query->key_origin], n > 1 ? "s" : "",
		buf_str(&all), buf_str(&example),
		query->keys[0].synthetic
			? "\nROWKEY was added as a synthetic key column because the join criteria "
			  "did "
			  "not match any source column. This expression must be included in the "
			  "projection and may be aliased."
			: "");
	buf_fini(&all);
	buf_fini(&example);
	return code;
}

static fallible repeated_key(struct query *query, const struct ast_expr *key,
			     const struct query_item *first, const struct query_item *second,
			     struct err *err)
{
	if (query->key_origin == KEY_OF_GROUP)
		return err_set(err, ERR_INVALID,
			       "The projection contains a key column more than once: `%.*s` and "
			       "`%.*s`.",
			       SLICE_ARGS(first->name), SLICE_ARGS(second->name));
	return err_set(err, ERR_INVALID,
		       "The projection contains a key column (`%s`) more than once, aliased as: "
		       "%.*s and %.*s.",
		       typing_text(query->arena, &query->scope, key), SLICE_ARGS(first->name),
		       SLICE_ARGS(second->name));
}

/* Which item is each key column; ret_taken marks those items. */
static fallible find_keys(struct query *query, uint32_t *ret_item, uint8_t *ret_taken,
			  struct err *err)
{
	uint8_t *missing = arena_array(query->arena, uint8_t, query->nkeys);
	bool any_missing = false;
	for (uint32_t k = 0; k < query->nkeys; k++) {
		const struct query_key *key = &query->keys[k];
		uint32_t found = UINT32_MAX;
		for (uint32_t v = 0; v < key->nviable && found == UINT32_MAX; v++) {
			for (uint32_t i = 0; i < query->items.len; i++) {
				const struct query_item *item = &query->items.items[i];
				if (!matches(item, key->viable[v]) ||
				    (query->key_origin == KEY_OF_JOIN &&
				     key->viable[v]->kind != AST_COLUMN))
					continue;
				if (found != UINT32_MAX)
					return repeated_key(query, key->viable[v],
							    &query->items.items[found], item, err);
				found = i;
			}
		}
		missing[k] = found == UINT32_MAX;
		any_missing |= missing[k] != 0;
		if (found != UINT32_MAX) {
			ret_item[k] = found;
			ret_taken[found] = 1;
		}
	}
	return any_missing ? missing_keys(query, missing, err) : 0;
}

static fallible type_item(struct query *query, const struct query_item *item,
			  struct expr **ret_expr, struct err *err)
{
	int code = query_type(query, item->expr, ret_expr, err);
	if (code != 0) {
		(void)err_wrap(err, "Invalid Select");
		return code;
	}
	if ((*ret_expr)->type->kind == TYPE_NULL)
		return err_set(
			err, ERR_TYPE,
			"Can't infer a type of null. Please explicitly cast it to a required "
			"type, e.g. CAST(null AS VARCHAR).");
	return 0;
}

static fallible check_duplicates(struct query *query, const struct schema_column *columns,
				 uint32_t n, struct err *err)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if (!slice_eq(columns[i].name, columns[k].name))
				continue;
			return err_set(err, ERR_EXISTS,
				       "Duplicate value columns found in schema: `%.*s` %s",
				       SLICE_ARGS(columns[i].name),
				       type_text(query->arena, columns[i].type));
		}
	}
	return 0;
}

/* What reaches the key columns of the rows at hand: they come first there. */
static struct expr *key_column(struct query *query, uint32_t k)
{
	struct expr *expr =
		expr_new(query->arena, EXPR_COLUMN, query->node->schema->columns[k].type, NULL, 0);
	expr->column = k;
	return expr;
}

/* The items' types, before anything is said of keys: a wrong expression is told first. */
static fallible type_items(struct query *query, struct expr **ret_exprs, struct err *err)
{
	for (uint32_t i = 0; i < query->items.len; i++) {
		bool synthetic = query->items.items[i].expr->kind == AST_COLUMN &&
				 !query->items.items[i].expr->column.qualified;
		if (synthetic) /* the join's key: the first column of the rows at hand */
			ret_exprs[i] = key_column(query, 0);
		else
			TRY(type_item(query, &query->items.items[i], &ret_exprs[i], err));
	}
	return 0;
}

/* The order of the key columns: the keys' own, or the projection's where the newer planner is asked
 * for. */
static void order_keys(struct query *query, const uint32_t *key_items, uint32_t *ret_order)
{
	for (uint32_t k = 0; k < query->nkeys; k++)
		ret_order[k] = k;
	if (!plan_property_true(query->planner->options, "ksql.new.query.planner.enabled", false))
		return;
	for (uint32_t i = 1; i < query->nkeys; i++) {
		for (uint32_t k = i; k > 0 && key_items[ret_order[k]] < key_items[ret_order[k - 1]];
		     k--) {
			uint32_t swapped = ret_order[k];
			ret_order[k] = ret_order[k - 1];
			ret_order[k - 1] = swapped;
		}
	}
}

static fallible project(struct query *query, const uint32_t *key_items, const uint8_t *taken,
			struct expr *const *typed, const struct schema **ret_schema,
			struct err *err)
{
	uint32_t n = query->items.len, nkeys = query->persistent ? query->nkeys : 0;
	struct schema_column *columns = arena_array(query->arena, struct schema_column, n);
	const struct expr **exprs = arena_array(query->arena, const struct expr *, n);
	uint32_t *order = arena_array(query->arena, uint32_t, query->nkeys);
	uint32_t at = 0;
	order_keys(query, key_items, order);
	for (; at < nkeys; at++) {
		exprs[at] = key_column(query, order[at]);
		columns[at] = (struct schema_column){
			.name = query->items.items[key_items[order[at]]].name,
			.type = exprs[at]->type,
			.role = COLUMN_KEY,
		};
	}
	for (uint32_t i = 0; i < n; i++) {
		if (query->persistent && taken[i])
			continue;
		exprs[at] = typed[i];
		columns[at++] = (struct schema_column){ .name = query->items.items[i].name,
							.type = typed[i]->type,
							.role = COLUMN_VALUE };
	}
	if (query->persistent)
		TRY(check_duplicates(query, columns, at, err));
	const struct schema *schema = schema_new(query->arena, columns, at);
	struct node *node = pipeline_node(query->builder, NODE_PROJECT, schema, query->node, NULL);
	node->project.columns = exprs;
	query->node = node;
	*ret_schema = schema;
	return 0;
}

fallible query_build_projection(struct query *query, const struct schema **ret_schema,
				struct err *err)
{
	uint32_t *key_items = arena_array(query->arena, uint32_t, query->nkeys);
	uint8_t *taken = arena_array(query->arena, uint8_t, query->items.len);
	struct expr **typed = arena_array(query->arena, struct expr *, query->items.len);
	TRY(type_items(query, typed, err));
	TRY(plan_check_sink_timestamp(query, err));
	if (query->persistent) {
		TRY(find_keys(query, key_items, taken, err));
		if (query->items.len <= query->nkeys)
			return err_set(err, ERR_INVALID,
				       "The projection contains no value columns.");
	}
	return project(query, key_items, taken, typed, ret_schema, err);
}
