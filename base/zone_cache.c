/*
 * Names of zones, as Java's ZoneId.of reads them: first the forms that are offsets (Z, +2, UTC+2),
 * then regions, which the loader knows. Whatever else lies in a zone directory is no zone.
 */
#include "base/zone.h"

#include "base/time.h"
#include "base/zone_priv.h"

/* Names from the time before regions; Java's table of them. */
struct short_name {
	const char *name, *means;
};

/* clang-format off */
static const struct short_name short_names[] = {
	{ "EST", "-05:00" }, { "HST", "-10:00" }, { "MST", "-07:00" },
	{ "ACT", "Australia/Darwin" }, { "AET", "Australia/Sydney" },
	{ "AGT", "America/Argentina/Buenos_Aires" }, { "ART", "Africa/Cairo" },
	{ "AST", "America/Anchorage" }, { "BET", "America/Sao_Paulo" }, { "BST", "Asia/Dhaka" },
	{ "CAT", "Africa/Harare" }, { "CNT", "America/St_Johns" }, { "CST", "America/Chicago" },
	{ "CTT", "Asia/Shanghai" }, { "EAT", "Africa/Addis_Ababa" }, { "ECT", "Europe/Paris" },
	{ "IET", "America/Indiana/Indianapolis" }, { "IST", "Asia/Kolkata" }, { "JST", "Asia/Tokyo" },
	{ "MIT", "Pacific/Apia" }, { "NET", "Asia/Yerevan" }, { "NST", "Pacific/Auckland" },
	{ "PLT", "Asia/Karachi" }, { "PNT", "America/Phoenix" }, { "PRT", "America/Puerto_Rico" },
	{ "PST", "America/Los_Angeles" }, { "SST", "Pacific/Guadalcanal" },
	{ "VST", "Asia/Ho_Chi_Minh" },
};
/* clang-format on */

void zone_cache_init(struct zone_cache *cache, zone_load *load, void *arg)
{
	assert(load != NULL);
	*cache = (struct zone_cache){ .load = load, .arg = arg };
	map_init(&cache->zones);
}

void zone_cache_fini(struct zone_cache *cache)
{
	map_each (it, &cache->zones)
		zone_free(it->value);
	map_fini(&cache->zones);
}

static bool region_char(uint8_t byte, bool first)
{
	bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
	return letter ||
	       (!first && ((byte >= '0' && byte <= '9') || memchr("~/._+-", byte, 6) != NULL));
}

static bool region_like(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!region_char(name.data[i], i == 0))
			return false;
	return name.len >= 2;
}

/* In a zone directory, but not the name of a zone. */
static bool never_region(struct slice name)
{
	static const char *const others[] = { "localtime", "posixrules", "Factory" };
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (slice_eq_str(name, others[i]))
			return true;
	return slice_starts_with(name, SLICE("posix/")) ||
	       slice_starts_with(name, SLICE("right/")) ||
	       slice_find(name, SLICE(".."), 0) != SIZE_MAX;
}

static int unknown(struct slice name, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "Unknown time-zone ID: %.*s", SLICE_ARGS(name));
}

static fallible load_region(struct zone_cache *cache, struct slice name, struct zone **ret_zone,
			    struct err *err)
{
	if (!region_like(name))
		return err_set(err, ERR_INVALID,
			       "Invalid ID for region-based ZoneId, invalid format: %.*s",
			       SLICE_ARGS(name));
	if (never_region(name))
		return unknown(name, err);
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(ZONE_FILE_BYTES_MAX);
	int code = cache->load(cache->arg, name, &bytes, err);
	if (code == ERR_NOT_FOUND)
		return unknown(name, err);
	TRY(code);
	if (!slice_starts_with(buf_slice(&bytes), SLICE("TZif")))
		return unknown(name, err);
	return zone_parse(name, buf_slice(&bytes), ret_zone, err);
}

/* "UTC", "GMT", "UT" and, behind them, an offset. */
static fallible load_prefixed(struct zone_cache *cache, struct slice name, size_t prefix,
			      struct zone **ret_zone, struct err *err)
{
	struct slice rest = slice_sub(name, prefix, SIZE_MAX);
	if (rest.len > 0 && rest.data[0] != '+' && rest.data[0] != '-')
		return load_region(cache, name, ret_zone, err);
	int32_t offset = 0;
	if (rest.len > 0 && time_parse_offset(rest, &offset, err) != 0)
		return err_set(err, ERR_INVALID, "Invalid ID for offset-based ZoneId: %.*s",
			       SLICE_ARGS(name));
	CLEANUP(buf_fini) struct buf whole = BUF_INIT(ZONE_NAME_BYTES_MAX);
	buf_append(&whole, slice_sub(name, 0, prefix));
	if (offset != 0)
		time_print_offset(&whole, offset);
	*ret_zone = zone_fixed(buf_slice(&whole), offset);
	return 0;
}

static fallible load_offset(struct slice name, struct zone **ret_zone, struct err *err)
{
	int32_t offset;
	TRY(time_parse_offset(name, &offset, err));
	CLEANUP(buf_fini) struct buf whole = BUF_INIT(ZONE_NAME_BYTES_MAX);
	time_print_offset(&whole, offset);
	*ret_zone = zone_fixed(buf_slice(&whole), offset);
	return 0;
}

static fallible load_named(struct zone_cache *cache, struct slice name, struct zone **ret_zone,
			   struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(short_names); i++)
		if (slice_eq_str(name, short_names[i].name))
			name = slice_str(short_names[i].means);
	if (name.len <= 1 || name.data[0] == '+' || name.data[0] == '-')
		return load_offset(name, ret_zone, err);
	if (slice_starts_with(name, SLICE("UTC")) || slice_starts_with(name, SLICE("GMT")))
		return load_prefixed(cache, name, 3, ret_zone, err);
	if (slice_starts_with(name, SLICE("UT")))
		return load_prefixed(cache, name, 2, ret_zone, err);
	return load_region(cache, name, ret_zone, err);
}

fallible zone_cache_get(struct zone_cache *cache, struct slice name, const struct zone **ret_zone,
			struct err *err)
{
	struct zone *zone = map_get(&cache->zones, name);
	if (zone == NULL) {
		if (name.len > ZONE_NAME_BYTES_MAX)
			return unknown(slice_sub(name, 0, ZONE_NAME_BYTES_MAX), err);
		if (cache->zones.len >= ZONE_CACHE_ZONES_MAX)
			return err_set(err, ERR_LIMIT,
				       "more than %u different time zones are in use",
				       ZONE_CACHE_ZONES_MAX);
		TRY(load_named(cache, name, &zone, err));
		(void)map_put(&cache->zones, name, zone);
	}
	*ret_zone = zone;
	return 0;
}
