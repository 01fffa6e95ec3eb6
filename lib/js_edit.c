/* Decides how an edit is spelled so that it looks as if the writer of the document had made it. Must never know what the
 * document is about.
 * Invariants: 1. bytes outside the cuts are copied (js_edit_make). 2. text that was valid stays valid: what is put in has
 * passed js_check, and commas go with the members they part. */
#include "js_edit.h"

#include <stdlib.h>
#include <string.h>

#include "js_fmt.h"
#include "js_text.h"
#include "js_view.h"
#include "mem.h"

#define SPACE " \t\r\n"

/* What the neighbourhood of an edit looks like. */
struct look {
	struct js_style style;
	const char *lead; /* spaces before a member of the container */
	size_t lead_n;
	struct buf indent; /* of the line that a member stands on */
	struct buf unit;
	bool colon_spaced; /* a space follows the colon */
	bool known;        /* lead was seen, not guessed */
};

static void
look_fini(struct look *l)
{
	buf_fini(&l->indent);
	buf_fini(&l->unit);
}

#define AUTO_LOOK __attribute__((cleanup(look_fini))) struct look

/* The spaces that end just before p (not before start). */
static size_t
space_before(const char *start, const char *p)
{
	const char *q = p;

	while (q > start && strchr(SPACE, q[-1]) != NULL && q[-1] != '\0')
		q--;
	return (size_t)(p - q);
}

/* The whitespace after the last line end within the n bytes at p; NULL where they hold none. */
static const char *
last_line(const char *p, size_t n)
{
	const char *nl = n > 0 ? memrchr(p, '\n', n) : NULL;

	return nl != NULL ? nl + 1 : NULL;
}

/* The indentation of the line that p is on. */
static void
line_indent(struct buf *out, const char *text, const char *p)
{
	const char *line = last_line(text, (size_t)(p - text));

	line = line != NULL ? line : text;
	buf_add(out, line, strspn(line, " \t"));
}

/* What one level is indented by in this document: the spaces before the root's first member. */
static void
document_unit(struct buf *out, const char *text)
{
	struct js root = js_root(text);
	const char *lead = root.p + 1, *line;
	size_t n = strspn(lead, SPACE);

	line = js_type(root) >= JS_ARRAY ? last_line(lead, n) : NULL;
	if (line != NULL && lead + n > line)
		buf_add(out, line, (size_t)(lead + n - line));
	else
		buf_adds(out, "  ");
}

static void
look_at_colon(struct look *l, struct js key)
{
	const char *p = key.p + key.n;

	p += strspn(p, SPACE);
	l->colon_spaced = p[1] == ' ';
}

/* How the members of c are set apart, from its last one. */
static void
look_at_members(struct look *l, struct js c)
{
	struct js_iter it = js_iter(c);
	struct js key = { 0 }, value = { 0 };
	const char *p;

	while (js_next(&it, &key, &value))
		l->known = true;
	if (!l->known)
		return;
	p = key.p != NULL ? key.p : value.p;
	l->lead_n = space_before(c.p + 1, p);
	l->lead = p - l->lead_n;
	if (key.p != NULL)
		look_at_colon(l, key);
}

/* Whether the document puts a space after its colons. */
static bool
document_spaced(const char *text)
{
	struct js_iter it = js_iter(js_root(text));
	struct js key, value;
	struct look l = { .colon_spaced = true };

	if (js_next(&it, &key, &value) && key.p != NULL)
		look_at_colon(&l, key);
	return l.colon_spaced;
}

/* The look of a new member of c. Where c is empty, its members go on lines of their own if c itself stands on one. */
static void
look_init(struct look *l, const char *text, struct js c)
{
	const char *line;

	*l = (struct look){ .colon_spaced = document_spaced(text), .lead = "" };
	look_at_members(l, c);
	document_unit(&l->unit, text);
	line = last_line(l->lead, l->lead_n);
	l->style = js_indent2;
	l->style.unit = buf_str(&l->unit);
	l->style.colon = l->colon_spaced ? ": " : ":";
	l->style.comma = l->colon_spaced ? ", " : ",";
	if (memchr(text, '\r', strcspn(text, "\n")) != NULL)
		l->style.newline = "\r\n";
	if (l->known && line != NULL)
		buf_add(&l->indent, line, (size_t)(l->lead + l->lead_n - line));
	else if (l->known)
		l->style.unit = NULL;
}

/* Whether value v of text stands on lines of its own: the member it belongs to begins its line. */
static bool
on_own_line(const char *text, struct js v)
{
	const char *p = v.p, *line = last_line(text, (size_t)(v.p - text));
	size_t n;

	if (line == NULL)
		return v.p == js_root(text).p && (strchr(text, '\n') != NULL || !js_truthy(v));
	n = strspn(line, " \t");
	if (line + n == p)
		return true;
	if (line[n] != '"')
		return false;
	line += n + 1;
	while (line < p && *line != '"')
		line += *line == '\\' ? 2 : 1;
	line += 1;
	if (line >= p)
		return false;
	line += strspn(line, SPACE);
	return *line == ':' && line + 1 + strspn(line + 1, SPACE) == p;
}

static void
cut_begin(struct js_edits *e, size_t at, size_t cut)
{
	e->v = xgrow(e->v, e->n, &e->cap, sizeof *e->v);
	e->v[e->n] = (struct js_cut){ .at = at, .cut = cut, .from = e->bytes.len };
}

static void
cut_end(struct js_edits *e)
{
	e->v[e->n].bytes = e->bytes.len - e->v[e->n].from;
	e->n++;
}

