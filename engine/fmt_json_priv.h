/*
 * fmt_json_priv.h - what the two readers of JSON records share.
 *
 * fmt_json.c reads any record, and says what is wrong with one. fmt_json_walk.c is quick: it
 * expects each member behind the one it followed last time, compares the bytes of its name, and
 * writes values straight into columns. The rule between them: a walk that returns true has read and
 * checked the whole record as fmt_json.c would have; one that returns false has decided nothing,
 * and the record is read again.
 */
#ifndef WEIR_ENGINE_FMT_JSON_PRIV_H
#define WEIR_ENGINE_FMT_JSON_PRIV_H

#include "base/json.h"
#include "engine/format.h"

/* A name with its quotes, the colon, and white space around: what the walk compares at once. */
#define JSON_LITERAL_BYTES_MAX 64
/* Members with names of their own; past so many, what was learned is forgotten. */
#define JSON_MEMBERS_MAX 128
#define JSON_SLOTS 512
/* The walk marks columns that it has seen in one word. */
#define JSON_WALK_COLUMNS_MAX 64

/* How the walk reads a member's value. */
enum json_how {
	JSON_HOW_ANY, /* nobody asks what it is: only checked */
	JSON_HOW_I64,
	JSON_HOW_I32,
	JSON_HOW_DOUBLE,
	JSON_HOW_TEXT,
	JSON_HOW_OTHER, /* as fmt_json.c does it */
};

struct json_member {
	_Alignas(64) uint8_t literal[JSON_LITERAL_BYTES_MAX];
	struct slice name; /* in the literal */
	uint64_t head;     /* the name's first eight bytes */
	uint32_t len;      /* of the literal */
	int32_t column;    /* -1: none has this name */
	enum json_how how;
	uint32_t next;     /* the member that came after it last */
	struct column *to; /* of this batch; NULL: not wanted */
	uint64_t bit;      /* of its column among those wanted; 0: not wanted */
};

struct json_walk {
	struct format *format;
	struct json_member *members; /* member 0 matches nothing */
	uint32_t nmembers, first;    /* first: the member that opened the last record */
	uint8_t slots[JSON_SLOTS];   /* index of a member by its name's hash; 0: empty */
	struct column *const *out;   /* of this batch */
	uint64_t wanted;             /* bits by column */
	struct arena *arena;         /* of this batch */
};

typedef bool json_walk_record(struct json_walk *walk, struct slice record, uint32_t row);

struct format_json {
	struct format format;
	struct buf scratch;
	struct json_walk walk;
	json_walk_record
		*walk_record; /* for this processor; NULL: the walk cannot read this format */
};

/* fmt_json.c */
int32_t json_find_column(const struct format *format, struct slice member);
/* The reader stands on the value's first event. */
fallible json_read_value(struct json_reader *r, const struct type *type, struct arena *arena,
			 struct value *ret_value, struct err *err);

/* fmt_json_walk.c */
void json_walk_open(struct format_json *json, struct arena *arena);
void json_walk_begin(struct json_walk *walk, struct column *const *out, struct arena *arena);

#endif
