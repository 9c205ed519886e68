/*
 * JSON in texts: fields and items taken out, joined, counted; values written as JSON.
 *
 * As Jackson reads it: one value is read and what stands behind it is not looked at; a text without
 * any value is "missing", which most functions answer with NULL; what is no JSON fails its row.
 * Values are found by walking the text (json.h), without a tree: a part is a run of the input,
 * checked once. Taken out, a value is written anew without white space, and its numbers keep their
 * digits.
 */
#include "engine/func_priv.h"

#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/map.h"
#include "base/num.h"

/* A value in a text: how it begins, and all of it. JSON_NONE: there is none. */
struct part {
	enum json_event kind;
	struct slice raw;
};

static fallible take_part(struct json_reader *reader, struct part *ret, struct err *err)
{
	TRY(json_next(reader, err));
	const uint8_t *began = reader->began;
	enum json_event kind = reader->event;
	TRY(json_skip(reader, err));
	*ret = (struct part){ kind, slice_of(began, (size_t)(reader->next - began)) };
	return 0;
}

static fallible root_of(struct slice text, struct part *ret, struct err *err)
{
	struct json_reader reader;
	*ret = (struct part){ JSON_NONE, SLICE_EMPTY };
	if (slice_trim(text).len == 0)
		return 0;
	json_init(&reader, text, JSON_STRICT);
	return take_part(&reader, ret, err);
}

/* The row's value in the column; false: it is no JSON, and the row has failed. */
static bool read_root(struct eval *eval, const struct column *column, uint32_t row,
		      struct part *ret)
{
	struct err err = ERR_INIT;
	if (root_of(column->bytes[row], ret, &err) == 0)
		return true;
	eval_fail(eval, row, "Invalid JSON format:%.*s", SLICE_ARGS(column->bytes[row]));
	return false;
}

/* Walks the members or items of a part that has been read: it can no longer be wrong. */
struct walk {
	struct json_reader reader;
	struct slice name; /* of the member; in the input or in `scratch` */
	struct part part;
	struct buf scratch;
};

static void walk_fini(struct walk *walk)
{
	buf_fini(&walk->scratch);
}

static void walk_init(struct walk *walk, const struct part *part)
{
	walk->scratch = func_buf();
	json_init(&walk->reader, part->raw, JSON_STRICT);
	int code = json_next(&walk->reader, NULL);
	assert(code == 0);
}

/* False: there are no more. */
static bool walk_next(struct walk *walk)
{
	struct json_reader *reader = &walk->reader;
	bool object = (reader->objects[0] & 1) != 0;
	if (reader->depth == 0)
		return false;
	int code = object ? json_next(reader, NULL) : 0;
	if (code == 0 && object && reader->event == JSON_KEY) {
		buf_reset(&walk->scratch);
		walk->name = json_text(reader, &walk->scratch);
	}
	if (code == 0 && (!object || reader->event == JSON_KEY))
		code = take_part(reader, &walk->part, NULL);
	assert(code == 0);
	return reader->depth > 0;
}

/* --- written anew --- */

/* BigDecimal's digits; `plain`: without an exponent. More digits than fit stay as they are. */
static void append_number(struct buf *to, const struct json_reader *reader, bool plain)
{
	struct decimal number;
	if (reader->integer)
		buf_append(to, slice_eq_str(reader->raw, "-0") ? SLICE("0") : reader->raw);
	else if (decimal_parse(reader->raw, &number, NULL) != 0)
		buf_append(to, reader->raw);
	else if (plain)
		decimal_append_plain(to, number);
	else
		decimal_append(to, number);
}

