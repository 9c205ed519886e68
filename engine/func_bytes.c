/* Texts as bytes and back: encodings, digests, identifiers, characters by their code. */
#include "engine/func_priv.h"

#include "base/base64.h"
#include "base/text.h"

#include <openssl/evp.h>

/* --- encodings --- */

enum encoding { ENCODING_HEX, ENCODING_UTF8, ENCODING_ASCII, ENCODING_BASE64, ENCODING_NONE };

static const char *const encoding_names[] = { "hex", "utf8", "ascii", "base64" };

static enum encoding encoding_of(struct slice name)
{
	enum encoding encoding = ENCODING_HEX;
	while (encoding < ENCODING_NONE &&
	       !slice_eq_nocase(name, slice_str(encoding_names[encoding])))
		encoding++;
	return encoding;
}

/* How ENCODE and TO_BYTES differ in what they put up with. */
enum leniency {
	LENIENT_CODEC, /* base64 of both alphabets, hexadecimal with 0x or x'' around it */
	LENIENT_MIME,  /* what is outside of base64's alphabet is skipped */
};

/* The value of a base64 digit; 64: none. */
static uint32_t base64_digit(uint8_t c, enum leniency leniency)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0') + 52;
	if (c == '+' || (c == '-' && leniency == LENIENT_CODEC))
		return 62;
	return c == '/' || (c == '_' && leniency == LENIENT_CODEC) ? 63 : 64;
}

/* Reads base64 up to the first '='. False: it ends within a byte. */
static bool base64_lenient(struct slice text, enum leniency leniency, struct buf *to)
{
	uint32_t bits = 0, digits = 0;
	for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
		uint32_t digit = base64_digit(text.data[i], leniency);
		if (digit == 64)
			continue;
		bits = bits << 6 | digit;
		uint32_t place = digits++ % 4;
		if (place > 0)
			buf_append_u8(to, (uint8_t)(bits >> (6 - 2 * place)));
	}
	return digits % 4 != 1 || leniency == LENIENT_CODEC;
}

/* Takes 0x off, or x' and '; an odd digit behind 0x gets a zero in front. */
static struct slice hex_stripped(struct slice text, bool *ret_zero)
{
	struct slice rest = slice_sub(text, 2, text.len);
	*ret_zero = false;
	if (slice_starts_with(text, SLICE("0x"))) {
		*ret_zero = rest.len % 2 != 0;
		return rest;
	}
	bool quoted = text.len >= 3 && slice_eq_nocase(slice_sub(text, 0, 2), SLICE("x'")) &&
		      slice_ends_with(text, SLICE("'"));
	return quoted ? slice_sub(rest, 0, rest.len - 1) : text;
}

static fallible read_hex(struct slice text, enum leniency leniency, struct buf *to, struct err *err)
{
	if (leniency != LENIENT_CODEC)
		return hex_decode(text, to, err);
	bool zero;
	struct slice digits = hex_stripped(text, &zero);
	if (!zero)
		return hex_decode(digits, to, err);
	uint8_t first[2] = { '0', digits.data[0] };
	TRY(hex_decode(slice_of(first, 2), to, err));
	return hex_decode(slice_sub(digits, 1, digits.len), to, err);
}

/* What has no place in ASCII becomes a question mark. */
static void append_ascii(struct buf *to, struct slice text)
{
	while (text.len > 0 && !to->overflowed) {
		uint32_t c = text_take(&text);
		buf_append_u8(to, c < 0x80 ? (uint8_t)c : '?');
	}
}

/* The bytes that a text stands for. */
static fallible decode(struct slice text, enum encoding encoding, enum leniency leniency,
		       struct buf *to, struct err *err)
{
	switch (encoding) {
	case ENCODING_HEX:
		return read_hex(text, leniency, to, err);
	case ENCODING_UTF8:
		buf_append(to, text);
		return 0;
	case ENCODING_ASCII:
		append_ascii(to, text);
		return 0;
	case ENCODING_BASE64:
		if (base64_lenient(text, leniency, to))
			return 0;
		return err_set(err, ERR_INVALID, "Last unit does not have enough valid bits");
	case ENCODING_NONE:
		break;
	}
	UNREACHABLE("an encoding that there is none of");
}

