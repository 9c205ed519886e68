/*
 * Record batches with a valid crc and insane contents: nothing crashes, nothing unpacks past its
 * ceiling, and what passes the checks can be walked and rebuilt.
 */
#include "base/crc32c.h"
#include "wire/record.h"

#define UNPACKED_MAX ((size_t)1 << 20)

static void rebuild(const struct record_batch *batch, struct buf *scratch)
{
	struct record_walk walk;
	struct event event;
	bool more;
	struct buf out = BUF_INIT(4 * UNPACKED_MAX);
	struct record_options options = RECORD_OPTIONS_INIT;
	struct record_builder builder;
	record_builder_open(&builder, &options, batch->base_offset, &out);
	assert(record_walk_open(&walk, batch, scratch, NULL) == 0);
	int32_t n = 0;
	for (; record_walk_next(&walk, &event, &more, NULL) == 0 && more; n++)
		record_builder_add(&builder, &event);
	assert(n == batch->count);
	struct record_batch again;
	struct record_fault fault;
	if (record_builder_close(&builder, NULL) == 0)
		assert(record_batch_check(buf_slice(&out), &again, &fault));
	record_walk_close(&walk);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_batch batch;
	struct record_fault fault;
	struct buf bytes = BUF_INIT(UNPACKED_MAX), scratch = BUF_INIT(UNPACKED_MAX);
	(void)record_batch_check(slice_of(data, size), &batch, &fault);
	if (size >= RECORD_BATCH_HEADER_BYTES && size <= UNPACKED_MAX) {
		buf_append(&bytes, slice_of(data, size));
		store_be64(bytes.data, load_be64(data) >> 2);
		store_be32(bytes.data + 8, (uint32_t)(size - RECORD_BATCH_PREFIX_BYTES));
		bytes.data[16] = RECORD_BATCH_MAGIC;
		store_be32(bytes.data + 17, crc32c(0, slice_sub(buf_slice(&bytes), 21, SIZE_MAX)));
		if (record_batch_check(buf_slice(&bytes), &batch, &fault)) {
			enum record_control type;
			int32_t epoch;
			if ((batch.attributes & RECORD_CONTROL) != 0)
				(void)!record_control_read(&batch, &type, &epoch, NULL);
			if (record_batch_check_produced(buf_slice(&bytes), &batch, &fault) &&
			    record_batch_check_records(&batch, &scratch, false, &fault))
				rebuild(&batch, &scratch);
		}
	}
	buf_fini(&bytes);
	buf_fini(&scratch);
	return 0;
}
