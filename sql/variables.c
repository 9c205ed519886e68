#include "sql/variables.h"

#include "sql/ast_build.h"
#include "sql/number.h"
#include "sql/parse.h"

/* What a stretch of text is, as far as variables care. */
enum stretch { STRETCH_CODE, STRETCH_STRING, STRETCH_OPAQUE };

static bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '@';
}

static bool is_word_start(uint8_t c)
{
	return is_word(c) && c != '@' && !(c >= '0' && c <= '9');
}

static size_t end_of_quoted(struct slice text, size_t from)
{
	size_t end = slice_find_byte(text, text.data[from], from + 1);
	return end == SIZE_MAX ? text.len : end + 1;
}

static size_t end_of(struct slice text, struct slice closing, size_t from)
{
	size_t end = slice_find(text, closing, from);
	return end == SIZE_MAX ? text.len : end + closing.len;
}

/* The kind of what begins at `from`, and its end: a quote doubled is two strings in a row. */
static enum stretch stretch_at(struct slice text, size_t from, size_t *ret_end)
{
	uint8_t c = text.data[from];
	uint8_t after = from + 1 < text.len ? text.data[from + 1] : 0;
	if (c == '\'') {
		*ret_end = end_of_quoted(text, from);
		return STRETCH_STRING;
	}
	if (c == '"' || c == '`') {
		*ret_end = end_of_quoted(text, from);
		return STRETCH_OPAQUE;
	}
	if (c == '-' && after == '-') {
		*ret_end = end_of(text, SLICE("\n"), from);
		return STRETCH_OPAQUE;
	}
	if (c == '/' && after == '*') {
		*ret_end = end_of(text, SLICE("*/"), from + 2);
		return STRETCH_OPAQUE;
	}
	*ret_end = from + 1;
	return STRETCH_CODE;
}

size_t variables_statement_end(struct slice text, size_t from)
{
	size_t at = from;
	while (at < text.len) {
		size_t end;
		if (stretch_at(text, at, &end) == STRETCH_CODE && text.data[at] == ';')
			return end;
		at = end;
	}
	return at;
}

/* The length of "${name}" at `at`; 0: there is none. */
static size_t reference_at(struct slice text, size_t at, struct slice *ret_name)
{
	if (at + 3 >= text.len || text.data[at] != '$' || text.data[at + 1] != '{')
		return 0;
	size_t end = at + 2;
	while (end < text.len && is_word(text.data[end]))
		end++;
	if (end == text.len || text.data[end] != '}' || !is_word_start(text.data[at + 2]))
		return 0;
	*ret_name = slice_sub(text, at + 2, end - at - 2);
	return end + 1 - at;
}

static bool is_name(struct slice value)
{
	if (value.len == 0 || !is_word_start(value.data[0]))
		return false;
	for (size_t i = 1; i < value.len; i++) {
		if (!is_word(value.data[i]))
			return false;
	}
	return true;
}

/* One pair of quotes around everything, none alone inside. */
static bool is_quoted(struct slice value)
{
	if (value.len < 2)
		return false;
	uint8_t quote = value.data[0];
	if ((quote != '\'' && quote != '"' && quote != '`') || value.data[value.len - 1] != quote)
		return false;
	for (size_t i = 1; i + 1 < value.len; i++) {
		if (value.data[i] != quote)
			continue;
		if (i + 2 >= value.len || value.data[++i] != quote)
			return false;
	}
	return true;
}

static bool is_number(struct slice value)
{
	double number;
	for (size_t i = 0; i < value.len; i++) {
		if (slice_find_byte(SLICE("0123456789.eE+-"), value.data[i], 0) == SIZE_MAX)
			return false;
	}
	return number_double(value, &number);
}

struct replacer {
	struct arena *arena;
	struct slice text;
	const struct map *variables;
	struct buf out;
	struct variables_edits edits;
};

