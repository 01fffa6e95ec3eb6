/* Decides where the columns of one input are, and what is cut off the ends of values when they are shown. Must never know where inputs come from.
 *
 * Perl's split with limit -1 is the model: empty columns stay, groups of the expression become columns, an empty match
 * separates only where it moves on. One departure: an expression that matches the empty text (such as "|", which people
 * write for a bar) stands for itself.
 * Invariant: exactly one of lit and rx is set, or csv is. */
#include "columns.h"

#include <string.h>

#include "mem.h"
#include "rx.h"

struct columns {
	char *lit;        /* separator as plain bytes */
	size_t nlit;
	struct rx *rx;    /* or as an expression */
	bool each;        /* -C '': every byte is a column */
	bool csv;
	struct buf text;  /* fields of --csv without their quotes */
};

/* The bytes that re stands for where it is nothing but text, else NULL. The caller frees. */
static char *
plain_text(const char *re, size_t *n)
{
	static const char special[] = "^$.[]|()?*+{}", escaped[] = "t^$.[]|()?*+{}\\/ ,;:-_#@!%&=~'\"<>";
	AUTO_BUF b = { 0 };
	char c;

	for (; *re != '\0'; re++) {
		if (strchr(special, *re) != NULL)
			return NULL;
		c = *re;
		if (c == '\\') {
			if (*++re == '\0' || strchr(escaped, *re) == NULL)
				return NULL;
			c = *re == 't' ? '\t' : *re;
		}
		buf_addc(&b, c);
	}
	*n = b.len;
	return buf_take(&b);
}

static int
columns_separator(struct columns *c, const char *re, struct err *e)
{
	c->each = *re == '\0';
	if (c->each && c->csv)
		return err_set(e, 0, "--colsep: --csv needs a separator");
	c->lit = plain_text(re, &c->nlit);
	if (c->lit != NULL)
		return 0;
	if (c->csv)
		return err_set(e, 0, "--colsep: %s: --csv needs plain text", re);
	if (rx_new(re, strlen(re), 0, &c->rx, e) < 0)
		return err_wrap(e, "--colsep");
	if (rx_matches_empty(c->rx)) {
		rx_free(c->rx);
		c->rx = NULL;
		c->lit = xstrdup(re);
		c->nlit = strlen(re);
	}
	return 0;
}

int
columns_new(const struct opts *o, struct columns **out, struct err *e)
{
	const char *sep = o->colsep != NULL ? o->colsep : o->csv ? "," : NULL;
	struct columns *c;

	*out = NULL;
	if (sep == NULL)
		return 0;
	c = xcalloc(1, sizeof *c);
	c->csv = o->csv;
	if (columns_separator(c, sep, e) < 0) {
		columns_free(c);
		return -1;
	}
	*out = c;
	return 0;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *
columns_how(const struct opts *o)
{
	if (o->trim == NULL)
		return o->colsep != NULL && !o->csv ? "rl" : NULL;
	return strcmp(o->trim, "n") == 0 ? NULL : o->trim;
}

struct view
columns_trim(struct view v, const char *how)
{
	if (strchr(how, 'l') != NULL)
		for (; v.len > 0 && is_space(*v.s); v.s++)
			v.len--;
	if (strchr(how, 'r') != NULL)
		while (v.len > 0 && is_space(v.s[v.len - 1]))
			v.len--;
	return v;
}

static void
split_plain(const struct columns *c, struct view in, struct tuple *out)
{
	const char *p = in.s, *end = in.s + in.len, *hit;

	while ((hit = c->nlit == 1 ? memchr(p, *c->lit, (size_t)(end - p)) :
	                             memmem(p, (size_t)(end - p), c->lit, c->nlit)) != NULL) {
		tuple_add(out, p, (size_t)(hit - p));
		p = hit + c->nlit;
	}
	tuple_add(out, p, (size_t)(end - p));
}

static void
split_each(struct view in, struct tuple *out)
{
	size_t i;

	for (i = 0; i < in.len; i++)
		tuple_add(out, in.s + i, 1);
	tuple_add(out, in.s + i, 0);
}

static void
split_rx(const struct columns *c, struct view in, struct tuple *out)
{
	size_t at = 0, from = 0, i;
	struct rx_match m;

	while (from <= in.len && rx_find(c->rx, in.s, in.len, from, &m)) {
		if (m.end == at && m.start == m.end) { /* empty, and nowhere new */
			from = at + 1;
			continue;
		}
		tuple_add(out, in.s + at, m.start - at);
		for (i = 1; i <= m.ngroups; i++)
			tuple_add(out, m.group[i].s != NULL ? m.group[i].s : "", m.group[i].len);
		at = from = m.end;
		if (m.start == in.len)
			break;
	}
	tuple_add(out, in.s + at, in.len - at);
}

/* One field at p, a quoted one without its quotes in c->text. Returns where it ends. */
static const char *
csv_field(struct columns *c, const char *p, const char *end, struct tuple *out)
{
	const char *hit = NULL, *to = c->text.data + c->text.len;
	bool quoted = p < end && *p == '"';

	if (!quoted) {
		hit = memmem(p, (size_t)(end - p), c->lit, c->nlit);
		hit = hit != NULL ? hit : end;
		tuple_add(out, p, (size_t)(hit - p));
		return hit;
	}
	for (p++; p < end && (*p != '"' || (p + 1 < end && p[1] == '"')); p++) {
		p += *p == '"';
		buf_addc(&c->text, *p);
	}
	p += p < end;
	hit = memmem(p, (size_t)(end - p), c->lit, c->nlit);
	hit = hit != NULL ? hit : end;
	buf_add(&c->text, p, (size_t)(hit - p)); /* what stands behind the quote, against the rules */
	tuple_add(out, to, (size_t)(c->text.data + c->text.len - to));
	return hit;
}

static void
split_csv(struct columns *c, struct view in, struct tuple *out)
{
	const char *p = in.s, *end = in.s + in.len;

	buf_reset(&c->text);
	buf_room(&c->text, in.len); /* so that it does not move */
	while ((p = csv_field(c, p, end, out)) < end)
		p += c->nlit;
}

void
columns_split(struct columns *c, struct view in, struct tuple *out)
{
	if (c->csv)
		split_csv(c, in, out);
	else if (c->each && in.len > 0)
		split_each(in, out);
	else if (c->rx != NULL)
		split_rx(c, in, out);
	else if (c->nlit > 0)
		split_plain(c, in, out);
	else
		tuple_add(out, in.s, in.len);
}

bool
columns_open(const struct columns *c, struct view in)
{
	bool open = false;
	const char *p = in.s, *end = in.s + in.len;

	for (; c->csv && (p = memchr(p, '"', (size_t)(end - p))) != NULL; p++)
		open = !open;
	return open;
}

void
columns_free(struct columns *c)
{
	if (c == NULL)
		return;
	free(c->lit);
	rx_free(c->rx);
	buf_fini(&c->text);
	free(c);
}
