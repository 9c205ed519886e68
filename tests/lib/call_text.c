#include "tests/lib/call_text.h"

#include "base/base64.h"
#include "base/decimal.h"
#include "base/num.h"
#include "engine/func.h"
#include "engine/unit.h"
#include "tests/lib/test.h"

#define ROWS 3

struct calls {
	struct arena arena;
	struct func_registry *registry;
	const char *at;
	bool columns; /* literals become columns */
	struct column literals[64];
	uint32_t nliterals;
	struct buf told, printed;
	struct err err; /* of a call that does not resolve */
};

static const struct expr *parse_value(struct calls *c);

static void skip_space(struct calls *c)
{
	while (*c->at == ' ')
		c->at++;
}

static bool take(struct calls *c, const char *word)
{
	skip_space(c);
	size_t len = strlen(word);
	if (strncasecmp(c->at, word, len) != 0)
		return false;
	c->at += len;
	return true;
}

static struct slice take_while(struct calls *c, const char *characters)
{
	skip_space(c);
	const char *from = c->at;
	c->at += strspn(c->at, characters);
	return slice_of(from, (size_t)(c->at - from));
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

static const struct expr *literal(struct calls *c, const struct type *type, struct value value)
{
	if (!c->columns || type->kind == TYPE_NULL)
		return expr_const(&c->arena, type, value);
	assert_true(c->nliterals < COUNT_OF(c->literals));
	struct column *column = &c->literals[c->nliterals];
	column_init(column, &c->arena, type, ROWS);
	for (uint32_t i = 0; i < ROWS; i++)
		column_set(column, i, &value);
	return expr_column(&c->arena, c->nliterals++, type);
}

static struct slice parse_quoted(struct calls *c)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	for (; *c->at != '\'' || c->at[1] == '\''; c->at++) {
		assert_true(*c->at != '\0');
		c->at += *c->at == '\'';
		buf_append_u8(&text, (uint8_t)*c->at);
	}
	c->at++;
	return arena_copy(&c->arena, buf_slice(&text));
}

static const struct expr *parse_hex(struct calls *c)
{
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(BUF_TEXT_BYTES_MAX);
	assert_ok(hex_decode(parse_quoted(c), &bytes, &c->err), &c->err);
	return literal(c, TYPE_OF(TYPE_BYTES),
		       (struct value){ .bytes = arena_copy(&c->arena, buf_slice(&bytes)) });
}

static const struct expr *parse_decimal(struct calls *c, struct slice text)
{
	struct value value = { .is_null = false };
	size_t point = slice_find_byte(text, '.', 0);
	int32_t scale = (int32_t)(text.len - point - 1);
	int32_t digits = (int32_t)text.len - 1 - (text.data[0] == '-');
	assert_ok(decimal_parse_as(text, digits, scale, ROUND_UNNECESSARY, &value.decimal, &c->err),
		  &c->err);
	return literal(c, type_decimal(&c->arena, digits, scale), value);
}

static const struct expr *parse_number(struct calls *c)
{
	struct slice text = take_while(c, "0123456789.-e");
	struct value value = { .is_null = false };
	if (slice_find_byte(text, 'e', 0) != SIZE_MAX) {
		assert_ok(num_parse_double(text, &value.f64, &c->err), &c->err);
		return literal(c, TYPE_OF(TYPE_DOUBLE), value);
	}
	if (slice_find_byte(text, '.', 0) != SIZE_MAX)
		return parse_decimal(c, text);
	int64_t number;
	assert_ok(num_parse_i64(text, &number, &c->err), &c->err);
	if (take(c, "L"))
		return literal(c, TYPE_OF(TYPE_BIGINT), (struct value){ .i64 = number });
	return literal(c, TYPE_OF(TYPE_INT), (struct value){ .i32 = (int32_t)number });
}

