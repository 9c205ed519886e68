/*
 * json_writer.h - writes JSON into a buf, commas and indentation included.
 *
 * The calls follow the text: open, key, value, ..., close; a call out of order is a bug and
 * asserts. Strings are escaped as Jackson does it: the short forms where JSON has one, \u00XX for
 * the other control characters, all else as it is, so a string must be UTF-8. Numbers are written
 * digit by digit as given. Past the buf's ceiling output is dropped: check with buf_check at the
 * end.
 */
#ifndef WEIR_BASE_JSON_WRITER_H
#define WEIR_BASE_JSON_WRITER_H

#include "base/json_tree.h"

enum json_style {
	JSON_COMPACT,
	JSON_PRETTY, /* one member or item a line, indented by two */
};

struct json_writer {
	struct buf *buf; /* borrowed */
	enum json_style style;
	bool has_items; /* at this depth: the next one needs a comma */
	bool after_key;
	uint32_t depth;
	uint64_t objects[(JSON_DEPTH_MAX + 63) / 64];
};

void json_writer_init(struct json_writer *w, struct buf *buf, enum json_style style);

void json_open_object(struct json_writer *w);
void json_open_array(struct json_writer *w);
void json_close(struct json_writer *w); /* whichever was opened last */

void json_key(struct json_writer *w, struct slice name);
void json_string(struct json_writer *w, struct slice text);
void json_number(struct json_writer *w, struct slice text); /* json_is_number holds */
void json_int64(struct json_writer *w, int64_t value);
void json_double(struct json_writer *w, double value); /* as Java prints it; NaN in quotes */
void json_bool(struct json_writer *w, bool value);
void json_null(struct json_writer *w);
void json_raw(struct json_writer *w, struct slice json); /* a whole value, written before */
void json_write(struct json_writer *w, const struct json_value *value); /* a whole tree */

/* Key and value in one call, for the many small answers. */
void json_member(struct json_writer *w, const char *name, struct slice text);
void json_member_str(struct json_writer *w, const char *name, const char *text);
void json_member_int64(struct json_writer *w, const char *name, int64_t value);
void json_member_bool(struct json_writer *w, const char *name, bool value);

/* The text in quotes, escaped, by itself. */
void json_quote(struct buf *buf, struct slice text);

#endif
