/* Decides what an expression says: reads Perl's syntax into a tree. Must never look at a subject, nor know how it is matched.
 * Invariant: what is not understood fails with ENOTSUP, never silently means something else (unknown). */
#include "rx_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define MAX_DEPTH 200
#define NONE RX_NONE

struct reader_state {
	bool fold, dotall, multi, extended, literal; /* (?i) (?s) (?m) (?x) \Q */
};

struct rx_reader {
	struct rx *r;
	const char *re, *p, *end;
	struct rx_tree *t;
	struct reader_state st;
	unsigned flags, depth;
	struct err *e;
};

static int
bad(struct rx_reader *x, int code, const char *why)
{
	return err_set(x->e, code, "%.*s: at %zu: %s", (int)(x->end - x->re), x->re, (size_t)(x->p - x->re), why);
}

static int
unknown(struct rx_reader *x)
{
	return bad(x, ENOTSUP, "not understood");
}

static size_t
node_new(struct rx_reader *x, struct rx_node n)
{
	struct rx_tree *t = x->t;

	if (t->n == t->cap)
		t->v = xgrow(t->v, t->n, &t->cap, sizeof *t->v);
	t->v[t->n] = n;
	return t->n++;
}

static struct rx_set *
set_new(struct rx_reader *x, size_t *node)
{
	struct rx *r = x->r;

	if (r->nsets == r->capsets)
		r->sets = xgrow(r->sets, r->nsets, &r->capsets, sizeof *r->sets);
	r->sets[r->nsets] = (struct rx_set){ 0 };
	*node = node_new(x, (struct rx_node){ .kind = N_SET, .a = r->nsets });
	return &r->sets[r->nsets++];
}

/* --- bytes and sets ---------------------------------------------------------------------------------------------- */
/* The byte that an escape stands for, p behind the backslash and moved on; -1 with words where it is none. */
static int
read_escape(struct rx_reader *x)
{
	int c = rx_escape(&x->p, x->end);

	return c < 0 ? unknown(x) : c;
}

static size_t
byte_node(struct rx_reader *x, int c)
{
	size_t node;

	if (!x->st.fold || !isalpha(c))
		return node_new(x, (struct rx_node){ .kind = N_BYTE, .c = (unsigned char)c });
	rx_set_range(set_new(x, &node), c, c, true);
	return node;
}

static size_t
assert_node(struct rx_reader *x, enum rx_op op)
{
	return node_new(x, (struct rx_node){ .kind = N_ASSERT, .c = (unsigned char)op });
}

/* Three octal digits at p: a byte, where fewer are a group. */
static bool
is_octal(const struct rx_reader *x)
{
	return x->end - x->p >= 3 && strspn(x->p, "01234567") >= 3;
}

/* What stands behind a backslash, outside of [...]. Returns its node, or NONE with words. */
static size_t
read_backslash(struct rx_reader *x)
{
	size_t node;
	char c;
	int b;

	if (x->p == x->end)
		return bad(x, EINVAL, "a backslash at the end"), NONE;
	c = *x->p;
	if (c >= '1' && c <= '9' && !is_octal(x)) {
		x->p++;
		if ((size_t)(c - '0') > x->r->ngroups || (x->p < x->end && isdigit((unsigned char)*x->p)))
			return bad(x, ENOTSUP, "no such group"), NONE;
		x->r->refers = true;
		return node_new(x, (struct rx_node){ .kind = N_BACK, .a = (size_t)(c - '0'), .fold = x->st.fold });
	}
	if (strchr("dwshDWSH", c) != NULL) {
		x->p++;
		rx_set_class(set_new(x, &node), c);
		return node;
	}
	if (strchr("bBAzZ", c) != NULL) {
		x->p++;
		if (tolower((unsigned char)c) == 'b' && x->p < x->end && *x->p == '{')
			return unknown(x), NONE; /* \b{wb} */
		return assert_node(x, c == 'b' ? RX_WORDB : c == 'B' ? RX_NWORDB : c == 'A' ? RX_BOT :
		                      c == 'z' ? RX_EOT : RX_EOTNL);
	}
	b = read_escape(x);
	return b < 0 ? NONE : byte_node(x, b);
}