static const struct expr *parse_null(struct calls *c)
{
	if (!take(c, ":"))
		return literal(c, TYPE_OF(TYPE_NULL), VALUE_NULL);
	struct slice name = take_while(c, LETTERS);
	for (enum type_kind kind = TYPE_BOOLEAN; kind < TYPE_ARRAY; kind++) {
		if (slice_eq_nocase(name, slice_str(type_kind_name(kind))))
			return literal(c,
				       kind == TYPE_DECIMAL ? type_decimal(&c->arena, 10, 2)
							    : TYPE_OF(kind),
				       VALUE_NULL);
	}
	fail_msg("%.*s is no type", SLICE_ARGS(name));
	return NULL;
}

/* Up to `close`; each behind a name when `named`. */
static uint32_t parse_list(struct calls *c, const char *close, const struct expr **items,
			   struct type_field *named)
{
	uint32_t n = 0;
	while (!take(c, close)) {
		assert_true(n < SIGNATURE_PARAMS_MAX);
		if (n > 0)
			assert_true(take(c, ","));
		if (named != NULL)
			named[n].name = arena_copy(&c->arena, take_while(c, LETTERS));
		items[n] = parse_value(c);
		if (items[n] == NULL)
			return 0;
		if (named != NULL)
			named[n].type = items[n]->type;
		n++;
	}
	return n;
}

static const struct expr *parse_nested(struct calls *c, enum expr_kind kind)
{
	const struct expr *items[SIGNATURE_PARAMS_MAX];
	struct type_field *fields = arena_array(&c->arena, struct type_field, SIGNATURE_PARAMS_MAX);
	uint32_t n = parse_list(c, kind == EXPR_ARRAY ? "]" : ")", items,
				kind == EXPR_STRUCT ? fields : NULL);
	assert_true(n > 0);
	const struct type *type;
	if (kind == EXPR_ARRAY)
		type = type_array(&c->arena, items[0]->type);
	else if (kind == EXPR_MAP)
		type = type_map(&c->arena, items[0]->type, items[1]->type);
	else
		type = type_struct(&c->arena, fields, n);
	return expr_new(&c->arena, kind, type, items, n);
}

static const struct expr *parse_call(struct calls *c)
{
	const struct expr *args[SIGNATURE_PARAMS_MAX];
	const struct type *types[SIGNATURE_PARAMS_MAX], *params[SIGNATURE_PARAMS_MAX], *type;
	const struct func_variant *variant;
	struct slice name = take_while(c, LETTERS);
	assert_true(name.len > 0);
	assert_true(take(c, "("));
	uint32_t n = parse_list(c, ")", args, NULL);
	if (c->err.code != ERR_OK)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		types[i] = args[i]->type;
	if (func_resolve(c->registry, &c->arena, name, types, n, &variant, params, &type,
			 &c->err) != 0)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		if (types[i]->kind == TYPE_NULL)
			args[i] = expr_null(&c->arena, params[i]);
		else if (!type_eq(types[i], params[i]))
			args[i] = expr_new(&c->arena, EXPR_CAST, params[i], &args[i], 1);
	}
	struct expr *call = expr_new(&c->arena, EXPR_CALL, type, args, n);
	call->func = variant;
	return call;
}

static const struct expr *parse_time(struct calls *c, enum type_kind kind)
{
	int64_t number;
	assert_ok(num_parse_i64(take_while(c, "-0123456789"), &number, &c->err), &c->err);
	struct value value = { .i64 = number };
	if (kind != TYPE_TIMESTAMP)
		value = (struct value){ .i32 = (int32_t)number };
	return literal(c, TYPE_OF(kind), value);
}

/* Always a constant: the unit words of DATEADD are nothing else. */
static const struct expr *parse_unit(struct calls *c)
{
	static const char *const names[UNIT_COUNT] = { "MILLISECOND", "SECOND", "MINUTE", "HOUR",
						       "DAY",         "MONTH",  "YEAR" };
	for (int32_t unit = 0; unit < UNIT_COUNT; unit++) {
		if (take(c, names[unit]))
			return expr_const(&c->arena, TYPE_OF(TYPE_INTERVAL),
					  (struct value){ .i32 = unit });
	}
	fail_msg("%s is no unit", c->at);
	return NULL;
}