static void write_event(struct json_writer *w, const struct json_reader *reader, bool plain,
			struct buf *scratch)
{
	buf_reset(scratch);
	switch (reader->event) {
	case JSON_OBJECT_OPEN:
		json_open_object(w);
		return;
	case JSON_ARRAY_OPEN:
		json_open_array(w);
		return;
	case JSON_OBJECT_CLOSE:
	case JSON_ARRAY_CLOSE:
		json_close(w);
		return;
	case JSON_KEY:
		json_key(w, json_text(reader, scratch));
		return;
	case JSON_STRING:
		json_string(w, json_text(reader, scratch));
		return;
	case JSON_NUMBER:
		append_number(scratch, reader, plain);
		json_raw(w, buf_slice(scratch));
		return;
	case JSON_TRUE:
	case JSON_FALSE:
		json_bool(w, reader->event == JSON_TRUE);
		return;
	case JSON_NULL:
		json_null(w);
		return;
	case JSON_NONE:
	case JSON_END:
		break;
	}
	UNREACHABLE("a value has begun and not ended");
}

/* The part without white space. */
static void append_part(struct buf *to, const struct part *part, bool plain)
{
	CLEANUP(buf_fini) struct buf scratch = func_buf();
	struct json_reader reader;
	struct json_writer w;
	json_init(&reader, part->raw, JSON_STRICT);
	json_writer_init(&w, to, JSON_COMPACT);
	do {
		int code = json_next(&reader, NULL);
		assert(code == 0);
		write_event(&w, &reader, plain, &scratch);
	} while (reader.depth > 0);
}

/* A text as it is meant, anything else as JSON. */
static void append_text_or_part(struct buf *to, const struct part *part)
{
	if (part->kind != JSON_STRING) {
		append_part(to, part, false);
		return;
	}
	struct slice inside = slice_sub(part->raw, 1, part->raw.len - 2);
	uint8_t *room = buf_reserve(to, inside.len);
	if (room != NULL)
		buf_advance(to, json_unescape(inside, room));
}

/* --- paths --- */

#define PATH_TOKENS_MAX 128

/* $.name[1]["name"]: a name or an index each. */
struct path {
	struct slice tokens[PATH_TOKENS_MAX]; /* borrowed */
	uint32_t n;
	bool bad;
};

/* Up to what ends a name that has no quotes. */
static struct slice take_name(struct slice *rest)
{
	size_t n = 0;
	while (n < rest->len && (rest->data[n] == 0 || strchr(".[] \t\r\n", rest->data[n]) == NULL))
		n++;
	struct slice name = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->len);
	return name;
}

/* [1], [name], ['name'] or ["name"]; false: it is not. */
static bool take_subscript(struct slice *rest, struct slice *ret)
{
	struct slice inside = slice_sub(*rest, 1, rest->len);
	uint8_t quote = inside.len > 0 ? inside.data[0] : 0;
	if (quote == '\'' || quote == '"') {
		size_t end = slice_find_byte(inside, quote, 1);
		if (end == SIZE_MAX)
			return false;
		*ret = slice_sub(inside, 1, end - 1);
		inside = slice_sub(inside, end + 1, inside.len);
	} else {
		*ret = take_name(&inside);
		if (ret->len == 0)
			return false;
	}
	if (inside.len == 0 || inside.data[0] != ']')
		return false;
	*rest = slice_sub(inside, 1, inside.len);
	return true;
}

static bool path_read(struct slice text, struct path *path)
{
	path->n = 0;
	if (!slice_starts_with(text, SLICE("$")))
		return false;
	struct slice rest = slice_sub(text, 1, text.len);
	while (rest.len > 0) {
		struct slice token;
		if (path->n == PATH_TOKENS_MAX)
			return false;
		if (rest.data[0] == '[') {
			if (!take_subscript(&rest, &token))
				return false;
		} else {
			bool dot = rest.data[0] == '.';
			rest = slice_sub(rest, 1, rest.len);
			token = take_name(&rest);
			if (!dot || token.len == 0)
				return false;
		}
		path->tokens[path->n++] = token;
	}
	return true;
}