static void append_lower_hex(struct buf *to, struct slice bytes)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < bytes.len; i++) {
		buf_append_u8(to, (uint8_t)digits[bytes.data[i] >> 4]);
		buf_append_u8(to, (uint8_t)digits[bytes.data[i] & 15]);
	}
}

/* Bytes past ASCII become U+FFFD, each of them. */
static void append_from_ascii(struct buf *to, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len && !to->overflowed; i++) {
		if (bytes.data[i] < 0x80)
			buf_append_u8(to, bytes.data[i]);
		else
			text_append(to, TEXT_REPLACEMENT);
	}
}

#define MIME_LINE 76
#define MIME_LINE_BYTES (MIME_LINE / 4 * 3)

void func_append_mime(struct buf *to, struct slice bytes)
{
	for (size_t at = 0; at < bytes.len; at += MIME_LINE_BYTES) {
		if (at > 0)
			buf_append_str(to, "\r\n");
		base64_encode(slice_sub(bytes, at, MIME_LINE_BYTES), to);
	}
}

/* The text that bytes are written as. */
static void encode_as(struct slice bytes, enum encoding encoding, enum leniency leniency,
		      struct buf *to)
{
	switch (encoding) {
	case ENCODING_HEX:
		if (leniency == LENIENT_CODEC)
			append_lower_hex(to, bytes);
		else
			hex_encode(bytes, to);
		return;
	case ENCODING_UTF8:
		text_append_repaired(to, bytes);
		return;
	case ENCODING_ASCII:
		append_from_ascii(to, bytes);
		return;
	case ENCODING_BASE64:
		if (leniency == LENIENT_CODEC)
			base64_encode(bytes, to);
		else
			func_append_mime(to, bytes);
		return;
	case ENCODING_NONE:
		break;
	}
	UNREACHABLE("an encoding that there is none of");
}

static void encode(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf bytes = func_buf();
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct err err = ERR_INIT;
		enum encoding from = encoding_of(call->args[1]->bytes[i]);
		enum encoding to = encoding_of(call->args[2]->bytes[i]);
		if (from == ENCODING_NONE || to == ENCODING_NONE || from == to) {
			eval_fail(eval, i,
				  "Supported input and output encodings are: "
				  "hex, utf8, ascii and base64");
			continue;
		}
		buf_reset(&bytes);
		buf_reset(&built);
		if (decode(call->args[0]->bytes[i], from, LENIENT_CODEC, &bytes, &err) != 0) {
			eval_fail(eval, i, "%s", err.text);
			continue;
		}
		encode_as(buf_slice(&bytes), to, LENIENT_CODEC, &built);
		func_put(eval, call, i, &built);
	}
}

/* The encoding that the second argument names; ENCODING_NONE: there is none, and the row failed. */
static enum encoding named_encoding(struct eval *eval, const struct func_call *call, uint32_t row)
{
	struct slice name = call->args[1]->bytes[row];
	enum encoding encoding = encoding_of(name);
	if (encoding == ENCODING_NONE)
		eval_fail(eval, row,
			  "Unknown encoding type '%.*s'. "
			  "Supported formats are 'hex', 'utf8', 'ascii', and 'base64'.",
			  SLICE_ARGS(name));
	return encoding;
}

static void to_bytes(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct err err = ERR_INIT;
		enum encoding encoding = named_encoding(eval, call, i);
		if (encoding == ENCODING_NONE)
			continue;
		buf_reset(&built);
		if (decode(call->args[0]->bytes[i], encoding, LENIENT_MIME, &built, &err) != 0)
			eval_fail(eval, i, "%s", err.text);
		else
			func_put(eval, call, i, &built);
	}
}

static void from_bytes(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		enum encoding encoding = named_encoding(eval, call, i);
		if (encoding == ENCODING_NONE)
			continue;
		buf_reset(&built);
		encode_as(call->args[0]->bytes[i], encoding, LENIENT_MIME, &built);
		func_put(eval, call, i, &built);
	}
}

