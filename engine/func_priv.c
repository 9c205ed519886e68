#include "engine/func_priv.h"

#include "base/map.h"

void func_texts_fini(struct func_texts *texts)
{
	vec_fini(&texts->list);
}

bool func_room(struct eval *eval, uint32_t row, size_t bytes)
{
	assert(eval->arena != NULL);
	if (bytes <= FUNC_STEP_BYTES_MAX && eval->arena->used <= FUNC_STEP_BYTES_MAX - bytes)
		return true;
	eval_fail(eval, row, "The results of a function take more than %zu bytes",
		  FUNC_STEP_BYTES_MAX);
	return false;
}

void func_put(struct eval *eval, const struct func_call *call, uint32_t row,
	      const struct buf *built)
{
	if (built->overflowed)
		eval_fail(eval, row, "The result is longer than %zu bytes", built->bytes_max);
	else if (func_room(eval, row, built->len))
		call->out->bytes[row] = arena_copy(eval->arena, buf_slice(built));
}

void func_put_texts(struct eval *eval, const struct func_call *call, uint32_t row,
		    const struct func_texts *texts)
{
	uint32_t n = texts->list.len;
	if (!func_room(eval, row, n * sizeof(struct value)))
		return;
	struct value *items = arena_array(eval->arena, struct value, n);
	for (uint32_t i = 0; i < n; i++) {
		if (texts->list.items[i].len == SIZE_MAX)
			items[i] = VALUE_NULL;
		else
			items[i].bytes = texts->list.items[i];
	}
	call->out->nested[row] = (struct values){ items, n };
}

/* Puts a pair in, or its value in the place of an equal key's. */
static void put_pair(struct map *places, struct value *items, uint32_t *len, struct slice key,
		     struct slice value)
{
	struct value *at = map_get(places, key);
	if (at == NULL) {
		at = &items[2 * *len];
		at->bytes = key;
		(*len)++;
		(void)map_put(places, key, at);
	}
	at[1].bytes = value;
}

void func_put_pairs(struct eval *eval, const struct func_call *call, uint32_t row,
		    const struct func_texts *pairs)
{
	assert(pairs->list.len % 2 == 0);
	if (!func_room(eval, row, pairs->list.len * sizeof(struct value)))
		return;
	CLEANUP(map_fini) struct map places;
	map_init(&places);
	struct value *items = arena_array(eval->arena, struct value, pairs->list.len);
	uint32_t len = 0;
	for (uint32_t i = 0; i < pairs->list.len; i += 2)
		put_pair(&places, items, &len, pairs->list.items[i], pairs->list.items[i + 1]);
	call->out->nested[row] = (struct values){ items, len };
}
