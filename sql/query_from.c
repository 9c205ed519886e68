/* FROM: the sources, and the joins between them. */
#include "sql/query.h"

#include "sql/rewrite.h"

#define JOINED_WINDOW_MS_MAX (INT64_MAX / 4)

static const char *const JOIN_TEXTS[] = {
	[AST_JOIN_INNER] = "[INNER] JOIN",
	[AST_JOIN_LEFT] = "LEFT [OUTER] JOIN",
	[AST_JOIN_RIGHT] = "RIGHT [OUTER] JOIN",
	[AST_JOIN_FULL] = "[FULL] OUTER JOIN",
};

/* Sources. */

static fallible find_source(struct query *query, const struct ast_source *ast,
			    struct scope_source **ret_source, struct err *err)
{
	const struct source *source = catalog_source(query->planner->catalog, ast->name.text);
	if (source == NULL)
		return err_set_at(err, ERR_NOT_FOUND, ast->name.pos.line, ast->name.pos.column,
				  "%.*s does not exist.%s", SLICE_ARGS(ast->name.text),
				  catalog_hint(query->planner->catalog, ast->name.text,
					       query->arena));
	if (query->persistent && source->is_table && source->topic.window != WINDOW_NONE)
		return err_set(err, ERR_UNSUPPORTED,
			       "KSQL does not support persistent queries on windowed tables.");
	if (query->scope.nsources + 2 >= SCOPE_SOURCES_MAX)
		return err_set(err, ERR_LIMIT, "a query joins at most %d sources",
			       SCOPE_SOURCES_MAX - 2);
	*ret_source = scope_add(&query->scope, source, ast->alias.text, ast->name.pos);
	return 0;
}

static fallible refuse_repeated(struct query *query, const struct ast_source *ast, bool n_way,
				struct err *err)
{
	for (uint32_t s = 0; s < query->scope.nsources; s++) {
		if (!slice_eq(query->scope.sources[s]->source->name, ast->name.text))
			continue;
		if (n_way)
			return err_set(
				err, ERR_UNSUPPORTED,
				"N-way joins do not support multiple occurrences of the same "
				"source. Source: '%.*s'",
				SLICE_ARGS(ast->name.text));
		return err_set(err, ERR_UNSUPPORTED,
			       "Can not join '%.*s' to '%.*s': self joins are not yet supported.",
			       SLICE_ARGS(ast->name.text), SLICE_ARGS(ast->name.text));
	}
	return 0;
}

/* Conditions. */

struct aliases {
	struct slice names[SCOPE_SOURCES_MAX];
	uint32_t n;
};

static fallible collect(void *arg, const struct ast_expr *expr,
			const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			struct err *err)
{
	struct aliases *aliases = arg;
	(void)lambdas;
	(void)ret_replaced;
	(void)err;
	if (expr->kind != AST_COLUMN || !expr->column.qualified)
		return 0;
	for (uint32_t i = 0; i < aliases->n; i++) {
		if (slice_eq(aliases->names[i], expr->column.source.text))
			return 0;
	}
	aliases->names[aliases->n++] = expr->column.source.text;
	return 0;
}

static struct aliases sources_of(struct query *query, const struct ast_expr *expr)
{
	struct aliases aliases = { .n = 0 };
	struct ast_expr *copy;
	int code = ast_rewrite(query->arena, expr, collect, &aliases, &copy, NULL);
	assert(code == 0);
	return aliases;
}

static fallible one_source(struct query *query, const struct query_join *join,
			   const struct ast_expr *side, struct slice *ret_alias, struct err *err)
{
	struct aliases aliases = sources_of(query, side);
	if (aliases.n != 1)
		return err_set(err, ERR_INVALID,
			       "Invalid comparison expression '%s' in join '%s'. Each side of the "
			       "join comparision must contain references from exactly one source.",
			       ast_expr_text(query->arena, side),
			       ast_expr_text(query->arena, join->on));
	*ret_alias = aliases.names[0];
	return 0;
}

