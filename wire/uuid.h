/*
 * uuid.h - sixteen bytes that name a topic, a member or a directory for ever.
 *
 * All zeroes mean "none". As text it is Kafka's: 22 characters of URL-safe base64 without padding.
 */
#ifndef WEIR_WIRE_UUID_H
#define WEIR_WIRE_UUID_H

#include "base/bytes.h"

#define UUID_TEXT_LEN 22

struct uuid {
	uint8_t bytes[16];
};

static inline bool uuid_eq(struct uuid a, struct uuid b)
{
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

static inline bool uuid_is_zero(struct uuid uuid)
{
	return uuid_eq(uuid, (struct uuid){ 0 });
}

/* A random (version 4) UUID from 16 random bytes. */
struct uuid uuid_from_random(const uint8_t random[16]);
void uuid_print(struct uuid uuid, struct buf *to);
fallible uuid_parse(struct slice text, struct uuid *ret_uuid, struct err *err);

#endif
