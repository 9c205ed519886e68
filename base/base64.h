/*
 * base64.h - bytes as base64 (RFC 4648, the alphabet with '+' and '/') and as hexadecimal digits.
 *
 * Encoding pads with '='. Decoding is strict, as java.util.Base64's basic decoder is: a byte
 * outside the alphabet (white space too) or wrong padding is ERR_INVALID with its place; padding
 * may be left out altogether. Hexadecimal is encoded in capitals and read in either case, two
 * digits a byte. A failed decode leaves in `to` what it held before.
 */
#ifndef WEIR_BASE_BASE64_H
#define WEIR_BASE_BASE64_H

#include "base/bytes.h"
#include "base/err.h"

void base64_encode(struct slice bytes, struct buf *to);
fallible base64_decode(struct slice text, struct buf *to, struct err *err);

void hex_encode(struct slice bytes, struct buf *to);
fallible hex_decode(struct slice text, struct buf *to, struct err *err);

#endif
