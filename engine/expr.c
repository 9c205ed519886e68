#include "engine/expr.h"

#include "base/bits.h"
#include "engine/func.h"

const struct expr *expr_column(struct arena *arena, uint32_t column, const struct type *type)
{
	struct expr *expr = expr_new(arena, EXPR_COLUMN, type, NULL, 0);
	expr->column = column;
	return expr;
}

const struct expr *expr_const(struct arena *arena, const struct type *type, struct value value)
{
	struct expr *expr = expr_new(arena, EXPR_CONST, type, NULL, 0);
	expr->constant = value;
	return expr;
}

const struct expr *expr_null(struct arena *arena, const struct type *type)
{
	return expr_const(arena, type, VALUE_NULL);
}

struct expr *expr_new(struct arena *arena, enum expr_kind kind, const struct type *type,
		      const struct expr *const *args, uint32_t nargs)
{
	assert(type != NULL);
	assert(nargs == 0 || args != NULL);
	struct expr *expr = arena_new(arena, struct expr);
	expr->kind = kind;
	expr->type = type;
	if (nargs > 0) {
		const struct expr **copy = arena_array(arena, const struct expr *, nargs);
		for (uint32_t i = 0; i < nargs; i++) {
			assert(args[i] != NULL);
			copy[i] = args[i];
		}
		expr->args = copy;
		expr->nargs = nargs;
	}
	return expr;
}

bool expr_is_const(const struct expr *expr)
{
	return expr->kind == EXPR_CONST;
}

bool expr_is_pure(const struct expr *expr)
{
	if (expr->kind == EXPR_CALL && (expr->func->def->flags & FUNC_IMPURE) != 0)
		return false;
	for (uint32_t i = 0; i < expr->nargs; i++) {
		if (!expr_is_pure(expr->args[i]))
			return false;
	}
	return true;
}

static bool node_eq(const struct expr *a, const struct expr *b)
{
	if (a->kind != b->kind || a->nargs != b->nargs || a->operation != b->operation ||
	    a->negated != b->negated || a->catches != b->catches || a->column != b->column ||
	    a->escape != b->escape || a->func != b->func)
		return false;
	if (!type_eq(a->type, b->type))
		return false;
	return a->kind != EXPR_CONST || value_eq(a->type, &a->constant, &b->constant);
}

bool expr_eq(const struct expr *a, const struct expr *b)
{
	if (a == b)
		return true;
	if (!node_eq(a, b))
		return false;
	for (uint32_t i = 0; i < a->nargs; i++) {
		if (!expr_eq(a->args[i], b->args[i]))
			return false;
	}
	return true;
}

const struct expr *expr_remap(struct arena *arena, const struct expr *expr,
			      const struct expr *const *columns, uint32_t ncolumns)
{
	if (expr->kind == EXPR_COLUMN) {
		assert(expr->column < ncolumns);
		assert(columns[expr->column] != NULL);
		return columns[expr->column];
	}
	if (expr->nargs == 0)
		return expr;
	const struct expr **args = arena_array(arena, const struct expr *, expr->nargs);
	for (uint32_t i = 0; i < expr->nargs; i++)
		args[i] = expr_remap(arena, expr->args[i], columns, ncolumns);
	struct expr *copy = arena_new(arena, struct expr);
	*copy = *expr;
	copy->args = args;
	return copy;
}

void expr_columns(const struct expr *expr, uint64_t *used)
{
	if (expr->kind == EXPR_COLUMN)
		bits_set(used, expr->column);
	for (uint32_t i = 0; i < expr->nargs; i++)
		expr_columns(expr->args[i], used);
}

static const char *const operator_texts[] = {
	[OP_ADD] = "+",    [OP_SUBTRACT] = "-", [OP_MULTIPLY] = "*", [OP_DIVIDE] = "/",
	[OP_MODULO] = "%", [OP_EQ] = "=",       [OP_NE] = "<>",      [OP_LT] = "<",
	[OP_LE] = "<=",    [OP_GT] = ">",       [OP_GE] = ">=",
};

static void print_list(const struct expr *expr, uint32_t from, const char *between, struct buf *out)
{
	for (uint32_t i = from; i < expr->nargs; i++) {
		if (i > from)
			buf_append_str(out, between);
		expr_print(expr->args[i], out);
	}
}

/* (a between b between c) */
static void print_infix(const struct expr *expr, const char *between, struct buf *out)
{
	buf_append_u8(out, '(');
	print_list(expr, 0, between, out);
	buf_append_u8(out, ')');
}

static void print_case(const struct expr *expr, struct buf *out)
{
	buf_append_str(out, "(CASE");
	uint32_t i = 0;
	for (; i + 1 < expr->nargs; i += 2) {
		buf_append_str(out, " WHEN ");
		expr_print(expr->args[i], out);
		buf_append_str(out, " THEN ");
		expr_print(expr->args[i + 1], out);
	}
	if (i < expr->nargs) {
		buf_append_str(out, " ELSE ");
		expr_print(expr->args[i], out);
	}
	buf_append_str(out, " END)");
}

