/*
 * A group's life, told as tables: a command, and all that comes of it.
 *
 *     at MS                                time passes, ticks where they are due
 *     join WAITER ID [static=I] [know=a,b] [session=MS] [rebalance=MS] [v=N]
 *     sync WAITER ID GENERATION [for=ID,ID..]  with an assignment for each
 *     beat ID GENERATION [static=I]  leave ID [static=I]  commit ID GENERATION  lost WAITER
 *
 * "-" is no id; a member without one that joins as waiter w is given "m-w".
 */
#include "broker/group.h"

#include "base/num.h"
#include "tests/lib/test.h"
#include "wire/errors.h"
#include "wire/event.h"

#define WORDS_MAX 12

struct fixture {
	struct group *group;
	struct group_out out;
	struct arena arena;
	struct map waiters; /* name to its own copy, which is the waiter */
	struct buf told;
	int64_t now_ms;
};

struct line {
	const char *command, *told;
};

static int set_up(void **state)
{
	static const struct group_settings settings = { .min_session_ms = 1000,
							.max_session_ms = 60000,
							.initial_delay_ms = 3000,
							.size_max = 3 };
	struct fixture *f = mem_new(struct fixture);
	f->group = group_new(&settings, NULL);
	map_init(&f->waiters);
	f->told = BUF_INIT(1 << 20);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	group_free(f->group);
	group_out_fini(&f->out);
	map_fini(&f->waiters);
	buf_fini(&f->told);
	arena_fini(&f->arena);
	mem_free(f);
	return 0;
}

/* What one command is made of. */
struct words {
	struct slice at[WORDS_MAX];
	uint32_t len;
};

static struct slice take_until(struct slice *text, uint8_t stop)
{
	size_t end = MIN(slice_find_byte(*text, stop, 0), text->len);
	struct slice word = slice_sub(*text, 0, end);
	*text = slice_sub(*text, end + 1, SIZE_MAX);
	return word;
}

static struct words words_of(const char *command)
{
	struct words words = { .len = 0 };
	struct slice text = slice_str(command);
	while (text.len > 0 && words.len < WORDS_MAX)
		words.at[words.len++] = take_until(&text, ' ');
	return words;
}

static struct slice option(const struct words *words, const char *name)
{
	for (uint32_t i = 0; i < words->len; i++) {
		struct slice text = words->at[i];
		if (slice_find_byte(text, '=', 0) == SIZE_MAX)
			continue;
		if (slice_eq_str(take_until(&text, '='), name))
			return text;
	}
	return SLICE_NULL;
}

static int32_t number(struct slice text, int32_t otherwise)
{
	int32_t value = otherwise;
	if (text.data != NULL)
		assert_int_equal(num_parse_i32(text, &value, NULL), 0);
	return value;
}

static struct slice id_of(struct slice word)
{
	return slice_eq_str(word, "-") ? SLICE_EMPTY : word;
}

static void *waiter_of(struct fixture *f, struct slice name)
{
	char *waiter = map_get(&f->waiters, name);
	if (waiter == NULL) {
		waiter = arena_str(&f->arena, name);
		map_put(&f->waiters, name, waiter);
	}
	return waiter;
}

static void tell_answer(struct fixture *f, const struct group_answer *answer)
{
	buf_printf(&f->told, "%s%s: ", f->told.len > 0 ? "; " : "", (const char *)answer->waiter);
	if (answer->error != KAFKA_NONE) {
		buf_append_str(&f->told, kafka_error_name(answer->error));
		return;
	}
	if (answer->kind == GROUP_ANSWER_SYNC) {
		buf_printf(&f->told, "got %.*s", SLICE_ARGS(answer->assignment));
		return;
	}
	buf_printf(&f->told, "%.*s in %d by %.*s of %.*s%s", SLICE_ARGS(answer->member_id),
		   answer->generation, SLICE_ARGS(answer->protocol), SLICE_ARGS(answer->leader),
		   answer->skip_assignment ? " skip" : "");
	for (uint32_t i = 0; i < answer->nmembers; i++)
		buf_printf(&f->told, "%s%.*s", i == 0 ? " with " : ",",
			   SLICE_ARGS(answer->members[i].member_id));
}

