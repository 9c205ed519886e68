/*
 * A byte of choices, a pattern, a line's end, and a text: both dialects compile or refuse, and what
 * compiles reads any text and prints any instant. What a pattern printed, it does not choke on.
 */
#include "base/pattern.h"
#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int no_files(void *arg, struct slice name, struct buf *bytes, struct err *err)
{
	(void)arg;
	(void)bytes;
	return err_set(err, ERR_NOT_FOUND, "no file %.*s", SLICE_ARGS(name));
}

static void use_java(const struct pattern *pattern, struct slice text)
{
	struct zone_cache zones;
	zone_cache_init(&zones, no_files, NULL);
	struct zone *zone = zone_fixed(SLICE("+02:00"), 7200);
	struct err err;
	int64_t value;
	struct zone_span span = { 0 };
	CLEANUP(buf_fini) struct buf out = BUF_INIT(64 * 1024);
	(void)!pattern_parse_timestamp(pattern, text, &zones, zone, &value, &err);
	if (pattern_parse_date(pattern, text, NULL, &value, &err) == 0)
		assert(value >= TIME_DAYS_MIN && value <= TIME_DAYS_MAX);
	if (pattern_parse_time(pattern, text, NULL, &value, &err) == 0)
		assert(value >= 0 && value < TIME_DAY_MS);
	(void)!pattern_format_date(pattern, TIME_DAYS_MIN, &out, &err);
	(void)!pattern_format_time(pattern, 86399999, &out, &err);
	buf_reset(&out);
	if (pattern_format_timestamp(pattern, (int64_t)text.len * 86412345678, zone, &span, &out,
				     &err) == 0)
		(void)!pattern_parse_timestamp(pattern, buf_slice(&out), &zones, zone, &value,
					       &err);
	zone_free(zone);
	zone_cache_fini(&zones);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct slice rest = slice_of(data + 1, size - 1);
	size_t line = MIN(slice_find_byte(rest, '\n', 0), rest.len);
	struct slice text = slice_sub(rest, line + 1, SIZE_MAX);
	enum pattern_dialect dialect = data[0] & 2 ? PATTERN_SIMPLE : PATTERN_JAVA;
	struct pattern *pattern;
	struct err err;
	if (pattern_compile(slice_sub(rest, 0, line), dialect, data[0] & 1, &pattern, &err) != 0) {
		assert(err.text[0] != '\0');
		return 0;
	}
	int64_t days;
	if (dialect == PATTERN_JAVA)
		use_java(pattern, text);
	else
		(void)!pattern_parse_date(pattern, text, NULL, &days, &err);
	pattern_free(pattern);
	return 0;
}
