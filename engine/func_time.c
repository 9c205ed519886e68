/*
 * Dates, times and timestamps: to text and from it, shifted by units, moved between zones.
 *
 * Patterns and zones mostly are literals but may differ by row. Each call keeps what it has
 * compiled and looked up (struct memo, made by `prepare`), and looks at the last one first.
 */
#include "base/pattern.h"
#include "base/time.h"
#include "engine/func_priv.h"
#include "engine/unit.h"

/* Patterns that a call keeps; past that it begins anew. */
#define MEMO_PATTERNS_MAX 1000
#define MEMO_ZONES 2

struct memo_zone {
	uint8_t name[ZONE_NAME_BYTES_MAX]; /* as it was asked for */
	size_t name_len;
	const struct zone *zone; /* of the cache; NULL: none yet */
	struct zone_span span;
};

struct memo {
	enum pattern_dialect dialect;
	bool ignore_case;
	struct map patterns;        /* text -> struct pattern, owned */
	const struct pattern *last; /* one of them, or NULL */
	struct zone_cache cache;
	struct memo_zone zones[MEMO_ZONES];
	char directory[sizeof(ZONE_DIRECTORY)];
};

/* --- the memo --- */

static void drop_patterns(struct memo *memo)
{
	map_each (entry, &memo->patterns)
		pattern_free(entry->value);
	map_clear(&memo->patterns);
	memo->last = NULL;
}

static void memo_fini(void *arg)
{
	struct memo *memo = arg;
	drop_patterns(memo);
	map_fini(&memo->patterns);
	zone_cache_fini(&memo->cache);
}

static struct memo *memo_new(struct arena *arena, enum pattern_dialect dialect, bool ignore_case)
{
	struct memo *memo = arena_new(arena, struct memo);
	memo->dialect = dialect;
	memo->ignore_case = ignore_case;
	map_init(&memo->patterns);
	memcpy(memo->directory, ZONE_DIRECTORY, sizeof(ZONE_DIRECTORY));
	zone_cache_init(&memo->cache, zone_files, memo->directory);
	arena_cleanup(arena, memo_fini, memo);
	return memo;
}

static void *prepare_to_print(struct arena *arena, const struct value *const *constants,
			      uint32_t nargs)
{
	(void)constants;
	(void)nargs;
	return memo_new(arena, PATTERN_JAVA, false);
}

static void *prepare_to_parse(struct arena *arena, const struct value *const *constants,
			      uint32_t nargs)
{
	(void)constants;
	(void)nargs;
	return memo_new(arena, PATTERN_JAVA, true);
}

static void *prepare_to_parse_simple(struct arena *arena, const struct value *const *constants,
				     uint32_t nargs)
{
	(void)constants;
	(void)nargs;
	return memo_new(arena, PATTERN_SIMPLE, true);
}

static fallible memo_pattern(struct memo *memo, struct slice text, const struct pattern **ret,
			     struct err *err)
{
	if (memo->last != NULL && slice_eq(pattern_text(memo->last), text)) {
		*ret = memo->last;
		return 0;
	}
	struct pattern *pattern = map_get(&memo->patterns, text);
	if (pattern == NULL) {
		TRY(pattern_compile(text, memo->dialect, memo->ignore_case, &pattern, err));
		if (memo->patterns.len == MEMO_PATTERNS_MAX)
			drop_patterns(memo);
		(void)map_put(&memo->patterns, text, pattern);
	}
	memo->last = *ret = pattern;
	return 0;
}

/* The zone of a name; `which` of the call's zone arguments it is. */
static fallible memo_zone(struct memo *memo, uint32_t which, struct slice name,
			  struct memo_zone **ret, struct err *err)
{
	assert(which < MEMO_ZONES);
	struct memo_zone *last = &memo->zones[which];
	if (last->zone == NULL || !slice_eq(slice_of(last->name, last->name_len), name)) {
		TRY(zone_cache_get(&memo->cache, name, &last->zone, err));
		last->span = (struct zone_span){ .from = 0 };
		last->name_len = MIN(name.len, sizeof(last->name));
		memcpy(last->name, name.data, last->name_len);
	}
	*ret = last;
	return 0;
}

