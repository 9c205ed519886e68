/*
 * What the log does when the disk fails: every operation of a small life, one after the other; a
 * file cut at every byte; a bit flipped in every byte; a full disk; a failed sync.
 */
#include "broker/log_store.h"

#include "tests/lib/log_fixture.h"

static int put(struct log_fixture *f, struct log *log, int64_t key, int32_t n)
{
	struct log_append append;
	int code =
		log_fixture_append(f, log, &(struct batch_spec){ .n = n, .key = key, .value = key },
				   &append);
	if (code == 0)
		assert_int_equal(append.fault.kafka_error, 0);
	return code;
}

static struct log_config small_segments(void)
{
	struct log_config config = log_config_default();
	config.segment_bytes = 600;
	config.index_interval_bytes = 150;
	return config;
}

/* Appends, syncs, rolls and checkpoints, until something fails. Yields how many records are sure.
 */
static int64_t small_life(struct log_fixture *f, bool *ret_to_the_end)
{
	int64_t sure = 0;
	struct log_config config = small_segments();
	struct log *log;
	*ret_to_the_end = false;
	if (log_fixture_open(f) != 0)
		return 0;
	if (log_store_create(f->store, "a", 0, (struct uuid){ { 1 } }, &config, &log, &f->err) != 0)
		return 0;
	for (int i = 0; i < 14; i++) {
		if (put(f, log, i * 2, 2) != 0)
			break;
		if (i % 2 == 1 && log_store_sync(f->store, f->now_ms, &f->err) != 0)
			break;
		if (i == 8 && log_store_checkpoint(f->store, f->now_ms, &f->err) != 0)
			break;
		sure = log_high_watermark(log);
		*ret_to_the_end = i == 13;
	}
	return sure;
}

static void count_record(void *arg, const struct record_batch *batch, const struct event *event)
{
	int64_t *next = arg;
	(void)batch;
	CLEANUP(buf_fini) struct buf key = BUF_INIT(100);
	buf_printf(&key, "k%lld", (long long)event->offset);
	assert_int_equal(event->offset, *next);
	assert_slice(event->key, buf_str(&key));
	(*next)++;
}

static void every_operation_fails_once(enum disk_sim_fault fault)
{
	for (uint64_t n = 1;; n++) {
		struct log_fixture f;
		bool to_the_end;
		log_fixture_init(&f, n);
		disk_sim_fail_at(f.disk, DISK_SIM_ANY, n, fault);
		int64_t sure = small_life(&f, &to_the_end);
		bool none_left = disk_sim_count(f.disk, DISK_SIM_ANY) < n;
		log_fixture_crash(&f);
		assert_ok(log_fixture_open(&f), &f.err);
		struct log *log = log_store_find(f.store, "a", 0);
		assert_true(log != NULL || sure == 0);
		if (log != NULL) {
			int64_t next = 0;
			assert_int_equal(log_fixture_read(&f, log, 0, LOG_READ_ALL, count_record,
							  &next),
					 0);
			assert_true(next >= sure);
			assert_int_equal(next, log_end_offset(log));
			assert_ok(put(&f, log, next, 1), &f.err);
		}
		log_fixture_fini(&f);
		if (none_left) {
			assert_true(to_the_end);
			assert_true(n > 50);
			return;
		}
	}
}

static void an_io_error_at_any_operation_loses_nothing_acknowledged(void **state)
{
	(void)state;
	every_operation_fails_once(DISK_SIM_IO);
}

static void a_full_disk_at_any_operation_loses_nothing_acknowledged(void **state)
{
	(void)state;
	every_operation_fails_once(DISK_SIM_NO_SPACE);
}

static void power_loss_at_any_operation_loses_nothing_acknowledged(void **state)
{
	(void)state;
	every_operation_fails_once(DISK_SIM_POWER);
}

/* A closed folder whose last checkpoint says nothing, as after a crash without a write-ahead log.
 */
static void make_unclean(struct log_fixture *f)
{
	static const char *const GONE[] = { "data/.kafka_cleanshutdown",
					    "data/recovery-point-offset-checkpoint",
					    "data/.wal/00000000.wal" };
	for (size_t i = 0; i < COUNT_OF(GONE); i++)
		assert_ok(f->disk->ops->remove(f->disk, GONE[i], &f->err), &f->err);
}