static void tell_all(struct fixture *f)
{
	vec_each (answer, &f->out.answers)
		tell_answer(f, answer);
	group_out_reset(&f->out);
}

static void do_join(struct fixture *f, const struct words *words)
{
	struct slice known = option(words, "know");
	struct group_join join = { .member_id = id_of(words->at[2]),
				   .instance_id = option(words, "static"),
				   .client_id = SLICE("client"),
				   .client_host = SLICE("/127.0.0.1"),
				   .protocol_type = SLICE("consumer"),
				   .session_ms = number(option(words, "session"), 10000),
				   .rebalance_ms = number(option(words, "rebalance"), 20000),
				   .id_required = number(option(words, "v"), 3) >= 4,
				   .skip_assignment = number(option(words, "v"), 3) >= 9,
				   .waiter = waiter_of(f, words->at[1]) };
	struct join_group_request_protocol protocols[WORDS_MAX];
	if (known.data == NULL)
		known = SLICE("range");
	while (known.len > 0)
		protocols[join.nprotocols++] =
			(struct join_group_request_protocol){ .name = take_until(&known, ','),
							      .metadata = SLICE("m") };
	join.protocols = protocols;
	join.new_id = slice_str(arena_printf(&f->arena, "m-%.*s", SLICE_ARGS(words->at[1])));
	group_join(f->group, &join, f->now_ms, &f->out);
}

static void do_sync(struct fixture *f, const struct words *words)
{
	struct slice targets = option(words, "for");
	struct group_sync sync = { .member_id = id_of(words->at[2]),
				   .instance_id = option(words, "static"),
				   .generation = number(words->at[3], 0),
				   .waiter = waiter_of(f, words->at[1]) };
	struct sync_group_request_assignment assignments[WORDS_MAX];
	while (targets.len > 0) {
		struct slice target = take_until(&targets, ',');
		assignments[sync.nassignments++] =
			(struct sync_group_request_assignment){ .member_id = target,
								.assignment = target };
	}
	sync.assignments = assignments;
	group_sync(f->group, &sync, f->now_ms, &f->out);
}

static void do_time(struct fixture *f, int64_t until_ms)
{
	assert_true(until_ms >= f->now_ms);
	while (group_next_ms(f->group) <= until_ms) {
		f->now_ms = MAX(group_next_ms(f->group), f->now_ms);
		group_tick(f->group, f->now_ms, &f->out);
	}
	f->now_ms = until_ms;
}

static void do_command(struct fixture *f, const char *command)
{
	struct words words = words_of(command);
	struct slice verb = words.at[0];
	struct slice id = id_of(words.at[1]), instance = option(&words, "static");
	int16_t error = KAFKA_NONE;
	bool plain = true;
	if (slice_eq_str(verb, "at"))
		do_time(f, number(words.at[1], 0));
	else if (slice_eq_str(verb, "join"))
		do_join(f, &words);
	else if (slice_eq_str(verb, "sync"))
		do_sync(f, &words);
	else if (slice_eq_str(verb, "lost"))
		group_forget(f->group, waiter_of(f, words.at[1]));
	else
		plain = false;
	if (slice_eq_str(verb, "beat"))
		error = group_heartbeat(f->group, id, instance, number(words.at[2], 0), f->now_ms);
	else if (slice_eq_str(verb, "commit"))
		error = group_may_commit(f->group, id, instance, number(words.at[2], 0), f->now_ms);
	else if (slice_eq_str(verb, "leave"))
		error = group_leave(f->group, id, instance, f->now_ms, &f->out);
	else
		assert_true(plain);
	if (!plain)
		buf_append_str(&f->told, kafka_error_name(error));
	tell_all(f);
}

