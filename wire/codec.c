#include "wire/codec.h"

#include "wire/codec_priv.h"
#include "wire/varint.h"

#define PART_ALIGN 8

static const uint8_t ITEM_SIZES[] = {
	[FIELD_BOOL] = sizeof(bool),
	[FIELD_I8] = 1,
	[FIELD_I16] = 2,
	[FIELD_U16] = 2,
	[FIELD_I32] = 4,
	[FIELD_I64] = 8,
	[FIELD_F64] = 8,
	[FIELD_UUID] = sizeof(struct uuid),
	[FIELD_STRING] = sizeof(struct slice),
	[FIELD_BYTES] = sizeof(struct slice),
	[FIELD_RECORDS] = sizeof(struct slice),
	[FIELD_STRUCT] = sizeof(void *),
};

/* The bytes of one item in memory; a part in an array lies there whole. */
size_t field_item_size(const struct message_field *field)
{
	assert(field->type < COUNT_OF(ITEM_SIZES));
	if (field->type == FIELD_STRUCT && field->array)
		return field->of()->size;
	return ITEM_SIZES[field->type];
}

int64_t field_number(uint8_t type, const void *at)
{
	int64_t wide = 0;
	assert(type <= FIELD_F64);
	if (type == FIELD_BOOL)
		return *(const bool *)at;
	memcpy(&wide, at, ITEM_SIZES[type]);
	unsigned shift = 64 - 8u * ITEM_SIZES[type];
	if (type == FIELD_U16)
		return wide;
	return (int64_t)((uint64_t)wide << shift) >> shift;
}

void field_set_number(uint8_t type, void *at, int64_t value)
{
	assert(type <= FIELD_I64);
	if (type == FIELD_BOOL) {
		*(bool *)at = value != 0;
		return;
	}
	memcpy(at, &value, ITEM_SIZES[type]);
}

static bool is_number(const struct message_field *field)
{
	return !field->array && field->type <= FIELD_I64;
}

static void fill_defaults(const struct message_part *part, void *item)
{
	for (uint16_t i = 0; i < part->nfields; i++) {
		const struct message_field *field = &part->fields[i];
		if (field->fallback != 0 && is_number(field))
			field_set_number(field->type, (char *)item + field->offset,
					 field->fallback);
	}
}

void *message_filled(struct arena *arena, const struct message_part *part, size_t n)
{
	char *items = arena_zeroed(arena, MAX(arena_size(n, part->size), 1), PART_ALIGN);
	for (size_t i = 0; i < n; i++)
		fill_defaults(part, items + i * part->size);
	return items;
}

/* One reading of one message. The reader fails softly: `why` is set when it is not for want of
 * bytes. */
struct decode {
	struct reader *reader; /* borrowed; the payload's own while in a tagged field */
	struct arena *arena;
	size_t bytes_left; /* of MESSAGE_BYTES_MAX */
	int16_t version;
	bool flexible;
	unsigned depth;
	const struct message_field *field; /* where it failed */
	const char *why;
	enum err_code code;
};

static void decode_fail(struct decode *d, const struct message_field *field, enum err_code code,
			const char *why)
{
	if (d->reader->failed)
		return;
	reader_fail(d->reader);
	d->field = field;
	d->code = code;
	d->why = why;
}

static void *decode_take(struct decode *d, const struct message_field *field, size_t n, size_t size)
{
	size_t bytes = arena_size(n, size);
	if (bytes > d->bytes_left) {
		decode_fail(d, field, ERR_LIMIT, "has too many items");
		return NULL;
	}
	d->bytes_left -= bytes;
	return arena_zeroed(d->arena, MAX(bytes, 1), PART_ALIGN);
}

/* A length or count; -1: null. `wide`: int32 where not compact, else int16. */
static int64_t decode_length(struct decode *d, const struct message_field *field, bool wide)
{
	int64_t len;
	if (d->flexible && !field->never_compact)
		len = (int64_t)reader_varint(d->reader) - 1;
	else
		len = wide ? (int32_t)reader_u32(d->reader) : (int16_t)reader_u16(d->reader);
	if (d->reader->failed)
		return 0;
	if (len < -1)
		decode_fail(d, field, ERR_CORRUPT, "has a negative length");
	else if (len == -1 && !field_nullable_in(field, d->version))
		decode_fail(d, field, ERR_CORRUPT, "is null");
	else if (len > (int64_t)reader_left(d->reader))
		decode_fail(d, field, ERR_TRUNCATED, "is longer than what is left");
	else
		return len;
	return 0;
}

static struct slice decode_slice(struct decode *d, const struct message_field *field)
{
	int64_t len = decode_length(d, field, field->type != FIELD_STRING);
	if (len < 0)
		return (struct slice){ 0 };
	struct slice bytes = reader_bytes(d->reader, (size_t)len);
	return bytes.data != NULL ? bytes : SLICE_EMPTY;
}

static uint64_t decode_bits(struct decode *d, uint8_t type)
{
	switch (ITEM_SIZES[type]) {
	case 1:
		return reader_u8(d->reader);
	case 2:
		return reader_u16(d->reader);
	case 4:
		return reader_u32(d->reader);
	default:
		return reader_u64(d->reader);
	}
}