/* The last member of this name, or the item at this index. */
static struct part child_of(const struct part *part, struct slice token)
{
	struct part found = { JSON_NONE, SLICE_EMPTY };
	int32_t index = 0;
	bool object = part->kind == JSON_OBJECT_OPEN;
	if (!object && (part->kind != JSON_ARRAY_OPEN || num_parse_i32(token, &index, NULL) != 0))
		return found;
	CLEANUP(walk_fini) struct walk walk;
	walk_init(&walk, part);
	for (int32_t i = 0; walk_next(&walk); i++) {
		if (object ? slice_eq(walk.name, token) : i == index)
			found = walk.part;
		if (!object && i >= index)
			break;
	}
	return found;
}

static void *prepare_path(struct arena *arena, const struct value *const *constants, uint32_t nargs)
{
	assert(nargs == 2);
	if (constants[1] == NULL || constants[1]->is_null)
		return NULL;
	struct path *path = arena_new(arena, struct path);
	path->bad = !path_read(arena_copy(arena, constants[1]->bytes), path);
	return path;
}

/* NULL: the row's path is none, and the row has failed. */
static const struct path *path_of(struct eval *eval, const struct func_call *call, uint32_t row,
				  struct path *own)
{
	const struct path *path = call->prepared;
	struct slice text = call->args[1]->bytes[row];
	if (path == NULL) {
		own->bad = !path_read(text, own);
		path = own;
	}
	if (!path->bad)
		return path;
	eval_fail(eval, row, "Invalid JSON path: '%.*s'", SLICE_ARGS(text));
	return NULL;
}

static void extract_json_field(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	struct path own;
	SEL_EACH(i, call->sel)
	{
		struct part part;
		const struct path *path = path_of(eval, call, i, &own);
		if (path == NULL || !read_root(eval, call->args[0], i, &part))
			continue;
		for (uint32_t k = 0; k < path->n; k++)
			part = child_of(&part, path->tokens[k]);
		if (part.kind == JSON_NONE) {
			column_set_null(call->out, i);
			continue;
		}
		buf_reset(&built);
		append_text_or_part(&built, &part);
		func_put(eval, call, i, &built);
	}
}

/* --- arrays and objects --- */

static void is_json_string(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		struct part root;
		call->out->boolean[i] = !column_is_null(call->args[0], i) &&
					root_of(call->args[0]->bytes[i], &root, NULL) == 0 &&
					root.kind != JSON_NONE;
	}
}

/* Is what the reader stands on this value, type for type? */
static bool is_value(const struct json_reader *reader, const struct column *column, uint32_t row)
{
	if (column_is_null(column, row))
		return reader->event == JSON_NULL;
	bool number = reader->event == JSON_NUMBER;
	int64_t whole;
	double real;
	switch (column->type->kind) {
	case TYPE_INT:
		return number && reader->integer && num_parse_i64(reader->raw, &whole, NULL) == 0 &&
		       whole == column->i32[row];
	case TYPE_BIGINT:
		return number && reader->integer && num_parse_i64(reader->raw, &whole, NULL) == 0 &&
		       whole == column->i64[row];
	case TYPE_DOUBLE:
		return number && !reader->integer &&
		       num_parse_double(reader->raw, &real, NULL) == 0 &&
		       value_cmp_f64(real, column->f64[row]) == 0;
	case TYPE_STRING:
		return reader->event == JSON_STRING && json_text_is(reader, column->bytes[row]);
	case TYPE_BOOLEAN:
		return reader->event == (column->boolean[row] != 0 ? JSON_TRUE : JSON_FALSE);
	default:
		return false;
	}
}

/* Stops at the value: what is wrong behind it is not seen. */
static bool array_contains(struct slice text, const struct column *column, uint32_t row)
{
	struct json_reader reader;
	json_init(&reader, text, JSON_STRICT);
	if (json_next(&reader, NULL) != 0 || reader.event != JSON_ARRAY_OPEN)
		return false;
	while (json_next(&reader, NULL) == 0 && reader.depth > 0) {
		if (is_value(&reader, column, row))
			return true;
		if (json_skip(&reader, NULL) != 0)
			return false;
	}
	return false;
}

