/*
 * The log on a disk that fails and loses power, under a seed, beside a model.
 *
 * A life is a few hundred random steps: appends to a plain, an idempotent, a compacted and a
 * transactional partition, the three kinds of jobs cut into begin, run and end with other steps in
 * between, clean restarts, faults, a full disk, a crash at a random operation. After each start:
 *
 *  - every record that was acknowledged is there, in order, once, with its own value;
 *  - what else is there was appended, and nothing is missing before it;
 *  - what a compacted partition folds to is what the model folds to;
 *  - a retried batch is recognised, open transactions are still open, aborted ones are listed.
 *
 *     sim_log [--seeds N] [--seed FIRST] [--verbose]
 */
#include "base/num.h"
#include "tests/lib/log_fixture.h"

#define SEEDS_DEFAULT 250
#define LIVES 6
#define STEPS_MAX 250
#define KEYS 12
#define RECORDS_MAX 20000
#define PRODUCERS 4
#define TRACE_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum part { PLAIN, IDEMPOTENT, COMPACTED, TRANSACTIONAL, PARTS };
static const char *const NAMES[] = { "plain", "idempotent", "compacted", "transactional" };

struct model_record {
	int64_t key, value; /* value -1: a tombstone */
	int64_t producer_id;
	int64_t batch; /* base offset */
	bool control, aborted;
};

struct model {
	struct model_record records[RECORDS_MAX]; /* by offset */
	int64_t end, durable, start;
	int32_t last_batch_n;         /* of the last append, for a retry */
	int64_t txn_first[PRODUCERS]; /* -1: none open */
	int32_t sequence[PRODUCERS];
};

struct sim {
	struct log_fixture f;
	struct rng rng;
	struct model models[PARTS];
	struct log *logs[PARTS];
	struct log_job *jobs[3];
	bool ran[3], fault_due, quota, verbose;
	int64_t next_value;
	struct buf trace; /* of the disk, with --verbose; printed when something does not hold */
	uint64_t seed, crashes, appends, compactions;
};

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "seed %llu: %s does not hold (%s:%d)\n",                   \
				(unsigned long long)sim->seed, #cond, __FILE__, __LINE__);         \
			fprintf(stderr, "%.*s", SLICE_ARGS(buf_slice(&sim->trace)));               \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static uint64_t below(struct sim *sim, uint64_t n)
{
	return rng_below(&sim->rng, n);
}

static bool chance(struct sim *sim, unsigned percent)
{
	return below(sim, 100) < percent;
}

static struct log_config config_of(enum part part)
{
	struct log_config config = log_config_default();
	config.segment_bytes = part == COMPACTED ? 1500 : 4000;
	config.index_interval_bytes = 300;
	config.min_cleanable_dirty_ratio = 0.3;
	config.delete_retention_ms = 100000;
	config.file_delete_delay_ms = 100;
	config.cleanup_compact = part == COMPACTED;
	config.cleanup_delete = part == PLAIN;
	config.retention_bytes = part == PLAIN ? 20000 : -1;
	config.timestamp_after_max_ms = INT64_MAX;
	return config;
}

/* ---- appending ---- */

static void note(struct sim *sim, enum part part, const struct log_append *append,
		 const struct model_record *record, int32_t n)
{
	struct model *model = &sim->models[part];
	CHECK(append->base_offset == model->end);
	CHECK(append->last_offset == model->end + n - 1);
	CHECK(model->end + n < RECORDS_MAX);
	for (int32_t i = 0; i < n; i++) {
		model->records[model->end + i] = *record;
		model->records[model->end + i].key = record->key + i;
		model->records[model->end + i].value = record->value < 0 ? -1 : record->value + i;
		model->records[model->end + i].batch = model->end;
	}
	model->end += n;
	model->last_batch_n = n;
	sim->appends++;
}