static fallible read_condition(struct query *query, struct query_join *join, struct err *err)
{
	TRY(scope_qualify(&query->scope, join->ast->on, "JOIN ON", &join->on, err));
	const struct ast_expr *on = join->on;
	if (on->kind == AST_LOGIC)
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join condition: joins on multiple conditions are not yet "
			       "supported. Got %s.",
			       ast_expr_text(query->arena, on));
	if (on->kind != AST_COMPARISON || on->binary.op != AST_EQ)
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join condition: only equality is supported. Got %s.",
			       ast_expr_text(query->arena, on));
	struct slice left, right;
	TRY(one_source(query, join, on->binary.left, &left, err));
	TRY(one_source(query, join, on->binary.right, &right, err));
	if (slice_eq(left, right))
		return err_set(
			err, ERR_INVALID,
			"Each side of the join must reference exactly one source and not the "
			"same source. Left side references `%.*s` and right references `%.*s`",
			SLICE_ARGS(left), SLICE_ARGS(right));
	bool flipped = slice_eq(left, join->right->alias);
	if (!flipped && !slice_eq(right, join->right->alias))
		return err_set(
			err, ERR_INVALID,
			"A join criteria is expected to reference the source (`%.*s`) in the "
			"FROM clause, instead the right source references `%.*s` and the left "
			"source references `%.*s`",
			SLICE_ARGS(join->right->alias), SLICE_ARGS(right), SLICE_ARGS(left));
	join->left_expr = flipped ? on->binary.right : on->binary.left;
	join->right_expr = flipped ? on->binary.left : on->binary.right;
	join->left_alias = flipped ? right : left;
	return 0;
}

/* Whether the last join's key is no column of a source: follows what each join's key is called. */
static bool is_synthetic(const struct query *query)
{
	const struct ast_expr *names[2 * SCOPE_SOURCES_MAX];
	uint32_t n = 0;
	bool synthetic = false;
	for (uint32_t j = 0; j < query->njoins; j++) {
		const struct query_join *join = &query->joins[j];
		bool known = false, column = false;
		for (uint32_t i = 0; i < n; i++)
			known |= ast_expr_equal(names[i], join->left_expr);
		if (!known)
			n = 0;
		names[n++] = join->left_expr;
		names[n++] = join->right_expr;
		for (uint32_t i = 0; i < n; i++)
			column |= names[i]->kind == AST_COLUMN;
		synthetic = join->ast->kind == AST_JOIN_FULL || !column;
		if (join->ast->kind == AST_JOIN_FULL)
			n = 0;
	}
	return synthetic;
}

fallible query_resolve_sources(struct query *query, struct err *err)
{
	const struct ast_query *ast = query->ast;
	struct scope_source *first;
	query->njoins = ast->joins.len;
	query->joins = arena_array(query->arena, struct query_join, query->njoins);
	query->scope.join = query->njoins > 0;
	TRY(find_source(query, &ast->from, &first, err));
	for (uint32_t j = 0; j < query->njoins; j++) {
		query->joins[j].ast = &ast->joins.items[j];
		TRY(refuse_repeated(query, &ast->joins.items[j].source, query->njoins > 1, err));
		TRY(find_source(query, &ast->joins.items[j].source, &query->joins[j].right, err));
	}
	for (uint32_t j = 0; j < query->njoins; j++)
		TRY(read_condition(query, &query->joins[j], err));
	if (is_synthetic(query))
		query->scope.synthetic_key = SLICE("ROWKEY");
	return 0;
}

/* Nodes. */

static const struct schema *source_schema(struct query *query, const struct scope_source *source)
{
	struct schema_column *columns =
		arena_array(query->arena, struct schema_column, source->ncolumns);
	for (uint32_t c = 0; c < source->ncolumns; c++) {
		columns[c] = (struct schema_column){ .name = source->columns[c].name,
						     .type = source->columns[c].type,
						     .role = source->columns[c].role };
		if (c < source->source->schema->ncolumns)
			columns[c].header_key = source->source->schema->columns[c].header_key;
	}
	return schema_new(query->arena, columns, source->ncolumns);
}

