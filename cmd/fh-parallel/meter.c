/* Decides how long the text of a job will be. Must never expand the whole: a line of n values would cost n*n.
 * Counted as the reference counts: every replacement string, {#} and {2} too, once for each input, as if it were repeated
 * like {}; {2} as what the input itself has in its second place.
 * Invariant: for a template without -q where all are like {}, or for one value, meter_add's result is the length that
 * tmpl_expand then makes (unit test);
 * with -q the length of what is not quoted yet counts QUOTE_FACTOR times, as in the reference; {%} counts one byte. */
#include "meter.h"

#include <stdint.h>

#include "columns.h"
#include "pieces.h"

#define QUOTE_FACTOR 3

static size_t
quoted_size(struct view v, bool fish)
{
	size_t i, quotes = 0, doubled = 0;

	if (shq_is_bare(v.s, v.len))
		return v.len;
	for (i = 0; i < v.len; i++) {
		quotes += v.s[i] == '\'';
		doubled += fish && v.s[i] == '\\';
	}
	return v.len + 2 + doubled + 4 * quotes - (v.len > 0 && v.s[0] == '\'' ? 2 : 0) -
	    (v.len > 0 && v.s[v.len - 1] == '\'' ? 2 : 0);
}

static size_t
csh_size(struct view v)
{
	size_t i, n = v.len == 0 ? 2 : v.len;

	for (i = 0; i < v.len; i++)
		n += v.s[i] == '\n' ? 3 : !shq_csh_is_bare((unsigned char)v.s[i]);
	return n;
}

static size_t
value_size(const struct meter *m, struct view v)
{
	return m->t->raw || m->t->regions ? v.len : m->t->quotes == SHQ_CSH ? csh_size(v) : quoted_size(v, m->t->quotes == SHQ_FISH);
}

/* As {} shows it. */
static size_t
shown_size(const struct meter *m, struct view v)
{
	return value_size(m, m->t->trim != NULL ? columns_trim(v, m->t->trim) : v);
}

static size_t
digits(uint64_t n)
{
	size_t d = 1;

	while ((n /= 10) > 0)
		d++;
	return d;
}

static void
count_piece(struct meter *m, const struct piece *p, bool repeats)
{
	size_t *fixed = repeats ? &m->fixed_each : &m->fixed;

	if (p->type == PIECE_TEXT)
		*fixed += p->text.len;
	if (p->type != PIECE_RPL)
		return;
	m->spaces += !repeats;
	if (piece_takes_all(p) && rpl_is_same(&p->rpl))
		m->plain++;
	else if (rpl_is_value(&p->rpl))
		m->others = true;
	else if (p->rpl.kind == RPL_SEQ)
		m->seqs++;
	else if (p->rpl.kind != RPL_NOTHING)
		m->marks += p->rpl.kind == RPL_RAW ? p->rpl.code.len : 1;
}

static bool
chunk_has_rpl(const struct tmpl *t, const struct chunk *c)
{
	size_t i = 0;

	while (i < c->n && t->pieces[c->first + i].type != PIECE_RPL)
		i++;
	return i < c->n;
}

void
meter_init(struct meter *m, const struct tmpl *t, bool repeat, bool ask_perl)
{
	const struct chunk *c;
	bool repeats;
	size_t i;

	*m = (struct meter){ .t = t, .ask_perl = ask_perl };
	for (c = t->chunks; c < t->chunks + t->nchunks; c++) {
		repeats = repeat && chunk_has_rpl(t, c);
		m->spaces += repeats;
		for (i = 0; i < c->n; i++)
			count_piece(m, &t->pieces[c->first + i], repeats);
	}
}

void
meter_start(struct meter *m, uint64_t seq)
{
	m->seq = seq;
	m->digits = digits(seq);
	m->n = m->grown = 0;
}

/* Bytes of what p makes of value i. */
static size_t
piece_size(const struct meter *m, const struct piece *p, const struct args *a, size_t i)
{
	struct perl_job j = { .args = a, .seq = m->seq, .slot = 1, .max_slots = 1 };
	struct view v = { args_at(a, i), a->v[i].len };
	AUTO_BUF scratch = { 0 };
	unsigned marks = 0;

	if (p->rpl.kind == RPL_PERL && !m->ask_perl)
		return shown_size(m, v);
	if (piece_apply(m->t, &p->rpl, &j, i, &scratch, &v, &marks, NULL) < 0)
		return 0; /* expanding will tell */
	return marks & PERL_RAW ? v.len : value_size(m, v);
}

/* Bytes of {.} and {2} and their like for one input, the n values from value first on. */
static size_t
others_size(const struct meter *m, const struct args *a, size_t first, size_t n)
{
	const struct piece *p = m->t->pieces, *end = p + m->t->npieces;
	size_t sum = 0, i;

	for (; p < end; p++) {
		if (p->type != PIECE_RPL || !rpl_is_value(&p->rpl))
			continue;
		if (p->rpl.pos != RPL_ALL) {
			i = piece_index(p->rpl.pos, n);
			sum += i < n ? piece_size(m, p, a, first + i) : 0;
		} else if (!rpl_is_same(&p->rpl))
			for (i = first; i < first + n; i++)
				sum += piece_size(m, p, a, i);
	}
	return sum;
}

static size_t
meter_sum(const struct meter *m)
{
	size_t sum = m->fixed + (m->n > 0 ? m->n : 1) * m->fixed_each + m->grown + (m->n > 1 ? (m->n - 1) * m->spaces : 0);

	return m->t->regions ? QUOTE_FACTOR * sum : sum;
}

bool
meter_is_even(const struct meter *m)
{
	return !m->others;
}

bool
meter_fits(struct meter *m, size_t len, size_t max)
{
	size_t grows = m->plain * len + m->seqs * m->digits + m->marks;

	m->n++;
	m->grown += grows;
	if (meter_sum(m) < max)
		return true;
	m->n--;
	m->grown -= grows;
	return false;
}

size_t
meter_add(struct meter *m, const struct args *a)
{
	size_t first = m->n;
	struct view v;

	while (m->n < a->n) {
		v = (struct view){ args_at(a, m->n), a->v[m->n].len };
		if (m->plain > 0)
			m->grown += m->plain * shown_size(m, v);
		if (!a->v[m->n++].last && m->n < a->n)
			continue;
		if (m->others)
			m->grown += others_size(m, a, first, m->n - first);
		m->grown += m->seqs * m->digits + m->marks;
		first = m->n;
	}
	return meter_sum(m);
}
