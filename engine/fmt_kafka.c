/*
 * KAFKA: one column in the bytes of Kafka's own serializers.
 *
 * INTEGER 4 bytes, BIGINT and DOUBLE 8, big-endian; STRING is UTF-8, BYTES are themselves.
 */
#include "engine/format.h"

static fallible kafka_open(const struct format_spec *spec, bool is_key,
			   const struct format_column *columns, uint32_t ncolumns,
			   struct arena *arena, struct format **ret_format, struct err *err)
{
	if (ncolumns != 1) {
		struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
		format_print_columns(columns, ncolumns, is_key, &text);
		int code = err_set(err, ERR_UNSUPPORTED,
				   "The 'KAFKA' format only supports a single field. Got: [%s]",
				   buf_str(&text));
		buf_fini(&text);
		return code;
	}
	switch ((int)columns[0].type->kind) {
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_DOUBLE:
	case TYPE_STRING:
	case TYPE_BYTES:
		break;
	default:
		return err_set(err, ERR_UNSUPPORTED,
			       "The 'KAFKA' format does not support type '%s'",
			       type_kind_name(columns[0].type->kind));
	}
	struct format *format = arena_new(arena, struct format);
	*format = (struct format){ .ops = &FORMAT_KAFKA,
				   .is_key = is_key,
				   .columns = columns,
				   .ncolumns = 1,
				   .spec = *spec };
	*ret_format = format;
	return 0;
}

static bool decode_one(const struct type *type, struct slice bytes, struct value *value)
{
	value->is_null = false;
	switch ((int)type->kind) {
	case TYPE_INT:
		if (bytes.len != 4)
			return false;
		value->i32 = (int32_t)load_be32(bytes.data);
		return true;
	case TYPE_BIGINT:
	case TYPE_DOUBLE:
		if (bytes.len != 8)
			return false;
		value->i64 = (int64_t)load_be64(bytes.data); /* the same bits for a double */
		return true;
	default:
		value->bytes = bytes;
		return true;
	}
}

static void kafka_decode(struct format *format, const struct slice *records, uint32_t n,
			 struct arena *arena, struct column *const *out, uint8_t *ok,
			 format_failed *failed, void *failed_arg)
{
	(void)arena;
	const struct type *type = format->columns[0].type;
	for (uint32_t i = 0; i < n; i++) {
		struct value value = VALUE_NULL;
		if (!ok[i])
			continue;
		if (!slice_is_null(records[i]) && !decode_one(type, records[i], &value)) {
			ok[i] = 0;
			failed(failed_arg, i,
			       "Size of data received by the deserializer is not "
			       "that of the column's type");
			continue;
		}
		if (out[0] != NULL)
			column_set(out[0], i, &value);
	}
}

static fallible kafka_encode(struct format *format, const struct column *columns, uint32_t row,
			     struct buf *out, bool *ret_null, struct err *err)
{
	(void)format;
	(void)err;
	struct value value = column_value(&columns[0], row);
	*ret_null = value.is_null;
	if (value.is_null)
		return 0;
	switch ((int)columns[0].type->kind) {
	case TYPE_INT:
		buf_append_u32(out, (uint32_t)value.i32);
		break;
	case TYPE_BIGINT:
	case TYPE_DOUBLE:
		buf_append_u64(out, (uint64_t)value.i64);
		break;
	default:
		buf_append(out, value.bytes);
		break;
	}
	return 0;
}

const struct format_ops FORMAT_KAFKA = {
	.name = "KAFKA",
	.open = kafka_open,
	.decode = kafka_decode,
	.encode = kafka_encode,
};
