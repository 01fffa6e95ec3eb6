/* Decides which texts are replacement strings. Must never know values, nor how a command is made of them.
 * A tag that begins with '{' has positional forms: {2tag, {-1tag, and with --header {nametag. Fixed tags come before the
 * patterns of --plus; of those, the first in the table that fits.
 * Invariant: a tag is matched only where it stands whole (rpl_match looks for its closing brace). */
#include "rpl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "perl.h"

struct tag {
	const char *text;
	enum rpl_kind kind;
	enum value_op op;
	const char *raw;  /* RPL_RAW: the text; RPL_PERL: the expression */
	long pos;         /* --rpl: a position that the expression begins with */
	struct rx *rx;    /* --rpl: a tag with groups, behind its brace if it has one */
};

static const struct tag plain_tags[] = {
	{ "{}", RPL_VALUE, VALUE_SAME, NULL }, { "{.}", RPL_VALUE, VALUE_NOEXT, NULL }, { "{/}", RPL_VALUE, VALUE_BASE, NULL },
	{ "{//}", RPL_VALUE, VALUE_DIR, NULL }, { "{/.}", RPL_VALUE, VALUE_BASE_NOEXT, NULL }, { "{#}", RPL_SEQ, 0, NULL },
	{ "{%}", RPL_SLOT, 0, NULL },
};

static const struct tag plus_tags[] = {
	{ "{+/}", RPL_VALUE, VALUE_PLUS_DIR, NULL }, { "{+.}", RPL_VALUE, VALUE_EXT, NULL },
	{ "{+..}", RPL_VALUE, VALUE_EXT2, NULL }, { "{+...}", RPL_VALUE, VALUE_EXT3, NULL },
	{ "{..}", RPL_VALUE, VALUE_NOEXT2, NULL }, { "{...}", RPL_VALUE, VALUE_NOEXT3, NULL },
	{ "{/..}", RPL_VALUE, VALUE_BASE_NOEXT2, NULL }, { "{/...}", RPL_VALUE, VALUE_BASE_NOEXT3, NULL },
	{ "{##}", RPL_TOTAL, 0, NULL }, { "{0%}", RPL_SLOT0, 0, NULL }, { "{0#}", RPL_SEQ0, 0, NULL },
	{ "{uniq}", RPL_UNIQ, 0, NULL }, { "{choose_k}", RPL_CHOOSE, 0, NULL },
	{ "{slot}", RPL_RAW, 0, "${PARALLEL_JOBSLOT}" }, { "{host}", RPL_RAW, 0, "${PARALLEL_SSHHOST}" },
	{ "{sshlogin}", RPL_RAW, 0, "${PARALLEL_SSHLOGIN}" }, { "{hgrp}", RPL_RAW, 0, "${PARALLEL_HOSTGROUPS}" },
	{ "{agrp}", RPL_RAW, 0, "${PARALLEL_ARGHOSTGROUPS}" },
};

struct rpl_set {
	const struct opts *o;
	struct tag *tags; /* longest first; the user's before the built-in ones */
	size_t ntags;
	const char *const *names;
	size_t nnames;
	struct perl *perl;
	struct arena mem;
};

/* What the user put in place of a built-in tag, or the tag. */
static const char *
renamed(const struct opts *o, const char *tag)
{
	const struct {
		const char *tag, *by;
	} t[] = { { "{}", o->replace }, { "{.}", o->er }, { "{/}", o->bnr }, { "{/.}", o->bner }, { "{//}", o->dnr },
		{ "{#}", o->seqreplace }, { "{%}", o->slotreplace } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(t); i++)
		if (strcmp(t[i].tag, tag) == 0 && t[i].by != NULL && *t[i].by != '\0')
			return t[i].by;
	return tag;
}

/* A tag with groups as an expression: what stands in parentheses is one already, the rest is text. */
static int
compile_tag(const char *text, struct rx **out, struct err *e)
{
	AUTO_BUF re = { 0 };
	int depth = 0;

	buf_adds(&re, "\\A");
	for (; *text != '\0'; text++) {
		depth += *text == '(';
		if (depth == 0 && !isalnum((unsigned char)*text))
			buf_addc(&re, '\\');
		buf_addc(&re, *text);
		if (*text == '\\' && text[1] != '\0')
			buf_addc(&re, *++text);
		depth -= *text == ')';
	}
	return rx_new(buf_str(&re), re.len, 0, out, e);
}

