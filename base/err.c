#define WEIR_ALLOW_BANNED
#include "base/err.h"

#include <errno.h>
#include <stdio.h>

static const struct {
	const char *name, *text;
} CODES[] = {
	[ERR_OK] = { "OK", "no error" },
#define ERR_CODE(code, text) [code] = { #code, text },
#include "base/err_codes.def"
#undef ERR_CODE
};

const char *err_code_name(enum err_code code)
{
	assert((size_t)code < COUNT_OF(CODES));
	return CODES[code].name;
}

const char *err_code_text(enum err_code code)
{
	assert((size_t)code < COUNT_OF(CODES));
	return CODES[code].text;
}

void err_clear(struct err *err)
{
	if (err == NULL)
		return;
	err->code = ERR_OK;
	err->line = err->column = 0;
	err->text[0] = '\0';
}

/* Ends a text that did not fit with "...", without cutting a UTF-8 character in two. */
static void mark_cut(char *text, size_t size)
{
	size_t at = size - 4;
	while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
		at--;
	memcpy(text + at, "...", 4);
}

PRINTF_LIKE(3, 0)
static void format_text(char *text, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(text, size, format, args);
	assert(len >= 0);
	if ((size_t)len >= size)
		mark_cut(text, size);
}

void err_set_textv(struct err *err, enum err_code code, const char *format, va_list args)
{
	assert(code != ERR_OK);
	if (err == NULL)
		return;
	err->code = code;
	err->line = err->column = 0;
	format_text(err->text, sizeof(err->text), format, args);
}

void err_set_text(struct err *err, enum err_code code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	err_set_textv(err, code, format, args);
	va_end(args);
}

void err_set_place(struct err *err, int32_t line, int32_t column)
{
	assert(line >= 0);
	assert(column >= 0);
	if (err == NULL)
		return;
	err->line = line;
	err->column = column;
}

int err_wrap(struct err *err, const char *format, ...)
{
	if (err == NULL)
		return ERR_INVALID;
	assert(err->code != ERR_OK);
	char front[ERR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	format_text(front, sizeof(front), format, args);
	va_end(args);

	char joined[2 * ERR_TEXT_MAX + 2];
	snprintf(joined, sizeof(joined), "%s: %s", front, err->text);
	size_t len = strlen(joined);
	if (len >= sizeof(err->text)) {
		len = sizeof(err->text) - 1;
		joined[len] = '\0';
		mark_cut(joined, len + 1);
		len = strlen(joined);
	}
	memcpy(err->text, joined, len + 1);
	return (int)err->code;
}

static enum err_code code_of_errno(int number)
{
	switch (number) {
	case ENOENT:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return ERR_NO_SPACE;
	case EROFS:
		return ERR_READ_ONLY;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case EMFILE:
	case ENFILE:
		return ERR_LIMIT;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	default:
		return ERR_IO;
	}
}

int err_from_errno(struct err *err, int number, const char *what)
{
	enum err_code code = code_of_errno(number);
	char reason[128];
	const char *text = strerror_r(number, reason, sizeof(reason));
	err_set_text(err, code, "cannot %s: %s", what, text);
	return (int)code;
}
