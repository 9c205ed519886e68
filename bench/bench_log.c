/*
 * bench_log.c - what a durable append costs, and which layout makes it cheap.
 *
 * Each round appends a number of batches over the partitions and then waits for the disk, as a
 * group commit does. "files" is the plain way: append to each partition's file and fdatasync each
 * that was written. "wal" is the log store: one shared write-ahead log is synced, the partitions'
 * files are written behind it and synced by checkpoints on another thread. "off" is the store
 * without syncs.
 *
 *     bench_log [--dir DIR] [--seconds S]
 */
#include "base/num.h"
#include "broker/log_store.h"
#include "host/thread.h"
#include "wire/record.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define PARTITIONS_MAX 100
#define ROUNDS_MAX 200000
#define PATH_BYTES_MAX ((size_t)4096)

struct setting {
	int partitions, batches; /* batches a round, one partition after the other */
	size_t batch_bytes;
};

struct result {
	uint64_t rounds, bytes;
	double seconds;
	uint32_t *micros; /* of each round */
};

struct background { /* a checkpoint on its own thread */
	struct log_job *job;
	struct thread *thread;
	int done; /* an eventfd, readable once the job has run */
};

static double now_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(int code, const struct err *err)
{
	if (code == 0)
		return;
	fprintf(stderr, "bench_log: %s\n", err->text);
	exit(1);
}

static void make_batch(struct buf *out, size_t bytes)
{
	struct err err;
	struct record_options options = RECORD_OPTIONS_INIT;
	struct record_builder builder;
	CLEANUP(buf_fini) struct buf value = BUF_INIT((size_t)16 * 1024 * 1024);
	for (size_t i = 0; i < bytes; i++)
		buf_append_u8(&value, (uint8_t)(i * 31 + i / 7));
	record_builder_open(&builder, &options, 0, out);
	record_builder_add(&builder,
			   &(struct event){ .value = buf_slice(&value), .timestamp_ms = 1 });
	must(record_builder_close(&builder, &err), &err);
}