/* --- to text --- */

/* What differs between the functions that print: one of its two is called per row. */
struct printing {
	const char *what; /* "date": for the message */
	/* As the message shows the value. */
	void (*show)(const struct column *from, uint32_t row, struct buf *out);
	fallible (*print)(const struct pattern *pattern, struct memo_zone *zone,
			  const struct column *from, uint32_t row, struct buf *out,
			  struct err *err);
};

/* `zone_name` may be NULL: the function has no zone. */
static fallible print_row(const struct printing *printing, const struct func_call *call,
			  const struct slice *zone_name, uint32_t row, struct buf *out,
			  struct err *err)
{
	struct memo *memo = call->prepared;
	const struct pattern *pattern;
	struct memo_zone *zone = NULL;
	TRY(memo_pattern(memo, call->args[1]->bytes[row], &pattern, err));
	if (zone_name != NULL)
		TRY(memo_zone(memo, 0, *zone_name, &zone, err));
	return printing->print(pattern, zone, call->args[0], row, out, err);
}

static void fail_printing(struct eval *eval, const struct printing *printing,
			  const struct func_call *call, uint32_t row, const struct err *err)
{
	CLEANUP(buf_fini) struct buf text = func_buf();
	buf_printf(&text, "Failed to format %s ", printing->what);
	printing->show(call->args[0], row, &text);
	if (call->nargs > 2)
		buf_printf(&text, " at timeZone '%.*s'", SLICE_ARGS(call->args[2]->bytes[row]));
	buf_printf(&text, " with formatter '%.*s': %s", SLICE_ARGS(call->args[1]->bytes[row]),
		   err->text);
	eval_fail(eval, row, "%s", buf_str(&text));
}

static void print_all(struct eval *eval, const struct func_call *call,
		      const struct printing *printing, const struct slice *default_zone)
{
	CLEANUP(buf_fini) struct buf text = func_buf();
	struct err err = ERR_INIT;
	SEL_EACH(i, call->sel)
	{
		const struct slice *zone =
			call->nargs > 2 ? &call->args[2]->bytes[i] : default_zone;
		buf_reset(&text);
		if (print_row(printing, call, zone, i, &text, &err) != 0)
			fail_printing(eval, printing, call, i, &err);
		else
			func_put(eval, call, i, &text);
	}
}

static fallible print_date(const struct pattern *pattern, struct memo_zone *zone,
			   const struct column *from, uint32_t row, struct buf *out,
			   struct err *err)
{
	assert(zone == NULL);
	return pattern_format_date(pattern, from->i32[row], out, err);
}

static fallible print_time(const struct pattern *pattern, struct memo_zone *zone,
			   const struct column *from, uint32_t row, struct buf *out,
			   struct err *err)
{
	assert(zone == NULL);
	return pattern_format_time(pattern, from->i32[row], out, err);
}

static fallible print_timestamp(const struct pattern *pattern, struct memo_zone *zone,
				const struct column *from, uint32_t row, struct buf *out,
				struct err *err)
{
	return pattern_format_timestamp(pattern, from->i64[row], zone->zone, &zone->span, out, err);
}

static void show_i32(const struct column *from, uint32_t row, struct buf *out)
{
	buf_printf(out, "%d", from->i32[row]);
}

static void show_i64(const struct column *from, uint32_t row, struct buf *out)
{
	buf_printf(out, "%lld", (long long)from->i64[row]);
}

static void show_date(const struct column *from, uint32_t row, struct buf *out)
{
	time_print_date(out, from->i32[row]);
}

/* As Java's LocalTime prints itself: without seconds when there are none. */
static void show_time(const struct column *from, uint32_t row, struct buf *out)
{
	time_print_time_ms(out, from->i32[row]);
	if (from->i32[row] % 60000 == 0 && !out->overflowed)
		buf_truncate(out, out->len - strlen(":00"));
}

/* As java.sql.Timestamp prints itself: 2018-05-11 21:58:33.0. */
static void show_timestamp(const struct column *from, uint32_t row, struct buf *out)
{
	size_t begin = out->len;
	time_print_timestamp(out, from->i64[row]);
	size_t middle = slice_find_byte(buf_slice(out), 'T', begin);
	if (middle == SIZE_MAX)
		return;
	out->data[middle] = ' ';
	while (out->data[out->len - 1] == '0' && out->data[out->len - 2] != '.')
		buf_truncate(out, out->len - 1);
}

