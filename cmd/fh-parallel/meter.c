/* Decides how long the text of a job will be. Must never expand the whole: a line of n values would cost n*n.
 * Invariant: for a template without -q, meter_add's result is the length that tmpl_expand then makes (unit test); -q
 * counts every value as if it were quoted by itself; {%} counts one byte. */
#include "meter.h"

#include <stdint.h>

#include "pieces.h"

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
	return m->t->raw ? v.len : m->t->quotes == SHQ_CSH ? csh_size(v) : quoted_size(v, m->t->quotes == SHQ_FISH);
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

	if (p->type == PIECE_OPEN)
		*fixed += 2;
	if (p->type == PIECE_TEXT)
		*fixed += p->text.len;
	if (p->type != PIECE_RPL)
		return;
	if (piece_takes_all(p)) {
		m->spaces += !repeats;
		m->plain += rpl_is_same(&p->rpl);
		m->transformed |= !rpl_is_same(&p->rpl);
	} else if (rpl_is_value(&p->rpl))
		m->positions = true;
	else if (p->rpl.kind == RPL_SEQ)
		*(repeats ? &m->seqs_each : &m->seqs) += 1;
	else if (p->rpl.kind != RPL_NOTHING)
		*fixed += p->rpl.kind == RPL_RAW ? p->rpl.code.len : 1;
}

void
meter_init(struct meter *m, const struct tmpl *t, bool ask_perl)
{
	const struct chunk *c;
	size_t i;

	*m = (struct meter){ .t = t, .ask_perl = ask_perl };
	for (c = t->chunks; c < t->chunks + t->nchunks; c++) {
		m->spaces += c->repeats;
		for (i = 0; i < c->n; i++)
			count_piece(m, &t->pieces[c->first + i], c->repeats);
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
		return value_size(m, v);
	if (piece_apply(m->t, &p->rpl, &j, i, &scratch, &v, &marks, NULL) < 0)
		return 0; /* expanding will tell */
	return marks & PERL_RAW ? v.len : value_size(m, v);
}

/* Bytes of {.} and its like for value i. */
static size_t
transformed_size(const struct meter *m, const struct args *a, size_t i)
{
	const struct piece *p = m->t->pieces, *end = p + m->t->npieces;
	size_t sum = 0;

	for (; p < end; p++)
		if (piece_takes_all(p) && !rpl_is_same(&p->rpl))
			sum += piece_size(m, p, a, i);
	return sum;
}

/* Bytes of {2} and its like now: those that do not repeat, and in *each those that do. */
static size_t
positions_size(const struct meter *m, const struct args *a, size_t *each)
{
	const struct tmpl *t = m->t;
	const struct chunk *c;
	const struct piece *p;
	size_t once = 0, i;

	for (c = t->chunks; c < t->chunks + t->nchunks; c++)
		for (p = &t->pieces[c->first]; p < &t->pieces[c->first + c->n]; p++) {
			if (p->type != PIECE_RPL || !rpl_is_value(&p->rpl) || p->rpl.pos == RPL_ALL)
				continue;
			i = piece_index(p->rpl.pos, a->n);
			if (i < a->n)
				*(c->repeats ? each : &once) += piece_size(m, p, a, i);
		}
	return once;
}

size_t
meter_add(struct meter *m, const struct args *a)
{
	size_t each = m->fixed_each + m->seqs_each * m->digits, once = m->fixed + m->seqs * m->digits;
	struct view v;

	for (; m->n < a->n; m->n++) {
		v = (struct view){ args_at(a, m->n), a->v[m->n].len };
		if (m->plain > 0)
			m->grown += m->plain * value_size(m, v);
		if (m->transformed)
			m->grown += transformed_size(m, a, m->n);
	}
	if (m->positions)
		once += positions_size(m, a, &each);
	return once + (m->n > 0 ? m->n : 1) * each + m->grown + (m->n > 1 ? (m->n - 1) * m->spaces : 0);
}