static void fill_log(struct log_fixture *f, int batches, const struct log_config *config)
{
	assert_ok(log_fixture_open(f), &f->err);
	struct log *log = log_fixture_create(f, "a", config);
	for (int i = 0; i < batches; i++)
		assert_ok(put(f, log, i * 2, 2), &f->err);
	log_fixture_close(f);
}

#define LOG_FILE "data/a-0/00000000000000000000.log"

static void resize(struct log_fixture *f, const char *path, uint64_t bytes)
{
	struct disk_file *file;
	assert_ok(f->disk->ops->open(f->disk, path, DISK_READ | DISK_WRITE, &file, &f->err),
		  &f->err);
	assert_ok(f->disk->ops->truncate(file, bytes, &f->err), &f->err);
	file->ops->close(file);
}

static void write_at(struct log_fixture *f, const char *path, uint64_t at, struct slice bytes)
{
	struct disk_file *file;
	assert_ok(f->disk->ops->open(f->disk, path, DISK_READ | DISK_WRITE, &file, &f->err),
		  &f->err);
	assert_ok(f->disk->ops->write(file, at, bytes, &f->err), &f->err);
	file->ops->close(file);
}

static uint64_t bytes_of(struct log_fixture *f, const char *path)
{
	struct disk_stat stat;
	assert_ok(f->disk->ops->stat(f->disk, path, &stat, &f->err), &f->err);
	return stat.bytes;
}

/* What may stand behind a cut: nothing, zeroes (delayed allocation), or stale bytes. */
static void a_torn_tail_is_cut_at_the_first_bad_batch(void **state)
{
	(void)state;
	struct log_config config = log_config_default();
	uint64_t batch_bytes = 0;
	for (int tail = 0; tail < 3; tail++) {
		for (uint64_t cut = 0; cut <= 3 * batch_bytes; cut++) {
			struct log_fixture f;
			log_fixture_init(&f, 1);
			fill_log(&f, 5, &config); /* of one size: all numbers have one digit */
			uint64_t bytes = bytes_of(&f, LOG_FILE);
			batch_bytes = bytes / 5;
			make_unclean(&f);
			resize(&f, LOG_FILE, bytes - cut);
			uint8_t junk[300];
			memset(junk, tail == 1 ? 0 : 0xA5, sizeof(junk));
			if (tail > 0)
				write_at(&f, LOG_FILE, bytes - cut, slice_of(junk, sizeof(junk)));
			assert_ok(log_fixture_open(&f), &f.err);
			struct log *log = log_fixture_find(&f, "a");
			/* A record's last byte is a zero: cut off and filled with zeroes, it is
			 * whole. */
			uint64_t lost = tail == 1 && cut % batch_bytes == 1 ? cut - 1 : cut;
			int64_t whole = (int64_t)((bytes - lost) / batch_bytes), next = 0;
			assert_int_equal(log_end_offset(log), whole * 2);
			assert_int_equal(log_fixture_read(&f, log, 0, LOG_READ_ALL, count_record,
							  &next),
					 0);
			assert_int_equal(next, whole * 2);
			assert_ok(put(&f, log, next, 1), &f.err);
			log_fixture_fini(&f);
		}
	}
}

struct one_record {
	int64_t offset;
	bool found;
};

static void expect_record(void *arg, const struct record_batch *batch, const struct event *event)
{
	struct one_record *one = arg;
	(void)batch;
	CLEANUP(buf_fini) struct buf key = BUF_INIT(100);
	buf_printf(&key, "k%lld", (long long)event->offset);
	assert_slice(event->key, buf_str(&key));
	one->found |= event->offset == one->offset;
}

/* Reads each offset alone; yields how many were refused. */
static int read_each(struct log_fixture *f, struct log *log, int64_t damaged_from,
		     int64_t damaged_to)
{
	int refused = 0;
	for (int64_t offset = 0; offset < log_end_offset(log); offset++) {
		struct one_record one = { .offset = offset };
		int16_t error = log_fixture_read(f, log, offset, LOG_READ_ALL, expect_record, &one);
		bool damaged = offset >= damaged_from && offset < damaged_to;
		if (!one.found) {
			assert_int_equal(error, KAFKA_CORRUPT_MESSAGE);
			assert_true(damaged);
			refused++;
		}
	}
	return refused;
}

