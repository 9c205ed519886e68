#include "base/metric.h"

#include "base/mem.h"

#include <inttypes.h>

static const struct metric_row {
	const char *name, *labels, *help;
	enum metric_kind kind;
} ROWS[] = {
#define METRIC(id, name_, kind_, labels_, help_)                                                   \
	[id] = { .name = (name_), .labels = (labels_), .help = (help_), .kind = (kind_) },
#include "base/metrics.def"
#undef METRIC
};

static_assert(COUNT_OF(ROWS) == METRIC_COUNT, "every metric has a row");

/* Upper bounds, inclusive, in what is observed. A last bucket takes what is above them all. */
static const int64_t NANOSECONDS[] = { 50000,      100000,     250000,    500000,     1000000,
				       2500000,    5000000,    10000000,  25000000,   50000000,
				       100000000,  250000000,  500000000, 1000000000, 2500000000,
				       5000000000, 10000000000 };
static const int64_t SIZES[] = { 64,     256,     1024,    4096,     16384,   65536,
				 262144, 1048576, 4194304, 16777216, 67108864 };

static_assert(COUNT_OF(NANOSECONDS) < METRIC_BUCKETS_MAX, "room for the last bucket");

struct bounds {
	const int64_t *upper;
	uint32_t count; /* 0: no histogram */
};

static struct bounds bounds_of(enum metric_kind kind)
{
	switch (kind) {
	case METRIC_SECONDS:
		return (struct bounds){ NANOSECONDS, COUNT_OF(NANOSECONDS) };
	case METRIC_BYTES:
		return (struct bounds){ SIZES, COUNT_OF(SIZES) };
	case METRIC_COUNTER:
	case METRIC_GAUGE:
		break;
	}
	return (struct bounds){ NULL, 0 };
}

const char *metric_name(enum metric_id id)
{
	assert(id < METRIC_COUNT);
	return ROWS[id].name;
}

enum metric_kind metric_kind(enum metric_id id)
{
	assert(id < METRIC_COUNT);
	return ROWS[id].kind;
}

void metrics_init(struct metrics *metrics)
{
	*metrics = (struct metrics){ 0 };
	map_init(&metrics->series);
}

static void series_free(struct metric_series *series)
{
	if (series == NULL)
		return;
	mem_free(series->buckets);
	mem_free(series->labels);
	mem_free(series);
}

void metrics_fini(struct metrics *metrics)
{
	map_each (it, &metrics->series)
		series_free(it->value);
	map_fini(&metrics->series);
	for (size_t i = 0; i < COUNT_OF(metrics->dropped); i++)
		series_free(metrics->dropped[i]);
	*metrics = (struct metrics){ 0 };
}

static struct metric_series *series_new(enum metric_id id, const char *labels)
{
	struct metric_series *series = mem_new(struct metric_series);
	uint32_t bounds = bounds_of(ROWS[id].kind).count;
	series->id = id;
	series->labels = mem_strdup(labels);
	if (bounds > 0)
		series->buckets = mem_array(uint64_t, bounds + 1);
	return series;
}

static void append_label_value(struct buf *buf, const char *value)
{
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n')
			buf_append(buf, SLICE("\\n"));
		else if (*p == '\\' || *p == '"')
			buf_printf(buf, "\\%c", *p);
		else
			buf_append_u8(buf, (uint8_t)*p);
	}
}

/* `a="x",b="y"`: the row's label names with the values, of which there are as many. */
static void append_labels(struct buf *buf, enum metric_id id, const char *const *values)
{
	struct slice names = slice_str(ROWS[id].labels);
	size_t at = 0, i = 0;
	for (; at < names.len; i++) {
		assert(i < METRIC_LABELS_MAX);
		assert(values[i] != NULL);
		size_t end = MIN(slice_find_byte(names, ',', at), names.len);
		buf_printf(buf, "%s%.*s=\"", i > 0 ? "," : "",
			   SLICE_ARGS(slice_sub(names, at, end - at)));
		append_label_value(buf, values[i]);
		buf_append_u8(buf, '"');
		at = end + 1;
	}
	assert(values[i] == NULL);
}

static struct metric_series *get_labelled(struct metrics *metrics, enum metric_id id,
					  const char *labels)
{
	struct buf key = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_printf(&key, "%d %s", (int)id, labels);
	struct metric_series *series = map_get(&metrics->series, buf_slice(&key));
	if (series == NULL && metrics->series.len < METRIC_SERIES_MAX) {
		series = series_new(id, labels);
		map_put(&metrics->series, buf_slice(&key), series);
	}
	buf_fini(&key);
	return series;
}

/* Label values past the limit are all counted in one place that is not shown. */
static struct metric_series *get_dropped(struct metrics *metrics, enum metric_id id)
{
	if (metrics->dropped[METRIC_SERIES_DROPPED] == NULL)
		metrics->dropped[METRIC_SERIES_DROPPED] = series_new(METRIC_SERIES_DROPPED, "");
	metrics->dropped[METRIC_SERIES_DROPPED]->value++;
	if (metrics->dropped[id] == NULL)
		metrics->dropped[id] = series_new(id, "");
	return metrics->dropped[id];
}

