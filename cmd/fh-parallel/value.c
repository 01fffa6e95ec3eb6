/* Decides what {.}, {/} and the strings of --plus make of a value. Must never know where a value stands, nor quoting.
 * Most results are a part of the value: nothing is copied then. The model is the Perl code that the reference's manual
 * gives for each, so "." and "$" treat a newline as Perl does where that shows. */
#include "value.h"

#include <ctype.h>
#include <string.h>

static struct view
view_of(const char *s)
{
	return (struct view){ .s = s, .len = strlen(s) };
}

static struct view
view_head(struct view v, size_t n)
{
	v.len = n;
	return v;
}

static struct view
view_tail(struct view v, size_t n)
{
	return (struct view){ .s = v.s + n, .len = v.len - n };
}

/* s:.*\/::, where "." stops at a newline: of the first line that has a slash, all up to its last one. */
static struct view
base(struct view v, struct buf *scratch)
{
	const char *slash = memchr(v.s, '/', v.len), *from, *nl, *last;
	size_t at;

	if (slash == NULL)
		return v;
	from = memrchr(v.s, '\n', (size_t)(slash - v.s));
	from = from != NULL ? from + 1 : v.s;
	nl = memchr(slash, '\n', v.len - (size_t)(slash - v.s));
	last = memrchr(slash, '/', (size_t)((nl != NULL ? nl : v.s + v.len) - slash));
	at = (size_t)(last + 1 - v.s);
	if (from == v.s)
		return view_tail(v, at);
	buf_add(scratch, v.s, (size_t)(from - v.s));
	buf_add(scratch, v.s + at, v.len - at);
	return (struct view){ scratch->data, scratch->len };
}

/* Where the last n parts ".x" begin, x without '/' and '.'; v.len where there are fewer. */
static size_t
ext_at(struct view v, int n)
{
	size_t i = v.len;

	while (n > 0) {
		if (i == 0)
			return v.len;
		i--;
		if (v.s[i] == '/')
			return v.len;
		if (v.s[i] != '.')
			continue;
		n--;
	}
	return i;
}

static struct view
no_ext(struct view v, int n)
{
	return view_head(v, ext_at(v, n));
}

/* What ext_at finds, without its dot; else empty. {+.} takes what follows the last dot, whatever it is. */
static struct view
ext(struct view v, int n)
{
	const char *dot = memrchr(v.s, '.', v.len);
	size_t at;

	if (n == 1)
		return dot == NULL ? view_of("") : view_tail(v, (size_t)(dot + 1 - v.s));
	at = ext_at(v, n);
	return at == v.len ? view_of("") : view_tail(v, at + 1);
}

/* dirname(1). */
static struct view
dir(struct view v)
{
	while (v.len > 1 && v.s[v.len - 1] == '/')
		v.len--;
	while (v.len > 0 && v.s[v.len - 1] != '/')
		v.len--;
	if (v.len == 0)
		return view_of(".");
	while (v.len > 1 && v.s[v.len - 1] == '/')
		v.len--;
	return v;
}

static struct view
plus_dir(struct view v)
{
	const char *slash = memrchr(v.s, '/', v.len);

	return slash == NULL ? view_of("") : view_head(v, (size_t)(slash - v.s));
}

static struct view
cut(const struct value_fn *f, struct view v)
{
	v = view_tail(v, f->from < v.len ? f->from : v.len);
	if (f->op == VALUE_SUBSTR && v.len > f->len)
		v.len = f->len;
	return v;
}

/* --- with an expression ------------------------------------------------------------------------------------------- */
/* Puts by in place of the match. */
static struct view
replace(struct view v, const struct rx_match *m, struct view by, struct buf *scratch)
{
	buf_add(scratch, v.s, m->start);
	buf_add(scratch, by.s, by.len);
	buf_add(scratch, v.s + m->end, v.len - m->end);
	return (struct view){ scratch->data, scratch->len };
}

static void
add_case(struct buf *out, struct view v, bool upper)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		buf_addc(out, (char)(upper ? toupper((unsigned char)v.s[i]) : tolower((unsigned char)v.s[i])));
}

/* Every match (or, unless all, the first) becomes f->text, or itself in the other case. */
static struct view
substitute(const struct value_fn *f, struct view v, bool all, bool change_case, struct buf *scratch)
{
	size_t at = 0, from = 0;
	struct rx_match m;

	while (from <= v.len && rx_find(f->rx, v.s, v.len, from, &m)) {
		buf_add(scratch, v.s + at, m.start - at);
		if (change_case)
			add_case(scratch, m.group[0], f->op == VALUE_UPPER || f->op == VALUE_UPPER_ALL);
		else
			buf_add(scratch, f->text.s, f->text.len);
		at = m.end;
		from = m.end > m.start ? m.end : m.end + 1;
		if (!all)
			break;
		if (from > at && at < v.len) {
			buf_addc(scratch, v.s[at]);
			at = from;
		}
	}
	buf_add(scratch, v.s + at, v.len - at);
	return (struct view){ buf_str(scratch), scratch->len };
}

