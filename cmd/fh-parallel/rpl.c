/* Decides which texts are replacement strings. Must never know values, nor how a command is made of them.
 * A tag that begins with '{' has positional forms: {2tag, {-1tag, and with --header {nametag. Fixed tags come before the
 * patterns of --plus; of those, the first in the table that fits.
 * Invariant: a tag is matched only where it stands whole (rpl_match looks for its closing brace). */
#include "rpl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

struct tag {
	const char *text;
	enum rpl_kind kind;
	enum value_op op;
	const char *raw;
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
	struct tag *tags; /* longest first */
	size_t ntags;
	const char *const *names;
	size_t nnames;
};

static int
longer_first(const void *a, const void *b)
{
	size_t na = strlen(((const struct tag *)a)->text), nb = strlen(((const struct tag *)b)->text);

	return na < nb ? 1 : na > nb ? -1 : 0;
}

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

int
rpl_set_new(const struct opts *o, const char *const *names, size_t n, struct rpl_set **out, struct err *e)
{
	struct rpl_set *s = xcalloc(1, sizeof *s);
	size_t i;

	(void)e;
	s->o = o;
	s->names = names;
	s->nnames = n;
	s->tags = xcalloc(ARRAY_LEN(plain_tags) + ARRAY_LEN(plus_tags), sizeof *s->tags);
	for (i = 0; i < ARRAY_LEN(plain_tags); i++) {
		s->tags[s->ntags] = plain_tags[i];
		s->tags[s->ntags++].text = renamed(o, plain_tags[i].text);
	}
	for (i = 0; o->plus && i < ARRAY_LEN(plus_tags); i++)
		s->tags[s->ntags++] = plus_tags[i];
	qsort(s->tags, s->ntags, sizeof *s->tags, longer_first);
	*out = s;
	return 0;
}

void
rpl_set_free(struct rpl_set *s)
{
	if (s == NULL)
		return;
	free(s->tags);
	free(s);
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
static void
take_tag(const struct tag *t, long pos, struct rpl *r)
{
	r->kind = t->kind;
	r->pos = pos;
	r->fn.op = t->op;
	if (t->raw != NULL)
		r->code = (struct view){ t->raw, strlen(t->raw) };
}

/* What stands in s behind "{" and a position of value pos: the rest of a tag, or a pattern. Returns its length or 0, -1. */
static long
match_rest(const struct rpl_set *s, const char *text, size_t n, long pos, struct rpl *r, struct err *e)
{
	const char *close = memchr(text, '}', n);
	struct rpl nothing = { .kind = RPL_NOTHING };
	size_t i, len;
	int got;

	for (i = 0; i < s->ntags; i++) {
		len = strlen(s->tags[i].text) - 1;
		if (s->tags[i].text[0] != '{' || len > n || memcmp(s->tags[i].text + 1, text, len) != 0)
			continue;
		take_tag(&s->tags[i], pos, r);
		if (r->kind != RPL_VALUE && r->kind != RPL_UNIQ && r->kind != RPL_CHOOSE)
			*r = nothing;
		return (long)len;
	}
	if (!s->o->plus || close == NULL)
		return 0;
	got = match_pattern(text, (size_t)(close - text), r, e);
	r->pos = pos;
	return got <= 0 ? got : close + 1 - text;
}

/* {2.} {-1} ...; text behind the brace. */
static long
match_position(const struct rpl_set *s, const char *text, size_t n, struct rpl *r, struct err *e)
{
	size_t sign = n > 0 && *text == '-', k = digits(text + sign, n - sign);
	long pos, rest;

	if (k == 0 || k > 9)
		return 0;
	for (pos = strtol(text, NULL, 10); sign + k < n && text[sign + k] == ' '; k++)
		;
	rest = match_rest(s, text + sign + k, n - sign - k, pos, r, e);
	return rest <= 0 ? rest : (long)(sign + k) + rest;
}

/* {name.}; text behind the brace. */
static long
match_name(const struct rpl_set *s, const char *text, size_t n, struct rpl *r, struct err *e)
{
	size_t i, len;
	long rest;

	for (i = 0; i < s->nnames; i++) {
		len = strlen(s->names[i]);
		if (len == 0 || len > n || memcmp(s->names[i], text, len) != 0)
			continue;
		rest = match_rest(s, text + len, n - len, (long)i + 1, r, e);
		if (rest != 0)
			return rest < 0 ? rest : (long)len + rest;
	}
	return 0;
}

long
rpl_match(const struct rpl_set *s, const char *text, size_t n, struct rpl *r, struct err *e)
{
	size_t i, len;
	long got;

	*r = (struct rpl){ 0 };
	for (i = 0; i < s->ntags; i++) {
		len = strlen(s->tags[i].text);
		if (len <= n && memcmp(text, s->tags[i].text, len) == 0) {
			take_tag(&s->tags[i], RPL_ALL, r);
			return (long)len;
		}
	}
	if (n < 2 || *text != '{')
		return 0;
	got = match_name(s, text + 1, n - 1, r, e);
	if (got == 0)
		got = match_position(s, text + 1, n - 1, r, e);
	if (got == 0)
		got = match_rest(s, text + 1, n - 1, RPL_ALL, r, e);
	return got <= 0 ? got : got + 1;
}
