/* Decides what the text of one job is. Must never know where it runs.
 * A template is cut into pieces and, at white space, into chunks (pieces.c). The chunks are walked once, into one of two
 * sinks: shell text, or words. The walk is the same, so both mean the same.
 * Invariants: 1. a value reaches the shell text quoted, unless raw (sink_value). 2. a chunk that repeats is written once
 * per value and at least once (walk_chunk). */
#include "tmpl.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "pieces.h"
#include "shq.h"

/* --- sinks -------------------------------------------------------------------------------------------------------- */
/* Where the walk writes. argv: words; else shell text. */
struct sink {
	const struct tmpl *t;
	struct buf *out;
	struct argv *argv;
	size_t word;       /* argv: offset in its text where the word begins */
	bool begun;        /* argv: there is a word, be it empty */
	bool over;         /* --filter: a second value came */
	bool inside;       /* between PIECE_OPEN and PIECE_CLOSE */
	struct buf region; /* shell text: what stands there so far */
};

static void
sink_end_word(struct sink *k)
{
	if (k->begun)
		argv_word(k->argv, k->word);
	k->begun = false;
}

static void
sink_begin_word(struct sink *k)
{
	if (!k->begun)
		k->word = k->argv->text.len;
	k->begun = true;
}

static void
sink_word_text(struct sink *k, const char *s, size_t n)
{
	sink_begin_word(k);
	argv_text(k->argv, s, n);
}

static void
sink_text(struct sink *k, struct view v)
{
	bool blank = v.len > 0 && (*v.s == ' ' || *v.s == '\t' || *v.s == '\n');

	if (k->over)
		return;
	if (k->argv != NULL && blank && !k->inside)
		sink_end_word(k);
	else if (k->argv != NULL)
		sink_word_text(k, v.s, v.len);
	else
		buf_add(k->inside ? &k->region : k->out, v.s, v.len);
}

static void
sink_quoted(struct sink *k, const char *s, size_t n)
{
	shq_for(k->t->quotes, k->out, s, n);
}

static void
sink_value(struct sink *k, struct view v)
{
	if (args_is_none(v) || k->over)
		return;
	if (k->argv != NULL)
		sink_word_text(k, v.s, v.len);
	else if (k->inside)
		buf_add(&k->region, v.s, v.len);
	else if (k->t->raw)
		buf_add(k->out, v.s, v.len);
	else
		sink_quoted(k, v.s, v.len);
}

static void
sink_open(struct sink *k)
{
	k->inside = true;
	if (k->argv != NULL)
		sink_begin_word(k);
}

static void
sink_close(struct sink *k)
{
	k->inside = false;
	if (k->argv != NULL)
		return;
	sink_quoted(k, buf_str(&k->region), k->region.len);
	buf_reset(&k->region);
}