static void format_date(struct eval *eval, const struct func_call *call)
{
	static const struct printing printing = { "date", show_date, print_date };
	print_all(eval, call, &printing, NULL);
}

static void datetostring(struct eval *eval, const struct func_call *call)
{
	static const struct printing printing = { "date", show_i32, print_date };
	print_all(eval, call, &printing, NULL);
}

static void format_time(struct eval *eval, const struct func_call *call)
{
	static const struct printing printing = { "time", show_time, print_time };
	print_all(eval, call, &printing, NULL);
}

static void format_timestamp(struct eval *eval, const struct func_call *call)
{
	static const struct printing printing = { "timestamp", show_timestamp, print_timestamp };
	print_all(eval, call, &printing, &SLICE("GMT"));
}

static void timestamptostring(struct eval *eval, const struct func_call *call)
{
	static const struct printing printing = { "timestamp", show_i64, print_timestamp };
	print_all(eval, call, &printing, &SLICE("UTC"));
}

/* --- from text --- */

typedef fallible parse_item(struct memo *memo, const struct pattern *pattern, struct slice text,
			    const struct zone *zone, int64_t *ret_number, struct err *err);

/* What differs between the functions that parse. */
struct parsing {
	const char *what;
	parse_item *parse;
	bool says_zone; /* the message has the zone when the call has none */
};

static fallible parse_row(const struct parsing *parsing, const struct func_call *call,
			  const struct slice *zone_name, uint32_t row, int64_t *ret_number,
			  struct err *err)
{
	struct memo *memo = call->prepared;
	const struct pattern *pattern;
	struct memo_zone *zone = NULL;
	TRY(memo_pattern(memo, call->args[1]->bytes[row], &pattern, err));
	if (zone_name != NULL)
		TRY(memo_zone(memo, 0, *zone_name, &zone, err));
	return parsing->parse(memo, pattern, call->args[0]->bytes[row],
			      zone != NULL ? zone->zone : NULL, ret_number, err);
}

static void fail_parsing(struct eval *eval, const struct parsing *parsing,
			 const struct func_call *call, const struct slice *zone, uint32_t row,
			 const struct err *err)
{
	CLEANUP(buf_fini) struct buf text = func_buf();
	buf_printf(&text, "Failed to parse %s '%.*s'", parsing->what,
		   SLICE_ARGS(call->args[0]->bytes[row]));
	if (call->nargs > 2 || parsing->says_zone)
		buf_printf(&text, " at timezone '%.*s'", SLICE_ARGS(*zone));
	buf_printf(&text, " with formatter '%.*s': %s", SLICE_ARGS(call->args[1]->bytes[row]),
		   err->text);
	eval_fail(eval, row, "%s", buf_str(&text));
}

static void parse_all(struct eval *eval, const struct func_call *call,
		      const struct parsing *parsing, const struct slice *default_zone)
{
	struct err err = ERR_INIT;
	bool wide = column_item_bytes(call->out->type->kind) == sizeof(int64_t);
	SEL_EACH(i, call->sel)
	{
		const struct slice *zone =
			call->nargs > 2 ? &call->args[2]->bytes[i] : default_zone;
		int64_t number;
		if (parse_row(parsing, call, zone, i, &number, &err) != 0)
			fail_parsing(eval, parsing, call, zone, i, &err);
		else if (wide)
			call->out->i64[i] = number;
		else
			call->out->i32[i] = (int32_t)number;
	}
}

static fallible parse_date_item(struct memo *memo, const struct pattern *pattern, struct slice text,
				const struct zone *zone, int64_t *ret_number, struct err *err)
{
	int64_t days;
	assert(zone == NULL);
	TRY(pattern_parse_date(pattern, text, &memo->cache, &days, err));
	if (days < INT32_MIN || days > INT32_MAX)
		return err_set(err, ERR_INVALID, "the date is out of range");
	*ret_number = days;
	return 0;
}