static void append_to(struct sim *sim, enum part part)
{
	struct model *model = &sim->models[part];
	struct log *log = sim->logs[part];
	struct log_append append;
	int32_t n = 1 + (int32_t)below(sim, 5);
	struct batch_spec spec = {
		.n = n,
		.key = (int64_t)below(sim, KEYS),
		.value = part == COMPACTED && chance(sim, 20) ? -1 : sim->next_value,
		.codec = chance(sim, 30) ? COMPRESS_LZ4 : COMPRESS_NONE,
		.pad = below(sim, 100),
	};
	int64_t producer = -1;
	if (part == IDEMPOTENT)
		producer = 0;
	if (part == TRANSACTIONAL)
		producer = (int64_t)below(sim, PRODUCERS);
	if (producer >= 0) {
		spec.producer_id = producer + 1;
		spec.sequence = model->sequence[producer];
		spec.transactional = part == TRANSACTIONAL;
	}
	sim->next_value += n;
	if (model->end + n >= RECORDS_MAX)
		return;
	if (log_fixture_append(&sim->f, log, &spec, &append) != 0) {
		CHECK(log_end_offset(log) == model->end);
		return;
	}
	CHECK(append.fault.kafka_error == 0);
	CHECK(!append.duplicate);
	struct model_record record = { .key = spec.key,
				       .value = spec.value,
				       .producer_id = spec.producer_id };
	if (producer >= 0) {
		model->sequence[producer] += n;
		if (part == TRANSACTIONAL && model->txn_first[producer] < 0)
			model->txn_first[producer] = model->end;
	}
	note(sim, part, &append, &record, n);
}

static void end_txn(struct sim *sim)
{
	struct model *model = &sim->models[TRANSACTIONAL];
	struct log_append append;
	int64_t producer = (int64_t)below(sim, PRODUCERS);
	bool commit = chance(sim, 50);
	int64_t first = model->txn_first[producer];
	if (first < 0 || model->end + 1 >= RECORDS_MAX)
		return;
	if (log_fixture_marker(&sim->f, sim->logs[TRANSACTIONAL],
			       commit ? RECORD_COMMIT : RECORD_ABORT, producer + 1, 0,
			       &append) != 0)
		return;
	CHECK(append.fault.kafka_error == 0);
	for (int64_t i = first; i < model->end; i++) {
		if (!commit && model->records[i].producer_id == producer + 1)
			model->records[i].aborted = true;
	}
	struct model_record record = { .producer_id = producer + 1,
				       .value = commit ? 1 : 0,
				       .control = true };
	model->txn_first[producer] = -1;
	note(sim, TRANSACTIONAL, &append, &record, 1);
}

static void retry_last(struct sim *sim)
{
	struct model *model = &sim->models[IDEMPOTENT];
	struct log_append append;
	if (model->end == 0)
		return;
	int64_t base = model->records[model->end - 1].batch;
	int32_t n = (int32_t)(model->end - base);
	struct batch_spec spec = { .n = n,
				   .key = model->records[base].key,
				   .value = model->records[base].value,
				   .producer_id = 1,
				   .sequence = model->sequence[0] - n };
	if (log_fixture_append(&sim->f, sim->logs[IDEMPOTENT], &spec, &append) != 0)
		return;
	CHECK(append.fault.kafka_error == 0);
	CHECK(append.duplicate);
	CHECK(append.base_offset == base);
}

/* ---- checking ---- */

struct walk {
	struct sim *sim;
	struct model *model;
	int64_t next, fold[KEYS + 8];
	bool dense;
};

static void check_record(void *arg, const struct record_batch *batch, const struct event *event)
{
	struct walk *walk = arg;
	struct sim *sim = walk->sim;
	const struct model_record *record = &walk->model->records[event->offset];
	int64_t key = -1, value = -1;
	CHECK(event->offset >= walk->next);
	CHECK(!walk->dense || event->offset == walk->next);
	CHECK(event->offset < walk->model->end);
	walk->next = event->offset + 1;
	CHECK(record->control == ((batch->attributes & RECORD_CONTROL) != 0));
	if (record->control)
		return;
	CHECK(num_parse_i64(slice_sub(event->key, 1, SIZE_MAX), &key, NULL) == 0);
	CHECK(key == record->key);
	if (!slice_is_null(event->value)) {
		struct slice digits = slice_sub(event->value, 1, SIZE_MAX);
		digits.len = MIN(slice_find_byte(digits, '.', 0), digits.len);
		CHECK(num_parse_i64(digits, &value, NULL) == 0);
	}
	CHECK(value == record->value);
	walk->fold[key] = value;
}

