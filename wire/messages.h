/*
 * messages.h - a C struct, and a table of fields, for every message of messages.def.
 *
 * `struct produce_request` holds what ProduceRequest holds in any version; produce_request_message
 * describes it to the codec (wire/codec.h). Strings, bytes and records are slices borrowed from the
 * frame they were read from; arrays and parts are in the arena of whoever reads or builds. NULL
 * data, NULL items and a NULL part mean null where the version allows it, and empty where it does
 * not; so a zeroed struct is valid, but make one with message_new, which also sets the defaults.
 */
#ifndef WEIR_WIRE_MESSAGES_H
#define WEIR_WIRE_MESSAGES_H

#include "wire/codec.h"

#define MESSAGE_ARRAY(type)                                                                        \
	struct {                                                                                   \
		type *items;                                                                       \
		uint32_t len;                                                                      \
	}

/* First every name, so that the parts may come in any order. */
#define MESSAGE_NO_FIELDS
#include "wire/messages_fields.h"
#define MESSAGE(name, ...)                                                                         \
	struct name;                                                                               \
	extern const struct message_type name##_message;                                           \
	const struct message_part *name##_part(void);
#define PART(name)                                                                                 \
	struct name;                                                                               \
	const struct message_part *name##_part(void);
#define END
#include "wire/messages.def"
#include "wire/messages_data.def"
#include "wire/messages_undef.h"

#define MESSAGE(name, ...) struct name {
#define PART(name) struct name {
#define END                                                                                        \
	}                                                                                          \
	;
#define FIELD(type, c_type, name, ...) c_type name;
#define FIELD_ARRAY(type, c_type, name, ...) MESSAGE_ARRAY(c_type) name;
#define STRUCT(name, part, ...) struct part *name;
#define STRUCTS(name, part, ...) MESSAGE_ARRAY(struct part) name;
#include "wire/messages_fields.h"
#include "wire/messages.def"
#include "wire/messages_data.def"
#include "wire/messages_undef.h"

/* Every message, for tools and tests. */
extern const struct message_type *const MESSAGES[];
extern const uint32_t MESSAGES_LEN;

/* The request or response of an API; NULL: not among ours. */
const struct message_type *message_of_key(enum message_kind kind, int16_t key);

#endif