static void json_array_contains(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	{
		call->out->boolean[i] = array_contains(call->args[0]->bytes[i], call->args[1], i);
	}
}

static void json_array_length(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct part root;
		if (!read_root(eval, call->args[0], i, &root))
			continue;
		if (root.kind != JSON_ARRAY_OPEN) {
			column_set_null(call->out, i);
			continue;
		}
		CLEANUP(walk_fini) struct walk walk;
		int32_t n = 0;
		walk_init(&walk, &root);
		while (walk_next(&walk))
			n++;
		call->out->i32[i] = n;
	}
}

/* A copy that lives as long as the step. */
static struct slice kept(struct eval *eval, struct slice text)
{
	return arena_copy(eval->arena, text);
}

static void json_items(struct eval *eval, const struct func_call *call)
{
	CLEANUP(func_texts_fini) struct func_texts items = { .list = { .items = NULL } };
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct part root;
		if (!read_root(eval, call->args[0], i, &root))
			continue;
		if (root.kind != JSON_ARRAY_OPEN) {
			eval_fail(eval, i, "Invalid JSON format:%.*s",
				  SLICE_ARGS(call->args[0]->bytes[i]));
			continue;
		}
		CLEANUP(walk_fini) struct walk walk;
		walk_init(&walk, &root);
		vec_clear(&items.list);
		while (walk_next(&walk)) {
			buf_reset(&built);
			append_part(&built, &walk.part, false);
			vec_push(&items.list, kept(eval, buf_slice(&built)));
		}
		func_put_texts(eval, call, i, &items);
	}
}

/* Names and values of an object, by turns. */
static void push_members(struct eval *eval, struct func_texts *members, const struct part *object)
{
	CLEANUP(walk_fini) struct walk walk;
	CLEANUP(buf_fini) struct buf built = func_buf();
	walk_init(&walk, object);
	while (walk_next(&walk)) {
		vec_push(&members->list, kept(eval, walk.name));
		buf_reset(&built);
		append_text_or_part(&built, &walk.part);
		vec_push(&members->list, kept(eval, buf_slice(&built)));
	}
}

static void json_records(struct eval *eval, const struct func_call *call)
{
	CLEANUP(func_texts_fini) struct func_texts members = { .list = { .items = NULL } };
	SEL_EACH(i, call->sel)
	{
		struct part root;
		if (!read_root(eval, call->args[0], i, &root))
			continue;
		if (root.kind != JSON_OBJECT_OPEN) {
			column_set_null(call->out, i);
			continue;
		}
		vec_clear(&members.list);
		push_members(eval, &members, &root);
		func_put_pairs(eval, call, i, &members);
	}
}

static void json_keys(struct eval *eval, const struct func_call *call)
{
	CLEANUP(func_texts_fini) struct func_texts keys = { .list = { .items = NULL } };
	SEL_EACH(i, call->sel)
	{
		struct part root;
		if (!read_root(eval, call->args[0], i, &root))
			continue;
		if (root.kind != JSON_OBJECT_OPEN) {
			column_set_null(call->out, i);
			continue;
		}
		CLEANUP(map_fini) struct map names;
		CLEANUP(walk_fini) struct walk walk;
		map_init(&names);
		walk_init(&walk, &root);
		vec_clear(&keys.list);
		while (walk_next(&walk)) {
			if (map_put(&names, walk.name, &names) == NULL)
				vec_push(&keys.list, kept(eval, walk.name));
		}
		func_put_texts(eval, call, i, &keys);
	}
}

/* --- joined --- */

