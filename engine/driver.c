#include "engine/driver.h"

#include "engine/task.h"

/*
 * Records that a stage writes to an internal topic wait in `waiting` and are run through the next
 * stage before the next input record is taken. Stages are numbered so that a stage only feeds later
 * ones, so the walk ends.
 */
struct driver {
	struct task **tasks;
	uint32_t ntasks;
	struct driver_options options;
	struct outbox outputs;           /* what the sinks wrote since they were last asked for */
	VEC(struct driver_output) given; /* the same, as lent to the caller */
	struct outbox lent;
	VEC(struct driver_error) errors;
	struct arena error_arena;
	int64_t internal_offset;
	uint32_t *unshipped; /* rows, by task */
};

fallible driver_new(const struct pipeline *pipeline, const struct driver_options *options,
		    struct driver **ret_driver, struct err *err)
{
	struct driver *driver = mem_new(struct driver);
	driver->options = *options;
	if (driver->options.batch_rows == 0 || driver->options.batch_rows > BATCH_ROWS_MAX)
		driver->options.batch_rows = BATCH_ROWS_MAX;
	outbox_init(&driver->outputs);
	outbox_init(&driver->lent);
	uint32_t stages = pipeline_stages(pipeline);
	driver->tasks = mem_array(struct task *, stages);
	driver->unshipped = mem_array(uint32_t, stages);
	struct task_options task_options = { .seed = options->seed,
					     .cache_bytes = options->cache_bytes };
	for (; driver->ntasks < stages; driver->ntasks++) {
		int code = task_new(pipeline, driver->ntasks, &task_options,
				    &driver->tasks[driver->ntasks], err);
		if (code != 0) {
			driver_free(driver);
			return code;
		}
	}
	*ret_driver = driver;
	return 0;
}

void driver_free(struct driver *driver)
{
	if (driver == NULL)
		return;
	for (uint32_t i = 0; i < driver->ntasks; i++)
		task_free(driver->tasks[i]);
	mem_free(driver->tasks);
	mem_free(driver->unshipped);
	outbox_fini(&driver->outputs);
	outbox_fini(&driver->lent);
	vec_fini(&driver->given);
	vec_fini(&driver->errors);
	arena_fini(&driver->error_arena);
	mem_free(driver);
}

static void take_errors(struct driver *driver, struct task *task)
{
	vec_each (error, &task_errors(task)->errors) {
		const char *message = arena_str(&driver->error_arena, slice_str(error->message));
		vec_push(&driver->errors, (struct driver_error){ .logger = error->logger,
								 .message = message,
								 .partition = error->partition,
								 .offset = error->offset });
	}
	task_errors_reset(task);
}

static fallible feed_all(struct driver *driver, struct slice topic, bool internal, uint32_t from,
			 const struct event *events, uint32_t n, struct err *err);

/* What a stage shipped: to later stages at once, or to the outputs. */
static fallible deliver(struct driver *driver, uint32_t stage, const struct outbox *outbox,
			struct err *err)
{
	uint32_t i = 0;
	while (i < outbox->records.len) {
		struct slice topic = outbox->records.items[i].topic;
		struct event run[BATCH_ROWS_MAX];
		uint32_t n = 0;
		for (; i < outbox->records.len && n < driver->options.batch_rows; i++, n++) {
			if (!slice_eq(outbox->records.items[i].topic, topic))
				break;
			run[n] = outbox->records.items[i].event;
			run[n].offset = driver->internal_offset++;
		}
		bool internal = false;
		for (uint32_t t = stage + 1; t < driver->ntasks; t++) {
			uint32_t nfeeds;
			const struct task_feed *feeds = task_feeds(driver->tasks[t], &nfeeds);
			for (uint32_t f = 0; f < nfeeds; f++)
				internal |= feeds[f].internal && slice_eq(feeds[f].topic, topic);
		}
		for (uint32_t k = 0; k < n; k++)
			outbox_add(&driver->outputs, topic, -1, &run[k]);
		if (internal)
			TRY(feed_all(driver, topic, true, stage + 1, run, n, err));
	}
	return 0;
}

static fallible feed_task(struct driver *driver, uint32_t stage, const struct task_feed *feed,
			  const struct event *events, uint32_t n, struct err *err)
{
	struct task *task = driver->tasks[stage];
	const struct outbox *outbox;
	int code = task_step(task, feed, events, n, driver->options.wall_ms, err);
	take_errors(driver, task);
	TRY(code);
	driver->unshipped[stage] += n;
	if (driver->unshipped[stage] < driver->options.ship_rows)
		return 0;
	driver->unshipped[stage] = 0;
	TRY(task_ship(task, driver->options.wall_ms, &outbox, err));
	code = deliver(driver, stage, outbox, err);
	task_settle(task);
	return code;
}

static fallible feed_all(struct driver *driver, struct slice topic, bool internal, uint32_t from,
			 const struct event *events, uint32_t n, struct err *err)
{
	for (uint32_t t = from; t < driver->ntasks; t++) {
		uint32_t nfeeds;
		const struct task_feed *feeds = task_feeds(driver->tasks[t], &nfeeds);
		for (uint32_t f = 0; f < nfeeds; f++) {
			if (feeds[f].internal == internal && slice_eq(feeds[f].topic, topic))
				TRY(feed_task(driver, t, &feeds[f], events, n, err));
		}
	}
	return 0;
}

fallible driver_feed(struct driver *driver, struct slice topic, const struct event *events,
		     uint32_t n, struct err *err)
{
	for (uint32_t i = 0; i < n; i += driver->options.batch_rows) {
		uint32_t len = MIN(n - i, driver->options.batch_rows);
		TRY(feed_all(driver, topic, false, 0, events + i, len, err));
	}
	return 0;
}

const struct driver_output *driver_outputs(struct driver *driver, uint32_t *ret_n)
{
	struct outbox lent = driver->outputs;
	driver->outputs = driver->lent;
	driver->lent = lent;
	outbox_reset(&driver->outputs);
	vec_clear(&driver->given);
	vec_each (record, &driver->lent.records)
		vec_push(&driver->given,
			 (struct driver_output){ .topic = record->topic, .event = record->event });
	*ret_n = driver->given.len;
	return driver->given.items;
}

const struct driver_error *driver_errors(struct driver *driver, uint32_t *ret_n)
{
	*ret_n = driver->errors.len;
	return driver->errors.items;
}

void driver_set_clock(struct driver *driver, int64_t wall_ms)
{
	driver->options.wall_ms = wall_ms;
}
