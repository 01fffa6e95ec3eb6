/* Decides where records end, on bytes that somebody else has read. Must never know where they come from or go.
 * A border is the place behind an end where a start follows. An expression is asked as the reference asks it: the last
 * border is that of the last place where an end can begin at all; ^ and $ are those of lines.
 * Invariant: the border of plain texts is found by bytes alone; rx is set for expressions only. */
#include "border.h"

#include <string.h>

#include "mem.h"
#include "rx.h"

struct border {
	struct buf mark;  /* plain: end and start, one after the other */
	size_t nend;      /* bytes of mark that belong to the record before */
	uint64_t lines;
	bool csv;         /* mark is a newline, and counts only behind an even number of quotes */
	struct rx *rx;    /* matches an end that is followed by a start */
	struct rx *inner; /* for strip: end and start together, */
	struct rx *first, *last; /* a start at the beginning, an end at the end */
};

static int
border_rx(struct rx **out, const char *before, struct view a, const char *between, struct view b, const char *after,
    struct err *e)
{
	AUTO_BUF re = { 0 };

	buf_addf(&re, "(?m)%s", before);
	buf_add(&re, a.s, a.len);
	buf_adds(&re, between);
	buf_add(&re, b.s, b.len);
	buf_adds(&re, after);
	return rx_new(buf_str(&re), re.len, 0, out, e);
}

static int
border_compile(struct border *b, struct view start, struct view end, struct err *e)
{
	static const struct view none = { "", 0 };

	if (border_rx(&b->rx, "(?:", end, ")(?=", start, ")", e) < 0 ||
	    border_rx(&b->inner, "(?:", end, ")(?:", start, ")", e) < 0 ||
	    border_rx(&b->first, "\\A(?:", start, "", none, ")", e) < 0)
		return -1;
	return border_rx(&b->last, "(?:", end, "", none, ")\\z", e);
}

int
border_new(struct view start, struct view end, bool regexp, uint64_t lines, struct border **out, struct err *e)
{
	struct border *b = xcalloc(1, sizeof *b);

	b->lines = lines;
	buf_add(&b->mark, end.s, end.len);
	buf_add(&b->mark, start.s, start.len);
	b->nend = end.len;
	if (regexp && b->mark.len > 0 && border_compile(b, start, end, e) < 0) {
		border_free(b);
		return -1;
	}
	*out = b;
	return 0;
}

struct border *
border_new_csv(void)
{
	struct border *b = xcalloc(1, sizeof *b);

	b->csv = true;
	b->lines = b->nend = 1;
	buf_addc(&b->mark, '\n');
	return b;
}

void
border_free(struct border *b)
{
	if (b == NULL)
		return;
	rx_free(b->rx);
	rx_free(b->inner);
	rx_free(b->first);
	rx_free(b->last);
	buf_fini(&b->mark);
	free(b);
}

static const char *
border_find(const struct border *b, const char *s, size_t len)
{
	return b->mark.len == 1 ? memchr(s, b->mark.data[0], len) : memmem(s, len, b->mark.data, b->mark.len);
}

/* Behind the record of CSV that begins at from. */
static size_t
border_csv(const char *s, size_t len, size_t from)
{
	const char *p = s + from, *end = s + len, *nl, *quote;
	bool inside = false;

	while (p < end && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		for (; (quote = memchr(p, '"', (size_t)(nl - p))) != NULL; p = quote + 1)
			inside = !inside;
		p = nl + 1;
		if (!inside)
			return (size_t)(p - s);
	}
	return BORDER_NONE;
}

/* One end, at from or later; what it is followed by. */
static size_t
border_step(const struct border *b, const char *s, size_t len, size_t from)
{
	struct rx_match m;
	const char *p;

	if (from > len)
		return BORDER_NONE;
	if (b->csv)
		return border_csv(s, len, from);
	if (b->rx != NULL)
		return rx_find(b->rx, s, len, from, &m) ? m.end : BORDER_NONE;
	if (b->mark.len == 0 || from >= len)
		return from <= len && b->mark.len == 0 ? from : BORDER_NONE;
	p = border_find(b, s + from, len - from);
	return p == NULL ? BORDER_NONE : (size_t)(p - s) + b->nend;
}

static size_t
border_steps(const struct border *b, const char *s, size_t len, size_t from)
{
	uint64_t left;

	for (left = b->lines; left > 0 && from != BORDER_NONE; left--)
		from = border_step(b, s, len, from);
	return from;
}

