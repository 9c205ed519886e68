#include "engine/signature.h"

#include "base/vec.h"

/* --- text to signature --- */

struct parse {
	struct arena *arena;
	const char *text, *at;
	uint32_t depth;
	struct err *err;
};

static int unexpected(struct parse *p, const char *what)
{
	return err_set(p->err, ERR_SYNTAX, "signature \"%s\": %s expected at \"%s\"", p->text, what,
		       p->at);
}

static void skip_space(struct parse *p)
{
	while (*p->at == ' ')
		p->at++;
}

static bool take(struct parse *p, const char *word)
{
	skip_space(p);
	size_t len = strlen(word);
	if (strncmp(p->at, word, len) != 0)
		return false;
	p->at += len;
	return true;
}

static fallible expect(struct parse *p, const char *word)
{
	return take(p, word) ? 0 : unexpected(p, word);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static struct slice take_word(struct parse *p)
{
	skip_space(p);
	const char *from = p->at;
	while (is_word(*p->at))
		p->at++;
	return slice_of(from, (size_t)(p->at - from));
}

static const struct {
	const char *name;
	enum type_kind kind;
} type_words[] = {
	{ "BOOLEAN", TYPE_BOOLEAN },   { "INT", TYPE_INT },        { "INTEGER", TYPE_INT },
	{ "BIGINT", TYPE_BIGINT },     { "DOUBLE", TYPE_DOUBLE },  { "DECIMAL", TYPE_DECIMAL },
	{ "STRING", TYPE_STRING },     { "VARCHAR", TYPE_STRING }, { "BYTES", TYPE_BYTES },
	{ "DATE", TYPE_DATE },         { "TIME", TYPE_TIME },      { "TIMESTAMP", TYPE_TIMESTAMP },
	{ "ARRAY", TYPE_ARRAY },       { "MAP", TYPE_MAP },        { "STRUCT", TYPE_STRUCT },
	{ "INTERVAL", TYPE_INTERVAL }, { "LAMBDA", TYPE_LAMBDA },
};

static fallible parse_type(struct parse *p, const struct signature_type **ret);

struct parts {
	const struct signature_type *types[SIGNATURE_PARAMS_MAX];
	struct slice names[SIGNATURE_PARAMS_MAX];
	uint32_t n;
};

/* <part, part ...>, up to but without the closing bracket. */
static fallible parse_parts(struct parse *p, bool named, struct parts *parts)
{
	do {
		if (parts->n == SIGNATURE_PARAMS_MAX)
			return unexpected(p, "nothing more");
		if (named)
			parts->names[parts->n] = take_word(p);
		TRY(parse_type(p, &parts->types[parts->n]));
		parts->n++;
	} while (take(p, ","));
	return 0;
}

static const struct signature_type *nested_type(struct parse *p, enum type_kind kind,
						const struct parts *parts)
{
	struct signature_type *type = arena_new(p->arena, struct signature_type);
	const struct signature_type **types =
		arena_array(p->arena, const struct signature_type *, parts->n);
	struct slice *names = arena_array(p->arena, struct slice, parts->n);
	for (uint32_t i = 0; i < parts->n; i++) {
		types[i] = parts->types[i];
		names[i] = arena_copy(p->arena, parts->names[i]);
	}
	*type = (struct signature_type){
		.kind = kind, .parts = types, .names = names, .nparts = parts->n
	};
	return type;
}

static fallible parse_nested(struct parse *p, enum type_kind kind,
			     const struct signature_type **ret)
{
	struct parts parts = { .n = 0 };
	TRY(expect(p, "<"));
	TRY(parse_parts(p, kind == TYPE_STRUCT, &parts));
	if (kind == TYPE_LAMBDA) {
		TRY(expect(p, "=>"));
		TRY(parse_parts(p, false, &parts));
	}
	TRY(expect(p, ">"));
	uint32_t wanted = kind == TYPE_ARRAY ? 1 : kind == TYPE_MAP ? 2 : parts.n;
	if (parts.n != wanted)
		return unexpected(p, "another number of types");
	*ret = nested_type(p, kind, &parts);
	return 0;
}

static fallible parse_number(struct parse *p, int32_t *ret)
{
	struct slice word = take_word(p);
	int32_t number = 0;
	for (size_t i = 0; i < word.len; i++) {
		if (word.data[i] < '0' || word.data[i] > '9' || number > 1000)
			return unexpected(p, "a number");
		number = number * 10 + (word.data[i] - '0');
	}
	*ret = number;
	return 0;
}

static fallible parse_decimal(struct parse *p, struct signature_type *type)
{
	int32_t precision, scale;
	if (!take(p, "("))
		return 0;
	TRY(parse_number(p, &precision));
	TRY(expect(p, ","));
	TRY(parse_number(p, &scale));
	TRY(expect(p, ")"));
	if (precision < 1 || scale > precision)
		return unexpected(p, "a precision of at least the scale");
	type->exact = type_decimal(p->arena, precision, scale);
	return 0;
}

static fallible parse_named(struct parse *p, struct slice word, const struct signature_type **ret)
{
	for (size_t i = 0; i < COUNT_OF(type_words); i++) {
		if (!slice_eq_str(word, type_words[i].name))
			continue;
		enum type_kind kind = type_words[i].kind;
		if (kind == TYPE_ARRAY || kind == TYPE_MAP || kind == TYPE_STRUCT ||
		    kind == TYPE_LAMBDA)
			return parse_nested(p, kind, ret);
		struct signature_type *type = arena_new(p->arena, struct signature_type);
		type->kind = kind;
		if (kind == TYPE_DECIMAL)
			TRY(parse_decimal(p, type));
		else
			type->exact = TYPE_OF(kind);
		*ret = type;
		return 0;
	}
	return unexpected(p, "a type");
}

static fallible parse_type(struct parse *p, const struct signature_type **ret)
{
	if (++p->depth > TYPE_DEPTH_MAX)
		return unexpected(p, "less depth");
	struct slice word = take_word(p);
	if (word.len == 1 && word.data[0] >= 'A' && word.data[0] <= 'Z') {
		struct signature_type *type = arena_new(p->arena, struct signature_type);
		type->kind = TYPE_KIND_COUNT;
		type->variable = word.data[0] - 'A';
		*ret = type;
	} else {
		TRY(parse_named(p, word, ret));
	}
	p->depth--;
	return 0;
}

static fallible parse_param(struct parse *p, struct signature_param *param)
{
	*param = (struct signature_param){ .constant = take(p, "const ") };
	TRY(parse_type(p, &param->type));
	param->variadic = take(p, "...");
	param->primitive = take(p, "!");
	param->name = arena_copy(p->arena, take_word(p));
	param->variadic |= take(p, "...");
	param->primitive |= take(p, "!");
	return 0;
}

static uint32_t variables_in(const struct signature_type *type)
{
	uint32_t n = type->kind == TYPE_KIND_COUNT ? 1 : 0;
	for (uint32_t i = 0; i < type->nparts; i++)
		n += variables_in(type->parts[i]);
	return n;
}

static fallible parse_params(struct parse *p, struct signature *signature)
{
	struct signature_param *params =
		arena_array(p->arena, struct signature_param, SIGNATURE_PARAMS_MAX);
	signature->params = params;
	signature->variadic = -1;
	TRY(expect(p, "("));
	if (take(p, ")"))
		return 0;
	do {
		uint32_t n = signature->nparams;
		if (n == SIGNATURE_PARAMS_MAX)
			return unexpected(p, "nothing more");
		TRY(parse_param(p, &params[n]));
		if (params[n].variadic && signature->variadic >= 0)
			return unexpected(p, "no second variadic parameter");
		if (params[n].variadic)
			signature->variadic = (int32_t)n;
		signature->nvariables += variables_in(params[n].type);
		signature->nparams++;
	} while (take(p, ","));
	return expect(p, ")");
}

fallible signature_parse(struct arena *arena, const char *text, const struct signature **ret,
			 struct err *err)
{
	struct parse p = { .arena = arena, .text = text, .at = text, .err = err };
	struct signature *signature = arena_new(arena, struct signature);
	TRY(parse_params(&p, signature));
	TRY(parse_type(&p, &signature->returns));
	skip_space(&p);
	if (*p.at != '\0')
		return unexpected(&p, "the end");
	*ret = signature;
	return 0;
}

/* --- which signature fits --- */

struct match {
	struct arena *arena;
	struct signature_binding *binding;
	bool casts;
};

/* Implicit casts of arguments: wider numbers, and texts that stand for times and bytes. */
static bool casts_to(enum type_kind from, enum type_kind to)
{
	switch (from) {
	case TYPE_INT:
		return to == TYPE_BIGINT || to == TYPE_DECIMAL || to == TYPE_DOUBLE;
	case TYPE_BIGINT:
		return to == TYPE_DECIMAL || to == TYPE_DOUBLE;
	case TYPE_DECIMAL:
		return to == TYPE_DOUBLE;
	case TYPE_STRING:
		return to == TYPE_DATE || to == TYPE_TIME || to == TYPE_TIMESTAMP ||
		       to == TYPE_BYTES;
	default:
		return false;
	}
}

static bool bind(struct match *m, uint32_t variable, const struct type *arg)
{
	const struct type **bound = &m->binding->types[variable];
	if (*bound == NULL) {
		*bound = arg;
		return true;
	}
	if (type_eq(*bound, arg))
		return true;
	const struct type *wider = m->casts ? type_widest_number(m->arena, *bound, arg) : NULL;
	if (wider == NULL)
		return false;
	*bound = wider;
	return true;
}

static bool fits(struct match *m, const struct signature_type *param, const struct type *arg);

static bool lambda_fits(struct match *m, const struct signature_type *param, const struct type *arg)
{
	assert(param->nparts > 0);
	if (arg->precision != (int32_t)param->nparts - 1)
		return false;
	/* The body's type must be the very one: nothing casts what a lambda gives. */
	struct match exact = { m->arena, m->binding, false };
	return arg->element == NULL || fits(&exact, param->parts[param->nparts - 1], arg->element);
}

static bool struct_fits(struct match *m, const struct signature_type *param, const struct type *arg)
{
	if (param->nparts != arg->nfields)
		return false;
	for (uint32_t i = 0; i < arg->nfields; i++) {
		if (!slice_eq(param->names[i], arg->fields[i].name) ||
		    !fits(m, param->parts[i], arg->fields[i].type))
			return false;
	}
	return true;
}

static bool fits(struct match *m, const struct signature_type *param, const struct type *arg)
{
	if (arg->kind == TYPE_NULL)
		return true;
	if (param->kind == TYPE_KIND_COUNT)
		return arg->kind != TYPE_LAMBDA && bind(m, param->variable, arg);
	if (param->kind != arg->kind)
		return m->casts && casts_to(arg->kind, param->kind);
	switch (param->kind) {
	case TYPE_DECIMAL:
		return param->exact == NULL || type_eq(param->exact, arg) || m->casts;
	case TYPE_ARRAY:
		return fits(m, param->parts[0], arg->element);
	case TYPE_MAP:
		return fits(m, param->parts[0], arg->key) && fits(m, param->parts[1], arg->element);
	case TYPE_STRUCT:
		return struct_fits(m, param, arg);
	case TYPE_LAMBDA:
		return lambda_fits(m, param, arg);
	default:
		return true;
	}
}

uint32_t signature_param_of(const struct signature *signature, uint32_t arg, uint32_t nargs)
{
	if (signature->variadic < 0 || arg < (uint32_t)signature->variadic)
		return arg;
	/* Arguments behind the variadic ones are counted from the end. */
	uint32_t behind = signature->nparams - 1 - (uint32_t)signature->variadic;
	if (arg >= nargs - behind)
		return signature->nparams - (nargs - arg);
	return (uint32_t)signature->variadic;
}

bool signature_accepts(const struct signature *signature, struct arena *arena,
		       const struct type *const *args, uint32_t nargs, bool casts,
		       struct signature_binding *ret_binding)
{
	uint32_t needed = signature->nparams - (signature->variadic >= 0 ? 1 : 0);
	if (nargs < needed || (signature->variadic < 0 && nargs > needed))
		return false;
	struct signature_binding binding = { { NULL } };
	struct match m = { arena, &binding, casts };
	/* Lambdas last: by then the other arguments have bound what their parameters are. */
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < nargs; i++) {
			const struct signature_param *param =
				&signature->params[signature_param_of(signature, i, nargs)];
			if ((param->type->kind == TYPE_LAMBDA) == (round == 1) &&
			    !fits(&m, param->type, args[i]))
				return false;
		}
	}
	*ret_binding = binding;
	return true;
}

