#include "engine/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/text.h"

#define GROUP_NAME_BYTES_MAX 64

static fallible compile(struct regex *regex, struct slice pattern, struct err *err)
{
	int code;
	PCRE2_SIZE at;
	CLEANUP(buf_fini) struct buf translated = BUF_INIT(16 * REGEX_PATTERN_BYTES_MAX);
	if (pattern.len > REGEX_PATTERN_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a pattern has at most %zu bytes",
			       REGEX_PATTERN_BYTES_MAX);
	TRY(regex_translate(pattern, &translated, err));
	TRY(buf_check(&translated, "a pattern", err));
	regex->code =
		pcre2_compile((PCRE2_SPTR)buf_str(&translated), translated.len,
			      PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, regex->context);
	if (regex->code != NULL)
		return 0;
	uint8_t text[256];
	pcre2_get_error_message(code, text, sizeof(text));
	return err_set(err, ERR_SYNTAX, "%s near index %zu", (const char *)text, (size_t)at);
}

/* `context` serves compiling first; what limits matching replaces it. */
fallible regex_init(struct regex *regex, struct slice pattern, struct err *err)
{
	struct regex made = { 0 };
	pcre2_compile_context *settings = pcre2_compile_context_create(NULL);
	assert(settings != NULL);
	pcre2_set_newline(settings, PCRE2_NEWLINE_ANY);
	made.context = settings;
	int code = compile(&made, pattern, err);
	pcre2_compile_context_free(settings);
	if (code != 0)
		return code;
	/* Where the machine has no just-in-time compiler the interpreter matches. */
	(void)pcre2_jit_compile(made.code, PCRE2_JIT_COMPLETE);
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	made.match = pcre2_match_data_create_from_pattern(made.code, NULL);
	assert(limits != NULL);
	assert(made.match != NULL);
	pcre2_set_match_limit(limits, REGEX_MATCH_LIMIT);
	pcre2_set_heap_limit(limits, REGEX_HEAP_KIB_MAX);
	made.context = limits;
	made.spans = pcre2_get_ovector_pointer(made.match);
	pcre2_pattern_info(made.code, PCRE2_INFO_CAPTURECOUNT, &made.ngroups);
	*regex = made;
	return 0;
}

void regex_fini(struct regex *regex)
{
	pcre2_match_context_free(regex->context);
	pcre2_match_data_free(regex->match);
	pcre2_code_free(regex->code);
	*regex = (struct regex){ 0 };
}

static int match(struct regex *regex, struct slice text, size_t from, uint32_t options)
{
	PCRE2_SPTR data = text.data != NULL ? text.data : (PCRE2_SPTR) "";
	int code = pcre2_match(regex->code, data, text.len, from, options, regex->match,
			       regex->context);
	/* The compiled matcher has a small stack; the interpreter has the heap. */
	if (code == PCRE2_ERROR_JIT_STACKLIMIT)
		code = pcre2_match(regex->code, data, text.len, from, options | PCRE2_NO_JIT,
				   regex->match, regex->context);
	return code;
}

fallible regex_find(struct regex *regex, struct slice text, size_t from, bool *ret_found,
		    struct err *err)
{
	assert(regex->code != NULL);
	assert(from <= text.len);
	/* Checked when the search of this text began. */
	int code = match(regex, text, from, from > 0 ? PCRE2_NO_UTF_CHECK : 0);
	if (code >= 0 || code == PCRE2_ERROR_NOMATCH) {
		*ret_found = code >= 0;
		return 0;
	}
	if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_HEAPLIMIT ||
	    code == PCRE2_ERROR_DEPTHLIMIT)
		return err_set(err, ERR_LIMIT, "The pattern takes too long to match");
	uint8_t message[256];
	pcre2_get_error_message(code, message, sizeof(message));
	return err_set(err, ERR_INVALID, "%s", (const char *)message);
}

bool regex_matches_empty(struct regex *regex)
{
	return match(regex, SLICE_EMPTY, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED) >= 0;
}

/* \K is not Java's and is refused, but a lookahead may still end a match before it begins. */
size_t regex_from(const struct regex *regex)
{
	return MIN(regex->spans[0], regex->spans[1]);
}

size_t regex_to(const struct regex *regex)
{
	return regex->spans[1];
}

size_t regex_next(const struct regex *regex, struct slice text)
{
	size_t to = regex_to(regex);
	if (to > regex_from(regex))
		return to;
	if (to >= text.len)
		return text.len + 1;
	struct slice rest = slice_sub(text, to, text.len);
	(void)text_take(&rest);
	return text.len - rest.len;
}

bool regex_group(const struct regex *regex, struct slice text, uint32_t group,
		 struct slice *ret_text)
{
	assert(group <= regex->ngroups);
	size_t from = group == 0 ? regex_from(regex) : regex->spans[2 * group];
	size_t to = regex->spans[2 * group + 1];
	if (from == PCRE2_UNSET || to == PCRE2_UNSET || from > to)
		return false;
	*ret_text = slice_sub(text, from, to - from);
	return true;
}

uint32_t regex_group_named(const struct regex *regex, struct slice name)
{
	char text[GROUP_NAME_BYTES_MAX];
	if (name.len >= sizeof(text))
		return 0;
	memcpy(text, name.data, name.len);
	text[name.len] = '\0';
	int group = pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)text);
	return group > 0 ? (uint32_t)group : 0;
}
