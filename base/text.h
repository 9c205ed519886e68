/*
 * text.h - UTF-8: checked, walked, measured and cased as Java does it with its strings.
 *
 * Text from outside passes text_check, or text_append_repaired where Java would put U+FFFD; after
 * that it is valid and stays so. Given other bytes, nothing here reads out of bounds, but lengths
 * and cuts mean nothing. Users count as Java counts, in UTF-16 units: 1 for most characters, 2 for
 * those past U+FFFF. A cut between the two units of one character leaves the character out.
 */
#ifndef WEIR_BASE_TEXT_H
#define WEIR_BASE_TEXT_H

#include "base/bytes.h"
#include "base/err.h"

#define TEXT_REPLACEMENT 0xFFFD
#define TEXT_CHARACTER_BYTES_MAX 4

/* How many bytes in front are valid: text.len when all are. */
size_t text_valid_len(struct slice text);
fallible text_check(struct slice text, const char *what, struct err *err);
void text_append_repaired(struct buf *to, struct slice bytes);

/* Takes the first code point off `*text`, which is not empty; U+FFFD for what is none. */
uint32_t text_take(struct slice *text);
size_t text_put(uint8_t to[TEXT_CHARACTER_BYTES_MAX], uint32_t code_point);
void text_append(struct buf *to, uint32_t code_point);

size_t text_count(struct slice text);     /* code points */
size_t text_utf16_len(struct slice text); /* Java's length() */
/* From unit `from`, at most `len` units; both are clamped to what is there. */
struct slice text_utf16_sub(struct slice text, size_t from, size_t len);

/* toUpperCase and toLowerCase with Locale.ROOT. */
void text_append_upper(struct buf *to, struct slice text);
void text_append_lower(struct buf *to, struct slice text);

/* What kind of character: an upper or lower case letter, a decimal digit, or neither. */
enum text_class { TEXT_UPPER, TEXT_LOWER, TEXT_DIGIT, TEXT_OTHER, TEXT_CLASS_COUNT };
enum text_class text_class(uint32_t code_point);

/* Columns on a terminal. */
size_t text_width(struct slice text);

#endif
