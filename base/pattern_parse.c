/*
 * A text into fields. Each op yields where it ended, or where it failed: Java gives the place of
 * the failure to the user, so each op keeps to Java's place, also where one would expect another.
 * A section that fails leaves no fields behind, and the text is read on from its beginning.
 */
#include "base/pattern.h"

#include "base/pattern_priv.h"
#include "base/time.h"
#include "base/time_priv.h"
#include "base/zone_names.h"

/* A text being read. A failure within an op that has its own words is in `code` and `err`. */
struct parser {
	const struct pattern *pattern;
	struct slice text;
	struct zone_cache *zones;
	struct pattern_parsed parsed;
	int code;
	struct err *err;
};

struct place {
	bool ok;
	size_t at; /* behind what was read, or where it failed */
};

static struct place ended(size_t at)
{
	return (struct place){ .ok = true, .at = at };
}

static struct place failed(size_t at)
{
	return (struct place){ .at = at };
}

static int digit_at(const struct parser *in, size_t at)
{
	if (at >= in->text.len || in->text.data[at] < '0' || in->text.data[at] > '9')
		return -1;
	return in->text.data[at] - '0';
}

static uint8_t byte_at(const struct parser *in, size_t at)
{
	return at < in->text.len ? in->text.data[at] : 0;
}

/* A field that was read before must have been the same. */
static struct place put(struct parser *in, enum pattern_field field, int64_t value, size_t from,
			size_t until)
{
	if (pattern_has(&in->parsed, field) && in->parsed.value[field] != value)
		return failed(from);
	pattern_put(&in->parsed, field, value);
	return ended(until);
}

/* Digits from `at`, at most `max`; how many, and their value (the last dropped if too large). */
static size_t read_digits(const struct parser *in, size_t at, size_t max, int64_t *ret_value)
{
	int64_t value = 0;
	size_t n = 0;
	for (; n < max && digit_at(in, at + n) >= 0; n++) {
		int64_t next;
		if (__builtin_mul_overflow(value, INT64_C(10), &next) ||
		    __builtin_add_overflow(next, (int64_t)digit_at(in, at + n), &next))
			break;
		value = next;
	}
	*ret_value = value;
	return n;
}

/* How many digits a number takes, when those behind it need `op->after`. */
static size_t own_digits(const struct parser *in, const struct pattern_op *op, size_t at)
{
	size_t after = (size_t)MAX(op->after, 0), max = op->max_width + after, n = 0;
	while (n < max && digit_at(in, at + n) >= 0)
		n++;
	if (after == 0)
		return n;
	size_t own = n > after ? n - after : 0;
	return MIN(n, MAX(own, op->min_width));
}

static struct place parse_number(struct parser *in, const struct pattern_op *op, size_t start)
{
	if (start == in->text.len)
		return failed(start);
	size_t at = start;
	bool positive = byte_at(in, at) == '+', negative = byte_at(in, at) == '-';
	if ((positive && op->sign != SIGN_EXCEEDS_PAD) ||
	    (negative && op->sign == SIGN_NOT_NEGATIVE))
		return failed(start);
	at += positive || negative;
	int64_t value;
	if (op->min_width > in->text.len - at)
		return failed(at);
	size_t own = own_digits(in, op, at);
	if (own < op->min_width)
		return failed(at);
	size_t n = read_digits(in, at, own, &value);
	if (negative && value == 0)
		return failed(at - 1);
	if (op->sign == SIGN_EXCEEDS_PAD && positive && n <= op->min_width)
		return failed(at - 1);
	if (op->sign == SIGN_EXCEEDS_PAD && !positive && !negative && n > op->min_width)
		return failed(at);
	if (op->kind == OP_REDUCED && n == 2 && !negative)
		value += 2000;
	return put(in, op->field, negative ? -value : value, at, at + n);
}

static struct place parse_fraction(struct parser *in, const struct pattern_op *op, size_t start)
{
	int64_t value;
	if (start == in->text.len || op->min_width > in->text.len - start)
		return failed(start);
	size_t n = read_digits(in, start, op->max_width, &value);
	if (n < op->min_width)
		return failed(start);
	for (size_t i = n; i < 9; i++)
		value *= 10;
	return put(in, op->field, value, start, start + n);
}

static struct place parse_name(struct parser *in, const struct pattern_op *op, size_t start)
{
	int64_t value;
	size_t len;
	if (!pattern_name_match(op->field, op->style, slice_sub(in->text, start, SIZE_MAX),
				in->pattern->ignore_case, &value, &len))
		return failed(start);
	return put(in, op->field, value, start, start + len);
}

