/* Is this text JSON? The one room that asks the JSON library. */
#ifndef FH_JS_H
#define FH_JS_H

#include <stddef.h>

#include "err.h"

/* A JSON value as a view: its place in a text that js_check has passed (js_view.h walks it). Nothing is copied, so the
 * text of every number, string and space survives; a view dies when its text changes. */
struct js {
	const char *p; /* first byte of the value; NULL: there is none */
	size_t n;      /* its bytes */
};

#define JS_DEPTH_MAX 1000             /* arrays and objects within one another; Python's reader ends near there too */
#define JS_SIZE_MAX ((size_t)256 << 20) /* bytes of a text that is still looked at */

enum js_flags {
	JS_STRICT = 0,
	JS_PYTHON = 1, /* NaN, Infinity and -Infinity are numbers, as Python's json writes them */
};

/* Checks that text (n bytes, NUL after them) is one JSON value and nothing else (RFC 8259; strings are valid UTF-8, a
 * \u escape may be half a surrogate pair). Returns 0, or -1 with "line L column C: words" in e (code EBADMSG);
 * columns count characters. Whoever got 0 may use js_view.h on the text. */
int js_check(const char *text, size_t n, enum js_flags flags, struct err *e);

/* The offset just after the object or array that starts at text[at], by its brackets alone (what is in between may be
 * broken); 0 where it does not end within n bytes. */
size_t js_extent(const char *text, size_t n, size_t at);

/* Over bytes that a string token spells as they are: printable ASCII but quote and backslash. Eight at a time. */
const char *js_skip_plain(const char *p, const char *end);

#endif
