/*
 * conf.h - settings: a table of what may be set, and where each value came from.
 *
 * The table names each key once, with its type, default, bounds and help. Values are given by files
 * (`.properties`), the environment and the command line; of two, the later in enum conf_origin
 * wins, in whatever order they are read. A key that the table does not have is an error with file,
 * line and "did you mean", because a setting that is silently ignored is found on the worst day.
 * Invariant: every value kept has passed its key's check, so reading one cannot fail.
 */
#ifndef WEIR_BASE_CONF_H
#define WEIR_BASE_CONF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

enum conf_kind {
	CONF_TEXT,
	CONF_BOOL,
	CONF_INT,    /* int64_t within min..max */
	CONF_CHOICE, /* one of `choices`, "a|b|c" */
	CONF_LIST,   /* texts with commas between */
};

enum conf_origin {
	CONF_DEFAULT,
	CONF_FILE,
	CONF_ENV,
	CONF_FLAG,
};

struct conf_key {
	const char *name; /* a last character '*' takes any key that begins so ("ksql.streams.*") */
	enum conf_kind kind;
	const char *otherwise;                                  /* the default; NULL: not set */
	int64_t min, max;                                       /* CONF_INT; both 0: any */
	const char *choices;                                    /* CONF_CHOICE */
	fallible (*check)(struct slice value, struct err *err); /* besides the kind; NULL: none */
	bool secret;                                            /* never printed */
	const char *help;
};

struct conf_value {
	struct slice name, text; /* in the arena, with a NUL behind */
	const struct conf_key *key;
	enum conf_origin origin;
	const char *file; /* CONF_FILE: which; in the arena */
	int32_t line;
};

struct conf {
	struct arena arena;
	const struct conf_key *keys; /* borrowed, as is all in it */
	uint32_t key_count;
	struct map values; /* from name to struct conf_value */
};

/* Defaults are set, and must pass their own checks. */
void conf_init(struct conf *conf, const struct conf_key *keys, uint32_t key_count);
void conf_fini(struct conf *conf);

/* One value; `name` and `value` are copied. */
fallible conf_set(struct conf *conf, struct slice name, struct slice value, enum conf_origin origin,
		  struct err *err);
/* "key=value", as --set gives it. */
fallible conf_set_pair(struct conf *conf, const char *pair, enum conf_origin origin,
		       struct err *err);
/* The text of a file; `file` is its name for messages. A key that repeats counts as last given. */
fallible conf_read(struct conf *conf, struct slice text, const char *file, struct err *err);
/* WEIR_<KEY> for each key without '*', in capitals with '_' for '.' and '-'. */
fallible conf_read_env(struct conf *conf, const char *(*env)(const char *name), struct err *err);

/* The value set, or the default; NULL: there is neither. */
const struct conf_value *conf_get(const struct conf *conf, const char *name);
/* `name` is a key of the table, of this kind, with a value. */
const char *conf_text(const struct conf *conf, const char *name);
int64_t conf_int(const struct conf *conf, const char *name);
bool conf_bool(const struct conf *conf, const char *name);

/* "a, b" -> "a" -> "b": the next item of a CONF_LIST, trimmed; false: there is no more. */
bool conf_next_item(struct slice *list, struct slice *ret_item);

/* Every value that is set, as `.properties` text with its origin as a comment; secrets hidden. */
void conf_print(const struct conf *conf, struct buf *buf);
/* The table as Markdown, for documents. */
void conf_document(const struct conf_key *keys, uint32_t key_count, struct buf *buf);

#endif