/* Positive when `a` is the better one of two that fit. */
static int prefer(const struct signature *a, const struct signature *b)
{
	int fixed = (a->variadic < 0) - (b->variadic < 0);
	if (fixed != 0)
		return fixed;
	if (a->nparams != b->nparams)
		return a->nparams > b->nparams ? 1 : -1;
	return (a->nvariables < b->nvariables) - (a->nvariables > b->nvariables);
}

static fallible no_match(const char *name, const struct signature *const *signatures, uint32_t n,
			 const struct type *const *args, uint32_t nargs, bool ambiguous,
			 struct err *err)
{
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_printf(&text, "Function '%s' %s (", name,
		   ambiguous ? "cannot be resolved due to ambiguous method parameters"
			     : "does not accept parameters");
	for (uint32_t i = 0; i < nargs; i++) {
		if (i > 0)
			buf_append_str(&text, ", ");
		if (args[i]->kind == TYPE_NULL)
			buf_append_str(&text, "null");
		else
			type_print(args[i], &text);
	}
	buf_append_str(&text, ").");
	if (!ambiguous) {
		buf_append_str(&text, "\nValid alternatives are:");
		for (uint32_t i = 0; i < n; i++) {
			buf_append_u8(&text, '\n');
			signature_print(name, signatures[i], &text);
		}
	}
	buf_append_str(&text, "\nFor detailed information on a function run: "
			      "DESCRIBE FUNCTION <Function-Name>;");
	return err_set(err, ERR_TYPE, "%s", buf_str(&text));
}

