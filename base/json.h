/*
 * json.h - a pull reader of JSON: one event at a time, no tree, no copy, numbers kept as text.
 *
 * Call json_next until `event` is JSON_END or it fails; the text must outlive the reader, because
 * `raw` borrows from it. What is accepted is exactly RFC 8259: UTF-8 is validated everywhere, depth
 * is bounded by JSON_DEPTH_MAX, nothing may follow the value. A byte order mark at the very start
 * is skipped, as Jackson does. A lone surrogate in a \u escape is accepted and read as U+FFFD,
 * because Java producers can write one and a record must not be lost for it. Members that repeat
 * are all reported: which one counts is the caller's matter.
 */
#ifndef WEIR_BASE_JSON_H
#define WEIR_BASE_JSON_H

#include "base/bytes.h"
#include "base/err.h"

/* Jackson's limit, so that what one side accepts the other does too. */
#define JSON_DEPTH_MAX 1000

enum json_event {
	JSON_NONE, /* before the first json_next */
	JSON_OBJECT_OPEN,
	JSON_OBJECT_CLOSE,
	JSON_ARRAY_OPEN,
	JSON_ARRAY_CLOSE,
	JSON_KEY,
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
	JSON_END,
};

enum json_options {
	JSON_STRICT = 0,
	JSON_COMMENTS = 1 << 0, /* slash-star and slash-slash comments count as white space */
};

struct json_reader {
	struct slice text; /* borrowed */
	const uint8_t *next, *end;
	enum json_event event;
	uint8_t expect;       /* enum expect in json.c */
	uint8_t options;      /* enum json_options */
	bool escaped;         /* KEY, STRING: `raw` holds escapes, so read it with json_text */
	bool integer;         /* NUMBER: has neither fraction nor exponent */
	uint32_t depth;       /* objects and arrays now open */
	struct slice raw;     /* KEY, STRING: between the quotes; NUMBER: its text; borrowed */
	const uint8_t *began; /* the first byte of the event */
	uint64_t objects[(JSON_DEPTH_MAX + 63) / 64]; /* by depth: an object, not an array */
};

void json_init(struct json_reader *r, struct slice text, unsigned options);

/* ERR_TRUNCATED where the text ends too early, ERR_LIMIT past the depth, else ERR_SYNTAX. */
fallible json_next(struct json_reader *r, struct err *err);

/* What is left of the value that the last event began: after KEY (or NONE) the whole value, after
 * an OPEN everything through its CLOSE, else nothing. Checks what it skips. */
fallible json_skip(struct json_reader *r, struct err *err);

/* The next event must be `event`; `what` names it for the message ("a topic's name"). */
fallible json_expect(struct json_reader *r, enum json_event event, const char *what,
		     struct err *err);

/* A KEY's or STRING's text; borrowed from what is read, or from `scratch` if it has escapes. */
struct slice json_text(const struct json_reader *r, struct buf *scratch);
/* The same without a buf: is it exactly this? */
bool json_text_is(const struct json_reader *r, struct slice text);

/* Undoes the escapes of a checked string; `to` has room for raw.len bytes. Returns how many. */
size_t json_unescape(struct slice raw, uint8_t *to);

/* A NUMBER's value: ERR_TYPE when it is none (or has a fraction or exponent), ERR_RANGE when it
 * does not fit. A double is rounded correctly. */
fallible json_to_i64(const struct json_reader *r, int64_t *ret_value, struct err *err);
fallible json_to_double(const struct json_reader *r, double *ret_value, struct err *err);

/* Where the last event began, from 0; json_place: from 1, columns in characters. */
size_t json_offset(const struct json_reader *r);
void json_place(const struct json_reader *r, int32_t *ret_line, int32_t *ret_column);

/* A mistake of the text's meaning, placed at the last event. Yields `code`. */
#define json_err(r, err, code, ...)                                                                \
	(err_set_text((err), (code), __VA_ARGS__), json_err_place((r), (err)), (int)(code))
void json_err_place(const struct json_reader *r, struct err *err);

const char *json_event_name(enum json_event event); /* "an object", "a number", ... */
bool json_is_number(struct slice text);             /* exactly one number of JSON's grammar */

#endif
