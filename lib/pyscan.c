/* Decides where the blanks, names and string literals of Python source end and what a literal's text is. Must never
 * know what a statement is.
 * Invariants: 1. p only moves forward and never past end.
 *             2. positions are counted only when something failed (pyscan_fail), so reading stays fast. */
#include "pyscan.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

#define SURROGATE_LEN 3 /* bytes of a surrogate written as if it were a character */

/* What stands before the opening quote. */
struct prefix {
	size_t len;
	bool raw, bytes, format;
};

/* An open literal. */
struct literal {
	const char *start;
	struct prefix prefix;
	char quote;
	bool triple;
};

int
pyscan_fail(const struct pyscan *s, const char *at, const char *fmt, ...)
{
	size_t line = 1, column = 1;
	const char *p;
	char what[256];
	va_list ap;

	for (p = s->begin; p < at; p++) {
		if (*p == '\n')
			line++, column = 1;
		else if (((unsigned char)*p & 0xc0) != 0x80)
			column++;
	}
	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return err_set(s->e, 0, "line %zu, column %zu: %s", line, column, what);
}

int
pyscan_unexpected(const struct pyscan *s, const char *want)
{
	size_t n = pyscan_word(s);

	if (s->p >= s->end)
		return pyscan_fail(s, s->p, "the text ends where %s should be", want);
	if (pyscan_at_string(s))
		return pyscan_fail(s, s->p, "found a string where %s should be", want);
	if (n > 0)
		return pyscan_fail(s, s->p, "found '%.*s' where %s should be; only string literals are read, nothing is run",
		                   n < 40 ? (int)n : 40, s->p, want);
	if (*s->p == '\n')
		return pyscan_fail(s, s->p, "the line ends where %s should be", want);
	if ((unsigned char)*s->p >= 0x80)
		return pyscan_fail(s, s->p, "found a character outside ASCII where %s should be", want);
	return pyscan_fail(s, s->p, "found '%c' where %s should be", *s->p, want);
}

