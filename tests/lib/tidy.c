#define WEIR_ALLOW_BANNED
#include "tests/lib/tidy.h"

#include "base/mem.h"
#include "base/vec.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* clang-format off */

/* Who may include whom; docs/ARCHITECTURE.md has the same table, with reasons. */
static const struct {
	const char *folder, *may;
} EDGES[] = {
	{ "base",     "base" },
	{ "wire",     "wire base" },
	{ "registry", "registry base wire" },
	{ "state",    "state base wire" },
	{ "engine",   "engine base wire registry state" },
	{ "sql",      "sql base engine" },
	{ "host",     "host base" },
	{ "broker",   "broker base wire host" },
	{ "runtime",  "runtime base wire state engine host" },
	{ "connect",  "connect base wire engine host runtime" },
	{ "server",   "server base wire registry state engine sql host broker runtime connect" },
	{ "shell",    "shell base host" },
};

/* Words that no code calls, and the files or folders that may all the same. */
static const struct {
	const char *word, *except, *instead;
} BANNED[] = {
	{ "strcpy",     "", "arena_str, buf_append" },
	{ "strcat",     "", "buf_append" },
	{ "strncpy",    "", "slice_sub, buf_append" },
	{ "sprintf",    "", "buf_printf" },
	{ "vsprintf",   "", "buf_printf" },
	{ "gets",       "", "a bounded read" },
	{ "strtok",     "", "slice_find_byte" },
	{ "atoi",       "", "num_parse_i64" },
	{ "atol",       "", "num_parse_i64" },
	{ "atof",       "", "num_parse_double" },
	{ "sscanf",     "", "struct reader, num_parse_i64" },
	{ "setlocale",  "", "nothing: no code depends on a locale" },
	{ "localtime",  "", "base/zone.h" },
	{ "alloca",     "", "an arena" },
	{ "system",     "", "nothing: weir starts no processes" },
	{ "rand",       "", "a seeded generator" },
	{ "strerror",   "", "err_from_errno" },
	{ "malloc",     "base/mem.c tests bench", "mem_new, mem_bytes" },
	{ "calloc",     "base/mem.c tests bench", "mem_array" },
	{ "realloc",    "base/mem.c tests bench", "mem_resize" },
	{ "free",       "base/mem.c tests bench", "mem_free" },
	{ "exit",       "tests bench examples", "returning an exit code" },
	{ "clock_gettime", "host tests bench examples", "time as a value" },
	{ "gettimeofday",  "host tests bench examples", "time as a value" },
	{ "time",       "host tests bench examples", "time as a value" },
};

/* Texts in code that belong to one place. */
static const struct {
	const char *text, *only, *why;
} OWNED[] = {
	{ "uv.h",             "host tests/e2e", "only host/ knows libuv" },
	{ "rocksdb/c.h",      "state/store_rocks.c", "RocksDB is behind one file" },
	{ "pthread_",         "host tests bench", "threads are host/'s matter" },
	{ "stdatomic.h",      "base/mem.c host tests", "the core has no atomics" },
	{ "_Atomic",          "host tests", "the core has no atomics" },
	{ "_Thread_local",    "", "state that is neither passed nor owned" },
	{ "__thread",         "", "state that is neither passed nor owned" },
	{ "WEIR_ALLOW_BANNED",
	  "base/base.h base/arena.c base/bytes.c base/err.c base/sm.c base/suggest.c base/trace.c "
	  "tests/lib tests/ksql",
	  "the banned calls are for the few files that replace them" },
};

/* Texts that stand in no file, in two halves so that they do not stand in this one. */
static const struct {
	const char *first, *second, *why;
} FORBIDDEN[] = {
	{ "TO", "DO",     "what is to be done is an issue, not a comment" },
	{ "FIX", "ME",    "what is to be done is an issue, not a comment" },
	{ "XX", "X:",     "what is to be done is an issue, not a comment" },
	{ "/wo", "rk/",   "a path of one machine" },
	{ "/ho", "me/",   "a path of one machine" },
	{ "/ro", "ot/",   "a path of one machine" },
};

/* Files that may be long: a table, or one subject told to its end. */
static const char LONG_FILES[] = "";

#define LINE_COLUMNS_MAX 100
#define FILE_LINES_MAX   800
#define FILE_BYTES_MAX   ((size_t)16 * 1024 * 1024)

