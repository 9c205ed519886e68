#include "wire/messages.h"

/*
 * A part's table stands in a function, so that `self` can be a typedef in its scope: a field line
 * then needs no mention of the struct that it belongs to.
 */
#define SINCE(version) .since = (version)
#define GONE(version) .gone = (version)
#define TAG(number) .tagged = true, .tag = (number)
#define NULLABLE .nullable = true
#define NULLABLE_SINCE(version) .nullable = true, .null_since = (version)
#define DEFAULT(value) .fallback = (value)
#define IGNORABLE .ignorable = true
#define NEVER_COMPACT .never_compact = true
#define NEVER INT16_MAX

#define REQUEST MESSAGE_REQUEST
#define RESPONSE MESSAGE_RESPONSE
#define DATA MESSAGE_DATA

#define MESSAGE(id, kind_, key_, first_, last_, flexible_)                                         \
	const struct message_type id##_message = { .name = #id,                                    \
						   .kind = kind_,                                  \
						   .key = key_,                                    \
						   .first = first_,                                \
						   .last = last_,                                  \
						   .flexible = flexible_,                          \
						   .part = id##_part };                            \
	PART(id)
#define PART(id)                                                                                   \
	const struct message_part *id##_part(void)                                                 \
	{                                                                                          \
		typedef struct id self;                                                            \
		static const char NAME[] = #id;                                                    \
		static const struct message_field FIELDS[] = {
#define END                                                                                        \
	}                                                                                          \
	;                                                                                          \
	static const struct message_part PART = {                                                  \
		.name = NAME, .fields = FIELDS, .nfields = COUNT_OF(FIELDS), .size = sizeof(self)  \
	};                                                                                         \
	return &PART;                                                                              \
	}
#define FIELD(type_, c_type, id, ...)                                                              \
	{ .name = #id, .type = (type_), .offset = offsetof(self, id), __VA_ARGS__ },
#define FIELD_ARRAY(type_, c_type, id, ...)                                                        \
	{ .name = #id, .type = (type_), .array = true, .offset = offsetof(self, id), __VA_ARGS__ },
#define STRUCT(id, of_, ...)                                                                       \
	{ .name = #id,                                                                             \
	  .type = FIELD_STRUCT,                                                                    \
	  .of = of_##_part,                                                                        \
	  .offset = offsetof(self, id),                                                            \
	  __VA_ARGS__ },
#define STRUCTS(id, of_, ...)                                                                      \
	{ .name = #id,                                                                             \
	  .type = FIELD_STRUCT,                                                                    \
	  .array = true,                                                                           \
	  .of = of_##_part,                                                                        \
	  .offset = offsetof(self, id),                                                            \
	  __VA_ARGS__ },
#include "wire/messages_fields.h"
#include "wire/messages.def"
#include "wire/messages_data.def"
#include "wire/messages_undef.h"

const struct message_type *const MESSAGES[] = {
#define MESSAGE_NO_FIELDS
#include "wire/messages_fields.h"
#define MESSAGE(id, ...) &id##_message,
#define PART(id)
#define END
#include "wire/messages.def"
#include "wire/messages_data.def"
#include "wire/messages_undef.h"
};
const uint32_t MESSAGES_LEN = COUNT_OF(MESSAGES);

const struct message_type *message_of_key(enum message_kind kind, int16_t key)
{
	assert(kind != MESSAGE_DATA);
	for (uint32_t i = 0; i < MESSAGES_LEN; i++) {
		if (MESSAGES[i]->kind == kind && MESSAGES[i]->key == key)
			return MESSAGES[i];
	}
	return NULL;
}