static void decode_part(struct decode *d, const struct message_part *part, void *item);

static void decode_pointer(struct decode *d, const struct message_field *field, void *at)
{
	bool null = field_nullable_in(field, d->version) && (int8_t)reader_u8(d->reader) < 0;
	const struct message_part *part = field->of();
	void *item = null || d->reader->failed ? NULL : decode_take(d, field, 1, part->size);
	if (item != NULL)
		decode_part(d, part, item);
	memcpy(at, &item, sizeof(item));
}

static void decode_item(struct decode *d, const struct message_field *field, void *at)
{
	if (field->type == FIELD_STRUCT) {
		if (field->array)
			decode_part(d, field->of(), at);
		else
			decode_pointer(d, field, at);
	} else if (field->type >= FIELD_STRING) {
		struct slice bytes = decode_slice(d, field);
		memcpy(at, &bytes, sizeof(bytes));
	} else if (field->type == FIELD_UUID) {
		struct slice bytes = reader_bytes(d->reader, sizeof(struct uuid));
		if (!d->reader->failed)
			memcpy(at, bytes.data, sizeof(struct uuid));
	} else if (field->type == FIELD_BOOL) {
		*(bool *)at = reader_u8(d->reader) != 0;
	} else {
		uint64_t bits = decode_bits(d, field->type);
		memcpy(at, &bits, ITEM_SIZES[field->type]); /* little endian: the low bytes */
	}
}

static void decode_array(struct decode *d, const struct message_field *field, void *at)
{
	int64_t len = decode_length(d, field, true);
	if (len < 0 || d->reader->failed)
		return;
	size_t size = field_item_size(field);
	struct any_array array = { .items = decode_take(d, field, (size_t)len, size) };
	if (array.items == NULL)
		return;
	struct message_field item = *field;
	item.nullable = item.nullable && field->type == FIELD_STRUCT;
	for (int64_t i = 0; i < len && !d->reader->failed; i++)
		decode_item(d, &item, (char *)array.items + (size_t)i * size);
	array.len = (uint32_t)len;
	memcpy(at, &array, sizeof(array));
}

static void decode_field(struct decode *d, const struct message_field *field, void *item)
{
	void *at = (char *)item + field->offset;
	if (field->array)
		decode_array(d, field, at);
	else
		decode_item(d, field, at);
}

static const struct message_field *find_tagged(const struct message_part *part, uint32_t tag,
					       int16_t version)
{
	for (uint16_t i = 0; i < part->nfields; i++) {
		const struct message_field *field = &part->fields[i];
		if (field->tagged && (uint32_t)field->tag == tag &&
		    field_in_version(field, version))
			return field;
	}
	return NULL;
}

/* A tagged field has its own length, and must fill it: the rest of the message begins behind it. */
static void decode_tagged(struct decode *d, const struct message_part *part, void *item)
{
	uint32_t n = reader_varint(d->reader);
	for (uint32_t i = 0; i < n && !d->reader->failed; i++) {
		uint32_t tag = reader_varint(d->reader);
		uint32_t len = reader_varint(d->reader);
		struct reader payload = reader_of(reader_bytes(d->reader, len));
		const struct message_field *field = find_tagged(part, tag, d->version);
		if (field == NULL || d->reader->failed)
			continue;
		struct reader *outer = d->reader;
		d->reader = &payload;
		decode_field(d, field, item);
		if (reader_left(&payload) > 0)
			decode_fail(d, field, ERR_CORRUPT, "is shorter than its length");
		d->reader = outer;
		if (payload.failed)
			reader_fail(outer);
	}
}

static void decode_part(struct decode *d, const struct message_part *part, void *item)
{
	assert(d->depth < MESSAGE_DEPTH_MAX);
	d->depth++;
	fill_defaults(part, item);
	for (uint16_t i = 0; i < part->nfields && !d->reader->failed; i++) {
		const struct message_field *field = &part->fields[i];
		if (!field->tagged && field_in_version(field, d->version))
			decode_field(d, field, item);
	}
	if (d->flexible)
		decode_tagged(d, part, item);
	d->depth--;
}

fallible message_read(const struct message_type *message, int16_t version, struct reader *reader,
		      struct arena *arena, void *ret, struct err *err)
{
	if (!message_has_version(message, version))
		return err_set(err, ERR_UNSUPPORTED, "%s has no version %d", message->name,
			       version);
	struct decode d = { .reader = reader,
			    .arena = arena,
			    .bytes_left = MESSAGE_BYTES_MAX,
			    .version = version,
			    .flexible = message_is_flexible(message, version) };
	const struct message_part *part = message->part();
	void *item = arena_zeroed(arena, MAX(part->size, 1), PART_ALIGN);
	decode_part(&d, part, item);
	assert(d.depth == 0);
	if (d.why != NULL)
		return err_set(err, d.code, "%s version %d: %s %s", message->name, version,
			       d.field->name, d.why);
	if (reader->failed)
		return err_set(err, ERR_TRUNCATED, "%s version %d ends too early", message->name,
			       version);
	memcpy(ret, &item, sizeof(item));
	return 0;
}