static struct place parse_period(struct parser *in, const struct pattern_op *op, size_t start)
{
	size_t len;
	const struct pattern_period *period =
		pattern_period_match(slice_sub(in->text, start, SIZE_MAX), op->style,
				     in->pattern->ignore_case, &len);
	if (period == NULL)
		return failed(start);
	in->parsed.period = period;
	return ended(start + len);
}

static struct place parse_literal(struct parser *in, const struct pattern_op *op, size_t start)
{
	struct slice literal = slice_sub(buf_slice(&in->pattern->chars), op->offset, op->len);
	if (!pattern_starts_with(slice_sub(in->text, start, SIZE_MAX), literal,
				 in->pattern->ignore_case))
		return failed(start);
	return ended(start + literal.len);
}

/* Two digits up to 59, perhaps behind a colon; false: not there, and `at` stays. */
static bool read_pair(const struct parser *in, size_t *at, bool colon, int64_t *ret_value)
{
	size_t first = *at + colon;
	int tens = digit_at(in, first), ones = digit_at(in, first + 1);
	if ((colon && byte_at(in, *at) != ':') || tens < 0 || ones < 0 || tens > 5)
		return false;
	*ret_value = tens * 10 + ones;
	*at = first + 2;
	return true;
}

/* A sign, hours and what the form has behind them; `ret_seconds` when it is ok. */
static struct place read_offset(struct parser *in, const struct pattern_offset_form *form,
				size_t start, int64_t *ret_seconds)
{
	bool negative = byte_at(in, start) == '-';
	if (byte_at(in, start) != '+' && !negative)
		return failed(start);
	size_t at = start + 1;
	int64_t hours, minutes = 0, seconds = 0;
	if (!read_pair(in, &at, false, &hours))
		return failed(start);
	bool has_minutes = read_pair(in, &at, form->colon, &minutes);
	if (!has_minutes && form->minutes_always)
		return failed(start);
	if (form->seconds)
		(void)read_pair(in, &at, form->colon, &seconds);
	if (hours > 23) {
		in->code = err_set(in->err, ERR_INVALID,
				   "Value out of range: Hour[0-23], Minute[0-59], Second[0-59]");
		return failed(start);
	}
	int64_t total = (hours * 60 + minutes) * 60 + seconds;
	*ret_seconds = negative ? -total : total;
	return ended(at);
}

static struct place parse_offset(struct parser *in, const struct pattern_op *op, size_t start)
{
	if (start == in->text.len)
		return failed(start);
	struct slice zero = slice_str(op->form->zero);
	if (pattern_starts_with(slice_sub(in->text, start, SIZE_MAX), zero,
				in->pattern->ignore_case))
		return put(in, FIELD_OFFSET, 0, start, start + zero.len);
	int64_t seconds;
	struct place end = read_offset(in, op->form, start, &seconds);
	if (!end.ok)
		return end;
	return put(in, FIELD_OFFSET, seconds, start, end.at);
}

/* Behind "GMT+", the short form: one digit of hours or two, then perhaps :mm and :ss. */
static size_t read_short_offset(const struct parser *in, size_t at, int64_t part[3])
{
	int first = digit_at(in, at), second = digit_at(in, at + 1);
	if (first < 0)
		return SIZE_MAX;
	part[0] = second >= 0 ? first * 10 + second : first;
	at += second >= 0 ? 2 : 1;
	for (int i = 1; i < 3; i++) {
		int tens = digit_at(in, at + 1), ones = digit_at(in, at + 2);
		if (byte_at(in, at) != ':' || tens < 0 || ones < 0)
			break;
		part[i] = tens * 10 + ones;
		at += 3;
	}
	return at;
}

/* And the full one: hh:mm, then perhaps :ss. */
static size_t read_full_offset(const struct parser *in, size_t at, int64_t part[3])
{
	for (int i = 0; i < 3; i++) {
		size_t digits = at + (i > 0);
		int tens = digit_at(in, digits), ones = digit_at(in, digits + 1);
		if ((i > 0 && byte_at(in, at) != ':') || tens < 0 || ones < 0)
			return i == 2 ? at : SIZE_MAX;
		part[i] = tens * 10 + ones;
		at = digits + 2;
	}
	return at;
}

