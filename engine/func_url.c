/*
 * URLs: their parts, and parameters encoded and decoded.
 *
 * What is a URL is what java.net.URI takes: RFC 2396, and characters beyond ASCII anywhere. Parts
 * are absent (NULL) or a text; path, query and fragment come with their escapes undone. An
 * authority that is not a host with a port ("a_b:x") is one of a registry and has no host.
 */
#include "engine/func_priv.h"

#include "base/text.h"

struct url {
	struct slice scheme, host, path, query, fragment; /* absent: data is NULL */
	int32_t port;                                     /* -1: none */
};

/* --- characters --- */

#define UNRESERVED "_-!.~'()*"
#define OF_PATH UNRESERVED ":@&=+$,;/"
#define OF_QUERY UNRESERVED ":@&=+$,;/?[]"
#define OF_USER UNRESERVED ";:&=+$,"
#define OF_REGISTRY UNRESERVED "$,;:@&=+"

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_alnum(uint8_t c)
{
	return is_digit(c) || is_letter(c);
}

static int hex_value(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that %hh at `at` stands for; -1: it is none. */
static int escape_at(struct slice text, size_t at)
{
	if (text.len - at < 3)
		return -1;
	int high = hex_value(text.data[at + 1]), low = hex_value(text.data[at + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* White space and controls beyond ASCII are no part of a URL. */
static bool is_other(uint32_t c)
{
	bool space = c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
		     c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
	return c >= 0xA0 && !space;
}

/* Are all characters letters, digits, of `also`, beyond ASCII or escapes? */
static bool all_legal(struct slice text, const char *also)
{
	for (size_t i = 0; i < text.len;) {
		uint8_t c = text.data[i];
		if (c >= 0x80) {
			struct slice rest = slice_sub(text, i, text.len);
			if (!is_other(text_take(&rest)))
				return false;
			i = text.len - rest.len;
			continue;
		}
		if (c == '%' && escape_at(text, i) < 0)
			return false;
		if (c != '%' && !is_alnum(c) && (c == 0 || strchr(also, c) == NULL))
			return false;
		i += c == '%' ? 3 : 1;
	}
	return true;
}

/* --- parts --- */

/* Takes off `*rest` all up to the first of `stops`. */
static struct slice take_until(struct slice *rest, const char *stops)
{
	size_t n = 0;
	while (n < rest->len && (rest->data[n] == 0 || strchr(stops, rest->data[n]) == NULL))
		n++;
	struct slice taken = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->len);
	return taken;
}

static bool begins_with(struct slice text, char c)
{
	return text.len > 0 && text.data[0] == (uint8_t)c;
}

static bool is_scheme(struct slice text)
{
	if (text.len == 0 || !is_letter(text.data[0]))
		return false;
	for (size_t i = 1; i < text.len; i++) {
		if (!is_alnum(text.data[i]) && strchr("+-.", text.data[i]) == NULL)
			return false;
	}
	return true;
}

/* Four numbers up to 255. */
static bool is_ipv4(struct slice host)
{
	struct slice rest = host;
	for (int part = 0; part < 4; part++) {
		struct slice digits = take_until(&rest, ".");
		uint32_t value = 0;
		if (digits.len == 0 || digits.len > 3)
			return false;
		for (size_t i = 0; i < digits.len; i++) {
			if (!is_digit(digits.data[i]))
				return false;
			value = value * 10 + (uint32_t)(digits.data[i] - '0');
		}
		if (value > 255 || (part < 3) != begins_with(rest, '.'))
			return false;
		rest = slice_sub(rest, 1, rest.len);
	}
	return rest.len == 0;
}

/* Labels of letters, digits and inner hyphens; the last begins with a letter. */
static bool is_hostname(struct slice host)
{
	struct slice rest = host, label = SLICE_EMPTY;
	while (rest.len > 0) {
		label = take_until(&rest, ".");
		rest = slice_sub(rest, 1, rest.len);
		if (label.len == 0 || !is_alnum(label.data[0]) ||
		    !is_alnum(label.data[label.len - 1]))
			return false;
		for (size_t i = 0; i < label.len; i++) {
			if (!is_alnum(label.data[i]) && label.data[i] != '-')
				return false;
		}
	}
	return label.len > 0 && is_letter(label.data[0]);
}

static bool is_ipv6(struct slice host)
{
	uint32_t colons = 0;
	struct slice inner = slice_sub(host, 1, host.len - 2), zone = inner;
	inner = take_until(&zone, "%");
	for (size_t i = 0; i < inner.len; i++) {
		uint8_t c = inner.data[i];
		colons += c == ':';
		if (c != ':' && c != '.' && hex_value(c) < 0)
			return false;
	}
	return colons >= 2 && colons <= 8;
}

/* The digits behind a host's colon. */
static bool read_port(struct slice digits, int32_t *ret_port)
{
	int64_t port = digits.len > 0 ? 0 : -1;
	for (size_t i = 0; i < digits.len; i++) {
		if (!is_digit(digits.data[i]))
			return false;
		port = port * 10 + (digits.data[i] - '0');
		if (port > INT32_MAX)
			return false;
	}
	*ret_port = (int32_t)port;
	return true;
}

/* [user@]host[:port]; false: it is none of a server. */
static bool read_server(struct slice authority, struct url *url)
{
	struct slice rest = authority, host;
	size_t at = slice_find_byte(authority, '@', 0);
	if (at != SIZE_MAX) {
		if (!all_legal(slice_sub(authority, 0, at), OF_USER))
			return false;
		rest = slice_sub(authority, at + 1, authority.len);
	}
	if (begins_with(rest, '[')) {
		size_t end = slice_find_byte(rest, ']', 0);
		if (end == SIZE_MAX)
			return false;
		host = slice_sub(rest, 0, end + 1);
		rest = slice_sub(rest, end + 1, rest.len);
		if (!is_ipv6(host))
			return false;
	} else {
		host = take_until(&rest, ":");
		if (!is_ipv4(host) && !is_hostname(host))
			return false;
	}
	int32_t port = -1;
	if (rest.len > 0 &&
	    (!begins_with(rest, ':') || !read_port(slice_sub(rest, 1, rest.len), &port)))
		return false;
	url->host = host;
	url->port = port;
	return true;
}

/* Whether there are two slashes, and then an authority. False: it is not a legal one. */
static bool read_authority(struct slice *rest, struct url *url)
{
	if (!slice_starts_with(*rest, SLICE("//")))
		return true;
	*rest = slice_sub(*rest, 2, rest->len);
	struct slice authority = take_until(rest, "/?#");
	if (authority.len == 0)
		return rest->len > 0;
	if (read_server(authority, url))
		return true;
	return all_legal(authority, OF_REGISTRY) && !begins_with(authority, '[');
}

static bool read_hierarchical(struct slice rest, struct url *url)
{
	if (!read_authority(&rest, url))
		return false;
	url->path = take_until(&rest, "?#");
	if (url->path.data == NULL)
		url->path = SLICE_EMPTY;
	if (begins_with(rest, '?')) {
		rest = slice_sub(rest, 1, rest.len);
		url->query = take_until(&rest, "#");
	}
	return all_legal(url->path, OF_PATH) && all_legal(url->query, OF_QUERY);
}

static bool url_read(struct slice text, struct url *url)
{
	*url = (struct url){ .port = -1 };
	if (text.len == 0)
		return false;
	struct slice rest = text;
	size_t mark = slice_find_byte(text, '#', 0);
	if (mark != SIZE_MAX) {
		url->fragment = slice_sub(text, mark + 1, text.len);
		rest = slice_sub(text, 0, mark);
	}
	if (!all_legal(url->fragment, OF_QUERY))
		return false;
	struct slice behind = rest;
	struct slice scheme = take_until(&behind, ":/?");
	if (!begins_with(behind, ':'))
		return read_hierarchical(rest, url);
	if (!is_scheme(scheme) || behind.len == 1)
		return false;
	url->scheme = scheme;
	behind = slice_sub(behind, 1, behind.len);
	/* Without a slash what follows is opaque, and has no parts. */
	return begins_with(behind, '/') ? read_hierarchical(behind, url)
					: all_legal(behind, OF_QUERY);
}

static void append_decoded(struct buf *to, struct slice text)
{
	CLEANUP(buf_fini) struct buf bytes = func_buf();
	for (size_t i = 0; i < text.len; i++) {
		int byte = text.data[i] == '%' ? escape_at(text, i) : -1;
		buf_append_u8(&bytes, byte < 0 ? text.data[i] : (uint8_t)byte);
		i += byte < 0 ? 0 : 2;
	}
	text_append_repaired(to, buf_slice(&bytes));
}

/* --- kernels --- */

/* False: the row has failed. */
static bool url_of(struct eval *eval, const struct func_call *call, uint32_t row, struct url *url)
{
	struct slice text = call->args[0]->bytes[row];
	if (url_read(text, url))
		return true;
	eval_fail(eval, row, "URL input has invalid syntax: %.*s", SLICE_ARGS(text));
	return false;
}

#define URL_PART(kernel, part)                                                                     \
	static void kernel(struct eval *eval, const struct func_call *call)                        \
	{                                                                                          \
		SEL_EACH(i, call->sel)                                                             \
		{                                                                                  \
			struct url url;                                                            \
			if (url_of(eval, call, i, &url))                                           \
				put_part(eval, call, i, url.part);                                 \
		}                                                                                  \
	}

static void put_part(struct eval *eval, const struct func_call *call, uint32_t row,
		     struct slice part)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	if (part.data == NULL) {
		column_set_null(call->out, row);
		return;
	}
	append_decoded(&built, part);
	func_put(eval, call, row, &built);
}

URL_PART(url_extract_fragment, fragment)
URL_PART(url_extract_host, host)
URL_PART(url_extract_path, path)
URL_PART(url_extract_protocol, scheme)
URL_PART(url_extract_query, query)

static void url_extract_port(struct eval *eval, const struct func_call *call)
{
	SEL_EACH(i, call->sel)
	{
		struct url url;
		if (!url_of(eval, call, i, &url))
			continue;
		if (url.port < 0)
			column_set_null(call->out, i);
		else
			call->out->i32[i] = url.port;
	}
}

/* The value of a parameter in a decoded query; empty when it has no '='; NULL data: absent. */
static struct slice parameter_of(struct slice query, struct slice name)
{
	for (bool more = true; more;) {
		struct slice value = take_until(&query, "&"), key = value;
		more = query.len > 0;
		query = slice_sub(query, 1, query.len);
		key = take_until(&value, "=");
		if (slice_eq(key, name))
			return value.len > 0 ? slice_sub(value, 1, value.len) : SLICE_EMPTY;
	}
	return (struct slice){ NULL, 0 };
}

static void url_extract_parameter(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf query = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct url url;
		if (!url_of(eval, call, i, &url))
			continue;
		buf_reset(&query);
		append_decoded(&query, url.query);
		struct slice value = { NULL, 0 };
		if (url.query.data != NULL)
			value = parameter_of(buf_slice(&query), call->args[1]->bytes[i]);
		if (value.data == NULL)
			column_set_null(call->out, i);
		else
			call->out->bytes[i] = arena_copy(eval->arena, value);
	}
}

static void append_parameter(struct buf *to, struct slice text)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == ' ') {
			buf_append_u8(to, '+');
		} else if (is_alnum(c) || (c != 0 && strchr("-_.*", c) != NULL)) {
			buf_append_u8(to, c);
		} else {
			buf_append_u8(to, '%');
			buf_append_u8(to, (uint8_t)digits[c >> 4]);
			buf_append_u8(to, (uint8_t)digits[c & 15]);
		}
	}
}