void
js_edit_replace(struct js_edits *e, const char *text, struct js old, const char *new)
{
	struct js v = js_root(new);
	AUTO_LOOK l = { 0 };

	cut_begin(e, (size_t)(old.p - text), old.n);
	if (js_type(v) < JS_ARRAY) {
		js_print(&e->bytes, v, &js_line, "", 0);
	} else {
		look_init(&l, text, (struct js){ 0 });
		line_indent(&l.indent, text, old.p);
		if (!on_own_line(text, old))
			l.style.unit = NULL;
		js_print(&e->bytes, v, &l.style, buf_str(&l.indent), l.indent.len);
	}
	cut_end(e);
}

/* The member itself: its name if it has one, and the value. */
static void
put_member(struct js_edits *e, const struct look *l, const char *name, size_t n, const char *new)
{
	if (name != NULL) {
		js_encode(&e->bytes, name, n);
		buf_adds(&e->bytes, l->style.colon);
	}
	js_print(&e->bytes, js_root(new), &l->style, buf_str(&l->indent), l->indent.len);
}

/* Into a container that has members: after the last one, set apart as that one is. */
static void
add_after(struct js_edits *e, const char *text, struct js c, struct look *l, const char *name, size_t n, const char *new)
{
	const char *last = c.p + c.n - 1;

	last -= space_before(c.p, last);
	cut_begin(e, (size_t)(last - text), 0);
	buf_addc(&e->bytes, ',');
	if (l->style.unit == NULL && l->lead_n == 0)
		buf_adds(&e->bytes, l->style.comma + 1);
	else
		buf_add(&e->bytes, l->lead, l->lead_n);
	put_member(e, l, name, n, new);
	cut_end(e);
}

/* Into an empty container: it is written anew. */
static void
add_first(struct js_edits *e, const char *text, struct js c, struct look *l, const char *name, size_t n, const char *new)
{
	AUTO_BUF outer = { 0 };
	bool lines = on_own_line(text, c);

	cut_begin(e, (size_t)(c.p - text), c.n);
	buf_addc(&e->bytes, *c.p);
	if (lines) {
		line_indent(&outer, text, c.p);
		buf_add(&l->indent, outer.data, outer.len);
		buf_adds(&l->indent, l->style.unit);
		buf_adds(&e->bytes, l->style.newline);
		buf_add(&e->bytes, l->indent.data, l->indent.len);
	} else {
		l->style.unit = NULL;
	}
	put_member(e, l, name, n, new);
	if (lines) {
		buf_adds(&e->bytes, l->style.newline);
		buf_add(&e->bytes, buf_str(&outer), outer.len);
	}
	buf_addc(&e->bytes, c.p[c.n - 1]);
	cut_end(e);
}

static void
add_to(struct js_edits *e, const char *text, struct js c, const char *name, size_t n, const char *new)
{
	AUTO_LOOK l = { 0 };

	look_init(&l, text, c);
	(l.known ? add_after : add_first)(e, text, c, &l, name, n, new);
}

void
js_edit_add_member(struct js_edits *e, const char *text, struct js o, const char *name, size_t n, const char *new)
{
	add_to(e, text, o, name, n, new);
}

void
js_edit_add_element(struct js_edits *e, const char *text, struct js a, const char *new)
{
	add_to(e, text, a, NULL, 0, new);
}

/* Leaves out the members from the one at from to the one before the next kept one at to; to == NULL: to the end. */
static void
drop_run(struct js_edits *e, const char *text, struct js c, const char *kept_end, const char *from, const char *to,
         const char *end)
{
	const char *stop = to != NULL ? to : end;

	if (to == NULL && kept_end != NULL)
		from = kept_end;
	else if (to == NULL) {
		from = c.p + 1;
		stop = c.p + c.n - 1;
	}
	cut_begin(e, (size_t)(from - text), (size_t)(stop - from));
	cut_end(e);
}

size_t
js_edit_drop(struct js_edits *e, const char *text, struct js c, js_drop_fn *drop, const void *arg)
{
	struct js_iter it = js_iter(c);
	struct js key, value;
	const char *kept_end = NULL, *run = NULL, *end = NULL, *start;
	size_t i, dropped = 0;

	for (i = 0; js_next(&it, &key, &value); i++) {
		start = key.p != NULL ? key.p : value.p;
		end = value.p + value.n;
		if (drop(arg, i, key, value)) {
			run = run != NULL ? run : start;
			dropped++;
			continue;
		}
		if (run != NULL)
			drop_run(e, text, c, kept_end, run, start, NULL);
		run = NULL;
		kept_end = end;
	}
	if (run != NULL)
		drop_run(e, text, c, kept_end, run, NULL, end);
	return dropped;
}

static int
by_place(const void *a, const void *b)
{
	const struct js_cut *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

void
js_edit_make(struct js_edits *e, struct buf *text)
{
	AUTO_BUF out = { 0 };
	struct buf was;
	size_t i, at = 0;

	if (e->n > 1)
		qsort(e->v, e->n, sizeof *e->v, by_place);
	if (e->n == 1) {
		buf_splice(text, e->v->at, e->v->cut, buf_str(&e->bytes), e->bytes.len);
	} else if (e->n > 1) {
		buf_room(&out, text->len + e->bytes.len);
		for (i = 0; i < e->n; i++) {
			buf_add(&out, text->data + at, e->v[i].at - at);
			buf_add(&out, e->bytes.data + e->v[i].from, e->v[i].bytes);
			at = e->v[i].at + e->v[i].cut;
		}
		buf_add(&out, text->data + at, text->len - at);
		was = *text;
		*text = out;
		out = was;
	}
	e->n = 0;
	buf_reset(&e->bytes);
}

void
js_edits_fini(struct js_edits *e)
{
	free(e->v);
	buf_fini(&e->bytes);
	*e = (struct js_edits){ 0 };
}