/* Each line's answers, and the group's state at the end of it where the line says "= State". */
static void run(struct fixture *f, const struct line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_reset(&f->told);
		do_command(f, lines[i].command);
		struct slice expected = slice_str(lines[i].told);
		if (slice_find(expected, SLICE("= "), 0) != SIZE_MAX)
			buf_printf(&f->told, "%s= %s", f->told.len > 0 ? " " : "",
				   group_state_name(group_state(f->group)));
		if (!slice_eq(buf_slice(&f->told), expected))
			fail_msg("line %zu, %s:\n  told     %s\n  expected %s", i + 1,
				 lines[i].command, buf_str(&f->told), lines[i].told);
	}
}
#define RUN(state, lines) run(*(state), (lines), COUNT_OF(lines))

static void two_members_join_sync_and_one_leaves(void **state)
{
	static const struct line LINES[] = {
		{ "join a -", "= PreparingRebalance" },
		{ "join b -", "= PreparingRebalance" },
		{ "at 2999", "= PreparingRebalance" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a = "
		  "CompletingRebalance" },
		{ "beat m-a 1", "NONE" },
		{ "commit m-a 1", "REBALANCE_IN_PROGRESS" },
		{ "sync b m-b 1", "" },
		{ "sync a m-a 1 for=m-a,m-b", "a: got m-a; b: got m-b = Stable" },
		{ "sync b m-b 1", "b: got m-b" },
		{ "commit m-a 1", "NONE" },
		{ "commit m-a 0", "ILLEGAL_GENERATION" },
		{ "commit x 1", "UNKNOWN_MEMBER_ID" },
		{ "commit - -1", "UNKNOWN_MEMBER_ID" },
		{ "leave m-a", "NONE = PreparingRebalance" },
		{ "beat m-b 1", "REBALANCE_IN_PROGRESS" },
		{ "commit m-b 1", "NONE" },
		{ "join b m-b", "b: m-b in 2 by range of m-b with m-b = CompletingRebalance" },
		{ "sync b m-b 2 for=m-b", "b: got m-b = Stable" },
		{ "beat m-b 1", "ILLEGAL_GENERATION" },
		{ "leave m-b", "NONE = Empty" },
		{ "beat m-b 2", "UNKNOWN_MEMBER_ID" },
		{ "commit - -1", "NONE" },
	};
	RUN(state, LINES);
}

static void a_new_member_is_given_an_id_first(void **state)
{
	static const struct line LINES[] = {
		{ "join a - v=4", "a: MEMBER_ID_REQUIRED = Empty" },
		{ "join a m-a v=4", "= PreparingRebalance" },
		{ "at 3000", "a: m-a in 1 by range of m-a with m-a" },
		{ "sync a m-a 1 for=m-a", "a: got m-a" },
		{ "join b - v=4", "b: MEMBER_ID_REQUIRED = Stable" },
		{ "beat m-b 1", "UNKNOWN_MEMBER_ID" },
		{ "join b m-b v=4", "= PreparingRebalance" },
		/* One with an id only is waited for until its session would have ended. */
		{ "join c - v=4 session=5000", "c: MEMBER_ID_REQUIRED" },
		{ "join a m-a v=4", "= PreparingRebalance" },
		{ "at 8000",
		  "a: m-a in 2 by range of m-a with m-a,m-b; b: m-b in 2 by range of m-a" },
		{ "join c m-c v=4", "c: UNKNOWN_MEMBER_ID" },
	};
	RUN(state, LINES);
}

static void one_that_only_has_an_id_may_leave(void **state)
{
	static const struct line LINES[] = {
		{ "join a -", "" },
		{ "at 3000", "a: m-a in 1 by range of m-a with m-a" },
		{ "sync a m-a 1 for=m-a", "a: got m-a" },
		{ "join b - v=4", "b: MEMBER_ID_REQUIRED" },
		{ "join a m-a", "= PreparingRebalance" },
		{ "leave m-b", "NONE; a: m-a in 2 by range of m-a with m-a" },
	};
	RUN(state, LINES);
}