static int micros_cmp(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void report(const char *mode, const struct setting *setting, struct result *result)
{
	qsort(result->micros, result->rounds, sizeof(*result->micros), micros_cmp);
	uint32_t p50 = result->micros[result->rounds / 2];
	uint32_t p99 = result->micros[result->rounds * 99 / 100];
	printf("%-5s %4d partitions %4d batches of %7zu B: %8.0f commits/s %9.0f batches/s "
	       "%7.1f MB/s  p50 %6u us  p99 %6u us\n",
	       mode, setting->partitions, setting->batches, setting->batch_bytes,
	       (double)result->rounds / result->seconds,
	       (double)result->rounds * setting->batches / result->seconds,
	       (double)result->bytes / 1e6 / result->seconds, p50, p99);
	fflush(stdout);
}

/* The plain way, without a store: what the disk gives. */
static void run_files(struct disk *disk, const char *dir, const struct setting *setting,
		      double seconds, struct result *result)
{
	struct err err;
	struct disk_file *files[PARTITIONS_MAX];
	uint64_t at[PARTITIONS_MAX] = { 0 };
	CLEANUP(buf_fini) struct buf batch = BUF_INIT((size_t)16 * 1024 * 1024);
	CLEANUP(buf_fini) struct buf path = BUF_INIT(PATH_BYTES_MAX);
	make_batch(&batch, setting->batch_bytes);
	for (int i = 0; i < setting->partitions; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s/files-%d", dir, i);
		must(disk->ops->open(disk, buf_str(&path),
				     DISK_READ | DISK_WRITE | DISK_CREATE | DISK_TRUNCATE,
				     &files[i], &err),
		     &err);
	}
	double begin = now_seconds(), last = begin;
	int next = 0;
	while (last - begin < seconds && result->rounds < ROUNDS_MAX) {
		bool dirty[PARTITIONS_MAX] = { false };
		for (int i = 0; i < setting->batches;
		     i++, next = (next + 1) % setting->partitions) {
			must(disk->ops->write(files[next], at[next], buf_slice(&batch), &err),
			     &err);
			at[next] += batch.len;
			result->bytes += batch.len;
			dirty[next] = true;
		}
		for (int i = 0; i < setting->partitions; i++) {
			if (dirty[i])
				must(disk->ops->sync(files[i], &err), &err);
		}
		double now = now_seconds();
		result->micros[result->rounds++] = (uint32_t)((now - last) * 1e6);
		last = now;
	}
	result->seconds = last - begin;
	for (int i = 0; i < setting->partitions; i++)
		files[i]->ops->close(files[i]);
}

static void run_background(void *arg)
{
	struct background *background = arg;
	log_job_run(background->job);
	if (eventfd_write(background->done, 1) != 0)
		abort();
}

static void step_checkpoint(struct log_store *store, struct background *background, int64_t now_ms,
			    bool wait)
{
	struct err err;
	if (background->job == NULL) {
		background->job = log_store_checkpoint_begin(store, false, now_ms);
		if (background->job == NULL)
			return;
		must(thread_start("checkpoint", run_background, background, &background->thread,
				  &err),
		     &err);
	}
	eventfd_t count;
	if (!wait && eventfd_read(background->done, &count) != 0)
		return;
	thread_join(background->thread);
	must(log_store_job_end(store, background->job, now_ms, &err), &err);
	if (wait)
		(void)!eventfd_read(background->done, &count);
	background->job = NULL;
}

static void append_one(struct log *log, const struct record_batch *batch, int64_t now_ms)
{
	struct err err;
	struct log_append append = { .batch = *batch, .now_ms = now_ms };
	must(log_append(log, &append, &err), &err);
	assert(append.fault.kafka_error == 0);
}

static void run_store(struct disk *disk, const char *dir, const struct setting *setting,
		      double seconds, bool fsync_off, struct result *result)
{
	struct err err;
	struct log_store *store;
	struct log *logs[PARTITIONS_MAX];
	struct record_batch batch;
	struct record_fault fault;
	struct background background = { .done = eventfd(0, EFD_NONBLOCK) };
	struct log_config config = log_config_default();
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT((size_t)16 * 1024 * 1024);
	CLEANUP(buf_fini) struct buf path = BUF_INIT(PATH_BYTES_MAX);
	buf_printf(&path, "%s/store", dir);
	make_batch(&bytes, setting->batch_bytes);
	bool fine = record_batch_check(buf_slice(&bytes), &batch, &fault);
	assert(fine);
	config.max_message_bytes = INT64_MAX;
	must(log_store_open(disk,
			    &(struct log_store_options){ .dir = buf_str(&path),
							 .fsync_off = fsync_off },
			    &store, &err),
	     &err);
	for (int i = 0; i < setting->partitions; i++)
		must(log_store_create(store, "bench", i, (struct uuid){ { 1 } }, &config, &logs[i],
				      &err),
		     &err);
	double begin = now_seconds(), last = begin;
	int next = 0;
	while (last - begin < seconds && result->rounds < ROUNDS_MAX) {
		int64_t now_ms = (int64_t)((last - begin) * 1000);
		for (int i = 0; i < setting->batches; i++, next = (next + 1) % setting->partitions)
			append_one(logs[next], &batch, now_ms);
		result->bytes += (uint64_t)setting->batches * bytes.len;
		step_checkpoint(store, &background, now_ms, false);
		while (log_store_has_unsynced(store)) {
			struct log_job *job = log_store_sync_begin(store, now_ms);
			if (job == NULL) { /* no room in the write-ahead log until it ends */
				step_checkpoint(store, &background, now_ms, true);
				continue;
			}
			log_job_run(job);
			must(log_store_job_end(store, job, now_ms, &err), &err);
		}
		double now = now_seconds();
		result->micros[result->rounds++] = (uint32_t)((now - last) * 1e6);
		last = now;
	}
	result->seconds = last - begin;
	if (background.job != NULL)
		step_checkpoint(store, &background, 0, true);
	close(background.done);
	must(log_store_close(store, 1000000, &err), &err);
}

/* Two levels are all there are. */
static void sweep(const char *dir)
{
	DIR *open_dir = opendir(dir);
	CLEANUP(buf_fini) struct buf path = BUF_INIT(PATH_BYTES_MAX);
	for (struct dirent *entry; open_dir != NULL && (entry = readdir(open_dir)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		buf_reset(&path);
		buf_printf(&path, "%s/%s", dir, entry->d_name);
		if (entry->d_type == DT_DIR)
			sweep(buf_str(&path));
		else
			unlink(buf_str(&path));
	}
	if (open_dir != NULL)
		closedir(open_dir);
	rmdir(dir);
}

static void run_all(const char *dir, double seconds)
{
	static const struct setting SETTINGS[] = {
		{ 1, 1, 100 },     { 1, 1, 16384 },    { 1, 100, 1024 },
		{ 1, 1, 1 << 20 }, { 10, 10, 1024 },   { 10, 100, 1024 },
		{ 10, 10, 65536 }, { 100, 100, 1024 }, { 100, 100, 16384 },
	};
	static const char *const MODES[] = { "files", "wal", "off" };
	struct disk *disk = disk_real_new();
	uint32_t *micros = calloc(ROUNDS_MAX, sizeof(*micros));
	for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) {
		for (size_t mode = 0; mode < COUNT_OF(MODES); mode++) {
			struct result result = { .micros = micros };
			struct err err;
			sweep(dir);
			must(disk->ops->make_dir(disk, dir, &err), &err);
			if (mode == 0)
				run_files(disk, dir, &SETTINGS[i], seconds, &result);
			else
				run_store(disk, dir, &SETTINGS[i], seconds, mode == 2, &result);
			report(MODES[mode], &SETTINGS[i], &result);
		}
	}
	sweep(dir);
	free(micros);
	disk_real_free(disk);
}

int main(int argc, char **argv)
{
	const char *dir = "bench-log-data";
	double seconds = 2;
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--dir") == 0)
			dir = argv[i + 1];
		else if (strcmp(argv[i], "--seconds") == 0)
			(void)!num_parse_double(slice_str(argv[i + 1]), &seconds, NULL);
	}
	run_all(dir, seconds);
	return 0;
}