static fallible parse_time_item(struct memo *memo, const struct pattern *pattern, struct slice text,
				const struct zone *zone, int64_t *ret_number, struct err *err)
{
	assert(zone == NULL);
	return pattern_parse_time(pattern, text, &memo->cache, ret_number, err);
}

static fallible parse_timestamp_item(struct memo *memo, const struct pattern *pattern,
				     struct slice text, const struct zone *zone,
				     int64_t *ret_number, struct err *err)
{
	return pattern_parse_timestamp(pattern, text, &memo->cache, zone, ret_number, err);
}

static void parse_date(struct eval *eval, const struct func_call *call)
{
	static const struct parsing parsing = { "date", parse_date_item, false };
	parse_all(eval, call, &parsing, NULL);
}

static void parse_time(struct eval *eval, const struct func_call *call)
{
	static const struct parsing parsing = { "time", parse_time_item, false };
	parse_all(eval, call, &parsing, NULL);
}

static void parse_timestamp(struct eval *eval, const struct func_call *call)
{
	static const struct parsing parsing = { "timestamp", parse_timestamp_item, true };
	parse_all(eval, call, &parsing, &SLICE("GMT"));
}

static void stringtotimestamp(struct eval *eval, const struct func_call *call)
{
	static const struct parsing parsing = { "timestamp", parse_timestamp_item, false };
	parse_all(eval, call, &parsing, &SLICE("UTC"));
}

/* --- between zones --- */

static fallible convert_row(const struct func_call *call, uint32_t row, int64_t *ret_ms,
			    struct err *err)
{
	struct memo *memo = call->prepared;
	int64_t ms = call->args[0]->i64[row];
	struct memo_zone *from, *to;
	TRY(memo_zone(memo, 0, call->args[1]->bytes[row], &from, err));
	TRY(memo_zone(memo, 1, call->args[2]->bytes[row], &to, err));
	int64_t seconds = (int64_t)zone_offset(to->zone, ms, &to->span) -
			  zone_offset(from->zone, ms, &from->span);
	*ret_ms = (int64_t)((uint64_t)ms + (uint64_t)(seconds * 1000));
	return 0;
}

static void convert_tz(struct eval *eval, const struct func_call *call)
{
	struct err err = ERR_INIT;
	SEL_EACH(i, call->sel)
	{
		if (convert_row(call, i, &call->out->i64[i], &err) != 0)
			eval_fail(eval, i, "Invalid time zone: %s", err.text);
	}
}

/* --- shifted by units: (unit, how many, what) --- */

/* How far the row goes, in milliseconds; false: the unit has no length, and the row has failed. */
static bool shift_of(struct eval *eval, const struct func_call *call, uint32_t row, int64_t *ret_ms)
{
	int64_t unit = unit_length_ms((enum unit)call->args[0]->i32[row]);
	if (unit == 0) {
		eval_fail(eval, row, "Months and years differ in length: say DAYS");
		return false;
	}
	*ret_ms = unit * call->args[1]->i32[row];
	return true;
}

/* Whole days, cut towards 1970: that is how the reference rounds. */
static void shift_date(struct eval *eval, const struct func_call *call, int sign)
{
	SEL_EACH(i, call->sel)
	{
		int64_t by;
		if (!shift_of(eval, call, i, &by))
			continue;
		int64_t days = (call->args[2]->i32[i] * TIME_DAY_MS + sign * by) / TIME_DAY_MS;
		if (days < INT32_MIN || days > INT32_MAX)
			eval_fail(eval, i, "The date is out of range");
		else
			call->out->i32[i] = (int32_t)days;
	}
}

static void dateadd(struct eval *eval, const struct func_call *call)
{
	shift_date(eval, call, 1);
}

static void datesub(struct eval *eval, const struct func_call *call)
{
	shift_date(eval, call, -1);
}

/* A time of day goes around at midnight. */
static void shift_time(struct eval *eval, const struct func_call *call, int sign)
{
	SEL_EACH(i, call->sel)
	{
		int64_t by;
		if (!shift_of(eval, call, i, &by))
			continue;
		int32_t time = call->args[2]->i32[i];
		if (time < 0 || time >= TIME_DAY_MS)
			eval_fail(eval, i, "%d milliseconds are not a time of day", time);
		else
			call->out->i32[i] = (int32_t)time_floor_mod(time + sign * by, TIME_DAY_MS);
	}
}