/* What an argument of this type is cast to for this parameter. */
static const struct type *param_for(struct arena *arena, const struct signature_type *param,
				    const struct type *arg, const struct signature_binding *binding)
{
	if (param->kind == TYPE_LAMBDA)
		return arg;
	if (param->kind == TYPE_DECIMAL && param->exact == NULL) {
		if (arg->kind == TYPE_INT)
			return type_decimal(arena, 10, 0);
		if (arg->kind == TYPE_BIGINT)
			return type_decimal(arena, 19, 0);
		return arg;
	}
	const struct type *filled = signature_fill(arena, param, binding);
	return filled != NULL ? filled : arg;
}

fallible signature_resolve(const char *name, const struct signature *const *signatures, uint32_t n,
			   struct arena *arena, const struct type *const *args, uint32_t nargs,
			   uint32_t *ret_index, const struct type **ret_params,
			   struct signature_binding *ret_binding, struct err *err)
{
	struct signature_binding binding, best_binding;
	for (int casts = 0; casts < 2; casts++) {
		uint32_t best = n, ties = 0;
		for (uint32_t i = 0; i < n; i++) {
			if (!signature_accepts(signatures[i], arena, args, nargs, casts == 1,
					       &binding))
				continue;
			int order = best == n ? 1 : prefer(signatures[i], signatures[best]);
			ties = order > 0 ? 0 : ties + (order == 0);
			if (order <= 0)
				continue;
			best = i;
			best_binding = binding;
		}
		if (best == n)
			continue;
		if (casts == 1 && ties > 0)
			return no_match(name, signatures, n, args, nargs, true, err);
		for (uint32_t i = 0; i < nargs; i++) {
			uint32_t param = signature_param_of(signatures[best], i, nargs);
			ret_params[i] = param_for(arena, signatures[best]->params[param].type,
						  args[i], &best_binding);
		}
		*ret_index = best;
		*ret_binding = best_binding;
		return 0;
	}
	return no_match(name, signatures, n, args, nargs, false, err);
}