/* --- digests and identifiers --- */

static void md5(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct slice text = call->args[0]->bytes[i];
		uint8_t digest[EVP_MAX_MD_SIZE];
		unsigned len = 0;
		if (EVP_Digest(text.data, text.len, digest, &len, EVP_md5(), NULL) != 1) {
			eval_fail(eval, i, "MD5 is not available");
			continue;
		}
		buf_reset(&built);
		append_lower_hex(&built, slice_of(digest, len));
		func_put(eval, call, i, &built);
	}
}

#define UUID_BYTES 16

static void append_uuid(struct buf *to, const uint8_t bytes[UUID_BYTES])
{
	static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
	for (size_t g = 0; g < COUNT_OF(groups); bytes += groups[g++]) {
		if (g > 0)
			buf_append_u8(to, '-');
		append_lower_hex(to, slice_of(bytes, groups[g]));
	}
}

/* splitmix64, as RANDOM has it. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static void uuid(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	assert(eval->random != NULL);
	SEL_EACH(i, call->sel)
	{
		uint64_t random[2] = { next_random(eval->random), next_random(eval->random) };
		uint8_t bytes[UUID_BYTES];
		memcpy(bytes, random, sizeof(bytes));
		bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40); /* version 4 */
		bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80); /* RFC 4122's variant */
		buf_reset(&built);
		append_uuid(&built, bytes);
		func_put(eval, call, i, &built);
	}
}

static void uuid_of_bytes(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct slice bytes = call->args[0]->bytes[i];
		if (bytes.len != UUID_BYTES) {
			column_set_null(call->out, i);
			continue;
		}
		buf_reset(&built);
		append_uuid(&built, bytes.data);
		func_put(eval, call, i, &built);
	}
}

/* --- characters --- */

#define SURROGATE_MIN 0xD800U
#define SURROGATE_LOW_MIN 0xDC00U
#define SURROGATE_MAX 0xDFFFU
#define CODE_POINT_MAX 0x10FFFF

static void chr_code(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		int32_t code = call->args[0]->i32[i];
		if (code < 0 || code > CODE_POINT_MAX) {
			column_set_null(call->out, i);
			continue;
		}
		/* Half a pair has no UTF-8: Java writes a question mark for it. */
		bool half = (uint32_t)code >= SURROGATE_MIN && (uint32_t)code <= SURROGATE_MAX;
		buf_reset(&built);
		text_append(&built, half ? '?' : (uint32_t)code);
		func_put(eval, call, i, &built);
	}
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The unit that an escape (\u004b, more than one u, perhaps a +) in front of `*text` stands for. */
static bool take_unit(struct slice *text, uint32_t *ret_unit)
{
	size_t at = 1;
	if (text->len < 2 || text->data[0] != '\\' || text->data[1] != 'u')
		return false;
	while (at < text->len && text->data[at] == 'u')
		at++;
	at += at < text->len && text->data[at] == '+';
	uint32_t unit = 0;
	for (int k = 0; k < 4; k++, at++) {
		int digit = at < text->len ? hex_value(text->data[at]) : -1;
		if (digit < 0)
			return false;
		unit = unit << 4 | (uint32_t)digit;
	}
	*text = slice_sub(*text, at, text->len);
	*ret_unit = unit;
	return true;
}

/* The character of one unit, or of two that are a pair; half a pair is a question mark. */
static bool append_escaped_character(struct buf *to, struct slice *text)
{
	uint32_t unit, low;
	if (!take_unit(text, &unit))
		return false;
	if (unit < SURROGATE_MIN || unit > SURROGATE_MAX) {
		text_append(to, unit);
		return true;
	}
	struct slice behind = *text;
	bool pair = unit < SURROGATE_LOW_MIN && take_unit(&behind, &low) &&
		    low >= SURROGATE_LOW_MIN && low <= SURROGATE_MAX;
	if (pair) {
		*text = behind;
		text_append(to,
			    0x10000 + ((unit - SURROGATE_MIN) << 10) + (low - SURROGATE_LOW_MIN));
	} else {
		buf_append_u8(to, '?');
	}
	return true;
}