static struct view
by_match(const struct value_fn *f, struct view v, struct buf *scratch)
{
	struct rx_match m;

	if (!rx_find(f->rx, v.s, v.len, 0, &m))
		return v;
	switch (f->op) {
	case VALUE_DEL_PREFIX:
		return replace(v, &m, f->from != 0 ? m.group[1] : view_of(""), scratch);
	case VALUE_DEL_SUFFIX_SHORT:
		return replace(v, &m, m.group[1], scratch);
	case VALUE_DEL_SUFFIX:
		return replace(v, &m, view_of(""), scratch);
	case VALUE_SUB:
		return substitute(f, v, false, false, scratch);
	case VALUE_SUB_ALL:
		return substitute(f, v, true, false, scratch);
	case VALUE_UPPER:
	case VALUE_LOWER:
		return substitute(f, v, false, true, scratch);
	default:
		return substitute(f, v, true, true, scratch);
	}
}

struct view
value_apply(const struct value_fn *f, struct view v, struct buf *scratch)
{
	if (f->op == VALUE_SAME)
		return v;
	buf_reset(scratch);
	switch (f->op) {
	case VALUE_NOEXT:
	case VALUE_NOEXT2:
	case VALUE_NOEXT3:
		return no_ext(v, f->op == VALUE_NOEXT ? 1 : f->op == VALUE_NOEXT2 ? 2 : 3);
	case VALUE_BASE:
		return base(v, scratch);
	case VALUE_BASE_NOEXT:
	case VALUE_BASE_NOEXT2:
	case VALUE_BASE_NOEXT3:
		return no_ext(base(v, scratch), f->op == VALUE_BASE_NOEXT ? 1 : f->op == VALUE_BASE_NOEXT2 ? 2 : 3);
	case VALUE_DIR:
		return dir(v);
	case VALUE_PLUS_DIR:
		return plus_dir(v);
	case VALUE_EXT:
	case VALUE_EXT2:
	case VALUE_EXT3:
		return ext(v, f->op == VALUE_EXT ? 1 : f->op == VALUE_EXT2 ? 2 : 3);
	case VALUE_DEFAULT:
		return v.len == 0 || (v.len == 1 && *v.s == '0') ? f->text : v;
	case VALUE_CUT:
	case VALUE_SUBSTR:
		return cut(f, v);
	default:
		return by_match(f, v, scratch);
	}
}

/* --- compiling ---------------------------------------------------------------------------------------------------- */
/* re with a '?' behind every '*' and '+' (the reference lets "x?" be greedy). */
static void
make_lazy(struct buf *out, struct view re)
{
	bool set = false;
	size_t i;

	for (i = 0; i < re.len; i++) {
		buf_addc(out, re.s[i]);
		if (re.s[i] == '\\' && i + 1 < re.len) {
			buf_addc(out, re.s[++i]);
			continue;
		}
		set = re.s[i] == '[' || (set && re.s[i] != ']');
		if (!set && i > 0 && (re.s[i] == '*' || re.s[i] == '+') && (i + 1 == re.len || re.s[i + 1] != '?') &&
		    strchr("(*+?}", re.s[i - 1]) == NULL)
			buf_addc(out, '?');
	}
}

int
value_compile(struct value_fn *f, struct view re, struct err *e)
{
	AUTO_BUF b = { 0 };
	bool anchored = f->op == VALUE_DEL_PREFIX || f->op == VALUE_UPPER || f->op == VALUE_LOWER;

	if (anchored)
		buf_adds(&b, "^");
	if (f->op == VALUE_DEL_SUFFIX_SHORT)
		buf_adds(&b, "(.*)");
	if (f->op == VALUE_DEL_SUFFIX_SHORT || (f->op == VALUE_DEL_PREFIX && f->from != 0))
		make_lazy(&b, re);
	else
		buf_add(&b, re.s, re.len);
	if (f->op == VALUE_DEL_PREFIX && f->from != 0)
		buf_adds(&b, "(.*)");
	if (f->op == VALUE_DEL_SUFFIX_SHORT || f->op == VALUE_DEL_SUFFIX)
		buf_adds(&b, "$");
	return rx_new(buf_str(&b), b.len, 0, &f->rx, e);
}

void
value_fini(struct value_fn *f)
{
	rx_free(f->rx);
	f->rx = NULL;
}