bool
pyscan_indent(struct pyscan *s)
{
	bool indented = false;

	for (; s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\f'); s->p++)
		indented = *s->p != '\f';
	return indented;
}

int
pyscan_blank(struct pyscan *s, bool lines)
{
	const char *nl;

	for (; s->p < s->end; s->p++) {
		if (*s->p == '#') {
			nl = memchr(s->p, '\n', (size_t)(s->end - s->p));
			s->p = nl != NULL ? nl : s->end;
			if (nl == NULL)
				return 0;
		}
		if (*s->p == '\\') {
			if (s->end - s->p < 3 || s->p[1] != '\n')
				return pyscan_fail(s, s->p, "a '\\' that joins no other line");
			s->p++;
		} else if (*s->p == '\n' ? !lines : *s->p != ' ' && *s->p != '\t' && *s->p != '\f') {
			return 0;
		}
	}
	return 0;
}

size_t
pyscan_word(const struct pyscan *s)
{
	const char *p = s->p;

	while (p < s->end && ((unsigned char)*p < 0x80 && (isalnum((unsigned char)*p) || *p == '_')))
		p++;
	return (size_t)(p - s->p);
}

bool
pyscan_at_word(const struct pyscan *s, const char *w)
{
	size_t n = pyscan_word(s);

	return n == strlen(w) && memcmp(s->p, w, n) == 0;
}

bool
pyscan_at(const struct pyscan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

/* Reads the prefix at p. Returns false where no literal follows. */
static bool
prefix_read(const struct pyscan *s, struct prefix *x)
{
	bool unicode = false;
	const char *p;

	*x = (struct prefix){ 0 };
	for (p = s->p; p < s->end && p - s->p <= 2; p++) {
		if (*p == '\'' || *p == '"') {
			x->len = (size_t)(p - s->p);
			return true;
		}
		if ((*p | 0x20) == 'r' && !x->raw && !unicode)
			x->raw = true;
		else if ((*p | 0x20) == 'b' && !x->bytes && !x->format && !unicode)
			x->bytes = true;
		else if ((*p | 0x20) == 'f' && !x->bytes && !x->format && !unicode)
			x->format = true;
		else if ((*p | 0x20) == 'u' && p == s->p)
			unicode = true;
		else
			return false;
	}
	return false;
}

bool
pyscan_at_string(const struct pyscan *s)
{
	struct prefix x;

	return prefix_read(s, &x);
}

/* The code unit that the last three bytes of out stand for, where they are a high surrogate; else 0. */
static uint32_t
high_at_end(const struct buf *out)
{
	const unsigned char *p;

	if (out->len < SURROGATE_LEN)
		return 0;
	p = (const unsigned char *)out->data + out->len - SURROGATE_LEN;
	if (p[0] != 0xed || p[1] < 0xa0 || p[1] > 0xaf)
		return 0;
	return 0xd000u | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
}

/* Two surrogates in a row mean one character once they have been through JSON, which is how the texts are kept; a lone
 * one becomes what js_decode makes of it (PEP 383), so that texts from both sides can be compared. */
static void
code_point_add(struct buf *out, uint32_t c)
{
	uint32_t high = c >= 0xdc00 && c < 0xe000 ? high_at_end(out) : 0;
	char b[4];

	if (high != 0) {
		out->len -= SURROGATE_LEN;
		c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
	} else if (c >= 0xdc80 && c <= 0xdcff) {
		buf_addc(out, (char)(c & 0xff));
		return;
	}
	buf_add(out, b, utf8_put(c, b));
}

/* \xHH, \uHHHH, \UHHHHHHHH: exactly n digits; p is at the backslash. */
static int
escape_hex(struct pyscan *s, struct buf *out, unsigned n)
{
	const char *p = s->p + 2;
	uint32_t c = 0;
	unsigned i;

	for (i = 0; i < n; i++, p++) {
		if (p >= s->end || !isxdigit((unsigned char)*p))
			return pyscan_fail(s, s->p, "\\%c needs %u hexadecimal digits", s->p[1], n);
		c = c << 4 | (uint32_t)(*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
	}
	if (c > 0x10ffff)
		return pyscan_fail(s, s->p, "\\U%08x is above \\U0010ffff", (unsigned)c);
	code_point_add(out, c);
	s->p = p;
	return 0;
}

static void
escape_octal(struct pyscan *s, struct buf *out)
{
	const char *p = s->p + 1;
	uint32_t c = 0;

	while (p < s->end && p - s->p <= 3 && *p >= '0' && *p <= '7')
		c = c << 3 | (uint32_t)(*p++ - '0');
	code_point_add(out, c);
	s->p = p;
}

/* p is at the backslash, and a character follows it. An escape that Python does not know keeps its backslash. */
static int
escape_take(struct pyscan *s, struct buf *out)
{
	static const char from[] = "\\'\"abfnrtv\n", to[] = "\\'\"\a\b\f\n\r\t\v";
	const char *known = strchr(from, s->p[1]);

	switch (s->p[1]) {
	case 'x':
		return escape_hex(s, out, 2);
	case 'u':
		return escape_hex(s, out, 4);
	case 'U':
		return escape_hex(s, out, 8);
	case 'N':
		return pyscan_fail(s, s->p, "\\N{...} is not read; write the character itself or \\u");
	}
	if (s->p[1] >= '0' && s->p[1] <= '7') {
		escape_octal(s, out);
		return 0;
	}
	if (known == NULL)
		buf_addc(out, '\\');
	else if (*known != '\n')
		buf_addc(out, to[known - from]);
	s->p += known == NULL ? 1 : 2;
	return 0;
}

/* Whether the closing quotes stand at p. */
static bool
literal_closes(const struct pyscan *s, const struct literal *l)
{
	if (*s->p != l->quote)
		return false;
	return !l->triple || (s->end - s->p >= 3 && s->p[1] == l->quote && s->p[2] == l->quote);
}

/* From behind the opening quotes to behind the closing ones. */
static int
literal_body(struct pyscan *s, const struct literal *l, struct buf *out)
{
	const char *run = s->p;
	bool closed = false;

	for (; s->p < s->end && !(closed = literal_closes(s, l)) && (l->triple || *s->p != '\n');) {
		if (*s->p != '\\' || s->end - s->p < 2) {
			s->p++;
		} else if (l->prefix.raw || out == NULL) {
			s->p += 2;
		} else {
			buf_add(out, run, (size_t)(s->p - run));
			if (escape_take(s, out) < 0)
				return -1;
			run = s->p;
		}
	}
	if (!closed)
		return pyscan_fail(s, l->start, "the string that begins here is not closed");
	if (out != NULL)
		buf_add(out, run, (size_t)(s->p - run));
	s->p += l->triple ? 3 : 1;
	return 0;
}

int
pyscan_string(struct pyscan *s, struct buf *out)
{
	struct literal l = { .start = s->p };

	if (!prefix_read(s, &l.prefix))
		return pyscan_fail(s, s->p, "expected a string");
	if (out != NULL && l.prefix.format)
		return pyscan_fail(s, s->p, "an f-string is never run; write the text out");
	if (out != NULL && l.prefix.bytes)
		return pyscan_fail(s, s->p, "bytes are no text; leave out the 'b'");
	s->p += l.prefix.len;
	l.quote = *s->p;
	l.triple = s->end - s->p >= 3 && s->p[1] == l.quote && s->p[2] == l.quote;
	s->p += l.triple ? 3 : 1;
	return literal_body(s, &l, out);
}
