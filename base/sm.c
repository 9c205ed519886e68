#define WEIR_ALLOW_BANNED
#include "base/sm.h"

#include <inttypes.h>
#include <stdio.h>

void sm_init(struct sm *sm, const struct sm_table *table, uint32_t state, uint64_t id,
	     const struct trace *trace)
{
	assert(table->count <= SM_STATES_MAX);
	assert(state < table->count);
	*sm = (struct sm){ .table = table, .state = state, .id = id, .trace = trace };
}

bool sm_may(const struct sm *sm, uint32_t state)
{
	assert(state < sm->table->count);
	return (sm->table->states[sm->state].moves & SM_TO(state)) != 0;
}

bool sm_final(const struct sm *sm)
{
	return sm->table->states[sm->state].moves == 0;
}

const char *sm_name(const struct sm *sm)
{
	assert(sm->state < sm->table->count);
	return sm->table->states[sm->state].name;
}

NORETURN COLD static void not_allowed(const struct sm *sm, uint32_t state)
{
	char what[256];
	snprintf(what, sizeof(what), "%s %" PRIu64 " may not move from %s to %s", sm->table->name,
		 sm->id, sm_name(sm), sm->table->states[state].name);
	assert_failed(what, __FILE__, __LINE__);
}

void sm_move(struct sm *sm, uint32_t state)
{
	if (UNLIKELY(!sm_may(sm, state)))
		not_allowed(sm, state);
	const char *from = sm_name(sm);
	sm->state = state;
	trace(sm->trace, TRACE_SM, "%s %" PRIu64 ": %s -> %s", sm->table->name, sm->id, from,
	      sm_name(sm));
}

/* All states that a walk of moves leads to from the states in `from`, those included. */
static uint64_t reachable(const struct sm_table *table, uint64_t from)
{
	uint64_t seen = from, before;
	do {
		before = seen;
		for (uint32_t i = 0; i < table->count; i++) {
			if ((seen & SM_TO(i)) != 0)
				seen |= table->states[i].moves;
		}
	} while (seen != before);
	return seen;
}

static uint64_t final_states(const struct sm_table *table)
{
	uint64_t final = 0;
	for (uint32_t i = 0; i < table->count; i++)
		final |= table->states[i].moves == 0 ? SM_TO(i) : 0;
	return final;
}

static int check_state(const struct sm_table *table, uint32_t i, uint64_t reached, struct err *err)
{
	const struct sm_state *state = &table->states[i];
	uint64_t final = final_states(table);
	if (state->name == NULL)
		return err_set(err, ERR_INVALID, "state %u of %s has no name", i, table->name);
	if ((reached & SM_TO(i)) == 0)
		return err_set(err, ERR_INVALID, "no move of %s leads to %s", table->name,
			       state->name);
	if (final != 0 && (reachable(table, SM_TO(i)) & final) == 0)
		return err_set(err, ERR_INVALID, "no end of %s is reached from %s", table->name,
			       state->name);
	return 0;
}

fallible sm_check(const struct sm_table *table, uint32_t first, struct err *err)
{
	assert(table->count <= SM_STATES_MAX);
	assert(first < table->count);
	uint64_t all = table->count == 64 ? UINT64_MAX : SM_TO(table->count) - 1;
	for (uint32_t i = 0; i < table->count; i++) {
		if ((table->states[i].moves & ~all) != 0)
			return err_set(err, ERR_INVALID, "state %u of %s moves to no state", i,
				       table->name);
	}
	uint64_t reached = reachable(table, SM_TO(first));
	for (uint32_t i = 0; i < table->count; i++)
		TRY(check_state(table, i, reached, err));
	return 0;
}

void sm_print(const struct sm_table *table, struct buf *buf)
{
	for (uint32_t i = 0; i < table->count; i++) {
		buf_append_str(buf, table->states[i].name);
		const char *between = " -> ";
		for (uint32_t to = 0; to < table->count; to++) {
			if ((table->states[i].moves & SM_TO(to)) == 0)
				continue;
			buf_printf(buf, "%s%s", between, table->states[to].name);
			between = ", ";
		}
		buf_append_u8(buf, '\n');
	}
}
