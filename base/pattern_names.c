/*
 * The English words of dates, as CLDR and Java 17 have them. Of narrow names that several values
 * share, a text means the last: "J" is July, as Java has it.
 */
#include "base/pattern_priv.h"

#include "base/text.h"

struct names {
	enum pattern_field field;
	int first; /* the value of the first name */
	int count;
	const char *const *text[STYLE_COUNT];
};

/* clang-format off */
static const char *const months_short[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const months_full[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
static const char *const months_narrow[] = { "J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D" };
static const char *const days_short[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char *const days_full[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
static const char *const days_narrow[] = { "M", "T", "W", "T", "F", "S", "S" };
static const char *const quarters_short[] = { "Q1", "Q2", "Q3", "Q4" };
static const char *const quarters_full[] = { "1st quarter", "2nd quarter", "3rd quarter", "4th quarter" };
static const char *const quarters_narrow[] = { "1", "2", "3", "4" };
static const char *const eras_short[] = { "BC", "AD" };
static const char *const eras_full[] = { "Before Christ", "Anno Domini" };
static const char *const eras_narrow[] = { "B", "A" };
static const char *const halves[] = { "AM", "PM" };

static const struct names all[] = {
	{ FIELD_MONTH, 1, 12, { months_short, months_full, months_narrow } },
	{ FIELD_DAY_OF_WEEK, 1, 7, { days_short, days_full, days_narrow } },
	{ FIELD_QUARTER, 1, 4, { quarters_short, quarters_full, quarters_narrow } },
	{ FIELD_ERA, 0, 2, { eras_short, eras_full, eras_narrow } },
	{ FIELD_AMPM, 0, 2, { halves, halves, halves } },
};

/* The moments first, so that they win over the stretches around them. */
static const struct pattern_period periods[] = {
	{ { "midnight", "midnight", "mi" }, 0, 0 },
	{ { "noon", "noon", "n" }, 720, 720 },
	{ { "in the morning", "in the morning", "in the morning" }, 360, 720 },
	{ { "in the afternoon", "in the afternoon", "in the afternoon" }, 720, 1080 },
	{ { "in the evening", "in the evening", "in the evening" }, 1080, 1260 },
	{ { "at night", "at night", "at night" }, 1260, 360 },
	/* These are read, and never printed. */
	{ { "AM", "AM", "a" }, 0, 720 },
	{ { "PM", "PM", "p" }, 720, 1440 },
};
/* clang-format on */

static const struct names *names_of(enum pattern_field field)
{
	for (size_t i = 0; i < COUNT_OF(all); i++)
		if (all[i].field == field)
			return &all[i];
	UNREACHABLE("a field in text has names");
}

const char *pattern_name(enum pattern_field field, enum pattern_style style, int64_t value)
{
	const struct names *names = names_of(field);
	if (value < names->first || value >= names->first + names->count)
		return NULL;
	return names->text[style][value - names->first];
}

/* The same letters of any alphabet, large or small. */
static bool same_letters(struct slice a, struct slice b)
{
	CLEANUP(buf_fini) struct buf lower_a = BUF_INIT(PATTERN_BYTES_MAX * 4);
	CLEANUP(buf_fini) struct buf lower_b = BUF_INIT(PATTERN_BYTES_MAX * 4);
	text_append_lower(&lower_a, a);
	text_append_lower(&lower_b, b);
	return slice_eq(buf_slice(&lower_a), buf_slice(&lower_b));
}

static bool is_ascii(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] >= 0x80)
			return false;
	return true;
}

bool pattern_starts_with(struct slice text, struct slice prefix, bool ignore_case)
{
	struct slice front = slice_sub(text, 0, prefix.len);
	if (!ignore_case)
		return slice_eq(front, prefix);
	return slice_eq_nocase(front, prefix) ||
	       (front.len == prefix.len && !is_ascii(prefix) && same_letters(front, prefix));
}

bool pattern_name_match(enum pattern_field field, enum pattern_style style, struct slice text,
			bool ignore_case, int64_t *ret_value, size_t *ret_len)
{
	const struct names *names = names_of(field);
	size_t longest = 0;
	for (int i = 0; i < names->count; i++) {
		struct slice name = slice_str(names->text[style][i]);
		if (name.len < longest || !pattern_starts_with(text, name, ignore_case))
			continue;
		longest = name.len;
		*ret_value = names->first + i;
		*ret_len = name.len;
	}
	return longest > 0;
}

bool pattern_period_has(const struct pattern_period *period, int64_t minute_of_day)
{
	if (period->from == period->until)
		return minute_of_day == period->from;
	if (period->from < period->until)
		return minute_of_day >= period->from && minute_of_day < period->until;
	return minute_of_day >= period->from || minute_of_day < period->until;
}

const struct pattern_period *pattern_period_of(int64_t minute_of_day)
{
	for (size_t i = 0; i < COUNT_OF(periods); i++)
		if (pattern_period_has(&periods[i], minute_of_day))
			return &periods[i];
	UNREACHABLE("the periods fill the day");
}

const struct pattern_period *pattern_period_match(struct slice text, enum pattern_style style,
						  bool ignore_case, size_t *ret_len)
{
	const struct pattern_period *found = NULL;
	for (size_t i = 0; i < COUNT_OF(periods); i++) {
		struct slice name = slice_str(periods[i].text[style]);
		if ((found == NULL || name.len > *ret_len) &&
		    pattern_starts_with(text, name, ignore_case)) {
			*ret_len = name.len;
			found = &periods[i];
		}
	}
	return found;
}
