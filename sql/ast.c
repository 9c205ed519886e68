#include "sql/ast.h"

#include "engine/unit.h"

/* clang-format off */
static const char *const op_texts[] = {
#define AST_OP(op, text, name) [op] = text,
#include "sql/ast.def"
};

static const char *const op_names[] = {
#define AST_OP(op, text, name) [op] = name,
#include "sql/ast.def"
};

static const char *const statement_words[] = {
#define AST_STATEMENT(kind, member, words) [kind] = words,
#include "sql/ast.def"
};

static const int64_t unit_ms[] = {
#define AST_UNIT(unit, text, plural, ms) [unit] = ms,
#include "sql/ast.def"
};
/* clang-format on */

/* The engine reads units of constants by number. */
#define SAME_UNIT(name) static_assert((int)AST_##name == (int)UNIT_##name, "units in one order")
SAME_UNIT(MILLISECOND);
SAME_UNIT(SECOND);
SAME_UNIT(MINUTE);
SAME_UNIT(HOUR);
SAME_UNIT(DAY);
SAME_UNIT(MONTH);
SAME_UNIT(YEAR);
#undef SAME_UNIT

const char *ast_op_text(enum ast_op op)
{
	assert(op < COUNT_OF(op_texts));
	return op_texts[op];
}

const char *ast_op_name(enum ast_op op)
{
	assert(op < COUNT_OF(op_names));
	return op_names[op];
}

const char *ast_statement_words(enum ast_statement_kind kind)
{
	assert(kind < COUNT_OF(statement_words));
	return statement_words[kind];
}

int64_t ast_duration_ms(const struct ast_duration *duration)
{
	assert(duration->unit < COUNT_OF(unit_ms));
	int64_t ms;
	if (__builtin_mul_overflow(duration->count, unit_ms[duration->unit], &ms))
		return duration->count < 0 ? INT64_MIN : INT64_MAX;
	return ms;
}