static void check_fold(struct sim *sim, const struct walk *walk, int64_t end)
{
	int64_t fold[KEYS + 8];
	for (size_t i = 0; i < COUNT_OF(fold); i++)
		fold[i] = -1;
	for (int64_t i = 0; i < end; i++)
		fold[walk->model->records[i].key] = walk->model->records[i].value;
	for (size_t i = 0; i < COUNT_OF(fold); i++)
		CHECK(fold[i] == walk->fold[i]);
}

static void check_contents(struct sim *sim, enum part part, enum log_isolation isolation)
{
	struct log *log = sim->logs[part];
	struct walk walk = { .sim = sim,
			     .model = &sim->models[part],
			     .next = log_start_offset(log),
			     .dense = part != COMPACTED };
	for (size_t i = 0; i < COUNT_OF(walk.fold); i++)
		walk.fold[i] = -1;
	CHECK(part == PLAIN || walk.next == 0);
	int64_t from = walk.next, end = log_limit(log, isolation);
	CHECK(log_fixture_read(&sim->f, log, from, isolation, check_record, &walk) == 0);
	if (part == COMPACTED)
		check_fold(sim, &walk, end);
	else
		CHECK(walk.next == end);
}

static void mark_aborted(void *arg, const struct log_aborted *aborted)
{
	bool *marks = arg;
	for (int64_t i = aborted->first_offset; i <= aborted->last_offset; i++)
		marks[i * (PRODUCERS + 1) + aborted->producer_id] = true;
}

static void check_transactions(struct sim *sim)
{
	static bool marks[RECORDS_MAX * (PRODUCERS + 1)];
	struct model *model = &sim->models[TRANSACTIONAL];
	struct log *log = sim->logs[TRANSACTIONAL];
	int64_t stable = log_high_watermark(log);
	for (int64_t producer = 0; producer < PRODUCERS; producer++) {
		if (model->txn_first[producer] >= 0)
			stable = MIN(stable, model->txn_first[producer]);
		CHECK(log_txn_start(log, producer + 1) == model->txn_first[producer]);
	}
	CHECK(log_last_stable_offset(log) == stable);
	memset(marks, 0, sizeof(marks));
	CHECK(log_aborted_between(log, 0, model->end, mark_aborted, marks, &sim->f.err) == 0);
	for (int64_t i = 0; i < model->end; i++) {
		const struct model_record *record = &model->records[i];
		if (!record->control)
			CHECK(marks[i * (PRODUCERS + 1) + record->producer_id] == record->aborted);
	}
}

/* What a crash took away was never acknowledged. */
static void cut_model(struct sim *sim, enum part part, int64_t end)
{
	struct model *model = &sim->models[part];
	if (sim->verbose)
		fprintf(stderr, "  %s: end %lld, durable %lld, appended %lld\n", NAMES[part],
			(long long)end, (long long)model->durable, (long long)model->end);
	CHECK(end >= model->durable);
	CHECK(end <= model->end);
	model->end = model->durable = end;
	for (int64_t producer = 0; producer < PRODUCERS; producer++) {
		model->sequence[producer] = 0;
		model->txn_first[producer] = -1;
	}
	for (int64_t i = 0; i < end; i++) {
		struct model_record *record = &model->records[i];
		if (record->producer_id == 0)
			continue;
		int64_t producer = record->producer_id - 1;
		if (record->control) {
			model->txn_first[producer] = -1;
			continue;
		}
		/* Whether it is aborted is said by a marker that may be gone. */
		record->aborted = false;
		for (int64_t j = i; j < end; j++) {
			if (model->records[j].control &&
			    model->records[j].producer_id == record->producer_id) {
				record->aborted = model->records[j].value == 0;
				break;
			}
		}
		model->sequence[producer]++;
		if (part == TRANSACTIONAL && model->txn_first[producer] < 0)
			model->txn_first[producer] = i;
	}
}

/* ---- lives ---- */

