#include "base/err.h"

#include "base/mem.h"
#include "tests/lib/test.h"

#include <errno.h>

static fallible fails(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "no topic '%s'", "a");
}

static fallible passes_on(struct err *err, int *ret_value)
{
	TRY(fails(err));
	*ret_value = 1;
	return 0;
}

static fallible frees_and_fails(struct err *err)
{
	CLEANUP(mem_freep) char *text = mem_strdup("a leak would be seen");
	assert_non_null(text);
	TRY(fails(err));
	return 0;
}

static void a_failure_is_passed_up_with_its_text(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	int value = 0;
	assert_fails(passes_on(&err, &value), &err, ERR_NOT_FOUND, "no topic 'a'");
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(value, 0);
	assert_fails(frees_and_fails(&err), &err, ERR_NOT_FOUND, "no topic 'a'");
}

static void the_code_alone_is_enough_for_some(void **state)
{
	(void)state;
	assert_int_equal(fails(NULL), ERR_NOT_FOUND);
	err_clear(NULL);
	err_set_place(NULL, 1, 1);
	assert_int_not_equal(err_wrap(NULL, "said of nothing"), 0);
}

static void a_place_belongs_to_its_failure(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_int_equal(err_set_at(&err, ERR_SYNTAX, 3, 14, "unexpected '%c'", ';'), ERR_SYNTAX);
	assert_int_equal(err.line, 3);
	assert_int_equal(err.column, 14);
	assert_int_equal(fails(&err), ERR_NOT_FOUND);
	assert_int_equal(err.line + err.column, 0);
}

static void callers_add_what_they_know_in_front(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	(void)!err_set_at(&err, ERR_SYNTAX, 3, 14, "bad");
	assert_int_equal(err_wrap(&err, "line %d", 7), ERR_SYNTAX);
	assert_int_equal(err_wrap(&err, "reading"), ERR_SYNTAX);
	assert_string_equal(err.text, "reading: line 7: bad");
	assert_int_equal(err.line, 3);
	err_clear(&err);
	assert_string_equal(err.text, "");
	assert_int_equal(err.code, ERR_OK);
}

/* For every place of the cut in a text of two-byte characters, it stays UTF-8 and ends in dots. */
static void long_texts_are_cut_on_a_character(void **state)
{
	(void)state;
	static char text[2 * ERR_TEXT_MAX];
	for (size_t lead = 0; lead < 4; lead++) {
		struct err err = ERR_INIT;
		memset(text, 'a', lead);
		for (size_t i = lead; i + 2 < sizeof(text); i += 2)
			memcpy(text + i, "\xc3\xa9", 3);
		(void)!err_set(&err, ERR_INVALID, "%s", text);
		size_t len = strlen(err.text);
		assert_true(len < ERR_TEXT_MAX);
		assert_true(len >= ERR_TEXT_MAX - 8);
		assert_string_equal(err.text + len - 3, "...");
		assert_int_equal((len - 3 - lead) % 2, 0);
		assert_int_equal(err_wrap(&err, "in front"), ERR_INVALID);
		len = strlen(err.text);
		assert_true(len < ERR_TEXT_MAX);
		assert_string_equal(err.text + len - 3, "...");
		assert_memory_equal(err.text, "in front: ", 10);
	}
}

static void the_system_s_errors_have_our_codes(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	assert_int_equal(err_from_errno(&err, ENOENT, "open x"), ERR_NOT_FOUND);
	assert_string_equal(err.text, "cannot open x: No such file or directory");
	assert_int_equal(err_from_errno(&err, ENOSPC, "write x"), ERR_NO_SPACE);
	assert_int_equal(err_from_errno(&err, EIO, "write x"), ERR_IO);
	assert_int_equal(err_from_errno(NULL, EACCES, "open x"), ERR_DENIED);
}

static void every_code_has_a_name_and_a_text(void **state)
{
	(void)state;
#define ERR_CODE(code, text)                                                                       \
	assert_string_equal(err_code_name(code), #code);                                           \
	assert_string_equal(err_code_text(code), text);
#include "base/err_codes.def"
#undef ERR_CODE
}

int main(void)
{
	RUN_TESTS(TEST(a_failure_is_passed_up_with_its_text),
		  TEST(the_code_alone_is_enough_for_some), TEST(a_place_belongs_to_its_failure),
		  TEST(callers_add_what_they_know_in_front),
		  TEST(long_texts_are_cut_on_a_character), TEST(the_system_s_errors_have_our_codes),
		  TEST(every_code_has_a_name_and_a_text));
}