static const struct node *source_node(struct query *query, const struct scope_source *source)
{
	const struct source *known = source->source;
	const struct schema *schema = source_schema(query, source);
	struct node *node = pipeline_node(query->builder, NODE_SOURCE, schema, NULL, NULL);
	node->is_table = known->is_table;
	node->source.name = known->name;
	node->source.topic = known->topic;
	node->source.is_table = known->is_table;
	node->source.timestamp_column =
		known->timestamp_column.len > 0 ? schema_find(schema, known->timestamp_column) : -1;
	node->source.timestamp_pattern = known->timestamp_pattern;
	node->source.timestamp_must_be_valid =
		plan_property_true(query->planner->options, "ksql.timestamp.throw.on.invalid",
				   false);
	node->source.from_earliest = known->is_table;
	node->logger = node->name;
	return node;
}

static struct ast_expr *column_ref(struct arena *arena, struct slice alias, struct slice name)
{
	struct ast_expr *expr = arena_new(arena, struct ast_expr);
	expr->kind = AST_COLUMN;
	expr->column.qualified = true;
	expr->column.source.text = alias;
	expr->column.name.text = name;
	return expr;
}

static struct query_key *source_keys(struct query *query, const struct scope_source *source)
{
	uint32_t nkeys = source->source->schema->nkeys;
	struct query_key *keys = arena_array(query->arena, struct query_key, nkeys);
	for (uint32_t k = 0; k < nkeys; k++) {
		keys[k].viable = arena_array(query->arena, const struct ast_expr *, 1);
		keys[k].viable[0] =
			column_ref(query->arena, source->alias, source->columns[k].name);
		keys[k].nviable = 1;
		keys[k].type = source->columns[k].type;
	}
	return keys;
}

/* One side of a join, with what it is keyed by. */
struct side {
	const struct node *node;
	struct query_key *keys;
	uint32_t nkeys;
	enum window_kind window;
	int64_t window_size_ms;
	int32_t partitions;
	struct slice name; /* of its source, for errors; empty: more than one */
	struct expr *key;  /* the join expression, typed */
	bool repartitioned;
	uint32_t first_source, nsources; /* in the scope */
};

static bool is_key(const struct side *side, const struct ast_expr *expr)
{
	if (side->nkeys != 1)
		return false;
	for (uint32_t v = 0; v < side->keys[0].nviable; v++) {
		if (ast_expr_equal(side->keys[0].viable[v], expr))
			return true;
	}
	return false;
}

static const char *window_name(enum window_kind kind)
{
	static const char *const NAMES[] = { "", "TUMBLING", "HOPPING", "SESSION" };
	return NAMES[kind];
}

static const char *windowed_text(struct query *query, const struct side *side)
{
	if (side->window == WINDOW_NONE)
		return arena_printf(query->arena, "`%.*s` is not windowed", SLICE_ARGS(side->name));
	return arena_printf(query->arena, "`%.*s` is %s windowed", SLICE_ARGS(side->name),
			    window_name(side->window));
}

static fallible refuse_implicit(struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED,
		       "Implicit repartitioning of windowed sources is not supported. See "
		       "https://github.com/confluentinc/ksql/issues/4385.");
}

