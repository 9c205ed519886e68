#include "tests/lib/call_text.h"
#include "tests/lib/test.h"

#define CAT "\xF0\x9F\x90\xB1"

static void each_kind_of_character_has_its_mask(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "mask('Ab-12 \xC3\x89')", "Xx-nn-X" },
		{ "mask('Ab-1', 'U', 'l', '#', '?')", "Ul?#" },
		{ "mask('Ab-1', null:STRING, 'l', null:STRING, null:STRING)", "Al-1" },
		{ "mask('" CAT "')", "--" },
		{ "mask(null:STRING)", "NULL" },
		{ "mask('a', 'UU', 'l', '#', '?')",
		  "!Invalid mask character. Must be only single character, but was 'UU'" },
	};
	CASES_HOLD(cases);
}

static void one_end_is_masked_or_kept(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "mask_left('Abc1', 2)", "Xxc1" },
		{ "mask_right('Abc1', 2)", "Abxn" },
		{ "mask_keep_left('Abc1', 2)", "Abxn" },
		{ "mask_keep_right('Abc1', 2)", "Xxc1" },
		{ "mask_left('Ab', 9)", "Xx" },
		{ "mask_keep_right('Ab', 9)", "Ab" },
		{ "mask_right('Ab', 0)", "Ab" },
		{ "mask_keep_left('Ab', 0)", "Xx" },
		{ "mask_left('Ab', 1, 'U', 'l', '#', '?')", "Ub" },
		{ "mask_left(null:STRING, 1)", "NULL" },
		{ "mask_left('Ab', -1)", "!function mask_left requires a non-negative number" },
		{ "mask_left('Ab', null:INTEGER)", "!NULL given" },
	};
	CASES_HOLD(cases);
}

int main(void)
{
	RUN_TESTS(TEST(each_kind_of_character_has_its_mask), TEST(one_end_is_masked_or_kept));
}
