/* The line that an error is on, and a caret. */
#include "sql/parse.h"

/* A longer line is shown around the place. */
#define DRAW_WIDTH 76
#define DRAW_MARGIN 30

static struct slice line_of(struct slice text, int32_t line)
{
	size_t from = 0;
	for (int32_t i = 1; i < line; i++) {
		size_t end = slice_find_byte(text, '\n', from);
		if (end == SIZE_MAX)
			return SLICE_EMPTY;
		from = end + 1;
	}
	size_t end = MIN(slice_find_byte(text, '\n', from), text.len);
	return slice_sub(text, from, end - from);
}

static bool is_continuation(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* Characters [from, to) of the line, those that would move the caret as spaces. */
static void draw_characters(struct buf *buf, struct slice line, int32_t from, int32_t to)
{
	int32_t at = -1;
	for (size_t i = 0; i < line.len; i++) {
		if (!is_continuation(line.data[i]))
			at++;
		if (at >= from && at < to)
			buf_append_u8(buf, line.data[i] < ' ' || line.data[i] == 127
						   ? ' '
						   : line.data[i]);
	}
}

static int32_t characters(struct slice line)
{
	int32_t n = 0;
	for (size_t i = 0; i < line.len; i++)
		n += !is_continuation(line.data[i]);
	return n;
}

void sql_error_draw(struct buf *buf, struct slice text, const struct err *err)
{
	if (err->line < 1 || err->column < 1)
		return;
	struct slice line = line_of(text, err->line);
	int32_t len = characters(line);
	int32_t place = MIN(err->column - 1, len);
	int32_t from = 0, to = len;
	if (len > DRAW_WIDTH) {
		from = MIN(MAX(place - DRAW_MARGIN, 0), len - DRAW_WIDTH);
		to = from + DRAW_WIDTH;
	}
	size_t begin = buf->len;
	buf_printf(buf, "LINE %d: %s", err->line, from > 0 ? "..." : "");
	int32_t indent = (int32_t)(buf->len - begin) + place - from;
	draw_characters(buf, line, from, to);
	buf_printf(buf, "%s\n%*s^\n", to < len ? "..." : "", (int)indent, "");
}
