#include "base/conf.h"

#include "base/num.h"
#include "base/properties.h"
#include "base/suggest.h"

/* ---- the table ---- */

static bool is_pattern(const struct conf_key *key)
{
	size_t len = strlen(key->name);
	return len > 0 && key->name[len - 1] == '*';
}

static bool key_matches(const struct conf_key *key, struct slice name)
{
	if (!is_pattern(key))
		return slice_eq_str(name, key->name);
	struct slice prefix = slice_of(key->name, strlen(key->name) - 1);
	return name.len > prefix.len && slice_starts_with(name, prefix);
}

/* A key that is named in full comes before one that matches by its beginning. */
static const struct conf_key *find_key(const struct conf *conf, struct slice name)
{
	const struct conf_key *found = NULL;
	for (uint32_t i = 0; i < conf->key_count; i++) {
		const struct conf_key *key = &conf->keys[i];
		if (key_matches(key, name) && (found == NULL || !is_pattern(key)))
			found = key;
	}
	return found;
}

static int unknown_key(const struct conf *conf, struct slice name, struct err *err)
{
	struct suggest suggest = suggest_for(name);
	for (uint32_t i = 0; i < conf->key_count; i++) {
		if (!is_pattern(&conf->keys[i]))
			suggest_offer(&suggest, conf->keys[i].name);
	}
	return err_set(err, ERR_NOT_FOUND, "unknown setting '%.*s'%s", SLICE_ARGS(name),
		       suggest_words(&suggest));
}

/* ---- one value ---- */

static int check_int(const struct conf_key *key, struct slice value, struct err *err)
{
	int64_t number;
	if (num_parse_i64(value, &number, NULL) != 0)
		return err_set(err, ERR_INVALID, "'%.*s' is not a whole number", SLICE_ARGS(value));
	bool bounded = key->min != 0 || key->max != 0;
	if (bounded && (number < key->min || number > key->max))
		return err_set(err, ERR_RANGE, "%.*s is not between %lld and %lld",
			       SLICE_ARGS(value), (long long)key->min, (long long)key->max);
	return 0;
}

static int check_choice(const struct conf_key *key, struct slice value, struct err *err)
{
	struct slice all = slice_str(key->choices);
	for (size_t at = 0; at < all.len;) {
		size_t end = MIN(slice_find_byte(all, '|', at), all.len);
		if (slice_eq(slice_sub(all, at, end - at), value))
			return 0;
		at = end + 1;
	}
	return err_set(err, ERR_INVALID, "'%.*s' is none of %s", SLICE_ARGS(value), key->choices);
}

static int check_kind(const struct conf_key *key, struct slice value, struct err *err)
{
	switch (key->kind) {
	case CONF_TEXT:
	case CONF_LIST:
		return 0;
	case CONF_INT:
		return check_int(key, value, err);
	case CONF_CHOICE:
		return check_choice(key, value, err);
	case CONF_BOOL:
		if (slice_eq_nocase(value, SLICE("true")) || slice_eq_nocase(value, SLICE("false")))
			return 0;
		return err_set(err, ERR_INVALID, "'%.*s' is neither true nor false",
			       SLICE_ARGS(value));
	}
	UNREACHABLE("a kind of setting");
}

static int check_value(const struct conf_key *key, struct slice value, struct err *err)
{
	/* A NUL would end the text early for whoever reads it as a C string. */
	if (slice_find_byte(value, 0, 0) != SIZE_MAX)
		return err_set(err, ERR_INVALID, "the value has a NUL character in it");
	TRY(check_kind(key, value, err));
	return key->check != NULL ? key->check(value, err) : 0;
}

static struct conf_value *value_of(struct conf *conf, const struct conf_key *key, struct slice name)
{
	struct conf_value *value = map_get(&conf->values, name);
	if (value != NULL)
		return value;
	value = arena_new(&conf->arena, struct conf_value);
	value->name = slice_of(arena_str(&conf->arena, name), name.len);
	value->key = key;
	map_put(&conf->values, name, value);
	return value;
}

