#include "base/pattern.h"

#include "base/pattern_priv.h"
#include "base/time.h"
#include "base/time_priv.h"
#include "base/zone_names.h"

struct printer {
	const struct pattern *pattern;
	const struct pattern_value *value;
	struct buf *out;
	int sections; /* optional ones around what is printed */
};

/* Said of a field that the value lacks; Java names what the week fields are made of. */
static int unsupported(enum pattern_field field, struct err *err)
{
	const char *name = pattern_field_info[field].name;
	if (field == FIELD_JULIAN_DAY)
		name = "EpochDay";
	else if (field > FIELD_JULIAN_DAY)
		name = "DayOfWeek";
	return err_set(err, ERR_NOT_FOUND, "Unsupported field: %s", name);
}

/* ERR_NOT_FOUND is the one failure that leaves an optional section out. */
static fallible get(const struct printer *in, enum pattern_field field, int64_t *ret_value,
		    struct err *err)
{
	const struct pattern_value *value = in->value;
	switch (pattern_field_info[field].kind) {
	case 't':
		if (!value->has_time)
			return unsupported(field, err);
		*ret_value = pattern_time_field(value->nanos_of_day, field);
		return 0;
	case 'd':
		if (!value->has_date)
			return unsupported(field, err);
		*ret_value = pattern_date_field(value->days, field);
		return 0;
	default:
		if (value->zone == NULL)
			return unsupported(field, err);
		*ret_value = value->span.offset;
		return 0;
	}
}

static fallible print_number(const struct printer *in, const struct pattern_op *op, struct err *err)
{
	int64_t value;
	TRY(get(in, op->field, &value, err));
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	if (op->kind == OP_REDUCED) {
		time_append_digits(in->out, size % 100, 2);
		return 0;
	}
	uint64_t limit = 1; /* the first number too wide */
	for (int i = 0; i < MIN(op->max_width, 19); i++)
		limit *= 10;
	if (size >= limit)
		return err_set(err, ERR_INVALID,
			       "Field %s cannot be printed as the value %lld exceeds the maximum "
			       "print width of %d",
			       pattern_field_info[op->field].name, (long long)value, op->max_width);
	uint64_t wide = 1;
	for (int i = 0; i < op->min_width && i < 19; i++)
		wide *= 10;
	if (value < 0)
		buf_append_u8(in->out, '-');
	else if (op->sign == SIGN_EXCEEDS_PAD && op->min_width < 19 && size >= wide)
		buf_append_u8(in->out, '+');
	assert(IMPLIES(value < 0, op->sign != SIGN_NOT_NEGATIVE));
	time_append_digits(in->out, size, op->min_width);
	return 0;
}

static fallible print_fraction(const struct printer *in, const struct pattern_op *op,
			       struct err *err)
{
	int64_t nanos;
	TRY(get(in, op->field, &nanos, err));
	for (int i = op->max_width; i < 9; i++)
		nanos /= 10;
	time_append_digits(in->out, (uint64_t)nanos, op->max_width);
	return 0;
}

static fallible print_name(const struct printer *in, const struct pattern_op *op, struct err *err)
{
	int64_t value;
	TRY(get(in, op->field, &value, err));
	buf_append_str(in->out, pattern_name(op->field, op->style, value));
	return 0;
}

static fallible print_period(const struct printer *in, const struct pattern_op *op, struct err *err)
{
	int64_t nanos;
	if (!in->value->has_time)
		return unsupported(FIELD_HOUR, err);
	TRY(get(in, FIELD_NANO_OF_DAY, &nanos, err));
	const struct pattern_period *period = pattern_period_of(nanos / INT64_C(60000000000));
	buf_append_str(in->out, period->text[op->style]);
	return 0;
}

static fallible print_zone(const struct printer *in, const struct pattern_op *op, struct err *err)
{
	const struct pattern_value *value = in->value;
	if (value->zone == NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "Unable to extract ZoneId from what has no zone");
	const struct zone_names *names = zone_names(value->zone);
	if (op->kind == OP_ZONE_ID || zone_is_offset(value->zone)) {
		buf_append(in->out, zone_name(value->zone));
	} else if (names != NULL) {
		enum zone_season season = op->generic            ? ZONE_EITHER
					  : value->span.daylight ? ZONE_DAYLIGHT
								 : ZONE_STANDARD;
		buf_append_str(in->out, names->name[season][op->style == STYLE_FULL]);
	} else {
		buf_append_str(in->out, value->span.abbreviation);
	}
	return 0;
}

static fallible print_offset(const struct printer *in, const struct pattern_op *op, struct err *err)
{
	const struct pattern_offset_form *form = op->form;
	int64_t offset;
	TRY(get(in, FIELD_OFFSET, &offset, err));
	int64_t size = offset < 0 ? -offset : offset;
	int64_t hours = size / 3600, minutes = size / 60 % 60, seconds = size % 60;
	bool shown = hours != 0 || minutes != 0 || (form->seconds && seconds != 0);
	if (!shown) {
		buf_append_str(in->out, form->zero);
		return 0;
	}
	buf_append_u8(in->out, offset < 0 ? '-' : '+');
	time_append_digits(in->out, (uint64_t)hours, 2);
	if (form->minutes_always || minutes != 0) {
		buf_append_str(in->out, form->colon ? ":" : "");
		time_append_digits(in->out, (uint64_t)minutes, 2);
	}
	if (form->seconds && seconds != 0) {
		buf_append_str(in->out, form->colon ? ":" : "");
		time_append_digits(in->out, (uint64_t)seconds, 2);
	}
	return 0;
}