static void url_encode_param(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		buf_reset(&built);
		append_parameter(&built, call->args[0]->bytes[i]);
		func_put(eval, call, i, &built);
	}
}

/* False: a percent sign without two digits. */
static bool decode_parameter(struct slice text, struct buf *to)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == '%') {
			int byte = escape_at(text, i);
			if (byte < 0)
				return false;
			c = (uint8_t)byte;
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		buf_append_u8(to, c);
	}
	return true;
}

static void url_decode_param(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf bytes = func_buf();
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		buf_reset(&bytes);
		buf_reset(&built);
		if (!decode_parameter(call->args[0]->bytes[i], &bytes)) {
			eval_fail(eval, i,
				  "URLDecoder: Illegal hex characters in escape (%%) pattern");
			continue;
		}
		text_append_repaired(&built, buf_slice(&bytes));
		func_put(eval, call, i, &built);
	}
}

/* clang-format off */
#define URL_DEF(id, type, help_)                                                                   \
	{ .name = #id, .category = "URL", .help = help_,                                          \
	  .variants = { { .signature = "(STRING input) " type, .kernel = id } } }

const struct func_def func_url[] = {
	URL_DEF(url_encode_param, "STRING", "The text as a parameter of a form: a+b%26c."),
	URL_DEF(url_decode_param, "STRING", "The text that a form's parameter stands for."),
	URL_DEF(url_extract_fragment, "STRING", "What stands behind a URL's #."),
	URL_DEF(url_extract_host, "STRING", "A URL's host."),
	URL_DEF(url_extract_path, "STRING", "A URL's path."),
	URL_DEF(url_extract_port, "INT", "A URL's port."),
	URL_DEF(url_extract_protocol, "STRING", "What a URL begins with, up to the colon."),
	URL_DEF(url_extract_query, "STRING", "What stands behind a URL's question mark."),
	{ .name = "url_extract_parameter", .category = "URL",
	  .help = "A parameter's value in the query of a URL.",
	  .variants = {
		{ .signature = "(STRING input, STRING paramToFind) STRING",
		  .kernel = url_extract_parameter } } },
	{ .name = NULL },
};
/* clang-format on */