static void print_cast(const struct expr *expr, struct buf *out)
{
	buf_append_str(out, "CAST(");
	expr_print(expr->args[0], out);
	buf_append_str(out, " AS ");
	type_print(expr->type, out);
	buf_append_u8(out, ')');
}

/* Pairs of a MAP, or of a STRUCT with its names. */
static void print_pairs(const struct expr *expr, struct buf *out)
{
	bool is_map = expr->kind == EXPR_MAP;
	buf_append_str(out, is_map ? "MAP(" : "STRUCT(");
	for (uint32_t i = 0; i < expr->nargs; i += is_map ? 2 : 1) {
		if (i > 0)
			buf_append_str(out, ", ");
		if (is_map)
			expr_print(expr->args[i], out);
		else
			type_print_name(expr->type->fields[i].name, out);
		buf_append_str(out, ":=");
		expr_print(expr->args[is_map ? i + 1 : i], out);
	}
	buf_append_u8(out, ')');
}

static void print_lambda(const struct expr *expr, struct buf *out)
{
	buf_printf(out, "%u => ", expr->column);
	expr_print(expr->args[0], out);
}

static void print_predicate(const struct expr *expr, struct buf *out)
{
	const char *not = expr->negated ? " NOT" : "";
	buf_append_u8(out, '(');
	expr_print(expr->args[0], out);
	if (expr->kind == EXPR_IS_NULL) {
		buf_printf(out, " IS%s NULL", not );
	} else if (expr->kind == EXPR_DISTINCT) {
		buf_printf(out, " IS%s DISTINCT FROM ", not );
		expr_print(expr->args[1], out);
	} else if (expr->kind == EXPR_BETWEEN) {
		buf_printf(out, "%s BETWEEN ", not );
		print_list(expr, 1, " AND ", out);
	} else if (expr->kind == EXPR_LIKE) {
		buf_printf(out, "%s LIKE ", not );
		expr_print(expr->args[1], out);
	} else {
		buf_printf(out, "%s IN (", not );
		print_list(expr, 1, ", ", out);
		buf_append_u8(out, ')');
	}
	buf_append_u8(out, ')');
}

/* The node as its kind prints; columns and parameters, which have no names here, by number. */
static void print_node(const struct expr *expr, struct buf *out)
{
	switch (expr->kind) {
	case EXPR_COLUMN:
		buf_printf(out, "#%u", expr->column);
		return;
	case EXPR_CONST:
		value_print_sql(expr->type, &expr->constant, out);
		return;
	case EXPR_PARAM:
		buf_printf(out, "$%u", expr->column);
		return;
	case EXPR_LAMBDA:
		print_lambda(expr, out);
		return;
	case EXPR_CALL:
		buf_append_str(out, expr->func->func->name);
		print_infix(expr, ", ", out);
		return;
	case EXPR_ARITHMETIC:
	case EXPR_COMPARE:
		buf_append_u8(out, '(');
		expr_print(expr->args[0], out);
		buf_printf(out, " %s ", operator_texts[expr->operation]);
		expr_print(expr->args[1], out);
		buf_append_u8(out, ')');
		return;
	case EXPR_NEGATE:
		buf_append_str(out, "-");
		print_list(expr, 0, "", out);
		return;
	case EXPR_CONCAT_TEXT:
		print_infix(expr, " + ", out);
		return;
	case EXPR_AND:
		print_infix(expr, " AND ", out);
		return;
	case EXPR_OR:
		print_infix(expr, " OR ", out);
		return;
	case EXPR_NOT:
		buf_append_str(out, "(NOT ");
		print_list(expr, 0, "", out);
		buf_append_u8(out, ')');
		return;
	case EXPR_DISTINCT:
	case EXPR_IS_NULL:
	case EXPR_BETWEEN:
	case EXPR_IN:
	case EXPR_LIKE:
		print_predicate(expr, out);
		return;
	case EXPR_CASE:
		print_case(expr, out);
		return;
	case EXPR_CAST:
		print_cast(expr, out);
		return;
	case EXPR_FIELD:
		expr_print(expr->args[0], out);
		buf_append_str(out, "->");
		type_print_name(expr->args[0]->type->fields[expr->column].name, out);
		return;
	case EXPR_SUBSCRIPT:
		expr_print(expr->args[0], out);
		buf_append_u8(out, '[');
		expr_print(expr->args[1], out);
		buf_append_u8(out, ']');
		return;
	case EXPR_ARRAY:
		buf_append_str(out, "ARRAY[");
		print_list(expr, 0, ", ", out);
		buf_append_u8(out, ']');
		return;
	case EXPR_MAP:
	case EXPR_STRUCT:
		print_pairs(expr, out);
		return;
	}
	UNREACHABLE("no such expression");
}

void expr_print(const struct expr *expr, struct buf *out)
{
	if (expr->text != NULL)
		buf_append_str(out, expr->text);
	else
		print_node(expr, out);
}