/* Not looked at: data of tests, whose bytes are what they are, and generated tables. */
static const char DATA[] = "tests/fuzz/corpus tests/data tests/golden tests/vectors build LICENSE";

/* clang-format on */

struct tidy {
	const char *root;
	struct buf *report;
	bool draft;
	uint32_t breaches;
	VEC(char *) paths; /* below root; owned */
};

struct file {
	const char *path;
	struct slice text;
	struct buf code; /* the text with comments and literals blanked out, line by line */
	bool is_c, is_h, is_def;
};

PRINTF_LIKE(4, 5)
static void complain(struct tidy *t, const char *path, uint32_t line, const char *format, ...)
{
	char what[512];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	buf_printf(t->report, "%s:%u: %s\n", path, line, what);
	t->breaches++;
}

/* ---- small matters of text ---- */

static bool is_word(uint8_t c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* Whether `path` is one of the files, or lies in one of the folders, of a list with spaces. */
static bool listed(const char *list, const char *path)
{
	struct slice left = slice_str(list), p = slice_str(path);
	while (left.len > 0) {
		size_t space = MIN(slice_find_byte(left, ' ', 0), left.len);
		struct slice item = slice_sub(left, 0, space);
		bool below = p.len > item.len && p.data[item.len] == '/';
		if (slice_starts_with(p, item) && (p.len == item.len || below))
			return true;
		left = slice_sub(left, space + 1, left.len);
	}
	return false;
}

static uint32_t line_of(struct slice text, size_t at)
{
	uint32_t line = 1;
	for (size_t i = 0; i < at; i++)
		line += text.data[i] == '\n';
	return line;
}

/* Takes the next line, without its end, off `*left`. */
static struct slice next_line(struct slice *left)
{
	size_t end = MIN(slice_find_byte(*left, '\n', 0), left->len);
	struct slice line = slice_sub(*left, 0, end);
	*left = slice_sub(*left, end + 1, left->len);
	return line;
}

/* Copies C text with what is in comments and literals turned to spaces; lines stay lines. */
static void blank_out(struct slice text, struct buf *code)
{
	enum { CODE, BLOCK, LINE, STRING, CHAR } in = CODE;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i], next = i + 1 < text.len ? text.data[i + 1] : 0;
		bool skip_next = false, keep = in == CODE;
		if (in == CODE && c == '/' && (next == '*' || next == '/'))
			in = next == '*' ? BLOCK : LINE, keep = false, skip_next = true;
		else if (in == CODE && (c == '"' || c == '\''))
			in = c == '"' ? STRING : CHAR;
		else if (in == BLOCK && c == '*' && next == '/')
			in = CODE, skip_next = true;
		else if (in == LINE && c == '\n')
			in = CODE;
		else if ((in == STRING || in == CHAR) && c == '\\')
			skip_next = true;
		else if ((in == STRING && c == '"') || (in == CHAR && c == '\''))
			in = CODE, keep = true;
		buf_append_u8(code, c == '\n' || keep ? c : ' ');
		if (skip_next && i + 1 < text.len)
			buf_append_u8(code, text.data[++i] == '\n' ? '\n' : ' ');
	}
}

/* ---- the rules ---- */

static const char *edges_of(const char *path)
{
	for (size_t i = 0; i < COUNT_OF(EDGES); i++) {
		if (listed(EDGES[i].folder, path))
			return EDGES[i].may;
	}
	return NULL;
}

/* The file that a line includes in quotes; empty: it is no such line. */
static struct slice included(struct slice line)
{
	line = slice_trim(line);
	if (!slice_starts_with(line, SLICE("#")))
		return SLICE_EMPTY;
	line = slice_trim(slice_sub(line, 1, line.len));
	if (!slice_starts_with(line, SLICE("include")))
		return SLICE_EMPTY;
	line = slice_trim(slice_sub(line, 7, line.len));
	if (!slice_starts_with(line, SLICE("\"")))
		return SLICE_EMPTY;
	line = slice_sub(line, 1, line.len);
	return slice_sub(line, 0, slice_find_byte(line, '"', 0));
}