static void find_logs(struct sim *sim)
{
	for (int part = 0; part < PARTS; part++) {
		struct log_config config = config_of((enum part)part);
		sim->logs[part] = log_store_find(sim->f.store, NAMES[part], 0);
		CHECK(sim->logs[part] != NULL);
		log_configure(sim->logs[part], &config);
		cut_model(sim, (enum part)part, log_end_offset(sim->logs[part]));
		CHECK(log_high_watermark(sim->logs[part]) == log_end_offset(sim->logs[part]));
		sim->models[part].start = log_start_offset(sim->logs[part]);
		check_contents(sim, (enum part)part, LOG_READ_ALL);
	}
	check_transactions(sim);
	retry_last(sim);
}

static void drop_jobs(struct sim *sim)
{
	for (int i = 0; i < 3; i++) {
		if (sim->jobs[i] == NULL)
			continue;
		if (!sim->ran[i])
			log_job_run(sim->jobs[i]);
		(void)log_store_job_end(sim->f.store, sim->jobs[i], sim->f.now_ms, &sim->f.err);
		sim->jobs[i] = NULL;
	}
}

static void note_durable(struct sim *sim)
{
	for (int part = 0; part < PARTS; part++) {
		int64_t durable = log_high_watermark(sim->logs[part]);
		CHECK(durable >= sim->models[part].durable);
		CHECK(durable <= sim->models[part].end);
		sim->models[part].durable = durable;
	}
}

static void step_job(struct sim *sim, int kind)
{
	struct log_store *store = sim->f.store;
	if (sim->jobs[kind] == NULL) {
		sim->ran[kind] = false;
		if (kind == 0)
			sim->jobs[0] = log_store_sync_begin(store, sim->f.now_ms);
		else if (kind == 1)
			sim->jobs[1] =
				log_store_checkpoint_begin(store, chance(sim, 30), sim->f.now_ms);
		else
			sim->jobs[2] = log_store_compact_begin(store, sim->f.now_ms);
		return;
	}
	if (!sim->ran[kind]) {
		log_job_run(sim->jobs[kind]);
		sim->ran[kind] = true;
		return;
	}
	int code = log_store_job_end(store, sim->jobs[kind], sim->f.now_ms, &sim->f.err);
	sim->compactions += kind == 2 && code == 0;
	sim->jobs[kind] = NULL;
	note_durable(sim);
}

static void check_somewhere(struct sim *sim)
{
	enum part part = (enum part)below(sim, PARTS);
	check_contents(sim, part, chance(sim, 50) ? LOG_READ_UNCOMMITTED : LOG_READ_ALL);
}

/* A start may fail while faults last; the power goes again then. */
static void start(struct sim *sim)
{
	if (chance(sim, 30))
		disk_sim_fail_at(sim->f.disk, DISK_SIM_CHANGES, 1 + below(sim, 60), DISK_SIM_POWER);
	sim->f.options.tail_bytes_max = 1 + below(sim, 20000);
	while (log_fixture_open(&sim->f) != 0) {
		sim->crashes++;
		CHECK(sim->f.store == NULL);
		log_fixture_crash(&sim->f);
	}
	disk_sim_fail_at(sim->f.disk, DISK_SIM_ANY, 0, DISK_SIM_POWER);
}

static void plan_fault(struct sim *sim)
{
	uint64_t plan = below(sim, 5);
	sim->fault_due = plan < 3;
	switch (plan) {
	case 0:
	case 1:
		disk_sim_fail_at(sim->f.disk, DISK_SIM_CHANGES, 1 + below(sim, 200),
				 DISK_SIM_POWER);
		return;
	case 2:
		disk_sim_fail_at(sim->f.disk, DISK_SIM_CHANGES, 1 + below(sim, 200),
				 chance(sim, 50) ? DISK_SIM_IO : DISK_SIM_NO_SPACE);
		return;
	case 3:
		sim->quota = true;
		return;
	default:
		return;
	}
}

static void step(struct sim *sim)
{
	sim->f.now_ms += (int64_t)below(sim, 400);
	unsigned what = (unsigned)below(sim, 100);
	if (what < 50)
		append_to(sim, (enum part)below(sim, PARTS));
	else if (what < 56)
		end_txn(sim);
	else if (what < 59)
		retry_last(sim);
	else if (what < 80)
		step_job(sim, 0);
	else if (what < 88)
		step_job(sim, 1);
	else if (what < 94)
		step_job(sim, 2);
	else if (what < 96)
		log_store_retain(sim->f.store, sim->f.now_ms);
	else if (what < 97 && sim->quota)
		disk_sim_quota(sim->f.disk, chance(sim, 50) ? UINT64_MAX : below(sim, 400000));
}