static void first_members_wait_for_more_but_not_for_ever(void **state)
{
	static const struct line LINES[] = {
		{ "join a - rebalance=5000", "" },
		{ "at 2000", "" },
		{ "join b - rebalance=5000", "" },
		{ "at 4999", "= PreparingRebalance" }, /* 3000, and the 2000 that were left */
		{ "at 5000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
	};
	RUN(state, LINES);
}

static void those_who_do_not_join_again_are_gone(void **state)
{
	static const struct line LINES[] = {
		{ "join a - session=60000", "" },
		{ "join b - session=60000", "" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
		{ "sync a m-a 1 for=m-a", "a: got m-a" },
		{ "sync b m-b 1", "b: got " },
		{ "join c -", "= PreparingRebalance" },
		{ "join b m-b", "= PreparingRebalance" },
		{ "at 25999", "= PreparingRebalance" },
		{ "at 26000",
		  "b: m-b in 2 by range of m-b with m-b,m-c; c: m-c in 2 by range of m-b" },
		{ "beat m-a 1", "UNKNOWN_MEMBER_ID" },
	};
	RUN(state, LINES);
}

static void a_silent_member_is_gone_when_its_session_ends(void **state)
{
	static const struct line LINES[] = {
		{ "join a -", "" },
		{ "join b -", "" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
		{ "sync a m-a 1", "a: got " },
		{ "sync b m-b 1", "b: got " },
		{ "at 15000", "" },
		{ "beat m-b 1", "NONE" },
		{ "at 16000", "= PreparingRebalance" },
		{ "beat m-b 1", "REBALANCE_IN_PROGRESS" },
		{ "join b m-b", "b: m-b in 2 by range of m-b with m-b" },
		{ "at 26000", "= Empty" },
	};
	RUN(state, LINES);
}

static void one_that_does_not_sync_is_removed(void **state)
{
	static const struct line LINES[] = {
		{ "join a - rebalance=8000", "" },
		{ "join b - rebalance=8000", "" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
		{ "sync a m-a 1", "a: got  = Stable" },
		{ "at 13000", "" },
		{ "beat m-a 1", "NONE" },
		{ "beat m-b 1", "NONE" },
		{ "at 14000", "= PreparingRebalance" },
		{ "beat m-b 1", "UNKNOWN_MEMBER_ID" },
		{ "join a m-a", "a: m-a in 2 by range of m-a with m-a" },
	};
	RUN(state, LINES);
}

static void a_leader_that_never_syncs_frees_the_others(void **state)
{
	static const struct line LINES[] = {
		{ "join a - rebalance=8000 session=60000", "" },
		{ "join b - rebalance=8000 session=60000", "" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
		{ "sync b m-b 1", "" },
		{ "at 14000", "b: REBALANCE_IN_PROGRESS = PreparingRebalance" },
		{ "join b m-b", "b: m-b in 2 by range of m-b with m-b" },
	};
	RUN(state, LINES);
}

static void the_protocol_is_one_that_all_know_and_most_like(void **state)
{
	static const struct line LINES[] = {
		{ "join a - know=sticky,range,robin", "" },
		{ "join b - know=range,robin", "" },
		{ "join x - know=sticky", "x: INCONSISTENT_GROUP_PROTOCOL" },
		{ "join c - know=robin,range", "" },
		{ "at 9000",
		  "a: m-a in 1 by range of m-a with m-a,m-b,m-c; b: m-b in 1 by range of "
		  "m-a; c: m-c in 1 by range of m-a" },
	};
	RUN(state, LINES);
}

static void a_full_group_and_bad_sessions_are_refused(void **state)
{
	static const struct line LINES[] = {
		{ "join a - session=999", "a: INVALID_SESSION_TIMEOUT" },
		{ "join a - session=60001", "a: INVALID_SESSION_TIMEOUT" },
		{ "join a m-a", "a: UNKNOWN_MEMBER_ID" },
		{ "join a -", "" },
		{ "join b -", "" },
		{ "join c -", "" },
		{ "join d -", "d: GROUP_MAX_SIZE_REACHED" },
		{ "at 9000",
		  "a: m-a in 1 by range of m-a with m-a,m-b,m-c; b: m-b in 1 by range of "
		  "m-a; c: m-c in 1 by range of m-a" },
		{ "join d -", "d: GROUP_MAX_SIZE_REACHED" },
	};
	RUN(state, LINES);
}

static void a_restarted_static_member_takes_its_place(void **state)
{
	static const struct line LINES[] = {
		{ "join a - static=A v=9", "" },
		{ "join b - static=B v=5", "" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
		{ "sync a m-a 1 static=A for=m-a,m-b", "a: got m-a" },
		{ "sync b m-b 1 static=B", "b: got m-b" },
		{ "join c - static=B v=5", "c: m-c in 1 by range of m-a = Stable" },
		{ "sync c m-c 1 static=B", "c: got m-b" }, /* what its place had */
		{ "beat m-b 1 static=B", "FENCED_INSTANCE_ID" },
		{ "join b m-b static=B", "b: FENCED_INSTANCE_ID" },
		{ "commit m-b 1 static=B", "FENCED_INSTANCE_ID" },
		{ "sync b m-b 1 static=B", "b: FENCED_INSTANCE_ID" },
		/* The leader's place: a new client need not assign, an old one does not lead. */
		{ "join d - static=A v=9",
		  "d: m-d in 1 by range of m-d skip with m-c,m-d = Stable" },
		{ "join e - static=A v=8", "e: m-e in 1 by range of m-d = Stable" },
		{ "sync e m-e 1 static=A", "e: got m-a" },
		{ "leave - static=B", "NONE = PreparingRebalance" },
		{ "leave - static=B", "UNKNOWN_MEMBER_ID" },
		{ "leave m-a static=A", "FENCED_INSTANCE_ID" },
	};
	RUN(state, LINES);
}

static void a_static_member_that_comes_back_mid_rebalance_fences_who_waits(void **state)
{
	static const struct line LINES[] = {
		{ "join a - static=A", "" },
		{ "join b - static=A", "a: FENCED_INSTANCE_ID = PreparingRebalance" },
		{ "at 6000", "b: m-b in 1 by range of m-b with m-b" },
		/* Alone and known to all, it need not wait for anyone. */
		{ "join c - static=A",
		  "c: m-c in 2 by range of m-c with m-c = CompletingRebalance" },
	};
	RUN(state, LINES);
}

static void a_static_member_is_kept_while_it_restarts(void **state)
{
	static const struct line LINES[] = {
		{ "join a - static=A session=60000", "" },
		{ "join b - session=60000", "" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
		{ "sync a m-a 1 static=A", "a: got " },
		{ "sync b m-b 1", "b: got " },
		{ "leave m-b", "NONE = PreparingRebalance" },
		{ "at 26000", "= PreparingRebalance" }, /* the timeout passed, nobody is there */
		{ "join c - static=A", "c: m-c in 2 by range of m-c with m-c" },
	};
	RUN(state, LINES);
}

static void a_member_that_asks_again_gets_the_same_answer(void **state)
{
	static const struct line LINES[] = {
		{ "join a -", "" },
		{ "join b -", "" },
		{ "at 6000",
		  "a: m-a in 1 by range of m-a with m-a,m-b; b: m-b in 1 by range of m-a" },
		{ "join a m-a", "a: m-a in 1 by range of m-a with m-a,m-b = CompletingRebalance" },
		{ "sync a m-a 1", "a: got  = Stable" },
		{ "join b m-b", "b: m-b in 1 by range of m-a = Stable" },
		{ "join b m-b know=range,robin", "= PreparingRebalance" },
		{ "join b2 m-b know=range,robin", "b: REBALANCE_IN_PROGRESS" },
		{ "join a m-a",
		  "a: m-a in 2 by range of m-a with m-a,m-b; b2: m-b in 2 by range of m-a" },
		{ "sync b m-b 2", "" },
		{ "sync b2 m-b 2", "b: REBALANCE_IN_PROGRESS" },
		{ "sync a m-a 2", "a: got ; b2: got " },
		{ "join a m-a", "= PreparingRebalance" }, /* a leader asks for a new round */
	};
	RUN(state, LINES);
}

static void a_lost_connection_is_not_answered(void **state)
{
	static const struct line LINES[] = {
		{ "join a -", "" },
		{ "join b -", "" },
		{ "lost a", "" },
		{ "at 6000", "b: m-b in 1 by range of m-a" },
		{ "sync b m-b 1", "" },
		{ "lost b", "" },
		{ "at 15999", "= CompletingRebalance" },
		{ "at 16000", "= Empty" },
	};
	RUN(state, LINES);
}

static void a_group_comes_back_from_its_record(void **state)
{
	static const struct line LINES[] = {
		{ "join a - know=robin", "" },
		{ "join b - static=B know=robin", "" },
		{ "at 6000",
		  "a: m-a in 1 by robin of m-a with m-a,m-b; b: m-b in 1 by robin of m-a" },
		{ "sync a m-a 1 for=m-a,m-b", "a: got m-a" },
		{ "sync b m-b 1 static=B", "b: got m-b" },
	};
	static const struct line REST[] = {
		{ "beat m-a 1", "NONE" },
		{ "beat m-b 1 static=B", "NONE" },
		{ "sync b m-b 1 static=B", "b: got m-b = Stable" },
		{ "join c - know=range", "c: INCONSISTENT_GROUP_PROTOCOL" },
		{ "at 15999", "= Stable" },
		{ "at 16000", "= Empty" },
	};
	struct fixture *f = *state;
	RUN(state, LINES);
	assert_true(f->group->unsaved);
	struct group_metadata_value *value = group_describe(f->group, &f->arena);
	struct group *again = group_new(&f->group->settings, NULL);
	group_restore(again, value, f->now_ms);
	group_free(f->group);
	f->group = again;
	RUN(state, REST);
}

static void the_table_of_states_is_whole(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_ok(sm_check(&GROUP_SM, GROUP_EMPTY, &err), &err);
}

/*
 * Random members under a seed. What a client does is right or wrong by chance; what must hold:
 * every waiter is answered exactly once, within a generation all syncs of a member yield the same,
 * at most one leader is told the members, and when all fall silent the group gets empty.
 */
#define CLIENTS 6
#define ROUNDS 4000

struct actor {
	char *name;
	struct slice id; /* as told; in the arena */
	int32_t generation;
	bool leads, waits_join, waits_sync;
	struct slice others[CLIENTS * 2];
	uint32_t nothers;
	bool is_static;
};

struct play {
	struct fixture *f;
	struct actor actors[CLIENTS];
	struct rng rng;
	struct map given; /* "id@generation" to what it got */
	int32_t led;      /* the last generation that had its leader told */
	uint32_t stable, refused;
};

static void note_sync(struct play *play, struct actor *actor, const struct group_answer *answer)
{
	char *key = arena_printf(&play->f->arena, "%.*s@%d", SLICE_ARGS(answer->member_id),
				 answer->generation);
	char *got = arena_printf(&play->f->arena, "%.*s", SLICE_ARGS(answer->assignment));
	char *before = map_get(&play->given, slice_str(key));
	assert_int_equal(answer->generation, actor->generation);
	if (before != NULL)
		assert_string_equal(before, got);
	map_put(&play->given, slice_str(key), got);
	play->stable++;
}

static void note_join(struct play *play, struct actor *actor, const struct group_answer *answer)
{
	actor->id = arena_copy(&play->f->arena, answer->member_id);
	actor->generation = answer->generation;
	actor->leads = slice_eq(answer->leader, answer->member_id) && answer->nmembers > 0;
	if (!actor->leads)
		return;
	assert_true(answer->generation >= play->led);
	play->led = answer->generation;
	actor->nothers = MIN(answer->nmembers, (uint32_t)COUNT_OF(actor->others));
	bool found = false;
	for (uint32_t i = 0; i < actor->nothers; i++) {
		actor->others[i] = arena_copy(&play->f->arena, answer->members[i].member_id);
		found |= slice_eq(actor->others[i], actor->id);
	}
	assert_true(found);
}

static void note_answers(struct play *play)
{
	vec_each (answer, &play->f->out.answers) {
		struct actor *actor = answer->waiter;
		bool *waits =
			answer->kind == GROUP_ANSWER_JOIN ? &actor->waits_join : &actor->waits_sync;
		assert_true(*waits);
		*waits = false;
		if (answer->error == KAFKA_MEMBER_ID_REQUIRED) {
			actor->id = arena_copy(&play->f->arena, answer->member_id);
		} else if (answer->error != KAFKA_NONE) {
			play->refused++;
			if (answer->error != KAFKA_REBALANCE_IN_PROGRESS)
				actor->id = SLICE_EMPTY;
		} else if (answer->kind == GROUP_ANSWER_JOIN) {
			note_join(play, actor, answer);
		} else {
			note_sync(play, actor, answer);
		}
	}
	group_out_reset(&play->f->out);
}

static void act_join(struct play *play, struct actor *actor)
{
	static const struct join_group_request_protocol KNOWN[] = {
		{ .name = SLICE("range"), .metadata = SLICE("1") },
		{ .name = SLICE("robin"), .metadata = SLICE("2") },
	};
	uint64_t dice = rng_next(&play->rng);
	struct group_join join = { .member_id = actor->id,
				   .client_id = SLICE("c"),
				   .client_host = SLICE("h"),
				   .protocol_type = SLICE("consumer"),
				   .protocols = KNOWN,
				   .nprotocols = 1 + (dice & 1),
				   .session_ms = 3000,
				   .rebalance_ms = 4000,
				   .id_required = (dice & 2) != 0,
				   .skip_assignment = (dice & 4) != 0,
				   .waiter = actor };
	if (actor->is_static)
		join.instance_id = slice_str(actor->name);
	join.new_id = slice_str(
		arena_printf(&play->f->arena, "%s-%llu", actor->name, (unsigned long long)dice));
	actor->waits_join = true;
	group_join(play->f->group, &join, play->f->now_ms, &play->f->out);
}

static void act_sync(struct play *play, struct actor *actor)
{
	struct sync_group_request_assignment list[CLIENTS * 2];
	struct group_sync sync = { .member_id = actor->id,
				   .generation = actor->generation,
				   .assignments = list,
				   .waiter = actor };
	if (actor->is_static)
		sync.instance_id = slice_str(actor->name);
	for (uint32_t i = 0; actor->leads && i < actor->nothers; i++)
		list[sync.nassignments++] = (struct sync_group_request_assignment){
			.member_id = actor->others[i],
			.assignment =
				slice_str(arena_printf(&play->f->arena, "%llu",
						       (unsigned long long)rng_next(&play->rng)))
		};
	actor->waits_sync = true;
	group_sync(play->f->group, &sync, play->f->now_ms, &play->f->out);
}

static void act(struct play *play, struct actor *actor)
{
	struct group *group = play->f->group;
	struct slice instance = actor->is_static ? slice_str(actor->name) : SLICE_NULL;
	switch (rng_below(&play->rng, 10)) {
	case 0:
	case 1:
	case 2:
		if (!actor->waits_join && !actor->waits_sync)
			act_join(play, actor);
		break;
	case 3:
	case 4:
	case 5:
		if (!actor->waits_join && !actor->waits_sync)
			act_sync(play, actor);
		break;
	case 6:
	case 7:
		(void)group_heartbeat(group, actor->id, instance, actor->generation,
				      play->f->now_ms);
		break;
	case 8:
		if (rng_below(&play->rng, 8) == 0)
			(void)group_leave(group, actor->id, instance, play->f->now_ms,
					  &play->f->out);
		break;
	default:
		if (rng_below(&play->rng, 8) != 0)
			break;
		group_forget(group, actor); /* its connection, and all it knew */
		actor->waits_join = actor->waits_sync = actor->leads = false;
		actor->id = SLICE_EMPTY;
		break;
	}
}

static void check_group(const struct group *group)
{
	assert_true(group->members.len <= (uint32_t)group->settings.size_max + CLIENTS);
	assert_int_equal(group->timers.nodes.len, group->members.len + group->pending.len);
	assert_true(group->njoining <= group->members.len);
	assert_true((group->leader == NULL) == (group->members.len == 0));
	assert_true(IMPLIES(group_state(group) != GROUP_PREPARING, group->njoining == 0));
	assert_true(IMPLIES(group_state(group) == GROUP_EMPTY, group->members.len == 0));
}

static void random_members_are_all_answered(void **state)
{
	struct play play = { .f = *state, .rng = { rng_seed_from_env() } };
	map_init(&play.given);
	play.f->group->settings.size_max = CLIENTS;
	for (int i = 0; i < CLIENTS; i++) {
		play.actors[i].name = arena_printf(&play.f->arena, "c%d", i);
		play.actors[i].id = SLICE_EMPTY;
		play.actors[i].is_static = i < 2;
	}
	for (int round = 0; round < ROUNDS; round++) {
		act(&play, &play.actors[rng_below(&play.rng, CLIENTS)]);
		note_answers(&play);
		check_group(play.f->group);
		if (rng_below(&play.rng, 4) != 0)
			continue;
		play.f->now_ms += (int64_t)rng_below(&play.rng, 900);
		group_tick(play.f->group, play.f->now_ms, &play.f->out);
		note_answers(&play);
		check_group(play.f->group);
	}
	do_time(play.f, (int32_t)play.f->now_ms + 2 * (int32_t)GROUP_NEW_MEMBER_MS);
	note_answers(&play);
	for (int i = 0; i < CLIENTS; i++)
		assert_false(play.actors[i].waits_join || play.actors[i].waits_sync);
	assert_int_equal(group_state(play.f->group), GROUP_EMPTY);
	assert_true(play.stable > 50);
	assert_true(play.refused > 50);
	map_fini(&play.given);
}

#define GROUP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	RUN_TESTS(GROUP_TEST(two_members_join_sync_and_one_leaves),
		  GROUP_TEST(a_new_member_is_given_an_id_first),
		  GROUP_TEST(one_that_only_has_an_id_may_leave),
		  GROUP_TEST(first_members_wait_for_more_but_not_for_ever),
		  GROUP_TEST(those_who_do_not_join_again_are_gone),
		  GROUP_TEST(a_silent_member_is_gone_when_its_session_ends),
		  GROUP_TEST(one_that_does_not_sync_is_removed),
		  GROUP_TEST(a_leader_that_never_syncs_frees_the_others),
		  GROUP_TEST(the_protocol_is_one_that_all_know_and_most_like),
		  GROUP_TEST(a_full_group_and_bad_sessions_are_refused),
		  GROUP_TEST(a_restarted_static_member_takes_its_place),
		  GROUP_TEST(a_static_member_that_comes_back_mid_rebalance_fences_who_waits),
		  GROUP_TEST(a_static_member_is_kept_while_it_restarts),
		  GROUP_TEST(a_member_that_asks_again_gets_the_same_answer),
		  GROUP_TEST(a_lost_connection_is_not_answered),
		  GROUP_TEST(a_group_comes_back_from_its_record),
		  GROUP_TEST(the_table_of_states_is_whole),
		  GROUP_TEST(random_members_are_all_answered));
}