static void check_edges(struct tidy *t, const struct file *f)
{
	const char *may = edges_of(f->path);
	struct slice left = f->text;
	for (uint32_t n = 1; left.len > 0 && may != NULL; n++) {
		struct slice path = included(next_line(&left));
		size_t slash = slice_find_byte(path, '/', 0);
		struct slice folder = slice_sub(path, 0, MIN(slash, path.len));
		char name[64];
		if (path.len == 0 || folder.len >= sizeof(name))
			continue;
		memcpy(name, folder.data, folder.len);
		name[folder.len] = '\0';
		bool known = edges_of(name) != NULL || strcmp(name, "tests") == 0;
		if (slash == SIZE_MAX || !known)
			continue; /* generated, or from a system's folder */
		if (!listed(may, name))
			complain(t, f->path, n, "may include only from: %s; not \"%.*s\"", may,
				 SLICE_ARGS(path));
	}
}

/* "x/y.c" with a header x/y.h beside it includes that one, or x/y_priv.h, first of all. */
static void check_own_header(struct tidy *t, const struct file *f)
{
	struct slice own = slice_str(f->path), left = f->text;
	char header[512];
	if (!f->is_c || own.len >= sizeof(header) || listed("tests bench examples", f->path))
		return;
	memcpy(header, own.data, own.len + 1);
	header[own.len - 1] = 'h';
	bool exists = false;
	vec_each (path, &t->paths)
		exists = exists || strcmp(*path, header) == 0;
	for (uint32_t n = 1; exists && left.len > 0; n++) {
		struct slice line = next_line(&left);
		if (slice_find(line, SLICE("#include"), 0) == SIZE_MAX)
			continue;
		struct slice first = included(line), stem = slice_of(header, own.len - 2);
		bool its_own = slice_starts_with(first, stem);
		if (!its_own)
			complain(t, f->path, n, "includes \"%s\" first", header);
		return;
	}
}

/* A header opens with a comment of at least two lines that say something; one is enough where only
 * a module's own files, or tests, include it. */
static void check_opening(struct tidy *t, const struct file *f)
{
	if (!f->is_h)
		return;
	size_t end = slice_find(f->text, SLICE("*/"), 0);
	struct slice comment = slice_sub(f->text, 0, MIN(end, f->text.len));
	uint32_t lines = 0;
	if (!slice_starts_with(f->text, SLICE("/*")))
		comment = SLICE_EMPTY;
	while (comment.len > 0) {
		struct slice line = next_line(&comment);
		bool says = false;
		for (size_t i = 0; i < line.len; i++)
			says = says || is_word(line.data[i]);
		lines += says;
	}
	bool own = slice_ends_with(slice_str(f->path), SLICE("_priv.h")) ||
		   listed("tests bench", f->path);
	if (lines < (own ? 1 : 2))
		complain(t, f->path, 1, "a header opens with what it is and the rule to know");
}

/* `word(` in code, not as a member and not as a part of a longer word. */
static bool called_at(struct slice code, size_t at, size_t len)
{
	size_t after = at + len;
	if (at > 0 && (is_word(code.data[at - 1]) || code.data[at - 1] == '.'))
		return false;
	if (at > 1 && code.data[at - 1] == '>' && code.data[at - 2] == '-')
		return false;
	if (at > 1 && code.data[at - 1] == '*') /* a function pointer's name */
		return false;
	while (after < code.len && code.data[after] == ' ')
		after++;
	return after < code.len && code.data[after] == '(';
}

static void check_banned(struct tidy *t, const struct file *f)
{
	struct slice code = buf_slice(&f->code);
	for (size_t i = 0; i < COUNT_OF(BANNED); i++) {
		struct slice word = slice_str(BANNED[i].word);
		if (listed(BANNED[i].except, f->path))
			continue;
		for (size_t at = 0; (at = slice_find(code, word, at)) != SIZE_MAX; at += word.len) {
			if (called_at(code, at, word.len))
				complain(t, f->path, line_of(code, at), "no %s: use %s",
					 BANNED[i].word, BANNED[i].instead);
		}
	}
}

static void check_owned(struct tidy *t, const struct file *f)
{
	for (size_t i = 0; i < COUNT_OF(OWNED); i++) {
		/* Names of headers stand in angle brackets, which are kept; the rest is code too.
		 */
		size_t at = slice_find(buf_slice(&f->code), slice_str(OWNED[i].text), 0);
		if (at != SIZE_MAX && !listed(OWNED[i].only, f->path))
			complain(t, f->path, line_of(f->text, at), "%s: %s", OWNED[i].text,
				 OWNED[i].why);
	}
}

