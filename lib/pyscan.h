/* The words of Python source: blanks, names, string literals (docs.python.org/3/reference/lexical_analysis). Only
 * looked at, never run. */
#ifndef FH_PYSCAN_H
#define FH_PYSCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "err.h"

/* A place in source text. The text is borrowed, is UTF-8 without NUL, and its lines end in LF. */
struct pyscan {
	const char *begin, *end;
	const char *p;  /* the next character */
	struct err *e;  /* where failures are worded; may be NULL */
};

/* Words "line L, column C: ..." for the place at (both count from 1, columns in characters). Returns -1. */
int pyscan_fail(const struct pyscan *s, const char *at, const char *fmt, ...) FH_PRINTF(3, 4);

/* Words for what stands at p where `want` ("a text", "':'") should. Returns -1. */
int pyscan_unexpected(const struct pyscan *s, const char *want);

/* Goes past the blanks at the start of a line. Returns whether the line is indented; a form feed counts from anew. */
bool pyscan_indent(struct pyscan *s);

/* Goes past blanks, comments and backslash-newline pairs; past line ends too where lines is true. Returns 0, or -1
 * with words where a backslash stands alone. */
int pyscan_blank(struct pyscan *s, bool lines);

/* Length in bytes of the name or number that begins at p; 0: none does. ASCII only. */
size_t pyscan_word(const struct pyscan *s);

/* Whether p stands at the word w, whole. */
bool pyscan_at_word(const struct pyscan *s, const char *w);

/* Whether p stands at the character c; false at the end. */
bool pyscan_at(const struct pyscan *s, char c);

/* Whether a string literal with any valid prefix begins at p. */
bool pyscan_at_string(const struct pyscan *s);

/* Takes the one string literal that begins at p (pyscan_at_string) and appends its value to out: UTF-8, where a pair
 * of surrogates stands as the character it means, a lone one as js_decode has it (js_text.h). out may be NULL: it is passed over,
 * and its escapes are not looked at. Returns 0, or -1 with words: not closed, a bad escape, and, with out, an f-string,
 * bytes or \N{...}. */
int pyscan_string(struct pyscan *s, struct buf *out);

#endif
