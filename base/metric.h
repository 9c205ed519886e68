/*
 * metric.h - counters, gauges and histograms, each named once, in metrics.def.
 *
 * A `struct metrics` belongs to one thread, like all else in the core: it counts without a lock,
 * and whoever answers a scrape asks each owner for a copy (metrics_merge) by a message. A series is
 * one metric with one choice of label values; look it up once (metric_series), keep the pointer,
 * and counting is an addition. Invariant: a counter never falls. Past METRIC_SERIES_MAX series, new
 * ones share one that is not shown, and metrics.def's METRIC_SERIES_DROPPED says how many there
 * were.
 */
#ifndef WEIR_BASE_METRIC_H
#define WEIR_BASE_METRIC_H

#include "base/bytes.h"
#include "base/map.h"

enum metric_kind {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_SECONDS, /* a histogram; what is observed is nanoseconds */
	METRIC_BYTES,   /* a histogram of sizes */
};

enum metric_id {
#define METRIC(id, name, kind, labels, help) id,
#include "base/metrics.def"
#undef METRIC
	METRIC_COUNT,
};

#define METRIC_SERIES_MAX 20000
#define METRIC_LABELS_MAX 4
#define METRIC_BUCKETS_MAX 20

struct metric_series {
	enum metric_id id;
	int64_t value;     /* COUNTER, GAUGE: the number; a histogram: the sum */
	uint64_t *buckets; /* a histogram's, one more than there are bounds; owned */
	char *labels;      /* `topic="a",partition="0"`; owned */
};

struct metrics {
	struct map series; /* from id and labels to struct metric_series, which it owns */
	struct metric_series *dropped[METRIC_COUNT]; /* where those past the limit count */
};

void metrics_init(struct metrics *metrics);
void metrics_fini(struct metrics *metrics);

/* The series of these label values, made at the first call; lives as long as `metrics`:
 *     metric_series(&m, METRIC_MEMORY_BYTES, "base") */
#define metric_series(metrics, id, ...)                                                            \
	metrics_get((metrics), (id), (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })
struct metric_series *metrics_get(struct metrics *metrics, enum metric_id id,
				  const char *const *label_values);

static inline void metric_add(struct metric_series *series, int64_t n)
{
	series->value += n;
}

static inline void metric_set(struct metric_series *series, int64_t value)
{
	series->value = value;
}

/* Into a histogram: nanoseconds, or bytes. */
void metric_observe(struct metric_series *series, int64_t value);

/* Adds all that `from` has counted; gauges are added too. */
void metrics_merge(struct metrics *into, const struct metrics *from);

/* What mem.h counts, as gauges. */
void metrics_collect_memory(struct metrics *metrics);

/* Everything in Prometheus' text format. */
void metrics_render(const struct metrics *metrics, struct buf *buf);

const char *metric_name(enum metric_id id);
enum metric_kind metric_kind(enum metric_id id);

#endif
