#include "base/json_tree.h"

/* What json_parse has open: the containers from the root down, each with its last child. */
struct builder {
	struct arena *arena;
	struct json_reader reader;
	struct json_value *root;
	struct slice name; /* of the member to come */
	uint32_t values;
	struct {
		struct json_value *container, *last;
	} open[JSON_DEPTH_MAX];
};

static struct slice text_in_arena(struct builder *b)
{
	const struct json_reader *r = &b->reader;
	if (!r->escaped)
		return r->raw;
	uint8_t *to = arena_array_plain(b->arena, uint8_t, r->raw.len);
	return slice_of(to, json_unescape(r->raw, to));
}

/* Makes a value of the last event and hangs it where the text has it, `depth` containers down. */
static struct json_value *add_value(struct builder *b, uint32_t depth)
{
	struct json_reader *r = &b->reader;
	struct json_value *value = arena_new(b->arena, struct json_value);
	value->kind = r->event;
	value->name = b->name;
	b->name = SLICE_EMPTY;
	if (r->event == JSON_STRING)
		value->text = text_in_arena(b);
	else if (r->event == JSON_NUMBER)
		value->text = r->raw;
	if (depth == 0) {
		assert(b->root == NULL);
		b->root = value;
		return value;
	}
	struct json_value *container = b->open[depth - 1].container;
	if (b->open[depth - 1].last == NULL)
		container->first = value;
	else
		b->open[depth - 1].last->next = value;
	b->open[depth - 1].last = value;
	container->len++;
	return value;
}

/* Line and column, counted on from the value before: one pass over the text for the whole tree. */
struct counter {
	const uint8_t *at;
	int32_t line, column;
};

static void count_to(struct counter *c, const uint8_t *to)
{
	for (; c->at < to; c->at++) {
		if (*c->at == '\n') {
			c->line++;
			c->column = 1;
		} else if ((*c->at & 0xC0) != 0x80 && c->column < INT32_MAX) {
			c->column++;
		}
	}
}

static int build(struct builder *b, struct err *err)
{
	struct json_reader *r = &b->reader;
	struct counter place = { .at = r->text.data, .line = 1, .column = 1 };
	for (;;) {
		TRY(json_next(r, err));
		if (r->event == JSON_END)
			return 0;
		if (r->event == JSON_OBJECT_CLOSE || r->event == JSON_ARRAY_CLOSE)
			continue;
		if (r->event == JSON_KEY) {
			b->name = text_in_arena(b);
			continue;
		}
		if (++b->values > JSON_TREE_VALUES_MAX)
			return json_err(r, err, ERR_LIMIT, "more than %d JSON values in one text",
					JSON_TREE_VALUES_MAX);
		bool opens = r->event == JSON_OBJECT_OPEN || r->event == JSON_ARRAY_OPEN;
		struct json_value *value = add_value(b, r->depth - (opens ? 1 : 0));
		count_to(&place, r->began);
		value->line = place.line;
		value->column = place.column;
		if (opens) {
			b->open[r->depth - 1].container = value;
			b->open[r->depth - 1].last = NULL;
		}
	}
}

fallible json_parse(struct arena *arena, struct slice text, unsigned options,
		    const struct json_value **ret_value, struct err *err)
{
	struct builder b;
	b.arena = arena;
	b.root = NULL;
	b.name = SLICE_EMPTY;
	b.values = 0;
	json_init(&b.reader, text, options);
	TRY(build(&b, err));
	assert(b.root != NULL);
	*ret_value = b.root;
	return 0;
}

const struct json_value *json_get(const struct json_value *object, const char *name)
{
	const struct json_value *found = NULL;
	if (!json_is(object, JSON_OBJECT_OPEN))
		return NULL;
	json_each(member, object)
	{
		if (slice_eq_str(member->name, name))
			found = member;
	}
	return found;
}

const struct json_value *json_at(const struct json_value *array, uint32_t i)
{
	if (!json_is(array, JSON_ARRAY_OPEN) || i >= array->len)
		return NULL;
	const struct json_value *item = array->first;
	while (i-- > 0)
		item = item->next;
	return item;
}

struct slice json_text_or(const struct json_value *value, struct slice otherwise)
{
	bool has_text = json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER);
	return has_text ? value->text : otherwise;
}

bool json_bool_or(const struct json_value *value, bool otherwise)
{
	if (json_is(value, JSON_TRUE))
		return true;
	return json_is(value, JSON_FALSE) ? false : otherwise;
}

fallible json_need(const struct json_value *object, const char *name, enum json_event kind,
		   const char *what, const struct json_value **ret_value, struct err *err)
{
	if (!json_is(object, JSON_OBJECT_OPEN))
		return err_set(err, ERR_TYPE, "%s must be an object", what);
	const struct json_value *value = json_get(object, name);
	if (value == NULL)
		return err_set_at(err, ERR_NOT_FOUND, object->line, object->column,
				  "%s has no \"%s\"", what, name);
	if (value->kind != kind)
		return err_set_at(err, ERR_TYPE, value->line, value->column,
				  "\"%s\" of %s must be %s, and is %s", name, what,
				  json_event_name(kind), json_event_name(value->kind));
	*ret_value = value;
	return 0;
}

/* Members pair up by name; among those of one name, the last counts, as everywhere. */
static bool members_equal(const struct json_value *a, const struct json_value *b)
{
	json_each(member, a)
	{
		const struct json_value *mine = member, *theirs = NULL;
		for (const struct json_value *later = member->next; later; later = later->next) {
			if (slice_eq(later->name, member->name))
				mine = later;
		}
		json_each(other, b)
		{
			if (slice_eq(other->name, member->name))
				theirs = other;
		}
		if (theirs == NULL || !json_equal(mine, theirs))
			return false;
	}
	return true;
}

/* Whether each name of `a` is one of `b`'s. */
static bool names_within(const struct json_value *a, const struct json_value *b)
{
	json_each(member, a)
	{
		bool found = false;
		json_each(other, b) found = found || slice_eq(other->name, member->name);
		if (!found)
			return false;
	}
	return true;
}

/* Depth is bounded by the reader's JSON_DEPTH_MAX. */
bool json_equal(const struct json_value *a, const struct json_value *b)
{
	if (a == NULL || b == NULL || a->kind != b->kind)
		return a == b;
	if (a->kind == JSON_STRING || a->kind == JSON_NUMBER)
		return slice_eq(a->text, b->text);
	if (a->kind == JSON_OBJECT_OPEN)
		return names_within(b, a) && members_equal(a, b);
	if (a->kind != JSON_ARRAY_OPEN)
		return true;
	if (a->len != b->len)
		return false;
	const struct json_value *theirs = b->first;
	json_each(item, a)
	{
		if (!json_equal(item, theirs))
			return false;
		theirs = theirs->next;
	}
	return true;
}
