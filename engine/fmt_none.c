/* NONE: there are no columns, so there are no bytes. */
#include "engine/format.h"

static fallible none_open(const struct format_spec *spec, bool is_key,
			  const struct format_column *columns, uint32_t ncolumns,
			  struct arena *arena, struct format **ret_format, struct err *err)
{
	if (ncolumns > 0) {
		struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
		format_print_columns(columns, ncolumns, is_key, &text);
		int code =
			err_set(err, ERR_UNSUPPORTED,
				"The 'NONE' format can only be used when no columns are defined. "
				"Got: [%s]",
				buf_str(&text));
		buf_fini(&text);
		return code;
	}
	struct format *format = arena_new(arena, struct format);
	*format = (struct format){ .ops = &FORMAT_NONE, .is_key = is_key, .spec = *spec };
	*ret_format = format;
	return 0;
}

static void none_decode(struct format *format, const struct slice *records, uint32_t n,
			struct arena *arena, struct column *const *out, uint8_t *ok,
			format_failed *failed, void *failed_arg)
{
	(void)format;
	(void)records;
	(void)n;
	(void)arena;
	(void)out;
	(void)ok;
	(void)failed;
	(void)failed_arg;
}

static fallible none_encode(struct format *format, const struct column *columns, uint32_t row,
			    struct buf *out, bool *ret_null, struct err *err)
{
	(void)format;
	(void)columns;
	(void)row;
	(void)out;
	(void)err;
	*ret_null = true;
	return 0;
}

const struct format_ops FORMAT_NONE = {
	.name = "NONE",
	.open = none_open,
	.decode = none_decode,
	.encode = none_encode,
};