static fallible print_localized(const struct printer *in, const struct pattern_op *op,
				struct err *err)
{
	int64_t offset;
	TRY(get(in, FIELD_OFFSET, &offset, err));
	int64_t size = offset < 0 ? -offset : offset;
	bool full = op->style == STYLE_FULL;
	buf_append_str(in->out, "GMT");
	if (size == 0)
		return 0;
	buf_append_u8(in->out, offset < 0 ? '-' : '+');
	time_append_digits(in->out, (uint64_t)(size / 3600), full ? 2 : 1);
	if (full || size % 3600 != 0) {
		buf_append_u8(in->out, ':');
		time_append_digits(in->out, (uint64_t)(size / 60 % 60), 2);
	}
	if (size % 60 != 0) {
		buf_append_u8(in->out, ':');
		time_append_digits(in->out, (uint64_t)(size % 60), 2);
	}
	return 0;
}

static fallible print_literal(const struct printer *in, const struct pattern_op *op,
			      struct err *err)
{
	(void)err;
	buf_append(in->out, slice_sub(buf_slice(&in->pattern->chars), op->offset, op->len));
	return 0;
}

typedef fallible print_op(const struct printer *in, const struct pattern_op *op, struct err *err);

static print_op *const printers[] = {
	[OP_LITERAL] = print_literal, [OP_NUMBER] = print_number,
	[OP_REDUCED] = print_number,  [OP_FRACTION] = print_fraction,
	[OP_TEXT] = print_name,       [OP_DAY_PERIOD] = print_period,
	[OP_ZONE_ID] = print_zone,    [OP_ZONE_TEXT] = print_zone,
	[OP_OFFSET] = print_offset,   [OP_LOCALIZED_OFFSET] = print_localized,
};

/* What was printed from `start` on, moved behind blanks to fill the width. */
static fallible pad(const struct printer *in, size_t start, uint16_t width, struct err *err)
{
	struct slice printed = slice_sub(buf_slice(in->out), start, SIZE_MAX);
	if (printed.len > width)
		return err_set(err, ERR_INVALID,
			       "Cannot print as output of %zu characters exceeds pad width of %u",
			       printed.len, width);
	CLEANUP(buf_fini) struct buf copy = BUF_INIT(PATTERN_BYTES_MAX);
	buf_append(&copy, printed);
	buf_truncate(in->out, start);
	buf_printf(in->out, "%*s", (int)(width - copy.len), "");
	buf_append(in->out, buf_slice(&copy));
	return 0;
}

static fallible print_ops(struct printer *in, uint32_t first, uint32_t end, struct err *err);

static fallible print_section(struct printer *in, uint32_t at, struct err *err)
{
	size_t start = in->out->len;
	assert(in->sections < PATTERN_NESTING_MAX);
	in->sections++;
	int code = print_ops(in, at + 1, in->pattern->ops.items[at].end, err);
	in->sections--;
	if (code == ERR_NOT_FOUND) {
		buf_truncate(in->out, start);
		return 0;
	}
	return code;
}

static fallible print_ops(struct printer *in, uint32_t first, uint32_t end, struct err *err)
{
	for (uint32_t i = first; i < end; i++) {
		const struct pattern_op *op = &in->pattern->ops.items[i];
		if (op->kind == OP_SECTION) {
			TRY(print_section(in, i, err));
			i = (uint32_t)op->end - 1;
			continue;
		}
		size_t start = in->out->len;
		TRY(printers[op->kind](in, op, err));
		if (op->pad > 0)
			TRY(pad(in, start, op->pad, err));
	}
	return 0;
}

fallible pattern_format(const struct pattern *pattern, const struct pattern_value *value,
			struct buf *out, struct err *err)
{
	assert(pattern->dialect == PATTERN_JAVA);
	size_t start = out->len;
	struct printer in = { .pattern = pattern, .value = value, .out = out };
	int code = print_ops(&in, 0, pattern->ops.len, err);
	if (code == 0)
		code = buf_check(out, "the formatted text", err);
	if (code != 0)
		buf_truncate(out, start);
	/* "No such field" was for the sections; to the caller it is a wrong pattern. */
	if (code == ERR_NOT_FOUND) {
		if (err != NULL)
			err->code = ERR_INVALID;
		return ERR_INVALID;
	}
	return code;
}

fallible pattern_format_date(const struct pattern *pattern, int64_t days, struct buf *out,
			     struct err *err)
{
	struct pattern_value value = { .has_date = true, .days = days };
	return pattern_format(pattern, &value, out, err);
}

fallible pattern_format_time(const struct pattern *pattern, int64_t ms_of_day, struct buf *out,
			     struct err *err)
{
	struct pattern_value value = { .has_time = true, .nanos_of_day = ms_of_day * 1000000 };
	return pattern_format(pattern, &value, out, err);
}

fallible pattern_format_timestamp(const struct pattern *pattern, int64_t ms,
				  const struct zone *zone, struct zone_span *span, struct buf *out,
				  struct err *err)
{
	int64_t seconds = time_floor_div(ms, 1000);
	int64_t local = seconds + zone_offset(zone, ms, span);
	struct pattern_value value = {
		.has_date = true,
		.has_time = true,
		.days = time_floor_div(local, TIME_DAY_SECONDS),
		.nanos_of_day = time_floor_mod(local, TIME_DAY_SECONDS) * 1000000000 +
				time_floor_mod(ms, 1000) * 1000000,
		.zone = zone,
		.span = *span,
	};
	return pattern_format(pattern, &value, out, err);
}