/* --rpl "TAG CODE": the next tag. */
static int
add_user_tag(struct rpl_set *s, const char *text, struct err *e)
{
	size_t n = strcspn(text, " \t\n");
	struct tag t = { .text = arena_strndup(&s->mem, text, n), .kind = RPL_PERL, .raw = text + n };
	char *end;

	if (n == 0)
		return err_set(e, 0, "--rpl: %s: no tag", text);
	t.raw += *t.raw != '\0';
	t.pos = strtol(t.raw, &end, 10);
	if (end == t.raw || (*end != '\0' && !isspace((unsigned char)*end)))
		t.pos = 0;
	else
		t.raw = end;
	if (strchr(t.text, '(') != NULL && compile_tag(t.text + (t.text[0] == '{'), &t.rx, e) < 0)
		return err_wrap(e, "--rpl");
	s->tags[s->ntags++] = t;
	return 0;
}

/* Longest first; those of the same length stay in order. */
static void
sort_tags(struct rpl_set *s)
{
	size_t i, k;
	struct tag t;

	for (i = 1; i < s->ntags; i++) {
		t = s->tags[i];
		for (k = i; k > 0 && strlen(s->tags[k - 1].text) < strlen(t.text); k--)
			s->tags[k] = s->tags[k - 1];
		s->tags[k] = t;
	}
}

static int
add_tags(struct rpl_set *s, struct err *e)
{
	const struct opts *o = s->o;
	size_t i;

	for (i = o->rpl.n; i > 0; i--) /* the last one given wins */
		if (add_user_tag(s, o->rpl.v[i - 1], e) < 0)
			return -1;
	for (i = 0; i < ARRAY_LEN(plain_tags); i++) {
		s->tags[s->ntags] = plain_tags[i];
		s->tags[s->ntags++].text = renamed(o, plain_tags[i].text);
	}
	for (i = 0; o->plus && i < ARRAY_LEN(plus_tags); i++)
		s->tags[s->ntags++] = plus_tags[i];
	sort_tags(s);
	return 0;
}

int
rpl_set_new(const struct opts *o, const char *const *names, size_t n, struct rpl_set **out, struct err *e)
{
	struct rpl_set *s = xcalloc(1, sizeof *s);

	s->o = o;
	s->names = names;
	s->nnames = n;
	s->perl = perl_new();
	s->tags = xcalloc(o->rpl.n + ARRAY_LEN(plain_tags) + ARRAY_LEN(plus_tags), sizeof *s->tags);
	if (add_tags(s, e) < 0) {
		rpl_set_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
rpl_set_free(struct rpl_set *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->ntags; i++)
		rx_free(s->tags[i].rx);
	perl_free(s->perl);
	arena_fini(&s->mem);
	free(s->tags);
	free(s);
}

struct perl *
rpl_set_perl(const struct rpl_set *s)
{
	return s->perl;
}

/* --- patterns of --plus: what stands between the braces ----------------------------------------------------------- */
static size_t
digits(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && isdigit((unsigned char)s[i]))
		i++;
	return i;
}

/* :n :n:m :-text */
static bool
match_colon(const char *s, size_t n, struct rpl *r)
{
	size_t a, b;

	if (n > 2 && s[1] == '-') {
		r->fn.op = VALUE_DEFAULT;
		r->fn.text = (struct view){ s + 2, n - 2 };
		return true;
	}
	a = digits(s + 1, n - 1);
	if (a == 0)
		return false;
	r->fn.op = VALUE_CUT;
	r->fn.from = strtoul(s + 1, NULL, 10);
	if (1 + a == n)
		return true;
	b = s[1 + a] == ':' ? digits(s + 2 + a, n - 2 - a) : 0;
	if (b == 0 || 2 + a + b != n)
		return false;
	r->fn.op = VALUE_SUBSTR;
	r->fn.len = strtoul(s + 2 + a, NULL, 10);
	return true;
}

/* /re/text //re/text */
static bool
match_slash(const char *s, size_t n, struct rpl *r, struct view *re)
{
	size_t from = n > 1 && s[1] == '/' ? 2 : 1;
	const char *slash = from < n ? memchr(s + from + 1, '/', n - from - 1) : NULL;

	if (slash == NULL)
		return false;
	r->fn.op = from == 2 ? VALUE_SUB_ALL : VALUE_SUB;
	*re = (struct view){ s + from, (size_t)(slash - s) - from };
	r->fn.text = (struct view){ slash + 1, n - (size_t)(slash + 1 - s) };
	return true;
}

