#include "sql/scope.h"

#include "sql/parse.h"
#include "sql/rewrite.h"

static const struct {
	const char *name;
	enum column_role role;
	enum type_kind type;
	bool windowed; /* only of windowed sources */
} PSEUDO[] = {
	{ "ROWTIME", COLUMN_ROWTIME, TYPE_BIGINT, false },
	{ "ROWPARTITION", COLUMN_PARTITION, TYPE_INT, false },
	{ "ROWOFFSET", COLUMN_OFFSET, TYPE_BIGINT, false },
	{ "WINDOWSTART", COLUMN_WINDOWSTART, TYPE_BIGINT, true },
	{ "WINDOWEND", COLUMN_WINDOWEND, TYPE_BIGINT, true },
};

bool scope_is_pseudo(enum column_role role)
{
	return role >= COLUMN_ROWTIME;
}

struct scope_source *scope_add(struct scope *scope, const struct source *source, struct slice alias,
			       struct ast_pos pos)
{
	assert(scope->nsources < SCOPE_SOURCES_MAX);
	struct scope_source *added = arena_new(scope->arena, struct scope_source);
	const struct schema *schema = source->schema;
	added->alias = alias;
	added->pos = pos;
	added->source = source;
	added->columns =
		arena_array(scope->arena, struct scope_column, schema->ncolumns + COUNT_OF(PSEUDO));
	for (uint32_t c = 0; c < schema->ncolumns; c++) {
		added->columns[added->ncolumns] = (struct scope_column){
			.name = schema->columns[c].name,
			.type = schema->columns[c].type,
			.role = schema->columns[c].role,
			.index = (int32_t)added->ncolumns,
		};
		added->ncolumns++;
	}
	for (size_t p = 0; p < COUNT_OF(PSEUDO); p++) {
		if (PSEUDO[p].windowed && source->topic.window == WINDOW_NONE)
			continue;
		added->columns[added->ncolumns] = (struct scope_column){
			.name = slice_str(PSEUDO[p].name),
			.type = TYPE_OF(PSEUDO[p].type),
			.role = PSEUDO[p].role,
			.index = (int32_t)added->ncolumns,
		};
		added->ncolumns++;
	}
	scope->sources[scope->nsources++] = added;
	return added;
}

void scope_add_window(struct scope *scope)
{
	assert(scope->nsources < SCOPE_SOURCES_MAX);
	struct scope_source *added = arena_new(scope->arena, struct scope_source);
	added->alias = SCOPE_WINDOW_ALIAS;
	added->columns = arena_array(scope->arena, struct scope_column, 2);
	added->ncolumns = 2;
	for (uint32_t c = 0; c < 2; c++) {
		added->columns[c] = (struct scope_column){
			.name = c == 0 ? SLICE("WINDOWSTART") : SLICE("WINDOWEND"),
			.type = TYPE_OF(TYPE_BIGINT),
			.role = c == 0 ? COLUMN_WINDOWSTART : COLUMN_WINDOWEND,
			.index = -1,
		};
	}
	scope->sources[scope->nsources++] = added;
}

struct scope_source *scope_find_source(const struct scope *scope, struct slice alias)
{
	for (uint32_t s = 0; s < scope->nsources; s++) {
		if (slice_eq(scope->sources[s]->alias, alias))
			return scope->sources[s];
	}
	return NULL;
}

static struct scope_column *find_in(const struct scope_source *source, struct slice name)
{
	for (uint32_t c = 0; c < source->ncolumns; c++) {
		if (slice_eq(source->columns[c].name, name))
			return &source->columns[c];
	}
	return NULL;
}

struct scope_column *scope_find(const struct scope *scope, struct slice alias, struct slice name)
{
	const struct scope_source *source = scope_find_source(scope, alias);
	return source != NULL ? find_in(source, name) : NULL;
}

bool scope_clashes(const struct scope *scope, struct slice name)
{
	uint32_t found = 0;
	for (uint32_t s = 0; s < scope->nsources; s++)
		found += find_in(scope->sources[s], name) != NULL;
	return found > 1;
}

struct qualifier {
	struct scope *scope;
	const char *clause;
};

static fallible unresolved(const struct qualifier *q, const struct ast_expr *column,
			   struct err *err)
{
	struct ast_pos pos = column->pos;
	const struct slice source = column->column.source.text, name = column->column.name.text;
	const char *quote = sql_name_needs_quotes(name) ? "`" : "";
	if (column->column.qualified)
		return err_set_at(err, ERR_NOT_FOUND, pos.line, pos.column,
				  "Line: %d, Col: %d: %s column '%.*s.%s%.*s%s' cannot be "
				  "resolved.",
				  pos.line, pos.column, q->clause, SLICE_ARGS(source), quote,
				  SLICE_ARGS(name), quote);
	return err_set_at(err, ERR_NOT_FOUND, pos.line, pos.column,
			  "Line: %d, Col: %d: %s column '%s%.*s%s' cannot be resolved.", pos.line,
			  pos.column, q->clause, quote, SLICE_ARGS(name), quote);
}

