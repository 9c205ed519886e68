#include "wire/codec.h"

#include "wire/codec_priv.h"
#include "wire/varint.h"

/* One writing of one message; the first failure stays. */
struct encode {
	struct buf *to;
	struct splices *splices; /* NULL: records are copied */
	int16_t version;
	bool flexible, strict;
	unsigned depth;
	const struct message_field *field; /* what failed */
	const char *why;
};

static void encode_fail(struct encode *e, const struct message_field *field, const char *why)
{
	if (e->why != NULL)
		return;
	e->field = field;
	e->why = why;
}

static void append_varint(struct buf *to, uint32_t value)
{
	uint8_t bytes[VARINT_BYTES_MAX];
	buf_append(to, slice_of(bytes, (size_t)(varint_store(bytes, value) - bytes)));
}

static void encode_length(struct encode *e, const struct message_field *field, bool wide,
			  int64_t len)
{
	assert(len >= -1);
	if (e->flexible && !field->never_compact) {
		if (len >= UINT32_MAX)
			encode_fail(e, field, "is too long");
		else
			append_varint(e->to, (uint32_t)(len + 1));
	} else if (wide) {
		if (len > INT32_MAX)
			encode_fail(e, field, "is too long");
		buf_append_u32(e->to, (uint32_t)len);
	} else {
		if (len > INT16_MAX)
			encode_fail(e, field, "is too long");
		buf_append_u16(e->to, (uint16_t)len);
	}
}

static void encode_slice(struct encode *e, const struct message_field *field, struct slice bytes)
{
	bool null = bytes.data == NULL && field_nullable_in(field, e->version);
	encode_length(e, field, field->type != FIELD_STRING, null ? -1 : (int64_t)bytes.len);
	if (bytes.len == 0)
		return;
	if (field->type == FIELD_RECORDS && e->splices != NULL) {
		vec_push(&e->splices->list, (struct splice){ .at = e->to->len, .bytes = bytes });
		e->splices->bytes += bytes.len;
	} else {
		buf_append(e->to, bytes);
	}
}

static void encode_part(struct encode *e, const struct message_part *part, const void *item);

static void encode_pointer(struct encode *e, const struct message_field *field, const void *item)
{
	bool nullable = field_nullable_in(field, e->version);
	if (nullable)
		buf_append_u8(e->to, item != NULL ? 1 : (uint8_t)-1);
	if (item != NULL)
		encode_part(e, field->of(), item);
	else if (!nullable)
		encode_fail(e, field, "may not be null");
}

static void encode_number(struct encode *e, uint8_t type, const void *at)
{
	if (type == FIELD_F64) {
		uint64_t bits;
		memcpy(&bits, at, sizeof(bits));
		buf_append_u64(e->to, bits);
		return;
	}
	uint64_t bits = (uint64_t)field_number(type, at);
	switch ((enum field_type)type) {
	case FIELD_BOOL:
	case FIELD_I8:
		buf_append_u8(e->to, (uint8_t)bits);
		return;
	case FIELD_I16:
	case FIELD_U16:
		buf_append_u16(e->to, (uint16_t)bits);
		return;
	case FIELD_I32:
		buf_append_u32(e->to, (uint32_t)bits);
		return;
	case FIELD_I64:
		buf_append_u64(e->to, bits);
		return;
	case FIELD_F64:
	case FIELD_UUID:
	case FIELD_STRING:
	case FIELD_BYTES:
	case FIELD_RECORDS:
	case FIELD_STRUCT:
		break;
	}
	UNREACHABLE("not a number");
}

static void encode_item(struct encode *e, const struct message_field *field, const void *at)
{
	if (field->type == FIELD_STRUCT) {
		if (field->array)
			encode_part(e, field->of(), at);
		else
			encode_pointer(e, field, field_pointer(at));
	} else if (field->type >= FIELD_STRING) {
		encode_slice(e, field, field_slice(at));
	} else if (field->type == FIELD_UUID) {
		buf_append(e->to, slice_of(at, sizeof(struct uuid)));
	} else {
		encode_number(e, field->type, at);
	}
}

static void encode_field(struct encode *e, const struct message_field *field, const void *item)
{
	if (!field->array) {
		encode_item(e, field, (const char *)item + field->offset);
		return;
	}
	struct any_array array = field_array(field, item);
	bool null = array.items == NULL && field_nullable_in(field, e->version);
	assert(IMPLIES(array.items == NULL, array.len == 0));
	encode_length(e, field, true, null ? -1 : (int64_t)array.len);
	struct message_field one = *field;
	one.nullable = false;
	size_t size = field_item_size(field);
	for (uint32_t i = 0; i < array.len && !e->to->overflowed; i++)
		encode_item(e, &one, (const char *)array.items + i * size);
}

static bool part_is_default(const struct message_part *part, const void *item);