static void check_forbidden(struct tidy *t, const struct file *f)
{
	for (size_t i = 0; i < COUNT_OF(FORBIDDEN); i++) {
		struct buf text = BUF_INIT(100);
		buf_printf(&text, "%s%s", FORBIDDEN[i].first, FORBIDDEN[i].second);
		size_t at = slice_find(f->text, buf_slice(&text), 0);
		/* Words end where they end: a longer one is another. */
		bool part = at != SIZE_MAX && is_word(text.data[0]) &&
			    ((at > 0 && is_word(f->text.data[at - 1])) ||
			     (at + text.len < f->text.len && is_word(f->text.data[at + text.len])));
		if (at != SIZE_MAX && !part)
			complain(t, f->path, line_of(f->text, at), "\"%s\": %s", buf_str(&text),
				 FORBIDDEN[i].why);
		buf_fini(&text);
	}
}

/* Tabs go to the next multiple of eight; a character counts as one. */
static uint32_t columns(struct slice line)
{
	uint32_t column = 0;
	for (size_t i = 0; i < line.len; i++) {
		if (line.data[i] == '\t')
			column = (column / 8 + 1) * 8;
		else if ((line.data[i] & 0xC0) != 0x80)
			column++;
	}
	return column;
}

static void check_line(struct tidy *t, const struct file *f, struct slice line, uint32_t n,
		       bool by_hand)
{
	uint8_t last = line.len > 0 ? line.data[line.len - 1] : 'x';
	if (last == ' ' || last == '\t' || last == '\r')
		complain(t, f->path, n, "white space at the end of the line");
	if (t->draft || !(f->is_c || f->is_h) || by_hand)
		return;
	if (columns(line) > LINE_COLUMNS_MAX)
		complain(t, f->path, n, "%u columns; at most %d (scripts/format --long)",
			 columns(line), LINE_COLUMNS_MAX);
}

static void check_lines(struct tidy *t, const struct file *f)
{
	struct slice left = f->text;
	uint32_t n = 0;
	bool by_hand = false; /* between clang-format off and on */
	while (left.len > 0) {
		struct slice line = next_line(&left);
		n++;
		if (slice_find(line, SLICE("clang-format off"), 0) != SIZE_MAX)
			by_hand = true;
		else if (slice_find(line, SLICE("clang-format on"), 0) != SIZE_MAX)
			by_hand = false;
		check_line(t, f, line, n, by_hand);
	}
	if (f->text.len > 0 && f->text.data[f->text.len - 1] != '\n')
		complain(t, f->path, n, "no newline at the end of the file");
	if ((f->is_c || f->is_h) && n > FILE_LINES_MAX && !listed(LONG_FILES, f->path))
		complain(t, f->path, n, "%u lines; at most %d", n, FILE_LINES_MAX);
}

/* ---- a line in the folder's README.md for each file ---- */

/* "sql/x.c" is told by the word x.c, by x.h followed by .c, or by a word with a star in it. */
static bool matches(struct slice pattern, struct slice name)
{
	size_t star = slice_find_byte(pattern, '*', 0);
	if (star == SIZE_MAX)
		return slice_eq(pattern, name);
	struct slice front = slice_sub(pattern, 0, star);
	struct slice back = slice_sub(pattern, star + 1, pattern.len);
	return name.len >= front.len + back.len && slice_starts_with(name, front) &&
	       slice_ends_with(name, back);
}

static bool is_name_byte(uint8_t c)
{
	return is_word(c) || c == '.' || c == '*' || c == '-' || c == '/';
}

static bool told(struct slice readme, struct slice name)
{
	struct slice stem = SLICE_EMPTY;
	for (size_t at = 0; at < readme.len;) {
		size_t start = at;
		while (at < readme.len && is_name_byte(readme.data[at]))
			at++;
		struct slice word = slice_sub(readme, start, at - start);
		at += at == start;
		if (word.len > 1 && word.data[0] == '.') { /* ".c", of the stem before */
			if (stem.len + word.len == name.len && slice_starts_with(name, stem) &&
			    slice_ends_with(name, word))
				return true;
		} else if (word.len > 0) {
			if (matches(word, name))
				return true;
			stem = slice_sub(word, 0, MIN(slice_find_byte(word, '.', 0), word.len));
		}
	}
	return false;
}