static struct place parse_localized(struct parser *in, const struct pattern_op *op, size_t start)
{
	if (!pattern_starts_with(slice_sub(in->text, start, SIZE_MAX), SLICE("GMT"),
				 in->pattern->ignore_case))
		return failed(start);
	size_t at = start + 3;
	uint8_t sign = byte_at(in, at);
	if (sign != '+' && sign != '-')
		return put(in, FIELD_OFFSET, 0, start, at);
	int64_t part[3] = { 0 };
	at = op->style == STYLE_FULL ? read_full_offset(in, at + 1, part)
				     : read_short_offset(in, at + 1, part);
	if (at == SIZE_MAX)
		return failed(start);
	int64_t total = (part[0] * 60 + part[1]) * 60 + part[2];
	return put(in, FIELD_OFFSET, sign == '-' ? -total : total, start, at);
}

static struct place set_zone(struct parser *in, struct slice name, size_t start, size_t end)
{
	if (in->zones == NULL)
		return failed(start);
	const struct zone *zone;
	int code = zone_cache_get(in->zones, name, &zone, in->err);
	if (code != 0) {
		in->code = code;
		return failed(start);
	}
	in->parsed.zone = zone;
	return ended(end);
}

/* Behind UTC, GMT or UT there may be an offset, always as +hh:mm[:ss]. */
static struct place parse_prefixed(struct parser *in, size_t start, size_t prefix)
{
	static const struct pattern_offset_form form = { true, true, true, "" };
	static const char *const names[] = { "", "", "UT", "UTC", "GMT" };
	bool gmt = (byte_at(in, start) | 0x20) == 'g';
	CLEANUP(buf_fini) struct buf name = BUF_INIT(ZONE_NAME_BYTES_MAX);
	buf_append_str(&name, prefix == 0 ? "" : names[prefix + gmt]);
	int64_t seconds = 0;
	struct place end = read_offset(in, &form, start + prefix, &seconds);
	if (in->code != 0)
		return failed(start);
	if (!end.ok && prefix == 0)
		return failed(start);
	if (end.ok && pattern_check(FIELD_OFFSET, seconds, NULL) != 0)
		return failed(start);
	if (!end.ok)
		return set_zone(in, buf_slice(&name), start, start + prefix);
	if (seconds != 0 || prefix == 0)
		time_print_offset(&name, (int32_t)seconds);
	return set_zone(in, buf_slice(&name), start, end.at);
}

static bool begins(const struct parser *in, size_t start, const char *word)
{
	return pattern_starts_with(slice_sub(in->text, start, SIZE_MAX), slice_str(word),
				   in->pattern->ignore_case);
}

static struct place parse_zone(struct parser *in, const struct pattern_op *op, size_t start)
{
	uint8_t first = byte_at(in, start);
	if (first == '+' || first == '-')
		return parse_prefixed(in, start, 0);
	if (begins(in, start, "GMT0"))
		return set_zone(in, SLICE("GMT0"), start, start + 4);
	if (begins(in, start, "UTC") || begins(in, start, "GMT"))
		return parse_prefixed(in, start, 3);
	if (begins(in, start, "UT"))
		return parse_prefixed(in, start, 2);
	struct slice rest = slice_sub(in->text, start, SIZE_MAX);
	const char *region = zone_region_match(rest, in->pattern->ignore_case);
	size_t len = region != NULL ? strlen(region) : 0, name_len = 0;
	if (op->kind == OP_ZONE_TEXT) {
		const char *named = zone_names_match(rest, op->style == STYLE_FULL,
						     in->pattern->ignore_case, &name_len);
		if (name_len > len) {
			region = named;
			len = name_len;
		}
	}
	if (region != NULL)
		return set_zone(in, slice_str(region), start, start + len);
	if (begins(in, start, "Z"))
		return set_zone(in, SLICE("Z"), start, start + 1);
	return failed(start);
}

typedef struct place parse_op(struct parser *in, const struct pattern_op *op, size_t start);

static parse_op *const parsers[] = {
	[OP_LITERAL] = parse_literal, [OP_NUMBER] = parse_number,
	[OP_REDUCED] = parse_number,  [OP_FRACTION] = parse_fraction,
	[OP_TEXT] = parse_name,       [OP_DAY_PERIOD] = parse_period,
	[OP_ZONE_ID] = parse_zone,    [OP_ZONE_TEXT] = parse_zone,
	[OP_OFFSET] = parse_offset,   [OP_LOCALIZED_OFFSET] = parse_localized,
};

