/* The write-ahead log apart from the store: what was written is found, in order, and nothing stale.
 */
#include "broker/wal.h"

#include "host/disk_sim.h"
#include "tests/lib/test.h"

struct found {
	struct buf text;
};

static int note(void *arg, struct uuid topic_id, int32_t partition, struct slice batch,
		struct err *err)
{
	struct found *found = arg;
	(void)err;
	buf_printf(&found->text, "%u-%d:%zu ", topic_id.bytes[0], partition, batch.len);
	return 0;
}

static void add(struct wal *wal, uint8_t topic, int32_t partition, size_t len)
{
	static const uint8_t BYTES[70000];
	wal_add(wal, (struct uuid){ { topic } }, partition, slice_of(BYTES, len));
}

static int commit(struct wal *wal, struct err *err)
{
	struct wal_blocks blocks;
	bool sync_failed = false;
	wal_take(wal, &blocks);
	if (!wal_place(wal, &blocks)) {
		wal_untake(wal, &blocks);
		return ERR_LIMIT;
	}
	int code = wal_write(wal, &blocks, &sync_failed, err);
	if (code == 0)
		wal_done(wal, &blocks);
	else
		wal_untake(wal, &blocks);
	return code;
}

static void recover(struct disk *disk, struct wal *wal, struct found *found)
{
	struct err err;
	uint64_t bytes;
	wal_init(wal, disk, "wal", 16384, true);
	buf_reset(&found->text);
	assert_ok(wal_recover(wal, note, found, &bytes, &err), &err);
}

static void what_was_written_is_found_once_and_then_no_more(void **state)
{
	(void)state;
	struct disk *disk = disk_sim_new(1);
	struct found found = { .text = BUF_INIT(100000) };
	struct wal wal;
	struct err err;
	recover(disk, &wal, &found);
	assert_ok(disk->ops->sync_dir(disk, ".", &err), &err);
	add(&wal, 1, 0, 100);
	add(&wal, 2, 7, 5000);
	assert_ok(commit(&wal, &err), &err);
	add(&wal, 1, 0, 60);
	assert_ok(commit(&wal, &err), &err);
	add(&wal, 3, 0, 61); /* never committed */
	disk_sim_crash(disk);
	wal_fini(&wal);
	recover(disk, &wal, &found);
	assert_string_equal(buf_str(&found.text), "1-0:100 2-7:5000 1-0:60 ");
	add(&wal, 9, 0, 9);
	assert_ok(commit(&wal, &err), &err);
	wal_fini(&wal);
	recover(disk, &wal, &found);
	assert_string_equal(buf_str(&found.text), "9-0:9 ");
	wal_fini(&wal);
	buf_fini(&found.text);
	disk_sim_free(disk);
}

static void files_are_used_again_and_stale_blocks_are_not_believed(void **state)
{
	(void)state;
	struct disk *disk = disk_sim_new(1);
	struct found found = { .text = BUF_INIT(1000000) };
	struct wal wal;
	struct err err;
	recover(disk, &wal, &found);
	assert_ok(disk->ops->sync_dir(disk, ".", &err), &err);
	uint64_t kept_from = 0;
	for (size_t i = 1; i <= 200; i++) {
		if (i % 10 == 0) {
			wal_free_before(&wal, wal.next_sequence);
			kept_from = i;
		}
		add(&wal, 1, 0, i);
		assert_ok(commit(&wal, &err), &err);
		assert_true(wal.nfiles <= 4);
		if (i % 7 != 0)
			continue;
		wal_fini(&wal);
		disk_sim_crash(disk);
		recover(disk, &wal, &found);
		struct buf expected = BUF_INIT(100000);
		for (uint64_t kept = MAX(kept_from, 1); kept <= i; kept++)
			buf_printf(&expected, "1-0:%llu ", (unsigned long long)kept);
		assert_string_equal(buf_str(&found.text), buf_str(&expected));
		buf_fini(&expected);
		kept_from = i + 1;
	}
	wal_fini(&wal);
	buf_fini(&found.text);
	disk_sim_free(disk);
}

static void a_full_log_takes_nothing_and_forgets_nothing(void **state)
{
	(void)state;
	struct disk *disk = disk_sim_new(1);
	struct found found = { .text = BUF_INIT(1000000) };
	struct wal wal;
	struct err err;
	recover(disk, &wal, &found);
	size_t n = 0;
	int code = 0;
	while (code == 0) {
		add(&wal, 1, 0, 100);
		code = commit(&wal, &err);
		n++;
	}
	assert_int_equal(code, ERR_LIMIT);
	assert_int_equal(n, WAL_FILES_MAX * 16384 / WAL_PAGE_BYTES + 1);
	wal_free_before(&wal, wal.next_sequence);
	assert_ok(commit(&wal, &err), &err);
	wal_fini(&wal);
	recover(disk, &wal, &found);
	assert_string_equal(buf_str(&found.text), "1-0:100 ");
	wal_fini(&wal);
	buf_fini(&found.text);
	disk_sim_free(disk);
}

int main(void)
{
	RUN_TESTS(TEST(what_was_written_is_found_once_and_then_no_more),
		  TEST(files_are_used_again_and_stale_blocks_are_not_believed),
		  TEST(a_full_log_takes_nothing_and_forgets_nothing));
}