static void a_flipped_bit_in_a_closed_segment_hides_its_batch_only(void **state)
{
	(void)state;
	struct log_config config = small_segments();
	struct rng rng = { .state = rng_seed_from_env() };
	struct log_fixture f;
	log_fixture_init(&f, 1);
	f.options.tail_bytes_max = 1;
	config.segment_bytes = 450;
	fill_log(&f, 14, &config);
	uint64_t bytes = bytes_of(&f, LOG_FILE), refused = 0;
	uint64_t batch_bytes = bytes / 5; /* of one size: all numbers have one digit */
	assert_int_equal(bytes % 5, 0);
	for (uint64_t at = 0; at < bytes; at++) {
		unsigned bit = (unsigned)rng_below(&rng, 8);
		disk_sim_rot(f.disk, LOG_FILE, at, bit);
		assert_ok(log_fixture_open(&f), &f.err);
		int64_t damaged = (int64_t)(at / batch_bytes) * 2;
		refused += (uint64_t)read_each(&f, log_fixture_find(&f, "a"), damaged, damaged + 2);
		log_fixture_close(&f);
		disk_sim_rot(f.disk, LOG_FILE, at, bit);
	}
	/* All but the four bytes of the leader epoch are noticed, for both records of a batch. */
	assert_int_equal(refused, (batch_bytes - 4) * 5 * 2);
	log_fixture_fini(&f);
}

static void a_damaged_index_is_made_again(void **state)
{
	(void)state;
	static const char *const FILES[] = { "data/a-0/00000000000000000000.index",
					     "data/a-0/00000000000000000000.timeindex" };
	struct log_config config = small_segments();
	struct log_fixture f;
	log_fixture_init(&f, 1);
	fill_log(&f, 14, &config);
	for (size_t file = 0; file < COUNT_OF(FILES); file++) {
		uint64_t bytes = bytes_of(&f, FILES[file]);
		assert_true(bytes > 0);
		for (uint64_t at = 0; at < bytes; at++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				disk_sim_rot(f.disk, FILES[file], at, bit);
				assert_ok(log_fixture_open(&f), &f.err);
				assert_int_equal(read_each(&f, log_fixture_find(&f, "a"), 0, 0), 0);
				log_fixture_close(&f);
				disk_sim_rot(f.disk, FILES[file], at, bit);
			}
		}
	}
	log_fixture_fini(&f);
}

static void a_full_disk_refuses_and_goes_on_when_there_is_room(void **state)
{
	(void)state;
	struct log_fixture f;
	log_fixture_init(&f, 1);
	f.options.wal_file_bytes = 20000;
	assert_ok(log_fixture_open(&f), &f.err);
	struct log_config config = small_segments();
	struct log *log = log_fixture_create(&f, "a", &config);
	disk_sim_quota(f.disk, 400000);
	int64_t next = 0;
	int code = 0;
	for (int i = 0; i < 10000 && code == 0; i++) {
		code = put(&f, log, next, 1);
		if (code != 0)
			break;
		next++;
		code = log_store_sync(f.store, f.now_ms, &f.err);
	}
	assert_int_equal(code, ERR_NO_SPACE);
	int64_t visible = log_high_watermark(log), read = 0;
	assert_true(visible > 100);
	assert_int_equal(log_fixture_read(&f, log, 0, LOG_READ_UNCOMMITTED, count_record, &read),
			 0);
	assert_int_equal(read, visible);
	disk_sim_quota(f.disk, UINT64_MAX);
	f.now_ms += 1000;
	assert_ok(log_store_sync(f.store, f.now_ms, &f.err), &f.err);
	assert_int_equal(log_store_failure(f.store, NULL), 0);
	next = log_end_offset(log);
	assert_ok(put(&f, log, next++, 1), &f.err);
	assert_ok(log_store_sync(f.store, f.now_ms, &f.err), &f.err);
	log_fixture_crash(&f);
	assert_ok(log_fixture_open(&f), &f.err);
	read = 0;
	assert_int_equal(log_fixture_read(&f, log_fixture_find(&f, "a"), 0, LOG_READ_ALL,
					  count_record, &read),
			 0);
	assert_int_equal(read, next);
	log_fixture_fini(&f);
}

