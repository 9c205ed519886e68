#include "broker/quota.h"

#include "base/mem.h"
#include "broker/broker.h"

#define WINDOWS 11
#define WINDOW_MS 1000
#define THROTTLE_MS_MAX 3600000

struct quota_meter {
	int64_t window[WINDOWS]; /* which second each amount is of */
	double amount[WINDOWS];
};

static const char *const KIND_NAMES[] = {
	[QUOTA_PRODUCER_BYTES] = "producer_byte_rate",
	[QUOTA_CONSUMER_BYTES] = "consumer_byte_rate",
	[QUOTA_REQUEST_PERCENTAGE] = "request_percentage",
	[QUOTA_CONTROLLER_MUTATIONS] = "controller_mutation_rate",
	[QUOTA_CONNECTIONS] = "connection_creation_rate",
};
static_assert(COUNT_OF(KIND_NAMES) == QUOTA_KINDS_LEN, "each kind has a name");

static const char *const TYPE_NAMES[] = {
	[QUOTA_USER] = "user",
	[QUOTA_CLIENT] = "client-id",
	[QUOTA_IP] = "ip",
};
static_assert(COUNT_OF(TYPE_NAMES) == QUOTA_TYPES_LEN, "each type has a name");

void quotas_init(struct quotas *quotas)
{
	map_init(&quotas->limits);
	map_init(&quotas->meters);
}

static void forget_meters(struct quotas *quotas)
{
	map_each (entry, &quotas->meters)
		mem_free(entry->value);
	map_clear(&quotas->meters);
}

void quotas_fini(struct quotas *quotas)
{
	forget_meters(quotas);
	map_each (entry, &quotas->limits)
		mem_free(entry->value);
	map_fini(&quotas->meters);
	map_fini(&quotas->limits);
}

const char *quota_kind_name(enum quota_kind kind)
{
	assert(kind < QUOTA_KINDS_LEN);
	return KIND_NAMES[kind];
}

const char *quota_type_name(enum quota_type type)
{
	assert(type < QUOTA_TYPES_LEN);
	return TYPE_NAMES[type];
}

static int index_of(const char *const *names, int n, struct slice name)
{
	for (int i = 0; i < n; i++) {
		if (slice_eq_str(name, names[i]))
			return i;
	}
	return -1;
}

int quota_kind_of(struct slice name)
{
	return index_of(KIND_NAMES, QUOTA_KINDS_LEN, name);
}

int quota_type_of(struct slice name)
{
	return index_of(TYPE_NAMES, QUOTA_TYPES_LEN, name);
}