static fallible ambiguous(const struct qualifier *q, const struct ast_expr *column, struct err *err)
{
	struct slice name = column->column.name.text;
	struct buf could = BUF_INIT(BUF_TEXT_BYTES_MAX);
	uint32_t found = 0, total = 0;
	for (uint32_t s = 0; s < q->scope->nsources; s++)
		total += find_in(q->scope->sources[s], name) != NULL;
	for (uint32_t s = 0; s < q->scope->nsources; s++) {
		if (find_in(q->scope->sources[s], name) == NULL)
			continue;
		found++;
		buf_printf(&could, "%s%.*s.%.*s",
			   found == 1 ? "" : (found == total ? " or " : ", "),
			   SLICE_ARGS(q->scope->sources[s]->alias), SLICE_ARGS(name));
	}
	int code =
		err_set_at(err, ERR_INVALID, column->pos.line, column->pos.column,
			   "Exception while preparing statement: Line: %d, Col: %d: Column "
			   "'%.*s' is ambiguous. Could be %s.",
			   column->pos.line, column->pos.column, SLICE_ARGS(name), buf_str(&could));
	buf_fini(&could);
	return code;
}

static fallible find_source_of(const struct qualifier *q, const struct ast_expr *column,
			       struct scope_source **ret_source, struct err *err)
{
	struct scope *scope = q->scope;
	struct scope_source *found = NULL;
	if (column->column.qualified) {
		found = scope_find_source(scope, column->column.source.text);
		if (found == NULL)
			return err_set_at(err, ERR_NOT_FOUND, column->pos.line, column->pos.column,
					  "Failed to prepare statement: '%.*s' is not a valid "
					  "stream/table name or alias.",
					  SLICE_ARGS(column->column.source.text));
		/* The query's own window has bounds that its source has not. */
		const struct scope_source *window = scope_find_source(scope, SCOPE_WINDOW_ALIAS);
		if (find_in(found, column->column.name.text) == NULL && window != NULL &&
		    find_in(window, column->column.name.text) != NULL)
			found = scope_find_source(scope, SCOPE_WINDOW_ALIAS);
	} else {
		for (uint32_t s = 0; s < scope->nsources; s++) {
			if (find_in(scope->sources[s], column->column.name.text) == NULL)
				continue;
			if (found != NULL)
				return ambiguous(q, column, err);
			found = scope->sources[s];
		}
	}
	if (found == NULL || find_in(found, column->column.name.text) == NULL)
		return unresolved(q, column, err);
	*ret_source = found;
	return 0;
}

static fallible qualify(void *arg, const struct ast_expr *expr,
			const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			struct err *err)
{
	struct qualifier *q = arg;
	if (expr->kind != AST_COLUMN || rewrite_is_param(lambdas, expr))
		return 0;
	struct ast_expr *copy = arena_new(q->scope->arena, struct ast_expr);
	*copy = *expr;
	*ret_replaced = copy;
	if (!expr->column.qualified && q->scope->synthetic_key.len > 0 &&
	    slice_eq(expr->column.name.text, q->scope->synthetic_key))
		return 0;
	struct scope_source *source;
	TRY(find_source_of(q, expr, &source, err));
	find_in(source, expr->column.name.text)->used = true;
	copy->column.qualified = true;
	copy->column.source = (struct ast_name){ .text = source->alias };
	return 0;
}

/* Wrong sources are told before wrong columns. */
static fallible check_sources(void *arg, const struct ast_expr *expr,
			      const struct rewrite_lambda *lambdas, struct ast_expr **ret_replaced,
			      struct err *err)
{
	struct qualifier *q = arg;
	(void)lambdas;
	(void)ret_replaced;
	if (expr->kind != AST_COLUMN || !expr->column.qualified ||
	    scope_find_source(q->scope, expr->column.source.text) != NULL)
		return 0;
	struct scope_source *unused;
	return find_source_of(q, expr, &unused, err);
}

fallible scope_qualify(struct scope *scope, const struct ast_expr *expr, const char *clause,
		       struct ast_expr **ret_expr, struct err *err)
{
	struct qualifier q = { .scope = scope, .clause = clause };
	struct ast_expr *copy;
	TRY(ast_rewrite(scope->arena, expr, check_sources, &q, &copy, err));
	return ast_rewrite(scope->arena, expr, qualify, &q, ret_expr, err);
}
