#include "broker/settings.h"

#include "base/num.h"
#include "broker/broker.h"
#include "broker/store_file.h"

#define SETTINGS_FILE "weir.settings"

struct configs *settings_group(const struct settings *settings, struct slice group)
{
	return map_get(&settings->groups, group);
}

struct configs *settings_group_add(struct settings *settings, struct slice group)
{
	struct configs *configs = settings_group(settings, group);
	if (configs != NULL)
		return configs;
	configs = mem_new(struct configs);
	configs_init(configs, &GROUP_CONFIGS);
	map_put(&settings->groups, group, configs);
	return configs;
}

static void group_free(struct configs *configs)
{
	if (configs == NULL)
		return;
	configs_fini(configs);
	mem_free(configs);
}

void settings_group_remove(struct settings *settings, struct slice group)
{
	group_free(map_remove(&settings->groups, group));
}

void settings_fini(struct settings *settings)
{
	map_each (entry, &settings->groups)
		group_free(entry->value);
	map_fini(&settings->groups);
}

static void put_configs(struct buf *to, const char *prefix, const struct configs *configs)
{
	for (uint32_t i = 0; i < configs->table->len; i++) {
		if (configs->values[i] != NULL)
			store_file_put(to, prefix, slice_str(configs->table->defs[i].name),
				       slice_str(configs->values[i]));
	}
}

/* A group's name may hold anything, so its line is "group.SETTING:NAME=VALUE". */
static void put_group(struct buf *to, struct slice group, const struct configs *configs)
{
	struct buf key CLEANUP(buf_fini) = BUF_INIT(1 << 20);
	for (uint32_t i = 0; i < configs->table->len; i++) {
		if (configs->values[i] == NULL)
			continue;
		buf_reset(&key);
		buf_printf(&key, "%s:", configs->table->defs[i].name);
		buf_append(&key, group);
		store_file_put(to, "group.", buf_slice(&key), slice_str(configs->values[i]));
	}
}

static void put_quotas(struct buf *to, struct slice entity, const struct quota_limits *limits)
{
	struct buf value CLEANUP(buf_fini) = BUF_INIT(64);
	struct buf key CLEANUP(buf_fini) = BUF_INIT(1 << 20);
	for (unsigned kind = 0; kind < QUOTA_KINDS_LEN; kind++) {
		if (!limits->set[kind])
			continue;
		buf_reset(&value);
		buf_reset(&key);
		num_append_double(&value, limits->value[kind]);
		buf_printf(&key, "%s:", quota_kind_name((enum quota_kind)kind));
		buf_append(&key, entity);
		store_file_put(to, "quota.", buf_slice(&key), buf_slice(&value));
	}
}

fallible settings_save(struct broker *broker, struct err *err)
{
	struct buf text CLEANUP(buf_fini) = BUF_INIT(STORE_FILE_BYTES_MAX);
	buf_append_str(&text, "version=1\n");
	put_configs(&text, "broker.", &broker->configs.changed);
	put_configs(&text, "default.", &broker->configs.changed_default);
	map_each (entry, &broker->settings.groups)
		put_group(&text, map_key(entry), entry->value);
	map_each (quota, &broker->quotas.limits)
		put_quotas(&text, map_key(quota), quota->value);
	TRY(buf_check(&text, "the settings", err));
	return store_file_write(broker->disk, broker->dir, SETTINGS_FILE, buf_slice(&text), err);
}

/* What is not known, or not valid any more, is left to its default. */
static void take(struct configs *configs, struct slice name, struct slice value)
{
	int32_t index = config_find(configs->table, name);
	if (index >= 0 && config_check(&configs->table->defs[index], value, NULL) == 0)
		configs_set(configs, (uint32_t)index, value);
}

/* "KIND:ENTITY" */
static void take_quota(struct broker *broker, struct slice key, struct slice value,
		       struct arena *arena)
{
	struct quota_entity entity;
	double limit;
	size_t colon = MIN(slice_find_byte(key, ':', 0), key.len);
	int kind = quota_kind_of(slice_sub(key, 0, colon));
	if (kind < 0 || num_parse_double(value, &limit, NULL) != 0 ||
	    quota_entity_parse(slice_sub(key, colon + 1, SIZE_MAX), arena, &entity, NULL) != 0)
		return;
	quota_set(&broker->quotas, &entity, (enum quota_kind)kind, true, limit);
}

static void take_line(struct broker *broker, struct slice key, struct slice value,
		      struct arena *arena)
{
	if (slice_starts_with(key, SLICE("broker."))) {
		take(&broker->configs.changed, slice_sub(key, 7, SIZE_MAX), value);
	} else if (slice_starts_with(key, SLICE("default."))) {
		take(&broker->configs.changed_default, slice_sub(key, 8, SIZE_MAX), value);
	} else if (slice_starts_with(key, SLICE("quota."))) {
		take_quota(broker, slice_sub(key, 6, SIZE_MAX), value, arena);
	} else if (slice_starts_with(key, SLICE("group."))) {
		struct slice rest = slice_sub(key, 6, SIZE_MAX);
		size_t colon = slice_find_byte(rest, ':', 0);
		if (colon == SIZE_MAX)
			return;
		struct slice group = slice_sub(rest, colon + 1, SIZE_MAX);
		take(settings_group_add(&broker->settings, group), slice_sub(rest, 0, colon),
		     value);
	}
}

fallible settings_open(struct broker *broker, struct err *err)
{
	struct arena arena CLEANUP(arena_fini) = { 0 };
	struct buf text CLEANUP(buf_fini) = BUF_INIT(STORE_FILE_BYTES_MAX);
	map_init(&broker->settings.groups);
	int code = store_file_read(broker->disk, broker->dir, SETTINGS_FILE, &text, err);
	if (code == ERR_NOT_FOUND)
		return 0;
	TRY(code);
	struct slice content = buf_slice(&text), key, value;
	while (store_file_next(&content, &arena, &key, &value))
		take_line(broker, key, value, &arena);
	return 0;
}