/* One member of [...]: a byte, or -1 (a class was added), or -2 with words. */
static int
read_member(struct rx_reader *x, struct rx_set *s)
{
	size_t n;
	int c;

	if (*x->p == '[' && x->end - x->p > 1 && (x->p[1] == ':' || x->p[1] == '.' || x->p[1] == '=')) {
		x->p += 2;
		n = x->p[-1] == ':' ? rx_set_posix(s, x->p, (size_t)(x->end - x->p)) : 0;
		x->p += n;
		return n > 0 ? -1 : (unknown(x), -2);
	}
	if (*x->p != '\\')
		return (unsigned char)*x->p++;
	if (++x->p == x->end)
		return bad(x, EINVAL, "a backslash at the end"), -2;
	if (strchr("dwshDWSH", *x->p) != NULL) {
		rx_set_class(s, *x->p++);
		return -1;
	}
	if (*x->p == 'b') {
		x->p++;
		return '\b';
	}
	c = read_escape(x);
	return c < 0 ? -2 : c;
}

/* [...], p behind the bracket. */
static size_t
read_set(struct rx_reader *x)
{
	size_t node, index;
	bool inverse = x->p < x->end && *x->p == '^', first = true;
	int from, to;

	(void)set_new(x, &node);
	index = x->t->v[node].a;
	x->p += inverse;
	for (; x->p < x->end && (first || *x->p != ']'); first = false) {
		from = read_member(x, &x->r->sets[index]);
		if (from == -2)
			return NONE;
		to = from;
		if (from >= 0 && x->end - x->p > 1 && *x->p == '-' && x->p[1] != ']') {
			x->p++;
			to = read_member(x, &x->r->sets[index]);
			if (to == -2)
				return NONE;
			if (to < from)
				return bad(x, EINVAL, "a range that goes backwards"), NONE;
		}
		if (from >= 0)
			rx_set_range(&x->r->sets[index], from, to, x->st.fold);
	}
	if (x->p == x->end)
		return bad(x, EINVAL, "a [ without its ]"), NONE;
	x->p++;
	if (inverse)
		rx_set_invert(&x->r->sets[index]);
	return node;
}

/* --- groups ------------------------------------------------------------------------------------------------------ */
static size_t read_alternatives(struct rx_reader *x);

/* (?imsx-imsx) and (?imsx: ; p behind "(?". Returns ')' or ':', or -1. */
static int
read_flags(struct rx_reader *x)
{
	bool on = true;

	for (; x->p < x->end; x->p++) {
		switch (*x->p) {
		case '-':
			on = false;
			break;
		case '^':
			x->st = (struct reader_state){ 0 };
			break;
		case 'i':
			x->st.fold = on;
			break;
		case 's':
			x->st.dotall = on;
			break;
		case 'm':
			x->st.multi = on;
			break;
		case 'x':
			x->st.extended = on;
			break;
		case ')':
		case ':':
			return *x->p++;
		default:
			return unknown(x);
		}
	}
	return unknown(x);
}

/* What stands between p and the closing parenthesis, in the node. */
static size_t
read_inside(struct rx_reader *x, struct rx_node n)
{
	struct reader_state keep = x->st;

	if (++x->depth > MAX_DEPTH)
		return bad(x, EINVAL, "too many groups inside one another"), NONE;
	n.a = read_alternatives(x);
	x->depth--;
	if (n.a == NONE)
		return NONE;
	if (x->p == x->end)
		return bad(x, EINVAL, "a ( without its )"), NONE;
	x->p++;
	x->st = keep;
	return n.kind == N_EMPTY ? n.a : node_new(x, n);
}

/* A group, p behind the parenthesis. */
static size_t
read_group(struct rx_reader *x)
{
	struct reader_state keep = x->st;
	size_t node;
	int how;

	if (x->p == x->end || *x->p != '?') {
		if (x->r->ngroups + 1 >= RX_GROUPS)
			return bad(x, ENOTSUP, "more than 9 groups"), NONE;
		return read_inside(x, (struct rx_node){ .kind = N_GROUP, .b = ++x->r->ngroups });
	}
	x->p++;
	if (x->p < x->end && (*x->p == '=' || *x->p == '!'))
		return read_inside(x, (struct rx_node){ .kind = N_AHEAD, .inverse = *x->p++ == '!' });
	how = read_flags(x);
	if (how == ')')
		return node_new(x, (struct rx_node){ .kind = N_EMPTY });
	if (how < 0)
		return NONE;
	node = read_inside(x, (struct rx_node){ .kind = N_EMPTY });
	x->st = keep;
	return node;
}