/* --- filled in, and printed --- */

static const struct type *fill_struct(struct arena *arena, const struct signature_type *type,
				      const struct signature_binding *binding)
{
	struct type_field *fields = arena_array(arena, struct type_field, type->nparts);
	for (uint32_t i = 0; i < type->nparts; i++) {
		fields[i].name = type->names[i];
		fields[i].type = signature_fill(arena, type->parts[i], binding);
		if (fields[i].type == NULL)
			return NULL;
	}
	return type_struct(arena, fields, type->nparts);
}

const struct type *signature_fill(struct arena *arena, const struct signature_type *type,
				  const struct signature_binding *binding)
{
	if (type->exact != NULL)
		return type->exact;
	if (type->kind == TYPE_KIND_COUNT)
		return binding->types[type->variable];
	if (type->kind == TYPE_STRUCT)
		return fill_struct(arena, type, binding);
	if (type->kind != TYPE_ARRAY && type->kind != TYPE_MAP)
		return NULL;
	const struct type *first = signature_fill(arena, type->parts[0], binding);
	if (first == NULL || type->kind == TYPE_ARRAY)
		return first != NULL ? type_array(arena, first) : NULL;
	const struct type *second = signature_fill(arena, type->parts[1], binding);
	return second != NULL ? type_map(arena, first, second) : NULL;
}