static void timeadd(struct eval *eval, const struct func_call *call)
{
	shift_time(eval, call, 1);
}

static void timesub(struct eval *eval, const struct func_call *call)
{
	shift_time(eval, call, -1);
}

static void shift_timestamp(struct eval *eval, const struct func_call *call, int sign)
{
	SEL_EACH(i, call->sel)
	{
		int64_t by;
		if (!shift_of(eval, call, i, &by))
			continue;
		uint64_t ms = (uint64_t)call->args[2]->i64[i];
		call->out->i64[i] = (int64_t)(sign > 0 ? ms + (uint64_t)by : ms - (uint64_t)by);
	}
}

static void timestampadd(struct eval *eval, const struct func_call *call)
{
	shift_timestamp(eval, call, 1);
}

static void timestampsub(struct eval *eval, const struct func_call *call)
{
	shift_timestamp(eval, call, -1);
}

/* --- as numbers --- */

static void same_i32(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	call->out->i32[i] = call->args[0]->i32[i];
}

static void same_i64(struct eval *eval, const struct func_call *call)
{
	(void)eval;
	SEL_EACH(i, call->sel)
	call->out->i64[i] = call->args[0]->i64[i];
}

static void today(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	call->out->i32[i] = (int32_t)time_floor_div(eval->wall_ms, TIME_DAY_MS);
}

static void now(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	call->out->i64[i] = eval->wall_ms;
}

/* clang-format off */
#define SHIFT(id, type, param, help_)                                                              \
	{ .name = #id, .category = "DATE / TIME", .help = help_, .variants = {                    \
		{ .signature = "(INTERVAL unit, INT interval, " type " " param ") " type,         \
		  .kernel = id } } }

