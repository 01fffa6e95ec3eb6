/* Decides which texts of a run are templates, and with which replacement strings they are compiled. Must never know a job:
 * tmpl_expand.c fills them in.
 * Invariant: what is compiled depends on options only, and does not change while jobs run. */
#include "tmpl.h"

#include <stdlib.h>

#include "mem.h"
#include "pieces.h"

struct tmpl_set {
	const struct opts *o;
	struct rpl_set *rpl;
	bool needs_total;
	enum shq_kind quotes;
};

int
tmpl_set_new(const struct opts *o, const char *const *names, size_t n, struct tmpl_set **out, struct err *e)
{
	struct tmpl_set *s = xcalloc(1, sizeof *s);

	s->o = o;
	if (rpl_set_new(o, names, n, &s->rpl, e) < 0) {
		free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
tmpl_set_shell(struct tmpl_set *s, enum shq_kind kind)
{
	s->quotes = kind;
	perl_set_shell(rpl_set_perl(s->rpl), kind);
}

struct perl *
tmpl_set_perl(const struct tmpl_set *s)
{
	return rpl_set_perl(s->rpl);
}

void
tmpl_set_free(struct tmpl_set *s)
{
	if (s == NULL)
		return;
	rpl_set_free(s->rpl);
	free(s);
}

/* --filter */
static int
add_filters(struct tmpl_set *set, struct tmpl *t, struct err *e)
{
	const struct opt_list *l = &set->o->filter;

	t->filters = xcalloc(l->n, sizeof *t->filters);
	for (; t->nfilters < l->n; t->nfilters++)
		if (tmpl_compile(set, &l->v[t->nfilters], 1, TMPL_CODE, &t->filters[t->nfilters], e) < 0)
			return err_wrap(e, "--filter");
	return 0;
}

int
tmpl_compile(struct tmpl_set *set, const char *const *words, size_t n, enum tmpl_mode mode, struct tmpl **out,
    struct err *e)
{
	struct tmpl *t = xcalloc(1, sizeof *t);

	t->tight = mode == TMPL_FILE;
	t->first = mode == TMPL_CODE;
	t->quotes = set->quotes;
	if (pieces_compile(t, set->o, set->rpl, words, n, mode == TMPL_COMMAND, e) < 0 ||
	    (mode == TMPL_COMMAND && add_filters(set, t, e) < 0)) {
		tmpl_free(t);
		return -1;
	}
	set->needs_total |= t->needs_total;
	*out = t;
	return 0;
}

void
tmpl_free(struct tmpl *t)
{
	if (t == NULL)
		return;
	for (; t->nfilters > 0; t->nfilters--)
		tmpl_free(t->filters[t->nfilters - 1]);
	free(t->filters);
	pieces_fini(t);
	free(t);
}

bool
tmpl_needs_total(const struct tmpl *t)
{
	return t->needs_total;
}

bool
tmpl_set_needs_total(const struct tmpl_set *s)
{
	return s->needs_total;
}

bool
tmpl_has_replacement(const struct tmpl *t)
{
	return t->has_rpl;
}

bool
tmpl_direct(const struct tmpl *t)
{
	return t->direct;
}
