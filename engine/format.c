#include "engine/format.h"

/* clang-format off */
static const struct format_traits TRAITS[] = {
	{ .name = "JSON",          .can_wrap = true, .can_unwrap = true },
	{ .name = "DELIMITED",     .can_unwrap = true, .delimiter = true },
	{ .name = "KAFKA",         .can_unwrap = true, .single_column_only = true, .no_grouping = true },
	{ .name = "NONE",          .key_only = true },
	{ .name = "AVRO",          .can_wrap = true, .can_unwrap = true, .schema_registry = true, .infers_schema = true },
	{ .name = "PROTOBUF",      .can_wrap = true, .schema_registry = true, .infers_schema = true },
	{ .name = "PROTOBUF_NOSR", .can_wrap = true },
	{ .name = "JSON_SR",       .can_wrap = true, .can_unwrap = true, .schema_registry = true, .infers_schema = true },
};
/* clang-format on */

static const struct format_ops *const FORMATS[] = { &FORMAT_JSON, &FORMAT_DELIMITED, &FORMAT_KAFKA,
						    &FORMAT_NONE };

const struct format_ops *format_find(struct slice name)
{
	for (size_t i = 0; i < COUNT_OF(FORMATS); i++) {
		if (slice_eq(name, slice_str(FORMATS[i]->name)))
			return FORMATS[i];
	}
	return NULL;
}

const struct format_traits *format_traits_find(struct slice name)
{
	for (size_t i = 0; i < COUNT_OF(TRAITS); i++) {
		if (slice_eq(name, slice_str(TRAITS[i].name)))
			return &TRAITS[i];
	}
	return NULL;
}

fallible format_check(const struct format_spec *spec, bool is_key,
		      const struct format_column *columns, uint32_t ncolumns, struct err *err)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct format *format;
	const struct format_ops *ops = format_find(spec->name);
	if (ops == NULL)
		return err_set(err, ERR_UNSUPPORTED,
			       "the '%.*s' format is not available: it needs a schema registry",
			       SLICE_ARGS(spec->name));
	return ops->open(spec, is_key, columns, ncolumns, &arena, &format, err);
}

/* "`A` INTEGER, `B` STRING KEY", for errors. */
void format_print_columns(const struct format_column *columns, uint32_t n, bool is_key,
			  struct buf *out)
{
	for (uint32_t i = 0; i < n; i++) {
		buf_printf(out, "%s`%.*s` ", i > 0 ? ", " : "", SLICE_ARGS(columns[i].name));
		type_print(columns[i].type, out);
		buf_append_str(out, is_key ? " KEY" : "");
	}
}