static fallible check_windows(struct query *query, const struct side *left,
			      const struct side *right, struct err *err)
{
	bool left_windowed = left->window != WINDOW_NONE;
	bool right_windowed = right->window != WINDOW_NONE;
	if (left_windowed != right_windowed)
		return err_set(err, ERR_UNSUPPORTED,
			       "Can not join windowed source to non-windowed source.\n%s\n%s",
			       windowed_text(query, left), windowed_text(query, right));
	if (!left_windowed)
		return 0;
	if ((left->window == WINDOW_SESSION) != (right->window == WINDOW_SESSION))
		return err_set(
			err, ERR_UNSUPPORTED,
			"Incompatible windowed sources.\nLeft source: %s\nRight source: %s\n"
			"Session windowed sources can only be joined to other session windowed "
			"sources, and may still not result in expected behaviour as session "
			"bounds must be an exact match for the join to work\nHopping and "
			"tumbling windowed sources can only be joined to other hopping and "
			"tumbling windowed sources",
			window_name(left->window), window_name(right->window));
	if (left->window_size_ms != right->window_size_ms)
		return refuse_implicit(err);
	return 0;
}

static fallible check_formats(struct query *query, struct err *err)
{
	struct buf names = BUF_INIT(BUF_TEXT_BYTES_MAX);
	for (uint32_t s = 0; s < query->scope.nsources; s++) {
		const struct source *source = query->scope.sources[s]->source;
		if (source == NULL)
			continue;
		const struct format_traits *traits =
			format_traits_find(source->topic.value_format.name);
		if (traits->no_grouping)
			buf_printf(&names, "%s%.*s", names.len > 0 ? ", " : "",
				   SLICE_ARGS(source->name));
	}
	int code = 0;
	if (names.len > 0)
		code = err_set(err, ERR_UNSUPPORTED,
			       "Source(s) %s are using the 'KAFKA' value format. This format does "
			       "not yet support JOIN.",
			       buf_str(&names));
	buf_fini(&names);
	return code;
}

static fallible check_order(struct query *query, const struct query_join *join,
			    const struct side *left, const struct side *right, struct err *err)
{
	bool left_table = left->node->is_table, right_table = right->node->is_table;
	const char *text = JOIN_TEXTS[join->ast->kind];
	(void)query;
	if (left_table && !right_table)
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join order: table-stream joins are not supported; only "
			       "stream-table joins. Got %.*s %s %.*s.",
			       SLICE_ARGS(left->name), text, SLICE_ARGS(right->name));
	if (left_table || !right_table)
		return 0;
	if (join->ast->kind == AST_JOIN_FULL || join->ast->kind == AST_JOIN_RIGHT)
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join type: %s-outer join not supported for stream-table "
			       "join. Got %.*s %s %.*s.",
			       join->ast->kind == AST_JOIN_FULL ? "full" : "right",
			       SLICE_ARGS(left->name), text, SLICE_ARGS(right->name));
	return 0;
}

static fallible check_within(const struct query_join *join, const struct side *left,
			     const struct side *right, struct err *err)
{
	bool streams = !left->node->is_table && !right->node->is_table;
	if (streams && join->ast->within == NULL)
		return err_set(err, ERR_INVALID,
			       "Stream-Stream joins must have a WITHIN clause specified. None was "
			       "provided. To learn about how to specify a WITHIN clause with a "
			       "stream-stream join, please visit: "
			       "https://docs.confluent.io/current/ksql/docs/syntax-reference.html"
			       "#create-stream-as-select");
	if (!streams && join->ast->within != NULL)
		return err_set(
			err, ERR_INVALID,
			"A window definition was provided for a %s join. These joins are not "
			"windowed. Please drop the window definition (ie. the WITHIN clause) "
			"and try to execute your join again.",
			left->node->is_table ? "Table-Table" : "Stream-Table");
	return 0;
}

static fallible check_types(struct query *query, const struct query_join *join,
			    const struct side *left, const struct side *right, struct err *err)
{
	if (type_eq(left->key->type, right->key->type))
		return 0;
	bool flipped = join->left_expr != join->on->binary.left;
	const struct type *first = flipped ? right->key->type : left->key->type;
	const struct type *second = flipped ? left->key->type : right->key->type;
	return err_set(err, ERR_TYPE,
		       "Invalid join condition: types don't match. Got %s{%s} = %s{%s}.",
		       ast_expr_text(query->arena, join->on->binary.left),
		       type_text(query->arena, first),
		       ast_expr_text(query->arena, join->on->binary.right),
		       type_text(query->arena, second));
}

