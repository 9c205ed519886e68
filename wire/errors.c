#include "wire/errors.h"

struct error_row {
	int16_t code;
	bool retriable;
	const char *name, *text;
};

/* In the order of their codes, so that row i has code i - 1. */
static const struct error_row ERRORS[] = {
#define KAFKA_ERROR(code_, name_, retriable_, text_)                                               \
	[(code_) + 1] = {                                                                          \
		.code = (code_), .retriable = (retriable_), .name = #name_, .text = text_          \
	},
#include "wire/errors.def"
#undef KAFKA_ERROR
};

static const struct error_row *find_error(int16_t code)
{
	static const struct error_row UNKNOWN = { .name = "UNKNOWN",
						  .text = "An error without a name here." };
	if (code < -1 || (size_t)(code + 1) >= COUNT_OF(ERRORS))
		return &UNKNOWN;
	const struct error_row *row = &ERRORS[code + 1];
	return row->name != NULL ? row : &UNKNOWN;
}

const char *kafka_error_name(int16_t code)
{
	return find_error(code)->name;
}

const char *kafka_error_text(int16_t code)
{
	return find_error(code)->text;
}

bool kafka_error_retriable(int16_t code)
{
	return find_error(code)->retriable;
}
