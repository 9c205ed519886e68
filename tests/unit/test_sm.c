#include "base/sm.h"

#include "tests/lib/test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum door { DOOR_OPEN, DOOR_CLOSED, DOOR_LOCKED, DOOR_GONE };

static const struct sm_state DOOR_STATES[] = {
	[DOOR_OPEN] = { "OPEN", SM_TO(DOOR_CLOSED) | SM_TO(DOOR_GONE) },
	[DOOR_CLOSED] = { "CLOSED", SM_TO(DOOR_OPEN) | SM_TO(DOOR_LOCKED) },
	[DOOR_LOCKED] = { "LOCKED", SM_TO(DOOR_CLOSED) },
	[DOOR_GONE] = { "GONE", 0 },
};
static const struct sm_table DOOR = SM_TABLE("door", DOOR_STATES);

static void moves_are_traced(void **state)
{
	(void)state;
	struct buf lines = BUF_INIT(1000);
	struct trace trace = trace_to_buf(&lines, 1u << TRACE_SM);
	struct sm sm;
	sm_init(&sm, &DOOR, DOOR_OPEN, 7, &trace);
	sm_move(&sm, DOOR_CLOSED);
	sm_move(&sm, DOOR_LOCKED);
	assert_string_equal(sm_name(&sm), "LOCKED");
	assert_false(sm_may(&sm, DOOR_OPEN));
	assert_true(sm_may(&sm, DOOR_CLOSED));
	assert_false(sm_final(&sm));
	assert_slice(buf_slice(&lines), "sm: door 7: OPEN -> CLOSED\n"
					"sm: door 7: CLOSED -> LOCKED\n");
	buf_fini(&lines);
}

static void a_final_state_has_no_moves(void **state)
{
	(void)state;
	struct sm sm;
	sm_init(&sm, &DOOR, DOOR_OPEN, 1, NULL);
	sm_move(&sm, DOOR_GONE);
	assert_true(sm_final(&sm));
	for (uint32_t i = 0; i < DOOR.count; i++)
		assert_false(sm_may(&sm, i));
}

/* In a child, because the process ends. */
static void a_move_that_is_not_allowed_ends_the_process(void **state)
{
	(void)state;
	for (uint32_t to = 0; to < DOOR.count; to++) {
		fflush(NULL);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			struct sm sm;
			signal(SIGABRT, SIG_DFL);
			close(STDERR_FILENO);
			sm_init(&sm, &DOOR, DOOR_LOCKED, 1, NULL);
			sm_move(&sm, to);
			_exit(0);
		}
		int status = 0;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		bool moved = WIFEXITED(status) && WEXITSTATUS(status) == 0;
		assert_int_equal(moved, to == DOOR_CLOSED);
	}
}

static void a_table_is_checked_for_what_a_person_overlooks(void **state)
{
	(void)state;
	static const struct sm_state LOST[] = { { "A", SM_TO(1) }, { "B", 0 }, { "C", SM_TO(1) } };
	static const struct sm_state STUCK[] = { { "A", SM_TO(1) | SM_TO(2) },
						 { "B", 0 },
						 { "C", SM_TO(2) } };
	static const struct sm_state OUTSIDE[] = { { "A", SM_TO(5) } };
	static const struct sm_state NAMELESS[] = { { "A", SM_TO(1) }, { NULL, 0 } };
	static const struct sm_state ENDLESS[] = { { "A", SM_TO(1) }, { "B", SM_TO(0) } };
	static const struct {
		struct sm_table table;
		const char *words;
	} WRONG[] = {
		{ SM_TABLE("lost", LOST), "no move of lost leads to C" },
		{ SM_TABLE("stuck", STUCK), "no end of stuck is reached from C" },
		{ SM_TABLE("outside", OUTSIDE), "state 0 of outside moves to no state" },
		{ SM_TABLE("nameless", NAMELESS), "state 1 of nameless has no name" },
	};
	static const struct sm_table ENDLESS_TABLE = SM_TABLE("endless", ENDLESS);
	struct err err = ERR_INIT;
	assert_ok(sm_check(&DOOR, DOOR_OPEN, &err), &err);
	assert_ok(sm_check(&ENDLESS_TABLE, 0, &err), &err);
	for (size_t i = 0; i < COUNT_OF(WRONG); i++)
		assert_fails(sm_check(&WRONG[i].table, 0, &err), &err, ERR_INVALID, WRONG[i].words);
}

static void a_table_prints_as_text(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(1000);
	sm_print(&DOOR, &text);
	assert_slice(buf_slice(&text), "OPEN -> CLOSED, GONE\n"
				       "CLOSED -> OPEN, LOCKED\n"
				       "LOCKED -> CLOSED\n"
				       "GONE\n");
	buf_fini(&text);
}

int main(void)
{
	RUN_TESTS(TEST(moves_are_traced), TEST(a_final_state_has_no_moves),
		  TEST(a_move_that_is_not_allowed_ends_the_process),
		  TEST(a_table_is_checked_for_what_a_person_overlooks),
		  TEST(a_table_prints_as_text));
}