static const char *condition_text(struct query *query, const struct query_join *join)
{
	return arena_printf(query->arena, "%s = %s",
			    ast_expr_text(query->arena, join->on->binary.left),
			    ast_expr_text(query->arena, join->on->binary.right));
}

/* How two tables are joined: by primary keys, or by a foreign key of the left. */
static fallible table_join_kind(struct query *query, const struct query_join *join,
				const struct side *left, const struct side *right,
				enum node_kind *ret_kind, struct err *err)
{
	if (!is_key(right, join->right_expr))
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join condition: table-table joins require to join on the "
			       "primary key of the right input table. Got %s.",
			       condition_text(query, join));
	if (is_key(left, join->left_expr)) {
		*ret_kind = NODE_JOIN_TABLES;
		return 0;
	}
	if (join->ast->kind == AST_JOIN_RIGHT)
		return err_set(err, ERR_UNSUPPORTED,
			       "RIGHT OUTER JOIN on a foreign key is not supported");
	if (join->ast->kind == AST_JOIN_FULL)
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join type: full-outer join not supported for foreign-key "
			       "table-table join. Got %.*s %s %.*s.",
			       SLICE_ARGS(left->name), JOIN_TEXTS[join->ast->kind],
			       SLICE_ARGS(right->name));
	if (join != &query->joins[0])
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join condition: foreign-key table-table joins are not "
			       "supported as part of n-way joins. Got %s.",
			       condition_text(query, join));
	*ret_kind = NODE_JOIN_FOREIGN_KEY;
	return 0;
}

/* Puts the side under the join's key, through a topic, unless it is under it already. */
static fallible key_side(struct query *query, struct side *side, const struct ast_expr *expr,
			 const char *step, struct err *err)
{
	if (is_key(side, expr))
		return 0;
	if (side->window != WINDOW_NONE)
		return refuse_implicit(err);
	struct query_key *keys = query->keys;
	uint32_t nkeys = query->nkeys;
	const struct node *node = query->node;
	query->node = side->node;
	struct slice name = expr->kind == AST_COLUMN
				    ? slice_str(typing_text(query->arena, &query->scope, expr))
				    : SLICE("ROWKEY");
	const struct expr *key = side->key;
	query->first_source = side->first_source;
	query->nsources = side->nsources;
	TRY(query_rekey(query, &key, &name, 1, false, false, step, err));
	side->node = query->node;
	side->repartitioned = true;
	side->keys = arena_new(query->arena, struct query_key);
	side->keys->viable = arena_array(query->arena, const struct ast_expr *, 1);
	side->keys->viable[0] = expr;
	side->keys->nviable = 1;
	side->keys->type = side->key->type;
	side->nkeys = 1;
	query->node = node;
	query->keys = keys;
	query->nkeys = nkeys;
	return 0;
}

static fallible check_partitions(const struct side *left, const struct side *right, struct err *err)
{
	if (left->repartitioned || right->repartitioned || left->partitions == right->partitions)
		return 0;
	return err_set(err, ERR_INVALID,
		       "Can't join `%.*s` with `%.*s` since the number of partitions don't match. "
		       "`%.*s` partitions = %d; `%.*s` partitions = %d. Please repartition either "
		       "one so that the number of partitions match.",
		       SLICE_ARGS(left->name), SLICE_ARGS(right->name), SLICE_ARGS(left->name),
		       left->partitions, SLICE_ARGS(right->name), right->partitions);
}