size_t
border_first(const struct border *b, const char *s, size_t len, size_t from)
{
	return border_steps(b, s, len, from);
}

size_t
border_after(const struct border *b, const char *s, size_t len, size_t from)
{
	size_t at;

	if (b->csv)
		return border_csv(s, len, from);
	if (from >= len)
		return BORDER_NONE;
	if (b->rx != NULL && (at = border_steps(b, s, len, from)) > from)
		return at; /* what an expression matches may be the whole record */
	return border_steps(b, s, len, from + 1);
}

/* The border of the last match that begins in s[from..len) and is no empty one at 0. */
static size_t
border_last_from(const struct border *b, const char *s, size_t len, size_t from)
{
	size_t at = BORDER_NONE;
	struct rx_match m;

	while (from <= len && rx_find(b->rx, s, len, from, &m)) {
		if (m.end > 0)
			at = m.end;
		from = m.start + 1;
	}
	return at;
}

#define BORDER_WINDOW 4096

static size_t
border_last_rx(const struct border *b, const char *s, size_t len)
{
	size_t window = BORDER_WINDOW, at;

	for (;;) {
		at = border_last_from(b, s, len, window < len ? len - window : 0);
		if (at != BORDER_NONE || window >= len)
			return at;
		window *= 8;
	}
}

static size_t
border_last_csv(const char *s, size_t len)
{
	size_t at = BORDER_NONE, next;

	for (next = 0; (next = border_csv(s, len, next)) != BORDER_NONE; at = next)
		;
	return at;
}

size_t
border_last(const struct border *b, const char *s, size_t len)
{
	const char *p = s + len;

	if (b->csv)
		return border_last_csv(s, len);
	if (b->rx != NULL)
		return border_last_rx(b, s, len);
	if (b->mark.len == 0)
		return len > 0 ? len : BORDER_NONE;
	while ((p = memrchr(s, b->mark.data[0], (size_t)(p - s))) != NULL)
		if ((size_t)(s + len - p) >= b->mark.len && memcmp(p, b->mark.data, b->mark.len) == 0 &&
		    (size_t)(p - s) + b->nend > 0)
			return (size_t)(p - s) + b->nend;
	return BORDER_NONE;
}

bool
border_begins(const struct border *b, const char *s, size_t len)
{
	struct rx_match m;

	return b->first == NULL || rx_find(b->first, s, len, 0, &m);
}

/* --- --rrs -------------------------------------------------------------------------------------------------------- */
static bool
border_find_inner(const struct border *b, const char *s, size_t len, size_t from, size_t *at, size_t *n)
{
	struct rx_match m;
	const char *p;

	if (b->rx != NULL) {
		if (!rx_find(b->inner, s, len, from, &m))
			return false;
		*at = m.start;
		*n = m.end - m.start;
		return true;
	}
	p = border_find(b, s + from, len - from);
	if (p != NULL) {
		*at = (size_t)(p - s);
		*n = b->mark.len;
	}
	return p != NULL;
}

/* How many bytes of s are a start, at its beginning. */
static size_t
border_starts(const struct border *b, const char *s, size_t len)
{
	size_t n = b->mark.len - b->nend;
	struct rx_match m;

	if (b->rx != NULL)
		return rx_find(b->first, s, len, 0, &m) ? m.end : 0;
	return n <= len && memcmp(s, b->mark.data + b->nend, n) == 0 ? n : 0;
}

static size_t
border_ends(const struct border *b, const char *s, size_t len)
{
	struct rx_match m;

	if (b->rx != NULL)
		return rx_find(b->last, s, len, 0, &m) ? len - m.start : 0;
	return b->nend <= len && memcmp(s + len - b->nend, b->mark.data, b->nend) == 0 ? b->nend : 0;
}

void
border_strip(const struct border *b, struct buf *text, size_t skip)
{
	size_t from = 0, to = 0, at, n, len = text->len - skip;
	char *s;

	if (b->mark.len == 0 || len == 0)
		return;
	s = text->data + skip;
	n = border_starts(b, s, len);
	memmove(s, s + n, len - n);
	len -= n;
	len -= border_ends(b, s, len);
	while (from < len && border_find_inner(b, s, len, from, &at, &n)) {
		memmove(s + to, s + from, at - from);
		to += at - from;
		if (n == 0 && at < len) /* an empty match moves on */
			s[to++] = s[at];
		from = at + (n == 0 ? 1 : n);
	}
	if (from < len) {
		memmove(s + to, s + from, len - from);
		to += len - from;
	}
	text->len = skip + to;
	text->data[text->len] = '\0';
}
