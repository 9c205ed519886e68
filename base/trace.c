#define WEIR_ALLOW_BANNED
#include "base/trace.h"

#include "base/suggest.h"

#include <stdio.h>
#include <unistd.h>

static const struct {
	const char *name, *help;
} AREAS[] = {
#define TRACE_AREA(id, name, help) [id] = { name, help },
#include "base/trace_areas.def"
#undef TRACE_AREA
};

static_assert(COUNT_OF(AREAS) == TRACE_AREA_COUNT, "every area has a name");

const char *trace_area_name(enum trace_area area)
{
	assert(area < TRACE_AREA_COUNT);
	return AREAS[area].name;
}

const char *trace_area_help(enum trace_area area)
{
	assert(area < TRACE_AREA_COUNT);
	return AREAS[area].help;
}

void trace_line(const struct trace *trace, enum trace_area area, const char *format, ...)
{
	assert(trace_on(trace, area));
	assert(trace->sink != NULL);
	char line[TRACE_LINE_MAX];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	assert(len >= 0);
	if ((size_t)len >= sizeof(line)) {
		memcpy(line + sizeof(line) - 4, "...", 4);
		len = (int)sizeof(line) - 1;
	}
	trace->sink(trace->arg, area, slice_of(line, (size_t)len));
}

static int parse_area(struct slice name, uint32_t *areas, struct err *err)
{
	struct suggest suggest = suggest_for(name);
	if (slice_eq(name, SLICE("all"))) {
		*areas = (uint32_t)((UINT64_C(1) << TRACE_AREA_COUNT) - 1);
		return 0;
	}
	if (slice_eq(name, SLICE("none"))) {
		*areas = 0;
		return 0;
	}
	for (size_t i = 0; i < COUNT_OF(AREAS); i++) {
		suggest_offer(&suggest, AREAS[i].name);
		if (slice_eq_str(name, AREAS[i].name)) {
			*areas |= UINT32_C(1) << i;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "nothing is traced as '%.*s'%s", SLICE_ARGS(name),
		       suggest_words(&suggest));
}

fallible trace_parse_areas(struct slice names, uint32_t *ret_areas, struct err *err)
{
	uint32_t areas = 0;
	for (size_t at = 0; at < names.len;) {
		size_t comma = MIN(slice_find_byte(names, ',', at), names.len);
		TRY(parse_area(slice_trim(slice_sub(names, at, comma - at)), &areas, err));
		at = comma + 1;
	}
	*ret_areas = areas;
	return 0;
}

static void append_line(void *arg, enum trace_area area, struct slice line)
{
	struct buf *buf = arg;
	buf_append_str(buf, trace_area_name(area));
	buf_append(buf, SLICE(": "));
	buf_append(buf, line);
	buf_append_u8(buf, '\n');
}

struct trace trace_to_buf(struct buf *buf, uint32_t areas)
{
	return (struct trace){ .areas = areas, .sink = append_line, .arg = buf };
}

static void write_line(void *arg, enum trace_area area, struct slice line)
{
	const int *fd = arg;
	struct buf buf = BUF_INIT(2 * TRACE_LINE_MAX);
	append_line(&buf, area, line);
	/* Nobody can be told that a trace was not written, and nothing depends on it. */
	ssize_t written = write(*fd, buf.data, buf.len);
	(void)written;
	buf_fini(&buf);
}

struct trace trace_to_fd(const int *fd, uint32_t areas)
{
	struct trace trace = { .areas = areas, .sink = write_line };
	memcpy(&trace.arg, &fd, sizeof(fd)); /* the sink only reads it */
	return trace;
}
