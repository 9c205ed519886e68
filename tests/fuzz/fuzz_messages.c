/*
 * Any bytes as any message in any version: reading never steps outside, and what was read can be
 * written and read again to the same text.
 */
#include "wire/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_compare(const struct message_type *m, int16_t version, const void *item,
			      struct arena *arena)
{
	struct buf bytes = BUF_INIT((size_t)1 << 24), before = BUF_INIT((size_t)1 << 26),
		   after = BUF_INIT((size_t)1 << 26);
	if (message_write(m, version, item, &bytes, NULL, NULL) == 0) {
		struct reader reader = reader_of(buf_slice(&bytes));
		void *again;
		int code = message_read(m, version, &reader, arena, &again, NULL);
		assert(code == 0);
		assert(reader_left(&reader) == 0);
		message_print(m, version, item, &before);
		message_print(m, version, again, &after);
		assert(slice_eq(buf_slice(&before), buf_slice(&after)));
	}
	buf_fini(&bytes);
	buf_fini(&before);
	buf_fini(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3)
		return 0;
	const struct message_type *m = MESSAGES[(uint32_t)(data[0] << 8 | data[1]) % MESSAGES_LEN];
	int16_t version = (int16_t)(m->first + data[2] % (m->last - m->first + 1));
	struct arena arena = { 0 };
	struct reader reader = reader_of(slice_of(data + 3, size - 3));
	void *item;
	if (message_read(m, version, &reader, &arena, &item, NULL) == 0)
		write_and_compare(m, version, item, &arena);
	arena_fini(&arena);
	return 0;
}
