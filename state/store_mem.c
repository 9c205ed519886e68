/*
 * The memory store: a skip list in byte order of the keys.
 *
 * Node heights come from a generator with a fixed seed, so that runs repeat. A removed node is
 * freed at once; nothing else points into it.
 */
#include "state/store.h"

#include "base/mem.h"

#define HEIGHT_MAX 16

struct mem_node {
	struct slice key, value; /* in `data` and in `value_data` */
	uint8_t *value_data;     /* owned */
	uint32_t height;
	struct mem_node *next[]; /* `height` of them; the key's bytes behind */
};

struct store_mem {
	struct store store;
	struct mem_node *head[HEIGHT_MAX];
	uint64_t random;
};

static struct mem_node **links_of(struct store_mem *mem, struct mem_node *node)
{
	return node != NULL ? node->next : mem->head;
}

/* The last node of each height whose key is less than `key` (NULL: the head). */
static struct mem_node *find(struct store_mem *mem, struct slice key,
			     struct mem_node *before[HEIGHT_MAX])
{
	struct mem_node *at = NULL;
	for (int level = HEIGHT_MAX - 1; level >= 0; level--) {
		struct mem_node *next = links_of(mem, at)[level];
		while (next != NULL && slice_cmp(next->key, key) < 0) {
			at = next;
			next = at->next[level];
		}
		before[level] = at;
	}
	return links_of(mem, at)[0];
}

static fallible mem_get(struct store *store, struct slice key, struct slice *ret_value,
			struct err *err)
{
	(void)err;
	struct mem_node *before[HEIGHT_MAX];
	struct mem_node *node = find((struct store_mem *)store, key, before);
	bool found = node != NULL && slice_eq(node->key, key);
	*ret_value = found ? node->value : (struct slice){ .data = NULL };
	return 0;
}

static uint32_t random_height(struct store_mem *mem)
{
	mem->random = mem->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	uint32_t bits = (uint32_t)(mem->random >> 33);
	uint32_t height = 1;
	while (height < HEIGHT_MAX && (bits & 3) == 0) {
		height++;
		bits >>= 2;
	}
	return height;
}

static void set_value(struct mem_node *node, struct slice value)
{
	node->value_data = mem_resize(node->value_data, value.len + 1);
	if (value.len > 0)
		memcpy(node->value_data, value.data, value.len);
	node->value = slice_of(node->value_data, value.len);
}

static void insert(struct store_mem *mem, struct mem_node *const *before, struct slice key,
		   struct slice value)
{
	uint32_t height = random_height(mem);
	size_t links = height * sizeof(struct mem_node *);
	struct mem_node *node = mem_plain(sizeof(*node) + links + key.len, MEM_FOLDER);
	*node = (struct mem_node){ .height = height };
	uint8_t *bytes = (uint8_t *)node->next + links;
	if (key.len > 0)
		memcpy(bytes, key.data, key.len);
	node->key = slice_of(bytes, key.len);
	set_value(node, value);
	for (uint32_t level = 0; level < height; level++) {
		struct mem_node **links_before = links_of(mem, before[level]);
		node->next[level] = links_before[level];
		links_before[level] = node;
	}
}

static void unlink_node(struct store_mem *mem, struct mem_node *const *before,
			struct mem_node *node)
{
	for (uint32_t level = 0; level < node->height; level++)
		links_of(mem, before[level])[level] = node->next[level];
	mem_free(node->value_data);
	mem_free(node);
}

static fallible mem_put(struct store *store, struct slice key, struct slice value, struct err *err)
{
	(void)err;
	struct store_mem *mem = (struct store_mem *)store;
	struct mem_node *before[HEIGHT_MAX];
	struct mem_node *node = find(mem, key, before);
	bool found = node != NULL && slice_eq(node->key, key);
	if (value.data == NULL) {
		if (found)
			unlink_node(mem, before, node);
	} else if (found) {
		set_value(node, value);
	} else {
		insert(mem, before, key, value);
	}
	return 0;
}

static bool inside(const struct mem_node *node, struct range range)
{
	return range.to.len == 0 || slice_cmp(node->key, range.to) < 0;
}

/* The last node before `to` (empty: the last of all). */
static struct mem_node *last_before(struct store_mem *mem, struct slice to)
{
	struct mem_node *at = NULL;
	for (int level = HEIGHT_MAX - 1; level >= 0; level--) {
		struct mem_node *next = links_of(mem, at)[level];
		while (next != NULL && (to.len == 0 || slice_cmp(next->key, to) < 0)) {
			at = next;
			next = at->next[level];
		}
	}
	return at;
}

static fallible mem_scan(struct store *store, struct range range, bool backwards,
			 store_visit *visit, void *arg, struct err *err)
{
	(void)err;
	struct store_mem *mem = (struct store_mem *)store;
	struct mem_node *before[HEIGHT_MAX];
	if (!backwards) {
		struct mem_node *node = find(mem, range.from, before);
		for (; node != NULL && inside(node, range); node = node->next[0]) {
			if (visit(arg, node->key, node->value) != 0)
				break;
		}
		return 0;
	}
	struct mem_node *node = last_before(mem, range.to);
	while (node != NULL && slice_cmp(node->key, range.from) >= 0) {
		if (visit(arg, node->key, node->value) != 0)
			break;
		(void)find(mem, node->key, before);
		node = before[0];
	}
	return 0;
}

static fallible mem_remove_range(struct store *store, struct range range, struct err *err)
{
	(void)err;
	struct store_mem *mem = (struct store_mem *)store;
	struct mem_node *before[HEIGHT_MAX];
	struct mem_node *node = find(mem, range.from, before);
	while (node != NULL && inside(node, range)) {
		struct mem_node *next = node->next[0];
		unlink_node(mem, before, node);
		node = next;
	}
	return 0;
}

static void mem_close(struct store *store)
{
	struct store_mem *mem = (struct store_mem *)store;
	for (struct mem_node *node = mem->head[0]; node != NULL;) {
		struct mem_node *next = node->next[0];
		mem_free(node->value_data);
		mem_free(node);
		node = next;
	}
	mem_free(mem);
}

static const struct store_ops MEM_OPS = {
	.name = "memory",
	.get = mem_get,
	.put = mem_put,
	.scan = mem_scan,
	.remove_range = mem_remove_range,
	.close = mem_close,
};

struct store *store_mem_new(void)
{
	struct store_mem *mem = mem_new(struct store_mem);
	mem->store.ops = &MEM_OPS;
	mem->random = 1;
	return &mem->store;
}