const struct func_def func_time[] = {
	{ .name = "unix_date", .category = "DATE / TIME",
	  .help = "The days from 1970-01-01 to a date, or to today.",
	  .variants = {
		{ .signature = "() INT", .kernel = today, .flags = FUNC_IMPURE },
		{ .signature = "(DATE date) INT", .kernel = same_i32 } } },
	{ .name = "unix_timestamp", .category = "DATE / TIME",
	  .help = "The milliseconds from 1970-01-01 to a timestamp, or to now.",
	  .variants = {
		{ .signature = "() BIGINT", .kernel = now, .flags = FUNC_IMPURE },
		{ .signature = "(TIMESTAMP timestamp) BIGINT", .kernel = same_i64 } } },
	{ .name = "from_days", .category = "DATE / TIME",
	  .help = "The date so many days after 1970-01-01.",
	  .variants = { { .signature = "(INT days!) DATE", .kernel = same_i32 } } },
	{ .name = "from_unixtime", .category = "DATE / TIME",
	  .help = "The timestamp so many milliseconds after 1970-01-01.",
	  .variants = { { .signature = "(BIGINT epochMilli) TIMESTAMP", .kernel = same_i64 } } },
	{ .name = "format_date", .category = "DATE / TIME",
	  .help = "A date as text, in a pattern of letters: 'yyyy-MM-dd'.",
	  .variants = {
		{ .signature = "(DATE date, STRING formatPattern) STRING",
		  .kernel = format_date, .prepare = prepare_to_print } } },
	{ .name = "format_time", .category = "DATE / TIME",
	  .help = "A time of day as text, in a pattern of letters: 'HH:mm:ss'.",
	  .variants = {
		{ .signature = "(TIME time, STRING formatPattern) STRING",
		  .kernel = format_time, .prepare = prepare_to_print } } },
	{ .name = "format_timestamp", .category = "DATE / TIME",
	  .help = "A timestamp as text, in a pattern of letters, at a zone or at GMT.",
	  .variants = {
		{ .signature = "(TIMESTAMP timestamp, STRING formatPattern) STRING",
		  .kernel = format_timestamp, .prepare = prepare_to_print },
		{ .signature = "(TIMESTAMP timestamp, STRING formatPattern, STRING timeZone) "
			       "STRING",
		  .kernel = format_timestamp, .prepare = prepare_to_print } } },
	{ .name = "parse_date", .category = "DATE / TIME",
	  .help = "The date in a text, by a pattern of letters.",
	  .variants = {
		{ .signature = "(STRING formattedDate, STRING formatPattern) DATE",
		  .kernel = parse_date, .prepare = prepare_to_parse_simple } } },
	{ .name = "parse_time", .category = "DATE / TIME",
	  .help = "The time of day in a text, by a pattern of letters.",
	  .variants = {
		{ .signature = "(STRING formattedTime, STRING formatPattern) TIME",
		  .kernel = parse_time, .prepare = prepare_to_parse } } },
	{ .name = "parse_timestamp", .category = "DATE / TIME",
	  .help = "The timestamp in a text, by a pattern of letters; at the zone that the text "
		  "names, or at the one given, or at GMT.",
	  .variants = {
		{ .signature = "(STRING formattedTimestamp, STRING formatPattern) TIMESTAMP",
		  .kernel = parse_timestamp, .prepare = prepare_to_parse },
		{ .signature = "(STRING formattedTimestamp, STRING formatPattern, "
			       "STRING timeZone) TIMESTAMP",
		  .kernel = parse_timestamp, .prepare = prepare_to_parse } } },
	{ .name = "convert_tz", .category = "DATE / TIME",
	  .help = "The timestamp at which clocks in one zone show what they show in another.",
	  .variants = {
		{ .signature = "(TIMESTAMP timestamp, STRING fromTimeZone, STRING toTimeZone) "
			       "TIMESTAMP",
		  .kernel = convert_tz, .prepare = prepare_to_print } } },
	SHIFT(dateadd, "DATE", "date", "The date some units of time later."),
	SHIFT(datesub, "DATE", "date", "The date some units of time earlier."),
	SHIFT(timeadd, "TIME", "time", "The time of day some units of time later."),
	SHIFT(timesub, "TIME", "time", "The time of day some units of time earlier."),
	SHIFT(timestampadd, "TIMESTAMP", "timestamp", "The timestamp some units of time later."),
	SHIFT(timestampsub, "TIMESTAMP", "timestamp", "The timestamp some units of time earlier."),
	{ .name = "datetostring", .category = "DATE / TIME",
	  .help = "The date so many days after 1970-01-01 as text; better: FORMAT_DATE.",
	  .variants = {
		{ .signature = "(INT epochDays!, STRING formatPattern!) STRING",
		  .kernel = datetostring, .prepare = prepare_to_print } } },
	{ .name = "stringtodate", .category = "DATE / TIME",
	  .help = "The days from 1970-01-01 to the date in a text; better: PARSE_DATE.",
	  .variants = {
		{ .signature = "(STRING formattedDate!, STRING formatPattern!) INT",
		  .kernel = parse_date, .prepare = prepare_to_parse } } },
	{ .name = "timestamptostring", .category = "DATE / TIME",
	  .help = "Milliseconds since 1970-01-01 as text, at a zone or at UTC; better: "
		  "FORMAT_TIMESTAMP.",
	  .variants = {
		{ .signature = "(BIGINT epochMilli!, STRING formatPattern!) STRING",
		  .kernel = timestamptostring, .prepare = prepare_to_print },
		{ .signature = "(BIGINT epochMilli!, STRING formatPattern!, STRING timeZone!) "
			       "STRING",
		  .kernel = timestamptostring, .prepare = prepare_to_print } } },
	{ .name = "stringtotimestamp", .category = "DATE / TIME",
	  .help = "The milliseconds from 1970-01-01 to the timestamp in a text; better: "
		  "PARSE_TIMESTAMP.",
	  .variants = {
		{ .signature = "(STRING formattedTimestamp!, STRING formatPattern!) BIGINT",
		  .kernel = stringtotimestamp, .prepare = prepare_to_parse },
		{ .signature = "(STRING formattedTimestamp!, STRING formatPattern!, "
			       "STRING timeZone!) BIGINT",
		  .kernel = stringtotimestamp, .prepare = prepare_to_parse } } },
	{ .name = NULL },
};
/* clang-format on */