/* So many characters: blanks, then what the op reads to the end of them. */
static struct place parse_padded(struct parser *in, const struct pattern_op *op, size_t start)
{
	if (start == in->text.len || op->pad > in->text.len - start)
		return failed(start);
	size_t end = start + op->pad, at = start;
	while (at < end && in->text.data[at] == ' ')
		at++;
	struct slice whole = in->text;
	in->text.len = end;
	struct place place = parsers[op->kind](in, op, at);
	in->text = whole;
	if (!place.ok || place.at != end)
		return failed(at);
	return place;
}

static struct place parse_ops(struct parser *in, uint32_t first, uint32_t end, size_t at)
{
	for (uint32_t i = first; i < end; i++) {
		const struct pattern_op *op = &in->pattern->ops.items[i];
		if (op->kind == OP_SECTION) {
			struct pattern_parsed before = in->parsed;
			struct place place = parse_ops(in, i + 1, op->end, at);
			if (in->code != 0)
				return place;
			if (place.ok)
				at = place.at;
			else
				in->parsed = before;
			i = (uint32_t)op->end - 1;
			continue;
		}
		struct place place =
			op->pad > 0 ? parse_padded(in, op, at) : parsers[op->kind](in, op, at);
		if (!place.ok)
			return place;
		at = place.at;
	}
	return ended(at);
}

static fallible parse_text(struct parser *in, struct err *err)
{
	struct slice text = in->text;
	if (text.len > PATTERN_TEXT_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes are too long for a date or a time",
			       text.len);
	in->err = err;
	struct place place = parse_ops(in, 0, in->pattern->ops.len, 0);
	if (in->code != 0)
		return time_bad_text(text, err);
	if (!place.ok)
		return time_bad_index(text, place.at, err);
	if (place.at < text.len)
		return time_bad_rest(text, place.at, err);
	if (pattern_resolve(&in->parsed, err) != 0)
		return time_bad_text(text, err);
	return 0;
}

/*
 * The date of fields that do not make one: each in turn is set on 1970-01-01. That is ksqlDB's
 * order; months and years keep the day where it exists, else take the last.
 */
static fallible partial_date(const struct pattern_parsed *parsed, int64_t *ret_days,
			     struct err *err)
{
	int64_t days = 0;
	for (uint32_t f = FIELD_DAY_OF_WEEK; f <= FIELD_ERA; f++) {
		if (!pattern_has(parsed, f))
			continue;
		int64_t value = parsed->value[f];
		TRY(pattern_check(f, value, err));
		struct time_date date = time_date(days);
		if (f == FIELD_DAY_OF_WEEK || f == FIELD_ALIGNED_DAY || f == FIELD_DAY_OF_MONTH) {
			days += value - pattern_date_field(days, f);
		} else if (f == FIELD_DAY_OF_YEAR) {
			if (value == 366)
				return err_set(err, ERR_INVALID,
					       "Leap day cannot be parsed without supplying the "
					       "year field");
			days += value - time_day_of_year(date);
		} else {
			int64_t year = f == FIELD_YEAR                               ? value
				       : f == FIELD_ERA && value != (date.year >= 1) ? 1 - date.year
										     : date.year;
			date.year = (int32_t)year;
			date.month = f == FIELD_MONTH ? (int32_t)value : date.month;
			date.day = MIN(date.day, time_month_days(year, date.month));
			days = time_days(date);
		}
	}
	*ret_days = days;
	return 0;
}

/* The same for a time; a half of the day and an hour in it come after the hour. */
static fallible partial_time(const struct pattern_parsed *parsed, int64_t *ret_nanos,
			     struct err *err)
{
	struct time_clock clock = { 0 };
	for (uint32_t f = FIELD_NANO_OF_SECOND; f <= FIELD_AMPM; f++)
		if (pattern_has(parsed, f))
			TRY(pattern_check(f, parsed->value[f], err));
	if (pattern_has(parsed, FIELD_NANO_OF_SECOND))
		clock.nanos = (int32_t)parsed->value[FIELD_NANO_OF_SECOND];
	if (pattern_has(parsed, FIELD_SECOND))
		clock.second = (int32_t)parsed->value[FIELD_SECOND];
	if (pattern_has(parsed, FIELD_MINUTE))
		clock.minute = (int32_t)parsed->value[FIELD_MINUTE];
	if (pattern_has(parsed, FIELD_HOUR_OF_AMPM))
		clock.hour = (int32_t)parsed->value[FIELD_HOUR_OF_AMPM];
	if (pattern_has(parsed, FIELD_HOUR))
		clock.hour = (int32_t)parsed->value[FIELD_HOUR];
	if (pattern_has(parsed, FIELD_AMPM))
		clock.hour = clock.hour % 12 + 12 * (int32_t)parsed->value[FIELD_AMPM];
	*ret_nanos = time_clock_nanos(clock);
	return 0;
}

