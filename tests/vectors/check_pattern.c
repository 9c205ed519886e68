/*
 * Patterns against java.time. What is refused is "!" and the error's words, which are Java's; a
 * pattern that does not compile is "!" alone, because weir says more than Java there.
 */
#include "base/num.h"
#include "base/pattern.h"
#include "tests/vectors/vectors.h"

static char directory[] = ZONE_DIRECTORY;
static struct zone_cache zones;
static struct pattern *last;
static struct slice last_text;
static enum pattern_dialect last_dialect;
static char last_bytes[PATTERN_BYTES_MAX];

/* Lines come with the same pattern many times. */
static const struct pattern *pattern_of(struct slice text, enum pattern_dialect dialect,
					struct err *err)
{
	if (last != NULL && dialect == last_dialect && slice_eq(text, last_text))
		return last;
	pattern_free(last);
	last = NULL;
	if (pattern_compile(text, dialect, true, &last, err) != 0)
		return NULL;
	memcpy(last_bytes, text.data, text.len);
	last_text = slice_of(last_bytes, text.len);
	last_dialect = dialect;
	return last;
}

static int64_t number(struct slice text)
{
	int64_t value = 0;
	if (num_parse_i64(text, &value, NULL) != 0)
		UNREACHABLE("vectors have whole numbers");
	return value;
}

/* Lets the number or the words of a failure be the answer. */
static void answer(int code, int64_t value, const struct err *err, struct buf *got)
{
	if (code == 0)
		num_append_i64(got, value);
	else
		buf_printf(got, "!%s", err->text);
}

static void answer_text(int code, const struct err *err, struct buf *got)
{
	if (code != 0)
		buf_printf(got, "!%s", err->text);
}

/* pattern, milliseconds, zone -> text */
static void run_format(const struct slice *fields, struct buf *got)
{
	struct err err = ERR_INIT;
	const struct pattern *pattern = pattern_of(fields[0], PATTERN_JAVA, &err);
	const struct zone *zone;
	struct zone_span span = { 0 };
	if (pattern == NULL || zone_cache_get(&zones, fields[2], &zone, &err) != 0)
		buf_append_u8(got, '!');
	else
		answer_text(pattern_format_timestamp(pattern, number(fields[1]), zone, &span, got,
						     &err),
			    &err, got);
}

static void run_format_date(const struct slice *fields, struct buf *got)
{
	struct err err = ERR_INIT;
	const struct pattern *pattern = pattern_of(fields[0], PATTERN_JAVA, &err);
	if (pattern == NULL)
		buf_append_u8(got, '!');
	else
		answer_text(pattern_format_date(pattern, number(fields[1]), got, &err), &err, got);
}

static void run_format_time(const struct slice *fields, struct buf *got)
{
	struct err err = ERR_INIT;
	const struct pattern *pattern = pattern_of(fields[0], PATTERN_JAVA, &err);
	if (pattern == NULL)
		buf_append_u8(got, '!');
	else
		answer_text(pattern_format_time(pattern, number(fields[1]), got, &err), &err, got);
}

/* pattern, text, zone -> milliseconds */
static void run_parse(const struct slice *fields, struct buf *got)
{
	struct err err = ERR_INIT;
	const struct pattern *pattern = pattern_of(fields[0], PATTERN_JAVA, &err);
	const struct zone *zone;
	int64_t ms = 0;
	if (pattern == NULL || zone_cache_get(&zones, fields[2], &zone, &err) != 0) {
		buf_append_u8(got, '!');
		return;
	}
	int code = pattern_parse_timestamp(pattern, fields[1], &zones, zone, &ms, &err);
	answer(code, ms, &err, got);
}

/* pattern, text -> days */
static void parse_date(const struct slice *fields, enum pattern_dialect dialect, struct buf *got)
{
	struct err err = ERR_INIT;
	const struct pattern *pattern = pattern_of(fields[0], dialect, &err);
	int64_t days = 0;
	if (pattern == NULL) {
		buf_append_u8(got, '!');
		return;
	}
	int code = pattern_parse_date(pattern, fields[1], &zones, &days, &err);
	answer(code, days, &err, got);
}

static void run_parse_date(const struct slice *fields, struct buf *got)
{
	parse_date(fields, PATTERN_JAVA, got);
}

/* The older dialect's refusals have no common words. */
static void run_simple_date(const struct slice *fields, struct buf *got)
{
	parse_date(fields, PATTERN_SIMPLE, got);
	if (got->len > 0 && got->data[0] == '!')
		buf_truncate(got, 1);
}

/* pattern, text -> milliseconds of the day */
static void run_parse_time(const struct slice *fields, struct buf *got)
{
	struct err err = ERR_INIT;
	const struct pattern *pattern = pattern_of(fields[0], PATTERN_JAVA, &err);
	int64_t ms = 0;
	if (pattern == NULL) {
		buf_append_u8(got, '!');
		return;
	}
	int code = pattern_parse_time(pattern, fields[1], &zones, &ms, &err);
	answer(code, ms, &err, got);
}

/* pattern -> "ok", or "!" */
static void run_compile(const struct slice *fields, struct buf *got)
{
	struct err err = ERR_INIT;
	bool ok = pattern_of(fields[0], PATTERN_JAVA, &err) != NULL;
	buf_append_str(got, ok ? "ok" : "!");
}

int main(int argc, char **argv)
{
	static const struct vector_op ops[] = {
		{ "compile", 1, run_compile },
		{ "format", 3, run_format },
		{ "format_date", 2, run_format_date },
		{ "format_time", 2, run_format_time },
		{ "parse", 3, run_parse },
		{ "parse_date", 2, run_parse_date },
		{ "parse_time", 2, run_parse_time },
		{ "simple_date", 2, run_simple_date },
	};
	zone_cache_init(&zones, zone_files, directory);
	int status = vectors_main(argc, argv, ops, COUNT_OF(ops));
	pattern_free(last);
	zone_cache_fini(&zones);
	return status;
}