static bool load(struct tidy *t, const char *path, struct buf *text)
{
	struct buf full = BUF_INIT(65536);
	buf_printf(&full, "%s/%s", t->root, path);
	FILE *in = fopen(buf_str(&full), "rbe");
	buf_fini(&full);
	if (in == NULL)
		return false;
	uint8_t chunk[16384];
	size_t n;
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buf_append(text, slice_of(chunk, n));
	fclose(in);
	return true;
}

static void check_readme(struct tidy *t, const char *folder)
{
	struct buf readme = BUF_INIT(FILE_BYTES_MAX), path = BUF_INIT(1000);
	buf_printf(&path, "%s/README.md", folder);
	bool exists = load(t, buf_str(&path), &readme), needed = false;
	size_t len = strlen(folder);
	vec_each (it, &t->paths) {
		const char *name = *it + len + 1;
		if (!listed(folder, *it) || strchr(name, '/') != NULL)
			continue;
		if (strcmp(name, "README.md") == 0 || strcmp(name, "CMakeLists.txt") == 0)
			continue;
		needed = true;
		if (exists && !told(buf_slice(&readme), slice_str(name)))
			complain(t, *it, 1, "has no line in %s/README.md", folder);
	}
	if (needed && !exists)
		complain(t, buf_str(&path), 1, "is missing: one line for each file of the folder");
	buf_fini(&readme);
	buf_fini(&path);
}

/* ---- the walk ---- */

static void check_file(struct tidy *t, const char *path)
{
	struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct slice name = slice_str(path);
	struct file f = { .path = path, .code = BUF_INIT(FILE_BYTES_MAX) };
	if (load(t, path, &text)) {
		f.text = buf_slice(&text);
		f.is_c = slice_ends_with(name, SLICE(".c"));
		f.is_h = slice_ends_with(name, SLICE(".h"));
		f.is_def = slice_ends_with(name, SLICE(".def"));
		check_lines(t, &f);
		check_forbidden(t, &f);
		if (f.is_c || f.is_h || f.is_def || slice_ends_with(name, SLICE(".l")) ||
		    slice_ends_with(name, SLICE(".y"))) {
			blank_out(f.text, &f.code);
			check_edges(t, &f);
			check_own_header(t, &f);
			check_opening(t, &f);
			check_banned(t, &f);
			check_owned(t, &f);
		}
	}
	buf_fini(&f.code);
	buf_fini(&text);
}

/* The tracked files; none: there is no git here. */
static void list_tracked(struct tidy *t)
{
	struct buf command = BUF_INIT(65536);
	buf_printf(&command, "git -C '%s' ls-files 2>/dev/null", t->root);
	FILE *in = popen(buf_str(&command), "re");
	buf_fini(&command);
	char path[4096];
	while (in != NULL && fgets(path, sizeof(path), in) != NULL) {
		path[strcspn(path, "\n")] = '\0';
		vec_push(&t->paths, mem_strdup(path));
	}
	if (in != NULL)
		pclose(in);
}

static void list_folder(struct tidy *t, const char *folder)
{
	struct buf full = BUF_INIT(65536);
	struct dirent **names = NULL;
	buf_printf(&full, "%s/%s", t->root, folder);
	int n = scandir(buf_str(&full), &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		struct buf path = BUF_INIT(65536), at = BUF_INIT(65536);
		struct stat st;
		buf_printf(&path, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", names[i]->d_name);
		buf_printf(&at, "%s/%s", t->root, buf_str(&path));
		bool hidden = names[i]->d_name[0] == '.' || stat(buf_str(&at), &st) != 0;
		if (!hidden && S_ISDIR(st.st_mode))
			list_folder(t, buf_str(&path));
		else if (!hidden)
			vec_push(&t->paths, mem_strdup(buf_str(&path)));
		buf_fini(&path);
		buf_fini(&at);
		free(names[i]);
	}
	free(names);
	buf_fini(&full);
}

uint32_t tidy_check(const char *root, bool draft, struct buf *report, uint32_t *ret_files)
{
	struct tidy t = { .root = root, .report = report, .draft = draft };
	list_tracked(&t);
	if (t.paths.len == 0)
		list_folder(&t, "");
	vec_each (path, &t.paths) {
		if (!listed(DATA, *path))
			check_file(&t, *path);
	}
	for (size_t i = 0; i < COUNT_OF(EDGES); i++)
		check_readme(&t, EDGES[i].folder);
	*ret_files = t.paths.len;
	vec_each (path, &t.paths)
		mem_free(*path);
	vec_fini(&t.paths);
	return t.breaches;
}