static void live(struct sim *sim)
{
	uint64_t steps = below(sim, STEPS_MAX);
	start(sim);
	find_logs(sim);
	plan_fault(sim);
	for (uint64_t i = 0; i < steps; i++) {
		step(sim);
		if (i % 40 == 39 && log_store_failure(sim->f.store, NULL) == 0 && !sim->quota &&
		    !sim->fault_due)
			check_somewhere(sim);
	}
	disk_sim_quota(sim->f.disk, UINT64_MAX);
	sim->quota = false;
	if (chance(sim, 25)) {
		drop_jobs(sim);
		note_durable(sim);
		struct log_store *store = sim->f.store;
		sim->f.store = NULL;
		int64_t ends[PARTS];
		for (int part = 0; part < PARTS; part++)
			ends[part] = log_end_offset(sim->logs[part]);
		if (log_store_close(store, sim->f.now_ms + 1000, &sim->f.err) == 0) {
			for (int part = 0; part < PARTS; part++)
				sim->models[part].durable = ends[part];
			disk_sim_fail_at(sim->f.disk, DISK_SIM_ANY, 0, DISK_SIM_POWER);
			if (chance(sim, 50))
				return;
		}
	} else {
		/* The power goes before jobs end: what they would have told is not acknowledged. */
		disk_sim_crash(sim->f.disk);
		drop_jobs(sim);
	}
	sim->crashes++;
	log_fixture_crash(&sim->f);
}

static void run_seed(struct sim *sim, uint64_t seed)
{
	bool verbose = sim->verbose;
	memset(sim, 0, sizeof(*sim));
	sim->seed = seed;
	sim->verbose = verbose;
	sim->rng.state = seed * 7919 + 13;
	log_fixture_init(&sim->f, seed);
	if (verbose) {
		buf_init(&sim->trace, TRACE_BYTES_MAX);
		disk_sim_trace(sim->f.disk, &sim->trace);
	}
	sim->f.options.wal_file_bytes = (size_t)16384 << below(sim, 4);
	sim->f.options.checkpoint_ms = 1 + (int64_t)below(sim, 20000);
	assert_ok(log_fixture_open(&sim->f), &sim->f.err);
	for (int part = 0; part < PARTS; part++) {
		struct log_config config = config_of((enum part)part);
		log_fixture_create(&sim->f, NAMES[part], &config);
	}
	log_fixture_crash(&sim->f);
	for (int i = 0; i < PARTS; i++)
		cut_model(sim, (enum part)i, 0);
	for (int i = 0; i < LIVES; i++)
		live(sim);
	start(sim);
	find_logs(sim);
	log_fixture_fini(&sim->f);
	buf_fini(&sim->trace);
	if (verbose)
		fprintf(stderr, "seed %llu: %llu appends, %llu crashes, %llu compactions\n",
			(unsigned long long)seed, (unsigned long long)sim->appends,
			(unsigned long long)sim->crashes, (unsigned long long)sim->compactions);
}

int main(int argc, char **argv)
{
	static struct sim sim;
	int64_t seeds = SEEDS_DEFAULT, first = 1;
	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;
		if (strcmp(argv[i], "--verbose") == 0)
			sim.verbose = true;
		else if (more && strcmp(argv[i], "--seeds") == 0)
			(void)!num_parse_i64(slice_str(argv[++i]), &seeds, NULL);
		else if (more && strcmp(argv[i], "--seed") == 0)
			(void)!num_parse_i64(slice_str(argv[++i]), &first, NULL);
	}
	uint64_t appends = 0, crashes = 0, compactions = 0;
	for (int64_t i = 0; i < seeds; i++) {
		run_seed(&sim, (uint64_t)(first + i));
		appends += sim.appends;
		crashes += sim.crashes;
		compactions += sim.compactions;
	}
	printf("%lld seeds: %llu appends, %llu crashes, %llu compactions\n", (long long)seeds,
	       (unsigned long long)appends, (unsigned long long)crashes,
	       (unsigned long long)compactions);
	return 0;
}
