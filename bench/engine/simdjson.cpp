#include "bench/engine/simdjson.h"

#include <simdjson.h>

using namespace simdjson;

struct simdjson_parser {
	ondemand::parser parser;
};

struct simdjson_parser *simdjson_parser_new(void)
{
	return new simdjson_parser();
}

void simdjson_parser_free(struct simdjson_parser *parser)
{
	delete parser;
}

size_t simdjson_in_order(struct simdjson_parser *parser, const uint8_t *const *records,
			 const size_t *lens, size_t n, const struct simdjson_columns *columns)
{
	size_t read = 0;
	for (size_t i = 0; i < n; i++) {
		padded_string_view text(records[i], lens[i], lens[i] + SIMDJSON_PADDING);
		ondemand::document document;
		ondemand::object object;
		if (parser->parser.iterate(text).get(document) || document.get_object().get(object))
			continue;
		read += !object.find_field("auction").get(columns->auction[i]) &&
			!object.find_field("price").get(columns->price[i]) &&
			!object.find_field("datetime").get(columns->datetime[i]);
	}
	return read;
}

size_t simdjson_unordered(struct simdjson_parser *parser, const uint8_t *const *records,
			  const size_t *lens, size_t n, const struct simdjson_columns *columns)
{
	size_t read = 0;
	for (size_t i = 0; i < n; i++) {
		padded_string_view text(records[i], lens[i], lens[i] + SIMDJSON_PADDING);
		ondemand::document document;
		ondemand::object object;
		if (parser->parser.iterate(text).get(document) || document.get_object().get(object))
			continue;
		read += !object.find_field_unordered("auction").get(columns->auction[i]) &&
			!object.find_field_unordered("price").get(columns->price[i]) &&
			!object.find_field_unordered("datetime").get(columns->datetime[i]);
	}
	return read;
}
