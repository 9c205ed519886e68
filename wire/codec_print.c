#include "wire/codec.h"

#include "wire/codec_priv.h"

static void print_string(struct slice text, struct buf *to)
{
	if (text.data == NULL) {
		buf_append_str(to, "null");
		return;
	}
	buf_append_u8(to, '"');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == '"' || c == '\\')
			buf_printf(to, "\\%c", c);
		else if (c < 0x20)
			buf_printf(to, "\\u%04x", c);
		else
			buf_append_u8(to, c);
	}
	buf_append_u8(to, '"');
}

static void print_hex(struct slice bytes, struct buf *to)
{
	if (bytes.data == NULL) {
		buf_append_str(to, "null");
		return;
	}
	buf_append_u8(to, '"');
	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(to, "%02x", bytes.data[i]);
	buf_append_u8(to, '"');
}

static void print_part(const struct message_part *part, int16_t version, const void *item,
		       struct buf *to);

static void print_item(const struct message_field *field, int16_t version, const void *at,
		       struct buf *to)
{
	double number;
	switch ((enum field_type)field->type) {
	case FIELD_BOOL:
		buf_append_str(to, field_number(FIELD_BOOL, at) ? "true" : "false");
		return;
	case FIELD_I8:
	case FIELD_I16:
	case FIELD_U16:
	case FIELD_I32:
	case FIELD_I64:
		buf_printf(to, "%lld", (long long)field_number(field->type, at));
		return;
	case FIELD_F64:
		memcpy(&number, at, sizeof(number));
		buf_printf(to, "%.17g", number);
		return;
	case FIELD_UUID:
		buf_append_u8(to, '"');
		uuid_print(*(const struct uuid *)at, to);
		buf_append_u8(to, '"');
		return;
	case FIELD_STRING:
		print_string(field_slice(at), to);
		return;
	case FIELD_BYTES:
	case FIELD_RECORDS:
		print_hex(field_slice(at), to);
		return;
	case FIELD_STRUCT:
		if (!field->array)
			at = field_pointer(at);
		if (at == NULL)
			buf_append_str(to, "null");
		else
			print_part(field->of(), version, at, to);
		return;
	}
	UNREACHABLE("every type is above");
}

static void print_array(const struct message_field *field, int16_t version, const void *item,
			struct buf *to)
{
	struct any_array array = field_array(field, item);
	if (array.items == NULL) {
		buf_append_str(to, field_nullable_in(field, version) ? "null" : "[]");
		return;
	}
	size_t size = field_item_size(field);
	buf_append_u8(to, '[');
	for (uint32_t i = 0; i < array.len; i++) {
		if (i > 0)
			buf_append_str(to, ", ");
		print_item(field, version, (const char *)array.items + i * size, to);
	}
	buf_append_u8(to, ']');
}

static void print_part(const struct message_part *part, int16_t version, const void *item,
		       struct buf *to)
{
	const char *between = "";
	buf_append_u8(to, '{');
	for (uint16_t i = 0; i < part->nfields; i++) {
		const struct message_field *field = &part->fields[i];
		if (!field_in_version(field, version))
			continue;
		buf_printf(to, "%s\"%s\": ", between, field->name);
		between = ", ";
		if (field->array)
			print_array(field, version, item, to);
		else
			print_item(field, version, (const char *)item + field->offset, to);
	}
	buf_append_u8(to, '}');
}

void message_print(const struct message_type *message, int16_t version, const void *from,
		   struct buf *to)
{
	assert(from != NULL);
	print_part(message->part(), version, from, to);
}