static void after_a_failed_sync_nothing_more_is_written(void **state)
{
	(void)state;
	struct log_fixture f;
	log_fixture_init(&f, 1);
	assert_ok(log_fixture_open(&f), &f.err);
	struct log *log = log_fixture_create(&f, "a", NULL);
	assert_ok(put(&f, log, 0, 2), &f.err);
	assert_ok(log_store_sync(f.store, f.now_ms, &f.err), &f.err);
	assert_ok(put(&f, log, 2, 1), &f.err);
	disk_sim_fail_at(f.disk, DISK_SIM_SYNC, 1, DISK_SIM_IO);
	assert_fails(log_store_sync(f.store, f.now_ms, &f.err), &f.err, ERR_IO, "sync");
	assert_int_equal(f.failed, 1);
	assert_int_equal(log_high_watermark(log), 2);
	uint64_t syncs = disk_sim_count(f.disk, DISK_SIM_SYNC);
	assert_int_equal(put(&f, log, 3, 1), ERR_IO);
	f.now_ms += 100000;
	assert_int_equal(log_store_sync(f.store, f.now_ms, &f.err), ERR_IO);
	assert_int_equal(log_store_checkpoint(f.store, f.now_ms, &f.err), ERR_IO);
	assert_int_equal(disk_sim_count(f.disk, DISK_SIM_SYNC), syncs);
	assert_string_equal(log_fixture_text(&f, log, 0, LOG_READ_UNCOMMITTED), "0:k0=v0 1:k1=v1");
	log_fixture_crash(&f);
	assert_ok(log_fixture_open(&f), &f.err);
	int64_t read = 0;
	log = log_fixture_find(&f, "a");
	assert_int_equal(log_fixture_read(&f, log, 0, LOG_READ_ALL, count_record, &read), 0);
	assert_true(read >= 2);
	log_fixture_fini(&f);
}

static void a_read_only_disk_refuses_appends_and_serves_reads(void **state)
{
	(void)state;
	struct log_fixture f;
	log_fixture_init(&f, 1);
	assert_ok(log_fixture_open(&f), &f.err);
	struct log *log = log_fixture_create(&f, "a", NULL);
	assert_ok(put(&f, log, 0, 2), &f.err);
	assert_ok(log_store_sync(f.store, f.now_ms, &f.err), &f.err);
	disk_sim_read_only(f.disk, true);
	assert_ok(put(&f, log, 2, 1), &f.err);
	assert_int_equal(log_store_sync(f.store, f.now_ms, &f.err), ERR_READ_ONLY);
	assert_int_equal(put(&f, log, 3, 1), ERR_READ_ONLY);
	assert_string_equal(log_fixture_text(&f, log, 0, LOG_READ_UNCOMMITTED), "0:k0=v0 1:k1=v1");
	disk_sim_read_only(f.disk, false);
	f.now_ms += 1000;
	assert_ok(log_store_sync(f.store, f.now_ms, &f.err), &f.err);
	assert_int_equal(log_high_watermark(log), 3);
	log_fixture_fini(&f);
}

static void a_folder_has_one_owner(void **state)
{
	(void)state;
	struct log_fixture f;
	struct log_store *second;
	log_fixture_init(&f, 1);
	assert_ok(log_fixture_open(&f), &f.err);
	assert_fails(log_store_open(f.disk, &f.options, &second, &f.err), &f.err, ERR_CONFLICT, "");
	log_fixture_fini(&f);
}

int main(void)
{
	RUN_TESTS(TEST(an_io_error_at_any_operation_loses_nothing_acknowledged),
		  TEST(a_full_disk_at_any_operation_loses_nothing_acknowledged),
		  TEST(power_loss_at_any_operation_loses_nothing_acknowledged),
		  TEST(a_torn_tail_is_cut_at_the_first_bad_batch),
		  TEST(a_flipped_bit_in_a_closed_segment_hides_its_batch_only),
		  TEST(a_damaged_index_is_made_again),
		  TEST(a_full_disk_refuses_and_goes_on_when_there_is_room),
		  TEST(after_a_failed_sync_nothing_more_is_written),
		  TEST(a_read_only_disk_refuses_appends_and_serves_reads),
		  TEST(a_folder_has_one_owner));
}