/* The members of all objects; the last of equal names counts, where the first stood. */
static void append_union(struct eval *eval, struct buf *to, const struct part *roots, uint32_t n)
{
	CLEANUP(map_fini) struct map members;
	map_init(&members);
	for (uint32_t k = 0; k < n; k++) {
		CLEANUP(walk_fini) struct walk walk;
		walk_init(&walk, &roots[k]);
		while (walk_next(&walk)) {
			struct part *part = arena_new(eval->arena, struct part);
			*part = walk.part;
			(void)map_put(&members, walk.name, part);
		}
	}
	const char *between = "{";
	map_each (member, &members) {
		buf_append_str(to, between);
		json_quote(to, map_key(member));
		buf_append_u8(to, ':');
		append_part(to, member->value, true);
		between = ",";
	}
	buf_append_str(to, members.len == 0 ? "{}" : "}");
}

/* The items of all arrays, and what is no array as an item. */
static void append_items(struct buf *to, const struct part *roots, uint32_t n)
{
	const char *between = "";
	buf_append_u8(to, '[');
	for (uint32_t k = 0; k < n; k++) {
		if (roots[k].kind != JSON_ARRAY_OPEN) {
			buf_append_str(to, between);
			append_part(to, &roots[k], true);
			between = ",";
			continue;
		}
		CLEANUP(walk_fini) struct walk walk;
		walk_init(&walk, &roots[k]);
		for (; walk_next(&walk); between = ",") {
			buf_append_str(to, between);
			append_part(to, &walk.part, true);
		}
	}
	buf_append_u8(to, ']');
}

/* All arguments as JSON. False: the row has failed, or one is missing and it is NULL. */
static bool read_roots(struct eval *eval, const struct func_call *call, uint32_t row,
		       struct part *roots)
{
	for (uint32_t k = 0; k < call->nargs; k++) {
		if (!read_root(eval, call->args[k], row, &roots[k]))
			return false;
		if (roots[k].kind == JSON_NONE) {
			column_set_null(call->out, row);
			return false;
		}
	}
	if (call->nargs == 0)
		eval_fail(eval, row, "JSON_CONCAT expects at least one input argument.");
	return call->nargs > 0;
}

static void json_concat(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	struct part *roots = arena_array(eval->arena, struct part, call->nargs);
	SEL_EACH(i, call->sel)
	{
		if (!read_roots(eval, call, i, roots))
			continue;
		bool objects = true;
		for (uint32_t k = 0; k < call->nargs; k++)
			objects &= roots[k].kind == JSON_OBJECT_OPEN;
		buf_reset(&built);
		if (objects)
			append_union(eval, &built, roots, call->nargs);
		else if (call->nargs == 1)
			append_part(&built, &roots[0], true);
		else
			append_items(&built, roots, call->nargs);
		func_put(eval, call, i, &built);
	}
}

/* --- any value as JSON --- */

static void append_value(struct arena *arena, const struct type *type, const struct value *value,
			 struct buf *to);

/* A field or entry, to be written in order of names. */
struct member {
	struct slice name;
	const struct type *type;
	const struct value *value;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;
	return value_cmp_text(left->name, right->name);
}

static struct slice key_text(struct arena *arena, const struct type *type, const struct value *key)
{
	if (type->kind == TYPE_STRING && !key->is_null)
		return key->bytes;
	CLEANUP(buf_fini) struct buf text = func_buf();
	value_print(type, key, &text);
	return arena_copy(arena, buf_slice(&text));
}

static void append_members(struct arena *arena, const struct type *type, const struct value *value,
			   struct buf *to)
{
	uint32_t n = value->nested.len;
	bool map = type->kind == TYPE_MAP;
	struct member *members = arena_array(arena, struct member, n);
	for (uint32_t i = 0; i < n; i++) {
		const struct value *item = &value->nested.items[map ? 2 * i : i];
		if (map)
			members[i] = (struct member){ key_text(arena, type->key, item),
						      type->element, item + 1 };
		else
			members[i] =
				(struct member){ type->fields[i].name, type->fields[i].type, item };
	}
	if (n > 1)
		qsort(members, n, sizeof(*members), compare_members);
	buf_append_u8(to, '{');
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			buf_append_u8(to, ',');
		json_quote(to, members[i].name);
		buf_append_u8(to, ':');
		append_value(arena, members[i].type, members[i].value, to);
	}
	buf_append_u8(to, '}');
}