static struct err *place_error(struct replacer *r, size_t at, struct err *err)
{
	int32_t line = 1, column = 1;
	for (size_t i = 0; i < at; i++) {
		if (r->text.data[i] == '\n') {
			line++;
			column = 1;
		} else if ((r->text.data[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	err_set_place(err, line, column);
	return err;
}

static fallible check_bare(struct replacer *r, size_t at, struct slice name, struct slice value,
			   struct err *err)
{
	if (is_name(value) || is_quoted(value) || is_number(value))
		return 0;
	int code = err_set(err, ERR_INVALID,
			   "Illegal argument: the variable %.*s stands where a name or a literal "
			   "must, and its value is neither. Got: '%.*s'\n"
			   "Hint: put ${%.*s} in quotes, or the quotes into its value.",
			   SLICE_ARGS(name), SLICE_ARGS(value), SLICE_ARGS(name));
	(void)place_error(r, at, err);
	return code;
}

static void append_value(struct replacer *r, bool in_string, struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (in_string && value.data[i] == '\'')
			buf_append_u8(&r->out, '\'');
		buf_append_u8(&r->out, value.data[i]);
	}
}

static void add_edit(struct replacer *r, size_t from, size_t from_end, size_t to)
{
	struct variables_edit edit = {
		.from = (uint32_t)from,
		.from_end = (uint32_t)from_end,
		.to = (uint32_t)to,
		.to_end = (uint32_t)r->out.len,
	};
	AST_LIST_ADD(r->arena, &r->edits, edit);
}

/* Copies [from, to) with the variables in it replaced. */
static fallible replace_within(struct replacer *r, size_t from, size_t to, bool in_string,
			       struct err *err)
{
	struct slice text = slice_sub(r->text, 0, to);
	size_t at = from;
	while (at < to) {
		struct slice name;
		size_t begin = r->out.len;
		bool escaped = text.data[at] == '$' && reference_at(text, at + 1, &name) > 0;
		size_t len = reference_at(text, at + (escaped ? 1 : 0), &name);
		const char *value = len > 0 && !escaped ? map_get(r->variables, name) : NULL;
		if (escaped) {
			buf_append(&r->out, slice_sub(text, at + 1, len));
			add_edit(r, at, at + 1 + len, begin);
			at += 1 + len;
		} else if (value != NULL) {
			if (!in_string)
				TRY(check_bare(r, at, name, slice_str(value), err));
			append_value(r, in_string, slice_str(value));
			add_edit(r, at, at + len, begin);
			at += len;
		} else {
			buf_append_u8(&r->out, text.data[at]);
			at++;
		}
	}
	return 0;
}

static fallible replace_all(struct replacer *r, struct err *err)
{
	size_t at = 0;
	while (at < r->text.len) {
		size_t end;
		size_t code_end = at;
		while (code_end < r->text.len &&
		       stretch_at(r->text, code_end, &end) == STRETCH_CODE)
			code_end = end;
		TRY(replace_within(r, at, code_end, false, err));
		at = code_end;
		if (at == r->text.len)
			break;
		if (stretch_at(r->text, at, &end) == STRETCH_STRING)
			TRY(replace_within(r, at, end, true, err));
		else
			buf_append(&r->out, slice_sub(r->text, at, end - at));
		at = end;
	}
	return buf_check(&r->out, "the statement with its variables", err);
}

fallible variables_replace(struct arena *arena, struct slice text, const struct map *variables,
			   struct slice *ret_text, struct variables_edits *ret_edits,
			   struct err *err)
{
	assert(text.len <= SQL_TEXT_BYTES_MAX);
	if (variables == NULL || slice_find(text, SLICE("${"), 0) == SIZE_MAX) {
		*ret_text = text;
		*ret_edits = (struct variables_edits){ 0 };
		return 0;
	}
	struct replacer r = { .arena = arena, .text = text, .variables = variables };
	buf_init(&r.out, SQL_TEXT_BYTES_MAX);
	int code = replace_all(&r, err);
	if (code == 0) {
		*ret_text = arena_copy(arena, buf_slice(&r.out));
		*ret_edits = r.edits;
	}
	buf_fini(&r.out);
	return code;
}
