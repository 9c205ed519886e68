/*
 * Upper and lower case with Java's Locale.ROOT. utf8proc knows the letters that change into one
 * letter; the others are text_casing.def, the dotted capital I, and the Greek sigma, which is
 * written otherwise at the end of a word.
 */
#include "base/text.h"

#include <utf8proc.h>

#define CAPITAL_I_WITH_DOT 0x130
#define CAPITAL_SIGMA 0x3A3
#define SMALL_SIGMA 0x3C3
#define SMALL_FINAL_SIGMA 0x3C2

struct long_upper {
	uint32_t code_point;
	const char *upper;
};

static const struct long_upper long_uppers[] = {
#define TEXT_UPPER(code_point, upper) { code_point, upper },
#include "base/text_casing.def"
#undef TEXT_UPPER
};

/* NULL for the many whose upper case is one character. */
static const char *find_long_upper(uint32_t code_point)
{
	size_t from = 0, to = COUNT_OF(long_uppers);
	while (from < to) {
		size_t middle = (from + to) / 2;
		if (long_uppers[middle].code_point < code_point)
			from = middle + 1;
		else
			to = middle;
	}
	bool found = from < COUNT_OF(long_uppers) && long_uppers[from].code_point == code_point;
	return found ? long_uppers[from].upper : NULL;
}

/* The ASCII part in front, with the bit that separates 'a' from 'A' set or cleared in letters. */
static struct slice append_ascii(struct buf *to, struct slice text, uint8_t first_letter)
{
	uint8_t *out = buf_reserve(to, text.len);
	if (out == NULL)
		return SLICE_EMPTY;
	size_t i = 0;
	for (; i < text.len && text.data[i] < 0x80; i++) {
		uint8_t c = text.data[i];
		out[i] = c ^ (uint8_t)((uint8_t)(c - first_letter) < 26 ? 0x20 : 0);
	}
	buf_advance(to, i);
	return slice_sub(text, i, text.len);
}

void text_append_upper(struct buf *to, struct slice text)
{
	while ((text = append_ascii(to, text, 'a')).len > 0) {
		uint32_t code_point = text_take(&text);
		const char *upper = find_long_upper(code_point);
		if (upper != NULL)
			buf_append_str(to, upper);
		else
			text_append(to, (uint32_t)utf8proc_toupper((utf8proc_int32_t)code_point));
	}
}

static bool is_cased(uint32_t code_point)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
	return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
	       category == UTF8PROC_CATEGORY_LT;
}

/* What stands inside a word without being a letter of it: accents, apostrophes. */
static bool is_case_ignorable(uint32_t code_point)
{
	switch (utf8proc_category((utf8proc_int32_t)code_point)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_SK:
		return true;
	default:
		return code_point == '\'' || code_point == 0x2019 || code_point == 0xB7;
	}
}

/* Whether a cased letter comes first in `rest`, accents and the like aside. */
static bool begins_cased(struct slice rest)
{
	while (rest.len > 0) {
		uint32_t code_point = text_take(&rest);
		if (!is_case_ignorable(code_point))
			return is_cased(code_point);
	}
	return false;
}

/* Whether a cased letter comes last in `text`, accents and the like aside. */
static bool ends_cased(struct slice text)
{
	while (text.len > 0) {
		size_t at = text.len - 1;
		while (at > 0 && (text.data[at] & 0xC0) == 0x80)
			at--;
		struct slice last = slice_sub(text, at, text.len);
		uint32_t code_point = text_take(&last);
		if (!is_case_ignorable(code_point))
			return is_cased(code_point);
		text.len = at;
	}
	return false;
}

void text_append_lower(struct buf *to, struct slice text)
{
	const uint8_t *start = text.data;
	while ((text = append_ascii(to, text, 'A')).len > 0) {
		struct slice before = slice_of(start, (size_t)(text.data - start));
		uint32_t code_point = text_take(&text);
		if (code_point == CAPITAL_I_WITH_DOT) {
			buf_append_str(to, "i\xCC\x87");
		} else if (code_point == CAPITAL_SIGMA) {
			bool final = ends_cased(before) && !begins_cased(text);
			text_append(to, final ? SMALL_FINAL_SIGMA : SMALL_SIGMA);
		} else {
			text_append(to, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code_point));
		}
	}
}

enum text_class text_class(uint32_t code_point)
{
	assert(code_point <= 0x10FFFF);
	switch (utf8proc_category((utf8proc_int32_t)code_point)) {
	case UTF8PROC_CATEGORY_LU:
		return TEXT_UPPER;
	case UTF8PROC_CATEGORY_LL:
		return TEXT_LOWER;
	case UTF8PROC_CATEGORY_ND:
		return TEXT_DIGIT;
	default:
		return TEXT_OTHER;
	}
}