static const struct expr *parse_value(struct calls *c)
{
	skip_space(c);
	if (take(c, "'"))
		return literal(c, TYPE_OF(TYPE_STRING), (struct value){ .bytes = parse_quoted(c) });
	if (take(c, "x'"))
		return parse_hex(c);
	if (*c->at == '-' || (*c->at >= '0' && *c->at <= '9'))
		return parse_number(c);
	if (strncmp(c->at, "null", 4) == 0 && strspn(c->at, LETTERS) == 4) {
		c->at += 4;
		return parse_null(c);
	}
	if (take(c, "true"))
		return literal(c, TYPE_OF(TYPE_BOOLEAN), (struct value){ .boolean = true });
	if (take(c, "false"))
		return literal(c, TYPE_OF(TYPE_BOOLEAN), (struct value){ .boolean = false });
	static const char *const times[] = { "date:", "time:", "timestamp:" };
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		if (take(c, times[i]))
			return parse_time(c, TYPE_DATE + (enum type_kind)i);
	}
	if (take(c, "unit:"))
		return parse_unit(c);
	if (take(c, "ARRAY["))
		return parse_nested(c, EXPR_ARRAY);
	if (take(c, "MAP("))
		return parse_nested(c, EXPR_MAP);
	if (take(c, "STRUCT("))
		return parse_nested(c, EXPR_STRUCT);
	return parse_call(c);
}

static void tell(void *arg, uint32_t row, const char *expr_text, const char *message)
{
	struct calls *c = arg;
	(void)row;
	(void)expr_text;
	buf_reset(&c->told);
	buf_append_str(&c->told, message);
}

/* The text of the row's result. */
static struct slice result_text(struct calls *c, const struct expr *expr,
				const struct column *result, uint32_t row, bool failed)
{
	struct value value = column_value(result, row);
	buf_reset(&c->printed);
	if (failed) {
		assert_true(value.is_null);
		buf_printf(&c->printed, "!%s", buf_str(&c->told));
	} else if (value.is_null) {
		buf_append_str(&c->printed, "NULL");
	} else {
		value_print(expr->type, &value, &c->printed);
	}
	return buf_slice(&c->printed);
}

static void check(const struct call_case *test, struct slice got, const char *file, int line)
{
	size_t len = strlen(test->want);
	bool begins = test->want[0] == '!' || test->want[0] == '?';
	if (begins && got.len > len)
		got.len = len;
	if (slice_eq_str(got, test->want))
		return;
	print_error("%s\n  gives %.*s\n  wants %s\n", test->call, SLICE_ARGS(got), test->want);
	_fail(file, line);
}

static void run_case(const struct call_case *test, bool columns, const char *file, int line)
{
	static uint64_t random_state = 7;
	static const uint16_t selected[] = { 0, ROWS - 1 };
	struct calls c = { .at = test->call, .columns = columns, .err = ERR_INIT };
	buf_init(&c.told, BUF_TEXT_BYTES_MAX);
	buf_init(&c.printed, BUF_TEXT_BYTES_MAX);
	c.registry = func_registry_new(&c.arena);
	const struct expr *expr = parse_value(&c);
	skip_space(&c);
	assert_true(expr == NULL || *c.at == '\0');
	if (expr == NULL) {
		buf_printf(&c.printed, "?%s", c.err.text);
		check(test, buf_slice(&c.printed), file, line);
	} else {
		uint8_t failed[BATCH_ROWS_MAX];
		struct column result;
		struct eval eval = {
			.arena = &c.arena, .random = &random_state, .failed = tell, .failed_arg = &c
		};
		struct program *program = program_new(&c.arena, expr);
		program_run(program, &eval, c.literals, (struct sel){ selected, 2 }, &result,
			    failed);
		for (uint32_t i = 0; i < 2; i++)
			check(test,
			      result_text(&c, expr, &result, selected[i], failed[selected[i]] != 0),
			      file, line);
	}
	buf_fini(&c.told);
	buf_fini(&c.printed);
	arena_fini(&c.arena);
}

void call_cases_hold(const struct call_case *cases, size_t n, const char *file, int line)
{
	for (size_t i = 0; i < n; i++) {
		run_case(&cases[i], false, file, line);
		run_case(&cases[i], true, file, line);
	}
}
