/*
 * json_tree.h - a JSON text as a tree in an arena: for requests, settings and test cases.
 *
 * Records never come this way: they are read with json.h's events. Members keep their order and
 * their repetitions; json_get finds the last of a name, as Jackson does. Numbers stay text, so none
 * loses a digit. Texts without escapes are borrowed from the input, which must live as long as the
 * arena. Every accessor accepts NULL and the wrong kind, and then says "absent".
 */
#ifndef WEIR_BASE_JSON_TREE_H
#define WEIR_BASE_JSON_TREE_H

#include "base/arena.h"
#include "base/json.h"

/* More values than this in one text are refused (ERR_LIMIT). */
#define JSON_TREE_VALUES_MAX (4 * 1000 * 1000)

/* `kind` is the event that began the value: OBJECT_OPEN, ARRAY_OPEN, STRING, NUMBER, TRUE, ... */
struct json_value {
	enum json_event kind;
	uint32_t len; /* OBJECT_OPEN: members, ARRAY_OPEN: items */
	int32_t line, column;
	struct slice name;        /* in an object */
	struct slice text;        /* STRING: unescaped; NUMBER: as written */
	struct json_value *first; /* of its members or items */
	struct json_value *next;  /* beside it, in the same object or array */
};

/* `options` are json.h's. */
fallible json_parse(struct arena *arena, struct slice text, unsigned options,
		    const struct json_value **ret_value, struct err *err);

const struct json_value *json_get(const struct json_value *object, const char *name);
const struct json_value *json_at(const struct json_value *array, uint32_t i);

/* Walks the members or items of `value`, which may be NULL or a scalar. */
#define json_each(it, value)                                                                       \
	for (const struct json_value *it = json_first(value); it != NULL; it = it->next)

static inline const struct json_value *json_first(const struct json_value *value)
{
	return value != NULL ? value->first : NULL;
}

static inline bool json_is(const struct json_value *value, enum json_event kind)
{
	return value != NULL && value->kind == kind;
}

/* A string's text, or a number's; `otherwise` when it is neither. */
struct slice json_text_or(const struct json_value *value, struct slice otherwise);
bool json_bool_or(const struct json_value *value, bool otherwise);

/* A member of an object that must be there and of this kind; `what` is the object's name. */
fallible json_need(const struct json_value *object, const char *name, enum json_event kind,
		   const char *what, const struct json_value **ret_value, struct err *err);

/* Equal as JSON: members in any order, numbers by their text. Quadratic in members: for tests. */
bool json_equal(const struct json_value *a, const struct json_value *b);

#endif
