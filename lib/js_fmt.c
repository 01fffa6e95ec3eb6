/* Decides how JSON values are laid out as text. Must never know what they mean.
 * Invariants: 1. number text is copied, never computed (but in js_canon, whose text nobody keeps). 2. of equal keys one
 * member is left (members_new), so that the output is the same to every reader. */
#include "js_fmt.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "js_text.h"
#include "js_view.h"
#include "mem.h"

const struct js_style js_indent2 = { .unit = "  ", .newline = "\n", .comma = ", ", .colon = ": " };
const struct js_style js_line = { .unit = NULL, .newline = "\n", .comma = ", ", .colon = ": " };

struct member {
	struct js key, value;
	size_t at;        /* place among the members as written */
	const char *name; /* decoded key and its length */
	size_t n;
};

struct members {
	struct member *v;
	size_t n, cap;
	struct arena names;
};

static int
member_order(const struct member *x, const struct member *y)
{
	int r = memcmp(x->name, y->name, x->n < y->n ? x->n : y->n);

	if (r != 0)
		return r;
	return x->n < y->n ? -1 : x->n > y->n;
}

static int
by_name(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int r = member_order(x, y);

	if (r != 0)
		return r;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int
by_place(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static void
member_name(struct members *m, struct member *e)
{
	AUTO_BUF text = { 0 };

	if (memchr(e->key.p, '\\', e->key.n) == NULL) {
		e->name = e->key.p + 1;
		e->n = e->key.n - 2;
		return;
	}
	js_decode(&text, e->key);
	e->n = text.len;
	e->name = arena_strndup(&m->names, text.data, text.len);
}

/* Of a run of equal names the first place and the last value stay. */
static void
members_unite(struct members *m)
{
	size_t i, kept = 0;

	for (i = 0; i < m->n; i++) {
		if (kept > 0 && member_order(&m->v[kept - 1], &m->v[i]) == 0)
			m->v[kept - 1].value = m->v[i].value;
		else
			m->v[kept++] = m->v[i];
	}
	m->n = kept;
}

/* Whether the members as they stand are sorted and different: the usual end of the search for equal keys. */
static bool
members_differ(const struct members *m)
{
	size_t i, k;

	if (m->n > 24)
		return false;
	for (i = 1; i < m->n; i++) {
		for (k = 0; k < i; k++) {
			if (member_order(&m->v[i], &m->v[k]) == 0)
				return false;
		}
	}
	return true;
}

/* The members of object v without equal keys, in their own order or sorted by name. */
static void
members_init(struct members *m, struct js v, bool sorted)
{
	struct js_iter it = js_iter(v);
	struct js key, value;

	*m = (struct members){ 0 };
	while (js_next(&it, &key, &value)) {
		m->v = xgrow(m->v, m->n, &m->cap, sizeof *m->v);
		m->v[m->n] = (struct member){ .key = key, .value = value, .at = m->n };
		member_name(m, &m->v[m->n++]);
	}
	if (!sorted && members_differ(m))
		return;
	if (m->n > 0)
		qsort(m->v, m->n, sizeof *m->v, by_name);
	members_unite(m);
	if (!sorted && m->n > 0)
		qsort(m->v, m->n, sizeof *m->v, by_place);
}

static void
members_fini(struct members *m)
{
	free(m->v);
	arena_fini(&m->names);
}

/* What stands before a member: a comma if it is not the first, and its line or space. */
static void
print_lead(struct buf *out, bool first, const struct js_style *style, const char *indent, size_t n)
{
	if (style->unit == NULL) {
		if (!first)
			buf_adds(out, style->comma);
		return;
	}
	if (!first)
		buf_addc(out, ',');
	buf_adds(out, style->newline);
	buf_add(out, indent, n);
}

static void
print_object(struct buf *out, struct js v, const struct js_style *style, const char *indent, size_t n)
{
	struct members m;
	size_t i;

	members_init(&m, v, false);
	for (i = 0; i < m.n; i++) {
		print_lead(out, i == 0, style, indent, n);
		js_recode(out, m.v[i].key);
		buf_adds(out, style->colon);
		js_print(out, m.v[i].value, style, indent, n);
	}
	members_fini(&m);
}

static void
print_array(struct buf *out, struct js v, const struct js_style *style, const char *indent, size_t n)
{
	struct js_iter it = js_iter(v);
	struct js key, value;
	bool first = true;

	for (; js_next(&it, &key, &value); first = false) {
		print_lead(out, first, style, indent, n);
		js_print(out, value, style, indent, n);
	}
}

static void
print_container(struct buf *out, struct js v, const struct js_style *style, const char *indent, size_t n)
{
	AUTO_BUF inner = { 0 };
	bool object = js_type(v) == JS_OBJECT;

	buf_addc(out, object ? '{' : '[');
	if (js_truthy(v)) {
		if (style->unit != NULL) {
			buf_add(&inner, indent, n);
			buf_adds(&inner, style->unit);
		}
		(object ? print_object : print_array)(out, v, style, buf_str(&inner), inner.len);
		if (style->unit != NULL) {
			buf_adds(out, style->newline);
			buf_add(out, indent, n);
		}
	}
	buf_addc(out, object ? '}' : ']');
}

void
js_print(struct buf *out, struct js v, const struct js_style *style, const char *indent, size_t n)
{
	switch (js_type(v)) {
	case JS_NONE:
		buf_adds(out, "null");
		return;
	case JS_STRING:
		js_recode(out, v);
		return;
	case JS_ARRAY:
	case JS_OBJECT:
		print_container(out, v, style, indent, n);
		return;
	default:
		buf_add(out, v.p, v.n);
	}
}

static void
canon_number(struct buf *out, struct js v)
{
	char text[JS_DOUBLE_LEN];

	if (js_is_int(v)) {
		if (v.n == 2 && memcmp(v.p, "-0", 2) == 0)
			buf_addc(out, '0');
		else
			buf_add(out, v.p, v.n);
		return;
	}
	buf_adds(out, js_double(js_number(v), text));
}

static void
canon_object(struct buf *out, struct js v)
{
	struct members m;
	size_t i;

	members_init(&m, v, true);
	for (i = 0; i < m.n; i++) {
		js_recode(out, m.v[i].key);
		buf_addc(out, ':');
		js_canon(out, m.v[i].value);
		buf_addc(out, ',');
	}
	members_fini(&m);
}

void
js_canon(struct buf *out, struct js v)
{
	struct js_iter it = js_iter(v);
	struct js key, value;

	switch (js_type(v)) {
	case JS_NUMBER:
		canon_number(out, v);
		return;
	case JS_OBJECT:
		buf_addc(out, '{');
		canon_object(out, v);
		buf_addc(out, '}');
		return;
	case JS_ARRAY:
		buf_addc(out, '[');
		while (js_next(&it, &key, &value)) {
			js_canon(out, value);
			buf_addc(out, ',');
		}
		buf_addc(out, ']');
		return;
	default:
		js_print(out, v, &js_line, "", 0);
	}
}

/* Digits d1 d2 ... and the power of ten of d1 -> plain digits, always with a point. */
static char *
plain_digits(char *to, const char *digits, int n, int exponent)
{
	int i;

	if (exponent < 0) {
		*to++ = '0';
		*to++ = '.';
		for (i = -1; i > exponent; i--)
			*to++ = '0';
	}
	for (i = 0; i < n || i <= exponent; i++) {
		if (i > 0 && i == exponent + 1)
			*to++ = '.';
		*to++ = i < n ? digits[i] : '0';
	}
	if (exponent >= 0 && n <= exponent + 1) {
		*to++ = '.';
		*to++ = '0';
	}
	return to;
}

/* The digits of x (not zero at the end but for a lone one), their number in *n. Returns the power of ten of the first. */
static int
shortest_digits(double x, char digits[24], int *n)
{
	char text[JS_DOUBLE_LEN];
	const char *p;
	int precision;

	for (precision = 0; precision < 17; precision++) {
		snprintf(text, sizeof text, "%.*e", precision, x);
		if (strtod(text, NULL) == x)
			break;
	}
	*n = 0;
	for (p = text; *p != 'e'; p++) {
		if (*p >= '0' && *p <= '9' && *n < 23)
			digits[(*n)++] = *p;
	}
	while (*n > 1 && digits[*n - 1] == '0')
		--*n;
	return atoi(p + 1);
}

char *
js_double(double x, char out[JS_DOUBLE_LEN])
{
	char digits[24], *to = out;
	int n, exponent;

	if (isnan(x) || isinf(x)) {
		snprintf(out, JS_DOUBLE_LEN, "%s", isnan(x) ? "NaN" : x < 0 ? "-Infinity" : "Infinity");
		return out;
	}
	exponent = shortest_digits(x, digits, &n);
	if (signbit(x))
		*to++ = '-';
	if (exponent >= -4 && exponent < 16) {
		to = plain_digits(to, digits, n, exponent);
		*to = '\0';
		return out;
	}
	*to++ = digits[0];
	if (n > 1) {
		*to++ = '.';
		memcpy(to, digits + 1, (size_t)n - 1);
		to += n - 1;
	}
	snprintf(to, 16, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
	return out;
}