/* Up to three octal digits, below 256. */
static void append_octal(struct buf *to, struct slice *text)
{
	uint32_t value = 0;
	size_t most = text->data[0] <= '3' ? 3 : 2, n = 0;
	for (; n < most && n < text->len && text->data[n] >= '0' && text->data[n] <= '7'; n++)
		value = value * 8 + (uint32_t)(text->data[n] - '0');
	*text = slice_sub(*text, n, text->len);
	text_append(to, value);
}

/* What Java's escapes stand for. False: a \u without four digits. */
static bool append_unescaped(struct buf *to, struct slice text)
{
	static const char letters[] = "bnfrt", stands_for[] = "\b\n\f\r\t";
	while (text.len > 0) {
		if (text.data[0] != '\\') {
			buf_append_u8(to, text.data[0]);
			text = slice_sub(text, 1, text.len);
			continue;
		}
		uint8_t c = text.len > 1 ? text.data[1] : 0;
		if (c == 'u') {
			if (!append_escaped_character(to, &text))
				return false;
			continue;
		}
		text = slice_sub(text, 1, text.len);
		const char *letter = c != 0 ? strchr(letters, c) : NULL;
		if (c >= '0' && c <= '7') {
			append_octal(to, &text);
		} else if (letter != NULL || c == '\\' || c == '"' || c == '\'') {
			buf_append_u8(to,
				      letter != NULL ? (uint8_t)stands_for[letter - letters] : c);
			text = slice_sub(text, 1, text.len);
		}
	}
	return true;
}

#define CHR_UNITS_MIN 6

static void chr_text(struct eval *eval, const struct func_call *call)
{
	CLEANUP(buf_fini) struct buf built = func_buf();
	SEL_EACH(i, call->sel)
	{
		struct slice text = call->args[0]->bytes[i];
		buf_reset(&built);
		if (text_utf16_len(text) < CHR_UNITS_MIN || !slice_starts_with(text, SLICE("\\u")))
			column_set_null(call->out, i);
		else if (append_unescaped(&built, text))
			func_put(eval, call, i, &built);
		else
			eval_fail(eval, i, "Unable to parse unicode value: %.*s", SLICE_ARGS(text));
	}
}

/* clang-format off */
const struct func_def func_bytes[] = {
	{ .name = "encode", .category = "STRING",
	  .help = "A text in one encoding (hex, utf8, ascii, base64) written in another.",
	  .variants = {
		{ .signature = "(STRING str, STRING inputEncoding, STRING outputEncoding) STRING",
		  .kernel = encode } } },
	{ .name = "to_bytes", .category = "STRING",
	  .help = "The bytes that a text stands for in an encoding: hex, utf8, ascii, base64.",
	  .variants = {
		{ .signature = "(STRING value, STRING encoding) BYTES", .kernel = to_bytes } } },
	{ .name = "from_bytes", .category = "STRING",
	  .help = "Bytes as a text in an encoding: hex, utf8, ascii, base64.",
	  .variants = {
		{ .signature = "(BYTES value, STRING encoding) STRING", .kernel = from_bytes } } },
	{ .name = "md5", .category = "STRING", .help = "The text's MD5 digest in hexadecimal digits.",
	  .variants = { { .signature = "(STRING s) STRING", .kernel = md5 } } },
	{ .name = "UUID", .category = "STRING",
	  .help = "A random identifier (version 4), or the one that 16 bytes are.",
	  .variants = {
		{ .signature = "() STRING", .kernel = uuid, .flags = FUNC_IMPURE },
		{ .signature = "(BYTES bytes) STRING", .kernel = uuid_of_bytes } } },
	{ .name = "Chr", .category = "STRING",
	  .help = "The character with a code: a number, or an escape like \\u004b.",
	  .variants = {
		{ .signature = "(INT decimalCode) STRING", .kernel = chr_code },
		{ .signature = "(STRING utf16Code) STRING", .kernel = chr_text } } },
	{ .name = NULL },
};
/* clang-format on */