/* Xre XXre for X one of # % ^ , */
static bool
match_marks(const char *s, size_t n, struct rpl *r, struct view *re)
{
	static const struct {
		char mark;
		enum value_op one, two;
	} marks[] = { { '#', VALUE_DEL_PREFIX, VALUE_DEL_PREFIX }, { '%', VALUE_DEL_SUFFIX_SHORT, VALUE_DEL_SUFFIX },
		{ '^', VALUE_UPPER, VALUE_UPPER_ALL }, { ',', VALUE_LOWER, VALUE_LOWER_ALL } };
	bool two = n > 2 && s[1] == s[0];
	size_t i;

	for (i = 0; i < ARRAY_LEN(marks); i++) {
		if (s[0] != marks[i].mark || n < 2 || (s[0] == '#' && s[1 + two] == '#'))
			continue;
		r->fn.op = two ? marks[i].two : marks[i].one;
		r->fn.from = s[0] == '#' && !two; /* the shortest prefix */
		*re = (struct view){ s + 1 + two, n - 1 - two };
		return true;
	}
	return false;
}

/* The n bytes of s stand between braces, behind a position if there was one. 1: they are a pattern; 0; -1 with words. */
static int
match_pattern(const char *s, size_t n, struct rpl *r, struct err *e)
{
	struct view re = { 0 };

	if (n < 2)
		return 0;
	if (s[0] == ':')
		return match_colon(s, n, r);
	if (!(s[0] == '/' ? match_slash(s, n, r, &re) : match_marks(s, n, r, &re)))
		return 0;
	return value_compile(&r->fn, re, e) < 0 ? -1 : 1;
}

