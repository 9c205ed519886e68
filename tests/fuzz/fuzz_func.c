/*
 * Any scalar function with any arguments: it gives a value, NULL or a failed row, within limits.
 *
 * The first byte picks the function, the second says how many arguments there are and which are
 * constants; each argument is a line: its first byte says of which type it is (an uppercase letter:
 * a number, made from the next bytes; `x`: bytes; `0`: NULL), else the line is a text.
 */
#include "base/text.h"
#include "engine/func.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARGS_MAX 6

struct call {
	struct arena arena;
	const struct expr *args[ARGS_MAX];
	const struct type *types[ARGS_MAX];
	struct column columns[ARGS_MAX];
	uint32_t n;
};

static const struct func_def *pick(const struct func_registry *registry, uint8_t number)
{
	const struct func_def *def = func_next(registry, NULL);
	for (uint8_t i = 0; i < number; i++) {
		const struct func_def *next = func_next(registry, def);
		def = next != NULL ? next : func_next(registry, NULL);
	}
	return def;
}

static int64_t number_of(struct slice line)
{
	uint64_t number = 0;
	for (size_t i = 1; i < line.len && i < 9; i++)
		number = number << 8 | line.data[i];
	return (line.data[0] & 1) != 0 ? (int8_t)number : (int64_t)number;
}

static const struct type *argument(struct slice line, struct value *value)
{
	uint8_t c = line.len > 0 ? line.data[0] : 0;
	*value = (struct value){ .bytes = line };
	if (c == '0' || c == 'x') {
		value->is_null = c == '0';
		return TYPE_OF(c == 'x' ? TYPE_BYTES : TYPE_STRING);
	}
	if (c < 'A' || c > 'H')
		return TYPE_OF(TYPE_STRING);
	static const enum type_kind kinds[] = { TYPE_INT,       TYPE_BIGINT, TYPE_DOUBLE,
						TYPE_BOOLEAN,   TYPE_DATE,   TYPE_TIME,
						TYPE_TIMESTAMP, TYPE_INT };
	enum type_kind kind = kinds[c - 'A'];
	int64_t number = number_of(line);
	*value = (struct value){ .i64 = number };
	if (kind == TYPE_DOUBLE)
		value->f64 = (double)number / 8;
	else if (kind == TYPE_BOOLEAN)
		value->boolean = number % 2 != 0;
	else if (kind == TYPE_TIME)
		value->i32 = (int32_t)((uint64_t)number % 86400000);
	else if (kind != TYPE_BIGINT && kind != TYPE_TIMESTAMP)
		value->i32 = (int32_t)number;
	return TYPE_OF(kind);
}

static void read_arguments(struct call *call, struct slice rest, uint8_t shape)
{
	uint32_t n = shape % (ARGS_MAX + 1);
	for (; call->n < n; call->n++) {
		struct value value;
		size_t end = slice_find_byte(rest, '\n', 0);
		struct slice line = slice_sub(rest, 0, end);
		if (text_valid_len(line) < line.len && line.data[0] != 'x')
			line.len = text_valid_len(line);
		const struct type *type = argument(line, &value);
		rest = slice_sub(rest, end == SIZE_MAX ? rest.len : end + 1, rest.len);
		call->types[call->n] = type;
		column_fill(&call->columns[call->n], &call->arena, type, &value, 1);
		call->args[call->n] = (shape & (8U << call->n)) != 0
					      ? expr_const(&call->arena, type, value)
					      : expr_column(&call->arena, call->n, type);
	}
}

static void run(struct call *call, const struct func_registry *registry, const char *name)
{
	const struct type *params[SIGNATURE_PARAMS_MAX], *type;
	const struct func_variant *variant;
	uint64_t random = 1;
	if (func_resolve(registry, &call->arena, slice_str(name), call->types, call->n, &variant,
			 params, &type, NULL) != 0)
		return;
	for (uint32_t i = 0; i < call->n; i++) {
		if (!type_eq(call->types[i], params[i]))
			call->args[i] =
				expr_new(&call->arena, EXPR_CAST, params[i], &call->args[i], 1);
	}
	struct expr *expr = expr_new(&call->arena, EXPR_CALL, type, call->args, call->n);
	expr->func = variant;
	uint8_t failed[BATCH_ROWS_MAX];
	struct column result;
	struct eval eval = { .arena = &call->arena, .random = &random };
	program_run(program_new(&call->arena, expr), &eval, call->columns, sel_all(1), &result,
		    failed);
	struct value value = column_value(&result, 0);
	assert(IMPLIES(failed[0] != 0, value.is_null));
	CLEANUP(buf_fini) struct buf text = BUF_INIT((size_t)64 << 20);
	value_print(type, &value, &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena registry_arena;
	static struct func_registry *registry;
	if (registry == NULL)
		registry = func_registry_new(&registry_arena);
	if (size < 2)
		return 0;
	struct call call = { .n = 0 };
	read_arguments(&call, slice_of(data + 2, size - 2), data[1]);
	run(&call, registry, pick(registry, data[0])->name);
	arena_fini(&call.arena);
	return 0;
}