struct metric_series *metrics_get(struct metrics *metrics, enum metric_id id,
				  const char *const *label_values)
{
	assert(id < METRIC_COUNT);
	struct buf labels = BUF_INIT(BUF_TEXT_BYTES_MAX);
	append_labels(&labels, id, label_values);
	struct metric_series *series = get_labelled(metrics, id, buf_str(&labels));
	buf_fini(&labels);
	return series != NULL ? series : get_dropped(metrics, id);
}

void metric_observe(struct metric_series *series, int64_t value)
{
	struct bounds bounds = bounds_of(ROWS[series->id].kind);
	assert(bounds.count > 0);
	uint32_t i = 0;
	while (i < bounds.count && value > bounds.upper[i])
		i++;
	series->buckets[i]++;
	series->value += value;
}

void metrics_merge(struct metrics *into, const struct metrics *from)
{
	assert(into != from);
	map_each (it, &from->series) {
		const struct metric_series *theirs = it->value;
		struct metric_series *ours = get_labelled(into, theirs->id, theirs->labels);
		if (ours == NULL)
			ours = get_dropped(into, theirs->id);
		ours->value += theirs->value;
		for (uint32_t i = 0; theirs->buckets && i <= bounds_of(ROWS[theirs->id].kind).count;
		     i++)
			ours->buckets[i] += theirs->buckets[i];
	}
}

void metrics_collect_memory(struct metrics *metrics)
{
	for (int i = 0; i < MEM_FOLDER_COUNT; i++) {
		struct mem_stat stat = mem_stats((enum mem_folder)i);
		metric_set(metric_series(metrics, METRIC_MEMORY_BYTES, stat.folder),
			   (int64_t)stat.bytes);
		metric_set(metric_series(metrics, METRIC_MEMORY_BLOCKS, stat.folder),
			   (int64_t)stat.blocks);
	}
}

/* ---- Prometheus' text ---- */

static const char *type_name(enum metric_kind kind)
{
	switch (kind) {
	case METRIC_COUNTER:
		return "counter";
	case METRIC_GAUGE:
		return "gauge";
	case METRIC_SECONDS:
	case METRIC_BYTES:
		break;
	}
	return "histogram";
}

/* A number as it is shown: nanoseconds as decimal seconds without trailing zeroes. */
static void append_number(struct buf *buf, enum metric_kind kind, int64_t value)
{
	if (kind != METRIC_SECONDS) {
		buf_printf(buf, "%" PRId64, value);
		return;
	}
	uint64_t n = value < 0 ? -(uint64_t)value : (uint64_t)value;
	buf_printf(buf, "%s%" PRIu64 ".%09" PRIu64, value < 0 ? "-" : "", n / 1000000000,
		   n % 1000000000);
	while (!buf->overflowed && buf->data[buf->len - 1] == '0')
		buf_truncate(buf, buf->len - 1);
	if (!buf->overflowed && buf->data[buf->len - 1] == '.')
		buf_truncate(buf, buf->len - 1);
}

static void append_name(struct buf *buf, const struct metric_series *series, const char *suffix)
{
	buf_printf(buf, "%s%s", ROWS[series->id].name, suffix);
	if (series->labels[0] != '\0')
		buf_printf(buf, "{%s}", series->labels);
	buf_append_u8(buf, ' ');
}

static void render_histogram(struct buf *buf, const struct metric_series *series)
{
	const struct metric_row *row = &ROWS[series->id];
	struct bounds bounds = bounds_of(row->kind);
	uint64_t count = 0;
	for (uint32_t i = 0; i <= bounds.count; i++) {
		count += series->buckets[i];
		buf_printf(buf, "%s_bucket{%s%sle=\"", row->name, series->labels,
			   series->labels[0] != '\0' ? "," : "");
		if (i < bounds.count)
			append_number(buf, row->kind, bounds.upper[i]);
		else
			buf_append(buf, SLICE("+Inf"));
		buf_printf(buf, "\"} %" PRIu64 "\n", count);
	}
	append_name(buf, series, "_sum");
	append_number(buf, row->kind, series->value);
	buf_append_u8(buf, '\n');
	append_name(buf, series, "_count");
	buf_printf(buf, "%" PRIu64 "\n", count);
}

static void render_series(struct buf *buf, const struct metric_series *series)
{
	if (series->buckets != NULL) {
		render_histogram(buf, series);
		return;
	}
	append_name(buf, series, "");
	append_number(buf, ROWS[series->id].kind, series->value);
	buf_append_u8(buf, '\n');
}

void metrics_render(const struct metrics *metrics, struct buf *buf)
{
	for (int id = 0; id < METRIC_COUNT; id++) {
		const struct metric_row *row = &ROWS[id];
		bool headed = false;
		const struct metric_series *dropped = metrics->dropped[id];
		map_each (it, &metrics->series) {
			const struct metric_series *series = it->value;
			if ((int)series->id != id)
				continue;
			if (!headed)
				buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", row->name,
					   row->help, row->name, type_name(row->kind));
			headed = true;
			render_series(buf, series);
		}
		if (id == METRIC_SERIES_DROPPED && dropped != NULL && !headed) {
			buf_printf(buf, "# HELP %s %s\n# TYPE %s counter\n", row->name, row->help,
				   row->name);
			render_series(buf, dropped);
		}
	}
}