/* The space between two values: with -q it ends a quoted word and begins the next. */
static void
sink_space(struct sink *k)
{
	bool inside = k->inside;

	k->over |= k->t->first;
	if (k->t->tight || k->over)
		return;
	if (inside)
		sink_close(k);
	sink_text(k, (struct view){ " ", 1 });
	if (inside)
		sink_open(k);
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */
struct walk {
	struct perl_job j;
	struct sink *sink;
	struct buf scratch;
	unsigned marks;
	bool failed;
	struct err *e;
};

static void
walk_value(struct walk *w, const struct rpl *r, size_t i)
{
	unsigned marks = 0;
	struct view v;

	if (w->failed || (w->failed = piece_apply(w->sink->t, r, &w->j, i, &w->scratch, &v, &marks, w->e) < 0))
		return;
	w->marks |= marks;
	if (marks & PERL_RAW)
		sink_text(w->sink, v);
	else
		sink_value(w->sink, v);
}

/* A number with leading zeros, as wide as the reference makes it for largest: 1 + int(log(largest) / log(10)), where
 * floating point makes 1000, 10^6, 10^9, 10^12, 10^13 and 10^15 one digit too narrow. */
static void
walk_padded(struct walk *w, uint64_t n, uint64_t largest)
{
	uint64_t p = 10;
	int width = 1;
	char text[32];

	for (; p <= largest && width < 16; p *= 10)
		width++;
	if (largest * 10 == p && (width == 4 || width == 7 || width == 10 || width == 13 || width == 14 || width == 16))
		width--;
	sink_value(w->sink, (struct view){ text, (size_t)snprintf(text, sizeof text, "%0*llu", width, (unsigned long long)n) });
}

/* What r stands for where it is no value. */
static void
walk_number(struct walk *w, const struct rpl *r)
{
	const struct perl_job *j = &w->j;
	uint64_t n = r->kind == RPL_SEQ ? j->seq : r->kind == RPL_SLOT ? j->slot : j->total;
	char text[NUM_DIGITS];

	switch (r->kind) {
	case RPL_SEQ:
	case RPL_SLOT:
	case RPL_TOTAL:
		sink_value(w->sink, (struct view){ text, num_put(n, text) });
		return;
	case RPL_SEQ0:
		walk_padded(w, j->seq, j->total);
		return;
	case RPL_SLOT0:
		walk_padded(w, j->slot, j->max_slots);
		return;
	case RPL_RAW:
		sink_text(w->sink, r->code);
		return;
	default:
		return;
	}
}

/* One replacement string; at: the value for RPL_ALL, SIZE_MAX: all of them, spaces between. */
static void
walk_rpl(struct walk *w, const struct piece *p, size_t at)
{
	const struct rpl *r = &p->rpl;
	size_t n = w->j.args->n, i;

	if (!rpl_is_value(r)) {
		walk_number(w, r);
		return;
	}
	if (r->pos != RPL_ALL)
		at = piece_index(r->pos, n);
	else if (at == SIZE_MAX && n > 0)
		for (i = 0; i < n; i++) {
			if (i > 0)
				sink_space(w->sink);
			walk_value(w, r, i);
		}
	if (at < n || r->always || (n == 0 && r->kind == RPL_PERL && r->pos == RPL_ALL))
		walk_value(w, r, at);
}

static void
walk_pieces(struct walk *w, const struct chunk *c, size_t at)
{
	const struct piece *p = &w->sink->t->pieces[c->first], *end = p + c->n;

	for (; p < end; p++) {
		switch (p->type) {
		case PIECE_TEXT:
			sink_text(w->sink, p->text);
			break;
		case PIECE_RPL:
			walk_rpl(w, p, at);
			break;
		case PIECE_OPEN:
			sink_open(w->sink);
			break;
		case PIECE_CLOSE:
			sink_close(w->sink);
			break;
		}
	}
}

/* Every value a word, where it lies. */
static void
walk_alone(struct walk *w)
{
	const struct args *a = w->j.args;
	size_t i;

	for (i = 0; i < a->n; i++)
		if (!args_is_none((struct view){ args_at(a, i), a->v[i].len }))
			argv_add(w->sink->argv, args_at(a, i));
}

static void
walk_chunk(struct walk *w, const struct chunk *c)
{
	size_t i;

	if (c->alone && w->sink->argv != NULL && w->sink->t->trim == NULL) {
		walk_alone(w);
		return;
	}
	if (!c->repeats) {
		walk_pieces(w, c, SIZE_MAX);
		return;
	}
	for (i = 0; i < w->j.args->n || i == 0; i++) {
		if (i > 0)
			sink_space(w->sink);
		walk_pieces(w, c, i);
	}
}

static int
compare_values(const struct tmpl_job *j, size_t a, size_t b)
{
	return strcmp(args_at(j->args, a), args_at(j->args, b));
}

/* {uniq}: no two values are the same; {choose_k}: each is before the next. */
static bool
job_is_skipped(const struct tmpl *t, const struct tmpl_job *j)
{
	size_t p, i, k;

	for (p = 0; p < t->npieces; p++) {
		if (t->pieces[p].type != PIECE_RPL)
			continue;
		for (i = 1; t->pieces[p].rpl.kind == RPL_CHOOSE && i < j->args->n; i++)
			if (compare_values(j, i - 1, i) >= 0)
				return true;
		for (i = 1; t->pieces[p].rpl.kind == RPL_UNIQ && i < j->args->n; i++)
			for (k = 0; k < i; k++)
				if (compare_values(j, k, i) == 0)
					return true;
	}
	return false;
}

/* Whether all of --filter is true for the job. */
static enum tmpl_result
filters_pass(const struct tmpl *t, const struct tmpl_job *j, struct err *e)
{
	enum tmpl_result r;
	bool yes = true;
	size_t i;

	for (i = 0; i < t->nfilters && yes; i++) {
		AUTO_BUF code = { 0 };

		if ((r = tmpl_expand(t->filters[i], j, &code, e)) != TMPL_OK)
			return r;
		if (perl_truth(t->perl, (struct view){ code.data, code.len }, &yes, e) < 0) {
			err_wrap(e, "--filter");
			return TMPL_FAIL;
		}
	}
	return yes ? TMPL_OK : TMPL_SKIP;
}

static enum tmpl_result
walk(const struct tmpl *t, const struct tmpl_job *j, struct sink *k, struct err *e)
{
	struct walk w = { .sink = k, .e = e };
	size_t i;

	w.j = (struct perl_job){ j->args, j->seq, j->slot, j->total, j->max_slots };
	for (i = 0; i < t->nchunks; i++)
		walk_chunk(&w, &t->chunks[i]);
	buf_fini(&w.scratch);
	buf_fini(&k->region);
	if (w.failed)
		return TMPL_FAIL;
	if (w.marks & PERL_SKIP || (t->may_skip && job_is_skipped(t, j)))
		return TMPL_SKIP;
	return filters_pass(t, j, e);
}

enum tmpl_result
tmpl_expand(const struct tmpl *t, const struct tmpl_job *j, struct buf *out, struct err *e)
{
	struct sink k = { .t = t, .out = out };

	(void)buf_room(out, 0);
	return walk(t, j, &k, e);
}

enum tmpl_result
tmpl_argv(const struct tmpl *t, const struct tmpl_job *j, struct argv *out, struct err *e)
{
	struct sink k = { .t = t, .argv = out };
	enum tmpl_result r;

	argv_reset(out);
	r = walk(t, j, &k, e);
	sink_end_word(&k);
	argv_end(out);
	return r;
}