/* The keys that the joined rows can be named by. */
static struct query_key *joined_keys(struct query *query, const struct query_join *join,
				     const struct side *left)
{
	struct query_key *key = arena_new(query->arena, struct query_key);
	key->type = left->key->type;
	key->viable = arena_array(query->arena, const struct ast_expr *, 2 * SCOPE_SOURCES_MAX);
	bool full = join->ast->kind == AST_JOIN_FULL, column = false;
	for (uint32_t v = 0; !full && v < left->keys[0].nviable; v++) {
		const struct ast_expr *name = left->keys[0].viable[v];
		if (name->kind != AST_COLUMN || name->column.qualified)
			key->viable[key->nviable++] = name;
	}
	if (!full)
		key->viable[key->nviable++] = join->right_expr;
	for (uint32_t v = 0; v < key->nviable; v++)
		column |= key->viable[v]->kind == AST_COLUMN;
	if (!column) {
		struct ast_expr *rowkey = column_ref(query->arena, SLICE_EMPTY, SLICE("ROWKEY"));
		rowkey->column.qualified = false;
		key->viable[key->nviable++] = rowkey;
		key->synthetic = true;
	}
	return key;
}

static const struct schema *joined_schema(struct query *query, const struct node *left,
					  const struct node *right)
{
	uint32_t nkeys = left->schema->nkeys;
	uint32_t n = nkeys + left->schema->ncolumns + right->schema->ncolumns;
	struct schema_column *columns = arena_array(query->arena, struct schema_column, n);
	uint32_t at = 0;
	for (; at < nkeys; at++) {
		columns[at] = left->schema->columns[at];
		columns[at].role = COLUMN_KEY;
	}
	for (uint32_t c = 0; c < left->schema->ncolumns; c++)
		columns[at++] = left->schema->columns[c];
	for (uint32_t c = 0; c < right->schema->ncolumns; c++)
		columns[at++] = right->schema->columns[c];
	for (uint32_t c = nkeys; c < n; c++)
		columns[c].role = COLUMN_VALUE;
	return schema_new(query->arena, columns, n);
}

/* After a join every column has moved: the left's behind the keys, the right's behind the left's.
 */
static void move_columns(struct query *query, const struct query_join *join,
			 const struct node *left)
{
	uint32_t nkeys = left->schema->nkeys;
	for (uint32_t s = 0; s < query->scope.nsources; s++) {
		struct scope_source *source = query->scope.sources[s];
		uint32_t by = nkeys;
		if (source == join->right)
			by += left->schema->ncolumns;
		for (uint32_t c = 0; c < source->ncolumns; c++) {
			if (source->columns[c].index >= 0)
				source->columns[c].index += (int32_t)by;
		}
		if (source == join->right)
			break; /* the sources behind are not there yet */
	}
}

static struct join_spec join_spec(const struct query_join *join)
{
	static const enum join_kind KINDS[] = {
		[AST_JOIN_INNER] = JOIN_INNER,
		[AST_JOIN_LEFT] = JOIN_LEFT,
		[AST_JOIN_RIGHT] = JOIN_RIGHT,
		[AST_JOIN_FULL] = JOIN_OUTER,
	};
	struct join_spec spec = { .kind = KINDS[join->ast->kind], .grace_ms = -1 };
	const struct ast_within *within = join->ast->within;
	if (within != NULL) {
		spec.before_ms = MIN(ast_duration_ms(&within->before), JOINED_WINDOW_MS_MAX);
		spec.after_ms = MIN(ast_duration_ms(&within->after), JOINED_WINDOW_MS_MAX);
		if (within->has_grace)
			spec.grace_ms = MIN(ast_duration_ms(&within->grace), JOINED_WINDOW_MS_MAX);
	}
	return spec;
}

static fallible type_side(struct query *query, struct side *side, const struct ast_expr *expr,
			  struct err *err)
{
	const struct node *node = query->node;
	query->node = side->node;
	int code = query_type(query, expr, &side->key, err);
	query->node = node;
	if (code != 0)
		(void)err_wrap(err, "Error in JOIN ON expression");
	return code;
}

