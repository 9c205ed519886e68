/*
 * pattern_priv.h - what a pattern is made of; for pattern*.c alone.
 *
 * pattern.c compiles, pattern_format.c prints, pattern_parse.c reads a text into fields,
 * pattern_resolve.c makes a date and a time of fields, pattern_fields.c takes fields out of dates,
 * pattern_names.c has the English words, pattern_simple.c is the other dialect.
 */
#ifndef WEIR_BASE_PATTERN_PRIV_H
#define WEIR_BASE_PATTERN_PRIV_H

#include "base/pattern.h"
#include "base/vec.h"

enum pattern_field {
#define PATTERN_FIELD(id, name, min, max, range, kind) id,
#include "base/pattern_fields.def"
#undef PATTERN_FIELD
	FIELD_COUNT,
};

static_assert(FIELD_COUNT <= 32, "a set of fields is a uint32_t");

struct pattern_field_info {
	const char *name;
	int64_t min, max;
	const char *range; /* as Java writes it */
	char kind;         /* 'd': of a date, 't': of a time, 'o': of neither */
};

extern const struct pattern_field_info pattern_field_info[FIELD_COUNT];

enum pattern_style {
	STYLE_SHORT,
	STYLE_FULL,
	STYLE_NARROW,
	STYLE_COUNT,
};

enum pattern_sign {
	SIGN_NORMAL,       /* '-' for negative ones */
	SIGN_NOT_NEGATIVE, /* no sign at all */
	SIGN_EXCEEDS_PAD,  /* and '+' for those wider than the pattern */
};

enum pattern_op_kind {
	OP_LITERAL,
	OP_SECTION, /* optional; what is in it follows, up to `end` */
	OP_NUMBER,
	OP_REDUCED, /* two digits of a year from 2000 on */
	OP_FRACTION,
	OP_TEXT,
	OP_DAY_PERIOD,
	OP_ZONE_ID,
	OP_ZONE_TEXT,
	OP_OFFSET,
	OP_LOCALIZED_OFFSET,
	/* PATTERN_SIMPLE; `field` is of its own enum, `max_width` is 0 for as long as it gets. */
	OP_SIMPLE_NUMBER,
	OP_SIMPLE_TEXT,
	OP_SIMPLE_YEAR,
	OP_SIMPLE_ZONE,
};

/* How an offset is written: +HHmm, +HHMM, +HH:MM, +HHMMss, +HH:MM:ss; small: when not zero. */
struct pattern_offset_form {
	bool colon, minutes_always, seconds;
	const char *zero; /* what stands for no offset */
};

struct pattern_op {
	enum pattern_op_kind kind;
	uint8_t field;
	uint8_t min_width, max_width;
	enum pattern_sign sign;
	int16_t after; /* digits of fixed numbers right behind it; -1: is one of those */
	enum pattern_style style;
	bool generic;         /* OP_ZONE_TEXT: whatever the time of the year */
	uint16_t pad;         /* 0: none */
	uint16_t end;         /* OP_SECTION: index behind its last op */
	uint16_t offset, len; /* OP_LITERAL: in `chars` */
	const struct pattern_offset_form *form;
};

struct pattern {
	enum pattern_dialect dialect;
	bool ignore_case;
	VEC(struct pattern_op) ops;
	struct buf text, chars; /* the pattern; the literals' characters */
};

fallible pattern_simple_compile(struct pattern *pattern, struct err *err);
fallible pattern_simple_parse_date(const struct pattern *pattern, struct slice text,
				   struct zone_cache *zones, int64_t *ret_days, struct err *err);

/* What a text said, before it is understood. */
struct pattern_parsed {
	uint32_t present; /* a bit for each field */
	int64_t value[FIELD_COUNT];
	const struct zone *zone; /* borrowed; NULL: none */
	const struct pattern_period *period;
	bool has_date, has_time;
	int64_t days, nanos_of_day;
	int64_t excess_days; /* 24:00 is the next day's beginning */
};

static inline bool pattern_has(const struct pattern_parsed *parsed, enum pattern_field field)
{
	return (parsed->present >> field) & 1;
}

static inline void pattern_drop(struct pattern_parsed *parsed, enum pattern_field field)
{
	parsed->present &= ~(UINT32_C(1) << field);
}

static inline void pattern_put(struct pattern_parsed *parsed, enum pattern_field field,
			       int64_t value)
{
	parsed->present |= UINT32_C(1) << field;
	parsed->value[field] = value;
}

fallible pattern_check(enum pattern_field field, int64_t value, struct err *err);
/* Fields into date and time, in place. */
fallible pattern_resolve(struct pattern_parsed *parsed, struct err *err);

/* A field of a day, of a time of day. */
int64_t pattern_date_field(int64_t days, enum pattern_field field);
int64_t pattern_time_field(int64_t nanos_of_day, enum pattern_field field);
/* Weeks begin on Sunday, and week 1 has January 1st (or, of a month, its 1st). */
int64_t pattern_week_days(int64_t year, int64_t week, int64_t weekday);

/* Part of a day, in minutes; `from` is after `until` across midnight. */
struct pattern_period {
	const char *text[STYLE_COUNT];
	int32_t from, until;
};

const struct pattern_period *pattern_period_of(int64_t minute_of_day);
const struct pattern_period *pattern_period_match(struct slice text, enum pattern_style style,
						  bool ignore_case, size_t *ret_len);
bool pattern_period_has(const struct pattern_period *period, int64_t minute_of_day);

/* The text of a value; NULL: it has none. */
const char *pattern_name(enum pattern_field field, enum pattern_style style, int64_t value);
/* The longest name that `text` begins with. */
bool pattern_name_match(enum pattern_field field, enum pattern_style style, struct slice text,
			bool ignore_case, int64_t *ret_value, size_t *ret_len);
bool pattern_starts_with(struct slice text, struct slice prefix, bool ignore_case);

#endif