static void append_array(struct arena *arena, const struct type *type, const struct value *value,
			 struct buf *to)
{
	buf_append_u8(to, '[');
	for (uint32_t i = 0; i < value->nested.len; i++) {
		if (i > 0)
			buf_append_u8(to, ',');
		append_value(arena, type->element, &value->nested.items[i], to);
	}
	buf_append_u8(to, ']');
}

static void append_value(struct arena *arena, const struct type *type, const struct value *value,
			 struct buf *to)
{
	CLEANUP(buf_fini) struct buf text = func_buf();
	if (value->is_null) {
		buf_append_str(to, "null");
	} else if (type->kind == TYPE_MAP || type->kind == TYPE_STRUCT) {
		append_members(arena, type, value, to);
	} else if (type->kind == TYPE_ARRAY) {
		append_array(arena, type, value, to);
	} else if (type->kind == TYPE_BYTES) {
		func_append_mime(&text, value->bytes);
		json_quote(to, buf_slice(&text));
	} else if (type_is_time(type)) {
		value_print(type, value, &text);
		json_quote(to, buf_slice(&text));
	} else {
		value_print_json(type, value, to);
	}
}

static void to_json_string(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct value value = column_value(call->args[0], i);
		buf_reset(&built);
		append_value(eval->arena, call->args[0]->type, &value, &built);
		func_put(eval, call, i, &built);
	}
}

/* clang-format off */
const struct func_def func_json[] = {
	{ .name = "extractjsonfield", .category = "JSON",
	  .help = "The value at a path ($.name[0]) in a JSON text; texts without their quotes.",
	  .variants = {
		{ .signature = "(STRING input, STRING path) STRING", .kernel = extract_json_field,
		  .prepare = prepare_path } } },
	{ .name = "IS_JSON_STRING", .category = "JSON", .help = "Is the text a JSON value?",
	  .variants = {
		{ .signature = "(STRING input) BOOLEAN", .kernel = is_json_string,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "JSON_ARRAY_CONTAINS", .category = "JSON",
	  .help = "Is the value, of just this type, an item of a JSON array?",
	  .variants = {
		{ .signature = "(STRING jsonArray!, T val) BOOLEAN", .kernel = json_array_contains,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = "JSON_ARRAY_LENGTH", .category = "JSON",
	  .help = "How many items a JSON array has; NULL when it is none.",
	  .variants = { { .signature = "(STRING jsonArray) INT", .kernel = json_array_length } } },
	{ .name = "JSON_CONCAT", .category = "JSON",
	  .help = "Objects made one, or arrays; what is no array becomes an item.",
	  .variants = { { .signature = "(STRING... jsonStrings) STRING", .kernel = json_concat } } },
	{ .name = "JSON_ITEMS", .category = "JSON", .help = "The items of a JSON array, as JSON.",
	  .variants = { { .signature = "(STRING jsonItems) ARRAY<STRING>", .kernel = json_items } } },
	{ .name = "JSON_KEYS", .category = "JSON",
	  .help = "The names in a JSON object; NULL when it is none.",
	  .variants = { { .signature = "(STRING jsonObj) ARRAY<STRING>", .kernel = json_keys } } },
	{ .name = "JSON_RECORDS", .category = "JSON",
	  .help = "The members of a JSON object; NULL when it is none.",
	  .variants = {
		{ .signature = "(STRING jsonObj) MAP<STRING, STRING>", .kernel = json_records } } },
	{ .name = "TO_JSON_STRING", .category = "JSON", .help = "Any value as JSON.",
	  .variants = {
		{ .signature = "(T input) STRING", .kernel = to_json_string,
		  .flags = FUNC_SEES_NULLS } } },
	{ .name = NULL },
};
/* clang-format on */