/* "Join-left"; a join that others stand on has an L_ for each of them in front. */
static const char *join_step(struct query *query, const struct query_join *join, const char *side)
{
	struct buf step = BUF_INIT(BUF_TEXT_BYTES_MAX);
	for (const struct query_join *over = join + 1; over < query->joins + query->njoins; over++)
		buf_append_str(&step, "L_");
	buf_printf(&step, "Join-%s", side);
	const char *copy = arena_str(query->arena, buf_slice(&step));
	buf_fini(&step);
	return copy;
}

static fallible add_join(struct query *query, const struct query_join *join, struct side *left,
			 struct side *right, struct err *err)
{
	TRY(check_order(query, join, left, right, err));
	TRY(check_within(join, left, right, err));
	TRY(type_side(query, left, join->left_expr, err));
	TRY(type_side(query, right, join->right_expr, err));
	enum node_kind kind = NODE_JOIN_STREAMS;
	if (left->node->is_table)
		TRY(table_join_kind(query, join, left, right, &kind, err));
	else if (right->node->is_table)
		kind = NODE_JOIN_STREAM_TABLE;
	if (kind == NODE_JOIN_STREAM_TABLE && !is_key(right, join->right_expr))
		return err_set(err, ERR_UNSUPPORTED,
			       "Invalid join condition: stream-table joins require to join on the "
			       "table's primary key. Got %s.",
			       condition_text(query, join));
	TRY(check_types(query, join, left, right, err));
	if (kind != NODE_JOIN_FOREIGN_KEY) {
		TRY(check_windows(query, left, right, err));
		TRY(key_side(query, left, join->left_expr, join_step(query, join, "left"), err));
		TRY(key_side(query, right, join->right_expr, join_step(query, join, "right"), err));
		TRY(check_partitions(left, right, err));
	}
	const struct schema *schema = joined_schema(query, left->node, right->node);
	struct node *node = pipeline_node(query->builder, kind, schema, left->node, right->node);
	node->is_table = left->node->is_table;
	node->join = join_spec(join);
	if (kind == NODE_JOIN_FOREIGN_KEY) {
		node->join.foreign_key = left->key;
		query->keys = left->keys;
		query->nkeys = left->nkeys;
		query->key_origin = KEY_OF_FOREIGN;
	} else {
		query->keys = joined_keys(query, join, left);
		query->nkeys = 1;
		query->key_origin = KEY_OF_JOIN;
	}
	move_columns(query, join, left->node);
	query->node = node;
	return 0;
}

static struct side side_of(struct query *query, uint32_t index)
{
	const struct scope_source *source = query->scope.sources[index];
	const struct catalog_topic *topic =
		catalog_topic(query->planner->catalog, source->source->topic.topic);
	return (struct side){
		.node = source_node(query, source),
		.keys = source_keys(query, source),
		.nkeys = source->source->schema->nkeys,
		.window = source->source->topic.window,
		.window_size_ms = source->source->topic.window_size_ms,
		.partitions = topic != NULL ? topic->partitions : 1,
		.name = source->source->name,
		.first_source = index,
		.nsources = 1,
	};
}

fallible query_build_from(struct query *query, struct err *err)
{
	struct side left = side_of(query, 0);
	query->node = left.node;
	query->keys = left.keys;
	query->nkeys = left.nkeys;
	query->key_origin = KEY_OF_SOURCE;
	if (query->njoins > 0)
		TRY(check_formats(query, err));
	for (uint32_t j = 0; j < query->njoins; j++) {
		struct query_join *join = &query->joins[j];
		struct side right = side_of(query, j + 1);
		TRY(add_join(query, join, &left, &right, err));
		left.node = query->node;
		left.keys = query->keys;
		left.nkeys = query->nkeys;
		left.nsources++;
	}
	query->first_source = 0;
	query->nsources = left.nsources;
	query->window = left.window;
	query->window_size_ms = left.window_size_ms;
	query->partition_count = left.partitions;
	return 0;
}