static bool is_plain(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

/* Names may hold anything, so what is not plain is written as %XX. */
static void print_name(const struct quota_name *name, struct buf *to)
{
	if (name->state == QUOTA_DEFAULT) {
		buf_append_str(to, "<default>");
		return;
	}
	for (size_t i = 0; i < name->name.len; i++) {
		uint8_t c = name->name.data[i];
		if (is_plain(c))
			buf_append_u8(to, c);
		else
			buf_printf(to, "%%%02X", c);
	}
}

void quota_entity_print(const struct quota_entity *entity, struct buf *to)
{
	const char *between = "";
	for (unsigned i = 0; i < QUOTA_TYPES_LEN; i++) {
		if (entity->of[i].state == QUOTA_ABSENT)
			continue;
		buf_printf(to, "%s%s=", between, TYPE_NAMES[i]);
		print_name(&entity->of[i], to);
		between = ",";
	}
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static fallible parse_name(struct slice text, struct arena *arena, struct quota_name *ret_name,
			   struct err *err)
{
	if (slice_eq_str(text, "<default>")) {
		*ret_name = (struct quota_name){ .state = QUOTA_DEFAULT };
		return 0;
	}
	uint8_t *name = arena_array(arena, uint8_t, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		int high, low;
		name[len] = text.data[i];
		if (text.data[i] == '%') {
			if (text.len - i < 3 || (high = hex_digit(text.data[i + 1])) < 0 ||
			    (low = hex_digit(text.data[i + 2])) < 0)
				return err_set(err, ERR_CORRUPT, "'%.*s' is no quota name",
					       SLICE_ARGS(text));
			name[len] = (uint8_t)(high << 4 | low);
			i += 2;
		}
		len++;
	}
	*ret_name = (struct quota_name){ .state = QUOTA_NAMED, .name = slice_of(name, len) };
	return 0;
}

fallible quota_entity_parse(struct slice text, struct arena *arena, struct quota_entity *ret_entity,
			    struct err *err)
{
	struct quota_entity entity = { 0 };
	while (text.len > 0) {
		size_t comma = MIN(slice_find_byte(text, ',', 0), text.len);
		struct slice part = slice_sub(text, 0, comma);
		text = slice_sub(text, comma + 1, SIZE_MAX);
		size_t equals = slice_find_byte(part, '=', 0);
		int type = equals == SIZE_MAX ? -1 : quota_type_of(slice_sub(part, 0, equals));
		if (type < 0)
			return err_set(err, ERR_CORRUPT, "'%.*s' is no quota entity",
				       SLICE_ARGS(part));
		TRY(parse_name(slice_sub(part, equals + 1, SIZE_MAX), arena, &entity.of[type],
			       err));
	}
	*ret_entity = entity;
	return 0;
}

static struct slice key_of(const struct quota_entity *entity, struct buf *buf)
{
	buf_reset(buf);
	quota_entity_print(entity, buf);
	return buf_slice(buf);
}

#define QUOTA_KEY_BYTES_MAX ((size_t)1 << 18)

const struct quota_limits *quota_find(const struct quotas *quotas,
				      const struct quota_entity *entity)
{
	struct buf key CLEANUP(buf_fini) = BUF_INIT(QUOTA_KEY_BYTES_MAX);
	return map_get(&quotas->limits, key_of(entity, &key));
}

void quota_set(struct quotas *quotas, const struct quota_entity *entity, enum quota_kind kind,
	       bool set, double value)
{
	struct buf buf CLEANUP(buf_fini) = BUF_INIT(QUOTA_KEY_BYTES_MAX);
	struct slice key = key_of(entity, &buf);
	struct quota_limits *limits = map_get(&quotas->limits, key);
	bool any = set;
	if (limits == NULL) {
		limits = mem_new(struct quota_limits);
		map_put(&quotas->limits, key, limits);
	}
	limits->set[kind] = set;
	limits->value[kind] = set ? value : 0;
	for (unsigned i = 0; i < QUOTA_KINDS_LEN; i++)
		any |= limits->set[i];
	if (!any)
		mem_free(map_remove(&quotas->limits, key));
}

/* Which entities fit a client, the most particular first. */
static const struct {
	int user, client;
} ORDER[] = {
	{ QUOTA_NAMED, QUOTA_NAMED },     { QUOTA_NAMED, QUOTA_DEFAULT },
	{ QUOTA_NAMED, QUOTA_ABSENT },    { QUOTA_DEFAULT, QUOTA_NAMED },
	{ QUOTA_DEFAULT, QUOTA_DEFAULT }, { QUOTA_DEFAULT, QUOTA_ABSENT },
	{ QUOTA_ABSENT, QUOTA_NAMED },    { QUOTA_ABSENT, QUOTA_DEFAULT },
};

static struct quota_name name_in(int state, struct slice name)
{
	return (struct quota_name){ .state = (unsigned)state, .name = name };
}

/* The limit that counts, and whom it is counted for: a default limit counts for each name apart. */
static bool limit_of(const struct quotas *quotas, struct slice user, struct slice client,
		     enum quota_kind kind, double *ret_limit, struct quota_entity *ret_counted)
{
	for (size_t i = 0; i < COUNT_OF(ORDER); i++) {
		struct quota_entity entity = { 0 };
		entity.of[QUOTA_USER] = name_in(ORDER[i].user, user);
		entity.of[QUOTA_CLIENT] = name_in(ORDER[i].client, client);
		const struct quota_limits *limits = quota_find(quotas, &entity);
		if (limits == NULL || !limits->set[kind])
			continue;
		for (unsigned t = QUOTA_USER; t <= QUOTA_CLIENT; t++) {
			if (entity.of[t].state == QUOTA_DEFAULT)
				entity.of[t].state = QUOTA_NAMED;
		}
		*ret_limit = limits->value[kind];
		*ret_counted = entity;
		return true;
	}
	return false;
}

static struct quota_meter *meter_of(struct quotas *quotas, enum quota_kind kind,
				    const struct quota_entity *counted)
{
	struct buf key CLEANUP(buf_fini) = BUF_INIT(QUOTA_KEY_BYTES_MAX);
	buf_printf(&key, "%s ", KIND_NAMES[kind]);
	quota_entity_print(counted, &key);
	struct quota_meter *meter = map_get(&quotas->meters, buf_slice(&key));
	if (meter != NULL)
		return meter;
	if (quotas->meters.len >= QUOTA_METERS_MAX)
		forget_meters(quotas);
	meter = mem_new(struct quota_meter);
	map_put(&quotas->meters, buf_slice(&key), meter);
	return meter;
}

static int32_t measure(struct quota_meter *meter, double limit, double amount, int64_t now_ms)
{
	int64_t now = now_ms / WINDOW_MS, oldest = now - (WINDOWS - 2);
	unsigned at = (unsigned)(now % WINDOWS);
	double total = 0;
	if (meter->window[at] != now) {
		meter->window[at] = now;
		meter->amount[at] = 0;
	}
	meter->amount[at] += amount;
	for (unsigned i = 0; i < WINDOWS; i++) {
		if (meter->amount[i] <= 0 || meter->window[i] <= now - WINDOWS)
			continue;
		total += meter->amount[i];
		oldest = MIN(oldest, meter->window[i]);
	}
	double elapsed_ms = (double)(now_ms - oldest * WINDOW_MS);
	double rate = total * 1000 / elapsed_ms;
	if (rate <= limit)
		return 0;
	double throttle = limit > 0 ? (rate - limit) / limit * elapsed_ms : THROTTLE_MS_MAX;
	return (int32_t)MIN(throttle + 1, THROTTLE_MS_MAX);
}

static struct slice user_of(const struct request *request)
{
	struct slice principal = request->client->principal;
	if (slice_starts_with(principal, SLICE("User:")))
		return slice_sub(principal, 5, SIZE_MAX);
	return principal;
}

int32_t quota_charge(struct broker *broker, const struct request *request, enum quota_kind kind,
		     double amount)
{
	struct quotas *quotas = &broker->quotas;
	struct quota_entity counted;
	double limit;
	if (quotas->limits.len == 0)
		return 0;
	if (!limit_of(quotas, user_of(request), request->client_id, kind, &limit, &counted))
		return 0;
	return measure(meter_of(quotas, kind, &counted), limit, amount, broker->time.now_ms);
}