/* DESCRIBE FUNCTION's names of types, which are not those of schemas. */
static const char *plain_name(const struct signature_type *type)
{
	switch (type->kind) {
	case TYPE_INT:
		return "INT";
	case TYPE_STRING:
		return "VARCHAR";
	default:
		return type_kind_name(type->kind);
	}
}

void signature_type_print(const struct signature_type *type, struct buf *out)
{
	if (type->kind == TYPE_KIND_COUNT) {
		buf_append_u8(out, (uint8_t)('A' + type->variable));
		return;
	}
	if (type->kind == TYPE_DECIMAL && type->exact != NULL) {
		type_print(type->exact, out);
		return;
	}
	buf_append_str(out, plain_name(type));
	if (type->nparts == 0)
		return;
	bool lambda = type->kind == TYPE_LAMBDA;
	buf_append_str(out, lambda ? " (" : "<");
	for (uint32_t i = 0; i < type->nparts; i++) {
		if (lambda && i + 1 == type->nparts)
			buf_append_str(out, ") => ");
		else if (i > 0)
			buf_append_str(out, ", ");
		if (type->kind == TYPE_STRUCT)
			buf_printf(out, "%.*s ", SLICE_ARGS(type->names[i]));
		signature_type_print(type->parts[i], out);
	}
	if (!lambda)
		buf_append_u8(out, '>');
}

void signature_print(const char *name, const struct signature *signature, struct buf *out)
{
	buf_printf(out, "%s(", name);
	for (uint32_t i = 0; i < signature->nparams; i++) {
		const struct signature_param *param = &signature->params[i];
		if (i > 0)
			buf_append_str(out, ", ");
		signature_type_print(param->type, out);
		buf_append_str(out, param->variadic ? "..." : "");
		if (param->name.len > 0)
			buf_printf(out, " %.*s", SLICE_ARGS(param->name));
	}
	buf_append_u8(out, ')');
}