/* The instant of a local time, in the zone or at the offset that the text names, or in `zone`. */
static fallible local_instant(const struct pattern_parsed *parsed, const struct zone *zone,
			      int64_t local, int64_t *ret_seconds, struct err *err)
{
	const struct zone *named = parsed->zone;
	if (!pattern_has(parsed, FIELD_OFFSET)) {
		*ret_seconds = zone_instant(named != NULL ? named : zone, local, NULL);
		return 0;
	}
	int64_t offset = parsed->value[FIELD_OFFSET];
	bool whole = parsed->has_date && parsed->has_time;
	if (pattern_check(FIELD_OFFSET, offset, err) != 0)
		return named != NULL && !whole
			       ? (int)ERR_INVALID
			       : err_set(err, ERR_INVALID,
					 "Zone offset not in valid range: -18:00 to +18:00");
	if (named == NULL || whole || zone_offset_fits(named, local, (int32_t)offset))
		*ret_seconds = local - offset;
	else
		*ret_seconds = zone_instant(named, local, NULL);
	return 0;
}

fallible pattern_parse_timestamp(const struct pattern *pattern, struct slice text,
				 struct zone_cache *zones, const struct zone *zone, int64_t *ret_ms,
				 struct err *err)
{
	assert(pattern->dialect == PATTERN_JAVA);
	assert(zone != NULL);
	struct parser in = { .pattern = pattern, .text = text, .zones = zones };
	TRY(parse_text(&in, err));
	int64_t days = in.parsed.days, nanos = in.parsed.nanos_of_day, seconds;
	if (!in.parsed.has_time)
		TRY(partial_time(&in.parsed, &nanos, err));
	if (!in.parsed.has_date)
		TRY(partial_date(&in.parsed, &days, err));
	int64_t local = days * TIME_DAY_SECONDS + nanos / 1000000000;
	if (local_instant(&in.parsed, zone, local, &seconds, err) != 0)
		return in.parsed.has_date && in.parsed.has_time ? time_bad_text(text, err)
								: (int)ERR_INVALID;
	return time_ms(time_floor_div(seconds, TIME_DAY_SECONDS),
		       time_floor_mod(seconds, TIME_DAY_SECONDS) * 1000 +
			       nanos % 1000000000 / 1000000,
		       ret_ms, err);
}

fallible pattern_parse_date(const struct pattern *pattern, struct slice text,
			    struct zone_cache *zones, int64_t *ret_days, struct err *err)
{
	if (pattern->dialect == PATTERN_SIMPLE)
		return pattern_simple_parse_date(pattern, text, zones, ret_days, err);
	struct parser in = { .pattern = pattern, .text = text, .zones = zones };
	TRY(parse_text(&in, err));
	if (!in.parsed.has_date) {
		(void)err_set(err, ERR_INVALID,
			      "Unable to obtain LocalDate from TemporalAccessor: the text does not "
			      "make a whole date");
		return time_bad_text(text, err);
	}
	*ret_days = in.parsed.days;
	return 0;
}

fallible pattern_parse_time(const struct pattern *pattern, struct slice text,
			    struct zone_cache *zones, int64_t *ret_ms_of_day, struct err *err)
{
	assert(pattern->dialect == PATTERN_JAVA);
	struct parser in = { .pattern = pattern, .text = text, .zones = zones };
	TRY(parse_text(&in, err));
	if (in.parsed.has_date)
		pattern_put(&in.parsed, FIELD_DAY_OF_WEEK, 1);
	for (uint32_t f = FIELD_DAY_OF_WEEK; f <= FIELD_ERA; f++)
		if (pattern_has(&in.parsed, f))
			return err_set(err, ERR_INVALID, "Unsupported field: %s",
				       pattern_field_info[f].name);
	if (!in.parsed.has_time)
		return err_set(
			err, ERR_INVALID,
			"Unable to obtain LocalTime from TemporalAccessor: the text does not "
			"have an hour");
	*ret_ms_of_day = in.parsed.nanos_of_day / 1000000;
	return 0;
}
