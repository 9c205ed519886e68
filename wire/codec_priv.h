/*
 * codec_priv.h - what the reader, the writer and the printer of messages share: sizes of fields in
 * memory, and which fields a version has.
 */
#ifndef WEIR_WIRE_CODEC_PRIV_H
#define WEIR_WIRE_CODEC_PRIV_H

#include "wire/codec.h"

/* How every array of a message lies in memory, whatever its items are. */
struct any_array {
	void *items;
	uint32_t len;
};

static inline bool field_in_version(const struct message_field *field, int16_t version)
{
	return version >= field->since && (field->gone == 0 || version < field->gone);
}

static inline bool field_nullable_in(const struct message_field *field, int16_t version)
{
	return field->nullable && version >= field->null_since;
}

size_t field_item_size(const struct message_field *field);

static inline struct any_array field_array(const struct message_field *field, const void *item)
{
	struct any_array array;
	memcpy(&array, (const char *)item + field->offset, sizeof(array));
	return array;
}

static inline struct slice field_slice(const void *at)
{
	struct slice slice;
	memcpy(&slice, at, sizeof(slice));
	return slice;
}

static inline const void *field_pointer(const void *at)
{
	const void *part;
	memcpy(&part, at, sizeof(part));
	return part;
}

/* A number of any integral type, widened. */
int64_t field_number(uint8_t type, const void *at);
void field_set_number(uint8_t type, void *at, int64_t value);

#endif
