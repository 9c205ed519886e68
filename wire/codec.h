/*
 * codec.h - one reader, one writer and one printer for every message of Kafka.
 *
 * A message is a table of fields (wire/messages.def makes them); the codec walks the table for a
 * version. What is read borrows its bytes from the frame and puts arrays and parts in the arena, so
 * both must outlive it. Sizes are checked before memory is taken: an array has no more items than
 * bytes are left, and all the structs of one message fit in MESSAGE_BYTES_MAX. Tagged fields that
 * are not known are skipped.
 */
#ifndef WEIR_WIRE_CODEC_H
#define WEIR_WIRE_CODEC_H

#include "base/arena.h"
#include "base/vec.h"
#include "wire/uuid.h"

/* For the arrays and parts of one message; its strings and records stay in the frame. */
#define MESSAGE_BYTES_MAX ((size_t)64 * 1024 * 1024)
/* Parts within parts; the tables are far from it. */
#define MESSAGE_DEPTH_MAX 8

enum message_kind { MESSAGE_REQUEST, MESSAGE_RESPONSE, MESSAGE_DATA };

enum field_type {
	FIELD_BOOL,
	FIELD_I8,
	FIELD_I16,
	FIELD_U16,
	FIELD_I32,
	FIELD_I64,
	FIELD_F64,
	FIELD_UUID,
	FIELD_STRING,
	FIELD_BYTES,
	FIELD_RECORDS,
	FIELD_STRUCT,
};

struct message_part;

struct message_field {
	const char *name;
	const struct message_part *(*of)(void); /* FIELD_STRUCT only */
	int64_t fallback;                       /* the default of a number */
	uint16_t offset;                        /* in the part's struct */
	uint8_t type;                           /* enum field_type */
	bool array;
	int16_t since, gone; /* on the wire from `since` until before `gone`; 0: no end */
	int16_t null_since;  /* when nullable */
	int16_t tag;         /* when tagged */
	bool nullable, tagged, ignorable, never_compact;
};

struct message_part {
	const char *name;
	const struct message_field *fields;
	uint16_t nfields, size;
};

struct message_type {
	const char *name; /* as in C: "produce_request" */
	enum message_kind kind;
	int16_t key; /* of the API, or the type of a record of an internal topic; -1: none */
	int16_t first, last, flexible;
	const struct message_part *(*part)(void);
};

/* Bytes that stay where they are, and belong before byte `at` of the buf that was written. */
struct splice {
	size_t at;
	struct slice bytes; /* borrowed */
};

struct splices {
	VEC(struct splice) list;
	size_t bytes; /* of all of them */
};

/* A part, or an array of parts, with every field at its default. */
#define message_new(arena, name) ((struct name *)message_filled((arena), name##_part(), 1))
#define message_array(arena, name, n) ((struct name *)message_filled((arena), name##_part(), (n)))
void *message_filled(struct arena *arena, const struct message_part *part, size_t n);

static inline bool message_has_version(const struct message_type *message, int16_t version)
{
	return version >= message->first && version <= message->last;
}

static inline bool message_is_flexible(const struct message_type *message, int16_t version)
{
	return version >= message->flexible;
}

/* Reads one message, and leaves in `reader` what follows it; `*ret` points to its struct. */
fallible message_read(const struct message_type *message, int16_t version, struct reader *reader,
		      struct arena *arena, void *ret, struct err *err);

/*
 * Appends a message. Records are not copied but noted in `splices`, unless that is NULL; they must
 * then live as long as the notes. A field that the version lacks must have its default or be
 * ignorable; responses drop it in any case, because a client that asks in an old version wants no
 * more. On failure `to` is as it was.
 */
fallible message_write(const struct message_type *message, int16_t version, const void *from,
		       struct buf *to, struct splices *splices, struct err *err);

/* Appends the fields that this version has as text, much like JSON. */
void message_print(const struct message_type *message, int16_t version, const void *from,
		   struct buf *to);

#endif
