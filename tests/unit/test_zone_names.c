#include "tests/lib/test.h"

#include "base/zone.h"
#include "base/zone_names.h"

static const char *const regions[] = {
#define ZONE(name, id) name,
#include "base/zone_names.def"
#undef ZONE
};

static const char *const meant[] = {
#define ZONE_NAMES(id, zone, s, standard, d, daylight, e, either) zone,
#include "base/zone_names.def"
#undef ZONE_NAMES
};

static void every_region_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(regions); i++) {
		assert_non_null(zone_names_of(slice_str(regions[i])));
		assert_string_equal(zone_region_match(slice_str(regions[i]), false), regions[i]);
	}
	assert_null(zone_names_of(SLICE("Europe/Atlantis")));
	assert_null(zone_names_of(SLICE("")));
	assert_null(zone_names_of(SLICE("~")));
}

static void a_zone_that_a_name_means_exists(void **state)
{
	(void)state;
	static char directory[] = ZONE_DIRECTORY;
	struct zone_cache cache;
	struct err err = ERR_INIT;
	zone_cache_init(&cache, zone_files, directory);
	for (size_t i = 0; i < COUNT_OF(meant); i++) {
		const struct zone *zone = NULL;
		assert_ok(zone_cache_get(&cache, slice_str(meant[i]), &zone, &err), &err);
		assert_non_null(zone_names_of(slice_str(meant[i])));
	}
	zone_cache_fini(&cache);
}

static void the_longest_name_in_front_of_a_text_counts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool full, ignore_case;
		const char *zone; /* NULL: none */
		size_t len;
	} cases[] = {
		{ "PST rest", false, false, "America/Los_Angeles", 3 },
		{ "PT", false, false, "America/Los_Angeles", 2 },
		{ "pdt", false, true, "America/Los_Angeles", 3 },
		{ "pdt", false, false, NULL, 0 },
		{ "Pacific Daylight Time!", true, false, "America/Los_Angeles", 21 },
		{ "IST", false, false, "Asia/Kolkata", 3 },
		{ "CEST", false, false, "Europe/Paris", 4 },
		{ "CES", false, false, NULL, 0 },
		{ "", false, false, NULL, 0 },
		{ "PST", true, false, NULL, 0 },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		size_t len = 0;
		const char *zone = zone_names_match(slice_str(cases[i].text), cases[i].full,
						    cases[i].ignore_case, &len);
		if (cases[i].zone == NULL) {
			assert_null(zone);
			continue;
		}
		assert_non_null(zone);
		assert_string_equal(zone, cases[i].zone);
		assert_int_equal(len, cases[i].len);
	}
	assert_string_equal(zone_region_match(SLICE("Etc/GMT+10 x"), false), "Etc/GMT+10");
	assert_string_equal(zone_region_match(SLICE("europe/paris"), true), "Europe/Paris");
	assert_null(zone_region_match(SLICE("europe/paris"), false));
}

int main(void)
{
	RUN_TESTS(TEST(every_region_is_found), TEST(a_zone_that_a_name_means_exists),
		  TEST(the_longest_name_in_front_of_a_text_counts));
}
