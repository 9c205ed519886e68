/*
 * err.h - the one way to fail.
 *
 * A `fallible` function returns 0, or an enum err_code after it has filled the `struct err` that it
 * takes as its last argument; the compiler refuses to drop the result. TRY passes a failure up;
 * err_wrap adds what the caller knows in front. On failure, out parameters are untouched. Only the
 * top (server, shell, worker) prints. `err` may be NULL where the caller wants the code alone.
 */
#ifndef WEIR_BASE_ERR_H
#define WEIR_BASE_ERR_H

#include "base/base.h"

#include <stdarg.h>

enum err_code {
	ERR_OK = 0,
#define ERR_CODE(code, text) code,
#include "base/err_codes.def"
#undef ERR_CODE
};

/* Longer texts are cut, on a character, and end in "...". */
#define ERR_TEXT_MAX 4096

struct err {
	enum err_code code;
	int32_t line, column; /* in the SQL or configuration text, from 1; 0: nowhere */
	char text[ERR_TEXT_MAX];
};

#define fallible MUST_USE int

#define ERR_INIT ((struct err){ .code = ERR_OK })

/* Fills `err` and yields `code`, as a constant, so that the compiler sees the failure. */
#define err_set(err, code_, ...) (err_set_text((err), (code_), __VA_ARGS__), (int)(code_))

/* The same with a place in a text. */
#define err_set_at(err, code_, line_, column_, ...)                                                \
	(err_set_text((err), (code_), __VA_ARGS__), err_set_place((err), (line_), (column_)),      \
	 (int)(code_))

#define TRY(expr)                                                                                  \
	do {                                                                                       \
		int try_code_ = (expr);                                                            \
		if (UNLIKELY(try_code_ != 0))                                                      \
			return try_code_;                                                          \
	} while (0)

void err_set_text(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);
void err_set_textv(struct err *err, enum err_code code, const char *format, va_list args)
	PRINTF_LIKE(3, 0);
void err_set_place(struct err *err, int32_t line, int32_t column);

/* Puts text in front: "reading topic 'a': the file is too short". Returns the error's code. */
int err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The code and text of an errno value, said of `what` ("open /x/y"). */
int err_from_errno(struct err *err, int number, const char *what);

const char *err_code_name(enum err_code code);
const char *err_code_text(enum err_code code);
void err_clear(struct err *err);

#endif
