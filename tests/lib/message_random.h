/*
 * message_random.h - a message with random values, made from its table, for property tests.
 *
 * Only fields that the version has are set, nulls stand only where they may, arrays are short. The
 * same seed gives the same message.
 */
#ifndef WEIR_TESTS_LIB_MESSAGE_RANDOM_H
#define WEIR_TESTS_LIB_MESSAGE_RANDOM_H

#include "tests/lib/test.h"
#include "wire/codec.h"

void *message_random(const struct message_type *message, int16_t version, struct rng *rng,
		     struct arena *arena);

#endif
