/* Sequences, epochs and transactions of one partition's producers, apart from any log. */
#include "broker/producer.h"

#include "tests/lib/test.h"

struct sent {
	int16_t epoch;
	int32_t sequence, n;
};

static struct record_batch batch_of(int64_t id, struct sent sent)
{
	return (struct record_batch){ .producer_id = id,
				      .producer_epoch = sent.epoch,
				      .base_sequence = sent.sequence,
				      .last_offset_delta = sent.n - 1,
				      .count = sent.n };
}

static int16_t check(const struct producer_table *table, struct sent sent, bool *ret_duplicate)
{
	struct log_append append = { .batch = batch_of(9, sent) };
	producer_check(table, &append);
	*ret_duplicate = append.duplicate;
	return append.fault.kafka_error;
}

static void apply(struct producer_table *table, struct sent sent, int64_t offset)
{
	struct log_aborted aborted;
	struct record_batch batch = batch_of(9, sent);
	assert_false(producer_apply(table, &batch, offset, 1000, &aborted));
}

struct case_of {
	struct sent sent;
	int16_t error;
	bool duplicate;
};

/* After epoch 1 has written 0-9 in five batches of two, and 0-1 of them are forgotten by a sixth.
 */
static void batches_follow_each_other_or_are_refused(void **state)
{
	(void)state;
	static const struct case_of CASES[] = {
		{ { 1, 12, 3 }, 0, false },
		{ { 1, 10, 2 }, 0, true },
		{ { 1, 2, 2 }, 0, true },
		{ { 1, 0, 2 }, KAFKA_OUT_OF_ORDER_SEQUENCE_NUMBER, false },
		{ { 1, 13, 1 }, KAFKA_OUT_OF_ORDER_SEQUENCE_NUMBER, false },
		{ { 1, 10, 1 }, KAFKA_OUT_OF_ORDER_SEQUENCE_NUMBER, false },
		{ { 0, 12, 1 }, KAFKA_INVALID_PRODUCER_EPOCH, false },
		{ { 2, 0, 1 }, 0, false },
		{ { 2, 12, 1 }, KAFKA_OUT_OF_ORDER_SEQUENCE_NUMBER, false },
	};
	struct producer_table table;
	producer_table_init(&table);
	for (int32_t i = 0; i < 6; i++)
		apply(&table, (struct sent){ 1, i * 2, 2 }, 100 + i * 2);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		bool duplicate;
		assert_int_equal(check(&table, CASES[i].sent, &duplicate), CASES[i].error);
		assert_int_equal(duplicate, CASES[i].duplicate);
	}
	producer_table_fini(&table);
}

static void sequences_go_on_with_0_after_the_largest(void **state)
{
	(void)state;
	struct producer_table table;
	bool duplicate;
	producer_table_init(&table);
	apply(&table, (struct sent){ 0, INT32_MAX - 1, 3 }, 0); /* MAX - 1, MAX, 0 */
	assert_int_equal(check(&table, (struct sent){ 0, 1, 1 }, &duplicate), 0);
	assert_int_equal(check(&table, (struct sent){ 0, INT32_MAX - 1, 3 }, &duplicate), 0);
	assert_true(duplicate);
	producer_table_fini(&table);
}

static void who_is_not_known_may_begin_anywhere(void **state)
{
	(void)state;
	struct producer_table table;
	bool duplicate;
	producer_table_init(&table);
	assert_int_equal(check(&table, (struct sent){ 3, 77, 1 }, &duplicate), 0);
	producer_table_fini(&table);
}

static void a_snapshot_brings_back_all_five_batches_and_transactions(void **state)
{
	(void)state;
	struct producer_table table, again;
	struct log_aborted aborted;
	struct err err;
	bool duplicate;
	struct buf bytes = BUF_INIT(100000);
	producer_table_init(&table);
	producer_table_init(&again);
	for (int32_t i = 0; i < 5; i++)
		apply(&table, (struct sent){ 1, i, 1 }, 100 + i);
	for (int64_t id = 30; id > 20; id--) {
		struct record_batch batch = batch_of(id, (struct sent){ 0, 0, 1 });
		batch.attributes = RECORD_TRANSACTIONAL;
		assert_false(producer_apply(&table, &batch, 1000 - id, 5, &aborted));
	}
	producer_snapshot(&table, &bytes);
	assert_int_equal(load_be16(bytes.data), 1);
	assert_int_equal(bytes.len, 6 + 4 + 15 * 46);
	assert_ok(producer_restore(&again, buf_slice(&bytes), &err), &err);
	assert_int_equal(producer_first_unstable(&again, 0), 970);
	for (int32_t i = 0; i < 5; i++) {
		assert_int_equal(check(&again, (struct sent){ 1, i, 1 }, &duplicate), 0);
		assert_true(duplicate);
	}
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= 4;
		assert_int_equal(producer_restore(&again, buf_slice(&bytes), &err), ERR_CORRUPT);
		bytes.data[i] ^= 4;
	}
	producer_table_fini(&table);
	producer_table_fini(&again);
	buf_fini(&bytes);
}

int main(void)
{
	RUN_TESTS(TEST(batches_follow_each_other_or_are_refused),
		  TEST(sequences_go_on_with_0_after_the_largest),
		  TEST(who_is_not_known_may_begin_anywhere),
		  TEST(a_snapshot_brings_back_all_five_batches_and_transactions));
}