/* --- pieces ------------------------------------------------------------------------------------------------------ */
/* {n}, {n,}, {n,m}; p behind the brace. False (p unmoved): the brace is a brace. */
static bool
read_count(struct rx_reader *x, long *min, long *max)
{
	const char *p = x->p;
	char *end;

	if (p == x->end || !isdigit((unsigned char)*p) || memchr(p, '}', (size_t)(x->end - p)) == NULL)
		return false;
	*min = *max = strtol(p, &end, 10);
	if (*end == ',') {
		p = end + 1;
		*max = *p == '}' ? -1 : strtol(p, &end, 10);
		end = *p == '}' ? end + 1 : end;
	}
	if (*end != '}' || (*end == '}' && *max >= 0 && *max < *min))
		return false;
	x->p = end + 1;
	return true;
}

/* The quantifiers behind node, if any. */
static size_t
read_quantifier(struct rx_reader *x, size_t node)
{
	struct rx_node n = { .kind = N_REPEAT, .a = node, .max = -1 };
	char c;

	if (x->p == x->end || x->st.literal || strchr("*+?{", *x->p) == NULL || *x->p == '\0')
		return node;
	c = *x->p++;
	n.min = c == '+';
	n.max = c == '?' ? 1 : -1;
	if (c == '{' && !read_count(x, &n.min, &n.max)) {
		x->p--;
		return node;
	}
	n.lazy = x->flags & RX_UNGREEDY;
	if (x->p < x->end && *x->p == '?') {
		n.lazy = true;
		x->p++;
	} else if (x->p < x->end && strchr("*+", *x->p) != NULL && *x->p != '\0')
		return unknown(x), NONE;
	if (n.min > 1000 || n.max > 1000)
		return unknown(x), NONE;
	return node_new(x, n);
}

static size_t
read_dot(struct rx_reader *x)
{
	struct rx_set *s;
	size_t node;

	s = set_new(x, &node);
	if (!x->st.dotall)
		rx_set_add(s, '\n');
	rx_set_invert(s);
	return node;
}

static bool
at_text(const struct rx_reader *x, const char *t)
{
	return (size_t)(x->end - x->p) >= strlen(t) && memcmp(x->p, t, strlen(t)) == 0;
}

/* One piece: a byte, set, group, assertion. */
static size_t
read_atom(struct rx_reader *x)
{
	char c = *x->p++;

	if (x->st.literal)
		return byte_node(x, (unsigned char)c);
	switch (c) {
	case '.':
		return read_dot(x);
	case '[':
		return read_set(x);
	case '(':
		return read_group(x);
	case '^':
		return assert_node(x, x->st.multi ? RX_BOL : RX_BOT);
	case '$':
		return assert_node(x, x->st.multi ? RX_EOL : RX_EOTNL);
	case '\\':
		return read_backslash(x);
	case '*':
	case '+':
	case '?':
		return bad(x, EINVAL, "nothing to repeat"), NONE;
	default:
		return byte_node(x, (unsigned char)c);
	}
}

/* What is no piece: \Q \E, and white space and comments with (?x). True where something was skipped. */
static bool
read_noise(struct rx_reader *x)
{
	if (at_text(x, "\\E") || (!x->st.literal && at_text(x, "\\Q"))) {
		x->st.literal = x->p[1] == 'Q';
		x->p += 2;
		return true;
	}
	if (!x->st.extended || x->st.literal || (!isspace((unsigned char)*x->p) && *x->p != '#'))
		return false;
	if (*x->p == '#')
		while (x->p < x->end && *x->p != '\n')
			x->p++;
	else
		x->p++;
	return true;
}

static size_t
read_sequence(struct rx_reader *x)
{
	size_t all = node_new(x, (struct rx_node){ .kind = N_EMPTY }), one;

	while (x->p < x->end && (x->st.literal || (*x->p != '|' && *x->p != ')'))) {
		if (read_noise(x))
			continue;
		one = read_atom(x);
		one = one == NONE ? NONE : read_quantifier(x, one);
		if (one == NONE)
			return NONE;
		all = node_new(x, (struct rx_node){ .kind = N_CAT, .a = all, .b = one });
	}
	return all;
}

static size_t
read_alternatives(struct rx_reader *x)
{
	size_t all = read_sequence(x), one;

	while (all != NONE && x->p < x->end && *x->p == '|') {
		x->p++;
		one = read_sequence(x);
		if (one == NONE)
			return NONE;
		all = node_new(x, (struct rx_node){ .kind = N_ALT, .a = all, .b = one });
	}
	return all;
}

int
rx_read(struct rx *r, const char *re, size_t n, unsigned flags, struct rx_tree *t, struct err *e)
{
	struct rx_reader x = { .r = r, .re = re, .p = re, .end = re + n, .t = t, .flags = flags, .e = e };

	t->root = read_alternatives(&x);
	if (t->root == NONE)
		return -1;
	return x.p == x.end ? 0 : bad(&x, EINVAL, "a ) without its (");
}