/* `file` is in the arena. */
static int set_from(struct conf *conf, struct slice name, struct slice text,
		    enum conf_origin origin, const char *file, int32_t line, struct err *err)
{
	const struct conf_key *key = find_key(conf, name);
	if (key == NULL)
		return unknown_key(conf, name, err);
	if (key->kind != CONF_TEXT)
		text = slice_trim(text);
	int code = check_value(key, text, err);
	if (code != 0) {
		(void)err_wrap(err, "%.*s", SLICE_ARGS(name));
		return code;
	}
	struct conf_value *value = value_of(conf, key, name);
	if (value->text.data != NULL && origin < value->origin)
		return 0;
	value->text = slice_of(arena_str(&conf->arena, text), text.len);
	value->origin = origin;
	value->file = file;
	value->line = line;
	return 0;
}

void conf_init(struct conf *conf, const struct conf_key *keys, uint32_t key_count)
{
	*conf = (struct conf){ .keys = keys, .key_count = key_count };
	map_init(&conf->values);
	for (uint32_t i = 0; i < key_count; i++) {
		if (keys[i].otherwise == NULL)
			continue;
		assert(!is_pattern(&keys[i]));
		int code = conf_set(conf, slice_str(keys[i].name), slice_str(keys[i].otherwise),
				    CONF_DEFAULT, NULL);
		assert(code == 0);
	}
}

void conf_fini(struct conf *conf)
{
	map_fini(&conf->values);
	arena_fini(&conf->arena);
}

fallible conf_set(struct conf *conf, struct slice name, struct slice value, enum conf_origin origin,
		  struct err *err)
{
	return set_from(conf, name, value, origin, NULL, 0, err);
}

fallible conf_set_pair(struct conf *conf, const char *pair, enum conf_origin origin,
		       struct err *err)
{
	struct slice text = slice_str(pair);
	size_t equals = slice_find_byte(text, '=', 0);
	if (equals == SIZE_MAX)
		return err_set(err, ERR_USAGE, "'%s' is not KEY=VALUE", pair);
	return conf_set(conf, slice_trim(slice_sub(text, 0, equals)),
			slice_sub(text, equals + 1, text.len), origin, err);
}

/* ---- files and environment ---- */

static int read_pairs(struct conf *conf, struct properties *p, const char *file, struct err *err)
{
	for (;;) {
		bool more;
		TRY(properties_next(p, &more, err));
		if (!more)
			return 0;
		TRY(set_from(conf, buf_slice(&p->key), buf_slice(&p->value), CONF_FILE, file,
			     p->key_line, err));
	}
}

fallible conf_read(struct conf *conf, struct slice text, const char *file, struct err *err)
{
	struct properties p;
	const char *name = arena_str(&conf->arena, slice_str(file));
	properties_init(&p, text);
	int code = read_pairs(conf, &p, name, err);
	int32_t line = p.key_line;
	properties_fini(&p);
	if (code != 0) {
		(void)err_wrap(err, "%s:%d", file, line);
		err_set_place(err, line, 0);
	}
	return code;
}

static const char *env_name(struct arena *arena, const char *key)
{
	char *name = arena_printf(arena, "WEIR_%s", key);
	for (char *c = name; *c != '\0'; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
		else if (*c == '.' || *c == '-')
			*c = '_';
	}
	return name;
}

fallible conf_read_env(struct conf *conf, const char *(*env)(const char *name), struct err *err)
{
	for (uint32_t i = 0; i < conf->key_count; i++) {
		const struct conf_key *key = &conf->keys[i];
		if (is_pattern(key))
			continue;
		const char *name = env_name(&conf->arena, key->name), *text = env(name);
		if (text == NULL)
			continue;
		int code = conf_set(conf, slice_str(key->name), slice_str(text), CONF_ENV, err);
		if (code != 0) {
			(void)err_wrap(err, "%s", name);
			return code;
		}
	}
	return 0;
}

/* ---- reading ---- */

const struct conf_value *conf_get(const struct conf *conf, const char *name)
{
	return map_get(&conf->values, slice_str(name));
}

static const struct conf_value *get_kind(const struct conf *conf, const char *name,
					 enum conf_kind kind)
{
	const struct conf_value *value = conf_get(conf, name);
	assert(value != NULL);
	assert(value->key->kind == kind);
	return value;
}

