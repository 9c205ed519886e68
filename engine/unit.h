/*
 * unit.h - units of time, as DATEADD and its relatives get them: in the i32 of a constant of
 * TYPE_INTERVAL. They stand in the order of sql's units, which checks that at compile time.
 */
#ifndef WEIR_ENGINE_UNIT_H
#define WEIR_ENGINE_UNIT_H

#include "base/time.h"

enum unit {
	UNIT_MILLISECOND,
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_MONTH,
	UNIT_YEAR,
	UNIT_COUNT,
};

/* 0 where its length varies. */
static inline int64_t unit_length_ms(enum unit unit)
{
	static const int64_t ms[UNIT_COUNT] = { 1, 1000, 60000, 3600000, TIME_DAY_MS, 0, 0 };
	assert(unit < UNIT_COUNT);
	return ms[unit];
}

#endif
