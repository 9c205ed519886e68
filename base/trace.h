/*
 * trace.h - lines that tell what a component does, by area, for a person or for a test.
 *
 * A `struct trace` is a value that its maker lends down to those who trace: there is no global one,
 * so two brokers in one test trace apart, and a test that captures lines sees only its own. NULL is
 * a valid trace that is off. An area that is off costs one branch and formats nothing. A line holds
 * no time and no address, so the same seed gives the same lines; the sink adds the time if it wants
 * one. Lines are for what happens a few times a second or less, never for rows.
 */
#ifndef WEIR_BASE_TRACE_H
#define WEIR_BASE_TRACE_H

#include "base/bytes.h"
#include "base/err.h"

enum trace_area {
#define TRACE_AREA(id, name, help) id,
#include "base/trace_areas.def"
#undef TRACE_AREA
	TRACE_AREA_COUNT,
};

/* Longer lines are cut and end in "...". */
#define TRACE_LINE_MAX 1024

/* Gets one line, without newline; `line` is borrowed for the call. */
typedef void trace_sink(void *arg, enum trace_area area, struct slice line);

struct trace {
	uint32_t areas; /* one bit for each that is on */
	trace_sink *sink;
	void *arg; /* the sink's, borrowed */
};

static_assert(TRACE_AREA_COUNT <= 32, "areas fit into struct trace");

static inline bool trace_on(const struct trace *trace, enum trace_area area)
{
	return trace != NULL && (trace->areas >> area & 1) != 0;
}

/* trace(t, TRACE_LOG, "segment %d", n): the arguments are evaluated only when it is on. */
#define trace(trace_, area, ...)                                                                   \
	do {                                                                                       \
		if (UNLIKELY(trace_on((trace_), (area))))                                          \
			trace_line((trace_), (area), __VA_ARGS__);                                 \
	} while (0)

COLD void trace_line(const struct trace *trace, enum trace_area area, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* The areas named in "sm,log"; "all" and "none" too. An unknown one is ERR_INVALID with a guess. */
fallible trace_parse_areas(struct slice names, uint32_t *ret_areas, struct err *err);

const char *trace_area_name(enum trace_area area);
const char *trace_area_help(enum trace_area area);

/* Appends "area: line\n" to a buf, which a test then compares with the text it expects. */
struct trace trace_to_buf(struct buf *buf, uint32_t areas);
/* Writes the same to a file descriptor, one write(2) a line. */
struct trace trace_to_fd(const int *fd, uint32_t areas);

#endif