static bool field_is_default(const struct message_field *field, const void *item)
{
	const char *at = (const char *)item + field->offset;
	if (field->array)
		return field_array(field, item).len == 0;
	switch ((enum field_type)field->type) {
	case FIELD_BOOL:
	case FIELD_I8:
	case FIELD_I16:
	case FIELD_U16:
	case FIELD_I32:
	case FIELD_I64:
		return field_number(field->type, at) == field->fallback;
	case FIELD_F64:
		return field_number(FIELD_I64, at) == 0; /* the bits of 0.0 */
	case FIELD_UUID:
		return uuid_is_zero(*(const struct uuid *)at);
	case FIELD_STRING:
	case FIELD_BYTES:
	case FIELD_RECORDS:
		return field_slice(at).len == 0 &&
		       (!field->nullable || field_slice(at).data == NULL);
	case FIELD_STRUCT:
		return field_pointer(at) == NULL ||
		       (!field->nullable && part_is_default(field->of(), field_pointer(at)));
	}
	UNREACHABLE("every type is above");
}

static bool part_is_default(const struct message_part *part, const void *item)
{
	for (uint16_t i = 0; i < part->nfields; i++) {
		if (!field_is_default(&part->fields[i], item))
			return false;
	}
	return true;
}

static bool is_written_tagged(const struct encode *e, const struct message_field *field,
			      const void *item)
{
	return field->tagged && field_in_version(field, e->version) &&
	       !field_is_default(field, item);
}

/* Writes a payload, then moves it to make room for the length that stands in front of it. */
static void encode_one_tagged(struct encode *e, const struct message_field *field, const void *item)
{
	assert(field->type != FIELD_RECORDS); /* a splice would not move along */
	append_varint(e->to, (uint32_t)field->tag);
	size_t start = e->to->len;
	encode_field(e, field, item);
	size_t len = e->to->len - start;
	append_varint(e->to, (uint32_t)len);
	if (e->to->overflowed)
		return;
	uint8_t prefix[5];
	size_t prefix_len = e->to->len - start - len;
	assert(prefix_len <= sizeof(prefix));
	memcpy(prefix, e->to->data + start + len, prefix_len);
	memmove(e->to->data + start + prefix_len, e->to->data + start, len);
	memcpy(e->to->data + start, prefix, prefix_len);
}

/* Tags go in ascending order, whatever the order of the table. */
static void encode_tagged(struct encode *e, const struct message_part *part, const void *item)
{
	uint32_t n = 0;
	for (uint16_t i = 0; i < part->nfields; i++)
		n += is_written_tagged(e, &part->fields[i], item);
	append_varint(e->to, n);
	for (int16_t tag = 0; n > 0; tag++) {
		assert(tag < INT16_MAX);
		for (uint16_t i = 0; i < part->nfields; i++) {
			const struct message_field *field = &part->fields[i];
			if (field->tag == tag && is_written_tagged(e, field, item)) {
				encode_one_tagged(e, field, item);
				n--;
			}
		}
	}
}

static void encode_part(struct encode *e, const struct message_part *part, const void *item)
{
	assert(e->depth < MESSAGE_DEPTH_MAX);
	e->depth++;
	for (uint16_t i = 0; i < part->nfields; i++) {
		const struct message_field *field = &part->fields[i];
		if (!field_in_version(field, e->version)) {
			if (e->strict && !field->ignorable && !field_is_default(field, item))
				encode_fail(e, field, "cannot be said in this version");
		} else if (!field->tagged) {
			encode_field(e, field, item);
		}
	}
	if (e->flexible)
		encode_tagged(e, part, item);
	e->depth--;
}

fallible message_write(const struct message_type *message, int16_t version, const void *from,
		       struct buf *to, struct splices *splices, struct err *err)
{
	assert(from != NULL);
	if (!message_has_version(message, version))
		return err_set(err, ERR_UNSUPPORTED, "%s has no version %d", message->name,
			       version);
	struct encode e = { .to = to,
			    .splices = splices,
			    .version = version,
			    .flexible = message_is_flexible(message, version),
			    .strict = message->kind != MESSAGE_RESPONSE };
	size_t start = to->len, splices_start = splices != NULL ? splices->bytes : 0;
	uint32_t nsplices = splices != NULL ? splices->list.len : 0;
	encode_part(&e, message->part(), from);
	if (e.why == NULL && !to->overflowed)
		return 0;
	bool overflowed = to->overflowed;
	buf_truncate(to, start);
	to->overflowed = false;
	if (splices != NULL) {
		splices->list.len = nsplices;
		splices->bytes = splices_start;
	}
	if (overflowed)
		return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", message->name,
			       to->bytes_max);
	return err_set(err, ERR_INVALID, "%s version %d: %s %s", message->name, version,
		       e.field->name, e.why);
}
