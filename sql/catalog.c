#include "sql/catalog.h"

#include "base/mem.h"

void catalog_init(struct catalog *catalog)
{
	map_init(&catalog->sources);
	map_init(&catalog->types);
	map_init(&catalog->queries);
	map_init(&catalog->topics);
}

static void free_source(struct source *source)
{
	struct arena arena = source->arena;
	mem_free(source);
	arena_fini(&arena);
}

static void free_query(struct catalog_query *query)
{
	vec_fini(&query->sources);
	struct arena arena = query->arena;
	mem_free(query);
	arena_fini(&arena);
}

static void free_type(struct catalog_type *type)
{
	struct arena arena = type->arena;
	mem_free(type);
	arena_fini(&arena);
}

void catalog_fini(struct catalog *catalog)
{
	map_each (source, &catalog->sources)
		free_source(source->value);
	map_each (type, &catalog->types)
		free_type(type->value);
	map_each (query, &catalog->queries)
		free_query(query->value);
	map_each (topic, &catalog->topics)
		mem_free(topic->value);
	map_fini(&catalog->sources);
	map_fini(&catalog->types);
	map_fini(&catalog->queries);
	map_fini(&catalog->topics);
}

void catalog_copy(struct catalog *to, const struct catalog *from)
{
	catalog_init(to);
	map_each (source, &from->sources)
		catalog_put_source(to, source->value);
	map_each (type, &from->types)
		catalog_put_type(to, map_key(type), ((struct catalog_type *)type->value)->type);
	map_each (entry, &from->queries) {
		const struct catalog_query *query = entry->value;
		struct catalog_query *copy = mem_new(struct catalog_query);
		copy->id = arena_copy(&copy->arena, query->id);
		copy->sink = arena_copy(&copy->arena, query->sink);
		copy->statement = arena_copy(&copy->arena, query->statement);
		vec_each (name, &query->sources)
			vec_push(&copy->sources, arena_copy(&copy->arena, *name));
		catalog_put_query(to, copy); /* a sandbox runs nothing: no pipeline */
	}
	map_each (topic, &from->topics) {
		const struct catalog_topic *known = topic->value;
		catalog_put_topic(to, map_key(topic), known->partitions, known->replicas);
	}
}

struct source *catalog_source(const struct catalog *catalog, struct slice name)
{
	return map_get(&catalog->sources, name);
}

const struct type *catalog_type(const struct catalog *catalog, struct slice name)
{
	const struct catalog_type *type = map_get(&catalog->types, name);
	return type != NULL ? type->type : NULL;
}

struct catalog_query *catalog_query(const struct catalog *catalog, struct slice id)
{
	return map_get(&catalog->queries, id);
}

const struct catalog_topic *catalog_topic(const struct catalog *catalog, struct slice name)
{
	return map_get(&catalog->topics, name);
}

static struct format_spec copy_format(struct arena *arena, const struct format_spec *format)
{
	struct format_spec copy = *format;
	copy.name = arena_copy(arena, format->name);
	struct format_property *properties =
		arena_array(arena, struct format_property, format->nproperties);
	for (uint32_t i = 0; i < format->nproperties; i++) {
		properties[i].name = arena_copy(arena, format->properties[i].name);
		properties[i].value = arena_copy(arena, format->properties[i].value);
	}
	copy.properties = properties;
	return copy;
}

void catalog_put_source(struct catalog *catalog, const struct source *source)
{
	struct source *copy = mem_new(struct source);
	*copy = *source;
	arena_init(&copy->arena);
	struct arena *arena = &copy->arena;
	copy->name = arena_copy(arena, source->name);
	copy->schema = schema_copy(arena, source->schema);
	copy->topic.topic = arena_copy(arena, source->topic.topic);
	copy->topic.key_format = copy_format(arena, &source->topic.key_format);
	copy->topic.value_format = copy_format(arena, &source->topic.value_format);
	copy->timestamp_column = arena_copy(arena, source->timestamp_column);
	copy->timestamp_pattern = arena_copy(arena, source->timestamp_pattern);
	copy->created_by = arena_copy(arena, source->created_by);
	copy->statement = arena_copy(arena, source->statement);
	struct source *before = map_put(&catalog->sources, copy->name, copy);
	if (before != NULL)
		free_source(before);
}

void catalog_drop_source(struct catalog *catalog, struct slice name)
{
	struct source *source = map_remove(&catalog->sources, name);
	assert(source != NULL);
	free_source(source);
}

void catalog_put_type(struct catalog *catalog, struct slice name, const struct type *type)
{
	struct catalog_type *copy = mem_new(struct catalog_type);
	copy->type = type_copy(&copy->arena, type);
	struct catalog_type *before = map_put(&catalog->types, name, copy);
	if (before != NULL)
		free_type(before);
}

void catalog_drop_type(struct catalog *catalog, struct slice name)
{
	struct catalog_type *type = map_remove(&catalog->types, name);
	assert(type != NULL);
	free_type(type);
}

void catalog_put_topic(struct catalog *catalog, struct slice name, int32_t partitions,
		       int32_t replicas)
{
	assert(partitions > 0);
	struct catalog_topic *topic = mem_new(struct catalog_topic);
	*topic = (struct catalog_topic){ .partitions = partitions, .replicas = replicas };
	mem_free(map_put(&catalog->topics, name, topic));
}

void catalog_put_query(struct catalog *catalog, struct catalog_query *query)
{
	struct catalog_query *before = map_put(&catalog->queries, query->id, query);
	if (before != NULL)
		free_query(before);
}

void catalog_drop_query(struct catalog *catalog, struct slice id)
{
	struct catalog_query *query = map_remove(&catalog->queries, id);
	assert(query != NULL);
	free_query(query);
}

static bool is_upper(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] >= 'a' && name.data[i] <= 'z')
			return false;
	}
	return true;
}

const char *catalog_hint(const struct catalog *catalog, struct slice name, struct arena *arena)
{
	const struct source *found[8];
	uint32_t n = 0;
	map_each (entry, &catalog->sources) {
		if (n < COUNT_OF(found) && slice_eq_nocase(map_key(entry), name) &&
		    !slice_eq(map_key(entry), name))
			found[n++] = entry->value;
	}
	if (n == 0)
		return "";
	struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	buf_append_str(&text, "\nDid you mean ");
	for (uint32_t i = 0; i < n; i++) {
		const char *quote = is_upper(found[i]->name) ? "" : "\"";
		const char *kind = found[i]->is_table ? " (TABLE)" : " (STREAM)";
		buf_printf(&text, "%s%s%s%.*s%s%s", i > 0 ? ", " : "",
			   i > 0 && i + 1 == n ? "or " : "", quote, SLICE_ARGS(found[i]->name),
			   quote, n > 1 ? kind : "");
	}
	bool unquote = n == 1 && is_upper(found[0]->name);
	buf_append_str(&text, unquote ? "? Hint: try removing double quotes from the source name."
				      : "? Hint: wrap the source name in double quotes to make it "
					"case-sensitive.");
	const char *copy = arena_str(arena, buf_slice(&text));
	buf_fini(&text);
	return copy;
}
