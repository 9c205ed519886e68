/* A pattern and, behind the first line's end, a text: matches lie in the text and move forward. */
#include "engine/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FINDS_MAX 100

static void find_all(struct regex *regex, struct slice text)
{
	size_t from = 0;
	for (int n = 0; n < FINDS_MAX && from <= text.len; n++) {
		struct err err;
		bool found;
		if (regex_find(regex, text, from, &found, &err) != 0) {
			assert(err.text[0] != '\0');
			return;
		}
		if (!found)
			return;
		assert(regex_to(regex) <= text.len);
		assert(regex_next(regex, text) > from || regex_to(regex) > from);
		struct slice part;
		for (uint32_t g = 0; g <= regex->ngroups; g++) {
			if (regex_group(regex, text, g, &part))
				assert(part.len <= text.len);
		}
		from = MAX(regex_next(regex, text), from + 1);
		while (from < text.len && (text.data[from] & 0xC0) == 0x80)
			from++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_of(data, size);
	size_t line = slice_find_byte(all, '\n', 0);
	struct slice pattern = slice_sub(all, 0, line);
	struct slice text = slice_sub(all, line == SIZE_MAX ? size : line + 1, size);
	struct regex regex;
	struct err err;
	if (regex_init(&regex, pattern, &err) != 0) {
		assert(err.text[0] != '\0');
		return 0;
	}
	find_all(&regex, text);
	regex_fini(&regex);
	return 0;
}
