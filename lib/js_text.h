/* The string tokens of JSON: what they say, and how they are written. */
#ifndef FH_JS_TEXT_H
#define FH_JS_TEXT_H

#include "buf.h"
#include "js.h"

/* Appends what string token s (checked, quotes included) says, as UTF-8. A lone \udc80-\udcff becomes the byte it stands
 * for (Python's surrogateescape), another lone surrogate three bytes; \u0000 is a NUL. */
void js_decode(struct buf *out, struct js s);

/* Appends n bytes as a string token, ASCII only, as Python's json does: \n \t \" and so on, \uXXXX in lower case, pairs
 * above U+FFFF. Bytes that are no UTF-8 become \udcXX, so that js_decode gives them back. */
void js_encode(struct buf *out, const char *bytes, size_t n);

/* Appends string token s in the form that js_encode writes; it means the same, lone surrogates included. */
void js_recode(struct buf *out, struct js s);

/* The character at p inside a string token (end: its closing quote): of an escape, a pair of them, or UTF-8; in *used its bytes. Half
 * of a pair is itself. */
unsigned js_char(const char *p, const char *end, size_t *used);

#endif