const char *conf_text(const struct conf *conf, const char *name)
{
	const struct conf_value *value = conf_get(conf, name);
	assert(value != NULL);
	return (const char *)value->text.data;
}

int64_t conf_int(const struct conf *conf, const char *name)
{
	int64_t number = 0;
	int code = num_parse_i64(get_kind(conf, name, CONF_INT)->text, &number, NULL);
	assert(code == 0);
	return number;
}

bool conf_bool(const struct conf *conf, const char *name)
{
	return slice_eq_nocase(get_kind(conf, name, CONF_BOOL)->text, SLICE("true"));
}

bool conf_next_item(struct slice *list, struct slice *ret_item)
{
	while (list->len > 0) {
		size_t comma = MIN(slice_find_byte(*list, ',', 0), list->len);
		struct slice item = slice_trim(slice_sub(*list, 0, comma));
		*list = slice_sub(*list, comma + 1, list->len);
		if (item.len > 0) {
			*ret_item = item;
			return true;
		}
	}
	return false;
}

/* ---- printing ---- */

/* As properties.h reads it back. */
static void append_escaped(struct buf *buf, struct slice text, bool is_key)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		bool separator = c == '=' || c == ':' || c == ' ' || c == '#' || c == '!';
		if (c == '\n')
			buf_append(buf, SLICE("\\n"));
		else if (c == '\r')
			buf_append(buf, SLICE("\\r"));
		else if (c == '\t')
			buf_append(buf, SLICE("\\t"));
		else if (c == '\f')
			buf_append(buf, SLICE("\\f"));
		else if (c == '\\' || (separator && (is_key || i == 0)))
			buf_printf(buf, "\\%c", c);
		else
			buf_append_u8(buf, c);
	}
}

static void append_origin(const struct conf_value *value, struct buf *buf)
{
	switch (value->origin) {
	case CONF_DEFAULT:
		buf_append_str(buf, "# default\n");
		return;
	case CONF_FILE:
		buf_printf(buf, "# %s:%d\n", value->file, value->line);
		return;
	case CONF_ENV:
		buf_append_str(buf, "# environment\n");
		return;
	case CONF_FLAG:
		buf_append_str(buf, "# command line\n");
		return;
	}
	UNREACHABLE("an origin");
}

void conf_print(const struct conf *conf, struct buf *buf)
{
	map_each (it, &conf->values) {
		const struct conf_value *value = it->value;
		append_origin(value, buf);
		if (value->key->secret)
			buf_append_str(buf, "# hidden: ");
		append_escaped(buf, value->name, true);
		buf_append_u8(buf, '=');
		if (!value->key->secret)
			append_escaped(buf, value->text, false);
		buf_append_u8(buf, '\n');
	}
}

static void document_values(const struct conf_key *key, struct buf *buf)
{
	switch (key->kind) {
	case CONF_TEXT:
		buf_append_str(buf, "text");
		return;
	case CONF_LIST:
		buf_append_str(buf, "texts with commas between");
		return;
	case CONF_BOOL:
		buf_append_str(buf, "true or false");
		return;
	case CONF_CHOICE:
		for (const char *c = key->choices; *c != '\0'; c++) {
			if (*c == '|')
				buf_append_str(buf, ", ");
			else
				buf_append_u8(buf, (uint8_t)*c);
		}
		return;
	case CONF_INT:
		if (key->min != 0 || key->max != 0)
			buf_printf(buf, "%lld to %lld", (long long)key->min, (long long)key->max);
		else
			buf_append_str(buf, "whole number");
		return;
	}
	UNREACHABLE("a kind of setting");
}

void conf_document(const struct conf_key *keys, uint32_t key_count, struct buf *buf)
{
	buf_append_str(buf, "| setting | values | default | what it does |\n|---|---|---|---|\n");
	for (uint32_t i = 0; i < key_count; i++) {
		buf_printf(buf, "| `%s` | ", keys[i].name);
		document_values(&keys[i], buf);
		buf_printf(buf, " | %s | %s |\n",
			   keys[i].otherwise != NULL ? keys[i].otherwise : "", keys[i].help);
	}
}
