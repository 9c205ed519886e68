#include "engine/kept.h"

/* No value is larger than a record can be. */
#define KEPT_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct kept kept_new(const struct type *type, const struct value *value)
{
	struct buf image = BUF_INIT(KEPT_BYTES_MAX);
	value_save(type, value, &image);
	assert(!image.overflowed);
	return (struct kept){ .bytes = image.data, .len = (uint32_t)image.len };
}

void kept_free(struct kept *kept)
{
	mem_free(kept->bytes);
	kept->bytes = NULL;
}

struct kept kept_copy(const struct kept *kept)
{
	struct kept copy = *kept;
	copy.bytes = mem_bytes(kept->len + 1);
	memcpy(copy.bytes, kept->bytes, kept->len);
	return copy;
}

struct value kept_value(const struct kept *kept, const struct type *type, struct arena *arena)
{
	/* A copy: the list may change while the step still reads what it was. */
	struct reader in = reader_of(arena_copy(arena, kept_bytes(kept)));
	struct value value;
	int code = value_load(type, &in, arena, &value, NULL);
	assert(code == 0);
	return value;
}

void kept_list_fini(struct kept_list *list)
{
	vec_each (kept, &list->items)
		kept_free(kept);
	vec_fini(&list->items);
}

void kept_list_insert(struct kept_list *list, uint32_t at, struct kept kept)
{
	assert(at <= list->items.len);
	vec_reserve(&list->items, 1);
	memmove(list->items.items + at + 1, list->items.items + at,
		(list->items.len - at) * sizeof(kept));
	list->items.items[at] = kept;
	list->items.len++;
}

void kept_list_remove(struct kept_list *list, uint32_t at)
{
	kept_free(&list->items.items[at]);
	vec_remove(&list->items, at);
}

uint32_t kept_list_find(const struct kept_list *list, struct slice bytes)
{
	for (uint32_t i = 0; i < list->items.len; i++) {
		if (slice_eq(kept_bytes(&list->items.items[i]), bytes))
			return i;
	}
	return UINT32_MAX;
}

struct values kept_list_values(const struct kept_list *list, const struct type *type,
			       struct arena *arena)
{
	struct value *items = arena_array(arena, struct value, list->items.len);
	for (uint32_t i = 0; i < list->items.len; i++)
		items[i] = kept_value(&list->items.items[i], type, arena);
	return (struct values){ .items = items, .len = list->items.len };
}

void kept_list_save(const struct kept_list *list, struct buf *out)
{
	buf_append_u32(out, list->items.len);
	for (uint32_t i = 0; i < list->items.len; i++) {
		const struct kept *kept = &list->items.items[i];
		buf_append_u32(out, kept->len);
		buf_append(out, kept_bytes(kept));
		buf_append_u64(out, (uint64_t)kept->number);
	}
}

fallible kept_list_load(struct kept_list *list, struct reader *in, struct err *err)
{
	uint32_t n = reader_u32(in);
	for (uint32_t i = 0; i < n && !in->failed; i++) {
		struct slice bytes = reader_bytes(in, reader_u32(in));
		struct kept kept = { .bytes = mem_bytes(bytes.len + 1),
				     .len = (uint32_t)bytes.len };
		memcpy(kept.bytes, bytes.data, bytes.len);
		kept.number = (int64_t)reader_u64(in);
		vec_push(&list->items, kept);
	}
	return reader_check(in, "an aggregate's list", err);
}
