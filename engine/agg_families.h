/*
 * agg_families.h - the tables of aggregate functions, one file a family; agg.c lists them.
 *
 * Each table ends with an entry without a name.
 */
#ifndef WEIR_ENGINE_AGG_FAMILIES_H
#define WEIR_ENGINE_AGG_FAMILIES_H

#include "engine/agg.h"

extern const struct agg_def AGG_NUMBERS[];    /* COUNT SUM AVG SUM_LIST */
extern const struct agg_def AGG_ORDER[];      /* MIN MAX TOPK TOPKDISTINCT */
extern const struct agg_def AGG_COLLECT[];    /* COLLECT_* *_BY_OFFSET HISTOGRAM ATTR */
extern const struct agg_def AGG_STATISTICS[]; /* STDDEV_* CORRELATION COUNT_DISTINCT */

/* For states that are plain memory: saved and loaded as their bytes. */
#define AGG_PLAIN_STATE(type)                                                                      \
	static void type##_save(const struct agg *agg, const void *state, struct buf *out)         \
	{                                                                                          \
		(void)agg;                                                                         \
		buf_append(out, slice_of(state, sizeof(struct type)));                             \
	}                                                                                          \
	static fallible type##_load(const struct agg *agg, void *state, struct reader *in,         \
				    struct err *err)                                               \
	{                                                                                          \
		(void)agg;                                                                         \
		struct slice bytes = reader_bytes(in, sizeof(struct type));                        \
		TRY(reader_check(in, "an aggregate's state", err));                                \
		memcpy(state, bytes.data, sizeof(struct type));                                    \
		return 0;                                                                          \
	}

#endif