/* --- matching ----------------------------------------------------------------------------------------------------- */
/* text as perl source. */
static void
add_perl_string(struct buf *out, const struct view *text)
{
	size_t i;

	buf_addc(out, '\'');
	for (i = 0; text->s != NULL && i < text->len; i++) {
		if (text->s[i] == '\'' || text->s[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, text->s[i]);
	}
	buf_addc(out, '\'');
}

/* code with $$1, $$2 ... for the groups of m: as variables, so that what they hold cannot run into what stands around them
 * or be code. */
static struct view
fill_groups(struct rpl_set *s, const char *code, const struct rx_match *m)
{
	AUTO_BUF b = { 0 };
	size_t g;

	for (g = 1; g <= m->ngroups; g++) {
		buf_addf(&b, "my $_group%zu = ", g);
		add_perl_string(&b, &m->group[g]);
		buf_adds(&b, "; ");
	}
	for (; *code != '\0'; code++)
		if (code[0] == '$' && code[1] == '$' && isdigit((unsigned char)code[2])) {
			buf_adds(&b, "$_group");
			code++;
		} else
			buf_addc(&b, *code);
	return (struct view){ arena_strndup(&s->mem, buf_str(&b), b.len), b.len };
}

/* Whether tag t, from its byte from on, stands at text: its length there, with what it is in *r; else 0. */
static size_t
try_tag(struct rpl_set *s, const struct tag *t, size_t from, const char *text, size_t n, struct rpl *r)
{
	size_t len = strlen(t->text + from);
	struct rx_match m = { 0 };
	bool brace = t->rx != NULL && from == 0 && t->text[0] == '{';

	if (t->rx == NULL ? len > n || memcmp(text, t->text + from, len) != 0 :
	                    (brace && (n == 0 || *text != '{')) || !rx_find(t->rx, text + brace, n - brace, 0, &m))
		return 0;
	*r = (struct rpl){ .kind = t->kind, .pos = t->pos, .always = t->pos != 0, .fn.op = t->op };
	if (t->rx != NULL)
		r->code = fill_groups(s, t->raw, &m);
	else if (t->raw != NULL)
		r->code = (struct view){ t->raw, strlen(t->raw) };
	return t->rx != NULL ? brace + m.end : len;
}

/* What stands in s behind "{" and a position of value pos: the rest of a tag, or a pattern. Returns its length or 0, -1. */
static long
match_rest(struct rpl_set *s, const char *text, size_t n, long pos, struct rpl *r, struct err *e)
{
	const char *close = memchr(text, '}', n);
	struct rpl nothing = { .kind = RPL_NOTHING };
	size_t i, len;
	int got;

	for (i = 0; i < s->ntags; i++) {
		if (s->tags[i].text[0] != '{' || (len = try_tag(s, &s->tags[i], 1, text, n, r)) == 0)
			continue;
		if (rpl_is_value(r) ? r->always : pos != 0)
			*r = nothing; /* but {0#} is {#} */
		r->pos = pos;
		return (long)len;
	}
	if (!s->o->plus || close == NULL)
		return 0;
	*r = (struct rpl){ .kind = RPL_VALUE };
	got = match_pattern(text, (size_t)(close - text), r, e);
	r->pos = pos;
	return got <= 0 ? got : close + 1 - text;
}

/* {2.} {-1} ...; text behind the brace. */
static long
match_position(struct rpl_set *s, const char *text, size_t n, struct rpl *r, struct err *e)
{
	size_t sign = n > 0 && *text == '-', k = digits(text + sign, n - sign);
	bool nothing;
	long pos, rest;

	if (k == 0 || k > 9)
		return 0;
	nothing = strtol(text, NULL, 10) == 0 && (sign || k > 1); /* {0} is {}, {00} and {-0} are none */
	for (pos = strtol(text, NULL, 10); sign + k < n && text[sign + k] == ' '; k++)
		;
	rest = match_rest(s, text + sign + k, n - sign - k, pos, r, e);
	if (rest > 0 && nothing && rpl_is_value(r)) {
		value_fini(&r->fn);
		*r = (struct rpl){ .kind = RPL_NOTHING };
	}
	return rest <= 0 ? rest : (long)(sign + k) + rest;
}

/* Behind a name stand only these (the reference): not what --plus and --rpl add. */
static bool
follows_name(const char *text, size_t n)
{
	static const char *const ends[] = { "}", ".}", "/}", "//}", "/.}" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (strlen(ends[i]) <= n && memcmp(text, ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

/* {name.}; text behind the brace. */
static long
match_name(struct rpl_set *s, const char *text, size_t n, struct rpl *r, struct err *e)
{
	size_t i, len;
	long rest;

	for (i = 0; i < s->nnames; i++) {
		len = strlen(s->names[i]);
		if (len == 0 || len > n || memcmp(s->names[i], text, len) != 0 || !follows_name(text + len, n - len))
			continue;
		rest = match_rest(s, text + len, n - len, (long)i + 1, r, e);
		if (rest != 0)
			return rest < 0 ? rest : (long)len + rest;
	}
	return 0;
}

/* The position, or name of a column, at the beginning of an expression; moves *code behind it. */
static long
take_position(const struct rpl_set *s, struct view *code)
{
	size_t sign = code->len > 0 && *code->s == '-', k = digits(code->s + sign, code->len - sign), i, best = 0, len;
	long pos = 0;

	if (k > 0 && k < 10) {
		pos = strtol(code->s, NULL, 10);
		best = sign + k;
	}
	for (i = 0; i < s->nnames; i++) {
		len = strlen(s->names[i]);
		if (len > best && len <= code->len && memcmp(s->names[i], code->s, len) == 0 &&
		    (len == code->len || code->s[len] == ' ')) {
			pos = (long)i + 1;
			best = len;
		}
	}
	*code = (struct view){ code->s + best, code->len - best };
	return pos;
}

/* {= code =}, or what --parens has in place of these. */
static long
match_parens(const struct rpl_set *s, const char *text, size_t n, struct rpl *r)
{
	const char *parens = s->o->parens, *close;
	size_t half = strlen(parens) / 2;

	if (half == 0 || n < 2 * half || memcmp(text, parens, half) != 0)
		return 0;
	close = memmem(text + half, n - half, parens + half, strlen(parens) - half);
	if (close == NULL)
		return 0;
	*r = (struct rpl){ .kind = RPL_PERL, .code = { text + half, (size_t)(close - text) - half } };
	r->pos = take_position(s, &r->code);
	return close + (strlen(parens) - half) - text;
}

long
rpl_match(struct rpl_set *s, const char *text, size_t n, size_t all, struct rpl *r, struct err *e)
{
	size_t i, len;
	long got;

	*r = (struct rpl){ 0 };
	if ((got = match_parens(s, text, all, r)) != 0)
		return got;
	for (i = 0; i < s->ntags; i++)
		if ((len = try_tag(s, &s->tags[i], 0, text, n, r)) > 0)
			return (long)len;
	if (n < 2 || *text != '{')
		return 0;
	got = match_name(s, text + 1, n - 1, r, e);
	if (got == 0)
		got = match_position(s, text + 1, n - 1, r, e);
	if (got == 0)
		got = match_rest(s, text + 1, n - 1, RPL_ALL, r, e);
	return got <= 0 ? got : got + 1;
}
