/*
 * errors.h - Kafka's error codes.
 *
 * They are values that stand in responses, not our way to fail (base/err.h). KAFKA_NONE is 0; a
 * code of a newer Kafka has no name here, and "UNKNOWN" instead.
 */
#ifndef WEIR_WIRE_ERRORS_H
#define WEIR_WIRE_ERRORS_H

#include "base/base.h"

enum kafka_error {
#define KAFKA_ERROR(code, name, retriable, text) KAFKA_##name = (code),
#include "wire/errors.def"
#undef KAFKA_ERROR
};

const char *kafka_error_name(int16_t code); /* "TOPIC_ALREADY_EXISTS" */
const char *kafka_error_text(int16_t code); /* one sentence */
bool kafka_error_retriable(int16_t code);

#endif
